"""Named rectangles of a picture: what can be touched, and what text stands where.

Rules: pixels, origin top left, right and bottom edges exclusive. Later regions lie on top of
earlier ones. A region says nothing of what a touch on it means; that is the machine's business.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """One named rectangle, in pixels of the picture that it belongs to."""

    name: str
    x: int
    y: int
    width: int
    height: int
    text: str = ""

    def contains(self, x: int, y: int) -> bool:
        """Say whether the pixel (x, y) lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    @property
    def centre(self) -> tuple[int, int]:
        """The pixel in the middle, for somebody who wants to touch this region."""
        return self.x + self.width // 2, self.y + self.height // 2


def region_at(regions: Iterable[Region], x: int, y: int) -> Region | None:
    """Return the topmost region that holds the pixel (x, y), or None."""
    found = None
    for region in regions:
        if region.contains(x, y):
            found = region
    return found

"""When a touch counts: on release, on the very target and the very page on which it began.

A page that changes under the finger must not be answered by accident. Only keys of a keypad or
keyboard go on counting while their page stays (by name), because a quick typist is faster than the
page that shows what was typed. This is all that has to be remembered about a finger, so it is kept
here, apart from pages and from machines.
"""

from collections.abc import Sequence

from common.pages.render import find, hit
from common.regions import Region


class Press:
    """One finger on one screen."""

    def __init__(self) -> None:
        """Begin with no page in sight and no finger on it."""
        self._regions: tuple[Region, ...] = ()
        self._began: str | None = None

    def page_changed(self, regions: Sequence[Region]) -> None:
        """Take the regions of the page now in sight; a finger that is down counts only on a key."""
        same_page = find(regions, "page") == find(self._regions, "page")
        if not (same_page and self._began is not None and "." in self._began):
            self._began = None
        self._regions = tuple(regions)

    def down(self, x: int, y: int) -> None:
        """Note where the finger came down."""
        self._began = hit(self._regions, x, y)

    def up(self, x: int, y: int) -> str | None:
        """Return the name of the target that was pressed, or None."""
        began, self._began = self._began, None
        return began if began is not None and began == hit(self._regions, x, y) else None

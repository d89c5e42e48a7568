"""The screen of a board.

Rules: one frame is `width * height * 4` bytes, XRGB8888 little-endian (bytes blue, green, red,
unused), rows from the top without padding. `show` returns when the frame is where the screen takes
it from. Called from one thread, the decision loop.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from common.regions import Region

Frame = bytes | bytearray | memoryview


class ScreenSize(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class Screen(Protocol):
    """Where a board shows its pages."""

    @property
    def size(self) -> ScreenSize:
        """Width and height in pixels; fixed while the daemon runs."""
        ...

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        """Show a whole frame. `regions` say what stands where; a real screen ignores them.

        Raises:
            PartFault: the frame has the wrong size, or the screen is broken.
        """
        ...

    def close(self) -> None:
        """Let go of the device; the last frame stays."""
        ...

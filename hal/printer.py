"""The receipt printer: it prints pictures, because thermal printers have no Kazakh letters.

Rules: a picture has one bit a pixel, 1 = black, rows from the top, each row padded to whole bytes,
most significant bit leftmost. `PrinterState` other than READY means that the picture was not, or
not wholly, printed; the board says so and may print again.
"""

from enum import Enum
from typing import Protocol


class PrinterState(Enum):
    """All that a printer can be."""

    READY = 1
    PAPER_OUT = 2
    COVER_OPEN = 3
    OFFLINE = 4


class Printer(Protocol):
    """Where a board prints."""

    @property
    def width(self) -> int:
        """The widest picture, in pixels."""
        ...

    def state(self) -> PrinterState:
        """Ask the printer how it is; OFFLINE when it does not answer."""
        ...

    def print_picture(self, width: int, height: int, rows: bytes) -> PrinterState:
        """Print a picture, feed and cut; return how the printer is afterwards.

        `rows` has `ceil(width / 8) * height` bytes. Blocks until the printer has taken it all.

        Raises:
            PartFault: the port is gone.
            ValueError: the picture is too wide, or `rows` has another length.
        """
        ...

    def close(self) -> None:
        """Let go of the port."""
        ...

"""The battery-backed clock chip that a board sets its wall clock from.

Rules: UTC, whole seconds. `stopped` says that the oscillator stood still at some time since the
chip was last set, so that its time is worth nothing.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChipTime:
    """What the chip shows: seconds since 1970, UTC, and whether it can be believed."""

    unix_s: int
    stopped: bool


class ClockChip(Protocol):
    """The clock chip of a board."""

    def read(self) -> ChipTime:
        """Return the chip's time.

        Raises:
            PartFault: the chip does not answer, or shows what is no date.
        """
        ...

    def set(self, unix_s: int) -> None:
        """Set the chip, and clear its mark of having stopped.

        Raises:
            PartFault: the chip does not answer, or shows another time afterwards.
        """
        ...

    def close(self) -> None:
        """Let go of the bus."""
        ...

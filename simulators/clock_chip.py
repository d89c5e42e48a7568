"""A clock chip without a bus: for tests, and for the workbench where boards are installed.

Rules: it follows a given clock with an error, in whole seconds, as the real one; it can have
stopped, and be silent. The chip with registers is `simulators.registers.Ds3231`.
"""

from __future__ import annotations

from common.clock import Clock
from hal.clock_chip import ChipTime
from hal.faults import PartFault


class SimClockChip:
    """`hal.clock_chip.ClockChip`.

    Attributes:
        error_s: how far it is ahead of the given clock.
        stopped: its oscillator stood still.
        silent: it does not answer.
        sets: how often it was set.
    """

    def __init__(self, clock: Clock) -> None:
        self.error_s = 0
        self.stopped = False
        self.silent = False
        self.sets = 0
        self._clock = clock

    def read(self) -> ChipTime:
        """Return the chip's time. Raises: PartFault."""
        self._answer()
        return ChipTime(self._clock.now_ms() // 1000 + self.error_s, self.stopped)

    def set(self, unix_s: int) -> None:
        """Set the chip. Raises: PartFault."""
        self._answer()
        self.error_s = unix_s - self._clock.now_ms() // 1000
        self.stopped = False
        self.sets += 1

    def close(self) -> None:
        """Do nothing."""

    def _answer(self) -> None:
        if self.silent:
            raise PartFault("clock chip", "no answer")

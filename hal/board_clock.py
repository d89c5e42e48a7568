"""The wall clock of a board: what its clock chip said at the start, counted on by monotonic time.

Rules:
- The computer's own wall clock is believed for nothing, so that nobody moves a board's time with
  it; a jump of it is only noticed. Nor does the chip move a board that runs: it is read at the
  start, and afterwards only compared.
- A chip whose oscillator stood still, that does not answer, or that shows an earlier time than the
  journal's last entry is not believed: the board counts on from that entry, and says so. Time never
  goes back behind what is journalled, unless people put it back.
- Only people set a chip (`put_right`); it is read back before anything goes by the new time.

Used by one thread, the decision loop; `now_ms`, `monotonic_s` and `wait_s` by any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from common.catalogue import EventType
from common.clock import Clock
from common.errors import Thing
from hal.clock_chip import ChipTime, ClockChip
from hal.config import PartsConfig
from hal.faults import PartFault
from hal.parts import Parts

READINGS: Final = 3
"""The chip is read so often, and the quickest reading counts: the one with the least doubt."""
JUMP_MS: Final = 2_000
CHIP_JUMP_MS: Final = 5_000
LOOK_AGAIN_S: Final = 600.0
"""Clock seconds between two looks at the chip of a board that runs."""


class Doubt(Enum):
    """Why the chip is not believed."""

    NONE = 0
    STOPPED = 1  # its oscillator stood still
    SILENT = 2  # it does not answer, or shows what is no date
    BEHIND_JOURNAL = 3  # it is earlier than what this board wrote last
    AFTER_THE_DAY = 4  # it is long after the day, on which the station is open


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something to be journalled: the event, and by how much in seconds if it has a size."""

    event: EventType
    offset_s: int | None = None

    @property
    def facts(self) -> dict[str, int | Thing]:
        """The facts of the journal entry."""
        if self.event is EventType.PART_FAILED:
            return {"thing": Thing.CLOCK}
        return {} if self.offset_s is None else {"offset_s": self.offset_s}


class BoardClock:
    """A `common.clock.Clock` by the chip.

    Attributes:
        doubt: why the chip was not believed at the start; NONE again once people set it.
    """

    def __init__(self, base: Clock, chip: ClockChip | None) -> None:
        """Read the chip; one that cannot be read is a doubt, not an error.

        Args:
            base: monotonic time, and a wall clock that is only watched.
            chip: the board's; None: it cannot even be opened.
        """
        self._base = base
        self._chip = chip
        self.doubt = Doubt.NONE
        self._ahead_ms = 0  # of monotonic time
        self._chip_error_ms = 0
        self._is_silent = False
        self._has_begun = False
        self._floor_ms = 0
        shown = self._read_chip()
        if shown is None:
            self.doubt = Doubt.SILENT
            self._is_silent = True
            self._ahead_ms = base.now_ms() - self._monotonic_ms()
        else:
            time, ahead_ms, _ = shown
            self._ahead_ms = ahead_ms
            if time.stopped:
                self.doubt = Doubt.STOPPED
        self._system_ahead_ms, _ = self._compared(base.now_ms)
        self._look_at_chip_s = base.monotonic_s() + LOOK_AGAIN_S

    def now_ms(self) -> int:
        """Return the wall time, UTC, in milliseconds since 1970."""
        return self._monotonic_ms() + self._ahead_ms

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""
        return self._base.monotonic_s()

    def wait_s(self, timeout_s: float) -> float:
        """Return for how many real seconds to block when `timeout_s` clock seconds are left."""
        return self._base.wait_s(timeout_s)

    @property
    def base(self) -> Clock:
        """The clock that this one counts on by."""
        return self._base

    @staticmethod
    def opened(parts: Parts, config: PartsConfig, base: Clock) -> BoardClock:
        """Open the chip and read it; one that does not answer is a doubt, not an error."""
        try:
            return BoardClock(base, parts.clock_chip(config, base))
        except PartFault:
            return BoardClock(base, None)

    # --- at the start -------------------------------------------------------------------------

    def begin_after(self, latest_ms: int | None, until_ms: int | None = None) -> None:
        """Go on from the journal's latest time if the chip cannot be believed.

        To be called before the first entry is written; only the first call counts.

        Args:
            latest_ms: when this board wrote last; None if it never did.
            until_ms: a chip that shows a later time than this is wrong; None: any may be right.
        """
        if self._has_begun:
            return
        self._has_begun = True
        if latest_ms is None:
            return
        latest_ms = max(latest_ms, self._floor_ms)
        ahead_ms = self.now_ms() - latest_ms
        if self.doubt in {Doubt.STOPPED, Doubt.SILENT} or ahead_ms < -JUMP_MS:
            if self.doubt is Doubt.NONE:
                self.doubt = Doubt.BEHIND_JOURNAL
        elif until_ms is not None and self.now_ms() > until_ms:
            self.doubt = Doubt.AFTER_THE_DAY
        elif ahead_ms >= 0:
            return
        self._ahead_ms -= ahead_ms
        self._chip_error_ms += ahead_ms

    def go_on_from(self, floor_ms: int, until_ms: int) -> None:
        """Let the time lie between two bounds, by the journal of the board whose place this takes.

        A chip that shows a time outside them is not believed; then the earlier bound is the time.
        """
        self._floor_ms = max(self._floor_ms, floor_ms)
        ahead_ms = self.now_ms() - floor_ms
        if ahead_ms >= 0 and self.now_ms() <= until_ms:
            return
        if self.doubt is Doubt.NONE and not -JUMP_MS <= ahead_ms < 0:
            self.doubt = Doubt.BEHIND_JOURNAL if ahead_ms < 0 else Doubt.AFTER_THE_DAY
        self._ahead_ms -= ahead_ms
        self._chip_error_ms += ahead_ms

    def at_start(self) -> tuple[Oddity, ...]:
        """Return what the journal is told of the chip at the start."""
        offset_s = round(self._chip_error_ms / 1000)
        match self.doubt:
            case Doubt.NONE:
                return ()
            case Doubt.STOPPED:
                return (Oddity(EventType.CLOCK_STOPPED),)
            case Doubt.SILENT:
                return (Oddity(EventType.PART_FAILED),)
            case Doubt.BEHIND_JOURNAL | Doubt.AFTER_THE_DAY:
                return (Oddity(EventType.CLOCK_NOT_BELIEVED, offset_s),)

    # --- in the day ---------------------------------------------------------------------------

    def look(self) -> tuple[Oddity, ...]:
        """Return what happened to the computer's clock and to the chip since the last look."""
        found = []
        ahead_ms, window_ms = self._compared(self._base.now_ms)
        jump_ms = ahead_ms - self._system_ahead_ms
        if abs(jump_ms) > JUMP_MS + window_ms:
            found.append(Oddity(EventType.CLOCK_JUMPED, round(jump_ms / 1000)))
        self._system_ahead_ms = ahead_ms
        if self._base.monotonic_s() >= self._look_at_chip_s:
            found += self._look_at_chip()
        return tuple(found)

    def _look_at_chip(self) -> list[Oddity]:
        self._look_at_chip_s = self._base.monotonic_s() + LOOK_AGAIN_S
        shown = self._read_chip()
        was_silent, self._is_silent = self._is_silent, shown is None
        if shown is None:
            return [] if was_silent else [Oddity(EventType.PART_FAILED)]
        _, ahead_ms, window_ms = shown
        error_ms = ahead_ms - self._ahead_ms
        if abs(error_ms - self._chip_error_ms) <= CHIP_JUMP_MS + window_ms:
            return []
        self._chip_error_ms = error_ms
        return [Oddity(EventType.CLOCK_CHIP_DIFFERS, round(error_ms / 1000))]

    def put_right(self, offset_ms: int) -> None:
        """Move the wall time by so much, and set the chip to it.

        Raises:
            PartFault: the chip does not take the time; nothing has changed.
        """
        if self._chip is None:
            raise PartFault("clock chip", "it could not be opened")
        self._chip.set((self.now_ms() + offset_ms) // 1000)
        self._ahead_ms += offset_ms
        self._chip_error_ms = 0
        self._is_silent = False
        self.doubt = Doubt.NONE

    def close(self) -> None:
        """Let go of the chip."""
        if self._chip is not None:
            self._chip.close()

    # --- reading ------------------------------------------------------------------------------

    def _monotonic_ms(self) -> int:
        return round(self._base.monotonic_s() * 1000)

    def _compared(self, read_ms: Callable[[], int]) -> tuple[int, int]:
        """Return by how much a clock is ahead of monotonic time, and how long the look took."""
        before_ms = self._monotonic_ms()
        shown_ms = read_ms()
        after_ms = self._monotonic_ms()
        return shown_ms - (before_ms + after_ms) // 2, after_ms - before_ms

    def _read_chip(self) -> tuple[ChipTime, int, int] | None:
        """Return what the chip shows, by how much it is ahead of monotonic time, and the doubt."""
        chip = self._chip
        if chip is None:
            return None
        found = []
        for _ in range(READINGS):
            before_ms = self._monotonic_ms()
            try:
                time = chip.read()
            except PartFault:
                continue
            window_ms = self._monotonic_ms() - before_ms
            found.append((window_ms, time.unix_s * 1000 - before_ms - window_ms // 2, time))
        if not found:
            return None
        window_ms, ahead_ms, time = min(found, key=lambda each: each[0])
        return time, ahead_ms, window_ms

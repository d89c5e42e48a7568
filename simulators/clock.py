"""A clock that starts when the bench says, runs at the bench's speed, and can jump.

Rules: one small file holds a reference (real time, wall time, monotonic time) and the rate; every
process of a simulated day reads the same file, so that they agree to the microsecond and nobody has
to ask. A jump goes forward and moves wall and monotonic time alike, as if that time had passed.
Rate 0 stands still.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from simulators.shared import SharedRecord

LOOK_AGAIN_S: Final = 0.1
"""Real seconds after which whoever waits looks whether the clock has jumped."""

_LAYOUT = struct.Struct("<qqqd")  # real ns, wall ns, monotonic ns, rate
_JUMPED = struct.Struct("<q")  # ns


class SimClockJump:
    """By how much one board's computer clock was set off the station's; monotonic time is not."""

    def __init__(self, record: SharedRecord, path: Path) -> None:
        self._record = record
        self.path = path

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make the file: not at all."""
        return cls(SharedRecord.create(path, _JUMPED, 0), path)

    def by(self, duration_ms: int) -> None:
        """Set the clock so much further off, ahead or (negative) behind."""
        self._record.write(self._record.read()[0] + duration_ms * 1_000_000)

    def close(self) -> None:
        """Let go of the file."""
        self._record.close()


class SimClock:
    """The clock as boards read it: a `common.clock.Clock`."""

    def __init__(
        self,
        path: Path,
        real_ns: Callable[[], int] = time.monotonic_ns,
        *,
        jump: Path | None = None,
    ) -> None:
        """Read the clock in this file; `jump` is the file of one board's. Raises: OSError."""
        self._record = SharedRecord(path, _LAYOUT)
        self._jump = None if jump is None else SharedRecord(jump, _JUMPED)
        self._real_ns = real_ns

    def now_ms(self) -> int:
        """Return the wall time, UTC, in milliseconds since 1970."""
        real_ns, wall_ns, _, rate = self._record.read()
        jumped_ns = 0 if self._jump is None else self._jump.read()[0]
        return int(wall_ns + jumped_ns + (self._real_ns() - real_ns) * rate) // 1_000_000

    def monotonic_s(self) -> float:
        """Return seconds since the clock was made."""
        real_ns, _, monotonic_ns, rate = self._record.read()
        return float(monotonic_ns + (self._real_ns() - real_ns) * rate) / 1e9

    def wait_s(self, timeout_s: float) -> float:
        """Return for how many real seconds to block before looking at the clock again."""
        rate = self._record.read()[3]
        if rate == 0:
            return min(timeout_s, LOOK_AGAIN_S)
        return min(timeout_s / float(rate), LOOK_AGAIN_S)

    def close(self) -> None:
        """Let go of the files."""
        self._record.close()
        if self._jump is not None:
            self._jump.close()


class SimClockHand:
    """The hand on the clock; there is one of it, on the bench."""

    def __init__(self, record: SharedRecord, real_ns: Callable[[], int]) -> None:
        self._record = record
        self._real_ns = real_ns

    @classmethod
    def create(
        cls,
        path: Path,
        start_ms: int,
        rate: float,
        real_ns: Callable[[], int] = time.monotonic_ns,
    ) -> Self:
        """Make the file: wall time `start_ms` now, running `rate` times as fast as real time."""
        _check_rate(rate)
        record = SharedRecord.create(path, _LAYOUT, real_ns(), start_ms * 1_000_000, 0, rate)
        return cls(record, real_ns)

    def set_rate(self, rate: float) -> None:
        """Run at another speed from now on."""
        _check_rate(rate)
        self._go_on(0, rate)

    def advance(self, duration_s: float) -> None:
        """Let this time pass at once.

        Raises:
            ValueError: it is negative.
        """
        if duration_s < 0:
            raise ValueError(f"{duration_s} s: a clock goes forward")
        self._go_on(round(duration_s * 1e9), self._record.read()[3])

    def advance_to(self, wall_ms: int) -> bool:
        """Let the time pass until it is `wall_ms`; say whether that lay ahead (else do nothing)."""
        real_ns, wall_ns, _, rate = self._record.read()
        left_ns = wall_ms * 1_000_000 - int(wall_ns + (self._real_ns() - real_ns) * rate)
        if left_ns <= 0:
            return False
        self._go_on(left_ns, rate)
        return True

    def _go_on(self, passed_ns: int, rate: float) -> None:
        real_ns, wall_ns, monotonic_ns, old_rate = self._record.read()
        now_ns = self._real_ns()
        passed_ns += int((now_ns - real_ns) * old_rate)
        self._record.write(now_ns, wall_ns + passed_ns, monotonic_ns + passed_ns, rate)

    def close(self) -> None:
        """Let go of the file."""
        self._record.close()


def _check_rate(rate: float) -> None:
    if not 0 <= rate <= 1_000_000:
        raise ValueError(f"rate {rate}: give 0 to 1000000")

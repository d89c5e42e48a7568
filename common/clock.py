"""Time as boards see it: injected everywhere, so that a simulated day can run faster or jump.

Rules: wall time is UTC in Unix milliseconds and may be corrected; durations and deadlines go by
`monotonic_s`, which never goes back. Every `timeout_s` on a board is in seconds of this clock, and
is turned into real seconds only where a thread really blocks, with `waits`. Nothing on a board
calls `time` directly.
"""

import time
from collections.abc import Iterator
from typing import Protocol


class Clock(Protocol):
    """The time of one board."""

    def now_ms(self) -> int:
        """Return the wall time, UTC, in milliseconds since 1970."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""
        ...

    def wait_s(self, timeout_s: float) -> float:
        """Return for how many real seconds to block when `timeout_s` clock seconds are left.

        It may be shorter than the whole time-out (a simulated clock can jump): block that long,
        then look at the clock again, as `waits` does.
        """
        ...


class SystemClock:
    """The computer's own clock."""

    def now_ms(self) -> int:
        """Return the wall time, UTC, in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Return seconds since an arbitrary moment."""
        return time.monotonic()

    def wait_s(self, timeout_s: float) -> float:
        """Return the same number: clock seconds are real seconds here."""
        return timeout_s


def waits(clock: Clock, timeout_s: float) -> Iterator[float]:
    """Yield how many real seconds to block, again and again, until `timeout_s` have passed.

    Yields at least once, so that a time-out of 0 still looks for what is there already.
    """
    deadline_s = clock.monotonic_s() + timeout_s
    left_s = max(0.0, timeout_s)
    while True:
        yield clock.wait_s(left_s)
        left_s = deadline_s - clock.monotonic_s()
        if left_s <= 0:
            return

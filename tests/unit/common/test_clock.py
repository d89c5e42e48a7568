"""The clock, and blocking by it."""

import time

from common.clock import SystemClock, waits


class SteppedClock:
    """A clock that moves only when it is told to, and asks to be looked at every 2 s."""

    def __init__(self) -> None:
        self.s = 100.0

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def monotonic_s(self) -> float:
        return self.s

    def wait_s(self, timeout_s: float) -> float:
        return min(timeout_s, 2.0) / 10


def test_the_system_clock_is_the_computers() -> None:
    clock = SystemClock()
    assert abs(clock.now_ms() - time.time() * 1000) < 60_000
    assert clock.monotonic_s() <= clock.monotonic_s()
    assert clock.wait_s(3.5) == 3.5


def test_waits_looks_again_until_the_time_is_over() -> None:
    clock = SteppedClock()
    waited = []
    for wait_s in waits(clock, 5.0):
        waited.append(wait_s)
        clock.s += wait_s * 10
    assert waited == [0.2, 0.2, 0.1]


def test_waits_ends_when_the_clock_jumps() -> None:
    clock = SteppedClock()
    waited = []
    for wait_s in waits(clock, 3600.0):
        waited.append(wait_s)
        clock.s += 4000
    assert waited == [0.2]


def test_a_timeout_of_nothing_or_less_looks_once() -> None:
    clock = SteppedClock()
    assert list(waits(clock, 0.0)) == [0.0]
    assert list(waits(clock, -1.0)) == [0.0]

"""The simulated clock: one file, many readers, speed and jumps."""

import struct
import threading
from pathlib import Path

import pytest

from common.clock import waits
from simulators.clock import LOOK_AGAIN_S, SimClock, SimClockHand, SimClockJump
from simulators.shared import SharedRecord

START_MS = 1_790_000_000_000


class Real:
    """Real time that the test moves."""

    def __init__(self) -> None:
        self.ns = 5_000_000_000

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def real() -> Real:
    return Real()


def pair(folder: Path, real: Real, rate: float) -> tuple[SimClockHand, SimClock]:
    hand = SimClockHand.create(folder / "clock", START_MS, rate, real)
    return hand, SimClock(folder / "clock", real)


def test_the_clock_runs_at_its_speed(tmp_path: Path, real: Real) -> None:
    _, clock = pair(tmp_path, real, 20.0)
    assert (clock.now_ms(), clock.monotonic_s()) == (START_MS, 0.0)
    real.ns += 1_500_000_000
    assert (clock.now_ms(), clock.monotonic_s()) == (START_MS + 30_000, 30.0)


def test_the_speed_can_change(tmp_path: Path, real: Real) -> None:
    hand, clock = pair(tmp_path, real, 20.0)
    real.ns += 1_000_000_000
    hand.set_rate(1.0)
    real.ns += 1_000_000_000
    assert (clock.now_ms(), clock.monotonic_s()) == (START_MS + 21_000, 21.0)
    hand.set_rate(0)
    real.ns += 1_000_000_000
    assert clock.monotonic_s() == 21.0


def test_a_jump_moves_both_times(tmp_path: Path, real: Real) -> None:
    hand, clock = pair(tmp_path, real, 2.0)
    real.ns += 1_000_000_000
    hand.advance(3600.0)
    assert (clock.now_ms(), clock.monotonic_s()) == (START_MS + 3_602_000, 3602.0)
    assert hand.advance_to(START_MS + 7_200_000)
    assert (clock.now_ms(), clock.monotonic_s()) == (START_MS + 7_200_000, 7200.0)
    assert not hand.advance_to(START_MS + 7_200_000)
    assert not hand.advance_to(START_MS)
    assert clock.monotonic_s() == 7200.0


def test_time_does_not_go_back(tmp_path: Path, real: Real) -> None:
    hand, _ = pair(tmp_path, real, 1.0)
    with pytest.raises(ValueError, match="goes forward"):
        hand.advance(-0.1)


@pytest.mark.parametrize("rate", [-1.0, 2_000_000.0])
def test_a_speed_that_makes_no_sense_is_refused(tmp_path: Path, real: Real, rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        pair(tmp_path, real, rate)


@pytest.mark.parametrize(
    ("rate", "timeout_s", "wait_s"),
    [
        (10.0, 0.5, 0.05),
        (10.0, 60.0, LOOK_AGAIN_S),
        (0.0, 0.01, 0.01),
        (0.0, 60.0, LOOK_AGAIN_S),
        (0.5, 0.01, 0.02),
    ],
)
def test_blocking_is_short_enough_to_see_a_jump(
    tmp_path: Path, real: Real, rate: float, timeout_s: float, wait_s: float
) -> None:
    assert pair(tmp_path, real, rate)[1].wait_s(timeout_s) == pytest.approx(wait_s)


def test_a_jump_ends_a_wait(tmp_path: Path, real: Real) -> None:
    hand, clock = pair(tmp_path, real, 0.0)
    waited = 0
    for _ in waits(clock, 36_000.0):
        waited += 1
        hand.advance(20_000.0)
    assert waited == 2


def test_readers_never_see_a_mixture(tmp_path: Path) -> None:
    layout = struct.Struct("<QQ32sQ")
    record = SharedRecord.create(tmp_path / "record", layout, 0, 0, bytes(32), 0)
    reader = SharedRecord(tmp_path / "record", layout)
    done = threading.Event()

    def write() -> None:
        for number in range(20_000):
            record.write(number, number, bytes([number % 256]) * 32, number)
        done.set()

    writing = threading.Thread(target=write)
    writing.start()
    while not done.is_set():
        first, second, third, fourth = reader.read()
        assert first == second == fourth
        assert third == bytes([first % 256]) * 32
    writing.join()
    assert reader.version == 20_001
    record.close()
    reader.close()


def test_one_boards_wall_clock_jumps_and_nothing_else(tmp_path: Path, real: Real) -> None:
    _, others = pair(tmp_path, real, 1.0)
    jump = SimClockJump.create(tmp_path / "desk-1.clock")
    clock = SimClock(tmp_path / "clock", real, jump=jump.path)
    jump.by(7_200_000)
    jump.by(-200_000)
    assert clock.now_ms() == START_MS + 7_000_000
    assert clock.monotonic_s() == others.monotonic_s() == 0.0
    assert others.now_ms() == START_MS
    clock.close()
    jump.close()

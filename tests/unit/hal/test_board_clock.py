"""A board's wall clock: the chip at the start, monotonic time afterwards, the journal as floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import pytest

from common.catalogue import EventType
from common.clock import Clock
from common.errors import Thing
from hal.board_clock import LOOK_AGAIN_S, BoardClock, Doubt, Oddity
from hal.config import PartsConfig
from hal.faults import PartFault
from hal.production import PARTS
from simulators.clock_chip import SimClockChip

START_MS = 1_790_000_000_000


class Base:
    """Monotonic time and a system clock, moved by the test; each look at it may take time."""

    def __init__(self) -> None:
        self.steady_s, self.wall_ms, self.look_takes_s = 1000.0, START_MS, 0.0

    def now_ms(self) -> int:
        return self.wall_ms

    def monotonic_s(self) -> float:
        self.pass_s(self.look_takes_s)
        return self.steady_s

    def wait_s(self, timeout_s: float) -> float:
        return timeout_s

    def pass_s(self, seconds: float) -> None:
        self.steady_s += seconds
        self.wall_ms += round(seconds * 1000)


class Board:
    """A base clock, a chip on the true time, and the clock made of them."""

    def __init__(self, prepare: Callable[[SimClockChip], None] = lambda _: None) -> None:
        self.base, self.truth = Base(), Base()
        self.chip = SimClockChip(self.truth)
        prepare(self.chip)
        self.clock = BoardClock(self.base, self.chip)

    def pass_s(self, seconds: float) -> None:
        self.base.pass_s(seconds)
        self.truth.pass_s(seconds)


def wrong_by(error_s: int) -> Callable[[SimClockChip], None]:
    def prepare(chip: SimClockChip) -> None:
        chip.error_s = error_s

    return prepare


def stopped(chip: SimClockChip) -> None:
    chip.error_s, chip.stopped = 946_684_800 - START_MS // 1000, True


def silent(chip: SimClockChip) -> None:
    chip.silent = True


def test_the_time_is_the_chips_whatever_the_computers_clock_says() -> None:
    board = Board(wrong_by(0))
    board.base.wall_ms -= 10**9
    clock = BoardClock(board.base, board.chip)
    assert clock.now_ms() == START_MS
    board.pass_s(90)
    assert (clock.now_ms(), clock.wait_s(2)) == (START_MS + 90_000, 2)
    assert clock.at_start() == ()


def test_a_jump_of_the_computers_clock_is_told_once_and_moves_nothing() -> None:
    board = Board()
    board.base.wall_ms += 7_200_000
    assert board.clock.look() == (Oddity(EventType.CLOCK_JUMPED, 7200),)
    assert board.clock.look() == ()
    board.base.wall_ms -= 7_205_000
    assert board.clock.look() == (Oddity(EventType.CLOCK_JUMPED, -7205),)
    assert board.clock.now_ms() == START_MS


def test_a_clock_that_is_slewed_has_not_jumped() -> None:
    board = Board()
    for _ in range(100):
        board.pass_s(60)
        board.base.wall_ms += 30  # 500 ppm
        assert board.clock.look() == ()


def test_a_slow_look_is_no_jump() -> None:
    board = Board()
    board.base.look_takes_s = 4.0
    for _ in range(5):
        assert [each for each in board.clock.look() if each.event is EventType.CLOCK_JUMPED] == []


def test_a_chip_that_jumps_while_the_board_runs_is_told_once_and_moves_nothing() -> None:
    board = Board()
    board.chip.error_s = -3600
    assert board.clock.look() == ()  # it is looked at now and then
    board.pass_s(LOOK_AGAIN_S)
    assert board.clock.look() == (Oddity(EventType.CLOCK_CHIP_DIFFERS, -3600),)
    board.pass_s(LOOK_AGAIN_S)
    assert board.clock.look() == ()
    assert board.clock.now_ms() == START_MS + 2 * round(LOOK_AGAIN_S) * 1000


def test_a_chip_that_falls_silent_is_told_once() -> None:
    board = Board()
    board.chip.silent = True
    for told in (1, 0):
        board.pass_s(LOOK_AGAIN_S)
        assert len(board.clock.look()) == told
    assert Oddity(EventType.PART_FAILED).facts == {"thing": Thing.CLOCK}


@pytest.mark.parametrize(
    ("prepare", "doubt", "told"),
    [
        (stopped, Doubt.STOPPED, EventType.CLOCK_STOPPED),
        (silent, Doubt.SILENT, EventType.PART_FAILED),
        (wrong_by(-600), Doubt.BEHIND_JOURNAL, EventType.CLOCK_NOT_BELIEVED),
        (wrong_by(86_400), Doubt.AFTER_THE_DAY, EventType.CLOCK_NOT_BELIEVED),
    ],
)
def test_a_chip_that_cannot_be_right_is_not_believed(
    prepare: Callable[[SimClockChip], None], doubt: Doubt, told: EventType
) -> None:
    board = Board(prepare)
    latest_ms = START_MS - 60_000
    board.clock.begin_after(latest_ms, START_MS + 3_600_000)
    assert (board.clock.now_ms(), board.clock.doubt) == (latest_ms, doubt)
    assert [each.event for each in board.clock.at_start()] == [told]
    board.pass_s(10)
    board.clock.begin_after(latest_ms + 5_000, None)  # only the first counts
    assert board.clock.now_ms() == latest_ms + 10_000
    assert board.chip.sets == 0  # only people set it


def test_how_far_the_chip_was_off_is_told_with_its_sign() -> None:
    behind, ahead = Board(wrong_by(-600)), Board(wrong_by(86_400))
    behind.clock.begin_after(START_MS, None)
    ahead.clock.begin_after(START_MS, START_MS + 1)
    assert behind.clock.at_start() == (Oddity(EventType.CLOCK_NOT_BELIEVED, -600),)
    assert ahead.clock.at_start() == (Oddity(EventType.CLOCK_NOT_BELIEVED, 86_400),)


def test_a_board_that_was_off_for_hours_believes_its_chip() -> None:
    board = Board()
    board.clock.begin_after(START_MS - 4 * 3_600_000, START_MS + 1)
    assert (board.clock.now_ms(), board.clock.doubt) == (START_MS, Doubt.NONE)


def test_a_second_behind_the_journal_is_no_doubt_but_time_does_not_go_back() -> None:
    board = Board()
    board.clock.begin_after(START_MS + 900, None)
    assert (board.clock.now_ms(), board.clock.doubt) == (START_MS + 900, Doubt.NONE)


def test_a_journal_without_entries_leaves_the_chip_as_it_is() -> None:
    board = Board(stopped)
    board.clock.begin_after(None)
    assert board.clock.now_ms() == 946_684_800_000


def test_people_put_it_right_and_the_chip_with_it() -> None:
    board = Board(stopped)
    board.clock.begin_after(START_MS - 3_600_000)
    board.clock.put_right(3_600_000)
    assert (board.clock.now_ms(), board.clock.doubt) == (START_MS, Doubt.NONE)
    assert board.chip.read() == replace(board.chip.read(), unix_s=START_MS // 1000, stopped=False)
    board.pass_s(LOOK_AGAIN_S)
    assert board.clock.look() == ()


def test_a_chip_that_does_not_take_the_time_leaves_all_as_it_was() -> None:
    board = Board()
    board.chip.silent = True
    with pytest.raises(PartFault):
        board.clock.put_right(60_000)
    assert board.clock.now_ms() == START_MS


def test_a_board_without_its_chip_starts_all_the_same() -> None:
    def missing(_: PartsConfig, __: Clock) -> NoReturn:
        raise PartFault("clock chip", "no answer")

    base = Base()
    clock = BoardClock.opened(replace(PARTS, clock_chip=missing), PartsConfig(), base)
    assert (clock.doubt, clock.now_ms()) == (Doubt.SILENT, START_MS)
    with pytest.raises(PartFault, match="could not be opened"):
        clock.put_right(0)
    clock.close()


def test_the_quickest_reading_of_the_chip_counts() -> None:
    board = Board()
    board.base.look_takes_s = 5.0
    clock = BoardClock(board.base, board.chip)
    board.base.look_takes_s = 0.0
    assert abs(clock.now_ms() - board.base.wall_ms) < 40_000


@pytest.mark.parametrize(
    ("prepare", "doubt"),
    [
        (stopped, Doubt.STOPPED),
        (wrong_by(-86_400), Doubt.BEHIND_JOURNAL),
        (wrong_by(86_400), Doubt.AFTER_THE_DAY),
    ],
)
def test_a_spare_goes_on_from_the_journal_of_the_board_that_died(
    prepare: Callable[[SimClockChip], None], doubt: Doubt
) -> None:
    board = Board(prepare)
    board.clock.go_on_from(START_MS - 60_000, START_MS + 3_600_000)
    assert (board.clock.now_ms(), board.clock.doubt) == (START_MS - 60_000, doubt)
    board.pass_s(10)
    board.clock.go_on_from(START_MS - 60_000, START_MS + 3_600_000)  # looked at again
    assert board.clock.now_ms() == START_MS - 50_000
    board.clock.begin_after(START_MS - 10**9, START_MS + 3_600_000)  # its own journal is older
    assert board.clock.now_ms() >= START_MS - 60_000


def test_a_spare_that_is_right_stays_so() -> None:
    board = Board()
    board.clock.go_on_from(START_MS - 60_000, START_MS + 3_600_000)
    assert (board.clock.now_ms(), board.clock.doubt) == (START_MS, Doubt.NONE)
    board.clock.go_on_from(START_MS + 900, START_MS + 3_600_000)
    assert (board.clock.now_ms(), board.clock.doubt) == (START_MS + 900, Doubt.NONE)

"""What is drawn for a rough day."""

import random
from collections import Counter

import pytest

from common.records import BoardKind
from simulators.blows import Jump, MediumBlow, Strike
from simulators.officials import PersonCards
from simulators.rough import (
    CHECKING,
    DIES,
    ENOUGH,
    GONE,
    GONE_SHARE,
    KNOWN,
    MIXED_UP,
    NEVER_IN_A_BOOTH,
    Fate,
    Plan,
    Troubles,
    draw_plan,
    fate_told,
    habit_told,
    stop_told,
    untroubled,
    with_own_strangers,
    without_leaving,
)
from simulators.stops import Mode
from simulators.technician import MediumTrouble
from simulators.temper import IN_CHECK, Habit, Whim

BOARDS = ("desk-1", "desk-2", "terminal-1", "terminal-2", "accumulator-1")
UNITS = tuple(
    f"{board}-{daemon}" for board in BOARDS for daemon in ("cardiod", f"{board.partition('-')[0]}d")
)
SEEDS = range(20)


def drawn(voters: int, seed: int = 7) -> Plan:
    return draw_plan(voters, UNITS, seed)


def test_the_seed_fixes_the_plan() -> None:
    assert drawn(50) == drawn(50) != drawn(50, seed=8)


@pytest.mark.parametrize("voters", [1, 2, 20, 300])
def test_everybody_has_a_fate_and_a_temper(voters: int) -> None:
    plan = drawn(voters)
    assert len(plan.fates) == len(plan.tempers) == voters
    assert all(blow.after < voters for blow in plan.blows)
    assert all(death.after < voters for death in plan.deaths)
    assert list(plan.blows) == sorted(plan.blows, key=lambda blow: blow.after)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_enough_voters_everything_that_is_known_is_planned(seed: int) -> None:
    plan = drawn(ENOUGH, seed)
    told = {blow.told for blow in plan.blows}
    told |= {fate_told(fate) for fate in plan.fates}
    told |= {stop_told(stop.mode) for stop in plan.stops}
    told |= {DIES[death.board.partition("-")[0]] for death in plan.deaths}
    told |= {habit_told(whim.habit) for temper in plan.tempers for whim in temper}
    told |= {"clock wrong in the morning"} if plan.clocks else set()
    told |= {MIXED_UP} if plan.confused is not None else set()
    assert set(KNOWN) <= told
    assert untroubled(Counter(told)) == []
    assert len(set(KNOWN)) == len(KNOWN)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_habit_comes_over_somebody_who_comes_to_a_booth(seed: int) -> None:
    plan = drawn(ENOUGH, seed)
    there = [
        whim.habit
        for fate, temper in zip(plan.fates, plan.tempers, strict=True)
        for whim in temper
        if fate not in NEVER_IN_A_BOOTH or whim.habit is Habit.LEAVES_CARD
    ]
    assert set(there) == set(Habit)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_of_a_terminal_is_disturbed_by_who_checks_it(seed: int) -> None:
    plan = drawn(ENOUGH, seed)
    disturbed = Counter(
        whim.habit
        for fate, temper in zip(plan.fates, plan.tempers, strict=True)
        for whim in temper[:1]
        if fate in CHECKING
    )
    assert disturbed.keys() == IN_CHECK
    assert disturbed.total() == sum(fate in CHECKING for fate in plan.fates) >= len(CHECKING)


def test_only_who_is_to_leaves_the_card() -> None:
    plan = drawn(300)
    for fate, temper in zip(plan.fates, plan.tempers, strict=True):
        leaves = any(whim.habit is Habit.LEAVES_CARD for whim in temper)
        assert leaves is (fate in {Fate.LEAVES_CARD, Fate.COMES_BACK, Fate.CHECKED_LEFT})
        assert not any(whim.habit is Habit.LEAVES_CARD for whim in without_leaving(temper))


@pytest.mark.parametrize("seed", SEEDS)
def test_so_few_cards_go_that_enough_are_left(seed: int) -> None:
    fates = Counter(drawn(100, seed).fates)
    assert sum(fates[fate] for fate in GONE) <= 100 // GONE_SHARE + len(GONE)


def test_each_daemon_is_killed_once_before_any_is_killed_again() -> None:
    strikes = [blow for blow in drawn(6 * 2 * len(UNITS)).blows if isinstance(blow, Strike)]
    alone = Counter(blow.units[0] for blow in strikes if len(blow.units) == 1)
    assert alone == dict.fromkeys(UNITS, 2)
    assert all(len(set(blow.units)) == len(blow.units) for blow in strikes)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_trouble_of_a_medium_befalls_and_each_board_in_its_turn(seed: int) -> None:
    blows = [blow for blow in drawn(ENOUGH, seed).blows if isinstance(blow, MediumBlow)]
    assert {blow.trouble for blow in blows} == set(MediumTrouble)
    assert {blow.board for blow in blows} == set(BOARDS)
    for blow in blows:
        swapped = blow.trouble is MediumTrouble.SWAPPED
        assert (blow.stranger in set(BOARDS) - {blow.board}) if swapped else not blow.stranger


def test_clocks_jump_both_ways_about_noon() -> None:
    jumps = [blow for blow in drawn(60).blows if isinstance(blow, Jump)]
    assert {jump.by_s > 0 for jump in jumps} == {True, False}
    assert all(20 <= jump.after <= 40 for jump in jumps)


@pytest.mark.parametrize("seed", SEEDS)
def test_stops_that_must_happen_are_of_boards_that_last(seed: int) -> None:
    plan = drawn(ENOUGH, seed)
    dying = {death.board for death in plan.deaths}
    assert not {stop.board for stop in plan.stops if stop.part is not None} & dying
    assert {Mode.ALL, Mode.BLACKOUT} <= {stop.mode for stop in plan.stops}


def test_a_board_of_each_kind_dies_once_and_none_whose_spare_is_promised() -> None:
    plan = drawn(ENOUGH)
    assert sorted(death.board.partition("-")[0] for death in plan.deaths) == sorted(DIES)
    spared = plan.sparing({BoardKind.DESK})
    assert {death.board.partition("-")[0] for death in spared.deaths} == {"terminal", "accumulator"}
    assert drawn(5).deaths == ()


def test_other_cards_are_those_beside_the_booth() -> None:
    temper = (Whim(Habit.OTHER_CARD, "insert", "bank"), Whim(Habit.GOES_BACK, "review"))
    assert with_own_strangers(temper, random.Random(1), ("official-3",)) == (
        Whim(Habit.OTHER_CARD, "insert", "official-3"),
        temper[1],
    )


def test_troubles_are_told_the_most_frequent_first() -> None:
    troubles = Troubles()
    troubles.note("daemon killed")
    troubles.note("voter dithers", 3)
    troubles.note("daemon killed")
    assert list(troubles.told().items()) == [("voter dithers", 3), ("daemon killed", 2)]
    assert "daemon killed" not in untroubled(troubles.told())
    assert len(untroubled(troubles.told())) == len(KNOWN) - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_member_mixes_up_a_pin_and_never_the_chair(seed: int) -> None:
    people = [PersonCards(number, f"official-{number}", "123456") for number in range(1, 6)]
    assert Plan().mixed_up(people) == ""
    assert drawn(20, seed).mixed_up(people) in {one.card for one in people[1:]}
    assert drawn(20, seed).mixed_up(people[:2]) == "official-2"


def test_a_desk_and_a_terminal_are_wrong_by_some_minutes() -> None:
    clocks = dict(drawn(20).clocks)
    assert {board.partition("-")[0] for board in clocks} == {"desk", "terminal"}
    assert all(error_s is not None and 300 <= abs(error_s) <= 1200 for error_s in clocks.values())

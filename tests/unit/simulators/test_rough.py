"""What is drawn for a rough day."""

import random
from collections import Counter

import pytest

from simulators.rough import GONE, GONE_SHARE, Fate, Plan, Troubles, draw_plan, with_own_strangers
from simulators.temper import Habit, Whim

UNITS = ("desk-1-deskd", "desk-1-cardiod", "terminal-1-terminald")


def drawn(voters: int, seed: int = 7) -> Plan:
    return draw_plan(voters, UNITS, seed)


def test_the_seed_fixes_the_plan() -> None:
    assert drawn(50) == drawn(50) != drawn(50, seed=8)


@pytest.mark.parametrize("voters", [1, 2, 20, 300])
def test_everybody_has_a_fate_and_a_temper(voters: int) -> None:
    plan = drawn(voters)
    assert len(plan.fates) == len(plan.tempers) == voters
    assert len(plan.kills) == voters // 6
    assert all(kill.after < voters for kill in plan.kills)


def test_every_fate_and_every_habit_comes_up_on_a_day_of_some_length() -> None:
    plan = drawn(60)
    assert set(plan.fates) == set(Fate)
    assert {whim.habit for temper in plan.tempers for whim in temper} == set(Habit)


def test_only_who_is_to_leaves_the_card() -> None:
    plan = drawn(300)
    for fate, temper in zip(plan.fates, plan.tempers, strict=True):
        leaves = any(whim.habit is Habit.LEAVES_CARD for whim in temper)
        assert leaves is (fate is Fate.LEAVES_CARD)


@pytest.mark.parametrize("seed", range(20))
def test_so_few_cards_go_that_enough_are_left(seed: int) -> None:
    fates = Counter(drawn(100, seed).fates)
    assert sum(fates[fate] for fate in GONE) <= 100 // GONE_SHARE + len(GONE)


def test_each_daemon_is_killed_once_before_any_is_killed_again() -> None:
    killed = [kill.unit for kill in drawn(6 * 6).kills]
    assert set(killed[:3]) == set(killed[3:]) == set(UNITS)


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


def test_a_desk_and_a_terminal_are_wrong_by_some_minutes() -> None:
    clocks = dict(drawn(20).clocks)
    assert set(clocks) == {"desk-1", "terminal-1"}
    assert all(error_s is not None and 300 <= abs(error_s) <= 1200 for error_s in clocks.values())

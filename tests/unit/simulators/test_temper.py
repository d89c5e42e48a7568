"""Tempers: drawn from the seed, only where they can come up; what a voter does at the real terminal
is in tests/system/test_voters.py.
"""

import random

import pytest

from simulators.temper import IN_WRITE, ONCE_A_DAY, PLACES, Habit, Whim, draw_temper, draw_whim

CARDS = ("bank", "mute")


def test_every_habit_has_its_places() -> None:
    assert set(PLACES) == set(Habit)
    assert all(PLACES.values())


def test_a_habit_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="GOES_BACK does not come up at page insert"):
        Whim(Habit.GOES_BACK, "insert")


def test_the_seed_fixes_the_temper() -> None:
    one, other = ([draw_temper(random.Random(3), CARDS) for _ in range(20)] for _ in range(2))
    assert one == other


def test_tempers_hold_every_habit_sooner_or_later_and_nobody_leaves_a_card_unasked() -> None:
    draw = random.Random(1)
    drawn = [draw_temper(draw, CARDS) for _ in range(2000)]
    assert {len(temper) for temper in drawn} == {0, 1, 2, 3}
    assert {whim.habit for temper in drawn for whim in temper} == set(Habit) - ONCE_A_DAY
    leaving = [draw_temper(draw, CARDS, leaves=True) for _ in range(2000)]
    assert {whim.habit for temper in leaving for whim in temper} == set(Habit)


def test_only_who_brings_another_card_has_one() -> None:
    draw = random.Random(2)
    for habit in Habit:
        whim = draw_whim(draw, habit, CARDS)
        assert (whim.card in CARDS) is (habit in {Habit.OTHER_CARD, Habit.SWAPS_IN_CHECK})
        assert habit in IN_WRITE or not whim.commands

"""The touch filter: release, same region, guard time."""

from __future__ import annotations

from common.regions import Region
from hal.touch import TouchEvent, TouchKind
from terminal.touch import TouchFilter

YES, NO = Region("yes", 0, 0, 10, 10), Region("no", 20, 0, 10, 10)
PAGE = TouchFilter(0.5).page_changed((YES, NO), 100.0)

DOWN, MOVE, UP = TouchKind.DOWN, TouchKind.MOVE, TouchKind.UP


def played(start: TouchFilter, *events: tuple[TouchKind, int, int, float]) -> list[str]:
    """Return what was touched, in order."""
    touched = []
    for kind, x, y, now_s in events:
        start, region = start.touched(TouchEvent(kind, x, y), now_s)
        if region is not None:
            touched.append(region)
    return touched


def test_a_touch_acts_on_release() -> None:
    pressed, region = PAGE.touched(TouchEvent(DOWN, 5, 5), 101.0)
    assert region is None
    assert pressed.touched(TouchEvent(UP, 6, 6), 101.2)[1] == "yes"


def test_a_finger_that_left_the_region_does_nothing() -> None:
    assert played(PAGE, (DOWN, 5, 5, 101), (MOVE, 25, 5, 101.1), (UP, 25, 5, 101.2)) == []
    assert played(PAGE, (DOWN, 5, 5, 101), (MOVE, 15, 5, 101.1), (UP, 15, 5, 101.2)) == []


def test_a_finger_that_came_back_acts() -> None:
    moves = ((DOWN, 5, 5, 101.0), (MOVE, 25, 5, 101.1), (MOVE, 4, 4, 101.2), (UP, 4, 4, 101.3))
    assert played(PAGE, *moves) == ["yes"]


def test_a_touch_from_nowhere_into_a_region_does_nothing() -> None:
    assert played(PAGE, (DOWN, 15, 5, 101), (UP, 5, 5, 101.1)) == []
    assert played(PAGE, (UP, 5, 5, 101.1)) == []


def test_a_touch_within_the_guard_time_does_nothing_whenever_it_ends() -> None:
    assert played(PAGE, (DOWN, 5, 5, 100.4), (UP, 5, 5, 100.45)) == []
    assert played(PAGE, (DOWN, 5, 5, 100.4), (UP, 5, 5, 102.0)) == []
    assert played(PAGE, (DOWN, 5, 5, 100.5), (UP, 5, 5, 100.6)) == ["yes"]


def test_a_finger_that_was_down_when_the_page_changed_does_nothing() -> None:
    pressed, _ = PAGE.touched(TouchEvent(DOWN, 5, 5), 101.0)
    changed = pressed.page_changed((YES,), 101.1)
    assert played(changed, (UP, 5, 5, 102.0)) == []


def test_regions_are_those_of_the_page_that_is_shown() -> None:
    changed = PAGE.page_changed((Region("cast", 20, 0, 10, 10),), 101.0)
    assert played(changed, (DOWN, 25, 5, 102), (UP, 25, 5, 102.1)) == ["cast"]
    assert played(changed, (DOWN, 5, 5, 102), (UP, 5, 5, 102.1)) == []


def test_each_touch_acts_once() -> None:
    twice = ((DOWN, 5, 5, 101.0), (UP, 5, 5, 101.1), (UP, 5, 5, 101.2))
    assert played(PAGE, *twice) == ["yes"]


def test_taps_that_follow_each_other_at_once_are_one_touch() -> None:
    trembling = [
        (kind, 5, 5, 101 + tap * 0.3 + after)
        for tap in range(5)
        for kind, after in ((DOWN, 0.0), (UP, 0.1))
    ]
    assert played(PAGE, *trembling) == ["yes"]
    meant = ((DOWN, 5, 5, 103.0), (UP, 5, 5, 103.1))
    assert played(PAGE, *trembling, *meant) == ["yes", "yes"]


def test_quick_touches_in_two_regions_both_count() -> None:
    quick = ((DOWN, 5, 5, 101.0), (UP, 5, 5, 101.1), (DOWN, 25, 5, 101.2), (UP, 25, 5, 101.3))
    assert played(PAGE, *quick) == ["yes", "no"]


def test_a_touch_at_the_same_place_on_another_page_counts_after_its_guard_time() -> None:
    first = ((DOWN, 5, 5, 101.0), (UP, 5, 5, 101.1))
    changed = PAGE
    for kind, x, y, now_s in first:
        changed, _ = changed.touched(TouchEvent(kind, x, y), now_s)
    changed = changed.page_changed((YES,), 101.1)
    assert played(changed, (DOWN, 5, 5, 101.7), (UP, 5, 5, 101.8)) == ["yes"]

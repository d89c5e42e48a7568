"""What the verifier says about the times in a bundle."""

from __future__ import annotations

import pytest

from tests.unit.verifier.bundles import Bundle
from verifier.evidence import Case
from verifier.times import Moment, remark_on_journal, remark_on_minutes

NOON_MS = 1_790_000_000_000
OTHER = 150


def told(*moments: Moment) -> list[str]:
    case = Case({}, b"")
    remark_on_journal(case, "desk-1", moments)
    return case.remarks


def at(seconds: float, event: int = OTHER, **facts: int) -> Moment:
    numbered = {7: facts["offset_s"]} if facts else {}
    return Moment(NOON_MS + round(seconds * 1000), event, numbered)


def test_an_ordinary_journal_needs_no_word() -> None:
    assert told(at(0), at(1), at(1), at(500), at(499)) == []


def test_a_time_that_goes_back_is_told() -> None:
    (remark,) = told(at(0), at(100), at(40), at(50))
    assert remark.startswith("the journal of desk-1 goes back by 60 s at entry 2")


@pytest.mark.parametrize(("event", "how"), [(114, "under an act"), (119, "with the courier card")])
def test_a_clock_that_was_put_right_is_told_with_its_shift(event: int, how: str) -> None:
    (remark,) = told(at(7200), at(0, event, offset_s=-7200), at(5))
    assert remark == f"the clock of desk-1 was put right by -7200 s, {how}"


def test_a_clock_that_was_not_believed_or_moved_is_told_once() -> None:
    remarks = told(at(0, 213), at(1, 216, offset_s=-5), at(2, 217, offset_s=9), at(3, 218))
    assert remarks == [
        "the clock of desk-1 was not believed at 2 of its starts",
        "somebody or something moved a clock of desk-1 2 times",
    ]


def minutes_told(opened: int, closed: int, counted: int) -> list[str]:
    case = Case({}, b"")
    case.package = {7: NOON_MS // 1000}
    case.minutes = {6: NOON_MS + opened, 7: NOON_MS + closed, 8: NOON_MS + counted}
    remark_on_minutes(case)
    return case.remarks


def test_hours_out_of_order_and_an_early_close_are_told() -> None:
    assert minutes_told(-5000, 0, 1000) == []
    assert minutes_told(1000, 0, 2000) == [
        "the times of opening, close and count in the minutes are not in order"
    ]
    assert minutes_told(-9000, -3000, 0) == ["the minutes close 3 s before the hour in the package"]


def test_a_bundle_is_accepted_whatever_its_clocks_say() -> None:
    assert Bundle().examined().accepted

"""Filling in a ballot: each way from page to page, and the rules of choosing."""

from __future__ import annotations

import pytest

from common.book import BLANK, ON
from common.records import Presentation
from terminal import filling
from terminal.filling import Filling, LeaveBlank, OnContest, OnReview, TooMany, touched
from terminal.plan import PlannedContest, make_plans
from tests.unit.terminal import tiny_book

FULL, SHORT = 1, 2  # the sample's ballot styles


def ballot(*regions: str, style: int = FULL) -> Filling:
    """Return a new ballot after these touches."""
    plans = make_plans(tiny_book.package(), tiny_book.load())
    plan = plans[style, Presentation.NORMAL, "kk"]
    state = filling.start(plan, style, "kk", Presentation.NORMAL)
    for region in regions:
        state = touched(state, region)
    return state


ONE = ("line:1", "next")
THREE = ("line:0", "line:6", "line:2", "finish")
TO_REVIEW = (*ONE, *THREE, "line:0", "next")


def test_a_new_ballot_is_blank_and_at_its_first_page() -> None:
    assert ballot().choices == ((), (), ())
    assert ballot().place == OnContest(0)


def test_touching_a_line_marks_it_and_touching_it_again_does_not() -> None:
    assert ballot("line:1").choices == ((1,), (), ())
    assert ballot("line:1", "line:1").choices == ((), (), ())


@pytest.mark.parametrize("way", [(), ("next",)])
def test_a_contest_in_another_language_keeps_all_marks(way: tuple[str, ...]) -> None:
    plans = make_plans(tiny_book.package(), tiny_book.load())
    state = ballot(*ONE, "line:6", "line:0", *way)
    turned = filling.translated(state, plans[FULL, Presentation.NORMAL, "ru"], "ru")
    assert turned.choices == state.choices
    assert turned.place == OnContest(1, 0)
    assert filling.page(turned).language == "ru"


def test_a_change_from_the_review_comes_back_to_it_in_another_language() -> None:
    plans = make_plans(tiny_book.package(), tiny_book.load())
    state = ballot(*TO_REVIEW, "next", "change:2")
    turned = filling.translated(state, plans[FULL, Presentation.NORMAL, "ru"], "ru")
    assert touched(turned, "next").place == OnReview(1)
    assert touched(turned, "next").language == "ru"


@pytest.mark.parametrize("touches", [TO_REVIEW, ("line:1", "line:0"), ("next",)])
def test_only_contests_can_be_turned(touches: tuple[str, ...]) -> None:
    plans = make_plans(tiny_book.package(), tiny_book.load())
    state = ballot(*touches)
    assert filling.translated(state, plans[FULL, Presentation.NORMAL, "ru"], "ru") is state


def test_one_mark_too_many_is_said_and_changes_nothing() -> None:
    state = ballot("line:1", "line:0")
    assert state.place == TooMany(OnContest(0))
    assert state.choices[0] == (1,)
    assert touched(state, "ok").place == OnContest(0)


@pytest.mark.parametrize(
    ("chosen", "line", "after"),
    [
        ((), 3, (3,)),
        ((3,), 1, (1, 3)),
        ((1, 3), 3, (1,)),
        ((1, 2), 5, None),  # two are allowed
        ((), 4, (4,)),  # line 4 is against all
        ((1,), 4, None),
        ((4,), 1, None),
        ((4,), 4, ()),
    ],
)
def test_rules_of_choosing(
    chosen: tuple[int, ...], line: int, after: tuple[int, ...] | None
) -> None:
    contest = PlannedContest(number=0, lines=6, votes_allowed=2, against_all=4, pages=1)
    assert filling.toggled(contest, chosen, line) == after


def test_choices_are_kept_in_ascending_order() -> None:
    assert ballot(*ONE, "line:6", "line:0").choices == ((1,), (0, 6), ())


def test_a_contest_goes_over_pages_there_and_back() -> None:
    second = ballot(*ONE, "next")
    assert second.place == OnContest(1, 1)
    assert touched(second, "back").place == OnContest(1, 0)
    assert touched(ballot(*ONE), "back").place == OnContest(0, 0)


def test_back_goes_to_the_last_page_of_the_contest_before() -> None:
    third = ballot(*ONE, *THREE)
    assert third.place == OnContest(2)
    assert touched(third, "back").place == OnContest(1, 1)


def test_the_first_page_has_nothing_before_it() -> None:
    assert ballot("back") == ballot()


def test_finish_leaves_a_contest_from_any_page() -> None:
    assert ballot(*ONE, "line:0", "finish").place == OnContest(2)


@pytest.mark.parametrize("leave", ["next", "finish"])
def test_leaving_a_contest_without_a_mark_is_asked_about(leave: str) -> None:
    state = ballot(leave)
    assert state.place == LeaveBlank(OnContest(0))
    assert touched(state, "no").place == OnContest(0)
    assert touched(state, "yes").place == OnContest(1)


def test_going_on_to_the_next_page_of_a_contest_is_not_asked_about() -> None:
    assert ballot(*ONE, "next").place == OnContest(1, 1)


def test_fewer_marks_than_allowed_are_not_asked_about() -> None:
    assert ballot(*ONE, "line:0", "next", "next").place == OnContest(2)


def test_the_review_follows_the_last_contest() -> None:
    assert ballot(*TO_REVIEW).place == OnReview(0)
    assert ballot(*TO_REVIEW, "next").place == OnReview(1)
    assert ballot(*TO_REVIEW, "next", "back").place == OnReview(0)
    assert ballot(*TO_REVIEW, "back").place == OnContest(2)


@pytest.mark.parametrize("way_back", [("next", "next"), ("finish",), ("back",)])
def test_a_choice_is_changed_from_the_review(way_back: tuple[str, ...]) -> None:
    state = ballot(*TO_REVIEW, "change:1", "line:0", "line:3", *way_back)
    assert state.place == OnReview(0)
    assert state.choices == ((1,), (2, 3, 6), (0,))


def test_change_returns_to_the_page_of_the_review_that_it_came_from() -> None:
    state = ballot(*TO_REVIEW, "next", "change:2", "line:0", "line:1", "next")
    assert state.place == OnReview(1)
    assert state.choices[2] == (1,)


def test_a_contest_blanked_from_the_review_is_asked_about() -> None:
    state = ballot(*TO_REVIEW, "change:0", "line:1", "next")
    assert state.place == LeaveBlank(OnContest(0, 0, review=0))
    assert touched(state, "yes").place == OnReview(0)


def test_a_contest_that_is_not_on_the_ballot_cannot_be_changed() -> None:
    state = ballot("line:0", "next", style=SHORT)
    assert touched(state, "change:1") == state


def test_cast_stands_at_the_end_of_the_review_only() -> None:
    assert not ballot(*TO_REVIEW, "cast").is_cast
    assert ballot(*TO_REVIEW, "next", "cast").is_cast
    assert not ballot("cast").is_cast


@pytest.mark.parametrize("region", ["ok", "yes", "no", "language:ru", "line:99", "", "what"])
def test_other_touches_change_nothing(region: str) -> None:
    assert ballot(region) == ballot()


def test_pages_and_what_stands_on_them() -> None:
    state = ballot("line:1")
    assert filling.page(state).name == "contest:0:0"
    assert filling.page(state).style == FULL
    assert filling.fills(state) == {"line:1": ON, "counter": "1"}

    too_many = touched(state, "line:2")
    assert filling.page(too_many).name == "overvote:0"
    assert filling.fills(too_many) == {}

    review = ballot("next", "yes", *THREE, "line:1", "next")
    assert filling.page(review).name == "review:0"
    assert filling.fills(review) == {
        "choice:0:0": BLANK,
        "choice:1:0": "0",
        "choice:1:1": "2",
        "choice:1:2": "6",
        "choice:2:0": "1",
    }
    assert filling.page(ballot("next")).name == "blank:0"


def test_a_short_ballot_has_a_place_for_every_contest_of_the_package() -> None:
    state = ballot("line:2", "next", "cast", style=SHORT)
    assert state.is_cast
    assert state.choices == ((2,), (), ())


def test_choices_do_not_show_in_a_log() -> None:
    state = ballot("line:1")
    assert "choices" not in repr(state)

"""Filling in a ballot: pages, touches and choices, from the first contest to "cast".

Rules:
- a choice is made and unmade only by touching its line: nothing is chosen beforehand, and no mark
  goes away because of another one;
- no contest ever holds more lines than it allows, and "against all" stands alone; a touch that
  would break this changes nothing and is answered with a page that says so;
- leaving a contest without a mark is asked about;
- everything can be changed until "cast", which stands at the end of the review.

Pure: a frozen state and a touched region in, a new state out. Never here: cards, codes, time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from common.book import BLANK, ON, PageKey, contest_page, review_page
from common.records import Presentation
from terminal.plan import Plan, PlannedContest


@dataclass(frozen=True, slots=True)
class OnContest:
    """A page of a contest.

    Attributes:
        order: which of the plan's contests.
        page: of this contest, from 0.
        review: the page of the review from which the voter came to change it, or None.
    """

    order: int
    page: int = 0
    review: int | None = None


@dataclass(frozen=True, slots=True)
class TooMany:
    """The page that says that one more line cannot be chosen."""

    at: OnContest


@dataclass(frozen=True, slots=True)
class LeaveBlank:
    """The question whether a contest is to stay blank."""

    at: OnContest


@dataclass(frozen=True, slots=True)
class OnReview:
    """A page of the review."""

    page: int = 0


Place: TypeAlias = OnContest | TooMany | LeaveBlank | OnReview


@dataclass(frozen=True, slots=True)
class Filling:
    """A ballot being filled in.

    Attributes:
        choices: for each contest of the package, the chosen lines from 0, ascending.
        is_cast: the voter has touched "cast"; nothing changes any more.
    """

    plan: Plan
    style: int
    language: str
    presentation: Presentation
    choices: tuple[tuple[int, ...], ...] = field(repr=False)
    place: Place = OnContest(0)
    is_cast: bool = False


def start(plan: Plan, style: int, language: str, presentation: Presentation) -> Filling:
    """Return a ballot on which nothing is chosen, open at its first page."""
    return Filling(plan, style, language, presentation, choices=((),) * plan.all_contests)


def touched(filling: Filling, region: str) -> Filling:
    """Return the ballot after a touch on a region of its page; others change nothing."""
    what, _, number = region.partition(":")
    match filling.place, what:
        case OnContest() as at, "line":
            return _line_touched(filling, at, int(number))
        case OnContest() as at, "next" if at.page + 1 < _contest(filling, at).pages:
            return replace(filling, place=replace(at, page=at.page + 1))
        case OnContest() as at, "next" | "finish":
            if filling.choices[_contest(filling, at).number]:
                return _past(filling, at)
            return replace(filling, place=LeaveBlank(at))
        case OnContest() as at, "back":
            return _back(filling, at)
        case TooMany(at), "ok":
            return replace(filling, place=at)
        case LeaveBlank(at), "yes":
            return _past(filling, at)
        case LeaveBlank(at), "no":
            return replace(filling, place=at)
        case OnReview(page), "change":
            return _change(filling, page, int(number))
        case OnReview(page), "next" if page + 1 < filling.plan.review_pages:
            return replace(filling, place=OnReview(page + 1))
        case OnReview(0), "back":
            return replace(filling, place=_last_page(filling, len(filling.plan.contests) - 1))
        case OnReview(page), "back":
            return replace(filling, place=OnReview(page - 1))
        case OnReview(page), "cast" if page + 1 == filling.plan.review_pages:
            return replace(filling, is_cast=True)
        case _:
            return filling


def translated(filling: Filling, plan: Plan, language: str) -> Filling:
    """Return the same ballot in another language, at the first page of where the voter is.

    Only contests can be turned so: pages may be split otherwise in the other language.
    """
    match filling.place:
        case OnContest(order, _, review):
            if review is not None:
                review = min(review, plan.review_pages - 1)
            return replace(filling, plan=plan, language=language, place=OnContest(order, 0, review))
        case _:
            return filling


def toggled(contest: PlannedContest, chosen: tuple[int, ...], line: int) -> tuple[int, ...] | None:
    """Return what is chosen after a touch on `line`, or None if that were too many marks."""
    if line in chosen:
        return tuple(each for each in chosen if each != line)
    full = len(chosen) == contest.votes_allowed
    alone = contest.against_all in (line, *chosen)
    if full or (chosen and alone):
        return None
    return tuple(sorted((*chosen, line)))


def page(filling: Filling) -> PageKey:
    """Return which page of the book shows this."""
    match filling.place:
        case OnContest() as at:
            number = _contest(filling, at).number
            return contest_page(
                filling.style, number, at.page, filling.language, filling.presentation
            )
        case TooMany(at):
            return _page_about(filling, at, "overvote")
        case LeaveBlank(at):
            return _page_about(filling, at, "blank")
        case OnReview(number):
            return review_page(filling.style, number, filling.language, filling.presentation)


def _page_about(filling: Filling, at: OnContest, what: str) -> PageKey:
    name = f"{what}:{_contest(filling, at).number}"
    return PageKey(name, filling.language, filling.style, filling.presentation)


def fills(filling: Filling) -> Mapping[str, str]:
    """Return what stands in the slots: the contest's marks and number, or every choice."""
    match filling.place:
        case OnContest() as at:
            chosen = filling.choices[_contest(filling, at).number]
            return {"counter": str(len(chosen))} | {f"line:{line}": ON for line in chosen}
        case OnReview():
            return {
                f"choice:{contest.number}:{place}": value
                for contest in filling.plan.contests
                for place, value in enumerate(
                    [str(line) for line in filling.choices[contest.number]] or [BLANK]
                )
            }
        case _:
            return {}


def _contest(filling: Filling, at: OnContest) -> PlannedContest:
    return filling.plan.contests[at.order]


def _line_touched(filling: Filling, at: OnContest, line: int) -> Filling:
    contest = _contest(filling, at)
    if line >= contest.lines:
        return filling
    chosen = toggled(contest, filling.choices[contest.number], line)
    if chosen is None:
        return replace(filling, place=TooMany(at))
    before, after = filling.choices[: contest.number], filling.choices[contest.number + 1 :]
    return replace(filling, choices=(*before, chosen, *after))


def _past(filling: Filling, at: OnContest) -> Filling:
    """Go on to what follows a contest."""
    if at.review is not None:
        return replace(filling, place=OnReview(at.review))
    if at.order + 1 < len(filling.plan.contests):
        return replace(filling, place=OnContest(at.order + 1))
    return replace(filling, place=OnReview())


def _back(filling: Filling, at: OnContest) -> Filling:
    if at.page:
        return replace(filling, place=replace(at, page=at.page - 1))
    if at.review is not None:
        return replace(filling, place=OnReview(at.review))
    if at.order:
        return replace(filling, place=_last_page(filling, at.order - 1))
    return filling


def _last_page(filling: Filling, order: int) -> OnContest:
    return OnContest(order, filling.plan.contests[order].pages - 1)


def _change(filling: Filling, review: int, number: int) -> Filling:
    for order, contest in enumerate(filling.plan.contests):
        if contest.number == number:
            return replace(filling, place=OnContest(order, review=review))
    return filling

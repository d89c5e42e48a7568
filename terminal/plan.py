"""Which pages a voter is led through: worked out from package and book before the first voter.

A plan is made for every ballot style, language and presentation that the book has. It holds what
the booth must know of a contest to keep its rules, and over how many pages the book spreads it.

Never here: names of candidates, pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from common.book import LANGUAGES, Book, BookError
from common.records import Presentation, StationPackage


@dataclass(frozen=True, slots=True)
class PlannedContest:
    """One contest as this voter meets it.

    Attributes:
        number: its position in the package.
        lines: how many there are.
        against_all: which of them is against all, or None.
        pages: over how many pages of the book it goes.
    """

    number: int
    lines: int
    votes_allowed: int
    against_all: int | None
    pages: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The way through one ballot: its contests in order, then the review.

    Attributes:
        all_contests: how many contests the package has; a ballot has a place for each.
    """

    contests: tuple[PlannedContest, ...]
    review_pages: int
    all_contests: int


Plans: TypeAlias = Mapping[tuple[int, Presentation, str], Plan]
"""Ballot style, presentation and language -> the way through that ballot."""


def make_plans(package: StationPackage, book: Book) -> Plans:
    """Return the plans of every ballot that the book shows.

    Raises:
        BookError: a ballot style of the package has no pages.
    """
    presentations = sorted({key.presentation for key in book.keys()})  # noqa: SIM118 - a method
    return {
        (style.number, presentation, language): _plan(
            package, book, style.number, presentation, language
        )
        for style in package.styles
        for presentation in presentations
        for language in LANGUAGES
    }


def _plan(
    package: StationPackage, book: Book, style: int, presentation: Presentation, language: str
) -> Plan:
    ballot_style = package.style(style)
    numbers = () if ballot_style is None else ballot_style.contests
    contests = []
    for number in numbers:
        contest = package.contests[number]
        against_all = (line for line, each in enumerate(contest.lines) if each.against_all)
        contests.append(
            PlannedContest(
                number=number,
                lines=len(contest.lines),
                votes_allowed=contest.votes_allowed,
                against_all=next(against_all, None),
                pages=book.contest_pages(style, number, language, presentation),
            )
        )
    plan = Plan(
        tuple(contests),
        book.review_pages(style, language, presentation),
        len(package.contests),
    )
    if not plan.contests or not plan.review_pages or not all(each.pages for each in contests):
        raise BookError(f"ballot style {style} ({language}, {presentation.name}) has no pages")
    return plan

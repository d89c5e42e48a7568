"""Plans: the way through each ballot, from package and book."""

from __future__ import annotations

import dataclasses

import pytest

from common.book import BookError
from common.records import BallotStyle, Presentation
from terminal.plan import PlannedContest, make_plans
from tests import samples
from tests.unit.terminal import tiny_book


def test_a_plan_for_every_style_and_language() -> None:
    plans = make_plans(tiny_book.package(), tiny_book.load())
    normal = Presentation.NORMAL
    assert set(plans) == {(s, normal, language) for s in (1, 2) for language in ("kk", "ru")}
    full = plans[1, normal, "ru"]
    assert full.contests == (
        PlannedContest(number=0, lines=3, votes_allowed=1, against_all=2, pages=1),
        PlannedContest(number=1, lines=7, votes_allowed=3, against_all=None, pages=2),
        PlannedContest(number=2, lines=2, votes_allowed=1, against_all=None, pages=1),
    )
    assert full.review_pages == 2
    assert [contest.number for contest in plans[2, normal, "kk"].contests] == [0]
    assert plans[2, normal, "kk"].all_contests == 3


def test_a_style_without_pages_is_found_at_start() -> None:
    more = BallotStyle(3, samples.text("Басқа", "Другой"), (1,))
    package = tiny_book.package()
    with pytest.raises(BookError, match="ballot style 3"):
        make_plans(dataclasses.replace(package, styles=(*package.styles, more)), tiny_book.load())

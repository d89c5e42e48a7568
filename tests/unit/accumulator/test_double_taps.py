"""A finger that taps twice on any button of any of the accumulator's pages presses once."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from accumulator import count_b
from common.pages import Page, Picture
from tests.unit.accumulator import stage
from tests.unit.accumulator.stage import Table, closed, laid_out
from tests.unit.accumulator.test_absence_act import excused, finished
from tests.unit.accumulator.test_clockcheck import digits, set_clock
from tests.unit.accumulator.test_dead_boards import finish_act, sign, write_off
from tests.unit.accumulator.test_mixing import to_open
from tests.unit.accumulator.test_sealing_act import sealed
from tests.unit.accumulator.test_takeover import dead_table, spare_for, take_over
from tests.unit.common.pages.fingers import (
    buttons_of,
    keys_of,
    keys_that_are_swallowed,
    taps_that_act_twice,
)

NAMES = re.compile(r"^\| `(accumulator\.[a-z.]+)` \|", re.MULTILINE)
PAGES_TOLD = Path(__file__).parents[3] / "docs" / "commission-accumulator.md"


def counted_in_vain(table: Table) -> None:
    """Let two boards open the votes, and the two counts disagree, then agree."""
    desk = closed(table)
    to_open(table, desk)
    desk.open()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(count_b, "count", lambda *_: ())
        table.bring(desk.medium)
    table.press("count.again")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    """Return every page of a day on which an accumulator and a terminal die."""
    pages: list[Page] = []

    def noted(page: Page, width: int, height: int) -> Picture:
        pages.append(page)
        return laid_out(page, width, height)

    folder = tmp_path_factory.mktemp("day")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "laid_out", noted)
        dead = dead_table(folder)
        medium = dead.pull_medium()
        dead.push_medium(medium)
        dead.press("turnout")
        dead.press("turnout.back")
        dead.press("clock.check")
        set_clock(dead, digits(dead, 1))
        sign(dead, 1)
        dead.press("sign.back")
        dead.press("clock.leave")
        write_off(dead, "terminal-1", "terminal-spare")
        finish_act(dead)
        table = spare_for(dead, folder)
        take_over(table)
        table.close_station()
        table.collect(("desk-1", "terminal-spare", "terminal-2"))
        table.count()
        table.press("result.sign")
        sign(table, 1, 2)
        finished(excused(table))
        table.press("papers.continue")
        for number in (1, 2, 3):
            table.with_pin(table.share[number])
        table.press("clear.finish")
        sealed(table)
        halves = Table(tmp_path_factory.mktemp("halves"))
        counted_in_vain(halves)
    return pages


def test_every_page_with_a_button_was_shown(shown: list[Page]) -> None:
    told = set(NAMES.findall(PAGES_TOLD.read_text(encoding="utf-8")))
    assert told - {"accumulator.refused"} <= {page.name for page in shown}


def test_second_tap_acts_on_no_page_that_may_follow(shown: list[Page]) -> None:
    one_of_each = {(page.name, tuple(map(str, buttons_of(page)))): page for page in shown}
    pages = list(one_of_each.values())
    for page in pages:
        assert taps_that_act_twice(page, pages) == []


def test_the_same_key_twice_is_typed_twice(shown: list[Page]) -> None:
    pairs = [
        (one, other)
        for one, other in pairwise(shown)
        if one.name == other.name and keys_of(one) and keys_of(other)
    ]
    assert {"accumulator.start", "accumulator.clock.set", "accumulator.count.shares"} <= {
        one.name for one, _ in pairs
    }
    for one, other in pairs:
        assert keys_that_are_swallowed(one, other) == []

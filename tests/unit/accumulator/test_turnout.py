"""Turnout by the hour at the accumulator: on the page, on paper, after a stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from accumulator.paper import Row
from tests.unit.accumulator.stage import Table

BLANK = ((), (), ())
HOUR_S = 3600


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return an open station where two votes were taken in, and an hour later one more."""
    table = Table(tmp_path)
    table.open_station()
    for serial in range(2):
        table.pass_card(table.voted_card(serial, BLANK))
    table.wait(HOUR_S)
    table.pass_card(table.voted_card(2, BLANK))
    return table


def rows(table: Table) -> list[tuple[str, str, str]]:
    """Return for each hour in sight: the count in it, its bar, the count so far."""
    return [
        tuple(table.says(f"hours.{row}.{column}") or "" for column in (1, 2, 3))  # type: ignore[misc]  # three of them
        for row in range(30)
        if table.says(f"hours.{row}.0") is not None
    ]


def test_votes_by_the_hour_and_after_a_stop(table: Table) -> None:
    table.press("turnout")
    assert table.page == "accumulator.turnout"
    assert table.says("total") == f"Votes taken in: 3, listed: {table.package.listed}"
    assert [row for row in rows(table) if row[0] != "0"] == [
        ("1", "■" * 6, "3"),
        ("2", "■" * 12, "2"),
    ]
    table.press("turnout.back")
    assert table.page == "accumulator.open"
    table.restart()
    table.press("turnout")
    assert table.says("total") == f"Votes taken in: 3, listed: {table.package.listed}"


def test_a_card_comes_before_the_turnout(table: Table) -> None:
    table.press("turnout")
    table.insert(table.voted_card(3, BLANK))
    assert table.page == "accumulator.open"
    assert table.votes == 4
    table.take_out()


def test_the_hours_stand_on_the_hourly_paper(table: Table) -> None:
    table.press("turnout")
    table.press("report")
    assert table.page == "accumulator.turnout"
    figures = [block.figure for block in table.paper.documents[-1].blocks if isinstance(block, Row)]
    assert sorted(figures) == ["1", "2"]

"""Counting by the hour of the station's clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from common.turnout import MOST_ROWS, Turnout, bar

HOUR_MS = 3_600_000
ZONE = 300
NOON_UTC_MS = 1_792_411_200_000  # a full hour


def counted(*times_ms: int) -> Turnout:
    turnout = Turnout(ZONE)
    for time_ms in times_ms:
        turnout = turnout.one_more(time_ms)
    return turnout


def test_hours_are_those_of_the_stations_clock() -> None:
    turnout = counted(NOON_UTC_MS - 1, NOON_UTC_MS, NOON_UTC_MS + HOUR_MS - 1)
    rows = turnout.rows(NOON_UTC_MS // 1000 - 3600, NOON_UTC_MS)
    local = (NOON_UTC_MS // HOUR_MS + 5) % 24
    assert [(row.begins, row.count, row.total) for row in rows] == [
        (f"{(local - 1) % 24:02}:00", 1, 1),
        (f"{local:02}:00", 2, 3),
    ]
    assert rows[0].ends == rows[1].begins


def test_hours_without_anybody_are_shown_and_hours_outside_voting_are_not_lost() -> None:
    turnout = counted(NOON_UTC_MS - 5 * HOUR_MS, NOON_UTC_MS)
    rows = turnout.rows(NOON_UTC_MS // 1000 - 7200, NOON_UTC_MS)
    assert [row.count for row in rows] == [1, 0, 0, 1]


def test_a_clock_that_is_years_away_makes_no_endless_table() -> None:
    turnout = counted(NOON_UTC_MS)
    assert len(turnout.rows(0, NOON_UTC_MS)) == 1
    assert len(turnout.rows(NOON_UTC_MS // 1000, 0)) == 1
    assert len(Turnout(ZONE).rows(0, (MOST_ROWS - 1) * HOUR_MS)) == MOST_ROWS


def test_one_less_takes_back_the_last() -> None:
    turnout = counted(NOON_UTC_MS, NOON_UTC_MS + HOUR_MS)
    turnout = turnout.one_less(NOON_UTC_MS + 2 * HOUR_MS)
    assert turnout == counted(NOON_UTC_MS)
    assert counted(NOON_UTC_MS).one_less(0).total == 0, "a clock that was set back"
    assert Turnout(ZONE, before=2).one_less(NOON_UTC_MS).before == 1
    assert Turnout(ZONE).one_less(NOON_UTC_MS).total == 0


@given(
    times=st.lists(st.integers(0, 2**42), max_size=30), less=st.lists(st.integers(0, 2**42)),
    before=st.integers(0, 5),
)  # fmt: skip
def test_the_total_is_what_was_counted(times: list[int], less: list[int], before: int) -> None:
    turnout = Turnout(ZONE, before=before)
    for time_ms in times:
        turnout = turnout.one_more(time_ms)
    for time_ms in less:
        turnout = turnout.one_less(time_ms)
    assert turnout.total == max(0, before + len(times) - len(less))
    assert all(count > 0 for _, count in turnout.hours)
    rows = turnout.rows(0, 0)
    assert not rows or rows[-1].total == turnout.total


def test_pace() -> None:
    half_past = NOON_UTC_MS + HOUR_MS // 2
    assert counted(*[NOON_UTC_MS] * 30).lately(half_past) == 1
    assert counted(*[NOON_UTC_MS - 1] * 90, *[NOON_UTC_MS] * 90).lately(half_past) == 2
    assert Turnout(ZONE).lately(half_past) == 0


def test_bars() -> None:
    assert [len(bar(count, 100)) for count in (0, 1, 50, 100)] == [0, 1, 6, 12]
    assert bar(0, 0) == ""

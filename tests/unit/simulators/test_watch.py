"""Officials compare clocks with their watch, and set them."""

from __future__ import annotations

import datetime as dt

import pytest

from common.book import BookPage, PageKey
from simulators.ceremonies import clock_touch
from simulators.sight import Seen
from simulators.watch import Watch

ZONE = dt.timezone(dt.timedelta(hours=5))
NOON_MS = int(dt.datetime(2026, 11, 22, 12, 0, 30, tzinfo=ZONE).timestamp() * 1000)
MIDNIGHT_MS = int(dt.datetime(2026, 11, 23, 0, 1, tzinfo=ZONE).timestamp() * 1000)


@pytest.mark.parametrize(
    ("date", "hours", "agrees"),
    [
        ("22.11.2026, Sunday (UTC+05:00)", "12:00", True),
        ("22.11.2026, Sunday (UTC+05:00)", "11:56", True),
        ("22.11.2026, Sunday (UTC+05:00)", "12:05", True),
        ("22.11.2026, Sunday (UTC+05:00)", "11:50", False),
        ("21.11.2026, Saturday (UTC+05:00)", "12:00", False),
        ("01.01.2000, Saturday (UTC+05:00)", "12:00", False),
        ("", "", False),
    ],
)
def test_a_clock_agrees_in_date_and_time(date: str, hours: str, agrees: bool) -> None:
    assert Watch(lambda: NOON_MS, 300).agrees(date, hours) is agrees


def test_a_minute_before_midnight_is_near_a_minute_after() -> None:
    watch = Watch(lambda: MIDNIGHT_MS, 300)
    assert watch.agrees("22.11.2026, Sunday", "23:59")
    assert not watch.agrees("22.11.2026, Sunday", "00:01")
    assert watch.typed() == "0001"


def page_with(own: str, turned: str, *, ahead: bool = False) -> Seen:
    values = {f"own:{at}": digit for at, digit in enumerate(own)}
    values |= {f"digit:{at}": digit for at, digit in enumerate(turned)}
    key = PageKey("clock:ahead" if ahead else "clock")
    return Seen(BookPage(key, b"", b"", (), ()), values)


@pytest.mark.parametrize(
    ("own", "turned", "ahead", "touched"),
    [
        ("221120261200", "1200", True, "right"),
        ("221120261200", "1200", False, "set"),
        ("211120261200", "1159", True, "set"),
        ("221120261400", "0930", True, "hour:more"),
        ("221120261400", "1430", True, "hour:less"),
        ("221120261400", "1220", True, "minute:less"),
        ("221120261400", "1240", True, "minute:more"),
    ],
)
def test_a_terminals_clock_is_turned_to_the_watch(
    own: str, turned: str, ahead: bool, touched: str
) -> None:
    watch = Watch(lambda: NOON_MS, 300)
    assert clock_touch(page_with(own, turned, ahead=ahead), watch) == touched

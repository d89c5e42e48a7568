"""Local time at a station, and a clock judged by the start order."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import daytime
from common.catalogue import EventType
from common.daytime import Clockwork, Hours
from common.journal import Entry
from tests import samples

PACKAGE = samples.package()
OPENS_MS = samples.OPENS_S * 1000


def entry(time_ms: int, event: EventType = EventType.STOPPED) -> Entry:
    return Entry(0, time_ms, event, {}, bytes(32), bytes(32))


def test_a_moment_in_the_stations_time() -> None:
    moment_ms = int(dt.datetime(2026, 11, 22, 1, 59, 59, 999_000, dt.UTC).timestamp() * 1000)
    assert daytime.hours(moment_ms, 300) == "06:59"
    assert daytime.date(moment_ms, 300) == "22.11.2026"
    assert daytime.date_and_hours(moment_ms, -180) == "21.11.2026 22:59"
    assert daytime.date_and_weekday(moment_ms, 300, "kk") == "22.11.2026, жексенбі"
    assert daytime.date_and_weekday(moment_ms, 300, "ru") == "22.11.2026, воскресенье"
    assert daytime.date_and_weekday(moment_ms, 300, "en") == "22.11.2026, Sunday"


@given(st.booleans(), st.integers(0, 86_400), st.sampled_from((-900, -330, 0, 300, 345, 900)))
def test_a_time_of_day_means_one_moment(is_open: bool, after_s: int, zone_minutes: int) -> None:
    package = dataclasses.replace(PACKAGE, zone_minutes=zone_minutes)
    among = Hours.of_day(package) if is_open else Hours.of_opening(package)
    moment_ms = (among.earliest_s + after_s) // 60 * 60_000
    shown = daytime.local(moment_ms, zone_minutes).strftime("%H%M")
    if moment_ms in among:
        assert daytime.moment_of(shown, among) == moment_ms
    else:
        assert daytime.moment_of(shown, among) != moment_ms


@pytest.mark.parametrize("typed", ["", "7", "2400", "0760", "99", "12:0", "١٢٣٤", "00000"])
def test_what_is_no_time_of_day(typed: str) -> None:
    assert daytime.moment_of(typed, Hours.of_day(PACKAGE)) is None


def test_a_station_is_opened_from_six_hours_before_its_hour_until_the_close() -> None:
    among = Hours.of_opening(PACKAGE)
    closes = daytime.local(PACKAGE.closes_s * 1000, PACKAGE.zone_minutes)
    assert daytime.moment_of(closes.strftime("%H%M"), among) is None
    before = closes - dt.timedelta(minutes=1)
    assert daytime.moment_of(before.strftime("%H%M"), among) == PACKAGE.closes_s * 1000 - 60_000
    assert (PACKAGE.opens_s - 6 * 3600) * 1000 in among
    assert (PACKAGE.opens_s - 6 * 3600) * 1000 - 1 not in among
    assert dict(among.facts)["latest"] == closes.strftime("%H:%M")


def test_in_the_evening_the_clock_may_be_after_the_close() -> None:
    among = Hours.of_day(PACKAGE)
    closes = daytime.local(PACKAGE.closes_s * 1000, PACKAGE.zone_minutes)
    assert daytime.moment_of(closes.strftime("%H%M"), among) == PACKAGE.closes_s * 1000


@pytest.mark.parametrize(
    ("ahead_s", "judged"),
    [
        (-PACKAGE.parameters.max_clock_offset_s - 1, Clockwork.BEHIND),
        (-PACKAGE.parameters.max_clock_offset_s, Clockwork.FITS),
        (0, Clockwork.FITS),
        (PACKAGE.parameters.max_clock_ahead_s, Clockwork.FITS),
        (PACKAGE.parameters.max_clock_ahead_s + 1, Clockwork.AHEAD),
    ],
)
def test_a_clock_is_judged_by_the_start_order(ahead_s: int, judged: Clockwork) -> None:
    assert daytime.compare(OPENS_MS + ahead_s * 1000, OPENS_MS, PACKAGE.parameters) is judged


def test_seconds_between_two_clocks_are_the_nearest() -> None:
    assert [daytime.offset_s(each, 0) for each in (-1600, -1400, 400, 600)] == [-2, -1, 0, 1]


def test_the_latest_time_of_a_journal_is_that_since_the_clock_was_put_right() -> None:
    assert daytime.latest_ms([]) is None
    assert daytime.latest_ms([entry(5), entry(9), entry(7)]) == 9
    corrected = [entry(99), entry(3, EventType.CLOCK_CORRECTED), entry(4), entry(3)]
    assert daytime.latest_ms(corrected) == 4
    assert daytime.latest_ms([entry(99), entry(3, EventType.CLOCK_SET)]) == 3

"""The time of day at a station: local, as people read it off their watches, and as boards judge it.

Rules: a board's time is UTC in milliseconds; here it becomes the station's local time, whose offset
the package names (`zone_minutes`), and back. The package also says which day it is: a time of day
that people give means the moment at which a board may be opened or the station be open, so nobody
types a date. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from common.catalogue import EventType
from common.journal import Entry
from common.records import Parameters, StationPackage

EARLIEST_S: Final = 6 * 3600
"""So long before the hour of opening, and no longer, the station may be opened."""
LATEST_S: Final = 6 * 3600
"""So long after the close the evening's work may take."""
DAY_OVER_S: Final = 48 * 3600
"""So long after the close no board of the station is still at work."""
_CORRECTIONS: Final = (EventType.CLOCK_CORRECTED, EventType.CLOCK_SET)
_WEEKDAYS: Final = {
    "kk": ("дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі", "жексенбі"),
    "ru": (
        "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
    ),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}  # fmt: skip


class Clockwork(Enum):
    """How a board's clock stands to the start order's time."""

    FITS = 0
    BEHIND = 1  # it cannot be: the start order is older than now
    AHEAD = 2  # further than the way from the accumulator explains


def local(time_ms: int, zone_minutes: int) -> dt.datetime:
    """Return a moment in the station's local time."""
    zone = dt.timezone(dt.timedelta(minutes=zone_minutes))
    return dt.datetime.fromtimestamp(time_ms // 1000, zone)


def hours(time_ms: int, zone_minutes: int) -> str:
    """Return a moment as the station's wall clocks show it, HH:MM."""
    return local(time_ms, zone_minutes).strftime("%H:%M")


def date(time_ms: int, zone_minutes: int) -> str:
    """Return the local date, DD.MM.YYYY."""
    return local(time_ms, zone_minutes).strftime("%d.%m.%Y")


def date_and_weekday(time_ms: int, zone_minutes: int, language: str) -> str:
    """Return the local date with the day of the week, in "kk", "ru" or "en"."""
    moment = local(time_ms, zone_minutes)
    return f"{moment:%d.%m.%Y}, {_WEEKDAYS[language][moment.weekday()]}"


def date_and_hours(time_ms: int, zone_minutes: int) -> str:
    """Return date and time of day, DD.MM.YYYY HH:MM."""
    return local(time_ms, zone_minutes).strftime("%d.%m.%Y %H:%M")


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a board's clock can be right: at most a day, so that no time comes twice.

    Attributes:
        earliest_s, latest_s: Unix time; the latest is not among them.
        zone_minutes: of local time, east of UTC.
    """

    earliest_s: int
    latest_s: int
    zone_minutes: int

    @staticmethod
    def of_opening(package: StationPackage) -> Hours:
        """Return when the station may be opened."""
        opens_s, closes_s = package.opens_s, package.closes_s
        return Hours(opens_s - EARLIEST_S, closes_s, package.zone_minutes)

    @staticmethod
    def of_day(package: StationPackage) -> Hours:
        """Return when boards that were opened are at work, the evening after the close included."""
        closes_s = package.closes_s
        return Hours(closes_s + LATEST_S - 86_400, closes_s + LATEST_S, package.zone_minutes)

    def __contains__(self, time_ms: int) -> bool:
        return self.earliest_s <= time_ms // 1000 < self.latest_s

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Both ends in local time, for a page."""
        zone = self.zone_minutes
        return (
            ("earliest", hours(self.earliest_s * 1000, zone)),
            ("latest", hours(self.latest_s * 1000, zone)),
        )


def moment_of(hhmm: str, among: Hours) -> int | None:
    """Return the moment that has this time of day, in ms.

    Args:
        hhmm: four digits.
        among: between which it must lie.

    Returns:
        None: there is no such time of day, or not among these hours.
    """
    if len(hhmm) != 4 or not hhmm.isascii() or not hhmm.isdecimal():
        return None
    hour, minute = int(hhmm[:2]), int(hhmm[2:])
    if hour > 23 or minute > 59:
        return None
    first = local(among.earliest_s * 1000, among.zone_minutes)
    found = first.replace(hour=hour, minute=minute, second=0)
    for day in range(2):
        moment_ms = int((found + dt.timedelta(days=day)).timestamp()) * 1000
        if moment_ms in among:
            return moment_ms
    return None


def latest_ms(entries: Iterable[Entry]) -> int | None:
    """Return the latest time in a journal since its clock was last put right; None without any."""
    latest: int | None = None
    for entry in entries:
        if entry.event in _CORRECTIONS:
            latest = entry.time_ms
        else:
            latest = entry.time_ms if latest is None else max(latest, entry.time_ms)
    return latest


def offset_s(own_ms: int, other_ms: int) -> int:
    """Return by how many seconds one clock is ahead of another, to the nearest."""
    return round((own_ms - other_ms) / 1000)


def compare(own_ms: int, order_ms: int, parameters: Parameters) -> Clockwork:
    """Judge a board's clock by the time in the start order, which came on foot."""
    ahead_s = offset_s(own_ms, order_ms)
    if ahead_s < -parameters.max_clock_offset_s:
        return Clockwork.BEHIND
    if ahead_s > parameters.max_clock_ahead_s:
        return Clockwork.AHEAD
    return Clockwork.FITS

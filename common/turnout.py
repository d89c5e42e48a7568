"""Turnout by the hour of the station's clock: how many came in each, and how many so far.

Rules: only whole hours are kept, and only numbers; nothing here knows who came. A count that lies
outside the hours of voting (a clock was wrong) is shown like the others, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

HOUR_S = 3600
MOST_ROWS = 26
BAR = "■"
LONGEST_BAR = 12


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour: "08:00", "09:00", how many in it, how many until its end."""

    begins: str
    ends: str
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Turnout:
    """Counts by the hour.

    Attributes:
        zone_minutes: of the station, east of UTC.
        hours: (hour since 1970 on the station's clock, count), ascending.
        before: how many are counted whose hour is not known.
    """

    zone_minutes: int
    hours: tuple[tuple[int, int], ...] = ()
    before: int = 0

    @property
    def total(self) -> int:
        """How many so far."""
        return self.before + sum(count for _, count in self.hours)

    def hour_of(self, time_ms: int) -> int:
        """Return the hour, since 1970, that a UTC time has on the station's clock."""
        return (time_ms // 1000 + self.zone_minutes * 60) // HOUR_S

    def one_more(self, time_ms: int) -> Turnout:
        """Count one more at this UTC time, in milliseconds."""
        counts = dict(self.hours)
        hour = self.hour_of(time_ms)
        counts[hour] = counts.get(hour, 0) + 1
        return replace(self, hours=tuple(sorted(counts.items())))

    def one_less(self, time_ms: int) -> Turnout:
        """Take back the last one that was counted until this UTC time, if there is any."""
        counts = dict(self.hours)
        hours = [hour for hour in counts if hour <= self.hour_of(time_ms)] or list(counts)
        if not hours:
            return replace(self, before=max(0, self.before - 1))
        counts[max(hours)] -= 1
        return replace(self, hours=tuple(sorted((h, n) for h, n in counts.items() if n)))

    def lately(self, now_ms: int) -> float:
        """Return how many came in a minute, over this hour and the one before."""
        now = self.hour_of(now_ms)
        minutes = (now_ms // 1000 + self.zone_minutes * 60) % HOUR_S / 60
        counts = dict(self.hours)
        minutes += 60 if now - 1 in counts else 0
        return (counts.get(now, 0) + counts.get(now - 1, 0)) / max(1.0, minutes)

    def rows(self, opens_s: int, now_ms: int) -> tuple[HourRow, ...]:
        """Return every hour from the opening until now, and any other with a count."""
        counts = dict(self.hours)
        first, last = self.hour_of(opens_s * 1000), self.hour_of(now_ms)
        if 0 <= last - first < MOST_ROWS:
            for hour in range(first, last + 1):
                counts.setdefault(hour, 0)
        total = self.before
        rows = []
        for hour, count in sorted(counts.items()):
            total += count
            rows.append(HourRow(_clock(hour), _clock(hour + 1), count, total))
        return tuple(rows)


def bar(count: int, largest: int) -> str:
    """Return a bar as text, as long as `count` is beside `largest`; at least a square for one."""
    if count <= 0 or largest <= 0:
        return ""
    return BAR * max(1, round(count * LONGEST_BAR / largest))


def _clock(hour: int) -> str:
    return f"{hour % 24:02}:00"

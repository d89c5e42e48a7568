"""The watch of the simulated chair, by which the commission judges the boards' clocks.

Rules: it shows the true time, which no board knows. A clock is right when what its page shows in
words agrees with the watch, whatever the board thinks of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from common import daytime

NEAR_S: Final = 300.0
"""A page is redrawn once a minute, and a simulated minute may be a moment."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The chair's watch.

    Attributes:
        now_ms: the true time, UTC.
        zone_minutes: where the hands stand to UTC.
        near_s: so many seconds apart is still the same time.
    """

    now_ms: Callable[[], int]
    zone_minutes: int
    near_s: float = NEAR_S

    def agrees(self, date: str, hours: str) -> bool:
        """Say whether a page with this date (DD.MM.YYYY first) and time (HH:MM) is right."""
        now_ms = self.now_ms()
        near_ms = round(self.near_s * 1000)
        # Minute by minute, so that midnight needs no thought.
        return any(
            date.startswith(daytime.date(at_ms, self.zone_minutes))
            and hours == daytime.hours(at_ms, self.zone_minutes)
            for at_ms in range(now_ms - near_ms, now_ms + near_ms + 1, 60_000)
        )

    def typed(self) -> str:
        """Return the four digits that are typed to set a clock by this watch."""
        return daytime.hours(self.now_ms(), self.zone_minutes).replace(":", "")

"""From fingers to touched regions.

Rules:
- a touch acts on release, and only inside the region in which it began;
- it must have begun on the page that is shown, and not within the guard time after that page came
  up: a finger that was already on its way meant the page before;
- a touch that begins in the same region within the guard time after the last one does not count:
  a trembling finger, or one that taps twice by habit, would take its own mark away.

Pure: the time comes in with each call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from common.regions import Region, region_at
from hal.touch import TouchEvent, TouchKind


@dataclass(frozen=True, slots=True)
class TouchFilter:
    """What is known of the page and of the finger.

    Attributes:
        regions: those of the page that is shown.
        deaf_until_s: touches that begin earlier do not count; seconds of the clock.
        began_in: name of the region in which the finger came down, or None.
        acted_in, acted_s: the region that was touched last on this page, and when it was last.
    """

    guard_s: float
    regions: tuple[Region, ...] = ()
    deaf_until_s: float = 0.0
    began_in: str | None = None
    acted_in: str | None = None
    acted_s: float = 0.0

    def page_changed(self, regions: tuple[Region, ...], now_s: float) -> TouchFilter:
        """Return the filter after another page came up; a finger that is down counts no more."""
        return TouchFilter(self.guard_s, regions, now_s + self.guard_s)

    def touched(self, event: TouchEvent, now_s: float) -> tuple[TouchFilter, str | None]:
        """Return the filter after `event`, and the name of the region that was touched, if any."""
        match event.kind:
            case TouchKind.DOWN:
                began_in = self._region_at(event) if now_s >= self.deaf_until_s else None
                if (
                    began_in is not None
                    and began_in == self.acted_in
                    and now_s < self.acted_s + self.guard_s
                ):
                    return replace(self, began_in=None, acted_s=now_s), None
                return replace(self, began_in=began_in), None
            case TouchKind.MOVE:
                return self, None
            case TouchKind.UP:
                ended_in = self._region_at(event)
                if ended_in is None or ended_in != self.began_in:
                    return replace(self, began_in=None), None
                return replace(self, began_in=None, acted_in=ended_in, acted_s=now_s), ended_in

    def _region_at(self, event: TouchEvent) -> str | None:
        region = region_at(self.regions, event.x, event.y)
        return None if region is None else region.name

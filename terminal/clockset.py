"""The terminal's clock, put right with the courier card in the slot.

The page comes when the courier card is put in and the clock does not fit the start order. It shows
the terminal's time, the order's, and a time of day to be set, which starts with the order's:

    more, less    turn hours and minutes
    set           the clock is moved; if it fits now, the terminal opens
    right         only when the clock is far ahead of the order, which the courier's way may explain

Rules: the card is the key; when it goes, nothing was changed. After the opening this page comes
only while the clock is not believed. The terminal has no text: the pages are the book's, the digits
its sprites. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from common.book import CLOCK_DIGITS, CODE_DIGITS, PageKey

TURNS = {"hour:more": (1, 0), "hour:less": (-1, 0), "minute:more": (0, 1), "minute:less": (0, -1)}


@dataclass(frozen=True, slots=True)
class ClockView:
    """How the clock stands.

    Attributes:
        own, order: the terminal's local time, and that in the start order: DDMMYYYYHHMM.
        may_be_right: it is far ahead, and that alone speaks against it.
    """

    own: str
    order: str
    may_be_right: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """The clock is being set.

    Attributes:
        start_order: with which the terminal opens afterwards; None in the day.
        hour, minute: as they are turned so far.
    """

    start_order: bytes | None
    view: ClockView
    hour: int = field(default=0)
    minute: int = field(default=0)

    @staticmethod
    def begin(start_order: bytes | None, view: ClockView) -> Setting:
        """Begin with the order's time of day: the right one is some minutes later."""
        return Setting(start_order, view, int(view.order[8:10]), int(view.order[10:12]))

    @property
    def hhmm(self) -> str:
        """The time of day to be set, four digits."""
        return f"{self.hour:02}{self.minute:02}"

    def turned(self, region: str) -> Setting:
        """Return the setting after one touch of a button; others change nothing."""
        hours, minutes = TURNS.get(region, (0, 0))
        return replace(self, hour=(self.hour + hours) % 24, minute=(self.minute + minutes) % 60)

    def page(self) -> PageKey:
        """Return the page."""
        return PageKey("clock:ahead" if self.view.may_be_right else "clock")

    def fills(self) -> Mapping[str, str]:
        """Return what stands in the page's slots."""
        shown = {f"digit:{at}": self.hhmm[at] for at in range(CODE_DIGITS)}
        for name, digits in (("own", self.view.own), ("order", self.view.order)):
            shown |= {f"{name}:{at}": digits[at] for at in range(CLOCK_DIGITS)}
        return shown

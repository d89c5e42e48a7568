"""What all simulated officials have in common: they stand in front of a board and go by its page.

Rules: an official does what the page asks for and nothing else; a page that does not come, or shows
what it must not, is an error that names the board, the page and its texts. People's waiting goes
by the pages, never by time, and nothing is tried for ever (`simulators.panel`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from simulators.panel import MOMENT_S, Hands, Panel, Regions, has, text_of
from simulators.watch import Watch

STEPS: Final = 2000
"""So many pages has the longest of all evenings."""


@dataclass(frozen=True, slots=True)
class PersonCards:
    """One official by name, and two cards, by their names in the tray, with their PINs."""

    number: int
    card: str
    pin: str = field(repr=False)
    share_card: str | None = None
    share_pin: str = field(default="", repr=False)
    name: str = ""


class Official:
    """Somebody in front of one board, with at most one card in its reader."""

    def __init__(
        self, hands: Hands, board: str, *, watch: Watch | None = None, patience_s: float
    ) -> None:
        """Stand in front of a board; `watch` is the chair's, where clocks are compared."""
        self.panel = Panel(hands, board, patience_s=patience_s)
        self._watch = watch
        self._moment = ""
        """What the watch showed when somebody began to type it."""
        self._patience_s = patience_s
        self._card = ""
        """The card in the reader, as far as this person put it there."""
        self._looks_again = False
        """Something was done that the page need not tell of: it is looked at again at once."""

    def _pages(
        self, what: str, wanted: Callable[[Regions], bool] = lambda _: False
    ) -> Iterator[tuple[str, Regions]]:
        """Yield page after page; each is given a moment to change when something was done.

        Args:
            what: what is waited for, in words.
            wanted: says that it is there, if the page alone can tell.

        Raises:
            OfficialStuck: nothing changes any more, or it goes round in circles.
        """
        panel, in_vain = self.panel, 0
        panel.expect(what)
        for _ in range(STEPS):
            seen = panel.look()
            self._looks_again = False
            yield text_of(seen, "page") or "", seen
            if self._looks_again or panel.wait_change(seen, wanted):
                in_vain = 0
                continue
            in_vain += 1
            if in_vain * MOMENT_S > self._patience_s:
                raise panel.stuck()
            if not has(seen, "pin.state") and not panel.hands.latch_held(panel.board):
                self._take_card()  # nothing came of it: once more
        raise panel.stuck(f"{STEPS} pages came")

    def _put_in(self, card: str) -> None:
        self.panel.insert(card)
        self._card = card

    def _take_card(self) -> None:
        if self._card:
            self.panel.take_card()
            self._card = ""

    def _press(self, name: str) -> None:
        """Press what leads to another page, and wait: a second press would meet that page."""
        self._take_card()
        panel = self.panel
        page = panel.page
        panel.press_if_there(name)
        panel.hands.wait_for_screen(
            panel.board,
            lambda now: text_of(now, "page") != page or not has(now, name) or has(now, "wait"),
            MOMENT_S,
        )

    def _at_clock(self, seen: Regions) -> None:
        """Compare the board's clock with the watch, or type what the watch shows."""
        watch = self._watch
        if watch is None:
            raise self.panel.stuck("nobody has a watch here")
        date, hours = text_of(seen, "date"), text_of(seen, "time")
        if date is not None and hours is not None:
            right = watch.agrees(date, hours) and has(seen, "clock.right")
            self._press("clock.right" if right else "clock.change")
            return
        if not (text_of(seen, "typed") or "").strip():
            self._moment = watch.typed()
        self._type(seen, "digits", self._moment, "typed", "clock.set")

    def _type(self, seen: Regions, widget: str, text: str, shown: str, enter: str) -> None:
        """Press the key that comes next: as many are typed as the field shows dots."""
        typed = len((text_of(seen, shown) or "").strip())
        key = "erase" if typed > len(text) else text[typed : typed + 1]
        if key:
            self.panel.press_key(f"{widget}.{key}", shown)
        else:
            self.panel.press_if_there(enter)


class PageFollower(Official):
    """An official who does on each page what it says, whatever is waited for."""

    def _go_on_until(self, wanted: Callable[[Regions], bool], what: str) -> None:
        """Do what each page asks for until it is as wanted, then take the card out.

        Raises:
            OfficialStuck: nothing changes any more, or it goes round in circles.
        """
        for page, seen in self._pages(what, wanted):
            if wanted(seen):
                self._take_card()
                return
            self._do_what_it_says(page, seen)

    def _do_what_it_says(self, page: str, seen: Regions) -> None:
        raise NotImplementedError

"""A clerk whom no stop of the desk puts off: cards found and broken, voters who come again.

Whatever the desk was doing when it stopped, the page says how it stands, and this clerk does what
the page asks for until the errand is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from common.errors import LANGUAGES
from common.regions import Region
from desk.errand_texts import S
from simulators.clerk_errands import SeasonedClerk
from simulators.officials import Document, OfficialStuck, has, text_of

_BLANK_HERE = frozenset(S.BLANK_HERE.in_(language) for language in LANGUAGES)


class TirelessClerk(SeasonedClerk):
    """A clerk who does each errand to its end, however often the desk stops."""

    def take_found(self, card: str, *, left: bool) -> None:
        """Withdraw a card without a vote that somebody brought; `left`: its voter is not here."""
        pressed = withdrawn = False
        for page, seen in self._pages("a card that was found to be withdrawn"):
            match page:
                case "desk.ready" if withdrawn and not self._held:
                    return
                case "desk.ready" if not self._held:
                    self._put_in(card)
                case "desk.ready" if pressed and text_of(seen, "card-hint") in _BLANK_HERE:
                    withdrawn = True  # the desk stopped when all was done
                    self._take_card()
                case "desk.card":
                    pressed = True
                    why = "left" if left else "returned"
                    self.panel.press_if_there("blank" if has(seen, "blank") else why)
                case "desk.withdrawn":
                    withdrawn = True
                    self._whatever(page, seen)
                case _:
                    self._whatever(page, seen)

    def send_to_accumulator(self, card: str) -> None:
        """Put a voted card in, and read that it belongs into the accumulator."""
        told = False
        for page, seen in self._pages("a word on the voted card"):
            match page:
                case "desk.ready" if told and not self._held:
                    return
                case "desk.ready" if not self._held:
                    self._put_in(card)
                case "desk.voted":
                    told = True
                    self._take_card()
                case _:
                    self._whatever(page, seen)

    def refuse_second(self, voter: Document, *, by_bar_code: bool) -> None:
        """Find a voter who was given a card before, and see that there is no other.

        Raises:
            OfficialStuck: the desk would give one.
        """
        told = False
        for page, seen in self._rows(voter, "no second card", by_bar_code=by_bar_code):
            match page:
                case "desk.ready" if told:
                    return
                case "desk.row" if has(seen, "confirm"):
                    raise OfficialStuck(f"{self.panel.board}: a second card for line {voter.line}")
                case "desk.row":
                    self._compare(voter, seen)
                    told = True
                    self.panel.press_if_there("back")

    def say_lost(self, voter: Document) -> None:
        """Tell a voter who lost the card that there is no other."""
        told = False
        for page, _ in self._rows(voter, "a word on the lost card"):
            match page:
                case "desk.ready" if told:
                    return
                case "desk.row":
                    self.panel.press_if_there("lost")
                case "desk.lost":
                    told = True
                    self.panel.press_if_there("done")

    def seal_unread(self, voter: Document) -> None:
        """Seal a voter's card that cannot be read, so that two members allow another one."""
        allowed = False
        for page, seen in self._rows(voter, "another card to be allowed"):
            match page:
                case "desk.ready" if allowed:
                    return
                case "desk.row" if has(seen, "confirm"):
                    allowed = True
                    self._take_card()  # of one who signed
                    self.panel.press_if_there("back")
                case "desk.row":  # with an act that a stop left unused, or without
                    self.panel.press_if_there("use-act" if has(seen, "use-act") else "unread")
                case "desk.envelope":
                    self.panel.press_if_there("sealed")

    def _rows(
        self, voter: Document, what: str, *, by_bar_code: bool = False
    ) -> Iterator[tuple[str, tuple[Region, ...]]]:
        """Yield the pages that an errand about a voter must answer itself; "desk.ready" each time.

        If the errand is not over there, the voter is looked for.
        """
        named = voter if by_bar_code else replace(voter, typed="")
        for page, seen in self._pages(what):
            match page:
                case "desk.ready" if not self._held:
                    yield page, seen
                    self._find(named, by_bar_code=by_bar_code)
                case "desk.row" | "desk.lost" | "desk.envelope":
                    yield page, seen
                case _:
                    self._whatever(page, seen)

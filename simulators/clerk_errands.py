"""What a clerk does beside giving cards: cards found, lost and sealed, voters who come again.

Like all simulated officials, the clerk goes by the page alone. Whatever the desk was doing when it
stopped, the page says how it stands, and the clerk does what it asks for until the errand is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from common.errors import LANGUAGES
from desk.errand_texts import S
from simulators.clerk import Clerk, Document
from simulators.panel import Regions, has, text_of

_BLANK = frozenset(S.BLANK_HERE.text(language) for language in LANGUAGES)


def _blank_inside(regions: Regions) -> bool:
    """Say whether the page tells of a blank card in the reader."""
    return text_of(regions, "card-hint") in _BLANK


class SeasonedClerk(Clerk):
    """A clerk who also knows what to do when the day is not a smooth one."""

    def found_card(self, card: str) -> str:
        """Put a card in that lay somewhere, do what the page says, and return the page's name.

        An activated card is withdrawn as left behind. "desk.ready" means that it is blank. The card
        is in the hand again, and "desk.voted" is to be carried to the accumulator.
        """
        what = ""
        for page, seen in self._pages("what a found card is"):
            match page:
                case "desk.ready" if what and self._card:
                    self._take_card()
                case "desk.ready" if what:
                    if not _blank_inside(seen):
                        return what
                case "desk.ready" if not self._card:
                    self._put_in(card)
                case "desk.ready":
                    what = page if _blank_inside(seen) else ""
                case "desk.card":
                    what = page
                    self.panel.press_if_there("left" if has(seen, "left") else "blank")
                case "desk.voted" | "desk.take-out":
                    what = page
                    self._take_card()
                case "desk.unreadable":
                    what = page
                    self._take_card()
                    self.panel.press_if_there("back")
                case _:
                    self._whatever(page, seen)
        raise AssertionError("pages end with an error or not at all")

    def take_found(self, card: str, *, left: bool) -> bool:
        """Withdraw a card that somebody brought; `left`: its voter is not here.

        Returns: whether it was; otherwise it holds a vote and is to be carried to the accumulator,
        which refused it while one of its media was ill.
        """
        pressed = withdrawn = voted = False
        for page, seen in self._pages("a card that was found to be withdrawn"):
            match page:
                case "desk.ready" if (withdrawn or voted) and not self._card:
                    return withdrawn
                case "desk.ready" if not self._card:
                    self._put_in(card)
                case "desk.voted":
                    voted = True
                    self._take_card()
                case "desk.ready" if pressed and _blank_inside(seen):
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
        raise AssertionError("pages end with an error or not at all")

    def send_to_accumulator(self, card: str) -> None:
        """Put a voted card in, and read that it belongs into the accumulator."""
        told = False
        for page, seen in self._pages("a word on the voted card"):
            match page:
                case "desk.ready" if told and not self._card:
                    return
                case "desk.ready" if not self._card:
                    self._put_in(card)
                case "desk.voted":
                    told = True
                    self._take_card()
                case _:
                    self._whatever(page, seen)

    def seal_found_card(self, card: str) -> None:
        """Put a card in that cannot be read and that is nobody's, seal it, have two sign."""
        signing = False
        for page, seen in self._pages("a found card to be sealed"):
            match page:
                case "desk.ready" if signing:
                    self._take_card()
                    return
                case "desk.ready" if not self._card:
                    self._put_in(card)
                case "desk.unreadable":
                    self._take_card()
                    self.panel.press_if_there("seal")
                case "desk.envelope":
                    self.panel.press_if_there("sealed")
                case "desk.signing":
                    signing = True
                    self._whatever(page, seen)
                case _:
                    self._whatever(page, seen)

    def lost_card(self, voter: Document) -> None:
        """Tell a voter who lost the card that there is no other."""
        told = False
        for page, seen in self._rows(voter, f"the lost card of line {voter.line}"):
            match page:
                case "desk.ready" if told:
                    return
                case "desk.row":
                    self._compare(voter, seen)
                    self.panel.press_if_there("lost")
                case "desk.lost":
                    told = True
                    self.panel.press_if_there("done")
                case "desk.envelope":
                    self.panel.press_if_there("back")

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
                case "desk.lost":
                    self.panel.press_if_there("done")

    def comes_again(self, voter: Document, *, by_bar_code: bool = True) -> None:
        """Tell a voter who was given a card that there is no second one.

        Raises:
            OfficialStuck: the desk would give another.
        """
        told = False
        for page, seen in self._rows(voter, f"line {voter.line} again", by_bar_code=by_bar_code):
            match page:
                case "desk.ready" if told:
                    return
                case "desk.row" if has(seen, "confirm"):
                    raise self.panel.stuck("a second card is offered")
                case "desk.row":
                    self._compare(voter, seen)
                    told = True
                    self.panel.press_if_there("back")
                case "desk.lost":
                    self.panel.press_if_there("done")
                case "desk.envelope":
                    self.panel.press_if_there("back")

    def sent_to(self, voter: Document, right: str) -> None:
        """Look for a voter of another desk, and read that the voter is to go there.

        Raises:
            OfficialStuck: this desk would serve the voter.
        """
        for page, seen in self._pages(f"line {voter.line} to be sent to {right}"):
            match page:
                case "desk.ready" if right in (text_of(seen, "refusal") or ""):
                    return
                case "desk.ready" if not self._card:
                    self._find(voter, by_bar_code=True)
                case "desk.row":
                    raise self.panel.stuck(f"line {voter.line} is not its own")
                case _:
                    self._whatever(page, seen)

    def without_cards(self, voter: Document, *, by_bar_code: bool) -> None:
        """Find a voter when no blank card is left, and read what the queue is to be told."""
        for page, seen in self._pages(f"advice for the queue of line {voter.line}"):
            match page:
                case "desk.no-cards":
                    return  # until the cards have come
                case "desk.ready" if not self._card:
                    self._find(voter, by_bar_code=by_bar_code)
                case "desk.search":
                    self._type_name(voter)
                case "desk.list":
                    self._choose(voter)
                case "desk.row":
                    self._compare(voter, seen)
                    self.panel.press_if_there("confirm")
                case "desk.blank":
                    self.panel.press_if_there("no-cards")
                case _:
                    self._whatever(page, seen)

    def give_by_mistake(self, voter: Document, card: str) -> None:
        """Give a card, notice a mistake before it is out, and withdraw it."""
        withdrawing = refused = False
        for page, seen in self._pages(f"a card for line {voter.line} given by mistake"):
            match page:
                case "desk.ready" if withdrawing and not self._card:
                    return
                case "desk.ready" if not self._card:
                    self._find(voter, by_bar_code=True)
                case "desk.ready":
                    self._take_card()  # a stop came when all was done, or before anything was
                case "desk.row" if has(seen, "hand-back"):  # it came when the card was given
                    withdrawing = True
                    self.panel.press_if_there("hand-back")
                case "desk.row" if withdrawing:
                    self._take_card()
                    self.panel.press_if_there("back")
                case "desk.row":
                    self._compare(voter, seen)
                    self._take_card()
                    self.panel.press_if_there("confirm")
                case "desk.interrupted" if self._card and has(seen, "refusal"):
                    refused = True  # a blank card proves nothing once the desk was stopped
                case "desk.interrupted" if refused and not self._card:
                    self.panel.press_if_there("act")
                case "desk.blank" | "desk.interrupted" | "desk.hand-back" if not self._card:
                    self._put_in(card)
                case "desk.give" | "desk.decide":
                    withdrawing = True
                    self.panel.press_if_there("withdraw")
                case _:
                    self._whatever(page, seen)

    def give_another(self, voter: Document, card: str) -> None:
        """Give another card, under an act, to a voter whose own was found and withdrawn."""
        for page, seen in self._pages(f"another card for line {voter.line}"):
            match page:
                case "desk.row" if has(seen, "confirm"):
                    break
                case "desk.ready" if not self._card:
                    self._find(voter, by_bar_code=True)
                case "desk.row":
                    self._compare(voter, seen)
                    self.panel.press_if_there("another" if has(seen, "another") else "hand-back")
                case "desk.hand-back":
                    self.panel.press_if_there("withdrawn-before")
                case _:
                    self._whatever(page, seen)
        self.give_card(voter, card, by_bar_code=True)

    def change_checked(self, voter: Document, card: str) -> None:
        """Take a card back with which a terminal was checked, and give it anew, blanked."""
        for page, seen in self._pages(f"the checked card of line {voter.line} for another"):
            match page:
                case "desk.row" if has(seen, "confirm"):
                    break
                case "desk.ready" if not self._card:
                    self._find(voter, by_bar_code=True)
                case "desk.ready":
                    self._take_card()
                case "desk.row":  # without an act, unless the desk stopped in the middle
                    self._compare(voter, seen)
                    self._take_card()
                    self.panel.press_if_there("another" if has(seen, "another") else "hand-back")
                case "desk.hand-back" if not self._card:
                    self._put_in(card)
                case "desk.hand-back" if has(seen, "refusal"):  # it was blanked before a stop
                    self._take_card()
                    self.panel.press_if_there("withdrawn-before")
                case "desk.card" if has(seen, "blank"):  # it was withdrawn before a stop
                    self.panel.press_if_there("blank")
                case "desk.card":
                    self._take_card()
                case _:
                    self._whatever(page, seen)
        self.give_card(voter, card, by_bar_code=True)

    def count_cards(self, number: int) -> None:
        """Count the blank cards and type how many."""
        wanted, entered = str(number), False
        for page, seen in self._pages("the count of blank cards"):
            typed = (text_of(seen, "typed") or "").strip()
            match page:
                case "desk.ready" if entered:
                    return
                case "desk.ready":
                    self.panel.press_if_there("cards")
                case "desk.cards" if entered and not typed:
                    self.panel.press_if_there("back")
                case "desk.cards" if typed == wanted:
                    entered = True
                    self.panel.press_if_there("counted")
                case "desk.cards" if wanted.startswith(typed):
                    self.panel.press_key(f"digits.{wanted[len(typed)]}", "typed")
                case "desk.cards":
                    self.panel.press_key("digits.erase", "typed")
                case _:
                    self._whatever(page, seen)

    def _rows(
        self, voter: Document, what: str, *, by_bar_code: bool = False
    ) -> Iterator[tuple[str, Regions]]:
        """Yield the pages that an errand about a voter must answer itself; "desk.ready" each time.

        If the errand is not over there, the voter is looked for.
        """
        named = voter if by_bar_code else replace(voter, typed="")
        for page, seen in self._pages(what):
            match page:
                case "desk.ready" if not self._card:
                    yield page, seen
                    self._find(named, by_bar_code=by_bar_code)
                case "desk.row" | "desk.lost" | "desk.envelope":
                    yield page, seen
                case _:
                    self._whatever(page, seen)

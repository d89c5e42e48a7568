"""What a clerk does beside giving cards: cards found, lost and sealed, voters who come again.

Like all simulated officials, the clerk goes by the page alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import LANGUAGES
from common.regions import Region
from desk.errand_texts import S
from simulators.officials import Clerk, Document, OfficialStuck, has, text_of

AFTER_ERASING = ("desk.withdrawn", "desk.ready")
FOUND_PAGES = ("desk.card", "desk.voted", "desk.unreadable", "desk.take-out")
_BLANK = frozenset(S.BLANK_HERE.in_(language) for language in LANGUAGES)


def _card_is_judged(regions: Sequence[Region]) -> bool:
    page = text_of(regions, "page")
    return page in FOUND_PAGES or (page == "desk.ready" and text_of(regions, "card-hint") in _BLANK)


def _reader_is_empty(regions: Sequence[Region]) -> bool:
    return text_of(regions, "card-hint") not in _BLANK


class SeasonedClerk(Clerk):
    """A clerk who also knows what to do when the day is not a smooth one."""

    def found_card(self, card: str) -> str:
        """Put a card in that lay somewhere, do what the page says, and return the page's name.

        An activated card is withdrawn as left behind. "desk.ready" means that it is blank. The card
        is in the hand again, and "desk.voted" is to be carried to the accumulator.
        """
        panel = self.panel
        panel.wait_page("desk.ready")
        panel.insert(card)
        page = panel.wait(_card_is_judged, "what the card is")
        if page == "desk.card":
            panel.go_on("left" if panel.text("left") is not None else "blank", *AFTER_ERASING)
        panel.take_card()
        if panel.wait_page("desk.ready", "desk.withdrawn", "desk.unreadable") != "desk.ready":
            panel.go_on("back" if panel.text("back") is not None else "done", "desk.ready")
        panel.wait(_reader_is_empty, "the empty reader")
        return page

    def seal_found_card(self, card: str) -> None:
        """Put a card in that cannot be read and that is nobody's, seal it, have two sign."""
        panel = self.panel
        panel.wait_page("desk.ready")
        panel.insert(card)
        panel.wait_page("desk.unreadable", having=["seal"])
        panel.take_card()
        panel.go_on("seal", "desk.envelope")
        panel.go_on("sealed", "desk.signing")
        self._sign("desk.ready")

    def lost_card(self, voter: Document) -> None:
        """Tell a voter who lost the card that there is no other."""
        self._row_of(voter, "lost")
        self.panel.go_on("lost", "desk.lost")
        self.panel.go_on("done", "desk.ready")

    def comes_again(self, voter: Document) -> None:
        """Tell a voter who was given a card that there is no second one.

        Raises:
            OfficialStuck: the desk would give another.
        """
        self._row_of(voter, "back")
        if self.panel.text("confirm") is not None:
            raise OfficialStuck(f"{self.panel.board}: a second card for line {voter.line}")
        self.panel.go_on("back", "desk.ready")

    def give_another(self, voter: Document, card: str) -> None:
        """Give another card, under an act, to a voter whose own was found and withdrawn."""
        panel = self.panel
        self._row_of(voter, "hand-back")
        panel.go_on("hand-back", "desk.hand-back")
        panel.go_on("withdrawn-before", "desk.row")
        panel.go_on("another", "desk.signing")
        self._sign("desk.row")
        panel.go_on("back", "desk.ready")
        self.give_card(voter, card, by_bar_code=True)

    def count_cards(self, number: int) -> None:
        """Count the blank cards and type how many."""
        panel = self.panel
        panel.wait_page("desk.ready", having=["cards"])
        panel.go_on("cards", "desk.cards")
        panel.type("digits", str(number), "typed")
        panel.press_until("counted", lambda regions: not has(regions, "counted"))
        panel.go_on("back", "desk.ready")

    def _row_of(self, voter: Document, button: str) -> None:
        """Find a voter by bar code, and wait for the row with this button."""
        self.panel.wait_page("desk.ready")
        self.panel.hands.scan(self.panel.board, voter.iin)
        self.panel.wait_page("desk.row", having=[button])
        self._compare(voter)

    def _sign(self, then: str) -> None:
        self._sign_in_turn()
        self.panel.wait(lambda regions: text_of(regions, "page") == then, f"page {then}")

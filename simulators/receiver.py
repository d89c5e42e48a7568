"""The member at the accumulator who puts voters' cards in while the station is open.

Rules: those of all officials (`simulators.officials`). The card is out of the member's hand only
while the accumulator's latch holds it, or for as long as the page has not said a word on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from accumulator.texts import Word
from common import errors
from common.errors import LANGUAGES, Reason
from simulators.commission import OPEN, goes_on_by_itself, words_of
from simulators.officials import PageFollower
from simulators.panel import Hands, Regions, text_of

_AGAIN: Final = words_of(Word.ERASE_AGAIN)
_NO_VOTE: Final = frozenset(
    errors.text(reason, language)
    for reason in (Reason.CARD_WITHOUT_VOTE, Reason.CARD_EMPTY, Reason.CARD_SPOILED)
    for language in LANGUAGES
)


class Receiver(PageFollower):
    """The member at the accumulator who puts voters' cards in, in their sight."""

    def __init__(
        self,
        hands: Hands,
        board: str,
        *,
        call_chair: Callable[[], None] | None = None,
        patience_s: float = 60.0,
    ) -> None:
        """`call_chair`: has the start password entered, when the page asks for it."""
        super().__init__(hands, board, patience_s=patience_s)
        self._call_chair = call_chair
        self._voted = ""
        self.before = 0
        """How many votes were in before the last card was put in."""

    def deposit(self, card: str, before: int | None = None) -> None:
        """Put a voted card in, wait until it is counted and the latch lets go, take it out.

        Args:
            before: how many votes were in before, if the card was put in at a board that died.

        Raises:
            OfficialStuck: it was refused, or nothing came.
        """
        panel, self._voted = self.panel, card
        before = self.before = self._count() if before is None else before

        def taken(seen: Regions) -> bool:
            return (
                text_of(seen, "page") == OPEN
                and int(text_of(seen, "count") or 0) > before
                and text_of(seen, "notice") not in {None, *_AGAIN}  # after a stop it looks first
                and not panel.hands.latch_held(panel.board)
            )

        self._go_on_until(taken, f"vote number {before + 1}")
        if text_of(panel.regions, "notice") in _AGAIN:  # it came when the card was in the hand
            self._go_on_until(taken, "the card erased")

    def offer(self, card: str) -> bool:
        """Put a card in that may hold no vote; say whether one was counted.

        Raises:
            OfficialStuck: nothing came of it.
        """
        panel, self._voted = self.panel, card
        before = self._count()
        taken = False

        def settled(seen: Regions) -> bool:
            nonlocal taken
            if text_of(seen, "page") != OPEN or panel.hands.latch_held(panel.board):
                return False
            notice = text_of(seen, "notice")
            taken = int(text_of(seen, "count") or 0) > before and notice not in _AGAIN
            return taken or (bool(self._card) and notice in _NO_VOTE)

        self._go_on_until(settled, "a word on the card that was offered")
        return taken

    def _count(self) -> int:
        seen: list[int] = []

        def counted(regions: Regions) -> bool:
            if text_of(regions, "page") != OPEN:
                return False
            seen.append(int(text_of(regions, "count") or 0))
            return True

        card, self._voted = self._voted, ""
        self._go_on_until(counted, "the page of the open station")
        self._voted = card
        return seen[-1]

    def _do_what_it_says(self, page: str, seen: Regions) -> None:
        match page:
            case "accumulator.start" if self._call_chair is not None:
                self._call_chair()
            case "accumulator.stopped" if not goes_on_by_itself(seen):
                self.panel.press_if_there("retry")
            case "accumulator.open" if text_of(seen, "notice") in _AGAIN and self._card:
                self._take_card()
            case "accumulator.open" if not self._card and self._voted:
                self._put_in(self._voted)
            case _:
                pass

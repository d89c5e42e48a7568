"""The counting desk's medium in the evening: carried to the accumulator, to the desk, and back.

Rules: when it is carried follows from the accumulator's page (`simulators.commission`); where it is
now, whoever carries it knows. Whatever stops in between, it is carried again as the page asks.
"""

from __future__ import annotations

from accumulator.mixing_texts import MixWord
from common.errors import LANGUAGES
from common.records import BoardKind
from simulators.half_makers import HalfMakers
from simulators.hands import BenchHands
from simulators.progress import DayFailed
from simulators.venue import Venue

IN_VAIN = 3
"""So often the desk may refuse what the accumulator laid down, which then writes it anew."""


class CountWalk:
    """Somebody who carries the medium of the counting desk, or of its spare in its place."""

    def __init__(self, venue: Venue, hands: BenchHands, makers: HalfMakers) -> None:
        """Stand at the counting desk, where the medium lies; `makers` are there as well."""
        self._venue = venue
        self._client = hands.client
        self._makers = makers
        self._desk = makers.panel.board
        self._accumulator = venue.station.accumulator
        desks = [board.name for board in venue.station.package.boards_of(BoardKind.DESK)]
        self.carried = frozenset(
            MixWord.CARRIED.text(language, desk=desk) for language in LANGUAGES for desk in desks
        )
        """What the accumulator's page says when the medium has everything that the desk needs."""
        self._medium = ""
        self.is_visiting = False
        self._in_vain = 0

    def take_back(self) -> None:
        """Take the medium out of the accumulator's visiting slot, if it is there."""
        if self.is_visiting:
            self._client.board(self._accumulator).unplug("visiting")
            self.is_visiting = False

    def hand_over(self) -> str:
        """Give the medium away, wherever it lies; return its name. It is put into the desk's slot.

        That is the slot of the spare in whose hands the count goes on (`go_on_in`).
        """
        self.take_back()
        if not self._medium:
            self._medium = self._client.board(self._desk).unplug()
        medium, self._medium = self._medium, ""
        return medium

    def go_on_in(self, venue: Venue, makers: HalfMakers) -> None:
        """Go on where a spare stands in the place of a board that died."""
        self._venue, self._makers = venue, makers
        self._desk, self._accumulator = makers.panel.board, venue.station.accumulator

    def bring(self) -> None:
        """Put the medium into the accumulator's visiting slot, if it is not there."""
        if self.is_visiting:
            return
        if not self._medium:
            self._venue.settle(self._desk)
            self._medium = self._client.board(self._desk).unplug()
        self._client.board(self._accumulator).plug(self._medium, "visiting")
        self.is_visiting = True

    def take_to_desk(self, page: str) -> None:
        """Have the desk do its part with the medium, for this page of the accumulator."""
        self._client.board(self._accumulator).unplug("visiting")
        self.is_visiting = False
        desk = self._client.board(self._desk)
        desk.plug(self._medium)
        if page == "count.mix":
            self._venue.screen.say(f"  the votes are shuffled once more at {self._desk}")
            done = self._makers.wait_until_mixed()
        else:
            self._venue.screen.say(f"  the share cards open the part of {self._desk}")
            done = self._makers.open_part()
        self._venue.settle(self._desk)
        self._medium = desk.unplug()
        self._in_vain += not done
        if self._in_vain > IN_VAIN:
            raise DayFailed(f"{self._desk} refuses the accumulator's files again and again")

    def end(self) -> None:
        """Put the medium back where it belongs."""
        if self.is_visiting:
            self._client.board(self._accumulator).unplug("visiting")
            self._client.board(self._desk).plug(self._medium)
            self.is_visiting, self._medium = False, ""

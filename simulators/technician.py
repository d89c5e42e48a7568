"""What befalls the media of a board in a running day, and how a technician puts it right.

A trouble is done to one board and undone again with what the bench offers; no daemon is stopped for
it. Rules: nothing is lost by doing and undoing any of them; what is damaged is damaged only on one
medium. Which file and which bit follow from the random source alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import Enum
from typing import Final

from simulators.bench_client import BenchClient
from simulators.media import Trouble
from simulators.protocol import OWN, RECORDING

SLOW_S: Final = 0.5
Undo = Callable[[], None]


class MediumTrouble(Enum):
    """What can befall: the word on the command line."""

    PULLED = "pulled"  # taken out, the same one put back
    EMPTY = "empty"  # taken out, an empty new one put in; the old one stays away
    SWAPPED = "swapped"  # another board's put in by mistake, then its own again
    OLDER = "older"  # an older copy of it put back
    FLIPPED = "flipped"  # a bit of one file, while it is out
    FULL = "full"
    READ_ONLY = "read-only"
    BROKEN = "broken"  # reads and writes fail for a while
    SLOW = "slow"
    OWN_READ_ONLY = "own-read-only"
    OWN_FULL = "own-full"
    OWN_SLOW = "own-slow"


class Technician:
    """Does troubles to boards, and undoes them."""

    def __init__(self, client: BenchClient, draw: random.Random) -> None:
        """Use this client of the bench; `draw` decides what is left to chance."""
        self._client = client
        self._draw = draw
        self._media: dict[str, str] = {}
        self._number = 0

    def medium_of(self, board: str) -> str:
        """Return the name of the medium that is a board's own now."""
        return self._media.get(board, board)

    def works_on(self, board: str, medium: str) -> None:
        """Take note that a medium is a board's own from now on."""
        self._media[board] = medium

    def do(self, board: str, trouble: MediumTrouble, stranger: str = "") -> Undo:
        """Let it befall a board; return what puts it right.

        Args:
            board: the board's name.
            trouble: what befalls it.
            stranger: the board whose medium is put in, for `SWAPPED`.

        Raises: BenchRefused.
        """
        hands = self._client.board(board)
        match trouble:
            case MediumTrouble.PULLED:
                return self._out(board)
            case MediumTrouble.EMPTY:
                hands.unplug()
                return lambda: self._new(board)
            case MediumTrouble.SWAPPED:
                return self._swap(board, stranger)
            case MediumTrouble.OLDER:
                copy = self._name("copy")
                medium = self.medium_of(board)
                self._client.keep_copy(medium, copy)
                return lambda: self._bring_back(board, copy)
            case MediumTrouble.FLIPPED:
                back = self._out(board)
                path = f"{board}/{self._draw.choice(('journal.cborseq', 'package.cose'))}"
                self._client.flip_bit(self.medium_of(board), path, self._draw.randrange(800))
                return back
            case MediumTrouble.FULL:
                hands.leave_room(0)
                return lambda: hands.leave_room(None)
            case MediumTrouble.OWN_FULL:
                hands.leave_room(0, OWN)
                return lambda: hands.leave_room(None, OWN)
            case MediumTrouble.READ_ONLY | MediumTrouble.BROKEN | MediumTrouble.SLOW:
                return self._ill(board, Trouble[trouble.name], RECORDING)
            case MediumTrouble.OWN_READ_ONLY | MediumTrouble.OWN_SLOW:
                return self._ill(board, Trouble[trouble.name.removeprefix("OWN_")], OWN)

    def _ill(self, board: str, trouble: Trouble, slot: str) -> Undo:
        hands = self._client.board(board)
        hands.trouble(trouble, write_s=SLOW_S, slot=slot)
        return lambda: hands.trouble(Trouble.NONE, slot=slot)

    def _out(self, board: str) -> Undo:
        hands, medium = self._client.board(board), self.medium_of(board)
        hands.unplug()
        return lambda: hands.plug(medium)

    def _new(self, board: str) -> None:
        self._media[board] = self._name(f"{board}-new")
        self._client.new_medium(self._media[board])
        self._client.board(board).plug(self._media[board])

    def _swap(self, board: str, stranger: str) -> Undo:
        """Put another board's medium in; that board is without one until it is undone."""
        hands, theirs = self._client.board(board), self._client.board(stranger)
        own, other = self.medium_of(board), self.medium_of(stranger)
        hands.unplug()
        hands.plug(other)

        def undo() -> None:
            hands.unplug()
            hands.plug(own)
            theirs.plug(other)

        return undo

    def _bring_back(self, board: str, copy: str) -> None:
        hands, medium = self._client.board(board), self.medium_of(board)
        hands.unplug()
        self._client.bring_back(medium, copy)
        hands.plug(medium)

    def _name(self, what: str) -> str:
        self._number += 1
        return f"{what}-{self._number}"

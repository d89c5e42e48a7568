"""A board that dies for good in the middle of a voter: between two things that somebody does there.

Rules: it dies at the n-th thing (a card put in, a place touched) that a person does at it for one
voter, or a moment later, so that it is in the middle of whatever that has set going. Who stands
before it sees that there is no power any more (`BoardDied`), and goes on at its spare.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LATEST_S: Final = 0.25
"""Real seconds after the thing that was done."""


class BoardDied(Exception):
    """The board before which somebody stands has no power any more, and gets none."""


@dataclass(slots=True)
class Doom:
    """What is to become of a board.

    Attributes:
        acts: so many things are still done at it.
        strike: takes its power.
    """

    board: str
    acts: int
    strike: Callable[[], None]
    draw: random.Random
    struck: bool = False

    def acted(self, board: str) -> None:
        """Take note that somebody did something at a board. Raises: BoardDied."""
        if board != self.board or self.struck:
            return
        self.acts -= 1
        if self.acts > 0:
            return
        self.struck = True
        threading.Event().wait(self.draw.uniform(0.0, LATEST_S))
        self.strike()
        raise BoardDied(board)


class NoDoom:
    """Nothing becomes of any board."""

    struck = False

    def acted(self, board: str) -> None:
        """Take note of nothing."""

"""Voters' visits to the station, and the lines in which they stand.

A visit goes from the queue of a desk to a booth, to the accumulator, and wherever a card that comes
back takes it; it ends once, in `Lines.done`. Who moves it is in `simulators.hall`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from queue import Queue

from common.records import Voter
from simulators.clerk import Document
from simulators.rough import Fate
from simulators.temper import Temper
from simulators.voter import Outcome, Wish


class Errand(Enum):
    """What somebody comes to the desk for."""

    VOTE = "wants a card to vote with"
    FOUND = "brings a card that was found, or handed in without a vote"
    VOTED = "brings a voted card"
    AGAIN = "has voted, and wants a card"
    ELSEWHERE = "belongs to another desk"
    ANOTHER = "comes back for the card that was left behind"
    CHECKED = "has had a terminal checked, and wants another card"


@dataclass(slots=True)
class Visit:
    """One voter's way through the station.

    Attributes:
        typed: the name as the clerk types it, of a voter who is found by name.
        outcome: of the booth; what was touched counts once it was deposited.
        deposited: the vote was taken in.
        checked: check values of the votes with which a terminal was checked.
        begun: a board died while it served this voter here.
        before: how many votes were in when that happened at the accumulator.
    """

    voter: Voter
    wish: Wish
    by_bar_code: bool
    typed: str = ""
    fate: Fate = Fate.VOTES
    temper: Temper = ()
    errand: Errand = Errand.VOTE
    card: str = ""
    outcome: Outcome | None = None
    deposited: bool = False
    checked: list[str] = field(default_factory=list)
    begun: bool = False
    before: int | None = None

    @property
    def document(self) -> Document:
        """What the voter shows at the desk."""
        return Document(self.voter.iin, self.voter.surname, self.voter.line, self.typed)

    @property
    def found_by_code(self) -> bool:
        """Whether the clerk scans the document."""
        return self.by_bar_code and not self.typed


@dataclass(slots=True)
class Lines:
    """Where people stand, each desk's by its name, and where cards lie."""

    queue: defaultdict[str, Queue[Visit]] = field(default_factory=lambda: defaultdict(Queue))
    back: defaultdict[str, Queue[Visit]] = field(default_factory=lambda: defaultdict(Queue))
    hall: Queue[Visit] = field(default_factory=Queue)
    leaving: Queue[Visit] = field(default_factory=Queue)
    done: Queue[Visit] = field(default_factory=Queue)
    tray: Queue[str] = field(default_factory=Queue)

    def sizes(self) -> dict[str, int]:
        """Return how many stand in each line, and how many have left."""
        lines = {f"queue of {desk}": line for desk, line in list(self.queue.items())}
        lines |= {f"back at {desk}": line for desk, line in list(self.back.items())}
        lines |= {"in the hall": self.hall, "at the accumulator": self.leaving, "gone": self.done}
        return {name: line.qsize() for name, line in lines.items()}

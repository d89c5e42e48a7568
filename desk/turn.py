"""One turn of the machine in the making: the state so far, and the effects so far.

Each part of the machine (`admission`, `withdrawal`, `signing`) takes a turn and moves it on with
`go`; it never calls another part. Going somewhere means that the card in the reader is judged anew
by whoever rules there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Notification,
    OfficialCardSeen,
    ReaderMissing,
    ShareCardSeen,
    VoterCardSeen,
)
from common.catalogue import EventType
from common.errors import Fact, Reason
from common.records import (
    SERIALS_PER_DESK,
    Activation,
    BoardKind,
    RecordError,
    Spoiled,
    open_by_board,
)
from desk.effects import Effect, Record, SaveMarks, SaveSerials
from desk.phases import Phase, Rules, State
from desk.refusal import Refusal
from desk.state import Mark, Marks, Serials

SEEN = (
    ReaderMissing,
    CardRemoved,
    VoterCardSeen,
    CourierCardSeen,
    OfficialCardSeen,
    ShareCardSeen,
    CardRefused,
)
"""What cardiod says of the reader, one of these at a time."""


@dataclass(slots=True)
class Turn:
    """What a step has come to.

    `clock_doubted`: the desk's clock is not believed. `fresh`: the card in the reader is to be
    judged.
    """

    rules: Rules
    state: State
    now_ms: int
    clock_doubted: bool = False
    effects: list[Effect] = field(default_factory=list)
    fresh: bool = False

    def go(self, phase: Phase) -> None:
        """Go to a phase."""
        self.state = replace(self.state, phase=phase)
        self.fresh = True

    def stay(self, phase: Phase) -> None:
        """Change what the phase in force says, without judging the card again."""
        self.state = replace(self.state, phase=phase)

    def do(self, *effects: Effect) -> None:
        """Have these effects carried out, in order."""
        self.effects.extend(effects)

    def record(self, event: EventType, **facts: Fact) -> None:
        """Write an entry in the journal, and count it."""
        self.do(Record(event, facts))
        self.count(event, facts)

    def count(self, event: EventType, facts: Mapping[str, Fact]) -> None:
        """Count an entry of the journal."""
        tally = self.state.tally.noted(event, facts, self.now_ms)
        self.state = replace(self.state, tally=tally)

    def save_serials(self, serials: Serials) -> None:
        """Make new bitmaps durable."""
        self.state = replace(self.state, serials=serials)
        self.do(SaveSerials(serials))

    def save_marks(self, marks: Marks) -> None:
        """Make new marks durable."""
        self.state = replace(self.state, marks=marks)
        self.do(SaveMarks(marks))

    def mark(self, line: int, mark: Mark) -> None:
        """Make a new mark durable."""
        self.save_marks(self.state.marks.put(line, mark))


class Holding(Enum):
    """What a genuine voter card of this station holds, as this desk's books see it."""

    NOTHING = 1
    NOTHING_VALID = 2
    VOTE = 3
    ACTIVATION = 4
    WITHDRAWN = 5  # an activation that this desk withdrew
    UNKNOWN = 6  # this desk's signature, but a serial that it did not issue
    OTHER_DESK = 7
    SPOILED = 8  # a vote that was checked instead of cast, on a card that this desk issued


@dataclass(frozen=True, slots=True)
class Reading:
    """A voter card judged. `index` is the serial where this desk's activation is on the card.

    An activation of a dead desk in whose place this one went on is this desk's.
    """

    holding: Holding
    index: int | None = field(default=None, repr=False)
    desk: str = ""

    def refusal(self) -> Refusal:
        """Return why a card that holds this is not what was wanted."""
        match self.holding:
            case Holding.VOTE:
                return Refusal(Reason.CARD_HOLDS_VOTE)
            case Holding.SPOILED:
                return Refusal(Reason.CARD_WAS_CHECKED)
            case Holding.OTHER_DESK:
                return Refusal(Reason.SERIAL_OF_OTHER_DESK, (("board", self.desk),))
            case Holding.UNKNOWN:
                return Refusal(Reason.SERIAL_NOT_ISSUED)
            case Holding.WITHDRAWN:
                return Refusal(Reason.SERIAL_WITHDRAWN)
            case Holding.NOTHING_VALID:
                return Refusal(Reason.CARD_HOLDS_NOTHING_VALID)
            case Holding.ACTIVATION:
                return Refusal(Reason.CARD_NOT_BLANK)
            case Holding.NOTHING:
                return Refusal(Reason.CARD_BLANK_CANNOT_RETURN)


def read_card(rules: Rules, serials: Serials, card: VoterCardSeen) -> Reading:
    """Judge a voter card by this desk's books."""
    index = None
    if card.activation is not None:
        try:
            activation, board = open_by_board(Activation, card.activation, rules.desks)
        except RecordError:
            return Reading(Holding.NOTHING_VALID)
        index = rules.index_of(board, activation.serial)
        if index is None:
            holding = Holding.VOTE if card.deposit is not None else Holding.OTHER_DESK
            return Reading(holding, desk=board.name)
    if card.deposit is not None:
        return Reading(Holding.VOTE, index)
    if card.spoiled is not None:
        return _read_spoiled(rules, serials, card.spoiled, index)
    if index is None:
        return Reading(Holding.NOTHING_VALID if card.torn else Holding.NOTHING)
    if not serials.is_issued(index):
        return Reading(Holding.UNKNOWN)
    if serials.is_withdrawn(index):
        return Reading(Holding.WITHDRAWN, index)
    return Reading(Holding.ACTIVATION, index)


def _read_spoiled(rules: Rules, serials: Serials, signed: bytes, activated: int | None) -> Reading:
    """Judge a card with a spoiled vote; `activated` is the serial of its activation, if any."""
    terminals = rules.package.boards_of(BoardKind.TERMINAL)
    try:
        spoiled, _ = open_by_board(Spoiled, signed, terminals)
    except RecordError:
        return Reading(Holding.NOTHING_VALID)
    for board in rules.desks:
        first = board.first_serial
        if first is not None and 0 <= spoiled.serial - first < SERIALS_PER_DESK:
            index = rules.index_of(board, spoiled.serial)
            if index is None:
                return Reading(Holding.OTHER_DESK, desk=board.name)
            if not serials.is_issued(index) or activated not in (None, index):
                return Reading(Holding.UNKNOWN)
            withdrawn = serials.is_withdrawn(index)
            return Reading(Holding.WITHDRAWN if withdrawn else Holding.SPOILED, index)
    return Reading(Holding.UNKNOWN)


def unwanted(slot: Notification) -> Refusal | None:
    """Return why a card that is no voter card is not wanted where one is; None without such."""
    match slot:
        case OfficialCardSeen():
            return Refusal(Reason.CARD_OFFICIAL_HERE)
        case ShareCardSeen():
            return Refusal(Reason.CARD_SHARE_HERE)
        case CourierCardSeen():
            return Refusal(Reason.CARD_COURIER_HERE)
        case CardRefused(reason, facts):
            return Refusal(reason, facts)
        case _:
            return None

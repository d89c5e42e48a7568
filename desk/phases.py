"""Where a desk is: its rules, its state, and the phases of a day. Values only.

A phase is what the operator sees, one page each (`desk.pages`). What outlives a stop is in
`State.serials` and `State.marks`; everything else is rebuilt from them and from the card in the
reader, so a phase may hold a voter and a serial side by side, in memory, while one is served.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from cardio.messages import Notification, ReaderMissing
from cardio.share_round import ShareRound
from common import tallykey
from common.cose import SignedBody
from common.records import SERIALS_PER_DESK, Board, BoardKind, StationPackage
from common.tallykey import SignedHalf
from desk.errands import Errand
from desk.evening_phases import EveningPhase
from desk.purposes import ActPurpose
from desk.refusal import Refusal
from desk.state import Mark, Marks, Serials, Withdrawal
from desk.tally import Tally
from desk.voters import VoterRoll

SIGNERS_OF_AN_ACT = 2


NO_INDEX = -1
"""The index of a serial that no desk can have issued."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What does not change while the desk runs.

    Attributes:
        random_bytes: source of randomness for serials and noise.
        taken: the dead desks in whose place this one went on, as in `Serials.taken`.
    """

    package: StationPackage
    package_hash: bytes
    board: Board
    roll: VoterRoll = field(repr=False)
    random_bytes: Callable[[int], bytes] = field(repr=False)
    taken: tuple[Board, ...] = ()

    @property
    def first_serial(self) -> int:
        """The first of this desk's serials."""
        return self.board.first_serial or 0

    def index_of(self, board: Board, serial: int) -> int | None:
        """Return the index (`desk.state.Serials`) of a desk's serial; None: it is not ours."""
        for number, each in enumerate((self.board, *self.taken)):
            if each.name == board.name:
                bit = serial - (each.first_serial or 0)
                inside = 0 <= bit < SERIALS_PER_DESK
                return bit + number * SERIALS_PER_DESK if inside else NO_INDEX
        return None

    @property
    def makes_half(self) -> bool:
        """Whether this desk makes a half of the tally key, itself or for the desk it replaced."""
        maker = tallykey.counting_desk(self.package)
        return maker is not None and maker.name in {
            board.name for board in (self.board, *self.taken)
        }

    @property
    def desks(self) -> tuple[Board, ...]:
        """Every desk of the station."""
        return self.package.boards_of(BoardKind.DESK)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not open: the courier card with the start order is awaited."""

    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class SharesGiven:
    """Shares of this desk's half of the tally key go out to the share cards, PIN each."""

    round: ShareRound = field(default_factory=ShareRound)


@dataclass(frozen=True, slots=True)
class HalfToCourier:
    """The half is kept; the courier card is to carry it to the accumulator.

    Attributes:
        busy: cardiod writes it.
        written: the card in the reader holds it.
    """

    busy: bool = False
    written: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """Date and time are shown, to be compared with the chair's watch, or typed.

    Attributes:
        now_ms: what the clock shows.
        start_order: with which the desk is opened afterwards; None in the day.
        is_right: it can be called right.
        typed: of the time of day, while one is typed; None while the clock is only looked at.
        was_set: it was put right just now.
    """

    now_ms: int
    start_order: bytes | None = None
    is_right: bool = False
    typed: str | None = None
    was_set: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Spare:
    """A spare desk that replaced nobody yet.

    Attributes:
        dead: the desk whose medium lies in the recording slot, or "".
        entries, issued: of its journal, and cards that it had given out.
        head: of that journal, 32 bytes.
        closed: it was closed already; its part of the count is left.
        refusal: why that medium will not do, or what is wrong with a card.
    """

    dead: str = ""
    entries: int = 0
    issued: int = 0
    head: bytes = b""
    closed: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Replacing:
    """Why officials sign: this spare goes on in the place of the dead desk found there."""

    back: Spare


@dataclass(frozen=True, slots=True)
class ClockShift:
    """Why officials sign: the clock is moved by so much, and showed `right_ms` at that moment."""

    offset_ms: int
    right_ms: int
    back: ClockCheck


@dataclass(frozen=True, slots=True)
class Opened:
    """Open: the courier card is to be taken out and carried on."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The next voter may come. `typed` are the digits so far."""

    typed: str = field(default="", repr=False)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list is shown, to be compared with the document."""

    line: int = field(repr=False)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class BlankWanted:
    """The row was confirmed: a blank card is awaited."""

    line: int = field(repr=False)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """The card with this key is being activated.

    Here and in the next two phases `card_key` becomes None when that card may have left the reader.
    """

    line: int = field(repr=False)
    card_key: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checking:
    """The card could not be activated, or not surely: it is looked at again."""

    line: int = field(repr=False)
    refusal: Refusal
    card_key: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A line is being given a card and the desk does not know how far that went.

    `tried`: blanking the card failed, so it is tried again only when somebody says so.
    """

    line: int = field(repr=False)
    refusal: Refusal | None = None
    tried: bool = False
    card_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Decide:
    """The interrupted card is in the reader and activated: give it, or withdraw it."""

    line: int = field(repr=False)
    index: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class GiveOut:
    """The card is activated and marked: it is to be given to the voter.

    `line` is None after a stop; `mark_while` is its mark while it was being given this card.
    """

    line: int | None = field(repr=False)
    mark_while: Mark = Mark.BEING_GIVEN


@dataclass(frozen=True, slots=True)
class TakeOut:
    """A card that has no business here is to be taken out."""

    refusal: Refusal


class Found(Enum):
    """What a voter card brought to the desk turned out to be."""

    ACTIVATED = 1
    WITHDRAWN = 2  # before, but it was not blanked
    NOTHING_VALID = 3
    SPOILED = 4  # with a vote that was checked instead of cast


@dataclass(frozen=True, slots=True)
class CardIn:
    """Somebody brought a card that is not blank and holds no vote to be cast."""

    found: Found
    index: int | None = field(default=None, repr=False)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class HandBack:
    """The voter on this line gives a card back: it is awaited."""

    line: int = field(repr=False)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A card was withdrawn and blanked."""

    why: Withdrawal


@dataclass(frozen=True, slots=True)
class Erasing:
    """The card is being blanked, then looked at again.

    Attributes:
        card_key: which card is meant.
        then: where to go when it is blank.
        otherwise: where to go when it is not.
        returned_line: the line to be marked as returned when it is blank.
        checked: with it, its voter had a terminal checked, and may have another card at once.
        refusal: what cardiod said about the blanking.
        looking: the blanking was answered, the look was not.
    """

    card_key: bytes = field(repr=False)
    then: BlankWanted | Withdrawn | Interrupted | Row | Ready
    otherwise: BlankWanted | CardIn | Interrupted | HandBack
    returned_line: int | None = field(default=None, repr=False)
    refusal: Refusal | None = None
    looking: bool = False
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """The operator is told how to seal an unreadable card before the act is signed.

    `line` is None for a card that was found.
    """

    line: int | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signing:
    """Officials sign an act, each with card and PIN.

    `line` is None where no voter is concerned. `asked`: the official whose card is signing.
    """

    line: int | None = field(repr=False)
    purpose: ActPurpose | ClockShift | Replacing
    body: SignedBody = field(repr=False)
    signers: tuple[int, ...] = ()
    pin: str = field(default="", repr=False)
    asked: int | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class ConfirmClose:
    """The operator is asked, after closing time, whether to close for good."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The statement is written; the medium goes to the accumulator."""


Phase = (
    Spare
    | Waiting
    | SharesGiven
    | HalfToCourier
    | ClockCheck
    | Opened
    | Ready
    | Row
    | BlankWanted
    | Writing
    | Checking
    | Interrupted
    | Decide
    | GiveOut
    | TakeOut
    | CardIn
    | HandBack
    | Withdrawn
    | Erasing
    | Envelope
    | Signing
    | ConfirmClose
    | Closed
    | EveningPhase
    | Errand
)


@dataclass(frozen=True, slots=True)
class State:
    """All that a desk knows at one moment.

    Attributes:
        slot: what cardiod last said of the reader.
        acts: signed acts that are stored and allow a voter another card.
        unread: the cards sealed in envelopes by stored acts.
        tally: what the journal tells in numbers.
        start_order: the signed order of the day, once the desk is open.
        half: this desk's half of the tally key, once it is kept.
        now_ms: the wall time of the last event, UTC; 0 before the first.
        restarted: no card and no empty reader was seen since the start.
        language: of the page, "kk", "ru" or "en".
    """

    phase: Phase
    serials: Serials
    marks: Marks
    language: str
    tally: Tally
    slot: Notification = field(default_factory=ReaderMissing)
    acts: int = 0
    unread: int = 0
    start_order: bytes | None = None
    half: SignedHalf | None = None
    restarted: bool = True
    now_ms: int = 0


def first_state(
    serials: Serials,
    marks: Marks,
    *,
    language: str,
    start_order: bytes | None,
    closed: bool,
    tally: Tally,
    acts: int = 0,
    unread: int = 0,
    half: SignedHalf | None = None,
) -> State:
    """Return the state after a start, rebuilt from what is stored."""
    phase: Phase
    if closed:
        phase = Closed()
    elif start_order is None:
        phase = Waiting()
    elif marks.being_given:
        phase = Interrupted(marks.being_given[0])
    else:
        phase = Ready()
    return State(
        phase,
        serials,
        marks,
        language,
        tally,
        acts=acts,
        unread=unread,
        start_order=start_order,
        half=half,
    )

"""What happens to an accumulator: past tense, frozen, the only thing that reaches its machines.

Card notifications and answers come as they are in `cardio.messages`; everything else is here. The
second half are outcomes: what became of an effect that the shell carried out.

Rules: an event holds no secret but what was typed (`PIN`s never get this far: the machine collects
digits from touches), and no event holds a vote beside a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from accumulator.absences import Absence
from accumulator.countwalk import NOT_BEGUN, CountWalk
from accumulator.rollcall import NOBODY, Candidate, RollCall
from cardio.messages import Answer, Facts, Notification
from common.cose import SignedBody
from common.counttexts import Progress
from common.errors import Reason, Thing
from common.pages import Touched as Touched  # noqa: PLC0414 - handed on with the other events
from common.records import Act
from hal.printer import PrinterState

# --- from the parts ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MinutePassed:
    """The clock moved on; the machine sees the time with every event anyway."""


@dataclass(frozen=True, slots=True)
class VisitorInserted:
    """A medium lies in the visiting slot."""


@dataclass(frozen=True, slots=True)
class VisitorRemoved:
    """The visiting slot is empty."""


@dataclass(frozen=True, slots=True)
class OwnMediumInserted:
    """A medium lies in the accumulator's own recording slot, which was empty."""


@dataclass(frozen=True, slots=True)
class OwnMediumRemoved:
    """The accumulator's own recording slot is empty."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer is done with a document, or stopped in it."""

    state: PrinterState


@dataclass(frozen=True, slots=True)
class MainsChanged:
    """The board runs on mains, or on its battery; `percent` is the battery's charge."""

    on_mains: bool
    percent: int


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """The case was opened or closed."""

    opened: bool


# --- outcomes of effects ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recovered:
    """How far the day had come, read from both media (see `accumulator.strongroom`).

    Attributes:
        unsealed: station key and urn key are usable.
        start_order: the signed start order, if the station was opened.
        opening_act: the act that it names.
        closed: the accumulator's statement is written.
        was_closed: it is not, but the board in whose place this one went on had closed.
        roll: which boards are in, which must be before the count, which died.
        walk: where the evening of two boards is.
        minutes: the minutes so far, with the signatures that they bear.
        absences: members who have an act that they do not sign them.
        bundled: the evidence bundle is complete.
        cleared: officials whose share cards were cleared after the count.
        over: the keys were forgotten after the count.
        seals: the numbers of the seals in the act of sealing, or "" before there is one.
        took_over: this spare went on just now in the place of one that died.
        mended: how many files were mended on each medium.
    """

    unsealed: bool
    votes: int = 0
    start_order: bytes | None = None
    opening_act: Act | None = None
    closed: bool = False
    was_closed: bool = False
    roll: RollCall = NOBODY
    walk: CountWalk = NOT_BEGUN
    minutes: SignedBody | None = None
    absences: tuple[Absence, ...] = ()
    bundled: bool = False
    cleared: tuple[int, ...] = ()
    over: bool = False
    seals: str = ""
    took_over: bool = False
    mended: tuple[tuple[Thing, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RecoveryRefused:
    """What lies on the media cannot be gone on with; people decide."""

    reason: Reason
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class PasswordRefused:
    """What was typed is not the start password."""


@dataclass(frozen=True, slots=True)
class MediumFailed:
    """A write or a read failed on one of the two media; nothing goes on until they are whole."""

    reason: Reason
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class DeskHalfTaken:
    """The desk's half of the tally key was believed, and lies on both media."""


@dataclass(frozen=True, slots=True)
class DeskHalfRefused:
    """What the courier card brought is no half of a desk of this station."""

    reason: Reason
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class TallyKeyMade:
    """A tally key exists, in memory only; where a desk makes a half, this one's signed halves.

    Attributes:
        public: as it will stand in the start order.
        commitments: of each share, in the order of the package's share cards, then of the
            territorial commission's; then the same of the desk's half.
        territorial: that share, sealed; joined with the desk's.
    """

    public: tuple[bytes, ...]
    commitments: tuple[bytes, ...]
    territorial: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StationOpened:
    """Opening act and start order lie on both media."""

    start_order: bytes
    opening_act: Act


@dataclass(frozen=True, slots=True)
class ClockPutRight:
    """Clock and chip show the time that the act names."""


@dataclass(frozen=True, slots=True)
class ClockRefused:
    """The chip did not take the time; the clock is as it was."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class VoteTaken:
    """The vote is durable on both media; the urn holds `votes`."""

    votes: int


@dataclass(frozen=True, slots=True)
class TakeInRefused:
    """The urn did not take the vote, and did not change."""

    reason: Reason
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class StationClosed:
    """The accumulator's statement lies on both media; on a spare the count may have begun."""

    roll: RollCall
    walk: CountWalk = NOT_BEGUN


@dataclass(frozen=True, slots=True)
class VisitorRead:
    """What the medium in the visiting slot brought.

    Attributes:
        roll: which boards are in now, which must be, which died.
        taken: boards that this medium brought.
        refused: board, or the medium's name, and why.
    """

    roll: RollCall
    taken: tuple[str, ...]
    refused: tuple[tuple[str, Reason, Facts], ...]


@dataclass(frozen=True, slots=True)
class DeadListed:
    """These boards may be written off."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class DeadRead:
    """What a dead board left on the medium in the visiting slot, or why it cannot be read.

    Attributes:
        entries: of its journal that verify, from the first on; `head` is the last one's hash.
    """

    entries: int = 0
    head: bytes = b""
    refused: Reason | None = None
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class BoardGone:
    """The act that a board died lies on both media, and what it left behind. `spare` may be ""."""

    roll: RollCall
    board: str
    spare: str


@dataclass(frozen=True, slots=True)
class VotesCounted:
    """Opened, counted twice alike, and laid down; these minutes wait for signatures."""

    minutes: SignedBody


@dataclass(frozen=True, slots=True)
class SpareFound:
    """This is a spare that replaced nobody yet; what lies in its recording slot.

    Attributes:
        dead: the accumulator whose medium it is, or "".
        entries, votes: of its journal, and taken in by it.
        head: of that journal, 32 bytes.
        refused: why that medium will not do.
    """

    dead: str = ""
    entries: int = 0
    votes: int = 0
    head: bytes = b""
    refused: Reason | None = None
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class DeadUrnOpened:
    """The start password opens the dead accumulator's urn, which holds `votes`.

    `entries` and `head` are of its journal, as far as it verifies.
    """

    board: str
    votes: int
    entries: int
    head: bytes


@dataclass(frozen=True, slots=True)
class CountRefused:
    """No result: the count did not begin, or its two halves disagree."""

    reason: Reason
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class WorkWentOn:
    """A long computation of the count has come so far; it is not over."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class CountMoved:
    """A step of the evening of two boards is over.

    Attributes:
        walk: where it is now, by the files.
        taken: the desk whose file was believed and stored, or "".
        carried: the desk's medium holds everything that the desk needs.
        refused: why the step could not be done, or what is wrong with the medium.
    """

    walk: CountWalk
    taken: str = ""
    carried: bool = False
    refused: Reason | None = None
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class AbsenceKept:
    """The act that this official does not sign lies on both media; these are all there are."""

    official: int
    absences: tuple[Absence, ...]


@dataclass(frozen=True, slots=True)
class BundleWritten:
    """Minutes and manifest lie in the evidence bundle on both media."""


@dataclass(frozen=True, slots=True)
class SealingDrawnUp:
    """The act of sealing waits for signatures."""

    act: Act


@dataclass(frozen=True, slots=True)
class EvidenceSealed:
    """The act of sealing lies beside the bundle on both media; it names these seals."""

    seals: str


Outcome = (
    Recovered
    | RecoveryRefused
    | PasswordRefused
    | MediumFailed
    | DeskHalfTaken
    | DeskHalfRefused
    | TallyKeyMade
    | StationOpened
    | ClockPutRight
    | ClockRefused
    | VoteTaken
    | TakeInRefused
    | StationClosed
    | VisitorRead
    | DeadListed
    | DeadRead
    | BoardGone
    | SpareFound
    | DeadUrnOpened
    | VotesCounted
    | CountRefused
    | WorkWentOn
    | CountMoved
    | AbsenceKept
    | BundleWritten
    | SealingDrawnUp
    | EvidenceSealed
)

Event = (
    Notification
    | Answer
    | Outcome
    | Touched
    | MinutePassed
    | VisitorInserted
    | VisitorRemoved
    | OwnMediumInserted
    | OwnMediumRemoved
    | Printed
    | MainsChanged
    | CaseChanged
)

"""What the machines want done: imperative, frozen, carried out by the shell in order.

Those in the first half touch keys and media and are carried out by `accumulator.strongroom`; each
says which outcome (`accumulator.events`) follows. Store before show: an effect that shows something
stands after the one that made it true.

Rules: an effect never holds a key. A PIN is in `AskCard` only, a typed password in `Unseal` only,
and neither shows in `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cardio.messages import Request
from common.catalogue import EventType, FactValue
from common.cose import SignedBody
from common.errors import Reason, Thing
from common.pages import Page
from common.shares import Share
from common.tallykey import SignedHalf

# --- keys and media ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recover:
    """Read both media again and say how far the day has come → `Recovered`, `RecoveryRefused`.

    A spare that replaced nobody yet only looks into its slot → `SpareFound`.

    `stopped_by`: the medium that stopped the board, and why; journalled when it goes on.
    """

    stopped_by: tuple[Thing, Reason] | None = None


@dataclass(frozen=True, slots=True)
class Unseal:
    """Unseal station key and urn key with the typed password → `Recovered`, `PasswordRefused`.

    On a spare that replaced nobody yet, those of the dead accumulator → `DeadUrnOpened`.
    """

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TakeDeskHalf:
    """Check and store the desk's half of the tally key → `DeskHalfTaken`, `DeskHalfRefused`."""

    half: SignedHalf


@dataclass(frozen=True, slots=True)
class MakeHalf:
    """Make half of a new tally key, and its shares; any made before is forgotten → `TallyKeyMade`.

    Where the desk makes a half, this board's half, once the desk's was taken.
    """


@dataclass(frozen=True, slots=True)
class OpenStation:
    """Sign and store the opening act, then the start order; forget the key → `StationOpened`.

    `act` bears the officials' signatures.
    """

    act: SignedBody


@dataclass(frozen=True, slots=True)
class PutClockRight:
    """Keep the act, then move clock and chip by so much → `ClockPutRight`, `ClockRefused`."""

    offset_ms: int
    act: SignedBody


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Store a vote in the urn on both media → `VoteTaken`, `TakeInRefused`."""

    serial: int = field(repr=False)
    cast_vote: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CloseStation:
    """Write the accumulator's statement → `StationClosed`."""


@dataclass(frozen=True, slots=True)
class ReadVisitor:
    """Take statements and journals from the medium in the visiting slot → `VisitorRead`."""


@dataclass(frozen=True, slots=True)
class ListDead:
    """Say which boards may be written off → `DeadListed`."""


@dataclass(frozen=True, slots=True)
class ReadDead:
    """Read what a dead board left on the medium in the visiting slot → `DeadRead`."""

    board: str


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Store the act that a board died, with what was read of it → `BoardGone`.

    `act` bears the members' signatures.
    """

    board: str
    act: SignedBody


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Store the act that this spare replaces the dead accumulator; take over → `Recovered`."""

    act: SignedBody


@dataclass(frozen=True, slots=True)
class MixVotes:
    """Shuffle the sealed votes, with proof; store them and the shuffle → `CountMoved`.

    What was shuffled once is never shuffled again.
    """


@dataclass(frozen=True, slots=True)
class VisitForCount:
    """Take from the desk's medium what it made; put on it what the desk needs → `CountMoved`."""


@dataclass(frozen=True, slots=True)
class OpenPart:
    """Rebuild this board's half, open its part, forget the half → `CountMoved`, `CountRefused`."""

    shares: tuple[Share, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FinishCount:
    """Read and count the ballots that both parts give → `VotesCounted`, `CountRefused`."""


@dataclass(frozen=True, slots=True)
class KeepSignatures:
    """Store the minutes with the signatures they bear so far."""

    minutes: SignedBody


@dataclass(frozen=True, slots=True)
class KeepAbsence:
    """Sign and store the act that a member does not sign the minutes → `AbsenceKept`.

    `act` bears the members' signatures.
    """

    act: SignedBody


@dataclass(frozen=True, slots=True)
class WriteBundle:
    """Put the signed minutes and the manifest into the evidence bundle → `BundleWritten`."""

    minutes: SignedBody


@dataclass(frozen=True, slots=True)
class ForgetKeys:
    """Forget station key and urn key: the day is over."""


@dataclass(frozen=True, slots=True)
class DrawUpSealing:
    """Draw up the act of sealing, with the numbers of these seals → `SealingDrawnUp`."""

    seals: str


@dataclass(frozen=True, slots=True)
class SealEvidence:
    """Lay the act of sealing beside the bundle → `EvidenceSealed`.

    `act` bears the members' signatures.
    """

    act: SignedBody


@dataclass(frozen=True, slots=True)
class Record:
    """Append an entry to the journal, durable on both media before the next effect."""

    event: EventType
    facts: tuple[tuple[str, FactValue], ...] = ()


# --- cards, latch, paper, screen --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskCard:
    """Send a request to cardiod; its one answer comes as an event."""

    request: Request


@dataclass(frozen=True, slots=True)
class AskShareWritten:
    """Have share `index` (from 1, in the package's order) of the new key written on the card."""

    index: int
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HoldLatch:
    """Hold the card in the slot, or let it go."""

    closed: bool


@dataclass(frozen=True, slots=True)
class Buzz:
    """Sound the buzzer: a card was refused."""


@dataclass(frozen=True, slots=True)
class PrintZero:
    """Print that every figure is zero → `Printed`."""


@dataclass(frozen=True, slots=True)
class PrintHourly:
    """Print the count of the urn and the journal's head, signed → `Printed`."""


@dataclass(frozen=True, slots=True)
class PrintProtocol:
    """Print the protocol of the minutes → `Printed`."""


@dataclass(frozen=True, slots=True)
class PrintCodes:
    """Print the control-code list → `Printed`."""


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show a page."""

    page: Page


Effect = (
    Recover
    | Unseal
    | TakeDeskHalf
    | MakeHalf
    | OpenStation
    | PutClockRight
    | TakeIn
    | CloseStation
    | ReadVisitor
    | ListDead
    | ReadDead
    | WriteOff
    | TakeOver
    | MixVotes
    | VisitForCount
    | OpenPart
    | FinishCount
    | KeepSignatures
    | KeepAbsence
    | WriteBundle
    | ForgetKeys
    | DrawUpSealing
    | SealEvidence
    | Record
    | AskCard
    | AskShareWritten
    | HoldLatch
    | Buzz
    | PrintZero
    | PrintHourly
    | PrintProtocol
    | PrintCodes
    | ShowPage
)

"""What a desk's machine wants done: imperative, frozen, carried out by the shell in this order.

Whatever must be durable stands before what relies on it; the page is shown after all of them. An
effect that fails ends the turn, so no later effect is carried out on a false assumption. While the
desk computes after the close (`desk.evening_phases.AtWork`), its page is shown before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardio.messages import Request
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Fact
from common.shares import Share
from desk.state import Marks, Serials


@dataclass(frozen=True, slots=True)
class SaveSerials:
    """Make the bitmaps of serials and the flight block durable on both media."""

    serials: Serials


@dataclass(frozen=True, slots=True)
class SaveMarks:
    """Make the marks of the list durable on both media."""

    marks: Marks


@dataclass(frozen=True, slots=True)
class Record:
    """Write an entry in the journal, durable on both media. Never a voter, a serial or a card."""

    event: EventType
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class AskCard:
    """Send a request to cardiod; its one answer comes as an event."""

    request: Request


@dataclass(frozen=True, slots=True)
class Activate:
    """Sign an activation for the card with this key and have it written; the answer comes later.

    Attributes:
        index: the serial, counted from the desk's first.
        card_key: SHA-256 of the card's 9E key, 32 bytes.
    """

    style: int
    index: int = field(repr=False)
    card_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Keep the start order on both media, then journal the opening."""

    start_order: bytes


@dataclass(frozen=True, slots=True)
class KeepAct:
    """Add the desk's signature to an act that its officials signed, keep it, and journal it.

    `event`: what the journal says of it, with the act's hash, after *an act was signed*.
    """

    act: SignedBody
    event: EventType


@dataclass(frozen=True, slots=True)
class PutClockRight:
    """Keep the act, then move clock and chip by so much → `ClockPutRight` or `ClockRefused`."""

    offset_ms: int
    act: SignedBody


@dataclass(frozen=True, slots=True)
class MakeHalf:
    """Make this desk's half of the tally key, in memory → `HalfMade`."""


@dataclass(frozen=True, slots=True)
class AskShareWritten:
    """Have share `index` (from 1, in the package's order) of that half written on the card."""

    index: int
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepHalf:
    """Keep what may be known of the half on both media, forget its shares → `HalfKept`."""


@dataclass(frozen=True, slots=True)
class ForgetHalf:
    """Forget the half that was made and not kept."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Keep the act that this spare replaces a dead desk; take over, and begin as after a start."""

    act: SignedBody


@dataclass(frozen=True, slots=True)
class CloseDesk:
    """Journal the close, then write the signed statement on both media."""


@dataclass(frozen=True, slots=True)
class LookForCount:
    """See how far the count has come on the medium → `EveningSeen`."""


@dataclass(frozen=True, slots=True)
class MixVotes:
    """Check the accumulator's list, shuffle it, prove and keep it → `VotesMixed`, `CountRefused`.

    This may take minutes.
    """


@dataclass(frozen=True, slots=True)
class CheckOtherPart:
    """Check the accumulator's part of the opening → `OtherPartChecked` or `CountRefused`."""


@dataclass(frozen=True, slots=True)
class OpenPart:
    """Open this desk's part with the half that these shares give, and forget it.

    → `PartWritten`, or `CountRefused`.
    """

    shares: tuple[Share, ...] = field(repr=False)


Effect = (
    SaveSerials
    | SaveMarks
    | Record
    | AskCard
    | Activate
    | OpenDesk
    | KeepAct
    | PutClockRight
    | MakeHalf
    | AskShareWritten
    | KeepHalf
    | ForgetHalf
    | TakeOver
    | CloseDesk
    | LookForCount
    | MixVotes
    | CheckOtherPart
    | OpenPart
)

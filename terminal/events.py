"""What can happen to a terminal: everything that its machine ever gets to know.

Rules. Events are past tense and hold checked values, never bytes of a stranger: whoever makes an
event (`cards`, `touch`, `daemon`) has verified what stands in it. No event holds a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from common.errors import Reason
from common.records import Presentation
from terminal.clockset import ClockView

# The card slot


@dataclass(frozen=True, slots=True)
class ActivatedCardSeen:
    """A voter card that may take one vote is in the slot.

    Attributes:
        style: number of the ballot style.
        serial: of the activation; goes into the deposit and nowhere else.
        card_key: SHA-256 of the card's 9E key, 32 bytes.
    """

    style: int
    presentation: Presentation
    serial: int = field(repr=False)
    card_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class VotedCardSeen:
    """A voter card that holds a vote is in the slot; `vote` is the SHA-256 of the `CastVote`."""

    card_key: bytes = field(repr=False)
    vote: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpoiledCardSeen:
    """A voter card with a vote that was spoiled instead of cast is in the slot.

    Attributes:
        vote: SHA-256 of the `CastVote` that is spoiled.
        is_open: what opens it lies beside it.
    """

    card_key: bytes = field(repr=False)
    vote: bytes = field(repr=False)
    is_open: bool


@dataclass(frozen=True, slots=True)
class UnfitCardSeen:
    """A card that this terminal does not work with is in the slot."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CourierCardSeen:
    """The courier card with a start order for this station is in the slot.

    Attributes:
        start_order: the signed order, verified; the very one of today if the terminal is open.
        after_hours: the closing time of the package has come.
        clock: how the clock stands, if it has to be put right; None if not.
    """

    start_order: bytes
    after_hours: bool
    clock: ClockView | None = None


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The slot is empty."""


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """The card reader, or the service that owns it, does not answer."""


# The voter's hands, and the clock


@dataclass(frozen=True, slots=True)
class Touched:
    """A region of the page that is shown was touched; names are those of `common.book`."""

    region: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """Key 1 or key 2 was pressed."""

    key: int


@dataclass(frozen=True, slots=True)
class TimeRanOut:
    """The time set by the last `SetTimer` has passed."""


# Answers to effects


@dataclass(frozen=True, slots=True)
class CodeReserved:
    """There is a control code, durably burnt, for one more vote."""


@dataclass(frozen=True, slots=True)
class CodesUsedUp:
    """This terminal has no control code left."""


@dataclass(frozen=True, slots=True)
class SealedVote:
    """What it takes to have a vote checked instead of cast.

    Attributes:
        cast_vote: the signed record.
        check_value: what the voter may note (docs/proofs.md, section 7).
        r: what it was sealed with; None where the package lets nobody check the terminal.
    """

    cast_vote: bytes = field(repr=False)
    check_value: str = field(repr=False)
    r: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class VoteSealed:
    """The ballot is sealed and both records are signed; nothing is on the card yet.

    Attributes:
        code: the control code, 0 … 9999.
        cast_vote, deposit: the signed records.
        vote: SHA-256 of `cast_vote`.
        sealed: what the voter may have checked.
    """

    code: int = field(repr=False)
    cast_vote: bytes = field(repr=False)
    deposit: bytes = field(repr=False)
    vote: bytes = field(repr=False)
    sealed: SealedVote = field(repr=False)


@dataclass(frozen=True, slots=True)
class VoteStored:
    """The vote was written on the card, read back, and found equal."""


@dataclass(frozen=True, slots=True)
class VoteNotStored:
    """The vote was not written, or not surely; the card decides when it is seen again."""


@dataclass(frozen=True, slots=True)
class VoteSpoiled:
    """The spoiled vote stands where the vote stood, read back."""


@dataclass(frozen=True, slots=True)
class SpoiledOpened:
    """What opens the spoiled vote lies beside it, read back."""


@dataclass(frozen=True, slots=True)
class SpoilNotStored:
    """One of the two was not written, or not surely; the card decides when it is seen again."""


@dataclass(frozen=True, slots=True)
class ClockJudged:
    """How the clock stands now; None: it fits."""

    clock: ClockView | None


@dataclass(frozen=True, slots=True)
class ClockNotSet:
    """The clock is as it was; `reason` says why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class StationOpened:
    """The start order is on both media."""


@dataclass(frozen=True, slots=True)
class StationClosed:
    """The statement is on both media."""


@dataclass(frozen=True, slots=True)
class PartFailed:
    """Something that the terminal cannot work without has failed; `reason` says what."""

    reason: Reason


Event: TypeAlias = (
    ActivatedCardSeen
    | VotedCardSeen
    | SpoiledCardSeen
    | UnfitCardSeen
    | CourierCardSeen
    | CardRemoved
    | ReaderLost
    | Touched
    | KeyPressed
    | TimeRanOut
    | CodeReserved
    | CodesUsedUp
    | VoteSealed
    | VoteStored
    | VoteNotStored
    | VoteSpoiled
    | SpoiledOpened
    | SpoilNotStored
    | ClockJudged
    | ClockNotSet
    | StationOpened
    | StationClosed
    | PartFailed
)

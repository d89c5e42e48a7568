"""What a board's daemon and `cardiod` say to each other: frozen dataclasses and their bus arrays.

Rules. A notification is `[kind, fields…]`; a request and an answer are `[kind, request_id,
fields…]`. Kind numbers are never used again for another meaning. What does not fit its kind
exactly (number and types of fields) is refused whole with `MessageError`. Every request gets
exactly one answer. PINs and secrets never show in `repr`.

A notification always tells the whole truth about the slot, so the last one is all a board needs.
Records in it (`activation`, `cast_vote`, `spoiled`, `start_order` and the like) are whole
COSE_Sign1 messages whose signature, package and card were checked; what did not verify is None and
shows as `torn`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from types import NoneType
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_type_hints

from common.errors import Fact, Reason, Thing
from common.records import BoardKind

Facts: TypeAlias = tuple[tuple[str, int | str], ...]
"""Facts beside a reason, as pairs sorted by name: `text(reason, language, **dict(facts))`."""


class MessageError(ValueError):
    """An array is not a message of this table."""


def facts_of(facts: Mapping[str, Fact]) -> Facts:
    """Return facts as they travel: sorted, a `Thing` by its code."""
    return tuple(
        (name, fact.value if isinstance(fact, Thing) else fact)
        for name, fact in sorted(facts.items())
    )


# Notifications: cardiod → board


@dataclass(frozen=True, slots=True)
class ReaderMissing:
    """No card reader answers; also posted by the client while `cardiod` itself is away."""


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The reader is there and empty."""


@dataclass(frozen=True, slots=True)
class VoterCardSeen:
    """A genuine voter card of this station is in the slot.

    Attributes:
        number: the card's number in its certificate; never to be logged or stored beside a voter.
        key_hash: SHA-256 (32 bytes) of the card's 9E key, to which records are bound.
        activation: the signed `Activation` for this very card, or None.
        cast_vote: the signed `CastVote`, or None; never without `deposit`.
        deposit: the signed `Deposit` that binds `cast_vote` to this card, or None.
        torn: something on the card is neither empty nor valid.
        spoiled: the signed `Spoiled`, or None; never together with `cast_vote`.
        opening: the signed `SpoiledOpening` that belongs to it, or None.
    """

    number: int = field(repr=False)
    key_hash: bytes = field(repr=False)
    activation: bytes | None = field(repr=False)
    cast_vote: bytes | None = field(repr=False)
    deposit: bytes | None = field(repr=False)
    torn: bool
    spoiled: bytes | None = field(default=None, repr=False)
    opening: bytes | None = field(default=None, repr=False)

    @property
    def blank(self) -> bool:
        """Whether nothing at all is written on the card."""
        return (
            self.activation is None
            and self.deposit is None
            and self.spoiled is None
            and not self.torn
        )


@dataclass(frozen=True, slots=True)
class CourierCardSeen:
    """A genuine courier card of this station; what it carries is verified as far as it can be.

    Attributes:
        tally_half: a desk's signed `TallyHalf`, or None; never without `half_shares`.
        half_shares: the signed `HalfShares` that belongs to it, or None.
        torn: something on the card is neither empty nor valid.
    """

    number: int
    start_order: bytes | None
    torn: bool
    tally_half: bytes | None = None
    half_shares: bytes | None = None


@dataclass(frozen=True, slots=True)
class OfficialCardSeen:
    """A genuine card of an official in the package.

    Attributes:
        official: the official's number in the package.
        role, name: as the card's certificate has them.
        certificate: the 9C (signature) certificate, DER.
        pin_attempts: tries left before the PIN is blocked.
    """

    official: int
    role: str
    name: str
    certificate: bytes
    pin_attempts: int


@dataclass(frozen=True, slots=True)
class ShareCardSeen:
    """A genuine share card; `official` is the one it belongs to."""

    number: int
    official: int
    pin_attempts: int


@dataclass(frozen=True, slots=True)
class CardRefused:
    """There is a card, and it is not one to work with; `reason` says why."""

    reason: Reason
    facts: Facts = ()


Notification: TypeAlias = (
    ReaderMissing
    | CardRemoved
    | VoterCardSeen
    | CourierCardSeen
    | OfficialCardSeen
    | ShareCardSeen
    | CardRefused
)


# Requests: board → cardiod


@dataclass(frozen=True, slots=True)
class Configure:
    """Give cardiod the secrets (32 bytes each) of the kinds of card this board may write.

    They live in memory only. A kind without a secret can be read and not written.
    """

    voter_secret: bytes | None = field(default=None, repr=False)
    courier_secret: bytes | None = field(default=None, repr=False)
    share_secret: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """Examine the card in the slot afresh: a notification follows, then `Done`."""


@dataclass(frozen=True, slots=True)
class Activate:
    """Write a signed `Activation` on the voter card."""

    activation: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreVote:
    """Write a signed `CastVote` with its `Deposit` on the voter card, as one object."""

    cast_vote: bytes = field(repr=False)
    deposit: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpoilVote:
    """Write a signed `Spoiled` over the vote and deposit on the voter card that it names."""

    spoiled: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenSpoiled:
    """Write a signed `SpoiledOpening` beside the spoiled vote on the voter card."""

    opening: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EraseCard:
    """Make the voter card blank: the activation first, then the rest.

    `key_hash` says which card is meant (`VoterCardSeen.key_hash`): while a board stores a vote, the
    card can be changed for another, and that one must keep what it holds.
    """

    key_hash: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class WriteStartOrder:
    """Write a signed `StartOrder` on the courier card."""

    start_order: bytes


@dataclass(frozen=True, slots=True)
class WriteTallyHalf:
    """Write a desk's half of the tally key on the courier card: both signed records."""

    tally_half: bytes
    half_shares: bytes


@dataclass(frozen=True, slots=True)
class SignAct:
    """Sign `to_be_signed` (hashed by cardiod with SHA-256) with 9C of the official's card."""

    pin: str = field(repr=False)
    to_be_signed: bytes


@dataclass(frozen=True, slots=True)
class WriteShare:
    """Seal `share`, of the half that a board of this kind made, to the share card and write it.

    The card's share of the other half stays as it is.
    """

    pin: str = field(repr=False)
    half: BoardKind
    share: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadShare:
    """Read and unseal the share card's share of the half that a board of this kind made."""

    pin: str = field(repr=False)
    half: BoardKind


@dataclass(frozen=True, slots=True)
class ClearShare:
    """Overwrite and empty both shares on the share card."""

    pin: str = field(repr=False)


Request: TypeAlias = (
    Configure
    | Look
    | Activate
    | StoreVote
    | SpoilVote
    | OpenSpoiled
    | EraseCard
    | WriteStartOrder
    | WriteTallyHalf
    | SignAct
    | WriteShare
    | ReadShare
    | ClearShare
)


# Answers: cardiod → board


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked is done, and read back."""

    request_id: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A verified ES256 signature.

    Attributes:
        signature: r ‖ s, 64 bytes (RFC 9053 §2.1).
        certificate: the 9C certificate it verifies with, DER.
    """

    request_id: int
    signature: bytes
    certificate: bytes


@dataclass(frozen=True, slots=True)
class ShareRead:
    """The unsealed share."""

    request_id: int
    share: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """What was asked was not done, or not surely; look at the card again before going on."""

    request_id: int
    reason: Reason
    facts: Facts = ()


Answer: TypeAlias = Done | Signed | ShareRead | Failed


# The table and the way over the bus

_NOTIFICATIONS: Final[Mapping[int, type[Notification]]] = {
    1: ReaderMissing,
    2: CardRemoved,
    3: VoterCardSeen,
    4: CourierCardSeen,
    5: OfficialCardSeen,
    6: ShareCardSeen,
    7: CardRefused,
}
_REQUESTS: Final[Mapping[int, type[Request]]] = {
    20: Configure,
    21: Look,
    22: Activate,
    23: StoreVote,
    24: EraseCard,
    25: WriteStartOrder,
    26: SignAct,
    27: WriteShare,
    28: ReadShare,
    29: ClearShare,
    30: WriteTallyHalf,
    31: SpoilVote,
    32: OpenSpoiled,
}
_ANSWERS: Final[Mapping[int, type[Answer]]] = {
    40: Done,
    41: Signed,
    42: ShareRead,
    43: Failed,
}
_REASONS: Final = {reason.value: reason for reason in Reason}
_BOARD_KINDS: Final = {kind.value: kind for kind in BoardKind}
_KINDS: Final = {
    kind: number
    for table in (_NOTIFICATIONS, _REQUESTS, _ANSWERS)
    for number, kind in table.items()
}


def encode_notification(notification: Notification) -> tuple[object, ...]:
    """Return the bus array of a notification."""
    return _encode(notification)


def encode_answer(answer: Answer) -> tuple[object, ...]:
    """Return the bus array of an answer."""
    return _encode(answer)


def encode_request(request_id: int, request: Request) -> tuple[object, ...]:
    """Return the bus array of a request."""
    kind, *values = _encode(request)
    return (kind, request_id, *values)


def decode_from_cardiod(untrusted: Sequence[object]) -> Notification | Answer:
    """Return the notification or answer in a bus array. Raises: MessageError."""
    kind, values = _kind(untrusted)
    known: Mapping[int, type[Notification | Answer]] = {**_NOTIFICATIONS, **_ANSWERS}
    if kind not in known:
        raise MessageError(f"no notification or answer has the number {kind}")
    return _build(known[kind], values)


def decode_request(untrusted: Sequence[object]) -> tuple[int, Request]:
    """Return the request in a bus array and its number. Raises: MessageError."""
    kind, values = _kind(untrusted)
    if kind not in _REQUESTS:
        raise MessageError(f"no request has the number {kind}")
    if not values or type(values[0]) is not int:
        raise MessageError("a request has no number of its own")
    return values[0], _build(_REQUESTS[kind], values[1:])


def _encode(message: Notification | Request | Answer) -> tuple[object, ...]:
    values = (getattr(message, entry.name) for entry in fields(message))
    return (_KINDS[type(message)], *(v.value if isinstance(v, Enum) else v for v in values))


def _kind(untrusted: Sequence[object]) -> tuple[int, Sequence[object]]:
    match untrusted:
        case [int(kind), *values]:
            return kind, values
        case _:
            raise MessageError("a message begins with the number of its kind")


MessageT = TypeVar("MessageT", bound=Notification | Request | Answer)


def _build(kind: type[MessageT], values: Sequence[object]) -> MessageT:
    entries = fields(kind)
    if len(values) != len(entries):
        raise MessageError(f"{kind.__name__} has {len(entries)} fields, not {len(values)}")
    hints = get_type_hints(kind)
    checked: dict[str, Any] = {
        entry.name: _checked(hints[entry.name], f"{kind.__name__}.{entry.name}", value)
        for entry, value in zip(entries, values, strict=True)
    }
    return kind(**checked)


def _checked(hint: object, name: str, value: object) -> object:
    """Return a field's value as its type wants it. Raises: MessageError."""
    if hint is Reason:
        if type(value) is not int or value not in _REASONS:
            raise MessageError(f"{name}: no reason has this number")
        return _REASONS[value]
    if hint is BoardKind:
        if type(value) is not int or value not in _BOARD_KINDS:
            raise MessageError(f"{name}: no kind of board has this number")
        return _BOARD_KINDS[value]
    if hint == Facts:
        return _facts(name, value)
    permitted = get_args(hint) or (hint,)  # `bytes | None` gives both
    if type(value) not in permitted:
        wanted = " or ".join(
            "nothing" if kind is NoneType else getattr(kind, "__name__", str(kind))
            for kind in permitted
        )
        raise MessageError(f"{name}: {type(value).__name__} instead of {wanted}")
    return value


def _facts(name: str, value: object) -> Facts:
    if not isinstance(value, (tuple, list)):
        raise MessageError(f"{name}: not a list of facts")
    pairs: list[tuple[str, int | str]] = []
    for pair in value:
        match pair:
            case [str(key), (int() | str()) as fact]:
                pairs.append((key, fact))
            case _:
                raise MessageError(f"{name}: a fact is a name and a number or a text")
    return tuple(pairs)

"""The tally key of a station: two halves, and how they are believed.

    make        a board makes its half, and all that is told of it
    read_half   a half that somebody brings: by its signature, package and proof
    read_shares what its maker says of the shares
    secret_of   the secret again, from a quorum's shares, on the board that made it or its spare
    read_order  the start order, with the tally key to which ballots are sealed

Rules:
- A half is believed from a board of the package only, of the kind that makes it: first in a start
  order stands the accumulator's, then the desk's.
- What is split over the share cards is the secret masked with 32 random bytes, and the mask is
  sealed to the board that made the half and to its spares. So share cards rebuild a half on that
  board alone: another board that reads both shares of every card, PINs and all, learns nothing.
- A secret, a share and a mask are never stored and never shown; a sealed mask is not secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from common import cbor, cose, records, shares
from common import keys as boxes
from common.enrolment import Installation, opened
from common.errors import Reason, Refused, Thing
from common.keys import DeviceKeys, WrongKey
from common.records import (
    Board,
    BoardKind,
    HalfShares,
    RecordError,
    RecordFault,
    StartOrder,
    StationPackage,
    TallyHalf,
)
from common.seal import halves, scheme
from common.seal.group import Point, ProofError, times_base
from common.seal.halves import Maker
from common.seal.randomness import CheckedSource
from common.shares import Share, ShareError

MAKERS = (BoardKind.ACCUMULATOR, BoardKind.DESK)
"""The kinds of board that make a half, in the order of the start order."""
SECRET_SIZE = 32
FOLDER = "halves"
_MAX_FILE = 1 << 12


@dataclass(frozen=True, slots=True)
class TallyHalfRead:
    """A half that is believed: which board made it, and X_1 … X_w."""

    board: Board
    keys: tuple[bytes, ...]
    signed: bytes

    @property
    def name(self) -> bytes:
        """By which its shares name it, 32 bytes."""
        return shares.key_name(self.keys)


@dataclass(frozen=True, slots=True)
class SignedHalf:
    """A half as its maker gives it out, and as it lies on media: two signed records."""

    tally_half: bytes
    half_shares: bytes

    @property
    def path(self) -> str:
        """Where it lies on a board's media; never overwritten, for the name says what is in it."""
        return f"{FOLDER}/{records.digest(self.tally_half).hex()[:32]}.cbor"

    def to_bytes(self) -> bytes:
        """Return both in one file: a CBOR array of the two."""
        return cbor.encode([self.tally_half, self.half_shares])

    @classmethod
    def from_bytes(cls, untrusted: bytes) -> SignedHalf:
        """Return the two, not yet verified. Raises: RecordError."""
        try:
            item = cbor.decode(untrusted, max_size=_MAX_FILE)
        except cbor.CborError as error:
            raise RecordError("TallyHalf", RecordFault.NOT_CBOR, str(error)) from error
        match item:
            case (bytes(tally_half), bytes(half_shares)):
                return cls(tally_half, half_shares)
            case _:
                raise _wrong("not a half and its shares")


@dataclass(frozen=True, slots=True)
class MadeHalf:
    """A half that this board has just made.

    Attributes:
        record: what may be known of it.
        shares: for the share cards, in the package's order; to be forgotten once they are written.
    """

    record: SignedHalf
    shares: tuple[Share, ...] = field(repr=False)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """X_1 … X_w, joined to the half that its shares name."""
        return TallyHalf.from_bytes(cose.payload_of(self.record.tally_half)).keys


@dataclass(frozen=True, slots=True)
class BelievedOrder:
    """A start order, and the keys to which ballots are sealed under it."""

    order: StartOrder
    keys: tuple[bytes, ...]


def counting_desk(package: StationPackage) -> Board | None:
    """Return the desk that makes a half of the tally key: the first that is not a spare."""
    desks = package.boards_of(BoardKind.DESK)
    return next((desk for desk in desks if not desk.spare), None)


def make(installation: Installation, random_bytes: Callable[[int], bytes]) -> MadeHalf:
    """Make this board's half, and its shares.

    Raises:
        BadRandomness: the random source is broken.
    """
    package, board = installation.package, installation.board
    source = CheckedSource(random_bytes)
    secret, mask = source(SECRET_SIZE), source(SECRET_SIZE)
    maker = Maker(installation.package_hash, board.sign_key)
    half = halves.make_half(maker, secret, scheme.elements(package), source)
    record = TallyHalf(installation.package_hash, board.name, half.keys, half.proof)
    signed = records.sign(record, installation.keys.signing)
    split = shares.split(
        _masked(secret, mask),
        half.keys,
        package.quorum,
        len(package.share_cards) + 1,
    )
    told = HalfShares(
        half=records.digest(signed),
        commitments=tuple(share.commitment() for share in split),
        territorial=boxes.seal_to(package.territorial_key, split[-1].to_bytes()),
        masks=tuple(boxes.seal_to(each.box_key, mask) for each in _heirs(package, board)),
    )
    signed_shares = records.sign(told, installation.keys.signing)
    return MadeHalf(SignedHalf(signed, signed_shares), split[:-1])


def read_half(
    package: StationPackage, package_hash: bytes, untrusted: bytes, kind: BoardKind
) -> TallyHalfRead:
    """Return the half that a board of this kind made. Raises: RecordError."""
    record, board = records.open_by_board(TallyHalf, untrusted, package.boards_of(kind))
    if record.package != package_hash:
        raise _wrong("made under another package")
    if record.board != board.name:
        raise _wrong("it names another board than the one that signed it")
    if len(record.keys) != scheme.elements(package):
        raise _wrong("it has not as many keys as the station's ballots have elements")
    try:
        keys = halves.read_half(Maker(package_hash, board.sign_key), record.keys, record.proof)
    except ProofError as error:
        raise _wrong(str(error)) from error
    return TallyHalfRead(board, keys, untrusted)


def read_shares(package: StationPackage, half: TallyHalfRead, untrusted: bytes) -> HalfShares:
    """Return what the maker of a half says of its shares. Raises: RecordError."""
    told = records.open_record(HalfShares, untrusted, half.board.sign_key)
    if told.half != records.digest(half.signed):
        raise RecordError("HalfShares", RecordFault.WRONG_FORM, "of another half")
    if len(told.commitments) != len(package.share_cards) + 1:
        raise RecordError("HalfShares", RecordFault.WRONG_FORM, "not one for each share")
    return told


def read_signed(
    package: StationPackage, package_hash: bytes, untrusted: SignedHalf, kind: BoardKind
) -> tuple[TallyHalfRead, HalfShares]:
    """Return a half with what belongs to it. Raises: RecordError."""
    half = read_half(package, package_hash, untrusted.tally_half, kind)
    return half, read_shares(package, half, untrusted.half_shares)


def is_kept(package: StationPackage, package_hash: bytes, path: str, content: bytes) -> bool:
    """Say whether a file of `FOLDER` is whole: a half of this station, under its own name."""
    for kind in MAKERS:
        try:
            signed = SignedHalf.from_bytes(content)
            read_signed(package, package_hash, signed, kind)
        except RecordError:
            continue
        return signed.path == path
    return False


def joint_key(accumulator: TallyHalfRead, desk: TallyHalfRead) -> tuple[bytes, ...]:
    """Return K_1 … K_w. Raises: RecordError: no ballot can be sealed to it."""
    try:
        return halves.joint_key(tuple(map(Point, accumulator.keys)), tuple(map(Point, desk.keys)))
    except ProofError as error:
        raise _wrong(str(error)) from error


def halves_of(
    package: StationPackage, package_hash: bytes, order: StartOrder
) -> tuple[TallyHalfRead, TallyHalfRead]:
    """Return both halves in a start order, the accumulator's first. Raises: RecordError."""
    if len(order.tally_keys) != len(MAKERS):
        raise _order_wrong("it does not hold both halves of the tally key")
    accumulator, desk = (
        read_half(package, package_hash, untrusted, kind)
        for untrusted, kind in zip(order.tally_keys, MAKERS, strict=True)
    )
    if accumulator.board.name != order.board:
        raise _order_wrong("another accumulator made the half in it")
    return accumulator, desk


def read_order(package: StationPackage, package_hash: bytes, untrusted: bytes) -> BelievedOrder:
    """Return the start order of this station, package and tally key. Raises: RecordError."""
    order = records.open_record(StartOrder, untrusted, package.station_key)
    if order.package != package_hash:
        raise _order_wrong("made under another package")
    if order.station != package.station:
        raise _order_wrong("another station")
    return BelievedOrder(order, joint_key(*halves_of(package, package_hash, order)))


def opened_order(package: StationPackage, package_hash: bytes, untrusted: bytes) -> BelievedOrder:
    """Return the start order, as `read_order`. Raises: Refused: with what a person is to know."""
    order = opened(Thing.START_ORDER, StartOrder, untrusted, package.station_key)
    if order.package != package_hash:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.START_ORDER)
    try:
        return read_order(package, package_hash, untrusted)
    except RecordError as error:
        raise Refused(Reason.TALLY_HALF_WRONG, thing=Thing.START_ORDER) from error


def secret_of(
    keys: DeviceKeys, half: TallyHalfRead, told: HalfShares, given: Iterable[Share]
) -> bytes:
    """Return the secret of a half, from a quorum's shares, on the board that made it or its spare.

    Args:
        keys: this board's own.
        half, told: as its maker signed them.
        given: shares from the cards, each accepted (`common.shares.accept`).

    Raises:
        ShareError: they do not give it, or it was not made here.
    """
    mask = _mask(keys, told.masks)
    w = len(half.keys)

    def fits(masked: bytes) -> bool:
        made = map(times_base, halves.secret_scalars(_masked(masked, mask), w))
        return tuple(made) == half.keys

    return _masked(shares.combine(given, fits), mask)


def _heirs(package: StationPackage, board: Board) -> tuple[Board, ...]:
    """Return the boards on which a half of this board can be rebuilt."""
    spares = (each for each in package.boards_of(board.kind) if each.spare)
    return (board, *(spare for spare in spares if spare.name != board.name))


def _mask(keys: DeviceKeys, masks: Sequence[bytes]) -> bytes:
    for sealed in masks:
        try:
            mask = keys.unseal(sealed)
        except WrongKey:
            continue
        if len(mask) == SECRET_SIZE:
            return mask
    raise ShareError("this half is rebuilt on the board that made it, or its spare, alone")


def _masked(secret: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(secret, mask, strict=True))


def _wrong(why: str) -> RecordError:
    return RecordError("TallyHalf", RecordFault.WRONG_FORM, why)


def _order_wrong(why: str) -> RecordError:
    return RecordError("StartOrder", RecordFault.WRONG_FORM, why)

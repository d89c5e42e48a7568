"""Which records on a card may be handed on: of the right board, this election and this card.

Rules. Everything read from a card is untrusted until it passed here. A record passes when the kind
of board that may sign it did, when it names the package in force, and when it is bound to the very
card it lies on. A record that fails in any way is `RecordError`, as if torn; one that is right in
all but the card it names was copied, and that is `Copied`, because torn writes never look like it.
A `CastVote` never passes without its `Deposit`, nor a deposit without its vote; a `SpoiledOpening`
never without its `Spoiled`.

Never here: whether a serial is spent, and what a ballot says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from common import cbor, records, tallykey
from common.records import (
    SERIALS_PER_DESK,
    Activation,
    Board,
    BoardKind,
    CastVote,
    Deposit,
    RecordError,
    RecordFault,
    Spoiled,
    SpoiledOpening,
    StartOrder,
    StationPackage,
)
from common.tallykey import SignedHalf

MAX_VOTE_SIZE = 1901
"""Greatest content of one container, bytes: 1,905 with tag and length (SP 800-73-4 part 1)."""


class Copied(Exception):
    """A record of this station and election, made for another card."""


@dataclass(frozen=True, slots=True)
class SignedVote:
    """A vote as it lies on a card: two signed records in one object."""

    cast_vote: bytes = field(repr=False)
    deposit: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """Return the object's content: a CBOR array of the two."""
        return cbor.encode([self.cast_vote, self.deposit])

    @classmethod
    def from_bytes(cls, untrusted: bytes) -> SignedVote:
        """Return the two, not yet verified. Raises: RecordError."""
        try:
            item = cbor.decode(untrusted, max_size=MAX_VOTE_SIZE)
        except cbor.CborError as error:
            raise RecordError("Deposit", RecordFault.NOT_CBOR, str(error)) from error
        match item:
            case (bytes(cast_vote), bytes(deposit)):
                return cls(cast_vote, deposit)
            case _:
                raise RecordError("Deposit", RecordFault.WRONG_FORM, "not a vote and its deposit")


@dataclass(frozen=True, slots=True)
class StationRecords:
    """The package in force, and its hash (32 bytes)."""

    package: StationPackage
    package_hash: bytes

    def check_activation(self, untrusted: bytes, key_hash: bytes) -> Activation:
        """Return the activation in `untrusted` for the card with this key.

        Raises:
            RecordError, Copied.
        """
        desks = self.package.boards_of(BoardKind.DESK)
        activation, desk = records.open_by_board(Activation, untrusted, desks)
        self._check_package("Activation", activation.package)
        if self.package.style(activation.style) is None:
            raise RecordError("Activation", RecordFault.WRONG_FORM, "no such ballot style")
        if not _has_serial(desk, activation.serial):
            raise RecordError("Activation", RecordFault.WRONG_FORM, "the serial is not the desk's")
        _check_card(activation.card_key, key_hash)
        return activation

    def check_vote(self, vote: SignedVote, key_hash: bytes) -> tuple[CastVote, Deposit]:
        """Return vote and deposit, which one terminal signed for the card with this key.

        Raises:
            RecordError, Copied.
        """
        terminals = self.package.boards_of(BoardKind.TERMINAL)
        cast_vote, terminal = records.open_by_board(CastVote, vote.cast_vote, terminals)
        deposit = records.open_record(Deposit, vote.deposit, terminal.sign_key)
        self._check_cast(cast_vote)
        self._check_package("Deposit", deposit.package)
        self._check_serial("Deposit", deposit.serial)
        if deposit.cast_vote != records.digest(vote.cast_vote):
            raise RecordError("Deposit", RecordFault.WRONG_FORM, "it names another vote")
        _check_card(deposit.card_key, key_hash)
        return cast_vote, deposit

    def check_spoiled(self, untrusted: bytes, key_hash: bytes) -> Spoiled:
        """Return the record of a vote that one terminal sealed and spoiled on this very card.

        Raises:
            RecordError, Copied.
        """
        terminals = self.package.boards_of(BoardKind.TERMINAL)
        spoiled, terminal = records.open_by_board(Spoiled, untrusted, terminals)
        cast_vote = records.open_record(CastVote, spoiled.cast_vote, terminal.sign_key)
        self._check_package("Spoiled", spoiled.package)
        self._check_cast(cast_vote)
        self._check_serial("Spoiled", spoiled.serial)
        _check_card(spoiled.card_key, key_hash)
        return spoiled

    def check_opening(self, untrusted: bytes, spoiled: bytes) -> SpoiledOpening:
        """Return what this terminal's `Spoiled`, which was checked, is opened with.

        Whether it does open it is for the checking station to find out. Raises: RecordError.
        """
        terminals = self.package.boards_of(BoardKind.TERMINAL)
        _, terminal = records.open_by_board(Spoiled, spoiled, terminals)
        opening = records.open_record(SpoiledOpening, untrusted, terminal.sign_key)
        self._check_package("SpoiledOpening", opening.package)
        if opening.spoiled != records.digest(spoiled):
            raise RecordError("SpoiledOpening", RecordFault.WRONG_FORM, "it is another vote's")
        return opening

    def check_start_order(self, untrusted: bytes) -> StartOrder:
        """Return the start order that the station key signed. Raises: RecordError."""
        return tallykey.read_order(self.package, self.package_hash, untrusted).order

    def check_half(self, untrusted: SignedHalf) -> None:
        """Insist on a desk's half of the tally key, with its shares. Raises: RecordError."""
        tallykey.read_signed(self.package, self.package_hash, untrusted, BoardKind.DESK)

    def _check_cast(self, cast_vote: CastVote) -> None:
        self._check_package("CastVote", cast_vote.package)
        if self.package.style(cast_vote.style) is None:
            raise RecordError("CastVote", RecordFault.WRONG_FORM, "no such ballot style")
        if len(cast_vote.sealed) != self.package.sealed_size:
            raise RecordError("CastVote", RecordFault.WRONG_FORM, "a ballot of another length")

    def _check_serial(self, record: str, serial: int) -> None:
        if not any(_has_serial(desk, serial) for desk in self.package.boards_of(BoardKind.DESK)):
            raise RecordError(record, RecordFault.WRONG_FORM, "the serial is no desk's")

    def _check_package(self, record: str, named: bytes) -> None:
        if named != self.package_hash:
            raise RecordError(record, RecordFault.WRONG_FORM, "made under another package")


def _has_serial(desk: Board, serial: int) -> bool:
    first = desk.first_serial
    return first is not None and first <= serial < first + SERIALS_PER_DESK


def _check_card(named: bytes, key_hash: bytes) -> None:
    if named != key_hash:
        raise Copied("a record that was made for another card")

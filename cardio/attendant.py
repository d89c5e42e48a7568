"""Examines the card in the slot, and carries out what the board asks of it.

Rules. A card is proven before anything else on it is read (`cardio.genuine`), and only records that
verified are handed on (`cardio.station_records`). The connection is held while the card is there.
What cannot be told apart from a glitch is tried once more over a new connection, never oftener.
Whenever a request failed in a way that leaves the card in doubt, the card is examined afresh, and
what was found is told after the answer. Every exception of the card's ends here, as a reason.

Secrets and PINs are in memory only and are overwritten when no longer needed, as far as Python
lets us; they never reach a log or a message going out. No card number reaches the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from cardio.card_writer import CardWriter, ManagementKey, NotWritten
from cardio.courier_card import CourierCard
from cardio.genuine import GenuineCard, prove_card
from cardio.management import derive_management_key
from cardio.messages import (
    Activate,
    Answer,
    CardRefused,
    CardRemoved,
    ClearShare,
    Configure,
    CourierCardSeen,
    Done,
    EraseCard,
    Facts,
    Failed,
    Look,
    Notification,
    OfficialCardSeen,
    OpenSpoiled,
    ReaderMissing,
    ReadShare,
    Request,
    ShareCardSeen,
    ShareRead,
    SignAct,
    Signed,
    SpoilVote,
    StoreVote,
    VoterCardSeen,
    WriteShare,
    WriteStartOrder,
    WriteTallyHalf,
    facts_of,
)
from cardio.official_card import NotListed, OfficialCard, SignatureWrong
from cardio.piv import (
    CardError,
    CommandRefused,
    ManagementAlgorithm,
    ManagementKeyWrong,
    NoSpace,
    PinBlocked,
    PinMalformed,
    PinWrong,
)
from cardio.share_card import NoShare, NoSuchHalf, ShareCard
from cardio.share_seal import ShareSealError
from cardio.station_records import Copied, SignedVote, StationRecords
from cardio.voter_card import VoterCard
from common.chain import CardKind
from common.errors import Reason, Refused
from common.records import RecordError
from common.tallykey import SignedHalf
from hal.card_reader import CardConnection, CardGone, CardMute, CardReader, ReaderState

_TRIES = 2
_UNKNOWN_COMMAND = frozenset({0x6D00, 0x6E00, 0x6A81, 0x6A86})

Face: TypeAlias = VoterCard | CourierCard | OfficialCard | ShareCard


@dataclass(slots=True)
class _Present:
    """The card in the slot: connected, proven, and known for what it is."""

    connection: CardConnection
    card: GenuineCard
    face: Face


class _WrongKind(Exception):
    """The card in the slot is not of the kind that the request is for."""


class _Absent(Exception):
    """There is no card to work with."""


class CardAttendant:
    """One reader, one card at a time, one board. To be used by one thread."""

    def __init__(
        self,
        reader: CardReader,
        records: StationRecords,
        *,
        now: Callable[[], dt.datetime],
        random_bytes: Callable[[int], bytes],
        log: structlog.typing.FilteringBoundLogger,
        algorithm: ManagementAlgorithm = ManagementAlgorithm.AES_256,
    ) -> None:
        """`now` returns an aware time; `algorithm` is that of our cards' management keys."""
        self._reader = reader
        self._records = records
        self._now = now
        self._random_bytes = random_bytes
        self._log = log
        self._algorithm = algorithm
        self._state = ReaderState.NO_READER
        self._present: _Present | None = None
        self._secrets: dict[CardKind, bytearray] = {}

    # the slot

    def slot_changed(self, state: ReaderState) -> Notification:
        """Take note of what the reader sees now, and say what that means."""
        self._state = state
        return self.look()

    def look(self) -> Notification:
        """Examine what is in the slot, from a cut of its power on, and say what it is."""
        self.let_go()
        match self._state:
            case ReaderState.NO_READER:
                return ReaderMissing()
            case ReaderState.NO_CARD:
                return CardRemoved()
            case ReaderState.CARD:
                return self._examine()

    def let_go(self) -> None:
        """End the dialogue with the card, if there is one."""
        present, self._present = self._present, None
        if present is not None:
            present.connection.close()

    def forget_secrets(self) -> None:
        """Overwrite the secrets that `Configure` brought."""
        for secret in self._secrets.values():
            _wipe(secret)
        self._secrets.clear()

    def _examine(self) -> Notification:
        reason = Reason.CARD_UNREADABLE
        for _ in range(_TRIES):
            try:
                connection = self._reader.connect()
            except CardMute:
                reason = Reason.CARD_MUTE
                continue
            except CardGone:
                return CardRemoved()
            try:
                return self._met(connection)
            except (CardError, CardGone) as error:
                self._log.warning("card unreadable", why=type(error).__name__)
                reason = _unreadable(error)
            except Refused as refusal:
                return self._refused(refusal.reason, facts_of(refusal.facts))
            except NotListed:
                return self._refused(Reason.CARD_NOT_LISTED)
            except Copied:
                return self._refused(Reason.CARD_COPIED)
            finally:
                if self._present is None:
                    connection.close()
        return self._refused(reason)

    def _refused(self, reason: Reason, facts: Facts = ()) -> CardRefused:
        self._log.warning("card refused", reason=reason.name)
        return CardRefused(reason, facts)

    def _met(self, connection: CardConnection) -> Notification:
        """Prove the card, read it and keep it. Raises: all that can be wrong with a card."""
        package = self._records.package
        card = prove_card(
            connection, package.card_authority, package.station, self._now(), self._random_bytes
        )
        identity = card.identity
        notification: Notification
        face: Face
        match identity.kind:
            case CardKind.VOTER:
                face = VoterCard(card, self._records)
                content = face.read()
                notification = VoterCardSeen(
                    number=identity.number,
                    key_hash=card.key_hash,
                    activation=content.activation,
                    cast_vote=content.vote.cast_vote if content.vote else None,
                    deposit=content.vote.deposit if content.vote else None,
                    torn=content.torn,
                    spoiled=content.spoiled,
                    opening=content.opening,
                )
            case CardKind.COURIER:
                face = CourierCard(card, self._records)
                carried = face.read()
                notification = CourierCardSeen(
                    number=identity.number,
                    start_order=carried.start_order,
                    torn=carried.torn,
                    tally_half=carried.half.tally_half if carried.half else None,
                    half_shares=carried.half.half_shares if carried.half else None,
                )
            case CardKind.OFFICIAL:
                face = OfficialCard(card, package)
                notification = OfficialCardSeen(
                    official=face.official.number,
                    role=identity.role,
                    name=identity.name,
                    certificate=face.certificate,
                    pin_attempts=face.pin_attempts(),
                )
            case CardKind.SHARE:
                face = ShareCard(card, package)
                notification = ShareCardSeen(
                    number=identity.number,
                    official=face.listed.official,
                    pin_attempts=face.pin_attempts(),
                )
        self._present = _Present(connection, card, face)
        return notification

    # the board's requests

    def carry_out(self, request_id: int, request: Request) -> tuple[Answer, Notification | None]:
        """Do what the board asks; return the answer and, if the slot was looked at, what it is.

        `Look` is told before its answer, everything else after it.
        """
        try:
            answer, told = self._perform(request_id, request), None
            if isinstance(request, Look):
                told = self.look()
        except (CardError, CardGone, NotWritten) as error:
            answer, told = _failed(request_id, request, error), None
            if not isinstance(error, PinWrong | PinBlocked | PinMalformed):
                told = self.look()
        except (
            _Absent,
            _WrongKind,
            RecordError,
            Copied,
            NoShare,
            NoSuchHalf,
            ShareSealError,
        ) as error:
            answer, told = _failed(request_id, request, error), None
        except SignatureWrong as error:
            answer, told = _failed(request_id, request, error), self.look()
        name = type(request).__name__
        if isinstance(answer, Failed):
            self._log.warning("request failed", request=name, reason=answer.reason.name)
        else:
            self._log.info("request done", request=name)
        return answer, told

    def _perform(self, request_id: int, request: Request) -> Answer:
        match request:
            case Configure():
                self._configure(request)
            case Look():
                pass
            case Activate(activation):
                self._voter_card().activate(activation, self._writer())
            case StoreVote(cast_vote, deposit):
                self._voter_card().store_vote(SignedVote(cast_vote, deposit), self._writer())
            case SpoilVote(spoiled):
                self._voter_card().spoil_vote(spoiled, self._writer())
            case OpenSpoiled(opening):
                self._voter_card().open_spoiled(opening, self._writer())
            case EraseCard(key_hash):
                voter_card = self._voter_card()
                if self._met_card().card.key_hash != key_hash:
                    raise _WrongKind("another voter card is in the slot")
                voter_card.erase(self._writer())
            case WriteStartOrder(start_order):
                self._courier_card().write(start_order, self._writer())
            case WriteTallyHalf(tally_half, half_shares):
                half = SignedHalf(tally_half, half_shares)
                self._courier_card().write_half(half, self._writer())
            case SignAct(pin, to_be_signed):
                return self._sign(request_id, pin, to_be_signed)
            case WriteShare(pin, half, share):
                with_pin = _pin_bytes(pin)
                try:
                    self._share_card().write(
                        with_pin, half, share, self._writer(), self._random_bytes
                    )
                finally:
                    _wipe(with_pin)
            case ReadShare(pin, half):
                with_pin = _pin_bytes(pin)
                try:
                    return ShareRead(request_id, self._share_card().read(with_pin, half))
                finally:
                    _wipe(with_pin)
            case ClearShare(pin):
                with_pin = _pin_bytes(pin)
                try:
                    self._share_card().clear(with_pin, self._writer())
                finally:
                    _wipe(with_pin)
        return Done(request_id)

    def _configure(self, request: Configure) -> None:
        self.forget_secrets()
        given: Mapping[CardKind, bytes | None] = {
            CardKind.VOTER: request.voter_secret,
            CardKind.COURIER: request.courier_secret,
            CardKind.SHARE: request.share_secret,
        }
        self._secrets = {
            kind: bytearray(secret) for kind, secret in given.items() if secret is not None
        }

    def _sign(self, request_id: int, pin: str, to_be_signed: bytes) -> Signed:
        face = self._met_card().face
        if not isinstance(face, OfficialCard):
            raise _WrongKind("not an official's card")
        with_pin = _pin_bytes(pin)
        try:
            return Signed(request_id, face.sign(with_pin, to_be_signed), face.certificate)
        finally:
            _wipe(with_pin)

    def _met_card(self) -> _Present:
        if self._present is None:
            raise _Absent("there is no card to work with")
        return self._present

    def _voter_card(self) -> VoterCard:
        face = self._met_card().face
        if not isinstance(face, VoterCard):
            raise _WrongKind("not a voter card")
        return face

    def _courier_card(self) -> CourierCard:
        face = self._met_card().face
        if not isinstance(face, CourierCard):
            raise _WrongKind("not a courier card")
        return face

    def _share_card(self) -> ShareCard:
        face = self._met_card().face
        if not isinstance(face, ShareCard):
            raise _WrongKind("not a share card")
        return face

    def _writer(self) -> CardWriter:
        card = self._met_card().card
        identity = card.identity
        secret = self._secrets.get(identity.kind)
        if secret is None:
            raise ManagementKeyWrong("the board gave no secret for this kind of card")
        key = derive_management_key(secret, identity.kind, identity.number, self._algorithm)
        return CardWriter(card.piv, ManagementKey(self._algorithm, key), self._random_bytes)


def _failed(request_id: int, request: Request, error: Exception) -> Failed:
    """Return the answer that says what went wrong, in the board's words."""
    match error:
        case PinWrong(attempts_remaining=left):
            return Failed(request_id, Reason.PIN_WRONG, facts_of({"attempts": left}))
        case PinBlocked():
            reason = Reason.PIN_BLOCKED
        case PinMalformed():
            facts = facts_of({"minimum": 6, "maximum": 8})
            return Failed(request_id, Reason.PIN_FORMAT, facts)
        case ManagementKeyWrong():
            reason = Reason.CARD_SECRET_REFUSED
        case NotWritten() | NoSpace():
            reason = Reason.CARD_WRITE_FAILED
        case CardGone() if isinstance(request, SignAct | ReadShare):
            reason = Reason.CARD_ABSENT
        case CardGone():
            reason = Reason.CARD_MOVED
        case _Absent():
            reason = Reason.CARD_ABSENT
        case _WrongKind():
            reason = Reason.CARD_WRONG_KIND
        case RecordError() | Copied():
            reason = Reason.CARD_RECORD_UNFIT
        case NoShare() | NoSuchHalf():
            reason = Reason.SHARE_MISSING
        case ShareSealError():
            reason = Reason.SHARE_DAMAGED
        case SignatureWrong():
            reason = Reason.SIGNATURE_REFUSED
        case _:
            reason = _unreadable(error)
    return Failed(request_id, reason)


def _unreadable(error: Exception) -> Reason:
    if isinstance(error, CommandRefused) and error.status in _UNKNOWN_COMMAND:
        return Reason.CARD_NOT_SUPPORTED
    return Reason.CARD_UNREADABLE


def _pin_bytes(pin: str) -> bytearray:
    """Return a PIN that can be overwritten. Raises: PinMalformed: it is not of digits."""
    if not (pin.isascii() and pin.isdigit()):
        raise PinMalformed("a PIN has digits only")
    return bytearray(pin, "ascii")


def _wipe(secret: bytearray) -> None:
    secret[:] = bytes(len(secret))

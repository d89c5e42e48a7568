"""A voter card is taken in: what it holds is judged, the vote stored, then the card erased.

Rules (design §4, §5):
- Nothing is believed because cardiod said so: every record is verified again, with the keys of the
  package, and they must belong together: one card, one serial, one vote, one style.
- Order: latch closed → urn (both media) → journal → card erased → latch open. A stop anywhere in
  between ends with the vote in the urn or on the card; a card whose vote is in the urn is erased
  when it is seen again.
- A card whose serial is spent is erased only if this very vote is in the urn. Otherwise it is kept
  untouched, as a fault for the commission. The same vote under another serial is a copy.
- The accumulator knows nothing of withdrawn serials before the close.

It never sees what a vote holds, and its state keeps no serial and no vote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from accumulator.effects import AskCard, Buzz, Effect, HoldLatch, Record, TakeIn
from accumulator.events import Event, TakeInRefused, VoteTaken
from accumulator.station import Station
from accumulator.texts import Word
from accumulator.turn import Notice, UrnView
from cardio.messages import (
    CardRemoved,
    Done,
    EraseCard,
    Facts,
    Failed,
    ReaderMissing,
    VoterCardSeen,
    facts_of,
)
from common import records
from common.catalogue import EventType
from common.errors import Reason, Refused
from common.records import Activation, CastVote, Deposit, RecordError
from common.seal.elgamal import Seal
from common.seal.group import Point, ProofError
from common.urn import Intake as UrnIntake


@dataclass(frozen=True, slots=True)
class Take:
    """The card's vote is to be stored: the signed `CastVote` under its serial."""

    serial: int = field(repr=False)
    cast_vote: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EraseCounted:
    """The card's vote is in the urn already; only the card is to be erased."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The card stays as it is."""

    reason: Reason
    facts: Facts = ()


Verdict = Take | EraseCounted | Refuse


def judge(card: VoterCardSeen, station: Station, urn: UrnView) -> Verdict:
    """Say what is to be done with a voter card."""
    if card.cast_vote is None or card.deposit is None:
        if card.spoiled is not None:
            return Refuse(Reason.CARD_SPOILED)
        if card.activation is not None:
            return Refuse(Reason.CARD_WITHOUT_VOTE)
        return Refuse(Reason.CARD_TORN if card.torn else Reason.CARD_EMPTY)
    try:
        deposit, terminal = records.open_by_board(Deposit, card.deposit, station.voting_boards)
        vote = records.open_record(CastVote, card.cast_vote, terminal.sign_key)
    except RecordError:
        return Refuse(Reason.RECORD_SIGNATURE_WRONG, (("thing", "cast-vote"),))
    vote_hash = records.digest(card.cast_vote)
    if not deposit.package == vote.package == station.package_hash:
        return Refuse(Reason.RECORD_OTHER_PACKAGE, (("thing", "cast-vote"),))
    if deposit.card_key != card.key_hash:
        return Refuse(Reason.CARD_COPIED)
    if deposit.cast_vote != vote_hash or len(vote.sealed) != station.package.sealed_size:
        return Refuse(Reason.RECORD_DAMAGED, (("thing", "cast-vote"),))
    try:
        if urn.examine(deposit.serial, card.cast_vote) is UrnIntake.ALREADY_COUNTED:
            # Erased only as it was left: with its own activation, or with none any more.
            return (card.activation and _activation_fault(card, station, deposit, vote)) or (
                EraseCounted()
            )
    except Refused as refused:
        return Refuse(refused.reason, facts_of(refused.facts))
    fault = _activation_fault(card, station, deposit, vote)
    return fault or Take(deposit.serial, card.cast_vote)


def _activation_fault(
    card: VoterCardSeen, station: Station, deposit: Deposit, vote: CastVote
) -> Refuse | None:
    """Check that a desk activated this card for this very vote."""
    if card.activation is None:
        return Refuse(Reason.CARD_TORN)
    desk = station.desk_of(deposit.serial)
    if desk is None:
        return Refuse(Reason.SERIAL_UNKNOWN)
    try:
        activation = records.open_record(Activation, card.activation, desk.sign_key)
    except RecordError:
        return Refuse(Reason.RECORD_SIGNATURE_WRONG, (("thing", "activation"),))
    if activation.package != station.package_hash:
        return Refuse(Reason.RECORD_OTHER_PACKAGE, (("thing", "activation"),))
    if activation.card_key != card.key_hash:
        return Refuse(Reason.CARD_COPIED)
    if activation.serial != deposit.serial or activation.style != vote.style:
        return Refuse(Reason.RECORD_DAMAGED, (("thing", "deposit"),))
    if station.package.style(activation.style) is None:
        return Refuse(Reason.STYLE_UNKNOWN)
    return None


class Stage(Enum):
    """How far the card in the slot is."""

    READY = "no card, or one that is not a voter's"
    TAKING = "its vote is being stored"
    ERASING = "its vote is stored; the card is being erased"
    OVER = "nothing more is done with it until it is taken out"


@dataclass(frozen=True, slots=True)
class Intake:
    """The card slot while the station is open.

    Attributes:
        stage: how far the card is.
        notice: the last that the page told.
        key_hash: which card is to be erased, while its vote is being stored.
    """

    stage: Stage = Stage.READY
    notice: Notice | None = None
    key_hash: bytes = field(default=b"", repr=False)

    @property
    def busy(self) -> bool:
        """Whether a card is being worked on."""
        return self.stage in (Stage.TAKING, Stage.ERASING)

    def on(self, event: Event, station: Station, urn: UrnView) -> tuple[Intake, tuple[Effect, ...]]:
        """Return the next state and what is to be done."""
        match self.stage, event:
            case Stage.READY, VoterCardSeen():
                return self._seen(event, station, urn)
            case Stage.TAKING, VoteTaken(votes):
                notice = Notice(Word.COUNTED, (("number", votes),), good=True)
                erase = AskCard(EraseCard(self.key_hash))
                return Intake(Stage.ERASING, notice), (Record(EventType.VOTE_TAKEN_IN), erase)
            case Stage.TAKING, TakeInRefused(reason, facts):
                return self._refused(reason, facts)
            case Stage.ERASING, Done():
                return Intake(Stage.OVER, self.notice), (HoldLatch(closed=False),)
            case Stage.ERASING, Failed():
                # The vote is counted; only the card is not blank. Seen again, it is erased.
                failed = Record(EventType.CARD_NOT_ERASED)
                notice = Notice(Word.ERASE_AGAIN)
                return Intake(Stage.OVER, notice), (failed, HoldLatch(closed=False), Buzz())
            case Stage.TAKING, _:
                return self, ()
            case _, CardRemoved():
                return Intake(notice=_kept(self.notice)), (HoldLatch(closed=False),)
            case Stage.READY | Stage.OVER, ReaderMissing():
                return Intake(notice=_to_be_done(self.notice) or Notice(Reason.READER_MISSING)), ()
            case _:
                return self, ()

    def _seen(
        self, card: VoterCardSeen, station: Station, urn: UrnView
    ) -> tuple[Intake, tuple[Effect, ...]]:
        match judge(card, station, urn):
            case Take(serial, cast_vote):
                taking = Intake(Stage.TAKING, key_hash=card.key_hash)
                return taking, (HoldLatch(closed=True), TakeIn(serial, cast_vote))
            case EraseCounted():
                return Intake(Stage.ERASING, Notice(Reason.ALREADY_COUNTED, good=True)), (
                    HoldLatch(closed=True),
                    Record(EventType.VOTE_ALREADY_COUNTED),
                    AskCard(EraseCard(card.key_hash)),
                )
            case Refuse(reason, facts):
                return self._refused(reason, facts)

    @staticmethod
    def _refused(reason: Reason, facts: Facts) -> tuple[Intake, tuple[Effect, ...]]:
        record = Record(_event(reason), (("reason", reason),))
        notice = Notice(reason, facts)
        return Intake(Stage.OVER, notice), (record, HoldLatch(closed=False), Buzz())


def _event(reason: Reason) -> EventType:
    """Return what the journal calls it: cards that are evidence are kept, others go back."""
    evidence = (Reason.SERIAL_SPENT, Reason.VOTE_COPIED, Reason.SERIAL_UNKNOWN, Reason.CARD_COPIED)
    return EventType.CARD_KEPT if reason in evidence else EventType.CARD_REFUSED


def _kept(notice: Notice | None) -> Notice | None:
    """Keep good news, and what is still to be done, until the next card; a refusal goes with it."""
    return notice if notice is not None and notice.good else _to_be_done(notice)


def _to_be_done(notice: Notice | None) -> Notice | None:
    """Keep what is still to be done with a card, whatever comes in between: its vote is on it."""
    return notice if notice is not None and notice.what is Word.ERASE_AGAIN else None


def is_proved(cast_vote: bytes, station: Station, tally_keys: tuple[bytes, ...]) -> bool:
    """Say whether the terminal that signed a vote proves to have sealed it, for this station.

    Args:
        tally_keys: the joint key under today's start order.
    """
    sealing = Seal(station.package_hash, tuple(map(Point, tally_keys)))
    try:
        vote, terminal = records.open_by_board(CastVote, cast_vote, station.voting_boards)
        sealing.read(vote.style, terminal.sign_key, vote.sealed)
    except (RecordError, ProofError):
        return False
    return True

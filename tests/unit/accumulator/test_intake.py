"""Intake: what is believed of a card, and the order in which vote, journal and card are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from accumulator.effects import AskCard, Buzz, Effect, HoldLatch, Record, TakeIn
from accumulator.events import TakeInRefused, VoteTaken
from accumulator.intake import EraseCounted, Intake, Refuse, Stage, Take, judge
from accumulator.station import Station
from accumulator.texts import Word
from accumulator.turn import Notice
from cardio.messages import CardRemoved, Done, EraseCard, Failed, ReaderMissing, VoterCardSeen
from common import records
from common.catalogue import EventType
from common.errors import Reason, Refused
from common.records import Activation, CastVote, Deposit, Presentation
from common.urn import Intake as UrnIntake
from tests import halves, samples
from tests.unit.accumulator.stage import Table, VoterCard, Voting, package, sign_record

PACKAGE = package()
HASH = records.digest(records.sign(PACKAGE, samples.ROOT))
STATION = Station(PACKAGE, HASH, "accumulator")


@dataclass
class FixedUrn:
    """An urn that answers as it is told."""

    answer: UrnIntake | Reason = UrnIntake.STORED
    count: int = 7
    asked: list[int] = field(default_factory=list)

    def examine(self, serial: int, cast_vote: bytes) -> UrnIntake:
        self.asked.append(serial)
        if isinstance(self.answer, Reason):
            raise Refused(self.answer)
        return self.answer


def voted() -> VoterCard:
    """Return a right card: serial 17 of desk-1, a vote of terminal-1."""
    voting = Voting(PACKAGE, HASH, halves.tally_keys())
    card = VoterCard(number=3)
    voting.activate(card, 17)
    voting.vote(card, 17, ((0,), (1,), ()))
    return card


def seen(card: VoterCard) -> VoterCardSeen:
    notification = card.seen()
    assert isinstance(notification, VoterCardSeen)
    return notification


def reason_of(card: VoterCard, urn: FixedUrn | None = None) -> Reason | None:
    verdict = judge(seen(card), STATION, urn or FixedUrn())
    return verdict.reason if isinstance(verdict, Refuse) else None


def test_a_right_card_is_taken() -> None:
    card, urn = voted(), FixedUrn()
    assert judge(seen(card), STATION, urn) == Take(17, card.cast_vote or b"")
    assert urn.asked == [17]


def test_a_card_whose_vote_is_counted_is_only_erased() -> None:
    card = voted()
    assert judge(seen(card), STATION, FixedUrn(UrnIntake.ALREADY_COUNTED)) == EraseCounted()
    card.activation = None  # the erasing was interrupted: the activation goes first
    assert judge(seen(card), STATION, FixedUrn(UrnIntake.ALREADY_COUNTED)) == EraseCounted()


@pytest.mark.parametrize("reason", [Reason.SERIAL_SPENT, Reason.VOTE_COPIED, Reason.URN_FULL])
def test_what_the_urn_refuses_stays_on_the_card(reason: Reason) -> None:
    assert reason_of(voted(), FixedUrn(reason)) is reason


def test_cards_without_a_vote() -> None:
    voting = Voting(PACKAGE, HASH)
    activated = VoterCard()
    voting.activate(activated, 1)
    assert reason_of(VoterCard()) is Reason.CARD_EMPTY
    assert reason_of(VoterCard(torn=True)) is Reason.CARD_TORN
    assert reason_of(activated) is Reason.CARD_WITHOUT_VOTE
    checked = replace(seen(activated), spoiled=b"spoiled")
    verdict = judge(checked, STATION, FixedUrn())
    assert verdict == Refuse(Reason.CARD_SPOILED), "to the checking station, then to the desk"
    activated.torn = True  # a vote that was torn in writing: still activated
    assert reason_of(activated) is Reason.CARD_WITHOUT_VOTE


def _activation(card: VoterCard, signer: str = "desk-1", **changes: object) -> None:
    activation = Activation(HASH, 1, Presentation.NORMAL, 17, card.key_hash)
    changed = replace(activation, **changes)  # type: ignore[arg-type]  # by name
    card.activation = sign_record(changed, signer)


def _deposit(card: VoterCard, signer: str = "terminal-1", **changes: object) -> None:
    deposit = Deposit(HASH, 17, card.key_hash, records.digest(card.cast_vote or b""))
    changed = replace(deposit, **changes)  # type: ignore[arg-type]  # by name
    card.deposit = sign_record(changed, signer)


def _vote(card: VoterCard, signer: str = "terminal-1", **changes: object) -> None:
    vote = CastVote(HASH, 1, bytes(PACKAGE.sealed_size))
    changed = replace(vote, **changes)  # type: ignore[arg-type]  # by name
    card.cast_vote = sign_record(changed, signer)
    _deposit(card)


def _lose_activation(card: VoterCard) -> None:
    card.activation = None


def _bit(card: VoterCard) -> None:
    vote = bytearray(card.cast_vote or b"")
    vote[-1] ^= 1
    card.cast_vote = bytes(vote)


WRONG: dict[str, tuple[Callable[[VoterCard], None], Reason]] = {
    "no activation": (_lose_activation, Reason.CARD_TORN),
    "activated by a terminal": (
        lambda c: _activation(c, "terminal-1"),
        Reason.RECORD_SIGNATURE_WRONG,
    ),
    "activated by another desk": (
        lambda c: _activation(c, "desk-spare"),
        Reason.RECORD_SIGNATURE_WRONG,
    ),
    "activation of another package": (
        lambda c: _activation(c, package=bytes(32)),
        Reason.RECORD_OTHER_PACKAGE,
    ),
    "activation of another card": (
        lambda c: _activation(c, card_key=bytes(32)),
        Reason.CARD_COPIED,
    ),
    "activation of another serial": (lambda c: _activation(c, serial=18), Reason.RECORD_DAMAGED),
    "activation of another style": (lambda c: _activation(c, style=2), Reason.RECORD_DAMAGED),
    "deposit of a desk": (lambda c: _deposit(c, "desk-1"), Reason.RECORD_SIGNATURE_WRONG),
    "deposit of another terminal": (
        lambda c: _deposit(c, "terminal-2"),
        Reason.RECORD_SIGNATURE_WRONG,
    ),
    "deposit of another package": (
        lambda c: _deposit(c, package=bytes(32)),
        Reason.RECORD_OTHER_PACKAGE,
    ),
    "deposit of another card": (lambda c: _deposit(c, card_key=bytes(32)), Reason.CARD_COPIED),
    "deposit of another vote": (lambda c: _deposit(c, cast_vote=bytes(32)), Reason.RECORD_DAMAGED),
    "deposit of a serial nobody has": (lambda c: _deposit(c, serial=90_000), Reason.SERIAL_UNKNOWN),
    "vote of another package": (lambda c: _vote(c, package=bytes(32)), Reason.RECORD_OTHER_PACKAGE),
    "vote of another length": (lambda c: _vote(c, sealed=bytes(64)), Reason.RECORD_DAMAGED),
    "vote of another style": (lambda c: _vote(c, style=2), Reason.RECORD_DAMAGED),
    "a flipped bit": (_bit, Reason.RECORD_SIGNATURE_WRONG),
}


@pytest.mark.parametrize("name", WRONG)
def test_records_that_do_not_belong_together_are_refused(name: str) -> None:
    card = voted()
    change, reason = WRONG[name]
    change(card)
    assert reason_of(card) is reason


def test_a_style_that_does_not_exist_is_refused() -> None:
    card = voted()
    _vote(card, style=9)
    _activation(card, style=9)
    assert reason_of(card) is Reason.STYLE_UNKNOWN


def on(
    intake: Intake, event: object, urn: FixedUrn | None = None
) -> tuple[Intake, tuple[Effect, ...]]:
    return intake.on(event, STATION, urn or FixedUrn())  # type: ignore[arg-type]  # an Event


def test_the_order_of_writes() -> None:
    """Latch, urn, journal, erasing, latch; nothing before what comes before it is done."""
    card = voted()
    taking, effects = on(Intake(), seen(card))
    assert effects == (HoldLatch(closed=True), TakeIn(17, card.cast_vote or b""))
    assert taking.stage is Stage.TAKING
    erasing, effects = on(taking, VoteTaken(8))
    assert effects == (Record(EventType.VOTE_TAKEN_IN), AskCard(EraseCard(card.key_hash)))
    assert erasing.notice is not None
    assert (erasing.notice.what, dict(erasing.notice.facts)) == (Word.COUNTED, {"number": 8})
    over, effects = on(erasing, Done(1))
    assert effects == (HoldLatch(closed=False),)
    blank = VoterCardSeen(card.number, card.key_hash, None, None, None, torn=False)
    assert on(over, blank) == (over, ())  # cardiod looks again at the card it erased
    ready, effects = on(over, CardRemoved())
    assert (ready.stage, effects) == (Stage.READY, (HoldLatch(closed=False),))


def test_a_vote_that_is_not_stored_is_not_erased() -> None:
    taking, _ = on(Intake(), seen(voted()))
    over, effects = on(taking, TakeInRefused(Reason.URN_FULL, (("capacity", 64),)))
    assert over.stage is Stage.OVER
    assert effects == (
        Record(EventType.CARD_REFUSED, (("reason", Reason.URN_FULL),)),
        HoldLatch(closed=False),
        Buzz(),
    )


def test_a_card_that_does_not_let_itself_be_erased() -> None:
    taking, _ = on(Intake(), seen(voted()))
    erasing, _ = on(taking, VoteTaken(8))
    over, effects = on(erasing, Failed(1, Reason.CARD_MOVED))
    assert effects == (Record(EventType.CARD_NOT_ERASED), HoldLatch(closed=False), Buzz())
    assert over.notice is not None
    assert over.notice.what is Word.ERASE_AGAIN
    out, _ = on(over, CardRemoved())
    assert out.notice == over.notice, "it is asked for until the next card comes"


def test_what_is_to_be_done_with_a_card_stays_said_while_the_reader_is_away() -> None:
    asked = Intake(Stage.OVER, Notice(Word.ERASE_AGAIN))
    for event in (ReaderMissing(), CardRemoved(), ReaderMissing(), ReaderMissing()):
        asked, _ = asked.on(event, STATION, FixedUrn(UrnIntake.ALREADY_COUNTED))
        assert asked.notice == Notice(Word.ERASE_AGAIN)
    again, effects = asked.on(seen(voted()), STATION, FixedUrn(UrnIntake.ALREADY_COUNTED))
    assert again.stage is Stage.ERASING
    assert AskCard(EraseCard(voted().key_hash)) in effects


def test_a_card_pulled_while_its_vote_is_stored_changes_nothing() -> None:
    taking, _ = on(Intake(), seen(voted()))
    assert on(taking, CardRemoved()) == (taking, ())


def test_evidence_is_kept_and_said_so() -> None:
    for reason, event in (
        (Reason.SERIAL_SPENT, EventType.CARD_KEPT),
        (Reason.VOTE_COPIED, EventType.CARD_KEPT),
        (Reason.URN_FULL, EventType.CARD_REFUSED),
    ):
        _, effects = on(Intake(), seen(voted()), FixedUrn(reason))
        assert effects[0] == Record(event, (("reason", reason),))


def test_no_serial_and_no_vote_shows_in_state_or_effects() -> None:
    card = voted()
    taking, effects = on(Intake(), seen(card))
    for shown in (repr(taking), repr(effects)):
        assert "17" not in shown
        assert repr(card.cast_vote)[2:20] not in shown


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table(tmp_path)
    table.open_station()
    return table


def test_a_card_taken_in_twice_counts_once(table: Table) -> None:
    card = table.voted_card(5, ((0,), (), ()))
    card.sticks = True
    table.pass_card(card)
    assert (table.votes, card.erased) == (1, 0)
    card.sticks = False
    table.insert(card)
    assert (table.votes, card.erased) == (1, 1)
    assert table.lines.latch is False
    assert EventType.VOTE_ALREADY_COUNTED in table.journal()


def test_another_vote_under_a_spent_serial_is_kept(table: Table) -> None:
    card = table.voted_card(5, ((0,), (), ()))
    table.pass_card(card)
    table.voting.activate(card, 5)
    table.voting.vote(card, 5, ((1,), (), ()))
    table.insert(card)
    assert (table.votes, card.erased) == (1, 1)
    assert card.cast_vote is not None
    assert table.journal()[-1] is EventType.CARD_KEPT
    assert (table.lines.latch, table.lines.buzzes) == (False, 1)


def test_the_same_sealed_ballot_under_another_serial_is_a_copy(table: Table) -> None:
    first = table.voted_card(5, ((0,), (), ()))
    vote = records.open_record(
        CastVote, first.cast_vote or b"", samples.device("terminal-1").sign_key
    )
    table.pass_card(first)
    for serial, terminal in ((6, "terminal-1"), (7, "terminal-2")):
        copy = VoterCard(number=serial + 1)
        table.voting.activate(copy, serial)
        table.voting.put(copy, serial, vote, terminal)
        table.pass_card(copy)
        assert (table.votes, copy.erased) == (1, 0)
        assert table.journal()[-1] is EventType.CARD_KEPT

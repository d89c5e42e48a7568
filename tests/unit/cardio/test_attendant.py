"""What a board is told of the card in the slot, and what happens to each of its requests."""

import dataclasses
import datetime as dt
import hashlib

import pytest
import structlog

from cardio.attendant import CardAttendant
from cardio.certificate_object import wrap_certificate
from cardio.messages import (
    Activate,
    CardRefused,
    CardRemoved,
    ClearShare,
    Configure,
    CourierCardSeen,
    Done,
    EraseCard,
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
)
from cardio.piv import Slot
from cardio.station_records import SignedVote, StationRecords
from common import chain, cose, records
from common.chain import CardKind
from common.errors import Reason
from common.records import BoardKind
from hal.card_reader import ReaderState
from simulators.card_reader import SimBankCard, SimCard, SimMuteCard
from simulators.piv_card import FLAVOURS, CardState, Flavour, SimPivCard
from tests import card_samples, samples
from tests.card_samples import PIN, Stand, activation, made, vote

ACCUMULATOR, DESK = BoardKind.ACCUMULATOR, BoardKind.DESK
EVERY_FLAVOUR = pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())


@pytest.fixture
def stand() -> Stand:
    return Stand.make()


def meet(stand: Stand, card: SimCard) -> Notification:
    """Insert a card and see what the board is told."""
    stand.slot.insert(card)
    return stand.attendant.slot_changed(ReaderState.CARD)


def meet_voter(stand: Stand, card: SimCard) -> VoterCardSeen:
    """Insert a voter card."""
    seen = meet(stand, card)
    assert isinstance(seen, VoterCardSeen)
    return seen


def leave(stand: Stand) -> Notification:
    """Take the card out."""
    stand.slot.remove()
    return stand.attendant.slot_changed(ReaderState.NO_CARD)


def done(stand: Stand, request: Request) -> None:
    """Ask for something that is done without a word."""
    assert stand.attendant.carry_out(7, request) == (Done(7), None)


def key_hash(kind: CardKind = CardKind.VOTER, number: int = 1) -> bytes:
    return made(kind, number)[1].key_hash


# What is in the slot.


def test_an_empty_slot_and_no_reader(stand: Stand) -> None:
    assert stand.attendant.slot_changed(ReaderState.NO_CARD) == CardRemoved()
    assert stand.attendant.slot_changed(ReaderState.NO_READER) == ReaderMissing()


@EVERY_FLAVOUR
def test_a_blank_voter_card(stand: Stand, flavour: Flavour) -> None:
    seen = meet_voter(stand, stand.card(CardKind.VOTER, 1, flavour))
    assert seen == VoterCardSeen(
        number=1,
        key_hash=made(CardKind.VOTER, 1, flavour)[1].key_hash,
        activation=None,
        cast_vote=None,
        deposit=None,
        torn=False,
    )
    assert seen.blank
    assert leave(stand) == CardRemoved()


def test_an_empty_courier_card(stand: Stand) -> None:
    seen = meet(stand, stand.card(CardKind.COURIER, 1))
    assert seen == CourierCardSeen(number=1, start_order=None, torn=False)


def test_an_officials_card(stand: Stand) -> None:
    seen = meet(stand, stand.card(CardKind.OFFICIAL, 2))
    certificate = made(CardKind.OFFICIAL, 2)[1].certificates[Slot.SIGNATURE]
    assert seen == OfficialCardSeen(2, "member", "Person 2", certificate, pin_attempts=3)


def test_a_share_card(stand: Stand) -> None:
    assert meet(stand, stand.card(CardKind.SHARE, 3)) == ShareCardSeen(3, 3, pin_attempts=3)


# What is refused, each with its reason.


def test_a_card_put_in_backwards(stand: Stand) -> None:
    assert meet(stand, SimMuteCard()) == CardRefused(Reason.CARD_MUTE)


def test_a_bank_card(stand: Stand) -> None:
    assert meet(stand, SimBankCard()) == CardRefused(Reason.CARD_NOT_PIV)


def test_a_blank_piv_card(stand: Stand) -> None:
    blank = SimPivCard(CardState.blank(), samples.seeded("blank"))
    assert meet(stand, blank) == CardRefused(Reason.CARD_FOREIGN)


def test_a_card_of_another_station(stand: Stand) -> None:
    state, _ = made(CardKind.VOTER, 1, station="0412")
    seen = meet(stand, SimPivCard(state, samples.seeded("other")))
    assert seen == CardRefused(Reason.CARD_OTHER_STATION, (("expected", "0421"), ("found", "0412")))


def with_certificate(stand: Stand, der: bytes) -> SimPivCard:
    card = stand.card(CardKind.VOTER, 1)
    card.state.objects[0x5FC101] = wrap_certificate(der)
    return card


def certificate(authority_name: str, **changes: object) -> bytes:
    """Return a certificate for voter card 1 by another authority."""
    key, authority_der = samples.authority()
    identity = chain.check_card_certificate(
        made(CardKind.VOTER, 1)[1].certificates[Slot.CARD_AUTHENTICATION],
        authority_der,
        card_samples.NOW,
    )
    other = chain.issue_authority(key, authority_name, card_samples.NOW)
    start = card_samples.NOW - dt.timedelta(days=1)
    return chain.issue_card_certificate(
        key,
        other,
        dataclasses.replace(identity, **changes),  # type: ignore[arg-type]  # names of its fields
        start,
        start + dt.timedelta(days=9),
    )


def test_a_card_of_another_authority_names_its_station_if_it_has_one(stand: Stand) -> None:
    der = certificate("Authority of another region", station="0077")
    assert meet(stand, with_certificate(stand, der)) == CardRefused(
        Reason.CARD_OTHER_STATION, (("expected", "0421"), ("found", "0077"))
    )


@pytest.mark.parametrize("station", ["A company, Ltd.", "1" * 17, "", "04\n21"])
def test_a_card_of_another_authority_with_no_station(stand: Stand, station: str) -> None:
    seen = meet(stand, with_certificate(stand, certificate("A company", station=station)))
    assert seen == CardRefused(Reason.CARD_FOREIGN)


def test_a_forged_card_of_this_station(stand: Stand) -> None:
    der = certificate("Forger", station="0421")
    seen = meet(stand, with_certificate(stand, der))
    assert seen == CardRefused(Reason.CARD_CERTIFICATE_WRONG)


@pytest.mark.parametrize("content", [b"\x70\x02\x30\x00", b"\x00\x01", b"\x70\x00", b"x"])
def test_a_certificate_that_cannot_be_read(stand: Stand, content: bytes) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.state.objects[0x5FC101] = content
    assert meet(stand, card) == CardRefused(Reason.CARD_FOREIGN)


@pytest.mark.parametrize("days", [-40, 80])
def test_a_card_before_and_after_its_time(stand: Stand, days: int) -> None:
    attendant = CardAttendant(
        stand.reader,
        card_samples.station_records(),
        now=lambda: card_samples.NOW + dt.timedelta(days=days),
        random_bytes=stand.random_bytes,
        log=structlog.get_logger(),
    )
    stand.slot.insert(stand.card(CardKind.VOTER, 1))
    assert attendant.slot_changed(ReaderState.CARD) == CardRefused(Reason.CARD_CERTIFICATE_EXPIRED)


def test_a_copied_card(stand: Stand) -> None:
    """All objects of a genuine card on another genuine card: the key gives it away."""
    copy = stand.card(CardKind.VOTER, 2)
    copy.state.objects = dict(made(CardKind.VOTER, 1)[0].objects)
    assert meet(stand, copy) == CardRefused(Reason.CARD_NOT_GENUINE)


def test_records_copied_to_a_genuine_card(stand: Stand) -> None:
    for content in (
        {0x5FC10D: activation(key_hash(number=2))},
        {0x5FC10E: vote(key_hash(number=2)).to_bytes()},
    ):
        card = stand.card(CardKind.VOTER, 1)
        card.state.objects.update(content)
        assert meet(stand, card) == CardRefused(Reason.CARD_COPIED)
        leave(stand)


def test_cards_that_the_package_does_not_list(stand: Stand) -> None:
    for kind in (CardKind.OFFICIAL, CardKind.SHARE):
        state, _ = made(kind, 9)
        seen = meet(stand, SimPivCard(state, samples.seeded("unlisted")))
        assert seen == CardRefused(Reason.CARD_NOT_LISTED)
        leave(stand)


def test_an_officials_card_with_another_signature_key_than_listed(stand: Stand) -> None:
    card = stand.card(CardKind.OFFICIAL, 1)
    for content in (None, made(CardKind.OFFICIAL, 2)[0].objects[0x5FC10A]):
        card.state.objects.pop(0x5FC10A)
        if content is not None:
            card.state.objects[0x5FC10A] = content
        assert meet(stand, card) == CardRefused(Reason.CARD_NOT_LISTED)
        leave(stand)
        card.state.objects[0x5FC10A] = b"something"


def test_a_card_that_always_fails(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.faults.refuse = dict.fromkeys(range(1, 40), 0x6F00)
    assert meet(stand, card) == CardRefused(Reason.CARD_UNREADABLE)


def test_a_card_that_cannot_do_what_is_needed(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.faults.refuse = {1: 0x6D00, 3: 0x6D00}
    assert meet(stand, card) == CardRefused(Reason.CARD_NOT_SUPPORTED)


@pytest.mark.parametrize("command", range(6))
def test_one_glitch_is_overcome(stand: Stand, command: int) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.faults.refuse = {command: 0x6F00}
    assert isinstance(meet(stand, card), VoterCardSeen)


@pytest.mark.parametrize("commands", range(6))
def test_a_card_that_loses_its_power_once_while_it_is_examined(stand: Stand, commands: int) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.faults.power_lost_after = commands
    assert isinstance(meet(stand, card), VoterCardSeen)


@pytest.mark.parametrize("commands", range(6))
def test_a_card_pulled_out_while_it_is_examined(stand: Stand, commands: int) -> None:
    stand.slot.insert(stand.card(CardKind.VOTER, 1))
    stand.slot.pull_after(commands)
    assert stand.attendant.slot_changed(ReaderState.CARD) == CardRemoved()


# The life of a voter card.


@EVERY_FLAVOUR
def test_activate_vote_erase(stand: Stand, flavour: Flavour) -> None:
    card = stand.card(CardKind.VOTER, 1, flavour)
    bound_to = made(CardKind.VOTER, 1, flavour)[1].key_hash
    blank = meet_voter(stand, card)
    signed, ballot = activation(bound_to), vote(bound_to)
    done(stand, Activate(signed))
    leave(stand)
    activated = meet_voter(stand, card)
    assert activated == dataclasses.replace(blank, activation=signed)
    done(stand, StoreVote(ballot.cast_vote, ballot.deposit))
    leave(stand)
    assert meet(stand, card) == dataclasses.replace(
        activated, cast_vote=ballot.cast_vote, deposit=ballot.deposit
    )
    done(stand, EraseCard(bound_to))
    leave(stand)
    assert meet(stand, card) == blank


def test_erasing_overwrites_at_full_length_first(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    meet(stand, card)
    done(stand, Activate(activation(key_hash())))
    signed, ballot = activation(key_hash()), vote(key_hash())
    done(stand, StoreVote(ballot.cast_vote, ballot.deposit))
    card.history.clear()
    done(stand, EraseCard(key_hash()))
    written = b"".join(command[5:] for command, _ in card.history if command[1] == 0xDB)
    zeros = [bytes(len(signed)), bytes(len(ballot.to_bytes()))]
    assert written == b"".join(
        b"\x5c\x03\x5f\xc1" + bytes((number,)) + content
        for number, content in (
            (0x0D, b"\x53\x81" + bytes((len(zeros[0]),)) + zeros[0]),
            (0x0D, b"\x53\x00"),
            (0x0E, b"\x53\x82" + len(zeros[1]).to_bytes(2, "big") + zeros[1]),
            (0x0E, b"\x53\x00"),
        )
    )


def test_erasing_a_blank_card_writes_nothing(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    meet(stand, card)
    done(stand, EraseCard(key_hash()))
    assert all(command[1] != 0xDB for command, _ in card.history)


def test_another_card_is_not_erased(stand: Stand) -> None:
    """The board means the card it stored the vote of, whatever is in the slot by now."""
    card = stand.card(CardKind.VOTER, 2)
    meet(stand, card)
    done(stand, Activate(activation(key_hash(number=2))))
    answer, _ = stand.attendant.carry_out(8, EraseCard(key_hash(number=1)))
    assert answer == Failed(8, Reason.CARD_WRONG_KIND)
    assert 0x5FC10D in card.state.objects


def a_vote_to_be_spoiled(stand: Stand) -> SignedVote:
    """Insert voter card 1 with a vote on it."""
    meet(stand, stand.card(CardKind.VOTER, 1))
    ballot = vote(key_hash())
    done(stand, Activate(activation(key_hash())))
    done(stand, StoreVote(ballot.cast_vote, ballot.deposit))
    return ballot


def test_a_vote_is_spoiled_opened_and_taken_off_the_card(stand: Stand) -> None:
    ballot = a_vote_to_be_spoiled(stand)
    spoiled = card_samples.spoiled(key_hash(), ballot.cast_vote)
    opening = card_samples.opening(spoiled)
    for request in (SpoilVote(spoiled), OpenSpoiled(opening)):
        done(stand, request)
        done(stand, request)  # once more changes nothing
    seen = stand.attendant.look()
    assert isinstance(seen, VoterCardSeen)
    assert (seen.cast_vote, seen.deposit, seen.torn) == (None, None, False)
    assert (seen.spoiled, seen.opening) == (spoiled, opening)
    assert not seen.blank
    assert seen.activation == activation(key_hash())
    done(stand, EraseCard(key_hash()))
    after = stand.attendant.look()
    assert isinstance(after, VoterCardSeen)
    assert after.blank


def test_only_the_very_vote_on_the_card_is_spoiled_and_opened(stand: Stand) -> None:
    ballot = a_vote_to_be_spoiled(stand)
    right = card_samples.spoiled(key_hash(), ballot.cast_vote)
    another = vote(key_hash(), filling=b"\x11").cast_vote
    wrong: tuple[Request, ...] = (
        OpenSpoiled(card_samples.opening(right)),  # nothing is spoiled yet
        SpoilVote(card_samples.spoiled(key_hash(), another)),
        SpoilVote(card_samples.spoiled(key_hash(number=2), ballot.cast_vote)),
        SpoilVote(card_samples.spoiled(key_hash(), ballot.cast_vote, by="terminal-2")),
        SpoilVote(card_samples.spoiled(key_hash(), ballot.cast_vote, by="desk-1")),
        SpoilVote(card_samples.spoiled(key_hash(), ballot.cast_vote, serial=9999)),
        SpoilVote(card_samples.opening(right)),
        SpoilVote(b""),
    )
    before = stand.attendant.look()
    for request in wrong:
        answer, _ = stand.attendant.carry_out(8, request)
        assert answer == Failed(8, Reason.CARD_RECORD_UNFIT)
    assert stand.attendant.look() == before
    done(stand, SpoilVote(right))
    for opening in (card_samples.opening(b"another"), card_samples.opening(right, "terminal-2")):
        answer, _ = stand.attendant.carry_out(8, OpenSpoiled(opening))
        assert answer == Failed(8, Reason.CARD_RECORD_UNFIT)


def wrong_activations() -> dict[str, bytes]:
    """Return activations that must not stand on voter card 1."""
    right = records.open_record(
        records.Activation, activation(key_hash()), samples.device("desk-1").sign_key
    )
    desk = card_samples.signing("desk-1")
    return {
        "of another card": activation(key_hash(number=2)),
        "signed by a terminal": activation(key_hash(), signer="terminal-1"),
        "signed by a stranger": activation(key_hash(), signer="somebody"),
        "another package": records.sign(dataclasses.replace(right, package=b"q" * 32), desk),
        "no such style": records.sign(dataclasses.replace(right, style=9), desk),
        "another desk's serial": records.sign(dataclasses.replace(right, serial=5000), desk),
        "another record": cose.sign1(right.to_bytes(), desk, "sailau/Deposit/1"),
        "not signed": right.to_bytes(),
        "nothing": b"",
        "a byte more": activation(key_hash()) + b"\x00",
    }


def wrong_votes() -> dict[str, SignedVote]:
    """Return votes that must not stand on voter card 1."""
    right = vote(key_hash())
    terminal = card_samples.signing("terminal-1")
    cast_vote = records.open_record(
        records.CastVote, right.cast_vote, samples.device("terminal-1").sign_key
    )
    deposit = records.open_record(
        records.Deposit, right.deposit, samples.device("terminal-1").sign_key
    )

    def both(changed: records.CastVote) -> SignedVote:
        signed = records.sign(changed, terminal)
        named = dataclasses.replace(deposit, cast_vote=records.digest(signed))
        return SignedVote(signed, records.sign(named, terminal))

    def only_deposit(**changes: object) -> SignedVote:
        changed = dataclasses.replace(deposit, **changes)  # type: ignore[arg-type]  # its fields
        return SignedVote(right.cast_vote, records.sign(changed, terminal))

    return {
        "of another card": vote(key_hash(number=2)),
        "signed by a desk": vote(key_hash(), signer="desk-1"),
        "two terminals": SignedVote(right.cast_vote, vote(key_hash(), signer="terminal-2").deposit),
        "another vote's deposit": SignedVote(
            right.cast_vote, vote(key_hash(), filling=b"\x11").deposit
        ),
        "turned about": SignedVote(right.deposit, right.cast_vote),
        "no deposit": SignedVote(right.cast_vote, b""),
        "no vote": SignedVote(b"", right.deposit),
        "another package": both(dataclasses.replace(cast_vote, package=b"q" * 32)),
        "another package's deposit": only_deposit(package=b"q" * 32),
        "no such style": both(dataclasses.replace(cast_vote, style=9)),
        "a longer ballot": both(dataclasses.replace(cast_vote, sealed=cast_vote.sealed + b"x")),
        "a serial of nobody": only_deposit(serial=9999),
    }


@pytest.mark.parametrize("what", wrong_activations())
def test_a_wrong_activation_is_not_written_and_not_handed_on(stand: Stand, what: str) -> None:
    wrong = wrong_activations()[what]
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    answer, told = stand.attendant.carry_out(8, Activate(wrong))
    assert (answer, told) == (Failed(8, Reason.CARD_RECORD_UNFIT), None)
    assert 0x5FC10D not in card.state.objects
    leave(stand)
    if wrong and what != "of another card":
        card.state.objects[0x5FC10D] = wrong
        assert meet(stand, card) == dataclasses.replace(blank, torn=True)


@pytest.mark.parametrize("what", wrong_votes())
def test_a_wrong_vote_is_not_written_and_not_handed_on(stand: Stand, what: str) -> None:
    wrong = wrong_votes()[what]
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    answer, told = stand.attendant.carry_out(8, StoreVote(wrong.cast_vote, wrong.deposit))
    assert (answer, told) == (Failed(8, Reason.CARD_RECORD_UNFIT), None)
    assert 0x5FC10E not in card.state.objects
    leave(stand)
    if what != "of another card":
        card.state.objects[0x5FC10E] = wrong.to_bytes()
        assert meet(stand, card) == dataclasses.replace(blank, torn=True)


@pytest.mark.parametrize("content", [b"\x80", b"\x81\x41\x00", b"\x82\x01\x02", b"\x00" * 400])
def test_a_vote_object_of_another_form_is_torn(stand: Stand, content: bytes) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.state.objects[0x5FC10E] = content
    seen = meet(stand, card)
    assert isinstance(seen, VoterCardSeen)
    assert (seen.cast_vote, seen.deposit, seen.torn, seen.blank) == (None, None, True, False)


def test_a_torn_card_can_be_erased_and_used_again(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    card.state.objects.update({0x5FC10D: b"half", 0x5FC10E: bytes(300)})
    meet(stand, card)
    done(stand, EraseCard(key_hash()))
    assert card.state.objects.keys() == {0x5FC101}
    done(stand, Activate(activation(key_hash())))


def test_without_the_secret_a_card_is_read_and_not_written() -> None:
    stand = Stand.make(configured=False)
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    answer, told = stand.attendant.carry_out(8, Activate(activation(key_hash())))
    assert (answer, told) == (Failed(8, Reason.CARD_SECRET_REFUSED), blank)


def test_with_another_secret_the_card_does_not_let_us_write(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    done(stand, Configure(voter_secret=b"another secret of 32 bytes length"[:32]))
    answer, told = stand.attendant.carry_out(8, Activate(activation(key_hash())))
    assert (answer, told) == (Failed(8, Reason.CARD_SECRET_REFUSED), blank)
    assert 0x5FC10D not in card.state.objects


def test_secrets_are_overwritten(stand: Stand) -> None:
    replaced = list(stand.attendant._secrets.values())
    done(stand, card_samples.CONFIGURE)
    held = list(stand.attendant._secrets.values())
    assert len(replaced) == len(held) == 3
    assert all(not any(secret) for secret in replaced)
    assert all(any(secret) for secret in held)
    stand.attendant.forget_secrets()
    assert all(not any(secret) for secret in held)
    answer, _ = stand.attendant.carry_out(8, Activate(activation(key_hash())))
    assert answer == Failed(8, Reason.CARD_ABSENT)


def test_one_failed_write_is_repeated_and_a_card_that_cannot_write_is_found_out(
    stand: Stand,
) -> None:
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    card.faults.refuse = {3: 0x6581}
    done(stand, Activate(activation(key_hash())))
    done(stand, EraseCard(key_hash()))
    card.faults.writes_fail_after = 0
    answer, told = stand.attendant.carry_out(8, Activate(activation(key_hash())))
    assert (answer, told) == (Failed(8, Reason.CARD_WRITE_FAILED), blank)
    card.faults.writes_fail_after = None
    card.faults.writes_lost = True
    answer, told = stand.attendant.carry_out(9, Activate(activation(key_hash())))
    assert (answer, told) == (Failed(9, Reason.CARD_WRITE_FAILED), blank)


def test_an_answer_that_was_lost_after_the_write_is_found_on_the_card(stand: Stand) -> None:
    """The second try looks first: what is there already is not written again."""
    card = stand.card(CardKind.VOTER, 1)
    meet(stand, card)
    ballot = vote(key_hash())
    card.faults.refuse = {5: 0x6F00}  # SELECT, two of authentication, two of PUT, then GET
    card.history.clear()
    done(stand, StoreVote(ballot.cast_vote, ballot.deposit))
    assert sum(command[1] == 0xDB for command, _ in card.history) == 2


@pytest.mark.parametrize("fault", range(7))
@EVERY_FLAVOUR
def test_a_glitch_at_any_command_of_storing_a_vote(
    stand: Stand, flavour: Flavour, fault: int
) -> None:
    card = stand.card(CardKind.VOTER, 1, flavour)
    bound_to = made(CardKind.VOTER, 1, flavour)[1].key_hash
    meet(stand, card)
    ballot = vote(bound_to)
    card.faults.refuse = {fault: 0x6F00}
    done(stand, StoreVote(ballot.cast_vote, ballot.deposit))


def test_a_request_that_fails_leaves_the_truth_behind(stand: Stand) -> None:
    """The card loses its power and stays in the slot: no event comes, so it is examined again."""
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    card.faults.power_lost_after = 3
    answer, told = stand.attendant.carry_out(8, Activate(activation(key_hash())))
    assert (answer, told) == (Failed(8, Reason.CARD_MOVED), blank)
    done(stand, Activate(activation(key_hash())))


def test_looking_again(stand: Stand) -> None:
    card = stand.card(CardKind.VOTER, 1)
    blank = meet_voter(stand, card)
    assert stand.attendant.carry_out(8, Look()) == (Done(8), blank)
    leave(stand)
    assert stand.attendant.carry_out(9, Look()) == (Done(9), CardRemoved())


ALL_OF_A_CARD: tuple[tuple[Request, CardKind], ...] = (
    (Activate(b"x"), CardKind.VOTER),
    (StoreVote(b"x", b"y"), CardKind.VOTER),
    (EraseCard(b"x" * 32), CardKind.VOTER),
    (WriteStartOrder(b"x"), CardKind.COURIER),
    (SignAct(PIN, b"x"), CardKind.OFFICIAL),
    (WriteShare(PIN, ACCUMULATOR, b"x"), CardKind.SHARE),
    (ReadShare(PIN, ACCUMULATOR), CardKind.SHARE),
    (ClearShare(PIN), CardKind.SHARE),
)


@pytest.mark.parametrize(("request_", "wanted"), ALL_OF_A_CARD)
def test_a_request_without_its_card(stand: Stand, request_: Request, wanted: CardKind) -> None:
    assert stand.attendant.carry_out(8, request_) == (Failed(8, Reason.CARD_ABSENT), None)
    for kind in set(CardKind) - {wanted}:
        meet(stand, stand.card(kind, 1))
        answer, told = stand.attendant.carry_out(8, request_)
        assert (answer, told) == (Failed(8, Reason.CARD_WRONG_KIND), None)
        leave(stand)


# Courier, officials, shares.


def test_the_start_order_travels(stand: Stand) -> None:
    card = stand.card(CardKind.COURIER, 1)
    meet(stand, card)
    order = card_samples.start_order()
    done(stand, WriteStartOrder(order))
    leave(stand)
    assert meet(stand, card) == CourierCardSeen(1, order, torn=False)
    card.flip_bit(0x5FC10F, 200)
    assert stand.attendant.look() == CourierCardSeen(1, None, torn=True)


@pytest.mark.parametrize("change", [{"station": "0422"}, {"package": b"q" * 32}])
def test_a_start_order_of_another_station_or_package(
    stand: Stand, change: dict[str, object]
) -> None:
    right = records.open_record(
        records.StartOrder, card_samples.start_order(), card_samples.package().station_key
    )
    wrong = records.sign(
        dataclasses.replace(right, **change),  # type: ignore[arg-type]  # names of its fields
        samples.STATION_KEYS.station,
    )
    meet(stand, stand.card(CardKind.COURIER, 1))
    answer, _ = stand.attendant.carry_out(8, WriteStartOrder(wrong))
    assert answer == Failed(8, Reason.CARD_RECORD_UNFIT)


@EVERY_FLAVOUR
def test_signing(stand: Stand, flavour: Flavour) -> None:
    card = stand.card(CardKind.OFFICIAL, 1)
    card.state.flavour = flavour.name
    card = SimPivCard(card.state, stand.random_bytes)
    meet(stand, card)
    for text in (b"an act", b"another one" * 5000):
        answer, _ = stand.attendant.carry_out(8, SignAct(PIN, text))
        assert isinstance(answer, Signed)
        assert chain.verify_es256(answer.certificate, text, answer.signature)
    assert card.transmit(bytes.fromhex("00200080")) == b"\x63\xc3"  # the PIN was taken back


def test_pins(stand: Stand) -> None:
    card = stand.card(CardKind.OFFICIAL, 1)
    meet(stand, card)

    def signed_with(pin: str) -> object:
        answer, told = stand.attendant.carry_out(8, SignAct(pin, b"an act"))
        assert told is None
        return answer

    malformed = Failed(8, Reason.PIN_FORMAT, (("maximum", 8), ("minimum", 6)))
    assert [signed_with(pin) for pin in ("", "12345", "123456789", "12a456", "١٢٣٤٥٦")] == [
        malformed
    ] * 5
    assert card.state.pin_left == 3
    assert signed_with("000000") == Failed(8, Reason.PIN_WRONG, (("attempts", 2),))
    assert isinstance(signed_with(PIN), Signed)
    for left in (2, 1):
        assert signed_with("000000") == Failed(8, Reason.PIN_WRONG, (("attempts", left),))
    assert signed_with("000000") == Failed(8, Reason.PIN_BLOCKED)
    assert signed_with(PIN) == Failed(8, Reason.PIN_BLOCKED)
    seen = stand.attendant.look()
    assert isinstance(seen, OfficialCardSeen)
    assert seen.pin_attempts == 0


def test_a_card_that_signs_with_another_key_than_listed(stand: Stand) -> None:
    card = stand.card(CardKind.OFFICIAL, 1)
    card.state.keys[0x9C] = (99).to_bytes(32, "big")
    seen = meet(stand, card)
    answer, told = stand.attendant.carry_out(8, SignAct(PIN, b"an act"))
    assert (answer, told) == (Failed(8, Reason.SIGNATURE_REFUSED), seen)


def test_a_card_pulled_out_while_it_signs(stand: Stand) -> None:
    for commands in (0, 1, 2):
        card = stand.card(CardKind.OFFICIAL, 1)
        meet(stand, card)
        stand.slot.pull_after(commands)
        answer, told = stand.attendant.carry_out(8, SignAct(PIN, b"an act"))
        if commands < 2:
            assert (answer, told) == (Failed(8, Reason.CARD_ABSENT), CardRemoved())
        else:  # only the PIN is not taken back, and the card has no power any more
            assert isinstance(answer, Signed)
        stand.slot.remove()


SHARE = b"a share of the tally key, 40 bytes long."
OTHER = b"the share of the other half, 39 bytes.."


@EVERY_FLAVOUR
def test_a_share_is_written_read_and_cleared(stand: Stand, flavour: Flavour) -> None:
    state, _ = made(CardKind.SHARE, 1)
    state.flavour = flavour.name
    card = SimPivCard(state, stand.random_bytes)
    meet(stand, card)
    assert stand.attendant.carry_out(8, ReadShare(PIN, ACCUMULATOR))[0] == Failed(
        8, Reason.SHARE_MISSING
    )
    done(stand, WriteShare(PIN, ACCUMULATOR, SHARE))
    assert SHARE not in card.state.objects[0x5FC109]
    leave(stand)
    meet(stand, card)
    assert stand.attendant.carry_out(8, ReadShare(PIN, ACCUMULATOR)) == (ShareRead(8, SHARE), None)
    assert stand.attendant.carry_out(8, ReadShare(PIN, DESK))[0] == Failed(8, Reason.SHARE_MISSING)
    done(stand, WriteShare(PIN, DESK, OTHER))
    assert OTHER not in card.state.objects[0x5FC103]
    assert stand.attendant.carry_out(8, ReadShare(PIN, DESK))[0] == ShareRead(8, OTHER)
    assert stand.attendant.carry_out(8, ReadShare(PIN, ACCUMULATOR))[0] == ShareRead(8, SHARE)
    done(stand, ClearShare(PIN))
    assert not card.state.objects.keys() & {0x5FC109, 0x5FC103}
    assert card.transmit(bytes.fromhex("00200080")) == b"\x63\xc3"


def test_a_share_put_in_the_place_of_the_other_half_s(stand: Stand) -> None:
    card = stand.card(CardKind.SHARE, 1)
    meet(stand, card)
    done(stand, WriteShare(PIN, ACCUMULATOR, SHARE))
    card.state.objects[0x5FC103] = card.state.objects[0x5FC109]
    assert stand.attendant.carry_out(8, ReadShare(PIN, DESK))[0] == Failed(8, Reason.SHARE_DAMAGED)


@pytest.mark.parametrize("kind", [BoardKind.TERMINAL, BoardKind.PORTABLE])
def test_a_share_of_a_half_that_nobody_makes(stand: Stand, kind: BoardKind) -> None:
    card = stand.card(CardKind.SHARE, 1)
    meet(stand, card)
    for request in (WriteShare(PIN, kind, SHARE), ReadShare(PIN, kind)):
        assert stand.attendant.carry_out(8, request)[0] == Failed(8, Reason.SHARE_MISSING)
    assert not card.state.objects.keys() & {0x5FC109, 0x5FC103}


def test_a_share_and_a_wrong_pin(stand: Stand) -> None:
    card = stand.card(CardKind.SHARE, 1)
    meet(stand, card)
    for left, request in (
        (2, WriteShare("000000", DESK, SHARE)),
        (1, ReadShare("000000", ACCUMULATOR)),
    ):
        answer, _ = stand.attendant.carry_out(8, request)
        assert answer == Failed(8, Reason.PIN_WRONG, (("attempts", left),))
    assert 0x5FC109 not in card.state.objects
    answer, _ = stand.attendant.carry_out(8, ClearShare("abcdef"))
    assert isinstance(answer, Failed)
    assert answer.reason is Reason.PIN_FORMAT


def test_a_share_that_decayed(stand: Stand) -> None:
    card = stand.card(CardKind.SHARE, 1)
    meet(stand, card)
    done(stand, WriteShare(PIN, ACCUMULATOR, SHARE))
    card.flip_bit(0x5FC109, 700)
    assert stand.attendant.carry_out(8, ReadShare(PIN, ACCUMULATOR))[0] == Failed(
        8, Reason.SHARE_DAMAGED
    )


def test_a_share_on_another_share_card(stand: Stand) -> None:
    first, second = stand.card(CardKind.SHARE, 1), stand.card(CardKind.SHARE, 2)
    meet(stand, first)
    done(stand, WriteShare(PIN, ACCUMULATOR, SHARE))
    leave(stand)
    second.state.objects[0x5FC109] = first.state.objects[0x5FC109]
    meet(stand, second)
    assert stand.attendant.carry_out(8, ReadShare(PIN, ACCUMULATOR))[0] == Failed(
        8, Reason.SHARE_DAMAGED
    )


def test_a_share_card_whose_key_is_not_the_listed_one(stand: Stand) -> None:
    card = stand.card(CardKind.SHARE, 1)
    card.state.keys[0x9D] = (99).to_bytes(32, "big")
    meet(stand, card)
    answer, _ = stand.attendant.carry_out(8, WriteShare(PIN, ACCUMULATOR, SHARE))
    assert answer == Failed(8, Reason.SHARE_DAMAGED)


# What is never said.


def test_neither_log_nor_messages_hold_a_secret_or_a_card_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stand = Stand.make()
    number = 987_654
    state, card = made(CardKind.VOTER, number)
    meet(stand, SimPivCard(state, stand.random_bytes))
    done(stand, Activate(activation(card.key_hash, serial=3_333)))
    leave(stand)
    meet(stand, stand.card(CardKind.SHARE, 1))
    stand.attendant.carry_out(8, WriteShare(PIN, ACCUMULATOR, SHARE))
    stand.attendant.carry_out(8, ReadShare("424242", DESK))
    stand.attendant.carry_out(8, ReadShare(PIN, ACCUMULATOR))
    written = capsys.readouterr().out
    assert "request done" in written
    assert "request failed" in written
    for secret in (str(number), "3333", card.key_hash.hex(), PIN, "424242", "share of"):
        assert secret not in written
    for message in (WriteShare(PIN, ACCUMULATOR, SHARE), SignAct(PIN, b""), ShareRead(8, SHARE)):
        assert PIN not in repr(message)
        assert "share of" not in repr(message)
    assert hashlib.sha256(b"voter").hexdigest() not in repr(card_samples.CONFIGURE)
    assert "voter_secret" not in repr(card_samples.CONFIGURE)


def test_a_package_in_another_hash_refuses_everything_on_the_card() -> None:
    stand = Stand.make()
    card = stand.card(CardKind.VOTER, 1)
    card.state.objects[0x5FC10D] = activation(key_hash())
    stand.slot.insert(card)
    attendant = CardAttendant(
        stand.reader,
        StationRecords(card_samples.package(), b"another hash" + bytes(20)),
        now=lambda: card_samples.NOW,
        random_bytes=stand.random_bytes,
        log=structlog.get_logger(),
    )
    seen = attendant.slot_changed(ReaderState.CARD)
    assert isinstance(seen, VoterCardSeen)
    assert (seen.activation, seen.torn) == (None, True)

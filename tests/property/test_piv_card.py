"""Cards that are torn, decayed or hostile, and the simulated card under arbitrary commands."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardio import tlv
from cardio.genuine import prove_card
from cardio.messages import (
    Activate,
    CardRefused,
    ClearShare,
    Done,
    EraseCard,
    Failed,
    Notification,
    OpenSpoiled,
    ReadShare,
    Request,
    ShareRead,
    SpoilVote,
    StoreVote,
    VoterCardSeen,
    WriteShare,
)
from cardio.official_card import NotListed, OfficialCard
from cardio.piv import CardError
from cardio.share_card import NoShare, ShareCard
from cardio.share_seal import ShareSealError
from cardio.station_records import Copied, SignedVote
from cardio.voter_card import VoterCard
from common.chain import CardKind
from common.errors import Reason, Refused
from common.records import BoardKind, RecordError
from hal.card_reader import ReaderState
from simulators.piv_card import (
    FLAVOURS,
    LIKE_OPENFIPS201,
    CardState,
    Flavour,
    Moment,
    PowerLost,
    SimPivCard,
)
from tests import card_samples, samples
from tests.card_samples import PIN, Stand, activation, made, vote

EVERY_FLAVOUR = pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())
EVERY_MOMENT = pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.name.lower())

# BER-TLV.


@given(st.sampled_from([0x53, 0x5C, 0x70, 0x7C, 0x7F49, 0x5FC10D]), st.binary(max_size=1000))
def test_what_is_encoded_is_read(tag: int, value: bytes) -> None:
    assert tlv.read(tlv.encode(tag, value) + b"\x00") == (tag, value, b"\x00")


@given(st.binary(max_size=80))
def test_reading_anything_gives_objects_or_says_no(untrusted: bytes) -> None:
    try:
        objects = tlv.read_all(untrusted)
    except tlv.TlvError:
        return
    again = b"".join(tlv.encode(tag, value) for tag, value in objects.items())
    assert len(again) <= len(untrusted)
    assert tlv.read_all(again) == objects


@given(st.binary(min_size=1, max_size=200), st.data())
def test_a_flipped_bit_never_reads_over_the_end(value: bytes, data: st.DataObject) -> None:
    whole = bytearray(tlv.encode(0x53, value))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    try:
        _, found, rest = tlv.read(bytes(whole))
    except tlv.TlvError:
        return
    assert bytes(whole).endswith(found + rest)


# Torn dialogues.


class Torn:
    """One card, prepared the same way again and again, pulled out one command later each time."""

    def __init__(self, kind: CardKind, flavour: Flavour, moment: Moment) -> None:
        self.kind = kind
        self.flavour = flavour
        self.moment = moment
        state, self.made = made(kind, 1)
        state.flavour = flavour.name
        self.prepared = state.to_bytes()
        self.stand = Stand.make("torn")

    def insert(self) -> tuple[SimPivCard, Notification]:
        card = SimPivCard(CardState.from_bytes(self.prepared), self.stand.random_bytes)
        return card, self.meet(card)

    def meet(self, card: SimPivCard) -> Notification:
        self.stand.slot.insert(card)
        return self.stand.attendant.slot_changed(ReaderState.CARD)

    def leave(self) -> None:
        self.stand.slot.remove()
        self.stand.attendant.slot_changed(ReaderState.NO_CARD)

    def prepare(self, *requests: Request) -> None:
        """Let the card begin each time from where these requests bring it."""
        card, _ = self.insert()
        for request in requests:
            assert self.stand.attendant.carry_out(1, request)[0] == Done(1)
        self.leave()
        self.prepared = card.state.to_bytes()

    def ask(self, request: Request) -> object:
        return self.stand.attendant.carry_out(2, request)[0]

    def everywhere(self, request: Request) -> Iterator[tuple[SimPivCard, Notification]]:
        """Ask, pulling the card after 0, 1, 2 … commands; yield it as the next insertion sees it.

        After each, the board may ask on; the card is out again when the next one comes.
        """
        for commands in range(200):
            card, _ = self.insert()
            self.stand.slot.pull_after(commands, self.moment)
            answer = self.ask(request)
            pulled = self.stand.slot.card is None
            if not pulled:
                assert isinstance(answer, Done | ShareRead)
                self.leave()
                return
            if isinstance(answer, Failed):
                assert answer.reason in (Reason.CARD_MOVED, Reason.CARD_ABSENT)
            self.stand.attendant.slot_changed(ReaderState.NO_CARD)
            yield card, self.meet(card)
            self.leave()
        raise AssertionError("the dialogue has no end")


def voter(seen: Notification) -> VoterCardSeen:
    assert isinstance(seen, VoterCardSeen)
    return seen


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_an_activation_torn_anywhere(flavour: Flavour, moment: Moment) -> None:
    torn = Torn(CardKind.VOTER, flavour, moment)
    signed = activation(torn.made.key_hash)
    insertions = 0
    for _, found in torn.everywhere(Activate(signed)):
        seen = voter(found)
        assert seen.activation in (None, signed)
        assert seen.deposit is None
        assert torn.ask(EraseCard(torn.made.key_hash)) == Done(2)
        assert voter(torn.stand.attendant.look()).blank
        assert torn.ask(Activate(signed)) == Done(2)
        insertions += 1
    assert insertions >= 4


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_a_vote_torn_anywhere_leaves_the_card_activated_or_voted(
    flavour: Flavour, moment: Moment
) -> None:
    torn = Torn(CardKind.VOTER, flavour, moment)
    signed, ballot = activation(torn.made.key_hash), vote(torn.made.key_hash)
    torn.prepare(Activate(signed))
    store = StoreVote(ballot.cast_vote, ballot.deposit)
    voted: list[bool] = []
    for _, found in torn.everywhere(store):
        seen = voter(found)
        assert seen.activation == signed
        assert (seen.cast_vote, seen.deposit) in (
            (None, None),
            (ballot.cast_vote, ballot.deposit),
        )
        voted.append(seen.deposit is not None)
        if voted[-1]:
            assert not seen.torn
        assert torn.ask(store) == Done(2)  # the voter votes again, or the same vote is there
        assert voter(torn.stand.attendant.look()) == dataclasses.replace(
            seen, cast_vote=ballot.cast_vote, deposit=ballot.deposit, torn=False
        )
    assert voted == sorted(voted)  # first not, then for good
    assert not voted[0]
    assert voted[-1]


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_another_vote_over_a_torn_one(flavour: Flavour, moment: Moment) -> None:
    """Whatever half of one vote is there, another terminal's vote replaces it whole."""
    torn = Torn(CardKind.VOTER, flavour, moment)
    torn.prepare(Activate(activation(torn.made.key_hash)))
    first = vote(torn.made.key_hash)
    second = vote(torn.made.key_hash, signer="terminal-2", filling=b"\x33")
    for _, found in torn.everywhere(StoreVote(first.cast_vote, first.deposit)):
        if voter(found).deposit is None:
            assert torn.ask(StoreVote(second.cast_vote, second.deposit)) == Done(2)
            seen = voter(torn.stand.attendant.look())
            assert (seen.cast_vote, seen.deposit) == (second.cast_vote, second.deposit)


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_erasing_torn_anywhere_never_leaves_a_card_that_can_vote_again(
    flavour: Flavour, moment: Moment
) -> None:
    torn = Torn(CardKind.VOTER, flavour, moment)
    ballot = vote(torn.made.key_hash)
    torn.prepare(
        Activate(activation(torn.made.key_hash)), StoreVote(ballot.cast_vote, ballot.deposit)
    )
    states: list[tuple[bool, bool]] = []
    for _, found in torn.everywhere(EraseCard(torn.made.key_hash)):
        seen = voter(found)
        states.append((seen.activation is not None, seen.deposit is not None))
        assert torn.ask(EraseCard(torn.made.key_hash)) == Done(2)
        assert voter(torn.stand.attendant.look()).blank
    assert set(states) <= {(True, True), (False, True), (False, False)}
    assert states == sorted(states, reverse=True)
    assert states[0] == (True, True)


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_a_vote_spoiled_anywhere_is_whole_or_spoiled_or_to_be_cast_anew(
    flavour: Flavour, moment: Moment
) -> None:
    torn = Torn(CardKind.VOTER, flavour, moment)
    key_hash = torn.made.key_hash
    signed, ballot = activation(key_hash), vote(key_hash)
    spoiled = card_samples.spoiled(key_hash, ballot.cast_vote)
    torn.prepare(Activate(signed), StoreVote(ballot.cast_vote, ballot.deposit))
    kinds: list[str] = []
    for _, found in torn.everywhere(SpoilVote(spoiled)):
        seen = voter(found)
        assert seen.activation == signed
        match seen:
            case VoterCardSeen(cast_vote=bytes(cast_vote), spoiled=None):
                assert cast_vote == ballot.cast_vote
                kinds.append("1 voted")
            case VoterCardSeen(cast_vote=None, spoiled=bytes(found_spoiled), torn=False):
                assert found_spoiled == spoiled
                kinds.append("3 spoiled")
            case VoterCardSeen(cast_vote=None, spoiled=None, torn=True):
                kinds.append("2 neither")
                assert torn.ask(StoreVote(ballot.cast_vote, ballot.deposit)) == Done(2)
            case _:
                raise AssertionError(f"a card as none may be: {seen}")
        assert torn.ask(SpoilVote(spoiled)) == Done(2)
        assert voter(torn.stand.attendant.look()).spoiled == spoiled
    assert kinds == sorted(kinds)
    assert kinds[0] == "1 voted"
    assert kinds[-1] == "3 spoiled"


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_an_opening_torn_anywhere_leaves_the_spoiled_vote_whole(
    flavour: Flavour, moment: Moment
) -> None:
    torn = Torn(CardKind.VOTER, flavour, moment)
    key_hash = torn.made.key_hash
    ballot = vote(key_hash)
    spoiled = card_samples.spoiled(key_hash, ballot.cast_vote)
    opening = card_samples.opening(spoiled)
    torn.prepare(
        Activate(activation(key_hash)),
        StoreVote(ballot.cast_vote, ballot.deposit),
        SpoilVote(spoiled),
    )
    opened: list[bool] = []
    for _, found in torn.everywhere(OpenSpoiled(opening)):
        seen = voter(found)
        assert seen.spoiled == spoiled
        assert seen.opening in (None, opening)
        opened.append(seen.opening is not None)
        assert torn.ask(OpenSpoiled(opening)) == Done(2)
        assert voter(torn.stand.attendant.look()).opening == opening
    assert opened == sorted(opened)
    assert not opened[0]
    assert opened[-1]
    states: list[tuple[bool, bool]] = []
    for _, found in torn.everywhere(EraseCard(key_hash)):
        seen = voter(found)
        states.append((seen.activation is not None, seen.spoiled is not None))
        assert torn.ask(EraseCard(key_hash)) == Done(2)
        assert voter(torn.stand.attendant.look()).blank
    assert set(states) <= {(True, True), (False, True), (False, False)}
    assert states == sorted(states, reverse=True)


SHARE = b"a share of the tally key, 40 bytes long."
OTHER_SHARE = b"the share of the other half, and as long as shares ever get.".ljust(128)


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_a_share_torn_anywhere(flavour: Flavour, moment: Moment) -> None:
    torn = Torn(CardKind.SHARE, flavour, moment)
    write, read = WriteShare(PIN, BoardKind.DESK, SHARE), ReadShare(PIN, BoardKind.DESK)
    for _ in torn.everywhere(write):
        assert torn.ask(write) == Done(2)
        assert torn.ask(read) == ShareRead(2, SHARE)
    torn.prepare(write)
    for card, _ in torn.everywhere(ClearShare(PIN)):
        assert torn.ask(ClearShare(PIN)) == Done(2)
        assert 0x5FC103 not in card.state.objects
    torn.prepare(write)
    for _ in torn.everywhere(read):
        assert torn.ask(read) == ShareRead(2, SHARE)


@EVERY_MOMENT
@EVERY_FLAVOUR
@pytest.mark.parametrize(
    ("first", "second"),
    [(BoardKind.DESK, BoardKind.ACCUMULATOR), (BoardKind.ACCUMULATOR, BoardKind.DESK)],
    ids=["desk first", "accumulator first"],
)
def test_a_share_is_never_lost_by_writing_the_other(
    flavour: Flavour, moment: Moment, first: BoardKind, second: BoardKind
) -> None:
    torn = Torn(CardKind.SHARE, flavour, moment)
    torn.prepare(WriteShare(PIN, first, SHARE))
    write = WriteShare(PIN, second, OTHER_SHARE)
    insertions = 0
    for _ in torn.everywhere(write):
        assert torn.ask(ReadShare(PIN, first)) == ShareRead(2, SHARE)
        assert torn.ask(write) == Done(2)
        assert torn.ask(ReadShare(PIN, second)) == ShareRead(2, OTHER_SHARE)
        assert torn.ask(ReadShare(PIN, first)) == ShareRead(2, SHARE)
        insertions += 1
    assert insertions >= 6


@EVERY_MOMENT
@EVERY_FLAVOUR
def test_both_shares_are_cleared_wherever_that_was_torn(flavour: Flavour, moment: Moment) -> None:
    torn = Torn(CardKind.SHARE, flavour, moment)
    torn.prepare(
        WriteShare(PIN, BoardKind.DESK, SHARE),
        WriteShare(PIN, BoardKind.ACCUMULATOR, OTHER_SHARE),
    )
    for card, _ in torn.everywhere(ClearShare(PIN)):
        assert torn.ask(ClearShare(PIN)) == Done(2)
        assert not card.state.objects.keys() & {0x5FC103, 0x5FC109}


# Decay.


def flips(content: bytes) -> Iterator[bytes]:
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def test_every_bit_of_an_activation_counts() -> None:
    key_hash = made(CardKind.VOTER, 1)[1].key_hash
    for changed in flips(activation(key_hash)):
        with pytest.raises(RecordError):
            card_samples.station_records().check_activation(changed, key_hash)


def test_every_bit_of_a_vote_counts() -> None:
    key_hash = made(CardKind.VOTER, 1)[1].key_hash
    for changed in flips(vote(key_hash).to_bytes()):
        with pytest.raises(RecordError):
            card_samples.station_records().check_vote(SignedVote.from_bytes(changed), key_hash)


def test_every_bit_of_a_start_order_counts() -> None:
    for changed in flips(card_samples.start_order()):
        with pytest.raises(RecordError):
            card_samples.station_records().check_start_order(changed)


@settings(max_examples=60)
@given(st.data())
def test_a_flipped_bit_on_a_voted_card(data: st.DataObject) -> None:
    """Whichever bit it is, the board gets the records whole or not at all."""
    stand = Stand.make("flip")
    card = stand.card(CardKind.VOTER, 1)
    key_hash = made(CardKind.VOTER, 1)[1].key_hash
    signed, ballot = activation(key_hash), vote(key_hash)
    card.state.objects.update({0x5FC10D: signed, 0x5FC10E: ballot.to_bytes()})
    identifier = data.draw(st.sampled_from(sorted(card.state.objects)))
    bits = len(card.state.objects[identifier]) * 8
    card.flip_bit(identifier, data.draw(st.integers(0, bits - 1)))
    stand.slot.insert(card)
    seen = stand.attendant.slot_changed(ReaderState.CARD)
    if isinstance(seen, CardRefused):
        assert identifier == 0x5FC101
        return
    content = voter(seen)
    assert content.activation in (None, signed)
    assert (content.cast_vote, content.deposit) in (
        (None, None),
        (ballot.cast_vote, ballot.deposit),
    )
    assert content.torn == (identifier != 0x5FC101)


# Hostile cards.


class Hostile:
    """Answers with whatever it was given, again and again."""

    def __init__(self, answers: list[tuple[bytes, int]]) -> None:
        self._answers = answers
        self._turn = 0

    @property
    def atr(self) -> bytes:
        return b""

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        assert 4 <= len(command) <= 261
        self._turn += 1
        return self._answers[self._turn % len(self._answers)]

    def close(self) -> None:
        pass


STATUSES = st.one_of(
    st.just(0x9000),
    st.sampled_from([0x6100, 0x6110, 0x6C00, 0x6C05, 0x6982, 0x6983, 0x63C2, 0x6A82, 0x6F00]),
    st.integers(0, 0xFFFF),
)
SELECTED = bytes.fromhex("61114F0600001000010079074F05A000000308")


def piv_like() -> st.SearchStrategy[bytes]:
    """Return bytes that look like what a PIV card says, or not."""
    certificate = made(CardKind.VOTER, 1)[0].objects[0x5FC101]
    inner = st.one_of(st.binary(max_size=80), st.just(certificate))
    wrapped = st.builds(tlv.encode, st.sampled_from([0x53, 0x7C, 0x61, 0x7F49]), inner)
    signed = st.binary(max_size=80).map(lambda der: tlv.encode(0x7C, tlv.encode(0x82, der)))
    return st.one_of(st.binary(max_size=256), st.just(SELECTED), wrapped, signed)


@settings(max_examples=300)
@given(st.lists(st.tuples(piv_like(), STATUSES), min_size=1, max_size=8))
def test_a_hostile_card_is_refused_and_nothing_else(answers: list[tuple[bytes, int]]) -> None:
    random_bytes = samples.seeded("hostile")
    _, authority_der = samples.authority()
    with pytest.raises((Refused, CardError)):
        prove_card(Hostile(answers), authority_der, "0421", card_samples.NOW, random_bytes)


class Turncoat:
    """A genuine card until it was proven, hostile from then on."""

    def __init__(self, card: SimPivCard, answers: list[tuple[bytes, int]]) -> None:
        card.power_on()
        self._card = card
        self._hostile = Hostile(answers)
        self.turned = False

    @property
    def atr(self) -> bytes:
        return b""

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        if self.turned:
            return self._hostile.transmit(command)
        response = self._card.transmit(command)
        return response[:-2], int.from_bytes(response[-2:], "big")

    def close(self) -> None:
        pass


@settings(max_examples=300)
@given(
    st.sampled_from([CardKind.VOTER, CardKind.OFFICIAL, CardKind.SHARE]),
    st.lists(st.tuples(piv_like(), STATUSES), min_size=1, max_size=8),
)
def test_a_card_that_turns_hostile_after_its_proof(
    kind: CardKind, answers: list[tuple[bytes, int]]
) -> None:
    random_bytes = samples.seeded("turncoat")
    connection = Turncoat(SimPivCard(made(kind, 1)[0], random_bytes), answers)
    _, authority_der = samples.authority()
    card = prove_card(connection, authority_der, "0421", card_samples.NOW, random_bytes)
    connection.turned = True
    try:
        match kind:
            case CardKind.VOTER:
                content = VoterCard(card, card_samples.station_records()).read()
                assert content.activation is None
                assert content.vote is None
            case CardKind.OFFICIAL:
                OfficialCard(card, card_samples.package()).sign(PIN.encode(), b"an act")
                raise AssertionError("it cannot sign with a key it does not have")
            case _:
                ShareCard(card, card_samples.package()).read(PIN.encode(), BoardKind.DESK)
                raise AssertionError("it cannot open a share that there is not")
    except (CardError, Copied, NotListed, NoShare, ShareSealError):
        pass


# The simulated card under arbitrary commands.


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(FLAVOURS)),
    st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.builds(
                lambda cla, ins, p1, p2, field, le: (
                    bytes((cla, ins, p1, p2, len(field))) + field + le
                ),
                st.sampled_from([0x00, 0x10, 0x80]),
                st.sampled_from([0x20, 0x24, 0x2C, 0x47, 0x87, 0xA4, 0xC0, 0xCB, 0xDB, 0xFF]),
                st.sampled_from([0x00, 0x04, 0x11, 0x3F, 0x0A, 0xFF]),
                st.sampled_from([0x00, 0x80, 0x81, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0xFF]),
                st.binary(min_size=1, max_size=255),
                st.sampled_from([b"", b"\x00", b"\x10"]),
            ),
        ),
        max_size=12,
    ),
)
def test_the_simulated_card_answers_everything_and_gives_nothing_away(
    flavour: str, commands: list[bytes]
) -> None:
    state = CardState.blank(FLAVOURS[flavour])
    card = SimPivCard(state, samples.seeded("fuzz"))
    card.power_on()
    card.transmit(bytes.fromhex("00A404000BA00000030800001000010000"))
    for command in commands:
        answer = card.transmit(command)
        assert 2 <= len(answer) <= 258
    assert state.objects == {}
    assert state.keys == {}
    assert CardState.from_bytes(state.to_bytes()) == state


@given(st.binary(max_size=400))
def test_a_state_file_of_anything_is_refused_or_read(content: bytes) -> None:
    try:
        CardState.from_bytes(content)
    except ValueError:
        pass
    else:
        raise AssertionError("that was no card's file")


def test_the_card_draws_its_own_challenges() -> None:
    card = SimPivCard(CardState.blank(LIKE_OPENFIPS201), os.urandom)
    drawn = set()
    for _ in range(20):
        card.power_on()
        card.transmit(bytes.fromhex("00A404000BA00000030800001000010000"))
        drawn.add(card.transmit(bytes.fromhex("00870A9B047C02800000")))
    assert len(drawn) == 20
    card.power_off()
    with pytest.raises(PowerLost):
        card.transmit(b"\x00\xa4\x04\x00")

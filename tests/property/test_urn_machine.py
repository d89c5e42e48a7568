"""The urn under anything that may happen: votes, copies, power cuts, bits that flip, old media.

The machine knows what is on the cards and for which vote "counted" was said; it knows nothing of
blocks. A card is erased when `take_in` has returned, and only then.
"""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from common.errors import Reason, Refused
from common.urn import PATH, InFlight, Intake, Urn
from common.urnfile import BLOCK_SIZE, LEDGER_BLOCKS, BlockCipher
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium

KEY = b"k" * 32
SLOTS = 6
FIRST_SERIAL, SERIALS = 100, 64
DESKS = (("desk-1", FIRST_SERIAL, SERIALS),)

moments = st.none() | st.tuples(st.integers(1, 12), st.sampled_from(Cut))
media_numbers = st.integers(0, 1)


class UrnMachine(RuleBasedStateMachine):
    cards = Bundle("cards")

    @initialize(seed=st.integers(0, 2**32))
    def set_up(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.power = Power()
        self.media = [RecordingMedium(name, self.power) for name in ("own", "removable")]
        self.on_card: dict[int, bytes] = {}  # serial -> the vote on its card
        self.counted: dict[int, bytes] = {}  # for which the voter was told so
        self.unsure: dict[int, bytes] = {}  # presented, then the power failed
        self.issued = 0
        self.random_bytes = self.random.randbytes
        self.urn = Urn.create(
            self.media, KEY, SLOTS, DESKS, random_bytes=self.random_bytes, ballot_of=bytes
        )

    def open(self) -> Urn:
        return Urn.open(
            self.media, KEY, SLOTS, DESKS, random_bytes=self.random_bytes, ballot_of=bytes
        )

    # What people do.

    @rule(target=cards, size=st.integers(0, 1400))
    def vote(self, size: int) -> int:
        serial = FIRST_SERIAL + self.issued % SERIALS
        self.issued += 1
        if serial not in self.counted and serial not in self.unsure:
            self.on_card[serial] = self.random.randbytes(size) + serial.to_bytes(4, "big")
        return serial

    @rule(serial=cards, cut=moments)
    def put_card_in(self, serial: int, cut: tuple[int, Cut] | None) -> None:
        vote = self.on_card.get(serial)
        if vote is None:
            return
        was_spent = self.urn.is_spent(serial)
        if cut is not None:
            self.power.fail_at(*cut)
        try:
            intake = self.urn.take_in(serial, vote)
        except PowerCut:
            self.unsure[serial] = vote
            self.start_again(None)
        except Refused as refusal:
            if refusal.reason is not Reason.URN_FULL or len(self.urn.cast_votes()) < SLOTS:
                raise
        else:
            assert intake is (Intake.ALREADY_COUNTED if was_spent else Intake.STORED)
            self.counted[serial] = vote
            self.unsure.pop(serial, None)
            del self.on_card[serial]  # erased
        self.power.restore()

    @rule(serial=cards, cut=moments)
    def put_a_copy_in(self, serial: int, cut: tuple[int, Cut] | None) -> None:
        vote = self.counted.get(serial)
        other = FIRST_SERIAL + SERIALS - 1
        if vote is None or other in self.counted or other in self.on_card:
            return
        if cut is not None:
            self.power.fail_at(*cut)
        self.refused(other, vote, Reason.VOTE_COPIED)
        self.refused(serial, vote + b"changed", Reason.SERIAL_SPENT)
        self.refused(FIRST_SERIAL - 1, vote, Reason.SERIAL_UNKNOWN)
        self.power.restore()

    def refused(self, serial: int, vote: bytes, reason: Reason) -> None:
        with pytest.raises(Refused) as caught:
            self.urn.take_in(serial, vote)
        assert caught.value.reason is reason

    # What fate does.

    @rule(cut=moments)
    def start_again(self, cut: tuple[int, Cut] | None) -> None:
        self.power.restore()
        if cut is not None:
            self.power.fail_at(*cut)
        try:
            self.urn = self.open()
        except PowerCut:
            self.start_again(None)
        self.power.restore()

    @rule(cuts=st.lists(st.tuples(st.integers(1, 8), st.sampled_from(Cut)), max_size=6))
    def start_again_and_again(self, cuts: list[tuple[int, Cut]]) -> None:
        for cut in cuts:
            self.power.restore()
            self.power.fail_at(*cut)
            try:
                self.urn = self.open()
            except PowerCut:
                continue
        self.start_again(None)

    @rule(medium=media_numbers, bit=st.integers(0, (LEDGER_BLOCKS + SLOTS) * BLOCK_SIZE * 8 - 1))
    def flip_a_bit(self, medium: int, bit: int) -> None:
        self.urn.take_repairs()
        self.media[medium].flip(PATH, bit)
        self.urn.check()
        (repair,) = self.urn.take_repairs()
        assert (repair.medium, repair.ledger_blocks + repair.slots) == (self.media[medium].name, 1)

    @rule(medium=media_numbers, bit=st.integers(0, (LEDGER_BLOCKS + SLOTS) * BLOCK_SIZE * 8 - 1))
    def flip_a_bit_while_off(self, medium: int, bit: int) -> None:
        self.media[medium].flip(PATH, bit)
        self.start_again(None)

    @rule(medium=media_numbers, serial=cards)
    def bring_an_old_medium(self, medium: int, serial: int) -> None:
        old = self.media[medium].files[PATH]
        self.put_card_in(serial, None)
        self.media[medium].files[PATH] = old
        self.start_again(None)

    @rule(medium=media_numbers)
    def bring_a_blank_medium(self, medium: int) -> None:
        self.media[medium].files.clear()
        self.start_again(None)

    @rule(medium=media_numbers, cut=moments, serial=cards)
    def lose_the_board(self, medium: int, cut: tuple[int, Cut] | None, serial: int) -> None:
        """The board dies, perhaps with a card in it; a spare goes on from one of its media."""
        vote = self.on_card.get(serial)
        if vote is not None and self.urn.count < SLOTS and cut is not None:
            self.power.fail_at(*cut)
            try:
                self.urn.take_in(serial, vote)
            except PowerCut:
                self.unsure[serial] = vote
            else:
                self.counted[serial] = vote
                self.unsure.pop(serial, None)
                del self.on_card[serial]
        self.power.restore()
        source = self.media[medium]
        self.media = [RecordingMedium(name, self.power) for name in ("spare", "new")]
        self.urn = Urn.move(
            source, self.media, KEY, SLOTS, DESKS, random_bytes=self.random_bytes, ballot_of=bytes
        )

    # What must always hold.

    @invariant()
    def counted_votes_are_in_exactly_once(self) -> None:
        votes = self.urn.cast_votes()
        assert len(votes) == len(set(votes)) == self.urn.count <= SLOTS
        assert set(self.counted.values()) <= set(votes)
        assert set(votes) <= set(self.counted.values()) | set(self.unsure.values())
        assert votes == sorted(votes, key=lambda vote: hashlib.sha256(vote).digest())

    @invariant()
    def no_vote_is_lost(self) -> None:
        votes = set(self.urn.cast_votes())
        assert all(vote in votes or serial in self.on_card for serial, vote in self.unsure.items())

    @invariant()
    def serials_are_spent_with_their_votes(self) -> None:
        votes = set(self.urn.cast_votes())
        known = {**self.on_card, **self.counted, **self.unsure}
        spent = {serial for serial in known if self.urn.is_spent(serial)}
        assert spent == {serial for serial, vote in known.items() if vote in votes}
        bits = int.from_bytes(self.urn.spent["desk-1"], "little")
        assert bits == sum(1 << (serial - FIRST_SERIAL) for serial in spent)

    @invariant()
    def media_are_alike_and_nothing_is_in_flight(self) -> None:
        own, removable = (medium.files[PATH] for medium in self.media)
        assert own == removable
        cipher = BlockCipher(KEY, self.random.randbytes)
        for at in range(LEDGER_BLOCKS):
            ledger = cipher.open_ledger(at, own[at * BLOCK_SIZE : (at + 1) * BLOCK_SIZE])
            assert ledger is not None
            assert ledger.flight is None
        assert self.urn.in_flight_at_start in InFlight


UrnMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestUrn = UrnMachine.TestCase

"""One set of rules for every card reader: the simulated one, and PC/SC through the real pcscd.

The second runs a pcscd of its own with vsmartcard's virtual reader, into which the very same
simulated cards are put. A part of it that is missing is a failure, never a skip.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from cardio.piv import ManagementAlgorithm, ObjectId, Piv
from common.clock import SystemClock
from hal.card_reader import CardGone, CardMute, CardReader, ReaderState
from hal.drivers.pcsc import PcscCardReader
from simulators.card_reader import SimBankCard, SimCard, SimCardReader, SimCardSlot, SimMuteCard
from simulators.piv_card import FACTORY_MANAGEMENT_KEY, CardState, SimPivCard
from simulators.vpcd import PrivatePcscd, VpcdSlot
from tests import samples

PATIENCE_S = 20.0
SELECT = bytes.fromhex("00A404000BA00000030800001000010000")


class Hand(Protocol):
    """What puts cards into the slot that the reader under test watches."""

    def insert(self, card: SimCard) -> None: ...

    def remove(self) -> None: ...

    def change(self, card: SimCard) -> None:
        """Change the card for another, so that the reader's system has seen both moves."""

    def pull_after(self, commands: int) -> None: ...

    def unplug(self) -> None:
        """Take the reader away."""

    def plug(self) -> None:
        """Bring it back."""


class SimHand:
    def __init__(self) -> None:
        self.slot = SimCardSlot()

    def insert(self, card: SimCard) -> None:
        self.slot.insert(card)

    def remove(self) -> None:
        self.slot.remove()

    def change(self, card: SimCard) -> None:
        self.slot.remove()
        self.slot.insert(card)

    def pull_after(self, commands: int) -> None:
        self.slot.pull_after(commands)

    def unplug(self) -> None:
        self.slot.unplug()

    def plug(self) -> None:
        self.slot.plug()


class PcscHand:
    """Unplugging is pcscd killed; a card stays in the reader meanwhile, as far as that goes."""

    def __init__(self, pcscd: PrivatePcscd) -> None:
        self.pcscd = pcscd
        self.slot = VpcdSlot(pcscd.port)
        self._card: SimCard | None = None
        self._observer = PcscCardReader("", SystemClock())
        self._observer.wait_for_change(0)

    def insert(self, card: SimCard) -> None:
        self._card = card
        self.slot.insert(card)

    def remove(self) -> None:
        self._card = None
        self.slot.remove()

    def change(self, card: SimCard) -> None:
        # pcscd polls its readers: each move must have been seen before the next.
        self._see(ReaderState.CARD)
        self.remove()
        self._see(ReaderState.NO_CARD)
        self.insert(card)
        self._see(ReaderState.CARD)

    def _see(self, state: ReaderState) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while self._observer.wait_for_change(PATIENCE_S) is not state:
            assert time.monotonic() < deadline_s, f"pcscd never saw: {state.value}"

    def pull_after(self, commands: int) -> None:
        self.slot.pull_after(commands)

    def unplug(self) -> None:
        self.pcscd.kill()
        self.slot.remove()

    def plug(self) -> None:
        self.pcscd.start()
        if self._card is not None:
            self.slot.insert(self._card)

    def close(self) -> None:
        self._observer.close()
        self.slot.remove()


@pytest.fixture(scope="module")
def pcsc_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One folder for this process: pcsc-lite reads the name of its socket only once."""
    folder = tmp_path_factory.mktemp("pcscd")
    os.environ["PCSCLITE_CSOCK_NAME"] = str(folder / "pcscd.comm")
    yield folder
    del os.environ["PCSCLITE_CSOCK_NAME"]


@pytest.fixture(params=["simulated", "pcsc"])
def station(request: pytest.FixtureRequest, pcsc_folder: Path) -> Iterator[tuple[CardReader, Hand]]:
    """Yield a reader that has not looked yet, and the hand at its slot."""
    if request.param == "simulated":
        hand = SimHand()
        reader: CardReader = SimCardReader(hand.slot, SystemClock())
        yield reader, hand
        reader.close()
        return
    with PrivatePcscd(pcsc_folder) as pcscd:
        pcsc_hand = PcscHand(pcscd)
        reader = PcscCardReader("Simulated", SystemClock())
        try:
            yield reader, pcsc_hand
        finally:
            reader.close()
            pcsc_hand.close()


def wait_for(reader: CardReader, *expected: ReaderState) -> None:
    """See exactly these states, one after the other."""
    for state in expected:
        assert reader.wait_for_change(PATIENCE_S) is state


def piv_card() -> SimPivCard:
    return SimPivCard(CardState.blank(), samples.seeded("contract"))


def test_the_first_look_returns_at_once(station: tuple[CardReader, Hand]) -> None:
    reader, _ = station
    before = time.monotonic()
    assert reader.wait_for_change(PATIENCE_S) is ReaderState.NO_CARD
    assert time.monotonic() - before < PATIENCE_S / 2


def test_nothing_happens_for_a_while(station: tuple[CardReader, Hand]) -> None:
    reader, _ = station
    reader.wait_for_change(0)
    before = time.monotonic()
    assert reader.wait_for_change(0.2) is ReaderState.NO_CARD
    assert 0.1 < time.monotonic() - before < PATIENCE_S / 2


def test_a_card_comes_and_goes(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    assert reader.wait_for_change(0) is ReaderState.CARD
    hand.remove()
    wait_for(reader, ReaderState.NO_CARD)


def test_a_card_is_there_at_the_first_look(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    hand.insert(piv_card())
    if reader.wait_for_change(0) is ReaderState.NO_CARD:  # pcscd has not polled yet
        wait_for(reader, ReaderState.CARD)
    assert reader.wait_for_change(0) is ReaderState.CARD


def test_a_card_changed_for_another_is_no_card_first(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    hand.change(piv_card())
    wait_for(reader, ReaderState.NO_CARD, ReaderState.CARD)


def test_a_dialogue(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    connection = reader.connect()
    assert connection.atr[0] == 0x3B
    assert connection.transmit(SELECT)[1] == 0x9000
    assert connection.transmit(bytes.fromhex("00CB3FFF055C035FC10200")) == (b"\x53\x00", 0x9000)
    assert connection.transmit(bytes.fromhex("00FD000000")) == (b"", 0x6D00)
    connection.close()


def test_objects_of_the_greatest_size_pass_both_ways(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    connection = reader.connect()
    piv = Piv(connection)
    piv.select()
    piv.authenticate_management(
        ManagementAlgorithm.AES_192, FACTORY_MANAGEMENT_KEY, samples.seeded("board")
    )
    content = samples.seeded("object")(1901)
    piv.write_object(ObjectId.RETIRED_CERTIFICATE_2, content)
    assert piv.read_object(ObjectId.RETIRED_CERTIFICATE_2) == content
    connection.close()


def test_closing_takes_the_power_and_what_was_shown(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    card = piv_card()
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(card)
    wait_for(reader, ReaderState.CARD)
    connection = reader.connect()
    connection.transmit(SELECT)
    assert connection.transmit(bytes.fromhex("0020008008313233343536FFFF"))[1] == 0x9000
    connection.close()
    connection.close()
    with pytest.raises(CardGone):
        connection.transmit(SELECT)
    again = reader.connect()
    assert again.transmit(SELECT)[1] == 0x9000
    assert again.transmit(bytes.fromhex("00200080"))[1] == 0x63C3
    again.close()
    assert reader.wait_for_change(0) is ReaderState.CARD


def test_a_card_pulled_in_a_dialogue(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    connection = reader.connect()
    hand.pull_after(1)
    assert connection.transmit(SELECT)[1] == 0x9000
    for _ in range(2):
        with pytest.raises(CardGone):
            connection.transmit(SELECT)
    connection.close()
    wait_for(reader, ReaderState.NO_CARD)
    with pytest.raises(CardGone):
        reader.connect()


def test_an_old_connection_does_not_reach_a_new_card(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    old = reader.connect()
    hand.change(piv_card())
    with pytest.raises(CardGone):
        old.transmit(SELECT)
    old.close()
    wait_for(reader, ReaderState.NO_CARD, ReaderState.CARD)
    new = reader.connect()
    assert new.transmit(SELECT)[1] == 0x9000
    new.close()


def test_no_card_to_connect_to(station: tuple[CardReader, Hand]) -> None:
    reader, _ = station
    wait_for(reader, ReaderState.NO_CARD)
    with pytest.raises(CardGone) as raised:
        reader.connect()
    assert not isinstance(raised.value, CardMute)


def test_a_card_put_in_backwards_is_a_card_that_says_nothing(
    station: tuple[CardReader, Hand],
) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(SimMuteCard())
    wait_for(reader, ReaderState.CARD)
    with pytest.raises(CardMute):
        reader.connect()
    hand.remove()
    wait_for(reader, ReaderState.NO_CARD)


def test_a_bank_card_answers_and_knows_nothing(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(SimBankCard())
    wait_for(reader, ReaderState.CARD)
    connection = reader.connect()
    assert connection.transmit(SELECT) == (b"", 0x6A82)
    connection.close()


def test_the_reader_goes_and_comes_back(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    connection = reader.connect()
    hand.unplug()
    with pytest.raises(CardGone):
        connection.transmit(SELECT)
    connection.close()
    wait_for(reader, ReaderState.NO_READER)
    with pytest.raises(CardGone):
        reader.connect()
    hand.plug()
    seen = reader.wait_for_change(PATIENCE_S)
    if seen is ReaderState.NO_CARD:  # pcscd has not polled yet
        seen = reader.wait_for_change(PATIENCE_S)
    assert seen is ReaderState.CARD
    again = reader.connect()
    assert again.transmit(SELECT)[1] == 0x9000
    again.close()


def in_a_thread(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_closing_ends_a_wait(station: tuple[CardReader, Hand]) -> None:
    reader, _ = station
    wait_for(reader, ReaderState.NO_CARD)
    seen: list[ReaderState] = []
    waiting = in_a_thread(lambda: seen.append(reader.wait_for_change(60)))
    reader.close()
    waiting.join(PATIENCE_S)
    assert seen == [ReaderState.NO_CARD]


def test_one_thread_waits_while_another_talks(station: tuple[CardReader, Hand]) -> None:
    reader, hand = station
    wait_for(reader, ReaderState.NO_CARD)
    hand.insert(piv_card())
    wait_for(reader, ReaderState.CARD)
    seen: list[ReaderState] = []
    waiting = in_a_thread(lambda: seen.append(reader.wait_for_change(PATIENCE_S)))
    connection = reader.connect()
    assert connection.transmit(SELECT)[1] == 0x9000
    connection.close()
    hand.remove()
    waiting.join(PATIENCE_S)
    assert seen == [ReaderState.NO_CARD]


# Only one of the two.


def test_a_reader_of_another_name_is_no_reader(pcsc_folder: Path) -> None:
    with PrivatePcscd(pcsc_folder):
        reader = PcscCardReader("Some other make", SystemClock())
        for _ in range(2):
            assert reader.wait_for_change(0.05) is ReaderState.NO_READER
        reader.close()


def test_without_pcscd_there_is_no_reader(pcsc_folder: Path) -> None:
    (pcsc_folder / "pcscd.comm").unlink(missing_ok=True)
    reader = PcscCardReader("", SystemClock())
    assert reader.wait_for_change(0.05) is ReaderState.NO_READER
    with pytest.raises(CardGone):
        reader.connect()
    reader.close()


def test_another_program_cannot_speak_in_between(pcsc_folder: Path) -> None:
    """The transaction holds: whoever else connects waits until we have closed."""
    with PrivatePcscd(pcsc_folder) as pcscd:
        hand = VpcdSlot(pcscd.port)
        reader, other = (PcscCardReader("", SystemClock()) for _ in range(2))
        for each in (reader, other):
            each.wait_for_change(0)
        hand.insert(piv_card())
        for each in (reader, other):
            wait_for(each, ReaderState.CARD)
        connection = reader.connect()
        connection.transmit(SELECT)
        said: list[int] = []

        def intrude() -> None:
            intruder = other.connect()
            said.append(intruder.transmit(bytes.fromhex("00200080"))[1])
            intruder.close()

        intruding = in_a_thread(intrude)
        assert connection.transmit(bytes.fromhex("0020008008313233343536FFFF"))[1] == 0x9000
        intruding.join(0.3)
        assert not said
        assert connection.transmit(bytes.fromhex("00200080"))[1] == 0x9000
        connection.close()
        intruding.join(PATIENCE_S)
        assert said == [0x6D00]  # after a reset: nothing is selected, no PIN is shown
        hand.remove()
        for each in (reader, other):
            each.close()


def test_the_hand_at_the_simulated_slot() -> None:
    slot = SimCardSlot()
    card = piv_card()
    assert slot.remove() is None
    assert slot.insert(card) == 1
    with pytest.raises(ValueError, match="there is a card"):
        slot.insert(piv_card())
    slot.latched = True
    assert slot.remove() is None
    session, _ = slot.power_on() or (0, b"")
    slot.pull_after(0)
    assert slot.transmit(session, SELECT) is not None  # the latch holds it
    slot.latched = False
    assert slot.transmit(session, SELECT) is None
    assert slot.pulled is card
    assert slot.card is None
    assert slot.insert(card) == 2
    assert slot.transmit(session, SELECT) is None


def test_a_card_that_loses_its_power_stays_in_the_slot() -> None:
    slot = SimCardSlot()
    card = piv_card()
    slot.insert(card)
    reader = SimCardReader(slot, SystemClock())
    assert reader.wait_for_change(0) is ReaderState.CARD
    connection = reader.connect()
    card.faults.power_lost_after = 0
    with pytest.raises(CardGone):
        connection.transmit(SELECT)
    assert reader.wait_for_change(0) is ReaderState.CARD
    again = reader.connect()
    assert again.transmit(SELECT)[1] == 0x9000

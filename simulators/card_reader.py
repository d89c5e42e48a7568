"""A card slot and a reader that are not there.

`SimCardSlot` is the slot as the world sees it: somebody inserts and removes cards, pulls one in the
middle of a command, unplugs the reader. `SimCardReader` is what a daemon sees of it, by the rules
of `hal.card_reader`. Between the two stands only the small `CardSlot` protocol, all of whose values
can cross a process border, so that the bench keeps the slot and lends it out.

Rules. A slot may be used from any thread. Whoever was connected before a card was taken out talks
to nobody afterwards, also when the same card is back. A slot never looks at what is said.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from common.clock import Clock, waits
from hal.card_reader import CardConnection, CardGone, CardMute, ReaderState
from simulators.piv_card import Faults, Moment, PowerLost

_SLICE_S = 0.2
"""A closed reader is noticed after so many real seconds at the latest."""


class SimCard(Protocol):
    """Whatever can be put into a slot."""

    faults: Faults

    def power_on(self) -> bytes | None:
        """Return the answer to reset, or None when the card gives none."""

    def power_off(self) -> None:
        """Forget everything that is not kept without power."""

    def transmit(self, command: bytes) -> bytes:
        """Answer a command. Raises: PowerLost."""


class SimMuteCard:
    """A card put in backwards, or dead: no answer to reset."""

    def __init__(self) -> None:
        self.faults = Faults()

    def power_on(self) -> bytes | None:
        """Return None."""
        return None

    def power_off(self) -> None:
        """Do nothing."""

    def transmit(self, command: bytes) -> bytes:
        """Give no answer. Raises: PowerLost."""
        raise PowerLost(f"a mute card was sent {len(command)} bytes")


class SimBankCard:
    """A card of another world: it answers to reset and knows none of our applications."""

    def __init__(self) -> None:
        self.faults = Faults()

    def power_on(self) -> bytes | None:
        """Return the answer to reset of a T=1 card without historical bytes."""
        return bytes.fromhex("3B 80 01 81")

    def power_off(self) -> None:
        """Do nothing."""

    def transmit(self, command: bytes) -> bytes:
        """Answer SELECT with "no such application", the rest with "no such instruction"."""
        return b"\x6a\x82" if command[1:2] == b"\xa4" else b"\x6d\x00"


@dataclass(frozen=True, slots=True)
class SlotView:
    """What can be seen of a slot.

    Attributes:
        reader: whether the reader is plugged in.
        insertion: number of the insertion that is in the slot, from 1; 0 when it is empty.
    """

    reader: bool
    insertion: int


class CardSlot(Protocol):
    """A slot as a reader needs it."""

    def view(self) -> SlotView:
        """Return what can be seen now."""

    def wait(self, seen: SlotView, real_s: float) -> SlotView:
        """Return what can be seen once it differs from `seen`, or after `real_s` real seconds."""

    def power_on(self) -> tuple[int, bytes] | None:
        """Power the card; return a number for this session and the answer to reset, or None."""

    def transmit(self, session: int, command: bytes) -> bytes | None:
        """Return the response with its status word, or None when the session is over."""

    def power_off(self, session: int) -> None:
        """End the session if it is not over."""


class SimCardSlot:
    """A slot, with the hand that puts cards in and pulls them out.

    Attributes:
        latched: a latched slot does not let its card go: `remove` returns None, and what
            `pull_after` asked for happens only at the first command after the latch is open.
        pulled: the card that `pull_after` took out; the hand holds it.
    """

    def __init__(self) -> None:
        self.latched = False
        self.pulled: SimCard | None = None
        self._changed = threading.Condition(threading.RLock())
        self._plugged = True
        self._card: SimCard | None = None
        self._insertions = 0
        self._session = 0
        self._live = False
        self._pull_left: int | None = None
        self._pull_moment = Moment.BEFORE

    # the hand

    def insert(self, card: SimCard) -> int:
        """Put a card in; return the number of this insertion.

        Raises:
            ValueError: there is one already.
        """
        with self._changed:
            if self._card is not None:
                raise ValueError("there is a card in the slot")
            self._card = card
            self._insertions += 1
            self._changed.notify_all()
            return self._insertions

    def remove(self) -> SimCard | None:
        """Take the card out and return it; None when there is none or the latch holds it."""
        with self._changed:
            card = self._card
            if card is None or self.latched:
                return None
            self._end_session()
            self._card = None
            self._pull_left = None
            self._changed.notify_all()
            return card

    @property
    def card(self) -> SimCard | None:
        """The card in the slot."""
        return self._card

    def pull_after(self, commands: int, moment: Moment = Moment.BEFORE) -> None:
        """Pull the card out after so many more commands; `moment` says where in the next one."""
        with self._changed:
            self._pull_left, self._pull_moment = commands, moment

    def unplug(self) -> None:
        """Take the reader away; a card stays in it, without power."""
        with self._changed:
            self._end_session()
            self._plugged = False
            self._changed.notify_all()

    def plug(self) -> None:
        """Bring the reader back; a card in it counts as newly inserted."""
        with self._changed:
            self._plugged = True
            self._insertions += self._card is not None
            self._changed.notify_all()

    # the reader

    def view(self) -> SlotView:
        """Return what can be seen now."""
        with self._changed:
            inserted = self._plugged and self._card is not None
            return SlotView(self._plugged, self._insertions if inserted else 0)

    def wait(self, seen: SlotView, real_s: float) -> SlotView:
        """Return what can be seen once it differs from `seen`, or after `real_s` real seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.view() != seen, real_s)
            return self.view()

    def power_on(self) -> tuple[int, bytes] | None:
        """Power the card; None when there is none or it gives no answer to reset."""
        with self._changed:
            self._end_session()
            if self._card is None or not self._plugged:
                return None
            answer = self._card.power_on()
            if answer is None:
                return None
            self._session += 1
            self._live = True
            return self._session, answer

    def transmit(self, session: int, command: bytes) -> bytes | None:
        """Return the card's answer, or None when this session is over or ends here."""
        with self._changed:
            card = self._card
            if card is None or not self._live or session != self._session:
                return None
            pulled = self._pull_left == 0 and not self.latched
            if pulled:
                card.faults.power_lost_after, card.faults.moment = 0, self._pull_moment
            elif self._pull_left:
                self._pull_left -= 1
            try:
                response = card.transmit(command)
            except PowerLost:
                response = None
                self._live = False
            if pulled:
                card.faults.power_lost_after = None
                self.pulled = self.remove()
                return None
            return response

    def power_off(self, session: int) -> None:
        """End the session if it is not over."""
        with self._changed:
            if session == self._session:
                self._end_session()

    def _end_session(self) -> None:
        if self._live and self._card is not None:
            self._card.power_off()
        self._live = False


class _SimConnection:
    """A connection over a slot."""

    def __init__(self, slot: CardSlot, session: int, atr: bytes) -> None:
        self._slot = slot
        self._session = session
        self._atr = atr

    @property
    def atr(self) -> bytes:
        return self._atr

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        response = self._slot.transmit(self._session, bytes(command))
        if response is None:
            raise CardGone("the card left in a command")
        return response[:-2], int.from_bytes(response[-2:], "big")

    def close(self) -> None:
        self._slot.power_off(self._session)


class SimCardReader:
    """A `hal.card_reader.CardReader` over a slot, wherever the slot is."""

    def __init__(self, slot: CardSlot, clock: Clock) -> None:
        self._slot = slot
        self._clock = clock
        self._seen: SlotView | None = None
        self._told: ReaderState | None = None
        self._closed = threading.Event()

    def wait_for_change(self, timeout_s: float) -> ReaderState:
        """Return the state once it differs from the one returned last, or after `timeout_s`."""
        if self._seen is None or self._told is None:
            return self._tell(self._slot.view())
        for real_s in waits(self._clock, timeout_s):
            view = self._slot.wait(self._seen, min(real_s, _SLICE_S))
            if view != self._seen:
                if self._told is ReaderState.CARD and view.insertion:
                    view = SlotView(view.reader, 0)  # changed for another: say so first
                told = self._told
                if self._tell(view) is not told:
                    break
            if self._closed.is_set():
                break
        return self._told

    def connect(self) -> CardConnection:
        """Power the card. Raises: CardMute, CardGone."""
        powered = self._slot.power_on()
        if powered is None:
            if self._slot.view().insertion:
                raise CardMute("the card gives no answer to reset")
            raise CardGone("there is no card")
        session, atr = powered
        return _SimConnection(self._slot, session, atr)

    def close(self) -> None:
        """Let go; a wait under way ends soon."""
        self._closed.set()

    def _tell(self, view: SlotView) -> ReaderState:
        self._seen = view
        if not view.reader:
            self._told = ReaderState.NO_READER
        else:
            self._told = ReaderState.CARD if view.insertion else ReaderState.NO_CARD
        return self._told

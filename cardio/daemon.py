"""The shell of cardiod: one reader, one board, one decision loop.

    reader thread ── ReaderChanged ──▶ ┐
    bus thread ──── BoardConnected ──▶ │ loop → CardAttendant → answers and notifications → bus
                    BoardAsked ──────▶ │
                    BoardLeft ───────▶ ┘

Rules. One board at a time: another one waits until the first has gone. Whoever connects is told at
once what is in the slot, from a fresh examination. When a board leaves, its secrets are overwritten
and the card loses its power. What is no message ends the connection; a request about a card is
answered whatever happens to the card.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from cardio.attendant import CardAttendant
from cardio.messages import (
    CardRemoved,
    Look,
    MessageError,
    Notification,
    ReaderMissing,
    decode_request,
    encode_answer,
    encode_notification,
)
from common.bus import BusClosed, Channel, Listener, Message
from common.records import StationPackage
from common.service import Inbox, PartThread, StopRequested
from hal.card_reader import CardReader, ReaderState

_WAIT_S = 0.5
"""How long the end of the daemon may have to wait for a thread: real seconds on the bus."""


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """The reader sees something else than before."""

    state: ReaderState


@dataclass(frozen=True, slots=True)
class BoardConnected:
    """The board's daemon is there."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class BoardAsked:
    """The board sent something, not yet looked at."""

    channel: Channel
    untrusted: Message


@dataclass(frozen=True, slots=True)
class BoardLeft:
    """The board's daemon closed its connection, or broke the rules of the bus."""

    channel: Channel


class ReaderThread(PartThread):
    """Owns the reader's status; posts `ReaderChanged` for every change."""

    def __init__(self, inbox: Inbox, reader: CardReader) -> None:
        super().__init__("card reader", inbox)
        self._reader = reader
        self._told: ReaderState | None = None

    def turn(self) -> None:
        """Wait for a change."""
        state = self._reader.wait_for_change(_WAIT_S)
        if state is not self._told:
            self._told = state
            self.inbox.post(ReaderChanged(state))

    def interrupt(self) -> None:
        """Let a wait under way end."""
        self._reader.close()


class BusThread(PartThread):
    """Owns the listener: takes one board at a time and posts what it says."""

    def __init__(self, inbox: Inbox, listener: Listener) -> None:
        super().__init__("bus", inbox)
        self._listener = listener
        self._channel: Channel | None = None

    def turn(self) -> None:
        """Wait for a board, or for its next message."""
        if self._channel is None:
            try:
                self._channel = self._listener.accept(_WAIT_S)
            except BusClosed:
                if not self.stopping:
                    raise
                return
            if self._channel is not None:
                self.inbox.post(BoardConnected(self._channel))
            return
        try:
            message = self._channel.receive(_WAIT_S)
        except BusClosed:
            channel, self._channel = self._channel, None
            channel.close()
            self.inbox.post(BoardLeft(channel))
        else:
            if message is not None:
                self.inbox.post(BoardAsked(self._channel, message))

    def interrupt(self) -> None:
        """Hang up, when the daemon ends, so that no wait holds it up."""
        if self.stopping:
            channel = self._channel
            self._listener.close()
            if channel is not None:
                channel.close()

    def closed(self) -> None:
        """Hang up."""
        if self._channel is not None:
            self._channel.close()


class CardDaemon:
    """Decides what happens when; every event is one `step`."""

    def __init__(
        self, attendant: CardAttendant, log: structlog.typing.FilteringBoundLogger
    ) -> None:
        self._attendant = attendant
        self._log = log
        self._channel: Channel | None = None
        self._told: Notification | None = None

    def step(self, event: object) -> None:
        """Decide one event."""
        match event:
            case ReaderChanged(state):
                self._tell(self._attendant.slot_changed(state))
            case BoardConnected(channel):
                self._channel = channel
                self._told = None
                self._tell(self._attendant.look())
            case BoardAsked(channel, untrusted) if channel is self._channel:
                self._asked(channel, untrusted)
            case BoardLeft(channel) if channel is self._channel:
                self._channel = None
                self._attendant.forget_secrets()
                self._attendant.let_go()
            case StopRequested():
                self._attendant.forget_secrets()
                self._attendant.let_go()
            case _:
                self._log.info("event of a board that has gone", what=type(event).__name__)

    def _asked(self, channel: Channel, untrusted: Message) -> None:
        try:
            request_id, request = decode_request(untrusted)
        except MessageError as error:
            self._log.error("board cut off: what it sent is no request", why=str(error))
            channel.close()
            return
        answer, seen = self._attendant.carry_out(request_id, request)
        if seen is not None and isinstance(request, Look):
            self._told = None
            self._tell(seen)
            seen = None
        self._send(encode_answer(answer))
        if seen is not None:
            self._tell(seen)

    def _tell(self, seen: Notification) -> None:
        """Tell the board what is in the slot, unless it is empty and was just said to be."""
        if seen == self._told and not _is_card(seen):
            return
        self._told = seen
        self._send(encode_notification(seen))

    def _send(self, message: tuple[object, ...]) -> None:
        if self._channel is None:
            return
        try:
            self._channel.send(message)
        except BusClosed:
            self._log.warning("board does not listen")  # BoardLeft comes from the bus thread


def _is_card(seen: Notification) -> bool:
    match seen:
        case ReaderMissing() | CardRemoved():
            return False
        case _:
            return True


def day_of(package: StationPackage) -> Callable[[], dt.datetime]:
    """Return the time by which a card's certificate must be valid: when the package's day begins.

    The package says which day it is; no card is refused because a board's clock stopped, and none
    taken because it was put back.
    """
    opens = dt.datetime.fromtimestamp(package.opens_s, dt.UTC)
    return lambda: opens

"""cardiod's shell: reader thread, bus thread and decision loop, with a real client at the bus."""

from __future__ import annotations

import datetime as dt
import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
import structlog

from cardio.client import CardClient
from cardio.daemon import BusThread, CardDaemon, ReaderThread, day_of
from cardio.messages import (
    Activate,
    Answer,
    CardRefused,
    CardRemoved,
    Done,
    EraseCard,
    Failed,
    Look,
    Notification,
    ReaderMissing,
    StoreVote,
    VoterCardSeen,
)
from common.bus import BusClosed, Channel, Listener, connect
from common.chain import CardKind
from common.clock import SystemClock
from common.errors import Reason
from common.service import Inbox, Loop
from simulators.card_reader import SimMuteCard
from tests import samples
from tests.card_samples import CONFIGURE, Stand, activation, made, vote

PATIENCE_S = 20.0


class Running:
    """A cardiod in threads of this process."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "cardiod.sock"
        self.stand = Stand.make("daemon", configured=False)
        self.inbox = Inbox()
        log = structlog.get_logger()
        self.daemon = CardDaemon(self.stand.attendant, log)
        self.listener = Listener(self.path, frozenset({os.getuid()}))
        self.threads = [
            ReaderThread(self.inbox, self.stand.reader),
            BusThread(self.inbox, self.listener),
        ]
        self.errors: list[BaseException] = []
        self._loop = threading.Thread(target=self._decide)

    def _decide(self) -> None:
        try:
            Loop(self.inbox, SystemClock()).run(self.daemon.step)
        except BaseException as error:  # noqa: BLE001 - shown by the fixture
            self.errors.append(error)

    def start(self) -> None:
        self._loop.start()
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.inbox.request_stop()
        self._loop.join(PATIENCE_S)
        for thread in self.threads:
            assert thread.stop(PATIENCE_S)
        self.listener.close()
        assert not self.errors

    def insert(self, kind: CardKind = CardKind.VOTER, number: int = 1) -> None:
        self.stand.slot.insert(self.stand.card(kind, number))


def read_to_the_end(channel: Channel) -> None:
    while True:
        channel.receive(PATIENCE_S)


class Board:
    """A client, and what it was told."""

    def __init__(self, path: Path) -> None:
        self.posted: queue.Queue[Notification | Answer] = queue.Queue()
        self.client = CardClient(path, self.posted.put)

    def next(self) -> Notification | Answer:
        return self.posted.get(timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        self.client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    running.start()
    yield running
    running.stop()


def seen_voter(told: Notification | Answer) -> VoterCardSeen:
    assert isinstance(told, VoterCardSeen)
    return told


def told_until(board: Board, kind: type[Notification | Answer]) -> Notification | Answer:
    """Return the next message of this kind, past what the slot said before."""
    while True:
        told = board.next()
        if isinstance(told, kind):
            return told


def test_a_whole_life_of_a_card(running: Running) -> None:
    key_hash = made(CardKind.VOTER, 1)[1].key_hash
    signed, ballot = activation(key_hash), vote(key_hash)
    with Board(running.path) as board:
        told_until(board, CardRemoved)
        configured = board.client.request(CONFIGURE)
        assert board.next() == Done(configured)
        running.insert()
        assert seen_voter(board.next()).blank
        for request in (
            Activate(signed),
            StoreVote(ballot.cast_vote, ballot.deposit),
            EraseCard(key_hash),
        ):
            number = board.client.request(request)
            assert board.next() == Done(number)
        number = board.client.request(Look())
        assert seen_voter(board.next()).blank
        assert board.next() == Done(number)
        running.stand.slot.remove()
        assert board.next() == CardRemoved()


def test_who_connects_is_told_what_is_in_the_slot(running: Running) -> None:
    running.insert()
    for _ in range(2):
        with Board(running.path) as board:
            assert seen_voter(told_until(board, VoterCardSeen)).blank


def test_the_reader_goes_and_comes_back(running: Running) -> None:
    with Board(running.path) as board:
        told_until(board, CardRemoved)
        running.stand.slot.unplug()
        assert board.next() == ReaderMissing()
        running.stand.slot.plug()
        assert board.next() == CardRemoved()


def test_a_card_pulled_out_in_a_write(running: Running) -> None:
    key_hash = made(CardKind.VOTER, 1)[1].key_hash
    with Board(running.path) as board:
        told_until(board, CardRemoved)
        board.client.request(CONFIGURE)
        told_until(board, Done)
        running.insert()
        assert seen_voter(board.next()).blank
        running.stand.slot.pull_after(3)
        number = board.client.request(Activate(activation(key_hash)))
        assert board.next() == Failed(number, Reason.CARD_MOVED)
        assert board.next() == CardRemoved()
        pulled = running.stand.slot.pulled
        assert pulled is not None
        running.stand.slot.insert(pulled)
        assert seen_voter(board.next()).activation is None


def test_a_refused_card_and_the_next(running: Running) -> None:
    with Board(running.path) as board:
        told_until(board, CardRemoved)
        running.stand.slot.insert(SimMuteCard())
        assert board.next() == CardRefused(Reason.CARD_MUTE)
        running.stand.slot.remove()
        running.insert()
        told = board.next()
        if told == CardRemoved():  # it may have been too short to be seen
            told = board.next()
        assert seen_voter(told).blank


def test_when_the_board_leaves_its_secrets_go(running: Running) -> None:
    running.insert()
    with Board(running.path) as board:
        told_until(board, VoterCardSeen)
        board.client.request(CONFIGURE)
        told_until(board, Done)
    with Board(running.path) as board:
        seen = seen_voter(told_until(board, VoterCardSeen))
        number = board.client.request(Activate(activation(seen.key_hash)))
        assert told_until(board, Failed) == Failed(number, Reason.CARD_SECRET_REFUSED)


def test_one_board_at_a_time(running: Running) -> None:
    with Board(running.path) as first:
        told_until(first, CardRemoved)
        with Board(running.path) as second:
            running.insert()
            assert seen_voter(first.next()).blank
            assert second.posted.empty()
            first.client.close()
            assert seen_voter(told_until(second, VoterCardSeen)).blank


def test_what_is_no_request_ends_the_connection(running: Running) -> None:
    with connect(running.path) as channel:
        channel.send((99, "what is this"))
        with pytest.raises(BusClosed):
            read_to_the_end(channel)
    with Board(running.path) as board:
        told_until(board, CardRemoved)


def test_cards_are_judged_by_the_day_of_the_package_whatever_clocks_say() -> None:
    day = day_of(samples.package())()
    assert (day.tzinfo, day.timestamp()) == (dt.UTC, samples.OPENS_S)

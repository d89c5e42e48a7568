"""The board's end of the line, against a cardiod that the test plays."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardio.client import CardClient
from cardio.messages import (
    Activate,
    Answer,
    CardRemoved,
    Configure,
    Done,
    Failed,
    Look,
    MessageError,
    Notification,
    ReaderMissing,
    Request,
    decode_request,
    encode_answer,
    encode_notification,
)
from common.bus import BusClosed, Channel, Listener
from common.errors import Reason

PATIENCE_S = 20.0
FIRST = Configure(b"1" * 32)
SECOND = Configure(b"2" * 32)


class Line:
    """A client, and the place where cardiod listens or does not."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "cardiod.sock"
        self.posted: queue.Queue[Notification | Answer] = queue.Queue()
        self.errors: queue.Queue[BaseException] = queue.Queue()
        self.client = CardClient(self.path, self.posted.put, self.errors.put)

    def next(self) -> Notification | Answer:
        return self.posted.get(timeout=PATIENCE_S)

    def listener(self) -> Listener:
        return Listener(self.path, frozenset({os.getuid()}))


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path)
    yield line
    line.client.close()
    assert line.errors.empty()


def accepted(listener: Listener) -> Channel:
    channel = listener.accept(PATIENCE_S)
    assert channel is not None
    return channel


def in_touch(line: Line, listener: Listener) -> Channel:
    """Accept the client, and see that it hears us: from here on its requests find us."""
    channel = accepted(listener)
    channel.send(encode_notification(CardRemoved()))
    assert line.next() == CardRemoved()
    return channel


def asked(channel: Channel) -> tuple[int, Request]:
    message = channel.receive(PATIENCE_S)
    assert message is not None
    return decode_request(message)


def test_without_cardiod_there_is_no_reader_and_no_request_is_done(line: Line) -> None:
    line.client.start()
    assert line.next() == ReaderMissing()
    number = line.client.request(Look())
    assert line.next() == Failed(number, Reason.CARD_SERVICE_LOST)
    assert line.posted.empty()


def test_what_cardiod_says_is_posted(line: Line) -> None:
    with line.listener() as listener:
        line.client.start()
        with in_touch(line, listener) as channel:
            first = line.client.request(Look())
            second = line.client.request(Activate(b"x"))
            assert (first, second) == (1, 2)
            assert asked(channel) == (first, Look())
            assert asked(channel) == (second, Activate(b"x"))
            channel.send(encode_answer(Failed(second, Reason.CARD_ABSENT)))
            channel.send(encode_answer(Done(first)))
            assert [line.next(), line.next()] == [
                Failed(second, Reason.CARD_ABSENT),
                Done(first),
            ]
            line.client.close()


def test_an_answer_that_nobody_waits_for_is_not_posted(line: Line) -> None:
    with line.listener() as listener:
        line.client.start()
        with in_touch(line, listener) as channel:
            channel.send(encode_answer(Done(55)))
            number = line.client.request(Look())
            channel.send(encode_answer(Done(number)))
            channel.send(encode_answer(Done(number)))
            channel.send(encode_notification(CardRemoved()))
            assert [line.next(), line.next()] == [Done(number), CardRemoved()]
            line.client.close()


def test_a_configure_waits_for_cardiod(line: Line) -> None:
    line.client.start()
    assert line.next() == ReaderMissing()
    number = line.client.request(FIRST)
    with line.listener() as listener, accepted(listener) as channel:
        assert asked(channel) == (number, FIRST)
        channel.send(encode_answer(Done(number)))
        assert line.next() == Done(number)
        line.client.close()


def test_of_two_configures_that_wait_the_newer_counts(line: Line) -> None:
    line.client.start()
    assert line.next() == ReaderMissing()
    older = line.client.request(FIRST)
    newer = line.client.request(SECOND)
    assert line.next() == Failed(older, Reason.CARD_SERVICE_LOST)
    with line.listener() as listener, accepted(listener) as channel:
        assert asked(channel) == (newer, SECOND)
        line.client.close()


def test_after_a_restart_everything_unanswered_fails_and_configure_is_repeated_silently(
    line: Line,
) -> None:
    with line.listener() as listener:
        line.client.start()
        with accepted(listener) as channel:
            configured = line.client.request(FIRST)
            asked(channel)
            channel.send(encode_answer(Done(configured)))
            assert line.next() == Done(configured)
            lost = [line.client.request(Look()), line.client.request(Activate(b"x"))]
            asked(channel)
        assert [line.next() for _ in range(3)] == [
            *(Failed(number, Reason.CARD_SERVICE_LOST) for number in lost),
            ReaderMissing(),
        ]
        with accepted(listener) as channel:
            repeated, request = asked(channel)
            assert request == FIRST
            assert repeated not in (configured, *lost)
            channel.send(encode_answer(Done(repeated)))
            channel.send(encode_notification(CardRemoved()))
            assert line.next() == CardRemoved()
            line.client.close()
    assert line.posted.empty()


def test_a_configure_that_was_not_answered_is_repeated_under_its_own_number(line: Line) -> None:
    with line.listener() as listener:
        line.client.start()
        with accepted(listener) as channel:
            number = line.client.request(FIRST)
            asked(channel)
        assert line.next() == ReaderMissing()
        with accepted(listener) as channel:
            assert asked(channel) == (number, FIRST)
            channel.send(encode_answer(Done(number)))
            assert line.next() == Done(number)
            line.client.close()


def test_closing_posts_nothing(line: Line) -> None:
    with line.listener() as listener:
        line.client.start()
        with in_touch(line, listener) as channel:
            line.client.request(Look())
            asked(channel)
            line.client.close()
            with pytest.raises(BusClosed):
                channel.receive(PATIENCE_S)
    assert line.posted.empty()


def test_a_client_that_was_never_started_can_be_closed(line: Line) -> None:
    line.client.close()


def test_what_is_no_message_ends_the_client(tmp_path: Path) -> None:
    line = Line(tmp_path)
    with line.listener() as listener, line.client, accepted(listener) as channel:
        channel.send((99, "what is this"))
        assert isinstance(line.errors.get(timeout=PATIENCE_S), MessageError)


def test_without_somebody_to_tell_an_error_goes_to_the_thread_hook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(tmp_path)
    told: queue.Queue[BaseException | None] = queue.Queue()
    monkeypatch.setattr(threading, "excepthook", lambda args: told.put(args.exc_value))
    client = CardClient(line.path, line.posted.put)
    with line.listener() as listener, client, accepted(listener) as channel:
        channel.send((99,))
        assert isinstance(told.get(timeout=PATIENCE_S), MessageError)


def test_many_threads_get_one_answer_each(line: Line) -> None:
    count = 40
    with line.listener() as listener:
        line.client.start()
        with in_touch(line, listener) as channel:
            numbers: list[int] = []
            threads = [
                threading.Thread(target=lambda: numbers.append(line.client.request(Look())))
                for _ in range(count)
            ]
            for thread in threads:
                thread.start()
            for _ in range(count // 2):
                number, _ = asked(channel)
                channel.send(encode_answer(Done(number)))
            answers = [line.next() for _ in range(count // 2)]
            for thread in threads:
                thread.join()
        answers += [line.next() for _ in range(count - count // 2)]
        assert line.next() == ReaderMissing()
    assert sorted(a.request_id for a in answers if isinstance(a, Done | Failed)) == sorted(numbers)

"""Lines to the bench: one for questions, one for following what happens to a part."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from common.bus import BusClosed, Message, connect
from hal.faults import PartFault
from simulators.protocol import Answer, Ask

_ANSWER_TIMEOUT_S: Final = 30.0


class BenchRefused(Exception):
    """The bench says that this makes no sense now."""


class Link:
    """A line for questions; any thread may ask, one at a time.

    A bench that is gone is a `PartFault`: whatever the part was, it is not there any more.
    """

    def __init__(self, bench: Path, part: str = "bench") -> None:
        """Connect. Raises: PartFault."""
        self._part = part
        self._lock = threading.Lock()
        try:
            self._channel = connect(bench)
        except BusClosed as error:
            raise PartFault(part, str(error)) from error

    def ask(self, ask: Ask, *fields: object, extra_s: float = 0.0) -> Message:
        """Ask, and return the fields of the answer.

        Raises:
            BenchRefused: it makes no sense now.
            PartFault: the part is broken, or the bench is gone.
        """
        with self._lock:
            try:
                self._channel.send((ask.value, *fields))
                answer = self._channel.receive(_ANSWER_TIMEOUT_S + extra_s)
            except BusClosed as error:
                raise PartFault(self._part, f"the bench is gone: {error}") from error
        return _fields(self._part, answer)

    def tell(self, ask: Ask, *fields: object) -> None:
        """Say something that has no answer. Raises: PartFault."""
        with self._lock:
            try:
                self._channel.send((ask.value, *fields))
            except BusClosed as error:
                raise PartFault(self._part, f"the bench is gone: {error}") from error

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


class Follower:
    """A line on which the bench tells what happens to one part of one board; for one thread."""

    def __init__(self, bench: Path, board: str, part: str) -> None:
        """Connect and follow. Raises: PartFault."""
        self._part = part
        try:
            self._channel = connect(bench)
            self._channel.send((Ask.FOLLOW.value, board, part))
            answer = self._channel.receive(_ANSWER_TIMEOUT_S)
        except BusClosed as error:
            raise PartFault(part, str(error)) from error
        _fields(part, answer)

    def next(self, wait_s: float) -> Message | None:
        """Return the fields of what happened next, or None after `wait_s` real seconds.

        Raises:
            PartFault: the part is broken, or the bench is gone.
        """
        try:
            message = self._channel.receive(wait_s)
        except BusClosed as error:
            raise PartFault(self._part, f"the bench is gone: {error}") from error
        return None if message is None else _fields(self._part, message)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


def _fields(part: str, answer: Message | None) -> Message:
    match answer:
        case (Answer.DONE | Answer.HAPPENED, *fields):
            return tuple(fields)
        case Answer.REFUSED, str(text):
            raise BenchRefused(text)
        case Answer.BROKEN, str(text):
            raise PartFault(part, text)
        case _:
            raise PartFault(part, "the bench does not answer")

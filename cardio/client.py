"""A board's end of the line to `cardiod`.

Rules. One thread of its own reads; `request` may be called from any thread and never waits for a
card. Whatever arrives is posted as the frozen dataclasses of `cardio.messages`. Every request
gets exactly one answer: when cardiod goes away with requests unanswered, each is posted as
`Failed`, then `ReaderMissing`; the client reconnects by itself and repeats the last `Configure`
before anything else. A `Configure` that finds no cardiod waits for one; every other request that
finds none fails.

It never answers for cardiod, and never asks anything twice but `Configure`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cardio.messages import (
    Answer,
    Configure,
    Done,
    Failed,
    Notification,
    ReaderMissing,
    Request,
    ShareRead,
    Signed,
    decode_from_cardiod,
    encode_request,
)
from common.bus import BusClosed, Channel, connect
from common.errors import Reason

RETRY_S = 0.1
"""Real seconds between two attempts to reach cardiod."""


class CardClient:
    """The line to one cardiod; use as a context manager or call `start` and `close`."""

    def __init__(
        self,
        socket_path: Path,
        post: Callable[[Notification | Answer], None],
        fail: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Prepare; nothing happens before `start`.

        Args:
            socket_path: where cardiod listens.
            post: takes what arrives, in the client's thread (an inbox's `post`).
            fail: is told of an error that ends the client's thread (an inbox's `fail`); without
                it the error goes to `threading.excepthook`.
        """
        self._path = socket_path
        self._post = post
        self._fail = fail
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="card client", daemon=True)
        # under the lock:
        self._channel: Channel | None = None
        self._last_id = 0
        self._unanswered: set[int] = set()
        self._unsent: list[int] = []
        self._configure: Configure | None = None
        self._configure_id: int | None = None  # not yet answered
        self._silent_id: int | None = None  # a repeated Configure: its answer is not posted

    def start(self) -> None:
        """Begin to connect, in the client's own thread."""
        self._thread.start()

    def request(self, message: Request) -> int:
        """Send a request; its answer is posted later under the number returned (from 1)."""
        with self._lock:
            self._last_id += 1
            request_id = self._last_id
            if isinstance(message, Configure):
                waiting = self._configure_id
                if waiting is not None and waiting not in self._unanswered:
                    self._unsent.append(waiting)  # never sent, and now there is a newer one
                self._configure, self._configure_id = message, request_id
            if self._channel is not None:
                self._unanswered.add(request_id)
                self._send(self._channel, request_id, message)
            elif not isinstance(message, Configure):
                self._unsent.append(request_id)
                self._wake.set()
            return request_id

    def close(self) -> None:
        """End the thread and the connection; nothing is posted afterwards."""
        with self._lock:
            self._closing = True
            channel = self._channel
        self._wake.set()
        if channel is not None:
            channel.close()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    @staticmethod
    def _send(channel: Channel, request_id: int, message: Request) -> None:
        try:
            channel.send(encode_request(request_id, message))
        except BusClosed:
            return  # the reading thread notices as well, and answers for what was lost

    # the client's thread

    def _run(self) -> None:
        try:
            told_missing = False
            while not self._closing:
                try:
                    channel = connect(self._path)
                except BusClosed:
                    if not told_missing:
                        self._post(ReaderMissing())
                        told_missing = True
                    self._fail_unsent()
                    self._wake.wait(RETRY_S)
                    self._wake.clear()
                    continue
                told_missing = False
                with channel:
                    if self._connected(channel):
                        self._listen(channel)
                if not self._closing:
                    self._lost()
                    told_missing = True
        except BaseException as error:
            if self._fail is None:
                raise
            self._fail(error)

    def _connected(self, channel: Channel) -> bool:
        """Take the new channel into use; say whether it is still wanted."""
        self._fail_unsent()
        with self._lock:
            if self._closing:
                return False
            self._channel = channel
            if self._configure is not None:
                if self._configure_id is None:
                    self._last_id += 1
                    self._silent_id = request_id = self._last_id
                else:
                    request_id = self._configure_id
                self._unanswered.add(request_id)
                self._send(channel, request_id, self._configure)
            return True

    def _listen(self, channel: Channel) -> None:
        while True:
            try:
                untrusted = channel.receive(None)
            except BusClosed:
                return
            if untrusted is None:
                continue
            message = decode_from_cardiod(untrusted)
            if isinstance(message, Done | Signed | ShareRead | Failed):
                if self._answered(message.request_id):
                    self._post(message)
            else:
                self._post(message)

    def _answered(self, request_id: int) -> bool:
        """Note an answer; say whether anybody waits for it."""
        with self._lock:
            if request_id not in self._unanswered:
                return False
            self._unanswered.remove(request_id)
            if request_id == self._configure_id:
                self._configure_id = None
            if request_id == self._silent_id:
                self._silent_id = None
                return False
            return True

    def _lost(self) -> None:
        """Answer for what cardiod will not answer any more."""
        with self._lock:
            self._channel = None
            lost = sorted(self._unanswered - {self._silent_id, self._configure_id})
            self._unanswered.clear()
            self._silent_id = None
        for request_id in lost:
            self._post(Failed(request_id, Reason.CARD_SERVICE_LOST))
        self._post(ReaderMissing())

    def _fail_unsent(self) -> None:
        with self._lock:
            unsent, self._unsent = self._unsent, []
        for request_id in unsent:
            self._post(Failed(request_id, Reason.CARD_SERVICE_LOST))

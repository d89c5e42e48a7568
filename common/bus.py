"""The bus: one strict CBOR message per datagram on SOCK_SEQPACKET Unix sockets.

Rules:
- a message is an array `[kind: int, field, …]` of ints, bytes, str, bool, None and arrays of these,
  at most `MAX_MESSAGE_BYTES` when encoded; it arrives as a tuple, whole or not at all;
- both ends are told who the other is by the kernel (SO_PEERCRED); a listener takes only the user
  ids it was given;
- a peer that breaks a rule, or does not take what is sent to it, is cut off: every failure is
  `BusClosed`, after which the channel is only good for `close`;
- time-outs here are *real* seconds, because they guard against a stuck peer, not against a voter.
It never reconnects, never queues and never says what a message means.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, NoReturn, Self, TypeAlias, TypeGuard

from common.cbor import CborError, decode, encode

MAX_MESSAGE_BYTES: Final = 64 * 1024
SEND_TIMEOUT_S: Final = 5.0

Message: TypeAlias = tuple[object, ...]

_MAX_ADDRESS_BYTES = 107  # sockaddr_un.sun_path, unix(7), without its closing zero
_FIRST_INHERITED = 3  # SD_LISTEN_FDS_START, sd_listen_fds(3)
_BACKLOG = 64
_CREDENTIALS = struct.Struct("=iII")  # struct ucred, unix(7)


class BusClosed(Exception):
    """The channel is closed: by this end, by the peer, or because the peer broke a rule."""

    TOLD: ClassVar = True


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end, as the kernel says."""

    pid: int
    uid: int
    gid: int


class Channel:
    """One connection. One thread may receive while another sends; `close` may come from any."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        self.peer = Peer(*_CREDENTIALS.unpack(credentials))
        self._socket = connected
        # `close` wakes who waits and takes both, so that no thread polls a descriptor used again.
        self._receiving = threading.Lock()
        self._sending = threading.Lock()

    def fileno(self) -> int:
        """Return the socket's descriptor, for `select`; -1 once closed."""
        return self._socket.fileno()

    def send(self, message: Sequence[object], timeout_s: float = SEND_TIMEOUT_S) -> None:
        """Send one message.

        Raises:
            BusClosed: the channel is closed, or the peer took nothing for `timeout_s` real seconds.
            ValueError: the message is not one, or is too long (a bug of the caller).
        """
        if not _is_message(message):
            raise ValueError("a message is an array that begins with its kind, without maps")
        datagram = encode(message)
        if len(datagram) > MAX_MESSAGE_BYTES:
            raise ValueError(f"message of {len(datagram)} bytes; {MAX_MESSAGE_BYTES} are allowed")
        with self._sending:
            self._send(datagram, time.monotonic() + timeout_s)

    def _send(self, datagram: bytes, deadline_s: float) -> None:
        while True:
            try:
                self._socket.send(datagram, socket.MSG_NOSIGNAL)
            except BlockingIOError:
                left_s = deadline_s - time.monotonic()
                if left_s <= 0:
                    self._cut("the peer does not take what is sent")
                _wait(self._socket, select.POLLOUT, left_s)
            except OSError as error:
                self._cut(f"the connection is gone: {error.strerror}")
            else:
                return

    def receive(self, timeout_s: float | None) -> Message | None:
        """Return the next message, or None when none came within `timeout_s` real seconds.

        A time-out of None waits for ever.

        Raises:
            BusClosed: the channel is closed, or what came is no message.
        """
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        with self._receiving:
            untrusted = self._receive(deadline_s)
            if untrusted is None:
                return None
            if not untrusted:
                self._cut("the peer closed the connection")
            try:
                item = decode(untrusted, max_size=MAX_MESSAGE_BYTES)
            except CborError as error:
                self._cut(f"the peer sent what is no message: {error}")
            if not _is_message(item):
                self._cut("the peer sent what is no message: no array that begins with a kind")
            return item

    def _receive(self, deadline_s: float | None) -> bytes | None:
        while True:
            try:
                return self._socket.recv(MAX_MESSAGE_BYTES + 1)
            except BlockingIOError:
                left_s = None if deadline_s is None else deadline_s - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return None
                _wait(self._socket, select.POLLIN, left_s)
            except OSError as error:
                self._cut(f"the connection is gone: {error.strerror}")

    def _cut(self, why: str) -> NoReturn:
        self._hang_up()
        raise BusClosed(why)

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):  # the peer may have gone first, or it is the second time
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close; a thread that waits in `receive` gets `BusClosed`. May be called again."""
        self._hang_up()
        with self._receiving, self._sending:
            self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Listener:
    """A socket on which others connect."""

    def __init__(self, path: Path | socket.socket, allowed_uids: frozenset[int]) -> None:
        """Bind `path`, readable and writable for owner and group; or take a socket that listens.

        A socket left at `path` by a process that has died is replaced.

        Raises:
            OSError: somebody listens there already, or the folder cannot be written.
        """
        self._path = None if isinstance(path, socket.socket) else path
        self._socket = path if isinstance(path, socket.socket) else _bound(path)
        self._socket.setblocking(False)
        self._accepting = threading.Lock()  # `close` waits for it, so no descriptor is used again
        self._closing = False
        self._allowed_uids = allowed_uids

    @classmethod
    def inherited(
        cls, environ: Mapping[str, str], pid: int, allowed_uids: frozenset[int]
    ) -> Listener | None:
        """Take the one listener that systemd hands over, or None when it hands over none.

        Args:
            environ: the environment, with LISTEN_FDS and LISTEN_PID.
            pid: this process.
            allowed_uids: as for the constructor.

        Raises:
            ValueError: there is more than one, or it is of another kind of socket.

        Source: sd_listen_fds(3).
        """
        if environ.get("LISTEN_PID") != str(pid):
            return None
        count = environ.get("LISTEN_FDS", "0")
        if count == "0":
            return None
        if count != "1":
            raise ValueError(f"systemd handed over {count} sockets; the unit must have exactly one")
        listening = socket.socket(fileno=os.dup(_FIRST_INHERITED))
        os.close(_FIRST_INHERITED)
        if (listening.family, listening.type) != (socket.AF_UNIX, socket.SOCK_SEQPACKET):
            listening.close()
            raise ValueError("systemd handed over no SOCK_SEQPACKET: use ListenSequentialPacket=")
        return cls(listening, allowed_uids)

    def fileno(self) -> int:
        """Return the socket's descriptor, for `select`; -1 once closed."""
        return self._socket.fileno()

    def accept(self, timeout_s: float | None) -> Channel | None:
        """Return the next connection of an allowed user, or None after `timeout_s` real seconds.

        A peer that is not allowed is closed without a word, and the wait goes on.

        Raises:
            BusClosed: the listener is closed.
        """
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        with self._accepting:
            while not self._closing:
                try:
                    connected, _ = self._socket.accept()
                except BlockingIOError:
                    left_s = None if deadline_s is None else deadline_s - time.monotonic()
                    if left_s is not None and left_s <= 0:
                        return None
                    _wait(self._socket, select.POLLIN, left_s)
                except ConnectionAbortedError:
                    continue
                except OSError as error:
                    raise BusClosed(f"the listener is closed: {error.strerror}") from error
                else:
                    channel = Channel(connected)
                    if channel.peer.uid in self._allowed_uids:
                        return channel
                    channel.close()
        raise BusClosed("the listener is closed")

    def close(self) -> None:
        """Close, and remove the path that was bound here. May be called again."""
        self._closing = True
        with contextlib.suppress(OSError):  # wakes a thread in `accept`; may be closed already
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._accepting:
            self._socket.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(path: Path, allowed_uids: frozenset[int] | None = None) -> Channel:
    """Connect to the listener at `path`; with `allowed_uids`, only if one of these listens.

    Raises:
        BusClosed: nobody listens there, or somebody who is not allowed.
    """
    connecting = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with _address(path) as address:
            connecting.connect(address)
        channel = Channel(connecting)
    except OSError as error:
        connecting.close()
        raise BusClosed(f"nobody listens at {path}: {error.strerror}") from error
    if allowed_uids is not None and channel.peer.uid not in allowed_uids:
        channel.close()
        raise BusClosed(f"the listener at {path} runs as user {channel.peer.uid}, not allowed here")
    return channel


def channel_pair() -> tuple[Channel, Channel]:
    """Return two connected channels, for tests and for threads of one process."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return Channel(left), Channel(right)


def _wait(waiting: socket.socket, event: int, wait_s: float | None) -> None:
    poll = select.poll()
    poll.register(waiting, event)
    poll.poll(None if wait_s is None else wait_s * 1000)


def _is_message(item: object) -> TypeGuard[Message]:
    return (
        isinstance(item, (list, tuple))
        and len(item) > 0
        and type(item[0]) is int
        and not _holds_map(item)
    )


def _holds_map(item: object) -> bool:
    if isinstance(item, dict):
        return True
    return isinstance(item, (list, tuple)) and any(_holds_map(part) for part in item)


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """Give a path to a Unix socket's address, however long the path is (unix(7), proc(5))."""
    if len(os.fsencode(path)) <= _MAX_ADDRESS_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _bound(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with _address(path) as address:
            _remove_stale(path, address)
            listening.bind(address)
        path.chmod(0o660)
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _remove_stale(path: Path, address: str) -> None:
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            probe.connect(address)
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(errno.EADDRINUSE, "somebody listens there already", str(path))

"""The bus: whole messages of allowed peers, and everything else cut off."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.bus import MAX_MESSAGE_BYTES, BusClosed, Channel, Listener, channel_pair, connect

ME = frozenset({os.getuid()})
NOBODY = frozenset({os.getuid() + 1})


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    left, right = channel_pair()
    with left, right:
        yield left, right


def raw_peer() -> tuple[socket.socket, Channel]:
    raw, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return raw, Channel(other)


def test_a_message_arrives_whole_as_a_tuple(pair: tuple[Channel, Channel]) -> None:
    left, right = pair
    left.send([7, b"x", "Қ", -1, None, True, [1, [2]]])
    left.send((8,))
    assert right.receive(1.0) == (7, b"x", "Қ", -1, None, True, (1, (2,)))
    assert right.receive(1.0) == (8,)


def test_nothing_there_is_none(pair: tuple[Channel, Channel]) -> None:
    assert pair[0].receive(0.0) is None
    assert pair[0].receive(0.01) is None


def test_both_ends_know_the_other(pair: tuple[Channel, Channel]) -> None:
    assert pair[0].peer.uid == os.getuid()
    assert pair[0].peer.pid == os.getpid()
    assert pair[0].fileno() >= 0


@pytest.mark.parametrize("message", [[], ["x"], [True], [1, {1: 2}], [1, [{}]], {0: 1}])
def test_what_is_no_message_is_not_sent(
    pair: tuple[Channel, Channel], message: list[object]
) -> None:
    with pytest.raises(ValueError, match="begins with its kind"):
        pair[0].send(message)
    assert pair[1].receive(0.0) is None


def test_a_message_of_the_greatest_size_passes_and_a_longer_one_does_not(
    pair: tuple[Channel, Channel],
) -> None:
    payload = bytes(MAX_MESSAGE_BYTES - 5)  # array head, kind, head of the byte string: 5 bytes
    pair[0].send([1, payload])
    assert pair[1].receive(1.0) == (1, payload)
    with pytest.raises(ValueError, match="are allowed"):
        pair[0].send([1, payload + b"x"])


@pytest.mark.parametrize(
    "untrusted",
    [
        b"\x81",  # cut short
        b"\x80",  # empty array
        b"\x81\xf5",  # begins with true
        b"\x01",  # no array
        b"\x81\x18\x01",  # not the shortest form
        b"\x81\x01\x00",  # a byte too many
        b"\x82\x01\xa0",  # holds a map
        b"\x82\x01\xc0\x00",  # holds a tag
        b"\x59\xff\xff" + bytes(0x10000),  # too long
    ],
)
def test_a_peer_that_sends_no_message_is_cut_off(untrusted: bytes) -> None:
    raw, channel = raw_peer()
    with raw, channel:
        raw.send(untrusted)
        with pytest.raises(BusClosed, match="no message"):
            channel.receive(1.0)
        assert raw.recv(1) == b""
        with pytest.raises(BusClosed):
            channel.receive(1.0)
        with pytest.raises(BusClosed):
            channel.send([1])


def test_the_end_of_the_peer_is_seen_after_its_last_message(pair: tuple[Channel, Channel]) -> None:
    pair[0].send([1])
    pair[0].close()
    assert pair[1].receive(1.0) == (1,)
    with pytest.raises(BusClosed, match="the peer closed"):
        pair[1].receive(1.0)
    with pytest.raises(BusClosed, match="the connection is gone"):
        pair[1].send([1])


def test_a_peer_that_went_without_reading_is_seen(pair: tuple[Channel, Channel]) -> None:
    pair[0].send([1])
    pair[1].close()
    with pytest.raises(BusClosed):
        pair[0].receive(1.0)


def test_a_peer_that_takes_nothing_is_cut_off(pair: tuple[Channel, Channel]) -> None:
    def fill() -> None:
        for _ in range(100):
            pair[0].send([1, bytes(60_000)], timeout_s=0.01)

    with pytest.raises(BusClosed, match="does not take"):
        fill()


def test_closing_wakes_a_waiting_thread(pair: tuple[Channel, Channel]) -> None:
    left, _ = pair
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            left.receive(None)
        except BusClosed as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not left._receiving.locked():
        pass
    left.close()
    waiting.join(10)
    assert len(outcome) == 1
    left.close()
    assert left.fileno() == -1


def test_closing_wakes_a_sending_thread(pair: tuple[Channel, Channel]) -> None:
    left, _ = pair
    outcome: list[BaseException] = []

    def fill() -> None:
        try:
            while True:
                left.send([1, bytes(60_000)], timeout_s=30)
        except BusClosed as error:
            outcome.append(error)

    sending = threading.Thread(target=fill)
    sending.start()
    while not left._sending.locked():
        pass
    left.close()
    sending.join(10)
    assert len(outcome) == 1


def test_a_listener_takes_allowed_users(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    with Listener(path, ME) as listener:
        assert listener.accept(0.0) is None
        assert listener.fileno() >= 0
        assert path.stat().st_mode & 0o777 == 0o660
        with connect(path, ME) as client:
            accepted = listener.accept(1.0)
            assert accepted is not None
            with accepted:
                client.send([1])
                assert accepted.receive(1.0) == (1,)
    assert not path.exists()


def test_a_listener_does_not_take_others(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    with Listener(path, NOBODY) as listener, connect(path) as client:
        assert listener.accept(0.05) is None
        with pytest.raises(BusClosed):
            client.receive(1.0)


def test_a_client_does_not_take_a_listener_of_others(tmp_path: Path) -> None:
    with Listener(tmp_path / "bus", ME), pytest.raises(BusClosed, match="not allowed"):
        connect(tmp_path / "bus", NOBODY)


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(BusClosed, match="nobody listens"):
        connect(tmp_path / "bus")


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    dead.bind(str(path))
    dead.close()
    with Listener(path, ME):
        with pytest.raises(OSError, match="somebody listens there already"):
            Listener(path, ME)
        connect(path).close()


def test_a_path_too_long_for_an_address_works(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100) / ("y" * 100)
    folder.mkdir(parents=True)
    with Listener(folder / "bus", ME) as listener, connect(folder / "bus") as client:
        accepted = listener.accept(1.0)
        assert accepted is not None
        with accepted:
            accepted.send([3])
            assert client.receive(1.0) == (3,)
    assert not (folder / "bus").exists()


def test_closing_a_listener_wakes_a_waiting_thread(tmp_path: Path) -> None:
    listener = Listener(tmp_path / "bus", ME)
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            listener.accept(None)
        except BusClosed as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not listener._accepting.locked():
        pass
    listener.close()
    waiting.join(10)
    assert len(outcome) == 1
    with pytest.raises(BusClosed):
        listener.accept(0.0)


INHERITING = """
import os, sys
from common.bus import Listener
environ = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS=sys.argv[1])
listener = Listener.inherited(environ, os.getpid(), frozenset({os.getuid()}))
with listener, listener.accept(5.0) as channel:
    channel.send([1, channel.receive(5.0)])
"""


def inheriting(given: socket.socket, count: str = "1") -> subprocess.Popen[bytes]:
    code = f"import os; os.dup2({given.fileno()}, 3)\n{INHERITING}"
    return subprocess.Popen(
        [sys.executable, "-c", code, count],
        pass_fds=[given.fileno()],
        stderr=subprocess.PIPE,
    )


def test_a_listener_of_systemd_is_inherited(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(path))
        listening.listen()
        with inheriting(listening) as process, connect(path) as client:
            client.send([5])
            assert client.receive(10.0) == (1, (5,))
            assert process.communicate()[1] == b""
        assert process.returncode == 0
    assert path.exists()  # it is systemd's, not ours


def test_another_kind_of_socket_is_refused() -> None:
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening,
        inheriting(listening) as process,
    ):
        assert b"use ListenSequentialPacket=" in process.communicate()[1]


def test_more_than_one_socket_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Listener.inherited({"LISTEN_PID": "5", "LISTEN_FDS": "2"}, 5, ME)


@pytest.mark.parametrize(
    "environ", [{}, {"LISTEN_PID": "4", "LISTEN_FDS": "1"}, {"LISTEN_PID": "5"}]
)
def test_nothing_is_inherited_unless_it_is_for_us(environ: dict[str, str]) -> None:
    assert Listener.inherited(environ, 5, ME) is None

"""The daemon's frame: inbox, loop, owner threads, and the process around them."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from common import service
from common.clock import SystemClock
from common.config import ConfigError
from common.errors import Reason, Refused, Thing, text
from common.service import (
    EXIT_CONFIG,
    EXIT_FAILED,
    EXIT_STOPPED,
    Inbox,
    InboxStuck,
    Loop,
    Notifier,
    PartThread,
    ReadThread,
    Service,
    Step,
    StopRequested,
    TimeReached,
    run_service,
    watchdog_s,
)


class PartBroken(Exception):
    TOLD: ClassVar = True


# The inbox.


def test_events_keep_their_order() -> None:
    inbox = Inbox()
    for number in range(3):
        inbox.post(number)
    assert [inbox.take(0) for _ in range(4)] == [0, 1, 2, None]


def test_a_stop_goes_before_events_and_a_failure_before_a_stop() -> None:
    inbox = Inbox()
    inbox.post("event")
    inbox.request_stop()
    assert inbox.take(0) == StopRequested()
    inbox.fail(PartBroken("first"))
    inbox.fail(PartBroken("second"))
    with pytest.raises(PartBroken, match="first"):
        inbox.take(0)


def test_a_full_inbox_makes_the_thread_wait() -> None:
    inbox = Inbox(limit=1)
    inbox.post(1)
    second = threading.Thread(target=inbox.post, args=(2,))
    second.start()
    assert inbox.take(5) == 1
    assert inbox.take(5) == 2
    second.join(5)


def test_a_full_inbox_that_nobody_empties_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "POST_TIMEOUT_S", 0.01)
    inbox = Inbox(limit=1)
    inbox.post(1)
    with pytest.raises(InboxStuck, match="1 events"):
        inbox.post(2)


def test_after_the_end_a_full_inbox_holds_nobody_up() -> None:
    inbox = Inbox(limit=1)
    inbox.post(1)
    inbox.request_stop()
    inbox.post(2)
    assert inbox.take(0) == StopRequested()


# The loop.


class SteppedClock:
    """A clock that moves by every wait that it grants."""

    def __init__(self) -> None:
        self.s = 0.0
        self.granted: list[float] = []

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def monotonic_s(self) -> float:
        return self.s

    def wait_s(self, timeout_s: float) -> float:
        self.granted.append(timeout_s)
        self.s += timeout_s
        return 0.0


def test_events_are_decided_one_by_one_until_the_stop() -> None:
    inbox, decided = Inbox(), list[object]()
    loop = Loop(inbox, SystemClock())

    def step(event: object) -> None:
        decided.append(event)
        if event == 2:
            inbox.request_stop()

    for number in (1, 2, 3):
        inbox.post(number)
    loop.run(step)
    assert decided == [1, 2, StopRequested()]


def test_a_long_computation_is_given_up_for_a_stop() -> None:
    inbox, decided = Inbox(), list[object]()
    loop = Loop(inbox, SystemClock())

    def step(event: object) -> None:
        decided.append(event)
        if event == "work":
            for number in range(1000):
                loop.at_work()
                decided.append(number)
                if number == 2:
                    inbox.request_stop()

    inbox.post("work")
    inbox.post("never decided")
    loop.run(step)
    assert decided == ["work", 0, 1, 2, StopRequested()]


def test_a_deadline_comes_once_and_the_latest_call_counts() -> None:
    inbox, decided = Inbox(), list[object]()
    clock = SteppedClock()
    loop = Loop(inbox, clock)
    loop.wake_at(99.0)
    loop.wake_at(5.0)

    def step(event: object) -> None:
        decided.append(event)
        inbox.request_stop()

    loop.run(step)
    assert decided == [TimeReached(5.0), StopRequested()]
    assert clock.granted == [5.0]


def test_a_deadline_can_be_withdrawn() -> None:
    inbox, decided = Inbox(), list[object]()
    loop = Loop(inbox, SteppedClock())
    loop.wake_at(0.0)
    loop.wake_at(None)
    inbox.request_stop()
    loop.run(decided.append)
    assert decided == [StopRequested()]


def test_a_deadline_goes_before_waiting_events() -> None:
    inbox, decided = Inbox(), list[object]()
    loop = Loop(inbox, SteppedClock())
    inbox.post("event")
    loop.wake_at(0.0)

    def step(event: object) -> None:
        decided.append(event)
        if len(decided) == 2:
            inbox.request_stop()

    loop.run(step)
    assert decided == [TimeReached(0.0), "event", StopRequested()]


def test_the_loop_beats_while_nothing_happens() -> None:
    inbox, beats = Inbox(), list[int]()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 3:
            inbox.request_stop()

    Loop(inbox, SystemClock(), beat, beat_s=0.001).run(lambda _: None)
    assert len(beats) == 3


def test_a_loop_that_decides_for_ever_does_not_beat() -> None:
    inbox, beats = Inbox(), list[int]()
    loop = Loop(inbox, SystemClock(), lambda: beats.append(1), beat_s=0.001)

    def step(event: object) -> None:
        if event == 1:
            time.sleep(0.02)
            assert len(beats) == 1
            inbox.request_stop()

    inbox.post(1)
    loop.run(step)


def test_an_error_of_the_step_ends_the_loop() -> None:
    inbox = Inbox()
    inbox.post(1)

    def step(event: object) -> None:
        raise PartBroken(event)

    with pytest.raises(PartBroken, match="1"):
        Loop(inbox, SystemClock()).run(step)


# Owner threads.


class LampThread(PartThread):
    def __init__(self, inbox: Inbox) -> None:
        super().__init__("lamp", inbox)
        self.seen: list[object] = []

    def opened(self) -> None:
        self.seen.append("opened")

    def perform(self, command: object) -> None:
        if command == "break":
            raise PartBroken("lamp")
        self.seen.append(command)
        self.inbox.post(command)

    def closed(self) -> None:
        self.seen.append("closed")


def test_a_thread_performs_its_commands_in_order() -> None:
    inbox = Inbox()
    lamp = LampThread(inbox)
    lamp.start()
    lamp.command("on")
    lamp.command("off")
    assert (inbox.take(5), inbox.take(5)) == ("on", "off")
    assert lamp.stop()
    assert lamp.stopping
    assert lamp.seen == ["opened", "on", "off", "closed"]


def test_an_error_in_a_thread_reaches_the_loop() -> None:
    inbox = Inbox()
    lamp = LampThread(inbox)
    lamp.start()
    lamp.command("break")
    with pytest.raises(PartBroken, match="lamp"):
        inbox.take(5)
    assert lamp.stop()
    assert lamp.seen == ["opened", "closed"]


def test_a_thread_that_takes_no_commands_says_so() -> None:
    inbox = Inbox()
    plain = PartThread("plain", inbox)
    plain.start()
    plain.command("jump")
    with pytest.raises(NotImplementedError, match="plain takes no str"):
        inbox.take(5)
    assert plain.stop()


def test_a_thread_that_never_started_stops() -> None:
    assert PartThread("idle", Inbox()).stop()


class KeysThread(PartThread):
    """Waits for keys for a long time, unless interrupted."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__("keys", inbox)
        self.woken = threading.Event()

    def turn(self) -> None:
        self.woken.wait(60)
        self.woken.clear()

    def interrupt(self) -> None:
        self.woken.set()

    def perform(self, command: object) -> None:
        self.inbox.post(command)


def test_a_command_and_the_end_cut_a_wait_short() -> None:
    inbox = Inbox()
    keys = KeysThread(inbox)
    keys.start()
    keys.command("latch")
    assert inbox.take(5) == "latch"
    assert keys.stop()


def test_a_thread_that_does_not_end_is_told_from_one_that_does() -> None:
    release = threading.Event()
    stuck = ReadThread("stuck", Inbox(), lambda _: release.wait(30))
    stuck.start()
    assert not stuck.stop(timeout_s=0.01)
    release.set()
    assert stuck.stop()


def test_a_reading_thread_posts_what_it_reads() -> None:
    inbox, reads = Inbox(), queue.SimpleQueue[object]()
    for event in ("down", None, "up"):
        reads.put(event)

    def read(timeout_s: float) -> object | None:
        assert timeout_s == 0.01
        try:
            return reads.get(timeout=timeout_s)
        except queue.Empty:
            return None

    touch = ReadThread("touch", inbox, read, timeout_s=0.01)
    touch.start()
    assert (inbox.take(5), inbox.take(5)) == ("down", "up")
    assert touch.stop()


# Telling systemd.


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(tmp_path / "notify"))
        peer.settimeout(10)
        yield peer


def test_systemd_is_told(systemd: socket.socket) -> None:
    notifier = Notifier(systemd.getsockname())
    notifier.tell("READY=1", "STATUS=open")
    assert systemd.recv(100) == b"READY=1\nSTATUS=open"
    notifier.close()


def test_systemd_may_listen_in_the_abstract_namespace() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind("")  # the kernel draws a name
        name = peer.getsockname()
        notifier = Notifier("@" + name[1:].decode())
        notifier.tell("READY=1")
        assert peer.recv(100) == b"READY=1"
        notifier.close()


def test_a_notify_socket_that_nobody_empties_holds_nobody_up(systemd: socket.socket) -> None:
    notifier = Notifier(systemd.getsockname())
    for _ in range(10_000):
        notifier.tell("WATCHDOG=1")
    notifier.close()


def test_without_systemd_nothing_is_told() -> None:
    notifier = Notifier(None)
    notifier.tell("READY=1")
    notifier.close()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "3000000"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, None),
    ],
)
def test_the_watchdog_time_of_this_process(environ: dict[str, str], expected: float | None) -> None:
    assert watchdog_s(environ, 7) == expected


@pytest.mark.parametrize("usec", ["0", "-5", "soon"])
def test_a_watchdog_time_that_is_none(usec: str) -> None:
    with pytest.raises(ValueError, match=usec):
        watchdog_s({"WATCHDOG_USEC": usec}, 7)


# The whole frame, in this process.


@dataclass(frozen=True, slots=True)
class LampConfig:
    name: str


@dataclass
class Kept:
    name: str
    closed: list[str]
    breaks: bool = False

    def close(self) -> None:
        self.closed.append(self.name)
        if self.breaks:
            raise PartBroken(self.name)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "lamp.toml"
    file.write_text('name = "lamp-1"')
    return file


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def run(argv: Sequence[str], start: object, environ: dict[str, str] | None = None) -> int:
    return run_service(
        "lampd",
        argv,
        LampConfig,
        lambda _: SystemClock(),
        start,  # type: ignore[arg-type]  # tests also pass what cannot be started
        environ=environ or {},
    )


def test_a_daemon_from_start_to_stop(
    config: Path, systemd: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    closed: list[str] = []
    decided: list[object] = []

    def start(frame: Service[LampConfig]) -> Step:
        assert frame.config == LampConfig("lamp-1")
        frame.keep(Kept("bus", closed, breaks=True))
        screen = frame.keep(Kept("screen", closed))
        assert screen.name == "screen"
        lamp = LampThread(frame.inbox)
        frame.own(lamp)
        lamp.command("on")

        def step(event: object) -> None:
            decided.append(event)
            if event == "on":
                assert systemd.recv(100) == b"READY=1"
                os.kill(os.getpid(), signal.SIGTERM)

        return step

    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    code = run(["--config", str(config)], start, {"NOTIFY_SOCKET": systemd.getsockname()})
    assert code == EXIT_STOPPED
    assert handlers == [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    assert decided == ["on", StopRequested()]
    assert systemd.recv(100) == b"STOPPING=1"
    assert closed == ["screen", "bus"]
    logged = lines(capsys.readouterr().err)
    assert [line["event"] for line in logged] == ["ready", "part does not close", "stopped"]
    assert all(line["daemon"] == "lampd" for line in logged)
    assert "PartBroken: bus" in str(logged[1]["exception"])


def test_a_stop_ends_a_start_that_computes(
    config: Path, systemd: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(frame: Service[LampConfig]) -> Step:
        os.kill(os.getpid(), signal.SIGTERM)
        while True:
            frame.loop.at_work()

    environ = {"NOTIFY_SOCKET": systemd.getsockname()}
    assert run(["--config", str(config)], start, environ) == EXIT_STOPPED
    assert [line["event"] for line in lines(capsys.readouterr().err)] == ["stopped"]


def test_the_watchdog_is_fed_by_the_loop(config: Path, systemd: socket.socket) -> None:
    def start(frame: Service[LampConfig]) -> Step:
        def wait() -> None:
            told = [systemd.recv(100) for _ in range(4)]
            assert sorted(told) == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            frame.inbox.request_stop()

        thread = threading.Thread(target=wait)
        thread.start()
        frame.keep(Joined(thread))
        return lambda _: None

    environ = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "2000"}
    assert run(["--config", str(config)], start, environ) == EXIT_STOPPED


def test_a_start_that_is_at_work_asks_for_more_time(config: Path, systemd: socket.socket) -> None:
    def start(frame: Service[LampConfig]) -> Step:
        frame.loop.alive()
        assert systemd.recv(100) == b"WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000"
        frame.inbox.request_stop()
        return lambda _: None

    environ = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "60000000"}
    assert run(["--config", str(config)], start, environ) == EXIT_STOPPED
    assert systemd.recv(100) == b"READY=1"


@dataclass
class Joined:
    thread: threading.Thread

    def close(self) -> None:
        self.thread.join(10)


def test_an_error_in_a_thread_ends_the_daemon(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed: list[str] = []

    def start(frame: Service[LampConfig]) -> Step:
        frame.keep(Kept("screen", closed))
        lamp = LampThread(frame.inbox)
        frame.own(lamp)
        lamp.command("break")
        return lambda _: None

    assert run(["--config", str(config)], start) == EXIT_FAILED
    assert closed == ["screen"]
    (_, line) = lines(capsys.readouterr().err)
    assert line["event"] == "ended by an unexpected error"
    assert line["level"] == "error"
    assert "PartBroken: lamp" in str(line["exception"])


def test_what_a_start_refuses_is_one_line_and_no_new_start(
    config: Path, systemd: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    closed: list[str] = []

    def start(frame: Service[LampConfig]) -> Step:
        frame.keep(Kept("screen", closed))
        raise Refused(Reason.RECORD_MISSING, thing=Thing.PACKAGE)

    environ = {"NOTIFY_SOCKET": systemd.getsockname()}
    assert run(["--config", str(config)], start, environ) == EXIT_CONFIG
    assert closed == ["screen"]
    (line,) = lines(capsys.readouterr().err)
    assert (line["event"], line["level"]) == ("cannot start", "error")
    assert line["why"] == text(Reason.RECORD_MISSING, "en", thing=Thing.PACKAGE)
    assert "exception" not in line
    systemd.setblocking(False)
    with pytest.raises(BlockingIOError):
        systemd.recv(100)


def test_a_refusal_that_nobody_decided_is_an_unexpected_error(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(frame: Service[LampConfig]) -> Step:
        def step(event: object) -> None:
            raise Refused(Reason.RECORD_MISSING, thing=Thing.PACKAGE)

        frame.inbox.post("event")
        return step

    assert run(["--config", str(config)], start) == EXIT_FAILED
    exception = str(lines(capsys.readouterr().err)[-1]["exception"])
    assert exception.splitlines()[-1].startswith("common.errors.Refused: ")
    assert "test_service.py:" in exception


def test_an_error_at_the_start_ends_the_daemon_before_it_is_ready(
    config: Path, systemd: socket.socket
) -> None:
    closed: list[str] = []

    def start(frame: Service[LampConfig]) -> Step:
        frame.keep(Kept("screen", closed))
        raise PartBroken("touch")

    environ = {"NOTIFY_SOCKET": systemd.getsockname()}
    assert run(["--config", str(config)], start, environ) == EXIT_FAILED
    assert closed == ["screen"]
    systemd.setblocking(False)
    with pytest.raises(BlockingIOError):
        systemd.recv(100)


def test_a_thread_that_does_not_end_is_logged(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    stop = PartThread.stop
    monkeypatch.setattr(PartThread, "stop", lambda thread: stop(thread, 0.01))

    def start(frame: Service[LampConfig]) -> Step:
        frame.own(ReadThread("stuck", frame.inbox, lambda _: release.wait(30)))
        frame.inbox.request_stop()
        return lambda _: None

    assert run(["--config", str(config)], start) == EXIT_STOPPED
    release.set()
    logged = lines(capsys.readouterr().err)
    assert ("thread does not end", "stuck") in [
        (line["event"], line.get("thread")) for line in logged
    ]


def test_the_configuration_can_be_checked_alone(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--config", str(config), "--check-config"], None) == EXIT_STOPPED
    assert "is in order" in capsys.readouterr().err


@pytest.mark.parametrize("check", [[], ["--check-config"]])
def test_a_wrong_configuration_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], check: list[str]
) -> None:
    config.write_text("nam = 1")
    assert run(["--config", str(config), *check], None) == EXIT_CONFIG
    assert "nam: unknown key; perhaps name is meant" in capsys.readouterr().err


def test_a_configuration_that_a_part_refuses_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(_: object) -> Step:
        raise ConfigError("parts.screen is missing")

    assert run(["--config", str(config)], start) == EXIT_CONFIG
    assert lines(capsys.readouterr().err)[0]["why"] == "parts.screen is missing"


@pytest.mark.parametrize("argv", [[], ["--config"], ["--conf", "x"], ["--config", "x", "--fast"]])
def test_wrong_options_are_named(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(argv, None)
    assert exit_.value.code == 2
    assert "--" in capsys.readouterr().err


# The whole frame, as a process.

SLOW = """
import sys
from dataclasses import dataclass
from common.clock import SystemClock
from common.service import run_service

@dataclass(frozen=True, slots=True)
class Nothing:
    name: str

def start(service):
    print("starting", flush=True)
    sys.stdin.readline()
    return lambda event: print(event, flush=True)

sys.exit(run_service("slowd", sys.argv[1:], Nothing, lambda _: SystemClock(), start))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_while_starting_is_a_clean_stop(
    config: Path, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, "--config", str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "starting\n"
        process.send_signal(number)
        out, err = process.communicate("\n", timeout=30)
    assert process.returncode == EXIT_STOPPED
    assert out == "StopRequested()\n"
    assert [line["event"] for line in lines(err)] == ["ready", "stopped"]

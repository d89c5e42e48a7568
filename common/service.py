"""The frame of every daemon: owner threads, one bounded inbox, one decision loop.

How a daemon looks:

    def main(argv, parts):
        clock = lambda config: parts.clock(config.parts)
        return run_service("deskd", argv, DeskConfig, clock, partial(start, parts))

    def start(parts, service: Service[DeskConfig]) -> Step:
        touch = service.keep(parts.touch(service.config.parts, service.clock))  # closed at the end
        service.own(ReadThread("touch", service.inbox, touch.read))             # posts TouchEvents
        def step(event: object) -> None:
            effects = machine.step(event, service.clock.monotonic_s())
            ... perform them in order; service.loop.wake_at(machine.deadline_s)
        return step

Rules:
- everything that happens arrives in the inbox as one event, and is decided in one thread, the
  main one, one event at a time: `step(event)`;
- the loop's own events are `TimeReached` (the deadline of `wake_at` has come) and, last of all,
  `StopRequested`;
- what `start` refuses (`Refused`: not installed, another program) is one log line and exit code 78,
  because another start would end the same way; what may pass by itself, such as a medium that is
  not there yet, is not raised from `start` but waited for;
- an unexpected error in any thread ends the process with exit code 1 and one log line; systemd
  starts it again. Nothing is retried here;
- SIGTERM and SIGINT are a clean stop: `StopRequested` is decided, threads end, parts are closed in
  reverse order, exit code 0. A long computation, which has laid nothing down yet, does not hold it
  up: it calls `loop.at_work()`, which raises `StopAsked`;
- systemd is told READY=1 when threads run, WATCHDOG=1 from the decision loop at half of
  WATCHDOG_USEC (and before READY=1, that the start needs more time), STOPPING=1; a full notify
  socket never blocks;
- the operational log is JSON lines on stderr. It never holds a choice, a voter, a serial, a card
  number or a control code, and memory never reaches a disk (`common.memory`).
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import logging
import os
import queue
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import ClassVar, Final, Generic, Protocol, TypeVar

import structlog

from common.clock import Clock
from common.config import ConfigError, load
from common.errors import Refused
from common.memory import keep_off_disk, told

EXIT_STOPPED: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2  # as argparse has it
EXIT_CONFIG: Final = 78
"""EX_CONFIG of sysexits.h: the configuration, or what was installed, is refused, and would be again
at another start."""

INBOX_LIMIT: Final = 1024
POST_TIMEOUT_S: Final = 10.0

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

Step = Callable[[object], None]
C = TypeVar("C")
K = TypeVar("K", bound="Closable")


@dataclass(frozen=True, slots=True)
class TimeReached:
    """The moment asked for with `Loop.wake_at` has come; `monotonic_s` is the time now."""

    monotonic_s: float


@dataclass(frozen=True, slots=True)
class StopRequested:
    """The last event: the process was asked to stop."""


class StopAsked(Exception):
    """The process was asked to stop while it was computing; what was begun is given up."""


class InboxStuck(Exception):
    """The decision loop takes nothing: events pile up although nothing is wrong with the parts."""

    TOLD: ClassVar = True


class Closable(Protocol):
    """Whatever must be closed at the end."""

    def close(self) -> None:
        """Let go."""
        ...


class Inbox:
    """The bounded queue between owner threads and the decision loop.

    A failure goes before a stop, a stop before events; events keep their order.
    """

    def __init__(self, limit: int = INBOX_LIMIT) -> None:
        self._limit = limit
        self._events: collections.deque[object] = collections.deque()
        self._failure: BaseException | None = None
        self._stop = False
        self._changed = threading.Condition(threading.Lock())

    def post(self, event: object) -> None:
        """Queue one event; waits while the inbox is full. From any thread but the loop's.

        After a failure or a stop, events are dropped: nobody will decide them.

        Raises:
            InboxStuck: the loop took nothing for `POST_TIMEOUT_S` real seconds.
        """
        with self._changed:
            if not self._changed.wait_for(self._accepts, POST_TIMEOUT_S):
                raise InboxStuck(f"the inbox holds {self._limit} events that nobody takes")
            self._events.append(event)
            self._changed.notify_all()

    def _accepts(self) -> bool:
        return len(self._events) < self._limit or self._stop or self._failure is not None

    def fail(self, error: BaseException) -> None:
        """Make `take` raise this error from now on; the first failure counts."""
        with self._changed:
            self._failure = self._failure or error
            self._changed.notify_all()

    def request_stop(self) -> None:
        """Make `take` return `StopRequested` from now on."""
        with self._changed:
            self._stop = True
            self._changed.notify_all()

    @property
    def stop_requested(self) -> bool:
        """Whether a stop was requested; it may not be decided yet."""
        return self._stop

    def take(self, wait_s: float | None) -> object | None:
        """Return the next event, or None after `wait_s` real seconds; None waits for ever.

        Raises:
            BaseException: what `fail` was given.
        """
        with self._changed:
            self._changed.wait_for(self._has_news, wait_s)
            if self._failure is not None:
                raise self._failure
            if self._stop:
                return StopRequested()
            if not self._events:
                return None
            event = self._events.popleft()
            self._changed.notify_all()
            return event

    def discard(self, kind: type) -> None:
        """Drop the waiting events of this kind: they were meant for what was shown before."""
        with self._changed:
            kept = [event for event in self._events if not isinstance(event, kind)]
            if len(kept) != len(self._events):
                self._events = collections.deque(kept)
                self._changed.notify_all()

    def _has_news(self) -> bool:
        return bool(self._events) or self._stop or self._failure is not None


class Loop:
    """The decision loop.

    Args:
        inbox: where events come from.
        clock: by which deadlines go.
        beat: called at least every `beat_s` real seconds while the loop is alive.
        beat_s: None for never.
    """

    def __init__(
        self,
        inbox: Inbox,
        clock: Clock,
        beat: Callable[[], None] = lambda: None,
        beat_s: float | None = None,
    ) -> None:
        self._inbox = inbox
        self._clock = clock
        self._beat = beat
        self._beat_s = beat_s
        self._deadline_s: float | None = None
        self._next_beat_s = time.monotonic()

    def alive(self) -> None:
        """Say that the loop is at work, when that is due; for steps that may take long."""
        if self._beat_s is not None and time.monotonic() >= self._next_beat_s:
            self._next_beat_s = time.monotonic() + self._beat_s
            self._beat()

    def at_work(self) -> None:
        """Say that the loop is at work, in the middle of what can be given up.

        Raises:
            StopAsked: a stop was requested; nobody catches it but the loop.
        """
        self.alive()
        if self._inbox.stop_requested:
            raise StopAsked

    def wake_at(self, monotonic_s: float | None) -> None:
        """Ask for one `TimeReached` at this time of the clock; replaces what was asked before.

        None asks for none. To be called from `step`, or before `run`.
        """
        self._deadline_s = monotonic_s

    def run(self, step: Step) -> None:
        """Decide events until `StopRequested` was decided.

        A deadline that has come goes before waiting events: a busy part cannot put it off.

        Raises:
            BaseException: whatever `step` or an owner thread raised.
        """
        try:
            self._decide_all(step)
        except StopAsked:
            step(StopRequested())

    def _decide_all(self, step: Step) -> None:
        while True:
            self.alive()
            now_s = self._clock.monotonic_s()
            if self._deadline_s is not None and self._deadline_s <= now_s:
                self._deadline_s = None
                step(TimeReached(now_s))
                continue
            event = self._inbox.take(self._patience_s(now_s))
            if event is not None:
                step(event)
                if isinstance(event, StopRequested):
                    return

    def _patience_s(self, now_s: float) -> float | None:
        waits_s = []
        if self._deadline_s is not None:
            waits_s.append(self._clock.wait_s(self._deadline_s - now_s))
        if self._beat_s is not None:
            waits_s.append(max(0.0, self._next_beat_s - time.monotonic()))
        return min(waits_s, default=None)


class PartThread:
    """The owner thread of one part: it alone calls the part.

    Override `turn` (one bounded wait for the part; post what happened), or `perform` (carry out one
    command), or both; then `interrupt` cuts the wait in `turn` short when a command arrives or the
    thread is to end. Whatever escapes from these goes to `inbox.fail`.
    """

    def __init__(self, name: str, inbox: Inbox) -> None:
        self.name = name
        self.inbox = inbox
        self._commands: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask the thread to end; say whether it has within `timeout_s` real seconds."""
        self._stopping.set()
        self._commands.put(_NOTHING)
        self.interrupt()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        """Whether the thread was asked to end."""
        return self._stopping.is_set()

    def command(self, command: object) -> None:
        """Queue a command for `perform`; from any thread, never blocks."""
        self._commands.put(command)
        self.interrupt()

    def opened(self) -> None:
        """Run once in the thread before the first turn."""

    def turn(self) -> None:
        """Do one bounded piece of work; unless overridden, wait for a command and perform it."""
        self._perform_next(block=True)

    def perform(self, command: object) -> None:
        """Carry out one command, in the thread."""
        raise NotImplementedError(f"thread {self.name} takes no {type(command).__name__}")

    def interrupt(self) -> None:
        """Cut a wait in `turn` short; called from other threads."""

    def closed(self) -> None:
        """Run once in the thread after the last turn, also after an error."""

    def _run(self) -> None:
        try:
            try:
                self.opened()
                while not self.stopping:
                    if not self._perform_next(block=False):
                        self.turn()
            finally:
                self.closed()
        except BaseException as error:  # noqa: BLE001 - handed to the loop, which ends the process
            self.inbox.fail(error)

    def _perform_next(self, *, block: bool) -> bool:
        try:
            command = self._commands.get(block)
        except queue.Empty:
            return False
        if command is not _NOTHING:
            self.perform(command)
        return True


_NOTHING = object()  # wakes a thread that waits for commands


class ReadThread(PartThread):
    """An owner thread that only reads: `read(timeout_s)` again and again, posting what came."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        read: Callable[[float], object | None],
        timeout_s: float = 0.5,
    ) -> None:
        """`timeout_s`, in clock seconds, is how long the end of the daemon may wait for a read."""
        super().__init__(name, inbox)
        self._read = read
        self._timeout_s = timeout_s

    def turn(self) -> None:
        """Read once."""
        event = self._read(self._timeout_s)
        if event is not None:
            self.inbox.post(event)


class Notifier:
    """The notify socket of systemd; says nothing when there is none, and never blocks.

    Source: sd_notify(3).
    """

    def __init__(self, address: str | None) -> None:
        """`address` is NOTIFY_SOCKET: a path, or a name that begins with @."""
        self._socket: socket.socket | None = None
        if address:
            kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
            self._socket = socket.socket(socket.AF_UNIX, kind)
            self._address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, *lines: str) -> None:
        """Send `NAME=value` lines; a peer that is full or gone misses them."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto("\n".join(lines).encode(), self._address)

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()


class Beat:
    """What the loop tells systemd while it is at work; a start that takes long asks for more time.

    Source: sd_notify(3), EXTEND_TIMEOUT_USEC.
    """

    def __init__(self, notifier: Notifier, watchdog: float) -> None:
        """`watchdog` is systemd's watchdog time in seconds; `ready` is set after READY=1."""
        self.ready = False
        self._notifier = notifier
        self._more = f"EXTEND_TIMEOUT_USEC={round(watchdog * 1_000_000)}"

    def __call__(self) -> None:
        """Tell."""
        self._notifier.tell("WATCHDOG=1", *(() if self.ready else (self._more,)))


class Service(Generic[C]):
    """What `start` gets: the configuration, and what the daemon is built on."""

    def __init__(self, name: str, config: C, clock: Clock, inbox: Inbox, loop: Loop) -> None:
        self.name = name
        self.config = config
        self.clock = clock
        self.inbox = inbox
        self.loop = loop
        self.log: structlog.typing.FilteringBoundLogger = structlog.get_logger().bind(daemon=name)
        self._threads: list[PartThread] = []
        self._closables: list[Closable] = []

    def own(self, thread: PartThread) -> None:
        """Start this thread when `start` has returned; stop it at the end."""
        self._threads.append(thread)

    def keep(self, part: K) -> K:
        """Close this at the end, after all threads have stopped, in reverse order; return it."""
        self._closables.append(part)
        return part

    def start_threads(self) -> None:
        """Start every thread that is owned."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop threads, then close what was kept; carry on past what cannot be closed."""
        for thread in reversed(self._threads):
            if not thread.stop():
                self.log.error("thread does not end", thread=thread.name)
        for part in reversed(self._closables):
            try:
                part.close()
            except Exception:
                self.log.exception("part does not close", part=type(part).__name__)


def run_service(
    name: str,
    argv: Sequence[str],
    config_class: type[C],
    clock: Callable[[C], Clock],
    start: Callable[[Service[C]], Step],
    *,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run a daemon until it is asked to stop; to be called from the main thread.

    Args:
        name: the daemon's name.
        argv: `--config FILE [--check-config]`.
        config_class: see `common.config`.
        clock: makes the daemon's clock from its configuration.
        start: opens the parts and returns what decides each event; may raise `ConfigError` and
            `Refused`.
        environ: the environment, for NOTIFY_SOCKET and WATCHDOG_USEC.

    Returns:
        The exit code of the process.
    """
    options = _options(name, argv)
    try:
        config = load(options.config, config_class)
    except ConfigError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return EXIT_CONFIG
    if options.check_config:
        sys.stderr.write(f"{name}: {options.config} is in order\n")
        return EXIT_STOPPED
    keep_off_disk()
    set_up_log()
    environ = os.environ if environ is None else environ
    notifier = Notifier(environ.get("NOTIFY_SOCKET"))
    with contextlib.closing(notifier):
        watchdog = watchdog_s(environ, os.getpid())
        return _run(name, config, clock, start, notifier=notifier, watchdog=watchdog)


def _options(name: str, argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=name, allow_abbrev=False)
    parser.add_argument("--config", required=True, type=Path, help="TOML file of this daemon")
    parser.add_argument(
        "--check-config", action="store_true", help="only say whether the file is in order"
    )
    return parser.parse_args(argv)


def _run(
    name: str,
    config: C,
    clock: Callable[[C], Clock],
    start: Callable[[Service[C]], Step],
    *,
    notifier: Notifier,
    watchdog: float | None,
) -> int:
    log = structlog.get_logger().bind(daemon=name)
    inbox = Inbox()
    with stop_signals(inbox):
        try:
            ticking = clock(config)
            beat_s = None if watchdog is None else watchdog / 2
            beat = Beat(notifier, watchdog or 0.0)
            loop = Loop(inbox, ticking, beat, beat_s)
            service = Service(name, config, ticking, inbox, loop)
            with contextlib.closing(service):
                try:
                    step = start(service)
                except StopAsked:
                    log.info("stopped")
                    return EXIT_STOPPED
                except Refused as refused:
                    log.error("cannot start", why=str(refused), reason=refused.reason.name)  # noqa: TRY400 - says all there is
                    return EXIT_CONFIG
                service.start_threads()
                notifier.tell("READY=1")
                beat.ready = True
                log.info("ready")
                loop.run(step)
                notifier.tell("STOPPING=1")
        except ConfigError as error:
            log.error("configuration refused", why=str(error))  # noqa: TRY400 - says all there is
            return EXIT_CONFIG
        except Exception:
            log.exception("ended by an unexpected error")
            return EXIT_FAILED
    log.info("stopped")
    return EXIT_STOPPED


def set_up_log() -> None:
    """Let structlog write JSON lines of level INFO and above to stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(told),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def watchdog_s(environ: Mapping[str, str], pid: int) -> float | None:
    """Return systemd's watchdog time in seconds, None without one. Source: sd_watchdog_enabled(3).

    Raises:
        ValueError: WATCHDOG_USEC is no positive number.
    """
    microseconds = environ.get("WATCHDOG_USEC")
    if not microseconds or environ.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    if int(microseconds) <= 0:
        raise ValueError(f"WATCHDOG_USEC={microseconds} is no positive number")
    return int(microseconds) / 1_000_000


@contextlib.contextmanager
def stop_signals(inbox: Inbox) -> Iterator[None]:
    """Turn SIGTERM and SIGINT into `inbox.request_stop()`, from a thread of its own.

    A signal that arrives before the loop runs is not lost. To be entered from the main thread.

    Source: `signal.set_wakeup_fd`; a handler in Python could not take the inbox's lock, because it
    may interrupt the main thread while that holds it.
    """
    reading, writing = socket.socketpair()
    writing.setblocking(False)

    def wait() -> None:
        while (number := reading.recv(1)[0]) != 0:
            if number in _STOP_SIGNALS:
                inbox.request_stop()

    waiting = threading.Thread(target=wait, name="signals", daemon=True)
    with reading, writing:
        waiting.start()
        before = {number: signal.signal(number, _leave_to_thread) for number in _STOP_SIGNALS}
        descriptor_before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(descriptor_before)
            for number, action in before.items():
                signal.signal(number, action)
            writing.setblocking(True)
            writing.send(b"\0")
            waiting.join()


def _leave_to_thread(number: int, frame: FrameType | None) -> None:
    """Do nothing: the thread in `stop_signals` has been told the number."""

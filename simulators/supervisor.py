"""Runs the processes of a simulated station as systemd would run them on boards.

Each unit is one process with `Restart=always`: a socket on which it says that it is ready, a log
file that collects its stderr, and a new start whenever it ends, until it has ended too often in too
short a time (StartLimitIntervalSec, StartLimitBurst). `kill` is for tests: a SIGKILL out of the
blue.

Rules: no process outlives the supervisor. Each is told who its supervisor is, and has the kernel
end it with the thread that started it (`simulators.lifeline`); that is one thread here for as long
as the supervisor lives, so one that is killed leaves nothing behind.

Sources: sd_notify(3), systemd.service(5).
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Protocol, Self

from simulators.lifeline import SUPERVISOR

START_LIMIT_BURST: Final = 5
START_LIMIT_INTERVAL_S: Final = 10.0
READY_TIMEOUT_S: Final = 60.0
STOP_TIMEOUT_S: Final = 20.0

_RESTART_PAUSE_S: Final = 0.1  # RestartSec
_LOG_TAIL_BYTES: Final = 2000


class UnitFailed(Exception):
    """A unit did not get ready, or ended too often. The text shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One process.

    Attributes:
        name: also the name of its log file, `<name>.log`.
        argv: the command.
        environ: what is added to the environment.
        base: others stand on it, so it is stopped after them.
    """

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    base: bool = False


OVERWRITTEN: Final[Mapping[str, str]] = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
}
"""What the units of a board set, so that memory is overwritten when it is freed."""


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of a unit.

    Attributes:
        again: it had run before.
        ready_s: real seconds from the launch of the process to READY=1; None if it never came.
    """

    unit: str
    again: bool
    ready_s: float | None


def simulated(name: str, *arguments: str, base: bool = False) -> Unit:
    """Return a unit that runs `sailau-sim` with these arguments."""
    return Unit(name, (sys.executable, "-m", "simulators", *arguments), OVERWRITTEN, base)


class Child(Protocol):
    """A process of a unit; `subprocess.Popen` is one."""

    pid: int

    def send_signal(self, sig: int) -> None:
        """Send a signal; one that has ended takes none."""
        ...

    def wait(self) -> int | None:
        """Return the exit code of a process that has ended, if it can be known."""
        ...


def execute(unit: Unit, environ: Mapping[str, str], log: BinaryIO) -> Child:
    """Start a unit's command as a process of its own."""
    return subprocess.Popen(
        unit.argv,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C at a terminal is for the supervisor alone
    )


Launcher = Callable[[Unit, Mapping[str, str], BinaryIO], Child]
"""Starts a process for a unit, with this environment, its output in that log."""


class _Running:
    """A unit that is being looked after; everything in it is guarded by the supervisor's lock."""

    def __init__(self, unit: Unit, notify_path: Path, log: BinaryIO) -> None:
        self.unit = unit
        self.notify_path = notify_path
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.notify.bind(str(notify_path))
        self.log = log
        self.process: Child | None = None
        self.starts = 0
        self.ready_start = 0
        self.started_s: list[float] = []
        self.launches: list[Launch] = []
        self.restart_at_s: float | None = 0.0
        self.stopping = False
        self.failed = False
        self.exit_code: int | None = None

    @property
    def ready(self) -> bool:
        return self.process is not None and self.ready_start == self.starts

    def drain(self) -> None:
        """Read what the process has told."""
        with contextlib.suppress(BlockingIOError):
            while told := self.notify.recv(4096):
                if b"READY=1" in told.split(b"\n") and not self.ready:
                    self.ready_start = self.starts
                    ready_s = time.monotonic() - self.started_s[-1]
                    self.launches[-1] = replace(self.launches[-1], ready_s=round(ready_s, 4))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if there is a process."""
        if self.process is not None:
            self.process.send_signal(number)

    def trouble(self) -> str:
        """Say in words how it stands, with the end of the log."""
        with open(self.log.name, "rb") as log:  # noqa: PTH123 - the name is what open was given
            log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_TAIL_BYTES))
            tail = log.read().decode(errors="replace")
        state = "has ended too often" if self.failed else "is not ready"
        return f"{self.unit.name} {state} ({self.starts} starts); its log ends:\n{tail}"

    def close(self) -> None:
        self.notify.close()
        self.notify_path.unlink(missing_ok=True)
        self.log.close()


class Supervisor:
    """Looks after units, in a thread of its own."""

    def __init__(
        self,
        logs: Path,
        environ: Mapping[str, str] | None = None,
        *,
        start_limit: int = START_LIMIT_BURST,
        launch: Launcher = execute,
    ) -> None:
        """Begin.

        Args:
            logs: folder of the log files, made if it is not there.
            environ: the environment of all units; None: this process's own.
            start_limit: so many starts within START_LIMIT_INTERVAL_S, and a unit has failed.
            launch: starts a process for a unit, with this environment, its output in that log.
        """
        self._start_limit = start_limit
        self._launch_child = launch
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._environ = dict(os.environ if environ is None else environ)
        self._environ[SUPERVISOR] = str(os.getpid())
        # The path of a socket must be short, the folder of the logs may be deep.
        self._sockets = Path(tempfile.mkdtemp(prefix="sailau-notify-"))
        self._units: dict[str, _Running] = {}
        self._changed = threading.Condition()
        self._ending = False
        self._woken, self._waking = socket.socketpair()
        self._waking.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ, self._drain_wakes)
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def start(self, unit: Unit) -> None:
        """Start a unit, and return at once. Raises: ValueError, if there is one of this name."""
        with self._changed:
            if unit.name in self._units:
                raise ValueError(f"there is a unit {unit.name} already")
            log = (self._logs / f"{unit.name}.log").open("ab")
            self._units[unit.name] = _Running(unit, self._sockets / str(len(self._units)), log)
        self._wake()

    def wait_ready(self, *names: str, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Wait until these units have said READY=1 since their last start; by default all.

        Raises:
            UnitFailed: one has not within `timeout_s` real seconds, or has ended too often.
        """
        deadline_s = time.monotonic() + timeout_s
        for name in names or tuple(self._units):
            self.wait_restarted(name, 0, max(0.0, deadline_s - time.monotonic()))

    def wait_restarted(
        self, name: str, after_starts: int, timeout_s: float = READY_TIMEOUT_S
    ) -> None:
        """Wait until a unit was started more often than so, and is ready.

        Raises:
            UnitFailed: it is not within `timeout_s` real seconds, or has ended too often.
        """
        running = self._units[name]

        def is_up() -> bool:
            return running.starts > after_starts and running.ready

        with self._changed:
            self._changed.wait_for(lambda: is_up() or running.failed, timeout_s)
            if not is_up():
                raise UnitFailed(running.trouble())

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to a unit's process out of the blue; return how often it was started."""
        running = self._units[name]
        with self._changed:
            running.signal(number)
            return running.starts

    def bury(self, *names: str) -> None:
        """Kill units out of the blue and never start them again: their board died."""
        chosen = [self._units[name] for name in names]
        with self._changed:
            for running in chosen:
                running.stopping = True
                running.restart_at_s = None
                running.signal(signal.SIGKILL)
            self._changed.wait_for(lambda: all(running.process is None for running in chosen))

    def pid(self, name: str) -> int | None:
        """Return the number of a unit's process, None while there is none."""
        with self._changed:
            process = self._units[name].process
            return None if process is None else process.pid

    def starts(self, name: str) -> int:
        """Return how often a unit was started."""
        return self._units[name].starts

    def launches(self) -> tuple[Launch, ...]:
        """Return every start of every unit so far, those of one unit in order."""
        with self._changed:
            return tuple(launch for unit in self._units.values() for launch in unit.launches)

    def check(self) -> None:
        """Raise UnitFailed if any unit has ended too often to be started again."""
        with self._changed:
            for running in self._units.values():
                if running.failed:
                    raise UnitFailed(running.trouble())

    def stop(self, *names: str, timeout_s: float = STOP_TIMEOUT_S) -> dict[str, int | None]:
        """End units for good: ask all of them at once, then kill those that do not end.

        Args:
            names: which; by default all that run, first those on which no others stand.
            timeout_s: real seconds until they are killed.

        Returns:
            Their last exit codes: 0 for a clean stop, -9 for one that had to be killed.
        """
        if not names:
            running = self._units.values()
            upper = [r.unit.name for r in running if not r.unit.base]
            base = [r.unit.name for r in running if r.unit.base]
            return self._stop(upper, timeout_s) | self._stop(base, timeout_s)
        return self._stop(names, timeout_s)

    def _stop(self, names: list[str] | tuple[str, ...], timeout_s: float) -> dict[str, int | None]:
        chosen = [self._units[name] for name in names]

        def ended() -> bool:
            return all(running.process is None for running in chosen)

        with self._changed:
            for running in chosen:
                running.stopping = True
                running.signal(signal.SIGTERM)
            if not self._changed.wait_for(ended, timeout_s):
                for running in chosen:
                    running.signal(signal.SIGKILL)
                self._changed.wait_for(ended)
            return {running.unit.name: running.exit_code for running in chosen}

    def close(self) -> None:
        """Stop whatever runs, and end. May be called again."""
        if self._ending:
            return
        self.stop()
        self._ending = True
        self._wake()
        self._thread.join()
        for running in self._units.values():
            running.close()
        self._selector.close()
        self._woken.close()
        self._waking.close()
        self._sockets.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # From here on, everything runs in the supervisor's own thread.

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # enough wakes are on their way
            self._waking.send(b"\0")

    def _drain_wakes(self) -> None:
        self._woken.recv(4096)

    def _run(self) -> None:
        while not self._ending:
            with self._changed:
                for running in self._units.values():
                    at_s = running.restart_at_s
                    if at_s is not None and at_s <= time.monotonic():
                        self._launch(running)
                patience_s = self._patience_s()
            for key, _ in self._selector.select(patience_s):
                action: Callable[[], None] = key.data
                with self._changed:
                    action()
                    self._changed.notify_all()

    def _patience_s(self) -> float | None:
        times_s = [r.restart_at_s for r in self._units.values() if r.restart_at_s is not None]
        return max(0.0, min(times_s) - time.monotonic()) if times_s else None

    def _launch(self, running: _Running) -> None:
        running.restart_at_s = None
        if running.stopping:
            return
        now_s = time.monotonic()
        running.started_s = [s for s in running.started_s if now_s - s < START_LIMIT_INTERVAL_S]
        if len(running.started_s) >= self._start_limit:
            running.failed = True
            self._changed.notify_all()
            return
        running.started_s.append(now_s)
        running.starts += 1
        running.launches.append(Launch(running.unit.name, running.starts > 1, None))
        environ = {
            **self._environ,
            **running.unit.environ,
            "NOTIFY_SOCKET": str(running.notify_path),
        }
        process = self._launch_child(running.unit, environ, running.log)
        running.process = process
        ending = os.pidfd_open(process.pid)
        if running.starts == 1:
            self._selector.register(running.notify, selectors.EVENT_READ, running.drain)
        self._selector.register(
            ending, selectors.EVENT_READ, lambda: self._ended(running, process, ending)
        )

    def _ended(self, running: _Running, process: Child, ending: int) -> None:
        self._selector.unregister(ending)
        os.close(ending)
        running.exit_code = process.wait()
        running.drain()  # before the next start, which must say READY=1 itself
        running.process = None
        if not running.stopping:
            running.restart_at_s = time.monotonic() + _RESTART_PAUSE_S

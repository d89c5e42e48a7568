"""Each daemon's start to readiness and resident memory, beside bare Python with the same imports.

Real: a process that runs one daemon of the prepared station on a bench, from before it is started
until its READY=1 arrives; that includes the stand-ins' code, which takes the drivers' place. It is
the morning: installed, no start order, no start password. Floor: a Python process that imports the
very modules of other people that the daemon had loaded when it was ready, then says READY=1.

Rules: no process outlives the measurement; each daemon runs alone, beside nothing but the bench.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from common.records import BoardKind
from simulators.lifeline import SUPERVISOR
from simulators.prepare import DAEMONS
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Side,
    Timer,
    Unit,
    compare,
)
from tools.benchmarks.station import ROOT, BenchmarkStation

MAX_S = 30.0
READY_TIMEOUT_S = 60.0
MORNING_S = 1800
"""Before opening."""
_POLL_S = 0.2
_LOG_TAIL_BYTES = 2000

BARE = """
import importlib, os, signal, socket, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
signal.pause()
"""

# A module is listed under the name that its file has: some compiled ones stand under a second one.
_LEARN = """
import json, pathlib, sys, sysconfig
from simulators.__main__ import main
code = main(sys.argv[1:])
folders = {pathlib.Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
found = []
for name, module in sys.modules.items():
    spec = getattr(module, "__spec__", None)
    path = pathlib.Path(getattr(spec, "origin", None) or "/")
    parts = tuple(name.split("."))
    for folder in folders & set(path.parents):
        if path.parent.relative_to(folder).parts in (parts, parts[:-1]):
            found.append(name)
print(json.dumps(found))
sys.exit(code)
"""


NOTHING_MORE: Mapping[str, str] = {}


class NotReady(RuntimeError):
    """A process ended, or was not ready in time. The text has the end of its log."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that is ready: how long that took, and what it holds in memory now."""

    process: subprocess.Popen[bytes]
    start_s: float
    resident_bytes: int


class Launcher:
    """Starts processes, each with a notify socket and a log of its own."""

    def __init__(
        self,
        run: Path,
        timer: Timer,
        *,
        ending: signal.Signals = signal.SIGTERM,
        environ: Mapping[str, str] = NOTHING_MORE,
    ) -> None:
        """Take a folder with a short path for sockets and logs.

        Args:
            ending: what ends processes.
            environ: what is added to their environment.
        """
        self._environ = {**os.environ, **environ}
        self._ending = ending
        self._run = run
        self._timer = timer
        self._starts = 0

    @contextmanager
    def ready(self, argv: Sequence[str]) -> Iterator[Started]:
        """Start a process and give it when it is ready; end it afterwards.

        Raises:
            NotReady: it ended before, or did not say READY=1 in time.
        """
        self._starts += 1
        path = self._run / f"notify-{self._starts}"
        environ = {**self._environ, "NOTIFY_SOCKET": str(path), SUPERVISOR: str(os.getpid())}
        with (
            (self._run / f"log-{self._starts}").open("w+b") as log,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify,
        ):
            notify.bind(str(path))
            notify.settimeout(_POLL_S)
            begun_s = self._timer()
            process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
            try:
                while not _says_ready(notify):
                    waited_s = self._timer() - begun_s
                    if process.poll() is not None or waited_s > READY_TIMEOUT_S:
                        log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_TAIL_BYTES))
                        said = log.read().decode(errors="replace")
                        raise NotReady(f"{' '.join(argv[:6])} was not ready:\n{said}")
                start_s = self._timer() - begun_s
                yield Started(process, start_s, resident_bytes(process.pid))
            finally:
                process.send_signal(self._ending)
                _end(process)
                path.unlink()

    def measure(self, argv: Sequence[str]) -> tuple[float, float]:
        """Start a process, end it, and return seconds to readiness and resident bytes."""
        with self.ready(argv) as started:
            return started.start_s, float(started.resident_bytes)

    def side(self, argv: Sequence[str]) -> Side:
        """Return a side that starts the same process each time."""
        return lambda: self.measure(argv)

    def modules(self, argv: Sequence[str]) -> list[str]:
        """Return which modules of other people a daemon has loaded once it is ready, in order."""
        with self.ready((sys.executable, "-c", _LEARN, *argv)) as started:
            started.process.terminate()
            said, _ = started.process.communicate(timeout=READY_TIMEOUT_S)
        names: list[str] = json.loads(said)
        return names


def _says_ready(notify: socket.socket) -> bool:
    try:
        return b"READY=1" in notify.recv(4096).split(b"\n")
    except TimeoutError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was asked to end; end it if it does not."""
    with process:  # closes its pipe and waits
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(READY_TIMEOUT_S)
        process.kill()


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds now (VmRSS, proc_pid_status(5))."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"process {pid} holds no memory: it has ended")


def measure(
    station: BenchmarkStation, timer: Timer, progress: Progress, *, pairs: int
) -> tuple[Row, ...]:
    """Compare the start of all four daemons with bare Python's."""
    launcher = Launcher(station.run, timer)
    rows: list[Row] = []
    with running_bench(station, launcher, station.package.opens_s - MORNING_S):
        for daemon, argv in daemons(station).items():
            progress(f"start of {daemon}: learning its imports", 0, 1)
            modules = launcher.modules(argv)
            name = f"start of {daemon}"
            comparison = Comparison(
                name,
                (Quantity(f"{name} to readiness"), Quantity(f"{daemon} resident", Unit.BYTES)),
                launcher.side((sys.executable, "-c", BARE, *modules)),
                launcher.side((sys.executable, "-m", "simulators", *argv)),
                pairs,
                MAX_S,
            )
            to_readiness, resident = compare(comparison, timer, progress)
            tops = sorted({module.split(".")[0] for module in modules})
            shown = ", ".join(one for one in tops if not one.startswith("_"))
            rows += [replace(to_readiness, note=f"bare Python with {shown}"), resident]
    return tuple(rows)


@contextmanager
def running_bench(station: BenchmarkStation, launcher: Launcher, start_s: int) -> Iterator[None]:
    """Run a bench with all boards, whose clock begins at `start_s`; nothing is left of it."""
    folder, config = station.run / "bench", station.run / "bench.toml"
    folder.mkdir()
    _write_bench_config(station, config, folder, start_s)
    try:
        with launcher.ready((sys.executable, "-m", "simulators", "bench", "--config", str(config))):
            yield
    finally:
        shutil.rmtree(folder)


def daemons(station: BenchmarkStation) -> dict[str, tuple[str, ...]]:
    """Return the arguments of `sailau-sim` that run each kind of daemon on a bench."""
    prepared, socket_path = station.prepared, station.run / "bench.sock"

    def board(daemon: str, name: str, *command: str) -> tuple[str, ...]:
        config = prepared.board_folder(name) / f"{daemon}.toml"
        on_bench = ("--bench", str(socket_path), "--board", name)
        return ("board", daemon, *on_bench, "--", *command, "--config", str(config))

    of_kind = {
        DAEMONS[kind]: prepared.of_kind(kind)[0]
        for kind in (BoardKind.DESK, BoardKind.TERMINAL, BoardKind.ACCUMULATOR)
    }
    found = {"cardiod": board("cardiod", prepared.accumulator)}
    return found | {daemon: board(daemon, name, "run") for daemon, name in of_kind.items()}


def _write_bench_config(station: BenchmarkStation, path: Path, folder: Path, start_s: int) -> None:
    prepared, package = station.prepared, station.package
    lines = [
        f'socket = "{station.run / "bench.sock"}"',
        f'folder = "{folder}"',
        f'cards = "{prepared.folder / "cards"}"',
        f"start_ms = {start_s * 1000}",
    ]
    for board in prepared.boards:
        lines += [
            "[[boards]]",
            f'name = "{board.name}"',
            f'medium = "{prepared.board_folder(board.name) / "medium"}"',
            f"width = {package.screen[0]}",
            f"height = {package.screen[1]}",
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

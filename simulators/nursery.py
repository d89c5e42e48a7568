"""A process that has all programs of a station read in, and forks one whenever it is asked to.

Starting a Python program costs more than running it, when hundreds of days with thousands of
restarts are held (`simulators.torture`). What is forked here is a process of its own with its own
log, environment and session, as if it had been executed; what is saved is the reading of modules,
and the overwriting of freed memory, which only a process that is executed can be told to do.

Rules: one thread, nothing opened before a fork but the socket on which it is asked. It ends with
the process that asked for it, and its children end with it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from types import TracebackType
from typing import BinaryIO, Final, NoReturn, Self

from simulators.lifeline import SUPERVISOR, obey_supervisor
from simulators.supervisor import Child, Unit

COMMAND: Final = "nursery"
_PROGRAM: Final = (sys.executable, "-m", "simulators")
_READ_IN: Final = (
    "accumulator.__main__",
    "cardio.__main__",
    "desk.__main__",
    "terminal.__main__",
    "simulators.bench",
    "simulators.board_parts",
    "simulators.stopping",
    "hal.drivers.ds3231",
    "hal.drivers.escpos_printer",
    "hal.drivers.max17048",
    "hal.drivers.serial_scanner",
)
_MAX_REQUEST: Final = 64 * 1024


class ForkedChild:
    """A process that the nursery forked; its exit code stays unknown."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def send_signal(self, sig: int) -> None:
        """Send a signal; one that has ended takes none."""
        try:
            os.kill(self.pid, sig)
        except ProcessLookupError:
            return

    def wait(self) -> int | None:
        """Return None."""
        return None


class Nursery:
    """The asking side; for one thread at a time."""

    def __init__(self) -> None:
        """Start the process; it reads the programs in while others go on."""
        self._asking, answering = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with answering:
            self._process = subprocess.Popen(
                (*_PROGRAM, COMMAND, str(answering.fileno())),
                env={**os.environ, SUPERVISOR: str(os.getpid())},
                pass_fds=(answering.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def launch(self, unit: Unit, environ: Mapping[str, str], log: BinaryIO) -> Child:
        """Start a unit of `sailau-sim` (see `simulators.supervisor.execute`)."""
        if unit.argv[: len(_PROGRAM)] != _PROGRAM:
            raise ValueError(f"{unit.name} is no program of sailau-sim")
        request = json.dumps([unit.argv[len(_PROGRAM) :], dict(environ)]).encode()
        socket.send_fds(self._asking, [request], [log.fileno()])
        answer = self._asking.recv(64)
        if not answer:
            raise ChildProcessError("the nursery has ended")
        return ForkedChild(int(answer))

    def close(self) -> None:
        """End it, and whatever it forked."""
        self._asking.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve(descriptor: int) -> int:
    """Be the nursery, asked on this socket, until it is closed; return the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a child ended
    for name in _READ_IN:
        import_module(name)
    asked = socket.socket(fileno=descriptor)
    nursery = os.getpid()
    while True:
        request, descriptors, _, _ = socket.recv_fds(asked, _MAX_REQUEST, 1)
        if not request:
            return 0
        (log,) = descriptors
        pid = os.fork()
        if pid == 0:
            asked.close()
            _become(request, log, nursery)
        os.close(log)
        asked.send(str(pid).encode())


def _become(request: bytes, log: int, nursery: int) -> NoReturn:
    """Be a program: arguments, environment, session and output are its own; never return.

    It ends with the process `nursery`, even if that ended before this one could look.
    """
    from simulators.__main__ import main

    code = 1
    try:
        arguments, environ = json.loads(request)
        environ[SUPERVISOR] = str(nursery)
        os.environ.clear()
        os.environ.update(environ)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        obey_supervisor(os.environ)
        code = main(list(arguments))
    except BaseException:  # noqa: BLE001 - shown, and the process ends here in any case
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

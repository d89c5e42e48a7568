"""A simulated slot behind the real PC/SC: serves vpcd over TCP, and starts a pcscd of one's own.

For tests only: vpcd listens on every address of the machine, so it never belongs on a board.

The protocol is that of vsmartcard's `vpcd`: we connect to it (a card is there while the connection
is), every message has two length bytes; a message of one byte is a control (0 power off, 1 power
on, 2 reset, 4 send the answer to reset), any other a command APDU that wants its response.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

from simulators.card_reader import SimCard
from simulators.piv_card import PowerLost

_POWER_OFF, _POWER_ON, _RESET, _SEND_ATR = 0, 1, 2, 4
_MUTE_ATR = b"\x00"
"""No answer to reset at all would mean that there is no card; this one pcscd takes for mute."""
_CONNECT_TRIES, _CONNECT_PAUSE_S = 200, 0.02

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")

_LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3, inheritable=True)
os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = "1", str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""
"""pcscd takes its socket as descriptor 3 when the environment names its own process."""


class VpcdSlot:
    """The hand at a virtual reader: `insert` connects a card to vpcd, `remove` hangs up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: _CardLine | None = None

    def insert(self, card: SimCard) -> None:
        """Put a card into the virtual reader. Raises: ValueError: there is one."""
        if self._line is not None:
            raise ValueError("there is a card in the reader")
        self._line = _CardLine(self._port, card)

    def remove(self) -> None:
        """Take the card out; do nothing when there is none."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def pull_after(self, commands: int) -> None:
        """Hang up when so many more commands were answered and another one comes."""
        if self._line is None:
            raise ValueError("there is no card to pull")
        self._line.pull_left = commands


class _CardLine:
    """One card's connection to vpcd, served by a thread until it is closed."""

    def __init__(self, port: int, card: SimCard) -> None:
        self.pull_left: int | None = None
        self._card = card
        self._socket = _connected(port)
        self._thread = threading.Thread(target=self._serve, name=f"vpcd-{port}")
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
        self._card.power_off()

    def _serve(self) -> None:
        with contextlib.suppress(OSError, PowerLost, EOFError):
            while True:
                message = self._received(int.from_bytes(self._received(2), "big"))
                answer = self._answer(message)
                if answer is not None:
                    self._socket.sendall(len(answer).to_bytes(2, "big") + answer)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) == 1:
            return self._control(message[0])
        if self.pull_left == 0:
            raise PowerLost("pulled")
        if self.pull_left is not None:
            self.pull_left -= 1
        return self._card.transmit(message)

    def _control(self, code: int) -> bytes | None:
        if code == _SEND_ATR:
            return self._card.power_on() or _MUTE_ATR
        if code in (_POWER_ON, _RESET):
            self._card.power_on()
        elif code == _POWER_OFF:
            self._card.power_off()
        return None

    def _received(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            # Without this every answer of ours waits 40 ms for the other side's delayed ACK.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self._socket.recv(size - len(content))
            if not part:
                raise EOFError
            content += part
        return content


def _connected(port: int) -> socket.socket:
    """Connect to vpcd, which listens a moment after pcscd answers."""
    for _ in range(_CONNECT_TRIES):
        with contextlib.suppress(ConnectionRefusedError):
            line = socket.create_connection(("127.0.0.1", port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
        threading.Event().wait(_CONNECT_PAUSE_S)
    raise ConnectionRefusedError(f"no vpcd listens on port {port}")


class PrivatePcscd:
    """A pcscd for one test: own socket, own virtual reader, any user, beside all others.

    Its socket is bound here and handed over as systemd would, because the path is compiled in.
    Clients find it by `PCSCLITE_CSOCK_NAME`, which pcsc-lite reads once in a process: whoever uses
    several in one process gives them the same folder, one after the other.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is for this one alone; it takes the socket, the driver and the configuration.

        Raises:
            FileNotFoundError: pcscd or vpcd's driver is not installed.
        """
        program = shutil.which("pcscd") or shutil.which("pcscd", path="/usr/sbin")
        if program is None or not DRIVER.exists():
            raise FileNotFoundError("install the packages pcscd and vsmartcard-vpcd")
        self._program = program
        self._folder = folder
        self.socket_path = folder / "pcscd.comm"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        # Two readers with one driver file corrupt each other, so everybody has a copy.
        driver = folder / "libifdvpcd.so"
        shutil.copyfile(DRIVER, driver)
        readers = folder / "reader.conf.d"
        readers.mkdir(exist_ok=True)
        (readers / "reader.conf").write_text(
            f'FRIENDLYNAME "Simulated reader"\n'
            f"DEVICENAME /dev/null:0x{self.port:04X}\n"
            f"LIBPATH {driver}\n"
            f"CHANNELID 0x{self.port:04X}\n"
        )

    def start(self) -> None:
        """Start it; clients can connect at once and wait until it answers."""
        self.socket_path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with listener:
            listener.bind(str(self.socket_path))
            listener.listen(16)
            command = [self._program, "-f", "-c", str(self._folder / "reader.conf.d")]
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-c", _LAUNCH, str(listener.fileno()), *command],
                pass_fds=(listener.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )

    def kill(self) -> None:
        """End it without a chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.kill()


def _free_port() -> int:
    """Return a TCP port that nobody has; as a channel number it must not exceed 65,535."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

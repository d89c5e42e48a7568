"""Serial devices on pseudo-terminals: the board opens the path, the peer has the other end.

Rules: a peer is pure, bytes in and bytes out. `PtyPort` is the port alone, for a loop that watches
many (the bench); `PtyPeer` has a thread, for a test. A port stays when the board closes it, as a
device does; `unplug` takes it away.
"""

from __future__ import annotations

import contextlib
import os
import pty
import select
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

_READ_BYTES = 65_536


class PtyPort:
    """One pseudo-terminal."""

    def __init__(self) -> None:
        """Open it. Raises: OSError, when the system has none."""
        self._near, self._far = pty.openpty()
        self.path = Path(os.ttyname(self._far))
        tty.setraw(self._far)
        os.set_blocking(self._near, False)

    def fileno(self) -> int:
        """Return the descriptor of the near end, for `select`."""
        return self._near

    def receive(self) -> bytes:
        """Return what the board has sent, b"" when there is nothing."""
        try:
            return os.read(self._near, _READ_BYTES)
        except OSError:  # EAGAIN: nothing there; EIO: the far end is gone
            return b""

    def send(self, sent: bytes) -> None:
        """Send to the board; what it does not take in time is lost, as on a wire."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._near, sent)

    def unplug(self) -> None:
        """Take the device away; the board's next read finds it gone."""
        for descriptor in (self._near, self._far):
            if descriptor >= 0:
                os.close(descriptor)
        self._near = self._far = -1

    close = unplug


class PtyPeer:
    """A port with a thread that feeds what comes to `answer` and sends back what it returns."""

    def __init__(self, answer: Callable[[bytes], bytes], port: PtyPort | None = None) -> None:
        self.port = port or PtyPort()
        self.path = self.port.path
        self._answer = answer
        self._wake, self._woken = os.pipe()
        self._thread = threading.Thread(target=self._run, name="pty peer", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self.port, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while all(descriptor != self._wake for descriptor, _ in poll.poll()):
            answer = self._answer(self.port.receive())
            if answer:
                self.port.send(answer)

    def unplug(self) -> None:
        """Take the device away."""
        self._end()
        self.port.unplug()

    def _end(self) -> None:
        if self._thread.is_alive():
            os.write(self._woken, b"x")
            self._thread.join()

    def close(self) -> None:
        """End the thread and close the port."""
        self._end()
        for descriptor in (self._wake, self._woken):
            os.close(descriptor)
        self.port.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

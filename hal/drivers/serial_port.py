"""A serial port, opened so that nobody else can read from it.

Rules: the time-outs of the port are real seconds, because they guard against a stuck device.
"""

from __future__ import annotations

import select
from pathlib import Path
from typing import Final

import serial

from hal.faults import PartFault

WRITE_TIMEOUT_S: Final = 1.0
_READ_BYTES = 4096


class SerialPort:
    """One open port; every failure is a `PartFault` that names the part."""

    def __init__(
        self, part: str, device: Path, baud: int, write_timeout_s: float = WRITE_TIMEOUT_S
    ) -> None:
        """Open `device` exclusively.

        Raises:
            PartFault: it is not there, or somebody else has it.
        """
        self._part = part
        try:
            self._port = serial.Serial(
                str(device), baud, timeout=0, write_timeout=write_timeout_s, exclusive=True
            )
        except (OSError, ValueError) as error:
            raise PartFault(part, f"{device} cannot be opened: {error}") from error

    def read(self, wait_s: float) -> bytes:
        """Return what has come, waiting up to `wait_s` real seconds for the first byte.

        Raises:
            PartFault: the device is unplugged.
        """
        poll = select.poll()
        poll.register(self._port.fileno(), select.POLLIN)
        if not poll.poll(wait_s * 1000):
            return b""
        try:
            return bytes(self._port.read(_READ_BYTES))
        except OSError as error:
            raise PartFault(self._part, f"unplugged: {error}") from error

    def write(self, sent: bytes) -> bool:
        """Send bytes; say whether the device took them in time.

        Raises:
            PartFault: the device is unplugged.
        """
        try:
            self._port.write(sent)
        except serial.SerialTimeoutException:
            return False
        except OSError as error:
            raise PartFault(self._part, f"unplugged: {error}") from error
        return True

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

"""A bar-code scanner on a serial port: one code a line, ended by CR, LF or both.

Rules: a line that is too long or holds anything but printable ASCII is dropped whole.

"""

from __future__ import annotations

from collections import deque

from common.clock import Clock, waits
from hal.config import ScannerConfig
from hal.drivers.serial_port import SerialPort
from hal.scanner import MAX_CODE_CHARACTERS

_LINE_ENDS = b"\r\n"
_PRINTABLE = range(0x20, 0x7F)


class SerialScanner:
    """`hal.scanner.Scanner` on a serial port."""

    def __init__(self, config: ScannerConfig, clock: Clock) -> None:
        """Open the port.

        Raises:
            PartFault: it cannot be opened.
        """
        self._clock = clock
        self._line = bytearray()
        self._codes: deque[str] = deque()
        self._port = SerialPort("scanner", config.device, config.baud)

    def read(self, timeout_s: float) -> str | None:
        """Wait up to `timeout_s` clock seconds for one code; None when there was none.

        Raises:
            PartFault: the scanner is unplugged.
        """
        for wait_s in waits(self._clock, timeout_s):
            if not self._codes:
                self._take(self._port.read(wait_s))
            if self._codes:
                return self._codes.popleft()
        return None

    def _take(self, untrusted: bytes) -> None:
        for byte in untrusted:
            if byte in _LINE_ENDS:
                self._end_line()
            elif len(self._line) <= MAX_CODE_CHARACTERS:  # one too many marks the line as too long
                self._line.append(byte)

    def _end_line(self) -> None:
        if 0 < len(self._line) <= MAX_CODE_CHARACTERS and all(
            byte in _PRINTABLE for byte in self._line
        ):
            self._codes.append(self._line.decode("ascii"))
        self._line.clear()

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

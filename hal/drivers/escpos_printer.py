"""An ESC/POS receipt printer on a serial port, used only for pictures.

Rules: the printer is asked before a picture is sent and after it; the answer that counts comes in
line behind the picture (GS r), so that it says that the paper has really been printed. Time-outs
are real seconds: they guard against a printer that fell silent.

Source: Epson ESC/POS command reference: DLE EOT, GS r, GS v 0, ESC @, ESC d, GS V.
"""

from __future__ import annotations

import time
from typing import Final

from hal.config import PrinterConfig
from hal.drivers.serial_port import SerialPort
from hal.printer import PrinterState

ANSWER_TIMEOUT_S: Final = 1.0
WRITE_TIMEOUTS: Final = 10  # a picture may take so many times as long as an answer
LATE_ANSWERS: Final = 5  # so many times the printer is asked why it does not say that it is done
ROWS_PER_S: Final = 200  # a quarter of what slow printers do at 203 dpi

_BAND_ROWS = 128
_INITIALISE = b"\x1b@"
_FEED_AND_CUT = b"\x1bd\x04\x1dV\x42\x00"
_PRINTER_STATUS = b"\x10\x04\x01"
_OFFLINE_CAUSE = b"\x10\x04\x02"
_PAPER_STATUS = b"\x10\x04\x04"
_PAPER_STATUS_IN_LINE = b"\x1dr\x01"

# Bits of the answers.
_REAL_TIME = (0x93, 0x12)  # mask and value that tell which kind of answer a byte is
_IN_LINE = (0x90, 0x00)
_OFFLINE = 0x08
_COVER_OPEN = 0x04
_STOPPED_FOR_PAPER = 0x20
_PAPER_END = 0x60
_PAPER_END_IN_LINE = 0x0C


class EscposPrinter:
    """`hal.printer.Printer` on a serial port."""

    def __init__(self, config: PrinterConfig, answer_timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        """Open the port.

        Raises:
            PartFault: it cannot be opened.
        """
        self._width = config.width
        self._answer_timeout_s = answer_timeout_s
        self._received: list[int] = []
        patience_s = WRITE_TIMEOUTS * answer_timeout_s
        self._port = SerialPort("printer", config.device, config.baud, patience_s)

    @property
    def width(self) -> int:
        """The widest picture, in pixels."""
        return self._width

    def state(self) -> PrinterState:
        """Ask the printer how it is; OFFLINE when it does not answer.

        Raises:
            PartFault: the port is gone.
        """
        self._forget(_REAL_TIME)
        printer = self._ask(_PRINTER_STATUS)
        if printer is None:
            return PrinterState.OFFLINE
        if printer & _OFFLINE:
            cause = self._ask(_OFFLINE_CAUSE) or 0
            if cause & _COVER_OPEN:
                return PrinterState.COVER_OPEN
            if cause & _STOPPED_FOR_PAPER:
                return PrinterState.PAPER_OUT
        paper = self._ask(_PAPER_STATUS)
        if paper is not None and paper & _PAPER_END:
            return PrinterState.PAPER_OUT
        if printer & _OFFLINE or paper is None:
            return PrinterState.OFFLINE
        return PrinterState.READY

    def print_picture(self, width: int, height: int, rows: bytes) -> PrinterState:
        """Print a picture, feed and cut; return how the printer is afterwards.

        Raises:
            PartFault: the port is gone.
            ValueError: the picture is too wide, or `rows` has another length.
        """
        row_bytes = (width + 7) // 8
        if not 0 < width <= self._width or height <= 0 or len(rows) != row_bytes * height:
            raise ValueError(
                f"a picture of {width} × {height} in {len(rows)} bytes does not fit {self._width}"
            )
        state = self.state()
        if state is not PrinterState.READY:
            return state
        sent = bytearray(_INITIALISE)
        for top in range(0, height, _BAND_ROWS):
            band = rows[top * row_bytes : (top + _BAND_ROWS) * row_bytes]
            sent += _raster(row_bytes, len(band) // row_bytes) + band
        self._forget(_IN_LINE)
        sent += _FEED_AND_CUT + _PAPER_STATUS_IN_LINE
        if not self._port.write(bytes(sent)):
            return self._why_not()
        return self._finished(height)

    def _finished(self, height: int) -> PrinterState:
        """Wait for the answer in line, asking now and then why it does not come."""
        patience_s = LATE_ANSWERS * self._answer_timeout_s + height / ROWS_PER_S
        deadline_s = time.monotonic() + patience_s
        while time.monotonic() < deadline_s:
            answer = self._answer(_IN_LINE)
            if answer is not None:
                return PrinterState.PAPER_OUT if answer & _PAPER_END_IN_LINE else PrinterState.READY
            state = self.state()
            if state is not PrinterState.READY:
                return state
        return PrinterState.OFFLINE

    def _why_not(self) -> PrinterState:
        state = self.state()
        return PrinterState.OFFLINE if state is PrinterState.READY else state

    def _ask(self, question: bytes) -> int | None:
        if not self._port.write(question):
            return None
        return self._answer(_REAL_TIME)

    def _answer(self, kind: tuple[int, int]) -> int | None:
        """Return the next answer of this kind; None when there is none in time."""
        deadline_s = time.monotonic() + self._answer_timeout_s
        while True:
            for byte in self._received:
                if _is_of(byte, kind):
                    self._received.remove(byte)
                    return byte
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return None
            self._received += self._port.read(left_s)

    def _forget(self, kind: tuple[int, int]) -> None:
        """Drop answers of this kind that came too late to be of use."""
        self._received += self._port.read(0.0)
        self._received = [byte for byte in self._received if not _is_of(byte, kind)]

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()


def _is_of(byte: int, kind: tuple[int, int]) -> bool:
    mask, value = kind
    return byte & mask == value


def _raster(row_bytes: int, height: int) -> bytes:
    return b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + height.to_bytes(2, "little")

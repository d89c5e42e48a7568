"""A receipt printer that speaks ESC/POS and keeps the pictures it printed.

Rules: bytes in, bytes out, no port: `feed` takes what came over the wire, whatever pieces it comes
in, and returns what the printer answers. Commands of the reference that are not known here are an
error, noted in `unknown`, so that a driver cannot send what no printer takes. When paper runs out
or the cover is opened the printer goes off line: real-time questions are still answered, everything
else waits until it can go on.

Source: Epson ESC/POS application programming guide: DLE EOT (real time), GS r, GS v 0, ESC @,
ESC d, GS V.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from hal.printer import PrinterState
from simulators.history import History
from simulators.inputs import SimPart

_REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])")


@dataclass(frozen=True, slots=True)
class Picture:
    """One piece of paper, cut off: bits from the top left, 1 is black, rows of whole bytes."""

    width: int
    height: int
    rows: bytes

    def to_pbm(self) -> bytes:
        """Return the picture as a portable bit map (raw PBM), which any viewer shows."""
        return b"P4\n%d %d\n" % (self.width, self.height) + self.rows

    @classmethod
    def from_pbm(cls, content: bytes) -> Picture:
        """Read what `to_pbm` gave."""
        _, size, rows = content.split(b"\n", 2)
        width, height = (int(number) for number in size.split())
        return cls(width, height, rows)

    @classmethod
    def load(cls, path: Path) -> Picture:
        """Read a file."""
        return cls.from_pbm(path.read_bytes())


class EscposPeer:
    """The printer's end of the wire.

    Attributes:
        printed: every picture that was cut off, oldest first.
        paper_rows: rows of paper that are left; None is a whole roll.
        cover_open: opening it stops the printer.
        silent: it answers nothing and prints nothing, as if switched off.
        unknown: bytes that are no command of this printer.
    """

    def __init__(self, width: int = 576) -> None:
        self.width = width
        self.printed: list[Picture] = []
        self.paper_rows: int | None = None
        self.cover_open = False
        self.silent = False
        self.unknown = bytearray()
        self._buffer = bytearray()
        self._rows = bytearray()

    @property
    def paper_out(self) -> bool:
        """Whether the roll has ended."""
        return self.paper_rows == 0

    def feed(self, received: bytes) -> bytes:
        """Take bytes from the board; return the answers."""
        if self.silent:
            return b""
        self._buffer += received
        answers = bytearray()
        while self._buffer:
            real_time = _REAL_TIME.match(self._buffer)
            if real_time:
                answers += self._status(real_time[1][0])
                del self._buffer[:3]
                continue
            if self.cover_open or self.paper_out:
                # Off line: nothing is printed, but a question that comes last is still seen.
                while _REAL_TIME.fullmatch(self._buffer[-3:]):
                    answers += self._status(self._buffer[-1])
                    del self._buffer[-3:]
                break
            used = self._perform(answers)
            if not used:
                break
            del self._buffer[:used]
        return bytes(answers)

    def go_on(self) -> bytes:
        """Take up what waited, after paper was put in or the cover closed; return the answers."""
        return self.feed(b"")

    def _status(self, number: int) -> bytes:
        stopped = self.cover_open or self.paper_out
        match number:
            case 1:
                bits = 0x08 if stopped else 0
            case 2:
                bits = (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0)
            case 3:
                bits = 0
            case _:
                bits = 0x6C if self.paper_out else 0
        return bytes([0x12 | bits])

    def _perform(self, answers: bytearray) -> int:
        """Carry out the command at the front; return its length, 0 if it is not all there."""
        command = bytes(self._buffer[:8])
        prefix = next((known for known in _LENGTHS if command.startswith(known)), None)
        if prefix is None:
            if any(known.startswith(command) for known in (*_LENGTHS, b"\x10\x04\x01")):
                return 0
            self.unknown.append(self._buffer[0])
            return 1
        length = _LENGTHS[prefix]
        if len(self._buffer) < length:
            return 0
        match prefix:
            case b"\x1b@":
                self._rows.clear()
            case b"\x1bd":
                pass  # feed n lines: white paper, which a picture does not show
            case b"\x1dr":
                answers.append(0x0C if self.paper_out else 0)
            case b"\x1dV":
                return self._cut()
            case _:
                return self._raster(command)
        return length

    def _cut(self) -> int:
        length = 4 if self._buffer[2] in {65, 66} else 3
        if len(self._buffer) < length:
            return 0
        row_bytes = (self.width + 7) // 8
        if self._rows:
            rows = bytes(self._rows)
            self.printed.append(Picture(self.width, len(rows) // row_bytes, rows))
            self._rows.clear()
        return length

    def _raster(self, command: bytes) -> int:
        row_bytes = int.from_bytes(command[4:6], "little")
        height = int.from_bytes(command[6:8], "little")
        if len(self._buffer) < 8 + row_bytes * height:
            return 0
        full = (self.width + 7) // 8
        for y in range(height):
            if self.paper_out:
                break  # the rest of this picture is lost with the paper
            row = self._buffer[8 + y * row_bytes : 8 + (y + 1) * row_bytes]
            self._rows += row[:full].ljust(full, b"\0")
            if self.paper_rows is not None:
                self.paper_rows -= 1
        return 8 + row_bytes * height


_LENGTHS = {b"\x1b@": 2, b"\x1bd": 3, b"\x1dr": 3, b"\x1dV": 3, b"\x1dv0": 8}


class SimPrinter(SimPart):
    """A printer inside one process: `hal.printer.Printer`, and a hand at its paper.

    Attributes:
        next_states: what the next calls find, in order; READY when it is empty.
    """

    def __init__(self, history: History, width: int = 576) -> None:
        super().__init__("printer", history)
        self.printed: list[Picture] = []
        self.next_states: list[PrinterState] = []
        self._width = width

    @property
    def width(self) -> int:
        """The widest picture, in pixels."""
        return self._width

    def state(self) -> PrinterState:
        """Say how the printer is, as `hal.printer` says."""
        self.use()
        return self.next_states[0] if self.next_states else PrinterState.READY

    def print_picture(self, width: int, height: int, rows: bytes) -> PrinterState:
        """Print a picture, as `hal.printer` says."""
        self.use()
        if not 0 < width <= self._width or height <= 0 or len(rows) != (width + 7) // 8 * height:
            raise ValueError(f"a picture of {width} × {height} in {len(rows)} bytes does not fit")
        state = self.next_states.pop(0) if self.next_states else PrinterState.READY
        if state is PrinterState.READY:
            self.printed.append(Picture(width, height, rows))
            self.history.note("printer", "printed", f"{height} rows")
        return state

    def close(self) -> None:
        """Do nothing."""

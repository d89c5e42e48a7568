"""The parts of a board beside a bench: what `sailau-sim board …` passes to `main`.

Where there is a wire, the real driver runs on it: the frame buffer on a mapped file, scanner and
printer on pseudo-terminals, clock chip and gauge on a bus of registers that the bench answers.
Touch panel, keys, latch and card slot come as events and questions over the bench's socket. The
section `[parts]` of the board's configuration is not looked at: the bench has all parts.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from common.clock import Clock, waits
from common.errors import Thing
from common.media import Medium
from common.regions import Region
from hal.card_reader import CardReader
from hal.clock_chip import ClockChip
from hal.config import ClockChipConfig, PartsConfig, PrinterConfig, ScannerConfig, SupplyConfig
from hal.lines import KeyEvent, Lines
from hal.medium_slot import MediumSlot
from hal.parts import Parts
from hal.printer import Printer
from hal.scanner import Scanner
from hal.screen import Frame, Screen, ScreenSize
from hal.supply import Supply
from hal.touch import Touch, TouchEvent, TouchKind
from simulators.clock import SimClock
from simulators.link import BenchRefused, Follower, Link
from simulators.media import SharedMediumSlot, own_storage
from simulators.protocol import RECORDING, VISITING, Ask
from simulators.stops import Kind, Mode, Points

if TYPE_CHECKING:
    from simulators.card_reader import SlotView


@dataclass(frozen=True, slots=True)
class Description:
    """Where the bench has the parts of one board."""

    clock: Path
    jump: Path
    screen: Path
    size: ScreenSize
    scanner: Path
    printer: Path
    own: Path
    recording: Path
    visiting: Path


def bench_parts(bench: Path, board: str, points: Points | None = None) -> Parts:
    """Return parts that are opened on the bench at this socket, for the board of this name.

    With `points`, commands to a card are counted, and may be stopped at.
    """

    def described() -> Description:
        return describe(bench, board)

    def clock(_: PartsConfig) -> Clock:
        found = described()
        return SimClock(found.clock, jump=found.jump)

    def card_reader(_: PartsConfig, ticking: Clock) -> CardReader:
        from simulators.card_reader import SimCardReader

        return _ClosingReader(
            SimCardReader(slot := BenchCardSlot(bench, board, points), ticking), slot
        )

    def screen(_: PartsConfig, __: Clock) -> Screen:
        return BenchScreen(bench, board, described())

    def touch(_: PartsConfig, ticking: Clock) -> Touch:
        return BenchTouch(bench, board, ticking)

    def lines(_: PartsConfig, ticking: Clock) -> Lines:
        return BenchLines(bench, board, ticking)

    def clock_chip(_: PartsConfig, ticking: Clock) -> ClockChip:
        from hal.drivers.ds3231 import Ds3231ClockChip

        return Ds3231ClockChip(BenchI2c(bench, board), ClockChipConfig(), ticking)

    def supply(_: PartsConfig, __: Clock) -> Supply:
        from hal.drivers.max17048 import Max17048Supply

        i2c = BenchI2c(bench, board)
        return Max17048Supply(i2c, SupplyConfig(), i2c.on_mains)

    def scanner(_: PartsConfig, ticking: Clock) -> Scanner:
        from hal.drivers.serial_scanner import SerialScanner

        return SerialScanner(ScannerConfig(described().scanner), ticking)

    def printer(_: PartsConfig, __: Clock) -> Printer:
        from hal.drivers.escpos_printer import EscposPrinter

        return EscposPrinter(PrinterConfig(described().printer))

    def recording_slot(_: PartsConfig, __: Clock) -> MediumSlot:
        return SharedMediumSlot(RECORDING, described().recording)

    def visiting_slot(_: PartsConfig, __: Clock) -> MediumSlot:
        return SharedMediumSlot(VISITING, described().visiting)

    def storage(state: Path) -> Medium:
        return own_storage(described().own, state, Thing.OWN_STORAGE.value)

    return Parts(
        clock=clock,
        own_storage=storage,
        card_reader=card_reader,
        screen=screen,
        touch=touch,
        lines=lines,
        clock_chip=clock_chip,
        supply=supply,
        scanner=scanner,
        printer=printer,
        recording_slot=recording_slot,
        visiting_slot=visiting_slot,
    )


def describe(bench: Path, board: str) -> Description:
    """Ask the bench where it has the parts of a board.

    Raises:
        PartFault: there is no bench at this socket.
        BenchRefused: it has no such board.
    """
    link = Link(bench)
    try:
        clock, jump, screen, width, height, *paths = link.ask(Ask.DESCRIBE, board)
    finally:
        link.close()
    scanner, printer, own, recording, visiting = (Path(str(path)) for path in paths)
    size = ScreenSize(cast(int, width), cast(int, height))
    return Description(
        Path(str(clock)),
        Path(str(jump)),
        Path(str(screen)),
        size,
        scanner,
        printer,
        own,
        recording,
        visiting,
    )


class BenchScreen:
    """`hal.screen.Screen`: draws in the mapped file, and tells the bench what stands where."""

    def __init__(self, bench: Path, board: str, description: Description) -> None:
        from simulators.screen import CountedScreen

        self._board = board
        self._link = Link(bench, "screen")
        self._screen = CountedScreen(description.screen, description.size)

    @property
    def size(self) -> ScreenSize:
        """Width and height in pixels."""
        return self._screen.size

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        """Show a frame. Raises: PartFault."""
        number = self._screen.show(frame, regions)
        fields = [[r.name, r.x, r.y, r.width, r.height, r.text] for r in regions]
        self._link.tell(Ask.SHOWN, self._board, number, fields)

    def close(self) -> None:
        """Let go; the last frame stays."""
        self._screen.close()
        self._link.close()


class BenchTouch:
    """`hal.touch.Touch`: follows the bench's finger."""

    def __init__(self, bench: Path, board: str, clock: Clock) -> None:
        self._clock = clock
        self._follower = Follower(bench, board, "touch")

    def read(self, timeout_s: float) -> TouchEvent | None:
        """Wait for the next event, as `hal.touch` says."""
        for wait_s in waits(self._clock, timeout_s):
            match self._follower.next(wait_s):
                case int(kind), int(x), int(y):
                    return TouchEvent(TouchKind(kind), x, y)
        return None

    def close(self) -> None:
        """Hang up."""
        self._follower.close()


class BenchLines:
    """`hal.lines.Lines`: keys are followed, outputs are asked for on a line of their own."""

    def __init__(self, bench: Path, board: str, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._link = Link(bench, "lines")
        self._keys = Follower(bench, board, "keys")

    def read_keys(self, timeout_s: float) -> KeyEvent | None:
        """Wait for the next key event, as `hal.lines` says."""
        for wait_s in waits(self._clock, timeout_s):
            match self._keys.next(wait_s):
                case int(key), bool(pressed):
                    return KeyEvent(key, pressed)
        return None

    def set_latch(self, closed: bool) -> None:
        """Hold the card, or let it go."""
        self._link.ask(Ask.SET_LATCH, self._board, closed)

    def set_lamp(self, lit: bool) -> None:
        """Light the lamp, or not."""
        self._link.ask(Ask.SET_LAMP, self._board, lit)

    def buzz(self, duration_s: float) -> None:
        """Sound the buzzer."""
        self._link.ask(Ask.BUZZ, self._board, round(duration_s * 1000))

    def tamper(self) -> bool:
        """Say whether the case is open."""
        (is_open,) = self._link.ask(Ask.TAMPER, self._board)
        return bool(is_open)

    def close(self) -> None:
        """Put the lamp off and hang up; the latch stays."""
        try:
            self.set_lamp(False)
        finally:
            self._link.close()
            self._keys.close()


class BenchI2c:
    """`hal.drivers.i2c.I2cBus`: each transaction is one question; and the power-fail line."""

    def __init__(self, bench: Path, board: str) -> None:
        self._board = board
        self._link = Link(bench, "I²C bus")

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int) -> list[int]:
        """Read bytes. Raises: OSError, when no chip acknowledges."""
        try:
            (found,) = self._link.ask(Ask.I2C_READ, self._board, i2c_addr, register, length)
        except BenchRefused as refused:
            raise OSError(errno.EREMOTEIO, str(refused)) from refused
        return list(cast(bytes, found))

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int]) -> None:
        """Write bytes. Raises: OSError, when no chip acknowledges."""
        try:
            self._link.ask(Ask.I2C_WRITE, self._board, i2c_addr, register, bytes(data))
        except BenchRefused as refused:
            raise OSError(errno.EREMOTEIO, str(refused)) from refused

    def on_mains(self) -> bool:
        """Say whether mains is there."""
        (on_mains,) = self._link.ask(Ask.MAINS, self._board)
        return bool(on_mains)

    def close(self) -> None:
        """Hang up."""
        self._link.close()


class BenchCardSlot:
    """`simulators.card_reader.CardSlot` on the bench."""

    def __init__(self, bench: Path, board: str, points: Points | None = None) -> None:
        self._board = board
        self._points = points
        self._link = Link(bench, "card reader")
        self._follower = Follower(bench, board, "card")
        self._latest: SlotView | None = None

    def view(self) -> SlotView:
        """Return what can be seen now."""
        return _view(self._link.ask(Ask.CARD_VIEW, self._board))

    def wait(self, seen: SlotView, real_s: float) -> SlotView:
        """Return what can be seen once it differs from `seen`, or after `real_s` real seconds."""
        latest = self._latest or self.view()
        while True:
            happened = self._follower.next(0.0 if latest != seen else real_s)
            if happened is None:
                self._latest = latest
                return latest
            latest = _view(happened)

    def power_on(self) -> tuple[int, bytes] | None:
        """Power the card; None when there is none or it gives no answer to reset."""
        session, answer = self._link.ask(Ask.CARD_POWER_ON, self._board)
        return (cast(int, session), cast(bytes, answer)) if session else None

    def transmit(self, session: int, command: bytes) -> bytes | None:
        """Return the card's answer, or None when the session is over."""

        def transmit() -> bytes | None:
            (response,) = self._link.ask(Ask.CARD_TRANSMIT, self._board, session, command)
            return cast("bytes | None", response)

        def cut_off(_: random.Random, mode: Mode) -> None:
            if mode.power:  # the card loses its power in the middle of the command
                self._link.ask(Ask.CARD_CUT_OFF, self._board, session, command)
            else:  # the reader goes through with it, and there is nobody left to be told
                transmit()

        if self._points is None:
            return transmit()
        return self._points.go_through(Kind.APDU, transmit, cut_off)

    def power_off(self, session: int) -> None:
        """End the session if it is not over."""
        self._link.ask(Ask.CARD_POWER_OFF, self._board, session)

    def close(self) -> None:
        """Hang up."""
        self._link.close()
        self._follower.close()


class _ClosingReader:
    """A `SimCardReader` that hangs up its slot's lines when it is closed."""

    def __init__(self, reader: CardReader, slot: BenchCardSlot) -> None:
        self.wait_for_change = reader.wait_for_change
        self.connect = reader.connect
        self._reader = reader
        self._slot = slot

    def close(self) -> None:
        """Let go of reader and slot."""
        self._reader.close()
        self._slot.close()


def _view(fields: Sequence[object]) -> SlotView:
    from simulators.card_reader import SlotView

    reader, insertion = fields
    return SlotView(bool(reader), cast(int, insertion))

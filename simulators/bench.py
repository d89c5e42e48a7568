"""The bench: one process that holds every simulated part of a station, and one socket to it.

Boards' daemons (`simulators.board_parts`) and hands (`simulators.bench_client`: tests, simulated
people, a web page) connect to the same socket and ask questions (`simulators.protocol`). One thread
answers them one after another, so that what happens has one order. Frames do not pass here: they
stand in memory-mapped files.

Rules: a question that makes no sense is refused and changes nothing. A board's input is pushed to
whoever follows it, and lost when nobody does, as with real hands and dead daemons. It never decides
anything about an election.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import TypeVar

from common.bus import BusClosed, Channel, Listener, Message
from common.config import ConfigError, load
from common.regions import Region
from common.service import EXIT_CONFIG, EXIT_STOPPED, Notifier
from hal.faults import PartFault
from hal.lines import KeyEvent
from hal.touch import TouchEvent
from simulators.card_reader import SlotView
from simulators.media import Trouble, flip_bit
from simulators.piv_card import Moment
from simulators.protocol import OWN, RECORDING, VISITING, Answer, Ask
from simulators.station import BoardOnBench, SimBoard, SimStation

E = TypeVar("E", bound=Enum)

_SEND_TIMEOUT_S = 1.0
_HISTORY_LINES = 200


@dataclass(frozen=True, slots=True)
class BenchConfig:
    """What the bench is to be.

    Attributes:
        socket: where it listens.
        folder: for its own files: clock, screens, slots, prints.
        cards: folder with one file a card.
        start_ms: wall time at the start, Unix milliseconds UTC.
        speed: clock seconds a real second.
    """

    socket: Path
    folder: Path
    cards: Path
    start_ms: int
    boards: tuple[BoardOnBench, ...]
    speed: float = 1.0


@dataclass(slots=True)
class _Wait:
    """Somebody who waits until one of several counts has grown."""

    channel: Channel
    conditions: tuple[tuple[SimBoard, str, int], ...]
    deadline_s: float

    def answer(self) -> list[list[object]]:
        return [
            [board.plan.name, part, board.count(part)]
            for board, part, after in self.conditions
            if board.count(part) > after
        ]


class Bench:
    """The bench's socket and loop."""

    def __init__(self, config: BenchConfig) -> None:
        """Set up the station and listen.

        Raises:
            OSError: the folder or the socket cannot be made.
            ValueError: two boards have the same name.
        """
        self.station = SimStation(
            config.folder,
            config.cards,
            config.boards,
            start_ms=config.start_ms,
            rate=config.speed,
        )
        self._listener = Listener(config.socket, frozenset({os.getuid()}))
        self._channels: set[Channel] = set()
        self._followers: dict[tuple[str, str], Channel] = {}
        self._views: dict[str, SlotView] = {}
        self._waits: list[_Wait] = []
        self._stop_read, self._stop_write = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._stop_read, selectors.EVENT_READ, None)
        for board in self.station.boards.values():
            self._connect(board)

    def _connect(self, board: SimBoard) -> None:
        name = board.plan.name

        def touched(event: TouchEvent) -> None:
            self._push(name, "touch", event.kind.value, event.x, event.y)

        def keyed(event: KeyEvent) -> None:
            self._push(name, "keys", event.key, event.pressed)

        board.touch.events.on_event = touched
        board.lines.events.on_event = keyed
        self._selector.register(
            board.printer_port, selectors.EVENT_READ, lambda: self.station.take_prints(board)
        )
        # Nobody speaks to a scanner; what is written there is thrown away.
        self._selector.register(
            board.scanner_port, selectors.EVENT_READ, board.scanner_port.receive
        )

    def stop(self) -> None:
        """Make `run` return; from any thread or signal handler."""
        with contextlib.suppress(OSError):  # stopped already
            self._stop_write.send(b"\0")

    def run(self) -> None:
        """Answer until `stop`."""
        while True:
            for key, _ in self._selector.select(self._patience_s()):
                if key.data is None:
                    return
                key.data()
            self._push_views()
            self._answer_waits()

    def _patience_s(self) -> float | None:
        if not self._waits:
            return None
        return max(0.0, min(wait.deadline_s for wait in self._waits) - time.monotonic())

    # channels

    def _accept(self) -> None:
        channel = self._listener.accept(0.0)
        if channel is not None:
            self._channels.add(channel)
            self._selector.register(channel, selectors.EVENT_READ, lambda: self._hear(channel))

    def _hear(self, channel: Channel) -> None:
        try:
            message = channel.receive(0.0)
            if message is not None:
                answer = self._answer(channel, message)
                if answer is not None:
                    channel.send(answer, _SEND_TIMEOUT_S)
        except BusClosed:
            self._drop(channel)

    def _drop(self, channel: Channel) -> None:
        if channel not in self._channels:
            return
        self._channels.remove(channel)
        self._selector.unregister(channel)
        self._waits = [wait for wait in self._waits if wait.channel is not channel]
        for key in [key for key, value in self._followers.items() if value is channel]:
            del self._followers[key]
        channel.close()

    def _tell(self, channel: Channel, message: Sequence[object]) -> None:
        try:
            channel.send(message, _SEND_TIMEOUT_S)
        except BusClosed:
            self._drop(channel)

    def _push(self, board: str, part: str, *fields: object) -> None:
        follower = self._followers.get((board, part))
        if follower is not None:
            self._tell(follower, (Answer.HAPPENED.value, *fields))

    def _push_views(self) -> None:
        for name, board in self.station.boards.items():
            view = board.slot.view()
            if self._views.get(name) != view:
                self._views[name] = view
                self._push(name, "card", view.reader, view.insertion)

    def _answer_waits(self) -> None:
        still = []
        for wait in self._waits:
            answer = wait.answer()
            if answer or wait.deadline_s <= time.monotonic():
                self._tell(wait.channel, (Answer.DONE.value, answer))
            else:
                still.append(wait)
        self._waits = [wait for wait in still if wait.channel in self._channels]

    # questions

    def _answer(self, channel: Channel, message: Message) -> tuple[object, ...] | None:
        try:
            fields = self._perform(channel, message)
        except PartFault as fault:
            return Answer.BROKEN.value, fault.what
        except (ValueError, OSError) as error:
            return Answer.REFUSED.value, str(error)
        return None if fields is None else (Answer.DONE.value, *fields)

    def _perform(self, channel: Channel, message: Message) -> tuple[object, ...] | None:
        """Carry out one question; None when its answer comes later or never."""
        station = self.station
        match message:
            case (Ask.HELLO,):
                return str(station.clock_path), list(station.boards)
            case Ask.WAIT, tuple(conditions), int(timeout_ms):
                self._waits.append(self._wait(channel, conditions, timeout_ms))
                return None
            case Ask.FLIP_BIT, str(medium), str(path), int(bit):
                flip_bit(station.medium(medium), path, bit)
            case Ask.KEEP_COPY, str(medium), str(copy):
                station.keep_copy(medium, copy)
            case Ask.BRING_BACK, str(medium), str(copy):
                station.bring_back(medium, copy)
            case Ask.NEW_MEDIUM, str(medium), str(content):
                station.new_medium(medium, Path(content) if content else None)
            case Ask.ADVANCE, int(duration_ms):
                station.hand.advance(duration_ms / 1000)
            case Ask.ADVANCE_TO, int(wall_ms):
                return (station.hand.advance_to(wall_ms),)
            case Ask.SET_RATE, int(rate_ppm):
                station.hand.set_rate(rate_ppm / 1_000_000)
            case int(ask), str(name), *fields:
                board = station.board(name)
                if ask < Ask.WAIT:
                    return self._part(channel, board, ask, fields)
                if ask < Ask.TAP:
                    return self._card_or_history(board, ask, fields)
                if ask < Ask.LINES:
                    return self._input(board, ask, fields)
                return self._hand(board, ask, fields)
            case _:
                raise ValueError(f"no such question: {message[0]}")
        return ()

    def _wait(self, channel: Channel, untrusted: Sequence[object], timeout_ms: int) -> _Wait:
        conditions = []
        for item in untrusted:
            match item:
                case (str(name), str(part), int(after)):
                    conditions.append((self.station.board(name), part, after))
                case _:
                    raise ValueError("a condition is board, part and count")
        return _Wait(channel, tuple(conditions), time.monotonic() + timeout_ms / 1000)

    def _part(
        self, channel: Channel, board: SimBoard, ask: int, fields: Sequence[object]
    ) -> tuple[object, ...] | None:
        """Answer a board's daemon."""
        match (ask, *fields):
            case (Ask.DESCRIBE,):
                return self._description(board)
            case Ask.FOLLOW, str(part):
                self._followers[board.plan.name, part] = channel
            case (Ask.CARD_VIEW,):
                view = board.slot.view()
                return view.reader, view.insertion
            case (Ask.CARD_POWER_ON,):
                return board.slot.power_on() or (0, b"")
            case Ask.CARD_TRANSMIT, int(session), bytes(command):
                return (self.station.transmit(board, session, command),)
            case Ask.CARD_CUT_OFF, int(session), bytes(command):
                self.station.cut_off_card(board, session, command)
            case Ask.CARD_POWER_OFF, int(session):
                self.station.power_off_card(board, session)
            case Ask.SHOWN, int(number), tuple(regions):
                board.shown(number, tuple(Region(*region) for region in regions))
                return None
            case Ask.SET_LATCH, bool(closed):
                board.lines.set_latch(closed)
            case Ask.SET_LAMP, bool(lit):
                board.lines.set_lamp(lit)
            case Ask.BUZZ, int(duration_ms):
                board.lines.buzz(duration_ms / 1000)
            case (Ask.TAMPER,):
                return (board.lines.tamper(),)
            case Ask.I2C_READ, int(address), int(register), int(length):
                return (bytes(board.i2c.read_i2c_block_data(address, register, length)),)
            case Ask.I2C_WRITE, int(address), int(register), bytes(written):
                board.i2c.write_i2c_block_data(address, register, list(written))
            case (Ask.MAINS,):
                return (board.on_mains,)
            case _:
                raise ValueError(f"no such question: {ask}")
        return ()

    def _description(self, board: SimBoard) -> tuple[object, ...]:
        return (
            str(self.station.clock_path),
            str(board.clock.path),
            str(board.glass.path),
            *board.glass.size,
            str(board.scanner_port.path),
            str(board.printer_port.path),
            str(board.slots[OWN].path),
            str(board.slots[RECORDING].path),
            str(board.slots[VISITING].path),
        )

    def _card_or_history(
        self, board: SimBoard, ask: int, fields: Sequence[object]
    ) -> tuple[object, ...]:
        match (ask, *fields):
            case Ask.HISTORY, int(first):
                lines = board.history.of()[first : first + _HISTORY_LINES]
                return ([[line.at_ms, line.part, line.what, line.detail] for line in lines],)
            case Ask.FAIL_NEXT, str(part), str(what):
                self._fail_next(board, part, what)
            case (Ask.POWER_OFF,):
                self.station.power_off(board)
            case Ask.INSERT_CARD, str(card):
                self.station.insert_card(board, card)
            case Ask.INSERT_STRANGE, str(kind):
                self.station.insert_strange(board, kind)
            case (Ask.REMOVE_CARD,):
                return (self.station.remove_card(board),)
            case (Ask.CARD_IN_SLOT,):
                return board.slot.card is not None, board.card_name
            case Ask.PULL_AFTER, int(commands), str(moment):
                board.slot.pull_after(commands, _member(Moment, moment))
            case Ask.PLUG_READER, bool(plugged):
                if plugged:
                    board.slot.plug()
                else:
                    board.slot.unplug()
                board.history.note("card", "reader plugged" if plugged else "reader unplugged")
            case _:
                raise ValueError(f"no such question: {ask}")
        return ()

    def _fail_next(self, board: SimBoard, part: str, what: str) -> None:
        """Let a part be found broken: at its next question, or at once where it is followed."""
        match part:
            case "touch" | "keys" | "card":
                follower = self._followers.get((board.plan.name, part))
                if follower is None:
                    raise ValueError(f"nobody follows {part} of {board.plan.name}")
                self._tell(follower, (Answer.BROKEN.value, what))
            case "lines":
                board.lines.fail_next(what)
            case "i2c":
                board.i2c.fail_next()
            case _:
                raise ValueError(f"part {part} cannot fail here")
        board.history.note(part, "broken", what)

    def _input(self, board: SimBoard, ask: int, fields: Sequence[object]) -> tuple[object, ...]:
        match (ask, *fields):
            case Ask.TAP, int(x), int(y):
                board.touch.tap(x, y)
            case Ask.PRESS, int(x), int(y):
                board.touch.press(x, y)
            case Ask.MOVE, int(x), int(y):
                board.touch.move(x, y)
            case (Ask.RELEASE,):
                board.touch.release()
            case Ask.TAP_KEY, int(key):
                board.lines.tap(key)
            case Ask.SET_KEY, int(key), bool(pressed):
                if pressed:
                    board.lines.press(key)
                else:
                    board.lines.release(key)
            case Ask.SCAN, str(code):
                board.scanner.scan(code)
            case _:
                raise ValueError(f"no such question: {ask}")
        return ()

    def _hand(self, board: SimBoard, ask: int, fields: Sequence[object]) -> tuple[object, ...]:
        station = self.station
        match (ask, *fields):
            case (Ask.LINES,):
                return board.lines.latched, board.lines.lit, len(board.lines.buzzed_s)
            case Ask.OPEN_CASE, bool(is_open):
                board.lines.case_open = is_open
                board.history.note("case", "opened" if is_open else "closed")
            case (Ask.REGIONS,):
                return board.shown_number, [_fields(region) for region in board.regions]
            case Ask.PRINTED, int(first):
                last = len(board.printer.printed)
                return ([str(station.picture_path(board, n)) for n in range(first, last + 1)],)
            case Ask.SET_PRINTER, int(paper_rows), bool(cover_open), bool(silent):
                board.printer.paper_rows = None if paper_rows < 0 else paper_rows
                board.printer.cover_open = cover_open
                board.printer.silent = silent
                station.take_prints(board)
            case Ask.PLUG, str(slot), str(medium):
                station.plug(board, slot, medium)
            case Ask.UNPLUG, str(slot):
                return (station.unplug(board, slot),)
            case Ask.TROUBLE, str(slot), str(trouble), int(after_writes), int(write_ms):
                wrong = _member(Trouble, trouble)
                station.slot(board, slot).make(wrong, after_writes, write_ms)
                board.history.note(slot, "trouble", trouble)
            case Ask.LEAVE_ROOM, str(slot), int(room):
                station.slot(board, slot).leave_room(None if room < 0 else room)
            case Ask.SET_SUPPLY, bool(on_mains), int(charge_percent):
                board.on_mains = on_mains
                board.gauge.charge_percent = charge_percent
                board.history.note("supply", "mains" if on_mains else "battery")
            case Ask.SET_CHIP, int(error_s), bool(stopped):
                board.chip.error_s = error_s
                if stopped:
                    board.chip.stop()
            case Ask.JUMP_CLOCK, int(duration_ms):
                board.clock.by(duration_ms)
                board.history.note("clock", "jumped", f"{duration_ms} ms")
            case _:
                raise ValueError(f"no such question: {ask}")
        return ()

    def close(self) -> None:
        """Close every channel, and the station."""
        for channel in list(self._channels):
            self._drop(channel)
        self._selector.close()
        self._listener.close()
        self._stop_read.close()
        self._stop_write.close()
        self.station.close()


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a bench until SIGTERM: `--config FILE`; tell systemd's way when it is ready."""
    parser = argparse.ArgumentParser(prog="sailau-sim bench", allow_abbrev=False)
    parser.add_argument("--config", required=True, type=Path, help="TOML file, see BenchConfig")
    options = parser.parse_args(argv)
    try:
        bench = Bench(load(options.config, BenchConfig))
    except (ConfigError, OSError, ValueError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return EXIT_CONFIG
    notifier = Notifier(environ.get("NOTIFY_SOCKET"))
    with contextlib.closing(bench), contextlib.closing(notifier), _stopping(bench.stop):
        notifier.tell("READY=1")
        bench.run()
        notifier.tell("STOPPING=1")
    return EXIT_STOPPED


@contextlib.contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    def asked(_number: int, _frame: FrameType | None) -> None:
        stop()

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, asked) for number in numbers]
    try:
        yield
    finally:
        for number, action in zip(numbers, before, strict=True):
            signal.signal(number, action)


def _member(kind: type[E], name: str) -> E:
    if name not in kind.__members__:
        raise ValueError(f"there is no {name}; there are {', '.join(kind.__members__)}")
    return kind[name]


def _fields(region: Region) -> list[object]:
    return [region.name, region.x, region.y, region.width, region.height, region.text]

"""Points at which a simulated board can be stopped, and the plan that says where it is.

A point is one durable write (on own storage, or on the recording medium), one message between a
board's daemon and its cardiod (at either end), or one command to a card. Every daemon counts its
own points, from its first start on and through all later ones, for each part of the day: what is
repeated after a stop in the morning moves no number in the evening. When the n-th of a kind is one
of the plan, the daemon ends there as SIGKILL ends it, or the whole board as a power cut ends it.

The folder of a day's stops holds the part of the day that it is, in `part`, and for each daemon
(`<board>-<daemon>`):

    <unit>.plan      the seed, then one line a stop; written before the first start
    <unit>.points    how many points of each kind there were, and which stops of the plan happened;
                     only the daemon itself writes it, and holds it locked as long as it lives

Rules: a stop happens once. What was chosen by chance follows from seed and stop alone. Boards'
daemons know nothing of this: it is put around their parts (`simulators.stopping`).
"""

from __future__ import annotations

import fcntl
import os
import random
import re
import signal
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from simulators.shared import SharedRecord

MAX_STOPS: Final = 64

T = TypeVar("T")


def board_of(unit: str) -> str:
    """Return the board of a daemon, which is called `<board>-<daemon>`."""
    return unit.rpartition("-")[0]


class Kind(Enum):
    """What is counted."""

    OWN = "own"
    REMOVABLE = "removable"
    BUS_OUT = "bus-out"
    BUS_IN = "bus-in"
    APDU = "apdu"


class Part(Enum):
    """A part of the day, by what people are doing."""

    OPEN = "open"
    VOTE = "vote"
    CLOSE = "close"
    COUNT = "count"
    SIGN = "sign"


class Mode(Enum):
    """Where at the point, and what ends.

    A message that comes in has no middle and no after: the daemon ends with it in its hands.
    """

    BEFORE = "before"
    MIDDLE = "middle"
    AFTER = "after"
    POWER_BEFORE = "power-before"
    POWER = "power"
    POWER_AFTER = "power-after"
    ALL = "all"
    BLACKOUT = "blackout"

    @property
    def moment(self) -> Mode:
        """BEFORE, MIDDLE or AFTER; what ends together with others ends in the middle."""
        match self:
            case Mode.BEFORE | Mode.POWER_BEFORE:
                return Mode.BEFORE
            case Mode.AFTER | Mode.POWER_AFTER:
                return Mode.AFTER
            case _:
                return Mode.MIDDLE

    @property
    def power(self) -> bool:
        """Whether boards lose their power: what lies in memory is gone."""
        return self in (Mode.POWER_BEFORE, Mode.POWER, Mode.POWER_AFTER, Mode.BLACKOUT)


MODES: Final = {
    Kind.OWN: tuple(Mode),
    Kind.REMOVABLE: tuple(Mode),
    Kind.APDU: tuple(Mode),
    Kind.BUS_OUT: (Mode.BEFORE, Mode.AFTER, Mode.POWER_BEFORE, Mode.POWER_AFTER),
    Kind.BUS_IN: (Mode.BEFORE, Mode.POWER_BEFORE),
}
"""For each kind, the modes that differ from one another."""

_UNIT = re.compile(r"[a-z]+-[0-9]+")
_COUNTS: Final = tuple((part, kind) for part in Part for kind in Kind)
# points of each part and kind, stops that happened (bit n: the n-th of the plan), process number
_LAYOUT = struct.Struct(f"<{len(_COUNTS)}QQQ")
_PARTS: Final = tuple(Part)
_PART = struct.Struct("<Q")
_PART_FILE: Final = "part"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: which daemon, at which point, how.

    `number` counts from 1, from the beginning of the part of the day; without one, of the day.
    """

    board: str
    daemon: str
    kind: Kind
    number: int
    mode: Mode = Mode.BEFORE
    part: Part | None = None

    @property
    def unit(self) -> str:
        """The daemon's name, as the supervisor has it."""
        return f"{self.board}-{self.daemon}"

    def __str__(self) -> str:
        part = "" if self.part is None else f"{self.part.value}/"
        point = f"{part}{self.kind.value}@{self.number}"
        return f"{self.board}/{self.daemon}:{point}:{self.mode.value}"

    @classmethod
    def parse(cls, text: str) -> Stop:
        """Read `BOARD/DAEMON:[PART/]KIND@N[:MODE]`. Raises: ValueError: it is none; says why."""
        where, _, rest = text.partition(":")
        board, _, daemon = where.partition("/")
        if not _UNIT.fullmatch(board) or not daemon.isalpha():
            raise ValueError(
                "give BOARD/DAEMON:[PART/]KIND@N[:MODE], e.g. desk-1/deskd:own@3:middle"
            )
        head, slash, tail = rest.partition("/")
        if slash and head not in {one.value for one in Part}:
            raise ValueError(f"there is no part {head!r} of a day; there are {_values(Part)}")
        kind, number, mode = _parsed(tail if slash else rest)
        return cls(board, daemon, kind, number, mode, Part(head) if slash else None)


def _parsed(text: str) -> tuple[Kind, int, Mode]:
    point, _, mode = text.partition(":")
    kind, _, number = point.partition("@")
    if kind not in {one.value for one in Kind}:
        raise ValueError(f"there is no kind {kind!r}; there are {_values(Kind)}")
    if not number.isdecimal() or int(number) == 0:
        raise ValueError(f"{number!r} is no number of a point; they count from 1")
    if mode and mode not in {one.value for one in Mode}:
        raise ValueError(f"there is no mode {mode!r}; there are {_values(Mode)}")
    return Kind(kind), int(number), Mode(mode or Mode.BEFORE.value)


def _values(of: type[Enum]) -> str:
    return ", ".join(str(one.value) for one in of)


def write_plan(folder: Path, units: Iterable[str], stops: Iterable[Stop], seed: int) -> None:
    """Make the folder with a plan for each daemon.

    Raises:
        ValueError: a stop is for no daemon of these, or one has too many.
    """
    folder.mkdir(parents=True)
    SharedRecord.create(folder / _PART_FILE, _PART, 0).close()
    plans: dict[str, list[Stop]] = {unit: [] for unit in units}
    for stop in stops:
        if stop.unit not in plans:
            raise ValueError(f"there is no daemon {stop.unit}; there are {', '.join(plans)}")
        plans[stop.unit].append(stop)
    for unit, planned in plans.items():
        if len(planned) > MAX_STOPS:
            raise ValueError(f"{unit} has {len(planned)} stops; {MAX_STOPS} are allowed")
        lines = [str(seed), *(str(stop) for stop in planned)]
        (folder / f"{unit}.plan").write_text("\n".join(lines) + "\n", encoding="ascii")
        SharedRecord.create(folder / f"{unit}.points", _LAYOUT, *[0] * (len(_COUNTS) + 2)).close()


def begin_part(folder: Path, part: Part) -> None:
    """Let all daemons count in another part of the day from now on."""
    record = SharedRecord(folder / _PART_FILE, _PART, writable=True)
    record.write(_PARTS.index(part))
    record.close()


@dataclass(frozen=True, slots=True)
class Counted:
    """What one daemon went through: points of each part and kind, and the stops that happened."""

    in_parts: dict[tuple[Part, Kind], int]
    happened: tuple[Stop, ...]

    @property
    def points(self) -> dict[Kind, int]:
        """Points of each kind in the whole day."""
        return {kind: sum(self.in_parts[part, kind] for part in Part) for kind in Kind}


def read_counts(folder: Path) -> dict[str, Counted]:
    """Return what each daemon of a day counted so far."""
    found = {}
    for path in sorted(folder.glob("*.points")):
        record = SharedRecord(path, _LAYOUT)
        *counts, happened, _ = record.read()
        record.close()
        plan = _read_plan(path.with_suffix(".plan"))[1]
        found[path.stem] = Counted(
            dict(zip(_COUNTS, counts, strict=True)),
            tuple(stop for at, stop in enumerate(plan) if happened >> at & 1),
        )
    return found


def _read_plan(path: Path) -> tuple[str, list[Stop]]:
    seed, *lines = path.read_text(encoding="ascii").splitlines()
    return seed, [Stop.parse(line) for line in lines]


def end_process(pid: int) -> None:
    """End a process as a power cut does."""
    os.kill(pid, signal.SIGKILL)


class Points:
    """One daemon's points, in its own process."""

    def __init__(
        self,
        folder: Path,
        unit: str,
        cut_power: Callable[[str], None],
        kill: Callable[[int], None] = end_process,
        befall: Callable[[Kind, int], bool] | None = None,
    ) -> None:
        """Go on counting where the last process stopped.

        Args:
            folder: of the day's stops.
            unit: this daemon.
            cut_power: takes a board's power, but for its daemons: card, screen, memory.
            kill: ends the process of this number at once.
            befall: is told each point, before it is gone through; says whether the board loses its
                power there.
        """
        self._end_process = kill
        self._befall = befall
        self._folder = folder
        self._unit = unit
        self._cut_power = cut_power
        self._seed, self._plan = _read_plan(folder / f"{unit}.plan")
        path = folder / f"{unit}.points"
        self._locked = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._locked, fcntl.LOCK_EX)
        self._record = SharedRecord(path, _LAYOUT, writable=True)
        *self._counts, self._happened, _ = self._record.read()
        self._part = SharedRecord(folder / _PART_FILE, _PART)
        self._lock = threading.Lock()
        self._within = threading.local()
        self._write()

    def _write(self) -> None:
        self._record.write(*self._counts, self._happened, os.getpid())

    def go_through(
        self,
        kind: Kind,
        act: Callable[[], T],
        torn: Callable[[random.Random, Mode], object] | None = None,
    ) -> T:
        """Do what the point is about; end before, in the middle or after it if so planned.

        Args:
            act: does it. Points within it are not counted.
            torn: leaves one of the states that an end in the middle may leave; without it, there
                is no middle, and the end comes before.
        """
        if getattr(self._within, "one", False):
            return act()
        with self._lock:
            stop = self._next(kind)
            if self._befall is not None and self._befalls(kind):
                board, _, daemon = self._unit.rpartition("-")
                stop = Stop(board, daemon, kind, self._of_day(kind), Mode.POWER_BEFORE)
            if stop is not None:  # the lock is kept: no other point of this daemon comes after it
                self._end(stop, act, torn)
        self._within.one = True
        try:
            return act()
        finally:
            self._within.one = False

    def _of_day(self, kind: Kind) -> int:
        """Return how many points of a kind there were since the first start of the day."""
        counts: dict[tuple[Part, Kind], int] = dict(zip(_COUNTS, self._counts, strict=True))
        return sum(counts[part, kind] for part in Part)

    def _befalls(self, kind: Kind) -> bool:
        self._within.one = True
        try:
            return self._befall is not None and self._befall(kind, self._of_day(kind))
        finally:
            self._within.one = False

    def _next(self, kind: Kind) -> Stop | None:
        part = _PARTS[self._part.read()[0]]
        self._counts[_COUNTS.index((part, kind))] += 1
        stop = None
        for number, planned in enumerate(self._plan):
            due = planned.kind is kind and planned.number == self._count(planned, part)
            if due and not self._happened >> number & 1:
                self._happened |= 1 << number
                stop = planned
        self._write()
        return stop

    def _count(self, planned: Stop, part: Part) -> int | None:
        """Return how far a planned stop's count is now; None in another part of the day."""
        counts: dict[tuple[Part, Kind], int] = dict(zip(_COUNTS, self._counts, strict=True))
        if planned.part is None:
            return self._of_day(planned.kind)
        return counts[part, planned.kind] if planned.part is part else None

    def _end(
        self,
        stop: Stop,
        act: Callable[[], object],
        torn: Callable[[random.Random, Mode], object] | None,
    ) -> NoReturn:
        draw = random.Random(f"{self._seed}/{stop}")
        self._within.one = True
        if stop.mode.moment is Mode.AFTER:
            act()
        elif stop.mode.moment is Mode.MIDDLE and torn is not None:
            torn(draw, stop.mode)
        for unit, board in self._others(stop):
            self._kill(unit)
            if stop.mode.power:
                self._cut_power(board)
        if stop.mode.power:
            self._cut_power(stop.board)
        self._end_process(os.getpid())
        raise AssertionError("SIGKILL was survived")

    def _others(self, stop: Stop) -> list[tuple[str, str]]:
        """Return the daemons that end with this one, each with its board."""
        units = [path.stem for path in sorted(self._folder.glob("*.points"))]
        others = [(unit, board_of(unit)) for unit in units if unit != self._unit]
        if stop.mode in (Mode.ALL, Mode.BLACKOUT):
            return others
        return [one for one in others if stop.mode.power and one[1] == stop.board]

    def _kill(self, unit: str) -> None:
        """Kill a daemon; one that is not there, or only about to start, is left alone."""
        path = self._folder / f"{unit}.points"
        other = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = SharedRecord(path, _LAYOUT)
            pid = record.read()[-1]
            record.close()
            self._end_process(pid)
        finally:
            os.close(other)

    def close(self) -> None:
        """Let go of the file."""
        self._record.close()
        self._part.close()
        os.close(self._locked)

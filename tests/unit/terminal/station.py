"""A polling station around one terminal: its package folder, its two media, its parts.

Parts keep what they are told and hand over nothing by themselves: tests post events.
"""

from __future__ import annotations

import dataclasses
import hashlib
import queue
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from common import enrolment, records
from common.clock import Clock
from common.keys import seal_to
from common.media import FaultKind, FolderMedium, Medium, MediumFault
from common.records import (
    BoardKind,
    BoardSecrets,
    ProgramFile,
    ProgramManifest,
    StationPackage,
)
from common.regions import Region
from hal.config import PartsConfig
from hal.lines import KeyEvent
from hal.medium_slot import SlotState
from hal.parts import Parts
from hal.screen import Frame, ScreenSize
from hal.touch import TouchEvent, TouchKind
from simulators.clock_chip import SimClockChip
from terminal.state import PROGRAM_ROOT
from tests import halves, samples
from tests.unit.terminal import tiny_book

NAME = "terminal-1"
CODES = tuple(range(3000, 3100))
MORNING_MS = samples.OPENS_S * 1000


@cache
def manifest() -> bytes:
    """Return a signed manifest of one file of the program that runs."""
    path = "terminal/__init__.py"
    digest = hashlib.sha256((PROGRAM_ROOT / path).read_bytes()).digest()
    return records.sign(ProgramManifest("test", (ProgramFile(path, digest),)), samples.ROOT)


@cache
def package() -> StationPackage:
    """Return the sample package with the tiny book and the manifest."""
    return dataclasses.replace(tiny_book.package(), program=records.digest(manifest()))


@cache
def signed_package() -> bytes:
    """Return the signed package."""
    return records.sign(package(), samples.ROOT)


def package_hash() -> bytes:
    """Return the hash by which other records name the package."""
    return records.digest(signed_package())


def write_package_folder(folder: Path, signed: bytes | None = None) -> Path:
    """Write the folder that the centre makes, as far as a terminal reads it; return it."""
    signed = signed or signed_package()
    secrets = BoardSecrets(records.digest(signed), NAME, b"m" * 32, None, None, CODES)
    sealed = seal_to(samples.device(NAME).box_key, records.sign(secrets, samples.ROOT))
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / f"{NAME}.sealed").write_bytes(sealed)
    (folder / enrolment.PACKAGE).write_bytes(signed)
    (folder / enrolment.PROGRAM).write_bytes(manifest())
    tiny_book.write(folder / "book")
    return folder


@cache
def start_order() -> bytes:
    """Return today's signed start order."""
    assert samples.OPENS_S * 1000 == MORNING_MS
    return halves.signed_order(of=package())


def enrol(own: Medium) -> None:
    """Give a board the keys that the package has of it."""
    enrolment.enrol(own, NAME, BoardKind.TERMINAL, samples.seeded(NAME))


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, now_ms: int = MORNING_MS) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000

    def wait_s(self, timeout_s: float) -> float:
        return min(timeout_s, 0.02)  # then look whether it was moved

    def advance(self, duration_s: float) -> None:
        self.ms += round(duration_s * 1000)


class Screen:
    """Keeps the last frame."""

    def __init__(self) -> None:
        self.size = ScreenSize(tiny_book.WIDTH, tiny_book.HEIGHT)
        self.frame = b""

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        self.frame = bytes(frame)

    def close(self) -> None:
        """The last frame stays."""


E = TypeVar("E")


class Events(Generic[E]):
    """What a hand did; `read` waits for it."""

    def __init__(self) -> None:
        self.waiting: queue.SimpleQueue[E] = queue.SimpleQueue()

    def read(self, timeout_s: float) -> E | None:
        try:
            return self.waiting.get(timeout=timeout_s)
        except queue.Empty:
            return None


class Touch(Events[TouchEvent]):
    """A touch panel."""

    def tap(self, region: Region) -> None:
        """Touch the middle of a region and let go."""
        for kind in (TouchKind.DOWN, TouchKind.UP):
            self.waiting.put(TouchEvent(kind, *region.centre))

    def close(self) -> None:
        """Nothing to let go of."""


class Lines:
    """Keys, and a count of buzzes."""

    def __init__(self) -> None:
        self.keys = Events[KeyEvent]()
        self.buzzes = 0

    def read_keys(self, timeout_s: float) -> KeyEvent | None:
        return self.keys.read(timeout_s)

    def set_latch(self, closed: bool) -> None:
        raise AssertionError("a terminal holds no card")

    def set_lamp(self, lit: bool) -> None:
        """No lamp here."""

    def buzz(self, duration_s: float) -> None:
        self.buzzes += 1

    def tamper(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing to let go of."""


class PowerCut(BaseException):
    """The process is gone at once: nothing catches this."""


class FailingMedium:
    """A medium that works until told otherwise.

    Attributes:
        fault: what every further write meets.
        before_write: called before each write, with its path.
    """

    def __init__(self, medium: Medium) -> None:
        self.medium = medium
        self.fault: FaultKind | None = None
        self.before_write: Callable[[str], None] = lambda _: None

    def _write(self, path: str) -> None:
        self.before_write(path)
        if self.fault is not None:
            raise MediumFault(self.fault, self.medium.name, path)

    def append(self, path: str, added: bytes) -> None:
        self._write(path)
        self.medium.append(path, added)

    def replace(self, path: str, content: bytes) -> None:
        self._write(path)
        self.medium.replace(path, content)

    def remove(self, path: str) -> None:
        self._write(path)
        self.medium.remove(path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.medium, name)


class Slot:
    """A slot with a medium, until it is pulled."""

    def __init__(self, root: Path) -> None:
        self.whole = FailingMedium(FolderMedium.make(root, "removable-medium"))
        self.present = True

    def state(self) -> SlotState:
        return SlotState.PRESENT if self.present else SlotState.EMPTY

    def medium(self) -> Medium:
        return _Root(self.whole)

    def close(self) -> None:
        """The medium stays in."""


class _Root:
    """The root of the medium: its folders fail together with it."""

    def __init__(self, whole: FailingMedium) -> None:
        self._whole = whole

    def folder(self, name: str) -> Medium:
        inner = FailingMedium(self._whole.medium.folder(name))
        inner.before_write = self._whole._write
        return inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole.medium, name)


class StandInParts:
    """The parts of one terminal, which stay when the program starts again."""

    def __init__(self, removable: Path, clock: SetClock) -> None:
        self.clock = clock
        self.screen = Screen()
        self.touch = Touch()
        self.lines = Lines()
        self.slot = Slot(removable)
        self.chip = SimClockChip(clock)

    def table(self) -> Parts:
        """Return the table for `main`."""

        def none(_: PartsConfig, __: Clock) -> Any:
            raise AssertionError("a terminal does not have this part")

        return Parts(
            clock=lambda _: self.clock,
            own_storage=lambda state: FolderMedium(state, "own-storage"),
            card_reader=none,
            screen=lambda _, __: self.screen,
            touch=lambda _, __: self.touch,
            lines=lambda _, __: self.lines,
            clock_chip=lambda _, __: self.chip,
            supply=none,
            scanner=none,
            printer=none,
            recording_slot=lambda _, __: self.slot,
            visiting_slot=none,
        )

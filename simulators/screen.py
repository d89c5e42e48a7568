"""The screen: a memory-mapped file on which the real driver draws, and who looks at it.

Rules: the file has exactly the frame, `width * height * 4` bytes, so that the driver maps it like a
frame buffer. A second small file counts: odd while a frame is being drawn, even when it stands. Who
looks takes a copy only of a frame that stood still meanwhile.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common.regions import Region
from hal.config import ScreenConfig
from hal.drivers.framebuffer import LinuxFramebufferScreen
from hal.faults import PartFault
from hal.screen import Frame, ScreenSize
from simulators.history import History
from simulators.inputs import SimPart
from simulators.shared import SharedRecord

_COUNT = struct.Struct("<Q")
_BYTES_PER_PIXEL: Final = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame that stood on a screen: its number from 1 (0: nothing was ever shown)."""

    number: int
    frame: bytes


class ScreenFile:
    """The glass: the two files of one screen."""

    def __init__(self, path: Path, size: ScreenSize) -> None:
        """Map existing files for reading. Raises: OSError."""
        self.path = path
        self.size = size
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            length = size.width * size.height * _BYTES_PER_PIXEL
            self._map = mmap.mmap(descriptor, length, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)
        self._count = SharedRecord(count_path(path), _COUNT)

    @staticmethod
    def create(path: Path, size: ScreenSize) -> ScreenFile:
        """Make a black screen."""
        path.write_bytes(bytes(size.width * size.height * _BYTES_PER_PIXEL))
        SharedRecord.create(count_path(path), _COUNT, 0).close()
        return ScreenFile(path, size)

    @property
    def number(self) -> int:
        """How many frames were shown."""
        (count,) = self._count.read()
        return int(count) // 2

    def look(self) -> Shown | None:
        """Return what stands on the screen; None while it is being drawn."""
        (count,) = self._count.read()
        if count % 2:
            return None
        frame = self._map[:]
        return Shown(count // 2, frame) if self._count.read() == (count,) else None

    def close(self) -> None:
        """Let go of the files."""
        self._map.close()
        self._count.close()


class CountedScreen:
    """The board's side: the real driver on the file, counting frames beside it."""

    def __init__(self, path: Path, size: ScreenSize) -> None:
        self._driver = LinuxFramebufferScreen(ScreenConfig(size.width, size.height, path))
        self._count = SharedRecord(count_path(path), _COUNT, writable=True)

    @property
    def size(self) -> ScreenSize:
        """Width and height in pixels."""
        return self._driver.size

    def show(self, frame: Frame, regions: Sequence[Region]) -> int:
        """Show a frame; return its number. Raises: PartFault."""
        drawing = self._count.read()[0] | 1  # odd already, if the process before was killed in here
        self._count.write(drawing)
        try:
            self._driver.show(frame, regions)
        finally:
            self._count.write(drawing + 1)
        return int(drawing + 1) // 2

    def close(self) -> None:
        """Let go of the files; the last frame stays."""
        self._driver.close()
        self._count.close()


class SimScreen(SimPart):
    """A screen inside one process, for tests: `hal.screen.Screen` that keeps what it was shown."""

    def __init__(self, history: History, size: ScreenSize) -> None:
        super().__init__("screen", history)
        self.shown: list[bytes] = []
        self.regions: tuple[Region, ...] = ()
        self._size = size

    @property
    def size(self) -> ScreenSize:
        """Width and height in pixels."""
        return self._size

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        """Keep the frame. Raises: PartFault."""
        self.use()
        if len(frame) != self._size.width * self._size.height * _BYTES_PER_PIXEL:
            raise PartFault(self.name, f"a frame of {len(frame)} bytes")
        self.shown.append(bytes(frame))
        self.regions = tuple(regions)
        self.history.note(self.name, "shown")

    def close(self) -> None:
        """Do nothing: the last frame stays."""


def count_path(path: Path) -> Path:
    """Return where the frames of the screen in `path` are counted."""
    return path.with_suffix(".count")

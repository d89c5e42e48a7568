"""A recording medium in memory that remembers every durable write, and on which the power can fail.

It has the faults of a real one: full, write-protected, pulled out, broken; a write that the power
cut short leaves nothing, a part or all of it. Media that share a `Power` lose it together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from common.media import MAX_READ_SIZE, FaultKind, MediumFault


class PowerCut(Exception):
    """The power failed: whoever was writing is no more."""


class Cut(Enum):
    """What a write that the power cut short leaves on the medium."""

    NOTHING = "nothing"
    A_PART = "a part"
    GROWN = "a part, and zeros up to its whole length"
    """Of what is overwritten in place, the later part instead: blocks come in any order."""
    ALL = "all"


@dataclass
class Power:
    """The supply of some media. `writes` counts the durable writes since it came on."""

    writes: int = 0
    cut_at: int | None = None
    cut: Cut = Cut.NOTHING
    is_on: bool = True
    cuts: int = 0

    def fail_at(self, write: int, cut: Cut) -> None:
        """Fail at the write with this number, counted from 1 from now on."""
        self.writes, self.cut_at, self.cut = 0, write, cut

    def restore(self) -> None:
        self.is_on, self.cut_at = True, None


@dataclass(frozen=True)
class Write:
    """One durable write, as `history` has it."""

    medium: str
    kind: str
    path: str
    offset: int
    size: int


@dataclass
class RecordingMedium:
    name: str
    power: Power = field(default_factory=Power)
    history: list[Write] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    fault: FaultKind | None = None
    fail_write_at: int | None = None  # counted from 1 over `history`
    prefix: str = ""
    room_left: int = 1 << 40

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        content = self.files.get(self._place(path))
        if content is not None and len(content) > max_size:
            raise MediumFault(FaultKind.IO, self.name, path)
        return content

    def read_at(self, path: str, offset: int, length: int) -> bytes | None:
        content = self.read(path)
        return None if content is None else content[offset : offset + length]

    def size(self, path: str) -> int | None:
        content = self.read(path)
        return None if content is None else len(content)

    def list(self) -> tuple[str, ...]:
        self._look()
        files = sorted(path for path in self.files if path.startswith(self.prefix))
        return tuple(path.removeprefix(self.prefix) for path in files)

    def room(self) -> int:
        self._look()
        if self.fault is FaultKind.READ_ONLY:
            raise MediumFault(self.fault, self.name)
        return self.room_left

    def append(self, path: str, added: bytes) -> None:
        old = self.read(path)
        if old is None:
            self.replace(path, added)
            return
        with self._write("append", path, len(old), len(added)) as part:
            grown = bytes(len(added) - part) if self._grows else b""
            self.files[self.prefix + path] = old + added[:part] + grown

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        old = self.read(path)
        if old is None or offset < 0 or offset + len(written) > len(old):
            raise MediumFault(FaultKind.IO, self.name, path)
        with self._write("write_at", path, offset, len(written)) as part:
            new = written[:part] + old[offset + part : offset + len(written)]
            if self._grows:
                new = old[offset : offset + part] + written[part:]
            self.files[self.prefix + path] = old[:offset] + new + old[offset + len(written) :]

    def replace(self, path: str, content: bytes) -> None:
        place = self._place(path)
        with self._write("replace", path, 0, len(content)) as part:
            if part == len(content):
                self.files[place] = content

    def remove(self, path: str) -> None:
        if self.read(path) is None:
            return
        with self._write("remove", path, 0, 1) as part:
            if part:
                del self.files[self.prefix + path]

    def folder(self, name: str) -> RecordingMedium:
        inner = self._place(name) + "/"
        return RecordingMedium(
            f"{self.name}/{name}", self.power, self.history, self.files, self.fault, prefix=inner
        )

    def flip(self, path: str, bit: int) -> None:
        """Flip one bit of a file, counted from the lowest of its first byte."""
        content = bytearray(self.files[self.prefix + path])
        content[bit // 8] ^= 1 << bit % 8
        self.files[self.prefix + path] = bytes(content)

    def _place(self, path: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", path):
            raise ValueError(f"not a path that a medium takes: {path!r}")
        self._look()
        return self.prefix + path

    def _look(self) -> None:
        if not self.power.is_on:
            raise PowerCut
        if self.fault in {FaultKind.GONE, FaultKind.IO}:
            raise MediumFault(self.fault, self.name)

    @property
    def _grows(self) -> bool:
        return not self.power.is_on and self.power.cut is Cut.GROWN

    @contextmanager
    def _write(self, kind: str, path: str, offset: int, size: int) -> Iterator[int]:
        """Give how much of a write reaches the medium, then end as the write ends."""
        if self.fault is not None or len(self.history) + 1 == self.fail_write_at:
            raise MediumFault(self.fault or FaultKind.IO, self.name, path)
        self.power.writes += 1
        if self.power.writes == self.power.cut_at:
            self.power.is_on = False
            self.power.cuts += 1
            whole = {Cut.NOTHING: 0, Cut.ALL: size}
            yield whole.get(self.power.cut, size // 2)
            raise PowerCut
        yield size
        self.history.append(Write(self.name, kind, path, offset, size))

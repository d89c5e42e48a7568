"""Removable media and the slots they are put into, with everything that media do to people.

A medium is a folder. A slot is a small shared record that says which medium is in it and what is
wrong with it, so that the daemon, in another process, writes with the real `FolderMedium` and still
finds the medium gone, full, read-only or broken the moment that the hand wishes it so.

Rules: a medium that was taken out is gone for whoever held it, also when the same one is put back.
`Trouble` after *n* writes happens in the board's own process: the n+1st write meets it. Two of them
end that process as a power cut does, with SIGKILL, before the write or in the middle of it.
"""

from __future__ import annotations

import os
import shutil
import signal
import struct
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final

from common.media import MAX_READ_SIZE, FaultKind, FolderMedium, Medium, MediumFault
from hal.faults import PartFault
from hal.medium_slot import SlotState
from simulators.shared import SharedRecord

# insertion (0: empty), trouble, writes until it, its number, milliseconds, bytes that fit, root
_LAYOUT = struct.Struct("<QBqQQq2048s")
_UNLIMITED: Final = -1


class Trouble(Enum):
    """What is wrong with a medium."""

    NONE = 0
    GONE = 1
    READ_ONLY = 2
    BROKEN = 3
    POWER_CUT = 4
    POWER_CUT_IN_WRITE = 5
    SLOW = 6


class SimMediumSlot:
    """The hand's side of one slot."""

    def __init__(self, path: Path) -> None:
        """Make an empty slot, shared through the file at `path`."""
        self.path = path
        self.root: Path | None = None
        self._insertions = 0
        self._troubles = 0
        self._trouble = (Trouble.NONE, 0, 0)
        self._room = _UNLIMITED
        self._record = SharedRecord.create(path, _LAYOUT, 0, 0, 0, 0, 0, _UNLIMITED, b"")

    def plug(self, root: Path) -> None:
        """Put the medium in this folder in; it works until told otherwise.

        Raises:
            ValueError: there is one already, or the folder does not exist.
        """
        if self.root is not None:
            raise ValueError(f"there is a medium in the slot already: {self.root.name}")
        if not root.is_dir():
            raise ValueError(f"{root} is no folder")
        self.root = root
        self._insertions += 1
        self._trouble = (Trouble.NONE, 0, 0)
        self._room = _UNLIMITED
        self._publish()

    def unplug(self) -> Path:
        """Take the medium out; return its folder. Raises: ValueError, when the slot is empty."""
        if self.root is None:
            raise ValueError("the slot is empty")
        root, self.root = self.root, None
        self._publish()
        return root

    def make(self, trouble: Trouble, after_writes: int = 0, write_ms: int = 0) -> None:
        """Let something be wrong, after so many more writes; `Trouble.NONE` mends it.

        With `Trouble.SLOW` each write takes `write_ms` real milliseconds.
        """
        self._troubles += 1
        self._trouble = (trouble, after_writes, write_ms)
        self._publish()

    def leave_room(self, room: int | None) -> None:
        """Let only so many bytes fit in all files together; None: as many as the disk takes."""
        self._room = _UNLIMITED if room is None else room
        self._publish()

    def _publish(self) -> None:
        trouble, after_writes, write_ms = self._trouble
        self._record.write(
            self._insertions if self.root else 0,
            trouble.value,
            after_writes,
            self._troubles,
            write_ms,
            self._room,
            os.fsencode(self.root or ""),
        )

    def close(self) -> None:
        """Let go of the file."""
        self._record.close()


def end_process() -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


class SharedMediumSlot:
    """The board's side: `hal.medium_slot.MediumSlot` over the shared record."""

    def __init__(self, name: str, path: Path, end: Callable[[], None] = end_process) -> None:
        """`name` is what logs call the medium; `end` is what a power cut does."""
        self._name = name
        self._end = end
        self._record = SharedRecord(path, _LAYOUT)

    def state(self) -> SlotState:
        """Say whether a medium is in the slot."""
        return SlotState.PRESENT if self._record.read()[0] else SlotState.EMPTY

    def medium(self) -> Medium:
        """Return the medium in the slot. Raises: PartFault, when the slot is empty."""
        insertion, *_, root = self._record.read()
        if not insertion:
            raise PartFault(f"slot {self._name}", "it is empty")
        folder = Path(os.fsdecode(root.rstrip(b"\0")))
        state = _Insertion(self._record, insertion, folder, self._name, self._end)
        state.check("")
        return _SharedMedium(FolderMedium(folder, self._name), state)

    @property
    def root(self) -> Path:
        """The folder of the medium in the slot. Raises: PartFault, when the slot is empty."""
        insertion, *_, root = self._record.read()
        if not insertion:
            raise PartFault(f"slot {self._name}", "it is empty")
        return Path(os.fsdecode(root.rstrip(b"\0")))

    def close(self) -> None:
        """Let go of the file; the medium stays in."""
        self._record.close()


def own_storage(
    record: Path, folder: Path, name: str, end: Callable[[], None] = end_process
) -> Medium:
    """Return a board's own storage in this folder, with what the hand did to it in `record`."""
    shared = SharedRecord(record, _LAYOUT)
    insertion, *_ = shared.read()
    state = _Insertion(shared, insertion, folder, name, end)
    return _SharedMedium(FolderMedium(folder, name), state)


class _Insertion:
    """One medium from being put in to being taken out, and what is wrong with it."""

    def __init__(
        self,
        record: SharedRecord,
        insertion: int,
        root: Path,
        name: str,
        end: Callable[[], None],
    ) -> None:
        self._record = record
        self._insertion = insertion
        self._root = root
        self._name = name
        self._end = end
        self._trouble_number = 0
        self._writes_left = 0

    def check(
        self, path: str, added: int | None = None, torn: Callable[[], None] | None = None
    ) -> None:
        """Meet the trouble that is there.

        Args:
            path: what is read or written.
            added: for a write, by how many bytes the file may grow; None for reading.
            torn: does the first half of the write.
        """
        insertion, trouble_value, after, number, write_ms, room, _ = self._record.read()
        if insertion != self._insertion:
            raise MediumFault(FaultKind.GONE, self._name, path, "it was taken out")
        if number != self._trouble_number:
            self._trouble_number, self._writes_left = number, after
        trouble = Trouble(trouble_value)
        if added is not None and self._writes_left > 0:
            self._writes_left -= 1
        elif trouble is not Trouble.NONE and self._writes_left == 0:
            if trouble is Trouble.SLOW and added is not None:
                time.sleep(write_ms / 1000)
            self._meet(trouble, path, writing=added is not None, torn=torn)
        if added and room != _UNLIMITED and self._used() + added > room:
            raise MediumFault(FaultKind.FULL, self._name, path, f"{room} bytes fit")

    def _meet(
        self, trouble: Trouble, path: str, *, writing: bool, torn: Callable[[], None] | None
    ) -> None:
        match trouble:
            case Trouble.GONE:
                raise MediumFault(FaultKind.GONE, self._name, path, "it was pulled out")
            case Trouble.READ_ONLY if writing:
                raise MediumFault(FaultKind.READ_ONLY, self._name, path, "its switch was moved")
            case Trouble.BROKEN:
                raise MediumFault(FaultKind.IO, self._name, path, "it is broken")
            case Trouble.POWER_CUT if writing:
                self._end()
            case Trouble.POWER_CUT_IN_WRITE if writing:
                if torn is not None:
                    torn()
                self._end()

    def room(self, on_disk: int) -> int:
        """Return how many bytes fit, of those that the disk has left."""
        self.check("", 0)
        room = self._record.read()[5]
        return on_disk if room == _UNLIMITED else min(on_disk, max(0, room - self._used()))

    def _used(self) -> int:
        return sum(file.stat().st_size for file in self._root.rglob("*") if file.is_file())


class _SharedMedium:
    """A real `FolderMedium`, looked after by an `_Insertion`."""

    def __init__(self, folder: Medium, insertion: _Insertion) -> None:
        self._folder = folder
        self._insertion = insertion

    @property
    def name(self) -> str:
        return self._folder.name

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        self._insertion.check(path)
        return self._folder.read(path, max_size=max_size)

    def read_at(self, path: str, offset: int, length: int) -> bytes | None:
        self._insertion.check(path)
        return self._folder.read_at(path, offset, length)

    def append(self, path: str, added: bytes) -> None:
        half = added[: len(added) // 2]
        self._insertion.check(path, len(added), lambda: self._folder.append(path, half))
        self._folder.append(path, added)

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        half = written[: len(written) // 2]
        self._insertion.check(path, 0, lambda: self._folder.write_at(path, offset, half))
        self._folder.write_at(path, offset, written)

    def replace(self, path: str, content: bytes) -> None:
        self._insertion.check(path, len(content))  # the old file stays until the new one is whole
        self._folder.replace(path, content)

    def remove(self, path: str) -> None:
        self._insertion.check(path, 0)
        self._folder.remove(path)

    def size(self, path: str) -> int | None:
        self._insertion.check(path)
        return self._folder.size(path)

    def list(self) -> tuple[str, ...]:
        self._insertion.check("")
        return self._folder.list()

    def room(self) -> int:
        return self._insertion.room(self._folder.room())

    def folder(self, name: str) -> Medium:
        return _SharedMedium(self._folder.folder(name), self._insertion)


def flip_bit(root: Path, path: str, bit: int) -> None:
    """Change one bit of a file on a medium, counted from the first bit of its first byte."""
    with (root / path).open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0] ^ 0x80 >> bit % 8
        file.seek(bit // 8)
        file.write(bytes((byte,)))


def keep_copy(root: Path, copy: Path) -> None:
    """Keep what is on a medium now, to bring it back later. Raises: ValueError, if there is one."""
    if copy.exists():
        raise ValueError(f"there is a copy called {copy.name} already")
    shutil.copytree(root, copy)


def bring_back(root: Path, copy: Path) -> None:
    """Put an older copy in the place of what is on a medium. Raises: ValueError, if none."""
    if not copy.is_dir():
        raise ValueError(f"there is no copy called {copy.name}")
    shutil.rmtree(root)
    shutil.copytree(copy, root)

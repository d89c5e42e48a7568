"""A model of what a file system may have after the power went: recorded calls, all crash states.

`Recorder` stands in the place of the functions of `os` that write, carries them out for real, and
keeps what is not yet durable by what POSIX promises and no more:

* what was written into a file may be lost, or be there in part, until that file is synced: any
  subset of the writes, each whole, or only its first half; of a file that grew, the rest is zeros;
* an entry of a folder (a file made, renamed or removed; a folder made) may be lost until that
  folder is synced; entries of one folder are taken back from the last one on;
* a rename is one change: never both names, never none.

`states` returns every tree of files that could be found after a cut at this moment.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

Tree = frozenset[tuple[str, bytes]]


@dataclass(slots=True)
class Node:
    """A file or a folder, by what is durable of it and what has happened since."""

    durable: bytes = b""
    writes: list[tuple[int, bytes]] = field(default_factory=list)
    entries: dict[str, Node] | None = None
    changes: list[dict[str, Node]] = field(default_factory=list)

    @property
    def now(self) -> dict[str, Node]:
        """The entries that a program sees."""
        return self.changes[-1] if self.changes else self.entries or {}

    def contents(self) -> set[bytes]:
        """Every content that a file may have after a cut."""
        halves = [(None, data[: len(data) // 2], data) for _, data in self.writes]
        found = set()
        for chosen in itertools.product(*halves):
            content = bytearray(self.durable)
            for (offset, data), kept in zip(self.writes, chosen, strict=True):
                if kept is not None:
                    grown = max(len(content), offset + len(data))
                    for size in (offset + len(kept), grown):
                        longer = content + bytes(max(0, size - len(content)))
                        longer[offset : offset + len(kept)] = kept
                        found.add(bytes(longer)) if size != grown else None
                        content = longer
            found.add(bytes(content))
        return found

    def trees(self, prefix: str = "") -> Iterator[dict[str, bytes]]:
        """Every tree that may be found below this folder after a cut."""
        for entries in (self.entries or {}, *self.changes):
            parts: list[list[dict[str, bytes]]] = []
            for name, node in entries.items():
                if node.entries is None:
                    parts.append([{prefix + name: content} for content in node.contents()])
                else:
                    parts.append([*node.trees(f"{prefix}{name}/")])
            for chosen in itertools.product(*parts):
                yield {path: content for part in chosen for path, content in part.items()}


class Recorder:
    """Carries out writing calls, and knows what of them is durable."""

    def __init__(self, root: Path, look: Callable[[Recorder], None]) -> None:
        """Begin with a folder in which everything is durable; `look` is called after each call."""
        self.root = root
        self.top = _read(root)
        self.calls: list[str] = []
        self._look = look
        self._open: dict[int, Node] = {}
        self._real = {name: getattr(os, name) for name in _NAMES}

    def states(self) -> set[Tree]:
        """Return every tree that may be found after a cut now."""
        return {frozenset(tree.items()) for tree in self.top.trees()}

    def __enter__(self) -> Self:
        for name in _NAMES:
            setattr(os, name, getattr(self, name))
        return self

    def __exit__(self, *_: object) -> None:
        for name, real in self._real.items():
            setattr(os, name, real)

    def _done(self, call: str) -> None:
        self.calls.append(call)
        self._look(self)

    # The functions of `os`.

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        folder = None if dir_fd is None else self._open.get(dir_fd)
        descriptor: int = self._real["open"](path, flags, mode, dir_fd=dir_fd)
        if folder is None:
            if Path(path) == self.root:
                self._open[descriptor] = self.top
            return descriptor
        node = folder.now.get(str(path))
        if node is None:
            node = Node()
            folder.changes.append({**folder.now, str(path): node})
        elif flags & os.O_TRUNC and (node.durable or node.writes):
            # As if a new file: the old content is nobody's.
            node.durable, node.writes = b"", []
        self._open[descriptor] = node
        if flags & os.O_CREAT:
            self._done("create")
        return descriptor

    def close(self, descriptor: int) -> None:
        self._open.pop(descriptor, None)
        self._real["close"](descriptor)

    def pwrite(self, descriptor: int, data: Any, offset: int) -> int:
        written: int = self._real["pwrite"](descriptor, data, offset)
        self._open[descriptor].writes.append((offset, bytes(data)[:written]))
        self._done("write")
        return written

    def fsync(self, descriptor: int) -> None:
        self._real["fsync"](descriptor)
        node = self._open[descriptor]
        for offset, data in node.writes:
            longer = bytearray(node.durable.ljust(offset + len(data), b"\0"))
            longer[offset : offset + len(data)] = data
            node.durable = bytes(longer)
        node.writes = []
        if node.changes:
            node.entries, node.changes = node.now, []
        self._done("sync")

    def fdatasync(self, descriptor: int) -> None:
        self.fsync(descriptor)

    def rename(self, old: str, new: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        self._real["rename"](old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        folder = self._open[src_dir_fd]
        if folder is not self._open[dst_dir_fd]:
            raise AssertionError("a rename between folders is not one durable change")
        after = {**folder.now, new: folder.now[old]}
        del after[old]
        folder.changes.append(after)
        self._done("rename")

    def unlink(self, name: str, *, dir_fd: int) -> None:
        self._real["unlink"](name, dir_fd=dir_fd)
        folder = self._open[dir_fd]
        folder.changes.append({key: node for key, node in folder.now.items() if key != name})
        self._done("unlink")

    def mkdir(self, name: str, mode: int = 0o777, *, dir_fd: int) -> None:
        self._real["mkdir"](name, mode, dir_fd=dir_fd)
        folder = self._open[dir_fd]
        folder.changes.append({**folder.now, name: Node(entries={})})
        self._done("mkdir")

    def ftruncate(self, descriptor: int, size: int) -> None:
        raise AssertionError(f"nothing is cut here, to {size} bytes of {descriptor}")


_NAMES = (
    *("open", "close", "pwrite", "fsync", "fdatasync"),
    *("rename", "unlink", "mkdir", "ftruncate"),
)


def _read(folder: Path) -> Node:
    """Return a folder of which everything is durable."""
    found = {
        path.name: _read(path) if path.is_dir() else Node(durable=path.read_bytes())
        for path in folder.iterdir()
    }
    return Node(entries=found)

"""Where a board records: folders on its own storage and on a removable medium, every write durable.

Rules:

* A write returns only when it is on the medium (the file is synced, and the folder too when a file
  appears in it). A power cut before the return leaves the old bytes, the new ones or, in `append`
  and `write_at`, a torn mixture; never anything outside the range that was being written.
* Paths are relative, with `/` between names of `A–Z a–z 0–9 . _ -`; no name begins with a dot.
* A medium may have been written by a stranger: symbolic links are not followed, and whatever is not
  a plain file is not there.
* Whatever the system reports comes out as `MediumFault` with one of four kinds. Nothing is retried.
* What `replace` takes the place of is overwritten before its blocks are freed: an older copy of an
  urn beside the newer one would tell which votes came later.
* `TwoMedia` writes on the board's own storage first and on the removable medium second.

Never here: what the files mean, and whether a board goes on when a medium is gone.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import ClassVar, Final, NoReturn, Protocol, TypeVar

from common.errors import Reason, Refused, Thing

MAX_READ_SIZE: Final = 1 << 28  # a medium of a stranger must not fill our memory
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,126}")
_NEW: Final = ".new"  # a file that `replace` is writing; nobody ever reads it
_MAX_DEPTH: Final = 8
_BLANK_SIZE: Final = 1 << 20

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class FaultKind(Enum):
    """All that can be wrong with a medium, and what an operator is told of a removable one."""

    GONE = Reason.MEDIUM_MISSING
    FULL = Reason.MEDIUM_FULL
    READ_ONLY = Reason.MEDIUM_READ_ONLY
    IO = Reason.MEDIUM_DAMAGED


OF_OWN_STORAGE: Final = {
    FaultKind.GONE: Reason.OWN_STORAGE_DAMAGED,
    FaultKind.FULL: Reason.OWN_STORAGE_FULL,
    FaultKind.READ_ONLY: Reason.OWN_STORAGE_READ_ONLY,
    FaultKind.IO: Reason.OWN_STORAGE_DAMAGED,
}
"""The reasons when it is own storage that failed: nobody can take that out."""


class MediumFault(Exception):
    """A medium failed. What was to be written may be there, be torn, or not be there.

    Attributes: `kind`; `medium`, the medium's name; `path`; `detail` for the technician.
    """

    TOLD: ClassVar = True

    def __init__(self, kind: FaultKind, medium: str, path: str = "", detail: str = "") -> None:
        super().__init__(f"medium {medium}: {kind.name} {path} {detail}".rstrip())
        self.kind = kind
        self.medium = medium
        self.path = path
        self.detail = detail

    @property
    def thing(self) -> Thing:
        """Which of the two media failed, in the operator's words."""
        is_own = self.medium.partition("/")[0] == Thing.OWN_STORAGE.value
        return Thing.OWN_STORAGE if is_own else Thing.REMOVABLE

    def refusal(self, thing: Thing | None = None) -> Refused:
        """Return what to tell the operator; `thing` says which medium, if its name does not."""
        found = thing or self.thing
        own = found is Thing.OWN_STORAGE
        return Refused(OF_OWN_STORAGE[self.kind] if own else self.kind.value, thing=found)


class Medium(Protocol):
    """Files by path. Every write is durable on return.

    All methods raise `MediumFault`, and `ValueError` for a path that is not allowed.
    """

    @property
    def name(self) -> str:
        """What logs and faults call it."""
        ...

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        """Return the whole file, or None if there is none. A longer one is a fault (IO)."""
        ...

    def read_at(self, path: str, offset: int, length: int) -> bytes | None:
        """Return up to `length` bytes from `offset`, fewer at the end; None if there is no file."""
        ...

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end of a file, which is made if it is not there."""
        ...

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        """Overwrite bytes inside an existing file; its size stays. Outside it is a fault (IO)."""
        ...

    def replace(self, path: str, content: bytes) -> None:
        """Put a file in the place of the old one, whole: afterwards there is one or the other."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file; none there is no fault."""
        ...

    def size(self, path: str) -> int | None:
        """Return the bytes in a file, or None if there is none."""
        ...

    def list(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        ...

    def room(self) -> int:
        """Return how many bytes can still be written. One that takes no writing is a fault."""
        ...

    def folder(self, name: str) -> Medium:
        """Return a folder of this medium as a medium; it appears with its first file."""
        ...


def folders(medium: Medium) -> tuple[str, ...]:
    """Return the names of a medium's folders that hold files, sorted: whose medium it is.

    Raises:
        MediumFault: it cannot be read.
    """
    return tuple(sorted({path.partition("/")[0] for path in medium.list() if "/" in path}))


class FolderMedium:
    """A folder of a file system, such as a board's state folder or a mounted medium.

    The folder is remembered as it was when this object was made: when another file system lies in
    its place (or none, because the medium was pulled out), the medium is gone.
    """

    def __init__(self, root: Path, name: str, *, _within: tuple[str, ...] = ()) -> None:
        """Take an existing folder. Raises: MediumFault (GONE) if it is not there."""
        self._root = root
        self._name = name
        self._within = _within
        with self._faults(""):
            self._identity = self._look()

    @classmethod
    def make(cls, root: Path, name: str) -> FolderMedium:
        """Take a folder, making it durably if it is not there."""
        missing = [folder for folder in (root, *root.parents) if not folder.exists()]
        try:
            for folder in reversed(missing):
                folder.mkdir(exist_ok=True)
                _sync_folder(folder.parent)
        except OSError as error:
            raise MediumFault(_kind(error), name, "", str(error)) from error
        return cls(root, name)

    @property
    def name(self) -> str:
        """What logs and faults call it."""
        return self._name

    def folder(self, name: str) -> FolderMedium:
        """Return a folder of this medium as a medium; it appears with its first file."""
        return FolderMedium(
            self._root, f"{self._name}/{name}", _within=(*self._within, *_names(name))
        )

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        """Return the whole file, or None if there is none. A longer one is a fault (IO)."""
        with self._open(path, _READ) as file:
            if file is None:
                return None
            size = os.fstat(file).st_size
            if size > max_size:
                self._fault(FaultKind.IO, path, f"{size} bytes, more than {max_size}")
            return _read_all(file, 0, size)

    def read_at(self, path: str, offset: int, length: int) -> bytes | None:
        """Return up to `length` bytes from `offset`, fewer at the end; None if there is no file."""
        with self._open(path, _READ) as file:
            return None if file is None else _read_all(file, offset, length)

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end of a file, which is made if it is not there."""
        with self._open(path, _WRITE) as file:
            if file is not None:
                size = os.fstat(file).st_size
                try:
                    _write_all(file, size, added)
                    os.fsync(file)
                except OSError:
                    _cut_back(file, size)
                    raise
                return
        self.replace(path, added)

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        """Overwrite bytes inside an existing file; its size stays. Outside it is a fault (IO)."""
        with self._open(path, _WRITE) as file:
            if file is None:
                self._fault(FaultKind.IO, path, "no such file")
            if offset < 0 or offset + len(written) > os.fstat(file).st_size:
                self._fault(FaultKind.IO, path, f"outside the file: {offset}+{len(written)}")
            _write_all(file, offset, written)
            os.fdatasync(file)

    def replace(self, path: str, content: bytes) -> None:
        """Put a file in the place of the old one, whole: afterwards there is one or the other."""
        with self._faults(path), self._folder_of(path, make=True) as (folder, name):
            flags = _WRITE | os.O_CREAT | os.O_TRUNC
            file = os.open(name + _NEW, flags, 0o600, dir_fd=folder)
            try:
                _write_all(file, 0, content)
                os.fsync(file)
            finally:
                os.close(file)
            old = _old_file(folder, name)
            try:
                os.rename(name + _NEW, name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)
                if old is not None:
                    _blank(old)
            finally:
                if old is not None:
                    os.close(old)

    def remove(self, path: str) -> None:
        """Remove a file; none there is no fault."""
        with self._faults(path):
            try:
                with self._folder_of(path) as (folder, name):
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            except FileNotFoundError:
                self._check()

    def size(self, path: str) -> int | None:
        """Return the bytes in a file, or None if there is none."""
        with self._open(path, _READ) as file:
            return None if file is None else os.fstat(file).st_size

    def list(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        with self._faults(""):
            self._check()
            try:
                top = self._folder(self._within)
            except FileNotFoundError:
                return ()
            try:
                return tuple(sorted(_files(top, "", _MAX_DEPTH)))
            finally:
                os.close(top)

    def room(self) -> int:
        """Return how many bytes can still be written. One that takes no writing is a fault."""
        with self._faults(""):
            self._check()
            found = os.statvfs(self._root)
            if found.f_flag & os.ST_RDONLY:
                self._fault(FaultKind.READ_ONLY, "", "it is mounted for reading only")
            return found.f_bavail * found.f_frsize

    @contextmanager
    def _open(self, path: str, flags: int) -> Iterator[int | None]:
        """Give a descriptor of a plain file, or None if there is none."""
        file = None
        with self._faults(path):
            try:
                with self._folder_of(path) as (folder, name):
                    file = os.open(name, flags, dir_fd=folder)
            except FileNotFoundError:
                self._check()
            except OSError as error:
                if error.errno not in _NOT_A_PLAIN_FILE:
                    raise
            try:
                plain = file is not None and stat.S_ISREG(os.fstat(file).st_mode)
                yield file if plain else None
            finally:
                if file is not None:
                    os.close(file)

    @contextmanager
    def _folder_of(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        *folders, name = _names(path)
        self._check()
        folder = self._folder((*self._within, *folders), make=make)
        try:
            yield folder, name
        finally:
            os.close(folder)

    def _folder(self, names: tuple[str, ...], *, make: bool = False) -> int:
        """Walk down from the root, name by name, so that no link leads elsewhere."""
        at = os.open(self._root, _FOLDER)
        for name in names:
            try:
                try:
                    deeper = os.open(name, _FOLDER, dir_fd=at)
                except FileNotFoundError:
                    if not make:
                        raise
                    os.mkdir(name, 0o700, dir_fd=at)
                    os.fsync(at)
                    deeper = os.open(name, _FOLDER, dir_fd=at)
            finally:
                os.close(at)
            at = deeper
        return at

    def _look(self) -> tuple[int, int]:
        found = self._root.stat()
        return found.st_dev, found.st_ino

    def _check(self) -> None:
        if self._look() != self._identity:
            self._fault(FaultKind.GONE, "", "another file system is in its place")

    @contextmanager
    def _faults(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            kind = FaultKind.GONE if not self._root.is_dir() else _kind(error)
            raise MediumFault(kind, self._name, path, str(error)) from error

    def _fault(self, kind: FaultKind, path: str, detail: str) -> NoReturn:
        raise MediumFault(kind, self._name, path, detail)


M = TypeVar("M", bound=Medium)


class TwoMedia:
    """A board's own storage and its removable recording medium; each write goes to own, then to it.

    When a write fails on the second, the first has it. The owner of the files (journal, urn) knows
    how to make the two alike again, reading from the one that verifies; here is no opinion.
    """

    def __init__(self, own: Medium, removable: Medium) -> None:
        self.own = own
        self.removable = removable

    def __iter__(self) -> Iterator[Medium]:
        """Yield own, then removable: the order of every write."""
        yield self.own
        yield self.removable

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        """Return the file as own storage has it; from the removable medium if it has none."""
        content = self.own.read(path, max_size=max_size)
        return self.removable.read(path, max_size=max_size) if content is None else content

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end of the file on both."""
        for medium in self:
            medium.append(path, added)

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        """Overwrite bytes inside the file on both."""
        for medium in self:
            medium.write_at(path, offset, written)

    def replace(self, path: str, content: bytes) -> None:
        """Put a file in the place of the old one on both."""
        for medium in self:
            medium.replace(path, content)

    def remove(self, path: str) -> None:
        """Remove the file from both."""
        for medium in self:
            medium.remove(path)

    def folder(self, name: str) -> TwoMedia:
        """Return the folder of that name on both."""
        return TwoMedia(self.own.folder(name), self.removable.folder(name))

    def check_room(self, needed: int) -> None:
        """Insist that both are there, and that so many bytes fit on each.

        To be asked before a person is served: a medium that fills up must not stop in the middle.

        Raises:
            Refused: MEDIUM_ALMOST_FULL, OWN_STORAGE_ALMOST_FULL.
            MediumFault: a medium is gone, or takes no writing.
        """
        for thing, medium in zip((Thing.OWN_STORAGE, Thing.REMOVABLE), self, strict=True):
            room = medium.room()
            if room < needed:
                found, expected = room >> 10, -(-needed >> 10)
                reason = Reason.MEDIUM_ALMOST_FULL
                if thing is Thing.OWN_STORAGE:
                    reason = Reason.OWN_STORAGE_ALMOST_FULL
                raise Refused(reason, thing=thing, found=found, expected=expected)


class OwnStorageAlone(TwoMedia):
    """Own storage of a board that has no medium of its own yet: a spare that waits."""

    def __init__(self, own: Medium) -> None:
        super().__init__(own, own)

    def __iter__(self) -> Iterator[Medium]:
        """Yield own storage, once."""
        yield self.own


_NOT_A_PLAIN_FILE: Final = (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR, errno.EMLINK)
_KINDS: Final = {
    errno.ENOENT: FaultKind.GONE,
    errno.ENODEV: FaultKind.GONE,
    errno.ENXIO: FaultKind.GONE,
    errno.ESTALE: FaultKind.GONE,
    errno.ENOMEDIUM: FaultKind.GONE,
    errno.ESHUTDOWN: FaultKind.GONE,
    errno.ENOSPC: FaultKind.FULL,
    errno.EDQUOT: FaultKind.FULL,
    errno.EFBIG: FaultKind.FULL,
    errno.EROFS: FaultKind.READ_ONLY,
    errno.EACCES: FaultKind.READ_ONLY,
    errno.EPERM: FaultKind.READ_ONLY,
}


def _kind(error: OSError) -> FaultKind:
    return _KINDS.get(error.errno or 0, FaultKind.IO)


def _names(path: str) -> tuple[str, ...]:
    """Return the names that make up an allowed path. Raises: ValueError for any other."""
    names = tuple(path.split("/"))
    if len(names) > _MAX_DEPTH or not all(_NAME.fullmatch(name) for name in names):
        raise ValueError(f"not a path that a medium takes: {path!r}")
    if names[-1].endswith(_NEW):
        raise ValueError(f"names in {_NEW} belong to files being written: {path!r}")
    return names


def _files(folder: int, prefix: str, depth: int) -> Iterator[str]:
    for entry in sorted(os.listdir(folder)):
        if not _NAME.fullmatch(entry) or entry.endswith(_NEW):
            continue
        mode = os.stat(entry, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISREG(mode):
            yield prefix + entry
        elif stat.S_ISDIR(mode) and depth > 1:
            deeper = os.open(entry, _FOLDER, dir_fd=folder)
            try:
                yield from _files(deeper, f"{prefix}{entry}/", depth - 1)
            finally:
                os.close(deeper)


def _read_all(file: int, offset: int, length: int) -> bytes:
    parts = []
    while length > 0 and (part := os.pread(file, length, offset)):
        parts.append(part)
        offset += len(part)
        length -= len(part)
    return b"".join(parts)


def _write_all(file: int, offset: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(file, rest, offset)
        offset += written
        rest = rest[written:]


def _old_file(folder: int, name: str) -> int | None:
    """Open the file whose place another one is about to take."""
    try:
        file = os.open(name, _WRITE, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, *_NOT_A_PLAIN_FILE):
            return None
        raise
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    return None


def _blank(file: int) -> None:
    """Overwrite a file that has no name any more, so that freed blocks do not keep its content."""
    found = os.fstat(file)
    if found.st_nlink:
        return  # somebody else's file by another name
    for offset in range(0, found.st_size, _BLANK_SIZE):
        _write_all(file, offset, bytes(min(_BLANK_SIZE, found.st_size - offset)))
    os.fdatasync(file)


def _cut_back(file: int, size: int) -> None:
    """Take a torn end off, if the failing medium lets us; the readers cope if it does not."""
    try:
        os.ftruncate(file, size)
        os.fsync(file)
    except OSError:
        return


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, _FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

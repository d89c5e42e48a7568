"""The evidence bundle as a folder: which files it may have, and what was read of them.

Rules: every file is read once, as bytes, before anything is believed; a link, a folder that does
not belong there, or an unreadable file is refused by name. The names are those of
`docs/bundle.md`.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from verifier.encoding import Wrong
from verifier.proved import Count
from verifier.sealed import Cast
from verifier.work import Work

MANIFEST = "manifest.cose"
PACKAGE = "package.cose"
PROGRAM = "program.cose"
START_ORDER = "start-order.cose"
MINUTES = "minutes.cose"
SEALED = "votes-sealed.cborseq"
OPENED = "votes-opened.cborseq"
BOOK_INDEX = "book/index.cbor"
BOOK_IMAGES = "book/images.cborseq"
MIXES = ("mixes/1.cose", "mixes/2.cose")
CHECK_VALUES = "check-values.txt"
CHECKED, OPENINGS = "checked", "openings"
ABSENCE = "absence"

SCHEME = "elgamal-edwards25519/1"
DESK, TERMINAL, ACCUMULATOR, PORTABLE = 1, 2, 3, 4
CHAIR, TECHNICIAN = 1, 4

NEEDED = (
    MANIFEST,
    PACKAGE,
    PROGRAM,
    START_ORDER,
    MINUTES,
    SEALED,
    OPENED,
    BOOK_INDEX,
    BOOK_IMAGES,
)
PROOFS = (*MIXES, CHECK_VALUES)
_PERMITTED = re.compile(
    r"absence/[0-9]{1,3}\.cose"
    r"|acts/[0-9]{3}-[a-z-]{1,40}\.cose"
    r"|(statements|checked|openings)/[A-Za-z0-9-]{1,32}\.cose"
    r"|journals/[A-Za-z0-9-]{1,32}\.cborseq"
)
_FOLDERS = ("absence", "acts", "book", "checked", "journals", "mixes", "openings", "statements")
MAX_FILES = 600
MAX_BUNDLE_BYTES = 1 << 32
MAX_FILE_BYTES = 1 << 28
MAX_SEALING_BYTES = 1 << 16


class NotThere(Exception):
    """What a step would look at is not there, and need not be."""


@dataclass(slots=True)
class Case:
    """One bundle under examination: its files, and what the checks have established so far."""

    files: dict[str, bytes]
    root_key: bytes
    sealing: bytes | None = None
    package: dict[int, Any] = field(default_factory=dict)
    package_hash: bytes = b""
    start_order: dict[int, Any] = field(default_factory=dict)
    minutes: dict[int, Any] = field(default_factory=dict)
    acts: dict[str, dict[int, Any]] = field(default_factory=dict)
    statements: dict[str, dict[int, Any]] = field(default_factory=dict)
    votes: list[Cast] = field(default_factory=list)
    sealed_by_style: dict[int, int] = field(default_factory=dict)
    count: Count | None = None
    work: Work = field(default_factory=Work)
    opened: list[tuple[int, tuple[tuple[int, ...], ...], int]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def counting(self) -> Count:
        """Return what the proofs have established so far. Raises: LookupError: nothing."""
        if self.count is None:
            raise LookupError("the halves of the key were not checked")
        return self.count

    def names(self, folder: str) -> list[str]:
        """Return the names, without ending, of the files in a folder of the bundle."""
        return [
            path.removeprefix(folder + "/").partition(".")[0]
            for path in sorted(self.files)
            if path.startswith(folder + "/")
        ]

    def boards(self) -> dict[str, list[Any]]:
        """Return the boards of the package: name to [kind, sign key, is spare]."""
        return {board[0]: [board[1], board[2], board[4]] for board in self.package[13]}


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return every file of the bundle by its path. Raises: Wrong: naming what must not be there."""
    if not folder.is_dir():
        raise Wrong(f"{folder}: there is no such folder; give the folder called evidence")
    files: dict[str, bytes] = {}
    for where, folders, names in os.walk(folder, onerror=_unreadable):
        folders.sort()
        for name in folders:
            inside = Path(where, name).relative_to(folder).as_posix()
            if inside not in _FOLDERS or Path(where, name).is_symlink():
                raise Wrong(f"{_shown(inside)} does not belong in an evidence bundle")
        for name in sorted(names):
            path = Path(where, name)
            inside = path.relative_to(folder).as_posix()
            if inside not in (*NEEDED, *PROOFS) and not _PERMITTED.fullmatch(inside):
                raise Wrong(f"{_shown(inside)} does not belong in an evidence bundle")
            files[inside] = _content(path)
            if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BUNDLE_BYTES:
                raise Wrong(f"{folder}: it has more files, or longer ones, than a bundle can have")
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise Wrong(f"{missing[0]} is missing from the bundle")
    return files


def read_sealing(folder: Path) -> bytes | None:
    """Return the act of sealing that lies beside the bundle, under its name; None without one.

    Raises: Wrong: it cannot be read, or is no such file.
    """
    folder = folder.absolute()
    path = folder.with_name(f"{folder.name}-sealing.cose")
    if not path.exists() and not path.is_symlink():
        return None
    content = _content(path)
    if len(content) > MAX_SEALING_BYTES:
        raise Wrong(f"{path.name} is larger than any act")
    return content


def _unreadable(error: OSError) -> NoReturn:
    raise Wrong(f"{_shown(str(error.filename))} cannot be read: {error.strerror}") from error


def _shown(name: str) -> str:
    """Return a name that somebody chose so that it can be printed, on one line."""
    return name if name.isprintable() else ascii(name)


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Wrong(f"{path.name} is not a plain file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Wrong(f"{path.name} cannot be read: {error.strerror}") from error
    if len(content) > MAX_FILE_BYTES:
        raise Wrong(f"{path.name} is larger than any file of a bundle")
    return content

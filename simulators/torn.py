"""What a write that was cut off may leave on a file system, drawn by chance.

The states are those that `common.media` allows for its users, and that a journalling file system
can leave on a sudden end (a unit test of `FolderMedium` proves that nothing else comes about):

    append      any prefix of what was added; or the file grown already, zeros in the place of data
    write_at    any of the 512-byte sectors that it covers, new or old
    replace     the old file or the new one, whole; with or without what was written of the new one
                beside it; a folder that was made for it may be there, empty
    remove      the file there or gone

Rules: nothing outside the file that was being written is touched. Written with plain files, so
that it does not depend on what it is to test.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

SECTOR: Final = 512
_NEW: Final = ".new"


def torn_append(file: Path, added: bytes, draw: random.Random) -> None:
    """Leave an append that was cut off; a file that is not there is made by `torn_replace`."""
    if not file.is_file():
        torn_replace(file, added, draw)
        return
    with file.open("ab") as out:
        out.write(_cut(added, draw))


def torn_write_at(file: Path, offset: int, written: bytes, draw: random.Random) -> None:
    """Leave an overwriting that was cut off."""
    if not file.is_file():
        return
    end = offset + len(written)
    with file.open("r+b") as out:
        for start in range(offset - offset % SECTOR, end, SECTOR):
            if draw.random() < 0.5:
                first, last = max(start, offset), min(start + SECTOR, end)
                out.seek(first)
                out.write(written[first - offset : last - offset])


def torn_replace(file: Path, content: bytes, draw: random.Random) -> None:
    """Leave a replacing that was cut off."""
    missing = [folder for folder in (file.parent, *file.parent.parents) if not folder.exists()]
    made = draw.randint(0, len(missing))
    for folder in reversed(missing[len(missing) - made :]):
        folder.mkdir(mode=0o700)
    if made < len(missing):
        return
    new = file.with_name(file.name + _NEW)
    state = draw.choice(("nothing yet", "partly written", "written", "in its place"))
    match state:
        case "partly written":
            new.write_bytes(_cut(content, draw))
        case "written":
            new.write_bytes(content)
        case "in its place":
            new.write_bytes(content)
            new.replace(file)


def torn_remove(file: Path, draw: random.Random) -> None:
    """Leave a removing that was cut off."""
    if draw.random() < 0.5:
        file.unlink(missing_ok=True)


def _cut(content: bytes, draw: random.Random) -> bytes:
    """Return a prefix of any length, perhaps followed by zeros that stand for lost blocks."""
    written = draw.randint(0, len(content))
    grown = draw.randint(written, len(content)) if draw.random() < 0.5 else written
    return content[:written] + bytes(grown - written)

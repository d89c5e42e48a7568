"""A small record in a memory-mapped file: one process writes it, any number read it, cheaply.

Rules: a record is written into the next place of a ring and only then pointed at, so that a reader
gets the old values or the new ones and never waits, also when the writer is killed in between. A
reader that sleeps through a whole turn of the ring while it copies could get a mixture; it looks at
the pointer again and then copies once more.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from typing import Any, Final, Self

_POINTER: Final = struct.Struct("<Q")  # how many records were written; eight aligned bytes
_PLACES: Final = 64


class SharedRecord:
    """A record of one `struct.Struct`, shared through a file."""

    def __init__(self, path: Path, layout: struct.Struct, *, writable: bool = False) -> None:
        """Map an existing file. Raises: OSError, ValueError."""
        self._layout = layout
        flags = os.O_RDWR if writable else os.O_RDONLY
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        descriptor = os.open(path, flags | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(descriptor, _file_size(layout), access=access)
        finally:
            os.close(descriptor)

    @classmethod
    def create(cls, path: Path, layout: struct.Struct, *values: object) -> Self:
        """Make the file with its first values, and map it for writing."""
        path.write_bytes(bytes(_file_size(layout)))
        record = cls(path, layout, writable=True)
        record.write(*values)
        return record

    def write(self, *values: object) -> int:
        """Replace the record; return how many there have been."""
        (written,) = _POINTER.unpack_from(self._map)
        self._layout.pack_into(self._map, self._place(written + 1), *values)
        _POINTER.pack_into(self._map, 0, written + 1)
        return int(written) + 1

    def read(self) -> tuple[Any, ...]:
        """Return the values."""
        while True:
            (written,) = _POINTER.unpack_from(self._map)
            values = self._layout.unpack_from(self._map, self._place(written))
            (written_now,) = _POINTER.unpack_from(self._map)
            if written_now - written < _PLACES - 1:
                return values

    @property
    def version(self) -> int:
        """How many records there have been: it tells whether something changed."""
        (written,) = _POINTER.unpack_from(self._map)
        return int(written)

    def _place(self, number: int) -> int:
        return _POINTER.size + number % _PLACES * self._layout.size

    def close(self) -> None:
        """Unmap the file."""
        self._map.close()


def _file_size(layout: struct.Struct) -> int:
    return _POINTER.size + _PLACES * layout.size

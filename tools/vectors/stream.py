"""The scalars and byte strings of the test vectors: the same in every run, random to nobody.

Draw N (from 1, in decimal) of the stream NAME is the first 64 bytes of
SHAKE-256("sailau/vectors/NAME/N"). A scalar is such a draw as a little-endian integer, mod q; a
byte string its beginning.
"""

from __future__ import annotations

import hashlib

from tools.vectors.plain import Q


class Stream:
    """One stream of draws."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def take(self, size: int) -> bytes:
        """Return `size` bytes, at most 64."""
        self._count += 1
        label = f"sailau/vectors/{self._name}/{self._count}"
        return hashlib.shake_256(label.encode("ascii")).digest(64)[:size]

    def scalar(self) -> int:
        """Return a scalar."""
        return int.from_bytes(self.take(64), "little") % Q

    def scalars(self, count: int) -> tuple[int, ...]:
        """Return so many scalars."""
        return tuple(self.scalar() for _ in range(count))

    def order(self, count: int) -> tuple[int, ...]:
        """Return the numbers from 1 to `count` in some order."""
        return tuple(sorted(range(1, count + 1), key=lambda _: self.take(16)))

"""Random scalars, and a watch over the source that they come from.

Rules:
- the source is asked for whole blocks of 64 bytes, and each is looked at before it is used: a block
  or a half of one that came before, or far too many zeros or ones, means that the source is broken.
  `BadRandomness` is not to be caught: the board stops.
- a scalar takes one block: 512 bits mod q cannot be told from an even draw.
- what must never be used twice (`Hedged`: one-time secrets of a proof about a key, the scalars that
  seal a ballot) is hashed from a block, the secret that it guards, and the statement: a source that
  repeats itself, in another process or after a restart, does not repeat it for another statement.

What is remembered of blocks is a keyed hash (SipHash, the interpreter's), never the block.

Sources: SP 800-90B §4.4 (tests of a source at work); Ristenpart and Yilek, When Good Randomness
Goes Bad, NDSS 2010 (hedging).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from common.seal.hashing import Q, challenge

RandomBytes: TypeAlias = Callable[[int], bytes]
Draw: TypeAlias = Callable[[], int]

BLOCK = 64
_HALF = BLOCK // 2
_FEWEST_ONES, _MOST_ONES = 143, 369  # of 512: ten standard deviations, below 2^-75
_REMEMBERED = 1 << 20
_WORD = 8


class BadRandomness(Exception):
    """The random source is broken: what it gave must not be used, and the board must stop."""

    TOLD = True


class CheckedSource:
    """A random source of which every block is looked at."""

    def __init__(self, source: RandomBytes) -> None:
        self._source = source
        self._seen: set[int] = set()

    def __call__(self, size: int) -> bytes:
        """Return `size` bytes. Raises: BadRandomness."""
        return b"".join(self.block() for _ in range(-(-size // BLOCK)))[:size]

    def block(self) -> bytes:
        """Return 64 bytes. Raises: BadRandomness."""
        block = self._source(BLOCK)
        if len(block) != BLOCK:
            raise BadRandomness("the random source gave less than it was asked for")
        if not _FEWEST_ONES <= int.from_bytes(block, "little").bit_count() <= _MOST_ONES:
            raise BadRandomness("the random source gives too many zeros or ones")
        for half in (hash(block[:_HALF]), hash(block[_HALF:])):
            if half in self._seen:
                raise BadRandomness("the random source repeats itself")
            self._seen.add(half)
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        return block

    def scalar(self) -> int:
        """Return a scalar, each as likely as any other. Raises: BadRandomness."""
        return int.from_bytes(self.block(), "little") % Q


def scalars(draw: Draw, count: int) -> tuple[int, ...]:
    """Return so many scalars."""
    return tuple(draw() for _ in range(count))


class Hedged:
    """Draws of one-time scalars that guard `secret` under this statement."""

    def __init__(self, source: CheckedSource, secret: bytes, statement: Sequence[bytes]) -> None:
        self._source = source
        self._secret = secret
        self._statement = tuple(statement)
        self._count = 0

    def __call__(self) -> int:
        """Return the next one. Raises: BadRandomness."""
        self._count += 1
        return challenge(
            "one-time-secret", self._source.block(), self._secret, self._count, *self._statement
        )


def permutation(source: CheckedSource, count: int) -> tuple[int, ...]:
    """Return the numbers from 0 to count - 1 in an order that is as likely as any other.

    Fisher and Yates' shuffle; each place is drawn by rejection, so that none is favoured (Knuth,
    TAOCP 2, §3.4.2, algorithm P). Raises: BadRandomness.
    """
    order = list(range(count))
    words: list[int] = []
    for last in range(count - 1, 0, -1):
        fair = 2 ** (8 * _WORD) // (last + 1) * (last + 1)
        while True:
            if not words:
                block = source.block()
                words = [
                    int.from_bytes(block[at : at + _WORD], "little")
                    for at in range(0, BLOCK, _WORD)
                ]
            if (word := words.pop()) < fair:
                break
        place = word % (last + 1)
        order[last], order[place] = order[place], order[last]
    return tuple(order)

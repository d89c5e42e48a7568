"""Numbers in a process's memory that may be secret scalars: Python's integers and byte strings.

Rules: what looks like an integer of 241 to 256 bits, or like a byte string of 32 bytes, is taken
for one, whether it is still used or lies in memory that was given back. Source: CPython,
`Include/cpython/longintrepr.h` and `Include/cpython/bytesobject.h`.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator

from common.seal.group import times_base
from common.seal.hashing import Q

SIZE = 32
_WORD = 8
_DIGITS, _DIGIT_BITS = 9, 30
_INTEGER_HEADS = tuple(head.to_bytes(_WORD, "little") for head in (_DIGITS, _DIGITS << 3))
"""How many digits of 30 bits; since Python 3.12 three bits further up."""
_BYTES_HEAD = SIZE.to_bytes(_WORD, "little")


def scalars_in(region: bytes) -> Iterator[bytes]:
    """Yield candidates, 32 bytes each, little-endian."""
    for head in _INTEGER_HEADS:
        for at in _found(region, head):
            written = region[at + _WORD : at + _WORD + 4 * _DIGITS]
            if len(written) < 4 * _DIGITS:
                continue
            digits = struct.unpack(f"<{_DIGITS}I", written)
            if digits[-1] and not any(digit >> _DIGIT_BITS for digit in digits):
                number = sum(digit << _DIGIT_BITS * place for place, digit in enumerate(digits))
                if number >> 8 * SIZE == 0:
                    yield number.to_bytes(SIZE, "little")
    for at in _found(region, _BYTES_HEAD):
        start = at + 2 * _WORD  # behind the size comes the hash
        if region[start + SIZE : start + SIZE + 1] == b"\0":
            yield region[start : start + SIZE]


def made_of(candidates: Iterable[bytes], points: Collection[bytes]) -> list[bytes]:
    """Return the candidates that are the scalars of points."""
    if not points:
        return []
    scalars = {one: int.from_bytes(one, "little") % Q for one in set(candidates)}
    return [one for one, scalar in scalars.items() if scalar and times_base(scalar) in points]


def _found(region: bytes, head: bytes) -> Iterator[int]:
    """Yield where a word stands; objects lie at whole words."""
    at = region.find(head)
    while at >= 0:
        if at % _WORD == 0:
            yield at
        at = region.find(head, at + 1)

"""The group of the proofs: edwards25519's subgroup of prime order, by libsodium.

Rules (docs/proofs.md, section 1):
- a `Point` is 32 bytes that were read: the one form of a point of the subgroup, not the identity;
  or what the operations below made of such. What came from outside and nobody has checked is
  `bytes` and called `untrusted_…`.
- a scalar is an integer from 0 to Q - 1; in bytes 32, little-endian.
- `times` checks its point itself, whole, and refuses a factor of zero. `add`, `subtract` and
  `total` check no more than that it is on the curve.

Generators that commitments need are hashed, so that nobody knows a logarithm among them.

Source: RFC 8032 §5.1; libsodium, crypto_core_ed25519(3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NewType, TypeAlias

from nacl import bindings as sodium
from nacl.exceptions import RuntimeError as SodiumRefused

from common.seal.hashing import Q, hashed

SIZE = 32
_FIELD = 2**255 - 19
_MAX_GENERATORS = 1 << 15

Point = NewType("Point", bytes)
Row: TypeAlias = tuple[Point, ...]  # one ballot of a list: a, b_1 … b_w

IDENTITY = b"\x01" + bytes(31)


class ProofError(ValueError):
    """These bytes are no point or scalar, or they are and the proof does not hold: refused."""


def read_point(untrusted: bytes) -> Point:
    """Return the point in 32 bytes. Raises: ProofError."""
    if not is_point(untrusted):
        raise ProofError("these bytes are no point of the group")
    return Point(untrusted)


def is_point(untrusted: bytes) -> bool:
    """Say whether some bytes read as a point."""
    return len(untrusted) == SIZE and bool(sodium.crypto_core_ed25519_is_valid_point(untrusted))


def on_curve(untrusted: bytes) -> bool:
    """Say whether 32 bytes are any point of the curve; much cheaper than `is_point`."""
    try:
        sodium.crypto_core_ed25519_add(untrusted, IDENTITY)
    except SodiumRefused:
        return False
    return True


def read_scalars(untrusted: bytes) -> tuple[int, ...]:
    """Return the scalars that stand one after the other in some bytes. Raises: ProofError."""
    scalars = tuple(int.from_bytes(part, "little") for part in cut(untrusted))
    if any(scalar >= Q for scalar in scalars):
        raise ProofError("a scalar is not below q")
    return scalars


def cut(untrusted: bytes) -> list[bytes]:
    """Return some bytes in pieces of 32. Raises: ProofError: that does not come out even."""
    if len(untrusted) % SIZE:
        raise ProofError(f"{len(untrusted)} bytes are no row of points or scalars")
    return [untrusted[at : at + SIZE] for at in range(0, len(untrusted), SIZE)]


def scalar_bytes(scalar: int) -> bytes:
    """Return an integer mod q in 32 bytes."""
    return (scalar % Q).to_bytes(SIZE, "little")


def times_base(factor: int) -> Point:
    """Return factor·G. Raises: ProofError: the factor is zero."""
    try:
        return Point(sodium.crypto_scalarmult_ed25519_base_noclamp(scalar_bytes(factor)))
    except SodiumRefused as error:
        raise ProofError("a factor is zero") from error


def times(factor: int, point: bytes) -> Point:
    """Return factor·point. Raises: ProofError: the factor is zero, or `point` is no point."""
    try:
        return Point(sodium.crypto_scalarmult_ed25519_noclamp(scalar_bytes(factor), point))
    except SodiumRefused as error:
        raise ProofError("a factor is zero, or bytes are no point of the group") from error


def add(one: Point, other: Point) -> Point:
    """Return one + other."""
    return Point(sodium.crypto_core_ed25519_add(one, other))


def subtract(one: Point, other: Point) -> Point:
    """Return one - other."""
    return Point(sodium.crypto_core_ed25519_sub(one, other))


def total(points: Iterable[Point]) -> Point:
    """Return the sum of some points, of at least one."""
    left = iter(points)
    sum_ = next(left)
    for point in left:
        sum_ = add(sum_, point)
    return sum_


def untrusted_total(untrusted: Iterable[bytes]) -> Point:
    """Return the sum of points that nobody has checked. Raises: ProofError."""
    try:
        return total(Point(point) for point in untrusted)
    except SodiumRefused as error:
        raise ProofError("bytes are no point of the group") from error


def refuse_identity(points: Iterable[Point]) -> None:
    """Check the first messages of a proof. Raises: ProofError: one is the identity."""
    if any(point == IDENTITY for point in points):
        raise ProofError("a first message is the identity")


def flat(rows: Sequence[Sequence[bytes]]) -> bytes:
    """Return the points of all rows, joined."""
    return b"".join(b"".join(row) for row in rows)


BASE = times_base(1)


@lru_cache(maxsize=_MAX_GENERATORS)
def generator(index: int) -> Point:
    """Return H_index, whose logarithm to no other generator anybody knows."""
    attempt = 0
    while True:
        candidate = hashed("generator", index, attempt)[:SIZE]
        if int.from_bytes(candidate, "little") % 2**255 < _FIELD and on_curve(candidate):
            point = Point(candidate)
            for _ in range(3):
                point = add(point, point)
            if is_point(point):
                return point
        attempt += 1

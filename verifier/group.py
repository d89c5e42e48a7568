"""The group of the proofs: points, scalars, hashes and generators (`docs/proofs.md` §1).

Points are 32 bytes, scalars are `int`. libsodium computes; this file is the only one that calls it
for points. Rules: nothing that another wrote is used as a point before it was read strictly, that
is, by `is_point` or by `multiple`, for libsodium's multiplication reads its point in just that way.
`plus` and `minus` do not: they take what was read, and sums of it, which may be zero.

Everything here is public, so nothing here takes care how long it takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import cbor2
from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_is_valid_point,
    crypto_core_ed25519_sub,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)

from verifier.encoding import Wrong

SIZE = 32  # bytes of a point, and of a scalar
ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD = 2**255 - 19
ZERO = (1).to_bytes(SIZE, "little")  # the identity: the sum of no points; no record may hold it
MOST_GENERATORS = 1 << 15


def is_point(untrusted: bytes) -> bool:
    """Say whether these bytes are the one form of a point of the group that is not zero."""
    return len(untrusted) == SIZE and crypto_core_ed25519_is_valid_point(untrusted)


def scalar(untrusted: bytes) -> int:
    """Return the scalar that these 32 bytes are. Raises: Wrong: they are none."""
    number = int.from_bytes(untrusted, "little")
    if len(untrusted) != SIZE or number >= ORDER:
        raise Wrong("a number in it is not below the order of the group")
    return number


def multiple(factor: int, untrusted: bytes) -> bytes:
    """Return factor · point, and read the point strictly on the way.

    Raises:
        Wrong: these bytes are no point, or the factor is zero.
    """
    try:
        return crypto_scalarmult_ed25519_noclamp(_number(factor), untrusted)
    except (RuntimeError, ValueError, TypeError) as error:
        raise Wrong("something in it is not a point of the group") from error


def multiple_of_base(factor: int) -> bytes:
    """Return factor · G. Raises: Wrong: the factor is zero."""
    try:
        return crypto_scalarmult_ed25519_base_noclamp(_number(factor))
    except RuntimeError as error:
        raise Wrong("a number in it is zero") from error


def _number(factor: int) -> bytes:
    return (factor % ORDER).to_bytes(SIZE, "little")


def plus(one: bytes, other: bytes) -> bytes:
    """Return the sum of two points that were read, or of sums."""
    return crypto_core_ed25519_add(one, other)


def minus(one: bytes, other: bytes) -> bytes:
    """Return the difference of two points that were read, or of sums."""
    return crypto_core_ed25519_sub(one, other)


def first_message(one: bytes, other: bytes) -> bytes:
    """Return the difference that a proof's first message must be.

    Raises:
        Wrong: it is zero. An honest prover does not meet that; one that does has thrown no dice.
    """
    difference = minus(one, other)
    if difference == ZERO:
        raise Wrong("a first message of the proof is zero")
    return difference


def total(points: Iterable[bytes]) -> bytes:
    """Return the sum of points that were read."""
    result = ZERO
    for point in points:
        result = plus(result, point)
    return result


def cut(joined: bytes) -> list[bytes]:
    """Return the parts of 32 bytes that were joined. Raises: Wrong: a part is cut short."""
    if len(joined) % SIZE:
        raise Wrong("something in it is cut short")
    return [joined[at : at + SIZE] for at in range(0, len(joined), SIZE)]


def hashed(name: str, *parts: object) -> bytes:
    """Return H(name, parts …): 64 bytes. Every name is used for one purpose only."""
    return hashlib.sha512(cbor2.dumps([f"sailau/{name}/1", *parts], canonical=True)).digest()


def hashed_scalar(name: str, *parts: object) -> int:
    """Return S(name, parts …): a scalar."""
    return int.from_bytes(hashed(name, *parts), "little") % ORDER


@lru_cache(maxsize=MOST_GENERATORS)
def generator(number: int) -> bytes:
    """Return H_number. Hashed, so that nobody knows how it follows from G or from the others.

    Whoever knew could "prove" a shuffle that exchanges votes.
    """
    attempt = 0
    while True:
        candidate = hashed("generator", number, attempt)[:SIZE]
        attempt += 1
        if int.from_bytes(candidate, "little") % 2**255 >= FIELD:
            continue
        try:
            twice = plus(candidate, candidate)
        except RuntimeError:  # no point of the curve has this y
            continue
        point = plus(plus(twice, twice), plus(twice, twice))
        if point != ZERO:
            return point

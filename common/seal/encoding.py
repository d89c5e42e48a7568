"""A ballot as points of the group, and back (docs/proofs.md, section 3).

Rules:
- the ballot is filled up with zeros and cut into pieces of 29 bytes; a point is two bytes that are
  tried, the piece, and a zero byte; the first try that gives a point counts.
- making points takes the same effort whatever the piece: tries go in blocks of 256, every one of a
  block is made, and each costs one look at the curve and one at the subgroup.
- reading is strict: whatever is not what `encode` makes is no ballot.

Source: Koblitz, Elliptic curve cryptosystems, Math. Comp. 48 (1987), §3.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.seal import group
from common.seal.group import BASE, Point

PIECE = 29
TRIES = 256
"""Tries in a block; one piece in fifteen million needs a second one."""
_MOST_TRIES = 1 << 16


class NoBallot(ValueError):
    """These points hold no ballot in its one encoding: an invalid ballot."""


def elements(ballot_size: int) -> int:
    """Return w: how many points ballots of so many bytes have."""
    return -(-ballot_size // PIECE)


def encode(ballot: bytes) -> tuple[Point, ...]:
    """Return the points of a ballot."""
    filled = ballot.ljust(elements(len(ballot)) * PIECE, b"\0")
    return tuple(_point(filled[at : at + PIECE]) for at in range(0, len(filled), PIECE))


def decode(points: Sequence[bytes], ballot_size: int) -> bytes:
    """Return the ballot in its points. Raises: NoBallot."""
    if len(points) != elements(ballot_size):
        raise NoBallot("it has another number of points")
    for point in points:
        if point[-1] or not group.is_point(point):
            raise NoBallot("a point is none that a piece of a ballot has")
        tried = int.from_bytes(point[:2], "little")
        if any(group.is_point(_candidate(earlier, point[2:-1])) for earlier in range(tried)):
            raise NoBallot("a point is not the first one of its piece")
    filled = b"".join(point[2:-1] for point in points)
    if any(filled[ballot_size:]):
        raise NoBallot("the filling is not zero")
    return filled[:ballot_size]


def _point(piece: bytes) -> Point:
    for start in range(0, _MOST_TRIES, TRIES):
        found: list[bytes] = []
        for attempt in range(start, start + TRIES):
            candidate = _candidate(attempt, piece)
            # Off the curve the look at the subgroup would be cut short: another point takes it.
            curve = group.on_curve(candidate)
            if group.is_point(candidate if curve else BASE) and curve:
                found.append(candidate)
        if found:
            return Point(found[0])
    raise NoBallot("this piece has no point")  # fewer than one in 2^6000


def _candidate(attempt: int, piece: bytes) -> bytes:
    return attempt.to_bytes(2, "little") + piece + b"\0"

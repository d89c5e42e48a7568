"""A board's part of the opening, with proof, and reading the ballots (docs/proofs.md, section 6).

Rules:
- a board opens only the last lists, and with its own half, which it takes from the share cards when
  both boards have signed that both shuffles were checked; the caller sees to that, and forgets the
  secret afterwards;
- every factor is proved to come of the half that the ballots were sealed to;
- the proof's one-time secrets are hedged, for a repeated one would give the half away;
- a ballot that does not read is invalid and counted as such; it stops nothing.

Source: Chaum and Pedersen, Wallet Databases with Observers, CRYPTO '92.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.seal import encoding, group
from common.seal.crew import Crew
from common.seal.encoding import NoBallot
from common.seal.group import SIZE, Point, ProofError, Row, flat, scalar_bytes
from common.seal.halves import secret_scalars
from common.seal.hashing import challenge
from common.seal.randomness import CheckedSource, Draw, Hedged, scalars


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens what.

    Attributes:
        package, start_order, first_mix, second_mix: SHA-256 of the signed records.
        board: Ed25519 public key of the board that opens.
        keys: X_1 … X_w of the half that it opens with.
    """

    package: bytes
    start_order: bytes
    board: bytes
    first_mix: bytes
    second_mix: bytes
    keys: tuple[Point, ...]

    def statement(self) -> tuple[bytes, ...]:
        """Return what the challenge begins with."""
        who = (self.package, self.start_order, self.board, self.first_mix, self.second_mix)
        return (*who, b"".join(self.keys))

    def challenge(
        self,
        rows: Sequence[Row],
        factors: Sequence[Sequence[bytes]],
        firsts: Sequence[Point],
        masked: Sequence[Row],
    ) -> int:
        """Return the challenge of the proof."""
        a = b"".join(row[0] for row in rows)
        return challenge(
            "opening", *self.statement(), a, flat(factors), b"".join(firsts), flat(masked)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A board's part: F_i1 … F_iw of each ballot, and c ‖ s_1 ‖ … ‖ s_w."""

    factors: tuple[Row, ...]
    proof: bytes


def open_part(
    opening: Opening, secret: bytes, rows: Sequence[Row], source: CheckedSource, crew: Crew
) -> Part:
    """Return a board's part of opening the last lists, one group after the other.

    Raises:
        ProofError: the secret is not that of this half.
        BadRandomness: see `randomness`.
    """
    x = secret_scalars(secret, len(opening.keys))
    if tuple(map(group.times_base, x)) != opening.keys:
        raise ProofError("the shares give another secret than that of this board's half")
    lists = b"".join(b"".join(row) for row in rows)
    return prove_part(opening, x, rows, Hedged(source, secret, (*opening.statement(), lists)), crew)


def prove_part(
    opening: Opening, x: Sequence[int], rows: Sequence[Row], draw: Draw, crew: Crew
) -> Part:
    """Return the part of these secret scalars; `draw` gives the one-time secrets k_1 … k_w."""
    k = scalars(draw, len(x))

    def multiplied(at: int) -> tuple[Row, Row]:
        a = rows[at][0]
        return tuple(group.times(x_j, a) for x_j in x), tuple(group.times(k_j, a) for k_j in k)

    made = crew.each("opening", len(rows), multiplied)
    factors = tuple(factor for factor, _ in made)
    firsts = [group.times_base(k_j) for k_j in k]
    c = opening.challenge(rows, factors, firsts, [masked for _, masked in made])
    s = [k_j + c * x_j for k_j, x_j in zip(k, x, strict=True)]
    return Part(factors, b"".join(map(scalar_bytes, (c, *s))))


def read_part(
    opening: Opening,
    rows: Sequence[Row],
    untrusted_factors: bytes,
    untrusted_proof: bytes,
    crew: Crew,
) -> tuple[Row, ...]:
    """Return the factors of a board's part whose proof holds.

    Args:
        opening: who should have opened what.
        rows: the last lists, checked, one group after the other.
        untrusted_factors: F_11 ‖ … ‖ F_1w ‖ F_21 ….

    Raises:
        ProofError: it does not hold.
    """
    w = len(opening.keys)
    points = group.cut(untrusted_factors)
    if len(points) != len(rows) * w or len(untrusted_proof) != SIZE * (w + 1):
        raise ProofError("an opening has not as many factors as there are ballots")
    factors = [tuple(points[at : at + w]) for at in range(0, len(points), w)]
    c, *s = group.read_scalars(untrusted_proof)

    def answered(at: int) -> Row:
        a = rows[at][0]
        return tuple(
            group.subtract(group.times(s_j, a), group.times(c, factor))
            for s_j, factor in zip(s, factors[at], strict=True)
        )

    masked = crew.each("checking an opening", len(rows), answered)
    firsts = [
        group.subtract(group.times_base(s_j), group.times(c, key))
        for s_j, key in zip(s, opening.keys, strict=True)
    ]
    for row in (firsts, *masked):
        group.refuse_identity(row)
    if opening.challenge(rows, factors, firsts, masked) != c:
        raise ProofError("nobody has proved that these ballots were opened with this half")
    return tuple(tuple(map(Point, row)) for row in factors)


def ballots(
    rows: Sequence[Row],
    one: Sequence[Row],
    other: Sequence[Row],
    ballot_size: int,
    crew: Crew,
) -> list[bytes | None]:
    """Return the ballots of the last lists with both boards' factors; None where one is invalid."""

    def read(at: int) -> bytes | None:
        points = [
            group.subtract(group.subtract(b, f), g)
            for b, f, g in zip(rows[at][1:], one[at], other[at], strict=True)
        ]
        try:
            return encoding.decode(points, ballot_size)
        except NoBallot:
            return None

    return crew.each("reading the ballots", len(rows), read)

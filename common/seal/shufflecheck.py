"""Checking another board's shuffle (docs/proofs.md, section 5).

Every point of both lists and of the proof is multiplied here once, by `group.times`, which refuses
what is no point of the group; so none needs to be looked at apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.seal import group
from common.seal.crew import Crew
from common.seal.group import BASE, Point, ProofError, Row, generator
from common.seal.hashing import Q
from common.seal.shuffle import Mixing, Proof, shuffle_challenge, weights


def read_shuffle(
    mixing: Mixing,
    old: Sequence[Row],
    untrusted_list: bytes,
    untrusted_proof: bytes,
    crew: Crew,
) -> tuple[Row, ...]:
    """Return the new list of a shuffle whose proof holds.

    Args:
        mixing: who should have shuffled what.
        old: the list before, checked.
        untrusted_list: the rows of the new list, joined.

    Raises:
        ProofError: it is not the old list moved and sealed again, or nobody has proved that.
    """
    count, columns = len(old), len(mixing.keys) + 1
    points = group.cut(untrusted_list)
    if not count:
        raise ProofError("there is no list without ballots")
    if len(points) != count * columns:
        raise ProofError("the new list has not as many ballots as the old one")
    new = [tuple(points[at : at + columns]) for at in range(0, len(points), columns)]
    proof = Proof.from_bytes(untrusted_proof, count)
    base = mixing.base(old, new, proof.commitments)
    u = weights(base, count)
    start = generator(0)
    before = (start, *proof.chain)

    def link(at: int) -> Point:
        stepped = group.add(group.times_base(proof.y[at]), group.times(proof.z[at], before[at]))
        return group.subtract(stepped, group.times(proof.c, proof.chain[at]))

    def summed(some: range) -> list[Point]:
        """Return Σ H, Σ z·H, Σ u·C, then Σ z·e' and Σ u·e of each column, of these ballots."""
        generators = [generator(at + 1) for at in some]
        sums = [
            group.total(generators),
            _weighted([proof.z[at] for at in some], generators),
            _weighted([u[at] for at in some], [proof.commitments[at] for at in some]),
        ]
        for column in range(columns):
            sums.append(_weighted([proof.z[at] for at in some], [new[at][column] for at in some]))
            sums.append(_weighted([u[at] for at in some], [old[at][column] for at in some]))
        return sums

    t_5 = crew.each("checking a shuffle, first part", count, link)
    parts = list(crew.ranges("checking a shuffle, second part", count, summed))
    hashed_bases, masked_bases, weighted, *rest = (
        group.total(part) for part in zip(*parts, strict=True)
    )
    product = 1
    for u_i in u:
        product = product * u_i % Q
    c, (s_1, s_2, s_3, s_4) = proof.c, proof.s
    committed = group.untrusted_total(proof.commitments)
    last = Point(proof.chain[-1])  # it was multiplied above
    t_1 = _answer(group.times_base(s_1), c, group.subtract(committed, hashed_bases))
    t_2 = _answer(group.times_base(s_2), c, group.subtract(last, group.times(product, start)))
    t_3 = _answer(group.add(group.times_base(s_3), masked_bases), c, weighted)
    t_4 = [
        _answer(group.add(group.times(-s_4, key), after), c, earlier)
        for key, after, earlier in zip((BASE, *mixing.keys), rest[::2], rest[1::2], strict=True)
    ]
    group.refuse_identity((t_1, t_2, t_3, *t_4, *t_5))
    if shuffle_challenge(base, proof.chain, (t_1, t_2, t_3), t_4, t_5) != c:
        raise ProofError("nobody has proved that the new list is the old one, shuffled")
    return tuple(tuple(map(Point, row)) for row in new)


def _weighted(factors: Sequence[int], points: Sequence[bytes]) -> Point:
    return group.total(
        group.times(factor, point) for factor, point in zip(factors, points, strict=True)
    )


def _answer(response: Point, c: int, public: Point) -> Point:
    return group.subtract(response, group.times(c, public))

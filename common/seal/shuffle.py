"""A shuffle and its proof (docs/proofs.md, section 5): what one board does to the list it gets.

Rules:
- the permutation is drawn evenly, and every ballot is sealed again with its own fresh scalar;
- the same operations are done in the same order whatever the permutation: it chooses only which
  ballot, and which scalar, is read;
- all scalars are drawn before anything is computed, once, for one statement: no draw is ever used
  under two challenges;
- the challenge and the weights are hashed from the whole statement: who shuffles what for which
  station and start order, the keys, both lists, all commitments.

The old list must have been checked (`Row` says so): a point of small order in it would let part of
the permutation be seen.

Sources: Terelius and Wikström, Proofs of Restricted Shuffles, AFRICACRYPT 2010; Haenni, Locher,
Koenig and Dubuis, Pseudo-Code Algorithms for Verifiable Re-Encryption Mix-Nets, FC 2017 workshops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from common.seal import group
from common.seal.crew import Crew
from common.seal.elgamal import reseal
from common.seal.group import BASE, SIZE, Point, ProofError, Row, flat, generator, scalar_bytes
from common.seal.hashing import Q, challenge, hashed
from common.seal.randomness import CheckedSource, permutation, scalars


@dataclass(frozen=True, slots=True)
class Mixing:
    """Who shuffles what.

    Attributes:
        package, start_order: SHA-256 of the signed records.
        styles: of the group, ascending.
        position: 1 for the board that shuffles first, 2 for the other.
        board: Ed25519 public key of the board.
        keys: the joint key, K_1 … K_w.
    """

    package: bytes
    start_order: bytes
    styles: tuple[int, ...]
    position: int
    board: bytes
    keys: tuple[Point, ...]

    def base(
        self,
        old: Sequence[Sequence[bytes]],
        new: Sequence[Sequence[bytes]],
        commitments: Sequence[bytes],
    ) -> bytes:
        """Return what weights and challenge come from."""
        context = hashed(
            "mix", self.package, self.start_order, list(self.styles), self.position, self.board
        )
        return hashed(
            "shuffle", context, b"".join(self.keys), flat(old), flat(new), b"".join(commitments)
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of N ballots: challenge, responses, commitments, in the order of its bytes."""

    c: int
    s: tuple[int, ...]
    y: tuple[int, ...]
    z: tuple[int, ...]
    commitments: tuple[bytes, ...]  # C_1 … C_N
    chain: tuple[bytes, ...]  # D_1 … D_N

    def to_bytes(self) -> bytes:
        """Return 32·(4·N + 5) bytes."""
        numbers = map(scalar_bytes, (self.c, *self.s, *self.y, *self.z))
        return b"".join((*numbers, *self.commitments, *self.chain))

    @classmethod
    def from_bytes(cls, untrusted: bytes, count: int) -> Proof:
        """Return a proof of so many ballots; its points are not checked. Raises: ProofError."""
        if len(untrusted) != SIZE * (4 * count + 5):
            raise ProofError("the proof of a shuffle has not the length for its list")
        numbers = group.read_scalars(untrusted[: SIZE * (2 * count + 5)])
        points = group.cut(untrusted[SIZE * (2 * count + 5) :])
        return cls(
            c=numbers[0],
            s=numbers[1:5],
            y=numbers[5 : 5 + count],
            z=numbers[5 + count :],
            commitments=tuple(points[:count]),
            chain=tuple(points[count:]),
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that a shuffle draws; `order` says for each new place, from 0, which old one it takes."""

    order: tuple[int, ...] = field(repr=False)
    r: tuple[int, ...] = field(repr=False)
    d: tuple[int, ...] = field(repr=False)
    f: tuple[int, ...] = field(repr=False)
    m: tuple[int, ...] = field(repr=False)
    g: tuple[int, ...] = field(repr=False)
    h: tuple[int, ...] = field(repr=False)

    @classmethod
    def fresh(cls, count: int, source: CheckedSource) -> Drawn:
        """Draw for so many ballots. Raises: BadRandomness."""
        order = permutation(source, count)
        r, d, f, m, g, h = (
            scalars(source.scalar, size) for size in (count, count, count, 4, count, count)
        )
        return cls(order, r, d, f, m, g, h)


@dataclass(frozen=True, slots=True)
class Shuffled:
    """The new list, and the proof that it is the old one moved and sealed again."""

    rows: tuple[Row, ...]
    proof: bytes


def shuffle(mixing: Mixing, old: Sequence[Row], source: CheckedSource, crew: Crew) -> Shuffled:
    """Shuffle a list of at least one ballot. Raises: BadRandomness."""
    return prove(mixing, old, Drawn.fresh(len(old), source), crew)


def prove(mixing: Mixing, old: Sequence[Row], drawn: Drawn, crew: Crew) -> Shuffled:
    """Return the new list and its proof, with what was drawn."""
    count, keys = len(old), mixing.keys
    back = [0] * count  # for each old place, the new one
    for new_place, old_place in enumerate(drawn.order):
        back[old_place] = new_place

    def moved(at: int) -> tuple[Row, Point]:
        row = reseal(old[drawn.order[at]], keys, drawn.r[at])
        return row, group.add(group.times_base(drawn.d[at]), generator(back[at] + 1))

    made = crew.each("shuffling", count, moved)
    new = tuple(row for row, _ in made)
    commitments = tuple(commitment for _, commitment in made)
    base = mixing.base(old, new, commitments)
    u = weights(base, count)
    v = [u[place] for place in drawn.order]

    # D_i = f_i·G + v_i·D_(i-1) is also along[i]·G + product[i]·H_0, which needs no other D.
    along, product = [0], [1]
    for f_i, v_i in zip(drawn.f, v, strict=True):
        along.append((f_i + v_i * along[-1]) % Q)
        product.append(v_i * product[-1] % Q)
    start = generator(0)

    def linked(at: int) -> tuple[Point, Point]:
        link = group.add(group.times_base(along[at + 1]), group.times(product[at + 1], start))
        factor = drawn.g[at] + drawn.h[at] * along[at]
        first = group.add(group.times_base(factor), group.times(drawn.h[at] * product[at], start))
        return link, first

    def masked(some: range) -> list[Point]:
        columns = [[group.times(drawn.h[at], generator(at + 1)) for at in some]]
        columns += [
            [group.times(drawn.h[at], new[at][column]) for at in some]
            for column in range(len(keys) + 1)
        ]
        return [group.total(column) for column in columns]

    linked_ = crew.each("proof of the shuffle, first part", count, linked)
    chain = tuple(link for link, _ in linked_)
    t_5 = [first for _, first in linked_]
    sums = [
        group.total(column)
        for column in zip(
            *crew.ranges("proof of the shuffle, second part", count, masked), strict=True
        )
    ]
    m_1, m_2, m_3, m_4 = drawn.m
    t_1, t_2 = group.times_base(m_1), group.times_base(m_2)
    t_3 = group.add(group.times_base(m_3), sums[0])
    t_4 = [
        group.add(group.times(-m_4, key), sum_)
        for key, sum_ in zip((BASE, *keys), sums[1:], strict=True)
    ]
    c = shuffle_challenge(base, chain, (t_1, t_2, t_3), t_4, t_5)
    s = (
        m_1 + c * sum(drawn.d),
        m_2 + c * along[-1],
        m_3 + c * sum(u_i * d_i for u_i, d_i in zip(u, drawn.d, strict=True)),
        m_4 + c * sum(v_i * r_i for v_i, r_i in zip(v, drawn.r, strict=True)),
    )
    y = tuple(g_i + c * f_i for g_i, f_i in zip(drawn.g, drawn.f, strict=True))
    z = tuple(h_i + c * v_i for h_i, v_i in zip(drawn.h, v, strict=True))
    return Shuffled(new, Proof(c, s, y, z, commitments, chain).to_bytes())


def weights(base: bytes, count: int) -> list[int]:
    """Return u_1 … u_N."""
    return [challenge("shuffle-weight", base, place) for place in range(1, count + 1)]


def shuffle_challenge(
    base: bytes,
    chain: Sequence[bytes],
    t_1_to_3: tuple[Point, Point, Point],
    t_4: Sequence[Point],
    t_5: Sequence[Point],
) -> int:
    """Return the challenge over the first messages."""
    return challenge(
        "shuffle-challenge", base, b"".join(chain), *t_1_to_3, b"".join(t_4), b"".join(t_5)
    )

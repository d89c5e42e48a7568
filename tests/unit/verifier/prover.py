"""A small prover of its own for the verifier's tests, written from `docs/proofs.md`.

It is no board's code, and in a hurry: nothing here is safe against being watched. Each step can be
told to do something else than the page says, so that tests can be evil.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from verifier.group import (
    ORDER,
    SIZE,
    cut,
    generator,
    hashed,
    hashed_scalar,
    is_point,
    minus,
    multiple,
    multiple_of_base,
    plus,
    total,
)
from verifier.opening import Opener
from verifier.shuffle import Shuffler

Row = list[bytes]  # a, b_1 … b_w


def number(content: int) -> bytes:
    return (content % ORDER).to_bytes(SIZE, "little")


def joined(rows: Sequence[Sequence[bytes]]) -> bytes:
    return b"".join(map(b"".join, rows))


def product(factors: Sequence[int]) -> int:
    result = 1
    for factor in factors:
        result = result * factor % ORDER
    return result


@dataclass(frozen=True)
class Half:
    secrets: tuple[int, ...]
    points: bytes
    proof: bytes


@dataclass(frozen=True)
class Shuffled:
    after: bytes
    proof: bytes
    order: list[int]
    again: list[int]


class Prover:
    """Everything that the boards of a station do, with a seeded source of chance."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)

    def fresh(self, count: int) -> list[int]:
        return [self.chance.randrange(1, ORDER) for _ in range(count)]

    def half(self, package: bytes, board: bytes, width: int) -> Half:
        secrets = self.fresh(width)
        points = [multiple_of_base(secret) for secret in secrets]
        return Half(tuple(secrets), b"".join(points), self.half_proof(package, board, secrets))

    def half_proof(self, package: bytes, board: bytes, secrets: Sequence[int]) -> bytes:
        points = b"".join(map(multiple_of_base, secrets))
        k = self.fresh(len(secrets))
        c = hashed_scalar("tally-half", package, board, points, b"".join(map(multiple_of_base, k)))
        return number(c) + b"".join(number(one + c * x) for one, x in zip(k, secrets, strict=True))

    def pieces(self, ballot: bytes) -> Row:
        width = -(-len(ballot) // 29)
        filled = ballot.ljust(29 * width, b"\0")
        return [piece_point(filled[at : at + 29]) for at in range(0, len(filled), 29)]

    def seal(self, key: bytes, pieces: Row, r: int) -> Row:
        return [
            multiple_of_base(r),
            *(plus(m, multiple(r, k)) for m, k in zip(pieces, cut(key), strict=True)),
        ]

    def ballot(self, key: bytes, package: bytes, style: int, board: bytes, pieces: Row) -> bytes:
        (r,) = self.fresh(1)
        points = b"".join(self.seal(key, pieces, r))
        return points + self.knowledge(key, package, style, board, points, r)

    def knowledge(
        self, key: bytes, package: bytes, style: int, board: bytes, points: bytes, r: int
    ) -> bytes:
        (k,) = self.fresh(1)
        first = multiple_of_base(k)
        c = hashed_scalar("sealed-ballot", package, style, board, key, points, first)
        return number(c) + number(k + c * r)

    def shuffle(
        self,
        who: Shuffler,
        before: bytes,
        order: Sequence[int] | None = None,
        change: Callable[[list[Row]], None] = lambda _: None,
    ) -> Shuffled:
        """Return a new list and its proof. `change` gets at the new list before it is proved."""
        rows = rows_of(before, who.key)
        if order is None:
            order = self.chance.sample(range(len(rows)), len(rows))
        again = self.fresh(len(order))
        zero = len(rows[0]) - 1
        new = [
            [
                plus(mine, other)
                for mine, other in zip(
                    rows[old],
                    [multiple_of_base(r), *(multiple(r, cut(who.key)[j]) for j in range(zero))],
                    strict=True,
                )
            ]
            for old, r in zip(order, again, strict=True)
        ]
        change(new)
        proof = self.shuffle_proof(who, before, joined(new), order, again)
        return Shuffled(joined(new), proof, list(order), again)

    def shuffle_proof(
        self, who: Shuffler, before: bytes, after: bytes, order: Sequence[int], again: list[int]
    ) -> bytes:
        new = rows_of(after, who.key)
        count, width = len(new), len(who.key) // SIZE
        places = range(count)
        d = self.fresh(count)  # by place in the old list
        commitments = [b""] * count
        for i in places:
            commitments[order[i]] = plus(multiple_of_base(d[order[i]]), generator(i + 1))
        base = hashed("shuffle", context(who), who.key, before, after, b"".join(commitments))
        u = [hashed_scalar("shuffle-weight", base, i + 1) for i in places]
        v = [u[order[i]] for i in places]
        f, chain = self.fresh(count), [generator(0)]
        for i in places:
            chain.append(plus(multiple_of_base(f[i]), multiple(v[i], chain[i])))
        (m_1, m_2, m_3, m_4), g, h = self.fresh(4), self.fresh(count), self.fresh(count)
        t_1, t_2 = multiple_of_base(m_1), multiple_of_base(m_2)
        t_3 = plus(multiple_of_base(m_3), total(multiple(h[i], generator(i + 1)) for i in places))
        key = [multiple_of_base(1), *cut(who.key)]
        t_4 = b"".join(
            minus(total(multiple(h[i], new[i][j]) for i in places), multiple(m_4, key[j]))
            for j in range(width + 1)
        )
        t_5 = b"".join(plus(multiple_of_base(g[i]), multiple(h[i], chain[i])) for i in places)
        links = b"".join(chain[1:])
        c = hashed_scalar("shuffle-challenge", base, links, t_1, t_2, t_3, t_4, t_5)
        s_2 = m_2 + c * sum(f[i] * product(v[i + 1 :]) for i in places)
        s_3 = m_3 + c * sum(u[i] * d[i] for i in places)
        s_4 = m_4 + c * sum(v[i] * again[i] for i in places)
        return b"".join(
            [
                *map(number, (c, m_1 + c * sum(d), s_2, s_3, s_4)),
                *(number(g[i] + c * f[i]) for i in places),
                *(number(h[i] + c * v[i]) for i in places),
                *commitments,
                links,
            ]
        )

    def opening(self, who: Opener, ballots: bytes, secrets: Sequence[int]) -> tuple[bytes, bytes]:
        """Return factors and proof."""
        firsts = [row[0] for row in rows_of(ballots, who.half)]
        factors = b"".join(multiple(x, a) for a in firsts for x in secrets)
        return factors, self.opening_proof(who, firsts, factors, secrets)

    def opening_proof(
        self, who: Opener, firsts: Sequence[bytes], factors: bytes, secrets: Sequence[int]
    ) -> bytes:
        k = self.fresh(len(secrets))
        c = hashed_scalar(
            "opening",
            who.package,
            who.start_order,
            who.board,
            who.first_mix,
            who.second_mix,
            who.half,
            b"".join(firsts),
            factors,
            b"".join(map(multiple_of_base, k)),
            b"".join(multiple(one, a) for a in firsts for one in k),
        )
        return number(c) + b"".join(number(one + c * x) for one, x in zip(k, secrets, strict=True))


def context(who: Shuffler) -> bytes:
    """Return what names who shuffles what."""
    styles = list(who.styles)
    return hashed("mix", who.package, who.start_order, styles, who.position, who.board)


def piece_point(piece: bytes) -> bytes:
    for attempt in range(65536):
        candidate = attempt.to_bytes(2, "little") + piece + b"\0"
        if is_point(candidate):
            return candidate
    raise AssertionError("about one in sixteen is a point")


def rows_of(ballots: bytes, key: bytes) -> list[Row]:
    points, width = cut(ballots), len(key) // SIZE + 1
    return [points[at : at + width] for at in range(0, len(points), width)]


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


@dataclass(frozen=True)
class Station:
    """A station whose sealed ballots, shuffles and openings are honest until a test changes one."""

    prover: Prover
    width: int
    package: bytes
    start_order: bytes
    halves: tuple[Half, Half]
    key: bytes
    boards: tuple[bytes, bytes]
    terminal: bytes

    def shuffler(self, position: int, styles: tuple[int, ...] = (1,)) -> Shuffler:
        return Shuffler(
            self.package, self.start_order, styles, position, self.boards[position - 1], self.key
        )

    def opener(self, which: int, mixes: tuple[bytes, bytes] | None = None) -> Opener:
        mixes = mixes or (digest("first mix"), digest("second mix"))
        return Opener(
            self.package,
            self.start_order,
            self.boards[which],
            *mixes,
            self.halves[which].points,
        )

    def sealed(self, contents: Sequence[bytes], style: int = 1) -> list[bytes]:
        return [
            self.prover.ballot(
                self.key, self.package, style, self.terminal, self.prover.pieces(content)
            )
            for content in contents
        ]

    def ballots(self, contents: Sequence[bytes]) -> bytes:
        """Return a first list of ballots with these contents."""
        return b"".join(one[: -2 * SIZE] for one in self.sealed(contents))


BOARDS = (digest("accumulator"), digest("desk"))
TERMINAL = digest("terminal")


def station(
    width: int = 1,
    name: str = "0421",
    seed: int = 1,
    boards: tuple[bytes, bytes] = BOARDS,
    terminal: bytes = TERMINAL,
) -> Station:
    prover = Prover(seed)
    package = digest(f"package of {name}")
    one, other = (prover.half(package, board, width) for board in boards)
    key = b"".join(map(plus, cut(one.points), cut(other.points)))
    start_order = digest(f"start of {name}")
    return Station(prover, width, package, start_order, (one, other), key, boards, terminal)


def contents(count: int, width: int) -> list[bytes]:
    """Return `count` ballots that are as long as `width` elements allow."""
    return [bytes([at % 256, 1]) + bytes([at % 251] * (29 * width - 2)) for at in range(count)]

"""docs/proofs.md once more, formula by formula: what the test vectors are made with.

Rules:
- one function for each formula of the page, in its names, with every random scalar given;
- nothing is hidden: each function returns all that it computed;
- no care for speed or for secrets: no board may use it, and it uses nothing of the boards' code.

Damaged proofs are made with it as well: `evil` says what a dishonest prover does otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import cbor2
import nacl.bindings as sodium

Q = 2**252 + 27742317777372353535851937790883648493
PRIME = 2**255 - 19
PIECE = 29

Row = tuple[bytes, ...]  # a, b_1 … b_w


# --- section 1 --------------------------------------------------------------------------------


def number(scalar: int) -> bytes:
    return (scalar % Q).to_bytes(32, "little")


def base(k: int) -> bytes:
    return sodium.crypto_scalarmult_ed25519_base_noclamp(number(k))


def mul(k: int, point: bytes) -> bytes:
    return sodium.crypto_scalarmult_ed25519_noclamp(number(k), point)


def add(*points: bytes) -> bytes:
    total = points[0]
    for point in points[1:]:
        total = sodium.crypto_core_ed25519_add(total, point)
    return total


def sub(one: bytes, other: bytes) -> bytes:
    return sodium.crypto_core_ed25519_sub(one, other)


def reads(point: bytes) -> bool:
    return len(point) == 32 and sodium.crypto_core_ed25519_is_valid_point(point)


def join(*parts: bytes) -> bytes:
    return b"".join(parts)


def flat(rows: Sequence[Row]) -> bytes:
    return b"".join(b"".join(row) for row in rows)


def hashed(name: str, *items: object) -> bytes:
    return hashlib.sha512(cbor2.dumps([f"sailau/{name}/1", *items], canonical=True)).digest()


def challenge(name: str, *items: object) -> int:
    return int.from_bytes(hashed(name, *items), "little") % Q


@lru_cache(maxsize=4096)
def generator(index: int) -> tuple[bytes, int]:
    """Return H_i and the n that gave it."""
    n = 0
    while True:
        point = hashed("generator", index, n)[:32]
        if int.from_bytes(point, "little") % 2**255 < PRIME:
            try:
                for _ in range(3):
                    point = add(point, point)
            except RuntimeError:
                point = b""
            if reads(point):
                return point, n
        n += 1


def generators(count: int) -> list[bytes]:
    return [generator(index)[0] for index in range(count + 1)]


# --- section 2 --------------------------------------------------------------------------------


def half(package: bytes, board: bytes, x: Sequence[int], k: Sequence[int]) -> dict[str, object]:
    keys, firsts = [base(x_j) for x_j in x], [base(k_j) for k_j in k]
    c = challenge("tally-half", package, board, join(*keys), join(*firsts))
    s = [(k_j + c * x_j) % Q for k_j, x_j in zip(k, x, strict=True)]
    return {
        "X": keys,
        "T": firsts,
        "c": number(c),
        "s": [number(s_j) for s_j in s],
        "proof": join(number(c), *map(number, s)),
    }


def half_holds(package: bytes, board: bytes, keys: Sequence[bytes], proof: bytes) -> bool:
    c, *s = scalars(proof)
    firsts = [sub(base(s_j), mul(c, key)) for s_j, key in zip(s, keys, strict=True)]
    return honest(firsts) and c == challenge(
        "tally-half", package, board, join(*keys), join(*firsts)
    )


def scalars(untrusted: bytes) -> list[int]:
    """Return the scalars written in some bytes. Raises: ValueError: one does not read."""
    found = [
        int.from_bytes(untrusted[at : at + 32], "little") for at in range(0, len(untrusted), 32)
    ]
    if len(untrusted) % 32 or max(found) >= Q:
        raise ValueError("a scalar does not read")
    return found


def honest(firsts: Sequence[bytes]) -> bool:
    return all(map(reads, firsts))


# --- section 3 --------------------------------------------------------------------------------


def pieces(ballot: bytes) -> list[bytes]:
    filled = ballot + bytes(-len(ballot) % PIECE)
    return [filled[at : at + PIECE] for at in range(0, len(filled), PIECE)]


def encoded(piece: bytes) -> tuple[bytes, int]:
    """Return the point of a piece, and its n."""
    for n in range(1 << 16):
        point = n.to_bytes(2, "little") + piece + b"\0"
        if reads(point):
            return point, n
    raise ValueError("this piece has no point")


def decoded(points: Sequence[bytes], size: int) -> bytes | None:
    """Return the ballot in some points; nothing if they are not one in its one encoding."""
    filled = b"".join(point[2:31] for point in points)
    if any(filled[size:]) or any(encoded(point[2:31])[0] != point for point in points):
        return None
    return filled[:size]


def sealed(
    package: bytes,
    style: int,
    board: bytes,
    *,
    keys: Sequence[bytes],
    messages: Sequence[bytes],
    r: int,
    k: int,
) -> dict[str, object]:
    a = base(r)
    b = [add(message, mul(r, key)) for message, key in zip(messages, keys, strict=True)]
    t = base(k)
    c = challenge("sealed-ballot", package, style, board, join(*keys), join(a, *b), t)
    s = (k + c * r) % Q
    return {
        "a": a,
        "b": b,
        "T": t,
        "c": number(c),
        "s": number(s),
        "sealed": join(a, *b, number(c), number(s)),
    }


def knows(package: bytes, style: int, board: bytes, keys: Sequence[bytes], ballot: bytes) -> bool:
    """Say whether a sealed ballot reads and its proof of knowledge holds."""
    points = [ballot[at : at + 32] for at in range(0, len(ballot) - 64, 32)]
    if len(ballot) != 32 * (len(keys) + 3) or not all(map(reads, points)):
        return False
    try:
        c, s = scalars(ballot[-64:])
        t = sub(base(s), mul(c, points[0]))
    except (ValueError, RuntimeError):
        return False
    return reads(t) and c == challenge(
        "sealed-ballot", package, style, board, join(*keys), join(*points), t
    )


# --- section 5 --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Who:
    """What `context` names."""

    package: bytes
    start_order: bytes
    styles: tuple[int, ...]
    position: int
    board: bytes

    def context(self) -> bytes:
        return hashed(
            "mix", self.package, self.start_order, list(self.styles), self.position, self.board
        )


@dataclass(frozen=True, slots=True)
class Luck:
    """The random scalars of a shuffle; places in `p` count from 1."""

    p: tuple[int, ...]
    r: tuple[int, ...]
    d: tuple[int, ...]
    f: tuple[int, ...]
    m: tuple[int, ...]
    g: tuple[int, ...]
    h: tuple[int, ...]


def reencrypted(old: Sequence[Row], keys: Sequence[bytes], luck: Luck) -> list[Row]:
    rows = []
    for place, r in zip(luck.p, luck.r, strict=True):
        a, *b = old[place - 1]
        rows.append((add(a, base(r)), *(add(x, mul(r, k)) for x, k in zip(b, keys, strict=True))))
    return rows


def shuffled(
    who: Who,
    keys: Sequence[bytes],
    old: Sequence[Row],
    luck: Luck,
    *,
    new: Sequence[Row] | None = None,
    base_over: Sequence[str] = ("context", "keys", "old", "new", "C"),
    known: Sequence[bytes] | None = None,
) -> dict[str, object]:
    """Return a new list and its proof, with all between.

    Args:
        new: another list than the shuffled one, which an evil prover would like to pass off.
        base_over: what the challenges are drawn from; less than all is weak Fiat and Shamir.
        known: other generators than the page's, whose logarithms an evil prover knows.
    """
    count = len(old)
    new = reencrypted(old, keys, luck) if new is None else new
    h_0, *bases = generators(count) if known is None else known
    commitments = [b""] * count
    for place, hashed_base in zip(luck.p, bases, strict=True):
        commitments[place - 1] = add(base(luck.d[place - 1]), hashed_base)
    context = who.context()
    statement = {
        "context": context,
        "keys": join(*keys),
        "old": flat(old),
        "new": flat(new),
        "C": join(*commitments),
    }
    drawn_from = hashed("shuffle", *(statement[part] for part in base_over))
    u = [challenge("shuffle-weight", drawn_from, i) for i in range(1, count + 1)]
    v = [u[place - 1] for place in luck.p]

    chain = [h_0]
    for f_i, v_i in zip(luck.f, v, strict=True):
        chain.append(add(base(f_i), mul(v_i, chain[-1])))

    m_1, m_2, m_3, m_4 = luck.m
    t_1, t_2 = base(m_1) if m_1 else number(1), base(m_2)  # an evil m_1 is zero
    t_3 = add(base(m_3), *(mul(h, point) for h, point in zip(luck.h, bases, strict=True)))
    t_4 = [
        add(mul(-m_4, key), *(mul(h, row[at]) for h, row in zip(luck.h, new, strict=True)))
        for at, key in enumerate([base(1), *keys])
    ]
    t_5 = [
        add(base(g), mul(h, before))
        for g, h, before in zip(luck.g, luck.h, chain[:-1], strict=True)
    ]
    c = challenge(
        "shuffle-challenge",
        drawn_from,
        join(*chain[1:]),
        t_1,
        t_2,
        t_3,
        join(*t_4),
        join(*t_5),
    )
    s = (
        m_1 + c * sum(luck.d),
        m_2 + c * sum(f * prod(v[i + 1 :]) for i, f in enumerate(luck.f)),
        m_3 + c * sum(u_i * d for u_i, d in zip(u, luck.d, strict=True)),
        m_4 + c * sum(v_i * r for v_i, r in zip(v, luck.r, strict=True)),
    )
    y = [g + c * f for g, f in zip(luck.g, luck.f, strict=True)]
    z = [h + c * v_i for h, v_i in zip(luck.h, v, strict=True)]
    written = [number(x) for x in (c, *s, *y, *z)]
    return {
        "context": context,
        "new_list": new,
        "C": commitments,
        "base": drawn_from,
        "u": [number(x) for x in u],
        "v": [number(x) for x in v],
        "D": chain[1:],
        "t_1": t_1,
        "t_2": t_2,
        "t_3": t_3,
        "t_4": t_4,
        "t_5": t_5,
        "c": number(c),
        "s": written[1:5],
        "y": written[5 : 5 + count],
        "z": written[5 + count :],
        "proof": join(*written, *commitments, *chain[1:]),
    }


def shuffle_holds(
    who: Who, keys: Sequence[bytes], old: Sequence[Row], new: Sequence[Row], proof: bytes
) -> bool:
    """Say whether a proof shows that `new` is `old`, moved and sealed again."""
    count = len(old)
    if len(new) != count or len(proof) != 32 * (4 * count + 5):
        return False
    try:
        return _shuffle_holds(who, keys, old, new, proof)
    except (ValueError, RuntimeError):
        return False


def _shuffle_holds(
    who: Who, keys: Sequence[bytes], old: Sequence[Row], new: Sequence[Row], proof: bytes
) -> bool:
    count = len(old)
    c, s_1, s_2, s_3, s_4, *rest = scalars(proof[: 32 * (2 * count + 5)])
    y, z = rest[:count], rest[count:]
    points = [proof[at : at + 32] for at in range(32 * (2 * count + 5), len(proof), 32)]
    commitments, chain = points[:count], points[count:]
    if not all(map(reads, points)) or not all(reads(p) for row in (*old, *new) for p in row):
        return False
    h_0, *bases = generators(count)
    drawn_from = hashed(
        "shuffle", who.context(), join(*keys), flat(old), flat(new), join(*commitments)
    )
    u = [challenge("shuffle-weight", drawn_from, i) for i in range(1, count + 1)]

    def weighted(factors: Sequence[int], points: Sequence[bytes]) -> bytes:
        return add(*(mul(k, point) for k, point in zip(factors, points, strict=True)))

    t_1 = sub(base(s_1), mul(c, sub(add(*commitments), add(*bases))))
    t_2 = sub(base(s_2), mul(c, sub(chain[-1], mul(prod(u), h_0))))
    t_3 = sub(add(base(s_3), weighted(z, bases)), mul(c, weighted(u, commitments)))
    t_4 = [
        sub(
            add(mul(-s_4, key), weighted(z, [row[at] for row in new])),
            mul(c, weighted(u, [row[at] for row in old])),
        )
        for at, key in enumerate([base(1), *keys])
    ]
    t_5 = [
        sub(add(base(y_i), mul(z_i, before)), mul(c, after))
        for y_i, z_i, before, after in zip(y, z, [h_0, *chain], chain, strict=False)
    ]
    return honest([t_1, t_2, t_3, *t_4, *t_5]) and c == challenge(
        "shuffle-challenge", drawn_from, join(*chain), t_1, t_2, t_3, join(*t_4), join(*t_5)
    )


# --- section 6 --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens what: the first items of the challenge."""

    package: bytes
    start_order: bytes
    board: bytes
    first_mix: bytes
    second_mix: bytes

    def items(self) -> tuple[bytes, ...]:
        return (self.package, self.start_order, self.board, self.first_mix, self.second_mix)


def opened(
    opener: Opener, x: Sequence[int], k: Sequence[int], a: Sequence[bytes]
) -> dict[str, object]:
    keys, firsts = [base(x_j) for x_j in x], [base(k_j) for k_j in k]
    factors = [tuple(mul(x_j, a_i) for x_j in x) for a_i in a]
    u = [tuple(mul(k_j, a_i) for k_j in k) for a_i in a]
    c = challenge(
        "opening", *opener.items(), join(*keys), join(*a), flat(factors), join(*firsts), flat(u)
    )
    s = [(k_j + c * x_j) % Q for k_j, x_j in zip(k, x, strict=True)]
    return {
        "F": factors,
        "T": firsts,
        "U": u,
        "c": number(c),
        "s": [number(s_j) for s_j in s],
        "proof": join(number(c), *map(number, s)),
    }


def opening_holds(
    opener: Opener,
    keys: Sequence[bytes],
    a: Sequence[bytes],
    factors: Sequence[Row],
    proof: bytes,
) -> bool:
    """Say whether these factors are the secrets of `keys` times the a."""
    if len(factors) != len(a) or len(proof) != 32 * (len(keys) + 1):
        return False
    try:
        c, *s = scalars(proof)
        firsts = [sub(base(s_j), mul(c, key)) for s_j, key in zip(s, keys, strict=True)]
        u = [
            tuple(sub(mul(s_j, a_i), mul(c, f)) for s_j, f in zip(s, row, strict=True))
            for a_i, row in zip(a, factors, strict=True)
        ]
    except (ValueError, RuntimeError):
        return False
    return honest([*firsts, *(point for row in u for point in row)]) and c == challenge(
        "opening", *opener.items(), join(*keys), join(*a), flat(factors), join(*firsts), flat(u)
    )


# --- section 7 --------------------------------------------------------------------------------

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_value(signed: bytes) -> str:
    bits = int.from_bytes(hashlib.sha256(signed).digest(), "big") >> 156
    text = "".join(ALPHABET[bits >> shift & 31] for shift in range(95, -1, -5))
    return " ".join(text[at : at + 4] for at in range(0, 20, 4))

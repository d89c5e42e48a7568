"""The vectors of sections 1 to 4 and 7: group, keys, sealed ballots, first lists, check values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nacl.signing import SigningKey

from common import records
from common.records import CastVote
from tools.vectors import plain
from tools.vectors.plain import Q, add, base, join, mul, number, sub
from tools.vectors.stream import Stream

Json = dict[str, object]

IDENTITY = number(1)
ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
"""A point of order 8; its multiples are all points of small order."""


def raw(integer: int) -> bytes:
    """Return an integer as 32 bytes, reduced by nothing."""
    return integer.to_bytes(32, "little")


def flipped(value: bytes, bit: int) -> bytes:
    """Return some bytes with one bit changed."""
    return (int.from_bytes(value, "little") ^ 1 << bit).to_bytes(len(value), "little")


def replaced(value: bytes, place: int, part: bytes) -> bytes:
    """Return some bytes in which the 32 at `place` (counted in 32s from 0) are others."""
    return value[: 32 * place] + part + value[32 * place + 32 :]


def group() -> Json:
    """Section 1."""
    stream = Stream("group")
    small = [IDENTITY]
    while len(small) < 8:
        small.append(add(small[-1], ORDER_8))
    good = base(stream.scalar())
    refused = [
        {"why": f"its order is small: it is {place} times a point of order 8", "point": point}
        for place, point in enumerate(small)
    ]
    refused += [
        {"why": f"{place} times a point of order 8 is added to a good point", "point": add(good, t)}
        for place, t in enumerate(small)
        if place
    ]
    refused += [
        {"why": "the identity, with the sign of minus zero", "point": raw(1 | 1 << 255)},
        {"why": "y is 2^255 - 18, which is 1 and not in its one form", "point": raw(2**255 - 18)},
        {"why": "y is 2^255 - 16, not in its one form", "point": raw(2**255 - 16)},
        {"why": "y is 2^255 - 1, not in its one form", "point": raw(2**255 - 1)},
        {"why": "no point has this y: 2", "point": raw(2)},
        {"why": "the base point with the sign of minus x is good; one bit of y is changed",
         "point": flipped(base(1), 3)},
        {"why": "one byte is missing", "point": good[:31]},
        {"why": "one byte is too many", "point": good + b"\0"},
    ]  # fmt: skip
    k, other = stream.scalars(2)
    return {
        "points": [
            {"why": "the base point", "point": base(1)},
            {"why": "minus the base point", "point": base(-1)},
            {"why": "a multiple of the base point", "point": good},
        ],
        "not_points": refused,
        "scalars": [
            {"why": why, "scalar": number(value)}
            for why, value in (("zero", 0), ("one", 1), ("q - 1", -1), ("any", stream.scalar()))
        ],
        "not_scalars": [
            {"why": "q", "scalar": raw(Q)},
            {"why": "q + 1", "scalar": raw(Q + 1)},
            {"why": "2^255", "scalar": raw(1 << 255)},
            {"why": "2^256 - 1", "scalar": b"\xff" * 32},
            {"why": "one byte is missing", "scalar": bytes(31)},
        ],
        "arithmetic": {
            "k": number(k),
            "l": number(other),
            "k_G": base(k),
            "l_G": base(other),
            "k_G_plus_l_G": add(base(k), base(other)),
            "k_G_minus_l_G": sub(base(k), base(other)),
            "k_l_G": mul(k, base(other)),
        },
        "hashes": [
            {"name": "a-name", "items": [], **_hashes("a-name")},
            {
                "name": "a-name",
                "items": [7, "0001", [1, 2, 300]],
                **_hashes("a-name", 7, b"\0\1", [1, 2, 300]),
            },
            {
                "name": "other-name",
                "items": [65_535, "ab" * 300, []],
                **_hashes("other-name", 65_535, b"\xab" * 300, []),
            },
        ],
        "generators": [
            {"i": i, "n": plain.generator(i)[1], "H": plain.generator(i)[0]}
            for i in (*range(9), 23, 24, 255, 256, 1000, 3000)
        ],
    }


def _hashes(name: str, *items: object) -> Json:
    return {"H": plain.hashed(name, *items), "S": number(plain.challenge(name, *items))}


def keys() -> Json:
    """Section 2."""
    return {"cases": [_half_case(w) for w in (1, 3)], "joint": [_joint(w) for w in (1, 3)]}


def secret_scalars(secret: bytes, w: int) -> list[int]:
    """Return the x_j that one secret gives."""
    return [plain.challenge("tally-secret", secret, j) for j in range(1, w + 1)]


def _half_case(w: int) -> Json:
    stream = Stream(f"keys/{w}")
    package, board, secret = (stream.take(32) for _ in range(3))
    x, k = secret_scalars(secret, w), stream.scalars(w)
    made = plain.half(package, board, x, k)
    public, proof = [base(x_j) for x_j in x], _bytes(made["proof"])
    other = plain.half(package, board, secret_scalars(stream.take(32), w), k)
    cancelling = [sub(base(stream.scalar()), key) for key in public]
    damaged = [
        _changed("the proof is of another board", board=stream.take(32)),
        _changed("the proof is of another package", package=stream.take(32)),
        _changed("the proof is of other keys", X=other["X"]),
        _changed("keys chosen to cancel these: nobody knows their secrets", X=cancelling),
        _changed("the first key is the identity", X=[IDENTITY, *public[1:]]),
        _changed(
            "a point of order 8 is added to the first key", X=[add(public[0], ORDER_8), *public[1:]]
        ),
        _changed("a bit of c is changed", proof=flipped(proof, 0)),
        _changed("a bit of the last s is changed", proof=flipped(proof, 256 * w + 5)),
        _changed(
            "q is added to c, so that it does not read",
            proof=replaced(proof, 0, raw(int.from_bytes(proof[:32], "little") + Q)),
        ),
        _changed("k_1 is zero", proof=_half_with_zero(package, board, x, k)),
        _changed("the last s is missing", proof=proof[:-32]),
    ]
    if w > 1:
        damaged.append(_changed("the keys stand in another order", X=public[::-1]))
    return {
        "package": package,
        "board": board,
        "secret": secret,
        "x": [number(x_j) for x_j in x],
        "random": {"k": [number(k_j) for k_j in k]},
        **made,
        "damaged": damaged,
    }


def _half_with_zero(package: bytes, board: bytes, x: Sequence[int], k: Sequence[int]) -> bytes:
    keys = [base(x_j) for x_j in x]
    firsts = [IDENTITY, *(base(k_j) for k_j in k[1:])]
    c = plain.challenge("tally-half", package, board, join(*keys), join(*firsts))
    s = [k_j + c * x_j for k_j, x_j in zip((0, *k[1:]), x, strict=True)]
    return join(number(c), *map(number, s))


def _joint(w: int) -> Json:
    stream = Stream(f"joint/{w}")
    accumulator, desk = ([base(x) for x in stream.scalars(w)] for _ in range(2))
    return {
        "accumulator": accumulator,
        "desk": desk,
        "K": [add(one, other) for one, other in zip(accumulator, desk, strict=True)],
        "damaged": [
            _changed(
                "the desk's halves cancel the accumulator's",
                desk=[sub(IDENTITY, key) for key in accumulator],
            )
        ],
    }


def sealed_ballots() -> Json:
    """Section 3."""
    ballots = (b"\x01\xa5\x01", bytes(29), b"\x26\x0f" + b"\xff" * 40, b"\0\x07" + bytes(70))
    return {
        "encodings": [_encoding(ballot) for ballot in ballots],
        "invalid": _invalid(),
        "cases": [_sealed_case(ballots[0]), _sealed_case(ballots[2])],
    }


def _encoding(ballot: bytes) -> Json:
    points = [plain.encoded(piece) for piece in plain.pieces(ballot)]
    return {
        "ballot": ballot,
        "w": len(points),
        "pieces": plain.pieces(ballot),
        "n": [n for _, n in points],
        "points": [point for point, _ in points],
    }


def _invalid() -> list[Json]:
    """Return points that are no ballot, though each but the first is one of the group."""
    stream = Stream("invalid")
    point, n = plain.encoded(b"\x01\xa5\x01" + bytes(26))
    later = next(
        candidate
        for more in range(n + 1, 1 << 16)
        if plain.reads(candidate := more.to_bytes(2, "little") + point[2:])
    )
    filled, _ = plain.encoded(b"\x01\xa5\x01" + bytes(25) + b"\x01")
    return [
        {"why": "the identity, which looks like n = 1 and a piece of zeros", "size": 3,
         "points": [IDENTITY]},
        {"why": "n is not the smallest", "size": 3, "points": [later]},
        {"why": "the filling is not zero", "size": 3, "points": [filled]},
        {"why": "the last byte is not zero", "size": 3, "points": [base(stream.scalar())]},
        {"why": "the point with the sign of minus x: the last byte is 128", "size": 3,
         "points": [sub(IDENTITY, point)]},
    ]  # fmt: skip


def _sealed_case(ballot: bytes) -> Json:
    stream = Stream(f"sealed/{len(ballot)}")
    package, board = stream.take(32), stream.take(32)
    messages = [plain.encoded(piece)[0] for piece in plain.pieces(ballot)]
    w, style = len(messages), 2
    public = [base(x) for x in stream.scalars(w)]
    r, k = stream.scalars(2)
    made = plain.sealed(package, style, board, keys=public, messages=messages, r=r, k=k)
    sealed = _bytes(made["sealed"])
    points = [sealed[at : at + 32] for at in range(0, 32 * (w + 1), 32)]
    c, s = plain.scalars(sealed[-64:])
    more, factor = stream.scalars(2)

    moved = [add(points[0], base(more))]
    moved += [add(b, mul(more, key)) for b, key in zip(points[1:], public, strict=True)]
    zero = plain.challenge(
        "sealed-ballot", package, style, board, join(*public), join(*points), IDENTITY
    )
    weak = plain.challenge("sealed-ballot", package, style, board, points[0], base(k))
    damaged = [
        _changed("the proof is of another package", package=stream.take(32)),
        _changed("the proof is of another ballot style", style=3),
        _changed("the proof is of another terminal", board=stream.take(32)),
        _changed("the proof is of another key", K=[*public[:-1], base(more)]),
        _changed(
            "a copy, sealed again: the proof is as it was",
            sealed=join(*moved, number(c), number(s)),
        ),
        _changed(
            "a copy, sealed again: s is moved by as much",
            sealed=join(*moved, number(c), number(s + c * more)),
        ),
        _changed(
            "another ballot under the same a",
            sealed=replaced(sealed, 1, add(points[1], base(factor))),
        ),
        _changed(
            "weak Fiat and Shamir: the challenge is over a and T alone",
            sealed=join(*points, number(weak), number(k + weak * r)),
        ),
        _changed("k is zero", sealed=join(*points, number(zero), number(zero * r))),
        _changed("c and s are zero", sealed=join(*points, number(0), number(0))),
        _changed(
            "a point of order 8 is added to a", sealed=replaced(sealed, 0, add(points[0], ORDER_8))
        ),
        _changed(
            "a point of order 8 is added to the last b",
            sealed=replaced(sealed, w, add(points[w], ORDER_8)),
        ),
        _changed("b_1 is the identity", sealed=replaced(sealed, 1, IDENTITY)),
        _changed("q is added to s", sealed=replaced(sealed, w + 2, raw(s + Q))),
        _changed("a bit of a is changed", sealed=flipped(sealed, 17)),
        _changed("a bit of c is changed", sealed=flipped(sealed, 256 * (w + 1) + 2)),
        _changed("the s is missing", sealed=sealed[:-32]),
        _changed("32 zero bytes follow", sealed=sealed + bytes(32)),
    ]
    return {
        "package": package,
        "style": style,
        "board": board,
        "K": public,
        "M": messages,
        "random": {"r": number(r), "k": number(k)},
        **made,
        "damaged": damaged,
    }


def first_lists() -> Json:
    """Section 4."""
    stream = Stream("first-list")
    package = stream.take(32)
    terminals = [SigningKey(stream.take(32)) for _ in range(2)]
    public = [base(stream.scalar())]

    def vote(style: int, terminal: SigningKey, sealed: bytes) -> Json:
        signed = records.sign(CastVote(package, style, sealed), terminal)
        return {
            "signed": signed,
            "sha256": hashlib.sha256(signed).digest(),
            "style": style,
            "board": bytes(terminal.verify_key),
            "sealed": sealed,
        }

    def seal(style: int, terminal: SigningKey, r: int) -> bytes:
        message = plain.encoded(plain.pieces(stream.take(3))[0])[0]
        made = plain.sealed(
            package,
            style,
            bytes(terminal.verify_key),
            keys=public,
            messages=[message],
            r=r,
            k=stream.scalar(),
        )
        return _bytes(made["sealed"])

    one, two = terminals
    votes = [vote(style, one, seal(style, one, stream.scalar())) for style in (5, 1, 5, 2, 1, 7)]
    votes += [vote(style, two, seal(style, two, stream.scalar())) for style in (7, 5, 1)]
    same = stream.scalar()
    twins = [vote(5, one, seal(5, one, same)), vote(1, two, seal(1, two, same))]
    copied = [vote(style, two, _bytes(votes[1]["sealed"])) for style in (1, 2, 5, 7)]
    turned = vote(5, one, flipped(_bytes(votes[0]["sealed"]), 256 * 3 + 1))
    bent = vote(9, one, replaced(seal(9, one, stream.scalar()), 1, IDENTITY))
    votes += [*twins, *copied, turned, bent]
    order = sorted(votes, key=lambda one: _bytes(one["sha256"]))
    why = {
        _bytes(max(twins, key=lambda one: _bytes(one["sha256"]))["sha256"]): "its a is a copy",
        **{_bytes(one["sha256"]): "its proof is of another terminal" for one in copied},
        _bytes(turned["sha256"]): "a bit of it is changed",
        _bytes(bent["sha256"]): "its b_1 is the identity",
    }
    kept = [one for one in order if one["sha256"] not in why]
    merged = (2, 7)  # the style of the bent vote, 9, has no ballot left that could be merged
    return {
        "package": package,
        "K": public,
        "votes": votes,
        "threshold": 3,
        "merged": merged,
        "left_out": [
            {"sha256": one["sha256"], "why": why[_bytes(one["sha256"])]}
            for one in order
            if one["sha256"] in why
        ],
        "first_lists": [
            {
                "styles": styles,
                "list": [_bytes(one["sealed"])[:64] for one in kept if one["style"] in styles],
            }
            for styles in ((1,), merged, (5,))
        ],
    }


def check_values() -> Json:
    """Section 7."""
    stream = Stream("check-value")
    cases = []
    for _ in range(4):
        terminal = SigningKey(stream.take(32))
        sealed = b"".join(stream.take(64) for _ in range(2))
        signed = records.sign(CastVote(stream.take(32), 1, sealed), terminal)
        cases.append(
            {
                "signed": signed,
                "sha256": hashlib.sha256(signed).digest(),
                "check_value": plain.check_value(signed),
            }
        )
    return {"cases": cases}


def _changed(why: str, **values: object) -> Json:
    return {"why": why, "changed": values}


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("not a byte string")
    return value

"""The vectors of sections 5 and 6: shuffles and openings, right ones and those of evil boards."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from tools.vectors import plain
from tools.vectors.beginning import (
    IDENTITY,
    ORDER_8,
    Json,
    flipped,
    raw,
    replaced,
    secret_scalars,
)
from tools.vectors.plain import Luck, Opener, Q, Row, Who, add, base, mul, number, sub
from tools.vectors.stream import Stream

BALLOT = 3
"""Bytes of the ballots of these vectors when they have one element."""


def shuffles() -> Json:
    """Section 5."""
    return {"cases": [_shuffle_case(count, w) for count, w in ((1, 1), (2, 2), (5, 1), (4, 3))]}


def _luck(stream: Stream, count: int) -> Luck:
    order = stream.order(count)
    r, d, f = (stream.scalars(count) for _ in range(3))
    m = stream.scalars(4)
    g, h = stream.scalars(count), stream.scalars(count)
    return Luck(order, r, d, f, m, g, h)


def _sealed_rows(stream: Stream, count: int, keys: Sequence[bytes]) -> list[Row]:
    rows = []
    for _ in range(count):
        r = stream.scalar()
        points = [plain.encoded(stream.take(29))[0] for _ in keys]
        sealed = (add(point, mul(r, key)) for point, key in zip(points, keys, strict=True))
        rows.append((base(r), *sealed))
    return rows


def _shuffle_case(count: int, w: int) -> Json:
    stream = Stream(f"shuffle/{count}/{w}")
    who = Who(stream.take(32), stream.take(32), (3, 7)[: 1 + count % 2], 1 + w % 2, stream.take(32))
    keys = [base(stream.scalar()) for _ in range(w)]
    old = _sealed_rows(stream, count, keys)
    luck = _luck(stream, count)
    made = plain.shuffled(who, keys, old, luck)
    return {
        "package": who.package,
        "start_order": who.start_order,
        "styles": who.styles,
        "position": who.position,
        "board": who.board,
        "K": keys,
        "old_list": old,
        "random": {
            "p": luck.p,
            **{name: [number(x) for x in getattr(luck, name)] for name in "rdfmgh"},
        },
        **made,
        "damaged": _damaged_shuffles(stream, made, who=who, keys=keys, old=old, luck=luck),
    }


def _damaged_shuffles(
    stream: Stream, made: Any, *, who: Who, keys: list[bytes], old: list[Row], luck: Luck
) -> list[Json]:
    count, new, proof = len(old), list(made["new_list"]), made["proof"]
    first_point = 2 * count + 5
    foreign = _sealed_rows(stream, 1, keys)[0]
    c = int.from_bytes(proof[:32], "little")
    cases = [
        ("the proof is of another package", {"package": stream.take(32)}),
        ("the proof is of another start order", {"start_order": stream.take(32)}),
        ("the proof is of other ballot styles", {"styles": (*who.styles, 9)}),
        ("the proof is of the other position", {"position": 3 - who.position}),
        ("the proof is of another board", {"board": stream.take(32)}),
        ("the proof is of other keys", {"K": [base(stream.scalar()), *keys[1:]]}),
        ("a ballot was replaced afterwards", {"new_list": [foreign, *new[1:]]}),
        ("a ballot was dropped afterwards", {"new_list": new[1:]}),
        ("a ballot was added afterwards", {"new_list": [*new, foreign]}),
        ("the old list is another one", {"old_list": [foreign, *old[1:]]}),
        ("a ballot was replaced before the proof: the board lies", _lie(who, keys, old, luck,
         [foreign, *new[1:]])),
        ("the vote inside is replaced before the proof: the board lies", _lie(who, keys, old, luck,
         [(*new[0][:-1], add(new[0][-1], base(stream.scalar()))), *new[1:]])),
        ("a ballot's a is replaced before the proof: the board lies", _lie(who, keys, old, luck,
         [(add(new[0][0], base(stream.scalar())), *new[0][1:]), *new[1:]])),
        ("c is over less than the statement: the context is left out", _weak(who, keys, old, luck,
         ("keys", "old", "new", "C"))),
        ("c is over less than the statement: the keys are left out", _weak(who, keys, old, luck,
         ("context", "old", "new", "C"))),
        ("c is over less than the statement: the old list is left out", _weak(who, keys, old, luck,
         ("context", "keys", "new", "C"))),
        ("c is over less than the statement: the new list is left out", _weak(who, keys, old, luck,
         ("context", "keys", "old", "C"))),
        ("c is over less than the statement: the C are left out", _weak(who, keys, old, luck,
         ("context", "keys", "old", "new"))),
        ("the generators are others, whose logarithms the board knows", {"proof": plain.shuffled(
            who, keys, old, luck, known=[base(i + 1) for i in range(count + 1)])["proof"]}),
        ("m_1 is zero", {"proof": plain_with_zero(who, keys, old, luck)}),
        ("q is added to c", {"proof": replaced(proof, 0, raw(c + Q))}),
        ("c is another scalar", {"proof": replaced(proof, 0, number(c + 1))}),
        ("C_1 is the identity", {"proof": replaced(proof, first_point, IDENTITY)}),
        ("a point of order 8 is added to C_1", {"proof": replaced(
            proof, first_point, add(made["C"][0], ORDER_8))}),
        ("a point of order 8 is added to the last D", {"proof": replaced(
            proof, first_point + 2 * count - 1, add(made["D"][-1], ORDER_8))}),
        ("a point of order 8 is added to an a of the new list", {"new_list": [
            (add(new[0][0], ORDER_8), *new[0][1:]), *new[1:]]}),
        ("a point of order 8 is added to a b of the old list", {"old_list": [
            (*old[0][:-1], add(old[0][-1], ORDER_8)), *old[1:]]}),
        ("a point of the new list is the identity", {"new_list": [
            (*new[0][:-1], IDENTITY), *new[1:]]}),
        ("the last point is missing", {"proof": proof[:-32]}),
        ("32 zero bytes follow", {"proof": proof + bytes(32)}),
    ]  # fmt: skip
    cases += [
        (f"a bit of the proof is changed: bit {bit}", {"proof": flipped(proof, bit)})
        for place in range(4 * count + 5)
        for bit in (256 * place + place % 3,)
    ]
    if count > 1:
        swapped = {"new_list": [new[1], new[0], *new[2:]]}
        twice = [old[0], *old[:-1]]
        moved = plain.reencrypted(twice, keys, luck)
        cases += [
            ("two ballots changed places afterwards", swapped),
            ("two ballots changed places before the proof", _lie(who, keys, old, luck,
             swapped["new_list"])),
            ("one ballot stands twice and another is dropped: the board lies", _lie(
                who, keys, old, luck, moved)),
            ("one ballot is multiplied by 2, another by 1/2", _lie(who, keys, old, luck,
             [_times(2, new[0]), _times(pow(2, -1, Q), new[1]), *new[2:]])),
        ]  # fmt: skip
        if len(keys) > 1:
            crossed = [
                (*new[0][:-1], new[1][-1]),
                (*new[1][:-1], new[0][-1]),
                *new[2:],
            ]
            cases.append(
                (
                    "the last elements of two ballots are exchanged",
                    _lie(who, keys, old, luck, crossed),
                )
            )
    return [{"why": why, "changed": changed} for why, changed in cases]


def _times(k: int, row: Row) -> Row:
    return tuple(mul(k, point) for point in row)


def _lie(
    who: Who, keys: list[bytes], old: list[Row], luck: Luck, new: Sequence[Row]
) -> dict[str, Any]:
    """Return a proof that is computed as it should be, for a new list that is none."""
    return {
        "new_list": new,
        "proof": plain.shuffled(who, keys, old, luck, new=new)["proof"],
    }


def _weak(
    who: Who, keys: list[bytes], old: list[Row], luck: Luck, over: Sequence[str]
) -> dict[str, Any]:
    return {"proof": plain.shuffled(who, keys, old, luck, base_over=over)["proof"]}


def plain_with_zero(who: Who, keys: list[bytes], old: list[Row], luck: Luck) -> bytes:
    """Return a proof whose t_1 is the identity; it holds but for that."""
    zero = dataclasses.replace(luck, m=(0, *luck.m[1:]))
    proof = plain.shuffled(who, keys, old, zero)["proof"]
    if not isinstance(proof, bytes):
        raise TypeError("not a proof")
    return proof


def openings() -> Json:
    """Section 6."""
    return {"cases": [_opening_case(1, (1,)), _opening_case(1, (2, 3)), _opening_case(3, (3, 1))]}


def _opening_case(w: int, groups: tuple[int, ...]) -> Json:
    stream = Stream(f"opening/{w}/{len(groups)}")
    package, start_order, first_mix, second_mix = (stream.take(32) for _ in range(4))
    boards = ("accumulator", "desk")
    names = {board: stream.take(32) for board in boards}
    x = {board: secret_scalars(stream.take(32), w) for board in boards}
    public = {board: [base(x_j) for x_j in x[board]] for board in boards}
    joint = [add(one, other) for one, other in zip(*public.values(), strict=True)]
    size = BALLOT if w == 1 else 29 * w - 10
    lists: list[list[Row]] = []
    for count in groups:
        rows = []
        for _ in range(count):
            ballot = b"".join(stream.take(min(64, size - at)) for at in range(0, size, 64))
            points = [plain.encoded(piece)[0] for piece in plain.pieces(ballot)]
            r = stream.scalar()
            sealed = (add(point, mul(r, key)) for point, key in zip(points, joint, strict=True))
            rows.append((base(r), *sealed))
        lists.append(rows)
    rows = [row for group in lists for row in group]
    a = [row[0] for row in rows]
    made: dict[str, Any] = {}
    for board in boards:
        opener = Opener(package, start_order, names[board], first_mix, second_mix)
        k = stream.scalars(w)
        opened = plain.opened(opener, x[board], k, a)
        made[board] = {
            "board": names[board],
            "x": [number(x_j) for x_j in x[board]],
            "X": public[board],
            "random": {"k": [number(k_j) for k_j in k]},
            **opened,
            "damaged": _damaged_openings(stream, opened, opener=opener, x=x[board], k=k, a=a),
        }
    pieces = [
        [
            sub(sub(b, f), g)
            for b, f, g in zip(
                row[1:], made["accumulator"]["F"][i], made["desk"]["F"][i], strict=True
            )
        ]
        for i, row in enumerate(rows)
    ]
    return {
        "package": package,
        "start_order": start_order,
        "first_mix": first_mix,
        "second_mix": second_mix,
        "size": size,
        "K": joint,
        "last_lists": lists,
        "boards": made,
        "M": pieces,
        "ballots": [plain.decoded(points, size) for points in pieces],
    }


def _damaged_openings(
    stream: Stream, made: Any, *, opener: Opener, x: list[int], k: Sequence[int], a: list[bytes]
) -> list[Json]:
    factors, proof = list(made["F"]), made["proof"]
    keys = [base(x_j) for x_j in x]
    other = [stream.scalar() for _ in x]
    wrong = [tuple(mul(x_j + 1, a_i) for x_j in x) for a_i in a]
    c = int.from_bytes(proof[:32], "little")
    zero = plain_opening(opener, x, (0, *k[1:]), a)
    cases: list[tuple[str, dict[str, Any]]] = [
        ("the proof is of another package", {"package": stream.take(32)}),
        ("the proof is of another start order", {"start_order": stream.take(32)}),
        ("the proof is of another board", {"board": stream.take(32)}),
        ("the proof is of another first mix", {"first_mix": stream.take(32)}),
        ("the proof is of another second mix", {"second_mix": stream.take(32)}),
        ("the factors and the proof are of another key",
         {name: plain.opened(opener, other, k, a)[name] for name in ("F", "proof")}),
        ("the first factor is another point", {"F": [(add(factors[0][0], base(1)),
         *factors[0][1:]), *factors[1:]]}),
        ("all factors are of x + 1, the proof of x", {"F": wrong}),
        ("all factors are of x + 1 before the proof: the board lies",
         {"F": wrong, "proof": _wrong_opening(opener, x, k, a, wrong)}),
        ("a point of order 8 is added to the first factor", {"F": [(add(factors[0][0], ORDER_8),
         *factors[0][1:]), *factors[1:]]}),
        ("the first factor is the identity", {"F": [(IDENTITY, *factors[0][1:]), *factors[1:]]}),
        ("one ballot's factors are missing", {"F": factors[1:]}),
        ("one ballot's factors are too many", {"F": [*factors, factors[0]]}),
        ("weak Fiat and Shamir: c is over less than the factors",
         {"proof": _weak_opening(x, k, a)}),
        ("k_1 is zero", {"proof": zero}),
        ("q is added to c", {"proof": replaced(proof, 0, raw(c + Q))}),
        ("the last s is missing", {"proof": proof[:-32]}),
        ("the keys are others", {"X": [add(keys[0], base(1)), *keys[1:]]}),
    ]  # fmt: skip
    cases += [
        (f"a bit of the proof is changed: bit {bit}", {"proof": flipped(proof, bit)})
        for place in range(len(x) + 1)
        for bit in (256 * place, 256 * place + 200)
    ]
    if len(factors) > 1:
        cases.append(("the factors of two ballots are exchanged", {"F": factors[::-1]}))
    return [{"why": why, "changed": changed} for why, changed in cases]


def _answers(c: int, x: Sequence[int], k: Sequence[int]) -> bytes:
    return plain.join(number(c), *(number(k_j + c * x_j) for k_j, x_j in zip(k, x, strict=True)))


def plain_opening(opener: Opener, x: list[int], k: Sequence[int], a: list[bytes]) -> bytes:
    """Return a proof that holds, but for first messages that are the identity where k is zero."""
    firsts = [base(k_j) if k_j else IDENTITY for k_j in k]
    u = [tuple(mul(k_j, a_i) if k_j else IDENTITY for k_j in k) for a_i in a]
    factors = [tuple(mul(x_j, a_i) for x_j in x) for a_i in a]
    return _answers(_opening_challenge(opener, x, a, factors=factors, firsts=firsts, u=u), x, k)


def _wrong_opening(
    opener: Opener, x: list[int], k: Sequence[int], a: list[bytes], factors: Sequence[Row]
) -> bytes:
    firsts = [base(k_j) for k_j in k]
    u = [tuple(mul(k_j, a_i) for k_j in k) for a_i in a]
    return _answers(_opening_challenge(opener, x, a, factors=factors, firsts=firsts, u=u), x, k)


def _opening_challenge(
    opener: Opener,
    x: Sequence[int],
    a: Sequence[bytes],
    *,
    factors: Sequence[Row],
    firsts: Sequence[bytes],
    u: Sequence[Row],
) -> int:
    return plain.challenge(
        "opening",
        *opener.items(),
        plain.join(*(base(x_j) for x_j in x)),
        plain.join(*a),
        plain.flat(factors),
        plain.join(*firsts),
        plain.flat(u),
    )


def _weak_opening(x: list[int], k: Sequence[int], a: list[bytes]) -> bytes:
    firsts = [base(k_j) for k_j in k]
    u = [tuple(mul(k_j, a_i) for k_j in k) for a_i in a]
    c = plain.challenge("opening", plain.join(*firsts), plain.flat(u))
    return _answers(c, x, k)

"""Shuffles: what an honest board makes, and every way in which a dishonest one is refused."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.seal import group, opening, shuffle, shufflecheck
from common.seal.elgamal import reseal
from common.seal.group import BASE, IDENTITY, Point, Row
from common.seal.hashing import Q
from common.seal.shuffle import Drawn, Mixing, Proof
from tests.unit.common.seal.stations import ALONE, ballots, refused, source, station
from tests.unit.common.seal.test_group import torsion
from tools.vectors import plain

COUNT, W = 3, 2


def _check(mixing: Mixing, old: Sequence[Row], new: Sequence[Sequence[bytes]], proof: bytes) -> Any:
    return shufflecheck.read_shuffle(mixing, tuple(old), group.flat(new), proof, ALONE)


def _opened(rows: Sequence[Row], w: int, size: int) -> list[bytes | None]:
    here = station(w)
    parts = [
        opening.open_part(here.opening(which), here.secrets[which], rows, source("o"), ALONE)
        for which in (0, 1)
    ]
    return opening.ballots(rows, parts[0].factors, parts[1].factors, size, ALONE)


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 7), st.integers(1, 3), st.text(max_size=5))
def test_two_shuffles_keep_the_ballots_and_hide_whose_they_are(
    count: int, w: int, label: str
) -> None:
    here = station(w)
    cast = ballots(count, w)
    rows: tuple[Row, ...] = here.rows(cast, label)
    drawn = source(label)
    for position in (1, 2):
        made = shuffle.shuffle(here.mixing(position), rows, drawn, ALONE)
        assert _check(here.mixing(position), rows, made.rows, made.proof) == made.rows
        assert not {point for row in rows for point in row} & {p for row in made.rows for p in row}
        rows = made.rows
    assert Counter(_opened(rows, w, len(cast[0]))) == Counter(cast)


@pytest.fixture(scope="module")
def small() -> tuple[Mixing, tuple[Row, ...], shuffle.Shuffled]:
    here = station(W)
    old = here.rows(ballots(COUNT, W))
    return here.mixing(), old, shuffle.shuffle(here.mixing(), old, source("small"), ALONE)


Small = tuple[Mixing, tuple[Row, ...], shuffle.Shuffled]


def test_every_scalar_and_point_of_a_proof_counts(small: Small) -> None:
    mixing, old, made = small
    places = len(made.proof) // 32
    for place in range(places):
        part = made.proof[32 * place : 32 * place + 32]
        for what, other in _others(part, scalar=place < 2 * COUNT + 5):
            proof = made.proof[: 32 * place] + other + made.proof[32 * place + 32 :]
            refused(f"part {place}: {what}", partial(_check, mixing, old, made.rows, proof))
    for place in range(places - 1):
        swapped = [made.proof[at : at + 32] for at in range(0, len(made.proof), 32)]
        swapped[place : place + 2] = swapped[place : place + 2][::-1]
        refused(
            f"parts {place} and the next",
            partial(_check, mixing, old, made.rows, b"".join(swapped)),
        )


def _others(part: bytes, *, scalar: bool) -> list[tuple[str, bytes]]:
    if scalar:
        value = int.from_bytes(part, "little")
        return [
            ("one more", group.scalar_bytes(value + 1)),
            ("its negative", group.scalar_bytes(-value)),
            ("zero", bytes(32)),
            ("q more", (value + Q).to_bytes(32, "little")),
        ]
    point = Point(part)
    return [
        ("another point", group.add(point, BASE)),
        ("its negative", group.times(-1, point)),
        ("the identity", IDENTITY),
        *(("small order added", group.add(point, Point(t))) for t in torsion()[1:3]),
        ("no point", (2).to_bytes(32, "little")),
    ]


def test_every_point_of_both_lists_counts(small: Small) -> None:
    mixing, old, made = small
    for at in range(COUNT):
        for column in range(W + 1):
            for what, other in _others(old[at][column], scalar=False):
                wrong = _replaced(old, at, column, other)
                refused(f"old {at}, {column}: {what}", partial(
                    _check, mixing, wrong, made.rows, made.proof))  # fmt: skip
            for what, other in _others(made.rows[at][column], scalar=False):
                wrong = _replaced(made.rows, at, column, other)
                refused(f"new {at}, {column}: {what}", partial(
                    _check, mixing, old, wrong, made.proof))  # fmt: skip


def _replaced(rows: Sequence[Row], at: int, column: int, other: bytes) -> tuple[Row, ...]:
    changed = [list(row) for row in rows]
    changed[at][column] = Point(other)
    return tuple(tuple(row) for row in changed)


def test_bits_of_a_proof_count() -> None:
    here = station()
    old = here.rows(ballots(1))
    made = shuffle.shuffle(here.mixing(), old, source("bits"), ALONE)
    for bit in range(0, 8 * len(made.proof), 3):
        whole = int.from_bytes(made.proof, "little") ^ 1 << bit
        proof = whole.to_bytes(len(made.proof), "little")
        refused(f"bit {bit}", partial(_check, here.mixing(), old, made.rows, proof))


def test_a_shuffle_is_of_one_board_position_station_and_day(small: Small) -> None:
    mixing, old, made = small
    others = (
        replace(mixing, package=b"x" * 32),
        replace(mixing, start_order=b"x" * 32),
        replace(mixing, styles=(2,)),
        replace(mixing, styles=(1, 2)),
        replace(mixing, position=2),
        replace(mixing, board=b"x" * 32),
        replace(mixing, keys=mixing.keys[::-1]),
    )
    for other in others:
        refused(str(other), partial(_check, other, old, made.rows, made.proof))


def test_every_part_of_the_statement_is_in_base_and_challenge(small: Small) -> None:
    mixing, old, made = small
    proof = Proof.from_bytes(made.proof, COUNT)
    other = group.times_base(99)

    def base(
        mixing: Mixing = mixing,
        before: Sequence[Row] = old,
        after: Sequence[Row] = made.rows,
        commitments: Sequence[bytes] = proof.commitments,
    ) -> bytes:
        return mixing.base(before, after, commitments)

    variants = [base()]
    for name, value in (
        ("package", b"x" * 32),
        ("start_order", b"x" * 32),
        ("styles", (1, 9)),
        ("position", 2),
        ("board", b"x" * 32),
        ("keys", (other, *mixing.keys[1:])),
        ("keys", (*mixing.keys[:1], other)),
    ):
        variants.append(base(mixing=replace(mixing, **{name: value})))  # type: ignore[arg-type]  # by name
    assert {field.name for field in fields(Mixing)} == {
        "package", "start_order", "styles", "position", "board", "keys",
    }  # fmt: skip
    for at in range(COUNT):
        for column in range(W + 1):
            variants.append(base(before=_replaced(old, at, column, other)))
            variants.append(base(after=_replaced(made.rows, at, column, other)))
        changed = list(proof.commitments)
        changed[at] = other
        variants.append(base(commitments=changed))
    assert len(set(variants)) == len(variants)

    firsts = [group.times_base(factor) for factor in range(1, 4 + W + 1 + COUNT)]

    def challenge(base: bytes, chain: Sequence[bytes], firsts: Sequence[Point]) -> int:
        t_1, t_2, t_3, *rest = firsts
        return shuffle.shuffle_challenge(base, chain, (t_1, t_2, t_3), rest[: W + 1], rest[W + 1 :])

    drawn = [
        challenge(variants[0], proof.chain, firsts),
        challenge(variants[1], proof.chain, firsts),
        *(
            challenge(variants[0], (*proof.chain[:at], other, *proof.chain[at + 1 :]), firsts)
            for at in range(COUNT)
        ),
        *(
            challenge(variants[0], proof.chain, [*firsts[:at], other, *firsts[at + 1 :]])
            for at in range(len(firsts))
        ),
    ]
    assert len(set(drawn)) == len(drawn)
    weights = shuffle.weights(variants[0], COUNT)
    assert len({*weights, *shuffle.weights(variants[1], COUNT)}) == 2 * COUNT


def _lying(
    small: Small, lie: Callable[[list[Row], Point], Sequence[Row]]
) -> tuple[Sequence[Row], bytes]:
    """Return a new list that is none, and a proof computed for it by all formulas of the page."""
    mixing, old, _ = small
    drawn = Drawn.fresh(COUNT, source("liar"))
    who = plain.Who(
        mixing.package, mixing.start_order, mixing.styles, mixing.position, mixing.board
    )
    luck = plain.Luck(
        tuple(place + 1 for place in drawn.order),
        drawn.r, drawn.d, drawn.f, drawn.m, drawn.g, drawn.h,
    )  # fmt: skip
    honest = plain.reencrypted(old, mixing.keys, luck)
    proof = plain.shuffled(who, mixing.keys, old, luck)["proof"]
    assert isinstance(proof, bytes)
    rows = [tuple(map(Point, row)) for row in honest]
    assert _check(mixing, old, rows, proof)  # the formulas are right, before somebody lies
    new = lie(rows, mixing.keys[0])
    forged = plain.shuffled(who, mixing.keys, old, luck, new=new)["proof"]
    assert isinstance(forged, bytes)
    return new, forged


LIES: dict[str, Callable[[list[Row], Point], Sequence[Row]]] = {
    "replaced": lambda rows, key: [(BASE, key, key), *rows[1:]],
    "stands twice, another is dropped": lambda rows, key: [rows[0], rows[0], *rows[2:]],
    "stands twice, sealed again": lambda rows, key: [
        reseal(rows[1], station(W).seal.keys, 5), *rows[1:],
    ],
    "one element exchanged with another ballot's": lambda rows, key: [
        (*rows[0][:2], rows[1][2]), (*rows[1][:2], rows[0][2]), *rows[2:],
    ],
    "moved without its a": lambda rows, key: [
        (rows[1][0], *rows[0][1:]), (rows[0][0], *rows[1][1:]), *rows[2:],
    ],
    "a vote changed inside": lambda rows, key: [
        (rows[0][0], group.add(rows[0][1], BASE), rows[0][2]), *rows[1:],
    ],
    "changed inside by what another is changed back": lambda rows, key: [
        (rows[0][0], group.add(rows[0][1], BASE), rows[0][2]),
        (rows[1][0], group.subtract(rows[1][1], BASE), rows[1][2]), *rows[2:],
    ],
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_board_that_does_not_shuffle_what_it_got_is_refused(lie: str, small: Small) -> None:
    mixing, old, _ = small
    new, proof = _lying(small, LIES[lie])
    refused(lie, partial(_check, mixing, old, new, proof))


def test_dropping_and_adding_are_refused(small: Small) -> None:
    mixing, old, made = small
    fewer = shuffle.shuffle(mixing, old[1:], source("fewer"), ALONE)
    more = shuffle.shuffle(mixing, (*old, old[0]), source("more"), ALONE)
    for other in (fewer, more):
        refused("another number", partial(_check, mixing, old, other.rows, other.proof))
        refused("with its own", partial(_check, mixing, old, made.rows, other.proof))
    refused("nothing", partial(_check, mixing, (), (), bytes(32 * 5)))
    refused("a torn list", partial(
        shufflecheck.read_shuffle, mixing, old, group.flat(made.rows)[:-1], made.proof, ALONE
    ))  # fmt: skip


def test_generators_with_known_logarithms_would_let_a_board_lie(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who knows them opens a commitment as any order; with ours the proof is refused."""
    mixing, old, _ = small
    known = {index: group.times_base(1000 + index) for index in range(COUNT + 1)}
    with monkeypatch.context() as patch:
        for module in (shuffle, shufflecheck):
            patch.setattr(module, "generator", known.__getitem__)
        made = shuffle.shuffle(mixing, old, source("known"), ALONE)
        assert _check(mixing, old, made.rows, made.proof) == made.rows
    refused("its own generators", partial(_check, mixing, old, made.rows, made.proof))


Trace = list[tuple[str, int]]


def _traced(patch: pytest.MonkeyPatch, trace: Trace) -> None:
    for name in ("add", "subtract", "times", "times_base"):
        real = getattr(group, name)

        def noted(*args: Any, name: str = name, real: Any = real) -> Any:
            trace.append((name, len(args)))
            return real(*args)

        patch.setattr(group, name, noted)


def test_the_operations_are_the_same_for_every_order(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixing, old, _ = small
    drawn = Drawn.fresh(COUNT, source("trace"))
    traces = set()
    trace: Trace = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)):
        trace.clear()
        with monkeypatch.context() as patch:
            _traced(patch, trace)
            shuffle.prove(mixing, old, replace(drawn, order=order), ALONE)
        traces.add(tuple(trace))
    assert len(traces) == 1
    counted = Counter(name for name, _ in trace)
    assert counted["times"] == COUNT * (W + W + 4) + W + 1
    assert counted["times_base"] == COUNT * 4 + 3


def test_the_work_of_checking_is_what_the_page_says(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixing, old, made = small
    trace: Trace = []
    with monkeypatch.context() as patch:
        _traced(patch, trace)
        _check(mixing, old, made.rows, made.proof)
    counted = Counter(name for name, _ in trace)
    assert counted["times"] == COUNT * (2 * W + 6) + 1 + 3 + 2 * (W + 1)
    assert counted["times_base"] == COUNT + 3
    assert counted["add"] + counted["subtract"] <= COUNT * (2 * W + 8) + 2 * (W + 4)


def test_the_new_list_is_no_other_for_where_the_old_one_lies_in_memory(small: Small) -> None:
    mixing, old, _ = small
    drawn = Drawn.fresh(COUNT, source("memory"))
    copies = [tuple(Point(bytes(bytearray(point))) for point in old[at]) for at in (2, 0, 1)]
    moved = [copies[1], copies[2], copies[0]]
    assert shuffle.prove(mixing, moved, drawn, ALONE) == shuffle.prove(mixing, old, drawn, ALONE)


def test_nothing_is_drawn_twice_or_used_under_two_challenges(small: Small) -> None:
    mixing, old, _ = small
    drawn = source("once")
    proofs = [
        Proof.from_bytes(shuffle.shuffle(mixing, old, drawn, ALONE).proof, COUNT) for _ in range(3)
    ]
    answers = [x for proof in proofs for x in (proof.c, *proof.s, *proof.y, *proof.z)]
    assert len(set(answers)) == len(answers)
    once = Drawn.fresh(50, source("drawn"))
    scalars = [x for name in "rdfmgh" for x in getattr(once, name)]
    assert len(set(scalars)) == len(scalars) == 5 * 50 + 4
    assert not any(str(x) in repr(once) for x in scalars)

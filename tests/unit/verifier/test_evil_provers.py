"""Boards that lie: each meets every line of the check but one, and is caught by that one.

A shuffle is a matrix of zeros and ones with one one in each row and column. These boards use other
matrices: for the new list, for the commitments, for the weights. The prover below can prove any of
them as far as it goes; what it cannot meet, it guesses. `caught_by` says which first messages came
out otherwise than the board had said, so each test shows what a line of the check is for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from tests.unit.verifier import prover as honest
from tests.unit.verifier.prover import (
    Row,
    Station,
    contents,
    context,
    digest,
    joined,
    number,
    product,
    rows_of,
    station,
)
from verifier import opening, shuffle
from verifier.encoding import Wrong
from verifier.group import (
    ORDER,
    SIZE,
    ZERO,
    cut,
    first_message,
    generator,
    hashed,
    hashed_scalar,
    minus,
    multiple,
    multiple_of_base,
    plus,
    total,
)
from verifier.opening import check_opening
from verifier.sealed import check_ballot, check_half
from verifier.shuffle import check_shuffle
from verifier.work import Work

WORK = Work()
BASE = multiple_of_base(1)
Matrix = list[list[int]]
WIDTH = 2


def inverse(value: int) -> int:
    return pow(value, -1, ORDER)


def combined(factors: Sequence[int], points: Sequence[bytes]) -> bytes:
    return total(multiple(k, point) for k, point in zip(factors, points, strict=True) if k % ORDER)


def transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]


def permutation(*places: int) -> Matrix:
    return [[int(column == place) for column in range(len(places))] for place in places]


@dataclass
class Board:
    """A board that shuffles, as it likes.

    Attributes:
        moved: the matrix by which the new list comes of the old one.
        committed: the one that it commits to.
        weighed: the one by which it takes weights into the new order.
        touch: changes the new list before it is proved.
        last_link: whether it makes the last link of the chain fit the product, and not the chain.
    """

    moved: Matrix
    committed: Matrix
    weighed: Matrix
    touch: Callable[[list[Row]], None] = lambda _: None
    last_link: bool = False
    said: list[bytes] = field(default_factory=list)

    def new_list(self, here: Station, before: bytes) -> tuple[bytes, list[int]]:
        columns = list(zip(*rows_of(before, here.key), strict=True))
        again = here.prover.fresh(len(self.moved))
        rows = [
            [
                plus(combined(row, column), multiple(r, key))
                for column, key in zip(columns, [multiple_of_base(1), *cut(here.key)], strict=True)
            ]
            for row, r in zip(self.moved, again, strict=True)
        ]
        self.touch(rows)
        return joined(rows), again

    def prove(self, here: Station, before: bytes, after: bytes, again: list[int]) -> bytes:
        """Return a proof as good as it gets; keep the first messages that it was made with."""
        who, fresh = here.shuffler(1), here.prover.fresh
        new, count = rows_of(after, who.key), len(again)
        places = range(count)
        generators = [generator(i + 1) for i in places]
        d, f = fresh(count), fresh(count)
        commitments = [
            plus(multiple_of_base(one), combined(column, generators))
            for one, column in zip(d, transposed(self.committed), strict=True)
        ]
        base = hashed("shuffle", context(who), who.key, before, after, b"".join(commitments))
        u = [hashed_scalar("shuffle-weight", base, i + 1) for i in places]
        v = [sum(k * one for k, one in zip(row, u, strict=True)) % ORDER for row in self.weighed]
        chain = [generator(0)]
        for i in places:
            chain.append(plus(multiple_of_base(f[i]), multiple(v[i], chain[i])))
        s_2 = sum(f[i] * product(v[i + 1 :]) for i in places)
        if self.last_link:
            chain[-1] = plus(multiple_of_base(f[-1]), multiple(product(u), generator(0)))
            s_2 = f[-1]
        (m_1, m_2, m_3, m_4), g, h = fresh(4), fresh(count), fresh(count)
        key = [multiple_of_base(1), *cut(who.key)]
        self.said = [
            *(plus(multiple_of_base(g[i]), multiple(h[i], chain[i])) for i in places),
            multiple_of_base(m_1),
            multiple_of_base(m_2),
            plus(multiple_of_base(m_3), combined(h, generators)),
            *(
                minus(combined(h, [row[j] for row in new]), multiple(m_4, key[j]))
                for j in range(len(key))
            ),
        ]
        t_5, (t_1, t_2, t_3), t_4 = (
            b"".join(self.said[:count]),
            self.said[count : count + 3],
            b"".join(self.said[count + 3 :]),
        )
        links = b"".join(chain[1:])
        c = hashed_scalar("shuffle-challenge", base, links, t_1, t_2, t_3, t_4, t_5)
        s_3 = sum(u[i] * d[i] for i in places)
        s_4 = sum(v[i] * again[i] for i in places)
        return b"".join(
            [
                *map(number, (c, m_1 + c * sum(d), m_2 + c * s_2, m_3 + c * s_3, m_4 + c * s_4)),
                *(number(g[i] + c * f[i]) for i in places),
                *(number(h[i] + c * v[i]) for i in places),
                *commitments,
                links,
            ]
        )


def caught_by(board: Board, monkeypatch: pytest.MonkeyPatch, count: int = 3) -> set[str]:
    """Return which first messages give the board away; an empty set if it is believed."""
    here = station(WIDTH)
    before = here.ballots(contents(count, WIDTH))
    after, again = board.new_list(here, before)
    proof = board.prove(here, before, after, again)
    found: list[bytes] = []

    def noted(one: bytes, other: bytes) -> bytes:
        found.append(first_message(one, other))
        return found[-1]

    monkeypatch.setattr(shuffle, "first_message", noted)
    names = [f"t_5{i}" for i in range(1, count + 1)]
    names += ["t_1", "t_2", "t_3", "t_4", *(f"t_4{j}" for j in range(1, WIDTH + 1))]
    refusal = ""
    try:
        check_shuffle(here.shuffler(1), before, after, proof, WORK)
    except Wrong as wrong:
        refusal = str(wrong)
    caught = {
        name for name, said, came in zip(names, board.said, found, strict=True) if said != came
    }
    assert refusal == (shuffle.NOT_HELD if caught else "")
    return caught


TURN = permutation(1, 2, 0)


def board(
    moved: Matrix = TURN,
    committed: Matrix = TURN,
    weighed: Matrix = TURN,
    touch: Callable[[list[Row]], None] = lambda _: None,
) -> Board:
    return Board(moved, committed, weighed, touch)


def test_this_prover_is_believed_when_it_is_honest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert caught_by(board(), monkeypatch) == set()


def test_ballots_that_are_multiplied_are_caught_by_t_1(monkeypatch: pytest.MonkeyPatch) -> None:
    half = inverse(2)
    weights = [[2, 0, 0], [0, half, 0], [0, 0, 1]]  # the product of the weights is kept
    back = [[half, 0, 0], [0, 2, 0], [0, 0, 1]]
    assert caught_by(board(back, weights, weights), monkeypatch) == {"t_1"}


def test_ballots_that_are_added_up_are_caught_by_t_2(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two thirds of everything minus oneself: each row adds up to one, and it is its own inverse.
    thirds = 2 * inverse(3)
    mixed = [[(thirds - int(i == j)) % ORDER for j in range(3)] for i in range(3)]
    assert caught_by(board(mixed, mixed, mixed), monkeypatch) == {"t_2"}


def test_a_chain_that_only_ends_well_is_caught_by_t_5(monkeypatch: pytest.MonkeyPatch) -> None:
    thirds = 2 * inverse(3)
    mixed = [[(thirds - int(i == j)) % ORDER for j in range(3)] for i in range(3)]
    ends_well = Board(mixed, mixed, mixed, last_link=True)
    assert caught_by(ends_well, monkeypatch) == {"t_53"}


def test_another_order_than_was_committed_to_is_caught_by_t_3(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = permutation(0, 2, 1)
    assert caught_by(board(other, TURN, other), monkeypatch) == {"t_3"}


def test_another_order_than_was_proved_is_caught_by_t_4(monkeypatch: pytest.MonkeyPatch) -> None:
    assert caught_by(board(permutation(0, 2, 1)), monkeypatch) == {"t_4", "t_41", "t_42"}


def test_a_ballot_that_stands_twice_in_place_of_another_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twice = permutation(0, 0, 2)
    assert caught_by(board(twice), monkeypatch) == {"t_4", "t_41", "t_42"}
    assert caught_by(board(twice, TURN, twice), monkeypatch) == {
        "t_2",
        "t_3",
        "t_4",
        "t_41",
        "t_42",
    }
    # Committed to as well: then the weights of the dropped one are missing in the product.
    assert "t_2" in caught_by(board(twice, twice, twice), monkeypatch)


@pytest.mark.parametrize("column", range(WIDTH + 1))
def test_an_element_that_is_replaced_is_caught_in_its_own_column(
    column: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def touch(rows: list[Row]) -> None:
        rows[1][column] = plus(rows[1][column], multiple_of_base(7))

    names = ["t_4", "t_41", "t_42"]
    assert caught_by(board(touch=touch), monkeypatch) == {names[column]}


def test_a_vote_that_is_replaced_by_another_sealed_one_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def touch(rows: list[Row]) -> None:
        here = station(WIDTH)
        rows[0] = here.prover.seal(here.key, [multiple_of_base(9)] * WIDTH, 12345)

    assert caught_by(board(touch=touch), monkeypatch) == {"t_4", "t_41", "t_42"}


def test_votes_that_change_elements_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def touch(rows: list[Row]) -> None:
        rows[0][2], rows[1][2] = rows[1][2], rows[0][2]

    assert caught_by(board(touch=touch), monkeypatch) == {"t_42"}


def test_a_vote_that_is_dropped_or_added_changes_the_length() -> None:
    here = station(WIDTH)
    before = here.ballots(contents(4, WIDTH))
    row = SIZE * (WIDTH + 1)
    for shorter in (before[:-row], before[row:]):
        made = here.prover.shuffle(here.shuffler(1), shorter)
        with pytest.raises(Wrong, match="as many ballots"):
            check_shuffle(here.shuffler(1), before, made.after, made.proof, WORK)
        longer = here.prover.shuffle(here.shuffler(1), before)
        with pytest.raises(Wrong, match="as many ballots"):
            check_shuffle(here.shuffler(1), shorter, longer.after, longer.proof, WORK)


def test_generators_whose_logarithms_are_known_are_not_the_verifiers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = station(1)
    before = here.ballots(contents(3, 1))
    monkeypatch.setattr(honest, "generator", lambda i: multiple_of_base(i + 5))
    made = here.prover.shuffle(here.shuffler(1), before)
    with pytest.raises(Wrong, match="does not hold"):
        check_shuffle(here.shuffler(1), before, made.after, made.proof, WORK)


# --- a prover that throws no dice ----------------------------------------------------------------


def without_chance(monkeypatch: pytest.MonkeyPatch, here: Station, zeros: set[int]) -> None:
    """Let the prover compute with zero, and draw zero at these places of what it draws."""
    drawn = iter(range(1000))

    def fresh(count: int) -> list[int]:
        return [0 if at in zeros else at + 2 for _, at in zip(range(count), drawn, strict=False)]

    def times(factor: int, point: bytes) -> bytes:
        return multiple(factor, point) if factor % ORDER else ZERO

    monkeypatch.setattr(here.prover, "fresh", fresh)
    monkeypatch.setattr(honest, "multiple", times)
    monkeypatch.setattr(honest, "multiple_of_base", lambda factor: times(factor, BASE))


@pytest.mark.parametrize(
    ("what", "zeros"),
    [  # of two ballots: d 0, 1; f 2, 3; m 4 … 7; g 8, 9; h 10, 11
        ("t_1", {4}),
        ("t_2", {5}),
        ("t_3", {6, 10, 11}),
        ("t_4", {7, 10, 11}),
        ("t_51", {8, 10}),
        ("t_52", {9, 11}),
    ],
)
def test_a_first_message_of_zero_is_refused(
    what: str, zeros: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = station(1)
    before = here.ballots(contents(2, 1))
    made = here.prover.shuffle(here.shuffler(1), before, order=[1, 0])
    lists = before, made.after, made.order, made.again
    for chosen, refused in ((set[int](), ""), (zeros, "first message of the proof is zero")):
        without_chance(monkeypatch, here, chosen)
        proof = here.prover.shuffle_proof(here.shuffler(1), *lists)
        told = ""
        try:
            check_shuffle(here.shuffler(1), before, made.after, proof, WORK)
        except Wrong as wrong:
            told = str(wrong)
        assert bool(told) == bool(refused), what
        assert refused in told


def test_other_proofs_without_chance_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    here = station(1)
    ballots = here.ballots(contents(1, 1))
    pieces = here.prover.pieces(contents(1, 1)[0])
    without_chance(monkeypatch, here, {0, 2, 3})
    opened = here.prover.opening(here.opener(0), ballots, here.halves[0].secrets)
    with pytest.raises(Wrong, match="first message of the proof is zero"):
        check_opening(here.opener(0), ballots, *opened, WORK)
    ballot = here.prover.ballot(here.key, here.package, 1, honest.TERMINAL, pieces)
    with pytest.raises(Wrong, match="no point or no number"):
        check_ballot(here.key, here.package, 1, honest.TERMINAL, ballot)
    proof = here.prover.half_proof(here.package, honest.BOARDS[0], here.halves[0].secrets)
    with pytest.raises(Wrong, match="first message of the proof is zero"):
        check_half(here.package, honest.BOARDS[0], here.halves[0].points, proof)


# --- challenges over less than the statement -----------------------------------------------------


def forgetful(monkeypatch: pytest.MonkeyPatch, name: str, item: int) -> None:
    """Let the prover hash everything but one part of what this challenge is over."""

    def less(really: str, *parts: object) -> bytes:
        if really == name:
            parts = (*parts[:item], *parts[item + 1 :])
        return hashed(really, *parts)

    def less_scalar(really: str, *parts: object) -> int:
        return int.from_bytes(less(really, *parts), "little") % ORDER

    monkeypatch.setattr(honest, "hashed", less)
    monkeypatch.setattr(honest, "hashed_scalar", less_scalar)


@pytest.mark.parametrize(
    ("name", "item"),
    [
        *(("mix", item) for item in range(5)),
        *(("shuffle", item) for item in range(5)),
        *(("shuffle-weight", item) for item in range(2)),
        *(("shuffle-challenge", item) for item in range(7)),
    ],
)
def test_a_shuffle_is_proved_over_the_whole_statement(
    name: str, item: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = station(1)
    before = here.ballots(contents(2, 1))
    forgetful(monkeypatch, name, item)
    made = here.prover.shuffle(here.shuffler(1), before)
    with pytest.raises(Wrong, match="does not hold"):
        check_shuffle(here.shuffler(1), before, made.after, made.proof, WORK)


@pytest.mark.parametrize("item", range(10))
def test_an_opening_is_proved_over_the_whole_statement(
    item: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = station(1)
    ballots = here.ballots(contents(2, 1))
    forgetful(monkeypatch, "opening", item)
    made = here.prover.opening(here.opener(0), ballots, here.halves[0].secrets)
    with pytest.raises(Wrong, match="does not hold"):
        check_opening(here.opener(0), ballots, *made, WORK)


@pytest.mark.parametrize("item", range(6))
def test_a_sealed_ballot_is_proved_over_the_whole_statement(
    item: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = station(1)
    forgetful(monkeypatch, "sealed-ballot", item)
    (ballot,) = here.sealed(contents(1, 1))
    with pytest.raises(Wrong, match="does not prove"):
        check_ballot(here.key, here.package, 1, honest.TERMINAL, ballot)


def test_a_list_that_was_fitted_to_known_weights_is_refused() -> None:
    # If weights did not depend on the new list, two ballots could be changed against each other.
    here = station(1)
    before = here.ballots(contents(2, 1))
    who = here.shuffler(1)
    made = here.prover.shuffle(who, before, order=[0, 1])
    commitments = made.proof[SIZE * 9 : SIZE * 11]
    base = hashed("shuffle", context(who), who.key, before, made.after, commitments)
    u = [hashed_scalar("shuffle-weight", base, i) for i in (1, 2)]
    rows = rows_of(made.after, who.key)
    change = multiple_of_base(7)
    rows[0][1] = plus(rows[0][1], change)
    rows[1][1] = minus(rows[1][1], multiple(u[0] * inverse(u[1]), change))
    weighed = (
        total(multiple(one, row[1]) for one, row in zip(u, some, strict=True))
        for some in (rows, rows_of(made.after, who.key))
    )
    assert len(set(weighed)) == 1
    with pytest.raises(Wrong, match="does not hold"):
        check_shuffle(who, before, joined(rows), made.proof, WORK)


def test_a_ballot_of_which_nobody_knows_how_it_was_sealed_is_refused() -> None:
    # If `a` were not hashed, it could be computed from a proof that was chosen first.
    here = station(1)
    s, k = here.prover.fresh(2)
    first, b = multiple_of_base(k), multiple_of_base(k + 1)
    c = hashed_scalar("sealed-ballot", here.package, 1, honest.TERMINAL, here.key, b, first)
    a = multiple(inverse(c), minus(multiple_of_base(s), first))
    assert minus(multiple_of_base(s), multiple(c, a)) == first
    with pytest.raises(Wrong, match="does not prove"):
        check_ballot(here.key, here.package, 1, honest.TERMINAL, a + b + number(c) + number(s))


# --- copies --------------------------------------------------------------------------------------


def test_a_ballot_that_is_bent_or_sealed_again_is_no_other_voters() -> None:
    here = station(1)
    (ballot,) = here.sealed(contents(1, 1))
    a, b, c, s = cut(ballot)
    (r,) = here.prover.fresh(1)
    again = plus(a, multiple_of_base(r)), plus(b, multiple(r, here.key))
    moved = number(int.from_bytes(s, "little") + int.from_bytes(c, "little") * r)
    for points in (again, (a, plus(b, multiple_of_base(1))), (a, again[1]), (again[0], b)):
        for answer in (s, moved):
            with pytest.raises(Wrong, match="does not prove"):
                check_ballot(
                    here.key, here.package, 1, honest.TERMINAL, b"".join(points) + c + answer
                )


# --- openings ------------------------------------------------------------------------------------


def test_a_wrong_opening_is_refused_however_it_is_proved() -> None:
    here = station(WIDTH)
    ballots = here.ballots(contents(3, WIDTH))
    who, secrets = here.opener(0), here.halves[0].secrets
    right, _ = here.prover.opening(who, ballots, secrets)
    firsts = [row[0] for row in rows_of(ballots, here.key)]
    parts = cut(right)
    row = SIZE * WIDTH
    wrong = {
        "one vote becomes another": minus(parts[0], multiple_of_base(5)) + right[SIZE:],
        "two votes against each other": b"".join(
            [
                plus(parts[0], multiple_of_base(5)),
                parts[1],
                minus(parts[2], multiple_of_base(5)),
                *parts[3:],
            ]
        ),
        "two ballots exchanged": right[row : 2 * row] + right[:row] + right[2 * row :],
        "two elements exchanged": parts[1] + parts[0] + right[row:],
        "another secret": b"".join(multiple(x + 1, a) for a in firsts for x in secrets),
        "secrets exchanged": b"".join(multiple(x, a) for a in firsts for x in secrets[::-1]),
    }
    for what, factors in wrong.items():
        for used in (secrets, secrets[::-1], [x + 1 for x in secrets]):
            proof = here.prover.opening_proof(who, firsts, factors, used)
            with pytest.raises(Wrong, match="does not hold"):
                check_opening(who, ballots, factors, proof, WORK)
            assert what
    proof = here.prover.opening_proof(who, firsts, right, secrets)
    check_opening(who, ballots, right, proof, WORK)


def test_what_a_board_does_not_take_off_stays_on() -> None:
    here = station(1)
    ballots = here.ballots(contents(1, 1))
    one, _ = here.prover.opening(here.opener(0), ballots, here.halves[0].secrets)
    other, _ = here.prover.opening(here.opener(1), ballots, here.halves[1].secrets)
    assert opening.contents(ballots, one, other, 29, WORK) == contents(1, 1)
    assert opening.contents(ballots, one, one, 29, WORK) == [b""]
    assert ZERO not in cut(one + other)


# --- another station, round or day ---------------------------------------------------------------


def test_everything_of_another_station_is_refused_here() -> None:
    here, there = station(1), station(1, name="0412")
    assert here.key == there.key  # the same chance: only the names differ
    before = there.ballots(contents(2, 1))
    made = there.prover.shuffle(there.shuffler(1), before)
    check_shuffle(there.shuffler(1), before, made.after, made.proof, WORK)
    with pytest.raises(Wrong, match="does not hold"):
        check_shuffle(here.shuffler(1), before, made.after, made.proof, WORK)
    opened = there.prover.opening(there.opener(1), made.after, there.halves[1].secrets)
    check_opening(there.opener(1), made.after, *opened, WORK)
    with pytest.raises(Wrong, match="does not hold"):
        check_opening(here.opener(1), made.after, *opened, WORK)
    assert digest("package of 0412") == there.package

"""Halves, encoding, sealed ballots, first lists: round trips, every bit, and who lies."""

from functools import partial
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.seal import elgamal, encoding, firstlists, group, halves
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.encoding import NoBallot
from common.seal.firstlists import LeftOut, SealedVote
from common.seal.group import BASE, IDENTITY, Point, ProofError
from common.seal.halves import Maker
from common.seal.hashing import Q
from tests.unit.common.seal.stations import (
    ACCUMULATOR,
    ALONE,
    DESK,
    PACKAGE,
    TERMINAL,
    refused,
    source,
    station,
)


@settings(max_examples=12, deadline=None)
@given(st.binary(min_size=1, max_size=70))
def test_a_ballot_becomes_points_and_comes_back(ballot: bytes) -> None:
    points = encoding.encode(ballot)
    assert len(points) == encoding.elements(len(ballot))
    assert all(map(group.is_point, points))
    assert encoding.decode(points, len(ballot)) == ballot
    with pytest.raises(NoBallot):
        encoding.decode((*points, points[0]), len(ballot))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, Q - 1))
def test_a_point_that_nobody_encoded_is_no_ballot(factor: int) -> None:
    with pytest.raises(NoBallot):
        encoding.decode((group.times_base(factor),), 3)


def test_the_effort_says_nothing_of_the_ballot(monkeypatch: pytest.MonkeyPatch) -> None:
    on_curve, is_point = group.on_curve, group.is_point
    calls: list[str] = []

    def counted_curve(point: bytes) -> bool:
        calls.append("curve")
        return on_curve(point)

    def counted_point(point: bytes) -> bool:
        calls.append("subgroup" if on_curve(point) else "cut short")
        return is_point(point)

    monkeypatch.setattr(group, "on_curve", counted_curve)
    monkeypatch.setattr(group, "is_point", counted_point)
    efforts = set()
    for number in range(6):
        calls.clear()
        encoding.encode(bytes([number, 7 * number]))
        efforts.add(tuple(calls))
    assert efforts == {("curve", "subgroup") * encoding.TRIES}


def test_a_piece_without_a_point_in_the_first_block_gets_one_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoding, "TRIES", 2)
    for number in range(12):
        ballot = bytes([number])
        assert encoding.decode(encoding.encode(ballot), 1) == ballot


def test_a_half_is_its_secrets_and_binds_its_maker() -> None:
    here = station(2)
    (half, desk), (secret, _) = here.halves, here.secrets
    maker = Maker(PACKAGE, ACCUMULATOR)
    x = halves.secret_scalars(secret, 2)
    assert half.keys == tuple(map(group.times_base, x))
    assert halves.read_half(maker, half.keys, half.proof) == half.keys
    for wrong in (Maker(PACKAGE, DESK), Maker(ACCUMULATOR, ACCUMULATOR)):
        with pytest.raises(ProofError):
            halves.read_half(wrong, half.keys, half.proof)
    with pytest.raises(ProofError):
        halves.read_half(maker, desk.keys, half.proof)


def test_a_half_chosen_to_cancel_the_other_cannot_be_proved() -> None:
    theirs = station().halves[0]
    mine = group.times_base(5)
    cancelling = group.subtract(mine, theirs.keys[0])
    assert halves.joint_key(theirs.keys, (cancelling,)) == (mine,)  # what it would be good for
    forged = halves.prove_half(Maker(PACKAGE, DESK), (5,), source("forger").scalar)
    with pytest.raises(ProofError):
        halves.read_half(Maker(PACKAGE, DESK), (cancelling,), forged.proof)


def test_every_bit_of_a_half_counts() -> None:
    half = station().halves[0]
    maker = Maker(PACKAGE, ACCUMULATOR)
    whole = half.keys[0] + half.proof
    for bit in range(8 * len(whole)):
        wrong = _flipped(whole, bit)
        check = partial(halves.read_half, maker, (wrong[:32],), wrong[32:])
        refused(f"bit {bit}", check)


def _flipped(whole: bytes, bit: int) -> bytes:
    return (int.from_bytes(whole, "little") ^ 1 << bit).to_bytes(len(whole), "little")


@settings(max_examples=8, deadline=None)
@given(st.binary(min_size=30, max_size=58), st.integers(0, 255))
def test_a_sealed_ballot_reads_where_it_was_sealed_for(ballot: bytes, style: int) -> None:
    here = station(2)
    sealed = here.seal.seal(style, TERMINAL, ballot, source("booth")).sealed
    assert len(sealed) == here.seal.size == elgamal.sealed_size(2)
    a, *b = here.seal.read(style, TERMINAL, sealed)
    x = [halves.secret_scalars(secret, 2) for secret in here.secrets]
    points = [
        group.subtract(one, group.times((first + second) % Q, a))
        for one, first, second in zip(b, *x, strict=True)
    ]
    assert encoding.decode(points, len(ballot)) == ballot


def test_all_sealed_ballots_have_one_length_and_no_two_are_alike() -> None:
    seal = station().seal
    drawn = source("lengths")
    sealed = [
        seal.seal(1, TERMINAL, ballot, drawn).sealed for ballot in (b"abc", b"abc", bytes(29))
    ]
    assert {len(one) for one in sealed} == {seal.size}
    assert len({one[at : at + 32] for one in sealed for at in range(0, seal.size, 32)}) == 12
    with pytest.raises(ProofError):
        seal.seal(1, TERMINAL, bytes(30), drawn)


def test_a_source_that_repeats_itself_seals_no_two_ballots_alike() -> None:
    seal = station().seal
    one = seal.seal(1, TERMINAL, b"abc", source("after a restart")).sealed
    other = seal.seal(1, TERMINAL, b"abd", source("after a restart")).sealed
    assert one[:32] != other[:32]


def test_every_bit_of_a_sealed_ballot_counts() -> None:
    seal = station().seal
    sealed = seal.seal(1, TERMINAL, b"abc", source("bits")).sealed
    for bit in range(8 * len(sealed)):
        refused(f"bit {bit}", partial(seal.read, 1, TERMINAL, _flipped(sealed, bit)))


def test_every_part_of_what_was_sealed_is_in_its_challenge() -> None:
    seal = station(2).seal
    row = tuple(group.times_base(factor) for factor in (3, 4, 5))
    first, other = group.times_base(6), group.times_base(7)

    def challenge(
        seal: Seal = seal,
        style: int = 1,
        board: bytes = TERMINAL,
        row: tuple[Point, ...] = row,
        first: Point = first,
    ) -> int:
        return seal._challenge(style, board, row, first)

    drawn = {
        challenge(),
        challenge(seal=Seal(ACCUMULATOR, seal.keys)),
        *(challenge(seal=Seal(PACKAGE, keys)) for keys in _each_replaced(seal.keys, other)),
        challenge(style=2),
        challenge(board=DESK),
        *(challenge(row=changed) for changed in _each_replaced(row, other)),
        challenge(first=other),
    }
    assert len(drawn) == 1 + 1 + 2 + 1 + 1 + 3 + 1


def _each_replaced(points: tuple[Point, ...], other: Point) -> list[tuple[Point, ...]]:
    return [(*points[:at], other, *points[at + 1 :]) for at in range(len(points))]


def test_every_part_of_a_half_is_in_its_challenge() -> None:
    points = tuple(group.times_base(factor) for factor in (3, 4, 5, 6))
    other = group.times_base(7)
    maker = Maker(PACKAGE, ACCUMULATOR)
    drawn = {
        maker.challenge(points[:2], points[2:]),
        Maker(DESK, ACCUMULATOR).challenge(points[:2], points[2:]),
        Maker(PACKAGE, DESK).challenge(points[:2], points[2:]),
        maker.challenge(points[:1], points[1:]),
        *(maker.challenge(one[:2], one[2:]) for one in _each_replaced(points, other)),
    }
    assert len(drawn) == 8


def _vote(digest: bytes, style: int, sealed: bytes, board: bytes = TERMINAL) -> SealedVote:
    return SealedVote(digest * 32, style, board, sealed)


def test_lists_are_in_the_order_of_hashes_whatever_lay_where() -> None:
    seal = station().seal
    drawn = source("order")
    votes = [
        _vote(digest, style, seal.seal(style, TERMINAL, digest, drawn).sealed)
        for digest, style in ((b"c", 1), (b"a", 1), (b"b", 2), (b"d", 3))
    ]
    lists = {firstlists.first_lists(seal, order, 2, ALONE) for order in permutations(votes)}
    (one,) = lists
    assert [group_.styles for group_ in one.groups] == [(1,), (2, 3)]
    assert [len(group_.rows) for group_ in one.groups] == [2, 2]
    assert one.groups[0].rows[0] == seal.read(1, TERMINAL, votes[1].untrusted_sealed)
    with Crew(2) as crew:
        assert firstlists.first_lists(seal, votes, 2, crew) == one


def test_a_copy_is_left_out_and_the_vote_that_it_was_made_from_is_not() -> None:
    here = station()
    seal = here.seal
    drawn = source("copies")
    honest = seal.seal(1, TERMINAL, b"abc", drawn).sealed
    row = seal.read(1, TERMINAL, honest)
    again = b"".join(elgamal.reseal(row, seal.keys, 5)) + honest[-64:]
    other = station(2).seal  # of another station, for another key
    votes = [
        _vote(b"b", 1, honest),
        _vote(b"a", 2, honest),  # under another style, and earlier in the order
        _vote(b"c", 1, honest),  # the very same
        _vote(b"d", 1, honest, DESK),  # as of another board
        _vote(b"e", 1, again),  # sealed again
        _vote(b"f", 1, other.seal(1, TERMINAL, bytes(30), drawn).sealed),
        _vote(b"g", 1, IDENTITY * 4),
        _vote(b"h", 1, (BASE + BASE) + bytes(64)),
    ]
    lists = firstlists.first_lists(seal, votes, 0, ALONE)
    assert lists.groups == (firstlists.Group((1,), (row,)),)
    assert {digest[:1]: why for digest, why in lists.left_out} == {
        b"a": LeftOut.NO_PROOF,
        b"c": LeftOut.COPY,
        **dict.fromkeys((b"d", b"e", b"f", b"g", b"h"), LeftOut.NO_PROOF),
    }

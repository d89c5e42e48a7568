"""The proof of a shuffle: what holds, and that nothing in it can be changed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.verifier import curve
from tests.unit.verifier.prover import Shuffled, Station, contents, digest, number, station
from verifier.encoding import Wrong
from verifier.group import ORDER, SIZE, ZERO, cut, multiple_of_base, scalar
from verifier.shuffle import NOT_HELD, check_shuffle, proof_size
from verifier.work import Work

WORK = Work()
COUNT, WIDTH = 3, 2


@cache
def shuffled(count: int = COUNT, width: int = WIDTH) -> tuple[Station, bytes, Shuffled]:
    here = station(width)
    before = here.ballots(contents(count, width))
    return here, before, here.prover.shuffle(here.shuffler(1), before)


def refuse(before: bytes, after: bytes, proof: bytes, match: str | None = None) -> None:
    here, _, _ = shuffled()
    with pytest.raises(Wrong, match=match):
        check_shuffle(here.shuffler(1), before, after, proof, WORK)


def with_part(joined: bytes, at: int, part: bytes) -> bytes:
    return joined[: at * SIZE] + part + joined[(at + 1) * SIZE :]


@pytest.mark.parametrize(("count", "width"), [(1, 1), (1, 3), (2, 1), (3, 2), (2, 9), (70, 1)])
def test_a_shuffle_holds(count: int, width: int) -> None:
    here, before, made = shuffled(count, width)
    assert len(made.proof) == proof_size(count)
    check_shuffle(here.shuffler(1), before, made.after, made.proof, WORK)
    check_shuffle(here.shuffler(1), before, made.after, made.proof, Work(3))


def test_the_same_order_is_an_order_and_equal_contents_are_no_matter() -> None:
    here = station(1)
    before = here.ballots([b"\0\1same"] * 3)
    made = here.prover.shuffle(here.shuffler(2), before, order=[0, 1, 2])
    check_shuffle(here.shuffler(2), before, made.after, made.proof, WORK)


@pytest.mark.parametrize("width", range(1, 10))
def test_each_width_holds_and_each_column_counts(width: int) -> None:
    here, before, made = shuffled(2, width)
    check_shuffle(here.shuffler(1), before, made.after, made.proof, WORK)
    for column in range(width + 1):
        after = with_part(made.after, column, multiple_of_base(9))
        with pytest.raises(Wrong, match="does not hold"):
            check_shuffle(here.shuffler(1), before, after, made.proof, WORK)


def test_a_shuffle_is_of_one_station_day_group_position_board_and_key() -> None:
    here, before, made = shuffled()
    who = here.shuffler(1)
    for other in (
        replace(who, package=digest("another station, or round")),
        replace(who, start_order=digest("another day")),
        replace(who, styles=(1, 2)),
        replace(who, styles=(2,)),
        replace(who, position=2),
        replace(who, board=digest("another board")),
        replace(who, key=station(WIDTH, seed=5).key),
    ):
        with pytest.raises(Wrong, match="does not hold"):
            check_shuffle(other, before, made.after, made.proof, WORK)


def test_lists_of_another_length_or_order_are_refused() -> None:
    _, before, made = shuffled()
    row = SIZE * (WIDTH + 1)
    turned = made.after[row:] + made.after[:row]
    refuse(before, turned, made.proof, "does not hold")
    refuse(before[row:] + before[:row], made.after, made.proof, "does not hold")
    refuse(made.after, before, made.proof, "does not hold")
    refuse(before, before, made.proof, "does not hold")
    refuse(before, made.after[:-row], made.proof, "as many ballots")
    refuse(before, made.after + before[:row], made.proof, "as many ballots")
    refuse(before[:-row], made.after[:-row], made.proof, "length")
    refuse(before[:-1], made.after[:-1], made.proof, "no list")
    refuse(b"", b"", made.proof[: 5 * SIZE], "no list")
    refuse(before, made.after, made.proof[:-SIZE], "length")
    refuse(before, made.after, made.proof + bytes(SIZE), "length")
    refuse(before, made.after, b"", "length")


@pytest.mark.parametrize("at", range(4 * COUNT + 5))
def test_each_part_of_a_proof_counts(at: int) -> None:
    _, before, made = shuffled()
    part = cut(made.proof)[at]
    others = [bytes(32), ZERO, b"\xff" * 32, part[::-1], bytes([part[0] ^ 1]) + part[1:]]
    if at < 2 * COUNT + 5:
        others += [ORDER.to_bytes(32, "little"), number(scalar(part) + 1), number(-scalar(part))]
        others += [(scalar(part) + ORDER).to_bytes(32, "little")]
    else:
        others += [multiple_of_base(5), *off_the_group(part)]
    for other in others:
        refuse(before, made.after, with_part(made.proof, at, other))


def off_the_group(point: bytes) -> list[bytes]:
    read = curve.read(point)
    assert read is not None
    return [
        *(curve.written(curve.plus(read, small)) for small in curve.small()[1:]),
        *(curve.written(small) for small in curve.small()),
    ]


@pytest.mark.parametrize("at", range(COUNT * (WIDTH + 1)))
def test_each_element_of_the_lists_counts(at: int) -> None:
    here, before, made = shuffled()
    for joined in (before, made.after):
        for other in [multiple_of_base(5), b"\xff" * 32, *off_the_group(cut(joined)[at])]:
            changed = with_part(joined, at, other)
            lists = (changed, made.after) if joined is before else (before, changed)
            with pytest.raises(Wrong):
                check_shuffle(here.shuffler(1), *lists, made.proof, WORK)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_bit_of_statement_or_proof_is_free(data: st.DataObject) -> None:
    _, before, made = shuffled()
    whole = before + made.after + made.proof
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = bytearray(whole)
    flipped[at // 8] ^= 1 << at % 8
    ends = len(before), len(before) + len(made.after)
    refuse(bytes(flipped[: ends[0]]), bytes(flipped[ends[0] : ends[1]]), bytes(flipped[ends[1] :]))


def test_what_fails_names_the_ballot_and_the_rest_is_not_reached() -> None:
    here, before, made = shuffled(70, 1)
    told: list[int] = []
    work = Work(1, lambda _what, done, _of: told.append(done))
    check_shuffle(here.shuffler(1), before, made.after, made.proof, work)
    assert told == [32, 64, 70]
    told.clear()
    after = with_part(made.after, 2 * 40, bytes(32))
    with pytest.raises(Wrong, match="ballot 41 of the new list"):
        check_shuffle(here.shuffler(1), before, after, made.proof, work)
    assert told == [32]
    assert NOT_HELD.startswith("the proof does not hold")

"""The proof of the opening, the pieces of a ballot, and the check value."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.verifier import curve
from tests.unit.verifier.prover import Station, contents, digest, number, piece_point, station
from verifier import opening
from verifier.encoding import Wrong
from verifier.group import (
    ORDER,
    SIZE,
    ZERO,
    cut,
    is_point,
    multiple,
    multiple_of_base,
    plus,
    scalar,
)
from verifier.opening import check_opening, check_value, read_ballot
from verifier.work import Work

WORK = Work()
COUNT, WIDTH = 3, 2


@cache
def opened(
    count: int = COUNT, width: int = WIDTH
) -> tuple[Station, bytes, list[tuple[bytes, bytes]]]:
    here = station(width)
    ballots = here.ballots(contents(count, width))
    return (
        here,
        ballots,
        [
            here.prover.opening(here.opener(which), ballots, here.halves[which].secrets)
            for which in (0, 1)
        ],
    )


def with_part(joined: bytes, at: int, part: bytes) -> bytes:
    return joined[: at * SIZE] + part + joined[(at + 1) * SIZE :]


@pytest.mark.parametrize(("count", "width"), [(1, 1), (3, 2), (1, 9), (40, 1), (0, 1)])
def test_an_opening_holds_and_gives_the_ballots(count: int, width: int) -> None:
    here, ballots, (one, other) = opened(count, width)
    for which, (factors, proof) in enumerate((one, other)):
        check_opening(here.opener(which), ballots, factors, proof, WORK)
    found = opening.contents(ballots, one[0], other[0], 29 * width, Work(2))
    assert found == contents(count, width)


def test_an_opening_is_of_one_station_day_board_and_pair_of_shuffles() -> None:
    here, ballots, ((factors, proof), (theirs, their_proof)) = opened()
    who = here.opener(0)
    for other in (
        replace(who, package=digest("other")),
        replace(who, start_order=digest("other")),
        replace(who, board=digest("other")),
        replace(who, first_mix=digest("other")),
        replace(who, second_mix=digest("other")),
        replace(who, first_mix=who.second_mix, second_mix=who.first_mix),
        replace(who, half=here.halves[1].points),
    ):
        with pytest.raises(Wrong, match="does not hold"):
            check_opening(other, ballots, factors, proof, WORK)
    for pair in ((theirs, proof), (factors, their_proof), (theirs, their_proof)):
        with pytest.raises(Wrong, match="does not hold"):
            check_opening(who, ballots, *pair, WORK)


def test_each_number_of_the_proof_counts() -> None:
    here, ballots, ((factors, proof), _) = opened()
    for at, part in enumerate(cut(proof)):
        for other in (
            bytes(32),
            b"\xff" * 32,
            ORDER.to_bytes(32, "little"),
            number(scalar(part) + 1),
            (scalar(part) + ORDER).to_bytes(32, "little"),
        ):
            with pytest.raises(Wrong):
                check_opening(here.opener(0), ballots, factors, with_part(proof, at, other), WORK)


@pytest.mark.parametrize("at", range(COUNT * WIDTH))
def test_each_factor_counts(at: int) -> None:
    here, ballots, ((factors, proof), _) = opened()
    part = cut(factors)[at]
    read = curve.read(part)
    assert read is not None
    for other in (
        bytes(32),
        ZERO,
        b"\xff" * 32,
        multiple_of_base(5),
        multiple(2, part),
        *(curve.written(curve.plus(read, small)) for small in curve.small()[1:]),
    ):
        with pytest.raises(Wrong):
            check_opening(here.opener(0), ballots, with_part(factors, at, other), proof, WORK)


def test_each_first_element_counts_and_so_do_lengths() -> None:
    here, ballots, ((factors, proof), _) = opened()
    row = SIZE * (WIDTH + 1)
    for at in range(COUNT):
        for other in (bytes(32), multiple_of_base(5)):
            changed = with_part(ballots, at * (WIDTH + 1), other)
            with pytest.raises(Wrong):
                check_opening(here.opener(0), changed, factors, proof, WORK)
    for parts in (
        (ballots[row:] + ballots[:row], factors, proof),
        (ballots[:-row], factors, proof),
        (ballots[:-row], factors[: -SIZE * WIDTH], proof),
        (ballots[:-1], factors, proof),
        (ballots, factors[:-SIZE], proof),
        (ballots, factors + factors[:SIZE], proof),
        (ballots, factors, proof[:-SIZE]),
        (ballots, factors, proof + bytes(SIZE)),
        (ballots, factors, b""),
        (ballots, b"", proof),
    ):
        with pytest.raises(Wrong):
            check_opening(here.opener(0), *parts, WORK)


def test_what_fails_names_the_ballot() -> None:
    here, ballots, ((factors, proof), _) = opened(40, 1)
    with pytest.raises(Wrong, match="ballot 38 of the opening"):
        check_opening(here.opener(0), ballots, with_part(factors, 37, bytes(32)), proof, WORK)


# --- pieces --------------------------------------------------------------------------------------


def read_back(points: list[bytes], size: int) -> bytes:
    """Return what two boards whose factors are 1·G and 2·G read of these points."""
    sealed = [plus(point, multiple_of_base(3)) for point in points]
    ballots = b"".join([multiple_of_base(1), *sealed])
    one, other = (multiple_of_base(times) * len(points) for times in (1, 2))
    (found,) = opening.contents(ballots, one, other, size, WORK)
    return found


@given(st.binary(min_size=1, max_size=29 * 3))
@settings(max_examples=25, deadline=None)
def test_a_ballot_is_read_from_its_pieces(ballot: bytes) -> None:
    width = -(-len(ballot) // 29)
    filled = ballot.ljust(29 * width, b"\0")
    points = [piece_point(filled[at : at + 29]) for at in range(0, len(filled), 29)]
    assert read_back(points, len(ballot)) == ballot


def test_a_piece_has_one_point_with_the_smallest_number() -> None:
    piece = b"piece".ljust(29, b"\0")
    forms = [
        candidate
        for attempt in range(200)
        if is_point(candidate := attempt.to_bytes(2, "little") + piece + b"\0")
    ]
    assert len(forms) > 5
    assert read_back([forms[0]], 29) == piece
    assert all(read_back([other], 29) == b"" for other in forms[1:])


def test_points_that_stand_for_no_piece_are_an_invalid_ballot() -> None:
    good = piece_point(bytes(29))
    minus_good = multiple(-1, good)  # the same, but for the last bit
    assert read_back([minus_good], 29) == b""
    odd = [multiple_of_base(at) for at in range(1, 12)]
    assert all(read_back([point], 29) == b"" for point in odd if point[-1])
    assert read_back([ZERO], 29) == b""
    assert read_back([good, ZERO], 40) == b""
    assert read_back([ZERO, good], 40) == b""


def test_filling_that_is_not_zero_is_an_invalid_ballot() -> None:
    point = piece_point(bytes(28) + b"\1")
    assert read_back([point], 28) == b""
    assert read_back([point], 29) == bytes(28) + b"\1"


# --- ballots -------------------------------------------------------------------------------------


def package() -> dict[int, Any]:
    """Return what counts of a package: contests [lines, votes allowed] and styles."""
    line, against = {3: False}, {3: True}
    contests = [
        {3: 1, 5: [line, line, against]},
        {3: 3, 5: [line] * 9},
        {3: 1, 5: [line] * 8},
    ]
    return {11: contests, 12: [{0: 1, 2: [0, 1]}, {0: 2, 2: [0, 2]}]}


def ballot(code: int, *bits: int) -> bytes:
    first, second, third = bits
    return (
        code.to_bytes(2, "big")
        + first.to_bytes(1, "little")
        + second.to_bytes(2, "little")
        + third.to_bytes(1, "little")
    )


def test_a_ballot_is_read_as_the_page_says() -> None:
    assert opening.ballot_size(package()) == 6
    assert read_ballot(ballot(421, 1, 0b1_0000_0101, 0), [1], package()) == (
        ((0,), (0, 2, 8), ()),
        421,
    )
    assert read_ballot(ballot(9999, 4, 0, 128), [2], package()) == (((2,), (), (7,)), 9999)
    assert read_ballot(ballot(0, 0, 0, 0), [1], package()) == (((), (), ()), 0)


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("nothing", b""),
        ("too short", bytes(5)),
        ("too long", bytes(7)),
        ("no such code", ballot(10_000, 0, 0, 0)),
        ("no such line", ballot(1, 8, 0, 0)),
        ("two of one", ballot(1, 3, 0, 0)),
        ("against all and another", ballot(1, 5, 0, 0)),
        ("four of three", ballot(1, 0, 15, 0)),
        ("a line in the unused bits", ballot(1, 0, 1 << 9, 0)),
        ("a contest of another style", ballot(1, 0, 0, 1)),
    ],
)
def test_what_is_no_ballot_is_invalid(what: str, content: bytes) -> None:
    assert read_ballot(content, [1], package()) is None, what


def test_a_merged_ballot_is_of_one_of_the_styles_and_not_of_two_at_once() -> None:
    assert read_ballot(ballot(1, 0, 0, 1), [1, 2], package()) == (((), (), (0,)), 1)
    assert read_ballot(ballot(1, 0, 1, 0), [1, 2], package()) == (((), (0,), ()), 1)
    assert read_ballot(ballot(1, 0, 1, 1), [1, 2], package()) is None
    assert read_ballot(ballot(1, 0, 0, 0), [7], package()) is None


# --- check values --------------------------------------------------------------------------------


def test_the_check_value_is_a_hundred_bits_in_crockfords_letters() -> None:
    signed = b"a signed vote"
    value = check_value(signed)
    assert [len(group) for group in value.split(" ")] == [4] * 5
    bits = "".join(f"{byte:08b}" for byte in sha256(signed).digest())[:100]
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    assert value.replace(" ", "") == "".join(
        alphabet[int(bits[at : at + 5], 2)] for at in range(0, 100, 5)
    )
    assert not set("ILOU") & set(alphabet)

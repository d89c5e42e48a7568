"""Halves of the key, sealed ballots and first lists, as the verifier checks them."""

from __future__ import annotations

import pytest

from tests.unit.verifier import curve
from tests.unit.verifier.prover import (
    BOARDS,
    TERMINAL,
    Prover,
    Station,
    contents,
    digest,
    number,
    station,
)
from verifier.encoding import Wrong
from verifier.group import ORDER, SIZE, ZERO, cut, hashed_scalar, minus, multiple_of_base, scalar
from verifier.sealed import (
    COPY,
    NOT_KNOWN,
    UNREADABLE,
    Cast,
    FirstLists,
    check_ballot,
    check_half,
    elements,
    first_lists,
    joint_key,
    sealed_size,
)
from verifier.work import Work

WORK = Work()


def with_part(joined: bytes, at: int, part: bytes) -> bytes:
    return joined[: at * SIZE] + part + joined[(at + 1) * SIZE :]


def off_the_group(point: bytes) -> bytes:
    """Return the point with one of order two added."""
    read = curve.read(point)
    assert read is not None
    return curve.written(curve.plus(read, curve.small()[4]))


def bent(part: bytes) -> list[bytes]:
    """Return what may stand in the place of a point or scalar, and is not it."""
    flipped = bytes([part[0] ^ 1]) + part[1:]
    return [flipped, bytes(32), ZERO, b"\xff" * 32, ORDER.to_bytes(32, "little"), part[::-1]]


# --- halves --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 2, 9])
def test_the_halves_of_a_key_hold_and_add_up(width: int) -> None:
    here = station(width)
    for board, half in zip(BOARDS, here.halves, strict=True):
        check_half(here.package, board, half.points, half.proof)
    assert joint_key(here.halves[0].points, here.halves[1].points) == here.key


def test_a_half_of_another_package_or_board_is_refused() -> None:
    here = station(2)
    half = here.halves[0]
    for package, board in ((digest("other"), BOARDS[0]), (here.package, BOARDS[1])):
        with pytest.raises(Wrong, match="does not prove"):
            check_half(package, board, half.points, half.proof)


def test_each_part_of_a_half_counts() -> None:
    here = station(2)
    half = here.halves[0]
    for at in range(2):
        for part in bent(cut(half.points)[at]):
            with pytest.raises(Wrong):
                check_half(here.package, BOARDS[0], with_part(half.points, at, part), half.proof)
    for at in range(3):
        for part in bent(cut(half.proof)[at]):
            with pytest.raises(Wrong):
                check_half(here.package, BOARDS[0], half.points, with_part(half.proof, at, part))


def test_a_half_of_another_length_is_refused() -> None:
    here = station(2)
    half = here.halves[0]
    for points, proof in (
        (b"", b""),
        (b"", half.proof[:SIZE]),
        (half.points[:SIZE], half.proof),
        (half.points, half.proof[:-SIZE]),
        (half.points, half.proof + bytes(SIZE)),
        (half.points + half.points[:SIZE], half.proof),
        (half.points[:-1], half.proof),
    ):
        with pytest.raises(Wrong):
            check_half(here.package, BOARDS[0], points, proof)


def test_a_half_without_elements_is_none_whatever_is_proved() -> None:
    package = digest("package")
    nothing = number(hashed_scalar("tally-half", package, BOARDS[0], b"", b""))
    with pytest.raises(Wrong, match="element"):
        check_half(package, BOARDS[0], b"", nothing)


def test_a_half_that_was_chosen_to_cancel_the_other_cannot_be_proved() -> None:
    # The desk knows x, wants the joint key to be x·G, and announces x·G minus the other's half.
    here = station(1)
    other, prover = here.halves[0].points, Prover(7)
    (x,) = prover.fresh(1)
    chosen = minus(multiple_of_base(x), other)
    with pytest.raises(Wrong, match="does not prove"):
        check_half(here.package, BOARDS[1], chosen, prover.half_proof(here.package, BOARDS[1], [x]))


def test_halves_that_cancel_or_differ_in_length_give_no_key() -> None:
    half = Prover(3).half(digest("p"), BOARDS[0], 2).points
    against = b"".join(minus(ZERO, point) for point in cut(half))
    with pytest.raises(Wrong, match="cancel"):
        joint_key(half, half[:SIZE] + against[SIZE:])
    with pytest.raises(Wrong, match="length"):
        joint_key(half, half[:SIZE])


# --- sealed ballots ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(1, 10))
def test_a_sealed_ballot_of_each_width_holds(width: int) -> None:
    here = station(width)
    (ballot,) = here.sealed(contents(1, width))
    assert len(ballot) == sealed_size(width)
    check_ballot(here.key, here.package, 1, TERMINAL, ballot)


def test_the_width_follows_from_the_bytes_of_a_ballot() -> None:
    assert [elements(size) for size in (1, 29, 30, 58, 59)] == [1, 1, 2, 2, 3]


def test_a_sealed_ballot_is_of_one_key_package_style_and_terminal() -> None:
    here, there = station(2), station(2, seed=2)
    (ballot,) = here.sealed(contents(1, 2))
    for key, package, style, board in (
        (there.key, here.package, 1, TERMINAL),
        (here.key, digest("other"), 1, TERMINAL),
        (here.key, here.package, 2, TERMINAL),
        (here.key, here.package, 1, digest("another terminal")),
    ):
        with pytest.raises(Wrong, match=NOT_KNOWN):
            check_ballot(key, package, style, board, ballot)


@pytest.mark.parametrize("at", range(5))
def test_each_part_of_a_sealed_ballot_counts(at: int) -> None:
    here = station(2)
    (ballot,) = here.sealed(contents(1, 2))
    part = cut(ballot)[at]
    changed = bent(part)
    if at < 3:
        changed += [multiple_of_base(5), off_the_group(part)]
    else:
        changed += [number(scalar(part) + 1)]
    for other in changed:
        with pytest.raises(Wrong):
            check_ballot(here.key, here.package, 1, TERMINAL, with_part(ballot, at, other))


@pytest.mark.parametrize("size", [0, 1, 159, 161, 192])
def test_a_sealed_ballot_of_another_length_does_not_read(size: int) -> None:
    here = station(2)
    (ballot,) = here.sealed(contents(1, 2))
    with pytest.raises(Wrong, match=UNREADABLE):
        check_ballot(here.key, here.package, 1, TERMINAL, ballot.ljust(size, b"\0")[:size])


# --- first lists ---------------------------------------------------------------------------------


def cast(name: str, sealed: bytes, style: int = 1, board: bytes = TERMINAL) -> Cast:
    return Cast(digest(name), style, board, sealed)


def lists(here: Station, *votes: Cast, threshold: int = 1) -> FirstLists:
    return first_lists(votes, threshold, here.key, here.package, WORK)


def test_votes_are_listed_by_the_hash_of_their_records_and_grouped_by_style() -> None:
    here = station(1)
    votes = [
        cast(f"vote {at}", here.sealed(contents(1, 1), style)[0], style)
        for at, style in enumerate((3, 1, 2, 3, 4, 1))
    ]
    found = lists(here, *votes, threshold=2)
    assert [group.styles for group in found.groups] == [(1,), (2, 4), (3,)]
    assert (found.by_style, found.merged) == ({1: 2, 2: 1, 3: 2, 4: 1}, (2, 4))
    assert not found.left_out
    for group in found.groups:
        mine = sorted((vote.digest, vote.sealed) for vote in votes if vote.style in group.styles)
        assert group.ballots == b"".join(sealed[:64] for _, sealed in mine)
    assert lists(here, *reversed(votes), threshold=2) == found


def test_what_does_not_hold_is_left_out_and_told_and_makes_no_group() -> None:
    here = station(1)
    good, other = here.sealed(contents(2, 1))
    moved = good[:64] + other[64:]
    found = lists(
        here,
        cast("good", good),
        cast("proof of another", moved, 1),
        cast("point", with_part(other, 1, off_the_group(cut(other)[1]))),
        cast("style of another", here.sealed(contents(1, 1), 1)[0], 2),
        cast("short", good[:-1]),
    )
    assert [group.styles for group in found.groups] == [(1,)]
    assert found.groups[0].ballots == good[:64]
    assert {one.digest: one.why for one in found.left_out} == {
        digest("proof of another"): NOT_KNOWN,
        digest("point"): UNREADABLE,
        digest("style of another"): NOT_KNOWN,
        digest("short"): UNREADABLE,
    }
    assert [one.digest for one in found.left_out] == sorted(one.digest for one in found.left_out)


def test_a_copy_is_left_out_whatever_its_style_and_whoever_made_it() -> None:
    here = station(1)
    r = 12345
    first = here.prover.seal(here.key, here.prover.pieces(contents(1, 1)[0]), r)
    second = here.prover.seal(here.key, here.prover.pieces(contents(2, 1)[1]), r)
    board = digest("another terminal")
    votes = []
    for name, row, style, by in (("a", first, 1, TERMINAL), ("b", second, 2, board)):
        joined = b"".join(row)
        proof = here.prover.knowledge(here.key, here.package, style, by, joined, r)
        votes.append(cast(name, joined + proof, style, by))
    found = lists(here, *votes)
    earlier, later = sorted(votes, key=lambda vote: vote.digest)
    assert [group.ballots for group in found.groups] == [earlier.sealed[:64]]
    assert [(one.digest, one.why) for one in found.left_out] == [(later.digest, COPY)]


def test_a_copy_that_fails_does_not_push_out_the_vote_that_it_copies() -> None:
    here = station(1)
    (honest,) = here.sealed(contents(1, 1))
    names = sorted(("one", "other"), key=digest)
    copy = honest[:64] + bytes(64)
    found = lists(here, cast(names[0], copy), cast(names[1], honest))
    assert [group.ballots for group in found.groups] == [honest[:64]]
    assert [one.digest for one in found.left_out] == [digest(names[0])]


def test_forged_votes_bring_no_style_over_the_threshold() -> None:
    here = station(1)
    votes = [
        cast(f"vote {at}", here.sealed(contents(1, 1), style)[0], style)
        for at, style in enumerate((1, 1, 1, 2))
    ]
    copies = [cast(f"copy {at}", votes[3].sealed, 2) for at in range(5)]
    short = [cast("short", b"", 3)]
    for forged in ([], copies, short, copies + short):
        found = lists(here, *votes, *forged, threshold=2)
        assert [group.styles for group in found.groups] == [(1, 2)]
        assert (found.by_style, found.merged) == ({1: 3, 2: 1}, (1, 2))
        assert len(found.left_out) == len(forged)


def test_no_votes_make_no_lists() -> None:
    assert lists(station(1)) == FirstLists((), (), {}, ())

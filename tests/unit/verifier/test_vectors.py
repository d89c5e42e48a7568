"""The verifier finds every test vector of the proofs, and refuses every damaged one."""

from __future__ import annotations

import json
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from verifier import opening
from verifier.encoding import Wrong, sha256, signed_record
from verifier.group import (
    cut,
    generator,
    hashed,
    hashed_scalar,
    is_point,
    minus,
    multiple,
    multiple_of_base,
    plus,
    scalar,
)
from verifier.opening import Opener, check_opening, check_value
from verifier.sealed import Cast, check_ballot, check_half, first_lists, joint_key
from verifier.shuffle import Shuffler, check_shuffle
from verifier.work import Work

FOLDER = Path(__file__).parents[2] / "vectors"
WORK = Work(2)
Case = dict[str, Any]


@cache
def vectors(name: str) -> Case:
    found: Case = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def joined(parts: Any) -> bytes:
    """Return a text, a list of texts or a list of rows as one byte string."""
    return octets(parts) if isinstance(parts, str) else b"".join(map(joined, parts))


def damaged(cases: list[Case]) -> list[Any]:
    """Return each damaged case, named by why it must be refused."""
    return [
        pytest.param(case | damage["changed"], id=f"{number}: {damage['why']}")
        for number, case in enumerate(cases)
        for damage in case["damaged"]
    ]


# --- 1: the group --------------------------------------------------------------------------------


def test_points_and_scalars_read_or_do_not() -> None:
    group = vectors("1-group")
    for one in group["points"]:
        assert is_point(octets(one["point"])), one["why"]
        multiple(2, octets(one["point"]))
    for one in group["not_points"]:
        assert not is_point(octets(one["point"])), one["why"]
        with pytest.raises(Wrong):
            multiple(2, octets(one["point"]))
    for one in group["scalars"]:
        scalar(octets(one["scalar"]))
    for one in group["not_scalars"]:
        with pytest.raises(Wrong):
            scalar(octets(one["scalar"]))


def test_arithmetic() -> None:
    given = {name: octets(text) for name, text in vectors("1-group")["arithmetic"].items()}
    k, m = scalar(given["k"]), scalar(given["l"])
    assert multiple_of_base(k) == given["k_G"]
    assert multiple_of_base(m) == given["l_G"]
    assert plus(given["k_G"], given["l_G"]) == given["k_G_plus_l_G"]
    assert minus(given["k_G"], given["l_G"]) == given["k_G_minus_l_G"]
    assert multiple(k, given["l_G"]) == given["k_l_G"]


def test_hashes_and_generators() -> None:
    def item(given: Any) -> Any:
        if isinstance(given, list):
            return list(map(item, given))
        return octets(given) if isinstance(given, str) else given

    for one in vectors("1-group")["hashes"]:
        items = item(one["items"])
        assert hashed(one["name"], *items) == octets(one["H"])
        assert hashed_scalar(one["name"], *items) == scalar(octets(one["S"]))
    for one in vectors("1-group")["generators"]:
        assert generator(one["i"]) == octets(one["H"])


# --- 2: keys -------------------------------------------------------------------------------------

HALVES = vectors("2-keys")["cases"]
JOINTS = vectors("2-keys")["joint"]


def check_half_of(case: Case) -> None:
    check_half(
        octets(case["package"]), octets(case["board"]), joined(case["X"]), octets(case["proof"])
    )


@pytest.mark.parametrize("case", HALVES)
def test_a_half_of_the_key(case: Case) -> None:
    check_half_of(case)
    for number, (x, point) in enumerate(zip(case["x"], case["X"], strict=True), 1):
        secret = hashed_scalar("tally-secret", octets(case["secret"]), number)
        assert secret == scalar(octets(x))
        assert multiple_of_base(secret) == octets(point)


@pytest.mark.parametrize("case", damaged(HALVES))
def test_a_damaged_half_of_the_key(case: Case) -> None:
    with pytest.raises(Wrong):
        check_half_of(case)


@pytest.mark.parametrize("case", JOINTS)
def test_a_joint_key(case: Case) -> None:
    assert joint_key(joined(case["accumulator"]), joined(case["desk"])) == joined(case["K"])


@pytest.mark.parametrize("case", damaged(JOINTS))
def test_a_joint_key_that_seals_nothing(case: Case) -> None:
    with pytest.raises(Wrong, match="cancel"):
        joint_key(joined(case["accumulator"]), joined(case["desk"]))


# --- 3: sealed ballots ---------------------------------------------------------------------------

SEALED = vectors("3-sealed-ballots")["cases"]


def check_sealed(case: Case) -> None:
    check_ballot(
        joined(case["K"]),
        octets(case["package"]),
        case["style"],
        octets(case["board"]),
        octets(case["sealed"]),
    )


@pytest.mark.parametrize("case", SEALED)
def test_a_sealed_ballot(case: Case) -> None:
    check_sealed(case)


@pytest.mark.parametrize("case", damaged(SEALED))
def test_a_damaged_sealed_ballot(case: Case) -> None:
    with pytest.raises(Wrong):
        check_sealed(case)


def read_back(points: list[str], size: int) -> bytes:
    """Return what the pieces of one ballot are read as, opened with factors that add up to zero."""
    row = multiple_of_base(1) + joined(points)
    one, other = multiple_of_base(1) * len(points), multiple_of_base(-1) * len(points)
    (found,) = opening.contents(row, one, other, size, WORK)
    return found


def test_encodings_are_read_and_what_is_none_is_invalid() -> None:
    for one in vectors("3-sealed-ballots")["encodings"]:
        ballot = octets(one["ballot"])
        assert read_back(one["points"], len(ballot)) == ballot
        for point, n, piece in zip(one["points"], one["n"], one["pieces"], strict=True):
            assert octets(point) == n.to_bytes(2, "little") + octets(piece) + b"\0"
    for one in vectors("3-sealed-ballots")["invalid"]:
        assert read_back(one["points"], one["size"]) == b"", one["why"]


# --- 4: first lists ------------------------------------------------------------------------------


def test_first_lists_and_what_is_left_out() -> None:
    case = vectors("4-first-lists")
    package = octets(case["package"])
    votes = []
    for one in case["votes"]:
        signed, board = octets(one["signed"]), octets(one["board"])
        record = signed_record(signed, "CastVote", board, "a vote")
        assert record == {0: package, 1: one["style"], 2: octets(one["sealed"])}
        assert sha256(signed) == octets(one["sha256"])
        votes.append(Cast(sha256(signed), record[1], board, record[2]))
    found = first_lists(votes, case["threshold"], joined(case["K"]), package, WORK)
    assert list(found.merged) == case["merged"]
    assert [(list(group.styles), group.ballots) for group in found.groups] == [
        (group["styles"], joined(group["list"])) for group in case["first_lists"]
    ]
    assert {one.digest for one in found.left_out} == {
        octets(one["sha256"]) for one in case["left_out"]
    }


# --- 5: shuffles ---------------------------------------------------------------------------------

SHUFFLES = vectors("5-shuffles")["cases"]


def shuffler(case: Case) -> Shuffler:
    return Shuffler(
        octets(case["package"]),
        octets(case["start_order"]),
        tuple(case["styles"]),
        case["position"],
        octets(case["board"]),
        joined(case["K"]),
    )


def check_shuffle_of(case: Case) -> None:
    lists = joined(case["old_list"]), joined(case["new_list"])
    check_shuffle(shuffler(case), *lists, octets(case["proof"]), WORK)


@pytest.mark.parametrize("case", SHUFFLES)
def test_a_shuffle(case: Case) -> None:
    check_shuffle_of(case)
    who = shuffler(case)
    assert who.context() == octets(case["context"])
    lists = joined(case["old_list"]), joined(case["new_list"])
    base = hashed("shuffle", who.context(), who.key, *lists, joined(case["C"]))
    assert base == octets(case["base"])
    assert [hashed_scalar("shuffle-weight", base, at + 1) for at in range(len(case["u"]))] == [
        scalar(octets(one)) for one in case["u"]
    ]


@pytest.mark.parametrize("case", damaged(SHUFFLES))
def test_a_damaged_shuffle(case: Case) -> None:
    with pytest.raises(Wrong):
        check_shuffle_of(case)


# --- 6: openings ---------------------------------------------------------------------------------

OPENINGS = vectors("6-openings")["cases"]
BY_BOARD = [
    {key: value for key, value in case.items() if key != "boards"} | case["boards"][board]
    for case in OPENINGS
    for board in ("accumulator", "desk")
]


def check_opening_of(case: Case) -> None:
    who = Opener(
        octets(case["package"]),
        octets(case["start_order"]),
        octets(case["board"]),
        octets(case["first_mix"]),
        octets(case["second_mix"]),
        joined(case["X"]),
    )
    proof = octets(case["proof"])
    check_opening(who, joined(case["last_lists"]), joined(case["F"]), proof, WORK)


@pytest.mark.parametrize("case", BY_BOARD)
def test_an_opening(case: Case) -> None:
    check_opening_of(case)


@pytest.mark.parametrize("case", damaged(BY_BOARD))
def test_a_damaged_opening(case: Case) -> None:
    with pytest.raises(Wrong):
        check_opening_of(case)


@pytest.mark.parametrize("case", OPENINGS)
def test_the_pieces_that_were_opened(case: Case) -> None:
    one, other = (joined(case["boards"][board]["F"]) for board in ("accumulator", "desk"))
    ballots = joined(case["last_lists"])
    found = opening.contents(ballots, one, other, case["size"], WORK)
    assert found == [octets(ballot) for ballot in case["ballots"]]
    sealed = [element for row in chain.from_iterable(case["last_lists"]) for element in row[1:]]
    pieces = joined(case["M"])
    assert cut(pieces) == [
        minus(minus(octets(element), mine), yours)
        for element, mine, yours in zip(sealed, cut(one), cut(other), strict=True)
    ]


# --- 7: check values -----------------------------------------------------------------------------


def test_check_values() -> None:
    for one in vectors("7-check-values")["cases"]:
        assert sha256(octets(one["signed"])) == octets(one["sha256"])
        assert check_value(octets(one["signed"])) == one["check_value"]

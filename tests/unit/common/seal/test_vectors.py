"""The boards' code against the test vectors: the same results, and every damaged one refused."""

from functools import partial
from typing import Any

import pytest

from common.seal import (
    checkvalue,
    elgamal,
    encoding,
    firstlists,
    group,
    halves,
    hashing,
    opening,
    shuffle,
    shufflecheck,
)
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.encoding import NoBallot
from common.seal.firstlists import SealedVote
from common.seal.group import Point, ProofError
from common.seal.halves import Maker
from common.seal.opening import Opening
from common.seal.shuffle import Drawn, Mixing
from tests.unit.common.seal.stations import (
    ALONE,
    damaged,
    load,
    numbers,
    refused,
    rows_of,
    scripted,
)

SHUFFLES = load("5-shuffles.json")["cases"]
OPENINGS = load("6-openings.json")["cases"]


def test_points_and_scalars() -> None:
    vectors = load("1-group.json")
    for one in vectors["points"]:
        assert group.read_point(one["point"]) == one["point"]
    for one in vectors["not_points"]:
        with pytest.raises(ProofError):
            group.read_point(one["point"])
    for one in vectors["scalars"]:
        assert numbers([one["scalar"]]) == group.read_scalars(one["scalar"])
    for one in vectors["not_scalars"]:
        with pytest.raises(ProofError):
            group.read_scalars(one["scalar"])


def test_arithmetic() -> None:
    values = load("1-group.json")["arithmetic"]
    k, other = numbers([values["k"], values["l"]])
    assert group.times_base(k) == values["k_G"]
    assert group.add(Point(values["k_G"]), Point(values["l_G"])) == values["k_G_plus_l_G"]
    assert group.subtract(Point(values["k_G"]), Point(values["l_G"])) == values["k_G_minus_l_G"]
    assert group.times(k, group.times_base(other)) == values["k_l_G"]


def test_hashes_and_generators() -> None:
    vectors = load("1-group.json")
    for one in vectors["hashes"]:
        assert hashing.hashed(one["name"], *one["items"]) == one["H"]
        assert group.scalar_bytes(hashing.challenge(one["name"], *one["items"])) == one["S"]
    for one in vectors["generators"]:
        assert group.generator(one["i"]) == one["H"]


def test_halves() -> None:
    for case in load("2-keys.json")["cases"]:
        maker = Maker(case["package"], case["board"])
        x = halves.secret_scalars(case["secret"], len(case["X"]))
        assert list(map(group.scalar_bytes, x)) == case["x"]
        half = halves.prove_half(maker, x, scripted(numbers(case["random"]["k"])))
        assert (list(half.keys), half.proof) == (case["X"], case["proof"])
        assert halves.read_half(maker, case["X"], case["proof"]) == half.keys
        for why, wrong in damaged(case):
            maker = Maker(wrong["package"], wrong["board"])
            refused(why, partial(halves.read_half, maker, wrong["X"], wrong["proof"]))


def test_joint_keys() -> None:
    for case in load("2-keys.json")["joint"]:
        accumulator, desk = (tuple(map(Point, case[name])) for name in ("accumulator", "desk"))
        assert list(halves.joint_key(accumulator, desk)) == case["K"]
        for _, wrong in damaged(case):
            with pytest.raises(ProofError):
                halves.joint_key(accumulator, tuple(map(Point, wrong["desk"])))
        with pytest.raises(ProofError):
            halves.joint_key(accumulator, (*desk, desk[0]))


def test_encodings() -> None:
    vectors = load("3-sealed-ballots.json")
    for one in vectors["encodings"]:
        assert encoding.elements(len(one["ballot"])) == one["w"]
        assert list(encoding.encode(one["ballot"])) == one["points"]
        assert encoding.decode(one["points"], len(one["ballot"])) == one["ballot"]
    for one in vectors["invalid"]:
        with pytest.raises(NoBallot):
            encoding.decode(one["points"], one["size"])


def _read_sealed(case: dict[str, Any]) -> tuple[Point, ...]:
    seal = Seal(case["package"], tuple(map(Point, case["K"])))
    return seal.read(case["style"], case["board"], case["sealed"])


def test_sealed_ballots() -> None:
    vectors = load("3-sealed-ballots.json")
    ballots = {tuple(one["points"]): one["ballot"] for one in vectors["encodings"]}
    for case in vectors["cases"]:
        assert _read_sealed(case) == (case["a"], *case["b"])
        seal = Seal(case["package"], tuple(map(Point, case["K"])))
        r, k = numbers([case["random"]["r"], case["random"]["k"]])
        ballot = ballots[tuple(case["M"])]
        made = seal.seal_with(case["style"], case["board"], ballot, scripted((r, k)))
        assert (made.sealed, made.r) == (case["sealed"], case["random"]["r"])
        assert len(made.sealed) == seal.size == elgamal.sealed_size(len(case["K"]))
        for why, wrong in damaged(case):
            refused(why, partial(_read_sealed, wrong))
        opened = seal.read_with(case["style"], case["board"], made.sealed, made.r, len(ballot))
        assert opened == ballot


def test_first_lists() -> None:
    vectors = load("4-first-lists.json")
    seal = Seal(vectors["package"], tuple(map(Point, vectors["K"])))
    votes = [
        SealedVote(one["sha256"], one["style"], one["board"], one["sealed"])
        for one in vectors["votes"]
    ]
    lists = firstlists.first_lists(seal, votes, vectors["threshold"], ALONE)
    assert list(lists.merged) == vectors["merged"]
    assert [digest for digest, _ in lists.left_out] == [
        one["sha256"] for one in vectors["left_out"]
    ]
    assert [(list(one.styles), list(map(b"".join, one.rows))) for one in lists.groups] == [
        (one["styles"], one["list"]) for one in vectors["first_lists"]
    ]


def _mixing(case: dict[str, Any]) -> Mixing:
    names = ("package", "start_order", "styles", "position", "board")
    package, start_order, styles, position, board = (case[name] for name in names)
    keys = tuple(map(Point, case["K"]))
    return Mixing(package, start_order, tuple(styles), position, board, keys)


@pytest.mark.parametrize("case", SHUFFLES, ids=lambda case: f"N={len(case['old_list'])}")
def test_shuffles(case: dict[str, Any]) -> None:
    drawn = Drawn(
        tuple(place - 1 for place in case["random"]["p"]),
        *(numbers(case["random"][name]) for name in "rdfmgh"),
    )
    old = rows_of(case["old_list"])
    for threads in (1, 2):
        with Crew(threads) as crew:
            made = shuffle.prove(_mixing(case), old, drawn, crew)
            assert list(map(list, made.rows)) == case["new_list"]
            assert made.proof == case["proof"]
            read = shufflecheck.read_shuffle(
                _mixing(case), old, group.flat(made.rows), made.proof, crew
            )
            assert read == made.rows


@pytest.mark.parametrize("case", SHUFFLES, ids=lambda case: f"N={len(case['old_list'])}")
def test_damaged_shuffles(case: dict[str, Any]) -> None:
    for why, wrong in damaged(case):
        old, new = rows_of(wrong["old_list"]), group.flat(wrong["new_list"])
        check = partial(shufflecheck.read_shuffle, _mixing(wrong), old, new, wrong["proof"])
        refused(why, partial(check, ALONE))


def _opening(case: dict[str, Any]) -> Opening:
    names = ("package", "start_order", "board", "first_mix", "second_mix")
    package, start_order, board, first_mix, second_mix = (case[name] for name in names)
    keys = tuple(map(Point, case["X"]))
    return Opening(package, start_order, board, first_mix, second_mix, keys)


@pytest.mark.parametrize("case", OPENINGS, ids=lambda case: f"w={len(case['K'])}")
def test_openings(case: dict[str, Any]) -> None:
    rows = rows_of([row for one in case["last_lists"] for row in one])
    parts = []
    for one in case["boards"].values():
        whole = {**case, **one}
        part = opening.prove_part(
            _opening(whole), numbers(one["x"]), rows, scripted(numbers(one["random"]["k"])), ALONE
        )
        assert list(map(list, part.factors)) == one["F"]
        assert part.proof == one["proof"]
        parts.append(
            opening.read_part(_opening(whole), rows, group.flat(one["F"]), one["proof"], ALONE)
        )
        for why, wrong in damaged(whole):
            check = partial(opening.read_part, _opening(wrong), rows, group.flat(wrong["F"]))
            refused(why, partial(check, wrong["proof"], ALONE))
    accumulator, desk = parts
    assert opening.ballots(rows, accumulator, desk, case["size"], ALONE) == case["ballots"]


def test_check_values() -> None:
    for one in load("7-check-values.json")["cases"]:
        assert checkvalue.check_value(one["signed"]) == one["check_value"]

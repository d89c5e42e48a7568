"""Openings: both boards' parts give the ballots; a wrong part, or another's proof, is refused."""

from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.seal import group, halves, opening
from common.seal.group import BASE, IDENTITY, Point, ProofError
from common.seal.hashing import Q
from common.seal.opening import Opening
from tests.unit.common.seal.stations import ALONE, ballots, refused, source, station
from tests.unit.common.seal.test_group import torsion

COUNT, W = 2, 2


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 5), st.integers(1, 3))
def test_both_parts_together_give_the_ballots(count: int, w: int) -> None:
    here = station(w)
    cast = ballots(count, w)
    rows = here.rows(cast)
    factors = []
    for which in (0, 1):
        part = opening.open_part(
            here.opening(which), here.secrets[which], rows, source("open"), ALONE
        )
        read = opening.read_part(
            here.opening(which), rows, group.flat(part.factors), part.proof, ALONE
        )
        assert read == part.factors
        factors.append(read)
    assert opening.ballots(rows, factors[0], factors[1], len(ballots(1, w)[0]), ALONE) == cast


def test_one_board_alone_opens_nothing() -> None:
    here = station()
    rows = here.rows(ballots(3))
    part = opening.open_part(here.opening(0), here.secrets[0], rows, source("alone"), ALONE)
    nothing = tuple((Point(IDENTITY),) for _ in rows)
    assert opening.ballots(rows, part.factors, nothing, 3, ALONE) == [None] * 3


def test_an_invalid_ballot_is_told_and_stops_nothing() -> None:
    here = station()
    good = here.rows(ballots(2))
    bad = (good[0][0], group.add(good[0][1], BASE))
    rows = (good[0], bad, good[1])
    parts = [
        opening.open_part(here.opening(which), here.secrets[which], rows, source("x"), ALONE)
        for which in (0, 1)
    ]
    read = opening.ballots(rows, parts[0].factors, parts[1].factors, 3, ALONE)
    assert read == [ballots(2)[0], None, ballots(2)[1]]


def test_shares_of_another_secret_open_nothing() -> None:
    here = station()
    with pytest.raises(ProofError):
        opening.open_part(here.opening(0), here.secrets[1], (), source("x"), ALONE)


Small = tuple[Opening, Any, opening.Part]


@pytest.fixture(scope="module")
def small() -> Small:
    here = station(W)
    rows = here.rows(ballots(COUNT, W))
    part = opening.open_part(here.opening(0), here.secrets[0], rows, source("small"), ALONE)
    return here.opening(0), rows, part


def _check(opened: Opening, rows: Any, factors: bytes, proof: bytes) -> object:
    return opening.read_part(opened, rows, factors, proof, ALONE)


def test_every_scalar_and_factor_counts(small: Small) -> None:
    opened, rows, part = small
    factors = group.flat(part.factors)
    for place in range(COUNT * W):
        point = Point(factors[32 * place : 32 * place + 32])
        others = [group.add(point, BASE), group.times(-1, point), IDENTITY]
        others += [group.add(point, Point(small_one)) for small_one in torsion()[1:3]]
        for other in others:
            wrong = factors[: 32 * place] + other + factors[32 * place + 32 :]
            refused(f"factor {place}", partial(_check, opened, rows, wrong, part.proof))
    for place in range(W + 1):
        value = int.from_bytes(part.proof[32 * place : 32 * place + 32], "little")
        for changed in (value + 1, Q - value, 0, value + Q):
            raw = changed.to_bytes(32, "little")
            wrong = part.proof[: 32 * place] + raw + part.proof[32 * place + 32 :]
            refused(f"scalar {place}", partial(_check, opened, rows, factors, wrong))
    for wrong in (factors[32:], factors + factors[:32], factors[:-1], b""):
        refused("another size", partial(_check, opened, rows, wrong, part.proof))
    for wrong in (part.proof[:-32], part.proof + bytes(32), b""):
        refused("another size", partial(_check, opened, rows, factors, wrong))


def test_every_bit_of_a_small_opening_counts() -> None:
    here = station()
    rows = here.rows(ballots(1))
    part = opening.open_part(here.opening(1), here.secrets[1], rows, source("bits"), ALONE)
    whole = group.flat(part.factors) + part.proof
    for bit in range(8 * len(whole)):
        wrong = (int.from_bytes(whole, "little") ^ 1 << bit).to_bytes(len(whole), "little")
        refused(f"bit {bit}", partial(_check, here.opening(1), rows, wrong[:32], wrong[32:]))


def test_an_opening_is_of_one_board_list_station_and_day(small: Small) -> None:
    opened, rows, part = small
    factors = group.flat(part.factors)
    for name in ("package", "start_order", "board", "first_mix", "second_mix"):
        other = replace(opened, **{name: b"x" * 32})  # type: ignore[arg-type]  # not `keys`
        refused(name, partial(_check, other, rows, factors, part.proof))
    turned = replace(opened, keys=opened.keys[::-1])
    refused("keys", partial(_check, turned, rows, factors, part.proof))
    more = station(W).rows(ballots(COUNT, W), "another list")
    refused("rows", partial(_check, opened, more, factors, part.proof))


def test_every_part_of_the_statement_is_in_the_challenge(small: Small) -> None:
    opened, rows, part = small
    other = group.times_base(77)
    firsts = [group.times_base(5), group.times_base(6)]
    masked = [tuple(group.times_base(7 + 2 * at + j) for j in range(W)) for at in range(COUNT)]
    drawn = [opened.challenge(rows, part.factors, firsts, masked)]
    for name in {field.name for field in fields(Opening)} - {"keys"}:
        changed = replace(opened, **{name: b"x" * 32})  # type: ignore[arg-type]  # not `keys`
        drawn.append(changed.challenge(rows, part.factors, firsts, masked))
    for j in range(W):
        keys = (*opened.keys[:j], other, *opened.keys[j + 1 :])
        drawn.append(replace(opened, keys=keys).challenge(rows, part.factors, firsts, masked))
        one = [*firsts[:j], other, *firsts[j + 1 :]]
        drawn.append(opened.challenge(rows, part.factors, one, masked))
    for at in range(COUNT):
        moved = [list(row) for row in rows]
        moved[at][0] = other
        drawn.append(opened.challenge([tuple(row) for row in moved], part.factors, firsts, masked))
        for j in range(W):
            for name in ("factors", "masked"):
                lists = {"factors": [*part.factors], "masked": [*masked]}
                row = list(lists[name][at])
                row[j] = other
                lists[name][at] = tuple(row)
                drawn.append(opened.challenge(rows, lists["factors"], firsts, lists["masked"]))
    assert len(set(drawn)) == len(drawn) == 1 + 5 + 2 * W + COUNT * (1 + 2 * W)


def test_a_source_that_repeats_itself_does_not_give_the_half_away() -> None:
    """With one k under two challenges, (s - s') / (c - c') would be the secret x."""
    here = station()
    rows = here.rows(ballots(2))
    x = halves.secret_scalars(here.secrets[0], 1)[0]

    def answers(opened: Opening, chosen: Any) -> tuple[int, ...]:
        part = opening.open_part(opened, here.secrets[0], chosen, source("after a restart"), ALONE)
        return group.read_scalars(part.proof)

    c, s = answers(here.opening(0), rows)
    for opened, chosen in (
        (replace(here.opening(0), second_mix=b"x" * 32), rows),
        (here.opening(0), rows[:1]),
    ):
        other_c, other_s = answers(opened, chosen)
        assert (s - other_s) * pow(c - other_c, -1, Q) % Q != x
    again_c, again_s = answers(here.opening(0), rows)
    assert (again_c, again_s) == (c, s)

"""What the boards' code proves, the verifier believes: they share nothing but a page."""

from __future__ import annotations

import random

import pytest

from common.seal import group, halves, opening, shuffle
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.group import Point
from common.seal.halves import Maker
from common.seal.randomness import CheckedSource
from common.seal.shuffle import Mixing
from tests.unit.verifier.prover import rows_of
from verifier import sealed, work
from verifier.opening import Opener, check_opening, contents
from verifier.sealed import Cast, check_half, first_lists, joint_key
from verifier.shuffle import Shuffler, check_shuffle

PACKAGE, START_ORDER, TERMINAL = b"p" * 32, b"o" * 32, b"t" * 32
BOARDS = (b"a" * 32, b"d" * 32)
MIXES = (b"1" * 32, b"2" * 32)
STYLES = (3, 5)
WORK = work.Work(2)


@pytest.mark.parametrize(("size", "ballots"), [(3, 1), (29, 5), (30, 3), (29 * 9 - 1, 2)])
def test_a_count_of_the_boards_is_believed(size: int, ballots: int) -> None:
    chance = random.Random(size)
    source, width = CheckedSource(chance.randbytes), sealed.elements(size)
    secrets = [source(32) for _ in BOARDS]
    made = [
        halves.make_half(Maker(PACKAGE, board), secret, width, source)
        for board, secret in zip(BOARDS, secrets, strict=True)
    ]
    for board, half in zip(BOARDS, made, strict=True):
        check_half(PACKAGE, board, b"".join(half.keys), half.proof)
    keys = halves.joint_key(made[0].keys, made[1].keys)
    key = joint_key(*(b"".join(half.keys) for half in made))
    assert key == b"".join(keys)

    written = [chance.randbytes(size) for _ in range(ballots)]
    seal = Seal(PACKAGE, keys)
    votes = [
        Cast(source(32), STYLES[at % 2], TERMINAL, one)
        for at, one in enumerate(
            seal.seal(STYLES[at % 2], TERMINAL, ballot, source).sealed
            for at, ballot in enumerate(written)
        )
    ]
    first = first_lists(votes, ballots + 1, key, PACKAGE, WORK)
    assert not first.left_out
    (only,) = first.groups

    with Crew(2) as crew:
        now, mixed = only.ballots, None
        for position, board in enumerate(BOARDS, 1):
            rows = [tuple(map(Point, row)) for row in rows_of(now, key)]
            mixing = Mixing(PACKAGE, START_ORDER, STYLES, position, board, keys)
            mixed = shuffle.shuffle(mixing, rows, source, crew)
            who = Shuffler(PACKAGE, START_ORDER, STYLES, position, board, key)
            check_shuffle(who, now, group.flat(mixed.rows), mixed.proof, WORK)
            now = group.flat(mixed.rows)
        assert mixed is not None
        parts = []
        for board, half, secret in zip(BOARDS, made, secrets, strict=True):
            what = opening.Opening(PACKAGE, START_ORDER, board, *MIXES, half.keys)
            part = opening.open_part(what, secret, mixed.rows, source, crew)
            opener = Opener(PACKAGE, START_ORDER, board, *MIXES, b"".join(half.keys))
            check_opening(opener, now, group.flat(part.factors), part.proof, WORK)
            parts.append(group.flat(part.factors))
    assert sorted(contents(now, parts[0], parts[1], size, WORK)) == sorted(written)

"""The evil terminal: which votes it turns, what of, and that it is the whole of its evil."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from common import ballot, records
from common.ballot import Ballot
from common.enrolment import Installation
from common.records import CastVote
from common.seal import Sealing
from common.seal.elgamal import Seal
from common.seal.group import Point
from common.seal.randomness import CheckedSource
from common.tallykey import read_order
from simulators.lying import FAVOURED, Lies, lies_told, lying, turned_ballot
from terminal import casting
from terminal.effects import SealBallot
from terminal.events import VoteSealed
from tests import halves, samples

PACKAGE = samples.package()
HONEST = casting.seal_ballot


def touched(*first: int, style: int = 1) -> SealBallot:
    """Return what a voter touched, in the first contest these lines."""
    rest = ((1, 2), (1,)) if style == 1 else ((), ())
    return SealBallot(style, 77, b"k" * 32, (first, *rest))


@pytest.mark.parametrize("first", [(), (0,), (2,)])
@pytest.mark.parametrize("style", [1, 2])
def test_only_the_first_contest_is_turned_and_the_ballot_stays_one(
    first: tuple[int, ...], style: int
) -> None:
    before = touched(*first, style=style)
    turned = turned_ballot(before, PACKAGE)
    assert turned.choices[0] == FAVOURED
    assert turned.choices[1:] == before.choices[1:]
    ballot.check(PACKAGE, Ballot(style, turned.choices, 1))


def test_every_nth_vote_that_is_not_for_its_line_is_turned(tmp_path: Path) -> None:
    lies = Lies(3, tmp_path / "terminal-1.lies")
    sealed = [lies.of(touched(line), PACKAGE).choices[0] for line in (0, 1, 2, 0, 1, 0, 2)]
    assert sealed == [FAVOURED, FAVOURED, (2,), (0,), FAVOURED, FAVOURED, (2,)]
    assert lies_told(tmp_path, "terminal-1") == 2
    assert lies_told(tmp_path, "terminal-2") == 0


def test_it_lies_inside_only_with_the_terminals_own_keys_and_opens_what_it_sealed(
    tmp_path: Path,
) -> None:
    installed, sealing = _installed("terminal-1"), _sealing("terminal-1")
    with lying(1, tmp_path, "terminal-1"):
        vote = casting.seal_ballot(touched(0), 421, installed, sealing)
    assert casting.seal_ballot is HONEST
    assert _opened(vote, installed, sealing) == (FAVOURED, (1, 2), (1,))
    honest = casting.seal_ballot(touched(0), 421, installed, sealing)
    assert _opened(honest, installed, sealing) == ((0,), (1, 2), (1,))
    assert lies_told(tmp_path, "terminal-1") == 1


def _installed(board: str) -> Installation:
    """Return what a terminal has installed that lets voters check it."""
    installed = halves.installation(board)
    parameters = replace(installed.package.parameters, challenge_allowed=True)
    return replace(installed, package=replace(installed.package, parameters=parameters))


def _sealing(board: str) -> Sealing:
    order = read_order(samples.package(), samples.package_hash(), halves.signed_order())
    key, source = samples.device(board).sign_key, CheckedSource(samples.seeded("lying"))
    return Sealing(samples.package(), samples.package_hash(), order.keys, key, source)


def _opened(
    vote: VoteSealed, installed: Installation, sealing: Sealing
) -> tuple[tuple[int, ...], ...]:
    assert vote.sealed is not None
    assert vote.sealed.r is not None
    signed = records.open_record(CastVote, vote.cast_vote, sealing.board)
    seal = Seal(installed.package_hash, tuple(map(Point, sealing.keys)))
    size = ballot.encoded_size(installed.package)
    content = seal.read_with(signed.style, sealing.board, signed.sealed, vote.sealed.r, size)
    return ballot.decode(installed.package, signed.style, content).selections

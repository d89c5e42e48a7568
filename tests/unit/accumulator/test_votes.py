"""The list of opened votes: merged styles, invalid votes, codes, order, arithmetic."""

from collections import Counter
from dataclasses import replace

import pytest

from accumulator import votes
from accumulator.votes import read_votes
from common import cbor
from common.ballot import Ballot
from common.evening import Lists, OpenedGroup
from common.records import MERGED_STYLE, ContestResult, OpenedVote
from common.seal.firstlists import LeftOut, merged_styles
from tests import samples

PACKAGE = samples.package()


def read(opened: bytes) -> list[OpenedVote]:
    items, length = cbor.split_sequence(opened)
    assert length == len(opened)
    assert items == sorted(items)
    return [OpenedVote.from_bytes(item) for item in items]


@pytest.mark.parametrize(
    ("ballots", "merged"),
    [
        ({}, ()),
        ({1: 0, 2: 0}, ()),
        ({1: 10, 2: 11}, ()),
        ({1: 3}, ()),
        ({1: 3, 2: 0}, ()),
        ({1: 3, 2: 40}, (1, 2)),
        ({1: 3, 2: 40, 3: 12}, (1, 3)),
        ({1: 3, 2: 40, 3: 40}, (1, 2)),
        ({1: 4, 2: 40, 3: 6}, (1, 3)),
        ({1: 2, 2: 40, 3: 3, 4: 50}, (1, 2, 3)),
        ({1: 2, 2: 3}, (1, 2)),
        ({1: 9, 2: 9, 3: 9}, (1, 2, 3)),
    ],
)
def test_styles_with_few_ballots_are_published_as_one(
    ballots: dict[int, int], merged: tuple[int, ...]
) -> None:
    assert merged_styles(ballots, 10) == merged


def test_a_threshold_of_nothing_merges_nothing() -> None:
    assert merged_styles({1: 1, 2: 2}, 0) == ()
    assert merged_styles({1: 1, 2: 2}, 1) == ()


def lists(votes: dict[int, int], merged: tuple[int, ...] = (), left_out: int = 0) -> Lists:
    """Return first lists of so many votes of each style."""
    gone = tuple((bytes([n]) * 32, LeftOut.NO_PROOF) for n in range(left_out))
    return Lists((), merged, gone, tuple(sorted(votes.items())))


def test_votes_are_sorted_by_content() -> None:
    groups = [
        OpenedGroup(
            (1,), (Ballot(1, ((1,), (0, 2), ()), 77), Ballot(1, ((0,), (), (1,)), 9999)), 0
        ),
        OpenedGroup((2,), (Ballot(2, ((0,), (), ()), 4),), 0),
    ]
    opened = read_votes(lists({1: 2, 2: 1}), groups)
    assert Counter(read(opened.votes)) == Counter(
        [
            OpenedVote(1, ((1,), (0, 2), ()), 77),
            OpenedVote(2, ((0,), (), ()), 4),
            OpenedVote(1, ((0,), (), (1,)), 9999),
        ]
    )
    assert opened.ballots_by_style == {1: 2, 2: 1}
    assert (opened.merged, opened.invalid, opened.codes_twice, opened.counted) == ((), 0, 0, 3)
    turned = [replace(group, ballots=group.ballots[::-1]) for group in groups]
    assert read_votes(lists({1: 2, 2: 1}), turned).votes == opened.votes


def test_few_ballots_lose_their_style_on_the_list() -> None:
    together = (Ballot(1, ((1,), (), ()), 1), Ballot(1, ((0,), (), ()), 2))
    opened = read_votes(lists({1: 1, 2: 1}, (1, 2)), [OpenedGroup((1, 2), together, 0)])
    assert opened.merged == (1, 2)
    assert {vote.style for vote in read(opened.votes)} == {MERGED_STYLE}
    assert opened.ballots_by_style == {1: 1, 2: 1}


def test_votes_that_are_no_ballots_are_invalid_and_nowhere_listed() -> None:
    groups = [
        OpenedGroup((1,), (Ballot(1, ((1,), (), ()), 1),), 2),
        OpenedGroup((2, 3), (Ballot(2, ((0,), (), ()), 4),), 1),
    ]
    opened = read_votes(lists({1: 3, 2: 1, 3: 1}, (2, 3), left_out=2), groups)
    assert (opened.counted, opened.invalid, opened.merged_invalid) == (2, 5, 1)
    assert opened.ballots_by_style == {1: 1, 2: 1, 3: 1}, "whose the merged one was nobody knows"
    assert len(read(opened.votes)) == 2


def test_a_code_that_stands_twice_is_told() -> None:
    cast = tuple(Ballot(1, ((line,), (), ()), code) for line, code in ((0, 8), (1, 8), (0, 9)))
    assert read_votes(lists({1: 3}), [OpenedGroup((1,), cast, 0)]).codes_twice == 1


RIGHT = ContestResult(1, 10, 6, 0, 4, (6, 6, 6, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("result", "sound"),
    [
        (RIGHT, True),
        (replace(RIGHT, blank=3), False),  # ballots are not the sum
        (replace(RIGHT, lines=(6, 6, 6, 1, 0, 0, 0)), False),  # more than 3 votes a ballot
        (replace(RIGHT, lines=(7, 1, 0, 0, 0, 0, 0)), False),  # a line above the ballots
        (replace(RIGHT, lines=(1, 1, 1, 1, 1, 0, 0)), False),  # ballots without a selection
        (replace(RIGHT, against_all=1, blank=3), False),  # no such line in this contest
        (ContestResult(0, 5, 3, 1, 1, (1, 2, 1)), True),
        (ContestResult(0, 5, 3, 1, 1, (1, 2, 2)), False),  # its line says something else
    ],
)
def test_the_arithmetic_of_a_contest(result: ContestResult, sound: bool) -> None:
    assert votes.contest_faults([result], PACKAGE) == (() if sound else (result.contest,))

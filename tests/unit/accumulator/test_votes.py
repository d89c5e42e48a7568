"""From sealed to opened votes: merged styles, invalid votes, codes, order, arithmetic."""

from collections import Counter
from dataclasses import replace

import pytest

from accumulator import votes
from accumulator.votes import open_votes
from common import ballot, cbor, records, seal
from common.records import MERGED_STYLE, CastVote, ContestResult, OpenedVote, RecordError
from common.seal.firstlists import merged_styles
from tests import samples

PACKAGE = samples.package()
HASH = samples.package_hash()
Chosen = tuple[tuple[int, ...], ...]


def cast(
    style: int, selections: Chosen, code: int, *, signer: str = "terminal-1", sealed: bytes = b""
) -> bytes:
    made = sealed or seal.seal(
        PACKAGE, ballot.Ballot(style, selections, code), samples.TALLY.public
    )
    return records.sign(CastVote(HASH, style, made), samples.device(signer).signing)


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


def test_votes_are_opened_and_sorted_by_content() -> None:
    package = replace(PACKAGE, parameters=replace(PACKAGE.parameters, small_style_threshold=0))
    sealed = [
        cast(1, ((1,), (0, 2), ()), 77),
        cast(2, ((0,), (), ()), 4),
        cast(1, ((0,), (), (1,)), 9999),
    ]
    opened = open_votes(sealed, package, samples.TALLY.secret)
    assert Counter(read(opened.votes)) == Counter(
        [
            OpenedVote(1, ((1,), (0, 2), ()), 77),
            OpenedVote(2, ((0,), (), ()), 4),
            OpenedVote(1, ((0,), (), (1,)), 9999),
        ]
    )
    assert opened.ballots_by_style == {1: 2, 2: 1}
    assert (opened.merged, opened.invalid, opened.codes_twice, opened.counted) == ((), 0, 0, 3)
    again = open_votes(reversed(sealed), package, samples.TALLY.secret)
    assert again.votes == opened.votes


def test_few_ballots_lose_their_style_on_the_list() -> None:
    sealed = [cast(1, ((1,), (), ()), 1), cast(2, ((0,), (), ()), 2)]
    opened = open_votes(sealed, PACKAGE, samples.TALLY.secret)
    assert opened.merged == (1, 2)
    assert {vote.style for vote in read(opened.votes)} == {MERGED_STYLE}
    assert opened.ballots_by_style == {1: 1, 2: 1}


def test_a_vote_that_does_not_open_is_invalid_and_nowhere_listed() -> None:
    good = cast(1, ((1,), (), ()), 1)
    bad = cast(1, (), 0, sealed=bytes(PACKAGE.sealed_size))
    other_style = seal.seal(
        PACKAGE, ballot.Ballot(1, ((), (1,), ()), 3), samples.TALLY.public
    )  # sealed as style 1, handed in as style 2, which has no second contest
    opened = open_votes(
        [good, bad, cast(2, (), 0, sealed=other_style)], PACKAGE, samples.TALLY.secret
    )
    assert (opened.counted, opened.invalid) == (1, 2)
    assert len(read(opened.votes)) == 1


def test_a_code_that_stands_twice_is_told() -> None:
    sealed = [cast(1, ((line,), (), ()), 8) for line in (0, 1)] + [cast(1, ((0,), (), ()), 9)]
    assert open_votes(sealed, PACKAGE, samples.TALLY.secret).codes_twice == 1


def test_a_vote_that_no_terminal_signed_stops_the_count() -> None:
    with pytest.raises(RecordError):
        open_votes([cast(1, ((1,), (), ()), 1, signer="desk-1")], PACKAGE, samples.TALLY.secret)


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

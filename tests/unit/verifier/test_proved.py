"""A whole count with proofs, step by step, and what the steps refuse."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.unit.verifier.prover import BOARDS, TERMINAL, Station, digest, station
from verifier.encoding import Wrong
from verifier.opening import check_value_of
from verifier.proved import (
    PROVED,
    Count,
    Half,
    Mix,
    Opening,
    ShuffledGroup,
    check_contents,
    check_halves,
    check_lists,
    check_mix,
    check_openings,
)
from verifier.recount import MERGED, Opened
from verifier.sealed import NOT_KNOWN, Cast
from verifier.work import Work

LINE = {3: False}
PACKAGE: dict[int, Any] = {
    11: [{3: 1, 5: [LINE] * 3}, {3: 2, 5: [LINE] * 9}],
    12: [{0: 1, 2: [0]}, {0: 2, 2: [0, 1]}, {0: 3, 2: [1]}],
    17: {1: 2},
}
VOTES: list[tuple[int, bytes, Opened | None]] = [
    (1, b"\0\1\1\0\0", (1, ((0,), ()), 1)),
    (1, b"\0\2\4\0\0", (1, ((2,), ()), 2)),
    (1, b"\0\3\0\0\0", (1, ((), ()), 3)),
    (2, b"\0\4\2\1\1", (MERGED, ((1,), (0, 8)), 4)),
    (3, b"\0\5\0\2\0", (MERGED, ((), (1,)), 5)),
    (1, b"\0\6\7\0\0", None),  # three of one
    (1, b"\0\7\0\1\0", None),  # a contest that this style does not hold
]


class Day:
    """A station that counted: everything that it says, honest until a test changes it."""

    def __init__(self) -> None:
        self.here: Station = station(1)
        prover = self.here.prover
        self.votes = [
            Cast(digest(f"vote {at}"), style, TERMINAL, self.here.sealed([content], style)[0])
            for at, (style, content, _) in enumerate(VOTES)
        ]
        self.votes.append(replace(self.votes[0], digest=digest("copy"), style=2))
        self.published = [opened for _, _, opened in VOTES if opened is not None]
        self.halves = [
            Half(board, half.points, half.proof)
            for board, half in zip(BOARDS, self.here.halves, strict=True)
        ]
        count = self.count()
        check_halves(count, self.halves)
        check_lists(count)
        lists = [(group.styles, group.ballots) for group in count.lists]
        self.mixes = []
        for position in (1, 2):
            made = [
                (styles, prover.shuffle(self.here.shuffler(position, styles), ballots))
                for styles, ballots in lists
            ]
            lists = [(styles, one.after) for styles, one in made]
            groups = tuple(ShuffledGroup(styles, one.after, one.proof) for styles, one in made)
            digests = ("first mix", "second mix")
            self.mixes.append(Mix(digest(digests[position - 1]), BOARDS[position - 1], groups))
        ballots = b"".join(after for _, after in lists)
        self.openings = [
            Opening(
                BOARDS[which],
                half.points,
                *prover.opening(self.here.opener(which), ballots, half.secrets),
            )
            for which, half in enumerate(self.here.halves)
        ]

    def count(self) -> Count:
        return Count(PACKAGE, self.here.package, self.here.start_order, self.votes, Work(2))

    def examined(self) -> tuple[Count, list[str]]:
        count = self.count()
        found = [check_halves(count, self.halves), check_lists(count)]
        found += [check_mix(count, mix) for mix in self.mixes]
        found.append(check_openings(count, self.openings))
        found.append(check_contents(count, self.published))
        return count, found


@cache
def honest_day() -> Day:
    return Day()


@pytest.fixture
def day() -> Day:
    return deepcopy(honest_day())


def test_an_honest_count_is_proved_step_by_step(day: Day) -> None:
    count, found = day.examined()
    assert found == [
        "each of two boards knows its half of the tally key; elements of a ballot: 1",
        "7 ballots in 2 lists, 1 left out",
        "7 ballots came through the first shuffle, none dropped, added or changed",
        "7 ballots came through the second shuffle, none dropped, added or changed",
        "both boards opened every ballot of the last lists with the announced halves",
        "5 opened votes are what the sealed votes hold; invalid: 1 left out, 2 that are no ballots",
    ]
    assert list(count.opened) == sorted(day.published)
    value = check_value_of(digest("copy"))
    assert count.remarks == [
        f"the vote {value} was counted for nobody: {NOT_KNOWN}",
        "2 opened votes are no ballots and were counted for nobody",
    ]
    assert len(PROVED) == 8


def test_the_order_of_votes_and_openings_is_no_matter(day: Day) -> None:
    day.votes.reverse()
    day.openings.reverse()
    day.published.reverse()
    assert day.examined()[1][-1].startswith("5 opened votes")


def test_published_votes_that_are_others_are_refused(day: Day) -> None:
    honest = list(day.published)
    style, selections, code = honest[0]
    for published in (
        honest[1:],
        [*honest, honest[0]],
        [(style, ((1,), ()), code), *honest[1:]],
        [(style, selections, code + 1), *honest[1:]],
        [(2, selections, code), *honest[1:]],
        [],
    ):
        day.published = published
        with pytest.raises(Wrong, match="are not what the sealed votes hold"):
            day.examined()


def test_halves_are_two_of_two_boards_and_as_long_as_ballots(day: Day) -> None:
    one, other = day.halves
    longer = station(2).halves[0]
    for halves in (
        [one],
        [one, one],
        [one, other, other],
        [one, replace(other, board=one.board)],
        [Half(BOARDS[0], longer.points, longer.proof), other],
    ):
        with pytest.raises(Wrong):
            check_halves(day.count(), halves)


def test_a_vote_that_is_missing_from_the_urn_shows_in_the_shuffle(day: Day) -> None:
    del day.votes[0]
    with pytest.raises(Wrong, match=r"first shuffle, ballot style 1: .*as many ballots"):
        day.examined()


def test_shuffles_of_other_groups_positions_or_boards_are_refused(day: Day) -> None:
    first, second = day.mixes
    for mixes in (
        [second, first],
        [first, first],
        [replace(first, groups=first.groups[::-1]), second],
        [replace(first, groups=first.groups[:1]), second],
        [replace(first, board=BOARDS[1]), second],
        [first, replace(second, board=BOARDS[0])],
    ):
        day.mixes = mixes
        with pytest.raises(Wrong, match="shuffle"):
            day.examined()


def test_one_board_does_not_shuffle_twice_however_well(day: Day) -> None:
    first = day.mixes[0]
    groups = []
    for group in first.groups:
        who = replace(day.here.shuffler(2, group.styles), board=first.board)
        made = day.here.prover.shuffle(who, group.ballots)
        groups.append(ShuffledGroup(group.styles, made.after, made.proof))
    day.mixes[1] = Mix(digest("second mix"), first.board, tuple(groups))
    with pytest.raises(Wrong, match="second shuffle is of the board that made the one before"):
        day.examined()


def test_lists_that_were_shuffled_once_are_not_opened(day: Day) -> None:
    del day.mixes[1]
    with pytest.raises(Wrong, match="not shuffled twice"):
        day.examined()


def test_openings_are_one_with_each_half_of_these_very_shuffles(day: Day) -> None:
    one, other = day.openings
    swapped = replace(one, half=other.half), replace(other, half=one.half)
    for openings in (
        [one],
        [one, one],
        [one, other, other],
        list(swapped),
        [replace(one, board=BOARDS[1]), other],
        [one, replace(other, factors=one.factors)],
    ):
        day.openings = openings
        with pytest.raises(Wrong, match=r"opened once with each half|opening"):
            day.examined()
    day.openings = [one, other]
    day.mixes[1] = replace(day.mixes[1], digest=digest("another record"))
    with pytest.raises(Wrong, match="the opening of a board: the proof does not hold"):
        day.examined()


def test_a_count_of_no_votes_is_proved(day: Day) -> None:
    day.votes.clear()
    day.published.clear()
    day.mixes = [replace(mix, groups=()) for mix in day.mixes]
    day.openings = [
        Opening(
            BOARDS[which],
            half.points,
            *day.here.prover.opening(day.here.opener(which), b"", half.secrets),
        )
        for which, half in enumerate(day.here.halves)
    ]
    assert day.examined()[1][-1].startswith("0 opened votes are what the sealed votes hold")


def test_of_many_votes_that_are_left_out_the_first_are_told_by_name(day: Day) -> None:
    one = day.votes[0]
    day.votes += [replace(one, digest=digest(f"forged {at}"), sealed=b"") for at in range(25)]
    count, _ = day.examined()
    named = [remark for remark in count.remarks if remark.startswith("the vote ")]
    assert len(named) == 20
    assert "6 more sealed votes were left out in the same way" in count.remarks

"""The second count: one contest at a time, by multiplicity and subtraction.

Rules:
- It shares only the record decoder with the first count (`accumulator.count_a`), which goes vote by
  vote; here equal answers are gathered first, and blanks are what is left over.
- Every kind of answer is checked against the contest once.
- What does not fit stops the count; nothing is skipped.

It never opens a ballot, and never compares itself with the other count (`accumulator.counting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from common import cbor
from common.records import MERGED_STYLE, Contest, ContestResult, OpenedVote, StationPackage


def count(
    opened: bytes,
    package: StationPackage,
    ballots_by_style: Mapping[int, int],
    merged: Collection[int],
    merged_invalid: int = 0,
) -> tuple[ContestResult, ...]:
    """Count all contests of the package, in its order; arguments as for the first count.

    Raises:
        ValueError: the votes do not fit the package or the numbers (`RecordError` is one).

    """
    items, length = cbor.split_sequence(opened)
    if length != len(opened):
        raise ValueError("the last vote is torn")
    votes = [OpenedVote.from_bytes(item) for item in items]
    if any(len(vote.selections) != len(package.contests) for vote in votes):
        raise ValueError("a vote has not one list for each contest")

    if not set(ballots_by_style) <= {style.number for style in package.styles}:
        raise ValueError("there are ballots of a style that the package does not have")

    shown = Counter(vote.style for vote in votes)
    expected = Counter(
        {style: n for style, n in ballots_by_style.items() if n and style not in merged}
    )
    hidden = sum(n for style, n in ballots_by_style.items() if style in merged)
    if hidden - merged_invalid:
        expected[MERGED_STYLE] = hidden - merged_invalid
    if shown != expected:
        raise ValueError("the votes are not as many of each style as were opened")

    results = []
    for index, contest in enumerate(package.contests):
        holders = {style.number for style in package.styles if index in style.contests}
        plain = sum(n for s, n in ballots_by_style.items() if s in holders and s not in merged)
        asked = sum(n for s, n in ballots_by_style.items() if s in holders and s in merged)
        answers = Counter(vote.selections[index] for vote in votes)
        strangers = sum(
            1
            for vote in votes
            if vote.selections[index] and vote.style not in holders | {MERGED_STYLE}
        )
        if strangers:
            raise ValueError("votes select in a contest that their style does not hold")
        filled = sum(1 for v in votes if v.style == MERGED_STYLE and v.selections[index])
        ballots = plain + max(filled, asked - merged_invalid)
        results.append(_result(index, contest, ballots, answers, len(votes)))
    return tuple(results)


def _result(
    index: int, contest: Contest, ballots: int, answers: Counter[tuple[int, ...]], votes: int
) -> ContestResult:
    """Make the result of one contest from how often each answer was given."""
    empty = answers.pop((), 0)
    against = tuple(at for at, line in enumerate(contest.lines) if line.against_all)
    for answer in answers:
        in_range = max(answer) < len(contest.lines)
        fits = len(answer) <= contest.votes_allowed and len(answer) == len(frozenset(answer))
        alone = len(answer) == 1 or not set(against) & set(answer)
        if not (in_range and fits and alone):
            raise ValueError(f"an answer breaks the rules of contest {contest.identifier}")
    against_all = answers[against] if against else 0
    per_line = [
        sum(times for answer, times in answers.items() if line in answer)
        for line in range(len(contest.lines))
    ]
    not_asked = votes - ballots
    return ContestResult(
        contest=index,
        ballots=ballots,
        with_selections=answers.total() - against_all,
        against_all=against_all,
        blank=empty - not_asked,
        lines=tuple(per_line),
    )

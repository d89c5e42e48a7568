"""The first count: one vote at a time, as people count papers into heaps.

Rules:
- It reads the published list of opened votes and nothing else of the count; it shares only the
  record decoder with the second count (`accumulator.count_b`), which works column by column.
- It trusts no list: every selection is checked against the contest again.
- What does not fit stops the count; nothing is skipped.

It never opens a ballot, and never compares itself with the other count (`accumulator.counting`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from common import cbor
from common.records import MERGED_STYLE, Contest, ContestResult, OpenedVote, StationPackage


class _Heap:
    """What lies on the table for one contest."""

    def __init__(self, contest: Contest) -> None:
        self.allowed = contest.votes_allowed
        self.against_line = next(
            (number for number, line in enumerate(contest.lines) if line.against_all), None
        )
        self.lines = [0] * len(contest.lines)
        self.ballots = 0
        self.with_selections = 0
        self.against_all = 0
        self.blank = 0

    def put(self, selections: tuple[int, ...]) -> None:
        """Lay one ballot on its heap. Raises: ValueError."""
        self.ballots += 1
        if not selections:
            self.blank += 1
            return
        if len(set(selections)) != len(selections) or len(selections) > self.allowed:
            raise ValueError("a ballot selects a line twice, or more lines than are allowed")
        if self.against_line in selections:
            if len(selections) > 1:
                raise ValueError("a ballot is against all and for somebody")
            self.against_all += 1
        else:
            self.with_selections += 1
        for line in selections:
            if line >= len(self.lines):
                raise ValueError("a ballot selects a line that is not there")
            self.lines[line] += 1


def count(
    opened: bytes,
    package: StationPackage,
    ballots_by_style: Mapping[int, int],
    merged: Collection[int],
    merged_invalid: int = 0,
) -> tuple[ContestResult, ...]:
    """Count all contests of the package, in its order.

    Args:
        opened: `votes-opened.cborseq`, a sequence of `OpenedVote` payloads.
        package: the election.
        ballots_by_style: how many ballots of each style were opened; of the merged ones it tells
            how many were asked each contest, which their votes do not.
        merged: the styles that are published as one.
        merged_invalid: so many of their ballots hold no vote, and nobody knows of which style; so
            each takes one from every contest that any of them asks, but not one with a selection.
            (Should more of them select in a contest than were asked it, these are its ballots;
            `votes.merged_fit` tells.)

    Raises:
        ValueError: the votes do not fit the package or the numbers (`RecordError` is one).

    """
    heaps = [_Heap(contest) for contest in package.contests]
    asked = {style.number: frozenset(style.contests) for style in package.styles}
    seen = dict.fromkeys(asked, 0)
    merged_seen = 0
    merged_asked = [
        sum(ballots_by_style.get(style, 0) for style in merged if number in asked[style])
        for number in range(len(heaps))
    ]

    items, length = cbor.split_sequence(opened)
    if length != len(opened):
        raise ValueError("the last vote is torn")
    for item in items:
        vote = OpenedVote.from_bytes(item)
        if len(vote.selections) != len(heaps):
            raise ValueError("a vote has not one list for each contest")
        if vote.style == MERGED_STYLE:
            merged_seen += 1
            for number, selections in enumerate(vote.selections):
                if selections:
                    merged_asked[number] -= 1
                    heaps[number].put(selections)
            continue
        if vote.style not in asked or vote.style in merged:
            raise ValueError(f"a vote of style {vote.style} has no place here")
        seen[vote.style] += 1
        for number, selections in enumerate(vote.selections):
            if number in asked[vote.style]:
                heaps[number].put(selections)
            elif selections:
                raise ValueError("a vote selects in a contest that its style does not hold")

    if merged_seen + merged_invalid != sum(ballots_by_style.get(style, 0) for style in merged):
        raise ValueError("the merged votes are not as many as their styles' ballots")
    for style, found in seen.items():
        if style not in merged and found != ballots_by_style.get(style, 0):
            raise ValueError(f"style {style} has {found} votes, not as many as were opened")
    for heap, left in zip(heaps, merged_asked, strict=True):
        for _ in range(left - merged_invalid):  # asked, and left empty
            heap.put(())

    return tuple(
        ContestResult(
            contest=number,
            ballots=heap.ballots,
            with_selections=heap.with_selections,
            against_all=heap.against_all,
            blank=heap.blank,
            lines=tuple(heap.lines),
        )
        for number, heap in enumerate(heaps)
    )

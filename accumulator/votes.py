"""The votes opened: from what two boards opened to the published list that both counts read.

Rules:
- The published list holds what was selected and the control code, sorted by content; neither its
  order nor its form says anything of the sealed votes, the cards or the time.
- Ballot styles with few ballots are published as one (`merged_styles`): how many ballots each style
  had is public, so what a group of at least the threshold chose is all that can be read off.
- A vote that was left out of the first lists, or holds no ballot of its style, is invalid: it is
  counted as such, shown in the minutes, and is on no list.

It never knows a key, and never ties an opened vote to a sealed one.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common import cbor
from common.evening import Lists, OpenedGroup
from common.records import (
    MERGED_STYLE,
    ContestResult,
    OpenedVote,
    StationPackage,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """All votes of a station, opened.

    Attributes:
        votes: `votes-opened.cborseq`, sorted `OpenedVote` payloads.
        ballots_by_style: valid ballots of each style; of the merged ones where nobody can know
            which of them an invalid ballot had, all.
        merged: the styles that are published as one.
        invalid: votes that were left out, or are no ballots.
        codes_twice: control codes that more than one vote has.
        merged_invalid: so many of the merged styles' ballots are invalid, of whichever style.
    """

    votes: bytes
    ballots_by_style: Mapping[int, int]
    merged: tuple[int, ...]
    invalid: int
    codes_twice: int
    merged_invalid: int = 0

    @property
    def counted(self) -> int:
        """How many votes are on the list."""
        return sum(self.ballots_by_style.values()) - self.merged_invalid


def read_votes(lists: Lists, groups: Iterable[OpenedGroup]) -> Opened:
    """Return the votes that two boards opened (docs/proofs.md).

    Args:
        lists: the first lists of the sealed votes.
        groups: what the last lists hold.
    """
    ballots = dict(lists.votes_by_style)
    codes: Counter[int] = Counter()
    opened: list[bytes] = []
    invalid, merged_invalid = len(lists.left_out), 0
    for group in groups:
        is_merged = group.styles == lists.merged
        for ballot in group.ballots:
            codes[ballot.code] += 1
            shown = MERGED_STYLE if is_merged else ballot.style
            opened.append(OpenedVote(shown, ballot.selections, ballot.code).to_bytes())
        invalid += group.invalid
        if is_merged:
            merged_invalid = group.invalid
        else:
            ballots[group.styles[0]] -= group.invalid
    return Opened(
        votes=b"".join(cbor.wrap(vote) for vote in sorted(opened)),
        ballots_by_style=ballots,
        merged=lists.merged,
        invalid=invalid,
        codes_twice=sum(1 for times in codes.values() if times > 1),
        merged_invalid=merged_invalid,
    )


def contest_faults(results: Iterable[ContestResult], package: StationPackage) -> tuple[int, ...]:
    """Return the numbers of the contests whose figures break the arithmetic of a count.

    Ballots = with selections + against all + blank; selections <= ballots with selections x votes
    allowed; no line above the ballots with selections; against all stands on its own line.
    """
    faulty = []
    for result in results:
        contest = package.contests[result.contest]
        lines = list(zip(contest.lines, result.lines, strict=True))
        chosen = [votes for line, votes in lines if not line.against_all]
        against = sum(votes for line, votes in lines if line.against_all)
        sound = (
            result.ballots == result.with_selections + result.against_all + result.blank
            and result.with_selections <= sum(chosen)
            and sum(chosen) <= result.with_selections * contest.votes_allowed
            and max(chosen, default=0) <= result.with_selections
            and against == result.against_all
        )
        if not sound:
            faulty.append(result.contest)
    return tuple(faulty)


def merged_fit(opened: Opened, package: StationPackage) -> bool:
    """Say whether each merged vote can be a ballot of one of the merged styles, each ballot once.

    A terminal that signs for one style and seals a ballot of another can break it: nobody knows
    which vote it was, so none of them is taken away, and the minutes tell.
    """
    free: Counter[frozenset[int]] = Counter()
    for style in package.styles:
        if style.number in opened.merged:
            free[frozenset(style.contests)] += opened.ballots_by_style.get(style.number, 0)
    held: dict[frozenset[int], Counter[frozenset[int]]] = {asked: Counter() for asked in free}
    items, _ = cbor.split_sequence(opened.votes)
    for vote in map(OpenedVote.from_bytes, items):
        if vote.style == MERGED_STYLE:
            filled = frozenset(at for at, lines in enumerate(vote.selections) if lines)
            if not _find_room(filled, free, held):
                return False
    return True


def _find_room(
    filled: frozenset[int],
    free: Counter[frozenset[int]],
    held: dict[frozenset[int], Counter[frozenset[int]]],
) -> bool:
    """Give a vote a ballot that asks all of it, moving others on where they fit as well."""
    came: dict[frozenset[int], tuple[frozenset[int] | None, frozenset[int]]] = {}
    queue = deque[frozenset[int]]()

    def reach(vote: frozenset[int], before: frozenset[int] | None) -> None:
        for asked in held:
            if vote <= asked and asked not in came:
                came[asked] = (before, vote)
                queue.append(asked)

    reach(filled, None)
    while queue:
        at = queue.popleft()
        if not free[at]:
            for other in +held[at]:
                reach(other, at)
            continue
        free[at] -= 1
        end: frozenset[int] | None = at
        while end is not None:
            before, moved = came[end]
            held[end][moved] += 1
            if before is not None:
                held[before][moved] -= 1
            end = before
        return True
    return False

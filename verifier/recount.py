"""The count, once more: from the opened votes alone, by somebody else's program.

Rules: a selection that the ballot does not allow is an error, never skipped; nothing is taken from
the minutes but what cannot be known otherwise, and that is said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from verifier.encoding import Wrong, cbor, sequence
from verifier.forms import in_form

MERGED = 65_535
Opened = tuple[int, tuple[tuple[int, ...], ...], int]


@dataclass(frozen=True, slots=True)
class Result:
    """What a contest's figures must be."""

    ballots: int
    with_selections: int
    against_all: int
    lines: tuple[int, ...]


def read_opened(untrusted: bytes, package: dict[int, Any]) -> list[Opened]:
    """Return the opened votes: (style, selections by contest, control code). Raises: Wrong."""
    what = "the list of opened votes"
    items = sequence(untrusted, what)
    if items != sorted(items):
        raise Wrong(f"{what} is not sorted by content; its order could tell something")
    return [_vote(item, package, f"{what}, vote {at}") for at, item in enumerate(items, 1)]


def _vote(untrusted: bytes, package: dict[int, Any], what: str) -> Opened:
    vote = cbor(untrusted, what)
    in_form(vote, "OpenedVote", what)
    style, selections, code = vote[0], vote[1], vote[2]
    contests = package[11]
    styles = {one[0]: set(one[2]) for one in package[12]}
    asked = set(range(len(contests))) if style == MERGED else styles.get(style)
    if asked is None or len(selections) != len(contests):
        raise Wrong(f"{what} names a ballot style or a contest that does not exist")
    for at, (chosen, contest) in enumerate(zip(selections, contests, strict=True)):
        against = [line for line in chosen if line < len(contest[5]) and contest[5][line][3]]
        if (
            chosen != sorted(set(chosen))
            or len(chosen) > contest[3]
            or any(line >= len(contest[5]) for line in chosen)
            or (against and len(chosen) > 1)
            or (chosen and at not in asked)
        ):
            raise Wrong(f"{what} selects what its ballot does not allow in contest {at + 1}")
    return style, tuple(tuple(chosen) for chosen in selections), code


def merged_styles(sealed_by_style: dict[int, int], threshold: int) -> list[int]:
    """Return the ballot styles that are published as one, ascending (`docs/bundle.md`, no. 21)."""
    used = {style: votes for style, votes in sealed_by_style.items() if votes}
    group = {style for style, votes in used.items() if votes < threshold}
    while group and group != used.keys() and sum(used[style] for style in group) < threshold:
        group.add(min(used.keys() - group, key=lambda style: (used[style], style)))
    return sorted(group) if len(group) > 1 else []


def _fit_merged(votes: Counter[frozenset[int]], room: dict[frozenset[int], int]) -> bool:
    """Say whether each merged vote can be a ballot of its own among the merged styles'.

    Args:
        votes: how many votes select something in these contests.
        room: sealed votes of the merged styles, by the contests that they ask.

    """
    placed: dict[frozenset[int], Counter[frozenset[int]]] = {asked: Counter() for asked in room}

    def place(vote: frozenset[int], seen: set[frozenset[int]]) -> bool:
        for asked, ballots in room.items():
            if asked in seen or not vote <= asked:
                continue
            seen.add(asked)
            if placed[asked].total() < ballots:
                placed[asked][vote] += 1
                return True
            for other in [one for one, times in placed[asked].items() if times]:
                if place(other, seen):  # it moves to another style and leaves its ballot here
                    placed[asked][other] -= 1
                    placed[asked][vote] += 1
                    return True
        return False

    return all(place(vote, set()) for vote, times in votes.items() for _ in range(times))


def merged_fit(
    opened: list[Opened],
    sealed_by_style: dict[int, int],
    merged: list[int],
    package: dict[int, Any],
) -> bool:
    """Say whether each merged opened vote can be one of the ballots that merged styles had."""
    room: Counter[frozenset[int]] = Counter()
    for style in package[12]:
        if style[0] in merged:
            room[frozenset(style[2])] += sealed_by_style.get(style[0], 0)
    filled = Counter(
        frozenset(at for at, chosen in enumerate(selections) if chosen)
        for style, selections, _ in opened
        if style == MERGED
    )
    return _fit_merged(filled, room)


def recount(
    opened: list[Opened],
    sealed_by_style: dict[int, int],
    merged: list[int],
    package: dict[int, Any],
) -> list[Result]:
    """Return the results of all contests.

    Who reads a merged vote that is no ballot cannot tell its style, and takes it from each contest,
    as far as votes that select something remain.

    Args:
        opened: the opened votes.
        sealed_by_style: sealed votes of each ballot style, as their signatures say, without those
            that were left out.
        merged: the styles that are published as one, as the minutes say.
        package: the station package.

    Raises:
        Wrong: there are more opened votes of a style than sealed ones.
    """
    shown = Counter(style for style, _, _ in opened)
    for style, votes in shown.items():
        limit = (
            sum(sealed_by_style.get(one, 0) for one in merged)
            if style == MERGED
            else 0
            if style in merged
            else sealed_by_style.get(style, 0)
        )
        if votes > limit:
            raise Wrong(f"there are more opened votes of ballot style {style} than sealed ones")
    lost = sum(sealed_by_style.get(one, 0) for one in merged) - shown[MERGED]
    holders = [
        {style[0] for style in package[12] if at in style[2]} for at in range(len(package[11]))
    ]
    results = []
    for at, contest in enumerate(package[11]):
        plain = sum(shown[style] for style in holders[at] if style not in merged)
        most_merged = sum(sealed_by_style.get(style, 0) for style in merged if style in holders[at])
        lines = [0] * len(contest[5])
        with_selections = against_all = 0
        for _, selections, _ in opened:
            chosen = selections[at]
            if chosen and contest[5][chosen[0]][3]:
                against_all += 1
            elif chosen:
                with_selections += 1
            for line in chosen:
                lines[line] += 1
        filled_in = sum(style == MERGED and bool(selections[at]) for style, selections, _ in opened)
        ballots = plain + max(filled_in, most_merged - lost)
        results.append(Result(ballots, with_selections, against_all, tuple(lines)))
    return results


def compare(results: list[Result], minutes: dict[int, Any]) -> None:
    """Compare the recount with the minutes. Raises: Wrong: naming the contest and the figure."""
    if len(minutes[10]) != len(results):
        raise Wrong("the minutes do not have a result for every contest")
    for at, (ours, theirs) in enumerate(zip(results, minutes[10], strict=True)):
        contest = f"contest {at + 1}"
        if theirs[0] != at or theirs[5] != list(ours.lines):
            raise Wrong(f"{contest}: the minutes have other votes for its lines than the recount")
        if (theirs[2], theirs[3]) != (ours.with_selections, ours.against_all):
            raise Wrong(f"{contest}: ballots with selections, or against all, differ")
        if theirs[1] != ours.ballots:
            raise Wrong(f"{contest}: the minutes have another number of ballots")
        if theirs[1] != theirs[2] + theirs[3] + theirs[4]:
            raise Wrong(f"{contest}: ballots are not selections + against all + blank")

"""What boards count of a shuffled list, the verifier counts too, invalid ballots included."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from accumulator import votes
from accumulator.counting import count_twice
from accumulator.votes import contest_faults
from common.ballot import Ballot
from common.evening import Lists, OpenedGroup
from common.seal.firstlists import merged_styles
from tests.property.test_accumulator_counts import Election, elections
from verifier import recount as verifiers


@dataclass(frozen=True)
class Shuffled:
    """An election, and what terminals made of it.

    Attributes:
        invalid: which of its ballots hold nothing that reads.
        signed: for which style each was signed; an honest terminal signs for the ballot's.
    """

    election: Election
    invalid: frozenset[int]
    signed: tuple[int, ...]


@st.composite
def shuffled(draw: st.DrawFn) -> Shuffled:
    election = draw(elections())
    places = range(len(election.ballots))
    invalid = draw(st.sets(st.sampled_from(places), max_size=8)) if places else set()
    signed = [style for style, _ in election.ballots]
    for at in draw(st.sets(st.sampled_from(places), max_size=4)) if places else set():
        signed[at] = draw(st.sampled_from(election.package.styles)).number
    return Shuffled(election, frozenset(invalid), tuple(signed))


def opened_groups(given_: Shuffled, merged: tuple[int, ...]) -> list[OpenedGroup]:
    """Return what two boards would open: by groups, and nothing of who had which style."""
    ballots: dict[tuple[int, ...], list[Ballot]] = {}
    invalid: Counter[tuple[int, ...]] = Counter()
    holds = {style.number: set(style.contests) for style in given_.election.package.styles}
    for at, (_, selections) in enumerate(given_.election.ballots):
        style = given_.signed[at]
        styles = merged if style in merged else (style,)
        ballots.setdefault(styles, [])
        filled = {contest for contest, lines in enumerate(selections) if lines}
        if at in given_.invalid or not any(filled <= holds[one] for one in styles):
            invalid[styles] += 1
        else:
            ballots[styles].append(Ballot(styles[0], selections, at))
    return [OpenedGroup(one, tuple(some), invalid[one]) for one, some in sorted(ballots.items())]


@given(shuffled())
def test_boards_and_verifier_agree(given_: Shuffled) -> None:
    package = given_.election.package
    by_style = Counter(given_.signed)
    threshold = package.parameters.small_style_threshold
    merged = merged_styles(by_style, threshold)
    lists = Lists((), merged, (), tuple(sorted(by_style.items())))
    groups = opened_groups(given_, merged)
    opened = votes.read_votes(lists, groups)
    assert opened.invalid == sum(group.invalid for group in groups)
    assert opened.counted == len(given_.election.ballots) - opened.invalid
    results = count_twice(opened, package)
    assert contest_faults(results, package) == ()

    theirs = cbor2.loads(package.to_bytes())
    fit = votes.merged_fit(opened, package)
    honest = all(
        s == style for s, (style, _) in zip(given_.signed, given_.election.ballots, strict=True)
    )
    assert fit or not honest
    assert verifiers.merged_styles(dict(by_style), threshold) == list(merged)
    read = verifiers.read_opened(opened.votes, theirs)
    assert verifiers.merged_fit(read, dict(by_style), list(merged), theirs) == fit
    again = verifiers.recount(read, dict(by_style), list(merged), theirs)
    verifiers.compare(again, {10: [cbor2.loads(cbor2.dumps(one.to_item())) for one in results]})

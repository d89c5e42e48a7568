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
    """An election, and which of its ballots hold nothing that reads."""

    election: Election
    invalid: frozenset[int]


@st.composite
def shuffled(draw: st.DrawFn) -> Shuffled:
    election = draw(elections())
    places = range(len(election.ballots))
    invalid = draw(st.sets(st.sampled_from(places), max_size=8)) if places else set()
    return Shuffled(election, frozenset(invalid))


def opened_groups(given_: Shuffled, merged: tuple[int, ...]) -> list[OpenedGroup]:
    """Return what two boards would open: by groups, and nothing of who had which style."""
    ballots: dict[tuple[int, ...], list[Ballot]] = {}
    invalid: Counter[tuple[int, ...]] = Counter()
    for at, (style, selections) in enumerate(given_.election.ballots):
        styles = merged if style in merged else (style,)
        ballots.setdefault(styles, [])
        if at in given_.invalid:
            invalid[styles] += 1
        else:
            ballots[styles].append(Ballot(styles[0], selections, at))
    return [OpenedGroup(one, tuple(some), invalid[one]) for one, some in sorted(ballots.items())]


@given(shuffled())
def test_boards_and_verifier_agree(given_: Shuffled) -> None:
    package = given_.election.package
    by_style = Counter(style for style, _ in given_.election.ballots)
    threshold = package.parameters.small_style_threshold
    merged = merged_styles(by_style, threshold)
    lists = Lists((), merged, (), tuple(sorted(by_style.items())))
    opened = votes.read_votes(lists, opened_groups(given_, merged))
    assert opened.counted == len(given_.election.ballots) - len(given_.invalid)
    assert opened.invalid == len(given_.invalid)
    results = count_twice(opened, package)
    assert contest_faults(results, package) == ()

    theirs = cbor2.loads(package.to_bytes())
    assert verifiers.merged_styles(dict(by_style), threshold) == list(merged)
    read = verifiers.read_opened(opened.votes, theirs)
    again = verifiers.recount(read, dict(by_style), list(merged), theirs, exact=True)
    verifiers.compare(again, {10: [cbor2.loads(cbor2.dumps(one.to_item())) for one in results]})

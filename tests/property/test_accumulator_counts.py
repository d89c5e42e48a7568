"""Both counts agree with a plain model of counting, whatever the election and the votes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from accumulator import count_a, count_b
from accumulator.counting import count_twice
from accumulator.votes import Opened, contest_faults
from common import cbor
from common.records import (
    MERGED_STYLE,
    BallotStyle,
    Contest,
    ContestKind,
    ContestResult,
    OpenedVote,
    StationPackage,
)
from common.seal.firstlists import merged_styles
from tests import samples

Chosen = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Election:
    """A package, and ballots as voters filled them in: (style, selections)."""

    package: StationPackage
    ballots: tuple[tuple[int, Chosen], ...]


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    number = draw(st.integers(1, 9))
    against_all = draw(st.booleans())
    lines = [samples.line(f"Ж {at}", f"С {at}") for at in range(number)]
    if against_all:
        at = draw(st.integers(0, number))
        lines.insert(at, samples.line("Қ", "П", against_all=True))
    return Contest(
        identifier=f"contest-{draw(st.integers(0, 10**9))}",
        kind=draw(st.sampled_from(ContestKind)),
        title=samples.text("С", "В"),
        votes_allowed=draw(st.integers(1, len(lines))),
        seats=1,
        lines=tuple(lines),
    )


@st.composite
def elections(draw: st.DrawFn) -> Election:
    made = draw(st.lists(contests(), min_size=1, max_size=4, unique_by=lambda one: one.identifier))
    numbers = list(range(len(made)))
    styles = [
        BallotStyle(
            number,
            samples.text("Т", "В"),
            tuple(draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True))),
        )
        for number in range(1, 1 + draw(st.integers(1, 4)))
    ]
    parameters = replace(
        samples.PARAMETERS, small_style_threshold=draw(st.sampled_from([0, 3, 10]))
    )
    package = replace(
        samples.package(), contests=tuple(made), styles=tuple(styles), parameters=parameters
    )
    ballots = draw(st.lists(filled_in(package), max_size=30))
    return Election(package, tuple(ballots))


@st.composite
def filled_in(draw: st.DrawFn, package: StationPackage) -> tuple[int, Chosen]:
    style = draw(st.sampled_from(package.styles))
    chosen = []
    for at, contest in enumerate(package.contests):
        plain = [n for n, line in enumerate(contest.lines) if not line.against_all]
        against = [(n,) for n, line in enumerate(contest.lines) if line.against_all]
        some = st.lists(st.sampled_from(plain), max_size=contest.votes_allowed, unique=True)
        answer = st.one_of(
            some.map(lambda lines: tuple(sorted(lines))), st.sampled_from([(), *against])
        )
        chosen.append(draw(answer) if at in style.contests else ())
    return style.number, tuple(chosen)


def model(election: Election) -> tuple[ContestResult, ...]:
    """Count by looking at each contest of each ballot once."""
    results = []
    for at, contest in enumerate(election.package.contests):
        holders = [style.number for style in election.package.styles if at in style.contests]
        answers = [chosen[at] for style, chosen in election.ballots if style in holders]
        against = [n for n, line in enumerate(contest.lines) if line.against_all]
        results.append(
            ContestResult(
                contest=at,
                ballots=len(answers),
                with_selections=sum(1 for a in answers if a and list(a) != against),
                against_all=sum(1 for a in answers if a and list(a) == against),
                blank=answers.count(()),
                lines=tuple(sum(1 for a in answers if n in a) for n in range(len(contest.lines))),
            )
        )
    return tuple(results)


def published(election: Election) -> Opened:
    by_style = Counter(style for style, _ in election.ballots)
    merged = merged_styles(by_style, election.package.parameters.small_style_threshold)
    payloads = [
        OpenedVote(MERGED_STYLE if style in merged else style, chosen, code).to_bytes()
        for code, (style, chosen) in enumerate(election.ballots)
    ]
    votes = b"".join(cbor.wrap(payload) for payload in sorted(payloads))
    return Opened(votes, dict(by_style), merged, 0, 0)


@given(elections())
def test_both_counts_agree_with_the_model(election: Election) -> None:
    opened = published(election)
    expected = model(election)
    assert count_twice(opened, election.package) == expected
    for count in (count_a.count, count_b.count):
        assert (
            count(opened.votes, election.package, opened.ballots_by_style, opened.merged)
            == expected
        )
    assert contest_faults(expected, election.package) == ()


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 40), max_size=8), st.integers(0, 15))
def test_a_published_group_is_large_or_everything(ballots: dict[int, int], threshold: int) -> None:
    merged = merged_styles(ballots, threshold)
    used = {style: count for style, count in ballots.items() if count}
    assert set(merged) <= set(used)
    assert len(merged) != 1
    held = sum(used[style] for style in merged)
    if merged:
        assert held >= threshold or set(merged) == set(used)
    for style, count in used.items():
        if count < threshold and len(used) > 1:
            assert style in merged

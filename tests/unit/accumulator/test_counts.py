"""Two counts: they agree, and a fault in either is caught by the other."""

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import pytest

from accumulator import count_a, count_b
from accumulator.counting import Count, count_twice
from accumulator.votes import Opened, contest_faults, merged_fit
from common import cbor
from common.errors import Reason, Refused
from common.records import MERGED_STYLE, ContestResult, OpenedVote, StationPackage
from tests import samples

PACKAGE = samples.package()
COUNTS = [count_a.count, count_b.count]


def listed(*votes: tuple[int, tuple[tuple[int, ...], ...]]) -> bytes:
    """Return the list of opened votes: (style, selections)."""
    payloads = [
        OpenedVote(style, chosen, code).to_bytes() for code, (style, chosen) in enumerate(votes)
    ]
    return b"".join(cbor.wrap(payload) for payload in sorted(payloads))


VOTES = (
    (1, ((0,), (0, 2, 4), (1,))),
    (1, ((2,), (2,), ())),
    (1, ((1,), (), (0,))),
    (2, ((1,), (), ())),
    (2, ((), (), ())),
)
EXPECTED = (
    ContestResult(0, 5, 3, 1, 1, (1, 2, 1)),
    ContestResult(1, 3, 2, 0, 1, (1, 0, 2, 0, 1, 0, 0)),
    ContestResult(2, 3, 2, 0, 1, (1, 1)),
)


@pytest.mark.parametrize("count", COUNTS)
def test_all_kinds_of_contests_are_counted(count: Count) -> None:
    assert count(listed(*VOTES), PACKAGE, {1: 3, 2: 2}, (), 0) == EXPECTED


@pytest.mark.parametrize("count", COUNTS)
def test_merged_styles_give_the_same_figures(count: Count) -> None:
    merged = [(MERGED_STYLE, chosen) for _, chosen in VOTES]
    assert count(listed(*merged), PACKAGE, {1: 3, 2: 2}, (1, 2), 0) == EXPECTED


@pytest.mark.parametrize("count", COUNTS)
def test_an_invalid_ballot_of_merged_styles_takes_a_blank_from_every_contest(count: Count) -> None:
    """Three ballots of style 1 and two of style 2 were sealed; one of them is none."""
    merged = listed(*((MERGED_STYLE, chosen) for _, chosen in VOTES[:4]))
    results = count(merged, PACKAGE, {1: 3, 2: 2}, (1, 2), 1)
    assert [result.ballots for result in results] == [4, 2, 2]
    assert [result.blank for result in results] == [0, 0, 0]


@pytest.mark.parametrize("count", COUNTS)
def test_an_invalid_ballot_never_takes_one_that_selects_something(count: Count) -> None:
    merged = listed(*((MERGED_STYLE, ((0,), (1,), (0,))) for _ in range(3)))
    results = count(merged, PACKAGE, {1: 3, 2: 2}, (1, 2), 2)
    assert [result.ballots for result in results] == [3, 3, 3]
    assert [result.with_selections for result in results] == [3, 3, 3]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("chosen", "fit"), [((), True), ((1,), False)])
def test_merged_votes_that_answer_more_than_was_asked_are_counted_and_told(
    count: Count, chosen: tuple[int, ...], fit: bool
) -> None:
    """A terminal signed for style 2, which asks the first contest alone, and sealed one of style 1.

    Nobody knows which vote it is, so it cannot be taken away.
    """
    votes = listed((MERGED_STYLE, ((0,), (0,), ())), (MERGED_STYLE, ((0,), chosen, ())))
    results = count(votes, PACKAGE, {1: 1, 2: 1}, (1, 2), 0)
    assert [result.ballots for result in results] == [2, 1 if fit else 2, 1]
    assert merged_fit(Opened(votes, {1: 1, 2: 1}, (1, 2), 0, 0), PACKAGE) is fit
    assert contest_faults(results, PACKAGE) == ()


@pytest.mark.parametrize("count", COUNTS)
def test_merged_votes_and_invalid_ones_are_as_many_as_were_sealed(count: Count) -> None:
    merged = listed(*((MERGED_STYLE, chosen) for _, chosen in VOTES))
    with pytest.raises(ValueError, match=r".+"):
        count(merged, PACKAGE, {1: 3, 2: 2}, (1, 2), 1)
    assert not any(result.ballots for result in count(b"", PACKAGE, {1: 3, 2: 2}, (1, 2), 5))


@pytest.mark.parametrize("count", COUNTS)
def test_no_votes_give_zeros(count: Count) -> None:
    results = count(b"", PACKAGE, {}, (), 0)
    assert [result.ballots for result in results] == [0, 0, 0]
    assert all(not any(result.lines) for result in results)


IMPOSSIBLE: dict[str, tuple[bytes, dict[int, int], tuple[int, ...]]] = {
    "a torn list": (listed(*VOTES)[:-1], {1: 3, 2: 2}, ()),
    "a vote too few": (listed(*VOTES[1:]), {1: 3, 2: 2}, ()),
    "a vote of another style": (listed((7, ((), (), ()))), {7: 1}, ()),
    "a merged vote where nothing is merged": (listed((MERGED_STYLE, ((), (), ()))), {}, ()),
    "a contest that the style does not hold": (listed((2, ((), (0,), ()))), {2: 1}, ()),
    "too many lines": (listed((1, ((0, 1), (), ()))), {1: 1}, ()),
    "a line twice": (listed((1, ((), (3, 3), ()))), {1: 1}, ()),
    "a line that is not there": (listed((1, ((), (7,), ()))), {1: 1}, ()),
    "too few contests": (listed((1, ((), ()))), {1: 1}, ()),
    "not a vote": (cbor.wrap(b"\xa0"), {1: 1}, ()),
}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_impossible_votes_stop_either_count(count: Count, what: str) -> None:
    votes, by_style, merged = IMPOSSIBLE[what]
    with pytest.raises(ValueError, match=r".+"):
        count(votes, PACKAGE, by_style, merged, 0)


def test_against_all_stands_alone_in_a_contest_of_several_votes() -> None:
    contest = replace(
        PACKAGE.contests[1],
        lines=(*PACKAGE.contests[1].lines, samples.line("Қ", "П", against_all=True)),
    )
    package = replace(PACKAGE, contests=(PACKAGE.contests[0], contest, PACKAGE.contests[2]))
    for count in COUNTS:
        good = count(listed((1, ((), (7,), ()))), package, {1: 1}, ())
        assert (good[1].against_all, good[1].with_selections, good[1].lines[7]) == (1, 0, 1)
        with pytest.raises(ValueError, match=r".+"):
            count(listed((1, ((), (0, 7), ()))), package, {1: 1}, ())


Fault = Callable[[tuple[ContestResult, ...]], tuple[ContestResult, ...]]


def _more(results: tuple[ContestResult, ...], **changes: object) -> tuple[ContestResult, ...]:
    return (replace(results[0], **changes), *results[1:])  # type: ignore[arg-type]  # by name


FAULTS: dict[str, Fault] = {
    "one vote to another line": lambda r: _more(r, lines=(2, 1, 1)),
    "4096 votes more": lambda r: _more(r, lines=(1 + 4096, 2, 1)),
    "a blank lost": lambda r: _more(r, blank=0),
    "against all lost": lambda r: _more(r, against_all=0),
    "a ballot too many": lambda r: _more(r, ballots=6),
    "selections miscounted": lambda r: _more(r, with_selections=4),
    "two contests exchanged": lambda r: (r[1], r[0], r[2]),
    "a contest forgotten": lambda r: r[:2],
}


def _with_fault(count: Count, fault: Fault) -> Count:
    def faulty(
        opened: bytes,
        package: StationPackage,
        by_style: Mapping[int, int],
        merged: Collection[int],
        merged_invalid: int,
    ) -> tuple[ContestResult, ...]:
        return fault(count(opened, package, by_style, merged, merged_invalid))

    return faulty


def test_two_counts_that_agree_give_the_result() -> None:
    opened = Opened(listed(*VOTES), {1: 3, 2: 2}, (), 0, 0)
    assert count_twice(opened, PACKAGE) == EXPECTED


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_either_count_is_caught(name: str) -> None:
    opened = Opened(listed(*VOTES), {1: 3, 2: 2}, (), 0, 0)
    fault = FAULTS[name]
    for first, second in (
        (_with_fault(count_a.count, fault), count_b.count),
        (count_a.count, _with_fault(count_b.count, fault)),
    ):
        with pytest.raises(Refused) as refused:
            count_twice(opened, PACKAGE, first, second)
        assert refused.value.reason is Reason.COUNTS_DISAGREE


def test_a_count_that_breaks_is_no_result() -> None:
    opened = Opened(listed(*VOTES)[:-1], {1: 3, 2: 2}, (), 0, 0)
    with pytest.raises(Refused) as refused:
        count_twice(opened, PACKAGE)
    assert refused.value.reason is Reason.COUNTS_DISAGREE


def test_the_counts_share_only_the_record_decoder() -> None:
    for module in (count_a, count_b):
        imports = [
            line
            for line in inspect.getsource(module).splitlines()
            if line.startswith(("from ", "import "))
        ]
        ours = [line for line in imports if "common" in line or "accumulator" in line]
        assert all("common.records" in line or line == "from common import cbor" for line in ours)

"""Votes that are none, in a whole bundle: left out and told, counted by nobody, voiding nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.verifier.bundle_records import OTHER_TERMINAL, digest, public
from tests.unit.verifier.bundles import Bundle, ballot, beyond, says
from tests.unit.verifier.prover import number
from verifier.group import SIZE, cut, multiple, multiple_of_base, plus
from verifier.recount import MERGED
from verifier.sealed import COPY, NOT_KNOWN, UNREADABLE


class Greedy(Bundle):
    """An accumulator that counts what it must leave out."""

    def mixed(self, signed_votes: list[bytes]) -> list[bytes]:
        return signed_votes


class Copying(Bundle):
    """The other terminal hands in the ballot that the first one sealed, as its own vote."""

    def seal(self, content: bytes, style: int, terminal: str) -> bytes:
        if terminal == OTHER_TERMINAL and style == 0:
            return self.copied
        sealed = super().seal(content, style, terminal)
        if style == 0:
            self.copied = self.bent(sealed)
        return sealed

    def bent(self, sealed: bytes) -> bytes:
        return sealed

    copied: bytes


class Bending(Copying):
    """It seals the copy once more, so that it looks like another, and moves the proof along."""

    def bent(self, sealed: bytes) -> bytes:
        a, b, c, s = cut(sealed)
        (r,) = self.prover.fresh(1)
        moved = number(int.from_bytes(s, "little") + int.from_bytes(c, "little") * r)
        again = plus(a, multiple_of_base(r)), plus(b, multiple(r, self.here.key))
        return b"".join(again) + c + moved


class OfAnotherRound(Bundle):
    """The other terminal hands in a ballot that was sealed for another package."""

    def seal(self, content: bytes, style: int, terminal: str) -> bytes:
        by = replace(self.here, terminal=public(terminal))
        if terminal == OTHER_TERMINAL and style == 0:
            by = replace(by, package=digest(b"the first round"))
        return by.sealed([content], style)[0]


class OfAnotherStyle(Bundle):
    """The other terminal seals for one ballot style and signs for another."""

    def seal(self, content: bytes, style: int, terminal: str) -> bytes:
        other = terminal == OTHER_TERMINAL and style == 0
        return super().seal(content, 1 if other else style, terminal)


class Unreadable(Bundle):
    """The other terminal writes a number that is not in its one form."""

    def seal(self, content: bytes, style: int, terminal: str) -> bytes:
        sealed = super().seal(content, style, terminal)
        if terminal == OTHER_TERMINAL and style == 0:
            return sealed[:-SIZE] + beyond(sealed[-SIZE:])
        return sealed


class Repeating(Bundle):
    """Sources of randomness are broken: two terminals draw the same for two voters."""

    def seal(self, content: bytes, style: int, terminal: str) -> bytes:
        self.prover.chance.seed(5 if style == 0 else content)
        return super().seal(content, style, terminal)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Copying, NOT_KNOWN),
        (Bending, NOT_KNOWN),
        (OfAnotherRound, NOT_KNOWN),
        (OfAnotherStyle, NOT_KNOWN),
        (Unreadable, UNREADABLE),
        (Repeating, COPY),
    ],
)
def test_a_vote_that_is_none_voids_nothing_and_is_counted_by_nobody(
    kind: type[Bundle], why: str
) -> None:
    class Counted(Greedy, kind):  # type: ignore[misc,valid-type]  # a mixin for each kind
        """The same terminal, and an accumulator that counts its vote all the same."""

    counted = Counted()
    assert counted.sealed[1] == (OTHER_TERMINAL, 0)
    contents = counted.contents()
    counted.voted = [contents[0], contents[0], *contents[2:]]
    counted.code = lambda at: at * (at > 1)
    counted.minutes = {14: [7]}  # a code stands twice
    says(counted, "first shuffle", "not as many ballots")

    bundle = kind()
    if why is not COPY:
        bundle.unproved = {1}
    bundle.voted = [contents[0], contents[0], *contents[2:]]
    bundle.opened = [bundle.opened[0], *bundle.opened[2:]]
    bundle.code = lambda at: at + (at > 0)
    says(bundle, "opened votes", "do not tell of discrepancy 5")
    bundle.minutes = {14: [5]}
    report = bundle.examined()
    assert report.accepted, bundle.refused()
    assert len([one for one in report.remarks if one.endswith(why)]) == 1
    assert "the minutes tell of a discrepancy: there are invalid ballots" in report.remarks


def test_a_ballot_that_is_none_is_told_after_the_shuffle() -> None:
    bundle = Bundle()
    bundle.voted = [b"\0\0\3\0", *bundle.contents()[1:]]  # two lines of one
    says(bundle, "contents", "the published opened votes are not what the sealed votes hold")
    del bundle.opened[0]
    bundle.code = lambda at: at + 1
    bundle.minutes = {14: [5]}
    report = bundle.examined()
    assert report.accepted, bundle.refused()
    assert "1 opened votes are no ballots and were counted for nobody" in report.remarks


def test_a_ballot_of_another_merged_style_is_told_and_voids_nothing() -> None:
    """A terminal signed for style 0 and sealed a ballot of style 1: nobody can tell which it is."""
    bundle = Bundle().merge()
    bundle.opened = [(MERGED, chosen) for chosen in ([[0], []], *[[[], [1]]] * 3)]
    bundle.results = [
        {0: 0, 1: 2, 2: 1, 3: 0, 4: 1, 5: [1, 0, 0]},
        {0: 1, 1: 3, 2: 3, 3: 0, 4: 0, 5: [0, 3, 0]},
    ]
    says(bundle, "recount", "do not tell of discrepancy 11")
    bundle.minutes = {14: [11]}
    report = bundle.examined()
    assert report.accepted, bundle.refused()
    what = "merged opened votes select in more contests than their ballots held"
    assert what in report.remarks


def test_an_invalid_merged_ballot_is_taken_from_every_contest() -> None:
    def merged(results: list[list[int]], *opened: list[list[int]]) -> Bundle:
        bundle = Bundle().merge()
        bundle.voted = [b"\0\0\3\0", *bundle.contents()[1:]]
        bundle.opened = [(MERGED, one) for one in opened]
        bundle.voted[1:] = [ballot(at, *chosen) for at, (_, chosen) in enumerate(bundle.opened)]
        bundle.minutes = {14: [5]}
        bundle.results = [
            {0: at, 1: one[0], 2: one[1], 3: 0, 4: one[2], 5: one[3:]}
            for at, one in enumerate(results)
        ]
        return bundle

    opened: list[list[list[int]]] = [[[0], []], [[], [1]], [[], []]]
    right = merged([[1, 1, 0, 1, 0, 0], [1, 1, 0, 0, 1, 0]], *opened)
    assert right.refused() == "ACCEPTED"
    # Blank ballots may not be made of the invalid one, in either contest.
    for results in (
        [[2, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0]],
        [[1, 1, 0, 1, 0, 0], [2, 1, 1, 0, 1, 0]],
    ):
        says(merged(results, *opened), "recount", "another number of ballots")
    # Where more votes select something than would be left, these are what is left.
    opened = [[[0], []], [[], [1]], [[], [1]]]
    full = merged([[1, 1, 0, 1, 0, 0], [2, 2, 0, 0, 2, 0]], *opened)
    assert full.refused() == "ACCEPTED"

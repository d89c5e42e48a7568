"""What the boards make in the evening, in the files of the bundle: the verifier believes it."""

from __future__ import annotations

from functools import cache

import pytest

from accumulator import bundle
from common import records
from common.ballot import Ballot
from common.records import MERGED_STYLE
from tests import evenings, samples
from tests.evenings import ACCUMULATOR, BALLOTS, DESK, Walk
from tests.unit.verifier.bundles import payload
from verifier import evidence
from verifier.checks import STEPS
from verifier.encoding import Wrong
from verifier.evidence import Case
from verifier.figures import cast_votes
from verifier.proved import PROVED
from verifier.recount import Opened


@cache
def walk(accumulator: str = "accumulator", desk: str = "desk-1") -> Walk:
    """Return an evening: good votes, a copy, one without proof, one that holds no ballot."""
    here = evenings.opened_order()
    votes = evenings.cast_all(here, BALLOTS)
    again = records.open_record(records.CastVote, votes[0], samples.device("terminal-1").sign_key)
    votes.append(evenings.signed_vote(here, 1, again.sealed, "terminal-2"))
    forged = bytes(len(again.sealed))
    votes.append(evenings.signed_vote(here, 2, forged, "terminal-1"))
    votes.append(evenings.cast(here, Ballot(1, ((), (), ()), 0), "none", encoded=b"\xff" * 5))
    return Walk(votes, accumulator, desk)


def files(evening: Walk) -> dict[str, bytes]:
    """Return the files of the bundle that the proofs need, as the accumulator writes them."""
    boards = {ACCUMULATOR: evening.accumulator, DESK: evening.desk}
    proofs = bundle.Proofs(
        evening.mixes,
        {name: evening.checked(kind) for kind, name in boards.items()},
        {name: evening.opening(kind) for kind, name in boards.items()},
    )
    return {
        evidence.START_ORDER: evening.here.start_order,
        evidence.SEALED: evening.votes_file,
        evidence.CHECK_VALUES: bundle.check_values(evening.votes),
        **proofs.files(),
    }


def published(evening: Walk) -> list[Opened]:
    """Return what both boards opened."""
    return [
        (group.styles[0] if len(group.styles) == 1 else MERGED_STYLE, one.selections, one.code)
        for group in evening.ballots()
        for one in group.ballots
    ]


def examined(evening: Walk, change: dict[str, bytes] | None = None) -> tuple[Case, dict[str, str]]:
    """Take the steps of the proofs."""
    case = Case(files(evening) | (change or {}), b"")
    signed = records.sign(samples.package(), samples.ROOT)
    case.package, case.package_hash = payload(signed), samples.package_hash()
    case.start_order = payload(evening.here.start_order)
    case.votes = cast_votes(case, "the list of sealed votes")
    case.opened = published(evening)
    found = {step.name: step.check(case) for step in STEPS if step.name in PROVED}
    return case, found


def test_what_the_boards_make_is_believed() -> None:
    case, found = examined(walk())
    assert list(found) == list(PROVED)
    assert found["contents"] == (
        "5 opened votes are what the sealed votes hold; invalid: 2 left out, 1 that are no ballots"
    )
    count = case.counting()
    assert count.merged == walk().lists.merged
    assert count.by_style == dict(walk().lists.votes_by_style)
    assert len(case.remarks) == 3


def test_spares_do_it_in_the_place_of_the_dead() -> None:
    names = [board.name for board in samples.package().boards if board.spare]
    accumulators = [name for name in names if name.startswith("accumulator")]
    desks = [name for name in names if name.startswith("desk")]
    assert desks
    for desk in desks[:1]:
        for accumulator in (*accumulators[:1], "accumulator"):
            _, found = examined(walk(accumulator, desk))
            assert found["checks"] == f"signed by {', '.join(sorted((accumulator, desk)))}"


def test_files_of_two_evenings_do_not_mix() -> None:
    other = Walk(walk().votes[:-1])
    for path, step in (
        ("mixes/1.cose", "not as many ballots"),
        ("mixes/2.cose", "does not follow the one before it"),
        ("checked/desk-1.cose", "about other shuffles"),
        ("openings/desk-1.cose", "about other shuffles"),
        ("check-values.txt", "does not hold the check values"),
    ):
        with pytest.raises(Wrong, match=step):
            examined(walk(), {path: files(other)[path]})

"""The evidence of a day whose count has proofs, and boards that lie with all their keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from common import cbor, cose, records
from common.records import (
    CastVote,
    Mix,
    MixChecked,
    OpenedVote,
    Opening,
    Record,
)
from common.seal.checkvalue import check_value
from tests.system.conftest import HeldDay
from tests.system.evil import EvilAccumulator, Files, Rewrite, accomplices, altered
from verifier import evidence
from verifier.checks import STEPS
from verifier.report import examine, examine_files

pytestmark = [pytest.mark.day, pytest.mark.timeout(600), pytest.mark.xdist_group("evidence")]
ACCUMULATOR, DESK = "accumulator-1", "desk-1"


@pytest.fixture(scope="module")
def day(evidence_day: HeldDay) -> HeldDay:
    """The day whose bundle it is."""
    return evidence_day


@pytest.fixture
def files(day: HeldDay) -> Files:
    """Every file of its bundle."""
    return evidence.read_folder(day.evidence)


@pytest.fixture(scope="module")
def evil(day: HeldDay) -> EvilAccumulator:
    """The day's accumulator, gone bad."""
    return EvilAccumulator(day)


def refused_at(files: Files, day: HeldDay) -> str:
    """Insist that the bundle is refused; return the step that refused it and what it said."""
    report, _ = examine_files(files, day.root_key)
    (wrong,) = (finding for finding in report.findings if finding.right is False)
    return f"{wrong.step}: {wrong.found}"


def test_every_step_holds_and_nothing_is_left_unchecked(day: HeldDay) -> None:
    report, case = examine(day.evidence, day.root_key)
    assert report.accepted, report.as_text()
    assert [one.step for one in report.findings] == [step.name for step in STEPS]
    assert case is not None
    assert case.count is not None
    assert len(case.count.opened) == len(case.opened) == len(case.votes)
    assert "NOT CHECKED" not in day.said


def test_voters_find_their_check_values(files: Files) -> None:
    signed, _ = cbor.split_sequence(files[evidence.SEALED])
    values = files[evidence.CHECK_VALUES].decode("ascii").splitlines()
    assert values == sorted(check_value(vote).replace(" ", "-") for vote in signed)


def test_the_orders_of_the_lists_say_nothing(files: Files) -> None:
    """No ballot of a list is one of the list before; the opened ones are sorted by content."""
    lists: list[set[bytes]] = [
        {
            CastVote.from_bytes(cose.payload_of(vote)).sealed[:32]
            for vote in cbor.split_sequence(files[evidence.SEALED])[0]
        }
    ]
    for path in evidence.MIXES:
        groups = Mix.from_bytes(cose.payload_of(files[path])).groups
        width = sum(len(group.list) for group in groups) // len(lists[0])
        lists.append(
            {
                group.list[at : at + 32]
                for group in groups
                for at in range(0, len(group.list), width)
            }
        )
    assert [len(one) for one in lists] == [len(lists[0])] * 3
    assert not lists[0] & lists[1]
    assert not lists[1] & lists[2]
    assert not lists[0] & lists[2]


Lie = Callable[[Files], Files]


def _another_code(files: Files) -> Files:
    opened, _ = cbor.split_sequence(files[evidence.OPENED])
    codes = Counter(OpenedVote.from_bytes(one).code for one in opened)
    vote = OpenedVote.from_bytes(opened[0])
    free = next(code for code in range(10_000) if not codes[code])
    lie = OpenedVote(vote.style, vote.selections, free).to_bytes()
    content = b"".join(cbor.wrap(one) for one in sorted([lie, *opened[1:]]))
    return {**files, evidence.OPENED: content}


def _without_a_check_value(files: Files) -> Files:
    lines = files[evidence.CHECK_VALUES].splitlines(keepends=True)
    return {**files, evidence.CHECK_VALUES: b"".join(lines[1:])}


def _put(path: str, content: bytes) -> Rewrite:
    return lambda files, _: {**files, path: content}


def _without(path: str) -> Lie:
    return lambda files: {name: content for name, content in files.items() if name != path}


@pytest.mark.parametrize(
    ("lie", "step"),
    [
        (_another_code, "contents: the published opened votes are not what the sealed votes hold"),
        (_without_a_check_value, "check values: "),
        (_without(evidence.MIXES[1]), "files: mixes/2.cose is missing"),
        (_without(f"checked/{DESK}.cose"), f"checks: {DESK} opened, but did not sign"),
        (_without(f"openings/{DESK}.cose"), "openings: "),
    ],
    ids=["code", "check value", "mix", "checked", "opening"],
)
def test_lies_that_all_officials_sign_are_caught_by_the_proofs(
    day: HeldDay, files: Files, evil: EvilAccumulator, lie: Lie, step: str
) -> None:
    forged = accomplices(files, evil, day, lambda whole, _: lie(whole))
    assert refused_at(forged, day).startswith(step)


@pytest.mark.parametrize(
    ("path", "kind", "board", "step"),
    [
        (evidence.MIXES[0], Mix, ACCUMULATOR, "first shuffle"),
        (evidence.MIXES[1], Mix, DESK, "second shuffle"),
        (f"checked/{DESK}.cose", MixChecked, DESK, "checks"),
        (f"openings/{ACCUMULATOR}.cose", Opening, ACCUMULATOR, "openings"),
        (f"openings/{DESK}.cose", Opening, DESK, "openings"),
    ],
)
def test_records_that_lying_boards_alter_are_caught(
    day: HeldDay,
    files: Files,
    evil: EvilAccumulator,
    *,
    path: str,
    kind: type[Record],
    board: str,
    step: str,
) -> None:
    key = evil.accomplice(day, board)
    tried = 0
    for name, record in altered(kind.from_bytes(cose.payload_of(files[path]))):
        lie = _put(path, records.sign(record, key))
        forged = accomplices(files, evil, day, lie)
        assert refused_at(forged, day).startswith(f"{step}: "), name
        tried += 1
    assert tried >= 4

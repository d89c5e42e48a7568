"""The evidence bundle of a held day, and what the verifier says when anything in it is changed."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from common import cbor, cose, records
from common.cose import SignedBody
from common.records import (
    Figure,
    Minutes,
    Record,
    StartOrder,
    Statement,
    StationPackage,
)
from tests.system.conftest import ROOT, HeldDay, HoldDay
from tests.system.evil import EvilAccumulator, Files, Rewrite, accomplices, altered
from verifier import evidence
from verifier.checks import STEPS
from verifier.encoding import Wrong
from verifier.report import examine, examine_files

pytestmark = [pytest.mark.day, pytest.mark.timeout(600), pytest.mark.xdist_group("evidence")]


@pytest.fixture(scope="session")
def day(evidence_day: HeldDay) -> HeldDay:
    """The day whose bundle it is."""
    return evidence_day


@pytest.fixture
def files(day: HeldDay) -> Files:
    """Every file of its bundle."""
    return evidence.read_folder(day.evidence)


def refused_at(files: Files, day: HeldDay) -> str:
    """Insist that the bundle is refused; return the step that refused it and what it said."""
    report, _ = examine_files(files, day.root_key)
    assert not report.accepted
    (wrong,) = (finding for finding in report.findings if finding.right is False)
    return f"{wrong.step}: {wrong.found}"


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a person does."""
    command = [sys.executable, "-m", "verifier", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_bundle_is_accepted_in_words_and_in_json(day: HeldDay) -> None:
    root = str(day.out / "root.pub")
    said = verify(str(day.evidence), "--root", root)
    assert said.returncode == 0, said.stdout
    assert "ACCEPTED" in said.stdout
    assert "NOT CHECKED" not in said.stdout
    assert [step.name for step in STEPS if f"right  {step.name}:" not in said.stdout] == []
    report = json.loads(verify(str(day.evidence), "--root", root, "--json").stdout)
    assert report["accepted"]
    for contest in report["contests"]:
        counted = day.summary["contests"][contest["contest"]]
        assert contest["lines"] == [counted[str(n)] for n in range(1, len(counted))]
        assert contest["blank"] == counted["blank"]


def test_a_voter_finds_the_vote_by_its_code(day: HeldDay, files: Files) -> None:
    vote = records.OpenedVote.from_bytes(cbor.split_sequence(files[evidence.OPENED])[0][0])
    root = str(day.out / "root.pub")
    said = verify(str(day.evidence), "--root", root, "--code", f"{vote.code:04}").stdout
    assert f"Control code {vote.code:04}:" in said


def test_the_command_line_says_what_is_wrong(day: HeldDay, tmp_path: Path) -> None:
    for arguments, option in (
        ((str(day.evidence), "--root", "abc"), "--root"),
        ((str(day.evidence), "--root", "00" * 32, "--code", "12"), "--code"),
        ((str(day.evidence),), "--root"),
    ):
        said = verify(*arguments)
        assert said.returncode == 2
        assert option in said.stderr
    for bundle in (tmp_path, tmp_path / "missing", day.out):
        said = verify(str(bundle), "--root", "00" * 32)
        assert said.returncode == 1
        assert "REFUSED" in said.stdout
    assert verify(str(day.evidence), "--root", "00" * 32).returncode == 1


def test_each_byte_of_the_manifest_counts(day: HeldDay, files: Files) -> None:
    _, case = examine_files(files, day.root_key)
    steps = {step.name: step.check for step in STEPS}
    manifest = files[evidence.MANIFEST]
    for at in range(len(manifest)):
        case.files[evidence.MANIFEST] = changed(manifest, at, 1 + at % 255)
        with pytest.raises(Wrong):
            steps["files"](case)
    for at in range(0, len(manifest), 97):
        files[evidence.MANIFEST] = changed(manifest, at, 0x40)
        assert refused_at(files, day).startswith("files:")


def test_twenty_bytes_of_every_other_file_count(day: HeldDay, files: Files) -> None:
    draw = random.Random(day.summary["seed"])
    for path in sorted(files.keys() - {evidence.MANIFEST}):
        content = files[path]
        for _ in range(20):
            at = draw.randrange(len(content))
            files[path] = changed(content, at, draw.randrange(1, 256))
            refused_at(files, day)
        files[path] = content[:-1]
        refused_at(files, day)
        files[path] = content + b"\0"
        refused_at(files, day)
        files[path] = content
    assert examine_files(files, day.root_key)[0].accepted


def changed(content: bytes, at: int, by: int) -> bytes:
    """Return the content with one byte changed."""
    return content[:at] + bytes([content[at] ^ by]) + content[at + 1 :]


def test_no_file_may_be_missing_added_or_of_another_day(
    day: HeldDay, files: Files, hold_day: HoldDay, tmp_path: Path
) -> None:
    other = hold_day("big", 8, "--terminals", "2")
    theirs = evidence.read_folder(other.evidence)
    bundle = tmp_path / "bundle"
    shutil.copytree(day.evidence, bundle)
    for path in sorted(files):
        (bundle / path).unlink()
        assert not examine(bundle, day.root_key)[0].accepted, path
        (bundle / path).write_bytes(files[path])
        if path in theirs and theirs[path] != files[path]:
            (bundle / path).write_bytes(theirs[path])
            assert not examine(bundle, day.root_key)[0].accepted, path
            (bundle / path).write_bytes(files[path])
    for surplus in ("acts/999-reload.cose", "statements/desk-9.cose", "notes.txt", "book/x.cbor"):
        (bundle / surplus).write_bytes(files[evidence.MINUTES])
        assert not examine(bundle, day.root_key)[0].accepted, surplus
        (bundle / surplus).unlink()
    (bundle / "journals" / "link.cborseq").symlink_to(bundle / evidence.MINUTES)
    assert not examine(bundle, day.root_key)[0].accepted
    (bundle / "journals" / "link.cborseq").unlink()
    assert examine(bundle, day.root_key)[0].accepted
    assert not examine(other.evidence, day.root_key)[0].accepted


@pytest.fixture(scope="session")
def evil(day: HeldDay) -> EvilAccumulator:
    """The day's accumulator, gone bad."""
    return EvilAccumulator(day)


def test_repacking_alone_is_no_evil(day: HeldDay, files: Files, evil: EvilAccumulator) -> None:
    assert examine_files(evil.pack(files), day.root_key)[0].accepted


@pytest.mark.parametrize(
    ("path", "kind", "who"),
    [
        (evidence.START_ORDER, StartOrder, "station"),
        ("statements/accumulator-1.cose", Statement, "device"),
        ("statements/desk-1.cose", Statement, "device"),
        ("statements/terminal-1.cose", Statement, "device"),
        (evidence.PACKAGE, StationPackage, "station"),
        (evidence.PROGRAM, records.ProgramManifest, "station"),
    ],
)
def test_an_evil_accumulator_cannot_alter_what_others_protect(
    day: HeldDay, files: Files, evil: EvilAccumulator, path: str, kind: type[Record], who: str
) -> None:
    key: SigningKey = getattr(evil, who)
    payload = cose.payload_of(files[path])
    tried = 0
    for name, record in altered(kind.from_bytes(payload)):
        forged = evil.pack({**files, path: records.sign(record, key)})
        assert refused_at(forged, day), name
        tried += 1
    assert tried >= 2


def test_an_evil_accumulator_cannot_write_other_minutes(
    day: HeldDay, files: Files, evil: EvilAccumulator
) -> None:
    body = cbor.decode(files[evidence.MINUTES][2:], max_size=1 << 20)
    assert isinstance(body, tuple)
    old = Minutes.from_bytes(body[2])
    signers = [(header, signature) for header, _, signature in body[3][1:]]
    tried = 0
    for _, minutes in altered(old):
        mine = SignedBody(minutes.to_bytes(), Minutes.external()).with_board(evil.station)
        alone = evil.pack({**files, evidence.MINUTES: mine.to_bytes()})
        assert refused_at(alone, day).startswith("minutes:")
        board = cbor.decode(mine.to_bytes()[2:], max_size=1 << 20)
        assert isinstance(board, tuple)
        stolen = [board[3][0], *([header, {}, signature] for header, signature in signers)]
        content = b"\xd8\x62" + cbor.encode([b"", {}, minutes.to_bytes(), stolen])
        assert "signature is wrong" in refused_at(
            evil.pack({**files, evidence.MINUTES: content}), day
        )
        tried += 1
    assert tried >= 10


def test_an_evil_accumulator_cannot_drop_add_or_change_votes(
    day: HeldDay, files: Files, evil: EvilAccumulator
) -> None:
    sealed, _ = cbor.split_sequence(files[evidence.SEALED])
    opened, _ = cbor.split_sequence(files[evidence.OPENED])
    vote = records.OpenedVote.from_bytes(opened[0])
    lie = records.OpenedVote(vote.style, vote.selections, (vote.code + 1) % 10_000).to_bytes()
    for path, votes in (
        (evidence.SEALED, sealed[1:]),
        (evidence.SEALED, sorted([*sealed, sealed[0]])),
        (evidence.OPENED, opened[1:]),
        (evidence.OPENED, sorted([*opened, opened[0]])),
        (evidence.OPENED, sorted([lie, *opened[1:]])),
    ):
        forged = evil.pack({**files, path: b"".join(cbor.wrap(one) for one in votes)})
        assert refused_at(forged, day).startswith("files:")


def _without_first(path: str) -> Rewrite:
    def change(files: Files, _: EvilAccumulator) -> Files:
        items, _end = cbor.split_sequence(files[path])
        return {**files, path: b"".join(cbor.wrap(one) for one in items[1:])}

    return change


def _unsorted(path: str) -> Rewrite:
    def change(files: Files, _: EvilAccumulator) -> Files:
        items, _end = cbor.split_sequence(files[path])
        return {**files, path: b"".join(cbor.wrap(one) for one in reversed(items))}

    return change


def _own_figures(files: Files, evil: EvilAccumulator) -> Files:
    path = "statements/accumulator-1.cose"
    statement = Statement.from_bytes(cose.payload_of(files[path]))
    item = statement.to_item()
    figures = {**statement.figures, Figure.REFUSED_CARDS: 99}
    item[6] = {int(figure): value for figure, value in sorted(figures.items())}
    forged = Statement.from_bytes(cbor.encode(item))
    return {**files, path: records.sign(forged, evil.device)}


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (_without_first(evidence.SEALED), "serials"),
        (_without_first(evidence.OPENED), "opened votes"),
        (_unsorted(evidence.SEALED), "sealed votes"),
        (_unsorted(evidence.OPENED), "opened votes"),
        (_without_first("journals/desk-1.cborseq"), "journals"),
        (_without_first("journals/accumulator-1.cborseq"), "journals"),
        (_own_figures, "other figures"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_even_with_all_officials_the_arithmetic_tells(
    day: HeldDay, files: Files, evil: EvilAccumulator, change: Rewrite, step: str
) -> None:
    assert refused_at(accomplices(files, evil, day, change), day).startswith(f"{step}:")

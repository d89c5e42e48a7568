"""What an accumulator could write with its own keys, and officials who sign what it shows them.

Each test builds a bundle in which everybody has signed, and one thing is not as it must be.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    CHAIR,
    DESK,
    MEMBER,
    OTHER_TERMINAL,
    TECHNICIAN,
    TERMINAL,
    bitmap,
    public,
)
from tests.unit.verifier.bundles import Bundle
from verifier import encoding, evidence
from verifier.__main__ import main
from verifier.encoding import Wrong, cbor, sequence
from verifier.recount import MERGED, merged_styles
from verifier.report import examine_files


def test_the_bundle_that_all_others_are_changed_from_is_accepted() -> None:
    assert Bundle().refused() == "ACCEPTED"
    merged = Bundle(threshold=10, merged=[0, 1])
    merged.opened = [(MERGED, chosen) for _, chosen in merged.opened]
    assert merged.refused() == "ACCEPTED"


def test_a_dropped_vote_is_told_whatever_the_accumulator_states() -> None:
    bundle = Bundle(issued=5, statements={TERMINAL: {6: {14: 3}}})
    assert bundle.refused().startswith("other figures: the minutes do not tell of discrepancy 9")
    bundle.statements[ACCUMULATOR] = {6: {14: -1}}
    assert bundle.refused() == (
        "statements: the statement of accumulator-1: not of the documented form"
    )


@pytest.mark.parametrize("merged", [[0, 0], [0], [False, 0], [0, 1], [7]])
def test_ballot_styles_are_merged_as_the_rule_says_and_not_otherwise(merged: list[Any]) -> None:
    # Twice the same style made room for votes that another style's voters had cast.
    bundle = Bundle(threshold=1, merged=merged)
    bundle.opened = [(MERGED, [[0], []])] * 4
    bundle.results = [
        {0: 0, 1: 4, 2: 4, 3: 0, 4: 0, 5: [4, 0, 0]},
        {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: [0, 0, 0]},
    ]
    said = bundle.refused()
    assert said.startswith(("minutes:", "first shuffle:", "contents:", "recount:"))


def test_no_figure_of_a_contest_is_negative() -> None:
    bundle = Bundle(threshold=10, merged=[0, 1])
    bundle.opened = [(MERGED, [[0], []])] * 4
    bundle.results = [
        {0: 0, 1: 2, 2: 4, 3: 0, 4: -2, 5: [4, 0, 0]},
        {0: 1, 1: 2, 2: 0, 3: 0, 4: 2, 5: [0, 0, 0]},
    ]
    assert bundle.refused() == "minutes: the minutes: not of the documented form"


@pytest.mark.parametrize(
    ("used", "threshold", "merged"),
    [
        ({0: 3, 1: 20}, 10, [0, 1]),
        ({0: 3, 1: 20, 2: 20}, 10, [0, 1]),
        ({0: 5, 1: 6, 2: 20}, 10, [0, 1]),
        ({0: 3}, 10, []),
        ({0: 10, 1: 20}, 10, []),
        ({0: 0, 1: 20}, 10, []),
    ],
)
def test_the_rule_of_merging(used: dict[int, int], threshold: int, merged: list[int]) -> None:
    assert merged_styles(used, threshold) == merged


@pytest.mark.parametrize(
    "minutes",
    [
        {10: [[0, 2, 2, 0, 0, [2, 0, 0]], [1, 2, 2, 0, 0, [0, 2, 0]]]},  # lists instead of maps
        {6: True},
        {7: -1},
        {8: 1 << 63},
        {9: {99: 1}},
        {11: {}},
        {13: "x"},
        {14: [99]},
        {14: [True]},
        {16: 0},
        {16: [[DESK, "desk-2"]]},
        {16: [{0: DESK}]},
        {17: 0},
    ],
)
def test_minutes_have_their_one_form(minutes: dict[int, Any]) -> None:
    assert Bundle(minutes=minutes).refused().startswith("minutes:")


@pytest.mark.parametrize("figures", [{6: True}, {7: -1}, {10: False}, {18: -1}, {19: 0}])
def test_figures_are_counts(figures: dict[int, Any]) -> None:
    assert Bundle(figures=figures).refused().startswith("minutes:")


def test_opened_votes_hold_numbers_and_no_truth_values() -> None:
    assert Bundle(code=lambda at: at == 0).refused().startswith("opened votes:")
    bundle = Bundle()
    bundle.opened = [(style == 1, chosen) for style, chosen in bundle.opened]
    assert bundle.refused().startswith("opened votes:")


def test_a_board_is_written_off_by_an_act_of_that_kind_only() -> None:
    bundle = Bundle(minutes={13: [OTHER_TERMINAL]}, without={OTHER_TERMINAL})
    bundle.acts["002-reload"] = ({0: 4, 5: {7: OTHER_TERMINAL}}, ACCUMULATOR, [MEMBER])
    assert bundle.refused().startswith("statements: terminal-2 was written off, but no act")
    both = [CHAIR, MEMBER]
    bundle.acts = {"002-written-off": ({0: 10, 5: {7: OTHER_TERMINAL}}, ACCUMULATOR, both)}
    assert bundle.refused() == "ACCEPTED"
    bundle.minutes = {13: ["terminal-9"]}
    bundle.without = set()
    assert bundle.refused().endswith("written off or replaced that is not in the package")
    bundle.minutes = {13: [OTHER_TERMINAL]}
    assert "written off or replaced twice, or although" in bundle.refused()


@pytest.mark.parametrize(
    ("board", "statement"),
    [
        (TERMINAL, {7: {0: TERMINAL, 1: bitmap([])}, 8: {0: TERMINAL, 1: bitmap([])}}),
        (TERMINAL, {9: [{0: DESK, 1: bitmap([0])}]}),
        (DESK, {9: [{0: DESK, 1: bitmap([0])}]}),
        (ACCUMULATOR, {9: [{0: DESK, 1: bitmap([0, 1])}, {0: DESK, 1: bitmap([2, 3])}]}),
        (ACCUMULATOR, {9: [{0: DESK, 1: bytes(511)}]}),
        (ACCUMULATOR, {4: None, 5: 0}),
    ],
)
def test_each_board_states_what_is_its_own(board: str, statement: dict[int, Any]) -> None:
    said = Bundle(statements={board: statement}).refused()
    assert said.startswith(("statements:", "minutes:"))  # the minutes repeat the journal's head


def test_the_minutes_name_each_journal_once() -> None:
    bundle = Bundle()
    body = cbor2.loads(bundle.files()["minutes.cose"][2:])
    heads = cbor2.loads(body[2])[12]
    bundle.minutes = {12: heads}
    assert bundle.refused() == "ACCEPTED"
    bundle.minutes = {12: [{**heads[0], 2: 7}, *heads]}
    assert bundle.refused().startswith("journals:")
    bundle.minutes = {12: heads[1:]}
    assert bundle.refused().startswith("journals:")


@pytest.mark.parametrize(
    "facts",
    [
        {5: bytes(191)},
        {5: b""},
        {6: b""},
        {6: 0},
        {2: True},
        {3: 1},
    ],
)
def test_the_opening_act_says_all_that_it_must(facts: dict[int, Any]) -> None:
    assert Bundle(opening_facts=facts).refused().startswith("opening:")


def test_the_opening_is_the_accumulators() -> None:
    assert Bundle(opening={3: TERMINAL}).refused().startswith("opening:")
    assert Bundle(order={4: TERMINAL}).refused().startswith("opening:")
    both = Bundle(opening={3: TERMINAL}, order={4: TERMINAL})
    assert both.refused().startswith("opening: the start order and its opening act are not of one")


def test_a_technician_does_not_stand_in_for_a_member() -> None:
    bundle = Bundle(opening_signers=[CHAIR, TECHNICIAN])
    assert bundle.refused().endswith("signed by fewer officials than must sign it")
    bundle.opening_signers = [MEMBER, TECHNICIAN]
    assert bundle.refused().startswith("opening:")


@pytest.mark.parametrize(
    "picture",
    [
        [bytes(32), 1 << 62, 4, zlib.compress(bytes(16))],
        [bytes(32), -1, -4, zlib.compress(bytes(16))],
        [bytes(32), 1 << 12, 1 << 12, zlib.compress(bytes(1 << 26))],
        [bytes(32), 2, 2, b""],
        [],
    ],
)
def test_pictures_that_are_none_are_refused_before_they_are_unpacked(picture: list[Any]) -> None:
    assert Bundle(pictures=[picture]).refused().startswith("book:")


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        b"\x81" * 100_000 + b"\x00",
        b"\xa1\x00" * 50_000 + b"\x00",
        b"\x9b\x00\x00\xff\xff\xff\xff\xff\xff",
        b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x9f\x00\xff",
        b"\xf9\x7e\x00",  # NaN
        b"\xf7",
        b"\xf8\x20",
        b"\xc2\x49" + bytes(9),
        b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xa2\x00\x00\x00\x01",
        b"\xa1\x20\x00",
        b"\xa1\xf4\x00",
        b"\xa1\x81\x00\x00",
        b"\xa1\x61a\x00",
        b"\x62\xff\xfe",
        b"\x18\x00",
        b"\x00\x00",
        b"\xd8\x1c\x81\xd8\x1d\x00",  # a list that holds itself
    ],
    ids=lambda value: value[:6].hex(),
)
def test_odd_cbor_is_refused_in_words(untrusted: bytes) -> None:
    with pytest.raises(Wrong):
        cbor(untrusted, "it")
    files = Bundle().files()
    for path in files:
        prefix = b"\xd8\x62" if path == "minutes.cose" or path.startswith("acts/") else b"\xd2"
        changed = {**files, path: prefix + untrusted}
        assert not examine_files(changed, public("root"))[0].accepted


def test_a_sequence_of_countless_items_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_ITEMS", 10)
    assert len(sequence(b"\x40" * 10, "it")) == 10
    with pytest.raises(Wrong, match="more items"):
        sequence(b"\x40" * 11, "it")


def test_a_folder_with_odd_names_is_refused_in_words(tmp_path: Path) -> None:
    for path, content in Bundle().files().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert len(evidence.read_folder(tmp_path)) == len(Bundle().files())
    for name in (b"notes\n\nACCEPTED: the bundle is whole", b"\xff\xfe", b"\x1b[2J"):
        odd = os.fsencode(tmp_path) + b"/" + name
        Path(os.fsdecode(odd)).write_bytes(b"")
        with pytest.raises(Wrong) as wrong:
            evidence.read_folder(tmp_path)
        assert str(wrong.value).isprintable()
        Path(os.fsdecode(odd)).unlink()
    (tmp_path / "more").mkdir()
    with pytest.raises(Wrong, match="more does not belong"):
        evidence.read_folder(tmp_path)


def test_a_terminal_without_kazakh_letters_gets_the_report_too(tmp_path: Path) -> None:
    (tmp_path / "Қ").write_bytes(b"")
    said = subprocess.run(
        [sys.executable, "-m", "verifier", str(tmp_path), "--root", public("root").hex()],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "REFUSED" in said.stdout
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("figure", [5, 10, 11, 12])
def test_what_an_accumulator_states_in_the_place_of_others_is_told(figure: int) -> None:
    # One card is missing; the accumulator, not a desk, says that it could not be read.
    bundle = Bundle(issued=5, statements={ACCUMULATOR: {6: {figure: 1}}}, minutes={14: [10]})
    bundle.figures = {figure: 6 if figure == 12 else 1}
    report = bundle.examined()
    assert report.accepted
    assert f"accumulator-1 states figure {figure}, which boards like it never do" in report.remarks
    assert not any("states figure" in remark for remark in Bundle().examined().remarks)


def test_a_spare_terminal_whose_votes_count_must_have_stated_its_figures() -> None:
    assert Bundle(spares={OTHER_TERMINAL}).examined().accepted
    hidden = Bundle(spares={OTHER_TERMINAL}, without={OTHER_TERMINAL})
    assert "terminal-2, which has no statement" in hidden.refused()


def test_json_stays_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path), "--root", public("root").hex(), "--json", "--code", "0421"])
    assert ended.value.code == 2
    assert "--code" in capsys.readouterr().err

"""The act of sealing: numbers of seals, who signs, where the act lies, and what a stop does."""

from __future__ import annotations

from pathlib import Path

import pytest

from accumulator.dayfiles import SEALING
from accumulator.sealing_act import LONGEST, seals_in
from common import records
from common.catalogue import EventType
from common.cose import SignedBody
from common.records import Act, ActFact, ActKind
from tests import samples
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.unit.accumulator.stage import BOARD, Table
from verifier.report import Report, examine


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return an accumulator whose keys were just forgotten."""
    return to_seals(Table(tmp_path, power=Power()))


def to_seals(table: Table) -> Table:
    table.open_station()
    table.close_station()
    table.collect()
    table.count()
    table.finish()
    table.press("papers.continue")
    for share in table.share.values():
        table.with_pin(share)
    table.press("clear.finish")
    assert table.page == "accumulator.seals"
    return table


def type_seals(table: Table, numbers: str) -> None:
    for character in numbers.lower():
        table.press("seals.space" if character == " " else f"seals.{character}")


def sealed(table: Table) -> Table:
    type_seals(table, "KZ-17 KZ-18")
    table.press("seals.sign")
    for number in (1, 2):
        table.with_pin(table.official[number])
    table.press("sign.finish")
    assert table.page == "accumulator.day.over"
    return table


def act_on(medium: RecordingMedium) -> SignedBody:
    device = samples.device(BOARD).sign_key
    return SignedBody.from_bytes(medium.read(SEALING) or b"", Act.external(), device)


def verified(table: Table, folder: Path) -> Report:
    bundle = table.bundle(folder / "evidence")
    act = table.own.read(SEALING)
    if act is not None:
        (folder / "evidence-sealing.cose").write_bytes(act)
    return examine(bundle, samples.ROOT_KEY)[0]


def found(report: Report) -> tuple[bool | None, str]:
    (sealing,) = (one for one in report.findings if one.step == "sealing")
    return sealing.right, sealing.found


def test_the_act_lies_beside_the_bundle_on_both_media_and_names_it(
    table: Table, tmp_path: Path
) -> None:
    before = len(table.journal())
    sealed(table)
    assert table.says("seals") == "KZ-17 KZ-18"
    assert table.medium is not None
    removable = table.medium.folder(table.board)
    assert removable.read(SEALING) == table.own.read(SEALING)
    act = Act.from_bytes(act_on(table.own).payload)
    manifest = table.own.read("evidence/manifest.cose") or b""
    assert act.kind is ActKind.SEALING
    assert act.facts == {
        ActFact.BOARD: table.board,
        ActFact.EVIDENCE: records.digest(manifest),
        ActFact.SEALS: "KZ-17 KZ-18",
        ActFact.JOURNAL_LENGTH: before,
        ActFact.JOURNAL_HEAD: act.facts[ActFact.JOURNAL_HEAD],
    }
    assert table.journal()[-1] is EventType.ACT_SIGNED
    report = verified(table, tmp_path)
    assert report.accepted, report.as_text()
    right, said = found(report)
    assert right
    assert "sealed with KZ-17 KZ-18" in said
    assert "(chair)" in said


def test_a_bundle_without_the_act_is_accepted_and_says_so(table: Table, tmp_path: Path) -> None:
    report = verified(table, tmp_path)
    assert report.accepted
    right, said = found(report)
    assert right is None
    assert "no act of sealing" in said
    assert "-----  sealing: no act" in report.as_text()


def test_the_act_of_another_bundle_is_found_out(table: Table, tmp_path: Path) -> None:
    other = sealed(to_seals(Table(tmp_path / "other")))
    table.own.replace(SEALING, other.own.read(SEALING) or b"")
    report = verified(table, tmp_path)
    assert not report.accepted
    assert found(report) == (
        False,
        "the act of sealing names another bundle: this is not the evidence that was sealed",
    )


def test_the_chair_and_one_more_sign(table: Table) -> None:
    type_seals(table, "1")
    table.press("seals.sign")
    for number in (2, 3):
        table.with_pin(table.official[number])
        assert "sign.finish" not in table.names
    table.press("sign.back")
    assert table.says("typed") == "1"
    type_seals(table, "2")
    table.press("seals.sign")
    assert "12" in (table.says("hint") or "")
    table.with_pin(table.official[1])
    assert "sign.finish" not in table.names, "the chair alone"
    table.insert(table.official[4])
    assert "techni" in (table.says("notice") or "").lower()
    table.take_out()
    table.with_pin(table.official[3])
    table.press("sign.finish")
    assert table.page == "accumulator.day.over"
    assert len(act_on(table.own).people) == 2


@pytest.mark.parametrize(
    ("typed", "seals"),
    [
        ("kz-17", "KZ-17"),
        ("  17   18 ", "17 18"),
        ("", None),
        ("   ", None),
        ("-", None),
        ("17 -18", None),
        ("17 17", None),
        ("17,18", None),
        ("№17", None),
        ("a17 A17", None),
    ],
)
def test_what_numbers_of_seals_look_like(typed: str, seals: str | None) -> None:
    assert seals_in(typed) == seals


def test_what_was_typed_wrong_is_told_and_kept(table: Table) -> None:
    assert "seals.sign" not in table.names
    type_seals(table, "17 17")
    table.press("seals.sign")
    assert table.page == "accumulator.seals"
    assert "once" in (table.says("notice") or "")
    table.press("seals.erase")
    table.press("seals.sign")
    assert table.page == "accumulator.seals.act"
    assert "17 1." in (table.says("hint") or "")


def test_a_line_of_numbers_ends_somewhere(table: Table) -> None:
    type_seals(table, "9" * (LONGEST + 5))
    assert table.says("typed") == "9" * LONGEST


@pytest.mark.parametrize("power", [False, True])
def test_the_act_is_asked_for_again_after_a_stop(table: Table, power: bool) -> None:
    def stop() -> None:
        table.card = None
        if power:
            table.power_cut()
        else:
            table.restart()

    stop()
    assert table.page == "accumulator.seals"
    type_seals(table, "17")
    table.press("seals.sign")
    table.with_pin(table.official[1])
    stop()
    assert table.page == "accumulator.seals", "an act that is not complete is none"
    sealed(table)
    stop()
    assert table.page == "accumulator.day.over"
    assert table.says("seals") == "KZ-17 KZ-18"
    assert act_on(table.own).people


def test_a_medium_that_is_taken_out_too_early_is_asked_for(table: Table) -> None:
    medium = table.pull_medium()
    assert table.page == "accumulator.stopped"
    table.push_medium(medium)
    assert table.page == "accumulator.seals"
    sealed(table)
    table.pull_medium()
    assert table.page == "accumulator.day.over"


def test_the_power_may_fail_at_each_write_of_the_act(tmp_path: Path) -> None:
    def ready(name: str) -> Table:
        table = to_seals(Table(tmp_path / name, power=Power()))
        type_seals(table, "17")
        table.press("seals.sign")
        for official in (1, 2):
            table.with_pin(table.official[official])
        return table

    reference = ready("reference")
    start = reference.power.writes
    reference.press("sign.finish")
    writes = reference.power.writes - start
    assert writes >= 4, "the act and its entry, on two media"
    for number in range(1, writes + 1):
        table = ready(str(number))
        table.power.fail_at(number, Cut.A_PART)
        with pytest.raises(PowerCut):
            table.press("sign.finish")
        table.power_cut()
        if table.page == "accumulator.seals":
            sealed(table)
        assert table.page == "accumulator.day.over"
        assert table.journal().count(EventType.ACT_SIGNED) == 2, "the opening's and this one"
        assert verified(table, tmp_path / str(number)).accepted

"""Members who do not sign the minutes: when an act may say so, and what it does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from accumulator.absence_act import REASONS
from accumulator.absences import path_of
from common import records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, text
from common.records import (
    AbsenceReason,
    Act,
    ActFact,
    ActKind,
    EvidenceManifest,
    Minutes,
    StationPackage,
)
from tests import samples
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.unit.accumulator.stage import BOARD, Card, Table, package, with_parameters
from verifier.report import Report, examine

CHAIR, SECRETARY, MEMBER, TECHNICIAN = 1, 2, 3, 4
ACT = path_of(MEMBER)
IN_BUNDLE = f"evidence/{ACT}"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return an accumulator that has counted; chair and secretary have signed the minutes."""
    return half_signed(tmp_path)


def half_signed(folder: Path, station: StationPackage | None = None) -> Table:
    table = Table(folder, station or package(), power=Power())
    table.open_station()
    table.close_station()
    table.collect()
    table.count()
    table.press("result.sign")
    for number in (CHAIR, SECRETARY):
        table.with_pin(table.official[number])
    return table


def to_act(table: Table, button: str = "reasons.0") -> Table:
    table.press("minutes.absence")
    table.press("people.0")
    table.press(button)
    assert table.page == "accumulator.absence.act"
    return table


def excused(table: Table, button: str = "reasons.0") -> Table:
    """Have chair and secretary sign that the member does not sign."""
    to_act(table, button)
    for number in (CHAIR, SECRETARY):
        table.with_pin(table.official[number])
    table.press("sign.finish")
    assert table.page == "accumulator.minutes"
    return table


def finished(table: Table) -> Table:
    table.press("sign.finish")
    assert table.page == "accumulator.papers"
    return table


def removable(table: Table) -> RecordingMedium:
    assert table.medium is not None
    return table.medium.folder(table.board)


def verified(table: Table, folder: Path) -> Report:
    return examine(table.bundle(folder / "evidence"), samples.ROOT_KEY)[0]


def listed(table: Table) -> list[str]:
    content = table.own.read("evidence/manifest.cose") or b""
    manifest = records.open_record(EvidenceManifest, content, table.package.station_key)
    return [file.path for file in manifest.files]


def states(table: Table) -> dict[str, str]:
    """Return what the table on the page says of each official."""
    rows = range(len(table.package.officials))
    found = {table.says(f"people.{row}.0"): table.says(f"people.{row}.2") for row in rows}
    return {name: state for name, state in found.items() if name and state}


def name_of(table: Table, number: int) -> str:
    person = table.package.official(number)
    assert person is not None
    return person.name


@pytest.mark.parametrize(
    ("button", "reason"), [(f"reasons.{at}", reason) for at, reason in enumerate(REASONS)]
)
def test_the_minutes_are_complete_without_a_member_who_has_an_act(
    table: Table, tmp_path: Path, button: str, reason: AbsenceReason
) -> None:
    assert "sign.finish" not in table.names
    assert table.says("progress") == "Signed: 2, needed: 3"
    excused(table, button)
    assert table.says("progress") == "Signed: 2, needed: 2"
    assert "the act is stored" in (table.says("notice") or "")
    assert states(table)[name_of(table, MEMBER)].startswith("act: ")
    assert "minutes.absence" not in table.names, "nobody is left about whom to say anything"
    content = table.own.read(ACT) or b""
    assert removable(table).read(ACT) == content
    device = samples.device(BOARD).sign_key
    body = SignedBody.from_bytes(content, Act.external(), device)
    act = Act.from_bytes(body.payload)
    minutes = table.strongroom.day.minutes
    assert minutes is not None
    assert act.kind is ActKind.ABSENCE
    assert act.facts == {
        ActFact.OFFICIAL: MEMBER,
        ActFact.ABSENCE: reason,
        ActFact.MINUTES: hashlib.sha256(minutes.payload).digest(),
    }
    assert len(body.people) == 2
    assert table.journal()[-1] is EventType.ACT_SIGNED
    assert table.own.read(IN_BUNDLE) is None, "the bundle is not complete yet"
    finished(table)
    assert table.own.read(IN_BUNDLE) == removable(table).read(IN_BUNDLE) == content
    assert ACT in listed(table)
    minutes = table.strongroom.day.minutes
    assert minutes is not None
    assert ACT not in [file.path for file in Minutes.from_bytes(minutes.payload).evidence]
    report = verified(table, tmp_path)
    assert report.accepted, report.as_text()
    assert any("Гүлнәр Омарова did not sign" in remark for remark in report.remarks)


def test_the_way_there_opens_when_the_chair_and_more_than_half_have_signed(
    tmp_path: Path,
) -> None:
    table = Table(tmp_path, power=Power())
    table.open_station()
    table.close_station()
    table.collect()
    table.count()
    table.press("result.sign")
    assert "minutes.absence" not in table.names
    table.with_pin(table.official[SECRETARY])
    assert "minutes.absence" not in table.names, "one of three"
    table.with_pin(table.official[MEMBER])
    assert "minutes.absence" not in table.names, "two of three, but not the chair"
    table.with_pin(table.official[CHAIR])
    assert "minutes.absence" not in table.names, "nobody is missing"
    finished(table)


def test_where_the_chair_signs_alone_nobody_is_missed(tmp_path: Path) -> None:
    table = half_signed(tmp_path, with_parameters(package(), all_sign_minutes=False))
    assert "minutes.absence" not in table.names
    assert table.says("later") is None
    finished(table)
    assert verified(table, tmp_path).accepted


def test_a_member_who_signs_after_all_needs_no_act(table: Table, tmp_path: Path) -> None:
    excused(table)
    table.with_pin(table.official[MEMBER])
    assert states(table)[name_of(table, MEMBER)] == "signed"
    assert table.says("progress") == "Signed: 3, needed: 3"
    finished(table)
    assert table.own.read(ACT) is not None, "what was signed and journalled stays"
    assert table.own.read(IN_BUNDLE) is None
    assert removable(table).read(IN_BUNDLE) is None
    assert ACT not in listed(table)
    report = verified(table, tmp_path)
    assert report.accepted, report.as_text()
    assert not any("did not sign" in remark for remark in report.remarks)


def test_the_chair_and_another_sign_and_not_the_member_whom_it_is_about(table: Table) -> None:
    to_act(table)
    table.with_pin(table.official[SECRETARY])
    assert "sign.finish" not in table.names
    for number, reason in (
        (MEMBER, Reason.ACT_ABOUT_SIGNER),
        (SECRETARY, Reason.ALREADY_SIGNED),
    ):
        table.insert(table.official[number])
        assert table.says("notice") == text(reason, "en")
        assert "pin.who" not in table.names
        table.take_out()
    table.insert(table.official[TECHNICIAN])
    assert "pin.who" not in table.names
    table.take_out()
    assert name_of(table, MEMBER) not in states(table)
    assert "sign.finish" not in table.names
    table.with_pin(table.official[CHAIR])
    table.press("sign.finish")
    assert table.page == "accumulator.minutes"


def test_there_is_a_way_back_from_every_page(table: Table) -> None:
    table.press("minutes.absence")
    assert states(table) == {}
    assert table.says("people.0.0") == name_of(table, MEMBER)
    table.insert(table.official[CHAIR])
    assert table.says("notice") == text(Reason.CARD_OFFICIAL_HERE, "en")
    table.take_out()
    assert table.says("notice") is None
    table.press("absence.back")
    assert table.page == "accumulator.minutes"
    table.press("minutes.absence")
    table.press("people.0")
    assert name_of(table, MEMBER) in (table.says("hint") or "")
    table.insert(table.official[CHAIR])
    assert table.says("notice") == text(Reason.CARD_OFFICIAL_HERE, "en")
    table.take_out()
    table.press("absence.back")
    assert table.page == "accumulator.minutes"
    to_act(table, "reasons.1")
    table.with_pin(table.official[CHAIR])
    table.press("absence.back")
    assert table.page == "accumulator.minutes"
    assert table.own.read(ACT) is None
    assert table.says("progress") == "Signed: 2, needed: 3"
    table.with_pin(table.official[MEMBER])
    finished(table)


def test_going_back_to_the_result_forgets_no_act(table: Table) -> None:
    excused(table)
    table.press("sign.back")
    assert table.page == "accumulator.result"
    table.press("result.sign")
    assert states(table)[name_of(table, MEMBER)].startswith("act: ")


def test_a_blocked_card_no_longer_keeps_the_evening(table: Table) -> None:
    """The way it comes about: three wrong PINs, and nobody can unblock the card tonight."""
    blocked: Card = table.official[MEMBER]
    table.insert(blocked)
    for _ in range(3):
        table.type("pin", "000000")
        table.press("pin.enter")
    table.type("pin", "000000")
    table.press("pin.enter")
    assert table.says("notice") == text(Reason.PIN_BLOCKED, "en")
    table.take_out()
    finished(excused(table))


@pytest.mark.parametrize("power", [False, True])
def test_the_evening_goes_on_with_the_act(table: Table, power: bool, tmp_path: Path) -> None:
    def stop() -> None:
        table.card = None
        if power:
            table.power_cut()
            table.unlock()
        else:
            table.restart()

    to_act(table)
    table.with_pin(table.official[CHAIR])
    stop()
    assert table.page == "accumulator.minutes"
    assert table.says("progress") == "Signed: 2, needed: 3", "an act that is not complete is none"
    excused(table)
    stop()
    assert table.page == "accumulator.minutes"
    assert table.says("progress") == "Signed: 2, needed: 2"
    finished(table)
    stop()
    assert table.page == "accumulator.papers"
    assert verified(table, tmp_path).accepted


def test_a_medium_that_is_taken_out_while_members_sign_the_act(table: Table) -> None:
    to_act(table)
    medium = table.pull_medium()
    assert table.page == "accumulator.stopped"
    table.push_medium(medium)
    assert table.page == "accumulator.minutes"
    excused(table)


def test_an_empty_medium_gets_act_and_bundle(table: Table, tmp_path: Path) -> None:
    finished(excused(table))
    table.pull_medium()
    table.push_medium(RecordingMedium("new"))
    assert table.page == "accumulator.papers"
    assert removable(table).read(ACT) == table.own.read(ACT)
    assert removable(table).read(IN_BUNDLE) == table.own.read(ACT)
    report = examine(table.bundle(tmp_path / "evidence", removable(table)), samples.ROOT_KEY)[0]
    assert report.accepted, report.as_text()


@pytest.mark.parametrize("path", [ACT, IN_BUNDLE])
@pytest.mark.parametrize("damaged", [b"", b"not an act"])
def test_an_act_that_one_medium_has_damaged_is_mended_from_the_other(
    table: Table, path: str, damaged: bytes
) -> None:
    finished(excused(table))
    right = table.own.read(ACT) or b""
    for medium in (table.own, removable(table)):
        medium.replace(path, damaged)
        table.restart()
        assert table.page == "accumulator.papers"
        assert table.own.read(path) == removable(table).read(path) == right


def test_an_act_that_is_damaged_on_both_media_is_for_people(table: Table) -> None:
    excused(table)
    for medium in (table.own, removable(table)):
        medium.replace(ACT, b"not an act")
    table.own.replace(ACT, b"nor this")
    table.restart()
    assert table.page == "accumulator.stopped"


def test_the_act_of_another_member_does_not_pass_under_this_name(table: Table) -> None:
    excused(table)
    act = table.own.read(ACT) or b""
    table.own.replace(path_of(SECRETARY), act)
    table.restart()
    assert table.page == "accumulator.stopped"
    assert "act" in (table.says("notice") or "").lower()


def test_an_old_medium_brings_no_act_back_into_the_bundle(table: Table, tmp_path: Path) -> None:
    """The bundle was written half with the act, then the member came, and an older copy returns."""
    excused(table)
    for medium in (table.own, removable(table)):
        medium.replace(IN_BUNDLE, table.own.read(ACT) or b"")
    table.with_pin(table.official[MEMBER])
    finished(table)
    removable(table).replace(IN_BUNDLE, table.own.read(ACT) or b"")
    table.restart()
    assert table.own.read(IN_BUNDLE) is None
    assert removable(table).read(IN_BUNDLE) is None
    assert verified(table, tmp_path).accepted


def test_the_protocol_says_who_did_not_sign_and_why(table: Table) -> None:
    finished(excused(table, "reasons.1"))
    table.press("print.protocol")
    said = "\n".join(str(block) for block in table.paper.documents[-1].blocks)
    assert "Не подписали электронно (по акту):" in said
    assert "отсутствует" in said
    by_hand = said.rpartition("Подписи членов комиссии")[2]
    assert name_of(table, CHAIR) in by_hand
    assert name_of(table, MEMBER) not in by_hand


def test_whose_card_alone_fails_still_signs_the_paper(table: Table) -> None:
    finished(excused(table, "reasons.0"))
    table.press("print.protocol")
    said = "\n".join(str(block) for block in table.paper.documents[-1].blocks)
    assert name_of(table, MEMBER) in said.rpartition("Подписи членов комиссии")[2]


def _to_the_end(table: Table) -> None:
    """Do what each page asks for, until the bundle is written."""
    while table.page != "accumulator.papers":
        match table.page:
            case "accumulator.start":
                table.unlock()
            case "accumulator.minutes" | "accumulator.absence.act" if "sign.finish" in table.names:
                table.press("sign.finish")
            case "accumulator.minutes":
                excused(table)
            case page:
                raise AssertionError(page)


def test_the_power_may_fail_at_each_write_of_act_and_bundle(tmp_path: Path) -> None:
    def ready(name: str) -> Table:
        table = to_act(half_signed(tmp_path / name))
        for official in (CHAIR, SECRETARY):
            table.with_pin(table.official[official])
        return table

    reference = ready("reference")
    start = reference.power.writes
    _to_the_end(reference)
    writes = reference.power.writes - start
    assert writes >= 12, "the act and its entry, minutes, act, manifest, two entries: twice"
    for number in range(1, writes + 1):
        table = ready(str(number))
        table.power.fail_at(number, Cut.A_PART if number % 2 else Cut.ALL)
        with pytest.raises(PowerCut):
            _to_the_end(table)
        table.power_cut()
        _to_the_end(table)
        assert table.own.read(IN_BUNDLE) == removable(table).read(IN_BUNDLE) is not None
        assert table.journal().count(EventType.ACT_SIGNED) == 2, "the opening's and this one"
        assert verified(table, tmp_path / str(number)).accepted


def test_the_power_may_fail_while_the_bundle_is_written_and_then_the_member_comes(
    tmp_path: Path,
) -> None:
    reference = excused(half_signed(tmp_path / "reference"))
    start = reference.power.writes
    finished(reference)
    for number in range(1, reference.power.writes - start):
        table = excused(half_signed(tmp_path / str(number)))
        table.power.fail_at(number, Cut.A_PART)
        with pytest.raises(PowerCut):
            finished(table)
        table.power_cut()
        table.unlock()
        signed = table.page == "accumulator.minutes"
        if signed:
            table.with_pin(table.official[MEMBER])
            finished(table)
        report = verified(table, tmp_path / str(number))
        assert report.accepted, report.as_text()
        assert (ACT in listed(table)) is not signed
        assert (table.own.read(IN_BUNDLE) is None) is signed

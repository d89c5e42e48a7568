"""Every file of an accumulator at every stage of its day, on each medium: flipped, lost, older."""

from __future__ import annotations

import random
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from accumulator.daemon import TICK_S, TRY_AGAIN_S
from accumulator.events import MinutePassed
from common import enrolment, journal, reserve, urn
from common.attended import AttendedMedium
from common.catalogue import EventType
from common.errors import Reason, Thing, text
from common.media import FaultKind, MediumFault
from hal.touch import TouchEvent, TouchKind
from tests.recording_medium import RecordingMedium
from tests.unit.accumulator.stage import BOARD, Table

BLANK = ((), (), ())

OWN_ONLY = {"device.keys", "secrets.sealed"}


def removable(table: Table) -> RecordingMedium:
    assert table.medium is not None
    return table.medium.folder(BOARD)


def own_files(table: Table) -> dict[str, bytes]:
    return {path: content for path, content in table.own.files.items() if path not in OWN_ONLY}


def removable_files(table: Table) -> dict[str, bytes]:
    folder = removable(table)
    return {path: folder.read(path) or b"" for path in folder.list()}


def set_fault(table: Table, which: str, fault: FaultKind | None) -> None:
    """Let a medium be ill as it is open now, and as it will be opened."""
    assert table.medium is not None
    now = AttendedMedium(table.own, lambda: None)
    if which == "removable":
        table.medium.fault = fault
        with suppress(MediumFault):  # not open now
            now = table.strongroom.files.media.removable  # type: ignore[assignment]  # it is one
    now.medium.fault = fault  # type: ignore[attr-defined]  # it is a recording medium


def at(stage: str, folder: Path) -> Table:
    table = Table(folder)
    table.open_station()
    for serial in range(2):
        table.pass_card(table.voted_card(serial, BLANK))
    if stage == "open":
        return table
    table.close_station()
    table.collect()
    if stage == "collecting":
        return table
    table.count()
    return table


@pytest.mark.parametrize("stage", ["open", "collecting", "minutes"])
@pytest.mark.parametrize("which", ["own", "removable"])
def test_whatever_happens_to_one_file_the_other_medium_mends(
    tmp_path: Path, stage: str, which: str
) -> None:
    table = at(stage, tmp_path)
    table.restart()
    page, draw = table.page, random.Random(stage)
    medium = table.own if which == "own" else removable(table)
    prefix = medium.prefix
    for path in sorted(removable_files(table)):
        if path.startswith("evidence/") != (stage == "minutes"):
            continue  # the bundle is there at the end only, and all else was there before
        for damage in ("lost", "flipped"):
            before = medium.read(path) or b""
            if damage == "lost" or not before:
                medium.remove(path)
            else:
                medium.flip(path, draw.randrange(8 * len(before)))
            table.restart()
            assert table.page == page, (path, damage, table.says("notice"))
            if path not in {"journal.cborseq", urn.PATH}:
                assert medium.files[prefix + path] == before, (path, damage)
            assert own_files(table) == removable_files(table), (path, damage)
    assert table.votes == 2 or stage == "minutes"


@pytest.mark.parametrize("which", ["own", "removable"])
def test_an_older_copy_of_a_whole_medium_is_brought_up_to_date(tmp_path: Path, which: str) -> None:
    table = at("open", tmp_path)
    medium = table.own if which == "own" else removable(table)
    older = {path: medium.read(path) or b"" for path in medium.list()}
    for serial in (5, 6):
        table.pass_card(table.voted_card(serial, BLANK))
    for path in medium.list():
        medium.remove(path)
    for path, content in older.items():
        medium.replace(path, content)
    table.restart()
    assert (table.page, table.votes) == ("accumulator.open", 4)
    assert own_files(table) == removable_files(table)


def test_an_older_urn_does_not_stand_in_for_one_that_was_lost(tmp_path: Path) -> None:
    table = at("open", tmp_path)
    older = removable(table).read(urn.PATH) or b""
    table.pass_card(table.voted_card(7, BLANK))
    removable(table).replace(urn.PATH, older)
    table.own.remove(urn.PATH)
    table.restart()
    assert table.page == "accumulator.stopped"
    said = text(Reason.URN_MISMATCH, "en", expected=3, found=2)
    assert table.says("notice") == said
    assert "higher commission" in (table.says("hint") or "")


def test_too_little_room_keeps_the_card_untouched(tmp_path: Path) -> None:
    table = at("open", tmp_path)
    attended = table.strongroom.files.media.removable
    folder = attended.medium  # type: ignore[attr-defined]  # it is attended
    folder.room_left = 1_000_000
    card = table.voted_card(9, BLANK)
    table.insert(card)
    assert table.page == "accumulator.stopped"
    assert (table.says("notice") or "").startswith(Thing.REMOVABLE.en + ": too little space")
    assert card.erased == 0
    table.take_out()
    table.press("retry")
    assert table.page == "accumulator.open"
    table.pass_card(card)
    assert (card.erased, table.votes) == (1, 3)
    assert EventType.URN_OPENED in table.journal()


@pytest.mark.parametrize("which", ["own", "removable"])
@pytest.mark.parametrize(
    ("fault", "own_reason"),
    [
        (FaultKind.FULL, Reason.OWN_STORAGE_FULL),
        (FaultKind.READ_ONLY, Reason.OWN_STORAGE_READ_ONLY),
        (FaultKind.IO, Reason.OWN_STORAGE_DAMAGED),
    ],
)
def test_an_ill_medium_stops_it_before_a_vote_and_it_goes_on_by_itself_when_that_is_well(
    tmp_path: Path, which: str, fault: FaultKind, own_reason: Reason
) -> None:
    table = at("open", tmp_path)
    thing = Thing.OWN_STORAGE if which == "own" else Thing.REMOVABLE
    reason = own_reason if which == "own" else fault.value
    set_fault(table, which, fault)
    card = table.voted_card(9, BLANK)
    table.insert(card)
    assert table.page == "accumulator.stopped"
    assert table.says("notice") == text(reason, "en", thing=thing)
    assert table.says("code") is not None
    assert str(reason.value) in (table.says("code") or "")
    assert "by itself" in (table.says("hint") or "")
    assert card.erased == 0
    buzzes = table.lines.buzzes
    table.wait(round(TRY_AGAIN_S))
    table.wait(round(TRY_AGAIN_S))
    assert table.page == "accumulator.stopped"
    assert table.lines.buzzes == buzzes
    table.take_out()
    set_fault(table, which, None)
    table.wait(round(TRY_AGAIN_S))
    assert table.page == "accumulator.open"
    assert table.journal()[-4:].count(EventType.MEDIUM_FAILED) == 1
    assert table.journal()[-4:].count(EventType.MEDIUM_BACK) == 1
    table.pass_card(card)
    assert (card.erased, table.votes) == (1, 3)


def test_what_people_decide_is_not_tried_again_by_itself(tmp_path: Path) -> None:
    table = at("open", tmp_path)
    whole = table.own.read(urn.PATH) or b""
    for medium in (table.own, removable(table)):
        medium.remove(urn.PATH)
    table.restart()
    assert table.page == "accumulator.stopped"
    assert str(Reason.URN_MISSING.value) in (table.says("code") or "")
    table.own.replace(urn.PATH, whole)
    table.wait(round(TRY_AGAIN_S))
    table.wait(round(TICK_S))
    assert table.page == "accumulator.stopped"
    table.press("retry")
    assert table.page == "accumulator.open"


def test_at_the_last_entry_of_its_journal_a_vote_is_taken_in_and_then_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = at("open", tmp_path)
    size = table.own.size(journal.PATH) or 0
    monkeypatch.setattr(journal, "MAX_SIZE", size + reserve.FOR_THE_CLOSE)
    card, next_card = table.voted_card(8, BLANK), table.voted_card(9, BLANK)
    table.pass_card(card)
    assert (card.erased, table.votes, table.page) == (1, 3, "accumulator.open")
    table.insert(next_card)
    assert table.page == "accumulator.stopped"
    assert str(Reason.JOURNAL_ALMOST_FULL.value) in (table.says("code") or "")
    assert "does not go on by itself" in (table.says("hint") or "")
    assert next_card.erased == 0


@pytest.mark.parametrize("which", ["own", "removable"])
def test_at_the_last_byte_of_the_reserve_a_vote_is_taken_in_and_with_one_less_none(
    tmp_path: Path, which: str
) -> None:
    table = at("open", tmp_path)
    package = table.strongroom.station.package
    slots = package.parameters.urn_slots
    book_size = table.own.size(enrolment.BOOK_IMAGES) or 0
    needed = reserve.for_evidence(slots, package.sealed_size, book_size)
    needed += reserve.for_people(slots - table.votes)
    attended = table.strongroom.files.media
    medium = table.own if which == "own" else attended.removable.medium  # type: ignore[attr-defined]  # it is attended
    medium.room_left = needed
    card, next_card = table.voted_card(8, BLANK), table.voted_card(9, BLANK)
    table.pass_card(card)
    assert (card.erased, table.votes) == (1, 3)
    medium.room_left = needed - reserve.PER_PERSON - 1
    table.insert(next_card)
    assert table.page == "accumulator.stopped"
    full = Reason.OWN_STORAGE_ALMOST_FULL if which == "own" else Reason.MEDIUM_ALMOST_FULL
    assert str(full.value) in (table.says("code") or "")
    assert next_card.erased == 0


def test_what_is_touched_while_a_medium_is_slow_is_no_press_on_the_next_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = at("open", tmp_path)
    inbox = table.shell._service.inbox
    seconds = count()
    for each_s, left in ((0.1, TouchEvent), (5.0, MinutePassed)):
        inbox.post(TouchEvent(TouchKind.DOWN, 10, 10))
        inbox.post(MinutePassed())
        clock = SimpleNamespace(monotonic=lambda each_s=each_s: next(seconds) * each_s)
        monkeypatch.setattr("accumulator.daemon.time", clock)
        table.pass_card(table.voted_card(8 + round(each_s), BLANK))
        assert isinstance(inbox.take(0.0), left)
        while inbox.take(0.0) is not None:
            pass

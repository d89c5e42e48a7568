"""Every file of a desk, on each medium: flipped, lost, older; and media that are not its own."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from common import journal, records, reserve
from common.catalogue import EventType
from common.errors import Reason, text
from common.media import FolderMedium, Medium
from desk.daemon import TRY_AGAIN_S
from hal.medium_watch import RecordingMediumMoved
from tests import samples
from tests.unit.desk.bench import Card, package
from tests.unit.desk.office import NAME, Office

MENDED = {EventType.FILES_REPAIRED, EventType.JOURNAL_REPAIRED, EventType.JOURNAL_CAUGHT_UP}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an open desk in the middle of its day, with an act."""
    office = Office(tmp_path)
    office.open()
    office.give(1, Card(1))
    office.press("digits.1", "find", "unread", "sealed")
    office.sign_act(1, 3)
    office.press("back")
    return office


def media(office: Office) -> dict[str, Medium]:
    return {"own": office.own, "removable": office.removable}


def alike(office: Office) -> None:
    own, removable = office.files(office.own), office.files(office.removable)
    del own["device.keys"]
    assert own == removable


def mended(office: Office) -> bool:
    last = [EventType[name] for name in office.events()]
    starts = [at for at, event in enumerate(last) if event is EventType.RESTARTED]
    return bool(MENDED & set(last[starts[-2] if len(starts) > 1 else 0 :]))


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    return bytes(changed)


def spoilt(content: bytes, path: str) -> Iterator[bytes | None]:
    draw = random.Random(path)
    yield None
    yield flipped(content, draw.choice((0, 8 * len(content) - 1)))
    yield flipped(content, draw.randrange(8 * len(content)))


@pytest.mark.parametrize("which", ["own", "removable"])
def test_whatever_happens_to_one_file_the_other_medium_mends(office: Office, which: str) -> None:
    medium = media(office)[which]
    for path in sorted(office.files(office.removable)):
        before = medium.read(path)
        assert before
        for content in spoilt(before, path):
            given = office.shell._archive
            assert given is not None
            marks = given.files.marks
            if content is None:
                medium.remove(path)
            else:
                medium.replace(path, content)
            office.start()
            assert office.page() == "desk.ready", (path, office.text("refusal"))
            assert office.shell._archive is not None
            assert office.shell._archive.files.marks == marks
            assert mended(office), path
            alike(office)


def test_lost_device_keys_need_the_spare(office: Office) -> None:
    office.own.replace("device.keys", flipped(office.own.read("device.keys") or b"", 99))
    office.start()
    assert office.page() == "desk.stopped"
    assert "spare takes its place" in office.text("remedy")


@pytest.mark.parametrize("which", ["own", "removable"])
def test_an_older_copy_of_a_whole_medium_is_brought_up_to_date(office: Office, which: str) -> None:
    medium = media(office)[which]
    older = office.files(medium)
    for line in (2, 3):
        office.give(line, Card(line))
    marks = office.shell._archive.files.marks if office.shell._archive else None
    for path in medium.list():
        medium.remove(path)
    for path, content in older.items():
        medium.replace(path, content)
    office.start()
    assert office.page() == "desk.ready"
    assert office.shell._archive is not None
    assert office.shell._archive.files.marks == marks
    alike(office)


def test_an_empty_medium_is_made_alike_and_shown(office: Office) -> None:
    office.slot.present = False
    office.step(RecordingMediumMoved(present=False))
    assert office.page() == "desk.stopped"
    assert "goes on by itself" in office.text("remedy")
    assert str(Reason.MEDIUM_MISSING.value) in office.text("code")
    for path in office.removable.list():
        office.removable.remove(path)
    office.slot.present = True
    office.step(RecordingMediumMoved(present=True))
    assert office.page() == "desk.ready"
    assert "Nothing was lost" in office.text("mended")
    assert office.events()[-2:] == ["MEDIUM_FAILED", "MEDIUM_BACK"]
    alike(office)
    office.press("digits.2", "find")
    assert not office.text("mended"), "the next touch has read it"


def test_a_medium_of_another_station_or_day_is_refused_untouched(office: Office) -> None:
    for change, reason in (
        ({"station": "9999"}, Reason.MEDIUM_OTHER_STATION),
        ({"election": "another"}, Reason.MEDIUM_OTHER_DAY),
        ({"number": 7}, Reason.MEDIUM_OTHER_DAY),
    ):
        other = dataclasses.replace(package(), **change)
        office.removable.replace("package.cose", records.sign(other, samples.ROOT))
        before = office.files(office.removable)
        office.start()
        assert office.page() == "desk.stopped"
        assert office.text("refusal").split(". ")[-1] == text(reason, "en").split(". ")[-1]
        assert office.files(office.removable) == before


def test_a_medium_that_nobody_can_read_is_refused_untouched(office: Office) -> None:
    for path in ("package.cose", "journal.cborseq"):
        office.removable.replace(path, b"what is this")
    before = office.files(office.removable)
    office.start()
    assert office.text("refusal") == text(Reason.MEDIUM_UNKNOWN, "en")
    assert office.files(office.removable) == before


def test_too_little_room_stops_before_the_next_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.press("digits.2", "find")
    monkeypatch.setattr(FolderMedium, "room", lambda _: 100_000)
    office.press("back")
    assert office.page() == "desk.stopped"
    assert "too little space" in office.text("refusal")
    entries = len(office.journal())
    office.clock.ms += round(TRY_AGAIN_S * 1000)
    office.shell.begin(started=False)
    assert office.page() == "desk.stopped"
    assert len(office.journal()) == entries, "trying again writes nothing"
    monkeypatch.undo()
    office.shell.begin(started=False)
    assert office.page() == "desk.ready"
    assert NAME in str(office.config.board)


def test_at_the_last_byte_of_the_reserve_the_desk_serves_and_with_one_less_it_stops(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = office.shell._archive.files.marks  # type: ignore[union-attr]
    package = office.package
    needed = reserve.for_people(len(marks.lines) - marks.voters_given)
    needed += reserve.for_count(package.parameters.urn_slots, package.sealed_size)
    monkeypatch.setattr(FolderMedium, "room", lambda _: needed)
    office.press("digits.2", "find", "back")
    assert office.page() == "desk.ready"
    monkeypatch.setattr(FolderMedium, "room", lambda _: needed - 1)
    office.press("digits.2")
    assert office.page() == "desk.stopped"
    assert f"{Reason.OWN_STORAGE_ALMOST_FULL.value}" in office.text("code")


def test_at_the_last_entry_of_its_journal_the_desk_gives_a_card_and_then_stops(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.press("digits.2", "find")
    size = office.own.size(journal.PATH) or 0
    monkeypatch.setattr(journal, "MAX_SIZE", size + reserve.FOR_THE_CLOSE)
    office.press("back")
    assert office.page() == "desk.ready"
    office.press("digits.2", "find")  # one entry more
    assert office.page() == "desk.row"
    office.press("back")
    assert office.page() == "desk.stopped"
    assert str(Reason.JOURNAL_ALMOST_FULL.value) in office.text("code")
    assert "does not go on by itself" in office.text("remedy")

"""Every file of an accumulator at every stage of its day, on each medium: flipped, lost, older."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from common import urn
from common.catalogue import EventType
from common.errors import Reason, Thing, text
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

"""The evening of two boards without power at each write in turn: nothing is lost or made twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from common.evening import FIRST_MIX, OPENING
from tests.recording_medium import Cut, PowerCut, RecordingMedium
from tests.unit.accumulator.counting_desk import CountingDesk
from tests.unit.accumulator.stage import Table, closed
from tests.unit.accumulator.test_mixing import (
    SHARES,
    TO_MIX,
    TO_OPEN,
    give_shares,
    minutes_of,
    to_open,
    to_shares,
)

DONE = ("accumulator.result", "accumulator.minutes")
ENDS = {
    "shuffle": (TO_MIX,),
    "the desk's shuffle": (SHARES,),
    "share cards": (TO_OPEN,),
    "the desk's part": DONE,
}


@dataclass
class Snapshot:
    """What lies on three media before a step."""

    media: tuple[RecordingMedium, ...]
    files: tuple[dict[str, bytes], ...]

    @classmethod
    def of(cls, *media: RecordingMedium) -> Snapshot:
        return cls(media, tuple(dict(medium.files) for medium in media))

    def bring_back(self) -> None:
        for medium, files in zip(self.media, self.files, strict=True):
            medium.files.clear()
            medium.files.update(files)


def begin(table: Table, desk: CountingDesk, step: str) -> None:
    """Come to where the step begins."""
    match step:
        case "the desk's shuffle":
            table.press("count")
            desk.mix()
        case "share cards":
            to_shares(table, desk)
        case "the desk's part":
            to_open(table, desk)
            desk.open()


def go_on(table: Table, desk: CountingDesk, step: str) -> None:
    """Do what the page asks for until the step is done."""
    for _ in range(4):
        if table.page in ENDS[step]:
            return
        match table.page:
            case "accumulator.collect":
                table.press("count")
            case page if page in {TO_MIX, TO_OPEN}:
                table.bring(desk.medium)
            case page if page == SHARES:
                give_shares(table)
    assert table.page in ENDS[step], (table.page, table.says("notice.1"))


def come_back(table: Table) -> None:
    table.card = None
    table.power_cut()
    if table.page == "accumulator.start":
        table.unlock()


@pytest.mark.parametrize("step", ENDS)
def test_the_power_may_fail_at_each_write(tmp_path: Path, step: str) -> None:
    table = Table(tmp_path)
    desk = closed(table)
    desk.medium.power = table.power
    begin(table, desk, step)
    removable = table.medium
    assert removable is not None
    places = (table.own, removable.folder("accumulator"), desk.medium.folder("accumulator"))
    before = Snapshot.of(table.own, removable, desk.medium)
    come_back(table)
    table.power.writes = 0
    go_on(table, desk, step)
    writes = table.power.writes
    assert writes > 3
    # What follows the desk's part is the count, of which every write has a test elsewhere.
    often = 1 if step != "the desk's part" else 5
    for number in (*range(1, min(8, writes)), *range(8, writes + 1, often)):
        before.bring_back()
        come_back(table)
        table.power.fail_at(number, list(Cut)[number % len(Cut)])
        with pytest.raises(PowerCut):
            go_on(table, desk, step)
        table.power.restore()
        begun = {place.read(path) for place in places for path in (FIRST_MIX, OPENING)}
        come_back(table)
        go_on(table, desk, step)
        made = {place.read(path) for place in places for path in (FIRST_MIX, OPENING)}
        assert begun <= made | {None}, f"made twice, without power at write {number}"
        own, other, _ = places
        for path in own.list():
            if path.startswith(("count/", "collected/desk-1/count/")):
                assert own.read(path) == other.read(path)
    if step == "the desk's part":
        assert minutes_of(table).figures[8] == 4

"""Every file of a terminal, flipped or lost on one medium, is mended; no code comes twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from common.catalogue import EventType
from terminal.codes import CODES
from terminal.machine import Phase
from terminal.state import Day
from tests.unit.terminal import station
from tests.unit.terminal.test_state import BALLOT, Board

MENDED = {EventType.FILES_REPAIRED, EventType.JOURNAL_REPAIRED, EventType.JOURNAL_CAUGHT_UP}


def vote(day: Day) -> int:
    day.reserve_code()
    return day.seal_ballot(BALLOT).code


@pytest.mark.parametrize("which", ["own", "removable"])
def test_whatever_happens_to_one_file_the_other_medium_mends(tmp_path: Path, which: str) -> None:
    board, draw = Board(tmp_path), random.Random(which)
    day = board.start()
    day.open_station(station.start_order())
    used = [vote(day)]
    medium = board.own if which == "own" else board.removable
    for path in board.removable.list():
        for damage in ("lost", "flipped"):
            before = medium.read(path) or b""
            if damage == "lost":
                medium.remove(path)
            else:
                changed = bytearray(before)
                bit = draw.randrange(8 * len(before))
                changed[bit // 8] ^= 1 << bit % 8
                medium.replace(path, bytes(changed))
            known = len(board.entries()) if path != "journal.cborseq" else 0
            day = board.start()
            assert day.phase is Phase.OPEN, path
            assert MENDED & {entry.event for entry in board.entries()[known:]}, path
            for each in board.removable.list():
                assert board.own.read(each) == board.removable.read(each), (path, each)
            if path == CODES and damage == "flipped":
                used.append(vote(day))
    assert len(used) == len(set(used)) == 2

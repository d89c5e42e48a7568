"""What befalls a board's media, as the board finds it, and that all of it is put right again."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.media import FaultKind, Medium, MediumFault
from hal.faults import PartFault
from hal.medium_slot import MediumSlot
from simulators.technician import SLOW_S, MediumTrouble, Technician
from tests.on_bench import NO_WIRING, OnBench, running_bench

ILL = {
    MediumTrouble.PULLED: FaultKind.GONE,
    MediumTrouble.READ_ONLY: FaultKind.READ_ONLY,
    MediumTrouble.FULL: FaultKind.FULL,
    MediumTrouble.BROKEN: FaultKind.IO,
    MediumTrouble.OWN_READ_ONLY: FaultKind.READ_ONLY,
    MediumTrouble.OWN_FULL: FaultKind.FULL,
}


class Board:
    """A desk's two media, through its parts."""

    def __init__(self, on: OnBench, folder: Path) -> None:
        self.on = on
        parts = on.parts("desk-1")
        folder.mkdir()
        self.own: Medium = parts.own_storage(folder)
        self.slot: MediumSlot = parts.recording_slot(NO_WIRING, on.clock("desk-1"))
        self.technician = Technician(on.client, random.Random(1))

    def removable(self) -> Medium:
        return self.slot.medium()


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    with running_bench(tmp_path, "desk-1", "desk-2") as on:
        yield Board(on, tmp_path / "own")


@pytest.mark.parametrize("trouble", ILL)
def test_a_write_meets_the_trouble_until_it_is_undone(board: Board, trouble: MediumTrouble) -> None:
    is_own = trouble.name.startswith("OWN_")
    medium = board.own if is_own else board.removable()
    medium.replace("a.bin", b"before")
    undo = board.technician.do("desk-1", trouble)
    with pytest.raises(MediumFault) as fault:
        medium.replace("b.bin", b"during")
    assert fault.value.kind is ILL[trouble]
    if trouble in {MediumTrouble.FULL, MediumTrouble.OWN_FULL}:
        assert medium.room() == 0
    else:
        with pytest.raises(MediumFault):
            medium.room()
    undo()
    again = board.own if is_own else board.removable()
    again.replace("b.bin", b"after")
    assert again.room() > 0
    assert again.list() == ("a.bin", "b.bin")


@pytest.mark.parametrize("trouble", [MediumTrouble.SLOW, MediumTrouble.OWN_SLOW])
def test_a_slow_medium_takes_its_time_to_write_and_none_to_read(
    board: Board, trouble: MediumTrouble
) -> None:
    medium = board.own if trouble is MediumTrouble.OWN_SLOW else board.removable()
    undo = board.technician.do("desk-1", trouble)
    began_s = time.monotonic()
    medium.replace("a.bin", b"slowly")
    assert time.monotonic() - began_s >= SLOW_S
    assert medium.read("a.bin") == b"slowly"
    undo()


def test_an_empty_medium_takes_the_place_of_one_that_is_lost(board: Board) -> None:
    board.removable().replace("a.bin", b"lost")
    undo = board.technician.do("desk-1", MediumTrouble.EMPTY)
    with pytest.raises(PartFault):
        board.removable()
    undo()
    assert board.removable().list() == ()
    assert board.technician.medium_of("desk-1") == "desk-1-new-1"


def test_the_medium_of_another_board_is_put_in_by_mistake(board: Board) -> None:
    board.removable().replace("a.bin", b"ours")
    undo = board.technician.do("desk-1", MediumTrouble.SWAPPED, stranger="desk-2")
    assert board.removable().list() == ()
    undo()
    assert board.removable().list() == ("a.bin",)
    assert board.on.client.board("desk-2").unplug() == "desk-2"


def test_an_older_copy_comes_back(board: Board) -> None:
    board.removable().replace("a.bin", b"early")
    undo = board.technician.do("desk-1", MediumTrouble.OLDER)
    board.removable().replace("a.bin", b"late")
    undo()
    assert board.removable().read("a.bin") == b"early"


def test_a_bit_is_flipped_while_the_medium_is_out(board: Board) -> None:
    names = ("journal.cborseq", "package.cose")
    for path in names:
        board.removable().replace(f"desk-1/{path}", bytes(100))
    undo = board.technician.do("desk-1", MediumTrouble.FLIPPED)
    undo()
    files = [
        board.removable().read(f"desk-1/{name}") for name in ("journal.cborseq", "package.cose")
    ]
    assert sorted(sum(each or b"").bit_count() for each in files) == [0, 1]

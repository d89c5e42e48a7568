"""Which spare goes on for which board, and whose medium it then works on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from center.commission import standard_boards
from simulators.prepare import Station
from simulators.progress import DayFailed
from simulators.replacing import spare_for


def station() -> Station:
    boards = standard_boards(1, 2)
    nothing: Any = None
    return Station(
        folder=Path("/day"),
        election=nothing,
        package=nothing,
        root_key=b"",
        boards=tuple(board for board in boards if not board.spare),
        voters=(),
        voter_cards=(),
        courier="",
        people=(),
        password="",
        spares=tuple(board for board in boards if board.spare),
    )


def test_the_spare_of_the_kind_stands_in_the_dead_boards_place() -> None:
    before = station()
    for dead, spare in (("desk-1", "desk-2"), ("terminal-1", "terminal-3")):
        kind, found = spare_for(before, dead)
        assert found == spare
        after = before.with_spare(dead, spare)
        assert after.of_kind(kind)[0] == spare
        assert dead not in after.of_kind(kind)
        with pytest.raises(DayFailed, match="no spare left"):
            spare_for(after, spare)
    with pytest.raises(DayFailed, match="there is no board desk-9"):
        spare_for(before, "desk-9")


def test_a_spare_terminal_alone_works_on_its_own_medium() -> None:
    after = station()
    for dead, spare in (
        ("desk-1", "desk-2"),
        ("terminal-1", "terminal-3"),
        ("accumulator-1", "accumulator-2"),
    ):
        after = after.with_spare(dead, spare)
    assert after.medium_folder("desk-2") == Path("/day/boards/desk-1/medium")
    assert after.medium_folder("terminal-3") == Path("/day/boards/terminal-3/medium")
    assert after.medium_folder(after.accumulator) == Path("/day/boards/accumulator-1/medium")

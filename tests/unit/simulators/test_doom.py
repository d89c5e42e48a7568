"""A board that dies in the middle of a voter: when it does, and who notices."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from simulators import doom
from simulators.doom import BoardDied, Doom
from simulators.hands import BenchHands
from tests.on_bench import running_bench


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doom, "LATEST_S", 0.0)


def test_a_board_dies_at_the_nth_thing_that_is_done_at_it_and_once() -> None:
    struck: list[str] = []
    ends = Doom("desk-1", 2, lambda: struck.append("desk-1"), random.Random(1))
    for board in ("desk-1", "desk-2", "desk-2"):
        ends.acted(board)
    assert (struck, ends.struck) == ([], False)
    with pytest.raises(BoardDied, match="desk-1"):
        ends.acted("desk-1")
    ends.acted("desk-1")
    assert (struck, ends.struck) == (["desk-1"], True)


def test_who_has_put_a_card_in_sees_the_board_die(tmp_path: Path) -> None:
    with running_bench(tmp_path, "desk-1") as on:
        on.make_card("voter-1")
        board = on.client.board("desk-1")
        ends = Doom("desk-1", 1, board.power_off, random.Random(1))
        hands = BenchHands(on.socket, ends)
        try:
            with pytest.raises(BoardDied):
                hands.insert_card("desk-1", "voter-1")
        finally:
            hands.client.close()
        assert board.card == "voter-1", "somebody has to take it out"
        assert board.take_card()


def test_a_card_is_freed_from_the_latch_of_a_dead_board(tmp_path: Path) -> None:
    with running_bench(tmp_path, "accumulator-1") as on:
        on.make_card("voter-1")
        board = on.client.board("accumulator-1")
        board.insert_card("voter-1")
        on.bench.station.boards["accumulator-1"].lines.set_latch(True)
        board.power_off()
        assert not board.remove_card()
        board.free_latch()
        assert board.take_card()

"""Stops: plans, counting through restarts, and what ends at a point."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from simulators.stops import (
    Kind,
    Mode,
    Part,
    Points,
    Stop,
    begin_part,
    read_counts,
    write_plan,
)

UNITS = ("desk-1-deskd", "desk-1-cardiod", "terminal-1-terminald", "terminal-1-cardiod")


class Ended(Exception):
    """What a test has in the place of SIGKILL for its own process."""


class Board:
    """The world around one daemon: what was cut off and killed."""

    def __init__(self, folder: Path, unit: str = UNITS[0]) -> None:
        self.cut: list[str] = []
        self.killed: list[int] = []
        self.done: list[str] = []
        self.points = Points(folder, unit, self.cut.append, self._kill)

    def _kill(self, pid: int) -> None:
        self.killed.append(pid)
        if len(self.killed) == self.last:
            raise Ended

    last = 1

    def write(self, torn: bool = True) -> None:
        """Go through one durable write."""

        def tear(draw: random.Random, mode: Mode) -> None:
            self.done.append(f"torn {mode.value} {draw.random():.3f}")

        self.points.go_through(Kind.OWN, lambda: self.done.append("whole"), tear if torn else None)


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    return tmp_path / "stops"


def plan(folder: Path, *texts: str, seed: int = 7) -> None:
    write_plan(folder, UNITS, [Stop.parse(text) for text in texts], seed)


@pytest.fixture
def board(stops: Path, request: pytest.FixtureRequest) -> Iterator[Board]:
    plan(stops, *getattr(request, "param", ()))
    made = Board(stops)
    with closing(made.points):
        yield made


def test_a_stop_is_written_as_it_is_read() -> None:
    text = "desk-1/deskd:own@3:power"
    assert str(Stop.parse(text)) == text
    assert Stop.parse("terminal-2/cardiod:apdu@40") == Stop(
        "terminal-2", "cardiod", Kind.APDU, 40, Mode.BEFORE
    )
    of_part = "desk-1/deskd:vote/own@3:all"
    assert Stop.parse(of_part) == Stop("desk-1", "deskd", Kind.OWN, 3, Mode.ALL, Part.VOTE)
    assert str(Stop.parse(of_part)) == of_part


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("deskd:own@3", "give BOARD/DAEMON"),
        ("desk-1/deskd", "no kind ''"),
        ("desk-1/deskd:disk@3", "no kind 'disk'"),
        ("desk-1/deskd:own@0", "count from 1"),
        ("desk-1/deskd:own@x", "count from 1"),
        ("desk-1/deskd:own@3:later", "no mode 'later'"),
        (
            "desk-1/deskd:noon/own@3",
            "no part 'noon' of a day; there are open, vote, close, count, sign",
        ),
    ],
)
def test_what_is_no_stop_is_told(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Stop.parse(text)


def test_a_stop_must_be_for_a_daemon_that_is_there(stops: Path) -> None:
    with pytest.raises(ValueError, match="no daemon desk-2-deskd; there are desk-1-deskd"):
        plan(stops, "desk-2/deskd:own@3")


def test_points_are_counted_through_restarts(stops: Path) -> None:
    plan(stops)
    for _ in range(2):
        board = Board(stops)
        with closing(board.points):
            board.write()
            board.points.go_through(Kind.BUS_OUT, lambda: None)
            board.points.go_through(Kind.OWN, board.write)  # one point, not two
    counted = read_counts(stops)
    assert counted["desk-1-deskd"].points[Kind.OWN] == 4
    assert counted["desk-1-deskd"].points[Kind.BUS_OUT] == 2
    assert counted["desk-1-deskd"].happened == ()
    assert counted["desk-1-cardiod"].points[Kind.OWN] == 0


def test_each_part_of_the_day_counts_anew(stops: Path) -> None:
    plan(stops, "desk-1/deskd:vote/own@2:after", "desk-1/deskd:own@4:before")
    board = Board(stops)
    for _ in range(2):
        board.write()
    begin_part(stops, Part.VOTE)
    board.write()
    with pytest.raises(Ended):
        board.write()
    board.points.close()
    counted = read_counts(stops)["desk-1-deskd"]
    assert counted.in_parts[Part.OPEN, Kind.OWN] == counted.in_parts[Part.VOTE, Kind.OWN] == 2
    assert counted.points[Kind.OWN] == 4
    assert len(counted.happened) == 2, "both were due at the same point; one is enough"


@pytest.mark.parametrize(
    ("mode", "done"), [("before", []), ("middle", ["torn middle 0.412"]), ("after", ["whole"])]
)
def test_a_daemon_ends_at_the_planned_point_once(stops: Path, mode: str, done: list[str]) -> None:
    plan(stops, f"desk-1/deskd:own@2:{mode}")
    board = Board(stops)
    board.write()
    with pytest.raises(Ended):
        board.write()
    assert board.killed == [os.getpid()]
    assert [text.partition(" 0.")[0] for text in board.done[1:]] == [
        text.partition(" 0.")[0] for text in done
    ]
    board.points.close()
    again = Board(stops)
    again.write()
    again.points.close()
    assert again.done == ["whole"]
    assert read_counts(stops)["desk-1-deskd"].happened == (
        Stop("desk-1", "deskd", Kind.OWN, 2, Mode(mode)),
    )


def test_what_was_drawn_follows_from_seed_and_point(tmp_path: Path) -> None:
    drawn = []
    for number, seed in enumerate((7, 7, 8)):
        folder = tmp_path / str(number)
        plan(folder, "desk-1/deskd:own@1:middle", seed=seed)
        board = Board(folder)
        with closing(board.points), pytest.raises(Ended):
            board.write()
        drawn.append(board.done)
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("board", [("desk-1/deskd:own@1:middle",)], indirect=True)
def test_where_there_is_no_middle_the_end_comes_before(board: Board) -> None:
    with pytest.raises(Ended):
        board.write(torn=False)
    assert board.done == []


@pytest.mark.parametrize("board", [("desk-1/deskd:own@1:power-after",)], indirect=True)
def test_power_ends_the_boards_other_daemon_and_takes_its_memory(board: Board, stops: Path) -> None:
    other = Points(stops, "desk-1-cardiod", board.cut.append)
    stranger = Points(stops, "terminal-1-cardiod", board.cut.append)
    board.last = 2
    with closing(other), closing(stranger), pytest.raises(Ended):
        board.write()
    assert board.done == ["whole"]
    assert board.killed == [os.getpid()] * 2  # cardiod's, which is this test's too, then its own
    assert set(board.cut) == {"desk-1"}


@pytest.mark.parametrize("board", [("desk-1/deskd:own@1:blackout",)], indirect=True)
def test_a_blackout_takes_every_board(board: Board, stops: Path) -> None:
    stranger = Points(stops, "terminal-1-cardiod", board.cut.append)
    board.last = 2
    with closing(stranger), pytest.raises(Ended):
        board.write()
    assert set(board.cut) == {"desk-1", "terminal-1"}


@pytest.mark.parametrize("board", [("desk-1/deskd:own@1:all",)], indirect=True)
def test_all_daemons_end_and_the_power_stays(board: Board, stops: Path) -> None:
    stranger = Points(stops, "terminal-1-cardiod", board.cut.append)
    board.last = 2
    with closing(stranger), pytest.raises(Ended):
        board.write()
    assert board.cut == []


@pytest.mark.parametrize("board", [("desk-1/deskd:own@1:all",)], indirect=True)
def test_a_daemon_that_is_not_there_is_left_alone(board: Board) -> None:
    with pytest.raises(Ended):
        board.write()
    assert board.killed == [os.getpid()]

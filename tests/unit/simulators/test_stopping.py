"""Points around a daemon: its writes and messages are counted and stopped at, nobody else's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import cardio.client
from common.bus import Channel, Listener
from common.media import FolderMedium
from simulators.board_parts import BenchCardSlot
from simulators.piv_card import CardState
from simulators.stopping import stoppable
from simulators.stops import Kind, Points, Stop, read_counts, write_plan
from tests.on_bench import running_bench

SELECT = bytes.fromhex("00A404000BA00000030800001000010000")
WRONG_PIN = bytes.fromhex("0020008008313131313131FFFF")
UNIT = "desk-1-deskd"
UIDS = frozenset({os.getuid()})


class Ended(Exception):
    """In the place of SIGKILL."""


def end(_pid: int) -> None:
    raise Ended


class Day:
    """A folder of stops, and what the daemon's own storage and recording medium hold."""

    def __init__(self, folder: Path, *stops: str) -> None:
        self.stops = folder / "stops"
        write_plan(self.stops, [UNIT], [Stop.parse(stop) for stop in stops], 1)
        self.own = self._medium(folder / "own", "own-storage")
        self.recording = self._medium(folder / "medium", "recording")
        self.visiting = self._medium(folder / "visiting", "visiting")

    @staticmethod
    def _medium(folder: Path, name: str) -> FolderMedium:
        folder.mkdir()
        return FolderMedium(folder, name)

    def points(self) -> Points:
        return Points(self.stops, UNIT, lambda _: None, end)

    def counted(self, kind: Kind) -> int:
        return read_counts(self.stops)[UNIT].points[kind]


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return Day(tmp_path)


@pytest.fixture(autouse=True)
def nothing_stays_changed() -> Iterator[None]:
    before = (FolderMedium.append, FolderMedium.replace, Listener.accept)
    connect = vars(cardio.client)["connect"]
    yield
    assert (FolderMedium.append, FolderMedium.replace, Listener.accept) == before
    assert vars(cardio.client)["connect"] is connect


def test_writes_are_counted_by_medium(day: Day) -> None:
    with closing(day.points()) as points, stoppable(points):
        day.own.append("file", b"one")  # makes the file: one point, though it replaces
        day.own.append("file", b"two")
        day.own.write_at("file", 0, b"T")
        day.own.folder("deeper").replace("file", b"x")
        day.recording.replace("file", b"x")
        day.recording.remove("file")
        day.visiting.replace("file", b"x")
        assert day.own.read("file") == b"Tnetwo"
    day.own.remove("file")
    assert (day.counted(Kind.OWN), day.counted(Kind.REMOVABLE)) == (4, 2)


@pytest.mark.parametrize(
    ("mode", "left"), [("before", [b"old"]), ("after", [b"oldnew"]), ("middle", None)]
)
def test_a_write_is_stopped_at(tmp_path: Path, mode: str, left: list[bytes] | None) -> None:
    day = Day(tmp_path, f"desk-1/deskd:own@2:{mode}")
    with closing(day.points()) as points, stoppable(points):
        day.own.append("file", b"old")
        with pytest.raises(Ended):
            day.own.append("file", b"new")
    found = day.own.read("file")
    assert found is not None
    if left is None:
        assert found.rstrip(b"\0") in [b"old", b"oldn", b"oldne", b"oldnew"]
    else:
        assert found in left


def test_messages_are_counted_at_both_ends(day: Day, tmp_path: Path) -> None:
    with (
        closing(day.points()) as points,
        stoppable(points),
        closing(Listener(tmp_path / "socket", UIDS)) as listener,
    ):
        board: Channel = vars(cardio.client)["connect"](tmp_path / "socket")
        cardiod = listener.accept(5.0)
        assert cardiod is not None
        with closing(board), closing(cardiod):
            board.send((1, "look"))
            assert cardiod.receive(5.0) == (1, "look")
            assert cardiod.receive(0.0) is None  # nothing came: no point
            cardiod.send((2,))
            assert board.receive(5.0) == (2,)
    assert (day.counted(Kind.BUS_OUT), day.counted(Kind.BUS_IN)) == (2, 2)


def test_a_message_is_stopped_at_before_it_is_sent(tmp_path: Path) -> None:
    day = Day(tmp_path, "desk-1/deskd:bus-out@1:before")
    with (
        closing(day.points()) as points,
        stoppable(points),
        closing(Listener(tmp_path / "socket", UIDS)) as listener,
    ):
        board: Channel = vars(cardio.client)["connect"](tmp_path / "socket")
        cardiod = listener.accept(5.0)
        assert cardiod is not None
        with closing(board), closing(cardiod):
            with pytest.raises(Ended):
                board.send((1, "look"))
            assert cardiod.receive(0.0) is None


@pytest.mark.parametrize(
    ("mode", "attempts_left"),
    [("before", 3), ("middle", 2), ("after", 2), ("power-before", 3), ("power-after", 2)],
)
def test_a_card_command_is_stopped_at(tmp_path: Path, mode: str, attempts_left: int) -> None:
    write_plan(
        tmp_path / "stops", ["desk-1-cardiod"], [Stop.parse(f"desk-1/cardiod:apdu@2:{mode}")], 1
    )
    with running_bench(tmp_path, "desk-1") as on:
        on.make_card("voter-1")
        on.client.board("desk-1").insert_card("voter-1")
        with (
            closing(Points(tmp_path / "stops", "desk-1-cardiod", lambda _: None, end)) as points,
            closing(BenchCardSlot(on.client.bench, "desk-1", points)) as slot,
        ):
            powered = slot.power_on()
            assert powered is not None
            session, _ = powered
            slot.transmit(session, SELECT)
            with pytest.raises(Ended):
                slot.transmit(session, WRONG_PIN)
            slot.power_off(session)
        on.client.board("desk-1").remove_card()
        left = CardState.from_bytes((on.folder / "cards" / "voter-1.card").read_bytes())
    assert left.pin_left == attempts_left


def test_a_card_that_is_cut_off_in_a_command_has_no_power_any_more(tmp_path: Path) -> None:
    write_plan(
        tmp_path / "stops", ["desk-1-cardiod"], [Stop.parse("desk-1/cardiod:apdu@2:power")], 1
    )
    with running_bench(tmp_path, "desk-1") as on:
        on.make_card("voter-1")
        on.client.board("desk-1").insert_card("voter-1")
        with (
            closing(Points(tmp_path / "stops", "desk-1-cardiod", lambda _: None, end)) as points,
            closing(BenchCardSlot(on.client.bench, "desk-1", points)) as slot,
        ):
            powered = slot.power_on()
            assert powered is not None
            slot.transmit(powered[0], SELECT)
            with pytest.raises(Ended):
                slot.transmit(powered[0], WRONG_PIN)
            with closing(BenchCardSlot(on.client.bench, "desk-1")) as again:
                assert again.transmit(powered[0], SELECT) is None

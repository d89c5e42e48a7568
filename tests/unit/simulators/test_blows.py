"""What blows do to the boards of a bench, and what is undone again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from center.commission import standard_boards
from common.media import Medium
from common.regions import Region
from hal.screen import Screen
from simulators import blows
from simulators.blows import Jump, MediumBlow, Strike, Striker
from simulators.prepare import Station
from simulators.progress import DayFailed
from simulators.progress import Screen as Watched
from simulators.technician import MediumTrouble
from simulators.venue import Venue
from tests.on_bench import NO_WIRING, OnBench, running_bench

BOARDS = ("desk-1", "desk-2", "accumulator-1", "accumulator-2")


class KilledUnits:
    """A supervisor that only takes note."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int]] = []

    def kill(self, name: str) -> int:
        self.told.append(("kill", name, 0))
        return len(self.told)

    def wait_restarted(self, name: str, after: int) -> None:
        self.told.append(("wait", name, after))


def station(folder: Path) -> Station:
    boards = standard_boards(1, 1)
    nothing: Any = None
    return Station(
        folder=folder,
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


class Scene:
    """A bench, a striker at it, and what boards show."""

    def __init__(self, on: OnBench, folder: Path) -> None:
        supervisor: Any = KilledUnits()
        self.on, self.killed = on, supervisor.told
        self.venue = Venue(
            station(folder), on.socket, supervisor, Watched(silent=True), 60.0, patience_s=0.2
        )
        self.screens = {board: self._screen(board) for board in BOARDS}
        for board in BOARDS:
            self.show(board, f"{board.partition('-')[0]}.ready")
        self.striker = Striker(self.venue, 1)

    def _screen(self, board: str) -> Screen:
        parts = self.on.parts(board)
        return parts.screen(NO_WIRING, parts.clock(NO_WIRING))

    def show(self, board: str, page: str) -> None:
        size = self.screens[board].size
        blank = bytes(size.width * size.height * 4)
        self.screens[board].show(blank, (Region("page", 0, 0, *size_of(size), page),))

    def medium(self, board: str) -> Medium:
        return self.on.parts(board).recording_slot(NO_WIRING, self.on.clock(board)).medium()

    def close(self) -> None:
        self.striker.close()
        for screen in self.screens.values():
            screen.close()


def size_of(size: Any) -> tuple[int, int]:
    return size.width, size.height


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("LASTS_S", "NOTICED_S", "REST_S"):
        monkeypatch.setattr(blows, name, 0.2)
    with running_bench(tmp_path, *BOARDS) as on:
        made = Scene(on, tmp_path)
        yield made
        made.close()


def test_several_daemons_are_killed_before_any_is_waited_for(scene: Scene) -> None:
    scene.striker.deal(Strike(("desk-1-deskd", "desk-2-cardiod"), 3))
    assert [what for what, _, _ in scene.killed] == ["kill", "kill", "wait", "wait"]
    assert [name for _, name, _ in scene.killed][2:] == ["desk-1-deskd", "desk-2-cardiod"]


def test_a_spare_is_struck_in_the_dead_boards_place(scene: Scene) -> None:
    after = scene.venue.station.with_spare("desk-1", "desk-2")
    venue = Venue(after, *list(_rest(scene.venue)))
    scene.striker.replaced(venue, "desk-1", "desk-2")
    scene.striker.deal(Strike(("desk-1-deskd",), 3))
    assert scene.killed[0][1] == "desk-2-deskd"
    assert scene.striker.medium_of("desk-2") == "desk-1"
    assert scene.striker.now("accumulator-1") == "accumulator-1"


def _rest(venue: Venue) -> Iterator[Any]:
    yield from (venue.bench, venue.supervisor, venue.screen, venue.speed, venue.patience_s)


def test_a_medium_that_was_pulled_is_back_afterwards(scene: Scene) -> None:
    scene.medium("desk-1").replace("a.bin", b"kept")
    scene.striker.deal(MediumBlow("desk-1", MediumTrouble.PULLED, 1))
    assert scene.medium("desk-1").read("a.bin") == b"kept"
    scene.striker.deal(MediumBlow("desk-1", MediumTrouble.EMPTY, 1))
    assert scene.medium("desk-1").read("a.bin") is None
    assert scene.striker.medium_of("desk-1") != "desk-1"


def test_a_board_that_does_not_go_on_fails_the_day(scene: Scene) -> None:
    scene.show("desk-1", "desk.stopped")
    with pytest.raises(DayFailed, match="desk-1 does not go on"):
        scene.striker.settle("desk-2", "desk-1")


def test_the_medium_that_is_used_at_the_end_is_the_one_that_is_kept(scene: Scene) -> None:
    kept = scene.venue.station.medium_folder("desk-1")
    kept.mkdir(parents=True)
    scene.striker.deal(MediumBlow("desk-1", MediumTrouble.EMPTY, 1))
    scene.medium("desk-1").replace("new.bin", b"new")
    scene.striker.keep_media()
    assert (kept / "new.bin").read_bytes() == b"new"


@pytest.mark.parametrize(("by_s", "told"), [(60, blows.AHEAD), (-60, blows.BACK)])
def test_a_clock_jumps_and_time_outs_do_not(scene: Scene, by_s: int, told: str) -> None:
    clock, other = scene.on.clock("desk-1"), scene.on.clock("desk-2")
    jump = Jump("desk-1", by_s, 1)
    assert jump.told == told
    scene.striker.deal(jump)
    assert abs(clock.now_ms() - other.now_ms() - by_s * 1000) < 5000
    assert abs(clock.monotonic_s() - other.monotonic_s()) < 5

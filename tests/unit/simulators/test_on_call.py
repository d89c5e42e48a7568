"""The technician on call where two mishaps of one medium overlap: each is put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from common.errors import Reason
from simulators import on_call
from simulators.bench_client import BenchClient
from simulators.mishaps import Mishap, befell, write_mishaps
from simulators.on_call import OnCall, Page
from simulators.progress import DayFailed
from simulators.venue import STOPS
from tests.on_bench import OnBench, running_bench

UNIT = "desk-1-deskd"
SERVES = Page("desk.ready", 0)
MISSING, FULL = Reason.MEDIUM_MISSING.value, Reason.MEDIUM_FULL.value
BROKEN = Reason.MEDIUM_DAMAGED.value


@dataclass(frozen=True)
class Place:
    """As much of a venue as the technician looks at."""

    bench: Path
    patience_s: float = 60.0


class Watchful(OnCall):
    """A technician who sees the pages that the test says."""

    page = SERVES

    def look(self, client: BenchClient, board: str) -> Page:
        del client, board
        return self.page


@dataclass
class Scene:
    """A desk, a terminal, and mishaps that befall when the test says so."""

    on: OnBench
    folder: Path
    seen: Watchful = field(init=False)

    def plan(self, *mishaps: str) -> None:
        planned = [Mishap.parse(text) for text in mishaps]
        own = {UNIT: self.folder / "own", "terminal-1-terminald": self.folder / "own"}
        write_mishaps(self.folder / STOPS, own, planned, 1)
        (self.folder / STOPS / f"{UNIT}.counts").touch()
        self.seen = Watchful(Place(self.on.socket), planned)  # type: ignore[arg-type]  # enough

    def befall(self, number: int, *, out: bool = False) -> None:
        befell(self.folder / STOPS, UNIT, number).touch()
        hands = self.on.client.board("desk-1")
        if out:
            hands.unplug()

    def shows(self, number: int) -> None:
        """Let the technician look at a page with this number, 0 for one that serves."""
        self.seen.page = Page("desk.stopped", number) if number else SERVES
        self.seen.look_around(self.on.client)

    def told(self) -> dict[object, tuple[object, object]]:
        return {case["mishap"]: (case["pages"], case["noticed"]) for case in self.seen.told()}

    def in_slot(self) -> str:
        hands = self.on.client.board("desk-1")
        name = hands.unplug()
        hands.plug(name)
        return name


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    (tmp_path / STOPS).mkdir()
    monkeypatch.setattr(OnCall, "_writes", lambda *_: 0)
    with running_bench(tmp_path, "desk-1", "terminal-1") as on:
        yield Scene(on, tmp_path)


def test_a_page_that_still_tells_of_the_mishap_before_is_no_wrong_page(scene: Scene) -> None:
    """While a full medium's successor is made alike, that is pulled; the page still says full."""
    scene.plan("desk-1:removable:full@5", "desk-1:removable:pulled@40")
    scene.befall(0)
    scene.shows(FULL)
    assert scene.in_slot() == "desk-1-new-1"
    scene.befall(1, out=True)
    scene.shows(FULL)
    scene.shows(MISSING)
    scene.shows(0)
    assert scene.in_slot() == "desk-1-new-1"
    assert scene.told() == {
        "desk-1:removable:full@5": ([FULL], True),
        "desk-1:removable:pulled@40": ([FULL, MISSING], True),
    }


def test_a_medium_that_was_put_in_for_one_mishap_is_well_for_the_other(scene: Scene) -> None:
    scene.plan("desk-1:removable:full@5", "desk-1:removable:pulled@6")
    scene.befall(0)
    scene.befall(1, out=True)
    scene.shows(MISSING)
    assert scene.in_slot() == "desk-1"
    scene.shows(0)
    assert len(scene.told()) == 2
    assert scene.in_slot() == "desk-1", "nobody takes out a medium that works"


def test_what_is_lost_is_not_found_again_for_another_mishap(scene: Scene) -> None:
    scene.plan("desk-1:removable:pulled@5", "desk-1:removable:lost@6")
    scene.befall(0, out=True)
    scene.befall(1)
    scene.shows(MISSING)
    scene.shows(0)
    assert scene.in_slot() == "desk-1-new-1"
    assert len(scene.told()) == 2


def test_a_strangers_medium_that_fell_out_goes_back_with_its_own_case(scene: Scene) -> None:
    scene.plan("desk-1:removable:swapped@5", "desk-1:removable:pulled@6")
    terminal = scene.on.client.board("terminal-1")
    hands = scene.on.client.board("desk-1")
    hands.unplug()
    hands.plug(terminal.unplug())
    scene.befall(0)
    scene.befall(1, out=True)
    scene.shows(MISSING)
    scene.shows(Reason.MEDIUM_OTHER_BOARD.value)
    scene.shows(0)
    assert scene.in_slot() == "desk-1"
    assert terminal.unplug() == "terminal-1"
    assert len(scene.told()) == 2


def test_a_page_that_no_open_case_explains_is_wrong(scene: Scene) -> None:
    scene.plan("desk-1:removable:full@5", "desk-1:removable:pulled@6")
    scene.befall(0)
    scene.shows(FULL)
    scene.befall(1, out=True)
    with pytest.raises(DayFailed, match=f"the page says {BROKEN}, not \\[{MISSING}\\]"):
        scene.shows(BROKEN)


def test_a_page_that_goes_on_telling_of_the_other_is_wrong(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_call, "UNNOTICED_S", -1.0)
    scene.plan("desk-1:removable:full@5", "desk-1:removable:pulled@6")
    scene.befall(0)
    scene.shows(FULL)
    scene.befall(1, out=True)
    with pytest.raises(DayFailed, match=f"the page says {FULL}, not \\[{MISSING}\\]"):
        scene.shows(FULL)

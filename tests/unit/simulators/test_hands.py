"""Officials' hands on the bench: they wait before what has just come up, as a guard time asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.regions import Region
from simulators import hands
from simulators.hands import REACTION_S, BenchHands

PAGE = Region("page", 0, 0, 1280, 800, "desk.signing")
KEY = Region("pin.1", 100, 100, 80, 80, "1")
OTHER_KEY = Region("pin.2", 200, 100, 80, 80, "2")
BUTTON = Region("pin.enter", 300, 100, 80, 80, "OK")
FIELD = Region("pin.typed", 100, 20, 300, 40, "")


class Clock:
    """Time passes only where somebody waits."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic_s(self) -> float:
        return self.now_s


class Bench:
    """One board of a bench: what stands on its screen, and what was touched when."""

    def __init__(self, _path: Path) -> None:
        self.clock = Clock()
        self.shown: tuple[Region, ...] = (PAGE,)
        self.touched: list[tuple[int, int, float]] = []

    def board(self, _name: str) -> Bench:
        return self

    def regions(self) -> tuple[int, tuple[Region, ...]]:
        return 1, self.shown

    def touch(self, x: int, y: int) -> None:
        self.touched.append((x, y, self.clock.now_s))

    def close(self) -> None:
        pass


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    found = Bench(Path())

    def pause(_hands: object, clock: Clock, left_s: float) -> None:
        clock.now_s += left_s

    monkeypatch.setattr(hands, "BenchClient", lambda _path: found)
    monkeypatch.setattr(hands, "_pause", pause)
    return found


def waited_s(bench: Bench, region: Region, person: BenchHands) -> float:
    """Return how long the person waits before touching this."""
    before_s = bench.clock.now_s
    person.touch("desk-1", *region.centre)
    (_, _, at_s) = bench.touched[-1]
    return at_s - before_s


def test_a_key_that_comes_up_on_a_page_of_the_same_name_is_waited_for(bench: Bench) -> None:
    person = BenchHands(Path())
    person.regions("desk-1")
    bench.clock.now_s += 60
    bench.shown = (PAGE, FIELD, KEY, BUTTON)
    person.regions("desk-1")
    assert waited_s(bench, KEY, person) == pytest.approx(REACTION_S)


def test_a_key_that_stands_is_typed_at_once_while_the_field_changes(bench: Bench) -> None:
    person = BenchHands(Path())
    bench.shown = (PAGE, FIELD, KEY, OTHER_KEY, BUTTON)
    person.regions("desk-1")
    bench.clock.now_s += 60
    typed = Region("pin.typed", 100, 20, 300, 40, "•")
    bench.shown = (PAGE, typed, KEY, OTHER_KEY, BUTTON)
    person.regions("desk-1")
    assert waited_s(bench, OTHER_KEY, person) == 0
    assert waited_s(bench, BUTTON, person) == pytest.approx(REACTION_S), "all must be looked at"


def test_what_moves_is_as_new(bench: Bench) -> None:
    person = BenchHands(Path())
    bench.shown = (PAGE, KEY)
    person.regions("desk-1")
    bench.clock.now_s += 60
    moved = Region("pin.1", 500, 500, 80, 80, "1")
    bench.shown = (PAGE, moved)
    person.regions("desk-1")
    assert waited_s(bench, moved, person) == pytest.approx(REACTION_S)


def test_nobody_touches_what_went_away_while_they_waited(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pause(_hands: object, clock: Clock, left_s: float) -> None:
        clock.now_s += left_s
        bench.shown = (PAGE,)

    monkeypatch.setattr(hands, "_pause", pause)
    person = BenchHands(Path())
    bench.shown = (PAGE, BUTTON)
    person.touch("desk-1", *BUTTON.centre)
    assert bench.touched == []

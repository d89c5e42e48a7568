"""Planning a torture campaign: every point once a round, stops of a board apart."""

from __future__ import annotations

import random
from itertools import pairwise

from simulators.campaign import APART, PER_BOARD, PER_STATION, into_days, random_stops, rounds
from simulators.stops import MODES, Kind, Mode

POINTS = {
    "desk-1-deskd": {Kind.OWN: 40, Kind.BUS_IN: 20},
    "desk-1-cardiod": {Kind.APDU: 60},
    "accumulator-1-accumulatord": {Kind.REMOVABLE: 100},
}
EVERY = {
    (unit, kind, number)
    for unit, kinds in POINTS.items()
    for kind, most in kinds.items()
    for number in range(1, most + 1)
}


def test_the_first_round_has_every_point_once() -> None:
    first = next(rounds(POINTS))
    assert len(first) == len(EVERY)
    assert {(stop.unit, stop.kind, stop.number) for stop in first} == EVERY
    assert {stop.mode for stop in first if stop.kind is Kind.APDU} == set(Mode)


def test_all_rounds_together_have_every_point_in_every_mode_once() -> None:
    stops = [stop for stops in rounds(POINTS) for stop in stops]
    assert len(stops) == len(set(stops)) == sum(len(MODES[kind]) for _, kind, _ in EVERY)


def test_days_have_every_stop_and_keep_them_apart() -> None:
    stops = next(rounds(POINTS))
    days = list(into_days(stops, POINTS, random.Random(1)))
    assert sorted(map(str, stops)) == sorted(str(stop) for day in days for stop in day.stops)
    for day in days:
        station = [stop for stop in day.stops if stop.mode in (Mode.ALL, Mode.BLACKOUT)]
        assert len(station) <= PER_STATION
        for board in ("desk-1", "accumulator-1"):
            at = sorted(
                stop.number / POINTS[stop.unit][stop.kind]
                for stop in day.stops
                if stop.board == board
            )
            assert len(at) <= PER_BOARD
            assert all(later - earlier >= APART for earlier, later in pairwise(at))
    assert len(days) < len(stops) / 4


def test_drawn_stops_follow_from_the_seed() -> None:
    drawn = [random_stops(POINTS, 50, random.Random(seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 50
    assert len(random_stops(POINTS, 1000, random.Random(1))) == len(EVERY)

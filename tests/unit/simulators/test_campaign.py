"""Planning a torture campaign: every point once a round, stops of a board apart."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from simulators.campaign import (
    APART,
    PER_PART,
    PER_STATION,
    Points,
    every_point,
    into_days,
    random_stops,
    rounds,
    some_of,
    without,
)
from simulators.stops import MODES, Kind, Mode, Part, Stop

POINTS: Points = {
    "desk-1-deskd": {(Part.OPEN, Kind.OWN): 40, (Part.VOTE, Kind.BUS_IN): 20},
    "desk-1-cardiod": {(Part.VOTE, Kind.APDU): 60},
    "accumulator-1-accumulatord": {(Part.OPEN, Kind.REMOVABLE): 50, (Part.COUNT, Kind.OWN): 50},
}
EVERY = {(point.unit, point.part, point.kind, point.number) for point in every_point(POINTS)}
KILLED = {Mode.BEFORE, Mode.MIDDLE, Mode.AFTER, Mode.ALL}


def points_of(stops: list[Stop]) -> set[tuple[str, Part | None, Kind, int]]:
    return {(stop.unit, stop.part, stop.kind, stop.number) for stop in stops}


def test_every_point_is_counted_in_its_part() -> None:
    assert len(EVERY) == 220
    assert ("accumulator-1-accumulatord", Part.COUNT, Kind.OWN, 50) in EVERY


@pytest.mark.parametrize("turn", [0, 5])
def test_the_first_round_kills_at_every_point_and_the_second_cuts_the_power(turn: int) -> None:
    killed, without_power, *_ = rounds(POINTS, turn)
    for stops in (killed, without_power):
        assert len(stops) == len(EVERY)
        assert points_of(stops) == EVERY
    assert {stop.mode for stop in killed} == KILLED
    assert {stop.mode for stop in without_power} == set(Mode) - KILLED
    assert {stop.mode for stop in killed if stop.kind is Kind.APDU} == KILLED


def test_another_turn_has_other_modes() -> None:
    assert next(rounds(POINTS, 0)) != next(rounds(POINTS, 1))


def test_all_rounds_together_have_every_point_in_every_mode_once() -> None:
    stops = [stop for stops in rounds(POINTS) for stop in stops]
    wanted = sum(len(MODES[point.kind]) for point in every_point(POINTS))
    assert len(stops) == len(set(stops)) == wanted


def test_days_have_every_stop_and_keep_them_apart() -> None:
    stops = next(rounds(POINTS))
    days = list(into_days(stops, POINTS, random.Random(1)))
    assert sorted(map(str, stops)) == sorted(str(stop) for day in days for stop in day.stops)
    for day in days:
        station = [stop for stop in day.stops if stop.mode in (Mode.ALL, Mode.BLACKOUT)]
        assert len(station) <= PER_STATION
        for board, part in (("desk-1", Part.VOTE), ("accumulator-1", Part.COUNT)):
            at = sorted(
                stop.number / POINTS[stop.unit][part, stop.kind]
                for stop in day.stops
                if stop.board == board and stop.part is part
            )
            assert len(at) <= PER_PART
            assert all(later - earlier >= APART for earlier, later in pairwise(at))
    assert len(days) < len(stops) / 6


def test_a_short_campaign_has_half_of_its_stops_without_power() -> None:
    drawn = some_of(rounds(POINTS), 31, random.Random(2))
    assert len(set(drawn)) == 31
    assert sum(stop.mode in KILLED for stop in drawn) == 16
    assert len(some_of(rounds(POINTS), 10_000, random.Random(2))) == 2 * len(EVERY)


def test_what_an_earlier_campaign_did_is_left_out() -> None:
    stops = next(rounds(POINTS))
    assert without(stops, {str(stops[0]), str(stops[7])}) == [*stops[1:7], *stops[8:]]


def test_a_stop_without_a_part_is_nothing_for_a_campaign() -> None:
    stops = [Stop("desk-1", "deskd", Kind.OWN, 3, Mode.AFTER, part) for part in (None, Part.OPEN)]
    with pytest.raises(ValueError, match="has no part of the day"):
        list(into_days(stops, POINTS, random.Random(1)))


def test_drawn_stops_follow_from_the_seed() -> None:
    drawn = [random_stops(POINTS, 50, random.Random(seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 50
    assert len(random_stops(POINTS, 1000, random.Random(1))) == len(EVERY)

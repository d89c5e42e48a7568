"""What a campaign tells: points hit by way, apart from the bigger day's, and starts."""

from __future__ import annotations

from simulators.campaign import PlannedDay, Points
from simulators.stops import Kind, Part, Stop
from simulators.tally import Tally

POINTS: Points = {
    "desk-1-deskd": {(Part.VOTE, Kind.OWN): 4, (Part.OPEN, Kind.OWN): 2},
    "desk-1-cardiod": {(Part.VOTE, Kind.APDU): 9},
}
STOPS = (
    "desk-1/deskd:vote/own@1:before",
    "desk-1/deskd:vote/own@1:after",
    "desk-1/deskd:open/own@1:middle",
    "desk-1/deskd:vote/own@2:power-after",
    "desk-1/deskd:vote/own@3:blackout",
    "desk-1/cardiod:vote/apdu@9:all",
)


def day(*stops: str, big: bool = False) -> PlannedDay:
    return PlannedDay(tuple(map(Stop.parse, stops)), big)


def starts(*ready_s: float | None) -> list[dict[str, object]]:
    return [
        {"unit": "desk-1-deskd", "again": at > 0, "ready_s": seconds}
        for at, seconds in enumerate((9.0, *ready_s))
    ]


def test_a_point_that_was_hit_twice_in_a_way_counts_once() -> None:
    tally = Tally()
    tally.add(day(*STOPS), {"stops": STOPS}, executed=False, well=True)
    tally.add(day(STOPS[0]), {"stops": STOPS[:1]}, executed=False, well=True)
    assert tally.hits() == {
        ("deskd", "own", "killed"): 2,
        ("deskd", "own", "no power"): 1,
        ("deskd", "own", "blackout"): 1,
        ("cardiod", "apdu", "all killed"): 1,
    }
    assert tally.stops == 6


def test_the_table_has_the_points_and_how_many_were_hit_how() -> None:
    tally = Tally()
    summary = {"stops": STOPS, "starts": starts(0.25, 0.75, None)}
    tally.add(day(*STOPS), summary, executed=True, well=True)
    *rows, days, ready = tally.table(POINTS).splitlines()
    assert rows == [
        "  daemon        kind          points      killed    no power  all killed    blackout",
        "  cardiod       apdu               9           0           0           1           0",
        "  deskd         own                6           2           1           0           1",
        "                                  15           2           1           1           1",
    ]
    assert days.startswith("  1 days, 6 stops, 0 of them on the bigger day, 2 restarts, 0 findings")
    assert ready == (
        "  restart to readiness, executed: 2, median 0.75 s, 95 % below 0.75 s, longest 0.75 s"
    )


def test_stops_of_the_bigger_day_are_no_points_of_the_recorded_one() -> None:
    tally = Tally()
    tally.add(day(*STOPS, big=True), {"stops": STOPS[:4]}, executed=False, well=True)
    assert not tally.hits()
    assert (tally.stops, tally.missed, len(tally.in_big)) == (4, 2, 4)


def test_a_day_that_went_wrong_has_hit_nothing() -> None:
    tally = Tally()
    tally.add(day(*STOPS), {}, executed=False, well=False)
    assert (tally.days, tally.stops, tally.missed) == (1, 0, 0)


def test_what_is_kept_goes_on_in_another_campaign() -> None:
    tally = Tally()
    tally.add(day(*STOPS), {"stops": STOPS}, executed=False, well=True)
    told = tally.told(POINTS)
    assert told["stops"] == sorted(STOPS)
    assert told["points"] == {
        "desk-1-deskd": {"vote/own": 4, "open/own": 2},
        "desk-1-cardiod": {"vote/apdu": 9},
    }

"""Which days a torture campaign holds: every point of a recorded day, a few on each day.

Rules:
- In the first round a daemon is killed at each point once, in the second each point is where the
  power fails; now and then all daemons are killed, or all boards lose their power. The next rounds
  have each point in one more of its modes, until all pairs of point and mode were there.
- Points are numbered from the beginning of their part of the day. After a stop a board has more to
  do, so a later number of the same part meets a neighbour of the recorded point; therefore stops of
  a board are few in each part of a day, and lie apart, so that each finds a board that has
  recovered.
- Stops of the whole station are few on a day.
- Everything follows from the recorded numbers and the random source.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from simulators.mishaps import Mishap
from simulators.stops import MODES, Kind, Mode, Part, Stop

PER_PART: Final = 4
PER_STATION: Final = 2
APART: Final = 0.15
STATION_EVERY: Final = 12
"""Each so manyth point of a round stops the whole station."""
_STATION: Final = (Mode.ALL, Mode.BLACKOUT)
_ROUNDS: Final = (
    ((Mode.BEFORE, Mode.MIDDLE, Mode.AFTER), Mode.ALL),
    ((Mode.POWER_BEFORE, Mode.POWER, Mode.POWER_AFTER), Mode.BLACKOUT),
)

Points: TypeAlias = Mapping[str, Mapping[tuple[Part, Kind], int]]
"""Daemon (`<board>-<daemon>`) -> part and kind -> how many points a day without stops has."""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What befalls on one day; `big` says that it is a day of the bigger station."""

    stops: tuple[Stop, ...]
    big: bool = False
    mishaps: tuple[Mishap, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One recorded point; `number` counts from 1 in its part of the day."""

    unit: str
    part: Part
    kind: Kind
    number: int

    def stop(self, mode: Mode) -> Stop:
        """Return the stop at this point."""
        board, _, daemon = self.unit.rpartition("-")
        return Stop(board, daemon, self.kind, self.number, mode, self.part)


def every_point(points: Points) -> list[Point]:
    """Return all recorded points."""
    return [
        Point(unit, part, kind, number)
        for unit, counts in points.items()
        for (part, kind), most in counts.items()
        for number in range(1, most + 1)
    ]


def rounds(points: Points, turn: int = 0) -> Iterator[list[Stop]]:
    """Yield rounds: in each, every point once; each time in another mode while it has others.

    Args:
        turn: lets the points of the first rounds have others of these rounds' modes.
    """
    every = every_point(points)
    left = {point: list(MODES[point.kind]) for point in every}
    for modes, station in _ROUNDS:
        stops = []
        for at, point in enumerate(every, turn):
            own = [mode for mode in MODES[point.kind] if mode in modes]
            whole = at % STATION_EVERY == 0 and station in MODES[point.kind]
            mode = station if whole else own[at % len(own)]
            left[point].remove(mode)
            stops.append(point.stop(mode))
        yield stops
    while stops := [
        point.stop(modes.pop(at % len(modes)))
        for at, (point, modes) in enumerate(left.items(), turn)
        if modes
    ]:
        yield stops


def some_of(planned: Iterable[list[Stop]], count: int, draw: random.Random) -> list[Stop]:
    """Draw so many stops of the first two rounds: as many with power as without."""
    killed, without_power = islice(planned, len(_ROUNDS))
    half = min(count // 2, len(without_power))
    more = min(count - half, len(killed))
    return [*draw.sample(killed, more), *draw.sample(without_power, half)]


def random_stops(points: Points, count: int, draw: random.Random) -> list[Stop]:
    """Draw so many points, each as likely as any other, each in a mode drawn for it."""
    every = every_point(points)
    drawn = draw.sample(every, min(count, len(every)))
    return [point.stop(draw.choice(MODES[point.kind])) for point in drawn]


def into_days(
    stops: Iterable[Stop],
    points: Points,
    draw: random.Random,
    *,
    per_part: int = PER_PART,
    big: bool = False,
) -> Iterator[PlannedDay]:
    """Put stops on as few days as the rules above allow."""
    left = list(stops)
    draw.shuffle(left)
    while left:
        today: list[Stop] = []
        later: list[Stop] = []
        for stop in left:
            (today if _fits(stop, today, points, per_part) else later).append(stop)
        yield PlannedDay(tuple(today), big)
        left = later


def without(stops: Iterable[Stop], happened: Collection[str]) -> list[Stop]:
    """Leave out the stops that an earlier campaign has made, by their texts."""
    return [stop for stop in stops if str(stop) not in happened]


def _fits(stop: Stop, today: Sequence[Stop], points: Points, per_part: int) -> bool:
    neighbours = [one for one in today if one.board == stop.board and one.part is stop.part]
    if len(neighbours) >= per_part:
        return False
    if stop.mode in _STATION and sum(one.mode in _STATION for one in today) >= PER_STATION:
        return False
    at = _position(stop, points)
    return all(abs(at - _position(other, points)) >= APART for other in neighbours)


def _position(stop: Stop, points: Points) -> float:
    """Say how far in its part of the day a point lies, from 0 to 1."""
    if stop.part is None:
        raise ValueError(f"{stop} has no part of the day")
    return stop.number / points[stop.unit][stop.part, stop.kind]

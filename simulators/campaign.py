"""Which days a torture campaign holds: every point of a recorded day, a few on each day.

Rules:
- The first round has each point once, the next rounds have it in another of its modes each, until
  all pairs of point and mode were there.
- On one day, stops of the same board lie apart, so that each finds a board that has recovered.
  After a stop a board has more to do, so a later number meets a neighbour of the recorded point.
- Stops of the whole station are few on a day.
- Everything follows from the recorded numbers and the random source.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulators.stops import MODES, Kind, Mode, Stop

PER_BOARD: Final = 6
PER_STATION: Final = 2
APART: Final = 0.1
_STATION: Final = (Mode.ALL, Mode.BLACKOUT)

Points = Mapping[str, Mapping[Kind, int]]
"""Daemon (`<board>-<daemon>`) -> kind -> how many points a day without stops has."""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The stops of one day; `big` says that it is a day of the bigger station."""

    stops: tuple[Stop, ...]
    big: bool = False


def rounds(points: Points) -> Iterator[list[Stop]]:
    """Yield rounds: in each, every point once; each time in another mode while it has others."""
    for turn in range(max(map(len, MODES.values()))):
        yield [
            _stop(unit, kind, number, MODES[kind][(number + turn) % len(MODES[kind])])
            for unit, kinds in points.items()
            for kind, count in kinds.items()
            for number in range(1, count + 1)
            if turn < len(MODES[kind])
        ]


def _stop(unit: str, kind: Kind, number: int, mode: Mode) -> Stop:
    board, _, daemon = unit.rpartition("-")
    return Stop(board, daemon, kind, number, mode)


def random_stops(points: Points, count: int, draw: random.Random) -> list[Stop]:
    """Draw so many points, each as likely as any other, each in a mode drawn for it."""
    every = [
        (unit, kind, number)
        for unit, kinds in points.items()
        for kind, most in kinds.items()
        for number in range(1, most + 1)
    ]
    drawn = draw.sample(every, min(count, len(every)))
    return [_stop(unit, kind, at, draw.choice(MODES[kind])) for unit, kind, at in drawn]


def into_days(
    stops: Iterable[Stop],
    points: Points,
    draw: random.Random,
    *,
    per_board: int = PER_BOARD,
    big: bool = False,
) -> Iterator[PlannedDay]:
    """Put stops on as few days as the rules above allow."""
    left = list(stops)
    draw.shuffle(left)
    while left:
        today: list[Stop] = []
        later: list[Stop] = []
        for stop in left:
            (today if _fits(stop, today, points, per_board) else later).append(stop)
        yield PlannedDay(tuple(today), big)
        left = later


def _fits(stop: Stop, today: Sequence[Stop], points: Points, per_board: int) -> bool:
    neighbours = [one for one in today if one.board == stop.board]
    if len(neighbours) >= per_board:
        return False
    if stop.mode in _STATION and sum(one.mode in _STATION for one in today) >= PER_STATION:
        return False
    at = _position(stop, points)
    return all(abs(at - _position(other, points)) >= APART for other in neighbours)


def _position(stop: Stop, points: Points) -> float:
    """Say how far in the day a point lies, from 0 to 1."""
    return stop.number / points[stop.unit][stop.kind]

"""Which mishaps of the media a torture campaign lets befall, and on which days.

Rules: each ill of each medium of each board comes once, at a write drawn for it or before the
start, then all of them anew. On one day, mishaps of the same board lie apart, so that each finds a
board that has recovered; two media are swapped at most once. Everything follows from the recorded
numbers of writes and the random source.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from simulators.campaign import PlannedDay, Points
from simulators.mishaps import Ill, Mishap, ills_of
from simulators.stops import Kind, board_of

MISHAPS_PER_DAY: Final = 5
MISHAPS_APART: Final = 0.35

Writes: TypeAlias = Mapping[tuple[str, Kind], int]
"""Board and medium -> how many writes that takes on a day."""


def writes_of(points: Points) -> Writes:
    """Return how many writes each medium takes on the recorded day."""
    writes: dict[tuple[str, Kind], int] = {}
    for unit, counts in points.items():
        for (_, kind), number in counts.items():
            if kind in (Kind.OWN, Kind.REMOVABLE) and number:
                medium = board_of(unit), kind
                writes[medium] = writes.get(medium, 0) + number
    return writes


def draw_mishaps(writes: Writes, count: int, draw: random.Random) -> list[Mishap]:
    """Draw so many: each ill of each medium of each board in turn, at a write drawn for it."""
    turn: list[Mishap] = []
    drawn: list[Mishap] = []
    while len(drawn) < count:
        if not turn:
            turn = [Mishap(board, kind, ill, 0) for board, kind in writes for ill in ills_of(kind)]
            draw.shuffle(turn)
        one = turn.pop()
        drawn.append(replace(one, number=draw.randint(0, writes[one.board, one.kind])))
    return drawn


def into_media_days(
    mishaps: Iterable[Mishap], writes: Writes, draw: random.Random
) -> Iterator[PlannedDay]:
    """Put mishaps on as few days as leave each board time to recover."""
    left = list(mishaps)
    draw.shuffle(left)
    while left:
        today: list[Mishap] = []
        later: list[Mishap] = []
        for mishap in left:
            (today if _may_befall(mishap, today, writes) else later).append(mishap)
        yield PlannedDay((), mishaps=tuple(today))
        left = later


def _may_befall(mishap: Mishap, today: Sequence[Mishap], writes: Writes) -> bool:
    if len(today) >= MISHAPS_PER_DAY:
        return False
    if mishap.ill is Ill.SWAPPED and any(one.ill is Ill.SWAPPED for one in today):
        return False
    at = mishap.number / writes[mishap.board, mishap.kind]
    return all(
        abs(at - other.number / writes[other.board, other.kind]) >= MISHAPS_APART
        for other in today
        if other.board == mishap.board
    )

"""A board dies for good in the rehearsal, and its enrolled spare goes on in its place.

What people do: the technician switches the dead board off and carries its recording medium; the
officials do what the pages say, on the spare itself or, for a terminal, at the accumulator, and the
chair opens a spare terminal with the courier card. The dead board's processes never start again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from common.records import BoardKind
from simulators.bench_client import BenchClient, BenchRefused
from simulators.ceremonies import clerk_at, commission_at, courier_at_terminal
from simulators.doom import Doom
from simulators.hall import Hall
from simulators.hands import BenchHands
from simulators.prepare import DAEMONS, Station
from simulators.progress import DayFailed
from simulators.rough import Fate
from simulators.venue import Venue, start_board
from simulators.visits import Visit

ACTS: Final = {BoardKind.DESK: 1, BoardKind.TERMINAL: 4, BoardKind.ACCUMULATOR: 1}
"""So many things people do at a board that dies in the middle of a voter: cards, places touched."""


def replace_board(venue: Venue, dead: str, in_hand: str = "") -> Venue:
    """Let a board die and its spare go on; return the venue with the spare in its place.

    Args:
        in_hand: the name of its recording medium, if somebody carries that about.

    Raises:
        DayFailed: there is no such board, or no spare left for it.
    """
    station = venue.station
    kind, spare = spare_for(station, dead)
    venue.screen.say(f"  {dead} dies; {spare} goes on in its place")
    venue.supervisor.bury(f"{dead}-cardiod", f"{dead}-{DAEMONS[kind]}")  # if it is not yet dead
    after = replace(venue, station=station.with_spare(dead, spare))
    hands = BenchHands(venue.bench)
    try:
        client = hands.client
        medium = _carry(client, dead, None if kind is BoardKind.TERMINAL else spare, in_hand)
        start_board(venue, spare, kind)
        match kind:
            case BoardKind.DESK:
                clerk_at(after, hands, spare).take_over()
            case BoardKind.ACCUMULATOR:
                commission_at(after, hands).take_over()
            case _:
                accumulator = client.board(station.accumulator)
                accumulator.plug(medium, "visiting")
                commission_at(after, hands).write_off(dead, spare)
                accumulator.unplug("visiting")
                courier_at_terminal(after, client, spare, until="insert")
    finally:
        hands.close()
    return after


def let_die(venue: Venue, hall: Hall, dead: str, visits: Sequence[Visit], seed: int) -> Visit:
    """Let a board die for good in the middle of one of these voters; return which.

    Raises:
        DayFailed: the board had nothing to do for any of them.
    """
    kind, _ = spare_for(venue.station, dead)
    voters = [visit for visit in visits if visit.fate is Fate.VOTES]
    if kind is BoardKind.DESK:
        voters = [visit for visit in voters if hall.desk_of(visit.voter) == dead]
    if not voters:
        raise DayFailed(f"--replace: nobody comes to {dead} any more")
    visit = voters[0]
    visit.wish, visit.temper = replace(visit.wish, checks=0), ()
    units = (f"{dead}-cardiod", f"{dead}-{DAEMONS[kind]}")
    draw = random.Random(f"doom/{dead}/{seed}")
    doom = Doom(dead, ACTS[kind], lambda: venue.supervisor.bury(*units), draw)
    hall.vote_under(doom, visit)
    if not doom.struck:
        raise DayFailed(f"--replace: {dead} had nothing to do for line {visit.voter.line}")
    return visit


def spare_for(station: Station, dead: str) -> tuple[BoardKind, str]:
    """Return the kind of a board in use, and a spare for it. Raises: DayFailed."""
    kinds = {board.name: board.kind for board in station.boards}
    if dead not in kinds:
        raise DayFailed(f"--replace: there is no board {dead}; there are {', '.join(kinds)}")
    for spare in station.spares:
        if spare.kind is kinds[dead]:
            return spare.kind, spare.name
    raise DayFailed(f"--replace: there is no spare left for {dead}")


def _carry(client: BenchClient, dead: str, spare: str | None, in_hand: str) -> str:
    """Switch the dead board off, and put its medium into the spare's slot; return its name."""
    board = client.board(dead)
    board.power_off()
    with suppress(BenchRefused):  # there is none in its slot
        board.free_latch()
        board.take_card()
    medium = in_hand or board.unplug()
    if spare is not None:
        client.board(spare).unplug()
        client.board(spare).plug(medium)
    return medium

"""The count, as people hold it: the medium is carried, and boards may die for good in between.

Rules: a board that dies in the evening has closed, or has shuffled; whoever stands in its place is
meant, and a spare goes on there. Whatever was shuffled or opened before is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from common.records import BoardKind
from simulators.ceremonies import commission_at, half_makers_at
from simulators.count_walk import CountWalk
from simulators.day_options import Death, Moment
from simulators.hands import BenchHands
from simulators.progress import DayFailed
from simulators.replacing import replace_board, spare_for
from simulators.venue import Venue

MIXED: Final = {
    BoardKind.ACCUMULATOR: "accumulator.count.mix",
    BoardKind.DESK: "accumulator.count.shares",
}
"""The accumulator's page when a board has shuffled, and nobody has opened anything."""
Replaced = Callable[[Venue, str, str], None]


def count_votes(
    venue: Venue, deaths: Sequence[Death] = (), replaced: Replaced = lambda *_: None
) -> Venue:
    """Have the votes counted; return the venue with the spares in their places.

    Args:
        deaths: of the evening.
        replaced: is told of a spare that stands in a dead board's place from now on.
    """
    hands = BenchHands(venue.bench)
    try:
        venue.screen.say("  the votes are counted and the minutes signed")
        walk = CountWalk(venue, hands, half_makers_at(venue, hands))
        for death in sorted(deaths, key=_turn):
            if death.moment is Moment.MIXED:
                commission_at(venue, hands).count(walk, until=MIXED[_kind(venue, death)])
            venue = _dies(venue, hands, walk, death, replaced)
        commission_at(venue, hands).count(walk)
        walk.end()
    finally:
        hands.close()
    return venue


def _turn(death: Death) -> tuple[bool, str]:
    """Say whose turn it is: after the close first, then the accumulator, which shuffles first."""
    return death.moment is Moment.MIXED, death.board


def _kind(venue: Venue, death: Death) -> BoardKind:
    board = venue.station.package.board(death.board)
    if board is None or board.kind not in MIXED:
        raise DayFailed(f"--replace: {death.board} has no part in the count")
    return board.kind


def _dies(
    venue: Venue, hands: BenchHands, walk: CountWalk, death: Death, replaced: Replaced
) -> Venue:
    kind = _kind(venue, death)
    dead = venue.station.of_kind(kind)[0]
    _, spare = spare_for(venue.station, dead)
    in_hand = walk.hand_over() if kind is BoardKind.DESK else ""
    walk.take_back()
    after = replace_board(venue, dead, in_hand)
    replaced(after, dead, spare)
    walk.go_on_in(after, half_makers_at(after, hands))
    return after

"""The evening of two boards in one hand: both shuffles, both openings, and what they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nacl.utils import random as system_random

from accumulator import votes
from accumulator.bundle import Proofs
from common import tallykey
from common.evening import Evening, Lists, votes_sealed
from common.records import BoardKind
from common.seal.crew import Crew
from common.seal.firstlists import Group
from common.seal.group import Row
from common.seal.randomness import CheckedSource
from tools.benchmarks.ratios import Progress
from tools.benchmarks.station import BenchmarkStation

_ACCUMULATOR, _DESK = BoardKind.ACCUMULATOR, BoardKind.DESK


@dataclass(frozen=True)
class MadeEvening:
    """A count that was held; what its proofs prove can be read again and again.

    Attributes:
        factors: of the accumulator's and the desk's part of the opening.
    """

    here: Evening
    crew: Crew
    lists: Lists
    last: tuple[Group, ...]
    factors: tuple[tuple[Row, ...], tuple[Row, ...]]
    proofs: Proofs

    @classmethod
    def hold(
        cls,
        station: BenchmarkStation,
        start_order: bytes,
        cast_votes: Sequence[bytes],
        progress: Progress,
    ) -> MadeEvening:
        """Shuffle, check and open these votes as both boards would."""
        crew, source = Crew(), CheckedSource(system_random)
        here = Evening.under(station.package, station.package_hash, start_order)
        accumulator, desk = (station.installation(name) for name in station.makers)
        progress("holding the count", 0, 4)
        lists = here.lists(votes_sealed(cast_votes), crew)
        first = here.mix(accumulator, 1, lists.groups, None, source=source, crew=crew)
        progress("holding the count", 1, 4)
        between = here.read_mix(first, 1, lists.groups, None, crew)
        second = here.mix(desk, 2, between, first, source=source, crew=crew)
        last = here.read_mix(second, 2, between, first, crew)
        progress("holding the count", 2, 4)
        mixes = first, second
        openings, factors = {}, []
        for mine, made, kind in zip(
            (accumulator, desk), station.halves, tallykey.MAKERS, strict=True
        ):
            half = here.half_of(kind)
            told = tallykey.read_shares(station.package, half, made.record.half_shares)
            given = made.shares[: station.package.quorum]
            secret = tallykey.secret_of(mine.keys, half, told, given)
            opening = here.opening(mine, secret, mixes, last, source=source, crew=crew)
            openings[mine.board.name] = opening
            factors.append(here.read_opening(opening, kind, mixes, last, crew))
        progress("holding the count", 4, 4)
        checked = {mine.board.name: here.checked(mine, mixes) for mine in (accumulator, desk)}
        proofs = Proofs(mixes, checked, openings)
        return cls(here, crew, lists, last, (factors[0], factors[1]), proofs)

    def opened(self) -> votes.Opened:
        """Read the ballots from both parts, and list what they hold."""
        return votes.read_votes(self.lists, self.here.ballots(self.last, *self.factors, self.crew))

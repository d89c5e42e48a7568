"""An evening of the sample station: its sealed votes, both boards, and what each of them makes.

Everything is drawn from a seed. Votes are sealed by the sample terminals; the two boards open with
the halves that `tests.halves` made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from common import ballot, evening, records, tallykey
from common.ballot import Ballot
from common.enrolment import Installation
from common.evening import Evening, Lists, OpenedGroup
from common.records import BoardKind, CastVote, StationPackage
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.firstlists import Group
from common.seal.randomness import CheckedSource
from tests import halves as station
from tests import samples

ALONE = Crew()
ACCUMULATOR, DESK = BoardKind.ACCUMULATOR, BoardKind.DESK
BALLOTS = (
    Ballot(1, ((0,), (1, 2), (1,)), 421),
    Ballot(1, ((), (), ()), 17),
    Ballot(1, ((2,), (6,), ()), 9999),
    Ballot(2, ((1,), (), ()), 1000),
    Ballot(2, ((), (), ()), 4),
)


def source(label: str) -> CheckedSource:
    """Return a checked source that gives the same in every run."""
    return CheckedSource(samples.seeded(label))


def opened_order(package: StationPackage | None = None) -> Evening:
    """Return the evening of the sample station, as any board sees it."""
    return Evening.under(
        package or samples.package(), samples.package_hash(), station.signed_order()
    )


def cast(
    here: Evening,
    given: Ballot,
    label: str,
    terminal: str = "terminal-1",
    *,
    encoded: bytes | None = None,
) -> bytes:
    """Return a signed vote; `encoded` is sealed instead of a ballot, whatever it is."""
    keys = samples.device(terminal)
    content = ballot.encode(here.package, given) if encoded is None else encoded
    seal = Seal(here.package_hash, here.keys)
    sealed = seal.seal(given.style, keys.sign_key, content, source(f"vote {label}")).sealed
    return signed_vote(here, given.style, sealed, terminal)


def signed_vote(here: Evening, style: int, sealed: bytes, terminal: str) -> bytes:
    """Return a vote with this sealed ballot, signed by a terminal."""
    vote = CastVote(here.package_hash, style, sealed)
    return records.sign(vote, samples.device(terminal).signing)


def cast_all(here: Evening, ballots: Iterable[Ballot]) -> list[bytes]:
    """Return the votes of these ballots, from both terminals in turn."""
    return [cast(here, one, str(at), f"terminal-{1 + at % 2}") for at, one in enumerate(ballots)]


def secret_of(board: str, kind: BoardKind, at: str = "") -> bytes:
    """Return the secret of a board's half, rebuilt from two share cards."""
    made = station.made(board)
    half = tallykey.read_half(
        samples.package(), samples.package_hash(), made.record.tally_half, kind
    )
    told = tallykey.read_shares(samples.package(), half, made.record.half_shares)
    return tallykey.secret_of(samples.device(at or board), half, told, made.shares[:2])


@dataclass(frozen=True)
class Walk:
    """A whole evening: what each board makes of these votes.

    Attributes:
        votes: signed, in any order.
        accumulator, desk: which boards do it; spares may.
    """

    votes: Sequence[bytes]
    accumulator: str = "accumulator"
    desk: str = "desk-1"
    package: StationPackage | None = None

    @cached_property
    def here(self) -> Evening:
        return opened_order(self.package)

    def installation(self, kind: BoardKind) -> Installation:
        name = self.accumulator if kind is ACCUMULATOR else self.desk
        return station.installation(name)

    @cached_property
    def votes_file(self) -> bytes:
        return evening.votes_sealed(self.votes)

    @cached_property
    def lists(self) -> Lists:
        return self.here.lists(self.votes_file, ALONE)

    @cached_property
    def first_mix(self) -> bytes:
        mine = self.installation(ACCUMULATOR)
        return self.here.mix(mine, 1, self.lists.groups, None, source=source("mix 1"), crew=ALONE)

    @cached_property
    def between(self) -> tuple[Group, ...]:
        return self.here.read_mix(self.first_mix, 1, self.lists.groups, None, ALONE)

    @cached_property
    def second_mix(self) -> bytes:
        mine = self.installation(DESK)
        return self.here.mix(
            mine, 2, self.between, self.first_mix, source=source("mix 2"), crew=ALONE
        )

    @cached_property
    def last(self) -> tuple[Group, ...]:
        return self.here.read_mix(self.second_mix, 2, self.between, self.first_mix, ALONE)

    @property
    def mixes(self) -> tuple[bytes, bytes]:
        return self.first_mix, self.second_mix

    def checked(self, kind: BoardKind) -> bytes:
        return self.here.checked(self.installation(kind), self.mixes)

    def opening(self, kind: BoardKind) -> bytes:
        mine = self.installation(kind)
        maker = "accumulator" if kind is ACCUMULATOR else "desk-1"
        return self.here.opening(
            mine,
            secret_of(maker, kind, mine.board.name),
            self.mixes,
            self.last,
            source=source(f"opening {mine.board.name}"),
            crew=ALONE,
        )

    @cached_property
    def openings(self) -> tuple[bytes, bytes]:
        return self.opening(ACCUMULATOR), self.opening(DESK)

    def ballots(self) -> tuple[OpenedGroup, ...]:
        factors = [
            self.here.read_opening(signed, kind, self.mixes, self.last, ALONE)
            for signed, kind in zip(self.openings, (ACCUMULATOR, DESK), strict=True)
        ]
        return self.here.ballots(self.last, factors[0], factors[1], ALONE)

"""The spare accumulator: it waits, and goes on in the place of one that died (design §1, §2).

Rules:
- It serves only with the dead accumulator's recording medium in its own recording slot. The page
  says whose medium that is and what its journal tells; then the start password opens the urn.
- Only then is it known how many votes there are; two members sign the act that says so. Before the
  act nothing is written but this board's own journal, on own storage, and everything can be taken
  back by taking the medium out.
- Afterwards the day goes on where the dead board left it: the same start order, the same tally key.
  First this board's own clock is compared with the chair's watch, as it was on the others.

It never reads a medium itself (`accumulator.takeover` does, for the strongroom).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accumulator.effects import Recover, TakeOver
from accumulator.events import (
    DeadUrnOpened,
    Event,
    OwnMediumInserted,
    SpareFound,
    Touched,
)
from accumulator.opening import Locked
from accumulator.signing import ActPhase, Signing
from accumulator.turn import Context, Notice, Turn, otherwise
from cardio.messages import VoterCardSeen
from common import acts
from common.deadboards import DIED
from common.errors import Reason
from common.records import Act, ActFact, ActKind


@dataclass(frozen=True, slots=True)
class Spare:
    """A spare that replaced nobody yet.

    Attributes:
        found: whose medium lies in the recording slot.
        notice: what is wrong with it, or with a card.
    """

    found: SpareFound
    notice: Notice | None = None
    working: bool = False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case OwnMediumInserted() | Touched("retry") if not self.working:
                return Turn(replace(self, working=True, notice=None), (Recover(),))
            case Touched("spare.take") if self.found.dead and not self.working:
                return Turn(Locked())
            case VoterCardSeen():
                return Turn(replace(self, notice=Notice(Reason.NOT_OPEN)))
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class TakeOverAct(ActPhase):
    """Members sign that this board goes on in another's place; `Recovered` is the machine's."""

    dead: DeadUrnOpened

    LEAST = acts.LEAST_SIGNERS

    def effect(self) -> TakeOver:
        """Return what stores the act and carries it out."""
        return TakeOver(self.signing.body)


def take_over_act(context: Context, dead: DeadUrnOpened) -> TakeOverAct:
    """Return the phase in which the act is signed: whose urn, how many votes, which journal."""
    station = context.station
    facts: dict[int, int | str | bytes] = {
        ActFact.BOARD: dead.board,
        ActFact.SPARE: station.board,
        ActFact.REASON: DIED,
        ActFact.SEALED_VOTES: dead.votes,
    }
    if dead.entries:
        facts |= {ActFact.JOURNAL_HEAD: dead.head, ActFact.JOURNAL_LENGTH: dead.entries}
    act = Act(
        kind=ActKind.REPLACEMENT,
        station=station.package.station,
        package=station.package_hash,
        board=station.board,
        time_ms=context.now_ms,
        facts=facts,
    )
    return TakeOverAct(Signing.of_act(act), dead)

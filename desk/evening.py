"""The counting desk's evening: it shuffles the votes once more, and opens its part of them.

    Closed → Mixing → Mixed → CheckingPart → QuorumWanted → OpeningPart → PartOpened

Rules:
- Where the evening stands, the files on the medium say (`EveningSeen`), at each start and whenever
  the medium is back. In between it lies in the accumulator's slot, and nothing is done here.
- A list is shuffled once and never again, in another order (`desk.mixing` sees to that).
- Share cards are asked for only when the accumulator has signed that both shuffles hold, and its
  part of the opening is checked. Shares and the half that they give are in memory only.
- The page says how many votes they open: an accumulator that hands a few votes only over, to see
  who chose what, is stopped by members who compare that with the urn's number.
- What is refused stops nothing for good: the medium is carried back and comes again.

Every other desk stays `Closed`, and so does this one until the accumulator's list is there.
"""

from __future__ import annotations

from cardio.messages import Facts, Notification, ReadShare
from cardio.share_quorum import ShareQuorum
from common.catalogue import EventType
from common.errors import Reason
from common.records import BoardKind
from desk.effects import (
    AskCard,
    CheckOtherPart,
    Effect,
    LookForCount,
    MixVotes,
    OpenPart,
    Record,
)
from desk.evening_phases import (
    CheckingPart,
    CountStopped,
    EveningPhase,
    Mixed,
    Mixing,
    OpeningPart,
    PartOpened,
    QuorumWanted,
)
from desk.events import (
    CountRefused,
    EveningSeen,
    Event,
    OtherPartChecked,
    PartWritten,
    Stage,
    Touched,
    VotesMixed,
)
from desk.phases import Closed
from desk.refusal import Refusal
from desk.turn import SEEN, Turn


def at_evening(turn: Turn, phase: Closed | EveningPhase, event: Event) -> None:
    """Decide after the close."""
    match phase, event:
        case _, EveningSeen(stage):
            _go_on(turn, stage)
        case CountStopped(), Touched("count.again"):
            turn.do(LookForCount())
        case Mixing(), VotesMixed():
            turn.go(Mixed())
        case CheckingPart(), OtherPartChecked(pins, ballots):
            turn.go(QuorumWanted(ShareQuorum(pins), ballots))
        case OpeningPart(), PartWritten():
            turn.go(PartOpened())
        case OpeningPart(pins, ballots), CountRefused(Reason.SHARES_DO_NOT_FIT as reason):
            turn.go(QuorumWanted(ShareQuorum(pins), ballots, Refusal(reason)))
        case _, CountRefused(reason, facts):
            turn.go(CountStopped(Refusal(reason, facts)))
        case QuorumWanted(), _ if not isinstance(event, SEEN):
            _read_share(turn, phase, event)


def evening_sees(turn: Turn, phase: Closed | EveningPhase, slot: Notification) -> None:
    """Take the card in the reader, if shares are being read."""
    if isinstance(phase, QuorumWanted):
        _read_share(turn, phase, slot)


def _go_on(turn: Turn, stage: Stage) -> None:
    """Go where the files say that the evening stands."""
    match stage:
        case Stage.NOTHING_THERE:
            turn.go(Closed())
        case Stage.TO_BE_MIXED:
            turn.do(MixVotes())
            turn.go(Mixing())
        case Stage.MIXED:
            turn.go(Mixed())
        case Stage.TO_BE_OPENED:
            turn.do(CheckOtherPart())
            turn.go(CheckingPart())
        case Stage.OPENED:
            turn.go(PartOpened())


def _read_share(turn: Turn, phase: QuorumWanted, event: object) -> None:
    package = turn.rules.package
    round_, effects = phase.round.on(event, package, _ask, _record)
    turn.do(*effects)
    if round_.is_full(package):
        turn.do(OpenPart(tuple(round_.shares.values())))
        turn.go(OpeningPart(round_.pins, phase.ballots))
    else:
        refusal = phase.refusal if round_ == phase.round else None
        turn.stay(QuorumWanted(round_, phase.ballots, refusal))


def _ask(pin: str) -> Effect:
    return AskCard(ReadShare(pin, BoardKind.DESK))


def _record(event: EventType, facts: Facts) -> Effect:
    return Record(event, dict(facts))

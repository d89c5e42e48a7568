"""A desk or a terminal died for good: the commission says so, and what stands in its place.

Rules (design §1, §7; L20–L22):
- Which board, then (for a terminal) which spare, then its recording medium if there is one, then
  an act that two members sign. Only the act changes anything.
- What the dead board left on its medium is read before the act is drawn up, so that the act says
  how far; it becomes evidence with the act.
- A desk is only written off here: its spare takes over on its own screen, marks and serials with
  it. An accumulator or a portable ballot holds an urn and is never written off like this.

While the commission is at it no voter card is taken in. Afterwards, or on the way back, the day
goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accumulator.effects import ReadDead, WriteOff
from accumulator.events import DeadRead, Event, Touched, VisitorInserted, VisitorRemoved
from accumulator.rollcall import Candidate
from accumulator.signing import ActPhase, Signing
from accumulator.turn import Context, Notice, Phase, Turn, otherwise
from cardio.messages import CardRemoved
from common import acts
from common.deadboards import DIED
from common.errors import Reason
from common.pages import row_of
from common.records import Act, ActFact, ActKind


@dataclass(frozen=True, slots=True)
class ChooseDead:
    """The commission says which board died.

    Attributes:
        back: the phase to go back to.
        candidates: the boards that may be written off.
        leaf: of the table.
    """

    back: Phase
    candidates: tuple[Candidate, ...]
    leaf: int = 0
    notice: Notice | None = None

    @property
    def working(self) -> bool:
        """Nothing takes long here."""
        return False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case Touched("boards.next"):
                return Turn(replace(self, leaf=self.leaf + 1))
            case Touched("boards.previous"):
                return Turn(replace(self, leaf=max(0, self.leaf - 1)))
            case Touched(name) if (row := row_of("boards", name)) is not None:
                if row >= len(self.candidates):
                    return Turn(self)
                chosen = self.candidates[row]
                if chosen.spares:
                    return Turn(ChooseSpare(self.back, chosen))
                return Turn(DeadMedium(self.back, chosen.board))
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class ChooseSpare:
    """The commission says which spare stands in the place of a dead terminal, if any."""

    back: Phase
    chosen: Candidate

    @property
    def working(self) -> bool:
        """Nothing takes long here."""
        return False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case Touched("dead.none"):
                return Turn(DeadMedium(self.back, self.chosen.board))
            case Touched(name) if (row := row_of("spares", name)) is not None:
                if row < len(self.chosen.spares):
                    spare = self.chosen.spares[row]
                    return Turn(DeadMedium(self.back, self.chosen.board, spare))
                return Turn(self)
            case _:
                return Turn(self)


@dataclass(frozen=True, slots=True)
class DeadMedium:
    """The dead board's recording medium is read in the visiting slot, if there is one.

    Attributes:
        read: what was found on it.
        notice: why nothing could be read.
    """

    back: Phase
    dead: str
    spare: str = ""
    read: DeadRead | None = None
    notice: Notice | None = None
    working: bool = False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        if self.working and not isinstance(event, DeadRead):
            return Turn(self)
        match event:
            case VisitorInserted() | Touched("dead.read"):
                return Turn(replace(self, working=True, notice=None), (ReadDead(self.dead),))
            case DeadRead(refused=None):
                return Turn(replace(self, working=False, read=event, notice=None))
            case DeadRead(refused=Reason() as reason):
                notice = Notice(reason, event.facts)
                return Turn(replace(self, working=False, read=None, notice=notice))
            case VisitorRemoved():
                return Turn(replace(self, notice=None))
            case Touched("dead.act"):
                act = dead_act(context, self.dead, self.spare, self.read)
                return Turn(DeadAct(Signing.of_act(act), self.back, self.dead, self.spare))
            case CardRemoved():
                return Turn(self)
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class DeadAct(ActPhase):
    """Members sign that the board died; `BoardGone` is the machine's."""

    back: Phase
    dead: str
    spare: str

    LEAST = acts.LEAST_SIGNERS

    def effect(self) -> WriteOff:
        """Return what stores the act and carries it out."""
        return WriteOff(self.dead, self.signing.body)


WRITING_OFF = (ChooseDead, ChooseSpare, DeadMedium, DeadAct)


def dead_act(context: Context, dead: str, spare: str, read: DeadRead | None) -> Act:
    """Return the act that a board died, with what was read of it and who stands in its place."""
    station = context.station
    facts: dict[int, int | str | bytes] = {ActFact.BOARD: dead, ActFact.REASON: DIED}
    if spare:
        facts[ActFact.SPARE] = spare
    if read is not None and read.entries:
        facts |= {ActFact.JOURNAL_HEAD: read.head, ActFact.JOURNAL_LENGTH: read.entries}
    return Act(
        kind=ActKind.REPLACEMENT if spare else ActKind.WRITE_OFF,
        station=station.package.station,
        package=station.package_hash,
        board=station.board,
        time_ms=context.now_ms,
        facts=facts,
    )

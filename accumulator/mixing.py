"""The evening of two boards, as the commission walks it: shuffle, carry, share cards, carry, count.

Rules:
- Nothing is shuffled before every board is in, and nothing is opened before both boards have signed
  that both shuffles were checked.
- Each step lies on both own media before the page says so; a stop in between loses nothing.
- Shares are believed if the opening pinned them down (`cardio.share_quorum`), and go with it.
- What is wrong with the medium in the visiting slot is told; the walk goes on with the right one.

It reads no medium, knows no proof and keeps no secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accumulator.closing import Collecting
from accumulator.countwalk import NOT_BEGUN, CountStage, CountWalk
from accumulator.effects import (
    AskCard,
    Effect,
    FinishCount,
    MixVotes,
    OpenPart,
    VisitForCount,
)
from accumulator.events import (
    CountMoved,
    CountRefused,
    Event,
    Touched,
    VisitorInserted,
    VisitorRemoved,
    WorkWentOn,
)
from accumulator.mixing_texts import MixWord
from accumulator.turn import Context, Notice, Turn, journalled, unwanted
from cardio.messages import CardRemoved, ReadShare
from cardio.share_quorum import ShareQuorum
from common.counttexts import Progress
from common.records import BoardKind


@dataclass(frozen=True, slots=True)
class Walk:
    """This board works, or waits for the desk's medium.

    Attributes:
        walk: where the evening is.
        back: collecting, to go back to while nothing has been shuffled.
        notices: what the last medium brought, or what is wrong with it.
        progress: how far this board's work is, or None while it waits.
    """

    walk: CountWalk
    back: Collecting | None = None
    notices: tuple[Notice, ...] = ()
    progress: Progress | None = None

    @property
    def working(self) -> bool:
        """Whether shuffling, checking or counting is under way."""
        return self.progress is not None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case WorkWentOn(progress) if self.working:
                return Turn(replace(self, progress=progress))
            case CountMoved():
                return self._moved(event)
            case CountRefused(reason, facts):
                return Turn(replace(self, progress=None, notices=(Notice(reason, facts),)))
        if self.working:
            return Turn(self)
        match event:
            case Touched("count.again") if self.walk.stage is CountStage.OPENED:
                return Turn(replace(self, progress=Progress(), notices=()), (FinishCount(),))
            case VisitorInserted() | Touched("count.read"):
                if self.walk.stage is not CountStage.OPENED:
                    return Turn(replace(self, progress=Progress(), notices=()), (VisitForCount(),))
                return Turn(self)
            case VisitorRemoved():
                return Turn(
                    replace(self, notices=tuple(each for each in self.notices if each.good))
                )
            case CardRemoved():
                return Turn(self)
        notice = unwanted(event)
        return Turn(replace(self, notices=(notice,)) if notice else self)

    def _moved(self, event: CountMoved) -> Turn:
        if event.refused is not None:
            refused = Notice(event.refused, event.facts)
            if event.walk.stage is CountStage.FRESH and self.back is not None:
                return Turn(replace(self.back, notices=(refused,)))
            return Turn(Walk(event.walk, notices=(refused,)))
        return begin(event.walk, told(event))


@dataclass(frozen=True, slots=True)
class HalfQuorum:
    """Share cards rebuild this board's half, which opens its part.

    Attributes:
        round: the shares that were read, and the slot.
        walk: where the evening is.
        notices: what was just done.
        refused: why the last quorum opened nothing.
        progress: how far the opening is, or None while cards are read.
    """

    round: ShareQuorum
    walk: CountWalk
    notices: tuple[Notice, ...] = ()
    refused: Notice | None = None
    progress: Progress | None = None

    @property
    def working(self) -> bool:
        """Whether this board's part is being opened."""
        return self.progress is not None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case WorkWentOn(progress) if self.working:
                return Turn(replace(self, progress=progress))
            case CountMoved():
                return begin(event.walk, told(event))
            case CountRefused(reason, facts):
                refused = Notice(reason, facts)
                return Turn(replace(self, progress=None, refused=refused))
        if self.working:
            return Turn(self)
        package = context.station.package
        round_, effects = self.round.on(event, package, _asked, journalled)
        if round_.is_full(package):
            opening = OpenPart(tuple(round_.shares.values()))
            # The shares leave this phase with the effect; a refused quorum begins anew.
            empty = replace(self, round=ShareQuorum(round_.pins), notices=(), refused=None)
            return Turn(replace(empty, progress=Progress()), (*effects, opening))
        if round_.shares != self.round.shares:
            return Turn(replace(self, round=round_, notices=(), refused=None), effects)
        return Turn(replace(self, round=round_), effects)


def begin(walk: CountWalk, notices: tuple[Notice, ...] = ()) -> Turn:
    """Return the phase of a stage, and what is done at once when it begins."""
    match walk.stage:
        case CountStage.SHARES if walk.pins is not None:
            return Turn(HalfQuorum(ShareQuorum(walk.pins), walk, notices))
        case CountStage.OPENED:
            return Turn(Walk(walk, notices=notices, progress=Progress()), (FinishCount(),))
        case _:
            return Turn(Walk(walk, notices=notices))


def shuffle(back: Collecting) -> Turn:
    """Begin: every board is in, and the votes are shuffled."""
    return Turn(Walk(NOT_BEGUN, back, progress=Progress()), (MixVotes(),))


def told(event: CountMoved) -> tuple[Notice, ...]:
    """Return what is told of a step that was done."""
    desk = (("desk", event.walk.desk),)
    notices = []
    if event.taken:
        notices.append(Notice(MixWord.TAKEN, (("desk", event.taken),), good=True))
    if event.carried:
        notices.append(Notice(MixWord.CARRIED, desk, good=True))
    return tuple(notices)


def _asked(pin: str) -> Effect:
    return AskCard(ReadShare(pin, BoardKind.ACCUMULATOR))

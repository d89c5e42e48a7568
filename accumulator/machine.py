"""The accumulator's whole machine: one phase after another, events in, effects out.

Rules:
- Pure: no clock, no I/O, no key. The time and the urn's view come in with each event.
- Which phase it begins in is read from what is on the media (`Recovered`), never remembered.
- Store before show: the page comes after the effects that made it true. Only when a long effect is
  under way (`working`) does the page that says so come first.
- What belongs to every phase is here: language, media that fail, power and case.

The phases in the order of the day: `Locked`, `ClockCheck`, `ZeroCheck`, `SharesOut`, `OpeningAct`,
`Open`, `Collecting`, `mixing.Walk` and `mixing.HalfQuorum`, `Result`, `MinutesAct`,
`Papers`, `Clearing`, `Seals`, `SealingAct`, `DayOver`; and `Stopped`. From `Open` and `Collecting`
the commission may turn to a board that died (`accumulator.writingoff`), from `Open` to the clock,
from `MinutesAct` to a member who does not sign (`accumulator.absence_act`). A spare begins in
`Spare` and gets into the day by `TakeOverAct` (`accumulator.sparing`).
"""

from __future__ import annotations

from dataclasses import replace

from accumulator import mixing
from accumulator.absence_act import SAYING_ABSENT, AbsenceAct, ChooseAbsent, ChooseReason
from accumulator.absence_texts import AbsenceText
from accumulator.clockcheck import ClockCheck
from accumulator.closing import Collecting
from accumulator.countwalk import CountStage, CountWalk
from accumulator.effects import (
    AskCard,
    Buzz,
    CloseStation,
    Effect,
    HoldLatch,
    ListDead,
    Record,
    Recover,
    ShowPage,
)
from accumulator.events import (
    AbsenceKept,
    BoardGone,
    CaseChanged,
    DeadListed,
    DeadUrnOpened,
    Event,
    MainsChanged,
    MediumFailed,
    OwnMediumRemoved,
    Printed,
    Recovered,
    RecoveryRefused,
    SpareFound,
    StationClosed,
    StationOpened,
    Touched,
    VotesCounted,
)
from accumulator.intake import Intake
from accumulator.minutes import MinutesAct, Papers, Result
from accumulator.opening import Locked
from accumulator.pages import draw_up
from accumulator.rollcall import RollCall
from accumulator.sealing_act import DayOver, Seals
from accumulator.signing import Signing
from accumulator.sparing import Spare, TakeOverAct, take_over_act
from accumulator.station import Station
from accumulator.stopped import Stopped
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Phase, Turn, UrnView
from accumulator.voting import Courier, Open
from accumulator.writingoff import WRITING_OFF, ChooseDead, DeadAct
from cardio.messages import Look, VoterCardSeen
from common.catalogue import EventType
from common.errors import LANGUAGES, Reason, Thing
from common.pages import Page
from common.records import Act, Minutes
from common.turnout import Turnout
from hal.printer import PrinterState


class Machine:
    """The machine. `step` is its only way in."""

    def __init__(self, station: Station, language: str) -> None:
        """Begin before anything is known; the first effects come from `begin`."""
        self._station = station
        self._language = language
        self._phase: Phase = Stopped(Notice(Reason.NOT_OPEN), working=True)
        self._page: Page | None = None
        self._opened: tuple[bytes, Act] | None = None
        self._spare = False
        self._mended: tuple[tuple[Thing, int], ...] = ()

    @property
    def phase(self) -> Phase:
        """The phase the day is in."""
        return self._phase

    @property
    def tries_again(self) -> bool:
        """Whether it is stopped, and goes on by itself as soon as a medium is well."""
        return isinstance(self._phase, Stopped) and self._phase.tries_again

    def begin(self) -> tuple[Effect, ...]:
        """Return the first effects: to read what is on the media."""
        return (Recover(),)

    def step(
        self,
        event: Event,
        urn: UrnView | None,
        *,
        now_ms: int,
        steady_s: float,
        clock_doubted: bool,
        turnout: Turnout | None = None,
    ) -> tuple[Effect, ...]:
        """Decide one event.

        Args:
            event: what happened.
            urn: the open urn, or None while it is not open.
            now_ms: the board's wall clock, UTC.
            steady_s: monotonic time.
            clock_doubted: the wall clock is not believed.
            turnout: votes taken in, by the hour.

        Returns:
            what is to be done, in this order.

        """
        context = Context(self._station, now_ms, urn, steady_s, clock_doubted, turnout)
        if isinstance(event, Touched) and event.name.startswith("language."):
            self._choose(event.name.removeprefix("language."))
            return self._shown((), context)
        match event:
            case Recovered(mended=mended):
                self._mended = mended
            case Touched() | VoterCardSeen() | MediumFailed() | OwnMediumRemoved():
                self._mended = ()
        turn = self._everywhere(event, context) or self._phase.on(event, context)
        self._phase = turn.phase
        return self._shown((*_journalled(event), *turn.effects), context)

    def _choose(self, language: str) -> None:
        if language in LANGUAGES:
            self._language = language

    def _shown(self, effects: tuple[Effect, ...], context: Context) -> tuple[Effect, ...]:
        page = draw_up(self._phase, context, self._language, self._mended)
        if page == self._page:
            return effects
        self._page = page
        show = (ShowPage(page),)
        if self._phase.working:
            return (*show, *effects)
        # A card is let go when the page says already what is to be done with it.
        let_go = HoldLatch(closed=False)
        at = effects.index(let_go) if let_go in effects else len(effects)
        return (*effects[:at], *show, *effects[at:])

    def _everywhere(self, event: Event, context: Context) -> Turn | None:
        """Decide what is the same in all phases, and the passages between them."""
        match event:
            case Recovered():
                self._spare = False
                return self._recovered(event, context)
            case SpareFound():
                self._spare = True
                wrong = None if event.refused is None else Notice(event.refused, event.facts)
                return Turn(Spare(event, wrong))
            case DeadUrnOpened() if self._spare:
                return Turn(take_over_act(context, event))
            case OwnMediumRemoved() | Touched("spare.back") if self._spare:
                if _signs_now(self._phase):
                    return Turn(self._phase)
                return Turn(Spare(SpareFound(), working=True), (Recover(),))
            case RecoveryRefused(reason, facts) | MediumFailed(reason, facts):
                stopped = Stopped(Notice(reason, facts))
                if stopped == self._phase:  # it tried again by itself: no news
                    return Turn(stopped)
                return Turn(stopped, (HoldLatch(closed=False), Buzz()))
            case OwnMediumRemoved() if not isinstance(self._phase, DayOver):
                missing = Notice(Reason.MEDIUM_MISSING, (("thing", "removable-medium"),))
                return Turn(Stopped(missing), (HoldLatch(closed=False), Buzz()))
            case StationOpened(start_order, act):
                self._opened = (start_order, act)
                return Turn(Open(Courier(start_order), printed_s=context.steady_s))
            case Touched("clock.check") if isinstance(self._phase, Open) and self._phase.is_free:
                return Turn(ClockCheck(_voting(replace(self._phase, closing=False))))
            case StationClosed(roll, walk) if self._opened is not None:
                return _evening(Courier(self._opened[0]), roll, walk)
            case Touched("dead") if _may_write_off(self._phase):
                return Turn(self._phase, (ListDead(),))
            case DeadListed(candidates) if _may_write_off(self._phase):
                return Turn(ChooseDead(self._phase, candidates))
            case Touched("dead.back") if isinstance(self._phase, WRITING_OFF):
                busy = self._phase.working or _signs_now(self._phase)
                return Turn(self._phase) if busy else _back_to(self._phase.back)
            case BoardGone() if isinstance(self._phase, DeadAct):
                return _back_to(self._phase.back, event)
            case Touched("count") if isinstance(self._phase, Collecting):
                return _shuffled(self._phase)
            case Touched("absence.back") if isinstance(self._phase, SAYING_ABSENT):
                return _back_to_minutes(self._phase)
            case AbsenceKept(official, absences) if isinstance(self._phase, AbsenceAct):
                facts = (("name", self._station.name_of(official)),)
                told = Notice(AbsenceText.KEPT, facts, good=True)
                return Turn(MinutesAct(Signing(self._phase.minutes).told(told), absences))
            case VotesCounted(minutes):
                return Turn(Result(Signing(minutes)))
            case _:
                return None

    def _recovered(self, found: Recovered, context: Context) -> Turn:
        """Begin where the media say that the day is."""
        if found.start_order is not None and found.opening_act is not None:
            self._opened = (found.start_order, found.opening_act)
        if found.over:
            return Turn(DayOver(found.seals) if found.seals else Seals())
        if not found.unsealed:
            phase = self._phase
            wrong = replace(phase, working=False) if isinstance(phase, Locked) else Locked()
            return Turn(wrong)
        if found.minutes is not None:
            if found.bundled:
                cards = self._station.package.share_cards
                cleared = frozenset(card.number for card in cards if card.official in found.cleared)
                return Turn(Papers(Minutes.from_bytes(found.minutes.payload), cleared))
            return Turn(MinutesAct(Signing(found.minutes), found.absences))
        if found.start_order is not None:
            courier = Courier(found.start_order)
            if found.closed:
                return _evening(courier, found.roll, found.walk)
            phase = Open(courier, printed_s=context.steady_s)
            on = _voting(phase)
            if found.was_closed:  # so nothing is taken in here any more
                on = Turn(replace(phase, closing=True, working=True), (CloseStation(),))
            return Turn(ClockCheck(on)) if found.took_over else on
        if found.votes:
            return Turn(Stopped(Notice(Reason.URN_NOT_EMPTY, (("found", found.votes),))))
        return Turn(ClockCheck())


def _voting(phase: Open) -> Turn:
    """Go on with the vote."""
    # A card may lie in the slot since before; whatever it is, look at it afresh.
    return Turn(phase, (AskCard(Look()),))


def _evening(courier: Courier, roll: RollCall, walk: CountWalk) -> Turn:
    """Go on after the close, where files say that the evening is."""
    if walk.stage is CountStage.FRESH:
        return Turn(Collecting(courier, roll))
    return mixing.begin(walk)


def _shuffled(phase: Collecting) -> Turn:
    """Begin the evening of two boards, if every board is in."""
    if phase.working:
        return Turn(phase)
    if phase.roll.missing:
        facts = (("boards", ", ".join(phase.roll.missing)),)
        return Turn(replace(phase, notices=(Notice(Reason.BOARDS_NOT_IN, facts),)))
    return mixing.shuffle(replace(phase, notices=()))


def _may_write_off(phase: Phase) -> bool:
    """Say whether the commission may turn to a dead board now."""
    match phase:
        case Open():
            return not (phase.working or phase.closing or phase.intake.busy)
        case Collecting():
            return not phase.working
        case _:
            return False


def _signs_now(phase: Phase) -> bool:
    """Say whether an act about a dead board is being signed or stored this very moment."""
    return isinstance(phase, DeadAct | TakeOverAct) and (phase.working or phase.signing.slot.busy)


def _back_to_minutes(phase: ChooseAbsent | ChooseReason | AbsenceAct) -> Turn:
    """Go back to the minutes, unless an act is being signed or stored this very moment."""
    if isinstance(phase, AbsenceAct) and (phase.working or phase.signing.slot.busy):
        return Turn(phase)
    return Turn(MinutesAct(Signing(phase.minutes), phase.absences))


def _back_to(phase: Phase, gone: BoardGone | None = None) -> Turn:
    """Go on where the day was before the commission turned to a dead board."""
    told = None
    if gone is not None:
        facts = (("board", gone.board), ("spare", gone.spare))
        told = Notice(Word.BOARD_REPLACED if gone.spare else Word.BOARD_GONE, facts, good=True)
    match phase:
        case Collecting():
            notices = () if told is None else (told,)
            roll = phase.roll if gone is None else gone.roll
            return Turn(replace(phase, roll=roll, notices=notices))
        case Open():
            return _voting(replace(phase, intake=Intake(notice=told)))
        case _:
            return Turn(phase)


def _journalled(event: Event) -> tuple[Effect, ...]:
    """Return what the journal says of an event whatever the phase is."""
    match event:
        case MainsChanged(on_mains, percent):
            kind = EventType.POWER_BACK if on_mains else EventType.POWER_LOST
            return (Record(kind, (("percent", percent),)),)
        case CaseChanged(opened):
            return (Record(EventType.CASE_OPENED if opened else EventType.CASE_CLOSED),)
        case Printed(PrinterState.PAPER_OUT | PrinterState.COVER_OPEN):
            return (Record(EventType.PAPER_OUT),)
        case Printed(PrinterState.OFFLINE):
            return (Record(EventType.PRINTER_OFFLINE),)
        case _:
            return ()

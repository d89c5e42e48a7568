"""The shell of terminald: events from the parts to the machine, its effects to the parts.

    touch thread ── TouchEvent ──▶ ┐
    keys thread ─── KeyEvent ────▶ │ loop → machine.step → effects, in order → screen, media, card
    card client ─── what is in ──▶ │
                    the slot       ┘

Rules:
- one event at a time; an effect that answers at once has its answer decided before anything else;
- an effect that fails ends the chain: nothing after it is carried out, and the machine is told;
- a medium that fails, or a page of the book, is a fault that the screen explains until the program
  has started again; a part that fails ends the process (`hal.faults`);
- the operational log says what kind of thing happened and nothing about a voter, card or choice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import structlog

from cardio import messages
from cardio.messages import Done, Failed, ReaderMissing, Request
from common.book import BookError, fault_page
from common.catalogue import EventType
from common.clock import Clock
from common.errors import Reason, Refused
from common.media import MediumFault
from common.seal.randomness import BadRandomness
from common.service import Loop, Step, StopRequested, TimeReached
from hal.lines import KeyEvent, Lines
from hal.medium_slot import MediumSlot, SlotState
from hal.medium_watch import RecordingMediumMoved
from hal.touch import TouchEvent
from terminal import cards, machine
from terminal.booth import Interrupted, Rules, Sealing, ShowingCode, Storing, Thanking
from terminal.challenge import Deciding, Spoiled, Spoiling, SpoilInterrupted
from terminal.display import Display
from terminal.effects import (
    Buzz,
    CloseStation,
    Effect,
    JudgeClock,
    OpenSpoiled,
    OpenStation,
    Record,
    ReserveCode,
    SealBallot,
    SetClock,
    SetTimer,
    Show,
    SpoilVote,
    StartAgain,
    StoreVote,
)
from terminal.events import (
    ClockJudged,
    CourierCardSeen,
    Event,
    KeyPressed,
    PartFailed,
    SpoiledOpened,
    SpoilNotStored,
    StationClosed,
    StationOpened,
    TimeRanOut,
    Touched,
    VoteNotStored,
    VoteSpoiled,
    VoteStored,
)
from terminal.machine import MENDED, RETRY_S, Phase, Station
from terminal.state import Day
from terminal.touch import TouchFilter


@dataclass(frozen=True, slots=True)
class _Asked:
    """What cardiod was asked to write last, and what its answers mean."""

    number: int
    done: Event
    failed: Event


class NewStartNeeded(Exception):
    """A fault was shown for a while: only a new start, which checks all, tells if it is over."""

    TOLD: ClassVar = True


class Terminal:
    """The machine with its hands: display, durable state, lines, card service, clock."""

    def __init__(
        self,
        day: Day,
        rules: Rules,
        *,
        display: Display,
        lines: Lines,
        slot: MediumSlot,
        ask_card: Callable[[Request], int],
        clock: Clock,
        loop: Loop,
        log: structlog.typing.FilteringBoundLogger,
    ) -> None:
        """Take parts that are open; `ask_card` sends a request to cardiod, returning its number."""
        self._day = day
        self._rules = rules
        self._display = display
        self._lines = lines
        self._slot = slot
        self._ask_card = ask_card
        self._clock = clock
        self._loop = loop
        self._log = log
        self._touch = TouchFilter(rules.parameters.guard_ms / 1000)
        self._station = Station(day.phase, notice=MENDED if day.is_mended else None)
        self._asked: _Asked | None = None

    def begin(self) -> None:
        """Show the first page."""
        for effect in machine.begin(self._station, self._rules):
            self._perform(effect)

    def step(self, happened: object) -> None:
        """Decide one thing that happened."""
        self._watch_clock()
        match happened:
            case TouchEvent():
                self._touch, region = self._touch.touched(happened, self._clock.monotonic_s())
                if region is not None:
                    self._decide(Touched(region))
            case KeyEvent(key, pressed=True):
                self._decide(KeyPressed(key))
            case TimeReached():
                self._decide(TimeRanOut())
            case Done(number) | Failed(number) if self._asked and self._asked.number == number:
                asked, self._asked = self._asked, None
                self._decide(asked.done if isinstance(happened, Done) else asked.failed)
            case (
                ReaderMissing()
                | messages.CardRemoved()
                | messages.VoterCardSeen()
                | messages.CourierCardSeen()
                | messages.OfficialCardSeen()
                | messages.ShareCardSeen()
                | messages.CardRefused()
            ):
                self._decide(self._card_event(happened))
            case RecordingMediumMoved(present):
                self._moved(present=present)
            case StopRequested() if self._station.phase not in {Phase.CLOSED, Phase.FAULT}:
                self._attempt(Record(EventType.STOPPED))
            case _:
                pass  # a key let go, or an answer that nobody waits for

    def _card_event(self, seen: messages.Notification) -> Event:
        event = cards.event_of(seen, self._day.station, after_hours=self._after_hours())
        if isinstance(event, CourierCardSeen):
            is_open = self._day.phase is Phase.OPEN
            clock = self._day.judge_clock(None if is_open else event.start_order)
            event = replace(event, clock=clock)
        return event

    def _moved(self, *, present: bool) -> None:
        """Stop when the medium is taken out, but let a vote that is sealed get on its card."""
        match self._station:
            case Station(Phase.FAULT) if present:
                start_again(self._slot)
            case Station(Phase.FAULT | Phase.CLOSED) | Station(booth=Sealing() | Storing()):
                pass
            case Station(booth=Interrupted() | Thanking() | ShowingCode()):
                pass
            case Station(booth=Deciding() | Spoiling() | SpoilInterrupted() | Spoiled()):
                pass
            case _ if not present:
                self._decide(PartFailed(Reason.MEDIUM_MISSING))

    def _watch_clock(self) -> None:
        """Journal what happened to the clock; a terminal that is closed journals nothing."""
        if self._station.phase in {Phase.CLOSED, Phase.FAULT}:
            return
        try:
            self._day.watch_clock()
        except MediumFault as fault:
            self._log.error("medium failed", medium=fault.medium, kind=fault.kind.name)
            self._decide(PartFailed(fault.refusal().reason))

    def _decide(self, first: Event) -> None:
        waiting = deque([first])
        while waiting:
            self._station, effects = machine.step(self._station, waiting.popleft(), self._rules)
            for effect in effects:
                answer = self._attempt(effect)
                if answer is not None:
                    waiting.append(answer)
                if isinstance(answer, PartFailed):
                    break

    def _attempt(self, effect: Effect) -> Event | None:
        """Carry out one effect; what the terminal cannot go on without becomes an event."""
        try:
            return self._perform(effect)
        except MediumFault as fault:
            self._log.error("medium failed", medium=fault.medium, kind=fault.kind.name)
            return PartFailed(fault.refusal().reason)
        except BookError:
            if self._station.phase is Phase.FAULT:
                raise  # not even this can be shown
            # Not what the error says: which picture it was may tell what a voter chose.
            self._log.error("a page of the ballot book is damaged")
            return self._attempt(Record(EventType.PAGE_DAMAGED)) or PartFailed(
                Reason.RECORD_DAMAGED
            )

    def _perform(self, effect: Effect) -> Event | None:
        match effect:
            case Show():
                if self._display.show(effect):
                    regions, now_s = self._display.regions, self._clock.monotonic_s()
                    self._touch = self._touch.page_changed(regions, now_s)
            case SetTimer(None):
                self._loop.wake_at(None)
            case SetTimer(timeout_s=int(timeout_s)):
                self._loop.wake_at(self._clock.monotonic_s() + timeout_s)
            case Record(event, facts):
                self._day.record(event, facts)
            case Buzz(duration_s):
                self._lines.buzz(duration_s)
            case ReserveCode():
                try:
                    return self._day.reserve_code()
                except Refused as refused:
                    return PartFailed(refused.reason)
            case SealBallot():
                try:
                    return self._day.seal_ballot(effect)
                except BadRandomness:
                    self._log.error("the random source is broken")
                    self._day.record(EventType.RANDOMNESS_BAD, {})
                    return PartFailed(Reason.RANDOMNESS_BROKEN)
            case StoreVote(cast_vote, deposit):
                number = self._ask_card(messages.StoreVote(cast_vote, deposit))
                self._asked = _Asked(number, VoteStored(), VoteNotStored())
            case SpoilVote():
                number = self._ask_card(messages.SpoilVote(self._day.spoil(effect)))
                self._asked = _Asked(number, VoteSpoiled(), SpoilNotStored())
            case OpenSpoiled():
                number = self._ask_card(messages.OpenSpoiled(self._day.open_spoiled(effect)))
                self._asked = _Asked(number, SpoiledOpened(), SpoilNotStored())
            case JudgeClock(start_order):
                return ClockJudged(self._day.judge_clock(start_order))
            case SetClock(hhmm, start_order):
                return self._day.set_clock(hhmm, start_order)
            case OpenStation(start_order):
                self._day.open_station(start_order)
                return StationOpened()
            case CloseStation():
                self._day.close_station()
                return StationClosed()
            case StartAgain():
                start_again(self._slot)
        return None

    def _after_hours(self) -> bool:
        return self._clock.now_ms() // 1000 >= self._day.station.package.closes_s


def out_of_order(
    reason: Reason, display: Display | None, slot: MediumSlot, clock: Clock, loop: Loop
) -> Step:
    """Show why the terminal cannot work, and return the step that starts again in a while.

    Without a display there is no page to be shown: the ballot book is not whole.
    """
    if display is not None:
        display.show(Show(fault_page(reason.name)))
    loop.wake_at(clock.monotonic_s() + RETRY_S)

    def step(happened: object) -> None:
        match happened:
            case TimeReached(now_s):
                start_again(slot)
                loop.wake_at(now_s + RETRY_S)
            case RecordingMediumMoved(present=True):
                start_again(slot)

    return step


def start_again(slot: MediumSlot) -> None:
    """End the process for a new start; without a medium it would end here again, so not then.

    Raises:
        NewStartNeeded: the way to end it.
    """
    if slot.state() is SlotState.PRESENT:
        raise NewStartNeeded

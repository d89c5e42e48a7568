"""The life of a terminal: waiting for the courier card, open, closed, or out of order.

    WAITING   for a start order; the station is not open here
    CLOCK     the courier card is in, and the clock has to be put right (`terminal.clockset`)
    OPEN      voters vote (`terminal.booth`)
    CLOSING   the courier card came back after hours: close the voting?
    CLOSED    for good; the statement is on the medium
    FAULT     nothing works until the program has started again and checked everything

Rules:
- a card that is not wanted gets the page that says why, until it is taken out;
- what must be durable is an effect before the page that tells of it;
- a closed terminal journals nothing more: its statement names the journal's last entry;
- whenever what is shown changes, the page is shown and the timer is set anew; there is no other
  timer, so an effective touch gives the voter the whole time again.

Pure: `step` takes a state and an event and returns the next state and effects; no clock, no parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from common.book import PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from terminal import booth as booths
from terminal.booth import Booth, Rules
from terminal.clockset import ClockView, Setting
from terminal.effects import (
    CloseStation,
    Effect,
    JudgeClock,
    OpenStation,
    Record,
    SetClock,
    SetTimer,
    Show,
    StartAgain,
)
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    ClockJudged,
    ClockNotSet,
    CourierCardSeen,
    Event,
    PartFailed,
    ReaderLost,
    SpoiledCardSeen,
    StationClosed,
    StationOpened,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
)

RETRY_S = 10
CLOCK_S = 20
"""So often the page that shows the clock is drawn anew."""
READER_LOST = fault_page(Reason.READER_MISSING.name)
MENDED = fault_page(Reason.STATE_MENDED.name)
"""Shown for a while after a start that had to mend a medium."""
MENDED_S = 10


class Phase(Enum):
    """Where in its life the terminal is."""

    WAITING = 1
    OPEN = 2
    CLOSING = 3
    CLOSED = 4
    FAULT = 5
    CLOCK = 6


@dataclass(frozen=True, slots=True)
class Station:
    """The whole state of a terminal.

    Attributes:
        booth: the session of the voter inside, while the terminal is open; None if there is none.
        notice: a page that is shown instead of the phase's own until something else happens.
        setting: the clock as it is being set, in phase CLOCK.
    """

    phase: Phase
    booth: Booth | None = None
    notice: PageKey | None = None
    setting: Setting | None = None


Next: TypeAlias = tuple[Station, tuple[Effect, ...]]


def begin(station: Station, rules: Rules) -> tuple[Effect, ...]:
    """Return what is to be done first of all after a start."""
    return _shown(station, rules)


def step(station: Station, event: Event, rules: Rules) -> Next:
    """Return the terminal after `event`, and what is to be done, in this order."""
    after, effects = _decide(station, event, rules)
    effects = (*_reader_news(station, after), *effects)
    if station.phase is Phase.CLOSED:
        effects = tuple(effect for effect in effects if not isinstance(effect, Record))
    if _look(after, rules) != _look(station, rules):
        effects = (*effects, *_shown(after, rules))
    return after, effects


def _decide(station: Station, event: Event, rules: Rules) -> Next:
    match station.phase, event:
        case Phase.FAULT, TimeRanOut():
            return station, (StartAgain(), SetTimer(RETRY_S))
        case Phase.FAULT, _:
            return station, ()
        case _, TimeRanOut() if station.notice == MENDED:
            return Station(station.phase), ()
        case _, PartFailed(reason):
            return Station(Phase.FAULT, notice=fault_page(reason.name)), ()
        case Phase.WAITING, _:
            return _waiting(station, event)
        case Phase.CLOCK, _ if station.setting is not None:
            return _clock(station.setting, event)
        case Phase.CLOCK, _:
            return Station(Phase.WAITING), ()
        case Phase.OPEN, _:
            return _open(station, event, rules)
        case Phase.CLOSING, _:
            return _closing(station, event, rules)
        case Phase.CLOSED, _:
            return _idle(station, event, Reason.CLOSED)


def _waiting(station: Station, event: Event) -> Next:
    match event:
        case CourierCardSeen(start_order, clock=ClockView() as clock):
            return Station(Phase.CLOCK, setting=Setting.begin(start_order, clock)), ()
        case CourierCardSeen(start_order):
            return Station(Phase.WAITING), (OpenStation(start_order),)
        case StationOpened():
            return Station(Phase.OPEN, notice=PageKey("opened")), ()
        case _:
            return _idle(station, event, Reason.NOT_OPEN)


def _clock(setting: Setting, event: Event) -> Next:
    """Put the clock right; whatever else comes, nothing was changed."""
    station = Station(Phase.CLOCK, setting=setting)
    before = Phase.OPEN if setting.start_order is None else Phase.WAITING
    match event:
        case Touched("set"):
            return station, (SetClock(setting.hhmm, setting.start_order),)
        case Touched("right") if setting.view.may_be_right:
            return _clock_fits(setting, (Record(EventType.CLOCK_CONFIRMED),))
        case Touched(region):
            return Station(Phase.CLOCK, setting=setting.turned(region)), ()
        case ClockJudged(None):
            return _clock_fits(setting, ())
        case ClockJudged(ClockView() as view):
            return Station(Phase.CLOCK, setting=replace(setting, view=view)), ()
        case ClockNotSet(reason):
            return Station(before, notice=fault_page(reason.name)), ()
        case TimeRanOut():
            return station, (JudgeClock(setting.start_order), SetTimer(CLOCK_S))
        case CourierCardSeen():
            return station, ()
        case _:
            reason = Reason.CARD_COURIER_EXPECTED
            return _idle(Station(before), event, reason)


def _clock_fits(setting: Setting, first: tuple[Effect, ...]) -> Next:
    if setting.start_order is None:
        return Station(Phase.OPEN, notice=fault_page(Reason.CARD_COURIER_HERE.name)), first
    return Station(Phase.WAITING), (*first, OpenStation(setting.start_order))


def _idle(station: Station, event: Event, reason: Reason) -> Next:
    """Answer cards while nobody can vote, for this reason."""
    match event:
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen():
            return _noticed(station, reason)
        case UnfitCardSeen(why):
            return _noticed(station, why)
        case ReaderLost():
            return Station(station.phase, notice=READER_LOST), ()
        case CardRemoved() | CourierCardSeen():
            return Station(station.phase), ()
        case _:
            return station, ()


def _noticed(station: Station, reason: Reason) -> Next:
    refusal = Record(EventType.CARD_REFUSED, {"reason": reason})
    return Station(station.phase, notice=fault_page(reason.name)), (refusal,)


def _open(station: Station, event: Event, rules: Rules) -> Next:
    notice = station.notice
    match event:
        case CourierCardSeen(after_hours=after_hours, clock=clock):
            _, ended = booths.step(station.booth, CardRemoved(), rules)
            if after_hours:
                return Station(Phase.CLOSING), ended
            if clock is not None:
                return Station(Phase.CLOCK, setting=Setting.begin(None, clock)), ended
            closed = fault_page(Reason.CLOSE_NOT_REACHED.name)
            return Station(Phase.OPEN, notice=closed), ended
        case ReaderLost():
            notice = READER_LOST
        case (
            ActivatedCardSeen()
            | VotedCardSeen()
            | SpoiledCardSeen()
            | UnfitCardSeen()
            | CardRemoved()
        ):
            notice = None
    booth, effects = booths.step(station.booth, event, rules)
    return Station(Phase.OPEN, booth, notice), effects


def _closing(station: Station, event: Event, rules: Rules) -> Next:
    match event:
        case Touched("yes"):
            return station, (CloseStation(),)
        case StationClosed():
            return Station(Phase.CLOSED), ()
        case Touched("no") | TimeRanOut():
            return Station(Phase.OPEN, notice=fault_page(Reason.CARD_COURIER_HERE.name)), ()
        case (
            CourierCardSeen()
            | ActivatedCardSeen()
            | VotedCardSeen()
            | SpoiledCardSeen()
            | UnfitCardSeen()
            | CardRemoved()
            | ReaderLost()
        ):
            return _open(Station(Phase.OPEN), event, rules)
        case _:
            return station, ()


def _reader_news(before: Station, after: Station) -> tuple[Record, ...]:
    was_lost, is_lost = before.notice == READER_LOST, after.notice == READER_LOST
    if was_lost == is_lost or after.phase is Phase.FAULT:
        return ()
    return (Record(EventType.READER_MISSING if is_lost else EventType.READER_BACK),)


# What a state looks like

_PAGES = {Phase.WAITING: "waiting", Phase.CLOSING: "close", Phase.CLOSED: "closed"}


def page(station: Station) -> PageKey:
    """Return the page that stands on the screen."""
    if station.notice is not None:
        return station.notice
    if station.setting is not None:
        return station.setting.page()
    if station.phase in _PAGES:
        return PageKey(_PAGES[station.phase])
    return booths.page(station.booth)


def _look(station: Station, rules: Rules) -> tuple[PageKey, Mapping[str, str], int | None]:
    if station.notice is not None:
        return page(station), {}, _timeout_s(station, rules)
    fills = booths.fills(station.booth) if station.setting is None else station.setting.fills()
    return page(station), fills, _timeout_s(station, rules)


def _timeout_s(station: Station, rules: Rules) -> int | None:
    if station.notice == MENDED:
        return MENDED_S
    match station.phase:
        case Phase.OPEN:
            return booths.timeout_s(station.booth, rules.parameters)
        case Phase.CLOSING:
            return rules.parameters.idle_ask_s
        case Phase.FAULT:
            return RETRY_S
        case Phase.CLOCK:
            return CLOCK_S
        case Phase.WAITING | Phase.CLOSED:
            return None


def _shown(station: Station, rules: Rules) -> tuple[Effect, ...]:
    shown, fills, timeout_s = _look(station, rules)
    return Show(shown, fills), SetTimer(timeout_s)

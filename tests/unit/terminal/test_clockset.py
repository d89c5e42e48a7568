"""The terminal's clock: judged when the courier card comes, put right while it is in the slot."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from common.book import PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from common.records import Presentation
from terminal import machine
from terminal.booth import Rules
from terminal.clockset import ClockView, Setting
from terminal.effects import JudgeClock, OpenStation, Record, SetClock, SetTimer, Show
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    ClockJudged,
    ClockNotSet,
    CourierCardSeen,
    Event,
    ReaderLost,
    StationOpened,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
)
from terminal.machine import CLOCK_S, Phase, Station
from terminal.plan import make_plans
from tests import samples
from tests.unit.terminal import tiny_book

RULES = Rules(make_plans(tiny_book.package(), tiny_book.load()), samples.PARAMETERS)
BEHIND = ClockView("221120260620", "221120260631", may_be_right=False)
AHEAD = ClockView("221120260831", "221120260631", may_be_right=True)
COURIER = CourierCardSeen(b"order", after_hours=False, clock=BEHIND)
WAITING, OPEN = Station(Phase.WAITING), Station(Phase.OPEN)


def on(station: Station, *events: Event) -> Station:
    for event in events:
        station, _ = machine.step(station, event, RULES)
    return station


def effects_of(station: Station, event: Event) -> tuple[object, ...]:
    return machine.step(station, event, RULES)[1]


def test_a_clock_that_does_not_fit_keeps_the_terminal_closed() -> None:
    station, effects = machine.step(WAITING, COURIER, RULES)
    assert station.phase is Phase.CLOCK
    shown = {f"own:{at}": digit for at, digit in enumerate(BEHIND.own)}
    shown |= {f"order:{at}": digit for at, digit in enumerate(BEHIND.order)}
    shown |= {f"digit:{at}": digit for at, digit in enumerate("0631")}
    assert effects == (Show(PageKey("clock"), shown), SetTimer(CLOCK_S))
    assert effects_of(station, Touched("right")) == ()
    assert on(station, CardRemoved()) == WAITING


@pytest.mark.parametrize(
    ("touches", "hhmm"),
    [
        (["minute:more"] * 3, "0634"),
        (["minute:less"] * 32, "0659"),
        (["hour:more"] * 18, "0031"),
        (["hour:less"] * 7, "2331"),
        (["yes", "line:1"], "0631"),
    ],
)
def test_the_time_is_turned_by_touches(touches: list[str], hhmm: str) -> None:
    station = on(WAITING, COURIER, *(Touched(name) for name in touches))
    assert station.setting is not None
    assert station.setting.hhmm == hhmm
    assert effects_of(station, Touched("set")) == (SetClock(hhmm, b"order"),)


def test_a_clock_that_fits_afterwards_opens_the_terminal() -> None:
    station = on(WAITING, COURIER, Touched("set"))
    after, effects = machine.step(station, ClockJudged(None), RULES)
    assert effects[0] == OpenStation(b"order")
    assert on(after, StationOpened()) == Station(Phase.OPEN, notice=PageKey("opened"))


def test_a_clock_that_still_does_not_fit_is_set_again() -> None:
    view = dataclasses.replace(BEHIND, own="221120260630")
    station = on(WAITING, COURIER, Touched("set"), ClockJudged(view))
    assert station.setting is not None
    assert station.setting.view == view


def test_a_terminal_far_ahead_may_be_right() -> None:
    courier = dataclasses.replace(COURIER, clock=AHEAD)
    station = on(WAITING, courier)
    assert machine.page(station) == PageKey("clock:ahead")
    effects = effects_of(station, Touched("right"))
    assert effects[:2] == (Record(EventType.CLOCK_CONFIRMED), OpenStation(b"order"))


@pytest.mark.parametrize("reason", [Reason.CLOCK_NOT_SET, Reason.CLOCK_TIME_REFUSED])
def test_a_time_that_was_not_set_is_told(reason: Reason) -> None:
    station = on(WAITING, COURIER, Touched("set"), ClockNotSet(reason))
    assert station == Station(Phase.WAITING, notice=fault_page(reason.name))
    assert on(station, CardRemoved()) == WAITING


def test_the_page_follows_the_clock() -> None:
    station = on(WAITING, COURIER)
    assert effects_of(station, TimeRanOut()) == (JudgeClock(b"order"), SetTimer(CLOCK_S))
    assert on(station, COURIER) == station


def test_another_card_or_no_reader_ends_it() -> None:
    station = on(WAITING, COURIER)
    voter = ActivatedCardSeen(1, Presentation.NORMAL, 77, b"k" * 32)
    expected = fault_page(Reason.CARD_COURIER_EXPECTED.name)
    assert on(station, voter) == Station(Phase.WAITING, notice=expected)
    foreign = on(station, UnfitCardSeen(Reason.CARD_FOREIGN))
    assert foreign.notice == fault_page(Reason.CARD_FOREIGN.name)
    assert on(station, ReaderLost()).phase is Phase.WAITING


def test_in_the_day_a_doubted_clock_is_put_right_and_the_vote_goes_on() -> None:
    station = on(OPEN, COURIER)
    assert station.setting == Setting.begin(None, BEHIND)
    assert effects_of(station, Touched("set")) == (SetClock("0631", None),)
    after = on(station, ClockJudged(None))
    assert after == Station(Phase.OPEN, notice=fault_page(Reason.CARD_COURIER_HERE.name))
    assert on(after, CardRemoved()) == OPEN
    assert on(station, CardRemoved()) == OPEN


def test_after_hours_the_terminal_closes_whatever_its_clock() -> None:
    late = dataclasses.replace(COURIER, after_hours=True)
    assert on(OPEN, late).phase is Phase.CLOSING


def test_every_view_fits_the_book(tmp_path: Path) -> None:
    tiny_book.write(tmp_path)
    book = tiny_book.load()
    for view in (BEHIND, AHEAD):
        setting = Setting.begin(b"order", view)
        book.compose(book.frame(), setting.page(), setting.fills())

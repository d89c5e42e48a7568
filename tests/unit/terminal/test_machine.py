"""The life of a terminal: every event in every phase that it means something to."""

from __future__ import annotations

import dataclasses

import pytest

from common.book import PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from common.records import Presentation
from terminal import machine
from terminal.booth import Booth, Checking, ChoosingLanguage, Interrupted, Rules, Storing
from terminal.challenge import Deciding, Vote
from terminal.effects import (
    CloseStation,
    Effect,
    OpenStation,
    Record,
    ReserveCode,
    SetTimer,
    Show,
    StartAgain,
)
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    CodeReserved,
    CourierCardSeen,
    Event,
    KeyPressed,
    PartFailed,
    ReaderLost,
    StationClosed,
    StationOpened,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
    VoteStored,
)
from terminal.machine import RETRY_S, Phase, Station
from terminal.plan import make_plans
from tests import samples
from tests.unit.terminal import tiny_book

RULES = Rules(make_plans(tiny_book.package(), tiny_book.load()), samples.PARAMETERS)
IDLE_S = samples.PARAMETERS.idle_ask_s

CARD = ActivatedCardSeen(1, Presentation.NORMAL, 77, b"k" * 32)
VOTED = VotedCardSeen(b"k" * 32, b"v" * 32)
COURIER = CourierCardSeen(b"order", after_hours=False)
LATE_COURIER = CourierCardSeen(b"order", after_hours=True)

WAITING, OPEN, CLOSING, CLOSED = (
    Station(phase) for phase in (Phase.WAITING, Phase.OPEN, Phase.CLOSING, Phase.CLOSED)
)


def on(station: Station, event: Event) -> tuple[Station, tuple[Effect, ...]]:
    """Return what one event leads to."""
    return machine.step(station, event, RULES)


def fault(reason: Reason) -> PageKey:
    return fault_page(reason.name)


def shown(page: PageKey, timeout_s: int | None = None) -> tuple[Effect, ...]:
    """Return the effects that show a page without marks."""
    return Show(page, {}), SetTimer(timeout_s)


def refused(station: Station, reason: Reason) -> tuple[Station, tuple[Effect, ...]]:
    """Return what follows on a card that is refused for this reason."""
    after = Station(station.phase, notice=fault(reason))
    if station.phase is Phase.CLOSED:  # the journal has ended
        return after, shown(fault(reason))
    record = Record(EventType.CARD_REFUSED, {"reason": reason})
    return after, (record, *shown(fault(reason)))


def test_after_a_start_the_page_of_the_phase_is_shown() -> None:
    assert machine.begin(WAITING, RULES) == shown(PageKey("waiting"))
    assert machine.begin(OPEN, RULES) == shown(PageKey("insert"))
    assert machine.begin(CLOSED, RULES) == shown(PageKey("closed"))


# Opening


def test_the_courier_card_opens_the_terminal() -> None:
    station, effects = on(WAITING, COURIER)
    assert station == WAITING, "nothing is open before the order is kept"
    assert effects == (OpenStation(b"order"),)
    station, effects = on(station, StationOpened())
    assert station == Station(Phase.OPEN, notice=PageKey("opened"))
    assert effects == shown(PageKey("opened"))
    assert on(station, CardRemoved()) == (OPEN, shown(PageKey("insert")))


@pytest.mark.parametrize("card", [CARD, VOTED])
def test_a_voter_before_the_opening(card: Event) -> None:
    station, effects = on(WAITING, card)
    assert (station, effects) == refused(WAITING, Reason.NOT_OPEN)
    assert on(station, CardRemoved()) == (WAITING, shown(PageKey("waiting")))


@pytest.mark.parametrize("station", [WAITING, CLOSED])
def test_wrong_cards_while_nobody_can_vote(station: Station) -> None:
    for reason in (Reason.COURIER_HOLDS_NOTHING, Reason.CARD_FOREIGN):
        assert on(station, UnfitCardSeen(reason)) == refused(station, reason)


@pytest.mark.parametrize("station", [WAITING, OPEN, CLOSED])
def test_a_reader_that_is_lost_and_found(station: Station) -> None:
    lost, effects = on(station, ReaderLost())
    assert lost == Station(station.phase, notice=fault(Reason.READER_MISSING))
    journalled = station is not CLOSED
    missing, back = Record(EventType.READER_MISSING), Record(EventType.READER_BACK)
    page = shown(fault(Reason.READER_MISSING))
    assert effects == ((missing, *page) if journalled else page)
    assert on(lost, ReaderLost()) == (lost, ()), "it is said once"
    found, effects = on(lost, CardRemoved())
    assert found == station
    assert (back in effects) == journalled


def test_touches_and_keys_while_waiting_mean_nothing() -> None:
    for event in (Touched("yes"), KeyPressed(1), TimeRanOut(), StationClosed(), VoteStored()):
        assert on(WAITING, event) == (WAITING, ())
        assert on(CLOSED, event) == (CLOSED, ())


# Open


def test_a_voter_begins() -> None:
    station, effects = on(OPEN, CARD)
    assert station == Station(Phase.OPEN, Checking(CARD))
    assert effects == (ReserveCode(),), "the page changes only when there is a code"
    station, effects = on(station, CodeReserved())
    assert station == Station(Phase.OPEN, ChoosingLanguage(CARD))
    assert effects == (Record(EventType.SESSION_BEGAN), *shown(PageKey("language")))


def test_a_page_and_its_timer_come_after_what_must_be_durable() -> None:
    deciding = Station(Phase.OPEN, Deciding(CARD, "ru", Vote(CARD.card_key, b"v" * 32, 1)))
    _, effects = on(deciding, Touched("cast"))
    assert effects == (
        Record(EventType.VOTE_STORED),
        Show(PageKey("thanks", "ru"), {}),
        SetTimer(samples.PARAMETERS.code_shown_s),
    )


def test_every_effective_touch_sets_the_timer_anew() -> None:
    station = on(Station(Phase.OPEN, ChoosingLanguage(CARD)), Touched("language:kk"))[0]
    for region, fills in (
        ("line:0", {"counter": "1", "line:0": "on"}),
        ("line:0", {"counter": "0"}),
    ):
        station, effects = on(station, Touched(region))
        assert effects == (Show(PageKey("contest:0:0", "kk", 1), fills), SetTimer(IDLE_S))
    assert on(station, Touched("nowhere")) == (station, ())


def test_the_courier_card_before_the_end_of_the_day() -> None:
    station, effects = on(OPEN, COURIER)
    assert station == Station(Phase.OPEN, notice=fault(Reason.CLOSE_NOT_REACHED))
    assert effects == shown(fault(Reason.CLOSE_NOT_REACHED))
    assert on(station, CardRemoved())[0] == OPEN


@pytest.mark.parametrize("courier", [COURIER, LATE_COURIER])
def test_the_courier_card_ends_a_session(courier: Event) -> None:
    for booth in (
        ChoosingLanguage(CARD),
        Storing(CARD, "kk", Vote(b"k" * 32, b"v" * 32, 1)),
        Interrupted(CARD, "kk", Vote(b"k" * 32, b"v" * 32, 1)),
    ):
        assert on(Station(Phase.OPEN, booth), courier)[0].booth is None


def test_a_reader_that_is_lost_during_the_write() -> None:
    vote = Vote(CARD.card_key, VOTED.vote, 1)
    lost, _ = on(Station(Phase.OPEN, Storing(CARD, "kk", vote)), ReaderLost())
    interrupted: Booth = Interrupted(CARD, "kk", vote)
    assert lost == Station(Phase.OPEN, interrupted, fault(Reason.READER_MISSING))
    found, effects = on(lost, CardRemoved())
    assert found == Station(Phase.OPEN, interrupted)
    assert effects == (Record(EventType.READER_BACK), *shown(fault(Reason.CARD_MOVED), IDLE_S))
    decided, _ = on(lost, VOTED)
    assert machine.page(decided) == PageKey("sealed", "kk")


# Closing


def test_the_courier_card_after_hours_closes_the_terminal_when_confirmed() -> None:
    station, effects = on(OPEN, LATE_COURIER)
    assert station == CLOSING
    assert effects == shown(PageKey("close"), IDLE_S)
    station, effects = on(station, Touched("yes"))
    assert station == CLOSING, "it is closed when the statement is on both media"
    assert effects == (CloseStation(),)
    assert on(station, StationClosed()) == (CLOSED, shown(PageKey("closed")))


@pytest.mark.parametrize("answer", [Touched("no"), TimeRanOut()])
def test_without_confirmation_it_stays_open(answer: Event) -> None:
    station, effects = on(CLOSING, answer)
    assert station == Station(Phase.OPEN, notice=fault(Reason.CARD_COURIER_HERE))
    assert effects == shown(fault(Reason.CARD_COURIER_HERE))


@pytest.mark.parametrize("event", [CardRemoved(), CARD, VOTED, ReaderLost(), COURIER])
def test_another_card_is_no_confirmation(event: Event) -> None:
    assert on(CLOSING, event)[0] == on(OPEN, event)[0]


def test_the_question_stands_until_it_is_answered() -> None:
    for event in (KeyPressed(1), Touched("cast"), LATE_COURIER):
        assert on(CLOSING, event) == (CLOSING, ())


@pytest.mark.parametrize("card", [CARD, VOTED])
def test_a_voter_after_the_close(card: Event) -> None:
    assert on(CLOSED, card) == refused(CLOSED, Reason.CLOSED)


def test_a_closed_terminal_never_opens_again() -> None:
    for event in (COURIER, LATE_COURIER, StationOpened(), CardRemoved(), Touched("yes")):
        assert on(CLOSED, event)[0] == CLOSED


# Faults


@pytest.mark.parametrize("station", [WAITING, OPEN, CLOSING, CLOSED])
def test_a_fault_stops_everything(station: Station) -> None:
    session = dataclasses.replace(station, booth=ChoosingLanguage(CARD))
    stopped, effects = on(session, PartFailed(Reason.MEDIUM_MISSING))
    assert stopped == Station(Phase.FAULT, notice=fault(Reason.MEDIUM_MISSING))
    assert effects == shown(fault(Reason.MEDIUM_MISSING), RETRY_S)


def test_after_a_fault_only_a_new_start_helps() -> None:
    stopped = Station(Phase.FAULT, notice=fault(Reason.MEDIUM_MISSING))
    for event in (CARD, COURIER, CardRemoved(), Touched("yes"), PartFailed(Reason.MEDIUM_FULL)):
        assert on(stopped, event) == (stopped, ())
    assert on(stopped, TimeRanOut()) == (stopped, (StartAgain(), SetTimer(RETRY_S)))


def test_every_page_is_in_the_book() -> None:
    book = tiny_book.load()
    for station in (WAITING, OPEN, CLOSING, CLOSED, on(WAITING, StationOpened())[0]):
        book.page(machine.page(station))

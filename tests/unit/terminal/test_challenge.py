"""Cast the vote or check the terminal: every event between the read-back and the thanks."""

from __future__ import annotations

import dataclasses

import pytest

from common.book import PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from common.records import Presentation
from common.seal import checkvalue
from terminal import booth as booths
from terminal.booth import (
    BUZZ_S,
    Booth,
    Checking,
    Interrupted,
    Leaving,
    Rules,
    Storing,
    Thanking,
)
from terminal.challenge import Deciding, Spoiled, Spoiling, SpoilInterrupted, Vote
from terminal.effects import Buzz, Effect, OpenSpoiled, Record, ReserveCode, SpoilVote, StoreVote
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    Event,
    KeyPressed,
    ReaderLost,
    SealedVote,
    SpoiledCardSeen,
    SpoiledOpened,
    SpoilNotStored,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
    VoteNotStored,
    VoteSealed,
    VoteSpoiled,
    VoteStored,
)
from terminal.plan import make_plans
from tests import samples
from tests.unit.terminal import tiny_book

RULES = Rules(make_plans(tiny_book.package(), tiny_book.load()), samples.PARAMETERS)

R = b"r" * 32
CARD = ActivatedCardSeen(1, Presentation.NORMAL, 77, b"k" * 32)
OTHER_CARD = ActivatedCardSeen(2, Presentation.NORMAL, 78, b"o" * 32)
VALUE = checkvalue.check_value(b"cast vote")
SEALED_VOTE = SealedVote(b"cast vote", VALUE, R)
SEALED = VoteSealed(421, b"cast vote", b"deposit", b"v" * 32, SEALED_VOTE)
VOTE = Vote(CARD.card_key, SEALED.vote, SEALED.code, SEALED_VOTE)
CAST = Vote(CARD.card_key, SEALED.vote, SEALED.code)
VOTED = VotedCardSeen(CARD.card_key, SEALED.vote)
SPOILED_CARD = SpoiledCardSeen(CARD.card_key, SEALED.vote, False)
OPEN_CARD = SpoiledCardSeen(CARD.card_key, SEALED.vote, True)

DECIDING = Deciding(CARD, "kk", VOTE)
SPOILING = Spoiling(CARD, "kk", VOTE)
OPENING = Spoiling(CARD, "kk", VOTE, is_spoiled=True)
SPOILED = Spoiled(CARD, "kk", VALUE, SEALED.vote)
THANKING = Thanking(CARD, "kk", CAST)

SPOIL = SpoilVote(77, CARD.card_key, b"cast vote")
OPEN = OpenSpoiled(77, CARD.card_key, b"cast vote", R)
STORED = Record(EventType.VOTE_STORED)
IS_SPOILED = Record(EventType.VOTE_SPOILED)
IS_OPENED = Record(EventType.SPOILED_VOTE_OPENED)
BROKEN_OFF = Record(EventType.VOTE_WRITE_INTERRUPTED)


def on(state: Booth | None, event: Event) -> tuple[Booth | None, tuple[Effect, ...]]:
    """Return what one event leads to."""
    return booths.step(state, event, RULES)


def interrupted(*, is_spoiled: bool, reason: Reason = Reason.CARD_MOVED) -> SpoilInterrupted:
    """Return the state after a write that was not finished."""
    return SpoilInterrupted(CARD, "kk", VOTE, is_spoiled, reason)


# Casting


def test_the_value_stands_on_the_screen_before_the_vote_is_cast() -> None:
    state, effects = on(booths.Sealing(CARD, "kk"), SEALED)
    assert (state, effects) == (Storing(CARD, "kk", VOTE), (StoreVote(b"cast vote", b"deposit"),))
    state, effects = on(state, VoteStored())
    assert (state, effects) == (DECIDING, ())
    assert booths.page(state) == PageKey("sealed:check", "kk")
    shown = booths.fills(state)
    assert "".join(shown[f"value:{n}"] for n in range(20)) == VALUE.replace(" ", "")
    assert len(shown) == 20
    assert on(state, Touched("cast")) == (THANKING, (STORED,))


def test_where_nobody_checks_the_page_has_no_such_button() -> None:
    vote = dataclasses.replace(VOTE, sealed=dataclasses.replace(SEALED_VOTE, r=None))
    state = Deciding(CARD, "ru", vote)
    assert booths.page(state) == PageKey("sealed", "ru")
    assert on(state, Touched("check")) == (state, ())
    assert on(state, Touched("cast")) == (Thanking(CARD, "ru", CAST), (STORED,))


@pytest.mark.parametrize("event", [CardRemoved(), ReaderLost()])
def test_a_card_that_is_taken_out_has_voted(event: Event) -> None:
    assert on(DECIDING, event) == (None, (STORED,))


def test_who_does_not_answer_has_voted() -> None:
    assert on(DECIDING, TimeRanOut()) == (THANKING, (STORED, Buzz(BUZZ_S)))
    parameters = dataclasses.replace(samples.PARAMETERS, idle_ask_s=101, idle_end_s=17)
    assert booths.timeout_s(DECIDING, parameters) == 118


@pytest.mark.parametrize(
    "event", [VOTED, KeyPressed(1), Touched("nowhere"), VoteNotStored(), SpoilNotStored()]
)
def test_nothing_else_decides(event: Event) -> None:
    assert on(DECIDING, event) == (DECIDING, ())


def test_the_next_card_finds_the_vote_cast() -> None:
    state, effects = on(DECIDING, OTHER_CARD)
    assert (state, effects) == (Checking(OTHER_CARD), (STORED, ReserveCode()))


def test_a_write_that_came_back_whole_is_decided_too() -> None:
    assert on(Interrupted(CARD, "kk", VOTE), VOTED) == (DECIDING, ())


def test_what_opens_a_vote_is_forgotten_when_it_is_cast() -> None:
    state: Booth | None = DECIDING
    for event in (Touched("cast"), KeyPressed(1), KeyPressed(2)):
        state, _ = on(state, event)
        assert isinstance(state, Thanking | booths.ShowingCode)
        assert state.vote.sealed is None
    assert R.decode() not in repr(DECIDING)


# Checking


def test_a_vote_is_spoiled_before_it_is_opened() -> None:
    assert on(DECIDING, Touched("check")) == (SPOILING, (SPOIL,))
    assert on(SPOILING, VoteSpoiled()) == (OPENING, (IS_SPOILED, OPEN))
    assert on(OPENING, SpoiledOpened()) == (SPOILED, (IS_OPENED,))
    assert booths.page(SPOILING) == booths.page(OPENING) == PageKey("casting", "kk")
    assert booths.page(SPOILED) == PageKey("spoiled", "kk")
    assert booths.fills(SPOILED) == booths.fills(DECIDING)
    assert on(SPOILED, CardRemoved()) == (None, ())


@pytest.mark.parametrize("state", [SPOILING, OPENING, SPOILED])
def test_there_is_no_way_back_to_a_cast_vote(state: Booth) -> None:
    for event in (Touched("cast"), TimeRanOut(), KeyPressed(1), VoteStored()):
        assert on(state, event) == (state, ())


@pytest.mark.parametrize(
    ("state", "event"), [(SPOILING, SpoiledOpened()), (OPENING, VoteSpoiled())]
)
def test_an_answer_to_another_write_means_nothing(state: Booth, event: Event) -> None:
    assert on(state, event) == (state, ())


@pytest.mark.parametrize("state", [SPOILING, OPENING])
@pytest.mark.parametrize("card", [CARD, VOTED, SPOILED_CARD, OPEN_CARD])
def test_while_it_is_written_the_answer_decides(state: Booth, card: Event) -> None:
    assert on(state, card) == (state, ())


@pytest.mark.parametrize("state", [SPOILING, OPENING])
def test_a_write_that_breaks_off(state: Spoiling) -> None:
    for event, reason in (
        (CardRemoved(), Reason.CARD_MOVED),
        (ReaderLost(), Reason.CARD_MOVED),
        (SpoilNotStored(), Reason.CARD_TORN),
    ):
        after = interrupted(is_spoiled=state.is_spoiled, reason=reason)
        assert on(state, event) == (after, (BROKEN_OFF,))
        assert booths.page(after) == fault_page(reason.name)
        assert booths.timeout_s(after, samples.PARAMETERS) == samples.PARAMETERS.idle_ask_s


# The card comes back


def test_a_vote_that_is_still_whole_is_decided_anew() -> None:
    for reason in (Reason.CARD_MOVED, Reason.CARD_TORN):
        state = interrupted(is_spoiled=False, reason=reason)
        assert on(state, VOTED) == (DECIDING, ())


def test_a_spoiled_vote_is_opened_when_its_card_comes_back() -> None:
    assert on(interrupted(is_spoiled=False), SPOILED_CARD) == (OPENING, (IS_SPOILED, OPEN))
    assert on(interrupted(is_spoiled=True), SPOILED_CARD) == (OPENING, (OPEN,))
    assert on(interrupted(is_spoiled=True), OPEN_CARD) == (SPOILED, (IS_OPENED,))
    assert on(interrupted(is_spoiled=False), OPEN_CARD) == (SPOILED, (IS_SPOILED, IS_OPENED))


def test_an_opening_that_cannot_be_written_is_not_tried_for_ever() -> None:
    state = interrupted(is_spoiled=True, reason=Reason.CARD_TORN)
    assert on(state, SPOILED_CARD) == (Leaving(fault_page("CARD_SPOILED")), ())


def test_a_card_with_neither_may_vote_again() -> None:
    state = interrupted(is_spoiled=False, reason=Reason.CARD_TORN)
    assert on(state, CARD) == (Leaving(fault_page("VOTE_NOT_STORED")), ())
    assert on(interrupted(is_spoiled=False), CARD) == (Checking(CARD), (ReserveCode(),))


def test_another_card_ends_it() -> None:
    for state in (interrupted(is_spoiled=False), interrupted(is_spoiled=True), SPOILED):
        assert on(state, OTHER_CARD) == (Checking(OTHER_CARD), (ReserveCode(),))
    assert on(SPOILING, OTHER_CARD) == (Checking(OTHER_CARD), (BROKEN_OFF, ReserveCode()))
    other = VotedCardSeen(CARD.card_key, b"x" * 32)
    assert on(interrupted(is_spoiled=False), other)[0] == Leaving(fault_page("CARD_VOTED"))
    assert on(interrupted(is_spoiled=True), VOTED)[0] == Leaving(fault_page("CARD_VOTED"))


def test_a_card_that_cannot_be_read_is_asked_for_until_the_time_is_over() -> None:
    state = interrupted(is_spoiled=True)
    refused = Record(EventType.CARD_REFUSED, {"reason": Reason.CARD_MUTE})
    mute = interrupted(is_spoiled=True, reason=Reason.CARD_MUTE)
    assert on(state, UnfitCardSeen(Reason.CARD_MUTE)) == (mute, (refused,))
    assert on(mute, CardRemoved()) == (state, ())
    assert on(mute, TimeRanOut()) == (Leaving(fault_page("CARD_MUTE")), ())
    assert on(state, TimeRanOut()) == (None, ())


def test_a_spoiled_card_is_for_the_desk() -> None:
    refusal = Record(EventType.CARD_REFUSED, {"reason": Reason.CARD_SPOILED})
    for card in (SPOILED_CARD, OPEN_CARD):
        assert on(None, card) == (Leaving(fault_page("CARD_SPOILED")), (refusal,))
    assert on(SPOILED, OPEN_CARD) == (SPOILED, ())

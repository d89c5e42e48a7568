"""One voter's session: every event in every state that it means something to."""

from __future__ import annotations

import dataclasses

import pytest

from common.book import PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from common.records import Presentation
from common.seal.checkvalue import check_value
from terminal import booth as booths
from terminal.booth import (
    BUZZ_S,
    Asking,
    Booth,
    Checking,
    ChoosingLanguage,
    FillingIn,
    Interrupted,
    Leaving,
    Rules,
    Sealing,
    ShowingCode,
    Storing,
    Thanking,
)
from terminal.challenge import Deciding, Vote
from terminal.effects import Buzz, Effect, Record, ReserveCode, SealBallot, StoreVote
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    CodeReserved,
    CodesUsedUp,
    Event,
    KeyPressed,
    ReaderLost,
    SealedVote,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
    VoteNotStored,
    VoteSealed,
    VoteStored,
)
from terminal.filling import OnContest, OnReview
from terminal.plan import make_plans
from tests import samples
from tests.unit.terminal import tiny_book

RULES = Rules(make_plans(tiny_book.package(), tiny_book.load()), samples.PARAMETERS)

CARD = ActivatedCardSeen(1, Presentation.NORMAL, 77, b"k" * 32)
OTHER_CARD = ActivatedCardSeen(2, Presentation.NORMAL, 78, b"o" * 32)
SEALED_VOTE = SealedVote(b"cast vote", check_value(b"cast vote"), None)
SEALED = VoteSealed(421, b"cast vote", b"deposit", b"v" * 32, SEALED_VOTE)
VOTE = Vote(CARD.card_key, SEALED.vote, SEALED.code, SEALED_VOTE)
VOTED = VotedCardSeen(CARD.card_key, SEALED.vote)
LANGUAGE = Touched("language:kk")

DECIDING = Deciding(CARD, "kk", VOTE)
THANKING = Thanking(CARD, "kk", VOTE.cast())
STORING = Storing(CARD, "kk", VOTE)
INTERRUPTED = Interrupted(CARD, "kk", VOTE)

BEGAN = Record(EventType.SESSION_BEGAN)
STORED = Record(EventType.VOTE_STORED)
ABANDONED = Record(EventType.SESSION_ABANDONED)
TIMED_OUT = Record(EventType.SESSION_TIMED_OUT)
BROKEN_OFF = Record(EventType.VOTE_WRITE_INTERRUPTED)
ALL_TOUCHES = (
    *(Touched(f"line:{line}") for line in (2,)),
    Touched("next"),
    *(Touched(f"line:{line}") for line in (0, 5)),
    Touched("finish"),
    Touched("next"),
    Touched("yes"),
    Touched("next"),
)
"""Against all; two of three; blank after the question; to the last page of the review."""


def refused(reason: Reason) -> tuple[Leaving, tuple[Effect, ...]]:
    """Return the state and effects of a card that is refused."""
    record = Record(EventType.CARD_REFUSED, {"reason": reason})
    return Leaving(fault_page(reason.name)), (record,)


def after(*events: Event, start: Booth | None = None) -> Booth | None:
    """Return the booth after these events."""
    for event in events:
        start, _ = booths.step(start, event, RULES)
    return start


def on(state: Booth | None, event: Event) -> tuple[Booth | None, tuple[Effect, ...]]:
    """Return what one event leads to."""
    return booths.step(state, event, RULES)


def filling_in() -> FillingIn:
    state = after(CARD, CodeReserved(), LANGUAGE, Touched("line:1"))
    assert isinstance(state, FillingIn)
    return state


# A whole session


def test_from_the_card_to_the_thanks() -> None:
    assert on(None, CARD) == (Checking(CARD), (ReserveCode(),))
    assert on(Checking(CARD), CodeReserved()) == (ChoosingLanguage(CARD), (BEGAN,))

    state = after(LANGUAGE, start=ChoosingLanguage(CARD))
    assert isinstance(state, FillingIn)
    assert state.ballot.language == "kk"
    assert state.ballot.place == OnContest(0)

    state = after(*ALL_TOUCHES, start=state)
    assert isinstance(state, FillingIn)
    assert state.ballot.place == OnReview(1)

    state, effects = on(state, Touched("cast"))
    assert state == Sealing(CARD, "kk")
    assert effects == (SealBallot(1, 77, CARD.card_key, ((2,), (0, 5), ())),)

    assert on(state, SEALED) == (STORING, (StoreVote(b"cast vote", b"deposit"),))
    assert on(STORING, VoteStored()) == (DECIDING, ())
    assert on(DECIDING, Touched("cast")) == (THANKING, (STORED,))
    assert on(THANKING, CardRemoved()) == (None, ())


def test_the_ballot_is_in_the_language_that_was_chosen() -> None:
    state = after(Touched("language:ru"), start=ChoosingLanguage(CARD))
    assert isinstance(state, FillingIn)
    assert booths.page(state) == PageKey("contest:0:0", "ru", 1)


def test_the_language_can_be_changed_with_the_marks_kept() -> None:
    state = after(LANGUAGE, Touched("line:2"), start=ChoosingLanguage(CARD))
    turned, effects = on(state, Touched("language:ru"))
    assert isinstance(turned, FillingIn)
    assert effects == ()
    assert booths.page(turned) == PageKey("contest:0:0", "ru", 1)
    assert turned.ballot.choices == ((2,), (), ())
    assert on(turned, Touched("language:en")) == (turned, ())


def test_choices_are_nowhere_in_the_state_once_they_are_sealed() -> None:
    for state in (Sealing(CARD, "kk"), STORING, INTERRUPTED, THANKING):
        names = {field.name for field in dataclasses.fields(state)}
        assert names <= {"card", "language", "vote", "keys", "reason"}


# Before a voter begins


def test_without_a_code_no_voter_begins() -> None:
    state, effects = on(Checking(CARD), CodesUsedUp())
    assert state == Leaving(fault_page("CODES_USED_UP"))
    assert effects == (Record(EventType.CODES_USED_UP),)


@pytest.mark.parametrize(
    "card",
    [
        dataclasses.replace(CARD, style=9),
        dataclasses.replace(CARD, presentation=Presentation.LARGE),
    ],
)
def test_a_ballot_that_the_book_does_not_have(card: ActivatedCardSeen) -> None:
    assert on(None, card) == refused(Reason.STYLE_UNKNOWN)


def test_a_card_with_a_vote_is_for_the_commission() -> None:
    assert on(None, VOTED) == refused(Reason.CARD_VOTED)


@pytest.mark.parametrize(
    "reason", [Reason.CARD_FOREIGN, Reason.CARD_NOT_ACTIVATED, Reason.CARD_OTHER_STATION]
)
def test_each_refusal_has_its_own_page(reason: Reason) -> None:
    state, effects = on(None, UnfitCardSeen(reason))
    assert (state, effects) == refused(reason)
    assert booths.page(state).name == f"fault:{reason.name}"
    assert on(state, CardRemoved()) == (None, ())


def test_a_language_that_there_is_not() -> None:
    assert after(Touched("language:en"), start=ChoosingLanguage(CARD)) == ChoosingLanguage(CARD)


# Time-outs


def test_a_silent_voter_is_asked_and_goes_on_where_they_were() -> None:
    state = filling_in()
    asked, effects = on(state, TimeRanOut())
    assert asked == Asking(state)
    assert effects == (Buzz(BUZZ_S),)
    assert on(asked, Touched("yes")) == (state, ())


@pytest.mark.parametrize("answer", [TimeRanOut(), Touched("no")])
def test_a_session_ends_with_the_card_as_it_was(answer: Event) -> None:
    state, effects = on(Asking(filling_in()), answer)
    assert state == Leaving(PageKey("ended", "kk"))
    assert effects == (TIMED_OUT, Buzz(BUZZ_S)), "nothing is written on the card"
    assert on(state, CardRemoved()) == (None, ())


@pytest.mark.parametrize("state", [THANKING, ShowingCode(CARD, "kk", VOTE.cast())])
def test_the_code_is_gone_when_the_thanks_are_over(state: Booth) -> None:
    left, effects = on(state, TimeRanOut())
    assert left == Leaving(PageKey("take", "kk"))
    assert effects == (Buzz(BUZZ_S),)
    assert after(KeyPressed(1), KeyPressed(2), start=left) == left


def test_how_long_each_state_waits() -> None:
    parameters = dataclasses.replace(
        samples.PARAMETERS, idle_ask_s=101, idle_end_s=102, code_shown_s=103
    )
    expected = {
        None: None,
        Checking(CARD): None,
        ChoosingLanguage(CARD): None,
        filling_in(): 101,
        Asking(filling_in()): 102,
        Sealing(CARD, "kk"): None,
        STORING: None,
        INTERRUPTED: 101,
        THANKING: 103,
        ShowingCode(CARD, "kk", VOTE.cast()): 103,
        Leaving(PageKey("take", "kk")): None,
    }
    for state, timeout_s in expected.items():
        assert booths.timeout_s(state, parameters) == timeout_s


# The control code


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (1, 1, 2), (2, 2, 1)])
def test_both_keys_in_either_order_show_the_code(order: tuple[int, ...]) -> None:
    state = after(*(KeyPressed(key) for key in order), start=THANKING)
    assert state == ShowingCode(CARD, "kk", VOTE.cast())
    assert booths.page(state) == PageKey("code", "kk")
    assert booths.fills(state) == {"digit:0": "0", "digit:1": "4", "digit:2": "2", "digit:3": "1"}


@pytest.mark.parametrize("keys", [(1,), (2,), (1, 1), (2, 2, 2)])
def test_one_key_alone_does_not(keys: tuple[int, ...]) -> None:
    state = after(*(KeyPressed(key) for key in keys), start=THANKING)
    assert isinstance(state, Thanking)


def test_keys_count_only_while_thank_you_is_on_the_screen() -> None:
    cast = Touched("cast")
    early = after(KeyPressed(1), VoteStored(), KeyPressed(2), cast, start=STORING)
    assert early == THANKING
    late = after(KeyPressed(1), VoteStored(), KeyPressed(1), cast, KeyPressed(2), start=STORING)
    assert late == Thanking(CARD, "kk", VOTE.cast(), frozenset({2}))


def test_no_keys_before_the_vote_is_stored_show_anything() -> None:
    for state in (None, ChoosingLanguage(CARD), filling_in(), STORING, INTERRUPTED):
        assert after(KeyPressed(1), KeyPressed(2), start=state) == state


# The card pulled out


@pytest.mark.parametrize("gone", [CardRemoved(), ReaderLost()])
def test_before_the_write_the_session_goes_with_the_card(gone: Event) -> None:
    for state in (ChoosingLanguage(CARD), filling_in(), Asking(filling_in()), Sealing(CARD, "kk")):
        assert on(state, gone) == (None, (ABANDONED,))
    assert on(Checking(CARD), gone) == (None, ()), "no session had begun"


@pytest.mark.parametrize("gone", [CardRemoved(), ReaderLost()])
def test_during_the_write_the_card_is_asked_for_again(gone: Event) -> None:
    assert on(STORING, gone) == (INTERRUPTED, (BROKEN_OFF,))
    assert booths.page(INTERRUPTED) == fault_page("CARD_MOVED")


@pytest.mark.parametrize("gone", [CardRemoved(), ReaderLost()])
def test_after_the_write_the_session_goes_with_the_card(gone: Event) -> None:
    for state in (THANKING, ShowingCode(CARD, "kk", VOTE.cast()), Leaving(PageKey("take", "kk"))):
        assert on(state, gone) == (None, ())


def test_an_interrupted_vote_that_is_on_the_card_may_be_cast() -> None:
    assert on(INTERRUPTED, VOTED) == (DECIDING, ())


def test_an_interrupted_vote_that_is_not_on_the_card_begins_anew() -> None:
    state, effects = on(INTERRUPTED, CARD)
    assert state == Checking(CARD), "no choice and no code is kept"
    assert effects == (ReserveCode(),)


@pytest.mark.parametrize(
    "voted", [VotedCardSeen(CARD.card_key, b"w" * 32), VotedCardSeen(b"o" * 32, SEALED.vote)]
)
def test_another_vote_is_not_thanked_for(voted: VotedCardSeen) -> None:
    assert on(INTERRUPTED, voted) == refused(Reason.CARD_VOTED)


def test_another_card_begins_a_session_of_its_own() -> None:
    assert on(INTERRUPTED, OTHER_CARD) == (Checking(OTHER_CARD), (ReserveCode(),))


def test_a_card_that_cannot_be_read_does_not_end_the_wait() -> None:
    state, effects = on(INTERRUPTED, UnfitCardSeen(Reason.CARD_MUTE))
    assert state == dataclasses.replace(INTERRUPTED, reason=Reason.CARD_MUTE)
    assert effects == refused(Reason.CARD_MUTE)[1]
    assert on(state, CardRemoved()) == (INTERRUPTED, ())
    assert after(CardRemoved(), VOTED, start=state) == DECIDING


def test_a_write_that_failed_asks_for_the_card_again() -> None:
    state, effects = on(STORING, VoteNotStored())
    assert state == dataclasses.replace(INTERRUPTED, reason=Reason.CARD_TORN)
    assert effects == (BROKEN_OFF,)
    assert on(state, CardRemoved()) == (INTERRUPTED, ())
    assert on(state, TimeRanOut()) == (Leaving(fault_page("CARD_TORN")), ())


def test_a_write_that_failed_on_a_card_that_stayed_is_explained() -> None:
    failed = dataclasses.replace(INTERRUPTED, reason=Reason.CARD_TORN)
    assert on(failed, CARD) == (Leaving(fault_page("VOTE_NOT_STORED")), ())
    assert on(failed, VOTED) == (DECIDING, ()), "it was written after all"


def test_the_wait_for_the_card_ends() -> None:
    assert on(INTERRUPTED, TimeRanOut()) == (None, ())


def test_an_answer_that_comes_too_late_is_not_thanked_for() -> None:
    for state in (INTERRUPTED, None, filling_in(), Checking(CARD)):
        assert on(state, VoteStored()) == (state, ())
        assert on(state, VoteNotStored()) == (state, ())


# Cards seen where nobody took one out (the card service started again)


def test_while_storing_the_answer_decides_and_not_the_card() -> None:
    assert on(STORING, CARD) == (STORING, ())
    assert on(STORING, VOTED) == (STORING, ())


def test_another_card_while_storing() -> None:
    state, effects = on(STORING, OTHER_CARD)
    assert state == Checking(OTHER_CARD)
    assert effects == (BROKEN_OFF, ReserveCode())
    state, effects = on(STORING, UnfitCardSeen(Reason.CARD_MUTE))
    assert state == dataclasses.replace(INTERRUPTED, reason=Reason.CARD_MUTE)
    assert effects == (BROKEN_OFF, *refused(Reason.CARD_MUTE)[1])


def test_the_voted_card_seen_again_stays_thanked() -> None:
    for state in (THANKING, ShowingCode(CARD, "kk", VOTE.cast())):
        assert on(state, VOTED) == (state, ())


def test_a_card_seen_again_ends_the_session_before() -> None:
    assert on(filling_in(), CARD) == (Checking(CARD), (ABANDONED, ReserveCode()))
    state, effects = on(filling_in(), VOTED)
    assert (state, effects) == (refused(Reason.CARD_VOTED)[0], (ABANDONED, *effects[1:]))


# What a state looks like


def test_every_state_has_a_page_in_the_book() -> None:
    book = tiny_book.load()
    review = after(*ALL_TOUCHES, start=after(LANGUAGE, start=ChoosingLanguage(CARD)))
    states = {
        "insert": (None, Checking(CARD)),
        "language": (ChoosingLanguage(CARD),),
        "contest:0:0": (filling_in(),),
        "review:1": (review,),
        "timeout": (Asking(filling_in()),),
        "casting": (Sealing(CARD, "kk"), STORING),
        "fault:CARD_MOVED": (INTERRUPTED,),
        "thanks": (THANKING,),
        "code": (ShowingCode(CARD, "kk", VOTE.cast()),),
        "ended": (on(Asking(filling_in()), TimeRanOut())[0],),
        "take": (on(THANKING, TimeRanOut())[0],),
    }
    for name, looks in states.items():
        for state in looks:
            assert booths.page(state).name == name
            book.page(booths.page(state))


def test_neither_choice_nor_code_nor_serial_shows_in_a_log() -> None:
    for state in (filling_in(), THANKING, STORING, SEALED, CARD):
        shown = repr(state)
        assert "421" not in shown
        assert "77" not in shown
        assert "choices" not in shown
        assert repr(CARD.card_key) not in shown

"""Voters with every habit at the real terminal, one habit at a time, in both languages.

Each of them ends with a vote on the card, and the vote is what was meant: it is opened here; or
with a spoiled vote, which the checking station says to be what was meant. What the screen says on
the way is all that the voter goes by.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from common.catalogue import EventType
from common.errors import Reason
from common.records import Parameters
from simulators.bench_client import Moment
from simulators.hands import STRANGE
from simulators.temper import IN_CHECK, ONCE_A_DAY, PLACES, Habit, RestlessVoter, Whim, draw_temper
from simulators.voter import VOTED as VOTED_PAGE
from simulators.voter import Outcome, Wish, draw_wish
from tests.one_booth import ANOTHERS, BLANK, OWN, STRANGER, VOTED, OneBooth, open_booth
from verifier.encoding import Wrong

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("one booth")]

ELECTIONS = Path(__file__).parents[1] / "elections"
PATIENCE_S = 20.0
WAYS_THERE = {
    "blank": Whim(Habit.MARKS_NONE, "contest"),
    "overvote": Whim(Habit.MARKS_TOO_MANY, "contest"),
    "timeout": Whim(Habit.ANSWERS_LATE, "contest"),
}
"""What leads to pages that a voter who does everything right does not see."""


@pytest.fixture(scope="module")
def booth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneBooth]:
    """The booth of a station with two contests; one card has voted, one is somebody else's."""
    run = Path(tempfile.mkdtemp(prefix="sailau-"))
    try:
        election = ELECTIONS / "mazhilis-2023.toml"
        with open_booth(tmp_path_factory.mktemp("one-booth"), run, election) as there:
            there.activate(1, VOTED, serial=1)
            parameters = there.station.package.parameters
            RestlessVoter(there.body(VOTED), wish(there, "kk"), (), parameters).finish()
            there.activate(1, ANOTHERS, serial=2)
            yield there
    finally:
        shutil.rmtree(run)


@pytest.fixture(autouse=True)
def empty_again(booth: OneBooth) -> Iterator[None]:
    """Leave the booth as the next test wants it."""
    yield
    booth.clear()


@pytest.fixture(params=["kk", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    """Each of the two languages."""
    return str(request.param)


def wish(booth: OneBooth, language: str, *, checks: int = 0) -> Wish:
    """Return a wish with a mark in every contest, and for the control code."""
    station = booth.station
    shares = [one.shares for one in station.election.contests]
    draw = random.Random(7)
    while True:
        drawn = draw_wish(station.package, 1, shares, draw, code_share=1.0)
        if all(drawn.choices):
            return replace(drawn, language=language, first_choices={}, checks=checks)


def voted(booth: OneBooth, wished: Wish, *whims: Whim) -> tuple[RestlessVoter, Outcome]:
    """Let a voter of this temper vote with a freshly activated card."""
    booth.activate(1, OWN)
    body, parameters = booth.body(), parameters_of(booth)
    voter = RestlessVoter(body, wished, whims, parameters, patience_s=PATIENCE_S)
    return voter, voter.finish()


def parameters_of(booth: OneBooth) -> Parameters:
    """Return the rules of the station."""
    return booth.station.package.parameters


def came(booth: OneBooth, event: EventType, before: int) -> int:
    """Return how often an event came since the journal had so many entries."""
    return booth.events()[before:].count(event)


def is_checked(booth: OneBooth, outcome: Outcome, wished: Wish) -> bool:
    """Insist that a spoiled vote is on the card, and what was meant; say whether it is open."""
    assert outcome.checked
    assert not outcome.thanked
    checked = booth.checked_on()
    assert checked.check_value == outcome.noted
    assert checked.selections in (wished.choices, None)
    return checked.selections is not None


HABITS = [
    (habit, page)
    for habit in Habit
    if habit not in {Habit.OTHER_CARD, Habit.PULLS_IN_WRITE, *IN_CHECK, *ONCE_A_DAY}
    for page in PLACES[habit]
    if page != "spoiled"
]
AT_THE_END = {(Habit.PULLS_CARD, "sealed"), (Habit.PULLS_CARD, "thanks")}
"""Whoever has voted, and puts the card in again, reads so."""


@pytest.mark.parametrize(
    ("habit", "page"), HABITS, ids=[f"{habit.name}-{page}" for habit, page in HABITS]
)
def test_whatever_comes_over_a_voter_the_vote_is_what_was_meant(
    booth: OneBooth, language: str, habit: Habit, page: str
) -> None:
    wished = wish(booth, language)
    whims = [Whim(habit, page)]
    if page in WAYS_THERE and WAYS_THERE[page].habit is not habit:
        whims.append(WAYS_THERE[page])
    before = len(booth.events())
    voter, outcome = voted(booth, wished, *whims)
    assert voter.did[habit] == 1
    assert outcome.selections == wished.choices == booth.vote_on()
    assert came(booth, EventType.VOTE_STORED, before) == 1
    assert outcome.noted == booth.value_on() != ""
    ended = habit in {Habit.ENDS_IT, Habit.RUNS_OUT} and page != "sealed"
    assert came(booth, EventType.SESSION_TIMED_OUT, before) == ended
    if habit in {Habit.ONE_KEY, Habit.KEYS_LATE}:
        assert (outcome.last_page, outcome.code) == ("take", None)
    elif (habit, page) in AT_THE_END:
        assert outcome.last_page == VOTED_PAGE, "the card says so when it is put in again"
    else:
        assert outcome.code is not None
    assert outcome.thanked is ((habit, page) != (Habit.PULLS_CARD, "sealed"))


@pytest.mark.parametrize("habit", [habit for habit in Habit if "spoiled" in PLACES[habit]])
def test_whatever_comes_over_a_voter_who_checks_the_terminal_it_is_checked(
    booth: OneBooth, language: str, habit: Habit
) -> None:
    wished = wish(booth, language, checks=1)
    before = len(booth.events())
    voter, outcome = voted(booth, wished, Whim(habit, "spoiled"))
    assert voter.did[habit] == 1
    booth.body().take_card()  # where it was left
    assert is_checked(booth, outcome, wished)
    assert outcome.card_left is (habit is Habit.LEAVES_CARD)
    again = habit is Habit.PULLS_CARD
    assert outcome.last_page == ("fault:CARD_SPOILED" if again else "spoiled")
    assert came(booth, EventType.VOTE_STORED, before) == 0
    assert came(booth, EventType.SPOILED_VOTE_OPENED, before) == 1


@pytest.mark.parametrize("habit", [Habit.PULLS_CARD, Habit.RUNS_OUT])
def test_who_wants_to_check_and_does_not_touch_it_has_voted(
    booth: OneBooth, language: str, habit: Habit
) -> None:
    wished = wish(booth, language, checks=1)
    _, outcome = voted(booth, wished, Whim(habit, "sealed"))
    assert not outcome.checked
    assert outcome.selections == wished.choices == booth.vote_on()
    assert outcome.noted == booth.value_on()


@pytest.mark.parametrize(
    ("card", "page"),
    [
        *((card, None) for card in STRANGE),
        ("official-1", Reason.CARD_OFFICIAL_HERE),
        ("share-1", Reason.CARD_SHARE_HERE),
        ("courier-1", Reason.CLOSE_NOT_REACHED),
        (BLANK, Reason.CARD_NOT_ACTIVATED),
        (VOTED, Reason.CARD_VOTED),
        (STRANGER, Reason.CARD_CERTIFICATE_WRONG),
    ],
)
def test_another_card_is_refused_with_a_page_and_the_own_one_votes(
    booth: OneBooth, language: str, card: str, page: Reason | None
) -> None:
    wished = wish(booth, language)
    voter, outcome = voted(booth, wished, Whim(Habit.OTHER_CARD, "insert", card))
    (refusal,) = {page for page in voter.way if page.startswith("fault:")}
    assert page is None or refusal == f"fault:{page.name}"
    assert outcome.thanked
    assert outcome.selections == wished.choices == booth.vote_on()


def test_a_card_pulled_at_any_command_of_the_write_is_put_back_and_votes(
    booth: OneBooth, language: str
) -> None:
    wished = wish(booth, language)
    for moment in Moment:
        for commands in range(language == "ru", 60, 2):
            whim = Whim(Habit.PULLS_IN_WRITE, "review", "", commands, moment)
            before, pulled = len(booth.events()), pulls(booth)
            voter, outcome = voted(booth, wished, whim)
            # Who pulls it at the very end may have missed the thanks; then the card says so.
            assert outcome.thanked or outcome.last_page == VOTED_PAGE
            assert outcome.selections == wished.choices == booth.vote_on()
            assert came(booth, EventType.VOTE_STORED, before) == 1
            if pulls(booth) == pulled:
                break  # the write was over
            assert {"fault:CARD_MOVED", "fault:CARD_TORN", VOTED_PAGE} & set(voter.way)
        else:
            pytest.fail("the write never ends")
        assert commands > 5


def test_a_card_pulled_at_any_command_of_a_check_is_put_back_and_checked(
    booth: OneBooth, language: str
) -> None:
    wished = wish(booth, language, checks=1)
    checked: list[int] = []
    for moment in Moment:
        for commands in range(language == "ru", 90, 2):
            whim = Whim(Habit.PULLS_IN_CHECK, "sealed", "", commands, moment)
            before, pulled = len(booth.events()), pulls(booth)
            voter, outcome = voted(booth, wished, whim)
            # Who takes the card out beside the check value, even by mistake, has voted.
            cast = came(booth, EventType.VOTE_STORED, before)
            if cast:
                assert outcome.last_page == VOTED_PAGE
                assert booth.vote_on() == wished.choices
            else:
                assert is_checked(booth, outcome, wished)
                checked.append(commands)
            assert came(booth, EventType.SPOILED_VOTE_OPENED, before) == 1 - cast
            if pulls(booth) == pulled:
                break  # the write was over
            assert {"fault:CARD_MOVED", "fault:CARD_TORN", VOTED_PAGE} & set(voter.way)
        else:
            pytest.fail("the write never ends")
    assert len(checked) > 15


@pytest.mark.parametrize("card", ["mute", BLANK, VOTED, ANOTHERS])
def test_another_card_in_the_middle_of_a_check_never_makes_it_lie(
    booth: OneBooth, card: str
) -> None:
    booth.activate(1, ANOTHERS, serial=2)
    wished = wish(booth, "kk", checks=1)
    ended = set()
    for commands in range(0, 90, 4):
        whim = Whim(Habit.SWAPS_IN_CHECK, "sealed", card, commands)
        before = pulls(booth)
        _, outcome = voted(booth, wished, whim)
        if not outcome.checked:
            assert outcome.selections == wished.choices == booth.vote_on()
            ended.add("cast")
        else:
            ended.add("open" if is_checked(booth, outcome, wished) else "not open")
        if pulls(booth) == before:
            break
    # A session with another voter's card forgets what opens the vote; a card of no voter does not.
    assert "open" in ended
    assert (ended == {"open"}) is (card not in {VOTED, ANOTHERS})
    assert booth.vote_on(ANOTHERS) is None


def pulls(booth: OneBooth) -> int:
    """Return how often a card was pulled in the middle of a command."""
    return sum(one.what == "pulled" for one in booth.hands.history("card"))


def test_a_checked_card_says_so_in_every_booth_and_votes_in_none(
    booth: OneBooth, language: str
) -> None:
    wished = wish(booth, language, checks=1)
    _, outcome = voted(booth, wished)
    assert is_checked(booth, outcome, wished)
    again = RestlessVoter(booth.body(), replace(wished, checks=0), (), parameters_of(booth))
    second = again.finish()
    assert second.last_page == "fault:CARD_SPOILED"
    assert not second.thanked
    assert is_checked(booth, replace(second, noted=outcome.noted), wished)
    with pytest.raises(Wrong, match="the terminal was not checked with it"):
        booth.checked_on(VOTED)


def test_somebody_elses_card_votes_as_that_card(booth: OneBooth, language: str) -> None:
    booth.activate(1, ANOTHERS)
    wished = wish(booth, language)
    voter = RestlessVoter(booth.body(ANOTHERS), wished, (), parameters_of(booth))
    assert voter.finish().thanked
    assert booth.vote_on(ANOTHERS) == wished.choices


@pytest.mark.parametrize("page", PLACES[Habit.LEAVES_CARD])
def test_a_card_that_was_left_behind_tells_what_it_is(
    booth: OneBooth, language: str, page: str
) -> None:
    whims = [Whim(Habit.LEAVES_CARD, page)]
    if page in WAYS_THERE:
        whims.append(WAYS_THERE[page])
    _, outcome = voted(booth, wish(booth, language, checks=page == "spoiled"), *whims)
    assert outcome.card_left
    parameters = parameters_of(booth)
    next_one = booth.body(ANOTHERS)
    seen = next_one.look(PATIENCE_S)
    cast = page in {"sealed", "thanks", "code"}
    if page not in {"language", "spoiled"}:  # which wait for ever: nothing is chosen there
        for _ in range(20):
            if seen is not None and seen.name == ("take" if cast else "ended"):
                break
            next_one.pause(parameters.idle_ask_s + 1)
            seen = next_one.look(1.0, unlike=seen) or seen
        else:
            pytest.fail(f"the booth stays at {seen.name if seen else 'nothing'}")
    next_one.take_card()
    assert (booth.vote_on() is not None) is cast


def test_tempers_drawn_at_random_end_with_the_vote_that_was_meant(
    booth: OneBooth, language: str, day_seed: int
) -> None:
    draw = random.Random(f"tempers/{language}/{day_seed}")
    others = (*STRANGE, "official-1", "share-1", BLANK, VOTED, STRANGER)
    for number in range(16):
        wished = wish(booth, language, checks=number % 2)
        whims = draw_temper(draw, others, most=8)
        _, outcome = voted(booth, wished, *whims)
        assert outcome.selections == wished.choices, (whims, day_seed)
        if outcome.checked:
            is_checked(booth, outcome, wished)
        else:
            assert booth.vote_on() == wished.choices, (whims, day_seed)

"""Voters with every habit at the real terminal, one habit at a time, in both languages.

Each of them ends with a vote on the card, and the vote is what was meant: it is opened here. What
the screen says on the way is all that the voter goes by.
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
from simulators.bench_client import Moment
from simulators.hands import STRANGE
from simulators.temper import ONCE_A_DAY, PLACES, Habit, RestlessVoter, Whim, draw_temper
from simulators.voter import Outcome, Wish, draw_wish
from tests.one_booth import ANOTHERS, BLANK, OWN, STRANGER, VOTED, OneBooth, open_booth

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


def wish(booth: OneBooth, language: str) -> Wish:
    """Return a wish with a mark in every contest, and for the control code."""
    station = booth.station
    shares = [one.shares for one in station.election.contests]
    draw = random.Random(7)
    while True:
        drawn = draw_wish(station.package, 1, shares, draw, code_share=1.0)
        if all(drawn.choices):
            return replace(drawn, language=language, first_choices={})


def voted(booth: OneBooth, wished: Wish, *whims: Whim) -> tuple[RestlessVoter, Outcome]:
    """Let a voter of this temper vote with a freshly activated card."""
    booth.activate(1, OWN)
    parameters = booth.station.package.parameters
    voter = RestlessVoter(booth.body(), wished, whims, parameters, patience_s=PATIENCE_S)
    return voter, voter.finish()


def came(booth: OneBooth, event: EventType, before: int) -> int:
    """Return how often an event came since the journal had so many entries."""
    return booth.events()[before:].count(event)


HABITS = [
    (habit, page)
    for habit in Habit
    if habit not in {Habit.OTHER_CARD, Habit.PULLS_IN_WRITE, *ONCE_A_DAY}
    for page in PLACES[habit]
]


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
    ended = habit in {Habit.ENDS_IT, Habit.RUNS_OUT}
    assert came(booth, EventType.SESSION_TIMED_OUT, before) == ended
    if habit in {Habit.ONE_KEY, Habit.KEYS_LATE}:
        assert (outcome.last_page, outcome.code) == ("take", None)
    elif (habit, page) == (Habit.PULLS_CARD, "thanks"):
        assert outcome.last_page == "fault:CARD_VOTED", "the card says so when it is put in again"
    else:
        assert outcome.code is not None
    assert outcome.thanked


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
            before = len(booth.events())
            pulled = sum(one.what == "pulled" for one in booth.hands.history("card"))
            voter, outcome = voted(booth, wished, whim)
            # Who pulls it at the very end may have missed the thanks; then the card says so.
            assert outcome.thanked or outcome.last_page == "fault:CARD_VOTED"
            assert outcome.selections == wished.choices == booth.vote_on()
            assert came(booth, EventType.VOTE_STORED, before) == 1
            if sum(one.what == "pulled" for one in booth.hands.history("card")) == pulled:
                break  # the write was over
            assert {"fault:CARD_MOVED", "fault:CARD_TORN", "fault:CARD_VOTED"} & set(voter.way)
        else:
            pytest.fail("the write never ends")
        assert commands > 5


def test_somebody_elses_card_votes_as_that_card(booth: OneBooth, language: str) -> None:
    booth.activate(1, ANOTHERS)
    wished = wish(booth, language)
    voter = RestlessVoter(booth.body(ANOTHERS), wished, (), booth.station.package.parameters)
    assert voter.finish().thanked
    assert booth.vote_on(ANOTHERS) == wished.choices


@pytest.mark.parametrize("page", PLACES[Habit.LEAVES_CARD])
def test_a_card_that_was_left_behind_tells_what_it_is(
    booth: OneBooth, language: str, page: str
) -> None:
    whims = [Whim(Habit.LEAVES_CARD, page)]
    if page in WAYS_THERE:
        whims.append(WAYS_THERE[page])
    _, outcome = voted(booth, wish(booth, language), *whims)
    assert outcome.card_left
    parameters = booth.station.package.parameters
    next_one = booth.body(ANOTHERS)
    seen = next_one.look(PATIENCE_S)
    if page != "language":  # which waits for ever: nothing is chosen there
        for _ in range(20):
            if seen is not None and seen.name == ("take" if outcome.thanked else "ended"):
                break
            next_one.pause(parameters.idle_ask_s + 1)
            seen = next_one.look(1.0, unlike=seen) or seen
        else:
            pytest.fail(f"the booth stays at {seen.name if seen else 'nothing'}")
    next_one.take_card()
    assert (booth.vote_on() is not None) is outcome.thanked


def test_tempers_drawn_at_random_end_with_the_vote_that_was_meant(
    booth: OneBooth, language: str, day_seed: int
) -> None:
    draw = random.Random(f"tempers/{language}/{day_seed}")
    others = (*STRANGE, "official-1", "share-1", BLANK, VOTED, STRANGER)
    for _ in range(12):
        wished = wish(booth, language)
        whims = draw_temper(draw, others, most=8)
        _, outcome = voted(booth, wished, *whims)
        assert outcome.selections == wished.choices == booth.vote_on(), (whims, day_seed)

"""What voters do beside what the page asks for: a closed set of habits, and the voter who has some.

A *whim* is a habit that comes over a voter once, at the first page of one kind; a *temper* is the
whims of one voter, drawn from the seed. Whims go together in any number.

Rules: like any voter, this one sees nothing but pixels and knows nothing but the published book;
time is taken on the station's clock. Whatever comes over the voter, the voter then goes on as the
pages say, tries again when a session has ended, and casts only what was meant. `RestlessVoter.did`
tells which habits really came up.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Protocol, TypeAlias

from common.records import Parameters
from simulators.bench_client import Moment
from simulators.sight import Seen
from simulators.voter import (
    ASKED_IN_VAIN,
    PULLED,
    VOTED,
    Booth,
    Outcome,
    SimVoter,
    VoterStuck,
    Wish,
)

SESSIONS: Final = 30
NO_CODES: Final = "fault:CODES_USED_UP"
OUTSIDE: Final = ((2, 2), (640, 2))
"""Places on every page's head, which nobody can touch anything at."""


class Habit(Enum):
    """What may come over a voter."""

    DITHERS = "stands before the page until just before the time is over"
    ANSWERS_LATE = "is asked whether to go on, and says yes at the last moment"
    ENDS_IT = "is asked whether to go on, says no, and begins anew"
    RUNS_OUT = "lets the session end, and begins anew"
    GOES_BACK = "goes back a page"
    TURNS_LANGUAGE = "changes the language, on the ballot's first page or with the card out"
    CHANGES_MIND = "changes a choice at the review, and changes it back"
    MARKS_TOO_MANY = "touches one line more than is allowed"
    MARKS_NONE = "goes on without a mark, and then comes back to mark"
    PULLS_CARD = "takes the card out, and puts it in again"
    PULLS_IN_WRITE = "pulls the card out while it is being written, and puts it in again"
    PULLS_IN_CHECK = "pulls the card out while its vote is being spoiled, and puts it in again"
    SWAPS_IN_CHECK = "pulls the card out while its vote is being spoiled, and puts in another first"
    OTHER_CARD = "puts in a card that is not a voter's, or not of here, before the own one"
    NO_CARD = "touches and presses without having put a card in"
    ONE_KEY = "presses only one key for the code"
    KEYS_LATE = "presses the keys for the code when the time for it is over"
    KEYS_EARLY = "presses the keys for the code before the vote is accepted"
    TOUCHES_OUTSIDE = "touches where there is nothing"
    TAPS_TWICE = "taps everything twice"
    RESTS_HAND = "lays the hand on the screen"
    LEAVES_CARD = "goes away and leaves the card in the slot"


_BALLOT = ("contest", "blank", "overvote", "review")
_SESSION = ("language", *_BALLOT)
_VALUE = ("sealed", "spoiled")

PLACES: Final[Mapping[Habit, tuple[str, ...]]] = {
    Habit.DITHERS: (*_SESSION, *_VALUE, "thanks", "code"),
    Habit.ANSWERS_LATE: _BALLOT,
    Habit.ENDS_IT: _BALLOT,
    Habit.RUNS_OUT: (*_BALLOT, "sealed"),
    Habit.GOES_BACK: ("contest", "review"),
    Habit.TURNS_LANGUAGE: ("contest", "review"),
    Habit.CHANGES_MIND: ("review",),
    Habit.MARKS_TOO_MANY: ("contest",),
    Habit.MARKS_NONE: ("contest",),
    Habit.PULLS_CARD: (*_SESSION, "timeout", *_VALUE, "thanks", "code"),
    Habit.PULLS_IN_WRITE: ("review",),
    Habit.PULLS_IN_CHECK: ("sealed",),
    Habit.SWAPS_IN_CHECK: ("sealed",),
    Habit.OTHER_CARD: ("insert",),
    Habit.NO_CARD: ("insert",),
    Habit.ONE_KEY: ("thanks",),
    Habit.KEYS_LATE: ("thanks",),
    Habit.KEYS_EARLY: (*_SESSION, *_VALUE),
    Habit.TOUCHES_OUTSIDE: (*_SESSION, *_VALUE, "insert", "thanks", "code"),
    Habit.TAPS_TWICE: ("language",),
    Habit.RESTS_HAND: (*_SESSION, *_VALUE),
    Habit.LEAVES_CARD: (*_SESSION, *_VALUE, "thanks", "code"),
}
"""The kinds of pages at which each habit may come up."""

IN_WRITE: Final = frozenset({Habit.PULLS_IN_WRITE, Habit.PULLS_IN_CHECK, Habit.SWAPS_IN_CHECK})
"""Habits that let go of a card while it is being written."""
WITH_OTHER_CARD: Final = frozenset({Habit.OTHER_CARD, Habit.SWAPS_IN_CHECK})
IN_CHECK: Final = frozenset({Habit.PULLS_IN_CHECK, Habit.SWAPS_IN_CHECK})
"""Habits of who has the terminal checked; over others they never come."""

ONCE_A_DAY: Final = frozenset({Habit.LEAVES_CARD})
"""Habits that end the voter's visit; drawn by who can deal with what is left."""


@dataclass(frozen=True, slots=True)
class Whim:
    """A habit that comes up once.

    Attributes:
        page: kind of the page, the part of its name before ":".
        card: for those WITH_OTHER_CARD, which.
        commands: for those IN_WRITE, after how many commands to the card.
        moment: for those IN_WRITE, where in the next one.
    """

    habit: Habit
    page: str
    card: str = ""
    commands: int = 0
    moment: Moment = Moment.BEFORE

    def __post_init__(self) -> None:
        if self.page not in PLACES[self.habit]:
            raise ValueError(f"{self.habit.name} does not come up at page {self.page}")


Temper: TypeAlias = tuple[Whim, ...]


def draw_temper(
    draw: random.Random, other_cards: Sequence[str], *, most: int = 3, leaves: bool = False
) -> Temper:
    """Draw up to `most` whims.

    Args:
        other_cards: cards that anybody might put in by mistake.
        leaves: whether the voter may go away without the card.
    """
    habits = [habit for habit in Habit if habit not in ONCE_A_DAY or leaves]
    return tuple(
        draw_whim(draw, habit, other_cards) for habit in draw.sample(habits, draw.randint(0, most))
    )


def draw_whim(draw: random.Random, habit: Habit, other_cards: Sequence[str]) -> Whim:
    """Draw where and how a habit comes up."""
    return Whim(
        habit,
        draw.choice(PLACES[habit]),
        draw.choice(other_cards) if habit in WITH_OTHER_CARD else "",
        draw.randint(0, 14) if habit in IN_WRITE else 0,
        draw.choice(list(Moment)),
    )


class Body(Booth, Protocol):
    """What a restless voter's body can do beside the usual."""

    def insert_other(self, card: str) -> None:
        """Put another card into the slot."""
        ...

    def pull_soon(self, commands: int, moment: Moment) -> None:
        """Let the card be pulled out after so many more commands to it."""
        ...

    def rest_hand(self, x: int, y: int, to_x: int, to_y: int) -> None:
        """Lay the hand on the screen at one place and lift it at another."""
        ...

    def tap_again(self, x: int, y: int) -> None:
        """Touch the screen there once more, at once."""
        ...

    def pause(self, duration_s: float) -> None:
        """Do nothing for so many seconds of the station's clock."""
        ...


class RestlessVoter(SimVoter):
    """A voter with a temper.

    Attributes:
        did: how often each habit came up.
    """

    def __init__(
        self,
        body: Body,
        wish: Wish,
        temper: Temper,
        parameters: Parameters,
        *,
        patience_s: float = 60.0,
    ) -> None:
        super().__init__(body, wish, patience_s=patience_s)
        self.did: Counter[Habit] = Counter()
        self._body = body
        self._parameters = parameters
        self._whims = list(temper)
        self._answered: Seen | None = None
        self._once_more: Callable[[], None] | None = None
        self._stranger_in = False
        self._before_own: Whim | None = None
        self._keys_late = False
        self._at_timeout: Habit | None = None
        self._taps_twice = False
        self._tapped: set[tuple[str, str]] = set()

    def finish(self) -> Outcome:
        """Vote, again and again if need be, until the vote is cast or the voter went away.

        Who reads that this terminal has no control codes left goes to another: `NO_CODES` is then
        the last page.

        Raises:
            VoterStuck: it does not come to an end.
        """
        for _ in range(SESSIONS):
            outcome = self.vote()
            if outcome.thanked or outcome.card_left or outcome.last_page == NO_CODES:
                return outcome
            if outcome.checked:
                return outcome
            if outcome.last_page == VOTED:  # cast before a stop, as it was wished
                return replace(outcome, selections=self._wish.choices)
        raise VoterStuck(f"{SESSIONS} sessions and no vote; the last: {' '.join(self.way[-30:])}")

    def vote(self, *, card_in: bool = False) -> Outcome:
        """Do as any voter does, and as the temper says."""
        outcome = super().vote(card_in=card_in)
        return replace(outcome, card_left=self._card_in)

    def _answer(self, seen: Seen) -> bool:
        kind = seen.name.partition(":")[0]
        if seen is self._answered and self._once_more is not None:
            self._once_more()  # nothing came of it
            return False
        self._answered, self._once_more = seen, None
        if self._stranger_in:
            self._way.append(seen.name)
            refused = kind == "fault" and seen.name not in PULLED
            if refused or self._in_vain >= ASKED_IN_VAIN:
                self._body.take_card()
                self._stranger_in = False
            return False
        if self._before_own is not None and not self._card_in and seen.name in PULLED:
            self._way.append(seen.name)
            return self._puts_in(self._before_own)
        if self._card_in and kind in {"thanks", "code"}:
            self._thanked = True
            self._code = seen.digits() or self._code
        if self._card_in and kind == "sealed":
            self._noted = seen.check_value()
        for whim in self._whims:
            if whim.page == kind and self._comes_up(whim, seen):
                self._whims.remove(whim)
                self.did[whim.habit] += 1
                return self._give_in(whim, seen)
        if kind == "timeout" and self._at_timeout is not None:
            self._way.append(seen.name)
            return self._asked(seen, self._at_timeout)
        if kind == "take" and self._keys_late:
            self._press_both()
        return super()._answer(seen)

    def _comes_up(self, whim: Whim, seen: Seen) -> bool:
        """Say whether the page lets it happen, and speaks to this voter."""
        names = {region.name for region in seen.page.regions}
        match whim.habit:
            case _ if self._card_in is (whim.page == "insert"):
                return False
            case Habit.GOES_BACK:
                return "back" in names
            case Habit.TURNS_LANGUAGE if whim.page == "contest":
                return any(name.startswith("language:") for name in names)
            case Habit.CHANGES_MIND:
                return self._second_thought(seen) is not None
            case Habit.MARKS_TOO_MANY:
                return self._one_too_many(seen) is not None
            case Habit.MARKS_NONE:
                return seen.values.get("counter") == "0"
            case Habit.PULLS_IN_WRITE:
                return "cast" in names
            case Habit.PULLS_IN_CHECK | Habit.SWAPS_IN_CHECK:
                return self._wants_check(seen)
            case _:
                return True

    def _give_in(self, whim: Whim, seen: Seen) -> bool:
        """Do what came over the voter; say whether the voter has left."""
        parameters = self._parameters
        match whim.habit:
            case Habit.DITHERS:
                self._body.pause(0.9 * self._limit_s(whim.page))
            case Habit.RUNS_OUT if whim.page == "sealed":
                return self._insist(lambda: self._body.pause(self._limit_s(whim.page) + 1))
            case Habit.ANSWERS_LATE | Habit.ENDS_IT | Habit.RUNS_OUT:
                self._at_timeout = whim.habit
                return self._insist(lambda: self._body.pause(parameters.idle_ask_s + 1))
            case Habit.GOES_BACK:
                return self._insist(lambda: self._touch(seen, "back"))
            case Habit.TURNS_LANGUAGE:
                return self._turn_language(seen)
            case Habit.CHANGES_MIND:
                contest, lines = self._second_thought(seen) or (0, ())
                self._intended[contest] = lines
                return self._insist(lambda: self._touch(seen, f"change:{contest}"))
            case Habit.MARKS_TOO_MANY:
                line = self._one_too_many(seen) or ""
                return self._insist(lambda: self._touch(seen, line))
            case Habit.MARKS_NONE:
                names = {region.name for region in seen.page.regions}
                way_on = "finish" if "finish" in names else "next"
                return self._insist(lambda: self._touch(seen, way_on))
            case Habit.PULLS_CARD:
                self._pull()
                return False
            case Habit.PULLS_IN_WRITE | Habit.PULLS_IN_CHECK:
                self._body.pull_soon(whim.commands, whim.moment)
            case Habit.SWAPS_IN_CHECK:
                self._before_own = whim
                self._body.pull_soon(whim.commands, whim.moment)
            case Habit.OTHER_CARD:
                return self._puts_in(whim)
            case Habit.NO_CARD:
                self._touch_outside()
                self._press_both()
            case Habit.ONE_KEY:
                self._pressed = True
                self._body.press(self._wish.first_key)
                return self._insist(lambda: self._body.pause(parameters.code_shown_s + 1))
            case Habit.KEYS_LATE:
                self._pressed = self._keys_late = True
                return self._insist(lambda: self._body.pause(parameters.code_shown_s + 1))
            case Habit.KEYS_EARLY:
                self._press_both()
            case Habit.TOUCHES_OUTSIDE:
                self._touch_outside()
            case Habit.TAPS_TWICE:
                self._taps_twice = True
            case Habit.RESTS_HAND:
                self._rest_hand(seen)
            case Habit.LEAVES_CARD:
                return True
        return super()._answer(seen)

    # what the habits are made of

    def _insist(self, act: Callable[[], None]) -> bool:
        """Do something, and the same again if nothing comes of it."""
        self._once_more = act
        act()
        return False

    def _limit_s(self, page: str) -> int:
        """Return after how many seconds without a touch a page goes on by itself."""
        match page:
            case "thanks" | "code":
                return self._parameters.code_shown_s
            case "sealed":  # asks nothing, and goes on when the time of an answer is over, too
                return self._parameters.idle_ask_s + self._parameters.idle_end_s
            case _:
                return self._parameters.idle_ask_s

    def _puts_in(self, whim: Whim) -> bool:
        """Put another card than the own one in."""
        self._before_own = None
        self._body.insert_other(whim.card)
        self._stranger_in = True
        return False

    def _asked(self, seen: Seen, habit: Habit) -> bool:
        """Answer the question whether to go on."""
        self._at_timeout = None
        end_s = self._parameters.idle_end_s
        match habit:
            case Habit.ENDS_IT:
                return self._insist(lambda: self._touch(seen, "no"))
            case Habit.RUNS_OUT:
                return self._insist(lambda: self._body.pause(end_s + 1))
            case _:
                self._body.pause(0.7 * end_s)
                return self._insist(lambda: self._touch(seen, "yes"))

    def _turn_language(self, seen: Seen) -> bool:
        other = "ru" if self._wish.language == "kk" else "kk"
        self._wish = replace(self._wish, language=other)
        if any(region.name == f"language:{other}" for region in seen.page.regions):
            return self._insist(lambda: self._touch(seen, f"language:{other}"))
        self._pull()
        return False

    def _pull(self) -> None:
        self._body.take_card()
        self._card_in, self._at_timeout = False, None
        self._pulled = True  # if the card was being written, the page will ask for it

    def _press_both(self) -> None:
        self._body.press(self._wish.first_key)
        self._body.press(3 - self._wish.first_key)

    def _touch_outside(self) -> None:
        for x, y in OUTSIDE:
            self._body.touch(x, y)

    def _rest_hand(self, seen: Seen) -> None:
        """Come down on a region and lift elsewhere, and the other way round: nothing is touched."""
        for region in seen.page.regions[:1]:
            self._body.rest_hand(*region.centre, *OUTSIDE[0])
            self._body.rest_hand(*OUTSIDE[0], *region.centre)
        for one, other in zip(seen.page.regions, seen.page.regions[1:], strict=False):
            self._body.rest_hand(*one.centre, *other.centre)

    def _touch(self, seen: Seen, region: str) -> None:
        super()._touch(seen, region)
        if self._taps_twice and (seen.name, region) not in self._tapped:
            self._tapped.add((seen.name, region))  # who sees that it came to nothing slows down
            for candidate in seen.page.regions:
                if candidate.name == region:
                    self._body.tap_again(*candidate.centre)

    def _one_too_many(self, seen: Seen) -> str | None:
        """Return a line that cannot be marked any more, if there is one on this page."""
        contest = int(seen.name.split(":")[1])
        marked = {name for name in seen.values if name.startswith("line:")}
        wanted = {f"line:{line}" for line in self._intended[contest]}
        if marked != wanted or not marked or len(marked) < self._allowed(seen):
            return None
        lines = [region.name for region in seen.page.regions if region.name.startswith("line:")]
        return next((name for name in lines if name not in marked), None)

    def _allowed(self, seen: Seen) -> int:
        """Return how many lines may be marked: the highest number that the counter can show."""
        (counter,) = (slot for slot in seen.page.slots if slot.name == "counter")
        return max(map(int, counter.sprites))

    def _second_thought(self, seen: Seen) -> tuple[int, tuple[int, ...]] | None:
        """Return a contest of the review and other lines for it, fewer than are chosen."""
        for region in seen.page.regions:
            if region.name.startswith("change:"):
                contest = int(region.name.removeprefix("change:"))
                chosen = tuple(self._intended[contest])
                if chosen and chosen == self._wish.choices[contest]:
                    return contest, chosen[1:]
        return None

"""A rough day: all that goes wrong with people, cards and boards, drawn from the seed.

What is drawn here is only what people do and what is done to boards, never what a board draws. The
same seed, voters and options draw the same; when exactly it happens depends on how the processes
of the day get on with each other.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeVar

from common.records import BoardKind
from simulators.blows import (
    AHEAD,
    BACK,
    KILLED,
    SEVERAL,
    Blow,
    Jump,
    MediumBlow,
    Strike,
    medium_told,
)
from simulators.day_options import Death
from simulators.hands import STRANGE
from simulators.officials import PersonCards
from simulators.stops import MODES, Kind, Mode, Part, Stop, board_of
from simulators.technician import MediumTrouble
from simulators.temper import (
    IN_CHECK,
    PLACES,
    WITH_OTHER_CARD,
    Habit,
    Temper,
    Whim,
    draw_temper,
    draw_whim,
)

T = TypeVar("T")
GONE_SHARE: Final = 8
"""At most one voter in so many loses a card or breaks it, so that enough cards are left."""
ENOUGH: Final = 40
"""With so many voters, all that is known to go wrong does."""
DESKS: Final = 2
JUMP_S: Final = 5400
"""By how many seconds at most a computer's clock jumps."""


class Fate(Enum):
    """What becomes of a voter's visit."""

    VOTES = "votes, and hands the card in"
    RETURNS = "gives the card back unused"
    GIVEN_BY_MISTAKE = "is given a card by mistake, which is withdrawn before it is out"
    OFFERS_UNVOTED = "hands the card in without having voted"
    SHOWS_VOTED = "brings the voted card to the desk first"
    COMES_AGAIN = "votes, and asks for another card"
    ASKS_ELSEWHERE = "asks for a card at another desk, too"
    WAITS_FOR_CARDS = "comes when no blank card is left"
    SWAPS = "takes somebody else's card along"
    BREAKS = "breaks the card, and votes with another"
    LOSES = "loses the card before voting"
    LOSES_AND_IT_BREAKS = "loses the card, which is found broken"
    LOSES_VOTED = "goes home with the voted card"
    LEAVES_CARD = "leaves the card in the booth"
    COMES_BACK = "leaves the card in the booth, comes back and votes with another"
    CHECKS = "has the terminal checked, and votes with another card"
    CHECKED_TO_URN = "takes the card of a checked vote to the accumulator"
    CHECKED_TO_BOOTH = "takes the card of a checked vote to a booth again"
    CHECKED_LEFT = "leaves the card of a checked vote in the booth"


GONE = frozenset({Fate.BREAKS, Fate.LOSES, Fate.LOSES_AND_IT_BREAKS, Fate.LOSES_VOTED})
"""Fates after which the card is not in the tray again."""
NEVER_IN_A_BOOTH = frozenset(
    {
        Fate.RETURNS,
        Fate.GIVEN_BY_MISTAKE,
        Fate.OFFERS_UNVOTED,
        Fate.LOSES,
        Fate.LOSES_AND_IT_BREAKS,
        Fate.LEAVES_CARD,  # goes away before much can happen
    }
)
CHECKING = frozenset({Fate.CHECKS, Fate.CHECKED_TO_URN, Fate.CHECKED_TO_BOOTH, Fate.CHECKED_LEFT})
"""Fates of who has the terminal checked."""
_USUAL_PLACES: Final = ("insert", "contest", "review", "thanks", "language", "sealed")
"""Pages that every voter sees, those first at which a habit can always come up."""

WRONG_CLOCK: Final = "clock wrong in the morning"
MIXED_UP: Final = "member's card blocked in the evening"
AT_WORK, NO_POWER = "daemon stopped at its work", "board without power"
ALL_AT_ONCE, BLACKOUT = "all daemons stopped at once", "blackout of the whole station"
DIES: Final = {
    kind: f"{kind} dies, its spare goes on" for kind in ("desk", "terminal", "accumulator")
}


def fate_told(fate: Fate) -> str:
    """Return what the list of troubles calls a fate."""
    return f"voter {fate.value}"


def habit_told(habit: Habit) -> str:
    """Return what the list of troubles calls a habit."""
    return f"voter {habit.value}"


def stop_told(mode: Mode) -> str:
    """Return what the list of troubles calls a stop."""
    match mode:
        case Mode.BLACKOUT:
            return BLACKOUT
        case Mode.ALL:
            return ALL_AT_ONCE
        case _:
            return NO_POWER if mode.power else AT_WORK


KNOWN: Final = (
    *(fate_told(fate) for fate in Fate if fate is not Fate.VOTES),
    *(habit_told(habit) for habit in Habit),
    *(medium_told(trouble) for trouble in MediumTrouble),
    *(KILLED, SEVERAL, AT_WORK, NO_POWER, ALL_AT_ONCE, BLACKOUT),
    *(WRONG_CLOCK, AHEAD, BACK, MIXED_UP),
    *DIES.values(),
)
"""All troubles that a rough day knows of."""


class Troubles:
    """What was done to the day, counted; may be used from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, what: str, times: int = 1) -> None:
        """Count something that really happened."""
        with self._lock:
            self._counts[what] += times

    def told(self) -> dict[str, int]:
        """Return the counts, the most frequent first."""
        with self._lock:
            return dict(sorted(self._counts.items(), key=lambda one: (-one[1], one[0])))


def untroubled(told: Mapping[str, int]) -> list[str]:
    """Return which of all known troubles did not happen."""
    return [what for what in KNOWN if what not in told]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen on a day.

    Attributes:
        fates, tempers: of each voter, in the order in which they come.
        blows: what is done to boards, in the order of voters.
        stops: daemons and boards stopped at a point of their work, beside those asked for.
        deaths: boards that die, likewise.
        clocks: boards whose clock chips are wrong in the morning, and by how many seconds.
        confused: draws the member who has mixed up a PIN when the minutes are signed; None: nobody.
    """

    fates: tuple[Fate, ...] = ()
    tempers: tuple[Temper, ...] = ()
    blows: tuple[Blow, ...] = ()
    stops: tuple[Stop, ...] = ()
    deaths: tuple[Death, ...] = ()
    clocks: tuple[tuple[str, int | None], ...] = ()
    confused: int | None = None

    def mixed_up(self, people: Sequence[PersonCards]) -> str:
        """Return the card of the member who has mixed up its PIN, or ""; never the chair's."""
        if self.confused is None:
            return ""
        return people[1 + self.confused % (len(people) - 1)].card

    def sparing(self, kinds: Collection[BoardKind]) -> Plan:
        """Return the plan without deaths of boards of these kinds: their spares are promised."""
        names = {kind.name.lower() for kind in kinds}
        deaths = tuple(one for one in self.deaths if one.board.partition("-")[0] not in names)
        return replace(self, deaths=deaths)


def draw_plan(count: int, units: Sequence[str], seed: int) -> Plan:
    """Draw a rough day for so many voters; with ENOUGH of them everything comes up.

    Args:
        units: the daemons in use, board-daemon.
    """
    draw = random.Random(f"rough/{seed}")
    boards = sorted({board_of(unit) for unit in units})
    fates = _draw_fates(draw, count)
    deaths = _draw_deaths(draw, boards, count)
    dying = {death.board for death in deaths}
    lasting = [unit for unit in units if board_of(unit) not in dying] or list(units)
    blows: list[Blow] = [
        *_draw_strikes(draw, units, count),
        *_draw_media(draw, boards, count),
        *_draw_jumps(draw, boards, count),
    ]
    return Plan(
        fates,
        _draw_tempers(draw, fates),
        tuple(sorted(blows, key=lambda blow: blow.after)),
        _draw_stops(draw, units, lasting, count),
        deaths,
        _draw_clocks(draw, boards),
        draw.randrange(1000),
    )


def _draw_fates(draw: random.Random, count: int) -> tuple[Fate, ...]:
    unusual: list[Fate] = [fate for fate in Fate if fate is not Fate.VOTES]
    draw.shuffle(unusual)
    fates = unusual[: count // 2]
    gone = sum(fate in GONE for fate in fates)
    while len(fates) < count:
        fate = draw.choice(unusual) if draw.random() < 0.2 else Fate.VOTES
        if fate in GONE:
            if gone >= count // GONE_SHARE:
                fate = Fate.VOTES
            gone += fate in GONE
        fates.append(fate)
    draw.shuffle(fates)
    return tuple(fates)


def _draw_tempers(draw: random.Random, fates: Sequence[Fate]) -> tuple[Temper, ...]:
    """Draw each voter's whims; each habit goes round among those who come to a booth."""
    habits = [habit for habit in Habit if habit not in {Habit.LEAVES_CARD, *IN_CHECK}]
    left: list[Habit] = []
    left_in_check: list[Habit] = []
    tempers = []
    for fate in fates:
        temper = draw_temper(draw, STRANGE, most=2)
        if fate in CHECKING:
            left_in_check = left_in_check or sorted(IN_CHECK, key=lambda habit: habit.name)
            temper = (draw_whim(draw, left_in_check.pop(), STRANGE), *temper)
        elif fate not in NEVER_IN_A_BOOTH:
            left = left or draw.sample(habits, len(habits))
            temper = (_surely(draw_whim(draw, left.pop(), STRANGE)), *temper)
        match fate:
            case Fate.LEAVES_CARD:
                temper = (*temper, _surely(draw_whim(draw, Habit.LEAVES_CARD, STRANGE)))
            case Fate.COMES_BACK:  # while there is still something to come back for
                temper = (*temper, Whim(Habit.LEAVES_CARD, draw.choice(("language", "contest"))))
            case Fate.CHECKED_LEFT:
                temper = (*temper, Whim(Habit.LEAVES_CARD, "spoiled"))
        tempers.append(temper)
    return tuple(tempers)


def _surely(whim: Whim) -> Whim:
    """Return the whim at a page that comes to everybody."""
    if whim.page in _USUAL_PLACES:
        return whim
    page = next(page for page in _USUAL_PLACES if page in PLACES[whim.habit])
    return Whim(whim.habit, page, whim.card, whim.commands, whim.moment)


def _in_turn(draw: random.Random, what: Sequence[T], count: int) -> list[T]:
    """Return so many, each once before any comes again."""
    order: list[T] = []
    while len(order) < count:
        order += draw.sample(what, len(what))
    return order[:count]


def _draw_strikes(draw: random.Random, units: Sequence[str], count: int) -> list[Strike]:
    """Draw a kill for about every sixth voter, and several at once for every twentieth."""
    strikes = [Strike((unit,), draw.randrange(count)) for unit in _in_turn(draw, units, count // 6)]
    for _ in range(count // 20):
        several = tuple(draw.sample(units, min(len(units), draw.randint(2, 4))))
        strikes.append(Strike(several, draw.randrange(count)))
    return strikes


def _draw_media(draw: random.Random, boards: Sequence[str], count: int) -> list[MediumBlow]:
    """Draw what befalls media: each trouble once with ENOUGH voters, each board in its turn."""
    blows = []
    befall = len(MediumTrouble) * count // ENOUGH
    for board, trouble in zip(
        _in_turn(draw, boards, befall), _in_turn(draw, list(MediumTrouble), befall), strict=True
    ):
        others = [other for other in boards if other != board]
        swapped = trouble is MediumTrouble.SWAPPED
        stranger = draw.choice(others) if swapped else ""
        blows.append(MediumBlow(board, trouble, draw.randrange(count), stranger))
    return blows


def _draw_jumps(draw: random.Random, boards: Sequence[str], count: int) -> list[Jump]:
    """Draw jumps of computers' clocks about noon, one ahead, one back, for each twentieth voter."""
    return [
        Jump(board, way * draw.randint(60, JUMP_S), draw.randint(count // 3, 2 * count // 3))
        for _ in range(count // 20)
        for way, board in zip((1, -1), draw.sample(boards, 2), strict=True)
    ]


def _draw_stops(
    draw: random.Random, units: Sequence[str], lasting: Sequence[str], count: int
) -> tuple[Stop, ...]:
    """Draw a stop for about every sixth voter, at a point that the day is likely to have.

    Of each sort that `stop_told` knows, one is of a daemon that lasts, and early.
    """
    sorts = (Mode.MIDDLE, Mode.POWER, Mode.ALL, Mode.BLACKOUT)
    stops = [
        _surely_stopped(draw, draw.choice(lasting), mode, count)
        for mode in (sorts if count >= ENOUGH // 2 else draw.sample(sorts, min(4, count // 6)))
    ]
    while len(stops) < count // 6:
        board, _, daemon = draw.choice(units).rpartition("-")
        if daemon == "cardiod":
            kind, number = Kind.APDU, draw.randint(1, 20 + 15 * count)
        else:
            kind = draw.choice((Kind.OWN, Kind.REMOVABLE, Kind.BUS_OUT, Kind.BUS_IN))
            number = draw.randint(1, 10 + 3 * count)
        mode = draw.choice([one for one in MODES[kind] if one not in (Mode.ALL, Mode.BLACKOUT)])
        stops.append(Stop(board, daemon, kind, number, mode))
    return tuple(stops)


def _surely_stopped(draw: random.Random, unit: str, mode: Mode, count: int) -> Stop:
    """Draw a stop that comes while people vote, when a few of them have been served."""
    board, _, daemon = unit.rpartition("-")
    if daemon == "cardiod":
        return Stop(board, daemon, Kind.APDU, draw.randint(1, 4 * count), mode, Part.VOTE)
    kind = draw.choice((Kind.OWN, Kind.REMOVABLE))
    return Stop(board, daemon, kind, draw.randint(1, max(1, count // 3)), mode, Part.VOTE)


def _draw_deaths(draw: random.Random, boards: Sequence[str], count: int) -> tuple[Death, ...]:
    """Draw which boards die, one of each kind if there are voters enough."""
    deaths = []
    for kind in draw.sample(sorted(DIES), min(len(DIES), count // (ENOUGH // 3))):
        board = draw.choice([board for board in boards if board.startswith(kind)])
        deaths.append(Death(board, draw.randrange(count)))
    return tuple(deaths)


def _draw_clocks(draw: random.Random, boards: Sequence[str]) -> tuple[tuple[str, int | None], ...]:
    """Draw a desk and a terminal whose clocks are wrong by some minutes."""
    wrong = []
    for kind in ("desk", "terminal"):
        some = [board for board in boards if board.startswith(kind)]
        error_s = draw.choice((-1, 1)) * draw.randint(300, 1200)
        wrong += [(draw.choice(some), error_s)] if some else []
    return tuple(wrong)


def with_own_strangers(temper: Temper, draw: random.Random, cards: Sequence[str]) -> Temper:
    """Return the temper with the other cards among those that lie beside this booth."""
    return tuple(
        Whim(whim.habit, whim.page, draw.choice(cards), whim.commands, whim.moment)
        if whim.habit in WITH_OTHER_CARD
        else whim
        for whim in temper
    )


def without_leaving(temper: Temper) -> Temper:
    """Return the temper of a voter who came back for the card."""
    return tuple(whim for whim in temper if whim.habit is not Habit.LEAVES_CARD)

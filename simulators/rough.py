"""A rough day: what goes wrong with people, cards and boards, drawn from the seed.

What is drawn here is only what people do and what is done to boards, never what a board draws. The
same seed, voters and options draw the same; when exactly it happens depends on how the processes
of the day get on with each other.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from simulators.day_options import Kill
from simulators.hands import STRANGE
from simulators.stops import MODES, Kind, Mode, Stop
from simulators.temper import Habit, Temper, Whim, draw_temper, draw_whim

_WHOLE_STATION = (Mode.ALL, Mode.BLACKOUT)
GONE_SHARE = 8
"""At most one voter in so many loses a card or breaks it, so that enough cards are left."""


class Fate(Enum):
    """What becomes of a voter's visit."""

    VOTES = "votes, and hands the card in"
    RETURNS = "gives the card back unused"
    OFFERS_UNVOTED = "hands the card in without having voted"
    SHOWS_VOTED = "brings the voted card to the desk first"
    COMES_AGAIN = "votes, and asks for another card"
    SWAPS = "takes somebody else's card along"
    BREAKS = "breaks the card, and votes with another"
    LOSES = "loses the card before voting"
    LOSES_VOTED = "goes home with the voted card"
    LEAVES_CARD = "leaves the card in the booth"


GONE = frozenset({Fate.BREAKS, Fate.LOSES, Fate.LOSES_VOTED})
"""Fates after which the card is not in the tray again."""


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


@dataclass(frozen=True, slots=True)
class Pull:
    """A board's recording medium is pulled out when so many voters have left, and brought back."""

    board: str
    after: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen on a day.

    Attributes:
        fates, tempers: of each voter, in the order in which they come.
        kills: daemons killed out of the blue, beside those that were asked for.
        stops: daemons and boards stopped at a point of their work, likewise.
        pulls: recording media pulled out and brought back.
        clocks: boards whose clock chips are wrong in the morning, and by how many seconds.
    """

    fates: tuple[Fate, ...] = ()
    tempers: tuple[Temper, ...] = ()
    kills: tuple[Kill, ...] = ()
    stops: tuple[Stop, ...] = ()
    pulls: tuple[Pull, ...] = ()
    clocks: tuple[tuple[str, int | None], ...] = ()


def draw_plan(count: int, units: Sequence[str], seed: int) -> Plan:
    """Draw a rough day for so many voters: each fate and habit at least once if they suffice."""
    draw = random.Random(f"rough/{seed}")
    fates = _draw_fates(draw, count)
    habits = [habit for habit in Habit if habit is not Habit.LEAVES_CARD]
    draw.shuffle(habits)
    tempers = []
    for number, fate in enumerate(fates):
        temper = draw_temper(draw, STRANGE, most=2)
        if habits and number % 2:
            temper = (draw_whim(draw, habits.pop(), STRANGE), *temper)
        if fate is Fate.LEAVES_CARD:
            temper = (*temper, draw_whim(draw, Habit.LEAVES_CARD, STRANGE))
        tempers.append(temper)
    return Plan(
        fates,
        tuple(tempers),
        _draw_kills(draw, units, count),
        _draw_stops(draw, units, count),
        _draw_pulls(draw, units, count),
        _draw_clocks(draw, units),
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


def _draw_kills(draw: random.Random, units: Sequence[str], count: int) -> tuple[Kill, ...]:
    """Draw a kill for about every sixth voter; each daemon once before any is killed again."""
    order: list[str] = []
    kills = []
    for _ in range(count // 6):
        if not order:
            order = list(units)
            draw.shuffle(order)
        kills.append(Kill(order.pop(), draw.randrange(count)))
    return tuple(kills)


def _draw_stops(draw: random.Random, units: Sequence[str], count: int) -> tuple[Stop, ...]:
    """Draw a stop for about every sixth voter, at a point that the day is likely to have."""
    stops = []
    for _ in range(count // 6):
        board, _, daemon = draw.choice(units).rpartition("-")
        if daemon == "cardiod":
            kind, number = Kind.APDU, draw.randint(1, 20 + 15 * count)
        else:
            kind = draw.choice((Kind.OWN, Kind.REMOVABLE, Kind.BUS_OUT, Kind.BUS_IN))
            number = draw.randint(1, 10 + 3 * count)
        mode = draw.choice([one for one in MODES[kind] if one not in _WHOLE_STATION])
        stops.append(Stop(board, daemon, kind, number, mode))
    return tuple(stops)


def _draw_pulls(draw: random.Random, units: Sequence[str], count: int) -> tuple[Pull, ...]:
    """Draw a medium that is pulled out for about every tenth voter."""
    boards = sorted({unit.rpartition("-")[0] for unit in units})
    return tuple(Pull(draw.choice(boards), draw.randrange(count)) for _ in range(count // 10))


def _draw_clocks(draw: random.Random, units: Sequence[str]) -> tuple[tuple[str, int | None], ...]:
    """Draw a desk and a terminal whose clocks are wrong by some minutes."""
    boards = sorted({unit.rpartition("-")[0] for unit in units})
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
        if whim.habit is Habit.OTHER_CARD
        else whim
        for whim in temper
    )

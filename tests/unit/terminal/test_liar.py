"""A terminal that lies in one vote of ten, and voters who have it checked: how soon it is caught.

The cores are the real ones: the machine of the booth from the first touch to the spoiled vote, the
records that the terminal signs, and the checking station (`verifier.checking`). Only what is sealed
is another's: of ten votes one, drawn at random, is turned from one line to the next.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable
from functools import cache

import pytest

from common import records
from common.records import Presentation
from common.seal import Sealing
from common.seal.randomness import CheckedSource
from common.tallykey import read_order
from terminal import booth as booths
from terminal import casting, challenge
from terminal.booth import Booth, Rules
from terminal.effects import Effect, OpenSpoiled, SealBallot, SpoilVote, StoreVote
from terminal.events import (
    ActivatedCardSeen,
    CodeReserved,
    Event,
    SpoiledOpened,
    Touched,
    VoteSealed,
    VoteSpoiled,
    VoteStored,
)
from terminal.plan import make_plans
from tests import halves, samples
from tests.unit.terminal import tiny_book
from verifier import checking

RULES = Rules(make_plans(tiny_book.package(), tiny_book.load()), samples.PARAMETERS)
TERMINAL = samples.device("terminal-1")
ALLOWED = dataclasses.replace(samples.package().parameters, challenge_allowed=True)
INSTALLATION = dataclasses.replace(
    halves.installation("terminal-1"),
    package=dataclasses.replace(samples.package(), parameters=ALLOWED),
)
KEYS = read_order(samples.package(), samples.package_hash(), halves.signed_order()).keys
CARD = ActivatedCardSeen(1, Presentation.NORMAL, 77, b"k" * 32)
NAMES = ("language:kk", "line:2", "next", "line:0", "line:5", "finish", "next", "yes", "next")
TOUCHED = ((2,), (0, 5), ())
TURNED = ((1,), (0, 5), ())
LIES = 0.1
POOL = 8  # votes of each kind that are really sealed, and drawn from

Choices = tuple[tuple[int, ...], ...]
Honesty = Callable[[], bool]
Station = Callable[[bytes, bytes], tuple[str, Choices]]


@cache
def sealed(choices: Choices, number: int) -> VoteSealed:
    """Return one of a pool of votes, really sealed and signed."""
    source = CheckedSource(samples.seeded(f"liar {choices} {number}"))
    sealing = Sealing(samples.package(), samples.package_hash(), KEYS, TERMINAL.sign_key, source)
    ballot = SealBallot(CARD.style, CARD.serial, CARD.card_key, choices)
    return casting.seal_ballot(ballot, 421, INSTALLATION, sealing)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """Return what a checking station finds on a card: check value and selections."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "package.cose").write_bytes(records.sign(samples.package(), samples.ROOT))
    (folder / "start-order.cose").write_bytes(halves.signed_order())
    case = checking.read_station(folder, samples.ROOT_KEY)

    @cache  # a pool of votes is checked again and again
    def read(spoiled: bytes, opening: bytes) -> tuple[str, Choices]:
        checked = checking.read_spoiled(case, spoiled, opening)
        assert checked.board == "terminal-1"
        assert checked.selections is not None
        return checked.check_value, checked.selections

    return read


class Liar:
    """A terminal: the real machine, around a shell that may seal something else."""

    def __init__(self, chance: random.Random, honest: Honesty) -> None:
        self.chance = chance
        self.honest = honest
        self.state: Booth | None = None

    def on(self, event: Event) -> tuple[Effect, ...]:
        self.state, effects = booths.step(self.state, event, RULES)
        return effects

    def vote(self) -> None:
        """Be touched by a voter up to the page that shows the check value."""
        self.on(CARD)
        self.on(CodeReserved())
        for name in NAMES:
            self.on(Touched(name))
        (asked,) = self.on(Touched("cast"))
        assert isinstance(asked, SealBallot)
        assert asked.choices == TOUCHED
        choices = TOUCHED if self.honest() else TURNED
        (store,) = self.on(sealed(choices, self.chance.randrange(POOL)))
        assert isinstance(store, StoreVote)
        self.on(VoteStored())
        assert isinstance(self.state, challenge.Deciding)

    def shown(self) -> str:
        """Return the check value on the screen."""
        assert self.state is not None
        fills = booths.fills(self.state)
        return "".join(fills[f"value:{at}"] for at in range(20))

    def checked(self) -> tuple[bytes, bytes]:
        """Be asked for the check; return what is on the card then."""
        (spoil,) = self.on(Touched("check"))
        assert isinstance(spoil, SpoilVote)
        signed = casting.spoil(spoil, INSTALLATION)
        open_ = self.on(VoteSpoiled())[-1]
        assert isinstance(open_, OpenSpoiled)
        opening = casting.open_spoiled(open_, INSTALLATION)
        self.on(SpoiledOpened())
        assert isinstance(self.state, challenge.Spoiled)
        self.state = None
        return signed, opening


def is_caught(terminal: Liar, station: Station) -> bool:
    """Let one voter vote and check; say whether the station shows what was not touched."""
    terminal.vote()
    noted = terminal.shown()
    value, selections = station(*terminal.checked())
    assert value.replace(" ", "") == noted
    return selections != TOUCHED


def caught_after(chance: random.Random, station: Station, most: int) -> int:
    """Return after how many checks a liar is caught; more than `most` if it is not."""
    terminal = Liar(chance, lambda: chance.random() >= LIES)
    return next((at for at in range(1, most + 1) if is_caught(terminal, station)), most + 1)


def test_an_honest_terminal_is_never_accused(station: Station) -> None:
    terminal = Liar(random.Random(1), lambda: True)
    assert not any(is_caught(terminal, station) for _ in range(100))


def test_a_terminal_that_always_lies_is_caught_at_once(station: Station) -> None:
    assert is_caught(Liar(random.Random(1), lambda: False), station)


@pytest.mark.timeout(300)
def test_a_liar_in_one_of_ten_is_caught_as_soon_as_chance_says(station: Station) -> None:
    """After c checks with a frequency within 99 % bounds of 1 - 0.9^c."""
    stations, most = 600, 40
    chance = random.Random("one vote in ten")
    found = [caught_after(chance, station, most) for _ in range(stations)]
    for checks in (1, 2, 5, 10, 20, 40):
        expected = 1 - (1 - LIES) ** checks
        bound = 2.576 * math.sqrt(expected * (1 - expected) / stations)
        frequency = sum(at <= checks for at in found) / stations
        assert abs(frequency - expected) <= bound, (checks, frequency, expected, bound)


def test_a_liar_that_puts_another_vote_in_when_it_is_checked_is_caught_by_the_value(
    station: Station,
) -> None:
    terminal = Liar(random.Random(3), lambda: False)
    terminal.vote()
    noted = terminal.shown()
    honest = sealed(TOUCHED, 0)
    assert honest.sealed is not None
    assert honest.sealed.r is not None
    terminal.checked()
    spoil = SpoilVote(CARD.serial, CARD.card_key, honest.cast_vote)
    open_ = OpenSpoiled(CARD.serial, CARD.card_key, honest.cast_vote, honest.sealed.r)
    value, selections = station(
        casting.spoil(spoil, INSTALLATION), casting.open_spoiled(open_, INSTALLATION)
    )
    assert selections == TOUCHED
    assert value.replace(" ", "") != noted

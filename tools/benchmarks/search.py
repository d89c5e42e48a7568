"""A key press in the desk's search by name, beside looking through the list once.

Real: `desk.search.NameIndex.find` on a list of 3,000 voters, after each key of names as people type
them: as listed, in Latin, in another order, and with a letter missing. Floor: one pass over the
same names in lower case that keeps those which begin with what was typed, as it was typed.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from center.made_up import made_up_voters
from common.records import Voter
from desk.search import NameIndex
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Timer,
    compare,
    percentile,
    timed,
)
from tools.benchmarks.table import amount

VOTERS = 3000
MAX_S = 15.0
_DAY = dt.date(2026, 10, 18)
_CYRILLIC = "абвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюяә"
_LETTERS = (
    "a b v g g d e e zh z i i k k l m n n o o p r s t u u u f kh h ts ch sh shch  y i  e iu ia a"
)
_LATIN = str.maketrans(dict(zip(_CYRILLIC, _LETTERS.split(" "), strict=True)))


def key_presses(voters: Sequence[Voter], draw: random.Random) -> Iterator[str]:
    """Yield what stands in the field after each key, voter after voter, for ever."""
    while True:
        one = draw.choice(voters)
        names = [one.surname.lower(), one.given.lower()]
        match draw.randrange(4):
            case 0:
                names = [name.translate(_LATIN) for name in names]
            case 1:
                names.reverse()
            case 2:
                at = draw.randrange(len(names[0]))
                names[0] = names[0][:at] + names[0][at + 1 :]
        typed = " ".join(names)
        for letters in range(1, len(typed) + 1):
            yield typed[:letters]


def measure(timer: Timer, progress: Progress, *, pairs: int, seed: int) -> tuple[Row, ...]:
    """Compare finding with looking through the list, key press by key press."""
    voters = made_up_voters(VOTERS, _draw(seed), on=_DAY, styles=((1, 1),))
    index = NameIndex.of(voters)
    lower = [f"{one.surname} {one.given} {one.patronymic}".lower() for one in voters]

    def look_through(typed: str) -> list[str]:
        return [name for name in lower if name.startswith(typed)]

    quantity = Quantity("search by name, a key press")
    comparison = Comparison(
        quantity.name,
        (quantity,),
        timed(_each(look_through, key_presses(voters, _draw(seed))), timer),
        timed(_each(index.find, key_presses(voters, _draw(seed))), timer),
        pairs,
        MAX_S,
        warm_up=20,
    )
    (row,) = compare(comparison, timer, progress)
    p50, p99 = (amount(percentile(row.real_samples, part), quantity.unit) for part in (0.5, 0.99))
    return (replace(row, note=f"p50 {p50}, p99 {p99}; {VOTERS:,} voters"),)


def _draw(seed: int) -> random.Random:
    return random.Random(f"search/{seed}")  # noqa: S311 - names to measure with, not secrets


def _each(work: Callable[[str], object], typed: Iterator[str]) -> Callable[[], None]:
    def next_key() -> None:
        work(next(typed))

    return next_key

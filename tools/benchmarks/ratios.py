"""The ratio of real work to its floor: both alternated in one run, so that they share its weather.

Rules:
- A side is called, does its work once, and returns what it measured, one number for each quantity.
- Floor and real take turns (A B A B …); each pair gives a ratio, and the ratio of the whole is the
  median of those, so that a machine that slows down or stalls in between hardly moves it.
- The first pairs warm up and do not count. A comparison ends with its pairs or when its time is
  over, but never before `MIN_PAIRS`.
- The spread is the middle half: a quarter of the measurements lies below it, a quarter above.

It never subtracts anything, and never throws a measurement away because it is large.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

MIN_PAIRS = 3

Side: TypeAlias = Callable[[], Sequence[float]]
Timer: TypeAlias = Callable[[], float]
Progress: TypeAlias = Callable[[str, int, int], None]


class Unit(Enum):
    """What a quantity is measured in."""

    SECONDS = "s"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that both sides measure; `name` stands in the table."""

    name: str
    unit: Unit = Unit.SECONDS


@dataclass(frozen=True, slots=True)
class Comparison:
    """Real work and its floor.

    Attributes:
        name: what progress is shown under.
        quantities: what each side returns, in this order.
        floor: the least that any program must do for the same result.
        real: the product's own code.
        pairs: how many are measured.
        max_s: no further pair begins after so many seconds.
        warm_up: pairs before, which do not count.
    """

    name: str
    quantities: tuple[Quantity, ...]
    floor: Side
    real: Side
    pairs: int
    max_s: float
    warm_up: int = 1


@dataclass(frozen=True, slots=True)
class Spread:
    """Measurements of one thing: their median and their middle half."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """Return the spread of some measurements. Raises: ValueError: there are none."""
        if not samples:
            raise ValueError("nothing was measured")
        return cls(statistics.median(samples), percentile(samples, 0.25), percentile(samples, 0.75))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        floor_samples, real_samples: every measurement, pair by pair.
        note: what else is worth saying, in words.
    """

    quantity: Quantity
    floor_samples: tuple[float, ...]
    real_samples: tuple[float, ...]
    note: str = ""

    @property
    def floor(self) -> Spread:
        """The floor's measurements."""
        return Spread.of(self.floor_samples)

    @property
    def real(self) -> Spread:
        """The product's measurements."""
        return Spread.of(self.real_samples)

    @property
    def ratio(self) -> Spread:
        """How many times the floor the product needs: median and middle half of pairwise ratios."""
        pairs = zip(self.floor_samples, self.real_samples, strict=True)
        return Spread.of([real / floor for floor, real in pairs])


def compare(comparison: Comparison, timer: Timer, progress: Progress) -> tuple[Row, ...]:
    """Measure both sides in turns; return a row for each quantity.

    Args:
        timer: seconds since an arbitrary moment.
        progress: called with the name, the pairs done and all pairs.

    Raises:
        ValueError: a side returned other than one positive number for each quantity.
    """
    for _ in range(comparison.warm_up):
        _checked(comparison, comparison.floor())
        _checked(comparison, comparison.real())
    floors: list[tuple[float, ...]] = []
    reals: list[tuple[float, ...]] = []
    end_s = timer() + comparison.max_s
    while len(reals) < comparison.pairs and (len(reals) < MIN_PAIRS or timer() < end_s):
        progress(comparison.name, len(reals), comparison.pairs)
        floors.append(_checked(comparison, comparison.floor()))
        reals.append(_checked(comparison, comparison.real()))
    progress(comparison.name, len(reals), len(reals))
    return tuple(
        Row(quantity, tuple(floor[at] for floor in floors), tuple(real[at] for real in reals))
        for at, quantity in enumerate(comparison.quantities)
    )


def _checked(comparison: Comparison, measured: Sequence[float]) -> tuple[float, ...]:
    if len(measured) != len(comparison.quantities) or min(measured, default=0) <= 0:
        wanted = ", ".join(quantity.name for quantity in comparison.quantities)
        raise ValueError(f"{comparison.name}: measured {list(measured)}, wanted are {wanted}")
    return tuple(measured)


def timed(work: Callable[[], object], timer: Timer) -> Side:
    """Return a side that measures how long `work` takes, in seconds."""

    def measure() -> tuple[float]:
        begun_s = timer()
        work()
        return (timer() - begun_s,)

    return measure


def percentile(samples: Sequence[float], part: float) -> float:
    """Return the value below which `part` (0 to 1) of the samples lies, between two neighbours."""
    ordered = sorted(samples)
    at = part * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)

"""Long work in parts: on several processors at once, with its progress told.

libsodium computes without holding Python's lock, so threads are enough. What a part returns is
small (sums, and a few points for each ballot), so memory stays bounded.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

Result = TypeVar("Result")
Told = Callable[[str, int, int], None]
PART = 32  # ballots


def _untold(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def processors() -> int:
    """Return how many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Work:
    """How to do long work.

    Attributes:
        threads: so many parts are done at once; as many as there are processors, unless told.
        told: is called with what is done, how much of it, and of how much, by the calling thread.
    """

    threads: int = field(default_factory=processors)
    told: Told = _untold

    def over(self, what: str, count: int, part: Callable[[range], Result]) -> list[Result]:
        """Return the results of `part` for the numbers below `count`, range by range, in order.

        Raises:
            Wrong: what the first part that fails raised.
        """
        ranges = [range(at, min(at + PART, count)) for at in range(0, count, PART)]
        results = []
        pool = ThreadPoolExecutor(self.threads)
        try:
            for done, result in zip(ranges, pool.map(part, ranges), strict=True):
                results.append(result)
                self.told(what, done.stop, count)
        finally:
            pool.shutdown(cancel_futures=True)
        return results

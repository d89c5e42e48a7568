"""Threads that share a long computation, and tell how far it is.

libsodium's calls let other threads run, so two threads use two cores. Work is cut into ranges of
`RANGE` ballots; results come back in the order of the ballots, whoever was first. What is in
memory at a time is what the caller keeps, and one range for each thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

RANGE = 32

Progress: TypeAlias = Callable[[str, int, int], None]
_T = TypeVar("_T")


def silent(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Crew:
    """So many threads; to be used in a `with` statement, so that none is left over.

    Args:
        threads: with 1 everything is done in the caller's own thread.
        progress: called in the caller's thread with the step, the ballots done, and all of them.
    """

    def __init__(self, threads: int = 1, progress: Progress = silent) -> None:
        self._pool = ThreadPoolExecutor(threads, "seal") if threads > 1 else None
        self._progress = progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def ranges(self, step: str, count: int, work: Callable[[range], _T]) -> Iterator[_T]:
        """Yield what `work` returns for each range of 0 … count - 1, in their order.

        What `work` raises is raised here, and the ranges that nobody has begun are dropped.
        """
        ranges = [range(at, min(at + RANGE, count)) for at in range(0, count, RANGE)]
        run = map if self._pool is None else self._pool.map
        for at, result in zip(ranges, run(work, ranges), strict=True):
            yield result
            self._progress(step, at.stop, count)

    def each(self, step: str, count: int, work: Callable[[int], _T]) -> list[_T]:
        """Return what `work` returns for each of 0 … count - 1."""
        parts = self.ranges(step, count, lambda some: [work(at) for at in some])
        return [one for part in parts for one in part]

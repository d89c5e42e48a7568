"""Threads that share the work: the order of results, progress, and an end whatever happens."""

import threading

import pytest

from common.seal.crew import RANGE, Crew


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_order_and_progress_is_told(threads: int) -> None:
    told: list[tuple[str, int, int]] = []
    size = 3 * RANGE + 5
    with Crew(threads, lambda step, done, total: told.append((step, done, total))) as crew:
        assert crew.each("squares", size, lambda at: at * at) == [at * at for at in range(size)]
        assert list(crew.ranges("sums", size, sum)) == [
            sum(range(at, min(at + RANGE, size))) for at in range(0, size, RANGE)
        ]
        assert crew.each("none", 0, lambda at: at) == []
    ends = [RANGE, 2 * RANGE, 3 * RANGE, size]
    assert told == [(step, end, size) for step in ("squares", "sums") for end in ends]


def test_two_threads_work_at_once() -> None:
    meeting = threading.Barrier(2, timeout=60)

    def meet(some: range) -> int:
        meeting.wait()
        return len(some)

    with Crew(2) as crew:
        assert list(crew.ranges("meeting", 2 * RANGE, meet)) == [RANGE, RANGE]


@pytest.mark.parametrize("threads", [1, 3])
def test_what_goes_wrong_is_raised_and_no_thread_is_left(threads: int) -> None:
    before = threading.active_count()

    def fail(at: int) -> int:
        if at == RANGE + 1:
            raise ValueError("this one")
        return at

    with pytest.raises(ValueError, match="this one"), Crew(threads) as crew:
        crew.each("failing", 50 * RANGE, fail)
    assert threading.active_count() == before

"""The floor of the proofs is the work that is really done; nothing is timed."""

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from nacl import bindings as sodium

from common.seal import group
from common.seal.crew import Crew
from tools.benchmarks import proofs
from tools.benchmarks.proofs import Count, Work

NAMES = {
    "times": "crypto_scalarmult_ed25519_noclamp",
    "base": "crypto_scalarmult_ed25519_base_noclamp",
    "add": "crypto_core_ed25519_add",
    "subtract": "crypto_core_ed25519_sub",
    "checks": "crypto_core_ed25519_is_valid_point",
}


def _work(patch: pytest.MonkeyPatch, step: Callable[[], object]) -> Work:
    """Return which of libsodium's operations a step does."""
    calls: list[str] = []  # of several threads

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*args: Any) -> Any:
            calls.append(name)
            return real(*args)

        return operation

    with patch.context() as context:
        for name, function in NAMES.items():
            context.setattr(sodium, function, counted(name, getattr(sodium, function)))
        step()
    done = Counter(calls)
    return Work(done["times"], done["base"], done["add"] + done["subtract"], done["checks"])


@pytest.fixture(scope="module")
def counts() -> tuple[Count, Count]:
    for index in range(8):
        group.generator(index)
    return Count(2, Crew()), Count(6, Crew())


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Count.shuffle, proofs.shuffling(1)),
        (Count.open_part, proofs.opening_part(1)),
        (Count.check, proofs.checking(1)),
    ],
    ids=["shuffle", "opening", "checking"],
)
def test_each_ballot_more_is_the_work_that_the_floor_does(
    step: Callable[[Count], object],
    said: Work,
    counts: tuple[Count, Count],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fewer, more = (_work(monkeypatch, lambda made=made: step(made)) for made in counts)  # type: ignore[misc]  # the default binds it
    assert (more.times - fewer.times, more.base - fewer.base, more.additions - fewer.additions) == (
        4 * said.times,
        4 * said.base,
        4 * said.additions,
    )
    if not said.checks:
        assert more.checks == 0


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_floor_does_its_work_once(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Work(2, 3, 4, 5)
    made = 2 if threads == 3 else 7
    known = group.times_base(12345)
    monkeypatch.setattr(group, "times_base", lambda _factor: known)
    done = _work(monkeypatch, lambda: proofs.floor(asked, made, threads))
    assert done == Work(2 * made, 3 * made, 4 * made, 5 * made)


def test_all_steps_are_compared() -> None:
    ticks = count()
    told: list[str] = []
    rows = proofs.measure(
        lambda: float(next(ticks)), lambda step, _done, _all: told.append(step), ballots=3, pairs=1
    )
    assert [row.quantity.name for row in rows] == [
        "a shuffle with its proof",
        "a board's opening with its proof",
        "checking all proofs",
        "verifying all proofs",
    ]
    assert all(row.note.startswith("3 ballots") for row in rows)
    assert any("checking" in step for step in told)

"""The random source: what a broken one is stopped for, fair orders, secrets that never repeat."""

import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from common.memory import Told
from common.seal.hashing import Q
from common.seal.randomness import (
    BLOCK,
    BadRandomness,
    CheckedSource,
    Hedged,
    permutation,
    scalars,
)
from tests.unit.common.seal.stations import seeded, source


def _repeating(period: int) -> Callable[[int], bytes]:
    blocks = [seeded(str(number))(BLOCK) for number in range(period)]
    turn = count()
    return lambda _size: blocks[next(turn) % period]


def _half_repeating() -> Callable[[int], bytes]:
    turn = count()
    return lambda _size: b"".join(
        hashlib.sha256(str(number // 3).encode()).digest() for number in (next(turn), next(turn))
    )


def _counting() -> Callable[[int], bytes]:
    turn = count()
    return lambda size: next(turn).to_bytes(size, "little")


BROKEN = {
    "zeros": bytes,
    "ones": lambda size: b"\xff" * size,
    "a constant": lambda size: b"\x5a" * size,
    "short": lambda size: seeded("short")(size - 1),
    "a counter": _counting(),
    "a period of 1": _repeating(1),
    "a period of 7": _repeating(7),
    "a period of 1,000": _repeating(1000),
    "halves of blocks": _half_repeating(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_source_stops_the_board(name: str) -> None:
    checked = CheckedSource(BROKEN[name])
    with pytest.raises(BadRandomness) as stopped:
        scalars(checked.scalar, 1001)
    assert isinstance(stopped.value, Told)


def test_a_good_source_goes_on() -> None:
    checked = source("good")
    drawn = scalars(checked.scalar, 3000)
    assert len(set(drawn)) == 3000
    assert max(drawn) < Q
    assert len(checked(7)) == 7
    assert len(checked(65)) == 65


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.seal.randomness._REMEMBERED", 100)
    checked = source("long")
    for _ in range(1000):
        checked.block()
        assert len(checked._seen) <= 102


def test_every_order_is_as_likely_as_any_other() -> None:
    checked, rounds = source("orders"), 4800
    drawn = Counter(permutation(checked, 4) for _ in range(rounds))
    assert len(drawn) == 24
    expected = rounds / 24
    chi_squared = sum((often - expected) ** 2 / expected for often in drawn.values())
    assert chi_squared < 49.7  # 23 degrees of freedom: one in a thousand


def test_an_order_names_every_place_once() -> None:
    assert permutation(source("none"), 0) == ()
    assert permutation(source("one"), 1) == (0,)
    assert sorted(permutation(source("many"), 500)) == list(range(500))
    assert permutation(source("a"), 500) != permutation(source("b"), 500)


def test_a_word_that_would_favour_a_place_is_drawn_again() -> None:
    unfair = 2**64 - 1  # the last of 2^64 words, where three do not divide them
    words = [unfair, 5, unfair, unfair, 3, 2**63, 2**62 + 7, 11]
    block = b"".join(word.to_bytes(8, "little") for word in words)
    checked = CheckedSource(lambda _size: block)
    assert permutation(checked, 3) == _by_hand([11, 2**62 + 7], 3)
    unlucky = [11, 2**62 + 7, 2**63, 3, unfair, unfair, 5, unfair]
    block = b"".join(word.to_bytes(8, "little") for word in unlucky)
    assert permutation(CheckedSource(lambda _size: block), 3) == _by_hand([5, unfair], 3)


def _by_hand(words: list[int], size: int) -> tuple[int, ...]:
    order = list(range(size))
    for last, word in zip(range(size - 1, 0, -1), words, strict=True):
        place = word % (last + 1)
        order[last], order[place] = order[place], order[last]
    return tuple(order)


def test_a_source_that_repeats_itself_repeats_no_one_time_secret() -> None:
    def drawn(secret: bytes, *statement: bytes) -> tuple[int, ...]:
        return scalars(Hedged(source("the same after a restart"), secret, statement), 5)

    first = drawn(b"secret", b"package", b"board")
    assert first == drawn(b"secret", b"package", b"board")
    others = [
        drawn(b"other", b"package", b"board"),
        drawn(b"secret", b"packag", b"eboard"),
        drawn(b"secret", b"package", b"desk"),
        drawn(b"secret", b"package", b"board", b""),
    ]
    for other in others:
        assert not set(first) & set(other)
    assert len(set(first)) == 5

"""A station of the pure cores: keys in halves, ballots sealed, and everything drawn from a seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from common.seal import encoding, group, halves
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.group import Point, ProofError, Row
from common.seal.halves import Half, Maker
from common.seal.opening import Opening
from common.seal.randomness import CheckedSource, Draw
from common.seal.shuffle import Mixing

PACKAGE, START_ORDER = b"p" * 32, b"o" * 32
ACCUMULATOR, DESK, TERMINAL = b"a" * 32, b"d" * 32, b"t" * 32
FIRST_MIX, SECOND_MIX = b"1" * 32, b"2" * 32
ALONE = Crew()

VECTORS = Path(__file__).parents[3] / "vectors"


def seeded(label: str) -> Callable[[int], bytes]:
    """Return a source that gives other bytes at each call, and the same in every run."""
    calls = 0

    def random_bytes(size: int) -> bytes:
        nonlocal calls
        calls += 1
        return hashlib.shake_256(f"{label}/{calls}".encode()).digest(size)

    return random_bytes


def source(label: str) -> CheckedSource:
    return CheckedSource(seeded(label))


def scripted(scalars: Iterable[int]) -> Draw:
    """Return a draw that gives these scalars and no more."""
    return iter(scalars).__next__


@dataclass(frozen=True, slots=True)
class Station:
    """Two halves, and the seal to their joint key."""

    secrets: tuple[bytes, bytes]
    halves: tuple[Half, Half]
    seal: Seal

    @property
    def w(self) -> int:
        return len(self.seal.keys)

    def mixing(self, position: int = 1, styles: tuple[int, ...] = (1,)) -> Mixing:
        board = (ACCUMULATOR, DESK)[position - 1]
        return Mixing(PACKAGE, START_ORDER, styles, position, board, self.seal.keys)

    def opening(self, which: int) -> Opening:
        board = (ACCUMULATOR, DESK)[which]
        return Opening(PACKAGE, START_ORDER, board, FIRST_MIX, SECOND_MIX, self.halves[which].keys)

    def rows(self, ballots: Sequence[bytes], label: str = "rows") -> tuple[Row, ...]:
        """Return these ballots sealed, without proofs of knowledge; cheaper than `Seal.seal`."""
        drawn = source(label)
        rows = []
        for ballot in ballots:
            r = drawn.scalar()
            messages = points_of(ballot)
            sealed = (
                group.add(message, group.times(r, key))
                for message, key in zip(messages, self.seal.keys, strict=True)
            )
            rows.append((group.times_base(r), *sealed))
        return tuple(rows)


@cache
def points_of(ballot: bytes) -> tuple[Point, ...]:
    return encoding.encode(ballot)


@cache
def station(w: int = 1) -> Station:
    drawn = source(f"station/{w}")
    secrets = (drawn(32), drawn(32))
    made = (
        halves.make_half(Maker(PACKAGE, ACCUMULATOR), secrets[0], w, drawn),
        halves.make_half(Maker(PACKAGE, DESK), secrets[1], w, drawn),
    )
    return Station(secrets, made, Seal(PACKAGE, halves.joint_key(made[0].keys, made[1].keys)))


def ballots(count: int, w: int = 1) -> list[bytes]:
    """Return ballots of w elements, one like no other."""
    size = 3 if w == 1 else 29 * w - 7
    return [number.to_bytes(2, "big").ljust(size, b"\x05") for number in range(count)]


def load(name: str) -> Any:
    """Return a file of test vectors, its hexadecimal texts as bytes."""
    return json.loads((VECTORS / name).read_text(encoding="ascii"), object_hook=_read)


def damaged(case: dict[str, Any]) -> list[Any]:
    """Return (why, the case with what is damaged in it) of each damaged one."""
    return [(one["why"], {**case, **one["changed"]}) for one in case["damaged"]]


def refused(why: str, work: Callable[[], object]) -> None:
    """Check that `work` refuses; if not, the test says what was let through."""
    try:
        work()
    except ProofError:
        return
    pytest.fail(f"let through: {why}")


def numbers(scalars: Sequence[bytes]) -> tuple[int, ...]:
    return tuple(int.from_bytes(scalar, "little") for scalar in scalars)


def rows_of(lists: Sequence[Sequence[bytes]]) -> tuple[Row, ...]:
    return tuple(tuple(map(Point, row)) for row in lists)


def _read(item: dict[str, Any]) -> dict[str, Any]:
    words = ("why", "name", "check_value")
    return {key: value if key in words else _bytes(value) for key, value in item.items()}


def _bytes(value: Any) -> Any:
    if isinstance(value, str) and not set(value) - set("0123456789abcdef"):
        return bytes.fromhex(value)
    return [_bytes(part) for part in value] if isinstance(value, list) else value

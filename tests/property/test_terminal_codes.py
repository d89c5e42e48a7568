"""No control code is used twice, whenever power is cut and whatever happens to one medium."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refused
from common.media import MAX_READ_SIZE, TwoMedia
from terminal import codes
from terminal.codes import CODES, Codes
from tests import samples

PACKAGE = b"p" * 32
ALL = tuple(range(200, 240))
BATCH = 7


class PowerCut(BaseException):
    """The process is gone at once."""


@dataclass
class Power:
    """Goes off before or after the write of this number; None for never."""

    cut_at: int | None = None
    after: bool = False
    writes: int = 0


@dataclass
class MemoryMedium:
    """One file, and power that can go off around each write (a replaced file is never torn)."""

    power: Power
    files: dict[str, bytes] = field(default_factory=dict)
    history: list[bytes] = field(default_factory=list)

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        return self.files.get(path)

    def replace(self, path: str, content: bytes) -> None:
        is_cut = self.power.writes == self.power.cut_at
        self.power.writes += 1
        if is_cut and not self.power.after:
            raise PowerCut
        self.files[path] = content
        self.history.append(content)
        if is_cut:
            raise PowerCut

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"codes do not {name}")


@dataclass(frozen=True)
class Run:
    """One run of the program.

    Attributes:
        draws: how many voters come.
        cut_at: the write at which power goes off, from the start of the run.
        damage: what happens to one file after the run: nothing, it is gone, a bit flips, or it is
            as it was some writes ago.
    """

    draws: int
    cut_at: int | None
    after: bool
    damage: str
    back: int


RUNS = st.lists(
    st.builds(
        Run,
        draws=st.integers(0, 20),
        cut_at=st.none() | st.integers(0, 5),
        after=st.booleans(),
        damage=st.sampled_from(["none", "gone", "flipped", "older"]),
        back=st.integers(1, 4),
    ),
    max_size=8,
)


def damage(medium: MemoryMedium, run: Run) -> None:
    """Do to one medium what the run says."""
    content = medium.files.get(CODES)
    match run.damage:
        case "gone":
            medium.files.clear()
        case "flipped" if content is not None:
            at = run.back % len(content)
            medium.files[CODES] = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        case "older":
            medium.files[CODES] = medium.history[max(0, len(medium.history) - 1 - run.back)]


@given(runs=RUNS, which=st.sampled_from([0, 1]), seed=st.text(max_size=4))
def test_no_code_is_drawn_twice(runs: list[Run], which: int, seed: str) -> None:
    power = Power()
    media = MemoryMedium(power), MemoryMedium(power)
    both = TwoMedia(media[0], media[1])
    codes.create(both, PACKAGE, len(ALL))
    random_bytes = samples.seeded(seed)
    used: list[int] = []
    for run in runs:
        power.writes, power.cut_at, power.after = 0, run.cut_at, run.after
        try:
            source = Codes(both, PACKAGE, ALL, BATCH, random_bytes)
            used.extend(source.draw() for _ in range(run.draws) if source.reserve())
        except PowerCut:
            pass
        damage(media[which], run)
    assert len(used) == len(set(used))
    assert set(used) <= set(ALL)


@given(draws=st.lists(st.integers(0, 15), max_size=6))
def test_losing_both_files_ends_the_day_rather_than_repeat_a_code(draws: list[int]) -> None:
    power = Power()
    media = MemoryMedium(power), MemoryMedium(power)
    both = TwoMedia(media[0], media[1])
    codes.create(both, PACKAGE, len(ALL))
    for number in draws:
        source = Codes(both, PACKAGE, ALL, BATCH, samples.seeded("x"))
        for _ in range(number):
            source.reserve()
    for medium in media:
        medium.files.clear()
    try:
        Codes(both, PACKAGE, ALL, BATCH, samples.seeded("x"))
    except Refused:
        return
    raise AssertionError("it started with nothing to tell which codes are burnt")

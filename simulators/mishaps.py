"""What befalls the two media of boards in a day: which, of what kind, and at which write.

A mishap befalls one medium of one board, its own storage or its recording medium, at the n-th
durable write on it (counted as in `simulators.stops`), in the middle of whatever the board is
doing; at 0 it is so before the board is switched on. Own storage is spoilt while the board has no
power, because nobody takes it out: the board loses its power at that write.

The folder of a day's stops holds for each board's daemon:

    <unit>.mishaps      the seed, the board's own storage, then one line a mishap
    <unit>.befell-<n>   the n-th of them has befallen

Rules: a mishap befalls once. Which file and which bit, and whose medium it is that is put in by
mistake, follow from seed, board and number alone. Who puts it right is in `simulators.on_call`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from simulators.stops import Kind, board_of


class Ill(Enum):
    """What can befall a medium: the word on the command line."""

    PULLED = "pulled"  # taken out, the same one put back
    LOST = "lost"  # taken out and gone; an empty one is put in
    SWAPPED = "swapped"  # another board's is put in by mistake
    OTHER_STATION = "other-station"
    OTHER_DAY = "other-day"
    OLDER = "older"  # what it held some writes ago is put in the place of what it holds
    FLIPPED = "flipped"  # a bit of one file, while it is out, or without power
    ROTTEN = "rotten"  # a bit of one file, while it is in use
    FULL = "full"
    READ_ONLY = "read-only"
    BROKEN = "broken"  # reads and writes fail
    SLOW = "slow"


OWN_ILLS: Final = (
    Ill.OLDER,
    Ill.FLIPPED,
    Ill.ROTTEN,
    Ill.FULL,
    Ill.READ_ONLY,
    Ill.BROKEN,
    Ill.SLOW,
)
"""What can befall a board's own storage, which nobody takes out."""
EVER_AGAIN: Final = 30
"""An older copy is at most so many writes old."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """What befalls one medium; `kind` says which: OWN or REMOVABLE."""

    board: str
    kind: Kind
    ill: Ill
    number: int

    def __str__(self) -> str:
        return f"{self.board}:{self.kind.value}:{self.ill.value}@{self.number}"

    @classmethod
    def parse(cls, text: str) -> Mishap:
        """Read `BOARD:MEDIUM:KIND@N`. Raises: ValueError; its text says what is wrong."""
        where, _, number = text.partition("@")
        board, _, rest = where.partition(":")
        medium, _, ill = rest.partition(":")
        if not board or medium not in {Kind.OWN.value, Kind.REMOVABLE.value}:
            raise ValueError("give BOARD:own:KIND@N or BOARD:removable:KIND@N")
        kind = Kind(medium)
        known = ills_of(kind)
        if ill not in {one.value for one in known}:
            there = ", ".join(one.value for one in known)
            raise ValueError(f"there is no {ill!r} of {medium}; there are {there}")
        if not number.isdecimal():
            raise ValueError(f"{number!r} is no number of a write; 0 is before the start")
        return cls(board, kind, Ill(ill), int(number))


def ills_of(kind: Kind) -> tuple[Ill, ...]:
    """Return what can befall this medium."""
    return OWN_ILLS if kind is Kind.OWN else tuple(Ill)


@dataclass(frozen=True, slots=True)
class Planned:
    """A daemon's mishaps.

    Attributes:
        own: the folder that is the board's own storage.
        others: the other boards in use, whose media may be put in by mistake.
    """

    seed: str
    own: Path
    others: tuple[str, ...]
    mishaps: tuple[Mishap, ...]

    def draw(self, mishap: Mishap) -> random.Random:
        """Return the random source of what is left to chance in a mishap."""
        return random.Random(f"{self.seed}/{mishap}")

    def stranger(self, mishap: Mishap) -> str:
        """Return the board whose medium is put in by mistake."""
        return self.draw(mishap).choice(self.others)

    def older_by(self, mishap: Mishap) -> int:
        """Return after how many more writes the older copy is put back."""
        return self.draw(mishap).randint(1, EVER_AGAIN)


def write_mishaps(
    folder: Path, units: Mapping[str, Path], mishaps: Iterable[Mishap], seed: int
) -> None:
    """Lay the mishaps of each daemon down, in the folder of the day's stops.

    Args:
        units: the daemons that write, each with its board's own storage.

    Raises:
        ValueError: a mishap is for no board of these.
    """
    plans: dict[str, list[Mishap]] = {unit: [] for unit in units}
    boards = {board_of(unit): unit for unit in units}
    for mishap in mishaps:
        if mishap.board not in boards:
            there = ", ".join(boards)
            raise ValueError(f"there is no board {mishap.board}; there are {there}")
        plans[boards[mishap.board]].append(mishap)
    for unit, planned in plans.items():
        if planned:
            others = " ".join(board for board in boards if boards[board] != unit)
            lines = [str(seed), str(units[unit]), others, *map(str, planned)]
            path = folder / f"{unit}.mishaps"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_mishaps(folder: Path, unit: str) -> Planned | None:
    """Return a daemon's mishaps; None if nothing befalls it."""
    path = folder / f"{unit}.mishaps"
    if not path.is_file():
        return None
    seed, own, others, *lines = path.read_text(encoding="utf-8").splitlines()
    return Planned(
        seed, Path(own), tuple(others.split()), tuple(Mishap.parse(line) for line in lines)
    )


def befell(folder: Path, unit: str, number: int) -> Path:
    """Return the file that says that the n-th mishap of a daemon, from 0, has befallen."""
    return folder / f"{unit}.befell-{number}"

"""An evil terminal: in some votes it seals another choice than the voter touched.

It has all its own keys and is honest in everything else: pages, review, control code, check value
and proof of knowledge are as they must be, and when a voter wants it checked, it opens what it
sealed. It works for the second line of each ballot's first contest: of the votes that are not for
that line, it turns every n-th, from the first on.

Rules: this changes the program in its own process only, as `simulators.stopping` does. How many
lies were told stands in a file, for the day to compare; neither the station nor any simulated
person sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from common.enrolment import Installation
from common.records import StationPackage
from common.seal import Sealing
from terminal import casting
from terminal.effects import SealBallot
from terminal.events import VoteSealed

FAVOURED: Final = (1,)
"""The choice that it works for."""
_FILE: Final = "{unit}.lies"


@dataclass(slots=True)
class Lies:
    """What is told in a process.

    Attributes:
        every: one vote of so many is turned.
        told: file in which each lie leaves a byte.
        met: votes until now that could be turned.
    """

    every: int
    told: Path
    met: int = 0

    def of(self, ballot: SealBallot, package: StationPackage) -> SealBallot:
        """Return what is sealed instead."""
        turned = turned_ballot(ballot, package)
        if turned == ballot:
            return ballot
        self.met += 1
        if (self.met - 1) % self.every:
            return ballot
        with self.told.open("ab") as file:
            file.write(b"!")
        return turned


def turned_ballot(ballot: SealBallot, package: StationPackage) -> SealBallot:
    """Return the ballot with the favoured choice in its first contest."""
    style = package.style(ballot.style)
    if style is None:
        return ballot
    choices = list(ballot.choices)
    choices[style.contests[0]] = FAVOURED
    return replace(ballot, choices=tuple(choices))


@contextmanager
def lying(every: int, folder: Path, board: str) -> Iterator[None]:
    """Let this process, a terminal's daemon, lie while inside.

    Args:
        every: one vote of so many is turned.
        folder: of the day's stops.
    """
    honest: Callable[..., VoteSealed] = casting.seal_ballot
    lies = Lies(every, _file(folder, board))

    def seal_ballot(
        ballot: SealBallot, code: int, installation: Installation, sealing: Sealing
    ) -> VoteSealed:
        return honest(lies.of(ballot, installation.package), code, installation, sealing)

    vars(casting)["seal_ballot"] = seal_ballot
    try:
        yield
    finally:
        vars(casting)["seal_ballot"] = honest


def lies_told(folder: Path, board: str) -> int:
    """Return how many lies a board told. `folder` is that of the day's stops."""
    told = _file(folder, board)
    return told.stat().st_size if told.exists() else 0


def _file(folder: Path, board: str) -> Path:
    return folder / _FILE.format(unit=board)

"""The technician's workshop, weeks before the day: boards are enrolled and installed there.

The boards' own commands run here (`deskd enrol …`), in one process, with just the parts that
they need: a clock that stands at the day of the work, and a recording slot with the board's medium
in it. Every other part is missing, as it may be on a workbench.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import accumulator.__main__
import desk.__main__
import terminal.__main__
from center.commission import PlannedBoard
from common.clock import Clock
from common.errors import Thing
from common.media import FolderMedium, Medium
from common.records import BoardKind
from hal.config import PartsConfig
from hal.faults import PartFault
from hal.medium_slot import SlotState
from hal.parts import Parts
from simulators.clock_chip import SimClockChip

MAINS: dict[BoardKind, Callable[[Sequence[str], Parts], int]] = {
    BoardKind.DESK: desk.__main__.main,
    BoardKind.TERMINAL: terminal.__main__.main,
    BoardKind.ACCUMULATOR: accumulator.__main__.main,
}


class WorkshopError(Exception):
    """A board's command failed; the text is what it said."""


@dataclass(frozen=True, slots=True)
class _StandingClock:
    """A clock that stands still."""

    unix_ms: int

    def now_ms(self) -> int:
        """Return the day of the work."""
        return self.unix_ms

    def monotonic_s(self) -> float:
        """Return nought."""
        return 0.0

    def wait_s(self, timeout_s: float) -> float:
        """Return the same number."""
        return timeout_s


@dataclass(frozen=True, slots=True)
class _WorkbenchSlot:
    """A slot with a folder in it."""

    root: Path

    def state(self) -> SlotState:
        """Say that the medium is in."""
        return SlotState.PRESENT

    def medium(self) -> Medium:
        """Return the medium."""
        return FolderMedium.make(self.root, "recording medium")

    def close(self) -> None:
        """Do nothing."""


class Workshop:
    """Where the boards of one station are enrolled and installed."""

    def __init__(self, boards: Path, papers: Path, work_ms: int) -> None:
        """Work on the boards' folders in `boards`, at this time (Unix milliseconds).

        Requests, answer and offer travel through the folder `papers`.
        """
        self._boards = boards
        self._clock = _StandingClock(work_ms)
        self._papers = papers

    def enrol(self, board: PlannedBoard) -> bytes:
        """Have a board make its keys; return its request to the centre."""
        request = self._paper(f"{board.name}.request")
        self._run(board, "enrol", "--request", str(request))
        return request.read_bytes()

    def answer(self, board: PlannedBoard, answer: bytes) -> bytes:
        """Give an accumulator the centre's answer; return its offer."""
        given, offer = self._paper(f"{board.name}.answer"), self._paper(f"{board.name}.offer")
        given.write_bytes(answer)
        self._run(board, "answer", "--answer", str(given), "--offer", str(offer))
        return offer.read_bytes()

    def install(self, board: PlannedBoard, package: Path) -> None:
        """Install the package on a board."""
        self._run(board, "install", "--package", str(package))

    def _paper(self, name: str) -> Path:
        self._papers.mkdir(parents=True, exist_ok=True)
        return self._papers / name

    def _run(self, board: PlannedBoard, command: str, *options: str) -> None:
        here = self._boards / board.name
        name = f"{board.kind.name.lower()}d"
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            FolderMedium.make(here / "own", "own storage")
            code = MAINS[board.kind](
                [command, "--config", str(here / f"{name}.toml"), *options],
                self._parts(here / "medium"),
            )
        if code != 0:
            raise WorkshopError(f"{name} {command}: {said.getvalue().strip()}")

    def _parts(self, medium: Path) -> Parts:
        def missing(_: PartsConfig, __: Clock) -> NoReturn:
            raise PartFault("part", "it is not on the workbench")

        def slot(_: PartsConfig, __: Clock) -> _WorkbenchSlot:
            return _WorkbenchSlot(medium)

        return Parts(
            clock=lambda _: self._clock,
            own_storage=lambda state: FolderMedium(state, Thing.OWN_STORAGE.value),
            card_reader=missing,
            screen=missing,
            touch=missing,
            lines=missing,
            clock_chip=lambda _, clock: SimClockChip(clock),
            supply=missing,
            scanner=missing,
            printer=missing,
            recording_slot=slot,
            visiting_slot=missing,
        )

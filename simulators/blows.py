"""Blows: what is done to a station's boards while people vote, and undone again.

A blow comes when so many voters have left: daemons killed out of the blue, one or several at once;
something that befalls a board's medium (`simulators.technician`); a computer's clock that jumps.

Rules: a trouble of a medium is undone after a while, or when the board's page has told of it, and
the next blow waits until the board serves again: two troubles at once may be one too many for two
media. A board that died is struck in the person of its spare.
"""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass
from typing import Final, TypeAlias

from simulators.bench_client import BenchClient
from simulators.hands import BenchBooth
from simulators.panel import has, text_of
from simulators.progress import DayFailed
from simulators.sight import Eyes
from simulators.technician import MediumTrouble, Technician
from simulators.venue import Venue

TERMINAL_STOPPED: Final = ("stopped", "fault:MEDIUM", "fault:OWN_STORAGE")
TAKEN_OUT: Final = frozenset(
    {
        MediumTrouble.PULLED,
        MediumTrouble.EMPTY,
        MediumTrouble.SWAPPED,
        MediumTrouble.FLIPPED,
    }
)
LOOK_S: Final = 0.1
LASTS_S: Final = 1.5
"""Real seconds after which a trouble that no page tells of is undone."""
NOTICED_S: Final = 10.0
"""The same of a medium that is out, which every board notices sooner or later."""
REST_S: Final = 0.8
"""Real seconds that a board serves again before it counts as well."""
AHEAD, BACK = "a computer's clock jumps ahead", "a computer's clock jumps back"
KILLED, SEVERAL = "daemon killed", "several daemons killed at once"


@dataclass(frozen=True, slots=True)
class Strike:
    """SIGKILL out of the blue for daemons (board-daemon), all at once."""

    units: tuple[str, ...]
    after: int

    @property
    def told(self) -> str:
        """What the list of troubles calls it."""
        return KILLED if len(self.units) == 1 else SEVERAL


@dataclass(frozen=True, slots=True)
class MediumBlow:
    """Something befalls a board's medium; `stranger` is the board whose medium is put in."""

    board: str
    trouble: MediumTrouble
    after: int
    stranger: str = ""

    @property
    def told(self) -> str:
        """What the list of troubles calls it."""
        return medium_told(self.trouble)


@dataclass(frozen=True, slots=True)
class Jump:
    """A board's computer is set ahead or (negative) back; neither chip nor watch is."""

    board: str
    by_s: int
    after: int

    @property
    def told(self) -> str:
        """What the list of troubles calls it."""
        return AHEAD if self.by_s > 0 else BACK


Blow: TypeAlias = Strike | MediumBlow | Jump


def medium_told(trouble: MediumTrouble) -> str:
    """Return what the list of troubles calls a medium's trouble."""
    return f"medium {trouble.value}"


class Striker:
    """Whoever deals the blows, and knows which board and which medium stands in whose place.

    Has a bench's client of its own, so it is for one thread at a time.
    """

    def __init__(self, venue: Venue, seed: int) -> None:
        self._venue = venue
        self._client = BenchClient(venue.bench)
        self._technician = Technician(self._client, random.Random(f"blows/{seed}"))
        self._spares: dict[str, str] = {}
        self._eyes: Eyes | None = None

    def replaced(self, venue: Venue, dead: str, spare: str) -> None:
        """Take note of a spare that stands in a dead board's place from now on."""
        self._venue = venue
        self._spares[dead] = spare
        if spare in venue.station.media:
            self._technician.works_on(spare, self.medium_of(dead))

    def now(self, board: str) -> str:
        """Return the board that stands in a board's place now."""
        while board in self._spares:
            board = self._spares[board]
        return board

    def medium_of(self, board: str) -> str:
        """Return the name of the medium that is a board's own now."""
        return self._technician.medium_of(board)

    def deal(self, blow: Blow) -> None:
        """Deal a blow, and undo what has to be undone. Raises: DayFailed: it does not mend."""
        match blow:
            case Strike(units):
                self._kill(units)
            case MediumBlow(board, trouble, _, stranger):
                self._at_medium(self.now(board), trouble, self.now(stranger))
            case Jump(board, by_s):
                self._client.board(self.now(board)).jump_clock(by_s)

    def _kill(self, units: tuple[str, ...]) -> None:
        supervisor = self._venue.supervisor
        names = []
        for unit in units:
            board, _, daemon = unit.rpartition("-")
            names.append(f"{self.now(board)}-{daemon}")
        starts = [supervisor.kill(name) for name in names]
        for name, before in zip(names, starts, strict=True):
            supervisor.wait_restarted(name, before)

    def _at_medium(self, board: str, trouble: MediumTrouble, stranger: str) -> None:
        concerned = (board, stranger) if trouble is MediumTrouble.SWAPPED else (board,)
        self.settle(*concerned)
        undo = self._technician.do(board, trouble, stranger)
        until_s = time.monotonic() + (NOTICED_S if trouble in TAKEN_OUT else LASTS_S)
        while time.monotonic() < until_s and not self._has_stopped(board):
            self._look_away(board)
        undo()
        self.settle(*concerned)

    def settle(self, *boards: str) -> None:
        """Wait until these boards have served for a while, so that their media are alike again.

        Raises:
            DayFailed: one goes on saying that it has stopped.
        """
        for board in boards:
            deadline_s = time.monotonic() + 2 * self._venue.patience_s
            well_since_s = time.monotonic()
            while time.monotonic() < well_since_s + REST_S:
                if self._has_stopped(board):
                    well_since_s = time.monotonic()
                    if well_since_s > deadline_s:
                        raise DayFailed(f"{board} does not go on when its media are well")
                self._look_away(board)

    def keep_media(self) -> None:
        """Let the folders of boards' media be those that are in use at the end of the day."""
        station = self._venue.station
        for board in station.boards:
            medium = self.medium_of(board.name)
            kept = station.medium_folder(board.name)
            used = self._venue.bench.parent / "bench" / "media" / medium
            if used.exists():
                shutil.move(kept, kept.with_name("medium-before"))
                shutil.copytree(used, kept)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _look_away(self, board: str) -> None:
        hands = self._client.board(board)
        hands.wait("case", hands.count("case"), LOOK_S)

    def _has_stopped(self, board: str) -> bool:
        """Say whether a board's page says that it has stopped, or there is none."""
        if board.startswith("terminal"):
            if self._eyes is None:
                self._eyes = Eyes(self._venue.book())
            seen = BenchBooth(self._client, board, self._eyes).look(0.0)
            return seen is not None and seen.name.startswith(TERMINAL_STOPPED)
        hands = self._client.board(board)
        _, regions = hands.regions()
        page = text_of(regions, "page") or ""
        if page == "accumulator.stopped" and has(regions, "retry"):
            (retry,) = (region for region in regions if region.name == "retry")
            hands.touch(*retry.centre)
        return page.endswith(".stopped") or not page

"""A station in the middle of its day: opened by its commission, then as after so many voters.

Opening is the real one: all boards run as processes, simulated officials go by their pages. What
voters would add comes at once: journals with what boards note for a voter, the desk's marks and
serials, an urn with votes. So a board that starts finds what it would find in a day.

Rules: only while no daemon runs. Files grow from one call to the next, never shrink.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from nacl.utils import random as system_random

from common import urn
from common.catalogue import EventType
from common.errors import Reason
from common.journal import PATH, Journal
from common.media import FolderMedium, TwoMedia
from common.records import BoardKind
from desk.state import DeskFiles, Mark, Marks, Serials
from simulators import ceremonies
from simulators.progress import Durations, Screen
from simulators.stops import write_plan
from simulators.venue import STOPS, daemons_of, running_station
from tools.benchmarks.intake import urn_with
from tools.benchmarks.ratios import Progress
from tools.benchmarks.station import TERMINALS, BenchmarkStation, MadeVote

NOON_S: Final = 4 * 3600
"""After opening."""
REFUSED_FOR_EACH: Final = 4
"""Cards refused at the accumulator for each that is taken in: the longest journal of a day."""
_SPEED: Final = 60.0
_AT_DESK: Final = (EventType.VOTER_FOUND, EventType.CARD_ACTIVATED)
_AT_TERMINAL: Final = (EventType.SESSION_BEGAN, EventType.VOTE_STORED)


@dataclass(slots=True)
class _Noon:
    """A clock that goes on by a second whenever it is looked at."""

    time_ms: int

    def now_ms(self) -> int:
        self.time_ms += 1000
        return self.time_ms

    def monotonic_s(self) -> float:
        return self.time_ms / 1000

    def wait_s(self, timeout_s: float) -> float:
        return timeout_s


class _AtOnce(TwoMedia):
    """Both media of a board; what is appended waits in memory for `write`."""

    def __init__(self, own: FolderMedium, removable: FolderMedium) -> None:
        super().__init__(own, removable)
        self._added = bytearray()

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end of the journal, later."""
        if path != PATH:
            raise ValueError(f"{path} is no journal")
        self._added += added

    def write(self) -> None:
        """Add all of it now."""
        super().append(PATH, bytes(self._added))
        self._added.clear()


@dataclass(slots=True)
class DayUnderWay:
    """The station, and how many have voted so far."""

    station: BenchmarkStation
    voted: int = field(default=0, init=False)

    def open(self, progress: Progress) -> None:
        """Let the commission open the station; afterwards nothing runs any more."""
        progress("opening the station", 0, 1)
        prepared, run = self.station.prepared, self.station.run
        write_plan(run / STOPS, daemons_of(prepared.boards), (), 0)
        screen, durations = Screen(silent=True), Durations()
        with running_station(
            prepared, run, speed=_SPEED, screen=screen, durations=durations
        ) as venue:
            ceremonies.open_station(venue)
        shutil.rmtree(run / "bench")  # the next one's has other times

    def after(self, votes: Sequence[MadeVote], progress: Progress) -> None:
        """Let the boards be as after these votes, of which the first were there before."""
        new = len(votes) - self.voted
        progress(f"a day with {len(votes):,} votes", 0, new)
        prepared = self.station.prepared
        (desk,) = prepared.of_kind(BoardKind.DESK)
        self._note(desk, _AT_DESK * new)
        self._mark(desk, len(votes))
        for terminal in prepared.of_kind(BoardKind.TERMINAL):
            self._note(terminal, _AT_TERMINAL * (new // TERMINALS))
        refused = (EventType.CARD_REFUSED,) * REFUSED_FOR_EACH
        self._note(prepared.accumulator, (EventType.VOTE_TAKEN_IN, *refused) * new)
        self._media(prepared.accumulator).replace(urn.PATH, urn_with(self.station, votes))
        self.voted = len(votes)

    def journal_length(self, board: str) -> int:
        """Return how many entries a board's journal has."""
        signing = self.station.device(board).signing
        return Journal.open(self._media(board), signing, self._noon(), closed=True).length

    def _note(self, board: str, events: Iterable[EventType]) -> None:
        media = self._media(board)
        journal = Journal.open(media, self.station.device(board).signing, self._noon())
        for event in events:
            if event is EventType.CARD_REFUSED:
                journal.append(event, reason=Reason.CARD_EMPTY)
            else:
                journal.append(event)
        media.write()

    def _mark(self, desk: str, given: int) -> None:
        lines = max(voter.line for voter in self.station.prepared.voters)
        files = DeskFiles(
            TwoMedia(*self._media(desk)),
            package=self.station.package_hash,
            key=self.station.device(desk).signing,
            lines=lines,
            opened=True,
            random_bytes=system_random,
        )
        marks = Marks(bytes([Mark.GIVEN]) * given + bytes(lines - given))
        files.save(Serials(issued=(1 << given) - 1).landed(system_random))
        files.save(marks)

    def _media(self, board: str) -> _AtOnce:
        folder = self.station.prepared.board_folder(board)
        removable = FolderMedium(folder / "medium", "medium").folder(board)
        return _AtOnce(self.station.own(board), removable)

    def _noon(self) -> _Noon:
        return _Noon((self.station.package.opens_s + self.voted) * 1000)

"""Each daemon's restart in the day, with its state, beside bare Python with the same imports.

Real: the daemon was killed (SIGKILL) and is executed again, with the environment that the units of
a board set; from before that until its READY=1 arrives. It finds the state of a day
(`tools.benchmarks.dayunderway`): one in the middle, and the largest, with every voter on the list
marked and the longest journal. Floor: as in `tools.benchmarks.starting`, with the same environment.

Rules: as there; and each restart finds what the one before has noted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

from common.records import BoardKind
from simulators.prepare import DAEMONS
from simulators.supervisor import OVERWRITTEN
from tools.benchmarks.dayunderway import NOON_S, DayUnderWay
from tools.benchmarks.ratios import Comparison, Progress, Quantity, Row, Side, Timer, compare
from tools.benchmarks.starting import BARE, MAX_S, Launcher, daemons, running_bench
from tools.benchmarks.station import BenchmarkStation, MadeVote


def measure(
    station: BenchmarkStation,
    made: Sequence[MadeVote],
    middle: int,
    timer: Timer,
    progress: Progress,
    *,
    pairs: int,
) -> tuple[Row, ...]:
    """Compare restarts after `middle` votes, and after all that were made."""
    day = DayUnderWay(station)
    day.open(progress)
    return tuple(
        row
        for votes in (made[:middle], made)
        for row in _measure(day, votes, timer, progress, pairs=pairs)
    )


def _measure(
    day: DayUnderWay, votes: Sequence[MadeVote], timer: Timer, progress: Progress, *, pairs: int
) -> tuple[Row, ...]:
    station = day.station
    day.after(votes, progress)
    launcher = Launcher(station.run, timer, ending=signal.SIGKILL, environ=OVERWRITTEN)
    boards = {
        DAEMONS[kind]: station.prepared.of_kind(kind)[0] for kind in BoardKind if kind in DAEMONS
    }
    rows = []
    with running_bench(station, launcher, station.package.opens_s + NOON_S):
        for daemon, argv in daemons(station).items():
            name = f"restart of {daemon}, {len(votes):,} votes"
            progress(f"{name}: learning its imports", 0, 1)
            modules = launcher.modules(argv)
            comparison = Comparison(
                name,
                (Quantity(name),),
                _side(launcher, "-c", BARE, *modules),
                _side(launcher, "-m", "simulators", *argv),
                pairs,
                MAX_S,
            )
            (row,) = compare(comparison, timer, progress)
            board = boards.get(daemon)
            note = (
                "" if board is None else f"with a journal of {day.journal_length(board):,} entries"
            )
            rows.append(replace(row, note=note))
    return tuple(rows)


def _side(launcher: Launcher, *arguments: str) -> Side:
    """Return a side that starts Python with these arguments, and returns seconds to readiness."""
    return lambda: launcher.measure((sys.executable, *arguments))[:1]

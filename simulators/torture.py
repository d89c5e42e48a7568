"""`sailau-sim torture`: the same day again and again, stopped at every point of it.

A day with five voters is recorded, then held again and again with a few stops on each
(`simulators.campaign`), and days of a bigger station with stops drawn by chance in between. After
each day everything must be as on a day without stops: the result is what the voters touched, the
books balance, the verifier accepts the bundle, no vote that a voter was thanked for is missing,
nothing is there twice.

Stations are prepared once and copied for each day. Daemons are forked from a nursery, but on every
tenth day executed, as systemd would; only these say how long a real restart takes.

Nothing outlives a campaign: its workers end with it, however it ends, in the middle of a day, their
nurseries with them, and the daemons with those (`simulators.lifeline`). What is there only during a
day goes too, unless the campaign is killed outright.

What is left in `--out`: `findings/<number>/` with everything of a day that went wrong, its
`command.txt` and `error.txt`; and `torture.json`, written anew after each day
(`simulators.tally`), with which `--go-on` continues in another campaign.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from simulators.campaign import (
    PlannedDay,
    Points,
    into_days,
    random_stops,
    rounds,
    some_of,
    without,
)
from simulators.day import Day
from simulators.day_options import COMMISSION, ELECTION, DayOptions, make_room, within
from simulators.lifeline import SUPERVISOR, obey_supervisor
from simulators.media_days import draw_mishaps, into_media_days, writes_of
from simulators.nursery import Nursery
from simulators.prepare import Station, copied, prepare
from simulators.progress import Screen
from simulators.stops import Kind, Part
from simulators.supervisor import execute
from simulators.tally import Tally

SMALL: Final = (5, 1)
BIG: Final = (20, 2)
"""Voters and terminals of the two stations."""
COMMISSION_OF_FIVE: Final = COMMISSION.with_name("commission-of-five.toml")
"""Of the small station; the bigger has the usual one."""
BIG_POINTS: Final = 50
MISHAPS: Final = 171
"""Three times each ill of each medium of a desk, a terminal and an accumulator."""
EXECUTED_EVERY: Final = 10
PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A station that days are copied from. `run` is the folder that its configurations name."""

    station: Station
    run: Path
    options: DayOptions


@dataclass(frozen=True, slots=True)
class Task:
    """One day to be held."""

    number: int
    plan: PlannedDay
    out: Path
    executed: bool


@dataclass(slots=True)
class Held:
    """How a day went. `error` is empty when all was as it must be."""

    task: Task
    summary: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    seconds: float = 0.0


def hold(task: Task, prepared: Prepared, nursery: Nursery) -> Held:
    """Hold one day in a copy of the station."""
    begun_s = time.monotonic()
    held = Held(task)
    run = Path(tempfile.mkdtemp(prefix="sailau-"))
    try:
        plan = task.plan
        options = replace(prepared.options, stops=plan.stops, mishaps=plan.mishaps, out=task.out)
        station = copied(prepared.station, prepared.run, task.out, run)
        launch = execute if task.executed else nursery.launch
        day = Day(options, run, screen=Screen(silent=True), launch=launch, patience_s=PATIENCE_S)
        held.summary = day.hold_in(station)
    except Exception as error:  # noqa: BLE001 - a finding, told with all that is known of it
        held.error = f"{type(error).__name__}: {error}\n\n{traceback.format_exc()}"
    finally:
        shutil.rmtree(run, ignore_errors=True)
    held.seconds = time.monotonic() - begun_s
    return held


def work(asked: Connection, prepared: dict[bool, Prepared], folder: str, campaign: int) -> None:
    """Hold the days that come over this connection, in a process of its own.

    Args:
        folder: for all that is there only during a day.
        campaign: the process that has the days held; with it this one ends.
    """
    obey_supervisor({SUPERVISOR: str(campaign)})
    tempfile.tempdir = folder
    with Nursery() as nursery:
        while (task := asked.recv()) is not None:
            asked.send(hold(task, prepared[task.plan.big], nursery))


class Campaign:
    """Prepares, records, plans, has days held side by side, and tells."""

    def __init__(self, options: argparse.Namespace, seed: int) -> None:
        self._options = options
        self._seed = seed
        self._out: Path = options.out.absolute()
        self._draw = random.Random(f"torture/{seed}")
        self._screen = Screen()
        self._done = frozenset[str]().union(*options.go_on)
        self.tally = Tally()

    def run(self) -> int:
        """Hold the campaign; return the exit code."""
        begun_s = time.monotonic()
        with ExitStack() as stack:
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="sailau-", ignore_cleanup_errors=True)
            )
            prepared = {big: stack.enter_context(self._prepared(big)) for big in self._sizes()}
            workers = [
                stack.enter_context(worker(prepared, folder)) for _ in range(self._options.jobs)
            ]
            recorded = {big: self._record(workers[0], big) for big in prepared}
            days = self._days(recorded)
            wanted = sum(len(day.stops) + len(day.mishaps) for day in days)
            deadline_s = begun_s + self._options.minutes * 60
            self._screen.say(f"{wanted} stops and mishaps on {len(days)} days, seed {self._seed}")
            self._keep(recorded[False])
            for held in self._hold_all(workers, days, deadline_s):
                self._came_home(held)
                self._keep(recorded[False])
                found = len(self.tally.findings)
                step = f"stops and mishaps ({self.tally.days} days, {found} findings)"
                self._screen.progress(step, self.tally.stops + self.tally.befell, wanted)
        self._screen.say(self.tally.table(recorded[False]))
        return 1 if self.tally.findings else 0

    def _keep(self, points: Points) -> None:
        """Write down what came of it so far."""
        text = json.dumps({"seed": self._seed, **self.tally.told(points)}, indent=1)
        new = self._out / "torture.json.new"
        new.write_text(text + "\n", encoding="utf-8")
        new.replace(self._out / "torture.json")

    def _sizes(self) -> tuple[bool, ...]:
        return (False, True) if self._options.big_points else (False,)

    @contextmanager
    def _prepared(self, big: bool) -> Iterator[Prepared]:
        voters, terminals = BIG if big else SMALL
        options = DayOptions(
            election=self._options.election,
            commission=_commission(big),
            voters=voters,
            terminals=terminals,
            seed=self._seed,
            speed=self._options.speed,
            out=self._out / "stations" / ("big" if big else "small"),
        )
        run = Path(tempfile.mkdtemp(prefix="sailau-"))
        try:
            station = prepare(
                options.out,
                run=run,
                election=options.election,
                commission=options.commission,
                voters=voters,
                terminals=terminals,
                seed=self._seed,
                progress=Screen(silent=True).progress,
            )
            yield Prepared(station, run, options)
        finally:
            shutil.rmtree(run, ignore_errors=True)
            shutil.rmtree(options.out, ignore_errors=True)

    def _record(self, asked: Connection, big: bool) -> Points:
        """Hold a day without stops and return its points. Raises: RuntimeError: it went wrong."""
        task = Task(0, PlannedDay((), big), self._out / "recorded", executed=False)
        asked.send(task)
        held: Held = asked.recv()
        if held.error:
            raise RuntimeError(f"the recorded day went wrong, see {task.out}: {held.error}")
        shutil.rmtree(task.out)
        return {
            unit: {_part_and_kind(where): number for where, number in counts.items()}
            for unit, counts in held.summary["points_of_parts"].items()
        }

    def _days(self, recorded: dict[bool, Points]) -> list[PlannedDay]:
        """Return the days of all rounds, those of the bigger station spread over the first."""
        draw, most = self._draw, self._options.points
        days: list[PlannedDay] = []
        planned = rounds(recorded[False], draw.randrange(1000))
        for stops in planned if most is None else [some_of(planned, most, draw)]:
            days += into_days(without(stops, self._done), recorded[False], draw)
        writes = writes_of(recorded[False])
        mishaps = draw_mishaps(writes, self._options.media, draw)
        for at, day in enumerate(into_media_days(mishaps, writes, draw)):
            days.insert(2 * at, day)
        if True in recorded:
            stops = random_stops(recorded[True], self._options.big_points, draw)
            stops = without(stops, self._done)
            for at, day in enumerate(into_days(stops, recorded[True], draw, big=True)):
                days.insert(5 * at, day)
        return days

    def _hold_all(
        self, workers: list[Connection], days: list[PlannedDay], deadline_s: float
    ) -> Iterator[Held]:
        """Have the days held, as many side by side as there are workers; yield each."""
        waiting = [
            Task(number, day, self._out / f"day-{number}", number % EXECUTED_EVERY == 0)
            for number, day in enumerate(days, 1)
        ]
        busy: set[Connection] = set()
        idle = list(workers)
        while busy or (waiting and time.monotonic() < deadline_s):
            while idle and waiting and time.monotonic() < deadline_s:
                asked = idle.pop()
                asked.send(waiting.pop(0))
                busy.add(asked)
            for ready in wait(list(busy)):
                answering = next(one for one in busy if one is ready)
                yield answering.recv()
                busy.remove(answering)
                idle.append(answering)

    def _came_home(self, held: Held) -> None:
        task = held.task
        self.tally.add(task.plan, held.summary, executed=task.executed, well=not held.error)
        if not held.error:
            shutil.rmtree(held.task.out, ignore_errors=True)
            return
        folder = self._out / "findings" / str(held.task.number)
        folder.parent.mkdir(exist_ok=True)
        held.task.out.rename(folder)
        command = self._command(held.task)
        (folder / "command.txt").write_text(command + "\n", encoding="utf-8")
        (folder / "error.txt").write_text(held.error, encoding="utf-8")
        what = held.error.partition("\n")[0][:200]
        self.tally.findings.append(f"{folder}: {what}")
        self._screen.say(f"Finding in {folder}: {what}\n  {command}")

    def _command(self, task: Task) -> str:
        voters, terminals = BIG if task.plan.big else SMALL
        spoilt = [f"--stop {stop}" for stop in task.plan.stops]
        spoilt += [f"--trouble {mishap}" for mishap in task.plan.mishaps]
        return (
            f"sailau-sim day --election {self._options.election} "
            f"--commission {_commission(task.plan.big)} --voters {voters} "
            f"--terminals {terminals} --seed {self._seed} --speed {self._options.speed:g} "
            f"{' '.join(spoilt)}"
        )


def _commission(big: bool) -> Path:
    return COMMISSION if big else COMMISSION_OF_FIVE


def _part_and_kind(text: str) -> tuple[Part, Kind]:
    part, _, kind = text.partition("/")
    return Part(part), Kind(kind)


@contextmanager
def worker(prepared: dict[bool, Prepared], folder: str) -> Iterator[Connection]:
    """Run a process that holds days, one after another; it does not end a day after an error."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, prepared, folder, os.getpid()))
    process.start()
    there.close()
    try:
        yield here
        here.send(None)
    except BaseException:
        process.kill()
        raise
    finally:
        process.join()
        here.close()


def end_when_terminated() -> None:
    """Let SIGTERM end this process as an error does, so that it leaves nothing behind."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)


def _done(path: str) -> frozenset[str]:
    """Return the stops that an earlier campaign has made."""
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        return frozenset([*told["stops"], *told["stops_of_the_bigger_day"]])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"{path} is no torture.json: {error}") from error


def _read(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sailau-sim torture",
        allow_abbrev=False,
        description="Hold a day again and again, stopped at every point of it.",
    )
    parser.add_argument("--election", type=Path, default=ELECTION, help="election file (TOML)")
    parser.add_argument(
        "--seed", type=within(int, 0, 2**32 - 1, "(a whole number)"), help="replays a campaign"
    )
    parser.add_argument(
        "--for",
        dest="minutes",
        type=within(float, 0.1, 100_000.0, "minutes"),
        default=100_000.0,
        help="begin no day after so many minutes (default: when all is done)",
    )
    parser.add_argument(
        "--points",
        type=within(int, 0, 10**6, "stops"),
        help="only so many stops, drawn by the seed (default: all)",
    )
    parser.add_argument(
        "--big-points",
        type=within(int, 0, 10**4, "stops"),
        default=BIG_POINTS,
        help=f"stops drawn from days of {BIG[0]} voters (default {BIG_POINTS})",
    )
    parser.add_argument(
        "--go-on",
        type=_done,
        action="append",
        default=[],
        metavar="FILE",
        help="leave out the stops in the torture.json of an earlier campaign with the same seed; "
        "may be given again",
    )
    parser.add_argument(
        "--media",
        type=within(int, 0, 10**6, "mishaps"),
        default=MISHAPS,
        help=f"mishaps of the boards' media, drawn by the seed (default {MISHAPS})",
    )
    parser.add_argument(
        "--jobs", type=within(int, 1, 64, "days"), default=2, help="days side by side (default 2)"
    )
    parser.add_argument(
        "--speed",
        type=within(float, 0.1, 1000.0, "clock seconds a real second"),
        default=200.0,
        help="clock seconds a real second (default 200)",
    )
    parser.add_argument("--out", type=Path, default=Path("torture"), help="for what is left")
    given = parser.parse_args(argv)
    try:
        make_room(given.out.absolute())
    except (FileExistsError, OSError) as error:
        parser.error(f"--out {given.out}: {error}")
    return given


def main(argv: Sequence[str]) -> int:
    """Hold a campaign; exit code 0 if every day was as it must be."""
    options = _read(argv)
    end_when_terminated()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    sys.stdout.write(f"Torture with seed {seed}; findings go to {options.out / 'findings'}\n")
    sys.stdout.flush()
    return Campaign(options, seed).run()

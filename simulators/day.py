"""`sailau-sim day`: a whole voting day of a made-up station, every board as real processes.

What happens: the centre prepares (`simulators.prepare`); a bench and two daemons a board are
started and looked after as systemd would (`venue`); the commission opens the station
(`ceremonies`); a clerk gives cards, voters vote in their booths by what they see, a member takes
their cards in (`hall`); the station is closed, media are carried, votes counted, minutes signed;
voters look their control codes up; the bundle is verified by the verifier, in a process of its own
(`summary`).

What is left in `--out` is described in docs/rehearsal.md. The seed fixes the voters and what they
want, never keys or the boards' randomness.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from center.station import StationError
from center.toml_file import FileError
from common.records import BoardKind
from common.service import EXIT_USAGE
from simulators import ceremonies
from simulators.blows import Strike
from simulators.count import count_votes
from simulators.day_options import DayOptions, Kill, read_options
from simulators.hall import Hall
from simulators.lying import lies_told
from simulators.mischief import Mischief
from simulators.mishaps import Mishap, read_mishaps, write_mishaps
from simulators.on_call import OnCall
from simulators.prepare import DAEMONS, Station, prepare
from simulators.progress import DayFailed, Durations, Screen
from simulators.replacing import let_die, replace_board, spare_for
from simulators.rough import (
    CHECKING,
    DESKS,
    DIES,
    GONE_SHARE,
    MIXED_UP,
    WRONG_CLOCK,
    Fate,
    Plan,
    Troubles,
    draw_plan,
    stop_told,
    untroubled,
)
from simulators.spelling import typed_name
from simulators.stops import Part, Stop, begin_part, read_counts, write_plan
from simulators.summary import keep_paper, summarise, verify
from simulators.supervisor import Launcher, execute
from simulators.venue import PATIENCE_S, STOPS, Venue, daemons_of, running_station, unit_names
from simulators.visits import Visit
from simulators.voter import draw_wish
from simulators.weighing import weighed

RETURN_SHARE = 0.02
BY_NAME_SHARE = 0.03
CHECK_SHARE = 0.1
"""Of voters who have the terminal checked, where that can be done; the first of them always."""


class Day:
    """One day, from the first process to the summary."""

    def __init__(
        self,
        options: DayOptions,
        run: Path,
        *,
        screen: Screen | None = None,
        launch: Launcher = execute,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Plan a day.

        Args:
            run: a folder with a short name, for what goes with the power.
            screen: who watches.
            launch: starts processes.
            patience_s: real seconds that people wait for a page.
        """
        self._patience_s = patience_s
        self._options = options
        self._run = run
        self._screen = screen or Screen()
        self._launch = launch
        self._durations = Durations()

    @property
    def durations(self) -> dict[str, float]:
        """How long each step took, in real seconds."""
        return self._durations.steps

    def hold(self) -> dict[str, object]:
        """Hold the day; return the summary. Raises: DayFailed and whatever went wrong."""
        options, screen = self._options, self._screen
        with self._durations.of("prepare"):
            station = prepare(
                options.out,
                run=self._run,
                election=options.election,
                commission=options.commission,
                voters=options.voters,
                terminals=options.terminals,
                seed=options.seed,
                voter_cards=cards_needed(options),
                desks=DESKS if options.rough else None,
                spares=spares_needed(options),
                progress=screen.progress,
            )
        return self.hold_in(station)

    def hold_in(self, station: Station) -> dict[str, object]:
        """Hold the day in a station that was prepared for it; return the summary.

        Raises: DayFailed and whatever went wrong.
        """
        options, durations, screen = self._options, self._durations, self._screen
        check_boards(station, options)
        visits, plan = draw_day(station, options)
        folder, stops = self._run / STOPS, options.stops + plan.stops
        plan_stops(station, self._run, stops, options.seed)
        plan_mishaps(station, self._run, options.mishaps, options.seed)
        with running_station(
            station,
            self._run,
            speed=options.speed,
            screen=screen,
            durations=durations,
            patient=bool(stops or options.mishaps),
            launch=self._launch,
            patience_s=self._patience_s,
            clocks=dict(plan.clocks) | dict(options.clocks),
            liars=options.liars,
            before=befall_at_start,
        ) as running:
            with OnCall(running, options.mishaps) as on_call:
                begun = replace(running, settle=on_call.settle)
                with durations.of("open"):
                    ceremonies.open_station(begun)
                begin_part(folder, Part.VOTE)
                with durations.of("vote"):
                    venue, hall = hold_vote(begun, visits, options, plan)
                begin_part(folder, Part.CLOSE)
                with durations.of("close"):
                    ceremonies.close_station(venue)
                begin_part(folder, Part.COUNT)
                with durations.of("count"):
                    venue = hold_count(venue, hall, options)
                    begin_part(folder, Part.SIGN)
                    blocked = ceremonies.sign_minutes(venue, plan.mixed_up(station.people))
                on_call.settle(*(board.name for board in venue.station.boards))
            keep_paper(venue)
            hall.striker.keep_media()
            went_through = points_of(venue, self._run) | weighed(venue)
            note_troubles(hall.troubles, plan, on_call, folder, blocked)
            went_through["mishaps"] = on_call.told()
            went_through["troubles"] = hall.troubles.told()
            if options.liars:
                lies = (lies_told(folder, board) for board, _ in options.liars)
                went_through["lies_told"] = sum(lies)
            if options.rough:
                went_through["untroubled"] = untroubled(hall.troubles.told())
        on_call.keep_media()
        on_call.check_media(venue.station)
        with durations.of("verify"):
            verified = verify(venue.station, screen)
        return summarise(
            venue.station,
            options,
            screen,
            durations,
            visits,
            went_through=went_through,
            verified=verified,
        )


def cards_needed(options: DayOptions) -> int:
    """Return how many voter cards lie in the tray: more where cards get lost."""
    return 2 * options.terminals + 6 + (options.voters // GONE_SHARE + 3 if options.rough else 0)


def spares_needed(options: DayOptions) -> int:
    """Return how many spares of each kind are enrolled: as many as boards die in one's place."""
    return max((1, *Counter(death.board for death in options.deaths).values()))


def hold_vote(
    venue: Venue, visits: list[Visit], options: DayOptions, plan: Plan
) -> tuple[Venue, Hall]:
    """Let everybody vote; boards die when so many have left, and their spares go on.

    Returns: the venue with the spares in their places, and the hall.
    """
    kills = tuple(Strike((kill.unit,), kill.after) for kill in options.kills)
    hall = Hall(venue, kills + plan.blows, options.seed)
    try:
        left = 0
        in_the_day = [death for death in options.deaths if death.moment is None]
        for death in sorted([*in_the_day, *plan.deaths], key=lambda death: death.after):
            hall.vote(visits[left : death.after])
            left = death.after
            kind, spare = spare_for(venue.station, death.board)
            hall.striker.settle(death.board)
            if death.amid:
                whom = let_die(venue, hall, death.board, visits[left:], options.seed)
                visits.remove(whom)
                visits.insert(left, whom)
                left += 1
            venue = replace_board(venue, death.board)
            hall.replaced(venue, death.board, spare)
            hall.troubles.note(DIES[kind.name.lower()])
        hall.vote(visits[left:])
        if plan.blows:
            hall.striker.settle(*(board.name for board in venue.station.boards))
    finally:
        hall.close()
    return venue, hall


def hold_count(venue: Venue, hall: Hall, options: DayOptions) -> Venue:
    """Have the votes counted; return the venue with the spares of boards that died in it."""

    def replaced(after: Venue, dead: str, spare: str) -> None:
        hall.replaced(after, dead, spare)
        kind = {board.name: board.kind for board in after.station.boards}[spare]
        hall.troubles.note(DIES[kind.name.lower()])

    deaths = [death for death in options.deaths if death.moment is not None]
    return count_votes(venue, deaths, replaced)


def check_boards(station: Station, options: DayOptions) -> None:
    """Raise DayFailed unless the station has every board that the options name."""
    check_kills(station, options.kills)
    for board, _ in options.clocks:
        if station.package.board(board) is None:
            raise DayFailed(f"--clock: there is no board {board}")
    for death in options.deaths:
        spare_for(station, death.board)
    for liar, _ in options.liars:
        if liar not in station.of_kind(BoardKind.TERMINAL):
            raise DayFailed(f"--evil: there is no terminal {liar}")


def draw_day(station: Station, options: DayOptions) -> tuple[list[Visit], Plan]:
    """Draw who comes, and what befalls them and the station."""
    # Where a terminal lies, every voter has one checked: nobody knows which it is.
    checks = 1.0 if options.liars else CHECK_SHARE
    visits = draw_visits(station, options.seed, check_share=checks)
    if not options.rough:
        return visits, Plan()
    asked = {spare_for(station, death.board)[0] for death in options.deaths}
    plan = draw_plan(len(visits), unit_names(station), options.seed).sparing(asked)
    for visit, fate, temper in zip(visits, plan.fates, plan.tempers, strict=True):
        visit.fate, visit.temper = fate, temper
        if fate is not Fate.VOTES:
            visit.wish = replace(visit.wish, checks=int(fate in CHECKING))
    return visits, plan


def note_troubles(
    troubles: Troubles, plan: Plan, on_call: OnCall, folder: Path, blocked: Sequence[str]
) -> None:
    """Take note of what befell the day beside its voters.

    Args:
        folder: of the day's stops.
        blocked: cards that were blocked in the evening.
    """
    for _ in plan.clocks:
        troubles.note(WRONG_CLOCK)
    for _ in blocked:
        troubles.note(MIXED_UP)
    for counted in read_counts(folder).values():
        for stop in counted.happened:
            troubles.note(stop_told(stop.mode))
    for case in on_call.closed:
        troubles.note(f"{case.mishap.kind.value} medium {case.mishap.ill.value}")


def check_kills(station: Station, kills: Sequence[Kill]) -> None:
    """Raise DayFailed unless there is a daemon for each kill."""
    units = unit_names(station)
    for kill in kills:
        if kill.unit not in units:
            there = ", ".join(units)
            raise DayFailed(f"--kill: there is no daemon {kill.unit}; there are {there}")


def plan_stops(station: Station, run: Path, stops: Sequence[Stop], seed: int) -> None:
    """Lay the plan of stops down. Raises: DayFailed: it does not fit this station."""
    try:
        units = daemons_of((*station.boards, *station.spares))
        write_plan(run / STOPS, units, stops, seed)
    except ValueError as error:
        raise DayFailed(f"--stop: {error}") from error


def plan_mishaps(station: Station, run: Path, mishaps: Sequence[Mishap], seed: int) -> None:
    """Lay down what befalls the media. Raises: DayFailed: it does not fit this station."""
    units = {
        f"{board.name}-{DAEMONS[board.kind]}": station.board_folder(board.name) / "own"
        for board in station.boards
    }
    try:
        write_mishaps(run / STOPS, units, mishaps, seed)
    except ValueError as error:
        raise DayFailed(f"--trouble: {error}") from error


def befall_at_start(bench: Path) -> None:
    """Let befall what is so before the boards are switched on."""
    folder = bench.parent / STOPS
    for path in sorted(folder.glob("*.mishaps")):
        planned = read_mishaps(folder, path.stem)
        if planned is not None:
            Mischief(bench, folder, path.stem, planned).at_start()


def points_of(venue: Venue, run: Path) -> dict[str, object]:
    """Return, for the summary, how many points there were, which stops happened, each start."""
    counts = read_counts(run / STOPS)
    return {
        "points": {
            unit: {kind.value: number for kind, number in counted.points.items() if number}
            for unit, counted in counts.items()
        },
        "points_of_parts": {
            unit: {
                f"{part.value}/{kind.value}": number
                for (part, kind), number in counted.in_parts.items()
                if number
            }
            for unit, counted in counts.items()
        },
        "stops": [str(stop) for counted in counts.values() for stop in counted.happened],
        "starts": [
            {"unit": launch.unit, "again": launch.again, "ready_s": launch.ready_s}
            for launch in venue.supervisor.launches()
        ],
    }


def draw_visits(station: Station, seed: int, *, check_share: float = CHECK_SHARE) -> list[Visit]:
    """Draw who comes, in which order, and what each wants.

    Args:
        check_share: how many of the voters have the terminal checked.
    """
    draw = random.Random(f"day/{seed}")
    names = random.Random(f"names/{seed}")
    shares = [one.shares for one in station.election.contests]
    visits = [
        Visit(
            voter,
            draw_wish(station.package, voter.style, shares, draw),
            by_bar_code=draw.random() < 0.7,
            fate=Fate.RETURNS if draw.random() < RETURN_SHARE else Fate.VOTES,
            typed=typed_name(voter, names) if names.random() < BY_NAME_SHARE else "",
        )
        for voter in station.voters
    ]
    draw.shuffle(visits)
    checks = random.Random(f"checks/{seed}")
    voting = [visit for visit in visits if visit.fate is Fate.VOTES]
    for number, visit in enumerate(voting):
        if number == 0 or checks.random() < check_share:
            visit.wish = replace(visit.wish, checks=checks.choice((1, 1, 2)))
    return visits


def _notes(error: BaseException) -> Sequence[str]:
    """Return what was noted about where an error came up."""
    return getattr(error, "__notes__", ())


def main(argv: Sequence[str]) -> int:
    """Hold a day; exit code 0 if everything was as it must be."""
    options = read_options(argv)
    run = Path(tempfile.mkdtemp(prefix="sailau-"))
    day = Day(options, run)
    sys.stdout.write(f"A day with {options.voters} voters, seed {options.seed}\n")
    try:
        summary = day.hold()
    except (FileError, StationError) as error:  # what was asked for fits no station
        sys.stderr.write(f"sailau-sim day: {error}\n")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001 - told to a person, with the place of the logs
        sys.stderr.write(
            f"sailau-sim day: {type(error).__name__}: {error} {' '.join(_notes(error))}\n"
            f"Steps so far, in seconds: {day.durations}\n"
            f"The daemons' logs are in {options.out / 'logs'}; "
            f"--seed {options.seed} repeats the same voters.\n"
        )
        return 1
    finally:
        shutil.rmtree(run, ignore_errors=True)
    sys.stdout.write(
        f"Balanced, counted and verified: {summary['counted']} votes. See {options.out}\n"
    )
    return 0

"""The place of the day: a made-up station with all its boards as running processes.

A bench and two daemons a board are started, and looked after as systemd would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from center.commission import PlannedBoard
from common.book import Book
from common.records import BoardKind
from simulators.prepare import DAEMONS, Station
from simulators.progress import Durations, Screen
from simulators.supervisor import (
    START_LIMIT_BURST,
    Launcher,
    Supervisor,
    Unit,
    execute,
    simulated,
)

STOPS = "stops"
"""Name of the folder with the plan of stops, in the folder of a day's sockets."""
MANY_STARTS = 1000
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Venue:
    """Where the day is held, for everybody who does something there.

    Attributes:
        bench: the bench's socket.
        speed: clock seconds a real second.
        patience_s: real seconds that a person waits for a page.
        settle: waits until nothing is known to be wrong with the media of these boards.
        liars: terminals that turn one vote in so many (`simulators.lying`).
    """

    station: Station
    bench: Path
    supervisor: Supervisor
    screen: Screen
    speed: float
    patience_s: float = PATIENCE_S
    settle: Callable[..., None] = lambda *_: None
    liars: Sequence[tuple[str, int]] = ()

    def book(self) -> Book:
        """Return the published ballot book."""
        station = self.station
        return Book.load(station.folder / "package" / "book", station.package.book)


def unit_names(station: Station) -> list[str]:
    """Return the names of all daemons in use, as the supervisor knows them."""
    return daemons_of(station.boards)


def daemons_of(boards: Iterable[PlannedBoard]) -> list[str]:
    """Return the names of the daemons of these boards."""
    return [
        f"{board.name}-{daemon}" for board in boards for daemon in ("cardiod", DAEMONS[board.kind])
    ]


NO_CLOCKS: Mapping[str, int | None] = {}


@contextmanager
def running_station(
    station: Station,
    run: Path,
    *,
    speed: float,
    screen: Screen,
    durations: Durations,
    patient: bool = False,
    examined: bool = False,
    launch: Launcher = execute,
    patience_s: float = PATIENCE_S,
    clocks: Mapping[str, int | None] = NO_CLOCKS,
    liars: Sequence[tuple[str, int]] = (),
    before: Callable[[Path], None] = lambda _: None,
) -> Iterator[Venue]:
    """Run the station's bench and all its daemons.

    Args:
        run: folder for sockets, whose path must be short; with its folder of stops.
        speed: clock seconds a real second.
        patient: daemons may end as often as they like.
        examined: tests may read the daemons' memory.
        launch: starts processes.
        patience_s: real seconds that people wait for a page.
        clocks: by how many seconds boards' clock chips are ahead; None: they have stopped.
        liars: terminals that turn one vote in so many (`simulators.lying`).
        before: is called with the bench's socket before any board is switched on.
    """
    bench = run / "bench.sock"
    bench_config = _bench_config(station, run, speed, clocks)
    options = ("--examined",) if examined else ()
    start_limit = MANY_STARTS if patient else START_LIMIT_BURST
    with Supervisor(station.folder / "logs", start_limit=start_limit, launch=launch) as supervisor:
        with durations.of("start"):
            supervisor.start(simulated("bench", "bench", "--config", str(bench_config), base=True))
            supervisor.wait_ready("bench")
            before(bench)
            venue = Venue(station, bench, supervisor, screen, speed, patience_s, liars=liars)
            for board in station.boards:
                lies = [("--lies", str(every)) for name, every in liars if name == board.name]
                _start_daemons(venue, board.name, board.kind, *options, *chain(*lies))
            supervisor.wait_ready()
        yield venue


def start_board(venue: Venue, name: str, kind: BoardKind) -> None:
    """Switch a board on that stood aside, and wait until it is ready."""
    _start_daemons(venue, name, kind)
    venue.supervisor.wait_ready(f"{name}-cardiod", f"{name}-{DAEMONS[kind]}")


def _start_daemons(venue: Venue, name: str, kind: BoardKind, *options: str) -> None:
    for daemon in ("cardiod", DAEMONS[kind]):
        config = venue.station.board_folder(name) / f"{daemon}.toml"
        venue.supervisor.start(_board_unit(venue.bench, name, daemon, config, *options))


def _bench_config(
    station: Station, run: Path, speed: float, clocks: Mapping[str, int | None]
) -> Path:
    (run / "bench").mkdir()
    package = station.package
    lines = [
        f'socket = "{run / "bench.sock"}"',
        f'folder = "{run / "bench"}"',
        f'cards = "{station.folder / "cards"}"',
        f"start_ms = {(package.opens_s - 1800) * 1000}",  # L7: half an hour before opening
        f"speed = {speed}",
    ]
    for board in (*station.boards, *station.spares):
        lines += [
            "[[boards]]",
            f'name = "{board.name}"',
            f'medium = "{station.board_folder(board.name) / "medium"}"',
            f"width = {package.screen[0]}",
            f"height = {package.screen[1]}",
        ]
        if board.name in clocks:
            error_s = clocks[board.name]
            lines.append("chip_stopped = true" if error_s is None else f"chip_error_s = {error_s}")
    config = run / "bench.toml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def _board_unit(bench: Path, board: str, daemon: str, config: Path, *more: str) -> Unit:
    run = () if daemon == "cardiod" else ("run",)
    stops = str(bench.parent / STOPS)
    options = ("--bench", str(bench), "--board", board, "--stops", stops, *more)
    arguments = (*run, "--config", str(config))
    return simulated(f"{board}-{daemon}", "board", daemon, *options, "--", *arguments)

"""`sailau-sim`: a polling station that is not there.

sailau-sim day [options]                                   a whole voting day
sailau-sim torture [options]                               many days, stopped everywhere
sailau-sim bench --config FILE                             the simulated parts of a station
sailau-sim board DAEMON --bench SOCKET --board NAME -- …   one daemon of a board, on a bench

This is the only place where a board's `main` is given parts that are not real.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Final

from common.service import EXIT_USAGE
from hal.parts import Parts
from simulators.board_parts import bench_parts
from simulators.examined import examined
from simulators.lifeline import obey_supervisor

DAEMONS: Final = {
    "deskd": "desk.__main__",
    "terminald": "terminal.__main__",
    "accumulatord": "accumulator.__main__",
    "cardiod": "cardio.__main__",
}
_COMMANDS: Final = ("day", "torture", "bench", "board")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command; return the exit code of the process."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    command = arguments[0] if arguments else ""
    match command:
        case "day":
            from simulators.day import main as day

            return day(arguments[1:])
        case "bench":
            from simulators.bench import main as bench

            obey_supervisor(os.environ)
            return bench(arguments[1:], os.environ)
        case "board":
            obey_supervisor(os.environ)
            return board(arguments[1:])
        case "torture":
            from simulators.torture import main as torture

            return torture(arguments[1:])
        case "nursery":  # for `torture` alone
            from simulators.nursery import serve

            obey_supervisor(os.environ)
            return serve(int(arguments[1]))
        case "-h" | "--help":
            sys.stdout.write(__doc__ or "")
            return 0
    what = f"there is no command {command!r}" if command else "a command is missing"
    sys.stderr.write(f"sailau-sim: {what}; give one of {', '.join(_COMMANDS)}\n")
    return EXIT_USAGE


def board(argv: Sequence[str]) -> int:
    """Run one daemon with the bench's parts; what stands behind `--` is the daemon's own."""
    parser = argparse.ArgumentParser(prog="sailau-sim board", allow_abbrev=False)
    parser.add_argument("daemon", choices=DAEMONS, help="the daemon to run")
    parser.add_argument("--bench", required=True, type=Path, help="socket of the bench")
    parser.add_argument("--board", required=True, help="the board's name on the bench")
    parser.add_argument(
        "--stops", type=Path, help="folder of the day's stops, see simulators.stops"
    )
    parser.add_argument(
        "--examined", action="store_true", help="let tests read the daemon's memory"
    )
    parser.add_argument(
        "--lies", type=int, help="a terminal turns one vote in so many, see simulators.lying"
    )
    split = argv.index("--") if "--" in argv else len(argv)
    options = parser.parse_args(argv[:split])
    run: Callable[[Sequence[str], Parts], int] = import_module(DAEMONS[options.daemon]).main
    allowing: Callable[[Parts], Parts] = examined if options.examined else lambda parts: parts
    if options.stops is None:
        return run(argv[split + 1 :], allowing(bench_parts(options.bench, options.board)))
    from simulators.stopping import board_points, stoppable

    points = board_points(options.stops, options.bench, options.board, options.daemon)
    lies: AbstractContextManager[None] = nullcontext()
    if options.lies is not None:
        from simulators.lying import lying

        lies = lying(options.lies, options.stops, options.board)
    with closing(points), stoppable(points), lies:
        return run(argv[split + 1 :], allowing(bench_parts(options.bench, options.board, points)))


if __name__ == "__main__":
    sys.exit(main())

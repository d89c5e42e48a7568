"""`sailau-clock`: shows or sets a board's clock chip, before anything is installed on it.

sailau-clock [--bus 1] [--set 2026-11-19T04:30:00Z]

Rules: the chip keeps UTC. On the day the commission sets clocks on the boards' own pages, under an
act; a chip that is set behind a board's back is not believed or told in its journal.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Sequence

from common.clock import SystemClock
from common.service import EXIT_FAILED, EXIT_STOPPED
from hal.clock_chip import ClockChip
from hal.config import ClockChipConfig
from hal.faults import PartFault


def main(argv: Sequence[str], open_chip: Callable[[ClockChipConfig], ClockChip]) -> int:
    """Show the chip's time, after setting it if that is asked; return the exit code."""
    usual = ClockChipConfig()
    parser = argparse.ArgumentParser(
        prog="sailau-clock", allow_abbrev=False, description="Show or set the board's clock chip."
    )
    parser.add_argument("--bus", type=int, default=usual.i2c_bus, help="number of the I²C bus")
    parser.add_argument(
        "--set", type=_moment, metavar="TIME", help="UTC, such as 2026-11-19T04:30:00Z"
    )
    options = parser.parse_args(argv)
    try:
        chip = open_chip(ClockChipConfig(i2c_bus=options.bus))
        try:
            if options.set is not None:
                chip.set(options.set)
            shown = chip.read()
        finally:
            chip.close()
    except (PartFault, OSError) as fault:
        sys.stderr.write(f"sailau-clock: {fault}\n")
        return EXIT_FAILED
    moment = dt.datetime.fromtimestamp(shown.unix_s, dt.UTC)
    state = ", but its oscillator had stopped: set it" if shown.stopped else ""
    sys.stdout.write(f"The clock chip shows {moment:%Y-%m-%d %H:%M:%S} UTC{state}\n")
    return EXIT_STOPPED


def _moment(text: str) -> int:
    try:
        moment = dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: give 2026-11-19T04:30:00Z") from error
    if not 2000 <= moment.year < 2200:
        raise argparse.ArgumentTypeError("the chip knows the years 2000 to 2199")
    return int(moment.timestamp())


def run() -> None:
    """Run with the chip of a real board."""
    from hal.drivers.ds3231 import Ds3231ClockChip
    from hal.drivers.i2c import open_i2c

    clock = SystemClock()
    sys.exit(
        main(sys.argv[1:], lambda wiring: Ds3231ClockChip(open_i2c(wiring.i2c_bus), wiring, clock))
    )


if __name__ == "__main__":
    run()

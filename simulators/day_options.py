"""What day is to be held: the options of `sailau-sim day`.

Rules: nothing is made or removed for a day that cannot be; each refusal names the option, what is
wrong with it and what to give instead.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from center.commission import load_commission
from center.election import load_election
from center.toml_file import FileError
from simulators.mishaps import Mishap
from simulators.stops import Stop

ROOT = Path(__file__).parent.parent
ELECTION = ROOT / "tests" / "elections" / "mazhilis-2023.toml"
COMMISSION = ROOT / "tests" / "elections" / "commission.toml"
MARK = ".sailau-day"
"""Lies in every `--out`: what lies beside it may be removed for the next day."""

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL for a daemon (board/daemon) when so many votes are in."""

    unit: str
    after: int


class Moment(Enum):
    """When in the evening a board dies: the word on the command line."""

    CLOSED = "closed"  # every board is in, and nothing is shuffled yet
    MIXED = "mixed"  # it has made its shuffle, and opened nothing yet


@dataclass(frozen=True, slots=True)
class Death:
    """A board dies for good when so many voters have left, or in the evening; its spare goes on.

    `amid`: it dies in the middle of the next voter.

    If that one dies too, the next goes on: `board` is whose place it is.
    """

    board: str
    after: int = 0
    moment: Moment | None = None
    amid: bool = False


AMID = "/middle"
EVENING = ("desk-1", "accumulator-1")
"""The boards that have a part in the count."""


@dataclass(frozen=True, slots=True)
class DayOptions:
    """What day is to be held."""

    election: Path
    commission: Path
    voters: int
    terminals: int
    seed: int
    speed: float
    out: Path
    kills: tuple[Kill, ...] = ()
    clocks: tuple[tuple[str, int | None], ...] = ()
    stops: tuple[Stop, ...] = ()
    rough: bool = False
    deaths: tuple[Death, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    liars: tuple[tuple[str, int], ...] = ()


def read_options(argv: Sequence[str]) -> DayOptions:
    """Read the command line and make room in `--out`; leave with EXIT_USAGE if it will not do."""
    parser = argparse.ArgumentParser(
        prog="sailau-sim day",
        allow_abbrev=False,
        description="Hold a whole voting day of a made-up polling station.",
    )
    parser.add_argument("--election", type=Path, default=ELECTION, help="election file (TOML)")
    parser.add_argument("--commission", type=Path, default=COMMISSION, help="commission (TOML)")
    parser.add_argument(
        "--voters",
        type=within(int, 1, 3000, "voters"),
        default=100,
        help="voters on the list, who all come (default 100)",
    )
    parser.add_argument(
        "--terminals", type=within(int, 1, 8, "booths"), default=3, help="booths (default 3)"
    )
    parser.add_argument(
        "--seed",
        type=within(int, 0, 2**32 - 1, "(a whole number)"),
        help="fixes the voters and what they want; drawn and shown without it",
    )
    parser.add_argument(
        "--speed",
        type=within(float, 0.1, 1000.0, "clock seconds a real second"),
        default=60.0,
        help="clock seconds a real second (default 60)",
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for what is left")
    parser.add_argument(
        "--kill",
        action="append",
        default=[],
        metavar="BOARD/DAEMON@VOTERS",
        help="SIGKILL a daemon when so many voters have left, e.g. terminal-1/terminald@20",
    )
    parser.add_argument(
        "--stop",
        action="append",
        default=[],
        metavar="BOARD/DAEMON:KIND@N[:MODE]",
        help="end a daemon at its n-th point of a kind (own, removable, bus-out, bus-in, apdu): "
        "before, middle, after it, all daemons with it, power (-before, -after) of its board, or "
        "blackout of all boards; e.g. desk-1/deskd:own@5:power",
    )
    parser.add_argument(
        "--trouble",
        action="append",
        default=[],
        metavar="BOARD:MEDIUM:KIND@N",
        help="let something befall a board's medium (own, removable) at its n-th write, 0 before "
        "the start: pulled, lost, swapped, other-station, other-day, older, flipped, rotten, full, "
        "read-only, broken, slow; the technician puts it right, e.g. desk-1:removable:pulled@12",
    )
    parser.add_argument(
        "--clock",
        action="append",
        default=[],
        metavar="BOARD=SECONDS|stopped",
        help="let a board's clock chip be so far ahead (or behind) in the morning, or have stood "
        "still, e.g. desk-1=-600",
    )
    parser.add_argument(
        "--rough",
        action="store_true",
        help="let everything go wrong that can: people, cards, daemons; drawn from the seed",
    )
    parser.add_argument(
        "--replace",
        action="append",
        default=[],
        metavar="BOARD@WHEN",
        help="a board dies for good when so many voters have left, and its spare goes on, e.g. "
        "desk-1@20, or in the middle of the next one (desk-1@20/middle); the counting desk or the "
        "accumulator also after its close (desk-1@closed) or its shuffle (desk-1@mixed)",
    )
    parser.add_argument(  # BOARD=N: an evil terminal turns one vote in N (`simulators.lying`)
        "--evil", action="append", default=[], help=argparse.SUPPRESS
    )
    given = parser.parse_args(argv)
    for name, load in (("election", load_election), ("commission", load_commission)):
        try:
            load(getattr(given, name))
        except FileError as error:
            parser.error(f"--{name} {error}")
    kills = []
    for text in given.kill:
        unit, _, after = text.partition("@")
        if unit.count("/") != 1 or not after.isdecimal():
            parser.error(f"--kill {text}: give BOARD/DAEMON@VOTERS, e.g. desk-1/deskd@20")
        if int(after) >= given.voters:
            parser.error(f"--kill {text}: only {given.voters} voters come; give a smaller number")
        kills.append(Kill(unit.replace("/", "-"), int(after)))
    deaths = []
    for text in given.replace:
        board, _, after = text.partition("@")
        if board in EVENING and after in {moment.value for moment in Moment}:
            deaths.append(Death(board, moment=Moment(after)))
            continue
        after, amid = after.removesuffix(AMID), after.endswith(AMID)
        if not board or not after.isdecimal():
            evening = ", ".join(f"{one}@{moment.value}" for one in EVENING for moment in Moment)
            parser.error(f"--replace {text}: give BOARD@VOTERS, e.g. desk-1@20, or {evening}")
        if int(after) >= given.voters:
            parser.error(
                f"--replace {text}: only {given.voters} voters come; give a smaller number"
            )
        deaths.append(Death(board, int(after), amid=amid))
    stops = []
    for text in given.stop:
        try:
            stops.append(Stop.parse(text))
        except ValueError as error:
            parser.error(f"--stop {text}: {error}")
    if given.rough and given.trouble:
        parser.error("--trouble: not together with --rough, which draws what befalls media")
    mishaps = []
    for text in given.trouble:
        try:
            mishaps.append(Mishap.parse(text))
        except ValueError as error:
            parser.error(f"--trouble {text}: {error}")
    clocks = []
    for text in given.clock:
        board, _, off_by = text.partition("=")
        if not board or not (off_by == "stopped" or off_by.lstrip("+-").isdecimal()):
            parser.error(f"--clock {text}: give BOARD=SECONDS or BOARD=stopped, e.g. desk-1=-600")
        clocks.append((board, None if off_by == "stopped" else int(off_by)))
    liars = []
    for text in given.evil:
        board, _, every = text.partition("=")
        if not board.startswith("terminal-") or not every.isdecimal() or not int(every):
            parser.error(f"--evil {text}: give TERMINAL=N, e.g. terminal-1=2")
        liars.append((board, int(every)))
    out: Path = given.out.absolute()
    try:
        make_room(out)
    except FileExistsError as error:
        parser.error(f"--out {given.out}: {error}")
    except OSError as error:
        parser.error(f"--out {given.out}: {error.strerror}; give a folder that can be written")
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    return DayOptions(
        election=given.election,
        commission=given.commission,
        voters=given.voters,
        terminals=given.terminals,
        seed=seed,
        speed=given.speed,
        out=out,
        kills=tuple(kills),
        clocks=tuple(clocks),
        stops=tuple(stops),
        rough=given.rough,
        deaths=tuple(sorted(deaths, key=lambda death: death.after)),
        mishaps=tuple(mishaps),
        liars=tuple(liars),
    )


def within(kind: Callable[[str], N], least: N, most: N, what: str) -> Callable[[str], N]:
    """Return what reads an option's number from `least` to `most`."""

    def read(text: str) -> N:
        with suppress(ValueError):
            number = kind(text)
            if least <= number <= most:
                return number
        raise argparse.ArgumentTypeError(f"{text!r} will not do; give {least} to {most} {what}")

    return read


def make_room(out: Path) -> None:
    """Make the folder, and empty it if an earlier day was left in it.

    Raises:
        FileExistsError: it is no folder, or has other things in it; nothing was removed.
        OSError: it cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise FileExistsError("it is no folder; give a new or an empty one")
    left = list(out.iterdir()) if out.exists() else []
    if left and out / MARK not in left:
        raise FileExistsError("the folder has other things in it; give a new or an empty one")
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()

"""`make benchmark`: what the product costs beside the least that any program must do, as ratios.

python -m tools.benchmark [--quick] [--only PART]… [--json FILE] [--bundle FOLDER [--root FILE]]

Everything is measured in one run on a station prepared for it; `docs/benchmark.md` says what each
line means. Figures in seconds depend on the machine, ratios much less: they are what to compare.

It changes nothing outside `build/` and a temporary folder, and needs nothing but what a day needs.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tools.benchmarks import (
    counting,
    intake,
    made_bundle,
    pages,
    proofs,
    restarting,
    search,
    starting,
    verifying,
)
from tools.benchmarks.ratios import Row
from tools.benchmarks.station import ROOT, BenchmarkStation, MadeVote
from tools.benchmarks.table import as_json, text_table

PARTS = ("intake", "count", "verify", "pages", "search", "start", "restart", "proofs")
SEED = 1
ROOT_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured: votes of the station, votes at noon, pairs of each comparison."""

    votes: int
    cards: int
    counts: int
    bundles: int
    pages: int
    starts: int
    middle: int
    proofs: int


FULL = Amount(votes=3000, cards=100, counts=9, bundles=7, pages=600, starts=7, middle=100, proofs=5)
QUICK = Amount(votes=300, cards=20, counts=5, bundles=3, pages=100, starts=3, middle=50, proofs=3)


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be measured, and where the result goes."""

    amount: Amount
    quick: bool
    parts: tuple[str, ...]
    json: Path | None
    bundle: Path | None
    root_key: bytes


class Screen:
    """Progress on stderr: one line that changes on a terminal, one for each step elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._step = ""

    def progress(self, step: str, done: int, total: int) -> None:
        """Show how far a step has come."""
        if self._live:
            sys.stderr.write(f"\r\x1b[K{step}: {done:,} of {total:,}")
        elif step != self._step:
            sys.stderr.write(f"{step}\n")
        self._step = step
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line to others."""
        if self._live:
            sys.stderr.write("\r\x1b[K")


def measure(options: Options, work: Path, run: Path) -> tuple[Row, ...]:
    """Prepare a station and measure the parts; return the rows in the order of `PARTS`.

    Daemons come first: they refuse to start when a file of the program has changed since the
    station was prepared, and somebody may be at work on it.

    Args:
        work: an empty folder on the file system that is to be measured.
        run: an empty folder with a short path, for sockets.
    """
    amount, timer, screen = options.amount, time.perf_counter, Screen()
    progress = screen.progress
    station = BenchmarkStation.prepare(
        work / "station", run, voters=amount.votes, seed=SEED, progress=progress
    )
    made: tuple[MadeVote, ...] = ()
    if {"intake", "count", "verify", "restart"} & set(options.parts):
        made = station.make_votes(amount.votes, SEED, progress)

    def verify() -> tuple[Row, ...]:
        bundle, root_key = options.bundle, options.root_key
        if bundle is None:
            bundle, root_key = work / "evidence", station.prepared.root_key
            made_bundle.write_bundle(station, made, bundle, progress)
        return verifying.measure(bundle, root_key, timer, progress, pairs=amount.bundles)

    measures: dict[str, Callable[[], tuple[Row, ...]]] = {
        "start": lambda: starting.measure(station, timer, progress, pairs=amount.starts),
        "restart": lambda: restarting.measure(
            station, made, amount.middle, timer, progress, pairs=amount.starts
        ),
        "intake": lambda: intake.measure(
            station, made, work / "intake", timer, progress, pairs=amount.cards
        ),
        "count": lambda: counting.measure(station, made, timer, progress, pairs=amount.counts),
        "verify": verify,
        "pages": lambda: pages.measure(station, timer, progress, pairs=amount.pages, seed=SEED),
        "search": lambda: search.measure(timer, progress, pairs=amount.pages, seed=SEED),
        "proofs": lambda: proofs.measure(
            timer, progress, ballots=amount.votes, pairs=amount.proofs
        ),
    }
    rows = {part: measured() for part, measured in measures.items() if part in options.parts}
    screen.end()
    return tuple(row for part in PARTS for row in rows.get(part, ()))


def machine(work: Path) -> dict[str, str]:
    """Return what the figures were measured on, in words."""
    return {
        "Python": platform.python_version(),
        "PyNaCl": version("PyNaCl"),
        "processors": str(len(os.sched_getaffinity(0))),
        "file system": file_system(work, Path("/proc/self/mountinfo").read_text(encoding="utf-8")),
    }


def file_system(path: Path, mounts: str) -> str:
    """Return the type of the file system that `path` lies on; `mounts` as in proc_pid_mountinfo(5).

    A memory file system makes durable writes look free, so the result must say it.
    """
    device = path.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2] == number:
            return after.split()[0]
    return "unknown"


def parse(argv: Sequence[str]) -> Options:
    """Read the command line; ends the process with status 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmark",
        allow_abbrev=False,
        description="Measure the product beside the least that any program must do.",
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK.votes} votes and few pairs; about a minute"
    )
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="measure this part; may be given again"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the result there")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FOLDER",
        help="verify this bundle, for instance out/evidence",
    )
    parser.add_argument(
        "--root", type=Path, metavar="FILE", help="its root.pub (default: beside the bundle)"
    )
    given = parser.parse_args(argv)
    json: Path | None = given.json
    bundle: Path | None = given.bundle
    root: Path | None = given.root
    if json is not None and not json.absolute().parent.is_dir():
        parser.error(f"--json {json}: there is no folder {json.absolute().parent}; make it first")
    root_key = b""
    if bundle is not None:
        if not (bundle / "manifest.cose").is_file():
            parser.error(f"--bundle {bundle}: no evidence bundle; give the folder called evidence")
        root = bundle.absolute().parent / "root.pub" if root is None else root
        root_key = _root_key(root)
        if len(root_key) != ROOT_KEY_BYTES:
            parser.error(f"--root {root}: not the root.pub of a centre; give the bundle's own")
    elif root is not None:
        parser.error("--root: there is no --bundle that it could belong to; give both or neither")
    return Options(
        amount=QUICK if given.quick else FULL,
        quick=given.quick,
        parts=tuple(given.only or PARTS),
        json=json,
        bundle=bundle,
        root_key=root_key,
    )


def _root_key(path: Path) -> bytes:
    """Return what a file holds in hexadecimal; nothing if it does not."""
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return b""


def main(argv: Sequence[str]) -> int:
    """Measure, and print the table; return the exit status."""
    options = parse(argv)
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-", dir=build) as work,
        tempfile.TemporaryDirectory(prefix="sailau-") as run,
    ):
        rows = measure(options, Path(work), Path(run))
        measured_on = machine(Path(work))
    sys.stdout.write(text_table(rows, measured_on))
    if options.json is not None:
        text = as_json(rows, measured_on, quick=options.quick)
        options.json.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

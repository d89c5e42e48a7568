"""Reading and counting opened votes, beside the bare libsodium calls.

Floor: libsodium's group operations of reading each vote's pieces (docs/proofs.md, section 8).
Real: the ballots read from both parts, `accumulator.votes.read_votes`, and both counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accumulator.counting import count_twice
from common import records
from common.records import StartOrder
from common.seal.scheme import elements
from tools.benchmarks import proofs
from tools.benchmarks.evening import MadeEvening
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Timer,
    compare,
    timed,
)
from tools.benchmarks.station import BenchmarkStation, MadeVote

MAX_S = 20.0


def measure(
    station: BenchmarkStation,
    made: Sequence[MadeVote],
    timer: Timer,
    progress: Progress,
    *,
    pairs: int,
) -> tuple[Row, ...]:
    """Compare the count of these votes with its floor."""
    package = station.package
    order = StartOrder(
        package.station,
        station.package_hash,
        package.opens_s * 1000,
        tuple(half.record.tally_half for half in station.halves),
        station.prepared.accumulator,
        bytes(32),
    )
    signed = records.sign(order, station.station_keys.station)
    held = MadeEvening.hold(station, signed, [vote.cast_vote for vote in made], progress)
    opened = held.opened()
    if (opened.counted, opened.invalid) != (len(made), 0):
        raise ValueError(f"of {len(made)} votes {opened.counted} were counted")
    work = proofs.reading(elements(package))

    def floor() -> None:
        proofs.operations(work, len(made))

    def real() -> None:
        count_twice(held.opened(), package)

    name = f"count of {len(made):,} votes"
    comparison = Comparison(
        name, (Quantity(name),), timed(floor, timer), timed(real, timer), pairs, MAX_S
    )
    (row,) = compare(comparison, timer, progress)
    rate = len(made) / row.real.median
    note = (
        "ballots read, listed and counted twice, against the group operations of reading them; "
        f"{rate:,.0f} votes a second"
    )
    return (replace(row, note=note),)

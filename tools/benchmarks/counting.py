"""Reading and counting opened votes, beside the bare libsodium calls.

Floor: for each vote both boards' factors taken from its points, and nothing read.
Real: the ballots read from both parts, `accumulator.votes.read_votes`, and both counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accumulator.counting import count_twice
from common import records
from common.records import StartOrder
from common.seal.group import subtract
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
    rows = [row for group in held.last for row in group.rows]
    points = [
        (b, one, other)
        for row, *both in zip(rows, *held.factors, strict=True)
        for b, one, other in zip(row[1:], *both, strict=True)
    ]

    def floor() -> None:
        for b, one, other in points:
            subtract(subtract(b, one), other)

    def real() -> None:
        count_twice(held.opened(), package)

    name = f"count of {len(made):,} votes"
    comparison = Comparison(
        name, (Quantity(name),), timed(floor, timer), timed(real, timer), pairs, MAX_S
    )
    (row,) = compare(comparison, timer, progress)
    rate = len(made) / row.real.median
    note = (
        "ballots read, listed and counted twice, against both boards' factors taken from each "
        f"vote's points; {rate:,.0f} votes a second"
    )
    return (replace(row, note=note),)

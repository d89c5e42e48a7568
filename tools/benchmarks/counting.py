"""Decrypting and counting, beside the bare libsodium calls.

Floor: for each vote one Ed25519 verification and one sealed box opened, with keys that are ready.
Real: `accumulator.votes.open_votes` and both counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nacl.public import PrivateKey, SealedBox
from nacl.signing import VerifyKey

from accumulator import votes
from accumulator.counting import count_twice
from common import cose
from common.records import CastVote
from tools.benchmarks.ratios import (
    Comparison,
    Progress,
    Quantity,
    Row,
    Timer,
    compare,
    timed,
)
from tools.benchmarks.station import BenchmarkStation, MadeVote, SignatureCheck

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
    package, secret = station.package, station.tally.secret
    cast_votes = [vote.cast_vote for vote in made]
    opened = votes.open_votes(cast_votes, package, secret)
    if (opened.counted, opened.invalid) != (len(made), 0):
        raise ValueError(f"of {len(made)} votes {opened.counted} were counted")

    verify_keys = {vote.terminal_key: VerifyKey(vote.terminal_key) for vote in made}
    checks = [
        SignatureCheck.of(CastVote.external(), vote.cast_vote, vote.terminal_key) for vote in made
    ]
    sealed = [CastVote.from_bytes(cose.payload_of(vote)).sealed for vote in cast_votes]
    box = SealedBox(PrivateKey(secret))

    def floor() -> None:
        for check, ballot in zip(checks, sealed, strict=True):
            verify_keys[check.public_key].verify(check.signed, check.signature)
            box.decrypt(ballot)

    def real() -> None:
        count_twice(votes.open_votes(cast_votes, package, secret), package)

    name = f"count of {len(made):,} votes"
    comparison = Comparison(
        name, (Quantity(name),), timed(floor, timer), timed(real, timer), pairs, MAX_S
    )
    (row,) = compare(comparison, timer, progress)
    rate = len(made) / row.real.median
    note = (
        "open_votes and both counts, against one Ed25519 verification and one SealedBox opened "
        f"for each vote; {rate:,.0f} votes a second"
    )
    return (replace(row, note=note),)

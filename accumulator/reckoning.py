"""The count: from the opened votes to results, balanced books and minutes.

Rules: one computation from what is given to what is to be written; nothing is written or journalled
here. `accumulator.strongroom.evening` lays the results down, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accumulator import bundle, counting, votes
from accumulator.dayfiles import Day
from accumulator.reconcile import Books, reconcile
from accumulator.station import Station
from accumulator.votes import Opened
from common.errors import Reason, Refused
from common.records import ContestResult, Discrepancy, Minutes


@dataclass(frozen=True, slots=True)
class Counted:
    """A finished count: `results` are those of both counts."""

    opened: Opened
    results: tuple[ContestResult, ...]
    books: Books


def balance(station: Station, day: Day, opened: Opened, spent: Mapping[str, bytes]) -> Counted:
    """Count opened votes twice, and balance the books.

    Raises:
        Refused: COUNTS_DISAGREE.

    """
    if day.statement is None:
        raise Refused(Reason.NOT_CLOSED)
    package = station.package
    results = counting.count_twice(opened, package)
    books = reconcile(
        package,
        (*day.boards.values(), day.statement),
        spent,
        counted=opened.counted,
        invalid=opened.invalid,
    )
    found = set(books.discrepancies)
    if opened.codes_twice:
        found.add(Discrepancy.CODE_TWICE)
    if votes.contest_faults(results, package) or not votes.merged_fit(opened, package):
        found.add(Discrepancy.CONTEST_ARITHMETIC)
    return Counted(opened, results, replace(books, discrepancies=frozenset(found)))


def minutes(
    station: Station, day: Day, counted: Counted, files: Mapping[str, bytes], counted_ms: int
) -> Minutes:
    """Return the minutes, complete but for signatures. `files` are the bundle's so far, by path."""
    if day.start_order is None or day.statement is None:
        raise Refused(Reason.NOT_CLOSED)
    return bundle.minutes(
        station,
        bundle.Count(
            start_order=day.start_order,
            start_order_hash=day.start_order_hash,
            statements=(*day.boards.values(), day.statement),
            own_statement=day.statement,
            results=counted.results,
            merged=counted.opened.merged,
            books=counted.books,
            counted_ms=counted_ms,
            gone=day.gone,
            left=day.left,
        ),
        files,
    )

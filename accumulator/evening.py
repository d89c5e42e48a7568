"""After the close: what a visiting medium brings, and what the count makes of the urn.

Rules: both are one computation from what is given to what is to be written; nothing is written or
journalled here. `accumulator.strongroom` lays the results down, in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from accumulator import bundle, collection, counting, shares, votes
from accumulator.collection import Brought
from accumulator.dayfiles import Day
from accumulator.reconcile import Books, reconcile
from accumulator.station import Station
from accumulator.votes import Opened
from cardio.messages import Facts, facts_of
from common import enrolment
from common.errors import Reason, Refused, Thing
from common.media import Medium, MediumFault, folders
from common.records import ContestResult, Discrepancy, Minutes, RecordError


@dataclass(slots=True)
class Visit:
    """What a medium brought: boards to lay down, and what was refused of it and why."""

    brought: list[Brought] = field(default_factory=list)
    refused: list[tuple[str, Reason, Facts]] = field(default_factory=list)

    def refuse(self, name: str, refused: Refused) -> None:
        """Note why a board, or the whole medium, was refused."""
        self.refused.append((name, refused.reason, facts_of(refused.facts)))


def read_visitor(medium: Medium | None, station: Station, day: Day, root_key: bytes) -> Visit:
    """Read every board's folder on the medium in the visiting slot.

    A board whose very same statement is in already is neither brought nor refused.
    """
    visit = Visit()
    replaced: set[str] = set()
    if medium is None:
        visit.refuse("—", Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE))
        return visit
    try:
        names = folders(medium)
    except MediumFault as fault:
        visit.refuse(medium.name, fault.refusal(Thing.REMOVABLE))
        return visit
    if not names:
        visit.refuse(medium.name, Refused(Reason.RECORD_MISSING, thing=Thing.STATEMENT))
    for name in names:
        try:
            brought = _read_folder(medium, name, station, day, root_key)
        except Refused as refused:
            visit.refuse(name, refused)
        else:
            kept = day.boards[name] if brought is None else brought.statement
            replaced |= {taken.board for taken in kept.taken_over}
            if brought is not None:
                visit.brought.append(brought)
    # The folder of a dead desk lies beside its spare's; nobody waits for a statement in it.
    visit.refused = [each for each in visit.refused if each[0] not in replaced]
    return visit


def _read_folder(
    medium: Medium, name: str, station: Station, day: Day, root_key: bytes
) -> Brought | None:
    if name == station.board:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.STATEMENT)
    try:
        folder = medium.folder(name)
        if name in day.boards and folder.size(collection.STATEMENT) is None:
            return None  # beside a spare's folder; whether that one is right is judged there
        order = day.start_order_hash
        brought = collection.read_board(folder, name, station, order, root_key)
    except MediumFault as fault:
        raise fault.refusal(Thing.REMOVABLE) from fault
    kept = day.boards.get(name)
    if kept is not None and kept != brought.statement:
        raise Refused(Reason.RECORD_ALREADY_IN, thing=Thing.STATEMENT, board=name)
    for spare, statement in day.boards.items():
        if any(taken.board == name for taken in statement.taken_over):
            raise Refused(Reason.BOARD_REPLACED, board=name, spare=spare)
    for taken in brought.statement.taken_over:
        if taken.board in day.boards or _is_taken(taken.board, name, day):
            raise Refused(Reason.REPLACED_BOARD_IN, board=taken.board)
    return brought if kept is None else None


def _is_taken(dead: str, by: str, day: Day) -> bool:
    """Say whether another board that is in has brought the serials of a dead desk."""
    return any(
        taken.board == dead
        for name, statement in day.boards.items()
        for taken in statement.taken_over
        if name != by
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """A finished count: `results` are those of both counts."""

    opened: Opened
    results: tuple[ContestResult, ...]
    books: Books


def count(
    station: Station,
    day: Day,
    cast_votes: list[bytes],
    spent: Mapping[str, bytes],
    given: tuple[shares.Share, ...],
) -> Counted:
    """Open the votes with the quorum's shares, count them twice and balance the books.

    Raises:
        Refused: SHARES_DO_NOT_FIT, COUNTS_DISAGREE, or a cast vote that no terminal signed.

    """
    if day.start_order is None or day.statement is None:
        raise Refused(Reason.NOT_CLOSED)
    package = station.package
    try:
        secret = shares.combine(given, day.start_order.tally_keys)
        opened = votes.open_votes(cast_votes, package, secret)
    except shares.ShareError as error:
        raise Refused(Reason.SHARES_DO_NOT_FIT) from error
    except RecordError as error:
        raise enrolment.refusal(Thing.CAST_VOTE, error) from error
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
    if votes.contest_faults(results, package):
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

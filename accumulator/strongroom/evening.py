"""The evening: close, the other boards' media, the count, minutes, bundle, act of sealing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from accumulator import collection, events, reckoning, visiting
from accumulator.absences import absence_in, path_of
from accumulator.bundle import (
    CHECK_VALUES,
    FOLDER,
    MANIFEST,
    VOTES_OPENED,
    VOTES_SEALED,
    Proofs,
    check_values,
    manifest,
)
from accumulator.bundle import MINUTES as MINUTES_IN_BUNDLE
from accumulator.dayfiles import MINUTES, SEALING
from accumulator.events import Outcome, RecoveryRefused
from accumulator.reckoning import Counted
from accumulator.strongroom.room import Strongroom, starts_in
from cardio.messages import facts_of
from common import enrolment, records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, Refused, Thing
from common.evening import votes_sealed
from common.journal import Journal
from common.records import Act, ActFact, ActKind, Figure, Minutes, RecordError, SerialSet, Statement
from common.urn import Urn


def close_station(room: Strongroom) -> RecoveryRefused | None:
    """Close: this board's statement is written, once."""
    if room.day.statement is None:
        if room.urn is None or room.journal is None:
            return RecoveryRefused(Reason.NOT_OPEN)
        room.record(EventType.CLOSED)
        statement = _statement(room, room.urn, room.journal)
        content = records.sign(statement, room.installation.keys.signing)
        room.files.media.replace(collection.STATEMENT, content)
        room.record(EventType.STATEMENT_WRITTEN, statement=records.digest(content))
        room.day = replace(room.day, statement=statement, statement_bytes=content)
    return None


def _statement(room: Strongroom, open_urn: Urn, open_journal: Journal) -> Statement:
    entries = open_journal.entries()
    refused = (EventType.CARD_REFUSED, EventType.CARD_KEPT)
    return Statement(
        board=room.station.board,
        package=room.station.package_hash,
        start_order=room.day.start_order_hash,
        closed_ms=room.clock.now_ms(),
        journal_head=open_journal.head,
        journal_length=open_journal.length,
        figures={
            int(Figure.DEPOSITED): open_urn.count,
            int(Figure.STARTS): starts_in(entries),
            int(Figure.REFUSED_CARDS): sum(entry.event in refused for entry in entries),
        },
        issued=None,
        withdrawn=None,
        spent=tuple(SerialSet(name, bits) for name, bits in open_urn.spent.items()),
    )


def read_visitor(room: Strongroom) -> Outcome:
    """Take in the boards whose records lie on the medium in the visiting slot."""
    try:
        medium = room.visitor()
    except Refused as refused:
        visit = visiting.Visit()
        visit.refuse("—", refused)
    else:
        visit = visiting.read_visitor(medium, room.station, room.day, room.around.root_key)
    for name, reason, _ in visit.refused:
        if room.station.package.board(name) is not None:
            room.record(EventType.BOARD_REFUSED, board=name, reason=reason)
    for brought in visit.brought:
        room.files.keep_board(brought)
        room.record(
            EventType.BOARD_IN,
            board=brought.board,
            statement=records.digest(brought.statement_bytes),
            head=brought.statement.journal_head,
        )
        boards = {**room.day.boards, brought.board: brought.statement}
        room.day = replace(room.day, boards=boards)
    taken = tuple(brought.board for brought in visit.brought)
    room.day = room.files.with_dead(room.day)
    return events.VisitorRead(room.roll(), taken, tuple(visit.refused))


def counted(room: Strongroom, work: Callable[[], SignedBody]) -> Outcome:
    """Carry out a count; return the minutes that it gives, or why it gives none."""
    try:
        return events.VotesCounted(work())
    except RecordError as error:  # figures that no minutes can hold
        room.record(EventType.COUNT_REFUSED, reason=Reason.RECORD_DAMAGED)
        return events.CountRefused(
            Reason.RECORD_DAMAGED, facts_of(enrolment.refusal(Thing.MINUTES, error).facts)
        )
    except Refused as refused:
        match refused.reason:
            case Reason.COUNTS_DISAGREE:
                room.record(EventType.COUNTS_DISAGREED)
            case Reason.SHARES_DO_NOT_FIT:
                room.record(EventType.SHARES_REFUSED, reason=refused.reason)
            case _:
                room.record(EventType.COUNT_REFUSED, reason=refused.reason)
        return events.CountRefused(refused.reason, facts_of(refused.facts))


def lay_down(
    room: Strongroom, cast_votes: list[bytes], result: Counted, proofs: Proofs | None = None
) -> SignedBody:
    """Write evidence and minutes of a count; return these, signed by the station key.

    `proofs` are those of a count that anybody can check.
    """
    opened = result.opened
    room.record(EventType.COUNT_FINISHED, count=opened.counted, invalid=opened.invalid)
    for discrepancy in sorted(result.books.discrepancies):
        room.record(EventType.DISCREPANCY_FOUND, discrepancy=int(discrepancy))
    files = room.files.evidence(room.day, room.station.board)
    files[VOTES_SEALED] = votes_sealed(cast_votes)
    files[VOTES_OPENED] = opened.votes
    if proofs is not None:
        files |= proofs.files()
        files[CHECK_VALUES] = check_values(cast_votes)
    now_ms = room.clock.now_ms()
    minutes = reckoning.minutes(room.station, room.day, result, files, now_ms)
    room.files.keep_evidence(files)
    body = SignedBody(minutes.to_bytes(), Minutes.external())
    body = body.with_board(room.station_keys.station)
    keep_signatures(room, body)
    return body


def keep_signatures(room: Strongroom, minutes: SignedBody) -> None:
    """Store the minutes with the signatures that they bear so far."""
    room.files.media.replace(MINUTES, minutes.to_bytes())
    room.day = replace(room.day, minutes=minutes)


def keep_absence(room: Strongroom, signed: SignedBody) -> Outcome:
    """Sign the act that a member does not sign the minutes, store it, and journal it."""
    if room.day.minutes is None:
        raise LookupError("there are no minutes that somebody could not sign")
    said = absence_in(Act.from_bytes(signed.payload), room.day.minutes.payload)
    if said is None:
        raise LookupError("the act is not about these minutes")
    body = signed.with_board(room.installation.keys.signing)
    content = body.to_bytes()
    room.files.media.replace(path_of(said.official), content)
    room.record_act(body, records.digest(content))
    room.day = room.files.with_absences(room.day)
    return events.AbsenceKept(said.official, tuple(room.day.absences))


def write_bundle(room: Strongroom, minutes: SignedBody) -> Outcome:
    """Put minutes and acts of absence into the bundle, then the manifest: now it is whole."""
    content = minutes.to_bytes()
    absences = room.files.absences_in_use(minutes)
    listed = manifest(room.station, content, Minutes.from_bytes(minutes.payload), absences)
    folder = room.files.media.folder(FOLDER)
    room.files.drop_absences_but(absences)
    folder.replace(MINUTES_IN_BUNDLE, content)
    for path, act in absences.items():
        folder.replace(path, act)
    folder.replace(MANIFEST, records.sign(listed, room.station_keys.station))
    room.record(EventType.MINUTES_COMPLETED, minutes=records.digest(content))
    room.record(EventType.EVIDENCE_WRITTEN, count=len(listed.files) + 1)
    return events.BundleWritten()


def forget_keys(room: Strongroom) -> None:
    """Forget station key and urn key: the day is over."""
    room.around.shelf.clear()
    room.keys = room.urn = None
    room.record(EventType.KEYS_FORGOTTEN)


def draw_up_sealing(room: Strongroom, seals: str) -> Outcome:
    """Draw up the act of sealing: these seals, this bundle, this board's journal so far."""
    listed = room.files.media.read(f"{FOLDER}/{MANIFEST}")
    if listed is None or room.journal is None:
        raise LookupError("there is no bundle to be sealed")
    act = Act(
        kind=ActKind.SEALING,
        station=room.station.package.station,
        package=room.station.package_hash,
        board=room.station.board,
        time_ms=room.clock.now_ms(),
        facts={
            ActFact.BOARD: room.station.board,
            ActFact.EVIDENCE: records.digest(listed),
            ActFact.JOURNAL_HEAD: room.journal.head,
            ActFact.JOURNAL_LENGTH: room.journal.length,
            ActFact.SEALS: seals,
        },
    )
    return events.SealingDrawnUp(act)


def seal_evidence(room: Strongroom, signed: SignedBody) -> Outcome:
    """Sign the act of sealing as well, and lay it beside the bundle."""
    body = signed.with_board(room.installation.keys.signing)
    content = body.to_bytes()
    room.files.media.replace(SEALING, content)
    room.record_act(body, records.digest(content))
    return events.EvidenceSealed(str(Act.from_bytes(body.payload).facts[ActFact.SEALS]))

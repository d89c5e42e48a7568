"""A spare and the accumulator that died: looking at its medium and urn, and the act.

Rules: before the act is signed nothing is written but this board's own journal, on own storage; so
wrong passwords and PINs are told. Everything after the act can be done again
(`accumulator.takeover`).
"""

from __future__ import annotations

from accumulator import collection, events
from accumulator.dayfiles import DayFiles
from accumulator.events import Outcome, RecoveryRefused
from accumulator.strongroom.room import Strongroom
from accumulator.takeover import Dead, Replaced
from cardio.messages import facts_of
from common import enrolment, urn
from common.catalogue import EventType
from common.cose import SignedBody
from common.daytime import DAY_OVER_S, latest_ms
from common.deadboards import REPLACEMENT, check_left
from common.errors import Reason, Refused, Thing
from common.journal import Journal
from common.keys import StationKeys
from common.media import TwoMedia
from common.records import Act, ActKind
from common.urn import Urn
from hal.board_clock import Doubt


def look_into_slot(room: Strongroom) -> Outcome:
    """Say whose medium lies in the slot of a spare that replaced nobody yet."""
    try:
        _open_journal(room)
    except Refused as refused:
        return RecoveryRefused(refused.reason, facts_of(refused.facts))
    try:
        dead = room.takeover.found()
    except Refused as refused:
        return events.SpareFound(refused=refused.reason, facts=facts_of(refused.facts))
    if dead is None:
        return events.SpareFound()
    left = dead.left
    package = room.station.package
    believed = room.clock.doubt is Doubt.NONE
    floor_ms = latest_ms(dead.entries) or package.valid_from_s * 1000
    room.clock.go_on_from(floor_ms, (package.closes_s + DAY_OVER_S) * 1000)
    if believed:
        for oddity in room.clock.at_start():
            room.record(oddity.event, **oddity.facts)
    return events.SpareFound(dead.board.name, len(left.entries), dead.votes, left.head)


def _open_journal(room: Strongroom) -> None:
    """Open this board's journal, on own storage alone. Raises: Refused."""
    package = room.station.package
    until_ms = (package.closes_s + DAY_OVER_S) * 1000
    room.clock.go_on_from(package.valid_from_s * 1000, until_ms)
    key = room.installation.keys.signing
    room.journal = Journal.open_alone(room.around.own, key, room.clock)
    entries = room.journal.entries()
    room.clock.begin_after(latest_ms(entries), until_ms)
    room.note_start(entries)


def look_into_urn(room: Strongroom, found: StationKeys, dead: Dead) -> Outcome:
    """Say what the dead accumulator's urn holds; nothing is written."""
    votes = 0
    try:
        if dead.folder.size(urn.PATH) is not None:
            votes = Urn.count_on(
                dead.folder,
                found.urn_key,
                room.station.package.parameters.urn_slots,
                room.serials_of_desks,
                random_bytes=room.around.random_bytes,
                ballot_of=collection.ballot_of,
            )
    except Refused as refused:
        return RecoveryRefused(refused.reason, facts_of(refused.facts))
    return events.DeadUrnOpened(dead.board.name, votes, len(dead.left.entries), dead.left.head)


def take_over(room: Strongroom, signed: SignedBody) -> RecoveryRefused | None:
    """Store the sealed keys, then the act: from now on this board goes on after any stop.

    Whatever else is to be taken over, `recovery.recover` does, from the act.
    """
    medium, found = room.around.recording(), room.takeover.found()
    if found is None or medium is None or room.keys is None:
        return RecoveryRefused(Reason.MEDIUM_MISSING, (("thing", Thing.REMOVABLE.value),))
    try:
        check_left(found.left, Act.from_bytes(signed.payload))
    except Refused as refused:
        return RecoveryRefused(refused.reason, facts_of(refused.facts))
    own = room.around.own
    own.replace(enrolment.STATION_KEYS, found.folder.read(enrolment.STATION_KEYS) or b"")
    room.around.shelf.put(room.keys)
    media = TwoMedia(own, medium.folder(room.station.board))
    body = signed.with_board(room.installation.keys.signing)
    files = DayFiles(media, room.station, room.installation.keys.sign_key)
    files.keep_act(REPLACEMENT, body.to_bytes())
    return None


def note_takeover(room: Strongroom, replaced: Replaced) -> None:
    """Journal the act and that all of it is carried out."""
    room.record(
        EventType.ACT_SIGNED,
        act_kind=int(ActKind.REPLACEMENT),
        signatures=replaced.signatures,
        act=replaced.act_hash,
    )
    room.record(EventType.TOOK_OVER, board=replaced.board.name, act=replaced.act_hash)

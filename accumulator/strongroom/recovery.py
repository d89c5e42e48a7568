"""Everything opened from the media, at each start and after each fault.

Both media are made alike; then journal, files and, with the keys, the urn are opened. What was
mended is journalled and told. A spare that took over goes on here from its act.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from accumulator import collection
from accumulator.countwalk import NOT_BEGUN
from accumulator.events import Outcome, Recovered, RecoveryRefused
from accumulator.rollcall import NOBODY
from accumulator.strongroom import spare
from accumulator.strongroom.mixing import walk_of
from accumulator.strongroom.room import Strongroom
from accumulator.takeover import TAKEN_IN, take_records
from cardio.messages import facts_of
from common import alike, records, urn
from common.attended import AttendedMedium
from common.catalogue import EventType
from common.daytime import DAY_OVER_S, latest_ms
from common.deadboards import refuse_replaced
from common.errors import Reason, Refused, Thing
from common.journal import Entry, Journal
from common.keys import StationKeys
from common.media import Medium, TwoMedia
from common.records import Act, ActFact
from common.urn import InFlight, Urn
from hal.medium_slot import own_folder


def recover(room: Strongroom, stopped_by: tuple[Thing, Reason] | None = None) -> Outcome:
    """Open everything anew from the media; without keys, all but the urn.

    `stopped_by`: the medium that stopped the board, and why.
    """
    room.let_go()
    took_over = False
    try:
        if room.takeover.waits:
            room.keys = None
            return spare.look_into_slot(room)
        media, repairs = _both_media(room)
        room.journal = Journal.open(media, room.installation.keys.signing, room.clock)
        entries = room.journal.entries()
        is_open = any(entry.event is EventType.OPENED for entry in entries)
        day_over_ms = (room.station.package.closes_s + DAY_OVER_S) * 1000
        going_on = room.takeover.unfinished(entries)
        known = entries if going_on is None else [*going_on[1].entries, *entries]
        room.clock.begin_after(latest_ms(known), day_over_ms if is_open else None)
        room.count_turnout([entry.time_ms for entry in known if entry.event in TAKEN_IN])
        room.note_start(entries)
        repairs = (*repairs, *room.open_files(media).level())
        for each in repairs:
            facts = {"thing": each.medium, "kind": each.thing, "count": each.files}
            room.record(EventType.FILES_REPAIRED, **facts)
        repairs = (*repairs, *alike.of_journal(room.journal))
        if going_on is not None:
            take_records(going_on[1], room.files)
        room.day = room.files.read()
        room.check_room(media)
        if stopped_by is not None:
            thing, reason = stopped_by
            room.record(EventType.MEDIUM_FAILED, thing=thing, reason=reason)
            room.record(EventType.MEDIUM_BACK, thing=thing)
        if room.keys is None:
            room.keys = room.around.shelf.take(room.station.package.station_key)
        if room.keys is not None and not _is_over(entries):
            dead = None if going_on is None else going_on[1].folder
            repairs = (*repairs, *_open_urn(room, room.keys, media, entries, dead))
            if going_on is not None:
                spare.note_takeover(room, going_on[0])
                took_over = True
        return replace(_how_far(room, entries, repairs), took_over=took_over)
    except Refused as refused:
        room.close_files()
        return RecoveryRefused(refused.reason, facts_of(refused.facts))


def _both_media(room: Strongroom) -> tuple[TwoMedia, tuple[alike.Repair, ...]]:
    """Return both media, with what was installed alike on them. Raises: Refused: not ours."""
    around, name = room.around, room.station.board
    medium = around.recording()
    if medium is not None and room.takeover.is_medium_of_dead(medium):
        removable = medium.folder(name)
    else:
        removable = own_folder(medium, name)
    if medium is not None:
        refuse_replaced(medium, room.installation.board, room.station.package)
    media = TwoMedia(around.own, AttendedMedium(removable, around.alive))
    found = alike.bring_back_installed(media, around.root_key, name)
    if found.package_hash != room.station.package_hash:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.OWN_STORAGE)
    repairs, room.mended_before = (*room.mended_before, *found.repairs), ()
    return media, repairs


def _open_urn(
    room: Strongroom,
    station_keys: StationKeys,
    media: TwoMedia,
    entries: list[Entry],
    dead: Medium | None = None,
) -> tuple[alike.Repair, ...]:
    """Open the urn; make it if there is none and the station was never opened.

    It holds at least the votes that the journal says were taken in, or what is left of it is
    an older copy. `dead` is the folder of the accumulator that this one replaces: its urn is
    moved from there.
    """
    slots = room.station.package.parameters.urn_slots
    none_yet = all(medium.size(urn.PATH) is None for medium in media)
    is_moved = none_yet and dead is not None and dead.size(urn.PATH) is not None
    make = Urn.create if none_yet and room.day.start_order is None else Urn.open
    if is_moved and dead is not None:
        make = partial(Urn.move, dead)
    taken_in = sum(entry.event in TAKEN_IN for entry in entries)
    try:
        room.urn = make(
            media,
            station_keys.urn_key,
            slots,
            room.serials_of_desks,
            random_bytes=room.around.random_bytes,
            ballot_of=collection.ballot_of,
        )
        _check_count(room.urn, taken_in)
    except Refused as refused:
        room.record(EventType.URN_REFUSED, reason=refused.reason)
        raise
    if none_yet and not is_moved:
        room.record(EventType.URN_MADE, slots=slots)
    match room.urn.in_flight_at_start:
        case InFlight.COMPLETED:
            room.record(EventType.INTAKE_COMPLETED)
        case InFlight.CANCELLED:
            room.record(EventType.INTAKE_CANCELLED)
        case InFlight.NONE:
            pass
    repaired = room.note_repairs(room.urn.take_repairs())
    room.record(EventType.URN_OPENED, count=room.urn.count)
    return tuple(alike.Repair(thing, Thing.URN, 1) for thing in repaired)


def _how_far(
    room: Strongroom, entries: list[Entry], repairs: tuple[alike.Repair, ...]
) -> Recovered:
    day = room.day
    opened = [entry.event is EventType.OPENED for entry in entries]
    if day.start_order is not None and not any(opened):
        # The power went between the file and its entry.
        room.record(EventType.OPENED, start_order=day.start_order_hash)
    seals = ""
    if day.sealing is not None:
        act_hash = records.digest(day.sealing.to_bytes())
        if not any(entry.facts.get("act") == act_hash for entry in entries):
            room.record_act(day.sealing, act_hash)
        seals = str(Act.from_bytes(day.sealing.payload).facts[ActFact.SEALS])
    for absent in day.absences.values():
        act_hash = records.digest(absent.to_bytes())
        if not any(entry.facts.get("act") == act_hash for entry in entries):
            room.record_act(absent, act_hash)
    cleared = [entry.facts for entry in entries if entry.event is EventType.SHARE_CLEARED]
    return Recovered(
        unsealed=room.keys is not None,
        votes=room.urn.count if room.urn else 0,
        start_order=day.start_order_bytes or None,
        opening_act=day.opening_act,
        closed=day.statement is not None,
        was_closed=day.statement is None and day.was_closed,
        roll=room.roll() if day.statement is not None else NOBODY,
        walk=walk_of(room) if day.start_order is not None and day.minutes is None else NOT_BEGUN,
        minutes=day.minutes,
        absences=tuple(day.absences),
        bundled=room.files.is_bundled(day),
        cleared=tuple(each for facts in cleared if isinstance(each := facts["official"], int)),
        over=_is_over(entries),
        seals=seals,
        mended=alike.added_up(repairs),
    )


def _check_count(opened: Urn, taken_in: int) -> None:
    """Insist that an urn holds what the journal says was taken in. Raises: Refused."""
    if opened.count < taken_in:
        raise Refused(Reason.URN_MISMATCH, expected=taken_in, found=opened.count)


def _is_over(entries: list[Entry]) -> bool:
    """Say whether the keys were forgotten: then the day is over for good."""
    return any(entry.event is EventType.KEYS_FORGOTTEN for entry in entries)

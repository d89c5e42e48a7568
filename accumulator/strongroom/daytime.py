"""The day: votes into the urn, the clock put right, boards that died."""

from __future__ import annotations

from accumulator import events, rollcall
from accumulator.events import Outcome, RecoveryRefused
from accumulator.intake import is_proved
from accumulator.strongroom.room import Strongroom
from cardio.messages import facts_of
from common.catalogue import EventType
from common.cose import SignedBody
from common.deadboards import REPLACEMENT, WRITE_OFF, left_on
from common.errors import Reason, Refused, Thing
from common.evening import FIRST_MIX
from common.records import Act, ActFact
from hal.faults import PartFault

_ALMOST_FULL = (
    Reason.MEDIUM_ALMOST_FULL,
    Reason.OWN_STORAGE_ALMOST_FULL,
    Reason.JOURNAL_ALMOST_FULL,
)
_URN_FATAL = (Reason.URN_DAMAGED, Reason.URN_MISMATCH, Reason.MEDIA_DISAGREE)


def take_in(room: Strongroom, serial: int, cast_vote: bytes) -> Outcome:
    """Store a vote in the urn, on both media."""
    if room.urn is None:
        return events.TakeInRefused(Reason.NOT_OPEN)
    if room.files.media.own.size(FIRST_MIX) is not None:
        # The accumulator that died had closed and shuffled: what is counted is fixed.
        return events.TakeInRefused(Reason.CLOSED)
    if not is_proved(cast_vote, room.station, room.day.tally_keys):
        return events.TakeInRefused(Reason.BALLOT_NOT_PROVED)
    try:
        room.check_room(room.files.media)
        room.urn.take_in(serial, cast_vote)
    except Refused as refused:
        facts = facts_of(refused.facts)
        if refused.reason in _ALMOST_FULL:
            room.let_go()
            return RecoveryRefused(refused.reason, facts)
        if refused.reason not in _URN_FATAL:
            return events.TakeInRefused(refused.reason, facts)
        room.record(EventType.URN_REFUSED, reason=refused.reason)
        room.urn = None
        return RecoveryRefused(refused.reason, facts)
    room.note_repairs(room.urn.take_repairs())
    return events.VoteTaken(room.urn.count)


def put_clock_right(room: Strongroom, offset_ms: int, act: SignedBody) -> Outcome:
    """Keep the act that officials signed, then set clock and chip, which is read back."""
    act_hash = room.keep_act("clock", act)
    try:
        room.clock.put_right(offset_ms)
    except PartFault:
        room.record(EventType.PART_FAILED, thing=Thing.CLOCK)
        return events.ClockRefused(Reason.CLOCK_NOT_SET)
    offset_s = round(offset_ms / 1000)
    room.record(EventType.CLOCK_CORRECTED, offset_s=offset_s, act=act_hash)
    return events.ClockPutRight()


def list_dead(room: Strongroom) -> Outcome:
    """Say which boards may be written off."""
    return events.DeadListed(rollcall.candidates(room.station, room.boards_in, room.day.gone))


def read_dead(room: Strongroom, name: str) -> Outcome:
    """Read what a dead board left on the medium in the visiting slot; nothing is written."""
    room.left = None
    station = room.station
    try:
        room.left = left_on(room.visitor(), name, station.package, station.package_hash)
    except Refused as refused:
        return events.DeadRead(refused=refused.reason, facts=facts_of(refused.facts))
    return events.DeadRead(len(room.left.entries), room.left.head)


def write_off(room: Strongroom, name: str, signed: SignedBody) -> Outcome:
    """Store what is left of a board, then the act: with it the board is written off."""
    left, act = room.left, Act.from_bytes(signed.payload)
    if ActFact.JOURNAL_HEAD in act.facts:
        if left is None or left.facts.items() - act.facts.items():
            raise LookupError(f"what {name} left is not what the act says")
        room.files.keep_left(left)
    spare = str(act.facts.get(ActFact.SPARE, ""))
    act_hash = room.keep_act(REPLACEMENT if spare else WRITE_OFF, signed)
    if spare:
        room.record(EventType.BOARD_REPLACED, board=name, spare=spare, act=act_hash)
    else:
        room.record(EventType.BOARD_WRITTEN_OFF, board=name, act=act_hash)
    room.left = None
    room.day = room.files.with_dead(room.day)
    return events.BoardGone(room.roll(), name, spare)

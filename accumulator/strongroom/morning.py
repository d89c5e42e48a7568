"""The morning: start password, tally key, opening act and start order."""

from __future__ import annotations

from accumulator import events
from accumulator.dayfiles import START_ORDER, Day
from accumulator.events import Outcome, RecoveryRefused
from accumulator.strongroom import spare
from accumulator.strongroom.room import Ceremony, Strongroom
from cardio.messages import facts_of
from common import enrolment, keys, records, tallykey
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, Refused, Thing
from common.keys import StationKeys, WrongKey
from common.records import Act, BoardKind, RecordError, StartOrder
from common.tallykey import SignedHalf

_NOT_SEALED_TO_US = RecoveryRefused(
    Reason.RECORD_NOT_SEALED_TO_US, (("thing", Thing.STATION_KEYS.value),)
)


def unseal(room: Strongroom, password: str) -> Outcome | None:
    """Unseal the station's keys, a waiting spare's from the dead accumulator's medium.

    Returns None if the keys are this board's: `recovery.recover` goes on with them.
    """
    package = room.station.package
    secret = keys.start_secret(password, package.start_password)
    if secret is None:
        return events.PasswordRefused()
    try:
        dead = room.takeover.found() if room.takeover.waits else None
        holder = room.around.own if dead is None else dead.folder
        sealed = enrolment.sealed_station_keys(holder, room.installation)
        found = StationKeys.unsealed(sealed, secret, room.installation.keys)
    except WrongKey:
        return _NOT_SEALED_TO_US
    except Refused as refused:
        return RecoveryRefused(refused.reason, facts_of(refused.facts))
    if bytes(found.station.verify_key) != package.station_key:
        return _NOT_SEALED_TO_US
    room.keys = found
    if dead is not None:
        room.record(EventType.START_PASSWORD_ACCEPTED)
        return spare.look_into_urn(room, found, dead)
    room.around.shelf.put(found)
    room.record(EventType.START_PASSWORD_ACCEPTED)
    return None


def take_desk_half(room: Strongroom, untrusted: SignedHalf) -> Outcome:
    """Check and store the desk's half of the tally key; nothing is promised yet."""
    package = room.station.package
    try:
        half, _ = tallykey.read_signed(
            package, room.station.package_hash, untrusted, BoardKind.DESK
        )
    except RecordError:
        thing = ("thing", Thing.TALLY_HALF.value)
        return events.DeskHalfRefused(Reason.TALLY_HALF_WRONG, (thing,))
    room.files.media.replace(untrusted.path, untrusted.to_bytes())
    room.desk_half = untrusted
    named = records.digest(untrusted.tally_half)
    room.record(EventType.TALLY_HALF_TAKEN, board=half.board.name, tally_half=named)
    return events.DeskHalfTaken()


def make_half(room: Strongroom) -> Outcome:
    """Make this board's half of a new tally key, beside the desk's.

    Its shares stay in memory until the start order is stored.
    """
    package, package_hash = room.station.package, room.station.package_hash
    if room.desk_half is None:
        return events.DeskHalfRefused(Reason.TALLY_HALF_MISSING, (("board", ""),))
    made = tallykey.make(room.installation, room.around.random_bytes)
    both = [
        tallykey.read_signed(package, package_hash, half, kind)
        for half, kind in zip((made.record, room.desk_half), tallykey.MAKERS, strict=True)
    ]
    tallykey.joint_key(*(half for half, _ in both))
    room.ceremony = Ceremony(tuple(half.signed for half, _ in both), made.shares, made.record)
    count = len(package.share_cards) + 1
    room.record(EventType.TALLY_HALF_MADE, count=count, quorum=package.quorum)
    return events.TallyKeyMade(
        public=room.ceremony.public,
        commitments=tuple(each for _, told in both for each in told.commitments),
        territorial=b"".join(told.territorial for _, told in both),
    )


def open_station(room: Strongroom, signed: SignedBody) -> Outcome:
    """Store the act, then the start order that names it; only then is the station open."""
    ceremony = room.ceremony
    if ceremony is None or room.urn is None:
        return RecoveryRefused(Reason.NOT_OPEN)
    if room.urn.count:
        return RecoveryRefused(Reason.URN_NOT_EMPTY, (("found", room.urn.count),))
    act_hash = room.keep_act("opening", signed)
    if ceremony.half is not None:
        room.files.media.replace(ceremony.half.path, ceremony.half.to_bytes())
    order = StartOrder(
        station=room.station.package.station,
        package=room.station.package_hash,
        opened_ms=room.clock.now_ms(),
        tally_keys=ceremony.public,
        board=room.station.board,
        opening_act=act_hash,
    )
    order_bytes = records.sign(order, room.station_keys.station)
    room.ceremony = None
    room.record(EventType.TALLY_KEY_FORGOTTEN)
    room.files.media.replace(START_ORDER, order_bytes)
    order_hash = records.digest(order_bytes)
    room.record(EventType.START_ORDER_MADE, start_order=order_hash)
    room.record(EventType.OPENED, start_order=order_hash)
    act = Act.from_bytes(signed.payload)
    believed = tallykey.read_order(room.station.package, room.station.package_hash, order_bytes)
    room.day = Day(
        start_order=order,
        start_order_bytes=order_bytes,
        tally_keys=believed.keys,
        opening_act=act,
    )
    return events.StationOpened(order_bytes, act)

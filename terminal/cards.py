"""What a card in the slot means for this terminal: `cardiod`'s notifications become events.

`cardiod` has proved the card genuine and handed on only records whose signatures it verified; they
are verified here once more, because what is decided by them is decided here.

Rules: a record counts only if it is of this very package and of this very card. A card that holds a
vote is a voted one, whatever else is on it, and one that holds a spoiled vote a spoiled one.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Notification,
    OfficialCardSeen,
    ReaderMissing,
    ShareCardSeen,
    VoterCardSeen,
)
from common import records, tallykey
from common.errors import Reason
from common.records import Activation, BoardKind, RecordError, Spoiled, StationPackage
from common.tallykey import BelievedOrder
from terminal import events
from terminal.events import Event, UnfitCardSeen


@dataclass(frozen=True, slots=True)
class Station:
    """The package that a card must belong to.

    Attributes:
        package_hash: SHA-256 of the signed package.
        start_order: today's, signed, once the terminal is open.
    """

    package: StationPackage
    package_hash: bytes
    start_order: bytes | None


def event_of(seen: Notification, station: Station, *, after_hours: bool) -> Event:
    """Return the event that a notification is; `after_hours`: the closing time has come."""
    match seen:
        case ReaderMissing():
            return events.ReaderLost()
        case CardRemoved():
            return events.CardRemoved()
        case VoterCardSeen():
            return _voter_card(seen, station)
        case CourierCardSeen(start_order=None):
            return UnfitCardSeen(Reason.COURIER_HOLDS_NOTHING)
        case CourierCardSeen(start_order=bytes(start_order)):
            return _courier_card(start_order, station, after_hours=after_hours)
        case OfficialCardSeen():
            return UnfitCardSeen(Reason.CARD_OFFICIAL_HERE)
        case ShareCardSeen():
            return UnfitCardSeen(Reason.CARD_SHARE_HERE)
        case CardRefused(reason):
            return UnfitCardSeen(reason)
    raise TypeError(f"{type(seen).__name__} is not a notification")


def check_start_order(signed: bytes, station: Station) -> BelievedOrder:
    """Return the start order, which must be for this station and package, and its tally key.

    Raises:
        RecordError: it is not.
    """
    return tallykey.read_order(station.package, station.package_hash, signed)


def _voter_card(seen: VoterCardSeen, station: Station) -> Event:
    if seen.cast_vote is not None:
        return events.VotedCardSeen(seen.key_hash, records.digest(seen.cast_vote))
    if seen.spoiled is not None:
        return _spoiled_card(seen.spoiled, seen, station)
    if seen.activation is None:
        return UnfitCardSeen(Reason.CARD_NOT_ACTIVATED)
    desks = station.package.boards_of(BoardKind.DESK)
    try:
        activation, _ = records.open_by_board(Activation, seen.activation, desks)
    except RecordError:
        return UnfitCardSeen(Reason.CARD_NOT_ACTIVATED)
    if activation.package != station.package_hash:
        return UnfitCardSeen(Reason.CARD_OTHER_ELECTION)
    if activation.card_key != seen.key_hash:
        return UnfitCardSeen(Reason.CARD_COPIED)
    return events.ActivatedCardSeen(
        activation.style, activation.presentation, activation.serial, activation.card_key
    )


def _spoiled_card(signed: bytes, seen: VoterCardSeen, station: Station) -> Event:
    terminals = station.package.boards_of(BoardKind.TERMINAL)
    try:
        spoiled, _ = records.open_by_board(Spoiled, signed, terminals)
    except RecordError:
        return UnfitCardSeen(Reason.CARD_NOT_ACTIVATED)
    vote = records.digest(spoiled.cast_vote)
    return events.SpoiledCardSeen(seen.key_hash, vote, seen.opening is not None)


def _courier_card(start_order: bytes, station: Station, *, after_hours: bool) -> Event:
    try:
        check_start_order(start_order, station)
    except RecordError:
        return UnfitCardSeen(Reason.COURIER_HOLDS_NOTHING)
    if station.start_order is not None and start_order != station.start_order:
        return UnfitCardSeen(Reason.RECORD_OTHER_START_ORDER)
    return events.CourierCardSeen(start_order, after_hours)

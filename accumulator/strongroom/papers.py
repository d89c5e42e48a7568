"""What is printed, from the zero report to the control codes."""

from __future__ import annotations

from accumulator import effects, paper, printing
from accumulator.effects import Effect
from accumulator.strongroom.room import Strongroom
from common.catalogue import EventType
from common.cose import SignedBody
from common.records import JournalHead, Minutes, PaperKind


def draw_up_paper(room: Strongroom, effect: Effect) -> tuple[paper.Block, ...]:
    """Return what is to be printed for a printing effect.

    Raises: MediumFault, LookupError (there are no minutes, or the keys are sealed).
    """
    match effect:
        case effects.PrintZero():
            return _moment_paper(room, PaperKind.ZERO)
        case effects.PrintHourly():
            return _moment_paper(room, PaperKind.HOURLY)
        case effects.PrintProtocol():
            key = room.station_keys.station
            return printing.protocol(room.station, _signed_minutes(room), room.day.absences, key)
        case effects.PrintCodes():
            minutes = Minutes.from_bytes(_signed_minutes(room).payload)
            votes = room.files.opened_votes()
            return paper.control_codes(room.station.package, minutes, votes)
        case _:
            raise TypeError(f"{type(effect).__name__} is not printed")


def _moment_paper(room: Strongroom, kind: PaperKind) -> tuple[paper.Block, ...]:
    votes = room.urn.count if room.urn else 0
    head = None
    if room.journal is not None:
        head = JournalHead(room.station.board, room.journal.head, room.journal.length)
        if kind is PaperKind.HOURLY:
            room.record(EventType.HOURLY_PRINTED, count=votes, head=head.head)
    now_ms = room.clock.now_ms()
    figures = printing.of_this_moment(kind, room.station, time_ms=now_ms, votes=votes, journal=head)
    key = room.installation.keys.signing
    return printing.moment_paper(room.station, figures, key, room.turnout)


def _signed_minutes(room: Strongroom) -> SignedBody:
    if room.day.minutes is None:
        raise LookupError("there are no minutes")
    return room.day.minutes

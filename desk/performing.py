"""The hands of the desk's shell: each effect that the archive or cardiod carries out."""

from __future__ import annotations

from collections.abc import Callable

from cardio.messages import Activate as ActivateCard
from cardio.messages import Request, WriteShare
from common.errors import Reason
from common.records import BoardKind
from desk.archive import Archive
from desk.effects import (
    Activate,
    AskCard,
    AskShareWritten,
    CheckOtherPart,
    CloseDesk,
    Effect,
    ForgetHalf,
    KeepAct,
    KeepHalf,
    LookForCount,
    MakeHalf,
    MixVotes,
    OpenDesk,
    OpenPart,
    PutClockRight,
    Record,
    SaveMarks,
    SaveSerials,
)
from desk.events import ClockPutRight, ClockRefused, Event, HalfKept, HalfMade
from hal.faults import PartFault


def perform(archive: Archive, ask: Callable[[Request], None], effect: Effect) -> Event | None:
    """Carry out one effect; return what became of it, if that has to be decided at once.

    Raises: Refused, MediumFault: the desk stops.
    """
    match effect:
        case SaveSerials(serials):
            archive.save(serials)
        case SaveMarks(marks):
            archive.save(marks)
        case Record(event, facts):
            archive.record(event, **facts)
        case AskCard(request):
            ask(request)
        case Activate(style, index, card_key):
            ask(ActivateCard(archive.activation(style, index, card_key)))
        case MakeHalf():
            archive.halfmaking.make()
            return HalfMade()
        case AskShareWritten(index, pin):
            share = archive.halfmaking.share_for_card(index)
            ask(WriteShare(pin, BoardKind.DESK, share))
        case KeepHalf():
            return HalfKept(archive.halfmaking.keep())
        case ForgetHalf():
            archive.halfmaking.forget()
        case OpenDesk(start_order):
            archive.open_desk(start_order)
        case KeepAct(act, event):
            archive.keep_act(act, event)
        case PutClockRight(offset_ms, act):
            try:
                archive.put_clock_right(act, offset_ms)
            except PartFault:
                return ClockRefused(Reason.CLOCK_NOT_SET)
            return ClockPutRight()
        case CloseDesk():
            archive.close_desk()
        case LookForCount():
            return archive.count_part.look()
        case MixVotes():
            return archive.count_part.mix()
        case CheckOtherPart():
            return archive.count_part.check_other()
        case OpenPart(shares):
            return archive.count_part.open(shares)
    return None

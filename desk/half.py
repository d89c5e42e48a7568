"""The counting desk makes its half of the tally key, in the morning, before it is open.

Rules:
- The secret is in memory only, and only until its shares are on the share cards and what may be
  known of it lies on both media. A stop before that leads back to where nothing was made: the
  shares that were written open nothing, and nothing was promised.
- A half that was kept is the half of the day: it is never made anew, only carried again.
- A start order is believed here only if it holds this very half.
"""

from __future__ import annotations

from dataclasses import replace

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Done,
    Facts,
    Failed,
    Notification,
    ReaderMissing,
    WriteTallyHalf,
)
from common.catalogue import EventType
from common.errors import Reason
from common.tallykey import SignedHalf
from desk.effects import AskCard, AskShareWritten, Effect, ForgetHalf, KeepHalf, MakeHalf, Record
from desk.events import Event, HalfKept, HalfMade, Touched
from desk.phases import HalfToCourier, SharesGiven, Waiting
from desk.refusal import Refusal
from desk.turn import SEEN, Turn, unwanted


def at_waiting(turn: Turn, event: Event) -> None:
    """Decide while the start order is awaited, or the half is to be made."""
    match event:
        case Touched("half") if turn.rules.makes_half and turn.state.half is not None:
            turn.go(HalfToCourier())
        case Touched("half") if turn.rules.makes_half:
            turn.do(MakeHalf())
        case HalfMade():
            turn.go(SharesGiven())


def at_shares(turn: Turn, phase: SharesGiven, event: Event) -> None:
    """Decide while shares go out to the share cards."""
    round_ = phase.round
    match event:
        case Touched("back") if not round_.slot.busy:
            turn.do(ForgetHalf())
            turn.go(Waiting())
        case Touched("shares.continue") if not round_.slot.busy:
            if round_.enough(turn.rules.package):
                turn.do(KeepHalf())
        case HalfKept(half):
            turn.state = replace(turn.state, half=half)
            turn.go(HalfToCourier())
        case _ if not isinstance(event, SEEN):
            _share(turn, phase, event)


def shares_see(turn: Turn, phase: SharesGiven, slot: Notification) -> None:
    """Take the card in the reader, if it is a share card that waits for its share."""
    _share(turn, phase, slot)


def _share(turn: Turn, phase: SharesGiven, event: Event) -> None:
    package = turn.rules.package
    round_, effects = phase.round.on(event, package, _write_share, _record)
    turn.do(*effects)
    turn.stay(replace(phase, round=round_))


def _write_share(index: int, pin: str) -> Effect:
    return AskShareWritten(index, pin)


def _record(event: EventType, facts: Facts) -> Effect:
    return Record(event, dict(facts))


def at_courier(turn: Turn, phase: HalfToCourier, event: Event) -> None:
    """Decide while the courier card takes the half."""
    match event:
        case Done() if phase.busy:
            turn.record(EventType.TALLY_HALF_WRITTEN)
            turn.state = replace(turn.state, slot=_with_half(turn.state.slot, turn.state.half))
            turn.stay(HalfToCourier(written=True))
        case Failed(_, reason, facts) if phase.busy:
            turn.stay(HalfToCourier(refusal=Refusal(reason, facts)))
        case Touched("back") if not phase.busy:
            turn.go(Waiting())
        case CardRemoved() if phase.written:
            turn.go(Waiting())


def courier_sees(turn: Turn, phase: HalfToCourier, slot: Notification) -> None:
    """Write the half on the courier card in the reader, unless it is there."""
    half = turn.state.half
    if phase.busy or half is None:
        return
    match slot:
        case CourierCardSeen(tally_half=half.tally_half):
            turn.stay(HalfToCourier(written=True))
        case CourierCardSeen():
            turn.do(AskCard(WriteTallyHalf(half.tally_half, half.half_shares)))
            turn.stay(HalfToCourier(busy=True))
        case CardRemoved():
            turn.stay(HalfToCourier())
        case _:
            unfit = _unfit(slot)
            if unfit is not None:
                turn.stay(HalfToCourier(refusal=unfit))


def _unfit(slot: Notification) -> Refusal | None:
    match slot:
        case CardRefused() | ReaderMissing():
            return unwanted(slot)
        case _:
            return Refusal(Reason.CARD_COURIER_EXPECTED)


def _with_half(slot: Notification, half: SignedHalf | None) -> Notification:
    """Return what cardiod would say of the courier card now; it does not look again by itself."""
    if not isinstance(slot, CourierCardSeen) or half is None:
        return slot
    return replace(slot, tally_half=half.tally_half, half_shares=half.half_shares)

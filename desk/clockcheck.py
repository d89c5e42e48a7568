"""The desk's clock: judged by the start order, and put right under an act.

Rules:
- The start order is older than the moment at which it comes: a desk that is behind it is wrong, and
  is not opened before its clock is put right. One that is far ahead may be right, if the courier
  took long: people compare it with the chair's watch and say so.
- A clock that is not believed, or shows another day than the package's, is put right first.
- A spare that took over shows its clock first: its chip is not the dead desk's.
- What is typed is a time of day; its date is the package's. The shift is fixed at the press, and
  takes effect when the chair and one more have signed.
"""

from __future__ import annotations

from dataclasses import replace

from cardio.messages import CourierCardSeen
from common import daytime
from common.catalogue import EventType
from common.clockact import clock_act
from common.cose import SignedBody, payload_of
from common.daytime import Clockwork, Hours
from common.errors import Reason
from common.pages import key_of, type_key
from common.records import Act, StartOrder, StationPackage
from desk.effects import OpenDesk
from desk.events import ClockPutRight, ClockRefused, Event, Touched
from desk.phases import ClockCheck, ClockShift, Opened, Ready, Signing
from desk.refusal import Refusal
from desk.turn import Turn

DIGITS = 4


def judge(turn: Turn, start_order: bytes) -> None:
    """Open the desk with this start order, which is ours, unless the clock forbids it."""
    phase = ClockCheck(turn.now_ms, start_order)
    if _clockwork(turn, start_order) is Clockwork.FITS and may_be_right(turn, phase):
        _open(turn, start_order)
    else:
        refusal = _fault(turn, start_order)
        turn.go(replace(phase, is_right=may_be_right(turn, phase), refusal=refusal))


def look(turn: Turn) -> None:
    """Show the clock in the day."""
    phase = ClockCheck(turn.now_ms)
    turn.go(replace(phase, is_right=may_be_right(turn, phase)))


def after_takeover(package: StationPackage, now_ms: int, *, doubted: bool) -> ClockCheck:
    """Return the page on which a spare that took over has its clock compared."""
    return ClockCheck(now_ms, is_right=not doubted and now_ms in Hours.of_day(package))


def may_be_right(turn: Turn, phase: ClockCheck) -> bool:
    """Say whether this clock can be called right."""
    if turn.clock_doubted or turn.now_ms not in _hours(turn, phase):
        return False
    order = phase.start_order
    return order is None or _clockwork(turn, order) is not Clockwork.BEHIND


def at_clock_check(turn: Turn, phase: ClockCheck, event: Event) -> None:
    """Decide while date and time are compared with the chair's watch, or a time is typed."""
    phase = replace(phase, now_ms=turn.now_ms, is_right=may_be_right(turn, phase))
    turn.stay(phase)
    match event:
        case Touched("clock.right") if phase.typed is None and phase.is_right:
            turn.record(EventType.CLOCK_CONFIRMED)
            _leave(turn, phase)
        case Touched("clock.leave") if phase.typed is None and phase.start_order is None:
            _leave(turn, phase)
        case Touched("clock.change"):
            turn.stay(replace(phase, typed="", refusal=None))
        case Touched("clock.back"):
            turn.stay(replace(phase, typed=None, refusal=None))
        case Touched("clock.set") if phase.typed is not None:
            _draw_up(turn, phase, phase.typed)
        case Touched(name) if phase.typed is not None and (key := key_of("digits", name)):
            turn.stay(replace(phase, typed=type_key(phase.typed, key, DIGITS), refusal=None))


def at_clock_signed(turn: Turn, shift: ClockShift, event: Event) -> None:
    """Decide what became of a clock that officials signed to be put right."""
    back = replace(shift.back, now_ms=turn.now_ms, was_set=False)
    match event:
        case ClockPutRight():
            refusal = _fault(turn, back.start_order) if back.start_order else None
            back = replace(back, is_right=may_be_right(turn, back), refusal=refusal)
            turn.go(replace(back, was_set=refusal is None))
        case ClockRefused(reason):
            turn.go(replace(back, is_right=False, refusal=Refusal(reason)))


def _draw_up(turn: Turn, phase: ClockCheck, typed: str) -> None:
    package = turn.rules.package
    among = _hours(turn, phase)
    moment_ms = daytime.moment_of(typed, among)
    if moment_ms is None:
        refusal = Refusal(Reason.CLOCK_TIME_REFUSED, among.facts)
        turn.stay(replace(phase, typed="", refusal=refusal))
        return
    offset_ms = moment_ms - turn.now_ms
    rules = turn.rules
    act = clock_act(package, rules.package_hash, rules.board.name, turn.now_ms, offset_ms)
    shift = ClockShift(offset_ms, moment_ms, replace(phase, typed=None))
    turn.go(Signing(None, shift, SignedBody(act.to_bytes(), Act.external())))


def _hours(turn: Turn, phase: ClockCheck) -> Hours:
    package = turn.rules.package
    return Hours.of_day(package) if phase.start_order is None else Hours.of_opening(package)


def _leave(turn: Turn, phase: ClockCheck) -> None:
    if phase.start_order is None:
        turn.go(Ready())
    else:
        _open(turn, phase.start_order)


def _open(turn: Turn, start_order: bytes) -> None:
    turn.state = replace(turn.state, start_order=start_order)
    turn.do(OpenDesk(start_order))
    turn.go(Opened() if isinstance(turn.state.slot, CourierCardSeen) else Ready())


def _clockwork(turn: Turn, start_order: bytes) -> Clockwork:
    opened_ms = opened_ms_of(start_order)
    return daytime.compare(turn.now_ms, opened_ms, turn.rules.package.parameters)


def opened_ms_of(start_order: bytes) -> int:
    """Return the time in a start order that was verified before."""
    return StartOrder.from_bytes(payload_of(start_order)).opened_ms


def _fault(turn: Turn, start_order: bytes) -> Refusal | None:
    """Return what is wrong with the clock, by the start order; None if nothing is."""
    clockwork = _clockwork(turn, start_order)
    if clockwork is Clockwork.FITS:
        return Refusal(Reason.CLOCK_STOPPED) if turn.clock_doubted else None
    reason = Reason.CLOCK_BEHIND if clockwork is Clockwork.BEHIND else Reason.CLOCK_AHEAD
    zone = turn.rules.package.zone_minutes
    own = daytime.date_and_hours(turn.now_ms, zone)
    order = daytime.date_and_hours(opened_ms_of(start_order), zone)
    return Refusal(reason, (("own", own), ("order", order)))

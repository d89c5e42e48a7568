"""The clock: compared with the chair's watch before the opening, and put right under an act.

Rules:
- Before the opening the commission says that the clock is right, each time anew after a stop; a
  clock that is not believed, or shows another day than the package's, cannot be called right.
- What is typed is a time of day; its date is the package's. The shift is fixed at the press, when
  the watch shows that very minute, and takes effect when the chair and one more have signed.
- The same pages serve in the day, and on a spare in its evening; then the day goes on as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from accumulator.effects import PutClockRight, Record
from accumulator.events import ClockPutRight, ClockRefused, Event, Touched
from accumulator.opening import ZeroCheck
from accumulator.signing import ActPhase, Signing
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Turn, otherwise
from common import daytime
from common.catalogue import EventType
from common.clockact import SIGNERS, clock_act
from common.daytime import Hours
from common.errors import Reason
from common.pages import key_of, type_key

DIGITS = 4


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """Date and time are shown, to be compared with the chair's watch.

    Attributes:
        after: how the day goes on; None before the opening.
        typed: of the time of day, while one is typed; None while the clock is only looked at.
        working: the clock is being set.
    """

    after: Turn | None = None
    typed: str | None = field(default=None)
    working: bool = False
    notice: Notice | None = None

    def may_be_right(self, context: Context) -> bool:
        """Say whether this clock can be called right."""
        return not context.doubted and context.now_ms in self.hours(context)

    def hours(self, context: Context) -> Hours:
        """Return between which times this clock can be right."""
        package = context.station.package
        return Hours.of_opening(package) if self.after is None else Hours.of_day(package)

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case Touched("clock.right") if self.typed is None and self.may_be_right(context):
                return self._go_on((Record(EventType.CLOCK_CONFIRMED),))
            case Touched("clock.leave") if self.typed is None and self.after is not None:
                return self._go_on(())
            case Touched("clock.change"):
                return Turn(replace(self, typed="", notice=None))
            case Touched("clock.back"):
                return Turn(replace(self, typed=None, notice=None))
            case Touched("clock.set") if self.typed is not None:
                return self._set(self.typed, context)
            case Touched(name) if self.typed is not None and (key := key_of("digits", name)):
                return Turn(replace(self, typed=type_key(self.typed, key, DIGITS), notice=None))
            case _:
                return otherwise(self, event)

    def _go_on(self, effects: tuple[Record, ...]) -> Turn:
        if self.after is None:
            return Turn(ZeroCheck(), effects)
        return Turn(self.after.phase, (*effects, *self.after.effects))

    def _set(self, typed: str, context: Context) -> Turn:
        station = context.station
        among = self.hours(context)
        moment_ms = daytime.moment_of(typed, among)
        if moment_ms is None:
            notice = Notice(Reason.CLOCK_TIME_REFUSED, among.facts)
            return Turn(replace(self, typed="", notice=notice))
        offset_ms = moment_ms - context.now_ms
        act = clock_act(
            station.package, station.package_hash, station.board, context.now_ms, offset_ms
        )
        return Turn(ClockAct(Signing.of_act(act), offset_ms, self.after))


@dataclass(frozen=True, slots=True)
class ClockAct(ActPhase):
    """The chair and one more sign that the clock is moved by so much; then it is."""

    offset_ms: int
    after: Turn | None = None

    LEAST = SIGNERS
    CHAIR = True

    def effect(self) -> PutClockRight:
        """Return what stores the act and sets the clock."""
        return PutClockRight(self.offset_ms, self.signing.body)

    def taken_back(self) -> Turn:
        """Go back to the comparison."""
        return Turn(ClockCheck(self.after))

    def answered(self, event: Event) -> Turn | None:
        """Go back to the comparison when the clock was set, or could not be."""
        match event:
            case ClockPutRight():
                return Turn(ClockCheck(self.after, notice=Notice(Word.CLOCK_WAS_SET, good=True)))
            case ClockRefused(reason):
                return Turn(ClockCheck(self.after, notice=Notice(reason)))
            case _:
                return None

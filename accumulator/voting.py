"""The station is open: voter cards are taken in, the courier card is written, the count is printed.

Rules:
- The courier card gets the start order whenever it is put in; what it held before does not matter.
- Every hour (parameter) the count of the urn and the journal's head are printed, signed, so that
  rolling back both media shows.
- Nobody closes before the hour that the package names; closing is asked twice.

It never takes in a vote by itself: that is `accumulator.intake`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from accumulator.effects import AskCard, CloseStation, PrintHourly, Record
from accumulator.events import Event, MinutePassed, Printed, Touched
from accumulator.intake import Intake, Stage
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Turn, printing_notice, unwanted
from cardio.messages import (
    CardRefused,
    CourierCardSeen,
    Done,
    Failed,
    OfficialCardSeen,
    ShareCardSeen,
    WriteStartOrder,
)
from common.catalogue import EventType
from common.errors import Reason


@dataclass(frozen=True, slots=True)
class Courier:
    """The courier card: written with the start order when it is seen.

    `written` says whether that happened since the daemon started; only a hint hangs on it.
    """

    start_order: bytes
    writing: bool = False
    written: bool = False

    def on(self, event: Event) -> tuple[Courier, tuple[AskCard | Record, ...], Notice] | None:
        """Return the next state, what is to be done and what to tell; None if it is not for us."""
        match event:
            case CourierCardSeen(_, held) if held == self.start_order:
                return replace(self, written=True), (), Notice(Word.COURIER_READY, good=True)
            case CourierCardSeen() if not self.writing:
                effects = (AskCard(WriteStartOrder(self.start_order)),)
                return replace(self, writing=True), effects, Notice(Word.COURIER_WRITING)
            case Done() if self.writing:
                notice = Notice(Word.COURIER_READY, good=True)
                courier = replace(self, writing=False, written=True)
                return courier, (Record(EventType.COURIER_WRITTEN),), notice
            case Failed(_, reason, facts) if self.writing:
                return replace(self, writing=False), (), Notice(reason, facts)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Open:
    """Voting goes on.

    Attributes:
        courier: what the courier card is to hold.
        intake: the card slot.
        closing: the close was asked for and waits to be confirmed.
        printed_s: when the hourly report was last asked for, in monotonic time.
        paper: what the printer said last.
        hours: which leaf of the turnout by the hour is shown; None while it is not.
    """

    courier: Courier
    intake: Intake = field(default_factory=Intake)
    closing: bool = False
    printed_s: float = 0.0
    paper: Notice | None = None
    working: bool = False
    hours: int | None = None

    @property
    def is_free(self) -> bool:
        """Whether no card and no close is under way."""
        return not (self.working or self.closing or self.intake.busy or self.courier.writing)

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        if self.working:
            return Turn(self)
        match event:
            case Touched(name):
                return self._touched(name, context)
            case MinutePassed() if self._report_due(context):
                return self._report(context)
            case Printed(state):
                return Turn(replace(self, paper=printing_notice(state, Notice(Word.PRINTED))))
            case MinutePassed():
                pass
            case _ if self.hours is not None:  # who puts a card in wants to see what becomes of it
                return replace(self, hours=None).on(event, context)
        courier = self.courier.on(event)
        if courier is not None and not self.intake.busy:
            next_courier, effects, notice = courier
            intake = Intake(Stage.OVER, notice)
            return Turn(replace(self, courier=next_courier, intake=intake), effects)
        match event:
            case OfficialCardSeen() | ShareCardSeen() | CardRefused() if not self.intake.busy:
                return Turn(replace(self, intake=Intake(Stage.OVER, unwanted(event))))
        if context.urn is None:
            return Turn(self)
        intake, intake_effects = self.intake.on(event, context.station, context.urn)
        return Turn(replace(self, intake=intake), intake_effects)

    def _touched(self, name: str, context: Context) -> Turn:
        closes_s = context.station.package.closes_s
        match name:
            case "report":
                return self._report(context)
            case "turnout":
                return Turn(replace(self, hours=0))
            case "turnout.back":
                return Turn(replace(self, hours=None, paper=None))
            case "hours.next" | "hours.previous" if self.hours is not None:
                step = 1 if name == "hours.next" else -1
                return Turn(replace(self, hours=max(0, self.hours + step)))
            case "close" if context.now_ms < closes_s * 1000:
                facts = (("time", context.local_time(closes_s)),)
                notice = Notice(Reason.CLOSE_NOT_REACHED, facts)
                return Turn(replace(self, intake=replace(self.intake, notice=notice)))
            case "close":
                return Turn(replace(self, closing=True))
            case "close.back":
                return Turn(replace(self, closing=False))
            case "close.confirm" if self.closing and not self.intake.busy:
                return Turn(replace(self, working=True), (CloseStation(),))
            case _:
                return Turn(self)

    def _report_due(self, context: Context) -> bool:
        every_s = context.station.package.parameters.hourly_print_s
        return every_s > 0 and context.steady_s - self.printed_s >= every_s

    def _report(self, context: Context) -> Turn:
        return Turn(replace(self, printed_s=context.steady_s, paper=None), (PrintHourly(),))

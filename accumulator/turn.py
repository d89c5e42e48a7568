"""What every phase of the accumulator's machine is given, and what it gives back.

Rules: a phase is a frozen dataclass; an event and a `Context` go in, a `Turn` comes out: the next
phase and the effects, in order. A phase knows no clock, no screen, no key and no file.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

from accumulator.effects import Effect, Record
from accumulator.events import Event
from accumulator.station import Station
from cardio.messages import CardRemoved, Facts
from cardio.pin_slot import unwanted
from common.catalogue import EventType
from common.errors import Reason
from common.notice import Notice
from common.turnout import Turnout
from common.urn import Intake
from hal.printer import PrinterState

__all__ = [
    "Context",
    "Notice",
    "Phase",
    "Turn",
    "UrnView",
    "journalled",
    "otherwise",
    "printing_notice",
    "unwanted",
]


class UrnView(Protocol):
    """What the machine asks the urn; the answers change only by `TakeIn` and `Recover`."""

    @property
    def count(self) -> int:
        """How many votes it holds."""
        ...

    def examine(self, serial: int, cast_vote: bytes) -> Intake:
        """Say how taking in this vote would end. Raises: Refused."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What is so at this moment.

    Attributes:
        now_ms: the board's wall clock, UTC.
        urn: if it is open.
        steady_s: monotonic time, by which durations go.
        doubted: the board's clock is not believed.
        turnout: votes taken in, by the hour, once the journal was read.
    """

    station: Station
    now_ms: int
    urn: UrnView | None = None
    steady_s: float = 0.0
    doubted: bool = False
    turnout: Turnout | None = None

    def local_time(self, unix_s: int) -> str:
        """Return a time of day as the station's wall clocks show it, HH:MM."""
        zone = dt.timezone(dt.timedelta(minutes=self.station.package.zone_minutes))
        return dt.datetime.fromtimestamp(unix_s, zone).strftime("%H:%M")


class Phase(Protocol):
    """One stage of the day.

    `working` says that a long effect is under way and touches do not count; the page is then shown
    before the effects are carried out.
    """

    @property
    def working(self) -> bool:
        """Whether the shell is busy for this phase."""
        ...

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """The next phase, and the effects in order."""

    phase: Phase
    effects: tuple[Effect, ...] = ()


class Noticing(Phase, Protocol):
    """A phase with room for one thing to tell."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def notice(self) -> Notice | None:
        """What the page tells, if anything."""
        ...


NoticingT = TypeVar("NoticingT", bound=Noticing)


def otherwise(phase: NoticingT, event: Event) -> Turn:
    """Tell of a card that has no use here, until it is taken out; nothing else changes anything."""
    if isinstance(event, CardRemoved):
        return Turn(replace(phase, notice=None))
    notice = unwanted(event)
    return Turn(phase if notice is None else replace(phase, notice=notice))


def journalled(event: EventType, facts: Facts) -> Effect:
    """Return the effect that journals an event."""
    return Record(event, facts)


_PRINTER_REASONS = {
    PrinterState.PAPER_OUT: Reason.PRINTER_PAPER_OUT,
    PrinterState.COVER_OPEN: Reason.PRINTER_COVER_OPEN,
    PrinterState.OFFLINE: Reason.PRINTER_OFFLINE,
}


def printing_notice(state: PrinterState, printed: Notice) -> Notice:
    """Return `printed`, or what is wrong with the printer."""
    reason = _PRINTER_REASONS.get(state)
    return Notice(reason) if reason else printed

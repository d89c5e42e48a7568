"""What a terminal can do: everything that its machine ever asks for, in the imperative.

Rules. Effects are carried out in order, one after the other, and what must be durable stands before
what is shown. An effect that answers at once (`ReserveCode`, `SealBallot`, `JudgeClock`,
`SetClock`, `OpenStation`, `CloseStation`) gives one event, which the machine gets before any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from common.book import PageKey
from common.catalogue import EventType, FactValue


@dataclass(frozen=True, slots=True)
class Show:
    """Show a page of the ballot book.

    Attributes:
        fills: slot name -> value, for the whole contest or review; the page takes what it has
            slots for. Holds choices and codes, so it is never printed.
    """

    page: PageKey
    fills: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Say `TimeRanOut` after so many seconds, or (None) never; replaces the timer before."""

    timeout_s: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """Write an entry in the journal, on both media, before going on."""

    event: EventType
    facts: Mapping[str, FactValue] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Buzz:
    """Sound the buzzer."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class ReserveCode:
    """Make sure of one control code: `CodeReserved` or `CodesUsedUp`."""


@dataclass(frozen=True, slots=True)
class SealBallot:
    """Draw the code, seal the ballot and sign both records: `VoteSealed`.

    Attributes:
        choices: for each contest of the package, the chosen lines from 0, ascending.
    """

    style: int
    serial: int = field(repr=False)
    card_key: bytes = field(repr=False)
    choices: tuple[tuple[int, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreVote:
    """Have the vote written on the card and read back: later `VoteStored` or `VoteNotStored`."""

    cast_vote: bytes = field(repr=False)
    deposit: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpoilVote:
    """Have the vote on the card spoiled and read back: later `VoteSpoiled` or `SpoilNotStored`."""

    serial: int = field(repr=False)
    card_key: bytes = field(repr=False)
    cast_vote: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenSpoiled:
    """Have r written beside that spoiled vote: later `SpoiledOpened` or `SpoilNotStored`."""

    serial: int = field(repr=False)
    card_key: bytes = field(repr=False)
    cast_vote: bytes = field(repr=False)
    r: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class JudgeClock:
    """Say how the clock stands to the start order (None: in the day): `ClockJudged`."""

    start_order: bytes | None


@dataclass(frozen=True, slots=True)
class SetClock:
    """Set clock and chip to this time of day: `ClockJudged` or `ClockNotSet`.

    Attributes:
        hhmm: four digits, local time.
        start_order: by which the clock is judged then; None in the day.
    """

    hhmm: str
    start_order: bytes | None


@dataclass(frozen=True, slots=True)
class OpenStation:
    """Keep the start order on both media and journal the opening: `StationOpened`."""

    start_order: bytes


@dataclass(frozen=True, slots=True)
class CloseStation:
    """Journal the close and write the signed statement on both media: `StationClosed`.

    Nothing is journalled afterwards: the statement names the journal's last entry.
    """


@dataclass(frozen=True, slots=True)
class StartAgain:
    """End the process, so that the system starts it and everything is checked anew.

    While no medium is in the slot, that would lead nowhere, and nothing is done.
    """


Effect: TypeAlias = (
    Show
    | SetTimer
    | Record
    | Buzz
    | ReserveCode
    | SealBallot
    | StoreVote
    | SpoilVote
    | OpenSpoiled
    | JudgeClock
    | SetClock
    | OpenStation
    | CloseStation
    | StartAgain
)

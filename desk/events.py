"""What can happen to a desk: everything that its machine ever gets to know.

Cards speak for themselves: notifications and answers are those of `cardio.messages`, in which
cardiod has verified every record. The rest is here, past tense and frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cardio.messages import Answer, Facts, Notification
from cardio.share_quorum import SharePins
from common.counttexts import Ballots
from common.errors import Reason
from common.pages import Touched as Touched  # noqa: PLC0414 - handed on with the other events
from common.tallykey import SignedHalf


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """The scanner read a bar code."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClockPutRight:
    """Clock and chip show the time that the act names."""


@dataclass(frozen=True, slots=True)
class ClockRefused:
    """The chip did not take the time; the clock is as it was."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class HalfMade:
    """This desk's half of the tally key exists, in memory only."""


@dataclass(frozen=True, slots=True)
class HalfKept:
    """What may be known of the half lies on both media; its secret is forgotten."""

    half: SignedHalf


@dataclass(frozen=True, slots=True)
class MinutePassed:
    """Time went on while the page shows it."""


class Stage(Enum):
    """Where the counting desk's evening stands, by the files on its medium."""

    NOTHING_THERE = 1  # the accumulator has laid down nothing yet
    TO_BE_MIXED = 2
    MIXED = 3
    TO_BE_OPENED = 4  # the accumulator's part is there
    OPENED = 5


@dataclass(frozen=True, slots=True)
class EveningSeen:
    """The medium lies in its slot, and this is how far the count has come on it."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class VotesMixed:
    """The votes are shuffled, both shuffles checked, and all of it lies on both media."""


@dataclass(frozen=True, slots=True)
class OtherPartChecked:
    """The accumulator's part of the opening holds: these are the shares to be asked for.

    Attributes:
        ballots: how many votes are to be opened.
    """

    pins: SharePins
    ballots: Ballots


@dataclass(frozen=True, slots=True)
class PartWritten:
    """This desk's part of the opening lies on both media; its half is forgotten."""


@dataclass(frozen=True, slots=True)
class CountRefused:
    """What was to be done after the close could not be; nothing came of it."""

    reason: Reason
    facts: Facts = ()


Event = (
    Touched
    | CodeScanned
    | ClockPutRight
    | ClockRefused
    | HalfMade
    | HalfKept
    | MinutePassed
    | EveningSeen
    | VotesMixed
    | OtherPartChecked
    | PartWritten
    | CountRefused
    | Notification
    | Answer
)

"""What can happen to a desk: everything that its machine ever gets to know.

Cards speak for themselves: notifications and answers are those of `cardio.messages`, in which
cardiod has verified every record. The rest is here, past tense and frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cardio.messages import Answer, Notification
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


Event = (
    Touched
    | CodeScanned
    | ClockPutRight
    | ClockRefused
    | HalfMade
    | HalfKept
    | MinutePassed
    | Notification
    | Answer
)

"""What the times in a bundle say, in words: clocks are the boards' own, so nothing is refused here.

A time that goes back inside a journal, a clock that was put right or not believed, and hours in the
minutes that are not in order, become remarks. The numbers are those of the events in
`docs/journal.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier.evidence import Case

CORRECTED_UNDER_ACT, SET_WITH_COURIER_CARD = 114, 119
STOPPED, NOT_BELIEVED = 213, 216
JUMPED, CHIP_DIFFERS = 217, 218
OFFSET_S = 7  # the fact
SLACK_MS = 2_000
OPENED, CLOSED, COUNTED = 6, 7, 8  # of the minutes
CLOSES_S = 7  # of the package


@dataclass(frozen=True, slots=True)
class Moment:
    """What of a journal entry is about time."""

    time_ms: int
    event: int
    facts: dict[int, Any]


def remark_on_journal(case: Case, name: str, moments: Sequence[Moment]) -> None:
    """Tell what happened to the clock of a board, by its journal."""
    before_ms = 0
    for number, moment in enumerate(moments):
        corrected = moment.event in {CORRECTED_UNDER_ACT, SET_WITH_COURIER_CARD}
        back_ms = before_ms - moment.time_ms
        if back_ms > SLACK_MS and not corrected:
            case.remarks.append(
                f"the journal of {name} goes back by {back_ms // 1000} s at entry {number}, "
                "and no entry there says that its clock was put right"
            )
        if corrected:
            how = "under an act" if moment.event == CORRECTED_UNDER_ACT else "with the courier card"
            offset = moment.facts.get(OFFSET_S)
            case.remarks.append(f"the clock of {name} was put right by {offset} s, {how}")
        before_ms = moment.time_ms
    events = [moment.event for moment in moments]
    doubted = events.count(STOPPED) + events.count(NOT_BELIEVED)
    if doubted:
        case.remarks.append(f"the clock of {name} was not believed at {doubted} of its starts")
    jumped = events.count(JUMPED) + events.count(CHIP_DIFFERS)
    if jumped:
        case.remarks.append(f"somebody or something moved a clock of {name} {jumped} times")


def remark_on_minutes(case: Case) -> None:
    """Tell of hours in the minutes that are not in order, or a close before the hour."""
    opened, closed, counted = (case.minutes[key] for key in (OPENED, CLOSED, COUNTED))
    if not opened <= closed <= counted:
        case.remarks.append("the times of opening, close and count in the minutes are not in order")
    early_s = case.package[CLOSES_S] - closed // 1000
    if early_s > 0:
        case.remarks.append(f"the minutes close {early_s} s before the hour in the package")

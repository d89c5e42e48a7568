"""Work is stopped: a medium is missing or what lies on the media needs people's decision.

Rules: nothing is taken in; the page says why in plain words, what is safe and who decides; "check
again" (or putting a medium in) reads everything anew, as a start of the daemon does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accumulator.effects import HoldLatch, Recover
from accumulator.events import (
    Event,
    MediumFailed,
    OwnMediumInserted,
    RecoveryRefused,
    Touched,
)
from accumulator.turn import Context, Notice, Turn
from cardio.messages import VoterCardSeen


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing goes on until what `notice` tells is put right."""

    notice: Notice
    working: bool = False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case OwnMediumInserted() | Touched("retry") if not self.working:
                return Turn(replace(self, working=True), (Recover(),))
            case MediumFailed(reason, facts) | RecoveryRefused(reason, facts):
                return Turn(Stopped(Notice(reason, facts)))
            case VoterCardSeen():
                return Turn(self, (HoldLatch(closed=False),))
            case _:
                return Turn(self)

"""Work is stopped: a medium is missing or what lies on the media needs people's decision.

Rules: nothing is taken in; the page says why in plain words, what is safe and who decides; "check
again" (or putting a medium in) reads everything anew, as a start of the daemon does. What lacks
only a well medium tries again by itself every few seconds, and the page stands still meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accumulator.effects import HoldLatch, Recover
from accumulator.events import (
    Event,
    MediumFailed,
    MinutePassed,
    OwnMediumInserted,
    RecoveryRefused,
    Touched,
)
from accumulator.turn import Context, Notice, Turn
from cardio.messages import VoterCardSeen
from common.errors import Reason, Thing
from common.remedies import Remedy, remedy_of


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing goes on until what `notice` tells is put right."""

    notice: Notice
    working: bool = False

    @property
    def tries_again(self) -> bool:
        """Whether it may go on by itself, as soon as a medium is well."""
        why = self.notice.what
        return isinstance(why, Reason) and remedy_of(why) is Remedy.GOES_ON

    @property
    def _by(self) -> tuple[Thing, Reason] | None:
        """The medium that stopped the board, and why; None if it is not about a medium."""
        why = self.notice.what
        if not isinstance(why, Reason) or not self.tries_again:
            return None
        own = ("thing", Thing.OWN_STORAGE.value) in self.notice.facts
        return (Thing.OWN_STORAGE if own else Thing.REMOVABLE), why

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case MinutePassed() if self.tries_again and not self.working:
                return Turn(self, (Recover(self._by),))
            case OwnMediumInserted() | Touched("retry") if not self.working:
                return Turn(replace(self, working=True), (Recover(self._by),))
            case MediumFailed(reason, facts) | RecoveryRefused(reason, facts):
                return Turn(Stopped(Notice(reason, facts)))
            case VoterCardSeen():
                return Turn(self, (HoldLatch(closed=False),))
            case _:
                return Turn(self)

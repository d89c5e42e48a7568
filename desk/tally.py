"""What the journal tells of the day in numbers: turnout by the hour, blank cards, cards found.

Rules:
- A tally is folded from journal entries, one by one: after a stop it comes out the same. It holds
  numbers only.
- The first card of a voter counts for the turnout; another one under an act does not.
- Blank cards are known from the last time that somebody counted them: each card that is written is
  one less, each that comes back in hand one more. The accumulator's cards come back without the
  desk's knowing, so the number is a lower bound, and counting again puts it right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from common.catalogue import EventType
from common.turnout import Turnout

FEW_CARDS = 3
FETCH_MINUTES = 15
"""Cards are to be fetched when they would last no longer than this at the pace of late."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of the day so far.

    Attributes:
        blank: blank cards at the desk, at least; None when nobody ever counted them.
        voided, marked: cards made void in hand, and voters marked as having returned one, be it
            unused or after they had a terminal checked.
        sealed: unreadable cards found and sealed that no voter has claimed.
    """

    turnout: Turnout
    blank: int | None = None
    voided: int = 0
    marked: int = 0
    sealed: int = 0

    def noted(self, event: EventType, facts: Mapping[str, object], time_ms: int) -> Tally:
        """Take one journal entry into account."""
        match event:
            case EventType.CARD_ACTIVATED | EventType.CARD_GIVING_RESUMED:
                return replace(self._blank(-1), turnout=self.turnout.one_more(time_ms))
            case EventType.ANOTHER_CARD_ACTIVATED:
                return self._blank(-1)
            case EventType.GIVING_WRITTEN_OFF:
                return replace(self, turnout=self.turnout.one_more(time_ms))
            case EventType.GIVEN_CARD_UNDONE:
                return replace(self._blank(1), turnout=self.turnout.one_less(time_ms))
            case EventType.CARD_RETURNED | EventType.CARD_LEFT_BEHIND | EventType.CARD_CHALLENGED:
                return self._blank(1)
            case EventType.CARD_VOID:
                return replace(self, voided=self.voided + 1)
            case EventType.VOTER_MARKED_RETURNED | EventType.CHALLENGER_ALLOWED:
                return replace(self, marked=self.marked + 1)
            case EventType.FOUND_CARD_SEALED:
                return replace(self, sealed=self.sealed + 1)
            case EventType.SEALED_CARD_CLAIMED:
                return replace(self, sealed=max(0, self.sealed - 1))
            case EventType.BLANK_CARDS_COUNTED:
                return replace(self, blank=_count(facts))
            case EventType.NO_BLANK_CARDS:
                return replace(self, blank=0)
            case EventType.VOTERS_CARRIED_OVER:
                before = self.turnout.before + _count(facts)
                return replace(self, turnout=replace(self.turnout, before=before))
            case _:
                return self

    def minutes_left(self, now_ms: int) -> int | None:
        """Return how long the blank cards last at the pace of late; None if that is not known."""
        pace = self.turnout.lately(now_ms)
        if self.blank is None or pace == 0:
            return None
        return int(self.blank / pace)

    def cards_are_few(self, now_ms: int) -> bool:
        """Say whether somebody should fetch blank cards from the accumulator now."""
        if self.blank is None:
            return False
        minutes = self.minutes_left(now_ms)
        return self.blank <= FEW_CARDS or (minutes is not None and minutes <= FETCH_MINUTES)

    def _blank(self, change: int) -> Tally:
        """Change the number of blank cards, if it is known; it is never less than none."""
        return self if self.blank is None else replace(self, blank=max(0, self.blank + change))


def _count(facts: Mapping[str, object]) -> int:
    count = facts.get("count")
    return count if isinstance(count, int) else 0

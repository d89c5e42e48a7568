"""Cards that turn up while nobody is served, and cards that never turn up again.

- A card with a vote goes to the accumulator, at once, with its voter if he is there.
- A card that cannot be read, whose voter nobody knows, is sealed under an act of its own. If its
  voter comes back, a second act lets him have another, and no second envelope is counted.
- A lost card is not replaced: nobody can tell whether somebody votes with it. It stays out, and the
  minutes show it as missing. When it is found, it is withdrawn in the reader, and then its voter
  may have another under an act.
"""

from __future__ import annotations

from cardio.messages import CardRefused, CardRemoved, Notification
from common.errors import Reason
from desk.errands import LostCard
from desk.events import CodeScanned, Event, Touched
from desk.finding import by_code
from desk.phases import Envelope, HandBack, Ready
from desk.turn import SEEN, Turn

UNREADABLE = frozenset({Reason.CARD_UNREADABLE, Reason.CARD_MUTE})
"""Why a card counts as one that cannot be read, whatever it may be."""


def at_voted_card(turn: Turn, event: Event) -> None:
    """Go on when the card with the vote was taken out."""
    if isinstance(event, SEEN):
        turn.go(Ready())


def at_unreadable_card(turn: Turn, event: Event) -> None:
    """Decide what becomes of a card that cannot be read; taking it out decides nothing."""
    match event:
        case CodeScanned(code):
            by_code(turn, code)
        case Touched("seal"):
            turn.go(Envelope(None))
        case Touched("back"):
            turn.go(Ready())


def unreadable_card_sees(turn: Turn, slot: Notification) -> None:
    """Go on if the reader now reads what is in it."""
    match slot:
        case CardRefused(reason) if reason in UNREADABLE:
            pass
        case CardRemoved():
            pass
        case _:
            turn.go(Ready())


def at_lost_card(turn: Turn, phase: LostCard, event: Event) -> None:
    """Go on when everybody knows that there is no other card."""
    match event:
        case Touched("done"):
            turn.go(Ready())
        case Touched("hand-back"):
            turn.go(HandBack(phase.line))

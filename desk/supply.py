"""Blank cards run out (L10), and turnout by the hour.

How many voters may be inside is as many as there are cards: everybody who was given one carries it
until the accumulator has taken the vote, and then it is blank again and is carried back to a desk.
So a desk without blank cards serves nobody, and turns nobody away: the voter whose row was
confirmed stays the first of the queue, and a member fetches cards from the accumulator. Counting is
for the advice alone: a card is given whenever there is one, whatever the count says.
"""

from __future__ import annotations

from dataclasses import replace

from cardio.messages import CourierCardSeen, Notification, VoterCardSeen
from common.catalogue import EventType
from common.pages import key_of, type_key
from desk.errands import CountingCards, NoBlankCards, TurnoutShown
from desk.events import CodeScanned, Event, Touched
from desk.finding import by_code
from desk.phases import BlankWanted, Ready
from desk.turn import Turn

MAX_CARDS_DIGITS = 4


def at_no_blank_cards(turn: Turn, phase: NoBlankCards, event: Event) -> None:
    """Decide while a voter waits for a blank card."""
    match event:
        case Touched("came") | Touched("back"):
            turn.go(BlankWanted(phase.line))


def no_blank_cards_sees(turn: Turn, phase: NoBlankCards, slot: Notification) -> None:
    """Go on with the first of the queue as soon as a card is put in."""
    match slot:
        case VoterCardSeen(activation=None, deposit=None):
            turn.go(BlankWanted(phase.line))


def at_counting_cards(turn: Turn, phase: CountingCards, event: Event) -> None:
    """Decide while the blank cards are counted."""
    match event:
        case CodeScanned(code):
            by_code(turn, code)
        case Touched("back"):
            turn.go(Ready())
        case Touched("counted") if phase.typed:
            turn.record(EventType.BLANK_CARDS_COUNTED, count=int(phase.typed))
            turn.go(CountingCards())
        case Touched(name) if key := key_of("digits", name):
            turn.stay(CountingCards(type_key(phase.typed, key, MAX_CARDS_DIGITS)))


def at_turnout(turn: Turn, phase: TurnoutShown, event: Event) -> None:
    """Decide while the turnout is shown."""
    match event:
        case CodeScanned(code):
            by_code(turn, code)
        case Touched("back"):
            turn.go(Ready())
        case Touched("hours.next"):
            turn.stay(replace(phase, leaf=phase.leaf + 1))
        case Touched("hours.previous"):
            turn.stay(replace(phase, leaf=max(0, phase.leaf - 1)))


def leave_for_card(turn: Turn, slot: Notification) -> None:
    """Leave a page on which nobody is served when a card is put in that has to be looked at."""
    match slot:
        case VoterCardSeen(activation=None, deposit=None, torn=False):
            pass  # a blank one, for the next voter
        case VoterCardSeen() | CourierCardSeen():
            turn.go(Ready())

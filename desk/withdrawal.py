"""Taking cards back: a card is withdrawn only in hand, its serial read, the card blanked.

The serial is withdrawn durably before the card is blanked. A stop in between leaves a card whose
activation is withdrawn: seen again, it is only blanked. Which voter a card belonged to is known to
nobody; a voter who returns one names himself, and the mark *returned* alone gives him nothing:
another card needs an act. A card that was left behind and withdrawn is its voter's loss only until
he comes back: as many voters can be marked as having returned a card as cards were withdrawn.

A card with a spoiled vote is another thing: a terminal signed that nothing was cast with it, and it
is in hand. Its voter, found on the list as always, may have another one without an act.
"""

from __future__ import annotations

from dataclasses import replace

from cardio.messages import (
    CardRemoved,
    Done,
    EraseCard,
    Failed,
    Look,
    Notification,
    VoterCardSeen,
)
from common.catalogue import EventType
from desk.effects import AskCard
from desk.events import Event, Touched
from desk.phases import (
    BlankWanted,
    CardIn,
    Erasing,
    Found,
    HandBack,
    Interrupted,
    Ready,
    Row,
    State,
    Withdrawn,
)
from desk.refusal import Refusal
from desk.state import Mark, Withdrawal
from desk.turn import SEEN, Holding, Turn, read_card, unwanted


def at_card_in(turn: Turn, phase: CardIn, event: Event) -> None:
    """Decide while a card that somebody brought is in the reader."""
    match event:
        case Touched("returned") if phase.found is Found.ACTIVATED:
            _withdraw(turn, phase, Withdrawal.RETURNED, EventType.CARD_RETURNED)
        case Touched("left") if phase.found is Found.ACTIVATED:
            _withdraw(turn, phase, Withdrawal.RETURNED, EventType.CARD_LEFT_BEHIND)
        case Touched("void") if phase.found is Found.ACTIVATED:
            _withdraw(turn, phase, Withdrawal.VOID, EventType.CARD_VOID)
        case Touched("left") if phase.found is Found.SPOILED:
            _withdraw(turn, phase, Withdrawal.CHALLENGED, EventType.CARD_CHALLENGED)
        case Touched("blank") if phase.found in (Found.WITHDRAWN, Found.NOTHING_VALID):
            turn.record(EventType.CARD_BLANKED)
            _erase(turn, then=Ready(), otherwise=phase)
        case _ if isinstance(event, SEEN):
            turn.go(Ready())


def _withdraw(turn: Turn, phase: CardIn, why: Withdrawal, event: EventType) -> None:
    if phase.index is None:
        return
    turn.save_serials(turn.state.serials.withdraw(phase.index, why))
    turn.record(event)
    _erase(turn, then=Withdrawn(why), otherwise=CardIn(Found.WITHDRAWN, phase.index))


def _erase(
    turn: Turn,
    *,
    then: Withdrawn | Row | Ready,
    otherwise: CardIn | HandBack,
    returned_line: int | None = None,
    checked: bool = False,
) -> None:
    """Have the voter card in the reader blanked."""
    slot = turn.state.slot
    if isinstance(slot, VoterCardSeen):
        turn.do(AskCard(EraseCard(slot.key_hash)))
        turn.go(Erasing(slot.key_hash, then, otherwise, returned_line, checked=checked))


def at_withdrawn(turn: Turn, event: Event) -> None:
    """Go on when the card was taken out, or on a touch."""
    match event:
        case Touched("done") | CardRemoved():
            turn.go(Ready())


def unclaimed(state: State) -> int:
    """Return how many cards were withdrawn in hand that no voter on the list is marked for.

    So many voters at most can say that theirs was taken back before: at the desk, or because
    somebody found it.
    """
    _, returned, _ = state.serials.totals
    withdrawn = returned + state.serials.challenges + state.tally.voided
    return max(0, withdrawn - state.tally.marked)


def at_hand_back(turn: Turn, phase: HandBack, event: Event) -> None:
    """Decide while the card of the voter in sight is awaited."""
    match event:
        case Touched("back"):
            turn.go(Row(phase.line))
        case Touched("withdrawn-before") if unclaimed(turn.state):
            # Harmless by itself: another card needs an act.
            turn.mark(phase.line, Mark.RETURNED)
            turn.record(EventType.VOTER_MARKED_RETURNED)
            turn.go(Row(phase.line))


def hand_back_sees(turn: Turn, phase: HandBack, slot: Notification) -> None:
    """Withdraw the card that the voter gives back."""
    match slot:
        case VoterCardSeen() if phase.refusal is None:
            reading = read_card(turn.rules, turn.state.serials, slot)
            match reading.holding:
                case Holding.ACTIVATION | Holding.SPOILED | Holding.WITHDRAWN if (
                    reading.index is not None
                ):
                    checked = reading.holding is Holding.SPOILED
                    serials = turn.state.serials
                    if checked:
                        turn.save_serials(serials.withdraw(reading.index, Withdrawal.CHALLENGED))
                        turn.record(EventType.CARD_CHALLENGED)
                    elif reading.holding is Holding.ACTIVATION:
                        turn.save_serials(serials.withdraw(reading.index, Withdrawal.RETURNED))
                        turn.record(EventType.CARD_RETURNED)
                    line = phase.line
                    _erase(
                        turn,
                        then=Row(line),
                        otherwise=phase,
                        returned_line=line,
                        checked=checked,
                    )
                case _:
                    turn.stay(replace(phase, refusal=reading.refusal()))
        case _ if refusal := unwanted(slot):
            turn.stay(replace(phase, refusal=refusal))


def at_erasing(turn: Turn, phase: Erasing, event: Event) -> None:
    """Decide while the card is being blanked; then what is really on it decides."""
    match event:
        case Done() | Failed() if not phase.looking:
            refusal = Refusal(event.reason, event.facts) if isinstance(event, Failed) else None
            turn.do(AskCard(Look()))
            turn.stay(replace(phase, refusal=refusal, looking=True))
        case Done() | Failed():
            slot = turn.state.slot
            same_card = isinstance(slot, VoterCardSeen) and slot.key_hash == phase.card_key
            if isinstance(slot, VoterCardSeen) and same_card and slot.blank:
                _blanked(turn, phase)
            else:
                _not_blanked(turn, phase, same_card=same_card)


def _blanked(turn: Turn, phase: Erasing) -> None:
    if phase.returned_line is not None and phase.checked:
        turn.mark(phase.returned_line, Mark.ANOTHER_ALLOWED)
        turn.record(EventType.CHALLENGER_ALLOWED)
    elif phase.returned_line is not None:
        turn.mark(phase.returned_line, Mark.RETURNED)
        turn.record(EventType.VOTER_MARKED_RETURNED)
    turn.go(phase.then)


def _not_blanked(turn: Turn, phase: Erasing, *, same_card: bool) -> None:
    match phase.otherwise:
        case CardIn() if not same_card:
            turn.go(Ready())
        case Interrupted() | BlankWanted() | CardIn() | HandBack():
            turn.go(replace(phase.otherwise, refusal=phase.refusal))

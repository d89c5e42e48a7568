"""Giving a voter a card: the row, the blank card, the order of writes, and what a stop leaves.

The order of writes (design §4), each durable on both media before the next:

1. the serial is issued and in the flight block        (`serials.bin`)
2. the voter is *being given* a card                   (`marks.bin`)
3. the activation is written on the card, read back    (cardiod)
4. the voter is *given*                                (`marks.bin`)
5. "give the card to the voter" is shown; when the card is out, the flight block becomes noise.

After a stop the card in the reader decides. It opens the flight block, or it is another card:

- it holds the activation: give it, or withdraw it here and now;
- it is torn, or it is blank and has not left the reader since: it was never of use to anybody, its
  serial is void, and the voter may be given a card again;
- it is blank and was out of the desk's sight: somebody may have voted with it, for the accumulator
  leaves a card just so. This, and a card that cannot be had, takes an act signed by two officials.

So a voter gets another card only when the first was withdrawn in this reader, or under an act.
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
    ReaderMissing,
    VoterCardSeen,
)
from common.catalogue import EventType
from common.errors import Reason
from common.records import SERIALS_PER_DESK
from desk.effects import Activate, AskCard
from desk.errands import LostCard, NoBlankCards, VotedCard
from desk.events import Event, Touched
from desk.phases import (
    BlankWanted,
    CardIn,
    Checking,
    Decide,
    Envelope,
    Erasing,
    Found,
    GiveOut,
    HandBack,
    Interrupted,
    Ready,
    Row,
    Writing,
)
from desk.purposes import ActPurpose
from desk.refusal import Refusal
from desk.signing import begin_signing, use_act
from desk.state import MAY_BE_GIVEN, Mark, Withdrawal
from desk.turn import SEEN, Holding, Turn, read_card, unwanted

_BEFORE = {
    Mark.BEING_GIVEN: Mark.NONE,
    Mark.ANOTHER_BEING_GIVEN: Mark.ANOTHER_ALLOWED,
}
_WHILE = {Mark.NONE: Mark.BEING_GIVEN, Mark.ANOTHER_ALLOWED: Mark.ANOTHER_BEING_GIVEN}


def at_row(turn: Turn, phase: Row, event: Event) -> None:
    """Decide while the operator compares the row with the document."""
    mark = turn.state.marks.of(phase.line)
    match event:
        case Touched("confirm") if mark in MAY_BE_GIVEN:
            turn.go(BlankWanted(phase.line))
        case Touched("refuse"):
            turn.record(EventType.DOCUMENT_REFUSED)
            turn.go(Ready())
        case Touched("back"):
            turn.go(Ready())
        case Touched("hand-back") if mark is Mark.GIVEN:
            turn.go(HandBack(phase.line))
        case Touched("unread") if mark is Mark.GIVEN:
            turn.go(Envelope(phase.line))
        case Touched("lost") if mark is Mark.GIVEN:
            turn.record(EventType.CARD_LOST)
            turn.go(LostCard(phase.line))
        case Touched("another") if mark is Mark.RETURNED:
            begin_signing(turn, phase.line, ActPurpose.RETURNED)
        case Touched("use-act") if _act_left(turn) and mark in (Mark.GIVEN, Mark.RETURNED):
            use_act(turn, phase.line)


def _act_left(turn: Turn) -> bool:
    """Say whether an act was signed and, because of a stop, not used."""
    return turn.state.acts > turn.state.marks.acts_used


def at_blank_wanted(turn: Turn, phase: BlankWanted, event: Event) -> None:
    """Decide while a blank card is awaited."""
    match event:
        case Touched("back"):
            turn.go(Row(phase.line))
        case Touched("no-cards"):
            turn.record(EventType.NO_BLANK_CARDS)
            turn.go(NoBlankCards(phase.line))


def blank_wanted_sees(turn: Turn, phase: BlankWanted, slot: Notification) -> None:
    """Judge the card that was put in for a voter."""
    match slot:
        case VoterCardSeen():
            reading = read_card(turn.rules, turn.state.serials, slot)
            match reading.holding:
                case Holding.NOTHING:
                    _give(turn, phase.line, slot)
                case Holding.NOTHING_VALID | Holding.WITHDRAWN if phase.refusal is None:
                    # A card that was withdrawn, and a stop came before it was blanked, is as good.
                    turn.do(AskCard(EraseCard(slot.key_hash)))
                    turn.go(Erasing(slot.key_hash, then=phase, otherwise=phase))
                case _:
                    turn.stay(replace(phase, refusal=phase.refusal or reading.refusal()))
        case _ if refusal := unwanted(slot):
            turn.stay(replace(phase, refusal=refusal))


def _give(turn: Turn, line: int, card: VoterCardSeen) -> None:
    """Begin the order of writes."""
    rules, mark = turn.rules, turn.state.marks.of(line)
    if mark not in MAY_BE_GIVEN:
        turn.go(Row(line))
        return
    serials = turn.state.serials
    index = serials.draw(rules.random_bytes)
    if index is None:
        refusal = Refusal(Reason.SERIALS_USED_UP, (("count", SERIALS_PER_DESK),))
        turn.record(EventType.SERIALS_USED_UP)
        turn.stay(BlankWanted(line, refusal))
        return
    turn.save_serials(serials.issue(index, card.key_hash, rules.random_bytes))
    turn.mark(line, _WHILE[mark])
    style = rules.roll.by_line[line].style
    turn.do(Activate(style, index, card.key_hash))
    turn.go(Writing(line, card.key_hash))


def void_unwritten(turn: Turn, card: VoterCardSeen) -> None:
    """Void the serial in flight if this is its card, which holds no activation."""
    serials = turn.state.serials
    index = serials.in_flight(card.key_hash)
    if index is None:
        return
    serials = serials.withdraw(index, Withdrawal.VOID).landed(turn.rules.random_bytes)
    turn.save_serials(serials)
    turn.record(EventType.CARD_GIVING_UNDONE)


def at_writing(turn: Turn, phase: Writing, event: Event) -> None:
    """Decide while the activation is being written."""
    match event:
        case Done():
            _given(turn, phase.line, EventType.CARD_ACTIVATED)
        case Failed(reason=reason, facts=facts):
            turn.record(EventType.CARD_GIVING_INTERRUPTED)
            turn.do(AskCard(Look()))
            turn.go(Checking(phase.line, Refusal(reason, facts), phase.card_key))
        case _ if isinstance(event, SEEN):
            turn.stay(replace(phase, card_key=in_sight(phase.card_key, event)))


def _given(turn: Turn, line: int, event: EventType) -> None:
    mark_while = turn.state.marks.of(line)
    turn.mark(line, Mark.GIVEN)
    turn.record(event if mark_while is Mark.BEING_GIVEN else EventType.ANOTHER_CARD_ACTIVATED)
    turn.go(GiveOut(line, mark_while))


def at_checking(turn: Turn, phase: Checking, event: Event) -> None:
    """Go on when the card was looked at again; whatever is on it decides."""
    match event:
        case Done() | Failed():
            turn.go(Interrupted(phase.line, phase.refusal, card_key=phase.card_key))
        case _ if isinstance(event, SEEN):
            key = in_sight(phase.card_key, event, phase.refusal)
            turn.stay(replace(phase, card_key=key))


def in_sight(
    card_key: bytes | None, event: Notification, refusal: Refusal | None = None
) -> bytes | None:
    """Return the key of the interrupted card if it cannot have left the reader meanwhile.

    When cardiod itself stopped, it is back at once, and no voter is as quick as that; a reader that
    goes missing for another reason may have been unplugged.
    """
    match event:
        case VoterCardSeen(key_hash=key) if key == card_key:
            return card_key
        case ReaderMissing() if refusal and refusal.reason is Reason.CARD_SERVICE_LOST:
            return card_key
        case _:
            return None


def at_interrupted(turn: Turn, phase: Interrupted, event: Event) -> None:
    """Decide while a line is being given a card and nobody knows how far."""
    match event:
        case Touched("again"):
            turn.go(Interrupted(phase.line, card_key=phase.card_key))
        case Touched("unread"):
            turn.go(Envelope(phase.line))
        case Touched("act"):
            begin_signing(turn, phase.line, ActPurpose.INTERRUPTED)
        case Touched("use-act") if _act_left(turn):
            use_act(turn, phase.line)


def interrupted_sees(turn: Turn, phase: Interrupted, slot: Notification) -> None:
    """Let the card decide, if it is the one."""
    match slot:
        case VoterCardSeen():
            index = turn.state.serials.in_flight(slot.key_hash)
            if index is None:
                turn.stay(replace(phase, refusal=Refusal(Reason.CARD_NOT_INTERRUPTED)))
            else:
                _card_decides(turn, phase, slot, index)
        case _ if refusal := unwanted(slot):
            turn.stay(replace(phase, refusal=refusal))


def _card_decides(turn: Turn, phase: Interrupted, card: VoterCardSeen, index: int) -> None:
    line, serials = phase.line, turn.state.serials
    reading = read_card(turn.rules, serials, card)
    match reading.holding:
        case Holding.ACTIVATION if reading.index == index:
            turn.go(Decide(line, index))
        case Holding.WITHDRAWN if reading.index == index:
            if not phase.tried:
                _blank_interrupted(turn, line, card)
        case Holding.VOTE:
            # It was activated, so it was as good as given; the voter has used it.
            _given(turn, line, EventType.CARD_GIVING_RESUMED)
            turn.save_serials(serials.landed(turn.rules.random_bytes))
            turn.go(VotedCard())
        case Holding.SPOILED if reading.index == index:
            # The voter has used it, to have a terminal checked.
            _given(turn, line, EventType.CARD_GIVING_RESUMED)
            turn.save_serials(serials.landed(turn.rules.random_bytes))
            turn.go(CardIn(Found.SPOILED, index))
        case Holding.NOTHING if phase.card_key != card.key_hash:
            refusal = Refusal(Reason.CARD_BLANK_PROVES_NOTHING)
            turn.stay(replace(phase, refusal=refusal))
        case Holding.NOTHING | Holding.NOTHING_VALID:
            # The mark first: if the next write is lost, this card still voids its serial.
            turn.mark(line, _BEFORE[turn.state.marks.of(line)])
            void_unwritten(turn, card)
            turn.go(Row(line, phase.refusal))
        case _:
            turn.stay(replace(phase, refusal=Refusal(Reason.CARD_NOT_INTERRUPTED)))


def _blank_interrupted(turn: Turn, line: int, card: VoterCardSeen) -> None:
    turn.do(AskCard(EraseCard(card.key_hash)))
    then = Interrupted(line, card_key=card.key_hash)
    turn.go(Erasing(card.key_hash, then, otherwise=Interrupted(line, tried=True)))


def at_decide(turn: Turn, phase: Decide, event: Event) -> None:
    """Decide while the interrupted card is in the reader, activated."""
    match event:
        case Touched("give"):
            _given(turn, phase.line, EventType.CARD_GIVING_RESUMED)
        case Touched("withdraw"):
            slot = turn.state.slot
            if isinstance(slot, VoterCardSeen):
                _withdraw_interrupted(turn, phase.line, phase.index, slot)
        case _ if isinstance(event, SEEN):
            turn.go(Interrupted(phase.line))


def _withdraw_interrupted(turn: Turn, line: int, index: int, card: VoterCardSeen) -> None:
    turn.save_serials(turn.state.serials.withdraw(index, Withdrawal.VOID))
    turn.record(EventType.CARD_GIVING_UNDONE)
    _blank_interrupted(turn, line, card)


def at_give_out(turn: Turn, phase: GiveOut, event: Event) -> None:
    """Decide while the card is ready for the voter; taking it out ends the giving."""
    match event:
        case CardRemoved():
            turn.save_serials(turn.state.serials.landed(turn.rules.random_bytes))
            turn.go(Ready())
        case Touched("withdraw") if phase.line is not None:
            slot = turn.state.slot
            if not isinstance(slot, VoterCardSeen):
                return
            index = turn.state.serials.in_flight(slot.key_hash)
            if index is None:
                return
            turn.mark(phase.line, phase.mark_while)
            if phase.mark_while is Mark.BEING_GIVEN:
                turn.record(EventType.GIVEN_CARD_UNDONE)
            _withdraw_interrupted(turn, phase.line, index, slot)

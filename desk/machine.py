"""The desk's machine: an event in, effects out; no clock, no media, no cards of its own.

    state, effects = step(rules, state, event, now_ms)

Here are the day's frame (waiting for the courier, ready, closing) and the order in which things are
judged; `finding`, `admission`, `withdrawal`, `found_cards`, `signing` and `supply` hold what
happens with one voter or one card, `evening` what the counting desk does after its close. The shell
(`desk.daemon`) carries the effects out in order and then shows the page of the new state.
"""

from __future__ import annotations

from dataclasses import replace

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Notification,
    ReaderMissing,
    VoterCardSeen,
)
from common import tallykey
from common.catalogue import EventType
from common.errors import Reason, Thing
from common.records import BoardKind, RecordError, StartOrder, open_record
from desk import (
    admission,
    clockcheck,
    evening,
    finding,
    found_cards,
    half,
    signing,
    supply,
    withdrawal,
)
from desk.effects import CloseDesk, Effect
from desk.errands import (
    CountingCards,
    Listed,
    LostCard,
    NoBlankCards,
    Searching,
    TurnoutShown,
    UnreadableCard,
    VotedCard,
)
from desk.evening_phases import EveningPhase
from desk.events import Event, Touched
from desk.phases import (
    BlankWanted,
    CardIn,
    Checking,
    ClockCheck,
    Closed,
    ConfirmClose,
    Decide,
    Envelope,
    Erasing,
    Found,
    GiveOut,
    HalfToCourier,
    HandBack,
    Interrupted,
    Opened,
    Phase,
    Ready,
    Row,
    Rules,
    SharesGiven,
    Signing,
    Spare,
    State,
    TakeOut,
    Waiting,
    Withdrawn,
    Writing,
)
from desk.refusal import Refusal
from desk.turn import SEEN, Holding, Turn, read_card, unwanted

LANGUAGES = ("kk", "ru", "en")


def step(
    rules: Rules, state: State, event: Event, now_ms: int, *, clock_doubted: bool = False
) -> tuple[State, tuple[Effect, ...]]:
    """Decide one event at this wall time (UTC, ms), which may be in doubt."""
    state = replace(state, now_ms=now_ms)
    turn = Turn(rules, state, now_ms, clock_doubted)
    if isinstance(event, Touched) and event.name.startswith("language."):
        _choose_language(turn, event.name.removeprefix("language."))
        return turn.state, tuple(turn.effects)
    if isinstance(event, SEEN):
        if event == state.slot:
            return state, ()
        phase = _without_refusal(state.phase, event)
        turn.state = replace(turn.state, slot=event, phase=phase)
        turn.fresh = True
    if isinstance(turn.state.phase, Closed | EveningPhase):
        evening.at_evening(turn, turn.state.phase, event)
        while turn.fresh and isinstance(turn.state.phase, Closed | EveningPhase):
            turn.fresh = False
            evening.evening_sees(turn, turn.state.phase, turn.state.slot)
        return turn.state, tuple(turn.effects)
    _record_reader(turn, state.slot, event)
    _decide(turn, event)
    while turn.fresh:
        turn.fresh = False
        _judge_card(turn)
    return turn.state, tuple(turn.effects)


def _record_reader(turn: Turn, before: Notification, event: Event) -> None:
    match event:
        case CardRefused(reason=reason):
            turn.record(EventType.CARD_REFUSED, reason=reason.value)
        case ReaderMissing():
            turn.record(EventType.READER_MISSING)
        case _ if isinstance(event, SEEN) and isinstance(before, ReaderMissing):
            if not turn.state.restarted:
                turn.record(EventType.READER_BACK)


def _without_refusal(phase: Phase, event: Notification) -> Phase:
    """Forget what was said about the card before."""
    match phase:
        case Waiting() | BlankWanted() | HandBack():
            return replace(phase, refusal=None)
        case Interrupted():
            key = admission.in_sight(phase.card_key, event, phase.refusal)
            return Interrupted(phase.line, phase.refusal if key else None, card_key=key)
        case _:
            return phase


def _choose_language(turn: Turn, language: str) -> None:
    if language in LANGUAGES:
        turn.state = replace(turn.state, language=language)


def _decide(turn: Turn, event: Event) -> None:
    """Let the phase in force decide the event."""
    match turn.state.phase:
        case Spare() as phase:
            signing.at_spare(turn, phase, event)
        case Waiting():
            half.at_waiting(turn, event)
        case SharesGiven() as phase:
            half.at_shares(turn, phase, event)
        case HalfToCourier() as phase:
            half.at_courier(turn, phase, event)
        case Opened() if isinstance(event, CardRemoved):
            turn.go(Ready())
        case ClockCheck() as phase:
            clockcheck.at_clock_check(turn, phase, event)
        case TakeOut() if event == Touched("clock.check"):
            clockcheck.look(turn)
        case TakeOut() if isinstance(event, SEEN):
            turn.go(Ready())
        case Ready() as phase:
            finding.at_ready(turn, phase, event)
        case Searching() as phase:
            finding.at_searching(turn, phase, event)
        case Listed() as phase:
            finding.at_listed(turn, phase, event)
        case Row() as phase:
            admission.at_row(turn, phase, event)
        case BlankWanted() as phase:
            admission.at_blank_wanted(turn, phase, event)
        case Writing() as phase:
            admission.at_writing(turn, phase, event)
        case Checking() as phase:
            admission.at_checking(turn, phase, event)
        case Interrupted() as phase:
            admission.at_interrupted(turn, phase, event)
        case Decide() as phase:
            admission.at_decide(turn, phase, event)
        case GiveOut() as phase:
            admission.at_give_out(turn, phase, event)
        case CardIn() as phase:
            withdrawal.at_card_in(turn, phase, event)
        case HandBack() as phase:
            withdrawal.at_hand_back(turn, phase, event)
        case Withdrawn():
            withdrawal.at_withdrawn(turn, event)
        case Erasing() as phase:
            withdrawal.at_erasing(turn, phase, event)
        case Envelope() as phase:
            signing.at_envelope(turn, phase, event)
        case Signing() as phase:
            signing.at_signing(turn, phase, event)
        case VotedCard():
            found_cards.at_voted_card(turn, event)
        case UnreadableCard():
            found_cards.at_unreadable_card(turn, event)
        case LostCard() as phase:
            found_cards.at_lost_card(turn, phase, event)
        case NoBlankCards() as phase:
            supply.at_no_blank_cards(turn, phase, event)
        case CountingCards() as phase:
            supply.at_counting_cards(turn, phase, event)
        case TurnoutShown() as phase:
            supply.at_turnout(turn, phase, event)
        case ConfirmClose():
            _at_confirm_close(turn, event)


def _judge_card(turn: Turn) -> None:
    """Let the phase in force judge what is in the reader."""
    slot = turn.state.slot
    match turn.state.phase:
        case Spare() as phase:
            signing.spare_sees(turn, phase, slot)
        case Waiting() as phase:
            _waiting_sees(turn, phase, slot)
        case SharesGiven() as phase:
            half.shares_see(turn, phase, slot)
        case HalfToCourier() as phase:
            half.courier_sees(turn, phase, slot)
        case Ready():
            _ready_sees(turn, slot)
        case BlankWanted() as phase:
            admission.blank_wanted_sees(turn, phase, slot)
        case Interrupted() as phase:
            admission.interrupted_sees(turn, phase, slot)
        case HandBack() as phase:
            withdrawal.hand_back_sees(turn, phase, slot)
        case Signing() as phase:
            signing.signing_sees(turn, phase, slot)
        case UnreadableCard():
            found_cards.unreadable_card_sees(turn, slot)
        case NoBlankCards() as phase:
            supply.no_blank_cards_sees(turn, phase, slot)
        case Searching() | Listed() | CountingCards() | TurnoutShown():
            supply.leave_for_card(turn, slot)


# --- opening ----------------------------------------------------------------------------------


def _waiting_sees(turn: Turn, phase: Waiting, slot: Notification) -> None:
    match slot:
        case CourierCardSeen(start_order=None) if turn.state.half is not None:
            turn.go(HalfToCourier())
        case CourierCardSeen(start_order=None):
            turn.stay(Waiting(Refusal(Reason.COURIER_HOLDS_NOTHING)))
        case CourierCardSeen(start_order=bytes(start_order)):
            if refusal := _wrong_order(turn, start_order):
                turn.stay(Waiting(refusal))
                return
            clockcheck.judge(turn, start_order)
        case VoterCardSeen():
            turn.stay(Waiting(Refusal(Reason.CARD_COURIER_EXPECTED)))
        case _:
            turn.stay(replace(phase, refusal=unwanted(slot)))


def _wrong_order(turn: Turn, signed: bytes) -> Refusal | None:
    package = turn.rules.package
    thing = ("thing", Thing.START_ORDER.value)
    try:
        order = open_record(StartOrder, signed, package.station_key)
    except RecordError:
        return Refusal(Reason.RECORD_SIGNATURE_WRONG, (thing,))
    if order.station != package.station:
        facts = (thing, ("found", order.station), ("expected", package.station))
        return Refusal(Reason.RECORD_OTHER_STATION, facts)
    if order.package != turn.rules.package_hash:
        return Refusal(Reason.RECORD_OTHER_PACKAGE, (thing,))
    board = package.board(order.board)
    if board is None or board.kind is not BoardKind.ACCUMULATOR:
        return Refusal(Reason.RECORD_WRONG_SIGNER, (thing,))
    try:
        tallykey.read_order(package, turn.rules.package_hash, signed)
    except RecordError:
        return Refusal(Reason.TALLY_HALF_WRONG, (thing,))
    if turn.rules.makes_half:
        ours = turn.state.half
        if ours is None or order.tally_keys[-1] != ours.tally_half:
            return Refusal(Reason.TALLY_HALF_OTHER)
    return None


# --- ready for the next voter -----------------------------------------------------------------


def _ready_sees(turn: Turn, slot: Notification) -> None:
    if turn.state.restarted and not isinstance(slot, ReaderMissing):
        turn.state = replace(turn.state, restarted=False)
        _settle_flight(turn, slot)
    match slot:
        case VoterCardSeen() if isinstance(turn.state.phase, Ready):
            _voter_card_at_ready(turn, slot)
        case CourierCardSeen(start_order=start_order):
            _courier_at_ready(turn, start_order)
        case CardRefused(reason) if reason in found_cards.UNREADABLE:
            turn.go(UnreadableCard())
        case _ if refusal := unwanted(slot):
            turn.go(TakeOut(refusal))


def _settle_flight(turn: Turn, slot: Notification) -> None:
    """Let the first thing seen after a start end what the flight block is about.

    No line is being given a card, so either the card was marked as given and may still be in the
    reader, or the stop came before anything was written on it.
    """
    serials = turn.state.serials
    if isinstance(slot, VoterCardSeen):
        index = serials.in_flight(slot.key_hash)
        reading = read_card(turn.rules, serials, slot)
        if index is not None and reading.holding is Holding.ACTIVATION and reading.index == index:
            turn.go(GiveOut(None))
            return
        if index is not None and reading.holding in (Holding.NOTHING, Holding.NOTHING_VALID):
            admission.void_unwritten(turn, slot)
            return
    turn.save_serials(serials.landed(turn.rules.random_bytes))


def _voter_card_at_ready(turn: Turn, card: VoterCardSeen) -> None:
    serials = turn.state.serials
    reading = read_card(turn.rules, serials, card)
    match reading.holding:
        case Holding.NOTHING:
            pass
        case Holding.NOTHING_VALID:
            turn.go(CardIn(Found.NOTHING_VALID))
        case Holding.ACTIVATION:
            turn.go(CardIn(Found.ACTIVATED, reading.index))
        case Holding.WITHDRAWN:
            turn.go(CardIn(Found.WITHDRAWN, reading.index))
        case Holding.SPOILED:
            turn.go(CardIn(Found.SPOILED, reading.index))
        case Holding.VOTE:
            turn.record(EventType.CARD_REFUSED, reason=Reason.CARD_HOLDS_VOTE.value)
            turn.go(VotedCard())
        case _:
            refusal = reading.refusal()
            turn.record(EventType.CARD_REFUSED, reason=refusal.reason.value)
            turn.go(TakeOut(refusal))


# --- closing ----------------------------------------------------------------------------------


def _courier_at_ready(turn: Turn, start_order: bytes | None) -> None:
    package = turn.rules.package
    if start_order is None:
        turn.go(TakeOut(Refusal(Reason.COURIER_HOLDS_NOTHING)))
    elif start_order != turn.state.start_order:
        facts = (("thing", Thing.START_ORDER.value),)
        turn.go(TakeOut(Refusal(Reason.RECORD_OTHER_START_ORDER, facts)))
    elif turn.now_ms < package.closes_s * 1000:
        facts = (("time", local_time(package.closes_s, package.zone_minutes)),)
        turn.go(TakeOut(Refusal(Reason.CLOSE_NOT_REACHED, facts)))
    else:
        turn.go(ConfirmClose())


def _at_confirm_close(turn: Turn, event: Event) -> None:
    match event:
        case Touched("close"):
            turn.save_serials(turn.state.serials.landed(turn.rules.random_bytes))
            turn.do(CloseDesk())
            turn.go(Closed())
        case Touched("back"):
            turn.go(TakeOut(Refusal(Reason.CARD_COURIER_HERE)))
        case CardRemoved():
            turn.go(Ready())


def local_time(time_s: int, zone_minutes: int) -> str:
    """Return a Unix time as hours and minutes of the station."""
    minutes = (time_s // 60 + zone_minutes) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"

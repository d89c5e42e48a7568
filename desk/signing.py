"""Two officials sign an act, each with card and PIN.

It is about another card for a voter, the clock, or a dead desk in whose place this spare goes on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

from cardio.messages import (
    CardRemoved,
    Failed,
    Notification,
    OfficialCardSeen,
    SignAct,
    Signed,
    VoterCardSeen,
)
from common.catalogue import EventType
from common.cose import SignatureWrong, SignedBody
from common.deadboards import DIED
from common.errors import Reason
from common.pages import key_of, type_key
from common.records import Act, ActFact, ActKind, Role
from desk import clockcheck
from desk.effects import AskCard, KeepAct, PutClockRight, TakeOver
from desk.events import ClockPutRight, ClockRefused, Event, Touched
from desk.phases import (
    SIGNERS_OF_AN_ACT,
    ClockShift,
    Envelope,
    Interrupted,
    Ready,
    Replacing,
    Row,
    Signing,
    Spare,
)
from desk.purposes import ALLOWING, ActPurpose
from desk.refusal import Refusal
from desk.state import BEING_GIVEN, Mark
from desk.turn import Turn, unwanted

MAX_PIN_DIGITS = 8
MIN_PIN_DIGITS = 6
_ABOUT_THE_PIN = (
    Reason.PIN_WRONG,
    Reason.PIN_BLOCKED,
    Reason.PIN_FORMAT,
    Reason.SIGNATURE_REFUSED,
)


def begin_signing(turn: Turn, line: int | None, purpose: ActPurpose) -> None:
    """Draw up the act and ask for the first card."""
    facts: dict[int, int | str | bytes] = {
        ActFact.BOARD: turn.rules.board.name,
        ActFact.REASON: purpose.value,
        ActFact.CARDS: purpose.cards,
    }
    act = Act(
        kind=ActKind.UNREAD_CARD,
        station=turn.rules.package.station,
        package=turn.rules.package_hash,
        board=turn.rules.board.name,
        time_ms=turn.now_ms,
        facts=facts,
    )
    turn.go(Signing(line, purpose, SignedBody(act.to_bytes(), Act.external())))


def begin_replacement(turn: Turn, phase: Spare) -> None:
    """Draw up the act that this spare goes on in the place of a dead desk."""
    rules = turn.rules
    facts: dict[int, int | str | bytes] = {
        ActFact.BOARD: phase.dead,
        ActFact.SPARE: rules.board.name,
        ActFact.REASON: DIED,
    }
    if phase.entries:
        facts |= {ActFact.JOURNAL_HEAD: phase.head, ActFact.JOURNAL_LENGTH: phase.entries}
    act = Act(
        kind=ActKind.REPLACEMENT,
        station=rules.package.station,
        package=rules.package_hash,
        board=rules.board.name,
        time_ms=turn.now_ms,
        facts=facts,
    )
    body = SignedBody(act.to_bytes(), Act.external())
    turn.go(Signing(None, Replacing(phase), body))


def at_spare(turn: Turn, phase: Spare, event: Event) -> None:
    """Decide while this spare waits, or has the medium of a dead desk."""
    match event:
        case Touched("take") if phase.dead:
            begin_replacement(turn, replace(phase, refusal=None))


def spare_sees(turn: Turn, phase: Spare, slot: Notification) -> None:
    """Say that no card is of use to a spare that waits."""
    match slot:
        case VoterCardSeen():
            turn.stay(replace(phase, refusal=Refusal(Reason.NOT_OPEN)))
        case CardRemoved() if phase.dead:
            turn.stay(replace(phase, refusal=None))
        case _ if refusal := unwanted(slot):
            turn.stay(replace(phase, refusal=refusal))


def at_envelope(turn: Turn, phase: Envelope, event: Event) -> None:
    """Decide while the operator seals the unreadable card."""
    match event:
        case Touched("sealed") if phase.line is None:
            begin_signing(turn, None, ActPurpose.FOUND)
        case Touched("sealed"):
            begin_signing(turn, phase.line, ActPurpose.UNREAD)
        case Touched("sealed-before") if phase.line is not None and turn.state.tally.sealed:
            begin_signing(turn, phase.line, ActPurpose.SEALED_BEFORE)
        case Touched("back"):
            turn.go(_where_from(turn, phase.line))


def at_signing(turn: Turn, phase: Signing, event: Event) -> None:
    """Decide while officials put in their cards and type their PINs."""
    match event:
        case Signed(signature=signature, certificate=certificate):
            _signed(turn, phase, signature, certificate)
        case Failed(reason=reason, facts=facts):
            _record_pin(turn, phase.asked, reason, dict(facts))
            turn.stay(replace(phase, pin="", asked=None, refusal=Refusal(reason, facts)))
        case _ if phase.asked is not None:
            return
        case Touched("sign"):
            _ask(turn, phase)
        case Touched("back") if isinstance(phase.purpose, ClockShift | Replacing):
            turn.go(phase.purpose.back)
        case Touched("back"):
            turn.go(_where_from(turn, phase.line))
        case ClockPutRight() | ClockRefused() if isinstance(phase.purpose, ClockShift):
            clockcheck.at_clock_signed(turn, phase.purpose, event)
        case Touched(name) if (key := key_of("pin", name)) and _is_asked(turn, phase):
            turn.stay(replace(phase, pin=type_key(phase.pin, key, MAX_PIN_DIGITS), refusal=None))
        case OfficialCardSeen() | CardRemoved():
            turn.stay(replace(phase, pin=""))


def signing_sees(turn: Turn, phase: Signing, slot: Notification) -> None:
    """Say what is wrong with a card that cannot sign."""
    if phase.asked is not None:
        return
    match slot:
        case OfficialCardSeen():
            refusal = _may_not_sign(turn, phase, slot)
            said_before = phase.refusal and phase.refusal.reason in _ABOUT_THE_PIN
            if refusal or not said_before:
                turn.stay(replace(phase, refusal=refusal))
        case VoterCardSeen():
            turn.stay(replace(phase, refusal=Refusal(Reason.CARD_VOTER_HERE)))
        case CardRemoved():
            turn.stay(replace(phase, refusal=None))
        case _ if refusal := unwanted(slot):
            turn.stay(replace(phase, refusal=refusal))


def _is_asked(turn: Turn, phase: Signing) -> bool:
    """Say whether a PIN is typed for a card: else it would be forgotten when the card is seen."""
    card = turn.state.slot
    return isinstance(card, OfficialCardSeen) and card.official not in phase.signers


def _may_not_sign(turn: Turn, phase: Signing, card: OfficialCardSeen) -> Refusal | None:
    official = turn.rules.package.official(card.official)
    if official is None or sha256(card.certificate).digest() != official.certificate:
        return Refusal(Reason.CARD_CERTIFICATE_WRONG)
    if official.role is Role.TECHNICIAN:
        return Refusal(Reason.ROLE_MAY_NOT, (("role", card.name),))
    if card.official in phase.signers:
        return Refusal(Reason.ALREADY_SIGNED)
    if isinstance(phase.purpose, ClockShift) and len(phase.signers) + 1 == SIGNERS_OF_AN_ACT:
        people = (official, *(turn.rules.package.official(number) for number in phase.signers))
        if not any(person and person.role is Role.CHAIR for person in people):
            return Refusal(Reason.CHAIR_MUST_SIGN)
    return None


def _ask(turn: Turn, phase: Signing) -> None:
    card = turn.state.slot
    if not isinstance(card, OfficialCardSeen) or _may_not_sign(turn, phase, card):
        return
    if not MIN_PIN_DIGITS <= len(phase.pin) <= MAX_PIN_DIGITS:
        facts = (("minimum", MIN_PIN_DIGITS), ("maximum", MAX_PIN_DIGITS))
        turn.stay(replace(phase, refusal=Refusal(Reason.PIN_FORMAT, facts)))
        return
    turn.do(AskCard(SignAct(phase.pin, phase.body.to_be_signed(card.certificate))))
    turn.stay(replace(phase, pin="", asked=card.official, refusal=None))


def _record_pin(
    turn: Turn, official: int | None, reason: Reason, facts: dict[str, int | str]
) -> None:
    if official is None:
        return
    match reason:
        case Reason.PIN_WRONG:
            attempts = int(facts.get("attempts", 0))
            turn.record(EventType.PIN_REFUSED, official=official, attempts=attempts)
        case Reason.PIN_BLOCKED:
            turn.record(EventType.PIN_BLOCKED, official=official)


def _signed(turn: Turn, phase: Signing, signature: bytes, certificate: bytes) -> None:
    official = turn.rules.package.official(phase.asked) if phase.asked is not None else None
    if official is None:
        return
    body = None
    if sha256(certificate).digest() == official.certificate:
        with suppress(SignatureWrong):
            body = phase.body.with_person(certificate, signature)
    if body is None:
        turn.stay(replace(phase, asked=None, refusal=Refusal(Reason.SIGNATURE_REFUSED)))
        return
    signers = (*phase.signers, official.number)
    if len(signers) < SIGNERS_OF_AN_ACT:
        turn.stay(replace(phase, body=body, signers=signers, asked=None))
        return
    if isinstance(phase.purpose, ClockShift):
        turn.do(PutClockRight(phase.purpose.offset_ms, body))
        turn.stay(replace(phase, body=body, signers=signers, asked=None))
        return
    if isinstance(phase.purpose, Replacing):
        turn.do(TakeOver(body))
        turn.stay(replace(phase, body=body, signers=signers, asked=None))
        return
    event = phase.purpose.journalled
    turn.do(KeepAct(body, event))
    turn.count(event, {})
    state = turn.state
    allows = phase.purpose.value in ALLOWING
    unread = state.unread + phase.purpose.cards
    turn.state = replace(state, acts=state.acts + allows, unread=unread)
    if phase.line is None:
        turn.go(Ready())
    else:
        use_act(turn, phase.line)


def use_act(turn: Turn, line: int) -> None:
    """Use a signed act: the voter on this line may be given another card."""
    marks = turn.state.marks
    mark = marks.of(line)
    if mark in BEING_GIVEN:
        # First: the card that is written off must not be taken for one to be given, ever after.
        turn.save_serials(turn.state.serials.landed(turn.rules.random_bytes))
    if mark is Mark.BEING_GIVEN:
        turn.record(EventType.GIVING_WRITTEN_OFF)
    turn.save_marks(marks.put(line, Mark.ANOTHER_ALLOWED).with_act_used())
    turn.go(Row(line))


def _where_from(turn: Turn, line: int | None) -> Row | Interrupted | Ready:
    if line is None:
        return Ready()
    if turn.state.marks.of(line) in BEING_GIVEN:
        return Interrupted(line)
    return Row(line)

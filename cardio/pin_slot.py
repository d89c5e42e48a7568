"""The card slot where cards with a PIN are asked for: one card, its PIN, one request, one answer.

Rules:
- The page says which kind of card it wants; any other card is told so.
- A card that has done its part already is not asked again.
- While cardiod works nothing else is taken; whatever cardiod answers, the digits are gone.

What the answer means is the phase's business (shares written, read, cleared; signatures).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Facts,
    Failed,
    OfficialCardSeen,
    ReaderMissing,
    ShareCardSeen,
    VoterCardSeen,
)
from common.catalogue import EventType
from common.errors import Reason
from common.notice import Notice
from common.pages import Touched

PIN_SHORTEST, PIN_LONGEST = 6, 8  # SP 800-73-4 part 2 §2.4.3

PinCard = OfficialCardSeen | ShareCardSeen
CardT = TypeVar("CardT", OfficialCardSeen, ShareCardSeen)
EffectT = TypeVar("EffectT")

_PIN_FORMAT = Notice(Reason.PIN_FORMAT, (("minimum", PIN_SHORTEST), ("maximum", PIN_LONGEST)))


@dataclass(frozen=True, slots=True)
class PinSlot(Generic[CardT]):
    """The slot.

    Attributes:
        kind: which cards the page wants.
        card: the card in the reader, if it is wanted.
        digits: of its PIN, as far as they are typed.
        busy: cardiod is at work with the card.
        over: the card in the reader has done its part.
        notice: what the page tells.
    """

    kind: type[CardT]
    card: CardT | None = None
    digits: str = field(default="", repr=False)
    busy: bool = False
    over: bool = False
    notice: Notice | None = None

    def on(
        self,
        event: object,
        admit: Callable[[CardT], Notice | None],
        ask: Callable[[CardT, str], EffectT],
        record: Callable[[EventType, Facts], EffectT],
    ) -> tuple[PinSlot[CardT], tuple[EffectT, ...]]:
        """Return the next state and what is to be done.

        Args:
            event: what happened; good answers of cardiod are the phase's, see `finished`.
            admit: says what is wrong with a card of the wanted kind, or None.
            ask: makes the request from the card and its PIN.
            record: makes the effect that journals.

        """
        match event:
            case OfficialCardSeen() | ShareCardSeen() | VoterCardSeen() | CourierCardSeen():
                return (self if self.busy else self._card(event, admit)), ()
            case CardRemoved():
                good = self.notice if self.notice and self.notice.good else None
                return PinSlot(self.kind, notice=good), ()
            case ReaderMissing() | CardRefused():
                return PinSlot(self.kind, notice=unwanted(event)), ()
            case Touched("pin.enter") if self.card is not None and not self.busy:
                if not PIN_SHORTEST <= len(self.digits) <= PIN_LONGEST:
                    return replace(self, digits="", notice=_PIN_FORMAT), ()
                effect = ask(self.card, self.digits)
                return replace(self, digits="", busy=True, notice=None), (effect,)
            case Touched(name) if self.card and not self.busy and name.startswith("pin."):
                return replace(self, digits=self._typed(name.removeprefix("pin."))), ()
            case Failed(_, reason, facts) if self.busy:
                refused = replace(self, busy=False, notice=Notice(reason, facts))
                return refused, _pin_refused(self.card, reason, dict(facts), record)
            case _:
                return self, ()

    def finished(self, notice: Notice) -> PinSlot[CardT]:
        """Return the slot after a good answer: its card has done its part."""
        return PinSlot(self.kind, over=True, notice=notice)

    def _typed(self, key: str) -> str:
        if key == "erase":
            return self.digits[:-1]
        if key == "clear":
            return ""
        if len(key) == 1 and key.isdigit() and len(self.digits) < PIN_LONGEST:
            return self.digits + key
        return self.digits

    def _card(self, card: object, admit: Callable[[CardT], Notice | None]) -> PinSlot[CardT]:
        if self.over:
            return self  # cardiod looked again at a card that is still in the reader
        if not isinstance(card, self.kind):
            return PinSlot(self.kind, notice=self._unexpected(card))
        refused = admit(card)
        if refused is not None:
            return PinSlot(self.kind, notice=refused)
        if self.card is not None and self.card.official == card.official:
            return replace(self, card=card)  # the same, with other attempts left
        return PinSlot(self.kind, card)

    def _unexpected(self, card: object) -> Notice | None:
        if self.kind is ShareCardSeen:
            return Notice(Reason.CARD_SHARE_EXPECTED)
        return Notice(Reason.CARD_VOTER_HERE) if isinstance(card, VoterCardSeen) else unwanted(card)


AnyPinSlot = PinSlot[OfficialCardSeen] | PinSlot[ShareCardSeen]


def official_slot() -> PinSlot[OfficialCardSeen]:
    """Return an empty slot for officials' cards."""
    return PinSlot(OfficialCardSeen)


def share_slot() -> PinSlot[ShareCardSeen]:
    """Return an empty slot for share cards."""
    return PinSlot(ShareCardSeen)


def unwanted(card: object) -> Notice | None:
    """Return what to tell about a card (or none) that a page has no use for."""
    match card:
        case CardRefused(reason, facts):
            return Notice(reason, facts)
        case VoterCardSeen():
            return Notice(Reason.CARD_NOT_WANTED)
        case OfficialCardSeen():
            return Notice(Reason.CARD_OFFICIAL_HERE)
        case CourierCardSeen():
            return Notice(Reason.CARD_COURIER_HERE)
        case ShareCardSeen():
            return Notice(Reason.CARD_SHARE_HERE)
        case ReaderMissing():
            return Notice(Reason.READER_MISSING)
        case _:
            return None


def _pin_refused(
    card: PinCard | None,
    reason: Reason,
    facts: Mapping[str, int | str],
    record: Callable[[EventType, Facts], EffectT],
) -> tuple[EffectT, ...]:
    """Return what the journal says of a PIN that was refused."""
    if card is None:
        return ()
    official = ("official", card.official)
    match reason:
        case Reason.PIN_WRONG:
            attempts = ("attempts", facts.get("attempts", 0))
            return (record(EventType.PIN_REFUSED, (official, attempts)),)
        case Reason.PIN_BLOCKED:
            return (record(EventType.PIN_BLOCKED, (official,)),)
        case _:
            return ()

"""Shares of one half of the tally key go out to the share cards, one by one, PIN each.

Rules:
- A card counts once its share was read back and opened by the card itself (`cardio.share_card`).
- It is enough when all cards have their share, or one more than the quorum: a card that is lost or
  broken must not stop the opening, and one more may be lost until the count.

What is done when it is enough, and what follows, is the phase's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cardio.messages import Done, Facts, ShareCardSeen
from cardio.pin_page import name_of
from cardio.pin_slot import PinSlot, share_slot
from common.catalogue import EventType
from common.errors import Reason
from common.notice import Notice
from common.pintexts import PinText
from common.records import StationPackage

EffectT = TypeVar("EffectT")


@dataclass(frozen=True, slots=True)
class ShareRound:
    """How far it is.

    Attributes:
        written: numbers of the share cards that hold their share.
        slot: takes the next share card.
    """

    written: frozenset[int] = frozenset()
    slot: PinSlot[ShareCardSeen] = field(default_factory=share_slot)

    def enough(self, package: StationPackage) -> bool:
        """Say whether the opening can go on: all cards, or one more than the quorum."""
        return len(self.written) >= min(len(package.share_cards), package.quorum + 1)

    def on(
        self,
        event: object,
        package: StationPackage,
        ask: Callable[[int, str], EffectT],
        record: Callable[[EventType, Facts], EffectT],
    ) -> tuple[ShareRound, tuple[EffectT, ...]]:
        """Return the next state and what is to be done.

        Args:
            event: what happened.
            package: in force.
            ask: makes the request to write share number so and so (from 1) with this PIN.
            record: makes the effect that journals.
        """
        card = self.slot.card
        if isinstance(event, Done) and self.slot.busy and card is not None:
            facts = (("name", name_of(package, card.official)),)
            slot = self.slot.finished(Notice(PinText.SHARE_WRITTEN, facts, good=True))
            journalled = record(EventType.SHARE_WRITTEN, (("official", card.official),))
            return ShareRound(self.written | {card.number}, slot), (journalled,)
        numbers = [each.number for each in package.share_cards]

        def refused(card: ShareCardSeen) -> Notice | None:
            if card.number not in numbers:
                return Notice(Reason.CARD_FOREIGN)
            return Notice(PinText.SHARE_IS_ON_CARD) if card.number in self.written else None

        slot, effects = self.slot.on(
            event, refused, lambda card, pin: ask(1 + numbers.index(card.number), pin), record
        )
        return replace(self, slot=slot), effects

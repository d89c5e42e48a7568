"""At the count: share cards are read one after another, PIN each, until a quorum has shown theirs.

Rules:
- A share is believed if it is one of those that were pinned down when the key was made
  (`common.shares.accept`); as many as the quorum are needed, from different cards.
- Shares are in memory only, and go with this state.

What is done with a full quorum is the phase's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cardio.messages import Facts, ShareCardSeen, ShareRead
from cardio.pin_page import name_of
from cardio.pin_slot import PinSlot, share_slot
from common.catalogue import EventType
from common.errors import Reason
from common.notice import Notice
from common.pintexts import PinText
from common.records import StationPackage
from common.shares import Share, ShareError, accept

EffectT = TypeVar("EffectT")


@dataclass(frozen=True, slots=True)
class SharePins:
    """What a right share looks like: the `key_name` of its key, and the hash of each share."""

    key: bytes
    commitments: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ShareQuorum:
    """How far it is.

    Attributes:
        shares: that were read, by number of the share card.
        slot: takes the next share card.
    """

    pins: SharePins
    shares: Mapping[int, Share] = field(default_factory=dict, repr=False)
    slot: PinSlot[ShareCardSeen] = field(default_factory=share_slot)

    def is_full(self, package: StationPackage) -> bool:
        """Say whether a quorum's shares were read."""
        return len(self.shares) >= package.quorum

    def on(
        self,
        event: object,
        package: StationPackage,
        ask: Callable[[str], EffectT],
        record: Callable[[EventType, Facts], EffectT],
    ) -> tuple[ShareQuorum, tuple[EffectT, ...]]:
        """Return the next state and what is to be done.

        Args:
            event: what happened.
            package: in force.
            ask: makes the request to read the share with this PIN.
            record: makes the effect that journals.
        """
        card = self.slot.card
        if isinstance(event, ShareRead) and self.slot.busy and card is not None:
            return self._read(card, event.share, package, record)
        numbers = {each.number for each in package.share_cards}

        def refused(card: ShareCardSeen) -> Notice | None:
            if card.number not in numbers:
                return Notice(Reason.CARD_FOREIGN)
            return Notice(Reason.SHARE_ALREADY_READ) if card.number in self.shares else None

        slot, effects = self.slot.on(event, refused, lambda _, pin: ask(pin), record)
        return replace(self, slot=slot), effects

    def _read(
        self,
        card: ShareCardSeen,
        untrusted: bytes,
        package: StationPackage,
        record: Callable[[EventType, Facts], EffectT],
    ) -> tuple[ShareQuorum, tuple[EffectT, ...]]:
        try:
            share = accept(
                untrusted,
                key=self.pins.key,
                threshold=package.quorum,
                commitments=self.pins.commitments,
            )
        except ShareError:
            return replace(self, slot=self.slot.finished(Notice(Reason.SHARE_OTHER_KEY))), ()
        if any(share.index == other.index for other in self.shares.values()):
            return replace(self, slot=self.slot.finished(Notice(Reason.SHARE_ALREADY_READ))), ()
        facts = (("name", name_of(package, card.official)),)
        slot = self.slot.finished(Notice(PinText.SHARE_READ, facts, good=True))
        shares = {**self.shares, card.number: share}
        journalled = record(EventType.SHARE_READ, (("official", card.official),))
        return replace(self, shares=shares, slot=slot), (journalled,)

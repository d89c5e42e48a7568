"""A share card: keeps one share of the tally key, used only at the opening and at the count.

Rules. The share lies in Printed Information, which a card gives only after the PIN, and sealed to
the card's 9D key, which works only after the PIN (`cardio.share_seal`). The 9D key comes from the
package, not from the card. A share that was written is read back and unsealed through the card
before it counts as written. The PIN is taken back at the end, whatever happened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from cardio.card_writer import CardWriter
from cardio.genuine import GenuineCard
from cardio.official_card import NotListed
from cardio.piv import CardError, ObjectId, Slot
from cardio.share_seal import ShareSealError, open_share, seal_share
from common.records import ShareCard as ListedShareCard
from common.records import StationPackage
from hal.card_reader import CardGone

SHARE = ObjectId.PRINTED_INFORMATION


class NoShare(Exception):
    """The card holds no share."""


class ShareCard:
    """A share card in the slot.

    Attributes:
        listed: what the package says of it.
    """

    def __init__(self, card: GenuineCard, package: StationPackage) -> None:
        """Look the card up in the package. Raises: NotListed."""
        number = card.identity.number
        listed = next((each for each in package.share_cards if each.number == number), None)
        if listed is None:
            raise NotListed("the package does not hold this share card")
        self._card = card
        self._place = f"{package.station}/{number}"
        self.listed: ListedShareCard = listed

    def pin_attempts(self) -> int:
        """Return how many wrong PINs the card still takes. Raises: CardError, CardGone."""
        return self._card.piv.pin_attempts()

    def write(
        self,
        pin: bytes | bytearray,
        share: bytes,
        writer: CardWriter,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Seal a share to the card, write it, and see that the card opens it.

        Raises:
            PinWrong, PinBlocked, PinMalformed: nothing was written.
            ShareSealError: the card does not open it: its 9D key is not the package's.
            NotWritten, CardError, CardGone.
        """
        sealed = seal_share(share, self.listed.exchange_key, self._place, random_bytes)
        with self._pin_shown(pin):
            writer.replace(SHARE, sealed)
            if self._opened(sealed) != share:
                raise ShareSealError("the card opened another share")

    def read(self, pin: bytes | bytearray) -> bytes:
        """Return the share on the card.

        Raises:
            PinWrong, PinBlocked, PinMalformed.
            NoShare: there is none.
            ShareSealError: it is damaged, or of another card.
            CardError, CardGone.
        """
        with self._pin_shown(pin):
            sealed = self._card.piv.read_object(SHARE)
            if sealed is None:
                raise NoShare("Printed Information is empty")
            return self._opened(sealed)

    def clear(self, pin: bytes | bytearray, writer: CardWriter) -> None:
        """Overwrite and empty the share.

        Raises:
            PinWrong, PinBlocked, PinMalformed, NotWritten, CardError, CardGone.
        """
        with self._pin_shown(pin):
            writer.erase(SHARE)

    def _opened(self, sealed: bytes) -> bytes:
        def agree(point: bytes) -> bytes:
            return self._card.piv.agree(Slot.KEY_MANAGEMENT, point)

        return open_share(sealed, self.listed.exchange_key, self._place, agree)

    @contextlib.contextmanager
    def _pin_shown(self, pin: bytes | bytearray) -> Iterator[None]:
        try:
            self._card.piv.verify_pin(pin)
            yield
        finally:
            with contextlib.suppress(CardError, CardGone):
                self._card.piv.forget_pin()

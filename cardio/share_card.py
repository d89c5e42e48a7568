"""A share card: keeps a share of each half of the tally key, used at the opening and at the count.

Rules. The two boards that make the halves have an object each, so that whatever becomes of writing
one share, the other stays as it is. Both are objects that every PIV card has and gives only after
the PIN; in them a share is sealed to the card's 9D key, which works only after the PIN, and to its
half (`cardio.share_seal`). The 9D key comes from the package, not from the card. A share that was
written is read back and unsealed through the card before it counts as written. Clearing clears
both. The PIN is taken back at the end, whatever happened.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

from cardio.card_writer import CardWriter
from cardio.genuine import GenuineCard
from cardio.official_card import NotListed
from cardio.piv import CardError, ObjectId, Slot
from cardio.share_seal import ShareSealError, open_share, seal_share
from common.records import BoardKind, StationPackage
from common.records import ShareCard as ListedShareCard
from hal.card_reader import CardGone

SHARES: Mapping[BoardKind, ObjectId] = {
    BoardKind.ACCUMULATOR: ObjectId.PRINTED_INFORMATION,
    BoardKind.DESK: ObjectId.FINGERPRINTS,
}
"""Where the share of each half lies, by the kind of board that makes the half."""


class NoShare(Exception):
    """The card holds no share of this half."""


class NoSuchHalf(Exception):
    """No board of this kind makes a half of the tally key."""


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
        self._names = f"{package.station}/{number}"
        self.listed: ListedShareCard = listed

    def pin_attempts(self) -> int:
        """Return how many wrong PINs the card still takes. Raises: CardError, CardGone."""
        return self._card.piv.pin_attempts()

    def write(
        self,
        pin: bytes | bytearray,
        half: BoardKind,
        share: bytes,
        writer: CardWriter,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Seal a share to the card, write it, and see that the card opens it.

        Args:
            pin: digits, ASCII.
            half: the kind of board whose half it is a share of.
            share: as `cardio.share_seal` takes it.
            writer: of this card.
            random_bytes: the random source.

        Raises:
            NoSuchHalf: nothing was written.
            PinWrong, PinBlocked, PinMalformed: nothing was written.
            ShareSealError: the card does not open it: its 9D key is not the package's.
            NotWritten, CardError, CardGone.
        """
        identifier = _object_of(half)
        sealed = seal_share(share, self.listed.exchange_key, self._place(half), random_bytes)
        with self._pin_shown(pin):
            writer.replace(identifier, sealed)
            if self._opened(half, sealed) != share:
                raise ShareSealError("the card opened another share")

    def read(self, pin: bytes | bytearray, half: BoardKind) -> bytes:
        """Return the card's share of this half.

        Raises:
            NoSuchHalf.
            PinWrong, PinBlocked, PinMalformed.
            NoShare: there is none.
            ShareSealError: it is damaged, or of another card or half.
            CardError, CardGone.
        """
        identifier = _object_of(half)
        with self._pin_shown(pin):
            sealed = self._card.piv.read_object(identifier)
            if sealed is None:
                raise NoShare(f"object {identifier:06X} is empty")
            return self._opened(half, sealed)

    def clear(self, pin: bytes | bytearray, writer: CardWriter) -> None:
        """Overwrite and empty the shares of both halves.

        Raises:
            PinWrong, PinBlocked, PinMalformed, NotWritten, CardError, CardGone.
        """
        with self._pin_shown(pin):
            for identifier in SHARES.values():
                writer.erase(identifier)

    def _place(self, half: BoardKind) -> str:
        return f"{self._names}/{half.name.lower()}"

    def _opened(self, half: BoardKind, sealed: bytes) -> bytes:
        def agree(point: bytes) -> bytes:
            return self._card.piv.agree(Slot.KEY_MANAGEMENT, point)

        return open_share(sealed, self.listed.exchange_key, self._place(half), agree)

    @contextlib.contextmanager
    def _pin_shown(self, pin: bytes | bytearray) -> Iterator[None]:
        try:
            self._card.piv.verify_pin(pin)
            yield
        finally:
            with contextlib.suppress(CardError, CardGone):
                self._card.piv.forget_pin()


def _object_of(half: BoardKind) -> ObjectId:
    identifier = SHARES.get(half)
    if identifier is None:
        raise NoSuchHalf(f"a {half.name.lower()} makes no half")
    return identifier

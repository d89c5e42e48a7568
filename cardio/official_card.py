"""An official's card: signs acts and minutes with 9C, one PIN for each signature.

Rules. Which certificate belongs to which official stands in the package; a card whose 9C
certificate is another is not listed. The PIN goes to the card in the command right before the
signature and is taken back after it, whatever happened. A signature is verified before it is
handed on. Boards never write on an official's card.
"""

from __future__ import annotations

import contextlib
import hashlib

from cardio.genuine import GenuineCard, read_certificate
from cardio.piv import CardError, Slot
from common import chain
from common.records import Official, StationPackage
from hal.card_reader import CardGone


class NotListed(Exception):
    """The card is genuine, but the package does not know it."""


class SignatureWrong(Exception):
    """What the card returned is no signature of what it was given."""


class OfficialCard:
    """An official's card in the slot.

    Attributes:
        official: whose card it is, from the package.
        certificate: the 9C certificate, DER.
    """

    def __init__(self, card: GenuineCard, package: StationPackage) -> None:
        """Read the card's 9C certificate.

        Raises:
            NotListed: the package has another certificate for this official, or none.
            CardError, CardGone.
        """
        official = package.official(card.identity.number)
        certificate = read_certificate(card.piv, Slot.SIGNATURE)
        if (
            official is None
            or certificate is None
            or hashlib.sha256(certificate).digest() != official.certificate
        ):
            raise NotListed("the package does not hold this card's certificate")
        self._card = card
        self.official: Official = official
        self.certificate: bytes = certificate

    def pin_attempts(self) -> int:
        """Return how many wrong PINs the card still takes. Raises: CardError, CardGone."""
        return self._card.piv.pin_attempts()

    def sign(self, pin: bytes | bytearray, to_be_signed: bytes) -> bytes:
        """Return r ‖ s (64 bytes): ES256 over `to_be_signed` with 9C.

        Raises:
            PinWrong, PinBlocked, PinMalformed: no signature was made.
            SignatureWrong: the card returned something else.
            CardError, CardGone.
        """
        digest = hashlib.sha256(to_be_signed).digest()
        piv = self._card.piv
        try:
            piv.verify_pin(pin)
            signature = piv.sign(Slot.SIGNATURE, digest)
        finally:
            with contextlib.suppress(CardError, CardGone):
                piv.forget_pin()
        if not chain.verify_es256(self.certificate, to_be_signed, signature):
            raise SignatureWrong("the signature does not verify with the card's certificate")
        return signature

"""Is this card one of ours? Certificate, station, and the proof that it holds its own key.

Rules. A card is believed for what its 9E certificate says, once the certificate is the card
authority's, valid, of this station, and once the card has signed a random challenge with the very
key in it: objects can be copied to another card, the key cannot. Anything else is `Refused` with
its own reason. No PIN is needed, and nothing is written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cardio.certificate_object import CertificateObjectError, unwrap_certificate
from cardio.piv import CERTIFICATE_OF, NotPiv, Piv, Slot
from common import chain
from common.chain import CardIdentity, ChainError, ChainFault
from common.errors import Reason, Refused
from hal.card_reader import CardConnection

CHALLENGE_SIZE = 32
_LONGEST_STATION = 16


@dataclass(frozen=True, slots=True)
class GenuineCard:
    """A card of this station that proved itself.

    Attributes:
        identity: what its certificate says.
        key_hash: SHA-256 (32 bytes) of its 9E public point; records are bound to it.
        piv: its PIV application, selected.
    """

    identity: CardIdentity
    key_hash: bytes = field(repr=False)
    piv: Piv


def prove_card(
    connection: CardConnection,
    authority_der: bytes,
    station: str,
    now: dt.datetime,
    random_bytes: Callable[[int], bytes],
) -> GenuineCard:
    """Return the card behind `connection`, if it is genuine and of this station.

    Args:
        authority_der: the card authority's certificate, from the package.
        now: aware.

    Raises:
        Refused: it is not; the reason says what it is instead.
        CardError: it did not do what a PIV card does.
        CardGone: it left.
    """
    piv = Piv(connection)
    try:
        piv.select()
    except NotPiv as error:
        raise Refused(Reason.CARD_NOT_PIV) from error
    der = read_certificate(piv, Slot.CARD_AUTHENTICATION)
    if der is None:
        raise Refused(Reason.CARD_FOREIGN)
    identity = _believed(der, authority_der, station, now)
    challenge = random_bytes(CHALLENGE_SIZE)
    signature = piv.sign(Slot.CARD_AUTHENTICATION, hashlib.sha256(challenge).digest())
    if not chain.verify_point(identity.public_key, challenge, signature):
        raise Refused(Reason.CARD_NOT_GENUINE)
    return GenuineCard(identity, hashlib.sha256(identity.public_key).digest(), piv)


def read_certificate(piv: Piv, slot: Slot) -> bytes | None:
    """Return a slot's certificate (DER, not judged), or None when there is none to be read."""
    untrusted = piv.read_object(CERTIFICATE_OF[slot])
    if untrusted is None:
        return None
    try:
        return unwrap_certificate(untrusted)
    except CertificateObjectError:
        return None


def _believed(
    untrusted_der: bytes, authority_der: bytes, station: str, now: dt.datetime
) -> CardIdentity:
    try:
        identity = chain.check_card_certificate(untrusted_der, authority_der, now)
    except ChainError as error:
        match error.fault:
            case ChainFault.NOT_YET_VALID | ChainFault.EXPIRED:
                raise Refused(Reason.CARD_CERTIFICATE_EXPIRED) from error
            case ChainFault.FOREIGN if _is_other_station(error.station, station):
                raise Refused(
                    Reason.CARD_OTHER_STATION, found=str(error.station), expected=station
                ) from error
            case ChainFault.FOREIGN if error.station == station:
                raise Refused(Reason.CARD_CERTIFICATE_WRONG) from error
            case _:
                raise Refused(Reason.CARD_FOREIGN) from error
    if identity.station != station:
        raise Refused(Reason.CARD_OTHER_STATION, found=identity.station, expected=station)
    return identity


def _is_other_station(claimed: str | None, station: str) -> bool:
    """Say whether a foreign certificate names a station as ours do; it is a claim, not a proof."""
    return (
        claimed is not None
        and claimed != station
        and 0 < len(claimed) <= _LONGEST_STATION
        and claimed.isalnum()
    )

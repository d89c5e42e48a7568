"""Sealing a share of the tally key to one share card.

A share on a card is useless without the card's own 9D key and the PIN that unlocks
it: an ephemeral P-256 key agrees with the card's public key (SP 800-56A, one-pass), HKDF-SHA256
(RFC 5869) makes of it a key and a nonce for AES-256-GCM, and both public points and the card's
place (station, card number and half) go into the derivation, so that a sealed share opens on this
one card and as a share of this one half only. Every sealing has an ephemeral key of its own, so no
nonce is ever used twice.

    form 1 (1 byte) ‖ ephemeral point (65) ‖ ciphertext (as long as the share) ‖ tag (16)

Never here: where shares come from, and what they open.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.chain import public_point

FORM = 1
POINT_SIZE = 65
TAG_SIZE = 16
OVERHEAD = 1 + POINT_SIZE + TAG_SIZE
MAX_SHARE_SIZE = 128
"""Bytes; sealed, a share must fit Printed Information (245 bytes, SP 800-73-4 part 1 table 7)."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class ShareSealError(ValueError):
    """The sealed share is not of this card, or a bit of it changed."""


def seal_share(
    share: bytes, card_point: bytes, place: str, random_bytes: Callable[[int], bytes]
) -> bytes:
    """Return `share` sealed to the card.

    Args:
        share: up to `MAX_SHARE_SIZE` bytes.
        card_point: the card's 9D public key, uncompressed, 65 bytes.
        place: names station, card and half; the same words are needed to open it.
        random_bytes: the source of the ephemeral key.

    Raises:
        ValueError: the share is too long, or `card_point` is no point of P-256.
    """
    if len(share) > MAX_SHARE_SIZE:
        raise ValueError(f"a share of {len(share)} bytes; {MAX_SHARE_SIZE} are allowed")
    card = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), card_point)
    # 64 bits more than the order has, so that the remainder is evenly spread (FIPS 186-5 A.2.1).
    scalar = int.from_bytes(random_bytes(40), "big") % (_ORDER - 1) + 1
    ephemeral = ec.derive_private_key(scalar, ec.SECP256R1())
    point = public_point(ephemeral.public_key())
    key, nonce = _derived(ephemeral.exchange(ec.ECDH(), card), point, card_point, place)
    head = bytes((FORM,)) + point
    return head + AESGCM(key).encrypt(nonce, share, head)


def open_share(
    sealed: bytes, card_point: bytes, place: str, agree: Callable[[bytes], bytes]
) -> bytes:
    """Return the share in `sealed`; `agree` does ECDH of a point with the card's 9D key.

    Raises:
        ShareSealError: it was sealed to another card, or it is damaged.
    """
    head, body = sealed[: 1 + POINT_SIZE], sealed[1 + POINT_SIZE :]
    if len(sealed) < OVERHEAD or head[0] != FORM:
        raise ShareSealError("it does not have the form of a sealed share")
    point = head[1:]
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise ShareSealError("its ephemeral key is no point of P-256") from error
    key, nonce = _derived(agree(point), point, card_point, place)
    try:
        return AESGCM(key).decrypt(nonce, body, head)
    except InvalidTag as error:
        raise ShareSealError("it was sealed to another card, or a bit changed") from error


def _derived(secret: bytes, point: bytes, card_point: bytes, place: str) -> tuple[bytes, bytes]:
    info = b"sailau/share/1" + point + card_point + place.encode("utf-8")
    derived = HKDF(hashes.SHA256(), length=44, salt=None, info=info).derive(secret)
    return derived[:32], derived[32:]

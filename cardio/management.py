"""Management keys of cards: one secret for each kind of card, one key for each card.

Rules. A board holds the secret of a kind only when it writes that kind of card; the key of a card
is HKDF-SHA256 (RFC 5869) of it with the card's kind and number. The management key protects against
wear and accidents only; nothing rests on it (design §2).
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cardio.piv import ManagementAlgorithm
from common.chain import CardKind


def derive_management_key(
    secret: bytes | bytearray,
    kind: CardKind,
    number: int,
    algorithm: ManagementAlgorithm = ManagementAlgorithm.AES_256,
) -> bytes:
    """Return the management key of one card; 16, 24 or 32 bytes, as the algorithm wants."""
    info = f"sailau/card/{kind.value}/{number}".encode("ascii")
    return HKDF(hashes.SHA256(), length=algorithm.key_size, salt=None, info=info).derive(
        bytes(secret)
    )

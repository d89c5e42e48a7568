"""Management keys of cards: HKDF-SHA256, checked against RFC 5869's definition, not its code."""

import hashlib
import hmac

import pytest

from cardio.management import derive_management_key
from cardio.piv import ManagementAlgorithm
from common.chain import CardKind

SECRET = b"\x07" * 32


def expanded(info: bytes, size: int) -> bytes:
    """RFC 5869 §2.2 and §2.3 with an empty salt; one block is enough."""
    extracted = hmac.digest(bytes(32), SECRET, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:size]


@pytest.mark.parametrize("algorithm", ManagementAlgorithm)
def test_the_key_of_a_card(algorithm: ManagementAlgorithm) -> None:
    key = derive_management_key(bytearray(SECRET), CardKind.VOTER, 117, algorithm)
    assert key == expanded(b"sailau/card/voter/117", algorithm.key_size)


def test_every_card_has_its_own() -> None:
    keys = {derive_management_key(SECRET, kind, number) for kind in CardKind for number in (1, 11)}
    assert len(keys) == 2 * len(CardKind)
    assert all(len(key) == hashlib.sha256().digest_size for key in keys)

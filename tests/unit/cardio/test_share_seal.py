"""Shares sealed to a card; the key agreement by NIST's ECC CDH vector (CAVS 14.1)."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cardio.share_seal import MAX_SHARE_SIZE, OVERHEAD, ShareSealError, open_share, seal_share
from common.chain import public_point
from tests import samples

CARD = ec.derive_private_key(
    0x7D7DC5F71EB29DDAF80D6214632EEAE03D9058AF1FB6D22ED80BADB62BC1A534, ec.SECP256R1()
)
POINT = public_point(CARD.public_key())
SHARE = b"s" * 43
PLACE = "0421/2"


def agree(point: bytes) -> bytes:
    """Do what the card does with its 9D key."""
    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return CARD.exchange(ec.ECDH(), other)


def sealed(share: bytes = SHARE) -> bytes:
    return seal_share(share, POINT, PLACE, samples.seeded("seal"))


def test_the_published_agreement() -> None:
    theirs = (
        "04"
        "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
        "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
    )
    shared = "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"
    assert agree(bytes.fromhex(theirs)).hex() == shared


@pytest.mark.parametrize("size", [0, 1, 43, MAX_SHARE_SIZE])
def test_what_was_sealed_opens(size: int) -> None:
    share = samples.seeded("share")(size) if size else b""
    assert len(sealed(share)) == size + OVERHEAD
    assert open_share(sealed(share), POINT, PLACE, agree) == share


def test_the_greatest_share_fits_printed_information() -> None:
    assert len(sealed(bytes(MAX_SHARE_SIZE))) + 3 <= 245
    with pytest.raises(ValueError, match="129 bytes"):
        sealed(bytes(MAX_SHARE_SIZE + 1))


def test_no_two_sealings_are_alike() -> None:
    random_bytes = samples.seeded("twice")
    first, second = (seal_share(SHARE, POINT, PLACE, random_bytes) for _ in range(2))
    assert first[1:66] != second[1:66]
    assert first[66:] != second[66:]


def test_every_bit_counts() -> None:
    whole = sealed()
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ShareSealError):
            open_share(bytes(changed), POINT, PLACE, agree)


@pytest.mark.parametrize("size", [0, 1, 66, OVERHEAD - 1, OVERHEAD])
def test_what_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises(ShareSealError):
        open_share(sealed()[:size], POINT, PLACE, agree)


def test_another_card_and_another_place_do_not_open_it() -> None:
    other = public_point(ec.derive_private_key(5, ec.SECP256R1()).public_key())
    for point, place in ((other, PLACE), (POINT, "0422/2"), (POINT, "0421/3")):
        with pytest.raises(ShareSealError):
            open_share(sealed(), point, place, agree)


def test_sealing_to_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"(?i)point|valid|curve"):
        seal_share(SHARE, b"\x04" + b"\x11" * 64, PLACE, samples.seeded("no key"))

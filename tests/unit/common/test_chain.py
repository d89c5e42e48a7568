"""Certificates of cards."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common import chain
from common.chain import CardIdentity, CardKind, ChainError, ChainFault
from tests.samples import OPENS_S, authority

NOW = dt.datetime.fromtimestamp(OPENS_S, dt.UTC)
CARD_KEY = ec.derive_private_key(99, ec.SECP256R1())
IDENTITY = CardIdentity(
    CardKind.OFFICIAL,
    "0421",
    3,
    "secretary",
    "Ғабдолла Іңкәр Өмірзаққызы",
    chain.public_point(CARD_KEY.public_key()),
)


def issue(identity: CardIdentity = IDENTITY, *, key_agreement: bool = False) -> bytes:
    """Return a certificate of the sample authority, valid ten days."""
    key, der = authority()
    end = NOW + dt.timedelta(days=10)
    return chain.issue_card_certificate(key, der, identity, NOW, end, key_agreement=key_agreement)


def test_a_certificate_says_what_was_issued() -> None:
    assert chain.check_card_certificate(issue(), authority()[1], NOW) == IDENTITY
    voter = CardIdentity(CardKind.VOTER, "0421", 2999, "", "", IDENTITY.public_key)
    assert chain.check_card_certificate(issue(voter), authority()[1], NOW) == voter


def test_validity_has_tolerance_for_a_skewed_clock() -> None:
    der = issue()
    check = chain.check_card_certificate
    check(der, authority()[1], NOW - chain.SKEW + dt.timedelta(minutes=1))
    check(der, authority()[1], NOW + dt.timedelta(days=10) + chain.SKEW)
    with pytest.raises(ChainError) as early:
        check(der, authority()[1], NOW - chain.SKEW - dt.timedelta(minutes=1))
    assert early.value.fault is ChainFault.NOT_YET_VALID
    with pytest.raises(ChainError) as late:
        check(der, authority()[1], NOW + dt.timedelta(days=10, minutes=1) + chain.SKEW)
    assert late.value.fault is ChainFault.EXPIRED


def test_a_foreign_authority_is_refused_and_the_claimed_station_told() -> None:
    key = ec.derive_private_key(8, ec.SECP256R1())
    foreign = chain.issue_authority(key, "Card authority", NOW)
    der = chain.issue_card_certificate(key, foreign, IDENTITY, NOW, NOW + dt.timedelta(days=1))
    with pytest.raises(ChainError) as refused:
        chain.check_card_certificate(der, authority()[1], NOW)
    assert refused.value.fault is ChainFault.FOREIGN
    assert refused.value.station == "0421"


@pytest.mark.filterwarnings("ignore:Parsed a serial number:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_no_bit_of_a_certificate_can_change() -> None:
    der = issue()
    for bit in range(len(der) * 8):
        changed = bytearray(der)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ChainError):
            chain.check_card_certificate(bytes(changed), authority()[1], NOW)


@pytest.mark.parametrize("noise", [b"", b"\x30\x00", b"\x30\x82\xff\xff", b"not a certificate"])
def test_noise_is_no_certificate(noise: bytes) -> None:
    with pytest.raises(ChainError) as refused:
        chain.check_card_certificate(noise, authority()[1], NOW)
    assert refused.value.fault is ChainFault.NOT_X509
    assert not chain.verify_es256(noise, b"", bytes(64))


def test_a_certificate_of_another_curve_or_purpose_is_none_of_ours() -> None:
    with pytest.raises(ValueError, match="P-256"):
        chain.public_point(ed25519.Ed25519PrivateKey.generate().public_key())
    key, der = authority()
    with pytest.raises(ChainError) as refused:
        chain.check_card_certificate(der, der, NOW)  # the authority itself is no card
    assert refused.value.fault is ChainFault.NOT_X509
    usage = x509.load_der_x509_certificate(issue(key_agreement=True)).extensions
    assert usage.get_extension_for_class(x509.KeyUsage).value.key_agreement
    assert key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[0] == 4


def test_signatures_have_one_form() -> None:
    low = chain.canonical_signature(5, chain._ORDER - 7)
    assert low == (5).to_bytes(32, "big") + (7).to_bytes(32, "big")
    assert chain.canonical_signature(5, 7) == low
    assert not chain.verify_point(IDENTITY.public_key, b"m", bytes(63))
    assert not chain.verify_point(b"\x04" + bytes(64), b"m", bytes(64))

"""X.509 certificates of cards: what a certificate says, and whether our card authority issued it.

A card's certificate (P-256, signed by the card authority with ECDSA-SHA256) says what kind of card
it is, of which station, its number, and for a person's card the role and the name:

    O = station, OU = kind of card, serialNumber = card number, title = role, CN = name

Rules: one level, the authority issues directly; a certificate that differs in any way from what we
issue is refused. Validity is judged with `SKEW` of tolerance, because boards' clocks are their own.

Never here: private keys of boards, and what a role may do.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

SKEW = dt.timedelta(
    hours=26
)  # a board's clock and zone may be wrong by a day; the package's dates rule
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256

_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm)


class CardKind(Enum):
    """The kinds of card; the value stands in the certificate."""

    VOTER = "voter"
    COURIER = "courier"
    OFFICIAL = "official"
    SHARE = "share"


class ChainFault(Enum):
    """Why a certificate is not believed."""

    NOT_X509 = "not a certificate of our form"
    FOREIGN = "issued by somebody else"
    NOT_YET_VALID = "not yet valid"
    EXPIRED = "expired"


class ChainError(ValueError):
    """A certificate is not believed. `fault` says why, `station` what it claims, if readable."""

    def __init__(self, fault: ChainFault, station: str | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.station = station


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """What a card's certificate says of the card.

    Attributes:
        number: of the card within its kind and station, from 1.
        role, name: empty on voter and courier cards.
        public_key: uncompressed point, 65 bytes (SEC 1 §2.3.3).
    """

    kind: CardKind
    station: str
    number: int
    role: str
    name: str
    public_key: bytes


def check_card_certificate(
    untrusted_der: bytes, authority_der: bytes, now: dt.datetime
) -> CardIdentity:
    """Return who the card is, if the authority says so and it is valid `now` (aware).

    Raises:
        ChainError: with the fault, and the station that the certificate claims if it has one.
    """
    try:
        certificate = x509.load_der_x509_certificate(untrusted_der)
        identity = _identity(certificate)
        authority = x509.load_der_x509_certificate(authority_der)
    except _UNREADABLE as error:
        raise ChainError(ChainFault.NOT_X509) from error
    if not untrusted_der.endswith(b"\x00" + certificate.signature):
        raise ChainError(ChainFault.NOT_X509)  # a bit string of another length says the same
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *_UNREADABLE) as error:
        raise ChainError(ChainFault.FOREIGN, identity.station) from error
    if now < certificate.not_valid_before_utc - SKEW:
        raise ChainError(ChainFault.NOT_YET_VALID, identity.station)
    if now > certificate.not_valid_after_utc + SKEW:
        raise ChainError(ChainFault.EXPIRED, identity.station)
    return identity


def _identity(certificate: x509.Certificate) -> CardIdentity:
    subject = {attribute.oid: str(attribute.value) for attribute in certificate.subject}
    if len(subject) != len(list(certificate.subject)):
        raise ValueError("a name stands twice")
    number = subject.get(NameOID.SERIAL_NUMBER, "")
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise ValueError("no card number")
    return CardIdentity(
        kind=CardKind(subject.get(NameOID.ORGANIZATIONAL_UNIT_NAME, "")),
        station=subject.get(NameOID.ORGANIZATION_NAME, ""),
        number=int(number),
        role=subject.get(NameOID.TITLE, ""),
        name=subject.get(NameOID.COMMON_NAME, ""),
        public_key=public_point(certificate.public_key()),
    )


def public_point(key: object) -> bytes:
    """Return a P-256 public key as an uncompressed point, 65 bytes. Raises: ValueError."""
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise ValueError("the key is not on P-256")


def certified_point(certificate_der: bytes) -> bytes:
    """Return the public point in a certificate that was checked before. Raises: ValueError."""
    return public_point(x509.load_der_x509_certificate(certificate_der).public_key())


def verify_point(point: bytes, signed: bytes, signature: bytes) -> bool:
    """Say whether `signature` (r ‖ s, 64 bytes) of `signed` under ES256 is of the key `point`.

    The high half of s is refused, so that a signature has one form only (`canonical_signature`).
    """
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if s > _ORDER // 2:
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, *_UNREADABLE):
        return False
    return True


def verify_es256(certificate_der: bytes, signed: bytes, signature: bytes) -> bool:
    """Say whether `signature` (r ‖ s) of `signed` is of the key in the certificate."""
    try:
        point = certified_point(certificate_der)
    except _UNREADABLE:
        return False
    return verify_point(point, signed, signature)


def canonical_signature(r: int, s: int) -> bytes:
    """Return r ‖ s with s in the low half: cards give either, records hold one."""
    return r.to_bytes(32, "big") + min(s, _ORDER - s).to_bytes(32, "big")


def issue_authority(key: ec.EllipticCurvePrivateKey, name: str, start: dt.datetime) -> bytes:
    """Return the card authority's own certificate (DER), valid ten years from `start`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3652))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def issue_card_certificate(
    authority_key: ec.EllipticCurvePrivateKey,
    authority_der: bytes,
    identity: CardIdentity,
    not_before: dt.datetime,
    not_after: dt.datetime,
    *,
    key_agreement: bool = False,
) -> bytes:
    """Return a DER certificate that says `identity`, its public key included.

    Args:
        not_before, not_after: aware.
        key_agreement: for slot 9D; otherwise the key is for signatures.
    """
    authority = x509.load_der_x509_certificate(authority_der)
    names = [
        (NameOID.ORGANIZATION_NAME, identity.station),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, identity.kind.value),
        (NameOID.SERIAL_NUMBER, str(identity.number)),
        (NameOID.TITLE, identity.role),
        (NameOID.COMMON_NAME, identity.name),
    ]
    usage = x509.KeyUsage(
        digital_signature=not key_agreement,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=key_agreement,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    public_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), identity.public_key)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, text) for oid, text in names if text]))
        .issuer_name(authority.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(authority_key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )

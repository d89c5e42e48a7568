"""Reading what others wrote: strict CBOR, signed envelopes, certificates.

Written from the standards and `docs/records.cddl` alone, for the verifier alone. Every function
takes bytes that nobody has checked, and either returns what is certainly right or raises `Wrong`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

MAX_RECORD = 1 << 23  # a shuffle of an urn of 16,384 votes of nine elements
MAX_DEPTH = 12
MAX_ITEMS = 1 << 20
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Wrong(Exception):
    """Something in the evidence is not right. The text says what, in plain words."""


def sha256(content: bytes) -> bytes:
    """Return the SHA-256 of `content`, 32 bytes."""
    return hashlib.sha256(content).digest()


# --- CBOR (RFC 8949 §4.2.1, without floats, tags and text keys) ----------------------------------


def hash_of(record: dict[int, Any]) -> bytes:
    """Return the SHA-256 of a record that `cbor` read: of its one encoding."""
    return sha256(cbor2.dumps(record, canonical=True))


class _TagsRefused(dict[int, object]):
    """cbor2 asks this table for the reader of a tag: every tag is refused."""

    def __contains__(self, _tag: object) -> bool:
        return True

    def __getitem__(self, _tag: int) -> object:
        return _refuse

    def get(self, _tag: object, _otherwise: object = None) -> object:
        return _refuse


def _refuse(*_: object) -> NoReturn:
    raise ValueError("a tag")


_TAGS: Any = _TagsRefused()


def cbor(untrusted: bytes, what: str) -> Any:
    """Return the one item in `untrusted`. Raises: Wrong: not deterministic CBOR of our kinds."""
    if len(untrusted) > MAX_RECORD:
        raise Wrong(f"{what} is too long to be one")
    try:
        item = cbor2.loads(
            untrusted,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            max_depth=MAX_DEPTH,
            semantic_decoders=_TAGS,
        )
        plain = _only_plain(item)
        same = plain and cbor2.dumps(item, canonical=True) == untrusted
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Wrong(f"{what} cannot be read") from error
    if not same:
        raise Wrong(f"{what} is not written in its one permitted form")
    return item


def _only_plain(item: object) -> bool:
    if type(item) in (bytes, str, bool, type(None)):
        return True
    if type(item) is int:
        return abs(item) < 2**64
    if isinstance(item, list):
        return all(map(_only_plain, item))
    return isinstance(item, dict) and all(
        type(key) is int and key >= 0 and _only_plain(value) for key, value in item.items()
    )


def sequence(untrusted: bytes, what: str) -> list[bytes]:
    """Return the byte strings of a CBOR sequence (RFC 8742). Raises: Wrong."""
    items: list[bytes] = []
    at = 0
    while at < len(untrusted):
        head = untrusted[at]
        extra = {24: 1, 25: 2, 26: 4}.get(head & 31, 0 if head & 31 < 24 else None)
        if head >> 5 != 2 or extra is None:
            raise Wrong(f"{what}: item {len(items) + 1} is not a byte string")
        size = int.from_bytes(untrusted[at + 1 : at + 1 + extra], "big") if extra else head & 31
        content = untrusted[at + 1 + extra : at + 1 + extra + size]
        if len(content) != size or cbor2.dumps(content) != untrusted[at : at + 1 + extra + size]:
            raise Wrong(f"{what}: item {len(items) + 1} is cut short or badly written")
        items.append(content)
        at += 1 + extra + size
        if len(items) > MAX_ITEMS:
            raise Wrong(f"{what} has more items than a day can make")
    return items


# --- signed envelopes (RFC 9052) -----------------------------------------------------------------


def key_name(public_key: bytes) -> bytes:
    """Return the 8 bytes by which a signature names an Ed25519 key."""
    return sha256(public_key)[:8]


@lru_cache(maxsize=64)
def _ed25519_header(public_key: bytes) -> bytes:
    return cbor2.dumps({1: -8, 4: key_name(public_key)}, canonical=True)


def _check_ed25519(public_key: bytes, signed: bytes, signature: bytes, what: str) -> None:
    try:
        VerifyKey(public_key).verify(signed, signature)
    except (BadSignatureError, ValueError, TypeError) as error:
        raise Wrong(f"{what}: the signature is wrong") from error


def signed_record(untrusted: bytes, rule: str, public_key: bytes, what: str) -> dict[int, Any]:
    """Return the record in a COSE_Sign1 of this key.

    Args:
        rule: the record's name in the CDDL; it is part of what is signed.

    Raises:
        Wrong: not such a record, or not signed by this key.
    """
    if untrusted[:1] != b"\xd2":
        raise Wrong(f"{what} is not a signed record")
    match cbor(untrusted[1:], what):
        case [bytes(header), dict(unprotected), bytes(payload), bytes(signature)]:
            pass
        case _:
            raise Wrong(f"{what} is not a signed record")
    if unprotected or header != _ed25519_header(public_key):
        raise Wrong(f"{what} is not signed by the key that must have signed it")
    external = f"sailau/{rule}/1".encode()
    signed = cbor2.dumps(["Signature1", header, external, payload], canonical=True)
    _check_ed25519(public_key, signed, signature, what)
    return _as_map(cbor(payload, what), what)


def claimed_signer(untrusted: bytes, what: str) -> bytes:
    """Return the name of the key that a COSE_Sign1 says it was signed with. Raises: Wrong."""
    if untrusted[:1] != b"\xd2":
        raise Wrong(f"{what} is not a signed record")
    match cbor(untrusted[1:], what):
        case [bytes(header), _, _, _]:
            pass
        case _:
            raise Wrong(f"{what} is not a signed record")
    name = _as_map(cbor(header, what), what).get(4)
    if not isinstance(name, bytes):
        raise Wrong(f"{what} does not say who signed it")
    return name


def record_of_people(
    untrusted: bytes, rule: str, board_key: bytes, what: str
) -> tuple[dict[int, Any], tuple[bytes, ...]]:
    """Return the record in a COSE_Sign, and the certificates (DER) of the people who signed it.

    Whose certificates they are is for the caller to judge.

    Raises:
        Wrong: not such a record, or one of its signatures is wrong.
    """
    if untrusted[:2] != b"\xd8\x62":
        raise Wrong(f"{what} is not a record signed by people")
    match cbor(untrusted[2:], what):
        case [b"", dict(unprotected), bytes(payload), list([first, *others])] if not unprotected:
            pass
        case _:
            raise Wrong(f"{what} is not a record signed by people")
    external = f"sailau/{rule}/1".encode()
    header, signature = _signature(first, what)
    if header != _ed25519_header(board_key):
        raise Wrong(f"{what} is not signed by the board that must have signed it")
    signed = cbor2.dumps(["Signature", b"", header, external, payload], canonical=True)
    _check_ed25519(board_key, signed, signature, what)
    certificates = []
    previous: tuple[bytes, bytes] = (b"", b"")
    for other in others:
        header, signature = _signature(other, what)
        if (header, signature) <= previous:
            raise Wrong(f"{what}: its signatures are not in order")
        previous = (header, signature)
        match _as_map(cbor(header, what), what):
            case {1: -7, 33: bytes(certificate), **rest} if not rest:
                pass
            case _:
                raise Wrong(f"{what}: a person's signature has the wrong form")
        signed = cbor2.dumps(["Signature", b"", header, external, payload], canonical=True)
        _check_es256(certificate, signed, signature, what)
        certificates.append(certificate)
    if len(set(certificates)) != len(certificates):
        raise Wrong(f"{what}: one person signed twice")
    return _as_map(cbor(payload, what), what), tuple(certificates)


def _signature(item: object, what: str) -> tuple[bytes, bytes]:
    match item:
        case [bytes(header), dict(unprotected), bytes(signature)] if not unprotected:
            return header, signature
        case _:
            raise Wrong(f"{what}: a signature has the wrong form")


def _as_map(item: object, what: str) -> dict[int, Any]:
    if not isinstance(item, dict):
        raise Wrong(f"{what} is not a record")
    return item


# --- people's certificates -----------------------------------------------------------------------

_UNREADABLE = (
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    x509.InvalidVersion,
)


def _check_es256(certificate: bytes, signed: bytes, signature: bytes, what: str) -> None:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or s > P256_ORDER // 2:
        raise Wrong(f"{what}: a person's signature has the wrong form")
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise TypeError("not on P-256")
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except _UNREADABLE as error:
        raise Wrong(f"{what}: a person's signature is wrong") from error


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an official's certificate says."""

    station: str
    kind: str
    role: str
    name: str


def certificate_of(der: bytes, authority_der: bytes, at_s: int, what: str) -> Certificate:
    """Return what a certificate says, if the card authority issued it and it was valid `at_s`.

    A day of tolerance is given, because a station's clock is its own.

    Raises:
        Wrong: it was not issued by this authority, or not for this time.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.verify_directly_issued_by(x509.load_der_x509_certificate(authority_der))
        names = {entry.oid: str(entry.value) for entry in certificate.subject}
        start = certificate.not_valid_before_utc.timestamp() - 26 * 3600
        end = certificate.not_valid_after_utc.timestamp() + 26 * 3600
    except _UNREADABLE as error:
        raise Wrong(f"{what}: a certificate was not issued by the card authority") from error
    if not start <= at_s <= end:
        raise Wrong(f"{what}: a certificate was not valid at the time of signing")
    return Certificate(
        names.get(NameOID.ORGANIZATION_NAME, ""),
        names.get(NameOID.ORGANIZATIONAL_UNIT_NAME, ""),
        names.get(NameOID.TITLE, ""),
        names.get(NameOID.COMMON_NAME, ""),
    )


def exactly(record: Mapping[int, Any], keys: str, optional: str = "", *, what: str) -> None:
    """Check that a record has these keys ("0 1 2"), perhaps the optional ones, and no others.

    Raises:
        Wrong: a key is missing or unknown.
    """
    needed = {int(key) for key in keys.split()}
    allowed = needed | {int(key) for key in optional.split()}
    if not needed <= record.keys() <= allowed:
        raise Wrong(f"{what} does not have the fields that it must have")

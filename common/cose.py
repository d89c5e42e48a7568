"""Signed envelopes: COSE_Sign1 for the boards' records, COSE_Sign where people sign as well.

Rules (RFC 9052 §4): the unprotected header is empty; the protected header holds the algorithm, and
nothing else but the key identifier (boards) or the certificate (people); the payload is inside; the
external data names the kind of record, so that no record passes for another. Boards sign with
Ed25519 (EdDSA, -8), people with P-256 (ES256, -7) on their cards.

Never here: what a payload means, and whether a certificate is to be believed (`common.chain`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from common import cbor, chain

ALGORITHM, KEY_ID, X5CHAIN = 1, 4, 33  # RFC 9052 §3.1, RFC 9360 §2
EDDSA, ES256 = -8, -7  # RFC 9053 §2
_SIGN1_TAG = b"\xd2"  # 18
_SIGN_TAG = b"\xd8\x62"  # 98
MAX_SIZE = (1 << 23) + 1024  # the largest record and its envelope


class CoseError(ValueError):
    """These bytes are not a signed record in our form."""


class SignatureWrong(CoseError):
    """The form is right, but a signature is not of the key that was expected."""


def key_id(public_key: bytes) -> bytes:
    """Return the 8 bytes that name an Ed25519 key: the head of its SHA-256."""
    return hashlib.sha256(public_key).digest()[:8]


@lru_cache(maxsize=64)
def _board_header(public_key: bytes) -> bytes:
    return cbor.encode({ALGORITHM: EDDSA, KEY_ID: key_id(public_key)})


def _person_header(certificate: bytes) -> bytes:
    return cbor.encode({ALGORITHM: ES256, X5CHAIN: certificate})


def sign1(payload: bytes, key: SigningKey, external: str) -> bytes:
    """Return `payload` in a COSE_Sign1 signed by `key` (RFC 9052 §4.2)."""
    protected = _board_header(bytes(key.verify_key))
    signature = key.sign(_sign1_bytes(protected, external, payload)).signature
    return _SIGN1_TAG + cbor.encode([protected, {}, payload, signature])


def verify1(untrusted: bytes, external: str, public_key: bytes) -> bytes:
    """Return the payload of a COSE_Sign1 that the holder of `public_key` signed.

    Raises:
        CoseError: not such an envelope.
        SignatureWrong: somebody else signed, or a bit changed.
    """
    return verify1_of(untrusted, external, (public_key,))[0]


def verify1_of(
    untrusted: bytes, external: str, public_keys: Iterable[bytes]
) -> tuple[bytes, bytes]:
    """Return the payload of a COSE_Sign1 and which of `public_keys` signed it; raises as above."""
    protected, payload, signature = _parts1(untrusted)
    for public_key in public_keys:
        if protected == _board_header(public_key):
            _verify_ed25519(public_key, _sign1_bytes(protected, external, payload), signature)
            return payload, public_key
    raise SignatureWrong("another key signed it")


def signer_of(untrusted: bytes) -> bytes:
    """Return the key identifier in a COSE_Sign1; a claim, not a proof. Raises: CoseError."""
    header = _map(_parts1(untrusted)[0])
    identifier = header.get(KEY_ID)
    if not isinstance(identifier, bytes) or len(identifier) != 8:
        raise CoseError("its header names no key")
    return identifier


def payload_of(untrusted: bytes) -> bytes:
    """Return the payload of a COSE_Sign1 whose signature nobody has checked. Raises: CoseError."""
    return _parts1(untrusted)[1]


def frame1(public_key: bytes) -> bytes:
    """Return the bytes before the payload in every COSE_Sign1 of this board."""
    return _SIGN1_TAG + b"\x84" + cbor.wrap(_board_header(public_key)) + cbor.encode({})


def cut_payload(proven: bytes, frame: bytes) -> bytes:
    """Return the payload of a COSE_Sign1 that begins with `frame` and was proven by other means.

    Cut out, not decoded: for a board that reads thousands of its own records at a start.

    Raises: CoseError: it has not the form that `sign1` gives it.
    """
    rest = proven[len(frame) :]
    try:
        items, size = cbor.split_sequence(rest, max_item=MAX_SIZE)
    except cbor.CborError as error:
        raise CoseError(str(error)) from error
    if not proven.startswith(frame) or size != len(rest) or len(items) != 2:
        raise CoseError("it is not a COSE_Sign1 of this board")
    return items[0]


def _parts1(untrusted: bytes) -> tuple[bytes, bytes, bytes]:
    match _items(untrusted, _SIGN1_TAG):
        case (bytes(protected), dict(unprotected), bytes(payload), bytes(signature)):
            if unprotected or len(signature) != 64:
                raise CoseError("its headers or its signature have the wrong form")
            return protected, payload, signature
        case _:
            raise CoseError("it is not a COSE_Sign1")


@dataclass(frozen=True, slots=True)
class PersonSignature:
    """A person's ES256 signature: DER certificate, and r ‖ s (64 bytes)."""

    certificate: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedBody:
    """A COSE_Sign in the making or as it was read: a payload that several sign (RFC 9052 §4.1).

    The body has no protected header; each signature has its own.
    """

    payload: bytes
    external: str
    board_key: bytes = b""
    board_signature: bytes = b""
    people: tuple[PersonSignature, ...] = ()

    def to_be_signed(self, certificate: bytes) -> bytes:
        """Return the bytes that the holder of `certificate` signs with ES256 (SHA-256)."""
        return self._signed_bytes(_person_header(certificate))

    def with_person(self, certificate: bytes, signature: bytes) -> SignedBody:
        """Return the body with one more signature, which must be right.

        Raises:
            SignatureWrong: it is not a signature of this body by that certificate.
        """
        if not chain.verify_es256(certificate, self.to_be_signed(certificate), signature):
            raise SignatureWrong("the signature is not of this certificate")
        others = tuple(person for person in self.people if person.certificate != certificate)
        return self._replace(people=(*others, PersonSignature(certificate, signature)))

    def with_board(self, key: SigningKey) -> SignedBody:
        """Return the body signed by the board's `key`."""
        public_key = bytes(key.verify_key)
        signature = key.sign(self._signed_bytes(_board_header(public_key))).signature
        return self._replace(board_key=public_key, board_signature=signature)

    def to_bytes(self) -> bytes:
        """Return the COSE_Sign: the board's signature first, then the people's, sorted."""
        if not self.board_signature:
            raise CoseError("the board has not signed it")
        signed = [(_board_header(self.board_key), self.board_signature)]
        signed += sorted((_person_header(one.certificate), one.signature) for one in self.people)
        signatures = [[header, {}, signature] for header, signature in signed]
        return _SIGN_TAG + cbor.encode([b"", {}, self.payload, signatures])

    @classmethod
    def from_bytes(cls, untrusted: bytes, external: str, board_key: bytes) -> SignedBody:
        """Return the body in `untrusted`, of which every signature was verified.

        The certificates are not judged here.

        Raises:
            CoseError: not such an envelope.
            SignatureWrong: the board's or a person's signature is wrong.
        """
        match _items(untrusted, _SIGN_TAG):
            case (b"", dict(unprotected), bytes(payload), tuple(signatures)) if not unprotected:
                body = cls(payload, external)
            case _:
                raise CoseError("it is not a COSE_Sign")
        if not 1 <= len(signatures) <= 64:
            raise CoseError("it has no signature, or too many")
        first, *others = (_signature(signature) for signature in signatures)
        if first[0] != _board_header(board_key):
            raise SignatureWrong("another board signed it")
        _verify_ed25519(board_key, body._signed_bytes(first[0]), first[1])
        body = body._replace(board_key=board_key, board_signature=first[1])
        for header, signature in others:
            certificate = _map(header).get(X5CHAIN)
            if not isinstance(certificate, bytes) or header != _person_header(certificate):
                raise CoseError("a signature's header has the wrong form")
            body = body.with_person(certificate, signature)
        if body.to_bytes() != untrusted:
            raise CoseError("its signatures are not in order, or one stands twice")
        return body

    def _signed_bytes(self, protected: bytes) -> bytes:
        external = self.external.encode("ascii")
        return cbor.encode(["Signature", b"", protected, external, self.payload])

    def _replace(
        self,
        *,
        board_key: bytes | None = None,
        board_signature: bytes | None = None,
        people: tuple[PersonSignature, ...] | None = None,
    ) -> SignedBody:
        return SignedBody(
            self.payload,
            self.external,
            self.board_key if board_key is None else board_key,
            self.board_signature if board_signature is None else board_signature,
            self.people if people is None else people,
        )


def _signature(untrusted: object) -> tuple[bytes, bytes]:
    match untrusted:
        case (bytes(protected), dict(unprotected), bytes(signature)):
            if unprotected or len(signature) != 64:
                raise CoseError("a signature has the wrong form")
            return protected, signature
        case _:
            raise CoseError("a signature has the wrong form")


def _sign1_bytes(protected: bytes, external: str, payload: bytes) -> bytes:
    return cbor.encode(["Signature1", protected, external.encode("ascii"), payload])


def _items(untrusted: bytes, tag: bytes) -> object:
    if not untrusted.startswith(tag):
        raise CoseError("it does not begin as a signed record does")
    try:
        return cbor.decode(untrusted[len(tag) :], max_size=MAX_SIZE)
    except cbor.CborError as error:
        raise CoseError(str(error)) from error


def _map(untrusted: bytes) -> dict[int, object]:
    try:
        item = cbor.decode(untrusted, max_size=8192)
    except cbor.CborError as error:
        raise CoseError(str(error)) from error
    if not isinstance(item, dict):
        raise CoseError("its header is not a map")
    return item


def _verify_ed25519(public_key: bytes, signed: bytes, signature: bytes) -> None:
    try:
        VerifyKey(public_key).verify(signed, signature)
    except (BadSignatureError, ValueError) as error:
        raise SignatureWrong("the signature is wrong") from error

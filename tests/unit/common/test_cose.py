"""COSE_Sign1 and COSE_Sign: an independent library agrees, and every bit counts."""

import datetime as dt
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from nacl.signing import SigningKey
from pycose.headers import KID, Algorithm, X5chain
from pycose.keys.curves import P256, Ed25519
from pycose.keys.ec2 import EC2Key
from pycose.keys.okp import OKPKey
from pycose.messages.sign1message import Sign1Message
from pycose.messages.signmessage import SignMessage

from common import chain, cose
from tests.samples import OPENS_S, authority

KEY = SigningKey(b"k" * 32)
PUBLIC = bytes(KEY.verify_key)
EXTERNAL = "sailau/Test/1"
assert X5chain.identifier == cose.X5CHAIN


def _independent(kind: Any, signed: bytes) -> Any:
    """Return the message as pycose reads it; its own `decode` fails on tuples of cbor2 6."""
    tag_size = {Sign1Message: 1, SignMessage: 2}[kind]
    assert cbor2.loads(signed).tag == kind.cbor_tag
    return kind.from_cose_obj(cbor2.loads(signed[tag_size:]), allow_unknown_attributes=False)


def _person(number: int) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key = ec.derive_private_key(1000 + number, ec.SECP256R1())
    ca_key, ca_der = authority()
    identity = chain.CardIdentity(
        chain.CardKind.OFFICIAL,
        "0421",
        number,
        "member",
        "Әліқожаев Н.",
        chain.public_point(key.public_key()),
    )
    start = dt.datetime.fromtimestamp(OPENS_S, dt.UTC)
    der = chain.issue_card_certificate(
        ca_key, ca_der, identity, start, start + dt.timedelta(days=9)
    )
    return key, der


def _signature(key: ec.EllipticCurvePrivateKey, signed: bytes) -> bytes:
    return chain.canonical_signature(
        *decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    )


def test_an_independent_library_verifies_sign1() -> None:
    message = _independent(Sign1Message, cose.sign1(b"payload", KEY, EXTERNAL))
    message.external_aad = EXTERNAL.encode()
    message.key = OKPKey(crv=Ed25519, x=PUBLIC)
    assert message.verify_signature()
    assert message.payload == b"payload"
    assert message.uhdr == {}


def test_sign1_of_an_independent_library_is_read() -> None:
    message = Sign1Message(
        phdr={Algorithm: -8, KID: cose.key_id(PUBLIC)},
        payload=b"payload",
        external_aad=EXTERNAL.encode(),
    )
    message.key = OKPKey(crv=Ed25519, x=PUBLIC, d=bytes(KEY))
    assert cose.verify1(message.encode(), EXTERNAL, PUBLIC) == b"payload"


def test_every_bit_of_sign1_counts() -> None:
    signed = cose.sign1(b"payload", KEY, EXTERNAL)
    assert cose.verify1(signed, EXTERNAL, PUBLIC) == b"payload"
    for bit in range(len(signed) * 8):
        changed = bytearray(signed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(cose.CoseError):
            cose.verify1(bytes(changed), EXTERNAL, PUBLIC)


@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, 1000])
def test_a_payload_that_is_cut_out_is_the_one_that_was_signed(size: int) -> None:
    payload = bytes(range(256)) * 4
    signed = cose.sign1(payload[:size], KEY, EXTERNAL)
    frame = cose.frame1(PUBLIC)
    assert cose.cut_payload(signed, frame) == payload[:size] == cose.payload_of(signed)
    for wrong in (signed[:-1], signed + b"\x40", signed[:-66], b"", frame, b"\xa0" + signed):
        with pytest.raises(cose.CoseError):
            cose.cut_payload(wrong, frame)
    with pytest.raises(cose.CoseError, match="of this board"):
        cose.cut_payload(signed, cose.frame1(bytes(SigningKey(b"o" * 32).verify_key)))


def test_another_key_record_or_length_is_refused() -> None:
    signed = cose.sign1(b"payload", KEY, EXTERNAL)
    other = bytes(SigningKey(b"o" * 32).verify_key)
    with pytest.raises(cose.SignatureWrong):
        cose.verify1(signed, EXTERNAL, other)
    with pytest.raises(cose.SignatureWrong):
        cose.verify1(signed, "sailau/Other/1", PUBLIC)
    for wrong in (signed + b"\0", signed[:-1], b"", signed[1:]):
        with pytest.raises(cose.CoseError):
            cose.verify1(wrong, EXTERNAL, PUBLIC)
    assert cose.signer_of(signed) == cose.key_id(PUBLIC)
    assert cose.payload_of(signed) == b"payload"


def test_people_sign_beside_the_board() -> None:
    body = cose.SignedBody(b"minutes", EXTERNAL)
    people = [_person(number) for number in (1, 2)]
    for key, der in people:
        body = body.with_person(der, _signature(key, body.to_be_signed(der)))
    signed = body.with_board(KEY).to_bytes()
    read = cose.SignedBody.from_bytes(signed, EXTERNAL, PUBLIC)
    assert read.payload == b"minutes"
    assert {person.certificate for person in read.people} == {der for _, der in people}

    message = _independent(SignMessage, signed)
    assert message.payload == b"minutes"
    for signature in message.signers:
        signature.external_aad = EXTERNAL.encode()
    board, *others = message.signers
    board.key = OKPKey(crv=Ed25519, x=PUBLIC)
    assert board.verify_signature()
    for signature, person in zip(others, read.people, strict=True):
        point = chain.certified_point(person.certificate)
        signature.key = EC2Key(crv=P256, x=point[1:33], y=point[33:])
        assert signature.verify_signature()


def test_every_bit_of_sign_counts() -> None:
    key, der = _person(1)
    body = cose.SignedBody(b"m", EXTERNAL)
    body = body.with_person(der, _signature(key, body.to_be_signed(der)))
    signed = body.with_board(KEY).to_bytes()
    for bit in range(0, len(signed) * 8, 3):
        changed = bytearray(signed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(cose.CoseError):
            cose.SignedBody.from_bytes(bytes(changed), EXTERNAL, PUBLIC)


def test_a_signature_has_one_form_and_stands_once() -> None:
    key, der = _person(1)
    body = cose.SignedBody(b"m", EXTERNAL)
    right = _signature(key, body.to_be_signed(der))
    high = right[:32] + (chain._ORDER - int.from_bytes(right[32:], "big")).to_bytes(32, "big")
    with pytest.raises(cose.SignatureWrong):
        body.with_person(der, high)
    twice = body.with_person(der, right).with_person(der, right)
    assert len(twice.people) == 1
    with pytest.raises(cose.CoseError, match="board"):
        twice.to_bytes()
    with pytest.raises(cose.SignatureWrong):
        body.with_person(_person(2)[1], right)

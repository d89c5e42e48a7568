"""The PIV card application (NIST SP 800-73-4), as far as this system uses it.

Rules. One method is one command of SP 800-73-4 part 2; sessions (`voter_card` and the like) put
them in order. Nothing above this file sees a status word: a command that failed raises a
`CardError` that carries the facts as attributes. Only P-256 keys and AES management keys; only
objects behind tag 53. Whatever a card returns is untrusted until its length and form were checked.

It never repeats a PIN: a wrong one costs an attempt each time it is sent.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import IntEnum
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from cardio import tlv
from cardio.processors import CommandChaining, ResponseChaining
from cardio.transport import OK, Apdu, CardTransport, Transport
from common.chain import canonical_signature
from hal.card_reader import CardConnection

AID = bytes.fromhex("A000000308000010000100")
"""Application identifier (SP 800-73-4 part 1 §2.2)."""

BLOCK_SIZE = 16
POINT_SIZE = 65
SECRET_SIZE = 32

INS_VERIFY = 0x20
INS_CHANGE_REFERENCE_DATA = 0x24
INS_GENERATE_KEY_PAIR = 0x47
INS_GENERAL_AUTHENTICATE = 0x87
INS_SELECT = 0xA4
INS_GET_DATA = 0xCB
INS_PUT_DATA = 0xDB
INS_SET_MANAGEMENT_KEY = 0xFF  # Yubico's extension; PivApplet has it too

ECC_P256 = 0x11  # SP 800-78-4 table 6-2
MANAGEMENT_KEY = 0x9B  # key reference, SP 800-73-4 part 1 table 4b
ANY_LENGTH = 256

_EXECUTION_ERRORS = (0x64, 0x65, 0x6F)  # ISO/IEC 7816-4 §5.1.3
_DYNAMIC = 0x7C  # dynamic authentication template, SP 800-73-4 part 2 table 7
_WITNESS, _CHALLENGE, _RESPONSE, _EXPONENTIATION = 0x80, 0x81, 0x82, 0x85
_CONTENT = 0x53
_TAG_LIST = 0x5C


class Slot(IntEnum):
    """The key references that a card of ours uses (SP 800-73-4 part 1 table 4b)."""

    AUTHENTICATION = 0x9A
    SIGNATURE = 0x9C
    KEY_MANAGEMENT = 0x9D
    CARD_AUTHENTICATION = 0x9E


class ObjectId(IntEnum):
    """The data objects that a card of ours uses (SP 800-73-4 part 1 table 3)."""

    CARD_AUTHENTICATION_CERTIFICATE = 0x5FC101
    FINGERPRINTS = 0x5FC103
    AUTHENTICATION_CERTIFICATE = 0x5FC105
    PRINTED_INFORMATION = 0x5FC109
    SIGNATURE_CERTIFICATE = 0x5FC10A
    KEY_MANAGEMENT_CERTIFICATE = 0x5FC10B
    RETIRED_CERTIFICATE_1 = 0x5FC10D
    RETIRED_CERTIFICATE_2 = 0x5FC10E
    RETIRED_CERTIFICATE_3 = 0x5FC10F
    RETIRED_CERTIFICATE_4 = 0x5FC110
    RETIRED_CERTIFICATE_5 = 0x5FC111


CERTIFICATE_OF = {
    Slot.AUTHENTICATION: ObjectId.AUTHENTICATION_CERTIFICATE,
    Slot.SIGNATURE: ObjectId.SIGNATURE_CERTIFICATE,
    Slot.KEY_MANAGEMENT: ObjectId.KEY_MANAGEMENT_CERTIFICATE,
    Slot.CARD_AUTHENTICATION: ObjectId.CARD_AUTHENTICATION_CERTIFICATE,
}


class Reference(IntEnum):
    """What VERIFY and CHANGE REFERENCE DATA are about (SP 800-73-4 part 1 table 4a)."""

    PIN = 0x80
    PUK = 0x81


class ManagementAlgorithm(IntEnum):
    """The algorithm of a management key (SP 800-78-4 table 6-2)."""

    AES_128 = 0x08
    AES_192 = 0x0A
    AES_256 = 0x0C

    @property
    def key_size(self) -> int:
        """Size of the key in bytes."""
        return {0x08: 16, 0x0A: 24, 0x0C: 32}[self]


class CardError(Exception):
    """The card is there and did not do what was asked."""

    TOLD: ClassVar = True


class NotPiv(CardError):
    """The card has no PIV application."""


class CardGarbled(CardError):
    """The card's answer does not have the form that SP 800-73-4 gives it."""


class CommandRefused(CardError):
    """The card refused a command.

    Attributes:
        ins: the command's instruction byte.
        status: the card's status word.
    """

    def __init__(self, ins: int, status: int) -> None:
        super().__init__(f"instruction {ins:02X} was answered with {status:04X}")
        self.ins = ins
        self.status = status


class NotPermitted(CommandRefused):
    """PIN or management key must be shown first (6982)."""


class NoSpace(CommandRefused):
    """The object is too long for the card (6A84)."""


class ManagementKeyWrong(CardError):
    """The card does not know our management key, or we do not know its."""


class PinWrong(CardError):
    """A wrong PIN or PUK; `attempts_remaining` more may be tried."""

    def __init__(self, attempts_remaining: int) -> None:
        super().__init__(f"wrong PIN, {attempts_remaining} attempts remain")
        self.attempts_remaining = attempts_remaining


class PinBlocked(CardError):
    """No attempt remains."""


class PinMalformed(CardError):
    """A PIN has 6 to 8 digits, a PUK has 8; nothing was sent to the card."""


class Piv:
    """The PIV application on one powered card."""

    def __init__(self, connection: CardConnection) -> None:
        transport: Transport = CardTransport(connection)
        transport = ResponseChaining(transport)
        self._transport: Transport = CommandChaining(transport)

    def select(self) -> None:
        """Select the application (SP 800-73-4 part 2 §3.1.1); ends a broken chain.

        Raises:
            NotPiv: there is none.
            CommandRefused: the card failed by itself, which says nothing of its applications.
        """
        response, status = self._send(Apdu(0, INS_SELECT, 4, 0, AID, ANY_LENGTH))
        if status >> 8 in _EXECUTION_ERRORS:
            raise CommandRefused(INS_SELECT, status)
        if status != OK:
            raise NotPiv(f"SELECT was answered with {status:04X}")
        try:
            tlv.only(response, 0x61)
        except tlv.TlvError as error:
            raise NotPiv(f"SELECT was answered with something else: {error}") from error

    def read_object(self, identifier: ObjectId) -> bytes | None:
        """Return an object's content, or None for the three ways in which cards say "empty".

        They are 6A82, 9000 with nothing, and an empty tag 53 (SP 800-73-4 part 2 §3.1.2).

        Raises:
            NotPermitted: it needs the PIN.
            CardGarbled, CommandRefused.
        """
        tag_list = tlv.encode(_TAG_LIST, identifier.to_bytes(3, "big"))
        response, status = self._send(Apdu(0, INS_GET_DATA, 0x3F, 0xFF, tag_list, ANY_LENGTH))
        if status == 0x6A82:
            return None
        self._check(INS_GET_DATA, status)
        if not response:
            return None
        return _only(response, _CONTENT) or None

    def write_object(self, identifier: ObjectId, content: bytes) -> None:
        """Replace an object's content, or empty it with b"" (SP 800-73-4 part 2 §3.3.1).

        PUT DATA is not atomic. Read back; after any error, select and authenticate again first.

        Raises:
            NotPermitted: the management key must be shown first.
            NoSpace, CommandRefused.
        """
        field = tlv.encode(_TAG_LIST, identifier.to_bytes(3, "big"))
        field += tlv.encode(_CONTENT, content)
        self._command(Apdu(0, INS_PUT_DATA, 0x3F, 0xFF, field))

    def authenticate_management(
        self,
        algorithm: ManagementAlgorithm,
        key: bytes,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Prove the management key to the card and have it proven (part 2 §3.2.4, appendix A.2).

        Raises:
            ManagementKeyWrong: the two keys are not the same.
            CardGarbled, CommandRefused.
        """
        block = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - one block of random bytes
        ask = tlv.encode(_WITNESS, b"")
        try:
            witness = _sized(self._dynamic(algorithm, MANAGEMENT_KEY, ask, _WITNESS), BLOCK_SIZE)
            decryptor = block.decryptor()
            shown = decryptor.update(witness) + decryptor.finalize()
            challenge = random_bytes(BLOCK_SIZE)
            field = tlv.encode(_WITNESS, shown) + tlv.encode(_CHALLENGE, challenge)
            proof = _sized(self._dynamic(algorithm, MANAGEMENT_KEY, field, _RESPONSE), BLOCK_SIZE)
        except NotPermitted as error:
            raise ManagementKeyWrong(str(error)) from error
        encryptor = block.encryptor()
        if not hmac.compare_digest(proof, encryptor.update(challenge) + encryptor.finalize()):
            raise ManagementKeyWrong("the card does not hold the key")

    def set_management_key(self, algorithm: ManagementAlgorithm, key: bytes) -> None:
        """Give the card a new management key, with Yubico's SET MANAGEMENT KEY.

        Raises:
            NotPermitted: the present key must be shown first.
            CommandRefused: also when the applet does not know the command (6D00).
        """
        field = bytes((algorithm,)) + tlv.encode(MANAGEMENT_KEY, _own(key, algorithm.key_size))
        self._command(Apdu(0, INS_SET_MANAGEMENT_KEY, 0xFF, 0xFF, field))

    def sign(self, slot: Slot, digest: bytes) -> bytes:
        """Return r ‖ s (64 bytes, s in the low half) over a 32-byte digest, ECDSA on P-256.

        9C wants its PIN in the command before this one; see `verify_pin`
        (SP 800-73-4 part 2 §3.2.4, appendix A.4).

        Raises:
            NotPermitted: the PIN must be shown first.
            CardGarbled, CommandRefused.
        """
        field = tlv.encode(_RESPONSE, b"") + tlv.encode(_CHALLENGE, _own(digest, 32))
        try:
            signature = self._dynamic(ECC_P256, slot, field, _RESPONSE)
            return canonical_signature(*decode_dss_signature(signature))
        except (ValueError, OverflowError) as error:
            raise CardGarbled(f"a signature is not of its form: {error}") from error

    def agree(self, slot: Slot, point: bytes) -> bytes:
        """Return the ECDH secret (32 bytes) of the slot's key and an uncompressed P-256 point.

        SP 800-73-4 part 2 §3.2.4, appendix A.5.2.

        Raises:
            NotPermitted: the PIN must be shown first.
            CardGarbled, CommandRefused.
        """
        field = tlv.encode(_RESPONSE, b"") + tlv.encode(_EXPONENTIATION, _own(point, POINT_SIZE))
        return _sized(self._dynamic(ECC_P256, slot, field, _RESPONSE), SECRET_SIZE)

    def generate_key(self, slot: Slot) -> bytes:
        """Make a new P-256 key on the card; return its point, 65 bytes (part 2 §3.3.2).

        Raises:
            NotPermitted: the management key must be shown first.
            CardGarbled, CommandRefused.
        """
        field = tlv.encode(0xAC, tlv.encode(0x80, bytes((ECC_P256,))))
        response = self._command(Apdu(0, INS_GENERATE_KEY_PAIR, 0, slot, field, ANY_LENGTH))
        try:
            point = tlv.read_all(tlv.only(response, 0x7F49)).get(0x86, b"")
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as error:
            raise CardGarbled(f"a new key is not of its form: {error}") from error
        return _sized(point, POINT_SIZE)

    def verify_pin(self, pin: bytes | bytearray) -> None:
        """Show the PIN, 6 to 8 digits (SP 800-73-4 part 2 §3.2.1).

        Raises:
            PinWrong, PinBlocked, PinMalformed.
        """
        self._reference(INS_VERIFY, Reference.PIN, _padded(pin))

    def forget_pin(self) -> None:
        """Take the PIN back (VERIFY with P1=FF, part 2 §3.2.1); SELECT alone does not.

        Raises:
            CommandRefused: the applet cannot.
        """
        self._command(Apdu(0, INS_VERIFY, 0xFF, Reference.PIN))

    def pin_attempts(self) -> int:
        """Return how often a wrong PIN may still be shown; costs none (part 2 §3.2.1).

        Raises:
            CommandRefused: the applet does not tell.
            CardGarbled: the PIN counts as shown although nobody showed it.
        """
        _, status = self._send(Apdu(0, INS_VERIFY, 0, Reference.PIN))
        if status == OK:
            self.forget_pin()
            _, status = self._send(Apdu(0, INS_VERIFY, 0, Reference.PIN))
        match status:
            case 0x6983:
                return 0
            case _ if status & 0xFFF0 == 0x63C0:
                return status & 0xF
            case 0x9000:
                raise CardGarbled("the card takes its PIN for shown")
            case _:
                raise CommandRefused(INS_VERIFY, status)

    def change_pin(self, old: bytes | bytearray, new: bytes | bytearray) -> None:
        """Change the PIN (part 2 §3.2.2). Raises: PinWrong, PinBlocked, PinMalformed."""
        self._reference(INS_CHANGE_REFERENCE_DATA, Reference.PIN, _padded(old) + _padded(new))

    def change_puk(self, old: bytes | bytearray, new: bytes | bytearray) -> None:
        """Change the PUK, 8 digits (part 2 §3.2.2). Raises: PinWrong, PinBlocked, PinMalformed."""
        if not len(old) == len(new) == 8:
            raise PinMalformed("a PUK has 8 digits")
        self._reference(INS_CHANGE_REFERENCE_DATA, Reference.PUK, _padded(old) + _padded(new))

    def _reference(self, ins: int, reference: Reference, field: bytes) -> None:
        _, status = self._send(Apdu(0, ins, 0, reference, field))
        match status:
            case 0x6983 | 0x63C0:
                raise PinBlocked("no attempt remains")
            case _ if status & 0xFFF0 == 0x63C0:
                raise PinWrong(status & 0xF)
            case _:
                self._check(ins, status)

    def _dynamic(self, algorithm: int, key: int, field: bytes, tag: int) -> bytes:
        """Send GENERAL AUTHENTICATE; return what stands under `tag` in the answer."""
        content = tlv.encode(_DYNAMIC, field)
        apdu = Apdu(0, INS_GENERAL_AUTHENTICATE, algorithm, key, content, ANY_LENGTH)
        found = _parsed(_only(self._command(apdu), _DYNAMIC))
        if tag not in found:
            raise CardGarbled(f"tag {tag:X} is missing in an authentication template")
        return found[tag]

    def _command(self, apdu: Apdu) -> bytes:
        response, status = self._send(apdu)
        self._check(apdu.ins, status)
        return response

    def _send(self, apdu: Apdu) -> tuple[bytes, int]:
        return self._transport.send_and_receive(apdu)

    @staticmethod
    def _check(ins: int, status: int) -> None:
        match status:
            case 0x9000:
                return
            case 0x6982:
                raise NotPermitted(ins, status)
            case 0x6A84:
                raise NoSpace(ins, status)
            case _:
                raise CommandRefused(ins, status)


def _padded(pin: bytes | bytearray) -> bytes:
    if not (6 <= len(pin) <= 8 and all(0x30 <= digit <= 0x39 for digit in pin)):
        raise PinMalformed("a PIN has 6 to 8 digits")
    return bytes(pin).ljust(8, b"\xff")


def _only(untrusted: bytes, tag: int) -> bytes:
    try:
        return tlv.only(untrusted, tag)
    except tlv.TlvError as error:
        raise CardGarbled(str(error)) from error


def _parsed(untrusted: bytes) -> dict[int, bytes]:
    try:
        return tlv.read_all(untrusted)
    except tlv.TlvError as error:
        raise CardGarbled(str(error)) from error


def _sized(untrusted: bytes, size: int) -> bytes:
    if len(untrusted) != size:
        raise CardGarbled(f"{len(untrusted)} bytes where there should be {size}")
    return untrusted


def _own(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise ValueError(f"{len(value)} bytes given where {size} are needed")
    return value

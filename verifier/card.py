"""Reading a voter's card at the checking station: two objects of a PIV card, in any PC/SC reader.

What is read is not believed here (`checking`). Nothing is written on the card, no PIN is asked for.
pyscard is imported only when there is a card to be read: everything else in this package does
without it. Source: NIST SP 800-73-4 part 2, §3.1.1 (SELECT) and §3.1.2 (GET DATA).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from verifier.encoding import Wrong

Transmit: TypeAlias = Callable[[bytes], tuple[bytes, int]]
"""Sends one command, and returns what the card answered and its status word."""

SELECT_PIV = bytes.fromhex("00A404000BA00000030800001000010000")
SPOILED, OPENING = 0x5FC10E, 0x5FC10F
MAX_OBJECT = 4096
_DONE, _NOT_FOUND = 0x9000, 0x6A82
_MORE = 0x61
_OBJECT = 0x53


@dataclass(frozen=True, slots=True)
class CardContent:
    """The two objects as they are on the card; empty where there is nothing."""

    spoiled: bytes
    opening: bytes


def read_card(transmit: Transmit) -> CardContent:
    """Return what is on the card behind `transmit`. Raises: Wrong: it is no PIV card."""
    _, status = _sent(transmit, SELECT_PIV)
    if status != _DONE:
        raise Wrong("the card in the reader is not a voter's card")
    return CardContent(_object(transmit, SPOILED), _object(transmit, OPENING))


def _object(transmit: Transmit, number: int) -> bytes:
    tag = number.to_bytes(3, "big")
    answer, status = _sent(transmit, b"\x00\xcb\x3f\xff\x05\x5c\x03" + tag + b"\x00")
    if status == _NOT_FOUND or (status == _DONE and not answer):
        return b""
    if status != _DONE:
        raise Wrong(f"the card does not let its object {number:06X} be read ({status:04X})")
    return _content(answer)


def _sent(transmit: Transmit, command: bytes) -> tuple[bytes, int]:
    """Send a command and fetch the whole answer, part by part (GET RESPONSE)."""
    answer, status = transmit(command)
    while status >> 8 == _MORE:
        part, status = transmit(bytes((0x00, 0xC0, 0x00, 0x00, status & 0xFF)))
        answer += part
        if len(answer) > MAX_OBJECT or (not part and status >> 8 == _MORE):
            raise Wrong("the card answers more than any voter's card holds")
    return answer, status


def _content(answer: bytes) -> bytes:
    """Return what is in tag 53 (BER-TLV, lengths of one to three bytes)."""
    head, rest = answer[:1], answer[1:]
    lengths = {0x81: 1, 0x82: 2}
    if head != bytes([_OBJECT]) or not rest:
        raise Wrong("the card answers something that is no object")
    size = lengths.get(rest[0], 0)
    length = int.from_bytes(rest[1 : 1 + size], "big") if size else rest[0]
    content = rest[1 + size :]
    if (not size and rest[0] > 0x7F) or len(content) != length:
        raise Wrong("the card answers something that is no object")
    return content


def read_in_reader() -> CardContent:
    """Return what is on the card in the first reader that has one. Raises: Wrong: in words."""
    try:
        from smartcard.Exceptions import NoCardException, SmartcardException
        from smartcard.pcsc.PCSCExceptions import BaseSCardException
        from smartcard.System import readers
    except ImportError as error:
        raise Wrong(
            "the program that speaks to card readers is missing: install pyscard, or read the "
            "objects 5FC10E and 5FC10F with another program and give them with --spoiled and "
            "--opening"
        ) from error
    try:
        found = readers()
    except (SmartcardException, BaseSCardException) as error:  # the second is none of the first
        raise Wrong("no card reader answers: is pcscd running?") from error
    for reader in found:
        connection = reader.createConnection()
        try:
            connection.connect()
        except NoCardException:
            continue
        except SmartcardException as error:
            raise Wrong(
                "the card in the reader does not answer: turn it over, or clean its contacts"
            ) from error

        def transmit(command: bytes, connected: object = connection) -> tuple[bytes, int]:
            data, high, low = connected.transmit(list(command))  # type: ignore[attr-defined]
            return bytes(data), high << 8 | low

        try:
            return read_card(transmit)
        except SmartcardException as error:
            raise Wrong("the card was taken out, or its contacts are dirty: once more") from error
        finally:
            connection.disconnect()
    raise Wrong("there is no card in a reader: put the voter's card in")

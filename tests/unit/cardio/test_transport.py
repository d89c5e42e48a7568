"""Short APDUs (ISO/IEC 7816-4 §5.1), chaining both ways, and how both are bounded."""

import pytest

from cardio.processors import (
    MAX_RESPONSE_SIZE,
    STATUS_TOO_LONG,
    CommandChaining,
    ResponseChaining,
)
from cardio.transport import Apdu, CardTransport
from tests.unit.cardio.scripted import Scripted


@pytest.mark.parametrize(
    ("apdu", "encoded"),
    [
        (Apdu(0x00, 0x20, 0xFF, 0x80), "00 20 FF 80"),  # case 1
        (Apdu(0x00, 0xC0, 0x00, 0x00, le=256), "00 C0 00 00 00"),  # case 2
        (Apdu(0x00, 0xC0, 0x00, 0x00, le=16), "00 C0 00 00 10"),
        (Apdu(0x10, 0xDB, 0x3F, 0xFF, b"\x01\x02"), "10 DB 3F FF 02 01 02"),  # case 3
        # SELECT of the PIV application (SP 800-73-4 part 2 §3.1.1), case 4
        (
            Apdu(0x00, 0xA4, 0x04, 0x00, bytes.fromhex("A000000308000010000100"), 256),
            "00 A4 04 00 0B A0 00 00 03 08 00 00 10 00 01 00 00",
        ),
    ],
)
def test_the_four_cases(apdu: Apdu, encoded: str) -> None:
    assert apdu.to_bytes() == bytes.fromhex(encoded)


def test_what_does_not_fit_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="256 bytes"):
        Apdu(0, 0xDB, 0x3F, 0xFF, bytes(256)).to_bytes()
    for le in (0, 257):
        with pytest.raises(ValueError, match="Le"):
            Apdu(0, 0xCB, 0x3F, 0xFF, le=le).to_bytes()


def test_a_pin_does_not_show() -> None:
    assert "31" not in repr(Apdu(0, 0x20, 0, 0x80, b"111111\xff\xff"))


def test_a_long_field_goes_in_parts_and_le_with_the_last() -> None:
    field = bytes(range(250)) * 3
    parts = [field[:255], field[255:510], field[510:]]
    card = Scripted(
        ("10 87 11 9D FF" + parts[0].hex(), "9000"),
        ("10 87 11 9D FF" + parts[1].hex(), "9000"),
        ("00 87 11 9D F0" + parts[2].hex() + "00", "AA 9000"),
    )
    chain = CommandChaining(CardTransport(card))
    assert chain.send_and_receive(Apdu(0, 0x87, 0x11, 0x9D, field, 256)) == (b"\xaa", 0x9000)
    assert card.done


@pytest.mark.parametrize(("size", "parts"), [(0, 1), (255, 1), (256, 2), (510, 2), (511, 3)])
def test_no_part_is_empty(size: int, parts: int) -> None:
    sent: list[Apdu] = []

    class Counting:
        def send_and_receive(self, apdu: Apdu) -> tuple[bytes, int]:
            sent.append(apdu)
            return b"", 0x9000

    CommandChaining(Counting()).send_and_receive(Apdu(0, 0xDB, 0x3F, 0xFF, bytes(size)))
    assert len(sent) == parts
    assert [bool(apdu.cla & 0x10) for apdu in sent] == [True] * (parts - 1) + [False]


def test_a_refused_part_ends_the_chain() -> None:
    card = Scripted(("10 DB 3F FF FF" + bytes(255).hex(), "6A84"))
    chain = CommandChaining(CardTransport(card))
    assert chain.send_and_receive(Apdu(0, 0xDB, 0x3F, 0xFF, bytes(600))) == (b"", 0x6A84)
    assert card.done


def test_a_part_must_fit() -> None:
    for size in (0, 256):
        with pytest.raises(ValueError, match="parts"):
            CommandChaining(CardTransport(Scripted()), size)


def test_what_waits_behind_61xx_is_fetched() -> None:
    card = Scripted(
        ("00 CB 3F FF 05 5C 03 5F C1 01 00", "AA" * 256 + "6100"),
        ("00 C0 00 00 00", "BB" * 256 + "6102"),
        ("00 C0 00 00 02", "CC CC 9000"),
    )
    command = Apdu(0, 0xCB, 0x3F, 0xFF, bytes.fromhex("5C035FC101"), 256)
    response, status = ResponseChaining(CardTransport(card)).send_and_receive(command)
    assert (response, status) == (b"\xaa" * 256 + b"\xbb" * 256 + b"\xcc\xcc", 0x9000)
    assert card.done


def test_6cxx_is_asked_again_with_the_right_length_once() -> None:
    card = Scripted(
        ("00 CB 3F FF 05 5C 03 5F C1 01 00", "6C10"),
        ("00 CB 3F FF 05 5C 03 5F C1 01 10", "DD" * 16 + "9000"),
    )
    command = Apdu(0, 0xCB, 0x3F, 0xFF, bytes.fromhex("5C035FC101"), 256)
    assert ResponseChaining(CardTransport(card)).send_and_receive(command) == (
        b"\xdd" * 16,
        0x9000,
    )
    stubborn = Scripted(("00 CB 3F FF 00", "6C10"), ("00 CB 3F FF 10", "6C10"))
    assert ResponseChaining(CardTransport(stubborn)).send_and_receive(
        Apdu(0, 0xCB, 0x3F, 0xFF, le=256)
    ) == (b"", 0x6C10)
    assert card.done
    assert stubborn.done


def test_a_failure_behind_61xx_is_the_status() -> None:
    card = Scripted(("00 CB 3F FF 00", "AA 6101"), ("00 C0 00 00 01", "6F00"))
    assert ResponseChaining(CardTransport(card)).send_and_receive(
        Apdu(0, 0xCB, 0x3F, 0xFF, le=256)
    ) == (b"\xaa", 0x6F00)


class Talker:
    """A card that never comes to an end."""

    def __init__(self, part: bytes) -> None:
        self.part = part
        self.commands = 0

    def send_and_receive(self, apdu: Apdu) -> tuple[bytes, int]:
        self.commands += 1
        return self.part, 0x6100


@pytest.mark.parametrize("part", [bytes(256), b"x", b""])
def test_a_response_without_an_end_is_cut_off(part: bytes) -> None:
    card = Talker(part)
    response, status = ResponseChaining(card).send_and_receive(Apdu(0, 0xCB, 0x3F, 0xFF, le=256))
    assert (response, status) == (b"", STATUS_TOO_LONG)
    assert card.commands <= MAX_RESPONSE_SIZE + 2

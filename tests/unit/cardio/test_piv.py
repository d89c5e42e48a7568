"""PIV commands, byte by byte.

Vectors: SELECT's answer and SET MANAGEMENT KEY as Yubico documents them; AES-128, 192 and 256 of
FIPS 197 appendix C inside the mutual authentication of SP 800-73-4 part 2 appendix A.2; the P-256
sample of NIST's ECC CDH test vectors (CAVS 14.1).
"""

from collections.abc import Callable

import pytest

from cardio.piv import (
    CardGarbled,
    CommandRefused,
    ManagementAlgorithm,
    ManagementKeyWrong,
    NoSpace,
    NotPermitted,
    NotPiv,
    ObjectId,
    PinBlocked,
    PinMalformed,
    PinWrong,
    Piv,
    Slot,
)
from tests.unit.cardio.scripted import Scripted

SELECT = "00 A4 04 00 0B A0 00 00 03 08 00 00 10 00 01 00 00"
SELECTED = "61 11 4F 06 00 00 10 00 01 00 79 07 4F 05 A0 00 00 03 08 9000"


def never(_size: int) -> bytes:
    raise AssertionError("nothing random is needed here")


def fixed(value: bytes) -> Callable[[int], bytes]:
    def random_bytes(size: int) -> bytes:
        assert size == len(value)
        return value

    return random_bytes


def test_select() -> None:
    card = Scripted((SELECT, SELECTED))
    Piv(card).select()
    assert card.done


@pytest.mark.parametrize("answer", ["6A82", "6D00", "6E00", "9000", "6F 00 9000", "61 05 4F 9000"])
def test_what_is_not_piv(answer: str) -> None:
    with pytest.raises(NotPiv):
        Piv(Scripted((SELECT, answer))).select()


@pytest.mark.parametrize("answer", ["6F00", "6400", "6581"])
def test_a_card_that_fails_at_select_may_be_piv_all_the_same(answer: str) -> None:
    with pytest.raises(CommandRefused):
        Piv(Scripted((SELECT, answer))).select()


GET = "00 CB 3F FF 05 5C 03 5F C1 0D 00"


@pytest.mark.parametrize("answer", ["6A82", "9000", "53 00 9000"])
def test_three_ways_to_be_empty(answer: str) -> None:
    assert Piv(Scripted((GET, answer))).read_object(ObjectId.RETIRED_CERTIFICATE_1) is None


def test_reading_an_object() -> None:
    card = Scripted((GET, "53 03 61 62 63 9000"))
    assert Piv(card).read_object(ObjectId.RETIRED_CERTIFICATE_1) == b"abc"


@pytest.mark.parametrize("answer", ["54 00 9000", "53 05 00 9000", "53 01 00 00 9000", "00 9000"])
def test_an_object_of_another_form(answer: str) -> None:
    with pytest.raises(CardGarbled):
        Piv(Scripted((GET, answer))).read_object(ObjectId.RETIRED_CERTIFICATE_1)


def test_reading_without_the_pin() -> None:
    card = Scripted(("00 CB 3F FF 05 5C 03 5F C1 09 00", "6982"))
    with pytest.raises(NotPermitted):
        Piv(card).read_object(ObjectId.PRINTED_INFORMATION)


def test_writing_an_object_and_emptying_it() -> None:
    card = Scripted(
        ("00 DB 3F FF 0A 5C 03 5F C1 0E 53 03 61 62 63", "9000"),
        ("00 DB 3F FF 07 5C 03 5F C1 0E 53 00", "9000"),
    )
    piv = Piv(card)
    piv.write_object(ObjectId.RETIRED_CERTIFICATE_2, b"abc")
    piv.write_object(ObjectId.RETIRED_CERTIFICATE_2, b"")
    assert card.done


@pytest.mark.parametrize(
    ("answer", "error"), [("6982", NotPermitted), ("6A84", NoSpace), ("6581", CommandRefused)]
)
def test_a_refused_write(answer: str, error: type[CommandRefused]) -> None:
    card = Scripted(("00 DB 3F FF 08 5C 03 5F C1 0E 53 01 61", answer))
    with pytest.raises(error) as raised:
        Piv(card).write_object(ObjectId.RETIRED_CERTIFICATE_2, b"a")
    assert (raised.value.ins, raised.value.status) == (0xDB, int(answer, 16))


PLAIN = "00112233445566778899aabbccddeeff"
FIPS_197 = [
    (
        ManagementAlgorithm.AES_128,
        "000102030405060708090a0b0c0d0e0f",
        "69c4e0d86a7b0430d8cdb78070b4c55a",
    ),
    (
        ManagementAlgorithm.AES_192,
        "000102030405060708090a0b0c0d0e0f1011121314151617",
        "dda97ca4864cdfe06eaf70a0ec0d7191",
    ),
    (
        ManagementAlgorithm.AES_256,
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "8ea2b7ca516745bfeafc49904b496089",
    ),
]


@pytest.mark.parametrize(("algorithm", "key", "cipher"), FIPS_197)
def test_mutual_authentication(algorithm: ManagementAlgorithm, key: str, cipher: str) -> None:
    """The card's witness is the vector's ciphertext, and so is its answer to the challenge."""
    head = f"00 87 {algorithm:02X} 9B"
    card = Scripted(
        (f"{head} 04 7C 02 80 00 00", f"7C 12 80 10 {cipher} 9000"),
        (f"{head} 26 7C 24 80 10 {PLAIN} 81 10 {PLAIN} 00", f"7C 12 82 10 {cipher} 9000"),
    )
    challenge = fixed(bytes.fromhex(PLAIN))
    Piv(card).authenticate_management(algorithm, bytes.fromhex(key), challenge)
    assert card.done
    assert algorithm.key_size == len(key) // 2


def test_a_card_that_does_not_know_the_key() -> None:
    _, key, cipher = FIPS_197[0]
    card = Scripted(
        ("00 87 08 9B 04 7C 02 80 00 00", f"7C 12 80 10 {cipher} 9000"),
        (f"00 87 08 9B 26 7C 24 80 10 {PLAIN} 81 10 {PLAIN} 00", f"7C 12 82 10 {PLAIN} 9000"),
    )
    with pytest.raises(ManagementKeyWrong):
        Piv(card).authenticate_management(
            ManagementAlgorithm.AES_128, bytes.fromhex(key), fixed(bytes.fromhex(PLAIN))
        )


def test_a_card_that_does_not_take_our_key() -> None:
    _, key, cipher = FIPS_197[0]
    card = Scripted(
        ("00 87 08 9B 04 7C 02 80 00 00", f"7C 12 80 10 {cipher} 9000"),
        (f"00 87 08 9B 26 7C 24 80 10 {PLAIN} 81 10 {PLAIN} 00", "6982"),
    )
    with pytest.raises(ManagementKeyWrong):
        Piv(card).authenticate_management(
            ManagementAlgorithm.AES_128, bytes.fromhex(key), fixed(bytes.fromhex(PLAIN))
        )


@pytest.mark.parametrize(
    "answer",
    ["9000", "7C 00 9000", "7C 0A 80 08 0011223344556677 9000", "7C 02 81 00 9000", "7C 9000"],
)
def test_a_witness_of_another_form(answer: str) -> None:
    card = Scripted(("00 87 08 9B 04 7C 02 80 00 00", answer))
    with pytest.raises(CardGarbled):
        Piv(card).authenticate_management(ManagementAlgorithm.AES_128, bytes(16), never)


def test_setting_the_management_key() -> None:
    key = bytes(range(24))
    card = Scripted(("00 FF FF FF 1B 0A 9B 18 " + key.hex(), "9000"))
    Piv(card).set_management_key(ManagementAlgorithm.AES_192, key)
    assert card.done
    with pytest.raises(ValueError, match="24 bytes given where 32"):
        Piv(card).set_management_key(ManagementAlgorithm.AES_256, key)


def test_a_signature_comes_as_r_and_low_s() -> None:
    """Any DER signature that a card gives becomes r ‖ s with s in the low half."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    high = (order - 5).to_bytes(32, "big")
    digest = "11" * 32
    der = "30 26 02 01 07 02 21 00" + high.hex()
    card = Scripted(
        (f"00 87 11 9E 26 7C 24 82 00 81 20 {digest} 00", f"7C 2A 82 28 {der} 9000"),
    )
    signature = Piv(card).sign(Slot.CARD_AUTHENTICATION, bytes.fromhex(digest))
    assert signature == (7).to_bytes(32, "big") + (5).to_bytes(32, "big")


@pytest.mark.parametrize("der", ["", "30 00", "30 06 02 01 01 02 01", "02 01 01", "30 80"])
def test_a_signature_of_another_form(der: str) -> None:
    inner = bytes.fromhex(der)
    body = bytes((0x82, len(inner))) + inner
    answer = bytes((0x7C, len(body))) + body
    card = Scripted(("00 87 11 9E 26 7C 24 82 00 81 20 " + "11" * 32 + "00", answer.hex() + "9000"))
    with pytest.raises(CardGarbled):
        Piv(card).sign(Slot.CARD_AUTHENTICATION, b"\x11" * 32)


def test_a_signature_with_numbers_out_of_range() -> None:
    huge = "02 21 01" + "00" * 32
    der = "30 46" + huge + huge
    card = Scripted(
        ("00 87 11 9E 26 7C 24 82 00 81 20 " + "11" * 32 + "00", f"7C 4A 82 48 {der} 9000")
    )
    with pytest.raises(CardGarbled):
        Piv(card).sign(Slot.CARD_AUTHENTICATION, b"\x11" * 32)


def test_a_digest_of_another_size_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="20 bytes given"):
        Piv(Scripted()).sign(Slot.SIGNATURE, bytes(20))


THEIRS = (
    "04"
    "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
    "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
)
SHARED = "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"


def test_key_agreement() -> None:
    card = Scripted(
        (f"00 87 11 9D 47 7C 45 82 00 85 41 {THEIRS} 00", f"7C 22 82 20 {SHARED} 9000"),
    )
    assert Piv(card).agree(Slot.KEY_MANAGEMENT, bytes.fromhex(THEIRS)) == bytes.fromhex(SHARED)


def test_key_agreement_without_the_pin() -> None:
    card = Scripted((f"00 87 11 9D 47 7C 45 82 00 85 41 {THEIRS} 00", "6982"))
    with pytest.raises(NotPermitted):
        Piv(card).agree(Slot.KEY_MANAGEMENT, bytes.fromhex(THEIRS))


GENERATE = "00 47 00 9E 05 AC 03 80 01 11 00"


def test_making_a_key() -> None:
    card = Scripted((GENERATE, f"7F 49 43 86 41 {THEIRS} 9000"))
    assert Piv(card).generate_key(Slot.CARD_AUTHENTICATION) == bytes.fromhex(THEIRS)


@pytest.mark.parametrize(
    "answer",
    [
        "9000",
        "7F 49 00 9000",
        "7F 49 43 86 41 04" + "11" * 64 + "9000",  # not on the curve
        "7F 49 43 85 41" + THEIRS + "9000",
        "7F 49 23 86 21 02" + THEIRS[2:66] + "9000",  # compressed
    ],
)
def test_a_new_key_of_another_form(answer: str) -> None:
    with pytest.raises(CardGarbled):
        Piv(Scripted((GENERATE, answer))).generate_key(Slot.CARD_AUTHENTICATION)


def test_showing_and_taking_back_the_pin() -> None:
    card = Scripted(
        ("00 20 00 80 08 31 32 33 34 35 36 FF FF", "9000"),
        ("00 20 FF 80", "9000"),
        ("00 20 00 80 08 31 32 33 34 35 36 37 38", "9000"),
    )
    piv = Piv(card)
    piv.verify_pin(b"123456")
    piv.forget_pin()
    piv.verify_pin(bytearray(b"12345678"))
    assert card.done


def test_a_wrong_pin_says_how_many_attempts_remain() -> None:
    card = Scripted(("00 20 00 80 08 31 32 33 34 35 36 FF FF", "63C2"))
    with pytest.raises(PinWrong) as raised:
        Piv(card).verify_pin(b"123456")
    assert raised.value.attempts_remaining == 2


@pytest.mark.parametrize("answer", ["6983", "63C0"])
def test_a_blocked_pin(answer: str) -> None:
    card = Scripted(("00 20 00 80 08 31 32 33 34 35 36 FF FF", answer))
    with pytest.raises(PinBlocked):
        Piv(card).verify_pin(b"123456")


@pytest.mark.parametrize("pin", [b"", b"12345", b"123456789", b"12345a", b"123 56", b"\xff" * 8])
def test_what_is_no_pin_costs_no_attempt(pin: bytes) -> None:
    with pytest.raises(PinMalformed):
        Piv(Scripted()).verify_pin(pin)


@pytest.mark.parametrize(("answer", "left"), [("63C3", 3), ("63CF", 15), ("63C0", 0), ("6983", 0)])
def test_asking_for_attempts(answer: str, left: int) -> None:
    card = Scripted(("00 20 00 80", answer))
    assert Piv(card).pin_attempts() == left


def test_asking_for_attempts_takes_back_a_pin_that_somebody_showed() -> None:
    card = Scripted(("00 20 00 80", "9000"), ("00 20 FF 80", "9000"), ("00 20 00 80", "63C3"))
    assert Piv(card).pin_attempts() == 3
    assert card.done


def test_a_card_that_takes_its_pin_for_shown_for_ever() -> None:
    card = Scripted(("00 20 00 80", "9000"), ("00 20 FF 80", "9000"), ("00 20 00 80", "9000"))
    with pytest.raises(CardGarbled):
        Piv(card).pin_attempts()
    with pytest.raises(CommandRefused):
        Piv(Scripted(("00 20 00 80", "6A88"))).pin_attempts()


def test_changing_pin_and_puk() -> None:
    card = Scripted(
        ("00 24 00 80 10 31 32 33 34 35 36 FF FF 36 35 34 33 32 31 FF FF", "9000"),
        ("00 24 00 81 10 31 32 33 34 35 36 37 38 38 37 36 35 34 33 32 31", "63C1"),
    )
    piv = Piv(card)
    piv.change_pin(b"123456", b"654321")
    with pytest.raises(PinWrong) as raised:
        piv.change_puk(b"12345678", b"87654321")
    assert raised.value.attempts_remaining == 1
    with pytest.raises(PinMalformed):
        piv.change_puk(b"123456", b"87654321")
    assert card.done

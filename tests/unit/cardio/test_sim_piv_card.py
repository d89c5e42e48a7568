"""The simulated card by itself: its access rules, counters, limits, flavours and faults.

Spoken to in raw APDUs, so that nothing of `cardio` is needed to see that it keeps the rules.
"""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from simulators.piv_card import (
    CONTAINERS,
    FACTORY_MANAGEMENT_KEY,
    FLAVOURS,
    LIKE_OPENFIPS201,
    LIKE_PIVAPPLET,
    LIKE_YUBIKEY,
    CardState,
    Flavour,
    Moment,
    PowerLost,
    SimPivCard,
)
from tests import samples

SELECT = "00 A4 04 00 0B A0 00 00 03 08 00 00 10 00 01 00 00"
PIN = "00 20 00 80 08 31 32 33 34 35 36 FF FF"
WRONG_PIN = "00 20 00 80 08 39 39 39 39 39 39 FF FF"
EVERY_FLAVOUR = pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())


class Talk:
    """A powered card and a way to speak to it in hex."""

    def __init__(self, flavour: Flavour = LIKE_YUBIKEY, *, select: bool = True) -> None:
        self.card = SimPivCard(CardState.blank(flavour), samples.seeded("talk"))
        self.card.power_on()
        if select:
            assert self(SELECT).endswith("9000")

    def __call__(self, command: str) -> str:
        return self.card.transmit(bytes.fromhex(command)).hex().upper()

    def authenticate(self) -> None:
        """Prove the factory management key."""
        cipher = Cipher(algorithms.AES(FACTORY_MANAGEMENT_KEY), modes.ECB())  # noqa: S305 - as the standard has it
        answer = bytes.fromhex(self("00 87 0A 9B 04 7C 02 80 00 00"))
        decryptor = cipher.decryptor()
        witness = decryptor.update(answer[4:20]) + decryptor.finalize()
        proof = self("00 87 0A 9B 26 7C 24 80 10" + witness.hex() + "81 10" + "22" * 16 + "00")
        encryptor = cipher.encryptor()
        expected = encryptor.update(b"\x22" * 16) + encryptor.finalize()
        assert proof == "7C128210" + expected.hex().upper() + "9000"

    def put(self, identifier: int, content: bytes) -> str:
        """Write an object, in parts if need be; return the last status."""
        size = len(content)
        if size < 0x80:
            length = bytes((size,))
        elif size < 0x100:
            length = bytes((0x81, size))
        else:
            length = b"\x82" + size.to_bytes(2, "big")
        field = b"\x5c\x03" + identifier.to_bytes(3, "big") + b"\x53" + length + content
        while len(field) > 255:
            status = self("10 DB 3F FF FF" + field[:255].hex())
            if status != "9000":
                return status
            field = field[255:]
        return self("00 DB 3F FF" + f"{len(field):02X}" + field.hex())

    def get(self, identifier: int) -> str:
        """Read an object whole, behind 61xx if need be."""
        answer = self("00 CB 3F FF 05 5C 03" + identifier.to_bytes(3, "big").hex() + "00")
        whole = ""
        while answer[-4:-2] == "61":
            whole += answer[:-4]
            answer = self("00 C0 00 00" + answer[-2:])
        return whole + answer


def test_nothing_works_before_select() -> None:
    talk = Talk(select=False)
    assert talk("00 CB 3F FF 05 5C 03 5F C1 02 00") == "6D00"
    assert talk("00 A4 04 00 06 A0 00 00 00 03 00 00") == "6A82"
    assert talk("00 A4 04 00 09 A0 00 00 03 08 00 00 10 00 00").endswith("9000")


def test_select_names_the_application() -> None:
    assert Talk()(SELECT) == "61114F0600001000010079074F05A0000003089000"


def test_the_discovery_object_is_there() -> None:
    assert Talk()("00 CB 3F FF 03 5C 01 7E 00") == ("7E124F0BA0000003080000100001005F2F0240009000")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("00 CB 3F", "6700"),
        ("00 CB 3F FF 05 5C", "6700"),
        ("00 CB 3F FF 00 00 05", "6700"),
        ("80 CB 3F FF 05 5C 03 5F C1 02 00", "6E00"),
        ("00 FD 00 00 00", "6D00"),
        ("00 CB 00 00 05 5C 03 5F C1 02 00", "6A86"),
        ("00 CB 3F FF 05 5D 03 5F C1 02 00", "6A80"),
        ("00 CB 3F FF 04 5C 02 5F C1 00", "6A82"),
        ("00 CB 3F FF 05 5C 03 5F FF 02 00", "6A82"),
        ("10 CB 3F FF 05 5C 03 5F C1 02 00", "6884"),
        ("00 C0 00 00 00", "6985"),
        ("00 20 00 81", "6A88"),
        ("00 20 01 80", "6A86"),
        ("00 A4 00 00 02 3F 00", "6A86"),
        ("00 87 11 9F 04 7C 02 82 00 00", "6A86"),
        ("00 87 07 9E 04 7C 02 82 00 00", "6A86"),
        ("00 87 11 9E 04 7C 02 82 00 00", "6A88"),
    ],
)
def test_what_it_refuses(command: str, status: str) -> None:
    assert Talk()(command) == status


@EVERY_FLAVOUR
def test_writing_needs_the_management_key(flavour: Flavour) -> None:
    talk = Talk(flavour)
    assert talk.put(0x5FC10D, b"abc") == "6982"
    talk("00 47 00 9E 05 AC 03 80 01 11 00")
    assert talk("00 47 00 9E 05 AC 03 80 01 11 00") == "6982"
    talk.authenticate()
    assert talk.put(0x5FC10D, b"abc") == "9000"
    assert talk.get(0x5FC10D) == "53036162639000"
    assert talk(SELECT).endswith("9000")
    assert talk.put(0x5FC10D, b"abd") == "9000"  # selecting again takes nothing back
    talk.card.power_on()
    talk(SELECT)
    assert talk.put(0x5FC10D, b"abc") == "6982"


def test_a_wrong_witness_gains_nothing_and_is_used_up() -> None:
    talk = Talk()
    talk("00 87 0A 9B 04 7C 02 80 00 00")
    wrong = "00 87 0A 9B 26 7C 24 80 10" + "33" * 16 + "81 10" + "22" * 16 + "00"
    assert talk(wrong) == "6982"
    assert talk(wrong) == "6982"
    assert talk.put(0x5FC10D, b"abc") == "6982"


def test_mutual_authentication_takes_no_empty_tag_82_and_no_other_algorithm() -> None:
    talk = Talk()
    talk("00 87 0A 9B 04 7C 02 80 00 00")
    command = "00 87 0A 9B 28 7C 26 80 10" + "33" * 16 + "81 10" + "22" * 16 + "82 00 00"
    assert talk(command) == "6A80"
    assert talk("00 87 0C 9B 04 7C 02 80 00 00") == "6A86"


@EVERY_FLAVOUR
def test_objects_of_every_length_come_back(flavour: Flavour) -> None:
    talk = Talk(flavour)
    talk.authenticate()
    for size in (1, 127, 128, 246, 247, 248, 255, 256, 500, 503, 504, 1000, 1901):
        content = samples.seeded(str(size))(size)
        assert talk.put(0x5FC10E, content) == "9000"
        answer = bytes.fromhex(talk.get(0x5FC10E))
        assert answer[-2:] == b"\x90\x00"
        assert answer[-2 - size : -2] == content


@pytest.mark.parametrize(("identifier", "capacity"), CONTAINERS.items())
def test_containers_have_their_capacity_and_no_more(identifier: int, capacity: int) -> None:
    talk = Talk()
    talk.authenticate()
    head = 4 if capacity > 259 else 3 if capacity > 130 else 2
    assert talk.put(identifier, bytes(capacity - head)) == "9000"
    assert talk.put(identifier, bytes(capacity - head + 1)) == "6A84"


def test_what_empty_looks_like() -> None:
    assert [Talk(flavour).get(0x5FC10D) for flavour in FLAVOURS.values()] == [
        "53009000",
        "9000",
        "6A82",
    ]


@EVERY_FLAVOUR
def test_emptying_an_object(flavour: Flavour) -> None:
    talk = Talk(flavour)
    talk.authenticate()
    empty = talk.get(0x5FC10D)
    talk.put(0x5FC10D, b"something")
    assert talk.put(0x5FC10D, b"") == "9000"
    assert talk.get(0x5FC10D) == empty


def test_pivapplet_has_fewer_objects() -> None:
    talk = Talk(LIKE_PIVAPPLET)
    talk.authenticate()
    assert talk.put(0x5FC117, b"x") == "9000"
    assert talk.put(0x5FC118, b"x") == "6A82"


def test_a_wrong_le_is_answered_with_the_right_one() -> None:
    talk = Talk(LIKE_PIVAPPLET)
    talk.authenticate()
    talk.put(0x5FC10D, b"abc")
    assert talk("00 CB 3F FF 05 5C 03 5F C1 0D 20") == "6C05"
    assert talk("00 CB 3F FF 05 5C 03 5F C1 0D 05") == "53036162639000"


def test_without_le_the_response_waits() -> None:
    talk = Talk()
    assert talk("00 A4 04 00 0B A0 00 00 03 08 00 00 10 00 01 00") == "6113"
    assert talk("00 C0 00 00 13") == "61114F0600001000010079074F05A0000003089000"
    assert talk("00 C0 00 00 13") == "6985"


def test_printed_information_wants_the_pin() -> None:
    talk = Talk()
    talk.authenticate()
    talk.put(0x5FC109, b"share")
    assert talk.get(0x5FC109) == "6982"
    assert talk(PIN) == "9000"
    assert talk.get(0x5FC109) == "530573686172659000"
    assert talk("00 20 FF 80") == "9000"
    assert talk.get(0x5FC109) == "6982"


def test_the_pin_counter_outlives_the_power_and_is_reset_by_the_right_pin() -> None:
    talk = Talk()
    assert talk("00 20 00 80") == "63C3"
    assert talk(WRONG_PIN) == "63C2"
    talk.card.power_on()
    talk(SELECT)
    assert talk("00 20 00 80") == "63C2"
    assert talk(PIN) == "9000"
    assert talk("00 20 00 80") == "9000"
    talk("00 20 FF 80")
    assert talk("00 20 00 80") == "63C3"
    assert [talk(WRONG_PIN) for _ in range(4)] == ["63C2", "63C1", "63C0", "6983"]
    assert talk(PIN) == "6983"
    assert talk("00 20 00 80") == "6983"


def test_a_wrong_pin_takes_back_one_that_was_shown() -> None:
    talk = Talk()
    talk.authenticate()
    talk.put(0x5FC109, b"share")
    talk(PIN)
    talk(WRONG_PIN)
    assert talk.get(0x5FC109) == "6982"


def test_a_pin_of_another_form_costs_nothing() -> None:
    talk = Talk()
    for form in ("08 31 32 33 34 35 FF FF FF", "06 31 32 33 34 35 36", "08" + "FF" * 8):
        assert talk("00 20 00 80" + form) == "6A80"
    assert talk("00 20 00 80") == "63C3"


def test_cutting_the_power_gains_no_attempt() -> None:
    talk = Talk()
    talk.card.faults.power_lost_after, talk.card.faults.moment = 0, Moment.DURING
    with pytest.raises(PowerLost):
        talk(WRONG_PIN)
    assert talk.card.state.pin_left == 2


def test_the_puk_gives_a_new_pin_three_times_wrong_it_is_blocked() -> None:
    talk = Talk()
    for _ in range(3):
        talk(WRONG_PIN)
    puk = "31 32 33 34 35 36 37 38"
    new = "36 35 34 33 32 31 FF FF"
    assert talk(f"00 2C 00 80 10 {'39' * 8} {new}") == "63C2"
    assert talk(f"00 2C 00 80 10 {puk} {new}") == "9000"
    assert talk(f"00 20 00 80 08 {new}") == "9000"
    assert talk.card.state.puk_left == 3
    assert [talk(f"00 2C 00 80 10 {'39' * 8} {new}") for _ in range(4)] == [
        "63C2",
        "63C1",
        "63C0",
        "6983",
    ]
    assert talk(f"00 24 00 81 10 {puk} {puk}") == "6983"


def test_changing_the_pin_counts_attempts_and_shows_it() -> None:
    talk = Talk()
    old, new = "31 32 33 34 35 36 FF FF", "31 31 31 31 31 31 31 31"
    assert talk(f"00 24 00 80 10 {new} {new}") == "63C2"
    assert talk(f"00 24 00 80 10 {old} {'FF' * 8}") == "6A80"
    assert talk(f"00 24 00 80 10 {old} {new}") == "9000"
    assert talk("00 20 00 80") == "9000"
    assert talk(PIN) == "63C2"


def made_keys(talk: Talk) -> None:
    talk.authenticate()
    for slot in ("9A", "9C", "9D", "9E"):
        answer = talk(f"00 47 00 {slot} 05 AC 03 80 01 11 00")
        assert answer == "7F49438641" + talk.card.public_point(int(slot, 16)).hex().upper() + "9000"
    assert talk("00 47 00 9B 05 AC 03 80 01 11 00") == "6A86"
    assert talk("00 47 00 9E 05 AC 03 80 01 07 00") == "6A80"


DIGEST = hashlib.sha256(b"what is signed").digest()
SIGN = "26 7C 24 82 00 81 20" + DIGEST.hex() + "00"


def test_9e_signs_for_everybody_9a_and_9c_after_the_pin() -> None:
    talk = Talk()
    made_keys(talk)
    answer = bytes.fromhex(talk("00 87 11 9E" + SIGN))
    point = talk.card.public_point(0x9E)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    key.verify(answer[4:-2], DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))
    assert talk("00 87 11 9A" + SIGN) == "6982"
    assert talk("00 87 11 9C" + SIGN) == "6982"
    talk(PIN)
    for _ in range(2):
        assert talk("00 87 11 9A" + SIGN).endswith("9000")


@pytest.mark.parametrize(
    "between",
    [
        "00 20 00 80",
        "00 CB 3F FF 05 5C 03 5F C1 0A 00",
        "00 87 11 9A" + SIGN,
        "00 87 11 9C" + SIGN,
        SELECT,
    ],
)
def test_9c_wants_its_pin_in_the_command_before(between: str) -> None:
    talk = Talk()
    made_keys(talk)
    talk(PIN)
    talk(between)
    assert talk("00 87 11 9C" + SIGN) == "6982"
    talk(PIN)
    assert talk("00 87 11 9C" + SIGN).endswith("9000")


def test_9c_may_be_asked_in_parts_after_its_pin() -> None:
    talk = Talk()
    made_keys(talk)
    talk(PIN)
    whole = bytes.fromhex("7C 24 82 00 81 20") + DIGEST
    assert talk("10 87 11 9C 10" + whole[:16].hex()) == "9000"
    assert talk("00 87 11 9C 16" + whole[16:].hex() + "00").endswith("9000")


def test_key_agreement_is_for_9d_and_after_the_pin() -> None:
    talk = Talk()
    made_keys(talk)
    ours = ec.derive_private_key(12345, ec.SECP256R1())
    point = ours.public_key().public_numbers()
    theirs = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    command = "47 7C 45 82 00 85 41" + theirs.hex() + "00"
    assert talk("00 87 11 9D" + command) == "6982"
    talk(PIN)
    card_key = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), talk.card.public_point(0x9D)
    )
    shared = ours.exchange(ec.ECDH(), card_key)
    assert talk("00 87 11 9D" + command) == "7C228220" + shared.hex().upper() + "9000"
    assert talk("00 87 11 9A" + command) == "6A80"
    off_curve = "47 7C 45 82 00 85 41 04" + "11" * 64 + "00"
    assert talk("00 87 11 9D" + off_curve) == "6A80"


def test_the_management_key_can_be_set_where_the_applet_has_the_command() -> None:
    command = "00 FF FF FF 23 0C 9B 20" + "44" * 32
    assert Talk(LIKE_OPENFIPS201)(command) == "6D00"
    talk = Talk(LIKE_YUBIKEY)
    assert talk(command) == "6982"
    talk.authenticate()
    assert talk("00 FF FF FF 23 0C 9B 1F" + "44" * 32) == "6A80"
    assert talk("00 FF FF FF 13 03 9B 10" + "44" * 16) == "6A80"
    assert talk(command) == "9000"
    assert talk.card.state.management_key == b"\x44" * 32
    with pytest.raises(ValueError, match="fit"):
        talk.card.inject_management_key(0x08, b"\x44" * 32)


# Broken writes.

OLD, NEW = b"o" * 300, b"n" * 300


def broken_after_one_part(flavour: Flavour) -> Talk:
    talk = Talk(flavour)
    talk.authenticate()
    assert talk.put(0x5FC10E, OLD) == "9000"
    field = b"\x5c\x03\x5f\xc1\x0e\x53\x82\x01\x2c" + NEW
    assert talk("10 DB 3F FF FF" + field[:255].hex()) == "9000"
    return talk


def content(talk: Talk) -> bytes:
    return bytes.fromhex(talk.get(0x5FC10E))[4:-2]


def test_a_chain_that_ends_in_the_middle_leaves_half_or_the_old_value() -> None:
    half = broken_after_one_part(LIKE_OPENFIPS201)
    half(SELECT)
    assert content(half) == NEW[:246] + bytes(54)
    for flavour in (LIKE_PIVAPPLET, LIKE_YUBIKEY):
        talk = broken_after_one_part(flavour)
        talk(SELECT)
        assert content(talk) == OLD


@EVERY_FLAVOUR
def test_a_broken_chain_swallows_the_next_put_unless_something_ends_it(flavour: Flavour) -> None:
    talk = broken_after_one_part(flavour)
    assert talk.put(0x5FC10E, NEW) != "9000"
    talk = broken_after_one_part(flavour)
    talk(SELECT)
    talk.authenticate()
    assert talk.put(0x5FC10E, NEW) == "9000"
    assert content(talk) == NEW


def test_only_one_flavour_keeps_a_broken_chain_over_other_commands() -> None:
    kept = {}
    for flavour in FLAVOURS.values():
        talk = broken_after_one_part(flavour)
        talk("00 20 00 80")
        kept[flavour.name] = talk.put(0x5FC10E, NEW) != "9000"
    assert kept == {"openfips201": False, "pivapplet": True, "yubikey": False}


def test_a_cut_while_storing() -> None:
    found = {}
    for flavour in FLAVOURS.values():
        talk = broken_after_one_part(flavour)
        talk.card.faults.power_lost_after, talk.card.faults.moment = 0, Moment.DURING
        field = NEW[246:]
        with pytest.raises(PowerLost):
            talk("00 DB 3F FF 36" + field.hex())
        found[flavour.name] = talk.card.state.objects[0x5FC10E]
    assert found == {
        "openfips201": NEW[:246] + NEW[:27] + bytes(27),
        "pivapplet": NEW[:150] + OLD[150:],
        "yubikey": OLD,
    }


# Faults.


def test_the_power_goes_after_so_many_commands() -> None:
    talk = Talk()
    talk.card.faults.power_lost_after = 2
    talk(SELECT)
    talk(SELECT)
    with pytest.raises(PowerLost):
        talk(SELECT)
    assert not talk.card.powered
    with pytest.raises(PowerLost):
        talk(SELECT)
    talk.card.power_on()
    assert talk(SELECT).endswith("9000")


def test_before_and_after() -> None:
    for moment, attempts in ((Moment.BEFORE, 3), (Moment.AFTER, 2)):
        talk = Talk()
        talk.card.faults.power_lost_after, talk.card.faults.moment = 0, moment
        with pytest.raises(PowerLost):
            talk(WRONG_PIN)
        assert talk.card.state.pin_left == attempts


def test_writes_that_fail_and_writes_that_are_lost() -> None:
    talk = Talk()
    talk.authenticate()
    talk.card.faults.writes_fail_after = 1
    assert [talk.put(0x5FC10D, bytes((n,))) for n in (1, 2, 3)] == ["9000", "6581", "6581"]
    talk.card.faults.writes_fail_after = None
    talk.card.faults.writes_lost = True
    assert talk.put(0x5FC10D, b"\x04") == "9000"
    assert talk.get(0x5FC10D) == "5301019000"


def test_statuses_out_of_the_blue() -> None:
    talk = Talk()
    talk.card.faults.refuse = {0: 0x6F00, 2: 0x6982}
    answers = [talk(WRONG_PIN)[-4:], talk(SELECT)[-4:], talk(SELECT)[-4:], talk(SELECT)[-4:]]
    assert answers == ["6F00", "9000", "6982", "9000"]
    assert talk.card.state.pin_left == 3


def test_a_slow_card_pauses_and_is_told_for_how_long() -> None:
    paused: list[float] = []
    card = SimPivCard(CardState.blank(), samples.seeded("slow"), paused.append)
    card.faults.slow_s = 0.25
    card.power_on()
    card.transmit(bytes.fromhex(SELECT))
    assert paused == [0.25]


def test_a_bit_flips_and_history_is_kept() -> None:
    talk = Talk()
    talk.authenticate()
    talk.put(0x5FC10D, b"\x00\x00")
    talk.card.flip_bit(0x5FC10D, 9)
    assert talk.get(0x5FC10D) == "530200029000"
    command, status = talk.card.history[-1]
    assert (command[:2], status) == (b"\x00\xcb", 0x9000)


@EVERY_FLAVOUR
def test_the_state_goes_to_a_file_and_back(flavour: Flavour) -> None:
    talk = Talk(flavour)
    made_keys(talk)
    talk.put(0x5FC10D, b"abc")
    talk(WRONG_PIN)
    again = CardState.from_bytes(talk.card.state.to_bytes())
    assert again == talk.card.state
    assert CardState.from_bytes(again.to_bytes()) == again
    with pytest.raises(ValueError, match=r"strict CBOR|file of a simulated card"):
        CardState.from_bytes(talk.card.state.to_bytes()[:-1])
    with pytest.raises(ValueError, match="file of a simulated card"):
        CardState.from_bytes(b"\xa0")

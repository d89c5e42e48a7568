"""BER-TLV: the length forms of ITU-T X.690 §8.1.3 and the tags of ISO/IEC 7816-4 §5.2.2.1."""

import pytest

from cardio import tlv


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, "53 00"),
        (38, "53 26"),  # the short form of X.690 §8.1.3.4
        (127, "53 7F"),
        (128, "53 81 80"),
        (201, "53 81 C9"),  # the example of X.690 §8.1.3.5
        (255, "53 81 FF"),
        (256, "53 82 01 00"),
        (1905, "53 82 07 71"),
        (65_535, "53 82 FF FF"),
    ],
)
def test_lengths_take_their_shortest_form(size: int, head: str) -> None:
    value = bytes(size)
    assert tlv.encode(0x53, value) == bytes.fromhex(head) + value
    assert tlv.read(tlv.encode(0x53, value) + b"after") == (0x53, value, b"after")


@pytest.mark.parametrize("tag", [0x7F49, 0x5F2F, 0x5FC101, 0x9F8101])
def test_tags_of_several_bytes(tag: int) -> None:
    assert tlv.read(tlv.encode(tag, b"v")) == (tag, b"v", b"")


def test_a_length_longer_than_needed_is_read() -> None:
    assert tlv.only(bytes.fromhex("53 82 00 01 AA"), 0x53) == b"\xaa"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "53",
        "53 01",
        "53 80 00 00",  # indefinite
        "53 83 00 00 01 AA",  # three bytes of length
        "53 81",
        "53 82 01",
        "53 FF",
        "7F",
        "5F C1",
        "1F 81 81 81 01 00",  # a tag without an end
    ],
)
def test_what_is_cut_off_or_open_ended_is_refused(broken: str) -> None:
    with pytest.raises(tlv.TlvError):
        tlv.read(bytes.fromhex(broken))


def test_a_value_too_long_to_be_written_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="65536 bytes"):
        tlv.encode(0x53, bytes(65_536))


def test_objects_by_tag() -> None:
    assert tlv.read_all(bytes.fromhex("80 01 AA 81 00")) == {0x80: b"\xaa", 0x81: b""}
    with pytest.raises(tlv.TlvError, match="twice"):
        tlv.read_all(bytes.fromhex("80 00 80 00"))


@pytest.mark.parametrize("wrong", ["54 00", "53 00 00", "53 00 53 00"])
def test_only_means_one_and_this_one(wrong: str) -> None:
    with pytest.raises(tlv.TlvError):
        tlv.only(bytes.fromhex(wrong), 0x53)

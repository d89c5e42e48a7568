"""Strict CBOR: RFC 8949's examples, and everything that must be refused."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import cbor

ITEMS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.integers(0, 2**64 - 1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(ITEMS)
def test_what_is_written_is_read(item: object) -> None:
    assert cbor.decode(cbor.encode(item), max_size=100_000) == item


@pytest.mark.parametrize(
    ("encoded", "item"),
    [  # RFC 8949 appendix A
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 2**64 - 1),
        ("3bffffffffffffffff", -(2**64)),
        ("f4", False),
        ("f6", None),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("62c3bc".replace("62", "62"), "ü"),
        ("8301820203820405", (1, (2, 3), (4, 5))),
        ("a201020304", {1: 2, 3: 4}),
    ],
)
def test_examples_of_the_rfc(encoded: str, item: object) -> None:
    assert cbor.decode(bytes.fromhex(encoded), max_size=100) == item
    assert cbor.encode(item) == bytes.fromhex(encoded)


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        ("", "nothing"),
        ("0000", "two items"),
        ("1817", "an integer not in its shortest form"),
        ("190010", "an integer not in its shortest form"),
        ("5f4101ff", "indefinite bytes"),
        ("9f01ff", "indefinite array"),
        ("bf0102ff", "indefinite map"),
        ("a201020103", "a key twice"),
        ("a203040102", "keys out of order"),
        ("a1612061", "a text key"),
        ("a1616101", "a text key"),
        ("a12001", "a negative key"),
        ("f90000", "a float"),
        ("fb0000000000000000", "a float"),
        ("f7", "undefined"),
        ("e0", "a simple value"),
        ("c074323031332d30332d32315432303a30343a30305a", "a date tag"),
        ("c249010000000000000000", "a bignum"),
        ("d81c80", "a shareable tag"),
        ("d8236161", "a regular expression"),
        ("d9d9f701", "the self-describing tag"),
        ("d28440a04040", "a COSE tag"),
        ("61ff", "no UTF-8"),
        ("82", "cut short"),
        ("1c", "a reserved head"),
    ],
)
def test_everything_else_is_refused(encoded: str, why: str) -> None:
    with pytest.raises(cbor.CborError):
        cbor.decode(bytes.fromhex(encoded), max_size=100)


def test_limits_of_size_and_depth() -> None:
    with pytest.raises(cbor.CborError, match="bytes"):
        cbor.decode(cbor.encode(b"x" * 100), max_size=50)
    deep: object = ()
    for _ in range(20):
        deep = (deep,)
    with pytest.raises(cbor.CborError):
        cbor.encode(deep)
    with pytest.raises(cbor.CborError):
        cbor.decode(b"\x81" * 5000 + b"\x80", max_size=10_000)


@pytest.mark.parametrize("item", [1.5, {"a": 1}, {-1: 1}, 2**64, {1}, {True: 1}, bytearray(b"x")])
def test_only_permitted_kinds_are_written(item: object) -> None:
    with pytest.raises(cbor.CborError):
        cbor.encode(item)


@given(st.binary(max_size=60))
def test_whatever_is_read_is_in_its_one_form(untrusted: bytes) -> None:
    try:
        item = cbor.decode(untrusted, max_size=60)
    except cbor.CborError:
        return
    assert cbor.encode(item) == untrusted


@given(st.lists(st.binary(max_size=400), max_size=6), st.integers(0, 40))
def test_sequences_are_cut_where_they_were_joined(records: list[bytes], torn: int) -> None:
    joined = b"".join(cbor.wrap(record) for record in records)
    assert cbor.split_sequence(joined) == (records, len(joined))
    tail = cbor.wrap(b"x" * 40)[: min(torn, 41)]
    items, used = cbor.split_sequence(joined + tail)
    assert (items, used) == (records, len(joined))


@given(st.lists(st.binary(max_size=400), max_size=6), st.binary(max_size=40))
def test_the_beginning_of_a_sequence_is_what_comes_before_the_first_fault(
    records: list[bytes], rest: bytes
) -> None:
    joined = b"".join(cbor.wrap(record) for record in records)
    assert cbor.split_beginning(joined + b"\x00" + rest) == records
    assert cbor.split_beginning(joined + b"\x59\xff") == records
    assert cbor.split_beginning(joined) == records


@pytest.mark.parametrize("sequence", ["01", "6161", "5801aa", "590010" + "00" * 16, "5f4101ff"])
def test_sequences_hold_byte_strings_only(sequence: str) -> None:
    with pytest.raises(cbor.CborError):
        cbor.split_sequence(bytes.fromhex(sequence))
    assert cbor2.loads(bytes.fromhex("41aa")) == b"\xaa"


def test_sequence_items_are_bounded() -> None:
    with pytest.raises(cbor.CborError, match="allowed"):
        cbor.split_sequence(cbor.wrap(b"x" * 100), max_item=99)

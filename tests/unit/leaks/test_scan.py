"""The scanner finds what it is there to find: a canary in each encoding, wherever it stands."""

from __future__ import annotations

import base64
import ctypes
import gzip
import io
import json
import random
import sys
import urllib.parse
import zlib
from collections.abc import Callable

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common import cbor, records
from common.records import OpenedVote
from tests.leaks.canaries import Canary, of_bytes, of_exact, of_number, of_text
from tests.leaks.scan import Scanner, numbers_in
from tests.samples import ROOT

KEY = bytes.fromhex("9f1c2ae07d54b6883e91ff00c3a15d7720e4c96b18fa43d2857e0b6ca9d1f35e")
NAME = "Ғабдолла Іңкәр"
IIN = "061211600012"
PIN = "40731985"
PASSWORD = "QWX-RTZ-PLK-MNB-VCX-ASD"
SERIAL = 0xC9A7_5ABC
BALLOT = bytes.fromhex("1f43000000040000000000000000000005")

NOISE = random.Random(4).randbytes(1 << 18)


def amid(form: bytes, at: int = 70_001) -> bytes:
    """Something in the middle of noise."""
    return NOISE[:at] + form + NOISE[at:]


def finds(canary: Canary, content: bytes) -> bool:
    scanner = Scanner([of_bytes("other", "other", KEY[::-1] + b"!"), canary])
    return {hit.canary for hit in scanner.find(content)} == {canary}


def picture(pixels: bytes) -> bytes:
    """A PNG of one row, unfiltered."""
    file = io.BytesIO()
    Image.frombytes("L", (len(pixels), 1), pixels).save(file, "png")
    return file.getvalue()


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "in a record": lambda b: cbor2.dumps([1, {2: b, 3: "x"}]),
    "hex": lambda b: b.hex().encode(),
    "upper hex": lambda b: b.hex().upper().encode(),
    "hex dump": lambda b: b.hex(" ").encode(),
    "fingerprint": lambda b: b.hex(":").upper().encode(),
    "base64": base64.b64encode,
    "base64 inside": lambda b: base64.b64encode(b"a" + b + b"tail"),
    "base64 further inside": lambda b: base64.b64encode(b"ab" + b + b"tail"),
    "base64url": lambda b: base64.urlsafe_b64encode(b"ab" + b),
    "base32": base64.b32encode,
    "percent": lambda b: urllib.parse.quote(b).encode(),
    "every byte in percent": lambda b: "".join(f"%{byte:02x}" for byte in b).encode(),
    "big-endian decimal": lambda b: str(int.from_bytes(b, "big")).encode(),
    "little-endian decimal": lambda b: str(int.from_bytes(b, "little")).encode(),
    "little-endian": lambda b: int.from_bytes(b, "big").to_bytes(len(b), "little"),
    "repr": lambda b: repr(b).encode(),
    "list": lambda b: repr(list(b)).encode(),
    "JSON list": lambda b: json.dumps(list(b), separators=(",", ":")).encode(),
    "JSON of hex in UTF-16": lambda b: json.dumps(b.hex()).encode("utf-16"),
    "C escapes": lambda b: "".join(f"\\x{byte:02x}" for byte in b).encode(),
    "compressed": zlib.compress,
    "gzip": lambda b: gzip.compress(b"log " * 9 + b),
    "compressed twice": lambda b: zlib.compress(b"x" * 50 + zlib.compress(b)),
    "a picture's pixels": picture,
}


@pytest.mark.parametrize("encoding", BYTES)
def test_a_key_is_found(encoding: str) -> None:
    canary = of_bytes("key", "k", KEY)
    assert finds(canary, amid(BYTES[encoding](KEY)))


@pytest.mark.parametrize("encoding", sorted(BYTES))
def test_an_encoded_ballot_is_found(encoding: str) -> None:
    assert finds(of_bytes("ballot", "b", BALLOT), amid(BYTES[encoding](BALLOT)))


TEXTS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16": lambda t: t.encode("utf-16"),
    "UTF-16, big-endian": lambda t: t.encode("utf-16-be"),
    "UTF-32": lambda t: t.encode("utf-32"),
    "Kazakh code page": lambda t: t.encode("kz1048", "replace"),
    "JSON": lambda t: json.dumps({"name": t}).encode(),
    "escaped JSON": lambda t: json.dumps({"name": t}, ensure_ascii=True).encode(),
    "JSON as it is": lambda t: json.dumps({"name": t}, ensure_ascii=False).encode(),
    "percent": lambda t: urllib.parse.quote(t).encode(),
    "base64": lambda t: base64.b64encode(b"name=" + t.encode() + b";"),
    "hex": lambda t: t.encode().hex().encode(),
    "upper": lambda t: t.upper().encode(),
    "lower": lambda t: t.lower().encode(),
    "backwards": lambda t: t[::-1].encode(),
    "CBOR": lambda t: cbor2.dumps({1: [t]}),
    "HTML": lambda t: t.encode("ascii", "xmlcharrefreplace"),
    "compressed": lambda t: zlib.compress(t.encode("utf-16") * 3),
}


@pytest.mark.parametrize("text", [NAME, IIN, PIN, PASSWORD])
@pytest.mark.parametrize("encoding", TEXTS)
def test_a_text_is_found(encoding: str, text: str) -> None:
    assert finds(of_text("text", "t", text), amid(TEXTS[encoding](text)))


@pytest.mark.parametrize(
    "form",
    [
        cbor2.dumps([7, int(IIN)]),
        int(IIN).to_bytes(8, "big"),
        int(IIN).to_bytes(8, "little"),
        bytes.fromhex(IIN),
        bytes(map(int, IIN)),
        b"0 6 1 2 1 1 6 0 0 0 1 2",
    ],
)
def test_digits_are_found_as_numbers(form: bytes) -> None:
    assert finds(of_text("IIN", "i", IIN), amid(form))


def test_a_start_password_is_found_as_it_is_typed() -> None:
    canary = of_text("password", "p", PASSWORD)
    typed = PASSWORD.replace("-", "")
    for form in (
        typed.lower().encode(),
        typed.encode("utf-16-be"),
        base64.b64encode(typed.encode()),
    ):
        assert finds(canary, amid(form))


@pytest.mark.parametrize(
    "form",
    [
        cbor2.dumps({3: SERIAL}),
        SERIAL.to_bytes(8, "big"),
        SERIAL.to_bytes(8, "little"),
        str(SERIAL).encode(),
        f"{SERIAL:,}".encode(),
        f"{SERIAL:x}".encode(),
        f"{SERIAL:X}".encode(),
        str(SERIAL).encode("utf-16-le"),
        base64.b64encode(b"a" + cbor2.dumps({3: SERIAL}) + b"abc"),
    ],
)
def test_a_serial_is_found(form: bytes) -> None:
    assert finds(of_number("serial", "s", SERIAL), amid(form))


@pytest.mark.parametrize("number", [SERIAL, int(IIN), int.from_bytes(KEY, "big")])
def test_a_number_is_found_as_it_stands_in_this_very_process(number: int) -> None:
    fresh = int(str(number))
    memory = ctypes.string_at(id(fresh), sys.getsizeof(fresh))
    canary = of_bytes("key", "k", KEY) if number > 1 << 64 else of_number("n", "n", number)
    assert finds(canary, amid(memory))


@given(st.integers(0, len(NOISE)), st.binary(min_size=8, max_size=40))
def test_no_offset_is_passed_over(at: int, value: bytes) -> None:
    (hit,) = Scanner([of_exact("key", "k", value)]).find(amid(value, at), unpack=0)
    assert hit.offset <= at
    assert amid(value, at)[hit.offset :].startswith(value)


def test_nothing_is_found_where_nothing_is() -> None:
    scanner = Scanner(
        [
            of_bytes("key", "k", KEY),
            of_text("name", "n", NAME),
            of_text("IIN", "i", IIN),
            of_number("serial", "s", SERIAL),
        ]
    )
    assert not list(scanner.find(NOISE))
    assert not list(scanner.find(b""))
    assert not list(Scanner([]).find(NOISE[:9]))


def test_the_beginning_of_a_form_is_not_the_form() -> None:
    scanner = Scanner([of_number("serial", "s", SERIAL), of_bytes("ballot", "b", BALLOT)])
    for shift in range(4):
        assert not list(scanner.find(NOISE[:shift] + bytes(64) + BALLOT[:-1] + NOISE[:9]))


# Small numbers


def test_a_code_is_found_in_a_signed_record_deep_inside() -> None:
    vote = OpenedVote(1, ((2,), ()), 8642)
    for content in (
        vote.to_bytes(),
        records.sign(vote, ROOT),
        cbor.wrap(records.sign(vote, ROOT)) * 3,
        cbor.encode([1, [records.sign(vote, ROOT)]]),
        cbor.encode({1: cbor.encode({7: [8642]})}) + bytes(32),
        json.dumps({"event": "vote", "code": "8642"}).encode(),
        b'{"event": "code 8642 shown"}\n',
        b"count=3 code=8642",
    ):
        assert 8642 in numbers_in(content), content


def test_times_and_hashes_are_no_codes() -> None:
    log = b'{"event": "ready", "timestamp": "2026-11-22T05:19:47.864200Z", "id": "a8642b"}'
    assert 8642 not in numbers_in(log)
    assert numbers_in(NOISE) == set()

"""Secrets as canaries: everything that must not be found, in every form that code may give it.

A `Canary` is one secret with its kind and its *forms*: byte strings that would stand somewhere if
the secret leaked there, as the code encodes it or as careless code would. Values too short to be
told from chance (a control code, a card's number) have no forms by themselves: they come in
context (`tests.leaks.scan.numbers_in`) or inside longer canaries.

Never here: where something may stand; that is the one table in `tests/system/test_nothing_leaks`.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

SHORTEST = 5
"""Bytes of the shortest form: four bytes come up by chance in a few megabytes of random ones."""


@dataclass(frozen=True, slots=True)
class Canary:
    """One secret.

    Attributes:
        kind: what it is, as the table of allowed places names it.
        name: which one, for the message of a test that fails.
        forms: (name of the form, bytes).
    """

    kind: str
    name: str
    forms: tuple[tuple[str, bytes], ...]


def of_bytes(kind: str, name: str, value: bytes) -> Canary:
    """Return a canary of a byte string: a key, a share, an encoded ballot, a record."""
    return Canary(kind, name, tuple(_distinct(_bytes_forms(value))))


def of_text(kind: str, name: str, value: str) -> Canary:
    """Return a canary of a text: a name, an IIN, a PIN, a password."""
    return Canary(kind, name, tuple(_distinct(_text_forms(value))))


def of_number(kind: str, name: str, value: int) -> Canary:
    """Return a canary of a number that is large enough to be told from chance: a serial."""
    return Canary(kind, name, tuple(_distinct(_number_forms(value))))


def of_exact(kind: str, name: str, value: bytes) -> Canary:
    """Return a canary that is looked for as it is and in no other form."""
    return Canary(kind, name, (("raw", value),))


def _distinct(forms: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    seen: set[bytes] = set()
    for name, form in forms:
        if len(form) >= SHORTEST and form not in seen:
            seen.add(form)
            yield name, form


def _bytes_forms(value: bytes) -> Iterator[tuple[str, bytes]]:
    yield from _carried("", value)
    yield from _carried("reversed ", value[::-1])
    for word in (4, 8):
        if len(value) % word == 0:
            swapped = b"".join(value[at : at + word][::-1] for at in range(0, len(value), word))
            yield f"words of {word} reversed", swapped
    orders: tuple[Literal["big", "little"], ...] = ("big", "little")
    for order in orders:
        number = int.from_bytes(value, order)
        yield f"decimal, {order}-endian", str(number).encode()
        yield f"Python's integer, {order}-endian", _python_integer(number)
    listed = ", ".join(map(str, value)).encode()
    yield "list of numbers", listed
    yield "list of numbers without spaces", listed.replace(b" ", b"")
    yield "repr", repr(value)[2:-1].encode()
    yield "JSON of latin-1", json.dumps(value.decode("latin-1"))[1:-1].encode()


def _carried(name: str, value: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a byte string raw and in the forms that carry bytes through text."""
    yield f"{name}raw", value
    for digits, written in (("hex", value.hex()), ("HEX", value.hex().upper())):
        yield f"{name}{digits}", written.encode()
        yield f"{name}{digits} in UTF-16", written.encode("utf-16-le")
        pairs = [written[at : at + 2] for at in range(0, len(written), 2)]
        for sign in (":", " ", "-", "\\x", "%"):
            yield f"{name}{digits} with {sign}", sign.join(pairs).encode()
    yield from _base64(name, value)
    yield f"{name}base32", base64.b32encode(value).rstrip(b"=")
    yield f"{name}percent", quote(value).encode()


def _base64(name: str, value: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield base64 as it comes out wherever the value begins in a longer stream."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + value)
        start = -(-shift * 8 // 6)
        end = (shift + len(value)) * 8 // 6
        whole = encoded[start:end]
        yield f"{name}base64 at {shift}", whole
        yield f"{name}base64url at {shift}", whole.replace(b"+", b"-").replace(b"/", b"_")
        yield f"{name}base64 at {shift} in UTF-16", whole.decode().encode("utf-16-le")


def _text_forms(value: str) -> Iterator[tuple[str, bytes]]:
    for how, text in (
        ("", value),
        ("lower ", value.lower()),
        ("upper ", value.upper()),
        ("reversed ", value[::-1]),
        ("without hyphens ", value.replace("-", "")),
        ("without hyphens lower ", value.replace("-", "").lower()),
    ):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield f"{how}{encoding}", text.encode(encoding)
        for encoding in ("cp1251", "koi8-r", "iso8859-5", "kz1048", "ptcp154"):
            yield f"{how}{encoding}", text.encode(encoding, "ignore")
        yield f"{how}JSON", json.dumps(text)[1:-1].encode()
        yield f"{how}repr", ascii(text)[1:-1].encode()
        yield f"{how}references", text.encode("ascii", "xmlcharrefreplace")
        yield f"{how}percent", quote(text).encode()
        yield from _carried(f"{how}UTF-8 in ", text.encode())
    if value.isdecimal():
        yield from _digit_forms(value)


def _digit_forms(value: str) -> Iterator[tuple[str, bytes]]:
    yield "spaced", " ".join(value).encode()
    yield "list", ", ".join(value).encode()
    if len(value) % 2 == 0:
        yield "BCD", bytes.fromhex(value)
    yield "digits as bytes", bytes(map(int, value))
    if int(value) >= 1 << 32:
        yield from _number_forms(int(value))


def _number_forms(value: int) -> Iterator[tuple[str, bytes]]:
    """Yield a number; four bytes alone are too few, so they come with what stands around them."""
    size = 4 if value < 1 << 32 else 8
    big, little = value.to_bytes(size, "big"), value.to_bytes(size, "little")
    yield "CBOR", (b"\x1a" if size == 4 else b"\x1b") + big
    yield "64 bits big-endian", value.to_bytes(8, "big")
    yield "64 bits little-endian", value.to_bytes(8, "little")
    yield "Python's integer", _python_integer(value)
    yield "decimal", str(value).encode()
    yield "decimal in UTF-16", str(value).encode("utf-16-le")
    yield "decimal, grouped", f"{value:,}".encode()
    for bits in (big, little):
        yield "hex", bits.hex().encode()
        yield "HEX", bits.hex().upper().encode()
        yield from _base64("", b"\x1a" + bits if size == 4 else bits)


def _python_integer(value: int) -> bytes:
    """Return a number as CPython has it in memory: 30 bits in each four bytes, lowest first."""
    digits = []
    while value:
        digits.append(value & (1 << 30) - 1)
        value >>= 30
    return struct.pack(f"<{len(digits)}I", *digits)

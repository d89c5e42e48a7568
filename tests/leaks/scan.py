"""Looks for canaries in bytes: quickly, in everything, and in what is packed inside.

Rules:
- `Scanner.find` looks at each offset; what looks like a zlib or gzip stream is unpacked and looked
  at as well, once more inside that (a picture's pixels, a compressed log);
- the first four bytes of every form are looked up first, all at once, so that thousands of forms
  in hundreds of megabytes cost seconds;
- `numbers_in` tells the small numbers that a file says in so many words: the integers in its CBOR,
  however deep, and the decimal numbers in its text. Control codes are looked for there.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from common import cbor
from tests.leaks.canaries import Canary

_KEY = 4
_CHUNK = 1 << 20
_STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_MOST_UNPACKED = 1 << 24
_NUMBER = re.compile(rb"(?<![0-9A-Za-z.:+-])[0-9]{1,20}(?![0-9A-Za-z.:-])")


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary that was found: which, in which form, at which byte."""

    canary: Canary
    form: str
    offset: int

    def __str__(self) -> str:
        return f"{self.canary.kind} {self.canary.name} ({self.form}) at byte {self.offset}"


class Scanner:
    """Looks for the forms of many canaries at once."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._by_key: dict[int, list[tuple[bytes, str, Canary]]] = {}
        for canary in canaries:
            for form, value in canary.forms:
                key = int.from_bytes(value[:_KEY], "little")
                self._by_key.setdefault(key, []).append((value, form, canary))
        self._keys = frozenset(self._by_key)
        self._longest = max(
            (len(value) for rows in self._by_key.values() for value, _, _ in rows), default=0
        )

    def find(self, content: bytes, *, unpack: int = 2) -> Iterator[Hit]:
        """Yield what is found, each form of a canary once; `unpack` is how deep to unpack."""
        for start in range(0, max(1, len(content)), _CHUNK):
            yield from self._find(content[start : start + _CHUNK + self._longest], start)
        if unpack:
            for offset, unpacked in _streams(content):
                for hit in self.find(unpacked, unpack=unpack - 1):
                    yield Hit(hit.canary, f"{hit.form}, compressed", offset)

    def _find(self, chunk: bytes, start: int) -> Iterator[Hit]:
        view = memoryview(chunk)
        for shift in range(_KEY):
            end = len(chunk) - (len(chunk) - shift) % _KEY
            if end <= shift:
                continue
            for key in self._keys.intersection(view[shift:end].cast("I")):
                for value, form, canary in self._by_key[key]:
                    offset = chunk.find(value)
                    if offset >= 0 and offset % _KEY == shift:
                        yield Hit(canary, form, start + offset)


def _streams(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield offset and content of what can be unpacked."""
    for match in _STREAM.finditer(content):
        try:
            inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # zlib's or gzip's header
            unpacked = inflater.decompress(content[match.start() :], _MOST_UNPACKED)
        except zlib.error:
            continue
        if len(unpacked) > 8:
            yield match.start(), unpacked


def numbers_in(content: bytes) -> set[int]:
    """Return the integers that a file says: in its CBOR, and as decimal numbers in its text."""
    found: set[int] = set()
    _walk(_items(content), found)
    if _is_text(content):
        found.update(int(number) for number in _NUMBER.findall(content))
    return found


def _items(content: bytes) -> list[object]:
    """Return what a file is as CBOR: one item, or a sequence of byte strings, or nothing."""
    for tagged in (content, content[1:], content[2:], content[:-32]):  # a tag, or a hash behind
        try:
            return [cbor.decode(tagged, max_size=1 << 26)]
        except cbor.CborError:
            continue
    try:
        items, end = cbor.split_sequence(content)
    except cbor.CborError:
        return []
    return list(items) if end == len(content) else []


def _walk(items: Iterable[object], found: set[int]) -> None:
    for item in items:
        match item:
            case bool():
                pass
            case int():
                found.add(item)
            case bytes():
                _walk(_inside(item), found)
            case str():
                found.update(int(number) for number in _NUMBER.findall(item.encode()))
            case dict():
                _walk(item.keys(), found)
                _walk(item.values(), found)
            case list() | tuple():
                _walk(item, found)


def _inside(item: bytes) -> list[object]:
    """Return what a byte string holds, if it is CBOR of some structure (a record in a record)."""
    for tagged in (item, item[1:], item[2:]):  # COSE messages begin with a tag
        try:
            inner = cbor.decode(tagged, max_size=1 << 22)
        except cbor.CborError:
            continue
        if isinstance(inner, dict | list | tuple):
            return [inner]
    return []


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content

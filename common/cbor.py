"""Deterministic CBOR, strictly read.

Rules (RFC 8949 §4.2.1): one item and nothing after it; definite lengths; shortest forms; no
duplicate keys; no tags; no floats; map keys are non-negative integers. After decoding the item is
encoded again and must give the same bytes. Anything else is refused whole with `CborError`.

Never here: what the items mean (`common.records`), and COSE's two tags (`common.cose`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NoReturn

import cbor2

MAX_DEPTH = 12
MAX_INT = 2**64 - 1

_FOREIGN = "is a type that records may not hold"

Item = int | str | bytes | bool | None | Sequence["Item"] | dict[int, "Item"]


class CborError(ValueError):
    """These bytes are not one deterministic CBOR item of the permitted kinds."""


class _EveryTagRefused(dict[int, object]):
    """A table of tag decoders in which each tag is present and refuses."""

    def __contains__(self, _key: object) -> bool:
        return True

    def __getitem__(self, _key: int) -> object:
        return _refuse_tag

    def get(self, _key: object, _default: object = None) -> object:
        return _refuse_tag


def _refuse_tag(*_: object) -> NoReturn:
    raise CborError("it holds a tag")


_NO_TAGS = _EveryTagRefused()


def encode(item: object) -> bytes:
    """Return the deterministic encoding of `item`.

    Raises:
        CborError: `item` holds a float, a tag, a negative or text key, or another foreign type.
    """
    _check(item, MAX_DEPTH)
    return cbor2.dumps(item, canonical=True)


def decode(untrusted: bytes, *, max_size: int, max_depth: int = MAX_DEPTH) -> object:
    """Return the one item in `untrusted`; arrays come back as tuples.

    Args:
        untrusted: the bytes, from anywhere.
        max_size: refuse more bytes than this.
        max_depth: refuse deeper nesting than this.

    Raises:
        CborError: see the rules at the top.
    """
    if len(untrusted) > max_size:
        raise CborError(f"it has {len(untrusted)} bytes; {max_size} are allowed")
    try:
        item = cbor2.loads(
            untrusted,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            max_depth=max_depth,
            semantic_decoders=_NO_TAGS,  # type: ignore[arg-type]  # the refusing table, see above
        )
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise CborError(f"it is not strict CBOR: {error}") from error
    _check(item, max_depth)
    if cbor2.dumps(item, canonical=True) != untrusted:
        raise CborError("it is not in the deterministic form, or bytes follow it")
    return _frozen(item)


def _check(item: object, depth: int) -> None:
    kind = type(item)
    if kind is int:
        if not -MAX_INT - 1 <= item <= MAX_INT:  # type: ignore[operator]  # kind says int
            raise CborError("an integer needs more than 64 bits")
    elif kind is bytes or kind is str or kind is bool or item is None:
        return
    elif depth <= 0:
        raise CborError("it is nested too deeply")
    elif kind is list or kind is tuple:
        for part in item:  # type: ignore[attr-defined]  # kind says list or tuple
            _check(part, depth - 1)
    elif kind is dict:
        for key, value in item.items():  # type: ignore[attr-defined]  # kind says dict
            if type(key) is not int or not 0 <= key <= MAX_INT:
                raise CborError("a map key is not a non-negative integer")
            _check(value, depth - 1)
    else:
        raise CborError(f"{kind.__name__} {_FOREIGN}")


def _frozen(item: object) -> object:
    if isinstance(item, list):
        return tuple(_frozen(part) for part in item)
    if isinstance(item, dict):
        return {key: _frozen(value) for key, value in item.items()}
    return item


# Files that grow (journal, lists of votes) are CBOR sequences (RFC 8742) of byte strings, so that
# they can be cut into items without reading what the items hold.

_HEAD_SIZES = {24: 1, 25: 2, 26: 4}


def wrap(record: bytes) -> bytes:
    """Return `record` as one item of a sequence: a CBOR byte string."""
    return cbor2.dumps(record)


def split_sequence(untrusted: bytes, *, max_item: int = 1 << 20) -> tuple[list[bytes], int]:
    """Cut a sequence of byte strings into its items.

    Returns:
        The whole items, and how many bytes they fill; fewer than `len(untrusted)` means that the
        last item is torn.

    Raises:
        CborError: an item is not a byte string, not in shortest form, or above `max_item` bytes.
    """
    found = list(_items(untrusted, max_item))
    return [item for item, _ in found], found[-1][1] if found else 0


def split_beginning(untrusted: bytes, *, max_item: int = 1 << 20) -> list[bytes]:
    """Return the items of a sequence up to the first that is torn or no item at all."""
    items: list[bytes] = []
    walk = _items(untrusted, max_item)
    while True:
        try:
            item, _ = next(walk)
        except (StopIteration, CborError):
            return items
        items.append(item)


def _items(untrusted: bytes, max_item: int) -> Iterator[tuple[bytes, int]]:
    """Yield each whole item of a sequence, and where it ends. Raises: CborError."""
    at, end = 0, len(untrusted)
    while at < end:
        head = untrusted[at]
        if head >> 5 != 2:
            raise CborError(f"at byte {at}: not a byte string")
        short = head & 0x1F
        if short < 24:
            size, start = short, at + 1
        elif short in _HEAD_SIZES:
            start = at + 1 + _HEAD_SIZES[short]
            if start > end:
                return
            size = int.from_bytes(untrusted[at + 1 : start], "big")
            if size < (24, 0x100, 0x10000)[short - 24]:
                raise CborError(f"at byte {at}: a length is not in its shortest form")
        else:
            raise CborError(f"at byte {at}: a length that is not allowed")
        if size > max_item:
            raise CborError(f"at byte {at}: an item of {size} bytes; {max_item} are allowed")
        if start + size > end:
            return
        at = start + size
        yield untrusted[start:at], at

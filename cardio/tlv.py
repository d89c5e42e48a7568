"""BER-TLV as PIV cards speak it (ISO/IEC 7816-4 §5.2.2): tags up to three bytes, definite lengths.

Rules. Writing uses the shortest length. Reading takes any definite length of up to two bytes
(cards are not all careful), and nothing else: a value that runs over the end, an indefinite length
or a tag without an end is `TlvError`. Nothing here knows what a tag means.
"""

from __future__ import annotations

MAX_VALUE_SIZE = 0xFFFF


class TlvError(ValueError):
    """These bytes are not BER-TLV of our form."""


def encode(tag: int, value: bytes) -> bytes:
    """Return one data object. Raises: ValueError when the value exceeds 65,535 bytes."""
    return tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big") + _length(len(value)) + value


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    if size < 0x100:
        return bytes((0x81, size))
    if size <= MAX_VALUE_SIZE:
        return b"\x82" + size.to_bytes(2, "big")
    raise ValueError(f"{size} bytes are too long for a data object")


def read(untrusted: bytes) -> tuple[int, bytes, bytes]:
    """Return the first data object's tag and value, and what follows it. Raises: TlvError."""
    tag, offset = _tag(untrusted)
    size, offset = _size(untrusted, offset)
    if len(untrusted) - offset < size:
        raise TlvError("a value runs over the end")
    return tag, untrusted[offset : offset + size], untrusted[offset + size :]


def read_all(untrusted: bytes) -> dict[int, bytes]:
    """Return all data objects by tag. Raises: TlvError, also when a tag stands twice."""
    objects: dict[int, bytes] = {}
    while untrusted:
        tag, value, untrusted = read(untrusted)
        if tag in objects:
            raise TlvError(f"tag {tag:X} stands twice")
        objects[tag] = value
    return objects


def only(untrusted: bytes, tag: int) -> bytes:
    """Return the value of the one data object there is, which has this tag. Raises: TlvError."""
    found, value, rest = read(untrusted)
    if found != tag or rest:
        raise TlvError(
            f"expected one data object {tag:X}, found {found:X}, {len(rest)} bytes after"
        )
    return value


def _tag(untrusted: bytes) -> tuple[int, int]:
    if not untrusted:
        raise TlvError("there is no tag")
    tag = untrusted[0]
    if tag & 0x1F != 0x1F:
        return tag, 1
    for offset in (1, 2):
        if len(untrusted) <= offset:
            break
        tag = tag << 8 | untrusted[offset]
        if not untrusted[offset] & 0x80:
            return tag, offset + 1
    raise TlvError("a tag has no end")


def _size(untrusted: bytes, offset: int) -> tuple[int, int]:
    if len(untrusted) <= offset:
        raise TlvError("there is no length")
    first = untrusted[offset]
    offset += 1
    if first < 0x80:
        return first, offset
    count = first & 0x7F
    if count not in (1, 2) or len(untrusted) - offset < count:
        raise TlvError("a length is indefinite, too long or cut off")
    return int.from_bytes(untrusted[offset : offset + count], "big"), offset + count

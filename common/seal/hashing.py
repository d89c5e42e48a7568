"""H and S of docs/proofs.md, section 1: what all challenges, weights and generators come from.

The name stands in what is hashed, and every item with its kind and length, so that no input of one
purpose is an input of another.
"""

from __future__ import annotations

import hashlib

from common import cbor

Q = 2**252 + 27742317777372353535851937790883648493


def hashed(name: str, *items: object) -> bytes:
    """Return H(name, items): 64 bytes. Items are integers, byte strings and lists of integers."""
    return hashlib.sha512(cbor.encode([f"sailau/{name}/1", *items])).digest()


def challenge(name: str, *items: object) -> int:
    """Return S(name, items): a scalar."""
    return int.from_bytes(hashed(name, *items), "little") % Q

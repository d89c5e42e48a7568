"""The check value of a vote: what a voter notes, and finds in the bundle (docs/proofs.md, §7)."""

from __future__ import annotations

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
CHARACTERS, GROUP = 20, 4
_BITS = 5


def check_value(signed_vote: bytes) -> str:
    """Return the check value of a signed `CastVote`: five groups of four characters."""
    digest = int.from_bytes(hashlib.sha256(signed_vote).digest(), "big")
    shown = digest >> 256 - CHARACTERS * _BITS
    text = "".join(ALPHABET[shown >> _BITS * at & 31] for at in reversed(range(CHARACTERS)))
    return " ".join(text[at : at + GROUP] for at in range(0, CHARACTERS, GROUP))

"""Half of the tally key in shares: made at opening, k of n give it again at the count.

Rules:
- The splitting is Shamir's, by pycryptodome (`Crypto.Protocol.SecretSharing`), which takes 16-byte
  secrets: 32 bytes are split as twice 16, and one share holds the pieces of both.
- A share names the key it belongs to (by the hash of its public keys), its index and how many are
  needed, so that shares of an opening that was broken off, or of another day, are known at once.
- `commitment` of each share is kept with the opening act: a share that was altered on a card is
  refused by itself, before it can spoil the others. A share has 256 random bits, so its
  commitment tells nothing.
- A combined secret counts only if it belongs to the very public keys in the start order.

It never stores a key or a share, and never prints one. Shamir's coefficients come from
pycryptodome's own generator (the system's); there is no way to pass another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from Crypto.Protocol.SecretSharing import Shamir

from common import cbor

KEY_SIZE = 32
HALF_SIZE = 16
MAX_SHARE_SIZE = 128
_COMMITMENT_LABEL = b"sailau/Share/1"


class ShareError(ValueError):
    """A share, or a set of shares, that cannot be used."""


def key_name(public: Sequence[bytes]) -> bytes:
    """Return the 32 bytes by which a share names its key: SHA-256 over the public keys."""
    return hashlib.sha256(b"".join(public)).digest()


@dataclass(frozen=True, slots=True)
class Share:
    """One share: `piece` (32 bytes) at `index` (from 1) of a key that `threshold` shares give.

    `key` is the `key_name` of the public keys.
    """

    key: bytes
    index: int
    threshold: int
    piece: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """Return the deterministic CBOR of the share, at most `MAX_SHARE_SIZE` bytes."""
        return cbor.encode({0: self.key, 1: self.index, 2: self.threshold, 3: self.piece})

    @classmethod
    def from_bytes(cls, untrusted: bytes) -> Share:
        """Read a share strictly. Raises: ShareError: it is not one share in its one form."""
        try:
            item = cbor.decode(untrusted, max_size=MAX_SHARE_SIZE)
        except cbor.CborError as error:
            raise ShareError(f"a share is not strict CBOR: {error}") from error
        match item:
            case {0: bytes(key), 1: int(index), 2: int(threshold), 3: bytes(piece), **rest}:
                share = cls(key, index, threshold, piece)
            case _:
                raise ShareError("a share has the wrong shape")
        sizes_fit = len(key) == len(piece) == KEY_SIZE and not rest
        # true and false are integers to Python, not to us
        numbers_fit = type(index) is int and 1 <= index <= 255
        if not (sizes_fit and numbers_fit and type(threshold) is int and 2 <= threshold <= 255):
            raise ShareError("a share's fields are out of range")
        return share

    def commitment(self) -> bytes:
        """Give the 32 bytes that pin this share down without telling it (SHA-256)."""
        return hashlib.sha256(_COMMITMENT_LABEL + self.to_bytes()).digest()


def split(secret: bytes, public: Sequence[bytes], threshold: int, number: int) -> tuple[Share, ...]:
    """Split the secret of a key, 32 bytes, into `number` shares, any `threshold` of which give it.

    Raises:
        ShareError: not 2 <= threshold <= number <= 255 (a threshold of 1 would put the whole key
            on every card), or the secret has not 32 bytes.
    """
    if len(secret) != KEY_SIZE:
        raise ShareError("a tally key has 32 bytes")
    if not 2 <= threshold <= number <= 255:
        raise ShareError("at least two shares must be needed, and no more than are made")
    first = Shamir.split(threshold, number, secret[:HALF_SIZE])
    second = Shamir.split(threshold, number, secret[HALF_SIZE:])
    name = key_name(public)
    return tuple(
        Share(name, index, threshold, piece + second_piece)
        for (index, piece), (_, second_piece) in zip(first, second, strict=True)
    )


def accept(untrusted: bytes, *, key: bytes, threshold: int, commitments: Sequence[bytes]) -> Share:
    """Read a share from a card and check that it is one of this opening's.

    Args:
        untrusted: what the card held.
        key: `key_name` of the key in the start order.
        threshold: the package's quorum.
        commitments: of share 1, 2, ... in order, 32 bytes each (the opening act has them).

    Raises:
        ShareError: torn, of another key, or altered.
    """
    share = Share.from_bytes(untrusted)
    if share.key != key or share.threshold != threshold:
        raise ShareError("the share belongs to another key")
    if share.index > len(commitments) or commitments[share.index - 1] != share.commitment():
        raise ShareError("the share is not the one that was made at opening")
    return share


def combine(shares: Iterable[Share], belongs: Callable[[bytes], bool]) -> bytes:
    """Return the secret (32 bytes) that at least `threshold` different shares hold.

    `belongs` says whether a secret is that of the key which the shares name.

    Raises:
        ShareError: too few, of different keys, or they give a secret that does not belong to it.
    """
    by_index = {share.index: share for share in shares}
    chosen = [by_index[index] for index in sorted(by_index)]
    if not chosen:
        raise ShareError("no shares")
    key, threshold = chosen[0].key, chosen[0].threshold
    if any((share.key, share.threshold) != (key, threshold) for share in chosen):
        raise ShareError("the shares belong to different keys")
    if len(chosen) < threshold:
        raise ShareError(f"{len(chosen)} shares are too few, {threshold} are needed")
    needed = chosen[:threshold]  # Shamir.combine wants exactly as many as were asked for
    secret = b"".join(
        Shamir.combine([(share.index, share.piece[half]) for share in needed])
        for half in (slice(None, HALF_SIZE), slice(HALF_SIZE, None))
    )
    if not belongs(secret):
        raise ShareError("the shares do not give the key that they name")
    return secret

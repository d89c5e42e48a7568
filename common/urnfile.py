"""The blocks of an urn's file: how long they are, how they are sealed, what a ledger says.

Rules:

* The file is two ledger blocks and then the slots, 4 KiB each, and nothing else; no header.
* A block is a nonce (24 bytes), and XChaCha20-Poly1305 over two bytes of length, the content and
  zeros, always 4,054 bytes together. Ledger and slots have keys of their own, derived from the urn
  key; the number of the block is authenticated, so that no block passes for another.
* A ledger of generation g lies in ledger block g mod 2. A slot holds a `CastVote` or random bytes.

Never here: media, and what to do when a block does not verify (`common.urn`, `common.urnrecovery`).
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from common import cbor

BLOCK_SIZE: Final = 4096
LEDGER_BLOCKS: Final = 2
SERIALS_PER_DESK: Final = 4096
BITMAP_SIZE: Final = SERIALS_PER_DESK // 8
MAX_DESKS: Final = 7
"""How many bitmaps fit into a ledger block: a station's desks, spares and portables together."""
MAX_SLOTS: Final = 16_384
_NONCE_SIZE, _TAG_SIZE, _LENGTH_SIZE = 24, 16, 2
MAX_CONTENT_SIZE: Final = BLOCK_SIZE - _NONCE_SIZE - _TAG_SIZE - _LENGTH_SIZE
"""The longest content of a block, and so the longest `CastVote`, in bytes."""

RandomBytes: TypeAlias = Callable[[int], bytes]
Desks: TypeAlias = Sequence[tuple[str, int, int]]
"""Name, first serial and number of serials (1 to 4,096) of each desk."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How many slots an urn has, and which serials may be spent in it.

    Raises: ValueError for figures that no urn can have.
    """

    slots: int
    desks: tuple[tuple[str, int, int], ...]

    def __post_init__(self) -> None:
        if not 1 <= self.slots <= MAX_SLOTS:
            raise ValueError(f"an urn has 1 to {MAX_SLOTS} slots, not {self.slots}")
        if not 1 <= len(self.desks) <= MAX_DESKS:
            raise ValueError(f"an urn serves 1 to {MAX_DESKS} desks, not {len(self.desks)}")
        if len({name for name, _, _ in self.desks}) != len(self.desks):
            raise ValueError("two desks have one name")
        end = 0
        for name, first, count in sorted(self.desks, key=lambda desk: desk[1]):
            if first < end or not 1 <= count <= SERIALS_PER_DESK:
                raise ValueError(f"the serials of {name} overlap another desk's, or are too many")
            end = first + count

    @property
    def file_size(self) -> int:
        """Bytes in the file."""
        return (LEDGER_BLOCKS + self.slots) * BLOCK_SIZE

    @property
    def shape(self) -> bytes:
        """SHA-256 over slots and desks; a ledger is bound to it."""
        desks = [[name, first, count] for name, first, count in self.desks]
        return hashlib.sha256(cbor.encode([self.slots, desks])).digest()

    def bit(self, serial: int) -> tuple[int, int] | None:
        """Return desk and bit of a serial, or None if no desk can have issued it."""
        for desk, (_, first, count) in enumerate(self.desks):
            if first <= serial < first + count:
                return desk, serial - first
        return None

    def cut(self, image: bytes) -> list[bytes]:
        """Cut a file into its blocks; what it lacks at its end becomes blocks of zeros."""
        whole = image[: self.file_size].ljust(self.file_size, b"\0")
        return [whole[at : at + BLOCK_SIZE] for at in range(0, self.file_size, BLOCK_SIZE)]


@dataclass(frozen=True, slots=True)
class Flight:
    """The vote in flight: written before its slot, gone when the intake is complete."""

    serial: int = field(repr=False)
    slot: int = field(repr=False)
    vote_hash: bytes = field(repr=False)  # SHA-256 of the CastVote


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a ledger block says; a bitmap per desk, bit i (lowest first) is serial first + i."""

    generation: int
    shape: bytes
    count: int
    bitmaps: tuple[bytes, ...]
    flight: Flight | None = None

    @classmethod
    def empty(cls, layout: Layout, generation: int) -> Ledger:
        """Return the ledger of an urn without votes."""
        return cls(generation, layout.shape, 0, (bytes(BITMAP_SIZE),) * len(layout.desks))

    def has_spent(self, desk: int, bit: int) -> bool:
        """Say whether the serial is spent."""
        return bool(self.bitmaps[desk][bit // 8] >> bit % 8 & 1)

    def with_vote(self, desk: int, bit: int) -> Ledger:
        """Return the ledger with one vote more, its serial spent and nothing in flight."""
        bitmap = bytearray(self.bitmaps[desk])
        bitmap[bit // 8] |= 1 << bit % 8
        bitmaps = (*self.bitmaps[:desk], bytes(bitmap), *self.bitmaps[desk + 1 :])
        return dataclasses.replace(self, count=self.count + 1, bitmaps=bitmaps, flight=None)

    def without_flight(self) -> Ledger:
        """Return the ledger with nothing in flight, as if the intake had not begun."""
        return dataclasses.replace(self, flight=None)

    def with_flight_landed(self, layout: Layout) -> Ledger:
        """Return the ledger with the vote in flight counted and its serial spent."""
        spent = None if self.flight is None else layout.bit(self.flight.serial)
        if spent is None:
            raise ValueError("no vote of this urn is in flight")
        return self.with_vote(*spent)

    def as_generation(self, generation: int) -> Ledger:
        """Return the same content under another generation number."""
        return dataclasses.replace(self, generation=generation)

    def to_bytes(self) -> bytes:
        """Return the content of its block."""
        flight = self.flight
        return cbor.encode(
            {
                0: self.generation,
                1: self.shape,
                2: self.count,
                3: list(self.bitmaps),
                4: None if flight is None else [flight.serial, flight.slot, flight.vote_hash],
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Ledger:
        """Read the content of a block that verified. Raises: CborError if it is none of ours."""
        match cbor.decode(content, max_size=MAX_CONTENT_SIZE):
            case {
                0: int(generation),
                1: bytes(shape),
                2: int(count),
                3: tuple(bitmaps),
                4: None,
            }:
                return cls(generation, shape, count, bitmaps)
            case {
                0: int(generation),
                1: bytes(shape),
                2: int(count),
                3: tuple(bitmaps),
                4: (int(serial), int(slot), bytes(vote_hash)),
            }:
                return cls(generation, shape, count, bitmaps, Flight(serial, slot, vote_hash))
            case _:
                raise cbor.CborError("a ledger of another form")


class BlockCipher:
    """Seals and opens the blocks of one urn."""

    def __init__(self, urn_key: bytes, random_bytes: RandomBytes) -> None:
        """Take the urn key (32 bytes) and the source of nonces."""
        if len(urn_key) != 32:
            raise ValueError("an urn key has 32 bytes")
        self._ledger_key = _derived(urn_key, b"sailau/UrnLedger/1")
        self._slot_key = _derived(urn_key, b"sailau/UrnSlot/1")
        self._random_bytes = random_bytes

    def seal_ledger(self, ledger: Ledger) -> bytes:
        """Return the block of a ledger; it belongs at `ledger.generation % 2`."""
        at = ledger.generation % LEDGER_BLOCKS
        return self._seal(self._ledger_key, at, ledger.to_bytes())

    def open_ledger(self, at: int, untrusted: bytes) -> Ledger | None:
        """Return the ledger in ledger block `at`, or None if the block does not verify."""
        content = _opened(self._ledger_key, at, untrusted)
        return None if content is None else Ledger.from_bytes(content)

    def seal_slot(self, slot: int, cast_vote: bytes) -> bytes:
        """Return the block of a vote in this slot."""
        return self._seal(self._slot_key, slot, cast_vote)

    def open_slot(self, slot: int, untrusted: bytes) -> bytes | None:
        """Return the vote in a slot, or None: free, or destroyed; nobody can tell which."""
        return _opened(self._slot_key, slot, untrusted)

    def _seal(self, key: bytes, number: int, content: bytes) -> bytes:
        if len(content) > MAX_CONTENT_SIZE:
            raise ValueError(f"{len(content)} bytes do not fit into a block")
        plain = len(content).to_bytes(_LENGTH_SIZE, "big") + content.ljust(MAX_CONTENT_SIZE, b"\0")
        nonce = self._random_bytes(_NONCE_SIZE)
        return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(
            plain, number.to_bytes(4, "big"), nonce, key
        )


def _opened(key: bytes, number: int, untrusted: bytes) -> bytes | None:
    nonce, sealed = untrusted[:_NONCE_SIZE], untrusted[_NONCE_SIZE:]
    try:
        plain = crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed, number.to_bytes(4, "big"), nonce, key
        )
    except CryptoError:
        return None
    size = int.from_bytes(plain[:_LENGTH_SIZE], "big")
    return plain[_LENGTH_SIZE : _LENGTH_SIZE + size]


def _derived(urn_key: bytes, purpose: bytes) -> bytes:
    return hashlib.blake2b(purpose, key=urn_key, digest_size=32).digest()

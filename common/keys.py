"""Keys: a board's own, and the start password's (design §2).

Rules: secrets are made from the injected random source, lie only in files of mode 0600 on the
board's own storage, and never in a log, a journal or a `repr`. The accumulator's station key and
urn key lie sealed: outside to a board's box key, inside to the public half of the start password,
so that neither the board alone nor the paper alone opens them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.signing import SigningKey

from common import cbor
from common.records import StartPassword

RandomBytes = Callable[[int], bytes]

OPERATIONS = argon2id.OPSLIMIT_MODERATE
MEMORY_BYTES = argon2id.MEMLIMIT_MODERATE


class WrongKey(ValueError):
    """The sealed bytes were not sealed to this key, or a bit of them changed."""


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """A board's own keys, made on the board at enrolment: Ed25519 to sign, X25519 to be sealed to.

    Both halves are 32-byte seeds.
    """

    sign_seed: bytes = field(repr=False)
    box_seed: bytes = field(repr=False)

    @classmethod
    def make(cls, random_bytes: RandomBytes) -> DeviceKeys:
        """Make a board's keys."""
        return cls(random_bytes(32), random_bytes(32))

    @property
    def signing(self) -> SigningKey:
        """The key that signs journal, acts, activations, votes and statements."""
        return SigningKey(self.sign_seed)

    @property
    def sign_key(self) -> bytes:
        """The public half of `signing`, 32 bytes."""
        return bytes(self.signing.verify_key)

    @property
    def box_key(self) -> bytes:
        """The public half to which others seal, 32 bytes."""
        return bytes(PrivateKey(self.box_seed).public_key)

    def unseal(self, sealed: bytes) -> bytes:
        """Return what was sealed to `box_key`. Raises: WrongKey."""
        return unseal(sealed, self.box_seed)

    def to_bytes(self) -> bytes:
        """Return the content of the key file."""
        return cbor.encode({0: self.sign_seed, 1: self.box_seed})

    @classmethod
    def from_bytes(cls, content: bytes) -> DeviceKeys:
        """Return the keys in a key file. Raises: ValueError."""
        match cbor.decode(content, max_size=128):
            case {0: bytes(sign_seed), 1: bytes(box_seed)} if len(sign_seed) == len(box_seed) == 32:
                return cls(sign_seed, box_seed)
            case _:
                raise ValueError("it is not a board's key file")


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The accumulator's two keys that the start password opens; 32-byte seed and key."""

    station_seed: bytes = field(repr=False)
    urn_key: bytes = field(repr=False)

    @classmethod
    def make(cls, random_bytes: RandomBytes) -> StationKeys:
        """Make both keys."""
        return cls(random_bytes(32), random_bytes(32))

    @property
    def station(self) -> SigningKey:
        """The key that signs the start order, the minutes and the evidence manifest."""
        return SigningKey(self.station_seed)

    def sealed(self, start_key: bytes, box_key: bytes) -> bytes:
        """Return both, sealed to the start password and then to a board; 160 bytes."""
        return seal_to(box_key, seal_to(start_key, self.station_seed + self.urn_key))

    @classmethod
    def unsealed(cls, sealed: bytes, start_secret: bytes, device: DeviceKeys) -> StationKeys:
        """Return the keys in `sealed`. Raises: WrongKey: wrong password, or another board's."""
        both = unseal(device.unseal(sealed), start_secret)
        if len(both) != 64:
            raise WrongKey("it does not hold two keys")
        return cls(both[:32], both[32:])


def seal_to(box_key: bytes, content: bytes) -> bytes:
    """Return `content` sealed to an X25519 public key (libsodium's sealed box, 48 bytes more)."""
    return SealedBox(PublicKey(box_key)).encrypt(content)


def unseal(sealed: bytes, box_secret: bytes) -> bytes:
    """Return what was sealed to the key with this private half. Raises: WrongKey."""
    try:
        return SealedBox(PrivateKey(box_secret)).decrypt(sealed)
    except (CryptoError, ValueError) as error:
        raise WrongKey("it does not open with this key") from error


def new_start_password(
    password: str,
    random_bytes: RandomBytes,
    operations: int = OPERATIONS,
    memory_bytes: int = MEMORY_BYTES,
) -> StartPassword:
    """Return the public half of a start password, with a new salt.

    The default cost is libsodium's MODERATE (RFC 9106's function argon2id; 256 MiB, 3 passes).
    """
    salt = random_bytes(argon2id.SALTBYTES)
    secret = _derive(password, salt, operations, memory_bytes)
    public_key = bytes(PrivateKey(secret).public_key)
    return StartPassword(public_key, salt, operations, memory_bytes)


def start_secret(password: str, start: StartPassword) -> bytes | None:
    """Return the private half that belongs to `start`, or None if the password is another."""
    secret = _derive(password, start.salt, start.operations, start.memory_bytes)
    right = bytes(PrivateKey(secret).public_key) == start.public_key
    return secret if right else None


def normal_password(typed: str) -> str:
    """Return a typed start password without spaces and hyphens, in capitals."""
    return "".join(typed.split()).replace("-", "").upper()


def _derive(password: str, salt: bytes, operations: int, memory_bytes: int) -> bytes:
    typed = normal_password(password).encode("utf-8")
    return argon2id.kdf(32, typed, salt, opslimit=operations, memlimit=memory_bytes)

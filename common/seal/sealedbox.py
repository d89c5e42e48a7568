"""How a ballot is sealed in the booth and opened at the count.

The only module that looks inside a sealed ballot; to all others it is opaque bytes of the one
length that the package names. Scheme "sealedbox-x25519/1": libsodium's sealed box to the tally
key. The ballot style travels outside and is checked by `Opener.open`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from common import ballot as ballots
from common.ballot import Ballot
from common.records import StationPackage

SCHEME = "sealedbox-x25519/1"
_OVERHEAD = 48  # ephemeral public key and authenticator


class SealError(ValueError):
    """A sealed ballot does not open, or what it holds is no ballot: it is invalid."""


@dataclass(frozen=True, slots=True)
class TallyKeys:
    """The tally key as made at opening: public halves for the start order, the secret to split."""

    public: tuple[bytes, ...]
    secret: bytes = field(repr=False)  # 32 bytes


def make_tally_keys(random_bytes: Callable[[int], bytes]) -> TallyKeys:
    """Make a tally key; the caller splits the secret and forgets it."""
    secret = random_bytes(32)
    return TallyKeys((bytes(PrivateKey(secret).public_key),), secret)


def belongs(secret: bytes, public: tuple[bytes, ...]) -> bool:
    """Say whether `secret` is the private half of the tally key."""
    return len(secret) == 32 and (bytes(PrivateKey(secret).public_key),) == public


def sealed_size(package: StationPackage) -> int:
    """Return the length of every sealed ballot of the station, in bytes."""
    return _OVERHEAD + ballots.encoded_size(package)


def seal(package: StationPackage, ballot: Ballot, public: tuple[bytes, ...]) -> bytes:
    """Return the ballot sealed to the tally key. Raises: BallotError."""
    encoded = ballots.encode(package, ballot)
    return SealedBox(PublicKey(public[0])).encrypt(encoded)


class Opener:
    """The tally key's private half, made ready once for all votes of a count."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret, 32 bytes; nothing else keeps it."""
        self._box = SealedBox(PrivateKey(secret))

    def open(self, package: StationPackage, style: int, sealed: bytes) -> Ballot:
        """Return the ballot in `sealed`, which a vote of this ballot style held.

        Raises:
            SealError: it is not sealed to this key, or not a ballot of this style.
        """
        try:
            return ballots.decode(package, style, self._box.decrypt(sealed))
        except (CryptoError, ValueError) as error:
            raise SealError(str(error)) from error

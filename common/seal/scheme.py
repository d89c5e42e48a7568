"""How the ballots of one station are sealed: their sizes, and sealing in its booths.

The package names the scheme; boards serve under no other than `SCHEME` (docs/proofs.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from common import ballot as ballots
from common.ballot import Ballot
from common.records import StationPackage
from common.seal import elgamal, encoding
from common.seal.elgamal import SealedBallot
from common.seal.group import Point
from common.seal.randomness import CheckedSource

SCHEME = "elgamal-edwards25519/1"


def elements(package: StationPackage) -> int:
    """Return w, the points of each ballot of the station."""
    return encoding.elements(ballots.encoded_size(package))


def sealed_size(package: StationPackage) -> int:
    """Return the length of every sealed ballot of the station, in bytes."""
    return elgamal.sealed_size(elements(package))


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a terminal seals ballots with.

    Attributes:
        package_hash: SHA-256 of the signed package.
        keys: the tally key to which ballots are sealed (`common.tallykey.tally_keys_of`).
        board: the terminal's Ed25519 public key.
    """

    package: StationPackage
    package_hash: bytes
    keys: Sequence[bytes]
    board: bytes
    source: CheckedSource = field(repr=False)

    def seal(self, ballot: Ballot) -> SealedBallot:
        """Return the ballot sealed to the tally key. Raises: BallotError, BadRandomness."""
        encoded = ballots.encode(self.package, ballot)
        keys = tuple(map(Point, self.keys))
        seal = elgamal.Seal(self.package_hash, keys)
        return seal.seal(ballot.style, self.board, encoded, self.source)

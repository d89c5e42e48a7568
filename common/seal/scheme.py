"""Which scheme seals a station's ballots: the package names it, and nothing else decides.

`ELGAMAL` is the one that anybody can check (docs/proofs.md), with which the centre makes stations;
`SEALED_BOX` is the one of before, which boards and verifier still know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from common import ballot as ballots
from common.ballot import Ballot
from common.records import StationPackage
from common.seal import elgamal, encoding, sealedbox
from common.seal.elgamal import SealedBallot
from common.seal.group import Point
from common.seal.randomness import CheckedSource

SEALED_BOX = sealedbox.SCHEME
ELGAMAL = "elgamal-edwards25519/1"
SCHEMES = (SEALED_BOX, ELGAMAL)


def elements(package: StationPackage) -> int:
    """Return w, the points of each ballot of the station under `ELGAMAL`."""
    return encoding.elements(ballots.encoded_size(package))


def sealed_size(package: StationPackage) -> int:
    """Return the length of every sealed ballot of the station, in bytes."""
    if package.scheme == ELGAMAL:
        return elgamal.sealed_size(elements(package))
    return sealedbox.sealed_size(package)


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
        """Return the ballot sealed to the tally key. Raises: BallotError, BadRandomness.

        Under `SEALED_BOX` there is no r: it is empty.
        """
        if self.package.scheme != ELGAMAL:
            return SealedBallot(sealedbox.seal(self.package, ballot, tuple(self.keys)), b"")
        encoded = ballots.encode(self.package, ballot)
        keys = tuple(map(Point, self.keys))
        seal = elgamal.Seal(self.package_hash, keys)
        return seal.seal(ballot.style, self.board, encoded, self.source)

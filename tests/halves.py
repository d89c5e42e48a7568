"""Halves of the tally key of a sample station, its start order, and its votes opened at once.

The boards are those of `tests.samples`; the package is the sample package, or one made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from common import ballot, records, tallykey
from common.ballot import Ballot
from common.enrolment import Installation
from common.records import BoardKind, BoardSecrets, CastVote, StartOrder, StationPackage
from common.seal import encoding
from common.seal.elgamal import Seal
from common.seal.group import Point, subtract, times
from common.seal.halves import secret_scalars
from common.tallykey import MadeHalf
from tests import samples

MAKERS = (("accumulator", BoardKind.ACCUMULATOR), ("desk-1", BoardKind.DESK))


@cache
def hash_of(package: StationPackage) -> bytes:
    """Return the hash by which other records name a package that the samples' centre signed."""
    return records.digest(records.sign(package, samples.ROOT))


def installation(board: str, of: StationPackage | None = None) -> Installation:
    """Return what a board has installed."""
    given = of or samples.package()
    listed = given.board(board)
    assert listed is not None
    digest = hash_of(given)
    secrets = BoardSecrets(digest, board, bytes(32), None, None, ())
    return Installation(given, digest, listed, samples.device(board), secrets)


@cache
def made(board: str, again: int = 0, of: StationPackage | None = None) -> MadeHalf:
    """Return the half that a board made; `again` tells several of one board apart."""
    return tallykey.make(installation(board, of), samples.seeded(f"half {board} {again}"))


def order(*signed_halves: bytes, package_named: bytes | None = None) -> StartOrder:
    """Return a start order with these halves."""
    return StartOrder(
        station="0421",
        package=package_named or samples.package_hash(),
        opened_ms=samples.OPENS_S * 1000,
        tally_keys=signed_halves,
        board="accumulator",
        opening_act=b"a" * 32,
    )


def signed_order(*signed_halves: bytes, of: StationPackage | None = None) -> bytes:
    """Return it signed by the station key; without halves, those of accumulator and desk."""
    given = of or samples.package()
    both = signed_halves or tuple(made(name, of=given).record.tally_half for name, _ in MAKERS)
    return records.sign(order(*both, package_named=hash_of(given)), samples.STATION_KEYS.station)


@cache
def tally_keys(of: StationPackage | None = None) -> tuple[bytes, ...]:
    """Return the joint key to which the station's ballots are sealed."""
    given = of or samples.package()
    return tallykey.read_order(given, hash_of(given), signed_order(of=given)).keys


def opened(vote: CastVote, terminal: str, of: StationPackage | None = None) -> Ballot:
    """Return what a terminal sealed in a vote, with the secrets of both halves in one hand."""
    given = of or samples.package()
    seal = Seal(hash_of(given), tuple(map(Point, tally_keys(given))))
    secrets = [_secret(name, kind, given) for name, kind in MAKERS]
    return opened_with(secrets, seal, vote, samples.device(terminal).sign_key, given)


def opened_with(
    secrets: Iterable[bytes], seal: Seal, vote: CastVote, terminal: bytes, package: StationPackage
) -> Ballot:
    """Return what a terminal (Ed25519 public key) sealed, with the secrets of both halves."""
    a, *b = seal.read(vote.style, terminal, vote.sealed)
    one, other = (secret_scalars(secret, len(b)) for secret in secrets)
    points = [subtract(point, times(x + y, a)) for point, x, y in zip(b, one, other, strict=True)]
    content = encoding.decode(points, ballot.encoded_size(package))
    return ballot.decode(package, vote.style, content)


@cache
def _secret(board: str, kind: BoardKind, of: StationPackage) -> bytes:
    signed = made(board, of=of)
    half = tallykey.read_half(of, hash_of(of), signed.record.tally_half, kind)
    told = tallykey.read_shares(of, half, signed.record.half_shares)
    return tallykey.secret_of(samples.device(board), half, told, signed.shares[: of.quorum])

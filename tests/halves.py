"""The sample station under the scheme that anybody can check: its package, halves, start order."""

from __future__ import annotations

import dataclasses
from functools import cache

from common import records, seal, tallykey
from common.enrolment import Installation
from common.records import BoardSecrets, StartOrder, StationPackage
from common.tallykey import MadeHalf
from tests import samples


def under_elgamal(package: StationPackage) -> StationPackage:
    """Return the same package with the scheme that anybody can check."""
    changed = dataclasses.replace(package, scheme=seal.ELGAMAL)
    return dataclasses.replace(changed, sealed_size=seal.sealed_size(changed))


@cache
def package() -> StationPackage:
    """Return the sample package under that scheme."""
    return under_elgamal(samples.package())


def package_hash() -> bytes:
    """Return the hash by which other records name it."""
    return records.digest(records.sign(package(), samples.ROOT))


def installation(board: str, of: StationPackage | None = None) -> Installation:
    """Return what a board has installed."""
    given = of or package()
    listed = given.board(board)
    assert listed is not None
    digest = records.digest(records.sign(given, samples.ROOT))
    secrets = BoardSecrets(digest, board, bytes(32), None, None, ())
    return Installation(given, digest, listed, samples.device(board), secrets)


@cache
def made(board: str, again: int = 0) -> MadeHalf:
    """Return the half that a board made; `again` tells several of one board apart."""
    return tallykey.make(installation(board), samples.seeded(f"half {board} {again}"))


def order(*signed_halves: bytes, package_named: bytes | None = None) -> StartOrder:
    """Return a start order with these halves."""
    return StartOrder(
        station="0421",
        package=package_named or package_hash(),
        opened_ms=samples.OPENS_S * 1000,
        tally_keys=signed_halves,
        board="accumulator",
        opening_act=b"a" * 32,
    )


def signed_order(*signed_halves: bytes) -> bytes:
    """Return it signed by the station key; without halves, those of accumulator and desk."""
    both = signed_halves or (
        made("accumulator").record.tally_half,
        made("desk-1").record.tally_half,
    )
    return records.sign(order(*both), samples.STATION_KEYS.station)

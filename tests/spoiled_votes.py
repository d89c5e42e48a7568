"""Votes of the sample station that voters had checked, and the folder of its checking station."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from common import records
from common.ballot import Ballot
from common.records import CastVote, Spoiled, SpoiledOpening
from common.seal import Sealing
from common.seal.elgamal import Seal
from common.seal.group import Point
from common.seal.randomness import CheckedSource
from common.tallykey import read_order
from tests import halves, samples
from verifier.card import CardContent

TERMINAL = samples.device("terminal-1")
TOUCHED = ((0,), (1, 2), (1,))
KEY = b"k" * 32


@cache
def seal() -> Seal:
    """Return what all sealed ballots of the station have in common."""
    order = read_order(samples.package(), samples.package_hash(), halves.signed_order())
    return Seal(samples.package_hash(), tuple(map(Point, order.keys)))


def lay_down(folder: Path) -> None:
    """Lay down what a checking station reads of a board's folder, and something beside it."""
    (folder / "package.cose").write_bytes(records.sign(samples.package(), samples.ROOT))
    (folder / "start-order.cose").write_bytes(halves.signed_order())
    (folder / "journal.cborseq").write_bytes(b"not read")


def vote(choices: tuple[tuple[int, ...], ...] = TOUCHED, style: int = 1) -> tuple[bytes, bytes]:
    """Return a signed vote, and r."""
    package = samples.package()
    source = CheckedSource(random.SystemRandom().randbytes)
    sealing = Sealing(package, samples.package_hash(), seal().keys, TERMINAL.sign_key, source)
    made = sealing.seal(Ballot(style, choices, 421))
    return signed_vote(made.sealed, style), made.r


def signed_vote(sealed: bytes, style: int = 1) -> bytes:
    """Return a sealed ballot as terminal-1 signs it."""
    return records.sign(CastVote(samples.package_hash(), style, sealed), TERMINAL.signing)


def on_card(cast_vote: bytes, r: bytes, board: str = "terminal-1") -> CardContent:
    """Return what a terminal writes for a vote that is checked."""
    keys = samples.device(board).signing
    spoiled = records.sign(Spoiled(samples.package_hash(), 77, KEY, cast_vote), keys)
    opening = SpoiledOpening(samples.package_hash(), records.digest(spoiled), r)
    return CardContent(spoiled, records.sign(opening, keys))

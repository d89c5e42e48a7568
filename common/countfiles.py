"""The evening's files on a board's two media: what people call them, and how each is judged.

Rules: judged is what a signature says, so that one medium can mend the other after a stop; whether
the proofs in a file hold, `common.evening` says each time the file is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from common import cbor, cose, evening, records
from common.alike import Judge, Kept
from common.errors import Thing
from common.evening import CHECKED, FIRST_MIX, OPENING, SECOND_MIX, VOTES
from common.records import (
    BoardKind,
    CastVote,
    Mix,
    MixChecked,
    Opening,
    RecordError,
    StationPackage,
)

THINGS: Final = {
    VOTES: Thing.SEALED_VOTES,
    FIRST_MIX: Thing.FIRST_MIX,
    SECOND_MIX: Thing.SECOND_MIX,
    CHECKED: Thing.MIXES_CHECKED,
    OPENING: Thing.OPENING,
}
"""What each file is called."""
MAX_SIZE: Final = Mix.MAX_SIZE + 1024
"""Bytes of the largest signed record."""
MAX_VOTES_SIZE: Final = 1 << 25
"""Bytes of the file of votes: 16,384 of the longest."""
_RECORDS: Final[dict[str, type[Mix | MixChecked | Opening]]] = {
    FIRST_MIX: Mix,
    SECOND_MIX: Mix,
    CHECKED: MixChecked,
    OPENING: Opening,
}


def most_bytes(path: str) -> int:
    """Return how long the file at this path may be."""
    return MAX_VOTES_SIZE if path == VOTES else MAX_SIZE


def judge_count(
    package: StationPackage, package_hash: bytes, kind: BoardKind, own: str = ""
) -> Judge:
    """Return how the files that boards of this kind make in the evening are judged.

    What board `own` signed is newer than what a board signed in whose place it went on.
    """

    def judge(path: str) -> Kept | None:
        if path == VOTES:
            return Kept(THINGS[path], partial(_are_votes, package, package_hash))
        if path not in _RECORDS:
            return None
        record = _RECORDS[path]

        def rank(content: bytes) -> int:
            return int(record.from_bytes(cose.payload_of(content)).board == own)

        return Kept(THINGS[path], _is_of(record, package, package_hash, kind), rank)

    return judge


def _is_of(
    record: type[Mix | MixChecked | Opening],
    package: StationPackage,
    package_hash: bytes,
    kind: BoardKind,
) -> Callable[[bytes], bool]:
    def verifies(content: bytes) -> bool:
        try:
            found, board = records.open_by_board(record, content, package.boards_of(kind))
        except RecordError:
            return False
        return found.package == package_hash and found.board == board.name

    return verifies


def _are_votes(package: StationPackage, package_hash: bytes, content: bytes) -> bool:
    voters = evening.voting_boards(package)
    try:
        votes, size = cbor.split_sequence(content, max_item=2 * CastVote.MAX_SIZE)
        found = [records.open_by_board(CastVote, vote, voters)[0] for vote in votes]
    except (cbor.CborError, RecordError):
        return False
    return size == len(content) and all(vote.package == package_hash for vote in found)

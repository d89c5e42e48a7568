"""The opening of the shuffled ballots (`docs/proofs.md` §6), and the check value of a vote (§7).

Each board takes its half of the seal off every ballot of the last lists, and proves that it used
the half of the key that it had announced. Then anybody takes both halves off and reads what is
left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier.encoding import Wrong, sha256
from verifier.group import (
    SIZE,
    cut,
    first_message,
    hashed_scalar,
    is_point,
    minus,
    multiple,
)
from verifier.sealed import challenge_and_answers, elements, first_messages
from verifier.work import Work

CODES = 10_000
CODE_BYTES = 2
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NOT_HELD = (
    "the proof does not hold: it does not show that the ballots were opened with the half of the "
    "key that this board had announced"
)

Selections = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens what: the part of the statement that is no list.

    Attributes:
        package: SHA-256 of the signed package.
        start_order: SHA-256 of the signed start order.
        board: Ed25519 public key of the board that opens.
        first_mix: SHA-256 of the signed record of the first shuffle.
        second_mix: SHA-256 of the signed record of the second one.
        half: X_1 … X_w of the half that it opens with, joined; it was checked.
    """

    package: bytes
    start_order: bytes
    board: bytes
    first_mix: bytes
    second_mix: bytes
    half: bytes


def check_opening(who: Opener, ballots: bytes, factors: bytes, proof: bytes, work: Work) -> None:
    """Check that `factors` are what this board's half takes off these ballots.

    Args:
        who: who opens what.
        ballots: the last lists of all groups, joined: a ‖ b_1 ‖ … ‖ b_w of each ballot.
        factors: F_1 … F_w of each ballot, joined; nobody has checked them.
        proof: c, s_1 … s_w, joined; nobody has checked it.
        work: how to do it.

    Raises:
        Wrong: something does not read, or the proof does not hold.
    """
    width = len(who.half) // SIZE
    c, answers = challenge_and_answers(proof, who.half)
    number, rest = divmod(len(ballots), SIZE * (width + 1))
    if rest or len(factors) != number * width * SIZE:
        raise Wrong("there are not as many opened elements as the ballots have")
    firsts = first_messages(c, answers, who.half)
    columns = [ballots[at : at + SIZE] for at in range(0, len(ballots), SIZE * (width + 1))]

    def part(numbers: range) -> bytes:
        seconds = []
        for at in numbers:
            mine = cut(factors[at * width * SIZE : (at + 1) * width * SIZE])
            try:
                seconds += [
                    first_message(multiple(answer, columns[at]), multiple(c, factor))
                    for answer, factor in zip(answers, mine, strict=True)
                ]
            except Wrong as wrong:
                raise Wrong(f"ballot {at + 1} of the opening: {wrong}") from wrong
        return b"".join(seconds)

    seconds = b"".join(work.over("opening", number, part))
    expected = hashed_scalar(
        "opening",
        who.package,
        who.start_order,
        who.board,
        who.first_mix,
        who.second_mix,
        who.half,
        b"".join(columns),
        factors,
        firsts,
        seconds,
    )
    if c != expected:
        raise Wrong(NOT_HELD)


def contents(ballots: bytes, one: bytes, other: bytes, size: int, work: Work) -> list[bytes]:
    """Return the ballots as byte strings, in the order of the list; empty where one is invalid.

    Args:
        ballots: the last lists, joined, which were checked.
        one: the factors of one board, which were checked.
        other: the factors of the other board, which were checked.
        size: bytes of each ballot of the station.
        work: how to do it.
    """
    width = elements(size)
    row = SIZE * (width + 1)

    def part(numbers: range) -> list[bytes]:
        found = []
        for at in numbers:
            sealed = cut(ballots[at * row + SIZE : (at + 1) * row])
            here = slice(at * width * SIZE, (at + 1) * width * SIZE)
            pieces = [
                minus(minus(element, mine), yours)
                for element, mine, yours in zip(
                    sealed, cut(one[here]), cut(other[here]), strict=True
                )
            ]
            found.append(joined_pieces(pieces, size))
        return found

    return [content for part in work.over("reading", len(ballots) // row, part) for content in part]


def joined_pieces(pieces: list[bytes], size: int) -> bytes:
    """Return the ballot that these points are the pieces of; empty if they are of none."""
    read = [_piece(point) for point in pieces]
    joined = b"".join(read)
    if not all(read) or any(joined[size:]):
        return b""
    return joined[:size]


def _piece(point: bytes) -> bytes:
    """Return the 29 bytes that this point stands for; empty if it stands for none.

    A piece is written with the first number from 0 on that makes a point of it: so there is one
    point for each piece, and nobody can mark a ballot by choosing another.
    """
    number, piece = int.from_bytes(point[:2], "little"), point[2:-1]
    if point[-1] or not is_point(point):
        return b""
    for smaller in range(number):
        if is_point(smaller.to_bytes(2, "little") + piece + b"\0"):
            return b""
    return piece


def ballot_size(package: dict[int, Any]) -> int:
    """Return the bytes of each ballot of the station."""
    return CODE_BYTES + sum(_contest_bytes(contest) for contest in package[11])


def _contest_bytes(contest: dict[int, Any]) -> int:
    return -(-len(contest[5]) // 8)


def read_ballot(
    content: bytes, styles: Sequence[int], package: dict[int, Any]
) -> tuple[Selections, int] | None:
    """Return selections by contest and control code of a ballot, or None: it is invalid.

    Args:
        content: the ballot as a byte string; may be empty.
        styles: it must be a ballot of one of these.
        package: the station package.
    """
    if len(content) != ballot_size(package):
        return None
    code = int.from_bytes(content[:CODE_BYTES], "big")
    at = CODE_BYTES
    selections = []
    for contest in package[11]:
        bits = int.from_bytes(content[at : at + _contest_bytes(contest)], "little")
        at += _contest_bytes(contest)
        chosen = tuple(line for line in range(bits.bit_length()) if bits >> line & 1)
        if not _permitted(chosen, contest):
            return None
        selections.append(chosen)
    filled = {number for number, chosen in enumerate(selections) if chosen}
    asked = [set(style[2]) for style in package[12] if style[0] in styles]
    if code >= CODES or not any(filled <= one for one in asked):
        return None
    return tuple(selections), code


def _permitted(chosen: tuple[int, ...], contest: dict[int, Any]) -> bool:
    lines = contest[5]
    if len(chosen) > contest[3] or any(line >= len(lines) for line in chosen):
        return False
    return len(chosen) <= 1 or not any(lines[line][3] for line in chosen)


def check_value(signed_vote: bytes) -> str:
    """Return the check value of a signed `CastVote`: twenty characters in five groups of four."""
    return check_value_of(sha256(signed_vote))


def check_value_of(digest: bytes) -> str:
    """Return the check value of the vote whose signed record has this SHA-256."""
    bits = int.from_bytes(digest, "big") >> 156
    letters = "".join(ALPHABET[bits >> shift & 31] for shift in range(95, -1, -5))
    return " ".join(letters[at : at + 4] for at in range(0, 20, 4))

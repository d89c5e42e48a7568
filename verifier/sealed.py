"""Halves of the tally key, sealed ballots, and the lists that are shuffled (`docs/proofs.md` §2–4).

Rules: what does not read, or whose maker does not prove that he knows it, is refused; a sealed
ballot like that is left out of the lists, for one terminal must not be able to stop the count. A
copy of another's ballot is left out as well. What is left out is told, with why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.encoding import Wrong
from verifier.group import (
    SIZE,
    ZERO,
    cut,
    first_message,
    hashed_scalar,
    is_point,
    multiple,
    multiple_of_base,
    plus,
    scalar,
)
from verifier.recount import merged_styles
from verifier.work import Work

PIECE_BYTES = 29
UNREADABLE = "it holds something that is no point or no number"
NOT_KNOWN = "its maker does not prove that it was sealed anew, for this style, by this terminal"
COPY = "it is a copy of another vote"


def elements(ballot_bytes: int) -> int:
    """Return w, the elements of each ballot of a station."""
    return -(-ballot_bytes // PIECE_BYTES)


def sealed_size(width: int) -> int:
    """Return the bytes of each sealed ballot of `width` elements."""
    return SIZE * (width + 3)


def check_half(package: bytes, board: bytes, half: bytes, proof: bytes) -> None:
    """Check that who made this half of the tally key knows its secret.

    Otherwise a board could wait for the other's half and choose its own so that the joint key is
    one of which it knows all.

    Args:
        package: SHA-256 of the signed package.
        board: Ed25519 public key of the board.
        half: X_1 … X_w, joined.
        proof: c, s_1 … s_w, joined.

    Raises:
        Wrong: the proof does not hold, or something does not read.
    """
    challenge, answers = challenge_and_answers(proof, half)
    firsts = first_messages(challenge, answers, half)
    if challenge != hashed_scalar("tally-half", package, board, half, firsts):
        raise Wrong("its maker does not prove that it knows the secret of this half of the key")


def challenge_and_answers(untrusted: bytes, half: bytes) -> tuple[int, list[int]]:
    """Return c and s_1 … s_w of a proof about a half of the key. Raises: Wrong: it reads not."""
    if not half or len(untrusted) != len(half) + SIZE:
        raise Wrong("the proof has not one number for each element of the key")
    challenge, *answers = (scalar(part) for part in cut(untrusted))
    return challenge, answers


def first_messages(challenge: int, answers: list[int], half: bytes) -> bytes:
    """Return T_1 … T_w, joined, of a proof about a half of the key. Raises: Wrong: no points."""
    return b"".join(
        first_message(multiple_of_base(answer), multiple(challenge, point))
        for answer, point in zip(answers, cut(half), strict=True)
    )


def joint_key(one: bytes, other: bytes) -> bytes:
    """Return K_1 … K_w, joined, from two halves that were checked.

    Raises:
        Wrong: the halves are of different length, or an element of their sum is zero.
    """
    if len(one) != len(other):
        raise Wrong("the halves of the tally key are of different length")
    key = [plus(mine, yours) for mine, yours in zip(cut(one), cut(other), strict=True)]
    if ZERO in key:
        raise Wrong("the halves of the tally key cancel each other: nothing would be sealed")
    return b"".join(key)


def check_ballot(key: bytes, package: bytes, style: int, board: bytes, untrusted: bytes) -> None:
    """Check that a sealed ballot reads, and that who made it knows how it was sealed.

    Args:
        key: the joint key, K_1 … K_w, joined.
        package: SHA-256 of the signed package.
        style: number of the ballot style.
        board: Ed25519 public key of the terminal that signed the vote.
        untrusted: the sealed ballot: a, b_1 … b_w, c, s, joined.

    Raises:
        Wrong: it does not read, or its proof does not hold.
    """
    if len(untrusted) != len(key) + 3 * SIZE:
        raise Wrong(UNREADABLE)
    points, proof = untrusted[: -2 * SIZE], untrusted[-2 * SIZE :]
    try:
        challenge, answer = (scalar(part) for part in cut(proof))
        first = first_message(multiple_of_base(answer), multiple(challenge, points[:SIZE]))
    except Wrong as wrong:
        raise Wrong(UNREADABLE) from wrong
    if not all(map(is_point, cut(points)[1:])):  # `multiple` has read a
        raise Wrong(UNREADABLE)
    if challenge != hashed_scalar("sealed-ballot", package, style, board, key, points, first):
        raise Wrong(NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote of the urn, as its signed record `CastVote` has it.

    Attributes:
        digest: SHA-256 of the signed record.
        style: number of the ballot style.
        board: Ed25519 public key of the terminal that signed it.
        sealed: the sealed ballot, which nobody has checked.
    """

    digest: bytes
    style: int
    board: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """Ballots that are shuffled together: the styles of theirs, ascending, and a first list.

    A list is a ‖ b_1 ‖ … ‖ b_w of all its ballots, joined.
    """

    styles: tuple[int, ...]
    ballots: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A vote that is in no list, and why: it counts as invalid."""

    digest: bytes
    why: str


@dataclass(frozen=True, slots=True)
class FirstLists:
    """What is shuffled first, and what is not shuffled at all.

    Attributes:
        groups: the first list of each group.
        left_out: votes that are in no list.
        by_style: how many of the others each ballot style has.
        merged: the ballot styles that are published as one, ascending.
    """

    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    by_style: dict[int, int]
    merged: tuple[int, ...]


def first_lists(
    votes: Sequence[Cast], threshold: int, key: bytes, package: bytes, work: Work
) -> FirstLists:
    """Return the first list of each group, and the votes that are left out.

    Args:
        votes: all votes of the station, in any order.
        threshold: ballot styles with fewer ballots are published as one.
        key: the joint key.
        package: SHA-256 of the signed package.
        work: how to do it.
    """
    ordered = sorted(votes, key=lambda vote: vote.digest)

    def faults(part: range) -> list[str]:
        return [_fault(ordered[at], key, package) for at in part]

    found = [why for part in work.over("sealed ballots", len(ordered), faults) for why in part]
    kept: dict[int, list[Cast]] = {}
    left_out = []
    seen = set()
    for vote, fault in zip(ordered, found, strict=True):
        first = vote.sealed[:SIZE]
        why = fault or (COPY if first in seen else "")
        if why:
            left_out.append(LeftOut(vote.digest, why))
            continue
        seen.add(first)
        kept.setdefault(vote.style, []).append(vote)
    by_style = {style: len(some) for style, some in kept.items()}
    merged = tuple(merged_styles(by_style, threshold))
    alone = [(style,) for style in kept if style not in merged]
    groups = tuple(
        Group(styles, _list(vote for style in styles for vote in kept[style]))
        for styles in sorted([*alone, merged] if merged else alone)
    )
    return FirstLists(groups, tuple(left_out), by_style, merged)


def _list(votes: Iterable[Cast]) -> bytes:
    """Return a first list: in the order of the hashes, without the proofs of knowledge."""
    ordered = sorted(votes, key=lambda vote: vote.digest)
    return b"".join(vote.sealed[: -2 * SIZE] for vote in ordered)


def _fault(vote: Cast, key: bytes, package: bytes) -> str:
    try:
        check_ballot(key, package, vote.style, vote.board, vote.sealed)
    except Wrong as wrong:
        return str(wrong)
    return ""

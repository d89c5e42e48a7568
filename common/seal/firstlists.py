"""Which votes are shuffled, in which groups, in which order (docs/proofs.md, section 4).

The order is that of the hashes of the signed votes: it says nothing of when a vote came, or of
where it lay. Left out are votes that do not read, whose proof does not hold, or that are a copy;
they are counted as invalid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.group import ProofError, Row


@dataclass(frozen=True, slots=True)
class SealedVote:
    """A vote whose signature was checked.

    Attributes:
        digest: SHA-256 of the signed `CastVote`.
        style: number of the ballot style in it.
        board: Ed25519 public key of the terminal that signed it.
        untrusted_sealed: the sealed ballot in it.
    """

    digest: bytes
    style: int
    board: bytes
    untrusted_sealed: bytes = field(repr=False)


class LeftOut(Enum):
    """Why a vote comes into no list."""

    NO_PROOF = "its sealed ballot does not read, or its proof of knowledge does not hold"
    COPY = "another vote holds the same sealed ballot"


@dataclass(frozen=True, slots=True)
class Group:
    """The ballots that are shuffled together, and the styles they may have."""

    styles: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FirstLists:
    """The first list of every group, and what was left out, by the digest of the vote."""

    groups: tuple[Group, ...]
    left_out: tuple[tuple[bytes, LeftOut], ...]


def first_lists(
    seal: Seal, votes: Iterable[SealedVote], merged: Sequence[int], crew: Crew
) -> FirstLists:
    """Return the first lists of these votes, in whatever order they come.

    Args:
        merged: the styles that are published merged.
    """
    ordered = sorted(votes, key=lambda vote: vote.digest)

    def read(place: int) -> Row | None:
        vote = ordered[place]
        try:
            return seal.read(vote.style, vote.board, vote.untrusted_sealed)
        except ProofError:
            return None

    left_out: list[tuple[bytes, LeftOut]] = []
    seen: set[bytes] = set()
    lists: dict[tuple[int, ...], list[Row]] = {}
    rows = crew.each("proofs of knowledge", len(ordered), read)
    for vote, row in zip(ordered, rows, strict=True):
        if row is None:
            left_out.append((vote.digest, LeftOut.NO_PROOF))
        elif row[0] in seen:
            left_out.append((vote.digest, LeftOut.COPY))
        else:
            seen.add(row[0])
            styles = tuple(sorted(merged)) if vote.style in merged else (vote.style,)
            lists.setdefault(styles, []).append(row)
    groups = (Group(styles, tuple(lists[styles])) for styles in sorted(lists))
    return FirstLists(tuple(groups), tuple(left_out))

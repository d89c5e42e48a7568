"""Which votes are shuffled, in which groups, in which order (docs/proofs.md, section 4).

The order is that of the hashes of the signed votes: it says nothing of when a vote came, or of
where it lay. Left out are votes that do not read, whose proof does not hold, or that are a copy;
they are counted as invalid. Which styles are merged is decided by the votes that are left: no list
can be made to look longer than it is by votes that will never be opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from operator import itemgetter

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
    """The first list of every group.

    Attributes:
        merged: the styles that are published merged, ascending; they are one group.
        left_out: by the digest of the vote, in the order of digests.
        votes_by_style: ballots of each style in the lists.
    """

    groups: tuple[Group, ...]
    merged: tuple[int, ...]
    left_out: tuple[tuple[bytes, LeftOut], ...]
    votes_by_style: tuple[tuple[int, int], ...]


def merged_styles(ballots_by_style: Mapping[int, int], threshold: int) -> tuple[int, ...]:
    """Return the styles whose votes are published as one, ascending.

    All styles with some but fewer than `threshold` ballots; while together they are fewer than
    that, the next smallest style joins (the lower number where two are alike). A single style
    is not merged with itself.

    Args:
        ballots_by_style: ballots of each style.
        threshold: the package's `small_style_threshold`.
    """
    used = sorted((count, style) for style, count in ballots_by_style.items() if count)
    together: list[int] = []
    held = 0
    for count, style in used:
        if count >= threshold and (not together or held >= threshold):
            break
        together.append(style)
        held += count
    return tuple(sorted(together)) if len(together) > 1 else ()


def first_lists(seal: Seal, votes: Iterable[SealedVote], threshold: int, crew: Crew) -> FirstLists:
    """Return the first lists of these votes, in whatever order they come.

    Args:
        threshold: the package's `small_style_threshold`; styles with fewer ballots are merged.
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
    by_style: dict[int, list[tuple[int, Row]]] = {}
    rows = crew.each("proofs of knowledge", len(ordered), read)
    for place, (vote, row) in enumerate(zip(ordered, rows, strict=True)):
        if row is None:
            left_out.append((vote.digest, LeftOut.NO_PROOF))
        elif row[0] in seen:
            left_out.append((vote.digest, LeftOut.COPY))
        else:
            seen.add(row[0])
            by_style.setdefault(vote.style, []).append((place, row))
    counted = {style: len(found) for style, found in sorted(by_style.items())}
    merged = merged_styles(counted, threshold)
    apart = [(style,) for style in counted if style not in merged]
    groups = []
    for styles in sorted((*apart, merged) if merged else apart):
        # The places restore the one order among the votes of several styles.
        rows_of = sorted((one for style in styles for one in by_style[style]), key=itemgetter(0))
        groups.append(Group(styles, tuple(row for _, row in rows_of)))
    return FirstLists(tuple(groups), merged, tuple(left_out), tuple(counted.items()))

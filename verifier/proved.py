"""The steps about the proofs of the count: that the opened votes are what the sealed votes hold.

Each step is a function that takes the `Count` and what records say, of which the signature, the
package, the start order and the kind of board were checked before (`provedrecords`); it returns one
sentence of what it found, or raises `Wrong`. A step builds on those before it. `PROVED` says in
words what each proves and what it does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier import opening
from verifier.encoding import Wrong
from verifier.group import SIZE, cut
from verifier.opening import Opener, ballot_size, check_opening, check_value_of, read_ballot
from verifier.recount import MERGED, Opened
from verifier.sealed import Cast, Group, LeftOut, check_half, elements, first_lists, joint_key
from verifier.shuffle import Shuffler, check_shuffle
from verifier.work import Work

ORDINAL = {1: "first", 2: "second"}
MOST_TOLD = 20  # votes left out, each with its check value


@dataclass(frozen=True, slots=True)
class Half:
    """What a board says of its half of the tally key.

    Attributes:
        board: Ed25519 public key of the board that made it.
        points: X_1 … X_w, joined.
        proof: c, s_1 … s_w, joined.
    """

    board: bytes
    points: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class ShuffledGroup:
    """A new list, and the proof that it is the list before in another order."""

    styles: tuple[int, ...]
    ballots: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Mix:
    """What a board says that it shuffled.

    Attributes:
        digest: SHA-256 of the signed record.
        board: Ed25519 public key of the board that shuffled.
        groups: in the order of the lists.
    """

    digest: bytes
    board: bytes
    groups: tuple[ShuffledGroup, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a board takes off the ballots of the last lists.

    Attributes:
        board: Ed25519 public key of the board that opened.
        half: X_1 … X_w of the half that it opened with, joined.
        factors: F_1 … F_w of each ballot, all groups one after the other, joined.
        proof: c, s_1 … s_w, joined.
        name: of the board, for people.
    """

    board: bytes
    half: bytes
    factors: bytes
    proof: bytes
    name: str = "a board"


@dataclass(slots=True)
class Count:
    """One count under examination: what is known of the day, and what the steps established.

    Attributes:
        package: the station package, its hash, and that of the start order; all were checked.
        votes: every sealed vote, of which the signature and the terminal were checked.
        work: how long work is done, and who is told of its progress.
        remarks: what the steps tell besides, for people.
    """

    package: dict[int, Any]
    package_hash: bytes
    start_order: bytes
    votes: Sequence[Cast]
    work: Work
    halves: tuple[bytes, ...] = ()
    key: bytes = b""
    lists: tuple[Group, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    by_style: dict[int, int] = field(default_factory=dict)
    merged: tuple[int, ...] = ()
    mixes: tuple[Mix, ...] = ()
    factors: tuple[bytes, ...] = ()
    opened: tuple[Opened, ...] = ()
    remarks: list[str] = field(default_factory=list)

    def ballots(self) -> bytes:
        """Return the ballots of all lists as they are now, one group after the other."""
        return b"".join(group.ballots for group in self.lists)


def check_halves(count: Count, halves: Sequence[Half]) -> str:
    """Check that each board knows its half of the tally key, and put the halves together."""
    width = elements(ballot_size(count.package))
    if len(halves) != 2 or halves[0].board == halves[1].board:
        raise Wrong("the tally key has not two halves of two boards")
    for half in halves:
        if len(half.points) != width * SIZE:
            raise Wrong("a half of the tally key is not for ballots as long as this station's")
        check_half(count.package_hash, half.board, half.points, half.proof)
    count.key = joint_key(halves[0].points, halves[1].points)
    count.halves = tuple(half.points for half in halves)
    return f"each of two boards knows its half of the tally key; elements of a ballot: {width}"


def check_lists(count: Count) -> str:
    """Check every sealed ballot, and make the lists with which the shuffles had to begin."""
    threshold = count.package[17][1]
    first = first_lists(count.votes, threshold, count.key, count.package_hash, count.work)
    count.lists, count.left_out = first.groups, first.left_out
    count.by_style, count.merged = first.by_style, first.merged
    for one in first.left_out[:MOST_TOLD]:
        value = check_value_of(one.digest)
        count.remarks.append(f"the vote {value} was counted for nobody: {one.why}")
    if len(first.left_out) > MOST_TOLD:
        more = len(first.left_out) - MOST_TOLD
        count.remarks.append(f"{more} more sealed votes were left out in the same way")
    listed = len(count.votes) - len(first.left_out)
    return f"{listed} ballots in {len(first.groups)} lists, {len(first.left_out)} left out"


def check_mix(count: Count, mix: Mix) -> str:
    """Check that a board's new lists are the lists before, each in another order."""
    position = len(count.mixes) + 1
    which = f"the {ORDINAL[position]} shuffle"
    if mix.board in [before.board for before in count.mixes]:
        raise Wrong(f"{which} is of the board that made the one before")
    if [group.styles for group in mix.groups] != [group.styles for group in count.lists]:
        raise Wrong(f"{which} is of other groups of ballot styles than there are")
    for before, after in zip(count.lists, mix.groups, strict=True):
        who = Shuffler(
            count.package_hash, count.start_order, after.styles, position, mix.board, count.key
        )
        try:
            check_shuffle(who, before.ballots, after.ballots, after.proof, count.work)
        except Wrong as wrong:
            styles = ", ".join(map(str, after.styles))
            raise Wrong(f"{which}, ballot style {styles}: {wrong}") from wrong
    count.lists = tuple(Group(group.styles, group.ballots) for group in mix.groups)
    count.mixes += (mix,)
    ballots = len(count.ballots()) // (len(count.key) + SIZE)
    return f"{ballots} ballots came through {which}, none dropped, added or changed"


def check_openings(count: Count, openings: Sequence[Opening]) -> str:
    """Check that both boards opened the last lists with the halves that they had announced."""
    if len(count.mixes) != len(ORDINAL):
        raise Wrong("the lists were not shuffled twice")
    if sorted(one.half for one in openings) != sorted(count.halves):
        raise Wrong("the ballots were not opened once with each half of the tally key")
    ballots, (first, second) = count.ballots(), (mix.digest for mix in count.mixes)
    for one in openings:
        who = Opener(count.package_hash, count.start_order, one.board, first, second, one.half)
        try:
            check_opening(who, ballots, one.factors, one.proof, count.work)
        except Wrong as wrong:
            raise Wrong(f"the opening of {one.name}: {wrong}") from wrong
    count.factors = tuple(one.factors for one in openings)
    return "both boards opened every ballot of the last lists with the announced halves"


def check_contents(count: Count, published: Sequence[Opened]) -> str:
    """Check that the published list of opened votes is what the ballots hold."""
    size = ballot_size(count.package)
    width = elements(size)
    found, invalid, at = [], 0, 0
    for group in count.lists:
        ballots = len(cut(group.ballots)) // (width + 1)
        here = slice(at * width * SIZE, (at + ballots) * width * SIZE)
        one, other = (factors[here] for factors in count.factors)
        at += ballots
        style = group.styles[0] if len(group.styles) == 1 else MERGED
        for content in opening.contents(group.ballots, one, other, size, count.work):
            read = read_ballot(content, group.styles, count.package)
            if read is None:
                invalid += 1
            else:
                found.append((style, *read))
    if Counter(found) != Counter(published):
        raise Wrong("the published opened votes are not what the sealed votes hold")
    count.opened = tuple(sorted(found))
    if invalid:
        count.remarks.append(f"{invalid} opened votes are no ballots and were counted for nobody")
    return (
        f"{len(found)} opened votes are what the sealed votes hold; invalid: "
        f"{len(count.left_out)} left out, {invalid} that are no ballots"
    )


PROVED = {
    "halves of the key": (
        "Neither board chose its half of the tally key so that it could open votes alone.",
        "that the two boards did not tell each other, and that nobody kept a copy",
    ),
    "first lists": (
        "Each ballot that is counted was sealed anew for this station; none was made of another's.",
        "that a terminal sealed what the voter touched",
    ),
    "check values": (
        "A voter who noted a check value finds it here: that sealed vote went into the count.",
        "that it was not left out; a note says so of each that was",
    ),
    "first shuffle": (
        "The accumulator dropped, added, replaced and changed no vote.",
        "that it forgot its order; the secret is kept if one of the two boards did",
    ),
    "second shuffle": (
        "The desk dropped, added, replaced and changed no vote.",
        "that it forgot its order; the secret is kept if one of the two boards did",
    ),
    "checks": (
        "Each board signed that both shuffles were right before it used its half of the key.",
        "that it really looked; nothing else here rests on it",
    ),
    "openings": (
        "What was taken off each ballot is just the seal that was put on it.",
        "that a board opened nothing else beside these lists",
    ),
    "contents": (
        "The opened votes are what the sealed votes hold, one for one.",
        "",
    ),
}

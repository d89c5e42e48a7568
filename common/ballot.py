"""A ballot as it is inside the seal: what was selected, and the control code.

One layout for the whole station, so that every ballot has the same length whatever was chosen:
two bytes of control code, then for each contest of the package, in its order, one bit per line
(line 0 is the lowest bit of the contest's first byte), zero bits where nothing was selected and
where the ballot style does not hold the contest. There is exactly one encoding of each ballot;
everything else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from common.records import CONTROL_CODES, StationPackage


class BallotError(ValueError):
    """This is not a ballot of the package: it must not be counted for any line."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one voter chose.

    Attributes:
        style: number of the ballot style.
        selections: for each contest of the package, the selected line indices from 0, ascending;
            empty for blank, and for a contest that the style does not hold.
        code: the control code, 0 … 9999.
    """

    style: int
    selections: tuple[tuple[int, ...], ...] = field(repr=False)
    code: int = field(repr=False)


def encoded_size(package: StationPackage) -> int:
    """Return the length of every ballot of the station, in bytes."""
    return 2 + sum((len(contest.lines) + 7) // 8 for contest in package.contests)


def check(package: StationPackage, ballot: Ballot) -> None:
    """Check a ballot against the package. Raises: BallotError: with the rule that it breaks."""
    style = package.style(ballot.style)
    if style is None:
        raise BallotError(f"there is no ballot style {ballot.style}")
    if len(ballot.selections) != len(package.contests):
        raise BallotError("it does not name every contest once")
    if not 0 <= ballot.code < CONTROL_CODES:
        raise BallotError("its control code has not four digits")
    for index, (contest, chosen) in enumerate(
        zip(package.contests, ballot.selections, strict=True)
    ):
        if chosen and index not in style.contests:
            raise BallotError(f"contest {contest.identifier} is not on its ballot style")
        if len(chosen) > contest.votes_allowed:
            raise BallotError(f"contest {contest.identifier}: too many lines are selected")
        if any(later <= earlier for earlier, later in pairwise(chosen)):
            raise BallotError(f"contest {contest.identifier}: lines stand twice or unordered")
        if chosen and (chosen[0] < 0 or chosen[-1] >= len(contest.lines)):
            raise BallotError(f"contest {contest.identifier}: there is no such line")
        if len(chosen) > 1 and any(contest.lines[line].against_all for line in chosen):
            raise BallotError(f"contest {contest.identifier}: against all, and a line beside it")


def encode(package: StationPackage, ballot: Ballot) -> bytes:
    """Return the ballot in its one encoding. Raises: BallotError."""
    check(package, ballot)
    encoded = ballot.code.to_bytes(2, "big")
    for contest, chosen in zip(package.contests, ballot.selections, strict=True):
        bits = sum(1 << line for line in chosen)
        encoded += bits.to_bytes((len(contest.lines) + 7) // 8, "little")
    return encoded


def decode(package: StationPackage, style: int, untrusted: bytes) -> Ballot:
    """Return the ballot that `untrusted` encodes. Raises: BallotError."""
    if len(untrusted) != encoded_size(package):
        raise BallotError("it has not the length of this station's ballots")
    selections = []
    at = 2
    for contest in package.contests:
        size = (len(contest.lines) + 7) // 8
        bits = int.from_bytes(untrusted[at : at + size], "little")
        at += size
        selections.append(tuple(line for line in range(size * 8) if bits >> line & 1))
    ballot = Ballot(style, tuple(selections), int.from_bytes(untrusted[:2], "big"))
    check(package, ballot)
    return ballot

"""The records of a count with proofs, read, and the steps of `verifier.proved` over them.

Not yet in force: no bundle has these records, so no step of `verifier.checks` comes here. Rules:
each record is signed by a board of the package of the right kind, and names this package and start
order; which half of the key a board opens with follows from its kind, not from what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier import evidence
from verifier.encoding import Wrong, claimed_signer, key_name, sequence, sha256, signed_record
from verifier.evidence import ACCUMULATOR, DESK, PORTABLE, TERMINAL, Case
from verifier.forms import in_form
from verifier.opening import ballot_size
from verifier.proved import (
    Count,
    Half,
    Mix,
    Opening,
    ShuffledGroup,
    check_contents,
    check_halves,
    check_lists,
    check_mix,
    check_openings,
)
from verifier.recount import Opened
from verifier.sealed import Cast, elements, sealed_size
from verifier.work import Work

SCHEME = "elgamal-edwards25519/1"
KIND = {DESK: "desk", ACCUMULATOR: "accumulator"}


@dataclass(frozen=True, slots=True)
class Records:
    """The signed records of a count with proofs, as bytes that nobody has checked.

    Attributes:
        halves: `TallyHalf` of accumulator and desk, in any order.
        mixes: `Mix`, the first and the second.
        checked: `MixChecked`, of each board that opened at least.
        openings: `Opening` of accumulator and desk, in any order.
    """

    halves: Sequence[bytes]
    mixes: Sequence[bytes]
    checked: Sequence[bytes]
    openings: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _Signed:
    """A record, and the board that signed it."""

    record: dict[int, Any]
    name: str
    kind: int
    key: bytes


def _read(case: Case, untrusted: bytes, rule: str, what: str) -> _Signed:
    boards = case.boards()
    names = {key_name(key): name for name, (_, key, _) in boards.items()}
    name = names.get(claimed_signer(untrusted, what))
    if name is None:
        raise Wrong(f"{what} is not signed by a board of this station")
    kind, key, _ = boards[name]
    record = signed_record(untrusted, rule, key, what)
    in_form(record, rule, what)
    if record[0] != case.package_hash:
        raise Wrong(f"{what} is of another package")
    if record[1 if rule == "TallyHalf" else 2] != name or kind not in KIND:
        raise Wrong(f"{what} is not of the desk or accumulator that signed it")
    if rule != "TallyHalf" and record[1] != sha256(case.files[evidence.START_ORDER]):
        raise Wrong(f"{what} is of another start order")
    return _Signed(record, name, kind, key)


def _one_of_each(signed: Sequence[_Signed], what: str) -> None:
    if sorted(one.kind for one in signed) != [DESK, ACCUMULATOR]:
        raise Wrong(f"there is not one {what} of the accumulator and one of the desk")


def cast_votes(case: Case) -> list[Cast]:
    """Return the sealed votes of the bundle. Raises: Wrong: one is not signed by a terminal."""
    what = "the list of sealed votes"
    keys = {
        key_name(key): key
        for kind, key, _ in case.boards().values()
        if kind in (TERMINAL, PORTABLE)
    }
    votes = []
    for at, signed in enumerate(sequence(case.files[evidence.SEALED], what), 1):
        which = f"{what}, vote {at}"
        board = keys.get(claimed_signer(signed, which), b"")
        if not board:
            raise Wrong(f"{which} was not signed by a terminal of this station")
        vote = signed_record(signed, "CastVote", board, which)
        in_form(vote, "CastVote", which)
        if vote[0] != case.package_hash:
            raise Wrong(f"{which} is of another package")
        votes.append(Cast(sha256(signed), vote[1], board, vote[2]))
    return votes


def _halves(case: Case, untrusted: Sequence[bytes]) -> dict[int, Half]:
    """Return the half of each kind of board. Raises: Wrong."""
    what = "half of the tally key"
    signed = [
        _read(case, one, "TallyHalf", f"{what} {number}") for number, one in enumerate(untrusted, 1)
    ]
    _one_of_each(signed, what)
    return {
        one.kind: Half(one.key, b"".join(one.record[2]), one.record[3])  # X_1 … X_w, proof
        for one in signed
    }


def _mixes(case: Case, untrusted: Sequence[bytes]) -> list[Mix]:
    """Return both shuffles: the accumulator's, and then the desk's. Raises: Wrong."""
    if len(untrusted) != 2:
        raise Wrong("the lists were not shuffled twice")
    mixes = []
    before = None
    for position, kind in enumerate((ACCUMULATOR, DESK), 1):
        signed = _read(case, untrusted[position - 1], "Mix", f"shuffle {position}")
        if (signed.kind, signed.record[3]) != (kind, position):
            raise Wrong(f"shuffle {position} is not the one that the {KIND[kind]} makes")
        if signed.record.get(4) != before:
            raise Wrong(f"shuffle {position} does not follow the one before it")
        before = sha256(untrusted[position - 1])
        groups = tuple(ShuffledGroup(tuple(one[0]), one[1], one[2]) for one in signed.record[5])
        mixes.append(Mix(before, signed.key, groups))
    return mixes


def _after_both(signed: _Signed, mixes: Sequence[Mix], what: str) -> _Signed:
    if [signed.record[3], signed.record[4]] != [mix.digest for mix in mixes]:
        raise Wrong(f"{what} of {signed.name} is about other shuffles")
    return signed


def _openings(
    case: Case, untrusted: Sequence[bytes], halves: dict[int, Half], mixes: Sequence[Mix]
) -> dict[str, Opening]:
    """Return what each board took off the ballots, by its name. Raises: Wrong."""
    signed = [
        _after_both(_read(case, one, "Opening", f"opening {number}"), mixes, "the opening")
        for number, one in enumerate(untrusted, 1)
    ]
    _one_of_each(signed, "opening")
    return {
        one.name: Opening(one.key, halves[one.kind].points, one.record[5], one.record[6])
        for one in signed
    }


def _checked(case: Case, untrusted: Sequence[bytes], mixes: Sequence[Mix]) -> set[str]:
    """Return the names of the boards that signed that they checked both shuffles. Raises: Wrong."""
    return {
        _after_both(_read(case, one, "MixChecked", f"check {number}"), mixes, "the check").name
        for number, one in enumerate(untrusted, 1)
    }


def examine(
    case: Case, records: Records, published: Sequence[Opened], work: Work
) -> tuple[Count, list[tuple[str, str]]]:
    """Take every step; return the count as it was established, and what each step found, by name.

    Args:
        case: of which package and start order were checked.
        records: of the count.
        published: the list of opened votes.
        work: how to do long work.

    Raises:
        Wrong: what fails, in plain words.
    """
    width = elements(ballot_size(case.package))
    if case.package[19] != SCHEME or case.package[20] != sealed_size(width):
        raise Wrong("the package asks for another way of sealing, or another length")
    start_order = sha256(case.files[evidence.START_ORDER])
    votes = cast_votes(case)
    count = Count(case.package, case.package_hash, start_order, votes, work)
    halves = _halves(case, records.halves)
    found = [("halves of the key", check_halves(count, list(halves.values())))]
    found.append(("first lists", check_lists(count)))
    mixes = _mixes(case, records.mixes)
    found += [("shuffles", check_mix(count, mix)) for mix in mixes]
    openings = _openings(case, records.openings, halves, mixes)
    silent = openings.keys() - _checked(case, records.checked, mixes)
    if silent:
        raise Wrong(f"{min(silent)} opened, but did not sign that it had checked both shuffles")
    found.append(("checks", "both boards signed that they had checked both shuffles"))
    found.append(("openings", check_openings(count, list(openings.values()))))
    found.append(("contents", check_contents(count, published)))
    return count, found

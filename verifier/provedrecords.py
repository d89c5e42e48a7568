"""The proofs of the count in the bundle: read, and each held against `verifier.proved`.

Each check takes the `Case`, returns one sentence of what it found, or raises `Wrong`. Rules: each
record is signed by a board of the package of the right kind, and names this package and start
order; a file that bears a board's name holds that board's record; which half of the key a board
opens with follows from its kind, not from what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verifier import evidence, proved
from verifier.encoding import Wrong, claimed_signer, key_name, sequence, sha256, signed_record
from verifier.evidence import ACCUMULATOR, DESK, Case
from verifier.forms import in_form
from verifier.opening import check_value
from verifier.proved import Count, Half, Mix, Opening, ShuffledGroup

KIND = {DESK: "desk", ACCUMULATOR: "accumulator"}
MAKERS = (ACCUMULATOR, DESK)  # of the halves, and of the shuffles; in this order


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


def _of_boards(case: Case, folder: str, rule: str, what: str) -> list[_Signed]:
    """Return the records of a folder in which each board has one file. Raises: Wrong."""
    found = []
    for name in case.names(folder):
        which = f"{what} of {name}"
        signed = _read(case, case.files[f"{folder}/{name}.cose"], rule, which)
        if signed.name != name:
            raise Wrong(f"{which} is signed by {signed.name}")
        mixes = [mix.digest for mix in case.counting().mixes]
        if [signed.record[3], signed.record[4]] != mixes:
            raise Wrong(f"{which} is about other shuffles")
        found.append(signed)
    return found


def check_halves(case: Case) -> str:
    """Check both halves of the tally key, as the start order holds them."""
    signed = [
        _read(case, one, "TallyHalf", f"half {number} of the tally key")
        for number, one in enumerate(case.start_order[3], 1)
    ]
    if tuple(one.kind for one in signed) != MAKERS:
        raise Wrong("the tally key is not a half of the accumulator and then one of the desk")
    if signed[0].name != case.start_order[4]:
        raise Wrong("a half of the tally key is not of the accumulator that opened the station")
    start_order = sha256(case.files[evidence.START_ORDER])
    count = Count(
        case.package,
        case.package_hash,
        start_order,
        case.votes,
        case.work,
        remarks=case.remarks,
    )
    halves = [Half(one.key, b"".join(one.record[2]), one.record[3]) for one in signed]
    found = proved.check_halves(count, halves)
    case.count = count
    return found


def check_lists(case: Case) -> str:
    """Check every sealed ballot, and make the lists with which the shuffles had to begin."""
    return proved.check_lists(case.counting())


def check_values(case: Case) -> str:
    """Check that voters find the check value of every sealed vote."""
    votes = sequence(case.files[evidence.SEALED], "the list of sealed votes")
    values = sorted(check_value(vote).replace(" ", "-") for vote in votes)
    if case.files[evidence.CHECK_VALUES] != "".join(f"{one}\n" for one in values).encode("ascii"):
        raise Wrong(f"{evidence.CHECK_VALUES} does not hold the check values of the sealed votes")
    return f"{len(values)} check values in {evidence.CHECK_VALUES}"


def _check_mix(case: Case, position: int) -> str:
    path, kind = evidence.MIXES[position - 1], MAKERS[position - 1]
    what = f"shuffle {position}"
    signed = _read(case, case.files[path], "Mix", what)
    if (signed.kind, signed.record[3]) != (kind, position):
        raise Wrong(f"{what} is not the one that the {KIND[kind]} makes")
    before = [mix.digest for mix in case.counting().mixes]
    if [signed.record[key] for key in (4,) if key in signed.record] != before:
        raise Wrong(f"{what} does not follow the one before it")
    groups = tuple(ShuffledGroup(tuple(one[0]), one[1], one[2]) for one in signed.record[5])
    mix = Mix(sha256(case.files[path]), signed.key, groups)
    return f"by {signed.name}: {proved.check_mix(case.counting(), mix)}"


def check_first_mix(case: Case) -> str:
    """Check that the accumulator's lists are the first lists, each in another order."""
    return _check_mix(case, 1)


def check_second_mix(case: Case) -> str:
    """Check that the desk's lists are the accumulator's, each in another order."""
    return _check_mix(case, 2)


def check_checked(case: Case) -> str:
    """Check that each board that opened signed that it had checked both shuffles."""
    checked = {one.name for one in _of_boards(case, evidence.CHECKED, "MixChecked", "the check")}
    for name in case.names(evidence.OPENINGS):
        if name not in checked:
            raise Wrong(f"{name} opened, but did not sign that it had checked both shuffles")
    return f"signed by {', '.join(sorted(checked))}"


def check_openings(case: Case) -> str:
    """Check that both boards opened the last lists, each with the half of its kind."""
    count = case.counting()
    signed = _of_boards(case, evidence.OPENINGS, "Opening", "the opening")
    if sorted(one.kind for one in signed) != sorted(MAKERS):
        raise Wrong("there is not one opening of the accumulator and one of the desk")
    halves = dict(zip(MAKERS, count.halves, strict=True))
    found = proved.check_openings(
        count,
        [
            Opening(one.key, halves[one.kind], one.record[5], one.record[6], one.name)
            for one in signed
        ],
    )
    return f"{found}: {', '.join(one.name for one in signed)}"


def check_contents(case: Case) -> str:
    """Check that the published list of opened votes is what the ballots hold."""
    return proved.check_contents(case.counting(), case.opened)

"""The votes and the figures: sealed votes, serials, opened votes, recount, sums of statements.

Each check takes the `Case`, returns one sentence of what it found, or raises `Wrong`. Rules: sets
of serials decide, not totals; a figure that can be computed is computed; what does not add up is no
fault of the bundle if the minutes tell it, and hiding it is.

The checks follow `docs/records.cddl` and `docs/bundle.md`; the numbers in brackets are the keys of
the records there.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from verifier import deadboards, evidence
from verifier.encoding import Wrong, claimed_signer, key_name, sequence, sha256, signed_record
from verifier.evidence import ACCUMULATOR, DESK, PORTABLE, TERMINAL, Case
from verifier.forms import in_form
from verifier.recount import compare, merged_fit, read_opened, recount
from verifier.sealed import Cast

STATED_BY = {
    5: {DESK},
    10: {PORTABLE},
    11: {DESK},
    12: {DESK},
    14: {TERMINAL, PORTABLE},
    18: {DESK, TERMINAL, PORTABLE},
}
DISCREPANCIES = {
    1: "cards were deposited that no desk had issued",
    2: "cards were deposited that a desk had withdrawn",
    3: "cards were withdrawn that no desk had issued",
    4: "deposited and counted votes differ in number",
    5: "there are invalid ballots",
    6: "the two counts differed",
    7: "a control code stands twice",
    8: "more unread cards than cards out",
    9: "more voters were thanked than votes deposited",
    10: "more voters were marked as given a card than cards were issued",
    11: "the arithmetic of a contest does not hold",
    12: "a journal does not verify",
    13: "a desk's figures differ from its sets of serials",
}


def check_sealed(case: Case) -> str:
    """Check that a terminal of this station signed every sealed vote; none is there twice."""
    what = "the list of sealed votes"
    votes = cast_votes(case, what)
    digests = [vote.digest for vote in votes]
    if digests != sorted(set(digests)):
        raise Wrong(f"{what} is not sorted, or a vote is there twice")
    names = {key: name for name, (_, key, _) in case.boards().items()}
    accounted_for = case.statements.keys() | deadboards.gone(case)
    for at, vote in enumerate(votes, 1):
        name = names[vote.board]
        if name not in accounted_for:
            raise Wrong(
                f"{what}, vote {at} was made by {name}, which has no statement in the bundle"
            )
    # A copy voids nothing: the step "first lists" leaves it out, and tells.
    case.votes, case.sealed_by_style = votes, dict(Counter(vote.style for vote in votes))
    return f"{len(votes)} sealed votes, each signed by a terminal"


def cast_votes(case: Case, what: str) -> list[Cast]:
    """Return the sealed votes of the bundle.

    Raises:
        Wrong: one is not signed by a terminal of this station, for this package.
    """
    keys = {
        key_name(sign_key): sign_key
        for kind, sign_key, _ in case.boards().values()
        if kind in (TERMINAL, PORTABLE)
    }
    styles = {style[0] for style in case.package[12]}
    votes = []
    for at, signed in enumerate(sequence(case.files[evidence.SEALED], what), 1):
        which = f"{what}, vote {at}"
        board = keys.get(claimed_signer(signed, which), b"")
        if not board:
            raise Wrong(f"{which} was not signed by a terminal of this station")
        vote = signed_record(signed, "CastVote", board, which)
        in_form(vote, "CastVote", which)
        if vote[0] != case.package_hash or vote[1] not in styles:
            raise Wrong(f"{which} is of another package or ballot style")
        if len(vote[2]) != case.package[20]:
            raise Wrong(f"{which} has not the length of this station's sealed ballots")
        votes.append(Cast(sha256(signed), vote[1], board, vote[2]))
    return votes


def check_serials(case: Case) -> str:
    """Check, serial by serial, which cards were issued, withdrawn, spent, and are still out."""
    accumulators = [
        statement
        for name, statement in case.statements.items()
        if case.boards()[name][0] == ACCUMULATOR
    ]
    spent: dict[str, int] = {}
    for statement in accumulators:
        for entry in statement[9]:
            spent[entry[0]] = spent.get(entry[0], 0) | _bits(entry[1])
    issued = withdrawn = deposited = out = 0
    returned = void = challenged = 0
    found: set[int] = set()
    stated = deadboards.serials(case)
    for name, (kind, _, _) in case.boards().items():
        if kind != DESK:
            if spent.get(name):
                raise Wrong(f"{name} is no desk, but serials of it were spent")
            continue
        statement = case.statements.get(name, {})
        given, taken = (_set_of(entry, name) for entry in stated.get(name, (None, None)))
        used = spent.pop(name, 0)
        found |= {1} if used & ~given else set()
        found |= {2} if used & taken else set()
        found |= {3} if taken & ~given else set()
        issued += given.bit_count()
        withdrawn += taken.bit_count()
        deposited += used.bit_count()
        out += (given & ~taken & ~used).bit_count()
        returned += statement.get(6, {}).get(3, 0)
        void += statement.get(6, {}).get(4, 0)
        challenged += statement.get(6, {}).get(18, 0)
    if any(spent.values()):
        raise Wrong("serials were spent that belong to no desk of the package")
    if returned + void + challenged != withdrawn:
        found.add(13)
        void = max(0, withdrawn - returned - challenged)
        returned = max(0, withdrawn - void - challenged)
        challenged = withdrawn - void - returned
    figures = case.minutes[9]
    unread = sum(statement[6].get(5, 0) for statement in case.statements.values())
    found |= {8} if unread > out else set()
    expected = {
        1: case.package[18],
        2: issued,
        3: returned,
        4: void,
        5: unread,
        6: deposited,
        7: max(0, out - unread),
        17: out,
        18: challenged,
    }
    for figure, value in expected.items():
        if figures.get(figure) != value:
            raise Wrong(f"figure {figure} of the minutes is not what the sets of serials give")
    sealed = sum(case.sealed_by_style.values())
    if deposited != sealed:
        raise Wrong(f"{deposited} serials were spent, but there are {sealed} sealed votes")
    _told(case, found)
    deadboards.check_moved_urn(case, sealed)
    return (
        f"issued {issued} = deposited {deposited} + returned {returned} + void {void} + "
        f"challenged {challenged} + unread {unread} + missing {expected[7]}"
    )


def _told(case: Case, found: set[int]) -> None:
    hidden = found - set(case.minutes[14])
    if hidden:
        raise Wrong(f"the minutes do not tell of discrepancy {min(hidden)}, which the bundle shows")


def _set_of(entry: Any, name: str) -> int:
    if entry is None:
        return 0
    if entry[0] != name:
        raise Wrong(f"the statement of {name} holds serials of another desk")
    return _bits(entry[1])


def _bits(bitmap: bytes) -> int:
    return int.from_bytes(bitmap, "little")


def check_opened(case: Case) -> str:
    """Check that each opened vote is one that its ballot allows, and that codes are unique."""
    case.opened = read_opened(case.files[evidence.OPENED], case.package)
    figures = case.minutes[9]
    sealed = sum(case.sealed_by_style.values())
    invalid = sealed - len(case.opened)
    if invalid < 0:
        raise Wrong("there are more opened votes than sealed ones")
    if (figures.get(8), figures.get(9, 0)) != (len(case.opened), invalid):
        raise Wrong("the minutes have another number of counted or invalid votes")
    codes = Counter(code for _, _, code in case.opened)
    found = {5} if invalid else set()
    found |= {7} if any(times > 1 for times in codes.values()) else set()
    _told(case, found)
    return f"{len(case.opened)} opened votes, {invalid} invalid"


def check_count(case: Case) -> str:
    """Check that a recount gives the figures of the minutes."""
    by_style, merged = case.counting().by_style, list(case.counting().merged)
    if case.minutes[11] != merged:
        raise Wrong("the minutes publish other ballot styles as one than the package's rule says")
    results = recount(case.opened, by_style, merged, case.package)
    if not merged_fit(case.opened, by_style, merged, case.package):
        # No accumulator did it: a terminal sealed another ballot than it signed for.
        _told(case, {11})
        case.remarks.append("merged opened votes select in more contests than their ballots held")
    compare(results, case.minutes)
    return f"{len(results)} contests recounted; every figure is as in the minutes"


def check_rest(case: Case) -> str:
    """Check that the other figures are sums of statements; read discrepancies out."""
    figures = case.minutes[9]
    for figure in (10, 11, 12, 13, 14, 15, 16):
        total = sum(statement[6].get(figure, 0) for statement in case.statements.values())
        if figures.get(figure, 0) != total:
            raise Wrong(f"figure {figure} of the minutes is not the sum of the statements")
    for name, statement in sorted(case.statements.items()):
        kind = case.boards()[name][0]
        for figure, kinds in STATED_BY.items():
            if statement[6].get(figure, 0) and kind not in kinds:
                case.remarks.append(f"{name} states figure {figure}, which boards like it never do")
    found = {9} if figures.get(14, 0) > figures[6] else set()
    found |= {10} if figures.get(12, 0) > figures[2] else set()
    _told(case, found)
    for number in case.minutes[14]:
        case.remarks.append(f"the minutes tell of a discrepancy: {DISCREPANCIES[number]}")
    return "the other figures are the sums of what the boards stated"

"""Boards that died: the acts that say so, who went on in their place, what is left of them.

Rules:
- A board that is no spare has a statement, or the minutes say that it was written off [13] or
  replaced by a spare [16]; never two of these. An act that two members signed says the same.
- A spare desk states the serials of the desks in whose place it went on, each exactly once, and of
  no others; so no card is lost with a desk, and none is counted twice.
- A dead board's journal is in the bundle as far as it was read: a chain of its own entries, which
  ends where the act says.

The numbers in brackets are the keys of the records in `docs/records.cddl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from verifier.encoding import Wrong
from verifier.evidence import ACCUMULATOR, DESK, PORTABLE, TECHNICIAN, TERMINAL, Case

REPLACED, WRITTEN_OFF = 5, 10
BOARD, DECISION, VOTES, SPARE, HEAD, LENGTH = 7, 11, 12, 14, 15, 16
LEAST_MEMBERS = 2


def check_act(
    act: dict[int, Any], people: Iterable[Any], boards: dict[str, Any], what: str
) -> None:
    """Check an act about a dead board: who signed, who drew it up, which boards it names."""
    if act[0] not in (REPLACED, WRITTEN_OFF):
        return
    if sum(person[1] != TECHNICIAN for person in people) < LEAST_MEMBERS:
        raise Wrong(f"{what} is signed by fewer than two members of the commission")
    dead, spare = act[5].get(BOARD), act[5].get(SPARE)
    if dead not in boards:
        raise Wrong(f"{what} names no board of this station")
    kind, drawn_up_by = boards[dead][0], boards[act[3]][0]
    if act[0] == WRITTEN_OFF:
        if spare is not None or drawn_up_by != ACCUMULATOR:
            raise Wrong(f"{what}: a board is written off at an accumulator, and has no spare then")
        if kind in (ACCUMULATOR, PORTABLE) and not isinstance(act[5].get(DECISION), str):
            raise Wrong(f"{what}: an urn is written off by a decision of the higher commission")
    else:
        if spare not in boards or boards[spare][0] != kind or not boards[spare][2] or spare == dead:
            raise Wrong(f"{what} names no spare of the kind of {dead}")
        right_place = drawn_up_by == ACCUMULATOR if kind == TERMINAL else act[3] == spare
        if kind == PORTABLE or not right_place:
            raise Wrong(f"{what} was not drawn up where {dead} may be replaced")
    head, length = act[5].get(HEAD), act[5].get(LENGTH)
    if (head is None) != (length is None) or (head is not None and not _is_head(head, length)):
        raise Wrong(f"{what} does not say where the journal of {dead} ends")


def _is_head(head: object, length: object) -> bool:
    return isinstance(head, bytes) and len(head) == len(bytes(32)) and type(length) is int


def replaced(case: Case) -> dict[str, str]:
    """Return who went on in whose place, by the minutes."""
    return {entry[0]: entry[1] for entry in case.minutes[16]}


def gone(case: Case) -> set[str]:
    """Return the boards that the minutes call written off or replaced."""
    return set(case.minutes[13]) | set(replaced(case))


def check_accounted_for(case: Case) -> None:
    """Check that each board that is no spare is in, written off or replaced, and just one of it."""
    boards, pairs = case.boards(), replaced(case)
    listed = [*case.minutes[13], *(entry[0] for entry in case.minutes[16])]
    if len(set(listed)) != len(listed) or set(listed) & case.statements.keys():
        raise Wrong("a board is written off or replaced twice, or although it has a statement")
    if not set(listed) <= boards.keys():
        raise Wrong("a board is written off or replaced that is not in the package")
    for name, (_, _, spare) in boards.items():
        if not spare and name not in case.statements and name not in listed:
            raise Wrong(f"{name} has no statement and was not written off")
    for name in case.minutes[13]:
        if not _acts(case, name):
            raise Wrong(f"{name} was written off, but no act says so")
        case.remarks.append(f"{name} was written off by an act; its figures are not in the minutes")
    for name, spare in pairs.items():
        if not _acts(case, name):
            raise Wrong(f"the minutes say that {spare} replaced {name}, but no act says so")
        if spare not in case.statements and spare not in listed:
            raise Wrong(f"{spare}, which replaced {name}, has no statement and was not written off")
        case.remarks.append(f"{name} died and was replaced by {spare} under an act")
    for name in sorted(case.statements):
        if any(act[0] in (REPLACED, WRITTEN_OFF) and act[5][BOARD] == name for act in _all(case)):
            case.remarks.append(f"an act calls {name} dead, but it has stated its figures")
    if case.start_order[4] not in case.statements.keys() | pairs.keys():
        raise Wrong("the accumulator that opened the station is neither in nor replaced")
    _check_taken_over(case, pairs)


def _all(case: Case) -> Iterable[dict[int, Any]]:
    return case.acts.values()


def _acts(case: Case, name: str) -> list[dict[int, Any]]:
    """Return the acts that say of a board what the minutes say of it."""
    spare = replaced(case).get(name)
    kind = WRITTEN_OFF if spare is None else REPLACED
    return [
        act
        for act in _all(case)
        if act[0] == kind and act[5][BOARD] == name and act[5].get(SPARE) == spare
    ]


def _check_taken_over(case: Case, pairs: Mapping[str, str]) -> None:
    """Check that spare desks state the serials of just the desks in whose place they went on."""
    boards = case.boards()
    claimed: dict[str, str] = {}
    for name, statement in case.statements.items():
        for entry in statement.get(10, []):
            dead = entry[0][0]
            if boards[name][0] != DESK or entry[1][0] != dead:
                raise Wrong(f"the statement of {name} holds serials that are not of one dead desk")
            if dead in claimed:
                raise Wrong(f"the serials of {dead} are stated twice")
            claimed[dead] = name
    for dead in boards:
        if boards[dead][0] != DESK or dead in case.statements:
            heir = None
        else:
            heir = _heir(case, dead, pairs)
        if claimed.get(dead) != heir:
            who = claimed.get(dead)
            if who is None:
                raise Wrong(f"{heir} replaced {dead}, but does not state its serials")
            raise Wrong(f"{who} states serials of {dead}, in whose place it did not go on")


def _heir(case: Case, dead: str, pairs: Mapping[str, str]) -> str | None:
    """Return the board with a statement that went on in the place of a dead one, if any did."""
    at, seen = dead, {dead}
    while (spare := pairs.get(at)) is not None and spare not in seen:
        if spare in case.statements:
            return spare
        seen.add(spare)
        at = spare
    return None


def serials(case: Case) -> dict[str, tuple[Any, Any]]:
    """Return each desk's stated sets, issued and withdrawn: its own, or from who replaced it."""
    stated: dict[str, tuple[Any, Any]] = {}
    for name, statement in case.statements.items():
        if 7 in statement:
            stated[name] = (statement[7], statement[8])
        stated |= {entry[0][0]: (entry[0], entry[1]) for entry in statement.get(10, [])}
    return stated


def journal_end(case: Case, name: str, length: int, head: bytes) -> None:
    """Check that a dead board's journal, which ends so, ends where one of its acts says."""
    ends = {(act[5].get(LENGTH), act[5].get(HEAD)) for act in _acts(case, name)}
    if (length, head) not in ends:
        raise Wrong(f"the journal of {name} does not end where the act about it says")


def check_journals_there(case: Case) -> None:
    """Check that the journal of a dead board is there just if an act says where it ends."""
    there = set(case.names("journals"))
    for name in gone(case):
        if (name in there) != any(HEAD in act[5] for act in _acts(case, name)):
            raise Wrong(f"act and bundle differ on whether the journal of {name} is left")


def check_moved_urn(case: Case, sealed: int) -> None:
    """Check that no vote was lost when an urn was moved to a spare accumulator."""
    for act in _all(case):
        moved = act[5].get(VOTES)
        if act[0] == REPLACED and case.boards()[act[5][BOARD]][0] == ACCUMULATOR:
            if type(moved) is not int or moved > sealed:
                raise Wrong(f"{moved} votes were moved to {act[3]}, but there are {sealed} now")
            case.remarks.append(f"{moved} votes were moved from {act[5][BOARD]} to {act[3]}")

"""What the boards did that day: opening, statements, journals.

Each check takes the `Case`, returns one sentence of what it found, or raises `Wrong`. Rules: a
board is believed for its own word only, under its own key; what it signed must be of this package
and this start order.

The checks follow `docs/records.cddl` and `docs/bundle.md`; the numbers in brackets are the keys of
the records there.
"""

from __future__ import annotations

from typing import Any

from verifier import acts, deadboards, evidence
from verifier.encoding import Wrong, sequence, sha256, signed_record
from verifier.evidence import ACCUMULATOR, CHAIR, DESK, TECHNICIAN, Case
from verifier.forms import in_form
from verifier.times import Moment, remark_on_journal, remark_on_minutes

OPENING = 3
SHARE_CHECK_BYTES = 32
NO_HASH = bytes(32)


def check_opening(case: Case) -> str:
    """Check the acts; the opening's says an empty urn and the start order's tally key."""
    boards = case.boards()
    for name in case.names("acts"):
        what = f"the act {name}"
        act, present = acts.open_act(case, case.files[f"acts/{name}.cose"], what)
        if act[0] == OPENING:
            roles = [person[1] for person in present.values()]
            if sum(role != TECHNICIAN for role in roles) < case.package[17][3]:
                raise Wrong(f"{what} is signed by fewer officials than must sign it")
            if CHAIR not in roles:
                raise Wrong(f"{what} is not signed by the chair")
        deadboards.check_act(act, present.values(), boards, what)
        case.acts[name] = act
    order = signed_record(
        case.files[evidence.START_ORDER], "StartOrder", case.package[27], "the start order"
    )
    in_form(order, "StartOrder", "the start order")
    if order[0] != case.package[3] or order[1] != case.package_hash:
        raise Wrong("the start order is of another station or package")
    openings = [
        name
        for name in case.acts
        if sha256(case.files[f"acts/{name}.cose"]) == order[5] and case.acts[name][0] == OPENING
    ]
    if len(openings) != 1:
        raise Wrong("the opening act that the start order names is not in the bundle")
    opening = case.acts[openings[0]]
    if order[4] != opening[3] or boards[order[4]][0] != ACCUMULATOR:
        raise Wrong("the start order and its opening act are not of one accumulator")
    facts = opening[5]
    if facts.get(1) != b"".join(order[3]):
        raise Wrong("the officials signed another tally key than the start order names")
    if facts.get(2) != 1:
        raise Wrong("the opening act does not say that the urn was empty")
    if (facts.get(3), facts.get(4)) != (len(case.package[15]), case.package[16]):
        raise Wrong("the opening act has other numbers of shares than the package")
    checks, territorial = facts.get(5), facts.get(6)
    expected = SHARE_CHECK_BYTES * (facts[3] + 1) * len(order[3])  # of the key, or of each half
    if not isinstance(checks, bytes) or len(checks) != expected:
        raise Wrong("the opening act does not have a hash of every share")
    if not isinstance(territorial, bytes) or not territorial:
        raise Wrong("the opening act does not hold the territorial commission's share")
    if case.minutes[5] != sha256(case.files[evidence.START_ORDER]):
        raise Wrong("the minutes name another start order")
    if case.minutes[6] != order[2]:
        raise Wrong("the minutes name another time of opening than the start order")
    case.start_order = order
    return f"{len(case.acts)} acts; the urn was empty when the officials signed the opening"


def check_statements(case: Case) -> str:
    """Check that each board that took part has stated its figures, under its own key."""
    boards = case.boards()
    order_hash = sha256(case.files[evidence.START_ORDER])
    for name in case.names("statements"):
        what = f"the statement of {name}"
        if name not in boards:
            raise Wrong(f"{what}: there is no such board in the package")
        statement = signed_record(
            case.files[f"statements/{name}.cose"], "Statement", boards[name][1], what
        )
        in_form(statement, "Statement", what)
        if statement[0] != name or statement[1] != case.package_hash:
            raise Wrong(f"{what} is of another board or package")
        if statement[2] != order_hash:
            raise Wrong(f"{what} belongs to another start order")
        _sets_of_its_kind(statement, boards[name][0], what)
        case.statements[name] = statement
    deadboards.check_accounted_for(case)
    return f"{len(case.statements)} statements: {', '.join(sorted(case.statements))}"


def _sets_of_its_kind(statement: dict[int, Any], kind: int, what: str) -> None:
    """Check that desks alone state serials issued and withdrawn, accumulators alone spent ones."""
    if statement.keys() & {7, 8} != ({7, 8} if kind == DESK else set()):
        raise Wrong(f"{what}: sets of serials issued and withdrawn are for desks, and for all")
    desks = [entry[0] for entry in statement[9]]
    if len(set(desks)) != len(desks) or (desks and kind != ACCUMULATOR):
        raise Wrong(f"{what}: sets of serials spent are for accumulators, one for each desk")


def check_journals(case: Case) -> str:
    """Check that each journal is one chain that ends where its board's statement says."""
    heads = {entry[0]: (entry[1], entry[2]) for entry in case.minutes[12]}
    if len(heads) != len(case.minutes[12]) or heads.keys() != set(case.names("journals")):
        raise Wrong("the minutes do not name the end of each journal once")
    if not case.statements.keys() <= heads.keys() <= case.statements.keys() | deadboards.gone(case):
        raise Wrong("there is not exactly one journal for each statement")
    deadboards.check_journals_there(case)
    entries = 0
    remark_on_minutes(case)
    for name, (head, length) in sorted(heads.items()):
        what = f"the journal of {name}"
        hashes = _chain(case, name, what)
        entries += len(hashes)
        if not 0 < length <= len(hashes) or hashes[length - 1] != head:
            raise Wrong(f"{what} does not contain the end that the minutes name")
        statement = case.statements.get(name)
        if statement is None:
            deadboards.journal_end(case, name, len(hashes), hashes[-1])
        elif (head, length) != (statement[4], statement[5]):
            raise Wrong(f"{what}: minutes and statement name different ends")
        elif length != len(hashes) and case.boards()[name][0] != ACCUMULATOR:
            raise Wrong(f"{what} goes on after the board's statement")
    return f"{len(heads)} journals, {entries} entries, none missing, none changed"


def _chain(case: Case, name: str, what: str) -> list[bytes]:
    """Return the hash of each entry of a journal, which must be one chain of its board's.

    What its times say becomes remarks.
    """
    moments = []
    key = case.boards()[name][1]
    hashes: list[bytes] = []
    for signed in sequence(case.files[f"journals/{name}.cborseq"], what):
        entry = signed_record(signed, "JournalEntry", key, f"{what}, entry {len(hashes)}")
        in_form(entry, "JournalEntry", f"{what}, entry {len(hashes)}")
        if entry[0] != len(hashes) or entry[4] != (hashes[-1] if hashes else NO_HASH):
            raise Wrong(f"{what}: entry {len(hashes)} does not follow the one before it")
        hashes.append(sha256(signed))
        moments.append(Moment(entry[1], entry[2], entry[3]))
    remark_on_journal(case, name, moments)
    return hashes

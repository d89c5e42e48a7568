"""The examination of an evidence bundle, step by step.

Each step is a function that takes the `Case`, returns one sentence of what it found, or raises
`Wrong`. `STEPS` lists them in order with what each proves and what it does not; a step builds on
those before it, so after the first that fails the others are not reached.

The checks follow `docs/records.cddl` and `docs/bundle.md`; the numbers in brackets are the keys of
the records there.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verifier import acts, deadboards, evidence
from verifier.encoding import (
    Wrong,
    cbor,
    claimed_signer,
    exactly,
    key_name,
    record_of_people,
    sequence,
    sha256,
    signed_record,
)
from verifier.evidence import ACCUMULATOR, CHAIR, DESK, PORTABLE, TECHNICIAN, TERMINAL, Case
from verifier.forms import in_form
from verifier.recount import compare, merged_styles, read_opened, recount
from verifier.times import Moment, remark_on_journal, remark_on_minutes

OPENING = 3
SHARE_CHECK_BYTES = 32
STATED_BY = {5: {DESK}, 10: {PORTABLE}, 11: {DESK}, 12: {DESK}, 14: {TERMINAL, PORTABLE}}
NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the examination."""

    name: str
    check: Callable[[Case], str]
    proves: str
    leaves_open: str = ""


def check_package(case: Case) -> str:
    """Check that the package is the root key's."""
    signed = case.files[evidence.PACKAGE]
    package = signed_record(signed, "StationPackage", case.root_key, "the station package")
    exactly(package, " ".join(map(str, range(30))), what="the station package")
    case.package, case.package_hash = package, sha256(signed)
    return (
        f"station {package[3]}, election {package[1]}, round {package[2]}, "
        f"package number {package[0]}, {package[18]} voters on the list"
    )


def check_program(case: Case) -> str:
    """Check that the program manifest is the one that the package names."""
    signed = case.files[evidence.PROGRAM]
    if sha256(signed) != case.package[24]:
        raise Wrong("the program manifest is not the one that the package names")
    manifest = signed_record(signed, "ProgramManifest", case.root_key, "the program manifest")
    return f"version {manifest[0]}, {len(manifest[1])} files, SHA-256 {sha256(signed).hex()}"


def check_book(case: Case) -> str:
    """Check that the ballot book is the package's, and each picture the one its hash names."""
    index = case.files[evidence.BOOK_INDEX]
    if sha256(index) != case.package[22]:
        raise Wrong("the ballot book is not the one that the package names")
    listed = {entry[0]: (entry[1], entry[2]) for entry in cbor(index, "the ballot book")[5]}
    seen = []
    for item in sequence(case.files[evidence.BOOK_IMAGES], "the ballot book's pictures"):
        match cbor(item, "a picture of the ballot book"):
            case [bytes(digest), int(width), int(height), bytes(stream)]:
                pass
            case _:
                raise Wrong("a picture of the ballot book is not one")
        # The size that the centre signed, before anything is unpacked: a small stream can be huge.
        if listed.get(digest) != (width, height):
            raise Wrong(f"the ballot book does not list the picture {digest.hex()}")
        if sha256(_inflated(stream, width * height * 4)) != digest:
            raise Wrong(f"the picture {digest.hex()} of the ballot book is another one")
        seen.append(digest)
    if len(set(seen)) != len(seen) or set(seen) != set(listed):
        raise Wrong("pictures of the ballot book are missing, or there twice")
    return f"{len(seen)} pictures, SHA-256 of the book {sha256(index).hex()}"


def _inflated(stream: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(stream, size + 1)
    except zlib.error as error:
        raise Wrong("a picture of the ballot book cannot be unpacked") from error
    if len(pixels) != size or not inflater.eof or inflater.unused_data:
        raise Wrong("a picture of the ballot book has another size than it says")
    return pixels


def check_minutes(case: Case) -> str:
    """Check that the minutes are of this station and day, and signed by all who must sign."""
    minutes, certificates = record_of_people(
        case.files[evidence.MINUTES], "Minutes", case.package[27], "the minutes"
    )
    in_form(minutes, "Minutes", "the minutes")
    if minutes[3] != case.package_hash or (minutes[0], minutes[1], minutes[2]) != (
        case.package[3],
        case.package[1],
        case.package[2],
    ):
        raise Wrong("the minutes are of another station, election, round or package")
    if minutes[4] != case.package[24]:
        raise Wrong("the minutes name another program than the package")
    present = acts.officials(case, certificates, minutes[8] // 1000, "the minutes")
    must = {
        person[0]: person
        for person in case.package[14]
        if person[1] == CHAIR or (case.package[17][2] and person[1] != TECHNICIAN)
    }
    absent = [person[2] for number, person in must.items() if number not in present]
    if absent:
        raise Wrong(f"the minutes are not signed by {', '.join(absent)}")
    case.minutes = minutes
    signers = [f"{person[2]} ({acts.ROLES[person[1]]})" for person in present.values()]
    return f"signed by {', '.join(signers)}"


def check_files(case: Case) -> str:
    """Check that every file is the one that accumulator and officials signed for."""
    manifest = signed_record(
        case.files[evidence.MANIFEST], "EvidenceManifest", case.package[27], "the manifest"
    )
    in_form(manifest, "EvidenceManifest", "the manifest")
    if manifest[0] != case.package[3] or manifest[1] != case.package_hash:
        raise Wrong("the manifest is of another station or package")
    if manifest[2] != sha256(case.files[evidence.MINUTES]):
        raise Wrong("the manifest names other minutes")
    _same_files(case, manifest[3], {evidence.MANIFEST}, "the manifest")
    _same_files(case, case.minutes[15], {evidence.MANIFEST, evidence.MINUTES}, "the minutes")
    return f"{len(case.files)} files, none missing, none surplus, none changed"


def _same_files(case: Case, listed: Any, without: set[str], what: str) -> None:
    paths = [entry[0] for entry in listed]
    if paths != sorted(set(paths)):
        raise Wrong(f"{what} does not list the files once each, in order")
    for path in sorted(case.files.keys() - without - set(paths)):
        raise Wrong(f"{path} is not listed in {what}")
    for path, size, digest in ((entry[0], entry[1], entry[2]) for entry in listed):
        content = case.files.get(path)
        if content is None or path in without:
            raise Wrong(f"{path} is listed in {what}, but is not in the bundle")
        if len(content) != size or sha256(content) != digest:
            raise Wrong(f"{path} is not the file that {what} lists")


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


def check_sealed(case: Case) -> str:
    """Check that a terminal of this station signed every sealed vote; none is there twice."""
    what = "the list of sealed votes"
    items = sequence(case.files[evidence.SEALED], what)
    digests = [sha256(item) for item in items]
    if digests != sorted(set(digests)):
        raise Wrong(f"{what} is not sorted, or a vote is there twice")
    keys = {
        key_name(sign_key): (name, sign_key)
        for name, (kind, sign_key, _) in case.boards().items()
        if kind in (TERMINAL, PORTABLE)
    }
    accounted_for = case.statements.keys() | deadboards.gone(case)
    styles = {style[0] for style in case.package[12]}
    by_style: Counter[int] = Counter()
    ballots = set()
    for at, signed in enumerate(items, 1):
        which = f"{what}, vote {at}"
        name, key = keys.get(claimed_signer(signed, which), ("", b""))
        if not name:
            raise Wrong(f"{which} was not signed by a terminal of this station")
        if name not in accounted_for:
            raise Wrong(f"{which} was made by {name}, which has no statement in the bundle")
        vote = signed_record(signed, "CastVote", key, which)
        in_form(vote, "CastVote", which)
        if vote[0] != case.package_hash or vote[1] not in styles:
            raise Wrong(f"{which} is of another package or ballot style")
        if len(vote[2]) != case.package[20]:
            raise Wrong(f"{which} has not the length of this station's sealed ballots")
        by_style[vote[1]] += 1
        ballots.add(vote[2])
    if len(ballots) != len(items):
        raise Wrong(f"{what} holds a copy of another vote")
    case.sealed_by_style = dict(by_style)
    return f"{len(items)} sealed votes, each signed by a terminal"


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
    returned = void = 0
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
    if any(spent.values()):
        raise Wrong("serials were spent that belong to no desk of the package")
    if returned + void != withdrawn:
        found.add(13)
        void = max(0, withdrawn - returned)
        returned = withdrawn - void
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
        f"unread {unread} + missing {expected[7]}"
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
    if invalid:
        case.remarks.append(f"{invalid} sealed votes did not open and were counted for nobody")
    return f"{len(case.opened)} opened votes, {invalid} invalid"


def check_count(case: Case) -> str:
    """Check that a recount gives the figures of the minutes."""
    merged = merged_styles(case.sealed_by_style, case.package[17][1])
    if case.minutes[11] != merged:
        raise Wrong("the minutes publish other ballot styles as one than the package's rule says")
    results = recount(case.opened, case.sealed_by_style, merged, case.package)
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

STEPS = (
    Step(
        "package",
        check_package,
        "The contests, names, boards, officials and rules are those that the centre signed.",
    ),
    Step(
        "minutes",
        check_minutes,
        "The officials signed these figures with their own cards, and so did the accumulator.",
    ),
    Step(
        "files",
        check_files,
        "Nothing in the bundle was changed, added or removed since the officials signed.",
    ),
    Step(
        "program",
        check_program,
        "This list of program files is the one that the package allows.",
        "that the boards really ran these files: look at the boards",
    ),
    Step(
        "book",
        check_book,
        "The pictures of the ballot are those that the package names.",
        "that the terminals really showed them",
    ),
    Step(
        "opening",
        check_opening,
        "The station was opened by its officials, with an empty urn and this tally key.",
    ),
    Step(
        "statements",
        check_statements,
        "Every board stated its figures under its own key, or members signed that it died.",
    ),
    Step(
        "journals",
        check_journals,
        "No entry of any board's journal was changed, removed or put in between.",
        "that a board wrote down everything that happened",
    ),
    Step(
        "sealed votes",
        check_sealed,
        "Every vote in the urn was made by a terminal of this station, and none is there twice.",
        "that a terminal sealed what the voter touched",
    ),
    Step(
        "serials",
        check_serials,
        "As many votes were taken in as cards were spent, and every card is accounted for.",
    ),
    Step(
        "opened votes",
        check_opened,
        "Each opened vote is one that the ballot allows; voters find their control codes here.",
    ),
    Step(
        "recount",
        check_count,
        "The results are the sums of the opened votes.",
    ),
    Step(
        "other figures",
        check_rest,
        "The other figures are the sums of the boards' statements; what does not add up is told.",
    ),
    Step(
        "sealing",
        acts.check_sealing,
        "The chair and others signed with which seals this very evidence was packed.",
        "that the seals are whole: look at the package",
    ),
)

NOT_CHECKED = ("that the opened votes are the sealed ones",)

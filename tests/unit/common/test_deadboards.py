"""What a dead board left: as far as it verifies; whose medium it is; acts about it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from common import acts, cbor, chain, deadboards
from common.catalogue import EventType
from common.cose import SignedBody
from common.deadboards import Left
from common.errors import Reason, Refused
from common.journal import NO_ENTRY, Journal, verify_journal
from common.media import FaultKind, TwoMedia
from common.records import Act, ActFact, ActKind, Board, BoardKind
from tests import samples
from tests.recording_medium import RecordingMedium
from tests.unit.accumulator.stage import StandingClock, certificate, package, person_key

PACKAGE = replace(
    package(),
    boards=(
        *package().boards,
        samples.board("desk-last", BoardKind.DESK, spare=True, first_serial=8192),
        samples.board("terminal-spare", BoardKind.TERMINAL, spare=True),
    ),
)
HASH = b"p" * 32
NOON_MS = samples.OPENS_S * 1000


def board(name: str) -> Board:
    found = PACKAGE.board(name)
    assert found is not None
    return found


def signed(act: Act, *people: int, by: str | None = None) -> bytes:
    body = SignedBody(act.to_bytes(), Act.external())
    for number in people:
        der = person_key(number).sign(
            body.to_be_signed(certificate(number)), ec.ECDSA(hashes.SHA256())
        )
        signature = chain.canonical_signature(*decode_dss_signature(der))
        body = body.with_person(certificate(number), signature)
    return body.with_board(samples.device(by or act.board).signing).to_bytes()


def medium_of(name: str, entries: int = 4) -> RecordingMedium:
    root = RecordingMedium(f"medium of {name}")
    media = TwoMedia(RecordingMedium("own"), root.folder(name))
    journal = Journal.open(media, samples.device(name).signing, StandingClock(samples.OPENS_S))
    for number in range(entries):
        journal.append(EventType.STARTED, starts=number + 1)
    return root


def left_in(root: RecordingMedium, name: str = "desk-1") -> Left:
    return deadboards.read_left(root.folder(name), board(name), PACKAGE, HASH)


def unread(desk: str, cards: int = 1) -> Act:
    return Act(ActKind.UNREAD_CARD, "0421", HASH, desk, NOON_MS, {ActFact.CARDS: cards})


def replacement(dead: str = "desk-1", spare: str = "desk-spare") -> Act:
    return deadboards.replacement_act(Left(board(dead)), board(spare), PACKAGE, HASH, NOON_MS)


def test_a_whole_journal_counts_whole() -> None:
    root = medium_of("desk-1")
    left = left_in(root)
    assert left.journal == root.files["desk-1/journal.cborseq"]
    assert len(verify_journal(left.journal, board("desk-1").sign_key)) == 4
    assert left.facts[ActFact.JOURNAL_HEAD] == left.entries[-1].hash == left.head
    assert left.facts[ActFact.JOURNAL_LENGTH] == 4


def test_every_byte_that_is_lost_or_flipped_costs_only_what_comes_after_it() -> None:
    root = medium_of("desk-1")
    path = "desk-1/journal.cborseq"
    whole = root.files[path]
    key = board("desk-1").sign_key
    lengths = set()
    items, _ = cbor.split_sequence(whole)
    ends = list(itertools.accumulate(len(cbor.wrap(item)) for item in items))
    for size in range(0, len(whole), 7):
        root.files[path] = whole[:size]
        left = left_in(root)
        assert whole.startswith(left.journal)
        assert len(verify_journal(left.journal, key)) == len(left.entries)
        lengths.add(len(left.entries))
        root.files[path] = whole
        root.flip(path, size * 8)
        left = left_in(root)
        assert whole.startswith(left.journal)
        assert len(left.entries) == sum(end <= size for end in ends), "what stands before it counts"
        root.files[path] = whole
    assert lengths == {0, 1, 2, 3}


@pytest.mark.parametrize("rest", [bytes(1), bytes(4096), b"\xff" * 300, b"\x58"])
def test_what_a_power_cut_left_behind_the_last_entry_costs_none(rest: bytes) -> None:
    root = medium_of("desk-1")
    path = "desk-1/journal.cborseq"
    whole = root.files[path]
    root.files[path] = whole + rest
    assert left_in(root).journal == whole


def test_an_empty_or_foreign_folder_leaves_nothing() -> None:
    assert left_in(RecordingMedium("empty")).facts == {ActFact.BOARD: "desk-1"}
    foreign = medium_of("terminal-1")
    foreign.files = {path.replace("terminal-1", "desk-1"): c for path, c in foreign.files.items()}
    left = left_in(foreign)
    assert (left.entries, left.journal, left.head) == ((), b"", NO_ENTRY)


def test_acts_that_are_not_right_are_left_where_they_are() -> None:
    root = medium_of("desk-1")
    folder = root.folder("desk-1")
    right = signed(unread("desk-1"), 1, 2)
    folder.replace("acts/001-unread-card.cose", right)
    folder.replace("acts/002-unread-card.cose", right)
    folder.replace("acts/003-unread-card.cose", signed(unread("desk-1", 2), by="terminal-1"))
    folder.replace("acts/004-unread-card.cose", b"torn")
    folder.replace("acts/five.cose", signed(unread("desk-1", 3), 1, 2))
    assert left_in(root).acts == (("001-unread-card.cose", right),)


def test_a_medium_is_offered_to_the_spare_of_its_kind_alone() -> None:
    root = medium_of("desk-1")
    assert deadboards.dead_on(root, board("desk-spare"), PACKAGE) == board("desk-1")
    for other in ("desk-1", "terminal-2", "terminal-spare", "accumulator-spare"):
        assert deadboards.dead_on(root, board(other), PACKAGE) is None
    assert deadboards.dead_on(RecordingMedium("empty"), board("desk-spare"), PACKAGE) is None
    root.folder("stranger").replace("x", b"")
    assert deadboards.dead_on(root, board("desk-spare"), PACKAGE) is None


def test_a_medium_on_which_a_spare_went_on_is_the_spares() -> None:
    root = medium_of("desk-1")
    deadboards.refuse_replaced(root, board("desk-1"), PACKAGE)
    root.folder("desk-spare").replace("acts/001-replacement.cose", signed(replacement(), 1, 2))
    assert deadboards.dead_on(root, board("desk-spare"), PACKAGE) is None
    deadboards.refuse_replaced(root, board("desk-spare"), PACKAGE)
    with pytest.raises(Refused) as refused:
        deadboards.refuse_replaced(root, board("desk-1"), PACKAGE)
    assert refused.value.reason is Reason.BOARD_REPLACED
    assert refused.value.facts == {"board": "desk-1", "spare": "desk-spare"}
    # When the spare dies too, the next one goes on from it, not from the first.
    assert deadboards.dead_on(root, board("desk-last"), PACKAGE) == board("desk-spare")


def test_what_a_stranger_wrote_replaces_nobody() -> None:
    root = medium_of("desk-1")
    forged = signed(replacement(), 1, 2, by="terminal-1")
    root.folder("desk-spare").replace("acts/001-replacement.cose", forged)
    deadboards.refuse_replaced(root, board("desk-1"), PACKAGE)


def test_reading_what_is_left_on_a_medium_tells_what_is_wrong() -> None:
    assert deadboards.left_on(medium_of("desk-1"), "desk-1", PACKAGE, HASH).entries
    for medium, name, reason in (
        (None, "desk-1", Reason.MEDIUM_MISSING),
        (medium_of("desk-1"), "desk-9", Reason.MEDIUM_MISSING),
        (medium_of("desk-1"), "terminal-1", Reason.MEDIUM_OTHER_BOARD),
        (RecordingMedium("broken", fault=FaultKind.IO), "desk-1", Reason.MEDIUM_DAMAGED),
    ):
        with pytest.raises(Refused) as refused:
            deadboards.left_on(medium, name, PACKAGE, HASH)
        assert refused.value.reason is reason


def test_the_act_of_a_spare_is_one_that_everybody_takes() -> None:
    act = replacement()
    opened, body = acts.open_act(signed(act, 1, 2), board("desk-spare"), PACKAGE, HASH)
    assert opened == act
    assert len(body.people) == 2
    assert deadboards.act_of([unread("desk-1"), act]) == act
    assert deadboards.act_of([unread("desk-1")]) is None
    moved = deadboards.replacement_act(
        Left(board("accumulator")), board("accumulator-spare"), PACKAGE, HASH, NOON_MS, votes=7
    )
    acts.open_act(signed(moved, 1, 3), board("accumulator-spare"), PACKAGE, HASH)
    assert moved.facts[ActFact.SEALED_VOTES] == 7


def test_acts_about_dead_boards_need_two_members() -> None:
    for people in ((), (1,), (1, 4), (4,)):
        with pytest.raises(Refused) as refused:
            acts.open_act(signed(replacement(), *people), board("desk-spare"), PACKAGE, HASH)
        assert refused.value.reason is Reason.RECORD_WRONG_SIGNER


def about(kind: ActKind, by: str, **facts: int | str | bytes) -> Act:
    said = {int(ActFact[name]): value for name, value in facts.items()}
    return Act(kind, "0421", HASH, by, NOON_MS, said)


@pytest.mark.parametrize(
    "act",
    [
        about(ActKind.WRITE_OFF, "accumulator", BOARD="terminal-1"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD="desk-1"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD="accumulator-spare", DECISION="No. 5"),
        about(ActKind.REPLACEMENT, "accumulator", BOARD="terminal-1", SPARE="terminal-spare"),
    ],
)
def test_what_an_accumulator_may_say(act: Act) -> None:
    acts.open_act(signed(act, 1, 2), board(act.board), PACKAGE, HASH)


@pytest.mark.parametrize(
    "act",
    [
        about(ActKind.WRITE_OFF, "desk-1", BOARD="terminal-1"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD="terminal-9"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD=7),
        about(ActKind.WRITE_OFF, "accumulator"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD="accumulator"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD="terminal-1", SPARE="terminal-spare"),
        about(ActKind.WRITE_OFF, "accumulator", BOARD="terminal-1", JOURNAL_HEAD=b"h" * 32),
        about(
            ActKind.WRITE_OFF, "accumulator", BOARD="desk-1", JOURNAL_HEAD=b"h", JOURNAL_LENGTH=1
        ),
        about(ActKind.REPLACEMENT, "desk-1", BOARD="desk-1", SPARE="desk-spare"),
        about(ActKind.REPLACEMENT, "accumulator", BOARD="desk-1", SPARE="desk-spare"),
        about(ActKind.REPLACEMENT, "desk-spare", BOARD="desk-1", SPARE="terminal-spare"),
        about(ActKind.REPLACEMENT, "desk-spare", BOARD="desk-spare", SPARE="desk-spare"),
        about(ActKind.REPLACEMENT, "terminal-1", BOARD="terminal-2", SPARE="terminal-1"),
        about(ActKind.REPLACEMENT, "terminal-spare", BOARD="terminal-2", SPARE="terminal-spare"),
        about(
            ActKind.REPLACEMENT, "accumulator-spare", BOARD="accumulator", SPARE="accumulator-spare"
        ),
    ],
)
def test_what_no_act_may_say(act: Act) -> None:
    with pytest.raises(Refused) as refused:
        acts.open_act(signed(act, 1, 2), board(act.board), PACKAGE, HASH)
    assert refused.value.reason is Reason.RECORD_OTHER_KIND

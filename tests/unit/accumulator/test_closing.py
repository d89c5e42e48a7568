"""After the close: what comes from other boards' media, and what is refused of it and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from accumulator.closing import MENDED_AT_HOME
from common import cbor, chain, cose, records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, text
from common.journal import EXTERNAL
from common.media import FaultKind
from common.records import Act, ActFact, ActKind, Figure, Statement
from tests import samples
from tests.recording_medium import RecordingMedium
from tests.unit.accumulator.stage import (
    CourierCard,
    Table,
    Voting,
    certificate,
    package,
    person_key,
    sign_record,
)

BLANK = ((), (), ())


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table(tmp_path)
    table.open_station()
    for serial in range(2):
        table.pass_card(table.voted_card(serial, BLANK))
    table.close_station()
    return table


def order(table: Table) -> bytes:
    assert table.courier.start_order is not None
    return table.courier.start_order


def row(table: Table, board: str) -> str | None:
    for name in table.names:
        if name.startswith("boards.") and name.endswith(".0") and table.says(name) == board:
            return table.says(name[:-1] + "2")
    return None


def test_boards_come_in_one_by_one(table: Table) -> None:
    assert row(table, "desk-1") == "missing"
    assert row(table, "desk-spare") == "spare, not used"
    assert row(table, "accumulator") == "in"
    assert "count" not in table.names
    table.collect(["desk-1", "terminal-1"])
    assert row(table, "desk-1") == "in"
    assert row(table, "terminal-2") == "missing"
    assert "count" not in table.names
    table.collect(["terminal-2"])
    assert "count" in table.names
    assert table.journal().count(EventType.BOARD_IN) == 3


def test_what_came_in_survives_a_power_cut(table: Table) -> None:
    table.collect(["desk-1"])
    table.power_cut()
    table.unlock()
    assert table.page == "accumulator.collect"
    assert (row(table, "desk-1"), row(table, "terminal-1")) == ("in", "missing")


def test_one_medium_may_bring_several_boards(table: Table) -> None:
    medium = RecordingMedium("medium of two")
    for board in ("terminal-1", "terminal-2"):
        table.voting.close_on(medium.folder(board), board, order(table), figures={})
    table.visit(medium)
    assert (row(table, "terminal-1"), row(table, "terminal-2")) == ("in", "in")
    table.visit(medium)
    assert table.says("notice.1") == "There is nothing new on this medium."
    table.press("visitor.read")
    assert table.says("notice.1") == "There is nothing new on this medium."


def test_an_empty_slot_and_an_empty_medium_are_told(table: Table) -> None:
    table.visitor = None
    table.press("visitor.read")
    assert "missing or pulled out" in (table.says("notice.1") or "")
    table.visit(RecordingMedium("blank"))
    assert "not found" in (table.says("notice.1") or "")
    broken = RecordingMedium("broken", fault=FaultKind.IO)
    table.visit(broken)
    assert "reading or writing fails" in (table.says("notice.1") or "")


Change = Callable[[Table, RecordingMedium], None]


def _statement(**changes: object) -> Change:
    def change(table: Table, medium: RecordingMedium) -> None:
        folder = medium.folder("desk-1")
        signed = folder.read("statement.cose") or b""
        statement = records.open_record(Statement, signed, samples.device("desk-1").sign_key)
        changed = replace(statement, **changes)  # type: ignore[arg-type]  # by name
        folder.replace("statement.cose", sign_record(changed, "desk-1"))

    return change


def _file(path: str, content: bytes | None) -> Change:
    def change(table: Table, medium: RecordingMedium) -> None:
        folder = medium.folder("desk-1")
        if content is None:
            folder.remove(path)
        else:
            folder.replace(path, content)

    return change


def _flip(path: str, bit: int) -> Change:
    return lambda table, medium: medium.flip(f"desk-1/{path}", bit)


def _shorter(table: Table, medium: RecordingMedium) -> None:
    folder = medium.folder("desk-1")
    items, _ = cbor.split_sequence(folder.read("journal.cborseq") or b"")
    folder.replace("journal.cborseq", b"".join(cbor.wrap(item) for item in items[:-1]))


def _package(**changes: object) -> Change:
    def change(table: Table, medium: RecordingMedium) -> None:
        other = replace(table.package, **changes)  # type: ignore[arg-type]  # by name
        medium.folder("desk-1").replace("package.cose", records.sign(other, samples.ROOT))

    return change


def _foreign_key(table: Table, medium: RecordingMedium) -> None:
    folder = medium.folder("desk-1")
    signed = folder.read("statement.cose") or b""
    statement = records.open_record(Statement, signed, samples.device("desk-1").sign_key)
    folder.replace("statement.cose", sign_record(statement, "terminal-1"))


REFUSED: dict[str, tuple[Change, Reason]] = {
    "no statement": (_file("statement.cose", None), Reason.RECORD_MISSING),
    "no journal": (_file("journal.cborseq", None), Reason.RECORD_MISSING),
    "not a record": (_file("statement.cose", b"hello"), Reason.RECORD_DAMAGED),
    "empty": (_file("statement.cose", b""), Reason.RECORD_DAMAGED),
    "a flipped bit in the statement": (_flip("statement.cose", 900), Reason.RECORD_SIGNATURE_WRONG),
    "a flipped bit in the journal": (_flip("journal.cborseq", 900), Reason.JOURNAL_BROKEN),
    "a shorter journal": (_shorter, Reason.JOURNAL_SHORTENED),
    "another journal head": (_statement(journal_head=bytes(32)), Reason.JOURNAL_BROKEN),
    "signed by another board": (_foreign_key, Reason.RECORD_SIGNATURE_WRONG),
    "another board's": (_statement(board="terminal-1"), Reason.RECORD_OTHER_BOARD),
    "another package's": (_statement(package=bytes(32)), Reason.RECORD_OTHER_PACKAGE),
    "of another opening": (_statement(start_order=bytes(32)), Reason.RECORD_OTHER_START_ORDER),
    "without its serials": (_statement(issued=None), Reason.RECORD_DAMAGED),
    "a figure that no station has": (_statement(figures={13: 2**32}), Reason.RECORD_DAMAGED),
    "a figure that nobody knows": (_statement(figures={99: 1}), Reason.RECORD_DAMAGED),
    "a journal of nothing": (
        _statement(journal_length=0, journal_head=bytes(32)),
        Reason.JOURNAL_SHORTENED,
    ),
    "of another station": (_package(station="0412"), Reason.RECORD_OTHER_STATION),
    "of another election": (_package(election="OTHER"), Reason.RECORD_OTHER_ELECTION),
    "of another round": (_package(round=2), Reason.RECORD_OTHER_ROUND),
    "of a superseded package": (_package(number=0), Reason.RECORD_OTHER_PACKAGE),
    "an act that is none": (_file("acts/001-unread-card.cose", b"hello"), Reason.RECORD_DAMAGED),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_right_is_refused_with_its_reason(table: Table, name: str) -> None:
    change, reason = REFUSED[name]
    medium = table.voting.close("desk-1", order(table))
    change(table, medium)
    table.visit(medium)
    said = table.says("notice.1") or ""
    assert said.startswith("“desk-1”: ")
    if reason in MENDED_AT_HOME:
        assert f"(no. {reason.value}). Put it back into its own board" in said
    else:
        assert text(reason, "en").split("?")[-1][-20:] in said
    damaged = ("a flipped bit", "a shorter journal", "no ", "not a record", "empty", "an act that")
    assert not name.startswith(damaged) or reason in MENDED_AT_HOME
    assert row(table, "desk-1") == "missing"
    assert table.journal()[-1] is EventType.BOARD_REFUSED
    assert not [path for path in table.own.list() if path.startswith("collected/")]


def test_a_folder_of_a_board_that_nobody_knows_is_refused(table: Table) -> None:
    medium = RecordingMedium("stranger")
    medium.folder("desk-9").replace("statement.cose", b"x")
    table.visit(medium)
    assert "desk-9" in (table.says("notice.1") or "")


def test_our_own_medium_is_not_a_visitor(table: Table) -> None:
    assert table.medium is not None
    table.visit(table.medium)
    assert (table.says("notice.1") or "").startswith("“accumulator”: ")


def test_a_second_word_of_the_same_board_is_refused(table: Table) -> None:
    table.collect(["terminal-1"])
    other = table.voting.close("terminal-1", order(table), figures={Figure.RELOADS: 4})
    table.visit(other)
    assert "is already in" in (table.says("notice.1") or "")


def test_a_spare_that_was_used_is_wanted(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.open_station()
    card = table.voted_card(0, BLANK)
    table.voting.activate(card, 4096 + 3, desk="desk-spare")
    table.voting.vote(card, 4096 + 3, BLANK)
    table.pass_card(card)
    assert table.votes == 1
    table.close_station()
    assert row(table, "desk-spare") == "missing"
    table.collect()
    assert "count" not in table.names
    table.collect(["desk-spare"])
    assert "count" in table.names


def test_what_a_board_wrote_after_its_statement_is_not_part_of_the_day(table: Table) -> None:
    medium = table.voting.close("desk-1", order(table))
    folder = medium.folder("desk-1")
    whole = folder.read("journal.cborseq") or b""
    items, _ = cbor.split_sequence(whole)
    later = {0: len(items), 1: 5, 2: EventType.STOPPED.value, 3: {}, 4: records.digest(items[-1])}
    signed = cose.sign1(cbor.encode(later), samples.device("desk-1").signing, EXTERNAL)
    folder.append("journal.cborseq", cbor.wrap(signed))
    table.visit(medium)
    assert row(table, "desk-1") == "in"
    assert table.own.read("collected/desk-1/journal.cborseq") == whole


def act(table: Table, *signers: int, board: str = "desk-1", **changes: Any) -> bytes:
    """Return an act of a desk about a card that could not be read."""
    record = Act(
        ActKind.UNREAD_CARD,
        "0421",
        table.package_hash,
        board,
        samples.OPENS_S * 1000,
        {ActFact.CARDS: 1},
    )
    record = replace(record, **changes)
    body = SignedBody(record.to_bytes(), Act.external())
    for number in signers:
        signed = person_key(number).sign(
            body.to_be_signed(certificate(number)), ec.ECDSA(hashes.SHA256())
        )
        signature = chain.canonical_signature(*decode_dss_signature(signed))
        body = body.with_person(certificate(number), signature)
    return body.with_board(samples.device(board).signing).to_bytes()


def test_acts_of_other_boards_come_with_them_and_into_the_bundle(table: Table) -> None:
    medium = table.voting.close("desk-1", order(table))
    medium.folder("desk-1").replace("acts/001-unread-card.cose", act(table, 1, 2))
    table.visit(medium)
    table.collect(["terminal-1", "terminal-2"])
    table.count()
    bundle = [path for path in table.own.folder("evidence").list() if path.startswith("acts/")]
    assert bundle == ["acts/001-opening.cose", "acts/002-unread-card.cose"]


@pytest.mark.parametrize("signers", [(), (1, 4)])
def test_an_act_must_bear_officials_signatures(table: Table, signers: tuple[int, ...]) -> None:
    medium = table.voting.close("desk-1", order(table))
    medium.folder("desk-1").replace("acts/001-unread-card.cose", act(table, *signers))
    table.visit(medium)
    assert (row(table, "desk-1") == "in") is bool(signers)


@pytest.mark.parametrize(
    "changes",
    [{"station": "0412"}, {"kind": ActKind.OPENING}, {"time_ms": 0}, {"time_ms": 2**50}],
    ids=["another station", "an opening", "before the certificates", "after them"],
)
def test_an_act_that_the_verifier_would_refuse_is_not_taken_in(
    table: Table, changes: dict[str, Any]
) -> None:
    medium = table.voting.close("desk-1", order(table))
    medium.folder("desk-1").replace("acts/001-unread-card.cose", act(table, 1, 2, **changes))
    table.visit(medium)
    assert row(table, "desk-1") == "missing"


def test_the_same_act_twice_is_not_taken_in(table: Table) -> None:
    medium = table.voting.close("desk-1", order(table))
    same = act(table, 1, 2)
    for number in (1, 2):
        medium.folder("desk-1").replace(f"acts/00{number}-unread-card.cose", same)
    table.visit(medium)
    assert row(table, "desk-1") == "missing"


def test_the_courier_card_can_still_be_written_after_the_close(table: Table) -> None:
    lost = CourierCard()
    table.pass_card(lost)
    assert lost.start_order == table.courier.start_order


def test_the_statement_says_what_the_urn_holds(table: Table) -> None:
    signed = table.own.read("statement.cose") or b""
    statement = records.open_record(Statement, signed, samples.device("accumulator").sign_key)
    assert statement.figures[Figure.DEPOSITED] == 2
    assert {entry.board: int.from_bytes(entry.bits, "little") for entry in statement.spent} == {
        "desk-1": 0b11,
        "desk-spare": 0,
    }
    assert statement.closed_ms == table.package.closes_s * 1000
    assert isinstance(table.voting, Voting)
    assert table.package == package()

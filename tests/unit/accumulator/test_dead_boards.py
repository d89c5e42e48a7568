"""Boards that died: written off here, or brought by the spare that went on in their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from common import chain, deadboards, records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, text
from common.journal import Journal, verify_journal
from common.media import FaultKind, TwoMedia
from common.records import (
    Act,
    ActFact,
    ActKind,
    BoardKind,
    Figure,
    Minutes,
    Replacement,
    SerialSet,
    Statement,
    StationPackage,
    TakenOver,
)
from tests import samples
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.unit.accumulator.stage import (
    BOARD,
    StandingClock,
    Table,
    certificate,
    package,
    person_key,
    sign_record,
)
from verifier.report import examine

SPARE_TERMINAL = "terminal-spare"
BLANK = ((), (), ())


def with_spare_terminal() -> StationPackage:
    spare = samples.board(SPARE_TERMINAL, BoardKind.TERMINAL, spare=True)
    return replace(package(), boards=(*package().boards, spare))


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table(tmp_path, with_spare_terminal())
    table.open_station()
    return table


def medium_of_dead(board: str, *, entries: int = 3) -> RecordingMedium:
    """Return the medium of a board that died in the middle of the day."""
    root = RecordingMedium(f"medium of {board}")
    clock = StandingClock(samples.OPENS_S)
    media = TwoMedia(RecordingMedium("own"), root.folder(board))
    journal = Journal.open(media, samples.device(board).signing, clock)
    for number in range(entries):
        journal.append(EventType.STARTED, starts=number + 1)
    return root


def cell(table: Table, name: str, first: str) -> str:
    """Return the name of the row in a table that begins so."""
    for region in table.screen.regions:
        if region.name.startswith(f"{name}.") and region.text == first:
            return region.name.removesuffix(".0")
    raise AssertionError(f"{first} is not in {name}: {sorted(table.names)}")


def state(table: Table, board: str) -> str | None:
    return table.says(cell(table, "boards", board) + ".2")


def sign(table: Table, *people: int) -> None:
    for number in people:
        table.with_pin(table.official[number])


def write_off(table: Table, board: str, spare: str = "") -> None:
    """Write a board off as the commission does, up to the act."""
    table.press("dead")
    assert table.page == "accumulator.dead"
    table.press(cell(table, "boards", board))
    if table.page == "accumulator.dead.spare":
        table.press(cell(table, "spares", spare) if spare else "dead.none")
    assert table.page == "accumulator.dead.medium"


def finish_act(table: Table) -> None:
    table.press("dead.act")
    assert table.page == "accumulator.dead.act"
    sign(table, 1, 2)
    table.press("sign.finish")


def minutes_of(table: Table) -> Minutes:
    content = table.own.read("minutes.cose") or b""
    body = SignedBody.from_bytes(content, Minutes.external(), table.package.station_key)
    return Minutes.from_bytes(body.payload)


def accepted(table: Table, folder: Path) -> tuple[str, ...]:
    """Insist that the verifier accepts the bundle; return its remarks."""
    report, _ = examine(table.bundle(folder), samples.ROOT_KEY)
    assert report.accepted, report.as_text()
    return report.remarks


def test_a_terminal_dies_and_its_spare_stands_in_its_place(table: Table, tmp_path: Path) -> None:
    last = table.voted_card(0, BLANK)  # voted at terminal-1 just before it died
    write_off(table, "terminal-1", SPARE_TERMINAL)
    assert table.says("found") == "No journal was read. You can go on without it."
    table.visit(medium_of_dead("terminal-1"))
    assert table.says("found") == "The journal was read: 3 entries."
    finish_act(table)
    assert table.page == "accumulator.open"
    assert "stands in the place of “terminal-1”" in (table.says("notice") or "")
    assert table.journal()[-2:] == [EventType.ACT_SIGNED, EventType.BOARD_REPLACED]
    table.pass_card(last)
    assert table.votes == 1
    card = table.voted_card(1, BLANK)
    table.voting.vote(card, 1, BLANK, terminal=SPARE_TERMINAL)
    table.pass_card(card)
    table.close_station()
    assert state(table, "terminal-1") == "replaced by terminal-spare"
    assert state(table, SPARE_TERMINAL) == "missing"
    table.collect(["desk-1", "terminal-2"])
    assert "count" not in table.names
    table.collect([SPARE_TERMINAL])
    table.count()
    table.finish()
    minutes = minutes_of(table)
    assert minutes.replaced == (Replacement("terminal-1", SPARE_TERMINAL),)
    assert minutes.written_off == ()
    assert minutes.discrepancies == ()
    assert [head.length for head in minutes.journals if head.board == "terminal-1"] == [3]
    told = accepted(table, tmp_path / "bundle")
    assert "terminal-1 died and was replaced by terminal-spare under an act" in told


def test_a_board_is_written_off_in_the_evening_without_a_spare_or_a_medium(
    table: Table, tmp_path: Path
) -> None:
    table.pass_card(table.voted_card(0, BLANK))
    table.close_station()
    table.collect(["desk-1", "terminal-1"])
    write_off(table, "terminal-2")
    finish_act(table)
    assert table.page == "accumulator.collect"
    assert table.says("notice.1") == "“terminal-2” was written off under an act."
    assert state(table, "terminal-2") == "written off"
    assert table.journal()[-1] is EventType.BOARD_WRITTEN_OFF
    table.count()
    table.finish()
    assert minutes_of(table).written_off == ("terminal-2",)
    told = accepted(table, tmp_path / "bundle")
    assert any(remark.startswith("terminal-2 was written off by an act") for remark in told)


def test_only_desks_and_terminals_that_are_not_in_can_be_written_off(table: Table) -> None:
    table.press("dead")
    listed = {table.says(f"boards.{row}.0") for row in range(9)} - {None}
    assert listed == {"desk-1", "desk-spare", "terminal-1", "terminal-2", SPARE_TERMINAL}
    table.press("dead.back")
    assert table.page == "accumulator.open"
    table.close_station()
    table.collect(["terminal-1"])
    write_off(table, "terminal-2", SPARE_TERMINAL)
    finish_act(table)
    table.press("dead")
    listed = {table.says(f"boards.{row}.0") for row in range(9)} - {None}
    assert listed == {"desk-1", "desk-spare", SPARE_TERMINAL}
    table.press(cell(table, "boards", "desk-1"))
    assert table.page == "accumulator.dead.medium"  # a desk's spare is put in its place elsewhere


def test_two_members_must_sign_and_the_technician_is_none(table: Table) -> None:
    write_off(table, "terminal-1")
    table.press("dead.act")
    sign(table, 1)
    table.insert(table.official[4])
    assert "may not be done by" in (table.says("notice") or "")
    table.take_out()
    assert "sign.finish" not in table.names
    table.press("dead.back")
    assert table.page == "accumulator.open"
    assert EventType.ACT_SIGNED not in table.journal()[table.journal().index(EventType.OPENED) :]
    table.close_station()
    assert state(table, "terminal-1") == "missing"


def test_the_way_back_is_open_until_the_act_and_voters_are_taken_in_again(table: Table) -> None:
    card = table.voted_card(0, BLANK)
    table.press("dead")
    table.press("dead.back")
    write_off(table, "terminal-1")
    table.insert(card)
    assert table.votes == 0
    table.press("dead.back")
    assert table.page == "accumulator.open"
    assert table.votes == 1  # the card in the slot was looked at again


@pytest.mark.parametrize(
    ("medium", "reason"),
    [
        (medium_of_dead("terminal-2"), Reason.MEDIUM_OTHER_BOARD),
        (RecordingMedium("broken", fault=FaultKind.IO), Reason.MEDIUM_DAMAGED),
    ],
)
def test_a_medium_of_another_board_or_a_broken_one_is_told(
    table: Table, medium: RecordingMedium, reason: Reason
) -> None:
    write_off(table, "terminal-1")
    table.visit(medium)
    assert text(reason, "en", found="", expected="", thing="")[-9:] in (table.says("notice") or "")
    table.visitor = None
    table.press("dead.read")
    assert "missing or pulled out" in (table.says("notice") or "")
    finish_act(table)
    assert not [path for path in table.own.list() if path.startswith("collected/terminal-1")]


def test_the_journal_counts_as_far_as_it_verifies(table: Table, tmp_path: Path) -> None:
    medium = medium_of_dead("terminal-1", entries=5)
    path = "terminal-1/journal.cborseq"
    torn = medium.files[path]
    medium.files[path] = torn[: len(torn) - 7]
    write_off(table, "terminal-1")
    table.visit(medium)
    assert table.says("found") == "The journal was read: 4 entries."
    finish_act(table)
    table.close_station()
    table.collect(["desk-1", "terminal-2"])
    table.count()
    table.finish()
    accepted(table, tmp_path / "bundle")


def test_a_board_that_comes_in_after_all_is_not_dead(table: Table, tmp_path: Path) -> None:
    write_off(table, "terminal-1", SPARE_TERMINAL)
    finish_act(table)
    table.close_station()
    table.collect(["desk-1", "terminal-1", "terminal-2"])
    assert state(table, "terminal-1") == "in"
    table.count()
    table.finish()
    assert minutes_of(table).replaced == ()
    told = accepted(table, tmp_path / "bundle")
    assert "an act calls terminal-1 dead, but it has stated its figures" in told


def test_a_power_cut_at_any_write_leaves_the_board_dead_or_alive(tmp_path: Path) -> None:
    power, number, endings = Power(), 0, set()
    while True:
        number += 1
        table = Table(tmp_path / str(number), with_spare_terminal(), power=power)
        table.open_station()
        write_off(table, "terminal-1", SPARE_TERMINAL)
        table.visit(medium_of_dead("terminal-1"))
        table.press("dead.act")
        sign(table, 1, 2)
        power.fail_at(number, Cut.A_PART if number % 2 else Cut.ALL)
        try:
            table.press("sign.finish")
        except PowerCut:
            table.power_cut()
        else:
            break
        table.unlock()
        assert table.page == "accumulator.open"
        table.close_station()
        endings.add(state(table, "terminal-1"))
        if state(table, "terminal-1") == "missing":
            write_off(table, "terminal-1", SPARE_TERMINAL)
            table.visit(medium_of_dead("terminal-1"))
            finish_act(table)
        table.collect(["desk-1", "terminal-2", SPARE_TERMINAL])
        table.count()
        table.finish()
        accepted(table, tmp_path / str(number) / "bundle")
    assert endings == {"missing", "replaced by terminal-spare"}


# --- a spare desk brings what it took over ----------------------------------------------------


def signed_act(board: str, act: Act, *people: int) -> bytes:
    body = SignedBody(act.to_bytes(), Act.external())
    for number in people:
        der = person_key(number).sign(
            body.to_be_signed(certificate(number)), ec.ECDSA(hashes.SHA256())
        )
        signature = chain.canonical_signature(*decode_dss_signature(der))
        body = body.with_person(certificate(number), signature)
    return body.with_board(samples.device(board).signing).to_bytes()


Change = Callable[[Table, RecordingMedium], None]


def medium_of_spare_desk(
    table: Table, *, issued: int = 1, people: tuple[int, ...] = (1, 2)
) -> RecordingMedium:
    """Return the dead desk's medium after its spare went on with it and closed."""
    root = medium_of_dead("desk-1")
    spare, dead = (table.package.board(name) for name in ("desk-spare", "desk-1"))
    assert spare is not None
    assert dead is not None
    order = table.courier.start_order or b""
    own = root.folder("desk-spare")
    table.voting.close_on(own, "desk-spare", order, figures={Figure.VOTERS_GIVEN: issued})
    left = deadboards.read_left(root.folder("desk-1"), dead, table.package, table.package_hash)
    time_ms = samples.OPENS_S * 1000
    act = deadboards.replacement_act(left, spare, table.package, table.package_hash, time_ms)
    own.replace("acts/001-replacement.cose", signed_act("desk-spare", act, *people))
    own.replace("replaced/desk-1/journal.cborseq", left.journal)
    sets = (((1 << issued) - 1).to_bytes(512, "little"), bytes(512))
    taken = TakenOver(*(SerialSet("desk-1", bits) for bits in sets))
    change_statement(root, taken_over=(taken,))
    return root


def change_statement(root: RecordingMedium, **changes: object) -> None:
    folder = root.folder("desk-spare")
    signed = folder.read("statement.cose") or b""
    statement = records.open_record(Statement, signed, samples.device("desk-spare").sign_key)
    changed = replace(statement, **changes)  # type: ignore[arg-type]  # by name
    folder.replace("statement.cose", sign_record(changed, "desk-spare"))


def closed(table: Table) -> Table:
    table.pass_card(table.voted_card(0, BLANK))
    table.close_station()
    table.collect(["terminal-1", "terminal-2"])
    return table


def test_a_spare_desk_brings_the_dead_desk_with_it(table: Table, tmp_path: Path) -> None:
    closed(table)
    table.visit(medium_of_spare_desk(table))
    assert table.says("notice.1") == "Board “desk-spare” is in."
    assert "notice.2" not in table.names  # the dead desk's folder beside it is no surprise
    assert state(table, "desk-1") == "replaced by desk-spare"
    table.power_cut()
    table.unlock()
    assert state(table, "desk-1") == "replaced by desk-spare"
    table.count()
    table.finish()
    minutes = minutes_of(table)
    assert minutes.replaced == (Replacement("desk-1", "desk-spare"),)
    assert minutes.discrepancies == ()
    assert minutes.figures[Figure.ISSUED] == minutes.figures[Figure.COUNTED] == 1
    told = accepted(table, tmp_path / "bundle")
    assert "desk-1 died and was replaced by desk-spare under an act" in told


def giving_cards(root: RecordingMedium) -> RecordingMedium:
    """Let the spare have given a card of its own."""
    change_statement(root, issued=SerialSet("desk-spare", bytes([1]) + bytes(511)))
    return root


def test_a_desk_and_the_spare_that_claims_its_serials_are_not_both_in(table: Table) -> None:
    closed(table)
    table.collect(["desk-1"])
    table.visit(giving_cards(medium_of_spare_desk(table)))
    assert "is in already, and a spare says that it replaced it" in (table.says("notice.1") or "")
    assert state(table, "desk-spare") == "spare, not used"


def of_closed_desk(table: Table) -> RecordingMedium:
    """Return the medium of a desk that had closed, and whose spare does its part of the count."""
    root = medium_of_spare_desk(table)
    order = table.courier.start_order or b""
    table.voting.close_on(root.folder("desk-1"), "desk-1", order, figures={Figure.VOTERS_GIVEN: 1})
    return root


@pytest.mark.parametrize("is_in", [True, False])
def test_a_spare_that_only_counts_for_a_closed_desk_is_not_in_beside_it(
    table: Table, *, is_in: bool
) -> None:
    closed(table)
    if is_in:
        table.collect(["desk-1"])
    table.visit(of_closed_desk(table))
    assert state(table, "desk-spare") == "spare, not used"
    assert state(table, "desk-1") == "in"
    assert "notice.2" not in table.names
    table.count()
    assert minutes_of(table).figures[Figure.ISSUED] == 1


def test_of_a_closed_desk_and_a_spare_that_gave_cards_only_the_desk_is_in(table: Table) -> None:
    closed(table)
    table.visit(giving_cards(of_closed_desk(table)))
    assert state(table, "desk-1") == "in"
    assert state(table, "desk-spare") == "spare, not used"
    told = f"{table.says('notice.1')} {table.says('notice.2')}"
    assert "a spare says that it replaced it" in told


def test_the_desk_that_was_replaced_does_not_come_in_afterwards(table: Table) -> None:
    closed(table)
    table.visit(medium_of_spare_desk(table))
    table.collect(["desk-1"])
    assert "was replaced by “desk-spare”" in (table.says("notice.1") or "")
    assert state(table, "desk-1") == "replaced by desk-spare"


def without(path: str) -> Change:
    return lambda _, root: root.folder("desk-spare").remove(path)


def sets(name: str) -> tuple[TakenOver, ...]:
    return (TakenOver(SerialSet(name, bytes(512)), SerialSet(name, bytes(512))),)


FORGED: dict[str, tuple[Change, Reason]] = {
    "no act": (without("acts/001-replacement.cose"), Reason.RECORD_MISSING),
    "no journal": (without("replaced/desk-1/journal.cborseq"), Reason.JOURNAL_SHORTENED),
    "no sets": (lambda _, root: change_statement(root, taken_over=()), Reason.RECORD_MISSING),
    "its own sets": (
        lambda _, root: change_statement(root, taken_over=sets("desk-spare")),
        Reason.RECORD_DAMAGED,
    ),
    "a terminal's sets": (
        lambda _, root: change_statement(root, taken_over=sets("terminal-1")),
        Reason.RECORD_DAMAGED,
    ),
    "sets twice": (
        lambda _, root: change_statement(root, taken_over=sets("desk-1") * 2),
        Reason.RECORD_DAMAGED,
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_spare_desk_without_all_that_belongs_to_it_is_refused(table: Table, name: str) -> None:
    change, reason = FORGED[name]
    closed(table)
    root = medium_of_spare_desk(table)
    change(table, root)
    table.visit(root)
    entry = verify_journal(table.own.read("journal.cborseq") or b"", samples.device(BOARD).sign_key)
    assert entry[-1].event is EventType.BOARD_REFUSED
    assert entry[-1].facts == {"board": "desk-spare", "reason": reason}
    assert state(table, "desk-1") == "missing"


@pytest.mark.parametrize("people", [(), (1,), (1, 4)])
def test_a_replacement_that_two_members_did_not_sign_is_refused(
    table: Table, people: tuple[int, ...]
) -> None:
    closed(table)
    table.visit(medium_of_spare_desk(table, people=people))
    assert state(table, "desk-1") == "missing"


def test_an_act_about_nobody_is_not_taken_in_from_any_board(table: Table) -> None:
    closed(table)
    forged: tuple[tuple[ActKind, dict[int, int | str | bytes]], ...] = (
        (ActKind.WRITE_OFF, {ActFact.BOARD: "terminal-1"}),  # only an accumulator writes off
        (ActKind.REPLACEMENT, {ActFact.BOARD: "desk-9", ActFact.SPARE: "desk-1"}),
        (ActKind.REPLACEMENT, {}),
    )
    for kind, facts in forged:
        order = table.courier.start_order or b""
        medium = table.voting.close("desk-1", order)
        act = Act(kind, "0421", table.package_hash, "desk-1", samples.OPENS_S * 1000, facts)
        medium.folder("desk-1").replace("acts/001-x.cose", signed_act("desk-1", act, 1, 2))
        table.visit(medium)
        assert state(table, "desk-1") == "missing"

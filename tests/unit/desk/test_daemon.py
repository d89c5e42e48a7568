"""The shell: a day on real media, what is stored and where, what a failing medium does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardio.messages import CardRemoved, CourierCardSeen, Done
from common import records
from common.errors import Reason
from common.media import FaultKind
from common.records import Activation, Figure
from common.service import StopRequested, TimeReached
from desk.archive import START_ORDER, STATEMENT
from desk.daemon import TRY_AGAIN_S
from desk.events import CodeScanned
from desk.state import MARKS_FILE, SERIALS_FILE
from tests import samples
from tests.unit.desk.bench import IINS, LINES, Card
from tests.unit.desk.office import NAME, Office, made, package_hash

ON_BOTH = {
    "package.cose", "program.cose", "voters.sealed", "journal.cborseq",
    "secrets.sealed", START_ORDER, STATEMENT, SERIALS_FILE, MARKS_FILE,
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_day_at_the_desk(office: Office) -> None:
    office.keep_half()
    office.start()
    assert office.page() == "desk.waiting"
    office.put(CourierCardSeen(1, office.order, torn=False))
    assert office.page() == "desk.opened"
    office.put(None)
    assert office.page() == "desk.ready"
    assert office.text("turnout") == f"Voters given a card: 0 of {LINES}"

    first, second, third = Card(1), Card(2), Card(3)
    office.give(1, first)
    office.step(CodeScanned(IINS[1]))
    assert office.text("voter.0.1") == "Сайлаушы2"
    office.press("confirm")
    office.put(second)
    office.put(None)
    office.give(3, third)
    office.put(second)
    assert office.page() == "desk.card"
    office.press("returned")
    assert office.page() == "desk.withdrawn"
    office.put(None)
    office.press("digits.3", "find", "unread", "sealed")
    office.sign_act(1, 2)
    assert office.page() == "desk.row"
    office.press("confirm")
    office.put(Card(4))
    office.put(None)
    office.close()
    assert office.page() == "desk.closed"

    statement = office.statement()
    assert statement.figures == {
        Figure.ISSUED: 4,
        Figure.RETURNED: 1,
        Figure.VOID: 0,
        Figure.UNREAD: 1,
        Figure.VOTERS_GIVEN: 3,
        Figure.STARTS: 1,
        Figure.REFUSED_CARDS: 0,
        Figure.CHALLENGED: 0,
    }
    assert statement.package == package_hash()
    assert statement.start_order == records.digest(office.order)
    entries = office.journal()
    assert statement.journal_length == len(entries)
    assert statement.journal_head == entries[-1].hash
    assert statement.issued is not None
    assert statement.withdrawn is not None
    issued = int.from_bytes(statement.issued.bits, "little")
    withdrawn = int.from_bytes(statement.withdrawn.bits, "little")
    assert issued.bit_count() == 4
    assert withdrawn & issued == withdrawn
    for card in (first, third):
        assert card.activation is not None
        activation = records.open_record(Activation, card.activation, samples.device(NAME).sign_key)
        assert issued >> activation.serial & 1
        assert activation.package == package_hash()
    assert office.events() == [
        "STARTED", "PROGRAM_CHECKED", "LIST_LOADED", "CLOCK_OFFSET", "OPENED",
        "VOTER_FOUND", "CARD_ACTIVATED", "VOTER_FOUND", "CARD_ACTIVATED",
        "VOTER_FOUND", "CARD_ACTIVATED", "CARD_RETURNED",
        "VOTER_FOUND", "VOTER_CAME_AGAIN", "ACT_SIGNED", "CARD_UNREAD", "ANOTHER_CARD_ACTIVATED",
        "CLOSED",
    ]  # fmt: skip


def test_both_media_hold_the_same_and_secrets_stay_inside(office: Office) -> None:
    office.open()
    office.give(1, Card(1))
    office.press("digits.1", "find", "unread", "sealed")
    office.sign_act(1, 3)
    office.press("back")
    office.close()
    own, removable = office.files(office.own), office.files(office.removable)
    half = made(NAME, office.package).record.path
    assert set(removable) == ON_BOTH | {"acts/001-unread-card.cose", half}
    assert {path: own[path] for path in removable} == removable
    assert set(own) - set(removable) == {"device.keys"}


def test_no_file_names_a_voter_and_a_card(office: Office) -> None:
    office.open()
    card = Card(1)
    office.give(1, card)
    for medium in (office.own, office.removable):
        for path, content in office.files(medium).items():
            assert IINS[0].encode() not in content, path
            assert "Сайлаушы1".encode() not in content, path
            assert card.key_hash not in content, path
            assert (card.activation or b"?") not in content, path


def test_same_day_with_voters_in_another_order_leaves_the_same_marks(tmp_path: Path) -> None:
    marks = []
    for name, order in (("a", (1, 2, 3)), ("b", (3, 1, 2))):
        office = Office(tmp_path / name)
        office.open()
        for line in order:
            office.give(line, Card(line))
        marks.append(office.own.read(MARKS_FILE))
    assert marks[0] == marks[1]


def test_restart_goes_on_where_it_was(office: Office) -> None:
    office.open()
    office.give(1, Card(1))
    office.start()
    assert office.page() == "desk.ready"
    assert office.text("turnout").startswith("Voters given a card: 1 of")
    office.press("digits.1", "find")
    assert office.text("confirm") == ""
    office.step(StopRequested())
    office.start()
    starts = [entry for entry in office.journal() if entry.event.name.endswith("STARTED")]
    assert [entry.event.name for entry in starts] == ["STARTED", "RESTARTED", "STARTED"]
    assert [entry.facts["starts"] for entry in starts] == [1, 2, 3]


def test_closed_desk_stays_closed_and_silent(office: Office) -> None:
    office.open()
    office.close()
    entries = len(office.journal())
    office.start()
    assert office.page() == "desk.closed"
    office.put(Card(1))
    office.step(CodeScanned(IINS[0]))
    office.step(StopRequested())
    assert len(office.journal()) == entries
    office.slot.present = False
    office.start()
    assert office.page() == "desk.closed"


def test_close_that_was_journalled_is_completed_after_a_stop(office: Office) -> None:
    office.open()
    office.slot.writes_left = 3  # the flight block twice, the journal, but not the statement
    office.close()
    assert office.page() == "desk.stopped"
    assert office.events()[-1] == "CLOSED"
    office.slot.writes_left = None
    office.own.remove(STATEMENT)  # a power cut before it was on either medium
    office.start()
    assert office.page() == "desk.closed"
    assert office.statement().journal_length == len(office.journal())
    assert office.removable.read(STATEMENT) == office.own.read(STATEMENT)


@pytest.mark.parametrize("writes", range(13))
def test_medium_pulled_while_giving_is_gone_on_with_when_it_is_back(
    office: Office, writes: int
) -> None:
    office.open()
    card = Card(1)
    office.slot.writes_left = writes
    office.press("digits.1", "find")
    if office.page() == "desk.row":
        office.press("confirm")
        office.put(card)
        office.put(None)
    while office.page() == "desk.ready":
        office.step(CodeScanned("?"))  # one more entry for the journal
    assert office.page() == "desk.stopped"
    assert "Removable medium" in office.text("refusal")
    office.step(CodeScanned(IINS[0]))
    office.slot.present = False
    office.step(TimeReached(0))
    assert office.page() == "desk.stopped"
    office.slot.present, office.slot.writes_left = True, None
    office.step(TimeReached(0))
    assert office.events()[-1] == "MEDIUM_BACK"
    if office.page() == "desk.interrupted":
        office.put(card)
        if office.page() == "desk.interrupted":
            office.press("act")
            office.sign_act(1, 2)
            office.press("back")
        else:
            office.press("give")
            office.put(None)
    assert office.page() == "desk.ready"
    office.press("digits.1", "find")
    if office.text("confirm"):
        office.press("confirm")
        office.put(card)
        office.put(None)
    else:
        office.press("back")
    files = office.files(office.own)
    for path, content in office.files(office.removable).items():
        assert content == files[path], path
    office.close()
    figures = office.statement().figures
    assert figures[Figure.VOTERS_GIVEN] == 1
    assert figures[Figure.ISSUED] <= 2, "the first may be lost in the stop, and counts as missing"


def test_full_medium_is_named(office: Office) -> None:
    office.open()
    office.slot.writes_left, office.slot.fault = 0, FaultKind.FULL
    office.press("digits.1", "find")
    assert office.text("refusal").startswith("Removable medium: no space left")


def test_start_without_a_medium_waits_for_one(office: Office) -> None:
    office.slot.present = False
    office.start()
    assert office.page() == "desk.stopped"
    assert office.text("refusal").startswith("Removable medium")
    office.slot.present = True
    office.clock.ms += round(TRY_AGAIN_S * 1000)
    office.step(TimeReached(0))
    assert office.page() == "desk.waiting"
    assert office.events()[0] == "STARTED"


def test_medium_of_another_board_is_refused(office: Office, tmp_path: Path) -> None:
    (office.slot.root / NAME).rename(office.slot.root / "terminal-1")
    office.start()
    assert office.page() == "desk.stopped"
    assert "terminal-1" in office.text("refusal")


def test_new_blank_medium_gets_everything(office: Office) -> None:
    office.open()
    office.give(1, Card(1))
    (office.slot.root / NAME).rename(office.root / "lost")
    office.start()
    assert office.page() == "desk.ready"
    own = office.files(office.own)
    for path in (START_ORDER, SERIALS_FILE, MARKS_FILE, "journal.cborseq"):
        assert office.removable.read(path) == own[path]


def test_state_lost_after_the_opening_stops_the_desk(office: Office) -> None:
    office.open()
    for medium in (office.own, office.removable):
        medium.remove(MARKS_FILE)
    office.start()
    assert office.page() == "desk.stopped"
    assert office.text("refusal") == Reason.LOST_ON_BOTH.en.format(
        thing="Stored state of the board"
    )


def test_older_removable_medium_is_caught_up(office: Office) -> None:
    office.open()
    before = office.files(office.removable)
    office.give(1, Card(1))
    for path, content in before.items():
        office.removable.replace(path, content)
    office.start()
    assert office.text("turnout").startswith("Voters given a card: 1 of")
    assert office.removable.read(MARKS_FILE) == office.own.read(MARKS_FILE)


def test_program_that_differs_does_not_run(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "__init__.py").write_text("changed", encoding="utf-8")
    monkeypatch.setattr("desk.archive.PROGRAM_ROOT", tmp_path)
    office.start()
    assert office.page() == "desk.stopped"
    assert "desk/__init__.py" in office.text("refusal")


def test_stale_answers_are_dropped(office: Office) -> None:
    office.open()
    office.press("digits.1", "find", "confirm")
    office.step(Done(999))
    assert office.page() == "desk.blank"


def test_touch_that_slides_off_or_meets_another_page_does_nothing(office: Office) -> None:
    from common.pages import find
    from hal.touch import TouchEvent, TouchKind

    office.open()
    office.press("digits.1")
    button = find(office.screen.regions, "find")
    assert button is not None
    office.step(TouchEvent(TouchKind.DOWN, *button.centre))
    office.step(TouchEvent(TouchKind.MOVE, 2, 2))
    office.step(TouchEvent(TouchKind.UP, 2, 2))
    assert office.page() == "desk.ready"
    office.step(TouchEvent(TouchKind.DOWN, *button.centre))
    office.step(CodeScanned(IINS[0]))
    assert office.page() == "desk.row"
    office.step(TouchEvent(TouchKind.UP, *button.centre))
    assert office.page() == "desk.row"


def test_reader_that_is_silent_is_shown(office: Office) -> None:
    from cardio.messages import ReaderMissing

    office.open()
    office.step(ReaderMissing())
    assert "does not answer" in office.text("reader")
    office.step(CardRemoved())
    assert office.text("reader") == ""

"""The day: refusals by their page, the hourly paper, the close, and media that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from accumulator.events import CaseChanged, MainsChanged
from accumulator.paper import Words
from cardio.messages import CardRefused, ReaderMissing
from common.catalogue import EventType
from common.errors import Reason, Thing, text
from common.media import FaultKind
from hal.printer import PrinterState
from tests.unit.accumulator.stage import (
    CourierCard,
    OfficialCard,
    ShareCardOf,
    Table,
    VoterCard,
    package,
    with_parameters,
)

BLANK = ((), (), ())


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table(tmp_path)
    table.open_station()
    return table


def test_a_counted_card_says_how_many(table: Table) -> None:
    for serial in range(3):
        card = table.voted_card(serial, BLANK)
        table.insert(card)
        assert table.says("notice") == f"Counted, {serial + 1} votes. Take the card out."
        assert table.says("count") == str(serial + 1)
        assert table.lines.latch is False
        table.take_out()
    assert table.lines.history.count(True) == 3
    assert table.journal().count(EventType.VOTE_TAKEN_IN) == 3


def test_cards_that_are_not_wanted_are_told_why(table: Table) -> None:
    activated = VoterCard(number=8)
    table.voting.activate(activated, 1)
    for card, reason in (
        (VoterCard(), Reason.CARD_EMPTY),
        (VoterCard(torn=True), Reason.CARD_TORN),
        (activated, Reason.CARD_WITHOUT_VOTE),
        (OfficialCard(), Reason.CARD_OFFICIAL_HERE),
        (ShareCardOf(), Reason.CARD_SHARE_HERE),
    ):
        table.insert(card)
        assert table.says("notice") == text(reason, "en")
        table.take_out()
        assert table.says("notice") is None
    assert table.votes == 0
    table.happen(CardRefused(Reason.CARD_OTHER_STATION, (("found", "0412"), ("expected", "0421"))))
    assert "0412" in (table.says("notice") or "")
    table.happen(ReaderMissing())
    assert table.says("notice") == text(Reason.READER_MISSING, "en")


def test_pages_come_in_three_languages(table: Table) -> None:
    seen = set()
    for language in ("kk", "ru", "en"):
        table.press(f"language.{language}")
        seen.add(table.says("title"))
        assert f"language.{language}.disabled" in table.names
    assert len(seen) == 3


def test_figures_are_printed_every_hour_and_when_asked(table: Table) -> None:
    before = len(table.paper.documents)
    table.wait(3599)
    assert len(table.paper.documents) == before
    table.wait(1)
    assert len(table.paper.documents) == before + 1
    table.wait(1800)
    table.press("report")
    table.wait(1800)
    assert len(table.paper.documents) == before + 2
    assert table.journal().count(EventType.HOURLY_PRINTED) == 2
    words = [block.text for block in table.paper.documents[-1].blocks if isinstance(block, Words)]
    assert any("Голосов в урне: 0" in word for word in words)


def test_no_hour_no_paper(tmp_path: Path) -> None:
    table = Table(tmp_path, with_parameters(package(), hourly_print_s=0))
    table.open_station()
    before = len(table.paper.documents)
    table.wait(20_000)
    assert len(table.paper.documents) == before


def test_a_printer_without_paper_stops_nothing(table: Table) -> None:
    table.paper.state = PrinterState.PAPER_OUT
    table.press("report")
    assert table.says("paper") == text(Reason.PRINTER_PAPER_OUT, "en")
    assert EventType.PAPER_OUT in table.journal()
    table.pass_card(table.voted_card(0, BLANK))
    assert table.votes == 1
    table.paper.state = PrinterState.OFFLINE
    table.press("report")
    assert EventType.PRINTER_OFFLINE in table.journal()


def test_nobody_closes_before_the_hour(table: Table) -> None:
    table.press("close")
    assert table.page == "accumulator.open"
    assert table.says("notice") == text(Reason.CLOSE_NOT_REACHED, "en", time="18:00")
    table.clock.unix_ms = table.package.closes_s * 1000
    table.press("close")
    assert table.page == "accumulator.close"
    table.press("close.back")
    assert table.page == "accumulator.open"
    table.pass_card(table.voted_card(0, BLANK))
    table.press("close")
    table.press("close.confirm")
    assert table.page == "accumulator.collect"
    late = table.voted_card(1, BLANK)
    table.insert(late)
    assert table.says("notice.1") == text(Reason.CLOSED, "en")
    assert late.cast_vote is not None


def test_power_and_case_are_journalled(table: Table) -> None:
    table.happen(MainsChanged(on_mains=False, percent=80))
    table.happen(MainsChanged(on_mains=True, percent=79))
    table.happen(CaseChanged(opened=True))
    table.happen(CaseChanged(opened=False))
    assert table.journal()[-4:] == [
        EventType.POWER_LOST,
        EventType.POWER_BACK,
        EventType.CASE_OPENED,
        EventType.CASE_CLOSED,
    ]


def test_a_medium_that_is_pulled_stops_intake_until_it_is_back(table: Table) -> None:
    table.pass_card(table.voted_card(0, BLANK))
    medium = table.pull_medium()
    assert table.page == "accumulator.stopped"
    waiting = table.voted_card(1, BLANK)
    table.insert(waiting)
    assert table.says("notice") == text(Reason.MEDIUM_MISSING, "en", thing=Thing.REMOVABLE)
    assert table.lines.latch is False
    table.push_medium(medium)
    assert table.page == "accumulator.open"
    assert (table.votes, waiting.erased) == (2, 1)  # it was looked at afresh
    assert [
        event
        for event in table.journal()
        if event in {EventType.MEDIUM_FAILED, EventType.MEDIUM_BACK}
    ] == [EventType.MEDIUM_FAILED, EventType.MEDIUM_BACK]


@pytest.mark.parametrize(
    "kind", [FaultKind.GONE, FaultKind.FULL, FaultKind.READ_ONLY, FaultKind.IO]
)
def test_a_medium_that_fails_in_an_intake_loses_nothing(table: Table, kind: FaultKind) -> None:
    table.pass_card(table.voted_card(0, BLANK))
    table.break_medium(kind)
    card = table.voted_card(1, BLANK)
    table.insert(card)
    assert table.page == "accumulator.stopped"
    assert table.says("notice") == text(kind.value, "en", thing=Thing.REMOVABLE)
    assert card.erased == 0
    table.press("retry")
    assert table.page == "accumulator.stopped"
    table.break_medium(None)
    table.press("retry")
    assert table.page == "accumulator.open"
    table.take_out()
    table.pass_card(card)
    assert card.erased == 1
    assert table.votes == 2
    assert EventType.MEDIUM_BACK in table.journal()


def test_own_storage_that_fails_is_named(table: Table) -> None:
    table.own.fault = FaultKind.FULL
    table.insert(table.voted_card(0, BLANK))
    assert table.says("notice") == text(Reason.OWN_STORAGE_FULL, "en")


def test_another_boards_medium_is_not_taken_for_ours(table: Table) -> None:
    table.pull_medium()
    assert table.courier.start_order is not None
    table.push_medium(table.voting.close("desk-1", table.courier.start_order))
    expected = text(Reason.MEDIUM_OTHER_BOARD, "en", found="desk-1", expected="accumulator")
    assert table.says("notice") == expected


def test_a_destroyed_slot_stops_the_board(table: Table) -> None:
    table.pass_card(table.voted_card(0, BLANK))
    assert table.medium is not None
    size = len(table.own.read("urn.bin") or b"")
    for block in range(2, size // 4096):
        for medium in (table.own, table.medium.folder("accumulator")):
            medium.flip("urn.bin", block * 4096 * 8 + 900)
    card = table.voted_card(1, BLANK)
    table.insert(card)
    assert table.page == "accumulator.stopped"
    assert card.erased == 0
    assert EventType.URN_REFUSED in table.journal()


def test_a_slot_that_one_medium_lost_is_repaired_and_journalled(table: Table) -> None:
    table.pass_card(table.voted_card(0, BLANK))
    table.own.flip("urn.bin", 4096 * 8 + 77)
    table.pass_card(table.voted_card(1, BLANK))
    assert table.votes == 2
    assert EventType.URN_REPAIRED in table.journal()


def test_a_daemon_that_restarts_needs_no_password_a_power_cut_does(table: Table) -> None:
    table.pass_card(table.voted_card(0, BLANK))
    table.restart()
    assert table.page == "accumulator.open"
    assert table.journal().count(EventType.RESTARTED) == 1
    table.power_cut()
    assert table.page == "accumulator.start"
    waiting = table.voted_card(1, BLANK)
    table.insert(waiting)
    assert table.says("notice") == text(Reason.NOT_OPEN, "en")
    assert waiting.erased == 0
    table.unlock()
    assert table.page == "accumulator.open"
    assert (table.votes, waiting.erased) == (2, 1)


def test_the_courier_hint_goes_when_the_card_is_written(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.to_act()
    for number in (1, 2, 3):
        table.with_pin(table.official[number])
    table.press("sign.finish")
    assert table.says("courier") is not None
    table.pass_card(CourierCard())
    assert table.says("courier") is None

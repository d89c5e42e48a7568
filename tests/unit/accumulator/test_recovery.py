"""What a start makes of two media that differ, are damaged, or are not what they were."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from common import cbor, records
from common.catalogue import EventType
from common.errors import Reason, text
from common.service import StopRequested
from tests import samples
from tests.recording_medium import RecordingMedium
from tests.unit.accumulator.stage import BOARD, Table, VoterCard

CHOICES = (((0,), (1, 2), (0,)), ((1,), (), (1,)))
FILES = (
    "start-order.cose",
    "acts/001-opening.cose",
    "statement.cose",
    "collected/desk-1/statement.cose",
    "collected/desk-1/journal.cborseq",
    "minutes.cose",
)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return an accumulator whose votes are counted and whose minutes wait for signatures."""
    table = Table(tmp_path)
    table.open_station()
    for serial, selections in enumerate(CHOICES):
        table.pass_card(table.voted_card(serial, selections))
    table.close_station()
    table.collect()
    table.count()
    return table


def removable(table: Table) -> RecordingMedium:
    assert table.medium is not None
    return table.medium.folder(BOARD)


def damage(medium: RecordingMedium, path: str) -> None:
    medium.flip(path, len(medium.read(path) or b"") * 8 - 5)


@pytest.mark.parametrize("path", FILES)
def test_what_one_medium_lost_comes_from_the_other(table: Table, path: str) -> None:
    whole = table.own.read(path)
    assert whole is not None
    for medium in (table.own, removable(table)):
        medium.remove(path)
        table.restart()
        assert table.page == "accumulator.minutes"
        assert medium.read(path) == whole
    assert table.journal().count(EventType.FILES_REPAIRED) == 2


@pytest.mark.parametrize("path", FILES)
def test_what_one_medium_spoilt_comes_from_the_other(table: Table, path: str) -> None:
    whole = table.own.read(path)
    for medium in (table.own, removable(table)):
        damage(medium, path)
        table.restart()
        assert table.page == "accumulator.minutes"
        assert table.own.read(path) == removable(table).read(path) == whole


@pytest.mark.parametrize("path", FILES)
def test_what_both_media_spoilt_is_for_people_to_decide(table: Table, path: str) -> None:
    damage(table.own, path)
    removable(table).remove(path)
    table.restart()
    assert table.page == "accumulator.stopped"
    assert (table.says("notice") or "").endswith(
        "damaged or lost on both media. Stop the board; the commission decides."
    )
    assert "spare" in (table.says("hint") or "")
    table.press("retry")
    assert table.page == "accumulator.stopped"


def _without_act(table: Table) -> None:
    for medium in (table.own, removable(table)):
        medium.remove("acts/001-opening.cose")


def _without_urn(table: Table) -> None:
    for medium in (table.own, removable(table)):
        medium.remove("urn.bin")


def _other_order(table: Table) -> None:
    signed = table.own.read("start-order.cose") or b""
    order = records.open_record(records.StartOrder, signed, table.package.station_key)
    other = dataclasses.replace(order, package=bytes(32))
    for medium in (table.own, removable(table)):
        medium.replace("start-order.cose", records.sign(other, samples.STATION_KEYS.station))


def _broken_journal(table: Table) -> None:
    for medium in (table.own, removable(table)):
        damage(medium, "journal.cborseq")


def _other_package(table: Table) -> None:
    other = dataclasses.replace(table.package, election="another")
    removable(table).replace("package.cose", records.sign(other, samples.ROOT))


def _other_station(table: Table) -> None:
    other = dataclasses.replace(table.package, station="9999")
    removable(table).replace("package.cose", records.sign(other, samples.ROOT))


def _unknown(table: Table) -> None:
    for path in ("package.cose", "journal.cborseq"):
        removable(table).replace(path, b"another")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_without_act, Reason.RECORD_MISSING),
        (_without_urn, Reason.URN_MISSING),
        (_other_order, Reason.RECORD_OTHER_PACKAGE),
        (_broken_journal, Reason.JOURNAL_BROKEN),
        (_other_package, Reason.MEDIUM_OTHER_DAY),
        (_other_station, Reason.MEDIUM_OTHER_STATION),
        (_unknown, Reason.MEDIUM_UNKNOWN),
    ],
)
def test_a_day_that_cannot_be_gone_on_with_says_why(
    table: Table, change: Callable[[Table], None], reason: Reason
) -> None:
    change(table)
    table.restart()
    assert table.page == "accumulator.stopped"
    tail = text(reason, "en").rsplit(". ", 1)[-1]
    assert (table.says("notice") or "").endswith(tail)
    table.insert(VoterCard())
    assert table.lines.latch is False


def test_a_power_cut_between_start_order_and_journal_still_opens(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.open_station()
    entries = table.journal()
    assert entries.count(EventType.OPENED) == 1
    # The journal as it was before the order was journalled, on both media.
    items, _ = cbor.split_sequence(table.own.read("journal.cborseq") or b"")
    kept = b"".join(cbor.wrap(item) for item in items[: entries.index(EventType.START_ORDER_MADE)])
    for medium in (table.own, removable(table)):
        medium.replace("journal.cborseq", kept)
    table.restart()
    assert table.page == "accumulator.open"
    assert table.journal().count(EventType.OPENED) == 1


def test_sealed_keys_that_own_storage_lost_come_from_the_medium(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.own.remove("station-keys.sealed")
    table.restart()
    assert table.journal().count(EventType.FILES_REPAIRED) == 1
    assert "1" in (table.says("mended") or "")
    table.to_zero()
    assert table.page == "accumulator.zero"
    assert table.own.read("station-keys.sealed") is not None


def test_keys_that_are_not_sealed_to_us_are_refused(tmp_path: Path) -> None:
    table = Table(tmp_path)
    for medium in (table.own, removable(table)):
        medium.replace("station-keys.sealed", bytes(80))
    table.unlock()
    assert table.page == "accumulator.stopped"
    assert "Station keys" in (table.says("notice") or "")


def test_a_stop_is_journalled_and_the_next_start_is_no_restart(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.happen(StopRequested())
    table.restart()
    assert table.journal() == [EventType.STARTED, EventType.STOPPED, EventType.STARTED]
    table.restart()
    assert table.journal()[-1] is EventType.RESTARTED

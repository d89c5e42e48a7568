"""The clock at the accumulator: compared before the opening, put right under an act."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from common import daytime
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, text
from common.journal import Entry, verify_journal
from common.records import Act, ActFact, ActKind
from tests import samples
from tests.unit.accumulator.stage import BOARD, Table

YEAR_2000_S = 946_684_800


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def entries(table: Table) -> list[Entry]:
    content = table.own.read("journal.cborseq") or b""
    return verify_journal(content, samples.device(BOARD).sign_key)


def digits(table: Table, minutes_from_now: int) -> str:
    moment_ms = table.clock.unix_ms + minutes_from_now * 60_000
    return daytime.hours(moment_ms, table.package.zone_minutes).replace(":", "")


def stop_oscillator(table: Table) -> None:
    table.chip.error_s = YEAR_2000_S - table.clock.unix_ms // 1000
    table.chip.stopped = True
    table.restart()


def wrong_since_installation(table: Table, error_s: int) -> None:
    """Let the chip be wrong before anything was journalled: nothing shows that it is."""
    table.own.remove("journal.cborseq")
    assert table.medium is not None
    table.medium.folder(BOARD).remove("journal.cborseq")
    table.chip.error_s = error_s
    table.restart()


def set_clock(table: Table, typed: str) -> None:
    table.press("clock.change")
    table.type("digits", typed)
    table.press("clock.set")


def sign_two(table: Table) -> None:
    for number in (1, 2):
        table.with_pin(table.official[number])
    table.press("sign.finish")


def test_date_weekday_and_local_time_are_shown_and_confirmed(table: Table) -> None:
    table.unlock()
    shown_ms, zone = table.clock.unix_ms, table.package.zone_minutes
    assert table.says("time") == daytime.hours(shown_ms, zone)
    assert daytime.date_and_weekday(shown_ms, zone, "en") in (table.says("date") or "")
    assert "UTC+05:00" in (table.says("date") or "")
    table.wait(60)
    assert table.says("time") == daytime.hours(shown_ms + 60_000, zone)
    table.press("clock.right")
    assert table.page == "accumulator.zero"
    assert table.journal()[-1] is EventType.CLOCK_CONFIRMED


def test_a_chip_that_stopped_must_be_set_before_the_opening(table: Table) -> None:
    stop_oscillator(table)
    table.unlock()
    assert EventType.CLOCK_STOPPED in table.journal()
    assert "clock.right" not in table.names
    assert "cannot be believed" in (table.says("notice") or "")
    set_clock(table, digits(table, 1))
    assert table.page == "accumulator.clock.act"
    table.with_pin(table.official[2])
    table.with_pin(table.official[3])
    assert "sign.finish" not in table.names  # without the chair it is not complete
    table.with_pin(table.official[1])
    table.press("sign.finish")
    assert table.page == "accumulator.clock"
    assert abs(table.chip.read().unix_s * 1000 - table.clock.unix_ms) <= 61_000
    assert not table.chip.read().stopped
    table.press("clock.right")
    assert table.page == "accumulator.zero"


def test_the_act_says_what_was_and_what_is_and_bears_the_right_time(table: Table) -> None:
    wrong_since_installation(table, -600)
    table.unlock()
    typed = digits(table, 0)
    set_clock(table, typed)
    sign_two(table)
    (path,) = table.strongroom.files.act_paths()
    signed = table.own.read(path) or b""
    body = SignedBody.from_bytes(signed, Act.external(), samples.device(BOARD).sign_key)
    act = Act.from_bytes(body.payload)
    offset_s = act.facts[ActFact.OFFSET_S]
    assert isinstance(offset_s, int)
    assert act.kind is ActKind.CLOCK
    assert abs(offset_s - 600) < 60
    assert daytime.hours(act.time_ms, table.package.zone_minutes).replace(":", "") == typed
    corrected = [each for each in entries(table) if each.event is EventType.CLOCK_CORRECTED]
    assert [each.facts["offset_s"] for each in corrected] == [offset_s]
    assert path.endswith("-clock.cose")


def test_a_clock_that_is_ahead_is_put_back_and_the_journal_says_so(table: Table) -> None:
    table.chip.error_s = 7200
    table.restart()
    table.unlock()
    set_clock(table, digits(table, 0))
    sign_two(table)
    told = entries(table)
    (correction,) = [each for each in told if each.event is EventType.CLOCK_CORRECTED]
    offset_s = correction.facts["offset_s"]
    assert isinstance(offset_s, int)
    assert -7260 <= offset_s <= -7140
    assert correction.time_ms < told[correction.number - 1].time_ms
    table.restart()  # the time before the correction is no floor
    assert abs(table.strongroom.clock.now_ms() - table.clock.unix_ms) < 61_000


@pytest.mark.parametrize("typed", ["2500", "0061", "2030"])
def test_a_time_that_is_none_or_not_of_the_day_is_refused(table: Table, typed: str) -> None:
    table.unlock()
    set_clock(table, typed)
    assert table.page == "accumulator.clock.set"
    zone = table.package.zone_minutes
    expected = text(
        Reason.CLOCK_TIME_REFUSED,
        "en",
        earliest=daytime.hours((table.package.opens_s - daytime.EARLIEST_S) * 1000, zone),
        latest=daytime.hours(table.package.closes_s * 1000, zone),
    )
    assert table.says("notice") == expected
    table.press("clock.back")
    assert table.page == "accumulator.clock"


@pytest.mark.parametrize("error_s", [-86_400, -5 * 3600, 14 * 3600, 86_400])
def test_another_day_cannot_be_called_right(table: Table, error_s: int) -> None:
    wrong_since_installation(table, error_s)
    table.unlock()
    if error_s == -5 * 3600:  # in the small hours of the day: early, and allowed
        assert "clock.right" in table.names
        return
    assert "clock.right" not in table.names
    assert "cannot be opened" in (table.says("notice") or "")


def test_a_chip_that_does_not_take_the_time_is_told(table: Table) -> None:
    table.unlock()
    set_clock(table, digits(table, 2))
    table.chip.silent = True
    sign_two(table)
    assert table.says("notice") == text(Reason.CLOCK_NOT_SET, "en")
    assert EventType.PART_FAILED in table.journal()
    assert EventType.CLOCK_CORRECTED not in table.journal()


def test_signing_can_be_left(table: Table) -> None:
    table.unlock()
    set_clock(table, digits(table, 2))
    table.press("sign.back")
    assert table.page == "accumulator.clock"
    assert table.strongroom.files.act_paths() == ()


def test_in_the_day_the_clock_is_looked_at_and_the_vote_goes_on(table: Table) -> None:
    table.open_station()
    table.press("clock.check")
    assert table.page == "accumulator.clock"
    table.pass_card(table.voted_card(0, ((0,), (), ())))
    assert table.votes == 0
    table.press("clock.leave")
    assert table.page == "accumulator.open"
    table.pass_card(table.voted_card(1, ((0,), (), ())))
    assert table.votes == 1
    assert EventType.CLOCK_CONFIRMED in table.journal()  # of the morning


def test_a_doubted_clock_in_the_day_stops_no_vote_and_can_be_put_right(table: Table) -> None:
    table.open_station()
    stop_oscillator(table)
    assert table.page == "accumulator.open"
    assert "cannot be believed" in (table.says("clock") or "")
    table.pass_card(table.voted_card(0, ((0,), (), ())))
    assert table.votes == 1
    told = entries(table)
    assert all(a.time_ms <= b.time_ms for a, b in pairwise(told))
    table.press("clock.check")
    set_clock(table, digits(table, 1))
    sign_two(table)
    table.press("clock.right")
    assert table.page == "accumulator.open"
    assert table.says("clock") is None


def test_the_computers_clock_moves_neither_close_nor_hourly_figures(table: Table) -> None:
    table.open_station()
    steady = table.clock.unix_ms / 1000
    table.clock.monotonic_s = lambda: steady  # type: ignore[method-assign]  # only the wall jumps
    table.clock.unix_ms = table.package.closes_s * 1000
    before = len(table.paper.documents)
    table.press("close")
    assert table.page == "accumulator.open"
    table.wait(0)
    assert len(table.paper.documents) == before
    assert EventType.CLOCK_JUMPED in table.journal()


def test_a_correction_neither_misses_nor_repeats_the_hourly_figures(table: Table) -> None:
    table.open_station()
    before = len(table.paper.documents)
    table.wait(3000)
    table.press("clock.check")
    set_clock(table, digits(table, -45))
    sign_two(table)
    table.press("clock.right")
    table.wait(599)
    assert len(table.paper.documents) == before
    table.wait(1)
    assert len(table.paper.documents) == before + 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (1024, 600)])
def test_every_page_fits(
    tmp_path: Path, language: Literal["kk", "ru", "en"], size: tuple[int, int]
) -> None:
    table = Table(tmp_path, size=size, language=language)
    stop_oscillator(table)
    table.unlock()
    set_clock(table, "9999")
    assert table.page == "accumulator.clock.set"
    table.type("digits", digits(table, 0))
    table.press("clock.set")
    assert table.page == "accumulator.clock.act"

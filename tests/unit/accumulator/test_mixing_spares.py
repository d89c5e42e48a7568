"""Boards that die in the evening of two boards: spares go on, or people are told who decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from accumulator.effects import TakeIn
from accumulator.events import TakeInRefused
from accumulator.strongroom import perform
from common import cose, records
from common.ballot import Ballot
from common.catalogue import EventType
from common.errors import Reason, text
from common.evening import CHECKED, FIRST_MIX, OPENING, SECOND_MIX
from common.records import Figure, Mix, MixChecked, Opening
from tests import samples
from tests.unit.accumulator.counting_desk import CountingDesk
from tests.unit.accumulator.stage import Table, VoterCard, closed
from tests.unit.accumulator.test_dead_boards import finish_act, sign, write_off
from tests.unit.accumulator.test_mixing import (
    SHARES,
    TO_MIX,
    TO_OPEN,
    give_shares,
    minutes_of,
    to_open,
    to_shares,
)
from tests.unit.accumulator.test_takeover import (
    SPARE,
    say_the_clock_is_right,
    spare_for,
    take_over,
    to_act,
)
from verifier.report import examine


def spare_of(dead: Table, desk: CountingDesk, folder: Path) -> Table:
    """Let the accumulator die, and its spare come to the count."""
    table = spare_for(dead, folder)
    take_over(table)
    assert not table.strongroom.roll().missing
    desk.accumulator = SPARE
    return table


def finish(table: Table, folder: Path) -> None:
    assert table.page == "accumulator.result", (table.page, table.says("notice.1"))
    assert minutes_of(table).figures[Figure.COUNTED] == 4
    table.finish()
    report, _ = examine(table.bundle(folder / "bundle"), samples.ROOT_KEY)
    assert report.accepted, report.as_text()


@pytest.fixture
def dead(tmp_path: Path) -> Table:
    return Table(tmp_path / "dead")


@pytest.fixture
def desk(dead: Table) -> CountingDesk:
    return closed(dead)


def has_closed(table: Table) -> bool:
    return table.own.read("statement.cose") is not None


def by(table: Table, path: str, record: type[Mix | MixChecked | Opening]) -> str:
    return record.from_bytes(cose.payload_of(table.own.read(path) or b"")).board


def test_a_spare_goes_on_with_the_shuffle_of_the_dead_accumulator(
    dead: Table, desk: CountingDesk, tmp_path: Path
) -> None:
    dead.press("count")
    first = dead.own.read(FIRST_MIX)
    table = spare_of(dead, desk, tmp_path)
    assert table.page == TO_MIX
    assert table.own.read(FIRST_MIX) == first
    table.bring(desk.medium)
    desk.mix()
    table.bring(desk.medium)
    give_shares(table)
    assert table.page == TO_OPEN, table.says("refused")
    assert by(table, FIRST_MIX, Mix) == "accumulator"
    assert by(table, OPENING, Opening) == SPARE
    desk.open()
    table.bring(desk.medium)
    finish(table, tmp_path)


def test_a_spare_counts_what_both_boards_opened(
    dead: Table, desk: CountingDesk, tmp_path: Path
) -> None:
    to_open(dead, desk)
    desk.open()
    table = spare_of(dead, desk, tmp_path)
    assert table.page == TO_OPEN
    assert by(table, CHECKED, MixChecked) == by(table, OPENING, Opening) == "accumulator"
    table.bring(desk.medium)
    finish(table, tmp_path)


def test_a_spare_opens_its_part_where_the_dead_one_had_the_second_shuffle(
    dead: Table, desk: CountingDesk, tmp_path: Path
) -> None:
    to_shares(dead, desk)
    table = spare_of(dead, desk, tmp_path)
    assert table.page == SHARES
    give_shares(table)
    table.bring(desk.medium)
    desk.open()
    table.bring(desk.medium)
    finish(table, tmp_path)


def test_a_stop_while_a_spare_signs_for_itself_loses_nothing(
    dead: Table, desk: CountingDesk, tmp_path: Path
) -> None:
    to_shares(dead, desk)
    table = spare_of(dead, desk, tmp_path)
    of_dead = table.own.read(CHECKED) or b""
    give_shares(table)
    own = table.own.read(CHECKED) or b""
    assert own != of_dead
    assert table.medium is not None
    table.medium.folder(SPARE).replace(CHECKED, of_dead)
    table.restart()
    assert table.page == TO_OPEN
    assert table.medium.folder(SPARE).read(CHECKED) == own


@pytest.mark.parametrize("further", [False, True])
def test_a_spare_shows_where_the_evening_stands_and_takes_no_vote_in(
    dead: Table, desk: CountingDesk, tmp_path: Path, *, further: bool
) -> None:
    if further:
        dead.press("count")
    table = spare_for(dead, tmp_path)
    to_act(table)
    sign(table, 1, 2)
    table.press("sign.finish")
    assert table.page == "accumulator.clock"
    card = VoterCard(number=9)
    table.voting.activate(card, 9)
    table.voting.put(card, 9, dead.voting.sealed(Ballot(1, ((0,), (1,), (1,)), 777)), "terminal-1")
    table.insert(card)
    assert table.votes == 4
    assert not has_closed(table), "its clock was not compared yet"
    say_the_clock_is_right(table)
    assert table.page == (TO_MIX if further else "accumulator.collect")
    assert has_closed(table)
    assert table.votes == 4
    assert table.journal()[-2:] == [EventType.CLOSED, EventType.STATEMENT_WRITTEN]
    assert desk.folder.read(SECOND_MIX) is None


@pytest.mark.usefixtures("desk")
def test_no_vote_comes_in_after_the_first_shuffle(dead: Table) -> None:
    dead.press("count")
    vote = dead.voting.sealed(Ballot(1, ((0,), (1,), (1,)), 777))
    signed = records.sign(vote, samples.device("terminal-1").signing)
    refused = perform(dead.strongroom, TakeIn(9, signed))
    assert refused == TakeInRefused(Reason.CLOSED)
    assert dead.votes == 4


def test_a_stop_before_the_spare_has_closed_opens_nothing_again(
    dead: Table, desk: CountingDesk, tmp_path: Path
) -> None:
    dead.press("count")
    table = spare_for(dead, tmp_path)
    to_act(table)
    sign(table, 1, 2)
    table.press("sign.finish")
    assert table.page == "accumulator.clock"
    table.restart()
    assert table.page == TO_MIX
    assert has_closed(table)
    table.bring(desk.medium)
    assert desk.medium.folder(SPARE).read(FIRST_MIX) == dead.own.read(FIRST_MIX)


def test_a_spare_desk_does_the_part_of_the_counting_desk(
    dead: Table, desk: CountingDesk, tmp_path: Path
) -> None:
    dead.press("count")
    desk.name = "desk-spare"
    desk.folder.replace("package.cose", dead.own.read("package.cose") or b"")
    desk.mix()
    dead.bring(desk.medium)
    assert dead.page == SHARES, dead.says("notice.1")
    give_shares(dead)
    desk.open()
    dead.bring(desk.medium)
    finish(dead, tmp_path)
    assert {"checked/desk-spare.cose", "openings/desk-spare.cose"} <= set(
        dead.own.folder("evidence").list()
    )


def test_without_a_counting_desk_nothing_is_shuffled_and_people_are_told(tmp_path: Path) -> None:
    table = Table(tmp_path)
    closed(table, with_desk=False)
    write_off(table, "desk-1", "")
    finish_act(table)
    assert not table.strongroom.roll().missing
    table.press("count")
    assert table.page == "accumulator.collect"
    assert table.says("notice.1") == text(Reason.COUNT_NO_DESK, "en", board="desk-1")
    assert not [path for path in table.own.list() if path.startswith("count/")]

"""The accumulator is asked to stop (SIGTERM) in the middle of a computation: it ends at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from common.catalogue import EventType
from common.counttexts import Progress
from common.evening import FIRST_MIX
from common.records import Figure
from common.service import StopAsked, StopRequested
from tests.unit.accumulator.stage import Table, closed
from tests.unit.accumulator.test_mixing import (
    SHARES,
    TO_MIX,
    TO_OPEN,
    give_shares,
    minutes_of,
)


def ask_to_stop(table: Table, at: int) -> None:
    """Ask to stop when a page would tell for the `at`-th time how far the work is."""
    went_on, told = table.strongroom.progress, 0

    def progress(so_far: Progress) -> None:
        nonlocal told
        told += 1
        if told == at:
            table.inbox.request_stop()
        went_on(so_far)

    table.strongroom.progress = progress


def end(table: Table) -> None:
    """Let the loop end, as it does when it was asked to stop."""
    table.shell.step(StopRequested())
    assert table.journal()[-1] is EventType.STOPPED
    table.waiting.clear()
    table.card = None


def stopped_at_each(table: Table, step: Callable[[], None]) -> int:
    """Do a step, asked to stop at every place in it, until it comes to its end; say how many."""
    page, at = table.page, 0
    while True:
        at += 1
        ask_to_stop(table, at)
        try:
            step()
        except StopAsked:
            end(table)
            table.restart()
            assert table.page == page
        else:
            return at - 1


def test_a_stop_at_any_place_of_any_computation_loses_nothing(tmp_path: Path) -> None:
    table = Table(tmp_path)
    desk = closed(table)
    assert stopped_at_each(table, lambda: table.press("count")) > 3
    assert table.page == TO_MIX
    first = table.own.read(FIRST_MIX)
    desk.mix()
    assert stopped_at_each(table, lambda: table.bring(desk.medium)) > 3
    assert table.page == SHARES
    assert stopped_at_each(table, lambda: give_shares(table)) > 3
    assert table.page == TO_OPEN
    assert table.own.read(FIRST_MIX) == first
    starts = table.journal()
    assert EventType.RESTARTED not in starts
    assert starts.count(EventType.STARTED) == starts.count(EventType.STOPPED) + 1


def test_a_stop_while_ballots_are_read_is_gone_on_with_at_the_start(tmp_path: Path) -> None:
    table = Table(tmp_path)
    desk = closed(table)
    table.press("count")
    desk.mix()
    table.bring(desk.medium)
    give_shares(table)
    desk.open()
    told = 0
    while not desk_is_in(table):
        told += 1
        ask_to_stop(table, told)
        with pytest.raises(StopAsked):
            table.bring(desk.medium)
        end(table)
        if not desk_is_in(table):
            table.restart()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(table.loop), "at_work", asked)
        with pytest.raises(StopAsked):
            table.restart()
    assert table.journal()[-2:] == [EventType.URN_OPENED, EventType.STOPPED]
    table.restart()
    assert table.page == "accumulator.result"
    assert minutes_of(table).figures[Figure.COUNTED] == 4


def asked(_: object) -> None:
    raise StopAsked


def desk_is_in(table: Table) -> bool:
    return table.own.read("collected/desk-1/count/opening.cose") is not None

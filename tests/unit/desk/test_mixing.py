"""The counting desk's evening in its shell: on real media, stopped, spoiled, and by a spare."""

from __future__ import annotations

from pathlib import Path

import pytest

from common import records
from common.errors import Reason
from common.evening import CHECKED, OPENING, SECOND_MIX
from common.records import BoardKind
from tests.unit.desk.counting import (
    SEALED,
    CountingOffice,
    accumulator,
    first_files,
    later_files,
)


@pytest.fixture
def office(tmp_path: Path) -> CountingOffice:
    """Return a counting desk that is closed, its medium at the accumulator."""
    office = CountingOffice(tmp_path)
    office.hold_day()
    return office


def test_an_evening_at_the_counting_desk(office: CountingOffice) -> None:
    assert office.page() == "desk.closed"
    assert "at the accumulator" in office.text("hint")
    office.bring_medium()
    assert office.page() == "desk.closed"
    assert "Leave this desk on" in office.text("stays-on")

    day = office.journal()
    office.carry(first_files())
    assert office.page() == "desk.mixed"
    second = office.part(SECOND_MIX)
    accumulator().here.read_checked(
        office.part(CHECKED), BoardKind.DESK, (accumulator().first_mix, second)
    )
    assert office.own.read(OPENING) is None

    office.carry(later_files(second))
    assert office.page() == "desk.quorum"
    office.show_shares(1)
    assert "Read: 1, needed: 2" in office.text("hint")
    office.show_shares(3)
    assert office.page() == "desk.part-opened"
    (_, _), (_, opening) = later_files(second)
    assert accumulator().counted(second, (opening, office.part(OPENING))) == SEALED

    assert office.journal() == day, "the day's journal ended with the statement"
    assert office.evening_events() == [
        "COUNT_PART_BEGAN",
        "COUNT_FILE_TAKEN",
        "COUNT_FILE_TAKEN",
        "VOTES_MIXED",
        "MIXES_CHECKED",
        "COUNT_FILE_TAKEN",
        "COUNT_FILE_TAKEN",
        "SHARE_READ",
        "SHARE_READ",
        "PART_OPENED",
    ]
    assert office.statement().journal_length == len(day)
    assert records.digest(office.order) == office.statement().start_order
    office.take_medium()
    assert office.page() == "desk.closed"
    office.bring_medium()
    assert office.page() == "desk.part-opened"
    assert Reason.MEDIUM_MISSING.en not in office.text("hint")

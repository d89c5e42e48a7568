"""The last free place of the urn on a whole accumulator, the vote after it, and the evening."""

from __future__ import annotations

from pathlib import Path

from accumulator.pages import FEW_PLACES
from common.catalogue import EventType
from common.errors import Reason, text
from common.records import Figure
from tests.unit.accumulator.stage import Table, package, with_parameters
from tests.unit.accumulator.test_dead_boards import minutes_of

PLACES = 18
BLANK = ((), (), ())


def test_the_last_place_is_filled_and_the_next_vote_stays_on_its_card(tmp_path: Path) -> None:
    table = Table(tmp_path, with_parameters(package(), urn_slots=PLACES))
    table.open_station()
    for serial in range(PLACES):
        assert ("room" in table.names) is (serial >= PLACES - FEW_PLACES), serial
        table.pass_card(table.voted_card(serial, BLANK))
    assert table.votes == PLACES
    assert "0" in (table.says("room") or "")

    one_more = table.voted_card(PLACES, BLANK)
    before = one_more.cast_vote, one_more.deposit
    for _ in range(2):  # and once more, in case somebody hopes
        table.insert(one_more)
        assert table.says("notice") == text(Reason.URN_FULL, "en", capacity=PLACES)
        assert table.lines.latch is False  # the card can be taken and kept
        table.take_out()
        assert table.page == "accumulator.open"
    assert (one_more.cast_vote, one_more.deposit) == before
    assert one_more.erased == 0
    assert table.votes == PLACES
    assert table.journal().count(EventType.VOTE_TAKEN_IN) == PLACES

    table.restart()  # nothing of it hangs on what is in memory
    assert table.page == "accumulator.open"
    table.close_station()
    table.collect()
    table.count()
    table.finish()
    figures = minutes_of(table).figures
    assert figures[Figure.DEPOSITED] == figures[Figure.COUNTED] == PLACES
    assert figures[Figure.MISSING] == 1  # the card that is kept is told of

"""The last serial of a whole desk: the voter after it is served by the spare, from its medium."""

from __future__ import annotations

from pathlib import Path

from common.errors import Reason, text
from common.records import SERIALS_PER_DESK
from desk.state import Mark, Serials
from tests import samples
from tests.unit.desk.bench import Card
from tests.unit.desk.office import NAME, Office
from tests.unit.desk.test_spare import FIRST, SPARE, activation_of, mark_of, spare_desk, take_over

ALL = (1 << SERIALS_PER_DESK) - 1
LAST = 1234


def test_the_voter_after_the_last_serial_gets_a_card_of_the_spare(tmp_path: Path) -> None:
    desk = Office(tmp_path / "dead")
    desk.open()
    archive = desk.shell._archive
    assert archive is not None
    archive.save(Serials(issued=ALL & ~(1 << LAST), flight=archive.files.serials.flight))
    desk.start()
    assert desk.page() == "desk.ready"
    last = Card(1)
    desk.give(1, last)
    assert activation_of(last, NAME).serial % SERIALS_PER_DESK == LAST

    blank = Card(2)
    desk.press("digits.2", "find", "confirm")
    desk.put(blank)
    assert text(Reason.SERIALS_USED_UP, "en", count=SERIALS_PER_DESK) in desk.text("refusal")
    assert blank.activation is None
    assert mark_of(desk, 2) is Mark.NONE  # the voter is owed a card still
    desk.put(None)
    desk.press("back", "back")
    desk.start()  # and it is the same after a start
    desk.press("digits.2", "find", "confirm")
    desk.put(blank)
    assert "spare" in desk.text("refusal")

    spare = spare_desk(desk, tmp_path)
    take_over(spare)
    assert spare.page() == "desk.ready"
    spare.give(2, blank)
    board = samples.package().board(SPARE)
    assert board is not None
    first = board.first_serial or 0
    assert first >= FIRST
    assert first <= activation_of(blank, SPARE).serial < first + SERIALS_PER_DESK
    assert mark_of(spare, 1) is Mark.GIVEN

"""The last of a desk's 4,096 serials, and the voter who comes after it."""

from __future__ import annotations

from common.errors import Reason
from common.records import SERIALS_PER_DESK
from desk.state import Mark, Serials
from tests import samples
from tests.unit.desk.bench import Bench, Card

ALL = (1 << SERIALS_PER_DESK) - 1


def test_all_serials_can_be_drawn_each_once() -> None:
    random_bytes = samples.seeded("serials")
    serials = Serials(issued=ALL & ~(1 << 5 | 1 << 4095))
    drawn = set()
    while (index := serials.draw(random_bytes)) is not None:
        serials = serials.issue(index, b"k" * 32, random_bytes)
        drawn.add(index)
    assert drawn == {5, 4095}
    assert serials.issued == ALL


def test_the_last_serial_is_given_and_the_next_voter_loses_nothing() -> None:
    bench = Bench()
    last = 1234
    bench.files.save(Serials(issued=ALL & ~(1 << last), flight=bench.files.serials.flight))
    bench.boot()
    card = Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.insert(card)
    bench.remove()
    assert bench.files.serials.issued == ALL
    assert bench.files.marks.of(1) is Mark.GIVEN
    assert bench.page().name == "desk.ready"

    blank = Card(2)
    bench.find(2)
    bench.press("confirm")
    bench.insert(blank)
    assert Reason.SERIALS_USED_UP.ru.format(count=SERIALS_PER_DESK) in bench.says()
    assert bench.events()[-1] == "SERIALS_USED_UP"
    assert blank.activation is None
    assert bench.files.marks.of(2) is Mark.NONE
    bench.remove()
    bench.press("back")
    bench.press("back")
    assert bench.page().name == "desk.ready"

    bench.insert(card)  # a card that was given can still be taken back
    assert bench.page().name == "desk.card"

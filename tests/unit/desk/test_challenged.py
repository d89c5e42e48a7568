"""Cards with which a terminal was checked: withdrawn in hand, and another one without an act."""

from __future__ import annotations

from contextlib import suppress

from common.errors import Reason, text
from desk.events import Touched
from desk.state import Mark
from desk.texts import T
from tests.unit.desk.bench import Bench, Card, PowerCut


def checked(line: int = 1) -> tuple[Bench, Card]:
    """Return a desk and a card that it gave to the voter on a line, who had a terminal checked."""
    bench, card = Bench(), Card(1)
    bench.give(line, card)
    card.spoil()
    return bench, card


def handed_back(bench: Bench, card: Card, line: int = 1) -> None:
    bench.find(line)
    bench.press("hand-back")
    bench.insert(card)


def test_the_voter_gets_another_card_at_once() -> None:
    bench, card = checked()
    serial = card.serial
    assert serial is not None
    handed_back(bench, card)
    assert bench.page().name == "desk.row"
    assert card.seen_blank()
    serials = bench.files.serials
    assert (serials.challenged, serials.returned, serials.void) == (1 << serial, 0, 0)
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert bench.events()[-2:] == ["CARD_CHALLENGED", "CHALLENGER_ALLOWED"]
    bench.press("confirm")
    assert bench.page().name == "desk.give", "the blanked card is still in the reader"
    assert bench.files.marks.of(1) is Mark.GIVEN
    assert bench.files.marks.voters_given == 1
    assert bench.state.tally.turnout.total == 1
    assert bench.acts == []
    bench.remove()
    card.spoil()
    handed_back(bench, card)
    assert bench.files.serials.challenges == 2, "a voter may check as often as she likes"
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED


def test_first_its_voter_is_to_be_found() -> None:
    bench, card = checked()
    bench.insert(card)
    assert bench.page().name == "desk.card"
    assert T.CARD_CHECKED.ru in bench.says()
    assert bench.targets() == ["left"]
    for touch in ("blank", "returned", "void"):
        bench.event(Touched(touch))
    assert not bench.files.serials.withdrawn
    bench.remove()
    assert bench.page().name == "desk.ready"


def test_one_that_is_left_behind_is_withdrawn_and_its_voter_needs_an_act() -> None:
    bench, card = checked()
    bench.insert(card)
    bench.press("left")
    assert card.seen_blank()
    assert bench.files.serials.challenges == 1
    assert bench.page().name == "desk.withdrawn"
    bench.remove()
    bench.find(1)
    bench.press("hand-back")
    bench.press("withdrawn-before")
    assert bench.files.marks.of(1) is Mark.RETURNED
    assert "confirm" not in bench.targets()
    bench.press("back")
    bench.give(2, Card(2))
    bench.find(2)
    bench.press("hand-back")
    assert bench.targets() == ["back"], "one card that was taken back is one voter's"


def test_a_voter_who_was_allowed_another_claims_no_card_that_was_taken_back() -> None:
    bench, card = checked()
    handed_back(bench, card)
    bench.remove()
    bench.press("back")
    bench.give(2, Card(2))
    bench.find(2)
    bench.press("hand-back")
    assert bench.targets() == ["back"]


def test_without_its_activation_it_is_still_its_voters() -> None:
    bench, card = checked()
    card.activation = None
    handed_back(bench, card)
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED


def test_a_spoiled_vote_of_another_serial_is_nobodys() -> None:
    bench, card = checked()
    serial = card.serial
    assert serial is not None
    for wrong, reason in (
        ((serial + 1) % 4096, Reason.SERIAL_NOT_ISSUED),
        (9999, Reason.SERIAL_NOT_ISSUED),
    ):
        card.spoil(wrong)
        handed_back(bench, card)
        assert reason.ru in bench.says()
        assert bench.files.marks.of(1) is Mark.GIVEN
        bench.remove()
        bench.press("back")
        bench.press("back")
    card.spoil(4096)
    handed_back(bench, card)
    assert text(Reason.SERIAL_OF_OTHER_DESK, "ru", board="desk-spare") in bench.says()
    assert not bench.files.serials.withdrawn


def test_a_withdrawn_serial_gives_no_second_card() -> None:
    """Whatever was written on a card again: its record was used up."""
    bench, card = checked()
    serial, spoiled = card.serial, card.spoiled
    handed_back(bench, card)
    bench.press("confirm")
    bench.remove()
    again = Card(1, spoiled=spoiled)
    handed_back(bench, again)
    assert bench.files.marks.of(1) is Mark.RETURNED
    assert "confirm" not in bench.targets()
    assert serial is not None
    assert bench.files.serials.challenged == 1 << serial


def test_a_giving_that_was_interrupted_is_known_by_its_spoiled_card() -> None:
    """The power failed when the card was written; the voter took it, and checked a terminal."""
    seen = 0
    for cut in range(40):
        bench, card = Bench(), Card(1)
        bench.find(1)
        bench.press("confirm")
        bench.power.left = cut
        with suppress(PowerCut):
            bench.insert(card)
        if card.activation is None or bench.files.marks.of(1) is not Mark.BEING_GIVEN:
            bench.power.left = None
            continue
        bench.slot = None
        bench.boot()
        card.spoil()
        bench.insert(card)
        assert bench.page().name == "desk.card", cut
        assert bench.files.marks.of(1) is Mark.GIVEN
        bench.remove()
        handed_back(bench, card)
        assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
        seen += 1
    assert seen


def test_power_may_fail_at_every_write() -> None:
    """No voter gets two cards that both can vote, and none is left without a way to one."""
    for cut in range(1, 40):
        bench, card = checked()
        serial = card.serial
        assert serial is not None
        bench.power.left = cut
        try:
            handed_back(bench, card)
        except PowerCut:
            bench.power.left = None
            bench.boot()
        else:
            assert cut > 8
            return
        mark, withdrawn = bench.files.marks.of(1), bench.files.serials.withdrawn
        assert mark in (Mark.GIVEN, Mark.ANOTHER_ALLOWED)
        if mark is Mark.ANOTHER_ALLOWED:
            assert withdrawn == 1 << serial
            assert card.seen_blank()
            continue
        if "blank" in bench.targets():
            bench.press("blank")
        bench.remove()
        if withdrawn and card.seen_blank():
            bench.find(1)
            bench.press("hand-back")
            bench.press("withdrawn-before")
            assert bench.files.marks.of(1) is Mark.RETURNED
        else:
            handed_back(bench, card)
            assert bench.files.marks.of(1) in (Mark.ANOTHER_ALLOWED, Mark.RETURNED)
        assert bench.files.serials.withdrawn == 1 << serial
    raise AssertionError("the dialogue has no end")

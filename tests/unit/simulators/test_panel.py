"""One panel: what is pressed, and that nothing is done to a page for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulators.panel import DEAD_KEYS, PATIENT_FROM, ROUNDS, OfficialStuck, Panel
from tests.unit.simulators.scripted_panel import BOARD, ScriptedPanel


def for_ever(*acts: Callable[[], None]) -> None:
    """Do all of this one after another, and again."""
    while True:
        for act in acts:
            act()


def test_a_button_is_pressed_in_its_middle() -> None:
    hands = ScriptedPanel("desk.row", confirm="Иә", back="Артқа")
    hands.answer("press confirm", "desk.blank")
    Panel(hands, BOARD).press_if_there("confirm")
    assert hands.did == ["press confirm"]
    assert Panel(hands, BOARD).page == "desk.blank"


def test_a_button_that_went_away_is_not_pressed() -> None:
    hands = ScriptedPanel("desk.row", wait="…")
    Panel(hands, BOARD).press_if_there("confirm")
    assert hands.did == []


def test_a_key_is_watched_until_its_field_changes() -> None:
    hands = ScriptedPanel("desk.ready", typed="", digits__7="7")
    hands.answer("press digits.7", "desk.ready", typed="", digits__7="7", hint="…")
    hands.answer("press digits.7", "desk.ready", typed="7", digits__7="7")
    panel = Panel(hands, BOARD)
    panel.press_key("digits.7", "typed")
    assert panel.text("typed") == "7"
    assert panel.text("hint") is None


def test_a_field_that_takes_nothing_is_an_error_soon() -> None:
    hands = ScriptedPanel("desk.ready", typed="", digits__4="4")
    panel = Panel(hands, BOARD)
    panel.expect("line 4")
    with pytest.raises(OfficialStuck, match=r"line 4, but the field typed does not take digits\.4"):
        for_ever(lambda: panel.press_key("digits.4", "typed"))
    assert len(hands.did) == DEAD_KEYS


def test_a_key_now_and_then_may_be_lost() -> None:
    hands = ScriptedPanel("desk.ready", typed="", digits__4="4")
    panel = Panel(hands, BOARD)
    for number in range(3):
        for _ in range(DEAD_KEYS - 1):
            panel.press_key("digits.4", "typed")
        hands.answer("press digits.4", "desk.ready", typed="4" * (number + 1), digits__4="4")
        panel.press_key("digits.4", "typed")
    assert panel.text("typed") == "444"


def test_nothing_is_done_to_the_same_page_for_ever() -> None:
    hands = ScriptedPanel("accumulator.zero", zero__print="Басу")
    panel = Panel(hands, BOARD)
    panel.expect("the zero report")
    with pytest.raises(OfficialStuck) as stuck:
        for_ever(
            lambda: panel.press_if_there("zero.print"),
            lambda: panel.insert("voter-1"),
            panel.take_card,
        )
    assert len(hands.did) == ROUNDS
    assert str(stuck.value) == (
        "desk-1: waited for the zero report, but 30 times something was done to page "
        "accumulator.zero in vain; there is: page=accumulator.zero | zero.print=Басу"
    )


def test_it_is_the_same_page_after_others_were_there_too() -> None:
    hands = ScriptedPanel("desk.ready")
    hands.effects["scan 061211600012"] = lambda: hands.show("desk.row", back="Артқа")
    hands.effects["press back"] = lambda: hands.show("desk.ready")
    panel = Panel(hands, BOARD)
    with pytest.raises(OfficialStuck, match="in vain"):
        for_ever(lambda: panel.scan("061211600012"), lambda: panel.press_if_there("back"))
    assert len(hands.did) == 2 * ROUNDS


def test_what_is_expected_anew_may_take_as_long_again() -> None:
    hands = ScriptedPanel("desk.ready")
    panel = Panel(hands, BOARD)
    for line in range(3):
        panel.expect(f"line {line}")
        for _ in range(ROUNDS):
            panel.scan("061211600012")
    assert len(hands.did) == 3 * ROUNDS


def test_another_text_makes_another_page() -> None:
    hands = ScriptedPanel("accumulator.minutes", sign="Қол қою")
    panel = Panel(hands, BOARD)
    for number in range(3 * ROUNDS):
        hands.show("accumulator.minutes", sign="Қол қою", signed=str(number))
        panel.press_if_there("sign")
    assert len(hands.did) == 3 * ROUNDS


def test_a_page_that_comes_again_and_again_is_left_a_moment() -> None:
    hands = ScriptedPanel("accumulator.stopped", retry="Қайталау")
    panel = Panel(hands, BOARD)
    for _ in range(PATIENT_FROM):
        assert panel.look()[0].text == "accumulator.stopped"
        panel.press_if_there("retry")
    hands.come("accumulator.open")  # as soon as somebody waits
    assert panel.look()[0].text == "accumulator.open"

"""Simulated officials at a scripted panel: they go by the page, and say where they are stuck."""

from __future__ import annotations

import pytest

from common.errors import Reason, text
from common.pintexts import PinText
from simulators.clerk import Clerk, Document
from simulators.commission import Commission
from simulators.officials import PersonCards
from simulators.panel import ROUNDS, OfficialStuck
from simulators.receiver import Receiver
from simulators.watch import Watch
from tests.unit.simulators.scripted_panel import BOARD, ScriptedPanel, Texts

VOTER = Document("061211600012", "Әліқожаева", 7)


# The clerk.


def row(**more: str) -> Texts:
    return {"iin": VOTER.iin, "surname": VOTER.surname, **more}


def test_a_clerk_compares_the_row_and_hands_the_card_out() -> None:
    hands = ScriptedPanel("desk.ready", typed="")
    hands.answer(f"scan {VOTER.iin}", "desk.row", **row(confirm="Иә"))
    hands.answer("press confirm", "desk.blank")
    hands.answer("insert voter-1", "desk.give")
    hands.answer("take", "desk.ready", typed="")
    Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=True)
    assert hands.did == [f"scan {VOTER.iin}", "press confirm", "insert voter-1", "take"]


def test_a_clerk_with_a_card_that_a_dead_desk_had_given_takes_the_row_for_it() -> None:
    hands = ScriptedPanel("desk.ready", typed="")
    for _ in range(2):
        hands.answer(f"scan {VOTER.iin}", "desk.row", back="Артқа", **row())
        hands.answer("press back", "desk.ready", typed="")
        clerk = Clerk(hands, BOARD, patience_s=0.0)
        if hands.did:
            with pytest.raises(OfficialStuck, match="the row offers none"):
                clerk.give_card(VOTER, "voter-1", by_bar_code=True)
        else:
            clerk.give_card(VOTER, "voter-1", by_bar_code=True, begun=True)
    assert "insert voter-1" not in hands.did


def test_a_clerk_types_the_number_after_erasing_what_was_there() -> None:
    hands = ScriptedPanel("desk.ready", typed="1", digits__erase="⌫", digits__7="7", find="Іздеу")
    hands.effects["press digits.erase"] = lambda: hands.texts.update(typed="")
    hands.effects["press digits.7"] = lambda: hands.texts.update(typed="7")
    hands.answer("press find", "desk.row", **row(confirm="Иә"))
    hands.answer("press confirm", "desk.blank")
    hands.answer("insert voter-1", "desk.give")
    hands.answer("take", "desk.ready", typed="")
    Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=False)
    assert hands.did[:3] == ["press digits.erase", "press digits.7", "press find"]


def test_a_page_that_changes_for_another_reason_is_not_taken_for_the_key() -> None:
    there = {"digits__7": "7", "find": "Іздеу"}
    hands = ScriptedPanel("desk.ready", typed="", card_hint="blank", **there)
    hands.answer("press digits.7", "desk.ready", typed="", card_hint="empty", **there)
    hands.answer("press digits.7", "desk.ready", typed="7", card_hint="empty", **there)
    hands.answer("press find", "desk.row", **row(confirm="Иә"))
    hands.answer("press confirm", "desk.blank")
    hands.answer("insert voter-1", "desk.give")
    hands.answer("take", "desk.ready", typed="")
    Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=False)
    assert hands.did[:3] == ["press digits.7", "press find", "press confirm"]


def test_a_clerk_confirms_no_other_persons_row() -> None:
    hands = ScriptedPanel("desk.ready", typed="")
    hands.answer(f"scan {VOTER.iin}", "desk.row", iin=VOTER.iin, surname="Басқа", confirm="Иә")
    with pytest.raises(OfficialStuck, match="the row is not that of line 7"):
        Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=True)
    assert "press confirm" not in hands.did


def test_a_clerk_who_may_give_no_card_puts_none_in() -> None:
    hands = ScriptedPanel("desk.ready", typed="")
    hands.answer(f"scan {VOTER.iin}", "desk.row", **row(refusal="already given"))
    with pytest.raises(OfficialStuck, match="a card for line 7, but the row offers none"):
        Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=True)
    assert not [done for done in hands.did if done.startswith("insert")]


def test_a_desk_that_goes_nowhere_is_left_in_the_end() -> None:
    hands = ScriptedPanel("desk.decide", give="Беру")
    with pytest.raises(OfficialStuck, match=r"a card for line 7, .* page=desk\.decide"):
        Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=True)


def test_a_stop_after_the_row_was_marked_leaves_the_card_with_the_clerk() -> None:
    hands = ScriptedPanel("desk.blank")
    hands.answer("insert voter-1", "desk.ready", typed="")
    hands.answer("take", "desk.ready", typed="")
    hands.answer(f"scan {VOTER.iin}", "desk.row", **row(state="has a card", back="Артқа"))
    hands.answer("press back", "desk.ready", typed="")
    Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=True)
    assert hands.did == ["insert voter-1", "take", f"scan {VOTER.iin}", "press back"]


def test_a_card_that_proves_nothing_takes_an_act_of_two() -> None:
    hands = ScriptedPanel("desk.interrupted", act="Акт")
    signed: list[str] = []

    def signing(**more: str) -> None:
        hands.show("desk.signing", signatures=str(len(signed)), **more)

    def sign() -> None:
        signed.append("")
        if len(signed) == 2:
            hands.show("desk.row", **row(confirm="Иә"))
        else:
            signing(pin_line="")

    def taken() -> None:
        if hands.page == "desk.give":
            hands.show("desk.ready", typed="")
        elif hands.page == "desk.interrupted":
            hands.texts.pop("refusal", None)

    def inserted() -> None:
        if hands.page == "desk.blank":
            hands.show("desk.give")
        else:
            hands.texts["refusal"] = "it proves nothing"

    hands.effects = {
        "insert voter-1": inserted,
        "take": taken,
        "press act": lambda: signing(pin_line=""),
        "insert official-1": lambda: signing(pin_line="", pin__7="7"),
        "insert official-2": lambda: signing(pin_line="", pin__7="7"),
        "press pin.7": lambda: signing(pin_line="•", sign="Қол"),
        "press sign": sign,
        "press confirm": lambda: hands.show("desk.blank"),
    }
    people = [PersonCards(number, f"official-{number}", "7") for number in (1, 2)]
    Clerk(hands, BOARD, people).give_card(VOTER, "voter-1", by_bar_code=True)
    assert [done for done in hands.did if done != "take"] == [
        "insert voter-1",
        "press act",
        "insert official-1",
        "press pin.7",
        "press sign",
        "insert official-2",
        "press pin.7",
        "press sign",
        "press confirm",
        "insert voter-1",
    ]


def test_a_clerk_whose_card_comes_to_nothing_stops_and_says_where() -> None:
    """The page changes each time, so it does not look as if nothing happened."""
    hands = ScriptedPanel("desk.blank")
    hands.effects["insert voter-1"] = lambda: hands.show(
        "desk.blank", refusal="not of this station"
    )
    hands.effects["take"] = lambda: hands.show("desk.blank")
    with pytest.raises(OfficialStuck) as stuck:
        Clerk(hands, BOARD).give_card(VOTER, "voter-1", by_bar_code=True)
    assert hands.did.count("insert voter-1") == ROUNDS
    assert str(stuck.value) == (
        "desk-1: waited for a card for line 7, but 30 times something was done to page desk.blank "
        "in vain; there is: page=desk.blank"
    )


def test_a_commission_that_is_sent_to_and_fro_stops_and_says_where() -> None:
    hands = ScriptedPanel("accumulator.open", close="Жабу")
    hands.effects["press close"] = lambda: hands.show("accumulator.close", close__confirm="Иә")
    hands.effects["press close.confirm"] = lambda: hands.show("accumulator.open", close="Жабу")
    commission = Commission(hands, BOARD, [], "courier-1", "K7-QD", watch=Watch(lambda: 0, 300))
    with pytest.raises(OfficialStuck, match=r"the station closed, but .* page accumulator\.open"):
        commission.close_station()
    assert len(hands.did) == 2 * ROUNDS


def test_a_clock_that_agrees_with_the_watch_is_called_right() -> None:
    hands = ScriptedPanel("desk.clock", date="01.01.1970", time="05:00", clock__right="Иә")
    hands.answer("press clock.right", "desk.ready")
    watch = Watch(lambda: 0, 300)
    Clerk(hands, BOARD, watch=watch).open_board("courier-1")
    assert hands.did == ["press clock.right"]


def test_a_wrong_clock_is_put_right_by_the_watch_digit_by_digit() -> None:
    change = {"clock__right": "Иә", "clock__change": "Жоқ"}
    hands = ScriptedPanel("desk.clock", date="01.01.1970", time="05:20", **change)
    keys = {"digits__0": "0", "digits__5": "5", "digits__erase": "⌫", "clock__set": "Орнату"}
    hands.answer("press clock.change", "desk.clock.set", typed=" ", **keys)

    def key(digit: str) -> None:
        hands.texts["typed"] = hands.texts["typed"].strip() + digit
        if len(hands.did) == 3:
            hands.texts["typed"] += "00000"  # somebody leant on the screen

    def erase() -> None:
        hands.texts["typed"] = hands.texts["typed"][:-1]

    hands.effects |= {"press digits.0": lambda: key("0"), "press digits.5": lambda: key("5")}
    hands.effects["press digits.erase"] = erase
    hands.answer("press clock.set", "desk.ready")
    Clerk(hands, BOARD, watch=Watch(lambda: 0, 300)).open_board("courier-1")
    assert hands.did[:3] == ["press clock.change", "press digits.0", "press digits.5"]
    assert hands.did[-1] == "press clock.set"
    assert hands.did.count("press digits.erase") == 3


def test_who_has_no_watch_calls_no_clock_right() -> None:
    hands = ScriptedPanel("desk.clock", date="01.01.1970", time="05:00", clock__right="Иә")
    with pytest.raises(OfficialStuck, match="nobody has a watch here"):
        Clerk(hands, BOARD).open_board("courier-1")


# The commission and the receiver.


def test_the_password_is_typed_as_printed_without_its_dashes() -> None:
    hands = ScriptedPanel("accumulator.start", typed="", password__latin="Latin")
    word = "k7qd"
    keys = {f"password__{character}": character for character in (*word, "q")}
    hands.answer("press password.latin", "accumulator.start", typed="", enter="Енгізу", **keys)
    for character in word:
        hands.effects[f"press password.{character}"] = lambda character=character: (
            hands.texts.update(  # type: ignore[misc]  # mypy and lambdas' defaults
                typed=hands.texts["typed"] + character
            )
        )
    hands.answer("press enter", "accumulator.zero")
    person = PersonCards(1, "official-1", "123456")
    watch = Watch(lambda: 0, 300)
    Commission(hands, BOARD, [person], "courier-1", "K7-QD", watch=watch).enter_password()
    assert hands.did == [
        "press password.latin",
        *(f"press password.{character}" for character in word),
        "press enter",
    ]


def test_what_was_pressed_is_not_pressed_again_on_the_page_that_comes() -> None:
    """The page changes for another reason first, then the next one comes with "back" there."""
    hands = ScriptedPanel("accumulator.open", close="Жабу", clock="19:59")
    hands.answer("press close", "accumulator.open", close="Жабу", clock="20:00")
    hands.answer("press close", "accumulator.close", back="Артқа", close__confirm="Иә")
    hands.answer("press back", "accumulator.open", close="Жабу", clock="20:00")
    hands.answer("press close.confirm", "accumulator.collect", count="Санау")
    person = PersonCards(1, "official-1", "123456")
    watch = Watch(lambda: 0, 300)
    Commission(hands, BOARD, [person], "courier-1", "K7-QD", watch=watch).close_station()
    assert hands.did == ["press close", "press close.confirm"]


def test_a_press_that_the_board_works_at_is_waited_for_no_longer() -> None:
    hands = ScriptedPanel("accumulator.zero", zero__print="Басу")
    hands.answer("press zero.print", "accumulator.zero", wait="…")
    hands.answer("press zero.print", "accumulator.zero", zero__continue="Әрі қарай")
    hands.answer("press zero.continue", "accumulator.open", close="Жабу")
    person = PersonCards(1, "official-1", "123456")
    watch = Watch(lambda: 0, 300)
    Commission(hands, BOARD, [person], "courier-1", "K7-QD", watch=watch).open_station()
    assert hands.did == ["press zero.print", "press zero.continue"]


def test_nobodys_pin_is_shown_by_accident() -> None:
    assert "123456" not in repr(PersonCards(1, "official-1", "123456", "share-1", "123456"))


def test_a_receiver_takes_the_card_when_it_is_counted_and_let_go() -> None:
    hands = ScriptedPanel("accumulator.open", count="41")

    def inserted() -> None:
        hands.latched = True
        hands.answer("insert voter-1", "accumulator.open", count="41")
        hands.answer("insert voter-1", "accumulator.open", count="42")
        hands.answer("insert voter-1", "accumulator.open", count="42", note="…")

    hands.effects["insert voter-1"] = inserted
    receiver = Receiver(hands, BOARD)
    with pytest.raises(OfficialStuck, match="vote number 42"):
        receiver.deposit("voter-1")
    assert "take" not in hands.did, "the latch holds the card still"
    hands.effects["insert voter-1"] = lambda: hands.answer(
        "insert voter-1", "accumulator.open", count="43", notice="✓"
    )
    hands.latched = False
    receiver.deposit("voter-1")
    assert hands.did[-1] == "take"


def test_a_vote_that_a_dead_accumulator_had_taken_in_is_not_waited_for_again() -> None:
    hands = ScriptedPanel("accumulator.open", count="42")
    hands.answer("insert voter-1", "accumulator.open", count="42", notice="✓")
    receiver = Receiver(hands, BOARD)
    receiver.deposit("voter-1", 41)
    assert hands.did == ["insert voter-1", "take"]
    assert receiver.before == 41


def test_a_receiver_whose_card_is_refused_says_what_the_page_said() -> None:
    hands = ScriptedPanel("accumulator.open", count="41")
    hands.answer("insert voter-1", "accumulator.open", count="41", notice="Other station")
    with pytest.raises(OfficialStuck, match="notice=Other station"):
        Receiver(hands, BOARD).deposit("voter-1")


def test_who_has_mixed_up_the_pin_gets_an_act_of_absence() -> None:
    people = [
        PersonCards(1, "official-1", "7", name="Айгүл"),
        PersonCards(2, "official-2", "7", name="Иван"),
    ]
    waiting = PinText.WAITING.text("ru")
    asks = {"pin__who": "Иван", "pin__2": "2", "pin__7": "7"}
    two = {"people__0__0": "Иван", "people__0__2": waiting}
    hands = ScriptedPanel("accumulator.minutes", minutes__absence="Акт", **two)
    hands.answer("insert official-2", "accumulator.minutes", pin__typed="", **asks)
    hands.answer("press pin.2", "accumulator.minutes", pin__typed="•", pin__enter="Ввод", **asks)
    blocked = text(Reason.PIN_BLOCKED, "ru")
    hands.answer("press pin.enter", "accumulator.minutes", notice=blocked, pin__typed="", **asks)
    hands.answer("take", "accumulator.minutes", minutes__absence="Акт", **two)
    rows = {"people__0": "", "people__0__0": "Иван"}
    hands.answer("press minutes.absence", "accumulator.absence", **rows)
    hands.answer("press people.0", "accumulator.absence.reason", reasons__0="Карточка")
    one = {"people__0__0": "Айгүл", "people__0__2": waiting}
    hands.answer("press reasons.0", "accumulator.absence.act", sign__finish="Завершить", **one)
    hands.answer("press sign.finish", "accumulator.day.over")
    watch = Watch(lambda: 0, 300)
    commission = Commission(hands, BOARD, people, "courier-1", "K7-QD", watch=watch)
    assert commission.sign_minutes("official-2") == ("official-2",)
    assert hands.did == [
        "insert official-2",
        "press pin.2",
        "press pin.enter",
        "take",
        "press minutes.absence",
        "press people.0",
        "press reasons.0",
        "press sign.finish",
    ]

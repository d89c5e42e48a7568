"""Beside giving cards: search by name, cards found and lost, blank cards, turnout by the hour."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import time
from contextlib import suppress

import pytest

from center.made_up import made_up_voters
from common.errors import Reason
from common.pages import Table, render
from common.records import Voter
from desk.errand_texts import S
from desk.errands import Listed, Searching
from desk.events import Touched
from desk.phases import Row
from desk.purposes import ActPurpose
from desk.state import Mark, Marks
from desk.voters import VoterRoll
from tests.unit.desk.bench import IINS, LINES, NOW_MS, Bench, Card, Power, PowerCut, package, voters

HOUR_MS = 3_600_000
FAST_S = 0.1
"""From a key to the changed page, of one thread's own time, so that a busy machine is left out."""
NAMES = ("Ахметов Арман", "Ахметова Әсел", "Қожахметов Ғани", "Шахметов Өркен", "Іле Үміт")


def named() -> tuple[Voter, ...]:
    """Return the bench's list with names; those of the second half belong to another desk."""
    return tuple(
        dataclasses.replace(voter, surname=name.split()[0], given=name.split()[1])
        for voter, name in zip(voters(), NAMES * 3, strict=False)
    )


def searching(typed: str, *, served: int = LINES) -> Bench:
    """Return a bench on which this name was typed, at a desk that serves the first lines."""
    bench = Bench()
    board = dataclasses.replace(bench.rules.board, first_line=1, last_line=served)
    other = dataclasses.replace(
        board, name="desk-2", spare=False, first_line=served + 1, last_line=100
    )
    roll = VoterRoll.of(named(), board, package())
    roll = dataclasses.replace(roll, board=board, desks=(board, other))
    bench.rules = dataclasses.replace(bench.rules, roll=roll, board=board)
    bench.press("by-name")
    bench.type_name(typed)
    return bench


def rows(bench: Bench) -> tuple[tuple[str, ...], ...]:
    """Return the table in sight."""
    (table,) = (widget for widget in bench.page().widgets if isinstance(widget, Table))
    return table.rows


def found(bench: Bench) -> int:
    assert isinstance(bench.state.phase, Searching)
    return bench.state.phase.found


# --- by name


def test_each_key_tells_how_many_are_found() -> None:
    bench = searching("ах")
    assert found(bench) == 6
    assert S.FOUND.text("ru", count=6) in bench.says()
    bench.type_name("метова асел")
    assert found(bench) == 3
    assert "АХМЕТОВА АСЕЛ" in bench.says()
    bench.event(Touched("name.erase"))
    bench.event(Touched("name.ф"))
    bench.event(Touched("name.щ"))
    assert found(bench) == 0
    assert "list" not in bench.targets()
    assert S.FOUND_NONE.ru in bench.says()


def test_the_list_stands_in_kazakh_order_and_names_the_other_desk() -> None:
    bench = searching("ахмет", served=6)
    bench.press("list")
    assert bench.page().name == "desk.list"
    shown = [(row[0], row[1].split(" Ө")[0], row[4]) for row in rows(bench)]
    assert shown == [
        ("1", "Ахметов Арман", ""),
        ("6", "Ахметов Арман", ""),
        ("11", "Ахметов Арман", "→ desk-2"),
        ("2", "Ахметова Әсел", ""),
        ("7", "Ахметова Әсел", "→ desk-2"),
        ("12", "Ахметова Әсел", "→ desk-2"),
    ]
    assert rows(bench)[0][2] == "01.01.1990"
    assert not any(iin in cell for row in rows(bench) for cell in row for iin in IINS)
    assert bench.events() == ["NAMES_LISTED"]


def test_a_voter_who_is_chosen_is_compared_with_the_document() -> None:
    bench = searching("kozhakhmetov")
    bench.press("list")
    bench.event(Touched("voters.1"))
    assert bench.state.phase == Row(8)
    bench.press("confirm")
    bench.insert(Card(1))
    assert bench.page().name == "desk.give"
    assert bench.events() == ["NAMES_LISTED", "VOTER_FOUND", "CARD_ACTIVATED"]


def test_a_voter_of_another_desk_is_sent_there() -> None:
    bench = searching("ахметов", served=6)
    bench.press("list")
    bench.event(Touched("voters.2"))
    assert bench.page().name == "desk.list"
    assert "desk-2" in bench.says()
    bench.event(Touched("voters.99"))
    bench.event(Touched("voters.0"))
    assert bench.state.phase == Row(1)


def test_a_list_is_turned_over_and_left_for_the_keyboard() -> None:
    bench = searching("ахмет")
    bench.press("list")
    bench.event(Touched("voters.next"))
    assert isinstance(bench.state.phase, Listed)
    assert bench.state.phase.leaf == 1
    bench.event(Touched("voters.previous"))
    bench.event(Touched("voters.previous"))
    assert isinstance(bench.state.phase, Listed)
    assert bench.state.phase.leaf == 0
    bench.press("back")
    assert found(bench) == 6
    bench.press("back")
    assert bench.page().name == "desk.ready"


def test_the_keyboard_begins_in_the_language_of_the_page_and_changes() -> None:
    for language, layout in (("kk", "kk"), ("ru", "ru"), ("en", "latin")):
        bench = Bench()
        bench.event(Touched(f"language.{language}"))
        bench.press("by-name")
        assert isinstance(bench.state.phase, Searching)
        assert bench.state.phase.layout == layout
        bench.event(Touched("name.latin"))
        assert isinstance(bench.state.phase, Searching)
        assert bench.state.phase.layout == "latin"


def test_too_many_are_not_listed() -> None:
    bench = searching("ахмет")
    phase = bench.state.phase
    assert isinstance(phase, Searching)
    bench.state = dataclasses.replace(bench.state, phase=dataclasses.replace(phase, found=61))
    assert "list" not in bench.targets()
    bench.event(Touched("list"))
    assert bench.page().name == "desk.search"


def test_no_more_letters_than_fit() -> None:
    bench = searching("а" * 100)
    assert isinstance(bench.state.phase, Searching)
    assert len(bench.state.phase.typed) == 48


@pytest.mark.parametrize("way", ["search", "list", "cards", "turnout", "unreadable"])
def test_a_bar_code_is_taken_wherever_nobody_is_served(way: str) -> None:
    bench = searching("ахмет")
    match way:
        case "list":
            bench.press("list")
        case "cards" | "turnout":
            bench.press("back")
            bench.press({"cards": "cards", "turnout": "by-hour"}[way])
        case "unreadable":
            bench.press("back")
            bench.insert(Card(1, unreadable=True))
    bench.scan(IINS[1])
    assert bench.state.phase == Row(2)
    bench.press("back")
    if bench.slot is not None:
        bench.remove()
        bench.press("back")
    bench.scan("nonsense")
    assert Reason.BAR_CODE_UNKNOWN.ru in bench.says()


@pytest.mark.parametrize("way", ["by-name", "cards", "by-hour"])
def test_a_card_that_is_put_in_meanwhile_is_looked_at(way: str) -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    bench.press(way)
    bench.insert(Card(2))
    assert bench.page().name != "desk.ready", "a blank one is for the next voter"
    bench.remove()
    bench.insert(card)
    assert bench.page().name == "desk.card"


@pytest.mark.parametrize("size", [(1280, 800), (1024, 600)])
def test_a_key_is_answered_with_a_changed_page_at_once(size: tuple[int, int]) -> None:
    people = made_up_voters(
        3000, random.Random("speed"), on=dt.date(2026, 10, 18), styles=((1, 1),)
    )
    bench = Bench()
    roll = VoterRoll.of(people, bench.rules.board, package())
    marks = Marks.fresh(len(people))
    bench.rules = dataclasses.replace(bench.rules, roll=roll)
    bench.state = dataclasses.replace(bench.state, marks=marks, language="kk")
    bench.press("by-name")
    spent = []
    for letter in people[1500].surname.lower():
        began_s = time.thread_time()
        bench.type_name(letter)
        render(bench.page(), *size)
        spent.append(time.thread_time() - began_s)
    began_s = time.thread_time()
    bench.press("list")
    render(bench.page(), *size)
    assert sorted(spent)[len(spent) // 2] < FAST_S
    assert time.thread_time() - began_s < 2 * FAST_S
    assert len(rows(bench)) > 10


# --- cards found


def test_what_a_card_in_the_hall_is() -> None:
    bench, card = Bench(), Card(1)
    bench.insert(card)
    assert S.BLANK_HERE.ru in bench.says()
    bench.remove()
    bench.give(1, card)
    bench.insert(card)
    assert bench.page().name == "desk.card"
    assert S.STILL_HERE.ru in bench.says()
    bench.remove()
    card.voted = True
    bench.insert(card)
    assert bench.page().name == "desk.voted"
    assert S.VOTED.ru in bench.says()
    bench.remove()
    assert bench.page().name == "desk.ready"
    assert not bench.files.serials.withdrawn


def test_a_card_left_behind_is_withdrawn_and_its_voter_may_come_back() -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    bench.give(2, Card(2))
    bench.insert(card)
    bench.press("left")
    assert bench.page().name == "desk.withdrawn"
    assert card.seen_blank()
    bench.remove()
    assert bench.files.serials.returned.bit_count() == 1
    bench.find(1)
    bench.press("lost")
    assert bench.page().name == "desk.lost"
    bench.press("hand-back")
    bench.press("withdrawn-before")
    bench.press("another")
    bench.sign_act(1, 2)
    bench.press("confirm")
    bench.insert(card)
    bench.remove()
    assert bench.events()[-3:] == [
        "VOTER_MARKED_RETURNED", "ANOTHER_CARD_ALLOWED", "ANOTHER_CARD_ACTIVATED",
    ]  # fmt: skip
    assert bench.files.marks.voters_given == 2
    bench.find(2)
    bench.press("lost")
    assert bench.targets() == ["done"], "that card was somebody else's"


def test_a_lost_card_is_told_of_and_not_replaced() -> None:
    bench = Bench()
    bench.give(1, Card(1))
    bench.find(1)
    bench.press("lost")
    assert S.LOST_WHY.ru in bench.says()
    bench.press("done")
    assert bench.page().name == "desk.ready"
    assert bench.files.marks.of(1) is Mark.GIVEN
    assert bench.files.serials.issued.bit_count() == 1
    assert bench.events()[-2:] == ["VOTER_CAME_AGAIN", "CARD_LOST"]
    bench.find(1)
    assert "confirm" not in bench.targets()


def test_an_unreadable_card_of_nobody_is_sealed_and_allows_nobody_anything() -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    bench.give(2, Card(2))
    card.unreadable = True
    bench.insert(card)
    bench.remove()
    assert bench.page().name == "desk.unreadable", "the card is in the hand now"
    bench.press("seal")
    bench.press("sealed")
    bench.sign_act(1, 2)
    assert bench.page().name == "desk.ready"
    assert (bench.state.unread, bench.state.acts) == (1, 0)
    assert bench.events()[-1] == "FOUND_CARD_SEALED"
    for boot in (False, True):
        if boot:
            bench.boot()
        bench.find(2)
        assert "use-act" not in bench.targets()
        bench.press("back")
    bench.find(1)
    bench.press("unread")
    bench.press("sealed-before")
    bench.sign_act(1, 2)
    assert bench.acts[-1].event.name == "SEALED_CARD_CLAIMED"
    assert ActPurpose.SEALED_BEFORE.cards == 0
    assert bench.state.unread == 1, "it is still one envelope"
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    bench.press("back")
    bench.find(2)
    bench.press("unread")
    assert bench.targets() == ["back", "sealed"]


def test_sealing_a_found_card_can_be_thought_over() -> None:
    bench = Bench()
    bench.insert(Card(1, unreadable=True))
    bench.press("seal")
    bench.press("back")
    assert bench.page().name == "desk.unreadable"
    bench.press("seal")
    bench.press("sealed")
    bench.press("back")
    assert bench.page().name == "desk.unreadable"
    bench.remove()
    bench.insert(Card(2))
    assert bench.page().name == "desk.ready", "the reader reads again"


def test_a_stop_while_a_found_card_is_sealed_leaves_no_act_to_anybody() -> None:
    for left in range(4):
        bench = Bench(power=Power())
        bench.give(1, Card(1))
        bench.insert(Card(2, unreadable=True))
        bench.press("seal")
        bench.press("sealed")
        bench.power.left = left
        with suppress(PowerCut):
            bench.sign_act(1, 2)
        bench.power.left = None
        bench.slot = None
        bench.boot()
        bench.find(1)
        assert "use-act" not in bench.targets()


# --- blank cards


def test_without_a_count_the_desk_says_nothing_of_blank_cards() -> None:
    bench = Bench()
    bench.give(1, Card(1))
    assert bench.state.tally.blank is None
    assert S.STOCK_UNKNOWN.ru not in bench.says()
    bench.press("cards")
    assert S.STOCK_UNKNOWN.ru in bench.says()
    assert "counted" not in bench.targets()


def test_counted_cards_go_and_come_back() -> None:
    bench, card = Bench(), Card(1)
    bench.press("cards")
    bench.type_in("12")
    bench.press("counted")
    assert S.STOCK.text("ru", count=12) in bench.says()
    bench.press("back")
    bench.give(1, card)
    bench.give(2, Card(2))
    assert bench.state.tally.blank == 10
    bench.insert(card)
    bench.press("returned")
    bench.remove()
    assert bench.state.tally.blank == 11
    bench.boot()
    assert bench.state.tally.blank == 11


def test_few_cards_are_told_of_before_they_run_out() -> None:
    bench = Bench()
    bench.press("cards")
    bench.type_in("4")
    bench.press("counted")
    bench.press("back")
    assert S.FEW.text("ru", count=4) not in bench.says()
    bench.give(1, Card(1))
    assert S.FEW.text("ru", count=3) in bench.says()
    for line in range(2, 7):
        bench.give(line, Card(line))
    assert bench.state.tally.blank == 0, "cards are given whatever the count says"


def test_pace_says_how_long_cards_last() -> None:
    bench = Bench()
    bench.press("cards")
    bench.type_in("40")
    bench.press("counted")
    bench.press("back")
    for line in range(1, 9):
        bench.give(line, Card(line))
    bench.now_ms = NOW_MS + HOUR_MS // 6  # eight in ten minutes
    bench.press("cards")
    assert S.LASTS.text("ru", minutes=40) in bench.says()
    bench.now_ms = NOW_MS + HOUR_MS // 60
    bench.event(Touched("digits.1"))
    assert S.FEW.text("ru", count=32) in bench.says(), "eight in a minute"


def test_the_first_of_the_queue_keeps_the_place() -> None:
    bench = Bench()
    bench.find(1)
    bench.press("confirm")
    bench.press("no-cards")
    assert bench.page().name == "desk.no-cards"
    assert bench.state.tally.blank == 0
    bench.press("came")
    assert bench.page().name == "desk.blank"
    bench.press("no-cards")
    bench.insert(Card(1))
    assert bench.page().name == "desk.give", "a card that is put in is enough"
    assert bench.events().count("NO_BLANK_CARDS") == 2
    assert bench.files.marks.of(1) is Mark.GIVEN


def test_a_card_that_is_not_blank_does_not_move_the_queue() -> None:
    bench, card = Bench(), Card(1)
    bench.give(2, card)
    bench.find(1)
    bench.press("confirm")
    bench.insert(card)
    bench.press("no-cards")
    assert bench.page().name == "desk.no-cards"


# --- turnout


def test_turnout_by_the_hour_outlives_a_stop() -> None:
    bench = Bench()
    bench.give(1, Card(1))
    bench.now_ms += 2 * HOUR_MS
    bench.give(2, Card(2))
    bench.give(3, Card(3))
    bench.press("by-hour")
    first = [row[:2] + row[3:] for row in rows(bench)]
    assert [row[1] for row in first] == ["2", "0", "1"], "the latest first"
    assert first[0][2:] == ("3", f"{300 / LINES:.1f} %")
    assert [row[2] for row in rows(bench)] == ["■" * 12, "", "■" * 6]
    bench.press("back")
    assert bench.page().name == "desk.ready"
    bench.boot()
    assert bench.state.tally.turnout.total == 3


def test_a_voter_counts_once_whatever_happens_to_the_cards() -> None:
    bench, card = Bench(), Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.insert(card)
    assert bench.state.tally.turnout.total == 1
    bench.press("withdraw")
    assert bench.state.tally.turnout.total == 0
    bench.press("confirm")
    bench.remove()
    bench.insert(card)
    bench.remove()
    bench.find(1)
    bench.press("hand-back")
    bench.insert(card)
    bench.remove()
    bench.press("another")
    bench.sign_act(1, 2)
    bench.press("confirm")
    bench.insert(card)
    bench.remove()
    assert bench.state.tally.turnout.total == bench.files.marks.voters_given == 1


def test_voters_whom_a_stop_left_uncounted_are_counted_without_an_hour() -> None:
    bench = Bench()
    bench.files.save(bench.files.marks.put(4, Mark.GIVEN).put(5, Mark.GIVEN))
    bench.boot()
    assert bench.events() == ["VOTERS_CARRIED_OVER"]
    assert bench.state.tally.turnout.before == 2
    bench.press("by-hour")
    assert rows(bench)[-1][:2] == (S.BEFORE.ru, "2")

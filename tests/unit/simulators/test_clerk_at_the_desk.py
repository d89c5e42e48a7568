"""Simulated clerks at a real desk, its shell and its media, without processes: no smooth days."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from center.made_up import made_up_person
from common.records import Figure, Voter
from common.regions import Region
from desk.events import CodeScanned
from desk.state import Mark
from simulators.clerk import Document
from simulators.clerk_errands import SeasonedClerk
from simulators.officials import PersonCards
from simulators.panel import OfficialStuck
from simulators.spelling import typed_name
from tests.unit.desk import bench
from tests.unit.desk.bench import IINS, PIN, Card
from tests.unit.desk.office import Office

PEOPLE = (PersonCards(1, "official-1", PIN), PersonCards(2, "official-2", PIN))


class OfficeHands:
    """Implements `simulators.panel.Hands` on a desk; what is not there at once never comes."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.cards = {f"voter-{number}": Card(number) for number in range(1, 7)}

    def insert_card(self, board: str, card: str) -> None:
        kind, _, number = card.partition("-")
        official = kind == "official"
        self.office.put(bench.official_card(int(number)) if official else self.cards[card])

    def remove_card(self, board: str) -> None:
        self.office.put(None)

    def touch(self, board: str, x: int, y: int) -> None:
        self.office.people.look()
        self.office.tap(x, y)

    def scan(self, board: str, text: str) -> None:
        self.office.step(CodeScanned(text))

    def regions(self, board: str) -> tuple[Region, ...]:
        return self.office.screen.regions

    def wait_for_screen(
        self, board: str, wanted: Callable[[tuple[Region, ...]], bool], timeout_s: float
    ) -> tuple[Region, ...] | None:
        regions = self.regions(board)
        return regions if wanted(regions) else None

    def latch_held(self, board: str) -> bool:
        return False


class Stage:
    """An open desk and its clerk."""

    def __init__(self, root: Path) -> None:
        self.office = Office(root)
        self.office.open()
        self.hands = OfficeHands(self.office)
        self.clerk = SeasonedClerk(self.hands, "desk-1", PEOPLE)

    def mark(self, line: int) -> Mark:
        state = self.office.shell._state
        assert state is not None
        return state.marks.of(line)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def document(line: int, typed: str = "") -> Document:
    return Document(IINS[line - 1], f"Сайлаушы{line}", line, typed)


@pytest.mark.parametrize("typed", ["сайлаушы2 асем", "asem sailaushy2", "САЙЛАУШЫ2".lower()])
def test_a_voter_is_found_by_name(stage: Stage, typed: str) -> None:
    stage.clerk.give_card(document(2, typed), "voter-1", by_bar_code=False)
    assert stage.mark(2) is Mark.GIVEN
    assert stage.hands.cards["voter-1"].serial is not None
    assert "NAMES_LISTED" in stage.office.events()


def test_a_voter_on_a_later_leaf_is_found(stage: Stage) -> None:
    last = Document(f"{12:012}", "Сайлаушы12", 12, "әсем өтеғұл")
    stage.clerk.give_card(last, "voter-1", by_bar_code=False)
    assert stage.mark(12) is Mark.GIVEN


def test_a_clerk_who_finds_nobody_says_so(stage: Stage) -> None:
    with pytest.raises(OfficialStuck, match="does not find anybody"):
        stage.clerk.give_card(document(2, "ззз"), "voter-1", by_bar_code=False)


def test_a_voter_who_is_not_on_the_list_in_sight_is_not_taken_for_another(stage: Stage) -> None:
    wrong = Document(IINS[1], "Сайлаушы2", 2, "сайлаушы4")
    with pytest.raises(OfficialStuck, match="line 2 is not on the list"):
        stage.clerk.give_card(wrong, "voter-1", by_bar_code=False)


def test_cards_that_are_found(stage: Stage) -> None:
    clerk, cards = stage.clerk, stage.hands.cards
    assert clerk.found_card("voter-1") == "desk.ready"
    clerk.give_card(document(1), "voter-1", by_bar_code=True)
    assert clerk.found_card("voter-1") == "desk.card"
    assert cards["voter-1"].seen_blank()
    clerk.give_card(document(2), "voter-2", by_bar_code=True)
    cards["voter-2"].voted = True
    assert clerk.found_card("voter-2") == "desk.voted"
    assert not cards["voter-2"].seen_blank()
    cards["voter-3"].unreadable = True
    assert clerk.found_card("voter-3") == "desk.unreadable"
    cards["voter-4"].torn = True
    assert clerk.found_card("voter-4") == "desk.card"
    assert stage.office.page() == "desk.ready"


def test_a_card_that_is_handed_in_with_its_vote_goes_back_to_the_accumulator(stage: Stage) -> None:
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    assert stage.clerk.take_found("voter-1", left=False)
    stage.clerk.give_card(document(2), "voter-2", by_bar_code=True)
    stage.hands.cards["voter-2"].voted = True
    assert not stage.clerk.take_found("voter-2", left=False)


def test_a_voter_whose_card_was_found_without_him_gets_another(stage: Stage) -> None:
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    stage.clerk.found_card("voter-1")
    stage.clerk.give_another(document(1), "voter-2")
    assert stage.hands.cards["voter-2"].serial is not None
    stage.office.close()
    assert stage.office.statement().figures[Figure.VOTERS_GIVEN] == 1
    assert stage.office.statement().figures[Figure.RETURNED] == 1


def test_lost_cards_and_voters_who_come_again(stage: Stage) -> None:
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    stage.clerk.comes_again(document(1))
    stage.clerk.lost_card(document(1))
    assert stage.mark(1) is Mark.GIVEN
    assert "CARD_LOST" in stage.office.events()
    with pytest.raises(OfficialStuck):
        stage.clerk.comes_again(document(2))


def test_a_card_given_by_mistake_is_withdrawn_before_it_is_out(stage: Stage) -> None:
    stage.clerk.give_by_mistake(document(1), "voter-1")
    assert stage.mark(1) is Mark.NONE
    assert stage.hands.cards["voter-1"].seen_blank()
    assert stage.office.page() == "desk.ready"
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    stage.office.close()
    assert stage.office.statement().figures[Figure.VOID] == 1
    assert stage.office.statement().figures[Figure.VOTERS_GIVEN] == 1


def test_a_desk_that_stops_while_a_card_is_withdrawn_again_wants_an_act(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blank card proves nothing then, however often it is put in."""

    class Stopping(OfficeHands):
        stops = 1

        def touch(self, board: str, x: int, y: int) -> None:
            if self.office.page() != "desk.give" or not self.stops:
                super().touch(board, x, y)
                return
            self.stops = 0
            with monkeypatch.context() as patch:
                patch.setattr(self.office, "_answer_all", lambda: None)
                super().touch(board, x, y)
            self.cards["voter-1"].activation = None  # blanked, and then the power failed
            self.office.start()

    hands = Stopping(stage.office)
    clerk = SeasonedClerk(hands, "desk-1", PEOPLE)
    clerk.give_by_mistake(document(1), "voter-1")
    assert not hands.stops
    assert stage.mark(1) is Mark.ANOTHER_ALLOWED
    assert stage.office.page() == "desk.ready"
    assert "ANOTHER_CARD_ALLOWED" in stage.office.events()


def test_a_card_with_which_a_terminal_was_checked_is_changed_for_another(stage: Stage) -> None:
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    for checks in (1, 2):
        stage.hands.cards["voter-1"].spoil()
        stage.clerk.change_checked(document(1), "voter-1")
        assert stage.mark(1) is Mark.GIVEN
        assert stage.office.events().count("CARD_CHALLENGED") == checks
    assert stage.hands.cards["voter-1"].serial is not None
    assert "ANOTHER_CARD_ALLOWED" not in stage.office.events(), "no act is needed"
    stage.office.close()
    figures = stage.office.statement().figures
    assert (figures[Figure.CHALLENGED], figures[Figure.ISSUED]) == (2, 3)
    assert (figures[Figure.VOTERS_GIVEN], figures[Figure.RETURNED]) == (1, 0)


def test_one_that_was_withdrawn_before_is_changed_under_an_act(stage: Stage) -> None:
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    stage.hands.cards["voter-1"].spoil()
    assert stage.clerk.found_card("voter-1") == "desk.card"
    assert stage.hands.cards["voter-1"].seen_blank()
    stage.clerk.change_checked(document(1), "voter-1")
    assert stage.mark(1) is Mark.GIVEN
    assert "ANOTHER_CARD_ALLOWED" in stage.office.events()
    stage.office.close()
    assert stage.office.statement().figures[Figure.CHALLENGED] == 1


@pytest.mark.parametrize("typed", ["", "сайлаушы2 асем"])
def test_a_voter_waits_until_cards_have_come(stage: Stage, typed: str) -> None:
    stage.clerk.without_cards(document(2, typed), by_bar_code=False)
    assert stage.office.page() == "desk.no-cards"
    assert "NO_BLANK_CARDS" in stage.office.events()
    stage.clerk.give_card(document(2, typed), "voter-1", by_bar_code=False)
    assert stage.mark(2) is Mark.GIVEN


def test_a_desk_that_serves_the_voter_is_not_the_wrong_one(stage: Stage) -> None:
    with pytest.raises(OfficialStuck, match="line 1 is not its own"):
        stage.clerk.sent_to(document(1), "desk-2")


def test_a_card_of_nobody_is_sealed(stage: Stage) -> None:
    stage.clerk.give_card(document(1), "voter-1", by_bar_code=True)
    stage.hands.cards["voter-1"].unreadable = True
    stage.clerk.seal_found_card("voter-1")
    stage.office.close()
    assert stage.office.statement().figures[Figure.UNREAD] == 1


def test_blank_cards_are_counted(stage: Stage) -> None:
    stage.clerk.count_cards(25)
    assert stage.office.journal()[-1].facts == {"count": 25}
    assert stage.office.page() == "desk.ready"


def test_names_are_typed_in_many_ways() -> None:
    draw = random.Random("names")
    person = made_up_person(draw, woman=True)
    voter = Voter(1, "0" * 12, person.surname, person.given, person.patronymic, "1990-01-01", "", 1)
    typed = {typed_name(voter, draw) for _ in range(100)}
    assert len(typed) > 4
    assert all(name == name.lower() for name in typed)

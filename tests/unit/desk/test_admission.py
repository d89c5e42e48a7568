"""One voter after the other: who gets a card, in which order it is written, what a stop leaves."""

from __future__ import annotations

import pytest

from cardio.messages import CourierCardSeen, Failed, ReaderMissing
from common.errors import Reason
from common.records import Activation, open_record
from desk.effects import Activate, Record, SaveMarks, SaveSerials
from desk.events import Touched
from desk.machine import step
from desk.state import Mark, Serials
from tests import samples
from tests.unit.desk.bench import IINS, LINES, PIN, Bench, Card, PowerCut, official_card


def shown_rows(bench: Bench) -> str:
    table = next(widget for widget in bench.page().widgets if widget.name == "voter")
    return " ".join(cell for row in table.rows for cell in row)  # type: ignore[union-attr]


def test_voter_found_by_bar_code_iin_or_list_number_is_the_same_row() -> None:
    for find in (
        lambda bench: bench.scan(IINS[0]),
        lambda bench: (bench.type_in(IINS[0]), bench.press("find")),
        lambda bench: bench.find(1),
    ):
        bench = Bench()
        find(bench)
        assert bench.page().name == "desk.row"
        assert "Сайлаушы1" in shown_rows(bench)
        assert IINS[0] in shown_rows(bench)
        assert bench.events() == ["VOTER_FOUND"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("99", Reason.LIST_NUMBER_FORMAT),
        ("0", Reason.LIST_NUMBER_FORMAT),
        ("06121160001", Reason.IIN_FORMAT),
        ("061211600013", Reason.IIN_CHECK_DIGIT),
        ("900101300027", Reason.VOTER_NOT_FOUND),
    ],
)
def test_what_is_not_on_the_list_is_refused_with_its_reason(typed: str, reason: Reason) -> None:
    bench = Bench()
    bench.type_in(typed)
    bench.press("find")
    assert bench.page().name == "desk.ready"
    assert reason.ru.split("{")[0] in bench.says()
    assert bench.journal == [Record(bench.journal[0].event, {"reason": reason.value})]


def test_foreign_bar_code_is_refused() -> None:
    bench = Bench()
    bench.scan("4870001234567")
    assert Reason.BAR_CODE_UNKNOWN.ru in bench.says()


def test_order_of_writes() -> None:
    bench = Bench()
    bench.find(1)
    bench.press("confirm")
    card = Card(1)
    bench.slot = card
    effects = bench.event(card.seen())
    assert [type(effect) for effect in effects] == [SaveSerials, SaveMarks, Activate]
    serials, marks = effects[0], effects[1]
    assert isinstance(serials, SaveSerials)
    assert isinstance(marks, SaveMarks)
    assert serials.serials.issued.bit_count() == 1
    assert marks.marks.of(1) is Mark.BEING_GIVEN
    assert bench.page().name == "desk.give"
    assert bench.files.marks.of(1) is Mark.GIVEN
    assert card.activation is not None
    activation = open_record(Activation, card.activation, samples.device("desk-1").sign_key)
    assert bench.files.serials.is_issued(activation.serial)
    assert activation.card_key == card.key_hash
    assert activation.style == 2
    assert bench.events() == ["VOTER_FOUND", "CARD_ACTIVATED"]


def test_nothing_is_in_flight_once_the_card_is_out() -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    assert bench.files.serials.in_flight(card.key_hash) is None


def test_voter_with_a_card_gets_no_second_one() -> None:
    bench = Bench()
    bench.give(1, Card(1))
    bench.find(1)
    assert "confirm" not in bench.targets()
    bench.event(Touched("confirm"))
    bench.slot = Card(2)
    bench.tell()
    assert bench.slot.seen_blank()
    assert bench.files.serials.issued.bit_count() == 1


def test_document_that_differs_is_refused_and_journalled() -> None:
    bench = Bench()
    bench.find(2)
    bench.press("refuse")
    assert bench.page().name == "desk.ready"
    assert bench.events() == ["VOTER_FOUND", "DOCUMENT_REFUSED"]
    assert bench.files.marks.of(2) is Mark.NONE


def test_going_back_leaves_nothing() -> None:
    bench = Bench()
    bench.find(2)
    bench.press("confirm")
    bench.press("back")
    bench.press("back")
    assert bench.page().name == "desk.ready"
    assert bench.files.marks.of(2) is Mark.NONE
    assert bench.files.serials == Serials(flight=bench.files.serials.flight)


def test_card_with_a_vote_goes_to_the_accumulator() -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    card.voted = True
    bench.insert(card)
    assert bench.page().name == "desk.voted"
    bench.remove()
    bench.find(2)
    bench.press("confirm")
    bench.insert(card)
    assert Reason.CARD_HOLDS_VOTE.ru in bench.says()
    assert bench.files.serials.issued.bit_count() == 1


def test_activated_card_is_not_given_again() -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    bench.find(2)
    bench.press("confirm")
    bench.insert(card)
    assert Reason.CARD_NOT_BLANK.ru in bench.says()
    bench.remove()
    assert "refusal" not in [widget.name for widget in bench.page().widgets]
    bench.insert(Card(2))
    assert bench.page().name == "desk.give"


def test_torn_card_is_blanked_and_given() -> None:
    bench, card = Bench(), Card(1, torn=True)
    bench.give(1, card)
    assert not card.torn
    assert card.activation is not None


def test_a_withdrawn_card_that_a_stop_left_unblanked_is_blanked_and_given() -> None:
    bench, card = Bench(), Card(1)
    bench.give(1, card)
    bench.remove()
    withdrawn = card.activation
    bench.insert(card)
    bench.press("returned")
    bench.remove()
    card.activation = withdrawn  # what a stop before the card was blanked leaves
    bench.give(2, card)
    assert card.activation not in (None, withdrawn)


@pytest.mark.parametrize("reason", [Reason.CARD_FOREIGN, Reason.CARD_OTHER_STATION])
def test_foreign_cards_are_refused_each_with_its_reason(reason: Reason) -> None:
    from cardio.messages import CardRefused

    bench = Bench()
    facts = (("found", "0412"), ("expected", "0421"))
    bench.event(CardRefused(reason, facts))
    assert bench.page().name == "desk.take-out"
    assert reason.ru.format(found="0412", expected="0421") in bench.says()
    assert bench.journal[-1].facts == {"reason": reason.value}


def test_other_kinds_of_card_are_sent_away() -> None:
    bench = Bench()
    bench.insert(official_card(1))
    assert Reason.CARD_OFFICIAL_HERE.ru in bench.says()
    bench.remove()
    bench.insert(CourierCardSeen(1, None, torn=False))
    assert Reason.COURIER_HOLDS_NOTHING.ru in bench.says()


def test_card_of_another_desk_is_sent_there() -> None:
    from common import records
    from common.records import Presentation

    bench, card = Bench(), Card(1)
    activation = Activation(samples.package_hash(), 1, Presentation.NORMAL, 4096 + 7, card.key_hash)
    card.activation = records.sign(activation, samples.device("desk-spare").signing)
    bench.insert(card)
    assert Reason.SERIAL_OF_OTHER_DESK.ru.format(board="desk-spare") in bench.says()
    assert bench.journal[-1].facts == {"reason": Reason.SERIAL_OF_OTHER_DESK.value}


def test_serial_that_was_never_issued_is_kept_for_the_chair() -> None:
    from common import records
    from common.records import Presentation

    bench, card = Bench(), Card(1)
    activation = Activation(samples.package_hash(), 1, Presentation.NORMAL, 7, card.key_hash)
    card.activation = records.sign(activation, samples.device("desk-1").signing)
    bench.insert(card)
    assert Reason.SERIAL_NOT_ISSUED.ru in bench.says()


def test_all_serials_used_up() -> None:
    bench = Bench()
    full = Serials(issued=(1 << 4096) - 1, flight=bench.files.serials.flight)
    bench.files.save(full)
    bench.boot()
    bench.find(1)
    bench.press("confirm")
    bench.insert(Card(1))
    assert Reason.SERIALS_USED_UP.ru.format(count=4096) in bench.says()
    assert bench.files.marks.of(1) is Mark.NONE
    assert bench.events()[-1] == "SERIALS_USED_UP"


def test_write_that_failed_voids_the_serial_and_asks_for_another_card() -> None:
    bench = Bench()
    bench.find(1)
    bench.press("confirm")
    bench.fail_next = Reason.CARD_WRITE_FAILED
    bench.insert(Card(1))
    assert bench.page().name == "desk.row"
    assert Reason.CARD_WRITE_FAILED.ru in bench.says()
    assert bench.files.serials.issued == bench.files.serials.void != 0
    assert bench.files.marks.of(1) is Mark.NONE
    bench.remove()
    bench.press("confirm")
    bench.insert(Card(2))
    assert bench.page().name == "desk.give"
    assert bench.events() == [
        "VOTER_FOUND", "CARD_GIVING_INTERRUPTED", "CARD_GIVING_UNDONE", "CARD_ACTIVATED",
    ]  # fmt: skip


def test_card_pulled_while_written_must_come_back() -> None:
    bench, card = Bench(), Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.fail_next = Reason.CARD_MOVED
    seen = card.seen()
    bench.slot = None  # gone before cardiod looks again
    bench.event(seen)
    assert bench.page().name == "desk.interrupted"
    bench.insert(Card(2))
    assert Reason.CARD_NOT_INTERRUPTED.ru in bench.says()
    bench.remove()
    card.torn = True
    bench.insert(card)
    assert bench.page().name == "desk.row"
    bench.press("confirm")
    assert bench.page().name == "desk.give"
    assert bench.files.serials.void.bit_count() == 1


def test_interrupted_card_that_comes_back_blank_may_have_been_voted_with() -> None:
    bench, card = Bench(), Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.fail_next = Reason.CARD_MOVED
    seen = card.seen()
    bench.slot = None
    bench.event(seen)
    bench.insert(card)
    assert bench.page().name == "desk.interrupted"
    assert Reason.CARD_BLANK_PROVES_NOTHING.ru in bench.says()
    bench.press("act")
    bench.sign_act(1, 2)
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert bench.files.serials.withdrawn == 0, "it may be spent"


def test_card_service_that_starts_again_leaves_the_card_where_it_was() -> None:
    bench, card = Bench(), Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.slot = card
    bench.state, _ = step(bench.rules, bench.state, card.seen(), bench.now_ms)
    bench.event(Failed(1, Reason.CARD_SERVICE_LOST))
    bench.event(ReaderMissing())
    bench.tell()
    assert bench.page().name == "desk.row"
    bench.press("confirm")
    assert bench.page().name == "desk.give"


def test_reader_that_was_unplugged_does_not() -> None:
    bench, card = Bench(), Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.slot = card
    bench.state, _ = step(bench.rules, bench.state, card.seen(), bench.now_ms)
    bench.event(ReaderMissing())
    bench.event(Failed(1, Reason.CARD_MOVED))
    bench.tell()
    assert bench.page().name == "desk.interrupted"


def test_card_can_be_withdrawn_before_it_is_handed_over() -> None:
    bench, card = Bench(), Card(1)
    bench.find(1)
    bench.press("confirm")
    bench.insert(card)
    bench.press("withdraw")
    assert bench.page().name == "desk.row"
    assert card.seen_blank()
    assert bench.files.marks.of(1) is Mark.NONE
    assert bench.files.serials.void == bench.files.serials.issued
    bench.press("confirm")
    assert bench.page().name == "desk.give"
    assert bench.files.serials.issued.bit_count() == 2


def cuts() -> list[int]:
    """Return every step at which the power can go while a voter is given a card."""
    bench = Bench()
    bench.power.left = 1000
    bench.give(1, Card(1))
    assert bench.power.left is not None
    return list(range(1000 - bench.power.left))


@pytest.mark.parametrize("cut", cuts())
def test_power_cut_anywhere_and_the_voter_finishes_with_one_card(cut: int) -> None:
    bench, card = Bench(), Card(1)
    bench.power.left = cut
    with pytest.raises(PowerCut):
        bench.give(1, card)
    bench.power.left = None
    bench.boot()
    match bench.page().name:
        case "desk.decide":
            assert bench.files.marks.of(1) is Mark.BEING_GIVEN
            bench.press("give")
            bench.remove()
        case "desk.give":
            assert bench.files.marks.of(1) is Mark.GIVEN
            bench.remove()
        case "desk.row":
            bench.press("confirm")
            bench.remove()
        case "desk.interrupted":
            assert Reason.CARD_BLANK_PROVES_NOTHING.ru in bench.says()
            assert card.seen_blank()
            bench.press("act")
            bench.sign_act(1, 2)
            bench.press("confirm")
            bench.insert(card)
            bench.remove()
        case "desk.ready" if bench.files.marks.of(1) is Mark.NONE:
            if bench.slot is not None:
                bench.remove()
            bench.give(1, card)
        case "desk.ready":
            assert bench.slot is None
    assert bench.page().name == "desk.ready"
    assert bench.files.marks.of(1) is Mark.GIVEN
    serials = bench.files.serials
    assert card.serial is not None
    out = serials.issued & ~serials.withdrawn & ~(1 << card.serial)
    assert out.bit_count() == len(bench.acts), "every other serial is void, or under an act"
    for medium in bench.media:
        assert medium.files == bench.media[0].files
    assert serials.in_flight(card.key_hash) is None


def test_interrupted_card_that_is_not_at_hand_needs_an_act() -> None:
    bench, card = Bench(), Card(1)
    bench.power.left = 9
    with pytest.raises(PowerCut):
        bench.give(1, card)
    bench.power.left = None
    bench.slot = None
    bench.boot()
    assert bench.page().name == "desk.interrupted"
    bench.press("act")
    bench.sign_act(1, 2)
    assert bench.page().name == "desk.row"
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert bench.state.unread == 0
    bench.press("confirm")
    bench.insert(Card(2))
    assert bench.page().name == "desk.give"


def test_missing_reader_is_said_and_journalled_once() -> None:
    bench = Bench()
    bench.tell()
    bench.event(ReaderMissing())
    bench.event(ReaderMissing())
    bench.tell()
    assert bench.events() == ["READER_MISSING", "READER_BACK"]


def test_turnout_counts_voters_not_cards() -> None:
    bench = Bench()
    bench.give(1, Card(1))
    bench.give(2, Card(2))
    assert f"2 из {LINES}" in bench.says()


def interrupted(cut: int = 11) -> tuple[Bench, Card]:
    """Stop a desk when the activation is on the card and nobody knows."""
    bench, card = Bench(), Card(1)
    bench.power.left = cut
    with pytest.raises(PowerCut):
        bench.give(1, card)
    bench.power.left = None
    return bench, card


def test_interrupted_card_that_was_voted_with_counts_as_given() -> None:
    bench, card = interrupted()
    card.voted, bench.slot = True, None
    bench.boot()
    bench.insert(card)
    assert bench.page().name == "desk.voted"
    assert bench.files.marks.of(1) is Mark.GIVEN
    bench.remove()
    assert bench.page().name == "desk.ready"


def test_interrupted_card_taken_out_before_the_decision_comes_back() -> None:
    bench, card = interrupted()
    bench.boot()
    assert bench.page().name == "desk.decide"
    bench.remove()
    assert bench.page().name == "desk.interrupted"
    bench.insert(official_card(1))
    assert Reason.CARD_OFFICIAL_HERE.ru in bench.says()
    bench.remove()
    bench.insert(card)
    bench.press("give")
    assert bench.page().name == "desk.give"


def test_interrupted_card_that_cannot_be_read_goes_into_an_envelope() -> None:
    bench, card = interrupted()
    card.unreadable = True
    bench.boot()
    assert Reason.CARD_UNREADABLE.ru in bench.says()
    bench.press("unread")
    bench.press("back")
    assert bench.page().name == "desk.interrupted"
    bench.press("unread")
    bench.press("sealed")
    bench.sign_act(1, 2)
    assert bench.page().name == "desk.row"
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert bench.state.unread == 1


def test_act_for_an_interrupted_card_survives_a_stop() -> None:
    bench, _ = interrupted()
    bench.slot = None
    bench.boot()
    bench.press("act")
    bench.insert(official_card(1))
    bench.type_in(PIN)
    bench.press("sign")
    bench.remove()
    bench.insert(official_card(2))
    bench.type_in(PIN)
    bench.power.left = 0
    with pytest.raises(PowerCut):
        bench.press("sign")
    bench.power.left = None
    bench.slot = None
    bench.boot()
    assert bench.page().name == "desk.interrupted"
    bench.press("use-act")
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED


def test_withdrawn_card_that_was_not_blanked_is_blanked_when_it_is_seen() -> None:
    bench, card = interrupted()
    bench.boot()
    bench.power.left = 3
    with pytest.raises(PowerCut):
        bench.press("withdraw")
    bench.power.left = None
    assert card.serial is not None
    bench.boot()
    assert bench.page().name == "desk.row"
    assert bench.files.serials.void == bench.files.serials.issued != 0
    assert card.seen_blank()
    assert bench.files.marks.of(1) is Mark.NONE


def test_scanned_voter_whose_giving_was_interrupted_is_settled_first() -> None:
    bench = Bench()
    bench.files.save(bench.files.marks.put(2, Mark.BEING_GIVEN).put(3, Mark.BEING_GIVEN))
    bench.slot = None
    bench.boot()
    assert bench.page().name == "desk.interrupted"
    bench.press("act")
    bench.sign_act(1, 2)
    bench.press("back")
    bench.scan(IINS[2])
    assert bench.page().name == "desk.interrupted"


def test_activation_of_another_giving_does_not_settle_it() -> None:
    bench, card = Bench(), Card(2)
    bench.give(2, card)
    bench.find(1)
    bench.press("confirm")
    first = Card(1)
    bench.power.left = 9
    with pytest.raises(PowerCut):
        bench.insert(first)
    bench.power.left = None
    bench.slot = None
    bench.boot()
    bench.insert(card)
    assert Reason.CARD_NOT_INTERRUPTED.ru in bench.says()
    assert card.serial is not None

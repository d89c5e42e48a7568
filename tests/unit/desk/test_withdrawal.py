"""Cards that come back: returned, void, unreadable; and the acts that let a voter have another."""

from __future__ import annotations

import pytest

from common.cose import SignedBody
from common.errors import Reason
from common.records import Act, ActFact, ActKind
from desk.effects import KeepAct
from desk.events import Touched
from desk.state import Mark
from tests import samples
from tests.unit.desk.bench import PIN, Bench, Card, PowerCut, official_card


def given(line: int = 1) -> tuple[Bench, Card]:
    bench, card = Bench(), Card(1)
    bench.give(line, card)
    return bench, card


@pytest.mark.parametrize(
    ("button", "event"), [("returned", "CARD_RETURNED"), ("void", "CARD_VOID")]
)
def test_card_is_withdrawn_in_hand(button: str, event: str) -> None:
    bench, card = given()
    serial = card.serial
    assert serial is not None
    bench.insert(card)
    assert bench.page().name == "desk.card"
    bench.press(button)
    assert bench.page().name == "desk.withdrawn"
    assert card.seen_blank()
    serials = bench.files.serials
    assert (serials.returned if button == "returned" else serials.void) == 1 << serial
    assert bench.events()[-1] == event
    bench.press("done")
    assert bench.page().name == "desk.ready"
    assert bench.files.marks.of(1) is Mark.GIVEN, "whose card it was, nobody knows"


def test_card_taken_out_undecided_stays_as_it_was() -> None:
    bench, card = given()
    bench.insert(card)
    bench.remove()
    assert bench.page().name == "desk.ready"
    assert card.serial is not None
    assert not bench.files.serials.withdrawn


def test_voter_who_returns_a_card_gets_another_only_by_act() -> None:
    bench, card = given()
    bench.find(1)
    bench.press("hand-back")
    bench.insert(card)
    assert bench.page().name == "desk.row"
    assert bench.files.marks.of(1) is Mark.RETURNED
    assert card.seen_blank()
    assert "confirm" not in bench.targets()
    bench.remove()
    bench.press("another")
    bench.sign_act(2, 3)
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    bench.press("confirm")
    bench.insert(card)
    assert bench.page().name == "desk.give"
    assert bench.files.serials.issued.bit_count() == 2
    assert bench.files.serials.returned.bit_count() == 1
    assert bench.files.marks.voters_given == 1


def test_undoing_another_card_does_not_make_the_voter_a_new_one() -> None:
    bench, card = given()
    bench.find(1)
    bench.press("hand-back")
    bench.insert(card)
    bench.remove()
    bench.press("another")
    bench.sign_act(2, 3)
    bench.press("confirm")
    bench.insert(card)
    bench.press("withdraw")
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert bench.files.marks.voters_given == 1


def test_return_that_was_taken_before_is_only_marked() -> None:
    bench, card = given()
    bench.give(2, Card(2))
    bench.insert(card)
    bench.press("returned")
    bench.remove()
    withdrawn = bench.files.serials.withdrawn
    bench.find(1)
    bench.press("hand-back")
    bench.press("withdrawn-before")
    assert bench.files.marks.of(1) is Mark.RETURNED
    assert bench.files.serials.withdrawn == withdrawn
    bench.press("back")
    bench.find(2)
    bench.press("hand-back")
    assert bench.targets() == ["back"], "one card that was taken back is one voter's"


def test_nobody_can_say_that_a_card_was_taken_back_before_when_none_was() -> None:
    bench, _ = given()
    bench.find(1)
    bench.press("hand-back")
    assert bench.targets() == ["back"]
    bench.event(Touched("withdrawn-before"))
    assert bench.files.marks.of(1) is Mark.GIVEN


def test_blank_card_cannot_be_handed_back() -> None:
    bench, _ = given()
    bench.find(1)
    bench.press("hand-back")
    bench.insert(Card(2))
    assert Reason.CARD_BLANK_CANNOT_RETURN.ru in bench.says()
    assert bench.files.marks.of(1) is Mark.GIVEN
    bench.remove()
    bench.press("back")
    assert bench.page().name == "desk.row"


def test_voted_card_cannot_be_handed_back() -> None:
    bench, card = given()
    card.voted = True
    bench.find(1)
    bench.press("hand-back")
    bench.insert(card)
    assert Reason.CARD_HOLDS_VOTE.ru in bench.says()
    assert bench.files.marks.of(1) is Mark.GIVEN
    assert not bench.files.serials.withdrawn


def test_unreadable_card_is_counted_by_an_act_of_two() -> None:
    bench, card = given()
    card.unreadable = True
    bench.insert(card)
    assert bench.page().name == "desk.unreadable"
    bench.remove()
    bench.press("back")
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
    bench.sign_act(1, 3)
    assert bench.state.unread == 1
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert bench.files.serials.withdrawn == 0
    kept = bench.acts[0]
    act = Act.from_bytes(kept.act.payload)
    assert act.kind is ActKind.UNREAD_CARD
    assert act.facts[ActFact.CARDS] == 1
    signed = kept.act.with_board(samples.device("desk-1").signing).to_bytes()
    body = SignedBody.from_bytes(signed, Act.external(), samples.device("desk-1").sign_key)
    assert {person.certificate for person in body.people} == {
        official_card(1).certificate,
        official_card(3).certificate,
    }
    assert b"Sailau" not in act.to_bytes()


def test_one_official_cannot_sign_for_two() -> None:
    bench, _ = given()
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
    bench.insert(official_card(1))
    bench.type_in(PIN)
    bench.press("sign")
    bench.remove()
    bench.insert(official_card(1))
    assert Reason.ALREADY_SIGNED.ru in bench.says()
    bench.type_in(PIN)
    assert "sign" not in bench.targets()
    assert bench.files.marks.of(1) is Mark.GIVEN
    bench.press("back")
    assert bench.page().name == "desk.row"
    assert bench.acts == []


def test_technician_and_strangers_sign_nothing() -> None:
    import dataclasses

    bench, _ = given()
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
    bench.insert(official_card(4))
    assert "Person 4" in bench.says()
    bench.type_in(PIN)
    bench.press("sign")
    assert bench.state.phase.signers == ()  # type: ignore[union-attr]  # the phase is Signing
    bench.remove()
    stranger = dataclasses.replace(official_card(1), certificate=official_card(2).certificate)
    bench.insert(stranger)
    assert Reason.CARD_CERTIFICATE_WRONG.ru in bench.says()


def test_what_is_typed_before_the_card_is_seen_is_no_part_of_the_pin() -> None:
    """A clerk who types while the card is still being looked at must not lose an attempt."""
    bench = Bench()
    bench.give(1, Card(1))
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
    for number in (1, 3):
        bench.type_in(PIN[:2])
        assert "•" not in bench.says()
        bench.insert(official_card(number))
        bench.type_in(PIN)
        bench.press("sign")
        bench.remove()
    assert bench.page().name == "desk.row"
    assert "PIN_REFUSED" not in bench.events()


def test_wrong_pin_is_said_and_journalled() -> None:
    bench, _ = given()
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
    bench.insert(official_card(1))
    bench.type_in("12")
    bench.press("sign")
    assert "6" in bench.says()
    assert Reason.PIN_FORMAT.ru.format(minimum=6, maximum=8) in bench.says()
    bench.type_in("clear"[:0])
    bench.event(_pressed("pin.clear"))
    bench.type_in("654321")
    bench.press("sign")
    assert Reason.PIN_WRONG.ru.format(attempts=2) in bench.says()
    assert bench.journal[-1].event.name == "PIN_REFUSED"
    assert bench.journal[-1].facts == {"official": 1, "attempts": 2}
    assert "•" not in bench.says()
    bench.type_in(PIN)
    bench.press("sign")
    assert bench.state.phase.signers == (1,)  # type: ignore[union-attr]  # the phase is Signing


def _pressed(name: str):  # type: ignore[no-untyped-def]  # one line
    from desk.events import Touched

    return Touched(name)


def test_signature_by_another_card_is_refused() -> None:
    from cardio.messages import Signed

    bench, _ = given()
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
    bench.insert(official_card(1))
    bench.type_in(PIN)
    bench.pending.clear()
    phase = bench.state.phase
    from desk.events import Touched
    from desk.machine import step

    bench.state, _ = step(bench.rules, bench.state, Touched("sign"), bench.now_ms)
    other = official_card(2)
    signature = other.sign(phase.body.to_be_signed(other.certificate))  # type: ignore[union-attr]  # Signing
    bench.event(Signed(1, signature, other.certificate))
    assert Reason.SIGNATURE_REFUSED.ru in bench.says()


def erase_cuts(prepare: str) -> list[int]:
    bench, card = given()
    bench.power.left = 1000
    act(bench, card, prepare)
    assert bench.power.left is not None
    return list(range(1000 - bench.power.left))


def act(bench: Bench, card: Card, prepare: str) -> None:
    """Withdraw a card at the desk, or have its voter hand it back."""
    if prepare == "at-the-desk":
        bench.insert(card)
        bench.press("returned")
    else:
        bench.find(1)
        bench.press("hand-back")
        bench.insert(card)


@pytest.mark.parametrize(
    ("prepare", "cut"),
    [(way, cut) for way in ("at-the-desk", "by-voter") for cut in erase_cuts(way)],
)
def test_power_cut_while_withdrawing_never_leaves_a_live_card(prepare: str, cut: int) -> None:
    bench, card = given()
    serial = card.serial
    assert serial is not None
    bench.power.left = cut
    with pytest.raises(PowerCut):
        act(bench, card, prepare)
    bench.power.left = None
    bench.boot()
    withdrawn = bench.files.serials.is_withdrawn(serial)
    if bench.page().name == "desk.card":
        button = "blank" if withdrawn or card.torn else "returned"
        bench.press(button)
    assert card.seen_blank() or not withdrawn
    bench.remove()
    assert bench.page().name == "desk.ready"
    assert bench.files.marks.of(1) in (Mark.GIVEN, Mark.RETURNED)
    bench.find(1)
    assert "confirm" not in bench.targets()


def test_act_signed_before_a_stop_is_used_after_it() -> None:
    bench, card = given()
    bench.find(1)
    bench.press("unread")
    bench.press("sealed")
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
    assert [type(kept) for kept in bench.acts] == [KeepAct]
    bench.slot = None
    bench.boot()
    bench.find(1)
    assert bench.files.marks.of(1) is Mark.GIVEN
    bench.press("use-act")
    assert bench.files.marks.of(1) is Mark.ANOTHER_ALLOWED
    assert "use-act" not in bench.targets()
    assert card.serial is not None


def test_blanking_that_fails_can_be_tried_again() -> None:
    bench, card = given()
    bench.insert(card)
    bench.fail_next = Reason.CARD_WRITE_FAILED
    bench.press("returned")
    assert bench.page().name == "desk.card"
    assert Reason.CARD_WRITE_FAILED.ru in bench.says()
    assert card.serial is not None
    bench.press("blank")
    assert card.seen_blank()
    assert bench.files.serials.returned.bit_count() == 1


def test_blanking_the_interrupted_card_that_fails_can_be_tried_again() -> None:
    bench, card = Bench(), Card(1)
    bench.power.left = 11
    with pytest.raises(PowerCut):
        bench.give(1, card)
    bench.power.left = None
    bench.boot()
    assert bench.page().name == "desk.decide"
    bench.fail_next = Reason.CARD_WRITE_FAILED
    bench.press("withdraw")
    assert bench.page().name == "desk.interrupted"
    assert Reason.CARD_WRITE_FAILED.ru in bench.says()
    bench.press("again")
    assert bench.page().name == "desk.row"
    assert card.seen_blank()
    assert bench.files.serials.void == bench.files.serials.issued


def test_card_swapped_behind_the_desks_back_is_left_alone() -> None:
    bench, card = given()
    other = Card(2)
    bench.give(2, other)
    bench.insert(card)
    bench.slot = other  # changed before cardiod says so
    bench.press("returned")
    assert other.serial is not None
    assert card.serial is not None
    assert bench.page().name == "desk.card"
    assert bench.targets() == ["void", "left", "returned"], "it is judged by itself"

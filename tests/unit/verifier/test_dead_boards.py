"""Boards that died: what the bundle must say of them, and forgeries that it must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.verifier.bundle_records import (
    ACCUMULATOR,
    CHAIR,
    DESK,
    MEMBER,
    OTHER_TERMINAL,
    TECHNICIAN,
    TERMINAL,
    Item,
    bitmap,
    digest,
    entry,
)
from tests.unit.verifier.bundles import Bundle

SPARE_DESK, LAST_DESK = "desk-2", "desk-3"
SPARE_ACCUMULATOR = "accumulator-2"
BOTH = [CHAIR, MEMBER]


def died(dead: str, spare: str | None, drawn_up_by: str, **facts: Any) -> tuple[Item, str, Any]:
    """Return the act that says so, with the journal as far as it was read."""
    said = {7: dead, 15: digest(entry(dead)), 16: 1} | ({} if spare is None else {14: spare})
    said |= {int(key[1:]): value for key, value in facts.items()}
    kept = {key: value for key, value in said.items() if value is not None}
    return {0: 10 if spare is None else 5, 5: kept}, drawn_up_by, BOTH


def brought(dead: str, issued: int) -> Item:
    """Return a dead desk's sets as a spare states them."""
    return {0: {0: dead, 1: bitmap(range(issued))}, 1: {0: dead, 1: bitmap([])}}


def replaced_desk() -> Bundle:
    """Return the bundle of a day on which the desk died and its spare went on."""
    bundle = Bundle(more={SPARE_DESK: 1}, spares={SPARE_DESK}, without={DESK}, left={DESK})
    bundle.acts = {"002-replacement": died(DESK, SPARE_DESK, SPARE_DESK)}
    bundle.statements = {SPARE_DESK: {10: [brought(DESK, 4)], 6: {12: 4}}}
    bundle.minutes = {16: [{0: DESK, 1: SPARE_DESK}]}
    return bundle


def replaced_accumulator() -> Bundle:
    """Return the bundle of a day on which the accumulator died and its urn was moved."""
    bundle = Bundle(more={SPARE_ACCUMULATOR: 3}, spares={SPARE_ACCUMULATOR})
    bundle.without, bundle.left = {ACCUMULATOR}, {ACCUMULATOR}
    bundle.acts = {
        "002-replacement": died(ACCUMULATOR, SPARE_ACCUMULATOR, SPARE_ACCUMULATOR, f12=2)
    }
    bundle.minutes = {16: [{0: ACCUMULATOR, 1: SPARE_ACCUMULATOR}]}
    return bundle


def replaced_terminal() -> Bundle:
    """Return the bundle of a day on which a terminal died; a spare stood in its place."""
    bundle = Bundle(spares={TERMINAL}, without={OTHER_TERMINAL}, left={OTHER_TERMINAL})
    bundle.acts = {"002-replacement": died(OTHER_TERMINAL, TERMINAL, ACCUMULATOR)}
    bundle.minutes = {16: [{0: OTHER_TERMINAL, 1: TERMINAL}]}
    return bundle


@pytest.mark.parametrize(
    ("bundle", "told"),
    [
        (replaced_desk(), "desk-1 died and was replaced by desk-2 under an act"),
        (replaced_terminal(), "terminal-2 died and was replaced by terminal-1 under an act"),
        (replaced_accumulator(), "accumulator-1 died and was replaced by accumulator-2"),
        (replaced_accumulator(), "2 votes were moved from accumulator-1 to accumulator-2"),
    ],
)
def test_a_board_that_died_and_its_spare_are_told_in_words(bundle: Bundle, told: str) -> None:
    assert bundle.refused() == "ACCEPTED"
    assert any(remark.startswith(told) for remark in bundle.examined().remarks)


def test_the_journal_of_a_dead_board_may_be_lost_with_it() -> None:
    for bundle in (replaced_desk(), replaced_terminal()):
        item, by, people = bundle.acts["002-replacement"]
        facts = {key: value for key, value in item[5].items() if key < 15}
        bundle.acts["002-replacement"] = (item | {5: facts}, by, people)
        assert "act and bundle differ on whether the journal" in bundle.refused()
        bundle.left = set()
        assert bundle.refused() == "ACCEPTED"


@pytest.mark.parametrize("left", [[], [MEMBER], [MEMBER, TECHNICIAN], [CHAIR, TECHNICIAN]])
def test_two_members_sign_that_a_board_died(left: list[Any]) -> None:
    for bundle in (replaced_desk(), replaced_accumulator(), replaced_terminal()):
        item, by, _ = bundle.acts["002-replacement"]
        bundle.acts["002-replacement"] = (item, by, left)
        assert bundle.refused().startswith("opening: the act 002-replacement is signed by ")
        bundle.acts["002-replacement"] = (item, by, [*left, CHAIR, MEMBER][-2:])
        assert bundle.refused() == "ACCEPTED"


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (died(DESK, SPARE_DESK, ACCUMULATOR), "not drawn up where desk-1 may be replaced"),
        (died(DESK, SPARE_DESK, TERMINAL), "not drawn up where desk-1 may be replaced"),
        (died(DESK, LAST_DESK, LAST_DESK), "names no spare of the kind of desk-1"),
        (died(DESK, TERMINAL, SPARE_DESK), "names no spare of the kind of desk-1"),
        (died(SPARE_DESK, SPARE_DESK, SPARE_DESK), "names no spare of the kind of desk-2"),
        (died(DESK, "desk-9", SPARE_DESK), "names no spare of the kind of desk-1"),
        (died("desk-9", SPARE_DESK, SPARE_DESK), "names no board of this station"),
        (died(DESK, SPARE_DESK, SPARE_DESK, f15=None), "does not say where the journal of desk-1"),
        (died(DESK, SPARE_DESK, SPARE_DESK, f16="1"), "does not say where the journal of desk-1"),
        (died(DESK, SPARE_DESK, SPARE_DESK, f15=b"short"), "does not say where the journal"),
    ],
)
def test_an_act_names_a_dead_board_its_spare_and_the_right_place(act: Any, why: str) -> None:
    bundle = replaced_desk()
    bundle.more[LAST_DESK] = 1  # a desk that is no spare
    bundle.acts["002-replacement"] = act
    said = bundle.refused()
    assert said.startswith("opening: the act 002-replacement")
    assert why in said


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (died(OTHER_TERMINAL, None, TERMINAL), "is written off at an accumulator"),
        (died(OTHER_TERMINAL, None, ACCUMULATOR, f14=TERMINAL), "has no spare then"),
        (died(ACCUMULATOR, None, ACCUMULATOR), "by a decision of the higher commission"),
        (died("portable-1", None, ACCUMULATOR), "by a decision of the higher commission"),
    ],
)
def test_what_may_not_be_written_off_like_this(act: Any, why: str) -> None:
    bundle = Bundle(more={"portable-1": 4}, acts={"002-write-off": act})
    assert why in bundle.refused()


def test_an_urn_is_written_off_by_decision_and_told() -> None:
    bundle = Bundle(more={"portable-1": 4}, without={"portable-1"}, left={"portable-1"})
    bundle.acts = {"002-write-off": died("portable-1", None, ACCUMULATOR, f11="12/3, 21 March")}
    bundle.minutes = {13: ["portable-1"]}
    assert bundle.refused() == "ACCEPTED"
    assert any("portable-1 was written off by an act" in one for one in bundle.examined().remarks)


def test_a_board_is_in_or_gone_and_not_both() -> None:
    for bundle in (replaced_desk(), replaced_accumulator(), replaced_terminal()):
        both = replace(bundle, without=set(), left=set())
        assert "although it has a statement" in both.refused()
        twice = replace(bundle, minutes={16: bundle.minutes[16] * 2})
        assert "written off or replaced twice" in twice.refused()
        dead = bundle.minutes[16][0][0]
        twice = replace(bundle, minutes=bundle.minutes | {13: [dead]})
        assert "written off or replaced twice" in twice.refused()
        hidden = replace(bundle, minutes={})
        assert f"{dead} has no statement" in replace(hidden, left=set()).refused()


def test_the_minutes_say_nothing_that_no_act_says() -> None:
    for bundle in (replaced_desk(), replaced_accumulator(), replaced_terminal()):
        ((item, by, people),) = bundle.acts.values()
        assert "but no act says so" in replace(bundle, acts={}).refused()
        dead = item[5][7]
        written_off = replace(bundle, minutes={13: [dead]})
        assert "was written off, but no act says so" in written_off.refused()
        del by, people


def test_a_spare_that_replaced_a_board_is_accounted_for_itself() -> None:
    bundle = replaced_terminal()
    bundle.without |= {TERMINAL}
    said = bundle.refused()
    assert "terminal-1, which replaced terminal-2, has no statement" in said
    bundle.acts["003-write-off"] = died(TERMINAL, None, ACCUMULATOR)
    bundle.left |= {TERMINAL}
    bundle.minutes[13] = [TERMINAL]
    assert bundle.refused() == "ACCEPTED"


def test_a_spare_desk_states_the_serials_of_the_desk_it_replaced_and_of_no_other() -> None:
    bundle = replaced_desk()
    bundle.statements = {SPARE_DESK: {6: {12: 4}}}
    assert "desk-2 replaced desk-1, but does not state its serials" in bundle.refused()
    # The desk is in, and the spare claims its serials all the same, under an act or without one.
    for acts in (bundle.acts, {}):
        forged = Bundle(more={SPARE_DESK: 1}, spares={SPARE_DESK}, acts=acts)
        forged.statements = {SPARE_DESK: {10: [brought(DESK, 4)]}}
        assert "desk-2 states serials of desk-1, in whose place it did not go" in forged.refused()
    twice = replaced_desk()
    twice.statements[SPARE_DESK][10] = [brought(DESK, 4), brought(DESK, 0)]
    assert "the serials of desk-1 are stated twice" in twice.refused()
    mixed = replaced_desk()
    mixed.statements[SPARE_DESK][10] = [{0: brought(DESK, 4)[0], 1: brought(SPARE_DESK, 0)[1]}]
    assert "serials that are not of one dead desk" in mixed.refused()
    terminal = replaced_terminal()
    terminal.statements = {TERMINAL: {10: [brought(DESK, 4)]}}
    assert "serials that are not of one dead desk" in terminal.refused()


def test_serials_that_a_spare_leaves_out_must_be_told() -> None:
    bundle = replaced_desk()
    bundle.statements[SPARE_DESK][10] = [brought(DESK, 3)]
    bundle.issued = 3
    bundle.figures = {7: 0, 17: 0}
    assert "do not tell of discrepancy 1" in bundle.refused()


def test_a_spare_that_dies_too_leaves_both_desks_to_the_next() -> None:
    bundle = replaced_desk()
    bundle.more[LAST_DESK] = 1
    bundle.spares |= {LAST_DESK}
    bundle.without |= {SPARE_DESK}
    bundle.left |= {SPARE_DESK}
    bundle.acts["003-replacement"] = died(SPARE_DESK, LAST_DESK, LAST_DESK)
    bundle.minutes[16] = [{0: DESK, 1: SPARE_DESK}, {0: SPARE_DESK, 1: LAST_DESK}]
    both = {10: [brought(DESK, 4), brought(SPARE_DESK, 0)], 6: {12: 4}}
    bundle.statements = {LAST_DESK: both}
    assert bundle.refused() == "ACCEPTED"
    bundle.statements = {LAST_DESK: {10: [brought(SPARE_DESK, 0)]}}
    assert "desk-3 replaced desk-1, but does not state its serials" in bundle.refused()
    circle = [{0: DESK, 1: SPARE_DESK}, {0: SPARE_DESK, 1: DESK}]
    bundle.minutes[16] = circle
    assert not bundle.examined().accepted


@pytest.mark.parametrize("fact", [{16: 2}, {15: bytes(32)}, {16: 0}])
def test_the_journal_of_a_dead_board_ends_where_the_act_says(fact: Item) -> None:
    for bundle in (replaced_desk(), replaced_accumulator(), replaced_terminal()):
        item, by, people = bundle.acts["002-replacement"]
        bundle.acts["002-replacement"] = (item | {5: item[5] | fact}, by, people)
        assert "does not end where the act about it says" in bundle.refused()


def test_a_journal_that_nobody_left_is_refused() -> None:
    bundle = Bundle(more={SPARE_DESK: 1}, spares={SPARE_DESK}, without={SPARE_DESK})
    assert bundle.refused() == "ACCEPTED"  # a spare that was not used
    bundle.left = {SPARE_DESK}
    assert "there is not exactly one journal for each statement" in bundle.refused()


def test_no_vote_is_lost_on_the_way_to_the_spare_accumulator() -> None:
    bundle = replaced_accumulator()
    for moved, right in ((4, True), (5, False), (None, False), ("4", False)):
        act = died(ACCUMULATOR, SPARE_ACCUMULATOR, SPARE_ACCUMULATOR, f12=moved)
        bundle.acts = {"002-replacement": act}
        assert bundle.examined().accepted == right


def test_the_accumulator_that_opened_the_station_does_not_vanish() -> None:
    bundle = Bundle(more={SPARE_ACCUMULATOR: 3}, spares={ACCUMULATOR})
    bundle.without = {ACCUMULATOR}
    assert "opened the station is neither in nor replaced" in bundle.refused()


def test_an_act_about_a_board_that_came_back_is_told() -> None:
    bundle = Bundle(acts={"002-write-off": died(OTHER_TERMINAL, None, ACCUMULATOR)})
    assert bundle.refused() == "ACCEPTED"
    said = "an act calls terminal-2 dead, but it has stated its figures"
    assert said in bundle.examined().remarks

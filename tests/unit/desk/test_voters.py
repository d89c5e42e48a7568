"""Finding voters, and which desk serves whom."""

from __future__ import annotations

import dataclasses

import pytest

from common.errors import Reason, Refused
from common.records import Board, BoardKind, StationPackage
from desk.voters import VoterRoll
from tests import samples
from tests.unit.desk.bench import IINS, LINES, voters


def desk(name: str, lines: tuple[int, int] | None = None, *, spare: bool = False) -> Board:
    board = samples.board(name, BoardKind.DESK, spare=spare, first_serial=0)
    first, last = lines or (None, None)
    return dataclasses.replace(board, first_line=first, last_line=last)


def roll(*desks: Board) -> VoterRoll:
    others = tuple(board for board in samples.BOARDS if board.kind is not BoardKind.DESK)
    package: StationPackage = dataclasses.replace(samples.package(), boards=(*desks, *others))
    return VoterRoll.of(voters(), desks[0], package)


def refused(found: VoterRoll, typed: str) -> Refused:
    with pytest.raises(Refused) as caught:
        found.find(typed)
    return caught.value


def test_found_by_number_and_by_iin() -> None:
    found = roll(desk("desk-1"))
    assert (
        found.find("2") == found.find("0002") == found.find(IINS[1]) == found.find_scanned(IINS[1])
    )
    assert found.served == LINES


def test_voter_of_another_desk_is_sent_there() -> None:
    first, second = desk("desk-1", (1, 5)), desk("desk-2", (6, 12))
    found = roll(first, second)
    assert found.find("5").line == 5
    assert found.served == 5
    refusal = refused(found, "6")
    assert refusal.reason is Reason.VOTER_OTHER_DESK
    assert refusal.facts == {"board": "desk-2"}
    assert roll(second, first).served == 7
    with pytest.raises(Refused) as caught:
        found.find_scanned("000000000000")
    assert caught.value.reason is Reason.VOTER_NOT_FOUND


def test_each_line_is_served_by_one_desk_at_most() -> None:
    desks = (desk("desk-1", (1, 5)), desk("desk-2", (6, 12)), desk("desk-spare", spare=True))
    for line in range(1, LINES + 1):
        serving = [one.name for one in desks if roll(one, *desks).serves(one, line)]
        assert len(serving) == 1


def test_spare_serves_nobody_by_itself() -> None:
    found = roll(desk("desk-spare", spare=True), desk("desk-1"))
    assert found.served == 0
    assert refused(found, "1").facts == {"board": "desk-1"}


def test_two_desks_without_parts_of_the_list_serve_nobody() -> None:
    found = roll(desk("desk-1"), desk("desk-2"))
    assert found.served == 0
    assert refused(found, "1").reason is Reason.VOTER_OTHER_DESK


@pytest.mark.parametrize("typed", ["", "0", "13", "999999", "1a", "١", " 1"])
def test_what_is_no_list_number(typed: str) -> None:
    refusal = refused(roll(desk("desk-1")), typed)
    assert refusal.reason is Reason.LIST_NUMBER_FORMAT
    assert refusal.facts == {"maximum": LINES}


@pytest.mark.parametrize("code", ["", "12", "0612116000123", "ID:061211600012", "061211600013"])
def test_what_is_no_bar_code_of_a_document(code: str) -> None:
    with pytest.raises(Refused) as caught:
        roll(desk("desk-1")).find_scanned(code)
    assert caught.value.reason is Reason.BAR_CODE_UNKNOWN


def test_repr_tells_nobody_who_is_on_the_list() -> None:
    assert "Сайлаушы" not in repr(roll(desk("desk-1")))
    assert IINS[0] not in repr(roll(desk("desk-1")))

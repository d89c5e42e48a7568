"""Commission files: what is read, and every mistake named by its path."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from center.commission import (
    DEFAULT_PARAMETERS,
    Commission,
    load_commission,
    parse_commission,
    standard_boards,
)
from center.toml_file import FileError
from common.records import BoardKind, Parameters, Role

EXAMPLE = Path(__file__).parents[2] / "elections" / "commission.toml"

LEAST = """
[station]
number = "0421"
place.kk = "Мектеп"
place.ru = "Школа"
[[member]]
role = "chair"
name = "А"
[[member]]
role = "secretary"
name = "Ә"
[[member]]
role = "member"
name = "Б"
[[member]]
role = "member"
name = "В"
[[member]]
role = "member"
name = "Г"
[[technician]]
name = "Д"
"""


def read(text: str) -> Commission:
    return parse_commission(text, "c.toml")


def test_the_example_of_the_repository() -> None:
    commission = load_commission(EXAMPLE)
    assert commission.station == "0421"
    assert commission.quorum == 4
    assert len(commission.members) == 7
    assert [one.role for one in commission.people[:2]] == [Role.CHAIR, Role.SECRETARY]
    assert commission.people[-1].role is Role.TECHNICIAN
    assert commission.boards == standard_boards()
    assert commission.parameters == replace(DEFAULT_PARAMETERS, challenge_allowed=True)


def test_what_may_be_left_out() -> None:
    commission = read(LEAST)
    assert commission.quorum == 3
    assert (commission.opens, commission.closes) == (dt.time(7), dt.time(20))
    assert (commission.zone_minutes, commission.round) == (300, 1)
    assert commission.boards == standard_boards()


def test_everything_can_be_set() -> None:
    parameters = Parameters(100, 0, False, 1, 5, 6, 7, 0, 9, 10, 11, True, 0, 60)
    lines = "\n".join(
        f"{name} = {str(getattr(parameters, name)).lower()}"
        for name in Parameters.__dataclass_fields__
    )
    commission = read(
        LEAST + "[boards]\ndesks = 2\nterminals = 4\naccumulators = 1\nspare_desks = 0\n"
        "spare_terminals = 0\nspare_accumulators = 2\n[parameters]\n" + lines
    )
    assert commission.parameters == parameters
    names = [(one.name, one.spare) for one in commission.boards]
    assert names == [
        ("desk-1", False), ("desk-2", False),
        ("terminal-1", False), ("terminal-2", False), ("terminal-3", False), ("terminal-4", False),
        ("accumulator-1", False), ("accumulator-2", True), ("accumulator-3", True),
    ]  # fmt: skip


def test_boards_without_spares() -> None:
    boards = standard_boards(2, 5, spares=0)
    assert not any(one.spare for one in boards)
    assert sum(one.kind is BoardKind.TERMINAL for one in boards) == 5


MEMBER = '[[member]]\nrole = "member"\nname = "{}"\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('number = "0421"', "number = 421", "station.number: it is a number; a text"),
        ('number = "0421"', 'number = "04/21"', "station.number: '04/21' is not of the form"),
        ('place.ru = "Школа"\n', "", "station.place.ru: it is missing"),
        ('place.ru = "Школа"', 'place.ru = "Школа"\nround = 0', "station.round: 0 is not between"),
        ('role = "chair"', 'role = "member"', 'member: there are 0 with role "chair", not one'),
        ('role = "member"', 'role = "chair"', 'member: there are 2 with role "chair", not one'),
        ('role = "member"', 'role = "boss"', "member[3].role: 'boss' is not known"),
        ('name = "Б"', 'name = "А"', "member: 'А' stands twice"),
        ('name = "Б"', f'name = "{"А" * 65}"', "member[3].name: it has 65 characters"),
        ('[[member]]\nrole = "member"\nname = "Г"\n', "", "member: there are 4; at least 5"),
        ("[[technician]]", "".join(map(MEMBER.format, range(7))) + "[[technician]]", "up to 11"),
        ('[[technician]]\nname = "Д"\n', "", "technician: it is missing"),
        (
            "[[technician]]",
            "".join(f'[[technician]]\nname = "{n}"\n' for n in range(11)) + "[[technician]]",
            "technician: there are 17 people; at most 16 fit",
        ),
        ("[station]", "quorum = 1\n[station]", "quorum: 1 is not between 2 and 5"),
        ("[station]", "quorum = 6\n[station]", "quorum: 6 is not between 2 and 5"),
        ("[station]", "hour = 1\n[station]", "hour: this key is not known"),
        ("[station]", "[hours]\nopens = 20:00:00\n[station]", "hours.closes: 20:00:00 is"),
        ("[station]", "[hours]\nopens = 7\n[station]", "hours.opens: it is a number; a time like"),
        ("[station]", "hours = 7\n[station]", "hours: it is a number; a table is needed"),
        ("[station]", "[boards]\ndesks = 0\n[station]", "boards.desks: 0 is not between 1"),
        (
            "[station]",
            "[boards]\ndesks = 6\nspare_desks = 2\n[station]",
            "boards.desks: there are 8 with the spares; the urn keeps the serials of 7",
        ),
        ("[station]", "[parameters]\nurn_slots = 16385\n[station]", "not between 1 and 16384"),
        ("[station]", "[boards]\naccumulators = 2\n[station]", "boards.accumulators: 2 is not"),
        ("[station]", "[parameters]\nguard_ms = -1\n[station]", "parameters.guard_ms: -1"),
        ("[station]", "[parameters]\nguard = 1\n[station]", "parameters.guard: this key"),
        (
            "[station]",
            "[parameters]\nopening_signers = 6\n[station]",
            "parameters.opening_signers: 6 are to sign the opening, but there are 5",
        ),
        ("[[technician]]", "[technician]", "technician: it is a table; write [[technician]]"),
    ],
)  # fmt: skip
def test_names_the_path_of_what_is_wrong(old: str, new: str, message: str) -> None:
    assert old in LEAST
    with pytest.raises(FileError) as refused:
        read(LEAST.replace(old, new, 1))
    assert message in str(refused.value)

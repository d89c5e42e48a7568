"""Voter lists: what is read, every mistake named by its line, and people who do not exist."""

import datetime as dt
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.made_up import made_up_iin, made_up_voters
from center.toml_file import FileError
from center.voters import COLUMNS, load_voters, of_age, parse_voters, to_csv
from common import iin
from common.alphabet import kazakh_order
from common.records import Voter, VoterList

DAY = dt.date(2026, 10, 18)
HEADING = ",".join(COLUMNS) + "\n"
FIRST = '1,061211600012,Әліқожаева,Гауһар,Бауыржанқызы,2006-12-11,"Абай көшесі, 12-үй",1\n'
SECOND = "7,610401300051,Ким,Инна,,1961-04-01,,2\n"


def read(text: str, styles: tuple[int, ...] = (1, 2), most: int = 3000) -> tuple[Voter, ...]:
    return parse_voters(text, "v.csv", styles=styles, on=DAY, max_listed=most)


def made_up(
    count: int, seed: int, styles: tuple[tuple[int, int], ...] = ((1, 1),)
) -> tuple[Voter, ...]:
    return made_up_voters(count, random.Random(seed), on=DAY, styles=styles)


def test_reads_every_column() -> None:
    second = SECOND.replace("610401300051", _right("61040130005"))
    voters = read(HEADING + FIRST + second)
    assert voters[0] == Voter(
        line=1,
        iin="061211600012",
        surname="Әліқожаева",
        given="Гауһар",
        patronymic="Бауыржанқызы",
        birth_date="2006-12-11",
        address="Абай көшесі, 12-үй",
        style=1,
    )
    assert (voters[1].line, voters[1].patronymic, voters[1].address) == (7, "", "")


def _right(eleven: str) -> str:
    return f"{eleven}{iin.check_digit(eleven)}"


def test_empty_style_is_the_only_one() -> None:
    text = HEADING + FIRST.replace(",1\n", ",\n")
    assert read(text, styles=(4,))[0].style == 4
    with pytest.raises(FileError, match="line 2: style: '' is no ballot style"):
        read(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("line,iin", "iin,line", "line 1: the heading must be line,iin,surname"),
        (",1\n", "\n", "line 2: it has 7 columns; 8 are needed"),
        ("1,0612", "0,0612", "line 2: line: '0' is not a number from 1"),
        ("1,0612", "one,0612", "line 2: line: 'one' is not a number"),
        ("1,0612", "١,0612", "line 2: line: '١' is not a number"),
        ("061211600012", "06121160001", "line 2: iin: '06121160001' does not have 12 digits"),
        ("061211600012", "061211600013", "line 2: iin: the check digit of 061211600013"),
        ("Әліқожаева", "", "line 2: surname: it is empty"),
        ("Әліқожаева", "Әліқожаева ", "line 2: surname: it begins or ends with a space"),
        ("Әліқожаева", "Әлі\x07", "line 2: surname: it begins"),
        ("Әліқожаева", "Ә" * 81, "line 2: surname: it has 81 characters; at most 80 fit"),
        ("2006-12-11", "11.12.2006", "line 2: birth_date: '11.12.2006' is not a date like"),
        ("2006-12-11", "20061211", "line 2: birth_date: '20061211' is not of the form"),
        ("2006-12-11", "2008-10-19", "line 2: birth_date: the voter is under 18"),
        (",1\n", ",3\n", "line 2: style: '3' is no ballot style of this election; there: 1, 2"),
        ('12-үй"', "12-үй", "it is not CSV"),
    ],
)  # fmt: skip
def test_names_the_line_of_what_is_wrong(old: str, new: str, message: str) -> None:
    text = HEADING + FIRST
    assert old in text
    with pytest.raises(FileError) as refused:
        read(text.replace(old, new, 1))
    assert message in str(refused.value)


def test_refuses_the_list_as_a_whole() -> None:
    with pytest.raises(FileError, match="no voter in it"):
        read(HEADING)
    with pytest.raises(FileError, match="line 1: the heading"):
        read("")
    with pytest.raises(FileError, match="line 3: line: 1 does not rise"):
        read(HEADING + FIRST + FIRST)
    with pytest.raises(FileError, match="line 3: iin: it stands in line 2 already"):
        read(HEADING + FIRST + FIRST.replace("1,", "2,", 1))
    text = to_csv(made_up(3, 1))
    assert len(read(text, most=3)) == 3
    with pytest.raises(FileError, match="there are 3 voters; a station may list 2"):
        read(text, most=2)


def test_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "voters.csv"
    path.write_text(HEADING + FIRST, encoding="utf-8-sig")
    assert len(load_voters(path, styles=(1,), on=DAY, max_listed=10)) == 1


@pytest.mark.parametrize(
    ("born", "may"),
    [((2008, 10, 18), True), ((2008, 10, 19), False), ((2008, 11, 1), False), ((2008, 1, 1), True)],
)
def test_voting_age(born: tuple[int, int, int], may: bool) -> None:
    assert of_age(dt.date(*born), DAY) is may


# --- people who do not exist


@given(st.integers(1, 40), st.integers(0, 1 << 30))
def test_made_up_lists_are_right(count: int, seed: int) -> None:
    voters = made_up(count, seed, ((1, 3), (2, 1)))
    assert read(to_csv(voters)) == voters
    listed = VoterList("0421", "T", 1, voters)
    assert VoterList.from_bytes(listed.to_bytes()) == listed


def test_the_same_seed_makes_the_same_people() -> None:
    assert made_up(50, 7) == made_up(50, 7)
    assert made_up(50, 7) != made_up(50, 8)


def test_made_up_people_are_in_order_and_of_both_peoples() -> None:
    voters = made_up(400, 3, ((1, 1), (9, 0)))
    assert [voter.line for voter in voters] == list(range(1, 401))
    names = [(kazakh_order(v.surname), kazakh_order(v.given)) for v in voters]
    assert names == sorted(names)
    letters = set("".join(voter.surname + voter.given + voter.patronymic for voter in voters))
    assert set("әғқңөұүіһ") <= letters
    patronymics = " ".join(voter.patronymic for voter in voters)
    for ending in ("ұлы", "қызы", "ович", "овна"):
        assert ending in patronymics
    assert {voter.style for voter in voters} == {1}


def test_styles_without_weights_are_drawn_alike() -> None:
    assert {voter.style for voter in made_up(50, 3, ((1, 0), (2, 0)))} == {1, 2}


@pytest.mark.parametrize(
    ("year", "woman", "digit"),
    [(1961, False, "3"), (1961, True, "4"), (2004, False, "5"), (2004, True, "6")],
)
def test_made_up_iin_tells_birth_and_sex(year: int, woman: bool, digit: str) -> None:
    number = made_up_iin(random.Random(1), dt.date(year, 4, 1), woman=woman)
    assert iin.right(number)
    assert number[:7] == f"{year % 100:02}0401{digit}"

"""Election files: what is read, and every mistake named by its path."""

import datetime as dt
from pathlib import Path

import pytest

from center.election import (
    Election,
    load_election,
    out_of_alphabet,
    parse_election,
)
from center.toml_file import FileError
from common.alphabet import kazakh_order
from common.records import Bilingual, ContestKind

ELECTIONS = Path(__file__).parents[2] / "elections"

HEAD = """
[election]
id = "T-1"
date = 2026-10-18
title.kk = "Сынақ"
title.ru = "Проба"
"""
CANDIDATES = """
[[contest]]
id = "one"
kind = "candidates"
seats = 1
votes_allowed = 1
title.kk = "Округ"
title.ru = "Округ"
  [[contest.line]]
  kk = { surname = "Әбден", given = "Қарақат", patronymic = "Жақсылыққызы" }
  ru = { surname = "Абден", given = "Каракат", patronymic = "Жаксылыккызы" }
  share = 3
  [[contest.line]]
  kk = { surname = "Ким", given = "Инна" }
  ru = { surname = "Ким", given = "Инна" }
  [[contest.line]]
  against_all = true
  kk = { name = "Барлығына қарсымын" }
  ru = { name = "Против всех" }
"""
QUESTION = """
[[contest]]
id = "two"
kind = "yes-no"
votes_allowed = 1
title.kk = "Келісесіз бе?"
title.ru = "Согласны ли Вы?"
  [[contest.line]]
  kk = { name = "Иә" }
  ru = { name = "Да" }
  [[contest.line]]
  kk = { name = "Жоқ" }
  ru = { name = "Нет" }
"""
STYLES = """
[[style]]
number = 2
name.kk = "Толық"
name.ru = "Полный"
contests = ["two", "one"]
[[style]]
number = 5
name.kk = "Қысқа"
name.ru = "Краткий"
contests = ["two"]
share = 0
"""
AGAINST_ALL_TWICE = """\
  [[contest.line]]
  against_all = true
  kk = { name = "Қарсы" }
  ru = { name = "Против" }
  [[contest.line]]
  against_all = true"""
WHOLE = HEAD + CANDIDATES + QUESTION + STYLES


def read(text: str) -> Election:
    return parse_election(text, "t.toml")


@pytest.mark.parametrize(
    ("name", "lines", "styles"),
    [
        ("president-2022", [7], {1: (0,)}),
        ("mazhilis-2023", [8, 4], {1: (0, 1)}),
        ("big", [101, 101, 2, 4], {1: (0, 3, 1, 2), 2: (1, 2), 7: (3, 0)}),
    ],
)
def test_the_elections_of_the_repository(
    name: str, lines: list[int], styles: dict[int, tuple[int, ...]]
) -> None:
    election = load_election(ELECTIONS / f"{name}.toml")
    assert [len(one.contest.lines) for one in election.contests] == lines
    assert {one.style.number: one.style.contests for one in election.styles} == styles
    assert election.style_numbers() == tuple(styles)
    for one in election.contests:
        assert len(one.shares) == len(one.contest.lines)
        assert sum(one.shares) > 0
        assert out_of_alphabet(one.contest) is None


def test_big_strains_everything_at_once() -> None:
    election = load_election(ELECTIONS / "big.toml")
    contests = [one.contest for one in election.contests]
    assert sum(not line.against_all for line in contests[0].lines) == 100
    assert (contests[1].votes_allowed, len(contests[1].lines) - 1) == (3, 100)
    assert contests[2].kind is ContestKind.YES_NO
    lines = [line for contest in contests for line in contest.lines]
    parts = [part.kk for line in lines for part in (line.name, line.given, line.patronymic) if part]
    # No Kazakh word begins with Ң.
    assert set("ӘҒҚӨҰҮҺІәғқңөұүһі") <= set("".join(parts))


def test_reads_everything() -> None:
    election = read(WHOLE)
    assert election.identifier == "T-1"
    assert election.date == dt.date(2026, 10, 18)
    assert election.title == Bilingual("Сынақ", "Проба")
    contest = election.contests[0].contest
    assert [line.against_all for line in contest.lines] == [False, False, True]
    assert contest.lines[0].patronymic == Bilingual("Жақсылыққызы", "Жаксылыккызы")
    assert contest.lines[1].patronymic is None
    assert election.contests[0].shares == (3, 1, 1)
    assert election.contests[1].contest.seats == 0
    assert [(one.style.number, one.share) for one in election.styles] == [(2, 1), (5, 0)]


def test_without_styles_everybody_has_every_contest() -> None:
    election = read(HEAD + CANDIDATES + QUESTION)
    assert [one.style.contests for one in election.styles] == [(0, 1)]


def test_threshold_of_party_lists() -> None:
    text = (ELECTIONS / "mazhilis-2023.toml").read_text()
    assert [one.threshold_percent for one in read(text).contests] == [5, None]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id =", "id", "t.toml: it is not TOML"),
        ('id = "T-1"', 'id = "T 1"', "election.id: 'T 1' is not of the form"),
        ('id = "T-1"\n', "", "election.id: it is missing"),
        ('id = "T-1"\n', 'id = "T-1"\nround = 2\n', "election.round: this key is not known"),
        ("date = 2026-10-18", "date = 2026-10-18T07:00:00", "election.date: it is a date or time"),
        ("date = 2026-10-18", 'date = "2026-10-18"', "election.date: it is a text; a date like"),
        ('title.ru = "Проба"\n', "", "election.title.ru: it is missing"),
        ('title.kk = "Сынақ"', 'title.kk = " Сынақ"', "election.title.kk: it is empty or begins"),
        ('title.kk = "Сынақ"', 'title.kk = "а\\u0007б"', "title.kk: it holds a character"),
        ('title.kk = "Сынақ"', f'title.kk = "{"а" * 401}"', "title.kk: it has 401 characters"),
        ("[election]", "surplus = 1\n[election]", "t.toml: surplus: this key is not known"),
        ("[election]", "[elections]", "t.toml: election: it is missing"),
        ('kind = "candidates"', 'kind = "lottery"', "contest[1].kind: 'lottery' is not known"),
        ("seats = 1", "seats = 0", "contest[1].seats: at least 1"),
        ("seats = 1\n", "", "contest[1].seats: it is missing"),
        ("seats = 1", "seats = true", "contest[1].seats: it is true or false; an integer"),
        ("seats = 1", "seats = 1.5", "contest[1].seats: it is a decimal number"),
        ("seats = 1", "seats = 1\nthreshold_percent = 5", "threshold_percent: only a contest of"),
        ("votes_allowed = 1", "votes_allowed = 0", "contest[1].votes_allowed: 0 is not between"),
        ("votes_allowed = 1", "votes_allowed = 3", "votes_allowed: 3 are allowed, but there are 2"),
        ('title.kk = "Округ"\n', "", "contest[1].title.kk: it is missing"),
        ('id = "two"', 'id = "one"', "contest: two contests have the same id"),
        (
            'ru = { surname = "Ким", given = "Инна" }',
            'ru = { surname = "Ким", given = "Инна", patronymic = "Олеговна" }',
            "contest[1].line[2]: patronymic is given in one language only",
        ),
        (
            '  ru = { surname = "Ким", given = "Инна" }\n',
            "",
            "contest[1].line[2].ru: it is missing",
        ),
        (
            'kk = { surname = "Ким", given = "Инна" }',
            'kk = { surname = "Ким" }',
            "contest[1].line[2].kk.given: it is missing",
        ),
        (
            'kk = { surname = "Ким", given = "Инна" }',
            'kk = { name = "Ким Инна" }',
            "contest[1].line[2].kk.surname: it is missing",
        ),
        (
            'kk = { surname = "Ким", given = "Инна" }',
            'kk = { surname = "Ким", given = "Инна", middle = "А" }',
            "contest[1].line[2].kk.middle: this key is not known",
        ),
        ('kk = { surname = "Ким"', "kk = { surname = 1", "line[2].kk.surname: it is a number"),
        ("share = 3", "share = -3", "contest[1].line[1].share: -3 is not between"),
        ("share = 3", 'share = "3"', "contest[1].line[1].share: it is a text"),
        (
            'kk = { surname = "Ким", given = "Инна" }',
            'kk = { surname = "ӘБДЕН", given = "Қарақат", patronymic = "Жақсылыққызы" }',
            "contest[1].line[2]: patronymic is given",
        ),
        (
            'ru = { name = "Против всех" }',
            'ru = { name = "ким  Инна" }',
            "contest[1].line[3].ru: it reads like line[2]",
        ),
        (
            "  [[contest.line]]\n  against_all = true",
            AGAINST_ALL_TWICE,
            "contest[1].line[4].against_all: a second line is against all",
        ),
        ("share = 3", "against_all = true", "contest[1].line[1].kk.name: it is missing"),
        ("against_all = true", "against_all = 1", "line[3].against_all: it is a number; true or"),
        ('"yes-no"\nvotes_allowed = 1', '"yes-no"\nvotes_allowed = 2', "a yes-no contest allows 1"),
        (
            '  [[contest.line]]\n  kk = { name = "Жоқ" }\n  ru = { name = "Нет" }\n',
            "",
            "contest[2].line: there are 1; at least 2 are needed",
        ),
        (
            'ru = { name = "Нет" }',
            'ru = { name = "Нет" }\n  against_all = true',
            "contest[2].line: a yes-no contest has exactly two lines",
        ),
        ('kind = "yes-no"', 'kind = "party-lists"', "contest[2].seats: it is missing"),
        ('contests = ["two"]', 'contests = ["three"]', "style[2].contests[1]: no contest has id"),
        ('contests = ["two"]', 'contests = ["two", "two"]', "style[2].contests[2]: 'two' stands"),
        ('contests = ["two"]', "contests = []", "style[2].contests: it is a list; a list of texts"),
        ('contests = ["two"]', "contests = [1]", "style[2].contests[1]: a text in quotes"),
        ('["two", "one"]', '["two"]', "contest[1]: no style has 'one'"),
        ("number = 5", "number = 2", "style[2].number: numbers must rise"),
        ("number = 5", "number = 256", "style[2].number: 256 is not between 1 and 255"),
        ("[[style]]\nnumber = 2", "[style]\nnumber = 2", "t.toml: it is not TOML"),
    ],
)  # fmt: skip
def test_names_the_path_of_what_is_wrong(old: str, new: str, message: str) -> None:
    assert old in WHOLE
    with pytest.raises(FileError) as refused:
        read(WHOLE.replace(old, new, 1))
    assert message in str(refused.value)
    assert refused.value.name == "t.toml"


def test_against_all_is_the_last_line() -> None:
    text = CANDIDATES.replace("share = 3\n", "")
    lines = text.split("  [[contest.line]]\n")
    turned = "  [[contest.line]]\n".join([lines[0], lines[3], lines[1], lines[2]])
    with pytest.raises(
        FileError, match=r"contest\[1\]\.line\[1\]\.against_all: it is not the last"
    ):
        read(HEAD + turned)


def test_party_lists_allow_one_vote() -> None:
    text = (
        (ELECTIONS / "mazhilis-2023.toml")
        .read_text()
        .replace("votes_allowed = 1", "votes_allowed = 2", 1)
    )
    with pytest.raises(FileError, match=r"contest\[1\]\.votes_allowed: a contest of party lists"):
        read(text)


def test_not_more_than_fits() -> None:
    many = "".join(QUESTION.replace('"two"', f'"q{number}"') for number in range(17))
    with pytest.raises(FileError, match="contest: there are 17; at most 16 fit"):
        read(HEAD + many)
    line = '  [[contest.line]]\n  kk = {{ name = "{0}" }}\n  ru = {{ name = "{0}" }}\n'
    lines = "".join(line.format(f"П{number}") for number in range(129))
    head = QUESTION.partition("  [[contest.line]]")[0].replace("yes-no", "party-lists")
    head += "seats = 1\n"
    with pytest.raises(FileError, match=r"contest\[1\]\.line: there are 129; at most 128 fit"):
        read(HEAD + head + lines)
    style = '[[style]]\nnumber = {}\nname.kk = "а"\nname.ru = "а"\ncontests = ["two"]\n'
    with pytest.raises(FileError, match="style: there are 65; at most 64 fit"):
        read(HEAD + QUESTION + "".join(style.format(number) for number in range(1, 66)))


def test_tells_who_stands_out_of_the_alphabet() -> None:
    text = CANDIDATES.replace("Әбден", "Өте", 1).replace("Абден", "Оте", 1)
    assert out_of_alphabet(read(HEAD + CANDIDATES).contests[0].contest) is None
    line = out_of_alphabet(read(HEAD + text).contests[0].contest)
    assert line is not None
    assert line.name.kk == "Өте"
    assert out_of_alphabet(read(HEAD + QUESTION).contests[0].contest) is None


def test_kazakh_alphabet() -> None:
    words = [
        "Іле",
        "Әбіл",
        "Абай",
        "Ұлан",
        "Уәли",
        "Һарун",
        "Хан",
        "Қара",
        "Кәрі",
        "Ыбырай",
        "Яков",
    ]
    assert sorted(words, key=kazakh_order) == [
        "Абай", "Әбіл", "Кәрі", "Қара", "Уәли", "Ұлан", "Хан", "Һарун", "Ыбырай", "Іле", "Яков",
    ]  # fmt: skip


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none\.toml: it cannot be read"):
        load_election(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[election]\nid = "\xd0"')
    with pytest.raises(FileError, match="byte 17: it is not UTF-8"):
        load_election(path)
    path.write_bytes(b"#" * ((4 << 20) + 1))
    with pytest.raises(FileError, match="larger than 4194304 bytes"):
        load_election(path)


def test_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_text(WHOLE, encoding="utf-8-sig")
    assert load_election(path).identifier == "T-1"

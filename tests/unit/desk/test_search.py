"""Search by name: every voter is found by every spelling, nobody by none, and the list is short."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from center.made_up import made_up_voters
from common.alphabet import kazakh_order
from common.records import Voter
from desk.search import FEWEST_LETTERS, NameIndex, one_off
from desk.spelling import MOST_KEYS, keys_of, keys_of_beginning, words_of

VOTERS = 3000

# The spellings, each from its own source and not from the code. Lower case, letter by letter.
RUSSIAN_KEYS = str.maketrans("әғқңөұүһі", "агкноуухи")
NUMBER_KEYS = str.maketrans("әіңғүұқ", "2345890")
LATIN_LOOK_ALIKES = str.maketrans("аеорсухіһкмт", "aeopcyxihkmt")
COMMON = dict(zip("абвгдезйклмнопрстуф", "abvgdeziklmnoprstuf", strict=True))
RUSSIAN_ONLY = {"ъ": "", "ь": "", "э": "e", "ц": "ts", "щ": "shch", "ч": "ch", "ш": "sh", "х": "kh"}
ICAO_9303 = (
    COMMON
    | RUSSIAN_ONLY
    | {"ё": "e", "ж": "zh", "и": "i", "ы": "y", "ю": "iu", "я": "ia"}
    | dict(zip("әғқңөұүһі", "agknouuhi", strict=True))
)
OLD_PASSPORT = ICAO_9303 | {"е": "ye", "ё": "yo", "й": "y", "ю": "yu", "я": "ya", "х": "h"}
BGN_PCGN = OLD_PASSPORT | {"е": "e", "ә": "ä", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "ö", "ұ": "ū"}
LATIN_2021 = (
    COMMON
    | dict(zip("әғжиқңөұүһхіыш", "äğjiqñöūühhıyş", strict=True))
    | {"ё": "io", "ч": "ch", "щ": "şş", "ц": "ts", "э": "e", "ю": "iu", "я": "ia", "ъ": "", "ь": ""}
)
LATIN_2019 = LATIN_2021 | {"ң": "ŋ", "ұ": "u", "у": "w", "ч": "ç", "й": "y", "щ": "şç", "ы": "y"}
LATIN_2018 = LATIN_2021 | {
    **dict(zip("әғңөүуы", "áǵńóúýy", strict=True)),
    "ұ": "u",
    "ш": "sh",
    "щ": "shch",
    "і": "i",
}
LATIN_2017 = LATIN_2021 | {
    "ә": "a'",
    "ғ": "g'",
    "и": "i'",
    "й": "i'",
    "ң": "n'",
    "ө": "o'",
    "ш": "s'",
    "ч": "c'",
    "ү": "u'",
    "ұ": "u",
    "у": "y'",
    "і": "i",
    "щ": "s's'",
    "ю": "i'y'",
    "я": "i'a",
}
PLAIN_2021 = {old: new.translate(str.maketrans("äğñöūüış", "agnouuis")) for old, new in
              LATIN_2021.items()}  # fmt: skip
PLAIN_2018 = {old: new.translate(str.maketrans("áǵńóúý", "agnouy")) for old, new in
              LATIN_2018.items()}  # fmt: skip


def spelt(table: dict[str, str]) -> Callable[[str], str]:
    return lambda name: "".join(table.get(letter, letter) for letter in name.lower())


def doubled(name: str) -> str:
    return "".join(2 * letter if at % 3 == 1 else letter for at, letter in enumerate(name))


def undoubled(name: str) -> str:
    return "".join(c for at, c in enumerate(name) if at == 0 or name[at - 1] != c)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as listed": lambda name: name,
    "capitals": str.upper,
    "on a Russian keyboard": lambda name: name.lower().translate(RUSSIAN_KEYS),
    "digits of the Kazakh layout": lambda name: name.lower().translate(NUMBER_KEYS),
    "Latin look-alikes": lambda name: name.lower().translate(LATIN_LOOK_ALIKES),
    "е for ё": lambda name: name.lower().replace("ё", "е"),
    "и for й": lambda name: name.lower().replace("й", "и"),
    "и for і": lambda name: name.lower().replace("і", "и"),
    "ы for і": lambda name: name.lower().replace("і", "ы"),
    "no soft sign": lambda name: name.lower().replace("ь", "").replace("ъ", ""),
    "doubled": doubled,
    "undoubled": undoubled,
    "ICAO 9303": spelt(ICAO_9303),
    "old passport": spelt(OLD_PASSPORT),
    "BGN/PCGN": spelt(BGN_PCGN),
    "2021": spelt(LATIN_2021),
    "2021 without marks": spelt(PLAIN_2021),
    "2019": spelt(LATIN_2019),
    "2018": spelt(LATIN_2018),
    "2018 without marks": spelt(PLAIN_2018),
    "2017": spelt(LATIN_2017),
}
ORDERS: dict[str, Callable[[Voter], str]] = {
    "surname, given, patronymic": lambda v: f"{v.surname} {v.given} {v.patronymic}",
    "given, patronymic, surname": lambda v: f"{v.given} {v.patronymic} {v.surname}",
    "surname and given": lambda v: f"{v.surname} {v.given}",
    "given and surname": lambda v: f"{v.given}  {v.surname} ",
    "beginnings": lambda v: f"{v.surname[:4]} {v.given[:3]} {v.patronymic[:4]}",
}


@cache
def voters() -> tuple[Voter, ...]:
    people = made_up_voters(
        VOTERS, random.Random("search"), on=dt.date(2026, 10, 18), styles=((1, 1),)
    )
    return tuple(
        # Some have double names, as in life.
        replace(one, surname=f"{one.surname}-{people[line - 7].surname}", given=f"{one.given}-Ай")
        if line % 17 == 0
        else one
        for line, one in enumerate(people, 1)
    )


@cache
def index() -> NameIndex:
    return NameIndex.of(voters())


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_voter_is_found_and_the_list_is_short(spelling: str, order: str) -> None:
    lengths = []
    for voter in voters()[:: 7 if spelling == "as listed" else 11]:
        typed = ORDERS[order](voter)
        typed = " ".join(SPELLINGS[spelling](word) for word in typed.split())
        found = index().find(typed)
        assert voter in found, (voter, typed, keys_of(words_of(typed)[0]))
        lengths.append(len(found))
    exact = order.count(",") == 2
    assert max(lengths) <= (8 if exact else 40), (max(lengths), order)
    assert sum(lengths) / len(lengths) < (2 if exact else 8)


def test_a_result_stands_in_the_order_of_the_kazakh_alphabet() -> None:
    found = index().find("ал")
    assert len(found) > 20
    names = [
        (*(kazakh_order(name) for name in (v.surname, v.given, v.patronymic)), v.line)
        for v in found
    ]
    assert names == sorted(names)


def one(surname: str, given: str = "", patronymic: str = "", line: int = 1) -> Voter:
    return Voter(line, f"{line:012}", surname, given, patronymic, "1987-06-30", "", 1)


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("Қожахметұлы-Әбдірахманова", "Кожахметулы Абдирахманова"),
        ("Қожахметұлы-Әбдірахманова", "Әбдірахманова"),
        ("Қожахметұлы-Әбдірахманова", "КОЖАХМЕТУЛЫАБДИРАХМАНОВА"),
        ("Айша-Бибі", "Айшабиби"),
        ("Айшабибі", "Айша Бибі"),
        ("Болатұлы", "болат улы"),
        ("Болат ұлы", "Болатұлы"),
        ("Өркен", "-ркен"),
        ("Көшербаев", "К-шербаев"),
        ("Жиһангер", "жихангер"),
        ("Жиһангер", "ЖИHАНГЕР"),
        ("Жамбылов", "Джамбулов"[:4]),
        ("Щербаков", "Шербаков"),
        ("Щербаков", "Sherbakov"),
        ("Щербаков", "Scherbakow"),
        ("Шолпан", "wolpan"),
        ("Шолпан", "Solpan"),
        ("Шыңғыс", "Shyngys"),
        ("Шыңғыс", "Чынгыс"[1:]),
        ("Еңлік", "Yenglik"),
        ("Еңлік", "Enlik"),
        ("Ерлан", "Yerlan"),
        ("Сергеевич", "Sergeyevich"),
        ("Семёнов", "Semionov"),
        ("Соловьёв", "Soloviev"),
        ("Соловьёв", "Соловьев"),
        ("Андрей", "Андреи"),
        ("Юлия", "Julia"),
        ("Яна", "Jana"),
        ("Цой", "Tzoy"),
        ("Әуезов", "Ayezov"),
        ("Әуезов", "Áýezov"),
        ("Ахметов", "Achmetow"),
        ("Ілияс", "Ильяс"),
        ("Нұрпейісов", "Нурпеисов"),
        ("Оңғарбаев", "Oñğarbaev"),
        ("Романов", "Romanoff"),
        ("Мұхамеджанова", "мухамеджан"),
        ("О'Коннор", "Оконнор"),
        ("Ивановa", "иванова"),  # with a Latin letter on the list
    ],
)
def test_spellings_of_one_name(listed: str, typed: str) -> None:
    people = (one(listed), one("Тышқанбаев", "Зейнеп", line=2))
    assert NameIndex.of(people).find(typed) == people[:1]


@pytest.mark.parametrize("typed", ["", " ", "ж", "-", "''", "1987", "ъ ь", "?!", "ХЫЗЩФ", "\u0301"])
def test_what_finds_nobody(typed: str) -> None:
    assert index().find(typed) == ()


def test_a_name_that_is_wrong_by_one_letter_finds_its_neighbours() -> None:
    people = (one("Сейдахметов", "Арман"), one("Құдайбергенов", "Әсел", line=2))
    names = NameIndex.of(people)
    for typed in ("Сайдахметов", "Сейдхметов", "Сейдрахметов", "Сейдхаметов", "Арнан Сейдахметов"):
        assert names.find(typed) == people[:1], typed
    assert names.find("Сардхметав") == ()


def test_the_near_ones_do_not_come_when_the_name_itself_is_there() -> None:
    people = (one("Асанов"), one("Усанов", line=2))
    assert NameIndex.of(people).find("Асанов") == people[:1]


def test_the_year_of_birth_narrows_the_list() -> None:
    older = replace(one("Асанов", line=2), birth_date="1951-01-02")
    names = NameIndex.of((one("Асанов"), older))
    assert len(names.find("асанов")) == 2
    assert names.find("асанов 1951") == (older,)
    assert names.find("1987 асанов") == (one("Асанов"),)
    assert names.find("асанов 1900") == ()


@pytest.mark.parametrize(
    ("typed", "key", "near"),
    [
        ("abc", "abc", True),
        ("abc", "abd", True),
        ("abc", "ab", True),
        ("abc", "xabc", True),
        ("abc", "acbde", True),
        ("abc", "adbcde", True),
        ("abc", "add", False),
        ("abc", "", False),
        ("abc", "cab", False),
    ],
)
def test_one_letter_off(typed: str, key: str, near: bool) -> None:
    assert one_off(typed, key) is near


def test_a_word_never_has_too_many_keys() -> None:
    for word in ("yyyyyyyyy", "ccccacaca", "wswswswsws", "jejejejeje", "0410401"):
        assert 0 < len(keys_of(word)) <= MOST_KEYS


@pytest.mark.parametrize("spelling", ["as listed", "ICAO 9303", "old passport", "BGN/PCGN", "2018"])
def test_nobody_is_lost_while_a_name_is_being_typed(spelling: str) -> None:
    for voter in voters()[::97]:
        whole = " ".join(SPELLINGS[spelling](name) for name in (voter.surname, voter.given))
        for letters in range(FEWEST_LETTERS, len(whole) + 1):
            typed = whole[:letters]
            assert voter in index().find(typed), (voter, typed)


@pytest.mark.parametrize(
    ("listed", "typed"), [("Мұхамет", "muk"), ("Жандос", "z"), ("Жандос", "adz"[1:]), ("Хан", "k")]
)
def test_half_a_latin_letter_may_become_a_whole_one(listed: str, typed: str) -> None:
    assert any(
        key.startswith(half) for key in keys_of(listed.lower()) for half in keys_of_beginning(typed)
    )

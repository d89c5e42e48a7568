"""Made-up voters and commissions for rehearsals and tests: valid IINs, Kazakh and Russian names.

Nobody in here exists: names are drawn part by part, birth dates and numbers at random. The same
`random.Random` seed gives the same people. Never used for anything that must be secret.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from common import iin
from common.alphabet import kazakh_order
from common.records import Voter

OLDEST_YEARS = 95
DAYS_PER_YEAR = 365.25
RUSSIAN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Person:
    """The parts of a name."""

    surname: str
    given: str
    patronymic: str

    @property
    def full(self) -> str:
        """Surname, given name, patronymic."""
        return f"{self.surname} {self.given} {self.patronymic}"


# Surnames on -ов, -ев, -ин take -а for women; Kazakh patronymics are father's name and suffix.
_KAZAKH_SURNAMES = (
    "Абдрахманов", "Айтбаев", "Ақынжанов", "Әбілқасымов", "Әлімбеков", "Әубәкіров", "Байжанов",
    "Бекмұхамбетов", "Ғабитов", "Ғаниев", "Дәулетов", "Досжанов", "Ерғалиев", "Есенқұлов",
    "Жақыпов", "Жұмағұлов", "Жүнісов", "Зейноллин", "Иманғалиев", "Ізтілеуов", "Кәрімов",
    "Көшербаев", "Қадырбаев", "Қалиев", "Құрманғалиев", "Құдайбергенов", "Мәжитов", "Молдағалиев",
    "Мұқанов", "Мұхаметжанов", "Нұрғалиев", "Нұрпейісов", "Оңғарбаев", "Оразбаев", "Өмірбеков",
    "Өтегенов", "Рысқұлов", "Сағындықов", "Сәрсенбаев", "Сейдахметов", "Тілеубердин", "Төлегенов",
    "Тұрсынов", "Ұзақбаев", "Үсенов", "Хасенов", "Шаһмұратов", "Шаймерденов", "Шәріпов", "Ықыласов",
)  # fmt: skip
_KAZAKH_MEN = (
    "Абай", "Айдос", "Алмас", "Арман", "Асқар", "Әділет", "Әлихан", "Бауыржан", "Бекзат",
    "Болат", "Ғалымжан", "Ғани", "Дархан", "Дәурен", "Ерлан", "Жандос", "Жасұлан", "Ілияс",
    "Қайрат", "Қанат", "Мақсат", "Марат", "Мұрат", "Нұрлан", "Нұрсұлтан", "Олжас", "Өркен",
    "Руслан", "Саян", "Серік", "Тимур", "Төлеген", "Ұлан", "Үміт", "Шыңғыс", "Жиһангер",
)  # fmt: skip
_KAZAKH_WOMEN = (
    "Айгүл", "Айнұр", "Айсұлу", "Ақмарал", "Алтынай", "Анар", "Әлия", "Әсел", "Баян", "Бибігүл",
    "Гауһар", "Гүлмира", "Ғазиза", "Дана", "Динара", "Еңлік", "Жанар", "Жұлдыз", "Зәуре", "Іңкәр",
    "Қарлығаш", "Қымбат", "Лаура", "Мөлдір", "Назгүл", "Нұргүл", "Өрік", "Райхан", "Сәуле",
    "Толқын", "Ұлжан", "Үмітжан", "Шолпан",
)  # fmt: skip
_KAZAKH_FATHERS = (
    "Абзал", "Айтқали", "Амангелді", "Асқар", "Әбіл", "Әлібек", "Бақытжан", "Бауыржан", "Болат",
    "Ғалым", "Дәулет", "Ерболат", "Жақсылық", "Жеңіс", "Жұмабай", "Кеңес", "Қадыр", "Қасым",
    "Мұрат", "Нұрлан", "Оңдасын", "Өмірзақ", "Сағат", "Сәкен", "Серік", "Төлеген", "Ұзақ", "Шәкен",
)  # fmt: skip
_RUSSIAN_SURNAMES = (
    "Андреев", "Белов", "Волков", "Воробьёв", "Гусев", "Егоров", "Ершов", "Жуков", "Зайцев",
    "Иванов", "Калинин", "Ким", "Ковалёв", "Кузнецов", "Лебедев", "Мельник", "Миллер", "Новиков",
    "Орлов", "Павлов", "Романюк", "Семёнов", "Соколов", "Сорокин", "Титов", "Фомин", "Цой",
    "Чернов", "Шмидт", "Щербаков", "Юдин", "Яковлев",
)  # fmt: skip
_RUSSIAN_MEN = (
    "Алексей", "Андрей", "Артём", "Виктор", "Владимир", "Дмитрий", "Евгений", "Иван", "Константин",
    "Максим", "Михаил", "Николай", "Олег", "Павел", "Роман", "Сергей", "Станислав", "Юрий",
)  # fmt: skip
_RUSSIAN_WOMEN = (
    "Алёна", "Анна", "Вера", "Галина", "Дарья", "Екатерина", "Елена", "Инна", "Ксения", "Людмила",
    "Марина", "Наталья", "Ольга", "Раиса", "Светлана", "Татьяна", "Юлия", "Яна",
)  # fmt: skip
_RUSSIAN_FATHERS = (
    "Александр", "Антон", "Борис", "Виктор", "Владимир", "Иван", "Михаил", "Олег", "Пётр", "Роман",
    "Степан", "Фёдор", "Эдуард",
)  # fmt: skip
_PATRONYMIC_STEMS = {"Пётр": "Петр", "Михаил": "Михайл"}
_STREETS = (
    "Абай көшесі", "Әуезов көшесі", "Бейбітшілік көшесі", "Достық даңғылы", "Жамбыл көшесі",
    "Қабанбай батыр даңғылы", "Қонаев көшесі", "Мәңгілік Ел даңғылы", "Сарыарқа даңғылы",
    "Тәуелсіздік көшесі", "Ұлы Дала даңғылы", "Шоқан Уәлиханов көшесі",
)  # fmt: skip


def made_up_person(draw: random.Random, *, woman: bool) -> Person:
    """Return somebody who does not exist."""
    if draw.random() < RUSSIAN_SHARE:
        surname = draw.choice(_RUSSIAN_SURNAMES)
        father = draw.choice(_RUSSIAN_FATHERS)
        stem = _PATRONYMIC_STEMS.get(father, father)
        given = draw.choice(_RUSSIAN_WOMEN if woman else _RUSSIAN_MEN)
        return Person(_of_woman(surname) if woman else surname, given, _after_father(stem, woman))
    surname = draw.choice(_KAZAKH_SURNAMES)
    given = draw.choice(_KAZAKH_WOMEN if woman else _KAZAKH_MEN)
    patronymic = draw.choice(_KAZAKH_FATHERS) + ("қызы" if woman else "ұлы")
    return Person(_of_woman(surname) if woman else surname, given, patronymic)


def made_up_iin(draw: random.Random, born: dt.date, *, woman: bool) -> str:
    """Return a valid IIN for a birth date from 1900 to 2099."""
    century = (3 if born.year < 2000 else 5) + woman
    while True:
        eleven = f"{born:%y%m%d}{century}{draw.randrange(10_000):04}"
        digit = iin.check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}"


def made_up_voters(
    count: int,
    draw: random.Random,
    *,
    on: dt.date,
    styles: Sequence[tuple[int, int]],
    max_age_years: int = OLDEST_YEARS,
) -> tuple[Voter, ...]:
    """Return a list of voters who do not exist, in the order of the Kazakh alphabet.

    Args:
        count: how many.
        draw: the source; its seed fixes the list.
        on: the day of the election, on which all are of age.
        styles: (number, weight) of each ballot style.
        max_age_years: of the oldest.
    """
    numbers = [number for number, _ in styles]
    weights = [weight for _, weight in styles]
    if not any(weights):
        weights = [1] * len(numbers)
    taken: set[str] = set()
    people: list[tuple[Person, str, dt.date, str, int]] = []
    youngest = int(18 * DAYS_PER_YEAR) + 1
    while len(people) < count:
        woman = draw.random() < 0.5
        born = on - dt.timedelta(days=draw.randint(youngest, int(max_age_years * DAYS_PER_YEAR)))
        number = made_up_iin(draw, born, woman=woman)
        if number in taken:
            continue
        taken.add(number)
        address = (
            f"{draw.choice(_STREETS)}, {draw.randint(1, 120)}-үй, {draw.randint(1, 240)}-пәтер"
        )
        style = draw.choices(numbers, weights)[0]
        people.append((made_up_person(draw, woman=woman), number, born, address, style))
    people.sort(key=lambda one: (*(kazakh_order(part) for part in one[0].full.split()), one[1]))
    return tuple(
        Voter(
            line=line,
            iin=number,
            surname=person.surname,
            given=person.given,
            patronymic=person.patronymic,
            birth_date=born.isoformat(),
            address=address,
            style=style,
        )
        for line, (person, number, born, address, style) in enumerate(people, 1)
    )


def _of_woman(surname: str) -> str:
    return surname + "а" if surname.endswith(("ов", "ев", "ёв", "ин")) else surname


def _after_father(stem: str, woman: bool) -> str:
    return stem + ("овна" if woman else "ович")

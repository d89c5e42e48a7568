# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""The catalogue of everything that a journal can say: one row for each type of event.

Rules:

* An event is a number that never changes its meaning, how it ended, its facts, and its text in
  Kazakh, Russian and English. To add one, append a row to its group (the comment above each group
  says which numbers it has), with the fact names that there are.
* Facts are closed: `FactName` lists all that a journal may ever hold, each with one `Form`. There is
  no form for free text, and none for a choice, a voter, a serial, a card's number or a control code.
  Hashes are only of records that the evidence bundle publishes, never of a vote, an activation or a
  deposit. `check_facts` lets nothing else through, and a test reads this table for it (design,
  section 6).
* An event about a voter at a board carries no fact but a reason: what happened, and when.

`docs/journal.md` is made from this table (`python -m common.catalogue docs/journal.md`);
`common.eventlog` exports journals by it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from enum import Enum, unique
from pathlib import Path
from typing import Final, Self, TypeAlias

from common.errors import LANGUAGES, Reason, Thing

FactValue: TypeAlias = int | str | bytes | Reason | Thing
MAX_COUNT: Final = 2**32
MADE_FROM_HERE: Final = "<!-- From here on made from common/catalogue.py. -->"
_BOARD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")


class FactError(ValueError):
    """Facts that an event does not have, or that have another form."""


class Form(Enum):
    """Every form that a fact can have; how it is kept in an entry is said beside it."""

    COUNT = "a number from 0 to 2³²"
    SECONDS = "a number of seconds, which may be negative"
    FLAG = "0 or 1"
    REASON = "the number of a reason in common/errors.py"
    THING = "the code of a thing in common/errors.py"
    BOARD = "the name of a board: letters, digits and hyphens, at most 32 characters"
    HASH = "32 bytes, SHA-256"


@unique
class FactName(Enum):
    """Every fact: its number (the key in an entry), its form, what it is."""

    _value_: int
    form: Form
    meaning: str

    def __new__(cls, number: int, form: Form, meaning: str) -> Self:
        fact = object.__new__(cls)
        fact._value_ = number
        fact.form, fact.meaning = form, meaning
        return fact

    BOARD = (1, Form.BOARD, "the board that it is about")
    REASON = (2, Form.REASON, "why something was refused")
    THING = (3, Form.THING, "the record, file, medium or part that it is about")
    OFFICIAL = (4, Form.COUNT, "an official's number in the package")
    COUNT = (5, Form.COUNT, "how many")
    STARTS = (6, Form.COUNT, "how often the program was started since installation")
    OFFSET_S = (7, Form.SECONDS, "the board's clock minus the other clock")
    ATTEMPTS = (8, Form.COUNT, "attempts left")
    SIGNATURES = (9, Form.COUNT, "officials' signatures")
    QUORUM = (10, Form.COUNT, "shares that open the votes")
    PERCENT = (11, Form.COUNT, "charge of the battery")
    ENTRIES = (12, Form.COUNT, "journal entries")
    LOST_BYTES = (13, Form.COUNT, "bytes of an entry that was never complete")
    LEDGER_BLOCKS = (14, Form.COUNT, "ledger blocks of the urn")
    SLOTS = (15, Form.COUNT, "slots of the urn")
    INVALID = (16, Form.COUNT, "ballots that were refused")
    ACT_KIND = (17, Form.COUNT, "the kind of act, see ActKind")
    DISCREPANCY = (18, Form.COUNT, "what does not add up, see Discrepancy")
    PRINTED = (19, Form.FLAG, "whether it was printed")
    SPARE = (20, Form.BOARD, "the spare that goes on in the place of a board that died")
    KIND = (21, Form.THING, "what kind of file it is about")
    PACKAGE = (32, Form.HASH, "the station package")
    PROGRAM = (33, Form.HASH, "the program manifest")
    BOOK = (34, Form.HASH, "the index of the ballot book")
    START_ORDER = (35, Form.HASH, "the start order")
    STATEMENT = (36, Form.HASH, "a board's statement")
    HEAD = (37, Form.HASH, "the last entry of a journal")
    ACT = (38, Form.HASH, "an act")
    MINUTES = (39, Form.HASH, "the electronic minutes")
    TALLY_HALF = (40, Form.HASH, "a board's half of the tally key")
    MIX = (41, Form.HASH, "a list of votes that a board shuffled")

    @property
    def keyword(self) -> str:
        """What it is called where entries are written, such as `start_order`."""
        return self.name.lower()


class Ending(Enum):
    """How an event ended; the words are those of NIST SP 1500-101."""

    SUCCESS = "success"
    FAILURE = "failure"
    NONE = "na"


_OK, _BAD, _NA = Ending.SUCCESS, Ending.FAILURE, Ending.NONE
_F = FactName


@unique
class EventType(Enum):
    """Every event: number, ending, facts, then its text in Kazakh, Russian, English."""

    _value_: int
    ending: Ending
    facts: tuple[FactName, ...]
    kk: str
    ru: str
    en: str

    def __new__(cls, number: int, ending: Ending, facts: tuple[FactName, ...], *texts: str) -> Self:
        event = object.__new__(cls)
        event._value_ = number
        event.ending, event.facts = ending, facts
        event.kk, event.ru, event.en = texts
        return event

    @property
    def group(self) -> Group:
        """What part of a day it belongs to."""
        return Group(self.value // 100)

    # 100–199: the life of a board's program.
    ENROLLED = (
        100,
        _OK,
        (_F.BOARD,),
        "Құрылғының кілттері жасалды: {board}",
        "Созданы ключи устройства: {board}",
        "The board's keys were made: {board}",
    )
    INSTALLED = (
        101,
        _OK,
        (_F.PACKAGE, _F.PROGRAM),
        "Учаске пакеті тексеріліп, орнатылды: {package}, бағдарлама: {program}",
        "Пакет участка проверен и установлен: {package}, программа: {program}",
        "The station package was checked and installed: {package}, program: {program}",
    )
    STARTED = (
        102,
        _OK,
        (_F.STARTS,),
        "Бағдарлама іске қосылды (іске қосу саны: {starts})",
        "Программа запущена (всего запусков: {starts})",
        "The program was started (starts so far: {starts})",
    )
    RESTARTED = (
        103,
        _NA,
        (_F.STARTS,),
        "Бағдарлама кенет тоқтағаннан кейін қайта іске қосылды (іске қосу саны: {starts})",
        "Программа запущена после внезапной остановки (всего запусков: {starts})",
        "The program was started after it had stopped suddenly (starts so far: {starts})",
    )
    STOPPED = (
        104,
        _OK,
        (),
        "Бағдарлама тоқтатылды",
        "Программа остановлена",
        "The program was stopped",
    )
    PROGRAM_CHECKED = (
        105,
        _OK,
        (_F.PROGRAM,),
        "Бағдарлама қол қойылған тізімдемеге сәйкес: {program}",
        "Программа совпадает с подписанной описью: {program}",
        "The program matches its signed manifest: {program}",
    )
    BOOK_CHECKED = (
        106,
        _OK,
        (_F.BOOK,),
        "Бюллетень кітабы тексерілді: {book}",
        "Книга бюллетеня проверена: {book}",
        "The ballot book was checked: {book}",
    )
    READINESS_CHECKED = (
        107,
        _OK,
        (_F.OFFICIAL,),
        "Құрылғының жұмысқа дайындығы тексерілді (мүше {official})",
        "Проверена готовность устройства (член комиссии {official})",
        "The board was checked to be ready (official {official})",
    )
    OPENED = (
        110,
        _OK,
        (_F.START_ORDER,),
        "Дауыс беру ашылды, ашу өкімі: {start_order}",
        "Голосование открыто, распоряжение об открытии: {start_order}",
        "Voting was opened, start order: {start_order}",
    )
    CLOSED = (
        111,
        _OK,
        (),
        "Дауыс беру жабылды",
        "Голосование закрыто",
        "Voting was closed",
    )
    STATEMENT_WRITTEN = (
        112,
        _OK,
        (_F.STATEMENT,),
        "Құрылғы есебі жазылды: {statement}",
        "Записан отчёт устройства: {statement}",
        "The board's statement was written: {statement}",
    )
    CLOCK_OFFSET = (
        113,
        _NA,
        (_F.OFFSET_S,),
        "Құрылғы сағатының жинақтаушы сағатынан айырмасы: {offset_s} с",
        "Расхождение часов устройства с часами накопителя: {offset_s} с",
        "The board's clock differs from the accumulator's by {offset_s} s",
    )
    CLOCK_CORRECTED = (
        114,
        _OK,
        (_F.OFFSET_S, _F.ACT),
        "Сағат {offset_s} секундқа түзетілді, акт: {act}",
        "Часы переведены на {offset_s} с, акт: {act}",
        "The clock was corrected by {offset_s} s, act: {act}",
    )
    RELOADED = (
        115,
        _OK,
        (_F.ACT,),
        "Бағдарлама комиссия шешімімен қайта жүктелді, акт: {act}",
        "Программа перезагружена по решению комиссии, акт: {act}",
        "The program was reloaded on the commission's decision, act: {act}",
    )
    ACT_SIGNED = (
        116,
        _OK,
        (_F.ACT_KIND, _F.SIGNATURES, _F.ACT),
        "Акт жасалды (түрі {act_kind}, қолтаңба саны {signatures}): {act}",
        "Составлен акт (вид {act_kind}, подписей: {signatures}): {act}",
        "An act was drawn up (kind {act_kind}, {signatures} signatures): {act}",
    )
    RECORD_REFUSED = (
        117,
        _BAD,
        (_F.THING, _F.REASON),
        "Қабылданбады: {thing}, себебі: {reason}",
        "Отклонено: {thing}, причина: {reason}",
        "Refused: {thing}, reason: {reason}",
    )
    CLOCK_CONFIRMED = (
        118,
        _OK,
        (),
        "Комиссия сағатты тексеріп, дұрыс деп растады",
        "Комиссия сверила часы и подтвердила, что они верны",
        "The commission compared the clock and confirmed it",
    )
    CLOCK_SET = (
        119,
        _OK,
        (_F.OFFSET_S,),
        "Сағат курьер карточкасымен {offset_s} секундқа түзетілді",
        "Часы переведены с курьерской карточкой на {offset_s} с",
        "The clock was corrected by {offset_s} s, with the courier card",
    )

    TOOK_OVER = (
        130,
        _OK,
        (_F.BOARD, _F.ACT),
        "Бұл қосалқы құрылғы істен шыққан құрылғының орнына жалғастырады: {board}, акт: {act}",
        "Это запасное устройство продолжает вместо вышедшего из строя: {board}, акт: {act}",
        "This spare goes on in the place of a board that died: {board}, act: {act}",
    )

    # 200–299: parts, power, case.
    READER_MISSING = (
        200,
        _BAD,
        (),
        "Карточка оқығыш жауап бермейді",
        "Считыватель карточек не отвечает",
        "The card reader does not answer",
    )
    READER_BACK = (
        201,
        _OK,
        (),
        "Карточка оқығыш қайта қосылды",
        "Считыватель карточек снова работает",
        "The card reader is back",
    )
    PART_FAILED = (
        202,
        _BAD,
        (_F.THING,),
        "Бөлшек жауап бермейді: {thing}",
        "Узел не отвечает: {thing}",
        "A part does not answer: {thing}",
    )
    PART_BACK = (
        203,
        _OK,
        (_F.THING,),
        "Бөлшек қайта жұмыс істейді: {thing}",
        "Узел снова работает: {thing}",
        "A part works again: {thing}",
    )
    PAPER_OUT = (204, _BAD, (), "Қағаз бітті", "Кончилась бумага", "The paper ran out")
    PAPER_BACK = (205, _OK, (), "Қағаз салынды", "Бумага вставлена", "Paper was put in")
    PRINTER_OFFLINE = (
        206,
        _BAD,
        (),
        "Принтер жауап бермейді",
        "Принтер не отвечает",
        "The printer does not answer",
    )
    PRINTER_BACK = (
        207,
        _OK,
        (),
        "Принтер қайта қосылды",
        "Принтер снова работает",
        "The printer is back",
    )
    POWER_LOST = (
        210,
        _BAD,
        (_F.PERCENT,),
        "Желі тогы өшті, батарея заряды {percent} %",
        "Пропало сетевое питание, заряд батареи {percent} %",
        "Mains power was lost, battery at {percent} %",
    )
    POWER_BACK = (
        211,
        _OK,
        (_F.PERCENT,),
        "Желі тогы қайта қосылды, батарея заряды {percent} %",
        "Сетевое питание восстановлено, заряд батареи {percent} %",
        "Mains power is back, battery at {percent} %",
    )
    SUPPLY_LOW = (
        212,
        _BAD,
        (_F.PERCENT,),
        "Батарея заряды аз: {percent} %",
        "Низкий заряд батареи: {percent} %",
        "The battery is low: {percent} %",
    )
    CLOCK_STOPPED = (
        213,
        _BAD,
        (),
        "Құрылғының сағаты тоқтап қалған",
        "Часы устройства останавливались",
        "The board's clock had stopped",
    )
    CASE_OPENED = (
        214,
        _BAD,
        (),
        "Құрылғының корпусы ашылды",
        "Корпус устройства вскрыт",
        "The board's case was opened",
    )
    CASE_CLOSED = (
        215,
        _OK,
        (),
        "Құрылғының корпусы жабылды",
        "Корпус устройства закрыт",
        "The board's case was closed",
    )
    CLOCK_NOT_BELIEVED = (
        216,
        _BAD,
        (_F.OFFSET_S,),
        "Іске қосылғанда сағат микросхемасы журналдан {offset_s} секундқа ауытқыған; құрылғы журналдың соңғы уақытынан жалғастырды",
        "При запуске микросхема часов расходилась с журналом на {offset_s} с; устройство продолжило с последнего времени журнала",
        "At the start the clock chip was off by {offset_s} s from the journal; the board went on from the journal's last time",
    )
    CLOCK_JUMPED = (
        217,
        _NA,
        (_F.OFFSET_S,),
        "Компьютердің жүйелік сағаты {offset_s} секундқа ауысты; құрылғы уақыты өзгерген жоқ",
        "Системные часы компьютера сместились на {offset_s} с; время устройства не изменилось",
        "The computer's system clock jumped by {offset_s} s; the board's time did not",
    )
    CLOCK_CHIP_DIFFERS = (
        218,
        _BAD,
        (_F.OFFSET_S,),
        "Сағат микросхемасы құрылғы уақытынан {offset_s} секундқа ауытқыды; құрылғы уақыты өзгерген жоқ",
        "Микросхема часов расходится с временем устройства на {offset_s} с; время устройства не изменилось",
        "The clock chip differs from the board's time by {offset_s} s; the board's time did not change",
    )

    # 300–399: media and this journal.
    MEDIUM_MISSING = (
        300,
        _BAD,
        (_F.THING,),
        "Жоқ немесе суырылған: {thing}",
        "Отсутствует или вынут: {thing}",
        "Missing or pulled out: {thing}",
    )
    MEDIUM_BACK = (
        301,
        _OK,
        (_F.THING,),
        "Орнына салынды: {thing}",
        "Снова на месте: {thing}",
        "Back in its place: {thing}",
    )
    MEDIUM_FAILED = (
        302,
        _BAD,
        (_F.THING, _F.REASON),
        "Жазу мүмкін болмады: {thing}, себебі: {reason}",
        "Запись не удалась: {thing}, причина: {reason}",
        "Writing failed: {thing}, reason: {reason}",
    )
    JOURNAL_TORN = (
        303,
        _NA,
        (_F.THING, _F.LOST_BYTES),
        "Журналдың аяқталмаған соңғы жазбасы алынып тасталды ({thing}, {lost_bytes} байт)",
        "Отброшена незавершённая последняя запись журнала ({thing}, {lost_bytes} байт)",
        "The journal's last entry, never complete, was dropped ({thing}, {lost_bytes} bytes)",
    )
    JOURNAL_CAUGHT_UP = (
        304,
        _OK,
        (_F.THING, _F.ENTRIES),
        "Журналға екінші тасымалдағыштан {entries} жазба қосылды ({thing})",
        "В журнал дописаны записи со второго носителя: {entries} ({thing})",
        "{entries} entries were added to the journal from the other medium ({thing})",
    )
    JOURNAL_REPAIRED = (
        305,
        _OK,
        (_F.THING,),
        "Бүлінген журнал екінші тасымалдағыштан қалпына келтірілді ({thing})",
        "Повреждённый журнал восстановлен со второго носителя ({thing})",
        "A damaged journal was restored from the other medium ({thing})",
    )
    URN_REPAIRED = (
        306,
        _OK,
        (_F.THING, _F.LEDGER_BLOCKS, _F.SLOTS),
        "Электрондық жәшік қалпына келтірілді ({thing}): есеп блогы {ledger_blocks}, ұяшық {slots}",
        "Электронная урна восстановлена ({thing}): блоков учёта {ledger_blocks}, ячеек {slots}",
        "The electronic urn was repaired ({thing}): ledger blocks {ledger_blocks}, slots {slots}",
    )
    STATE_REPAIRED = (
        307,
        _OK,
        (_F.THING,),
        "Сақталған күй екінші тасымалдағыштан қалпына келтірілді ({thing})",
        "Сохранённое состояние восстановлено со второго носителя ({thing})",
        "Stored state was restored from the other medium ({thing})",
    )
    FILES_REPAIRED = (
        308,
        _OK,
        (_F.THING, _F.KIND, _F.COUNT),
        "Файлдар екінші тасымалдағыштан қалпына келтірілді ({thing}): {kind}, саны: {count}",
        "Файлы восстановлены со второго носителя ({thing}): {kind}, число: {count}",
        "Files were restored from the other medium ({thing}): {kind}, how many: {count}",
    )

    # 400–499: cards and officials, on every board.
    CARD_REFUSED = (
        400,
        _BAD,
        (_F.REASON,),
        "Карточка қабылданбады, себебі: {reason}",
        "Карточка не принята, причина: {reason}",
        "A card was refused, reason: {reason}",
    )
    OFFICIAL_ADMITTED = (
        401,
        _OK,
        (_F.OFFICIAL,),
        "Мүше PIN-кодпен расталды: {official}",
        "Член комиссии подтверждён PIN-кодом: {official}",
        "An official was admitted by PIN: {official}",
    )
    PIN_REFUSED = (
        402,
        _BAD,
        (_F.OFFICIAL, _F.ATTEMPTS),
        "PIN-код қате (мүше {official}), қалған әрекет: {attempts}",
        "Неверный PIN-код (член комиссии {official}), осталось попыток: {attempts}",
        "Wrong PIN (official {official}), attempts left: {attempts}",
    )
    PIN_BLOCKED = (
        403,
        _BAD,
        (_F.OFFICIAL,),
        "PIN-код бұғатталды (мүше {official})",
        "PIN-код заблокирован (член комиссии {official})",
        "A PIN was blocked (official {official})",
    )
    TALLY_HALF_MADE = (
        404,
        _OK,
        (_F.COUNT, _F.QUORUM),
        "Дауыстарды ашу кілтінің жартысы жасалып, {count} үлеске бөлінді, кворум: {quorum}",
        "Создана половина ключа вскрытия голосов и разделена на доли: {count}, кворум: {quorum}",
        "A half of the tally key was made and split into {count} shares, quorum {quorum}",
    )
    TALLY_HALF_KEPT = (
        405,
        _OK,
        (_F.TALLY_HALF,),
        "Кілт жартысының құпиясы жадтан өшірілді, ашық бөлігі сақталды: {tally_half}",
        "Секрет половины ключа удалён из памяти, её открытая часть сохранена: {tally_half}",
        "The secret of the half of the key was forgotten, its public part kept: {tally_half}",
    )
    TALLY_HALF_WRITTEN = (
        406,
        _OK,
        (),
        "Кілттің жартысы курьер карточкасына жазылды",
        "Половина ключа записана на курьерскую карточку",
        "The half of the key was written on the courier card",
    )
    TALLY_HALF_TAKEN = (
        407,
        _OK,
        (_F.BOARD, _F.TALLY_HALF),
        "{board} үстелінің кілт жартысы тексеріліп, қабылданды: {tally_half}",
        "Половина ключа от {board} проверена и принята: {tally_half}",
        "The half of the key that {board} made was checked and taken: {tally_half}",
    )

    # 500–599: the desk.
    CARD_ACTIVATED = (
        500,
        _OK,
        (),
        "Карточка белсендірілді",
        "Карточка активирована",
        "A card was activated",
    )
    CARD_NOT_WRITTEN = (
        501,
        _BAD,
        (_F.REASON,),
        "Карточка белсендірілмеді, себебі: {reason}",
        "Карточка не активирована, причина: {reason}",
        "A card was not activated, reason: {reason}",
    )
    CARD_GIVING_INTERRUPTED = (
        502,
        _BAD,
        (),
        "Карточка беру үзілді",
        "Выдача карточки прервана",
        "Giving a card was interrupted",
    )
    CARD_GIVING_RESUMED = (
        503,
        _OK,
        (),
        "Үзілген карточка беру аяқталды",
        "Прерванная выдача карточки завершена",
        "Giving a card, interrupted before, was completed",
    )
    CARD_GIVING_UNDONE = (
        504,
        _OK,
        (),
        "Үзілген карточка беру жойылды, карточка қолда",
        "Прерванная выдача отменена, карточка на руках у комиссии",
        "Giving a card was undone, the card being in hand",
    )
    CARD_RETURNED = (
        505,
        _OK,
        (),
        "Карточка пайдаланылмай қайтарылды",
        "Карточка возвращена неиспользованной",
        "A card was returned unused",
    )
    CARD_VOID = (
        506,
        _OK,
        (),
        "Бүлінген карточка жарамсыз деп танылды",
        "Испорченная карточка признана недействительной",
        "A card was made void",
    )
    CARD_UNREAD = (
        507,
        _OK,
        (_F.ACT,),
        "Оқылмайтын карточка конвертке салынды, акт: {act}",
        "Нечитаемая карточка запечатана в конверт, акт: {act}",
        "An unreadable card was sealed in an envelope, act: {act}",
    )
    ANOTHER_CARD_ALLOWED = (
        508,
        _OK,
        (_F.ACT,),
        "Акт бойынша тағы бір карточка беруге рұқсат етілді: {act}",
        "По акту разрешена выдача ещё одной карточки: {act}",
        "Another card was allowed under an act: {act}",
    )
    CERTIFICATE_TAKEN = (
        509,
        _OK,
        (),
        "Есептен шығару куәлігі қабылданды",
        "Принято открепительное удостоверение",
        "An absentee certificate was taken in",
    )
    SERIALS_USED_UP = (
        510,
        _BAD,
        (),
        "Үстелдің карточка нөмірлері бітті",
        "Номера карточек стола исчерпаны",
        "The desk has no serials left",
    )
    LIST_LOADED = (
        511,
        _OK,
        (_F.COUNT,),
        "Сайлаушылар тізімі ашылды: {count} жол",
        "Открыт список избирателей, строк: {count}",
        "The voter list was opened, {count} rows",
    )
    VOTER_FOUND = (
        512,
        _OK,
        (),
        "Тізім жолы құжатпен салыстыру үшін көрсетілді",
        "Показана строка списка для сверки с документом",
        "A row of the list was shown, to be compared with the document",
    )
    VOTER_NOT_FOUND = (
        513,
        _BAD,
        (_F.REASON,),
        "Тізім жолы көрсетілмеді, себебі: {reason}",
        "Строка списка не показана, причина: {reason}",
        "No row of the list was shown, reason: {reason}",
    )
    DOCUMENT_REFUSED = (
        514,
        _BAD,
        (),
        "Құжат тізім жолына сәйкес келмеді, карточка берілмеді",
        "Документ не совпал со строкой списка, карточка не выдана",
        "The document did not agree with the row; no card was given",
    )
    CARD_BLANKED = (
        515,
        _OK,
        (),
        "Жарамсыз жазбасы бар карточка тазартылды",
        "Очищена карточка с недействительной записью",
        "A card that held nothing valid was blanked",
    )
    VOTER_MARKED_RETURNED = (
        516,
        _OK,
        (),
        "Тізім жолына карточка қайтарылды деген белгі қойылды",
        "В строке списка отмечен возврат карточки",
        "A row of the list was marked: card returned",
    )

    ANOTHER_CARD_ACTIVATED = (
        520,
        _OK,
        (),
        "Акт бойынша тағы бір карточка белсендірілді",
        "По акту активирована ещё одна карточка",
        "Another card was activated, under an act",
    )
    GIVEN_CARD_UNDONE = (
        521,
        _OK,
        (),
        "Дайын карточка сайлаушыға берілмей, кері алынды",
        "Готовая карточка отозвана, не выйдя из рук",
        "A card that was ready was withdrawn before it was handed out",
    )
    GIVING_WRITTEN_OFF = (
        522,
        _OK,
        (),
        "Үзілген карточка беру акт бойынша есептен шығарылды",
        "Прерванная выдача списана по акту",
        "An interrupted giving was written off under an act",
    )
    CARD_LEFT_BEHIND = (
        523,
        _OK,
        (),
        "Қалып қойған белсендірілген карточка кері алынды",
        "Отозвана оставленная активированная карточка",
        "An activated card that was left behind was withdrawn",
    )
    CARD_LOST = (
        524,
        _NA,
        (),
        "Сайлаушы карточкасын жоғалтты, басқасы берілмеді",
        "Избиратель потерял карточку, другая не выдана",
        "A voter lost the card; no other was given",
    )
    FOUND_CARD_SEALED = (
        525,
        _OK,
        (_F.ACT,),
        "Табылған оқылмайтын карточка конвертке салынды, акт: {act}",
        "Найденная нечитаемая карточка запечатана в конверт, акт: {act}",
        "An unreadable card that was found was sealed in an envelope, act: {act}",
    )
    SEALED_CARD_CLAIMED = (
        526,
        _OK,
        (_F.ACT,),
        "Карточкасы бұрын конвертке салынған сайлаушыға басқасы рұқсат етілді, акт: {act}",
        "Разрешена другая карточка тому, чья уже лежит в конверте, акт: {act}",
        "Another card was allowed to one whose card lies in an envelope already, act: {act}",
    )
    BLANK_CARDS_COUNTED = (
        527,
        _OK,
        (_F.COUNT,),
        "Үстелдегі бос карточкалар саналды: {count}",
        "Пересчитаны чистые карточки стола: {count}",
        "The desk's blank cards were counted: {count}",
    )
    NO_BLANK_CARDS = (
        528,
        _NA,
        (),
        "Үстелде бос карточка жоқ, сайлаушылар кезекте күтеді",
        "Чистых карточек на столе нет, избиратели ждут в очереди",
        "The desk has no blank cards; voters wait in the queue",
    )
    VOTER_CAME_AGAIN = (
        529,
        _NA,
        (),
        "Карточка алған сайлаушы қайта келді, екіншісі берілмеді",
        "Избиратель, получивший карточку, пришёл снова; вторая не выдана",
        "A voter who had been given a card came again; no second was given",
    )
    NAMES_LISTED = (
        530,
        _OK,
        (),
        "Тізімнен аты бойынша іздеу нәтижесі көрсетілді",
        "Показан результат поиска по имени",
        "The result of a search by name was shown",
    )
    VOTERS_CARRIED_OVER = (
        531,
        _NA,
        (_F.COUNT,),
        "Карточка алғаны белгіленіп, сағаты жазылмаған сайлаушылар: {count}",
        "Отмечены как получившие карточку, без записи о часе: {count}",
        "Voters marked as given a card whose hour is not recorded: {count}",
    )
    CARD_CHALLENGED = (
        532,
        _OK,
        (),
        "Терминалды тексеруге жұмсалған карточка кері алынды",
        "Отозвана карточка, израсходованная на проверку терминала",
        "A card that was used to check a terminal was withdrawn",
    )
    CHALLENGER_ALLOWED = (
        533,
        _OK,
        (),
        "Терминалды тексерген сайлаушыға басқа карточка рұқсат етілді",
        "Избирателю, проверившему терминал, разрешена другая карточка",
        "A voter who had a terminal checked may have another card",
    )

    # 600–699: the terminal.
    SESSION_BEGAN = (
        600,
        _OK,
        (),
        "Дауыс беру сеансы басталды",
        "Сеанс голосования начат",
        "A voting session began",
    )
    VOTE_STORED = (
        601,
        _OK,
        (),
        "Дауыс карточкаға жазылып, қайта оқып тексерілді",
        "Голос записан на карточку и проверен чтением",
        "A vote was stored on the card and read back",
    )
    VOTE_WRITE_INTERRUPTED = (
        602,
        _BAD,
        (),
        "Дауысты карточкаға жазу үзілді",
        "Запись голоса на карточку прервана",
        "Writing a vote on the card was interrupted",
    )
    SESSION_TIMED_OUT = (
        603,
        _NA,
        (),
        "Сайлаушы жауап бермегендіктен сеанс аяқталды",
        "Сеанс завершён: избиратель не отвечал",
        "A session ended because the voter did not answer",
    )
    SESSION_ABANDONED = (
        604,
        _NA,
        (),
        "Карточка дауыс берілмей алынды",
        "Карточку вынули, не проголосовав",
        "A card was taken out before voting",
    )
    CODES_BURNT = (
        605,
        _OK,
        (_F.COUNT,),
        "Тексеру кодтарының тобы алынды, қалғаны: {count}",
        "Взята партия контрольных кодов, осталось: {count}",
        "A batch of control codes was taken, {count} left",
    )
    CODES_USED_UP = (
        606,
        _BAD,
        (),
        "Тексеру кодтары бітті",
        "Контрольные коды исчерпаны",
        "The control codes are used up",
    )
    PAGE_DAMAGED = (
        607,
        _BAD,
        (),
        "Бюллетень кітабының беті бүлінген",
        "Страница книги бюллетеня повреждена",
        "A page of the ballot book is damaged",
    )
    VOTE_SPOILED = (
        608,
        _OK,
        (),
        "Сайлаушы терминалды тексеруді қалады: карточкадағы дауыс жойылды",
        "Избиратель пожелал проверить терминал: голос на карточке погашен",
        "A voter wanted the terminal checked: the vote on the card was spoiled",
    )
    SPOILED_VOTE_OPENED = (
        609,
        _OK,
        (),
        "Жойылған дауыстың ашылуы карточкаға жазылды",
        "На карточку записано раскрытие погашенного голоса",
        "What opens the spoiled vote was written on the card",
    )
    RANDOMNESS_BAD = (
        610,
        _BAD,
        (),
        "Кездейсоқ сандар көзі бұзылған: ештеңе шифрланған жоқ",
        "Источник случайных чисел неисправен: ничего не зашифровано",
        "The random source is broken: nothing was sealed",
    )

    # 700–799: the accumulator's day.
    START_PASSWORD_REFUSED = (
        700,
        _BAD,
        (),
        "Іске қосу құпиясөзі қате енгізілді",
        "Введён неверный стартовый пароль",
        "A wrong start password was entered",
    )
    START_PASSWORD_ACCEPTED = (
        701,
        _OK,
        (),
        "Іске қосу құпиясөзі қабылданды, учаске кілттері ашылды",
        "Стартовый пароль принят, ключи участка открыты",
        "The start password was accepted and the station's keys unsealed",
    )
    KEYS_FORGOTTEN = (
        702,
        _OK,
        (),
        "Учаске кілттері жадтан өшірілді",
        "Ключи участка удалены из памяти",
        "The station's keys were forgotten",
    )
    ZERO_CHECKED = (
        703,
        _OK,
        (_F.PRINTED,),
        "Электрондық жәшіктің бос екені тексерілді (басып шығарылды: {printed})",
        "Проверено, что электронная урна пуста (напечатано: {printed})",
        "The electronic urn was checked to be empty (printed: {printed})",
    )
    SHARE_WRITTEN = (
        705,
        _OK,
        (_F.OFFICIAL,),
        "Кілт үлесі карточкаға жазылды (мүше {official})",
        "Доля ключа записана на карточку (член комиссии {official})",
        "A share was written on the card of official {official}",
    )
    TALLY_KEY_FORGOTTEN = (
        706,
        _OK,
        (),
        "Дауыстарды ашу кілті жадтан өшірілді",
        "Ключ вскрытия голосов удалён из памяти",
        "The tally key was forgotten",
    )
    START_ORDER_MADE = (
        707,
        _OK,
        (_F.START_ORDER,),
        "Ашу өкіміне қол қойылды: {start_order}",
        "Подписано распоряжение об открытии: {start_order}",
        "The start order was signed: {start_order}",
    )
    COURIER_WRITTEN = (
        708,
        _OK,
        (),
        "Ашу өкімі курьер карточкасына жазылды",
        "Распоряжение об открытии записано на курьерскую карточку",
        "The start order was written on the courier card",
    )
    URN_MADE = (
        709,
        _OK,
        (_F.SLOTS,),
        "Электрондық жәшік жасалды: {slots} ұяшық",
        "Создана электронная урна, ячеек: {slots}",
        "The electronic urn was made with {slots} slots",
    )
    URN_OPENED = (
        710,
        _OK,
        (_F.COUNT,),
        "Электрондық жәшік ашылды, дауыс саны: {count}",
        "Электронная урна открыта, голосов: {count}",
        "The electronic urn was opened with {count} votes",
    )
    URN_REFUSED = (
        711,
        _BAD,
        (_F.REASON,),
        "Электрондық жәшік ашылмады, себебі: {reason}",
        "Электронная урна отклонена, причина: {reason}",
        "The electronic urn was refused, reason: {reason}",
    )
    URN_MOVED = (
        712,
        _OK,
        (_F.BOARD, _F.ACT),
        "Электрондық жәшік істен шыққан құрылғыдан көшірілді: {board}, акт: {act}",
        "Электронная урна перенесена с вышедшего из строя устройства: {board}, акт: {act}",
        "The electronic urn was moved from a board that died: {board}, act: {act}",
    )
    VOTE_TAKEN_IN = (
        713,
        _OK,
        (),
        "Карточка қабылданды, дауыс жәшікте",
        "Карточка принята, голос в урне",
        "A card was taken in, its vote is in the urn",
    )
    VOTE_ALREADY_COUNTED = (
        714,
        _NA,
        (),
        "Карточканың дауысы бұрын есептелген, карточка тазартылды",
        "Голос карточки уже был принят, карточка очищена",
        "The vote of a card was counted before; the card was cleared",
    )
    CARD_KEPT = (
        715,
        _BAD,
        (_F.REASON,),
        "Карточка тазартылмай ұсталды, себебі: {reason}",
        "Карточка задержана без очистки, причина: {reason}",
        "A card was kept as it was, reason: {reason}",
    )
    INTAKE_COMPLETED = (
        716,
        _OK,
        (),
        "Үзілген қабылдау аяқталды: дауыс жәшікте",
        "Прерванный приём завершён: голос в урне",
        "An interrupted intake was completed: the vote is in the urn",
    )
    INTAKE_CANCELLED = (
        717,
        _NA,
        (),
        "Үзілген қабылдау жойылды: дауыс карточкада",
        "Прерванный приём отменён: голос на карточке",
        "An interrupted intake was cancelled: the vote is on its card",
    )
    CARD_NOT_ERASED = (
        718,
        _BAD,
        (),
        "Дауыс жәшікте, бірақ карточка тазартылмады",
        "Голос в урне, но карточка не очищена",
        "The vote is in the urn, but its card was not cleared",
    )
    HOURLY_PRINTED = (
        719,
        _OK,
        (_F.COUNT, _F.HEAD),
        "Сағаттық мәлімет басып шығарылды: дауыс {count}, журнал басы {head}",
        "Напечатана ежечасная справка: голосов {count}, голова журнала {head}",
        "The hourly figures were printed: {count} votes, journal head {head}",
    )
    POSTPONED = (
        720,
        _NA,
        (_F.ACT,),
        "Дауыс беру кейінге қалдырылды, акт: {act}",
        "Голосование отложено, акт: {act}",
        "The vote was postponed, act: {act}",
    )

    # 800–899: the count.
    BOARD_IN = (
        800,
        _OK,
        (_F.BOARD, _F.STATEMENT, _F.HEAD),
        "Құрылғының деректері қабылданды: {board}, есеп {statement}, журнал басы {head}",
        "Данные устройства приняты: {board}, отчёт {statement}, голова журнала {head}",
        "A board is in: {board}, statement {statement}, journal head {head}",
    )
    BOARD_REFUSED = (
        801,
        _BAD,
        (_F.BOARD, _F.REASON),
        "Құрылғының деректері қабылданбады: {board}, себебі: {reason}",
        "Данные устройства отклонены: {board}, причина: {reason}",
        "A board's files were refused: {board}, reason: {reason}",
    )
    BOARD_WRITTEN_OFF = (
        802,
        _NA,
        (_F.BOARD, _F.ACT),
        "Құрылғы есептен шығарылды: {board}, акт: {act}",
        "Устройство списано: {board}, акт: {act}",
        "A board was written off: {board}, act: {act}",
    )
    BOARD_REPLACED = (
        817,
        _NA,
        (_F.BOARD, _F.SPARE, _F.ACT),
        "Істен шыққан құрылғы ауыстырылды: {board}, орнына: {spare}, акт: {act}",
        "Вышедшее из строя устройство заменено: {board}, вместо него: {spare}, акт: {act}",
        "A board that died was replaced: {board}, by: {spare}, act: {act}",
    )
    COUNT_REFUSED = (
        803,
        _BAD,
        (_F.REASON,),
        "Санау басталмады, себебі: {reason}",
        "Подсчёт не начат, причина: {reason}",
        "The count was refused, reason: {reason}",
    )
    COUNT_BEGAN = (
        804,
        _OK,
        (_F.COUNT,),
        "Санау басталды, жәшіктегі дауыс: {count}",
        "Подсчёт начат, голосов в урне: {count}",
        "The count began with {count} votes in the urn",
    )
    SHARE_READ = (
        805,
        _OK,
        (_F.OFFICIAL,),
        "Кілт үлесі оқылды (мүше {official})",
        "Доля ключа прочитана (член комиссии {official})",
        "A share was read from the card of official {official}",
    )
    SHARES_REFUSED = (
        806,
        _BAD,
        (_F.REASON,),
        "Үлестерден кілт құралмады, себебі: {reason}",
        "Ключ из долей не собран, причина: {reason}",
        "The shares did not make up the key, reason: {reason}",
    )
    COUNT_FINISHED = (
        807,
        _OK,
        (_F.COUNT, _F.INVALID),
        "Санау аяқталды: есептелген дауыс {count}, жарамсыз {invalid}",
        "Подсчёт завершён: учтено голосов {count}, недействительных {invalid}",
        "The count finished: {count} votes counted, {invalid} refused",
    )
    COUNTS_DISAGREED = (
        808,
        _BAD,
        (),
        "Екі есептеу сәйкес келмеді",
        "Два подсчёта не совпали",
        "The two counts disagreed",
    )
    DISCREPANCY_FOUND = (
        809,
        _BAD,
        (_F.DISCREPANCY,),
        "Сандар сәйкес емес (түрі {discrepancy}), хаттамада көрсетіледі",
        "Данные не сходятся (вид {discrepancy}), указано в протоколе",
        "Figures do not add up (kind {discrepancy}); the minutes say so",
    )
    MINUTES_SIGNED = (
        810,
        _OK,
        (_F.OFFICIAL,),
        "Электрондық хаттамаға қол қойылды (мүше {official})",
        "Электронный протокол подписан (член комиссии {official})",
        "The minutes were signed by official {official}",
    )
    MINUTES_COMPLETED = (
        811,
        _OK,
        (_F.MINUTES,),
        "Электрондық хаттама дайын: {minutes}",
        "Электронный протокол готов: {minutes}",
        "The minutes are complete: {minutes}",
    )
    EVIDENCE_SEALED = (
        812,
        _OK,
        (_F.COUNT,),
        "Дәлелдемелер жинағы мөрленді, тазартылмаған үлес карточкасы: {count}",
        "Комплект доказательств опечатан, неочищенных карточек с долями: {count}",
        "The evidence was sealed, share cards not cleared: {count}",
    )
    EVIDENCE_WRITTEN = (
        816,
        _OK,
        (_F.COUNT,),
        "Дәлелдемелер жинағы жазылды: {count} файл",
        "Записан комплект доказательств, файлов: {count}",
        "The evidence bundle was written, {count} files",
    )
    COUNT_PART_BEGAN = (
        818,
        _OK,
        (_F.STATEMENT,),
        "Есептен ({statement}) кейін дауыстарды араластыру мен ашудың бөлек журналы басталды",
        "После отчёта ({statement}) начат отдельный журнал перемешивания и вскрытия голосов",
        "After the statement ({statement}) a journal of its own begins, of shuffling and opening the votes",
    )
    COUNT_FILE_TAKEN = (
        819,
        _OK,
        (_F.THING, _F.BOARD),
        "Тексеріліп, қабылданды: {thing} ({board})",
        "Проверено и принято: {thing} ({board})",
        "Checked and taken: {thing} of {board}",
    )
    COUNT_FILE_REFUSED = (
        820,
        _BAD,
        (_F.THING, _F.BOARD, _F.REASON),
        "Қабылданбады: {thing} ({board}), себебі: {reason}",
        "Отклонено: {thing} ({board}), причина: {reason}",
        "Refused: {thing} of {board}, reason: {reason}",
    )
    VOTES_MIXED = (
        821,
        _OK,
        (_F.COUNT, _F.MIX),
        "Шифрланған дауыстар араластырылып, дәлелденді: {count} дауыс, {mix}",
        "Зашифрованные голоса перемешаны с доказательством: {count}, {mix}",
        "The sealed votes were shuffled, with proof: {count} votes, {mix}",
    )
    MIXES_CHECKED = (
        822,
        _OK,
        (),
        "Екі араластыру да тексерілді, бұған қол қойылды",
        "Оба перемешивания проверены, это подписано",
        "Both shuffles were checked, and that was signed",
    )
    PART_OPENED = (
        823,
        _OK,
        (_F.COUNT,),
        "Осы құрылғы {count} дауыстан өз мөрін алып, дәлелдеді; кілт жартысы жадтан өшірілді",
        "Это устройство сняло свою печать с голосов ({count}) с доказательством; половина ключа удалена из памяти",
        "This board took its seal off {count} votes, with proof; its half of the key was forgotten",
    )
    SHARE_CLEARED = (
        813,
        _OK,
        (_F.OFFICIAL,),
        "Карточкадағы кілт үлесі өшірілді (мүше {official})",
        "Доля ключа стёрта с карточки (член комиссии {official})",
        "The share on the card of official {official} was cleared",
    )
    PROTOCOL_PRINTED = (
        814,
        _OK,
        (_F.COUNT,),
        "Хаттама басып шығарылды, данасы: {count}",
        "Протокол напечатан, экземпляров: {count}",
        "The protocol was printed, {count} copies",
    )
    CODES_PRINTED = (
        815,
        _OK,
        (),
        "Тексеру кодтарының тізімі басып шығарылды",
        "Напечатан список контрольных кодов",
        "The list of control codes was printed",
    )


class Group(Enum):
    """The groups of events: the hundreds of their numbers."""

    PROGRAM = 1
    PARTS = 2
    RECORDING = 3
    CARDS = 4
    DESK = 5
    TERMINAL = 6
    STATION = 7
    COUNT = 8

    @property
    def meaning(self) -> str:
        """What events of this group are about."""
        return _GROUPS[self]


_GROUPS: Final = {
    Group.PROGRAM: "the life of a board's program",
    Group.PARTS: "parts, power and case",
    Group.RECORDING: "media and the journal itself",
    Group.CARDS: "cards and officials, on every board",
    Group.DESK: "the desk",
    Group.TERMINAL: "the terminal",
    Group.STATION: "the accumulator's day",
    Group.COUNT: "the count",
}

_EVENTS: Final = {event.value: event for event in EventType}
_FACTS: Final = {fact.value: fact for fact in FactName}
_REASONS: Final = {reason.value: reason for reason in Reason}
_THINGS: Final = {thing.value: thing for thing in Thing}


def check_facts(event: EventType, facts: Mapping[str, object]) -> dict[int, int | str | bytes]:
    """Return the facts of an event as an entry keeps them, by number.

    A reason may be given as `Reason` or its number, a thing as `Thing` or its code.

    Raises: FactError if a fact is missing, too many, or not of its form.
    """
    wanted = {fact.keyword: fact for fact in event.facts}
    if wanted.keys() != facts.keys():
        raise FactError(
            f"{event.name} has the facts {sorted(wanted) or 'none'}, not {sorted(facts) or 'none'}"
        )
    return {fact.value: _kept(fact, facts[keyword]) for keyword, fact in wanted.items()}


def read_facts(number: int, kept: Mapping[int, object]) -> tuple[EventType, dict[str, FactValue]]:
    """Return event and facts of an entry. Raises: FactError for anything that is not in the table."""
    event = _EVENTS.get(number)
    if event is None:
        raise FactError(f"there is no event {number}")
    names = {key: _FACTS[key].keyword for key in kept if key in _FACTS}
    if (
        len(names) != len(kept)
        or check_facts(event, {names[key]: kept[key] for key in kept}) != kept
    ):
        raise FactError(f"facts of {event.name} are not as they are kept")
    return event, {names[key]: _meant(_FACTS[key], value) for key, value in kept.items()}


def describe(event: EventType, facts: Mapping[str, FactValue], language: str) -> str:
    """Return the text of an entry in "kk", "ru" or "en". Raises: ValueError for another language."""
    if language not in LANGUAGES:
        raise ValueError(f"no texts in language {language!r}; there are {', '.join(LANGUAGES)}")
    pattern: str = getattr(event, language)
    return pattern.format_map({name: shown(value, language) for name, value in facts.items()})


def shown(value: FactValue, language: str) -> str:
    """Return a fact for people: hashes in hexadecimal, reasons by number and name."""
    match value:
        case bytes():
            return value.hex()
        case Reason():
            return f"{value.value} {value.name}"
        case Thing():
            return str(getattr(value, language))
        case _:
            return str(value)


def markdown() -> str:
    """Return the tables of facts and events for `docs/journal.md`."""
    lines = ["| no. | fact | form | what it is |", "|---|---|---|---|"]
    lines += [f"| {f.value} | `{f.keyword}` | {f.form.value} | {f.meaning} |" for f in FactName]
    for group in Group:
        lines += ["", f"### {group.value}xx: {group.meaning}", ""]
        lines += [
            "| no. | event | facts | қазақша | русский | English |",
            "|---|---|---|---|---|---|",
        ]
        for event in EventType:
            if event.group is group:
                facts = ", ".join(f"`{fact.keyword}`" for fact in event.facts)
                texts = f"{event.kk} | {event.ru} | {event.en}"
                lines.append(f"| {event.value} | `{event.name}` | {facts} | {texts} |")
    return "\n".join(lines) + "\n"


def write_documentation(page: Path) -> None:
    """Write the tables anew into a page that has the line `MADE_FROM_HERE`."""
    head, line, _ = page.read_text(encoding="utf-8").partition(MADE_FROM_HERE)
    page.write_text(f"{head}{line}\n\n{markdown()}", encoding="utf-8")


def _kept(fact: FactName, value: object) -> int | str | bytes:
    match value:
        case Reason() if fact.form is Form.REASON:
            return int(value.value)
        case Thing() if fact.form is Form.THING:
            return str(value.value)
        case int() if _is_right_number(fact.form, value):
            return int(value)
        case str() if fact.form is Form.THING and value in _THINGS:
            return value
        case str() if fact.form is Form.BOARD and _BOARD.fullmatch(value):
            return value
        case bytes() if fact.form is Form.HASH and len(value) == 32:
            return value
    raise FactError(f"{fact.keyword} must be {fact.form.value}, not {type(value).__name__}")


def _is_right_number(form: Form, value: int) -> bool:
    match form:
        case Form.REASON:
            return value in _REASONS
        case Form.FLAG:
            return value in {0, 1}
        case Form.COUNT:
            return 0 <= value <= MAX_COUNT
        case Form.SECONDS:
            return abs(value) <= MAX_COUNT
        case _:
            return False


def _meant(fact: FactName, value: object) -> FactValue:
    match fact.form, value:
        case Form.REASON, int():
            return _REASONS[value]
        case Form.THING, str():
            return _THINGS[value]
        case _, int() | str() | bytes():
            return value
    raise FactError(f"{fact.keyword} must be {fact.form.value}")


if __name__ == "__main__":
    write_documentation(Path(sys.argv[1]))

# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""Why something was refused: closed codes, each with its text in Kazakh, Russian and English.

Rules:

* A reason is one row of `Reason`: a number that never changes its meaning, then the Kazakh, the
  Russian and the English text. A text names the thing, says what is wrong with it and what to do.
* The three texts of a row use the same `{placeholders}`. Facts that fill them are numbers, names of
  boards, stations and the like, or a `Thing`, which is itself named in the reader's language.
* To add a reason, append a row to its group (the comment above each group says which numbers it has).
* Numbers go into journals and over sockets; texts are only ever shown.

Never in a fact: a voter, a serial, a card's number, a choice, a control code.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from enum import Enum, unique
from typing import ClassVar, Final, Self, TypeAlias

LANGUAGES: Final = ("kk", "ru", "en")


@unique
class Thing(Enum):
    """What a reason can be about: code, then its name in Kazakh, Russian, English."""

    _value_: str
    kk: str
    ru: str
    en: str

    def __new__(cls, code: str, kk: str, ru: str, en: str) -> Self:
        thing = object.__new__(cls)
        thing._value_ = code
        thing.kk, thing.ru, thing.en = kk, ru, en
        return thing

    PACKAGE = ("package", "Учаске пакеті", "Пакет участка", "Station package")
    VOTER_LIST = ("voter-list", "Сайлаушылар тізімі", "Список избирателей", "Voter list")
    SECRETS = ("secrets", "Құрылғының құпия деректері", "Секреты устройства", "Board secrets")
    START_ORDER = ("start-order", "Ашу өкімі", "Распоряжение об открытии", "Start order")
    ACTIVATION = (
        "activation",
        "Карточканы белсендіру жазбасы",
        "Запись об активации карточки",
        "Card activation",
    )
    CAST_VOTE = ("cast-vote", "Дауыс жазбасы", "Запись голоса", "Cast vote")
    DEPOSIT = ("deposit", "Тапсыру жазбасы", "Запись о сдаче голоса", "Deposit record")
    STATEMENT = ("statement", "Құрылғы есебі", "Отчёт устройства", "Board statement")
    ACT = ("act", "Акт", "Акт", "Act")
    MINUTES = ("minutes", "Электрондық хаттама", "Электронный протокол", "Electronic minutes")
    MANIFEST = ("manifest", "Дәлелдемелер тізімдемесі", "Опись доказательств", "Evidence manifest")
    BUNDLE = ("bundle", "Дәлелдемелер жинағы", "Комплект доказательств", "Evidence bundle")
    REQUEST = (
        "enrolment-request",
        "Құрылғыны тіркеу сұрауы",
        "Запрос на регистрацию устройства",
        "Enrolment request",
    )
    ANSWER = (
        "enrolment-answer",
        "Құрылғыны тіркеу жауабы",
        "Ответ на регистрацию устройства",
        "Enrolment answer",
    )
    STATION_KEYS = ("station-keys", "Учаске кілттері", "Ключи участка", "Station keys")
    TALLY_HALF = (
        "tally-half",
        "Кілттің жартысы",
        "Половина ключа вскрытия",
        "Half of the tally key",
    )
    SHARE = ("share", "Кілт үлесі", "Доля ключа", "Key share")
    PROGRAM = ("program", "Бағдарлама тізімдемесі", "Опись программы", "Program manifest")
    BOOK = ("book", "Бюллетень кітабы", "Книга бюллетеня", "Ballot book")
    JOURNAL = ("journal", "Журнал", "Журнал", "Journal")
    URN = ("urn", "Электрондық жәшік", "Электронная урна", "Electronic urn")
    STATE = (
        "state",
        "Құрылғының сақталған күйі",
        "Сохранённое состояние устройства",
        "Stored state of the board",
    )
    OWN_STORAGE = ("own-storage", "Ішкі жад", "Внутренняя память", "Own storage")
    REMOVABLE = ("removable-medium", "Алмалы тасымалдағыш", "Съёмный носитель", "Removable medium")
    CERTIFICATE = ("certificate", "Карточка сертификаты", "Сертификат карточки", "Card certificate")
    SEALED_BALLOT = (
        "sealed-ballot",
        "Шифрланған бюллетень",
        "Зашифрованный бюллетень",
        "Sealed ballot",
    )
    SEALED_VOTES = ("sealed-votes", "Шифрланған дауыстар", "Зашифрованные голоса", "Sealed votes")
    FIRST_MIX = ("first-mix", "Бірінші араластыру", "Первое перемешивание", "First shuffle")
    SECOND_MIX = ("second-mix", "Екінші араластыру", "Второе перемешивание", "Second shuffle")
    MIXES_CHECKED = (
        "mixes-checked",
        "Араластырулар тексерілгені туралы жазба",
        "Запись о проверке перемешиваний",
        "Record that both shuffles were checked",
    )
    OPENING = ("opening", "Дауыстарды ашу бөлігі", "Часть вскрытия голосов", "Part of the opening")
    # Parts of a board.
    CARD_READER = ("card-reader", "Карточка оқығыш", "Считыватель карточек", "Card reader")
    SCREEN = ("screen", "Экран", "Экран", "Screen")
    TOUCH = ("touch", "Сенсорлық панель", "Сенсорная панель", "Touch panel")
    KEYS = ("keys", "Батырмалар", "Кнопки", "Keys")
    LATCH = ("latch", "Карточка ысырмасы", "Защёлка карточки", "Card latch")
    CLOCK = ("clock", "Сағат", "Часы", "Clock")
    SUPPLY = ("supply", "Қуат көзі", "Источник питания", "Power supply")
    SCANNER = ("scanner", "Штрих-код сканері", "Сканер штрихкодов", "Bar-code scanner")
    PRINTER = ("printer", "Принтер", "Принтер", "Printer")


Fact: TypeAlias = int | str | Thing


@unique
class Reason(Enum):
    """Every reason: number, Kazakh, Russian, English. The number is its `value`."""

    _value_: int
    kk: str
    ru: str
    en: str

    def __new__(cls, number: int, kk: str, ru: str, en: str) -> Self:
        reason = object.__new__(cls)
        reason._value_ = number
        reason.kk, reason.ru, reason.en = kk, ru, en
        return reason

    @classmethod
    def numbered(cls, number: int) -> Self:
        """Return the reason with this number. Raises: ValueError if there is none."""
        for reason in cls:
            if reason.value == number:
                return reason
        raise ValueError(f"there is no reason {number}")

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the facts that the texts of this reason need."""
        return _placeholders(self.en)

    # 100–149: records, whatever they are about; `thing` says which one.
    RECORD_MISSING = (
        100,
        "{thing}: табылмады. Файлдың тасымалдағышта бар-жоғын тексеріңіз.",
        "{thing}: не найдено. Проверьте, есть ли файл на носителе.",
        "{thing}: not found. Check that the file is on the medium.",
    )
    RECORD_NOT_CBOR = (
        101,
        "{thing}: бұл CBOR жазбасы емес. Басқа файл берілген болуы мүмкін, дұрысын алыңыз.",
        "{thing}: это не запись CBOR. Возможно, взят другой файл; возьмите нужный.",
        "{thing}: this is not a CBOR record. Perhaps it is another file; take the right one.",
    )
    RECORD_DAMAGED = (
        102,
        "{thing}: бүлінген немесе толық емес, сондықтан түгел қабылданбады. Көшірмесін қайта алыңыз.",
        "{thing}: запись повреждена или неполна и отклонена целиком. Возьмите копию заново.",
        "{thing}: damaged or incomplete, so all of it was refused. Fetch a fresh copy.",
    )
    RECORD_SIGNATURE_WRONG = (
        103,
        "{thing}: қолтаңба дұрыс емес. Пайдаланбаңыз, жоғары тұрған комиссияға хабарлаңыз.",
        "{thing}: подпись неверна. Не используйте запись, сообщите вышестоящей комиссии.",
        "{thing}: the signature is wrong. Do not use it; tell the higher commission.",
    )
    RECORD_WRONG_SIGNER = (
        104,
        "{thing}: бұған қол қоюға құқығы жоқ тарап қол қойған. Пайдаланбаңыз, жоғары тұрған комиссияға хабарлаңыз.",
        "{thing}: подписано тем, кто не вправе это подписывать. Не используйте, сообщите вышестоящей комиссии.",
        "{thing}: signed by somebody who may not sign it. Do not use it; tell the higher commission.",
    )
    RECORD_OTHER_ELECTION = (
        105,
        "{thing}: «{found}» сайлауына жатады, ал бұл жерде «{expected}» сайлауы. Осы сайлаудың жазбасын алыңыз.",
        "{thing}: относится к выборам «{found}», а здесь «{expected}». Возьмите запись этих выборов.",
        "{thing}: belongs to election “{found}”, here it is “{expected}”. Take the one of this election.",
    )
    RECORD_OTHER_ROUND = (
        106,
        "{thing}: {found}-турға жатады, ал қазір {expected}-тур. Осы турдың жазбасын алыңыз.",
        "{thing}: относится к туру {found}, а сейчас тур {expected}. Возьмите запись этого тура.",
        "{thing}: belongs to round {found}, this is round {expected}. Take the one of this round.",
    )
    RECORD_OTHER_STATION = (
        107,
        "{thing}: №{found} учаскесіне жатады, ал бұл — №{expected} учаскесі. Осы учаскенің жазбасын алыңыз.",
        "{thing}: относится к участку № {found}, а это участок № {expected}. Возьмите запись этого участка.",
        "{thing}: belongs to station {found}, this is station {expected}. Take the one of this station.",
    )
    RECORD_OTHER_BOARD = (
        108,
        "{thing}: «{found}» құрылғысына жатады, ал бұл — «{expected}». Оны өз құрылғысына апарыңыз.",
        "{thing}: относится к устройству «{found}», а это «{expected}». Отнесите её на своё устройство.",
        "{thing}: belongs to board “{found}”, this is “{expected}”. Take it to its own board.",
    )
    RECORD_OTHER_PACKAGE = (
        109,
        "{thing}: басқа учаске пакетіне негізделген. Барлық құрылғыда бірдей пакет орнатылғанын тексеріңіз.",
        "{thing}: составлено по другому пакету участка. Проверьте, что на всех устройствах один и тот же пакет.",
        "{thing}: made under another station package. Check that every board has the same package.",
    )
    RECORD_SUPERSEDED = (
        110,
        "{thing}: күші жойылған, {expected}-нұсқасы қолданылады, берілгені — {found}-нұсқа. Жаңа нұсқасын алыңыз.",
        "{thing}: отменено новой версией: действует версия {expected}, предъявлена версия {found}. Возьмите новую.",
        "{thing}: superseded: version {expected} is in force, this is version {found}. Take the new one.",
    )
    RECORD_EXPIRED = (
        111,
        "{thing}: жарамдылық мерзімі {time} аяқталған. Құрылғы сағатын тексеріңіз немесе жаңасын сұраңыз.",
        "{thing}: срок действия истёк {time}. Проверьте часы устройства или запросите новую запись.",
        "{thing}: expired on {time}. Check the board's clock or ask for a new one.",
    )
    RECORD_NOT_YET_VALID = (
        112,
        "{thing}: {time} бастап қана жарамды. Құрылғы сағатын тексеріңіз.",
        "{thing}: действует только с {time}. Проверьте часы устройства.",
        "{thing}: valid only from {time}. Check the board's clock.",
    )
    RECORD_TOO_LARGE = (
        113,
        "{thing}: көлемі {found} байт, рұқсат етілгені — {expected} байт. Бұл басқа файл болуы мүмкін.",
        "{thing}: размер {found} байт, допустимо {expected} байт. Возможно, это другой файл.",
        "{thing}: {found} bytes long, at most {expected} are allowed. Perhaps it is another file.",
    )
    RECORD_HASH_DIFFERS = (
        114,
        "{thing}: пакетте көрсетілген бақылау қосындысына сәйкес емес. Көшірмесін қайта алыңыз.",
        "{thing}: не совпадает с контрольной суммой в пакете. Возьмите копию заново.",
        "{thing}: does not match the hash in the package. Fetch a fresh copy.",
    )
    RECORD_OTHER_START_ORDER = (
        115,
        "{thing}: басқа ашу өкіміне негізделген. Учаске бүгін қайта ашылмағанын тексеріңіз.",
        "{thing}: составлено по другому распоряжению об открытии. Проверьте, не открывался ли участок заново.",
        "{thing}: made under another start order. Check whether the station was opened anew.",
    )
    RECORD_ALREADY_IN = (
        116,
        "{thing}: «{board}» құрылғысынікі бұрын қабылданған. Келесі құрылғыға көшіңіз.",
        "{thing}: от устройства «{board}» уже принято. Переходите к следующему устройству.",
        "{thing}: that of board “{board}” is already in. Go on with the next board.",
    )
    RECORD_NOT_SEALED_TO_US = (
        117,
        "{thing}: бұл құрылғының кілтімен ашылмайды, басқа құрылғыға арналған. Өз құрылғысына апарыңыз.",
        "{thing}: не открывается ключом этого устройства, предназначено другому. Отнесите на своё устройство.",
        "{thing}: cannot be opened with this board's key; it is meant for another. Take it to its own board.",
    )
    RECORD_OTHER_KIND = (
        118,
        "{thing}: бұл жазба басқа түрге жатады. Дұрыс файлды алыңыз.",
        "{thing}: это запись другого рода. Возьмите нужный файл.",
        "{thing}: this is a record of another kind. Take the right file.",
    )
    BUNDLE_FILE_UNEXPECTED = (
        119,
        "Дәлелдемелер жинағы: «{name}» файлы тізімдемеде жоқ. Жинаққа бөтен файл қосылған.",
        "Комплект доказательств: файла «{name}» нет в описи. В комплект добавлен посторонний файл.",
        "Evidence bundle: file “{name}” is not in the manifest. A foreign file was added.",
    )
    BUNDLE_FILE_MISSING = (
        120,
        "Дәлелдемелер жинағы: «{name}» файлы жоқ. Жинақты түгел көшіріңіз.",
        "Комплект доказательств: нет файла «{name}». Скопируйте комплект целиком.",
        "Evidence bundle: file “{name}” is missing. Copy the whole bundle.",
    )

    # 150–199: parts and programs of a board.
    PART_MISSING = (
        150,
        "«{name}» бөлшегі жауап бермейді. Кабелін тексеріп, техник маманды шақырыңыз.",
        "Узел «{name}» не отвечает. Проверьте кабель и вызовите техника.",
        "Part “{name}” does not answer. Check its cable and call the technician.",
    )
    READER_MISSING = (
        151,
        "Карточка оқығыш жауап бермейді. Кабелін тексеріп, техник маманды шақырыңыз.",
        "Считыватель карточек не отвечает. Проверьте кабель и вызовите техника.",
        "The card reader does not answer. Check its cable and call the technician.",
    )
    PRINTER_PAPER_OUT = (
        152,
        "Принтердің қағазы бітті. Жаңа орам салыңыз, басып шығару жалғасады.",
        "В принтере кончилась бумага. Вставьте новый рулон, печать продолжится.",
        "The printer is out of paper. Put in a new roll; printing goes on.",
    )
    PRINTER_COVER_OPEN = (
        153,
        "Принтердің қақпағы ашық. Жабыңыз, басып шығару жалғасады.",
        "Крышка принтера открыта. Закройте её, печать продолжится.",
        "The printer's cover is open. Close it; printing goes on.",
    )
    PRINTER_OFFLINE = (
        154,
        "Принтер жауап бермейді. Қуат көзі мен кабелін тексеріңіз.",
        "Принтер не отвечает. Проверьте питание и кабель.",
        "The printer does not answer. Check its power and cable.",
    )
    CLOCK_STOPPED = (
        155,
        "Құрылғының сағаты тоқтап қалған. Уақытты қойып, акт жасаңыз.",
        "Часы устройства останавливались. Установите время и составьте акт.",
        "The board's clock had stopped. Set the time and draw up an act.",
    )
    PROGRAM_DIFFERS = (
        156,
        "Бағдарлама: «{name}» файлы қол қойылған тізімдемеге сәйкес емес. Құрылғыны пайдаланбаңыз.",
        "Программа: файл «{name}» не совпадает с подписанной описью. Не используйте устройство.",
        "Program: file “{name}” does not match the signed manifest. Do not use this board.",
    )
    BOARD_NOT_ENROLLED = (
        157,
        "Бұл құрылғы пакетте жоқ. Басқа учаскенің құрылғысы емес пе, тексеріңіз.",
        "Этого устройства нет в пакете. Проверьте, не с другого ли оно участка.",
        "This board is not in the package. Check whether it is from another station.",
    )
    NOT_INSTALLED = (
        158,
        "Құрылғыға учаске пакеті орнатылмаған. Техник маман алдымен пакетті орнатуы керек.",
        "На устройстве не установлен пакет участка. Сначала техник должен установить пакет.",
        "No station package is installed on this board. The technician installs it first.",
    )
    ALREADY_INSTALLED = (
        159,
        "Құрылғыға «{found}» пакеті орнатылған. Қайта орнату үшін акт керек.",
        "На устройстве уже установлен пакет «{found}». Для переустановки нужен акт.",
        "Package “{found}” is installed on this board already. Installing anew needs an act.",
    )
    CLOCK_TIME_REFUSED = (
        180,
        "Мұндай уақытты қоюға болмайды: {earliest} мен {latest} аралығындағы төрт цифрды теріңіз.",
        "Такое время установить нельзя: наберите четыре цифры от {earliest} до {latest}.",
        "This time cannot be set: type four digits from {earliest} to {latest}.",
    )
    CLOCK_NOT_SET = (
        181,
        "Сағат микросхемасы уақытты қабылдамады. Қайталап көріңіз; болмаса, техник маманды шақырыңыз.",
        "Микросхема часов не приняла время. Повторите; если не выйдет, вызовите техника.",
        "The clock chip did not take the time. Try again; if that fails, call the technician.",
    )
    CLOCK_BEHIND = (
        182,
        "Құрылғының сағаты {own} көрсетеді, ал ашу өкімі {order} жасалған: сағат артта қалған. Уақытты қойыңыз.",
        "Часы устройства показывают {own}, а распоряжение об открытии составлено в {order}: часы отстают. Установите время.",
        "The board's clock shows {own}, but the start order was made at {order}: the clock is behind. Set the time.",
    )
    CLOCK_AHEAD = (
        183,
        "Құрылғының сағаты {own} көрсетеді, ал ашу өкімі {order} жасалған. Төрағаның сағатымен салыстырыңыз.",
        "Часы устройства показывают {own}, а распоряжение об открытии составлено в {order}. Сравните с часами председателя.",
        "The board's clock shows {own}, but the start order was made at {order}. Compare with the chair's watch.",
    )
    CHAIR_MUST_SIGN = (
        184,
        "Бұл актіге төраға қол қоюы керек. Төрағаның карточкасын салыңыз.",
        "Этот акт должен подписать председатель. Вставьте карточку председателя.",
        "The chair must sign this act. Insert the chair's card.",
    )

    # 200–249: cards that a reader refuses, wherever it stands.
    CARD_FOREIGN = (
        200,
        "Карточка қабылданбады: бұл осы сайлаудың карточкасы емес. Иесіне қайтарыңыз.",
        "Карточка не принята: это не карточка этих выборов. Верните её владельцу.",
        "Card refused: it is not a card of this election. Give it back to its owner.",
    )
    CARD_OTHER_STATION = (
        201,
        "Карточка қабылданбады: ол №{found} учаскесінікі, ал бұл — №{expected} учаскесі. Тіркеу үстеліне қайтарыңыз.",
        "Карточка не принята: она участка № {found}, а это участок № {expected}. Верните её на стол регистрации.",
        "Card refused: it belongs to station {found}, this is {expected}. Give it back to the desk.",
    )
    CARD_OTHER_ELECTION = (
        202,
        "Карточка қабылданбады: ондағы жазба басқа сайлауға жатады. Тіркеу үстеліне қайтарыңыз.",
        "Карточка не принята: запись на ней относится к другим выборам. Верните её на стол регистрации.",
        "Card refused: what is on it belongs to another election. Give it back to the desk.",
    )
    CARD_COPIED = (
        203,
        "Карточка қабылданбады: жазба басқа карточкадан көшірілген. Ұстап қалып, комиссия төрағасын шақырыңыз.",
        "Карточка не принята: запись скопирована с другой карточки. Задержите её и позовите председателя.",
        "Card refused: its record was copied from another card. Keep it and call the chair.",
    )
    CARD_NOT_GENUINE = (
        204,
        "Карточка қабылданбады: ол өзінің түпнұсқа екенін дәлелдей алмады. Ұстап қалып, төрағаны шақырыңыз.",
        "Карточка не принята: она не доказала свою подлинность. Задержите её и позовите председателя.",
        "Card refused: it could not prove that it is genuine. Keep it and call the chair.",
    )
    CARD_CERTIFICATE_WRONG = (
        205,
        "Карточка қабылданбады: сертификаты жарамсыз. Төрағаны шақырыңыз.",
        "Карточка не принята: её сертификат недействителен. Позовите председателя.",
        "Card refused: its certificate is not valid. Call the chair.",
    )
    CARD_CERTIFICATE_EXPIRED = (
        206,
        "Карточка қабылданбады: сертификатының мерзімі өткен немесе әлі басталмаған. Құрылғы сағатын тексеріңіз.",
        "Карточка не принята: срок её сертификата истёк или ещё не начался. Проверьте часы устройства.",
        "Card refused: its certificate has expired or is not yet valid. Check the board's clock.",
    )
    CARD_UNREADABLE = (
        207,
        "Карточка оқылмады. Сүртіп, қайта салыңыз; тағы оқылмаса, тіркеу үстеліне апарыңыз.",
        "Карточка не читается. Протрите её и вставьте снова; если не поможет, отнесите на стол регистрации.",
        "The card cannot be read. Wipe it and insert it again; if that fails, take it to the desk.",
    )
    CARD_TORN = (
        208,
        "Карточкадағы жазба толық емес. Карточканы қайта салыңыз да, соңына дейін алмаңыз.",
        "Запись на карточке неполна. Вставьте карточку снова и не вынимайте её до конца.",
        "The record on the card is incomplete. Insert the card again and leave it in to the end.",
    )
    CARD_VOTED = (
        209,
        "Бұл карточкамен дауыс берілген. Карточканы комиссия мүшесіне тапсырыңыз.",
        "По этой карточке уже проголосовали. Передайте карточку члену комиссии.",
        "This card has voted. Hand your card to the commission.",
    )
    CARD_NOT_ACTIVATED = (
        210,
        "Карточка белсендірілмеген. Тіркеу үстеліне барыңыз.",
        "Карточка не активирована. Подойдите к столу регистрации.",
        "The card is not activated. Go to the desk.",
    )
    CARD_OFFICIAL_HERE = (
        211,
        "Бұл — комиссия мүшесінің карточкасы, мұнда ол жарамайды. Алып қойыңыз.",
        "Это карточка члена комиссии, здесь она не подходит. Выньте её.",
        "This is an official's card and has no use here. Take it out.",
    )
    CARD_COURIER_HERE = (
        212,
        "Бұл — курьер карточкасы, қазір ол жарамайды. Алып қойыңыз.",
        "Это курьерская карточка, сейчас она не подходит. Выньте её.",
        "This is the courier card and has no use now. Take it out.",
    )
    CARD_SHARE_HERE = (
        213,
        "Бұл — кілт үлесі карточкасы, ол ашу мен дауыс санау кезінде ғана керек. Алып қойыңыз.",
        "Это карточка с долей ключа, она нужна только при открытии и подсчёте. Выньте её.",
        "This is a share card, needed only at the opening and at the count. Take it out.",
    )
    CARD_VOTER_HERE = (
        214,
        "Бұл — сайлаушының карточкасы, ал мұнда PIN-кодты комиссия мүшесінің карточкасы керек. Алып қойыңыз.",
        "Это карточка избирателя, а здесь нужна карточка члена комиссии с PIN-кодом. Выньте её.",
        "This is a voter card; here an official's card with its PIN is needed. Take it out.",
    )
    CARD_COURIER_EXPECTED = (
        215,
        "Мұнда курьер карточкасы керек. Осы карточканы алып, курьер карточкасын салыңыз.",
        "Здесь нужна курьерская карточка. Выньте эту и вставьте курьерскую.",
        "The courier card is needed here. Take this one out and insert the courier card.",
    )
    CARD_OTHER_OFFICIAL = (
        216,
        "Бұл — басқа адамның карточкасы. «{name}» карточкасын салыңыз.",
        "Это карточка другого лица. Вставьте карточку «{name}».",
        "This is somebody else's card. Insert the card of {name}.",
    )
    CARD_MOVED = (
        217,
        "Карточка жазу кезінде алынып қалды. Сол карточканы қайта салыңыз.",
        "Карточку вынули во время записи. Вставьте ту же карточку снова.",
        "The card was taken out while it was being written. Insert the same card again.",
    )
    CARD_WRITE_FAILED = (
        218,
        "Карточкаға жазу мүмкін болмады: қайта оқығанда деректер сәйкес келмеді. Басқа карточка алыңыз.",
        "Записать карточку не удалось: при чтении данные не совпали. Возьмите другую карточку.",
        "The card could not be written: what was read back differs. Take another card.",
    )
    CARD_SECRET_REFUSED = (
        219,
        "Карточка жазуға рұқсат бермеді: оның кілті сәйкес емес. Басқа карточка алыңыз.",
        "Карточка не разрешила запись: её ключ не подходит. Возьмите другую карточку.",
        "The card did not allow writing: its key does not fit. Take another card.",
    )
    CARD_NOT_SUPPORTED = (
        220,
        "Карточка қажетті бұйрықтарды орындамайды. Басқа карточка алыңыз.",
        "Карточка не выполняет нужных команд. Возьмите другую карточку.",
        "The card does not carry out the commands that are needed. Take another card.",
    )
    CARD_NOT_WANTED = (
        221,
        "Қазір карточка керек емес. Карточканы алып, экрандағы нұсқауды күтіңіз.",
        "Сейчас карточка не нужна. Выньте её и дождитесь указания на экране.",
        "No card is wanted now. Take it out and wait for the screen to ask.",
    )
    CARD_ABSENT = (
        222,
        "Оқығышта карточка жоқ. Карточканы салыңыз.",
        "В считывателе нет карточки. Вставьте карточку.",
        "There is no card in the reader. Insert the card.",
    )
    CARD_SHARE_EXPECTED = (
        223,
        "Мұнда кілт үлесі карточкасы керек. Осы карточканы алып, кілт үлесі карточкасын салыңыз.",
        "Здесь нужна карточка с долей ключа. Выньте эту и вставьте карточку с долей.",
        "A share card is needed here. Take this one out and insert a share card.",
    )
    CARD_MUTE = (
        224,
        "Карточка жауап бермейді. Чипі алға және жоғары қаратып қайта салыңыз; болмаса, басқа карточка алыңыз.",
        "Карточка не отвечает. Вставьте её чипом вперёд и вверх; если не поможет, возьмите другую карточку.",
        "The card does not answer. Insert it with the chip first and facing up; if that fails, take another card.",
    )
    CARD_NOT_PIV = (
        225,
        "Карточка қабылданбады: бұл банк карточкасы сияқты мүлдем басқа карточка. Иесіне қайтарыңыз.",
        "Карточка не принята: это вовсе не карточка для голосования, а, например, банковская. Верните её владельцу.",
        "Card refused: it is no card for voting at all, perhaps a bank card. Give it back to its owner.",
    )
    CARD_NOT_LISTED = (
        226,
        "Карточка қабылданбады: ол учаске пакетінде жоқ. Күші жойылған карточка болуы мүмкін, төрағаны шақырыңыз.",
        "Карточка не принята: её нет в пакете участка. Возможно, она отменена; позовите председателя.",
        "Card refused: it is not in the station package. Perhaps it was withdrawn; call the chair.",
    )
    CARD_WRONG_KIND = (
        227,
        "Бұл әрекет үшін басқа түрдегі карточка керек. Осыны алып, қажеттісін салыңыз.",
        "Для этого действия нужна карточка другого вида. Выньте эту и вставьте нужную.",
        "This step needs another kind of card. Take this one out and insert the right one.",
    )
    CARD_RECORD_UNFIT = (
        228,
        "Жазба бұл карточкаға жатпайды, сондықтан жазылмады. Карточканы алып, қайта салыңыз.",
        "Запись не относится к этой карточке и не записана. Выньте карточку и вставьте снова.",
        "The record does not belong to this card and was not written. Take the card out and insert it again.",
    )
    CARD_SERVICE_LOST = (
        229,
        "Карточка қызметі қайта іске қосылуда. Карточканы алмай, біраз күтіңіз.",
        "Служба карточек перезапускается. Не вынимая карточку, немного подождите.",
        "The card service is starting again. Leave the card in and wait a moment.",
    )
    CARD_SPOILED = (
        230,
        "Бұл карточкадағы дауыс тексеріледі, ол саналмайды. Карточканы тексеру орнына апарыңыз, содан кейін тіркеу үстеліне қайтарып, жаңасын алыңыз.",
        "Голос на этой карточке проверяют, он не будет засчитан. Отнесите карточку к месту проверки, затем верните её на стол регистрации и возьмите новую.",
        "The vote on this card is being checked and will not count. Take the card to the checking station, then back to the desk, and take another one.",
    )

    # 250–299: PINs, passwords and share cards.
    PIN_WRONG = (
        250,
        "PIN-код дұрыс емес. Қалған әрекет саны: {attempts}. Қайта енгізіңіз.",
        "Неверный PIN-код. Осталось попыток: {attempts}. Введите снова.",
        "Wrong PIN. Attempts left: {attempts}. Enter it again.",
    )
    PIN_BLOCKED = (
        251,
        "PIN-код бұғатталды. Бұл карточка енді жарамайды; басқа мүшенің карточкасын пайдаланыңыз.",
        "PIN-код заблокирован. Эта карточка больше не работает; возьмите карточку другого члена.",
        "The PIN is blocked. This card no longer works; use another member's card.",
    )
    PIN_FORMAT = (
        252,
        "PIN-код {minimum}–{maximum} цифрдан тұрады. Қайта енгізіңіз.",
        "PIN-код состоит из {minimum}–{maximum} цифр. Введите снова.",
        "A PIN has {minimum} to {maximum} digits. Enter it again.",
    )
    START_PASSWORD_WRONG = (
        253,
        "Іске қосу құпиясөзі дұрыс емес. Конверттегі қағаздан қайта енгізіңіз.",
        "Стартовый пароль неверен. Введите его снова с листа из конверта.",
        "The start password is wrong. Enter it again from the paper in the envelope.",
    )
    START_PASSWORD_WAIT = (
        254,
        "Тым көп қате әрекет болды. {seconds} секундтан кейін қайта енгізіңіз.",
        "Слишком много неверных попыток. Повторите через {seconds} с.",
        "Too many wrong attempts. Try again in {seconds} seconds.",
    )
    SHARE_MISSING = (
        255,
        "Бұл карточкада кілт үлесі жоқ. Басқа кілт үлесі карточкасын салыңыз.",
        "На этой карточке нет доли ключа. Вставьте другую карточку с долей.",
        "There is no share on this card. Insert another share card.",
    )
    SHARE_ALREADY_READ = (
        256,
        "Бұл карточканың үлесі оқылған. Келесі карточканы салыңыз.",
        "Доля этой карточки уже прочитана. Вставьте следующую карточку.",
        "The share of this card has been read. Insert the next card.",
    )
    SHARE_OTHER_KEY = (
        257,
        "Бұл үлес басқа кілттікі. Бүгін ашу кезінде жазылған карточканы салыңыз.",
        "Эта доля от другого ключа. Вставьте карточку, записанную при сегодняшнем открытии.",
        "This share belongs to another key. Insert a card that was written at today's opening.",
    )
    SHARES_DO_NOT_FIT = (
        258,
        "Жиналған үлестерден кілт құралмады. Барлық карточканы қайтадан оқытыңыз.",
        "Из собранных долей ключ не получился. Прочитайте все карточки заново.",
        "The shares do not make up the key. Have all the cards read again.",
    )
    QUORUM_NOT_REACHED = (
        259,
        "Үлестер жеткіліксіз: {present} бар, {needed} керек. Тағы кілт үлесі карточкасын салыңыз.",
        "Долей недостаточно: есть {present}, нужно {needed}. Вставьте ещё карточки с долями.",
        "Too few shares: {present} present, {needed} needed. Insert more share cards.",
    )
    SIGNATURE_REFUSED = (
        260,
        "Карточканың қолтаңбасы тексеруден өтпеді. Қайталап көріңіз немесе басқа мүше қол қойсын.",
        "Подпись карточки не прошла проверку. Повторите, или пусть подпишет другой член.",
        "The card's signature does not verify. Try again, or have another member sign.",
    )
    ROLE_MAY_NOT = (
        261,
        "Бұл әрекетті {role} жасай алмайды. Құқығы бар мүшені шақырыңыз.",
        "Это действие не вправе выполнять: {role}. Позовите того, кто вправе.",
        "This may not be done by: {role}. Call somebody who may.",
    )
    ALREADY_SIGNED = (
        262,
        "Бұл мүше қол қойған. Келесі мүшенің карточкасын салыңыз.",
        "Этот член комиссии уже подписал. Вставьте карточку следующего.",
        "This member has signed. Insert the next member's card.",
    )
    SHARE_DAMAGED = (
        263,
        "Бұл карточкадағы кілт үлесі бүлінген, ашылмайды. Басқа кілт үлесі карточкасын салыңыз.",
        "Доля ключа на этой карточке повреждена и не открывается. Вставьте другую карточку с долей.",
        "The share on this card is damaged and cannot be unsealed. Insert another share card.",
    )

    TALLY_HALF_WRONG = (
        264,
        "{thing}: дауыстарды ашу кілтінің бір жартысы бұл учаскенің құрылғысы жасаған жарты емес. Ештеңе ашпай, төрағаны шақырыңыз.",
        "{thing}: половина ключа вскрытия не та, которую создало устройство этого участка. Не открывайте участок, позовите председателя.",
        "{thing}: a half of the tally key is not one that a board of this station made. Do not open; call the chair.",
    )
    TALLY_HALF_MISSING = (
        265,
        "Курьер карточкасында үстелдің кілт жартысы жоқ. Алдымен оны «{board}» үстелінде жасаңыз.",
        "На курьерской карточке нет половины ключа. Сначала создайте её у стола «{board}».",
        "There is no half of the key on the courier card. Have it made at “{board}” first.",
    )
    TALLY_HALF_OTHER = (
        266,
        "Ашу өкімінде осы үстел жасаған кілт жартысы тұрған жоқ. Бұл өкіммен ашуға болмайды: төрағаны шақырыңыз.",
        "В распоряжении об открытии не та половина ключа, которую создал этот стол. Открывать по нему нельзя: позовите председателя.",
        "The start order does not hold the half of the key that this desk made. Do not open with it: call the chair.",
    )
    BALLOT_NOT_PROVED = (
        267,
        "Бюллетень шифрының дәлелі дұрыс емес: терминал оны осы учаске үшін жасамаған. Карточканы ұстап қалып, төрағаны шақырыңыз.",
        "Доказательство шифрования бюллетеня неверно: терминал зашифровал его не для этого участка. Задержите карточку и позовите председателя.",
        "The proof of the sealed ballot does not hold: the terminal did not seal it for this station. Keep the card and call the chair.",
    )

    # 300–349: the desk.
    VOTER_NOT_FOUND = (
        300,
        "Мұндай сайлаушы тізімде жоқ. Деректі тексеріңіз; тізімде болмаса, жоғары тұрған комиссиядан сұраңыз.",
        "Такого избирателя в списке нет. Проверьте данные; если его нет, запросите вышестоящую комиссию.",
        "No such voter on the list. Check the entry; if missing, ask the higher commission.",
    )
    VOTER_HAS_CARD = (
        301,
        "Бұл сайлаушыға карточка берілген. Алдымен сол карточканы қайтарып алыңыз.",
        "Этому избирателю карточка уже выдана. Сначала примите ту карточку обратно.",
        "This voter has been given a card. Take that card back first.",
    )
    VOTER_HAS_VOTED = (
        302,
        "Бұл сайлаушы бойынша тізімде белгі бар, екінші карточка берілмейді. Төрағаны шақырыңыз.",
        "По этому избирателю в списке стоит отметка, вторая карточка не выдаётся. Позовите председателя.",
        "This voter is marked as served; no second card is given. Call the chair.",
    )
    VOTER_BEING_GIVEN = (
        303,
        "Бұл сайлаушыға карточка беру аяқталмай қалған. Сол карточканы оқығышқа салыңыз немесе екі мүше акт жасасын.",
        "Выдача карточки этому избирателю не завершена. Вставьте ту карточку или пусть два члена составят акт.",
        "Giving this voter a card was interrupted. Insert that card, or have two members draw up an act.",
    )
    IIN_CHECK_DIGIT = (
        304,
        "ЖСН қате: бақылау цифры сәйкес емес. Құжаттан қайта енгізіңіз.",
        "ИИН неверен: не сходится контрольная цифра. Введите его снова по документу.",
        "Wrong IIN: its check digit does not fit. Enter it again from the document.",
    )
    IIN_FORMAT = (
        305,
        "ЖСН 12 цифрдан тұрады. Құжаттан қайта енгізіңіз.",
        "ИИН состоит из 12 цифр. Введите его снова по документу.",
        "An IIN has 12 digits. Enter it again from the document.",
    )
    LIST_NUMBER_FORMAT = (
        306,
        "Тізімдегі нөмір 1 мен {maximum} аралығында болады. Қайта енгізіңіз.",
        "Номер в списке — от 1 до {maximum}. Введите снова.",
        "A list number is between 1 and {maximum}. Enter it again.",
    )
    BAR_CODE_UNKNOWN = (
        307,
        "Штрих-код түсініксіз. Қайта оқытыңыз немесе ЖСН-ді қолмен енгізіңіз.",
        "Штрихкод не распознан. Считайте снова или введите ИИН вручную.",
        "The bar code is not understood. Scan it again or type the IIN.",
    )
    CARD_NOT_BLANK = (
        308,
        "Карточка бос емес: ол белсендірілген. Оны қайтарылған карточка ретінде қабылдап, басқасын алыңыз.",
        "Карточка не пуста: она активирована. Примите её как возвращённую и возьмите другую.",
        "The card is not blank: it is activated. Take it as returned and use another.",
    )
    CARD_HOLDS_VOTE = (
        309,
        "Карточкада дауыс бар. Алдымен оны жинақтаушыға салыңыз.",
        "На карточке есть голос. Сначала вставьте её в накопитель.",
        "There is a vote on this card. Put it into the accumulator first.",
    )
    CARD_BLANK_CANNOT_RETURN = (
        310,
        "Карточка бос, қайтаратын ештеңе жоқ. Оны бос карточкаларға қосыңыз.",
        "Карточка пуста, возвращать нечего. Положите её к чистым карточкам.",
        "The card is blank; there is nothing to return. Put it with the blank cards.",
    )
    SERIALS_USED_UP = (
        311,
        "Бұл үстелдің барлық {count} карточка нөмірі берілген. Қосалқы тіркеу үстелін іске қосыңыз.",
        "Все {count} номеров этого стола выданы. Включите запасной стол регистрации.",
        "All {count} serials of this desk are issued. Put the spare desk to work.",
    )
    SERIAL_OF_OTHER_DESK = (
        312,
        "Карточканы басқа тіркеу үстелі («{board}») берген. Оны сол үстелге апарыңыз.",
        "Карточку выдал другой стол регистрации («{board}»). Отнесите её туда.",
        "Another desk (“{board}”) gave this card. Take it there.",
    )
    CARD_OF_OTHER_VOTER = (
        313,
        "Карточканы беру аяқталмаған басқа сайлаушы бар. Алдымен сол берілімді аяқтаңыз.",
        "Есть другая незавершённая выдача. Сначала завершите её.",
        "Another voter's card is still being given. Finish that first.",
    )
    SERIAL_WITHDRAWN = (
        314,
        "Карточкадағы белсендіру кері алынған. Карточканы ұстап қалып, төрағаны шақырыңыз.",
        "Активация на карточке отозвана. Задержите карточку и позовите председателя.",
        "The activation on this card was withdrawn. Keep the card and call the chair.",
    )
    VOTER_OTHER_DESK = (
        315,
        "Бұл сайлаушыға «{board}» тіркеу үстелі (немесе оның қосалқысы) қызмет көрсетеді. Сайлаушыны сол үстелге жіберіңіз.",
        "Этого избирателя обслуживает стол регистрации «{board}» (или его запасной). Направьте его туда.",
        "This voter is served by desk “{board}” (or its spare). Send the voter there.",
    )
    CARD_NOT_INTERRUPTED = (
        316,
        "Бұл басқа карточка: берілуі үзілген карточка емес. Сол карточканы салыңыз немесе екі мүше акт жасасын.",
        "Это другая карточка, не та, выдача которой прервана. Вставьте ту или пусть два члена составят акт.",
        "This is another card, not the one whose giving was interrupted. Insert that one, or draw up an act.",
    )
    CARD_HOLDS_NOTHING_VALID = (
        317,
        "Карточкадағы жазба жарамсыз, ол ештеңе білдірмейді. Карточканы тазартып, қайта пайдаланыңыз.",
        "Запись на карточке недействительна и ничего не значит. Очистите карточку и используйте снова.",
        "What is on the card is not valid and counts for nothing. Blank the card and use it again.",
    )
    SERIAL_NOT_ISSUED = (
        318,
        "Карточкадағы нөмір бұл үстелдің есебінде жоқ. Карточканы ұстап қалып, төрағаны шақырыңыз.",
        "Номера на карточке нет в учёте этого стола. Задержите карточку и позовите председателя.",
        "The serial on this card is not in this desk's books. Keep the card and call the chair.",
    )
    CARD_BLANK_PROVES_NOTHING = (
        319,
        "Карточка бос, бірақ ол оқығыштан шыққан: онымен дауыс берілген болуы мүмкін. Екі мүше акт жасасын.",
        "Карточка пуста, но её вынимали: по ней могли проголосовать. Пусть два члена комиссии составят акт.",
        "The card is blank, but it was out of the reader and may have been voted with. Draw up an act.",
    )
    CARD_WAS_CHECKED = (
        320,
        "Бұл карточка терминалды тексеруге жұмсалған. Сайлаушысын тізімнен тауып, карточканы қайтарып алыңыз.",
        "Эта карточка израсходована на проверку терминала. Найдите её избирателя в списке и примите карточку обратно.",
        "This card was used to check a terminal. Find its voter on the list and take the card back.",
    )

    # 350–399: the terminal.
    VOTE_NOT_STORED = (
        350,
        "Дауыс жазылмады, карточка әлі белсенді. Карточканы қайта салып, дауыс беріңіз.",
        "Голос не записан, карточка всё ещё активна. Вставьте её снова и проголосуйте.",
        "The vote was not stored; the card is still activated. Insert it again and vote.",
    )
    CODES_USED_UP = (
        351,
        "Терминалдың тексеру кодтары бітті. Сайлаушыны басқа терминалға жіберіңіз.",
        "На терминале кончились контрольные коды. Направьте избирателя к другому терминалу.",
        "This terminal has no control codes left. Send the voter to another terminal.",
    )
    SELECTION_TOO_MANY = (
        352,
        "Мұнда ең көбі {maximum} белгі қоюға болады. Алдымен біреуін алып тастаңыз.",
        "Здесь можно отметить не более {maximum}. Сначала снимите одну отметку.",
        "At most {maximum} may be chosen here. Undo one first.",
    )
    STYLE_UNKNOWN = (
        353,
        "Карточкадағы бюллетень нұсқасы бұл учаскеде жоқ. Тіркеу үстеліне барыңыз.",
        "Такого вида бюллетеня на участке нет. Подойдите к столу регистрации.",
        "This station has no ballot of that style. Go to the desk.",
    )
    BALLOT_NOT_CANONICAL = (
        354,
        "Бюллетеньнің мазмұны ережеге сай емес, сондықтан түгел қабылданбады. Хаттамада көрсетіңіз.",
        "Содержимое бюллетеня не соответствует правилам и отклонено целиком. Отразите это в протоколе.",
        "The ballot's content breaks the rules, so all of it was refused. State it in the minutes.",
    )
    RANDOMNESS_BROKEN = (
        355,
        "Бұл терминал енді дауысты шифрлай алмайды. Карточкаңыз әлі белсенді: алып, басқа терминалда дауыс беріңіз. Комиссия терминалды тоқтатсын.",
        "Этот терминал больше не может зашифровать голос. Карточка всё ещё активна: выньте её и проголосуйте на другом терминале. Комиссии: остановите терминал.",
        "This terminal can no longer seal votes. Your card is still activated: take it out and vote at another terminal. Commission: put the terminal out of service.",
    )

    # 400–449: the accumulator's day.
    NOT_OPEN = (
        400,
        "Учаске әлі ашылған жоқ. Төраға іске қосу құпиясөзін енгізуі керек.",
        "Участок ещё не открыт. Председатель должен ввести стартовый пароль.",
        "The station is not open yet. The chair has to enter the start password.",
    )
    CLOSED = (
        401,
        "Дауыс беру аяқталды, карточка қабылданбайды.",
        "Голосование окончено, карточки не принимаются.",
        "Voting is over; no card is taken in.",
    )
    CLOSE_NOT_REACHED = (
        402,
        "Әлі ерте: дауыс беру {time} дейін жүреді. Сол уақытта жабыңыз.",
        "Ещё рано: голосование идёт до {time}. Закройте в это время.",
        "Too early: voting goes on until {time}. Close then.",
    )
    OPENING_NOT_REACHED = (
        403,
        "Әлі ерте: учаске {time} ашылады.",
        "Ещё рано: участок открывается в {time}.",
        "Too early: the station opens at {time}.",
    )
    OPENED_ALREADY = (
        404,
        "Учаске ашылып қойған. Курьер карточкасын келесі құрылғыға апарыңыз.",
        "Участок уже открыт. Отнесите курьерскую карточку к следующему устройству.",
        "The station is open already. Take the courier card to the next board.",
    )
    SERIAL_SPENT = (
        405,
        "Бұл карточканың дауысы бұрын есептелген, ал карточкада басқа дауыс тұр. Ұстап қалып, төрағаны шақырыңыз.",
        "Голос по этой карточке уже принят, а на ней другой голос. Задержите её и позовите председателя.",
        "A vote of this card was counted before, and it holds another one. Keep it and call the chair.",
    )
    ALREADY_COUNTED = (
        406,
        "Бұл дауыс бұрын есептелген. Карточка тазартылды, оны қайта пайдалануға болады.",
        "Этот голос уже принят. Карточка очищена, её можно использовать снова.",
        "This vote is counted already. The card was cleared and can be used again.",
    )
    VOTE_COPIED = (
        407,
        "Дәл осындай шифрланған дауыс жәшікте бар: бұл көшірме. Карточканы ұстап қалып, төрағаны шақырыңыз.",
        "Точно такой зашифрованный голос уже в урне: это копия. Задержите карточку и позовите председателя.",
        "The very same sealed vote is in the urn: this is a copy. Keep the card and call the chair.",
    )
    SERIAL_UNKNOWN = (
        408,
        "Карточкадағы нөмірді бұл учаскенің ешбір үстелі бере алмайды. Ұстап қалып, төрағаны шақырыңыз.",
        "Номер на карточке не может быть выдан столами этого участка. Задержите её и позовите председателя.",
        "No desk of this station can issue the serial on this card. Keep it and call the chair.",
    )
    CARD_WITHOUT_VOTE = (
        409,
        "Карточкада дауыс жоқ: ол белсенді. Сайлаушы терминалда дауыс берсін немесе карточканы үстелге қайтарсын.",
        "На карточке нет голоса: она активна. Избиратель голосует на терминале или возвращает её на стол.",
        "No vote on this card: it is activated. The voter votes at a terminal or returns it to the desk.",
    )
    CARD_EMPTY = (
        410,
        "Карточка бос. Оны тіркеу үстеліне апарыңыз.",
        "Карточка пуста. Отнесите её на стол регистрации.",
        "The card is blank. Take it to the desk.",
    )
    BOARDS_NOT_IN = (
        411,
        "Санау басталмайды: құрылғылардың деректері түскен жоқ: {boards}. Тасымалдағыштарын салыңыз.",
        "Подсчёт не начат: нет данных устройств: {boards}. Вставьте их носители.",
        "The count cannot start: these boards are not in: {boards}. Insert their media.",
    )
    COUNTS_DISAGREE = (
        412,
        "Екі есептеу бір-біріне сәйкес келмеді. Нәтижені жарияламаңыз, жоғары тұрған комиссияға хабарлаңыз.",
        "Два подсчёта не совпали. Не публикуйте итог, сообщите вышестоящей комиссии.",
        "The two counts disagree. Publish nothing; tell the higher commission.",
    )
    FIGURES_DO_NOT_ADD_UP = (
        413,
        "Карточкалар саны сәйкес емес: берілгені {issued}, есепке алынғаны {accounted}. Бұл хаттамада көрсетіледі.",
        "Карточки не сходятся: выдано {issued}, учтено {accounted}. Это указывается в протоколе.",
        "The cards do not add up: {issued} issued, {accounted} accounted for. The minutes say so.",
    )
    NOT_CLOSED = (
        414,
        "Алдымен дауыс беруді жабыңыз, содан кейін санауға болады.",
        "Сначала закройте голосование, затем можно считать.",
        "Close the voting first; then the count can begin.",
    )
    SIGNATURES_MISSING = (
        415,
        "Қолтаңбалар жеткіліксіз: {present} бар, {needed} керек. Келесі мүшенің карточкасын салыңыз.",
        "Подписей недостаточно: есть {present}, нужно {needed}. Вставьте карточку следующего члена.",
        "Too few signatures: {present} present, {needed} needed. Insert the next member's card.",
    )
    COURIER_HOLDS_NOTHING = (
        416,
        "Курьер карточкасында ашу өкімі жоқ. Алдымен оны жинақтаушыда жаздырыңыз.",
        "На курьерской карточке нет распоряжения об открытии. Сначала запишите его на накопителе.",
        "There is no start order on the courier card. Have the accumulator write it first.",
    )
    DECISION_NEEDED = (
        417,
        "«{board}» құрылғысын есептен шығару үшін жоғары тұрған комиссияның шешімі керек. Оның нөмірін енгізіңіз.",
        "Чтобы списать устройство «{board}», нужно решение вышестоящей комиссии. Введите его номер.",
        "Board “{board}” can be written off only on the higher commission's decision. Enter its number.",
    )
    URN_NOT_EMPTY = (
        418,
        "Учаске ашылмай тұрып электрондық жәшікте дауыс бар: {found}. Ашпаңыз, шешімді комиссия қабылдайды.",
        "До открытия участка в электронной урне уже есть голоса: {found}. Не открывайте; решает комиссия.",
        "Before the opening there are votes in the electronic urn already: {found}. Do not open; the commission decides.",
    )

    BOARD_REPLACED = (
        419,
        "«{board}» құрылғысы акт бойынша «{spare}» құрылғысымен ауыстырылған. Енді оны пайдаланбаңыз.",
        "Устройство «{board}» заменено по акту на «{spare}». Больше его не используйте.",
        "Board “{board}” was replaced by “{spare}” under an act. Do not use it any more.",
    )
    REPLACED_BOARD_IN = (
        420,
        "«{board}» деректері бұрын қабылданған, ал қосалқы құрылғы оны ауыстырдым дейді. Жоғары тұрған комиссияға хабарлаңыз.",
        "Данные «{board}» уже приняты, а запасное устройство заявляет, что заменило его. Сообщите вышестоящей комиссии.",
        "“{board}” is in already, and a spare says that it replaced it. Tell the higher commission.",
    )

    SPARE_NOT_NEEDED = (
        421,
        "«{board}» күнін аяқтаған, дәлелдемелер жинағы толық. Қосалқы құрылғы керек емес.",
        "«{board}» завершило день, комплект доказательств полон. Запасное устройство не нужно.",
        "“{board}” has ended its day, and the evidence is complete. No spare is needed.",
    )
    SEALS_FORMAT = (
        422,
        "Әр пломбаның нөмірін бір рет теріңіз: цифр, латын әрпі, сызықша; араларында бос орын.",
        "Наберите номер каждой пломбы один раз: цифры, латинские буквы и дефисы; между номерами пробел.",
        "Type the number of each seal once: digits, Latin letters and hyphens, with a space between numbers.",
    )
    COUNT_FILE_MISSING = (
        423,
        "{thing}: «{board}» құрылғысының бұл файлы тасымалдағышта жоқ. Тасымалдағышты сол құрылғыға қайта апарыңыз.",
        "{thing}: этого файла устройства «{board}» на носителе нет. Отнесите носитель к нему ещё раз.",
        "{thing}: this file of “{board}” is not on the medium. Carry the medium to that board once more.",
    )
    COUNT_FILE_WRONG = (
        424,
        "{thing} («{board}»): тексеруден өтпеді, бүлінген немесе басқа тізімнен. Тасымалдағышты сол құрылғыға қайта апарыңыз. Тағы қабылданбаса, төрағаны шақырыңыз: одан дауыс саналмайды.",
        "{thing} («{board}»): не проходит проверку, повреждено или от другого списка. Отнесите носитель к этому устройству ещё раз. Если снова отказ, позовите председателя: по нему голоса не считают.",
        "{thing} (“{board}”): does not verify; it is damaged, or of another list. Carry the medium to that board once more. If it is refused again, call the chair: nothing is counted from it.",
    )
    COUNT_MIXED_OTHER = (
        425,
        "Бұл үстел «{board}» құрылғысының басқа тізімін араластырып қойған, ал екінші рет араластырмайды. Төрағаны шақырыңыз: шешімді жоғары тұрған комиссия қабылдайды.",
        "Этот стол уже перемешал другой список устройства «{board}», а второй раз не перемешивает. Позовите председателя: решает вышестоящая комиссия.",
        "This desk has shuffled another list of “{board}” already, and shuffles once only. Call the chair: the higher commission decides.",
    )
    COUNT_NO_DESK = (
        426,
        "«{board}» үстелі істен шыққан, орнында қосалқысы жоқ: дауыстар осы учаскеде ашылмайды. Төрағаны шақырыңыз: шешімді жоғары тұрған комиссия қабылдайды. Барлық тасымалдағыш пен кілт үлесі карточкаларын мөрлеп сақтаңыз.",
        "Стол «{board}» вышел из строя, и запасного на его месте нет: на этом участке голоса не вскрыть. Позовите председателя: решает вышестоящая комиссия. Опечатайте и сохраните все носители и карточки долей.",
        "Desk “{board}” is out of order and no spare is in its place: the votes cannot be opened at this station. Call the chair: the higher commission decides. Seal and keep all media and the share cards.",
    )
    ACT_ABOUT_SIGNER = (
        427,
        "Бұл акт осы мүшенің өзі туралы. Карточкасы істесе, «Кері» түймесін басып, хаттамаға қол қойсын.",
        "Этот акт — о самом этом члене комиссии. Если карточка работает, нажмите «Назад» и подпишите протокол.",
        "This act is about this very member. If the card works, press “Back” and have the minutes signed.",
    )

    # 450–499: media, journal and urn.
    MEDIUM_MISSING = (
        450,
        "{thing}: жоқ немесе суырылған. Орнына салыңыз, оған дейін ештеңе қабылданбайды.",
        "{thing}: отсутствует или вынут. Вставьте его; до этого ничего не принимается.",
        "{thing}: missing or pulled out. Put it back; nothing is accepted until then.",
    )
    MEDIUM_FULL = (
        451,
        "{thing}: бос орын жоқ. Техник маманды шақырыңыз.",
        "{thing}: нет свободного места. Вызовите техника.",
        "{thing}: no space left. Call the technician.",
    )
    MEDIUM_READ_ONLY = (
        452,
        "{thing}: жазудан қорғалған. Қорғаныс тетігін ауыстырыңыз немесе техник маманды шақырыңыз.",
        "{thing}: защита от записи. Снимите защиту или вызовите техника.",
        "{thing}: write-protected. Move its switch or call the technician.",
    )
    MEDIUM_DAMAGED = (
        453,
        "{thing}: оқу немесе жазу қатесі. Ауыстыру үшін техник маманды шақырыңыз.",
        "{thing}: ошибка чтения или записи. Вызовите техника для замены.",
        "{thing}: reading or writing fails. Call the technician to replace it.",
    )
    MEDIUM_OTHER_BOARD = (
        454,
        "Алмалы тасымалдағыш «{found}» құрылғысынікі, ал бұл — «{expected}». Өз тасымалдағышын салыңыз.",
        "Съёмный носитель принадлежит устройству «{found}», а это «{expected}». Вставьте его собственный.",
        "The removable medium belongs to board “{found}”, this is “{expected}”. Insert its own.",
    )
    MEDIA_DISAGREE = (
        455,
        "{thing}: екі тасымалдағыштағы жазбалар бір-біріне қайшы. Құрылғыны тоқтатып, комиссия шешім қабылдасын.",
        "{thing}: записи на двух носителях противоречат друг другу. Остановите устройство; решает комиссия.",
        "{thing}: the two media contradict each other. Stop the board; the commission decides.",
    )
    JOURNAL_BROKEN = (
        456,
        "Журнал: {number}-жазбадан бастап тізбек үзілген. Құрылғыны пайдаланбаңыз, төрағаны шақырыңыз.",
        "Журнал: цепочка нарушена с записи {number}. Не используйте устройство, позовите председателя.",
        "Journal: the chain is broken from entry {number} on. Do not use the board; call the chair.",
    )
    JOURNAL_SHORTENED = (
        457,
        "Журнал: соңғы жазбалары жоқ, ол кемінде {expected} жазба болуы керек, бары — {found}.",
        "Журнал: нет последних записей: должно быть не менее {expected}, есть {found}.",
        "Journal: its last entries are gone: at least {expected} expected, {found} found.",
    )
    URN_MISMATCH = (
        458,
        "Электрондық жәшік: дауыс саны сәйкес емес: есепте {expected}, ұяшықта {found}. Тоқтаңыз, жоғары тұрған комиссия шешеді.",
        "Электронная урна: число голосов не сходится: по учёту {expected}, в ячейках {found}. Решает вышестоящая комиссия.",
        "Electronic urn: the votes do not add up: ledger {expected}, slots {found}. Stop; the higher commission decides.",
    )
    URN_DAMAGED = (
        459,
        "Электрондық жәшік: екі тасымалдағышта да бүлінген. Құрылғыны тоқтатыңыз, жоғары тұрған комиссия шешеді.",
        "Электронная урна: повреждена на обоих носителях. Остановите устройство; решает вышестоящая комиссия.",
        "Electronic urn: damaged on both media. Stop the board; the higher commission decides.",
    )
    URN_FULL = (
        460,
        "Электрондық жәшік толды: {capacity} дауыс. Карточканы сақтаңыз, дауыс соның ішінде; жоғары тұрған комиссия шешеді.",
        "Электронная урна заполнена: {capacity} голосов. Сохраните карточку, голос на ней; решает вышестоящая комиссия.",
        "The electronic urn is full: {capacity} votes. Keep the card, the vote is on it; the higher commission decides.",
    )
    URN_KEY_WRONG = (
        461,
        "Электрондық жәшік бұл кілтпен ашылмайды. Тасымалдағыштың осы учаскенікі екенін тексеріңіз.",
        "Электронная урна не открывается этим ключом. Проверьте, что носитель этого участка.",
        "The electronic urn does not open with this key. Check that the medium is this station's.",
    )
    URN_EXISTS = (
        462,
        "Электрондық жәшік құрылған, ол екінші рет құрылмайды. Оны ашыңыз.",
        "Электронная урна уже создана и второй раз не создаётся. Откройте её.",
        "The electronic urn exists and is not made a second time. Open it.",
    )
    URN_MISSING = (
        463,
        "Электрондық жәшіктің файлы екі тасымалдағышта да жоқ. Тасымалдағыштарды тексеріңіз.",
        "Файла электронной урны нет ни на одном носителе. Проверьте носители.",
        "The electronic urn's file is on neither medium. Check the media.",
    )
    VOTE_TOO_LARGE = (
        464,
        "Дауыс жазбасы тым үлкен: {found} байт, ұяшыққа {expected} байт сияды. Пакетті тексеріңіз.",
        "Запись голоса слишком велика: {found} байт, в ячейку входит {expected}. Проверьте пакет.",
        "The vote record is too large: {found} bytes, a slot holds {expected}. Check the package.",
    )
    URN_OTHER_SHAPE = (
        465,
        "Электрондық жәшік басқа пакет бойынша құрылған: үстелдері немесе ұяшық саны өзгеше.",
        "Электронная урна создана по другому пакету: другие столы или число ячеек.",
        "The electronic urn was made under another package: its desks or slots differ.",
    )
    STATE_OUT_OF_DATE = (
        466,
        "{thing}: бір тасымалдағышта бүлінген, екіншісінде ескірген. Құрылғыны тоқтатып, комиссия шешім қабылдасын.",
        "{thing}: на одном носителе повреждено, на другом устарело. Остановите устройство; решает комиссия.",
        "{thing}: damaged on one medium, out of date on the other. Stop the board; the commission decides.",
    )
    MEDIUM_ALMOST_FULL = (
        467,
        "{thing}: күн соңына дейін орын жетпейді: {found} КБ бар, {expected} КБ керек. Техник маманды шақырыңыз.",
        "{thing}: места до конца дня не хватит: есть {found} КБ, нужно {expected} КБ. Вызовите техника.",
        "{thing}: too little space for the rest of the day: {found} KB left, {expected} KB needed. Call the technician.",
    )
    MEDIUM_OTHER_STATION = (
        468,
        "Алмалы тасымалдағыш №{found} учаскесінікі, ал бұл — №{expected} учаскесі. Осы құрылғының өзінікін салыңыз.",
        "Съёмный носитель с участка № {found}, а это участок № {expected}. Вставьте собственный носитель устройства.",
        "The removable medium is from station {found}, this is station {expected}. Insert the board's own.",
    )
    MEDIUM_OTHER_DAY = (
        469,
        "Алмалы тасымалдағыш басқа күннен немесе басқа пакеттен: «{found}». Осы күннің тасымалдағышын немесе босын салыңыз.",
        "Съёмный носитель от другого дня или другого пакета: «{found}». Вставьте носитель этого дня или пустой.",
        "The removable medium is of another day or another package: “{found}”. Insert this day's own, or an empty one.",
    )
    MEDIUM_UNKNOWN = (
        470,
        "Алмалы тасымалдағыштағы деректер танылмады. Осы құрылғының өз тасымалдағышын немесе босын салыңыз.",
        "Данные на съёмном носителе не распознаны. Вставьте собственный носитель устройства или пустой.",
        "What lies on the removable medium cannot be recognised. Insert the board's own, or an empty one.",
    )
    BOARD_KEYS_LOST = (
        471,
        "Құрылғының өз кілттері бүлінген, олардың көшірмесі жоқ. Акт жасап, құрылғыны қосалқысымен ауыстырыңыз.",
        "Собственные ключи устройства повреждены, копии нет. Составьте акт и замените устройство запасным.",
        "The board's own keys are damaged, and there is no copy. Draw up an act and put the spare in its place.",
    )
    OWN_STORAGE_FULL = (
        474,
        "Ішкі жад: бос орын жоқ. Техник маманды шақырыңыз: файлды тек комиссияның шешімімен өшіруге болады.",
        "Внутренняя память: нет свободного места. Вызовите техника; удалять файлы можно только по решению комиссии.",
        "Own storage: no space left. Call the technician; only the commission may have files removed.",
    )
    OWN_STORAGE_READ_ONLY = (
        475,
        "Ішкі жадқа жазу мүмкін емес. Техник маманды шақырыңыз; көмектеспесе, құрылғыны акт бойынша қосалқысымен ауыстырыңыз.",
        "Во внутреннюю память нельзя писать. Вызовите техника; если не поможет, замените устройство запасным по акту.",
        "Own storage takes no writing. Call the technician; if that does not help, put the spare in its place under an act.",
    )
    OWN_STORAGE_DAMAGED = (
        476,
        "Ішкі жад: оқу немесе жазу қатесі. Техник маманды шақырыңыз; көмектеспесе, құрылғыны акт бойынша қосалқысымен ауыстырыңыз.",
        "Внутренняя память: ошибка чтения или записи. Вызовите техника; если не поможет, замените устройство запасным по акту.",
        "Own storage: reading or writing fails. Call the technician; if that does not help, put the spare in its place under an act.",
    )
    OWN_STORAGE_ALMOST_FULL = (
        477,
        "Ішкі жад: күн соңына дейін орын жетпейді: {found} КБ бар, {expected} КБ керек. Файлды тек комиссияның шешімімен өшіруге болады.",
        "Внутренняя память: места до конца дня не хватит: есть {found} КБ, нужно {expected} КБ. Удалять файлы можно только по решению комиссии.",
        "Own storage: too little space for the rest of the day: {found} KB left, {expected} KB needed. Only the commission may have files removed.",
    )
    JOURNAL_ALMOST_FULL = (
        478,
        "Журнал шегіне жетті: {found} КБ қалды, {expected} КБ керек. Акт жасап, құрылғыны қосалқысымен ауыстырыңыз.",
        "Журнал дошёл до предела: осталось {found} КБ, нужно {expected} КБ. Составьте акт и замените устройство запасным.",
        "The journal has come to its limit: {found} KB are left, {expected} KB are needed. Draw up an act and put the spare in its place.",
    )
    LOST_ON_BOTH = (
        473,
        "{thing}: екі тасымалдағышта да бүлінген немесе жоқ. Құрылғыны тоқтатып, комиссия шешім қабылдасын.",
        "{thing}: повреждено или утрачено на обоих носителях. Остановите устройство; решает комиссия.",
        "{thing}: damaged or lost on both media. Stop the board; the commission decides.",
    )
    STATE_MENDED = (
        472,
        "Жазбалар екінші тасымалдағыштан қалпына келтірілді, ештеңе жоғалған жоқ. Жұмыс жалғасады.",
        "Записи восстановлены со второго носителя, ничего не потеряно. Работа продолжается.",
        "Records were mended from the other medium, and nothing was lost. Work goes on.",
    )

    # 500–549: the centre and the command line.
    OPTION_MISSING = (
        500,
        "«{name}» параметрі керек. Оны командаға қосыңыз.",
        "Нужен параметр «{name}». Добавьте его к команде.",
        "Option {name} is needed. Add it to the command.",
    )
    OPTION_WRONG = (
        501,
        "«{name}» параметрінің мәні «{found}» жарамайды. Дұрысы: {expected}.",
        "Параметр «{name}»: значение «{found}» не подходит. Нужно: {expected}.",
        "Option {name}: “{found}” will not do. Give {expected}.",
    )
    CONFIG_KEY_UNKNOWN = (
        502,
        "Баптау: «{name}» кілті белгісіз. Атауын тексеріңіз немесе өшіріңіз.",
        "Настройки: ключ «{name}» неизвестен. Проверьте имя или удалите его.",
        "Configuration: key “{name}” is unknown. Check its spelling or remove it.",
    )
    CONFIG_VALUE_WRONG = (
        503,
        "Баптау: «{name}» мәні жарамайды. Дұрысы: {expected}.",
        "Настройки: значение «{name}» не подходит. Нужно: {expected}.",
        "Configuration: the value of “{name}” will not do. Give {expected}.",
    )
    FILE_WRONG = (
        504,
        "«{name}» файлы, {place}: {found}. Файлды түзетіп, қайта іске қосыңыз.",
        "Файл «{name}», {place}: {found}. Исправьте файл и запустите снова.",
        "File “{name}”, {place}: {found}. Mend the file and start again.",
    )


class Refused(Exception):
    """Something was refused, whole; nothing of it was kept.

    Attributes: `reason`, and `facts` by name for its texts. `str()` is the English text.
    """

    TOLD: ClassVar = True

    def __init__(self, reason: Reason, /, **facts: Fact) -> None:
        super().__init__(reason, facts)
        self.reason = reason
        self.facts: Mapping[str, Fact] = facts

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """Return the text for a person who reads `language` ("kk", "ru" or "en")."""
        return text(self.reason, language, **self.facts)


def text(reason: Reason, language: str, /, **facts: Fact) -> str:
    """Return the text of a reason in "kk", "ru" or "en", its placeholders filled from `facts`.

    A fact that is missing shows as a question mark: a refusal must not become a crash because of
    its wording (a test compares all calls with the table). Facts too many are left out.

    Raises: ValueError for a language that there is not.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no texts in language {language!r}; there are {', '.join(LANGUAGES)}")
    pattern: str = getattr(reason, language)
    shown = dict.fromkeys(_placeholders(pattern), "?")
    shown.update({name: _shown(name, value, language) for name, value in facts.items()})
    return pattern.format_map(shown)


def _shown(name: str, value: Fact, language: str) -> str:
    if name == "thing" and isinstance(value, str) and value in _THINGS:
        value = _THINGS[value]  # it came over a socket, as its code
    if isinstance(value, Thing):
        return str(getattr(value, language))
    return str(value)


def _placeholders(pattern: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(pattern) if name)


_THINGS: Final = {thing.value: thing for thing in Thing}

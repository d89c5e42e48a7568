# ruff: noqa: E501 - one text stands on one line, so that translators can compare the two
"""Every word of the ballot book that is not the election's own, in Kazakh and Russian.

Rules: a page has a heading and a body of short sentences: what is so, then what to do. The same
thing has the same name everywhere (the words of requirements.md). `{}` stands for a number.

Refusals and faults have the texts of `common.errors`; a page is drawn long before a fault, so where
those texts need facts that only the fault knows, a text without them stands here (`FAULTS`).
"""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import Reason, text
from common.records import Bilingual


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a page that has one: heading and body."""

    heading: Bilingual
    body: Bilingual


def _words(kk: str, ru: str, kk_body: str, ru_body: str) -> Words:
    return Words(Bilingual(kk, ru), Bilingual(kk_body, ru_body))


# Pages in both languages.
WAITING = _words(
    "Терминал әлі ашылған жоқ",
    "Терминал ещё не открыт",
    "Комиссия төрағасы: курьер карточкасын салыңыз.",
    "Председатель комиссии: вставьте курьерскую карточку.",
)
OPENED = _words(
    "Терминал ашылды",
    "Терминал открыт",
    "Курьер карточкасын алып, келесі құрылғыға апарыңыз.",
    "Выньте курьерскую карточку и отнесите её к следующему устройству.",
)
CLOSE = _words(
    "Терминалды жабасыз ба?",
    "Закрыть терминал?",
    "Жабылған терминалда бүгін енді дауыс беруге болмайды.",
    "На закрытом терминале сегодня больше нельзя будет проголосовать.",
)
CLOSED = _words(
    "Терминал жабылды",
    "Терминал закрыт",
    "Дауыс беру аяқталды. Карточканы және алмалы тасымалдағышты алып, жинақтаушыға апарыңыз.",
    "Голосование окончено. Выньте карточку и съёмный носитель и отнесите их к накопителю.",
)
INSERT = _words(
    "Карточкаңызды салыңыз",
    "Вставьте карточку",
    "Дауыс беру біткенше оны алмаңыз.",
    "Не вынимайте её до конца голосования.",
)
STOPPED = _words(
    "Терминал тоқтатылды",
    "Терминал остановлен",
    "Карточкаңызды алып, комиссия мүшесін шақырыңыз. Басқа терминалда дауыс бере аласыз.",
    "Выньте карточку и позовите члена комиссии. Проголосовать можно на другом терминале.",
)
LANGUAGE = Bilingual("Тілді таңдаңыз", "Выберите язык")
LANGUAGE_NAMES = Bilingual("Қазақша", "По-русски")
FAULT = Bilingual("Назар аударыңыз", "Внимание")

# Pages in the voter's language.
CASTING = _words(
    "Дауысыңыз жазылып жатыр",
    "Ваш голос записывается",
    "Күте тұрыңыз. Карточканы алмаңыз.",
    "Подождите. Не вынимайте карточку.",
)
THANKS = _words(
    "Рахмет / Спасибо",
    "Рахмет / Спасибо",
    "Дауысыңыз қабылданды. Карточканы алып, комиссия мүшесіне беріңіз.",
    "Ваш голос принят. Выньте карточку и передайте её члену комиссии.",
)
THANKS_HINT = Bilingual(
    "Дауысыңызды кейін тексергіңіз келсе, қазір 1 және 2 пернелерін кез келген ретпен басыңыз: экранда тексеру коды шығады.",
    "Если хотите позже проверить свой голос, нажмите сейчас клавиши 1 и 2 в любом порядке: на экране появится контрольный код.",
)
CODE = _words(
    "Тексеру кодыңыз",
    "Ваш контрольный код",
    "Есте сақтаңыз немесе жазып алыңыз, ешкімге көрсетпеңіз. Кодтар хаттамаға қоса берілген тізімде болады.",
    "Запомните или запишите его и никому не показывайте. Коды будут в списке, приложенном к протоколу.",
)
CODE_HINT = Bilingual(
    "Карточканы алып, комиссия мүшесіне беріңіз.",
    "Выньте карточку и передайте её члену комиссии.",
)
TAKE = _words(
    "Карточкаңызды алыңыз",
    "Заберите карточку",
    "Оны бірден комиссия мүшесіне беріңіз: ол карточканы сіздің көзіңізше жинақтаушыға салады.",
    "Сразу передайте её члену комиссии: он при вас вставит карточку в накопитель.",
)
TIMEOUT = _words(
    "Дауыс беруді жалғастырасыз ба?",
    "Продолжить голосование?",
    "Жауап бермесеңіз, сеанс аяқталады. Дауысыңыз берілмейді, карточкаңыз белсенді күйінде қалады.",
    "Если не ответить, сеанс завершится. Голос не будет подан, карточка останется активной.",
)
TIMEOUT_YES = Bilingual("Иә, жалғастыру", "Да, продолжить")
TIMEOUT_NO = Bilingual("Жоқ, аяқтау", "Нет, завершить")
ENDED = _words(
    "Сеанс аяқталды",
    "Сеанс завершён",
    "Дауыс берілген жоқ, карточкаңыз әлі белсенді. Дауыс беру үшін карточканы алып, қайта салыңыз.",
    "Голос не подан, карточка всё ещё активна. Чтобы проголосовать, выньте карточку и вставьте её снова.",
)
BLANK_QUESTION = _words(
    "Сіз ештеңе белгілеген жоқсыз",
    "Вы ничего не отметили",
    "Бұл бюллетеньді бос қалдырасыз ба?",
    "Оставить этот бюллетень пустым?",
)
BLANK_YES = Bilingual("Иә, бос қалдыру", "Да, оставить пустым")
BLANK_NO = Bilingual("Жоқ, таңдауға оралу", "Нет, вернуться к выбору")
OVERVOTE_ONE = _words(
    "Тек бір белгі қоюға болады",
    "Можно отметить только одну строку",
    "Басқасын таңдау үшін алдымен қойған белгіңізді қайта басып, алып тастаңыз.",
    "Чтобы выбрать другую строку, сначала снимите свою отметку: коснитесь её ещё раз.",
)
OVERVOTE = _words(
    "Белгілердің ең көп саны: {}",
    "Наибольшее число отметок: {}",
    "Тағы біреуін таңдау үшін алдымен бір белгіні қайта басып, алып тастаңыз.",
    "Чтобы отметить ещё одну строку, сначала снимите одну из отметок: коснитесь её ещё раз.",
)
AGAINST_ALL_ALONE = Bilingual(
    "«Барлығына қарсымын» жолы басқаларымен бірге белгіленбейді.",
    "Строка «Против всех» не отмечается вместе с другими.",
)

# Pages of contests and the review.
BALLOT = Bilingual("Бюллетень: {} / {}", "Бюллетень: {} / {}")
PAGE = Bilingual("Бет: {} / {}", "Страница: {} / {}")
CHOOSE_ONE = Bilingual("Бір жолды белгілеңіз.", "Отметьте одну строку.")
CHOOSE = Bilingual("Ең көбі {} жолды белгілеңіз.", "Отметьте строки, не более {}.")
CHOSEN = Bilingual("Белгіленді: {} / {}", "Отмечено: {} / {}")
REVIEW = Bilingual("Таңдауыңызды тексеріңіз", "Проверьте свой выбор")
REVIEW_HINT = Bilingual(
    "Бәрі дұрыс болса, «Дауыс беру» түймесін басыңыз.",
    "Если всё верно, нажмите «Голосовать».",
)
REVIEW_MORE = Bilingual(
    "Келесі бетке өтіңіз: жалғасы бар.",
    "Перейдите на следующую страницу: есть продолжение.",
)
LEFT_BLANK = Bilingual("Бос қалдырылды", "Оставлено пустым")

# Buttons.
BACK = Bilingual("Артқа", "Назад")
NEXT = Bilingual("Әрі қарай", "Далее")
NEXT_PAGE = Bilingual("Келесі бет", "Следующая страница")
FINISH = Bilingual("Таңдауды аяқтау", "Завершить выбор")
CHANGE = Bilingual("Өзгерту", "Изменить")
CAST = Bilingual("Дауыс беру", "Голосовать")
OK = Bilingual("Түсінікті", "Понятно")
YES = Bilingual("Иә", "Да")
NO = Bilingual("Жоқ", "Нет")

_ANY_RECORD = Bilingual("Жазба", "Запись")

# Reasons that a terminal may show, by number (`common.errors`): the first and the last of a group.
_TERMINAL_GROUPS = (
    (100, 149),
    (150, 199),
    (200, 249),
    (350, 399),
    (400, 404),
    (416, 416),
    (450, 457),
    (466, 471),
)
_NEVER_AT_A_TERMINAL = frozenset(
    {
        Reason.RECORD_ALREADY_IN,
        Reason.BUNDLE_FILE_UNEXPECTED,
        Reason.BUNDLE_FILE_MISSING,
        Reason.PRINTER_PAPER_OUT,
        Reason.PRINTER_COVER_OPEN,
        Reason.PRINTER_OFFLINE,
        Reason.NOT_INSTALLED,
        Reason.ALREADY_INSTALLED,
        Reason.CLOCK_TIME_REFUSED,
        Reason.CLOCK_BEHIND,
        Reason.CLOCK_AHEAD,
        Reason.CHAIR_MUST_SIGN,
        Reason.CARD_OTHER_OFFICIAL,
        Reason.CARD_SHARE_EXPECTED,
        Reason.SELECTION_TOO_MANY,
        Reason.BALLOT_NOT_CANONICAL,
    }
)


def _not_now(kk: str, ru: str) -> Bilingual:
    """Return what a voter reads when the terminal cannot go on, with a word for the technician."""
    return Bilingual(
        "Бұл терминал қазір жұмыс істемейді. Карточкаңызды алып, комиссия мүшесін шақырыңыз, "
        f"басқа терминалда дауыс бере аласыз. Техник маманға: {kk}.",
        "Этот терминал сейчас не работает. Выньте карточку и позовите члена комиссии, "
        f"проголосовать можно на другом терминале. Для техника: {ru}.",
    )


# The texts that stand on pages instead of those of `common.errors`.
FAULTS: dict[Reason, Bilingual] = {
    Reason.RECORD_OTHER_ELECTION: Bilingual(
        "Жазба басқа сайлауға жатады. Осы сайлаудың карточкасын салыңыз.",
        "Запись относится к другим выборам. Вставьте карточку этих выборов.",
    ),
    Reason.RECORD_OTHER_ROUND: Bilingual(
        "Жазба сайлаудың басқа турына жатады. Осы турдың карточкасын салыңыз.",
        "Запись относится к другому туру выборов. Вставьте карточку этого тура.",
    ),
    Reason.RECORD_OTHER_STATION: Bilingual(
        "Жазба басқа учаскеге жатады. Осы учаскенің карточкасын салыңыз.",
        "Запись относится к другому участку. Вставьте карточку этого участка.",
    ),
    Reason.RECORD_OTHER_BOARD: Bilingual(
        "Жазба басқа құрылғыға жатады. Оны өз құрылғысына апарыңыз.",
        "Запись относится к другому устройству. Отнесите её на своё устройство.",
    ),
    Reason.RECORD_SUPERSEDED: Bilingual(
        "Жазбаның күші жойылған: жаңа нұсқасы бар. Жаңа нұсқасын алыңыз.",
        "Запись отменена новой версией. Возьмите новую.",
    ),
    Reason.RECORD_EXPIRED: Bilingual(
        "Жазбаның жарамдылық мерзімі аяқталған. Құрылғы сағатын тексеріңіз.",
        "Срок действия записи истёк. Проверьте часы устройства.",
    ),
    Reason.RECORD_NOT_YET_VALID: Bilingual(
        "Жазбаның жарамдылық мерзімі әлі басталған жоқ. Құрылғы сағатын тексеріңіз.",
        "Срок действия записи ещё не начался. Проверьте часы устройства.",
    ),
    Reason.RECORD_TOO_LARGE: Bilingual(
        "Жазба тым үлкен. Бұл басқа файл болуы мүмкін.",
        "Запись слишком велика. Возможно, это другой файл.",
    ),
    Reason.PART_MISSING: Bilingual(
        "Терминалдың бір бөлшегі жауап бермейді. Техник маманды шақырыңыз.",
        "Один из узлов терминала не отвечает. Вызовите техника.",
    ),
    Reason.PROGRAM_DIFFERS: Bilingual(
        "Бағдарлама қол қойылған тізімдемеге сәйкес емес. Құрылғыны пайдаланбаңыз.",
        "Программа не совпадает с подписанной описью. Не используйте устройство.",
    ),
    Reason.CARD_OTHER_STATION: Bilingual(
        "Карточка қабылданбады: ол басқа учаскенікі. Тіркеу үстеліне қайтарыңыз.",
        "Карточка не принята: она с другого участка. Верните её на стол регистрации.",
    ),
    Reason.CARD_VOTER_HERE: Bilingual(
        "Бұл — сайлаушының карточкасы, қазір ол жарамайды. Алып қойыңыз.",
        "Это карточка избирателя, сейчас она не подходит. Выньте её.",
    ),
    Reason.NOT_OPEN: Bilingual(
        "Терминал әлі ашылған жоқ. Карточкаңызды алып, комиссия мүшесіне көрсетіңіз.",
        "Терминал ещё не открыт. Выньте карточку и покажите её члену комиссии.",
    ),
    Reason.CLOSE_NOT_REACHED: Bilingual(
        "Әлі ерте: дауыс беру уақыты аяқталған жоқ.",
        "Ещё рано: время голосования не истекло.",
    ),
    Reason.OPENING_NOT_REACHED: Bilingual(
        "Әлі ерте: учаске ашылатын уақыт болған жоқ.",
        "Ещё рано: время открытия участка не наступило.",
    ),
    Reason.MEDIUM_MISSING: _not_now("алмалы тасымалдағыш жоқ", "нет съёмного носителя"),
    Reason.MEDIUM_FULL: _not_now("тасымалдағышта бос орын жоқ", "на носителе нет места"),
    Reason.MEDIUM_READ_ONLY: _not_now(
        "тасымалдағыш жазудан қорғалған", "носитель защищён от записи"
    ),
    Reason.MEDIUM_DAMAGED: _not_now(
        "тасымалдағыш оқылмайды немесе жазылмайды", "носитель не читается или не пишется"
    ),
    Reason.MEDIUM_ALMOST_FULL: _not_now(
        "тасымалдағышта күн соңына дейін орын жетпейді", "на носителе не хватит места до конца дня"
    ),
    Reason.MEDIUM_OTHER_BOARD: _not_now(
        "басқа құрылғының тасымалдағышы салынған", "вставлен носитель другого устройства"
    ),
    Reason.MEDIUM_OTHER_STATION: _not_now(
        "басқа учаскенің тасымалдағышы салынған", "вставлен носитель другого участка"
    ),
    Reason.MEDIUM_OTHER_DAY: _not_now(
        "басқа күннің тасымалдағышы салынған", "вставлен носитель другого дня"
    ),
    Reason.MEDIUM_UNKNOWN: _not_now(
        "тасымалдағыштағы деректер танылмады", "данные на носителе не распознаны"
    ),
    Reason.MEDIA_DISAGREE: _not_now(
        "екі тасымалдағыш бір-біріне қайшы, комиссия шешеді",
        "два носителя противоречат друг другу, решает комиссия",
    ),
    Reason.STATE_OUT_OF_DATE: _not_now(
        "бір тасымалдағыш бүлінген, екіншісі ескірген, комиссия шешеді",
        "один носитель повреждён, другой устарел, решает комиссия",
    ),
    Reason.BOARD_KEYS_LOST: _not_now(
        "құрылғының кілттері бүлінген, қосалқысымен ауыстырыңыз",
        "ключи устройства повреждены, замените его запасным",
    ),
    Reason.JOURNAL_BROKEN: _not_now(
        "журнал тізбегі үзілген, комиссия шешеді", "цепочка журнала нарушена, решает комиссия"
    ),
    Reason.JOURNAL_SHORTENED: _not_now(
        "журналдың соңғы жазбалары жоқ, комиссия шешеді",
        "у журнала нет последних записей, решает комиссия",
    ),
}


def terminal_reasons() -> tuple[Reason, ...]:
    """Return the reasons that have a page."""
    return tuple(
        reason
        for reason in Reason
        if any(first <= reason.value <= last for first, last in _TERMINAL_GROUPS)
        and reason not in _NEVER_AT_A_TERMINAL
    )


def fault_text(reason: Reason) -> Bilingual:
    """Return what the page of a reason says."""
    own = FAULTS.get(reason)
    if own is not None:
        return own
    thing = _ANY_RECORD
    return Bilingual(text(reason, "kk", thing=thing.kk), text(reason, "ru", thing=thing.ru))

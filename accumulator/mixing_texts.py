# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What the accumulator says in the evening of two boards: Kazakh, Russian, English."""

from __future__ import annotations

from enum import unique

from common.trilingual import Trilingual


@unique
class MixWord(Trilingual):
    """Every text: Kazakh, Russian, English."""

    WORK_TITLE = (
        "Дауыстар өңделуде",
        "Идёт работа с голосами",
        "The votes are being worked on",
    )
    WORK_HINT = (
        "Күте тұрыңыз. Тасымалдағыштарды алмаңыз.",
        "Подождите. Не вынимайте носители.",
        "Please wait. Leave the media in.",
    )
    MIX_TITLE = (
        "Екінші араластыру — үстелде",
        "Второе перемешивание — за столом",
        "The desk shuffles as well",
    )
    MIX_HINT = (
        "Дауыстар осында араластырылды. Енді «{desk}» құрылғысының тасымалдағышын бөлек ұяға салыңыз: оған қажетті файлдар жазылады. Сосын оны «{desk}» құрылғысына апарыңыз, дайын болғанда қайта әкеліңіз.",
        "Голоса здесь перемешаны. Вставьте носитель устройства «{desk}» в гостевое гнездо: на него запишется всё нужное. Затем отнесите его к «{desk}», а когда там будет готово, принесите обратно.",
        "The votes are shuffled here. Put the medium of “{desk}” into the visiting slot: it gets what is needed. Then take it to “{desk}”, and bring it back when that is done.",
    )
    OPEN_TITLE = (
        "Екінші бөлікті үстел ашады",
        "Вторую часть вскрывает стол",
        "The desk opens the other part",
    )
    OPEN_HINT = (
        "Осы құрылғының бөлігі ашылды. «{desk}» құрылғысының тасымалдағышын бөлек ұяға салыңыз. Сосын оны кілт үлесі карточкаларымен бірге (кемінде {needed}) «{desk}» құрылғысына апарыңыз, дайын болғанда қайта әкеліңіз.",
        "Часть этого устройства вскрыта. Вставьте носитель устройства «{desk}» в гостевое гнездо. Затем отнесите его вместе с карточками долей (не меньше {needed}) к «{desk}», а когда там будет готово, принесите обратно.",
        "This board's part is open. Put the medium of “{desk}” into the visiting slot. Then take it to “{desk}” together with share cards (at least {needed}), and bring it back when that is done.",
    )
    IF_BROKEN = (
        "«{desk}» істемесе: оның орнына сол тасымалдағышпен қосалқы үстел жұмыс істейді. Ол да болмаса, төрағаны шақырыңыз: шешімді жоғары тұрған комиссия қабылдайды. Тасымалдағыштар мен үлес карточкаларын сақтаңыз.",
        "Если «{desk}» не работает: вместо него с этим носителем работает запасной стол. Если нет и его, позовите председателя: решает вышестоящая комиссия. Сохраните носители и карточки долей.",
        "If “{desk}” does not work, a spare desk goes on in its place with this medium. If there is none, call the chair: the higher commission decides. Keep the media and the share cards.",
    )
    SHARES_TITLE = (
        "Дауыстарды ашу: осы құрылғының бөлігі",
        "Вскрытие голосов: часть этого устройства",
        "Opening the votes: this board's part",
    )
    SHARES_HINT = (
        "Екі араластыру да тексерілді. Кілт үлесі карточкаларын бірінен соң бірін салыңыз. Оқылғаны: {present}, керегі: {needed}.",
        "Оба перемешивания проверены. Вставляйте карточки с долями одну за другой. Прочитано: {present}, нужно: {needed}.",
        "Both shuffles were checked. Insert the share cards one after another. Read: {present}, needed: {needed}.",
    )
    CARRIED = (
        "Тасымалдағышта қажеттінің бәрі бар. Алып, «{desk}» құрылғысына апарыңыз.",
        "На носителе есть всё нужное. Выньте его и отнесите к «{desk}».",
        "The medium holds everything needed. Take it out and to “{desk}”.",
    )
    TAKEN = (
        "«{desk}» әкелген файлдар тексеріліп, қабылданды.",
        "Файлы от «{desk}» проверены и приняты.",
        "What “{desk}” brought was checked and taken.",
    )
    VOTES_TAKEN_IN = (
        "Қабылданған дауыстар: {taken}.",
        "Голосов принято: {taken}.",
        "Votes taken in: {taken}.",
    )
    VOTES_SHUFFLED = (
        "Қабылданған дауыстар: {taken}. Араластырылғаны: {shuffled}.",
        "Голосов принято: {taken}. Перемешано: {shuffled}.",
        "Votes taken in: {taken}. Shuffled: {shuffled}.",
    )
    VOTES_TO_OPEN = (
        "Қабылданған дауыстар: {taken}. Ашылатыны: {shuffled}; үстелде де сол сан болуы керек.",
        "Голосов принято: {taken}. К вскрытию: {shuffled}; у стола должно быть столько же.",
        "Votes taken in: {taken}. To be opened: {shuffled}; the desk must say the same.",
    )
    VOTES_OPENED = (
        "Қабылданған дауыстар: {taken}. Ашылғаны: {shuffled}.",
        "Голосов принято: {taken}. Вскрыто: {shuffled}.",
        "Votes taken in: {taken}. Opened: {shuffled}.",
    )
    FINISH_TITLE = ("Дауыстарды санау", "Подсчёт голосов", "Counting the votes")
    FINISH_HINT = (
        "Екі бөлік те ашылды. Бюллетеньдер оқылып, екі рет саналады.",
        "Обе части вскрыты. Бюллетени читаются и считаются дважды.",
        "Both parts are open. The ballots are read, and counted twice.",
    )
    AGAIN = ("Қайта санау", "Считать снова", "Count again")
    READ = ("Тасымалдағышты қайта оқу", "Прочитать носитель снова", "Read the medium again")

# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""Every word on the accumulator's pages and paper, in Kazakh, Russian and English.

Rules: one row, three texts, the same `{placeholders}` in all. Refusals are not here but in
`common.errors`. Nothing is put together from parts of sentences.
"""

from __future__ import annotations

from enum import unique

from common import clocktexts
from common.records import BoardKind, Discrepancy, Figure
from common.trilingual import Trilingual


@unique
class Word(Trilingual):
    """Every text of the accumulator."""

    # People and boards.
    DESK = ("тіркеу үстелі", "стол регистрации", "desk")
    TERMINAL = ("дауыс беру терминалы", "терминал для голосования", "voting terminal")
    ACCUMULATOR = ("жинақтаушы", "накопитель", "accumulator")
    PORTABLE = (
        "тасымалданатын электрондық бюллетень",
        "переносной электронный бюллетень",
        "portable ballot",
    )

    # What stands on many pages.
    STATION = ("№ {station} учаске", "Участок № {station}", "Station No. {station}")
    CONTINUE = ("Жалғастыру", "Продолжить", "Continue")
    BACK = ("Кері", "Назад", "Back")
    PLEASE_WAIT = ("Күте тұрыңыз…", "Подождите…", "Please wait…")
    BOARD = ("Құрылғы", "Устройство", "Board")
    KIND = ("Түрі", "Вид", "Kind")
    PRINTED = ("Басып шығарылды.", "Напечатано.", "Printed.")
    PRINTING = ("Басып шығарылуда…", "Печатается…", "Printing…")

    # The morning.
    START_TITLE = ("Учаскені іске қосу", "Запуск участка", "Start of the station")
    START_HINT = (
        "Төраға конверттің мөрі бүтін екенін көрсетіп, оны ашады да, іске қосу құпиясөзін енгізеді.",
        "Председатель показывает, что конверт цел, вскрывает его и вводит стартовый пароль.",
        "The chair shows that the envelope is whole, opens it and enters the start password.",
    )
    START_AFTER = (
        "Іске қосқаннан кейін парақ конвертке салынып, қайта мөрленеді.",
        "После запуска лист кладут обратно в конверт и опечатывают.",
        "Afterwards the paper goes back into the envelope, under seal.",
    )
    START_ENTER = ("Іске қосу", "Запустить", "Start")
    START_CHECKING = (
        "Құпиясөз тексерілуде…",
        "Пароль проверяется…",
        "The password is being checked…",
    )
    CLOCK_TITLE = clocktexts.TITLE
    CLOCK_ASK = clocktexts.ASK
    CLOCK_ZONE = ("{date} (UTC{zone})", "{date} (UTC{zone})", "{date} (UTC{zone})")
    CLOCK_DOUBTED = (
        "Сағат микросхемасына сенуге болмайды: ол тоқтап қалған, артқа кеткен немесе жауап бермейді. Уақытты қойыңыз.",
        "Микросхеме часов верить нельзя: она останавливалась, ушла назад или не отвечает. Установите время.",
        "The clock chip cannot be believed: it had stopped, went back, or does not answer. Set the time.",
    )
    CLOCK_OTHER_DAY = (
        "Бұл сағат бойынша учаскені ашуға болмайды: дауыс беру {date} күні, {earliest} мен {latest} аралығында ашылады. Уақытты қойыңыз немесе пакетті тексеріңіз.",
        "По этим часам участок открыть нельзя: он открывается {date}, с {earliest} до {latest}. Установите время или проверьте пакет.",
        "By this clock the station cannot be opened: that is on {date}, from {earliest} to {latest}. Set the time, or check the package.",
    )
    CLOCK_RIGHT = clocktexts.RIGHT
    CLOCK_CHANGE = clocktexts.CHANGE
    CLOCK_LEAVE = clocktexts.LEAVE
    CLOCK_SET_TITLE = clocktexts.SET_TITLE
    CLOCK_SET_HINT = clocktexts.SET_HINT
    CLOCK_SET = clocktexts.SET
    CLOCK_WAS_SET = clocktexts.WAS_SET
    CLOCK_ACT_TITLE = ("Сағат туралы акт", "Акт о часах", "Act about the clock")
    CLOCK_ACT_HINT = (
        "Сағат {shown} көрсетті, {right} болып қойылады. Төраға мен тағы бір мүше карточкасымен қол қояды.",
        "Часы показывали {shown}, будет установлено {right}. Подписывают карточками председатель и ещё один член комиссии.",
        "The clock showed {shown}, it will be set to {right}. The chair and one more member sign with their cards.",
    )
    CLOCK_ACT_FINISH = ("Сағатты қою", "Перевести часы", "Set the clock")
    CLOCK_CHECK = ("Сағатты тексеру", "Проверить часы", "Check the clock")
    CLOCK_NOW = (
        "Жинақтаушы сағаты бойынша қазір {time}, жабылатын уақыт {closes}.",
        "По часам накопителя сейчас {time}, закрытие в {closes}.",
        "By the accumulator's clock it is {time}; the close is at {closes}.",
    )
    ZERO_TITLE = ("Жәшік бос", "Урна пуста", "The urn is empty")
    ZERO_HINT = (
        "Барлық көрсеткіш нөлге тең. Есепті басып шығарып, бақылаушыларға көрсетіңіз.",
        "Все показатели равны нулю. Напечатайте отчёт и покажите наблюдателям.",
        "Every figure is zero. Print the report and show it to the observers.",
    )
    ZERO_PRINT = ("Нөлдік есепті басу", "Печать нулевого отчёта", "Print the zero report")
    ZERO_VOTES = ("Дауыс", "Голосов", "Votes")
    ZERO_LINE = ("Жол", "Строка", "Line")
    HALF_TITLE = ("Үстелдің кілт жартысы", "Половина ключа от стола", "The desk's half of the key")
    HALF_HINT = (
        "Кілт үлесі карточкалары мен курьер карточкасын «{board}» үстеліне апарып, кілттің жартысын жасаңыз. Содан кейін курьер карточкасын осында салыңыз.",
        "Отнесите карточки с долями и курьерскую карточку к столу «{board}» и создайте там половину ключа. Затем вставьте курьерскую карточку сюда.",
        "Take the share cards and the courier card to “{board}” and have the half of the key made there. Then insert the courier card here.",
    )
    HALF_AFTER = (
        "Кілттің екінші жартысын жинақтаушы өзі жасайды: ешбір құрылғы бүкіл кілтті білмейді.",
        "Вторую половину ключа создаст сам накопитель: весь ключ не знает ни одно устройство.",
        "The accumulator then makes the other half itself: no single board knows the whole key.",
    )
    SHARES_TITLE = ("Кілт үлестері", "Доли ключа", "Shares of the key")
    SHARES_HINT = (
        "Дауыстарды ашатын кілт жасалды. Кілт үлесі карточкаларын бірінен соң бірін салыңыз.",
        "Создан ключ для вскрытия голосов. Вставляйте карточки с долями одну за другой.",
        "The key that opens the votes was made. Insert the share cards one after another.",
    )
    ACT_TITLE = ("Ашу туралы акт", "Акт об открытии", "Opening act")
    ACT_HINT = (
        "Жәшік бос, кілт {shares} үлеске бөлінді, дауыстарды ашуға {quorum} үлес керек. Мүшелер карточкасымен қол қояды.",
        "Урна пуста, ключ разделён на доли: {shares}, для вскрытия голосов нужно {quorum}. Члены комиссии подписывают карточками.",
        "The urn is empty, the key is split into {shares} shares, {quorum} open the votes. Members sign with their cards.",
    )
    SIGNED_OF = (
        "Қол қойғандар: {present}, керегі: {needed}",
        "Подписали: {present}, нужно: {needed}",
        "Signed: {present}, needed: {needed}",
    )
    SIGNED = ("қол қойды", "подписано", "signed")
    HAS_SIGNED = (
        "{name}: қолтаңба қабылданды. Карточканы алыңыз.",
        "{name}: подпись принята. Выньте карточку.",
        "{name}: signature taken. Take the card out.",
    )
    ACT_OPEN = ("Учаскені ашу", "Открыть участок", "Open the station")

    # The day.
    OPEN_TITLE = ("Дауыс беру жүріп жатыр", "Идёт голосование", "Voting is open")
    OPEN_COUNT = ("Қабылданған дауыс саны:", "Принято голосов:", "Votes taken in:")
    OPEN_HINT = (
        "Сайлаушының карточкасын салыңыз. Карточка босағанша алмаңыз.",
        "Вставьте карточку избирателя. Не вынимайте, пока она не освободится.",
        "Insert a voter's card. Leave it in until it is let go.",
    )
    OPEN_CLOSES = ("Жабылуы: {time}", "Закрытие: {time}", "Closes at {time}")
    TURNOUT = ("Дауыстар сағат бойынша", "Голоса по часам", "Votes by the hour")
    TURNOUT_TITLE = (
        "Қабылданған дауыстар, сағат бойынша",
        "Принятые голоса, по часам",
        "Votes taken in, by the hour",
    )
    TURNOUT_OF = (
        "Қабылданған дауыс: {votes}, тізімде: {listed}",
        "Принято голосов: {votes}, в списке: {listed}",
        "Votes taken in: {votes}, listed: {listed}",
    )
    TURNOUT_HOUR = ("Сағат", "Час", "Hour")
    TURNOUT_IN_HOUR = ("Сағат ішінде", "За час", "In the hour")
    TURNOUT_SO_FAR = ("Барлығы", "Всего", "So far")
    TURNOUT_SHARE = ("Тізімнен", "От списка", "Of the list")
    TURNOUT_BEFORE = ("бұрын", "ранее", "before")
    URN_ALMOST_FULL = (
        "Электрондық жәшікте бос орын аз: {number}. Жоғары тұрған комиссияға хабарлаңыз.",
        "В электронной урне мало свободных мест: {number}. Сообщите вышестоящей комиссии.",
        "Few free places in the electronic urn: {number}. Tell the higher commission.",
    )
    OPEN_REPORT = ("Мәліметті басу", "Печать сведений", "Print the figures")
    OPEN_CLOSE = ("Дауыс беруді жабу", "Закрыть голосование", "Close the voting")
    COUNTED = (
        "Дауыс қабылданды. Барлығы: {number}. Карточканы алыңыз.",
        "Голос принят. Всего: {number}. Выньте карточку.",
        "Counted, {number} votes. Take the card out.",
    )
    ERASE_AGAIN = (
        "Дауыс есептелді, бірақ карточка тазартылмады. Карточканы қайта салыңыз.",
        "Голос учтён, но карточка не очищена. Вставьте карточку ещё раз.",
        "The vote is counted, but the card was not cleared. Insert it once more.",
    )
    COURIER_WRITING = (
        "Курьер карточкасы жазылуда…",
        "Записывается курьерская карточка…",
        "Writing the courier card…",
    )
    COURIER_READY = (
        "Курьер карточкасында ашу өкімі бар. Оны әр құрылғыға апарыңыз.",
        "На курьерской карточке распоряжение об открытии. Отнесите её к каждому устройству.",
        "The courier card holds the start order. Take it to every board.",
    )
    COURIER_FIRST = (
        "Курьер карточкасын салыңыз: оған ашу өкімі жазылады.",
        "Вставьте курьерскую карточку: на неё запишется распоряжение об открытии.",
        "Insert the courier card: the start order will be written on it.",
    )

    # The evening.
    CLOSE_TITLE = ("Дауыс беруді жабу", "Закрытие голосования", "Closing the voting")
    CLOSE_ASK = (
        "Барлық карточка қайтты ма? Үстелдер мен терминалдар жабық па? Жабылғаннан кейін ешбір карточка қабылданбайды.",
        "Все карточки вернулись? Столы и терминалы закрыты? После закрытия ни одна карточка не принимается.",
        "Have all cards come back? Are desks and terminals closed? After the close no card is taken in.",
    )
    CLOSE_CONFIRM = ("Иә, жабу", "Да, закрыть", "Yes, close")
    COLLECT_TITLE = ("Құрылғылардың деректері", "Данные устройств", "The boards' records")
    COLLECT_HINT = (
        "Әр құрылғының тасымалдағышын бөлек ұяға салыңыз. Барлығы түскенде санау басталады.",
        "Вставляйте носители устройств в гостевое гнездо. Когда будут все, можно считать.",
        "Put each board's medium into the visiting slot. When all are in, the count can begin.",
    )
    BOARD_IN = ("қабылданды", "принято", "in")
    BOARD_MISSING = ("жоқ", "нет", "missing")
    BOARD_SPARE = ("қосалқы, пайдаланылмаған", "запасное, не использовалось", "spare, not used")
    BOARD_TAKEN = (
        "«{board}» деректері қабылданды.",
        "Данные устройства «{board}» приняты.",
        "Board “{board}” is in.",
    )
    COLLECT_BACK = (
        "«{board}»: тасымалдағыштағы жазба бүлінген (№ {number}). Оны өз құрылғысына қайта салыңыз, құрылғы түзетеді. Содан кейін қайта әкеліңіз.",
        "«{board}»: запись на носителе повреждена (№ {number}). Вставьте его обратно в своё устройство, оно исправит его. Затем принесите снова.",
        "“{board}”: a record on the medium is damaged (no. {number}). Put it back into its own board, which mends it. Then bring it again.",
    )
    BOARD_REFUSED = ("«{board}»: {text}", "«{board}»: {text}", "“{board}”: {text}")
    NOTHING_NEW = (
        "Тасымалдағышта жаңа дерек жоқ.",
        "На носителе нет новых данных.",
        "There is nothing new on this medium.",
    )
    BOARD_WRITTEN_OFF = ("есептен шығарылды", "списано", "written off")
    BOARD_REPLACED_BY = ("ауыстырылды: {spare}", "заменено: {spare}", "replaced by {spare}")
    COLLECT_READ = ("Қайта оқу", "Прочитать снова", "Read again")
    COLLECT_COUNT = ("Дауыстарды санау", "Считать голоса", "Count the votes")
    COLLECT_READING = ("Тасымалдағыш оқылуда…", "Носитель читается…", "The medium is being read…")
    RESULT_TITLE = ("Дауыс беру нәтижесі", "Результат голосования", "The result")
    RESULT_SIGN = ("Хаттамаға қол қою", "Подписать протокол", "Sign the minutes")
    MINUTES_TITLE = ("Электрондық хаттама", "Электронный протокол", "Electronic minutes")
    MINUTES_HINT = (
        "Хаттамаға мүшелер карточкасымен қол қояды.",
        "Члены комиссии подписывают протокол карточками.",
        "Members sign the minutes with their cards.",
    )
    MINUTES_FINISH = ("Хаттаманы аяқтау", "Завершить протокол", "Complete the minutes")
    PAPERS_TITLE = ("Хаттаманы басып шығару", "Печать протокола", "Printing the protocol")
    PAPERS_HINT = (
        "Дәлелдемелер жинағы екі тасымалдағышқа жазылды. Хаттама мен тексеру кодтарының тізімін басып шығарыңыз.",
        "Комплект доказательств записан на оба носителя. Напечатайте протокол и список контрольных кодов.",
        "The evidence bundle is on both media. Print the protocol and the list of control codes.",
    )
    PAPERS_PROTOCOL = ("Хаттаманы басу", "Печать протокола", "Print the protocol")
    PAPERS_CODES = ("Кодтар тізімін басу", "Печать списка кодов", "Print the codes")
    CLEAR_TITLE = ("Кілт үлестерін өшіру", "Стирание долей ключа", "Clearing the shares")
    CLEAR_HINT = (
        "Кілт үлесі карточкаларын бірінен соң бірін салыңыз: үлестер өшіріледі. Содан кейін учаске кілттері де өшіріледі.",
        "Вставляйте карточки с долями одну за другой: доли стираются. Затем стираются и ключи участка.",
        "Insert the share cards one after another: the shares are cleared. Then the station's keys are forgotten.",
    )
    CLEAR_FINISH = ("Кілттерді өшіру", "Стереть ключи", "Forget the keys")
    SHARE_CLEARED = (
        "{name}: үлес өшірілді. Карточканы алыңыз.",
        "{name}: доля стёрта. Выньте карточку.",
        "{name}: the share is cleared. Take the card out.",
    )
    SHARE_IS_CLEARED = (
        "Бұл карточканың үлесі өшірілген. Келесі карточканы салыңыз.",
        "Доля этой карточки уже стёрта. Вставьте следующую карточку.",
        "The share of this card is cleared already. Insert the next card.",
    )
    CLEARED = ("үлес өшірілді", "доля стёрта", "share cleared")
    DAY_TITLE = ("Күн аяқталды", "День окончен", "The day is over")
    DAY_HINT = (
        "Тасымалдағышты шығарып, орап, мына пломбалармен мөрлеңіз: ол бір жыл сақталады.",
        "Выньте носитель, упакуйте и опечатайте этими пломбами: он хранится один год.",
        "Take the recording medium out, pack it and seal it with these seals: it is kept for one year.",
    )
    SEALS_TITLE = (
        "Деректер құрылғысын мөрлеу",
        "Опечатывание устройства записи данных",
        "Sealing the recording device",
    )
    SEALS_HINT = (
        "Қаптама мен пломбаларды дайындаңыз. Әр пломбаның нөмірін теріңіз, араларына бос орын қойыңыз. Тасымалдағышты әзірге шығармаңыз.",
        "Приготовьте упаковку и пломбы. Наберите номер каждой пломбы, между номерами пробел. Носитель пока не вынимайте.",
        "Have the package and the seals ready. Type the number of each seal, with a space between numbers. Do not take the recording medium out yet.",
    )
    SEALS_ACT_TITLE = ("Мөрлеу туралы акт", "Акт об опечатывании", "Act of sealing")
    SEALS_ACT_HINT = (
        "Дауыс беру туралы деректер құрылғысы мына пломбалармен мөрленеді: {seals}. Төраға мен кемінде тағы бір мүше қол қояды.",
        "Устройство записи данных о голосовании опечатывается пломбами: {seals}. Подписывают председатель и ещё хотя бы один член комиссии.",
        "The recording device is sealed with these seals: {seals}. The chair and at least one more member sign.",
    )

    # A board that died.
    DEAD = ("Құрылғы істен шықты", "Устройство вышло из строя", "A board died")
    DEAD_TITLE = ("Істен шыққан құрылғы", "Устройство вышло из строя", "A board that died")
    DEAD_HINT = (
        "Қайсысы істен шықты? Үстелдің тасымалдағышы бүтін болса, оны есептен шығармаңыз: қосалқы үстел осы тасымалдағышпен жалғастырады.",
        "Какое устройство? Стол, носитель которого цел, не списывайте: запасной стол продолжит с этим носителем.",
        "Which one? Do not write off a desk whose medium is whole: its spare goes on with that medium.",
    )
    DEAD_SPARE_HINT = (
        "«{board}» орнына қай қосалқы терминал қойылады?",
        "Какой запасной терминал ставится вместо «{board}»?",
        "Which spare terminal stands in the place of “{board}”?",
    )
    DEAD_NO_SPARE = ("Қосалқысыз есептен шығару", "Списать без замены", "Write off, no spare")
    DEAD_MEDIUM_HINT = (
        "«{board}» тасымалдағышы болса, бөлек ұяға салыңыз: журналы дәлелдемелерге қосылады.",
        "Если носитель «{board}» есть, вставьте его в гостевое гнездо: журнал войдёт в доказательства.",
        "If there is a medium of “{board}”, put it into the visiting slot: its journal becomes evidence.",
    )
    DEAD_NONE_INSTEAD = (
        "Орнына қосалқы қойылмайды. Онсыз дауыс беру жалғаса алмаса, жоғары тұрған комиссия шешеді.",
        "Замены не будет. Если без него голосование продолжаться не может, решает вышестоящая комиссия.",
        "No spare takes its place. If the vote cannot go on without it, the higher commission decides.",
    )
    DEAD_READ = (
        "Журнал оқылды, жазба саны: {number}.",
        "Журнал прочитан, записей: {number}.",
        "The journal was read: {number} entries.",
    )
    DEAD_NO_JOURNAL = (
        "Журнал оқылған жоқ. Журналсыз да жалғастыруға болады.",
        "Журнал не прочитан. Можно продолжить и без него.",
        "No journal was read. You can go on without it.",
    )
    DEAD_ACT_TITLE = (
        "Істен шыққан құрылғы туралы акт",
        "Акт о вышедшем устройстве",
        "Act on a dead board",
    )
    DEAD_ACT_GONE = (
        "«{board}» істен шықты және есептен шығарылады. Кемінде екі мүше карточкасымен қол қояды.",
        "«{board}» вышло из строя и списывается. Подписывают карточками не менее двух членов комиссии.",
        "“{board}” died and is written off. Two members at least sign with their cards.",
    )
    DEAD_ACT_REPLACED = (
        "«{board}» істен шықты, оның орнына «{spare}» қойылады. Кемінде екі мүше карточкасымен қол қояды.",
        "«{board}» вышло из строя, вместо него ставится «{spare}». Подписывают карточками не менее двух членов комиссии.",
        "“{board}” died, “{spare}” stands in its place. Two members at least sign with their cards.",
    )
    DEAD_ACT_FINISH = ("Актіні аяқтау", "Завершить акт", "Complete the act")
    BOARD_GONE = (
        "«{board}» акт бойынша есептен шығарылды.",
        "«{board}» списано по акту.",
        "“{board}” was written off under an act.",
    )
    BOARD_REPLACED = (
        "«{board}» орнында енді «{spare}». Оны курьер карточкасымен ашыңыз.",
        "Вместо «{board}» теперь «{spare}». Откройте его курьерской карточкой.",
        "“{spare}” now stands in the place of “{board}”. Open it with the courier card.",
    )

    # The spare.
    SPARE_TITLE = ("Қосалқы жинақтаушы", "Запасной накопитель", "Spare accumulator")
    SPARE_HINT = (
        "Бұл жинақтаушы басқасы істен шыққанда ғана керек. Ондай жағдайда істен шыққанының тасымалдағышын осының тасымалдағыш ұясына салыңыз.",
        "Этот накопитель нужен, только если другой вышел из строя. Тогда вставьте носитель вышедшего в гнездо носителя этого.",
        "This accumulator is needed only when the other one has died. Then put the dead one's medium into this one's recording slot.",
    )
    SPARE_FOUND = (
        "Тасымалдағыш: «{board}». Журналында {entries} жазба бар, соған сәйкес қабылданған дауыс: {votes}.",
        "Носитель: «{board}». В журнале записей: {entries}, по нему принято голосов: {votes}.",
        "This is the medium of “{board}”. Its journal has {entries} entries and tells of {votes} votes taken in.",
    )
    SPARE_HEAD = ("Журналдың басы: {head}", "Голова журнала: {head}", "Journal head: {head}")
    SPARE_NEXT = (
        "Істен шыққан жинақтаушының ұясында карточка қалса, кейін осында салыңыз. Жалғастыру үшін іске қосу құпиясөзі керек.",
        "Если в гнезде вышедшего накопителя осталась карточка, вставьте её потом сюда. Чтобы продолжить, нужен стартовый пароль.",
        "If a card was left in the dead accumulator's slot, insert it here afterwards. To go on, the start password is needed.",
    )
    SPARE_TAKE = ("Осында жалғастыру", "Продолжить здесь", "Go on here")
    SPARE_ACT_TITLE = (
        "Жинақтаушыны ауыстыру актісі",
        "Акт о замене накопителя",
        "Act on the change",
    )
    SPARE_ACT_HINT = (
        "«{board}» жәшігінде {votes} дауыс бар. Олар осы жинақтаушыға көшіріліп, күн осында жалғасады. Кемінде екі мүше карточкасымен қол қояды.",
        "В урне «{board}» голосов: {votes}. Они переносятся на этот накопитель, и день продолжается здесь. Подписывают карточками не менее двух членов комиссии.",
        "The urn of “{board}” holds {votes} votes. They move to this accumulator, and the day goes on here. Two members at least sign with their cards.",
    )

    # When something is wrong.
    STOPPED_TITLE = ("Жұмыс тоқтатылды", "Работа остановлена", "Work is stopped")
    STOPPED_HINT = (
        "Ештеңе жоғалған жоқ. Төрағаны шақырыңыз, шешімді комиссия қабылдайды.",
        "Ничего не потеряно. Позовите председателя, решение принимает комиссия.",
        "Nothing is lost. Call the chair; the commission decides.",
    )
    STOPPED_CODE = (
        "Техник маманға: № {number}",
        "Для техника: № {number}",
        "For the technician: No. {number}",
    )
    MENDED = (
        "{thing}: екінші тасымалдағыштан қалпына келтірілген файл саны — {count}. Ештеңе жоғалған жоқ.",
        "{thing}: со второго носителя восстановлено файлов: {count}. Ничего не потеряно.",
        "{thing}: {count} files were mended from the other medium. Nothing was lost.",
    )
    STOPPED_RETRY = ("Қайта тексеру", "Проверить снова", "Check again")

    # Paper.
    PAPER_ZERO = ("НӨЛДІК ЕСЕП", "НУЛЕВОЙ ОТЧЁТ", "ZERO REPORT")
    PAPER_HOURLY = ("САҒАТТЫҚ МӘЛІМЕТ", "ЕЖЕЧАСНЫЕ СВЕДЕНИЯ", "HOURLY FIGURES")
    PAPER_PROTOCOL = (
        "ДАУЫС БЕРУ НӘТИЖЕЛЕРІ ТУРАЛЫ ХАТТАМА",
        "ПРОТОКОЛ О РЕЗУЛЬТАТАХ ГОЛОСОВАНИЯ",
        "PROTOCOL OF THE RESULTS",
    )
    PAPER_CODES = ("ТЕКСЕРУ КОДТАРЫНЫҢ ТІЗІМІ", "СПИСОК КОНТРОЛЬНЫХ КОДОВ", "LIST OF CONTROL CODES")
    PAPER_CODES_HINT = (
        "Әр кодтан кейін — әр сайлау бойынша таңдалған жолдардың нөмірлері; «–» — таңдау жоқ.",
        "После каждого кода номера выбранных строк по каждым выборам; «–» — выбора нет.",
        "After each code the numbers of the lines chosen in each contest; “–” is no choice.",
    )
    PAPER_TIME = ("Уақыты", "Время", "Time")
    PAPER_JOURNAL = (
        "Журнал жазбалары: {length}, басы",
        "Записей журнала: {length}, голова",
        "Journal entries: {length}, head",
    )
    PAPER_VOTES = (
        "Жәшіктегі дауыс: {number}",
        "Голосов в урне: {number}",
        "Votes in the urn: {number}",
    )
    PAPER_PACKAGE = ("Учаске пакеті", "Пакет участка", "Station package")
    PAPER_SIGNATURES = (
        "Комиссия мүшелерінің қолдары",
        "Подписи членов комиссии",
        "Signatures of the commission",
    )
    PAPER_SIGNED_BY = (
        "Электрондық қолтаңба қойғандар:",
        "Подписали электронно:",
        "Signed electronically by:",
    )
    PAPER_QR = (
        "Қол қойылған сандар: {number}/{count}",
        "Подписанные данные: {number}/{count}",
        "Signed figures: {number}/{count}",
    )
    BALLOTS = ("Бюллетень саны", "Бюллетеней", "Ballots")
    BLANK = ("Таңдаусыз", "Без выбора", "Blank")
    DISCREPANCIES = ("Сәйкессіздіктер", "Расхождения", "What does not add up")
    NO_DISCREPANCIES = ("Барлық сан сәйкес келді.", "Все данные сходятся.", "All figures add up.")
    MINUTES_WRITTEN_OFF = (
        "Істен шығып, акт бойынша есептен шығарылды: {board}",
        "Вышло из строя и списано по акту: {board}",
        "Died and was written off under an act: {board}",
    )
    MINUTES_REPLACED = (
        "Істен шығып, акт бойынша ауыстырылды: {board}, орнында {spare}",
        "Вышло из строя и заменено по акту: {board}, вместо него {spare}",
        "Died and was replaced under an act: {board}, by {spare}",
    )
    MERGED = (
        "Бюллетені аз түрлер біріктіріліп жарияланды: {styles}",
        "Малочисленные виды бюллетеня опубликованы вместе: {styles}",
        "Ballot styles with few ballots are published as one: {styles}",
    )


BOARD_KINDS = {
    BoardKind.DESK: Word.DESK,
    BoardKind.TERMINAL: Word.TERMINAL,
    BoardKind.ACCUMULATOR: Word.ACCUMULATOR,
    BoardKind.PORTABLE: Word.PORTABLE,
}

FIGURES: dict[Figure, tuple[str, str, str]] = {
    Figure.LISTED: ("Тізімдегі сайлаушылар", "Избирателей в списке", "Voters on the list"),
    Figure.ISSUED: ("Берілген карточкалар", "Выдано карточек", "Cards issued"),
    Figure.RETURNED: (
        "Пайдаланылмай қайтарылған карточкалар",
        "Карточек возвращено неиспользованными",
        "Cards returned unused",
    ),
    Figure.VOID: (
        "Жарамсыз деп танылған карточкалар",
        "Карточек признано недействительными",
        "Cards made void",
    ),
    Figure.CHALLENGED: (
        "Терминалды тексеруге жұмсалған карточкалар",
        "Карточек израсходовано на проверку терминалов",
        "Cards used to check terminals",
    ),
    Figure.UNREAD: (
        "Оқылмаған карточкалар",
        "Карточек не прочитано",
        "Cards that could not be read",
    ),
    Figure.DEPOSITED: (
        "Жинақтаушы қабылдаған дауыстар",
        "Голосов принято накопителем",
        "Votes taken in",
    ),
    Figure.MISSING: ("Қайтпаған карточкалар", "Карточек не вернулось", "Cards missing"),
    Figure.COUNTED: ("Саналған дауыстар", "Голосов подсчитано", "Votes counted"),
    Figure.INVALID: ("Жарамсыз бюллетеньдер", "Недействительных бюллетеней", "Invalid ballots"),
    Figure.VOTED_OUTSIDE: (
        "Үй-жайдан тыс дауыс бергендер",
        "Проголосовало вне помещения",
        "Voted outside the premises",
    ),
    Figure.ABSENTEE_CERTIFICATES: (
        "Есептен шығару куәліктері",
        "Открепительных удостоверений",
        "Absentee certificates",
    ),
    Figure.VOTERS_GIVEN: (
        "Карточка алған сайлаушылар",
        "Избирателей получили карточки",
        "Voters who received cards",
    ),
    Figure.STARTS: ("Бағдарламалардың іске қосылуы", "Запусков программ", "Starts of programs"),
    Figure.SESSIONS: (
        "Терминалдар алғыс айтқан дауыстар",
        "Голосов, принятых терминалами",
        "Votes that terminals thanked for",
    ),
    Figure.REFUSED_CARDS: ("Қабылданбаған карточкалар", "Карточек отклонено", "Cards refused"),
    Figure.RELOADS: (
        "Бағдарламаны қайта жүктеу",
        "Перезагрузок программы",
        "Reloads of the program",
    ),
    Figure.CARDS_OUT: ("Қолдағы карточкалар", "Карточек на руках", "Cards still out"),
}

DISCREPANCIES: dict[Discrepancy, tuple[str, str, str]] = {
    Discrepancy.SPENT_NOT_ISSUED: (
        "Дауыс берілмеген карточкадан түскен",
        "Принят голос по невыданной карточке",
        "A vote came from a card that was never issued",
    ),
    Discrepancy.SPENT_AND_WITHDRAWN: (
        "Дауыс қайтарып алынған карточкадан түскен",
        "Принят голос по изъятой карточке",
        "A vote came from a card that was withdrawn",
    ),
    Discrepancy.WITHDRAWN_NOT_ISSUED: (
        "Берілмеген карточка қайтарып алынған",
        "Изъята карточка, которая не выдавалась",
        "A card was withdrawn that was never issued",
    ),
    Discrepancy.DEPOSITED_NOT_COUNTED: (
        "Қабылданған мен саналған дауыстар саны әртүрлі",
        "Число принятых и подсчитанных голосов различается",
        "Votes taken in and votes counted differ",
    ),
    Discrepancy.INVALID_BALLOTS: (
        "Ашылмаған немесе ережеге сай емес бюллетеньдер бар",
        "Есть бюллетени, которые не открылись или нарушают правила",
        "Some ballots did not open or break the rules",
    ),
    Discrepancy.COUNTS_DIFFER: (
        "Екі есептеудің нәтижесі әртүрлі",
        "Два подсчёта различаются",
        "The two counts differ",
    ),
    Discrepancy.CODE_TWICE: (
        "Бір тексеру коды екі дауыста кездесті",
        "Один контрольный код у двух голосов",
        "A control code stands with two votes",
    ),
    Discrepancy.MORE_UNREAD_THAN_OUT: (
        "Оқылмаған карточкалар қолдағыдан көп",
        "Непрочитанных карточек больше, чем на руках",
        "More unread cards than are out",
    ),
    Discrepancy.THANKED_NOT_DEPOSITED: (
        "Терминалда берілген дауыстардың бәрі тапсырылмаған",
        "Не все голоса, отданные на терминалах, сданы",
        "Not every vote cast at a terminal was handed in",
    ),
    Discrepancy.MORE_GIVEN_THAN_ISSUED: (
        "Карточка алған сайлаушылар берілген карточкадан көп",
        "Избирателей с отметкой больше, чем выдано карточек",
        "More voters were given cards than cards were issued",
    ),
    Discrepancy.CONTEST_ARITHMETIC: (
        "Сайлау сандары өзара сәйкес емес",
        "Данные выборов не сходятся между собой",
        "The figures of a contest do not add up",
    ),
    Discrepancy.JOURNAL_BROKEN: (
        "Бір құрылғының журналы тексеруден өтпеді",
        "Журнал одного из устройств не прошёл проверку",
        "A board's journal does not verify",
    ),
    Discrepancy.FIGURES_AND_SETS_DIFFER: (
        "Үстелдің сандары карточкалар жиынына сәйкес емес",
        "Показатели стола не совпадают с множествами номеров",
        "A desk's figures differ from its sets of serials",
    ),
}

LANGUAGE_INDEX = {"kk": 0, "ru": 1, "en": 2}

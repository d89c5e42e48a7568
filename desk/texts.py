# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What the desk's pages say, in Kazakh, Russian and English. Reasons are in `common.errors`."""

from __future__ import annotations

from enum import unique

from common import clocktexts
from common.trilingual import Trilingual


@unique
class T(Trilingual):
    """What is said on a voter's way, in the morning and in the evening."""

    PLACE = (
        "№ {station} учаске · {board}",
        "Участок № {station} · {board}",
        "Station {station} · {board}",
    )
    READER_MISSING = (
        "Карточка оқығыш жауап бермейді. Күте тұрыңыз немесе техник маманды шақырыңыз.",
        "Считыватель карточек не отвечает. Подождите или вызовите техника.",
        "The card reader does not answer. Wait, or call the technician.",
    )

    STOPPED_TITLE = (
        "Тіркеу үстелі тоқтап тұр",
        "Стол регистрации остановлен",
        "The desk has stopped",
    )
    MENDED = (
        "{thing}: екінші тасымалдағыштан қалпына келтірілген файл саны — {count}. Ештеңе жоғалған жоқ.",
        "{thing}: со второго носителя восстановлено файлов: {count}. Ничего не потеряно.",
        "{thing}: {count} files were mended from the other medium. Nothing was lost.",
    )
    STOPPED_CODE = (
        "Техник маманға: № {number}",
        "Для техника: № {number}",
        "For the technician: No. {number}",
    )
    WAITING_TITLE = (
        "Тіркеу үстелі ашылмаған",
        "Стол регистрации не открыт",
        "The desk is not open",
    )
    WAITING = (
        "Курьер карточкасын оқығышқа салыңыз. Ол жинақтаушыдан ашу өкімін әкеледі.",
        "Вставьте курьерскую карточку. На ней распоряжение об открытии с накопителя.",
        "Insert the courier card. It brings the start order from the accumulator.",
    )
    CLOCK_TITLE = clocktexts.TITLE
    CLOCK_ASK = clocktexts.ASK
    CLOCK_RIGHT = clocktexts.RIGHT
    CLOCK_CHANGE = clocktexts.CHANGE
    CLOCK_LEAVE = clocktexts.LEAVE
    CLOCK_SET_TITLE = clocktexts.SET_TITLE
    CLOCK_SET_HINT = clocktexts.SET_HINT
    CLOCK_SET = clocktexts.SET
    CLOCK_WAS_SET = clocktexts.WAS_SET
    CLOCK_ACT = (
        "Сағат {shown} көрсетті, {right} болып қойылады. Төраға мен тағы бір мүше қол қояды.",
        "Часы показывали {shown}, будет установлено {right}. Подписывают председатель и ещё один член комиссии.",
        "The clock showed {shown}, it will be set to {right}. The chair and one more member sign.",
    )
    CLOCK_CHECK = ("Сағатты тексеру", "Проверить часы", "Check the clock")
    CLOCK_NOW = (
        "Осы құрылғының сағаты бойынша қазір {time}.",
        "По часам этого устройства сейчас {time}.",
        "By this board's clock it is {time}.",
    )
    OPENED_TITLE = ("Тіркеу үстелі ашылды", "Стол регистрации открыт", "The desk is open")
    OPENED = (
        "Курьер карточкасын алып, келесі құрылғыға апарыңыз.",
        "Выньте курьерскую карточку и отнесите её к следующему устройству.",
        "Take the courier card out and carry it to the next board.",
    )

    READY_TITLE = ("Сайлаушыны тіркеу", "Регистрация избирателя", "Registering a voter")
    READY = (
        "Құжаттағы штрих-кодты оқытыңыз немесе ЖСН-ді, әйтпесе тізімдегі нөмірді теріңіз.",
        "Считайте штрихкод документа или наберите ИИН либо номер в списке.",
        "Scan the bar code of the document, or type the IIN or the list number.",
    )
    FIND = ("Табу", "Найти", "Find")
    TURNOUT = (
        "Карточка алған сайлаушылар: {given} / {served}",
        "Получили карточки: {given} из {served}",
        "Voters given a card: {given} of {served}",
    )
    ISSUED = (
        "Берілген карточка: {issued} · қайтарылған: {returned} · жарамсыз: {void} · оқылмаған: {unread}",
        "Выдано карточек: {issued} · возвращено: {returned} · испорчено: {void} · не прочитано: {unread}",
        "Cards issued: {issued} · returned: {returned} · void: {void} · unread: {unread}",
    )
    CARD_BACK_HINT = (
        "Қайтарылған немесе табылған карточканы оқығышқа салыңыз.",
        "Возвращённую или найденную карточку вставьте в считыватель.",
        "Put a card that is brought back or found into the reader.",
    )

    ROW_TITLE = ("Құжатпен салыстырыңыз", "Сверьте с документом", "Compare with the document")
    SURNAME = ("Тегі", "Фамилия", "Surname")
    GIVEN = ("Аты", "Имя", "Given name")
    PATRONYMIC = ("Әкесінің аты", "Отчество", "Patronymic")
    BIRTH_DATE = ("Туған күні", "Дата рождения", "Date of birth")
    IIN = ("ЖСН", "ИИН", "IIN")
    ADDRESS = ("Мекенжайы", "Адрес", "Address")
    LIST_NUMBER = ("Тізімдегі нөмірі", "Номер в списке", "Number on the list")
    STYLE = ("Бюллетень түрі", "Вид бюллетеня", "Ballot style")
    CONFIRM = ("Бәрі сәйкес", "Всё совпадает", "Everything agrees")
    REFUSE = (
        "Сәйкес емес, карточка берілмейді",
        "Не совпадает, отказать",
        "Does not agree, refuse",
    )
    BACK = ("Артқа", "Назад", "Back")
    HAS_CARD = (
        "Бұл сайлаушыға карточка берілген. Екінші карточка берілмейді.",
        "Этому избирателю карточка уже выдана. Вторая не выдаётся.",
        "This voter has been given a card. No second card is given.",
    )
    HAS_RETURNED = (
        "Бұл сайлаушы карточкасын қайтарған. Басқасын беру үшін екі мүше акт жасайды.",
        "Этот избиратель вернул карточку. Чтобы выдать другую, два члена комиссии составляют акт.",
        "This voter returned a card. For another one, two officials draw up an act.",
    )
    MAY_HAVE_ANOTHER = (
        "Акт бойынша бұл сайлаушыға тағы бір карточка беруге болады.",
        "По акту этому избирателю можно выдать ещё одну карточку.",
        "Under an act this voter may be given another card.",
    )
    HAND_BACK = ("Карточкасын қайтарады", "Возвращает карточку", "Gives the card back")
    CARD_UNREADABLE = ("Карточкасы оқылмайды", "Карточка не читается", "The card cannot be read")
    ANOTHER = ("Акт бойынша басқасын беру", "Выдать другую по акту", "Another card, by act")
    USE_ACT = (
        "Қол қойылған актіні қолдану",
        "Применить подписанный акт",
        "Use the act that was signed",
    )

    BLANK_TITLE = ("Бос карточка салыңыз", "Вставьте чистую карточку", "Insert a blank card")
    BLANK = (
        "Сайлаушыға берілетін бос карточканы оқығышқа салыңыз.",
        "Вставьте в считыватель чистую карточку для избирателя.",
        "Put a blank card for the voter into the reader.",
    )
    WRITING_TITLE = ("Карточка жазылуда", "Карточка записывается", "Writing the card")
    WRITING = (
        "Карточканы алмаңыз.",
        "Не вынимайте карточку.",
        "Do not take the card out.",
    )
    GIVE_TITLE = ("Карточка дайын", "Карточка готова", "The card is ready")
    GIVE = (
        "Карточканы алып, сайлаушыға беріңіз.",
        "Выньте карточку и отдайте её избирателю.",
        "Take the card out and give it to the voter.",
    )
    TAKE_BACK_AT_ONCE = (
        "Бермей, қайтарып алу",
        "Не выдавать, отменить",
        "Do not give it, withdraw",
    )

    INTERRUPTED_TITLE = (
        "Карточка беру үзілді",
        "Выдача карточки прервана",
        "Giving a card was interrupted",
    )
    INTERRUPTED = (
        "Оқығышта болған сол карточканы салыңыз. Ол болмаса, екі мүше акт жасайды.",
        "Вставьте ту самую карточку, которая была в считывателе. Если её нет, два члена составят акт.",
        "Insert the very card that was in the reader. Without it, two officials draw up an act.",
    )
    FOR_VOTER = ("Сайлаушы: {name}", "Избиратель: {name}", "Voter: {name}")
    AGAIN = ("Қайталау", "Повторить", "Try again")
    DRAW_UP_ACT = ("Акт жасау", "Составить акт", "Draw up an act")
    DECIDE = (
        "Карточка белсендірілген. Сайлаушыға беріледі ме?",
        "Карточка активирована. Выдать её избирателю?",
        "The card is activated. Give it to the voter?",
    )
    GIVE_IT = ("Сайлаушыға беру", "Выдать избирателю", "Give it to the voter")
    WITHDRAW = ("Кері алу", "Отозвать", "Withdraw it")

    TAKE_OUT_TITLE = ("Карточканы алыңыз", "Выньте карточку", "Take the card out")

    CARD_TITLE = ("Үстелге әкелінген карточка", "Принесённая карточка", "A card brought back")
    CARD_ACTIVATED = (
        "Карточка белсендірілген, онымен дауыс берілмеген.",
        "Карточка активирована, по ней не голосовали.",
        "The card is activated; nobody voted with it.",
    )
    CARD_WITHDRAWN = (
        "Бұл карточка бұрын кері алынған, бірақ тазартылмаған. Тазартыңыз. Оны сайлаушы әкелсе, төрағаны шақырыңыз.",
        "Карточка отозвана раньше, но не очищена. Очистите её. Если её принёс избиратель, позовите председателя.",
        "This card was withdrawn before but not blanked. Blank it. If a voter brought it, call the chair.",
    )
    CARD_NOTHING = (
        "Карточкада жарамды жазба жоқ. Оны тазартып, қайта пайдалануға болады.",
        "На карточке нет действительной записи. Её можно очистить и использовать снова.",
        "There is nothing valid on the card. It can be blanked and used again.",
    )
    CARD_CHECKED = (
        "Бұл карточкадағы дауыс терминалды тексеруге жұмсалды, ол саналмайды.",
        "Голос на этой карточке пошёл на проверку терминала и не будет засчитан.",
        "The vote on this card was used to check a terminal and will not count.",
    )
    CARD_CHECKED_HINT = (
        "Сайлаушыға басқа карточка беріледі: осы карточканы алып, сайлаушыны құжаты бойынша табыңыз да, «{button}» түймесін басып, карточканы қайта салыңыз. Акт керек емес. Тексеру орны карточканы әлі көрмесе, алдымен сонда апарсын.",
        "Избиратель получит другую карточку: выньте эту, найдите избирателя по документу, нажмите «{button}» и вставьте её снова. Акт не нужен. Если место проверки её ещё не видело, сначала отнесите её туда.",
        "Its voter gets another one: take this card out, find the voter by the document, press “{button}” and insert it again. No act is needed. If the checking station has not seen it yet, let the voter go there first.",
    )
    AS_RETURNED = ("Пайдаланылмай қайтарылды", "Возвращена неиспользованной", "Returned unused")
    AS_VOID = ("Бүлінген деп тану", "Признать испорченной", "Make void")
    BLANK_IT = ("Карточканы тазарту", "Очистить карточку", "Blank the card")
    ERASING_TITLE = ("Карточка тазартылуда", "Карточка очищается", "Blanking the card")
    WITHDRAWN_TITLE = ("Карточка қабылданды", "Карточка принята", "The card was taken back")
    WITHDRAWN = (
        "Карточка кері алынып, тазартылды. Оны бос карточкаларға қосыңыз.",
        "Карточка отозвана и очищена. Положите её к чистым.",
        "The card was withdrawn and blanked. Put it with the blank cards.",
    )
    WITHDRAWN_HINT = (
        "Сайлаушыға басқа карточка керек болса, оны тізімнен тауып, «{button}» түймесін басыңыз.",
        "Если избирателю нужна другая карточка, найдите его в списке и нажмите «{button}».",
        "If the voter needs another card, find the voter on the list and press “{button}”.",
    )
    DONE = ("Дайын", "Готово", "Done")
    HAND_BACK_TITLE = ("Карточканы қайтару", "Возврат карточки", "Giving a card back")
    HAND_BACK_TEXT = (
        "Сайлаушының карточкасын оқығышқа салыңыз: ол кері алынып, тазартылады.",
        "Вставьте карточку избирателя: она будет отозвана и очищена.",
        "Insert the voter's card: it will be withdrawn and blanked.",
    )
    WITHDRAWN_BEFORE = (
        "Карточка бұрын қабылданған",
        "Карточка уже принята",
        "The card was taken back already",
    )

    ENVELOPE_TITLE = ("Оқылмайтын карточка", "Нечитаемая карточка", "An unreadable card")
    ENVELOPE = (
        "1. Карточканы конвертке салып, мөрлеңіз.\n2. Конвертке учаске мен үстелді жазыңыз.\n3. Екі мүше карточкасы мен PIN-кодын дайындасын.",
        "1. Положите карточку в конверт и запечатайте.\n2. Надпишите участок и стол.\n3. Двум членам комиссии понадобятся их карточки и PIN-коды.",
        "1. Put the card into an envelope and seal it.\n2. Write station and desk on it.\n3. Two officials need their cards and PINs.",
    )
    SEALED = ("Конверт мөрленді", "Конверт запечатан", "The envelope is sealed")
    SPARE_TITLE = ("Қосалқы үстел", "Запасной стол", "Spare desk")
    SPARE_WAITS = (
        "Бұл үстел басқасы істен шыққанда ғана керек. Ондай жағдайда істен шыққан үстелдің тасымалдағышын осының ұясына салыңыз.",
        "Этот стол нужен, только если другой вышел из строя. Тогда вставьте в его гнездо носитель вышедшего стола.",
        "This desk is needed only when another one has died. Then put the dead desk's medium into this one's slot.",
    )
    SPARE_FOUND = (
        "Тасымалдағыш: «{board}». Журналында {entries} жазба бар, берілген карточка: {issued}.",
        "Носитель: «{board}». В журнале записей: {entries}, выдано карточек: {issued}.",
        "This is the medium of “{board}”: {entries} journal entries, {issued} cards given.",
    )
    SPARE_HEAD = ("Журналдың басы: {head}", "Голова журнала: {head}", "Journal head: {head}")
    SPARE_NEXT = (
        "Істен шыққан үстелді өшіріп, мөрлеңіз. Екі мүше актіге қол қойғаннан кейін осы үстел оның тізімімен, белгілерімен және карточкаларымен жалғастырады.",
        "Выключите и опечатайте вышедший стол. Когда два члена комиссии подпишут акт, этот стол продолжит с его списком, отметками и карточками.",
        "Switch the dead desk off and seal it. When two members have signed the act, this desk goes on with its list, marks and cards.",
    )
    SPARE_TAKE = ("Осында жалғастыру", "Продолжить здесь", "Go on here")
    SPARE_ACT = (
        "«{board}» істен шықты, оның орнына осы үстел («{spare}») жалғастырады.",
        "«{board}» вышел из строя, вместо него продолжает этот стол («{spare}»).",
        "“{board}” died; this desk (“{spare}”) goes on in its place.",
    )

    SIGNING_TITLE = ("Актіге қол қою", "Подписание акта", "Signing an act")
    SIGNATURES = (
        "Қолтаңба: {present} / {needed}",
        "Подписей: {present} из {needed}",
        "Signatures: {present} of {needed}",
    )
    NEXT_SIGNER = (
        "Комиссия мүшесі карточкасын салсын.",
        "Вставьте карточку члена комиссии.",
        "Insert an official's card.",
    )
    TYPE_PIN = ("{name}: PIN-кодты теріңіз.", "{name}: наберите PIN-код.", "{name}: type the PIN.")
    SIGN = ("Қол қою", "Подписать", "Sign")
    SIGNING_NOW = (
        "Қол қойылуда, карточканы алмаңыз.",
        "Идёт подписание, не вынимайте карточку.",
        "Signing; leave the card in.",
    )

    CLOSE_TITLE = ("Тіркеу үстелін жабу", "Закрытие стола регистрации", "Closing the desk")
    CLOSE_TEXT = (
        "Жабылғаннан кейін карточка берілмейді. Мұны кері қайтаруға болмайды.",
        "После закрытия карточки не выдаются. Отменить это нельзя.",
        "After closing no card is given. This cannot be undone.",
    )
    CLOSE = ("Біржола жабу", "Закрыть окончательно", "Close for good")
    CLOSED_TITLE = ("Тіркеу үстелі жабылды", "Стол регистрации закрыт", "The desk is closed")
    CLOSED_TEXT = (
        "Алмалы тасымалдағышты шығарып, жинақтаушыға апарыңыз.",
        "Выньте съёмный носитель и отнесите его к накопителю.",
        "Take the removable medium out and carry it to the accumulator.",
    )
    FIGURE = ("Көрсеткіш", "Показатель", "Figure")
    NUMBER = ("Саны", "Число", "Number")
    LISTED = (
        "Тізімдегі сайлаушылар (осы үстел)",
        "Избирателей в списке (этот стол)",
        "Voters on the list (this desk)",
    )
    VOTERS_GIVEN = (
        "Карточка алған сайлаушылар",
        "Избирателей, получивших карточки",
        "Voters given a card",
    )
    CARDS_ISSUED = ("Берілген карточка", "Выдано карточек", "Cards issued")
    CARDS_RETURNED = (
        "Пайдаланылмай қайтарылған",
        "Возвращено неиспользованными",
        "Returned unused",
    )
    CARDS_VOID = ("Бүлінген", "Испорчено", "Void")
    CARDS_CHALLENGED = (
        "Терминалды тексеруге жұмсалған",
        "Израсходовано на проверку терминала",
        "Used to check a terminal",
    )
    CARDS_UNREAD = (
        "Оқылмаған (конверттегі)",
        "Не прочитано (в конвертах)",
        "Unread (in envelopes)",
    )

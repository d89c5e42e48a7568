# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What is said beside giving cards: searching, cards found and lost, blank cards, turnout."""

from __future__ import annotations

from enum import unique

from common.trilingual import Trilingual


@unique
class S(Trilingual):
    """Texts of the phases in `desk.errands`."""

    BY_NAME = ("Аты бойынша іздеу", "Искать по имени", "Search by name")
    SEARCH_TITLE = ("Аты-жөні бойынша іздеу", "Поиск по имени", "Search by name")
    SEARCH_HINT = (
        "Тегін, атын, әкесінің атын кез келген ретпен теріңіз: бірнеше әріп жеткілікті.",
        "Наберите фамилию, имя, отчество в любом порядке: хватит нескольких букв.",
        "Type surname, given name, patronymic in any order: a few letters are enough.",
    )
    FOUND = ("Табылды: {count}", "Найдено: {count}", "Found: {count}")
    FOUND_MANY = (
        "Табылды: {count}. Тізімді көру үшін тағы бірнеше әріп теріңіз.",
        "Найдено: {count}. Чтобы увидеть список, наберите ещё несколько букв.",
        "Found: {count}. Type a few letters more to see the list.",
    )
    FOUND_NONE = (
        "Ешкім табылмады. Бірнеше әріпті өшіріңіз немесе басқаша жазып көріңіз.",
        "Никто не найден. Сотрите часть букв или напишите иначе.",
        "Nobody found. Erase some letters, or spell it in another way.",
    )
    SHOW_LIST = ("Тізімді көрсету", "Показать список", "Show the list")
    LIST_TITLE = ("Сайлаушыны таңдаңыз", "Выберите избирателя", "Choose the voter")
    LIST_HINT = (
        "Сайлаушының жолын түртіңіз.",
        "Коснитесь строки избирателя.",
        "Touch the voter's row.",
    )
    NAME = ("Тегі, аты, әкесінің аты", "Фамилия, имя, отчество", "Surname, given name, patronymic")
    BORN = ("Туған күні", "Дата рождения", "Born")
    DESK = ("Үстел", "Стол", "Desk")

    VOTED_TITLE = ("Карточкада дауыс бар", "На карточке есть голос", "There is a vote on the card")
    VOTED = (
        "Карточканы алып, бірден жинақтаушыға апарыңыз.",
        "Выньте карточку и сразу отнесите её к накопителю.",
        "Take the card out and carry it to the accumulator at once.",
    )
    VOTED_HINT = (
        "Сайлаушысы осында болса, карточка оның көзінше салынады. Ол ешкімге берілмейді.",
        "Если её избиратель здесь, карточку вставляют у него на глазах. Выдавать её нельзя никому.",
        "If its voter is here, it goes in in the voter's sight. It is given to nobody.",
    )
    UNREADABLE = (
        "1. Карточканы сүртіп, қайта салыңыз.\n2. Сайлаушысы осында болса, оны тізімнен тауып, «{button}» түймесін басыңыз.\n3. Кімдікі екені белгісіз болса, конвертке салып, мөрлеңіз.",
        "1. Протрите карточку и вставьте снова.\n2. Если её избиратель здесь, найдите его в списке и нажмите «{button}».\n3. Если неизвестно, чья она, запечатайте её в конверт.",
        "1. Wipe the card and insert it again.\n2. If its voter is here, find the voter and press “{button}”.\n3. If nobody knows whose it is, seal it in an envelope.",
    )
    SEAL = ("Конвертке салу", "Запечатать в конверт", "Seal it in an envelope")
    SEALED_BEFORE = ("Бұрын мөрленген", "Уже запечатана", "Sealed already")
    SEALED_BEFORE_HINT = (
        "Осы үстелде табылып, мөрленген карточка: {count}. Бірі осы сайлаушынікі болса, «{button}» түймесін басыңыз.",
        "На этом столе найдено и запечатано карточек: {count}. Если одна из них этого избирателя, нажмите «{button}».",
        "Cards found and sealed at this desk: {count}. If one of them is this voter's, press “{button}”.",
    )

    STILL_HERE = (
        "Сайлаушысы осында болса, карточканы өзіне қайтарыңыз: ол дауыс бере алады.",
        "Если её избиратель ещё здесь, верните карточку ему: он может проголосовать.",
        "If its voter is still here, give the card back: the voter can vote with it.",
    )
    AS_LEFT = ("Қалып қойған, иесі кеткен", "Оставлена, владелец ушёл", "Left behind, voter gone")
    BLANK_HERE = (
        "Оқығыштағы карточка бос: оны сайлаушыға беруге болады.",
        "Карточка в считывателе чистая: её можно выдать.",
        "The card in the reader is blank: it can be given to a voter.",
    )

    LOST = ("Карточкасын жоғалтқан", "Потерял карточку", "Has lost the card")
    LOST_TITLE = (
        "Жоғалған карточка ауыстырылмайды",
        "Потерянная карточка не заменяется",
        "A lost card is not replaced",
    )
    LOST_WHY = (
        "Жоғалған карточкамен біреу дауыс беруі мүмкін, сондықтан басқасы берілмейді. Хаттамада ол «табылмаған» болып көрсетіледі.",
        "По потерянной карточке кто-то может проголосовать, поэтому другая не выдаётся. В протоколе она значится отсутствующей.",
        "Somebody may vote with a lost card, so no other is given. The minutes show it as missing.",
    )
    LOST_SEEK = (
        "Карточканы залдан, кабиналардан іздеңіз. Табылса, оқығышқа салыңыз: кері алынғаннан кейін акт бойынша басқасы беріледі.",
        "Поищите её в зале и кабинах. Найденную вставьте в считыватель: после её отзыва по акту выдаётся другая.",
        "Look for it in the hall and the booths. Once found, insert it: when it is withdrawn, another may be given under an act.",
    )
    TAKEN_BACK = (
        "Осы үстел кері алған, иесі белгіленбеген карточка: {count}. Бірі осы сайлаушынікі болса, «{button}» түймесін басыңыз.",
        "На этом столе отозвано карточек, владелец которых не отмечен: {count}. Если одна из них этого избирателя, нажмите «{button}».",
        "Cards that this desk withdrew and marked for no voter: {count}. If one of them is this voter's, press “{button}”.",
    )

    NO_CARDS = ("Бос карточка қалмады", "Чистых карточек нет", "No blank card left")
    NO_CARDS_TITLE = (
        "Бос карточка күтілуде",
        "Ожидаются чистые карточки",
        "Waiting for blank cards",
    )
    NO_CARDS_TEXT = (
        "1. Сайлаушы кезекте бірінші болып қалады. Ешкім қайтарылмайды.\n2. Бір мүше жинақтаушыдан тазартылған карточкаларды әкелсін.\n3. Залда карточка саны қанша болса, сонша сайлаушы болады; қалғандары есік алдында күтеді.",
        "1. Избиратель остаётся первым в очереди. Никому не отказывают.\n2. Пусть член комиссии принесёт от накопителя очищенные карточки.\n3. В зале столько избирателей, сколько карточек; остальные ждут у входа.",
        "1. The voter stays the first of the queue. Nobody is turned away.\n2. A member brings cleared cards from the accumulator.\n3. There are as many voters in the hall as cards; the others wait at the door.",
    )
    OUT = (
        "Осы үстел берген, кері алынбаған карточка: {count}. Олардың бір бөлігін жинақтаушы тазартып қойған.",
        "Выдано этим столом и не отозвано карточек: {count}. Часть из них накопитель уже очистил.",
        "Cards that this desk gave and did not withdraw: {count}. The accumulator has cleared some of them.",
    )
    CAME = ("Карточка әкелінді", "Карточки принесли", "Cards were brought")

    CARDS = ("Бос карточкалар", "Чистые карточки", "Blank cards")
    CARDS_HINT = (
        "Үстелдегі бос карточкаларды санап, санын теріңіз. Жинақтаушыдан карточка әкелінген сайын қайталаңыз.",
        "Пересчитайте чистые карточки на столе и наберите число. Повторяйте, когда их приносят от накопителя.",
        "Count the blank cards on the desk and type how many. Do so again when cards are brought from the accumulator.",
    )
    STOCK = (
        "Үстелдегі бос карточка: кемінде {count}",
        "Чистых карточек на столе: не меньше {count}",
        "Blank cards at the desk: at least {count}",
    )
    STOCK_UNKNOWN = (
        "Бос карточкалар саналмаған.",
        "Чистые карточки не пересчитаны.",
        "The blank cards were not counted.",
    )
    LASTS = (
        "Қазіргі қарқынмен {minutes} минутқа жетеді.",
        "При нынешнем темпе хватит на {minutes} мин.",
        "At the present pace they last {minutes} minutes.",
    )
    FEW = (
        "Бос карточка аз: кемінде {count}. Жинақтаушыдан алдырыңыз; келгендер есік алдында күте тұрсын.",
        "Мало чистых карточек: не меньше {count}. Пошлите за ними к накопителю; пришедшие пусть подождут у входа.",
        "Few blank cards: at least {count}. Send for some to the accumulator; let those who come wait at the door.",
    )
    COUNTED = ("Санды жазу", "Записать число", "Enter the count")

    TURNOUT = ("Сағат бойынша", "По часам", "By the hour")
    TURNOUT_TITLE = (
        "Карточка алған сайлаушылар, сағат бойынша",
        "Избиратели, получившие карточки, по часам",
        "Voters given a card, by the hour",
    )
    HOUR = ("Сағат", "Час", "Hour")
    IN_THE_HOUR = ("Сағат ішінде", "За час", "In the hour")
    SO_FAR = ("Барлығы", "Всего", "So far")
    SHARE = ("Тізімнен", "От списка", "Of the list")
    BEFORE = ("бұрын", "ранее", "before")

# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What the counting desk says after its close, in Kazakh, Russian and English."""

from __future__ import annotations

from enum import unique

from common.trilingual import Trilingual


@unique
class E(Trilingual):
    """What is said while votes are shuffled and opened here."""

    STAYS_ON = (
        "Бұл үстелді өшірмеңіз: тасымалдағыш кейін осында қайта әкелінеді, дауыстар осында да араластырылып, ашылады.",
        "Не выключайте этот стол: носитель принесут сюда ещё раз, голоса перемешиваются и вскрываются и здесь.",
        "Leave this desk on: the medium will be brought back, and the votes are shuffled and opened here, too.",
    )
    AWAY = (
        "Тасымалдағыш жинақтаушыда. Жинақтаушының экраны айтқанда оны осы үстелдің ұясына қайта салыңыз. Үстелді өшірмеңіз.",
        "Носитель у накопителя. Когда экран накопителя скажет, вставьте его сюда снова. Стол не выключайте.",
        "The medium is at the accumulator. Put it back in here when the accumulator's screen says so. Leave the desk on.",
    )
    MIXING_TITLE = ("Дауыстар араластырылуда", "Голоса перемешиваются", "Shuffling the votes")
    CHECKING_TITLE = (
        "Жинақтаушының бөлігі тексерілуде",
        "Проверяется часть накопителя",
        "Checking the accumulator's part",
    )
    OPENING_TITLE = ("Дауыстар ашылуда", "Голоса вскрываются", "Opening the votes")
    AT_WORK = (
        "Бірнеше минутқа созылуы мүмкін. Тасымалдағышты шығармаңыз, үстелді өшірмеңіз.",
        "Это может занять несколько минут. Не вынимайте носитель, не выключайте стол.",
        "This may take some minutes. Leave the medium in, and the desk on.",
    )
    MIXED_TITLE = ("Дауыстар араластырылды", "Голоса перемешаны", "The votes are shuffled")
    MIXED = (
        "Екі араластыру да тексерілді, бұған қол қойылды.",
        "Оба перемешивания проверены, это подписано.",
        "Both shuffles were checked, and that is signed.",
    )
    MIXED_NEXT = (
        "Тасымалдағышты шығарып, жинақтаушыға апарыңыз. Ол осында тағы бір рет қайта әкелінеді: үстелді өшірмеңіз.",
        "Выньте носитель и отнесите его к накопителю. Его принесут сюда ещё раз: стол не выключайте.",
        "Take the medium out and carry it to the accumulator. It will be brought back once more: leave the desk on.",
    )
    QUORUM_TITLE = (
        "Үстелдің кілт жартысы",
        "Половина ключа этого стола",
        "The desk's half of the key",
    )
    QUORUM_HINT = (
        "Жинақтаушының бөлігі дұрыс. Кілт үлесі карточкаларын бірінен соң бірін салыңыз. Оқылғаны: {present}, керегі: {needed}.",
        "Часть накопителя верна. Вставляйте карточки с долями одну за другой. Прочитано: {present}, нужно: {needed}.",
        "The accumulator's part is right. Insert the share cards one after another. Read: {present}, needed: {needed}.",
    )
    TO_BE_OPENED = (
        "Ашылатын дауыстар: {ballots}. Жинақтаушы қабылдаған дауыстар санымен салыстырыңыз: аз болса және оның себебі осында айтылмаса, карточка салмаңыз.",
        "Голосов к вскрытию: {ballots}. Сравните с числом голосов, принятых накопителем: если их меньше и здесь не сказано почему, карточек не вставляйте.",
        "Votes to be opened: {ballots}. Compare that with the number of votes that the accumulator took in: if there are fewer, and nothing here says why, insert no card.",
    )
    OPENED_TITLE = (
        "Үстелдің бөлігі дайын",
        "Часть этого стола готова",
        "This desk's part is done",
    )
    OPENED = (
        "Үстел барлық дауыстан өз мөрін алды, кілттің жартысын жадынан өшірді.",
        "Стол снял свою печать со всех голосов и удалил половину ключа из памяти.",
        "The desk took its seal off all votes and forgot its half of the key.",
    )
    OPENED_NEXT = (
        "Тасымалдағышты шығарып, жинақтаушыға апарыңыз: енді дауыстарды сол санайды. Үстелді хаттамаға қол қойылғанша өшірмеңіз.",
        "Выньте носитель и отнесите его к накопителю: теперь голоса считает он. Не выключайте стол, пока протокол не подписан.",
        "Take the medium out and carry it to the accumulator: now it counts the votes. Leave the desk on until the minutes are signed.",
    )
    REFUSED_TITLE = (
        "Жинақтаушының файлдары қабылданбады",
        "Файлы накопителя не приняты",
        "The accumulator's files are refused",
    )
    STOPPED_TITLE = (
        "Дауыстарды осында әрі қарай санау мүмкін емес",
        "Дальше здесь продолжить подсчёт нельзя",
        "The count cannot go on here",
    )
    REFUSED = (
        "Үстел олармен ештеңе істеген жоқ, ештеңе жоғалған жоқ.",
        "Стол с ними ничего не сделал, ничего не потеряно.",
        "The desk did nothing with them, and nothing is lost.",
    )
    AGAIN = ("Қайта тексеру", "Проверить снова", "Check again")
    SPARE_NEXT = (
        "Ол үстел жабылып қойған. Дауыстарды араластыру мен ашуды аяқтай алмай істен шықса ғана: оны өшіріп, мөрлеңіз; екі мүше актіге қол қойғаннан кейін оның бөлігін осы үстел орындайды.",
        "Тот стол уже закрыт. Только если он вышел из строя, не закончив перемешивание и вскрытие голосов: выключите и опечатайте его; когда два члена комиссии подпишут акт, его часть выполнит этот стол.",
        "That desk is closed already. Only if it died before its part of shuffling and opening was done: switch it off and seal it; when two members have signed the act, this desk does that part.",
    )

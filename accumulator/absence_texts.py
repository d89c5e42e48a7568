# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What page and paper say of members who do not sign the minutes: Kazakh, Russian, English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import unique
from typing import Final

from common.records import AbsenceReason
from common.trilingual import Trilingual


@unique
class AbsenceText(Trilingual):
    """The words of the act of absence."""

    LATER = (
        "Біреу қол қоя алмаса: төраға мен мүшелердің жартысынан көбі қол қойған соң бұл туралы акт жасауға болады.",
        "Если кто-то не может подписать: после подписей председателя и более половины членов об этом можно составить акт.",
        "If somebody cannot sign: once the chair and more than half of the members have signed, an act can say so.",
    )
    BUTTON = (
        "Мүше қол қоя алмайды",
        "Член комиссии не может подписать",
        "A member cannot sign",
    )
    TITLE = ("Қолтаңбаның болмауы", "Отсутствие подписи", "A missing signature")
    WHO = (
        "Хаттамаға кім қол қоймайды?",
        "Кто не подписывает протокол?",
        "Who does not sign the minutes?",
    )
    WHY = (
        "{name} хаттамаға неге қол қоймайды?",
        "{name}: почему нет подписи под протоколом?",
        "{name}: why is there no signature under the minutes?",
    )
    REASON = ("Себебі", "Причина", "Reason")
    CARD = (
        "Карточкасы жарамсыз: бұғатталған, жоғалған не сынған",
        "Карточка непригодна: заблокирована, утеряна или сломана",
        "The card cannot be used: blocked, lost or broken",
    )
    AWAY = ("Мұнда жоқ", "Отсутствует", "Is not here")
    REFUSES = (
        "Қол қоймайды: ерекше пікірі қағазда тіркеледі",
        "Не подписывает: особое мнение прилагается на бумаге",
        "Does not sign: own opinion is attached on paper",
    )
    ACT_HINT = (
        "{name} хаттамаға қол қоймайды. Себебі: {why}. Төраға мен кемінде тағы бір мүше қол қояды.",
        "{name} не подписывает протокол. Причина: {why}. Подписывают председатель и ещё хотя бы один член комиссии.",
        "{name} does not sign the minutes. Reason: {why}. The chair and at least one more member sign.",
    )
    ACT_TITLE = (
        "Қолтаңбаның болмауы туралы акт",
        "Акт об отсутствии подписи",
        "Act of absence",
    )
    FINISH = ("Актіні аяқтау", "Завершить акт", "Complete the act")
    KEPT = (
        "{name}: акт сақталды. Бұл мүше хаттамаға әлі де қол қоя алады.",
        "{name}: акт сохранён. Подписать протокол этот член комиссии ещё может.",
        "{name}: the act is stored. This member can still sign the minutes.",
    )
    BY_ACT = ("акт: {why}", "акт: {why}", "act: {why}")
    WHY_CARD = ("карточка жарамсыз", "карточка непригодна", "card cannot be used")
    WHY_AWAY = ("мұнда жоқ", "отсутствует", "not here")
    WHY_REFUSES = (
        "қол қоймайды, пікірі қағазда",
        "не подписывает, мнение на бумаге",
        "does not sign, opinion on paper",
    )
    ON_PAPER = (
        "Электрондық қолтаңба қоймағандар (акт бойынша):",
        "Не подписали электронно (по акту):",
        "Did not sign electronically (under an act):",
    )


WHY: Final[Mapping[AbsenceReason, AbsenceText]] = {
    AbsenceReason.CARD: AbsenceText.WHY_CARD,
    AbsenceReason.AWAY: AbsenceText.WHY_AWAY,
    AbsenceReason.REFUSES: AbsenceText.WHY_REFUSES,
}
"""The reasons, each in a few words."""
ROWS: Final[Mapping[AbsenceReason, AbsenceText]] = {
    AbsenceReason.CARD: AbsenceText.CARD,
    AbsenceReason.AWAY: AbsenceText.AWAY,
    AbsenceReason.REFUSES: AbsenceText.REFUSES,
}
"""The reasons, as one chooses among them."""

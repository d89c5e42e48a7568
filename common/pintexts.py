# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What desk and accumulator both say while cards with a PIN are asked for: Kazakh, Russian, English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import unique
from typing import Final

from common.records import Role
from common.trilingual import Trilingual


@unique
class PinText(Trilingual):
    """What is said of people, cards and PINs."""

    CHAIR = ("төраға", "председатель", "chair")
    SECRETARY = ("хатшы", "секретарь", "secretary")
    MEMBER = ("мүше", "член комиссии", "member")
    TECHNICIAN = ("техник маман", "техник", "technician")

    NAME = ("Аты-жөні", "Фамилия, имя", "Name")
    STATE = ("Күйі", "Состояние", "State")
    WAITING = ("күтілуде", "ожидается", "waiting")

    PIN_OF = (
        "{name}: PIN-кодыңызды енгізіңіз",
        "{name}: введите PIN-код",
        "{name}: enter your PIN",
    )
    PIN_ATTEMPTS = (
        "Қалған әрекет: {attempts}",
        "Осталось попыток: {attempts}",
        "Attempts left: {attempts}",
    )
    PIN_ENTER = ("Енгізу", "Ввести", "Enter")
    CARD_WORKING = ("Карточканы алмаңыз…", "Не вынимайте карточку…", "Leave the card in…")

    SHARE_WRITTEN = (
        "{name}: үлес жазылды. Карточканы алыңыз.",
        "{name}: доля записана. Выньте карточку.",
        "{name}: the share is written. Take the card out.",
    )
    SHARE_IS_ON_CARD = (
        "Бұл карточкада үлес бар. Келесі карточканы салыңыз.",
        "На этой карточке доля уже есть. Вставьте следующую карточку.",
        "This card has its share. Insert the next card.",
    )
    SHARE_READ = (
        "{name}: үлес оқылды. Карточканы алыңыз.",
        "{name}: доля прочитана. Выньте карточку.",
        "{name}: the share was read. Take the card out.",
    )
    WRITTEN = ("үлес жазылды", "доля записана", "share written")
    READ = ("үлес оқылды", "доля прочитана", "share read")


ROLES: Final[Mapping[Role, PinText]] = {
    Role.CHAIR: PinText.CHAIR,
    Role.SECRETARY: PinText.SECRETARY,
    Role.MEMBER: PinText.MEMBER,
    Role.TECHNICIAN: PinText.TECHNICIAN,
}

# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What the counting desk says while it makes its half of the tally key: Kazakh, Russian, English."""

from __future__ import annotations

from enum import unique

from common.trilingual import Trilingual


@unique
class H(Trilingual):
    """What is said of the half."""

    TO_MAKE = (
        "Бұл үстел дауыстарды ашу кілтінің жартысын жасайды. Жинақтаушы соны сұрағанда төмендегі түймені басыңыз.",
        "Этот стол создаёт половину ключа вскрытия голосов. Когда накопитель её попросит, нажмите кнопку внизу.",
        "This desk makes a half of the tally key. When the accumulator asks for it, press the button below.",
    )
    MAKE = ("Кілттің жартысын жасау", "Создать половину ключа", "Make the half of the key")
    IS_MADE = (
        "Кілттің жартысы жасалды. Оны курьер карточкасына қайта жаздыруға болады.",
        "Половина ключа создана. Её можно записать на курьерскую карточку ещё раз.",
        "The half of the key is made. It can be written on the courier card once more.",
    )
    AGAIN = ("Курьерге жазу", "Записать на курьерскую", "Write for the courier")
    SHARES_TITLE = (
        "Кілт жартысының үлестері",
        "Доли половины ключа",
        "Shares of the half of the key",
    )
    SHARES_HINT = (
        "Кілттің жартысы жасалды. Кілт үлесі карточкаларын бірінен соң бірін салыңыз.",
        "Половина ключа создана. Вставляйте карточки с долями одну за другой.",
        "The half of the key was made. Insert the share cards one after another.",
    )
    CONTINUE = ("Жалғастыру", "Продолжить", "Continue")
    ABANDON = ("Бас тарту", "Отказаться", "Give up")
    COURIER_TITLE = (
        "Кілттің жартысы дайын",
        "Половина ключа готова",
        "The half of the key is ready",
    )
    COURIER_HINT = (
        "Курьер карточкасын салыңыз: оған кілт жартысының ашық бөлігі жазылады.",
        "Вставьте курьерскую карточку: на неё запишется открытая часть половины ключа.",
        "Insert the courier card: the public part of the half will be written on it.",
    )
    COURIER_WRITING = (
        "Курьер карточкасы жазылуда. Алмаңыз…",
        "Записывается курьерская карточка. Не вынимайте…",
        "Writing the courier card. Leave it in…",
    )
    COURIER_WRITTEN = (
        "Кілттің жартысы курьер карточкасында. Карточканы алып, жинақтаушыға апарыңыз.",
        "Половина ключа на курьерской карточке. Выньте её и отнесите к накопителю.",
        "The half of the key is on the courier card. Take it out and to the accumulator.",
    )

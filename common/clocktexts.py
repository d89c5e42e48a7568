# ruff: noqa: E501 - one text stands on one line, so that translators can compare the three
"""What desk and accumulator both say of their clocks: Kazakh, Russian, English."""

from typing import Final

TITLE: Final = ("Сағатты тексеріңіз", "Проверьте часы", "Check the clock")
ASK: Final = (
    "Төрағаның сағатымен салыстырыңыз. Уақыт та, күн де дұрыс па?",
    "Сравните с часами председателя. Верны ли и время, и дата?",
    "Compare with the chair's watch. Are both time and date right?",
)
RIGHT: Final = ("Уақыт дұрыс", "Время верно", "The time is right")
CHANGE: Final = ("Уақытты қою", "Установить время", "Set the time")
LEAVE: Final = ("Өзгертпей қайту", "Вернуться без изменений", "Go back, change nothing")
SET_TITLE: Final = ("Уақытты қою", "Установка времени", "Setting the time")
SET_HINT: Final = (
    "Алдағы минутты төрт цифрмен теріңіз, мысалы 0645. Төрағаның сағаты соны көрсеткен сәтте «Қою» түймесін басыңыз.",
    "Наберите ближайшую минуту четырьмя цифрами, например 0645. Нажмите «Установить» в тот миг, когда её покажут часы председателя.",
    "Type the coming minute in four digits, such as 0645. Press “Set” at the moment when the chair's watch shows it.",
)
SET: Final = ("Қою", "Установить", "Set")
WAS_SET: Final = (
    "Уақыт қойылды. Төрағаның сағатымен тағы бір рет салыстырыңыз.",
    "Время установлено. Сравните ещё раз с часами председателя.",
    "The time is set. Compare it with the chair's watch once more.",
)

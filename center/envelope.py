"""The start password and the sheet for its envelope (L9).

Six groups of three capital letters, without I and O, which look like figures: 18 letters out of 24
are 82 bits. The password is printed once; the centre keeps only the public half of the key that
argon2id derives from it.
"""

from __future__ import annotations

import math

from center.draws import RandomBytes, below

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS = 6
GROUP = 3
BITS = GROUPS * GROUP * math.log2(len(LETTERS))


def make_password(random_bytes: RandomBytes) -> str:
    """Return a start password, its groups joined by hyphens."""
    letters = [LETTERS[below(len(LETTERS), random_bytes)] for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))


def envelope_sheet(password: str, station: str, election: str) -> str:
    """Return the sheet that goes into the envelope, in Kazakh and Russian."""
    groups = "   ".join(password.split("-"))
    return f"""\
№ {station} УЧАСКЕ / УЧАСТОК № {station}
{election}

ІСКЕ ҚОСУ ҚҰПИЯСӨЗІ / СТАРТОВЫЙ ПАРОЛЬ

        {groups}

Латын әріптері; I және O әріптері жоқ. Сызықша мен бос орын маңызды емес.
Латинские буквы; букв I и O нет. Дефисы и пробелы не важны.

Комиссия төрағасы конвертті куәлардың көзінше ашады, құпиясөзді жинақтаушыға енгізеді,
содан кейін осы парақты жаңа конвертке салып, мөрлейді.
Председатель комиссии вскрывает конверт при свидетелях, вводит пароль на накопителе,
затем кладёт этот лист в новый конверт и опечатывает его.
"""

"""How clerks type a voter's name: as it stands in a document, or as they are used to.

Drawn from the voter's own name, as it would be read aloud or off a passport. It knows nothing of
how the desk searches.
"""

from __future__ import annotations

import random

from common.records import Voter

_RUSSIAN_KEYS = str.maketrans("әғқңөұүһі", "агкноуухи")
_PASSPORT = {
    **dict(zip("абвгдезиклмнопрстуфы", "abvgdeziklmnoprstufy", strict=True)),
    **dict(zip("әғқңөұүһ", "agknouuh", strict=True)),
    "ё": "e",
    "ж": "zh",
    "й": "i",
    "і": "i",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "э": "e",
    "ю": "iu",
    "я": "ia",
}
_KAZAKH_LATIN = _PASSPORT | {"ж": "j", "қ": "q", "х": "h", "ш": "s", "ұ": "u"}


def typed_name(voter: Voter, draw: random.Random) -> str:
    """Return surname and given name, in some order and spelling, in lower case."""
    parts = [voter.surname, voter.given or voter.patronymic]
    if draw.random() < 0.3:
        parts.reverse()
    name = " ".join(part for part in parts if part).lower()
    match draw.randrange(4):
        case 0:
            return name
        case 1:
            return name.translate(_RUSSIAN_KEYS)
        case 2:
            return _spelt(name, _PASSPORT)
        case _:
            return _spelt(name, _KAZAKH_LATIN)


def _spelt(name: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in name)

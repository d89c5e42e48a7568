"""Keys of the on-screen keyboards, and what typing one does to a line of text.

The Kazakh layout has the nine Kazakh letters in a row of their own above the Russian ones; Latin is
the common QWERTY. Digits stand above all of them.
"""

from typing import Literal

KeyboardLayout = Literal["kk", "ru", "latin"]

DIGITS = "1234567890-"
RUSSIAN = ("йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю.,")
LAYOUTS: dict[KeyboardLayout, tuple[str, ...]] = {
    "kk": (DIGITS, "әғқңөұүһі", *RUSSIAN),
    "ru": (DIGITS, *RUSSIAN),
    "latin": (DIGITS, "qwertyuiop", "asdfghjkl", "zxcvbnm.,"),
}
LAYOUT_NAMES: dict[KeyboardLayout, str] = {"kk": "Қазақша", "ru": "Русский", "latin": "Latin"}
KEYPAD_ROWS = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("clear", "0", "erase"))


def key_of(widget: str, hit_name: str | None) -> str | None:
    """Return the key of this keypad or keyboard that was hit, or None."""
    if hit_name is None or not hit_name.startswith(widget + "."):
        return None
    return hit_name[len(widget) + 1 :]


def type_key(line: str, key: str, max_length: int) -> str:
    """Return the line after a key: a character, `space`, `erase` or `clear`; others change nothing.

    A line that is `max_length` characters long takes no more.
    """
    match key:
        case "erase":
            return line[:-1]
        case "clear":
            return ""
        case "space":
            character = " "
        case _ if len(key) == 1:
            character = key
        case _:
            return line
    return line + character if len(line) < max_length else line

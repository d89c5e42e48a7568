"""How a name sounds to the search: many spellings of one name have one key.

A key is written in a small alphabet of its own: `a o u i e`, the consonants of Latin, `j` for Ж,
`w` for Ш and Щ, `q` for Ч. Vowels that clerks and documents mix up (а ә, о ө, у ұ ү, и й ы і,
е э ё) are one, and so are г ғ, к қ, н ң, х һ; ъ, ь and apostrophes are none; doubled letters are
single.

Some letters can be read in more than one way (`y` is ы in the alphabet of 2021, у with its accent
lost in that of 2018), so a word has a *set* of keys, the likelier first. Two spellings are of the
same name if they have a key in common.

Where the spellings come from:
- the Kazakh and Russian alphabets, and what is typed for Ә Ғ Қ Ң Ө Ұ Ү Һ І on a Russian keyboard:
  А Г К Н О У У Х И, the same letters of Latin, or the digits on whose keys they lie in the Kazakh
  layout (2 ә, 3 і, 4 ң, 5 ғ, 8 ү, 9 ұ, 0 қ);
- Kazakh in Latin letters: decrees 569 of 2017 (with apostrophes) and 637 of 2018 (with acutes),
  the drafts of September 2017 (digraphs) and 2019, the alphabet of 2021 (Ä Ğ I Ñ Ö Q Ş Ū Ü);
- passports: ICAO Doc 9303 part 3, section 6 (ZH, KH, TS, SHCH, IE, IU, IA), and the older
  English-like habit (YE, YO, YU, YA, Y, J);
- library and map systems: BGN/PCGN (GH, Q, NG), ISO 9:1995 (Ž, Š, Č, Â), German (SCH, TSCH, W) and
  Turkish (Ş, Ç) as far as they do not contradict those above.

Pure; nothing here is stored or logged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product

MOST_KEYS = 96
"""A word that could be read in more ways than this keeps the likelier ones."""

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ`´′ʹ"), "'")

# What is written -> how it may be read, the likelier first. Longer tokens go before shorter ones.
_CYRILLIC: dict[str, tuple[str, ...]] = {
    "дж": ("j",), "нг": ("ng", "n"), "шч": ("w",), "сч": ("w", "sq"), "тц": ("ts",), "тс": ("ts",),
    "ие": ("ie", "e"), "йо": ("io", "e"), "ьо": ("io", "e"), "йу": ("iu",), "йа": ("ia",),
    "а": ("a",), "ә": ("a",), "б": ("b",), "в": ("v",), "г": ("g",), "ғ": ("g",), "ґ": ("g",),
    "д": ("d",), "е": ("e",), "ё": ("e", "io"), "є": ("ie", "e"), "ж": ("j",), "з": ("z",),
    "и": ("i",), "й": ("i",), "і": ("i",), "ї": ("i",), "ы": ("i",), "к": ("k",), "қ": ("k",),
    "л": ("l",), "м": ("m",), "н": ("n",), "ң": ("n", "ng"), "о": ("o",), "ө": ("o",), "п": ("p",),
    "р": ("r",), "с": ("s",), "т": ("t",), "у": ("u",), "ұ": ("u",), "ү": ("u",), "ў": ("u",),
    "ф": ("f",), "х": ("h",), "һ": ("h",), "ц": ("ts",), "ч": ("q",), "ш": ("w",), "щ": ("w",),
    "ъ": ("",), "ь": ("",), "э": ("e",), "ю": ("iu",), "я": ("ia",),
}  # fmt: skip
_LATIN: dict[str, tuple[str, ...]] = {
    "shch": ("w", "sq"), "tsch": ("q",), "sch": ("w", "sq"), "tch": ("q",), "dzh": ("j",),
    "tzh": ("tj",), "dj": ("j",), "zh": ("j", "zh"), "kh": ("h", "kh"), "gh": ("g", "gh"),
    "sh": ("w", "sh"), "ch": ("q", "h"), "şç": ("w",), "tz": ("ts", "tz"), "ng": ("ng", "n"),
    "ph": ("f", "ph"), "ou": ("u", "ou"), "ae": ("ae", "a"), "oe": ("oe", "o"), "ue": ("ue", "u"),
    "ie": ("ie", "e"), "ye": ("e", "ie", "ue"), "je": ("je", "ie", "e"), "io": ("io", "e"),
    "yo": ("e", "io", "uo"), "jo": ("jo", "io", "e"), "ij": ("i", "ij"), "yi": ("i", "ui"),
    "iy": ("i", "iu"), "yy": ("i", "ui", "iu"), "yu": ("iu",), "ya": ("ia", "ua"),
    "ju": ("ju", "iu"), "ja": ("ja", "ia"), "s'": ("w", "s"), "c'": ("q",), "y'": ("u", "i"),
    "ý": ("u", "i"), "ş": ("w",), "š": ("w",), "ŝ": ("w",), "ș": ("w",), "ç": ("q",), "č": ("q",),
    "ž": ("j",), "â": ("ia", "a"), "û": ("iu", "u"), "ŋ": ("n", "ng"), "ñ": ("n", "ng"),
    "ı": ("i",), "a": ("a",), "b": ("b",), "c": ("k", "s", "ts", "q"), "d": ("d",), "e": ("e",),
    "f": ("f", "v"), "g": ("g",), "h": ("h",), "i": ("i",), "j": ("j", "i"), "k": ("k",),
    "l": ("l",), "m": ("m",), "n": ("n",), "o": ("o",), "p": ("p",), "q": ("k",), "r": ("r",),
    "s": ("s", "w"), "t": ("t",), "u": ("u",), "v": ("v",), "w": ("u", "v", "w"),
    "x": ("h", "ks"), "y": ("i", "u"), "z": ("z",), "ə": ("a",), "ø": ("o",), "æ": ("a", "e"),
}  # fmt: skip
_DIGITS: dict[str, tuple[str, ...]] = {
    "0": ("k", "o"), "1": ("i", "l"), "2": ("a",), "3": ("i", "z"), "4": ("n", "q", "ng"),
    "5": ("g",), "6": ("b", "w"), "8": ("u", "v"), "9": ("u",),
}  # fmt: skip
# A Latin letter among Cyrillic ones was meant for the one that it looks like.
_LOOK_ALIKES: dict[str, tuple[str, ...]] = {
    "a": ("a",), "b": ("v", "b"), "c": ("s",), "e": ("e",), "h": ("h", "n"), "i": ("i",),
    "k": ("k",), "m": ("m",), "o": ("o",), "p": ("r",), "t": ("t",), "u": ("u", "i"), "x": ("h",),
    "y": ("u",),
}  # fmt: skip
_ONE_SCRIPT = _CYRILLIC | _LATIN | _DIGITS
_MIXED = _CYRILLIC | _DIGITS | {t: r for t, r in _LATIN.items() if len(t) == 1} | _LOOK_ALIKES
_LONGEST = max(map(len, _ONE_SCRIPT))
_HALF_TYPED = ("kh", "zh", "dzh", "dj", "tch", "tsch", "ph", "ye", "je", "ie", "ou")
"""Latin for one letter that begins with the Latin for another."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, in lower case: letters, digits and apostrophes."""
    plain = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).lower()
    plain = plain.replace("i\u0307", "i")  # the dotted capital İ
    kept = (c if c.isalnum() or c == "'" or unicodedata.combining(c) else " " for c in plain)
    return tuple(word for word in "".join(kept).split() if word.strip("'"))


def keys_of(word: str) -> tuple[str, ...]:
    """Return the keys of one word of `words_of`, the likelier first; none of a word without any."""
    word = _single(word, but="y")
    if any("Ѐ" <= letter <= "ԯ" for letter in word):
        return _keys(word, _MIXED)
    keys = _keys(word, _ONE_SCRIPT)
    if all(letter in _LOOK_ALIKES for letter in word):  # "pyc" for рус
        keys += _keys(word, _MIXED)
    return tuple(dict.fromkeys(keys))


def keys_of_beginning(word: str) -> tuple[str, ...]:
    """Return the keys of a word that may not be typed to its end: "muk" may become "mukh"."""
    whole = (
        word + letters[typed:]
        for letters in _HALF_TYPED
        for typed in range(1, len(letters))
        if word.endswith(letters[:typed])
    )
    return tuple(dict.fromkeys(key for one in (word, *whole) for key in keys_of(one)))


def _keys(word: str, table: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    readings = list(_readings(word, table))
    while _ways(readings) > MOST_KEYS // 2:  # the last letter with most loses its unlikeliest
        place = max(range(len(readings)), key=lambda at: (len(readings[at]), at))
        readings[place] = readings[place][:-1]
    keys = (_single("".join(reading)) for reading in product(*readings))
    return tuple(dict.fromkeys(key for key in keys if key))


def _readings(word: str, table: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(word):
        for length in range(min(_LONGEST, len(word) - at), 0, -1):
            reading = table.get(word[at : at + length])
            if reading is not None:
                break
        else:
            # A letter with a mark that means nothing here is the letter; a mark alone is nothing.
            length = 1
            reading = table.get(unicodedata.normalize("NFD", word[at])[0], ("",))
        yield reading
        at += length


def _ways(readings: Iterable[tuple[str, ...]]) -> int:
    ways = 1
    for reading in readings:
        ways *= len(reading)
    return ways


def _single(letters: str, but: str = "") -> str:
    """Return the letters, doubled ones single."""
    return "".join(c for at, c in enumerate(letters) if at == 0 or c != letters[at - 1] or c in but)

"""Texts of operators' pages in three languages: what every board's list of texts is made of."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Trilingual(Enum):
    """A list of texts, each in Kazakh, Russian and English, with the same `{placeholders}`."""

    _value_: tuple[str, str, str]
    kk: str
    ru: str
    en: str

    def __new__(cls, kk: str, ru: str, en: str) -> Self:
        text = object.__new__(cls)
        text._value_ = (kk, ru, en)
        text.kk, text.ru, text.en = kk, ru, en
        return text

    def text(self, language: str, **facts: int | str) -> str:
        """Return the text in "kk", "ru" or "en", its placeholders filled from `facts`."""
        pattern: str = getattr(self, language)
        return pattern.format_map(facts)

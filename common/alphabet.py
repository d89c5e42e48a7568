"""The order of the Kazakh alphabet, in which candidates and voters stand (L3)."""

from __future__ import annotations

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""Lower case."""

_PLACES = {letter: place for place, letter in enumerate(ALPHABET, 1)}


def kazakh_order(text: str) -> tuple[int, ...]:
    """Return a key that sorts texts by the Kazakh alphabet; other characters come before."""
    return tuple(_PLACES.get(letter, 0) for letter in text.lower())

"""Fonts and the measuring of text: cached fonts and widths of single characters, no cached text.

The width of a line is the sum of its characters' advances; kerning can only make it narrower, so
text that was measured to fit does fit. Fonts come from the pinned package `font-source-sans-pro`.
"""

from functools import lru_cache
from typing import Literal

import font_source_sans_pro
from PIL import ImageFont

Weight = Literal["regular", "semibold", "bold"]

FACES: dict[Weight, str] = {
    "regular": "SourceSansPro",
    "semibold": "SourceSansProSemibold",
    "bold": "SourceSansProBold",
}
LINE_SPACING = 1.28
ASCENT = 0.96  # of the size, from a line's upper edge to its baseline


class PageOverflow(ValueError):
    """A page does not fit its screen even in the smallest type: the page is wrong."""


@lru_cache(maxsize=256)
def font(weight: Weight, size_px: int) -> ImageFont.FreeTypeFont:
    """Return the face of this weight at this size."""
    return ImageFont.truetype(font_source_sans_pro.font_files_ttf[FACES[weight]], size_px)


@lru_cache(maxsize=16384)
def advance(weight: Weight, size_px: int, character: str) -> float:
    """Return the width of one character in pixels."""
    return font(weight, size_px).getlength(character)


def width(text: str, weight: Weight, size_px: int) -> float:
    """Return the greatest width in pixels that the text can take on one line."""
    return sum(advance(weight, size_px, character) for character in text)


def line_height(size_px: int) -> int:
    """Return the distance between baselines in pixels."""
    return round(size_px * LINE_SPACING)


def wrap(text: str, weight: Weight, size_px: int, width_px: float) -> tuple[str, ...]:
    """Break text into lines no wider than `width_px`, at spaces; a longer word at any character.

    Line ends in the text stay. Raises: PageOverflow when a single character is too wide.
    """
    return tuple(
        line
        for paragraph in text.split("\n")
        for line in _wrap_paragraph(paragraph, weight, size_px, width_px)
    )


def _wrap_paragraph(text: str, weight: Weight, size_px: int, width_px: float) -> list[str]:
    if width(text, weight, size_px) <= width_px:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, weight, size_px) <= width_px:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _break_word(word, weight, size_px, width_px)
        lines.extend(whole)
    lines.append(line)
    return lines


def _break_word(word: str, weight: Weight, size_px: int, width_px: float) -> list[str]:
    pieces = [""]
    for character in word:
        if width(pieces[-1] + character, weight, size_px) <= width_px:
            pieces[-1] += character
        elif advance(weight, size_px, character) <= width_px:
            pieces.append(character)
        else:
            raise PageOverflow(f"no room for one character in {width_px:.0f} px")
    return pieces

"""Drawing one page of the ballot book: boxes, texts that fit, and a record of where all stands.

Rules:
- A text never leaves its box and is never cut: it is wrapped at spaces; where it does not fit at
  the smallest of the sizes it may have, drawing fails with `DoesNotFit`.
- Every letter is in the font, or drawing fails with `NoGlyph`.
- Only the inks below, on the grounds below; each pair has a contrast of 7:1 or more (WCAG 2.2,
  1.4.6), which the tests compute from what was drawn (`Sheet.runs`).
- The same calls give the same pixels.

Fonts come from the package font-source-sans-pro; marks and arrows are polygons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import font_source_sans_pro
from PIL import Image, ImageDraw, ImageFont

from common.book import BookError

Colour: TypeAlias = tuple[int, int, int]

INK: Colour = (17, 17, 17)
PAPER: Colour = (255, 255, 255)
NAVY: Colour = (11, 54, 99)
WINE: Colour = (122, 12, 12)
QUIET: Colour = (70, 70, 70)
LINE: Colour = (120, 120, 120)

REGULAR = "SourceSansPro"
SEMIBOLD = "SourceSansProSemibold"
BOLD = "SourceSansProBold"

LINE_HEIGHT = 1.22
INCH_MM = 25.4


class DoesNotFit(BookError):
    """A text does not fit its box at the smallest size."""


class NoGlyph(BookError):
    """The font lacks a letter."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The station's one kind of screen.

    Attributes:
        width, height: pixels.
        dots_per_inch: of the glass, to keep targets and type at their size in millimetres.
    """

    width: int = 1280
    height: int = 800
    dots_per_inch: int = 149  # 10.1 inches across

    def scale(self) -> float:
        """Return how large this screen is beside the one of 1280 by 800 that layouts speak of."""
        return min(self.width / 1280, self.height / 800)

    def px(self, layout_px: float) -> int:
        """Return a length of the layout on this screen, in pixels."""
        return max(1, round(layout_px * self.scale()))

    def px_of_mm(self, mm: float) -> int:
        """Return a length on the glass in pixels, rounded up."""
        return int(-(-mm * self.dots_per_inch // INCH_MM))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    def inset(self, dx: int, dy: int | None = None) -> Box:
        """Return the box made smaller on every side."""
        by = dx if dy is None else dy
        return Box(self.x + dx, self.y + by, self.width - 2 * dx, self.height - 2 * by)


@dataclass(frozen=True, slots=True)
class Face:
    """How a text looks: font, and its size in pixels."""

    font: str
    size: int

    @property
    def leading(self) -> int:
        """Distance from line to line, pixels."""
        return round(self.size * LINE_HEIGHT)


@dataclass(frozen=True, slots=True)
class Run:
    """One line of text as it was drawn, for the tests."""

    text: str
    face: Face
    box: Box
    drawn: Box
    ink: Colour
    ground: Colour


@lru_cache(maxsize=64)
def font_of(face: Face) -> ImageFont.FreeTypeFont:
    """Return the font of a face."""
    return ImageFont.truetype(font_source_sans_pro.font_files_ttf[face.font], face.size)


@lru_cache(maxsize=4096)
def _is_missing(name: str, letter: str) -> bool:
    font = font_of(Face(name, 32))
    missing = font.getmask("\U0010fffd")  # no font has this one
    drawn = font.getmask(letter)
    return drawn.size == missing.size and bytes(drawn) == bytes(missing)


def check_glyphs(text: str, face: Face) -> None:
    """Insist that the font has every letter. Raises: NoGlyph."""
    for letter in text:
        if not letter.isspace() and _is_missing(face.font, letter):
            raise NoGlyph(f"the font has no {letter!r} (U+{ord(letter):04X}), in {text!r}")


@lru_cache(maxsize=16384)
def text_width(text: str, face: Face) -> int:
    """Return the width of a line in pixels, rounded up."""
    return int(-(-font_of(face).getlength(text) // 1))


@lru_cache(maxsize=16384)
def wrap(text: str, face: Face, width: int) -> tuple[str, ...]:
    """Break a text into lines of at most `width` pixels.

    It is broken at its own line ends and at spaces; a name in «» is kept together where it fits a
    line, and a word that is wider than a line is broken after a hyphen.

    Raises:
        DoesNotFit: a word without a hyphen is wider than a line.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece, gap in _pieces(paragraph, face, width):
            longer = line + gap + piece if line else piece
            if text_width(longer, face) <= width:
                line = longer
                continue
            if text_width(piece, face) > width:
                raise DoesNotFit(f"{piece!r} is wider than {width} pixels at size {face.size}")
            lines.append(line)
            line = piece
        lines.append(line)
    return tuple(lines)


def _pieces(paragraph: str, face: Face, width: int) -> list[tuple[str, str]]:
    """Return what must not be broken, each with what stands before it on the same line."""
    words: list[str] = []
    quoted = ""
    for word in paragraph.split(" "):
        quoted = f"{quoted} {word}" if quoted else word
        if "«" in quoted and "»" not in quoted:
            continue
        words += [quoted] if text_width(quoted, face) <= width else quoted.split(" ")
        quoted = ""
    words += quoted.split(" ") if quoted else []
    pieces: list[tuple[str, str]] = []
    for word in words:
        if text_width(word, face) <= width or "-" not in word:
            pieces.append((word, " "))
            continue
        first, *rest = re.findall(r"[^-]*-|[^-]+$", word)
        pieces += [(first, " "), *((part, "") for part in rest)]
    return pieces


def fitted(text: str, font: str, sizes: Sequence[int], box: Box) -> tuple[Face, tuple[str, ...]]:
    """Return the first of `sizes`, largest first, at which `text` fits `box`, and its lines.

    Raises:
        DoesNotFit: it fits at none.
    """
    for size in sizes:
        face = Face(font, size)
        try:
            lines = wrap(text, face, box.width)
        except DoesNotFit:
            continue
        if len(lines) * face.leading <= box.height:
            return face, lines
    raise DoesNotFit(
        f"{text!r} does not fit {box.width} by {box.height} pixels at size {sizes[-1]}"
    )


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@dataclass(slots=True)
class Sheet:
    """A picture that is being drawn."""

    width: int
    height: int
    ground: Colour = PAPER
    runs: list[Run] = field(default_factory=list)
    image: Image.Image = field(init=False)
    _draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.ground)
        self._draw = ImageDraw.Draw(self.image)

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""
        self._draw.rectangle((box.x, box.y, box.right - 1, box.bottom - 1), fill=colour)

    def frame(
        self, box: Box, line: Colour, thickness: int, radius: int, inside: Colour | None = None
    ) -> None:
        """Draw a rectangle with round corners, filled with `inside`."""
        self._draw.rounded_rectangle(
            (box.x, box.y, box.right - 1, box.bottom - 1), radius, inside, line, thickness
        )

    def lines(
        self,
        lines: Sequence[str],
        face: Face,
        box: Box,
        *,
        ink: Colour = INK,
        ground: Colour | None = None,
        align: str = "left",
        middle: bool = False,
    ) -> int:
        """Draw lines of text from the top of `box`, or in its middle; return their height.

        Raises:
            DoesNotFit: they are higher or wider than the box.
            NoGlyph: the font lacks a letter.
        """
        height = len(lines) * face.leading
        if height > box.height:
            raise DoesNotFit(f"{' '.join(lines)!r} is higher than {box.height} pixels")
        y = box.y + ((box.height - height) // 2 if middle else 0)
        for line in lines:
            check_glyphs(line, face)
            width = text_width(line, face)
            if width > box.width:
                raise DoesNotFit(f"{line!r} is wider than {box.width} pixels")
            x = box.x
            if align == "centre":
                x += (box.width - width) // 2
            elif align == "right":
                x += box.width - width
            # The baseline stands so that ascenders, accents and descenders stay in the line.
            baseline = y + round(face.size * 0.93)
            self._draw.text((x, baseline), line, fill=ink, font=font_of(face), anchor="ls")
            left, top, right, bottom = font_of(face).getbbox(line, anchor="ls")
            drawn = Box(int(x + left), int(baseline + top), int(right - left), int(bottom - top))
            self.runs.append(Run(line, face, box, drawn, ink, ground or self.ground))
            y += face.leading
        return height

    def text(
        self,
        text: str,
        font: str,
        sizes: Sequence[int],
        box: Box,
        *,
        ink: Colour = INK,
        ground: Colour | None = None,
        align: str = "left",
        middle: bool = False,
    ) -> int:
        """Draw a text at the first of `sizes` at which it fits `box`; return its height.

        Raises:
            DoesNotFit, NoGlyph.
        """
        face, lines = fitted(text, font, sizes, box)
        return self.lines(lines, face, box, ink=ink, ground=ground, align=align, middle=middle)

    def tick(self, box: Box, colour: Colour) -> None:
        """Draw a tick that fills the box."""
        points = [(0.16, 0.52), (0.42, 0.78), (0.86, 0.24)]
        at = [(box.x + box.width * x, box.y + box.height * y) for x, y in points]
        self._draw.line(at, fill=colour, width=max(2, box.width // 7), joint="curve")

    def arrow(self, box: Box, colour: Colour, *, left: bool) -> None:
        """Draw a triangle that points to the left or to the right."""
        tip, base = (box.x, box.right) if left else (box.right, box.x)
        middle = box.y + box.height / 2
        self._draw.polygon([(base, box.y), (base, box.bottom), (tip, middle)], fill=colour)

    def pixels(self) -> bytes:
        """Return the picture as XRGB8888: bytes B, G, R, 0."""
        return self.image.tobytes("raw", "BGRX")

    def forget(self) -> None:
        """Give the picture's memory back; what was recorded stays."""
        self.image = Image.new("RGB", (1, 1))
        self._draw = ImageDraw.Draw(self.image)

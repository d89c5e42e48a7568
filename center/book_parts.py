"""What all pages of the ballot book are built of: head, texts, buttons, and the record of them.

Rules:
- Everything that can be touched is at least 15 mm high and wide; type has at least `LEAST_TYPE`.
- Lengths are those of a screen of 1280 by 800 and follow `Screen.scale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from center import drawing
from center.book_texts import Words
from center.drawing import NAVY, PAPER, REGULAR, SEMIBOLD, Box, Colour, DoesNotFit, Screen, Sheet
from common.book import KAZAKH, PageKey
from common.records import Bilingual
from common.regions import Region

HEAD = 96
MARGIN = 24
BUTTON = 92
GAP = 8
LEAST_TARGET_MM = 15.0
LEAST_TYPE = 28


@dataclass(slots=True)
class Drawn:
    """A page as drawn: picture, touch regions, and slots (name, place, name of the sprite set)."""

    key: PageKey
    sheet: Sheet
    regions: list[Region] = field(default_factory=list)
    slots: list[tuple[str, Box, str]] = field(default_factory=list)


SpriteSheets = Mapping[str, Sheet]


def said(both: Bilingual, language: str) -> str:
    """Return a text in one language."""
    return both.kk if language == KAZAKH else both.ru


class Parts:
    """Draws parts of pages for one screen, and keeps the sprites that pages refer to.

    Attributes:
        target: least height and width of what can be touched, pixels.
        button_height: of a button; footer: the row where buttons at the lower edge begin.
        margin, inner: at the left and right, and between them.
        sprites: name of a sprite set -> value -> picture.
    """

    def __init__(self, screen: Screen) -> None:
        px = screen.px
        self.screen = screen
        self.target = screen.px_of_mm(LEAST_TARGET_MM)
        self.button_height = max(px(BUTTON), self.target)
        self.footer = screen.height - px(12) - self.button_height
        self.margin = px(MARGIN)
        self.inner = screen.width - 2 * self.margin
        self.head_rows = px(HEAD)
        self.sprites: dict[str, SpriteSheets] = {}

    def message(
        self,
        key: PageKey,
        words: Words,
        head: str,
        right: str = "",
        *,
        largest: tuple[int, int] = (68, 44),
    ) -> tuple[Drawn, int]:
        """Draw heading and body; return the page and the first row below them."""
        px = self.screen.px
        drawn = self.page(key, head, right)
        box = Box(self.margin, self.head_rows + px(56), self.inner, px(200))
        heading = said(words.heading, key.language)
        used = drawn.sheet.text(heading, SEMIBOLD, self.sizes(largest[0], 40), box)
        body = Box(box.x, box.y + used + px(32), box.width, 0)
        body = Box(body.x, body.y, body.width, self.footer - px(GAP) - body.y)
        used = drawn.sheet.text(
            said(words.body, key.language), REGULAR, self.sizes(largest[1], LEAST_TYPE), body
        )
        return drawn, body.y + used

    def page(self, key: PageKey, head: str, right: str = "", *, colour: Colour = NAVY) -> Drawn:
        """Begin a page: its head, with `right` (up to two lines) at the right."""
        px = self.screen.px
        sheet = Sheet(self.screen.width, self.screen.height)
        sheet.fill(Box(0, 0, self.screen.width, self.head_rows), colour)
        box = self._head_box()
        sheet.text(
            head, SEMIBOLD, self.sizes(40, LEAST_TYPE), box, ink=PAPER, ground=colour, middle=True
        )
        if right:
            beside = Box(box.right + px(16), box.y, 0, box.height)
            beside = Box(
                beside.x, beside.y, self.screen.width - self.margin - beside.x, beside.height
            )
            sheet.text(
                right, REGULAR, self.sizes(30, LEAST_TYPE), beside,
                ink=PAPER, ground=colour, align="right", middle=True,
            )  # fmt: skip
        return Drawn(key, sheet)

    def _head_box(self) -> Box:
        px = self.screen.px
        return Box(self.margin, px(6), self.inner - px(290), self.head_rows - 2 * px(6))

    def fits_head(self, title: str) -> bool:
        try:
            drawing.fitted(title, SEMIBOLD, self.sizes(40, LEAST_TYPE), self._head_box())
        except DoesNotFit:
            return False
        return True

    def sizes(self, largest: int, least: int) -> tuple[int, ...]:
        """Return sizes of type on this screen from `largest` down to `least`, by twos."""
        return tuple(self.screen.px(size) for size in range(largest, least - 1, -2))

    def question(self, drawn: Drawn, yes: str, no: str, *, primary_no: bool = False) -> None:
        """Add the two answers: yes at the left, no at the right."""
        width = (self.inner - 2 * self.margin) // 2
        left = Box(self.margin, self.footer, width, self.button_height)
        right = Box(left.right + 2 * self.margin, self.footer, width, self.button_height)
        self.button(drawn, "yes", yes, left, primary=not primary_no)
        self.button(drawn, "no", no, right, primary=primary_no)

    def button(
        self,
        drawn: Drawn,
        name: str,
        label: str,
        box: Box,
        *,
        primary: bool = False,
        arrow: str = "",
        size: int = 38,
    ) -> None:
        px = self.screen.px
        ink, ground = (PAPER, NAVY) if primary else (NAVY, PAPER)
        drawn.sheet.frame(box, NAVY, px(3), px(8), ground)
        inner = box.inset(px(14), px(8))
        if arrow:
            tip = Box(inner.x, inner.y + (inner.height - px(36)) // 2, px(26), px(36))
            if arrow == "right":
                tip = Box(inner.right - px(26), tip.y, tip.width, tip.height)
                inner = Box(inner.x, inner.y, inner.width - px(36), inner.height)
            else:
                inner = Box(inner.x + px(36), inner.y, inner.width - px(36), inner.height)
            drawn.sheet.arrow(tip, ink, left=arrow == "left")
        drawn.sheet.text(
            label, SEMIBOLD, self.sizes(size, LEAST_TYPE), inner,
            ink=ink, ground=ground, align="centre", middle=True,
        )  # fmt: skip
        drawn.regions.append(region(name, box, label))


def region(name: str, box: Box, text: str) -> Region:
    return Region(name, box.x, box.y, box.width, box.height, text)


def slashed(both: Bilingual) -> str:
    """Return both texts with a slash between them, or the one if they are the same."""
    return both.kk if both.kk == both.ru else f"{both.kk} / {both.ru}"

"""The pages of the ballot book that are the same for every ballot.

Opening and closing, refusals, the invitation, and what stands before and after the choice.

`common.book` has the names of pages and regions, `center.book_texts` the words.
"""

from __future__ import annotations

from collections.abc import Iterator

from center import book_texts as texts
from center.book_parts import GAP, LEAST_TYPE, Drawn, Parts, said, slashed
from center.book_texts import Words
from center.drawing import BOLD, INK, NAVY, REGULAR, SEMIBOLD, WINE, Box, Colour, Sheet
from common.book import CODE_DIGITS, LANGUAGES, STOPPED, PageKey, fault_page
from common.records import Bilingual


class CommonPages:
    """Draws the pages that do not depend on the ballot."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def for_all(self) -> Iterator[Drawn]:
        """Draw the pages that are not of a ballot and not in the voter's language."""
        for name, words in (
            ("waiting", texts.WAITING),
            ("opened", texts.OPENED),
            ("closed", texts.CLOSED),
            ("insert", texts.INSERT),
        ):
            yield self._both(PageKey(name), words)
        yield self._both(PageKey(STOPPED), texts.STOPPED, WINE)
        close = self._both(PageKey("close"), texts.CLOSE)
        self._parts.question(close, slashed(texts.YES), slashed(texts.NO))
        yield close
        yield self._language()
        for reason in texts.terminal_reasons():
            yield self._fault(reason.name, reason.value, texts.fault_text(reason))

    def _both(self, key: PageKey, words: Words, colour: Colour = NAVY) -> Drawn:
        drawn = self._parts.page(key, slashed(words.heading), colour=colour)
        for column, language in zip(self._columns(), LANGUAGES, strict=True):
            height = drawn.sheet.text(
                said(words.heading, language), SEMIBOLD, self._parts.sizes(56, 36), column
            )
            below = Box(column.x, column.y + height + self._parts.screen.px(24), column.width, 0)
            room = column.bottom - below.y
            drawn.sheet.text(
                said(words.body, language),
                REGULAR,
                self._parts.sizes(40, LEAST_TYPE),
                Box(below.x, below.y, below.width, room),
            )
        return drawn

    def _fault(self, name: str, number: int, body: Bilingual) -> Drawn:
        drawn = self._parts.page(fault_page(name), slashed(texts.FAULT), f"№ {number}", colour=WINE)
        for column, language in zip(self._columns(), LANGUAGES, strict=True):
            drawn.sheet.text(
                said(body, language), REGULAR, self._parts.sizes(44, LEAST_TYPE), column
            )
        return drawn

    def _language(self) -> Drawn:
        drawn = self._parts.page(PageKey("language"), slashed(texts.LANGUAGE))
        for column, language in zip(self._columns(), LANGUAGES, strict=True):
            drawn.sheet.text(
                said(texts.LANGUAGE, language), SEMIBOLD, self._parts.sizes(56, 36), column,
                align="centre",
            )  # fmt: skip
            height = self._parts.screen.px(220)
            box = Box(column.x, column.y + self._parts.screen.px(130), column.width, height)
            name = said(texts.LANGUAGE_NAMES, language)
            self._parts.button(drawn, f"language:{language}", name, box, size=64, primary=True)
        return drawn

    def _columns(self) -> tuple[Box, Box]:
        """Return the places of Kazakh and Russian beside each other."""
        gap = 2 * self._parts.margin
        width = (self._parts.inner - gap) // 2
        top = self._parts.head_rows + self._parts.screen.px(48)
        height = self._parts.footer - self._parts.screen.px(GAP) - top
        left = Box(self._parts.margin, top, width, height)
        return left, Box(left.right + gap, top, width, height)

    def in_language(self, language: str) -> Iterator[Drawn]:
        """Draw the pages in one language that do not depend on the ballot."""
        for name, words in (
            ("casting", texts.CASTING),
            ("take", texts.TAKE),
            ("ended", texts.ENDED),
        ):
            yield self._parts.message(
                PageKey(name, language), words, said(words.heading, language)
            )[0]
        timeout, _ = self._parts.message(
            PageKey("timeout", language), texts.TIMEOUT, said(texts.TIMEOUT.heading, language)
        )
        yes, no = said(texts.TIMEOUT_YES, language), said(texts.TIMEOUT_NO, language)
        self._parts.question(timeout, yes, no)
        yield timeout
        yield self._thanks(language)
        yield self._code(language)

    def _thanks(self, language: str) -> Drawn:
        words = texts.THANKS
        drawn, bottom = self._parts.message(
            PageKey("thanks", language), words, slashed(words.heading)
        )
        px = self._parts.screen.px
        box = Box(self._parts.margin, bottom + px(48), self._parts.inner, px(190))
        drawn.sheet.frame(box, NAVY, px(3), px(6))
        drawn.sheet.text(
            said(texts.THANKS_HINT, language),
            REGULAR,
            self._parts.sizes(36, LEAST_TYPE),
            box.inset(px(24), px(16)),
            middle=True,
        )
        return drawn

    def _code(self, language: str) -> Drawn:
        px = self._parts.screen.px
        drawn = self._parts.page(PageKey("code", language), said(texts.CODE.heading, language))
        width, height, gap = px(150), px(210), px(28)
        x = (self._parts.screen.width - CODE_DIGITS * width - (CODE_DIGITS - 1) * gap) // 2
        y = self._parts.head_rows + px(48)
        for digit in range(CODE_DIGITS):
            box = Box(x + digit * (width + gap), y, width, height)
            drawn.sheet.frame(box, INK, px(3), px(6))
            drawn.slots.append((f"digit:{digit}", box.inset(px(8)), "digit"))
        inside = Box(0, 0, width, height).inset(px(8))
        if "digit" not in self._parts.sprites:
            self._parts.sprites["digit"] = {
                str(value): self._centred(str(value), BOLD, px(156), inside) for value in range(10)
            }
        body = Box(self._parts.margin, y + height + px(40), self._parts.inner, px(180))
        used = drawn.sheet.text(
            said(texts.CODE.body, language), REGULAR, self._parts.sizes(38, LEAST_TYPE), body
        )
        hint = Box(body.x, body.y + used + px(20), body.width, px(120))
        drawn.sheet.text(
            said(texts.CODE_HINT, language), SEMIBOLD, self._parts.sizes(38, LEAST_TYPE), hint
        )
        return drawn

    def _centred(self, text: str, font: str, size: int, box: Box) -> Sheet:
        sheet = Sheet(box.width, box.height)
        whole = Box(0, 0, box.width, box.height)
        sheet.text(text, font, (size,), whole, align="centre", middle=True)
        return sheet

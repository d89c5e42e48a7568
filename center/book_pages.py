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
from common.book import (
    CLOCK_DIGITS,
    CODE_DIGITS,
    LANGUAGES,
    STOPPED,
    VALUE_CHARACTERS,
    PageKey,
    fault_page,
)
from common.records import Bilingual
from common.seal import checkvalue


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
        yield self._clock("clock")
        ahead = self._clock("clock:ahead")
        self._parts.button(ahead, "right", slashed(texts.CLOCK_RIGHT), self._halves()[0])
        yield ahead
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

    def _halves(self) -> tuple[Box, Box]:
        """Return the places of two buttons at the lower edge."""
        parts = self._parts
        width = (parts.inner - 2 * parts.margin) // 2
        left = Box(parts.margin, parts.footer, width, parts.button_height)
        return left, Box(left.right + 2 * parts.margin, left.y, width, left.height)

    def _clock(self, name: str) -> Drawn:
        """Draw the page on which the clock is set: two times, and four digits to be turned."""
        parts, px = self._parts, self._parts.screen.px
        drawn = parts.page(PageKey(name), slashed(texts.CLOCK.heading))
        y = parts.head_rows + px(20)
        for row, label in (("own", texts.CLOCK_OWN), ("order", texts.CLOCK_ORDER)):
            self._moment(drawn, row, slashed(label), y)
            y += px(64)
        for language in LANGUAGES:
            box = Box(parts.margin, y, parts.inner, px(84))
            body = said(texts.CLOCK.body, language)
            y += drawn.sheet.text(body, REGULAR, parts.sizes(34, LEAST_TYPE), box) + px(8)
        self._turned_digits(drawn, y + px(12))
        parts.button(drawn, "set", slashed(texts.CLOCK_SET), self._halves()[1], primary=True)
        return drawn

    def _moment(self, drawn: Drawn, name: str, label: str, y: int) -> None:
        """Draw a row with a label and the slots of a date and a time."""
        parts, px = self._parts, self._parts.screen.px
        width, height = px(28), px(56)
        box = Box(parts.margin, y, parts.inner // 2, height)
        drawn.sheet.text(label, REGULAR, parts.sizes(34, LEAST_TYPE), box, middle=True)
        x = parts.margin + parts.inner // 2 + px(12)
        for at in range(CLOCK_DIGITS):
            drawn.slots.append((f"{name}:{at}", Box(x, y, width, height), "small"))
            x += width
            mark = {1: ".", 3: ".", 7: "", 9: ":"}.get(at)
            if mark is not None:
                gap = Box(x, y, px(22), height)
                if mark:
                    drawn.sheet.text(mark, BOLD, (px(40),), gap, align="centre", middle=True)
                x += px(22)
        if "small" not in parts.sprites:
            inside = Box(0, 0, width, height)
            parts.sprites["small"] = {
                str(value): self._centred(str(value), BOLD, px(40), inside) for value in range(10)
            }

    def _turned_digits(self, drawn: Drawn, y: int) -> None:
        """Draw hours and minutes as large slots, each pair between its buttons."""
        parts, px = self._parts, self._parts.screen.px
        width, height, gap = px(150), px(210), px(12)
        side = max(px(116), parts.target)
        half = 2 * width + 2 * side + 3 * gap
        x = (parts.screen.width - 2 * half - px(40)) // 2
        for pair, unit in enumerate(("hour", "minute")):
            left = x + pair * (half + px(40))
            across = (height - side) // 2
            less = Box(left, y + across, side, side)
            more = Box(left + half - side, y + across, side, side)
            parts.button(drawn, f"{unit}:less", "−", less, size=64)
            parts.button(drawn, f"{unit}:more", "+", more, size=64)
            for digit in range(2):
                box = Box(left + side + gap + digit * (width + gap), y, width, height)
                drawn.sheet.frame(box, INK, px(3), px(6))
                drawn.slots.append((f"digit:{2 * pair + digit}", box.inset(px(8)), "digit"))
        self._large_digits(width, height)
        colon = Box(x + half, y, px(40), height)
        drawn.sheet.text(":", BOLD, (px(110),), colon, align="centre", middle=True)

    def _large_digits(self, width: int, height: int) -> None:
        px = self._parts.screen.px
        inside = Box(0, 0, width, height).inset(px(8))
        if "digit" not in self._parts.sprites:
            self._parts.sprites["digit"] = {
                str(value): self._centred(str(value), BOLD, px(156), inside) for value in range(10)
            }

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
        yield self._sealed("sealed", language)
        check = self._sealed("sealed:check", language)
        self._offer_check(check, language)
        yield check
        yield self._spoiled(language)
        yield self._thanks(language)
        yield self._code(language)

    def _sealed(self, name: str, language: str) -> Drawn:
        """Draw the page between the read-back and the thanks, with one large button."""
        px, parts = self._parts.screen.px, self._parts
        drawn = self._with_value(name, language, texts.SEALED)
        width = parts.inner * 9 // 20
        height = parts.button_height + px(64)
        box = Box(
            parts.screen.width - parts.margin - width,
            parts.screen.height - px(12) - height,
            width,
            height,
        )
        parts.button(drawn, "cast", said(texts.SEALED_CAST, language), box, size=64, primary=True)
        return drawn

    def _offer_check(self, drawn: Drawn, language: str) -> None:
        """Add the smaller button, and above it what it means."""
        px, parts = self._parts.screen.px, self._parts
        width = parts.inner * 2 // 5
        box = Box(parts.margin, parts.footer, width, parts.button_height)
        parts.button(drawn, "check", said(texts.SEALED_CHECK, language), box)
        hint = Box(box.x, box.y - px(116), width, px(104))
        drawn.sheet.text(
            said(texts.SEALED_CHECK_HINT, language), REGULAR, parts.sizes(32, LEAST_TYPE), hint
        )

    def _spoiled(self, language: str) -> Drawn:
        return self._with_value("spoiled", language, texts.SPOILED)

    def _with_value(self, name: str, language: str, words: Words) -> Drawn:
        """Draw heading, body, and below them the slots of a check value in groups."""
        px, parts = self._parts.screen.px, self._parts
        drawn, bottom = parts.message(
            PageKey(name, language), words, said(words.heading, language), largest=(52, 36)
        )
        width, height, gap = px(46), px(84), px(32)
        groups = VALUE_CHARACTERS // checkvalue.GROUP
        across = VALUE_CHARACTERS * width + (groups - 1) * gap + groups * px(16)
        x, y = (parts.screen.width - across) // 2, bottom + px(36)
        for at in range(VALUE_CHARACTERS):
            if at % checkvalue.GROUP == 0:
                frame = Box(x, y, checkvalue.GROUP * width + px(16), height + px(16))
                drawn.sheet.frame(frame, INK, px(2), px(6))
                x += px(8)
            drawn.slots.append((f"value:{at}", Box(x, y + px(8), width, height), "character"))
            x += width
            if at % checkvalue.GROUP == checkvalue.GROUP - 1:
                x += px(8) + gap
        if "character" not in parts.sprites:
            inside = Box(0, 0, width, height)
            parts.sprites["character"] = {
                one: self._centred(one, BOLD, px(52), inside) for one in checkvalue.ALPHABET
            }
        return drawn

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
        self._large_digits(width, height)
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

"""The pages of the ballot book that are a ballot: contests, their questions, and the review.

Rules:
- All lines of a contest have rows of one size and letters of one size, however long their names:
  nobody gains or loses by it. The order is the package's, down each column (L3).
- A contest that does not fit one page goes over several; nothing scrolls, nothing is cut.
- The head has the contest's title where it fits in two lines; otherwise the title stands under it.
- Before casting the review shows every choice of every contest, each of which can be changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from center import book_texts as texts
from center import drawing
from center.book_parts import GAP, LEAST_TYPE, Drawn, Parts, region, said
from center.book_texts import Words
from center.drawing import (
    INK,
    LINE,
    NAVY,
    PAPER,
    QUIET,
    REGULAR,
    SEMIBOLD,
    Box,
    DoesNotFit,
    Face,
    Sheet,
)
from common.book import (
    BLANK,
    LANGUAGES,
    ON,
    BookError,
    PageKey,
    contest_page,
    line_text,
    review_page,
)
from common.records import BallotStyle, Bilingual, Contest, Line

BAND = 48
ROW_HIGHEST = 150
MARK_WIDTH = 84
COUNTER_WIDTH = 400
OVERHANG = 4  # some letters stand a little beyond where they begin or end

# Columns and rows of a contest's pages, the best first; and sizes of the surname and of the rest.
GRIDS = ((2, 5), (2, 4), (2, 3), (1, 5), (1, 4), (1, 3), (1, 2), (1, 1))
ONE_COLUMN = ((1, 5), (1, 4))
NAME_SIZES = ((36, 30), (34, 30), (32, 28), (30, 28), (28, 28))


@dataclass(frozen=True, slots=True)
class Grid:
    """How a contest stands on its pages in one language.

    Attributes:
        columns, rows: of one page.
        row_height: pixels.
        name_size, rest_size: of the type, pixels.
        top: first pixel row of the lines.
    """

    columns: int
    rows: int
    row_height: int
    name_size: int
    rest_size: int
    top: int


@dataclass(frozen=True, slots=True)
class Choices:
    """A part of the review: some of the choices of one contest."""

    contest: int
    first: int
    last: int  # exclusive
    title: tuple[str, ...]
    height: int


class BallotPages:
    """Draws the pages of ballot styles."""

    def __init__(self, parts: Parts, contests: Sequence[Contest]) -> None:
        self._parts = parts
        self._contests = contests

    def of_style(self, style: BallotStyle, language: str) -> Iterator[Drawn]:
        """Draw all pages of one ballot style in one language."""
        for order in range(len(style.contests)):
            try:
                yield from self._contest(style, order, language)
            except DoesNotFit as error:
                contest = self._contests[style.contests[order]]
                raise BookError(f"contest {contest.identifier!r}, {language}: {error}") from error
        yield from self._review(style, language)

    def _contest(self, style: BallotStyle, order: int, language: str) -> Iterator[Drawn]:
        number = style.contests[order]
        contest = self._contests[number]
        place = said(texts.BALLOT, language).format(order + 1, len(style.contests))
        grid = self._grid(contest, language)
        per_page = grid.columns * grid.rows
        pages = -(-len(contest.lines) // per_page)
        for page in range(pages):
            drawn = self._contest_head(
                contest_page(style.number, number, page, language),
                contest,
                place,
                said(texts.PAGE, language).format(page + 1, pages),
            )
            self._instruction(drawn, contest, grid)
            first = page * per_page
            for at, line in enumerate(contest.lines[first : first + per_page]):
                box = self._row_box(grid, at)
                self._line(drawn, f"line:{first + at}", line, box, grid)
            self._contest_buttons(drawn, page, pages, first_of_all=order == 0 and page == 0)
            yield drawn
        yield self._overvote(style, number, contest, place, language)
        yield self._blank(style, number, contest, place, language)

    def _contest_head(self, key: PageKey, contest: Contest, place: str, page: str) -> Drawn:
        title = said(contest.title, key.language)
        if self._parts.fits_head(title):
            return self._parts.page(key, title, f"{place}\n{page}")
        drawn = self._parts.page(key, place, page)
        box, face, lines = self._title(title)
        drawn.sheet.lines(lines, face, box)
        return drawn

    def _title(self, title: str) -> tuple[Box, Face, tuple[str, ...]]:
        """Return the place of a title that is too long for the head."""
        px = self._parts.screen.px
        room = Box(self._parts.margin, self._parts.head_rows + px(GAP), self._parts.inner, px(300))
        face, lines = drawing.fitted(title, SEMIBOLD, self._parts.sizes(34, LEAST_TYPE), room)
        return Box(room.x, room.y, room.width, len(lines) * face.leading), face, lines

    def _grid(self, contest: Contest, language: str) -> Grid:
        px = self._parts.screen.px
        title = said(contest.title, language)
        top = self._parts.head_rows + px(GAP)
        if not self._parts.fits_head(title):
            top = self._title(title)[0].bottom + px(GAP)
        top += px(BAND) + px(4)
        room = self._parts.footer - px(2 * GAP) - top
        count = len(contest.lines)
        grids = (*ONE_COLUMN, *GRIDS) if count <= ONE_COLUMN[0][1] else GRIDS
        for columns, most_rows in grids:
            rows = min(most_rows, -(-count // columns))
            height = min((room - (rows - 1) * px(GAP)) // rows, px(ROW_HIGHEST))
            if height < self._parts.target:
                continue
            for name_size, rest_size in NAME_SIZES:
                grid = Grid(columns, rows, height, px(name_size), px(rest_size), top)
                if all(self._line_fits(line, language, grid) for line in contest.lines):
                    return grid
        raise DoesNotFit("a line is too long for a page of its own")

    def _line_fits(self, line: Line, language: str, grid: Grid) -> bool:
        box = self._line_text_box(self._row_box(grid, 0))
        try:
            lines = self._line_lines(line, language, box.width, grid)
        except DoesNotFit:
            return False
        return sum(face.leading for _, face in lines) <= box.height

    @staticmethod
    def _line_lines(line: Line, language: str, width: int, grid: Grid) -> list[tuple[str, Face]]:
        """Return a line's texts, each with its face: the surname or name, then the rest."""
        strong, light = Face(SEMIBOLD, grid.name_size), Face(REGULAR, grid.rest_size)
        lines = [(one, strong) for one in drawing.wrap(said(line.name, language), strong, width)]
        rest = " ".join(
            said(part, language) for part in (line.given, line.patronymic) if part is not None
        )
        if rest:
            lines += [(one, light) for one in drawing.wrap(rest, light, width)]
        return lines

    def _row_box(self, grid: Grid, at: int) -> Box:
        """Return the place of the line number `at` on its page, down each column."""
        gap = self._parts.screen.px(GAP)
        column, row = divmod(at, grid.rows)
        width = (self._parts.inner - (grid.columns - 1) * 2 * gap) // grid.columns
        return Box(
            self._parts.margin + column * (width + 2 * gap),
            grid.top + row * (grid.row_height + gap),
            width,
            grid.row_height,
        )

    def _line_text_box(self, row: Box) -> Box:
        px = self._parts.screen.px
        left = px(6) + px(MARK_WIDTH) + px(14)
        return Box(row.x + left, row.y + px(4), row.width - left - px(12), row.height - 2 * px(4))

    def _line(self, drawn: Drawn, name: str, line: Line, box: Box, grid: Grid) -> None:
        px = self._parts.screen.px
        sheet, language = drawn.sheet, drawn.key.language
        sheet.frame(box, INK, px(2), px(6))
        mark = Box(box.x + px(6), box.y + px(6), px(MARK_WIDTH), box.height - 2 * px(6))
        sheet.frame(self._tick_box(mark), INK, px(3), px(4))
        area = self._line_text_box(box)
        lines = self._line_lines(line, language, area.width, grid)
        y = area.y + (area.height - sum(face.leading for _, face in lines)) // 2
        for text, face in lines:
            sheet.lines((text,), face, Box(area.x, y, area.width, face.leading))
            y += face.leading
        drawn.regions.append(region(name, box, line_text(line, language)))
        drawn.slots.append((name, mark, self._mark(mark)))

    def _tick_box(self, mark: Box) -> Box:
        side = self._parts.screen.px(56)
        return Box(
            mark.x + (mark.width - side) // 2, mark.y + (mark.height - side) // 2, side, side
        )

    def _mark(self, mark: Box) -> str:
        """Return the sprite set of the mark of this size: a white tick on the dark ground."""
        name = f"mark:{mark.width}:{mark.height}"
        if name not in self._parts.sprites:
            sheet = Sheet(mark.width, mark.height, NAVY)
            sheet.tick(self._tick_box(Box(0, 0, mark.width, mark.height)), PAPER)
            self._parts.sprites[name] = {ON: sheet}
        return name

    def _instruction(self, drawn: Drawn, contest: Contest, grid: Grid) -> None:
        px = self._parts.screen.px
        language = drawn.key.language
        band = Box(self._parts.margin, grid.top - px(4) - px(BAND), self._parts.inner, px(BAND))
        counter = Box(band.right - px(COUNTER_WIDTH), band.y, px(COUNTER_WIDTH), band.height)
        allowed = contest.votes_allowed
        choose = texts.CHOOSE_ONE if allowed == 1 else texts.CHOOSE
        drawn.sheet.text(
            said(choose, language).format(allowed),
            REGULAR,
            self._parts.sizes(34, LEAST_TYPE),
            Box(band.x, band.y, band.width - counter.width - px(GAP), band.height),
            middle=True,
        )
        name = f"counter:{language}:{allowed}"
        if name not in self._parts.sprites:
            inside = Box(0, 0, counter.width - px(OVERHANG), counter.height)
            sprites: dict[str, Sheet] = {}
            for value in range(allowed + 1):
                sheet = Sheet(counter.width, counter.height)
                text = said(texts.CHOSEN, language).format(value, allowed)
                sizes = self._parts.sizes(34, LEAST_TYPE)
                sheet.text(text, SEMIBOLD, sizes, inside, align="right", middle=True)
                sprites[str(value)] = sheet
            self._parts.sprites[name] = sprites
        drawn.slots.append(("counter", counter, name))

    def _contest_buttons(self, drawn: Drawn, page: int, pages: int, *, first_of_all: bool) -> None:
        px = self._parts.screen.px
        language = drawn.key.language
        y, height = self._parts.footer, self._parts.button_height
        box = Box(self._parts.margin, y, px(260), height)
        if not first_of_all:
            self._parts.button(drawn, "back", said(texts.BACK, language), box, arrow="left")
        else:
            (other,) = set(LANGUAGES) - {language}
            # In the other language: who reads this button is who wants it.
            self._parts.button(drawn, f"language:{other}", said(texts.LANGUAGE_NAMES, other), box)
        last = page + 1 == pages
        if not last:
            box = Box(self._parts.margin + px(260 + 24), y, px(430), height)
            self._parts.button(drawn, "finish", said(texts.FINISH, language), box)
        width = px(490) if not last else px(360)
        box = Box(self._parts.screen.width - self._parts.margin - width, y, width, height)
        label = texts.NEXT if last else texts.NEXT_PAGE
        self._parts.button(drawn, "next", said(label, language), box, arrow="right", primary=True)

    def _overvote(
        self, style: BallotStyle, number: int, contest: Contest, place: str, language: str
    ) -> Drawn:
        words = texts.OVERVOTE_ONE
        if contest.votes_allowed > 1:
            heading, body = texts.OVERVOTE.heading, texts.OVERVOTE.body
            if any(line.against_all for line in contest.lines):
                alone = texts.AGAINST_ALL_ALONE
                body = Bilingual(f"{body.kk} {alone.kk}", f"{body.ru} {alone.ru}")
            allowed = contest.votes_allowed
            words = Words(Bilingual(heading.kk.format(allowed), heading.ru.format(allowed)), body)
        key = PageKey(f"overvote:{number}", language, style.number)
        drawn, _ = self._parts.message(key, words, *self._head_of(contest, place, language))
        width = self._parts.screen.px(420)
        box = Box(
            (self._parts.screen.width - width) // 2,
            self._parts.footer,
            width,
            self._parts.button_height,
        )
        self._parts.button(drawn, "ok", said(texts.OK, language), box, primary=True)
        return drawn

    def _blank(
        self, style: BallotStyle, number: int, contest: Contest, place: str, language: str
    ) -> Drawn:
        key = PageKey(f"blank:{number}", language, style.number)
        head = self._head_of(contest, place, language)
        drawn, _ = self._parts.message(key, texts.BLANK_QUESTION, *head)
        yes, no = said(texts.BLANK_YES, language), said(texts.BLANK_NO, language)
        self._parts.question(drawn, yes, no, primary_no=True)
        return drawn

    def _head_of(self, contest: Contest, place: str, language: str) -> tuple[str, str]:
        title = said(contest.title, language)
        return (title, place) if self._parts.fits_head(title) else (place, "")

    # --- the review -----------------------------------------------------------------------------

    def _review(self, style: BallotStyle, language: str) -> Iterator[Drawn]:
        px = self._parts.screen.px
        top = self._parts.head_rows + px(GAP) + px(BAND) + px(GAP)
        room = self._parts.footer - px(GAP) - top
        pages: list[list[Choices]] = [[]]
        left = room
        for number in style.contests:
            first, allowed = 0, self._contests[number].votes_allowed
            while first < allowed:
                # All that is left of the contest if it fits a page, otherwise as much as fits here.
                part = self._choices(number, language, first, allowed)
                while part.height > room and part.last - first > 1:
                    part = self._choices(number, language, first, part.last - 1)
                if part.height > room:
                    raise DoesNotFit("a choice does not fit a page of the review")
                if part.height > left:
                    pages.append([])
                    left = room
                pages[-1].append(part)
                left -= part.height + px(GAP)
                first = part.last
        for at, parts in enumerate(pages):
            yield self._review_page(style, language, at, len(pages), parts)

    def _choices(self, number: int, language: str, first: int, last: int) -> Choices:
        px = self._parts.screen.px
        face = Face(REGULAR, px(LEAST_TYPE))
        title = drawing.wrap(
            said(self._contests[number].title, language), face, self._strip_width()
        )
        _, strip_height = self._strips(number, language)
        height = len(title) * face.leading + (last - first) * strip_height + 2 * px(GAP)
        least = self._parts.target + 2 * px(GAP)
        return Choices(number, first, last, title, max(height, least))

    def _strip_width(self) -> int:
        px = self._parts.screen.px
        return self._parts.inner - px(250) - 3 * px(12)

    def _strips(self, number: int, language: str) -> tuple[str, int]:
        """Return the sprite set of a contest's lines for the review, and their height."""
        px = self._parts.screen.px
        name = f"choice:{number}:{language}"
        if name in self._parts.sprites:
            return name, self._parts.sprites[name][BLANK].height
        width = self._strip_width()
        values = {
            str(at): line_text(line, language)
            for at, line in enumerate(self._contests[number].lines)
        } | {BLANK: said(texts.LEFT_BLANK, language)}
        overhang = px(OVERHANG)
        face, rows = self._strip_face(tuple(values.values()), width - 2 * overhang)
        height = rows * face.leading + px(6)
        inside = Box(overhang, 0, width - 2 * overhang, height)
        sprites: dict[str, Sheet] = {}
        for value, text in values.items():
            sheet = Sheet(width, height)
            sheet.text(text, SEMIBOLD, (face.size,), inside, middle=True)
            sprites[value] = sheet
        self._parts.sprites[name] = sprites
        return name, height

    def _strip_face(self, names: Sequence[str], width: int) -> tuple[Face, int]:
        """Return one face for all strips, and the most rows that one of them needs at it."""
        best: tuple[int, int, Face] | None = None
        for size in self._parts.sizes(34, LEAST_TYPE):
            face = Face(SEMIBOLD, size)
            try:
                rows = max(len(drawing.wrap(one, face, width)) for one in names)
            except DoesNotFit:
                continue
            if best is None or rows < best[0]:
                best = (rows, -size, face)
        if best is None:
            raise DoesNotFit("a name does not fit the review")
        return best[2], best[0]

    def _review_page(
        self, style: BallotStyle, language: str, at: int, pages: int, parts: Sequence[Choices]
    ) -> Drawn:
        px = self._parts.screen.px
        key = review_page(style.number, at, language)
        right = said(texts.PAGE, language).format(at + 1, pages)
        drawn = self._parts.page(key, said(texts.REVIEW, language), right)
        last = at + 1 == pages
        y = self._parts.head_rows + px(GAP)
        drawn.sheet.text(
            said(texts.REVIEW_HINT if last else texts.REVIEW_MORE, language),
            REGULAR,
            self._parts.sizes(34, LEAST_TYPE),
            Box(self._parts.margin, y, self._parts.inner, px(BAND)),
            middle=True,
        )
        y += px(BAND) + px(GAP)
        for part in parts:
            self._chosen(drawn, part, Box(self._parts.margin, y, self._parts.inner, part.height))
            y += part.height + px(GAP)
        box = Box(self._parts.margin, self._parts.footer, px(260), self._parts.button_height)
        self._parts.button(drawn, "back", said(texts.BACK, language), box, arrow="left")
        width = px(490)
        box = Box(
            self._parts.screen.width - self._parts.margin - width,
            self._parts.footer,
            width,
            self._parts.button_height,
        )
        if last:
            self._parts.button(
                drawn, "cast", said(texts.CAST, language), box, primary=True, size=44
            )
        else:
            self._parts.button(
                drawn, "next", said(texts.NEXT_PAGE, language), box, arrow="right", primary=True
            )
        return drawn

    def _chosen(self, drawn: Drawn, part: Choices, box: Box) -> None:
        px = self._parts.screen.px
        language = drawn.key.language
        drawn.sheet.frame(box, LINE, px(2), px(6))
        face = Face(REGULAR, px(LEAST_TYPE))
        name, strip_height = self._strips(part.contest, language)
        used = len(part.title) * face.leading + (part.last - part.first) * strip_height
        x, y = box.x + px(12), box.y + (box.height - used) // 2
        title = Box(x, y, self._strip_width(), len(part.title) * face.leading)
        drawn.sheet.lines(part.title, face, title, ink=QUIET)
        y = title.bottom
        for choice in range(part.first, part.last):
            place = Box(x, y, self._strip_width(), strip_height)
            drawn.slots.append((f"choice:{part.contest}:{choice}", place, name))
            y += strip_height
        height = max(self._parts.target, min(self._parts.button_height, box.height - 2 * px(GAP)))
        button = Box(
            box.right - px(8) - px(250), box.y + (box.height - height) // 2, px(250), height
        )
        label = said(texts.CHANGE, language)
        self._parts.button(drawn, f"change:{part.contest}", label, button)

"""What the accumulator puts on paper: zero report, hourly figures, protocol, control-code list.

Rules:
- Thermal printers have no Kazakh letters, so every paper is a picture of one bit a pixel. Words
  stand in Kazakh and in Russian; nothing is cut off.
- Figures are signed: a QR code carries a `PaperFigures` record in a COSE_Sign1, the protocol's one
  for each contest, so that paper can be held against the electronic minutes with any reader.
- The control-code list is sorted by code; it has no terminal, no style and no time on it.
- A long paper comes in pieces, because printers have little memory.

It never prints by itself, and never computes a figure: it shows what it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import segno
from PIL import Image, ImageDraw

from accumulator.absence_texts import WHY, AbsenceText
from accumulator.texts import DISCREPANCIES, FIGURES, LANGUAGE_INDEX, Word
from common.pages.typeface import ASCENT, Weight, font, line_height, width, wrap
from common.pintexts import ROLES
from common.records import (
    AbsenceReason,
    Bilingual,
    Discrepancy,
    Figure,
    JournalHead,
    Line,
    Minutes,
    OpenedVote,
    PaperFigures,
    Role,
    StationPackage,
)
from common.trilingual import Trilingual
from common.turnout import HourRow

PIECE_HEIGHT = 4000
"""No picture is higher, in pixels (half a metre of paper at 203 dpi)."""
_BLACK_BELOW = 150  # of 255; letters of a thermal printer run a little fat
_QUIET_MODULES = 4  # ISO/IEC 18004 §9.1

# Figures in the order of a protocol (requirements, "Counting").
PROTOCOL_FIGURES = (
    Figure.LISTED,
    Figure.VOTERS_GIVEN,
    Figure.DEPOSITED,
    Figure.VOTED_OUTSIDE,
    Figure.ABSENTEE_CERTIFICATES,
    Figure.ISSUED,
    Figure.RETURNED,
    Figure.VOID,
    Figure.CHALLENGED,
    Figure.UNREAD,
    Figure.MISSING,
    Figure.COUNTED,
    Figure.INVALID,
)


@dataclass(frozen=True, slots=True)
class Print:
    """One picture for `hal.printer`: 1 bit a pixel, 1 = black, rows padded to whole bytes."""

    width: int
    height: int
    rows: bytes


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    size: int = 24
    weight: Weight = "regular"
    align: Literal["left", "centre"] = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """A text and, at the right edge, its figure."""

    text: str
    figure: str
    weight: Weight = "regular"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line from edge to edge."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of these bytes."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Columns:
    """Short texts beside each other, in as many columns as fit; read from left to right."""

    cells: tuple[str, ...]


Block = Words | Row | Rule | Code | Columns


# --- what stands on the papers ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who signed, or, if `absent` says why not, did not: the role, and the name."""

    role: Role
    name: str
    absent: AbsenceReason | None = None

    @property
    def both(self) -> str:
        """Name and role, in Kazakh and in Russian."""
        return f"{self.name}, {_both_say(ROLES[self.role])}"


def zero_report(package: StationPackage, time_ms: int, signed: bytes) -> tuple[Block, ...]:
    """Return the zero report: every line of every contest, and nothing on it."""
    blocks = [*_head(package, Word.PAPER_ZERO, time_ms), Rule()]
    blocks += [Row(_both(*FIGURES[Figure.DEPOSITED][:2]), "0")]
    for contest in package.contests:
        blocks += [Words(_both_of(contest.title), weight="semibold")]
        blocks += [
            Row(f"{number}. {_line_both(line)}", "0")
            for number, line in enumerate(contest.lines, 1)
        ]
    return (*blocks, Rule(), *_codes((signed,)))


def hourly_figures(
    package: StationPackage, figures: PaperFigures, signed: bytes, hours: Sequence[HourRow] = ()
) -> tuple[Block, ...]:
    """Return the hourly paper: how many votes the urn holds, and where the journal is.

    `signed` are the `figures`, signed, for the QR code; `hours` are the journal's count.
    """
    journal = figures.journal or JournalHead(figures.board, bytes(32), 0)
    head, length = journal.head, journal.length
    votes = figures.figures.get(Figure.DEPOSITED, 0)
    return (
        *_head(package, Word.PAPER_HOURLY, figures.time_ms),
        Rule(),
        Words(_both_say(Word.PAPER_VOTES, number=votes), 30, "semibold"),
        *(Row(f"{hour.begins}–{hour.ends}", str(hour.count)) for hour in hours if hour.count),
        Words(f"{_both_say(Word.PAPER_JOURNAL, length=length)}:\n{_hex(head)}", 20),
        *_codes((signed,)),
    )


def protocol(
    package: StationPackage,
    minutes: Minutes,
    minutes_hash: bytes,
    signatories: Sequence[Signatory],
    signed: Sequence[bytes],
) -> tuple[Block, ...]:
    """Return the paper protocol: the figures of the minutes, and room for signatures (L25)."""
    blocks = [*_head(package, Word.PAPER_PROTOCOL, minutes.counted_ms), Rule()]
    blocks += [
        Row(_both(*FIGURES[figure][:2]), str(minutes.figures.get(figure, 0)))
        for figure in PROTOCOL_FIGURES
    ]
    for result in minutes.contests:
        contest = package.contests[result.contest]
        blocks += [Rule(), Words(_both_of(contest.title), 26, "semibold")]
        blocks += [
            Row(f"{number}. {_line_both(line)}", str(votes), "semibold")
            for number, (line, votes) in enumerate(zip(contest.lines, result.lines, strict=True), 1)
        ]
        blocks += [
            Row(_both_say(Word.BLANK), str(result.blank)),
            Row(_both_say(Word.BALLOTS), str(result.ballots)),
        ]
    blocks.append(Rule())
    blocks += [Words(text) for text in _remarks(minutes, package)]
    blocks += [
        Words(f"{_both_say(Word.MINUTES_TITLE)} (SHA-256):\n{_hex(minutes_hash)}", 20),
        Words(f"{_both_say(Word.PAPER_PACKAGE)} (SHA-256):\n{_hex(minutes.package)}", 20),
        Words(_both_say(Word.PAPER_SIGNED_BY), weight="semibold"),
        *(Words(who.both) for who in signatories if who.absent is None),
        *_absent(signatories),
        Rule(),
        Words(_both_say(Word.PAPER_SIGNATURES), weight="semibold"),
    ]
    for who in signatories:
        if who.absent in {None, AbsenceReason.CARD}:  # without a card, one still has a hand
            blocks += [Words(" ", 36), Rule(), Words(who.both, 20)]
    return (*blocks, *_codes(signed))


def _absent(people: Sequence[Signatory]) -> Iterator[Block]:
    """Yield who did not sign, each with the reason in the act."""
    absent = [(who, who.absent) for who in people if who.absent is not None]
    if absent:
        yield Words(_both_say(AbsenceText.ON_PAPER), weight="semibold")
    for who, why in absent:
        yield Words(f"{who.both}: {_both_say(WHY[why])}")


def control_codes(
    package: StationPackage, minutes: Minutes, votes: Iterable[OpenedVote]
) -> tuple[Block, ...]:
    """Return the control-code list: every vote's code and what it chose, sorted by code (L15)."""
    rows = sorted((vote.code, vote.selections) for vote in votes)
    blocks: list[Block] = [
        *_head(package, Word.PAPER_CODES, minutes.counted_ms),
        Words(_both_say(Word.PAPER_CODES_HINT), 20),
        Rule(),
    ]
    cells = []
    for code, selections in rows:
        chosen = " | ".join(
            ",".join(str(line + 1) for line in lines) or "–" for lines in selections
        )
        cells.append(f"{code:04d}   {chosen}")
    return (*blocks, Columns(tuple(cells)), Rule())


def result_rows(
    minutes: Minutes, package: StationPackage, language: str
) -> tuple[tuple[str, str], ...]:
    """Return the figures of the minutes for a page, in one language."""
    at = LANGUAGE_INDEX[language]
    rows: list[tuple[str, str]] = []
    for result in minutes.contests:
        contest = package.contests[result.contest]
        rows.append((f"— {_one_of(contest.title, language)}", ""))
        for number, (line, votes) in enumerate(zip(contest.lines, result.lines, strict=True), 1):
            rows.append((f"{number}. {_line(line, language)}", str(votes)))
        rows.append((Word.BLANK.text(language), str(result.blank)))
        rows.append((Word.BALLOTS.text(language), str(result.ballots)))
    rows += [
        (FIGURES[figure][at], str(minutes.figures.get(figure, 0))) for figure in PROTOCOL_FIGURES
    ]
    rows += [(word.text(language, **facts), "") for word, facts in _gone(minutes)]
    if minutes.discrepancies:
        rows.append((Word.DISCREPANCIES.text(language), str(len(minutes.discrepancies))))
        rows += [(DISCREPANCIES[Discrepancy(found)][at], "") for found in minutes.discrepancies]
    else:
        rows.append((Word.NO_DISCREPANCIES.text(language), ""))
    return tuple(rows)


def zero_rows(package: StationPackage, language: str) -> tuple[tuple[str, str], ...]:
    """Return the zero figures for a page, in one language."""
    rows = [(FIGURES[Figure.DEPOSITED][LANGUAGE_INDEX[language]], "0")]
    for contest in package.contests:
        rows.append((f"— {_one_of(contest.title, language)}", ""))
        rows += [
            (f"{number}. {_line(line, language)}", "0")
            for number, line in enumerate(contest.lines, 1)
        ]
    return tuple(rows)


def _head(package: StationPackage, title: Word, time_ms: int) -> list[Block]:
    zone = dt.timezone(dt.timedelta(minutes=package.zone_minutes))
    time = dt.datetime.fromtimestamp(time_ms // 1000, zone).strftime("%d.%m.%Y %H:%M:%S")
    return [
        Words(title.kk, 30, "bold", "centre"),
        Words(title.ru, 26, "semibold", "centre"),
        Words(_both_of(package.title), align="centre"),
        Words(_both_of(package.place), align="centre"),
        Words(_both_say(Word.STATION, station=package.station), align="centre"),
        Words(f"{_both_say(Word.PAPER_TIME)}: {time}", align="centre"),
    ]


def _remarks(minutes: Minutes, package: StationPackage) -> Iterator[str]:
    if minutes.styles_merged:
        for language in ("kk", "ru"):
            names = [
                _one_of(style.name, language)
                for number in minutes.styles_merged
                if (style := package.style(number)) is not None
            ]
            yield Word.MERGED.text(language, styles=", ".join(names))
    yield from (_both_say(word, **facts) for word, facts in _gone(minutes))
    if not minutes.discrepancies:
        yield _both_say(Word.NO_DISCREPANCIES)
        return
    yield _both_say(Word.DISCREPANCIES) + ":"
    for found in minutes.discrepancies:
        yield "— " + _both(*DISCREPANCIES[Discrepancy(found)][:2])


def _gone(minutes: Minutes) -> Iterator[tuple[Word, dict[str, str]]]:
    """Return what is told of boards that died."""
    for name in minutes.written_off:
        yield Word.MINUTES_WRITTEN_OFF, {"board": name}
    for pair in minutes.replaced:
        yield Word.MINUTES_REPLACED, {"board": pair.board, "spare": pair.spare}


def _codes(signed: Sequence[bytes]) -> Iterator[Block]:
    for number, content in enumerate(signed, 1):
        text = _both_say(Word.PAPER_QR, number=number, count=len(signed))
        yield Words(text, 20, align="centre")
        yield Code(content)


def _both(kk: str, ru: str) -> str:
    return kk if kk == ru else f"{kk} / {ru}"


def _both_of(words: Bilingual) -> str:
    return _both(words.kk, words.ru)


def _both_say(word: Trilingual, **facts: int | str) -> str:
    return _both(word.text("kk", **facts), word.text("ru", **facts))


def _one_of(words: Bilingual, language: str) -> str:
    return words.kk if language == "kk" else words.ru


def _line(line: Line, language: str) -> str:
    parts = (line.name, line.given, line.patronymic)
    return " ".join(_one_of(part, language) for part in parts if part is not None)


def _line_both(line: Line) -> str:
    return _both(_line(line, "kk"), _line(line, "ru"))


def _hex(hash_: bytes) -> str:
    """Return a hash in groups of eight digits, so that people can compare it."""
    digits = hash_.hex()
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


# --- from blocks to pictures ------------------------------------------------------------------


def pictures(blocks: Iterable[Block], width_px: int) -> Iterator[Print]:
    """Set blocks on paper of this width, in pixels; a long paper comes in several pictures.

    Raises:
        ValueError: a QR code does not fit the width.

    """
    piece: list[tuple[_Set, int]] = []
    used = 0
    for block in _lined_up(blocks, width_px):
        tall = _height(block, width_px)
        if piece and used + tall > PIECE_HEIGHT:
            yield _picture(piece, used, width_px)
            piece, used = [], 0
        piece.append((block, tall))
        used += tall
    if piece:
        yield _picture(piece, used, width_px)


def _lined_up(blocks: Iterable[Block], width_px: int) -> Iterator[_Set]:
    """Divide columns into lines that are blocks of their own, so that pieces can end between."""
    for block in blocks:
        if not isinstance(block, Columns):
            yield block
            continue
        if not block.cells:
            continue
        broadest = max(width(cell, "regular", _CELL_SIZE) for cell in block.cells)
        abreast = max(1, int(width_px // (broadest + _FIGURE_GAP)))
        for at in range(0, len(block.cells), abreast):
            line = block.cells[at : at + abreast]
            # A cell that is broader than the paper stands alone and is wrapped as words are.
            alone = abreast == 1
            yield Words(line[0], _CELL_SIZE) if alone else _Line(line, width_px // abreast)


def _picture(piece: Sequence[tuple[_Set, int]], height: int, width_px: int) -> Print:
    image = Image.new("L", (width_px, height), 255)
    draw = ImageDraw.Draw(image)
    y = 0
    for block, tall in piece:
        _draw(image, draw, block, y, width_px)
        y += tall
    # Pillow packs "1" most significant bit first with 1 = white; the printer wants 1 = black.
    ink = image.point(lambda value: 255 if value < _BLACK_BELOW else 0).convert("1")
    return Print(width_px, height, ink.tobytes())


_PAD = 4
_FIGURE_GAP = 16
_CELL_SIZE = 24


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of columns, each `broad` pixels wide."""

    cells: tuple[str, ...]
    broad: int


_Set = Words | Row | Rule | Code | _Line


def _lines(block: Words | Row, width_px: int) -> tuple[str, ...]:
    if isinstance(block, Words):
        return wrap(block.text, block.weight, block.size, width_px - 2 * _PAD)
    figure = round(width(block.figure, "semibold", _ROW_SIZE)) + _FIGURE_GAP
    return wrap(block.text, block.weight, _ROW_SIZE, width_px - 2 * _PAD - figure)


_ROW_SIZE = 24
_RULE_HEIGHT = 14


def _height(block: _Set, width_px: int) -> int:
    match block:
        case _Line():
            return line_height(_CELL_SIZE) + 2
        case Words(size=size):
            return len(_lines(block, width_px)) * line_height(size) + 2
        case Row():
            return len(_lines(block, width_px)) * line_height(_ROW_SIZE) + 2
        case Rule():
            return _RULE_HEIGHT
        case Code(content):
            return _code_image(content, width_px).height


def _draw(image: Image.Image, draw: ImageDraw.ImageDraw, block: _Set, y: int, wide: int) -> None:
    match block:
        case Words(size=size, weight=weight, align=align):
            for number, line in enumerate(_lines(block, wide)):
                spare = wide - 2 * _PAD - width(line, weight, size)
                x = _PAD + (spare / 2 if align == "centre" else 0)
                at = (x, y + number * line_height(size) + round(size * ASCENT))
                draw.text(at, line, 0, font(weight, size), anchor="ls")
        case Row(figure=figure, weight=weight):
            lines = _lines(block, wide)
            for number, line in enumerate(lines):
                at = (_PAD, y + number * line_height(_ROW_SIZE) + round(_ROW_SIZE * ASCENT))
                draw.text(at, line, 0, font(weight, _ROW_SIZE), anchor="ls")
            last = y + (len(lines) - 1) * line_height(_ROW_SIZE) + round(_ROW_SIZE * ASCENT)
            draw.text((wide - _PAD, last), figure, 0, font("semibold", _ROW_SIZE), anchor="rs")
        case Rule():
            draw.line((0, y + _RULE_HEIGHT // 2, wide, y + _RULE_HEIGHT // 2), 0, 2)
        case _Line(cells, broad):
            for number, cell in enumerate(cells):
                at = (_PAD + number * broad, y + round(_CELL_SIZE * ASCENT))
                draw.text(at, cell, 0, font("regular", _CELL_SIZE), anchor="ls")
        case Code(content):
            code = _code_image(content, wide)
            image.paste(code, ((wide - code.width) // 2, y))


def _code_image(content: bytes, width_px: int) -> Image.Image:
    """Return the QR code, as large as the paper allows up to six pixels a module."""
    code = segno.make_qr(content, error="m", mode="byte", boost_error=False)
    modules = code.symbol_size(border=0)[0]
    whole = int(modules) + 2 * _QUIET_MODULES
    scale = min(6, width_px // whole)
    if scale < 2:
        raise ValueError(f"a QR code of {len(content)} bytes does not fit {width_px} pixels")
    image = Image.new("L", (whole, whole), 255)
    image.putdata(
        [
            0 if dark else 255
            for row in code.matrix_iter(scale=1, border=_QUIET_MODULES)
            for dark in row
        ]
    )
    return image.resize((whole * scale, whole * scale), Image.Resampling.NEAREST)

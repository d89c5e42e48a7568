"""Making the ballot book: every page of the day drawn, hashed and written (design §8).

The same election, screen and program give the same book hash, because the index names raw pixels.
Pages that look alike (a contest shared by two ballot styles) are one picture in the book.

Never here: what a page looks like (`center.book_pages`, `center.book_ballots`), and reading it
(`common.book`).
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from center.book_ballots import BallotPages
from center.book_pages import CommonPages
from center.book_parts import Drawn, Parts
from center.drawing import Screen, Sheet
from center.election import Election
from common.book import (
    IMAGES_NAME,
    INDEX_NAME,
    LANGUAGES,
    Book,
    head_hash,
    image_item,
)
from common.book_index import (
    BookContest,
    BookIndex,
    BookStyle,
    IndexPage,
    IndexSlot,
    SpriteSet,
)

COMPRESSION = 6
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MadeBook:
    """A finished book: the contents of its two files, and its hash."""

    index: bytes
    images: bytes
    hash: bytes

    def write(self, folder: Path) -> None:
        """Write both files into `folder`, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / IMAGES_NAME).write_bytes(self.images)
        (folder / INDEX_NAME).write_bytes(self.index)


@dataclass(frozen=True, slots=True)
class _Picture:
    """Pixels as they go into the book."""

    digest: bytes
    head: bytes
    item: bytes
    width: int
    height: int


def _no_progress(done: int, total: int) -> None:
    """Show nothing."""


def make_book(election: Election, screen: Screen, progress: Progress = _no_progress) -> MadeBook:
    """Draw the whole book of an election for one screen.

    Args:
        progress: called with how many parts of the book are done, and how many there are.

    Raises:
        common.book.BookError: a text does not fit, or the font lacks a letter; naming where.
    """
    contests = tuple(one.contest for one in election.contests)
    parts = Parts(screen)
    sections = _sections(parts, election)
    steps = len(sections) + 1
    drawn: list[tuple[Drawn, _Picture]] = []
    with _Press(parts.head_rows) as press:
        for done, section in enumerate(sections):
            progress(done, steps)
            drawn += press.pressed((page, page.sheet) for page in section)
        progress(len(sections), steps)
        sprites = {
            name: dict(press.pressed(sheets.items())) for name, sheets in parts.sprites.items()
        }
    names = sorted(sprites)
    pictures = [picture for _, picture in drawn]
    pictures += [picture for name in names for picture in sprites[name].values()]
    index = BookIndex(
        election=election.identifier,
        width=screen.width,
        height=screen.height,
        dots_per_inch=screen.dots_per_inch,
        head_rows=parts.head_rows,
        contests=tuple(
            BookContest(one.identifier, len(one.lines), one.votes_allowed) for one in contests
        ),
        styles=tuple(BookStyle(one.style.number, one.style.contests) for one in election.styles),
        sprite_sets=tuple(_sprite_set(sprites[name]) for name in names),
        pages=tuple(_index_page(page, picture, names) for page, picture in drawn),
        images={one.digest: (one.width, one.height) for one in pictures},
    ).to_bytes()
    items = {one.digest: one.item for one in pictures}
    images = b"".join(items[digest] for digest in sorted(items))
    made = MadeBook(index, images, hashlib.sha256(index).digest())
    Book.from_bytes(made.index, made.images, made.hash)
    progress(steps, steps)
    return made


def _sections(parts: Parts, election: Election) -> list[Iterator[Drawn]]:
    common = CommonPages(parts)
    ballots = BallotPages(parts, tuple(one.contest for one in election.contests))
    sections = [common.for_all(), *(common.in_language(language) for language in LANGUAGES)]
    for one in election.styles:
        sections += [ballots.of_style(one.style, language) for language in LANGUAGES]
    return sections


def _sprite_set(sprites: Mapping[str, _Picture]) -> SpriteSet:
    first = next(iter(sprites.values()))
    return SpriteSet(
        first.width,
        first.height,
        tuple((value, sprites[value].digest) for value in sorted(sprites)),
    )


def _index_page(page: Drawn, picture: _Picture, names: Sequence[str]) -> IndexPage:
    slots = tuple(
        IndexSlot(name, box.x, box.y, box.width, box.height, names.index(sprites))
        for name, box, sprites in page.slots
    )
    return IndexPage(page.key, picture.digest, picture.head, tuple(page.regions), slots)


class _Press:
    """Hashes and compresses pictures on all processors, a few at a time: each takes megabytes."""

    _WAITING = 4

    def __init__(self, head_rows: int) -> None:
        self._head_rows = head_rows
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def pressed(self, sheets: Iterable[tuple[T, Sheet]]) -> Iterator[tuple[T, _Picture]]:
        """Return, in order, what stood beside each sheet and the sheet's picture."""
        waiting: deque[tuple[T, Future[_Picture]]] = deque()
        for beside, sheet in sheets:
            waiting.append((beside, self._pool.submit(self._picture, sheet)))
            if len(waiting) > self._WAITING:
                first, picture = waiting.popleft()
                yield first, picture.result()
        for beside, picture in waiting:
            yield beside, picture.result()

    def _picture(self, sheet: Sheet) -> _Picture:
        pixels = sheet.pixels()
        sheet.forget()
        digest = hashlib.sha256(pixels).digest()
        item = image_item(digest, sheet.width, sheet.height, zlib.compress(pixels, COMPRESSION))
        head = head_hash(pixels, sheet.width, self._head_rows)
        return _Picture(digest, head, item, sheet.width, sheet.height)

"""A ballot book with every page of a package on a tiny screen, every page in a colour of its own.

Only names, regions and slots matter to a terminal; that the pictures can be read is the centre's
business. Contests with more than four lines go over several pages, the review has two contests on
a page.
"""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from common import book
from common.book import Book, PageKey, head_hash
from common.book_index import (
    BLANK,
    BOTH,
    COMMON_PAGES,
    LANGUAGES,
    ON,
    VALUE_PAGES,
    VOTER_PAGES,
    BookContest,
    BookIndex,
    BookStyle,
    IndexPage,
    IndexSlot,
    SpriteSet,
    other_languages,
    value_slots,
)
from common.errors import Reason
from common.records import StationPackage
from common.regions import Region
from common.seal import checkvalue
from tests import samples

WIDTH, HEIGHT, HEAD_ROWS, CELL = 48, 36, 4, 4
LINES_ON_A_PAGE = 4
CONTESTS_ON_A_REVIEW = 2

_TURNS = ("hour:more", "hour:less", "minute:more", "minute:less", "set")
_REGIONS = {
    "clock": _TURNS,
    "clock:ahead": (*_TURNS, "right"),
    "close": ("yes", "no"),
    "language": ("language:kk", "language:ru"),
    "timeout": ("yes", "no"),
    "sealed": ("cast",),
    "sealed:check": ("cast", "check"),
}


@dataclass
class _Writer:
    package: StationPackage
    pictures: dict[bytes, tuple[int, int, bytes]] = field(default_factory=dict)
    sets: list[SpriteSet] = field(default_factory=list)
    pages: list[IndexPage] = field(default_factory=list)

    def picture(self, width: int, height: int, label: str) -> bytes:
        pixels = (hashlib.sha256(label.encode()).digest()[:3] + b"\0") * (width * height)
        digest = hashlib.sha256(pixels).digest()
        self.pictures[digest] = (width, height, pixels)
        return digest

    def sprites(self, kind: str, values: list[str]) -> int:
        drawn = tuple((v, self.picture(CELL, CELL, f"{kind} {v}")) for v in sorted(values))
        made = SpriteSet(CELL, CELL, drawn)
        if made not in self.sets:
            self.sets.append(made)
        return self.sets.index(made)

    def page(
        self, key: PageKey, regions: list[str], slots: list[tuple[str, int]], texts: list[str]
    ) -> None:
        image = self.picture(WIDTH, HEIGHT, str(key))
        head = head_hash(self.pictures[image][2], WIDTH, HEAD_ROWS)
        boxes = tuple(
            Region(name, *_cell(at), CELL, CELL, text)
            for at, (name, text) in enumerate(zip(regions, texts, strict=True))
        )
        places = tuple(
            IndexSlot(name, *_cell(at), CELL, CELL, sprites)
            for at, (name, sprites) in enumerate(slots)
        )
        self.pages.append(IndexPage(key, image, head, boxes, places))

    def plain(self, key: PageKey) -> None:
        regions = list(_REGIONS.get(key.name, ()))
        digits = self.sprites("digit", list("0123456789"))
        slots = [(f"digit:{n}", digits) for n in range(4)] if key.name == "code" else []
        if key.name.startswith("clock"):
            names = [f"digit:{n}" for n in range(4)]
            names += [f"{row}:{n}" for row in ("own", "order") for n in range(12)]
            slots = [(name, digits) for name in names]
        if key.name in VALUE_PAGES:
            characters = self.sprites("character", list(checkvalue.ALPHABET))
            slots = [(name, characters) for name in value_slots()]
        self.page(key, regions, slots, [""] * len(regions))

    def ballot(self, style: int, language: str) -> None:
        ballot_style = self.package.style(style)
        assert ballot_style is not None
        for order, number in enumerate(ballot_style.contests):
            self.contest(style, order, number, language)
        groups = [
            ballot_style.contests[at : at + CONTESTS_ON_A_REVIEW]
            for at in range(0, len(ballot_style.contests), CONTESTS_ON_A_REVIEW)
        ]
        for page, numbers in enumerate(groups):
            regions = [f"change:{number}" for number in numbers]
            regions += ["back", "next" if page + 1 < len(groups) else "cast"]
            slots = [
                (f"choice:{number}:{n}", self.choices(number))
                for number in numbers
                for n in range(self.package.contests[number].votes_allowed)
            ]
            key = PageKey(f"review:{page}", language, style)
            self.page(key, regions, slots, [""] * len(regions))

    def choices(self, number: int) -> int:
        values = [str(line) for line in range(len(self.package.contests[number].lines))]
        return self.sprites(f"choice of {number}", [*values, BLANK])

    def contest(self, style: int, order: int, number: int, language: str) -> None:
        contest = self.package.contests[number]
        counts = [str(n) for n in range(contest.votes_allowed + 1)]
        counter = self.sprites(f"counter of {contest.votes_allowed}", counts)
        starts = range(0, len(contest.lines), LINES_ON_A_PAGE)
        for page, first in enumerate(starts):
            lines = range(first, min(first + LINES_ON_A_PAGE, len(contest.lines)))
            regions = [f"line:{line}" for line in lines]
            texts = [book.line_text(contest.lines[line], language) for line in lines]
            ways = ["back"] if order or page else sorted(other_languages(language))
            ways += ["next"] + (["finish"] if page + 1 < len(starts) else [])
            slots = [(f"line:{line}", self.sprites("mark", [ON])) for line in lines]
            self.page(
                PageKey(f"contest:{number}:{page}", language, style),
                [*regions, *ways],
                [*slots, ("counter", counter)],
                [*texts, *[""] * len(ways)],
            )
        self.page(PageKey(f"overvote:{number}", language, style), ["ok"], [], [""])
        self.page(PageKey(f"blank:{number}", language, style), ["yes", "no"], [], ["", ""])

    def files(self) -> tuple[bytes, bytes]:
        for name in COMMON_PAGES:
            self.plain(PageKey(name, BOTH))
        for reason in Reason:
            self.plain(PageKey(f"fault:{reason.name}", BOTH))
        for language in LANGUAGES:
            for name in VOTER_PAGES:
                self.plain(PageKey(name, language))
            for style in self.package.styles:
                self.ballot(style.number, language)
        index = BookIndex(
            election=self.package.election,
            width=WIDTH,
            height=HEIGHT,
            dots_per_inch=100,
            head_rows=HEAD_ROWS,
            contests=tuple(
                BookContest(each.identifier, len(each.lines), each.votes_allowed)
                for each in self.package.contests
            ),
            styles=tuple(BookStyle(each.number, each.contests) for each in self.package.styles),
            sprite_sets=tuple(self.sets),
            pages=tuple(self.pages),
            images={
                digest: (width, height) for digest, (width, height, _) in self.pictures.items()
            },
        )
        images = b"".join(
            book.image_item(digest, width, height, zlib.compress(pixels))
            for digest, (width, height, pixels) in sorted(self.pictures.items())
        )
        return index.to_bytes(), images


def _cell(at: int) -> tuple[int, int]:
    columns = WIDTH // CELL
    return at % columns * CELL, HEAD_ROWS + at // columns * CELL


def files_for(package: StationPackage) -> tuple[bytes, bytes]:
    """Return the content of index.cbor and of images.cborseq for a package."""
    return _Writer(package).files()


def package_and_book(draft: StationPackage) -> tuple[StationPackage, Book]:
    """Return the package with its book, for this screen."""
    index, images = files_for(draft)
    digest = hashlib.sha256(index).digest()
    package = dataclasses.replace(draft, screen=(WIDTH, HEIGHT), book=digest)
    return package, Book.from_bytes(index, images, digest)


@cache
def files() -> tuple[bytes, bytes]:
    """Return the two files of the book for the sample package."""
    return files_for(samples.package())


@cache
def package() -> StationPackage:
    """Return the sample package with this book, for this screen."""
    return package_and_book(samples.package())[0]


@cache
def load() -> Book:
    """Return the book."""
    return Book.from_bytes(*files(), package().book)


def write(folder: Path) -> None:
    """Write the book's two files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in zip((book.INDEX_NAME, book.IMAGES_NAME), files(), strict=True):
        (folder / name).write_bytes(content)

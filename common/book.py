"""The ballot book as those who show it or check it read it: pages, touch regions, slots, sprites.

The centre draws every page of the day beforehand (`center.book`); a terminal only copies pictures
and compares coordinates. Two files in one folder:

    index.cbor      everything but the pixels, deterministic CBOR; its SHA-256 is the book's hash,
                    which stands in the station package
    images.cborseq  the pictures: byte strings, each [SHA-256 of the raw pixels, width, height,
                    zlib stream]; the index names them by that SHA-256

Pixels are XRGB8888, little-endian: bytes B, G, R, 0, row after row without gaps, so that the hash
does not hang on how a picture was compressed.

Rules. `Book.load` checks the hash, the whole index and every reference, and refuses the book whole.
A picture is checked each time it is decompressed. Contests, lines and pages count from 0 in names.

Names of pages (`PageKey.name`). Language "both" has Kazakh and Russian side by side; it is given to
pages before the voter chose a language and to those that concern the commission:

    both      waiting          for the courier card
              clock            set the clock           [hour:more] [hour:less] [minute:more]
                                                       [minute:less] [set]
                                                       {own:0}…{own:11} {order:0}…{order:11}
                                                       {digit:0}…{digit:3}
              clock:ahead      the same, and it may be right                         [right]
              opened           take the courier card out
              close            close the voting?       [yes] [no]
              closed           the voting is over
              insert           the invitation
              language         which one?              [language:kk] [language:ru]
              fault:<REASON>   a refusal or a fault, `common.errors.Reason` by name
              stopped          the fault that has no page of its own
    kk, ru    contest:<c>:<p>  contest c, page p       [line:<l>…] [back] [next] [finish]
                                                       [language:…] {line:<l>…} {counter}
              overvote:<c>     too many touched        [ok]
              blank:<c>        leave contest c blank?  [yes] [no]
              review:<p>       what was chosen         [change:<c>…] [back] [next] [cast]
                                                       {choice:<c>:<n>…}
              casting          the vote is being written; do not take the card
              sealed           the sealed vote is on the card, and its check value
                                                       [cast] {value:0}…{value:19}
              sealed:check     the same, and the terminal may be checked   [check]
              spoiled          the vote was spoiled: to the checking station, then to the desk
                                                       {value:0}…{value:19}
              thanks           accepted; keys 1 and 2 show the code; take the card
              code             the control code        {digit:0}…{digit:3}
              take             take your card and hand it to the commission
              timeout          are you still there?    [yes] [no]
              ended            the session has ended, the card is as it was

`contest`, `overvote`, `blank` and `review` belong to a ballot style (`PageKey.style`, its number);
all others to none. A contest's number is its position in the package, a line's its position in the
contest. [x] is a touch region, {x} a slot.

Regions: `next` goes on: to the contest's next page, or from its last page to what follows;
`finish` (on every page of a contest but its last) goes on to what follows at once; `back` goes to
the page before, or from a contest's first page to what came before (the first contest's first page
has `language:<the other>` instead, which shows the same ballot, marks and all, in the other
language). `cast` stands on the last page of the review only, `next` on the others. A region's text
is what stands there: on a line, the candidate's or party's full name.

Slots: a place with the values that it can show; each value is a sprite of exactly the slot's size.
An unfilled slot shows the page itself. `line:<l>` takes "on"; `counter` takes "0" to the number of
votes allowed; `digit:<n>`, `own:<n>` and `order:<n>` take "0"…"9"; `value:<n>` takes each character
of a check value (`common.seal.checkvalue`); `choice:<c>:<n>` takes "<l>" for every line, and
"blank".

The first `head_rows` rows of a page hold no slot; their hash stands with each page
(`BookPage.head`), so that a page can be found from pixels: look the head up, compare the rest.

Never here: drawing, fonts, which page follows which (`terminal`), and a trace of what was shown.
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path

from common import cbor
from common.book_index import (
    BLANK,
    BOTH,
    CLOCK_DIGITS,
    CODE_DIGITS,
    INDEX_NAME,
    KAZAKH,
    LANGUAGES,
    MAX_INDEX_BYTES,
    ON,
    RUSSIAN,
    STOPPED,
    VALUE_CHARACTERS,
    BookContest,
    BookError,
    BookIndex,
    BookStyle,
    IndexPage,
    PageKey,
    SpriteSet,
    contest_page,
    fault_page,
    review_page,
)
from common.records import Line, Presentation, StationPackage
from common.regions import Region, region_at

__all__ = [
    "BLANK",
    "BOTH",
    "CLOCK_DIGITS",
    "CODE_DIGITS",
    "INDEX_NAME",
    "KAZAKH",
    "LANGUAGES",
    "ON",
    "RUSSIAN",
    "STOPPED",
    "VALUE_CHARACTERS",
    "Book",
    "BookError",
    "BookPage",
    "Frame",
    "PageKey",
    "Slot",
    "contest_page",
    "fault_page",
    "head_hash",
    "line_text",
    "review_page",
]

IMAGES_NAME = "images.cborseq"
MAX_IMAGES_BYTES = 256 << 20
MAX_IMAGE_ITEM_BYTES = 1 << 20
BYTES_PER_PIXEL = 4
CACHE_BYTES = 64 << 20  # a session in one language, and the pages that all sessions share
_EVERYBODY_PASSES = re.compile(r"insert|language|contest:\d+:0|review:\d+|casting|sealed.*|thanks")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on a page that can show one of some sprites; pixels from the top left corner.

    Attributes:
        sprites: value -> SHA-256 of the sprite's pixels; each is `width` by `height`.
    """

    name: str
    x: int
    y: int
    width: int
    height: int
    sprites: Mapping[str, bytes] = field(hash=False)


@dataclass(frozen=True, slots=True)
class BookPage:
    """One page.

    Attributes:
        image: SHA-256 of the page's pixels with every slot unfilled.
        head: SHA-256 of its first `Book.head_rows` rows.
    """

    key: PageKey
    image: bytes
    head: bytes
    regions: tuple[Region, ...]
    slots: tuple[Slot, ...]

    def slot(self, name: str) -> Slot:
        """Return the slot `name`. Raises: BookError."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise BookError(f"page {self.key.name}: it has no slot {name!r}")

    def region_at(self, x: int, y: int) -> str | None:
        """Return the name of the touch region at a point, or None."""
        region = region_at(self.regions, x, y)
        return None if region is None else region.name


class Frame:
    """Pixels of one screen, XRGB8888; pages are composed in it and shown from it."""

    __slots__ = ("height", "pixels", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.pixels = bytearray(width * height * BYTES_PER_PIXEL)

    def blit(self, pixels: bytes, width: int, height: int, x: int = 0, y: int = 0) -> None:
        """Copy a picture of `width` by `height` to (x, y).

        Raises:
            BookError: it has another size, or would stand out of the frame.
        """
        if len(pixels) != width * height * BYTES_PER_PIXEL:
            raise BookError(f"a picture of {len(pixels)} bytes is not {width} by {height}")
        if not (0 <= x <= self.width - width and 0 <= y <= self.height - height):
            raise BookError(f"a picture of {width} by {height} at {x}, {y} leaves the frame")
        row = width * BYTES_PER_PIXEL
        if width == self.width:
            start = y * row
            memoryview(self.pixels)[start : start + len(pixels)] = pixels  # copies once
            return
        stride = self.width * BYTES_PER_PIXEL
        target, source = memoryview(self.pixels), memoryview(pixels)
        start = y * stride + x * BYTES_PER_PIXEL
        for line in range(height):
            at = start + line * stride
            target[at : at + row] = source[line * row : (line + 1) * row]


class Book:
    """A checked ballot book."""

    def __init__(
        self,
        index: BookIndex,
        book_hash: bytes,
        streams: Mapping[bytes, bytes],
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """Take a checked index and the zlib stream of each of its images; see `load`."""
        self.hash = book_hash
        self.index = index
        self._streams = streams
        self._pages = {page.key: _page(page, index.sprite_sets) for page in index.pages}
        self._cache: OrderedDict[bytes, bytes] = OrderedDict()
        self._cache_room = cache_bytes

    @staticmethod
    def load(folder: Path, expected_hash: bytes, *, cache_bytes: int = CACHE_BYTES) -> Book:
        """Read the book in `folder`, which must be the one with `expected_hash` (SHA-256).

        Args:
            folder: holds index.cbor and images.cborseq.
            expected_hash: 32 bytes, from the station package.
            cache_bytes: how many decompressed pixels of pages to keep.

        Raises:
            BookError: it cannot be read, is another book, or anything in it does not fit.
        """
        try:
            untrusted_index = _read_bounded(folder / INDEX_NAME, MAX_INDEX_BYTES)
            untrusted_images = _read_bounded(folder / IMAGES_NAME, MAX_IMAGES_BYTES)
        except OSError as error:
            raise BookError(f"{error.filename}: it cannot be read: {error.strerror}") from error
        return Book.from_bytes(
            untrusted_index, untrusted_images, expected_hash, cache_bytes=cache_bytes
        )

    @staticmethod
    def from_bytes(
        untrusted_index: bytes,
        untrusted_images: bytes,
        expected_hash: bytes,
        *,
        cache_bytes: int = CACHE_BYTES,
    ) -> Book:
        """Read a book from the content of its two files; see `load`."""
        book_hash = hashlib.sha256(untrusted_index).digest()
        if book_hash != expected_hash:
            raise BookError(
                f"{INDEX_NAME}: it is another book than the package names: it has the hash "
                f"{book_hash.hex()}, not {expected_hash.hex()}"
            )
        index = BookIndex.from_bytes(untrusted_index)
        return Book(index, book_hash, _streams(untrusted_images, index), cache_bytes)

    @property
    def width(self) -> int:
        """Width of every page, pixels."""
        return self.index.width

    @property
    def height(self) -> int:
        """Height of every page, pixels."""
        return self.index.height

    @property
    def head_rows(self) -> int:
        """How many rows at the top of a page are free of slots."""
        return self.index.head_rows

    def keys(self) -> tuple[PageKey, ...]:
        """Return the keys of all pages, in the order of the index."""
        return tuple(self._pages)

    def page(self, key: PageKey) -> BookPage:
        """Return a page. Raises: BookError if the book has no such page."""
        page = self._pages.get(key)
        if page is None:
            raise BookError(f"the book has no page {key}")
        return page

    def require(self, keys: Iterable[PageKey]) -> None:
        """Insist that the book has these pages. Raises: BookError naming the first it lacks."""
        for key in keys:
            self.page(key)

    def contest_pages(
        self,
        style: int,
        contest: int,
        language: str,
        presentation: Presentation = Presentation.NORMAL,
    ) -> int:
        """Return over how many pages a contest goes."""
        keys = (contest_page(style, contest, p, language, presentation) for p in count())
        return sum(1 for _ in takewhile(self._pages.__contains__, keys))

    def review_pages(
        self, style: int, language: str, presentation: Presentation = Presentation.NORMAL
    ) -> int:
        """Return over how many pages the review goes."""
        keys = (review_page(style, p, language, presentation) for p in count())
        return sum(1 for _ in takewhile(self._pages.__contains__, keys))

    def fault(self, reason_name: str) -> PageKey:
        """Return the page for a reason: its own, or the one that serves for all without."""
        key = fault_page(reason_name)
        return key if key in self._pages else PageKey(STOPPED)

    def check_belongs(self, package: StationPackage) -> None:
        """Insist that contests, styles, screen and the names on the lines are those of `package`.

        Raises:
            BookError: naming what differs.
        """
        contests = tuple(
            BookContest(one.identifier, len(one.lines), one.votes_allowed)
            for one in package.contests
        )
        styles = tuple(BookStyle(one.number, one.contests) for one in package.styles)
        for what, found, expected in (
            ("election", self.index.election, package.election),
            ("list of contests", self.index.contests, contests),
            ("list of ballot styles", self.index.styles, styles),
            ("screen size", (self.width, self.height), package.screen),
        ):
            if found != expected:
                raise BookError(f"the book has another {what} than the package")
        for key, page in self._pages.items():
            if not key.name.startswith("contest:"):
                continue
            lines = package.contests[int(key.name.split(":")[1])].lines
            for region in page.regions:
                what, _, number = region.name.partition(":")
                if what == "line" and region.text != line_text(lines[int(number)], key.language):
                    raise BookError(f"page {key.name}: {region.name} is not the package's line")

    def pages_with_head(self, head: bytes) -> tuple[BookPage, ...]:
        """Return the pages whose first `head_rows` rows have this SHA-256."""
        return tuple(page for page in self._pages.values() if page.head == head)

    def size(self, image: bytes) -> tuple[int, int]:
        """Return width and height of an image, pixels."""
        return self.index.images[image]

    def pixels(self, image: bytes) -> bytes:
        """Return the pixels of the image with this SHA-256, checked.

        Raises:
            BookError: the stored picture does not decompress to those pixels.
        """
        width, height = self.index.images[image]
        pixels = _decompress(self._streams[image], width * height * BYTES_PER_PIXEL)
        if pixels is None or hashlib.sha256(pixels).digest() != image:
            raise BookError(f"{IMAGES_NAME}: the picture {image.hex()} is damaged")
        return pixels

    def _page_pixels(self, page: BookPage) -> bytes:
        """Return a page's picture; those that every voter passes are kept, the first ones longest.

        What is kept must not tell what a voter did: no sprite, and no page that only some see. For
        the same reason a page that is shown again keeps its place.
        """
        if not _EVERYBODY_PASSES.fullmatch(page.key.name):
            return self.pixels(page.image)
        held = self._cache.get(page.image)
        if held is None:
            held = self._cache[page.image] = self.pixels(page.image)
            self._cache_room -= len(held)
            while self._cache_room < 0 and len(self._cache) > 1:
                self._cache_room += len(self._cache.popitem(last=False)[1])
        return held

    def frame(self) -> Frame:
        """Return a black frame of the book's size."""
        return Frame(self.width, self.height)

    def compose(self, frame: Frame, key: PageKey, fills: Mapping[str, str]) -> BookPage:
        """Draw a page into `frame` with slots filled, and return the page.

        Args:
            fills: slot name -> value, for the slots that are not to stay empty.

        Raises:
            BookError: no such page, slot or value; or a damaged picture.
        """
        page = self.page(key)
        frame.blit(self._page_pixels(page), self.width, self.height)
        for name, value in fills.items():
            self.fill(frame, page.slot(name), value)
        return page

    def fill(self, frame: Frame, slot: Slot, value: str) -> None:
        """Draw the sprite `value` into `slot`. Raises: BookError."""
        sprite = slot.sprites.get(value)
        if sprite is None:
            raise BookError(f"slot {slot.name}: it cannot show {value!r}")
        frame.blit(self.pixels(sprite), slot.width, slot.height, slot.x, slot.y)

    def check_images(self) -> None:
        """Decompress and check every picture; for who checks a book, not for a board's start.

        Raises:
            BookError: one is damaged, or a page's head has another hash than the index says.
        """
        for image in self.index.images:
            self.pixels(image)
        for page in self._pages.values():
            if head_hash(self.pixels(page.image), self.width, self.head_rows) != page.head:
                raise BookError(f"page {page.key.name}: its head is another than the index says")


def line_text(line: Line, language: str) -> str:
    """Return the full name on a line in "kk" or "ru", as it stands in a region's text."""
    parts = (line.name, line.given, line.patronymic)
    return " ".join(one.kk if language == KAZAKH else one.ru for one in parts if one is not None)


def head_hash(pixels: bytes | bytearray | memoryview, width: int, head_rows: int) -> bytes:
    """Return the SHA-256 of the first `head_rows` rows of a page or frame `width` pixels wide."""
    return hashlib.sha256(memoryview(pixels)[: width * head_rows * BYTES_PER_PIXEL]).digest()


def image_item(digest: bytes, width: int, height: int, stream: bytes) -> bytes:
    """Return one picture as it stands in images.cborseq."""
    return cbor.wrap(cbor.encode([digest, width, height, stream]))


def _read_bounded(path: Path, most: int) -> bytes:
    """Return a file's content, at most one byte more than `most`.

    No more is asked for than there is: what is freed is overwritten, and so becomes real memory.
    """
    with path.open("rb") as file:
        return file.read(min(os.fstat(file.fileno()).st_size, most + 1))


def _streams(untrusted_images: bytes, index: BookIndex) -> dict[bytes, bytes]:
    if len(untrusted_images) > MAX_IMAGES_BYTES:
        raise BookError(f"{IMAGES_NAME}: it is larger than {MAX_IMAGES_BYTES} bytes")
    streams: dict[bytes, bytes] = {}
    previous = b""
    try:
        items, end = cbor.split_sequence(untrusted_images, max_item=MAX_IMAGE_ITEM_BYTES)
        if end != len(untrusted_images):
            raise BookError(f"{IMAGES_NAME}: it ends in the middle of a picture")
        for untrusted_item in items:
            item = cbor.decode(untrusted_item, max_size=MAX_IMAGE_ITEM_BYTES, max_depth=2)
            match item:
                case (bytes() as digest, int() as width, int() as height, bytes() as stream):
                    pass
                case _:
                    raise BookError(f"{IMAGES_NAME}: an item is not a picture")
            if digest <= previous:
                raise BookError(f"{IMAGES_NAME}: the pictures are not in order")
            if index.images.get(digest) != (width, height):
                raise BookError(f"{IMAGES_NAME}: the index has no picture {digest.hex()} like this")
            streams[digest] = stream
            previous = digest
    except cbor.CborError as error:
        raise BookError(f"{IMAGES_NAME}: {error}") from error
    if len(streams) != len(index.images):
        raise BookError(f"{IMAGES_NAME}: {len(index.images) - len(streams)} pictures are missing")
    return streams


def _decompress(stream: bytes, size: int) -> bytes | None:
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(stream, size)
        # A whole stream of exactly `size` bytes may still owe its end mark.
        rest = inflater.decompress(inflater.unconsumed_tail, 1) if not inflater.eof else b""
    except zlib.error:
        return None
    if len(pixels) != size or rest or not inflater.eof or inflater.unused_data:
        return None
    return pixels


def _page(page: IndexPage, sets: tuple[SpriteSet, ...]) -> BookPage:
    slots = tuple(
        Slot(one.name, one.x, one.y, one.width, one.height, dict(sets[one.sprites].sprites))
        for one in page.slots
    )
    return BookPage(page.key, page.image, page.head, page.regions, slots)

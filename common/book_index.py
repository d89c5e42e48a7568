"""The index of a ballot book: what stands in index.cbor, and everything that must fit in it.

`common.book` says what the pages, regions and slots mean. This file has their names as a closed
grammar, the deterministic encoding, and the checks that let a board say before the first voter that
no page, line, choice or sprite is missing. Reader and writer use the same checks.

Never here: pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from common import cbor
from common.records import Presentation
from common.regions import Region
from common.seal import checkvalue

FORMAT = "sailau/BallotBook/1"
INDEX_NAME = "index.cbor"

MAX_INDEX_BYTES = 8 << 20
MAX_SIDE_PX = 4096

BOTH, KAZAKH, RUSSIAN = "both", "kk", "ru"
LANGUAGES = (KAZAKH, RUSSIAN)

CODE_DIGITS = 4
CLOCK_DIGITS = 12
"""A date and a time: DDMMYYYYHHMM."""
VALUE_CHARACTERS = checkvalue.CHARACTERS
"""Of a check value (docs/proofs.md, section 7)."""
ON = "on"
BLANK = "blank"

_NUMBER = "(?:0|[1-9][0-9]{0,3})"
_NOTHING = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of page and the names that may stand on it, as regular expressions."""

    name: str
    regions: str = _NOTHING
    slots: str = _NOTHING
    needed: frozenset[str] = frozenset()  # regions that must be there


_YES_NO = frozenset({"yes", "no"})


_CLOCK_NEEDED = frozenset({"hour:more", "hour:less", "minute:more", "minute:less", "set"})
_CLOCK_REGIONS = "hour:more|hour:less|minute:more|minute:less|set"
_VALUE_SLOTS = "value:(?:[0-9]|1[0-9])"
_CLOCK_SLOTS = "digit:[0-3]|(?:own|order):(?:[0-9]|1[01])"
_CLOCK_ALL_SLOTS = {f"digit:{at}" for at in range(CODE_DIGITS)} | {
    f"{row}:{at}" for row in ("own", "order") for at in range(CLOCK_DIGITS)
}

_COMMON_KINDS = (
    _Kind("waiting|opened|closed|insert|stopped|fault:[A-Z][A-Z0-9_]*"),
    _Kind("close", regions="yes|no", needed=_YES_NO),
    _Kind("clock", _CLOCK_REGIONS, _CLOCK_SLOTS, _CLOCK_NEEDED),
    _Kind("clock:ahead", f"{_CLOCK_REGIONS}|right", _CLOCK_SLOTS, _CLOCK_NEEDED | {"right"}),
    _Kind(
        "language",
        regions="language:kk|language:ru",
        needed=frozenset({"language:kk", "language:ru"}),
    ),
)
_STYLE_KINDS = (
    _Kind(
        f"contest:{_NUMBER}:{_NUMBER}",
        regions=f"line:{_NUMBER}|language:kk|language:ru|back|next|finish",
        slots=f"line:{_NUMBER}|counter",
    ),
    _Kind(f"overvote:{_NUMBER}", regions="ok", needed=frozenset({"ok"})),
    _Kind(f"blank:{_NUMBER}", regions="yes|no", needed=_YES_NO),
    _Kind(
        f"review:{_NUMBER}",
        regions=f"change:{_NUMBER}|back|next|cast",
        slots=f"choice:{_NUMBER}:{_NUMBER}",
    ),
)
_VOTER_KINDS = (
    _Kind("casting|thanks|take|ended"),
    _Kind("code", slots="digit:[0-3]"),
    _Kind("sealed", "cast", _VALUE_SLOTS, frozenset({"cast"})),
    _Kind("sealed:check", "cast|check", _VALUE_SLOTS, frozenset({"cast", "check"})),
    _Kind("spoiled", slots=_VALUE_SLOTS),
    _Kind("timeout", regions="yes|no", needed=_YES_NO),
)

STOPPED = "stopped"
COMMON_PAGES = (
    "waiting", "clock", "clock:ahead", "opened", "close", "closed", "insert", "language", STOPPED,
)  # fmt: skip
VALUE_PAGES = ("sealed", "sealed:check", "spoiled")
VOTER_PAGES = ("casting", *VALUE_PAGES, "thanks", "code", "take", "timeout", "ended")


class BookError(ValueError):
    """The book is damaged, is another one, or lacks what it must hold. The message says what."""


@dataclass(frozen=True, slots=True, order=True)
class PageKey:
    """Which page: see the names at the top of the file.

    Attributes:
        language: "both", "kk" or "ru".
        style: the ballot style's number for pages of a ballot, otherwise None.
        presentation: the book has NORMAL; the others follow with their pages.
    """

    name: str
    language: str = BOTH
    style: int | None = None
    presentation: Presentation = Presentation.NORMAL


def contest_page(
    style: int,
    contest: int,
    number: int,
    language: str,
    presentation: Presentation = Presentation.NORMAL,
) -> PageKey:
    """Return the key of page `number` of a contest."""
    return PageKey(f"contest:{contest}:{number}", language, style, presentation)


def review_page(
    style: int, number: int, language: str, presentation: Presentation = Presentation.NORMAL
) -> PageKey:
    """Return the key of page `number` of the review."""
    return PageKey(f"review:{number}", language, style, presentation)


def fault_page(reason_name: str, presentation: Presentation = Presentation.NORMAL) -> PageKey:
    """Return the key of the page that says `reason_name`, the name of a `common.errors.Reason`."""
    return PageKey(f"fault:{reason_name}", BOTH, None, presentation)


@dataclass(frozen=True, slots=True)
class BookContest:
    """What the book knows of a contest: enough to see that it belongs to a package."""

    identifier: str
    lines: int
    votes_allowed: int


@dataclass(frozen=True, slots=True)
class BookStyle:
    """A ballot style: its number, and its contests by their position in the package, in order."""

    number: int
    contests: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpriteSet:
    """Sprites of one size that go into the same slots, for instance the ten digits.

    Attributes:
        sprites: (value, SHA-256 of the pixels), sorted by value.
    """

    width: int
    height: int
    sprites: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class IndexSlot:
    """A slot as the index has it: `sprites` is the position of a sprite set."""

    name: str
    x: int
    y: int
    width: int
    height: int
    sprites: int


@dataclass(frozen=True, slots=True)
class IndexPage:
    """A page as the index has it."""

    key: PageKey
    image: bytes
    head: bytes
    regions: tuple[Region, ...]
    slots: tuple[IndexSlot, ...]


@dataclass(frozen=True, slots=True)
class BookIndex:
    """The index, the same for who writes it and who reads it.

    Attributes:
        width, height: of every page, pixels.
        dots_per_inch: of the screen that it was drawn for.
        images: SHA-256 of the pixels -> (width, height).
    """

    election: str
    width: int
    height: int
    dots_per_inch: int
    head_rows: int
    contests: tuple[BookContest, ...]
    styles: tuple[BookStyle, ...]
    sprite_sets: tuple[SpriteSet, ...]
    pages: tuple[IndexPage, ...]
    images: Mapping[bytes, tuple[int, int]] = field(hash=False)

    def to_bytes(self) -> bytes:
        """Return the deterministic encoding, the content of index.cbor.

        Raises:
            BookError: it would be refused by `from_bytes`.
        """
        _check_index(self)
        position = {digest: at for at, digest in enumerate(sorted(self.images))}
        return cbor.encode(
            {
                0: FORMAT,
                1: self.election,
                2: [self.width, self.height, self.dots_per_inch, self.head_rows],
                3: [[one.identifier, one.lines, one.votes_allowed] for one in self.contests],
                4: [[one.number, list(one.contests)] for one in self.styles],
                5: [[digest, *self.images[digest]] for digest in sorted(self.images)],
                6: [
                    [one.width, one.height, [[v, position[digest]] for v, digest in one.sprites]]
                    for one in self.sprite_sets
                ],
                7: [_page_item(page, position) for page in self.pages],
            }
        )

    @staticmethod
    def from_bytes(untrusted: bytes) -> BookIndex:
        """Return the index in the content of index.cbor.

        Raises:
            BookError: it is not one.
        """
        try:
            index = _read_index(cbor.decode(untrusted, max_size=MAX_INDEX_BYTES))
        except cbor.CborError as error:
            raise BookError(f"{INDEX_NAME}: {error}") from error
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise BookError(f"{INDEX_NAME}: it is not an index of a ballot book") from error
        if index.to_bytes() != untrusted:  # checks the index, too
            raise BookError(f"{INDEX_NAME}: it is not in its one form")
        return index


def _page_item(page: IndexPage, position: Mapping[bytes, int]) -> list[object]:
    return [
        page.key.name,
        page.key.language,
        page.key.style,
        int(page.key.presentation),
        position[page.image],
        page.head,
        [[r.name, r.x, r.y, r.width, r.height, r.text] for r in page.regions],
        [[s.name, s.x, s.y, s.width, s.height, s.sprites] for s in page.slots],
    ]


# Reading. Shapes and types first; `_check_index` then checks what the values mean.


def _read_index(item: object) -> BookIndex:
    if not isinstance(item, dict) or sorted(item) != list(range(8)) or item[0] != FORMAT:
        raise TypeError
    (election,) = _row((item[1],), str)
    width, height, dots_per_inch, head_rows = _row(item[2], int, int, int, int)
    images = [_row(one, bytes, int, int) for one in _rows(item[5])]
    if any(len(digest) != 32 for digest, _, _ in images):
        raise TypeError
    digests = [digest for digest, _, _ in images]
    return BookIndex(
        election=election,
        width=width,
        height=height,
        dots_per_inch=dots_per_inch,
        head_rows=head_rows,
        contests=tuple(BookContest(*_row(one, str, int, int)) for one in _rows(item[3])),
        styles=tuple(_read_style(one) for one in _rows(item[4])),
        sprite_sets=tuple(_read_sprite_set(one, digests) for one in _rows(item[6])),
        pages=tuple(_read_page(one, digests) for one in _rows(item[7])),
        images={digest: (width, height) for digest, width, height in images},
    )


def _read_style(item: object) -> BookStyle:
    number, contests = _row(item, int, tuple)
    return BookStyle(number, _row(contests, *[int] * len(contests)))


def _read_sprite_set(item: object, digests: list[bytes]) -> SpriteSet:
    width, height, sprites = _row(item, int, int, tuple)
    rows = [_row(one, str, int) for one in sprites]
    return SpriteSet(width, height, tuple((value, _at(digests, at)) for value, at in rows))


def _read_page(item: object, digests: list[bytes]) -> IndexPage:
    if not isinstance(item, tuple) or len(item) != 8:
        raise TypeError
    style = item[2]
    if style is not None and type(style) is not int:
        raise TypeError
    name, language, presentation, image, head, regions, slots = _row(
        item[:2] + item[3:], str, str, int, int, bytes, tuple, tuple
    )
    return IndexPage(
        PageKey(name, language, style, Presentation(presentation)),
        _at(digests, image),
        head,
        tuple(Region(*_row(one, str, int, int, int, int, str)) for one in regions),
        tuple(IndexSlot(*_row(one, str, int, int, int, int, int)) for one in slots),
    )


def _row(item: object, *types: type) -> tuple[Any, ...]:
    """Return a tuple whose members are of exactly these types. Raises: TypeError."""
    if not isinstance(item, tuple) or len(item) != len(types):
        raise TypeError
    if any(type(value) is not wanted for value, wanted in zip(item, types, strict=True)):
        raise TypeError
    return item


def _rows(item: object) -> tuple[object, ...]:
    if not isinstance(item, tuple):
        raise TypeError
    return item


def _at(digests: list[bytes], position: int) -> bytes:
    if position < 0:
        raise IndexError
    return digests[position]


def _check_index(index: BookIndex) -> None:
    """Raise BookError unless everything in the index fits together."""
    if not (0 < index.width <= MAX_SIDE_PX and 0 < index.height <= MAX_SIDE_PX):
        raise BookError(
            f"{INDEX_NAME}: a screen of {index.width} by {index.height} is not possible"
        )
    if not (0 < index.head_rows <= index.height) or index.dots_per_inch <= 0:
        raise BookError(f"{INDEX_NAME}: the head of a page or the dots per inch are not possible")
    for width, height in index.images.values():
        if not (0 < width <= index.width and 0 < height <= index.height):
            raise BookError(f"{INDEX_NAME}: a picture is larger than the screen, or empty")
    for contest in index.contests:
        if not (0 < contest.votes_allowed <= contest.lines):
            raise BookError(
                f"{INDEX_NAME}: contest {contest.identifier!r} allows an impossible number"
            )
    numbers = [style.number for style in index.styles]
    if not numbers or numbers != sorted(set(numbers)):
        raise BookError(f"{INDEX_NAME}: its ballot styles are missing or not in order")
    for style in index.styles:
        if any(not 0 <= contest < len(index.contests) for contest in style.contests):
            raise BookError(f"{INDEX_NAME}: style {style.number} names a contest that is not there")
    used: set[bytes] = set()
    for sprites in index.sprite_sets:
        values = [value for value, _ in sprites.sprites]
        if not values or values != sorted(set(values)):
            raise BookError(f"{INDEX_NAME}: a set of sprites is empty or not in order")
        for _, digest in sprites.sprites:
            if index.images.get(digest) != (sprites.width, sprites.height):
                raise BookError(f"{INDEX_NAME}: a sprite has another size than its set")
            used.add(digest)
    keys: set[PageKey] = set()
    for page in index.pages:
        if page.key in keys:
            raise BookError(f"{INDEX_NAME}: page {page.key.name} stands twice")
        keys.add(page.key)
        used.add(page.image)
        _check_page(page, index)
    if used != set(index.images):
        raise BookError(f"{INDEX_NAME}: its pages name other pictures than its list does")
    _check_ballots(index)


def _kind_of(key: PageKey, index: BookIndex) -> _Kind | None:
    kinds: tuple[_Kind, ...]
    if key.language == BOTH and key.style is None:
        kinds = _COMMON_KINDS
    elif key.language in LANGUAGES and key.style is None:
        kinds = _VOTER_KINDS
    elif key.language in LANGUAGES and any(key.style == one.number for one in index.styles):
        kinds = _STYLE_KINDS
    else:
        return None
    return next((kind for kind in kinds if re.fullmatch(kind.name, key.name)), None)


def _check_page(page: IndexPage, index: BookIndex) -> None:
    where = f"{INDEX_NAME}: page {page.key.name}"
    kind = _kind_of(page.key, index)
    if kind is None:
        raise BookError(f"{where}: {page.key} is not a page of this ballot book")
    if index.images.get(page.image) != (index.width, index.height) or len(page.head) != 32:
        raise BookError(f"{where}: its picture does not fill the screen")
    _check_boxes(where, page.regions, kind.regions, index, top=0)
    if not kind.needed <= {region.name for region in page.regions}:
        raise BookError(f"{where}: it lacks a touch region")
    _check_boxes(where, page.slots, kind.slots, index, top=index.head_rows)
    for slot in page.slots:
        if not 0 <= slot.sprites < len(index.sprite_sets):
            raise BookError(f"{where}: slot {slot.name}: it has no set of sprites")
        sprites = index.sprite_sets[slot.sprites]
        if (sprites.width, sprites.height) != (slot.width, slot.height):
            raise BookError(f"{where}: slot {slot.name}: its sprites have another size")
        values = tuple(value for value, _ in sprites.sprites)
        if values != tuple(sorted(_expected_values(slot.name, page.key.name, index))):
            raise BookError(f"{where}: slot {slot.name}: it takes other sprites than it must")


def _check_boxes(
    where: str, boxes: Sequence[Region | IndexSlot], names: str, index: BookIndex, top: int
) -> None:
    for at, box in enumerate(boxes):
        if not re.fullmatch(names, box.name) or any(box.name == one.name for one in boxes[:at]):
            raise BookError(f"{where}: {box.name!r} cannot stand there")
        inside = (
            box.width > 0
            and box.height > 0
            and 0 <= box.x <= index.width - box.width
            and top <= box.y <= index.height - box.height
        )
        if not inside:
            raise BookError(f"{where}: {box.name} is not wholly on the page")
        for one in boxes[:at]:
            beside = box.x >= one.x + one.width or one.x >= box.x + box.width
            if not beside and box.y < one.y + one.height and one.y < box.y + box.height:
                raise BookError(f"{where}: {box.name} and {one.name} overlap")


def _expected_values(slot: str, page: str, index: BookIndex) -> set[str]:
    """Return what a slot must be able to show; nothing if it names a contest that is not there."""
    what, *numbers = slot.split(":")
    if what == "line":
        return {ON}
    if what in {"digit", "own", "order"}:
        return set("0123456789")
    if what == "value":
        return set(checkvalue.ALPHABET)
    contest_number = int(page.split(":")[1]) if what == "counter" else int(numbers[0])
    if contest_number >= len(index.contests):
        return set()
    contest = index.contests[contest_number]
    if what == "counter":
        return {str(n) for n in range(contest.votes_allowed + 1)}
    return {str(line) for line in range(contest.lines)} | {BLANK}


def _check_ballots(index: BookIndex) -> None:
    """Every presentation has every page: those of all, and of each style every line and choice."""
    pages = {page.key: page for page in index.pages}
    left = {key for key in pages if not key.name.startswith("fault:")}
    for presentation in sorted({key.presentation for key in pages}):
        wanted = {PageKey(name, BOTH, None, presentation) for name in COMMON_PAGES}
        wanted |= {PageKey(n, one, None, presentation) for n in VOTER_PAGES for one in LANGUAGES}
        for name in ("clock", "clock:ahead"):
            clock = pages.get(PageKey(name, BOTH, None, presentation))
            if clock and {slot.name for slot in clock.slots} != _CLOCK_ALL_SLOTS:
                raise BookError(f"{INDEX_NAME}: page {name}: it does not have all its digits")
        for language in LANGUAGES:
            code = pages.get(PageKey("code", language, None, presentation))
            if code and [s.name for s in code.slots] != [f"digit:{n}" for n in range(CODE_DIGITS)]:
                raise BookError(f"{INDEX_NAME}: page code: it does not have four digits")
            for name in VALUE_PAGES:
                shows = pages.get(PageKey(name, language, None, presentation))
                if shows and [s.name for s in shows.slots] != value_slots():
                    raise BookError(f"{INDEX_NAME}: page {name}: it does not have the whole value")
            for style in index.styles:
                wanted |= _ballot_keys(index, pages, style, language, presentation)
        if wanted - left:
            raise BookError(f"{INDEX_NAME}: {min(wanted - left, key=str)} is missing")
        left -= wanted
    if left:
        raise BookError(f"{INDEX_NAME}: {min(left, key=str)} is one page too many")


def _ballot_keys(
    index: BookIndex,
    pages: Mapping[PageKey, IndexPage],
    style: BookStyle,
    language: str,
    presentation: Presentation,
) -> set[PageKey]:
    where = f"{INDEX_NAME}: style {style.number}, {language}, {presentation.name}"
    keys: set[PageKey] = set()
    choices: list[str] = []
    for order, at in enumerate(style.contests):
        contest = index.contests[at]
        of_contest = _run(
            pages, (contest_page(style.number, at, p, language, presentation) for p in count())
        )
        lines = [f"line:{n}" for n in range(contest.lines)]
        if _named("line:", [r for page in of_contest for r in page.regions]) != lines:
            raise BookError(f"{where}: contest {at}: its lines are not all there, in order")
        if _named("line:", [s for page in of_contest for s in page.slots]) != lines:
            raise BookError(f"{where}: contest {at}: a line has no place for its mark")
        for p, page in enumerate(of_contest):
            ways = {"next"}
            ways |= {"finish"} if p + 1 < len(of_contest) else set()
            ways |= {"back"} if order or p else other_languages(language)
            _check_ways(where, page, ways, "line:")
            if [s.name for s in page.slots if not s.name.startswith("line:")] != ["counter"]:
                raise BookError(f"{where}: page {page.key.name}: it has no counter")
        keys |= {page.key for page in of_contest}
        keys |= {PageKey(f"overvote:{at}", language, style.number, presentation)}
        keys |= {PageKey(f"blank:{at}", language, style.number, presentation)}
        choices += [f"choice:{at}:{n}" for n in range(contest.votes_allowed)]
    review = _run(pages, (review_page(style.number, p, language, presentation) for p in count()))
    for p, page in enumerate(review):
        _check_ways(where, page, {"back", "next" if p + 1 < len(review) else "cast"}, "change:")
        shown = {slot.name.split(":")[1] for slot in page.slots}
        if {f"change:{at}" for at in shown} != set(_named("change:", page.regions)):
            raise BookError(f"{where}: the review does not let every choice be changed")
    if [slot.name for page in review for slot in page.slots] != choices:
        raise BookError(f"{where}: the review does not have every choice once, in order")
    return keys | {page.key for page in review}


def value_slots() -> list[str]:
    """Return the slots in which a check value stands, in order."""
    return [f"value:{at}" for at in range(VALUE_CHARACTERS)]


def other_languages(language: str) -> set[str]:
    """Return the regions by which a ballot's first page goes on in another language."""
    return {f"language:{other}" for other in LANGUAGES if other != language}


def _run(pages: Mapping[PageKey, IndexPage], keys: Iterable[PageKey]) -> list[IndexPage]:
    """Return the pages under these keys, up to the first key without one."""
    found: list[IndexPage] = []
    for key in keys:
        page = pages.get(key)
        if page is None:
            break
        found.append(page)
    return found


def _named(start: str, boxes: Sequence[Region | IndexSlot]) -> list[str]:
    return [box.name for box in boxes if box.name.startswith(start)]


def _check_ways(where: str, page: IndexPage, ways: set[str], others: str) -> None:
    """Insist that a page's regions are `ways` and those that start with `others`."""
    if {r.name for r in page.regions if not r.name.startswith(others)} != ways:
        raise BookError(f"{where}: page {page.key.name}: the ways on and back are not right")

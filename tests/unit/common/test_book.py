"""The ballot book's reader: what it shows, and everything that it refuses."""

import dataclasses
import hashlib
import re
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import book, cbor
from common.book import Book, BookError, Frame, PageKey, contest_page, fault_page, review_page
from common.book_index import BOTH, BookIndex, IndexPage, IndexSlot, SpriteSet
from common.records import Presentation
from common.regions import Region
from tests import samples
from tests.unit.terminal import tiny_book

CONTEST = contest_page(1, 1, 0, "kk")


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def items() -> list[bytes]:
    return cbor.split_sequence(tiny_book.files()[1])[0]


def joined(pictures: list[bytes]) -> bytes:
    return b"".join(cbor.wrap(one) for one in pictures)


def load(index: bytes, images: bytes) -> Book:
    return Book.from_bytes(index, images, digest(index))


def test_no_more_memory_is_asked_for_than_the_files_have(tmp_path: Path) -> None:
    index, images = tiny_book.files()
    (tmp_path / book.INDEX_NAME).write_bytes(index)
    (tmp_path / book.IMAGES_NAME).write_bytes(images)
    tracemalloc.start()
    try:
        Book.load(tmp_path, digest(index))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * (len(index) + len(images)) + (4 << 20)


def index() -> BookIndex:
    return BookIndex.from_bytes(tiny_book.files()[0])


# --- what a book shows


def test_is_read_from_its_folder(tmp_path: Path) -> None:
    tiny_book.write(tmp_path)
    read = Book.load(tmp_path, tiny_book.package().book)
    assert (read.width, read.height, read.head_rows) == (48, 36, 4)
    assert read.hash == tiny_book.package().book
    assert set(read.keys()) == {page.key for page in index().pages}
    read.check_images()


def test_index_has_one_form() -> None:
    assert index().to_bytes() == tiny_book.files()[0]


def test_page_has_regions_slots_and_checked_pixels() -> None:
    read = tiny_book.load()
    page = read.page(CONTEST)
    assert [one.name for one in page.slots] == [f"line:{n}" for n in range(4)] + ["counter"]
    first = page.regions[0]
    assert first.name == "line:0"
    assert first.text == "Үміткер 1"
    assert page.region_at(*first.centre) == "line:0"
    assert page.region_at(read.width - 1, read.height - 1) is None
    assert digest(read.pixels(page.image)) == page.image
    assert read.size(page.image) == (read.width, read.height)


def test_composes_sprites_over_the_page() -> None:
    read = tiny_book.load()
    frame = read.frame()
    page = read.compose(frame, CONTEST, {"line:2": "on", "counter": "1"})
    expected = bytearray(read.pixels(page.image))
    for name, value in (("line:2", "on"), ("counter", "1")):
        slot = page.slot(name)
        sprite = read.pixels(slot.sprites[value])
        for row in range(slot.height):
            at = ((slot.y + row) * read.width + slot.x) * 4
            expected[at : at + slot.width * 4] = sprite[row * slot.width * 4 :][: slot.width * 4]
    assert frame.pixels == expected
    read.compose(frame, CONTEST, {})
    assert frame.pixels == read.pixels(page.image)


def test_page_is_found_by_its_head() -> None:
    read = tiny_book.load()
    frame = read.frame()
    page = read.compose(frame, CONTEST, {"line:0": "on"})
    head = book.head_hash(frame.pixels, read.width, read.head_rows)
    assert page in read.pages_with_head(head)
    assert read.pages_with_head(bytes(32)) == ()


def test_counts_pages() -> None:
    read = tiny_book.load()
    assert read.contest_pages(1, 1, "ru") == 2
    assert read.contest_pages(2, 1, "ru") == 0
    assert read.review_pages(1, "kk") == 2
    assert read.review_pages(1, "kk", Presentation.LARGE) == 0


def test_every_reason_has_a_page() -> None:
    read = tiny_book.load()
    assert read.fault("CARD_VOTED") == fault_page("CARD_VOTED")
    assert read.fault("SOMETHING_NEW") == PageKey("stopped")


def test_requires_pages() -> None:
    read = tiny_book.load()
    read.require([CONTEST, review_page(2, 0, "ru")])
    with pytest.raises(BookError, match="review:7"):
        read.require([CONTEST, review_page(2, 7, "ru")])


def shown(read: Book, *keys: PageKey) -> list[bytes]:
    """Show pages, with a sprite in each slot, and return whose pictures are kept then."""
    frame = read.frame()
    for key in keys:
        slots = read.page(key).slots
        read.compose(frame, key, {slot.name: next(iter(slot.sprites)) for slot in slots})
    return list(read._cache)


def test_keeps_no_more_pixels_than_it_may() -> None:
    page_bytes = 48 * 36 * 4
    read = Book.from_bytes(*tiny_book.files(), tiny_book.package().book, cache_bytes=2 * page_bytes)
    keys = (PageKey("insert"), PageKey("language"), CONTEST)
    first, second, third = (read.page(key).image for key in keys)
    assert shown(read, *keys[:2]) == [first, second]
    assert shown(read, keys[0], keys[2]) == [second, third]


def test_what_is_kept_does_not_tell_what_a_voter_did() -> None:
    """Neither what was marked, nor pages that only some voters come by, nor going back."""
    keys = tiny_book.load().keys()
    passed = [key for key in keys if key.language in {BOTH, "kk"} and key.style in {None, 1}]
    read = tiny_book.load()
    straight = shown(read, PageKey("insert"), CONTEST, review_page(1, 0, "kk"))
    for key in passed:
        if not re.match(r"language|contest:|review:|casting|sealed|thanks", key.name):
            assert shown(read, key) == straight, key
    assert shown(read, CONTEST, review_page(1, 0, "kk"), CONTEST) == straight
    kept = {read.page(key).image for key in keys}
    sprites = {
        image for key in keys for slot in read.page(key).slots for image in slot.sprites.values()
    }
    assert set(shown(read, *passed)) <= kept - sprites


@pytest.mark.parametrize(
    ("key", "fills", "message"),
    [
        (PageKey("contest:9:0", "kk", 1), {}, "no page"),
        (PageKey("insert"), {"line:0": "on"}, "no slot 'line:0'"),
        (CONTEST, {"line:0": "off"}, "cannot show 'off'"),
    ],
)
def test_refuses_what_the_page_cannot_show(
    key: PageKey, fills: dict[str, str], message: str
) -> None:
    read = tiny_book.load()
    with pytest.raises(BookError, match=message):
        read.compose(read.frame(), key, fills)


@pytest.mark.parametrize(
    ("size", "place"), [((3, 2), (2, 0)), ((3, 2), (0, 3)), ((3, 2), (-1, 0)), ((5, 1), (0, 0))]
)
def test_frame_keeps_pictures_inside(size: tuple[int, int], place: tuple[int, int]) -> None:
    frame = Frame(4, 4)
    with pytest.raises(BookError, match="leaves the frame"):
        frame.blit(bytes(4 * size[0] * size[1]), *size, *place)
    assert not any(frame.pixels)


def test_frame_refuses_pixels_of_another_size() -> None:
    with pytest.raises(BookError, match="is not 2 by 2"):
        Frame(4, 4).blit(bytes(15), 2, 2)


# --- belonging to a package


def test_belongs_to_its_package() -> None:
    tiny_book.load().check_belongs(tiny_book.package())


def test_refuses_another_package() -> None:
    read, package = tiny_book.load(), tiny_book.package()
    council = dataclasses.replace(package.contests[1], votes_allowed=2)
    lines = package.contests[0].lines
    renamed = dataclasses.replace(package.contests[0], lines=(lines[1], lines[0], lines[2]))
    for change, message in (
        ({"election": "OTHER"}, "another election"),
        ({"contests": (package.contests[0], council, package.contests[2])}, "list of contests"),
        ({"styles": package.styles[:1]}, "list of ballot styles"),
        ({"screen": (1280, 800)}, "screen size"),
        ({"contests": (renamed, *package.contests[1:])}, "line:0 is not the package's line"),
    ):
        values: dict[str, Any] = change
        with pytest.raises(BookError, match=message):
            read.check_belongs(dataclasses.replace(package, **values))


def test_line_text_has_all_parts_in_order() -> None:
    line = samples.CONTESTS[0].lines[0]
    assert book.line_text(line, "kk") == "Әбден Қарақат Ж"
    assert book.line_text(line, "ru") == "Абден Каракат Ж"


# --- damaged files


def test_refuses_another_hash() -> None:
    with pytest.raises(BookError, match="another book than the package names"):
        Book.from_bytes(*tiny_book.files(), bytes(32))


def test_says_which_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"index\.cbor: it cannot be read"):
        Book.load(tmp_path, bytes(32))
    tiny_book.write(tmp_path)
    (tmp_path / "images.cborseq").unlink()
    with pytest.raises(BookError, match=r"images\.cborseq: it cannot be read"):
        Book.load(tmp_path, tiny_book.package().book)


def picture(stream: bytes, *, at: int = 0, width: int | None = None) -> list[bytes]:
    """Return all pictures, of which one has another stream (or width)."""
    pictures = items()
    name, own_width, height, _ = decoded(pictures[at])
    pictures[at] = cbor.encode([name, width or own_width, height, stream])
    return pictures


def decoded(item: bytes) -> tuple[bytes, int, int, bytes]:
    match cbor.decode(item, max_size=1 << 20):
        case (bytes() as name, int() as width, int() as height, bytes() as stream):
            return name, width, height, stream
        case other:
            raise AssertionError(f"not a picture: {other}")


def pixels_of(at: int) -> bytes:
    return zlib.decompress(decoded(items()[at])[3])


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"not zlib",
        zlib.compress(pixels_of(0)[:-1]),
        zlib.compress(pixels_of(0) + b"\0"),
        zlib.compress(pixels_of(0)) + b"\0",
        zlib.compress(pixels_of(0))[:-1],
        zlib.compress(bytes(len(pixels_of(0)))),
    ],
    ids=["empty", "not zlib", "short", "long", "followed", "cut", "other pixels"],
)
def test_refuses_a_damaged_picture_when_it_is_used(stream: bytes) -> None:
    read = load(tiny_book.files()[0], joined(picture(stream)))
    image = decoded(items()[0])[0]
    with pytest.raises(BookError, match="is damaged"):
        read.pixels(image)
    with pytest.raises(BookError, match="is damaged"):
        read.check_images()


def test_does_not_inflate_more_than_a_picture_may_have() -> None:
    bomb = zlib.compress(bytes(1 << 28), 9)
    read = load(tiny_book.files()[0], joined(picture(bomb)))
    with pytest.raises(BookError, match="is damaged"):
        read.pixels(decoded(items()[0])[0])


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (joined(items())[:-1], "ends in the middle"),
        (joined(items()[1:]), "1 pictures are missing"),
        (joined(items() + items()[-1:]), "not in order"),
        (joined(items()[::-1]), "not in order"),
        (joined(picture(b"", width=1)), "no picture .* like this"),
        (joined([*items(), cbor.encode([b"\xff" * 32, 1, 1, b""])]), "no picture .* like this"),
        (joined([b"\x80"]), "not a picture"),
        (joined([b"\xff"]), "not strict CBOR"),
        (b"\x80", "not a byte string"),
    ],
    ids=[
        "cut",
        "missing",
        "twice",
        "turned round",
        "size",
        "surplus",
        "empty",
        "not CBOR",
        "array",
    ],
)
def test_refuses_damaged_images(images: bytes, message: str) -> None:
    with pytest.raises(BookError, match=message):
        load(tiny_book.files()[0], images)


# --- an index that does not fit together


def changed(number: int, **change: Any) -> Callable[[BookIndex], BookIndex]:
    """Return a change of the page at a position in the index."""

    def change_page(whole: BookIndex) -> BookIndex:
        pages = list(whole.pages)
        pages[number] = dataclasses.replace(pages[number], **change)
        return dataclasses.replace(whole, pages=tuple(pages))

    return change_page


def at(key: PageKey) -> int:
    return next(number for number, page in enumerate(index().pages) if page.key == key)


def page_of(key: PageKey) -> IndexPage:
    return index().pages[at(key)]


def without(key: PageKey) -> Callable[[BookIndex], BookIndex]:
    """Return the removal of a page and of its picture."""

    def remove(whole: BookIndex) -> BookIndex:
        gone = page_of(key)
        pages = tuple(page for page in whole.pages if page.key != key)
        images = {name: size for name, size in whole.images.items() if name != gone.image}
        return dataclasses.replace(whole, pages=pages, images=images)

    return remove


def whole_index(**change: Any) -> Callable[[BookIndex], BookIndex]:
    return lambda whole: dataclasses.replace(whole, **change)


def regions(key: PageKey, *names: str) -> Callable[[BookIndex], BookIndex]:
    """Return the change of a page to regions of these names."""
    boxes = tuple(Region(name, 4 * n, 4, 4, 4, "") for n, name in enumerate(names))
    return changed(at(key), regions=boxes)


def moved_slot(**change: Any) -> Callable[[BookIndex], BookIndex]:
    page = page_of(CONTEST)
    first = dataclasses.replace(page.slots[0], **change)
    return changed(at(CONTEST), slots=(first, *page.slots[1:]))


def set_changed(number: int, **change: Any) -> Callable[[BookIndex], BookIndex]:
    def change_set(whole: BookIndex) -> BookIndex:
        sets = list(whole.sprite_sets)
        sets[number] = dataclasses.replace(sets[number], **change)
        return dataclasses.replace(whole, sprite_sets=tuple(sets))

    return change_set


FIRST = index()
MARK = page_of(CONTEST).slots[0].sprites
FIRST_CONTEST = contest_page(1, 0, 0, "kk")
LAST_CONTEST_PAGE = contest_page(1, 1, 1, "kk")
REVIEW, LAST_REVIEW = review_page(1, 0, "kk"), review_page(1, 1, "kk")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (whole_index(width=0), "is not possible"),
        (whole_index(height=5000), "is not possible"),
        (whole_index(head_rows=0), "head of a page"),
        (whole_index(head_rows=37), "head of a page"),
        (whole_index(dots_per_inch=0), "dots per inch"),
        (whole_index(images={**FIRST.images, b"\0" * 32: (49, 1)}), "larger than the screen"),
        (whole_index(images={**FIRST.images, b"\0" * 32: (1, 1)}), "other pictures"),
        (
            whole_index(contests=(dataclasses.replace(FIRST.contests[0], votes_allowed=4),)),
            "impossible number",
        ),
        (whole_index(styles=()), "missing or not in order"),
        (whole_index(styles=FIRST.styles[::-1]), "missing or not in order"),
        (whole_index(styles=(dataclasses.replace(FIRST.styles[0], contests=(3,)),)), "not there"),
        (whole_index(styles=FIRST.styles[:1]), "is not a page of this ballot book"),
        (set_changed(MARK, sprites=()), "empty or not in order"),
        (set_changed(MARK, sprites=FIRST.sprite_sets[MARK].sprites * 2), "empty or not in order"),
        (set_changed(MARK, width=5), "another size than its set"),
        (changed(at(PageKey("waiting")), key=PageKey("insert")), "stands twice"),
        (changed(0, key=PageKey("welcome")), "is not a page"),
        (changed(0, key=PageKey("insert", "kk")), "is not a page"),
        (changed(0, key=PageKey("waiting", "both", 1)), "is not a page"),
        (changed(0, key=PageKey("fault:lower")), "is not a page"),
        (changed(at(CONTEST), key=PageKey("contest:1:00", "kk", 1)), "is not a page"),
        (changed(0, image=FIRST.sprite_sets[MARK].sprites[0][1]), "does not fill the screen"),
        (changed(0, head=b""), "does not fill the screen"),
        (regions(PageKey("insert"), "next"), "'next' cannot stand there"),
        (regions(PageKey("language"), "language:kk", "language:en"), "'language:en' cannot"),
        (regions(PageKey("language"), "language:kk"), "lacks a touch region"),
        (regions(PageKey("close"), "yes", "yes"), "'yes' cannot stand there"),
        (regions(FIRST_CONTEST, "line:0", "line:1", "line:2", "next"), "ways on and back"),
        (
            regions(FIRST_CONTEST, "line:0", "line:1", "line:2", "next", "language:kk"),
            "ways on and back",
        ),
        (
            regions(CONTEST, *(f"line:{n}" for n in range(4)), "language:ru", "next", "finish"),
            "ways on and back",
        ),
        (regions(REVIEW, "change:0", "change:1", "back", "cast"), "ways on and back"),
        (regions(REVIEW, "change:0", "back", "next"), "every choice be changed"),
        (regions(LAST_REVIEW, "change:2", "back", "next"), "ways on and back"),
        (
            regions(CONTEST, "line:0", "line:1", "line:3", "line:2", "back", "next", "finish"),
            "not all there, in order",
        ),
        (
            regions(CONTEST, "line:0", "line:1", "line:2", "line:3", "back", "next"),
            "ways on and back",
        ),
        (
            regions(LAST_CONTEST_PAGE, "line:4", "line:5", "line:6", "back", "next", "finish"),
            "ways on and back",
        ),
        (
            changed(0, regions=(Region("yes", 45, 4, 4, 4),), key=PageKey("close")),
            "not wholly on the page",
        ),
        (
            changed(
                at(PageKey("close")),
                regions=(Region("yes", 0, 4, 4, 4), Region("no", 3, 7, 4, 4)),
            ),
            "no and yes overlap",
        ),
        (moved_slot(y=3), "not wholly on the page"),
        (moved_slot(sprites=99), "no set of sprites"),
        (moved_slot(sprites=-1), "no set of sprites"),
        (moved_slot(width=3), "another size"),
        (moved_slot(sprites=MARK + 1), "takes other sprites"),
        (moved_slot(name="line:7"), "no place for its mark"),
        (changed(at(CONTEST), slots=page_of(CONTEST).slots[:-1]), "no counter"),
        (changed(at(PageKey("code", "ru")), slots=()), "four digits"),
        (
            changed(at(LAST_REVIEW), slots=page_of(REVIEW).slots[:1]),
            "every choice",
        ),
        (
            changed(
                at(REVIEW),
                slots=(page_of(REVIEW).slots[0], *page_of(REVIEW).slots[:0:-1]),
            ),
            "every choice once, in order",
        ),
        (
            changed(
                at(REVIEW),
                slots=(IndexSlot("choice:9:0", 0, 4, 4, 4, 0),),
            ),
            "takes other sprites",
        ),
        (without(PageKey("insert")), "insert.* is missing"),
        (without(PageKey("code", "kk")), "code.* is missing"),
        (without(PageKey("blank:1", "ru", 1)), "blank:1.* is missing"),
        (without(LAST_CONTEST_PAGE), "not all there, in order"),
        (without(LAST_REVIEW), "ways on and back"),
        (
            changed(at(contest_page(2, 0, 0, "kk")), key=contest_page(2, 1, 0, "kk")),
            "takes other sprites|not all there",
        ),
        (
            changed(at(fault_page("CARD_VOTED")), key=PageKey("blank:1", "kk", 2)),
            "lacks a touch region",
        ),
        (
            changed(
                at(fault_page("CARD_VOTED")),
                key=PageKey("casting", "ru", None, Presentation.LARGE),
            ),
            "LARGE: contest 0: its lines are not all there",
        ),
        (
            changed(at(PageKey("overvote:0", "kk", 2)), key=PageKey("overvote:1", "kk", 2)),
            "overvote:0.* is missing",
        ),
    ],
)  # fmt: skip
def test_refuses_an_index_that_does_not_fit(
    change: Callable[[BookIndex], BookIndex], message: str
) -> None:
    with pytest.raises(BookError, match=message):
        change(index()).to_bytes()


def test_refuses_a_page_of_a_contest_that_the_style_does_not_hold() -> None:
    whole = index()
    surplus = dataclasses.replace(
        page_of(PageKey("overvote:1", "kk", 1)), key=PageKey("overvote:1", "kk", 2)
    )
    with pytest.raises(BookError, match="one page too many"):
        dataclasses.replace(whole, pages=(*whole.pages, surplus)).to_bytes()


def test_sprites_must_have_their_sets_size() -> None:
    whole = index()
    big = whole.pages[0].image
    sets = (*whole.sprite_sets, SpriteSet(4, 4, (("x", big),)))
    with pytest.raises(BookError, match="another size than its set"):
        dataclasses.replace(whole, sprite_sets=sets).to_bytes()


# --- hostile bytes


def replaced(item: dict[int, object], key: int, value: object) -> dict[int, object]:
    return {**item, key: value}


def raw() -> dict[int, object]:
    item = cbor.decode(tiny_book.files()[0], max_size=1 << 20)
    assert isinstance(item, dict)
    return item


def first_row(key: int, column: int, value: object) -> dict[int, object]:
    """Return the raw index with one value of the first row of a list changed."""
    item = raw()
    rows = item[key]
    assert isinstance(rows, tuple)
    row = list(rows[0])
    row[column] = value
    return replaced(item, key, (tuple(row), *rows[1:]))


@pytest.mark.parametrize(
    "item",
    [
        replaced(raw(), 0, "sailau/BallotBook/2"),
        replaced(raw(), 8, 0),
        {key: value for key, value in raw().items() if key != 4},
        replaced(raw(), 1, b"TEST-2026"),
        replaced(raw(), 2, (48, 36, 100)),
        replaced(raw(), 2, (48, 36, 100, True)),
        replaced(raw(), 3, "contests"),
        first_row(3, 1, True),
        first_row(4, 1, ("0",)),
        first_row(5, 0, b"short"),
        first_row(6, 2, (("on", -1),)),
        first_row(6, 2, (("on", 10_000),)),
        first_row(7, 0, 7),
        first_row(7, 2, "1"),
        first_row(7, 3, 9),
        first_row(7, 4, -1),
        first_row(7, 6, (("yes", 0, 0, 4, 4),)),
        first_row(7, 7, "slots"),
    ],
)  # fmt: skip
def test_refuses_an_index_of_another_form(item: dict[int, object]) -> None:
    content = cbor.encode(item)
    with pytest.raises(BookError, match="is not an index of a ballot book"):
        load(content, tiny_book.files()[1])


def test_refuses_pictures_out_of_order() -> None:
    item = raw()
    images = item[5]
    assert isinstance(images, tuple)
    content = cbor.encode(replaced(item, 5, images[::-1]))
    with pytest.raises(BookError):
        load(content, tiny_book.files()[1])


def test_refuses_what_is_not_cbor() -> None:
    for content in (b"", b"\xff", tiny_book.files()[0] + b"\0", b"\x80" * 100):
        with pytest.raises(BookError, match=r"index\.cbor"):
            load(content, tiny_book.files()[1])


@given(st.data())
def test_no_bytes_make_it_crash(data: st.DataObject) -> None:
    content = bytearray(tiny_book.files()[0])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        read = load(bytes(content), tiny_book.files()[1])
    except BookError:
        return
    assert read.index.to_bytes() == bytes(content)

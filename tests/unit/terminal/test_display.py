"""The display: pages of the book and sprites, copied into a frame."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from common.book import Book, BookError, PageKey
from common.regions import Region
from hal.screen import Frame, ScreenSize
from terminal.display import Display
from terminal.effects import Show
from tests.unit.terminal import tiny_book

CONTEST = PageKey("contest:1:1", "kk", 1)


class Screen:
    """Remembers the last frame."""

    def __init__(self, width: int = tiny_book.WIDTH, height: int = tiny_book.HEIGHT) -> None:
        self.size = ScreenSize(width, height)
        self.frame = b""
        self.regions: tuple[Region, ...] = ()

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        self.frame, self.regions = bytes(frame), tuple(regions)

    def close(self) -> None:
        """Nothing to let go of."""


def composed(book: Book, key: PageKey, fills: dict[str, str]) -> bytes:
    frame = book.frame()
    book.compose(frame, key, fills)
    return bytes(frame.pixels)


def test_a_page_is_shown_with_its_regions() -> None:
    book, screen = tiny_book.load(), Screen()
    display = Display(screen, book)
    assert display.show(Show(CONTEST))
    assert screen.frame == composed(book, CONTEST, {})
    assert screen.regions == display.regions == book.page(CONTEST).regions


def test_of_all_the_marks_of_a_contest_a_page_takes_its_own() -> None:
    book, screen = tiny_book.load(), Screen()
    Display(screen, book).show(Show(CONTEST, {"line:0": "on", "line:5": "on", "counter": "2"}))
    assert screen.frame == composed(book, CONTEST, {"line:5": "on", "counter": "2"})
    assert screen.frame != composed(book, CONTEST, {})


def test_marks_do_not_make_another_page() -> None:
    display = Display(Screen(), tiny_book.load())
    assert display.show(Show(CONTEST))
    assert not display.show(Show(CONTEST, {"line:5": "on"}))
    assert display.show(Show(PageKey("insert")))


def test_nothing_of_a_page_is_left_on_the_next() -> None:
    book, screen = tiny_book.load(), Screen()
    display = Display(screen, book)
    display.show(Show(PageKey("code", "ru"), {f"digit:{n}": "7" for n in range(4)}))
    display.show(Show(PageKey("insert")))
    assert screen.frame == composed(book, PageKey("insert"), {})


def test_a_fault_without_a_page_of_its_own_is_shown_as_all_such() -> None:
    book, screen = tiny_book.load(), Screen()
    display = Display(screen, book)
    display.show(Show(PageKey("fault:NO_SUCH_REASON")))
    assert display.page == PageKey("stopped")
    display.show(Show(PageKey("fault:CARD_VOTED")))
    assert display.page == PageKey("fault:CARD_VOTED")


def test_a_page_that_the_book_does_not_have() -> None:
    with pytest.raises(BookError):
        Display(Screen(), tiny_book.load()).show(Show(PageKey("contest:9:0", "kk", 1)))


def test_a_screen_of_another_size_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="48 by 36"):
        Display(Screen(1280, 800), tiny_book.load())

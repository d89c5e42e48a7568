"""From a page's name to pixels: copies the book's pictures into a frame and shows it.

Rules: no fonts, no layout, no drawing. Every picture is checked by the book when it is used. A
fault without a page of its own is shown as the book's page for all such. Only when there is no
whole book, a sign stands in its place: a white bar on red, *no entry*, which needs no words.
"""

from __future__ import annotations

from common.book import Book, PageKey
from common.regions import Region
from hal.screen import Screen
from terminal.effects import Show

FAULT = "fault:"


_RED, _WHITE = b"\x30\x20\xb0\x00", b"\xff\xff\xff\x00"  # XRGB8888, little-endian


def show_sign(screen: Screen) -> None:
    """Show that the machine is out of order when no page of the book can be shown."""
    width, height = screen.size
    margin = width // 6
    plain = _RED * width
    barred = _RED * margin + _WHITE * (width - 2 * margin) + _RED * margin
    third = height // 5 * 2
    rows = [barred if third <= row < height - third else plain for row in range(height)]
    screen.show(b"".join(rows), ())


class Display:
    """The screen, and the page that is on it."""

    def __init__(self, screen: Screen, book: Book) -> None:
        """Take a screen of the book's size. Raises: ValueError."""
        if tuple(screen.size) != (book.width, book.height):
            raise ValueError(
                f"the screen has {screen.size[0]} by {screen.size[1]} pixels, but the ballot book "
                f"is drawn for {book.width} by {book.height}; install this station's package"
            )
        self._screen = screen
        self._book = book
        self._frame = book.frame()
        self.page: PageKey | None = None
        self.regions: tuple[Region, ...] = ()

    def show(self, shown: Show) -> bool:
        """Compose and show a page; return whether it is another page than before.

        Raises:
            BookError: a picture of the book is damaged.
            PartFault: the screen is broken.
        """
        key = shown.page
        if key.name.startswith(FAULT):
            key = self._book.fault(key.name.removeprefix(FAULT))
        slots = {slot.name for slot in self._book.page(key).slots}
        fills = {name: value for name, value in shown.fills.items() if name in slots}
        page = self._book.compose(self._frame, key, fills)
        self._screen.show(self._frame.pixels, page.regions)
        changed = key != self.page
        self.page, self.regions = key, page.regions
        return changed

"""What a simulated voter sees: which page of the published book these pixels are.

Rules: nothing but pixels and the book. A page is found by the hash of its head, its slots are read
by the hash of what stands in them, and then every pixel must be as the book has it; a frame that is
only half drawn, or shows anything that the book does not hold, is not recognised.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.book import BYTES_PER_PIXEL, Book, BookPage, Slot, head_hash
from common.book_index import value_slots
from common.seal.checkvalue import GROUP

ROUNDS = 30
"""So often the same page, with the same on it, may come back to somebody who answers it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page of the book, with what stands in its slots (empty slots are not named)."""

    page: BookPage
    values: Mapping[str, str] = field(hash=False)

    @property
    def name(self) -> str:
        """The page's name, as in `common.book`."""
        return self.page.key.name

    def told(self) -> str:
        """Return all that stands on the page, in one line."""
        there = ", ".join(region.name for region in self.page.regions) or "none"
        slots = ", ".join(f"{name}={value}" for name, value in sorted(self.values.items()))
        return f"page {self.name}; its regions: {there}; its slots: {slots or 'none'}"

    def digits(self) -> str:
        """Return the control code on the page, as far as its digits are there."""
        return "".join(
            value for name, value in sorted(self.values.items()) if name.startswith("digit:")
        )

    def check_value(self) -> str:
        """Return the check value on the page in its groups, "" where none stands."""
        shown = "".join(self.values.get(name, "") for name in value_slots() if name in self.values)
        groups = range(0, len(shown), GROUP)
        return " ".join(shown[at : at + GROUP] for at in groups)


class Returns:
    """Counts how often each page came back to somebody, with the same in its slots."""

    def __init__(self) -> None:
        self._came: Counter[tuple[str, frozenset[tuple[str, str]]]] = Counter()

    def too_often(self, seen: Seen) -> bool:
        """Take note of a page that came; say whether whatever was done there leads nowhere."""
        came = seen.name, frozenset(seen.values.items())
        self._came[came] += 1
        return self._came[came] > ROUNDS


class Eyes:
    """Recognises the pages of one book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._values = {
            page.key: {
                slot.name: {digest: value for value, digest in slot.sprites.items()}
                for slot in page.slots
            }
            for page in map(book.page, book.keys())
        }

    def recognise(self, frame: bytes) -> Seen | None:
        """Return the page that fills `frame` (XRGB8888, the book's size), or None."""
        book = self._book
        if len(frame) != book.width * book.height * BYTES_PER_PIXEL:
            return None
        for page in book.pages_with_head(head_hash(frame, book.width, book.head_rows)):
            values = {}
            for slot in page.slots:
                shown = hashlib.sha256(self._cut(frame, slot)).digest()
                value = self._values[page.key][slot.name].get(shown)
                if value is not None:
                    values[slot.name] = value
            expected = book.frame()
            book.compose(expected, page.key, values)
            if expected.pixels == frame:
                return Seen(page, values)
        return None

    def _cut(self, frame: bytes, slot: Slot) -> bytes:
        stride = self._book.width * BYTES_PER_PIXEL
        start = slot.y * stride + slot.x * BYTES_PER_PIXEL
        width = slot.width * BYTES_PER_PIXEL
        return b"".join(
            frame[at : at + width] for at in range(start, start + slot.height * stride, stride)
        )

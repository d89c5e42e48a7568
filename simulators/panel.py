"""One operators' screen of a board, as somebody in front of it reads and presses it.

Rules: what stands there is known by its named regions alone. Whatever is done, is done to what
stands there; who does it to the same page again and again, waits a moment in between, and in the
end says so: the error names the board, what was expected, and the page with all its texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from common.regions import Region

MOMENT_S: Final = 2.0
ROUNDS: Final = 30
"""So often something is done to a page on which nothing is other than before."""
PATIENT_FROM: Final = 6
"""From so many times on, such a page is first left a moment to go on by itself."""
DEAD_KEYS: Final = 10
"""So many keys in a row may do nothing."""

Regions = tuple[Region, ...]


class OfficialStuck(Exception):
    """A page did not come that an official waited for. The message shows what stood there."""


class Hands(Protocol):
    """What people can do with the boards of a station; implemented by the bench's client."""

    def insert_card(self, board: str, card: str) -> None:
        """Put a card, by its name in the tray, into a board's reader."""
        ...

    def remove_card(self, board: str) -> None:
        """Take the card out of a board's reader."""
        ...

    def touch(self, board: str, x: int, y: int) -> None:
        """Touch a board's screen and let go."""
        ...

    def scan(self, board: str, text: str) -> None:
        """Read a bar code with a board's scanner."""
        ...

    def regions(self, board: str) -> tuple[Region, ...]:
        """Return what stands where on a board's screen."""
        ...

    def wait_for_screen(
        self, board: str, wanted: Callable[[tuple[Region, ...]], bool], timeout_s: float
    ) -> tuple[Region, ...] | None:
        """Return the regions once `wanted` says so; None after `timeout_s` real seconds."""
        ...

    def latch_held(self, board: str) -> bool:
        """Say whether the slot's latch holds the card."""
        ...


class Panel:
    """One operators' screen, with the card reader and the scanner beside it."""

    def __init__(self, hands: Hands, board: str, *, patience_s: float = 60.0) -> None:
        self.hands = hands
        self.board = board
        self._patience_s = patience_s
        self._expected = "what is asked for"
        self._done: Counter[Regions] = Counter()
        """How often something was done to each page, as it stood there, since `expect`."""
        self._dead_keys = 0

    # What stands there.

    @property
    def page(self) -> str:
        """The name of the page on the screen."""
        return text_of(self.regions, "page") or ""

    @property
    def regions(self) -> Regions:
        """What stands where on the screen."""
        return self.hands.regions(self.board)

    def text(self, name: str) -> str | None:
        """Return the text of a region, or None if it is not on the page."""
        return text_of(self.regions, name)

    def look(self) -> Regions:
        """Return what stands there; what comes again and again is left a moment to change."""
        seen = self.regions
        if self._done[seen] >= PATIENT_FROM:
            self.wait_change(seen)
        return self.regions

    def wait_change(
        self, seen: Regions, wanted: Callable[[Regions], bool] = lambda _: False
    ) -> bool:
        """Say whether within a moment something else stands on the screen, or all is as wanted."""
        changed = self.hands.wait_for_screen(
            self.board, lambda now: now != seen or wanted(now), MOMENT_S
        )
        return changed is not None

    # What is expected of it.

    def expect(self, what: str) -> None:
        """Begin something new: from now on `what` is waited for."""
        self._expected = what
        self._done.clear()
        self._dead_keys = 0

    def stuck(self, why: str = "") -> OfficialStuck:
        """Return the error that says what is waited for, why in vain, and what stands there."""
        told = " | ".join(f"{region.name}={region.text}" for region in self.regions)
        because = f", but {why}" if why else ""
        return OfficialStuck(
            f"{self.board}: waited for {self._expected}{because}; there is: {told}"
        )

    # What is done to it. Each raises OfficialStuck when it was done to this page too often.

    def press_if_there(self, name: str) -> None:
        """Press a button that may go away at any moment, as it does when the board is working."""
        seen = self.regions
        for region in reversed(seen):
            if region.name == name:
                self._count(seen)
                self.hands.touch(self.board, *region.centre)
                return

    def press_key(self, name: str, field_name: str) -> None:
        """Press a key and see what it does in the field, before another is pressed.

        Whoever presses the next one at any change of the screen would for ever be a key ahead.
        """
        seen = self.regions
        page, before = text_of(seen, "page"), text_of(seen, field_name)
        self.press_if_there(name)
        changed = self.hands.wait_for_screen(
            self.board,
            lambda now: text_of(now, "page") != page or text_of(now, field_name) != before,
            self._patience_s / DEAD_KEYS,
        )
        self._dead_keys = 0 if changed is not None else self._dead_keys + 1
        if self._dead_keys == DEAD_KEYS:
            raise self.stuck(f"the field {field_name} does not take {name}")

    def insert(self, card: str) -> None:
        """Put a card in."""
        self._count(self.regions)
        self.hands.insert_card(self.board, card)

    def take_card(self) -> None:
        """Take the card out."""
        self._count(self.regions)
        self.hands.remove_card(self.board)

    def scan(self, text: str) -> None:
        """Read a bar code."""
        self._count(self.regions)
        self.hands.scan(self.board, text)

    def _count(self, seen: Regions) -> None:
        self._done[seen] += 1
        if self._done[seen] > ROUNDS:
            page = text_of(seen, "page") or "without a name"
            raise self.stuck(f"{ROUNDS} times something was done to page {page} in vain")


def text_of(regions: Sequence[Region], name: str) -> str | None:
    """Return the text of a region, or None if it is not on the page."""
    return next((region.text for region in regions if region.name == name), None)


def has(regions: Sequence[Region], name: str) -> bool:
    """Say whether there is a region of this name."""
    return any(region.name == name for region in regions)

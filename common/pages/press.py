"""When a touch counts: on release, on the very target and the very page on which it began.

Rules:
- a page that changes under the finger is not answered by accident;
- a finger that was on its way when a page came up meant the page before, and one that trembles or
  taps twice by habit meant to press once: a target counts only when it has stood there for GUARD_S,
  and for GUARD_S after a button was pressed no other counts;
- a quick typist is faster than the page that shows what was typed: the keys of a keypad or keyboard
  go on counting while their page (by name) stays and they stay where they are, and what was typed
  takes nothing away from the buttons beside them.

This is all that has to be remembered about a finger, so it is kept here, apart from pages and from
machines. Pure: the time comes in with each call, in seconds of the clock, and never goes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from common.pages.keys import LAYOUTS
from common.pages.render import hit
from common.pages.widgets import Keyboard, Keypad, Page
from common.regions import Region

GUARD_S: Final = 0.4
_OTHER_KEYS: Final = frozenset({"shift", *LAYOUTS})
"""Keys that change the keyboard: twice is not what anybody means."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A finger was lifted on a named target of the page on which it came down."""

    name: str


class Press:
    """One finger on one screen."""

    def __init__(self) -> None:
        """Begin with no page in sight and no finger on it."""
        self._page = ""
        self._regions: tuple[Region, ...] = ()
        self._keys: frozenset[str] = frozenset()
        self._since_s: dict[str, float] = {}
        self._began: str | None = None
        self._typed = False
        self._deaf_until_s = 0.0

    def page_changed(self, page: Page, regions: Sequence[Region], now_s: float) -> None:
        """Take the regions of the page that is in sight from now on."""
        if page.name == self._page and tuple(regions) == self._regions:
            return
        keys = _keys_of(page, regions)
        stays = keys & self._keys if page.name == self._page else frozenset[str]()
        if self._began not in stays:
            self._began = None
        kept = frozenset(self._since_s) if self._typed and page.name == self._page else stays
        before = {region.name: region for region in self._regions}
        self._since_s = {
            region.name: self._since_s[region.name]
            if region.name in kept and _same_place(region, before.get(region.name))
            else now_s
            for region in regions
        }
        self._page, self._regions, self._keys = page.name, tuple(regions), keys
        self._typed = False

    def down(self, x: int, y: int, now_s: float) -> None:
        """Note where the finger came down."""
        name = hit(self._regions, x, y)
        self._began = None
        if name is None or now_s < self._since_s[name] + GUARD_S:
            return
        if name not in self._keys and now_s < self._deaf_until_s:
            self._deaf_until_s = now_s + GUARD_S  # it trembles still
            return
        self._began = name

    def up(self, x: int, y: int, now_s: float) -> str | None:
        """Return the name of the target that was pressed, or None."""
        began, self._began = self._began, None
        if began is None or began != hit(self._regions, x, y):
            return None
        self._typed = began in self._keys
        if not self._typed:
            self._deaf_until_s = now_s + GUARD_S
        return began


def _keys_of(page: Page, regions: Sequence[Region]) -> frozenset[str]:
    """Return the names of what is typed with on a page."""
    typed_on = {widget.name for widget in page.widgets if isinstance(widget, Keypad | Keyboard)}
    others = {widget.name for widget in page.widgets}  # such as a button `pin.enter`
    return frozenset(
        region.name
        for region in regions
        if (parts := region.name.partition("."))[0] in typed_on
        and parts[2] not in _OTHER_KEYS
        and region.name not in others
    )


def _same_place(one: Region, other: Region | None) -> bool:
    return other is not None and (one.x, one.y, one.width, one.height) == (
        other.x,
        other.y,
        other.width,
        other.height,
    )

"""Fingers that tremble, for the tests of every board's pages: what a tap does, and the next one.

Pages are laid out, not drawn: only where targets stand matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from common.pages import Button, Keyboard, Keypad, Page, Press, Table
from common.pages.layout import lay_out
from common.pages.press import GUARD_S
from common.regions import Region

SIZE = (1280, 800)
TREMBLE_S = 0.15
"""From a tap to the next that was not meant."""
QUICK_S = 0.05
"""From a key to the next one of somebody who types fast."""
READ_S = GUARD_S + 0.1


@cache
def regions_of(page: Page) -> tuple[Region, ...]:
    """Return where everything stands on a page."""
    return lay_out(page, *SIZE).regions


def buttons_of(page: Page) -> list[Region]:
    """Return what can be pressed on a page, keys that are typed with left out."""
    pressed = {
        button.name for button in (*page.corner, *page.widgets) if isinstance(button, Button)
    }
    for widget in page.widgets:
        if isinstance(widget, Table):
            pressed |= {f"{widget.name}.next", f"{widget.name}.previous"}
            if widget.choose:
                pressed |= {f"{widget.name}.{row}.0" for row in range(len(widget.rows))}
        if isinstance(widget, Keyboard):
            pressed |= {f"{widget.name}.{key}" for key in ("kk", "ru", "latin", "shift")}
    return [region for region in regions_of(page) if region.name in pressed]


def keys_of(page: Page) -> list[Region]:
    """Return the keys of a page that are typed with."""
    names = {widget.name for widget in page.widgets if isinstance(widget, Keypad | Keyboard)}
    other = {"kk", "ru", "latin", "shift"}
    return [
        region
        for region in regions_of(page)
        if region.name.partition(".")[0] in names
        and region.name.partition(".")[2] not in other
        and region.name.removesuffix(".disabled") not in {widget.name for widget in page.widgets}
    ]


def taps_that_act_twice(page: Page, following: Iterable[Page]) -> list[str]:
    """Return what a second tap in the same place does on the pages that may come after the first.

    Each is "button of this page: target of the page that follows"; there must be none.
    """
    found = []
    for button in buttons_of(page):
        for other in (page, *following):
            acted = _second(page, button, other, TREMBLE_S)
            if acted is not None:
                found.append(f"{page.name} {button.name}: {other.name} {acted}")
    return found


def keys_that_are_swallowed(page: Page, typed: Page) -> list[str]:
    """Return the keys of a page that do not count a second time at once when it shows the first."""
    return [
        f"{page.name} {key.name}"
        for key in keys_of(page)
        if _second(page, key, typed, QUICK_S) != key.name
    ]


def _second(page: Page, target: Region, other: Page, after_s: float) -> str | None:
    """Tap a target, let another page come, tap there again; return what that pressed."""
    press = Press()
    press.page_changed(page, regions_of(page), 0.0)
    first = _tap(press, target, READ_S)
    if first != target.name:
        raise AssertionError(f"{page.name}: a tap on {target.name} pressed {first}")
    press.page_changed(other, regions_of(other), READ_S + 0.01)
    return _tap(press, target, READ_S + after_s)


def _tap(press: Press, target: Region, now_s: float) -> str | None:
    press.down(*target.centre, now_s)
    return press.up(*target.centre, now_s)

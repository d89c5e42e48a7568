"""The screen that operators touch: pages go out as pictures, names of what is pressed come in.

Rules: a page that stands there already is not drawn again. Which touches count, `common.pages`
knows; what they mean, the board's machine. For one thread, the decision loop.
"""

from __future__ import annotations

from collections.abc import Callable

from common.clock import Clock
from common.pages import Page, Picture, Press, render
from hal.screen import Screen
from hal.touch import TouchEvent, TouchKind


class OperatorScreen:
    """One screen with the finger on it."""

    def __init__(
        self,
        screen: Screen,
        clock: Clock,
        *,
        draw: Callable[[Page, int, int], Picture] = render,
    ) -> None:
        """Take the screen; `draw` makes the picture of a page."""
        self._screen = screen
        self._clock = clock
        self._draw = draw
        self._press = Press()
        self.page: Page | None = None
        """What stands there."""

    def show(self, page: Page) -> None:
        """Let this page stand there."""
        if page == self.page:
            return
        picture = self._draw(page, *self._screen.size)
        self.page = page
        self._press.page_changed(page, picture.regions, self._clock.monotonic_s())
        self._screen.show(picture.frame, picture.regions)

    def pressed(self, touch: TouchEvent) -> str | None:
        """Return the name of what was pressed with this, or None."""
        now_s = self._clock.monotonic_s()
        match touch:
            case TouchEvent(TouchKind.DOWN, x, y):
                self._press.down(x, y, now_s)
            case TouchEvent(TouchKind.UP, x, y):
                return self._press.up(x, y, now_s)
            case _:
                pass
        return None

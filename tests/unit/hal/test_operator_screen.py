"""The screen that operators touch: what is drawn, and what counts as pressed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from common.pages import Button, Page, centre_of
from common.pages.press import GUARD_S
from common.regions import Region
from hal.operator_screen import OperatorScreen
from hal.screen import Frame, ScreenSize
from hal.touch import TouchEvent, TouchKind

ASKED = Page("desk.row", "Row", (Button("confirm", "Yes"), Button("back", "Back")))
OTHER = Page("desk.blank", "Card", (Button("back", "Back"),))


class Canvas:
    """A screen that keeps what was shown."""

    size = ScreenSize(1024, 600)

    def __init__(self) -> None:
        self.shown: list[tuple[Region, ...]] = []

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        assert len(frame) == 1024 * 600 * 4
        self.shown.append(tuple(regions))

    def close(self) -> None:
        """Nothing to close."""


class Standing:
    """A clock that goes on when it is told to."""

    now_s = 10.0

    def now_ms(self) -> int:
        return round(self.now_s * 1000)

    def monotonic_s(self) -> float:
        return self.now_s

    def wait_s(self, timeout_s: float) -> float:
        return timeout_s


@pytest.fixture
def canvas() -> Canvas:
    return Canvas()


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture
def front(canvas: Canvas, clock: Standing) -> OperatorScreen:
    return OperatorScreen(canvas, clock)


def tap(front: OperatorScreen, canvas: Canvas, name: str) -> str | None:
    """Press and let go; the finger trembles in between."""
    x, y = centre_of(canvas.shown[-1], name)
    assert front.pressed(TouchEvent(TouchKind.DOWN, x, y)) is None
    assert front.pressed(TouchEvent(TouchKind.MOVE, x + 1, y)) is None
    return front.pressed(TouchEvent(TouchKind.UP, x + 1, y))


def test_a_page_that_stands_there_is_not_drawn_again(front: OperatorScreen, canvas: Canvas) -> None:
    front.show(ASKED)
    front.show(Page("desk.row", "Row", ASKED.widgets))
    assert front.page == ASKED
    assert len(canvas.shown) == 1
    front.show(OTHER)
    front.show(ASKED)
    assert [regions[0].text for regions in canvas.shown] == ["desk.row", "desk.blank", "desk.row"]


def test_a_button_is_told_by_its_name_on_release(
    front: OperatorScreen, canvas: Canvas, clock: Standing
) -> None:
    front.show(ASKED)
    clock.now_s += GUARD_S
    assert tap(front, canvas, "confirm") == "confirm"


def test_what_came_up_just_now_is_not_pressed_by_accident(
    front: OperatorScreen, canvas: Canvas, clock: Standing
) -> None:
    front.show(ASKED)
    assert tap(front, canvas, "confirm") is None
    clock.now_s += GUARD_S
    x, y = centre_of(canvas.shown[-1], "back")
    front.pressed(TouchEvent(TouchKind.DOWN, x, y))
    front.show(OTHER)
    assert front.pressed(TouchEvent(TouchKind.UP, *centre_of(canvas.shown[-1], "back"))) is None


def test_the_finger_that_rests_while_the_same_page_is_shown_again_presses(
    front: OperatorScreen, canvas: Canvas, clock: Standing
) -> None:
    front.show(ASKED)
    clock.now_s += GUARD_S
    x, y = centre_of(canvas.shown[-1], "confirm")
    front.pressed(TouchEvent(TouchKind.DOWN, x, y))
    front.show(ASKED)
    assert front.pressed(TouchEvent(TouchKind.UP, x, y)) == "confirm"

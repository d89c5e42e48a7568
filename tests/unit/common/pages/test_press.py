"""A touch counts on release, on the target and page where it began, when it had stood there."""

from __future__ import annotations

import pytest

from common.pages import Button, Keyboard, Keypad, Page, Press, Table, Text, centre_of
from common.pages.layout import lay_out
from common.pages.press import GUARD_S
from common.regions import Region

SOON_S = GUARD_S / 2
LATER_S = GUARD_S + 0.01
SIZE = (1280, 800)


def page(name: str = "p", typed: str = " ", *more: Text | Button) -> Page:
    return Page(
        name,
        "Title",
        (
            Text("typed", typed, "field"),
            Keypad("pin"),
            Table("rows", ("Name",), (("one",), ("two",)), choose=True),
            *more,
            Button("go", "Go", enabled=bool(typed.strip())),
            Button("back", "Back"),
        ),
    )


class Screen:
    """A press, and what it is told, with a clock that only tests move."""

    def __init__(self) -> None:
        self.press = Press()
        self.now_s = 100.0
        self.regions: tuple[Region, ...] = ()

    def show(self, shown: Page) -> None:
        self.regions = lay_out(shown, *SIZE).regions
        self.press.page_changed(shown, self.regions, self.now_s)

    def tap(self, name: str, after_s: float = LATER_S) -> str | None:
        self.now_s += after_s
        return self.at(*centre_of(self.regions, name))

    def at(self, x: int, y: int) -> str | None:
        self.press.down(x, y, self.now_s)
        return self.press.up(x, y, self.now_s)

    def down(self, name: str) -> None:
        self.now_s += LATER_S
        self.press.down(*centre_of(self.regions, name), self.now_s)

    def up(self, name: str) -> str | None:
        return self.press.up(*centre_of(self.regions, name), self.now_s)


@pytest.fixture
def screen() -> Screen:
    made = Screen()
    made.show(page())
    return made


def test_same_target_counts_and_another_does_not(screen: Screen) -> None:
    assert screen.tap("back") == "back"
    screen.down("back")
    assert screen.up("pin.1") is None
    screen.down("title")
    assert screen.up("back") is None
    assert screen.up("back") is None


def test_page_that_changed_under_the_finger_is_not_answered(screen: Screen) -> None:
    for other in (page("other"), page("p", " ", Text("notice", "Look"))):
        screen.show(page())
        screen.down("back")
        screen.show(other)
        assert screen.up("back") is None


def test_page_that_is_shown_again_as_it_was_takes_nothing_away(screen: Screen) -> None:
    screen.down("back")
    screen.show(page())
    assert screen.up("back") == "back"
    screen.show(page())
    assert screen.tap("back", after_s=LATER_S) == "back"


def test_key_counts_while_its_page_stays(screen: Screen) -> None:
    screen.down("pin.1")
    screen.show(page("p", "7"))
    assert screen.up("pin.1") == "pin.1"
    screen.down("pin.1")
    screen.show(page("other", "7"))
    assert screen.up("pin.1") is None


def test_target_that_went_away_does_not_count(screen: Screen) -> None:
    screen.down("pin.1")
    screen.show(Page("p", "Title", (Button("go", "Go"),)))
    assert screen.press.up(640, 400, screen.now_s) is None


def test_finger_that_was_on_its_way_when_the_page_came_does_not_count(screen: Screen) -> None:
    assert screen.tap("back") == "back"
    screen.show(page("other"))
    assert screen.tap("back", SOON_S) is None
    assert screen.tap("pin.1", 0) is None
    assert screen.tap("back") == "back"


def test_second_tap_on_a_button_whose_page_stays_does_not_count(screen: Screen) -> None:
    assert screen.tap("rows.1.0") == "rows.1.0"
    for _ in range(5):  # however long it trembles
        assert screen.tap("rows.1.0", SOON_S) is None
    assert screen.tap("rows.1.0") == "rows.1.0"
    assert screen.tap("back", SOON_S) is None


def test_same_key_twice_is_typed_twice(screen: Screen) -> None:
    typed = ""
    screen.now_s += LATER_S
    for key in "1122":
        assert screen.tap(f"pin.{key}", 0.05) == f"pin.{key}"
        typed += key
        screen.show(page("p", "•" * len(typed)))
    assert typed == "1122"


def test_button_counts_at_once_after_what_was_typed_beside_it(screen: Screen) -> None:
    assert screen.tap("pin.1") == "pin.1"
    screen.show(page("p", "1"))
    assert screen.tap("back", 0.05) == "back"


def test_button_that_typing_brought_has_to_stand_first(screen: Screen) -> None:
    assert screen.tap("pin.1") == "pin.1"
    screen.show(page("p", "1"))
    assert screen.tap("go", SOON_S) is None
    assert screen.tap("go") == "go"


def test_button_does_not_count_at_once_on_a_page_that_changed_by_itself(screen: Screen) -> None:
    screen.now_s += LATER_S
    screen.show(page("p", " ", Text("notice", "Another voter's document was read")))
    assert screen.tap("back", SOON_S) is None
    assert screen.tap("back") == "back"


@pytest.mark.parametrize("key", ["latin", "ru", "shift"])
def test_second_tap_on_a_key_that_changes_the_keyboard_does_not_count(key: str) -> None:
    screen = Screen()
    screen.show(Page("p", "Title", (Keyboard("name", "kk"),)))
    assert screen.tap(f"name.{key}") == f"name.{key}"
    assert screen.tap(f"name.{key}", SOON_S) is None
    screen.show(Page("p", "Title", (Keyboard("name", "latin"),)))
    assert screen.tap("name.a", SOON_S) is None
    assert screen.tap("name.a") == "name.a"
    assert screen.tap("name.a", 0.0) == "name.a"

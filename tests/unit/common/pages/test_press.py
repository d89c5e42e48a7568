"""A touch counts on release, on the target where it began, on the page where it began."""

from __future__ import annotations

from common.pages import Press
from common.regions import Region

KEY = Region("pin.1", 0, 0, 10, 10, "1")
GO = Region("go", 20, 0, 10, 10, "Go")


def regions(page: str = "p", *more: Region) -> tuple[Region, ...]:
    return (Region("page", 0, 0, 100, 100, page), KEY, GO, *more)


def pressed(press: Press, *, down: tuple[int, int], up: tuple[int, int]) -> str | None:
    press.down(*down)
    return press.up(*up)


def test_same_target_counts_and_another_does_not() -> None:
    press = Press()
    press.page_changed(regions())
    assert pressed(press, down=(21, 1), up=(29, 9)) == "go"
    assert pressed(press, down=(21, 1), up=(1, 1)) is None
    assert pressed(press, down=(50, 50), up=(21, 1)) is None
    assert pressed(press, down=(50, 50), up=(50, 50)) is None
    assert press.up(21, 1) is None


def test_page_that_changed_under_the_finger_is_not_answered() -> None:
    press = Press()
    for page in ("other", "p"):
        press.page_changed(regions())
        press.down(21, 1)
        press.page_changed(regions(page))
        assert press.up(21, 1) is None


def test_key_counts_while_its_page_stays() -> None:
    press = Press()
    press.page_changed(regions())
    press.down(1, 1)
    press.page_changed(regions("p", Region("typed", 0, 50, 10, 10, "7")))
    assert press.up(1, 1) == "pin.1"
    press.down(1, 1)
    press.page_changed(regions("other"))
    assert press.up(1, 1) is None


def test_target_that_moved_away_does_not_count() -> None:
    press = Press()
    press.page_changed(regions())
    press.down(1, 1)
    press.page_changed((Region("page", 0, 0, 100, 100, "p"), GO))
    assert press.up(1, 1) is None

"""A finger that taps twice on any button of any of the desk's pages presses once."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import Reason, Refused, Thing
from common.pages import Page, find
from desk.errands import CountingCards, Searching
from desk.pages import stopped_page
from desk.phases import ClockCheck, Phase, Ready, Replacing, Signing, Spare
from desk.purposes import ActPurpose
from tests.unit.common.pages.fingers import buttons_of, keys_that_are_swallowed, taps_that_act_twice
from tests.unit.desk.bench import NOW_MS
from tests.unit.desk.office import Office
from tests.unit.desk.test_pages import BODY, PHASES, page

SPARE = Spare("desk-1", 100, 20, b"h" * 32)
PAGES: tuple[Page, ...] = (
    *(page(phase, "kk") for phase in PHASES),
    page(Spare(), "kk"),
    page(SPARE, "kk"),
    page(Signing(None, Replacing(SPARE), BODY, (1,), "12345678", None, None), "kk"),
    stopped_page(Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE), "kk"),
)


def signing(pin: str) -> Phase:
    return Signing(2, ActPurpose.UNREAD, BODY, (1,), pin, None, None)


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_second_tap_acts_on_no_page_that_may_follow(shown: Page) -> None:
    assert taps_that_act_twice(shown, PAGES) == []


def test_there_are_buttons_to_be_tried() -> None:
    pressed = {button.name for one in PAGES for button in buttons_of(one)}
    assert {"confirm", "back", "voters.next", "close", "language.ru", "name.latin"} <= pressed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Ready(), Ready("1")),
        (Ready("1"), Ready("11")),
        (Ready("06121160001"), Ready("061211600011")),
        (Searching("kk"), Searching("kk", "а", 12)),
        (Searching("kk", "а", 12), Searching("kk", "аа", 0)),
        (Searching("latin", "s" * 40, 1), Searching("latin", "s" * 41, 1)),
        (CountingCards(), CountingCards("1")),
        (ClockCheck(NOW_MS, b"order", typed=""), ClockCheck(NOW_MS, b"order", typed="1")),
        (signing(""), signing("1")),
        (signing("1"), signing("11")),
    ],
)
def test_the_same_key_twice_is_typed_twice(before: Phase, after: Phase) -> None:
    assert keys_that_are_swallowed(page(before, "kk"), page(after, "kk")) == []


def test_an_office_is_pressed_once_and_typed_twice(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.open()
    office.people.look()
    for _ in range(2):
        _tap(office, "digits.1")
    assert office.text("typed").strip() == "11"
    office.press("find")
    assert office.page() == "desk.row"
    office.people.look()
    confirm = find(office.screen.regions, "confirm")
    assert confirm is not None
    for _ in range(2):
        office.tap(*confirm.centre)
    assert office.page() == "desk.blank"


def _tap(office: Office, name: str) -> None:
    region = find(office.screen.regions, name)
    assert region is not None
    office.tap(*region.centre)

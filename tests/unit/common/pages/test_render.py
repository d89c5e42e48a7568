"""Operators' pages: regions are where they seem to be, nothing is cut, one page one picture."""

from __future__ import annotations

import itertools

import pytest
from PIL import Image

from common.pages import (
    Button,
    Column,
    Keyboard,
    KeyboardLayout,
    Keypad,
    Page,
    PageOverflow,
    Picture,
    Table,
    Text,
    Widget,
    centre_of,
    find,
    hit,
    key_of,
    render,
    row_of,
    type_key,
)
from common.pages.keys import LAYOUTS
from common.regions import Region

KAZAKH = "ӘҒҚҢӨҰҮҺІ әғқңөұүһі"


def page(*widgets: Widget, title: str = "Тақырып") -> Page:
    return Page("test.page", title, widgets)


def overlap(one: Region, other: Region) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def pixels(picture: Picture, region: Region) -> set[tuple[int, int, int]]:
    """Return the colours inside a region."""
    size = (picture.width, picture.height)
    image = Image.frombytes("RGB", size, picture.frame, "raw", "BGRX")
    box = (region.x, region.y, region.x + region.width, region.y + region.height)
    colours = image.crop(box).getcolors(1 << 20)
    assert colours is not None
    return {colour for _, colour in colours}  # type: ignore[misc]  # RGB


FULL = page(
    Text("hint", "Сайлаушының құжатын салыстырыңыз: " + KAZAKH),
    Text("typed", "0612", "field"),
    Table(
        "figures", ("Көрсеткіш", Column("Саны", "right")), (("Берілгені", "7"), ("Барлығы", "12"))
    ),
    Keypad("pin"),
    Button("back", "Артқа"),
    Button("go", "Әрі қарай", kind="primary"),
    Button("never", "Болмайды", enabled=False),
)


def test_frame_has_four_bytes_a_pixel_and_every_text_is_a_region() -> None:
    picture = render(FULL, 1280, 800)
    assert len(picture.frame) == 1280 * 800 * 4
    texts = {region.name: region.text for region in picture.regions}
    assert texts["page"] == "test.page"
    assert texts["title"] == "Тақырып"
    assert texts["hint"].endswith(KAZAKH)
    assert texts["typed"] == "0612"
    assert texts["figures.1.0"] == "Барлығы"
    assert texts["figures.1.1"] == "12"
    assert texts["go"] == "Әрі қарай"


def test_the_same_page_gives_the_same_picture() -> None:
    assert render(FULL, 1024, 600) == render(FULL, 1024, 600)


@pytest.mark.parametrize("size", [(1280, 800), (1024, 600), (800, 480), (800, 1280)])
def test_regions_lie_on_the_screen_and_do_not_overlap(size: tuple[int, int]) -> None:
    picture = render(FULL, *size)
    for region in picture.regions:
        assert region.x >= 0
        assert region.y >= 0
        assert region.x + region.width <= size[0]
        assert region.y + region.height <= size[1]
    placed = [region for region in picture.regions if region.name != "page"]
    for one, other in itertools.combinations(placed, 2):
        assert not overlap(one, other), (one, other)


def test_targets_are_large() -> None:
    picture = render(FULL, 1280, 800)
    for name in ("go", "back", "pin.1", "pin.erase"):
        region = find(picture.regions, name)
        assert region is not None
        assert region.width >= 100
        assert region.height >= 80


def test_every_text_leaves_ink_inside_its_region_only() -> None:
    picture = render(page(Text("one", "Мәтін")), 1280, 800)
    region = find(picture.regions, "one")
    assert region is not None
    assert len(pixels(picture, region)) > 1
    below = Region("below", 0, region.y + region.height, 1280, 800 - region.y - region.height)
    assert len(pixels(picture, below)) == 1


def test_what_is_hit() -> None:
    picture = render(FULL, 1280, 800)
    for name in ("go", "back", "pin.7", "figures.0.1"):
        assert hit(picture.regions, *centre_of(picture.regions, name)) == name
    never = centre_of(picture.regions, "never.disabled")
    assert hit(picture.regions, *never) == "never.disabled"
    assert hit(picture.regions, 1279, 400) is None
    assert hit((), 1, 1) is None
    with pytest.raises(KeyError):
        centre_of(picture.regions, "nobody")


def test_long_text_gets_smaller_but_is_never_cut() -> None:
    short = render(page(Text("text", "Сөз " * 40), Button("go", "Әрі")), 800, 480)
    long = render(page(Text("text", "Сөз " * 400), Button("go", "Әрі")), 800, 480)
    text, button = find(long.regions, "text"), find(long.regions, "go")
    assert text is not None
    assert button is not None
    assert text.y + text.height <= button.y
    assert button == find(short.regions, "go"), "targets keep their size"


def test_word_wider_than_the_page_is_broken() -> None:
    picture = render(page(Text("text", "Қ" * 300, "strong")), 800, 480)
    region = find(picture.regions, "text")
    assert region is not None
    assert region.height > 100


def test_page_that_cannot_fit_says_so() -> None:
    with pytest.raises(PageOverflow, match=r"test\.page"):
        render(page(Text("text", "Сөз " * 20_000)), 800, 480)
    with pytest.raises(PageOverflow):
        render(page(Button("go", "Ү" * 400)), 800, 480)
    with pytest.raises(PageOverflow):
        render(page(title="Ө" * 2000), 800, 480)


def test_long_titles_wrap() -> None:
    long = "Учаскелік сайлау комиссиясының тіркеу үстелін жабу және алмалы тасымалдағышты шығару"
    picture = render(Page("p", long, (), header="№ 0421 учаске · desk-1"), 800, 480)
    title = find(picture.regions, "title")
    assert title is not None
    assert title.text == long


def test_widgets_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        page(Text("a", ""), Button("a", ""))


# --- tables


def rows(count: int) -> tuple[tuple[str, ...], ...]:
    return tuple((f"Қатар {number}", str(number)) for number in range(count))


def names(picture: Picture) -> set[str]:
    return {region.name for region in picture.regions}


def test_table_turns_leaves_through_all_rows_once() -> None:
    seen: list[str] = []
    for leaf in range(200):
        table = Table("t", ("Атауы", Column("Саны", "right")), rows(57), leaf=leaf)
        picture = render(page(Text("hint", "Кесте"), table), 1280, 800)
        seen += sorted(
            (name for name in names(picture) if name.startswith("t.") and name.endswith(".0")),
            key=lambda name: int(name.split(".")[1]),
        )
        assert ("t.previous" in names(picture)) == (leaf > 0)
        if "t.next" not in names(picture):
            break
    assert seen == [f"t.{row}.0" for row in range(57)]


def test_leaf_beyond_the_last_shows_the_last() -> None:
    def shown(leaf: int) -> Picture:
        return render(page(Table("t", ("", ""), rows(57), leaf=leaf)), 1280, 800)

    last = find(shown(99).regions, "t.leaf")
    assert last is not None
    count = int(last.text.split(" / ")[1])
    assert shown(99) == shown(count - 1)
    assert shown(-3) == shown(0)


def test_short_table_needs_no_turning() -> None:
    picture = render(page(Table("t", ("A", "B"), rows(3))), 1280, 800)
    assert {"t.leaf", "t.next", "t.previous"} & names(picture) == set()


def test_whole_table_gets_smaller_rather_than_turned() -> None:
    table = Table("t", ("", ""), rows(14), large=True, whole=True)
    picture = render(page(table, Button("go", "Әрі")), 1280, 800)
    assert "t.13.1" in names(picture)
    assert "t.leaf" not in names(picture)


def test_wide_cells_wrap_and_narrow_ones_keep_their_width() -> None:
    table = Table("t", ("Тегі", Column("Дауыс", "right")), (("Ұзын сөз " * 40, "1234"),))
    picture = render(page(table), 800, 480)
    wide, narrow = find(picture.regions, "t.0.0"), find(picture.regions, "t.0.1")
    assert wide is not None
    assert narrow is not None
    assert wide.height == narrow.height > 80
    assert narrow.width < 120 < wide.width


def test_rows_to_choose_from_are_large_and_named() -> None:
    picture = render(page(Table("t", ("A", "B"), rows(3), choose=True)), 1280, 800)
    row = find(picture.regions, "t.1")
    assert row is not None
    assert row.height >= 64
    assert row.text == "Қатар 1\t1"
    assert row_of("t", hit(picture.regions, *row.centre)) == 1
    assert row_of("t", "t.next") is None
    assert row_of("t", "other.1") is None
    assert row_of("t", None) is None


def test_crooked_and_overfull_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        render(page(Table("t", ("A", "B"), (("1",),))), 800, 480)
    with pytest.raises(PageOverflow):
        render(page(Table("t", ("Үлкен",) * 60, (("Үлкен",) * 60,))), 800, 480)


def test_empty_table_is_its_heading() -> None:
    assert render(page(Table("t", ("A", "B"), ())), 800, 480).regions


# --- keys


@pytest.mark.parametrize("layout", ["kk", "ru", "latin"])
@pytest.mark.parametrize("shift", [False, True])
def test_keyboard_has_every_letter_once(layout: KeyboardLayout, shift: bool) -> None:
    picture = render(page(Text("line", "", "field"), Keyboard("k", layout, shift)), 800, 480)
    letters = "".join(LAYOUTS[layout])
    letters = letters.upper() if shift else letters
    assert len(set(letters)) == len(letters)
    keys = {"shift", "space", "erase", "kk", "ru", "latin"} - {layout}
    assert {f"k.{key}" for key in (*letters, *keys)} <= names(picture)


def test_kazakh_keyboard_has_all_forty_two_letters() -> None:
    alphabet = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
    assert len(alphabet) == 42
    assert set(alphabet) <= set("".join(LAYOUTS["kk"]))


def test_typing() -> None:
    line = ""
    for key in ("7", "Қ", "space", "ә", "erase", "1", "shift", "kk"):
        line = type_key(line, key, 10)
    assert line == "7Қ 1"
    assert type_key("12345678", "9", 8) == "12345678"
    assert type_key("123", "clear", 8) == ""
    assert type_key("", "erase", 8) == ""


def test_key_names() -> None:
    assert key_of("pin", "pin.7") == "7"
    assert key_of("k", "k..") == "."
    assert key_of("pin", "pink.7") is None
    assert key_of("pin", None) is None


@pytest.mark.parametrize("widget", [Keypad("k"), Keyboard("k")])
def test_no_room_for_keys_is_said(widget: Widget) -> None:
    with pytest.raises(PageOverflow):
        render(page(widget, *(Button(f"b{n}", "Түйме") for n in range(24))), 800, 480)


def test_keyboards_and_keypads_do_not_stand_in_the_column_twice() -> None:
    picture = render(page(Keypad("a"), Keypad("b")), 1280, 800)
    assert {"a.1", "b.1"} <= names(picture)

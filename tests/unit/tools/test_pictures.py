"""The picture in the README: composed of whole pages, and small enough for a page to load."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tools import pictures
from tools.pictures import OUT, PAGE_HEIGHT, PAGE_WIDTH, Shown, composed, main

RED, GREEN, BLUE = (200, 0, 0), (0, 160, 0), (0, 0, 220)
COLOURS = (RED, GREEN, BLUE, RED)


def four() -> tuple[Shown, ...]:
    """Return four pages of one colour each, as boards' screens have them (B, G, R, unused)."""
    return tuple(
        Shown(f"{at}. Page", bytes((blue, green, red, 0)) * (1280 * 800), 1280, 800)
        for at, (red, green, blue) in enumerate(COLOURS, 1)
    )


def test_the_four_pages_stand_side_by_side_with_nothing_cut() -> None:
    image = Image.open(BytesIO(composed(four()))).convert("RGB")
    assert image.width == 1600
    seen = image.getcolors(1 << 20) or []
    areas = {colour: count for count, colour in seen}
    inside = (PAGE_WIDTH - 2) * (PAGE_HEIGHT - 2)  # the edge is drawn over the outermost pixels
    assert {areas[GREEN], areas[BLUE]} == {inside}
    assert areas[RED] == 2 * inside


def test_the_command_writes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pictures, "shown", lambda _: four())
    out = tmp_path / "made" / "day.png"
    assert main(["--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    with Image.open(out) as image:
        assert image.format == "PNG"


def test_the_picture_of_the_readme_is_there_and_light() -> None:
    with Image.open(OUT) as image:
        assert image.size == Image.open(BytesIO(composed(four()))).size
    assert OUT.stat().st_size <= 400_000

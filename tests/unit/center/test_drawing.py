"""Setting texts in boxes: nothing is cut or missing, the same calls give the same pixels."""

import pytest

from center import drawing
from center.drawing import (
    INK,
    NAVY,
    PAPER,
    QUIET,
    REGULAR,
    SEMIBOLD,
    WINE,
    Box,
    DoesNotFit,
    Face,
    NoGlyph,
    Screen,
    Sheet,
)

KAZAKH = "ӘҒҚҢӨҰҮҺІәғқңөұүһі"


@pytest.mark.parametrize("font", [drawing.REGULAR, drawing.SEMIBOLD, drawing.BOLD])
def test_fonts_have_every_letter_that_is_needed(font: str) -> None:
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
    drawing.check_glyphs(f"{KAZAKH}{letters}0123456789 №₸«»—–-.,:;!?/()", Face(font, 30))


@pytest.mark.parametrize("letter", ["漢", "\U0001f5f3", "\u0626"])
def test_a_letter_that_the_font_lacks_is_named(letter: str) -> None:
    with pytest.raises(NoGlyph, match=f"U\\+{ord(letter):04X}"):
        Sheet(200, 60).text(f"а{letter}", REGULAR, (30,), Box(0, 0, 200, 60))


def test_kazakh_letters_do_not_look_like_their_neighbours() -> None:
    face = Face(REGULAR, 40)
    for one, other in zip("ӘҒҚҢӨҰҮІәғқңөұү", "АГКНОУУИагкноуу", strict=True):
        font = drawing.font_of(face)
        assert bytes(font.getmask(one)) != bytes(font.getmask(other))
    assert bytes(drawing.font_of(face).getmask("Ұ")) != bytes(drawing.font_of(face).getmask("Ү"))


def test_wraps_at_spaces_and_keeps_names_in_quotes() -> None:
    face = Face(SEMIBOLD, 34)
    lines = drawing.wrap("Демократическая партия «Ақ жол»", face, 480)
    assert lines == ("Демократическая партия", "«Ақ жол»")
    assert all(drawing.text_width(line, face) <= 480 for line in lines)


def test_breaks_a_quoted_name_that_is_longer_than_a_line() -> None:
    face = Face(SEMIBOLD, 34)
    text = "Партия «Справедливое общество и цивилизованный аул»"
    lines = drawing.wrap(text, face, 400)
    assert " ".join(lines) == text
    assert len(lines) > 2


def test_breaks_long_words_after_hyphens_only() -> None:
    face = Face(SEMIBOLD, 34)
    assert drawing.wrap("Мұхаметқалиұлы-Зейнелғабиденханов", face, 400) == (
        "Мұхаметқалиұлы-",
        "Зейнелғабиденханов",
    )
    assert drawing.wrap("Ким-Ли", face, 400) == ("Ким-Ли",)
    with pytest.raises(DoesNotFit, match="wider than 200 pixels"):
        drawing.wrap("Мұхаметқалиұлы", face, 200)


def test_keeps_line_ends_and_unclosed_quotes() -> None:
    face = Face(REGULAR, 30)
    assert drawing.wrap("Бюллетень: 1 / 2\nБет: 1 / 1", face, 400) == (
        "Бюллетень: 1 / 2",
        "Бет: 1 / 1",
    )
    assert drawing.wrap("а «б в", face, 400) == ("а «б в",)


def test_takes_the_largest_size_that_fits() -> None:
    box = Box(0, 0, 300, 80)
    face, lines = drawing.fitted("Партия зеленых Казахстана", REGULAR, (60, 40, 30, 20), box)
    assert (face.size, len(lines)) == (30, 2)
    with pytest.raises(DoesNotFit, match="does not fit 300 by 20 pixels at size 40"):
        drawing.fitted("Партия", REGULAR, (60, 40), Box(0, 0, 300, 20))


def test_lines_must_fit_their_box() -> None:
    sheet, face = Sheet(400, 100), Face(REGULAR, 30)
    with pytest.raises(DoesNotFit, match="is higher than 30 pixels"):
        sheet.lines(("а",), face, Box(0, 0, 400, 30))
    with pytest.raises(DoesNotFit, match="is wider than 10 pixels"):
        sheet.lines(("абв",), face, Box(0, 0, 10, 60))


@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_text_stands_in_its_box(align: str) -> None:
    sheet = Sheet(500, 120)
    box = Box(60, 20, 380, 80)
    sheet.text("ӘҒҚҢ ұүһі", REGULAR, (40,), box, align=align, middle=True)
    ink = sheet.image.convert("L").point(lambda value: 255 * (value < 128)).getbbox()
    assert ink is not None
    left, top, right, bottom = ink
    assert box.x <= left
    assert right <= box.right
    assert box.y <= top
    assert bottom <= box.bottom
    if align == "right":
        assert right > box.right - 8
    if align == "left":
        assert left < box.x + 8
    (run,) = sheet.runs
    assert run.drawn.x <= left
    assert run.drawn.right >= right


@pytest.mark.parametrize(
    ("ink", "ground"), [(INK, PAPER), (PAPER, NAVY), (NAVY, PAPER), (PAPER, WINE), (QUIET, PAPER)]
)
def test_colours_have_contrast(ink: drawing.Colour, ground: drawing.Colour) -> None:
    assert drawing.contrast(ink, ground) >= 7
    assert drawing.contrast(ink, ground) == drawing.contrast(ground, ink)


def test_contrast_is_that_of_the_standard() -> None:
    assert drawing.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert drawing.contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_pixels_are_blue_green_red_nought() -> None:
    sheet = Sheet(2, 1, (1, 2, 3))
    sheet.fill(Box(1, 0, 1, 1), (250, 251, 252))
    assert sheet.pixels() == bytes([3, 2, 1, 0, 252, 251, 250, 0])


def test_same_calls_same_pixels() -> None:
    def draw() -> bytes:
        sheet = Sheet(300, 100)
        sheet.frame(Box(5, 5, 290, 90), INK, 3, 8, PAPER)
        sheet.tick(Box(10, 10, 60, 60), NAVY)
        sheet.arrow(Box(80, 10, 20, 40), NAVY, left=True)
        sheet.arrow(Box(110, 10, 20, 40), NAVY, left=False)
        sheet.text("Қазақстан", REGULAR, (30,), Box(140, 10, 150, 60))
        return sheet.pixels()

    assert draw() == draw()


def test_screens_of_other_sizes() -> None:
    small = Screen(640, 400, 96)
    assert small.px(100) == 50
    assert small.px(0.1) == 1
    assert Screen().px_of_mm(15) == 88
    assert Screen(dots_per_inch=254).px_of_mm(1.01) == 11

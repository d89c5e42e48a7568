"""What a simulated voter recognises: every page as the book has it, and nothing else."""

import pytest

from common.book import BYTES_PER_PIXEL, PageKey
from common.book_index import BLANK, BOTH, ON
from simulators.sight import Eyes
from tests.unit.terminal import tiny_book

EYES = Eyes(tiny_book.load())
REVIEW = PageKey("review:0", "ru", 1)
CHOICES = {"choice:0:0": "2", "choice:1:0": "0", "choice:1:1": "6"}


def frame(key: PageKey, values: dict[str, str]) -> bytearray:
    book = tiny_book.load()
    drawn = book.frame()
    book.compose(drawn, key, values)
    return drawn.pixels


@pytest.mark.parametrize("key", tiny_book.load().keys(), ids=str)
def test_every_page_is_recognised_with_its_slots_empty_and_filled(key: PageKey) -> None:
    page = tiny_book.load().page(key)
    filled = [{}, *({slot.name: max(slot.sprites)} for slot in page.slots)]
    filled.append({slot.name: min(slot.sprites) for slot in page.slots})
    for values in filled:
        seen = EYES.recognise(bytes(frame(key, values)))
        assert seen is not None
        assert (seen.page.key, seen.name, dict(seen.values)) == (key, key.name, values)


def test_every_value_of_a_slot_is_told_from_the_others() -> None:
    slot = tiny_book.load().page(REVIEW).slot("choice:1:2")
    assert len(slot.sprites) == 8
    for value in slot.sprites:
        seen = EYES.recognise(bytes(frame(REVIEW, {slot.name: value})))
        assert seen is not None
        assert seen.values == {slot.name: value}


def test_digits_are_read_from_left_to_right() -> None:
    code = {f"digit:{at}": digit for at, digit in enumerate("9027")}
    key = PageKey("code", "kk")
    seen = EYES.recognise(bytes(frame(key, dict(reversed(code.items())))))
    assert seen is not None
    assert seen.digits() == "9027"
    partly = EYES.recognise(bytes(frame(key, {"digit:0": "9", "digit:1": "0"})))
    assert partly is not None
    assert partly.digits() == "90"


def test_one_changed_pixel_is_no_page() -> None:
    right = frame(REVIEW, CHOICES)
    assert EYES.recognise(bytes(right)) is not None
    for at in range(0, len(right), BYTES_PER_PIXEL):
        wrong = bytearray(right)
        wrong[at] ^= 1
        assert EYES.recognise(bytes(wrong)) is None, f"pixel {at // BYTES_PER_PIXEL}"


def test_a_half_drawn_frame_is_no_page() -> None:
    book = tiny_book.load()
    old = frame(PageKey("contest:0:0", "ru", 1), {"line:0": ON, "counter": "1"})
    new = frame(REVIEW, CHOICES)
    stride = book.width * BYTES_PER_PIXEL
    for rows in range(1, book.height):
        halves = new[: rows * stride] + old[rows * stride :]
        assert EYES.recognise(bytes(halves)) is None, f"{rows} rows"


def test_a_slot_with_another_slots_sprite_is_no_page() -> None:
    book = tiny_book.load()
    page = book.page(REVIEW)
    there, here = page.slot("choice:1:0"), page.slot("choice:0:0")
    only_there = next(v for v in there.sprites if there.sprites[v] not in here.sprites.values())
    drawn = book.frame()
    book.compose(drawn, REVIEW, {"choice:0:0": BLANK})
    width, height = book.size(there.sprites[only_there])
    drawn.blit(book.pixels(there.sprites[only_there]), width, height, here.x, here.y)
    assert EYES.recognise(bytes(drawn.pixels)) is None


@pytest.mark.parametrize("cut", [0, 1, BYTES_PER_PIXEL])
def test_a_frame_of_another_size_is_no_page(cut: int) -> None:
    right = bytes(frame(PageKey("insert", BOTH), {}))
    assert EYES.recognise(right[:cut]) is None
    assert EYES.recognise(right + bytes(cut or 4)) is None


def test_a_black_screen_is_no_page() -> None:
    assert EYES.recognise(bytes(tiny_book.load().frame().pixels)) is None

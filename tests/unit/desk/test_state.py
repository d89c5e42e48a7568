"""Bitmaps, marks and the flight block; two media that are made alike again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from common.errors import Reason, Refused
from common.media import FolderMedium, TwoMedia
from desk.state import (
    FLIGHT_SIZE,
    MARKS_FILE,
    SERIALS_FILE,
    DeskFiles,
    Mark,
    Marks,
    Serials,
    Withdrawal,
    bitmap_bytes,
)
from tests.samples import device, seeded

KEY = b"k" * 32
LINES = 50
PACKAGE = b"p" * 32
SIGNING = device("desk-1").signing


@pytest.fixture
def media(tmp_path: Path) -> TwoMedia:
    own = FolderMedium.make(tmp_path / "own", "own")
    return TwoMedia(own, FolderMedium.make(tmp_path / "removable", "removable"))


def opened(media: TwoMedia, *, after_opening: bool = True, lines: int = LINES) -> DeskFiles:
    return DeskFiles(
        media,
        package=PACKAGE,
        key=SIGNING,
        lines=lines,
        opened=after_opening,
        random_bytes=seeded("files"),
    )


def test_serial_is_issued_once() -> None:
    serials = Serials().issue(7, KEY, seeded("a"))
    assert serials.is_issued(7)
    assert not serials.is_issued(8)
    with pytest.raises(ValueError, match="unissued"):
        serials.issue(7, KEY, seeded("b"))
    with pytest.raises(ValueError, match="unissued"):
        serials.issue(4096, KEY, seeded("b"))


def test_flight_block_opens_with_its_card_only() -> None:
    serials = Serials().issue(4095, KEY, seeded("a"))
    assert serials.in_flight(KEY) == 4095
    assert serials.in_flight(b"l" * 32) is None
    assert len(serials.flight) == FLIGHT_SIZE
    assert serials.landed(seeded("b")).in_flight(KEY) is None
    assert len(serials.landed(seeded("b")).flight) == FLIGHT_SIZE


def test_withdrawing_is_for_issued_serials_and_once() -> None:
    serials = Serials().issue(1, KEY, seeded("a")).issue(2, KEY, seeded("b"))
    with pytest.raises(ValueError, match="issued"):
        serials.withdraw(3, Withdrawal.VOID)
    void = serials.withdraw(1, Withdrawal.VOID)
    assert void.withdraw(1, Withdrawal.RETURNED) == void
    both = void.withdraw(2, Withdrawal.RETURNED)
    assert (both.void, both.returned, both.withdrawn) == (1 << 1, 1 << 2, 0b110)
    assert both.is_withdrawn(2)
    assert not both.is_withdrawn(-1)


def test_serials_are_drawn_from_all_that_are_left() -> None:
    random_bytes = seeded("draw")
    almost_all = ((1 << 4096) - 1) & ~(1 << 5 | 1 << 9 | 1 << 4000)
    serials = Serials(issued=almost_all)
    drawn = Counter(serials.draw(random_bytes) for _ in range(300))
    assert set(drawn) == {5, 9, 4000}
    assert min(drawn.values()) > 60
    assert Serials(issued=(1 << 4096) - 1).draw(random_bytes) is None


def test_drawing_is_fair_at_the_edge() -> None:
    sequence = iter([b"\xff\xff\xff\xff", b"\x00\x00\x00\x02"])
    full_but_three = Serials(issued=((1 << 4096) - 1) & ~0b111)
    assert full_but_three.draw(lambda _: next(sequence)) == 2


def test_bitmap_bytes_begin_with_the_lowest() -> None:
    assert bitmap_bytes(1 | 1 << 9)[:2] == b"\x01\x02"
    assert len(bitmap_bytes(0)) == 512


def test_marks() -> None:
    marks = Marks.fresh(LINES).put(1, Mark.GIVEN).put(LINES, Mark.BEING_GIVEN)
    assert (marks.of(1), marks.of(2), marks.of(LINES)) == (Mark.GIVEN, Mark.NONE, Mark.BEING_GIVEN)
    assert marks.being_given == (LINES,)
    assert marks.voters_given == 1
    assert marks.put(2, Mark.ANOTHER_BEING_GIVEN).voters_given == 2


def test_files_come_back_as_they_were_saved(media: TwoMedia) -> None:
    files = opened(media, after_opening=False)
    serials = files.serials.issue(3, KEY, seeded("a"))
    files.save(serials)
    files.save(files.marks.put(4, Mark.GIVEN))
    again = opened(media)
    assert again.serials == serials
    assert again.marks.of(4) is Mark.GIVEN
    for path in (SERIALS_FILE, MARKS_FILE):
        assert media.own.read(path) == media.removable.read(path)


def test_files_have_one_length_whoever_was_served(media: TwoMedia) -> None:
    files = opened(media, after_opening=False)
    sizes = {(media.own.size(SERIALS_FILE), media.own.size(MARKS_FILE))}
    for line in range(1, 20):
        files.save(files.serials.issue(line * 7, KEY, seeded(f"{line}")))
        files.save(files.marks.put(line, Mark.GIVEN))
        sizes.add((media.own.size(SERIALS_FILE), media.own.size(MARKS_FILE)))
    assert len(sizes) == 1


@pytest.mark.parametrize("older", ["own", "removable"])
def test_older_file_is_brought_up_to_date(media: TwoMedia, older: str) -> None:
    files = opened(media, after_opening=False)
    medium = getattr(media, older)
    before = medium.read(SERIALS_FILE)
    files.save(files.serials.issue(3, KEY, seeded("a")))
    medium.replace(SERIALS_FILE, before)
    assert opened(media).serials.is_issued(3)
    assert media.own.read(SERIALS_FILE) == media.removable.read(SERIALS_FILE)


@pytest.mark.parametrize("damaged", ["own", "removable"])
@pytest.mark.parametrize("damage", [b"", b"torn", b"\x00" * 40])
def test_damaged_file_is_mended_from_the_other(
    media: TwoMedia, damaged: str, damage: bytes
) -> None:
    files = opened(media, after_opening=False)
    files.save(files.marks.put(9, Mark.GIVEN))
    getattr(media, damaged).replace(MARKS_FILE, damage)
    assert opened(media).marks.of(9) is Mark.GIVEN
    assert media.own.read(MARKS_FILE) == media.removable.read(MARKS_FILE)


def test_one_flipped_bit_is_noticed(media: TwoMedia) -> None:
    files = opened(media, after_opening=False)
    files.save(files.marks.put(9, Mark.GIVEN))
    content = bytearray(media.own.read(MARKS_FILE) or b"")
    content[20] ^= 1
    media.own.replace(MARKS_FILE, bytes(content))
    assert opened(media).marks.of(9) is Mark.GIVEN


def test_both_damaged_stops_the_desk(media: TwoMedia) -> None:
    opened(media, after_opening=False)
    for medium in media:
        medium.replace(MARKS_FILE, b"damaged")
    with pytest.raises(Refused) as refused:
        opened(media)
    assert refused.value.reason is Reason.LOST_ON_BOTH


def test_both_missing_after_the_opening_stops_the_desk(media: TwoMedia) -> None:
    with pytest.raises(Refused) as refused:
        opened(media)
    assert refused.value.reason is Reason.LOST_ON_BOTH


def test_two_histories_stop_the_desk(media: TwoMedia) -> None:
    files = opened(media, after_opening=False)
    assert not files.repaired
    start = media.removable.read(MARKS_FILE)
    files.save(files.marks.put(1, Mark.GIVEN))
    one = media.own.read(MARKS_FILE)
    assert start is not None
    assert one is not None
    for medium in media:
        medium.replace(MARKS_FILE, start)
    other = opened(media)
    other.save(other.marks.put(2, Mark.GIVEN))
    media.own.replace(MARKS_FILE, one)
    with pytest.raises(Refused) as refused:
        opened(media)
    assert refused.value.reason is Reason.MEDIA_DISAGREE


def test_list_of_another_length_stops_the_desk(media: TwoMedia) -> None:
    opened(media, after_opening=False)
    with pytest.raises(Refused) as refused:
        opened(media, lines=LINES + 1)
    assert refused.value.reason is Reason.RECORD_OTHER_PACKAGE


@pytest.mark.parametrize(
    "item",
    [
        {1: bytes(512), 2: bytes(512), 3: bytes(511), 4: bytes(FLIGHT_SIZE)},
        {1: bytes(512), 2: bytes(512), 3: bytes(512), 4: b""},
        {1: bytes(512), 2: b"\x01" + bytes(511), 3: bytes(512), 4: bytes(FLIGHT_SIZE)},
        {1: b"\x01" * 512, 2: b"\x01" * 512, 3: b"\x01" * 512, 4: bytes(FLIGHT_SIZE)},
        {},
        [],
    ],
)
def test_impossible_serials_are_refused(item: object) -> None:
    with pytest.raises(ValueError, match="serial"):
        Serials.from_item(item)


@pytest.mark.parametrize("item", [{1: b"\x06", 2: 0}, {1: b"\x00"}, "marks"])
def test_impossible_marks_are_refused(item: object) -> None:
    with pytest.raises(ValueError, match="marks"):
        Marks.from_item(item)


def test_nothing_shows_in_a_repr() -> None:
    serials = Serials().issue(1234, KEY, seeded("a"))
    assert "1234" not in repr(serials)
    assert repr(Marks.fresh(3).put(2, Mark.GIVEN)) == "Marks(acts_used=0)"

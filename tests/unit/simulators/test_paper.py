"""The simulated ESC/POS printer, fed byte by byte and all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.paper import EscposPeer, Picture

CUT = b"\x1dV\x42\x00"


def raster(row_bytes: int, rows: bytes) -> bytes:
    height = len(rows) // row_bytes
    return b"\x1dv0\0" + bytes([row_bytes, 0, height % 256, height // 256]) + rows


def test_a_picture_is_what_lies_between_two_cuts() -> None:
    peer = EscposPeer(width=16)
    peer.feed(b"\x1b@" + raster(2, b"abcd") + raster(1, b"x") + b"\x1bd\x04" + CUT + CUT)
    assert peer.printed == [Picture(16, 3, b"abcdx\0")]
    assert not peer.unknown


@given(st.binary(max_size=200), st.data())
def test_pieces_make_no_difference(rows: bytes, draw: st.DataObject) -> None:
    sent = b"\x1b@" + raster(1, rows) + b"\x1bd\x04" + CUT + b"\x1dr\x01\x10\x04\x01"
    whole = EscposPeer(width=8)
    answers = whole.feed(sent)
    assert answers == b"\x00\x12"
    pieces, at, answered = EscposPeer(width=8), 0, b""
    while at < len(sent):
        size = draw.draw(st.integers(1, 40))
        answered += pieces.feed(sent[at : at + size])
        at += size
    assert pieces.printed == whole.printed
    assert not pieces.unknown
    assert answered == answers


def test_rows_wider_than_the_paper_are_cut() -> None:
    peer = EscposPeer(width=8)
    peer.feed(raster(2, b"abcd") + CUT)
    assert peer.printed == [Picture(8, 2, b"ac")]


def test_what_is_no_command_is_noted() -> None:
    peer = EscposPeer()
    peer.feed(b"Hello\x1b!")
    assert peer.unknown == b"Hello\x1b!"


@pytest.mark.parametrize(
    ("number", "usual", "no_paper", "cover"),
    [(1, 0x12, 0x1A, 0x1A), (2, 0x12, 0x32, 0x16), (3, 0x12, 0x12, 0x12), (4, 0x12, 0x7E, 0x12)],
)
def test_the_real_time_status(number: int, usual: int, no_paper: int, cover: int) -> None:
    ask = b"\x10\x04" + bytes([number])
    peer = EscposPeer()
    assert peer.feed(ask) == bytes([usual])
    peer.paper_rows = 0
    assert peer.feed(ask) == bytes([no_paper])
    peer.paper_rows, peer.cover_open = None, True
    assert peer.feed(ask) == bytes([cover])
    peer.silent = True
    assert peer.feed(ask) == b""


def test_off_line_it_answers_and_prints_later() -> None:
    peer = EscposPeer(width=8)
    peer.cover_open = True
    assert peer.feed(raster(1, b"x") + CUT + b"\x1dr\x01\x10\x04\x02") == b"\x16"
    assert not peer.printed
    peer.cover_open = False
    assert peer.go_on() == b"\x00"
    assert peer.printed == [Picture(8, 1, b"x")]


def test_paper_runs_out_in_the_middle() -> None:
    peer = EscposPeer(width=8)
    peer.paper_rows = 2
    assert peer.feed(raster(1, b"abc") + b"\x1dr\x01") == b""
    assert peer.paper_out
    peer.paper_rows = None
    assert peer.go_on() == b"\x00"
    peer.feed(CUT)
    assert peer.printed == [Picture(8, 2, b"ab")]


def test_a_picture_goes_into_a_file_and_back() -> None:
    picture = Picture(9, 2, b"\n1 2\n"[:4])
    assert picture.to_pbm() == b"P4\n9 2\n\n1 2"
    assert Picture.from_pbm(picture.to_pbm()) == picture

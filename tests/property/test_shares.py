"""Shares of a secret: any quorum of any split gives it back, and no smaller set does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.shares import Share, ShareError, combine, split

Drawn = tuple[bytes, int, tuple[Share, ...], list[int]]
PUBLIC = (b"X" * 32,)


@st.composite
def splits(draw: st.DrawFn) -> Drawn:
    secret = draw(st.binary(min_size=32, max_size=32))
    number = draw(st.integers(2, 9))
    threshold = draw(st.integers(2, number))
    chosen = draw(st.permutations(range(number)))
    return secret, threshold, split(secret, PUBLIC, threshold, number), list(chosen)


@given(splits())
def test_a_quorum_and_nothing_less(drawn: Drawn) -> None:
    secret, threshold, shares, chosen = drawn
    quorum = [shares[at] for at in chosen[:threshold]]
    assert combine(quorum, secret.__eq__) == secret
    with pytest.raises(ShareError):
        combine(quorum[:-1], secret.__eq__)


@given(splits(), st.integers(0, 31), st.integers(1, 255))
def test_one_altered_byte_is_noticed(drawn: Drawn, at: int, mask: int) -> None:
    secret, threshold, shares, chosen = drawn
    quorum = [shares[number] for number in chosen[:threshold]]
    piece = bytearray(quorum[0].piece)
    piece[at] ^= mask
    wrong = Share(quorum[0].key, quorum[0].index, threshold, bytes(piece))
    assert wrong.commitment() != quorum[0].commitment()  # by which the accumulator refuses it
    with pytest.raises(ShareError):
        combine([wrong, *quorum[1:]], secret.__eq__)


@given(st.binary(max_size=140))
def test_no_bytes_make_the_reader_crash(untrusted: bytes) -> None:
    try:
        share = Share.from_bytes(untrusted)
    except ShareError:
        return
    assert share.to_bytes() == untrusted

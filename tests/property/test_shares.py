"""Shares of a tally key: any quorum of any split gives it back, and no smaller set does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import seal
from common.shares import Share, ShareError, combine, split

Drawn = tuple[seal.TallyKeys, int, tuple[Share, ...], list[int]]


@st.composite
def splits(draw: st.DrawFn) -> Drawn:
    secret = draw(st.binary(min_size=32, max_size=32))
    tally = seal.make_tally_keys(lambda _: secret)
    number = draw(st.integers(2, 9))
    threshold = draw(st.integers(2, number))
    chosen = draw(st.permutations(range(number)))
    return tally, threshold, split(tally, threshold, number), list(chosen)


@given(splits())
def test_a_quorum_and_nothing_less(drawn: Drawn) -> None:
    tally, threshold, shares, chosen = drawn
    quorum = [shares[at] for at in chosen[:threshold]]
    assert combine(quorum, tally.public) == tally.secret
    with pytest.raises(ShareError):
        combine(quorum[:-1], tally.public)


@given(splits(), st.integers(0, 31), st.integers(1, 255))
def test_one_altered_byte_is_noticed(drawn: Drawn, at: int, mask: int) -> None:
    tally, threshold, shares, chosen = drawn
    quorum = [shares[number] for number in chosen[:threshold]]
    piece = bytearray(quorum[0].piece)
    piece[at] ^= mask
    wrong = Share(quorum[0].key, quorum[0].index, threshold, bytes(piece))
    assert wrong.commitment() != quorum[0].commitment()  # by which the accumulator refuses it
    try:
        secret = combine([wrong, *quorum[1:]], tally.public)
    except ShareError:
        return
    # X25519 ignores five bits of a secret (RFC 7748 §5): what differs only there is the same key.
    assert seal.belongs(secret, tally.public)
    assert _clamped(secret) == _clamped(tally.secret)


def _clamped(secret: bytes) -> bytes:
    return bytes([secret[0] & 248, *secret[1:31], secret[31] & 127 | 64])


@given(st.binary(max_size=140))
def test_no_bytes_make_the_reader_crash(untrusted: bytes) -> None:
    try:
        share = Share.from_bytes(untrusted)
    except ShareError:
        return
    assert share.to_bytes() == untrusted

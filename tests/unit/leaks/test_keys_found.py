"""What opens votes is found wherever it stands, and nothing else is taken for it."""

from __future__ import annotations

import random

import pytest

from common.seal.group import scalar_bytes, times_base
from common.seal.halves import secret_scalars
from tests.leaks.keys_found import opening_keys, windows

DRAW = random.Random("keys")
SECRET, R = DRAW.randbytes(32), DRAW.randrange(2**252)
X_1 = secret_scalars(SECRET, 1)[0]
PUBLIC = {bytes(times_base(X_1)), bytes(times_base(R))}


@pytest.mark.parametrize(
    "key",
    [SECRET, scalar_bytes(X_1), scalar_bytes(R)],
    ids=["secret of a half", "its scalar", "what seals one vote"],
)
@pytest.mark.parametrize("before", [0, 1, 90])
def test_a_key_is_found(key: bytes, before: int) -> None:
    content = DRAW.randbytes(before) + key + DRAW.randbytes(7)
    assert opening_keys(windows([content]), PUBLIC) == [key]


def test_what_opens_nothing_is_no_key() -> None:
    contents = [DRAW.randbytes(200), bytes(64), b"\xff" * 64, SECRET[1:], SECRET[:-1] + b"x"]
    assert opening_keys(windows(contents), PUBLIC) == []

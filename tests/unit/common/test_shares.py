"""Half of the tally key in shares: any quorum opens; nothing less, nothing altered, nothing old."""

import dataclasses
from itertools import combinations

import pytest

from common import shares
from common.shares import Share, ShareError
from tests.samples import seeded

SECRET, OTHER_SECRET = seeded("a half")(32), seeded("another half")(32)
PUBLIC, OTHER_PUBLIC = (b"X" * 32, b"Y" * 32), (b"Z" * 32,)


def belongs(secret: bytes) -> bool:
    return secret == SECRET


def split(threshold: int = 2, number: int = 3) -> tuple[Share, ...]:
    return shares.split(SECRET, PUBLIC, threshold, number)


def split_other() -> tuple[Share, ...]:
    return shares.split(OTHER_SECRET, OTHER_PUBLIC, 2, 3)


def test_any_quorum_gives_the_key() -> None:
    made = split(3, 5)
    for chosen in combinations(made, 3):
        assert shares.combine(chosen, belongs) == SECRET
    assert shares.combine(made, belongs) == SECRET


def test_too_few_shares_give_nothing() -> None:
    made = split(3, 5)
    with pytest.raises(ShareError, match="too few"):
        shares.combine(made[:2], belongs)
    with pytest.raises(ShareError, match="too few"):
        shares.combine([made[0], made[0], made[1]], belongs)
    with pytest.raises(ShareError, match="no shares"):
        shares.combine([], belongs)


def test_shares_of_two_keys_do_not_mix() -> None:
    made, others = split(), split_other()
    with pytest.raises(ShareError, match="different keys"):
        shares.combine([made[0], others[1]], belongs)
    with pytest.raises(ShareError, match="do not give"):
        shares.combine(others[:2], belongs)


def test_an_altered_share_does_not_pass() -> None:
    made = split()
    wrong = dataclasses.replace(made[0], piece=bytes(32))
    with pytest.raises(ShareError, match="do not give"):
        shares.combine([wrong, made[1]], belongs)
    commitments = [share.commitment() for share in made]
    name = shares.key_name(PUBLIC)
    with pytest.raises(ShareError, match="not the one"):
        shares.accept(wrong.to_bytes(), key=name, threshold=2, commitments=commitments)
    taken = shares.accept(made[0].to_bytes(), key=name, threshold=2, commitments=commitments)
    assert taken == made[0]


def test_a_share_of_an_opening_that_was_broken_off_is_void() -> None:
    old, new = split_other(), split()
    commitments = [share.commitment() for share in new]
    with pytest.raises(ShareError, match="another key"):
        shares.accept(
            old[0].to_bytes(),
            key=shares.key_name(PUBLIC),
            threshold=2,
            commitments=commitments,
        )


@pytest.mark.parametrize(("threshold", "number"), [(1, 3), (0, 3), (4, 3), (2, 256)])
def test_a_split_that_makes_no_sense_is_refused(threshold: int, number: int) -> None:
    with pytest.raises(ShareError):
        split(threshold, number)


def test_reading_a_share_is_strict() -> None:
    whole = split()[0].to_bytes()
    assert len(whole) <= shares.MAX_SHARE_SIZE
    assert Share.from_bytes(whole).to_bytes() == whole
    for wrong in (b"", whole[:-1], whole + b"\0", b"\xa0", whole.replace(b"\x01\x01", b"\x01\xf5")):
        with pytest.raises(ShareError):
            Share.from_bytes(wrong)


def test_a_share_does_not_show_itself() -> None:
    share = split()[0]
    assert share.piece.hex() not in repr(share)
    assert repr(share.piece) not in repr(share)

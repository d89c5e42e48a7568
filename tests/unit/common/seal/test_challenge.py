"""The voter's challenge: a terminal that seals something else than was touched is found out."""

from functools import lru_cache, partial
from math import sqrt

import pytest

from common.seal import encoding, group
from common.seal.encoding import NoBallot
from common.seal.group import BASE
from common.seal.hashing import Q
from tests.unit.common.seal.stations import (
    DESK,
    TERMINAL,
    refused,
    scripted,
    seeded,
    source,
    station,
)

TOUCHED, FLIPPED = b"\x01\xa5\x01", b"\x01\xa5\x02"


def test_who_has_r_reads_the_ballot_and_nobody_else_does() -> None:
    seal = station().seal
    made = seal.seal(3, TERMINAL, TOUCHED, source("checked"))
    read = partial(seal.read_with, 3, TERMINAL, made.sealed)
    assert read(made.r, 3) == TOUCHED
    r = int.from_bytes(made.r, "little")
    for wrong in ((r + 1) % Q, Q - r, 0):
        refused("another r", partial(read, group.scalar_bytes(wrong), 3))
    refused("an r that does not read", partial(read, (r + Q).to_bytes(32, "little"), 3))
    refused("two of them", partial(read, made.r[:-1], 3))
    refused("another style", partial(seal.read_with, 2, TERMINAL, made.sealed, made.r, 3))
    refused("another terminal", partial(seal.read_with, 3, DESK, made.sealed, made.r, 3))
    assert made.r.hex() not in repr(made)
    with pytest.raises(NoBallot):
        read(made.r, 2)


def test_a_terminal_cannot_say_that_it_sealed_something_else() -> None:
    """It has the r that it committed to, and no other fits the a that stands fast."""
    seal = station().seal
    made = seal.seal_with(1, TERMINAL, FLIPPED, scripted((5, 6)))
    shift = group.subtract(encoding.encode(FLIPPED)[0], encoding.encode(TOUCHED)[0])
    assert shift != BASE
    for claimed in range(1, 40):
        if claimed != 5:
            r = group.scalar_bytes(claimed)
            refused(f"r = {claimed}", partial(seal.read_with, 1, TERMINAL, made.sealed, r, 3))


@pytest.mark.parametrize(("challenges", "voters"), [(1, 150), (5, 60), (12, 40)])
def test_a_terminal_that_flips_one_vote_in_ten_is_caught_as_often_as_it_must_be(
    challenges: int, voters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "encode", lru_cache(encoding.encode))
    seal, drawn, evil = station().seal, source("booths"), seeded(f"evil/{challenges}")

    def sealed_otherwise() -> bool:
        """Seal as an evil terminal does, then open it as the checking station does."""
        flips = int.from_bytes(evil(8), "big") < 2**64 // 10
        made = seal.seal(1, TERMINAL, FLIPPED if flips else TOUCHED, drawn)
        return seal.read_with(1, TERMINAL, made.sealed, made.r, 3) != TOUCHED

    caught = sum(any(sealed_otherwise() for _ in range(challenges)) for _ in range(voters))
    expected = 1 - 0.9**challenges
    bound = 2.576 * sqrt(expected * (1 - expected) / voters)
    assert abs(caught / voters - expected) <= bound

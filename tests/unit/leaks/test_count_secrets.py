"""What an evening draws is worked out as it was drawn, and is found where a process holds it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from common import cose
from common.records import BoardKind, TallyHalf
from common.seal.elgamal import Seal
from common.seal.group import scalar_bytes, times_base
from common.seal.randomness import CheckedSource
from common.seal.shuffle import Drawn
from tests import evenings, halves, samples
from tests.leaks import count_secrets
from tests.leaks.count_secrets import CountSecrets, canaries, found_in, in_memory
from tests.leaks.keys_found import opening_keys
from tests.leaks.memory import regions
from tests.leaks.scalars import made_of, scalars_in
from tests.leaks.scan import Scanner
from tests.leaks.secrets import KnownHalf

SCALAR = (3 << 250) + 7
ORDER = (3, 0, 4, 1, 2, 5)
HOLDS_THEM = """
import sys
numbers = list(map(int, sys.argv[1:]))
scalar, order = numbers[0], [number for number in numbers[1:]]
written = (scalar + 1).to_bytes(32, "little")
del numbers
print("ready", flush=True)
sys.stdin.read()
"""


def known(board: str, kind: BoardKind) -> KnownHalf:
    record = TallyHalf.from_bytes(cose.payload_of(halves.made(board).record.tally_half))
    secret = evenings.secret_of(board, kind)
    return KnownHalf(board, record.keys, secret, b"", (), record.proof)


@pytest.fixture(scope="module")
def evening() -> tuple[CountSecrets, list[Drawn]]:
    """Return what is worked out of an evening, and what was really drawn."""
    drawn: list[Drawn] = []
    fresh = Drawn.fresh

    def noted(count: int, source: CheckedSource) -> Drawn:
        drawn.append(fresh(count, source))
        return drawn[-1]

    walk = evenings.Walk(evenings.cast_all(evenings.opened_order(), evenings.BALLOTS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drawn, "fresh", noted)
        files = {
            "votes-sealed.cborseq": walk.votes_file,
            "mixes/1.cose": walk.first_mix,
            "mixes/2.cose": walk.second_mix,
            "openings/accumulator.cose": walk.opening(BoardKind.ACCUMULATOR),
            "openings/desk-1.cose": walk.opening(BoardKind.DESK),
        }
    both = [known("accumulator", BoardKind.ACCUMULATOR), known("desk-1", BoardKind.DESK)]
    return count_secrets.read(walk.here, files, both), drawn


def test_the_orders_are_those_that_were_drawn(evening: tuple[CountSecrets, list[Drawn]]) -> None:
    read, drawn = evening
    assert [list(order) for order in read.orders] == [list(each.order) for each in drawn]
    assert len(read.orders) >= 2


def test_what_hid_them_is_known_by_its_points(evening: tuple[CountSecrets, list[Drawn]]) -> None:
    read, drawn = evening
    for each in drawn:
        hidden = [scalar_bytes(one) for one in (*each.r, *each.d)]
        assert opening_keys(hidden, set(read.points)) == hidden
        assert opening_keys(map(scalar_bytes, each.f), set(read.points)) == []


def test_the_one_time_secret_of_an_opening_gives_the_half(
    evening: tuple[CountSecrets, list[Drawn]],
) -> None:
    read, _ = evening
    w = len(known("desk-1", BoardKind.DESK).public)
    assert len(read.one_time) == 2 * 2 * w
    assert len({value for _, value in read.one_time}) == len(read.one_time)


def test_r_and_k_of_a_vote_are_known_by_its_points() -> None:
    here = evenings.opened_order()
    seal, drawn = Seal(here.package_hash, here.keys), iter((SCALAR, SCALAR + 5))
    sealed = seal.seal_with(
        1, samples.device("terminal-1").sign_key, b"x" * 15, lambda: next(drawn)
    )
    points = count_secrets.first_message(sealed.sealed)
    assert points == {bytes(times_base(SCALAR)), bytes(times_base(SCALAR + 5))}


def test_an_order_is_found_however_it_is_written() -> None:
    scanner = Scanner(canaries(CountSecrets((ORDER,), (), frozenset())))
    for written in (
        b"[3, 0, 4, 1, 2, 5]",
        b"(4,1,5,2,3,6)",
        b"\x86\x03\x00\x04\x01\x02\x05",
        b"1 3 4 0 2 5",
    ):
        assert list(scanner.find(b"before" + written + b"after")), written
    assert not list(scanner.find(b"[3, 0, 4, 2, 1, 5] 0 1 2 3 4 5"))
    for dull in ((0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (1, 4, 2, 0, 3)):
        assert not list(canaries(CountSecrets((dull,), (), frozenset())))


@pytest.fixture
def holder() -> Iterator[int]:
    """Yield a process that holds a scalar, the one after it as bytes, and an order."""
    arguments = [str(SCALAR), *map(str, ORDER)]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_THEM, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        process.kill()


def test_scalars_and_orders_are_found_in_a_processs_memory(holder: int) -> None:
    held = {bytes(times_base(SCALAR)), bytes(times_base(SCALAR + 1))}
    candidates = {one for region in regions(holder) for one in scalars_in(region)}
    assert len(made_of(candidates, held)) == 2
    assert made_of(candidates, {bytes(times_base(SCALAR + 2))}) == []
    there, elsewhere = (
        {
            canary.name
            for region in regions(holder)
            for canary in in_memory([order], holder)
            if found_in(region, canary)
        }
        for order in (ORDER, (4, 0, 3, 1, 5, 2))
    )
    assert there == {"0 new to old"}
    assert elsewhere == set()

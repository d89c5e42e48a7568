"""The tally key in two halves: which are believed, and who can rebuild one."""

from __future__ import annotations

import dataclasses
import os

import pytest

from common import cose, records, seal, shares, tallykey
from common.ballot import Ballot
from common.records import BoardKind, HalfShares, RecordError, TallyHalf
from common.seal import Sealing, elgamal, halves
from common.seal.group import IDENTITY, SIZE, Point, add, subtract, times, times_base
from common.seal.halves import Maker
from common.seal.randomness import BadRandomness, CheckedSource
from common.shares import ShareError
from common.tallykey import TallyHalfRead
from tests import halves as station
from tests import samples

ACCUMULATOR, DESK = BoardKind.ACCUMULATOR, BoardKind.DESK


def read(signed: bytes, kind: BoardKind = DESK) -> TallyHalfRead:
    return tallykey.read_half(samples.package(), samples.package_hash(), signed, kind)


def half_of(board: str = "desk-1") -> TallyHalf:
    return TallyHalf.from_bytes(cose.payload_of(station.made(board).record.tally_half))


def signed_by(board: str, half: TallyHalf) -> bytes:
    return records.sign(half, samples.device(board).signing)


def test_both_halves_make_the_key_to_which_ballots_are_sealed_and_opened() -> None:
    believed = tallykey.read_order(
        samples.package(), samples.package_hash(), station.signed_order()
    )
    terminal = samples.device("terminal-1").sign_key
    source = CheckedSource(os.urandom)
    package, package_hash = samples.package(), samples.package_hash()
    sealing = Sealing(package, package_hash, believed.keys, terminal, source)
    sealed = sealing.seal(Ballot(1, ((0,), (1, 2), (1,)), 1234)).sealed
    assert len(sealed) == package.sealed_size == seal.sealed_size(package)
    keys = tuple(map(Point, believed.keys))
    a, b = elgamal.Seal(package_hash, keys).read(1, terminal, sealed)
    message = b
    for board, kind in (("accumulator", ACCUMULATOR), ("desk-1", DESK)):
        (x,) = halves.secret_scalars(secret_of(board, kind), 1)
        message = subtract(message, times(x, a))
    assert message[-1] == 0
    assert message[2:4] == (1234).to_bytes(2, "big")


def secret_of(board: str, kind: BoardKind, at: str = "") -> bytes:
    made = station.made(board)
    half = read(made.record.tally_half, kind)
    told = tallykey.read_shares(samples.package(), half, made.record.half_shares)
    keys = samples.device(at or board)
    return tallykey.secret_of(keys, half, told, made.shares[1:])


@pytest.mark.parametrize(("board", "kind"), [("accumulator", ACCUMULATOR), ("desk-1", DESK)])
def test_shares_rebuild_a_half_on_its_maker_and_its_spare_alone(
    board: str, kind: BoardKind
) -> None:
    secret = secret_of(board, kind)
    assert secret_of(board, kind, at=f"{kind.name.lower()}-spare") == secret
    for other in {"accumulator", "desk-1", "terminal-1"} - {board}:
        with pytest.raises(ShareError, match="alone"):
            secret_of(board, kind, at=other)


def test_the_shares_alone_are_not_the_half() -> None:
    """Who reads both shares of every card, PINs and all, still has a mask before it."""
    made = station.made("desk-1")

    masked = shares.combine(made.shares[:2], lambda _: True)
    assert masked != secret_of("desk-1", DESK)
    (x,) = halves.secret_scalars(masked, 1)
    assert times_base(x) != half_of().keys[0]


def test_too_few_shares_and_shares_of_another_half_give_nothing() -> None:
    made = station.made("desk-1")
    half = read(made.record.tally_half)
    told = tallykey.read_shares(samples.package(), half, made.record.half_shares)
    keys = samples.device("desk-1")
    with pytest.raises(ShareError, match="too few"):
        tallykey.secret_of(keys, half, told, made.shares[:1])
    with pytest.raises(ShareError):
        tallykey.secret_of(keys, half, told, station.made("accumulator").shares[:2])
    with pytest.raises(ShareError):
        tallykey.secret_of(keys, half, told, station.made("desk-1", 1).shares[:2])


def test_every_share_is_committed_to_and_one_goes_to_the_territorial_commission() -> None:
    made = station.made("desk-1")
    told = tallykey.read_shares(
        samples.package(), read(made.record.tally_half), made.record.half_shares
    )
    assert [share.commitment() for share in made.shares] == list(told.commitments[:-1])
    assert len(made.shares) == len(samples.package().share_cards)
    assert all(len(share.to_bytes()) <= shares.MAX_SHARE_SIZE for share in made.shares)


def test_a_half_without_knowledge_is_refused() -> None:
    """Somebody signs a key whose secret he does not know: any point, with a proof of another."""
    stranger = times_base(7)
    with pytest.raises(RecordError, match="TallyHalf"):
        read(signed_by("desk-1", dataclasses.replace(half_of(), keys=(stranger,))))
    with pytest.raises(RecordError, match="TallyHalf"):
        read(signed_by("desk-1", dataclasses.replace(half_of(), proof=bytes(2 * SIZE))))


def test_a_half_chosen_to_cancel_the_other_is_refused() -> None:
    """The evil desk waits for the accumulator's half, and takes its own secret minus that."""
    (theirs,) = half_of("accumulator").keys
    chosen = subtract(times_base(99), Point(theirs))
    assert add(chosen, Point(theirs)) == times_base(99)
    for proof in (half_of().proof, half_of("accumulator").proof):
        evil = dataclasses.replace(half_of(), keys=(chosen,), proof=proof)
        with pytest.raises(RecordError, match="TallyHalf"):
            read(signed_by("desk-1", evil))


def test_halves_that_cancel_each_other_make_no_key() -> None:
    half = read(station.made("desk-1").record.tally_half)
    (key,) = half.keys
    opposite = subtract(Point(IDENTITY), Point(key))
    with pytest.raises(RecordError, match="cancel"):
        tallykey.joint_key(dataclasses.replace(half, keys=(opposite,)), half)


def test_the_accumulator_s_half_copied_by_a_desk_is_refused() -> None:
    copied = dataclasses.replace(half_of("accumulator"), board="desk-1")
    with pytest.raises(RecordError, match="TallyHalf"):
        read(signed_by("desk-1", copied))


def test_a_half_of_another_day_is_refused() -> None:
    other = dataclasses.replace(samples.package(), number=2)
    made = tallykey.make(station.installation("desk-1", other), samples.seeded("another day"))
    with pytest.raises(RecordError, match="another package"):
        read(made.record.tally_half)
    renamed = TallyHalf.from_bytes(cose.payload_of(made.record.tally_half))
    renamed = dataclasses.replace(renamed, package=samples.package_hash())
    with pytest.raises(RecordError, match="nobody has proved"):
        read(signed_by("desk-1", renamed))


def test_a_half_by_another_board_than_it_says_is_refused() -> None:
    with pytest.raises(RecordError, match="another board"):
        read(signed_by("desk-spare", half_of()))
    for stranger in ("terminal-1", "accumulator"):
        with pytest.raises(RecordError):
            read(signed_by(stranger, half_of()))
    with pytest.raises(RecordError):
        read(station.made("desk-1").record.tally_half, ACCUMULATOR)


def test_a_half_for_longer_ballots_is_refused() -> None:
    maker = Maker(samples.package_hash(), samples.device("desk-1").sign_key)
    half = halves.make_half(maker, b"s" * 32, 2, CheckedSource(os.urandom))
    record = TallyHalf(samples.package_hash(), "desk-1", half.keys, half.proof)
    with pytest.raises(RecordError, match="elements"):
        read(signed_by("desk-1", record))


def test_what_is_said_of_shares_belongs_to_its_half() -> None:
    made, other = station.made("desk-1"), station.made("desk-1", 1)
    half = read(made.record.tally_half)
    with pytest.raises(RecordError, match="another half"):
        tallykey.read_shares(samples.package(), half, other.record.half_shares)
    with pytest.raises(RecordError):
        tallykey.read_shares(
            samples.package(), half, station.made("accumulator").record.half_shares
        )
    told = HalfShares.from_bytes(cose.payload_of(made.record.half_shares))
    fewer = dataclasses.replace(told, commitments=told.commitments[:-1])
    with pytest.raises(RecordError, match="not one for each"):
        tallykey.read_shares(
            samples.package(), half, records.sign(fewer, samples.device("desk-1").signing)
        )


def refused(signed_order: bytes) -> str:
    with pytest.raises(RecordError) as caught:
        tallykey.read_order(samples.package(), samples.package_hash(), signed_order)
    return str(caught.value)


def test_a_start_order_without_both_halves_is_refused() -> None:
    accumulator, desk = (
        station.made("accumulator").record.tally_half,
        station.made("desk-1").record.tally_half,
    )
    assert "both halves" in refused(station.signed_order(desk))
    refused(station.signed_order(desk, accumulator))
    refused(station.signed_order(desk, desk))
    refused(station.signed_order(accumulator, accumulator))
    spare = station.made("accumulator-spare").record.tally_half
    assert "another accumulator" in refused(station.signed_order(spare, desk))
    refused(records.sign(station.order(b"t" * 32), samples.STATION_KEYS.station))
    refused(records.sign(station.order(accumulator, desk), samples.device("desk-1").signing))


def test_a_half_from_a_broken_random_source_is_not_made() -> None:
    with pytest.raises(BadRandomness):
        tallykey.make(station.installation("desk-1"), bytes)


def test_the_first_desk_that_is_no_spare_makes_the_half() -> None:
    desk = tallykey.counting_desk(samples.package())
    assert desk is not None
    assert desk.name == "desk-1"


def test_neither_secret_nor_share_shows() -> None:
    made = station.made("desk-1")
    assert all(share.piece.hex() not in repr(made) for share in made.shares)
    assert "Share(" not in repr(made)

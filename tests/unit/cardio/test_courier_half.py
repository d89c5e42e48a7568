"""The courier card with a desk's half of the tally key: whole and believed, or none."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from cardio.messages import (
    CourierCardSeen,
    Done,
    Failed,
    Look,
    Notification,
    WriteStartOrder,
    WriteTallyHalf,
)
from cardio.station_records import StationRecords
from common import records
from common.chain import CardKind
from common.errors import Reason
from hal.card_reader import ReaderState
from simulators.piv_card import FLAVOURS, CardState, Flavour, Moment, SimPivCard
from tests import halves, samples
from tests.card_samples import Stand

HALF, SHARES = 0x5FC110, 0x5FC111


def stand(label: str = "stand") -> Stand:
    return Stand.make(label, of=StationRecords(samples.package(), samples.package_hash()))


def request(board: str = "desk-1", again: int = 0) -> WriteTallyHalf:
    half = halves.made(board, again)
    return WriteTallyHalf(half.record.tally_half, half.record.half_shares)


def seen_with(half: WriteTallyHalf | None, *, torn: bool = False) -> CourierCardSeen:
    if half is None:
        return CourierCardSeen(1, None, torn)
    return CourierCardSeen(1, None, torn, half.tally_half, half.half_shares)


def meet(at: Stand, card: SimPivCard) -> Notification:
    at.slot.insert(card)
    return at.attendant.slot_changed(ReaderState.CARD)


def test_a_half_is_written_read_back_and_seen() -> None:
    at = stand()
    card = at.card(CardKind.COURIER, 1)
    assert meet(at, card) == seen_with(None)
    assert at.attendant.carry_out(3, request())[0] == Done(3)
    assert at.attendant.look() == seen_with(request())
    order = halves.signed_order()
    assert at.attendant.carry_out(4, WriteStartOrder(order))[0] == Done(4)
    assert at.attendant.look() == dataclasses.replace(seen_with(request()), start_order=order)
    assert at.attendant.carry_out(5, Look())[0] == Done(5)


def test_what_is_no_half_of_this_station_is_not_written() -> None:
    at = stand()
    card = at.card(CardKind.COURIER, 1)
    meet(at, card)
    right, again = request(), request(again=1)
    wrong = [
        request("accumulator"),
        WriteTallyHalf(right.tally_half, again.half_shares),
        WriteTallyHalf(right.tally_half[:-1] + b"x", right.half_shares),
        WriteTallyHalf(right.tally_half, b""),
    ]
    for each in wrong:
        answer, _ = at.attendant.carry_out(3, each)
        assert answer == Failed(3, Reason.CARD_RECORD_UNFIT)
    assert not card.state.objects.keys() & {HALF, SHARES}


def test_a_half_is_for_the_courier_card() -> None:
    at = stand()
    meet(at, at.card(CardKind.SHARE, 1))
    assert at.attendant.carry_out(3, request())[0] == Failed(3, Reason.CARD_WRONG_KIND)


@pytest.mark.parametrize("missing", [HALF, SHARES])
def test_half_of_a_half_is_none(missing: int) -> None:
    at = stand()
    card = at.card(CardKind.COURIER, 1)
    meet(at, card)
    at.attendant.carry_out(3, request())
    del card.state.objects[missing]
    assert at.attendant.look() == seen_with(None, torn=True)


@pytest.mark.parametrize("damaged", [HALF, SHARES])
def test_a_damaged_half_is_none(damaged: int) -> None:
    at = stand()
    card = at.card(CardKind.COURIER, 1)
    meet(at, card)
    at.attendant.carry_out(3, request())
    card.flip_bit(damaged, 900)
    assert at.attendant.look() == seen_with(None, torn=True)


def test_a_half_of_another_package_is_none() -> None:
    at = stand()
    card = at.card(CardKind.COURIER, 1)
    meet(at, card)
    at.attendant.carry_out(3, request())
    other = dataclasses.replace(samples.package(), number=2)
    digest = records.digest(b"another package")
    later = Stand.make("later", of=StationRecords(other, digest))
    assert meet(later, card) == seen_with(None, torn=True)


def torn(flavour: Flavour, moment: Moment, before: CardState) -> Iterator[tuple[Stand, object]]:
    """Write, pulling the card after 0, 1, 2 … commands; yield what the next insertion sees."""
    at = stand("torn")
    for commands in range(100):
        state = CardState.from_bytes(before.to_bytes())
        state.flavour = flavour.name
        card = SimPivCard(state, at.random_bytes)
        meet(at, card)
        at.slot.pull_after(commands, moment)
        answer, _ = at.attendant.carry_out(2, request())
        if at.slot.card is not None:
            assert answer == Done(2)
            return
        at.attendant.slot_changed(ReaderState.NO_CARD)
        yield at, meet(at, card)
        at.slot.remove()
        at.attendant.slot_changed(ReaderState.NO_CARD)
    raise AssertionError("the dialogue has no end")


@pytest.mark.parametrize("moment", Moment, ids=lambda moment: moment.name.lower())
@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())
def test_a_half_torn_anywhere_is_there_whole_or_not_at_all(
    flavour: Flavour, moment: Moment
) -> None:
    at = stand()
    card = at.card(CardKind.COURIER, 1)
    meet(at, card)
    assert at.attendant.carry_out(1, request(again=1))[0] == Done(1)  # one of before lies there
    found = []
    for again, seen in torn(flavour, moment, card.state):
        assert isinstance(seen, CourierCardSeen)
        found.append((seen.tally_half, seen.half_shares))
        assert again.attendant.carry_out(9, request())[0] == Done(9)
        assert again.attendant.look() == seen_with(request())
    old, new = request(again=1), request()
    assert set(found) <= {
        (old.tally_half, old.half_shares),
        (None, None),
        (new.tally_half, new.half_shares),
    }
    assert len(found) >= 8

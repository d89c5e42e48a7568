"""The urn: order of writes, power cuts, damage, copies, and files that tell nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from common.cbor import CborError, encode
from common.errors import Reason, Refused
from common.media import FaultKind, MediumFault
from common.urn import PATH, InFlight, Intake, Repair, Urn, UrnUnfinished
from common.urnfile import (
    BLOCK_SIZE,
    LEDGER_BLOCKS,
    MAX_CONTENT_SIZE,
    MAX_DESKS,
    BlockCipher,
    Flight,
    Layout,
    Ledger,
)
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium

KEY = b"u" * 32
DESKS = (("desk-1", 0, 4096), ("desk-2", 10_000, 100))
SERIAL = 7
VOTE = b"a sealed vote" * 40
Media = tuple[RecordingMedium, ...]
RandomBytes = Callable[[int], bytes]


def seeded(seed: object) -> RandomBytes:
    return random.Random(str(seed)).randbytes


def pair(power: Power | None = None) -> Media:
    power = power or Power()
    return RecordingMedium("own", power), RecordingMedium("removable", power)


def whole(cast_vote: bytes) -> bytes:
    """What may be in the urn once: here the vote without its first byte, a stand-in signature."""
    return cast_vote[1:]


def create(media: Sequence[RecordingMedium], slots: int = 3, seed: object = 0) -> Urn:
    random_bytes = seeded(seed)
    return Urn.create(media, KEY, slots, DESKS, random_bytes=random_bytes, ballot_of=whole)


def reopen(media: Sequence[RecordingMedium], slots: int = 3, key: bytes = KEY) -> Urn:
    random_bytes = seeded("again")
    return Urn.open(media, key, slots, DESKS, random_bytes=random_bytes, ballot_of=whole)


def refused(reason: Reason) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.reason is reason)


def ledgers(medium: RecordingMedium) -> list[Ledger | None]:
    cipher = BlockCipher(KEY, seeded(0))
    image = medium.files[PATH]
    return [cipher.open_ledger(at, image[at * BLOCK_SIZE :][:BLOCK_SIZE]) for at in (0, 1)]


def positions(medium: RecordingMedium, slots: int) -> tuple[bytes | None, ...]:
    """The decrypted content of every slot."""
    cipher = BlockCipher(KEY, seeded(0))
    image = medium.files[PATH]
    return tuple(
        cipher.open_slot(slot, image[(LEDGER_BLOCKS + slot) * BLOCK_SIZE :][:BLOCK_SIZE])
        for slot in range(slots)
    )


def at_rest(media: Media) -> None:
    """Both media are alike, and both ledger blocks say the same, with nothing in flight."""
    assert all(medium.files[PATH] == media[0].files[PATH] for medium in media)
    even, odd = ledgers(media[0])
    assert even is not None
    assert odd is not None
    assert even.as_generation(0) == odd.as_generation(0)
    assert even.flight is None


# The day without faults.


def test_an_urn_is_created_empty_on_both_media() -> None:
    media = pair()
    urn = create(media, slots=5)
    assert (urn.count, urn.capacity) == (0, 5)
    assert urn.cast_votes() == []
    assert urn.spent == {"desk-1": bytes(512), "desk-2": bytes(512)}
    assert len(media[0].files[PATH]) == (2 + 5) * 4096
    at_rest(media)
    assert urn.take_repairs() == ()


def test_votes_come_out_sorted_by_hash_and_serials_are_spent() -> None:
    media = pair()
    urn = create(media)
    votes = [bytes([number]) * 700 for number in range(3)]
    for serial, vote in zip((0, 4095, 10_099), votes, strict=True):
        assert urn.take_in(serial, vote) is Intake.STORED
    assert urn.count == 3
    assert urn.cast_votes() == sorted(votes, key=lambda vote: hashlib.sha256(vote).digest())
    assert urn.spent["desk-1"] == b"\x01" + bytes(510) + b"\x80"
    assert urn.spent["desk-2"] == bytes(12) + b"\x08" + bytes(499)
    assert [urn.is_spent(serial) for serial in (0, 1, 4095, 10_099, 5000)] == [1, 0, 1, 1, 0]
    assert all(urn.holds(hashlib.sha256(vote).digest()) for vote in votes)
    assert not urn.holds(hashlib.sha256(b"another").digest())
    at_rest(media)


def test_an_urn_that_is_opened_again_is_the_same_and_nothing_is_written() -> None:
    media = pair()
    urn = create(media)
    urn.take_in(SERIAL, VOTE)
    before = [dict(medium.files) for medium in media]
    writes = [len(medium.history) for medium in media]
    again = reopen(media)
    assert again.cast_votes() == [VOTE]
    assert again.spent == urn.spent
    assert again.in_flight_at_start is InFlight.NONE
    assert again.take_repairs() == ()
    assert [medium.files for medium in media] == before
    assert [len(medium.history) for medium in media] == writes


def test_the_order_of_writes_is_that_of_the_design() -> None:
    media = pair()
    history: list[tuple[str, str]] = []
    urn = create(media)
    for medium in media:
        medium.history = Log(history, medium)  # type: ignore[assignment]  # both media in one list
    urn.take_in(SERIAL, VOTE)
    both = ["own", "removable"]
    assert [medium for medium, _ in history] == both * 4
    kinds = [kind for medium, kind in history if medium == "own"]
    assert kinds == ["in flight", "slot", "landed", "landed"]


class Log:
    """Stands in for a medium's history: notes for each write what it left in the urn."""

    def __init__(self, history: list[tuple[str, str]], medium: RecordingMedium) -> None:
        self.history, self.medium = history, medium

    def __len__(self) -> int:
        return len(self.history)

    def append(self, write: object) -> None:
        offset = write.offset  # type: ignore[attr-defined]  # a Write
        if offset >= LEDGER_BLOCKS * BLOCK_SIZE:
            self.history.append((self.medium.name, "slot"))
            return
        ledger = ledgers(self.medium)[offset // BLOCK_SIZE]
        assert ledger is not None
        self.history.append((self.medium.name, "in flight" if ledger.flight else "landed"))


# Refusals.


def test_the_same_vote_of_the_same_card_is_already_counted_and_writes_nothing() -> None:
    media = pair()
    urn = create(media)
    urn.take_in(SERIAL, VOTE)
    before = [dict(medium.files) for medium in media]
    assert urn.examine(SERIAL, VOTE) is Intake.ALREADY_COUNTED
    assert urn.take_in(SERIAL, VOTE) is Intake.ALREADY_COUNTED
    assert urn.count == 1
    assert [medium.files for medium in media] == before


@pytest.mark.parametrize(
    ("serial", "vote", "reason"),
    [
        (SERIAL, b"another vote", Reason.SERIAL_SPENT),
        (SERIAL, b"B" + VOTE[1:], Reason.SERIAL_SPENT),
        (SERIAL + 1, VOTE, Reason.VOTE_COPIED),
        (SERIAL + 1, b"B" + VOTE[1:], Reason.VOTE_COPIED),
        (4096, b"another vote", Reason.SERIAL_UNKNOWN),
        (9_999, b"another vote", Reason.SERIAL_UNKNOWN),
        (10_100, b"another vote", Reason.SERIAL_UNKNOWN),
        (SERIAL + 1, bytes(MAX_CONTENT_SIZE + 1), Reason.VOTE_TOO_LARGE),
    ],
)
def test_what_may_not_go_in_is_refused_before_anything_is_written(
    serial: int, vote: bytes, reason: Reason
) -> None:
    media = pair()
    create(media).take_in(SERIAL, VOTE)
    urn = reopen(media)
    before = [dict(medium.files) for medium in media]
    for attempt in (urn.examine, urn.take_in):
        with refused(reason):
            attempt(serial, vote)
    assert [medium.files for medium in media] == before
    assert urn.count == 1


def test_a_full_urn_takes_no_more_and_is_not_touched() -> None:
    media = pair()
    urn = create(media, slots=2)
    for serial in range(2):
        urn.take_in(serial, bytes([serial]) * 9)
    before = [dict(medium.files) for medium in media]
    with refused(Reason.URN_FULL):
        urn.take_in(2, b"one too many")
    assert urn.take_in(1, bytes([1]) * 9) is Intake.ALREADY_COUNTED
    assert [medium.files for medium in media] == before


def test_the_longest_vote_fits() -> None:
    urn = create(pair())
    vote = bytes(range(256)) * 16
    urn.take_in(SERIAL, vote[:MAX_CONTENT_SIZE])
    assert urn.cast_votes() == [vote[:MAX_CONTENT_SIZE]]


def test_an_urn_is_not_created_over_another() -> None:
    media = pair()
    create(media)
    with refused(Reason.URN_EXISTS):
        create(media)
    del media[0].files[PATH]
    with refused(Reason.URN_EXISTS):
        create(media)


def test_no_urn_and_wrong_keys_and_other_packages_are_told_apart() -> None:
    media = pair()
    with refused(Reason.URN_MISSING):
        reopen(media)
    create(media).take_in(SERIAL, VOTE)
    with refused(Reason.URN_KEY_WRONG):
        reopen(media, key=b"w" * 32)
    with refused(Reason.URN_OTHER_SHAPE):
        reopen(media, slots=4)
    with refused(Reason.URN_OTHER_SHAPE):
        Urn.open(media, KEY, 3, DESKS[:1], random_bytes=seeded(1), ballot_of=whole)


@pytest.mark.parametrize(
    ("slots", "desks"),
    [
        (0, DESKS),
        (1 << 20, DESKS),
        (1, ()),
        (1, tuple((f"desk-{number}", 4096 * number, 4096) for number in range(MAX_DESKS + 1))),
        (1, (("desk-1", 0, 4096), ("desk-2", 4095, 10))),
        (1, (("desk-1", 0, 10), ("desk-1", 10, 10))),
        (1, (("desk-1", 0, 4097),)),
        (1, (("desk-1", 0, 0),)),
    ],
)
def test_figures_that_no_urn_can_have_are_the_callers_mistake(
    slots: int, desks: tuple[tuple[str, int, int], ...]
) -> None:
    with pytest.raises(ValueError, match=r"urn|desks|serials"):
        Urn.create(pair(), KEY, slots, desks, random_bytes=seeded(0), ballot_of=whole)


def test_the_ledger_of_the_most_desks_fits_its_block() -> None:
    desks = tuple((f"desk-{number}", 2**31 + 4096 * number, 4096) for number in range(MAX_DESKS))
    layout = Layout(16_384, desks)
    flight = Flight(2**32, 16_383, bytes(32))
    empty = Ledger.empty(layout, 2**62)
    ledger = Ledger(2**62, layout.shape, 16_384, empty.bitmaps, flight)
    assert len(ledger.to_bytes()) <= MAX_CONTENT_SIZE
    assert len(ledger.to_bytes()) + 512 > MAX_CONTENT_SIZE, "one more desk would fit"
    media = pair()
    urn = Urn.create(media, KEY, 1, desks, random_bytes=seeded(0), ballot_of=whole)
    urn.take_in(desks[-1][1] + 4095, VOTE)
    assert urn.spent[f"desk-{MAX_DESKS - 1}"][-1] == 0x80


def test_an_urn_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Urn.create(pair(), b"short", 1, DESKS, random_bytes=seeded(0), ballot_of=whole)


# Power cuts.


CUTS = list(Cut)
WRITES_OF_AN_INTAKE = 8


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("write", range(1, WRITES_OF_AN_INTAKE + 1))
def test_after_a_cut_at_any_write_the_vote_is_wholly_in_or_still_on_its_card(
    write: int, cut: Cut
) -> None:
    power = Power()
    media = pair(power)
    urn = create(media)
    urn.take_in(1, b"an earlier vote")
    power.fail_at(write, cut)
    with pytest.raises(PowerCut):
        urn.take_in(SERIAL, VOTE)
    power.restore()

    urn = reopen(media)
    at_rest(media)
    votes = {b"an earlier vote", VOTE} if urn.is_spent(SERIAL) else {b"an earlier vote"}
    assert set(urn.cast_votes()) == votes
    expected = Intake.ALREADY_COUNTED if urn.is_spent(SERIAL) else Intake.STORED
    assert urn.take_in(SERIAL, VOTE) is expected
    assert set(urn.cast_votes()) == {b"an earlier vote", VOTE}
    assert urn.count == 2
    at_rest(media)


def test_the_vote_is_in_from_the_moment_that_its_slot_is_whole_on_one_medium() -> None:
    outcomes = []
    for write, cut in itertools.product(range(1, WRITES_OF_AN_INTAKE + 1), CUTS):
        power = Power()
        media = pair(power)
        urn = create(media)
        power.fail_at(write, cut)
        with pytest.raises(PowerCut):
            urn.take_in(SERIAL, VOTE)
        power.restore()
        outcomes.append((write, cut, reopen(media).in_flight_at_start))
    in_from = outcomes.index((3, Cut.ALL, InFlight.COMPLETED))
    assert all(found is not InFlight.COMPLETED for _, _, found in outcomes[:in_from])
    assert all(found is not InFlight.CANCELLED for _, _, found in outcomes[in_from:])
    assert outcomes[CUTS.index(Cut.ALL)] == (1, Cut.ALL, InFlight.CANCELLED)


def recovery_cuts() -> Iterator[tuple[int, Cut, int, Cut]]:
    for write, second in itertools.product(range(1, WRITES_OF_AN_INTAKE + 1), range(1, 9)):
        for cut, second_cut in itertools.product(CUTS, CUTS):
            yield write, cut, second, second_cut


def test_a_second_cut_while_recovering_from_the_first_changes_nothing() -> None:
    seen = 0
    for write, cut, second, second_cut in recovery_cuts():
        power = Power()
        media = pair(power)
        urn = create(media)
        urn.take_in(1, b"an earlier vote")
        power.fail_at(write, cut)
        with pytest.raises(PowerCut):
            urn.take_in(SERIAL, VOTE)
        power.restore()
        power.fail_at(second, second_cut)
        try:
            reopen(media)
        except PowerCut:
            seen += 1
        power.restore()
        urn = reopen(media)
        at_rest(media)
        is_in = VOTE in urn.cast_votes()
        assert is_in == urn.is_spent(SERIAL)
        expected = Intake.ALREADY_COUNTED if is_in else Intake.STORED
        assert urn.take_in(SERIAL, VOTE) is expected
        assert urn.count == 2
    assert seen > 200


def test_one_medium_alone_survives_two_cuts_as_well() -> None:
    for write, cut, second, second_cut in recovery_cuts():
        power = Power()
        medium = RecordingMedium("only", power)
        urn = create((medium,))
        urn.take_in(1, b"an earlier vote")
        power.fail_at(write, cut)
        try:
            urn.take_in(SERIAL, VOTE)
        except PowerCut:
            power.restore()
        power.fail_at(second, second_cut)
        try:
            reopen((medium,))
        except PowerCut:
            power.restore()
        power.restore()
        urn = reopen((medium,))
        assert urn.take_in(SERIAL, VOTE) in Intake
        assert sorted(urn.cast_votes()) == sorted([VOTE, b"an earlier vote"])
        at_rest((medium,))


def test_a_ledger_that_names_a_vote_in_flight_in_both_blocks_is_cleared() -> None:
    media = pair()
    create(media)
    cipher = BlockCipher(KEY, seeded(9))
    flight = Flight(SERIAL, 1, hashlib.sha256(VOTE).digest())
    ledger = dataclasses.replace(Ledger.empty(Layout(3, DESKS), 10), flight=flight)
    blocks = cipher.seal_ledger(ledger) + cipher.seal_ledger(ledger.as_generation(11))
    for medium in media:
        medium.write_at(PATH, 0, blocks)
    assert reopen(media).in_flight_at_start is InFlight.CANCELLED
    at_rest(media)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("write", [1, 2])
def test_a_cut_while_creating_leaves_no_urn_or_a_whole_one(write: int, cut: Cut) -> None:
    power = Power()
    media = pair(power)
    power.fail_at(write, cut)
    with pytest.raises(PowerCut):
        create(media)
    power.restore()
    urn = reopen(media) if PATH in media[0].files else create(media)
    urn.take_in(SERIAL, VOTE)
    at_rest(media)


def test_a_medium_that_fails_leaves_the_urn_to_be_opened_again() -> None:
    for medium, write in itertools.product((0, 1), range(1, 5)):
        media = pair()
        urn = create(media)
        media[medium].fail_write_at = len(media[medium].history) + write
        with pytest.raises(MediumFault):
            urn.take_in(SERIAL, VOTE)
        media[medium].fail_write_at = None
        for use in (lambda: urn.take_in(SERIAL + 1, b"x"), urn.check, urn.cast_votes):  # noqa: B023 - used at once
            with pytest.raises(UrnUnfinished):
                use()
        urn = reopen(media)
        urn.take_in(SERIAL, VOTE)
        assert urn.cast_votes() == [VOTE]
        at_rest(media)


def test_a_missing_medium_is_noticed_before_anything_is_written() -> None:
    media = pair()
    urn = create(media)
    before = dict(media[0].files)
    media[1].fault = FaultKind.GONE
    with pytest.raises(MediumFault) as caught:
        urn.take_in(SERIAL, VOTE)
    assert (caught.value.kind, caught.value.medium) == (FaultKind.GONE, "removable")
    assert media[0].files == before
    media[1].fault = None
    assert urn.take_in(SERIAL, VOTE) is Intake.STORED


def test_a_strange_medium_without_an_urn_is_not_written_during_the_day() -> None:
    media = pair()
    urn = create(media)
    media[1].files.clear()
    with pytest.raises(MediumFault) as caught:
        urn.take_in(SERIAL, VOTE)
    assert caught.value.kind is FaultKind.GONE
    assert media[1].files == {}


# Damage.


def flipped_bits(slots: int) -> list[int]:
    """Bits in every part of every block: nonce, content, tag."""
    return [
        (block * BLOCK_SIZE + byte) * 8 + byte % 8
        for block in range(LEDGER_BLOCKS + slots)
        for byte in (0, 23, 24, 25, 1000, 4079, 4080, 4095)
    ]


@pytest.mark.parametrize("medium", [0, 1])
def test_any_bit_that_flips_on_one_medium_is_repaired(medium: int) -> None:
    for bit in flipped_bits(slots=3):
        media = pair()
        urn = create(media)
        urn.take_in(SERIAL, VOTE)
        media[medium].flip(PATH, bit)
        urn = reopen(media)
        assert urn.cast_votes() == [VOTE]
        at_rest(media)
        slot = bit // 8 // BLOCK_SIZE - LEDGER_BLOCKS
        is_free = slot >= 0 and positions(media[0], 3)[slot] is None
        name = media[medium].name
        repair = Repair(name, 1, 0) if slot < 0 else Repair(name, 0, 1)
        assert repair in urn.take_repairs()
        assert urn.take_repairs() == ()
        assert is_free or slot < 0 or positions(media[0], 3)[slot] == VOTE


@pytest.mark.parametrize("medium", [0, 1])
def test_any_bit_that_flips_between_two_intakes_is_repaired(medium: int) -> None:
    media = pair()
    urn = create(media, slots=60)
    for serial, bit in enumerate(flipped_bits(slots=3)):
        urn.take_in(serial, bytes([serial]) * 50)
        media[medium].flip(PATH, bit)
    urn.check()
    assert urn.count == len(flipped_bits(slots=3))
    assert sum(repair.medium == media[medium].name for repair in urn.take_repairs()) == urn.count
    assert len(urn.cast_votes()) == urn.count
    at_rest(media)


def test_a_bit_that_flips_on_both_media_is_refused_unless_the_slot_is_free() -> None:
    for bit in flipped_bits(slots=3):
        media = pair()
        urn = create(media)
        urn.take_in(SERIAL, VOTE)
        taken = positions(media[0], 3).index(VOTE)
        for medium in media:
            medium.flip(PATH, bit)
        slot = bit // 8 // BLOCK_SIZE - LEDGER_BLOCKS
        if slot < 0:
            reason = Reason.URN_DAMAGED
        elif slot == taken:
            reason = Reason.URN_MISMATCH
        else:
            assert reopen(media).cast_votes() == [VOTE]
            urn.check()
            continue
        for use in (lambda: reopen(media), urn.check, urn.cast_votes):  # noqa: B023 - used at once
            with refused(reason):
                use()
        with refused(reason):
            urn.take_in(SERIAL + 1, b"another vote")


def test_media_that_are_alike_are_decrypted_once_and_others_each() -> None:
    """An urn with 3,000 votes must be open again within a moment."""
    media = pair()
    urn = create(media)
    urn.take_in(SERIAL, VOTE)
    seen: list[bytes] = []

    def noted(vote: bytes) -> bytes:
        seen.append(vote)
        return vote

    def again() -> int:
        seen.clear()
        opened = Urn.open(media, KEY, 3, DESKS, random_bytes=seeded("again"), ballot_of=noted)
        assert opened.count == 1
        return len(seen)

    assert again() == 1
    free = positions(media[0], 3).index(None)
    media[1].flip(PATH, 8 * (LEDGER_BLOCKS + free) * BLOCK_SIZE)
    assert again() == 2
    assert media[0].files == media[1].files, "mended"


def test_a_destroyed_vote_never_looks_like_a_free_slot() -> None:
    media = pair()
    urn = create(media, slots=2)
    urn.take_in(SERIAL, VOTE)
    slot = positions(media[0], 2).index(VOTE)
    for medium in media:
        image = bytearray(medium.files[PATH])
        start = (LEDGER_BLOCKS + slot) * BLOCK_SIZE
        image[start : start + BLOCK_SIZE] = seeded("noise")(BLOCK_SIZE)
        medium.files[PATH] = bytes(image)
    with pytest.raises(Refused) as caught:
        reopen(media, slots=2)
    assert caught.value.reason is Reason.URN_MISMATCH
    assert caught.value.facts == {"expected": 1, "found": 0}


def test_a_vote_that_was_slipped_in_beside_the_ledger_is_refused() -> None:
    media = pair()
    create(media)
    forged = BlockCipher(KEY, seeded(9)).seal_slot(1, b"nobody cast this")
    for medium in media:
        medium.write_at(PATH, (LEDGER_BLOCKS + 1) * BLOCK_SIZE, forged)
    with refused(Reason.URN_MISMATCH):
        reopen(media)


def test_a_vote_on_one_medium_that_no_ledger_counts_is_refused() -> None:
    media = pair()
    create(media)
    forged = BlockCipher(KEY, seeded(9)).seal_slot(1, b"nobody cast this")
    media[1].write_at(PATH, (LEDGER_BLOCKS + 1) * BLOCK_SIZE, forged)
    with refused(Reason.URN_MISMATCH):
        reopen(media)


def test_two_media_that_hold_different_votes_in_a_slot_are_refused() -> None:
    media = pair()
    urn = create(media, slots=1)
    urn.take_in(SERIAL, VOTE)
    forged = BlockCipher(KEY, seeded(9)).seal_slot(0, b"another vote")
    media[1].write_at(PATH, LEDGER_BLOCKS * BLOCK_SIZE, forged)
    with refused(Reason.MEDIA_DISAGREE):
        reopen(media, slots=1)


def in_flight(media: Media) -> int:
    """Stop an intake when its slot is whole on both media; return the slot."""
    urn = create(media)
    media[0].power.fail_at(5, Cut.NOTHING)
    with pytest.raises(PowerCut):
        urn.take_in(SERIAL, VOTE)
    media[0].power.restore()
    return positions(media[0], 3).index(VOTE)


@pytest.mark.parametrize("medium", [0, 1])
def test_a_vote_in_flight_that_one_medium_has_whole_is_in(medium: int) -> None:
    media = pair()
    slot = in_flight(media)
    media[medium].flip(PATH, (LEDGER_BLOCKS + slot) * BLOCK_SIZE * 8 + 999)
    urn = reopen(media)
    assert urn.in_flight_at_start is InFlight.COMPLETED
    assert urn.cast_votes() == [VOTE]
    assert urn.take_repairs() == ()
    at_rest(media)


def test_another_vote_in_the_slot_of_the_one_in_flight_is_refused() -> None:
    media = pair()
    slot = in_flight(media)
    forged = BlockCipher(KEY, seeded(9)).seal_slot(slot, b"nobody cast this")
    for medium in media:
        medium.write_at(PATH, (LEDGER_BLOCKS + slot) * BLOCK_SIZE, forged)
    with refused(Reason.URN_DAMAGED):
        reopen(media)


def test_two_media_that_went_on_apart_are_refused() -> None:
    media = pair()
    urn = create(media)
    for number, medium in enumerate(media):
        urn = Urn.open(
            (medium,), KEY, 3, DESKS, random_bytes=seeded(f"apart {number}"), ballot_of=whole
        )
        urn.take_in(number, VOTE + bytes([number]))
    with refused(Reason.MEDIA_DISAGREE):
        reopen(media)


def test_one_ballot_in_two_slots_is_refused() -> None:
    media = pair()
    urn = create(media, slots=2)
    urn.take_in(1, b"A" + VOTE)
    urn.take_in(2, b"B other")
    slot = positions(media[0], 2).index(b"B other")
    forged = BlockCipher(KEY, seeded(9)).seal_slot(slot, b"C" + VOTE)
    for medium in media:
        medium.write_at(PATH, (LEDGER_BLOCKS + slot) * BLOCK_SIZE, forged)
    with refused(Reason.URN_MISMATCH):
        reopen(media, slots=2)


def test_blocks_do_not_verify_in_another_place() -> None:
    media = pair()
    urn = create(media, slots=2)
    urn.take_in(SERIAL, VOTE)
    for medium in media:
        image = medium.files[PATH]
        first, second = image[2 * BLOCK_SIZE : 3 * BLOCK_SIZE], image[3 * BLOCK_SIZE :]
        medium.write_at(PATH, 2 * BLOCK_SIZE, second + first)
    with refused(Reason.URN_MISMATCH):
        reopen(media, slots=2)


def test_a_ledger_destroyed_everywhere_is_not_taken_for_a_wrong_key() -> None:
    media = pair()
    create(media).take_in(SERIAL, VOTE)
    for medium in media:
        medium.write_at(PATH, 0, bytes(2 * BLOCK_SIZE))
    with refused(Reason.URN_DAMAGED):
        reopen(media)


@pytest.mark.parametrize("medium", [0, 1])
@pytest.mark.parametrize("size", [0, 100, BLOCK_SIZE, 4 * BLOCK_SIZE + 1, 6 * BLOCK_SIZE])
def test_a_file_that_was_cut_off_or_has_grown_is_restored(medium: int, size: int) -> None:
    media = pair()
    create(media).take_in(SERIAL, VOTE)
    media[medium].files[PATH] = media[medium].files[PATH][:size].ljust(size, b"x")
    urn = reopen(media)
    assert urn.cast_votes() == [VOTE]
    assert len(media[medium].files[PATH]) == 5 * BLOCK_SIZE
    at_rest(media)


@pytest.mark.parametrize("medium", [0, 1])
def test_a_file_that_was_cut_off_during_the_day_is_restored(medium: int) -> None:
    media = pair()
    urn = create(media)
    urn.take_in(1, b"first")
    media[medium].files[PATH] = media[medium].files[PATH][: 3 * BLOCK_SIZE]
    urn.take_in(SERIAL, VOTE)
    assert urn.count == 2
    assert urn.take_repairs() != ()
    at_rest(media)


# Other media than yesterday's.


@pytest.mark.parametrize("medium", [0, 1])
def test_a_medium_that_comes_back_older_is_brought_up_to_date(medium: int) -> None:
    media = pair()
    urn = create(media, slots=40)
    urn.take_in(0, b"first")
    old = media[medium].files[PATH]
    for serial in range(1, 30):
        urn.take_in(serial, bytes([serial]) * 99)
    media[medium].files[PATH] = old
    urn = reopen(media, slots=40)
    assert urn.count == 30
    assert len(urn.cast_votes()) == 30
    assert urn.take_repairs() == (Repair(media[medium].name, 0, 29),)
    at_rest(media)


def test_a_medium_is_never_half_brought_up_to_date() -> None:
    """The board that was doing so dies for good; what it left must open on a spare."""
    for write, cut in itertools.product(range(1, 9), CUTS):
        power = Power()
        media = pair(power)
        urn = create(media, slots=9)
        urn.take_in(0, b"first")
        old = media[1].files[PATH]
        for serial in range(1, 4):
            urn.take_in(serial, bytes([serial]) * 99)
        media[1].files[PATH] = old
        power.fail_at(write, cut)
        try:
            reopen(media, slots=9)
        except PowerCut:
            power.restore()
        urn = Urn.move(media[1], pair(), KEY, 9, DESKS, random_bytes=seeded(5), ballot_of=whole)
        assert urn.count in {1, 4}


def test_a_torn_slot_is_not_copied_to_the_spare() -> None:
    power = Power()
    media = pair(power)
    urn = create(media, slots=1)
    power.fail_at(3, Cut.A_PART)
    with pytest.raises(PowerCut):
        urn.take_in(SERIAL, VOTE)
    power.restore()
    spare = pair()
    Urn.move(media[0], spare, KEY, 1, DESKS, random_bytes=seeded(5), ballot_of=whole)
    torn, after = (medium.files[PATH][2 * BLOCK_SIZE :] for medium in (media[0], spare[0]))
    assert torn[: BLOCK_SIZE // 2] != after[: BLOCK_SIZE // 2]


def test_a_blank_medium_gets_a_copy() -> None:
    for blank in (0, 1):
        media = pair()
        create(media).take_in(SERIAL, VOTE)
        media[blank].files.clear()
        urn = reopen(media)
        assert urn.cast_votes() == [VOTE]
        assert urn.take_repairs() == (Repair(media[blank].name, 2, 3),)
        at_rest(media)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("write", range(1, WRITES_OF_AN_INTAKE + 1))
@pytest.mark.parametrize("survivor", [0, 1])
def test_a_spare_goes_on_from_the_medium_of_a_board_that_died(
    survivor: int, write: int, cut: Cut
) -> None:
    power = Power()
    media = pair(power)
    urn = create(media)
    urn.take_in(1, b"an earlier vote")
    power.fail_at(write, cut)
    with pytest.raises(PowerCut):
        urn.take_in(SERIAL, VOTE)
    power.restore()

    source, spare = media[survivor], pair()
    before = dict(source.files)
    urn = Urn.move(source, spare, KEY, 3, DESKS, random_bytes=seeded(5), ballot_of=whole)
    assert source.files == before
    at_rest(spare)
    assert urn.cast_votes() == reopen(spare).cast_votes()
    expected = Intake.ALREADY_COUNTED if urn.is_spent(SERIAL) else Intake.STORED
    assert urn.take_in(SERIAL, VOTE) is expected
    assert set(urn.cast_votes()) == {b"an earlier vote", VOTE}
    with refused(Reason.URN_EXISTS):
        Urn.move(source, spare, KEY, 3, DESKS, random_bytes=seeded(5), ballot_of=whole)


def test_the_dead_boards_own_storage_cannot_bring_its_vote_in_a_second_time() -> None:
    """It had a vote in flight that the spare, from the other medium, knew nothing of."""
    power = Power()
    media = pair(power)
    urn = create(media)
    power.fail_at(3, Cut.ALL)  # the slot is whole on own storage only
    with pytest.raises(PowerCut):
        urn.take_in(SERIAL, VOTE)
    power.restore()
    dead, removable = media
    spare = RecordingMedium("spare", power)
    urn = reopen((spare, removable))
    assert urn.in_flight_at_start is InFlight.CANCELLED
    urn.take_in(SERIAL, VOTE)
    urn.take_in(1, b"another")
    urn = reopen((dead, removable))
    assert urn.count == 2
    assert sorted(urn.cast_votes()) == sorted([VOTE, b"another"])
    at_rest((dead, removable))


def test_a_move_without_an_urn_is_refused() -> None:
    with refused(Reason.URN_MISSING):
        Urn.move(
            RecordingMedium("dead"), pair(), KEY, 3, DESKS, random_bytes=seeded(0), ballot_of=whole
        )


def test_an_urn_may_lie_on_one_medium() -> None:
    (medium,) = pair()[:1]
    urn = create((medium,))
    urn.take_in(SERIAL, VOTE)
    assert reopen((medium,)).cast_votes() == [VOTE]
    medium.flip(PATH, 8 * BLOCK_SIZE * 1 + 3)
    assert reopen((medium,)).cast_votes() == [VOTE], "one whole ledger block is enough here"


# The blocks.


def test_what_does_not_fit_into_a_block_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        BlockCipher(KEY, seeded(0)).seal_slot(0, bytes(MAX_CONTENT_SIZE + 1))
    layout = Layout(1, DESKS)
    with pytest.raises(ValueError, match="in flight"):
        Ledger.empty(layout, 0).with_flight_landed(layout)


def test_a_ledger_of_another_form_is_refused() -> None:
    for item in ({0: 1}, [1], {0: 1, 1: b"", 2: 0, 3: [], 4: "in flight"}):
        with pytest.raises(CborError):
            Ledger.from_bytes(encode(item))


# What the file tells.


class Drawn:
    """Random bytes whose draws of slots (4 bytes each) are given."""

    def __init__(self, draws: Sequence[int], seed: int) -> None:
        self.draws, self.rest = iter(draws), random.Random(seed)

    def __call__(self, size: int) -> bytes:
        return next(self.draws).to_bytes(4, "big") if size == 4 else self.rest.randbytes(size)


def test_the_same_votes_in_another_order_leave_the_same_files() -> None:
    """Over all draws, each order of three votes gives each arrangement equally often."""
    votes = {0: b"vote of a", 1: b"vote of b", 2: b"vote of c"}
    outcomes = []
    for order in itertools.permutations(votes):
        files: Counter[tuple[object, ...]] = Counter()
        for draws in itertools.product(range(3), range(2), range(1)):
            media = pair()
            urn = Urn.create(
                media, KEY, 3, DESKS, random_bytes=Drawn(draws, seed=1), ballot_of=whole
            )
            for serial in order:
                urn.take_in(serial, votes[serial])
            contents = [ledger.to_bytes() for ledger in ledgers(media[0]) if ledger]
            files[positions(media[0], 3), *contents] += 1
            at_rest(media)
        assert len(files) == 6
        outcomes.append(files)
    assert all(files == outcomes[0] for files in outcomes)


def test_draws_above_the_last_whole_multiple_are_drawn_again() -> None:
    media = pair()
    random_bytes = Drawn([2**32 - 1, 2], seed=1)
    urn = Urn.create(media, KEY, 3, DESKS, random_bytes=random_bytes, ballot_of=whole)
    urn.take_in(SERIAL, VOTE)
    assert positions(media[0], 3) == (None, None, VOTE)


def test_no_vote_no_serial_and_no_count_can_be_read_off_the_file() -> None:
    media = pair()
    urn = create(media, slots=20)
    empty = media[0].files[PATH]
    for serial in range(10):
        urn.take_in(serial, bytes(800) + bytes([serial]))
    full = media[0].files[PATH]
    assert len(full) == len(empty)
    for image in (empty, full):
        for block in range(22):
            counts = Counter(image[block * BLOCK_SIZE : (block + 1) * BLOCK_SIZE])
            assert len(counts) == 256, "a block of this size has every byte somewhere"
            assert max(counts.values()) < 48, "and none stands out"
    assert all(name == PATH for name in media[0].files)


def test_a_cancelled_vote_leaves_no_trace_in_its_slot() -> None:
    power = Power()
    media = pair(power)
    urn = create(media)
    power.fail_at(3, Cut.A_PART)
    before = media[0].files[PATH]
    with pytest.raises(PowerCut):
        urn.take_in(SERIAL, VOTE)
    torn = media[0].files[PATH]
    power.restore()
    assert reopen(media).in_flight_at_start is InFlight.CANCELLED
    after = media[0].files[PATH]
    (slot,) = (
        block
        for block in range(2, 5)
        if torn[block * BLOCK_SIZE :][:BLOCK_SIZE] != before[block * BLOCK_SIZE :][:BLOCK_SIZE]
    )
    half = slot * BLOCK_SIZE, slot * BLOCK_SIZE + BLOCK_SIZE // 2
    assert after[slice(*half)] != torn[slice(*half)]
    at_rest(media)


def test_memory_keeps_hashes_and_no_votes() -> None:
    urn = create(pair())
    urn.take_in(SERIAL, VOTE)
    kept = repr(vars(urn))
    assert repr(VOTE)[2:-1] not in kept
    assert repr(hashlib.sha256(VOTE).digest())[2:-1] not in kept

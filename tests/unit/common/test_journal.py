"""The journal: chained, signed, on two media, whole again after every cut."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import cbor2
import pycddl
import pytest
from nacl.signing import SigningKey

from common import cbor, cose
from common.catalogue import EventType, FactError
from common.errors import Reason, Refused, Thing
from common.journal import (
    EXTERNAL,
    NO_ENTRY,
    PATH,
    Entry,
    Journal,
    JournalUnfinished,
    verify_journal,
)
from common.media import FaultKind, FolderMedium, MediumFault, TwoMedia
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium

KEY = SigningKey(b"j" * 32)
PUBLIC = bytes(KEY.verify_key)


class Ticks:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self, now_ms: int = 1_800_000_000_000) -> None:
        self.now = now_ms

    def now_ms(self) -> int:
        self.now += 1000
        return self.now

    def monotonic_s(self) -> float:
        return self.now / 1000

    def wait_s(self, timeout_s: float) -> float:
        return timeout_s


def pair(power: Power | None = None) -> tuple[RecordingMedium, RecordingMedium]:
    power = power or Power()
    return RecordingMedium("own", power), RecordingMedium("removable", power)


def opened(media: tuple[RecordingMedium, RecordingMedium]) -> Journal:
    return Journal.open(TwoMedia(*media), KEY, Ticks())


def written(*, media: tuple[RecordingMedium, RecordingMedium], entries: int = 4) -> Journal:
    journal = opened(media)
    for starts in range(1, entries + 1):
        journal.append(EventType.STARTED, starts=starts)
    return journal


def events(media: tuple[RecordingMedium, RecordingMedium]) -> list[EventType]:
    return [entry.event for entry in verify_journal(media[0].files.get(PATH, b""), PUBLIC)]


def refused(reason: Reason) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, check=lambda refusal: refusal.reason is reason)


# Writing and reading.


def test_an_empty_journal_writes_nothing() -> None:
    media = pair()
    journal = opened(media)
    assert (journal.length, journal.head, journal.entries()) == (0, NO_ENTRY, [])
    assert all(medium.files == {} for medium in media)


def test_entries_are_chained_signed_and_on_both_media_on_return() -> None:
    media = pair()
    journal = opened(media)
    first = journal.append(EventType.STARTED, starts=1)
    second = journal.append(EventType.CARD_REFUSED, reason=Reason.CARD_VOTED)
    assert media[0].files[PATH] == media[1].files[PATH]
    assert [write.medium for write in (*media[0].history, *media[1].history)] == (
        ["own"] * 2 + ["removable"] * 2
    )
    assert first.previous == NO_ENTRY
    assert second.previous == first.hash
    assert (journal.head, journal.length) == (second.hash, 2)
    assert journal.entries() == [first, second]
    assert second.facts == {"reason": Reason.CARD_VOTED}
    assert first.time_ms < second.time_ms


def test_the_bytes_are_those_of_the_documentation() -> None:
    """Read without our own decoder: a sequence of byte strings, each a COSE_Sign1."""
    media = pair()
    journal = written(media=media, entries=1)
    journal.append(EventType.MEDIUM_MISSING, thing=Thing.REMOVABLE)
    content = media[0].files[PATH]
    first = cbor2.loads(content)
    assert content.startswith(cbor2.dumps(first))
    second = cbor2.loads(content[len(cbor2.dumps(first)) :])
    said: dict[int, object] = {}
    for number, signed in enumerate((first, second)):
        tagged = cbor2.loads(signed)
        assert tagged.tag == 18
        protected, unprotected, payload, signature = tagged.value
        assert unprotected == {}
        to_be_signed = cbor2.dumps(["Signature1", protected, EXTERNAL.encode(), payload])
        KEY.verify_key.verify(to_be_signed, signature)
        said = cbor2.loads(payload)
        assert sorted(said) == [0, 1, 2, 3, 4]
        assert said[0] == number
    assert said[2] == 300
    assert said[3] == {3: "removable-medium"}
    assert said[4] == hashlib.sha256(first).digest()


def test_entries_are_as_the_cddl_has_them() -> None:
    cddl = (Path(__file__).parents[3] / "docs/records.cddl").read_text(encoding="utf-8")
    schema = pycddl.Schema(f"start = JournalEntry\n{cddl}")
    media = pair()
    journal = opened(media)
    journal.append(EventType.OPENED, start_order=bytes(32))
    journal.append(EventType.CLOCK_OFFSET, offset_s=-5)
    journal.append(EventType.BOARD_IN, board="desk-1", statement=bytes(32), head=bytes(32))
    for signed in cbor.split_sequence(media[0].files[PATH])[0]:
        schema.validate_cbor(cose.verify1(signed, EXTERNAL, PUBLIC))


def test_a_journal_goes_on_where_it_was() -> None:
    media = pair()
    head = written(media=media).head
    again = opened(media)
    assert (again.head, again.length) == (head, 4)
    assert again.append(EventType.STOPPED).number == 4
    assert events(media)[-1] is EventType.STOPPED


def test_facts_that_an_event_does_not_have_are_refused_and_nothing_is_written() -> None:
    media = pair()
    journal = written(media=media)
    before = media[0].files[PATH]
    for facts in ({}, {"starts": -1}, {"starts": "1"}, {"starts": 1, "voter": 5}, {"serial": 5}):
        with pytest.raises(FactError):
            journal.append(EventType.STARTED, **facts)
    assert media[0].files[PATH] == before
    journal.append(EventType.STOPPED)


def test_a_clock_that_goes_back_does_not_stop_the_journal() -> None:
    media = pair()
    written(media=media)
    Journal.open(TwoMedia(*media), KEY, Ticks(1000)).append(EventType.STOPPED)
    assert events(media)[-1] is EventType.STOPPED


def test_it_works_in_real_folders(tmp_path: Path) -> None:
    media = TwoMedia(
        FolderMedium.make(tmp_path / "state", "own"),
        FolderMedium.make(tmp_path / "usb", "removable").folder("desk-1"),
    )
    head = Journal.open(media, KEY, Ticks()).append(EventType.STARTED, starts=1).hash
    assert Journal.open(media, KEY, Ticks()).head == head
    assert (tmp_path / "usb/desk-1" / PATH).read_bytes() == (tmp_path / "state" / PATH).read_bytes()


# Verifying.


def test_every_bit_counts() -> None:
    media = pair()
    journal = written(media=media, entries=3)
    whole = media[0].files[PATH]
    entries = verify_journal(whole, PUBLIC)
    assert entries == journal.entries()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        with refused(Reason.JOURNAL_BROKEN):
            verify_journal(bytes(changed), PUBLIC)


def test_entries_cannot_be_left_out_repeated_or_moved() -> None:
    media = pair()
    written(media=media)
    items = cbor.split_sequence(media[0].files[PATH])[0]
    for order in itertools.chain(
        itertools.permutations(range(4)), itertools.product(range(4), repeat=3)
    ):
        content = b"".join(cbor.wrap(items[number]) for number in order)
        if list(order) == list(range(len(order))):
            assert len(verify_journal(content, PUBLIC)) == len(order)
            continue
        with refused(Reason.JOURNAL_BROKEN):
            verify_journal(content, PUBLIC)


def test_the_number_of_the_first_wrong_entry_is_told() -> None:
    media = pair()
    written(media=media)
    content = bytearray(media[0].files[PATH])
    content[2 * len(content) // 4 + 60] ^= 1
    with pytest.raises(Refused) as caught:
        verify_journal(bytes(content), PUBLIC)
    assert caught.value.facts == {"number": 2}
    with pytest.raises(Refused) as caught:
        verify_journal(media[0].files[PATH][:-1], PUBLIC)
    assert caught.value.facts == {"number": 3}


def test_the_journal_of_another_board_is_refused() -> None:
    media = pair()
    written(media=media)
    with refused(Reason.JOURNAL_BROKEN):
        verify_journal(media[0].files[PATH], bytes(SigningKey(b"o" * 32).verify_key))


def entry(number: int, previous: bytes, **changes: object) -> bytes:
    payload: dict[int, object] = {0: number, 1: 1_800_000_000_000, 2: 104, 3: {}, 4: previous}
    payload |= {int(key[1:]): value for key, value in changes.items()}
    return cose.sign1(cbor.encode(payload), KEY, EXTERNAL)


@pytest.mark.parametrize(
    "changes",
    [
        {"_0": 1},
        {"_0": True},
        {"_1": -1},
        {"_1": 2**60},
        {"_1": "now"},
        {"_2": 199},
        {"_2": 102},  # STARTED without its fact
        {"_3": {1: "desk-1"}},
        {"_3": []},
        {"_3": {99: 1}},
        {"_2": 102, "_3": {6: -1}},
        {"_2": 102, "_3": {6: True}},
        {"_2": 102, "_3": {6: "1"}},
        {"_2": 400, "_3": {2: 99_999}},
        {"_2": 300, "_3": {3: "no-such-thing"}},
        {"_4": b"short"},
        {"_4": bytes(31) + b"x"},
        {"_5": 1},
    ],
)
def test_entries_that_are_signed_but_not_in_the_catalogues_form_are_refused(
    changes: dict[str, object],
) -> None:
    assert len(verify_journal(cbor.wrap(entry(0, NO_ENTRY)), PUBLIC)) == 1
    with refused(Reason.JOURNAL_BROKEN):
        verify_journal(cbor.wrap(entry(0, NO_ENTRY, **changes)), PUBLIC)


def test_an_entry_signed_as_another_record_is_refused() -> None:
    payload = cbor.encode({0: 0, 1: 0, 2: 104, 3: {}, 4: NO_ENTRY})
    signed = cose.sign1(payload, KEY, "sailau/Statement/1")
    with refused(Reason.JOURNAL_BROKEN):
        verify_journal(cbor.wrap(signed), PUBLIC)


# Recovering.


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize("write", [1, 2])
def test_after_a_cut_at_any_write_the_entry_is_wholly_in_or_not_there(write: int, cut: Cut) -> None:
    power = Power()
    media = pair(power)
    journal = written(media=media)
    power.fail_at(write, cut)
    with pytest.raises(PowerCut):
        journal.append(EventType.STOPPED)
    power.restore()
    journal = opened(media)
    assert media[0].files[PATH] == media[1].files[PATH]
    seen = events(media)
    assert seen[:4] == [EventType.STARTED] * 4
    assert (EventType.STOPPED in seen) == (write == 2 or cut is Cut.ALL)
    assert (EventType.JOURNAL_TORN in seen) == (cut is Cut.A_PART or (write, cut) == (1, Cut.GROWN))
    assert (EventType.JOURNAL_REPAIRED in seen) == ((write, cut) == (2, Cut.GROWN))
    assert (EventType.JOURNAL_CAUGHT_UP in seen) == (
        EventType.STOPPED in seen and (write, cut) not in {(2, Cut.ALL), (2, Cut.GROWN)}
    )
    assert journal.length == len(seen)


@pytest.mark.parametrize("entries", [1, 4])
def test_an_entry_that_grew_the_file_before_it_was_written_is_dropped(entries: int) -> None:
    media = pair()
    written(media=media, entries=entries).append(EventType.STOPPED)
    whole = media[0].files[PATH]
    *_, last = cbor.split_sequence(whole)[0]
    size = len(cbor.wrap(last))
    for there in range(size):
        for grown in {there, size - 1, size} - set(range(there)) - {0}:
            media = pair()
            before = whole[:-size]
            media[0].files[PATH] = before + whole[-size:][:there] + bytes(grown - there)
            media[1].files[PATH] = before
            (torn,) = opened(media).entries()[entries:]
            assert torn.event is EventType.JOURNAL_TORN
            assert torn.facts == {"thing": Thing.OWN_STORAGE, "lost_bytes": grown}
            assert media[0].files == media[1].files


def test_two_entries_that_only_own_storage_has_are_not_what_a_cut_leaves() -> None:
    media = pair()
    written(media=media)
    items = cbor.split_sequence(media[0].files[PATH])[0]
    media[1].files[PATH] = b"".join(cbor.wrap(item) for item in items[:2])
    media[0].flip(PATH, 8 * len(media[1].files[PATH]) + 400)
    with refused(Reason.JOURNAL_BROKEN):
        opened(media)


def test_damage_where_the_other_medium_is_empty_is_not_what_a_cut_leaves() -> None:
    media = pair()
    written(media=media, entries=1)
    media[1].files.clear()
    media[0].flip(PATH, 400)
    with refused(Reason.JOURNAL_BROKEN):
        opened(media)


def forged(items: list[bytes], key: SigningKey, *, last: SigningKey) -> bytes:
    """Return a journal in which the second entry says something else, chained anew."""
    content, previous = b"", NO_ENTRY
    for number, signed in enumerate(items):
        payload = cbor.decode(cose.payload_of(signed), max_size=2048)
        assert isinstance(payload, dict)
        payload |= {4: previous} | ({3: {6: 77}} if number == 1 else {})
        by = last if number == len(items) - 1 else key
        new = cose.sign1(cbor.encode(payload), by, EXTERNAL)
        content, previous = content + cbor.wrap(new), hashlib.sha256(new).digest()
    return content


def test_a_journal_that_somebody_else_chained_anew_is_refused() -> None:
    media = pair()
    written(media=media)
    items = cbor.split_sequence(media[0].files[PATH])[0]
    other = SigningKey(b"o" * 32)
    for medium in media:
        medium.files[PATH] = forged(items, other, last=other)
    with refused(Reason.JOURNAL_BROKEN):
        opened(media)
    for medium in media:  # with the last entry that the board did sign, the chain is torn
        medium.files[PATH] = forged(items, other, last=other)[: -len(cbor.wrap(items[-1]))]
        medium.files[PATH] += cbor.wrap(items[-1])
    with refused(Reason.JOURNAL_BROKEN):
        opened(media)


def test_a_start_does_not_check_a_signature_for_each_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A day's journal has thousands, and voters wait for the board."""
    media = pair()
    written(media=media, entries=50)
    checked: list[bytes] = []
    verify1 = cose.verify1

    def counted(untrusted: bytes, external: str, public_key: bytes) -> bytes:
        checked.append(untrusted)
        return verify1(untrusted, external, public_key)

    monkeypatch.setattr(cose, "verify1", counted)
    assert len(opened(media).entries()) == 50
    assert len(checked) == 1
    assert len(verify_journal(media[0].files[PATH], PUBLIC)) == 50
    assert len(checked) == 51, "another board's journal is checked entry by entry"


def test_entries_are_read_again_after_one_was_added() -> None:
    media = pair()
    written(media=media, entries=2)
    journal = opened(media)
    assert len(journal.entries()) == 2
    journal.append(EventType.STOPPED)
    assert [entry.event for entry in journal.entries()] == [
        *[EventType.STARTED] * 2,
        EventType.STOPPED,
    ]


def test_what_was_repaired_is_journalled_with_its_figures() -> None:
    media = pair()
    written(media=media)
    torn = media[1].files[PATH]
    items = cbor.split_sequence(torn)[0]
    media[1].files[PATH] = torn[: -len(items[-1]) + 10]
    lost = len(cbor.wrap(items[-1])) - (len(items[-1]) - 10)
    facts = [(e.event, dict(e.facts)) for e in opened(media).entries()[4:]]
    assert facts == [
        (EventType.JOURNAL_TORN, {"thing": Thing.REMOVABLE, "lost_bytes": lost}),
        (EventType.JOURNAL_CAUGHT_UP, {"thing": Thing.REMOVABLE, "entries": 1}),
    ]


@pytest.mark.parametrize("older", [0, 1])
@pytest.mark.parametrize("kept", [0, 1, 3])
def test_the_shorter_is_caught_up_from_the_longer(older: int, kept: int) -> None:
    media = pair()
    written(media=media)
    items = cbor.split_sequence(media[0].files[PATH])[0][:kept]
    media[older].files[PATH] = b"".join(cbor.wrap(item) for item in items)
    thing = (Thing.OWN_STORAGE, Thing.REMOVABLE)[older]
    assert opened(media).mended == ((thing,) if kept < 3 else ()), "one entry is left by any stop"
    assert media[0].files == media[1].files
    assert events(media) == [EventType.STARTED] * 4 + [EventType.JOURNAL_CAUGHT_UP]


def test_a_blank_medium_gets_the_whole_journal() -> None:
    media = pair()
    written(media=media)
    media[1].files.clear()
    (*_, last) = opened(media).entries()
    assert (last.event, last.facts) == (
        EventType.JOURNAL_CAUGHT_UP,
        {"thing": Thing.REMOVABLE, "entries": 4},
    )
    assert media[0].files == media[1].files


@pytest.mark.parametrize("medium", [0, 1])
def test_any_bit_that_flips_on_one_medium_is_repaired(medium: int) -> None:
    size = len(written_content())
    for bit in range(0, 8 * size, 13):
        media = pair()
        written(media=media, entries=3)
        media[medium].flip(PATH, bit)
        opened(media)
        assert media[0].files == media[1].files
        assert events(media)[:3] == [EventType.STARTED] * 3
        repair = {EventType.JOURNAL_REPAIRED, EventType.JOURNAL_TORN, EventType.JOURNAL_CAUGHT_UP}
        assert set(events(media)[3:]) & repair


def written_content() -> bytes:
    media = pair()
    written(media=media, entries=3)
    return media[0].files[PATH]


def test_any_bit_that_flips_on_both_media_is_refused() -> None:
    size = len(written_content())
    for bit in range(0, 8 * size, 7):
        media = pair()
        written(media=media, entries=3)
        for medium in media:
            medium.flip(PATH, bit)
        with refused(Reason.JOURNAL_BROKEN):
            opened(media)


def test_a_torn_entry_on_both_media_is_refused() -> None:
    """A power cut tears one medium at a time; this is something else."""
    media = pair()
    written(media=media)
    for medium in media:
        medium.files[PATH] = medium.files[PATH][:-10]
    with refused(Reason.JOURNAL_BROKEN):
        opened(media)


def test_a_damaged_journal_is_not_restored_from_a_shorter_one() -> None:
    media = pair()
    written(media=media)
    items = cbor.split_sequence(media[0].files[PATH])[0][:2]
    media[1].files[PATH] = b"".join(cbor.wrap(item) for item in items)
    media[0].flip(PATH, 500)
    with refused(Reason.JOURNAL_BROKEN):
        opened(media)


def test_journals_that_contradict_each_other_are_refused() -> None:
    media, others = pair(), pair()
    written(media=media, entries=2)
    written(media=others, entries=1).append(EventType.STOPPED)
    media[1].files[PATH] = others[0].files[PATH]
    with refused(Reason.MEDIA_DISAGREE):
        opened(media)


@pytest.mark.parametrize("medium", [0, 1])
def test_a_medium_that_fails_leaves_the_journal_to_be_opened_again(medium: int) -> None:
    media = pair()
    journal = written(media=media)
    media[medium].fault = FaultKind.FULL
    with pytest.raises(MediumFault):
        journal.append(EventType.STOPPED)
    media[medium].fault = None
    with pytest.raises(JournalUnfinished):
        journal.append(EventType.STOPPED)
    journal = opened(media)
    journal.append(EventType.RESTARTED, starts=5)
    assert events(media)[-1] is EventType.RESTARTED
    assert media[0].files == media[1].files


def test_entries_are_values() -> None:
    media = pair()
    first = written(media=media, entries=1).entries()[0]
    assert isinstance(first, Entry)
    with pytest.raises(AttributeError):
        first.number = 5  # type: ignore[misc]  # that it is frozen is the point


# The journal of a spare that waits, on own storage alone.


def alone(own: RecordingMedium) -> Journal:
    return Journal.open_alone(own, KEY, Ticks())


def test_a_spare_writes_on_own_storage_and_brings_it_all_to_its_medium() -> None:
    own, removable = pair()
    journal = alone(own)
    assert (journal.entries(), journal.head, journal.length) == ([], NO_ENTRY, 0)
    journal.append(EventType.STARTED, starts=1)
    again = alone(own)
    assert again.head == journal.head
    again.append(EventType.STOPPED)
    assert [entry.event for entry in again.entries()] == [EventType.STARTED, EventType.STOPPED]
    assert not removable.files
    both = opened((own, removable))
    assert both.behind == (False, True)
    assert both.length == 3
    assert own.files == removable.files
    assert events((own, removable))[-1] is EventType.JOURNAL_CAUGHT_UP


@pytest.mark.parametrize("cut", list(Cut))
def test_a_power_cut_costs_a_waiting_spare_its_last_entry_at_most(cut: Cut) -> None:
    own, _ = media = pair()
    alone(own).append(EventType.STARTED, starts=1)
    own.power.fail_at(1, cut)
    with pytest.raises(PowerCut):
        alone(own).append(EventType.STOPPED)
    own.power.restore()
    alone(own).append(EventType.RESTARTED, starts=2)
    told = events(media)
    assert told[0] is EventType.STARTED
    assert told[-1] is EventType.RESTARTED
    assert set(told[1:-1]) <= {EventType.STOPPED, EventType.JOURNAL_TORN}
    opened(media)


def test_more_than_an_entry_that_is_wrong_stops_a_waiting_spare() -> None:
    own, _ = media = pair()
    written(media=media, entries=20)
    own.flip(PATH, 20 * 8)
    with refused(Reason.JOURNAL_BROKEN):
        alone(own)

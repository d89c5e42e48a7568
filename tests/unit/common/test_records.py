"""Every record: its CDDL, its round trip, and everything that is refused whole."""

import dataclasses
import inspect
import re
from pathlib import Path
from typing import Any

import pycddl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import cbor, records
from common.records import (
    AbsenceReason,
    Act,
    ActFact,
    Activation,
    ActKind,
    BoardSecrets,
    CastVote,
    ContestResult,
    Deposit,
    Discrepancy,
    EnrolmentAnswer,
    EnrolmentRequest,
    EvidenceFile,
    EvidenceManifest,
    Figure,
    HalfShares,
    JournalHead,
    Minutes,
    Mix,
    MixChecked,
    MixedGroup,
    OpenedVote,
    Opening,
    PaperFigures,
    PaperKind,
    Presentation,
    ProgramFile,
    ProgramManifest,
    Record,
    RecordError,
    RecordFault,
    Replacement,
    SerialSet,
    Spoiled,
    SpoiledOpening,
    StartOrder,
    StartPassword,
    Statement,
    StationKeyOffer,
    TakenOver,
    TallyHalf,
    Voter,
    VoterList,
)
from tests import samples

CDDL = (Path(__file__).parents[3] / "docs" / "records.cddl").read_text(encoding="utf-8")
H = b"h" * 32
SERIALS = SerialSet("desk-1", bytes(512))
MIXED = MixedGroup((1,), H * 2, H * 9)
START = StartPassword(H, b"s" * 16, 3, 2**28)

EXAMPLES: tuple[Record, ...] = (
    HalfShares(H, (H, H, H), b"t" * 124, (b"m" * 80, b"n" * 80)),
    samples.package(),
    *samples.package().contests,
    samples.package().contests[0].lines[0],
    samples.package().contests[0].lines[2],
    *samples.package().styles,
    *samples.package().boards,
    *samples.package().officials,
    *samples.package().share_cards,
    samples.PARAMETERS,
    samples.text("Қазақша", "По-русски"),
    START,
    ProgramManifest("1.0", (ProgramFile("common/cbor.py", H),)),
    ProgramFile("common/cbor.py", H),
    EnrolmentRequest("desk-1", records.BoardKind.DESK, H, H),
    EnrolmentAnswer("0421", "accumulator", START, (H,)),
    StationKeyOffer("accumulator", H, b"k" * 160, (b"k" * 160,)),
    BoardSecrets(H, "terminal-1", H, None, None, (17, 4, 9999)),
    BoardSecrets(H, "accumulator", H, H, H, ()),
    VoterList("0421", "TEST", 1, (Voter(1, "061211600012", "Ә", "Б", "", "2006-12-11", "", 1),)),
    Voter(1, "061211600012", "Әбден", "Қ", "Ж", "2006-12-11", "Абай к., 1", 1),
    StartOrder("0421", H, 1_792_368_000_000, (H,), "accumulator", H),
    Activation(H, 1, Presentation.LARGE, 77, H),
    CastVote(H, 1, b"s" * 60),
    Deposit(H, 77, H, H),
    Spoiled(H, 77, H, b"v" * 200),
    SpoiledOpening(H, H, H),
    SERIALS,
    Statement("desk-1", H, H, 5, H, 9, {Figure.ISSUED: 3}, SERIALS, SERIALS, ()),
    Statement("accumulator", H, H, 5, H, 9, {}, None, None, (SERIALS,)),
    Statement("desk-2", H, H, 5, H, 9, {}, SERIALS, SERIALS, (), (TakenOver(SERIALS, SERIALS),)),
    TakenOver(SERIALS, SERIALS),
    Act(ActKind.OPENING, "0421", H, "accumulator", 5, {ActFact.TALLY_KEY: H, ActFact.QUORUM: 2}),
    Act(ActKind.RELOAD, "0421", H, "desk-1", 5, {ActFact.REASON: "Тоқтап қалды"}),
    Act(
        ActKind.REPLACEMENT,
        "0421",
        H,
        "desk-2",
        5,
        {
            ActFact.BOARD: "desk-1",
            ActFact.SPARE: "desk-2",
            ActFact.JOURNAL_HEAD: H,
            ActFact.JOURNAL_LENGTH: 9,
        },
    ),
    Act(
        ActKind.SEALING,
        "0421",
        H,
        "accumulator",
        5,
        {
            ActFact.BOARD: "accumulator",
            ActFact.EVIDENCE: H,
            ActFact.JOURNAL_HEAD: H,
            ActFact.JOURNAL_LENGTH: 900,
            ActFact.SEALS: "KZ-0017 KZ-0018",
        },
    ),
    Act(
        ActKind.ABSENCE,
        "0421",
        H,
        "accumulator",
        5,
        {ActFact.OFFICIAL: 5, ActFact.ABSENCE: int(AbsenceReason.CARD), ActFact.MINUTES: H},
    ),
    Replacement("desk-1", "desk-2"),
    OpenedVote(1, ((0,), (1, 2), ()), 421),
    ContestResult(0, 10, 7, 2, 1, (3, 4, 2)),
    JournalHead("desk-1", H, 12),
    EvidenceFile("minutes.cose", 100, H),
    Minutes(
        "0421",
        "TEST",
        1,
        H,
        H,
        H,
        1,
        2,
        3,
        {Figure.COUNTED: 1},
        (ContestResult(0, 1, 1, 0, 0, (1, 0, 0)),),
        (2,),
        (JournalHead("desk-1", H, 12),),
        (),
        (Discrepancy.CODE_TWICE,),
        (EvidenceFile("minutes.cose", 100, H),),
        (Replacement("desk-1", "desk-2"),),
    ),
    EvidenceManifest("0421", H, H, (EvidenceFile("minutes.cose", 100, H),)),
    TallyHalf(H, "desk-1", (H, H), H * 3),
    MixedGroup((1, 2), H * 3 * 2, H * (4 * 2 + 5)),
    Mix(H, H, "accumulator", 1, None, (MIXED, MixedGroup((2, 7), H * 4, H * 13))),
    Mix(H, H, "desk-1", 2, H, (MIXED,)),
    MixChecked(H, H, "desk-1", H, b"2" * 32),
    Opening(H, H, "desk-1", H, b"2" * 32, H * 6, H * 3),
    PaperFigures(
        PaperKind.ZERO, "0421", H, "accumulator", 5, {Figure.DEPOSITED: 0}, None, None, None
    ),
    PaperFigures(
        PaperKind.PROTOCOL,
        "0421",
        H,
        "accumulator",
        5,
        {Figure.COUNTED: 1},
        ContestResult(0, 1, 1, 0, 0, (1, 0, 0)),
        JournalHead("accumulator", H, 12),
        H,
    ),
)


def _kinds() -> set[type[Record]]:
    return {
        kind
        for _, kind in inspect.getmembers(records, inspect.isclass)
        if issubclass(kind, Record) and kind is not Record
    }


def _schema(rule: str) -> pycddl.Schema:
    return pycddl.Schema(f"start = {rule}\n{CDDL}")


SCHEMAS = {kind.__name__: _schema(kind.__name__) for kind in _kinds()}


def _name(record: object) -> str:
    return type(record).__name__


def test_every_kind_has_an_example_and_a_rule() -> None:
    assert {type(record) for record in EXAMPLES} == _kinds()
    rules = set(re.findall(r"^([A-Z]\w+) =", CDDL, re.MULTILINE))
    assert {kind.__name__ for kind in _kinds()} <= rules


@pytest.mark.parametrize("record", EXAMPLES, ids=_name)
def test_what_is_written_fits_the_cddl_and_is_read(record: Record) -> None:
    encoded = record.to_bytes()
    SCHEMAS[_name(record)].validate_cbor(encoded)
    assert type(record).from_bytes(encoded) == record


@pytest.mark.parametrize("record", EXAMPLES, ids=_name)
def test_unknown_missing_and_foreign_values_are_refused(record: Record) -> None:
    item = record.to_item()
    kind = type(record)
    with pytest.raises(RecordError) as unknown:
        kind.from_bytes(cbor.encode({**item, 200: 1}))
    assert unknown.value.fault is RecordFault.WRONG_FORM
    with pytest.raises(pycddl.ValidationError):
        SCHEMAS[_name(record)].validate_cbor(cbor.encode({**item, 200: 1}))
    for key, value in item.items():
        without = {other: kept for other, kept in item.items() if other != key}
        fits = _fits(_name(record), without)
        if fits:  # a key that may be missing, or a rule about several fields
            continue
        with pytest.raises(RecordError):
            kind.from_bytes(cbor.encode(without))
        strangers: tuple[object, ...] = (b"\0", "x", -1, True, [], {}, 2**63)
        for foreign in strangers:
            if type(foreign) is type(value):
                continue
            changed = {**item, key: foreign}
            if not _fits(_name(record), changed):
                with pytest.raises(RecordError):
                    kind.from_bytes(cbor.encode(changed))


def _fits(rule: str, item: dict[int, Any]) -> bool:
    try:
        SCHEMAS[rule].validate_cbor(cbor.encode(item))
    except pycddl.ValidationError:
        return False
    return True


@pytest.mark.parametrize("record", EXAMPLES, ids=_name)
def test_every_bit_of_a_signed_record_counts(record: Record) -> None:
    signed = records.sign(record, samples.ROOT)
    _schema("Signed").validate_cbor(signed)
    assert records.open_record(type(record), signed, samples.ROOT_KEY) == record
    step = max(1, len(signed) * 8 // 400)
    for bit in range(0, len(signed) * 8, step):
        changed = bytearray(signed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RecordError):
            records.open_record(type(record), bytes(changed), samples.ROOT_KEY)


def test_no_record_passes_for_another() -> None:
    signed = records.sign(Deposit(H, 77, H, H), samples.ROOT)
    for kind in _kinds() - {Deposit}:
        with pytest.raises(RecordError) as refused:
            records.open_record(kind, signed, samples.ROOT_KEY)
        assert refused.value.fault is RecordFault.WRONG_SIGNATURE


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    for kind in (Statement, CastVote, StartOrder, Activation):
        with pytest.raises(RecordError):
            records.open_record(kind, noise, samples.ROOT_KEY)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
@given(st.data())
def test_a_changed_package_is_refused_or_reads_the_same(data: st.DataObject) -> None:
    encoded = samples.package().to_bytes()
    at = data.draw(st.integers(0, len(encoded) - 1))
    changed = bytearray(encoded)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        record = records.StationPackage.from_bytes(bytes(changed))
    except RecordError:
        return
    assert record.to_bytes() == bytes(changed)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quorum": 1}, "quorum"),
        ({"quorum": 4}, "quorum"),
        ({"closes_s": samples.OPENS_S}, "hours"),
        ({"styles": (records.BallotStyle(1, samples.text("a", "b"), (7,)),)}, "contest"),
        ({"boards": samples.BOARDS + samples.BOARDS[:1]}, "board"),
    ],
)
def test_a_package_that_contradicts_itself_is_refused(change: dict[str, Any], why: str) -> None:
    contradictory = dataclasses.replace(samples.package(), **change)
    with pytest.raises(RecordError, match=why):
        records.StationPackage.from_bytes(contradictory.to_bytes())


def test_what_does_not_fit_is_not_written_either() -> None:
    with pytest.raises(RecordError, match="sealed"):
        CastVote(H, 1, b"short").to_bytes()
    with pytest.raises(RecordError, match="serial"):
        Deposit(H, -1, H, H).to_bytes()


def test_the_signing_board_is_found() -> None:
    device = samples.device("terminal-2")
    signed = records.sign(CastVote(H, 1, b"s" * 60), device.signing)
    vote, board = records.open_by_board(CastVote, signed, samples.BOARDS)
    assert board.name == "terminal-2"
    assert vote.style == 1
    with pytest.raises(RecordError):
        records.open_by_board(CastVote, signed, samples.BOARDS[:2])
    with pytest.raises(RecordError):
        records.open_by_board(CastVote, b"", samples.BOARDS)


def test_closed_lists_stand_in_the_cddl() -> None:
    for closed in (Figure, ActFact):
        assert f"keys 1 to {max(closed)}: see {'the table ' * (closed is Figure)}" in CDDL
    assert f"0 => 1..{max(ActKind)},  " in CDDL
    assert f"[ *64 (1..{max(Discrepancy)}) ]" in CDDL


def test_the_sets_that_a_spare_brings_are_of_one_desk() -> None:
    other = SerialSet("desk-2", bytes(512))
    with pytest.raises(RecordError, match="two desks"):
        TakenOver.from_bytes(TakenOver(SERIALS, other).to_bytes())


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (TallyHalf(H, "desk-1", (H, H), H * 2), "one scalar for each key"),
        (MixedGroup((2, 1), H * 2, H * 9), "ascending"),
        (MixedGroup((1, 1), H * 2, H * 9), "ascending"),
        (MixedGroup((1,), H * 2, H * 10), "length for its list"),
        (MixedGroup((1,), H * 2, H * 9 + b"1"), "length for its list"),
        (MixedGroup((1,), H * 5, H * 13), "length for its list"),
        (MixedGroup((1,), H * 2, H * 13), "length for its list"),
        (Mix(H, H, "desk-1", 2, None, ()), "names the first"),
        (Mix(H, H, "desk-1", 1, H, ()), "names the first"),
        (Mix(H, H, "desk-1", 1, None, (MIXED, MIXED)), "smallest ballot style"),
        (
            Mix(
                H,
                H,
                "desk-1",
                1,
                None,
                (MixedGroup((1, 5), H * 2, H * 9), MixedGroup((2, 5), H * 2, H * 9)),
            ),
            "stands twice",
        ),
        (MixChecked(H, H, "desk-1", H, H), "one shuffle is not two"),
        (Opening(H, H, "desk-1", H, H, H * 3, H * 3), "as many for each ballot"),
        (Opening(H, H, "desk-1", H, H, H * 3, H * 3 + b"1"), "as many for each ballot"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_record_of_the_count_that_contradicts_itself_is_refused(record: Record, why: str) -> None:
    with pytest.raises(RecordError, match=why):
        type(record).from_bytes(record.to_bytes())


def test_the_records_of_the_biggest_station_fit() -> None:
    votes, w = records.MAX_URN_SLOTS, 9
    group = MixedGroup((1,), H * (votes * (w + 1)), H * (4 * votes + 5))
    mix = Mix(H, H, "accumulator", 1, None, (group,))
    opening = Opening(H, H, "accumulator", H, b"2" * 32, H * (votes * w), H * (w + 1))
    for record in (mix, opening):
        signed = records.sign(record, samples.ROOT)
        assert records.open_record(type(record), signed, samples.ROOT_KEY) == record
    assert len(repr((mix, group, opening))) < 5000


def test_votes_of_one_station_have_one_length() -> None:
    lengths = {len(records.sign(CastVote(H, style, bytes(60)), samples.ROOT)) for style in (1, 2)}
    assert len(lengths) == 1

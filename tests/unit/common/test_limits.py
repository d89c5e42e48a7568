"""The greatest that is allowed fits everywhere it goes, and one more is refused by its number."""

from __future__ import annotations

import dataclasses

import pytest

from cardio.station_records import MAX_VOTE_SIZE, SignedVote
from common import records, seal, urnfile
from common.ballot import Ballot
from common.records import (
    MAX_CONTESTS,
    MAX_DESKS,
    MAX_LINES,
    MAX_URN_SLOTS,
    SERIAL_BITMAP_SIZE,
    BallotStyle,
    BoardKind,
    CastVote,
    Contest,
    ContestKind,
    Deposit,
    HalfShares,
    RecordError,
    SerialSet,
    StartOrder,
    Statement,
    StationPackage,
    TallyHalf,
    Voter,
    VoterList,
)
from common.seal import scheme
from common.seal.group import times_base
from common.seal.randomness import CheckedSource
from common.urnfile import Flight, Layout, Ledger
from tests import samples

LISTED = 3000  # the legal maximum


def largest() -> StationPackage:
    """Return a package with as many contests and lines as there may be."""
    lines = tuple(samples.line(f"Ү{n}", f"К{n}") for n in range(MAX_LINES))
    contests = tuple(
        Contest(f"c{n}", ContestKind.CANDIDATES, samples.text("А", "А"), MAX_LINES, 1, lines)
        for n in range(MAX_CONTESTS)
    )
    styles = (BallotStyle(1, samples.text("А", "А"), tuple(range(MAX_CONTESTS))),)
    package = dataclasses.replace(samples.package(), contests=contests, styles=styles)
    return dataclasses.replace(package, sealed_size=seal.sealed_size(package))


def test_the_fullest_ballot_fits_its_record_the_card_and_the_urn() -> None:
    package = largest()
    full = Ballot(1, (tuple(range(MAX_LINES)),) * MAX_CONTESTS, 9999)
    keys = (times_base(1),) * scheme.elements(package)
    source = CheckedSource(samples.seeded("full"))
    board = samples.device("terminal-1").sign_key
    sealed = seal.Sealing(package, bytes(32), keys, board, source).seal(full).sealed
    terminal = samples.device("terminal-1").signing
    cast_vote = records.sign(CastVote(bytes(32), 255, sealed), terminal)
    deposit = records.sign(Deposit(bytes(32), 2**32, bytes(32), bytes(32)), terminal)
    assert len(cast_vote) <= urnfile.MAX_CONTENT_SIZE
    assert len(SignedVote(cast_vote, deposit).to_bytes()) <= MAX_VOTE_SIZE


def test_the_fullest_halves_fit_the_courier_card() -> None:
    package = largest()
    elements, desk, name = scheme.elements(package), samples.device("desk-1").signing, "b" * 32
    keys = (bytes(32),) * elements
    half = records.sign(TallyHalf(bytes(32), name, keys, bytes(32 * (elements + 1))), desk)
    order = StartOrder(package.station, bytes(32), 2**50, (half, half), name, bytes(32))
    assert len(records.sign(order, desk)) <= MAX_VOTE_SIZE
    told = HalfShares(bytes(32), (bytes(32),) * 17, bytes(256), (bytes(80),) * MAX_DESKS)
    for fullest in (half, records.sign(told, desk)):
        assert len(fullest) <= MAX_VOTE_SIZE


def test_package_and_urn_agree_on_what_fits() -> None:
    assert (urnfile.MAX_DESKS, urnfile.MAX_SLOTS) == (MAX_DESKS, MAX_URN_SLOTS)
    desks = tuple((f"desk-{n}", n * 4096, 4096) for n in range(MAX_DESKS))
    layout = Layout(MAX_URN_SLOTS, desks)
    full = (b"\xff" * SERIAL_BITMAP_SIZE,) * MAX_DESKS
    flight = Flight(2**32, MAX_URN_SLOTS, bytes(32))
    ledger = Ledger(2**53, layout.shape, MAX_URN_SLOTS, full, flight)
    assert len(ledger.to_bytes()) <= urnfile.MAX_CONTENT_SIZE
    spent = tuple(SerialSet(name.ljust(32, "x"), full[0]) for name, _, _ in desks)
    head = bytes(32)
    figures = dict.fromkeys(range(64), 2**32)
    statement = Statement("b" * 32, head, head, 2**50, head, 2**32, figures, None, None, spent)
    signed = records.sign(statement, samples.ROOT)
    assert records.open_record(Statement, signed, samples.ROOT_KEY) == statement


def test_one_desk_more_than_the_urn_serves_is_refused_at_every_board() -> None:
    others = tuple(board for board in samples.BOARDS if board.kind is not BoardKind.DESK)

    def package(desks: int) -> StationPackage:
        made = tuple(
            samples.board(f"desk-{n}", BoardKind.DESK, first_serial=n * 4096) for n in range(desks)
        )
        return dataclasses.replace(samples.package(), boards=(*made, *others))

    most = package(MAX_DESKS)
    assert StationPackage.from_bytes(most.to_bytes()) == most
    with pytest.raises(RecordError, match=f"more than {MAX_DESKS} desks"):
        StationPackage.from_bytes(package(MAX_DESKS + 1).to_bytes())


def test_an_urn_that_no_board_can_make_is_refused_at_every_board() -> None:
    def package(slots: int) -> StationPackage:
        parameters = dataclasses.replace(samples.PARAMETERS, urn_slots=slots)
        return dataclasses.replace(samples.package(), parameters=parameters)

    most = package(MAX_URN_SLOTS)
    assert StationPackage.from_bytes(most.to_bytes()) == most
    with pytest.raises(RecordError, match="urn_slots"):
        package(MAX_URN_SLOTS + 1).to_bytes()


def test_three_thousand_voters_with_the_longest_names_fit_their_record() -> None:
    voters = tuple(
        Voter(100_000 - n, f"{n:012}", "Ұ" * 80, "Ғ" * 80, "Ң" * 80, "1990-01-01", "Қ" * 200, 255)
        for n in range(LISTED)
    )
    made = VoterList("0421", "e" * 64, 9, voters)
    signed = records.sign(made, samples.ROOT)
    assert records.open_record(VoterList, signed, samples.ROOT_KEY) == made

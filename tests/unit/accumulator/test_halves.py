"""The morning with two halves of the tally key, and votes that must prove how they were sealed."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from common import cose, records, tallykey
from common.ballot import Ballot
from common.catalogue import EventType
from common.errors import LANGUAGES, Reason, text
from common.records import (
    Act,
    ActFact,
    CastVote,
    HalfShares,
    StartOrder,
    StationPackage,
    TallyHalf,
)
from common.shares import Share
from common.tallykey import SignedHalf
from tests import halves, samples
from tests.unit.accumulator.stage import CourierCard, Table, VoterCard, package
from tests.unit.accumulator.test_takeover import spare_for, take_over


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def order_of(table: Table) -> StartOrder:
    signed = table.courier.start_order
    assert signed is not None
    return tallykey.read_order(table.package, table.package_hash, signed).order


def test_the_station_opens_with_both_halves(table: Table) -> None:
    table.open_station()
    accumulator, desk = tallykey.halves_of(table.package, table.package_hash, order_of(table))
    assert (accumulator.board.name, desk.board.name) == ("accumulator", "desk-1")
    assert desk.signed == table.desk_half.record.tally_half
    events = table.journal()
    wanted = [
        EventType.ZERO_CHECKED,
        EventType.TALLY_HALF_TAKEN,
        EventType.TALLY_HALF_MADE,
        EventType.SHARE_WRITTEN,
        EventType.TALLY_KEY_FORGOTTEN,
        EventType.START_ORDER_MADE,
    ]
    assert sorted(wanted, key=events.index) == wanted
    kept = [path for path in table.own.list() if path.startswith("halves/")]
    assert len(kept) == 2


def test_the_members_sign_both_halves_and_all_shares(table: Table) -> None:
    table.open_station()
    content = table.own.read("acts/001-opening.cose") or b""
    body = cose.SignedBody.from_bytes(
        content, Act.external(), samples.device("accumulator").sign_key
    )
    facts = Act.from_bytes(body.payload).facts
    order = order_of(table)
    assert facts[ActFact.TALLY_KEY] == b"".join(order.tally_keys)
    desk = HalfShares.from_bytes(cose.payload_of(table.desk_half.record.half_shares))
    checks = facts[ActFact.SHARE_CHECKS]
    assert isinstance(checks, bytes)
    assert checks.endswith(b"".join(desk.commitments))
    assert len(checks) == 2 * 32 * 4
    territorial = facts[ActFact.TERRITORIAL_SHARE]
    assert isinstance(territorial, bytes)
    assert territorial.endswith(desk.territorial)


def test_the_share_cards_hold_shares_of_this_board_s_half(table: Table) -> None:
    table.open_station()
    accumulator, _ = tallykey.halves_of(table.package, table.package_hash, order_of(table))
    given = [Share.from_bytes(table.share[number].share or b"") for number in (1, 3)]
    paths = [path for path in table.own.list() if path.startswith("halves/")]
    kept = [SignedHalf.from_bytes(table.own.read(path) or b"") for path in paths]
    (signed,) = (each for each in kept if each.tally_half == accumulator.signed)
    told = tallykey.read_shares(table.package, accumulator, signed.half_shares)
    keys = samples.device("accumulator")
    assert len(tallykey.secret_of(keys, accumulator, told, given)) == 32


def test_the_courier_card_without_a_half_is_told_where_it_is_made(table: Table) -> None:
    table.to_half()
    table.pass_card(VoterCard())
    table.insert(CourierCard())
    assert table.says("notice") == text(Reason.TALLY_HALF_MISSING, "en", board="desk-1")
    table.take_out()
    assert table.says("notice") is None
    table.insert(table.courier)
    assert table.page == "accumulator.shares"


def test_the_pages_are_whole_in_every_language_and_size(tmp_path: Path) -> None:
    for language in LANGUAGES:
        for size in ((1280, 800), (1024, 600)):
            where = tmp_path / f"{language}{size[0]}"
            where.mkdir()
            table = Table(where, language=language, size=size)
            table.to_half()
            table.insert(CourierCard())
            assert "desk-1" in (table.says("notice") or "")


def evil_halves(of: StationPackage) -> dict[str, SignedHalf]:
    right, again = halves.made("desk-1", of=of).record, halves.made("desk-1", 1, of).record
    half = TallyHalf.from_bytes(cose.payload_of(right.tally_half))
    signing = samples.device("desk-1").signing

    def signed(**changes: object) -> SignedHalf:
        changed = dataclasses.replace(half, **changes)  # type: ignore[arg-type]  # its fields
        tally_half = records.sign(changed, signing)
        told = HalfShares.from_bytes(cose.payload_of(right.half_shares))
        told = dataclasses.replace(told, half=records.digest(tally_half))
        return SignedHalf(tally_half, records.sign(told, signing))

    stranger = TallyHalf.from_bytes(cose.payload_of(again.tally_half))
    other_day = dataclasses.replace(of, number=of.number + 1)
    return {
        "without knowledge": signed(keys=stranger.keys),
        "with an empty proof": signed(proof=bytes(64)),
        "of another package": halves.made("desk-1", of=other_day).record,
        "of the accumulator": tallykey.make(
            halves.installation("accumulator", of), os.urandom
        ).record,
        "shares of another half": SignedHalf(right.tally_half, again.half_shares),
        "damaged": SignedHalf(
            right.tally_half[:-1] + bytes([right.tally_half[-1] ^ 1]), right.half_shares
        ),
    }


@pytest.mark.parametrize("evil", sorted(evil_halves(package())))
def test_an_evil_desk_s_half_is_refused_and_changes_nothing(table: Table, evil: str) -> None:
    table.to_half()
    table.insert(CourierCard(half=evil_halves(table.package)[evil]))
    assert table.page == "accumulator.half"
    assert "a half of the tally key is not one" in (table.says("notice") or "")
    assert not [path for path in table.own.list() if path.startswith("halves/")]
    table.take_out()
    table.insert(table.courier)
    assert table.page == "accumulator.shares"


def test_after_a_stop_in_the_middle_everything_is_made_anew(table: Table) -> None:
    table.to_half()
    table.pass_card(table.courier)
    table.with_pin(table.share[1])
    before = table.share[1].share
    table.power_cut()
    again = halves.made("desk-1", 1, table.package).record
    table.courier = CourierCard(half=again)
    table.open_station()
    assert table.share[1].share != before
    _, desk = tallykey.halves_of(table.package, table.package_hash, order_of(table))
    assert desk.signed == again.tally_half


def sealed_vote(table: Table, card: VoterCard, serial: int, terminal: str) -> CastVote:
    """Activate a card, and return a vote as this terminal seals it."""
    table.voting.activate(card, serial)
    return table.voting.sealed(Ballot(1, ((0,), (1,), (1,)), serial), terminal)


def taken_in(table: Table, card: VoterCard) -> bool:
    votes = table.votes
    table.pass_card(card)
    return table.votes == votes + 1


def test_votes_are_taken_in_only_with_their_proof(table: Table) -> None:
    table.open_station()
    card = VoterCard(number=1)
    vote = sealed_vote(table, card, 0, "terminal-1")
    table.voting.put(card, 0, vote, "terminal-1")
    assert taken_in(table, card)

    evil = VoterCard(number=2)
    vote = sealed_vote(table, evil, 1, "terminal-1")
    sealed = vote.sealed
    for wrong in (
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        sealed[32:64] + sealed[32:],
        bytes(len(sealed)),
        b"\xff" * len(sealed),
    ):
        table.voting.put(evil, 1, dataclasses.replace(vote, sealed=wrong), "terminal-1")
        assert not taken_in(table, evil)
    table.insert(evil)
    assert table.says("notice") == text(Reason.BALLOT_NOT_PROVED, "en")
    table.take_out()
    table.voting.put(evil, 1, vote, "terminal-2")  # another terminal's ballot
    assert not taken_in(table, evil)
    table.voting.put(evil, 1, vote, "terminal-1")
    assert taken_in(table, evil)


def test_another_voter_s_ballot_comes_in_under_no_other_serial(table: Table) -> None:
    table.open_station()
    first, second = VoterCard(number=1), VoterCard(number=2)
    vote = sealed_vote(table, first, 0, "terminal-1")
    table.voting.put(first, 0, vote, "terminal-1")
    assert taken_in(table, first)
    table.voting.activate(second, 1)
    bent = vote.sealed[:32] + sealed_vote(table, VoterCard(number=3), 2, "terminal-1").sealed[32:]
    for sealed in (vote.sealed, bent):
        table.voting.put(second, 1, dataclasses.replace(vote, sealed=sealed), "terminal-1")
        assert not taken_in(table, second)
        table.insert(second)
        assert table.says("notice") == text(Reason.VOTE_COPIED, "en")
        table.take_out()


def test_a_start_order_is_believed_again_after_a_stop(table: Table) -> None:
    table.open_station()
    table.restart()
    assert table.page == "accumulator.open"
    card = VoterCard(number=1)
    vote = sealed_vote(table, card, 0, "terminal-1")
    table.voting.put(card, 0, vote, "terminal-1")
    assert taken_in(table, card)


def test_the_spare_rebuilds_the_dead_accumulator_s_half(tmp_path: Path) -> None:
    dead = Table(tmp_path / "dead")
    dead.open_station()
    table = spare_for(dead, tmp_path)
    take_over(table)
    assert table.page == "accumulator.open"
    accumulator, desk = tallykey.halves_of(table.package, table.package_hash, order_of(dead))
    kept = {
        signed.tally_half: signed
        for path in table.own.list()
        if path.startswith("halves/")
        for signed in [SignedHalf.from_bytes(table.own.read(path) or b"")]
    }
    assert set(kept) == {accumulator.signed, desk.signed}
    told = tallykey.read_shares(table.package, accumulator, kept[accumulator.signed].half_shares)
    given = [Share.from_bytes(dead.share[number].share or b"") for number in (1, 2)]
    secret = tallykey.secret_of(samples.device("accumulator-spare"), accumulator, told, given)
    assert len(secret) == 32
    card = VoterCard(number=1)
    vote = sealed_vote(dead, card, 0, "terminal-1")
    table.voting.put(card, 0, vote, "terminal-1")
    assert taken_in(table, card)

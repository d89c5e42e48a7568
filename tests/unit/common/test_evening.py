"""The evening's records: an honest one gives the ballots back; whatever is wrong is refused."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ballot, cbor, cose, evening, records
from common.ballot import Ballot
from common.evening import Evening
from common.records import (
    BoardKind,
    CastVote,
    Mix,
    MixChecked,
    Opening,
    Parameters,
    Record,
    RecordError,
    StationPackage,
)
from common.seal.crew import Crew
from common.seal.elgamal import Seal
from common.seal.firstlists import LeftOut
from common.seal.group import ProofError
from tests import evenings, samples
from tests import halves as station
from tests.evenings import ACCUMULATOR, ALONE, BALLOTS, DESK, Walk, cast, cast_all, opened_order


def threshold(votes: int) -> StationPackage:
    """Return the package with another threshold; the hash, a name here, stays the sample's."""
    parameters: Parameters = dataclasses.replace(
        samples.package().parameters, small_style_threshold=votes
    )
    return dataclasses.replace(samples.package(), parameters=parameters)


@cache
def walk() -> Walk:
    here = opened_order(threshold(2))
    return Walk(cast_all(here, BALLOTS), package=threshold(2))


def resigned(record: Record, board: str) -> bytes:
    return records.sign(record, samples.device(board).signing)


def content(walked: Walk) -> Counter[tuple[tuple[int, ...], Ballot]]:
    return Counter((group.styles, one) for group in walked.ballots() for one in group.ballots)


def test_what_was_sealed_comes_out_by_style() -> None:
    assert content(walk()) == Counter(((one.style,), one) for one in BALLOTS)
    assert [group.invalid for group in walk().ballots()] == [0, 0]
    assert walk().lists.votes_by_style == ((1, 3), (2, 2))
    for kind in (ACCUMULATOR, DESK):
        walk().here.read_checked(walk().checked(kind), kind, walk().mixes)


def test_threads_make_no_difference_to_what_is_believed() -> None:
    with Crew(2) as crew:
        here = walk().here
        lists = here.lists(walk().votes_file, crew)
        assert lists == walk().lists
        between = here.read_mix(walk().first_mix, 1, lists.groups, None, crew)
        assert between == walk().between


def test_spares_do_the_parts_of_boards_that_they_replaced() -> None:
    spares = Walk(walk().votes, "accumulator-spare", "desk-spare", threshold(2))
    assert content(spares) == content(walk())
    assert spares.first_mix != walk().first_mix


def test_few_ballots_of_a_style_are_one_group() -> None:
    here = opened_order()
    merged = Walk(cast_all(here, BALLOTS))
    assert merged.lists.merged == (1, 2)
    (group,) = merged.ballots()
    assert group.styles == (1, 2)
    assert Counter((one.selections, one.code) for one in group.ballots) == Counter(
        (one.selections, one.code) for one in BALLOTS
    )


def test_a_station_without_a_vote_has_an_evening_too() -> None:
    empty = Walk(())
    assert empty.lists.groups == ()
    assert empty.ballots() == ()


def test_votes_that_are_left_out_do_not_make_a_style_look_larger() -> None:
    """Of three votes of style 2 one is a copy: two ballots, fewer than the threshold of three."""
    package = threshold(3)
    here = opened_order(package)
    votes = cast_all(here, BALLOTS)
    record, board = records.open_by_board(
        CastVote, votes[3], evening.voting_boards(samples.package())
    )
    other = "terminal-1" if board.name == "terminal-2" else "terminal-2"
    votes.append(evenings.signed_vote(here, 2, record.sealed, other))
    lists = here.lists(evening.votes_sealed(votes), ALONE)
    assert [why for _, why in lists.left_out] == [LeftOut.NO_PROOF]
    assert lists.votes_by_style == ((1, 3), (2, 2))
    assert lists.merged == (1, 2)
    assert sum(len(group.rows) for group in lists.groups) == len(BALLOTS)


def test_of_two_ballots_with_one_scalar_the_later_one_is_left_out() -> None:
    """A terminal that seals twice with one r: each proof holds, and both would open together."""
    here = opened_order(threshold(0))
    seal = Seal(here.package_hash, here.keys)
    board = samples.device("terminal-1").sign_key
    votes = []
    for one in (BALLOTS[0], BALLOTS[3]):
        encoded = ballot.encode(here.package, one)
        sealed = seal.seal_with(one.style, board, encoded, iter((5, 7)).__next__).sealed
        votes.append(evenings.signed_vote(here, one.style, sealed, "terminal-1"))
    lists = here.lists(evening.votes_sealed(votes), ALONE)
    later = max(map(records.digest, votes))
    assert lists.left_out == ((later, LeftOut.COPY),)
    assert sum(len(group.rows) for group in lists.groups) == 1


def test_no_ballot_under_a_good_proof_is_counted_as_invalid() -> None:
    here = opened_order(threshold(2))
    votes = cast_all(here, BALLOTS)
    votes.append(cast(here, BALLOTS[0], "nonsense", encoded=b"\0\1\7\0\0"))
    votes.append(cast(here, BALLOTS[3], "style", encoded=b"\0\1\1\1\0"))  # a contest not its own
    spoilt = Walk(votes, package=threshold(2))
    assert [group.invalid for group in spoilt.ballots()] == [1, 1]
    assert content(spoilt) == content(walk())


def test_a_start_order_of_another_key_is_no_evening() -> None:
    one = station.made("accumulator").record.tally_half
    with pytest.raises(RecordError):
        station_order(station.signed_order(one, one))
    with pytest.raises(RecordError):
        station_order(records.sign(station.order(one), samples.STATION_KEYS.station))
    with pytest.raises(RecordError):
        station_order(bent(station.signed_order()))


def bent(signed: bytes) -> bytes:
    """Return it with one bit of the signature changed."""
    return signed[:-1] + bytes([signed[-1] ^ 1])


def station_order(signed: bytes) -> Evening:
    return Evening.under(samples.package(), samples.package_hash(), signed)


def _votes() -> list[bytes]:
    return sorted(walk().votes, key=records.digest)


def _of_other_package() -> bytes:
    vote = CastVote.from_bytes(cose.payload_of(_votes()[0]))
    return resigned(dataclasses.replace(vote, package=b"x" * 32), "terminal-1")


def _of_no_style() -> bytes:
    vote = CastVote.from_bytes(cose.payload_of(_votes()[0]))
    return resigned(dataclasses.replace(vote, style=77), "terminal-1")


def _of_a_desk() -> bytes:
    return resigned(CastVote.from_bytes(cose.payload_of(_votes()[0])), "desk-1")


def joined(votes: list[bytes]) -> bytes:
    return b"".join(map(cbor.wrap, votes))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: joined(_votes()[::-1]),
        lambda: joined([_votes()[0], *_votes()]),
        lambda: joined(_votes())[:-1],
        lambda: joined(_votes()) + b"\0",
        lambda: joined(_votes())[1:],
        lambda: joined([b"", *_votes()]),
        lambda: joined([bytes(4000)]),
        lambda: evening.votes_sealed([_of_other_package(), *_votes()]),
        lambda: evening.votes_sealed([_of_no_style(), *_votes()]),
        lambda: evening.votes_sealed([_of_a_desk(), *_votes()]),
        lambda: evening.votes_sealed([bent(_votes()[0]), *_votes()[1:]]),
    ],
)
def test_a_file_of_votes_that_is_not_as_it_must_be_is_refused_whole(
    wrong: Callable[[], bytes],
) -> None:
    with pytest.raises(RecordError, match="CastVote"):
        walk().here.lists(wrong(), ALONE)


def mix(position: int) -> Mix:
    return Mix.from_bytes(cose.payload_of(walk().mixes[position - 1]))


def read_mix(position: int, signed: bytes) -> object:
    walked = walk()
    groups, before = (
        (walked.lists.groups, None) if position == 1 else (walked.between, walked.first_mix)
    )
    return walked.here.read_mix(signed, position, groups, before, ALONE)


def _without_a_group(made: Mix) -> Mix:
    return dataclasses.replace(made, groups=made.groups[1:])


def _groups_swapped(made: Mix) -> Mix:
    one, other = made.groups
    return dataclasses.replace(
        made,
        groups=(
            dataclasses.replace(other, styles=one.styles),
            dataclasses.replace(one, styles=other.styles),
        ),
    )


def _changed_list(made: Mix) -> Mix:
    group = made.groups[0]
    row = len(group.list) // 3
    turned = group.list[row:] + group.list[:row]  # the same ballots, in an order nobody proved
    return dataclasses.replace(
        made, groups=(dataclasses.replace(group, list=turned), *made.groups[1:])
    )


@pytest.mark.parametrize("position", [1, 2])
@pytest.mark.parametrize(
    "change",
    [
        lambda made: dataclasses.replace(made, package=b"x" * 32),
        lambda made: dataclasses.replace(made, start_order=b"x" * 32),
        lambda made: dataclasses.replace(made, board="desk-spare"),
        _without_a_group,
        _groups_swapped,
        _changed_list,
    ],
)
def test_a_mix_that_is_not_the_lists_before_is_refused(
    position: int, change: Callable[[Mix], Mix]
) -> None:
    board = ("accumulator", "desk-1")[position - 1]
    read_mix(position, walk().mixes[position - 1])
    with pytest.raises(RecordError, match="Mix"):
        read_mix(position, resigned(change(mix(position)), board))


def test_a_mix_by_another_kind_of_board_or_of_the_other_place_is_refused() -> None:
    for position in (1, 2):
        with pytest.raises(RecordError, match="Mix"):
            read_mix(3 - position, walk().mixes[position - 1])
        with pytest.raises(RecordError, match="Mix"):
            read_mix(position, resigned(mix(position), "terminal-1"))
    alone = dataclasses.replace(mix(2), position=1, before=None)
    with pytest.raises(RecordError, match="Mix"):
        read_mix(2, resigned(alone, "desk-1"))
    other = dataclasses.replace(mix(2), before=b"x" * 32)
    with pytest.raises(RecordError, match="come after"):
        read_mix(2, resigned(other, "desk-1"))


def test_a_proof_by_one_board_does_not_serve_its_spare() -> None:
    stolen = resigned(dataclasses.replace(mix(1), board="accumulator-spare"), "accumulator-spare")
    with pytest.raises(RecordError, match="Mix"):
        read_mix(1, stolen)


def test_boards_do_only_their_own_part_with_their_own_half() -> None:
    walked, source = walk(), evenings.source("x")
    desk = walked.installation(DESK)
    with pytest.raises(ValueError, match="does not shuffle"):
        walked.here.mix(desk, 1, walked.lists.groups, None, source=source, crew=ALONE)
    other = evenings.secret_of("accumulator", ACCUMULATOR)
    with pytest.raises(ProofError):
        walked.here.opening(desk, other, walked.mixes, walked.last, source=source, crew=ALONE)
    terminal = station.installation("terminal-1")
    with pytest.raises(ValueError, match="TERMINAL"):
        walked.here.opening(terminal, other, walked.mixes, walked.last, source=source, crew=ALONE)


@pytest.mark.parametrize("kind", [ACCUMULATOR, DESK])
@pytest.mark.parametrize(
    "change",
    [
        {"package": b"x" * 32},
        {"start_order": b"x" * 32},
        {"board": "desk-spare"},
        {"first_mix": b"x" * 32},
        {"second_mix": b"x" * 32},
    ],
)
def test_a_word_about_other_shuffles_is_refused(kind: BoardKind, change: dict[str, Any]) -> None:
    board = walk().installation(kind).board.name
    said = MixChecked.from_bytes(cose.payload_of(walk().checked(kind)))
    walk().here.read_checked(resigned(said, board), kind, walk().mixes)
    wrong = dataclasses.replace(said, **change)
    with pytest.raises(RecordError, match="MixChecked"):
        walk().here.read_checked(resigned(wrong, board), kind, walk().mixes)


def test_the_word_of_the_other_board_is_needed() -> None:
    for kind, other in ((ACCUMULATOR, DESK), (DESK, ACCUMULATOR)):
        with pytest.raises(RecordError, match="MixChecked"):
            walk().here.read_checked(walk().checked(kind), other, walk().mixes)
        swapped = (walk().second_mix, walk().first_mix)
        with pytest.raises(RecordError, match="MixChecked"):
            walk().here.read_checked(walk().checked(kind), kind, swapped)


@pytest.mark.parametrize("kind", [ACCUMULATOR, DESK])
def test_an_opening_of_anything_else_is_refused(kind: BoardKind) -> None:
    walked = walk()
    board = walked.installation(kind).board.name
    signed = walked.openings[0 if kind is ACCUMULATOR else 1]
    made = Opening.from_bytes(cose.payload_of(signed))

    def read(untrusted: bytes, of: BoardKind = kind) -> object:
        return walked.here.read_opening(untrusted, of, walked.mixes, walked.last, ALONE)

    read(signed)
    factor = 32
    changes: list[dict[str, Any]] = [
        {"package": b"x" * 32},
        {"start_order": b"x" * 32},
        {"board": "terminal-1"},
        {"first_mix": b"x" * 32},
        {"second_mix": b"x" * 32},
        {"factors": made.factors[factor:] + made.factors[:factor]},
        {"factors": made.factors[factor:]},
        {"factors": b""},
        {"proof": made.proof[:32] + bytes(32)},
    ]
    for change in changes:
        with pytest.raises(RecordError, match="Opening"):
            read(resigned(dataclasses.replace(made, **change), board))
    with pytest.raises(RecordError, match="Opening"):
        read(signed, DESK if kind is ACCUMULATOR else ACCUMULATOR)
    spare = f"{kind.name.lower()}-spare"
    with pytest.raises(RecordError, match="Opening"):
        read(resigned(dataclasses.replace(made, board=spare), spare))


@given(flipped=st.integers(0, 10**9), which=st.sampled_from(["mix", "checked", "opening"]))
@settings(max_examples=40, deadline=None)
def test_no_bit_of_a_signed_record_can_be_changed(flipped: int, which: str) -> None:
    walked = walk()
    signed = {
        "mix": walked.first_mix,
        "checked": walked.checked(DESK),
        "opening": walked.openings[0],
    }[which]
    at = flipped % (8 * len(signed))
    wrong = bytearray(signed)
    wrong[at // 8] ^= 1 << at % 8
    here = walked.here
    read: dict[str, Callable[[], object]] = {
        "mix": lambda: read_mix(1, bytes(wrong)),
        "checked": lambda: here.read_checked(bytes(wrong), DESK, walked.mixes),
        "opening": lambda: here.read_opening(
            bytes(wrong), ACCUMULATOR, walked.mixes, walked.last, ALONE
        ),
    }
    with pytest.raises(RecordError):
        read[which]()


@st.composite
def any_ballot(draw: st.DrawFn) -> Ballot:
    president = draw(st.lists(st.integers(0, 2), max_size=1))
    council = draw(st.sets(st.integers(0, 6), max_size=3))
    question = draw(st.lists(st.integers(0, 1), max_size=1))
    if short := draw(st.booleans()):
        council, question = set(), []
    chosen = (tuple(president), tuple(sorted(council)), tuple(question))
    return Ballot(2 if short else 1, chosen, draw(st.integers(0, 9999)))


@given(ballots=st.lists(any_ballot(), max_size=5), least=st.integers(0, 4))
@settings(max_examples=15, deadline=None)
def test_whatever_was_voted_comes_out_and_nothing_else(ballots: list[Ballot], least: int) -> None:
    package = threshold(least)
    here = opened_order(package)
    walked = Walk(cast_all(here, ballots), package=package)
    merged = walked.lists.merged
    expected = Counter(
        (merged if one.style in merged else (one.style,), one.selections, one.code)
        for one in ballots
    )
    assert expected == Counter(
        (group.styles, one.selections, one.code)
        for group in walked.ballots()
        for one in group.ballots
    )

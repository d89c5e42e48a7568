"""Whatever was chosen, everything that holds or follows the choice has one length and one form.

Records, card objects, commands to the card, bus messages, journal entries, files and log lines: for
every ballot style of three elections, and for ballots from wholly blank to full.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import structlog.testing

from cardio.messages import (
    Done,
    Failed,
    StoreVote,
    VoterCardSeen,
    encode_notification,
    encode_request,
)
from cardio.station_records import SignedVote
from center.election import load_election
from common import cbor, enrolment, records, seal
from common.catalogue import FactValue
from common.chain import CardKind
from common.enrolment import Installation
from common.errors import Reason
from common.journal import PATH, verify_journal
from common.media import TwoMedia
from common.records import BoardSecrets, CastVote, StationPackage
from common.seal import Sealing
from common.seal.group import times_base
from common.seal.randomness import CheckedSource
from common.seal.scheme import elements
from hal.card_reader import ReaderState
from simulators.piv_card import SimPivCard
from terminal.casting import seal_ballot
from terminal.codes import CODES
from terminal.effects import SealBallot
from terminal.events import VoteSealed
from tests import card_samples, samples
from tests.card_samples import Stand
from tests.unit.terminal import station
from tests.unit.terminal.test_daemon import Booth

ELECTIONS = Path(__file__).parents[2] / "elections"
KEY = b"k" * 32
SERIAL = 17

Choices = tuple[tuple[int, ...], ...]


@cache
def package_of(election: str) -> StationPackage:
    """Return the sample package with contests and styles of an election."""
    loaded = load_election(ELECTIONS / f"{election}.toml")
    package = dataclasses.replace(
        samples.package(),
        contests=tuple(one.contest for one in loaded.contests),
        styles=tuple(one.style for one in loaded.styles),
    )
    return dataclasses.replace(package, sealed_size=seal.sealed_size(package))


def installed(package: StationPackage, package_hash: bytes = b"p" * 32) -> Installation:
    board = package.board("terminal-1")
    assert board is not None
    secrets = BoardSecrets(package_hash, board.name, bytes(32), None, None, ())
    return Installation(package, package_hash, board, samples.device("terminal-1"), secrets)


def sealing(package: StationPackage) -> Sealing:
    keys = tuple(times_base(5 + j) for j in range(elements(package)))
    key = samples.device("terminal-1").sign_key
    return Sealing(package, b"p" * 32, keys, key, CheckedSource(os.urandom))


def ballots(package: StationPackage, style: int) -> Iterator[Choices]:
    """Yield ballots of a style: blank, each line alone, as many as are allowed, full ones."""
    found = package.style(style)
    assert found is not None
    nothing: list[tuple[int, ...]] = [()] * len(package.contests)
    yield tuple(nothing)
    for at in found.contests:
        contest = package.contests[at]
        open_lines = [n for n, line in enumerate(contest.lines) if not line.against_all]
        several = itertools.islice(itertools.combinations(open_lines, contest.votes_allowed), 30)
        for chosen in [(line,) for line in range(len(contest.lines))] + list(several):
            yield (*nothing[:at], chosen, *nothing[at + 1 :])
    for place in (0, -1):
        full = list(nothing)
        for at in found.contests:
            contest = package.contests[at]
            lines = [n for n, line in enumerate(contest.lines) if not line.against_all]
            first = (
                lines[: contest.votes_allowed] if place == 0 else lines[-contest.votes_allowed :]
            )
            full[at] = tuple(first)
        yield tuple(full)


def cast(package: StationPackage, style: int, choices: Choices, code: int = 0) -> VoteSealed:
    ballot = SealBallot(style, SERIAL, KEY, choices)
    return seal_ballot(ballot, code, installed(package), sealing(package))


@pytest.mark.parametrize("election", ["president-2022", "mazhilis-2023", "big"])
def test_records_objects_and_messages_have_one_length(election: str) -> None:
    package = package_of(election)
    lengths: set[tuple[int, ...]] = set()
    sealed: list[bytes] = []
    for style in package.styles:
        for number, choices in enumerate(ballots(package, style.number)):
            vote = cast(package, style.number, choices, code=(0, 9999, 421)[number % 3])
            seen = VoterCardSeen(3, KEY, b"activation", vote.cast_vote, vote.deposit, torn=False)
            lengths.add(
                (
                    len(vote.cast_vote),
                    len(vote.deposit),
                    len(vote.vote),
                    len(SignedVote(vote.cast_vote, vote.deposit).to_bytes()),
                    len(cbor.encode(encode_request(9, StoreVote(vote.cast_vote, vote.deposit)))),
                    len(cbor.encode(encode_notification(seen))),
                )
            )
            opened = records.open_record(
                CastVote, vote.cast_vote, samples.device("terminal-1").sign_key
            )
            sealed.append(opened.sealed)
    assert len(lengths) == 1
    assert len(set(sealed)) == len(sealed) > 5
    assert {len(each) for each in sealed} == {package.sealed_size}


def test_the_card_is_told_as_much_whatever_was_chosen() -> None:
    package, heard = card_samples.package(), []
    for choices in ballots(package, 1):
        stand = Stand.make()
        card = stand.card(CardKind.VOTER)
        stand.slot.insert(card)
        seen = stand.attendant.slot_changed(ReaderState.CARD)
        assert isinstance(seen, VoterCardSeen)
        ballot = SealBallot(1, SERIAL, seen.key_hash, choices)
        place = installed(package, card_samples.station_records().package_hash)
        vote = seal_ballot(ballot, 7, place, sealing(place.package))
        with listening(card) as commands:
            answer, _ = stand.attendant.carry_out(5, StoreVote(vote.cast_vote, vote.deposit))
        assert answer == Done(5)
        heard.append(commands)
    assert len(heard) > 10
    assert len(heard[0]) == 7
    assert all(commands == heard[0] for commands in heard)


class listening:  # noqa: N801 - reads as a word after `with`
    """Collects head and length of each command, and the length of each response."""

    def __init__(self, card: SimPivCard) -> None:
        self._card = card
        self._transmit = card.transmit
        self._heard: list[tuple[bytes, int, int]] = []

    def __enter__(self) -> list[tuple[bytes, int, int]]:
        self._card.transmit = self._listened  # type: ignore[method-assign]
        return self._heard

    def _listened(self, command: bytes) -> bytes:
        response = self._transmit(command)
        self._heard.append((command[:5], len(command), len(response)))
        return response

    def __exit__(self, *_: object) -> None:
        self._card.transmit = self._transmit  # type: ignore[method-assign]


# What the terminal leaves behind


@dataclasses.dataclass(frozen=True)
class Traces:
    """All that a session leaves: journal, files, log, requests."""

    entries: list[tuple[int, dict[str, FactValue], int]]
    sizes: dict[str, int]
    logged: list[dict[str, object]]
    asked: list[tuple[str, int]]


def session(folder: Path, choices: Choices) -> Traces:
    """Let one voter vote on a new terminal, every time after as many touches' time."""
    folder.mkdir()
    booth = Booth(folder)
    booth.open()
    begun = booth.clock.ms
    with structlog.testing.capture_logs() as logged:
        booth.card()
        booth.touch("language:kk")
        while booth.page != "casting":
            _answer(booth, choices)
        booth.clock.ms = begun + 120_000
        booth.terminal.step(Done(len(booth.asked)))
        for key in (1, 2):
            booth.press(key)
        booth.remove()
    content = booth.own.read(PATH) or b""
    entries = verify_journal(content, samples.device(station.NAME).sign_key)
    lengths = [len(item) for item in cbor.split_sequence(content)[0]]
    stored = TwoMedia(booth.own, booth.own.folder("none"))
    return Traces(
        [(e.event.value, dict(e.facts), n) for e, n in zip(entries, lengths, strict=True)],
        {path: stored.own.size(path) or 0 for path in booth.own.list()},
        [dict(line) for line in logged],
        [
            (type(request).__name__, len(cbor.encode(encode_request(1, request))))
            for request in booth.asked
        ],
    )


def _answer(booth: Booth, choices: Choices) -> None:
    what, *numbers = booth.page.split(":")
    there = {region.name for region in booth.display.regions}
    match what:
        case "contest":
            for line in choices[int(numbers[0])]:
                if f"line:{line}" in there:
                    booth.touch(f"line:{line}")
            booth.touch("next")
        case "blank":
            booth.touch("yes" if not choices[int(numbers[0])] else "no")
        case _:
            booth.touch("cast" if "cast" in there else "next")


def test_a_session_leaves_the_same_traces_whatever_was_chosen(tmp_path: Path) -> None:
    wanted = [
        ((2,), (0, 5), ()),
        ((), (), ()),
        ((0,), (1, 2, 3), (1,)),
        ((1,), (6,), (0,)),
        ((), (4, 5, 6), ()),
    ]
    first, *others = (
        session(tmp_path / str(number), choices) for number, choices in enumerate(wanted)
    )
    assert len(first.entries) > 5
    assert {PATH, CODES, enrolment.PACKAGE} <= first.sizes.keys()
    assert first.asked[-1][0] == "StoreVote"
    for other in others:
        assert other == first


def test_a_vote_that_cannot_be_written_is_logged_without_its_length_or_choice(
    tmp_path: Path,
) -> None:
    told = []
    for number, choices in enumerate((((2,), (0, 5), ()), ((), (), ()))):
        folder = tmp_path / str(number)
        folder.mkdir()
        booth = Booth(folder)
        booth.open()
        with structlog.testing.capture_logs() as logged:
            booth.card()
            booth.touch("language:ru")
            while booth.page != "casting":
                _answer(booth, choices)
            booth.terminal.step(Failed(len(booth.asked), Reason.CARD_WRITE_FAILED))
        told.append((booth.page, booth.events(), logged))
    assert told[0] == told[1]

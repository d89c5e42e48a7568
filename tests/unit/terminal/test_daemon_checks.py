"""The shell where voters may check it: a vote cast, a terminal checked, no randomness."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from cardio import messages
from cardio.messages import Done, Failed, StoreVote, VoterCardSeen
from common import records
from common.catalogue import EventType
from common.errors import Reason
from common.records import CastVote, Spoiled, SpoiledOpening, StationPackage
from common.seal.checkvalue import check_value
from common.seal.elgamal import Seal, SealedBallot
from common.seal.group import read_scalars, times_base
from tests import halves, samples
from tests.unit.terminal import station
from tests.unit.terminal.test_daemon import KEY, Booth

TERMINAL = samples.device(station.NAME)


@cache
def package() -> StationPackage:
    """Return the station's package, by which voters may check the terminal."""
    under = station.package()
    parameters = dataclasses.replace(under.parameters, challenge_allowed=True)
    return dataclasses.replace(under, parameters=parameters)


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    signed = records.sign(package(), samples.ROOT)
    made = Booth(tmp_path, signed, halves.signed_order(of=package()))
    made.open()
    return made


def sealed(booth: Booth) -> StoreVote:
    """Vote up to the page with the check value."""
    request = booth.cast()
    booth.terminal.step(Done(len(booth.asked)))
    assert booth.page == "sealed:check"
    return request


def shown_value(booth: Booth) -> bytes:
    return bytes(booth.parts.screen.frame)


def test_a_vote_is_cast_at_the_check_value(booth: Booth) -> None:
    request = sealed(booth)
    frame = shown_value(booth)
    asked = len(booth.asked)
    assert EventType.VOTE_STORED not in booth.events()
    booth.touch("cast")
    assert booth.page == "thanks"
    assert booth.events()[-1] is EventType.VOTE_STORED
    assert len(booth.asked) == asked, "nothing more is written"
    booth.remove()
    other = sealed(booth)
    assert check_value(other.cast_vote) != check_value(request.cast_vote)
    assert shown_value(booth) != frame


def test_a_terminal_is_checked(booth: Booth) -> None:
    request = sealed(booth)
    booth.touch("check")
    spoil = booth.asked[-1]
    assert isinstance(spoil, messages.SpoilVote)
    spoiled = records.open_record(Spoiled, spoil.spoiled, TERMINAL.sign_key)
    assert spoiled == Spoiled(booth.package_hash, 77, KEY, request.cast_vote)
    assert EventType.VOTE_SPOILED not in booth.events()
    booth.terminal.step(Done(len(booth.asked)))
    opening = booth.asked[-1]
    assert isinstance(opening, messages.OpenSpoiled)
    read = records.open_record(SpoiledOpening, opening.opening, TERMINAL.sign_key)
    assert read.spoiled == records.digest(spoil.spoiled)
    vote = records.open_record(CastVote, request.cast_vote, TERMINAL.sign_key)
    (r,) = read_scalars(read.r)
    assert times_base(r) == vote.sealed[:32]
    assert booth.page == "casting"
    booth.terminal.step(Done(len(booth.asked)))
    assert booth.page == "spoiled"
    assert booth.events()[-2:] == [EventType.VOTE_SPOILED, EventType.SPOILED_VOTE_OPENED]
    booth.remove()
    assert booth.page == "insert"


def test_what_opens_a_vote_is_asked_for_only_after_the_read_back(booth: Booth) -> None:
    request = sealed(booth)
    booth.touch("check")
    booth.terminal.step(Failed(len(booth.asked), Reason.CARD_WRITE_FAILED))
    assert booth.page == "fault:CARD_TORN"
    assert not any(isinstance(asked, messages.OpenSpoiled) for asked in booth.asked)
    booth.card(request.cast_vote)
    assert booth.page == "sealed:check", "the vote is still whole: cast it, or try again"
    booth.touch("cast")
    assert booth.page == "thanks"


def test_a_spoiled_card_is_sent_to_the_desk(booth: Booth) -> None:
    request = sealed(booth)
    booth.touch("cast")
    booth.remove()
    spoiled = records.sign(
        Spoiled(booth.package_hash, 77, KEY, request.cast_vote), TERMINAL.signing
    )
    seen = VoterCardSeen(5, KEY, None, None, None, False, spoiled, None)
    booth.terminal.step(seen)
    assert booth.page == "fault:CARD_SPOILED"


def test_who_says_nothing_has_voted(booth: Booth) -> None:
    sealed(booth)
    booth.time_out()
    assert booth.page == "thanks"
    assert booth.events()[-1] is EventType.VOTE_STORED


def reachable(root: object) -> Iterator[object]:
    """Yield every object that can be reached from here."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, type | ModuleType | FunctionType):
            seen.add(id(one))
            yield one
            waiting.extend(gc.get_referents(one))


def holds(root: object, secret: bytes) -> bool:
    return any(isinstance(one, bytes) and secret in one for one in reachable(root))


@pytest.mark.parametrize("end", ["cast", "time", "card out", "another card"])
def test_what_opens_a_vote_that_is_cast_is_nowhere(
    booth: Booth, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bytes] = []
    seal = Seal.seal

    def remembered(*arguments: Any) -> SealedBallot:
        made = seal(*arguments)
        drawn.append(bytes(bytearray(made.r)))  # a copy: the test may know it
        return made

    monkeypatch.setattr(Seal, "seal", remembered)
    sealed(booth)
    (r,) = drawn
    assert holds(booth.terminal, r), "the search finds it as long as the voter may ask for it"
    match end:
        case "cast":
            booth.touch("cast")
        case "time":
            booth.time_out()
        case "card out":
            booth.remove()
        case "another card":
            booth.card(b"another vote")
    assert not holds(booth.terminal, r)
    assert not holds(booth.asked, r)
    for place in (booth.root / "state", booth.root / "medium"):
        for path in place.rglob("*"):
            assert not path.is_file() or r not in path.read_bytes(), path


def test_without_randomness_nothing_is_sealed_and_the_terminal_stops(booth: Booth) -> None:
    booth.random = bytes  # zeros
    booth.card()
    booth.touch("language:kk", "line:2", "next", "line:0", "next", "line:5", "next")
    booth.touch("next", "yes", "next", "cast")
    assert booth.page == "fault:RANDOMNESS_BROKEN"
    assert booth.events()[-1] is EventType.RANDOMNESS_BAD
    assert not any(isinstance(asked, StoreVote) for asked in booth.asked)

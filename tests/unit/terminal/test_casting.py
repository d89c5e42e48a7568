"""A vote that is checked: the records of it, read as a checking station reads them."""

from __future__ import annotations

import dataclasses

import pytest

from common import ballot as ballots
from common import records
from common.ballot import Ballot
from common.records import CastVote, Spoiled, SpoiledOpening
from common.seal import Sealing
from common.seal.checkvalue import check_value
from common.seal.elgamal import Seal
from common.seal.group import Point
from common.seal.randomness import BadRandomness, CheckedSource
from common.tallykey import read_order
from terminal import casting
from terminal.effects import OpenSpoiled, SealBallot, SpoilVote
from terminal.events import VoteSealed
from tests import halves, samples

KEY = b"k" * 32
CHOICES = ((0,), (1, 2), (1,))
TERMINAL = samples.device("terminal-1")


def sealed_by(*, challenge_allowed: bool, random: str = "casting") -> VoteSealed:
    """Return a vote of a station whose package lets voters check, or not."""
    package = samples.package()
    parameters = dataclasses.replace(package.parameters, challenge_allowed=challenge_allowed)
    installation = dataclasses.replace(
        halves.installation("terminal-1"),
        package=dataclasses.replace(package, parameters=parameters),
    )
    keys = read_order(package, samples.package_hash(), halves.signed_order()).keys
    source = CheckedSource(samples.seeded(random))
    sealing = Sealing(package, samples.package_hash(), keys, TERMINAL.sign_key, source)
    return casting.seal_ballot(SealBallot(1, 77, KEY, CHOICES), 421, installation, sealing)


def test_a_spoiled_vote_opens_to_what_was_touched() -> None:
    made = sealed_by(challenge_allowed=True)
    assert made.sealed.r is not None
    assert made.sealed.check_value == check_value(made.cast_vote)
    installation = halves.installation("terminal-1")
    signed = casting.spoil(SpoilVote(77, KEY, made.cast_vote), installation)
    effect = OpenSpoiled(77, KEY, made.cast_vote, made.sealed.r)
    assert casting.spoil(effect, installation) == signed, "the same bytes each time"
    opening = records.open_record(
        SpoiledOpening, casting.open_spoiled(effect, installation), TERMINAL.sign_key
    )
    spoiled = records.open_record(Spoiled, signed, TERMINAL.sign_key)
    assert opening == SpoiledOpening(samples.package_hash(), records.digest(signed), made.sealed.r)
    assert spoiled == Spoiled(samples.package_hash(), 77, KEY, made.cast_vote)
    vote = records.open_record(CastVote, spoiled.cast_vote, TERMINAL.sign_key)
    keys = read_order(samples.package(), samples.package_hash(), halves.signed_order()).keys
    content = Seal(samples.package_hash(), tuple(map(Point, keys))).read_with(
        vote.style,
        TERMINAL.sign_key,
        vote.sealed,
        opening.r,
        ballots.encoded_size(samples.package()),
    )
    assert ballots.decode(samples.package(), 1, content) == Ballot(1, CHOICES, 421)


def test_where_nobody_may_check_r_is_not_even_kept() -> None:
    made = sealed_by(challenge_allowed=False)
    assert made.sealed.r is None
    assert made.sealed.check_value == check_value(made.cast_vote)


def test_nothing_of_it_is_printed() -> None:
    made = sealed_by(challenge_allowed=True)
    assert repr(made.sealed) == "SealedVote()"
    for effect in (
        SpoilVote(77, KEY, b"vote"),
        OpenSpoiled(77, KEY, b"vote", b"r" * 32),
    ):
        assert repr(effect) == f"{type(effect).__name__}()"


def test_a_broken_source_seals_nothing() -> None:
    package, order = samples.package(), halves.signed_order()
    keys = read_order(package, samples.package_hash(), order).keys
    source = CheckedSource(bytes)
    sealing = Sealing(package, samples.package_hash(), keys, TERMINAL.sign_key, source)
    with pytest.raises(BadRandomness):
        casting.seal_ballot(
            SealBallot(1, 77, KEY, CHOICES), 421, halves.installation("terminal-1"), sealing
        )

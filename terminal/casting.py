"""Making a vote: ballot and code into a seal, the seal into a signed record, bound to its card.

Rules: two records are signed, and nothing ties them but a hash in the second. `CastVote` says
nothing of card, time or terminal and goes into the urn; `Deposit` says which activation on which
card the vote belongs to and is stored nowhere. All votes of a station have one length.

A vote that is checked instead of cast becomes a `Spoiled` record for that card, and only then a
`SpoiledOpening` with r. r is in memory from the sealing to the voter's choice, and on the card only
if the package lets voters check the terminal and this one wants to.
"""

from __future__ import annotations

from common import records
from common.ballot import Ballot
from common.enrolment import Installation
from common.records import CastVote, Deposit, Spoiled, SpoiledOpening
from common.seal import Sealing
from common.seal.checkvalue import check_value
from terminal.effects import OpenSpoiled, SealBallot, SpoilVote
from terminal.events import SealedVote, VoteSealed


def seal_ballot(
    ballot: SealBallot, code: int, installation: Installation, sealing: Sealing
) -> VoteSealed:
    """Return the sealed vote with its deposit, both signed by this terminal.

    Raises:
        BallotError: the choices are not a ballot of the package.
        BadRandomness: the random source is broken: nothing may be sealed here.
    """
    made = sealing.seal(Ballot(ballot.style, ballot.choices, code))
    cast_vote = records.sign(
        CastVote(installation.package_hash, ballot.style, made.sealed), installation.keys.signing
    )
    vote = records.digest(cast_vote)
    deposit = records.sign(
        Deposit(installation.package_hash, ballot.serial, ballot.card_key, vote),
        installation.keys.signing,
    )
    may_check = installation.package.parameters.challenge_allowed
    sealed = SealedVote(cast_vote, check_value(cast_vote), made.r if may_check else None)
    return VoteSealed(code, cast_vote, deposit, vote, sealed)


def spoil(vote: SpoilVote | OpenSpoiled, installation: Installation) -> bytes:
    """Return the signed record that the vote is spoiled; the same bytes each time."""
    spoiled = Spoiled(installation.package_hash, vote.serial, vote.card_key, vote.cast_vote)
    return records.sign(spoiled, installation.keys.signing)


def open_spoiled(vote: OpenSpoiled, installation: Installation) -> bytes:
    """Return the signed record of what the spoiled vote was sealed with."""
    spoiled = records.digest(spoil(vote, installation))
    opening = SpoiledOpening(installation.package_hash, spoiled, vote.r)
    return records.sign(opening, installation.keys.signing)

"""Making a vote: ballot and code into a seal, the seal into a signed record, bound to its card.

Rules: two records are signed, and nothing ties them but a hash in the second. `CastVote` says
nothing of card, time or terminal and goes into the urn; `Deposit` says which activation on which
card the vote belongs to and is stored nowhere. All votes of a station have one length.
"""

from __future__ import annotations

from common import records
from common.ballot import Ballot
from common.enrolment import Installation
from common.records import CastVote, Deposit
from common.seal import Sealing
from terminal.effects import SealBallot
from terminal.events import VoteSealed


def seal_ballot(
    ballot: SealBallot, code: int, installation: Installation, sealing: Sealing
) -> VoteSealed:
    """Return the sealed vote with its deposit, both signed by this terminal.

    Raises:
        BallotError: the choices are not a ballot of the package.
        BadRandomness: the random source is broken: nothing may be sealed here.
    """
    sealed = sealing.seal(Ballot(ballot.style, ballot.choices, code))
    cast_vote = records.sign(
        CastVote(installation.package_hash, ballot.style, sealed), installation.keys.signing
    )
    vote = records.digest(cast_vote)
    deposit = records.sign(
        Deposit(installation.package_hash, ballot.serial, ballot.card_key, vote),
        installation.keys.signing,
    )
    return VoteSealed(code, cast_vote, deposit, vote)

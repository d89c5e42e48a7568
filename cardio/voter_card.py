"""The voter card: blank → activated → voted → blank.

Rules. The state is what valid records the card holds; there is no flag to tear. `5FC10D` holds the
activation, `5FC10E` the vote with its deposit. Voting leaves the activation where it is; erasing
takes the activation first, so that a card torn there is still voted, never active again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cardio.card_writer import CardWriter
from cardio.genuine import GenuineCard
from cardio.piv import ObjectId
from cardio.station_records import SignedVote, StationRecords
from common.records import RecordError

ACTIVATION = ObjectId.RETIRED_CERTIFICATE_1
VOTE = ObjectId.RETIRED_CERTIFICATE_2


@dataclass(frozen=True, slots=True)
class VoterCardContent:
    """What a voter card holds, verified; `torn` says that something on it is not.

    Attributes:
        activation: the signed `Activation`.
        vote: the signed `CastVote` and `Deposit`.
    """

    activation: bytes | None = field(repr=False)
    vote: SignedVote | None = field(repr=False)
    torn: bool


class VoterCard:
    """A voter card in the slot."""

    def __init__(self, card: GenuineCard, records: StationRecords) -> None:
        self._card = card
        self._records = records

    def read(self) -> VoterCardContent:
        """Return what is on the card.

        Raises:
            Copied: a record on it was made for another card.
            CardError, CardGone.
        """
        untrusted_activation = self._card.piv.read_object(ACTIVATION)
        untrusted_vote = self._card.piv.read_object(VOTE)
        activation = self._verified_activation(untrusted_activation)
        vote = self._verified_vote(untrusted_vote)
        torn = (untrusted_activation is not None and activation is None) or (
            untrusted_vote is not None and vote is None
        )
        return VoterCardContent(activation, vote, torn)

    def activate(self, activation: bytes, writer: CardWriter) -> None:
        """Write an activation that is for this card.

        Raises:
            RecordError, Copied: it is not; nothing was written.
            NotWritten, CardError, CardGone.
        """
        self._records.check_activation(activation, self._card.key_hash)
        writer.replace(ACTIVATION, activation)

    def store_vote(self, vote: SignedVote, writer: CardWriter) -> None:
        """Write a vote that is for this card, beside its activation.

        Raises:
            RecordError, Copied: it is not; nothing was written.
            NotWritten, CardError, CardGone.
        """
        self._records.check_vote(vote, self._card.key_hash)
        writer.replace(VOTE, vote.to_bytes())

    def erase(self, writer: CardWriter) -> None:
        """Make the card blank. Raises: NotWritten, CardError, CardGone."""
        writer.erase(ACTIVATION)
        writer.erase(VOTE)

    def _verified_activation(self, untrusted: bytes | None) -> bytes | None:
        if untrusted is None:
            return None
        try:
            self._records.check_activation(untrusted, self._card.key_hash)
        except RecordError:
            return None
        return untrusted

    def _verified_vote(self, untrusted: bytes | None) -> SignedVote | None:
        if untrusted is None:
            return None
        try:
            vote = SignedVote.from_bytes(untrusted)
            self._records.check_vote(vote, self._card.key_hash)
        except RecordError:
            return None
        return vote

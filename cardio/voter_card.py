"""The voter card: blank → activated → voted (or, from there, spoiled) → blank.

Rules. The state is what valid records the card holds; there is no flag to tear. `5FC10D` holds the
activation, `5FC10E` the vote with its deposit or, in their place, the spoiled vote, and `5FC10F`
what that is opened with. Voting and spoiling leave the activation where it is; erasing takes the
activation first, so that a card torn there is still voted or spoiled, never active again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cardio.card_writer import CardWriter
from cardio.genuine import GenuineCard
from cardio.piv import ObjectId
from cardio.station_records import SignedVote, StationRecords
from common.records import RecordError, RecordFault

ACTIVATION = ObjectId.RETIRED_CERTIFICATE_1
VOTE = ObjectId.RETIRED_CERTIFICATE_2
OPENING = ObjectId.RETIRED_CERTIFICATE_3


@dataclass(frozen=True, slots=True)
class VoterCardContent:
    """What a voter card holds, verified; `torn` says that something on it is not.

    Attributes:
        activation: the signed `Activation`.
        vote: the signed `CastVote` and `Deposit`.
        spoiled: the signed `Spoiled`, in place of a vote.
        opening: the signed `SpoiledOpening` of that `spoiled`.
    """

    activation: bytes | None = field(repr=False)
    vote: SignedVote | None = field(repr=False)
    torn: bool
    spoiled: bytes | None = field(default=None, repr=False)
    opening: bytes | None = field(default=None, repr=False)


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
        untrusted_opening = self._card.piv.read_object(OPENING)
        activation = self._verified_activation(untrusted_activation)
        vote = self._verified_vote(untrusted_vote)
        spoiled = None if vote is not None else self._verified_spoiled(untrusted_vote)
        opening = self._verified_opening(untrusted_opening, spoiled)
        torn = (
            (untrusted_activation is not None and activation is None)
            or (untrusted_vote is not None and vote is None and spoiled is None)
            or (untrusted_opening is not None and opening is None)
        )
        return VoterCardContent(activation, vote, torn, spoiled, opening)

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

    def spoil_vote(self, spoiled: bytes, writer: CardWriter) -> None:
        """Put a spoiled vote in the place of vote and deposit; only in the place of that very vote.

        Raises:
            RecordError, Copied: it is not for this card, or not of its vote; nothing was written.
            NotWritten, CardError, CardGone.
        """
        record = self._records.check_spoiled(spoiled, self._card.key_hash)
        now = self.read()
        if now.spoiled != spoiled:
            if now.vote is None or now.vote.cast_vote != record.cast_vote:
                raise RecordError("Spoiled", RecordFault.WRONG_FORM, "the card holds another vote")
            writer.replace(VOTE, spoiled)

    def open_spoiled(self, opening: bytes, writer: CardWriter) -> None:
        """Write what the card's spoiled vote was sealed with beside it.

        Raises:
            RecordError: it is not for the vote that is spoiled on this card; nothing was written.
            Copied, NotWritten, CardError, CardGone.
        """
        spoiled = self.read().spoiled
        if spoiled is None:
            raise RecordError("SpoiledOpening", RecordFault.WRONG_FORM, "no vote is spoiled here")
        self._records.check_opening(opening, spoiled)
        writer.replace(OPENING, opening)

    def erase(self, writer: CardWriter) -> None:
        """Make the card blank. Raises: NotWritten, CardError, CardGone."""
        writer.erase(ACTIVATION)
        writer.erase(OPENING)
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

    def _verified_spoiled(self, untrusted: bytes | None) -> bytes | None:
        if untrusted is None:
            return None
        try:
            self._records.check_spoiled(untrusted, self._card.key_hash)
        except RecordError:
            return None
        return untrusted

    def _verified_opening(self, untrusted: bytes | None, spoiled: bytes | None) -> bytes | None:
        if untrusted is None or spoiled is None:
            return None
        try:
            self._records.check_opening(untrusted, spoiled)
        except RecordError:
            return None
        return untrusted

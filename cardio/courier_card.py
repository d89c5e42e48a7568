"""The courier card: the desk's half of the tally key on its way, then the start order to all.

    5FC10F   the signed `StartOrder`
    5FC110   the desk's signed `TallyHalf`
    5FC111   its signed `HalfShares`

Rules. What it carries is believed by its signature alone; the card proves only that it is of this
station. A start order that does not verify is as good as none, and so is a half whose proof does
not hold, or that is not there with what belongs to it: half of a half is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardio.card_writer import CardWriter
from cardio.genuine import GenuineCard
from cardio.piv import ObjectId
from cardio.station_records import StationRecords
from common.records import RecordError
from common.tallykey import SignedHalf

START_ORDER = ObjectId.RETIRED_CERTIFICATE_3
TALLY_HALF = ObjectId.RETIRED_CERTIFICATE_4
HALF_SHARES = ObjectId.RETIRED_CERTIFICATE_5


@dataclass(frozen=True, slots=True)
class CourierCardContent:
    """What is on the card, verified; `torn` says that there is something that does not verify."""

    start_order: bytes | None
    half: SignedHalf | None
    torn: bool


class CourierCard:
    """The courier card in the slot."""

    def __init__(self, card: GenuineCard, records: StationRecords) -> None:
        self._card = card
        self._records = records

    def read(self) -> CourierCardContent:
        """Return what is on the card. Raises: CardError, CardGone."""
        order, order_torn = self._start_order()
        half, half_torn = self._half()
        return CourierCardContent(order, half, torn=order_torn or half_torn)

    def write(self, start_order: bytes, writer: CardWriter) -> None:
        """Write a start order of this station.

        Raises:
            RecordError: it is not; nothing was written.
            NotWritten, CardError, CardGone.
        """
        self._records.check_start_order(start_order)
        writer.replace(START_ORDER, start_order)

    def write_half(self, half: SignedHalf, writer: CardWriter) -> None:
        """Write a desk's half of the tally key.

        Raises:
            RecordError: it is none of this station; nothing was written.
            NotWritten, CardError, CardGone.
        """
        self._records.check_half(half)
        writer.replace(HALF_SHARES, half.half_shares)
        writer.replace(TALLY_HALF, half.tally_half)

    def _start_order(self) -> tuple[bytes | None, bool]:
        untrusted = self._card.piv.read_object(START_ORDER)
        if untrusted is None:
            return None, False
        try:
            self._records.check_start_order(untrusted)
        except RecordError:
            return None, True
        return untrusted, False

    def _half(self) -> tuple[SignedHalf | None, bool]:
        untrusted_half = self._card.piv.read_object(TALLY_HALF)
        untrusted_shares = self._card.piv.read_object(HALF_SHARES)
        if untrusted_half is None or untrusted_shares is None:
            return None, untrusted_half is not untrusted_shares
        untrusted = SignedHalf(untrusted_half, untrusted_shares)
        try:
            self._records.check_half(untrusted)
        except RecordError:
            return None, True
        return untrusted, False

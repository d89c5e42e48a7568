"""The courier card: carries the start order from the accumulator to every board, in `5FC10F`.

Rules. What it carries is believed by its signature alone; the card proves only that it is of this
station. A start order that does not verify is as good as none.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardio.card_writer import CardWriter
from cardio.genuine import GenuineCard
from cardio.piv import ObjectId
from cardio.station_records import StationRecords
from common.records import RecordError

START_ORDER = ObjectId.RETIRED_CERTIFICATE_3


@dataclass(frozen=True, slots=True)
class CourierCardContent:
    """The signed `StartOrder`, verified; `torn` says that there is one that does not verify."""

    start_order: bytes | None
    torn: bool


class CourierCard:
    """The courier card in the slot."""

    def __init__(self, card: GenuineCard, records: StationRecords) -> None:
        self._card = card
        self._records = records

    def read(self) -> CourierCardContent:
        """Return what is on the card. Raises: CardError, CardGone."""
        untrusted = self._card.piv.read_object(START_ORDER)
        if untrusted is None:
            return CourierCardContent(None, torn=False)
        try:
            self._records.check_start_order(untrusted)
        except RecordError:
            return CourierCardContent(None, torn=True)
        return CourierCardContent(untrusted, torn=False)

    def write(self, start_order: bytes, writer: CardWriter) -> None:
        """Write a start order of this station.

        Raises:
            RecordError: it is not; nothing was written.
            NotWritten, CardError, CardGone.
        """
        self._records.check_start_order(start_order)
        writer.replace(START_ORDER, start_order)

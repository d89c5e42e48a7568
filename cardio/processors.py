"""Long commands and long responses over short APDUs.

Rules. `CommandChaining` splits a field over several commands with bit 0x10 of CLA set on all but
the last (ISO/IEC 7816-4 §5.3.3, as SP 800-73-4 part 2 uses it in every command that may be long);
a part that the card refuses ends the chain, and that status is the answer. `ResponseChaining`
collects what the card holds back behind 61xx with GET RESPONSE, and repeats a command once with
the Le that 6Cxx asks for. Both are bounded: a card cannot keep us busy or fill our memory.
"""

from __future__ import annotations

import dataclasses

from cardio.transport import MAX_FIELD_SIZE, OK, Apdu, Transport

CHAINED = 0x10
INS_GET_RESPONSE = 0xC0
MAX_RESPONSE_SIZE = 1 << 14
"""Greatest response in all, bytes; the greatest PIV container has 12,710 (SP 800-73-4 part 1)."""

STATUS_TOO_LONG = 0x6F00
"""Reported instead of the card's status when a response has no end."""


class CommandChaining:
    """A transport that takes fields of any length."""

    def __init__(self, inner: Transport, part_size: int = MAX_FIELD_SIZE) -> None:
        """`part_size` is the greatest field of one command, 1 to 255 bytes."""
        if not 1 <= part_size <= MAX_FIELD_SIZE:
            raise ValueError(f"parts of {part_size} bytes do not fit short APDUs")
        self._inner = inner
        self._part_size = part_size

    def send_and_receive(self, apdu: Apdu) -> tuple[bytes, int]:
        """Send in as many parts as it takes. Raises: CardGone."""
        rest = apdu.field
        while len(rest) > self._part_size:
            part, rest = rest[: self._part_size], rest[self._part_size :]
            chained = Apdu(apdu.cla | CHAINED, apdu.ins, apdu.p1, apdu.p2, part)
            response, status = self._inner.send_and_receive(chained)
            if status != OK:
                return response, status
        return self._inner.send_and_receive(dataclasses.replace(apdu, field=rest))


class ResponseChaining:
    """A transport that returns responses of any length up to `MAX_RESPONSE_SIZE`."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send_and_receive(self, apdu: Apdu) -> tuple[bytes, int]:
        """Send, and fetch all that the card has to say. Raises: CardGone."""
        response, status = self._exactly(apdu)
        while status >> 8 == 0x61:
            more = Apdu(apdu.cla & ~CHAINED, INS_GET_RESPONSE, 0, 0, le=(status & 0xFF) or 256)
            part, status = self._exactly(more)
            if not part and status >> 8 == 0x61:
                return b"", STATUS_TOO_LONG
            response += part
            if len(response) > MAX_RESPONSE_SIZE:
                return b"", STATUS_TOO_LONG
        return response, status

    def _exactly(self, apdu: Apdu) -> tuple[bytes, int]:
        response, status = self._inner.send_and_receive(apdu)
        if status >> 8 == 0x6C:
            exact = dataclasses.replace(apdu, le=(status & 0xFF) or 256)
            response, status = self._inner.send_and_receive(exact)
        return response, status

"""The card boundary: one call that sends a command APDU and returns response and status word.

Rules. Everything above talks through `Transport.send_and_receive`; processors (`cardio.processors`)
are transports around a transport. This bottom one knows short APDUs only (ISO/IEC 7816-4 §5.1): a
command field of at most 255 bytes. It adds nothing, repeats nothing and judges no status word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hal.card_reader import CardConnection

MAX_FIELD_SIZE = 255
"""Greatest command field of one short APDU, in bytes."""

OK = 0x9000


@dataclass(frozen=True, slots=True)
class Apdu:
    """A command, of any length: what is longer than one short APDU is chained on the way.

    Attributes:
        cla, ins, p1, p2: the header, one byte each.
        field: the command field; may hold a PIN, so it never shows.
        le: how many bytes may come back, 1–256, or None when none are expected.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    field: bytes = b""
    le: int | None = None

    def __repr__(self) -> str:
        header = f"{self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X}"
        return f"Apdu({header}, {len(self.field)} bytes, le={self.le})"

    def to_bytes(self) -> bytes:
        """Return the short APDU, 4 to 261 bytes.

        Raises:
            ValueError: a byte, the field or Le does not fit a short APDU.
        """
        if len(self.field) > MAX_FIELD_SIZE:
            raise ValueError(f"{len(self.field)} bytes do not fit one short APDU")
        command = bytes((self.cla, self.ins, self.p1, self.p2))
        if self.field:
            command += bytes((len(self.field),)) + self.field
        if self.le is not None:
            if not 1 <= self.le <= 256:
                raise ValueError(f"Le of {self.le} does not fit a short APDU")
            command += bytes((self.le & 0xFF,))
        return command


class Transport(Protocol):
    """Whatever can carry a command to a card."""

    def send_and_receive(self, apdu: Apdu) -> tuple[bytes, int]:
        """Return the response field and the status word.

        Raises:
            CardGone: the card left in between.
        """


class CardTransport:
    """The bottom: one `Apdu` is one command over the connection."""

    def __init__(self, connection: CardConnection) -> None:
        self._connection = connection

    def send_and_receive(self, apdu: Apdu) -> tuple[bytes, int]:
        """Send one short APDU. Raises: CardGone, ValueError (too long)."""
        return self._connection.transmit(apdu.to_bytes())

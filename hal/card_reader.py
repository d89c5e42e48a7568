"""The card reader: one slot for one contact smart card.

Rules. States are values: no reader, no card and a card are ordinary and are returned, never raised.
`CardGone` says that the card left (or lost its power, or fell silent) in the middle of a dialogue;
after it the connection is dead and only a new `connect` helps, also when the same card came back.
Commands are short APDUs (ISO/IEC 7816-4 §5.1); a driver adds nothing to them and hides nothing.

A reader has one owner thread that calls `wait_for_change`; one other thread may hold the connection
meanwhile. A reader never looks into what a card says.
"""

from __future__ import annotations

import enum
from typing import Protocol

MAX_COMMAND_SIZE = 261
"""Greatest command in bytes: header 4, Lc 1, command field 255, Le 1."""

MAX_RESPONSE_SIZE = 256
"""Greatest response field in bytes, without the status word."""


class ReaderState(enum.Enum):
    """What stands in front of us."""

    NO_READER = "no reader"
    NO_CARD = "no card"
    CARD = "card"


class CardGone(Exception):
    """The card left, lost its power or gave no answer; this connection is dead."""


class CardMute(CardGone):
    """Something is in the slot and gives no answer to reset: put in backwards, or dead."""


class CardConnection(Protocol):
    """A powered card, ours alone until `close`."""

    @property
    def atr(self) -> bytes:
        """The answer to reset (ISO/IEC 7816-3 §8), up to 33 bytes."""

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        """Send one short APDU; return the response field and the status word.

        Raises:
            CardGone: the card left, or did not answer.
            PartFault: the reader is broken.
        """

    def close(self) -> None:
        """Cut the card's power, so that nothing it was told (PIN, keys) outlives this dialogue.

        May be called again, and after `CardGone`. Never raises for a card that has gone.
        """


class CardReader(Protocol):
    """One slot."""

    def wait_for_change(self, timeout_s: float) -> ReaderState:
        """Return the state once it differs from the one returned last, or after `timeout_s`.

        The first call returns at once. A card that was taken out and put back (or changed for
        another) between two calls is reported as `NO_CARD` first, so that no insertion is missed.

        Raises:
            PartFault: the reader is broken in a way that waiting will not mend.
        """

    def connect(self) -> CardConnection:
        """Power the card and take it for ourselves.

        Raises:
            CardMute: there is a card that does not answer.
            CardGone: there is no card, or no reader.
            PartFault: the reader is broken.
        """

    def close(self) -> None:
        """Let go of the reader; a `wait_for_change` under way returns soon."""

"""The configuration of cardiod, beside the board's own.

Rules. cardiod reads the board's installed package and nothing else of its state; it has no key.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cardio.piv import ManagementAlgorithm
from common.config import RootKeyed
from hal.config import PartsConfig


class CardKeys(Enum):
    """The algorithm of the management keys that the centre gave its cards."""

    AES_128 = "aes-128"
    AES_192 = "aes-192"
    AES_256 = "aes-256"

    @property
    def algorithm(self) -> ManagementAlgorithm:
        """As the card knows it."""
        return ManagementAlgorithm[self.name]


@dataclass(frozen=True, slots=True)
class CardioConfig(RootKeyed):
    """What cardiod needs to know, beside the root key.

    Attributes:
        socket: where the board's daemon connects.
        state: the board's state folder; only `package.cose` in it is read.
        parts: the section of the board's parts; only the card reader is opened.
        board_uids: users whose daemon may connect; empty means our own user.
        card_keys: see `CardKeys`.
    """

    socket: Path
    state: Path
    parts: PartsConfig
    board_uids: tuple[int, ...] = ()
    card_keys: CardKeys = CardKeys.AES_256

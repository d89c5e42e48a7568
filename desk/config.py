"""The configuration of deskd: which board this is, where its things lie, its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hal.config import PartsConfig


@dataclass(frozen=True, slots=True)
class DeskConfig:
    """What deskd needs to know.

    Attributes:
        board: the name under which this board is enrolled.
        root_key: the centre's root public key, 64 hexadecimal digits.
        state: the board's own storage, a folder.
        card_socket: where cardiod listens.
        parts: wiring of screen, touch, scanner and recording slot.
        language: of the operator's page at a start; the page itself changes it.
    """

    board: str
    root_key: str
    state: Path
    card_socket: Path
    parts: PartsConfig
    language: Literal["kk", "ru", "en"] = "kk"

    def __post_init__(self) -> None:
        """Check the root key. Raises: ValueError."""
        if len(self.root_public_key) != 32:
            raise ValueError("root_key: give the 64 hexadecimal digits of the root public key")

    @property
    def root_public_key(self) -> bytes:
        """The root key, 32 bytes. Raises: ValueError."""
        return bytes.fromhex(self.root_key)

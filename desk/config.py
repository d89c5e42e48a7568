"""The configuration of deskd: which board this is, where its things lie, its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from common.config import RootKeyed
from hal.config import PartsConfig


@dataclass(frozen=True, slots=True)
class DeskConfig(RootKeyed):
    """What deskd needs to know, beside the root key.

    Attributes:
        board: the name under which this board is enrolled.
        state: the board's own storage, a folder.
        card_socket: where cardiod listens.
        parts: wiring of screen, touch, scanner and recording slot.
        language: of the operator's page at a start; the page itself changes it.
    """

    board: str
    state: Path
    card_socket: Path
    parts: PartsConfig
    language: Literal["kk", "ru", "en"] = "kk"

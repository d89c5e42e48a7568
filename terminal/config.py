"""The configuration of terminald: which board this is, where its things lie, its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from common.config import RootKeyed
from hal.config import PartsConfig


@dataclass(frozen=True, slots=True)
class TerminalConfig(RootKeyed):
    """What terminald needs to know, beside the root key.

    Attributes:
        board: the name under which this board is enrolled.
        state: the board's own storage, a folder.
        card_socket: where cardiod listens.
        parts: wiring of screen, touch, lines, clock and recording slot.
    """

    board: str
    state: Path
    card_socket: Path
    parts: PartsConfig

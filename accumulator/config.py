"""The configuration of accumulatord: which board this is, where its things lie, its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hal.config import PartsConfig


@dataclass(frozen=True, slots=True)
class AccumulatorConfig:
    """What accumulatord needs to know.

    Attributes:
        board: the name under which this board is enrolled.
        root_key: the centre's root public key, 64 hexadecimal digits.
        state: the board's own storage, a folder.
        card_socket: where cardiod listens.
        runtime_dir: a folder in memory (tmpfs) for the unsealed station keys: it outlives this
            daemon and not the power.
        parts: wiring of screen, touch, lines, clock, supply, printer and both slots.
        language: of the operators' pages at a start; the pages themselves change it.
    """

    board: str
    root_key: str
    state: Path
    card_socket: Path
    runtime_dir: Path
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

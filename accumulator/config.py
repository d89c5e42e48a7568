"""The configuration of accumulatord: which board this is, where its things lie, its parts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from common.config import RootKeyed
from hal.config import PartsConfig


@dataclass(frozen=True, slots=True)
class AccumulatorConfig(RootKeyed):
    """What accumulatord needs to know, beside the root key.

    Attributes:
        board: the name under which this board is enrolled.
        state: the board's own storage, a folder.
        card_socket: where cardiod listens.
        runtime_dir: a folder in memory (tmpfs) for the unsealed station keys: it outlives this
            daemon and not the power.
        parts: wiring of screen, touch, lines, clock, supply, printer and both slots.
        language: of the operators' pages at a start; the pages themselves change it.
    """

    board: str
    state: Path
    card_socket: Path
    runtime_dir: Path
    parts: PartsConfig
    language: Literal["kk", "ru", "en"] = "kk"

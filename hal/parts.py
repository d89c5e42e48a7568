"""The table of parts that every board's `main(argv, parts)` takes.

Rules: a factory opens its part and returns it, ready; it raises `PartFault` when the part is
missing or broken, and `ConfigError` when the configuration has no section for it. There is one
table for production (`hal.production.PARTS`) and one made by `simulators`; nothing else makes one,
and nothing chooses between them at run time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from common.clock import Clock
from common.media import Medium
from hal.card_reader import CardReader
from hal.clock_chip import ClockChip
from hal.config import PartsConfig
from hal.lines import Lines
from hal.medium_slot import MediumSlot
from hal.printer import Printer
from hal.scanner import Scanner
from hal.screen import Screen
from hal.supply import Supply
from hal.touch import Touch

P = TypeVar("P")
Factory: TypeAlias = Callable[[PartsConfig, Clock], P]


@dataclass(frozen=True, slots=True)
class Parts:
    """How each part is opened. All time-outs of a part go by the clock that it is given.

    `own_storage` takes the board's state folder, which must be there.
    """

    clock: Callable[[PartsConfig], Clock]
    own_storage: Callable[[Path], Medium]
    card_reader: Factory[CardReader]
    screen: Factory[Screen]
    touch: Factory[Touch]
    lines: Factory[Lines]
    clock_chip: Factory[ClockChip]
    supply: Factory[Supply]
    scanner: Factory[Scanner]
    printer: Factory[Printer]
    recording_slot: Factory[MediumSlot]
    visiting_slot: Factory[MediumSlot]

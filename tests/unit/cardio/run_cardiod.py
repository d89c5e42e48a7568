"""Runs cardiod with a simulated slot that holds one card, at the time of the samples.

run_cardiod.py CARD_FILE cardiod's own arguments …
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from cardio.__main__ import main
from common.clock import Clock, SystemClock
from hal.card_reader import CardReader
from hal.config import PartsConfig
from hal.parts import Parts
from simulators.card_reader import SimCardReader, SimCardSlot
from simulators.piv_card import CardState, SimPivCard
from tests import samples


class ElectionDayClock(SystemClock):
    """Real time, with another date."""

    def now_ms(self) -> int:
        return samples.OPENS_S * 1000


def absent(*_: object) -> NoReturn:
    raise AssertionError("cardiod opens no part but the card reader")


def card_reader(_: PartsConfig, clock: Clock) -> CardReader:
    slot = SimCardSlot()
    slot.insert(SimPivCard(CardState.from_bytes(Path(sys.argv[1]).read_bytes()), os.urandom))
    return SimCardReader(slot, clock)


PARTS = Parts(
    clock=lambda _: ElectionDayClock(),
    own_storage=absent,
    card_reader=card_reader,
    screen=absent,
    touch=absent,
    lines=absent,
    clock_chip=absent,
    supply=absent,
    scanner=absent,
    printer=absent,
    recording_slot=absent,
    visiting_slot=absent,
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], PARTS))

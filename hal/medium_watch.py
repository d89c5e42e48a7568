"""A thread that looks at the recording slot: a board notices at once what a hand does there.

Rules: it never touches the medium; what is in order at the first look is no news.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from common.clock import Clock
from common.service import Inbox, PartThread
from hal.medium_slot import MediumSlot, SlotState

WATCH_S: Final = 0.5
"""Clock seconds between two looks."""
_SHORTEST_PAUSE_S: Final = 0.05  # a clock that runs fast must not make a busy loop of this


@dataclass(frozen=True, slots=True)
class RecordingMediumMoved:
    """The recording medium was put in, or taken out."""

    present: bool


class RecordingSlotThread(PartThread):
    """Looks at the slot again and again, and posts `RecordingMediumMoved`."""

    def __init__(self, inbox: Inbox, slot: MediumSlot, clock: Clock) -> None:
        super().__init__("recording slot", inbox)
        self._slot = slot
        self._clock = clock
        self._ended = threading.Event()
        self._present = True

    def turn(self) -> None:
        """Look once, then pause."""
        present = self._slot.state() is SlotState.PRESENT
        if present != self._present:
            self._present = present
            self.inbox.post(RecordingMediumMoved(present))
        self._ended.wait(max(_SHORTEST_PAUSE_S, self._clock.wait_s(WATCH_S)))

    def interrupt(self) -> None:
        """End the pause."""
        self._ended.set()

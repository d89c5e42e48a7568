"""A slot for a removable recording medium.

Rules: an empty slot is a value. A medium that vanishes while it is written raises
`common.media.MediumFault` from the medium, not from here. `medium` gives a new object each time;
one that was taken out and put back must be asked for again.
"""

from enum import Enum
from typing import Protocol

from common.media import Medium


class SlotState(Enum):
    """All that a slot can be."""

    EMPTY = 1
    PRESENT = 2


class MediumSlot(Protocol):
    """One slot of a board."""

    def state(self) -> SlotState:
        """Say whether a medium is in the slot; never blocks for long."""
        ...

    def medium(self) -> Medium:
        """Return the medium in the slot.

        Raises:
            PartFault: the slot is empty.
        """
        ...

    def close(self) -> None:
        """Let go of the slot; the medium stays in."""
        ...

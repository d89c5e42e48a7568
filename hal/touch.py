"""The touch panel in front of a screen.

Rules: one finger, in pixels of the screen below. Every DOWN is followed by exactly one UP at the
last known place; MOVE is reported only while down and only when the place changed. Read by one
thread.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class TouchKind(Enum):
    """What the finger did."""

    DOWN = 1
    MOVE = 2
    UP = 3


@dataclass(frozen=True, slots=True)
class TouchEvent:
    """One thing the finger did, in pixels from the top left of the screen."""

    kind: TouchKind
    x: int
    y: int


class Touch(Protocol):
    """Where a board is touched."""

    def read(self, timeout_s: float) -> TouchEvent | None:
        """Wait up to `timeout_s` clock seconds for the next event; None when there was none.

        Raises:
            PartFault: the panel does not answer.
        """
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...

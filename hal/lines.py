"""Single wires of a board: keys 1 and 2, latch of the card slot, lamp, buzzer, tamper switch.

Rules: keys are debounced by the driver; every press is followed by its release. The outputs are
off when the part is opened and when it is closed, except the latch, which stays as it was set last:
a daemon that restarts must not let go of a card. `read_keys` is called by one thread; the outputs
and `tamper` may be called from another one at the same time.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """Key 1 or key 2 was pressed or let go."""

    key: int
    pressed: bool


class Lines(Protocol):
    """The single wires of a board."""

    def read_keys(self, timeout_s: float) -> KeyEvent | None:
        """Wait up to `timeout_s` clock seconds for the next key event; None when there was none.

        Raises:
            PartFault: the pins cannot be read.
        """
        ...

    def set_latch(self, closed: bool) -> None:
        """Hold the card in its slot (True) or let it go (False)."""
        ...

    def set_lamp(self, lit: bool) -> None:
        """Light the lamp at the card slot, or not."""
        ...

    def buzz(self, duration_s: float) -> None:
        """Sound the buzzer for so many clock seconds; returns at once."""
        ...

    def tamper(self) -> bool:
        """Say whether the case is open."""
        ...

    def close(self) -> None:
        """Put lamp and buzzer off and let go of the pins; the latch stays."""
        ...

"""The power supply of a board: mains and battery.

Rules: it only tells; what to do when the battery runs low is decided by the board's machine.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SupplyState:
    """Whether mains is there, and the battery: charge in percent 0…100, cell voltage in mV."""

    on_mains: bool
    charge_percent: int
    supply_mv: int


class Supply(Protocol):
    """The power supply of a board."""

    def read(self) -> SupplyState:
        """Return the state now.

        Raises:
            PartFault: the gauge does not answer.
        """
        ...

    def close(self) -> None:
        """Let go of the bus and the line."""
        ...

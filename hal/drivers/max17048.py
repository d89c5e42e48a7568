"""MAX17048 battery gauge over I²C, with the power-fail line beside it.

Rules: registers have 16 bits, the high byte first. The gauge may say more than 100 %; here that is
100.

Source: Maxim MAX17048/MAX17049 data sheet, table 2 (VCELL 02h, SOC 04h, VERSION 08h).
"""

from __future__ import annotations

from collections.abc import Callable

from hal.config import SupplyConfig
from hal.drivers.i2c import I2cBus
from hal.faults import PartFault
from hal.supply import SupplyState

_VCELL = 0x02
_SOC = 0x04
_VERSION = 0x08
_FAMILY = 0x001  # high twelve bits of VERSION
_UV_PER_STEP = 78.125


class Max17048Supply:
    """`hal.supply.Supply` on a MAX17048."""

    def __init__(self, bus: I2cBus, config: SupplyConfig, on_mains: Callable[[], bool]) -> None:
        """Take the bus; `on_mains` reads the power-fail line.

        Raises:
            PartFault: no chip, or another chip, answers at the address.
        """
        self._bus = bus
        self._address = config.address
        self._on_mains = on_mains
        version = self._register(_VERSION)
        if version >> 4 != _FAMILY:
            raise PartFault("supply gauge", f"version {version:#06x} is no MAX17048")

    def read(self) -> SupplyState:
        """Return the state now.

        Raises:
            PartFault: the gauge does not answer.
        """
        charge_percent = min(100, self._register(_SOC) >> 8)
        supply_mv = round(self._register(_VCELL) * _UV_PER_STEP / 1000)
        return SupplyState(self._on_mains(), charge_percent, supply_mv)

    def _register(self, number: int) -> int:
        try:
            high, low = self._bus.read_i2c_block_data(self._address, number, 2)
        except OSError as error:
            raise PartFault("supply gauge", f"no answer: {error}") from error
        return high << 8 | low

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()

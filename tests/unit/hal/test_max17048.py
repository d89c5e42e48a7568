"""The gauge driver beyond the contract."""

import pytest

from hal.config import SupplyConfig
from hal.drivers.max17048 import Max17048Supply
from hal.faults import PartFault
from hal.supply import SupplyState
from simulators.registers import Max17048, SimI2cBus


@pytest.mark.parametrize(
    ("charge", "millivolts", "state"),
    [
        (0.0, 3000.0, SupplyState(True, 0, 3000)),
        (99.99, 3700.4, SupplyState(True, 99, 3700)),
        (100.0, 4200.0, SupplyState(True, 100, 4200)),
        (112.5, 4250.0, SupplyState(True, 100, 4250)),
    ],
)
def test_charge_and_voltage(charge: float, millivolts: float, state: SupplyState) -> None:
    bus = SimI2cBus({Max17048.ADDRESS: Max17048(charge_percent=charge, supply_mv=millivolts)})
    assert Max17048Supply(bus, SupplyConfig(), lambda: True).read() == state


def test_another_chip_at_the_address_is_a_fault() -> None:
    class Other(Max17048):
        def read(self, register: int) -> int:
            return 0x42

    with pytest.raises(PartFault, match="version 0x4242 is no MAX17048"):
        Max17048Supply(SimI2cBus({0x36: Other()}), SupplyConfig(), lambda: True)


def test_no_chip_is_a_fault_at_the_start() -> None:
    with pytest.raises(PartFault, match="supply gauge: no answer"):
        Max17048Supply(SimI2cBus({}), SupplyConfig(), lambda: True)

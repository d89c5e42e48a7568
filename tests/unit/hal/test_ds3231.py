"""The clock driver beyond the contract: registers as the data sheet has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import SystemClock
from hal.clock_chip import ChipTime
from hal.config import ClockChipConfig
from hal.drivers.ds3231 import Ds3231ClockChip
from hal.faults import PartFault
from simulators.registers import Ds3231, SimI2cBus


def board(chip: Ds3231) -> tuple[SimI2cBus, Ds3231ClockChip]:
    bus = SimI2cBus({Ds3231.ADDRESS: chip})
    return bus, Ds3231ClockChip(bus, ClockChipConfig(), SystemClock())


@given(st.integers(946_684_800, 7_258_118_399))
def test_every_second_of_two_centuries_goes_there_and_back(unix_s: int) -> None:
    _, driver = board(Ds3231(lambda: 1_790_000_000_000))
    driver.set(unix_s)
    assert driver.read() == ChipTime(unix_s, False)


def test_a_sunday_evening_in_the_registers() -> None:
    bus, driver = board(Ds3231(lambda: 0))
    driver.set(1_679_245_199)  # Sunday, 19 March 2023, 16:59:59 UTC
    assert bus.read_i2c_block_data(0x68, 0, 7) == [0x59, 0x59, 0x16, 7, 0x19, 0x03, 0x23]


@pytest.mark.parametrize(
    ("hours", "hour"), [(0x52, 0), (0x41, 1), (0x51, 11), (0x72, 12), (0x61, 13), (0x71, 23)]
)
def test_a_chip_in_twelve_hour_mode_is_read(hours: int, hour: int) -> None:
    bus, driver = board(Ds3231(lambda: 0))
    bus.write_i2c_block_data(0x68, 0, [0x00, 0x00, hours, 7, 0x19, 0x03, 0x23])
    assert driver.read().unix_s == 1_679_184_000 + hour * 3600
    assert bus.read_i2c_block_data(0x68, 2, 1) == [hours]


def test_the_oscillator_is_started_and_other_bits_stay() -> None:
    bus, driver = board(Ds3231(lambda: 0))
    bus.write_i2c_block_data(0x68, 0x0E, [0x9C, 0x88])
    driver.set(1_679_245_199)
    assert bus.read_i2c_block_data(0x68, 0x0E, 2) == [0x1C, 0x08]


def test_registers_that_are_no_date_are_a_fault() -> None:
    chip = Ds3231(lambda: 0)
    _, driver = board(chip)
    chip.show_nonsense()
    with pytest.raises(PartFault, match="are no date"):
        driver.read()


def test_digits_that_are_no_digits_are_a_fault() -> None:
    class Shown(Ds3231):
        def read(self, register: int) -> int:
            return 0x5A if register == 0 else super().read(register)

    _, driver = board(Shown(lambda: 0))
    with pytest.raises(PartFault, match="0x5a is no decimal number"):
        driver.read()


def test_a_chip_that_does_not_keep_what_was_set_is_a_fault() -> None:
    class Dead(Ds3231):
        def write(self, register: int, value: int) -> None:
            pass

    _, driver = board(Dead(lambda: 0))
    with pytest.raises(PartFault, match="it shows ChipTime"):
        driver.set(1_679_245_199)


def test_a_set_that_fails_half_way_is_a_fault() -> None:
    bus, driver = board(Ds3231(lambda: 0))
    for fails_at in range(1, 5):
        bus.transactions = 0
        bus.fail_at = fails_at
        with pytest.raises(PartFault, match="no answer"):
            driver.set(1_679_245_199)


def test_no_chip_is_a_fault_at_the_start() -> None:
    with pytest.raises(PartFault, match="clock chip: no answer"):
        Ds3231ClockChip(SimI2cBus({}), ClockChipConfig(), SystemClock())

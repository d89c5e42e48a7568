"""The touch driver beyond the contract: several fingers, noise, and failing reads."""

import pytest

from common.clock import SystemClock
from hal.config import TouchConfig
from hal.drivers.ft5x06 import MAX_FAILURES, Ft5x06Touch
from hal.faults import PartFault
from hal.touch import TouchEvent, TouchKind
from simulators.registers import Ft5x06, SimI2cBus


@pytest.fixture
def chip() -> Ft5x06:
    return Ft5x06()


@pytest.fixture
def bus(chip: Ft5x06) -> SimI2cBus:
    return SimI2cBus({Ft5x06.ADDRESS: chip})


@pytest.fixture
def touch(bus: SimI2cBus) -> Ft5x06Touch:
    return Ft5x06Touch(bus, TouchConfig(), SystemClock())


def test_a_second_finger_is_ignored_until_all_are_up(touch: Ft5x06Touch, chip: Ft5x06) -> None:
    chip.put(10, 20, finger=0)
    assert touch.read(0) == TouchEvent(TouchKind.DOWN, 10, 20)
    chip.put(500, 600, finger=1)
    assert touch.read(0) is None
    chip.lift(0)
    assert touch.read(0) == TouchEvent(TouchKind.UP, 10, 20)
    chip.put(510, 600, finger=1)
    assert touch.read(0.03) is None
    chip.lift(1)
    assert touch.read(0) is None
    chip.put(1, 1, finger=0)
    assert touch.read(0) == TouchEvent(TouchKind.DOWN, 1, 1)


@pytest.mark.parametrize("points", [6, 15])
def test_a_number_of_points_that_cannot_be_is_none(
    touch: Ft5x06Touch, chip: Ft5x06, points: int
) -> None:
    chip.put(10, 20)
    chip.points_override = points
    assert touch.read(0) is None


def test_a_point_without_a_finger_is_none(touch: Ft5x06Touch, chip: Ft5x06) -> None:
    chip.points_override = 1  # the registers of the point are all ones
    assert touch.read(0) is None


def test_a_few_failed_reads_are_no_news(touch: Ft5x06Touch, chip: Ft5x06, bus: SimI2cBus) -> None:
    chip.put(10, 20)
    bus.fail_next(MAX_FAILURES - 1)
    for _ in range(MAX_FAILURES - 1):
        assert touch.read(0) is None
    assert touch.read(0) == TouchEvent(TouchKind.DOWN, 10, 20)
    bus.fail_next(MAX_FAILURES)
    for _ in range(MAX_FAILURES - 1):
        assert touch.read(0) is None
    with pytest.raises(PartFault, match="touch panel: no answer"):
        touch.read(0)


def test_no_chip_is_a_fault_at_the_start() -> None:
    with pytest.raises(PartFault, match="no answer at 0x38"):
        Ft5x06Touch(SimI2cBus({}), TouchConfig(), SystemClock())

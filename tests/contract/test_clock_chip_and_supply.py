"""Clock chip and supply: the real drivers on registers of their own, and over the bench."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.clock import SystemClock
from hal.clock_chip import ChipTime, ClockChip
from hal.config import ClockChipConfig, SupplyConfig
from hal.drivers.ds3231 import Ds3231ClockChip
from hal.drivers.max17048 import Max17048Supply
from hal.faults import PartFault
from hal.supply import Supply, SupplyState
from simulators.registers import Ds3231, Max17048, SimI2cBus
from tests.on_bench import NO_WIRING, START_MS, running_bench

START_S = START_MS // 1000


@dataclass(frozen=True)
class Chips:
    """The board's side, and what can befall the chips."""

    clock_chip: ClockChip
    supply: Supply
    set_error: Callable[[int], None]
    stop: Callable[[], None]
    set_supply: Callable[[bool, int], None]
    break_it: Callable[[], None]


def registers(_: Path) -> Iterator[Chips]:
    chip, gauge = Ds3231(lambda: START_MS), Max17048()
    bus = SimI2cBus({Ds3231.ADDRESS: chip, Max17048.ADDRESS: gauge})
    mains = [True]

    def set_error(error_s: int) -> None:
        chip.error_s = error_s

    def set_supply(on_mains: bool, charge_percent: int) -> None:
        mains[0] = on_mains
        gauge.charge_percent = charge_percent

    yield Chips(
        Ds3231ClockChip(bus, ClockChipConfig(), SystemClock()),
        Max17048Supply(bus, SupplyConfig(), lambda: mains[0]),
        set_error,
        chip.stop,
        set_supply,
        bus.fail_next,
    )


def on_the_bench(folder: Path) -> Iterator[Chips]:
    with running_bench(folder, "desk-1", speed=0) as on:
        hands = on.client.board("desk-1")
        parts, clock = on.parts("desk-1"), on.clock("desk-1")
        yield Chips(
            parts.clock_chip(NO_WIRING, clock),
            parts.supply(NO_WIRING, clock),
            hands.set_chip,
            lambda: hands.set_chip(stopped=True),
            lambda on_mains, charge: hands.set_supply(on_mains=on_mains, charge_percent=charge),
            lambda: hands.fail_next("i2c"),
        )


@pytest.fixture(params=[registers, on_the_bench])
def chips(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chips]:
    made = request.param(tmp_path)
    chips: Chips = next(made)
    yield chips
    chips.clock_chip.close()
    chips.supply.close()
    assert next(made, None) is None


def test_the_chip_shows_the_time_with_its_error(chips: Chips) -> None:
    assert chips.clock_chip.read() == ChipTime(START_S, False)
    chips.set_error(-90)
    assert chips.clock_chip.read() == ChipTime(START_S - 90, False)


def test_a_chip_that_stood_still_says_so_until_it_is_set(chips: Chips) -> None:
    chips.stop()
    assert chips.clock_chip.read().stopped
    chips.clock_chip.set(START_S)
    assert chips.clock_chip.read() == ChipTime(START_S, False)


@pytest.mark.parametrize("unix_s", [946_684_800, 951_782_399, 4_102_444_800, START_S - 43_200])
def test_the_chip_shows_what_was_set(chips: Chips, unix_s: int) -> None:
    chips.clock_chip.set(unix_s)
    assert chips.clock_chip.read() == ChipTime(unix_s, False)


@pytest.mark.parametrize("unix_s", [946_684_799, 7_258_118_400])
def test_a_time_that_no_chip_knows_is_not_set(chips: Chips, unix_s: int) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        chips.clock_chip.set(unix_s)


def test_a_chip_that_does_not_answer_is_a_fault(chips: Chips) -> None:
    chips.break_it()
    with pytest.raises(PartFault, match="no answer"):
        chips.clock_chip.read()
    chips.break_it()
    with pytest.raises(PartFault, match="no answer"):
        chips.clock_chip.set(START_S)
    assert chips.clock_chip.read() == ChipTime(START_S, False)


def test_the_supply_tells_mains_and_battery(chips: Chips) -> None:
    assert chips.supply.read() == SupplyState(True, 100, 4150)
    chips.set_supply(False, 37)
    assert chips.supply.read() == SupplyState(False, 37, 4150)


def test_a_gauge_that_does_not_answer_is_a_fault(chips: Chips) -> None:
    chips.break_it()
    with pytest.raises(PartFault, match="no answer"):
        chips.supply.read()

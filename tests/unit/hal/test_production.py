"""The table of a real board: nothing in it stands in for anything."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from common.clock import SystemClock
from common.config import ConfigError, parse
from hal.clock_chip import ChipTime
from hal.config import (
    ClockChipConfig,
    LinesConfig,
    PartsConfig,
    ScannerConfig,
    ScreenConfig,
    SlotConfig,
    SupplyConfig,
    TouchConfig,
)
from hal.drivers import i2c, rpi_lines
from hal.drivers.framebuffer import LinuxFramebufferScreen
from hal.drivers.mounted_slot import MountedMediumSlot
from hal.faults import PartFault
from hal.medium_slot import SlotState
from hal.parts import Parts
from hal.production import PARTS
from hal.supply import SupplyState
from hal.touch import TouchEvent, TouchKind
from simulators.gpio import SimGpio
from simulators.pty import PtyPort
from simulators.registers import Ds3231, Ft5x06, Max17048, SimI2cBus

ALWAYS_THERE = {"clock", "own_storage"}
NAMES = [field.name for field in dataclasses.fields(Parts) if field.name not in ALWAYS_THERE]
CLOCK = SystemClock()


def test_the_clock_is_the_computers() -> None:
    assert isinstance(PARTS.clock(PartsConfig()), SystemClock)


def test_own_storage_is_a_folder(tmp_path: Path) -> None:
    medium = PARTS.own_storage(tmp_path)
    assert medium.name == "own-storage"
    assert medium.room() > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_part_without_its_section_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"parts\.{name}: missing; .* add \[parts\.{name}\]"):
        getattr(PARTS, name)(PartsConfig(), CLOCK)


@pytest.mark.parametrize("name", ["screen", "touch", "clock_chip", "scanner", "printer"])
def test_a_part_without_its_device_is_a_fault(name: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    wiring = {
        "screen": f'device = "{gone}"\nwidth = 2\nheight = 2',
        "touch": "i2c_bus = 250",
        "clock_chip": "i2c_bus = 250",
        "scanner": f'device = "{gone}"',
        "printer": f'device = "{gone}"',
    }
    config = parse(f"[{name}]\n{wiring[name]}", PartsConfig, tmp_path)
    with pytest.raises(PartFault, match="cannot be"):
        getattr(PARTS, name)(config, CLOCK)


@pytest.mark.parametrize("name", ["lines", "supply"])
def test_pins_without_their_module_are_a_fault(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "RPi", None)
    with pytest.raises(PartFault, match=r"RPi\.GPIO cannot be used"):
        getattr(PARTS, name)(parse(f"[{name}]", PartsConfig, tmp_path), CLOCK)


def test_parts_that_are_there_are_opened(tmp_path: Path) -> None:
    port = PtyPort()
    (tmp_path / "fb").write_bytes(bytes(16))
    config = PartsConfig(
        screen=ScreenConfig(2, 2, tmp_path / "fb"),
        scanner=ScannerConfig(port.path),
        recording_slot=SlotConfig(tmp_path),
        visiting_slot=SlotConfig(Path("/proc")),
    )
    screen, scanner = PARTS.screen(config, CLOCK), PARTS.scanner(config, CLOCK)
    recording, visiting = PARTS.recording_slot(config, CLOCK), PARTS.visiting_slot(config, CLOCK)
    assert isinstance(screen, LinuxFramebufferScreen)
    assert isinstance(recording, MountedMediumSlot)
    assert recording.state() is SlotState.EMPTY  # a plain folder is no mount point
    assert visiting.state() is SlotState.PRESENT
    for part in (screen, scanner, recording, visiting):
        part.close()
    port.close()


def test_chips_and_pins_are_wired_as_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    chip, gauge, panel = Ds3231(lambda: 1_790_000_000_000), Max17048(), Ft5x06()
    buses = {
        3: SimI2cBus({0x38: panel}),
        4: SimI2cBus({0x68: chip}),
        5: SimI2cBus({0x36: gauge}),
    }
    gpio = SimGpio()
    gpio.setmode(gpio.BCM)
    gpio.ground(16)
    monkeypatch.setattr(i2c, "open_i2c", buses.__getitem__)
    monkeypatch.setattr(rpi_lines, "open_gpio", lambda: gpio)
    config = PartsConfig(
        touch=TouchConfig(3),
        clock_chip=ClockChipConfig(4),
        supply=SupplyConfig(5, mains_pin=16),
        lines=LinesConfig(latch_pin=9),
    )
    panel.put(7, 8)
    assert PARTS.touch(config, CLOCK).read(0) == TouchEvent(TouchKind.DOWN, 7, 8)
    assert PARTS.clock_chip(config, CLOCK).read() == ChipTime(1_790_000_000, False)
    assert PARTS.supply(config, CLOCK).read() == SupplyState(False, 100, 4150)
    PARTS.lines(config, CLOCK).set_latch(True)
    assert gpio.level(9) == 1


def test_no_library_of_a_part_is_imported_before_it_is_opened() -> None:
    code = (
        "import sys, hal.production\n"
        "found = {'serial', 'smbus2', 'smartcard', 'RPi', 'PIL', 'simulators'} & set(sys.modules)\n"
        "sys.exit(str(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")

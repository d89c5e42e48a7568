"""The parts of a real board: a literal table, with no way to put anything else into it.

Rules: a driver's library is imported when its part is opened, not before, so that a board needs
only the libraries of the parts that it has. A part without a section in the configuration, without
its library or without its device is an error at start; there is no substitute for any of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeVar

from common.clock import Clock, SystemClock
from common.config import ConfigError
from common.errors import Thing
from common.media import FolderMedium, Medium
from hal.card_reader import CardReader
from hal.clock_chip import ClockChip
from hal.config import PartsConfig
from hal.lines import Lines
from hal.medium_slot import MediumSlot
from hal.parts import Parts
from hal.printer import Printer
from hal.scanner import Scanner
from hal.screen import Screen
from hal.supply import Supply
from hal.touch import Touch

S = TypeVar("S")


def _section(section: S | None, name: str) -> S:
    if section is None:
        raise ConfigError(f"parts.{name}: missing; this board needs it, add [parts.{name}]")
    return section


def _clock(_: PartsConfig) -> Clock:
    return SystemClock()


def _own_storage(state: Path) -> Medium:
    return FolderMedium(state, Thing.OWN_STORAGE.value)


def _card_reader(config: PartsConfig, clock: Clock) -> CardReader:
    section = _section(config.card_reader, "card_reader")
    from hal.drivers.pcsc import PcscCardReader

    return PcscCardReader(section.name, clock)


def _screen(config: PartsConfig, _: Clock) -> Screen:
    from hal.drivers.framebuffer import LinuxFramebufferScreen

    return LinuxFramebufferScreen(_section(config.screen, "screen"))


def _touch(config: PartsConfig, clock: Clock) -> Touch:
    from hal.drivers.ft5x06 import Ft5x06Touch
    from hal.drivers.i2c import open_i2c

    section = _section(config.touch, "touch")
    return Ft5x06Touch(open_i2c(section.i2c_bus), section, clock)


def _lines(config: PartsConfig, clock: Clock) -> Lines:
    from hal.drivers.rpi_lines import RpiGpioLines, open_gpio

    section = _section(config.lines, "lines")
    return RpiGpioLines(open_gpio(), section, clock)


def _clock_chip(config: PartsConfig, clock: Clock) -> ClockChip:
    from hal.drivers.ds3231 import Ds3231ClockChip
    from hal.drivers.i2c import open_i2c

    section = _section(config.clock_chip, "clock_chip")
    return Ds3231ClockChip(open_i2c(section.i2c_bus), section, clock)


def _supply(config: PartsConfig, _: Clock) -> Supply:
    from hal.drivers.i2c import open_i2c
    from hal.drivers.max17048 import Max17048Supply
    from hal.drivers.rpi_lines import mains_line, open_gpio

    section = _section(config.supply, "supply")
    mains = mains_line(open_gpio(), section.mains_pin)
    return Max17048Supply(open_i2c(section.i2c_bus), section, mains)


def _scanner(config: PartsConfig, clock: Clock) -> Scanner:
    from hal.drivers.serial_scanner import SerialScanner

    return SerialScanner(_section(config.scanner, "scanner"), clock)


def _printer(config: PartsConfig, _: Clock) -> Printer:
    from hal.drivers.escpos_printer import EscposPrinter

    return EscposPrinter(_section(config.printer, "printer"))


def _recording_slot(config: PartsConfig, _: Clock) -> MediumSlot:
    from hal.drivers.mounted_slot import MountedMediumSlot

    return MountedMediumSlot("recording", _section(config.recording_slot, "recording_slot"))


def _visiting_slot(config: PartsConfig, _: Clock) -> MediumSlot:
    from hal.drivers.mounted_slot import MountedMediumSlot

    return MountedMediumSlot("visiting", _section(config.visiting_slot, "visiting_slot"))


PARTS: Final = Parts(
    clock=_clock,
    own_storage=_own_storage,
    card_reader=_card_reader,
    screen=_screen,
    touch=_touch,
    lines=_lines,
    clock_chip=_clock_chip,
    supply=_supply,
    scanner=_scanner,
    printer=_printer,
    recording_slot=_recording_slot,
    visiting_slot=_visiting_slot,
)

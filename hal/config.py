"""What a board's configuration says about its parts: the section `[parts]` of its TOML file.

Rules: a part that a board does not have has no section; asking for it is an error at start, never
a silent substitute. Everything here is wiring (devices, addresses, pins); what a board does with
its parts stands in its own configuration.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class PixelFormat(Enum):
    """How the frame buffer stores a pixel."""

    XRGB8888 = "xrgb8888"
    RGB565 = "rgb565"


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """Card reader: part of the name by which PC/SC lists it; empty takes the only one."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """Frame buffer: device, size in pixels, bytes from row to row (0: no padding)."""

    width: int
    height: int
    device: Path = Path("/dev/fb0")
    pixel_format: PixelFormat = PixelFormat.XRGB8888
    stride: int = 0


@dataclass(frozen=True, slots=True)
class TouchConfig:
    """FT5x06 touch controller on an I²C bus."""

    i2c_bus: int = 1
    address: int = 0x38


@dataclass(frozen=True, slots=True)
class LinesConfig:
    """Pins by their BCM number; keys and tamper switch close to ground."""

    key_1_pin: int = 5
    key_2_pin: int = 6
    latch_pin: int = 13
    lamp_pin: int = 19
    buzzer_pin: int = 26
    tamper_pin: int = 21


@dataclass(frozen=True, slots=True)
class ClockChipConfig:
    """DS3231 clock on an I²C bus."""

    i2c_bus: int = 1
    address: int = 0x68


@dataclass(frozen=True, slots=True)
class SupplyConfig:
    """MAX17048 gauge on an I²C bus, and the power-fail line (high: mains is there)."""

    i2c_bus: int = 1
    address: int = 0x36
    mains_pin: int = 16


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """Serial bar-code scanner."""

    device: Path = Path("/dev/ttyACM0")
    baud: int = 9600


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """Serial ESC/POS printer; `width` in pixels (576: 80 mm paper at 203 dpi)."""

    device: Path = Path("/dev/ttyUSB0")
    baud: int = 115200
    width: int = 576


@dataclass(frozen=True, slots=True)
class SlotConfig:
    """Where systemd mounts the medium of this slot."""

    mount_point: Path


@dataclass(frozen=True, slots=True)
class PartsConfig:
    """All parts that a board may have."""

    card_reader: ReaderConfig | None = None
    screen: ScreenConfig | None = None
    touch: TouchConfig | None = None
    lines: LinesConfig | None = None
    clock_chip: ClockChipConfig | None = None
    supply: SupplyConfig | None = None
    scanner: ScannerConfig | None = None
    printer: PrinterConfig | None = None
    recording_slot: SlotConfig | None = None
    visiting_slot: SlotConfig | None = None

"""DS3231 clock chip over I²C.

Rules: the chip keeps UTC in 24-hour mode; a chip left in 12-hour mode is read all the same. All
seven time registers go over in one transaction, so that no carry falls between them.

Source: Maxim DS3231 data sheet, figure 1 (timekeeping registers), control 0Eh, status 0Fh.
"""

from __future__ import annotations

from datetime import UTC, datetime

from common.clock import Clock
from hal.clock_chip import ChipTime
from hal.config import ClockChipConfig
from hal.drivers.i2c import I2cBus
from hal.faults import PartFault

_SECONDS = 0x00
_CONTROL = 0x0E
_STATUS = 0x0F
_OSCILLATOR_OFF = 0x80  # EOSC in control: stands still on battery
_STOPPED = 0x80  # OSF in status
_TWELVE_HOURS = 0x40
_AFTERNOON = 0x20
_CENTURY = 0x80
_TOLERANCE_S = 1


class Ds3231ClockChip:
    """`hal.clock_chip.ClockChip` on a DS3231."""

    def __init__(self, bus: I2cBus, config: ClockChipConfig, clock: Clock) -> None:
        """Take the bus.

        Args:
            clock: tells how long setting and reading back took, which the chip counted too.

        Raises:
            PartFault: no chip answers at the address.
        """
        self._bus = bus
        self._address = config.address
        self._clock = clock
        self._registers(_STATUS, 1)

    def read(self) -> ChipTime:
        """Return the chip's time.

        Raises:
            PartFault: the chip does not answer, or shows what is no date.
        """
        stopped = bool(self._registers(_STATUS, 1)[0] & _STOPPED)
        return ChipTime(_unix_s(self._registers(_SECONDS, 7)), stopped)

    def set(self, unix_s: int) -> None:
        """Set the chip, and clear its mark of having stopped.

        Raises:
            PartFault: the chip does not answer, or shows another time afterwards.
            ValueError: the time is not of the years 2000 to 2199.
        """
        start_s = self._clock.monotonic_s()
        self._write(_SECONDS, _time_registers(unix_s))
        self._write(_CONTROL, [self._registers(_CONTROL, 1)[0] & ~_OSCILLATOR_OFF])
        self._write(_STATUS, [self._registers(_STATUS, 1)[0] & ~_STOPPED])
        shown = self.read()
        latest_s = unix_s + _TOLERANCE_S + self._clock.monotonic_s() - start_s
        if shown.stopped or not unix_s <= shown.unix_s <= latest_s:
            raise PartFault("clock chip", f"set to {unix_s}, it shows {shown}")

    def _registers(self, first: int, count: int) -> list[int]:
        try:
            return self._bus.read_i2c_block_data(self._address, first, count)
        except OSError as error:
            raise PartFault("clock chip", f"no answer: {error}") from error

    def _write(self, first: int, values: list[int]) -> None:
        try:
            self._bus.write_i2c_block_data(self._address, first, values)
        except OSError as error:
            raise PartFault("clock chip", f"no answer: {error}") from error

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()


def _unix_s(registers: list[int]) -> int:
    seconds, minutes, hours, _, day, month, year = registers
    try:
        shown = datetime(
            (2100 if month & _CENTURY else 2000) + _from_bcd(year),
            _from_bcd(month & 0x1F),
            _from_bcd(day & 0x3F),
            _hour(hours),
            _from_bcd(minutes & 0x7F),
            _from_bcd(seconds & 0x7F),
            tzinfo=UTC,
        )
    except ValueError as error:
        shown_hex = bytes(registers).hex(" ")
        raise PartFault("clock chip", f"registers {shown_hex} are no date: {error}") from error
    return int(shown.timestamp())


def _hour(register: int) -> int:
    if not register & _TWELVE_HOURS:
        return _from_bcd(register & 0x3F)
    return _from_bcd(register & 0x1F) % 12 + (12 if register & _AFTERNOON else 0)


def _time_registers(unix_s: int) -> list[int]:
    moment = datetime.fromtimestamp(unix_s, UTC)
    if not 2000 <= moment.year < 2200:
        raise ValueError(f"{moment:%Y-%m-%d} cannot be set: the chip knows 2000 to 2199")
    return [
        _to_bcd(moment.second),
        _to_bcd(moment.minute),
        _to_bcd(moment.hour),
        moment.isoweekday(),
        _to_bcd(moment.day),
        _to_bcd(moment.month) | (_CENTURY if moment.year >= 2100 else 0),
        _to_bcd(moment.year % 100),
    ]


def _from_bcd(register: int) -> int:
    if register & 0x0F > 9 or register >> 4 > 9:
        raise ValueError(f"{register:#04x} is no decimal number")
    return (register >> 4) * 10 + (register & 0x0F)


def _to_bcd(number: int) -> int:
    return number // 10 << 4 | number % 10

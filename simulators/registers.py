"""Chips on an I²C bus, as their data sheets describe their registers.

Rules: nothing is shared with the drivers, so that a mistake there is not repeated here. A chip is
a map of bytes that may change with time or with what the hand does; the register pointer moves on
by itself within one transaction. An address without a chip does not acknowledge, which Linux
reports as EREMOTEIO.

Sources: Maxim DS3231 data sheet (19-5170), figure 1; Maxim MAX17048/MAX17049 data sheet (19-6171),
"Register Summary"; FocalTech application note for FT5x06 CTPM, "Register map in operating mode".
"""

from __future__ import annotations

import calendar
import errno
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol


class Chip(Protocol):
    """Registers of one byte."""

    def read(self, register: int) -> int:
        """Return one byte."""
        ...

    def write(self, register: int, value: int) -> None:
        """Change one byte, if it can be changed."""
        ...

    def begin(self) -> None:
        """Note that a transaction begins: what is read in it belongs together."""
        ...


class SimI2cBus:
    """A bus with chips: what `hal.drivers.i2c.I2cBus` wants, and faults on demand.

    Attributes:
        transactions: how many there have been; may be set back.
        fail_at: the transaction of this number goes unacknowledged.
    """

    def __init__(self, chips: Mapping[int, Chip]) -> None:
        self.chips = dict(chips)
        self.transactions = 0
        self.fail_at: int | None = None
        self._failures = 0

    def fail_next(self, times: int = 1) -> None:
        """Let the next transactions go unacknowledged."""
        self._failures = times

    def _chip(self, address: int) -> Chip:
        self.transactions += 1
        failed = self._failures > 0 or self.transactions == self.fail_at
        self._failures = max(0, self._failures - 1)
        if failed or address not in self.chips:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        chip = self.chips[address]
        chip.begin()
        return chip

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int) -> list[int]:
        """Read bytes from `register` on."""
        chip = self._chip(i2c_addr)
        return [chip.read(register + offset) for offset in range(length)]

    def write_i2c_block_data(self, i2c_addr: int, register: int, data: list[int]) -> None:
        """Write bytes from `register` on."""
        chip = self._chip(i2c_addr)
        for offset, value in enumerate(data):
            chip.write(register + offset, value)

    def close(self) -> None:
        """Do nothing."""


class Ds3231:
    """A clock chip.

    Attributes:
        error_s: how far the chip is ahead of the true time.
    """

    ADDRESS: Final = 0x68
    _LAST = 0x12
    _CONTROL, _STATUS, _TEMPERATURE = 0x0E, 0x0F, 0x11

    def __init__(self, now_ms: Callable[[], int], *, error_s: int = 0) -> None:
        self.error_s = error_s
        self._now_ms = now_ms
        self._kept = dict.fromkeys(range(7, self._LAST + 1), 0)
        self._kept[self._CONTROL] = 0x1C  # INTCN, RS2, RS1 after power-on
        self._kept[self._TEMPERATURE] = 21
        self._twelve_hours = False
        self._weekday_shift = 0
        self._latched = time.gmtime(0)
        self._set = [0] * 7

    def stop(self) -> None:
        """Let the battery have been empty: the oscillator stood still, the time is nonsense."""
        self._kept[self._STATUS] |= 0x80
        self.error_s = 946_684_800 - self._now_ms() // 1000  # 1 January 2000

    def show_nonsense(self) -> None:
        """Let the month be the 19th, as after a disturbed write."""
        self._kept[5] = 0x19

    def begin(self) -> None:
        """Copy the running time, as the chip does at each START."""
        self._latched = time.gmtime(self._now_ms() // 1000 + self.error_s)

    def read(self, register: int) -> int:
        """Return one byte."""
        register %= self._LAST + 1
        if register > 6 or register in self._kept:
            return self._kept[register]
        now = self._latched
        match register:
            case 0:
                return _bcd(now.tm_sec)
            case 1:
                return _bcd(now.tm_min)
            case 2:
                return self._hours(now.tm_hour)
            case 3:
                return (now.tm_wday + self._weekday_shift) % 7 + 1
            case 4:
                return _bcd(now.tm_mday)
            case 5:
                return _bcd(now.tm_mon) | (0x80 if now.tm_year >= 2100 else 0)
            case _:
                return _bcd(now.tm_year % 100)

    def _hours(self, hour: int) -> int:
        if not self._twelve_hours:
            return _bcd(hour)
        return 0x40 | (0x20 if hour >= 12 else 0) | _bcd((hour - 1) % 12 + 1)

    def write(self, register: int, value: int) -> None:
        """Change one byte; a write of the year completes the setting of the time."""
        register %= self._LAST + 1
        if register > 6:
            if register == self._STATUS:  # OSF can be written to 0 only; busy is read-only
                value = (value & 0x7B) | (self._kept[register] & value & 0x80)
            if register < self._TEMPERATURE:
                self._kept[register] = value
            return
        self._kept.pop(register, None)
        self._set[register] = value
        if register == 6:
            self._take_time()

    def _take_time(self) -> None:
        seconds, minutes, hours, weekday, day, month, year = self._set
        self._twelve_hours = bool(hours & 0x40)
        hour = _number(hours & 0x3F)
        if self._twelve_hours:
            hour = _number(hours & 0x1F) % 12 + (12 if hours & 0x20 else 0)
        full_year = (2100 if month & 0x80 else 2000) + _number(year)
        unix_s = calendar.timegm(
            (
                full_year,
                _number(month & 0x1F),
                _number(day),
                hour,
                _number(minutes),
                _number(seconds),
            )
        )
        self.error_s = unix_s - self._now_ms() // 1000
        self._weekday_shift = weekday - 1 - time.gmtime(unix_s).tm_wday


class Max17048:
    """A battery gauge."""

    ADDRESS: Final = 0x36

    def __init__(self, *, charge_percent: float = 100.0, supply_mv: float = 4150.0) -> None:
        self.charge_percent = charge_percent
        self.supply_mv = supply_mv

    def begin(self) -> None:
        """Do nothing: registers are read one by one."""

    def read(self, register: int) -> int:
        """Return one byte: the high one at even addresses."""
        word = {
            0x02: round(self.supply_mv / 0.078125),
            0x04: round(self.charge_percent * 256),
            0x08: 0x0012,
            0x0C: 0x971C,
        }.get(register & ~1, 0)
        return (word if register & 1 else word >> 8) & 0xFF

    def write(self, register: int, value: int) -> None:
        """Do nothing: no register that is modelled can be written."""


class Ft5x06:
    """A touch controller; `fingers` are id → (x, y)."""

    ADDRESS: Final = 0x38

    def __init__(self) -> None:
        self.fingers: dict[int, tuple[int, int]] = {}
        self.points_override: int | None = None
        self._lifted: tuple[int, tuple[int, int]] | None = None

    def put(self, x: int, y: int, finger: int = 0) -> None:
        """Put a finger down, or move it."""
        self.fingers[finger] = (x, y)

    def lift(self, finger: int = 0) -> None:
        """Lift a finger; the registers of its point keep where it was."""
        self._lifted = (finger, self.fingers.pop(finger))

    def begin(self) -> None:
        """Do nothing: points change between scans only."""

    def read(self, register: int) -> int:
        """Return one byte."""
        if register == 0x02:
            return len(self.fingers) if self.points_override is None else self.points_override
        if 0x03 <= register <= 0x1E:
            return self._point((register - 3) // 6, (register - 3) % 6)
        return 0x11 if register == 0xA8 else 0  # FocalTech's panel id

    def _point(self, slot: int, byte: int) -> int:
        present = sorted(self.fingers.items())
        if slot < len(present):
            flag, (finger, (x, y)) = 2, present[slot]
        elif slot == 0 and self._lifted is not None:
            flag, (finger, (x, y)) = 1, self._lifted
        else:
            return 0xFF
        return (flag << 6 | x >> 8, x & 0xFF, finger << 4 | y >> 8, y & 0xFF, 0, 0)[byte]

    def write(self, register: int, value: int) -> None:
        """Do nothing: no register that is modelled can be written."""


def _bcd(number: int) -> int:
    return int(str(number), 16)


def _number(bcd: int) -> int:
    return int(f"{bcd:x}")

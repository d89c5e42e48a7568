"""FT5x06 touch controller over I²C, polled.

Rules: the first finger counts; another one that comes down meanwhile, or stays when the first has
gone, is ignored until all are up, so that a resting hand never touches anything. A chip that fails
to answer `MAX_FAILURES` times running is broken; before that, a failed read is no news.

Source: FocalTech FT5x06 application note, register map of the operating mode.
"""

from __future__ import annotations

import time
from typing import Final

from common.clock import Clock, waits
from hal.config import TouchConfig
from hal.drivers.i2c import I2cBus
from hal.faults import PartFault
from hal.touch import TouchEvent, TouchKind

POLL_S: Final = 0.01
MAX_FAILURES: Final = 5

_TD_STATUS = 0x02  # then XH, XL, YH, YL of the first point
_MAX_POINTS = 5
_LIFTED = 0x01  # event flag, bits 7–6 of XH; 0 is down, 2 is contact
_NO_FINGER = 0x0F  # touch id, bits 7–4 of YH


class Ft5x06Touch:
    """`hal.touch.Touch` on an FT5x06."""

    def __init__(self, bus: I2cBus, config: TouchConfig, clock: Clock) -> None:
        """Take the bus.

        Raises:
            PartFault: no chip answers at the address.
        """
        self._bus = bus
        self._address = config.address
        self._clock = clock
        self._failures = 0
        self._finger: int | None = None
        self._place = (0, 0)
        self._all_up = True
        try:
            self._bus.read_i2c_block_data(self._address, _TD_STATUS, 5)
        except OSError as error:
            raise PartFault("touch panel", f"no answer at {self._address:#x}: {error}") from error

    def read(self, timeout_s: float) -> TouchEvent | None:
        """Wait up to `timeout_s` clock seconds for the next event; None when there was none.

        Raises:
            PartFault: the chip does not answer.
        """
        for wait_s in waits(self._clock, timeout_s):
            until_s = time.monotonic() + wait_s
            while True:
                event = self._poll()
                if event is not None:
                    return event
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    break
                time.sleep(min(POLL_S, left_s))
        return None

    def _poll(self) -> TouchEvent | None:
        try:
            status, x_high, x_low, y_high, y_low = self._bus.read_i2c_block_data(
                self._address, _TD_STATUS, 5
            )
        except OSError as error:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                raise PartFault("touch panel", f"no answer: {error}") from error
            return None
        self._failures = 0
        points = status & 0x0F
        finger = y_high >> 4
        if not 0 < points <= _MAX_POINTS or x_high >> 6 == _LIFTED or finger == _NO_FINGER:
            self._all_up = True
            return self._lift()
        if self._finger is None:
            return self._press(finger, _place(x_high, x_low, y_high, y_low))
        if finger != self._finger:
            return self._lift()
        return self._move(_place(x_high, x_low, y_high, y_low))

    def _press(self, finger: int, place: tuple[int, int]) -> TouchEvent | None:
        if not self._all_up:
            return None
        self._all_up = False
        self._finger = finger
        self._place = place
        return TouchEvent(TouchKind.DOWN, *place)

    def _move(self, place: tuple[int, int]) -> TouchEvent | None:
        if place == self._place:
            return None
        self._place = place
        return TouchEvent(TouchKind.MOVE, *place)

    def _lift(self) -> TouchEvent | None:
        if self._finger is None:
            return None
        self._finger = None
        return TouchEvent(TouchKind.UP, *self._place)

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()


def _place(x_high: int, x_low: int, y_high: int, y_low: int) -> tuple[int, int]:
    return (x_high & 0x0F) << 8 | x_low, (y_high & 0x0F) << 8 | y_low

"""Single wires on a Raspberry Pi, through RPi.GPIO or a module of the same shape (rpi-lgpio).

Rules: inputs are polled, because edge detection fails on kernels from 6.6 on; a key counts once it
was read the same `STABLE_POLLS` times running. The module is passed in; only `open_gpio` knows
which one. `GPIO.cleanup` is never called for the latch: it would let go of a card.

Source: RPi.GPIO documentation, "Inputs", "Outputs".
"""

from __future__ import annotations

import time
from typing import Final, Protocol

from common.clock import Clock, waits
from hal.config import LinesConfig
from hal.faults import PartFault
from hal.lines import KeyEvent

POLL_S: Final = 0.005
STABLE_POLLS: Final = 3


class Gpio(Protocol):
    """The module, as far as it is used. Its constants are attributes."""

    @property
    def BCM(self) -> int: ...  # noqa: N802 - the module's name
    @property
    def IN(self) -> int: ...  # noqa: N802
    @property
    def OUT(self) -> int: ...  # noqa: N802
    @property
    def PUD_UP(self) -> int: ...  # noqa: N802
    def setmode(self, mode: int, /) -> None: ...
    def setwarnings(self, shown: bool, /) -> None: ...
    def setup(self, pin: int, direction: int, /, *, pull_up_down: int = ...) -> None: ...
    def input(self, pin: int, /) -> int: ...
    def output(self, pin: int, level: int, /) -> None: ...


def open_gpio() -> Gpio:
    """Import RPi.GPIO and choose the numbering of its pins.

    Raises:
        PartFault: the module is not installed, or this is no Raspberry Pi.
    """
    try:
        from RPi import GPIO
    except (ImportError, RuntimeError) as error:
        raise PartFault("lines", f"RPi.GPIO cannot be used: {error}") from error
    gpio: Gpio = GPIO
    gpio.setwarnings(False)
    gpio.setmode(gpio.BCM)
    return gpio


class RpiGpioLines:
    """`hal.lines.Lines` on GPIO pins."""

    def __init__(self, gpio: Gpio, config: LinesConfig, clock: Clock) -> None:
        """Set the pins up: lamp and buzzer off, the latch as it was."""
        self._gpio = gpio
        self._config = config
        self._clock = clock
        self._buzz_until_s: float | None = None
        self._keys = {1: _Key(config.key_1_pin), 2: _Key(config.key_2_pin)}
        for pin in (config.key_1_pin, config.key_2_pin, config.tamper_pin):
            gpio.setup(pin, gpio.IN, pull_up_down=gpio.PUD_UP)
        for pin in (config.latch_pin, config.lamp_pin, config.buzzer_pin):
            gpio.setup(pin, gpio.OUT)
        self._off()

    def read_keys(self, timeout_s: float) -> KeyEvent | None:
        """Wait up to `timeout_s` clock seconds for the next key event; None when there was none."""
        for wait_s in waits(self._clock, timeout_s):
            until_s = time.monotonic() + wait_s
            while True:
                for number, key in self._keys.items():
                    if key.changed(closed=self._gpio.input(key.pin) == 0):
                        return KeyEvent(number, key.pressed)
                self._end_buzz()
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    break
                time.sleep(min(POLL_S, left_s))
        return None

    def set_latch(self, closed: bool) -> None:
        """Hold the card in its slot, or let it go."""
        self._gpio.output(self._config.latch_pin, int(closed))

    def set_lamp(self, lit: bool) -> None:
        """Light the lamp at the card slot, or not."""
        self._gpio.output(self._config.lamp_pin, int(lit))

    def buzz(self, duration_s: float) -> None:
        """Sound the buzzer; it is `read_keys` that ends it."""
        self._buzz_until_s = self._clock.monotonic_s() + duration_s
        self._gpio.output(self._config.buzzer_pin, 1)

    def _end_buzz(self) -> None:
        if self._buzz_until_s is not None and self._clock.monotonic_s() >= self._buzz_until_s:
            self._buzz_until_s = None
            self._gpio.output(self._config.buzzer_pin, 0)

    def tamper(self) -> bool:
        """Say whether the case is open: the switch no longer closes to ground."""
        return self._gpio.input(self._config.tamper_pin) != 0

    def _off(self) -> None:
        self._gpio.output(self._config.lamp_pin, 0)
        self._gpio.output(self._config.buzzer_pin, 0)

    def close(self) -> None:
        """Put lamp and buzzer off and let go of the pins; the latch stays."""
        self._off()


class _Key:
    """One key, debounced."""

    def __init__(self, pin: int) -> None:
        self.pin = pin
        self.pressed = False
        self._polls = 0

    def changed(self, *, closed: bool) -> bool:
        """Take one reading; say whether the key has changed for good."""
        self._polls = self._polls + 1 if closed != self.pressed else 0
        if self._polls < STABLE_POLLS:
            return False
        self._polls = 0
        self.pressed = closed
        return True


def mains_line(gpio: Gpio, pin: int) -> MainsLine:
    """Set up the power-fail line."""
    gpio.setup(pin, gpio.IN, pull_up_down=gpio.PUD_UP)
    return MainsLine(gpio, pin)


class MainsLine:
    """The power-fail line: high while mains is there."""

    def __init__(self, gpio: Gpio, pin: int) -> None:
        self._gpio = gpio
        self._pin = pin

    def __call__(self) -> bool:
        """Say whether mains is there."""
        return self._gpio.input(self._pin) != 0

"""A GPIO module that is not there: pins with levels, pull-ups, wires and a history.

Rules: the names and their meaning come from the documentation of RPi.GPIO 0.7, not from the driver.
A pin that was not set up, or set up the other way round, cannot be used: the module raises
RuntimeError, and so does this. An input with a pull-up is high unless something closes it to
ground.
"""

from __future__ import annotations


class SimGpio:
    """What `import RPi.GPIO as GPIO` would give.

    Attributes:
        outputs: every change of an output, as (pin, level), oldest first.
    """

    BCM = 11
    IN = 1
    OUT = 0
    PUD_UP = 22

    def __init__(self) -> None:
        self.outputs: list[tuple[int, int]] = []
        self.mode: int | None = None
        self._directions: dict[int, int] = {}
        self._levels: dict[int, int] = {}
        self._grounded: set[int] = set()

    # the wires

    def ground(self, pin: int) -> None:
        """Close a pin to ground: a key is pressed, a case is shut."""
        self._grounded.add(pin)

    def open(self, pin: int) -> None:
        """Let go of a pin."""
        self._grounded.discard(pin)

    def level(self, pin: int) -> int:
        """Return what an output drives; 0 as long as nothing was ever driven."""
        return self._levels.get(pin, 0)

    # the module

    def setmode(self, mode: int, /) -> None:
        """Choose how pins are numbered."""
        self.mode = mode

    def setwarnings(self, shown: bool, /) -> None:
        """Do nothing: there are no warnings."""

    def setup(self, pin: int, direction: int, /, *, pull_up_down: int = 20) -> None:
        """Make a pin an input or an output; an output goes on driving what it drove."""
        if self.mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD)")
        if direction == self.OUT and pull_up_down != 20:
            raise ValueError("pull_up_down parameter is not valid for outputs")
        self._directions[pin] = direction

    def input(self, pin: int, /) -> int:
        """Return a pin's level."""
        if pin not in self._directions:
            raise RuntimeError("You must setup() the GPIO channel first")
        if self._directions[pin] == self.OUT:
            return self.level(pin)
        return 0 if pin in self._grounded else 1

    def output(self, pin: int, level: int, /) -> None:
        """Drive a pin."""
        if self._directions.get(pin) != self.OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        if self._levels.get(pin, 0) != level:
            self.outputs.append((pin, level))
        self._levels[pin] = level

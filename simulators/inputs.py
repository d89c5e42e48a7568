"""Parts that a person acts on: touch panel, keys, bar-code scanner. And what the board drives.

Rules: each has two sides. The hand's side is for tests, simulated people and the bench; the board's
side is the interface in `hal`, with the same meaning as there. Both sides may be used from any
thread. `fail_next` makes the board's next call find the part broken, once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from common.clock import Clock, waits
from hal.faults import PartFault
from hal.lines import KeyEvent
from hal.scanner import MAX_CODE_CHARACTERS
from hal.touch import TouchEvent, TouchKind
from simulators.history import History

E = TypeVar("E")


class SimPart:
    """What all stand-ins have: a name, a history, and a fault on demand."""

    def __init__(self, name: str, history: History) -> None:
        self.name = name
        self.history = history
        self._fault: str | None = None

    def fail_next(self, what: str = "it does not answer") -> None:
        """Let the board's next call find the part broken."""
        self._fault = what

    def use(self) -> None:
        """Begin a call of the board. Raises: PartFault, if one was asked for."""
        if self._fault is not None:
            what, self._fault = self._fault, None
            self.history.note(self.name, "failed", what)
            raise PartFault(self.name, what)


class Events(Generic[E]):
    """Events on their way from the hand to the board.

    Attributes:
        on_event: takes each event in place of the queue; the bench sends them on.
    """

    def __init__(self) -> None:
        self.on_event: Callable[[E], None] | None = None
        self._waiting: deque[E] = deque()
        self._changed = threading.Condition()

    def put(self, event: E) -> None:
        """Hand over one event."""
        if self.on_event is not None:
            self.on_event(event)
            return
        with self._changed:
            self._waiting.append(event)
            self._changed.notify()

    def take(self, clock: Clock, timeout_s: float) -> E | None:
        """Wait up to `timeout_s` clock seconds for the next one."""
        with self._changed:
            for wait_s in waits(clock, timeout_s):
                if self._changed.wait_for(lambda: self._waiting, wait_s):
                    return self._waiting.popleft()
        return None


class SimTouch(SimPart):
    """A touch panel: `hal.touch.Touch`, and a finger."""

    def __init__(self, history: History, clock: Clock) -> None:
        super().__init__("touch", history)
        self.events = Events[TouchEvent]()
        self._clock = clock
        self._place: tuple[int, int] | None = None

    def press(self, x: int, y: int) -> None:
        """Put the finger down. Raises: ValueError, if it is down already."""
        if self._place is not None:
            raise ValueError("the finger is down already")
        self._place = (x, y)
        self._happen(TouchKind.DOWN)

    def move(self, x: int, y: int) -> None:
        """Move the finger without lifting it. Raises: ValueError, if it is not down."""
        if self._place is None:
            raise ValueError("the finger is not down")
        if self._place != (x, y):
            self._place = (x, y)
            self._happen(TouchKind.MOVE)

    def release(self) -> None:
        """Lift the finger. Raises: ValueError, if it is not down."""
        if self._place is None:
            raise ValueError("the finger is not down")
        self._happen(TouchKind.UP)
        self._place = None

    def tap(self, x: int, y: int) -> None:
        """Put the finger down and lift it."""
        self.press(x, y)
        self.release()

    def _happen(self, kind: TouchKind) -> None:
        x, y = self._place or (0, 0)
        self.history.note(self.name, kind.name.lower(), f"{x},{y}")
        self.events.put(TouchEvent(kind, x, y))

    def read(self, timeout_s: float) -> TouchEvent | None:
        """Wait for the next event, as `hal.touch` says."""
        self.use()
        return self.events.take(self._clock, timeout_s)

    def close(self) -> None:
        """Do nothing."""


class SimLines(SimPart):
    """The single wires: `hal.lines.Lines`, and whoever presses keys and looks at lamp and latch.

    Attributes:
        latched, lit: how the board has set them.
        buzzed_s: durations of all buzzes.
        case_open: what the tamper switch tells.
        on_latch: is told of every change of the latch.
    """

    def __init__(self, history: History, clock: Clock) -> None:
        super().__init__("lines", history)
        self.events = Events[KeyEvent]()
        self.latched = False
        self.lit = False
        self.case_open = False
        self.buzzed_s: list[float] = []
        self.on_latch: Callable[[bool], None] | None = None
        self._clock = clock
        self._pressed = {1: False, 2: False}

    def press(self, key: int) -> None:
        """Press key 1 or 2. Raises: ValueError, if it is pressed already or there is none."""
        self._set_key(key, pressed=True)

    def release(self, key: int) -> None:
        """Let go of key 1 or 2. Raises: ValueError, if it is not pressed."""
        self._set_key(key, pressed=False)

    def tap(self, key: int) -> None:
        """Press a key and let go of it."""
        self.press(key)
        self.release(key)

    def _set_key(self, key: int, *, pressed: bool) -> None:
        if key not in self._pressed:
            raise ValueError(f"key {key}: there are keys 1 and 2")
        if self._pressed[key] == pressed:
            raise ValueError(f"key {key} is {'pressed' if pressed else 'released'} already")
        self._pressed[key] = pressed
        self.history.note("keys", "pressed" if pressed else "released", str(key))
        self.events.put(KeyEvent(key, pressed))

    def read_keys(self, timeout_s: float) -> KeyEvent | None:
        """Wait for the next key event, as `hal.lines` says."""
        self.use()
        return self.events.take(self._clock, timeout_s)

    def set_latch(self, closed: bool) -> None:
        """Hold the card, or let it go."""
        self.use()
        if closed != self.latched:
            self.latched = closed
            if self.on_latch is not None:
                self.on_latch(closed)
            self.history.note("latch", "closed" if closed else "opened")

    def set_lamp(self, lit: bool) -> None:
        """Light the lamp, or not."""
        self.use()
        if lit != self.lit:
            self.lit = lit
            self.history.note("lamp", "on" if lit else "off")

    def buzz(self, duration_s: float) -> None:
        """Sound the buzzer."""
        self.use()
        self.buzzed_s.append(duration_s)
        self.history.note("buzzer", "sounded", f"{duration_s} s")

    def tamper(self) -> bool:
        """Say whether the case is open."""
        self.use()
        return self.case_open

    def close(self) -> None:
        """Put the lamp off; the latch stays."""
        self.set_lamp(False)


class SimScanner(SimPart):
    """A bar-code scanner: `hal.scanner.Scanner`, and the paper held before it."""

    def __init__(self, history: History, clock: Clock) -> None:
        super().__init__("scanner", history)
        self.events = Events[str]()
        self._clock = clock

    def scan(self, code: str) -> None:
        """Hold a code before the scanner; one that no scanner would send is not read."""
        self.history.note(self.name, "scanned")
        if 0 < len(code) <= MAX_CODE_CHARACTERS and code.isascii() and code.isprintable():
            self.events.put(code)

    def read(self, timeout_s: float) -> str | None:
        """Wait for the next code, as `hal.scanner` says."""
        self.use()
        return self.events.take(self._clock, timeout_s)

    def close(self) -> None:
        """Do nothing."""

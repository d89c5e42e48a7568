"""The moment that people in tests take to look at a page before they touch it.

Rules: it passes for fingers and time-outs, not for wall clocks, so that what a test says of hours
and minutes stays as it is.
"""

from __future__ import annotations

from common.clock import Clock

REACTION_S = 0.5
"""Longer than `common.pages.press.GUARD_S`."""


class PeoplesTime:
    """A clock on which people's moments pass, too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked_s = 0.0

    def look(self) -> None:
        """Let somebody look at a page."""
        self._looked_s += REACTION_S

    def now_ms(self) -> int:
        """Return the wall time."""
        return self._clock.now_ms()

    def monotonic_s(self) -> float:
        """Return seconds, with the moments that people took."""
        return self._clock.monotonic_s() + self._looked_s

    def wait_s(self, timeout_s: float) -> float:
        """Return for how long to block."""
        return self._clock.wait_s(timeout_s)

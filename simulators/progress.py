"""What a day tells the person who watches it: progress, durations, and what went wrong."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class DayFailed(Exception):
    """The day did not go as it must. The text says where."""


@dataclass(slots=True)
class Durations:
    """How long each step took, in real seconds."""

    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Measure what happens inside."""
        start_s = time.monotonic()
        try:
            yield
        finally:
            self.steps[step] = round(time.monotonic() - start_s, 3)


class Screen:
    """Progress for who watches: one line that changes on a terminal, a few lines elsewhere."""

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self._live = sys.stdout.isatty()
        self._last = ""
        self._lock = threading.Lock()

    def progress(self, step: str, done: int, total: int) -> None:
        """Show how far a step has come."""
        if self._silent:
            return
        with self._lock:
            text = f"  {step}: {done} of {total}"
            if self._live:
                sys.stdout.write(f"\r{text:<78}" + ("\n" if done == total else ""))
            elif done == total or (total >= 10 and done and done % max(1, total // 5) == 0):
                if text == self._last:
                    return
                self._last = text
                sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """Show a line."""
        if self._silent:
            return
        with self._lock:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

"""What happened to the simulated parts of one board, in order."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing: when by the board's clock, to which part, what, and its particulars."""

    at_ms: int
    part: str
    what: str
    detail: str = ""


class History:
    """A list that only grows (and forgets its oldest lines when it is very long).

    Attributes:
        counts: for each part, how many lines there have been; who waits for a part waits for this.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lines: deque[Happened] = deque(maxlen=LIMIT)
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def note(self, part: str, what: str, detail: str = "") -> None:
        """Add a line."""
        with self._lock:
            self._lines.append(Happened(self._now_ms(), part, what, detail))
            self.counts[part] += 1

    def of(self, part: str | None = None) -> tuple[Happened, ...]:
        """Return the lines of one part, or of all."""
        with self._lock:
            return tuple(line for line in self._lines if part in (None, line.part))

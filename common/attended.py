"""A medium that is slow without looking dead: whoever waits for the board is told before each use.

A write to a worn medium can take ten seconds, and one step of a board many writes; the watchdog of
its daemon must not take that for a stop. Rules: everything is handed on as it is, and nothing is
retried; what hangs for good is still found out, because nobody is told again.
"""

from __future__ import annotations

from collections.abc import Callable

from common.media import MAX_READ_SIZE, Medium


class AttendedMedium:
    """A medium before each use of which somebody is told: a slow one must not look like a stop.

    A write to a worn medium can take ten seconds, and a step many writes.
    """

    def __init__(self, medium: Medium, alive: Callable[[], None]) -> None:
        """Use `medium`, calling `alive` first each time."""
        self.medium = medium
        self._alive = alive

    @property
    def name(self) -> str:
        """What logs and faults call it."""
        return self.medium.name

    def read(self, path: str, *, max_size: int = MAX_READ_SIZE) -> bytes | None:
        """Return the whole file."""
        return self._used().read(path, max_size=max_size)

    def read_at(self, path: str, offset: int, length: int) -> bytes | None:
        """Return bytes of a file."""
        return self._used().read_at(path, offset, length)

    def append(self, path: str, added: bytes) -> None:
        """Add bytes at the end of a file."""
        self._used().append(path, added)

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        """Overwrite bytes inside a file."""
        self._used().write_at(path, offset, written)

    def replace(self, path: str, content: bytes) -> None:
        """Put a file in the place of the old one."""
        self._used().replace(path, content)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._used().remove(path)

    def size(self, path: str) -> int | None:
        """Return the bytes in a file."""
        return self._used().size(path)

    def list(self) -> tuple[str, ...]:
        """Return the paths of all files."""
        return self._used().list()

    def room(self) -> int:
        """Return how many bytes can still be written."""
        return self._used().room()

    def folder(self, name: str) -> Medium:
        """Return a folder of the medium, attended as well."""
        return AttendedMedium(self.medium.folder(name), self._alive)

    def _used(self) -> Medium:
        self._alive()
        return self.medium

"""The one exception that a part raises: its hardware is broken.

Rules: what can happen on an ordinary day (no card, no paper, no medium) is a value of the part's
interface, never an exception. A `PartFault` is not caught to carry on: the daemon stops, the
operational log names the part, and systemd starts the daemon again.
"""

from typing import ClassVar


class PartFault(Exception):
    """A part did not answer, or answered what its data sheet does not know."""

    TOLD: ClassVar = True

    def __init__(self, part: str, what: str) -> None:
        super().__init__(f"{part}: {what}")
        self.part = part
        self.what = what

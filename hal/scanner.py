"""The bar-code scanner of a desk.

Rules: one code is one line of printable ASCII of at most `MAX_CODE_CHARACTERS`; anything else that
comes over the wire is dropped whole. Whose code it is, is not decided here. Read by one thread.
"""

from typing import Protocol

MAX_CODE_CHARACTERS = 128


class Scanner(Protocol):
    """Where a desk reads bar codes."""

    def read(self, timeout_s: float) -> str | None:
        """Wait up to `timeout_s` clock seconds for one code; None when there was none.

        Raises:
            PartFault: the scanner is unplugged.
        """
        ...

    def close(self) -> None:
        """Let go of the port."""
        ...

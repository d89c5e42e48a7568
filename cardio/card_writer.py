"""Writing a card's objects so that one knows afterwards what is on it.

Rules. PUT DATA is not atomic: a broken one can leave half a value, the old one, or swallow the
next. So a write is SELECT, management key, PUT DATA, read back and compare; after any failure the
whole dialogue is done once more, beginning with a look at what is there, and then it is
`NotWritten`. Erasing overwrites at full length first, so that no applet keeps the end of an old
value, then empties, and looks.

Never here: what an object means, and PINs. A card that leaves is `CardGone` at once: the next
insertion finds out what it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cardio.piv import (
    CardGarbled,
    CommandRefused,
    ManagementAlgorithm,
    NoSpace,
    ObjectId,
    Piv,
)

_TRIES = 2


class NotWritten(Exception):
    """The card still does not hold what was written; `identifier` says which object."""

    def __init__(self, identifier: ObjectId) -> None:
        super().__init__(f"object {identifier:06X} does not hold what was written")
        self.identifier = identifier


@dataclass(frozen=True, slots=True)
class ManagementKey:
    """What opens one card for writing."""

    algorithm: ManagementAlgorithm
    key: bytes = field(repr=False)


class CardWriter:
    """Writes the objects of one card, in one dialogue after which it is thrown away."""

    def __init__(
        self, piv: Piv, management: ManagementKey, random_bytes: Callable[[int], bytes]
    ) -> None:
        self._piv = piv
        self._management = management
        self._random_bytes = random_bytes
        self._allowed = False  # selected and authenticated, and nothing failed since

    def replace(self, identifier: ObjectId, content: bytes) -> None:
        """Make an object hold `content`; b"" empties it.

        Raises:
            NotWritten: it does not, after two tries.
            ManagementKeyWrong: the card does not let us write.
            NoSpace: the content is too long for the card.
            CardGone: the card left; what it holds is not known.
        """
        for again in range(_TRIES):
            try:
                if not self._allowed:
                    self._piv.select()
                    if again and self._holds(identifier, content):
                        return
                    self._authenticate()
                self._piv.write_object(identifier, content)
                if self._holds(identifier, content):
                    return
            except (CommandRefused, CardGarbled) as error:
                if isinstance(error, NoSpace):
                    raise
            self._allowed = False
        raise NotWritten(identifier)

    def erase(self, identifier: ObjectId) -> None:
        """Overwrite an object at full length, then empty it. Raises: as `replace`, CardError."""
        if not self._allowed:
            self._piv.select()
        present = self._piv.read_object(identifier)
        if present is None:
            return
        self.replace(identifier, bytes(len(present)))
        self.replace(identifier, b"")

    def _authenticate(self) -> None:
        management = self._management
        self._piv.authenticate_management(management.algorithm, management.key, self._random_bytes)
        self._allowed = True

    def _holds(self, identifier: ObjectId, content: bytes) -> bool:
        return (self._piv.read_object(identifier) or b"") == content

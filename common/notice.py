"""What a page tells beside its own texts: a refusal, or what was just done.

Rules: a value, in no language yet; `text` puts it into one. Never a choice, a serial or a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from common import errors
from common.errors import Reason


class Words(Protocol):
    """One text in three languages."""

    def text(self, language: str, **facts: int | str) -> str:
        """Return the text in "kk", "ru" or "en", its placeholders filled from `facts`."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that the page tells: a refusal, or what was just done (`good`).

    `facts` fill the placeholders, as pairs of name and value.
    """

    what: Reason | Words
    facts: tuple[tuple[str, int | str], ...] = ()
    good: bool = False

    def text(self, language: str) -> str:
        """Return the text in "kk", "ru" or "en"."""
        facts = dict(self.facts)
        if isinstance(self.what, Reason):
            return errors.text(self.what, language, **facts)
        return self.what.text(language, **facts)

"""What a page tells beside its own texts: a refusal, or what was just done.

Rules: a value, in no language yet; `text` puts it into one. Never a choice, a serial or a secret.
"""

from __future__ import annotations

from dataclasses import dataclass

from common import errors
from common.errors import Reason
from common.trilingual import Trilingual


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that the page tells: a refusal, or what was just done (`good`).

    `facts` fill the placeholders, as pairs of name and value.
    """

    what: Reason | Trilingual
    facts: tuple[tuple[str, int | str], ...] = ()
    good: bool = False

    def text(self, language: str) -> str:
        """Return the text in "kk", "ru" or "en"."""
        facts = dict(self.facts)
        if isinstance(self.what, Reason):
            return errors.text(self.what, language, **facts)
        return self.what.text(language, **facts)

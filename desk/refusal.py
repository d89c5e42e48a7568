"""A refusal as a value: why, and the facts of its text."""

from __future__ import annotations

from dataclasses import dataclass

from cardio.messages import Facts
from common.errors import Reason, Refused, Thing


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was refused, to be shown in the operator's language."""

    reason: Reason
    facts: Facts = ()

    @classmethod
    def of(cls, refused: Refused) -> Refusal:
        """Return what was raised."""
        facts = refused.facts.items()
        return cls(
            refused.reason,
            tuple((name, fact.value if isinstance(fact, Thing) else fact) for name, fact in facts),
        )

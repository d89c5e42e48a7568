"""Phases of what is done beside giving cards: searching, cards found or lost, blank cards, turnout.

Values only, as in `desk.phases`, which takes them into its list of phases.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from common.pages import KeyboardLayout
from desk.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Searching:
    """A name is typed; `found` is how many voters it may mean."""

    layout: KeyboardLayout
    typed: str = field(default="", repr=False)
    found: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """The voters that a name may mean, by their lines, to choose from."""

    search: Searching
    lines: tuple[int, ...] = field(repr=False)
    leaf: int = 0
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class VotedCard:
    """A card with a vote was brought to the desk: it belongs into the accumulator."""


@dataclass(frozen=True, slots=True)
class UnreadableCard:
    """A card that cannot be read was put in while nobody is served."""


@dataclass(frozen=True, slots=True)
class LostCard:
    """The voter on this line has lost the card; there is no other."""

    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoBlankCards:
    """There is no blank card for the voter on this line, who is the first of the queue."""

    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class CountingCards:
    """Somebody counts the desk's blank cards."""

    typed: str = ""


@dataclass(frozen=True, slots=True)
class TurnoutShown:
    """Voters given cards, by the hour."""

    leaf: int = 0


Errand = (
    Searching
    | Listed
    | VotedCard
    | UnreadableCard
    | LostCard
    | NoBlankCards
    | CountingCards
    | TurnoutShown
)

"""Where the evening of two boards is: the counting desk's medium walks between them.

    FRESH        every board is in; nothing was shuffled yet
    TO_MIX       this board has shuffled; the desk's medium goes to the desk for the second shuffle
    SHARES       the desk's shuffle was checked; a quorum's share cards give this board's half
    TO_OPEN      this board has opened its part; the medium goes to the desk for the other
    OPENED       both parts are here: the ballots can be read and counted

Rules: the stage is what files say (`accumulator.strongroom.mixing`), never remembered. Pure values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cardio.share_quorum import SharePins


class CountStage(Enum):
    """How far the evening has come, by what lies on both own media."""

    FRESH = "nothing was shuffled yet"
    TO_MIX = "the desk shuffles"
    SHARES = "share cards open this board's part"
    TO_OPEN = "the desk opens its part"
    OPENED = "both parts are opened"


@dataclass(frozen=True, slots=True)
class CountWalk:
    """The stage, and what a phase needs for it.

    Attributes:
        desk: the desk that does its part, or "" if none is left that can.
        pins: of this board's half, when share cards are asked for.
        shuffled: how many votes were, by the first shuffle; None before it, or if it does not read.
    """

    stage: CountStage = CountStage.FRESH
    desk: str = ""
    pins: SharePins | None = field(default=None, repr=False)
    shuffled: int | None = None


NOT_BEGUN = CountWalk()
"""Before anything was shuffled."""

"""Phases of the counting desk after its close: the votes are shuffled and opened here, too.

Values only, as in `desk.phases`, which takes them into its list of phases. `Closed` comes before
them, and stays the phase of every other desk.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cardio.share_quorum import SharePins, ShareQuorum
from common.counttexts import Ballots, Progress
from desk.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Mixing:
    """The accumulator's list is checked and shuffled once more; nothing else is done meanwhile."""

    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True)
class Mixed:
    """The shuffled list lies on both media; the medium goes to the accumulator."""


@dataclass(frozen=True, slots=True)
class CheckingPart:
    """The accumulator's part of the opening is checked."""

    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True)
class QuorumWanted:
    """Share cards are read until this desk's half of the key can be made up.

    Attributes:
        ballots: how many votes are to be opened; the members compare that with the urn's number.
        refusal: why the last shares did not give it.
    """

    round: ShareQuorum
    ballots: Ballots
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class OpeningPart:
    """This desk takes its seal off every vote of the shuffled list; then it forgets its half."""

    pins: SharePins
    ballots: Ballots
    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True)
class PartOpened:
    """The desk's part of the opening lies on both media; the medium goes to the accumulator."""


@dataclass(frozen=True, slots=True)
class CountStopped:
    """What the accumulator's folder holds was refused; nothing was done with it."""

    refusal: Refusal


AtWork = Mixing | CheckingPart | OpeningPart
"""While the desk computes: the page is shown before, and touches do not count."""
EveningPhase = (
    Mixing | Mixed | CheckingPart | QuorumWanted | OpeningPart | PartOpened | CountStopped
)

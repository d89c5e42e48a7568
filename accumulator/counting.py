"""The quorum opens the votes, and two counts must agree.

Rules:
- Every board that must be in is in, or the quorum is not even asked.
- A share is believed if it is one of those that the opening act pins down (`cardio.share_quorum`).
- Two counts of different make (`count_a`, `count_b`) read the same list of opened votes. If one of
  them fails, or they differ anywhere, there is no result.

It never opens a vote itself, and keeps no share longer than the count takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from accumulator import count_a, count_b
from accumulator.effects import AskCard, CountVotes, Effect
from accumulator.events import CountRefused, Event, Touched
from accumulator.turn import Context, Notice, Phase, Turn, journalled
from accumulator.votes import Opened
from cardio.messages import ReadShare
from cardio.share_quorum import SharePins, ShareQuorum
from common.errors import Reason, Refused
from common.records import Act, ActFact, BoardKind, ContestResult, StationPackage
from common.shares import key_name

Count = Callable[
    [bytes, StationPackage, Mapping[int, int], Collection[int], int], tuple[ContestResult, ...]
]


def count_twice(
    opened: Opened,
    package: StationPackage,
    first: Count | None = None,
    second: Count | None = None,
) -> tuple[ContestResult, ...]:
    """Count the opened votes with both counts and return the result on which they agree.

    `first` and `second` are `count_a.count` and `count_b.count`; tests plant faults in them.

    Raises:
        Refused: COUNTS_DISAGREE, also when one of them finds the votes impossible.

    """
    try:
        by_style, merged = opened.ballots_by_style, opened.merged
        arguments = (opened.votes, package, by_style, merged, opened.merged_invalid)
        results = (first or count_a.count)(*arguments)
        again = (second or count_b.count)(*arguments)
    except (ValueError, LookupError, ArithmeticError) as error:
        raise Refused(Reason.COUNTS_DISAGREE) from error
    if results != again:
        raise Refused(Reason.COUNTS_DISAGREE)
    return results


def share_pins(act: Act, tally_public: tuple[bytes, ...]) -> SharePins:
    """Return what the opening act and the start order pin down of the shares."""
    joined = act.facts.get(ActFact.SHARE_CHECKS, b"")
    checks = joined if isinstance(joined, bytes) else b""
    pieces = tuple(checks[at : at + 32] for at in range(0, len(checks), 32))
    return SharePins(key_name(tally_public), pieces)


@dataclass(frozen=True, slots=True)
class Quorum:
    """Share cards are read, one by one, until there are enough.

    Attributes:
        round: the shares that were read, and the slot.
        back: the phase to go back to.
        working: the votes are being opened and counted.
        refused: why the last count gave no result.
    """

    round: ShareQuorum
    back: Phase
    working: bool = False
    refused: Notice | None = None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        if self.working:
            return self._while_counting(event)
        if event == Touched("quorum.back") and not self.round.slot.busy:
            return Turn(self.back)
        package = context.station.package
        round_, effects = self.round.on(event, package, _asked, journalled)
        if round_.is_full(package):
            shares = tuple(round_.shares.values())
            working = Quorum(ShareQuorum(round_.pins), self.back, working=True)
            return Turn(working, (*effects, CountVotes(shares)))
        return Turn(replace(self, round=round_), effects)

    def _while_counting(self, event: Event) -> Turn:
        match event:
            case CountRefused(reason, facts):
                return Turn(replace(self, working=False, refused=Notice(reason, facts)))
            case _:
                return Turn(self)  # VotesCounted is the machine's


def _asked(pin: str) -> Effect:
    return AskCard(ReadShare(pin, BoardKind.ACCUMULATOR))

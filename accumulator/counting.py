"""The quorum opens the votes, and two counts must agree.

Rules:
- Every board that must be in is in, or the quorum is not even asked.
- A share is believed if it is one of those that the opening act pins down; as many as the quorum
  are needed, from different cards, PIN each.
- Two counts of different make (`count_a`, `count_b`) read the same list of opened votes. If one of
  them fails, or they differ anywhere, there is no result.

It never opens a vote itself, and keeps no share longer than the count takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from accumulator import count_a, count_b
from accumulator.effects import AskCard, CountVotes, Effect, Record
from accumulator.events import CountRefused, Event, Touched
from accumulator.station import Station
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Phase, Turn, journalled
from accumulator.votes import Opened
from cardio.messages import ReadShare, ShareCardSeen, ShareRead
from cardio.pin_slot import PinSlot, share_slot
from common.catalogue import EventType
from common.errors import Reason, Refused
from common.records import Act, ActFact, BoardKind, ContestResult, StationPackage
from common.shares import Share, ShareError, accept, key_name

Count = Callable[
    [bytes, StationPackage, Mapping[int, int], Collection[int]], tuple[ContestResult, ...]
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
        arguments = (opened.votes, package, opened.ballots_by_style, opened.merged)
        results = (first or count_a.count)(*arguments)
        again = (second or count_b.count)(*arguments)
    except (ValueError, LookupError, ArithmeticError) as error:
        raise Refused(Reason.COUNTS_DISAGREE) from error
    if results != again:
        raise Refused(Reason.COUNTS_DISAGREE)
    return results


@dataclass(frozen=True, slots=True)
class KeyPins:
    """What the opening act and the start order pin down of the tally key."""

    tally_public: tuple[bytes, ...]
    commitments: tuple[bytes, ...]

    @classmethod
    def of(cls, act: Act, tally_public: tuple[bytes, ...]) -> KeyPins:
        """Read the commitments of an opening act."""
        joined = act.facts.get(ActFact.SHARE_CHECKS, b"")
        checks = joined if isinstance(joined, bytes) else b""
        pieces = tuple(checks[at : at + 32] for at in range(0, len(checks), 32))
        return cls(tally_public, pieces)


@dataclass(frozen=True, slots=True)
class Quorum:
    """Share cards are read, one by one, until there are enough.

    Attributes:
        pins: what a right share looks like.
        back: the phase to go back to.
        shares: by number of the share card.
        slot: takes the next share card.
        working: the votes are being opened and counted.
        refused: why the last count gave no result.
    """

    pins: KeyPins
    back: Phase
    shares: Mapping[int, Share] = field(default_factory=dict, repr=False)
    slot: PinSlot[ShareCardSeen] = field(default_factory=share_slot)
    working: bool = False
    refused: Notice | None = None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        if self.working:
            return self._while_counting(event)
        station = context.station
        match event:
            case ShareRead(_, untrusted) if self.slot.busy and self.slot.card is not None:
                return self._read(self.slot.card, untrusted, station)
            case Touched("quorum.back") if not self.slot.busy:
                return Turn(self.back)

        def refused(card: ShareCardSeen) -> Notice | None:
            if station.share_card(card.number) is None:
                return Notice(Reason.CARD_FOREIGN)
            return Notice(Reason.SHARE_ALREADY_READ) if card.number in self.shares else None

        slot, effects = self.slot.on(event, refused, _asked, journalled)
        return Turn(replace(self, slot=slot), effects)

    def _while_counting(self, event: Event) -> Turn:
        match event:
            case CountRefused(reason, facts):
                return Turn(Quorum(self.pins, self.back, refused=Notice(reason, facts)))
            case _:
                return Turn(self)  # VotesCounted is the machine's

    def _read(self, card: ShareCardSeen, untrusted: bytes, station: Station) -> Turn:
        quorum = station.package.quorum
        try:
            share = accept(
                untrusted,
                key=key_name(self.pins.tally_public),
                threshold=quorum,
                commitments=self.pins.commitments,
            )
        except ShareError:
            notice = Notice(Reason.SHARE_OTHER_KEY)
            return Turn(replace(self, slot=self.slot.finished(notice)))
        if any(share.index == other.index for other in self.shares.values()):
            notice = Notice(Reason.SHARE_ALREADY_READ)
            return Turn(replace(self, slot=self.slot.finished(notice)))
        shares = {**self.shares, card.number: share}
        record = Record(EventType.SHARE_READ, (("official", card.official),))
        if len(shares) == quorum:
            working = Quorum(self.pins, self.back, working=True)
            return Turn(working, (record, CountVotes(tuple(shares.values()))))
        facts = (("name", station.name_of(card.official)),)
        slot = self.slot.finished(Notice(Word.SHARE_READ, facts, good=True))
        return Turn(replace(self, shares=shares, slot=slot), (record,))


def _asked(card: ShareCardSeen, pin: str) -> Effect:
    del card
    return AskCard(ReadShare(pin, BoardKind.ACCUMULATOR))

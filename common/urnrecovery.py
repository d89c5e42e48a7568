"""What an urn is, worked out from what its media hold after a power cut, damage or an old medium.

Pure: blocks in, a plan out; nothing is written here. Rules:

* The newest ledger that verifies on any medium counts; its medium leads (the first on a tie).
* A vote in flight is *in* if any medium has its slot whole, otherwise it is still on its card.
* A slot that only another medium verifies is taken from there, if the ledger counts it. A medium
  that was left behind may have one slot more, its own vote in flight that was given up since; this
  is dropped. Any other difference is refused.
* Occupied slots must equal the ledger's count, or the urn is refused.
* With two media, each ledger block must verify on one of them: a power cut tears only one medium at
  a time. With one medium alone, one whole ledger block is enough, for the same reason.
* A free slot that differs between the media, or was torn, is to be filled anew with random bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from common.errors import Reason, Refused, Thing
from common.urnfile import LEDGER_BLOCKS, Layout, Ledger

_NO_FLIGHT: Final[frozenset[int]] = frozenset()


class InFlight(Enum):
    """What was found of an intake that a power cut had interrupted."""

    NONE = "none"
    COMPLETED = "completed"  # the vote is in; its card, put in again, is already counted
    CANCELLED = "cancelled"  # the vote is not in; it is still on its card


@dataclass(frozen=True, slots=True)
class VoteMark:
    """What is kept of a vote: SHA-256 of the `CastVote`, and a keyed hash of its sealed ballot."""

    vote_hash: bytes
    ballot_mark: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What one medium holds: its blocks, and what of them verifies."""

    blocks: list[bytes]
    ledgers: tuple[Ledger | None, Ledger | None]
    votes: dict[int, VoteMark]  # by slot
    has_right_size: bool

    def slot_block(self, slot: int) -> bytes:
        """Return the block of a slot."""
        return self.blocks[LEDGER_BLOCKS + slot]

    @property
    def generation(self) -> int:
        """The newest generation of its ledger, or -1."""
        return max((ledger.generation for ledger in self.ledgers if ledger), default=-1)

    def left_behind(self, newest: Ledger) -> frozenset[int]:
        """Return the slot that was in flight when this medium was left behind, if one was."""
        if self.generation >= newest.generation:
            return _NO_FLIGHT
        return frozenset(
            ledger.flight.slot for ledger in self.ledgers if ledger and ledger.flight is not None
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What the urn is to be.

    `slots` has the block of each slot, or None where random bytes are to be filled in; `ledger` is
    the content, under the generation that was found; `ledger_blocks` are those to keep, or None if
    two new generations are to be written; `touched` is the slot of the vote that was in flight.
    """

    slots: list[bytes | None]
    votes: dict[int, VoteMark]
    ledger: Ledger
    ledger_blocks: tuple[bytes, ...] | None
    in_flight: InFlight
    touched: frozenset[int]


def reconcile(found: Sequence[Found], layout: Layout) -> Plan:
    """Return the plan for an urn of which one or more media hold a file, in order of writing.

    Raises: Refused (URN_KEY_WRONG, URN_OTHER_SHAPE, URN_DAMAGED, URN_MISMATCH, MEDIA_DISAGREE).
    """
    newest = _newest_ledger(found, layout)
    leader = next(each for each in found if newest in each.ledgers)
    others = [each for each in found if each is not leader]

    holder = dict.fromkeys(leader.votes, leader)  # slot -> whose block it is taken from
    strays: dict[int, Found] = {}  # verified by another medium, not by the leader
    given_up: frozenset[int] = _NO_FLIGHT
    for other in others:
        given_up |= other.left_behind(newest)
        for slot in other.votes:
            if slot not in leader.votes:
                strays.setdefault(slot, other)
            elif other.slot_block(slot) != leader.slot_block(slot) and slot not in given_up:
                raise Refused(Reason.MEDIA_DISAGREE, thing=Thing.URN)

    ledger, in_flight, touched = newest, InFlight.NONE, _NO_FLIGHT
    if newest.flight is not None:
        slot = newest.flight.slot
        touched = frozenset({slot})
        if slot in strays:
            holder[slot] = strays.pop(slot)
        if slot not in holder:
            ledger, in_flight = newest.without_flight(), InFlight.CANCELLED
        elif holder[slot].votes[slot].vote_hash == newest.flight.vote_hash:
            ledger, in_flight = newest.with_flight_landed(layout), InFlight.COMPLETED
        else:
            raise Refused(Reason.URN_DAMAGED)

    if len(holder) + len(strays) == ledger.count:
        holder |= strays
    elif len(holder) != ledger.count or not strays.keys() <= given_up:
        seen = len(holder) + len(strays)
        raise Refused(Reason.URN_MISMATCH, expected=ledger.count, found=seen)
    votes = {slot: source.votes[slot] for slot, source in holder.items()}
    distinct = len({vote.ballot_mark for vote in votes.values()})
    if distinct != ledger.count:
        raise Refused(Reason.URN_MISMATCH, expected=ledger.count, found=distinct)

    slots = [
        holder[slot].slot_block(slot) if slot in holder else _free_block(slot, found, touched)
        for slot in range(layout.slots)
    ]
    return Plan(slots, votes, ledger, _blocks_at_rest(found), in_flight, touched)


def _newest_ledger(found: Sequence[Found], layout: Layout) -> Ledger:
    ledgers = [ledger for each in found for ledger in each.ledgers if ledger]
    if not ledgers:
        key_fits = any(each.votes for each in found)
        raise Refused(Reason.URN_DAMAGED if key_fits else Reason.URN_KEY_WRONG)
    if any(ledger.shape != layout.shape for ledger in ledgers):
        raise Refused(Reason.URN_OTHER_SHAPE)
    if len(found) > 1:
        for at in range(LEDGER_BLOCKS):
            if not any(each.ledgers[at] for each in found):
                raise Refused(Reason.URN_DAMAGED)
    newest = max(ledgers, key=lambda ledger: ledger.generation)
    if any(ledger.generation == newest.generation and ledger != newest for ledger in ledgers):
        raise Refused(Reason.MEDIA_DISAGREE, thing=Thing.URN)
    return newest


def _free_block(slot: int, found: Sequence[Found], touched: frozenset[int]) -> bytes | None:
    first = found[0].slot_block(slot)
    same = all(each.has_right_size and each.slot_block(slot) == first for each in found)
    return first if same and slot not in touched else None


def _blocks_at_rest(found: Sequence[Found]) -> tuple[bytes, bytes] | None:
    """Return the two ledger blocks if all media agree on them and neither has a vote in flight."""
    first = found[0]
    if any(each.blocks[:LEDGER_BLOCKS] != first.blocks[:LEDGER_BLOCKS] for each in found):
        return None
    match first.ledgers:
        case (Ledger() as even, Ledger() as odd):
            same = even.as_generation(0) == odd.as_generation(0)
            if same and even.flight is None and abs(even.generation - odd.generation) == 1:
                return first.blocks[0], first.blocks[1]
    return None

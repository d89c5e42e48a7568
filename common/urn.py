"""The urn: the ballot box of an accumulator (and later of each portable ballot), on two media.

Rules (design, section 5; `docs/urn.md` explains them):

* One file of 4 KiB blocks (`common.urnfile`): two ledger blocks, then the slots, all filled with
  random bytes at creation. Occupied slots, free ones and ledgers look alike without the urn key.
* A vote goes into a slot drawn at random from the free ones, so that the same votes taken in
  another order leave files that cannot be told apart.
* An intake writes the ledger with the vote in flight, the slot, the ledger without it, and that
  once more, so that no block still says which serial went where; each on the first medium, then on
  the second. When `take_in` has returned, the vote is durable on both and the card may be erased.
* After a power cut between any two writes, `open` finds the vote wholly in (its card, put in again,
  is *already counted*) or not in (it is still on its card). `common.urnrecovery` has the rules.
* When the urn is opened and before each intake, the occupied slots must equal the ledger's count. A
  block that one medium verifies repairs the other; what neither verifies is refused, and the
  commission decides: it may `move` the urn from the medium that it trusts.

Never here: what a vote says, who cast it, when, or in which order. Memory holds no votes, only
hashes of them. What is reported is how many blocks were repaired, never which.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from common.errors import Reason, Refused
from common.media import FaultKind, Medium, MediumFault
from common.urnfile import (
    BLOCK_SIZE,
    LEDGER_BLOCKS,
    MAX_CONTENT_SIZE,
    BlockCipher,
    Desks,
    Flight,
    Layout,
    Ledger,
    RandomBytes,
)
from common.urnrecovery import Found, InFlight, Plan, VoteMark, reconcile

__all__ = ["InFlight", "Intake", "Repair", "Urn", "UrnUnfinished"]

PATH: Final = "urn.bin"
_FEW_BLOCKS: Final = 16  # a repair of more writes the whole file
_STRIDE_BLOCKS: Final = 128  # read at once when checking: as much as a processor's cache likes

BallotOf: TypeAlias = Callable[[bytes], bytes]


class Intake(Enum):
    """How an intake ended well; either way the card may be erased."""

    STORED = "stored"
    ALREADY_COUNTED = "already counted"


@dataclass(frozen=True, slots=True)
class Repair:
    """Blocks of one medium that were written anew, because they were damaged or out of date.

    It says how many, never which: a slot's number in the journal, beside a time, would lead whoever
    has the urn key from a vote to the time when it was cast.
    """

    medium: str
    ledger_blocks: int
    slots: int


class UrnUnfinished(RuntimeError):
    """A write failed before; only opening the urn again tells what is on the media."""


class Urn:
    """An open urn. One thread uses it; nobody else writes its file.

    Arguments of `create`, `open` and `move`:
        media: in the order of writing; a `TwoMedia`, or media in a tuple.
        urn_key: 32 bytes.
        slots: how many votes it can hold.
        desks: name, first serial, number of serials (≤ 4,096) of each desk, spare and portable; at
            most 7, the bitmaps that a ledger block can hold.
        random_bytes: the source of slots and nonces.
        ballot_of: returns what may be in the urn only once, the sealed ballot in a `CastVote`; it
            is called with votes that are in the urn or about to be taken in.
    """

    def __init__(
        self,
        media: Iterable[Medium],
        urn_key: bytes,
        slots: int,
        desks: Desks,
        *,
        random_bytes: RandomBytes,
        ballot_of: BallotOf,
    ) -> None:
        """Prepare; `create`, `open` and `move` are the ways in. Raises: ValueError."""
        self._media = tuple(media)
        self._layout = Layout(slots, tuple(desks))
        self._cipher = BlockCipher(urn_key, random_bytes)
        self._random_bytes = random_bytes
        self._ballot_of = ballot_of
        self._marking_key = random_bytes(32)
        self._ledger = Ledger.empty(self._layout, 0)
        self._digests: list[bytes] = []  # of every block, as it must be on all media
        self._occupied: list[bool] = []  # by slot
        self._vote_marks: set[bytes] = set()
        self._ballot_marks: set[bytes] = set()
        self._repairs: list[Repair] = []
        self._is_whole = True
        self.in_flight_at_start = InFlight.NONE

    @classmethod
    def create(
        cls,
        media: Iterable[Medium],
        urn_key: bytes,
        slots: int,
        desks: Desks,
        *,
        random_bytes: RandomBytes,
        ballot_of: BallotOf,
    ) -> Urn:
        """Make an empty urn on all media and open it.

        Raises: Refused (URN_EXISTS) if one of them holds an urn; MediumFault.
        """
        urn = cls(media, urn_key, slots, desks, random_bytes=random_bytes, ballot_of=ballot_of)
        urn._refuse_existing()
        nothing: list[bytes | None] = [None] * slots
        plan = Plan(nothing, {}, urn._ledger, None, InFlight.NONE, frozenset())
        urn._carry_out(plan, [None for _ in urn._media])
        return urn

    @classmethod
    def open(
        cls,
        media: Iterable[Medium],
        urn_key: bytes,
        slots: int,
        desks: Desks,
        *,
        random_bytes: RandomBytes,
        ballot_of: BallotOf,
    ) -> Urn:
        """Open the urn that the media hold: end what a power cut interrupted, and repair it.

        A medium without an urn file gets a copy of the other's. Afterwards `in_flight_at_start` and
        `take_repairs` say what was done, for the journal.

        Raises:
            Refused: URN_MISSING, URN_KEY_WRONG, URN_OTHER_SHAPE, URN_DAMAGED, URN_MISMATCH,
                MEDIA_DISAGREE.
            MediumFault: a medium failed.
        """
        urn = cls(media, urn_key, slots, desks, random_bytes=random_bytes, ballot_of=ballot_of)
        images = [medium.read(PATH) for medium in urn._media]
        found: list[Found | None] = []
        for image in images:
            alike = next(
                (each for each, seen in zip(found, images, strict=False) if seen == image), None
            )
            found.append(alike if alike or image is None else urn._look(image))
        present = [each for each in found if each is not None]
        if not present:
            raise Refused(Reason.URN_MISSING)
        plan = reconcile(present, urn._layout)
        urn._carry_out(plan, found)
        urn._report(found, plan)
        return urn

    @classmethod
    def move(
        cls,
        source: Medium,
        media: Iterable[Medium],
        urn_key: bytes,
        slots: int,
        desks: Desks,
        *,
        random_bytes: RandomBytes,
        ballot_of: BallotOf,
    ) -> Urn:
        """Open on `media`, of a spare board, the urn that `source`, of the dead board, holds.

        Nothing is written on `source`. One whole ledger block is enough here: the board may have
        died while it wrote the other.

        Raises: as `open`, and Refused (URN_EXISTS) if one of `media` holds an urn already.
        """
        urn = cls(media, urn_key, slots, desks, random_bytes=random_bytes, ballot_of=ballot_of)
        urn._refuse_existing()
        image = source.read(PATH)
        if image is None:
            raise Refused(Reason.URN_MISSING)
        plan = reconcile([urn._look(image)], urn._layout)
        urn._carry_out(plan, [None for _ in urn._media])
        return urn

    @classmethod
    def count_on(
        cls,
        source: Medium,
        urn_key: bytes,
        slots: int,
        desks: Desks,
        *,
        random_bytes: RandomBytes,
        ballot_of: BallotOf,
    ) -> int:
        """Return how many votes `move` would find on `source`; nothing is written anywhere.

        Raises: as `open`.
        """
        urn = cls((), urn_key, slots, desks, random_bytes=random_bytes, ballot_of=ballot_of)
        image = source.read(PATH)
        if image is None:
            raise Refused(Reason.URN_MISSING)
        return reconcile([urn._look(image)], urn._layout).ledger.count

    # What it says.

    @property
    def count(self) -> int:
        """The votes in the urn."""
        return self._ledger.count

    @property
    def capacity(self) -> int:
        """The votes that the urn can hold."""
        return self._layout.slots

    @property
    def spent(self) -> Mapping[str, bytes]:
        """By desk, the bitmap of spent serials: 512 bytes; bit i, lowest first, is first + i."""
        return {
            name: bitmap
            for (name, _, _), bitmap in zip(self._layout.desks, self._ledger.bitmaps, strict=True)
        }

    def knows(self, serial: int) -> bool:
        """Say whether a desk of this urn can have issued `serial`."""
        return self._layout.bit(serial) is not None

    def is_spent(self, serial: int) -> bool:
        """Say whether a vote with `serial` was taken in; an unknown serial never was."""
        bit = self._layout.bit(serial)
        return bit is not None and self._ledger.has_spent(*bit)

    def holds(self, cast_vote_hash: bytes) -> bool:
        """Say whether the `CastVote` with this SHA-256 is in the urn."""
        return self._keyed(cast_vote_hash) in self._vote_marks

    def take_repairs(self) -> tuple[Repair, ...]:
        """Return the repairs since the last call; they belong in the journal."""
        repairs, self._repairs = tuple(self._repairs), []
        return repairs

    # What it does.

    def examine(self, serial: int, cast_vote: bytes) -> Intake:
        """Say how `take_in` will end, from memory alone.

        Raises: Refused (SERIAL_UNKNOWN, SERIAL_SPENT, VOTE_COPIED, VOTE_TOO_LARGE, URN_FULL).
        """
        if not self.knows(serial):
            raise Refused(Reason.SERIAL_UNKNOWN)
        is_in = self.holds(hashlib.sha256(cast_vote).digest())
        if self.is_spent(serial):
            if is_in:
                return Intake.ALREADY_COUNTED
            raise Refused(Reason.SERIAL_SPENT)
        if len(cast_vote) > MAX_CONTENT_SIZE:
            raise Refused(Reason.VOTE_TOO_LARGE, found=len(cast_vote), expected=MAX_CONTENT_SIZE)
        if is_in or self._mark(cast_vote).ballot_mark in self._ballot_marks:
            raise Refused(Reason.VOTE_COPIED)
        if self.count >= self.capacity:
            raise Refused(Reason.URN_FULL, capacity=self.capacity)
        return Intake.STORED

    def take_in(self, serial: int, cast_vote: bytes) -> Intake:
        """Store a vote durably on all media and mark its serial spent.

        Nothing is written of a vote that is refused or already counted.

        Raises:
            Refused: SERIAL_UNKNOWN, SERIAL_SPENT, VOTE_COPIED, VOTE_TOO_LARGE, URN_FULL (the card
                stays as it is); URN_DAMAGED, URN_MISMATCH (the board stops).
            MediumFault: a medium failed; open the urn again when it is well.
            UrnUnfinished: it was not opened again after that.
        """
        self.check()
        intake = self.examine(serial, cast_vote)
        bit = self._layout.bit(serial)
        if intake is Intake.ALREADY_COUNTED or bit is None:
            return intake
        mark = self._mark(cast_vote)
        slot = self._draw()
        flight = Flight(serial, slot, mark.vote_hash)
        block = self._cipher.seal_slot(slot, cast_vote)
        before = self._ledger
        with self._all_or_unfinished():
            self._write_ledger(dataclasses.replace(before, flight=flight))
            self._write_block(LEDGER_BLOCKS + slot, block)
            self._write_ledger(before.with_vote(*bit))
            self._write_ledger(self._ledger)  # over the block with the vote in flight
            self._remember(slot, mark)
        return intake

    def check(self) -> None:
        """Read all media and compare each ledger block and occupied slot with what it must be.

        What one medium still has right repairs the other.

        Raises:
            Refused: URN_MISMATCH, if a vote is destroyed on all media; URN_DAMAGED, if a ledger is.
            MediumFault: a medium failed.
            UrnUnfinished: a write failed before.
        """
        if not self._is_whole:
            raise UrnUnfinished("a write to the urn failed before: open the urn again")
        if not self._is_right():
            self._mend([self._image(medium) for medium in self._media])

    def cast_votes(self) -> list[bytes]:
        """Return every `CastVote` in the urn, sorted by SHA-256, for the count.

        Raises: as `check`.
        """
        self.check()
        blocks = self._layout.cut(self._image(self._media[0]))[LEDGER_BLOCKS:]
        opened = (self._cipher.open_slot(slot, block) for slot, block in enumerate(blocks))
        votes = [vote for vote in opened if vote is not None]
        if len(votes) != self.count:
            raise Refused(Reason.URN_MISMATCH, expected=self.count, found=len(votes))
        return sorted(votes, key=lambda vote: hashlib.sha256(vote).digest())

    # Writing.

    @contextmanager
    def _all_or_unfinished(self) -> Iterator[None]:
        self._is_whole = False
        yield
        self._is_whole = True  # not when something was raised

    def _write_ledger(self, content: Ledger) -> None:
        """Write the next generation, over the older of the two blocks."""
        ledger = content.as_generation(self._ledger.generation + 1)
        block = self._cipher.seal_ledger(ledger)
        self._write_block(ledger.generation % LEDGER_BLOCKS, block)
        self._ledger = ledger

    def _write_block(self, number: int, block: bytes) -> None:
        for medium in self._media:
            medium.write_at(PATH, number * BLOCK_SIZE, block)
        self._digests[number] = _digest(block)

    def _draw(self) -> int:
        """Draw a free slot, each as likely as any other."""
        free = [slot for slot, is_occupied in enumerate(self._occupied) if not is_occupied]
        fair = 2**32 - 2**32 % len(free)
        while (drawn := int.from_bytes(self._random_bytes(4), "big")) >= fair:
            pass
        return free[drawn % len(free)]

    # Memory.

    def _mark(self, cast_vote: bytes) -> VoteMark:
        ballot = self._ballot_of(cast_vote)
        return VoteMark(hashlib.sha256(cast_vote).digest(), self._keyed(ballot))

    def _keyed(self, fact: bytes) -> bytes:
        return hashlib.blake2b(fact, key=self._marking_key, digest_size=16).digest()

    def _remember(self, slot: int, mark: VoteMark) -> None:
        self._occupied[slot] = True
        self._vote_marks.add(self._keyed(mark.vote_hash))
        self._ballot_marks.add(mark.ballot_mark)

    # Checking and repairing the open urn.

    def _image(self, medium: Medium) -> bytes:
        image = medium.read(PATH)
        if image is None:
            raise MediumFault(FaultKind.GONE, medium.name, PATH, "there is no urn on it")
        return image

    def _is_right(self) -> bool:
        """Say whether all media are alike, and ledger and occupied slots as they must be."""
        sizes = [medium.size(PATH) for medium in self._media]
        if any(size != self._layout.file_size for size in sizes):
            return False
        needed = (True, True, *self._occupied)
        for start in range(0, len(needed), _STRIDE_BLOCKS):
            strides = [self._stride(medium, start) for medium in self._media]
            first = strides[0]
            if any(stride != first for stride in strides[1:]):
                return False
            for number in range(start, min(start + _STRIDE_BLOCKS, len(needed))):
                at = (number - start) * BLOCK_SIZE
                if needed[number] and _digest(first[at : at + BLOCK_SIZE]) != self._digests[number]:
                    return False
        return True

    def _stride(self, medium: Medium, start: int) -> bytes:
        read = medium.read_at(PATH, start * BLOCK_SIZE, _STRIDE_BLOCKS * BLOCK_SIZE)
        return read or b""

    def _mend(self, images: list[bytes]) -> None:
        """Make all media what memory knows the urn to be, from blocks that are still right."""
        media = [self._layout.cut(image) for image in images]
        target: list[bytes] = []
        destroyed = 0
        for number, digest in enumerate(self._digests):
            right = next((at[number] for at in media if _digest(at[number]) == digest), None)
            if right is None and number < LEDGER_BLOCKS:
                raise Refused(Reason.URN_DAMAGED)
            if right is None:
                destroyed += self._occupied[number - LEDGER_BLOCKS]
                right = self._random_bytes(BLOCK_SIZE)
            target.append(right)
        if destroyed:
            raise Refused(Reason.URN_MISMATCH, expected=self.count, found=self.count - destroyed)
        with self._all_or_unfinished():
            for medium, image, blocks in zip(self._media, images, media, strict=True):
                if len(image) != self._layout.file_size:
                    medium.replace(PATH, b"".join(target))
                else:
                    self._bring(medium, target, blocks)
                ledger_blocks = len(_differing(blocks[:LEDGER_BLOCKS], target[:LEDGER_BLOCKS]))
                slots = len(_differing(blocks, target)) - ledger_blocks
                self._note_repair(medium, ledger_blocks, slots)
            self._digests = [_digest(block) for block in target]

    def _bring(self, medium: Medium, target: list[bytes], blocks: list[bytes]) -> None:
        """Write what differs from the medium's blocks; all at once, if that is much."""
        differing = _differing(blocks, target)
        if len(differing) > _FEW_BLOCKS:
            medium.replace(PATH, b"".join(target))
            return
        for number in differing:
            medium.write_at(PATH, number * BLOCK_SIZE, target[number])

    def _note_repair(self, medium: Medium, ledger_blocks: int, slots: int) -> None:
        if ledger_blocks or slots:
            self._repairs.append(Repair(medium.name, ledger_blocks, slots))

    # Opening.

    def _refuse_existing(self) -> None:
        if any(medium.size(PATH) is not None for medium in self._media):
            raise Refused(Reason.URN_EXISTS)

    def _look(self, image: bytes) -> Found:
        """See what of a file verifies; the votes themselves are not kept."""
        blocks = self._layout.cut(image)
        opened = (
            (slot, self._cipher.open_slot(slot, block))
            for slot, block in enumerate(blocks[LEDGER_BLOCKS:])
        )
        return Found(
            blocks,
            (self._cipher.open_ledger(0, blocks[0]), self._cipher.open_ledger(1, blocks[1])),
            {slot: self._mark(vote) for slot, vote in opened if vote is not None},
            has_right_size=len(image) == self._layout.file_size,
        )

    def _carry_out(self, plan: Plan, found: list[Found | None]) -> None:
        """Bring every medium to the plan, and take it over.

        A medium that has no urn, or was left behind, gets the whole file at once, so that it is
        never half old and half new. The others get single blocks: the ledger blocks that they
        lack, so that each verifies somewhere whatever the next cut tears; slots; then the new
        ledger, older generation first.
        """
        slots = [self._random_bytes(BLOCK_SIZE) if slot is None else slot for slot in plan.slots]
        ledger, ledger_blocks = plan.ledger, plan.ledger_blocks
        if ledger_blocks is None:
            older, ledger = (ledger.as_generation(ledger.generation + more) for more in (1, 2))
            ordered = sorted((older, ledger), key=lambda each: each.generation % LEDGER_BLOCKS)
            ledger_blocks = tuple(self._cipher.seal_ledger(each) for each in ordered)
        target = [*ledger_blocks, *slots]
        newer_at = ledger.generation % LEDGER_BLOCKS
        partly: list[Medium] = []
        with self._all_or_unfinished():
            for medium, each in zip(self._media, found, strict=True):
                if each is None or self._needs_all(each, plan):
                    medium.replace(PATH, b"".join(target))
                    continue
                partly.append(medium)
                kept = [_kept_ledger_block(at, each, found) for at in range(LEDGER_BLOCKS)]
                self._bring(medium, [*kept, *slots], each.blocks)
            if plan.ledger_blocks is None:
                for number in (1 - newer_at, newer_at):
                    for medium in partly:
                        medium.write_at(PATH, number * BLOCK_SIZE, target[number])
            self._ledger = ledger
            self._digests = [_digest(block) for block in target]
            self._occupied = [slot in plan.votes for slot in range(self._layout.slots)]
            self._vote_marks = {self._keyed(mark.vote_hash) for mark in plan.votes.values()}
            self._ballot_marks = {mark.ballot_mark for mark in plan.votes.values()}
        self.in_flight_at_start = plan.in_flight

    def _needs_all(self, found: Found, plan: Plan) -> bool:
        is_behind = found.generation < plan.ledger.generation
        lacks = any(plan.slots[slot] != found.slot_block(slot) for slot in plan.votes)
        return not found.has_right_size or (is_behind and lacks)

    def _report(self, found: list[Found | None], plan: Plan) -> None:
        """Note what was repaired; the slot of a vote in flight is not a repair."""
        for medium, each in zip(self._media, found, strict=True):
            if each is None:
                self._note_repair(medium, LEDGER_BLOCKS, self._layout.slots)
                continue
            slots = sum(
                block != each.slot_block(slot) and slot not in plan.touched
                for slot, block in enumerate(plan.slots)
            )
            self._note_repair(medium, each.ledgers.count(None), slots)


def _digest(block: bytes | memoryview) -> bytes:
    return hashlib.sha256(block).digest()


def _differing(old: list[bytes], target: list[bytes]) -> list[int]:
    """Return the numbers of the blocks that differ."""
    return [
        number
        for number, (before, after) in enumerate(zip(old, target, strict=True))
        if before != after
    ]


def _kept_ledger_block(at: int, own: Found, found: list[Found | None]) -> bytes:
    """Return the medium's own ledger block, or that of another one if only there it verifies."""
    holders = [each for each in (own, *found) if each is not None and each.ledgers[at] is not None]
    return (holders[0] if holders else own).blocks[at]

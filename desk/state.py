"""What a desk knows by heart: which serials it issued, and who on its list was given a card.

Two files, each on both media, and neither names the other (a spare that went on in the place of a
dead desk has one more for that desk's serials, `replaced/<desk>/serials.bin`):

- `serials.bin`: four bitmaps over the desk's serials (issued, returned, void, challenged) and the
  *flight block*;
- `marks.bin`: one byte for each line of the voter list, and how many signed acts were used.

Rules:
- Serials are drawn at random, so no order can be read off the bitmaps. Nothing says when a card was
  given, to whom, or which card it was.
- The flight block holds the serial of the card that is being given, sealed with a key that only
  that card yields (the hash of its 9E key). After a stop the card in the reader opens it, so the
  card decides what happened; without the card it is noise, and between two voters it *is* noise.
- Each is a `common.blocks.BlockFile`: two signed blocks, overwritten in place, so that no older
  version stays behind that would tell beside the newer one who came last and with which card. The
  newest whole block is the truth and mends the rest; if there is none, the desk does not start.

`Serials` and `Marks` are values; `DeskFiles` alone writes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Self

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from common import cbor
from common.blocks import BlockFile, BlockForm
from common.errors import Reason, Refused, Thing
from common.media import TwoMedia
from common.records import SERIAL_BITMAP_SIZE, SERIALS_PER_DESK

SERIALS_FILE = "serials.bin"
MARKS_FILE = "marks.bin"
MAX_FILE_SIZE = 1 << 18
FLIGHT_SIZE = SecretBox.NONCE_SIZE + SecretBox.MACBYTES + 4

RandomBytes = Callable[[int], bytes]


class Mark(IntEnum):
    """What happened to one line of the list; the number is the byte in the file."""

    NONE = 0
    BEING_GIVEN = 1
    GIVEN = 2
    RETURNED = 3  # the card was withdrawn in hand
    ANOTHER_ALLOWED = 4  # under an act
    ANOTHER_BEING_GIVEN = 5


BEING_GIVEN = frozenset({Mark.BEING_GIVEN, Mark.ANOTHER_BEING_GIVEN})
MAY_BE_GIVEN = frozenset({Mark.NONE, Mark.ANOTHER_ALLOWED})
ONCE_GIVEN = frozenset({Mark.GIVEN, Mark.RETURNED, Mark.ANOTHER_ALLOWED, Mark.ANOTHER_BEING_GIVEN})


class Withdrawal(IntEnum):
    """Why a serial was withdrawn; the number goes into the journal."""

    RETURNED = 1  # a voter brought the card back unused
    VOID = 2  # it never served: spoilt, or its giving was undone
    CHALLENGED = 3  # its voter had a terminal checked, and cast nothing with it


@dataclass(frozen=True, slots=True)
class Serials:
    """Bitmaps over the desk's serials; bit i is the desk's first serial + i.

    `taken` are those of the dead desks in whose place this one went on. An index of 4,096 or more
    is in one of them: the first has 4,096 to 8,191. No serial of theirs is drawn.
    """

    issued: int = field(default=0, repr=False)
    returned: int = field(default=0, repr=False)
    void: int = field(default=0, repr=False)
    challenged: int = field(default=0, repr=False)
    flight: bytes = field(default=bytes(FLIGHT_SIZE), repr=False)
    taken: tuple[Serials, ...] = field(default=(), repr=False)

    @property
    def withdrawn(self) -> int:
        """The bitmap of serials that no longer count."""
        return self.returned | self.void | self.challenged

    @property
    def totals(self) -> tuple[int, int, int]:
        """How many were issued, returned and made void, those taken over included."""
        books = (self, *self.taken)
        return (
            sum(each.issued.bit_count() for each in books),
            sum(each.returned.bit_count() for each in books),
            sum(each.void.bit_count() for each in books),
        )

    @property
    def challenges(self) -> int:
        """How many were withdrawn because their voters had a terminal checked."""
        return sum(each.challenged.bit_count() for each in (self, *self.taken))

    def _book(self, index: int) -> tuple[Serials | None, int]:
        """Return whose bitmaps an index is in, and its bit there."""
        if 0 <= index < SERIALS_PER_DESK:
            return self, index
        number, bit = divmod(index, SERIALS_PER_DESK)
        return (self.taken[number - 1] if 1 <= number <= len(self.taken) else None), bit

    def is_issued(self, index: int) -> bool:
        """Say whether this serial was ever issued."""
        book, bit = self._book(index)
        return book is not None and bool(book.issued >> bit & 1)

    def is_withdrawn(self, index: int) -> bool:
        """Say whether this serial was withdrawn."""
        book, bit = self._book(index)
        return book is not None and bool(book.withdrawn >> bit & 1)

    def draw(self, random_bytes: RandomBytes) -> int | None:
        """Draw one of the unissued serials, each as likely as the others; None when all are out."""
        left = [index for index in range(SERIALS_PER_DESK) if not self.issued >> index & 1]
        return left[_below(len(left), random_bytes)] if left else None

    def issue(self, index: int, card_key: bytes, random_bytes: RandomBytes) -> Serials:
        """Mark a serial as issued and put it in the flight block for the card with this key."""
        if not 0 <= index < SERIALS_PER_DESK or self.is_issued(index):
            raise ValueError("only an unissued serial can be issued")
        flight = _flight_box(card_key).encrypt(
            index.to_bytes(4, "big"), random_bytes(SecretBox.NONCE_SIZE)
        )
        return replace(self, issued=self.issued | 1 << index, flight=bytes(flight))

    def in_flight(self, card_key: bytes) -> int | None:
        """Return the serial in the flight block, if this is the card that was being given."""
        for number, book in enumerate((self, *self.taken)):
            try:
                index = int.from_bytes(_flight_box(card_key).decrypt(book.flight), "big")
            except CryptoError:
                continue
            index += number * SERIALS_PER_DESK
            return index if self.is_issued(index) else None
        return None

    def landed(self, random_bytes: RandomBytes) -> Serials:
        """Fill the flight block with noise; one that was taken over is cleared once for all."""
        nothing = bytes(FLIGHT_SIZE)
        taken = tuple(replace(each, flight=nothing) for each in self.taken)
        return replace(self, flight=random_bytes(FLIGHT_SIZE), taken=taken)

    def withdraw(self, index: int, why: Withdrawal) -> Serials:
        """Withdraw an issued serial; one that is withdrawn stays as it is."""
        if not self.is_issued(index):
            raise ValueError("only an issued serial can be withdrawn")
        if self.is_withdrawn(index):
            return self
        number, bit = divmod(index, SERIALS_PER_DESK)
        if number:
            taken = list(self.taken)
            taken[number - 1] = taken[number - 1].withdraw(bit, why)
            return replace(self, taken=tuple(taken))
        match why:
            case Withdrawal.RETURNED:
                return replace(self, returned=self.returned | 1 << index)
            case Withdrawal.VOID:
                return replace(self, void=self.void | 1 << index)
            case Withdrawal.CHALLENGED:
                return replace(self, challenged=self.challenged | 1 << index)

    def to_item(self) -> dict[int, object]:
        """Return the content of the file."""
        return {
            1: bitmap_bytes(self.issued),
            2: bitmap_bytes(self.returned),
            3: bitmap_bytes(self.void),
            4: self.flight,
            5: bitmap_bytes(self.challenged),
        }

    @classmethod
    def from_item(cls, item: object) -> Self:
        """Read the content of the file. Raises: ValueError."""
        match item:
            case {
                1: bytes(issued),
                2: bytes(returned),
                3: bytes(void),
                4: bytes(flight),
                5: bytes(challenged),
            } if len(flight) == FLIGHT_SIZE and {
                len(bits) for bits in (issued, returned, void, challenged)
            } == {SERIAL_BITMAP_SIZE}:
                first, *maps = (
                    int.from_bytes(bits, "little") for bits in (issued, returned, void, challenged)
                )
                withdrawn = maps[0] | maps[1] | maps[2]
                if sum(each.bit_count() for each in maps) != withdrawn.bit_count():
                    raise ValueError("a serial is withdrawn twice")
                if withdrawn & ~first:
                    raise ValueError("a serial is withdrawn that was never issued")
                return cls(first, maps[0], maps[1], maps[2], flight)
            case _:
                raise ValueError("not the file of serials")


@dataclass(frozen=True, slots=True)
class Marks:
    """One byte per line of the list (line 1 first), and how many signed acts were used up."""

    lines: bytes = field(repr=False)
    acts_used: int = 0

    @classmethod
    def fresh(cls, lines: int) -> Self:
        """Return the marks of a list with this many lines before the first voter."""
        return cls(bytes(lines))

    def of(self, line: int) -> Mark:
        """Return the mark of a line."""
        return Mark(self.lines[line - 1])

    def put(self, line: int, mark: Mark) -> Marks:
        """Set the mark of a line."""
        lines = self.lines[: line - 1] + bytes([mark]) + self.lines[line:]
        return replace(self, lines=lines)

    def with_act_used(self) -> Marks:
        """Count one more signed act as used."""
        return replace(self, acts_used=self.acts_used + 1)

    @property
    def being_given(self) -> tuple[int, ...]:
        """The lines whose giving was interrupted."""
        return tuple(line for line, mark in enumerate(self.lines, 1) if mark in BEING_GIVEN)

    @property
    def voters_given(self) -> int:
        """How many voters were given a card at least once."""
        counts = Counter(self.lines)
        return sum(counts[mark] for mark in ONCE_GIVEN)

    def to_item(self) -> dict[int, object]:
        """Return the content of the file."""
        return {1: self.lines, 2: self.acts_used}

    @classmethod
    def from_item(cls, item: object) -> Self:
        """Read the content of the file. Raises: ValueError."""
        match item:
            case {1: bytes(lines), 2: int(acts_used)} if not set(lines) - set(Mark):
                return cls(lines, acts_used)
            case _:
                raise ValueError("not the file of marks")


Content = Serials | Marks
SERIALS = BlockForm.fitting(
    SERIALS_FILE, "sailau/DeskSerials/1", 4 * SERIAL_BITMAP_SIZE + FLIGHT_SIZE + 20
)


def taken_form(desk: str) -> BlockForm:
    """Return the form of the file with the serials of a dead desk, as its spare keeps them."""
    return BlockForm(
        f"replaced/{desk}/{SERIALS_FILE}", f"sailau/TakenSerials/1/{desk}", SERIALS.block_size
    )


def marks_form(lines: int) -> BlockForm:
    """Return the form of the file of marks for a list with this many lines."""
    return BlockForm.fitting(MARKS_FILE, "sailau/DeskMarks/1", lines + 32)


class DeskFiles:
    """Both files on both media. Every method raises `common.media.MediumFault`."""

    def __init__(
        self,
        media: TwoMedia,
        *,
        package: bytes,
        key: SigningKey,
        lines: int,
        opened: bool,
        random_bytes: RandomBytes,
        behind: tuple[bool, bool] = (False, False),
        taken: tuple[str, ...] = (),
    ) -> None:
        """Read and mend the files, or make them before the station is opened.

        Args:
            media: both.
            package: SHA-256 of the signed package.
            key: the board's own.
            lines: length of the voter list.
            opened: the desk was opened under this package, so there must be files.
            random_bytes: the random source.
            behind: whether own storage, and the removable medium, was found with the older journal.
            taken: the dead desks whose serials this one keeps besides its own.

        Raises:
            Refused: no medium has a whole file, or the two contradict each other.
        """
        serials = None if opened else written(Serials(flight=random_bytes(FLIGHT_SIZE)))
        marks = None if opened else written(Marks.fresh(lines))
        self._serials = BlockFile.open(
            media, SERIALS, package, key, thing=Thing.STATE, first=serials, behind=behind
        )
        self._marks = BlockFile.open(
            media, marks_form(lines), package, key, thing=Thing.STATE, first=marks, behind=behind
        )
        self._taken = [
            BlockFile.open(media, taken_form(desk), package, key, thing=Thing.STATE, behind=behind)
            for desk in taken
        ]
        self.serials = replace(
            read_serials(self._serials.content),
            taken=tuple(read_serials(each.content) for each in self._taken),
        )
        self.marks = read_marks(self._marks.content)
        if len(self.marks.lines) != lines:
            raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.STATE)

    @property
    def repaired(self) -> tuple[Thing, ...]:
        """The medium of each file that was damaged, lost or too old, and is whole again."""
        taken = [thing for each in self._taken for thing in each.repaired]
        return (*self._serials.repaired, *taken, *self._marks.repaired)

    def save(self, content: Content) -> None:
        """Put new content in the place of the old, on both media."""
        match content:
            case Serials():
                for file, book in zip(self._taken, content.taken, strict=True):
                    if file.content != written(book):
                        file.save(written(book))
                self._serials.save(written(content))
                self.serials = content
            case Marks():
                self._marks.save(written(content))
                self.marks = content


def read_serials(content: bytes) -> Serials:
    """Read what a whole block of the file of serials says. Raises: Refused."""
    try:
        return Serials.from_item(cbor.decode(content, max_size=MAX_FILE_SIZE))
    except ValueError as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATE) from error


def read_marks(content: bytes) -> Marks:
    """Read what a whole block of the file of marks says. Raises: Refused."""
    try:
        return Marks.from_item(cbor.decode(content, max_size=MAX_FILE_SIZE))
    except ValueError as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATE) from error


def written(content: Content) -> bytes:
    """Return what a block of the file says."""
    return cbor.encode(content.to_item())


def bitmap_bytes(bits: int) -> bytes:
    """Return a bitmap as it stands in files and statements: bit 0 is the lowest of byte 0."""
    return bits.to_bytes(SERIAL_BITMAP_SIZE, "little")


def _flight_box(card_key: bytes) -> SecretBox:
    return SecretBox(hashlib.sha256(b"sailau/desk/flight/1" + card_key).digest())


def _below(limit: int, random_bytes: RandomBytes) -> int:
    """Draw a number from 0 to `limit` - 1, each as likely as the others."""
    fair = (1 << 32) - (1 << 32) % limit
    while True:
        drawn = int.from_bytes(random_bytes(4), "big")
        if drawn < fair:
            return drawn % limit

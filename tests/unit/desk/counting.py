"""A counting desk of flesh and blood: an office where votes are shuffled and opened in the evening.

The accumulator is not here: a `Walk` makes what it would lay down in its folder of the medium, and
the hands of a test carry it. Share cards lie in the reader like other cards; they show the shares
of the desk's half, which was made before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from cardio.messages import (
    Answer,
    Failed,
    Notification,
    ReadShare,
    Request,
    ShareCardSeen,
    ShareRead,
)
from common import records, tallykey
from common.enrolment import Installation
from common.errors import Reason
from common.evening import CHECKED, FIRST_MIX, FOLDER, OPENING, VOTES, Evening
from common.journal import PATH, verify_journal
from common.media import FolderMedium, Medium
from common.records import BoardKind
from common.service import TimeReached
from hal.medium_watch import RecordingMediumMoved
from tests import evenings, halves, samples
from tests.evenings import ACCUMULATOR, ALONE, BALLOTS, Walk, source
from tests.unit.desk.office import NAME, Office, made, order, package

SHARE_PIN = "161803"


@dataclass(frozen=True)
class Accumulator(Walk):
    """What the accumulator of the office's station makes of its votes, and reads of the desk's.

    Attributes:
        again: of `order`.
        label: what its randomness is drawn from.
    """

    again: int = 0
    label: str = ""

    @cached_property
    def here(self) -> Evening:
        digest = records.digest(records.sign(package(), samples.ROOT))
        return Evening.under(package(), digest, order(again=self.again))

    def installation(self, kind: BoardKind) -> Installation:
        return halves.installation(
            self.accumulator if kind is ACCUMULATOR else self.desk, package()
        )

    @cached_property
    def first_mix(self) -> bytes:
        mine = self.installation(ACCUMULATOR)
        drawn = source(f"office mix {self.label}")
        return self.here.mix(mine, 1, self.lists.groups, None, source=drawn, crew=ALONE)

    def after(self, second_mix: bytes) -> tuple[bytes, bytes]:
        """Return its `MixChecked` and its `Opening` after the desk's shuffle, which it believes."""
        return self.after_mixes(self.first_mix, second_mix)

    def after_mixes(self, first_mix: bytes, second_mix: bytes) -> tuple[bytes, bytes]:
        """Return the same; the first shuffle may be that of the board in whose place it stands."""
        mixes, mine = (first_mix, second_mix), self.installation(ACCUMULATOR)
        between = self.here.read_mix(first_mix, 1, self.lists.groups, None, ALONE)
        last = self.here.read_mix(second_mix, 2, between, first_mix, ALONE)
        drawn = source(f"office opening {self.accumulator}")
        given = secret(self.accumulator)
        opening = self.here.opening(mine, given, mixes, last, source=drawn, crew=ALONE)
        return self.here.checked(mine, mixes), opening

    def counted(self, second_mix: bytes, openings: tuple[bytes, bytes]) -> list[tuple[object, int]]:
        """Return choices and codes of all ballots, sorted: each proof must hold."""
        mixes = (self.first_mix, second_mix)
        last = self.here.read_mix(second_mix, 2, self.between, self.first_mix, ALONE)
        factors = [
            self.here.read_opening(signed, kind, mixes, last, ALONE)
            for signed, kind in zip(openings, tallykey.MAKERS, strict=True)
        ]
        groups = self.here.ballots(last, factors[0], factors[1], ALONE)
        assert [group.invalid for group in groups] == [0] * len(groups)
        return sorted((one.selections, one.code) for group in groups for one in group.ballots)


def secret(board: str) -> bytes:
    """Return the secret of the accumulator's half, on this board."""
    given = halves.installation(board, package())
    record = made("accumulator").record
    half = tallykey.read_half(package(), given.package_hash, record.tally_half, ACCUMULATOR)
    told = tallykey.read_shares(package(), half, record.half_shares)
    return tallykey.secret_of(samples.device(board), half, told, made("accumulator").shares[:2])


@cache
def accumulator(again: int = 0, label: str = "") -> Accumulator:
    """Return the accumulator of the sample ballots."""
    blank = Accumulator((), again=again, label=label)
    return Accumulator(evenings.cast_all(blank.here, BALLOTS), again=again, label=label)


SEALED = sorted((one.selections, one.code) for one in BALLOTS)
"""What a count of the sample ballots must give."""


@dataclass(frozen=True)
class ShareHand:
    """A share card with the PIN that its member types."""

    number: int
    share: bytes
    pin: str = SHARE_PIN

    def seen(self) -> Notification:
        return ShareCardSeen(self.number, self.number, 3)


class CountingOffice(Office):
    """The counting desk, opened with its half and closed."""

    def __init__(self, root: Path, board: str = NAME) -> None:
        super().__init__(root, board)

    @property
    def removable(self) -> Medium:
        """The board's folder on the recording medium, which may be that of a dead desk."""
        return self.folder_of(self.board)

    def hold_day(self) -> None:
        """Open, give nobody a card, close, and carry the medium away."""
        self.open()
        assert self.page() == "desk.ready", (self.page(), self.text("refusal"))
        self.close()
        self.put(None)
        self.take_medium()

    def start(self) -> None:
        """Start the program, and let the loop take its first turn."""
        super().start()
        self.step(TimeReached(self.clock.monotonic_s()))

    # the medium

    def take_medium(self) -> None:
        """Take the medium out."""
        self.slot.present = False
        self.step(RecordingMediumMoved(present=False))

    def bring_medium(self) -> None:
        """Put it in again."""
        self.slot.present = True
        self.step(RecordingMediumMoved(present=True))
        if self.page() == "desk.closed":
            self.step(TimeReached(self.clock.monotonic_s()))

    def carry(self, files: Iterable[tuple[str, bytes]], board: str = "accumulator") -> None:
        """Take the medium out, let a board lay these down on it, and bring it back."""
        self.take_medium()
        folder = self.folder_of(board)
        for path, content in files:
            folder.replace(path, content)
        self.bring_medium()

    def folder_of(self, board: str) -> Medium:
        """Return a board's folder on the medium."""
        return FolderMedium(self.slot.root, "recording").folder(board)

    def part(self, path: str) -> bytes:
        """Return a file of the desk's own; it is the same on both media."""
        own, removable = self.own.read(path), self.removable.read(path)
        assert own is not None
        assert own == removable
        return own

    # share cards

    def show_shares(self, *numbers: int) -> None:
        """Let members put in their share cards, one after another, and type their PINs."""
        for number in numbers:
            self.show(ShareHand(number, made(NAME).shares[number - 1].to_bytes()))

    def show(self, card: ShareHand, *, leave_in: bool = False) -> None:
        """Let a member put in a card, type the PIN, and take it out unless it is left in."""
        self.put(card)  # type: ignore[arg-type]  # it is seen like the others
        self.press(*(f"pin.{digit}" for digit in card.pin), "pin.enter")
        if not leave_in:
            self.put(None)

    def _answers(self, number: int, request: Request) -> list[Answer | Notification]:
        card: object = self.reader
        match request:
            case ReadShare(pin, half) if isinstance(card, ShareHand) and self.fail_next is None:
                assert half is BoardKind.DESK
                if pin != SHARE_PIN:
                    return [Failed(number, Reason.PIN_WRONG, (("attempts", 2),))]
                return [ShareRead(number, card.share)]
            case _:
                return super()._answers(number, request)

    # what is kept of the evening

    def evening_events(self) -> list[str]:
        """Return the names of the events in the evening's own journal."""
        content = self.own.read(f"{FOLDER}/{PATH}") or b""
        key = samples.device(self.board).sign_key
        return [entry.event.name for entry in verify_journal(content, key)]


def first_files(of: Accumulator | None = None) -> tuple[tuple[str, bytes], ...]:
    """Return what the accumulator lays down first."""
    given = of or accumulator()
    return ((VOTES, given.votes_file), (FIRST_MIX, given.first_mix))


def later_files(second_mix: bytes, of: Accumulator | None = None) -> tuple[tuple[str, bytes], ...]:
    """Return what it lays down after the desk's shuffle."""
    checked, opening = (of or accumulator()).after(second_mix)
    return ((CHECKED, checked), (OPENING, opening))

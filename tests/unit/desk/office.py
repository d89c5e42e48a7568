"""An installed desk: package folder, both media, screen, slot; a bench's cards play cardiod.

The shell is driven as the decision loop would: event by event, its answers in the order in which
cardiod gives them.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cardio.messages import (
    Activate,
    Answer,
    CardRemoved,
    Configure,
    CourierCardSeen,
    Done,
    EraseCard,
    Failed,
    Look,
    Notification,
    Request,
    SignAct,
    Signed,
)
from common import enrolment, records
from common.errors import Reason
from common.journal import PATH, Entry, verify_journal
from common.keys import seal_to
from common.media import FaultKind as Fault
from common.media import FolderMedium, Medium, MediumFault
from common.pages import find
from common.records import (
    BoardKind,
    BoardSecrets,
    ProgramFile,
    ProgramManifest,
    Statement,
    StationPackage,
    VoterList,
)
from common.regions import Region
from common.service import Inbox, Loop, Service
from common.tallykey import MadeHalf
from desk.archive import PROGRAM_ROOT, STATEMENT
from desk.config import DeskConfig
from desk.daemon import DeskShell
from hal.board_clock import BoardClock
from hal.config import PartsConfig
from hal.medium_slot import SlotState
from hal.screen import Frame, ScreenSize
from hal.touch import TouchEvent, TouchKind
from simulators.clock_chip import SimClockChip
from tests import halves, samples
from tests.peoples_time import PeoplesTime
from tests.unit.desk import bench
from tests.unit.desk.bench import NOW_MS, PIN, Card, OfficialCard

NAME = "desk-1"
LAST_SPARE = "desk-last"
OTHER = "desk-2"
"""Of `two_desks`: it makes no half and does not count."""


@cache
def voter_list() -> bytes:
    """Return the signed voter list."""
    listed = VoterList("0421", "TEST-2026", 1, bench.voters())
    return records.sign(listed, samples.ROOT)


@cache
def manifest() -> bytes:
    """Return a signed manifest of one file of the program that runs."""
    path = "desk/__init__.py"
    digest = hashlib.sha256((PROGRAM_ROOT / path).read_bytes()).digest()
    return records.sign(ProgramManifest("test", (ProgramFile(path, digest),)), samples.ROOT)


@cache
def package() -> StationPackage:
    """Return the bench's package, naming this voter list and this program, with a second spare."""
    last = samples.board(LAST_SPARE, BoardKind.DESK, spare=True, first_serial=8192)
    return dataclasses.replace(
        bench.package(),
        boards=(*bench.package().boards, last),
        voter_list=records.digest(voter_list()),
        program=records.digest(manifest()),
    )


@cache
def two_desks() -> StationPackage:
    """Return the same package with another desk."""
    other = samples.board(OTHER, BoardKind.DESK, first_serial=12288)
    return dataclasses.replace(package(), boards=(*package().boards, other))


@cache
def signed_package() -> bytes:
    """Return the signed package."""
    return records.sign(package(), samples.ROOT)


def package_hash() -> bytes:
    """Return the hash by which other records name the package."""
    return records.digest(signed_package())


def write_package_folder(folder: Path, board: str = NAME, of: StationPackage | None = None) -> Path:
    """Write the folder that the centre makes, as far as a desk reads it; return it."""
    box_key = samples.device(board).box_key
    signed = signed_package() if of is None else records.sign(of, samples.ROOT)
    secrets = BoardSecrets(records.digest(signed), board, b"m" * 32, None, None, ())
    for name, content in (
        (enrolment.PACKAGE, signed),
        (enrolment.PROGRAM, manifest()),
        (f"secrets/{board}.sealed", seal_to(box_key, records.sign(secrets, samples.ROOT))),
        (f"voters/{board}.sealed", seal_to(box_key, voter_list())),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def made(board: str, of: StationPackage | None = None) -> MadeHalf:
    """Return the half that a board of this station made: always the same, shares and all."""
    return halves.made(board, of=of or package())


def order(of: StationPackage | None = None, again: int = 0) -> bytes:
    """Return the signed start order; `again` tells several openings of the day apart."""
    given = halves.installation("accumulator", of or package())
    signed = [made(board, of).record.tally_half for board in ("accumulator", NAME)]
    start = halves.order(*signed, package_named=given.package_hash)
    moved = dataclasses.replace(start, opened_ms=start.opened_ms + 1000 * again)
    return records.sign(moved, samples.STATION_KEYS.station)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000

    def wait_s(self, timeout_s: float) -> float:
        return min(timeout_s, 0.02)


class Screen:
    """Keeps the last page's regions."""

    size = ScreenSize(800, 480)

    def __init__(self) -> None:
        self.regions: tuple[Region, ...] = ()
        self.frame = b""

    def show(self, frame: Frame, regions: Sequence[Region]) -> None:
        self.frame = bytes(frame)
        self.regions = tuple(regions)

    def close(self) -> None:
        """The last frame stays."""


class FailingMedium:
    """A medium whose writes fail after a while, if it is told so."""

    def __init__(self, medium: Medium, slot: Slot) -> None:
        self._medium, self._slot = medium, slot

    def _write(self, path: str) -> None:
        if self._slot.writes_left is not None:
            self._slot.writes_left -= 1
            if self._slot.writes_left < 0:
                raise MediumFault(self._slot.fault, self._medium.name, path)

    def append(self, path: str, added: bytes) -> None:
        self._write(path)
        self._medium.append(path, added)

    def replace(self, path: str, content: bytes) -> None:
        self._write(path)
        self._medium.replace(path, content)

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        self._write(path)
        self._medium.write_at(path, offset, written)

    def folder(self, name: str) -> FailingMedium:
        return FailingMedium(self._medium.folder(name), self._slot)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._medium, name)


class Slot:
    """The recording slot."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.present = True
        self.writes_left: int | None = None
        self.fault = Fault.GONE
        FolderMedium.make(root, "recording")

    def state(self) -> SlotState:
        return SlotState.PRESENT if self.present else SlotState.EMPTY

    def medium(self) -> Medium:
        return FailingMedium(FolderMedium(self.root, "recording"), self)

    def close(self) -> None:
        """The medium stays in."""


class Office:
    """One desk, its clerk, and cardiod."""

    def __init__(self, root: Path, board: str = NAME, of: StationPackage | None = None) -> None:
        self.board, self.package = board, of or package()
        self.root, self.clock, self.screen = root, SetClock(), Screen()
        self.people = PeoplesTime(self.clock)
        self.chip = SimClockChip(self.clock)
        self.slot = Slot(root / "medium")
        self.own = FolderMedium.make(root / "state", "own-storage")
        self.reader: Card | OfficialCard | CourierCardSeen | None = None
        self.asked: list[Request] = []
        self.fail_next: Reason | None = None
        self._queue: list[tuple[int, Request]] = []
        self.config = DeskConfig(
            board=board,
            root_key=samples.ROOT_KEY.hex(),
            state=root / "state",
            card_socket=root / "none",
            parts=PartsConfig(),
            language="en",
        )
        enrolment.enrol(self.own, board, BoardKind.DESK, samples.seeded(board))
        enrolment.install(
            self.own,
            self.slot.medium().folder(board),
            write_package_folder(root / "package", board, of),
            root_key=samples.ROOT_KEY,
            name=board,
            now_s=samples.OPENS_S,
        )
        self.order = order(self.package)

    def start(self) -> None:
        """Start the program."""
        self.inbox = inbox = Inbox()
        self.loop = Loop(inbox, self.people)
        service = Service("deskd", self.config, self.people, inbox, self.loop)
        self.shell = DeskShell(
            service,
            self.screen,
            self.slot,
            self,  # type: ignore[arg-type]  # plays the client of cardiod
            storage=lambda: FolderMedium(self.root / "state", "own-storage"),
            clock=BoardClock(self.clock, self.chip),
            random_bytes=samples.seeded("daemon"),
        )
        self._queue.clear()
        self.shell.begin(started=True)
        self.shell.step(self._seen())
        self._answer_all()

    # cardiod

    def request(self, message: Request) -> int:
        """Take a request, as the client does."""
        self.asked.append(message)
        self._queue.append((len(self.asked), message))
        return len(self.asked)

    def _seen(self) -> Notification:
        match self.reader:
            case None:
                return CardRemoved()
            case CourierCardSeen() as seen:
                return seen
            case card:
                return card.seen()

    def _answer_all(self) -> None:
        while self._queue:
            for event in self._answers(*self._queue.pop(0)):
                self.shell.step(event)

    def _answers(self, number: int, request: Request) -> list[Answer | Notification]:
        failed = self.fail_next
        match request:
            case Configure():
                return [Done(number)]
            case Look():
                return [self._seen(), Done(number)]
            case _ if failed is not None:
                self.fail_next = None
                return [Failed(number, failed), self._seen()]
            case Activate(activation) if isinstance(self.reader, Card):
                self.reader.activation = activation
                return [Done(number)]
            case EraseCard() if isinstance(self.reader, Card):
                self.reader.activation = None
                self.reader.voted = self.reader.torn = False
                self.reader.spoiled = None
                return [Done(number)]
            case SignAct(pin, _) if isinstance(self.reader, OfficialCard) and pin != PIN:
                return [Failed(number, Reason.PIN_WRONG, (("attempts", 2),))]
            case SignAct(_, to_be_signed) if isinstance(self.reader, OfficialCard):
                card = self.reader
                return [Signed(number, card.sign(to_be_signed), card.certificate)]
            case _:
                return [Failed(number, Reason.CARD_ABSENT)]

    # hands and eyes

    def step(self, event: object) -> None:
        """Let one event happen, and all that follows from it."""
        self.shell.step(event)
        self._answer_all()

    def put(self, card: Card | OfficialCard | CourierCardSeen | None) -> None:
        """Put a card into the reader, or take it out."""
        self.reader = card
        self.step(self._seen())

    def page(self) -> str:
        """Return the name of the page in sight."""
        return self.text("page")

    def text(self, name: str) -> str:
        """Return what stands in a region."""
        region = find(self.screen.regions, name)
        return region.text if region else ""

    def press(self, *names: str) -> None:
        """Touch targets in the middle, one after the other, each after a moment, as people do."""
        for name in names:
            region = find(self.screen.regions, name)
            assert region is not None, (name, self.page())
            self.people.look()
            self.tap(*region.centre)

    def tap(self, x: int, y: int) -> None:
        """Touch the screen there at once, and let go."""
        for kind in (TouchKind.DOWN, TouchKind.UP):
            self.step(TouchEvent(kind, x, y))

    def keep_half(self) -> None:
        """Lay down the half of the counting desk, as after the morning."""
        if self.board != NAME:
            return
        record = made(NAME, self.package).record
        for medium in (self.own, self.slot.medium().folder(self.board)):
            medium.replace(record.path, record.to_bytes())

    def open(self) -> None:
        """Start, and open with the courier card; its half was made before."""
        self.keep_half()
        self.start()
        self.put(CourierCardSeen(1, self.order, torn=False))
        self.put(None)

    def give(self, line: int, card: Card) -> None:
        """Give a voter a card."""
        self.press(*(f"digits.{digit}" for digit in str(line)), "find", "confirm")
        self.put(card)
        assert self.page() == "desk.give", self.page()
        self.put(None)

    def sign_act(self, *officials: int) -> None:
        """Have officials sign the act in sight."""
        for number in officials:
            self.put(bench.official_card(number))
            self.press(*(f"pin.{digit}" for digit in PIN), "sign")
            self.put(None)

    def close(self) -> None:
        """Close with the courier card, after closing time."""
        self.clock.ms = self.package.closes_s * 1000
        self.put(CourierCardSeen(1, self.order, torn=False))
        self.press("close")

    # what is stored

    def journal(self) -> list[Entry]:
        """Return the verified journal."""
        key = samples.device(self.board).sign_key
        return verify_journal(self.own.read(PATH) or b"", key)

    def events(self) -> list[str]:
        """Return the names of the journal's events."""
        return [entry.event.name for entry in self.journal()]

    def statement(self) -> Statement:
        """Return the desk's statement."""
        signed = self.own.read(STATEMENT)
        assert signed is not None
        return records.open_record(Statement, signed, samples.device(self.board).sign_key)

    def files(self, medium: Medium) -> dict[str, bytes]:
        """Return every file of a medium."""
        return {path: medium.read(path) or b"" for path in medium.list()}

    @property
    def removable(self) -> Medium:
        """The board's folder on the recording medium."""
        return FolderMedium(self.root / "medium", "recording").folder(NAME)

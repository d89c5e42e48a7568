"""A whole accumulator on a table: real shell, machine, strongroom and media; cards of paper.

People insert cards, press regions by name and pull the plug; everything else is the board's own
code. Cards answer as cardiod would, without a reader. Pictures are laid out and never drawn.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from nacl.public import PrivateKey

from accumulator.config import AccumulatorConfig
from accumulator.daemon import AccumulatorShell, PrintDocument
from accumulator.events import OwnMediumInserted, OwnMediumRemoved, Printed, VisitorInserted
from accumulator.keyshelf import KeyShelf
from accumulator.strongroom import Strongroom, Surroundings
from cardio import messages
from cardio.messages import (
    CardRemoved,
    CourierCardSeen,
    Done,
    Failed,
    Look,
    Notification,
    OfficialCardSeen,
    Request,
    ShareCardSeen,
    ShareRead,
    Signed,
    VoterCardSeen,
)
from common import ballot, chain, enrolment, keys, records, tallykey
from common.attended import AttendedMedium
from common.catalogue import EventType
from common.chain import CardIdentity, CardKind
from common.clock import SystemClock
from common.enrolment import Installation
from common.errors import Reason
from common.journal import Journal, verify_journal
from common.media import FaultKind, Medium, TwoMedia
from common.pages import Page, Picture
from common.pages.layout import lay_out
from common.records import (
    Activation,
    BoardKind,
    BoardSecrets,
    CastVote,
    Deposit,
    Figure,
    Official,
    Presentation,
    ProgramFile,
    ProgramManifest,
    Role,
    SerialSet,
    ShareCard,
    Statement,
    StationPackage,
)
from common.regions import Region
from common.seal import Sealing
from common.seal.randomness import CheckedSource
from common.service import Inbox, Loop, Service, TimeReached
from common.tallykey import SignedHalf
from hal.board_clock import BoardClock
from hal.config import PartsConfig
from hal.medium_slot import own_folder
from hal.printer import PrinterState
from hal.screen import ScreenSize
from hal.touch import TouchEvent, TouchKind
from simulators.clock_chip import SimClockChip
from tests import halves, samples
from tests.peoples_time import PeoplesTime
from tests.recording_medium import Power, RecordingMedium
from tests.unit.accumulator.counting_desk import CountingDesk
from tests.unit.terminal import tiny_book

PASSWORD = "K7QD-M2XP-94TR"
PIN = "271828"
SECRET = b"s" * 32
BOARD = "accumulator"
BOOK_INDEX, BOOK_IMAGES = tiny_book.files()
TERRITORIAL = PrivateKey(b"T" * 32)
COUNTING = {
    "accumulator.collect",
    "accumulator.count.mix",
    "accumulator.count.shares",
    "accumulator.count.open",
}
ROLES = (Role.CHAIR, Role.SECRETARY, Role.MEMBER, Role.TECHNICIAN)
NAMES = ("Айгүл Серікқызы Әбдірахманова", "Иван Петров", "Гүлнәр Омарова", "Техник")


# --- the station ------------------------------------------------------------------------------


@cache
def person_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(1000 + number, ec.SECP256R1())


@cache
def certificate(number: int) -> bytes:
    """Return the 9C certificate of an official."""
    authority_key, authority_der = samples.authority()
    identity = CardIdentity(
        CardKind.OFFICIAL,
        "0421",
        number,
        ROLES[number - 1].name.lower(),
        NAMES[number - 1],
        chain.public_point(person_key(number).public_key()),
    )
    start = dt.datetime.fromtimestamp(samples.OPENS_S - 86_400 * 20, dt.UTC)
    end = start + dt.timedelta(days=60)
    return chain.issue_card_certificate(authority_key, authority_der, identity, start, end)


@cache
def start_password() -> records.StartPassword:
    return keys.new_start_password(PASSWORD, samples.seeded("salt"), 1, 8192)


@cache
def program() -> bytes:
    manifest = ProgramManifest("1.0", (ProgramFile("a.py", b"\0" * 32),))
    return records.sign(manifest, samples.ROOT)


@cache
def package() -> StationPackage:
    officials = tuple(
        Official(number, role, name, hashlib.sha256(certificate(number)).digest())
        for number, (role, name) in enumerate(zip(ROLES, NAMES, strict=True), 1)
    )
    return dataclasses.replace(
        samples.package(),
        officials=officials,
        share_cards=tuple(ShareCard(10 + n, n, b"\x04" + bytes(64)) for n in (1, 2, 3)),
        quorum=2,
        start_password=start_password(),
        territorial_key=bytes(TERRITORIAL.public_key),
        book=hashlib.sha256(BOOK_INDEX).digest(),
        program=records.digest(program()),
    )


def with_parameters(base: StationPackage, **changes: object) -> StationPackage:
    parameters = dataclasses.replace(base.parameters, **changes)  # type: ignore[arg-type]  # names
    return dataclasses.replace(base, parameters=parameters)


class StandingClock(SystemClock):
    """A clock that stands until it is moved."""

    def __init__(self, unix_s: int) -> None:
        self.unix_ms = unix_s * 1000

    def now_ms(self) -> int:
        return self.unix_ms

    def monotonic_s(self) -> float:
        return self.unix_ms / 1000


# --- cards ------------------------------------------------------------------------------------


@dataclass
class Card:
    """What every card of the table can do: be seen, and answer requests."""

    pin: str = PIN
    attempts: int = 3

    def seen(self) -> Notification:
        raise NotImplementedError

    def answer(self, number: int, request: Request) -> messages.Answer:
        match request:
            case messages.Configure() | Look():
                return Done(number)
            case messages.SignAct(pin) | messages.WriteShare(pin) | messages.ReadShare(pin):
                if (refused := self._refused(number, pin)) is not None:
                    return refused
            case messages.ClearShare(pin):
                if (refused := self._refused(number, pin)) is not None:
                    return refused
        return self.carry_out(number, request)

    def _refused(self, number: int, pin: str) -> Failed | None:
        if self.attempts == 0:
            return Failed(number, Reason.PIN_BLOCKED)
        if pin != self.pin:
            self.attempts -= 1
            return Failed(number, Reason.PIN_WRONG, (("attempts", self.attempts),))
        self.attempts = 3
        return None

    def carry_out(self, number: int, request: Request) -> messages.Answer:
        return Failed(number, Reason.CARD_NOT_WANTED)


@dataclass
class OfficialCard(Card):
    official: int = 1

    def seen(self) -> Notification:
        role = ROLES[self.official - 1].name.lower()
        name = NAMES[self.official - 1]
        return OfficialCardSeen(
            self.official, role, name, certificate(self.official), self.attempts
        )

    def carry_out(self, number: int, request: Request) -> messages.Answer:
        if not isinstance(request, messages.SignAct):
            return Failed(number, Reason.CARD_OFFICIAL_HERE)
        der = person_key(self.official).sign(request.to_be_signed, ec.ECDSA(hashes.SHA256()))
        signature = chain.canonical_signature(*decode_dss_signature(der))
        return Signed(number, signature, certificate(self.official))


@dataclass
class ShareCardOf(Card):
    official: int = 1
    share: bytes | None = None
    broken: bool = False

    def seen(self) -> Notification:
        return ShareCardSeen(10 + self.official, self.official, self.attempts)

    def carry_out(self, number: int, request: Request) -> messages.Answer:
        match request:
            case messages.WriteShare(_, _, share) if not self.broken:
                self.share = share
                return Done(number)
            case messages.WriteShare():
                return Failed(number, Reason.CARD_WRITE_FAILED)
            case messages.ReadShare() if self.share is not None:
                return ShareRead(number, self.share)
            case messages.ReadShare():
                return Failed(number, Reason.SHARE_MISSING)
            case messages.ClearShare():
                self.share = None
                return Done(number)
            case _:
                return Failed(number, Reason.CARD_SHARE_HERE)


@dataclass
class CourierCard(Card):
    """A courier card, with a desk's half of the tally key once the desk has made it."""

    start_order: bytes | None = None
    half: SignedHalf | None = None

    def seen(self) -> Notification:
        if self.half is None:
            return CourierCardSeen(1, self.start_order, torn=False)
        return CourierCardSeen(
            1, self.start_order, False, self.half.tally_half, self.half.half_shares
        )

    def carry_out(self, number: int, request: Request) -> messages.Answer:
        if isinstance(request, messages.WriteStartOrder):
            self.start_order = request.start_order
            return Done(number)
        return Failed(number, Reason.CARD_COURIER_HERE)


@dataclass
class VoterCard(Card):
    number: int = 1
    activation: bytes | None = None
    cast_vote: bytes | None = None
    deposit: bytes | None = None
    torn: bool = False
    sticks: bool = False
    erased: int = 0

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(f"card {self.number}".encode()).digest()

    def seen(self) -> Notification:
        return VoterCardSeen(
            self.number, self.key_hash, self.activation, self.cast_vote, self.deposit, self.torn
        )

    def carry_out(self, number: int, request: Request) -> messages.Answer:
        if not isinstance(request, messages.EraseCard) or request.key_hash != self.key_hash:
            return Failed(number, Reason.CARD_MOVED)
        if self.sticks:
            return Failed(number, Reason.CARD_WRITE_FAILED)
        self.activation = self.cast_vote = self.deposit = None
        self.erased += 1
        return Done(number)


# --- the other boards -------------------------------------------------------------------------


def sign_record(record: records.Record, board: str) -> bytes:
    return records.sign(record, samples.device(board).signing)


@dataclass
class Voting:
    """Desks and terminals of the station, as far as records come from them."""

    package: StationPackage
    package_hash: bytes
    tally: tuple[bytes, ...] = ()
    issued: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    next_code: int = 0

    def activate(self, card: VoterCard, serial: int, style: int = 1, desk: str = "desk-1") -> None:
        activation = Activation(
            self.package_hash, style, Presentation.NORMAL, serial, card.key_hash
        )
        card.activation = sign_record(activation, desk)
        first = self.first(desk)
        self.issued[desk] = self.issued.get(desk, 0) | 1 << (serial - first)

    def first(self, desk: str) -> int:
        board = self.package.board(desk)
        assert board is not None
        return board.first_serial or 0

    def vote(
        self,
        card: VoterCard,
        serial: int,
        selections: tuple[tuple[int, ...], ...],
        *,
        style: int = 1,
        terminal: str = "terminal-1",
        code: int | None = None,
    ) -> bytes:
        """Put a sealed vote on an activated card; return the signed cast vote."""
        if code is None:
            code, self.next_code = self.next_code, self.next_code + 1
        vote = self.sealed(ballot.Ballot(style, selections, code), terminal)
        return self.put(card, serial, vote, terminal)

    def sealed(self, given: ballot.Ballot, terminal: str = "terminal-1") -> CastVote:
        """Return a vote as a terminal seals it."""
        board = samples.device(terminal).sign_key
        source = CheckedSource(samples.seeded(f"ballot {given.code}"))
        sealing = Sealing(self.package, self.package_hash, self.tally, board, source)
        return CastVote(self.package_hash, given.style, sealing.seal(given).sealed)

    def put(self, card: VoterCard, serial: int, vote: CastVote, terminal: str) -> bytes:
        card.cast_vote = sign_record(vote, terminal)
        deposit = Deposit(self.package_hash, serial, card.key_hash, records.digest(card.cast_vote))
        card.deposit = sign_record(deposit, terminal)
        self.sessions[terminal] = self.sessions.get(terminal, 0) + 1
        return card.cast_vote

    def close(
        self, board: str, start_order: bytes, *, figures: dict[int, int] | None = None
    ) -> RecordingMedium:
        """Return the recording medium of a board after its close."""
        root = RecordingMedium(f"medium of {board}")
        folder = root.folder(board)
        self.close_on(folder, board, start_order, figures=figures or {})
        return root

    def close_on(
        self, folder: Medium, board: str, start_order: bytes, *, figures: dict[int, int]
    ) -> None:
        order_hash = records.digest(start_order)
        clock = StandingClock(samples.OPENS_S)
        own = RecordingMedium("own")
        journal = Journal.open(TwoMedia(own, folder), samples.device(board).signing, clock)
        journal.append(EventType.STARTED, starts=1)
        journal.append(EventType.OPENED, start_order=order_hash)
        journal.append(EventType.CLOSED)
        kind = self.package.board(board)
        assert kind is not None
        sets: tuple[SerialSet | None, SerialSet | None] = (None, None)
        if kind.kind is BoardKind.DESK:
            sets = (
                SerialSet(board, self.issued.get(board, 0).to_bytes(512, "little")),
                SerialSet(board, self.withdrawn.get(board, 0).to_bytes(512, "little")),
            )
            withdrawn = self.withdrawn.get(board, 0).bit_count()
            figures = {Figure.RETURNED: withdrawn, Figure.STARTS: 1, **figures}
        else:
            figures = {Figure.SESSIONS: self.sessions.get(board, 0), Figure.STARTS: 1, **figures}
        statement = Statement(
            board=board,
            package=self.package_hash,
            start_order=order_hash,
            closed_ms=clock.now_ms(),
            journal_head=journal.head,
            journal_length=journal.length,
            figures={int(key): value for key, value in figures.items()},
            issued=sets[0],
            withdrawn=sets[1],
            spent=(),
        )
        folder.replace("statement.cose", sign_record(statement, board))
        folder.replace("package.cose", records.sign(self.package, samples.ROOT))


# --- the table --------------------------------------------------------------------------------


class Paper:
    """The printer's end: documents come out, or not."""

    def __init__(self) -> None:
        self.state = PrinterState.READY
        self.documents: list[PrintDocument] = []


class SteadyLines:
    """Lines with a latch that remembers."""

    def __init__(self) -> None:
        self.latch: bool | None = None
        self.history: list[bool] = []
        self.buzzes = 0

    def set_latch(self, closed: bool) -> None:
        self.latch = closed
        self.history.append(closed)

    def buzz(self, duration_s: float) -> None:
        self.buzzes += 1

    def read_keys(self, timeout_s: float) -> None:
        return None

    def set_lamp(self, lit: bool) -> None:
        return None

    def tamper(self) -> bool:
        return False

    def close(self) -> None:
        return None


class PageScreen:
    """A screen that keeps the regions it was shown."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = ScreenSize(*size)
        self.regions: tuple[Region, ...] = ()

    def show(self, frame: object, regions: Sequence[Region]) -> None:
        self.regions = tuple(regions)

    def close(self) -> None:
        return None


def laid_out(page: Page, width: int, height: int) -> Picture:
    """Return a picture with regions and without pixels."""
    return Picture(b"", width, height, lay_out(page, width, height).regions)


class Table:
    """One accumulator and what people do with it."""

    def __init__(
        self,
        folder: Path,
        package_: StationPackage | None = None,
        *,
        power: Power | None = None,
        language: Literal["kk", "ru", "en"] = "en",
        size: tuple[int, int] = (1280, 800),
        board: str = BOARD,
        medium: RecordingMedium | None = None,
    ) -> None:
        """Put up a table.

        Args:
            board: which accumulator; a spare has no sealed keys of its own.
            medium: what lies in its recording slot; by default its own new one.
        """
        self.board = board
        self.language: Literal["kk", "ru", "en"] = language
        self.size = size
        self.package = package_ or package()
        signed = records.sign(self.package, samples.ROOT)
        self.package_hash = records.digest(signed)
        self.power = power or Power()
        self.own = RecordingMedium("own", self.power)
        self.medium: RecordingMedium | None = medium or RecordingMedium("removable", self.power)
        self.visitor: Medium | None = None
        self.folder = folder
        self.clock = StandingClock(samples.OPENS_S - 1800)
        self.people = PeoplesTime(self.clock)
        self.chip = SimClockChip(self.clock)
        self.paper = Paper()
        self.card: Card | None = None
        self.official = {n: OfficialCard(official=n) for n in (1, 2, 3, 4)}
        self.share = {n: ShareCardOf(official=n) for n in (1, 2, 3)}
        self.desk_half = halves.made("desk-1", of=self.package)
        self.courier = CourierCard(half=self.desk_half.record)
        self.voting = Voting(self.package, self.package_hash)
        self.collected: dict[str, RecordingMedium] = {}
        self.desk: CountingDesk | None = None
        self.requests: list[Request] = []
        self._install(signed)
        self.switch_on()

    # Installing and switching on

    def _install(self, signed: bytes) -> None:
        board = self.package.board(self.board)
        assert board is not None
        device = samples.device(self.board)
        secrets = BoardSecrets(self.package_hash, self.board, SECRET, SECRET, SECRET, ())
        self.installation = Installation(self.package, self.package_hash, board, device, secrets)
        station_keys = samples.STATION_KEYS
        offer = records.StationKeyOffer(
            BOARD,
            self.package.station_key,
            station_keys.sealed(self.package.start_password.public_key, device.box_key),
            tuple(
                station_keys.sealed(self.package.start_password.public_key, each.box_key)
                for each in self.package.boards_of(BoardKind.ACCUMULATOR)
                if each.spare
            ),
        )
        if not board.spare:
            for medium in (self.own, self._removable()):
                medium.replace(enrolment.STATION_KEYS, sign_record(offer, BOARD))
                medium.replace(enrolment.PACKAGE, signed)
                medium.replace(enrolment.PROGRAM, program())
                medium.replace(enrolment.BOOK_INDEX, BOOK_INDEX)
                medium.replace(enrolment.BOOK_IMAGES, BOOK_IMAGES)
        self.own.replace(enrolment.KEYS, device.to_bytes())
        self.own.replace(enrolment.PACKAGE, signed)
        self.own.replace(enrolment.PROGRAM, program())
        self.own.replace(enrolment.BOOK_INDEX, BOOK_INDEX)
        self.own.replace(enrolment.BOOK_IMAGES, BOOK_IMAGES)
        self.power.writes = 0

    def _removable(self) -> Medium:
        return own_folder(self.medium, BOARD)

    def switch_on(self) -> None:
        """Start the daemon: everything in memory is new."""
        self.screen, self.lines = PageScreen(self.size), SteadyLines()
        config = AccumulatorConfig(
            board=self.board,
            root_key=samples.ROOT_KEY.hex(),
            state=self.folder,
            card_socket=self.folder / "card.sock",
            runtime_dir=self.folder / "run",
            parts=PartsConfig(),
            language=self.language,
        )
        self.inbox = inbox = Inbox()
        self.loop = Loop(inbox, self.people)
        service = Service("accumulatord", config, self.people, inbox, self.loop)
        service.log = structlog.wrap_logger(  # whatever another test did to the common logger
            structlog.ReturnLogger(),
            processors=[],
            wrapper_class=structlog.make_filtering_bound_logger(0),
        )
        self.shelf = KeyShelf(config.runtime_dir)
        self.strongroom = Strongroom(
            self.installation,
            Surroundings(
                own=self.own,
                recording=lambda: self.medium,
                visiting=lambda: self.visitor,
                shelf=self.shelf,
                clock=BoardClock(self.clock, self.chip),
                root_key=samples.ROOT_KEY,
                random_bytes=samples.seeded(f"board {len(self.requests)}"),
            ),
        )
        self.waiting: list[object] = []
        self._number = 0
        self._deciding = False
        self.shell = AccumulatorShell(
            service,
            self.strongroom,
            screen=self.screen,
            lines=self.lines,
            ask_card=self._ask,
            print_document=self._print,
            draw=laid_out,
        )
        self.shell.begin()
        self._settle()
        if self.card is not None:
            self.happen(self.card.seen())

    def restart(self) -> None:
        """Kill the daemon and start it again: memory in `/run` stays."""
        self.switch_on()

    def power_cut(self) -> None:
        """Take the power away and bring it back: memory in `/run` is gone."""
        self.power.restore()
        self.shelf.clear()
        self.switch_on()

    # What happens

    def happen(self, event: object) -> None:
        """Let something happen, and everything that follows from it."""
        self.waiting.append(event)
        self._settle()

    def _settle(self) -> None:
        if self._deciding:
            return
        self._deciding = True
        try:
            while self.waiting:
                self.shell.step(self.waiting.pop(0))
        finally:
            self._deciding = False

    def _ask(self, request: Request) -> int:
        self.requests.append(request)
        self._number += 1
        if self.card is None:
            self.waiting.append(Failed(self._number, Reason.CARD_ABSENT))
            return self._number
        self.waiting.append(self.card.answer(self._number, request))
        if not isinstance(request, messages.SignAct | messages.ReadShare):
            self.waiting.append(self.card.seen())  # cardiod looks at the card again
        return self._number

    def _print(self, document: PrintDocument) -> None:
        if self.paper.state is PrinterState.READY:
            self.paper.documents.append(document)
        self.waiting.append(Printed(self.paper.state))

    def insert(self, card: Card) -> None:
        assert self.card is None
        self.card = card
        self.happen(card.seen())

    def take_out(self) -> None:
        self.card = None
        self.happen(CardRemoved())

    def pass_card(self, card: Card) -> None:
        """Put a card in and take it out again."""
        self.insert(card)
        self.take_out()

    def press(self, name: str) -> None:
        """Press a named region of the page in sight, after a moment, as people do."""
        for region in reversed(self.screen.regions):
            if region.name == name:
                self.people.look()
                self.tap(*region.centre)
                return
        raise AssertionError(f"{name} is not on {self.page}: {sorted(self.names)}")

    def tap(self, x: int, y: int) -> None:
        """Touch the screen there at once, and let go."""
        self.happen(TouchEvent(TouchKind.DOWN, x, y))
        self.happen(TouchEvent(TouchKind.UP, x, y))

    def type(self, widget: str, text: str) -> None:
        for character in text:
            self.press(f"{widget}.{character}")

    def wait(self, seconds: int) -> None:
        """Let time pass, and the daemon see it."""
        self.clock.unix_ms += seconds * 1000
        self.happen(TimeReached(self.clock.monotonic_s()))

    def visit(self, medium: Medium) -> None:
        """Put a medium into the visiting slot."""
        self.visitor = medium
        self.happen(VisitorInserted())

    def pull_medium(self) -> RecordingMedium:
        medium, self.medium = self.medium, None
        assert medium is not None
        self.happen(OwnMediumRemoved())
        return medium

    def push_medium(self, medium: RecordingMedium) -> None:
        self.medium = medium
        self.happen(OwnMediumInserted())

    def break_medium(self, kind: FaultKind | None) -> None:
        """Let the medium in the recording slot fail from now on, or be well again."""
        assert self.medium is not None
        self.medium.fault = kind
        if kind is not None:
            attended = self.strongroom.files.media.removable
            assert isinstance(attended, AttendedMedium)
            folder = attended.medium
            assert isinstance(folder, RecordingMedium)
            folder.fault = kind

    # What is seen

    @property
    def page(self) -> str:
        return self.says("page") or ""

    @property
    def names(self) -> set[str]:
        return {region.name for region in self.screen.regions}

    def says(self, name: str) -> str | None:
        found = [region.text for region in self.screen.regions if region.name == name]
        return found[0] if found else None

    @property
    def votes(self) -> int:
        return self.strongroom.urn.count if self.strongroom.urn else -1

    def journal(self) -> list[EventType]:
        content = self.own.read("journal.cborseq") or b""
        entries = verify_journal(content, samples.device(self.board).sign_key)
        return [entry.event for entry in entries]

    # What a commission does

    def unlock(self) -> None:
        assert self.page == "accumulator.start"
        self.type("password", PASSWORD.lower().replace("-", ""))
        self.press("enter")

    def to_zero(self) -> None:
        self.unlock()
        self.confirm_clock()

    def confirm_clock(self) -> None:
        assert self.page == "accumulator.clock"
        self.press("clock.right")

    def to_half(self) -> None:
        self.to_zero()
        assert self.page == "accumulator.zero"
        self.press("zero.print")
        self.press("zero.continue")
        assert self.page == "accumulator.half"

    def to_shares(self) -> None:
        self.to_half()
        self.pass_card(self.courier)
        assert self.page == "accumulator.shares"

    def with_pin(self, card: Card, pin: str = PIN) -> None:
        self.insert(card)
        self.type("pin", pin)
        self.press("pin.enter")
        self.take_out()

    def to_act(self) -> None:
        self.to_shares()
        for number in (1, 2, 3):
            self.with_pin(self.share[number])
        self.press("shares.continue")
        assert self.page == "accumulator.act"

    def open_station(self) -> None:
        self.to_act()
        for number in (1, 2, 3):
            self.with_pin(self.official[number])
        self.press("sign.finish")
        assert self.page == "accumulator.open", (self.page, self.says("notice"))
        self.pass_card(self.courier)
        self.learn_tally_key()

    def learn_tally_key(self) -> None:
        signed = self.courier.start_order or b""
        self.voting.tally = tallykey.read_order(self.package, self.package_hash, signed).keys

    def voted_card(
        self, serial: int, selections: tuple[tuple[int, ...], ...], style: int = 1
    ) -> VoterCard:
        card = VoterCard(number=serial + 1)
        self.voting.activate(card, serial, style)
        self.voting.vote(card, serial, selections, style=style)
        return card

    def close_station(self) -> None:
        self.clock.unix_ms = max(self.clock.unix_ms, self.package.closes_s * 1000)
        self.press("close")
        self.press("close.confirm")
        assert self.page == "accumulator.collect"

    def collect(self, boards: Iterable[str] = ("desk-1", "terminal-1", "terminal-2")) -> None:
        assert self.courier.start_order is not None
        for board in boards:
            self.collected[board] = self.voting.close(board, self.courier.start_order)
            self.visit(self.collected[board])

    def counting_desk(self) -> CountingDesk:
        """Return the counting desk, with the medium that was collected."""
        if self.desk is None:
            signed = self.courier.start_order or b""
            medium = self.collected.get("desk-1") or self.voting.close("desk-1", signed)
            self.desk = CountingDesk(self.package, self.desk_half, medium, start_order=signed)
        self.desk.accumulator = self.board
        return self.desk

    def bring(self, medium: Medium) -> None:
        """Put a medium into the visiting slot, after whatever lay there was taken out."""
        self.visitor = None
        self.visit(medium)

    def to_quorum(self) -> None:
        """Shuffle here, let the desk shuffle, and come to the share cards."""
        self.press("count")
        assert self.page == "accumulator.count.mix", self.says("notice.1")
        desk = self.counting_desk()
        self.bring(desk.medium)
        desk.mix()
        self.bring(desk.medium)
        assert self.page == "accumulator.count.shares", self.says("notice.1")

    def count(self) -> None:
        """Walk the counting desk's medium to and fro, from wherever the evening is."""
        desk = self.counting_desk()
        while self.page in COUNTING:
            match self.page:
                case "accumulator.collect":
                    self.press("count")
                case "accumulator.count.mix":
                    self.bring(desk.medium)
                    desk.mix()
                    self.bring(desk.medium)
                case "accumulator.count.shares":
                    for number in (1, 2):
                        self.with_pin(self.share[number])
                case "accumulator.count.open":
                    self.bring(desk.medium)
                    desk.open()
                    self.bring(desk.medium)

    def bundle(self, folder: Path, medium: RecordingMedium | None = None) -> Path:
        """Write the evidence of own storage (or of another medium) into a folder."""
        source = (medium or self.own).folder("evidence")
        for path in source.list():
            content = source.read(path)
            assert content is not None
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder

    def finish(self) -> None:
        self.press("result.sign")
        for number in (1, 2, 3):
            self.with_pin(self.official[number])
        self.press("sign.finish")
        assert self.page == "accumulator.papers", (self.page, self.says("notice"))


SELECTIONS = (((0,), (1, 2), (0,)), ((1,), (), (1,)), ((2,), (0, 4, 6), ()), ((0,), (), (0,)))


def closed(table: Table, *, with_desk: bool = True) -> CountingDesk:
    """Open the station, let four people vote, close, collect; return the counting desk.

    `with_desk`: its medium is collected as well.
    """
    table.open_station()
    for serial, selections in enumerate(SELECTIONS):
        card = VoterCard(number=serial + 1)
        table.voting.activate(card, serial)
        table.voting.vote(card, serial, selections, code=100 + serial)
        table.pass_card(card)
    assert table.votes == len(SELECTIONS)
    table.close_station()
    table.collect(("terminal-1", "terminal-2"))
    if with_desk:
        table.collect(("desk-1",))
        assert not table.strongroom.roll().missing
    return table.counting_desk()


Ballots = Sequence[tuple[int, tuple[tuple[int, ...], ...]]]
DrawBallots = Callable[[], Ballots]

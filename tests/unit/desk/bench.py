"""A desk without a shell: the machine, its files on two media in memory, voter cards, officials.

The bench carries effects out one by one, and can cut the power at each durable write and at each
step of a card's writing. What it knows besides (which serial was written for which line) is the
truth that no file holds.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from cardio.messages import (
    Answer,
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Done,
    EraseCard,
    Failed,
    Look,
    Notification,
    OfficialCardSeen,
    Request,
    SignAct,
    Signed,
    VoterCardSeen,
)
from common import chain, records
from common.catalogue import EventType
from common.chain import CardIdentity, CardKind
from common.errors import Reason
from common.media import TwoMedia
from common.pages import Button, Keypad, Page, Text
from common.records import Activation, Official, Presentation, Role, Spoiled, StartOrder, Voter
from common.turnout import Turnout
from desk.effects import (
    Activate,
    AskCard,
    CloseDesk,
    Effect,
    KeepAct,
    OpenDesk,
    Record,
    SaveMarks,
    SaveSerials,
)
from desk.events import CodeScanned, Event, Touched
from desk.machine import step
from desk.pages import page_of
from desk.phases import Rules, State, first_state
from desk.state import DeskFiles
from desk.tally import Tally
from desk.voters import VoterRoll
from tests import halves, samples

PIN = "123456"
IINS = ("061211600012", "900101300017", "850505400018")
NOW_MS = samples.OPENS_S * 1000
LINES = 12
SEALED = (EventType.CARD_UNREAD, EventType.FOUND_CARD_SEALED)


class PowerCut(Exception):
    """The power went at this very moment."""


class MemoryMedium:
    """Files in a dictionary; a cut leaves the old, the new, or a torn block."""

    def __init__(self, name: str, power: Power) -> None:
        self.name = name
        self.files: dict[str, bytes] = {}
        self._power = power

    def read(self, path: str, *, max_size: int = 1 << 28) -> bytes | None:
        return self.files.get(path)

    def read_at(self, path: str, offset: int, length: int) -> bytes | None:
        content = self.files.get(path)
        return None if content is None else content[offset : offset + length]

    def replace(self, path: str, content: bytes) -> None:
        self._power.spend()
        self.files[path] = content
        self._power.spend()

    def write_at(self, path: str, offset: int, written: bytes) -> None:
        """Overwrite; a cut tears it in the middle."""
        old, part = self.files[path], len(written)
        try:
            self._power.spend()
        except PowerCut:
            part //= 2
            raise
        finally:
            self.files[path] = old[:offset] + written[:part] + old[offset + part :]


@dataclass
class Power:
    """How many steps are left before the cut; None is mains."""

    left: int | None = None

    def spend(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise PowerCut


@dataclass(eq=False)
class Card:
    """A voter card as cardiod sees it."""

    number: int
    activation: bytes | None = None
    voted: bool = False
    torn: bool = False
    unreadable: bool = False
    spoiled: bytes | None = None

    @property
    def key_hash(self) -> bytes:
        return sha256(b"card %d" % self.number).digest()

    @property
    def serial(self) -> int | None:
        if self.activation is None:
            return None
        return records.open_record(
            Activation, self.activation, samples.device("desk-1").sign_key
        ).serial

    def seen_blank(self) -> bool:
        """Say whether nothing at all is on the card."""
        written = self.activation is not None or self.spoiled is not None
        return not written and not self.voted and not self.torn

    def spoil(self, serial: int | None = None) -> None:
        """Let the voter have a terminal checked with it."""
        named = self.serial if serial is None else serial
        assert named is not None
        spoiled = Spoiled(samples.package_hash(), named, self.key_hash, b"v" * 200)
        self.spoiled = records.sign(spoiled, samples.device("terminal-1").signing)

    def seen(self) -> Notification:
        if self.unreadable:
            return CardRefused(Reason.CARD_UNREADABLE)
        vote = b"vote" if self.voted else None
        return VoterCardSeen(
            self.number, self.key_hash, self.activation, vote, vote, self.torn, self.spoiled
        )


@dataclass(frozen=True)
class OfficialCard:
    """An official's card that really signs."""

    number: int
    key: ec.EllipticCurvePrivateKey
    certificate: bytes

    def seen(self) -> OfficialCardSeen:
        return OfficialCardSeen(self.number, "member", f"Person {self.number}", self.certificate, 3)

    def sign(self, to_be_signed: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(to_be_signed, ec.ECDSA(hashes.SHA256())))
        return chain.canonical_signature(r, s)


@cache
def official_card(number: int) -> OfficialCard:
    """Return the card of an official of the bench's package."""
    authority_key, authority_der = samples.authority()
    key = ec.derive_private_key(1000 + number, ec.SECP256R1())
    point = chain.public_point(key.public_key())
    identity = CardIdentity(CardKind.OFFICIAL, "0421", number, "member", f"Person {number}", point)
    start = dt.datetime.fromtimestamp(samples.OPENS_S, dt.UTC)
    certificate = chain.issue_card_certificate(
        authority_key,
        authority_der,
        identity,
        start - dt.timedelta(days=20),
        start + dt.timedelta(days=60),
    )
    return OfficialCard(number, key, certificate)


ROLES = (Role.CHAIR, Role.SECRETARY, Role.MEMBER, Role.TECHNICIAN)


@cache
def package() -> records.StationPackage:
    """Return the sample package with officials who have real certificates."""
    officials = tuple(
        Official(
            number, role, f"Person {number}", sha256(official_card(number).certificate).digest()
        )
        for number, role in enumerate(ROLES, 1)
    )
    return dataclasses.replace(samples.package(), officials=officials)


def voters() -> tuple[Voter, ...]:
    """Return the bench's voter list."""
    return tuple(
        Voter(
            line,
            IINS[line - 1] if line <= len(IINS) else f"{line:012}",
            f"Сайлаушы{line}",
            "Әсем",
            "Өтеғұлқызы",
            "1990-01-01",
            "Астана қ., Кенесары көшесі, 15",
            1 + line % 2,
        )
        for line in range(1, LINES + 1)
    )


def start_order(package_hash: bytes = b"", station: str = "0421") -> bytes:
    """Return a signed start order."""
    order = StartOrder(
        station=station,
        package=package_hash or samples.package_hash(),
        opened_ms=NOW_MS,
        tally_keys=tuple(halves.made(name).record.tally_half for name in ("accumulator", "desk-1")),
        board="accumulator",
        opening_act=b"a" * 32,
    )
    return records.sign(order, samples.STATION_KEYS.station)


@dataclass
class Bench:
    """A desk, the world around it, and the truth."""

    opened: bool = True
    now_ms: int = NOW_MS
    power: Power = field(default_factory=Power)
    slot: Card | OfficialCard | CourierCardSeen | None = None
    journal: list[Record] = field(default_factory=list)
    acts: list[KeepAct] = field(default_factory=list)
    owners: dict[int, int] = field(default_factory=dict)
    """Serial index → line, of every activation that was ever written whole on a card."""
    acts_for: dict[int, int] = field(default_factory=dict)
    closed: bool = False
    fail_next: Reason | None = None
    """What the next request to the card is answered with, undone."""

    def __post_init__(self) -> None:
        self.random = samples.seeded("bench")
        board = package().boards[0]
        roll = VoterRoll.of(voters(), board, package())
        self.rules = Rules(package(), samples.package_hash(), board, roll, self.random)
        self.media = (MemoryMedium("own", self.power), MemoryMedium("removable", self.power))
        self.pending: list[Request | Activate] = []
        self.answering = False
        self.order = start_order()
        self._read_files(opened=False)
        self.boot(tell=False)

    # the desk

    def boot(self, *, tell: bool = True) -> None:
        """Start the desk from its files, as after a stop."""
        self._read_files(opened=self.opened)
        language = "ru"
        self.state: State = first_state(
            self.files.serials,
            self.files.marks,
            language=language,
            start_order=self.order if self.opened else None,
            closed=self.closed,
            tally=self.tally(),
            acts=sum(act.event is not EventType.FOUND_CARD_SEALED for act in self.acts),
            unread=sum(act.event in SEALED for act in self.acts),
            half=halves.made("desk-1").record,
        )
        self.pending = []
        self.answering = False
        if tell:
            self.tell()

    def tally(self) -> Tally:
        """Count the journal again, and journal what a stop cut off."""
        tally = Tally(Turnout(package().zone_minutes))
        for entry in self.journal:
            tally = tally.noted(entry.event, entry.facts, self.now_ms)
        uncounted = self.files.marks.voters_given - tally.turnout.total
        mended = [Record(EventType.GIVEN_CARD_UNDONE)] * -uncounted
        if uncounted > 0:
            mended = [Record(EventType.VOTERS_CARRIED_OVER, {"count": uncounted})]
        for entry in mended:
            self.journal.append(entry)
            tally = tally.noted(entry.event, entry.facts, self.now_ms)
        return tally

    def _read_files(self, *, opened: bool) -> None:
        own, removable = self.media
        two = TwoMedia(own, removable)  # type: ignore[arg-type]  # has what DeskFiles uses
        self.files = DeskFiles(
            two,
            package=samples.package_hash(),
            key=samples.device("desk-1").signing,
            lines=LINES,
            opened=opened,
            random_bytes=self.random,
        )

    def tell(self) -> None:
        """Let cardiod say what is in the reader."""
        self.event(self._seen())

    def _seen(self) -> Notification:
        match self.slot:
            case None:
                return CardRemoved()
            case CourierCardSeen() as seen:
                return seen
            case card:
                return card.seen()

    def event(self, event: Event) -> tuple[Effect, ...]:
        """Decide one event, carry its effects out, and those of the answers that follow."""
        self.state, effects = step(self.rules, self.state, event, self.now_ms)
        for effect in effects:
            self._perform(effect)
        if self.answering:
            return effects
        self.answering = True
        inbox: list[Event] = []
        while self.pending or inbox:
            while self.pending:
                inbox.extend(self._answers(self.pending.pop(0)))
            self.event(inbox.pop(0))
        self.answering = False
        return effects

    def _perform(self, effect: Effect) -> None:
        match effect:
            case SaveSerials(serials):
                self.files.save(serials)
            case SaveMarks(marks):
                self.files.save(marks)
            case Record():
                self.power.spend()
                self.journal.append(effect)
            case AskCard(request):
                self.pending.append(request)
            case Activate():
                self.pending.append(effect)
            case OpenDesk():
                self.power.spend()
                self.opened = True
            case KeepAct(act):
                act.with_board(samples.device("desk-1").signing).to_bytes()
                self.acts.append(effect)
                self.journal.append(Record(effect.event))
                line = self.line_in_hand()
                if line is not None:  # an act about a found card allows nobody anything
                    self.acts_for[line] = self.acts_for.get(line, 0) + 1
                self.power.spend()
            case CloseDesk():
                self.closed = True

    # the card reader

    def _answers(self, request: Request | Activate) -> Iterator[Answer | Notification]:
        failed, self.fail_next = self.fail_next, None
        card = self.slot
        match request:
            case Look():
                yield self._seen()
                yield Done(1)
            case _ if failed is not None:
                yield Failed(1, failed)
                yield self._seen()
            case Activate(_, index, card_key) if isinstance(card, Card):
                if card.key_hash != card_key or not card.seen_blank():
                    yield Failed(1, Reason.CARD_RECORD_UNFIT)
                    return
                self._write(card, self.signed(request), index)
                yield Done(1)
            case EraseCard(key_hash) if isinstance(card, Card):
                if card.key_hash != key_hash:
                    yield Failed(1, Reason.CARD_WRONG_KIND)
                    return
                self.power.spend()
                card.activation, card.torn = None, True
                self.power.spend()
                card.torn, card.voted, card.spoiled = False, False, None
                self.power.spend()
                yield Done(1)
            case SignAct(pin, to_be_signed) if isinstance(card, OfficialCard):
                if pin != PIN:
                    yield Failed(1, Reason.PIN_WRONG, (("attempts", 2),))
                    return
                yield Signed(1, card.sign(to_be_signed), card.certificate)
            case _:
                yield Failed(1, Reason.CARD_ABSENT)

    def _write(self, card: Card, activation: bytes, index: int) -> None:
        self.power.spend()
        card.torn = True
        self.power.spend()
        card.torn, card.activation = False, activation
        line = self.line_in_hand()
        if line is not None:
            self.owners[index] = line
        self.power.spend()

    def line_in_hand(self) -> int | None:
        """Return the line that is being served, if any."""
        line = getattr(self.state.phase, "line", None)
        return line if isinstance(line, int) else None

    def signed(self, effect: Activate) -> bytes:
        """Return the activation that the shell would sign."""
        activation = Activation(
            samples.package_hash(),
            effect.style,
            Presentation.NORMAL,
            self.rules.first_serial + effect.index,
            effect.card_key,
        )
        return records.sign(activation, samples.device("desk-1").signing)

    # hands

    def insert(self, card: Card | OfficialCard | CourierCardSeen) -> None:
        """Put something into the reader, which must be empty."""
        assert self.slot is None
        self.slot = card
        self.tell()

    def remove(self) -> None:
        """Empty the reader."""
        self.slot = None
        self.tell()

    def page(self) -> Page:
        """Return the page in sight."""
        return page_of(self.rules, self.state)

    def targets(self) -> list[str]:
        """Return what can be pressed on the page, keys left out."""
        widgets = self.page().widgets
        return [widget.name for widget in widgets if isinstance(widget, Button) and widget.enabled]

    def says(self) -> str:
        """Return the texts of the page."""
        return "\n".join(w.text for w in self.page().widgets if isinstance(w, Text))

    def press(self, name: str) -> None:
        """Press a target that is there."""
        assert name in self.targets(), (name, self.page().name, self.targets())
        self.event(Touched(name))

    def type_in(self, digits: str) -> None:
        """Type on the keypad in sight."""
        pad = next(w.name for w in self.page().widgets if isinstance(w, Keypad))
        for digit in digits:
            self.event(Touched(f"{pad}.{digit}"))

    def type_name(self, name: str) -> None:
        """Type on the keyboard of the search in sight."""
        for letter in name:
            self.event(Touched(f"name.{'space' if letter == ' ' else letter}"))

    def find(self, line: int) -> None:
        """Type a list number and press *find*."""
        self.type_in(f"{line}")
        self.press("find")

    def scan(self, code: str) -> None:
        """Read a bar code."""
        self.event(CodeScanned(code))

    def give(self, line: int, card: Card) -> None:
        """Give a voter a card, all the way."""
        self.find(line)
        self.press("confirm")
        self.insert(card)
        assert self.page().name == "desk.give", self.page().name
        self.remove()
        assert self.page().name == "desk.ready"

    def sign_act(self, *officials: int) -> None:
        """Have officials sign the act in sight."""
        for number in officials:
            if self.slot is not None:
                self.remove()
            self.insert(official_card(number))
            self.type_in(PIN)
            self.press("sign")
        self.remove()

    def events(self) -> list[str]:
        """Return the names of the journal's events."""
        return [entry.event.name for entry in self.journal]

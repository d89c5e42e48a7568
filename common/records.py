"""Every record that boards, centre and verifiers exchange. Source: docs/records.cddl.

Rules:
- A record is deterministic CBOR (`common.cbor`): a map with small integer keys, listed here.
- A record that crosses a boundary is signed (`common.cose`); the external data is
  `sailau/<Record>/1`, so that no record can pass for another.
- Reading is strict: unknown, missing or surplus keys, wrong types, lengths or ranges refuse the
  record whole, with `RecordError`. Nothing is repaired, nothing ignored.
- No record holds a voter and a card, a card and a vote, or a vote and a time.

`sign` and `open_record` are the way in and out; what a right record means for a board that reads it
(this station? this day?) is the reader's question.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from itertools import pairwise
from typing import Any, ClassVar, Self, TypeVar

from nacl.signing import SigningKey

from common import cbor, cose

SERIALS_PER_DESK = 4096
SERIAL_BITMAP_SIZE = SERIALS_PER_DESK // 8
CONTROL_CODES = 10_000
MAX_CONTESTS = 16
MAX_LINES = 128
MAX_BOARDS = 32
MAX_DESKS = 7
"""Spares included: the serials of so many fit into the urn's ledger (`common.urnfile`)."""
MAX_URN_SLOTS = 16_384
MAX_ELEMENTS = 16
"""Points of a ballot (docs/proofs.md, w). The longest ballot, of 258 bytes, has nine."""
MAX_HALF_SIZE = 832
"""Bytes of a signed TallyHalf: two of them and what else is in it fit a start order on a card."""


class RecordFault(Enum):
    """Why a record is refused."""

    NOT_CBOR = "not strict CBOR"
    NOT_SIGNED = "not a signed record"
    WRONG_SIGNATURE = "not signed by the key that must have signed it"
    WRONG_FORM = "signed, but not in the form that this program reads"


class RecordError(ValueError):
    """A record is refused whole. `record` names its kind, `fault` says why, `where` the field."""

    def __init__(self, record: str, fault: RecordFault, where: str = "") -> None:
        super().__init__(f"{record}: {fault.value}" + (f" ({where})" if where else ""))
        self.record = record
        self.fault = fault
        self.where = where


# --- the codec: one small object per kind of field --------------------------------------------


class _FormError(ValueError):
    """A value is not of the form of its field."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How a field is written and read; both directions check."""

    write: Callable[[Any], object]
    read: Callable[[Any], Any]


def _uint(largest: int = cbor.MAX_INT) -> _Form:
    def check(value: Any) -> int:
        if type(value) is not int or not 0 <= value <= largest:
            raise _FormError(f"not an integer from 0 to {largest}")
        return value

    return _Form(check, check)


def _int(smallest: int, largest: int) -> _Form:
    def check(value: Any) -> int:
        if type(value) is not int or not smallest <= value <= largest:
            raise _FormError(f"not an integer from {smallest} to {largest}")
        return value

    return _Form(check, check)


def _bytes(shortest: int, longest: int | None = None) -> _Form:
    most = shortest if longest is None else longest

    def check(value: Any) -> bytes:
        if type(value) is not bytes or not shortest <= len(value) <= most:
            raise _FormError(f"not a byte string of {shortest} to {most} bytes")
        return value

    return _Form(check, check)


def _text(longest: int, shortest: int = 0) -> _Form:
    def check(value: Any) -> str:
        if type(value) is not str or not shortest <= len(value) <= longest:
            raise _FormError(f"not a text of {shortest} to {longest} characters")
        return value

    return _Form(check, check)


def _flag() -> _Form:
    def check(value: Any) -> bool:
        if type(value) is not bool:
            raise _FormError("not true or false")
        return value

    return _Form(check, check)


def _one_of(choices: type[IntEnum]) -> _Form:
    def read(value: Any) -> IntEnum:
        if type(value) is not int:
            raise _FormError("not a number of a closed list")
        try:
            return choices(value)
        except ValueError as error:
            raise _FormError(f"{value} is not in the closed list") from error

    return _Form(lambda value: int(choices(value)), read)


def _many(form: _Form, most: int, least: int = 0) -> _Form:
    def write(values: Any) -> list[object]:
        if not isinstance(values, tuple) or not least <= len(values) <= most:
            raise _FormError(f"not a list of {least} to {most}")
        return [form.write(value) for value in values]

    def read(values: Any) -> tuple[Any, ...]:
        if type(values) is not tuple or not least <= len(values) <= most:
            raise _FormError(f"not a list of {least} to {most}")
        return tuple(form.read(value) for value in values)

    return _Form(write, read)


def _some(form: _Form, most: int) -> _Form:
    """Return the form of a list that is missing where it would be empty."""
    many = _many(form, most, 1)
    return _Form(
        lambda values: many.write(values) if values else None,
        lambda values: () if values is None else many.read(values),
    )


def _table(form: _Form, most: int) -> _Form:
    def check(value: Any) -> None:
        if not isinstance(value, Mapping) or len(value) > most:
            raise _FormError(f"not a table of up to {most}")

    def write(value: Any) -> dict[int, object]:
        check(value)
        return {int(key): form.write(item) for key, item in sorted(value.items())}

    def read(value: Any) -> dict[int, Any]:
        check(value)
        return {key: form.read(item) for key, item in value.items()}

    return _Form(write, read)


def _maybe(form: _Form) -> _Form:
    return _Form(
        lambda value: None if value is None else form.write(value),
        lambda value: None if value is None else form.read(value),
    )


def _fact() -> _Form:
    """Return the form of a fact in an act: an integer, a text or a byte string."""

    def check(value: Any) -> int | str | bytes:
        if type(value) is int and -(2**40) <= value <= cbor.MAX_INT:
            return value
        if type(value) is str and len(value) <= 2000:
            return value
        if type(value) is bytes and len(value) <= 4096:
            return value
        raise _FormError("not an integer, a text or a byte string within limits")

    return _Form(check, check)


def _part(record: type[Record]) -> _Form:
    def write(value: Any) -> object:
        if type(value) is not record:
            raise _FormError(f"not a {record.__name__}")
        return value.to_item()

    return _Form(write, record.from_item)


def _at(key: int, form: _Form, default: Any = dataclasses.MISSING, *, secret: bool = False) -> Any:
    """Return a dataclass field that stands under `key`; a secret one does not show in `repr`."""
    return field(default=default, metadata={"key": key, "form": form}, repr=not secret)


_known: dict[str, tuple[tuple[str, int, _Form], ...]] = {}


def _fields(record: type[Record]) -> tuple[tuple[str, int, _Form], ...]:
    """Return (name, key, form) of each field; read from the dataclass once per kind of record."""
    if (fields := _known.get(record.__name__)) is None:
        fields = _known[record.__name__] = _read_fields(record)
    return fields


def _read_fields(record: type[Record]) -> tuple[tuple[str, int, _Form], ...]:
    return tuple(
        (entry.name, entry.metadata["key"], entry.metadata["form"])
        for entry in dataclasses.fields(record)  # type: ignore[arg-type]  # subclasses are dataclasses
    )


class Record:
    """What all records can do. `MAX_SIZE` bounds the encoded payload, in bytes."""

    MAX_SIZE: ClassVar[int] = 4096
    __slots__ = ()

    @classmethod
    def external(cls) -> str:
        """Return the external data of the signed form."""
        return f"sailau/{cls.__name__}/1"

    def to_item(self) -> dict[int, object]:
        """Return the CBOR map. Raises: RecordError."""
        item: dict[int, object] = {}
        for name, key, form in _fields(type(self)):
            try:
                value = form.write(getattr(self, name))
            except (_FormError, ValueError) as error:
                raise _wrong_form(type(self), name, error) from error
            if value is not None:
                item[key] = value
        return item

    @classmethod
    def from_item(cls, item: object) -> Self:
        """Return the record in a decoded CBOR map. Raises: RecordError."""
        if not isinstance(item, dict):
            raise RecordError(cls.__name__, RecordFault.WRONG_FORM, "not a map")
        fields = _fields(cls)
        surplus = item.keys() - {key for _, key, _ in fields}
        if surplus:
            raise RecordError(cls.__name__, RecordFault.WRONG_FORM, f"unknown key {min(surplus)}")
        values: dict[str, Any] = {}
        for name, key, form in fields:
            try:
                values[name] = form.read(item.get(key))
            except _FormError as error:
                raise _wrong_form(cls, name, error) from error
        record = cls(**values)
        try:
            record.check()
        except ValueError as error:
            raise RecordError(cls.__name__, RecordFault.WRONG_FORM, str(error)) from error
        return record

    def check(self) -> None:
        """Check what several fields must be together. Raises: ValueError."""

    def to_bytes(self) -> bytes:
        """Return the payload. Raises: RecordError."""
        encoded = cbor.encode(self.to_item())
        if len(encoded) > self.MAX_SIZE:
            raise RecordError(
                type(self).__name__,
                RecordFault.WRONG_FORM,
                f"{len(encoded)} bytes; {self.MAX_SIZE} are allowed",
            )
        return encoded

    @classmethod
    def from_bytes(cls, untrusted: bytes) -> Self:
        """Return the record in a payload. Raises: RecordError."""
        try:
            item = cbor.decode(untrusted, max_size=cls.MAX_SIZE)
        except cbor.CborError as error:
            raise RecordError(cls.__name__, RecordFault.NOT_CBOR, str(error)) from error
        record = cls.from_item(item)
        if record.to_bytes() != untrusted:
            raise RecordError(cls.__name__, RecordFault.WRONG_FORM, "not in its one form")
        return record


def _wrong_form(record: type[Record], name: str, error: Exception) -> RecordError:
    where = f"{name}.{error.where}" if isinstance(error, RecordError) else f"{name}: {error}"
    return RecordError(record.__name__, RecordFault.WRONG_FORM, where)


RecordT = TypeVar("RecordT", bound=Record)


def sign(record: Record, key: SigningKey) -> bytes:
    """Return `record` signed with Ed25519 in a COSE_Sign1."""
    return cose.sign1(record.to_bytes(), key, record.external())


def open_record(record: type[RecordT], untrusted: bytes, public_key: bytes) -> RecordT:
    """Return the record of this kind that the holder of `public_key` signed.

    Raises:
        RecordError: it is refused; the fault says why.
    """
    return _opened(record, untrusted, (public_key,))[0]


def open_by_board(
    record: type[RecordT], untrusted: bytes, boards: tuple[Board, ...]
) -> tuple[RecordT, Board]:
    """Return the record, and which of `boards` signed it. Raises: RecordError."""
    opened, key = _opened(record, untrusted, tuple(board.sign_key for board in boards))
    return opened, next(board for board in boards if board.sign_key == key)


def _opened(
    record: type[RecordT], untrusted: bytes, public_keys: tuple[bytes, ...]
) -> tuple[RecordT, bytes]:
    try:
        payload, key = cose.verify1_of(untrusted, record.external(), public_keys)
    except cose.SignatureWrong as error:
        raise RecordError(record.__name__, RecordFault.WRONG_SIGNATURE) from error
    except cose.CoseError as error:
        raise RecordError(record.__name__, RecordFault.NOT_SIGNED, str(error)) from error
    return record.from_bytes(payload), key


def digest(signed: bytes) -> bytes:
    """Return the SHA-256 by which one record names another: over its signed bytes."""
    return hashlib.sha256(signed).digest()


# --- forms used more than once ----------------------------------------------------------------

_HASH = _bytes(32)
_KEY = _bytes(32)
_TIME_S = _uint(2**40)
_BOARD_NAME = _text(32, 1)
_STATION = _text(16, 1)


class BoardKind(IntEnum):
    """The kinds of board."""

    DESK = 1
    TERMINAL = 2
    ACCUMULATOR = 3
    PORTABLE = 4


class ContestKind(IntEnum):
    """How a contest is voted on; the count is the same for all."""

    CANDIDATES = 1
    PARTY_LISTS = 2
    YES_NO = 3


class Role(IntEnum):
    """Offices on the commission, and the technician."""

    CHAIR = 1
    SECRETARY = 2
    MEMBER = 3
    TECHNICIAN = 4


class Presentation(IntEnum):
    """How a session is presented."""

    NORMAL = 0
    LARGE = 1
    AUDIO = 2
    LARGE_AUDIO = 3


class ActKind(IntEnum):
    """What a formal act records."""

    INSTALLATION = 1
    READINESS = 2
    OPENING = 3
    RELOAD = 4
    REPLACEMENT = 5
    UNREAD_CARD = 6
    POSTPONEMENT = 7
    SEALING = 8
    CLOCK = 9
    WRITE_OFF = 10
    ABSENCE = 11  # a member does not sign the minutes; see `AbsenceReason`


class ActFact(IntEnum):
    """The facts an act may hold; the number is its key in the table."""

    TALLY_KEY = 1  # 32 bytes
    URN_EMPTY = 2  # 1 when the zero check found no vote
    SHARES = 3  # how many
    QUORUM = 4  # of them open the votes
    SHARE_CHECKS = 5  # one SHA-256 for each share, joined, in the order of the package
    TERRITORIAL_SHARE = 6  # sealed to the territorial commission
    BOARD = 7  # name of the board it is about
    REASON = 8  # in words
    CARDS = 9  # how many
    OFFSET_S = 10  # seconds by which a clock is moved; may be negative
    DECISION = 11  # reference of the higher commission's decision
    SEALED_VOTES = 12
    EVIDENCE = 13  # hash of the evidence manifest
    SPARE = 14  # name of the board that goes on in the place of BOARD
    JOURNAL_HEAD = 15  # of BOARD's journal, as far as it was read when the act was drawn up
    JOURNAL_LENGTH = 16  # entries of it
    SEALS = 17  # numbers of the seals on the recording device, a space between them
    OFFICIAL = 18  # number of the official it is about
    ABSENCE = 19  # why the official does not sign: an AbsenceReason
    MINUTES = 20  # hash of the minutes as they are signed: of the payload, without signatures


class AbsenceReason(IntEnum):
    """Why a member does not sign the minutes."""

    CARD = 1  # blocked, lost or broken
    AWAY = 2
    REFUSES = 3  # the member's own opinion is attached on paper


class Figure(IntEnum):
    """The figures of statements and minutes; the number is the key in the table."""

    LISTED = 1
    ISSUED = 2
    RETURNED = 3
    VOID = 4
    UNREAD = 5
    DEPOSITED = 6
    MISSING = 7
    COUNTED = 8
    INVALID = 9
    VOTED_OUTSIDE = 10
    ABSENTEE_CERTIFICATES = 11
    VOTERS_GIVEN = 12  # voters marked as given a card, on the desks' lists
    STARTS = 13  # of the board's program since installation
    SESSIONS = 14  # votes that a terminal thanked for
    REFUSED_CARDS = 15
    RELOADS = 16
    CARDS_OUT = 17  # issued and neither withdrawn nor spent
    CHALLENGED = 18  # withdrawn: the voter had the terminal checked instead of casting the vote


class Discrepancy(IntEnum):
    """What does not add up; printed in the minutes, never hidden."""

    SPENT_NOT_ISSUED = 1
    SPENT_AND_WITHDRAWN = 2
    WITHDRAWN_NOT_ISSUED = 3
    DEPOSITED_NOT_COUNTED = 4
    INVALID_BALLOTS = 5
    COUNTS_DIFFER = 6
    CODE_TWICE = 7
    MORE_UNREAD_THAN_OUT = 8
    THANKED_NOT_DEPOSITED = 9
    MORE_GIVEN_THAN_ISSUED = 10
    CONTEST_ARITHMETIC = 11
    JOURNAL_BROKEN = 12
    FIGURES_AND_SETS_DIFFER = 13  # returned and void are not as many as were withdrawn


# --- the package ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bilingual(Record):
    """One text in both languages of the ballot (L3)."""

    kk: str = _at(0, _text(400, 1))
    ru: str = _at(1, _text(400, 1))


@dataclass(frozen=True, slots=True)
class Line(Record):
    """One line of a contest as the ballot shows it: up to three texts, each in both languages."""

    name: Bilingual = _at(0, _part(Bilingual))  # surname, or the party's or the answer's whole name
    given: Bilingual | None = _at(1, _maybe(_part(Bilingual)))
    patronymic: Bilingual | None = _at(2, _maybe(_part(Bilingual)))
    against_all: bool = _at(3, _flag())


@dataclass(frozen=True, slots=True)
class Contest(Record):
    """One question to the voter: choose up to `votes_allowed` of the lines."""

    identifier: str = _at(0, _text(64, 1))
    kind: ContestKind = _at(1, _one_of(ContestKind))
    title: Bilingual = _at(2, _part(Bilingual))
    votes_allowed: int = _at(3, _uint(MAX_LINES))
    seats: int = _at(4, _uint(10_000))
    lines: tuple[Line, ...] = _at(5, _many(_part(Line), MAX_LINES, 1))

    def check(self) -> None:
        if not 1 <= self.votes_allowed <= len(self.lines):
            raise ValueError("votes_allowed is not between 1 and the number of lines")
        if sum(line.against_all for line in self.lines) > 1:
            raise ValueError("two lines are against all")


@dataclass(frozen=True, slots=True)
class BallotStyle(Record):
    """Which contests (indices into the package's) a voter is asked, in this order."""

    number: int = _at(0, _uint(255))
    name: Bilingual = _at(1, _part(Bilingual))
    contests: tuple[int, ...] = _at(2, _many(_uint(MAX_CONTESTS - 1), MAX_CONTESTS, 1))

    def check(self) -> None:
        if sorted(set(self.contests)) != sorted(self.contests):
            raise ValueError("a contest stands twice in a ballot style")


@dataclass(frozen=True, slots=True)
class Board(Record):
    """One enrolled board. A spare is enrolled like the others."""

    name: str = _at(0, _BOARD_NAME)
    kind: BoardKind = _at(1, _one_of(BoardKind))
    sign_key: bytes = _at(2, _KEY)  # Ed25519
    box_key: bytes = _at(3, _KEY)  # X25519
    spare: bool = _at(4, _flag())
    first_serial: int | None = _at(5, _maybe(_uint(2**32)))  # desks: of SERIALS_PER_DESK
    first_line: int | None = _at(6, _maybe(_uint(100_000)))  # desks: part of the voter list served
    last_line: int | None = _at(7, _maybe(_uint(100_000)))

    def check(self) -> None:
        if (self.first_serial is not None) != (self.kind is BoardKind.DESK):
            raise ValueError("desks, and only desks, have serials")
        if (self.first_line is None) != (self.last_line is None):
            raise ValueError("a part of the list has two ends")


@dataclass(frozen=True, slots=True)
class Official(Record):
    """One person with a card. `certificate` is the SHA-256 of the 9C certificate (DER)."""

    number: int = _at(0, _uint(255))
    role: Role = _at(1, _one_of(Role))
    name: str = _at(2, _text(64, 1))
    certificate: bytes = _at(3, _HASH)


@dataclass(frozen=True, slots=True)
class ShareCard(Record):
    """One share card: whose, and its 9D public point (65 bytes)."""

    number: int = _at(0, _uint(255))
    official: int = _at(1, _uint(255))
    exchange_key: bytes = _at(2, _bytes(65))


@dataclass(frozen=True, slots=True)
class Parameters(Record):
    """What sources disagree on or law changes: values, never constants."""

    max_listed: int = _at(0, _uint(100_000))  # voters on one list
    small_style_threshold: int = _at(1, _uint(10_000))  # fewer ballots are published merged
    all_sign_minutes: bool = _at(2, _flag())  # otherwise the chair alone
    opening_signers: int = _at(3, _uint(32))  # at least so many officials sign the opening
    idle_ask_s: int = _at(4, _uint(3600))  # a voter who does not answer is asked
    idle_end_s: int = _at(5, _uint(3600))  # and so much later the session ends
    code_shown_s: int = _at(6, _uint(600))  # thank you, and the control code
    guard_ms: int = _at(7, _uint(5000))  # touches this soon after a page change do not count
    code_batch: int = _at(8, _uint(1000))  # control codes burnt at a time
    max_clock_offset_s: int = _at(9, _uint(86_400))  # a board may be behind the start order
    urn_slots: int = _at(10, _uint(MAX_URN_SLOTS))
    challenge_allowed: bool = _at(11, _flag())
    hourly_print_s: int = _at(12, _uint(86_400))
    max_clock_ahead_s: int = _at(13, _uint(86_400))  # or ahead of it, for the order is carried


@dataclass(frozen=True, slots=True)
class StartPassword(Record):
    """The public half of the start password, and what argon2id needs to derive the private one."""

    public_key: bytes = _at(0, _KEY)  # X25519
    salt: bytes = _at(1, _bytes(16))
    operations: int = _at(2, _uint(2**32))
    memory_bytes: int = _at(3, _uint(2**34))


@dataclass(frozen=True, slots=True)
class StationPackage(Record):
    """Everything that is public about one station's election; signed by the root key."""

    MAX_SIZE: ClassVar[int] = 1 << 20

    number: int = _at(0, _uint(2**32))  # a higher number supersedes
    election: str = _at(1, _text(64, 1))
    round: int = _at(2, _uint(9))
    station: str = _at(3, _STATION)
    valid_from_s: int = _at(4, _TIME_S)  # Unix time
    valid_until_s: int = _at(5, _TIME_S)
    opens_s: int = _at(6, _TIME_S)
    closes_s: int = _at(7, _TIME_S)
    zone_minutes: int = _at(8, _int(-900, 900))  # of local time, east of UTC
    title: Bilingual = _at(9, _part(Bilingual))
    place: Bilingual = _at(10, _part(Bilingual))  # the station, in words
    contests: tuple[Contest, ...] = _at(11, _many(_part(Contest), MAX_CONTESTS, 1))
    styles: tuple[BallotStyle, ...] = _at(12, _many(_part(BallotStyle), 64, 1))
    boards: tuple[Board, ...] = _at(13, _many(_part(Board), MAX_BOARDS, 3))
    officials: tuple[Official, ...] = _at(14, _many(_part(Official), 16, 1))
    share_cards: tuple[ShareCard, ...] = _at(15, _many(_part(ShareCard), 16, 2))
    quorum: int = _at(16, _uint(16))  # so many shares open the votes
    parameters: Parameters = _at(17, _part(Parameters))
    listed: int = _at(18, _uint(100_000))
    scheme: str = _at(19, _text(40, 1))  # of sealing
    sealed_size: int = _at(20, _uint(4096))
    voter_list: bytes = _at(21, _HASH)  # SHA-256 of the signed VoterList
    book: bytes = _at(22, _HASH)  # SHA-256 of the ballot book's index
    audio: bytes = _at(23, _HASH)  # SHA-256 of the audio index; of nothing while there is none
    program: bytes = _at(24, _HASH)  # SHA-256 of the signed ProgramManifest
    card_authority: bytes = _at(25, _bytes(64, 2048))  # X.509, DER
    start_password: StartPassword = _at(26, _part(StartPassword))
    station_key: bytes = _at(27, _KEY)  # Ed25519 of the accumulator's station key
    territorial_key: bytes = _at(28, _KEY)  # X25519 of the territorial commission
    screen: tuple[int, ...] = _at(29, _many(_uint(8192), 2, 2))  # width and height, pixels

    def check(self) -> None:
        _unique("board", [board.name for board in self.boards])
        if len(self.boards_of(BoardKind.DESK)) > MAX_DESKS:
            raise ValueError(f"there are more than {MAX_DESKS} desks")
        _unique("board key", [board.sign_key for board in self.boards])
        _unique("contest", [contest.identifier for contest in self.contests])
        _unique("ballot style", [style.number for style in self.styles])
        _unique("official", [official.number for official in self.officials])
        _unique("share card", [card.number for card in self.share_cards])
        if not 2 <= self.quorum <= len(self.share_cards):
            raise ValueError("the quorum is not between 2 and the number of share cards")
        if not self.valid_from_s < self.opens_s < self.closes_s < self.valid_until_s:
            raise ValueError("validity and hours are not in order")
        if any(max(style.contests) >= len(self.contests) for style in self.styles):
            raise ValueError("a ballot style names a contest that is not there")

    def board(self, name: str) -> Board | None:
        """Return the board of this name."""
        return next((board for board in self.boards if board.name == name), None)

    def boards_of(self, kind: BoardKind) -> tuple[Board, ...]:
        """Return the boards of this kind, spares included, in the package's order."""
        return tuple(board for board in self.boards if board.kind is kind)

    def style(self, number: int) -> BallotStyle | None:
        """Return the ballot style of this number."""
        return next((style for style in self.styles if style.number == number), None)

    def official(self, number: int) -> Official | None:
        """Return the official of this number."""
        return next((person for person in self.officials if person.number == number), None)


def _unique(what: str, values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValueError(f"a {what} stands twice")


@dataclass(frozen=True, slots=True)
class ProgramFile(Record):
    """One file of the installed program."""

    path: str = _at(0, _text(255, 1))
    sha256: bytes = _at(1, _HASH)


@dataclass(frozen=True, slots=True)
class ProgramManifest(Record):
    """The program that may run; signed by the root key (L2)."""

    MAX_SIZE: ClassVar[int] = 1 << 20

    version: str = _at(0, _text(40, 1))
    files: tuple[ProgramFile, ...] = _at(1, _many(_part(ProgramFile), 4096))


# --- enrolment and what only one board may read -----------------------------------------------


@dataclass(frozen=True, slots=True)
class EnrolmentRequest(Record):
    """A board's public halves, signed by the board's own key."""

    name: str = _at(0, _BOARD_NAME)
    kind: BoardKind = _at(1, _one_of(BoardKind))
    sign_key: bytes = _at(2, _KEY)
    box_key: bytes = _at(3, _KEY)


@dataclass(frozen=True, slots=True)
class EnrolmentAnswer(Record):
    """The centre's answer to an accumulator, signed by the root key."""

    station: str = _at(0, _STATION)
    board: str = _at(1, _BOARD_NAME)
    start_password: StartPassword = _at(2, _part(StartPassword))
    spare_box_keys: tuple[bytes, ...] = _at(3, _many(_KEY, 4))


@dataclass(frozen=True, slots=True)
class StationKeyOffer(Record):
    """The accumulator's station key for the package, and its sealed keys for its spares.

    Each sealed copy is SealedBox(board's box key, SealedBox(start password's public key,
    station key ‖ urn key)); 64 + 96 bytes. Signed by the accumulator's device key.
    """

    board: str = _at(0, _BOARD_NAME)
    station_key: bytes = _at(1, _KEY)
    sealed: bytes = _at(2, _bytes(160))
    sealed_to_spares: tuple[bytes, ...] = _at(3, _many(_bytes(160), 4))


@dataclass(frozen=True, slots=True)
class BoardSecrets(Record):
    """What one board alone may read: signed by the root key, then sealed to the board's box key.

    `voter_list` never lies here; a desk has its own file.
    """

    MAX_SIZE: ClassVar[int] = 1 << 16

    package: bytes = _at(0, _HASH)
    board: str = _at(1, _BOARD_NAME)
    voter_secret: bytes = _at(2, _KEY, secret=True)  # management keys of voter cards
    courier_secret: bytes | None = _at(3, _maybe(_KEY), secret=True)  # accumulators, desks
    share_secret: bytes | None = _at(4, _maybe(_KEY), secret=True)  # accumulators, desks
    codes: tuple[int, ...] = _at(
        5, _many(_uint(CONTROL_CODES - 1), CONTROL_CODES), secret=True
    )  # terminals


@dataclass(frozen=True, slots=True)
class Voter(Record):
    """One line of the voter list."""

    line: int = _at(0, _uint(100_000))  # from 1
    iin: str = _at(1, _text(12, 12), secret=True)
    surname: str = _at(2, _text(80, 1), secret=True)
    given: str = _at(3, _text(80), secret=True)
    patronymic: str = _at(4, _text(80), secret=True)
    birth_date: str = _at(5, _text(10, 10), secret=True)  # YYYY-MM-DD
    address: str = _at(6, _text(200), secret=True)
    style: int = _at(7, _uint(255))


@dataclass(frozen=True, slots=True)
class VoterList(Record):
    """The voters of a station: signed by the root key, sealed to each desk."""

    MAX_SIZE: ClassVar[int] = 4_000_000

    station: str = _at(0, _STATION)
    election: str = _at(1, _text(64, 1))
    round: int = _at(2, _uint(9))
    voters: tuple[Voter, ...] = _at(3, _many(_part(Voter), 20_000), secret=True)

    def check(self) -> None:
        _unique("line", [voter.line for voter in self.voters])
        _unique("IIN", [voter.iin for voter in self.voters])


# --- the day ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartOrder(Record):
    """The accumulator opened the station; signed by the station key, on the courier card.

    `tally_keys`: under the scheme that anybody can check, the signed `TallyHalf` of the accumulator
    and that of the desk; before, the one tally key.
    """

    MAX_SIZE: ClassVar[int] = 1792

    station: str = _at(0, _STATION)
    package: bytes = _at(1, _HASH)
    opened_ms: int = _at(2, _uint(2**50))  # Unix time of the accumulator
    tally_keys: tuple[bytes, ...] = _at(3, _many(_bytes(32, MAX_HALF_SIZE), 2, 1))
    board: str = _at(4, _BOARD_NAME)
    opening_act: bytes = _at(5, _HASH)


@dataclass(frozen=True, slots=True)
class HalfShares(Record):
    """What may be known of the shares of a half of the tally key; signed by its maker.

    `masks` are the mask of the secret that was split, sealed to the maker and to each of its
    spares: shares rebuild the half on these boards alone (`common.tallykey`).
    """

    MAX_SIZE: ClassVar[int] = 1536

    half: bytes = _at(0, _HASH)  # SHA-256 of the signed TallyHalf
    commitments: tuple[bytes, ...] = _at(1, _many(_HASH, 17, 3))  # the cards', the territorial
    territorial: bytes = _at(2, _bytes(64, 256))  # sealed to the territorial commission
    masks: tuple[bytes, ...] = _at(3, _many(_bytes(80), MAX_BOARDS, 1))


@dataclass(frozen=True, slots=True)
class Activation(Record):
    """This card may take one vote; signed by a desk."""

    MAX_SIZE: ClassVar[int] = 512

    package: bytes = _at(0, _HASH)
    style: int = _at(1, _uint(255))
    presentation: Presentation = _at(2, _one_of(Presentation))
    serial: int = _at(3, _uint(2**32), secret=True)
    card_key: bytes = _at(4, _HASH, secret=True)  # SHA-256 of the 9E public point


@dataclass(frozen=True, slots=True)
class CastVote(Record):
    """A sealed vote; signed by a terminal. All of one station have one length."""

    MAX_SIZE: ClassVar[int] = 1400

    package: bytes = _at(0, _HASH)
    style: int = _at(1, _uint(255))
    sealed: bytes = _at(2, _bytes(32, 1200), secret=True)


@dataclass(frozen=True, slots=True)
class Deposit(Record):
    """This vote belongs to this activation on this card; signed by a terminal, stored nowhere."""

    MAX_SIZE: ClassVar[int] = 512

    package: bytes = _at(0, _HASH)
    serial: int = _at(1, _uint(2**32), secret=True)
    card_key: bytes = _at(2, _HASH, secret=True)
    cast_vote: bytes = _at(3, _HASH, secret=True)  # SHA-256 of the signed CastVote


@dataclass(frozen=True, slots=True)
class Spoiled(Record):
    """This vote will never be cast: its voter has the terminal checked; signed by the terminal.

    It stands on the card where vote and deposit stood, and goes when the desk takes the card back.
    """

    MAX_SIZE: ClassVar[int] = 1700

    package: bytes = _at(0, _HASH)
    serial: int = _at(1, _uint(2**32), secret=True)
    card_key: bytes = _at(2, _HASH, secret=True)
    cast_vote: bytes = _at(3, _bytes(64, CastVote.MAX_SIZE), secret=True)  # as signed


@dataclass(frozen=True, slots=True)
class SpoiledOpening(Record):
    """What a spoiled vote was sealed with: with it, anybody reads it; signed by the terminal."""

    MAX_SIZE: ClassVar[int] = 256

    package: bytes = _at(0, _HASH)
    spoiled: bytes = _at(1, _HASH, secret=True)  # SHA-256 of the signed Spoiled
    r: bytes = _at(2, _bytes(32), secret=True)  # docs/proofs.md, section 3


@dataclass(frozen=True, slots=True)
class SerialSet(Record):
    """A set of one desk's serials: bit i (from the lowest of byte 0) is serial first_serial + i."""

    board: str = _at(0, _BOARD_NAME)
    bits: bytes = _at(1, _bytes(SERIAL_BITMAP_SIZE))


@dataclass(frozen=True, slots=True)
class TakenOver(Record):
    """The serials of a desk that died, as the spare that went on in its place has kept them."""

    issued: SerialSet = _at(0, _part(SerialSet))
    withdrawn: SerialSet = _at(1, _part(SerialSet))

    def check(self) -> None:
        if self.issued.board != self.withdrawn.board:
            raise ValueError("the sets are of two desks")

    @property
    def board(self) -> str:
        """The desk that died."""
        return self.issued.board


@dataclass(frozen=True, slots=True)
class Statement(Record):
    """A board's last word of the day; signed by its device key."""

    MAX_SIZE: ClassVar[int] = 8192

    board: str = _at(0, _BOARD_NAME)
    package: bytes = _at(1, _HASH)
    start_order: bytes = _at(2, _HASH)
    closed_ms: int = _at(3, _uint(2**50))
    journal_head: bytes = _at(4, _HASH)
    journal_length: int = _at(5, _uint(2**32))
    figures: Mapping[int, int] = _at(6, _table(_uint(2**32), 64))
    issued: SerialSet | None = _at(7, _maybe(_part(SerialSet)))
    withdrawn: SerialSet | None = _at(8, _maybe(_part(SerialSet)))
    spent: tuple[SerialSet, ...] = _at(9, _many(_part(SerialSet), 8))  # the accumulator's
    taken_over: tuple[TakenOver, ...] = _at(10, _some(_part(TakenOver), 4), default=())  # spares'


@dataclass(frozen=True, slots=True)
class Act(Record):
    """A formal act; COSE_Sign by the board and the officials who were there."""

    MAX_SIZE: ClassVar[int] = 16_384

    kind: ActKind = _at(0, _one_of(ActKind))
    station: str = _at(1, _STATION)
    package: bytes = _at(2, _HASH)
    board: str = _at(3, _BOARD_NAME)
    time_ms: int = _at(4, _uint(2**50))
    facts: Mapping[int, int | str | bytes] = _at(5, _table(_fact(), 32))


@dataclass(frozen=True, slots=True)
class ContestResult(Record):
    """The count of one contest."""

    contest: int = _at(0, _uint(MAX_CONTESTS - 1))
    ballots: int = _at(1, _uint(2**32))  # whose style holds the contest
    with_selections: int = _at(2, _uint(2**32))  # of candidates, parties or answers
    against_all: int = _at(3, _uint(2**32))
    blank: int = _at(4, _uint(2**32))
    lines: tuple[int, ...] = _at(5, _many(_uint(2**32), MAX_LINES, 1))  # against all included


@dataclass(frozen=True, slots=True)
class JournalHead(Record):
    """Where a board's journal ended, as its statement says."""

    board: str = _at(0, _BOARD_NAME)
    head: bytes = _at(1, _HASH)
    length: int = _at(2, _uint(2**32))


@dataclass(frozen=True, slots=True)
class Replacement(Record):
    """A board that died, and the spare that went on in its place under an act."""

    board: str = _at(0, _BOARD_NAME)
    spare: str = _at(1, _BOARD_NAME)


@dataclass(frozen=True, slots=True)
class EvidenceFile(Record):
    """One file of the evidence bundle."""

    path: str = _at(0, _text(200, 1))
    size: int = _at(1, _uint(2**40))
    sha256: bytes = _at(2, _HASH)


@dataclass(frozen=True, slots=True)
class Minutes(Record):
    """The electronic minutes; COSE_Sign by the station key and the officials (L24).

    `evidence` lists every file of the bundle that exists when the minutes are signed, so that what
    the officials sign protects them all.
    """

    MAX_SIZE: ClassVar[int] = 1 << 18

    station: str = _at(0, _STATION)
    election: str = _at(1, _text(64, 1))
    round: int = _at(2, _uint(9))
    package: bytes = _at(3, _HASH)
    program: bytes = _at(4, _HASH)
    start_order: bytes = _at(5, _HASH)
    opened_ms: int = _at(6, _uint(2**50))
    closed_ms: int = _at(7, _uint(2**50))
    counted_ms: int = _at(8, _uint(2**50))
    figures: Mapping[int, int] = _at(9, _table(_uint(2**32), 64))
    contests: tuple[ContestResult, ...] = _at(10, _many(_part(ContestResult), MAX_CONTESTS))
    styles_merged: tuple[int, ...] = _at(11, _many(_uint(255), 64))
    journals: tuple[JournalHead, ...] = _at(12, _many(_part(JournalHead), 32))
    written_off: tuple[str, ...] = _at(13, _many(_BOARD_NAME, 32))
    discrepancies: tuple[int, ...] = _at(14, _many(_one_of(Discrepancy), 64))
    evidence: tuple[EvidenceFile, ...] = _at(15, _many(_part(EvidenceFile), 512))
    replaced: tuple[Replacement, ...] = _at(16, _many(_part(Replacement), 32), default=())


@dataclass(frozen=True, slots=True)
class EvidenceManifest(Record):
    """Every file of the evidence bundle but the manifest itself; signed by the station key."""

    MAX_SIZE: ClassVar[int] = 1 << 18

    station: str = _at(0, _STATION)
    package: bytes = _at(1, _HASH)
    minutes: bytes = _at(2, _HASH)
    files: tuple[EvidenceFile, ...] = _at(3, _many(_part(EvidenceFile), 512))


# --- the count that anybody can check (docs/proofs.md); no board makes these yet ----------------

_SCALAR_SIZE = _POINT_SIZE = 32
_MAX_LIST = 1 << 23
_PROOF_OF_KEYS = _bytes(2 * _SCALAR_SIZE, (MAX_ELEMENTS + 1) * _SCALAR_SIZE)  # c, s_1 … s_w


@dataclass(frozen=True, slots=True)
class TallyHalf(Record):
    """One board's half of the tally key, and the proof that it knows the secret; signed by it."""

    package: bytes = _at(0, _HASH)
    board: str = _at(1, _BOARD_NAME)
    keys: tuple[bytes, ...] = _at(2, _many(_bytes(_POINT_SIZE), MAX_ELEMENTS, 1))  # X_1 … X_w
    proof: bytes = _at(3, _PROOF_OF_KEYS)

    def check(self) -> None:
        if len(self.proof) != _SCALAR_SIZE * (len(self.keys) + 1):
            raise ValueError("its proof has not one scalar for each key")


@dataclass(frozen=True, slots=True)
class MixedGroup(Record):
    """The new list of one group of ballot styles, and the proof of its shuffle."""

    MAX_SIZE: ClassVar[int] = 1 << 23

    styles: tuple[int, ...] = _at(0, _many(_uint(255), 64, 1))  # ascending
    list: bytes = _at(1, _bytes(2 * _POINT_SIZE, _MAX_LIST), secret=True)  # long: not for a log
    proof: bytes = _at(
        2, _bytes(9 * _SCALAR_SIZE, (4 * MAX_URN_SLOTS + 5) * _SCALAR_SIZE), secret=True
    )

    @property
    def ballots(self) -> int:
        """How many there are in the list."""
        return (len(self.proof) // _SCALAR_SIZE - 5) // 4

    def check(self) -> None:
        if any(later <= earlier for earlier, later in pairwise(self.styles)):
            raise ValueError("its ballot styles are not in ascending order")
        over = (len(self.proof) // _SCALAR_SIZE - 5) % 4
        columns, torn = divmod(len(self.list), self.ballots * _POINT_SIZE)
        if over or torn or columns < 2 or len(self.proof) % _SCALAR_SIZE:
            raise ValueError("its proof has not the length for its list")


@dataclass(frozen=True, slots=True)
class Mix(Record):
    """What one board shuffled, with proofs; signed by it. The second names the first."""

    MAX_SIZE: ClassVar[int] = 1 << 23

    package: bytes = _at(0, _HASH)
    start_order: bytes = _at(1, _HASH)
    board: str = _at(2, _BOARD_NAME)
    position: int = _at(3, _int(1, 2))
    before: bytes | None = _at(4, _maybe(_HASH))  # SHA-256 of the first board's signed Mix
    groups: tuple[MixedGroup, ...] = _at(5, _many(_part(MixedGroup), 64), secret=True)

    def check(self) -> None:
        if (self.before is None) != (self.position == 1):
            raise ValueError("the second board's names the first one's, and only that")
        styles = [group.styles for group in self.groups]
        if any(later[0] <= earlier[0] for earlier, later in pairwise(styles)):
            raise ValueError("its groups are not in the order of their smallest ballot style")
        _unique("ballot style", [style for group in styles for style in group])


@dataclass(frozen=True, slots=True)
class MixChecked(Record):
    """A board has checked both shuffles, and they hold; signed by it."""

    package: bytes = _at(0, _HASH)
    start_order: bytes = _at(1, _HASH)
    board: str = _at(2, _BOARD_NAME)
    first_mix: bytes = _at(3, _HASH)  # SHA-256 of the signed Mix
    second_mix: bytes = _at(4, _HASH)

    def check(self) -> None:
        if self.first_mix == self.second_mix:
            raise ValueError("one shuffle is not two")


@dataclass(frozen=True, slots=True)
class Opening(Record):
    """A board's part of the opening of the last lists, with its proof; signed by it."""

    MAX_SIZE: ClassVar[int] = 1 << 23

    package: bytes = _at(0, _HASH)
    start_order: bytes = _at(1, _HASH)
    board: str = _at(2, _BOARD_NAME)
    first_mix: bytes = _at(3, _HASH)
    second_mix: bytes = _at(4, _HASH)
    factors: bytes = _at(5, _bytes(0, _MAX_LIST), secret=True)  # F_11 … F_1w, F_21 …; long
    proof: bytes = _at(6, _PROOF_OF_KEYS)

    def check(self) -> None:
        elements, over = divmod(len(self.proof) - _SCALAR_SIZE, _SCALAR_SIZE)
        if over or len(self.factors) % (elements * _POINT_SIZE):
            raise ValueError("its factors are not as many for each ballot as its proof says")


class PaperKind(IntEnum):
    """What paper an accumulator prints with signed figures."""

    ZERO = 1  # before the opening: every figure is zero
    HOURLY = 2  # the urn's count and the journal's head
    PROTOCOL = 3  # the result; one QR code for each contest


@dataclass(frozen=True, slots=True)
class PaperFigures(Record):
    """What a QR code on paper says, so that paper can be held against the records.

    Signed by the accumulator's device key; the protocol's by the station key.
    """

    kind: PaperKind = _at(0, _one_of(PaperKind))
    station: str = _at(1, _STATION)
    package: bytes = _at(2, _HASH)
    board: str = _at(3, _BOARD_NAME)
    time_ms: int = _at(4, _uint(2**50))
    figures: Mapping[int, int] = _at(5, _table(_uint(2**32), 64))
    contest: ContestResult | None = _at(6, _maybe(_part(ContestResult)))
    journal: JournalHead | None = _at(7, _maybe(_part(JournalHead)))
    minutes: bytes | None = _at(8, _maybe(_HASH))  # SHA-256 of the signed minutes


MERGED_STYLE = 65_535


@dataclass(frozen=True, slots=True)
class OpenedVote(Record):
    """One opened vote as it is published: apart from the sealed ones, sorted by content.

    `style` is MERGED_STYLE where few ballots share a style. `selections` holds one list for each
    contest of the package, of line indices from 0; empty is blank, or not on this ballot.
    """

    MAX_SIZE: ClassVar[int] = 4096

    style: int = _at(0, _uint(MERGED_STYLE))
    selections: tuple[tuple[int, ...], ...] = _at(
        1, _many(_many(_uint(MAX_LINES - 1), MAX_LINES), MAX_CONTESTS), secret=True
    )
    code: int = _at(2, _uint(CONTROL_CODES - 1), secret=True)

"""A PIV card that is not there: short APDUs in, responses out, by the access rules of the standard.

Rules. The facts come from SP 800-73-4, SP 800-78-4 and ISO/IEC 7816-4, written down here once more
and never imported from `cardio`, so that a mistake there is not repeated here. What a card keeps
without power is `CardState`, a plain dataclass that goes to and from bytes; everything else is lost
by `power_off`. A `Flavour` says how this card differs from others where real applets do: how a
broken PUT DATA ends, what an empty object looks like, whether SET MANAGEMENT KEY exists.

Faults happen on demand (`Faults`): power lost before, in or after the k-th command, writes that
fail or silently do nothing, statuses out of the blue, slowness. A card without faults is perfect.
"""

from __future__ import annotations

import dataclasses
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common import cbor

RandomBytes = Callable[[int], bytes]

_AID = bytes.fromhex("A0 00 00 03 08 00 00 10 00 01 00")
_SELECTED = bytes.fromhex("61 11 4F 06 00 00 10 00 01 00 79 07 4F 05 A0 00 00 03 08")
"""Application property template, SP 800-73-4 part 2 table 3: the PIX, and who allotted it."""
_ATR = bytes.fromhex("3B 85 01 80 73 C8 21 80 1E")
"""T=1; the historical bytes say that it can chain commands (ISO/IEC 7816-4 §8.1.1.2.7)."""
_DISCOVERY = bytes.fromhex("7E 12 4F 0B A0 00 00 03 08 00 00 10 00 01 00 5F 2F 02 40 00")
"""Discovery object, SP 800-73-4 part 1 §3.3.2: only the PIV card application PIN."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_PIN_KEYS = frozenset({0x9A, 0x9C, 0x9D})
_KEYS = frozenset({0x9A, 0x9C, 0x9D, 0x9E})
_PIN_OBJECTS = frozenset({0x5FC103, 0x5FC108, 0x5FC109, 0x5FC121})
"""Readable only after VERIFY: fingerprints, face, Printed Information, iris (part 1 table 2)."""
_AES_SIZES = {0x08: 16, 0x0A: 24, 0x0C: 32}

CONTAINERS: dict[int, int] = {
    0x5FC101: 1905,  # certificate for card authentication
    0x5FC102: 2916,  # card holder unique identifier
    0x5FC103: 4006,  # fingerprints
    0x5FC105: 1905,  # certificate for PIV authentication
    0x5FC106: 1336,  # security object
    0x5FC107: 287,  # card capability container
    0x5FC108: 12710,  # facial image
    0x5FC109: 245,  # Printed Information
    0x5FC10A: 1905,  # certificate for digital signature
    0x5FC10B: 1905,  # certificate for key management
    0x5FC10C: 128,  # key history
    **dict.fromkeys(range(0x5FC10D, 0x5FC121), 1905),  # retired certificates 1 to 20
    0x5FC121: 7106,  # iris images
}
"""Containers and their capacity in bytes, tag 53 included (SP 800-73-4 part 1 table 7)."""

FACTORY_MANAGEMENT_KEY = bytes.fromhex("010203040506070801020304050607080102030405060708")
FACTORY_PIN, FACTORY_PUK = b"123456\xff\xff", b"12345678"


class Empty(Enum):
    """How GET DATA answers for an object that holds nothing."""

    NOT_FOUND = "6A82"
    EMPTY_TAG = "53 00 9000"
    NOTHING = "9000"


@dataclass(frozen=True, slots=True)
class Flavour:
    """Where PIV applets differ.

    Attributes:
        writes_in_place: the object takes its new length with the first part of a PUT DATA and is
            filled as parts come, so that a broken chain leaves half a value; otherwise the chain is
            collected and stored at its end.
        stores_whole: storing at the end is a transaction; otherwise a cut leaves the beginning of
            the new value before the end of the old one.
        keeps_broken_chain: commands in between do not end a chain; only SELECT and reset do.
        empty: what an empty object looks like.
        takes_management_key: SET MANAGEMENT KEY exists.
        last_object: the highest object there is.
        exact_le: a command whose Le is not 00 and not the length of the response is answered
            with 6Cxx.
    """

    name: str
    writes_in_place: bool
    stores_whole: bool
    keeps_broken_chain: bool
    empty: Empty
    takes_management_key: bool
    last_object: int = 0x5FC121
    exact_le: bool = False


LIKE_OPENFIPS201 = Flavour(
    name="openfips201",
    writes_in_place=True,
    stores_whole=False,
    keeps_broken_chain=False,
    empty=Empty.EMPTY_TAG,
    takes_management_key=False,
)
LIKE_PIVAPPLET = Flavour(
    name="pivapplet",
    writes_in_place=False,
    stores_whole=False,
    keeps_broken_chain=True,
    empty=Empty.NOTHING,
    takes_management_key=True,
    last_object=0x5FC117,
    exact_le=True,
)
LIKE_YUBIKEY = Flavour(
    name="yubikey",
    writes_in_place=False,
    stores_whole=True,
    keeps_broken_chain=False,
    empty=Empty.NOT_FOUND,
    takes_management_key=True,
)
FLAVOURS = {flavour.name: flavour for flavour in (LIKE_OPENFIPS201, LIKE_PIVAPPLET, LIKE_YUBIKEY)}


@dataclass(slots=True)
class CardState:
    """What the card keeps without power.

    Attributes:
        objects: contents (without tag 53) by object identifier; absent is empty.
        capacities: how many bytes each object may have, tag 53 included.
        keys: P-256 private scalars, 32 bytes, by key reference.
        pin, puk: as they are compared, 8 bytes.
        pin_left, puk_left: attempts that remain.
    """

    flavour: str
    objects: dict[int, bytes]
    capacities: dict[int, int]
    keys: dict[int, bytes]
    management_algorithm: int
    management_key: bytes
    pin: bytes
    puk: bytes
    pin_left: int
    puk_left: int
    pin_limit: int
    puk_limit: int

    @classmethod
    def blank(cls, flavour: Flavour = LIKE_OPENFIPS201) -> CardState:
        """Return a card as it is bought: factory PIN, PUK and management key, nothing on it."""
        return cls(
            flavour=flavour.name,
            objects={},
            capacities={
                identifier: size
                for identifier, size in CONTAINERS.items()
                if identifier <= flavour.last_object
            },
            keys={},
            management_algorithm=0x0A,
            management_key=FACTORY_MANAGEMENT_KEY,
            pin=FACTORY_PIN,
            puk=FACTORY_PUK,
            pin_left=3,
            puk_left=3,
            pin_limit=3,
            puk_limit=3,
        )

    def to_bytes(self) -> bytes:
        """Return the state for a file."""
        return cbor.encode(
            {number: getattr(self, entry.name) for number, entry in enumerate(_STATE_FIELDS)}
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> CardState:
        """Return the state in a file. Raises: ValueError."""
        item = cbor.decode(content, max_size=1 << 18)
        if not isinstance(item, dict) or item.keys() != set(range(len(_STATE_FIELDS))):
            raise ValueError("it is not the file of a simulated card")
        state = cls(**{entry.name: item[number] for number, entry in enumerate(_STATE_FIELDS)})
        if state.flavour not in FLAVOURS:
            raise ValueError(f"there is no flavour {state.flavour}")
        return state


_STATE_FIELDS = dataclasses.fields(CardState)


class Moment(Enum):
    """When in a command the power goes."""

    BEFORE = "before anything was done"
    DURING = "in the middle of the write"
    AFTER = "after everything was done, before the answer"


class PowerLost(Exception):
    """The power went, or the card was pulled; there is no answer."""


@dataclass(slots=True)
class Faults:
    """What shall go wrong; everything counts down and then stays or happens once, as said.

    Attributes:
        power_lost_after: so many commands are answered, the next one meets `moment`; once.
        moment: where in that command.
        writes_fail_after: so many writes succeed, all later ones end with 6581.
        writes_lost: writes are answered with 9000 and not done.
        refuse: so many commands from now (0 is the next) → the status it is answered with,
            nothing being done; once each.
        slow_s: each command takes so long.
    """

    power_lost_after: int | None = None
    moment: Moment = Moment.BEFORE
    writes_fail_after: int | None = None
    writes_lost: bool = False
    refuse: dict[int, int] = field(default_factory=dict)
    slow_s: float = 0.0


class _Status(Exception):
    """Ends a command with a status word."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(frozen=True, slots=True)
class _Command:
    cla: int
    ins: int
    p1: int
    p2: int
    content: bytes
    le: int | None

    @property
    def header(self) -> tuple[int, int, int]:
        return self.ins, self.p1, self.p2

    @property
    def chained(self) -> bool:
        return bool(self.cla & 0x10)


@dataclass(slots=True)
class _Session:
    """What the card knows only while it has power."""

    selected: bool = False
    pin_shown: bool = False
    pin_fresh: bool = False  # VERIFY was the command before
    management_shown: bool = False
    witness: bytes | None = None
    chain: bytearray = field(default_factory=bytearray)
    chain_of: tuple[int, int, int] | None = None
    in_place: tuple[int, int] | None = None  # object being filled, bytes already there
    rest: bytes = b""


class SimPivCard:
    """One card. Not for two threads at once."""

    def __init__(
        self,
        state: CardState,
        random_bytes: RandomBytes,
        pause: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        """`pause` is called with the seconds that a slow command takes."""
        self.state = state
        self.faults = Faults()
        self.commands = 0
        self.history: deque[tuple[bytes, int]] = deque(maxlen=512)
        self._flavour = FLAVOURS[state.flavour]
        self._random_bytes = random_bytes
        self._pause = pause
        self._session: _Session | None = None

    # power

    def power_on(self) -> bytes | None:
        """Power (or reset) the card; return its answer to reset."""
        self._session = _Session()
        return _ATR

    def power_off(self) -> None:
        """Take the power; whatever is not in `state` is forgotten."""
        self._session = None

    @property
    def powered(self) -> bool:
        """Whether the card has power."""
        return self._session is not None

    # what only the maker of cards and the tests do

    def inject_management_key(self, algorithm: int, key: bytes) -> None:
        """Set the management key as an issuer's tool does over its own secure channel."""
        if len(key) != _AES_SIZES[algorithm]:
            raise ValueError("the key does not fit its algorithm")
        self.state.management_algorithm, self.state.management_key = int(algorithm), key

    def flip_bit(self, identifier: int, bit: int) -> None:
        """Change one bit of an object's content, as decaying memory would."""
        content = bytearray(self.state.objects[identifier])
        content[bit // 8] ^= 1 << bit % 8
        self.state.objects[identifier] = bytes(content)

    # the contact

    def transmit(self, command: bytes) -> bytes:
        """Take one command APDU; return response field and status word.

        Raises:
            PowerLost: there is no power, or a fault took it.
        """
        if self._session is None:
            raise PowerLost("the card has no power")
        if self.faults.slow_s:
            self._pause(self.faults.slow_s)
        moment = self._due_moment()
        refused = self._due_refusal()
        self.commands += 1
        if moment is Moment.BEFORE:
            self.power_off()
            raise PowerLost("the power went before the command")
        response = b""
        try:
            if refused is not None:
                raise _Status(refused)  # noqa: TRY301 - one way out for every status
            response, status = self._answer(
                self._session, _parsed(command), torn=moment is Moment.DURING
            )
        except _Status as ended:
            status = ended.status
        self.history.append((command, status))
        if moment is not None:
            self.power_off()
            raise PowerLost("the power went with the command")
        return response + status.to_bytes(2, "big")

    def _due_moment(self) -> Moment | None:
        left = self.faults.power_lost_after
        if left is None:
            return None
        self.faults.power_lost_after = left - 1 if left else None
        return None if left else self.faults.moment

    def _due_refusal(self) -> int | None:
        status = self.faults.refuse.pop(0, None)
        self.faults.refuse = {left - 1: later for left, later in self.faults.refuse.items()}
        return status

    # commands

    def _answer(self, session: _Session, command: _Command, *, torn: bool) -> tuple[bytes, int]:
        fresh, session.pin_fresh = session.pin_fresh, False
        if command.cla & 0xEF:
            raise _Status(0x6E00)
        if command.ins == 0xC0:
            return self._more(session, command.le)
        session.rest = b""
        if command.ins == 0xA4:
            return self._respond(session, command, self._select(session, command))
        if not session.selected:
            raise _Status(0x6D00)
        if command.chained and command.ins not in (0xDB, 0x87):
            raise _Status(0x6884)
        if session.chain_of not in (None, command.header) and not self._flavour.keeps_broken_chain:
            _end_chain(session)
        session.pin_fresh = fresh and command.ins == 0x87 and command.chained
        match command.ins:
            case 0x20:
                response = self._verify(session, command, torn=torn)
            case 0x24:
                response = self._change_reference(session, command)
            case 0x2C:
                response = self._reset_retry_counter(session, command)
            case 0x47:
                response = self._generate_key(session, command, torn=torn)
            case 0x87:
                whole = _collected(session, command)
                response = b"" if whole is None else self._authenticate(session, whole, fresh=fresh)
            case 0xCB:
                response = self._get_data(session, command)
            case 0xDB:
                response = self._put_data(session, command, torn=torn)
            case 0xFF if self._flavour.takes_management_key:
                response = self._set_management_key(session, command)
            case _:
                raise _Status(0x6D00)
        return self._respond(session, command, response)

    def _respond(self, session: _Session, command: _Command, response: bytes) -> tuple[bytes, int]:
        """Return as much as fits the command's Le; what remains waits for GET RESPONSE."""
        if not response:
            return b"", 0x9000
        if command.le is None:
            session.rest = response
            return b"", 0x6100 | min(len(response), 256) & 0xFF
        return self._part(session, response, command.le)

    def _more(self, session: _Session, le: int | None) -> tuple[bytes, int]:
        if not session.rest:
            raise _Status(0x6985)
        return self._part(session, session.rest, 256 if le is None else le)

    def _part(self, session: _Session, response: bytes, le: int) -> tuple[bytes, int]:
        if self._flavour.exact_le and le != 256 and le > len(response):
            session.rest = response
            return b"", 0x6C00 | len(response) & 0xFF
        part, session.rest = response[:le], response[le:]
        left = len(session.rest)
        return part, 0x6100 | min(left, 256) & 0xFF if left else 0x9000

    def _select(self, session: _Session, command: _Command) -> bytes:
        """SP 800-73-4 part 2 §3.1.1; selecting PIV again leaves PIN and management key shown."""
        if (command.p1, command.p2) != (0x04, 0x00):
            raise _Status(0x6A86)
        _end_chain(session)
        if not (len(command.content) >= 9 and _AID.startswith(command.content)):
            raise _Status(0x6A82)
        session.selected = True
        return _SELECTED

    def _get_data(self, session: _Session, command: _Command) -> bytes:
        """SP 800-73-4 part 2 §3.1.2."""
        if (command.p1, command.p2) != (0x3F, 0xFF):
            raise _Status(0x6A86)
        tag, identifier, rest = _tlv(command.content)
        if tag != 0x5C or rest:
            raise _Status(0x6A80)
        if identifier == b"\x7e":
            return _DISCOVERY
        if len(identifier) != 3:
            raise _Status(0x6A82)
        number = int.from_bytes(identifier, "big")
        if number not in self.state.capacities:
            raise _Status(0x6A82)
        if number in _PIN_OBJECTS and not session.pin_shown:
            raise _Status(0x6982)
        content = self.state.objects.get(number, b"")
        if content:
            return b"\x53" + _length(len(content)) + content
        match self._flavour.empty:
            case Empty.NOT_FOUND:
                raise _Status(0x6A82)
            case Empty.EMPTY_TAG:
                return b"\x53\x00"
            case Empty.NOTHING:
                return b""

    def _put_data(self, session: _Session, command: _Command, *, torn: bool) -> bytes:
        """SP 800-73-4 part 2 §3.3.1."""
        if (command.p1, command.p2) != (0x3F, 0xFF):
            raise _Status(0x6A86)
        if not session.management_shown:
            _end_chain(session)
            raise _Status(0x6982)
        if self._flavour.writes_in_place:
            self._put_part(session, command, torn=torn)
            return b""
        whole = _collected(session, command)
        if whole is not None:
            number, size, content = self._placed(whole.content)
            if size != len(content):
                raise _Status(0x6A80)
            self._store(number, content, torn=torn)
        return b""

    def _put_part(self, session: _Session, command: _Command, *, torn: bool) -> None:
        """Fill an object while its parts come."""
        if session.in_place is None:
            number, size, part = self._placed(command.content)
            if len(part) > size:
                raise _Status(0x6A80)
            done, value = 0, bytes(size)
        else:
            number, done = session.in_place
            part, value = command.content, self.state.objects.get(number, b"")
            if done + len(part) > len(value):
                _end_chain(session)
                raise _Status(0x6A80)
        kept = part[: len(part) // 2] if torn else part
        self._write(number, value[:done] + kept + value[done + len(kept) :])
        if command.chained:
            session.chain_of, session.in_place = command.header, (number, done + len(part))
            return
        _end_chain(session)
        if done + len(part) != len(value):
            raise _Status(0x6A80)

    def _placed(self, content: bytes) -> tuple[int, int, bytes]:
        """Return the object, the length announced and the content so far in a PUT DATA field."""
        tag, identifier, rest = _tlv(content)
        if tag != 0x5C or len(identifier) != 3 or rest[:1] != b"\x53":
            raise _Status(0x6A80)
        size, head = _announced(rest, 1)
        number = int.from_bytes(identifier, "big")
        if number not in self.state.capacities:
            raise _Status(0x6A82)
        if head + size > self.state.capacities[number]:
            raise _Status(0x6A84)
        return number, size, rest[head:]

    def _store(self, number: int, content: bytes, *, torn: bool) -> None:
        if not torn:
            self._write(number, content)
        elif not self._flavour.stores_whole:
            old, half = self.state.objects.get(number, b""), len(content) // 2
            self._write(number, content[:half] + old[half:])

    def _write(self, number: int, content: bytes) -> None:
        """Put a value into lasting memory, if that still works."""
        left = self.faults.writes_fail_after
        if left == 0:
            raise _Status(0x6581)
        if left is not None:
            self.faults.writes_fail_after = left - 1
        if not self.faults.writes_lost:
            if content:
                self.state.objects[number] = content
            else:
                self.state.objects.pop(number, None)

    def _verify(self, session: _Session, command: _Command, *, torn: bool) -> bytes:
        """SP 800-73-4 part 2 §3.2.1."""
        if command.p2 != 0x80:
            raise _Status(0x6A88)
        match command.p1, command.content:
            case 0xFF, b"":
                session.pin_shown = False
            case 0x00, b"":
                if not session.pin_shown:
                    raise _Status(0x63C0 | self.state.pin_left if self.state.pin_left else 0x6983)
            case 0x00, shown:
                _check_pin_form(shown)
                session.pin_shown = False
                if not self.state.pin_left:
                    raise _Status(0x6983)
                self.state.pin_left -= 1  # first, so that cutting the power gains nothing
                if torn:
                    return b""
                if not hmac.compare_digest(shown, self.state.pin):
                    raise _Status(0x63C0 | self.state.pin_left)
                self.state.pin_left = self.state.pin_limit
                session.pin_shown = session.pin_fresh = True
            case _:
                raise _Status(0x6A86)
        return b""

    def _change_reference(self, session: _Session, command: _Command) -> bytes:
        """SP 800-73-4 part 2 §3.2.2."""
        if command.p1 or command.p2 not in (0x80, 0x81):
            raise _Status(0x6A86 if command.p1 else 0x6A88)
        old, new = command.content[:8], command.content[8:]
        if len(new) != 8:
            raise _Status(0x6A80)
        if command.p2 == 0x80:
            _check_pin_form(new)
            session.pin_shown = False
            self._spend_pin_attempt(old)
            self.state.pin, session.pin_shown = new, True
        else:
            self._spend_puk_attempt(old)
            self.state.puk = new
        return b""

    def _reset_retry_counter(self, session: _Session, command: _Command) -> bytes:
        """SP 800-73-4 part 2 §3.2.3."""
        if command.p1 or command.p2 != 0x80:
            raise _Status(0x6A86 if command.p1 else 0x6A88)
        puk, new = command.content[:8], command.content[8:]
        if len(new) != 8:
            raise _Status(0x6A80)
        _check_pin_form(new)
        self._spend_puk_attempt(puk)
        self.state.pin, self.state.pin_left = new, self.state.pin_limit
        session.pin_shown = False
        return b""

    def _spend_pin_attempt(self, shown: bytes) -> None:
        if not self.state.pin_left:
            raise _Status(0x6983)
        self.state.pin_left -= 1
        if not hmac.compare_digest(shown, self.state.pin):
            raise _Status(0x63C0 | self.state.pin_left)
        self.state.pin_left = self.state.pin_limit

    def _spend_puk_attempt(self, shown: bytes) -> None:
        if not self.state.puk_left:
            raise _Status(0x6983)
        self.state.puk_left -= 1
        if not hmac.compare_digest(shown, self.state.puk):
            raise _Status(0x63C0 | self.state.puk_left)
        self.state.puk_left = self.state.puk_limit

    def _generate_key(self, session: _Session, command: _Command, *, torn: bool) -> bytes:
        """SP 800-73-4 part 2 §3.3.2; only P-256."""
        if command.p1 or command.p2 not in _KEYS:
            raise _Status(0x6A86)
        if not session.management_shown:
            raise _Status(0x6982)
        if command.content != bytes.fromhex("AC 03 80 01 11"):
            raise _Status(0x6A80)
        self.state.keys.pop(command.p2, None)
        if torn:
            return b""
        scalar = int.from_bytes(self._random_bytes(40), "big") % (_ORDER - 1) + 1
        self.state.keys[command.p2] = scalar.to_bytes(32, "big")
        point = self.public_point(command.p2)
        return b"\x7f\x49\x43\x86\x41" + point

    def public_point(self, reference: int) -> bytes:
        """Return the uncompressed public point of a key on the card."""
        return (
            self._private_key(reference)
            .public_key()
            .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    def _private_key(self, reference: int) -> ec.EllipticCurvePrivateKey:
        scalar = self.state.keys.get(reference)
        if scalar is None:
            raise _Status(0x6A88)
        return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())

    def _set_management_key(self, session: _Session, command: _Command) -> bytes:
        """Yubico's extension: algorithm, then the key as tag 9B."""
        if (command.p1, command.p2) != (0xFF, 0xFF):
            raise _Status(0x6A86)
        if not session.management_shown:
            raise _Status(0x6982)
        content = command.content
        size = _AES_SIZES.get(content[0] if content else 0)
        if size is None or content[1:3] != bytes((0x9B, size)) or len(content) != 3 + size:
            raise _Status(0x6A80)
        self.inject_management_key(content[0], content[3:])
        return b""

    def _authenticate(self, session: _Session, command: _Command, *, fresh: bool) -> bytes:
        """SP 800-73-4 part 2 §3.2.4."""
        tag, template, rest = _tlv(command.content)
        if tag != 0x7C or rest:
            raise _Status(0x6A80)
        parts = _parts(template)
        if command.p2 == 0x9B:
            return self._authenticate_management(session, command.p1, parts)
        if command.p2 not in _KEYS or command.p1 != 0x11:
            raise _Status(0x6A86)
        key = self._private_key(command.p2)
        if command.p2 in _PIN_KEYS and not session.pin_shown:
            raise _Status(0x6982)
        if command.p2 == 0x9C and not fresh:
            raise _Status(0x6982)  # PIN always: VERIFY must be the command before
        match parts:
            case {0x82: b"", 0x81: digest} if len(digest) == 32 and len(parts) == 2:
                signature = key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
                return _template(0x82, signature)
            case {0x82: b"", 0x85: point} if command.p2 == 0x9D and len(parts) == 2:
                try:
                    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
                except ValueError as error:
                    raise _Status(0x6A80) from error
                return _template(0x82, key.exchange(ec.ECDH(), other))
            case _:
                raise _Status(0x6A80)

    def _authenticate_management(
        self, session: _Session, algorithm: int, parts: dict[int, bytes]
    ) -> bytes:
        """Mutual authentication: a witness from us, a challenge from the other side."""
        if algorithm != self.state.management_algorithm:
            raise _Status(0x6A86)
        witness, session.witness = session.witness, None
        match parts:
            case {0x80: b""} if len(parts) == 1:
                session.management_shown = False
                session.witness = self._random_bytes(16)
                return _template(0x80, self._encrypted(session.witness))
            case {0x80: shown, 0x81: challenge} if len(parts) == 2 and len(challenge) == 16:
                session.management_shown = False
                if witness is None or not hmac.compare_digest(shown, witness):
                    raise _Status(0x6982)
                session.management_shown = True
                return _template(0x82, self._encrypted(challenge))
            case _:
                raise _Status(0x6A80)

    def _encrypted(self, block: bytes) -> bytes:
        cipher = Cipher(algorithms.AES(self.state.management_key), modes.ECB())  # noqa: S305 - one block, as the standard has it
        encryptor = cipher.encryptor()
        return encryptor.update(block) + encryptor.finalize()


def _parsed(command: bytes) -> _Command:
    """Return a short APDU of cases 1 to 4 (ISO/IEC 7816-4 §5.1); anything else is 6700."""
    if len(command) < 4:
        raise _Status(0x6700)
    cla, ins, p1, p2 = command[:4]
    body = command[4:]
    if not body:
        return _Command(cla, ins, p1, p2, b"", None)
    if len(body) == 1:
        return _Command(cla, ins, p1, p2, b"", body[0] or 256)
    size, content = body[0], body[1:]
    if size and len(content) == size:
        return _Command(cla, ins, p1, p2, content, None)
    if size and len(content) == size + 1:
        return _Command(cla, ins, p1, p2, content[:-1], content[-1] or 256)
    raise _Status(0x6700)


def _collected(session: _Session, command: _Command) -> _Command | None:
    """Add a part to the chain; return the whole command once the last part is there."""
    if session.chain_of not in (None, command.header):
        if not command.chained:
            return command  # a broken chain of another command is kept meanwhile
        _end_chain(session)
    session.chain += command.content
    if len(session.chain) > 16_384:
        _end_chain(session)
        raise _Status(0x6A84)
    if command.chained:
        session.chain_of = command.header
        return None
    whole = dataclasses.replace(command, content=bytes(session.chain))
    _end_chain(session)
    return whole


def _end_chain(session: _Session) -> None:
    session.chain_of = session.in_place = None
    session.chain.clear()


def _check_pin_form(shown: bytes) -> None:
    digits = shown.rstrip(b"\xff")
    if len(shown) != 8 or len(digits) < 6 or not digits.isdigit():
        raise _Status(0x6A80)


def _tlv(content: bytes) -> tuple[int, bytes, bytes]:
    """Return one-byte tag, value and rest; anything that does not fit is 6A80."""
    if not content:
        raise _Status(0x6A80)
    size, head = _announced(content, 1)
    if len(content) < head + size:
        raise _Status(0x6A80)
    return content[0], content[head : head + size], content[head + size :]


def _announced(content: bytes, at: int) -> tuple[int, int]:
    """Return the length that stands at `at`, and where the value begins."""
    first = content[at : at + 1]
    if first and first[0] < 0x80:
        return first[0], at + 1
    count = {b"\x81": 1, b"\x82": 2}.get(first, 0)
    digits = content[at + 1 : at + 1 + count]
    if not count or len(digits) != count:
        raise _Status(0x6A80)
    return int.from_bytes(digits, "big"), at + 1 + count


def _parts(template: bytes) -> dict[int, bytes]:
    parts: dict[int, bytes] = {}
    while template:
        tag, value, template = _tlv(template)
        if tag in parts:
            raise _Status(0x6A80)
        parts[tag] = value
    return parts


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    return bytes((0x81, size)) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")


def _template(tag: int, value: bytes) -> bytes:
    inner = bytes((tag,)) + _length(len(value)) + value
    return b"\x7c" + _length(len(inner)) + inner

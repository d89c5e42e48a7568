"""Making our cards from blank PIV cards; only the centre does this.

Rules. Private keys are made on the card and never leave it. The order is: keys, certificates, empty
objects, PIN and PUK, the management key last, so that a card that failed in the making still has
its factory key and can be reset by its maker's tool; such a card is put aside, never half used.
What was made is checked over a fresh connection by the same code that boards use, with a proof of
each key. What applets do differently stands in `cardio.applets`.

Never here: the card authority's key (the `certify` callback has it), and which cards exist.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from cardio.applets import Applet, KeyWay
from cardio.card_writer import CardWriter, ManagementKey, NotWritten
from cardio.certificate_object import wrap_certificate
from cardio.genuine import prove_card, read_certificate
from cardio.piv import CERTIFICATE_OF, CardError, ManagementAlgorithm, ObjectId, Piv, Slot
from cardio.share_seal import open_share, seal_share
from common import chain
from common.chain import CardIdentity, CardKind
from common.errors import Refused
from hal.card_reader import CardConnection, CardReader

KEYS_OF: Mapping[CardKind, tuple[Slot, ...]] = {
    CardKind.VOTER: (Slot.CARD_AUTHENTICATION,),
    CardKind.COURIER: (Slot.CARD_AUTHENTICATION,),
    CardKind.OFFICIAL: (Slot.CARD_AUTHENTICATION, Slot.AUTHENTICATION, Slot.SIGNATURE),
    CardKind.SHARE: (Slot.CARD_AUTHENTICATION, Slot.KEY_MANAGEMENT),
}
"""Which keys a card of each kind has."""

RECORD_OBJECTS = (
    ObjectId.RETIRED_CERTIFICATE_1,
    ObjectId.RETIRED_CERTIFICATE_2,
    ObjectId.RETIRED_CERTIFICATE_3,
    ObjectId.RETIRED_CERTIFICATE_4,
    ObjectId.RETIRED_CERTIFICATE_5,
)

Certify = Callable[[Slot, CardIdentity], bytes]
"""Returns the certificate (DER) for a slot; `CardIdentity.public_key` is that slot's point."""

InstallKey = Callable[[ManagementAlgorithm, bytes], None]
"""Puts the management key on a card whose applet takes it from the issuer's tool only."""


class NotMade(Exception):
    """The card did not become what it should; put it aside. The text says at which step."""


@dataclass(frozen=True, slots=True)
class CardOrder:
    """One card to be made.

    Attributes:
        number: of the card within its kind and station, from 1; an official's card has the
            official's number.
        role, name: empty on voter and courier cards.
        pin, puk: digits, 6 to 8 and 8; on voter and courier cards random ones that nobody keeps.
        management_key: as long as the applet's algorithm wants it (`cardio.management`).
    """

    kind: CardKind
    station: str
    number: int
    role: str
    name: str
    pin: str = field(repr=False)
    puk: str = field(repr=False)
    management_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A card that was made and checked.

    Attributes:
        certificates: DER, by slot.
        points: uncompressed public points (65 bytes), by slot.
    """

    certificates: Mapping[Slot, bytes]
    points: Mapping[Slot, bytes]

    @property
    def key_hash(self) -> bytes:
        """SHA-256 (32 bytes) of the 9E point, to which records are bound."""
        return hashlib.sha256(self.points[Slot.CARD_AUTHENTICATION]).digest()


def random_digits(count: int, random_bytes: Callable[[int], bytes]) -> str:
    """Return so many random decimal digits, each as likely as the others."""
    digits = ""
    while len(digits) < count:
        digits += "".join(str(byte % 10) for byte in random_bytes(count) if byte < 250)
    return digits[:count]


@dataclass(frozen=True, slots=True)
class CardMaker:
    """Makes cards of one applet for one card authority.

    Attributes:
        certify: signs for the card authority.
        authority_der: the card authority's certificate, for the check.
        install_key: needed for an applet whose `key_way` is ISSUER; called between the two
            connections, while the card has no dialogue with us.
    """

    applet: Applet
    certify: Certify
    authority_der: bytes
    random_bytes: Callable[[int], bytes]
    install_key: InstallKey | None = None

    def make(self, reader: CardReader, order: CardOrder, now: dt.datetime) -> MadeCard:
        """Make the blank card in the reader into the one ordered, and check it.

        Args:
            reader: with the blank card in it.
            now: aware.

        Raises:
            NotMade: some step failed.
            CardGone: the card was taken out.
            ValueError: the applet needs `install_key`, or the management key has a wrong size.
        """
        by_issuer = self.applet.key_way is KeyWay.ISSUER
        if by_issuer and self.install_key is None:
            raise ValueError(f"{self.applet.name} takes its management key from a tool: name it")
        if len(order.management_key) != self.applet.algorithm.key_size:
            raise ValueError(f"the management key needs {self.applet.algorithm.key_size} bytes")
        with contextlib.closing(reader.connect()) as connection:
            made = self._write(Piv(connection), order)
        if by_issuer and self.install_key is not None:
            self.install_key(self.applet.algorithm, order.management_key)
        with contextlib.closing(reader.connect()) as connection:
            self._check(connection, order, made, now)
        return made

    def _write(self, piv: Piv, order: CardOrder) -> MadeCard:
        applet = self.applet
        factory = ManagementKey(applet.factory_algorithm, applet.factory_key)
        with _step("showing the factory management key"):
            piv.select()
            piv.authenticate_management(factory.algorithm, factory.key, self.random_bytes)
        points: dict[Slot, bytes] = {}
        certificates: dict[Slot, bytes] = {}
        for slot in KEYS_OF[order.kind]:
            with _step(f"making key {slot:02X}"):
                points[slot] = piv.generate_key(slot)
            certificates[slot] = self.certify(slot, _identity(order, points[slot]))
        writer = CardWriter(piv, factory, self.random_bytes)
        for slot, der in certificates.items():
            with _step(f"writing certificate {slot:02X}"):
                writer.replace(CERTIFICATE_OF[slot], wrap_certificate(der))
        for identifier in RECORD_OBJECTS:
            with _step(f"emptying object {identifier:06X}"):
                writer.replace(identifier, b"")
        with _step("setting PIN and PUK"):
            piv.change_pin(applet.factory_pin, order.pin.encode("ascii"))
            piv.change_puk(applet.factory_puk, order.puk.encode("ascii"))
            piv.forget_pin()
        if applet.key_way is KeyWay.COMMAND:
            with _step("setting the management key"):
                piv.set_management_key(applet.algorithm, order.management_key)
        return MadeCard(certificates, points)

    def _check(
        self, connection: CardConnection, order: CardOrder, made: MadeCard, now: dt.datetime
    ) -> None:
        """Look at the card as a board will, and have it prove every key."""
        with _step("proving the card"):
            card = prove_card(connection, self.authority_der, order.station, now, self.random_bytes)
            _require(
                card.identity == _identity(order, made.points[Slot.CARD_AUTHENTICATION]),
                "its certificate says something else",
            )
        with _step("showing the new management key"):
            card.piv.authenticate_management(
                self.applet.algorithm, order.management_key, self.random_bytes
            )
        for slot, der in made.certificates.items():
            with _step(f"proving key {slot:02X}"):
                _require(read_certificate(card.piv, slot) == der, "another certificate is there")
                said = chain.check_card_certificate(der, self.authority_der, now)
                _require(said == _identity(order, made.points[slot]), "it says something else")
                proven = self._proves(card.piv, order, slot, made.points[slot])
                _require(proven, "certificate and key do not fit")
        for identifier in RECORD_OBJECTS:
            with _step(f"looking at object {identifier:06X}"):
                _require(card.piv.read_object(identifier) is None, "it should be empty")

    def _proves(self, piv: Piv, order: CardOrder, slot: Slot, point: bytes) -> bool:
        if slot is not Slot.CARD_AUTHENTICATION:
            piv.verify_pin(order.pin.encode("ascii"))
        challenge = self.random_bytes(32)
        if slot is Slot.KEY_MANAGEMENT:
            sealed = seal_share(challenge, point, "self-check", self.random_bytes)
            opened = open_share(sealed, point, "self-check", lambda other: piv.agree(slot, other))
            proven = opened == challenge
        else:
            signature = piv.sign(slot, hashlib.sha256(challenge).digest())
            proven = chain.verify_point(point, challenge, signature)
        if slot is not Slot.CARD_AUTHENTICATION:
            piv.forget_pin()
        return proven


def _identity(order: CardOrder, point: bytes) -> CardIdentity:
    return CardIdentity(
        order.kind, order.station, order.number, order.role, order.name, public_key=point
    )


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


@contextlib.contextmanager
def _step(what: str) -> Iterator[None]:
    """Tell what goes wrong inside by the step's name."""
    try:
        yield
    except (CardError, NotWritten, Refused, ValueError) as error:
        raise NotMade(f"{what}: {error}") from error

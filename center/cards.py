"""Making a station's cards: voter, courier, official and share cards (design §2).

The caller puts a blank PIV card into the reader and takes the made one out; `cardio.personalise`
does what is between. Here is what the cards of a station are to be: their numbers, names, PINs,
management keys and certificates.

Rules: management keys of voter, courier and share cards come from the station's secret of that
kind, which the boards that write such cards get; those of officials' cards from a secret that never
leaves the centre. PINs of people are returned once, for their letters, and kept nowhere; voter and
courier cards get random ones that nobody knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from cardio.applets import Applet
from cardio.management import derive_management_key
from cardio.personalise import CardMaker, CardOrder, InstallKey, MadeCard, random_digits
from cardio.piv import Slot
from center.authorities import Authorities
from center.commission import Person
from common import chain, records
from common.chain import CardIdentity, CardKind
from common.records import Official, ShareCard
from hal.card_reader import CardReader

PIN_DIGITS = 6
PUK_DIGITS = 8


@dataclass(frozen=True, slots=True)
class CardSecrets:
    """A station's secrets of the kinds of card, 32 bytes each."""

    voter: bytes = field(repr=False)
    courier: bytes = field(repr=False)
    share: bytes = field(repr=False)
    official: bytes = field(repr=False)

    @classmethod
    def make(cls, random_bytes: Callable[[int], bytes]) -> CardSecrets:
        """Make them."""
        return cls(*(random_bytes(32) for _ in range(4)))

    def of(self, kind: CardKind) -> bytes:
        """Return the secret of a kind."""
        match kind:
            case CardKind.VOTER:
                return self.voter
            case CardKind.COURIER:
                return self.courier
            case CardKind.SHARE:
                return self.share
            case CardKind.OFFICIAL:
                return self.official


@dataclass(frozen=True, slots=True)
class PersonalCard:
    """What goes into the letter to a person: PIN and PUK of a card."""

    name: str
    what: str
    pin: str = field(repr=False)
    puk: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeOfficialCard:
    """An official's card, as the package will name it."""

    official: Official
    letter: PersonalCard


@dataclass(frozen=True, slots=True)
class MadeShareCard:
    """A share card, as the package will name it."""

    card: ShareCard
    letter: PersonalCard


@dataclass(frozen=True, slots=True)
class CardOffice:
    """Makes the cards of one station.

    Attributes:
        not_before, not_after: validity of the certificates; aware.
        install_key: see `cardio.personalise.CardMaker`.
    """

    authorities: Authorities
    station: str
    secrets: CardSecrets
    applet: Applet
    not_before: dt.datetime
    not_after: dt.datetime
    random_bytes: Callable[[int], bytes]
    install_key: InstallKey | None = None

    def voter(self, reader: CardReader, number: int, now: dt.datetime) -> MadeCard:
        """Make the blank card in the reader into voter card `number`.

        Raises:
            cardio.personalise.NotMade, hal.card_reader.CardGone: put the card aside.
        """
        return self._make(reader, CardKind.VOTER, number, now)[0]

    def courier(self, reader: CardReader, number: int, now: dt.datetime) -> MadeCard:
        """Make the blank card in the reader into courier card `number`; raises as `voter`."""
        return self._make(reader, CardKind.COURIER, number, now)[0]

    def official(
        self, reader: CardReader, number: int, person: Person, now: dt.datetime
    ) -> MadeOfficialCard:
        """Make the card of official `number` of the package; raises as `voter`."""
        made, order = self._make(
            reader, CardKind.OFFICIAL, number, now, role=person.role.name.lower(), name=person.name
        )
        certificate = records.digest(made.certificates[Slot.SIGNATURE])
        return MadeOfficialCard(
            Official(number, person.role, person.name, certificate),
            PersonalCard(person.name, person.role.name.lower(), order.pin, order.puk),
        )

    def share(
        self, reader: CardReader, number: int, official: int, name: str, now: dt.datetime
    ) -> MadeShareCard:
        """Make share card `number`, held by `official` with this name; raises as `voter`."""
        made, order = self._make(reader, CardKind.SHARE, number, now, name=name)
        return MadeShareCard(
            ShareCard(number, official, made.points[Slot.KEY_MANAGEMENT]),
            PersonalCard(name, "share card", order.pin, order.puk),
        )

    def _make(
        self,
        reader: CardReader,
        kind: CardKind,
        number: int,
        now: dt.datetime,
        *,
        role: str = "",
        name: str = "",
    ) -> tuple[MadeCard, CardOrder]:
        order = CardOrder(
            kind=kind,
            station=self.station,
            number=number,
            role=role,
            name=name,
            pin=random_digits(PIN_DIGITS, self.random_bytes),
            puk=random_digits(PUK_DIGITS, self.random_bytes),
            management_key=derive_management_key(
                self.secrets.of(kind), kind, number, self.applet.algorithm
            ),
        )
        maker = CardMaker(
            self.applet,
            self._certify,
            self.authorities.card_certificate,
            self.random_bytes,
            self.install_key,
        )
        return maker.make(reader, order, now), order

    def _certify(self, slot: Slot, identity: CardIdentity) -> bytes:
        return chain.issue_card_certificate(
            self.authorities.card_key,
            self.authorities.card_certificate,
            identity,
            self.not_before,
            self.not_after,
            key_agreement=slot is Slot.KEY_MANAGEMENT,
        )

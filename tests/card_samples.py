"""Cards of the sample station: made by the centre's own code on simulated blank cards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import structlog
from nacl.signing import SigningKey

from cardio.applets import APPLETS, Applet
from cardio.attendant import CardAttendant
from cardio.management import derive_management_key
from cardio.messages import Configure
from cardio.personalise import CardMaker, CardOrder, MadeCard
from cardio.piv import ManagementAlgorithm, Slot
from cardio.station_records import SignedVote, StationRecords
from common import chain, records
from common.chain import CardIdentity, CardKind
from common.clock import SystemClock
from common.records import (
    Activation,
    CastVote,
    Deposit,
    Official,
    Presentation,
    ShareCard,
    Spoiled,
    SpoiledOpening,
    StationPackage,
)
from simulators.card_reader import SimCardReader, SimCardSlot
from simulators.piv_card import FLAVOURS, LIKE_OPENFIPS201, CardState, Flavour, SimPivCard
from tests import halves, samples

NOW = dt.datetime.fromtimestamp(samples.OPENS_S, dt.UTC)
SECRETS = {kind: hashlib.sha256(kind.value.encode()).digest() for kind in CardKind}
PIN, PUK = "271828", "31415926"
CONFIGURE = Configure(SECRETS[CardKind.VOTER], SECRETS[CardKind.COURIER], SECRETS[CardKind.SHARE])


def certify(slot: Slot, identity: CardIdentity) -> bytes:
    """Sign for the card authority of the samples."""
    key, authority_der = samples.authority()
    return chain.issue_card_certificate(
        key,
        authority_der,
        identity,
        NOW - dt.timedelta(days=20),
        NOW + dt.timedelta(days=60),
        key_agreement=slot is Slot.KEY_MANAGEMENT,
    )


def order(kind: CardKind, number: int, station: str = "0421") -> CardOrder:
    """Return the order for one card."""
    person = kind in (CardKind.OFFICIAL, CardKind.SHARE)
    return CardOrder(
        kind=kind,
        station=station,
        number=number,
        role="member" if person else "",
        name=f"Person {number}" if person else "",
        pin=PIN,
        puk=PUK,
        management_key=derive_management_key(SECRETS[kind], kind, number),
    )


def applet_of(flavour: Flavour) -> Applet:
    """Return the description by which the centre makes cards of this flavour."""
    return APPLETS[flavour.name]


def made(
    kind: CardKind, number: int, flavour: Flavour = LIKE_OPENFIPS201, station: str = "0421"
) -> tuple[CardState, MadeCard]:
    """Return a fresh copy of a card that the centre made (it is made once)."""
    state, card = _made(kind, number, flavour.name, station)
    return CardState.from_bytes(state), card


@cache
def _made(kind: CardKind, number: int, flavour: str, station: str) -> tuple[bytes, MadeCard]:
    random_bytes = samples.seeded(f"card {kind.value} {number} {flavour} {station}")
    card = SimPivCard(CardState.blank(FLAVOURS[flavour]), random_bytes)
    slot = SimCardSlot()
    slot.insert(card)

    def install_key(algorithm: ManagementAlgorithm, key: bytes) -> None:
        card.inject_management_key(algorithm, key)

    _, authority_der = samples.authority()
    maker = CardMaker(APPLETS[flavour], certify, authority_der, random_bytes, install_key)
    result = maker.make(SimCardReader(slot, SystemClock()), order(kind, number, station), NOW)
    return card.state.to_bytes(), result


@cache
def package() -> StationPackage:
    """Return the sample package with the cards of its officials and shares in it."""
    officials = tuple(
        Official(
            each.number,
            each.role,
            each.name,
            hashlib.sha256(
                made(CardKind.OFFICIAL, each.number)[1].certificates[Slot.SIGNATURE]
            ).digest(),
        )
        for each in samples.package().officials
    )
    shares = tuple(
        ShareCard(
            each.number,
            each.official,
            made(CardKind.SHARE, each.number)[1].points[Slot.KEY_MANAGEMENT],
        )
        for each in samples.package().share_cards
    )
    return dataclasses.replace(samples.package(), officials=officials, share_cards=shares)


@cache
def signed_package() -> bytes:
    """Return it signed."""
    return records.sign(package(), samples.ROOT)


@cache
def station_records() -> StationRecords:
    """Return what verifies the records on its cards."""
    return StationRecords(package(), records.digest(signed_package()))


def signing(board: str) -> SigningKey:
    """Return the key with which a board of the samples signs."""
    return samples.device(board).signing


def activation(key_hash: bytes, serial: int = 17, signer: str = "desk-1") -> bytes:
    """Return a signed activation for a card."""
    return records.sign(
        Activation(
            package=station_records().package_hash,
            style=1,
            presentation=Presentation.NORMAL,
            serial=serial,
            card_key=key_hash,
        ),
        signing(signer),
    )


def vote(
    key_hash: bytes, serial: int = 17, signer: str = "terminal-1", filling: bytes = b"\x5a"
) -> SignedVote:
    """Return a signed vote with its deposit for a card."""
    named = station_records().package_hash
    cast_vote = records.sign(
        CastVote(package=named, style=1, sealed=filling * package().sealed_size), signing(signer)
    )
    deposit = records.sign(
        Deposit(
            package=named, serial=serial, card_key=key_hash, cast_vote=records.digest(cast_vote)
        ),
        signing(signer),
    )
    return SignedVote(cast_vote, deposit)


def spoiled(key_hash: bytes, cast_vote: bytes, serial: int = 17, by: str = "terminal-1") -> bytes:
    """Return the signed record that a vote on a card is spoiled."""
    named = station_records().package_hash
    return records.sign(Spoiled(named, serial, key_hash, cast_vote), signing(by))


def opening(spoiled_vote: bytes, signer: str = "terminal-1") -> bytes:
    """Return the signed record of what a spoiled vote is opened with."""
    named = station_records().package_hash
    opened = SpoiledOpening(named, records.digest(spoiled_vote), b"r" * 32)
    return records.sign(opened, signing(signer))


def start_order() -> bytes:
    """Return a signed start order of the station."""
    return halves.signed_order(of=package())


@dataclass(slots=True)
class Stand:
    """A slot with an attendant behind it, and the hand that inserts cards."""

    slot: SimCardSlot
    reader: SimCardReader
    attendant: CardAttendant
    random_bytes: Callable[[int], bytes]

    @classmethod
    def make(
        cls,
        label: str = "stand",
        configured: bool = True,
        of: StationRecords | None = None,
    ) -> Stand:
        """Return one whose board has given the secrets, or not yet."""
        slot = SimCardSlot()
        random_bytes = samples.seeded(label)
        reader = SimCardReader(slot, SystemClock())
        attendant = CardAttendant(
            reader,
            of or station_records(),
            now=lambda: NOW,
            random_bytes=random_bytes,
            log=structlog.get_logger(),
        )
        if configured:
            attendant.carry_out(1, CONFIGURE)
        return cls(slot, reader, attendant, random_bytes)

    def card(
        self, kind: CardKind, number: int = 1, flavour: Flavour = LIKE_OPENFIPS201
    ) -> SimPivCard:
        """Return a made card with power off."""
        return SimPivCard(made(kind, number, flavour)[0], self.random_bytes)

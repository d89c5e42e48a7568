"""Making cards: what comes out, on every flavour, and what happens when it goes wrong."""

import dataclasses
import hashlib
from collections import Counter

import pytest

from cardio.applets import APPLETS, OPENFIPS201, YUBIKEY, Applet
from cardio.certificate_object import unwrap_certificate
from cardio.personalise import (
    KEYS_OF,
    CardMaker,
    MadeCard,
    NotMade,
    random_digits,
)
from cardio.piv import ManagementAlgorithm, Slot
from common import chain
from common.chain import CardKind
from common.clock import SystemClock
from hal.card_reader import CardGone
from simulators.card_reader import SimBankCard, SimCardReader, SimCardSlot
from simulators.piv_card import (
    FACTORY_MANAGEMENT_KEY,
    FLAVOURS,
    LIKE_YUBIKEY,
    CardState,
    Flavour,
    SimPivCard,
)
from tests import card_samples, samples
from tests.card_samples import NOW, order

EVERY_FLAVOUR = pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())


@EVERY_FLAVOUR
@pytest.mark.parametrize("kind", CardKind)
def test_a_card_of_each_kind(kind: CardKind, flavour: Flavour) -> None:
    state, made = card_samples.made(kind, 3, flavour)
    asked = order(kind, 3)
    assert set(state.keys) == set(made.certificates) == set(made.points) == set(KEYS_OF[kind])
    assert state.management_key == asked.management_key
    assert state.management_algorithm == ManagementAlgorithm.AES_256
    assert state.pin == asked.pin.encode().ljust(8, b"\xff")
    assert state.puk == asked.puk.encode()
    assert (state.pin_left, state.puk_left) == (3, 3)
    assert made.key_hash == hashlib.sha256(made.points[Slot.CARD_AUTHENTICATION]).digest()
    _, authority_der = samples.authority()
    for slot, der in made.certificates.items():
        identity = chain.check_card_certificate(der, authority_der, NOW)
        assert (identity.kind, identity.number, identity.station) == (kind, 3, "0421")
        assert identity.public_key == made.points[slot]
    assert {unwrap_certificate(content) for content in state.objects.values()} == set(
        made.certificates.values()
    )


def test_applets_and_flavours_agree_on_what_there_is() -> None:
    assert APPLETS.keys() == FLAVOURS.keys()
    for applet in APPLETS.values():
        assert applet.factory_key == FACTORY_MANAGEMENT_KEY
        assert applet.factory_key.hex() not in repr(applet)


def maker(applet: Applet = YUBIKEY, certify: object = None) -> CardMaker:
    _, authority_der = samples.authority()
    return CardMaker(
        applet,
        card_samples.certify if certify is None else certify,  # type: ignore[arg-type]  # a test's own
        authority_der,
        samples.seeded("maker"),
    )


def blank(flavour: Flavour = LIKE_YUBIKEY) -> tuple[SimPivCard, SimCardReader]:
    card = SimPivCard(CardState.blank(flavour), samples.seeded("blank"))
    slot = SimCardSlot()
    slot.insert(card)
    return card, SimCardReader(slot, SystemClock())


def test_a_card_that_is_not_blank() -> None:
    card, reader = blank()
    card.state.management_key = bytes(24)
    with pytest.raises(NotMade, match="factory management key"):
        maker().make(reader, order(CardKind.VOTER, 1), NOW)


def test_a_card_with_another_pin() -> None:
    card, reader = blank()
    card.state.pin = b"99999999"
    with pytest.raises(NotMade, match="PIN and PUK"):
        maker().make(reader, order(CardKind.VOTER, 1), NOW)
    assert card.state.management_key == FACTORY_MANAGEMENT_KEY


def test_no_piv_card_at_all() -> None:
    slot = SimCardSlot()
    slot.insert(SimBankCard())
    with pytest.raises(NotMade, match="SELECT"):
        maker().make(SimCardReader(slot, SystemClock()), order(CardKind.VOTER, 1), NOW)


def test_a_card_that_forgets_what_is_written() -> None:
    card, reader = blank()
    card.faults.writes_lost = True
    with pytest.raises(NotMade, match="writing certificate 9E"):
        maker().make(reader, order(CardKind.VOTER, 1), NOW)


def test_a_certificate_of_another_authority() -> None:
    key, _ = samples.authority()
    other = chain.issue_authority(key, "Somebody else", NOW)

    def certify(slot: Slot, identity: chain.CardIdentity) -> bytes:
        return chain.issue_card_certificate(key, other, identity, NOW, NOW)

    _, reader = blank()
    with pytest.raises(NotMade, match="proving the card"):
        maker(certify=certify).make(reader, order(CardKind.VOTER, 1), NOW)


def test_a_certificate_that_says_something_else() -> None:
    def certify(slot: Slot, identity: chain.CardIdentity) -> bytes:
        return card_samples.certify(slot, dataclasses.replace(identity, number=2))

    _, reader = blank()
    with pytest.raises(NotMade, match="says something else"):
        maker(certify=certify).make(reader, order(CardKind.VOTER, 1), NOW)


def test_a_certificate_for_another_key() -> None:
    def certify(slot: Slot, identity: chain.CardIdentity) -> bytes:
        other = card_samples.made(CardKind.OFFICIAL, 9)[1].points[Slot.SIGNATURE]
        changed = dataclasses.replace(identity, public_key=other)
        return card_samples.certify(slot, changed if slot is Slot.SIGNATURE else identity)

    _, reader = blank()
    with pytest.raises(NotMade, match="proving key 9C"):
        maker(certify=certify).make(reader, order(CardKind.OFFICIAL, 1), NOW)


def test_a_card_whose_signature_key_is_another_than_certified() -> None:
    card, reader = blank()
    made: list[MadeCard] = []

    def certify(slot: Slot, identity: chain.CardIdentity) -> bytes:
        if slot is Slot.SIGNATURE:
            card.state.keys[Slot.SIGNATURE] = (77).to_bytes(32, "big")
        return card_samples.certify(slot, identity)

    with pytest.raises(NotMade, match="proving key 9C: certificate and key do not fit"):
        made.append(maker(certify=certify).make(reader, order(CardKind.OFFICIAL, 1), NOW))
    assert not made


def test_a_card_pulled_out() -> None:
    card, reader = blank()
    card.faults.power_lost_after = 9
    with pytest.raises(CardGone):
        maker().make(reader, order(CardKind.VOTER, 1), NOW)


def test_what_the_maker_is_told_must_fit() -> None:
    _, reader = blank()
    with pytest.raises(ValueError, match="openfips201 takes its management key from a tool"):
        maker(OPENFIPS201).make(reader, order(CardKind.VOTER, 1), NOW)
    asked = dataclasses.replace(order(CardKind.VOTER, 1), management_key=bytes(16))
    with pytest.raises(ValueError, match="32 bytes"):
        maker().make(reader, asked, NOW)


def test_an_order_shows_no_secret() -> None:
    asked = order(CardKind.SHARE, 1)
    for secret in (asked.pin, asked.puk, repr(asked.management_key)):
        assert secret not in repr(asked)


def test_random_digits() -> None:
    random_bytes = samples.seeded("digits")
    drawn = Counter("".join(random_digits(8, random_bytes) for _ in range(1000)))
    assert set(drawn) == set("0123456789")
    assert all(650 < count < 950 for count in drawn.values())
    assert random_digits(6, lambda size: bytes(range(246, 246 + size))) == "678967"

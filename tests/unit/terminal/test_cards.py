"""What a card means: notifications become events, and only this station's records count."""

from __future__ import annotations

import dataclasses
import re

import pytest

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    OfficialCardSeen,
    ReaderMissing,
    ShareCardSeen,
    VoterCardSeen,
)
from center.book_texts import terminal_reasons
from common import cose, records
from common.errors import Reason
from common.records import Activation, Presentation, StartOrder
from terminal import cards, events
from terminal.events import Event, UnfitCardSeen
from terminal.state import PROGRAM_ROOT
from tests import halves, samples

KEY = b"k" * 32
ACTIVATION = Activation(samples.package_hash(), 2, Presentation.NORMAL, 77, KEY)
SIGNED_ORDER = halves.signed_order()
ORDER = StartOrder.from_bytes(cose.payload_of(SIGNED_ORDER))
STATION = cards.Station(samples.package(), samples.package_hash(), None)


def activated(activation: Activation = ACTIVATION, signer: str = "desk-1") -> bytes:
    return records.sign(activation, samples.device(signer).signing)


def flipped(signed: bytes) -> bytes:
    """Return the bytes with their last bit changed."""
    return signed[:-1] + bytes([signed[-1] ^ 1])


def voter_card(
    activation: bytes | None, cast_vote: bytes | None = None, *, torn: bool = False
) -> Event:
    """Return the event of a voter card with these records."""
    deposit = None if cast_vote is None else b"deposit"
    seen = VoterCardSeen(5, KEY, activation, cast_vote, deposit, torn)
    return cards.event_of(seen, STATION, after_hours=False)


def courier_card(
    start_order: bytes | None, station: cards.Station = STATION, *, after_hours: bool = False
) -> Event:
    """Return the event of a courier card with this order."""
    return cards.event_of(CourierCardSeen(1, start_order, False), station, after_hours=after_hours)


def test_an_activated_card() -> None:
    expected = events.ActivatedCardSeen(2, Presentation.NORMAL, 77, KEY)
    assert voter_card(activated()) == expected
    assert voter_card(activated(signer="desk-spare")) == expected
    assert voter_card(activated(), torn=True) == expected, "a torn deposit is none"


def test_a_voted_card_whatever_else_is_on_it() -> None:
    expected = events.VotedCardSeen(KEY, records.digest(b"vote"))
    assert voter_card(None, b"vote") == expected
    assert voter_card(activated(), b"vote") == expected


@pytest.mark.parametrize("torn", [False, True])
def test_a_card_without_activation(torn: bool) -> None:
    assert voter_card(None, torn=torn) == UnfitCardSeen(Reason.CARD_NOT_ACTIVATED)


@pytest.mark.parametrize(
    ("activation", "reason"),
    [
        (activated(signer="terminal-1"), Reason.CARD_NOT_ACTIVATED),
        (activated(signer="stranger"), Reason.CARD_NOT_ACTIVATED),
        (flipped(activated()), Reason.CARD_NOT_ACTIVATED),
        (b"", Reason.CARD_NOT_ACTIVATED),
        (
            activated(dataclasses.replace(ACTIVATION, package=b"x" * 32)),
            Reason.CARD_OTHER_ELECTION,
        ),
        (activated(dataclasses.replace(ACTIVATION, card_key=b"x" * 32)), Reason.CARD_COPIED),
    ],
)
def test_activations_that_do_not_count(activation: bytes, reason: Reason) -> None:
    assert voter_card(activation) == UnfitCardSeen(reason)


@pytest.mark.parametrize("after_hours", [False, True])
def test_the_courier_card(after_hours: bool) -> None:
    expected = events.CourierCardSeen(SIGNED_ORDER, after_hours)
    assert courier_card(SIGNED_ORDER, after_hours=after_hours) == expected
    opened = dataclasses.replace(STATION, start_order=SIGNED_ORDER)
    assert courier_card(SIGNED_ORDER, opened, after_hours=after_hours) == expected


@pytest.mark.parametrize(
    "order",
    [
        None,
        b"",
        flipped(SIGNED_ORDER),
        records.sign(ORDER, samples.device("accumulator").signing),
        records.sign(dataclasses.replace(ORDER, station="0412"), samples.STATION_KEYS.station),
        records.sign(dataclasses.replace(ORDER, package=b"x" * 32), samples.STATION_KEYS.station),
    ],
)
def test_start_orders_that_open_nothing(order: bytes | None) -> None:
    assert courier_card(order) == UnfitCardSeen(Reason.COURIER_HOLDS_NOTHING)


def test_another_start_order_than_todays() -> None:
    other = records.sign(dataclasses.replace(ORDER, opened_ms=2_000), samples.STATION_KEYS.station)
    opened = dataclasses.replace(STATION, start_order=SIGNED_ORDER)
    assert courier_card(other, opened) == UnfitCardSeen(Reason.RECORD_OTHER_START_ORDER)


@pytest.mark.parametrize(
    ("seen", "event"),
    [
        (ReaderMissing(), events.ReaderLost()),
        (CardRemoved(), events.CardRemoved()),
        (OfficialCardSeen(1, "chair", "A", b"", 3), UnfitCardSeen(Reason.CARD_OFFICIAL_HERE)),
        (ShareCardSeen(1, 1, 3), UnfitCardSeen(Reason.CARD_SHARE_HERE)),
        (CardRefused(Reason.CARD_FOREIGN), UnfitCardSeen(Reason.CARD_FOREIGN)),
        (
            CardRefused(Reason.CARD_OTHER_STATION, (("expected", "0421"), ("found", "0412"))),
            UnfitCardSeen(Reason.CARD_OTHER_STATION),
        ),
    ],
)
def test_other_notifications(
    seen: ReaderMissing | CardRemoved | OfficialCardSeen | ShareCardSeen | CardRefused, event: Event
) -> None:
    assert cards.event_of(seen, STATION, after_hours=False) == event


@pytest.mark.parametrize("package", ["terminal", "cardio"])
def test_every_reason_that_can_come_up_has_a_page_of_its_own(package: str) -> None:
    at_operators_boards = {"pin_slot.py", "pin_page.py", "share_quorum.py", "share_round.py"}
    files = (PROGRAM_ROOT / package).glob("*.py")
    sources = [path.read_text() for path in files if path.name not in at_operators_boards]
    named = set(re.findall(r"Reason\.([A-Z_]+)", "".join(sources)))
    asked_for = {"PIN_WRONG", "PIN_BLOCKED", "PIN_FORMAT", "SHARE_MISSING", "SHARE_DAMAGED"}
    asked_for |= {"SIGNATURE_REFUSED"}  # answers to what a terminal never asks
    pages = {reason.name for reason in terminal_reasons()}
    assert len(named) > 10
    assert named - asked_for <= pages

"""The messages between board and cardiod: there and back, and what is refused."""

import dataclasses
from typing import get_args

import pytest

from cardio import messages
from cardio.messages import (
    Activate,
    Answer,
    CardRefused,
    CardRemoved,
    ClearShare,
    Configure,
    CourierCardSeen,
    Done,
    EraseCard,
    Failed,
    Look,
    MessageError,
    Notification,
    OfficialCardSeen,
    OpenSpoiled,
    ReaderMissing,
    ReadShare,
    Request,
    ShareCardSeen,
    ShareRead,
    SignAct,
    Signed,
    SpoilVote,
    StoreVote,
    VoterCardSeen,
    WriteShare,
    WriteStartOrder,
    WriteTallyHalf,
    decode_from_cardiod,
    decode_request,
    encode_answer,
    encode_notification,
    encode_request,
    facts_of,
)
from common.bus import channel_pair
from common.errors import Reason, Thing, text
from common.records import BoardKind

NOTIFICATIONS: tuple[Notification, ...] = (
    ReaderMissing(),
    CardRemoved(),
    VoterCardSeen(5, b"h" * 32, b"activation", None, None, torn=False),
    VoterCardSeen(5, b"h" * 32, None, b"cast", b"deposit", torn=True),
    VoterCardSeen(5, b"h" * 32, None, None, None, False, b"spoiled", b"opening"),
    CourierCardSeen(1, None, torn=True),
    CourierCardSeen(1, b"order", torn=False),
    CourierCardSeen(1, None, False, b"half", b"shares"),
    OfficialCardSeen(2, "хатшы", "Әбдіғаппар Ғ.", b"der", 3),
    ShareCardSeen(2, 2, 0),
    CardRefused(Reason.CARD_MUTE),
    CardRefused(Reason.CARD_OTHER_STATION, (("expected", "0421"), ("found", "0412"))),
)
REQUESTS: tuple[Request, ...] = (
    Configure(),
    Configure(b"v" * 32, None, b"s" * 32),
    Look(),
    Activate(b"activation"),
    StoreVote(b"cast", b"deposit"),
    SpoilVote(b"spoiled"),
    OpenSpoiled(b"opening"),
    EraseCard(b"h" * 32),
    WriteStartOrder(b"order"),
    WriteTallyHalf(b"half", b"shares"),
    SignAct("123456", b"x" * 50_000),
    WriteShare("123456", BoardKind.DESK, b"share"),
    ReadShare("123456", BoardKind.ACCUMULATOR),
    ClearShare("123456"),
)
ANSWERS: tuple[Answer, ...] = (
    Done(1),
    Signed(2, b"s" * 64, b"der"),
    ShareRead(3, b"share"),
    Failed(4, Reason.PIN_BLOCKED),
    Failed(4, Reason.PIN_WRONG, (("attempts", 2),)),
)


def name(message: object) -> str:
    return type(message).__name__


def over_the_bus(array: tuple[object, ...]) -> tuple[object, ...]:
    left, right = channel_pair()
    with left, right:
        left.send(array)
        received = right.receive(1)
    assert received is not None
    return received


@pytest.mark.parametrize("message", NOTIFICATIONS, ids=name)
def test_notifications_travel(message: Notification) -> None:
    assert decode_from_cardiod(over_the_bus(encode_notification(message))) == message


@pytest.mark.parametrize("message", ANSWERS, ids=name)
def test_answers_travel(message: Answer) -> None:
    assert decode_from_cardiod(over_the_bus(encode_answer(message))) == message


@pytest.mark.parametrize("message", REQUESTS, ids=name)
def test_requests_travel_with_their_number(message: Request) -> None:
    assert decode_request(over_the_bus(encode_request(77, message))) == (77, message)


def test_the_samples_are_all_there_are() -> None:
    for union, samples in ((Notification, NOTIFICATIONS), (Request, REQUESTS), (Answer, ANSWERS)):
        assert set(get_args(union)) == {type(sample) for sample in samples}


def test_numbers_of_kinds_do_not_change() -> None:
    """A board and a cardiod of two versions must not take one message for another."""
    assert {number: kind.__name__ for kind, number in messages._KINDS.items()} == {
        1: "ReaderMissing",
        2: "CardRemoved",
        3: "VoterCardSeen",
        4: "CourierCardSeen",
        5: "OfficialCardSeen",
        6: "ShareCardSeen",
        7: "CardRefused",
        20: "Configure",
        21: "Look",
        22: "Activate",
        23: "StoreVote",
        31: "SpoilVote",
        32: "OpenSpoiled",
        24: "EraseCard",
        25: "WriteStartOrder",
        26: "SignAct",
        27: "WriteShare",
        28: "ReadShare",
        29: "ClearShare",
        30: "WriteTallyHalf",
        40: "Done",
        41: "Signed",
        42: "ShareRead",
        43: "Failed",
    }


@pytest.mark.parametrize(
    "array",
    [
        (),
        ("1",),
        (0,),
        (20, 1, None, None, None),  # a request where a notification is expected
        (1, 1),
        (3, 5, b"h", None, None, None),
        (3, "5", b"h", None, None, None, False),
        (3, True, b"h", None, None, None, False),
        (3, 5, b"h", "activation", None, None, False),
        (3, 5, b"h", None, None, None, 0),
        (7, 999_999, ()),
        (7, "x", ()),
        (7, 200, (("a",),)),
        (7, 200, ((1, 2),)),
        (7, 200, (("a", None),)),
        (7, 200, 5),
        (40,),
        (40, None),
        (41, 1, b"s", None),
    ],
)
def test_what_is_no_message_from_cardiod(array: tuple[object, ...]) -> None:
    with pytest.raises(MessageError):
        decode_from_cardiod(array)


@pytest.mark.parametrize(
    "array",
    [
        (),
        (1,),
        (40, 1),
        (21,),
        (21, "1"),
        (21, 1, 1),
        (22, 1),
        (22, 1, None),
        (26, 1, b"123456", b"tbs"),
        (28, 1, 123456, 1),
        (28, 1, "123456"),
        (28, 1, "123456", 9),
        (28, 1, "123456", "1"),
        (28, 1, "123456", True),
    ],
)
def test_what_is_no_request(array: tuple[object, ...]) -> None:
    with pytest.raises(MessageError):
        decode_request(array)


def test_messages_cannot_be_changed() -> None:
    for message in (*NOTIFICATIONS, *REQUESTS, *ANSWERS):
        assert dataclasses.is_dataclass(message)
        for entry in dataclasses.fields(message):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(message, entry.name, None)


def test_facts_fill_their_text() -> None:
    facts = facts_of({"thing": Thing.SHARE, "found": 3})
    shown = text(Reason.RECORD_TOO_LARGE, "kk", **dict(facts))
    assert "3" in shown
    assert facts == (("found", 3), ("thing", "share"))
    refused = CardRefused(Reason.CARD_OTHER_STATION, (("expected", "0421"), ("found", "0412")))
    for language in ("kk", "ru", "en"):
        shown = text(refused.reason, language, **dict(refused.facts))
        assert "0412" in shown
        assert "0421" in shown

"""Shares are read card by card until a quorum has shown theirs; only right ones count, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cardio.messages import CardRemoved, Facts, Failed, OfficialCardSeen, ShareCardSeen, ShareRead
from cardio.share_quorum import SharePins, ShareQuorum
from common import shares
from common.catalogue import EventType
from common.errors import Reason
from common.notice import Notice
from common.pages import Touched
from common.shares import Share
from tests import samples

PACKAGE = samples.package()
PIN = "314159"
SECRET, PUBLIC = samples.seeded("half")(32), (b"X" * 32,)
OF_TODAY = shares.split(SECRET, PUBLIC, PACKAGE.quorum, len(PACKAGE.share_cards) + 1)
OF_ANOTHER_DAY = shares.split(SECRET, PUBLIC, PACKAGE.quorum, len(PACKAGE.share_cards) + 1)
PINS = SharePins(shares.key_name(PUBLIC), tuple(share.commitment() for share in OF_TODAY))
Asked = tuple[object, ...]


def ask(pin: str) -> Asked:
    return ("ask", pin)


def record(event: EventType, facts: Facts) -> Asked:
    return (event, facts)


def after(quorum: ShareQuorum, *events: object) -> tuple[ShareQuorum, list[Asked]]:
    effects: list[Asked] = []
    for event in events:
        quorum, done = quorum.on(event, PACKAGE, ask, record)
        effects += done
    return quorum, effects


def shown(number: int, untrusted: bytes) -> list[object]:
    """Return what happens while a card shows what it holds."""
    typed = [*(Touched(f"pin.{digit}") for digit in PIN), Touched("pin.enter")]
    return [ShareCardSeen(number, number, 3), *typed, ShareRead(1, untrusted)]


def test_a_quorum_of_different_cards_is_enough() -> None:
    quorum, effects = after(ShareQuorum(PINS), *shown(2, OF_TODAY[1].to_bytes()))
    assert effects == [("ask", PIN), (EventType.SHARE_READ, (("official", 2),))]
    assert not quorum.is_full(PACKAGE)
    quorum, _ = after(quorum, CardRemoved(), *shown(3, OF_TODAY[2].to_bytes()))
    assert quorum.is_full(PACKAGE)
    assert shares.combine(quorum.shares.values(), SECRET.__eq__) == SECRET


def test_a_card_counts_once_and_so_does_a_share() -> None:
    quorum, _ = after(ShareQuorum(PINS), *shown(1, OF_TODAY[0].to_bytes()), CardRemoved())
    again, effects = after(quorum, *shown(1, OF_TODAY[0].to_bytes()))
    assert effects == []
    assert again.slot.notice == Notice(Reason.SHARE_ALREADY_READ)
    copied, effects = after(quorum, *shown(2, OF_TODAY[0].to_bytes()))
    assert effects == [("ask", PIN)]
    assert copied.slot.notice == Notice(Reason.SHARE_ALREADY_READ)
    assert not copied.is_full(PACKAGE)


def altered(share: Share) -> bytes:
    return Share(share.key, share.index, share.threshold, bytes(32)).to_bytes()


@pytest.mark.parametrize(
    "wrong",
    [OF_ANOTHER_DAY[0].to_bytes, lambda: altered(OF_TODAY[0]), lambda: b"torn"],
    ids=["of another day", "altered", "torn"],
)
def test_what_is_no_share_of_this_key_does_not_count(wrong: Callable[[], bytes]) -> None:
    quorum, effects = after(ShareQuorum(PINS), *shown(1, wrong()))
    assert effects == [("ask", PIN)]
    assert quorum.slot.notice == Notice(Reason.SHARE_OTHER_KEY)
    assert not quorum.shares
    quorum, _ = after(quorum, CardRemoved(), *shown(1, OF_TODAY[0].to_bytes()))
    assert len(quorum.shares) == 1


def test_other_cards_have_no_use_and_a_wrong_pin_is_journalled() -> None:
    quorum, _ = after(ShareQuorum(PINS), OfficialCardSeen(1, "chair", "A", b"der", 3))
    assert quorum.slot.notice == Notice(Reason.CARD_SHARE_EXPECTED)
    quorum, _ = after(ShareQuorum(PINS), ShareCardSeen(99, 1, 3))
    assert quorum.slot.notice == Notice(Reason.CARD_FOREIGN)
    *before, _ = shown(1, b"")
    wrong = Failed(1, Reason.PIN_WRONG, (("attempts", 2),))
    quorum, effects = after(ShareQuorum(PINS), *before, wrong)
    facts = (("official", 1), ("attempts", 2))
    assert effects == [("ask", PIN), (EventType.PIN_REFUSED, facts)]
    assert not quorum.shares


def test_no_share_is_ever_printed() -> None:
    quorum, _ = after(ShareQuorum(PINS), *shown(1, OF_TODAY[0].to_bytes()))
    assert OF_TODAY[0].piece.hex() not in repr(quorum)
    assert repr(OF_TODAY[0].piece)[2:-1] not in repr(quorum)

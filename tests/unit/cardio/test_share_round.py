"""Shares go out card by card; whose card it is, the PIN and the answer decide, nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from cardio.messages import (
    CardRemoved,
    Done,
    Facts,
    Failed,
    OfficialCardSeen,
    ReaderMissing,
    ShareCardSeen,
)
from cardio.pin_page import pin_button, pin_widgets, share_table
from cardio.share_round import ShareRound
from common.catalogue import EventType
from common.errors import LANGUAGES, Reason
from common.notice import Notice
from common.pages import Touched
from common.pintexts import PinText
from tests import samples

PACKAGE = samples.package()
Asked = tuple[object, ...]


def ask(index: int, pin: str) -> Asked:
    return ("ask", index, pin)


def record(event: EventType, facts: Facts) -> Asked:
    return (event, facts)


def after(round_: ShareRound, *events: object) -> tuple[ShareRound, list[Asked]]:
    effects: list[Asked] = []
    for event in events:
        round_, done = round_.on(event, PACKAGE, ask, record)
        effects += done
    return round_, effects


def typed(pin: str) -> list[Touched]:
    return [Touched(f"pin.{digit}") for digit in pin] + [Touched("pin.enter")]


def card(number: int) -> ShareCardSeen:
    return ShareCardSeen(number, number, 3)


def test_each_card_gets_the_share_of_its_place() -> None:
    round_, effects = ShareRound(), []
    for number in (2, 3, 1):
        round_, some = after(round_, card(number), *typed("123456"), Done(number), CardRemoved())
        effects += some
    written = EventType.SHARE_WRITTEN
    assert effects == [
        ("ask", 2, "123456"),
        (written, (("official", 2),)),
        ("ask", 3, "123456"),
        (written, (("official", 3),)),
        ("ask", 1, "123456"),
        (written, (("official", 1),)),
    ]
    assert round_.written == {1, 2, 3}


@pytest.mark.parametrize(("quorum", "enough"), [(2, 3), (3, 3)])
def test_one_more_than_the_quorum_is_enough_or_all(quorum: int, enough: int) -> None:
    package = dataclasses.replace(PACKAGE, quorum=quorum)
    found = [ShareRound(frozenset(range(1, n + 1))).enough(package) for n in range(4)]
    assert found.index(True) == enough


def test_a_card_that_left_has_no_share() -> None:
    round_, effects = after(ShareRound(), card(1), *typed("123456"), Failed(1, Reason.CARD_MOVED))
    assert not round_.written
    assert effects == [("ask", 1, "123456")]
    assert round_.slot.notice == Notice(Reason.CARD_MOVED)
    round_, effects = after(round_, CardRemoved(), Done(2))
    assert not round_.written
    assert effects == []


def test_digits_never_outlive_their_card() -> None:
    half_typed = [Touched("pin.1"), Touched("pin.2")]
    for leaves in (CardRemoved(), ReaderMissing(), card(2), OfficialCardSeen(1, "", "", b"", 3)):
        round_, _ = after(ShareRound(), card(1), *half_typed, leaves)
        assert round_.slot.digits == ""
    round_, _ = after(ShareRound(), card(1), *half_typed)
    assert "12" not in repr(round_)


def test_what_is_shown_says_who_remains_and_no_digit() -> None:
    round_, _ = after(ShareRound(frozenset({1})), card(2), Touched("pin.7"))
    for language in LANGUAGES:
        table = share_table(PACKAGE, language, done=PinText.WRITTEN, cards=round_.written)
        states = [row[-1] for row in table.rows]
        waits, written = PinText.WAITING.text(language), PinText.WRITTEN.text(language)
        assert states == [waits, waits, written]
        shown = pin_widgets(round_.slot, PACKAGE, language)
        assert [getattr(widget, "text", "") for widget in shown][2] == "•"
        assert pin_button(round_.slot, language) is not None
    busy, _ = after(round_, *typed("123456"))
    assert pin_button(busy.slot, "en") is None
    (working,) = pin_widgets(busy.slot, PACKAGE, "en")
    assert getattr(working, "text", "") == PinText.CARD_WORKING.en

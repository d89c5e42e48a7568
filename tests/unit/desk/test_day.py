"""The frame of the day: opening by the courier card, closing by it, and nothing after that."""

from __future__ import annotations

import pytest

from cardio.messages import CourierCardSeen
from common import records
from common.errors import Reason
from common.records import StartOrder
from desk.effects import CloseDesk, OpenDesk
from desk.events import Touched
from tests import samples
from tests.unit.desk.bench import NOW_MS, Bench, Card, official_card, start_order

CLOSES_MS = samples.package().closes_s * 1000


def courier(order: bytes | None) -> CourierCardSeen:
    return CourierCardSeen(1, order, torn=False)


def test_desk_opens_by_the_start_order_and_keeps_it() -> None:
    bench = Bench(opened=False)
    assert bench.page().name == "desk.waiting"
    bench.slot = courier(start_order())
    effects = bench.event(bench.slot)
    assert effects == (OpenDesk(start_order()),)
    assert bench.page().name == "desk.opened"
    bench.remove()
    assert bench.page().name == "desk.ready"


def test_nothing_is_given_before_the_opening() -> None:
    bench = Bench(opened=False)
    bench.scan("061211600012")
    bench.insert(Card(1))
    assert bench.page().name == "desk.waiting"
    assert Reason.CARD_COURIER_EXPECTED.ru in bench.says()
    assert bench.journal == []


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (start_order(package_hash=b"x" * 32), Reason.RECORD_OTHER_PACKAGE),
        (start_order(station="0412"), Reason.RECORD_OTHER_STATION),
        (start_order()[:-1], Reason.RECORD_SIGNATURE_WRONG),
    ],
)
def test_wrong_start_orders_are_refused_each_with_its_reason(
    order: bytes | None, reason: Reason
) -> None:
    bench = Bench(opened=False)
    bench.insert(courier(order))
    assert bench.page().name == "desk.waiting"
    refusal = bench.state.phase.refusal  # type: ignore[union-attr]  # the phase is Waiting
    assert refusal is not None
    assert refusal.reason is reason
    assert "?" not in bench.says()


def test_start_order_of_a_board_that_is_no_accumulator_is_refused() -> None:
    order = StartOrder("0421", samples.package_hash(), NOW_MS, (b"t" * 32,), "desk-1", b"a" * 32)
    signed = records.sign(order, samples.STATION_KEYS.station)
    bench = Bench(opened=False)
    bench.insert(courier(signed))
    assert bench.page().name == "desk.waiting"
    assert bench.state.phase.refusal.reason is Reason.RECORD_WRONG_SIGNER  # type: ignore[union-attr]  # Waiting


def test_too_early_to_close() -> None:
    bench = Bench()
    bench.now_ms = CLOSES_MS - 1
    bench.insert(courier(bench.order))
    assert bench.page().name == "desk.take-out"
    assert "18:00" in bench.says()
    bench.remove()
    assert bench.page().name == "desk.ready"


def test_closing_is_asked_and_final() -> None:
    bench = Bench()
    bench.give(1, Card(1))
    bench.now_ms = CLOSES_MS
    bench.insert(courier(bench.order))
    assert bench.page().name == "desk.close"
    bench.press("back")
    assert bench.page().name == "desk.take-out"
    bench.remove()
    bench.insert(courier(bench.order))
    effects = bench.event(Touched("close"))
    assert effects[-1] == CloseDesk()
    assert bench.page().name == "desk.closed"
    for event in (Touched("digits.1"), official_card(1).seen(), Card(2).seen()):
        assert bench.event(event) == ()
    assert bench.page().name == "desk.closed"
    bench.boot()
    assert bench.page().name == "desk.closed"
    assert bench.targets() == []


def test_courier_of_another_opening_does_not_close() -> None:
    bench = Bench()
    bench.now_ms = CLOSES_MS
    order = StartOrder("0421", samples.package_hash(), 1, (b"t" * 32,), "accumulator", b"a" * 32)
    bench.insert(courier(records.sign(order, samples.STATION_KEYS.station)))
    assert bench.page().name == "desk.take-out"
    assert bench.state.phase.refusal.reason is Reason.RECORD_OTHER_START_ORDER  # type: ignore[union-attr]  # TakeOut


def test_courier_taken_out_while_asked_leaves_the_desk_open() -> None:
    bench = Bench()
    bench.now_ms = CLOSES_MS
    bench.insert(courier(bench.order))
    bench.remove()
    assert bench.page().name == "desk.ready"
    assert not bench.closed


@pytest.mark.parametrize(
    ("language", "title"), [("kk", "Сайлаушыны тіркеу"), ("en", "Registering")]
)
def test_operator_chooses_the_language(language: str, title: str) -> None:
    bench = Bench()
    bench.event(Touched(f"language.{language}"))
    assert bench.page().title.startswith(title)
    bench.event(Touched("language.de"))
    assert bench.page().title.startswith(title)

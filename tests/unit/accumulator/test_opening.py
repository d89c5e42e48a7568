"""The morning: password, zero check, shares, act, start order, and every way to stop in between."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cardio.messages import OfficialCardSeen
from common import keys, records, tallykey
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, text
from common.records import Act, ActFact, ActKind, StartOrder
from common.shares import Share
from common.tallykey import SignedHalf
from hal.printer import PrinterState
from tests import samples
from tests.unit.accumulator.stage import (
    PASSWORD,
    PIN,
    TERRITORIAL,
    CourierCard,
    OfficialCard,
    ShareCardOf,
    Table,
    VoterCard,
    package,
    with_parameters,
)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def act_of(table: Table) -> tuple[bytes, SignedBody]:
    paths = [path for path in table.own.list() if path.startswith("acts/")]
    content = table.own.read(paths[-1]) or b""
    key = samples.device("accumulator").sign_key
    return content, SignedBody.from_bytes(content, Act.external(), key)


def test_nothing_starts_without_the_password(table: Table) -> None:
    assert table.page == "accumulator.start"
    assert table.own.read("urn.bin") is None
    table.type("password", "abc")
    table.press("enter")
    assert table.says("notice") == text(Reason.START_PASSWORD_WRONG, "en")
    assert table.journal()[-1] is EventType.START_PASSWORD_REFUSED
    table.pass_card(VoterCard())
    table.insert(CourierCard())
    assert table.page == "accumulator.start"
    assert not table.requests


def test_the_password_is_typed_in_any_script_and_never_shown(table: Table) -> None:
    table.press("password.ru")
    table.press("password.й")
    table.press("password.erase")
    table.press("password.latin")
    table.press("password.shift")
    assert "password.K" in table.names
    table.type("password", "K7QD-M2XP-94TR")
    assert table.says("typed") == "•" * 14
    table.press("enter")
    assert table.page == "accumulator.clock"
    assert PASSWORD not in repr(table.shell)


def test_after_five_wrong_passwords_a_minute_must_pass(table: Table) -> None:
    for _ in range(5):
        table.type("password", "x")
        table.press("enter")
    table.type("password", PASSWORD.lower())
    table.press("enter")
    assert table.says("notice") == text(Reason.START_PASSWORD_WAIT, "en", seconds=60)
    table.clock.unix_ms += 59_000
    table.press("enter")
    assert table.says("notice") == text(Reason.START_PASSWORD_WAIT, "en", seconds=1)
    table.clock.unix_ms += 1_000
    table.press("enter")
    assert table.page == "accumulator.clock"


def test_the_zero_report_comes_before_anything_else(table: Table) -> None:
    table.to_zero()
    assert "zero.continue" not in table.names
    table.paper.state = PrinterState.PAPER_OUT
    table.press("zero.print")
    assert table.says("notice") == text(Reason.PRINTER_PAPER_OUT, "en")
    table.paper.state = PrinterState.READY
    table.press("zero.print")
    assert len(table.paper.documents) == 1
    table.press("zero.continue")
    assert table.page == "accumulator.half"
    assert EventType.ZERO_CHECKED in table.journal()


def test_every_share_card_gets_its_own_share(table: Table) -> None:
    table.to_act()
    found = [Share.from_bytes(table.share[number].share or b"") for number in (1, 2, 3)]
    assert [share.index for share in found] == [1, 2, 3]
    assert {share.threshold for share in found} == {2}
    assert len({share.piece for share in found}) == 3
    assert table.journal().count(EventType.SHARE_WRITTEN) == 3


def test_a_wrong_pin_is_told_with_the_attempts_left(table: Table) -> None:
    table.to_shares()
    table.insert(table.share[1])
    table.type("pin", "111111")
    table.press("pin.enter")
    assert table.says("notice") == text(Reason.PIN_WRONG, "en", attempts=2)
    assert table.journal()[-1] is EventType.PIN_REFUSED
    assert table.share[1].share is None
    table.type("pin", "12")
    table.press("pin.enter")
    assert table.says("notice") == text(Reason.PIN_FORMAT, "en", minimum=6, maximum=8)
    table.press("pin.2")
    table.press("pin.clear")
    table.type("pin", PIN)
    table.press("pin.enter")
    assert table.share[1].share is not None


def test_other_cards_are_told_that_a_share_card_is_wanted(table: Table) -> None:
    table.to_shares()
    for card in (VoterCard(), OfficialCard(), CourierCard()):
        table.insert(card)
        assert table.says("notice") == text(Reason.CARD_SHARE_EXPECTED, "en")
        table.take_out()
        assert table.says("notice") is None


def test_one_broken_share_card_does_not_stop_the_opening(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.to_shares()
    table.share[2] = ShareCardOf(official=2, broken=True)
    table.with_pin(table.share[1])
    assert "shares.continue" not in table.names
    table.with_pin(table.share[2])
    assert "shares.continue" not in table.names
    table.with_pin(table.share[3])
    assert "shares.continue" not in table.names  # 3 cards, quorum 2: all of them are needed
    table.share[2].broken = False
    table.with_pin(table.share[2])
    table.press("shares.continue")
    assert table.page == "accumulator.act"


def test_a_share_card_is_written_once(table: Table) -> None:
    table.to_shares()
    table.with_pin(table.share[1])
    before = table.share[1].share
    table.insert(table.share[1])
    assert table.says("pin.who") is None
    assert "has its share" in (table.says("notice") or "")
    assert table.share[1].share == before


def test_the_chair_must_sign_and_the_technician_does_not(table: Table) -> None:
    table.to_act()
    for number in (2, 3):
        table.with_pin(table.official[number])
    table.insert(table.official[4])
    assert table.says("notice") == text(Reason.ROLE_MAY_NOT, "en", role="technician")
    table.take_out()
    assert "sign.finish" not in table.names
    table.insert(table.official[2])
    assert table.says("notice") == text(Reason.ALREADY_SIGNED, "en")
    table.take_out()
    table.with_pin(table.official[1])
    assert table.says("progress") == "Signed: 3, needed: 3"
    table.press("sign.finish")
    assert table.page == "accumulator.open"


def test_two_members_without_a_chair_are_not_enough(tmp_path: Path) -> None:
    table = Table(tmp_path, with_parameters(package(), opening_signers=2))
    table.to_act()
    table.with_pin(table.official[2])
    table.with_pin(table.official[3])
    assert "sign.finish" not in table.names
    table.with_pin(table.official[1])
    assert "sign.finish" in table.names


def test_a_stranger_with_a_good_card_does_not_sign(table: Table) -> None:
    table.to_act()

    class Stranger(OfficialCard):
        def seen(self) -> OfficialCardSeen:
            return OfficialCardSeen(1, "chair", "Somebody", b"another certificate", 3)

    table.insert(Stranger(official=1))
    assert table.says("notice") == text(Reason.CARD_CERTIFICATE_WRONG, "en")


def test_start_order_and_act_bind_each_other(table: Table) -> None:
    table.open_station()
    content, body = act_of(table)
    act = Act.from_bytes(body.payload)
    order_bytes = table.own.read("start-order.cose") or b""
    order = records.open_record(StartOrder, order_bytes, table.package.station_key)
    assert order.opening_act == hashlib.sha256(content).digest()
    assert (act.kind, act.package, act.station) == (ActKind.OPENING, table.package_hash, "0421")
    assert act.facts[ActFact.TALLY_KEY] == b"".join(order.tally_keys)
    assert (act.facts[ActFact.URN_EMPTY], act.facts[ActFact.QUORUM]) == (1, 2)
    assert act.facts[ActFact.SHARES] == 3
    assert len(body.people) == 3
    assert table.courier.start_order == order_bytes
    for path in table.own.list():
        if path.startswith("acts/") or path == "start-order.cose":
            assert table.medium is not None
            assert table.medium.folder("accumulator").read(path) == table.own.read(path)


def test_the_territorial_shares_open_either_half_with_one_other(table: Table) -> None:
    table.open_station()
    _, body = act_of(table)
    both = Act.from_bytes(body.payload).facts[ActFact.TERRITORIAL_SHARE]
    assert isinstance(both, bytes)
    order = tallykey.read_order(
        table.package, table.package_hash, table.courier.start_order or b""
    ).order
    known = tallykey.halves_of(table.package, table.package_hash, order)
    kept = [
        SignedHalf.from_bytes(table.own.read(path) or b"")
        for path in table.own.list()
        if path.startswith("halves/")
    ]
    on_cards = (Share.from_bytes(table.share[2].share or b""), table.desk_half.shares[1])
    middle = len(both) // 2
    for half, sealed, mine in zip(known, (both[:middle], both[middle:]), on_cards, strict=True):
        share = Share.from_bytes(keys.unseal(sealed, bytes(TERRITORIAL)))
        assert share.index == 4
        (signed,) = (each for each in kept if each.tally_half == half.signed)
        told = tallykey.read_shares(table.package, half, signed.half_shares)
        device = samples.device(half.board.name)
        secret = tallykey.secret_of(device, half, told, [mine, share])
        for medium in (table.own, table.medium):
            assert medium is not None
            assert all(secret not in content for content in medium.files.values())


def test_a_courier_card_gets_the_start_order_whenever_it_comes(table: Table) -> None:
    table.open_station()
    old = CourierCard(start_order=b"of yesterday")
    table.pass_card(old)
    assert old.start_order == table.courier.start_order
    before = len(table.requests)
    table.pass_card(old)
    assert len(table.requests) == before


STOPS = ("start", "zero", "half", "shares", "one share", "act", "two signatures")


def _go(table: Table, stop: str) -> None:
    if stop == "start":
        return
    if stop == "zero":
        table.unlock()
    elif stop == "half":
        table.to_half()
    elif stop in ("shares", "one share"):
        table.to_shares()
        if stop == "one share":
            table.with_pin(table.share[1])
    else:
        table.to_act()
        if stop == "two signatures":
            table.with_pin(table.official[1])
            table.with_pin(table.official[2])


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("power", [False, True])
def test_an_opening_that_was_broken_off_begins_again_with_a_new_key(
    table: Table, stop: str, power: bool
) -> None:
    _go(table, stop)
    old = {number: card.share for number, card in table.share.items()}
    if power:
        table.power_cut()
        assert table.page == "accumulator.start"
    else:
        table.restart()
        assert table.page == ("accumulator.start" if stop == "start" else "accumulator.clock")
    if table.page == "accumulator.start":
        table.unlock()
    table.confirm_clock()
    table.press("zero.print")
    table.press("zero.continue")
    table.pass_card(table.courier)
    for number in (1, 2, 3):
        table.with_pin(table.share[number])
        new = Share.from_bytes(table.share[number].share or b"")
        assert old[number] is None or Share.from_bytes(old[number] or b"").key != new.key
    table.press("shares.continue")
    for number in (1, 2, 3):
        table.with_pin(table.official[number])
    table.press("sign.finish")
    assert table.page == "accumulator.open"
    _, body = act_of(table)
    assert len(body.people) == 3


def test_an_urn_with_votes_is_not_opened(table: Table) -> None:
    table.open_station()
    table.pass_card(table.voted_card(1, ((0,), (), ())))
    for medium in (table.own, table.medium.folder("accumulator")) if table.medium else ():
        medium.remove("start-order.cose")
    table.restart()
    assert table.page == "accumulator.stopped"
    assert table.says("notice") == text(Reason.URN_NOT_EMPTY, "en", found=1)

"""The bench: what hands do reaches the board's parts, and the other way round."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.bus import BusClosed, connect
from common.media import FaultKind, MediumFault
from common.regions import Region
from hal.card_reader import CardGone, CardMute, CardReader, ReaderState
from hal.faults import PartFault
from hal.medium_slot import SlotState
from hal.printer import PrinterState
from hal.touch import TouchEvent, TouchKind
from simulators.bench import Bench, BenchConfig
from simulators.bench_client import (
    RECORDING,
    VISITING,
    BenchClient,
    BenchRefused,
    Hands,
    Moment,
    Trouble,
)
from simulators.board_parts import BenchI2c, bench_parts, describe
from simulators.piv_card import CardState
from simulators.protocol import Ask
from simulators.station import BoardOnBench
from tests.on_bench import NO_WIRING, START_MS, OnBench, running_bench

SELECT = bytes.fromhex("00A404000BA00000030800001000010000")
WRONG_PIN = bytes.fromhex("0020008008313131313131FFFF")
FRAME = 16 * 8 * 4


@pytest.fixture
def on(tmp_path: Path) -> Iterator[OnBench]:
    with running_bench(tmp_path, "desk-1", "accumulator") as on:
        yield on


@pytest.fixture
def desk(on: OnBench) -> Hands:
    return on.client.board("desk-1")


@pytest.fixture
def reader(on: OnBench) -> Iterator[CardReader]:
    reader = on.parts("desk-1").card_reader(NO_WIRING, on.clock("desk-1"))
    yield reader
    reader.close()


# Cards.


def test_a_card_is_inserted_used_and_removed(on: OnBench, desk: Hands, reader: CardReader) -> None:
    on.make_card("voter-1")
    assert reader.wait_for_change(0) is ReaderState.NO_CARD
    desk.insert_card("voter-1")
    assert desk.card == "voter-1"
    assert reader.wait_for_change(5) is ReaderState.CARD
    assert reader.wait_for_change(0.01) is ReaderState.CARD
    connection = reader.connect()
    assert connection.atr[:1] == b"\x3b"
    response, status = connection.transmit(SELECT)
    assert status == 0x9000
    assert response[:1] == b"\x61"
    assert desk.remove_card()
    with pytest.raises(CardGone):
        connection.transmit(SELECT)
    connection.close()
    assert reader.wait_for_change(5) is ReaderState.NO_CARD
    with pytest.raises(CardGone):
        reader.connect()


def test_a_card_that_was_in_before_the_daemon_is_seen(on: OnBench, desk: Hands) -> None:
    on.make_card("voter-1")
    desk.insert_card("voter-1")
    reader = on.parts("desk-1").card_reader(NO_WIRING, on.clock("desk-1"))
    assert reader.wait_for_change(0) is ReaderState.CARD
    assert reader.wait_for_change(0.01) is ReaderState.CARD
    reader.close()


def test_a_card_changed_for_another_is_first_reported_gone(
    on: OnBench, desk: Hands, reader: CardReader
) -> None:
    for card in ("voter-1", "voter-2"):
        on.make_card(card)
    desk.insert_card("voter-1")
    assert reader.wait_for_change(5) is ReaderState.CARD
    desk.remove_card()
    desk.insert_card("voter-2")
    assert reader.wait_for_change(5) is ReaderState.NO_CARD
    assert reader.wait_for_change(5) is ReaderState.CARD


def test_what_is_on_a_card_is_in_its_file(on: OnBench, desk: Hands, reader: CardReader) -> None:
    on.make_card("voter-1")
    file = on.folder / "cards" / "voter-1.card"
    desk.insert_card("voter-1")
    assert reader.wait_for_change(5) is ReaderState.CARD
    connection = reader.connect()
    connection.transmit(SELECT)
    connection.transmit(WRONG_PIN)
    connection.close()
    assert CardState.from_bytes(file.read_bytes()).pin_left == 2
    connection = reader.connect()
    connection.transmit(SELECT)
    connection.transmit(WRONG_PIN)
    desk.remove_card()
    assert CardState.from_bytes(file.read_bytes()).pin_left == 1
    desk.insert_card("voter-1")
    assert reader.wait_for_change(5) is ReaderState.NO_CARD
    assert reader.wait_for_change(5) is ReaderState.CARD
    connection = reader.connect()
    connection.transmit(SELECT)
    assert connection.transmit(WRONG_PIN)[1] == 0x63C0


def test_a_card_is_pulled_after_so_many_commands(
    on: OnBench, desk: Hands, reader: CardReader
) -> None:
    on.make_card("voter-1")
    desk.insert_card("voter-1")
    assert reader.wait_for_change(5) is ReaderState.CARD
    connection = reader.connect()
    desk.pull_after(2, Moment.AFTER)
    connection.transmit(SELECT)
    connection.transmit(SELECT)
    known = desk.count("card")
    with pytest.raises(CardGone):
        connection.transmit(WRONG_PIN)
    assert desk.wait("card", known - 1) == known + 1
    assert desk.card is None
    card = (on.folder / "cards" / "voter-1.card").read_bytes()
    assert CardState.from_bytes(card).pin_left == 2
    assert [line.what for line in desk.history("card")] == ["inserted", "pulled"]
    desk.insert_card("voter-1")


def test_the_latch_holds_a_card_and_lets_it_go(on: OnBench, desk: Hands) -> None:
    on.make_card("voter-1")
    desk.insert_card("voter-1")
    lines = on.parts("desk-1").lines(NO_WIRING, on.clock("desk-1"))
    lines.set_latch(True)
    assert not desk.remove_card()
    assert not desk.take_card(timeout_s=0.02)
    opening = threading.Timer(0.05, lines.set_latch, [False])
    opening.start()
    assert desk.take_card()
    opening.join()
    lines.close()
    assert desk.card is None


def test_cards_of_another_world(desk: Hands, reader: CardReader) -> None:
    desk.insert_strange("mute")
    assert desk.card == ""
    assert reader.wait_for_change(5) is ReaderState.CARD
    with pytest.raises(CardMute):
        reader.connect()
    desk.remove_card()
    desk.insert_strange("bank")
    reader.wait_for_change(5)
    assert reader.connect().transmit(SELECT) == (b"", 0x6A82)


def test_the_reader_is_unplugged(desk: Hands, reader: CardReader) -> None:
    assert reader.wait_for_change(0) is ReaderState.NO_CARD
    desk.unplug_reader()
    assert reader.wait_for_change(5) is ReaderState.NO_READER
    desk.plug_reader()
    assert reader.wait_for_change(5) is ReaderState.NO_CARD


def test_what_cannot_be_done_with_cards(on: OnBench, desk: Hands) -> None:
    on.make_card("voter-1")
    with pytest.raises(BenchRefused, match="no card voter-9"):
        desk.insert_card("voter-9")
    with pytest.raises(BenchRefused, match="no name of a card"):
        desk.insert_card("../voter-1")
    with pytest.raises(BenchRefused, match="there is no card in the slot"):
        desk.remove_card()
    with pytest.raises(BenchRefused, match="no kind of card gold"):
        desk.insert_strange("gold")
    desk.insert_card("voter-1")
    with pytest.raises(BenchRefused, match="voter-1 is in board desk-1"):
        on.client.board("accumulator").insert_card("voter-1")
    on.make_card("voter-2")
    with pytest.raises(BenchRefused, match="there is a card in the slot"):
        desk.insert_card("voter-2")


# Screen and fingers.


def test_frames_are_counted_and_waited_for(on: OnBench, desk: Hands) -> None:
    screen = on.parts("desk-1").screen(NO_WIRING, on.clock("desk-1"))
    assert desk.look_after(0, timeout_s=0.02) is None
    drawn = threading.Timer(0.05, screen.show, [b"\x11" * FRAME, ()])
    drawn.start()
    first = desk.look_after(0)
    drawn.join()
    assert first is not None
    assert (first.number, first.frame) == (1, b"\x11" * FRAME)
    region = Region("ok", 1, 2, 3, 4, "Иә")
    screen.show(b"\x22" * FRAME, [region])
    second = desk.look_after(first.number)
    assert second is not None
    assert (second.number, second.frame) == (2, b"\x22" * FRAME)
    assert desk.find_region("ok") == region
    assert desk.regions() == (2, (region,))
    with pytest.raises(BenchRefused, match=r"desk-1 shows no cancel within 0\.01 s, but ok"):
        desk.find_region("cancel", timeout_s=0.01)
    screen.close()


def test_a_half_drawn_frame_is_not_seen(on: OnBench, desk: Hands) -> None:
    from simulators.screen import CountedScreen

    description = describe(on.socket, "desk-1")
    screen = CountedScreen(description.screen, description.size)
    screen._count.write(1)  # as a process leaves it that is killed while it draws
    assert desk.look() is None
    assert screen.show(b"\x33" * FRAME, ()) == 1
    shown = desk.look()
    assert shown is not None
    assert shown.number == 1
    screen.close()


def test_a_region_is_touched_when_it_comes(on: OnBench, desk: Hands) -> None:
    parts, clock = on.parts("desk-1"), on.clock("desk-1")
    screen, touch = parts.screen(NO_WIRING, clock), parts.touch(NO_WIRING, clock)
    screen.show(bytes(FRAME), [Region("no", 0, 0, 1, 1)])
    later = threading.Timer(0.05, screen.show, [bytes(FRAME), [Region("yes", 10, 4, 4, 2)]])
    later.start()
    desk.touch_region("yes")
    later.join()
    assert touch.read(5) == TouchEvent(TouchKind.DOWN, 12, 5)
    assert touch.read(5) == TouchEvent(TouchKind.UP, 12, 5)
    touch.close()
    screen.close()


def test_a_touch_that_nobody_follows_is_lost(on: OnBench, desk: Hands) -> None:
    desk.touch(1, 1)
    touch = on.parts("desk-1").touch(NO_WIRING, on.clock("desk-1"))
    assert touch.read(0.01) is None
    touch.close()
    desk.touch(2, 2)
    again = on.parts("desk-1").touch(NO_WIRING, on.clock("desk-1"))
    assert again.read(0.01) is None
    desk.touch(3, 3)
    assert again.read(5) == TouchEvent(TouchKind.DOWN, 3, 3)
    again.close()


def test_keys_are_pressed(on: OnBench, desk: Hands) -> None:
    lines = on.parts("desk-1").lines(NO_WIRING, on.clock("desk-1"))
    desk.press_key(2)
    for pressed in (True, False):
        event = lines.read_keys(5)
        assert event is not None
        assert (event.key, event.pressed) == (2, pressed)
    desk.fail_next("lines")
    with pytest.raises(PartFault, match="lines: it does not answer"):
        lines.set_lamp(True)
    lines.set_lamp(True)
    assert desk.lit
    lines.close()
    assert not desk.lit


@pytest.mark.parametrize(
    ("ask", "fields", "message"),
    [
        (Ask.RELEASE, (), "the finger is not down"),
        (Ask.MOVE, (1, 2), "the finger is not down"),
        (Ask.TAP_KEY, (3,), "there are keys 1 and 2"),
        (Ask.SET_KEY, (1, False), "key 1 is released already"),
        (Ask.SET_KEY, (1, 1), "no such question"),
        (Ask.TAP, ("a", 2), "no such question"),
        (Ask.WAIT, (), "no such question"),
        (Ask.HISTORY, ("x",), "no such question"),
        (Ask.LINES, (1,), "no such question"),
        (Ask.TAMPER, (1,), "no such question"),
        (Ask.FAIL_NEXT, ("nose", "x"), "part nose cannot fail here"),
        (Ask.FAIL_NEXT, ("touch", "x"), "nobody follows touch of desk-1"),
        (Ask.PULL_AFTER, (1, "SOON"), "there is no SOON; there are BEFORE, DURING, AFTER"),
        (Ask.TROUBLE, (RECORDING, "FLOOD", 0, 0), "there is no FLOOD; there are NONE, GONE"),
    ],
)
def test_what_makes_no_sense_is_refused(
    on: OnBench, ask: Ask, fields: tuple[object, ...], message: str
) -> None:
    with pytest.raises(BenchRefused, match=message):
        on.client.link.ask(ask, "desk-1", *fields)
    with pytest.raises(BenchRefused, match="there is no board nobody; there are desk-1, acc"):
        on.client.link.ask(ask, "nobody", *fields)


def test_a_question_that_is_none_is_refused(on: OnBench) -> None:
    with pytest.raises(BenchRefused, match="no such question"):
        on.client.link.ask(Ask.HELLO, 1)
    with pytest.raises(BenchRefused, match="a condition is board, part and count"):
        on.client.link.ask(Ask.WAIT, [["desk-1", "card"]], 0)


def test_two_fingers_are_refused(desk: Hands) -> None:
    desk.put_finger(1, 1)
    with pytest.raises(BenchRefused, match="down already"):
        desk.touch(2, 2)
    desk.lift_finger()


# Paper, media, time.


def test_what_was_printed_can_be_read(on: OnBench, desk: Hands) -> None:
    printer = on.parts("desk-1").printer(NO_WIRING, on.clock("desk-1"))
    known = desk.count("printer")
    for mark in (b"\xf0", b"\x0f"):
        assert printer.print_picture(8, 2, mark * 2) is PrinterState.READY
    assert desk.wait("printer", known) == 2
    assert [picture.rows[:1] for picture in desk.printed()] == [b"\xf0", b"\x0f"]
    assert [picture.rows[:1] for picture in desk.printed(2)] == [b"\x0f"]
    desk.set_printer(paper_rows=0)
    assert printer.print_picture(8, 2, b"xx") is PrinterState.PAPER_OUT
    desk.set_printer()
    assert printer.print_picture(8, 2, b"xx") is PrinterState.READY
    assert len(desk.printed()) == 3
    printer.close()


def test_a_medium_visits_another_board(on: OnBench, desk: Hands) -> None:
    accumulator = on.client.board("accumulator")
    clock = on.clock("desk-1")
    recording = on.parts("desk-1").recording_slot(NO_WIRING, clock)
    visiting = on.parts("accumulator").visiting_slot(NO_WIRING, clock)
    recording.medium().append("desk-1/journal", b"entries")
    assert visiting.state() is SlotState.EMPTY
    accumulator.plug("desk-1", VISITING)
    assert recording.state() is SlotState.EMPTY
    assert visiting.medium().read("desk-1/journal") == b"entries"
    with pytest.raises(BenchRefused, match="in slot visiting of accumulator already"):
        accumulator.plug("desk-1", VISITING)
    assert accumulator.unplug(VISITING) == "desk-1"
    desk.plug("desk-1")
    assert recording.state() is SlotState.PRESENT
    assert [line.what for line in desk.history(RECORDING)] == ["unplugged", "plugged"]
    recording.close()
    visiting.close()


def test_media_have_troubles(on: OnBench, desk: Hands) -> None:
    slot = on.parts("desk-1").recording_slot(NO_WIRING, on.clock("desk-1"))
    medium = slot.medium()
    desk.trouble(Trouble.READ_ONLY, after_writes=1)
    medium.append("f", b"\0")
    with pytest.raises(MediumFault) as fault:
        medium.append("f", b"\0")
    assert fault.value.kind is FaultKind.READ_ONLY
    desk.trouble(Trouble.NONE)
    desk.leave_room(2)
    medium.append("f", b"\0")
    with pytest.raises(MediumFault) as fault:
        medium.append("f", b"\0")
    assert fault.value.kind is FaultKind.FULL
    desk.leave_room(None)
    on.client.flip_bit("desk-1", "f", 15)
    assert medium.read("f") == b"\x00\x01"
    on.client.keep_copy("desk-1", "noon")
    medium.append("f", b"later")
    with pytest.raises(BenchRefused, match="take it out first"):
        on.client.bring_back("desk-1", "noon")
    desk.unplug()
    on.client.bring_back("desk-1", "noon")
    desk.plug("desk-1")
    assert slot.medium().read("f") == b"\x00\x01"
    slot.close()


@pytest.mark.parametrize(
    ("ask", "fields", "message"),
    [
        (
            Ask.PLUG,
            ("desk-1", "attic", "desk-1"),
            "no slot attic; there are own, recording, visiting",
        ),
        (Ask.PLUG, ("desk-1", VISITING, "stick"), "no medium stick; there are desk-1, accumulator"),
        (Ask.UNPLUG, ("desk-1", VISITING), "the slot is empty"),
        (Ask.KEEP_COPY, ("desk-1", "../x"), "no name of a copy"),
        (Ask.FLIP_BIT, ("desk-1", "nothing", 0), "No such file"),
        (Ask.ADVANCE, (-1,), "goes forward"),
        (Ask.SET_RATE, (-1,), "rate"),
    ],
)
def test_what_cannot_be_done_with_media_and_time(
    on: OnBench, ask: Ask, fields: tuple[object, ...], message: str
) -> None:
    with pytest.raises(BenchRefused, match=message):
        on.client.link.ask(ask, *fields)


def test_one_clock_for_all(on: OnBench) -> None:
    clocks = [on.clock("desk-1"), on.clock("accumulator"), on.client.clock]
    on.client.set_speed(0)
    on.client.advance(3600)
    times = {clock.now_ms() for clock in clocks}
    assert len(times) == 1
    assert START_MS + 3_600_000 <= times.pop() < START_MS + 3_700_000
    assert on.client.advance_to(START_MS + 7_200_000)
    assert not on.client.advance_to(START_MS + 7_200_000)
    assert {clock.now_ms() for clock in clocks} == {START_MS + 7_200_000}


def test_somebody_waits_for_several_things(on: OnBench, desk: Hands) -> None:
    conditions = [("desk-1", "touch", 0), ("accumulator", "scanner", 0)]
    assert on.client.wait_any(conditions, timeout_s=0.01) == {}
    with BenchClient(on.socket) as other:
        scanning = threading.Timer(0.05, other.board("accumulator").scan, ["1"])
        scanning.start()
        assert on.client.wait_any(conditions) == {("accumulator", "scanner"): 1}
        scanning.join()
    desk.touch(1, 1)
    assert on.client.wait_any(conditions) == {
        ("desk-1", "touch"): 2,
        ("accumulator", "scanner"): 1,
    }


def test_the_power_goes(on: OnBench, desk: Hands, reader: CardReader) -> None:
    on.make_card("voter-1")
    desk.insert_card("voter-1")
    reader.wait_for_change(5)
    connection = reader.connect()
    screen = on.parts("desk-1").screen(NO_WIRING, on.clock("desk-1"))
    screen.show(b"\xff" * FRAME, [Region("ok", 0, 0, 1, 1)])
    lines = on.parts("desk-1").lines(NO_WIRING, on.clock("desk-1"))
    lines.set_latch(True)
    lines.set_lamp(True)
    desk.power_off()
    shown = desk.look_after(1)
    assert shown is not None
    assert shown.frame == bytes(FRAME)
    assert desk.regions() == (2, ())
    assert desk.latched
    assert not desk.lit
    with pytest.raises(CardGone):
        connection.transmit(SELECT)
    lines.close()
    screen.close()


def test_what_happened_is_told_in_order(desk: Hands) -> None:
    for _ in range(250):  # more than go into one answer
        desk.touch(1, 1)
    desk.open_case()
    desk.close_case()
    lines = desk.history()
    assert len(lines) == 502
    assert [line.what for line in lines[-3:]] == ["up", "opened", "closed"]
    assert lines[0].at_ms >= START_MS
    assert [line.detail for line in desk.history("touch")][:2] == ["1,1", "1,1"]


def test_one_computers_clock_is_set_while_the_day_runs(on: OnBench, desk: Hands) -> None:
    clock = on.parts("desk-1").clock(NO_WIRING)
    before_ms, before_s = clock.now_ms(), clock.monotonic_s()
    desk.jump_clock(3600)
    assert clock.now_ms() - before_ms - (clock.monotonic_s() - before_s) * 1000 > 3_590_000
    assert clock.monotonic_s() - before_s < 3000


def test_an_address_without_a_chip(on: OnBench) -> None:
    bus = BenchI2c(on.socket, "desk-1")
    with pytest.raises(OSError, match="Remote I/O"):
        bus.read_i2c_block_data(0x10, 0, 1)
    with pytest.raises(OSError, match="Remote I/O"):
        bus.write_i2c_block_data(0x10, 0, [1])
    bus.close()


# The bench itself.


def test_a_bench_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    with running_bench(tmp_path, "desk-1") as on:
        parts, clock = on.parts("desk-1"), on.clock("desk-1")
        touch = parts.touch(NO_WIRING, clock)
        screen = parts.screen(NO_WIRING, clock)
        supply = parts.supply(NO_WIRING, clock)
    with pytest.raises(PartFault, match="touch: the bench is gone"):
        touch.read(5)
    with pytest.raises(PartFault, match="screen: the bench is gone"):
        screen.show(bytes(FRAME), ())
    with pytest.raises(PartFault, match="I²C bus: the bench is gone"):
        supply.read()
    for part in (touch, screen, supply):
        part.close()
    with pytest.raises(PartFault, match="nobody listens"):
        parts.touch(NO_WIRING, clock)
    with pytest.raises(PartFault, match="nobody listens"):
        bench_parts(on.socket, "desk-1").clock(NO_WIRING)


def test_a_board_that_the_bench_does_not_have(on: OnBench) -> None:
    with pytest.raises(BenchRefused, match="no board desk-9"):
        on.parts("desk-9").clock(NO_WIRING)
    with pytest.raises(BenchRefused, match="no board desk-9"):
        on.client.board("desk-9")


def test_a_peer_that_talks_nonsense_is_cut_off_and_others_are_not(on: OnBench, desk: Hands) -> None:
    with connect(on.socket) as channel:
        channel._socket.send(b"nonsense")
        with pytest.raises(BusClosed):
            channel.receive(5.0)
    desk.touch(1, 1)
    assert desk.count("touch") == 2


def test_a_waiting_peer_that_leaves_is_forgotten(on: OnBench, desk: Hands) -> None:
    with connect(on.socket) as channel:
        channel.send([Ask.WAIT.value, [["desk-1", "touch", 99]], 60_000])
    assert desk.count("touch") == 0
    while on.bench._waits:
        pass


def test_a_bench_with_a_board_twice_is_refused(tmp_path: Path) -> None:
    plan = BoardOnBench("desk-1", tmp_path / "medium")
    config = BenchConfig(tmp_path / "s", tmp_path / "b", tmp_path / "c", 0, (plan, plan))
    with pytest.raises(ValueError, match="two boards called desk-1"):
        Bench(config)


def test_a_board_with_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        BoardOnBench("../desk", Path())

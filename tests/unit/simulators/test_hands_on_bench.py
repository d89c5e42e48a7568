"""Hands and bodies on a real bench: what officials and voters do arrives at the boards' parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.book import BOTH, PageKey
from common.regions import Region
from hal.card_reader import CardGone, ReaderState
from hal.lines import Lines
from hal.screen import Screen
from hal.touch import Touch, TouchKind
from simulators.hands import REACTION_S, STRANGE, BenchBooth, BenchHands
from simulators.panel import OfficialStuck, text_of
from simulators.piv_card import Moment
from simulators.sight import Eyes
from tests.on_bench import NO_WIRING, OnBench, running_bench
from tests.unit.terminal import tiny_book

BOARD = "terminal-1"
SELECT = bytes.fromhex("00a4040009a00000030800001000")


@dataclass
class Board:
    """A board on a bench, as its daemon has it in hand, and somebody in front of it."""

    on: OnBench
    screen: Screen
    lines: Lines
    touch: Touch

    def show(self, *regions: Region) -> None:
        size = self.screen.size
        self.screen.show(bytes(size.width * size.height * 4), regions)

    def page(self, name: str, *more: Region) -> None:
        size = self.screen.size
        self.show(Region("page", 0, 0, size.width, size.height, name), *more)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    book = tiny_book.load()
    with running_bench(tmp_path, BOARD, width=book.width, height=book.height) as on:
        on.make_card("voter-1")
        parts, clock = on.parts(BOARD), on.clock(BOARD)
        made = Board(
            on,
            parts.screen(NO_WIRING, clock),
            parts.lines(NO_WIRING, clock),
            parts.touch(NO_WIRING, clock),
        )
        yield made
        for part in (made.screen, made.lines, made.touch):
            part.close()


@pytest.fixture
def hands(board: Board) -> Iterator[BenchHands]:
    made = BenchHands(board.on.socket)
    yield made
    made.close()


@pytest.fixture
def booth(board: Board) -> BenchBooth:
    return BenchBooth(board.on.client, BOARD, Eyes(tiny_book.load()), alone=True)


def in_slot(board: Board) -> str | None:
    return board.on.client.board(BOARD).card


def touched(board: Board, number: int) -> list[tuple[TouchKind, int, int]]:
    """Return so many things that the finger did, as the board's driver reads them."""
    found = [board.touch.read(5.0) for _ in range(number)]
    assert board.touch.read(0.0) is None
    return [(event.kind, event.x, event.y) for event in found if event is not None]


# Officials.


def test_a_card_goes_in_and_comes_out(board: Board, hands: BenchHands) -> None:
    hands.insert_card(BOARD, "voter-1")
    assert in_slot(board) == "voter-1"
    hands.remove_card(BOARD)
    assert in_slot(board) is None


@pytest.mark.parametrize("strange", STRANGE)
def test_a_card_of_another_world_may_be_put_in(
    board: Board, hands: BenchHands, strange: str
) -> None:
    hands.insert_card(BOARD, strange)
    assert in_slot(board) == "", "no card of the tray"
    hands.remove_card(BOARD)
    assert in_slot(board) is None


def test_a_card_is_out_as_soon_as_the_latch_lets_it_go(board: Board, hands: BenchHands) -> None:
    hands.insert_card(BOARD, "voter-1")
    board.lines.set_latch(True)
    assert hands.latch_held(BOARD)
    letting_go = threading.Timer(0.1, lambda: board.lines.set_latch(False))
    letting_go.start()
    hands.remove_card(BOARD)
    letting_go.join()
    assert in_slot(board) is None
    assert not hands.latch_held(BOARD)


def test_a_latch_that_never_lets_go_is_an_error(
    board: Board, hands: BenchHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = hands.client.board(BOARD)
    monkeypatch.setattr(one, "take_card", lambda: type(one).take_card(one, timeout_s=0.1))
    hands.insert_card(BOARD, "voter-1")
    board.lines.set_latch(True)
    with pytest.raises(OfficialStuck, match="terminal-1: the latch does not let the card go"):
        hands.remove_card(BOARD)
    assert in_slot(board) == "voter-1"


def test_what_is_scanned_is_read(board: Board, hands: BenchHands) -> None:
    scanner = board.on.parts(BOARD).scanner(NO_WIRING, board.on.clock(BOARD))
    hands.scan(BOARD, "061211600012")
    assert scanner.read(5.0) == "061211600012"
    scanner.close()


def test_a_page_that_is_there_is_not_waited_for(board: Board, hands: BenchHands) -> None:
    board.page("desk.ready")
    found = hands.wait_for_screen(BOARD, lambda now: text_of(now, "page") == "desk.ready", 0.0)
    assert found == hands.regions(BOARD)


def test_a_page_is_seen_when_it_comes(board: Board, hands: BenchHands) -> None:
    board.page("desk.ready")
    coming = threading.Timer(0.1, lambda: board.page("desk.row"))
    coming.start()
    found = hands.wait_for_screen(BOARD, lambda now: text_of(now, "page") == "desk.row", 10.0)
    coming.join()
    assert found is not None


def test_a_latch_is_seen_when_it_opens(board: Board, hands: BenchHands) -> None:
    board.page("accumulator.open")
    board.lines.set_latch(True)
    opening = threading.Timer(0.1, lambda: board.lines.set_latch(False))
    opening.start()
    found = hands.wait_for_screen(BOARD, lambda _: not hands.latch_held(BOARD), 10.0)
    opening.join()
    assert found is not None


def test_a_page_that_does_not_come_is_not_waited_for_for_ever(
    board: Board, hands: BenchHands
) -> None:
    board.page("desk.ready")
    assert hands.wait_for_screen(BOARD, lambda now: len(now) > 1, 0.1) is None


def test_a_touch_is_down_and_up_at_its_place(board: Board, hands: BenchHands) -> None:
    button = Region("find", 10, 10, 20, 10, "Find")
    board.page("desk.ready", button)
    hands.client.set_speed(1000.0)
    hands.touch(BOARD, *button.centre)
    assert touched(board, 2) == [(TouchKind.DOWN, 20, 15), (TouchKind.UP, 20, 15)]


# Voters.


def compose(board: Board, page: str) -> None:
    book = tiny_book.load()
    frame = book.frame()
    book.compose(frame, PageKey(page, BOTH), {})
    board.screen.show(bytes(frame.pixels), ())


def test_a_voter_sees_a_page_of_the_book_and_then_another(board: Board, booth: BenchBooth) -> None:
    compose(board, "insert")
    first = booth.look(5.0)
    assert first is not None
    assert first.name == "insert"
    assert booth.look(0.1, unlike=first) is None
    compose(board, "waiting")
    second = booth.look(5.0, unlike=first)
    assert second is not None
    assert second.name == "waiting"


def test_what_is_no_page_of_the_book_is_not_seen(board: Board, booth: BenchBooth) -> None:
    board.page("insert")
    assert booth.look(0.1) is None


def test_a_voter_touches_after_a_moment_and_a_second_time_at_once(
    board: Board, booth: BenchBooth
) -> None:
    clock = board.on.client.clock
    began_s = clock.monotonic_s()
    booth.touch(5, 6)
    assert clock.monotonic_s() >= began_s + REACTION_S
    booth.tap_again(5, 6)
    once = [(TouchKind.DOWN, 5, 6), (TouchKind.UP, 5, 6)]
    assert touched(board, 4) == once * 2


def test_a_resting_hand_comes_down_here_and_lifts_there(board: Board, booth: BenchBooth) -> None:
    booth.rest_hand(5, 6, 9, 2)
    kinds = touched(board, 3)
    assert (kinds[0], kinds[-1]) == ((TouchKind.DOWN, 5, 6), (TouchKind.UP, 9, 2))


def test_keys_are_pressed_and_let_go(board: Board, booth: BenchBooth) -> None:
    booth.press(1)
    booth.press(2)
    told = [(one.what, one.detail) for one in board.on.client.board(BOARD).history("keys")]
    assert [detail for _, detail in told] == ["1", "1", "2", "2"]


def test_a_voters_own_card_and_others(board: Board, booth: BenchBooth) -> None:
    booth.take_card()  # nothing is in, and nothing comes of it
    booth.card = "voter-1"
    booth.insert_card()
    assert in_slot(board) == "voter-1"
    booth.take_card()
    booth.insert_other("mute")
    assert in_slot(board) == ""
    booth.take_card()
    board.on.make_card("voter-2")
    booth.insert_other("voter-2")
    assert in_slot(board) == "voter-2"


def test_a_card_is_pulled_when_the_terminal_speaks_to_it(board: Board, booth: BenchBooth) -> None:
    booth.card = "voter-1"
    booth.insert_card()
    reader = board.on.parts(BOARD).card_reader(NO_WIRING, board.on.clock(BOARD))
    assert reader.wait_for_change(5.0) is ReaderState.CARD
    booth.pull_soon(1, Moment.AFTER)
    connection = reader.connect()
    connection.transmit(SELECT)
    known = board.on.client.board(BOARD).count("card")
    with pytest.raises(CardGone):
        connection.transmit(SELECT)
    board.on.client.board(BOARD).wait("card", known - 1)
    assert in_slot(board) is None
    connection.close()
    reader.close()

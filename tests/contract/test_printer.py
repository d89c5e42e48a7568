"""One set of rules for every printer: stand-in, the ESC/POS driver on a PTY, the bench's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.clock import SystemClock
from hal.config import PrinterConfig
from hal.drivers.escpos_printer import EscposPrinter
from hal.printer import Printer, PrinterState
from simulators.history import History
from simulators.paper import EscposPeer, Picture, SimPrinter
from simulators.pty import PtyPeer
from tests.on_bench import NO_WIRING, running_bench

STATES = (PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.OFFLINE, PrinterState.READY)


@dataclass(frozen=True)
class Paper:
    """The board's side; the hand at the paper; and what came out."""

    printer: Printer
    become: Callable[[PrinterState], None]
    printed: Callable[[], Sequence[Picture]]


def stand_in(_: Path) -> Iterator[Paper]:
    printer = SimPrinter(History(SystemClock().now_ms))

    def become(state: PrinterState) -> None:
        printer.next_states[:] = [] if state is PrinterState.READY else [state]

    yield Paper(printer, become, lambda: printer.printed)


def escpos(_: Path) -> Iterator[Paper]:
    peer = EscposPeer()

    def become(state: PrinterState) -> None:
        peer.paper_rows = 0 if state is PrinterState.PAPER_OUT else None
        peer.cover_open = state is PrinterState.COVER_OPEN
        peer.silent = state is PrinterState.OFFLINE

    with PtyPeer(peer.feed) as port:
        printer = EscposPrinter(PrinterConfig(port.path), answer_timeout_s=0.3)
        yield Paper(printer, become, lambda: peer.printed)
    assert not peer.unknown


def on_the_bench(folder: Path) -> Iterator[Paper]:
    with running_bench(folder, "desk-1") as on:
        hands = on.client.board("desk-1")

        def become(state: PrinterState) -> None:
            hands.set_printer(
                paper_rows=0 if state is PrinterState.PAPER_OUT else None,
                cover_open=state is PrinterState.COVER_OPEN,
                silent=state is PrinterState.OFFLINE,
            )

        yield Paper(
            on.parts("desk-1").printer(NO_WIRING, on.clock("desk-1")), become, hands.printed
        )


@pytest.fixture(params=[stand_in, escpos, on_the_bench])
def paper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Paper]:
    made = request.param(tmp_path)
    paper: Paper = next(made)
    yield paper
    paper.printer.close()
    assert next(made, None) is None


def full(width: int, rows: bytes, pad: int = 72) -> bytes:
    """Return the rows of a picture as they stand on paper of the whole width."""
    row = (width + 7) // 8
    return b"".join(rows[at : at + row].ljust(pad, b"\0") for at in range(0, len(rows), row))


def rows_of(picture: Picture) -> bytes:
    return full(picture.width, picture.rows)


def test_every_state_is_told(paper: Paper) -> None:
    assert paper.printer.state() is PrinterState.READY
    for state in STATES:
        paper.become(state)
        assert paper.printer.state() is state


@pytest.mark.parametrize(("width", "height"), [(1, 1), (100, 300), (576, 129)])
def test_a_picture_comes_out_as_it_went_in(paper: Paper, width: int, height: int) -> None:
    # Every byte value occurs, so those of the printer's own commands do too.
    rows = bytes((y * 7 + x) % 256 for y in range(height) for x in range((width + 7) // 8))
    assert paper.printer.print_picture(width, height, rows) is PrinterState.READY
    (picture,) = paper.printed()
    assert picture.height == height
    assert rows_of(picture) == full(width, rows)


def test_pictures_come_out_one_by_one(paper: Paper) -> None:
    for mark in (b"\x01", b"\x02"):
        assert paper.printer.print_picture(8, 2, mark * 2) is PrinterState.READY
    assert [rows_of(picture)[:1] for picture in paper.printed()] == [b"\x01", b"\x02"]


@pytest.mark.parametrize("state", [s for s in STATES if s is not PrinterState.READY])
def test_a_printer_that_cannot_print_says_why_and_prints_afterwards(
    paper: Paper, state: PrinterState
) -> None:
    paper.become(state)
    assert paper.printer.print_picture(8, 1, b"\xff") is state
    assert not paper.printed()
    paper.become(PrinterState.READY)
    assert paper.printer.print_picture(8, 1, b"\xff") is PrinterState.READY
    assert len(paper.printed()) == 1


@pytest.mark.parametrize(
    ("width", "height", "rows"),
    [(577, 1, bytes(73)), (0, 1, b""), (8, 0, b""), (8, 2, b"x"), (9, 1, b"x"), (8, 1, b"xx")],
)
def test_a_picture_that_does_not_fit_is_refused(
    paper: Paper, width: int, height: int, rows: bytes
) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        paper.printer.print_picture(width, height, rows)
    assert not paper.printed()


def test_the_width_is_known(paper: Paper) -> None:
    assert paper.printer.width == 576

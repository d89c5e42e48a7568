"""The serial drivers beyond the contract: ports missing, taken or unplugged; slow paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.clock import SystemClock
from hal.config import PrinterConfig, ScannerConfig
from hal.drivers.escpos_printer import EscposPrinter
from hal.drivers.serial_port import SerialPort
from hal.drivers.serial_scanner import SerialScanner
from hal.faults import PartFault
from hal.printer import PrinterState
from simulators.paper import EscposPeer
from simulators.pty import PtyPeer, PtyPort


@pytest.fixture
def port() -> Iterator[PtyPort]:
    port = PtyPort()
    yield port
    port.close()


def test_a_port_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PartFault, match=r"scanner: .*no-such cannot be opened"):
        SerialScanner(ScannerConfig(tmp_path / "no-such"), SystemClock())


def test_a_port_has_one_owner(port: PtyPort) -> None:
    first = SerialPort("printer", port.path, 9600)
    with pytest.raises(PartFault, match=r"printer: .*cannot be opened"):
        SerialPort("printer", port.path, 9600)
    first.close()
    SerialPort("printer", port.path, 9600).close()


def test_an_unplugged_scanner_is_a_fault(port: PtyPort) -> None:
    scanner = SerialScanner(ScannerConfig(port.path), SystemClock())
    port.unplug()
    with pytest.raises(PartFault, match="scanner: unplugged"):
        scanner.read(5.0)
    scanner.close()


def test_an_unplugged_printer_is_a_fault(port: PtyPort) -> None:
    printer = EscposPrinter(PrinterConfig(port.path))
    port.unplug()
    with pytest.raises(PartFault, match="printer: unplugged"):
        printer.state()
    printer.close()


def test_what_was_scanned_before_the_start_is_not_read(port: PtyPort) -> None:
    port.send(b"old\r")
    scanner = SerialScanner(ScannerConfig(port.path), SystemClock())
    port.send(b"\r\n\r\nnew\r\n")
    assert scanner.read(5.0) == "new"
    scanner.close()


def test_a_code_in_pieces_is_put_together(port: PtyPort) -> None:
    scanner = SerialScanner(ScannerConfig(port.path), SystemClock())
    port.send(b"0612")
    assert scanner.read(0.02) is None
    port.send(b"11\n78")
    assert scanner.read(5.0) == "061211"
    port.send(b"9\n")
    assert scanner.read(5.0) == "789"
    scanner.close()


def test_a_printer_that_takes_nothing_is_off_line(port: PtyPort) -> None:
    serial = SerialPort("printer", port.path, 9600, write_timeout_s=0.05)
    assert not serial.write(bytes(1_000_000))
    serial.close()


def test_paper_that_runs_out_in_a_picture() -> None:
    peer = EscposPeer()
    peer.paper_rows = 100
    with PtyPeer(peer.feed) as wire:
        printer = EscposPrinter(PrinterConfig(wire.path), answer_timeout_s=0.2)
        assert printer.print_picture(576, 300, bytes(72 * 300)) is PrinterState.PAPER_OUT
        peer.paper_rows = None
        assert printer.state() is PrinterState.READY
        printer.close()


@pytest.mark.parametrize(
    ("stalls", "state"), [("cover", PrinterState.COVER_OPEN), ("silence", PrinterState.OFFLINE)]
)
def test_a_printer_that_stops_in_a_picture_says_why(stalls: str, state: PrinterState) -> None:
    peer = EscposPeer()

    def feed(received: bytes) -> bytes:
        if b"\x1dv0" in received:
            peer.cover_open = stalls == "cover"
            peer.silent = stalls == "silence"
        return peer.feed(received)

    with PtyPeer(feed) as wire:
        printer = EscposPrinter(PrinterConfig(wire.path), answer_timeout_s=0.1)
        assert printer.print_picture(8, 1, b"x") is state
        printer.close()


def test_a_printer_that_stops_taking_a_picture_is_off_line() -> None:
    peer = EscposPeer()

    class Stalled(PtyPort):
        """Reads three questions, and then nothing any more."""

        reads = 0

        def receive(self) -> bytes:
            self.reads += 1
            return super().receive() if self.reads <= 2 else b""

    with PtyPeer(peer.feed, Stalled()) as wire:
        printer = EscposPrinter(PrinterConfig(wire.path), answer_timeout_s=0.05)
        assert printer.print_picture(576, 4000, bytes(72 * 4000)) is PrinterState.OFFLINE
        printer.close()
    assert not peer.printed


def test_an_answer_that_comes_late_counts() -> None:
    """The printer is slower than one round of questions: the picture is not called lost."""
    peer = EscposPeer()
    kept = bytearray()

    def feed(received: bytes) -> bytes:
        answers = peer.feed(received)
        late = bytes(byte for byte in answers if not byte & 0x10)
        if late:
            kept.extend(late)
            return b""
        prompt, kept[:] = answers + kept if len(peer.printed) else answers, b""
        return bytes(prompt)

    with PtyPeer(feed) as wire:
        printer = EscposPrinter(PrinterConfig(wire.path), answer_timeout_s=0.2)
        assert printer.print_picture(8, 1, b"x") is PrinterState.READY
        printer.close()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (b"", PrinterState.OFFLINE),
        (b"\x12", PrinterState.OFFLINE),
        (b"\x12\x72", PrinterState.PAPER_OUT),
        (b"\x12\x1e", PrinterState.READY),  # paper near its end is paper
        (b"\x1a", PrinterState.OFFLINE),
        (b"\x1a\x12\x12", PrinterState.OFFLINE),
        (b"\x1a\x16", PrinterState.COVER_OPEN),
        (b"\x1a\x32", PrinterState.PAPER_OUT),
    ],
)
def test_what_the_answers_mean(status: bytes, expected: PrinterState) -> None:
    """Answers come one a question, until the printer says no more."""
    answers = list(status)

    def feed(received: bytes) -> bytes:
        return bytes([answers.pop(0)]) if answers and received.startswith(b"\x10\x04") else b""

    with PtyPeer(feed) as wire:
        printer = EscposPrinter(PrinterConfig(wire.path), answer_timeout_s=0.05)
        assert printer.state() is expected
        printer.close()

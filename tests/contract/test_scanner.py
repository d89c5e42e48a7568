"""One set of rules for every scanner: stand-in, the serial driver on a PTY, the bench's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.clock import SystemClock
from hal.config import ScannerConfig
from hal.drivers.serial_scanner import SerialScanner
from hal.scanner import MAX_CODE_CHARACTERS, Scanner
from simulators.history import History
from simulators.inputs import SimScanner
from simulators.pty import PtyPort
from tests.on_bench import NO_WIRING, running_bench

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Counter:
    """The board's side, and the paper held before the scanner."""

    scanner: Scanner
    scan: Callable[[str], None]


def stand_in(_: Path) -> Iterator[Counter]:
    clock = SystemClock()
    scanner = SimScanner(History(clock.now_ms), clock)
    yield Counter(scanner, scanner.scan)


def serial(_: Path) -> Iterator[Counter]:
    port = PtyPort()
    yield Counter(
        SerialScanner(ScannerConfig(port.path), SystemClock()),
        lambda code: port.send(code.encode() + b"\r"),
    )
    port.close()


def on_the_bench(folder: Path) -> Iterator[Counter]:
    with running_bench(folder, "desk-1") as on:
        yield Counter(
            on.parts("desk-1").scanner(NO_WIRING, on.clock("desk-1")),
            on.client.board("desk-1").scan,
        )


@pytest.fixture(params=[stand_in, serial, on_the_bench])
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    made = request.param(tmp_path)
    counter: Counter = next(made)
    yield counter
    counter.scanner.close()
    assert next(made, None) is None


def test_no_code_is_none(counter: Counter) -> None:
    assert counter.scanner.read(0.0) is None
    assert counter.scanner.read(0.02) is None


def test_codes_come_whole_and_in_order(counter: Counter) -> None:
    counter.scan("061211600012")
    counter.scan("KZ*1")
    assert counter.scanner.read(PATIENCE_S) == "061211600012"
    assert counter.scanner.read(PATIENCE_S) == "KZ*1"
    assert counter.scanner.read(0.02) is None


@pytest.mark.parametrize("code", ["", "x" * (MAX_CODE_CHARACTERS + 1), "Қ", "a\tb", "x" * 1000])
def test_what_is_no_code_is_dropped_whole(counter: Counter, code: str) -> None:
    counter.scan(code)
    counter.scan("good")
    assert counter.scanner.read(PATIENCE_S) == "good"


def test_the_longest_code_is_read(counter: Counter) -> None:
    counter.scan("9" * MAX_CODE_CHARACTERS)
    assert counter.scanner.read(PATIENCE_S) == "9" * MAX_CODE_CHARACTERS

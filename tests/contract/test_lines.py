"""One set of rules for the single wires: stand-in, the bench's, and RPi.GPIO on simulated pins."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.clock import SystemClock
from hal.config import LinesConfig
from hal.drivers.rpi_lines import RpiGpioLines
from hal.lines import KeyEvent, Lines
from simulators.gpio import SimGpio
from simulators.history import History
from simulators.inputs import SimLines
from tests.on_bench import NO_WIRING, running_bench

PATIENCE_S = 5.0


@dataclass(frozen=True)
class Wires:
    """The board's side; keys and case; and what the board drives."""

    lines: Lines
    hold: Callable[[int], None]
    release: Callable[[int], None]
    open_case: Callable[[], None]
    latched: Callable[[], bool]
    lit: Callable[[], bool]
    buzzes: Callable[[], int]


def stand_in(_: Path) -> Iterator[Wires]:
    clock = SystemClock()
    lines = SimLines(History(clock.now_ms), clock)

    def open_case() -> None:
        lines.case_open = True

    yield Wires(
        lines,
        lines.press,
        lines.release,
        open_case,
        lambda: lines.latched,
        lambda: lines.lit,
        lambda: len(lines.buzzed_s),
    )


def over_the_bench(folder: Path) -> Iterator[Wires]:
    with running_bench(folder, "terminal-1") as on:
        hands = on.client.board("terminal-1")
        yield Wires(
            on.parts("terminal-1").lines(NO_WIRING, on.clock("terminal-1")),
            hands.hold_key,
            hands.release_key,
            hands.open_case,
            lambda: hands.latched,
            lambda: hands.lit,
            lambda: hands.buzzes,
        )


def rpi_gpio(_: Path) -> Iterator[Wires]:
    gpio, config = SimGpio(), LinesConfig()
    gpio.setmode(gpio.BCM)
    gpio.ground(config.tamper_pin)
    keys = {1: config.key_1_pin, 2: config.key_2_pin}
    yield Wires(
        RpiGpioLines(gpio, config, SystemClock()),
        lambda key: gpio.ground(keys[key]),
        lambda key: gpio.open(keys[key]),
        lambda: gpio.open(config.tamper_pin),
        lambda: gpio.level(config.latch_pin) == 1,
        lambda: gpio.level(config.lamp_pin) == 1,
        lambda: gpio.outputs.count((config.buzzer_pin, 1)),
    )


@pytest.fixture(params=[stand_in, over_the_bench, rpi_gpio])
def wires(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wires]:
    made = request.param(tmp_path)
    wires: Wires = next(made)
    yield wires
    wires.lines.close()
    assert not wires.lit()
    assert next(made, None) is None


def test_no_key_is_none(wires: Wires) -> None:
    assert wires.lines.read_keys(0.0) is None
    assert wires.lines.read_keys(0.02) is None


def test_a_key_is_pressed_and_let_go(wires: Wires) -> None:
    for key in (1, 2):
        wires.hold(key)
        assert wires.lines.read_keys(PATIENCE_S) == KeyEvent(key, True)
        assert wires.lines.read_keys(0.02) is None
        wires.release(key)
        assert wires.lines.read_keys(PATIENCE_S) == KeyEvent(key, False)


def test_both_keys_may_be_down(wires: Wires) -> None:
    wires.hold(2)
    assert wires.lines.read_keys(PATIENCE_S) == KeyEvent(2, True)
    wires.hold(1)
    assert wires.lines.read_keys(PATIENCE_S) == KeyEvent(1, True)
    wires.release(2)
    assert wires.lines.read_keys(PATIENCE_S) == KeyEvent(2, False)
    wires.release(1)
    assert wires.lines.read_keys(PATIENCE_S) == KeyEvent(1, False)


def test_the_latch_stays_when_the_daemon_ends(wires: Wires) -> None:
    assert not wires.latched()
    wires.lines.set_latch(True)
    wires.lines.set_lamp(True)
    assert wires.latched()
    assert wires.lit()
    wires.lines.set_latch(True)
    wires.lines.set_lamp(False)
    assert wires.latched()
    wires.lines.set_latch(False)
    wires.lines.set_latch(True)
    # The fixture closes the part, and looks at the lamp.


def test_the_buzzer_sounds(wires: Wires) -> None:
    wires.lines.buzz(0.01)
    wires.lines.read_keys(0.05)
    wires.lines.buzz(0.01)
    assert wires.buzzes() == 2


def test_an_open_case_is_seen(wires: Wires) -> None:
    assert not wires.lines.tamper()
    wires.open_case()
    assert wires.lines.tamper()

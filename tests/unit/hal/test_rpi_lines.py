"""The GPIO driver beyond the contract: bouncing keys, the buzzer's end, the module itself."""

import pytest

from common.clock import SystemClock
from hal.config import LinesConfig
from hal.drivers.rpi_lines import STABLE_POLLS, RpiGpioLines, mains_line, open_gpio
from hal.faults import PartFault
from hal.lines import KeyEvent
from simulators.gpio import SimGpio

CONFIG = LinesConfig()


@pytest.fixture
def gpio() -> SimGpio:
    gpio = SimGpio()
    gpio.setmode(gpio.BCM)
    return gpio


def test_a_key_that_bounces_is_pressed_once(gpio: SimGpio) -> None:
    lines = RpiGpioLines(gpio, CONFIG, SystemClock())
    for _ in range(10):
        gpio.ground(CONFIG.key_1_pin)
        assert lines.read_keys(0) is None
        gpio.open(CONFIG.key_1_pin)
        assert lines.read_keys(0) is None
    gpio.ground(CONFIG.key_1_pin)
    polls = [lines.read_keys(0) for _ in range(STABLE_POLLS + 2)]
    assert polls == [None] * (STABLE_POLLS - 1) + [KeyEvent(1, True), None, None]


def test_the_buzzer_ends_by_the_clock(gpio: SimGpio) -> None:
    lines = RpiGpioLines(gpio, CONFIG, SystemClock())
    lines.buzz(0.02)
    assert lines.read_keys(0.001) is None
    assert gpio.outputs == [(CONFIG.buzzer_pin, 1)]
    assert lines.read_keys(0.05) is None
    assert gpio.outputs == [(CONFIG.buzzer_pin, 1), (CONFIG.buzzer_pin, 0)]


def test_a_new_daemon_leaves_the_latch_as_it_is(gpio: SimGpio) -> None:
    RpiGpioLines(gpio, CONFIG, SystemClock()).set_latch(True)
    RpiGpioLines(gpio, CONFIG, SystemClock()).close()
    assert gpio.outputs == [(CONFIG.latch_pin, 1)]


def test_lamp_and_buzzer_are_off_at_the_start(gpio: SimGpio) -> None:
    first = RpiGpioLines(gpio, CONFIG, SystemClock())
    first.set_lamp(True)
    first.buzz(100)
    RpiGpioLines(gpio, CONFIG, SystemClock())
    assert gpio.level(CONFIG.lamp_pin) == gpio.level(CONFIG.buzzer_pin) == 0


def test_the_power_fail_line_is_low_without_mains(gpio: SimGpio) -> None:
    mains = mains_line(gpio, 16)
    assert mains()
    gpio.ground(16)
    assert not mains()


def test_without_the_module_there_are_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "RPi", None)
    with pytest.raises(PartFault, match=r"lines: RPi\.GPIO cannot be used"):
        open_gpio()


def test_the_module_is_set_to_the_numbering_of_the_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = SimGpio()
    package = type("RPi", (), {"GPIO": module})
    monkeypatch.setitem(__import__("sys").modules, "RPi", package)
    assert open_gpio() is module
    assert module.mode == SimGpio.BCM

"""The technician's command for the clock chip."""

from __future__ import annotations

import pytest

from common.clock import SystemClock
from common.service import EXIT_FAILED, EXIT_STOPPED, EXIT_USAGE
from hal.config import ClockChipConfig
from hal.drivers.ds3231 import Ds3231ClockChip
from hal.set_clock import main
from simulators.registers import Ds3231, SimI2cBus

NOW_MS = 1_790_000_000_000


def run(chip: Ds3231 | None, *argv: str) -> int:
    chips = {} if chip is None else {Ds3231.ADDRESS: chip}

    def opened(wiring: ClockChipConfig) -> Ds3231ClockChip:
        return Ds3231ClockChip(SimI2cBus(chips), wiring, SystemClock())

    return main(argv, opened)


def test_a_new_chip_is_shown_and_set(capsys: pytest.CaptureFixture[str]) -> None:
    chip = Ds3231(lambda: NOW_MS)
    chip.stop()
    assert run(chip) == EXIT_STOPPED
    assert "2000-01-01 00:00:00 UTC, but its oscillator had stopped" in capsys.readouterr().out
    assert run(chip, "--set", "2026-11-19T04:30:00Z", "--bus", "3") == EXIT_STOPPED
    assert capsys.readouterr().out == "The clock chip shows 2026-11-19 04:30:00 UTC\n"


def test_no_chip_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(None) == EXIT_FAILED
    assert "clock chip: no answer" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-19T04:30:00", "1999-12-31T23:59:59Z"])
def test_what_is_no_moment_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(Ds3231(lambda: NOW_MS), "--set", text)
    assert ended.value.code == EXIT_USAGE
    assert "--set" in capsys.readouterr().err

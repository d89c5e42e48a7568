"""terminald's commands: enrol, install, run; and what a start refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from common import enrolment
from common.book import PageKey
from common.journal import PATH
from common.media import FaultKind, FolderMedium, TwoMedia
from common.service import EXIT_CONFIG, EXIT_FAILED, EXIT_STOPPED, EXIT_USAGE
from hal.board_clock import BoardClock
from hal.faults import PartFault
from terminal.__main__ import main
from terminal.codes import CODES
from terminal.state import PROGRAM_ROOT, STATEMENT, Day, is_closed
from tests import samples
from tests.unit.terminal import station, tiny_book
from tests.unit.terminal.station import SetClock, StandInParts

PATIENCE_S = 20.0


class Machine:
    """A computer with a configuration and parts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "terminal.toml"
        self.config.write_text(
            f'board = "{station.NAME}"\n'
            f'root_key = "{samples.ROOT_KEY.hex()}"\n'
            'state = "state"\n'
            'card_socket = "cardiod"\n'
            "[parts]\n"
        )
        self.clock = SetClock()
        self.parts = StandInParts(root / "medium", self.clock)
        self.package = station.write_package_folder(root / "package")

    def call(self, *argv: str) -> int:
        """Run a command with our configuration."""
        command, *rest = argv
        return main([command, "--config", str(self.config), *rest], self.parts.table())

    def installed(self) -> Machine:
        """Enrol with the keys that the package knows, and install."""
        station.enrol(FolderMedium.make(self.root / "state", "own-storage"))
        assert self.call("install", "--package", str(self.package)) == EXIT_STOPPED
        return self

    def shows(self, name: str) -> bool:
        book = tiny_book.load()
        frame = book.frame()
        book.compose(frame, PageKey(name), {})
        return self.parts.screen.frame == frame.pixels

    def run(self, until: Callable[[], bool]) -> int:
        """Run until something is so, then stop as systemd does; return the exit code.

        What it waits for must be a new page: only then does the run take the signal.
        """
        self.parts.screen.frame = b""
        met = threading.Event()

        def stop() -> None:
            deadline_s = time.monotonic() + PATIENCE_S
            while not met.wait(0.01):
                if until() or time.monotonic() > deadline_s:
                    os.kill(os.getpid(), signal.SIGTERM)
                    return

        stopping = threading.Thread(target=stop)
        stopping.start()
        try:
            return self.call("run")
        finally:
            met.set()
            stopping.join()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_enrolment_makes_keys_once(machine: Machine) -> None:
    requests = []
    for name in ("one", "two"):
        path = machine.root / name
        assert machine.call("enrol", "--request", str(path)) == EXIT_STOPPED
        requests.append(path.read_bytes())
    assert requests[0] == requests[1]
    assert enrolment.open_request(requests[0]).name == station.NAME


def test_installation_makes_all_that_a_run_needs(machine: Machine) -> None:
    machine.installed()
    own = set(FolderMedium(machine.root / "state", "own").list())
    assert own >= {"device.keys", "package.cose", "secrets.sealed", CODES, PATH, "book/index.cbor"}
    removable = set(FolderMedium(machine.root / "medium" / station.NAME, "removable").list())
    assert removable == own - {"device.keys"}


def test_a_package_for_another_board_is_not_installed(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.call("enrol", "--request", str(machine.root / "request"))
    assert machine.call("install", "--package", str(machine.package)) == EXIT_FAILED
    assert "terminald: " in capsys.readouterr().err
    assert not (machine.root / "state" / "package.cose").exists()


def test_installation_without_a_medium_says_so(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    station.enrol(FolderMedium.make(machine.root / "state", "own-storage"))
    machine.parts.slot.present = False
    assert machine.call("install", "--package", str(machine.package)) == EXIT_FAILED
    assert "Removable medium: missing" in capsys.readouterr().err


def test_a_wrong_configuration_names_the_key(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    text = machine.config.read_text().replace(samples.ROOT_KEY.hex(), "beef")
    machine.config.write_text(text)
    assert machine.call("install", "--package", str(machine.package)) == EXIT_CONFIG
    assert "root_key" in capsys.readouterr().err
    assert machine.call("run", "--check-config") == EXIT_CONFIG


def test_a_right_configuration(machine: Machine) -> None:
    assert machine.call("run", "--check-config") == EXIT_STOPPED


@pytest.mark.parametrize("argv", [[], ["vote"], ["install"], ["enrol", "--config", "x"]])
def test_wrong_commands(machine: Machine, argv: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv, machine.parts.table())
    assert ended.value.code == EXIT_USAGE


def test_a_run_waits_for_the_courier_card(machine: Machine) -> None:
    machine.installed()
    # Nobody is cardiod here, so the first page gives way to the one that says so.
    assert machine.run(lambda: machine.shows("fault:READER_MISSING")) == EXIT_STOPPED
    assert machine.shows("fault:READER_MISSING")


def test_a_run_before_installation_fails_with_what_to_do(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.call("enrol", "--request", str(machine.root / "request"))
    assert machine.call("run") == EXIT_CONFIG
    said = capsys.readouterr().err
    assert "cannot start" in said
    assert "No station package is installed" in said
    assert "Traceback" not in said


def test_a_run_on_a_medium_that_fails_shows_why_and_starts_again(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.installed()
    machine.parts.slot.whole.fault = FaultKind.FULL

    def shown() -> bool:
        if machine.shows("fault:MEDIUM_FULL"):
            machine.clock.advance(3600)  # by then it has tried again
        return False

    assert machine.run(shown) == EXIT_FAILED
    assert "cannot serve" in capsys.readouterr().err


def test_a_run_without_a_medium_waits_for_one(machine: Machine) -> None:
    machine.installed()
    machine.parts.slot.present = False

    def shown() -> bool:
        if machine.shows("fault:MEDIUM_MISSING"):
            machine.clock.advance(3600)
            machine.parts.slot.present = machine.clock.ms > station.MORNING_MS + 3 * 3600_000
        return False

    assert machine.run(shown) == EXIT_FAILED, "with a medium, a new start may do better"
    assert machine.clock.ms > station.MORNING_MS + 3 * 3600_000


def test_a_run_on_a_broken_part_shows_so(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.installed()

    def broken(timeout_s: float) -> None:
        raise PartFault("touch", "no answer")

    monkeypatch.setattr(machine.parts.slot, "state", lambda: broken(0))
    assert machine.call("run") == EXIT_FAILED
    assert machine.shows("fault:PART_MISSING")


def test_a_closed_terminal_stays_closed(machine: Machine) -> None:
    machine.installed()
    own = FolderMedium(machine.root / "state", "own")
    removable = FolderMedium(machine.root / "medium" / station.NAME, "removable")
    installation = enrolment.load(own, samples.ROOT_KEY, station.NAME)
    clock = BoardClock(machine.clock, machine.parts.chip)
    day = Day(installation, TwoMedia(own, removable), clock, samples.seeded("day"))
    day.open_station(station.start_order())
    day.close_station()
    removable.remove(STATEMENT)  # power was cut between the two
    journal = own.read(PATH)
    assert machine.run(lambda: machine.shows("fault:STATE_MENDED")) == EXIT_STOPPED
    assert is_closed(own, installation)
    assert removable.read(STATEMENT) == own.read(STATEMENT)
    assert own.read(PATH) == journal, "nothing is journalled after the statement"
    whole = removable.read(PATH) or b""
    removable.replace(PATH, whole[:90] + bytes((whole[90] ^ 1,)) + whole[91:])  # on its way
    assert machine.run(lambda: machine.shows("fault:STATE_MENDED")) == EXIT_STOPPED
    assert removable.read(PATH) == journal
    machine.parts.slot.present = False  # on its way to the accumulator
    assert machine.run(lambda: machine.shows("closed")) == EXIT_STOPPED


def test_the_terminal_has_no_text_engine() -> None:
    script = "import sys, terminal.__main__; print(*sorted(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=PROGRAM_ROOT
    )
    modules = found.stdout.split()
    assert "terminal.daemon" in modules
    assert not [name for name in modules if name.startswith(("PIL", "common.pages", "center"))]

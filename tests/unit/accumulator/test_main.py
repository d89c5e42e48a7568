"""accumulatord's commands, and the whole daemon on a bench."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

import accumulator.__main__ as daemon_main
from accumulator.__main__ import main
from common import cbor, enrolment, keys, records
from common.errors import Reason, text
from common.journal import verify_journal
from common.media import FolderMedium
from common.records import (
    BoardSecrets,
    EnrolmentAnswer,
    ProgramFile,
    ProgramManifest,
    StationPackage,
)
from common.service import EXIT_CONFIG, EXIT_FAILED, EXIT_STOPPED, EXIT_USAGE
from hal.parts import Parts
from simulators.bench_client import BenchClient
from simulators.hands import REACTION_S
from tests import samples
from tests.on_bench import OnBench, running_bench
from tests.unit.accumulator.stage import BOARD, start_password
from tests.unit.terminal import tiny_book

PATIENCE_S = 20.0
FILE = "accumulator/count_a.py"
CONTENT = (daemon_main.PROGRAM_ROOT / FILE).read_bytes()
MANIFEST = records.sign(
    ProgramManifest("1.0", (ProgramFile(FILE, hashlib.sha256(CONTENT).digest()),)), samples.ROOT
)
ANSWER = EnrolmentAnswer("0421", BOARD, start_password(), ())


class Computer:
    """A computer with a configuration, a bench for its parts, and a package from the centre."""

    def __init__(self, bench: OnBench) -> None:
        self.bench = bench
        self.folder = bench.folder
        self.config = self.folder / "accumulatord.toml"
        self.config.write_text(
            f'board = "{BOARD}"\nroot_key = "{samples.ROOT_KEY.hex()}"\nstate = "own"\n'
            'card_socket = "cardiod"\nruntime_dir = "run"\n[parts]\n'
        )
        self.parts: Parts = bench.parts(BOARD)

    def call(self, command: str, *options: str) -> int:
        return main([command, "--config", str(self.config), *options], self.parts)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def enrol(self) -> int:
        return self.call("enrol", "--request", self.path("request.cose"))

    def answer(self) -> int:
        (self.folder / "answer.cose").write_bytes(records.sign(ANSWER, samples.ROOT))
        return self.call(
            "answer", "--answer", self.path("answer.cose"), "--offer", self.path("offer.cose")
        )

    def publish(self) -> StationPackage:
        """Write the package folder for this board as it enrolled itself."""
        request = enrolment.open_request((self.folder / "request.cose").read_bytes())
        offer = records.open_record(
            records.StationKeyOffer, (self.folder / "offer.cose").read_bytes(), request.sign_key
        )
        boards = tuple(
            dataclasses.replace(each, sign_key=request.sign_key, box_key=request.box_key)
            if each.name == BOARD
            else each
            for each in samples.BOARDS
        )
        draft = dataclasses.replace(
            samples.package(),
            boards=boards,
            station_key=offer.station_key,
            start_password=start_password(),
            program=records.digest(MANIFEST),
        )
        package, _ = tiny_book.package_and_book(draft)
        signed = records.sign(package, samples.ROOT)
        secrets = BoardSecrets(records.digest(signed), BOARD, b"s" * 32, b"c" * 32, b"h" * 32, ())
        sealed = keys.seal_to(request.box_key, records.sign(secrets, samples.ROOT))
        index, images = tiny_book.files_for(draft)
        for name, content in (
            ("package.cose", signed),
            ("program.cose", MANIFEST),
            (f"secrets/{BOARD}.sealed", sealed),
            ("book/index.cbor", index),
            ("book/images.cborseq", images),
        ):
            path = self.folder / "package" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return package

    def install(self) -> int:
        return self.call("install", "--package", self.path("package"))

    def installed(self) -> Computer:
        assert self.enrol() == self.answer() == EXIT_STOPPED
        self.publish()
        assert self.install() == EXIT_STOPPED
        return self

    def run(self, people: Callable[[BenchClient], None]) -> int:
        """Run the daemon until people have done what they want, then stop it as systemd does."""
        failed: list[BaseException] = []

        def act() -> None:
            try:
                with BenchClient(self.bench.socket) as client:
                    people(client)
            except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
                failed.append(error)
            os.kill(os.getpid(), signal.SIGTERM)

        acting = threading.Thread(target=act)
        # A daemon that ended by itself must not leave its signal to the test runner.
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        acting.start()
        try:
            code = self.call("run")
        finally:
            acting.join()
            signal.signal(signal.SIGTERM, before)
        if failed:
            raise failed[0]
        return code


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    with running_bench(tmp_path, BOARD, width=1280, height=800) as bench:
        bench.client.advance_to(samples.OPENS_S * 1000)
        yield Computer(bench)
    structlog.reset_defaults()  # a daemon logs to the stderr of its own test


def test_enrolment_makes_keys_once(computer: Computer) -> None:
    assert computer.enrol() == EXIT_STOPPED
    first = (computer.folder / "request.cose").read_bytes()
    assert computer.enrol() == EXIT_STOPPED
    assert (computer.folder / "request.cose").read_bytes() == first
    assert enrolment.open_request(first).name == BOARD


def test_station_keys_lie_sealed_on_both_media(computer: Computer) -> None:
    computer.installed()
    own = FolderMedium(computer.folder / "own", "own")
    removable = FolderMedium(computer.folder / BOARD / "medium" / BOARD, "removable")
    sealed = own.read(enrolment.STATION_KEYS)
    assert sealed is not None
    assert removable.read(enrolment.STATION_KEYS) == sealed
    assert removable.read(enrolment.KEYS) is None
    assert removable.read(enrolment.SECRETS) == own.read(enrolment.SECRETS)


def test_an_answer_of_a_stranger_is_refused(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.enrol()
    stranger = samples.device("stranger").signing
    (computer.folder / "answer.cose").write_bytes(records.sign(ANSWER, stranger))
    options = ("--answer", computer.path("answer.cose"), "--offer", computer.path("offer.cose"))
    assert computer.call("answer", *options) == EXIT_FAILED
    assert "signature is wrong" in capsys.readouterr().err
    assert not (computer.folder / "offer.cose").exists()


def test_installing_without_a_medium_says_so(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.enrol()
    computer.answer()
    computer.publish()
    computer.bench.client.board(BOARD).unplug()
    assert computer.install() == EXIT_FAILED
    assert "Removable medium: missing" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.enrol()
    options = ("--answer", computer.path("nothing"), "--offer", computer.path("offer.cose"))
    assert computer.call("answer", *options) == EXIT_FAILED
    assert "nothing" in capsys.readouterr().err


def test_a_wrong_configuration_names_the_key(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.config.write_text(computer.config.read_text() + 'sate = "own"\n')
    assert computer.enrol() == EXIT_CONFIG
    assert "sate" in capsys.readouterr().err
    text = computer.config.read_text().replace('sate = "own"\n', "")
    computer.config.write_text(text.replace(samples.ROOT_KEY.hex(), "beef"))
    assert computer.call("run", "--check-config") == EXIT_CONFIG
    assert "root_key" in capsys.readouterr().err


def test_a_right_configuration(computer: Computer, capsys: pytest.CaptureFixture[str]) -> None:
    assert computer.call("run", "--check-config") == EXIT_STOPPED
    assert "in order" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["count"], ["install"], ["enrol", "--config", "x"]])
def test_a_wrong_command_line_is_usage(computer: Computer, argv: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv, computer.parts)
    assert ended.value.code == EXIT_USAGE


def test_a_board_that_is_not_installed_does_not_run(
    computer: Computer, capfd: pytest.CaptureFixture[str]
) -> None:
    computer.enrol()
    assert computer.call("run") == EXIT_CONFIG
    said = capfd.readouterr().err
    assert "cannot start" in said
    assert "No station package is installed" in said
    assert "Traceback" not in said
    _, regions = computer.bench.client.board(BOARD).regions()
    shown = {region.name: region.text for region in regions}
    assert shown["page"] == "accumulator.refused"
    assert shown["refusal"] == text(Reason.NOT_INSTALLED, "kk")


def test_another_program_does_not_run(
    computer: Computer, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    computer.installed()
    monkeypatch.setattr(daemon_main, "PROGRAM_ROOT", computer.folder)
    assert computer.call("run") == EXIT_CONFIG
    assert FILE in capfd.readouterr().err


def wait_for(client: BenchClient, page: str, name: str = "page") -> None:
    hands = client.board(BOARD)
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        _, regions = hands.regions()
        shown = {region.name: region.text for region in regions}
        if shown.get("page") == page and name in shown:
            return
        hands.wait("screen", hands.count("screen"), 0.2)
    raise AssertionError(f"waited for {page} with {name}")


def test_the_daemon_on_a_bench(computer: Computer, capfd: pytest.CaptureFixture[str]) -> None:
    """Password, zero report on the paper, a medium pulled and put back, power and case."""
    computer.installed()

    def people(client: BenchClient) -> None:
        hands = client.board(BOARD)

        def press(name: str) -> None:
            hands.find_region(name)
            client.advance(REACTION_S)
            hands.touch_region(name)

        wait_for(client, "accumulator.start")
        for character in "k7qdm2xp94tr":
            press(f"password.{character}")
        press("enter")
        wait_for(client, "accumulator.clock")
        press("clock.right")
        wait_for(client, "accumulator.zero")
        press("zero.print")
        wait_for(client, "accumulator.zero", "zero.continue")
        assert [picture.width for picture in hands.printed()] == [576]
        medium = hands.unplug()
        wait_for(client, "accumulator.stopped")
        hands.set_supply(on_mains=False, charge_percent=90)
        hands.plug(medium)
        wait_for(client, "accumulator.clock")
        hands.open_case()
        hands.set_supply(on_mains=True, charge_percent=90)
        _until(lambda: {"CASE_OPENED", "POWER_BACK"} <= set(_events(computer)), "case and power")

    assert computer.run(people) == EXIT_STOPPED
    events = _events(computer)
    assert events[:4] == ["INSTALLED", "STARTED", "START_PASSWORD_ACCEPTED", "URN_MADE"]
    assert events[-1] == "STOPPED"
    assert (computer.folder / "run" / "station.keys").exists()
    said = capfd.readouterr().err
    assert "K7QD" not in said.upper()

    def nobody(client: BenchClient) -> None:
        """Wait for the second start; the screen still shows what the first one left there."""
        _until(lambda: _events(computer).count("STARTED") == 2, "a second start")
        wait_for(client, "accumulator.clock")

    assert computer.run(nobody) == EXIT_STOPPED  # a daemon that only restarts needs no password
    assert _events(computer).count("START_PASSWORD_ACCEPTED") == 1


def _events(computer: Computer) -> list[str]:
    own = FolderMedium(computer.folder / "own", "own")
    key = enrolment.device_keys(own).sign_key
    content = own.read("journal.cborseq") or b""
    _, whole = cbor.split_sequence(content)  # the daemon may be writing at this moment
    return [entry.event.name for entry in verify_journal(content[:whole], key)]


def _until(met: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not met():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"waited for {what}")
        time.sleep(0.02)

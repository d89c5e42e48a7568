"""The units that systemd runs on a board: understood without a word, tightly closed, all alike.

`systemd-analyze` reads copies whose programs are stand-ins, since nothing lies in /opt here.
"""

import os
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from accumulator.config import AccumulatorConfig
from cardio.config import CardioConfig
from common.config import parse
from common.service import EXIT_CONFIG, EXIT_USAGE
from simulators.supervisor import OVERWRITTEN
from terminal.config import TerminalConfig

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
PROGRAMS = "/opt/sailau/bin"
DAEMONS = ("cardiod", "deskd", "terminald", "accumulatord")
BOARDS = {"deskd": "desk", "terminald": "terminal", "accumulatord": "accumulator"}

GREATEST_EXPOSURE = 10  # of 100; systemd calls up to 20 "safe"


def read_unit(name: str) -> RawConfigParser:
    parser = RawConfigParser(strict=False, delimiters="=")  # of a repeated key, the last
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way
    parser.read(UNITS / name, encoding="utf-8")
    return parser


@pytest.fixture
def analyze(tmp_path: Path) -> "Analyze":
    return Analyze(tmp_path)


class Analyze:
    def __init__(self, folder: Path) -> None:
        self._units = folder / "units"
        self._units.mkdir()
        programs = folder / "programs"
        programs.mkdir()
        for daemon in DAEMONS:
            (programs / daemon).symlink_to("/bin/true")
        for unit in UNITS.iterdir():
            text = unit.read_text(encoding="utf-8").replace(PROGRAMS, str(programs))
            (self._units / unit.name).write_text(text, encoding="utf-8")

    def change(self, unit: str, old: str, new: str) -> None:
        path = self._units / unit
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["systemd-analyze", *arguments],
            cwd=self._units,
            env={**os.environ, "SYSTEMD_UNIT_PATH": f"{self._units}:", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )

    def verify(self) -> subprocess.CompletedProcess[str]:
        names = [
            path.name
            for path in sorted(self._units.iterdir())
            if path.suffix in {".service", ".socket", ".target", ".mount"}
        ]
        return self.run("verify", "--man=no", "--recursive-errors=no", *names)


def test_systemd_understands_every_line(analyze: Analyze) -> None:
    answer = analyze.verify()
    assert (answer.returncode, answer.stderr) == (0, "")


def test_systemd_would_have_noticed_a_typo(analyze: Analyze) -> None:
    analyze.change("deskd.service", "ProtectHome=", "ProtectHouse=")
    answer = analyze.verify()
    assert answer.returncode != 0
    assert "ProtectHouse" in answer.stderr


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_daemon_is_closed_up(analyze: Analyze, daemon: str) -> None:
    threshold = f"--threshold={GREATEST_EXPOSURE}"
    answer = analyze.run("security", "--offline=true", threshold, f"{daemon}.service")
    assert answer.returncode == 0, answer.stdout


def test_an_open_daemon_would_have_been_noticed(analyze: Analyze) -> None:
    for line in ("NoNewPrivileges=yes", "PrivateNetwork=yes", "SystemCallFilter=@system-service"):
        analyze.change("cardiod.service", line, "")
    threshold = f"--threshold={GREATEST_EXPOSURE}"
    assert analyze.run("security", "--offline=true", threshold, "cardiod.service").returncode != 0


def test_all_daemons_have_the_same_sandbox() -> None:
    marker = "# The same lines in every daemon"
    blocks = set()
    for daemon in DAEMONS:
        text = (UNITS / f"{daemon}.service").read_text(encoding="utf-8")
        assert text.count(marker) == 1
        blocks.add(text.split(marker)[1].split("\n[Install]")[0].rstrip())
    assert len(blocks) == 1


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_daemon_is_watched_and_started_again(daemon: str) -> None:
    unit = read_unit(f"{daemon}.service")
    service = dict(unit["Service"])
    assert service["Type"] == "notify"
    assert service["Restart"] == "always"
    assert service["RestartSec"] == "200ms"
    assert int(service["WatchdogSec"]) > 0
    assert service["RestartPreventExitStatus"] == f"{EXIT_USAGE} {EXIT_CONFIG}"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    command = daemon if daemon == "cardiod" else f"{daemon} run"
    assert service["ExecStart"] == f"{PROGRAMS}/{command} --config /etc/sailau/{daemon}.toml"


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_daemon_is_no_root_and_leaves_no_memory_on_a_disk(daemon: str) -> None:
    service = read_unit(f"{daemon}.service")["Service"]
    users = (UNITS / "sailau.sysusers.conf").read_text(encoding="utf-8")
    assert f"u {service['User']} " in users
    assert (service["LimitCORE"], service["MemorySwapMax"]) == ("0", "0")


def overwriting(daemon: str) -> dict[str, str]:
    """What a unit sets in the environment so that freed memory is overwritten."""
    text = (UNITS / f"{daemon}.service").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("Environment=")]
    pairs = [line.removeprefix("Environment=").partition("=") for line in lines]
    return {name: value for name, _, value in pairs if "MALLOC" in name or "TUNABLES" in name}


_FORGETFUL = """
import os
half = b"0123456789abcdef"
kept = [bytes(half[::-1]) * 4 for at in range(200)]
longer = [bytes(half[::-1]) * 200 for at in range(20)]
del kept, longer
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, rights = line.split()[:2]
        start, end = (int(at, 16) for at in span.split("-"))
        if rights.startswith("rw"):
            memory.seek(start)
            try:
                found += memory.read(end - start).count(half[::-1])
            except OSError:
                continue
print(found)
"""


@pytest.mark.parametrize("daemon", DAEMONS)
def test_what_a_daemon_forgets_is_overwritten(daemon: str) -> None:
    def left(environ: dict[str, str]) -> int:
        command = [sys.executable, "-c", _FORGETFUL]
        plain = {
            name: value for name, value in os.environ.items() if name not in overwriting(daemon)
        }
        result = subprocess.run(
            command, env=plain | environ, capture_output=True, text=True, check=True
        )
        return int(result.stdout)

    assert left({}) > 1000  # Python by itself
    assert left(overwriting(daemon)) < 20  # registers that were saved on the stack
    assert overwriting(daemon) == dict(OVERWRITTEN)


@pytest.mark.parametrize(("daemon", "kind"), BOARDS.items())
def test_a_board_is_one_target_that_excludes_the_others(daemon: str, kind: str) -> None:
    unit = read_unit(f"sailau-{kind}.target")["Unit"]
    assert unit["Requires"] == f"{daemon}.service"
    others = {f"sailau-{other}.target" for other in BOARDS.values() if other != kind}
    assert set(unit["Conflicts"].split()) == others


def test_only_the_boards_own_daemon_may_speak_to_cardiod() -> None:
    listening = read_unit("cardiod.socket")["Socket"]
    assert listening["SocketMode"] == "0660"
    for daemon in BOARDS:
        assert read_unit(f"{daemon}.service")["Service"]["Group"] == listening["SocketGroup"]


def test_the_page_configures_cardiod_for_its_unit() -> None:
    config = parse(_example(1), CardioConfig, ROOT)
    service = read_unit("cardiod.service")["Service"]
    package = f"package.cose:/var/lib/{read_unit('deskd.service')['Service']['StateDirectory']}"
    assert service["LoadCredential"] == f"{package}/package.cose"
    assert config.state == Path("/run/credentials/cardiod.service")
    assert str(config.socket) == read_unit("cardiod.socket")["Socket"]["ListenSequentialPacket"]
    users = (UNITS / "sailau.sysusers.conf").read_text(encoding="utf-8")
    assert all(f"u sailau-board {uid} " in users for uid in config.board_uids)


def test_the_page_configures_a_terminal_for_its_unit() -> None:
    config = parse(_example(2), TerminalConfig, ROOT)
    listening = read_unit("cardiod.socket")["Socket"]["ListenSequentialPacket"]
    assert str(config.card_socket) == listening
    state = read_unit("terminald.service")["Service"]["StateDirectory"]
    assert config.state == Path("/var/lib", state)
    assert config.parts.recording_slot is not None
    mount = read_unit("media-sailau-recording.mount")["Mount"]["Where"]
    assert str(config.parts.recording_slot.mount_point) == mount


def test_the_page_configures_an_accumulator_for_its_unit() -> None:
    config = parse(_example(3), AccumulatorConfig, ROOT)
    service = read_unit("accumulatord.service")["Service"]
    assert config.runtime_dir == Path("/run", service["RuntimeDirectory"])
    assert config.state == Path("/var/lib", service["StateDirectory"])
    for slot, wired in (
        ("recording", config.parts.recording_slot),
        ("visiting", config.parts.visiting_slot),
    ):
        assert wired is not None
        mount = read_unit(f"media-sailau-{slot}.mount")["Mount"]["Where"]
        assert str(wired.mount_point) == mount


def test_unsealed_station_keys_outlive_the_daemon_and_no_other_user_reads_them() -> None:
    service = read_unit("accumulatord.service")["Service"]
    assert service["RuntimeDirectoryPreserve"] == "restart"
    assert service["RuntimeDirectoryMode"] == "0700"


def _example(number: int) -> str:
    page = (ROOT / "docs" / "technician.md").read_text(encoding="utf-8")
    return page.split("```toml\n")[number].split("```")[0]


def test_a_slot_is_mounted_where_the_board_may_write() -> None:
    for slot in ("recording", "visiting"):
        mount = read_unit(f"media-sailau-{slot}.mount")["Mount"]
        assert mount["Where"] == f"/media/sailau/{slot}"
        rules = (UNITS / "sailau.udev.rules").read_text(encoding="utf-8")
        assert f'SYMLINK+="{mount["What"].removeprefix("/dev/")}"' in rules
    for daemon in BOARDS:
        assert read_unit(f"{daemon}.service")["Service"]["ReadWritePaths"] == "-/media/sailau"


def test_every_program_that_a_unit_starts_is_installed_by_the_project() -> None:
    parser = RawConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    scripts = parser["options.entry_points"]["console_scripts"]
    for daemon in DAEMONS:
        assert f"\n{daemon} = " in scripts

"""The commands: enrol, install, and what is wrong with a command line or a configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from common import enrolment
from common.clock import Clock
from common.enrolment import open_request
from common.journal import PATH, verify_journal
from common.media import FolderMedium
from common.records import BoardKind
from common.service import EXIT_CONFIG, EXIT_FAILED, EXIT_STOPPED
from desk.__main__ import main
from hal.config import PartsConfig
from hal.parts import Parts
from simulators.clock_chip import SimClockChip
from tests import samples
from tests.unit.desk.office import NAME, SetClock, Slot, write_package_folder


def parts(root: Path) -> Parts:
    def none(_: PartsConfig, __: Clock) -> Any:
        raise AssertionError("no command but run opens this part")

    slot = Slot(root / "medium")
    return Parts(
        clock=lambda _: SetClock(),
        own_storage=lambda state: FolderMedium(state, "own-storage"),
        card_reader=none,
        screen=none,
        touch=none,
        lines=none,
        clock_chip=lambda _, clock: SimClockChip(clock),
        supply=none,
        scanner=none,
        printer=none,
        recording_slot=lambda _, __: slot,
        visiting_slot=none,
    )


def config(root: Path, more: str = "") -> str:
    path = root / "deskd.toml"
    path.write_text(
        f'board = "{NAME}"\nroot_key = "{samples.ROOT_KEY.hex()}"\nstate = "state"\n'
        f'card_socket = "cardio.sock"\n{more}\n[parts]\n',
        encoding="utf-8",
    )
    return str(path)


def test_enrol_makes_keys_once(tmp_path: Path) -> None:
    command = ["enrol", "--config", config(tmp_path), "--request", str(tmp_path / "request.cose")]
    assert main(command, parts(tmp_path)) == EXIT_STOPPED
    first = (tmp_path / "request.cose").read_bytes()
    request = open_request(first)
    assert (request.name, request.kind) == (NAME, BoardKind.DESK)
    assert main(command, parts(tmp_path)) == EXIT_STOPPED
    assert (tmp_path / "request.cose").read_bytes() == first


def test_install_keeps_what_the_desk_needs(tmp_path: Path) -> None:
    own = FolderMedium.make(tmp_path / "state", "own-storage")
    enrolment.enrol(own, NAME, BoardKind.DESK, samples.seeded(NAME))
    package = write_package_folder(tmp_path / "package")
    command = ["install", "--config", config(tmp_path), "--package", str(package)]
    assert main(command, parts(tmp_path)) == EXIT_STOPPED
    removable = FolderMedium(tmp_path / "medium", "medium").folder(NAME)
    assert {"package.cose", "voters.sealed"} <= set(removable.list())
    entries = verify_journal(own.read(PATH) or b"", samples.device(NAME).sign_key)
    assert [entry.event.name for entry in entries] == ["INSTALLED"]


def test_install_refuses_a_board_that_was_not_enrolled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    FolderMedium.make(tmp_path / "state", "own-storage")
    package = write_package_folder(tmp_path / "package")
    command = ["install", "--config", config(tmp_path), "--package", str(package)]
    assert main(command, parts(tmp_path)) == EXIT_FAILED
    assert capsys.readouterr().err.startswith("deskd: This board is not in the package")


def test_install_needs_the_medium(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = FolderMedium.make(tmp_path / "state", "own-storage")
    enrolment.enrol(own, NAME, BoardKind.DESK, samples.seeded(NAME))
    table = parts(tmp_path)
    slot = table.recording_slot(PartsConfig(), SetClock())
    assert isinstance(slot, Slot)
    slot.present = False
    package = write_package_folder(tmp_path / "package")
    command = ["install", "--config", config(tmp_path), "--package", str(package)]
    assert main(command, table) == EXIT_FAILED
    assert "Removable medium: missing" in capsys.readouterr().err


def test_a_request_that_cannot_be_written_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    request = tmp_path / "file" / "request.cose"
    command = ["enrol", "--config", config(tmp_path), "--request", str(request)]
    assert main(command, parts(tmp_path)) == EXIT_FAILED
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_check_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = config(tmp_path, 'language = "ru"')
    assert main(["run", "--config", right, "--check-config"], parts(tmp_path)) == EXIT_STOPPED
    wrong = config(tmp_path, 'language = "de"')
    assert main(["run", "--config", wrong, "--check-config"], parts(tmp_path)) == EXIT_CONFIG
    assert "language" in capsys.readouterr().err
    command = ["enrol", "--config", wrong, "--request", str(tmp_path / "request")]
    assert main(command, parts(tmp_path)) == EXIT_CONFIG


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        ([], "command"),
        (["install", "--config", "x"], "--package"),
        (["enrol", "--request", "x"], "--config"),
        (["serve"], "serve"),
    ],
)
def test_wrong_command_lines_name_the_option(
    argv: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv, parts(tmp_path))
    assert ended.value.code == 2
    assert named in capsys.readouterr().err

"""`sailau-sim`: which command runs what, and with whose parts."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from common.config import load
from common.service import EXIT_CONFIG, EXIT_USAGE
from hal.parts import Parts
from simulators import __main__ as module
from simulators import bench
from simulators.__main__ import DAEMONS, main
from tests.on_bench import NO_WIRING, START_MS, running_bench


def test_a_daemon_is_given_the_parts_of_the_bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[list[str], int]] = []

    def daemon(argv: Sequence[str], parts: Parts) -> int:
        given.append((list(argv), parts.clock(NO_WIRING).now_ms()))
        return 7

    fake = ModuleType("fake_daemon")
    monkeypatch.setattr(fake, "main", daemon, raising=False)
    monkeypatch.setitem(sys.modules, "fake_daemon", fake)
    monkeypatch.setitem(DAEMONS, "deskd", "fake_daemon")
    with running_bench(tmp_path, "desk-1", speed=0) as on:
        options = ["--bench", str(on.socket), "--board", "desk-1"]
        code = main(["board", "deskd", *options, "--", "run", "--config", "desk.toml"])
    assert code == 7
    assert given == [(["run", "--config", "desk.toml"], START_MS)]


def test_every_daemon_there_is_can_be_run() -> None:
    for path in DAEMONS.values():
        assert (Path(module.__file__).parents[1] / (path.replace(".", "/") + ".py")).is_file()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "a command is missing; give one of day, torture, bench, board"),
        (["night"], "there is no command 'night'; give one of day, torture, bench, board"),
    ],
)
def test_a_wrong_command_is_named(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == EXIT_USAGE
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["board"], "daemon"),
        (["board", "deskd", "--board", "desk-1"], "--bench"),
        (["board", "deskd", "--bench", "x"], "--board"),
        (["board", "nosed", "--bench", "x", "--board", "y"], "nosed"),
        (["bench"], "--config"),
    ],
)
def test_a_wrong_option_is_named(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == EXIT_USAGE
    assert message in capsys.readouterr().err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "sailau-sim bench --config FILE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense = 1", "bench: .*nonsense: unknown key"),
        (
            'socket = "s"\nfolder = "f"\ncards = "c"\nstart_ms = 0\nspeed = -1\nboards = []',
            "bench: rate",
        ),
    ],
)
def test_a_bench_that_cannot_be_set_up_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    config = tmp_path / "bench.toml"
    config.write_text(text)
    assert main(["bench", "--config", str(config)]) == EXIT_CONFIG
    assert __import__("re").search(message, capsys.readouterr().err)


def test_the_paths_of_a_bench_count_from_its_file(tmp_path: Path) -> None:
    config = tmp_path / "bench.toml"
    config.write_text('socket = "s"\nfolder = "f"\ncards = "c"\nstart_ms = 0\nboards = []')
    assert load(config, bench.BenchConfig).cards == tmp_path / "c"

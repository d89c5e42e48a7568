"""The verifier as an observer installs it: from its own folder, without any code of the boards."""

import shutil
import subprocess
import sys
import sysconfig
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = Path(sysconfig.get_path("purelib"))
NEIGHBOURS = ("common", "hal", "cardio", "desk", "terminal", "accumulator", "center", "simulators")

INSTALL = (
    *("pip", "install", "--quiet", "--disable-pip-version-check"),
    *("--no-index", "--no-deps", "--no-build-isolation"),
)

# -I and -S: neither this folder nor what an editable project adds to the path can be reached, only
# the installed verifier and the libraries.
CALL = """
import sys
sys.path[:0] = [{installed!r}, {libraries!r}]
from importlib.metadata import distribution
(script,) = distribution("sailau-verifier").entry_points
sys.argv[0] = "sailau-verify"
sys.exit(script.load()())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verifier")
    source = folder / "verifier"
    shutil.copytree(
        ROOT / "verifier",
        source,
        ignore=shutil.ignore_patterns("build", "__pycache__", "*.egg-info"),
    )
    target = folder / "installed"
    subprocess.run(
        [sys.executable, "-m", *INSTALL, "--target", str(target), str(source)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return target


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = CALL.format(installed=str(installed), libraries=str(LIBRARIES))
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", call, *arguments],
        cwd=installed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_only_the_verifier_is_installed(installed: Path) -> None:
    packages = {path.parent.name for path in installed.glob("*/__init__.py")}
    assert packages == {"verifier"}
    ours = {path.name for path in (ROOT / "verifier").glob("*.py")}
    assert {path.name for path in (installed / "verifier").glob("*.py")} == ours


def test_it_runs_where_none_of_the_boards_code_is(installed: Path) -> None:
    answer = run(installed, "--help")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("usage: sailau-verify")
    for neighbour in NEIGHBOURS:
        call = f"import sys; sys.path[:0] = [{str(installed)!r}, {str(LIBRARIES)!r}]"
        absent = subprocess.run(
            [sys.executable, "-I", "-S", "-c", f"{call}; import {neighbour}"],
            capture_output=True,
            cwd=installed,
            check=False,
        )
        assert b"ModuleNotFoundError" in absent.stderr


def test_it_refuses_an_empty_folder_in_words(installed: Path, tmp_path: Path) -> None:
    answer = run(installed, str(tmp_path), "--root", "00" * 32)
    assert answer.returncode == 1
    assert answer.stdout
    assert "Traceback" not in answer.stderr


def test_its_version_is_that_of_the_whole() -> None:
    def version(path: Path) -> str:
        parser = ConfigParser()
        parser.read(path, encoding="utf-8")
        return parser["metadata"]["version"]

    assert version(ROOT / "setup.cfg") == version(ROOT / "verifier" / "setup.cfg")

"""The look for a Python that fits: stand-in interpreters answer what real ones would."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "tools" / "find-python.sh"

# A stand-in is asked three things with -c: its version, whether it fits, whether it has venv.
STAND_IN = """#!/bin/sh
case "$2" in
    *write*) printf %s "{version}" ;;
    *3,\\ 11*) exit {fits} ;;
    *ensurepip*) exit {venv} ;;
    *) exit 99 ;;
esac
"""


@pytest.fixture
def found_in(tmp_path: Path) -> Path:
    return tmp_path


def add(folder: Path, name: str, version: str, *, fits: bool = True, venv: bool = True) -> None:
    path = folder / name
    path.write_text(STAND_IN.format(version=version, fits=int(not fits), venv=int(not venv)))
    path.chmod(0o755)


def look(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", SCRIPT, *arguments],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_python3_is_taken_when_it_fits(found_in: Path) -> None:
    add(found_in, "python3", "3.12")
    add(found_in, "python3.13", "3.13")
    assert look(found_in).stdout == "python3\n"


def test_another_is_taken_when_python3_does_not_fit(found_in: Path) -> None:
    add(found_in, "python3", "3.14", fits=False)
    add(found_in, "python3.12", "3.12")
    assert look(found_in).stdout == "python3.12\n"


def test_a_name_that_does_not_run_is_passed_over(found_in: Path) -> None:
    (found_in / "python3").write_text("#!/bin/sh\nexit 127\n")
    (found_in / "python3").chmod(0o755)
    add(found_in, "python3.11", "3.11")
    assert look(found_in).stdout == "python3.11\n"


def test_the_one_that_is_named_is_taken_or_none(found_in: Path) -> None:
    add(found_in, "python3", "3.12")
    add(found_in, "old", "3.9", fits=False)
    assert look(found_in, "python3").stdout == "python3\n"
    answer = look(found_in, "old")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "old is 3.9" in answer.stderr


@pytest.mark.parametrize(
    ("add_to", "said"),
    [
        (lambda folder: None, "No python3 found: install Python 3.11, 3.12 or 3.13"),
        (lambda folder: add(folder, "python3", "3.9", fits=False), "but python3 is 3.9: install"),
        (lambda folder: add(folder, "python3", "3.11", venv=False), "python3.11-venv"),
    ],
)
def test_otherwise_one_line_says_what_to_do(found_in: Path, add_to: object, said: str) -> None:
    assert callable(add_to)
    add_to(found_in)
    answer = look(found_in)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_python_that_runs_the_tests_fits(found_in: Path) -> None:
    (found_in / "python3").symlink_to(Path("/proc/self/exe").resolve())
    assert look(found_in).stdout == "python3\n"

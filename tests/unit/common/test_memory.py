"""A daemon that dies writes neither its memory nor anybody's secret anywhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import ClassVar

import pytest

from common.errors import Reason, Refused, Thing
from common.memory import told

SECRET = "0421"


class Explained(Exception):
    TOLD: ClassVar = True


def caught(failing: Callable[[], object]) -> str:
    try:
        failing()
    except Exception as error:  # noqa: BLE001 - whatever it is
        return told((type(error), error, error.__traceback__))
    raise AssertionError("it did not fail")


def test_a_foreign_text_is_not_told_but_its_place_is() -> None:
    said = caught(lambda: int(SECRET + "x"))
    assert SECRET not in said
    assert said.splitlines()[-1] == "ValueError"
    assert f"{__file__}:" in said
    assert "caught" in said


NOTHING: dict[str, str] = {}


def test_no_local_variable_is_told() -> None:
    def failing() -> object:
        code = SECRET * 2
        return NOTHING[code]

    said = caught(failing)
    assert said.splitlines()[-1] == "KeyError"
    assert SECRET not in said


def test_what_led_to_it_is_told_in_the_same_way() -> None:
    def failing() -> None:
        try:
            NOTHING[SECRET]
        except KeyError as error:
            raise Explained("the lamp is broken") from error

    said = caught(failing).splitlines()
    assert said[1:3] == ["KeyError", "which led to"]
    assert said[-1].endswith("Explained: the lamp is broken")
    assert not any(SECRET in line for line in said)


def test_an_error_while_another_is_handled_is_told_once_each() -> None:
    def failing() -> None:
        try:
            raise Explained("first")  # noqa: TRY301 - it is to be caught here
        except Explained as error:
            error.__cause__ = error  # a ring, which must not go on for ever
            raise Refused(Reason.RECORD_MISSING, thing=Thing.PACKAGE)  # noqa: B904 - on purpose

    said = caught(failing)
    assert said.count("Explained: first") == 1
    assert "common.errors.Refused: " in said


def test_the_system_s_own_words_are_told_without_the_path() -> None:
    said = caught(lambda: open(f"/nowhere/{SECRET}"))  # noqa: PTH123, SIM115 - it cannot be opened
    assert said.splitlines()[-1] == "FileNotFoundError: No such file or directory"


_KEPT = """
import ctypes, resource, sys
from common.memory import keep_off_disk

def forbidden(*_):
    raise ValueError("as systemd's filter answers")

if "filtered" in sys.argv:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit = forbidden
if "open" in sys.argv:
    resource.getrlimit = lambda _: (4096, 4096)
keep_off_disk()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def kept(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _KEPT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [(), ("filtered",)])
def test_a_process_is_not_dumped(arguments: tuple[str, ...]) -> None:
    assert kept(*arguments).stdout == "(0, 0) 0\n"


def test_a_process_that_could_be_dumped_does_not_start() -> None:
    refused = kept("filtered", "open")
    assert refused.returncode == 1
    assert "core files cannot be forbidden" in refused.stderr

"""Sees to the Debian packages that the tests need.

Says which packages of debian-packages.txt are missing, installs them as root or with a sudo
that asks nothing, and otherwise prints the one command and ends with status 1. On a system
without dpkg it names the packages and goes on: their like may be there under another name.

Runs with the standard library alone. Never removes a package, never asks a question.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

LIST = Path(__file__).with_name("debian-packages.txt")
HEADERS_PACKAGE = "python3-dev"


def read_packages(text: str) -> dict[str, str]:
    """Return the packages of a list as name → reason, in the list's order."""
    packages: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(" ")
        if not reason.strip():
            raise ValueError(f"{LIST.name} line {number}: {name} has no reason; write one after it")
        packages[name] = reason.strip()
    return packages


def missing_packages(wanted: dict[str, str], installed: set[str], *, headers: bool) -> list[str]:
    """Return the names in `wanted` that have to be installed, in order.

    `headers`: whether the running Python has its own Python.h.
    """
    return [
        name
        for name in wanted
        if name not in installed and not (name == HEADERS_PACKAGE and headers)
    ]


def install_command(missing: list[str]) -> list[str]:
    """Return the one command that installs `missing`; the caller puts sudo before it or not."""
    script = "apt-get update && apt-get install --yes --no-install-recommends " + shlex.join(
        missing
    )
    return ["sh", "-c", script]


def installed_packages(names: list[str]) -> set[str]:
    """Return those of `names` that dpkg has installed."""
    # dpkg-query ends with 1 when it does not know some of the names; what it prints still counts.
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n", *names],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    lines = (line.split() for line in answer.stdout.splitlines())
    return {words[1] for words in lines if words[0] == "installed"}


def have_python_headers() -> bool:
    """Whether the Python that runs this could compile an extension module."""
    return Path(sysconfig.get_path("include"), "Python.h").exists()


def privilege() -> list[str] | None:
    """Return what goes before a command that needs root: nothing, sudo, or None for no way."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asks_nothing = subprocess.run(
        [sudo, "-n", "true"], check=False, capture_output=True, stdin=subprocess.DEVNULL
    )
    return [sudo, "-n"] if asks_nothing.returncode == 0 else None


def main() -> int:
    """Look, say, install; return the exit status."""
    wanted = read_packages(LIST.read_text(encoding="utf-8"))
    if shutil.which("dpkg-query") is None:
        print("This is not Debian, so nothing is installed. The tests need what Debian calls:")
        _print_reasons(wanted, list(wanted))
        return 0
    missing = missing_packages(
        wanted, installed_packages(list(wanted)), headers=have_python_headers()
    )
    if not missing:
        return 0
    print("The tests need Debian packages that are not installed:")
    _print_reasons(wanted, missing)
    command = install_command(missing)
    before = privilege()
    if before is None:
        print(f"Install them as root and run make again:\n  {shlex.join(['sudo', *command])}")
        return 1
    print("Installing them.", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    result = subprocess.run(
        [*before, *command], check=False, env=environment, stdin=subprocess.DEVNULL
    )
    if result.returncode != 0:
        print(f"That failed. Run it by hand to see why:\n  {shlex.join([*before, *command])}")
        return 1
    return 0


def _print_reasons(wanted: dict[str, str], names: list[str]) -> None:
    width = max(len(name) for name in names)
    for name in names:
        print(f"  {name:<{width}}  {wanted[name]}")


if __name__ == "__main__":
    sys.exit(main())

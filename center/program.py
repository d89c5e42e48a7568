"""The program manifest: which files of which program may run on boards (L2).

Rules: every Python file of the packages that boards import, by its path from the folder that holds
those packages, with its SHA-256. Programs of the centre, the verifier and the simulators are not in
it: no board runs them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import common
from common.records import ProgramFile, ProgramManifest

BOARD_PACKAGES = ("accumulator", "cardio", "common", "desk", "hal", "terminal")


def program_root() -> Path:
    """Return the folder that holds the packages of the program that runs here."""
    return Path(common.__file__).resolve().parent.parent


def program_manifest(root: Path, version: str) -> ProgramManifest:
    """Return the manifest of the program under `root`.

    Raises:
        ValueError: a package is missing.
    """
    files: list[ProgramFile] = []
    for package in BOARD_PACKAGES:
        found = sorted((root / package).rglob("*.py"))
        if not found:
            raise ValueError(f"{root / package}: the program has no such package")
        files += [
            ProgramFile(
                path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).digest()
            )
            for path in found
        ]
    return ProgramManifest(version, tuple(files))

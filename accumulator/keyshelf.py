"""Where unsealed station keys lie while the board has power: a folder in memory.

Rules (design §2):
- The folder is on tmpfs (`/run`), mode 0700, the file 0600: a daemon that only restarts finds its
  keys, a board that lost power does not and asks for the start password again.
- What is found counts only if it is the station key of the package in force.
- Nothing is ever written elsewhere, and the file is overwritten before it is removed.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from common.keys import StationKeys

FILE = "station.keys"
_SIZE = 64


class KeyShelf:
    """The folder with the unsealed keys."""

    def __init__(self, folder: Path) -> None:
        """Take a folder; it is made, for this user alone, when something is put there."""
        self._folder = folder
        self._path = folder / FILE

    def put(self, keys: StationKeys) -> None:
        """Keep the keys until the power goes, or `clear`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, keys.station_seed + keys.urn_key)
        finally:
            os.close(file)
        new.rename(self._path)

    def take(self, station_key: bytes) -> StationKeys | None:
        """Return the keys if they are there and belong to `station_key` (Ed25519, public)."""
        try:
            content = self._path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if len(content) != _SIZE:
            return None
        keys = StationKeys(content[:32], content[32:])
        return keys if bytes(keys.station.verify_key) == station_key else None

    def clear(self) -> None:
        """Overwrite and remove the keys."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            with self._path.open("r+b") as file:
                file.write(bytes(_SIZE))
            self._path.unlink()

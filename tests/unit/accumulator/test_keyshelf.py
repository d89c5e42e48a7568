"""The key shelf: keys that outlive the daemon, and not the power."""

import stat
from pathlib import Path

from accumulator.keyshelf import FILE, KeyShelf
from common.keys import StationKeys
from tests.samples import STATION_KEYS, seeded

PUBLIC = bytes(STATION_KEYS.station.verify_key)


def test_keys_are_found_again_and_readable_by_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    KeyShelf(folder).put(STATION_KEYS)
    assert KeyShelf(folder).take(PUBLIC) == STATION_KEYS
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_nothing_there_is_nothing(tmp_path: Path) -> None:
    shelf = KeyShelf(tmp_path / "run")
    assert shelf.take(PUBLIC) is None
    shelf.clear()


def test_keys_of_another_station_are_not_taken(tmp_path: Path) -> None:
    shelf = KeyShelf(tmp_path)
    shelf.put(StationKeys.make(seeded("another station")))
    assert shelf.take(PUBLIC) is None
    shelf.put(STATION_KEYS)
    assert shelf.take(PUBLIC) == STATION_KEYS


def test_a_torn_file_is_not_taken(tmp_path: Path) -> None:
    shelf = KeyShelf(tmp_path)
    shelf.put(STATION_KEYS)
    (tmp_path / FILE).write_bytes(bytes(63))
    assert shelf.take(PUBLIC) is None


def test_cleared_keys_are_gone(tmp_path: Path) -> None:
    shelf = KeyShelf(tmp_path)
    shelf.put(STATION_KEYS)
    shelf.clear()
    assert list(tmp_path.iterdir()) == []

"""What a write that was cut off leaves: the documented states, all of them, and no others."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from simulators.torn import SECTOR, torn_append, torn_remove, torn_replace, torn_write_at

OLD = bytes(range(1, 200)) * 20
NEW = bytes(reversed(range(1, 250))) * 20


def states(folder: Path, tear: Callable[[Path, random.Random], None]) -> list[dict[str, bytes]]:
    """Tear many times; return what lay in the folder afterwards."""
    found = []
    for number in range(200):
        here = folder / str(number)
        here.mkdir()
        (here / "file").write_bytes(OLD)
        tear(here / "file", random.Random(number))
        found.append({path.name: path.read_bytes() for path in here.iterdir() if path.is_file()})
    return found


def is_cut(left: bytes, whole: bytes) -> bool:
    """Say whether this is a prefix of `whole`, perhaps with zeros behind it."""
    return len(left) <= len(whole) and whole.startswith(left.rstrip(b"\0"))


def test_an_append_leaves_a_prefix_or_zeros(tmp_path: Path) -> None:
    found = states(tmp_path, lambda file, draw: torn_append(file, NEW, draw))
    for files in found:
        assert set(files) == {"file"}
        assert files["file"].startswith(OLD)
        assert is_cut(files["file"][len(OLD) :], NEW)
    assert any(files["file"].endswith(b"\0") for files in found)
    assert len({len(files["file"]) for files in found}) > 50


def test_an_overwriting_leaves_sectors_of_both(tmp_path: Path) -> None:
    offset, end = 100, 100 + 2000
    written = NEW[:2000]
    found = states(tmp_path, lambda file, draw: torn_write_at(file, offset, written, draw))
    whole = OLD[:offset] + written + OLD[end:]
    for files in found:
        left = files["file"]
        assert len(left) == len(OLD)
        for at in range(0, len(OLD), SECTOR):
            assert left[at : at + SECTOR] in (OLD[at : at + SECTOR], whole[at : at + SECTOR])
    contents = {files["file"] for files in found}
    assert len(contents) == 2**5
    assert {OLD, whole} <= contents


def test_a_replacing_leaves_one_or_the_other_whole(tmp_path: Path) -> None:
    found = states(tmp_path, lambda file, draw: torn_replace(file, NEW, draw))
    for files in found:
        assert files["file"] in (OLD, NEW)
        assert is_cut(files.get("file.new", b""), NEW)
        assert "file.new" not in files or files["file"] == OLD
    assert {files["file"] == NEW for files in found} == {True, False}
    assert {"file.new" in files for files in found} == {True, False}


def test_a_folder_that_was_made_may_be_there_or_not(tmp_path: Path) -> None:
    left = set()
    for number in range(100):
        here = tmp_path / str(number)
        here.mkdir()
        torn_append(here / "one" / "two" / "file", NEW, random.Random(number))
        left.add(tuple(sorted(path.relative_to(here).as_posix() for path in here.rglob("*"))))
    assert left == {
        (),
        ("one",),
        ("one", "one/two"),
        ("one", "one/two", "one/two/file"),
        ("one", "one/two", "one/two/file.new"),
    }


def test_a_removing_leaves_the_file_or_not(tmp_path: Path) -> None:
    found = states(tmp_path, torn_remove)
    assert {len(files) for files in found} == {0, 1}
    assert all(files.get("file", OLD) == OLD for files in found)

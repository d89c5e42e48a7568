"""`FolderMedium` by the calls that it makes: durable on return, and nothing strange in between.

After each system call, every state that a file system may be in after a power cut is compared with
those that the module promises; after the method returned, there must be one only.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from common.media import FolderMedium
from tests.crash_model import Recorder, Tree

OLD = b"old content of the file"
NEW = b"new and quite a bit longer content of the file"
BESIDE = ("beside", b"another file")


def cut_everywhere(
    root: Path, write: Callable[[FolderMedium], None], allowed: Callable[[bytes | None], bool]
) -> Recorder:
    """Carry a write out; check every crash state on the way, and that one is left at the end.

    Args:
        root: the medium, prepared.
        write: the method at test, which is to change "folder/file" or "file" alone.
        allowed: says whether "folder/file" or "file" may have this content, None for no file.
    """
    medium = FolderMedium(root, "own")
    wrong: list[tuple[str, Tree]] = []

    def look(recorder: Recorder) -> None:
        for state in recorder.states():
            files = {name: content for name, content in state if not name.endswith(".new")}
            beside = files.pop(BESIDE[0], None)
            (content,) = files.values() or (None,)
            if beside != BESIDE[1] or not allowed(content):
                wrong.append((" ".join(recorder.calls), state))

    with Recorder(root, look) as recorder:
        write(medium)
    assert not wrong
    assert len(recorder.states()) == 1, "not durable on return"
    (last,) = recorder.states()
    real = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    assert dict(last) == real, "the model is not what happened"
    return recorder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "own"
    made.mkdir()
    (made / BESIDE[0]).write_bytes(BESIDE[1])
    return made


def test_append(root: Path) -> None:
    (root / "file").write_bytes(OLD)

    def allowed(content: bytes | None) -> bool:
        if content is None or not content.startswith(OLD):
            return False
        added = content[len(OLD) :]
        return len(added) <= len(NEW) and NEW.startswith(added.rstrip(b"\0"))

    made = cut_everywhere(root, lambda medium: medium.append("file", NEW), allowed)
    assert made.calls == ["write", "sync"]


@pytest.mark.parametrize("path", ["file", "folder/file", "folder/deeper/file"])
def test_append_to_a_file_that_is_not_there(root: Path, path: str) -> None:
    cut_everywhere(
        root, lambda medium: medium.append(path, NEW), lambda found: found in {None, NEW}
    )


def test_write_at(root: Path) -> None:
    (root / "file").write_bytes(OLD)
    written = b"XXXX"

    def allowed(content: bytes | None) -> bool:
        return (
            content is not None
            and len(content) == len(OLD)
            and content[:4] + content[8:] == OLD[:4] + OLD[8:]
        )

    made = cut_everywhere(root, lambda medium: medium.write_at("file", 4, written), allowed)
    assert made.calls == ["write", "sync"]


@pytest.mark.parametrize("path", ["file", "folder/file", "folder/deeper/file"])
def test_replace_what_is_not_there(root: Path, path: str) -> None:
    cut_everywhere(
        root, lambda medium: medium.replace(path, NEW), lambda found: found in {None, NEW}
    )


def test_replace(root: Path) -> None:
    (root / "file").write_bytes(OLD)
    made = cut_everywhere(
        root, lambda medium: medium.replace("file", NEW), lambda found: found in {OLD, NEW}
    )
    assert made.calls[:5] == ["create", "write", "sync", "rename", "sync"]


def test_replace_with_what_an_earlier_cut_left_beside_it(root: Path) -> None:
    (root / "file").write_bytes(OLD)
    (root / "file.new").write_bytes(b"left behind by a cut, and longer than what comes now" * 2)
    cut_everywhere(
        root, lambda medium: medium.replace("file", NEW), lambda found: found in {OLD, NEW}
    )
    assert (root / "file").read_bytes() == NEW


def test_remove(root: Path) -> None:
    (root / "file").write_bytes(OLD)
    made = cut_everywhere(
        root, lambda medium: medium.remove("file"), lambda found: found in {OLD, None}
    )
    assert made.calls == ["unlink", "sync"]


class Forgetful(Recorder):
    """A recorder of a program that leaves one of its syncs out."""

    def __init__(self, root: Path, left_out: int) -> None:
        super().__init__(root, lambda _: None)
        self._left = left_out

    def fsync(self, descriptor: int) -> None:
        self._left -= 1
        if self._left != -1:
            super().fsync(descriptor)


@pytest.mark.parametrize("left_out", [0, 1])
def test_the_model_finds_a_sync_that_is_left_out(root: Path, left_out: int) -> None:
    """Without the first, the new file may be torn; without the second, the old one, blanked."""
    (root / "file").write_bytes(OLD)
    with Forgetful(root, left_out) as recorder:
        FolderMedium(root, "own").replace("file", NEW)
    contents = {dict(state)["file"] for state in recorder.states()}
    assert NEW in contents
    assert len(contents) > 1

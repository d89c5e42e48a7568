"""Media: the contract holds for a folder and for the stand-in; a folder's writes are durable."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.errors import LANGUAGES, Reason, Thing
from common.media import FaultKind, FolderMedium, Medium, MediumFault, TwoMedia
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium

Make = Callable[[], Medium]


@pytest.fixture(params=["folder", "stand-in", "folder in a folder", "folder in the stand-in"])
def medium(request: pytest.FixtureRequest, tmp_path: Path) -> Medium:
    match request.param:
        case "folder":
            return FolderMedium(tmp_path, "own")
        case "stand-in":
            return RecordingMedium("own")
        case "folder in a folder":
            return FolderMedium(tmp_path, "removable").folder("desk-1")
        case _:
            return RecordingMedium("removable").folder("desk-1")


# The contract.


def test_a_file_that_is_not_there_is_none(medium: Medium) -> None:
    assert medium.read("journal.cborseq") is None
    assert medium.read_at("urn.bin", 0, 10) is None
    assert medium.size("urn.bin") is None
    assert medium.list() == ()
    medium.remove("urn.bin")


def test_append_makes_the_file_and_adds_to_it(medium: Medium) -> None:
    medium.append("journal.cborseq", b"one")
    medium.append("journal.cborseq", b"two")
    assert medium.read("journal.cborseq") == b"onetwo"
    assert medium.size("journal.cborseq") == 6


def test_replace_puts_the_whole_file_in_the_place_of_the_old(medium: Medium) -> None:
    medium.replace("marks.bin", b"the old and longer content")
    medium.replace("marks.bin", b"new")
    assert medium.read("marks.bin") == b"new"


def test_write_at_overwrites_inside_the_file(medium: Medium) -> None:
    medium.replace("urn.bin", b"0123456789")
    medium.write_at("urn.bin", 4, b"xyz")
    assert medium.read("urn.bin") == b"0123xyz789"
    assert medium.read_at("urn.bin", 3, 3) == b"3xy"
    assert medium.read_at("urn.bin", 8, 100) == b"89"


@pytest.mark.parametrize(("offset", "size"), [(8, 3), (11, 0), (-1, 1)])
def test_write_at_never_makes_a_file_longer(medium: Medium, offset: int, size: int) -> None:
    medium.replace("urn.bin", b"0123456789")
    with pytest.raises(MediumFault) as caught:
        medium.write_at("urn.bin", offset, b"x" * size)
    assert caught.value.kind is FaultKind.IO
    assert medium.read("urn.bin") == b"0123456789"


def test_write_at_needs_the_file(medium: Medium) -> None:
    with pytest.raises(MediumFault) as caught:
        medium.write_at("urn.bin", 0, b"x")
    assert caught.value.kind is FaultKind.IO


def test_files_lie_in_folders_and_are_listed(medium: Medium) -> None:
    medium.replace("book/index.cbor", b"i")
    medium.append("book/images.cborseq", b"p")
    medium.replace("package.cose", b"p")
    assert medium.list() == ("book/images.cborseq", "book/index.cbor", "package.cose")
    assert medium.folder("book").read("index.cbor") == b"i"
    medium.remove("book/index.cbor")
    assert medium.read("book/index.cbor") is None


def test_a_file_longer_than_allowed_is_a_fault(medium: Medium) -> None:
    medium.replace("statement.cose", b"12345")
    assert medium.read("statement.cose", max_size=5) == b"12345"
    with pytest.raises(MediumFault):
        medium.read("statement.cose", max_size=4)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", "a//b", ".hidden", "a/."])
def test_paths_never_lead_out(medium: Medium, path: str) -> None:
    for use in (medium.read, medium.remove, medium.size):
        with pytest.raises(ValueError, match="not a path"):
            use(path)
    with pytest.raises(ValueError, match="not a path"):
        medium.replace(path, b"x")


# Two media.


def test_two_media_are_written_own_first_and_read_from_own() -> None:
    power = Power()
    own, removable = RecordingMedium("own", power), RecordingMedium("removable", power)
    both = TwoMedia(own, removable)
    both.replace("a", b"1")
    both.append("a", b"2")
    both.write_at("a", 0, b"3")
    assert own.files == removable.files == {"a": b"32"}
    own.files["a"] = b"own"
    assert both.read("a") == b"own"
    both.remove("a")
    assert own.files == removable.files == {}
    removable.files["a"] = b"removable"
    assert both.read("a") == b"removable"
    both.folder("f").replace("b", b"4")
    assert own.files["f/b"] == removable.files["f/b"] == b"4"


def test_a_cut_between_the_two_leaves_the_write_on_own() -> None:
    power = Power()
    own, removable = RecordingMedium("own", power), RecordingMedium("removable", power)
    power.fail_at(2, Cut.NOTHING)
    with pytest.raises(PowerCut):
        TwoMedia(own, removable).append("journal.cborseq", b"entry")
    power.restore()
    assert own.files == {"journal.cborseq": b"entry"}
    assert removable.files == {}


# A folder: what a stranger may have put there.


def test_what_is_not_a_plain_file_is_not_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = tmp_path / "medium"
    medium = FolderMedium.make(root, "visiting")
    (root / "link").symlink_to(outside / "secret")
    (root / "folder-link").symlink_to(outside)
    (root / "folder").mkdir()
    (root / ".hidden").write_bytes(b"x")
    (root / "half.new").write_bytes(b"x")
    os.mkfifo(root / "pipe")
    for path in ("link", "folder-link/secret", "folder", "pipe"):
        assert medium.read(path) is None
        assert medium.size(path) is None
    assert medium.list() == ()
    with pytest.raises(MediumFault):
        medium.replace("folder-link/secret", b"changed")
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    medium = FolderMedium.make(tmp_path / "medium", "removable")
    (tmp_path / "medium" / "marks.bin").symlink_to(secret)
    medium.append("marks.bin", b"marks")
    assert secret.read_bytes() == b"secret"
    assert medium.read("marks.bin") == b"marks"


def test_what_is_replaced_is_overwritten_before_its_blocks_are_freed(tmp_path: Path) -> None:
    medium = FolderMedium.make(tmp_path / "medium", "own")
    medium.replace("urn.bin", b"old" * 500_000)
    with (tmp_path / "medium" / "urn.bin").open("rb") as still_open:
        medium.replace("urn.bin", b"new")
        assert still_open.read() == bytes(1_500_000)
    assert medium.read("urn.bin") == b"new"


def test_what_has_another_name_is_not_overwritten(tmp_path: Path) -> None:
    medium = FolderMedium.make(tmp_path / "medium", "own")
    medium.replace("book", b"old")
    (tmp_path / "other").hardlink_to(tmp_path / "medium" / "book")
    medium.replace("book", b"new")
    assert (tmp_path / "other").read_bytes() == b"old"
    assert medium.read("book") == b"new"


def test_names_of_files_being_written_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="being written"):
        FolderMedium(tmp_path, "own").replace("marks.bin.new", b"")


def test_files_are_for_the_board_only(tmp_path: Path) -> None:
    medium = FolderMedium(tmp_path, "own")
    medium.replace("book/index.cbor", b"")
    assert stat.S_IMODE((tmp_path / "book/index.cbor").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "book").stat().st_mode) == 0o700


# A folder: faults.


def test_a_medium_that_is_pulled_out_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "medium"
    medium = FolderMedium.make(root, "removable")
    medium.replace("journal.cborseq", b"1")
    root.rename(tmp_path / "elsewhere")
    uses: list[Callable[[], object]] = [
        lambda: medium.read("journal.cborseq"),
        lambda: medium.append("journal.cborseq", b"2"),
        lambda: medium.replace("marks.bin", b""),
        lambda: medium.size("journal.cborseq"),
        lambda: medium.remove("journal.cborseq"),
        medium.list,
        lambda: medium.folder("desk-1"),
        lambda: FolderMedium(root, "removable"),
    ]
    for use in uses:
        with pytest.raises(MediumFault) as caught:
            use()
        assert caught.value.kind is FaultKind.GONE
        assert caught.value.medium.startswith("removable")


def test_another_medium_in_its_place_is_not_taken_for_it(tmp_path: Path) -> None:
    root = tmp_path / "medium"
    medium = FolderMedium.make(root, "removable")
    root.rename(tmp_path / "elsewhere")
    root.mkdir()
    uses: list[Callable[[], object]] = [
        lambda: medium.append("journal.cborseq", b""),
        lambda: medium.read("x"),
    ]
    for use in uses:
        with pytest.raises(MediumFault) as caught:
            use()
        assert caught.value.kind is FaultKind.GONE
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, FaultKind.FULL),
        (errno.EDQUOT, FaultKind.FULL),
        (errno.EROFS, FaultKind.READ_ONLY),
        (errno.EACCES, FaultKind.READ_ONLY),
        (errno.ENODEV, FaultKind.GONE),
        (errno.EIO, FaultKind.IO),
        (errno.ENOTTY, FaultKind.IO),
    ],
)
def test_what_the_system_reports_becomes_a_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: FaultKind
) -> None:
    medium = FolderMedium(tmp_path, "own")
    medium.replace("urn.bin", b"0123")

    def refuse(*_: object) -> int:
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "pwrite", refuse)
    uses: list[Callable[[], None]] = [
        lambda: medium.append("urn.bin", b"4"),
        lambda: medium.write_at("urn.bin", 0, b"x"),
        lambda: medium.replace("urn.bin", b"new"),
    ]
    for use in uses:
        with pytest.raises(MediumFault) as caught:
            use()
        assert (caught.value.kind, caught.value.path) == (kind, "urn.bin")
    monkeypatch.undo()
    assert medium.read("urn.bin") == b"0123"


def test_a_full_medium_does_not_keep_half_an_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = FolderMedium(tmp_path, "own")
    medium.append("journal.cborseq", b"first")
    true_write = os.pwrite
    calls: Iterator[int] = iter(range(10))

    def write_a_part(file: int, content: memoryview, offset: int) -> int:
        if next(calls):
            raise OSError(errno.ENOSPC, "full")
        return true_write(file, content[:2], offset)

    monkeypatch.setattr(os, "pwrite", write_a_part)
    with pytest.raises(MediumFault) as caught:
        medium.append("journal.cborseq", b"second")
    assert caught.value.kind is FaultKind.FULL
    assert medium.read("journal.cborseq") == b"first"


def test_every_fault_has_a_text_for_the_operator() -> None:
    for kind in FaultKind:
        refusal = MediumFault(kind, "removable").refusal(Thing.REMOVABLE)
        assert refusal.reason in Reason
        for language in LANGUAGES:
            assert getattr(Thing.REMOVABLE, language) in refusal.text(language)


# A folder: durability.


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that change or sync something, in order, with what they are about."""
    made: list[str] = []

    def watched(name: str) -> Callable[..., object]:
        true = getattr(os, name)

        def call(*args: object, **kwargs: object) -> object:
            about = args[0]
            if isinstance(about, int):
                about = Path(f"/proc/self/fd/{about}").readlink().name
            made.append(f"{name} {about}")
            return true(*args, **kwargs)

        return call

    for name in ("pwrite", "fsync", "fdatasync", "rename", "unlink", "mkdir"):
        monkeypatch.setattr(os, name, watched(name))
    return made


def test_replace_syncs_the_file_before_and_the_folder_after_renaming(
    tmp_path: Path, calls: list[str]
) -> None:
    FolderMedium(tmp_path, "own").replace("book/index.cbor", b"x")
    assert calls == [
        "mkdir book",
        f"fsync {tmp_path.name}",
        "pwrite index.cbor.new",
        "fsync index.cbor.new",
        "rename index.cbor.new",
        "fsync book",
    ]


def test_append_write_at_and_remove_sync(tmp_path: Path, calls: list[str]) -> None:
    medium = FolderMedium(tmp_path, "own")
    medium.append("a", b"1")
    calls.clear()
    medium.append("a", b"2")
    medium.write_at("a", 0, b"3")
    medium.remove("a")
    assert calls == [
        "pwrite a",
        "fsync a",
        "pwrite a",
        "fdatasync a",
        "unlink a",
        f"fsync {tmp_path.name}",
    ]


def test_a_new_folder_is_durable_too(tmp_path: Path, calls: list[str]) -> None:
    FolderMedium.make(tmp_path / "state" / "desk-1", "own")
    synced = [call for call in calls if call.startswith("fsync")]
    assert synced == [f"fsync {tmp_path.name}", "fsync state"]

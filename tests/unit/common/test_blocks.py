"""Two signed blocks: torn at any byte, any bit flipped, older, both bad, another's; no traces."""

from __future__ import annotations

import pytest

from common.blocks import BlockFile, BlockForm, Version, look
from common.errors import Reason, Refused, Thing
from common.media import TwoMedia
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.samples import device

FORM = BlockForm.fitting("small.bin", "sailau/Small/1", 40)
PACKAGE = b"p" * 32
KEY = device("desk-1").signing
SIGN_KEY = bytes(KEY.verify_key)


class Two:
    """A file on two media."""

    def __init__(self) -> None:
        self.power = Power()
        self.own = RecordingMedium("own", self.power)
        self.removable = RecordingMedium("removable", self.power)
        self.media = TwoMedia(self.own, self.removable)
        self.made = self.open(first=b"first")

    def open(
        self, *, first: bytes | None = None, behind: tuple[bool, bool] = (False, False)
    ) -> BlockFile:
        return BlockFile.open(
            self.media, FORM, PACKAGE, KEY, thing=Thing.STATE, first=first, behind=behind
        )

    def refused(self, *, behind: tuple[bool, bool] = (False, False)) -> Reason:
        with pytest.raises(Refused) as refused:
            self.open(behind=behind)
        assert refused.value.facts == {"thing": Thing.STATE}
        return refused.value.reason

    def alike(self, content: bytes) -> None:
        """Insist that both media are at rest with this content alone."""
        assert self.own.files == self.removable.files
        found = look(self.own, FORM, PACKAGE, SIGN_KEY)
        assert {version.content for version in found.versions if version} == {content}
        assert None not in found.versions
        before = len(self.own.history)
        assert self.open().content == content
        assert len(self.own.history) == before, "at rest there is nothing to write"


@pytest.fixture
def two() -> Two:
    return Two()


def test_a_content_comes_back(two: Two) -> None:
    assert two.made.content == b"first"
    two.alike(b"first")
    two.made.save(b"second")
    assert two.made.content == b"second"
    two.alike(b"second")


def test_the_size_never_changes_and_no_older_content_stays(two: Two) -> None:
    for content in (b"", b"first", b"x" * 40, b"last"):
        two.made.save(content)
        assert two.own.size(FORM.path) == FORM.file_size
    kinds = [write.kind for write in two.own.history]
    assert kinds == ["replace"] + ["write_at"] * 8, "made once, then overwritten in place"
    assert b"x" * 40 not in two.own.files[FORM.path]


def test_a_content_that_does_not_fit_is_a_bug_of_the_caller(two: Two) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        two.made.save(bytes(FORM.block_size))


def test_two_ways_to_a_content_leave_files_of_one_form(two: Two) -> None:
    """Which of two contents came first is not in the file: it holds only the last one."""
    two.made.save(b"a")
    two.made.save(b"ab")
    other = Two()
    other.made.save(b"b")
    other.made.save(b"ab")
    assert two.own.files == other.own.files


def test_none_is_made_where_there_must_be_one(two: Two) -> None:
    for medium in two.media:
        medium.remove(FORM.path)
    assert two.refused() is Reason.LOST_ON_BOTH


@pytest.mark.parametrize("which", ["own", "removable"])
@pytest.mark.parametrize("block", [0, 1])
def test_every_flipped_bit_is_found_and_repaired(two: Two, which: str, block: int) -> None:
    two.made.save(b"content")
    medium: RecordingMedium = getattr(two, which)
    expected = {"own": Thing.OWN_STORAGE, "removable": Thing.REMOVABLE}[which]
    for bit in range(8 * FORM.block_size):
        if bit % 8 != bit // 8 % 8 and bit > 64:
            continue  # one bit of each byte, and all of the length
        medium.flip(FORM.path, 8 * block * FORM.block_size + bit)
        opened = two.open()
        assert opened.repaired == (expected,)
        assert opened.content == b"content"
        assert two.own.files == two.removable.files


@pytest.mark.parametrize("which", [0, 1])
def test_torn_at_any_byte_it_is_the_old_or_the_new(which: int) -> None:
    two = Two()
    two.made.save(b"old")
    before = two.own.files[FORM.path]
    two.made.save(b"new")
    after = two.own.files[FORM.path]
    media = (two.own, two.removable)
    generation = look(two.own, FORM, PACKAGE, SIGN_KEY).newest
    assert generation is not None
    start = (generation.generation - 1) % 2 * FORM.block_size
    for part in range(FORM.block_size + 1):
        torn = before[:start] + after[start : start + part] + before[start + part :]
        media[which].files[FORM.path] = torn
        # A cut on own storage leaves the other as it was; on the other, own has the first block.
        first = before[:start] + after[start : start + FORM.block_size]
        first += before[start + FORM.block_size :]
        media[1 - which].files[FORM.path] = before if which == 0 else first
        opened = two.open()
        # The end of a block is zeros in both versions: it may be whole before its last byte.
        assert opened.content in ({b"old", b"new"} if which == 0 else {b"new"})
        two.alike(opened.content)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("write", range(1, 5))
def test_power_fails_at_each_write(two: Two, write: int, cut: Cut) -> None:
    two.made.save(b"old")
    two.power.fail_at(write, cut)
    with pytest.raises(PowerCut):
        two.made.save(b"new")
    two.power.restore()
    content = two.open().content
    match write, cut:
        case 1, Cut.NOTHING:
            assert content == b"old"
        case 1, Cut.A_PART | Cut.GROWN:
            assert content in {b"old", b"new"}, "a part may be all that counts of a block"
        case _:
            assert content == b"new"
    two.alike(content)


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("write", range(1, 5))
@pytest.mark.parametrize("second", range(1, 5))
def test_power_fails_again_while_it_is_repaired(
    two: Two, write: int, second: int, cut: Cut
) -> None:
    two.made.save(b"old")
    two.power.fail_at(write, cut)
    with pytest.raises(PowerCut):
        two.made.save(b"new")
    two.power.restore()
    two.power.fail_at(second, cut)
    try:
        two.open()
    except PowerCut:
        two.power.restore()
    content = two.open().content
    assert content in {b"old", b"new"}
    two.alike(content)


@pytest.mark.parametrize("which", ["own", "removable"])
@pytest.mark.parametrize("damage", ["gone", "empty", "short", "long", "both blocks"])
def test_what_one_medium_lost_comes_from_the_other(two: Two, which: str, damage: str) -> None:
    two.made.save(b"kept")
    medium: RecordingMedium = getattr(two, which)
    content = medium.files[FORM.path]
    match damage:
        case "gone":
            medium.remove(FORM.path)
        case "empty":
            medium.files[FORM.path] = b""
        case "short":
            medium.files[FORM.path] = content[:-1]
        case "long":
            medium.files[FORM.path] = content + b"\0"
        case _:
            medium.flip(FORM.path, 100)
            medium.flip(FORM.path, 8 * FORM.block_size + 100)
    opened = two.open()
    assert opened.content == b"kept"
    assert len(opened.repaired) == 1
    two.alike(b"kept")


def test_both_blocks_on_both_media_are_nobodys_to_repair(two: Two) -> None:
    for medium in (two.own, two.removable):
        medium.flip(FORM.path, 100)
        medium.flip(FORM.path, 8 * FORM.block_size + 100)
    assert two.refused() is Reason.LOST_ON_BOTH


@pytest.mark.parametrize("which", ["own", "removable"])
def test_an_older_copy_is_brought_up_to_date(two: Two, which: str) -> None:
    medium: RecordingMedium = getattr(two, which)
    older = medium.files[FORM.path]
    for content in (b"one", b"two"):
        two.made.save(content)
    medium.files[FORM.path] = older
    opened = two.open()
    assert opened.content == b"two"
    assert opened.repaired == (Thing.OWN_STORAGE if which == "own" else Thing.REMOVABLE,)
    two.alike(b"two")


def test_an_older_copy_does_not_stand_in_for_what_was_lost(two: Two) -> None:
    older = two.own.files[FORM.path]
    two.made.save(b"issued since")
    two.removable.files[FORM.path] = older
    two.own.remove(FORM.path)
    assert two.refused(behind=(False, True)) is Reason.STATE_OUT_OF_DATE
    assert two.removable.files[FORM.path] == older, "nothing was written"
    assert two.open().content == b"first", "a medium that was not left behind may"


def test_two_histories_are_for_people(two: Two) -> None:
    start = dict(two.own.files)
    two.made.save(b"one")
    one = dict(two.own.files)
    for medium in (two.own, two.removable):
        medium.files.update(start)
    two.open().save(b"two")
    two.own.files.update(one)
    assert two.refused() is Reason.MEDIA_DISAGREE


def test_blocks_of_others_are_none() -> None:
    version = Version(6, b"content")
    block = FORM.seal(version, PACKAGE, KEY)
    assert FORM.open(0, block, PACKAGE, SIGN_KEY) == version
    assert FORM.open(1, block, PACKAGE, SIGN_KEY) is None, "the other block"
    assert FORM.open(0, block, b"q" * 32, SIGN_KEY) is None, "another package"
    assert FORM.open(0, block, PACKAGE, device("desk-2").sign_key) is None, "another board"
    other = BlockForm(FORM.path, "sailau/Other/1", FORM.block_size)
    assert other.open(0, block, PACKAGE, SIGN_KEY) is None, "another file"
    assert FORM.open(0, block[:-1] + b"\1", PACKAGE, SIGN_KEY) is None, "something behind it"
    assert FORM.open(0, bytes(FORM.block_size), PACKAGE, SIGN_KEY) is None, "nothing"


def test_no_content_shows_in_a_repr(two: Two) -> None:
    assert "first" not in repr(look(two.own, FORM, PACKAGE, SIGN_KEY))


def test_a_form_leaves_room_for_the_longest_content() -> None:
    for longest in range(0, 1100, 7):
        form = BlockForm.fitting("any.bin", "sailau/Small/1", longest)
        form.seal(Version(2**53, bytes(longest)), PACKAGE, KEY)
        assert form.block_size % 512 == 0

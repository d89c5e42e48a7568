"""Control codes: burnt before use, each used once, and told by either medium."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import Reason, Refused
from common.media import FaultKind, FolderMedium, MediumFault, TwoMedia
from terminal import codes
from terminal.codes import CODES, Codes
from tests import samples

PACKAGE = b"p" * 32
KEY = samples.device("terminal-1").signing
ALL = tuple(range(1000, 1150))
BATCH = 64


@pytest.fixture
def media(tmp_path: Path) -> TwoMedia:
    """Return two media with a new file."""
    both = TwoMedia(
        FolderMedium.make(tmp_path / "own", "own"),
        FolderMedium.make(tmp_path / "removable", "removable"),
    )
    codes.create(both, PACKAGE, KEY, len(ALL))
    return both


def opened(media: TwoMedia, all_codes: tuple[int, ...] = ALL) -> Codes:
    """Open as a start does."""
    return Codes(
        media, PACKAGE, KEY, codes=all_codes, batch_size=BATCH, random_bytes=samples.seeded("codes")
    )


def drawn(source: Codes, most: int = 10_000) -> list[int]:
    """Draw until `most`, or until none is left."""
    got: list[int] = []
    while len(got) < most and source.reserve():
        got.append(source.draw())
    return got


def test_every_code_is_drawn_once_and_then_there_is_none(media: TwoMedia) -> None:
    source = opened(media)
    got = drawn(source)
    assert sorted(got) == sorted(ALL)
    assert not source.reserve()
    assert source.left == 0


def test_a_batch_is_burnt_on_both_media_before_its_first_code(media: TwoMedia) -> None:
    before = [medium.read(CODES) for medium in media]
    source = opened(media)
    assert source.reserve()
    after = [medium.read(CODES) for medium in media]
    assert after[0] == after[1] != before[0]
    drawn(source, BATCH)
    assert [medium.read(CODES) for medium in media] == after, "drawing leaves no trace"
    drawn(source, 1)
    assert media.own.read(CODES) != after[0]


def test_neither_a_batch_nor_its_order_follows_the_digits(media: TwoMedia) -> None:
    got = drawn(opened(media), BATCH)
    assert not set(got) <= set(ALL[: BATCH + 30]), "low codes are not first in the day"
    assert got != sorted(got)


def test_the_file_tells_burnt_codes_from_others_and_no_order(media: TwoMedia) -> None:
    drawn(opened(media))
    in_one_order = media.own.read(CODES)
    for medium in media:
        medium.remove(CODES)
    codes.create(media, PACKAGE, KEY, len(ALL))
    drawn(
        Codes(
            media,
            PACKAGE,
            KEY,
            codes=ALL,
            batch_size=BATCH,
            random_bytes=samples.seeded("another order"),
        )
    )
    assert media.own.read(CODES) == in_one_order


def test_reserving_twice_burns_one_batch(media: TwoMedia) -> None:
    source = opened(media)
    source.reserve()
    once = media.own.read(CODES)
    source.reserve()
    assert media.own.read(CODES) == once
    assert source.left == len(ALL)


def test_a_restart_gives_up_the_rest_of_the_batch(media: TwoMedia) -> None:
    first = drawn(opened(media), 5)
    again = opened(media)
    assert again.left == len(ALL) - BATCH
    assert not set(drawn(again)) & set(first)


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize("damage", ["gone", "flipped", "of another package"])
def test_one_whole_file_is_enough(media: TwoMedia, lost: int, damage: str) -> None:
    used = drawn(opened(media), 70)
    medium = list(media)[lost]
    content = medium.read(CODES)
    assert content is not None
    if damage == "gone":
        medium.remove(CODES)
    elif damage == "flipped":
        medium.replace(CODES, content[:-1] + bytes([content[-1] ^ 1]))
    else:
        medium.remove(CODES)
        other = TwoMedia(medium, medium)
        codes.create(other, b"q" * 32, KEY, len(ALL))
    assert not set(drawn(opened(media))) & set(used)


def test_without_any_whole_file_the_terminal_does_not_start(media: TwoMedia) -> None:
    for medium in media:
        medium.remove(CODES)
    with pytest.raises(Refused) as refused:
        opened(media)
    assert refused.value.reason is Reason.LOST_ON_BOTH


def test_installing_the_same_package_again_keeps_what_is_burnt(media: TwoMedia) -> None:
    used = drawn(opened(media), 3)
    codes.create(media, PACKAGE, KEY, len(ALL))
    assert not set(drawn(opened(media))) & set(used)


def test_a_new_package_starts_with_its_own_codes(media: TwoMedia) -> None:
    drawn(opened(media))
    codes.create(media, b"n" * 32, KEY, len(ALL))
    again = Codes(
        media, b"n" * 32, KEY, codes=ALL, batch_size=BATCH, random_bytes=samples.seeded("new")
    )
    assert again.left == len(ALL)


def test_a_batch_that_cannot_be_burnt_is_not_drawn_from(media: TwoMedia) -> None:
    class Full(FolderMedium):
        def write_at(self, path: str, offset: int, written: bytes) -> None:
            raise MediumFault(FaultKind.FULL, self.name, path)

    removable = media.removable
    assert isinstance(removable, FolderMedium)
    source = opened(TwoMedia(media.own, Full(removable._root, "full")))
    with pytest.raises(MediumFault):
        source.reserve()
    assert source.left == len(ALL), "nothing was drawn, so nothing is lost in memory"
    assert opened(media).left == len(ALL) - BATCH, "own storage had it already"


def test_a_last_batch_may_be_short(media: TwoMedia) -> None:
    assert len(ALL) % BATCH
    assert len(drawn(opened(media), len(ALL) - 1)) == len(ALL) - 1


def test_a_file_for_another_number_of_codes_does_not_count(media: TwoMedia) -> None:
    with pytest.raises(Refused):
        opened(media, (7, 8))


def test_codes_that_were_drawn_or_burnt_are_forgotten(media: TwoMedia) -> None:
    codes = opened(media)
    got = set(drawn(codes, 3))
    assert len(got) == 3
    remembered = {code for code in codes._codes if code is not None}
    assert remembered == set(ALL) - got
    again = opened(media)
    assert again.burnt == BATCH
    assert len([code for code in again._codes if code is not None]) == len(ALL) - BATCH

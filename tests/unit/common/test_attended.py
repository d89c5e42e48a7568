"""A slow medium is no stop: whoever waits is told before each use; late touches do not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.attended import AttendedMedium
from common.clock import SystemClock
from common.errors import Reason, Refused, Thing
from common.media import FaultKind, FolderMedium, Medium, MediumFault, TwoMedia
from common.reserve import for_evidence, for_people
from common.service import Inbox, Loop
from tests.recording_medium import RecordingMedium


def test_every_use_is_told_before_it_happens() -> None:
    told: list[int] = []
    plain = RecordingMedium("removable")
    medium: Medium = AttendedMedium(plain, lambda: told.append(len(plain.history)))
    medium.replace("a.bin", b"first")
    medium.append("a.bin", b" and more")
    medium.write_at("a.bin", 0, b"First")
    assert told == [0, 1, 2], "before, not after"
    assert medium.read("a.bin") == b"First and more"
    assert medium.read_at("a.bin", 0, 5) == b"First"
    assert medium.size("a.bin") == 14
    assert medium.list() == ("a.bin",)
    assert medium.room() == 1 << 40
    assert medium.name == "removable"
    inside = medium.folder("inside")
    inside.replace("b.bin", b"")
    medium.remove("a.bin")
    assert len(told) == 10


def test_a_loop_that_says_it_is_alive_is_not_due_at_once_again() -> None:
    beats: list[int] = []
    loop = Loop(Inbox(), SystemClock(), lambda: beats.append(1), beat_s=3600.0)
    loop.alive()
    loop.alive()
    assert beats == [1]
    Loop(Inbox(), SystemClock(), lambda: beats.append(1), beat_s=None).alive()
    assert beats == [1], "nobody wants to know"


def test_a_loop_beats_as_often_as_is_due_while_a_step_is_long() -> None:
    beats: list[int] = []
    loop = Loop(Inbox(), SystemClock(), lambda: beats.append(1), beat_s=0.0)
    medium = AttendedMedium(RecordingMedium("removable"), loop.alive)
    for number in range(8):
        medium.replace(f"{number}.bin", b"")
    assert len(beats) == 8


def test_events_of_one_kind_are_discarded_and_the_rest_keep_their_order() -> None:
    inbox = Inbox()
    for event in ("card", 1, "out", 2):
        inbox.post(event)
    inbox.discard(int)
    assert [inbox.take(0), inbox.take(0), inbox.take(0)] == ["card", "out", None]


def test_room_is_what_the_file_system_has(tmp_path: Path) -> None:
    medium = FolderMedium.make(tmp_path / "medium", "own")
    assert medium.room() > 0
    medium.folder("deeper").replace("a.bin", b"")
    (tmp_path / "medium" / "deeper" / "a.bin").unlink()
    (tmp_path / "medium" / "deeper").rmdir()
    (tmp_path / "medium").rmdir()
    with pytest.raises(MediumFault) as fault:
        medium.room()
    assert fault.value.kind is FaultKind.GONE


@pytest.mark.parametrize(("full", "thing"), [(0, Thing.OWN_STORAGE), (1, Thing.REMOVABLE)])
def test_too_little_room_on_either_is_said_with_figures(full: int, thing: Thing) -> None:
    media = RecordingMedium("own"), RecordingMedium("removable")
    both = TwoMedia(media[0], media[1])
    both.check_room(1 << 30)
    media[full].room_left = 10_000
    with pytest.raises(Refused) as refused:
        both.check_room(20_000)
    own = thing is Thing.OWN_STORAGE
    reason = Reason.OWN_STORAGE_ALMOST_FULL if own else Reason.MEDIUM_ALMOST_FULL
    assert refused.value.reason is reason
    assert refused.value.facts == {"thing": thing, "found": 9, "expected": 20}
    both.check_room(10_000)


def test_the_reserve_shrinks_with_those_who_are_still_to_come() -> None:
    assert for_people(3000) > for_people(10) > for_people(0) > 0
    assert for_evidence(3000, 2048, 4 << 20) > 3000 * 2 * 2048

"""Mishaps of the media: how they are named, what they do to a board's media, and on which days."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from common.errors import Reason
from common.remedies import Remedy, remedy_of
from simulators.media_days import (
    MISHAPS_APART,
    MISHAPS_PER_DAY,
    draw_mishaps,
    into_media_days,
    writes_of,
)
from simulators.mischief import LEFT_ALONE, Mischief, recording_root
from simulators.mishaps import (
    OWN_ILLS,
    Ill,
    Mishap,
    befell,
    ills_of,
    read_mishaps,
    write_mishaps,
)
from simulators.on_call import REASONS, REASONS_OF_OWN, remedies, unlike
from simulators.stops import Kind, Part
from tests.on_bench import running_bench

UNITS = ("desk-1-deskd", "terminal-1-terminald")
POINTS = {
    "desk-1-deskd": {
        (Part.OPEN, Kind.OWN): 30,
        (Part.VOTE, Kind.OWN): 40,
        (Part.OPEN, Kind.REMOVABLE): 9,
    },
    "desk-1-cardiod": {(Part.OPEN, Kind.APDU): 300},
}


# Names


@pytest.mark.parametrize(
    "text", ["desk-1:removable:pulled@12", "terminal-2:own:flipped@0", "a-1:removable:read-only@3"]
)
def test_a_mishap_is_named_on_the_command_line(text: str) -> None:
    assert str(Mishap.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("desk-1:pulled@12", "give BOARD:own:KIND@N or BOARD:removable:KIND@N"),
        ("desk-1:own:pulled@12", "there is no 'pulled' of own; there are older, flipped"),
        ("desk-1:removable:wet@12", "there is no 'wet' of removable; there are pulled, lost"),
        ("desk-1:own:full@soon", "'soon' is no number of a write; 0 is before the start"),
        ("desk-1:own:full", "'' is no number of a write"),
    ],
)
def test_a_mishap_that_is_none_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Mishap.parse(text)


def test_what_is_planned_is_read_again_by_the_daemon_that_it_befalls(tmp_path: Path) -> None:
    mishaps = [Mishap.parse("desk-1:own:full@3"), Mishap.parse("desk-1:removable:swapped@4")]
    units = {unit: tmp_path / unit for unit in UNITS}
    write_mishaps(tmp_path, units, mishaps, 7)
    planned = read_mishaps(tmp_path, UNITS[0])
    assert planned is not None
    assert (planned.mishaps, planned.own) == (tuple(mishaps), tmp_path / UNITS[0])
    assert planned.stranger(mishaps[1]) == "terminal-1"
    assert read_mishaps(tmp_path, UNITS[1]) is None
    with pytest.raises(ValueError, match="there is no board desk-7; there are desk-1, terminal-1"):
        write_mishaps(tmp_path, units, [Mishap.parse("desk-7:own:full@3")], 7)


# What a page must say, and where the technician looks it up


def test_every_reason_about_a_medium_has_a_row_for_the_technician() -> None:
    about_media = {reason.value for reason in Reason if remedy_of(reason) is Remedy.GOES_ON}
    assert about_media <= remedies()
    told = {
        reason for each in (REASONS, REASONS_OF_OWN) for some in each.values() for reason in some
    }
    assert {reason.value for reason in told} <= about_media
    assert REASONS_OF_OWN.keys() < set(OWN_ILLS)


# What they do


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "boards" / "desk-1" / "own"
    own.mkdir(parents=True)
    (own / "device.keys").write_bytes(bytes(50))
    (own / "journal.cborseq").write_bytes(bytes(50))
    for whose in ("other-station", "other-day"):
        medium = tmp_path / "strangers" / whose / "desk-1" / "desk-1"
        medium.mkdir(parents=True)
        (medium / "package.cose").write_bytes(whose.encode())
    return tmp_path


def changed_bits(one: bytes, other: bytes) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("ill", Ill)
def test_a_mishap_befalls_at_its_write_and_once(folder: Path, ill: Ill) -> None:
    stops = folder / "stops"
    stops.mkdir()
    own = folder / "boards" / "desk-1" / "own"
    mishap = Mishap("desk-1", Kind.REMOVABLE, ill, 2)
    write_mishaps(stops, {UNITS[0]: own, UNITS[1]: folder}, [mishap], 1)
    planned = read_mishaps(stops, UNITS[0])
    assert planned is not None
    with running_bench(folder, "desk-1", "terminal-1") as on:
        root = recording_root(on.socket, "desk-1")
        (root / "desk-1").mkdir()
        (root / "desk-1" / "marks.bin").write_bytes(bytes(100))
        mischief = Mischief(on.socket, stops, UNITS[0], planned)
        assert not mischief.at(Kind.REMOVABLE, 1)
        assert not mischief.at(Kind.OWN, 2)
        last = 2 + (planned.older_by(mishap) if ill is Ill.OLDER else 0)
        for count in range(2, last + 1):
            assert not befell(stops, UNITS[0], 0).exists()
            assert not mischief.at(Kind.REMOVABLE, count)
            if count == 2:
                (root / "desk-1" / "later").touch()
        assert befell(stops, UNITS[0], 0).exists()
        hands = on.client.board("desk-1")
        there = {path.name for path in root.rglob("*")}
        bits = changed_bits(bytes(100), (root / "desk-1" / "marks.bin").read_bytes())
        assert bits == (ill in {Ill.FLIPPED, Ill.ROTTEN})
        assert ("later" in there) is (ill is not Ill.OLDER)
        match ill:
            case Ill.PULLED | Ill.LOST | Ill.OLDER | Ill.FLIPPED:
                hands.plug("desk-1")
            case Ill.SWAPPED:
                assert hands.unplug() == "terminal-1"
            case Ill.OTHER_STATION | Ill.OTHER_DAY:
                assert hands.unplug() == f"{ill.value}-desk-1-0"
                stranger = on.bench.station.medium(f"{ill.value}-desk-1-0")
                assert (stranger / "desk-1" / "package.cose").read_text() == ill.value
            case _:
                assert hands.unplug() == "desk-1"
        assert not mischief.at(Kind.REMOVABLE, last)


@pytest.mark.parametrize("ill", Ill)
def test_what_befalls_a_medium_that_is_out_troubles_no_daemon(folder: Path, ill: Ill) -> None:
    stops = folder / "stops"
    stops.mkdir()
    own = folder / "boards" / "desk-1" / "own"
    mishap = Mishap("desk-1", Kind.REMOVABLE, ill, 1)
    write_mishaps(stops, {UNITS[0]: own, UNITS[1]: folder}, [mishap], 1)
    planned = read_mishaps(stops, UNITS[0])
    assert planned is not None
    with running_bench(folder, "desk-1", "terminal-1") as on:
        on.client.board("desk-1").unplug()
        mischief = Mischief(on.socket, stops, UNITS[0], planned)
        last = 1 + (planned.older_by(mishap) if ill is Ill.OLDER else 0)
        for count in range(1, last + 1):
            assert not mischief.at(Kind.REMOVABLE, count)
    assert befell(stops, UNITS[0], 0).exists()


@pytest.mark.parametrize("ill", [Ill.FLIPPED, Ill.OLDER])
def test_own_storage_is_spoilt_while_the_board_has_no_power_and_never_its_keys(
    folder: Path, ill: Ill
) -> None:
    stops = folder / "stops"
    stops.mkdir()
    own = folder / "boards" / "desk-1" / "own"
    mishap = Mishap("desk-1", Kind.OWN, ill, 1)
    write_mishaps(stops, {UNITS[0]: own}, [mishap], 1)
    planned = read_mishaps(stops, UNITS[0])
    assert planned is not None
    with running_bench(folder, "desk-1") as on:
        mischief = Mischief(on.socket, stops, UNITS[0], planned)
        counts = range(1, 2 + (planned.older_by(mishap) if ill is Ill.OLDER else 0))
        without_power = []
        for count in counts:
            without_power.append(mischief.at(Kind.OWN, count))
            if count == 1 and ill is Ill.OLDER:
                (own / "journal.cborseq").write_bytes(b"later")
    assert without_power == [*[False] * (len(counts) - 1), True]
    assert (own / "device.keys").read_bytes() == bytes(50)
    assert "device.keys" in LEFT_ALONE
    bits = changed_bits(bytes(50), (own / "journal.cborseq").read_bytes())
    assert bits == (ill is Ill.FLIPPED)


def test_two_media_are_compared_but_for_the_boards_own_keys(tmp_path: Path) -> None:
    own, medium = tmp_path / "own", tmp_path / "medium"
    for root in (own, medium):
        (root / "acts").mkdir(parents=True)
        (root / "acts" / "a.cose").write_bytes(b"act")
        (root / "same").write_bytes(b"same")
    (own / "device.keys").write_bytes(b"keys")
    assert unlike(own, medium) == []
    (own / "acts" / "a.cose").write_bytes(b"acT")
    (medium / "more").touch()
    assert unlike(own, medium) == ["acts/a.cose", "more"]


# On which days


def test_each_ill_of_each_medium_comes_once_before_any_comes_again() -> None:
    writes = writes_of(POINTS)
    assert writes == {("desk-1", Kind.OWN): 70, ("desk-1", Kind.REMOVABLE): 9}
    every = sum(len(ills_of(kind)) for _, kind in writes)
    drawn = draw_mishaps(writes, 2 * every, random.Random(1))
    for turn in (drawn[:every], drawn[every:]):
        assert set(Counter((one.kind, one.ill) for one in turn).values()) == {1}
    assert all(0 <= one.number <= writes[one.board, one.kind] for one in drawn)


def test_a_day_has_mishaps_that_leave_each_board_time_to_recover() -> None:
    writes = {(f"desk-{n}", kind): 40 for n in (1, 2, 3) for kind in (Kind.OWN, Kind.REMOVABLE)}
    drawn = draw_mishaps(writes, 100, random.Random(2))
    days = list(into_media_days(drawn, writes, random.Random(3)))
    assert Counter(one for day in days for one in day.mishaps) == Counter(drawn)
    assert len(days) < 50
    for day in days:
        assert 0 < len(day.mishaps) <= MISHAPS_PER_DAY
        assert sum(one.ill is Ill.SWAPPED for one in day.mishaps) <= 1
        for one in day.mishaps:
            for other in day.mishaps:
                if one is not other and one.board == other.board:
                    assert abs(one.number - other.number) >= MISHAPS_APART * 40

"""The short form of the media campaign: a day on which something befalls every board's media."""

from __future__ import annotations

import pytest

from common import cbor, cose
from common.catalogue import EventType
from tests.system.conftest import HeldDay, HoldDay

pytestmark = [pytest.mark.day, pytest.mark.timeout(300)]
MISHAPS = {
    "desk-1:removable:pulled@0": [450],
    "desk-1:own:full@40": [474, 477],
    "desk-1:removable:flipped@62": [450],
    "desk-1:removable:full@100": [451],  # and soon after it the next
    "desk-1:removable:pulled@106": [450],
    "terminal-1:removable:lost@8": [450],
    "terminal-1:own:flipped@16": [],
    "accumulator-1:removable:other-day@20": [469],
    "accumulator-1:own:older@45": [],
    "accumulator-1:removable:broken@82": [453],
}
"""What befalls, and which numbers a page may give it in the end."""


def events_of(day: HeldDay, board: str) -> list[int]:
    content = (day.out / "boards" / board / "own" / "journal.cborseq").read_bytes()
    entries, _ = cbor.split_sequence(content)
    return [cbor.decode(cose.payload_of(entry), max_size=4096)[2] for entry in entries]  # type: ignore[index]  # an entry is a map


def test_whatever_befalls_the_media_is_told_put_right_and_costs_nothing(hold_day: HoldDay) -> None:
    options = [part for mishap in MISHAPS for part in ("--trouble", mishap)]
    day = hold_day("president-2022", 6, "--terminals", "1", "--speed", "200", *options)
    summary = day.summary
    assert summary["contests"] == summary["expected"]
    assert summary["verified"] is True
    assert summary["discrepancies"] == []
    cases = {case["mishap"]: case for case in summary["mishaps"]}
    assert cases.keys() == MISHAPS.keys()
    for mishap, numbers in MISHAPS.items():
        assert cases[mishap]["noticed"] is bool(numbers), cases[mishap]
        if numbers:
            assert cases[mishap]["pages"][-1] in numbers
    for board in ("desk-1", "accumulator-1"):
        assert EventType.MEDIUM_BACK.value in events_of(day, board)
    for board in ("desk-1", "terminal-1", "accumulator-1"):
        repaired = {EventType.FILES_REPAIRED.value, EventType.JOURNAL_REPAIRED.value}
        repaired |= {EventType.JOURNAL_CAUGHT_UP.value, EventType.STATE_REPAIRED.value}
        assert repaired & set(events_of(day, board)), board

"""The last control code of a terminal, and the voter who comes after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardio.messages import StoreVote
from common import records
from common.book import LANGUAGES
from common.catalogue import EventType
from common.errors import Reason, text
from common.records import CastVote
from tests import halves, samples
from tests.unit.terminal import station
from tests.unit.terminal.test_daemon import Booth

BATCH = 64
TERMINALS = {"terminal-1": range(3000, 3100), "terminal-2": range(3100, 3200)}


def vote(booth: Booth) -> int:
    """Let a voter vote and leave; return the control code inside the seal."""
    request = booth.cast()
    booth.finish()
    assert booth.page == "thanks"
    booth.remove()
    key = samples.device(station.NAME).sign_key
    cast_vote = records.open_record(CastVote, request.cast_vote, key)
    return halves.opened(cast_vote, station.NAME, station.package()).code


def test_every_code_serves_once_and_the_next_voter_is_sent_away_before_voting(
    tmp_path: Path,
) -> None:
    booth = Booth(tmp_path)
    booth.open()
    codes = [vote(booth) for _ in station.CODES]
    assert sorted(codes) == list(station.CODES)
    assert EventType.CODES_USED_UP not in booth.events()
    asked = len(booth.asked)
    for _ in range(2):  # another voter, and a start in between
        booth.card()
        assert booth.page == "fault:CODES_USED_UP"
        assert booth.events()[-1] is EventType.CODES_USED_UP
        booth.remove()
        assert booth.page == "insert"
        booth.start()
    assert not [one for one in booth.asked[asked:] if isinstance(one, StoreVote)]
    for language in (*LANGUAGES, "en"):
        assert text(Reason.CODES_USED_UP, language)


def test_the_last_batches_of_several_terminals_serve_everybody_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A voter whom one terminal has no code for votes at another, with the same card."""
    drawn: list[int] = []
    refused = 0
    for name, codes in TERMINALS.items():
        monkeypatch.setattr(station, "NAME", name)
        monkeypatch.setattr(station, "CODES", tuple(codes))
        (tmp_path / name).mkdir()
        booth = Booth(tmp_path / name)
        booth.open()
        here = [vote(booth)]
        booth.start()  # the rest of the first batch is given up; the last one is short
        while booth.page == "insert":
            booth.card()
            if booth.page != "language":
                break
            booth.remove()
            here.append(vote(booth))
        assert len(here) == 1 + len(codes) - BATCH
        assert booth.page == "fault:CODES_USED_UP"
        refused += 1
        booth.remove()
        assert booth.page == "insert"  # whoever comes is told so at once, with the card untouched
        assert set(here) <= set(codes)
        drawn += here
    assert len(set(drawn)) == len(drawn)
    assert refused == len(TERMINALS)
    for language in (*LANGUAGES, "en"):
        assert text(Reason.CODES_USED_UP, language)

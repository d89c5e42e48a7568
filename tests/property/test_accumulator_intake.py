"""Intake under power cuts and kills at any moment: no vote is lost, none is counted twice.

People put voted cards in, in any order, some of them again and again. Between any two effects the
daemon is killed, or in any write the power fails; then it starts again and people go on. At the end
every card that is put in once more is blank, and the urn holds each vote once.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from accumulator.effects import Effect
from common import records
from common.attended import AttendedMedium
from common.errors import Reason, text
from tests import samples
from tests.recording_medium import Cut, PowerCut, RecordingMedium
from tests.unit.accumulator.stage import Table, VoterCard

CARDS = 4
BLANK = ((), (), ())


class Killed(Exception):
    """The daemon got SIGKILL."""


@dataclass(frozen=True)
class Visit:
    """A card is put in; at some effect the daemon is killed, or at some write the power fails."""

    card: int
    kill_at: int | None = None
    cut_at: int | None = None
    cut: Cut = Cut.NOTHING


@dataclass(frozen=True)
class Opened:
    """What lies on the media, and on the key shelf, of a station that was just opened."""

    own: dict[str, bytes]
    removable: dict[str, bytes]
    start_order: bytes


@cache
def opened() -> Opened:
    with tempfile.TemporaryDirectory() as folder:
        table = Table(Path(folder))
        table.open_station()
        assert table.medium is not None
        assert table.courier.start_order is not None
        return Opened(dict(table.own.files), dict(table.medium.files), table.courier.start_order)


def open_table(folder: Path) -> Table:
    """Return an accumulator whose station is open."""
    table = Table(folder)
    found = opened()
    assert table.medium is not None
    table.own.files.update(found.own)
    table.medium.files.update(found.removable)
    table.shelf.put(samples.STATION_KEYS)
    table.courier.start_order = found.start_order
    table.learn_tally_key()
    table.restart()
    assert table.page == "accumulator.open"
    return table


def kill_before(table: Table, effect_number: int) -> None:
    """Kill the daemon before the effect with this number, counted from 1 from now on."""
    perform = table.shell._perform
    done = 0

    def counted(effect: Effect) -> object:
        nonlocal done
        done += 1
        if done == effect_number:
            raise Killed
        return perform(effect)

    table.shell._perform = counted  # type: ignore[method-assign, assignment]  # to die in between


visits = st.builds(
    Visit,
    card=st.integers(0, CARDS - 1),
    kill_at=st.none() | st.integers(1, 9),
    cut_at=st.none() | st.integers(1, 14),
    cut=st.sampled_from(Cut),
)


def visit(table: Table, card: VoterCard, how: Visit) -> None:
    if how.kill_at is not None:
        kill_before(table, how.kill_at)
    if how.cut_at is not None:
        table.power.fail_at(how.cut_at, how.cut)
    try:
        table.insert(card)
        table.take_out()
    except (Killed, PowerCut) as end:
        table.card = None  # somebody takes it out meanwhile
        table.waiting.clear()
        table._deciding = False
        if isinstance(end, PowerCut):
            table.power_cut()
            table.unlock()
        else:
            table.power.restore()
            table.restart()
    table.power.restore()


@given(st.lists(visits, min_size=1, max_size=8))
@settings(max_examples=40)
def test_no_vote_is_lost_and_none_counts_twice(what: list[Visit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        table = open_table(Path(folder))
        cards = [table.voted_card(serial, ((serial % 3,), (), ())) for serial in range(CARDS)]
        votes = {records.digest(card.cast_vote or b"") for card in cards}
        for how in what:
            card = cards[how.card]
            before = card.cast_vote
            visit(table, card, how)
            # A card that lost its vote lost it into the urn.
            urn = table.strongroom.urn
            assert urn is not None
            assert card.cast_vote is not None or before is None or urn.holds(records.digest(before))
        table.restart()
        for card in cards:
            held = card.cast_vote is not None
            table.insert(card)
            assert card.cast_vote is None
            assert held or table.says("notice") == text(Reason.CARD_EMPTY, "en")
            table.take_out()
        urn = table.strongroom.urn
        assert urn is not None
        taken = urn.cast_votes()
        assert len(taken) == urn.count == CARDS
        assert {records.digest(vote) for vote in taken} == votes
        assert int.from_bytes(urn.spent["desk-1"], "little") == (1 << CARDS) - 1


def test_a_medium_that_fails_at_any_write_of_an_intake_loses_nothing(tmp_path: Path) -> None:
    stopped = 0
    for write in range(1, 10):
        table = open_table(tmp_path / str(write))
        card = table.voted_card(0, BLANK)
        attended = table.strongroom.files.media.removable
        assert isinstance(attended, AttendedMedium)
        folder = attended.medium
        assert isinstance(folder, RecordingMedium)
        folder.fail_write_at = len(folder.history) + write
        table.insert(card)
        folder.fail_write_at = None
        table.take_out()
        if table.page == "accumulator.stopped":
            stopped += 1
            table.press("retry")
        assert table.page == "accumulator.open"
        table.pass_card(card)
        assert card.cast_vote is None
        assert table.votes == 1
    assert stopped >= 5  # four writes of the urn, one of the journal

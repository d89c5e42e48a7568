"""The accumulator dies; its spare goes on from its medium, wherever the day was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from common import enrolment, records
from common.catalogue import EventType
from common.errors import Reason, text
from common.media import FaultKind
from common.records import BoardKind, Figure, JournalHead, Replacement, StationPackage
from tests import samples
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.unit.accumulator.stage import Table, VoterCard
from tests.unit.accumulator.test_dead_boards import (
    SPARE_TERMINAL,
    accepted,
    finish_act,
    medium_of_dead,
    minutes_of,
    sign,
    state,
    with_spare_terminal,
    write_off,
)

SPARE = "accumulator-spare"
LAST = "accumulator-last"
CHOICES = (((0,), (1, 2), (0,)), ((1,), (), (1,)), ((2,), (0, 4, 6), ()), ((0,), (), (0,)))


def with_two_spares() -> StationPackage:
    last = samples.board(LAST, BoardKind.ACCUMULATOR, spare=True)
    return replace(with_spare_terminal(), boards=(*with_spare_terminal().boards, last))


def dead_table(folder: Path, votes: int = 2, package: StationPackage | None = None) -> Table:
    """Return an accumulator that took in some votes; nobody will switch it on again."""
    table = Table(folder / "dead", package or with_spare_terminal())
    table.open_station()
    for serial in range(votes):
        table.pass_card(table.voted_card(serial, CHOICES[serial]))
    return table


def spare_for(dead: Table, folder: Path, power: Power | None = None, name: str = SPARE) -> Table:
    """Carry the dead board's medium to the spare and switch that on."""
    medium = dead.medium
    assert medium is not None
    if power is not None:
        medium.power = power
    table = Table(folder / name, dead.package, board=name, medium=medium, power=power)
    table.clock.unix_ms = dead.clock.unix_ms
    for kept in ("official", "share", "courier", "voting", "collected", "desk"):
        setattr(table, kept, getattr(dead, kept))
    return table


def to_act(table: Table) -> None:
    assert table.page == "accumulator.spare"
    table.press("spare.take")
    table.unlock()
    assert table.page == "accumulator.spare.act", (table.page, table.says("notice"))


def take_over(table: Table) -> None:
    to_act(table)
    sign(table, 1, 2)
    table.press("sign.finish")
    say_the_clock_is_right(table)


def say_the_clock_is_right(table: Table) -> None:
    """Compare the spare's clock, which its page asks for when the day goes on."""
    if table.page == "accumulator.clock" and "clock.leave" in table.names:
        table.press("clock.right" if "clock.right" in table.names else "clock.leave")


def finish_day(
    table: Table, boards: tuple[str, ...] = ("desk-1", "terminal-1", "terminal-2")
) -> None:
    if table.page == "accumulator.open":
        table.close_station()
    table.collect(boards)
    table.count()
    table.finish()


def files_of(medium: RecordingMedium | None, board: str) -> dict[str, bytes]:
    assert medium is not None
    return {path: c for path, c in medium.files.items() if path.startswith(f"{board}/")}


def test_the_day_goes_on_on_the_spare(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    before = files_of(dead.medium, "accumulator")
    table = spare_for(dead, tmp_path)
    assert "“accumulator”" in (table.says("found") or "")
    assert "2 votes" in (table.says("found") or "")
    assert (table.says("head") or "").replace(" ", "").endswith(dead_head(dead)[0].hex())
    take_over(table)
    assert table.page == "accumulator.open"  # no zero print, no new tally key
    assert table.votes == 2
    repaired = EventType.FILES_REPAIRED  # the spare's own folder on the medium was empty
    assert [event for event in table.journal() if event is not repaired] == [
        EventType.STARTED,
        EventType.START_PASSWORD_ACCEPTED,
        EventType.JOURNAL_CAUGHT_UP,  # on the medium, which had none of this board's
        EventType.URN_OPENED,
        EventType.ACT_SIGNED,
        EventType.TOOK_OVER,
        EventType.OPENED,
        EventType.CLOCK_CONFIRMED,
    ]
    for serial in (2, 3):
        table.pass_card(table.voted_card(serial, CHOICES[serial]))
    assert files_of(table.medium, "accumulator") == before  # untouched to the last byte
    courier = table.courier.start_order
    table.pass_card(table.courier)
    assert table.courier.start_order == courier
    finish_day(table)
    minutes = minutes_of(table)
    assert minutes.replaced == (Replacement("accumulator", SPARE),)
    assert minutes.discrepancies == ()
    assert minutes.figures[Figure.COUNTED] == 4
    assert minutes.contests[0].lines == (2, 1, 1)
    assert JournalHead("accumulator", *dead_head(dead)) in minutes.journals
    told = accepted(table, tmp_path / "bundle")
    assert "2 votes were moved from accumulator to accumulator-spare" in told
    assert "accumulator died and was replaced by accumulator-spare under an act" in told


def dead_head(dead: Table) -> tuple[bytes, int]:
    journal = dead.strongroom.journal
    assert journal is not None
    return journal.head, journal.length


def test_a_spare_waits_until_it_is_needed(tmp_path: Path) -> None:
    table = Table(tmp_path, with_spare_terminal(), board=SPARE)
    assert table.page == "accumulator.spare"
    assert "needed only when the other one has died" in (table.says("hint") or "")
    table.insert(VoterCard())
    assert "not open" in (table.says("notice") or "")
    table.take_out()
    table.pull_medium()
    assert table.page == "accumulator.spare"
    dead = dead_table(tmp_path)
    assert dead.medium is not None
    table.push_medium(dead.medium)
    assert "“accumulator”" in (table.says("found") or "")
    assert table.journal() == [EventType.STARTED]
    assert files_of(dead.medium, SPARE) == {}


def test_what_happens_before_the_act_is_journalled(tmp_path: Path) -> None:
    """On own storage while the spare waits; with the act it comes on the medium, too."""
    dead = dead_table(tmp_path)
    table = spare_for(dead, tmp_path)
    table.press("spare.take")
    table.type("password", "wrong")
    table.press("enter")
    table.unlock()
    table.with_pin(table.official[1], "000000")
    told = [
        EventType.STARTED,
        EventType.START_PASSWORD_REFUSED,
        EventType.START_PASSWORD_ACCEPTED,
        EventType.PIN_REFUSED,
    ]
    assert table.journal() == told
    assert files_of(table.medium, SPARE) == {}
    table.restart()
    assert table.page == "accumulator.spare"
    take_over(table)
    assert table.journal()[:5] == [*told, EventType.RESTARTED]
    assert table.medium is not None
    on_medium = table.medium.folder(SPARE).read("journal.cborseq")
    assert on_medium == table.own.read("journal.cborseq")
    finish_day(table)
    accepted(table, tmp_path / "bundle")


def test_a_waiting_spare_mends_the_end_of_its_own_journal(tmp_path: Path) -> None:
    table = Table(tmp_path, with_spare_terminal(), board=SPARE)
    journal = table.own.read("journal.cborseq") or b""
    table.own.replace("journal.cborseq", journal + bytes(40))
    table.restart()
    assert table.page == "accumulator.spare"
    kept = [EventType.STARTED, EventType.JOURNAL_TORN, EventType.RESTARTED]
    assert table.journal() == kept
    table.own.replace("journal.cborseq", bytes(1 << 16))
    table.restart()
    assert table.page == "accumulator.stopped"


def test_the_clock_of_a_spare_is_compared_before_it_serves(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    table = spare_for(dead, tmp_path)
    to_act(table)
    sign(table, 1, 2)
    table.press("sign.finish")
    assert table.page == "accumulator.clock"
    table.press("clock.right")
    assert table.page == "accumulator.open"
    assert table.journal()[-1] is EventType.CLOCK_CONFIRMED
    table.restart()
    assert table.page == "accumulator.open", "asked once"


def test_until_the_act_everything_can_be_taken_back(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    assert dead.medium is not None
    before = dict(dead.medium.files)
    table = spare_for(dead, tmp_path)
    to_act(table)
    assert "holds 2 votes" in (table.says("hint") or "")
    sign(table, 1)
    assert "sign.finish" not in table.names
    table.press("spare.back")
    assert table.page == "accumulator.spare"
    table.press("spare.take")
    table.type("password", "wrong")
    table.press("enter")
    assert table.page == "accumulator.start"
    medium = table.pull_medium()
    assert table.page == "accumulator.spare"
    assert "spare.take" not in table.names
    assert medium.files == before
    # Nobody died after all: the accumulator goes on with its medium.
    dead.restart()
    assert dead.page == "accumulator.open"
    assert dead.votes == 2


def test_a_board_that_was_replaced_does_not_go_on(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    table = spare_for(dead, tmp_path)
    take_over(table)
    dead.medium = table.medium
    dead.power_cut()
    assert dead.page == "accumulator.stopped"
    assert "was replaced by “accumulator-spare”" in (dead.says("notice") or "")


def test_the_spare_survives_restarts_and_power_cuts_like_any_accumulator(tmp_path: Path) -> None:
    table = spare_for(dead_table(tmp_path), tmp_path)
    take_over(table)
    table.pass_card(table.voted_card(2, CHOICES[2]))
    table.restart()
    assert (table.page, table.votes) == ("accumulator.open", 3)
    table.power_cut()
    assert table.page == "accumulator.start"
    table.unlock()
    assert (table.page, table.votes) == ("accumulator.open", 3)
    assert table.journal().count(EventType.TOOK_OVER) == 1
    finish_day(table)
    accepted(table, tmp_path / "bundle")


def test_a_card_that_was_in_the_dead_boards_slot_is_counted_once(tmp_path: Path) -> None:
    """Let the accumulator die at each write of an intake; its card then goes to the spare."""
    counted = set()
    for number in range(1, 20):
        folder = tmp_path / str(number)
        dead = dead_table(folder)
        card = dead.voted_card(2, CHOICES[2])
        dead.power.fail_at(number, Cut.ALL)
        try:
            dead.insert(card)
        except PowerCut:
            dead.power.restore()
        else:
            break
        assert card.cast_vote is not None
        table = spare_for(dead, folder)
        take_over(table)
        counted.add(table.votes)
        table.insert(card)
        assert table.votes == 3
        assert card.erased == 1
        table.take_out()
        finish_day(table)
        accepted(table, folder / "bundle")
        assert minutes_of(table).contests[0].lines == (1, 1, 1)
    assert counted == {2, 3}


def test_an_accumulator_may_die_before_the_opening(tmp_path: Path) -> None:
    for at in ("locked", "zero", "shares"):
        folder = tmp_path / at
        dead = Table(folder / "dead", with_spare_terminal())
        if at == "zero":
            dead.to_zero()
        elif at == "shares":
            dead.to_shares()
        table = spare_for(dead, folder)
        take_over(table)
        assert table.page == "accumulator.clock"
        table.confirm_clock()
        table.press("zero.print")
        table.press("zero.continue")
        table.pass_card(table.courier)
        for number in (1, 2, 3):
            table.with_pin(table.share[number])
        table.press("shares.continue")
        sign(table, 1, 2, 3)
        table.press("sign.finish")
        table.pass_card(table.courier)
        table.learn_tally_key()
        table.pass_card(table.voted_card(0, CHOICES[0]))
        finish_day(table)
        assert minutes_of(table).replaced == (Replacement("accumulator", SPARE),)
        accepted(table, folder / "bundle")


def test_an_accumulator_may_die_in_the_evening(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    write_off(dead, "terminal-2", SPARE_TERMINAL)
    dead.visit(medium_of_dead("terminal-2"))
    finish_act(dead)
    dead.close_station()
    dead.collect(["desk-1", "terminal-1"])
    table = spare_for(dead, tmp_path)
    take_over(table)
    assert table.page == "accumulator.collect"
    assert [state(table, name) for name in ("desk-1", "terminal-1")] == ["in", "in"]
    assert state(table, "accumulator") == f"replaced by {SPARE}"
    assert state(table, "terminal-2") == f"replaced by {SPARE_TERMINAL}"
    finish_day(table, (SPARE_TERMINAL,))
    assert len(minutes_of(table).replaced) == 2
    accepted(table, tmp_path / "bundle")


def test_an_accumulator_may_die_at_the_minutes_and_the_count_is_held_again(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    dead.close_station()
    dead.collect()
    dead.count()
    dead.press("result.sign")
    dead.with_pin(dead.official[1])
    table = spare_for(dead, tmp_path)
    take_over(table)
    finish_day(table, ())
    accepted(table, tmp_path / "bundle")


def test_a_spare_that_dies_too_is_replaced_by_the_next(tmp_path: Path) -> None:
    dead = dead_table(tmp_path, package=with_two_spares())
    first = spare_for(dead, tmp_path)
    take_over(first)
    first.pass_card(first.voted_card(2, CHOICES[2]))
    before = {name: files_of(dead.medium, name) for name in ("accumulator", SPARE)}
    last = spare_for(first, tmp_path, name=LAST)
    assert f"“{SPARE}”" in (last.says("found") or "")
    assert "3 votes" in (last.says("found") or ""), "those of both journals"
    take_over(last)
    assert (last.page, last.votes) == ("accumulator.open", 3)
    assert {name: files_of(dead.medium, name) for name in ("accumulator", SPARE)} == before
    last.pass_card(last.voted_card(3, CHOICES[3]))
    last.restart()
    assert (last.page, last.votes) == ("accumulator.open", 4)
    finish_day(last)
    minutes = minutes_of(last)
    assert minutes.replaced == (Replacement("accumulator", SPARE), Replacement(SPARE, LAST))
    assert minutes.figures[Figure.COUNTED] == 4
    assert minutes.discrepancies == ()
    assert {head.board for head in minutes.journals} >= {"accumulator", SPARE, LAST}
    told = accepted(last, tmp_path / "bundle")
    assert "2 votes were moved from accumulator to accumulator-spare" in told
    assert "3 votes were moved from accumulator-spare to accumulator-last" in told


def test_a_spare_may_die_while_it_takes_over(tmp_path: Path) -> None:
    """Its last write may be any: the next spare has every vote, and nobody is asked for more."""
    number, seen = -1, set()
    dead = dead_table(tmp_path, package=with_two_spares())
    assert dead.medium is not None
    left = dict(dead.medium.files)
    while True:
        number += 2
        folder, power = tmp_path / str(number), Power()
        dead.medium = RecordingMedium("removable", power, files=dict(left))
        first = spare_for(dead, folder, power)
        to_act(first)
        sign(first, 1, 2)
        power.fail_at(number, list(Cut)[number % 3])
        try:
            first.press("sign.finish")
        except PowerCut:
            power.restore()
        else:
            break
        last = spare_for(first, folder, power, LAST)
        said = last.says("found") or ""
        seen |= {name for name in ("accumulator", SPARE) if f"“{name}”" in said}
        assert "2 votes" in said
        take_over(last)
        assert (last.page, last.votes) == ("accumulator.open", 2), last.says("notice")
        if number % 8 == 1:
            last.pass_card(last.voted_card(2, CHOICES[2]))
            finish_day(last)
            assert minutes_of(last).figures[Figure.COUNTED] == 3
            accepted(last, folder / "bundle")
    assert seen == {"accumulator", SPARE}
    assert number > 10


def test_a_day_that_is_over_needs_no_spare(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    finish_day(dead)
    dead.press("papers.continue")
    dead.press("clear.finish")
    table = spare_for(dead, tmp_path)
    assert table.page == "accumulator.spare"
    assert "has ended its day" in (table.says("notice") or "")
    assert "spare.take" not in table.names


Change = Callable[[RecordingMedium], None]


def _package(**changes: object) -> Change:
    def change(medium: RecordingMedium) -> None:
        other = replace(with_spare_terminal(), **changes)  # type: ignore[arg-type]  # by name
        medium.files["accumulator/package.cose"] = records.sign(other, samples.ROOT)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_package(station="0412"), Reason.RECORD_OTHER_STATION),
        (_package(number=2), Reason.RECORD_OTHER_PACKAGE),
        (lambda medium: setattr(medium, "fault", FaultKind.IO), Reason.MEDIUM_DAMAGED),
    ],
)
def test_a_medium_of_another_day_or_a_broken_one_is_refused(
    tmp_path: Path, change: Change, reason: Reason
) -> None:
    dead = dead_table(tmp_path)
    assert dead.medium is not None
    change(dead.medium)
    table = spare_for(dead, tmp_path)
    assert "spare.take" not in table.names
    assert text(reason, "en").split("}")[-1][-12:] in (table.says("notice") or "")


def test_an_urn_that_was_damaged_or_is_lost_stops_the_spare(tmp_path: Path) -> None:
    for number, damage in enumerate((b"\0" * 4096, None)):
        dead = dead_table(tmp_path / str(number))
        assert dead.medium is not None
        urn = dead.medium.files["accumulator/urn.bin"]
        if damage is None:
            del dead.medium.files["accumulator/urn.bin"]
        else:
            dead.medium.files["accumulator/urn.bin"] = damage * (len(urn) // 4096)
        table = spare_for(dead, tmp_path / str(number))
        table.press("spare.take")
        table.unlock()
        if damage is None:  # an urn of a station that was opened is not made anew
            sign(table, 1, 2)
            table.press("sign.finish")
        assert table.page == "accumulator.stopped"
        assert dead.medium is not None


def test_keys_that_are_not_sealed_to_this_spare_open_nothing(tmp_path: Path) -> None:
    dead = dead_table(tmp_path)
    assert dead.medium is not None
    offer = records.open_record(
        records.StationKeyOffer,
        dead.medium.files[f"accumulator/{enrolment.STATION_KEYS}"],
        samples.device("accumulator").sign_key,
    )
    for changed, reason in (
        (replace(offer, sealed_to_spares=()), Reason.RECORD_NOT_SEALED_TO_US),
        (replace(offer, sealed_to_spares=(offer.sealed,)), Reason.RECORD_NOT_SEALED_TO_US),
    ):
        signed = records.sign(changed, samples.device("accumulator").signing)
        dead.medium.files[f"accumulator/{enrolment.STATION_KEYS}"] = signed
        table = spare_for(dead, tmp_path)
        table.press("spare.take")
        table.unlock()
        assert table.page == "accumulator.stopped"
        assert text(reason, "en").split("}")[-1][-20:] in (table.says("notice") or "")
        table.press("retry")
        assert table.page == "accumulator.spare"


@pytest.mark.parametrize("cut", list(Cut))
def test_a_power_cut_at_any_write_of_the_takeover_is_gone_on_with(tmp_path: Path, cut: Cut) -> None:
    number, power, seen = 0, Power(), set()
    while True:
        number += 1
        folder = tmp_path / str(number)
        dead = dead_table(folder)
        last = dead.voted_card(2, CHOICES[2])
        table = spare_for(dead, folder, power)
        to_act(table)
        sign(table, 1, 2)
        power.fail_at(number, cut)
        try:
            table.press("sign.finish")
        except PowerCut:
            table.power_cut()
        else:
            break
        seen.add(table.page)
        if table.page == "accumulator.spare":
            take_over(table)
        else:
            table.unlock()
            say_the_clock_is_right(table)
        assert (table.page, table.votes) == ("accumulator.open", 2), table.says("notice")
        table.pass_card(last)
        if number % 4 == 1:  # a whole evening has proofs to be made and checked
            finish_day(table)
            accepted(table, folder / "bundle")
        assert table.votes == 3
    assert seen == {"accumulator.spare", "accumulator.start"}
    assert number > 10

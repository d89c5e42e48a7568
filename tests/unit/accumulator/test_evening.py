"""Count, minutes, bundle, paper, and the end of the day."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from accumulator import count_b
from accumulator.sealing_act import DayOver
from common import cbor, records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, text
from common.records import (
    CastVote,
    ContestResult,
    Discrepancy,
    EvidenceManifest,
    Figure,
    Minutes,
    OpenedVote,
)
from common.seal.elgamal import Seal
from common.seal.group import Point
from common.seal.randomness import CheckedSource
from hal.printer import PrinterState
from tests import samples
from tests.recording_medium import Cut, PowerCut
from tests.unit.accumulator.stage import (
    COUNTING,
    CourierCard,
    ShareCardOf,
    Table,
    VoterCard,
    package,
    with_parameters,
)
from verifier.report import examine

CHOICES = (((0,), (1, 2), (0,)), ((1,), (), (1,)), ((2,), (0, 4, 6), ()), ((0,), (), (0,)))


def voted(table: Table) -> Table:
    """Let four people vote, one return a card unused and one walk away with it; then close."""
    table.open_station()
    for serial, selections in enumerate(CHOICES):
        table.pass_card(table.voted_card(serial, selections))
    for serial in (10, 11):
        table.voting.activate(VoterCard(number=serial), serial)
    table.voting.withdrawn["desk-1"] = 1 << 10
    table.close_station()
    return table


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return voted(Table(tmp_path))


def minutes_of(table: Table) -> Minutes:
    content = table.own.read("minutes.cose") or b""
    body = SignedBody.from_bytes(content, Minutes.external(), table.package.station_key)
    return Minutes.from_bytes(body.payload)


def test_the_count_gives_what_was_voted(table: Table) -> None:
    table.collect()
    table.count()
    assert table.page == "accumulator.result"
    minutes = minutes_of(table)
    assert minutes.contests == (
        ContestResult(0, 4, 3, 1, 0, (2, 1, 1)),
        ContestResult(1, 4, 2, 0, 2, (1, 1, 1, 0, 1, 0, 1)),
        ContestResult(2, 4, 3, 0, 1, (2, 1)),
    )
    figures = minutes.figures
    assert (figures[Figure.ISSUED], figures[Figure.RETURNED], figures[Figure.MISSING]) == (6, 1, 1)
    assert (figures[Figure.DEPOSITED], figures[Figure.COUNTED]) == (4, 4)
    assert minutes.discrepancies == ()
    assert [head.board for head in minutes.journals] == [
        "desk-1",
        "terminal-1",
        "terminal-2",
        "accumulator",
    ]


def test_a_whole_day_gives_a_bundle_that_a_stranger_accepts(table: Table, tmp_path: Path) -> None:
    table.collect()
    table.count()
    table.finish()
    report, _ = examine(table.bundle(tmp_path / "bundle"), samples.ROOT_KEY)
    assert report.accepted, report.as_text()
    assert json.loads(report.as_json())["contests"][0]["lines"] == [2, 1, 1]
    assert table.medium is not None
    second = table.medium.folder("accumulator").folder("evidence")
    first = table.own.folder("evidence")
    assert first.list() == second.list()
    assert all(first.read(path) == second.read(path) for path in first.list())


def test_the_bundle_holds_no_secret_and_ties_nothing_together(table: Table) -> None:
    table.collect()
    table.count()
    table.finish()
    evidence = table.own.folder("evidence")
    whole = b"".join(evidence.read(path) or b"" for path in evidence.list())
    pieces = [card.share for card in table.share.values() if card.share is not None]
    assert len(pieces) == 3
    assert all(piece[-32:] not in whole for piece in pieces)
    assert samples.STATION_KEYS.urn_key not in whole
    sealed, _ = cbor.split_sequence(evidence.read("votes-sealed.cborseq") or b"")
    opened, _ = cbor.split_sequence(evidence.read("votes-opened.cborseq") or b"")
    assert [records.digest(vote) for vote in sealed] == sorted(map(records.digest, sealed))
    assert opened == sorted(opened)
    assert len(sealed) == len(opened) == 4
    assert {OpenedVote.from_bytes(vote).selections for vote in opened} == set(CHOICES)


def test_the_manifest_lists_every_file_and_the_minutes_all_but_two(table: Table) -> None:
    table.collect()
    table.count()
    table.finish()
    evidence = table.own.folder("evidence")
    signed = evidence.read("manifest.cose") or b""
    manifest = records.open_record(EvidenceManifest, signed, table.package.station_key)
    listed = [file.path for file in manifest.files]
    assert listed == sorted(set(evidence.list()) - {"manifest.cose"})
    in_minutes = [file.path for file in minutes_of(table).evidence]
    assert in_minutes == sorted(set(listed) - {"minutes.cose"})
    assert manifest.minutes == records.digest(evidence.read("minutes.cose") or b"")


def test_no_count_while_a_board_is_missing(table: Table) -> None:
    table.collect(["desk-1", "terminal-1"])
    assert "count" not in table.names
    assert "count.disabled" in table.names


def test_the_quorum_needs_two_cards_of_this_opening(table: Table) -> None:
    table.collect()
    table.to_quorum()
    table.with_pin(table.share[1])
    assert table.says("hint") == text_of_quorum(1, 2)
    table.insert(table.share[1])
    assert table.says("notice") == text(Reason.SHARE_ALREADY_READ, "en")
    table.take_out()
    stranger = ShareCardOf(official=3, share=table.share[3].share)
    assert stranger.share is not None
    stranger.share = stranger.share[:-1] + bytes([stranger.share[-1] ^ 1])
    table.insert(stranger)
    table.type("pin", "271828")
    table.press("pin.enter")
    assert table.says("notice") == text(Reason.SHARE_OTHER_KEY, "en")
    table.take_out()
    copied = ShareCardOf(official=3, share=table.share[1].share)
    table.insert(copied)
    table.type("pin", "271828")
    table.press("pin.enter")
    assert table.says("notice") == text(Reason.SHARE_ALREADY_READ, "en")
    table.take_out()
    table.with_pin(ShareCardOf(official=2))
    table.insert(CourierCard())
    assert table.says("notice") == text(Reason.CARD_SHARE_EXPECTED, "en")
    table.take_out()
    table.with_pin(table.share[3])
    assert table.page == "accumulator.count.open"


def text_of_quorum(present: int, needed: int) -> str:
    return (
        "Both shuffles were checked. Insert the share cards one after another. "
        f"Read: {present}, needed: {needed}."
    )


def test_an_empty_share_card_says_so(table: Table) -> None:
    table.collect()
    table.to_quorum()
    table.insert(ShareCardOf(official=2))
    table.type("pin", "271828")
    table.press("pin.enter")
    assert table.says("notice") == text(Reason.SHARE_MISSING, "en")


def test_two_counts_that_differ_give_no_result(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = count_b.count

    def faulty(*arguments: object) -> tuple[ContestResult, ...]:
        first, *rest = right(*arguments)  # type: ignore[arg-type]  # passed on
        return (replace(first, lines=(first.lines[0] + 1, *first.lines[1:])), *rest)

    monkeypatch.setattr(count_b, "count", faulty)
    table.collect()
    table.count()
    assert table.page == "accumulator.count.finish"
    assert table.says("notice.1") == text(Reason.COUNTS_DISAGREE, "en")
    assert table.own.read("minutes.cose") is None
    assert EventType.COUNTS_DISAGREED in table.journal()


def test_what_does_not_add_up_stands_in_the_minutes_and_on_the_page(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.open_station()
    table.pass_card(table.voted_card(0, CHOICES[0]))
    bad = VoterCard(number=2)
    table.voting.activate(bad, 1)
    table.voting.put(bad, 1, _no_ballot(table), "terminal-1")
    table.pass_card(bad)
    table.voting.issued["desk-1"] = 0b01  # the desk forgot that it issued serial 1
    table.close_station()
    table.collect()
    table.count()
    minutes = minutes_of(table)
    assert set(minutes.discrepancies) == {
        Discrepancy.SPENT_NOT_ISSUED,
        Discrepancy.INVALID_BALLOTS,
    }
    assert minutes.figures[Figure.INVALID] == 1
    assert table.journal().count(EventType.DISCREPANCY_FOUND) == 2
    while "figures.next" in table.names:
        table.press("figures.next")
    shown = {region.text for region in table.screen.regions}
    assert "A vote came from a card that was never issued" in shown
    table.finish()
    report, _ = examine(table.bundle(tmp_path / "bundle"), samples.ROOT_KEY)
    assert report.accepted, report.as_text()


def _no_ballot(table: Table) -> CastVote:
    """Return a vote that proves to be sealed, and holds a line that its contest does not have."""
    board = samples.device("terminal-1").sign_key
    seal = Seal(table.package_hash, tuple(map(Point, table.voting.tally)))
    source = CheckedSource(samples.seeded("no ballot"))
    return CastVote(table.package_hash, 1, seal.seal(1, board, b"\0\1\7\0\0", source).sealed)


def test_all_members_sign_or_the_chair_alone(tmp_path: Path) -> None:
    table = voted(Table(tmp_path / "a"))
    table.collect()
    table.count()
    table.press("result.sign")
    table.with_pin(table.official[1])
    assert "sign.finish" not in table.names
    table.press("sign.back")
    assert table.page == "accumulator.result"
    table.press("result.sign")
    table.with_pin(table.official[2])
    table.with_pin(table.official[3])
    table.press("sign.finish")
    assert table.page == "accumulator.papers"
    alone = voted(Table(tmp_path / "b", with_parameters(package(), all_sign_minutes=False)))
    alone.collect()
    alone.count()
    alone.press("result.sign")
    alone.with_pin(alone.official[2])
    assert "sign.finish" not in alone.names
    alone.with_pin(alone.official[1])
    alone.press("sign.finish")
    assert alone.page == "accumulator.papers"


def test_papers_come_out_or_say_why_not(table: Table) -> None:
    table.collect()
    table.count()
    table.finish()
    before = len(table.paper.documents)
    table.paper.state = PrinterState.COVER_OPEN
    table.press("print.protocol")
    assert table.says("notice") == text(Reason.PRINTER_COVER_OPEN, "en")
    assert EventType.PROTOCOL_PRINTED not in table.journal()
    table.paper.state = PrinterState.READY
    table.press("print.protocol")
    table.press("print.codes")
    assert len(table.paper.documents) == before + 2
    assert table.journal()[-2:] == [EventType.PROTOCOL_PRINTED, EventType.CODES_PRINTED]


def test_the_end_clears_share_cards_and_forgets_the_keys(table: Table) -> None:
    table.collect()
    table.count()
    table.finish()
    table.press("papers.continue")
    table.with_pin(table.share[1])
    table.insert(table.share[1])
    assert "is cleared already" in (table.says("notice") or "")
    table.take_out()
    table.restart()
    assert table.page == "accumulator.papers"
    table.press("papers.continue")
    states = [table.says(f"shares.{row}.2") for row in range(len(table.package.share_cards))]
    assert states == ["waiting"] * (len(states) - 1) + ["share cleared"], "who remains stands first"
    table.with_pin(table.share[2])
    table.press("clear.finish")
    assert table.page == "accumulator.seals"
    assert table.share[1].share is None
    assert table.share[2].share is None
    assert table.shelf.take(table.package.station_key) is None
    assert table.journal()[-2:] == [EventType.EVIDENCE_SEALED, EventType.KEYS_FORGOTTEN]
    table.power_cut()
    assert table.page == "accumulator.seals"
    table.insert(VoterCard())
    assert table.page == "accumulator.seals"


@pytest.mark.parametrize("power", [False, True])
def test_the_evening_goes_on_where_it_was(table: Table, power: bool) -> None:
    def stop() -> None:
        if power:
            table.power_cut()
            table.unlock()
        else:
            table.restart()

    table.collect()
    stop()
    assert table.page == "accumulator.collect"
    table.to_quorum()
    table.with_pin(table.share[1])
    stop()
    assert table.page == "accumulator.count.shares"
    assert table.says("hint") == text_of_quorum(0, 2)  # shares were in memory only
    table.count()
    stop()
    assert table.page == "accumulator.minutes"
    table.with_pin(table.official[1])
    stop()
    assert table.says("progress") == "Signed: 1, needed: 3"
    table.with_pin(table.official[2])
    table.with_pin(table.official[3])
    table.press("sign.finish")
    stop()
    assert table.page == "accumulator.papers"


def test_a_bundle_is_whole_or_not_there(tmp_path: Path) -> None:
    """Cut the power at every write from the count to the manifest; the end is always the same."""
    reference = voted(Table(tmp_path / "reference"))
    reference.collect()
    start = reference.power.writes
    reference.count()
    reference.finish()
    writes = reference.power.writes - start
    result = minutes_of(reference).contests
    for number in range(2, writes + 1, 9):
        table = voted(Table(tmp_path / str(number)))
        table.collect()
        _cut_and_finish(table, number)
        assert table.page == "accumulator.papers", number
        assert minutes_of(table).contests == result
        report, _ = examine(table.bundle(tmp_path / str(number) / "bundle"), samples.ROOT_KEY)
        assert report.accepted, report.as_text()


def _cut_and_finish(table: Table, number: int) -> None:
    """Count and sign; the power fails at one write, and the commission goes on afterwards."""
    table.power.fail_at(number, Cut.A_PART)
    while table.page != "accumulator.papers":
        try:
            _next_step(table)
        except PowerCut:
            table.card = None
            table.power_cut()
            if table.page == "accumulator.start":
                table.unlock()


def _next_step(table: Table) -> None:
    match table.page:
        case "accumulator.start":
            table.unlock()
        case "accumulator.count.finish":
            table.press("count.again")
        case page if page in COUNTING:
            table.count()
        case "accumulator.result":
            table.press("result.sign")
        case "accumulator.minutes":
            rows = {table.says(f"people.{n}.0"): table.says(f"people.{n}.2") for n in range(3)}
            for number in (1, 2, 3):
                person = table.package.official(number)
                if person is not None and rows[person.name] != "signed":
                    table.with_pin(table.official[number])
            table.press("sign.finish")
        case page:
            raise AssertionError(page)


def test_a_machine_that_is_over_does_nothing_more(table: Table) -> None:
    assert not DayOver("KZ-17").working
    assert table.page == "accumulator.collect"

"""The evening of two boards at the accumulator: the walk, stops, wrong media and evil desks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accumulator.countwalk import CountStage, CountWalk
from accumulator.mixing import Walk
from accumulator.pages import draw_up
from accumulator.turn import Context
from common import cose, tallykey
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import LANGUAGES, Reason, text
from common.evening import CHECKED, FIRST_MIX, OPENING, SECOND_MIX, VOTES
from common.media import FaultKind
from common.pages import Text
from common.records import BoardKind, ContestResult, Figure, Minutes, Mix, MixChecked, Opening
from common.shares import Share
from common.tallykey import SignedHalf
from tests import samples
from tests.recording_medium import RecordingMedium
from tests.unit.accumulator.counting_desk import CountingDesk, changed
from tests.unit.accumulator.stage import PIN, ShareCardOf, Table, closed
from verifier.report import examine

TO_MIX, SHARES = "accumulator.count.mix", "accumulator.count.shares"
TO_OPEN = "accumulator.count.open"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


@pytest.fixture
def desk(table: Table) -> CountingDesk:
    return closed(table)


def to_shares(table: Table, desk: CountingDesk) -> None:
    table.press("count")
    assert table.page == TO_MIX, table.says("notice.1")
    desk.mix()
    table.bring(desk.medium)
    assert table.page == SHARES, table.says("notice.1")


def give_shares(table: Table) -> None:
    for number in (1, 2):
        table.with_pin(table.share[number])


def to_open(table: Table, desk: CountingDesk) -> None:
    to_shares(table, desk)
    give_shares(table)
    assert table.page == TO_OPEN, table.says("refused")


def to_result(table: Table, desk: CountingDesk) -> None:
    to_open(table, desk)
    desk.open()
    table.bring(desk.medium)
    assert table.page == "accumulator.result", (table.page, table.says("notice.1"))


def minutes_of(table: Table) -> Minutes:
    content = table.own.read("minutes.cose") or b""
    body = SignedBody.from_bytes(content, Minutes.external(), table.package.station_key)
    return Minutes.from_bytes(body.payload)


def test_two_boards_give_what_was_voted(table: Table, desk: CountingDesk) -> None:
    to_result(table, desk)
    minutes = minutes_of(table)
    assert minutes.contests == (
        ContestResult(0, 4, 3, 1, 0, (2, 1, 1)),
        ContestResult(1, 4, 2, 0, 2, (1, 1, 1, 0, 1, 0, 1)),
        ContestResult(2, 4, 3, 0, 1, (2, 1)),
    )
    assert minutes.figures[Figure.COUNTED] == 4
    assert minutes.figures[Figure.INVALID] == 0
    wanted = [
        EventType.COUNT_BEGAN,
        EventType.VOTES_MIXED,
        EventType.COUNT_FILE_TAKEN,
        EventType.MIXES_CHECKED,
        EventType.SHARE_READ,
        EventType.PART_OPENED,
        EventType.COUNT_FINISHED,
    ]
    events = table.journal()
    assert sorted(wanted, key=events.index) == wanted


def test_a_stranger_accepts_the_bundle(table: Table, desk: CountingDesk, tmp_path: Path) -> None:
    to_result(table, desk)
    table.finish()
    report, _ = examine(table.bundle(tmp_path / "bundle"), samples.ROOT_KEY)
    assert report.accepted, report.as_text()
    files = set(table.own.folder("evidence").list())
    assert {
        "mixes/1.cose",
        "mixes/2.cose",
        "checked/accumulator.cose",
        "checked/desk-1.cose",
        "openings/accumulator.cose",
        "openings/desk-1.cose",
        "check-values.txt",
    } <= files


def test_both_media_have_the_same_files_before_a_page_says_so(
    table: Table, desk: CountingDesk
) -> None:
    def alike() -> set[str]:
        assert table.medium is not None
        other = table.medium.folder("accumulator")
        paths = [
            path
            for path in table.own.list()
            if path.startswith(("count/", "collected/desk-1/count/"))
        ]
        assert all(table.own.read(path) == other.read(path) for path in paths)
        return set(paths)

    table.press("count")
    assert alike() == {VOTES, FIRST_MIX}
    assert {path for path in desk.medium.list() if path.startswith("accumulator/")} == {
        f"accumulator/{VOTES}",
        f"accumulator/{FIRST_MIX}",
    }
    desk.mix()
    table.bring(desk.medium)
    assert {f"collected/desk-1/{SECOND_MIX}", f"collected/desk-1/{CHECKED}", CHECKED} <= alike()
    give_shares(table)
    assert OPENING in alike()
    assert desk.medium.read(f"accumulator/{OPENING}") == table.own.read(OPENING)


def test_a_restart_and_a_power_cut_at_every_stage_lose_nothing(
    table: Table, desk: CountingDesk
) -> None:
    def stopped(page: str) -> None:
        table.restart()
        assert table.page == page
        table.power_cut()
        table.unlock()
        assert table.page == page

    table.press("count")
    assert table.says("ballots") == "Votes taken in: 4. Shuffled: 4."
    first = table.own.read(FIRST_MIX)
    stopped(TO_MIX)
    desk.mix()
    table.bring(desk.medium)
    stopped(SHARES)
    table.with_pin(table.share[1])
    stopped(SHARES)
    give_shares(table)
    stopped(TO_OPEN)
    desk.open()
    table.bring(desk.medium)
    stopped("accumulator.minutes")
    assert table.own.read(FIRST_MIX) == first
    assert minutes_of(table).figures[Figure.COUNTED] == 4


def test_the_votes_are_counted_at_once_after_a_stop_between_opening_and_count(
    table: Table, desk: CountingDesk
) -> None:
    to_open(table, desk)
    desk.open()
    for medium in (table.own, table.medium and table.medium.folder("accumulator")):
        assert medium is not None
        medium.replace(f"collected/desk-1/{OPENING}", desk.folder.read(OPENING) or b"")
    table.restart()
    assert table.page == "accumulator.result"


def test_what_one_medium_lost_comes_back_from_the_other(table: Table, desk: CountingDesk) -> None:
    to_open(table, desk)
    assert table.medium is not None
    other = table.medium.folder("accumulator")
    whole = {path: table.own.read(path) for path in table.own.list() if "count/" in path}
    for number, (path, content) in enumerate(whole.items()):
        assert content is not None
        damaged = content[:40] + bytes([content[40] ^ 1]) + content[41:]
        (table.own if number % 2 else other).replace(path, damaged)
    table.restart()
    assert table.page == TO_OPEN
    assert table.says("mended")
    assert whole == {path: table.own.read(path) for path in whole}
    assert whole == {path: other.read(path) for path in whole}


def test_the_half_and_its_shares_are_nowhere(table: Table, desk: CountingDesk) -> None:
    to_open(table, desk)
    assert table.medium is not None
    given = [Share.from_bytes(card.share or b"") for card in table.share.values()]
    half = desk.here().half_of(BoardKind.ACCUMULATOR)
    kept = [table.own.read(path) or b"" for path in table.own.list() if path.startswith("halves/")]
    (signed,) = (
        found for found in map(SignedHalf.from_bytes, kept) if found.tally_half == half.signed
    )
    told = tallykey.read_shares(table.package, half, signed.half_shares)
    secret = tallykey.secret_of(table.installation.keys, half, told, given)
    pieces = [secret, *(share.piece for share in given)]
    for medium in (table.own, table.medium, desk.medium):
        whole = b"".join(medium.read(path) or b"" for path in medium.list())
        assert not any(piece in whole for piece in pieces)


# --- wrong media ----------------------------------------------------------------------------------


def test_other_media_are_refused_by_name_and_left_alone(table: Table, desk: CountingDesk) -> None:
    table.press("count")
    terminal = table.voting.close("terminal-1", desk.start_order)
    before = dict(terminal.files)
    table.bring(terminal)
    assert "terminal-1" in (table.says("notice.1") or "")
    assert "desk-1" in (table.says("notice.1") or "")
    assert terminal.files == before
    table.bring(RecordingMedium("blank"))
    assert table.says("notice.1")
    assert table.page == TO_MIX
    desk.mix()
    table.bring(desk.medium)
    assert table.page == SHARES


def test_a_medium_that_fails_is_told_and_the_walk_goes_on(table: Table, desk: CountingDesk) -> None:
    table.press("count")
    desk.medium.files = {
        path: content
        for path, content in desk.medium.files.items()
        if not path.startswith("accumulator/")
    }
    for kind in (FaultKind.FULL, FaultKind.READ_ONLY, FaultKind.IO):
        desk.medium.fault = kind
        table.bring(desk.medium)
        assert table.page == TO_MIX
        assert table.says("notice.1")
        desk.medium.fault = None
    table.bring(desk.medium)
    assert table.says("notice.1") == (
        "The medium holds everything needed. Take it out and to “desk-1”."
    )
    desk.mix()


def test_without_a_medium_the_page_says_so(table: Table, desk: CountingDesk) -> None:
    table.visitor = None
    table.press("count")
    assert table.page == TO_MIX
    assert table.says("notice.1") is None
    table.press("count.read")
    assert table.says("notice.1")
    assert not [path for path in desk.medium.list() if path.startswith("accumulator/")]
    table.visit(desk.medium)
    assert table.says("notice.1") == (
        "The medium holds everything needed. Take it out and to “desk-1”."
    )


# --- evil and broken desks ------------------------------------------------------------------------


def _other_lists(desk: CountingDesk) -> None:
    signed = desk.folder.read(SECOND_MIX) or b""
    made = Mix.from_bytes(cose.payload_of(signed))
    (group,) = made.groups
    turned = type(group)(group.styles, group.list[64:] + group.list[:64], group.proof)
    desk.folder.replace(SECOND_MIX, changed(signed, Mix, "desk-1", groups=(turned,)))


def _other_first(desk: CountingDesk) -> None:
    signed = desk.folder.read(SECOND_MIX) or b""
    desk.folder.replace(SECOND_MIX, changed(signed, Mix, "desk-1", before=b"x" * 32))


def _by_a_terminal(desk: CountingDesk) -> None:
    signed = desk.folder.read(SECOND_MIX) or b""
    desk.folder.replace(SECOND_MIX, changed(signed, Mix, "terminal-1"))


def _checked_others(desk: CountingDesk) -> None:
    signed = desk.folder.read(CHECKED) or b""
    desk.folder.replace(CHECKED, changed(signed, MixChecked, "desk-1", first_mix=b"x" * 32))


def _torn(desk: CountingDesk) -> None:
    desk.folder.replace(SECOND_MIX, (desk.folder.read(SECOND_MIX) or b"")[:-100])


def _not_checked(desk: CountingDesk) -> None:
    desk.folder.remove(CHECKED)


@pytest.mark.parametrize(
    "spoil", [_other_lists, _other_first, _by_a_terminal, _checked_others, _torn, _not_checked]
)
def test_a_wrong_second_shuffle_is_refused_and_the_right_one_still_counts(
    table: Table, desk: CountingDesk, spoil: Callable[[CountingDesk], None]
) -> None:
    table.press("count")
    desk.mix()
    right = {path: desk.folder.read(path) or b"" for path in (SECOND_MIX, CHECKED)}
    spoil(desk)
    table.bring(desk.medium)
    assert table.page == TO_MIX
    assert "desk-1" in (table.says("notice.1") or "")
    assert EventType.COUNT_FILE_REFUSED in table.journal()
    assert not [path for path in table.own.list() if path.startswith("collected/desk-1/count/")]
    for path, content in right.items():
        desk.folder.replace(path, content)
    table.bring(desk.medium)
    assert table.page == SHARES


def test_a_wrong_opening_is_refused_and_the_right_one_still_counts(
    table: Table, desk: CountingDesk
) -> None:
    to_open(table, desk)
    desk.open()
    right = desk.folder.read(OPENING) or b""
    made = Opening.from_bytes(cose.payload_of(right))
    turned = made.factors[32:] + made.factors[:32]
    for wrong in (
        changed(right, Opening, "desk-1", factors=turned),
        changed(right, Opening, "desk-1", second_mix=b"x" * 32),
        changed(right, Opening, "terminal-1"),
        right[:-1] + bytes([right[-1] ^ 1]),
        table.own.read(OPENING) or b"",
    ):
        desk.folder.replace(OPENING, wrong)
        table.bring(desk.medium)
        assert table.page == TO_OPEN
        assert table.says("notice.1")
    desk.folder.replace(OPENING, right)
    table.bring(desk.medium)
    assert table.page == "accumulator.result"


def test_shares_of_another_half_open_nothing(table: Table, desk: CountingDesk) -> None:
    to_shares(table, desk)
    other = desk.half.shares[0].to_bytes()
    table.insert(ShareCardOf(official=3, share=other))
    table.type("pin", PIN)
    table.press("pin.enter")
    assert table.page == SHARES
    assert table.says("notice") == text(Reason.SHARE_OTHER_KEY, "en")
    table.take_out()
    table.with_pin(table.share[1], "000000")
    assert table.page == SHARES
    assert not table.own.read(OPENING)
    give_shares(table)
    assert table.page == TO_OPEN


def test_pages_say_how_many_votes_there_are(table: Table, desk: CountingDesk) -> None:
    to_shares(table, desk)
    to_open_said = "Votes taken in: 4. To be opened: 4; the desk must say the same."
    assert table.says("ballots") == to_open_said
    table.restart()
    assert table.says("ballots") == to_open_said
    give_shares(table)
    assert table.says("ballots") == to_open_said
    assert table.says("left-out") is None
    said = []
    for stage in CountStage:
        for shuffled in (None, 3):
            walk = Walk(CountWalk(stage, "desk-1", shuffled=shuffled))
            context = Context(table.strongroom.station, 0, table.strongroom.urn)
            page = draw_up(walk, context, "en", ())
            told = {each.name: each.text for each in page.widgets if isinstance(each, Text)}
            said.append((told["ballots"], told.get("left-out", "")[:9]))
    assert set(said) == {
        ("Votes taken in: 4.", ""),
        ("Votes taken in: 4. Shuffled: 3.", "Left out:"),
        (to_open_said.replace("opened: 4", "opened: 3"), "Left out:"),
        ("Votes taken in: 4. Opened: 3.", "Left out:"),
    }


def test_the_pages_are_whole_in_every_language_and_size(tmp_path: Path) -> None:
    for language in LANGUAGES:
        for size in ((1280, 800), (1024, 600)):
            where = tmp_path / f"{language}{size[0]}"
            where.mkdir()
            table = Table(where, language=language, size=size)
            to_result(table, closed(table))

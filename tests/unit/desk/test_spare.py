"""A desk dies; its spare goes on from its medium: marks, serials, acts, an interrupted voter."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cardio.messages import CourierCardSeen
from common import acts, deadboards, records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, Refused, Thing, text
from common.media import FolderMedium, Medium, TwoMedia
from common.pages import find
from common.records import SERIALS_PER_DESK, Act, ActFact, ActKind, Figure, Statement
from common.service import TimeReached
from desk.archive import Archive
from desk.phases import Interrupted
from desk.state import Mark, Serials, Withdrawal
from desk.waiting import WaitingSpare
from hal.board_clock import BoardClock
from hal.touch import TouchEvent, TouchKind
from simulators.clock_chip import SimClockChip
from tests import samples
from tests.recording_medium import Cut, Power, PowerCut, RecordingMedium
from tests.unit.desk import office
from tests.unit.desk.bench import PIN, Card, official_card
from tests.unit.desk.office import LAST_SPARE, NAME, Office, SetClock, package, package_hash

SPARE = "desk-spare"
FIRST = 4096


def dead_desk(root: Path) -> tuple[Office, dict[int, Card]]:
    """Return a desk that gave cards to three voters and took one back; it will not start again."""
    desk = Office(root / "dead")
    desk.open()
    cards = {line: Card(line) for line in (1, 2, 3)}
    for line, card in cards.items():
        desk.give(line, card)
    desk.press("digits.3", "find", "hand-back")
    desk.put(cards[3])
    desk.put(None)
    desk.press("back")
    assert desk.page() == "desk.ready"
    return desk, cards


def spare_desk(dead: Office, root: Path, name: str = SPARE) -> Office:
    """Carry the dead desk's medium to the spare and switch that on."""
    desk = Office(root / name, name)
    desk.slot.root = dead.slot.root
    desk.order = dead.order
    desk.clock.ms = dead.clock.ms
    desk.start()
    return desk


def take_over(desk: Office) -> None:
    assert desk.page() == "desk.spare", desk.page()
    desk.press("take")
    desk.sign_act(1, 2)
    if desk.page() == "desk.clock":
        desk.press("clock.right")


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def activation_of(card: Card, board: str) -> records.Activation:
    assert card.activation is not None
    return records.open_record(records.Activation, card.activation, samples.device(board).sign_key)


def mark_of(desk: Office, line: int) -> Mark:
    archive = desk.shell._archive
    assert archive is not None
    return archive.files.marks.of(line)


def test_the_spare_goes_on_with_marks_serials_and_list(tmp_path: Path) -> None:
    dead, cards = dead_desk(tmp_path)
    before = files_of(dead.slot.root / NAME)
    desk = spare_desk(dead, tmp_path)
    assert "“desk-1”" in desk.text("found")
    assert "3 cards given" in desk.text("found")
    assert desk.text("head").replace(" ", "").endswith(dead.journal()[-1].hash.hex())
    assert not (dead.slot.root / SPARE).exists()  # nothing is written on the medium before the act
    take_over(desk)
    assert desk.page() == "desk.ready"
    assert [event for event in desk.events() if event != "FILES_REPAIRED"] == [
        "STARTED",
        "JOURNAL_CAUGHT_UP",  # on the medium, which had none of this board's
        "PROGRAM_CHECKED",
        "LIST_LOADED",
        "ACT_SIGNED",
        "OPENED",
        "TOOK_OVER",
        "CLOCK_CONFIRMED",
    ]
    assert files_of(dead.slot.root / NAME) == before
    assert [mark_of(desk, line) for line in (1, 2, 3, 4)] == [
        Mark.GIVEN,
        Mark.GIVEN,
        Mark.RETURNED,
        Mark.NONE,
    ]
    # Who has a card gets no other one, here as there.
    desk.press("digits.1", "find")
    assert "confirm" not in {region.name for region in desk.screen.regions}
    desk.press("back")
    # A card that the dead desk gave is taken back.
    desk.press("digits.2", "find", "hand-back")
    desk.put(cards[2])
    assert cards[2].activation is None
    desk.put(None)
    desk.press("back")
    # A new one is given under a serial of the spare's own.
    card = Card(9)
    desk.give(4, card)
    serial = activation_of(card, SPARE).serial
    assert FIRST <= serial < FIRST + SERIALS_PER_DESK
    desk.close()
    statement = desk.statement()
    assert statement.issued is not None
    assert int.from_bytes(statement.issued.bits, "little") == 1 << serial - FIRST
    (taken,) = statement.taken_over
    assert taken.board == NAME
    assert int.from_bytes(taken.issued.bits, "little").bit_count() == 3
    assert int.from_bytes(taken.withdrawn.bits, "little").bit_count() == 2
    figures = statement.figures
    assert (figures[Figure.ISSUED], figures[Figure.RETURNED]) == (4, 2)
    assert figures[Figure.VOTERS_GIVEN] == 4


def test_what_it_leaves_is_what_an_accumulator_asks_for(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    length = len(dead.journal())
    desk = spare_desk(dead, tmp_path)
    take_over(desk)
    folder = FolderMedium(dead.slot.root, "medium").folder(SPARE)
    spare = package().board(SPARE)
    board = package().board(NAME)
    assert spare is not None
    assert board is not None
    content = folder.read("acts/001-replacement.cose") or b""
    act, body = acts.open_act(content, spare, package(), package_hash())
    assert act.kind is ActKind.REPLACEMENT
    assert len(body.people) == 2
    place = folder.folder("replaced").folder(NAME)
    left = deadboards.read_left(place, board, package(), package_hash())
    assert left.facts.items() <= act.facts.items()
    assert act.facts[ActFact.JOURNAL_LENGTH] == length == len(left.entries)


def test_a_spare_waits_and_serves_nobody(tmp_path: Path) -> None:
    desk = Office(tmp_path, SPARE)
    desk.start()
    assert desk.page() == "desk.spare"
    assert "needed only when another one has died" in desk.text("hint")
    desk.put(CourierCardSeen(1, desk.order, torn=False))
    assert "courier card" in desk.text("refusal").lower()
    assert desk.page() == "desk.spare"
    desk.put(Card(1))
    assert desk.text("refusal")
    desk.put(None)
    desk.slot.present = False
    desk.clock.ms += 5000
    desk.step(office_time(desk))
    assert desk.page() == "desk.spare"
    dead, _ = dead_desk(tmp_path)
    desk.slot.root, desk.slot.present = dead.slot.root, True
    desk.step(office_time(desk))
    assert "“desk-1”" in desk.text("found")
    desk.press("take")
    assert desk.page() == "desk.signing"
    assert "goes on in its place" in desk.text("purpose")
    desk.press("back")
    assert desk.page() == "desk.spare"
    desk.press("take")
    desk.sign_act(1)
    desk.slot.present = False
    desk.step(office_time(desk))
    assert "found" not in {region.name for region in desk.screen.regions}
    assert not [path for path in desk.own.list() if path.startswith(("acts/", "replaced/"))]


def test_what_happens_before_the_act_is_journalled(tmp_path: Path) -> None:
    """On own storage while the spare waits; with the act it comes on the medium, too."""
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    desk.press("take")
    desk.put(official_card(1))
    desk.press(*(f"pin.{digit}" for digit in "000000"), "sign")
    assert desk.text("refusal")
    desk.put(None)
    desk.press("back")
    desk.start()
    assert desk.events() == ["STARTED", "PIN_REFUSED", "RESTARTED"]
    assert not (dead.slot.root / SPARE).exists()
    take_over(desk)
    assert desk.events()[:4] == ["STARTED", "PIN_REFUSED", "RESTARTED", "JOURNAL_CAUGHT_UP"]
    folder = FolderMedium(dead.slot.root, "medium").folder(SPARE)
    assert folder.read("journal.cborseq") == desk.own.read("journal.cborseq")
    desk.close()
    assert desk.statement().figures[Figure.STARTS] == 2


def test_own_storage_that_fails_stops_a_waiting_spare_and_it_goes_on(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    journal = desk.own.read("journal.cborseq") or b""
    desk.own.replace("journal.cborseq", journal + b"\x00\x00\x00")  # what a power cut left
    desk.start()
    assert desk.page() == "desk.spare"
    assert desk.events() == ["STARTED", "JOURNAL_TORN", "RESTARTED"], "what was whole is kept"
    desk.own.replace("journal.cborseq", bytes(1 << 16))
    desk.start()
    assert desk.page() == "desk.stopped"


def test_the_clock_of_a_spare_is_compared_before_it_serves(tmp_path: Path) -> None:
    """Its chip is not the dead desk's: ten minutes behind the watch, and nobody knew."""
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    desk.press("take")
    desk.sign_act(1, 2)
    assert desk.page() == "desk.clock"
    assert desk.text("time")
    desk.press("clock.change")
    shown = desk.clock.ms
    right = dt.datetime.fromtimestamp(shown / 1000 + 600, dt.UTC) + dt.timedelta(
        minutes=package().zone_minutes
    )
    desk.press(*(f"digits.{digit}" for digit in f"{right:%H%M}"), "clock.set")
    desk.sign_act(1, 2)
    assert desk.page() == "desk.clock"
    desk.press("clock.right")
    assert desk.page() == "desk.ready"
    assert desk.events()[-4:] == ["TOOK_OVER", "ACT_SIGNED", "CLOCK_CORRECTED", "CLOCK_CONFIRMED"]
    desk.start()
    assert desk.page() == "desk.ready", "asked once"


def office_time(desk: Office) -> TimeReached:
    return TimeReached(desk.clock.monotonic_s())


def test_time_may_pass_while_an_official_signs(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    desk.press("take")
    desk.put(official_card(1))
    desk.press(*(f"pin.{digit}" for digit in PIN))
    sign = find(desk.screen.regions, "sign")
    assert sign is not None
    for kind in (TouchKind.DOWN, TouchKind.UP):
        desk.shell.step(TouchEvent(kind, *sign.centre))
    desk.clock.ms += 5000
    desk.step(office_time(desk))  # it looks into the slot again; then cardiod answers
    assert desk.text("signatures") == "Signatures: 1 of 2"


def test_the_technician_does_not_sign_that_a_desk_died(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    desk.press("take")
    desk.sign_act(1)
    desk.put(official_card(4))
    assert desk.text("refusal")
    desk.put(None)
    assert desk.page() == "desk.signing"


def test_a_desk_that_was_replaced_does_not_go_on(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    take_over(spare_desk(dead, tmp_path))
    dead.start()
    assert dead.page() == "desk.stopped"
    assert "was replaced by “desk-spare”" in dead.text("refusal")


def test_the_spare_goes_on_after_a_stop_like_any_desk(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    take_over(desk)
    desk.give(4, Card(4))
    desk.start()
    assert desk.page() == "desk.ready"
    assert mark_of(desk, 4) is Mark.GIVEN
    assert desk.events().count("TOOK_OVER") == 1
    desk.give(5, Card(5))
    desk.close()
    assert desk.statement().figures[Figure.ISSUED] == 5


# --- a card that was being given when the desk died -------------------------------------------


def interrupted(root: Path, *, written: bool) -> tuple[Office, Card]:
    """Return a desk that died while it gave line 1 a card, before or after writing on it."""
    desk = Office(root / "dead")
    desk.open()
    card = Card(1)
    if written:
        desk.slot.writes_left = None
        desk.press("digits.1", "find", "confirm")
        # It dies before the answer of cardiod: the activation is on the card.
        desk.reader = card
        desk.shell.step(card.seen())
        request = desk.asked[-1]
        card.activation = request.activation  # type: ignore[union-attr]
    else:
        desk.press("digits.1", "find", "confirm")
        desk.reader = card
        desk.shell.step(card.seen())
    return desk, card


def test_a_card_that_was_written_is_given_or_withdrawn(tmp_path: Path) -> None:
    for choice in ("give", "withdraw"):
        root = tmp_path / choice
        dead, card = interrupted(root, written=True)
        desk = spare_desk(dead, root)
        take_over(desk)
        assert desk.page() == "desk.interrupted"
        desk.put(card)
        assert desk.page() == "desk.decide"
        desk.press(choice)
        desk.put(None)
        if choice == "give":
            assert desk.page() == "desk.ready"
            assert activation_of(card, NAME).serial < SERIALS_PER_DESK
            assert mark_of(desk, 1) is Mark.GIVEN
        else:
            assert card.activation is None
            assert mark_of(desk, 1) is not Mark.GIVEN
        taken = desk.shell._archive
        assert taken is not None
        assert taken.files.serials.totals[0] == 1


def test_another_card_is_not_the_interrupted_one_and_an_act_helps(tmp_path: Path) -> None:
    dead, _ = interrupted(tmp_path, written=False)
    desk = spare_desk(dead, tmp_path)
    take_over(desk)
    assert desk.page() == "desk.interrupted"
    desk.put(Card(7))
    assert "not the card" in desk.text("refusal") or desk.text("refusal")
    desk.put(None)
    desk.press("act")
    desk.sign_act(1, 2)
    assert desk.page() == "desk.row"
    desk.press("confirm")
    desk.put(Card(8))
    assert desk.page() == "desk.give"
    desk.put(None)
    desk.close()
    names = [path for path in desk.own.list() if path.startswith("acts/")]
    assert names == ["acts/001-replacement.cose", "acts/002-unread-card.cose"]


def test_acts_about_unread_cards_come_along(tmp_path: Path) -> None:
    dead, cards = dead_desk(tmp_path)
    cards[1].unreadable = True
    dead.press("digits.1", "find", "unread", "sealed")
    dead.sign_act(1, 2)
    assert dead.page() == "desk.row"
    desk = spare_desk(dead, tmp_path)
    take_over(desk)
    desk.close()
    assert desk.statement().figures[Figure.UNREAD] == 1


# --- what must not be taken over --------------------------------------------------------------


def flipped(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        for at in range(0, len(content), 64):
            content[at] ^= 1
        (folder / name).write_bytes(bytes(content))

    return change


def older(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        shutil.copy(folder.parent.parent / f"older-{name}", folder / name)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (flipped("serials.bin"), Reason.RECORD_DAMAGED),
        (flipped("marks.bin"), Reason.RECORD_DAMAGED),
        (lambda folder: (folder / "marks.bin").unlink(), Reason.RECORD_DAMAGED),
        (older("serials.bin"), Reason.STATE_OUT_OF_DATE),
        (
            lambda folder: (folder / "package.cose").write_bytes(b"another day"),
            Reason.RECORD_OTHER_PACKAGE,
        ),
    ],
)
def test_a_medium_that_does_not_hold_all_is_refused(
    tmp_path: Path, change: Callable[[Path], None], reason: Reason
) -> None:
    desk = Office(tmp_path / "dead")
    desk.open()
    folder = desk.slot.root / NAME
    shutil.copy(folder / "serials.bin", tmp_path / "dead" / "older-serials.bin")
    desk.give(1, Card(1))
    change(folder)
    spare = spare_desk(desk, tmp_path)
    assert spare.page() == "desk.spare"
    assert "take" not in {region.name for region in spare.screen.regions}
    assert text(reason, "en", thing=Thing.STATE)[-15:] in spare.text("refusal")


def test_a_desk_may_die_before_it_was_opened(tmp_path: Path) -> None:
    dead = Office(tmp_path / "dead")
    dead.keep_half()
    dead.start()
    spare = spare_desk(dead, tmp_path)
    take_over(spare)
    assert spare.page() == "desk.waiting"
    spare.put(CourierCardSeen(1, spare.order, torn=False))
    spare.put(None)
    spare.give(1, Card(1))
    spare.close()
    assert len(spare.statement().taken_over) == 1


# --- stops in the middle ----------------------------------------------------------------------


def recorded(folder: FolderMedium, power: Power) -> RecordingMedium:
    medium = RecordingMedium(folder.name, power)
    for path in folder.list():
        content = folder.read(path)
        assert content is not None
        medium.files[path] = content
    return medium


def test_a_power_cut_at_any_write_of_the_takeover_is_gone_on_with(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    spare = Office(tmp_path / "spare", SPARE)
    number, began = 0, set()
    while True:
        number += 1
        power = Power()
        own = recorded(spare.own, power)
        medium = recorded(FolderMedium(dead.slot.root, "removable"), power)
        waiting = WaitingSpare.look(spare.config, own, medium, samples.seeded("a"))
        assert waiting is not None
        act = signed_act(waiting)
        power.fail_at(number, list(Cut)[number % 3])
        try:
            waiting.take_over(act)
            opened(spare, own, medium)
        except PowerCut:
            power.restore()
        else:
            break
        waiting = WaitingSpare.look(spare.config, own, medium, samples.seeded("b"))
        began.add(waiting is None)
        if waiting is not None:
            waiting.take_over(act)
        archive = opened(spare, own, medium)
        events = [entry.event for entry in archive.journal.entries()]
        assert events.count(EventType.TOOK_OVER) == 1
        assert archive.files.marks.of(1) is Mark.GIVEN
        assert archive.files.serials.totals == (3, 1, 0)
        assert archive.start_order == dead.order
        archive.close_desk()
        assert archive.statement is not None
        statement = records.open_record(
            Statement, archive.statement, samples.device(SPARE).sign_key
        )
        assert len(statement.taken_over) == 1
    assert began == {True, False}
    assert number > 15


def test_a_spare_that_dies_too_is_replaced_by_the_next(tmp_path: Path) -> None:
    dead, cards = dead_desk(tmp_path)
    first = spare_desk(dead, tmp_path)
    take_over(first)
    first_card = Card(9)
    first.give(4, first_card)
    before = {name: files_of(dead.slot.root / name) for name in (NAME, SPARE)}
    last = spare_desk(first, tmp_path, LAST_SPARE)
    assert f"“{SPARE}”" in last.text("found")
    assert "4 cards given" in last.text("found")
    take_over(last)
    assert last.page() == "desk.ready"
    assert {name: files_of(dead.slot.root / name) for name in (NAME, SPARE)} == before
    assert [mark_of(last, line) for line in (1, 3, 4, 5)] == [
        Mark.GIVEN,
        Mark.RETURNED,
        Mark.GIVEN,
        Mark.NONE,
    ]
    for line, card in ((2, cards[2]), (4, first_card)):  # of each of the two that died
        last.press(f"digits.{line}", "find", "hand-back")
        last.put(card)
        assert card.activation is None
        last.put(None)
        last.press("back")
    card = Card(10)
    last.give(5, card)
    assert 2 * FIRST <= activation_of(card, LAST_SPARE).serial < 3 * FIRST
    last.close()
    statement = last.statement()
    assert [taken.board for taken in statement.taken_over] == [NAME, SPARE]
    assert statement.figures[Figure.VOTERS_GIVEN] == 5
    assert statement.figures[Figure.ISSUED] == 5, "by all three"
    for board in (NAME, SPARE):
        assert (dead.slot.root / LAST_SPARE / "replaced" / board / "journal.cborseq").is_file()
    assert (dead.slot.root / LAST_SPARE / "replaced" / SPARE / "acts").is_dir()


def test_a_spare_may_die_while_it_takes_over(tmp_path: Path) -> None:
    """Its last write may be any; the next spare knows every card that the first desk had given."""
    dead, _ = dead_desk(tmp_path)
    spare, last = (Office(tmp_path / name, name) for name in (SPARE, LAST_SPARE))
    number, names = 0, set()
    while True:
        number += 1
        power = Power()
        medium = recorded(FolderMedium(dead.slot.root, "removable"), power)
        own = recorded(spare.own, power)
        waiting = WaitingSpare.look(spare.config, own, medium, samples.seeded("a"))
        assert waiting is not None
        power.fail_at(number, list(Cut)[number % 3])
        try:
            waiting.take_over(signed_act(waiting))
            opened(spare, own, medium)
        except PowerCut:
            power.restore()
        else:
            break
        own = recorded(last.own, power)
        waiting = WaitingSpare.look(last.config, own, medium, samples.seeded("b"))
        assert waiting is not None
        assert waiting.dead is not None
        assert waiting.dead.issued == 3
        names.add(waiting.dead.board.name)
        waiting.take_over(signed_act(waiting))
        archive = opened(last, own, medium)
        assert [archive.files.marks.of(line) for line in (1, 2, 3, 4)] == [
            Mark.GIVEN,
            Mark.GIVEN,
            Mark.RETURNED,
            Mark.NONE,
        ]
        assert archive.files.serials.totals == (3, 1, 0)
        assert archive.start_order == dead.order
        archive.close_desk()
        statement = records.open_record(
            Statement, archive.statement or b"", samples.device(LAST_SPARE).sign_key
        )
        chain = [NAME] if waiting.dead.board.name == NAME else [NAME, SPARE]
        assert [taken.board for taken in statement.taken_over] == chain
    assert names == {NAME, SPARE}
    assert number > 15


def signed_act(waiting: WaitingSpare) -> SignedBody:
    assert waiting.dead is not None
    spare, time_ms = waiting.installation.board, samples.OPENS_S * 1000
    act = deadboards.replacement_act(waiting.dead.left, spare, package(), package_hash(), time_ms)
    body = SignedBody(act.to_bytes(), Act.external())
    for official in (1, 2):
        card = official_card(official)
        signature = card.sign(body.to_be_signed(card.certificate))
        body = body.with_person(card.certificate, signature)
    return body


def opened(desk: Office, own: Medium, medium: RecordingMedium) -> Archive:
    clock = SetClock()
    return Archive.open(
        desk.config,
        own,
        medium.folder(desk.config.board),
        BoardClock(clock, SimClockChip(clock)),
        samples.seeded("c"),
        started=True,
        medium=medium,
    )


def test_a_takeover_without_the_dead_desks_medium_waits_for_it(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    desk.press("take")
    desk.slot.writes_left = 1
    desk.sign_act(1, 2)
    assert desk.page() == "desk.stopped"
    desk.slot.writes_left = None
    desk.slot.present = False
    desk.clock.ms += 5000
    desk.step(office_time(desk))
    assert desk.page() == "desk.stopped"
    desk.slot.present = True
    desk.clock.ms += 5000
    desk.step(office_time(desk))
    assert desk.page() == "desk.clock"
    desk.press("clock.leave")
    assert desk.page() == "desk.ready"


def test_a_medium_that_holds_other_things_than_the_act_says_is_refused(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    spare = Office(tmp_path / "spare", SPARE)
    power = Power()
    own = recorded(spare.own, power)
    medium = recorded(FolderMedium(dead.slot.root, "removable"), power)
    waiting = WaitingSpare.look(spare.config, own, medium, samples.seeded("a"))
    assert waiting is not None
    waiting.take_over(signed_act(waiting))
    path = f"{NAME}/journal.cborseq"
    medium.files[path] = medium.files[path][:-40]
    with pytest.raises(Refused) as refused:
        opened(spare, own, medium)
    assert refused.value.reason is Reason.JOURNAL_SHORTENED


def test_serials_that_were_taken_over_are_kept_beside_the_own_ones() -> None:
    key = b"k" * 32
    dead = Serials().issue(5, key, samples.seeded("a"))
    serials = Serials(taken=(dead,))
    index = SERIALS_PER_DESK + 5
    assert serials.in_flight(key) == index
    assert serials.is_issued(index)
    assert not serials.is_issued(5)
    assert not serials.is_issued(index + SERIALS_PER_DESK)
    assert not serials.is_issued(-1)
    withdrawn = serials.withdraw(index, Withdrawal.VOID)
    assert withdrawn.is_withdrawn(index)
    assert withdrawn.totals == (1, 0, 1)
    assert withdrawn.issued == 0
    landed = withdrawn.landed(samples.seeded("b"))
    assert landed.in_flight(key) is None
    assert landed.landed(samples.seeded("c")).taken == landed.taken
    drawn = serials.draw(samples.seeded("d"))
    assert drawn is not None
    assert drawn < SERIALS_PER_DESK
    assert Interrupted(1) != Interrupted(2)


def test_block_files_of_two_media_are_mended_for_taken_serials_too(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    desk = spare_desk(dead, tmp_path)
    take_over(desk)
    path = f"replaced/{NAME}/serials.bin"
    own, removable = desk.own, FolderMedium(dead.slot.root, "removable").folder(SPARE)
    whole = own.read(path)
    assert whole == removable.read(path)
    removable.remove(path)
    desk.start()
    assert removable.read(path) is not None
    assert TwoMedia(own, removable).read(path) is not None
    assert office.NAME == NAME


def test_the_half_of_the_tally_key_goes_on_with_the_spare(tmp_path: Path) -> None:
    dead, _ = dead_desk(tmp_path)
    made = office.made(NAME, package()).record
    path = dead.slot.root / NAME / made.path
    (path.parent / "another.cbor").write_bytes(made.to_bytes())  # not under its own name
    desk = spare_desk(dead, tmp_path)
    take_over(desk)
    archive = desk.shell._archive
    assert archive is not None
    assert archive.halfmaking.half == made
    kept = [each for each in desk.own.list() if each.startswith("halves/")]
    assert kept == [made.path]

"""What a terminal keeps: the day survives a stop at every write, and what is wrong is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from common import daytime, enrolment, records
from common.catalogue import EventType
from common.errors import Reason, Refused
from common.journal import PATH, Entry, verify_journal
from common.media import FaultKind, FolderMedium, Medium, MediumFault, TwoMedia
from common.records import CastVote, Deposit, Figure, StartOrder, Statement
from hal.board_clock import LOOK_AGAIN_S, BoardClock
from hal.config import PartsConfig
from hal.medium_slot import removable_medium
from terminal import codes
from terminal.codes import CODES
from terminal.config import TerminalConfig
from terminal.effects import SealBallot
from terminal.events import ClockJudged, ClockNotSet, CodeReserved, CodesUsedUp
from terminal.machine import Phase
from terminal.state import (
    START_ORDER,
    STATEMENT,
    Day,
    check_installed,
    complete_closed,
    is_closed,
    journal_installation,
    mend,
)
from tests import halves, samples
from tests.unit.terminal import station, tiny_book
from tests.unit.terminal.station import PowerCut, SetClock, StandInParts

BALLOT = SealBallot(1, 77, b"k" * 32, ((2,), (0, 5), ()))


class Board:
    """An installed terminal, which can be started again and again."""

    def __init__(self, root: Path) -> None:
        self.clock = SetClock()
        self.parts = StandInParts(root / "medium", self.clock)
        self.chip = self.parts.chip
        self.own = FolderMedium.make(root / "state", "own-storage")
        self.config = TerminalConfig(
            samples.ROOT_KEY.hex(),
            station.NAME,
            root / "state",
            root / "cardiod",
            PartsConfig(),
        )
        self.cut_at: int | None = None
        self.writes = 0
        station.enrol(self.own)
        self.install(station.write_package_folder(root / "package"))

    def install(self, folder: Path) -> None:
        media = self.media()
        installation = enrolment.install(
            self.own,
            media.removable,
            folder,
            root_key=samples.ROOT_KEY,
            name=station.NAME,
            now_s=samples.OPENS_S,
        )
        number = len(installation.secrets.codes)
        codes.create(media, installation.package_hash, installation.keys.signing, number)
        journal_installation(media, installation, BoardClock(self.clock, self.chip))

    @property
    def removable(self) -> Medium:
        return removable_medium(self.parts.slot, station.NAME)

    def media(self) -> TwoMedia:
        """Return both media, with a power cut where `cut_at` says."""
        both = []
        for medium in (self.own, self.removable):
            failing = station.FailingMedium(medium)
            failing.before_write = self._written
            both.append(failing)
        return TwoMedia(*both)

    def _written(self, path: str) -> None:
        if self.writes == self.cut_at:
            raise PowerCut
        self.writes += 1

    def start(self) -> Day:
        """Start the program."""
        mended = mend(self.media(), self.config)
        installed = check_installed(self.own, self.config)
        clock = BoardClock(self.clock, self.chip)
        draw = samples.seeded("day")
        return Day(installed.installation, mended.media, clock, draw, mended.repairs)

    def entries(self) -> list[Entry]:
        """Return the journal, which must be the same on both media."""
        contents = [medium.read(PATH) for medium in (self.own, self.removable)]
        assert contents[0] == contents[1]
        return verify_journal(contents[0] or b"", samples.device(station.NAME).sign_key)

    def events(self) -> list[EventType]:
        return [entry.event for entry in self.entries()]

    def statement(self) -> Statement:
        """Return the statement, which must be the same on both media."""
        contents = [medium.read(STATEMENT) for medium in (self.own, self.removable)]
        assert contents[0] is not None
        assert contents[0] == contents[1]
        key = samples.device(station.NAME).sign_key
        return records.open_record(Statement, contents[0], key)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def refused(act: Callable[[], object]) -> Reason:
    """Return why `act` is refused."""
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.reason


# Starts


def test_a_start_is_journalled(board: Board) -> None:
    day = board.start()
    assert day.phase is Phase.WAITING
    assert board.events() == [
        EventType.INSTALLED,
        EventType.STARTED,
        EventType.PROGRAM_CHECKED,
        EventType.BOOK_CHECKED,
    ]


def test_starts_are_counted_and_sudden_stops_are_told_from_others(board: Board) -> None:
    board.start()
    board.start().record(EventType.STOPPED, {})
    board.start()
    starts = [
        (entry.event, entry.facts["starts"]) for entry in board.entries() if "starts" in entry.facts
    ]
    assert starts == [
        (EventType.STARTED, 1),
        (EventType.RESTARTED, 2),
        (EventType.STARTED, 3),
    ]


# Opening


def test_the_start_order_is_kept_on_both_media(board: Board) -> None:
    day = board.start()
    board.clock.advance(90)
    day.open_station(station.start_order())
    assert day.phase is Phase.OPEN
    assert day.station.start_order == station.start_order()
    for medium in (board.own, board.removable):
        assert medium.read(START_ORDER) == station.start_order()
    offset, opened = board.entries()[-2:]
    assert (offset.event, offset.facts) == (EventType.CLOCK_OFFSET, {"offset_s": 90})
    assert opened.event is EventType.OPENED
    assert opened.facts == {"start_order": records.digest(station.start_order())}


def test_an_open_terminal_is_open_after_a_restart(board: Board) -> None:
    board.start().open_station(station.start_order())
    day = board.start()
    assert day.phase is Phase.OPEN
    assert board.events().count(EventType.OPENED) == 1


def test_an_opening_survives_a_power_cut_at_every_write(tmp_path: Path) -> None:
    phases = []
    for cut in range(100):
        board = Board(tmp_path / str(cut))
        day = board.start()
        board.cut_at = board.writes + cut
        try:
            day.open_station(station.start_order())
        except PowerCut:
            board.cut_at = None
        else:
            break
        day = board.start()
        phases.append(day.phase)
        day.open_station(station.start_order())
        assert day.phase is Phase.OPEN
        assert board.events().count(EventType.OPENED) == 1
        assert board.removable.read(START_ORDER) == board.own.read(START_ORDER)
    assert phases[0] is Phase.WAITING
    assert phases[-1] is Phase.OPEN


def test_a_start_order_of_another_station_opens_nothing(board: Board) -> None:
    day = board.start()
    order = records.open_record(
        StartOrder, station.start_order(), bytes(samples.STATION_KEYS.station.verify_key)
    )
    for wrong in (
        records.sign(dataclasses.replace(order, station="0412"), samples.STATION_KEYS.station),
        records.sign(order, samples.device("accumulator").signing),
        b"",
    ):
        refused(lambda wrong=wrong: day.open_station(wrong))  # type: ignore[misc]  # a default
    assert day.phase is Phase.WAITING
    assert board.own.read(START_ORDER) is None


def test_a_forged_start_order_on_the_media_stops_the_start(board: Board) -> None:
    forged = station.start_order()[:-1] + bytes([station.start_order()[-1] ^ 1])
    for medium in (board.own, board.removable):
        medium.replace(START_ORDER, forged)
    assert refused(board.start) is Reason.RECORD_SIGNATURE_WRONG


# Votes


def test_a_vote_is_sealed_to_the_tally_key_and_bound_to_its_card(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    assert day.reserve_code() == CodeReserved()
    sealed = day.seal_ballot(BALLOT)

    key = samples.device(station.NAME).sign_key
    cast_vote = records.open_record(CastVote, sealed.cast_vote, key)
    deposit = records.open_record(Deposit, sealed.deposit, key)
    assert (cast_vote.package, cast_vote.style) == (station.package_hash(), 1)
    assert deposit == Deposit(
        station.package_hash(), 77, b"k" * 32, records.digest(sealed.cast_vote)
    )
    assert sealed.vote == deposit.cast_vote
    opened = halves.opened(cast_vote, station.NAME, station.package())
    assert opened.selections == BALLOT.choices
    assert opened.code == sealed.code
    assert sealed.code in station.CODES


def test_every_vote_has_the_same_length(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    sizes = set()
    for choices in (((), (), ()), ((2,), (0, 1, 6), (1,)), ((0,), (), ())):
        day.reserve_code()
        sealed = day.seal_ballot(dataclasses.replace(BALLOT, choices=choices))
        sizes.add((len(sealed.cast_vote), len(sealed.deposit)))
    assert len(sizes) == 1


def test_a_new_batch_is_journalled_without_its_codes(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    for _ in range(65):
        day.reserve_code()
        day.seal_ballot(BALLOT)
    burnt = [entry.facts for entry in board.entries() if entry.event is EventType.CODES_BURNT]
    assert burnt == [{"count": 100}, {"count": 36}]


def test_after_the_last_code_there_is_none(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    for _ in station.CODES:
        assert day.reserve_code() == CodeReserved()
        day.seal_ballot(BALLOT)
    assert day.reserve_code() == CodesUsedUp()


def test_nothing_of_a_vote_is_in_any_file(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    day.reserve_code()
    sealed = day.seal_ballot(BALLOT)
    day.record(EventType.VOTE_STORED, {})
    for medium in (board.own, board.removable):
        for path in medium.list():
            content = medium.read(path) or b""
            for secret in (sealed.vote, BALLOT.card_key, sealed.cast_vote[-64:]):
                assert secret not in content
    facts = [set(entry.facts) for entry in board.entries()]
    known = {"package", "program", "starts", "book", "offset_s", "start_order", "count"}
    assert set().union(*facts) <= known


# Closing


def test_the_statement_says_what_happened(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    for _ in range(3):
        day.record(EventType.VOTE_STORED, {})
    day.record(EventType.VOTE_SPOILED, {})
    day.record(EventType.CARD_REFUSED, {"reason": Reason.CARD_FOREIGN})
    day = board.start()
    board.clock.advance(50_000)
    day.close_station()

    assert day.phase is Phase.CLOSED
    entries = board.entries()
    assert board.statement() == Statement(
        board=station.NAME,
        package=station.package_hash(),
        start_order=records.digest(station.start_order()),
        closed_ms=board.clock.now_ms(),
        journal_head=entries[-1].hash,
        journal_length=len(entries),
        figures={
            Figure.STARTS: 2,
            Figure.SESSIONS: 3,
            Figure.CHALLENGED: 1,
            Figure.REFUSED_CARDS: 1,
        },
        issued=None,
        withdrawn=None,
        spent=(),
    )
    assert entries[-1].event is EventType.CLOSED


def test_a_close_survives_a_power_cut_at_every_write(tmp_path: Path) -> None:
    phases = []
    for cut in range(100):
        board = Board(tmp_path / str(cut))
        day = board.start()
        day.open_station(station.start_order())
        board.cut_at = board.writes + cut
        try:
            day.close_station()
        except PowerCut:
            board.cut_at = None
        else:
            for medium in board.media():
                assert medium.read(enrolment.SECRETS) is None
            break
        installation = enrolment.load(board.own, samples.ROOT_KEY, station.NAME)
        if is_closed(board.own, installation):
            mended = mend(board.media(), board.config)
            assert mended.closed
            complete_closed(mended.media, installation, BoardClock(board.clock, board.chip))
            for medium in mended.media:
                assert medium.read(enrolment.SECRETS) is None
            phases.append(Phase.CLOSED)
        else:
            day = board.start()
            phases.append(day.phase)
            if day.phase is Phase.OPEN:
                day.close_station()
        statement, entries = board.statement(), board.entries()
        assert statement.journal_head == entries[-1].hash
        assert statement.journal_length == len(entries)
        assert board.events().count(EventType.CLOSED) == 1
    assert phases[0] is Phase.OPEN, "nothing was journalled yet: it was not confirmed"
    # the journal's second medium, the statement on both, the secrets overwritten
    assert phases[1:] == [Phase.CLOSED] * 5


def test_a_terminal_that_was_never_opened_is_not_closed(board: Board) -> None:
    with pytest.raises(ValueError, match="never opened"):
        board.start().close_station()


def test_a_statement_of_another_board_closes_nothing(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    secrets = board.own.read(enrolment.SECRETS)
    assert secrets is not None
    day.close_station()
    statement = board.statement()
    other = records.sign(statement, samples.device("terminal-2").signing)
    board.own.replace(STATEMENT, other)
    board.own.replace(enrolment.SECRETS, secrets)
    installation = enrolment.load(board.own, samples.ROOT_KEY, station.NAME)
    assert refused(lambda: is_closed(board.own, installation)) is Reason.RECORD_SIGNATURE_WRONG


def test_a_closed_terminal_completes_an_empty_medium(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    day.close_station()
    for path in board.removable.list():
        board.removable.remove(path)
    mended = mend(board.media(), board.config)
    installation = enrolment.load(board.own, samples.ROOT_KEY, station.NAME)
    before = board.own.read(PATH)
    complete_closed(mended.media, installation, BoardClock(board.clock, board.chip))
    assert board.statement().journal_length == len(board.entries())
    assert board.own.read(PATH) == before, "nothing is journalled after the statement"
    assert enrolment.SECRETS not in board.removable.list()


# What was installed


def test_another_board_is_not_a_terminal(board: Board) -> None:
    desk = dataclasses.replace(board.config, board="desk-1")
    keys = samples.device("desk-1").to_bytes()
    board.own.replace(enrolment.KEYS, keys)
    assert refused(lambda: check_installed(board.own, desk)) in {
        Reason.RECORD_NOT_SEALED_TO_US,
        Reason.RECORD_OTHER_KIND,
    }


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        (enrolment.PACKAGE, None, Reason.NOT_INSTALLED),
        (enrolment.SECRETS, None, Reason.RECORD_MISSING),
        (enrolment.PROGRAM, None, Reason.RECORD_MISSING),
        (enrolment.PROGRAM, b"", Reason.RECORD_HASH_DIFFERS),
        (enrolment.BOOK_INDEX, None, Reason.RECORD_DAMAGED),
        (enrolment.BOOK_IMAGES, b"", Reason.RECORD_DAMAGED),
        (enrolment.KEYS, b"", Reason.BOARD_KEYS_LOST),
        (CODES, b"", Reason.LOST_ON_BOTH),
    ],
)
def test_what_is_missing_or_damaged_stops_the_start(
    board: Board, path: str, content: bytes | None, reason: Reason
) -> None:
    media = (board.own, board.removable) if path != enrolment.KEYS else (board.own,)
    sound = board.own.read(path)
    for medium in media:
        if content is None:
            medium.remove(path)
        else:
            medium.replace(path, content)
    assert refused(board.start) is reason
    if path != enrolment.KEYS and sound is not None:
        board.removable.replace(path, sound)
        board.start()  # the other medium has it
        assert board.own.read(path) == sound or path == CODES
        assert EventType.FILES_REPAIRED in board.events()


def test_a_program_that_is_not_in_its_manifest_does_not_run(
    board: Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("terminal.state.PROGRAM_ROOT", tmp_path)
    assert refused(board.start) is Reason.PROGRAM_DIFFERS


def test_a_clock_that_stopped_does_not_keep_a_terminal_from_starting(board: Board) -> None:
    board.chip.error_s = 946_684_800 - samples.OPENS_S  # the year 2000
    board.chip.stopped = True
    board.start()
    events = [entry.event for entry in board.entries()]
    assert EventType.CLOCK_STOPPED in events


def test_a_new_package_begins_a_new_day(board: Board, tmp_path: Path) -> None:
    day = board.start()
    day.open_station(station.start_order())
    day.close_station()
    newer = dataclasses.replace(station.package(), number=2)
    signed = records.sign(newer, samples.ROOT)
    board.install(station.write_package_folder(tmp_path / "newer", signed))

    installation = enrolment.load(board.own, samples.ROOT_KEY, station.NAME)
    assert not is_closed(board.own, installation)
    day = board.start()
    assert day.phase is Phase.WAITING
    starts = [entry.facts["starts"] for entry in board.entries() if "starts" in entry.facts]
    assert starts == [1, 1]


def test_installing_the_same_package_again_changes_nothing(board: Board, tmp_path: Path) -> None:
    board.start().open_station(station.start_order())
    before = board.events()
    board.install(station.write_package_folder(tmp_path / "again"))
    assert board.events() == before
    assert board.start().phase is Phase.OPEN


# The recording medium


def test_an_empty_slot_is_refused(board: Board) -> None:
    board.parts.slot.present = False
    assert refused(lambda: board.removable) is Reason.MEDIUM_MISSING


def test_the_medium_of_another_board_is_refused(board: Board, tmp_path: Path) -> None:
    slot = station.Slot(tmp_path / "other medium")
    slot.medium().folder("terminal-2").replace("journal.cborseq", b"")
    assert refused(lambda: removable_medium(slot, station.NAME)) is Reason.MEDIUM_OTHER_BOARD


def test_a_medium_that_fails_is_said_so(board: Board) -> None:
    board.parts.slot.whole.fault = FaultKind.FULL
    with pytest.raises(MediumFault):
        board.start()


def test_the_sample_book_is_the_one_in_the_package() -> None:
    tiny_book.load().check_belongs(station.package())


# The clock


def wrong_since_installation(board: Board, error_s: int, *, stopped: bool = False) -> Day:
    """Start a terminal whose chip was wrong before anything was journalled."""
    for medium in (board.own, board.removable):
        medium.remove(PATH)
    board.chip.error_s, board.chip.stopped = error_s, stopped
    return board.start()


def hhmm(board: Board) -> str:
    zone = station.package().zone_minutes
    return daytime.hours(board.clock.now_ms(), zone).replace(":", "")


@pytest.mark.parametrize(
    ("error_s", "may_be_right"),
    [
        (-samples.PARAMETERS.max_clock_offset_s, None),
        (0, None),
        (samples.PARAMETERS.max_clock_ahead_s, None),
        (-samples.PARAMETERS.max_clock_offset_s - 1, False),
        (samples.PARAMETERS.max_clock_ahead_s + 1, True),
        (-86_400, False),
        (86_400, False),
    ],
)
def test_the_clock_is_judged_by_the_start_order(
    board: Board, error_s: int, may_be_right: bool | None
) -> None:
    day = wrong_since_installation(board, error_s)
    view = day.judge_clock(station.start_order())
    assert (None if view is None else view.may_be_right) is may_be_right
    if view is not None:
        zone = station.package().zone_minutes
        own = daytime.local(board.clock.now_ms() + error_s * 1000, zone)
        assert view.own == own.strftime("%d%m%Y%H%M")


def test_a_clock_that_stopped_is_put_right_and_the_terminal_opens(board: Board) -> None:
    day = wrong_since_installation(board, -800_000_000, stopped=True)
    order = station.start_order()
    assert day.judge_clock(order) is not None
    board.clock.advance(120)
    assert day.set_clock(hhmm(board), order) == ClockJudged(None)
    assert not board.chip.stopped
    day.open_station(order)
    events = [entry.event for entry in board.entries()]
    assert events[-3:] == [EventType.CLOCK_SET, EventType.CLOCK_OFFSET, EventType.OPENED]


def test_a_time_that_is_not_of_the_opening_is_refused(board: Board) -> None:
    day = wrong_since_installation(board, -600)
    closes = daytime.hours(station.package().closes_s * 1000, station.package().zone_minutes)
    refused_ = day.set_clock(closes.replace(":", ""), station.start_order())
    assert refused_ == ClockNotSet(Reason.CLOCK_TIME_REFUSED)
    board.chip.silent = True
    assert day.set_clock(hhmm(board), station.start_order()) == ClockNotSet(Reason.CLOCK_NOT_SET)
    assert board.entries()[-1].event is EventType.PART_FAILED


def test_in_the_day_only_a_doubted_clock_can_be_put_right(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    board.clock.advance(3600)
    day.record(EventType.READER_MISSING, {})
    assert day.judge_clock(None) is None
    board.chip.error_s = -7200
    day = board.start()
    assert board.entries()[-1].time_ms >= board.clock.now_ms() - 1000
    assert day.judge_clock(None) is not None
    assert day.set_clock(hhmm(board), None) == ClockJudged(None)
    assert day.judge_clock(None) is None


def test_jumps_are_journalled_and_move_nothing(board: Board) -> None:
    day = board.start()
    board.chip.error_s = 3600
    board.clock.advance(LOOK_AGAIN_S)
    day.watch_clock()
    last = board.entries()[-1]
    assert (last.event, last.facts) == (EventType.CLOCK_CHIP_DIFFERS, {"offset_s": 3600})
    assert last.time_ms == board.clock.now_ms()


def test_a_terminal_with_a_broken_random_source_serves_nobody_any_more(board: Board) -> None:
    day = board.start()
    day.open_station(station.start_order())
    day.record(EventType.RANDOMNESS_BAD, {})
    entries = board.entries()
    with pytest.raises(Refused) as refused:
        board.start()
    assert refused.value.reason is Reason.RANDOMNESS_BROKEN
    assert len(board.entries()) == len(entries)

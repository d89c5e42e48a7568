"""The shell: a whole day of one terminal, what its parts are told and what cardiod is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
import structlog.testing

from cardio.messages import (
    CardRefused,
    CardRemoved,
    CourierCardSeen,
    Done,
    Failed,
    OfficialCardSeen,
    ReaderMissing,
    Request,
    ShareCardSeen,
    StoreVote,
    VoterCardSeen,
)
from common import enrolment, journal, records, reserve
from common.book import BookError, PageKey
from common.catalogue import EventType
from common.errors import Reason
from common.journal import PATH, verify_journal
from common.media import FaultKind, FolderMedium, MediumFault, TwoMedia
from common.records import Activation, CastVote, Presentation
from common.regions import Region
from common.service import Inbox, Loop, StopRequested, TimeReached
from hal.board_clock import BoardClock
from hal.config import PartsConfig
from hal.lines import KeyEvent
from hal.medium_slot import removable_medium
from hal.touch import TouchEvent, TouchKind
from terminal import codes
from terminal.config import TerminalConfig
from terminal.daemon import NewStartNeeded, Terminal, out_of_order
from terminal.display import Display
from terminal.machine import RETRY_S, Phase
from terminal.state import STATEMENT, Day, check_installed, journal_installation
from tests import halves, samples
from tests.unit.terminal import station, tiny_book
from tests.unit.terminal.station import SetClock, StandInParts

KEY = b"k" * 32
GUARD_S = samples.PARAMETERS.guard_ms / 1000


class WokenLoop(Loop):
    """Remembers when it is to wake."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__(Inbox(), clock)
        self.deadline_s: float | None = None

    def wake_at(self, monotonic_s: float | None) -> None:
        self.deadline_s = monotonic_s


class Booth:
    """One terminal, a voter in front of it, and cardiod played by the test."""

    def __init__(
        self, root: Path, signed_package: bytes | None = None, order: bytes | None = None
    ) -> None:
        signed = signed_package or station.signed_package()
        self.package_hash = records.digest(signed)
        self.order = order or station.start_order()
        self.random = samples.seeded("daemon")
        self.clock = SetClock()
        self.parts = StandInParts(root / "medium", self.clock)
        self.own = FolderMedium.make(root / "state", "own-storage")
        self.root = root
        self.asked: list[Request] = []
        self.loop = WokenLoop(self.clock)
        station.enrol(self.own)
        media = TwoMedia(self.own, removable_medium(self.parts.slot, station.NAME))
        installation = enrolment.install(
            self.own,
            media.removable,
            station.write_package_folder(root / "package", signed),
            root_key=samples.ROOT_KEY,
            name=station.NAME,
            now_s=samples.OPENS_S,
        )
        key = installation.keys.signing
        codes.create(media, installation.package_hash, key, len(station.CODES))
        journal_installation(media, installation, BoardClock(self.clock, self.parts.chip))
        self.terminal = self.start()

    def start(self) -> Terminal:
        config = TerminalConfig(
            samples.ROOT_KEY.hex(), station.NAME, self.root / "state", Path("none"), PartsConfig()
        )
        installed = check_installed(self.own, config)
        media = TwoMedia(self.own, removable_medium(self.parts.slot, station.NAME))
        self.display = Display(self.parts.screen, installed.book)
        clock = BoardClock(self.clock, self.parts.chip)
        terminal = Terminal(
            Day(installed.installation, media, clock, self._random_bytes),
            installed.rules,
            display=self.display,
            lines=self.parts.lines,
            slot=self.parts.slot,
            ask_card=self._ask,
            clock=clock,
            loop=self.loop,
            log=structlog.get_logger(),
        )
        terminal.begin()
        self.terminal = terminal
        return terminal

    def _random_bytes(self, size: int) -> bytes:
        return self.random(size)  # which may be changed in the middle of a day

    def _ask(self, request: Request) -> int:
        self.asked.append(request)
        return len(self.asked)

    @property
    def page(self) -> str:
        assert self.display.page is not None
        return self.display.page.name

    def events(self) -> list[EventType]:
        content = self.own.read(PATH) or b""
        return [e.event for e in verify_journal(content, samples.device(station.NAME).sign_key)]

    # what happens to it

    def touch(self, *regions: str) -> None:
        """Touch regions, each when the guard time is over."""
        for name in regions:
            self.clock.advance(GUARD_S)
            found = {region.name: region for region in self.display.regions}
            assert name in found, f"page {self.page} has no {name}"
            self.tap(found[name])

    def tap(self, region: Region) -> None:
        for kind in (TouchKind.DOWN, TouchKind.UP):
            self.terminal.step(TouchEvent(kind, *region.centre))

    def press(self, key: int) -> None:
        self.terminal.step(KeyEvent(key, True))
        self.terminal.step(KeyEvent(key, False))

    def time_out(self) -> None:
        assert self.loop.deadline_s is not None
        self.clock.advance(self.loop.deadline_s - self.clock.monotonic_s())
        self.terminal.step(TimeReached(self.clock.monotonic_s()))

    def courier(self) -> None:
        self.terminal.step(CourierCardSeen(1, self.order, False))

    def card(self, cast_vote: bytes | None = None, style: int = 1) -> None:
        activation = Activation(self.package_hash, style, Presentation.NORMAL, 77, KEY)
        signed = records.sign(activation, samples.device("desk-1").signing)
        deposit = None if cast_vote is None else b"deposit"
        self.terminal.step(VoterCardSeen(5, KEY, signed, cast_vote, deposit, False))

    def remove(self) -> None:
        self.terminal.step(CardRemoved())

    def open(self) -> None:
        self.courier()
        self.remove()

    def cast(self) -> StoreVote:
        """Vote as far as the write, and return what cardiod is asked."""
        self.card()
        self.touch("language:kk", "line:2", "next", "line:0", "next", "line:5", "next")
        self.touch("next", "yes", "next", "cast")
        request = self.asked[-1]
        assert isinstance(request, StoreVote)
        return request

    def finish(self) -> None:
        """Let the write be done, and touch *Cast* under the check value."""
        self.terminal.step(Done(len(self.asked)))
        assert self.page.startswith("sealed")
        self.touch("cast")


@pytest.fixture
def booth(tmp_path: Path) -> Booth:
    return Booth(tmp_path)


def test_a_day(booth: Booth) -> None:
    assert booth.page == "waiting"
    booth.courier()
    assert booth.page == "opened"
    booth.remove()
    assert booth.page == "insert"

    request = booth.cast()
    assert booth.page == "casting"
    assert (
        booth.events()[-1] is EventType.CODES_BURNT or EventType.VOTE_STORED not in booth.events()
    )
    booth.finish()
    assert booth.page == "thanks"
    assert EventType.VOTE_STORED in booth.events()

    cast_vote = records.open_record(
        CastVote, request.cast_vote, samples.device(station.NAME).sign_key
    )
    ballot = halves.opened(cast_vote, station.NAME, station.package())
    assert ballot.selections == ((2,), (0, 5), ())

    booth.press(2)
    booth.press(1)
    assert booth.page == "code"
    digits = {f"digit:{n}": d for n, d in enumerate(f"{ballot.code:04}")}
    frame = tiny_book.load().frame()
    tiny_book.load().compose(frame, PageKey("code", "kk"), digits)
    assert booth.parts.screen.frame == frame.pixels
    booth.remove()
    assert booth.page == "insert"

    booth.courier()
    assert booth.page == "fault:CLOSE_NOT_REACHED"
    booth.remove()
    booth.clock.ms = station.package().closes_s * 1000
    booth.courier()
    booth.touch("yes")
    assert booth.page == "closed"
    for medium in (booth.own, removable_medium(booth.parts.slot, station.NAME)):
        assert medium.read(STATEMENT) is not None
    ended = booth.events()
    assert ended[-1] is EventType.CLOSED
    booth.card()
    assert booth.page == "fault:CLOSED"
    booth.terminal.step(StopRequested())
    assert booth.events() == ended, "nothing is journalled after the statement"


def test_a_clock_that_does_not_fit_is_set_while_the_courier_card_is_in(booth: Booth) -> None:
    for medium in (booth.own, removable_medium(booth.parts.slot, station.NAME)):
        medium.remove(PATH)
    booth.parts.chip.error_s = -1200
    booth.start()
    booth.courier()
    assert booth.page == "clock"
    booth.time_out()
    assert booth.page == "clock"
    booth.touch("minute:more", "set")
    assert booth.page == "opened"
    booth.remove()
    assert booth.page == "insert"
    assert booth.events()[-3:] == [
        EventType.CLOCK_SET,
        EventType.CLOCK_OFFSET,
        EventType.OPENED,
    ]


def test_what_is_journalled_of_a_session(booth: Booth) -> None:
    booth.open()
    before = len(booth.events())
    booth.cast()
    booth.terminal.step(Done(len(booth.asked)))
    booth.remove()
    assert booth.events()[before:] == [
        EventType.CODES_BURNT,
        EventType.SESSION_BEGAN,
        EventType.VOTE_STORED,
    ]


def test_touches_in_the_guard_time_do_nothing(booth: Booth) -> None:
    booth.open()
    booth.card()
    assert booth.page == "language"
    kazakh = booth.display.regions[0]
    booth.clock.advance(GUARD_S - 0.01)
    booth.tap(kazakh)
    assert booth.page == "language"
    booth.clock.advance(0.01)
    booth.tap(kazakh)
    assert booth.page == "contest:0:0"


def test_marks_can_be_touched_one_after_the_other(booth: Booth) -> None:
    booth.open()
    booth.card()
    booth.touch("language:kk", "next", "yes", "line:0")
    regions = {region.name: region for region in booth.display.regions}
    booth.tap(regions["line:1"])  # the same page: no guard time
    booth.tap(regions["line:3"])
    expected = {"line:0": "on", "line:1": "on", "line:3": "on", "counter": "3"}
    frame = tiny_book.load().frame()
    tiny_book.load().compose(frame, PageKey("contest:1:0", "kk", 1), expected)
    assert booth.parts.screen.frame == frame.pixels


def test_a_silent_voter_is_asked_and_then_forgotten(booth: Booth) -> None:
    booth.open()
    booth.card()
    booth.touch("language:kk", "line:1")
    start_s = booth.clock.monotonic_s()
    booth.time_out()
    assert booth.clock.monotonic_s() - start_s == samples.PARAMETERS.idle_ask_s
    assert booth.page == "timeout"
    assert booth.parts.lines.buzzes == 1
    booth.touch("yes")
    assert booth.page == "contest:0:0"
    booth.time_out()
    booth.time_out()
    assert booth.page == "ended"
    assert booth.loop.deadline_s is None
    assert not booth.asked, "nothing was written on the card"


def test_a_card_pulled_during_the_write_and_put_back(booth: Booth) -> None:
    booth.open()
    request = booth.cast()
    booth.terminal.step(Failed(len(booth.asked), Reason.CARD_MOVED))
    booth.remove()
    assert booth.page == "fault:CARD_MOVED"
    booth.card(request.cast_vote)
    assert booth.page == "sealed"
    booth.touch("cast")
    assert booth.page == "thanks"


def test_a_card_pulled_during_the_write_and_voted_with_anew(booth: Booth) -> None:
    booth.open()
    first = booth.cast()
    booth.remove()
    booth.terminal.step(Failed(len(booth.asked), Reason.CARD_MOVED))
    assert booth.page == "fault:CARD_MOVED"
    second = booth.cast()
    booth.finish()
    assert booth.page == "thanks"
    key = samples.device(station.NAME).sign_key
    votes = [records.open_record(CastVote, each.cast_vote, key) for each in (first, second)]
    codes_used = {halves.opened(vote, station.NAME, station.package()).code for vote in votes}
    assert len(codes_used) == 2


def test_an_answer_to_an_older_write_is_nobodys(booth: Booth) -> None:
    booth.open()
    booth.cast()
    late = len(booth.asked)
    booth.remove()
    booth.cast()
    booth.terminal.step(Done(late))
    assert booth.page == "casting"
    booth.finish()
    assert booth.page == "thanks"


def test_after_a_restart_the_card_decides(booth: Booth) -> None:
    booth.open()
    request = booth.cast()
    booth.start()  # as after SIGKILL
    assert booth.page == "insert"
    booth.card(request.cast_vote)
    assert booth.page == "fault:CARD_VOTED"
    booth.remove()
    booth.card()
    assert booth.page == "language"


def test_other_notifications_have_their_pages(booth: Booth) -> None:
    booth.open()
    for seen, page in (
        (CardRefused(Reason.CARD_FOREIGN), "fault:CARD_FOREIGN"),
        (OfficialCardSeen(1, "chair", "A", b"", 3), "fault:CARD_OFFICIAL_HERE"),
        (ShareCardSeen(1, 1, 3), "fault:CARD_SHARE_HERE"),
        (ReaderMissing(), "fault:READER_MISSING"),
    ):
        booth.terminal.step(seen)
        assert booth.page == page
        booth.remove()
        assert booth.page == "insert"


def test_a_medium_that_fails_before_the_thanks(booth: Booth) -> None:
    booth.open()
    booth.cast()
    booth.parts.slot.whole.fault = FaultKind.GONE
    booth.finish()
    assert booth.page == "fault:MEDIUM_MISSING", "nobody is thanked before the journal has it"
    booth.remove()
    booth.card()
    assert booth.page == "fault:MEDIUM_MISSING"
    booth.terminal.step(StopRequested())
    with pytest.raises(NewStartNeeded):
        booth.time_out()


def test_a_medium_that_fails_lets_nobody_begin(booth: Booth) -> None:
    booth.open()
    booth.parts.slot.whole.fault = FaultKind.FULL
    booth.card()
    assert booth.page == "fault:MEDIUM_FULL"


def test_own_storage_that_takes_no_writing_is_told_as_such(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MediumFault(FaultKind.FULL, "own-storage")

    booth.open()
    monkeypatch.setattr(FolderMedium, "append", full)
    booth.card()
    assert booth.page == "fault:OWN_STORAGE_FULL"


def codes_left(booth: Booth) -> int:
    day = booth.terminal._day
    return day._codes.left


def test_at_the_last_byte_of_the_reserve_a_voter_begins_and_with_one_less_nobody(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.open()
    needed = reserve.for_people(codes_left(booth))
    monkeypatch.setattr(FolderMedium, "room", lambda _: needed)
    booth.card()
    assert booth.page.startswith("language")
    booth.remove()
    monkeypatch.setattr(FolderMedium, "room", lambda _: reserve.for_people(codes_left(booth)) - 1)
    booth.card()
    assert booth.page == "fault:OWN_STORAGE_ALMOST_FULL"


def test_at_the_last_entry_of_its_journal_a_voter_votes_and_then_nobody_begins(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.open()
    size = booth.own.size(PATH) or 0
    monkeypatch.setattr(journal, "MAX_SIZE", size + reserve.FOR_THE_CLOSE)
    booth.cast()
    booth.finish()
    assert booth.page == "thanks"
    booth.remove()
    booth.card()
    assert booth.page == "fault:JOURNAL_ALMOST_FULL"


def test_a_medium_that_is_back_is_caught_up_by_the_new_start(booth: Booth) -> None:
    booth.open()
    booth.parts.slot.whole.fault = FaultKind.GONE
    booth.card()
    booth.parts.slot.whole.fault = None
    booth.start()
    assert booth.page == "insert"
    medium = removable_medium(booth.parts.slot, station.NAME)
    assert medium.read(PATH) == booth.own.read(PATH)


def test_a_stop_is_journalled(booth: Booth) -> None:
    booth.terminal.step(StopRequested())
    assert booth.events()[-1] is EventType.STOPPED
    booth.start()
    assert EventType.RESTARTED not in booth.events()


def test_a_stop_without_a_medium_is_still_a_stop(booth: Booth) -> None:
    booth.parts.slot.whole.fault = FaultKind.GONE
    booth.terminal.step(StopRequested())


def test_a_damaged_picture_stops_the_terminal_and_is_not_named(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth.open()
    book = booth.display._book
    whole = book.pixels
    choice = book.page(PageKey("review:0", "kk", 1)).slot("choice:0:0").sprites["2"]

    def pixels(image: bytes) -> bytes:
        if image == choice:
            raise BookError(f"the picture {image.hex()} is damaged")
        return whole(image)

    monkeypatch.setattr(book, "pixels", pixels)
    booth.card()
    with structlog.testing.capture_logs() as logged:
        booth.touch("language:kk", "line:2", "next", "next", "next", "yes", "next")
        booth.touch("yes")
    assert booth.page == "fault:RECORD_DAMAGED"
    assert booth.events()[-1] is EventType.PAGE_DAMAGED
    assert logged
    assert choice.hex() not in str(logged), "it would tell what the voter chose"


def test_a_book_of_which_nothing_can_be_shown_ends_the_process(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pixels(image: bytes) -> bytes:
        raise BookError("damaged")

    booth.open()
    monkeypatch.setattr(booth.display._book, "pixels", pixels)
    with pytest.raises(BookError):
        booth.card()


def test_out_of_order_explains_and_starts_again(booth: Booth) -> None:
    slot = booth.parts.slot
    slot.present = False
    step = out_of_order(Reason.MEDIUM_MISSING, booth.display, slot, booth.clock, booth.loop)
    assert booth.page == "fault:MEDIUM_MISSING"
    step(TouchEvent(TouchKind.DOWN, 0, 0))
    step(StopRequested())
    step(TimeReached(50.0))
    assert booth.loop.deadline_s == 50 + RETRY_S, "it waits for a medium"
    slot.present = True
    with pytest.raises(NewStartNeeded):
        step(TimeReached(0.0))


def test_a_phase_is_rebuilt(booth: Booth) -> None:
    booth.open()
    booth.start()
    assert booth.terminal._station.phase is Phase.OPEN
    assert booth.page == "insert"

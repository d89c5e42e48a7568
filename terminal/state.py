"""What a terminal knows after a start, and what it keeps: its files on both media.

    package.cose, secrets.sealed, book/   installed (`common.enrolment`)
    journal.cborseq                       everything that happens (`common.journal`)
    codes.bin                             how many control codes are burnt (`terminal.codes`)
    start-order.cose                      today's; while it is there, the terminal is open
    statement.cose                        the last word; while it is there, the terminal is closed

Rules:
- everything that can be wrong is found before the first voter: package, keys, secrets, program,
  book and all its references by `check_installed`; medium, journal, codes, start order by `Day`;
- each file is durable on own storage, then on the removable medium, before the next step;
- what one medium lacks or holds damaged comes from the other, at each start (`mend`): here stands
  only which files a terminal has; a closed one gets everything back but its secrets;
- an opening or a close that was interrupted is finished at the next start;
- a terminal whose random source was found broken serves nobody any more, whatever it gives after a
  new start: the commission writes the terminal off, or puts a spare in its place;
- nothing is journalled after the statement, which names the journal's last entry.

Never here: a choice, a voter; a serial or a code goes through and is not kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import common
from common import daytime, enrolment, records, reserve
from common.alike import Repair, bring_back_installed, judge_day, make_alike
from common.book import Book, BookError
from common.catalogue import EventType, FactValue
from common.daytime import DAY_OVER_S, Clockwork, Hours, latest_ms, offset_s
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Entry, Journal
from common.media import Medium, TwoMedia
from common.records import BoardKind, Figure, RecordError, Statement, StationPackage
from common.seal import Sealing
from common.seal.randomness import CheckedSource
from common.tallykey import BelievedOrder
from hal.board_clock import BoardClock, Doubt, Oddity
from hal.faults import PartFault
from terminal import casting
from terminal.booth import Rules
from terminal.cards import Station, check_start_order
from terminal.clockset import ClockView
from terminal.codes import Codes
from terminal.config import TerminalConfig
from terminal.effects import OpenSpoiled, SealBallot, SpoilVote
from terminal.events import ClockJudged, ClockNotSet, CodeReserved, CodesUsedUp, VoteSealed
from terminal.machine import Phase
from terminal.plan import make_plans

START_ORDER = "start-order.cose"
STATEMENT = "statement.cose"
BOOK = "book"
PROGRAM_ROOT = Path(common.__file__).resolve().parent.parent
"""The folder that holds the packages of the program that runs here (L2)."""

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed, checked: it does not change while the program runs."""

    installation: Installation
    book: Book
    rules: Rules


def check_installed(own: Medium, config: TerminalConfig) -> Installed:
    """Read and check all that was installed.

    Args:
        own: the board's own storage, the folder `config.state`.

    Raises:
        Refused: something is not right; the text says what to do.
    """
    root_key = config.root_public_key
    installation = enrolment.load(own, root_key, config.board)
    package = installation.package
    if installation.board.kind is not BoardKind.TERMINAL:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.PACKAGE)
    manifest = enrolment.present(Thing.PROGRAM, own.read(enrolment.PROGRAM))
    enrolment.check_program(manifest, package, root_key, PROGRAM_ROOT)
    try:
        book = Book.load(config.state / BOOK, package.book)
        book.check_belongs(package)
        plans = make_plans(package, book)
    except BookError as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.BOOK) from error
    return Installed(installation, book, Rules(plans, package.parameters))


def is_closed(own: Medium, installation: Installation) -> bool:
    """Say whether this terminal has given its statement in this election."""
    content = own.read(STATEMENT)
    if content is None:
        return False
    try:
        statement = records.open_record(Statement, content, installation.board.sign_key)
    except RecordError as error:
        raise enrolment.refusal(Thing.STATEMENT, error) from error
    return statement.package == installation.package_hash


@dataclass(frozen=True, slots=True)
class Mended:
    """Both media, alike; what that took; and whether the terminal is closed for good."""

    media: TwoMedia
    repairs: tuple[Repair, ...]
    closed: bool


def mend(media: TwoMedia, config: TerminalConfig) -> Mended:
    """Make what was installed, and what the day wrote once, the same on both media.

    Raises:
        Refused: the removable medium is not this terminal's of today, or neither has something
            whole.
        MediumFault: a medium failed.
    """
    found = bring_back_installed(media, config.root_public_key, config.board, with_secrets=False)
    judge = judge_day(found.package, found.package_hash, found.board)
    repairs = (*found.repairs, *make_alike(media, judge))
    closed = media.own.read(STATEMENT) is not None
    if not closed:
        repairs += make_alike(media, found.secrets)
    return Mended(media, repairs, closed)


class Day:
    """The durable side of a terminal: journal, codes, start order and statement."""

    def __init__(
        self,
        installation: Installation,
        media: TwoMedia,
        clock: BoardClock,
        random_bytes: RandomBytes,
        repairs: tuple[Repair, ...] = (),
    ) -> None:
        """Open what the media hold, mend what power left unfinished, and journal the start.

        `repairs` are what `mend` did; `self.repairs` are these and what was mended here.

        Raises:
            Refused: journal, codes or start order are not whole, or there is too little room.
            MediumFault: a medium failed.
        """
        self._installation = installation
        self._media = media
        self._clock = clock
        self._journal = journal_installation(media, installation, clock)
        entries = self._journal.entries()
        self._today = _since_installation(entries)
        day_over_ms = (installation.package.closes_s + DAY_OVER_S) * 1000
        is_open = media.read(START_ORDER) is not None
        clock.begin_after(latest_ms(entries), day_over_ms if is_open else None)
        self._codes = Codes(
            media,
            installation.package_hash,
            installation.keys.signing,
            codes=installation.secrets.codes,
            batch_size=installation.package.parameters.code_batch,
            random_bytes=random_bytes,
            behind=self._journal.behind,
        )
        self.repairs = (
            *repairs,
            *(Repair(thing, Thing.STATE, 1) for thing in self._codes.repaired),
        )
        without_codes = dataclasses.replace(installation.secrets, codes=())
        self._installation = dataclasses.replace(installation, secrets=without_codes)
        self._start_order: bytes | None = None
        self._source = CheckedSource(random_bytes)
        self._sealing: Sealing | None = None
        self._is_closed = False
        kept = media.read(START_ORDER)
        if kept is not None:
            self._check(kept)
        if self._closing is None:
            if any(entry.event is EventType.RANDOMNESS_BAD for entry in self._today):
                raise Refused(Reason.RANDOMNESS_BROKEN)
            self.check_room()
            self._journal_start()
        if kept is not None:
            self.open_station(kept)
            if self._closing is not None:
                self.close_station()

    @property
    def is_mended(self) -> bool:
        """Whether something on a medium had to be mended at this start."""
        return bool(self.repairs or self._journal.mended)

    @property
    def station(self) -> Station:
        """What a card is compared with."""
        installation = self._installation
        return Station(installation.package, installation.package_hash, self._start_order)

    @property
    def phase(self) -> Phase:
        """Waiting for the start order, open, or closed."""
        if self._is_closed:
            return Phase.CLOSED
        return Phase.WAITING if self._start_order is None else Phase.OPEN

    def record(self, event: EventType, facts: Mapping[str, FactValue]) -> None:
        """Journal an event; durable on return. Raises: MediumFault."""
        self._today.append(self._journal.append(event, **facts))

    def check_room(self) -> None:
        """Insist that both media are there and have room for the rest of the day.

        Raises: Refused (MEDIUM_ALMOST_FULL, JOURNAL_ALMOST_FULL), MediumFault.
        """
        self._journal.check_room(reserve.FOR_THE_CLOSE)
        self._media.check_room(reserve.for_people(self._codes.left))

    def watch_clock(self) -> None:
        """Journal what happened to the clock since the last look. Raises: MediumFault."""
        self._note(self._clock.look())

    def _note(self, oddities: Iterable[Oddity]) -> None:
        for oddity in oddities:
            self.record(oddity.event, oddity.facts)

    def judge_clock(self, start_order: bytes | None) -> ClockView | None:
        """Return how the clock stands to a start order that was checked, None if it fits.

        In the day (None), a clock that is believed fits.
        """
        package, now_ms = self._installation.package, self._clock.now_ms()
        doubted = self._clock.doubt is not Doubt.NONE
        if start_order is None:
            if not doubted or self._start_order is None:
                return None
            return _clock_view(package, now_ms, self._check(self._start_order).order.opened_ms)
        opened_ms = self._check(start_order).order.opened_ms
        clockwork = daytime.compare(now_ms, opened_ms, package.parameters)
        of_the_day = not doubted and now_ms in Hours.of_opening(package)
        if clockwork is Clockwork.FITS and of_the_day:
            return None
        may_be_right = clockwork is Clockwork.AHEAD and of_the_day
        return _clock_view(package, now_ms, opened_ms, may_be_right=may_be_right)

    def set_clock(self, hhmm: str, start_order: bytes | None) -> ClockJudged | ClockNotSet:
        """Set clock and chip to a time of day, journal it, and judge the clock anew.

        Raises:
            MediumFault: a medium failed.
        """
        package = self._installation.package
        among = Hours.of_day(package) if start_order is None else Hours.of_opening(package)
        moment_ms = daytime.moment_of(hhmm, among)
        if moment_ms is None:
            return ClockNotSet(Reason.CLOCK_TIME_REFUSED)
        offset_ms = moment_ms - self._clock.now_ms()
        try:
            self._clock.put_right(offset_ms)
        except PartFault:
            self.record(EventType.PART_FAILED, {"thing": Thing.CLOCK})
            return ClockNotSet(Reason.CLOCK_NOT_SET)
        self.record(EventType.CLOCK_SET, {"offset_s": round(offset_ms / 1000)})
        return ClockJudged(self.judge_clock(start_order))

    def open_station(self, start_order: bytes) -> None:
        """Keep a start order and journal the opening; what is done already is left as it is.

        Raises:
            Refused: it is not a start order for this terminal.
            MediumFault: a medium failed.
        """
        believed = self._check(start_order)
        for medium in self._media:
            if medium.read(START_ORDER) != start_order:
                medium.replace(START_ORDER, start_order)
        if not any(entry.event is EventType.OPENED for entry in self._today):
            offset = offset_s(self._clock.now_ms(), believed.order.opened_ms)
            self.record(EventType.CLOCK_OFFSET, {"offset_s": offset})
            self.record(EventType.OPENED, {"start_order": records.digest(start_order)})
        self._start_order = start_order
        installation = self._installation
        self._sealing = Sealing(
            installation.package,
            installation.package_hash,
            believed.keys,
            installation.board.sign_key,
            self._source,
        )

    def close_station(self) -> None:
        """Journal the close and write the statement; what is done already is left as it is.

        Raises:
            MediumFault: a medium failed.
        """
        if self._start_order is None:
            raise ValueError("a terminal that was never opened cannot be closed")
        closing = self._closing
        if closing is None:
            self.record(EventType.CLOSED, {})
            closing = self._today[-1]
        events = [entry.event for entry in self._today]
        statement = Statement(
            board=self._installation.board.name,
            package=self._installation.package_hash,
            start_order=records.digest(self._start_order),
            closed_ms=closing.time_ms,
            journal_head=self._journal.head,
            journal_length=self._journal.length,
            figures={
                Figure.STARTS: sum(event in _STARTS for event in events),
                Figure.SESSIONS: events.count(EventType.VOTE_STORED),
                Figure.CHALLENGED: events.count(EventType.VOTE_SPOILED),
                Figure.REFUSED_CARDS: events.count(EventType.CARD_REFUSED),
            },
            issued=None,
            withdrawn=None,
            spent=(),
        )
        self._media.replace(STATEMENT, records.sign(statement, self._installation.keys.signing))
        for medium in self._media:
            enrolment.forget_secrets(medium)
        self._is_closed = True

    def reserve_code(self) -> CodeReserved | CodesUsedUp:
        """Make sure of room and of a control code; a new batch is journalled.

        Raises: Refused (MEDIUM_ALMOST_FULL), MediumFault.
        """
        self.check_room()
        burnt = self._codes.burnt
        if not self._codes.reserve():
            return CodesUsedUp()
        if self._codes.burnt != burnt:
            self.record(EventType.CODES_BURNT, {"count": self._codes.left})
        return CodeReserved()

    def seal_ballot(self, ballot: SealBallot) -> VoteSealed:
        """Draw the code, seal the ballot and sign both records."""
        if self._sealing is None:
            raise ValueError("a terminal that was never opened seals nothing")
        return casting.seal_ballot(ballot, self._codes.draw(), self._installation, self._sealing)

    def spoil(self, vote: SpoilVote) -> bytes:
        """Return the signed record that this vote is spoiled."""
        return casting.spoil(vote, self._installation)

    def open_spoiled(self, vote: OpenSpoiled) -> bytes:
        """Return the signed record with what the spoiled vote was sealed with."""
        return casting.open_spoiled(vote, self._installation)

    @property
    def _closing(self) -> Entry | None:
        """The entry of a close that was confirmed."""
        return next((each for each in self._today if each.event is EventType.CLOSED), None)

    def _check(self, start_order: bytes) -> BelievedOrder:
        try:
            return check_start_order(start_order, self.station)
        except RecordError as error:
            raise enrolment.refusal(Thing.START_ORDER, error) from error

    def _journal_start(self) -> None:
        starts = sum(entry.event in _STARTS for entry in self._today)
        stopped = not starts or self._today[-1].event is EventType.STOPPED
        started = EventType.STARTED if stopped else EventType.RESTARTED
        package = self._installation.package
        self.record(started, {"starts": starts + 1})
        self._note(self._clock.at_start())
        self.record(EventType.PROGRAM_CHECKED, {"program": package.program})
        self.record(EventType.BOOK_CHECKED, {"book": package.book})
        for each in self.repairs:
            facts: dict[str, FactValue] = {
                "thing": each.medium,
                "kind": each.thing,
                "count": each.files,
            }
            self.record(EventType.FILES_REPAIRED, facts)


def _clock_view(
    package: StationPackage, now_ms: int, opened_ms: int, *, may_be_right: bool = False
) -> ClockView:
    own, order = (
        daytime.local(each, package.zone_minutes).strftime("%d%m%Y%H%M")
        for each in (now_ms, opened_ms)
    )
    return ClockView(own, order, may_be_right)


_STARTS = (EventType.STARTED, EventType.RESTARTED)


def _since_installation(entries: list[Entry]) -> list[Entry]:
    installed = [at for at, entry in enumerate(entries) if entry.event is EventType.INSTALLED]
    return entries[installed[-1] :] if installed else entries


def journal_installation(media: TwoMedia, installation: Installation, clock: BoardClock) -> Journal:
    """Open the journal and see that it tells of the installation of this package, once.

    What an earlier package left behind, open or closed, is taken away.

    Raises:
        Refused: the journal is broken.
        MediumFault: a medium failed.
    """
    journal = Journal.open(media, installation.keys.signing, clock)
    known = [each for each in journal.entries() if each.event is EventType.INSTALLED]
    if not known or known[-1].facts["package"] != installation.package_hash:
        for path in (STATEMENT, START_ORDER):
            media.remove(path)
        package = installation.package_hash
        program = installation.package.program
        journal.append(EventType.INSTALLED, package=package, program=program)
    return journal


def complete_closed(media: TwoMedia, installation: Installation, clock: BoardClock) -> bool:
    """Make the journal of a closed terminal whole on both media, and forget secrets on both.

    Nothing is journalled any more. `mend` came before.

    Returns: whether the journal had to be mended.

    Raises:
        Refused: no medium has a whole journal.
        MediumFault: a medium failed.
    """
    journal = Journal.open(media, installation.keys.signing, clock, closed=True)
    for medium in media:
        enrolment.forget_secrets(medium)
    return bool(journal.mended)

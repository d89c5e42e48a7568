"""What is open on the accumulator now: keys, journal, files, urn, and how all of it is let go.

The other files of this package are functions on it. One thread uses it: the decision loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accumulator import rollcall
from accumulator.dayfiles import Day, DayFiles
from accumulator.events import MediumFailed
from accumulator.keyshelf import KeyShelf
from accumulator.rollcall import RollCall
from accumulator.station import Station
from accumulator.takeover import TAKEN_IN, Takeover
from common import alike, enrolment, records, reserve, shares
from common.catalogue import EventType
from common.cose import SignedBody
from common.counttexts import Progress
from common.deadboards import Left
from common.enrolment import Installation
from common.errors import Thing
from common.journal import Entry, Journal
from common.keys import RandomBytes, StationKeys
from common.media import FaultKind, Medium, MediumFault, TwoMedia
from common.records import SERIALS_PER_DESK, Act
from common.tallykey import SignedHalf
from common.turnout import Turnout
from common.urn import Repair, Urn
from hal.board_clock import BoardClock


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What exists only between the zero check and the opening: the shares of the tally key.

    `public` is what the start order will hold; `half` this board's half, where desks make one too.
    """

    public: tuple[bytes, ...]
    shares: tuple[shares.Share, ...] = field(repr=False)
    half: SignedHalf | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a strongroom stands in.

    Attributes:
        own: the board's own storage.
        recording, visiting: return what lies in the two slots now, or None.
        shelf: where unsealed keys lie while there is power.
        clock: the board's.
        root_key: Ed25519 public key of the centre.
        random_bytes: the random source.
        alive: is told before each use of the removable medium, which may be slow.
        repairs: what was mended before this was made.
        threads: that share a long computation.
    """

    own: Medium
    recording: Callable[[], Medium | None]
    visiting: Callable[[], Medium | None]
    shelf: KeyShelf
    clock: BoardClock
    root_key: bytes
    random_bytes: RandomBytes
    alive: Callable[[], None] = lambda: None
    repairs: tuple[alike.Repair, ...] = ()
    threads: int = 1


class Strongroom:
    """Keys and media, as far as they are open.

    Attributes:
        station, installation, around: what never changes.
        takeover: looks at the slot, if this is a spare.
        keys: station key and urn key, once the start password was given.
        journal, urn: open, or None.
        ceremony: the tally key in the making.
        desk_half: the desk's half of it, once it was taken.
        day: how far the day has come, by the files.
        left: what was read of a dead board, until its act is signed.
        started: the start of this process is journalled.
        lost: a medium failed since the last recovery.
        mended_before: repairs that no page has told yet.
        progress: is told how far a long computation is; the shell shows it.
    """

    def __init__(self, installation: Installation, around: Surroundings) -> None:
        """Prepare; nothing is read before `Recover`."""
        package = installation.package
        self.station = Station(package, installation.package_hash, installation.board.name)
        self.installation = installation
        self.around = around
        self.takeover = Takeover(installation, around.own, around.recording, around.root_key)
        self.keys: StationKeys | None = None
        self.journal: Journal | None = None
        self.urn: Urn | None = None
        self.ceremony: Ceremony | None = None
        self.desk_half: SignedHalf | None = None
        self.day = Day()
        self.left: Left | None = None
        self.started = False
        self.mended_before = around.repairs
        self.progress: Callable[[Progress], None] = lambda _: None
        self._files: DayFiles | None = None
        self._taken_in = Turnout(package.zone_minutes)

    # --- what is open -------------------------------------------------------------------------

    @property
    def clock(self) -> BoardClock:
        """The board's clock."""
        return self.around.clock

    @property
    def files(self) -> DayFiles:
        """The files of the day. Raises: MediumFault: the media are not open."""
        if self._files is None:
            raise MediumFault(FaultKind.GONE, "removable")
        return self._files

    def open_files(self, media: TwoMedia) -> DayFiles:
        """Open the files of the day."""
        self._files = DayFiles(media, self.station, self.installation.keys.sign_key)
        return self._files

    def close_files(self) -> None:
        """Let go of files and urn; the journal stays open to say why."""
        self._files = self.urn = None

    @property
    def station_keys(self) -> StationKeys:
        """The station's keys. Raises: LookupError: they are sealed."""
        if self.keys is None:
            raise LookupError("the station's keys are sealed")
        return self.keys

    def visitor(self) -> Medium | None:
        """Return what lies in the visiting slot. Raises: Refused: it is ill."""
        try:
            return self.around.visiting()
        except MediumFault as fault:
            raise fault.refusal(Thing.REMOVABLE) from fault

    def let_go(self) -> None:
        """Let go of everything on the media."""
        self._files = self.journal = self.urn = self.ceremony = None

    def failed(self, fault: MediumFault) -> MediumFailed:
        """Let go of media that failed; only `Recover` opens them again."""
        own = fault.medium.split("/")[0] == self.around.own.name
        thing = Thing.OWN_STORAGE if own else Thing.REMOVABLE
        self.let_go()
        return MediumFailed(fault.refusal(thing).reason, (("thing", thing.value),))

    def stopped(self) -> None:
        """Note in the journal that the daemon was asked to stop; without media, it cannot be."""
        try:
            self.record(EventType.STOPPED)
        except MediumFault:
            self.let_go()

    # --- writing ------------------------------------------------------------------------------

    def record(self, event: EventType, **facts: object) -> None:
        """Append to the journal, on both media; while the media are not open there is none."""
        if self.journal is not None:
            self.journal.append(event, **facts)
            if event in TAKEN_IN:
                self._taken_in = self._taken_in.one_more(self.clock.now_ms())

    def note_start(self, entries: list[Entry]) -> None:
        """Journal, once in the life of this process, that it started, after these entries."""
        if self.started:
            return
        before = starts_in(entries)
        clean = not before or entries[-1].event is EventType.STOPPED
        self.record(EventType.STARTED if clean else EventType.RESTARTED, starts=before + 1)
        for oddity in self.clock.at_start():
            self.record(oddity.event, **oddity.facts)
        self.started = True

    def note_repairs(self, repairs: tuple[Repair, ...]) -> list[Thing]:
        """Journal what was mended of the urn; return on which media."""
        media = []
        for repair in repairs:
            own = repair.medium == self.around.own.name
            media.append(Thing.OWN_STORAGE if own else Thing.REMOVABLE)
            self.record(
                EventType.URN_REPAIRED,
                thing=media[-1],
                ledger_blocks=repair.ledger_blocks,
                slots=repair.slots,
            )
        return media

    def keep_act(self, name: str, signed: SignedBody) -> bytes:
        """Sign an act that officials signed, lay it down, journal it; return its hash."""
        body = signed.with_board(self.installation.keys.signing)
        content = body.to_bytes()
        act_hash = records.digest(content)
        self.files.keep_act(name, content)
        self.record_act(body, act_hash)
        return act_hash

    def record_act(self, body: SignedBody, act_hash: bytes) -> None:
        """Journal that an act was signed and laid down."""
        self.record(
            EventType.ACT_SIGNED,
            act_kind=int(Act.from_bytes(body.payload).kind),
            signatures=len(body.people),
            act=act_hash,
        )

    def check_room(self, media: TwoMedia) -> None:
        """Insist on room for the rest of the day, until the votes are counted.

        Raises: Refused (MEDIUM_ALMOST_FULL, JOURNAL_ALMOST_FULL), MediumFault.
        """
        if self.day.minutes is not None:
            return
        package = self.station.package
        slots = package.parameters.urn_slots
        book_size = media.own.size(enrolment.BOOK_IMAGES) or 0
        needed = reserve.for_evidence(slots, package.sealed_size, book_size)
        if self.day.statement is None and self.journal is not None:
            self.journal.check_room(reserve.FOR_THE_CLOSE)
        if self.day.statement is None:
            needed += reserve.for_people(slots - (self.urn.count if self.urn else 0))
        media.check_room(needed)

    # --- how the day stands -------------------------------------------------------------------

    @property
    def turnout(self) -> Turnout:
        """Votes taken in, by the hour; without one those whose hour no journal here tells."""
        votes = self.urn.count if self.urn else 0
        return replace(self._taken_in, before=max(0, votes - self._taken_in.total))

    def count_turnout(self, taken_in_ms: list[int]) -> None:
        """Count the turnout anew, from the times at which votes were taken in."""
        self._taken_in = Turnout(self.station.package.zone_minutes)
        for time_ms in taken_in_ms:
            self._taken_in = self._taken_in.one_more(time_ms)

    @property
    def serials_of_desks(self) -> list[tuple[str, int, int]]:
        """The serials that the urn knows: desk, the first, how many."""
        return [
            (desk.name, desk.first_serial or 0, SERIALS_PER_DESK) for desk in self.station.desks
        ]

    @property
    def boards_in(self) -> tuple[str, ...]:
        """The boards that are in, in the package's order; our own is in once closed."""
        own = {self.station.board} if self.day.statement is not None else set()
        return tuple(
            board.name
            for board in self.station.package.boards
            if board.name in self.day.boards or board.name in own
        )

    def roll(self) -> RollCall:
        """Say which boards are in, which must be, and which died."""
        day = self.day
        cast_votes = self.urn.cast_votes() if self.urn else []
        spent = dict(self.urn.spent) if self.urn else {}
        wanted = rollcall.boards_wanted(self.station, spent, cast_votes, day.boards, day.gone)
        return RollCall(self.boards_in, wanted, tuple(day.gone.items()))

    def share_for_card(self, index: int) -> bytes:
        """Return share `index` (from 1) of the key in the making, for the card it is written on.

        Raises: LookupError: no key is being made.
        """
        if self.ceremony is None:
            raise LookupError("there is no tally key in the making")
        return self.ceremony.shares[index - 1].to_bytes()


def starts_in(entries: list[Entry]) -> int:
    """Return how often the program was started, by its journal."""
    return sum(entry.event in (EventType.STARTED, EventType.RESTARTED) for entry in entries)

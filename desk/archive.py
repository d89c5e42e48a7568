"""Everything durable on a desk: what it was installed with, its files on both media, its journal.

Rules:
- `Archive.open` rebuilds the day from the media alone, and makes the two media alike: what was
  durable on one of them is durable on both before anything goes on. Here stands only which files a
  desk has; `common.alike`, `common.journal` and `common.blocks` know how.
- Each method is one durable act, and returns when both media have it.
- A desk that stopped between journalling the close and writing its statement writes it now.

Never here: what the operator sees, and what the card reader holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import common
from common import acts, enrolment, records, reserve, tallykey
from common.alike import Repair
from common.catalogue import EventType
from common.cose import CoseError, SignedBody
from common.daytime import DAY_OVER_S, latest_ms, offset_s
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Journal
from common.media import Medium, TwoMedia
from common.records import (
    Act,
    ActFact,
    Activation,
    ActKind,
    BoardKind,
    Figure,
    Presentation,
    RecordError,
    StartOrder,
    Voter,
)
from common.remedies import Remedy, remedy_of
from common.turnout import Turnout
from desk import spare
from desk.config import DeskConfig
from desk.halfmaking import HalfMaking
from desk.mending import mended
from desk.mixing import CountPart
from desk.phases import Rules, State, first_state
from desk.purposes import ALLOWING
from desk.state import DeskFiles, Marks, Serials
from desk.statement import check, drawn_up
from desk.tally import Tally
from desk.voters import VoterRoll
from hal.board_clock import BoardClock
from hal.faults import PartFault

PROGRAM_ROOT = Path(common.__file__).resolve().parent.parent
"""Where the installed program lies, which must be the one of the signed manifest (L2)."""
START_ORDER = "start-order.cose"
STATEMENT = "statement.cose"

_STARTS = (EventType.STARTED, EventType.RESTARTED)
RandomBytes = Callable[[int], bytes]
Takeover = tuple[spare.Replaced, spare.Dead]


@dataclass(slots=True)
class Archive:
    """The open archive of a desk; used by one thread."""

    installation: Installation
    rules: Rules
    clock: BoardClock
    media: TwoMedia
    journal: Journal
    files: DeskFiles
    start_order: bytes | None
    statement: bytes | None
    tally: Tally
    halfmaking: HalfMaking
    repairs: tuple[Repair, ...] = ()
    acts: list[Act] = field(default_factory=list)
    own_acts: int = 0
    starts: int = 0
    refused_cards: int = 0
    took_over: bool = False
    """This spare went on just now in the place of a desk that died."""
    _count_part: CountPart | None = None

    @classmethod
    def open(
        cls,
        config: DeskConfig,
        own: Medium,
        removable: Medium,
        clock: BoardClock,
        random_bytes: RandomBytes,
        *,
        started: bool,
        medium: Medium | None = None,
        repairs: tuple[Repair, ...] = (),
    ) -> Archive:
        """Read everything, and check it as it was checked at installation.

        Args:
            own, removable: the board's two media (its own folder on each).
            medium: all of the medium in the recording slot; a spare looks there for the desk that
                it replaces.
            repairs: what was mended to get this far.
            started: the program was started; False when only a medium came back.

        Raises:
            Refused: something is missing, damaged or of another election.
            MediumFault: a medium failed.
        """
        media = TwoMedia(own, removable)
        repairs += mended(config, media, medium)
        installation, voters = installed(config, own)
        package = installation.package
        is_closed = media.read(STATEMENT) is not None
        journal = Journal.open(media, installation.keys.signing, clock, closed=is_closed)
        lines = max((voter.line for voter in voters), default=0)
        heir = spare.Heir(installation, media, lines, random_bytes)
        takeover = spare.go_on(heir, journal, medium)
        taken = spare.taken_desks(installation, media)
        served = spare.served_for(installation, media)
        roll = VoterRoll.of(voters, served, package)
        rules = Rules(
            package, installation.package_hash, installation.board, roll, random_bytes, taken
        )
        start_order, statement = media.read(START_ORDER), media.read(STATEMENT)
        if start_order is not None:
            _check_order(installation, start_order)
        if statement is not None:
            check(statement, installation)
        files = DeskFiles(
            media,
            package=installation.package_hash,
            key=installation.keys.signing,
            lines=roll.last_line,
            opened=start_order is not None or _was_opened(journal),
            random_bytes=random_bytes,
            behind=journal.behind,
            taken=tuple(board.name for board in taken),
        )
        tally = Tally(Turnout(package.zone_minutes))
        for entry in spare.entries_of_dead(media, taken):
            tally = tally.noted(entry.event, entry.facts, entry.time_ms)
        archive = cls(
            installation,
            rules,
            clock,
            media,
            journal,
            files,
            start_order,
            statement,
            tally,
            HalfMaking(installation, media, journal, random_bytes),
        )
        archive.repairs = (
            *repairs,
            *(Repair(thing, Thing.STATE, 1) for thing in files.repaired),
        )
        drawn_up = [archive._act(path) for path in _paths(media, acts.FOLDER)]
        archive.own_acts = len(drawn_up)
        archive.acts = spare.acts_of_dead(installation, media, taken)
        archive.acts += drawn_up
        if not is_closed:
            archive.check_room()
            archive._note_repairs()
        archive._look_back(started=started, takeover=takeover)
        if medium is not None:
            archive._begin_count(medium)
        return archive

    def state(self, language: str) -> State:
        """Return the machine's first state, rebuilt from what is stored."""
        return first_state(
            self.files.serials,
            self.files.marks,
            language=language,
            start_order=self.start_order,
            closed=self.statement is not None,
            tally=self.tally,
            acts=sum(act.facts.get(ActFact.REASON) in ALLOWING for act in self.acts),
            unread=self.unread,
            half=self.halfmaking.half,
        )

    @property
    def unread(self) -> int:
        """How many cards were sealed in envelopes under an act."""
        return sum(int(act.facts.get(ActFact.CARDS, 0)) for act in self.acts)

    def check_room(self) -> None:
        """Insist that both media are there with room for the rest of the day. Raises: Refused."""
        if self.statement is None:
            self.journal.check_room(reserve.FOR_THE_CLOSE)
            left = len(self.files.marks.lines) - self.files.marks.voters_given
            needed, package = reserve.for_people(left), self.rules.package
            if self.rules.makes_half:
                votes = package.parameters.urn_slots
                needed += reserve.for_count(votes, package.sealed_size)
            self.media.check_room(needed)

    # --- after the close ----------------------------------------------------------------------

    @property
    def counts(self) -> bool:
        """Whether votes are shuffled and opened here, now that the desk is closed."""
        return self._count_part is not None

    @property
    def count_part(self) -> CountPart:
        """What this desk does of the count. Raises: LookupError: it does nothing of it."""
        if self._count_part is None:
            raise LookupError("this desk has no part in the count")
        return self._count_part

    def _begin_count(self, medium: Medium) -> None:
        if self.statement is None or self.start_order is None or not self.rules.makes_half:
            return
        self._count_part = CountPart(
            self.installation,
            self.media,
            medium,
            self.clock,
            self.halfmaking.half,
            start_order=self.start_order,
            statement=self.statement,
            random_bytes=self.rules.random_bytes,
        )

    # --- what happens in the day --------------------------------------------------------------

    def record(self, event: EventType, **facts: object) -> None:
        """Write an entry in the journal; after the statement, in that of the count."""
        if self._count_part is not None:
            self._count_part.record(event, **facts)
            return
        self.journal.append(event, **facts)
        if event is EventType.CARD_REFUSED:
            self.refused_cards += 1

    def note_recovery(self, why: Refused) -> None:
        """Journal why the desk had stopped, and that it goes on."""
        if self.statement is not None or remedy_of(why.reason) is not Remedy.GOES_ON:
            return
        thing = why.facts.get("thing", Thing.REMOVABLE)
        self.record(EventType.MEDIUM_FAILED, thing=thing, reason=why.reason)
        self.record(EventType.MEDIUM_BACK, thing=thing)

    def save(self, content: Serials | Marks) -> None:
        """Put new bitmaps or marks in the place of the old."""
        self.files.save(content)

    def activation(self, style: int, index: int, card_key: bytes) -> bytes:
        """Return a signed activation; it is stored nowhere but on the card."""
        activation = Activation(
            package=self.installation.package_hash,
            style=style,
            presentation=Presentation.NORMAL,
            serial=self.rules.first_serial + index,
            card_key=card_key,
        )
        return records.sign(activation, self.installation.keys.signing)

    def open_desk(self, start_order: bytes) -> None:
        """Keep the start order: from now on the desk is open."""
        order = _check_order(self.installation, start_order)
        self.media.replace(START_ORDER, start_order)
        self.start_order = start_order
        offset = offset_s(self.clock.now_ms(), order.opened_ms)
        self.record(EventType.CLOCK_OFFSET, offset_s=offset)
        self.record(EventType.OPENED, start_order=records.digest(start_order))

    def keep_act(self, body: SignedBody, event: EventType) -> None:
        """Sign an act as the board, keep it, and journal that and what came of it."""
        digest = self._kept(body, "unread-card")
        self.record(event, act=digest)

    def put_clock_right(self, body: SignedBody, offset_ms: int) -> None:
        """Keep an act about the clock, then set clock and chip, which is read back.

        Raises:
            PartFault: the chip does not take the time; the clock is as it was.
        """
        digest = self._kept(body, "clock")
        try:
            self.clock.put_right(offset_ms)
        except PartFault:
            self.record(EventType.PART_FAILED, thing=Thing.CLOCK)
            raise
        self.record(EventType.CLOCK_CORRECTED, offset_s=round(offset_ms / 1000), act=digest)

    def _kept(self, body: SignedBody, kind: str) -> bytes:
        """Sign an act as the board, keep and journal it; return its hash."""
        signed = body.with_board(self.installation.keys.signing).to_bytes()
        self.own_acts += 1
        self.media.replace(f"{acts.FOLDER}/{self.own_acts:03}-{kind}.cose", signed)
        act = Act.from_bytes(body.payload)
        self.acts.append(act)
        digest = records.digest(signed)
        self.record(
            EventType.ACT_SIGNED,
            act_kind=int(act.kind),
            signatures=len(body.people),
            act=digest,
        )
        return digest

    def close_desk(self) -> None:
        """Journal the close, then write the statement: nothing is journalled afterwards."""
        self.record(EventType.CLOSED)
        self._write_statement()

    def _note_repairs(self) -> None:
        for each in self.repairs:
            self.record(
                EventType.FILES_REPAIRED, thing=each.medium, kind=each.thing, count=each.files
            )

    # --- the past -----------------------------------------------------------------------------

    def _look_back(self, *, started: bool, takeover: Takeover | None) -> None:
        """Count what the journal says, and journal the start; nothing once the desk is closed."""
        entries = self.journal.entries()
        day_over_ms = (self.rules.package.closes_s + DAY_OVER_S) * 1000
        known = entries if takeover is None else [*takeover[1].left.entries, *entries]
        self.clock.begin_after(latest_ms(known), day_over_ms if self.start_order else None)
        events = [entry.event for entry in entries]
        self.starts = sum(event in _STARTS for event in events)
        self.refused_cards = events.count(EventType.CARD_REFUSED)
        for entry in entries:
            self.tally = self.tally.noted(entry.event, entry.facts, entry.time_ms)
        if self.statement is not None:
            return
        if started:
            last = [event for event in events if event in (*_STARTS, EventType.STOPPED)][-1:]
            event = EventType.RESTARTED if last and last[0] in _STARTS else EventType.STARTED
            self.starts += 1
            self.record(event, starts=self.starts)
            for oddity in self.clock.at_start():
                self.record(oddity.event, **oddity.facts)
        if started or takeover is not None:
            self.record(EventType.PROGRAM_CHECKED, program=self.installation.package.program)
            self.record(EventType.LIST_LOADED, count=len(self.rules.roll.by_line))
        if takeover is not None:
            self._note_takeover(takeover[0], events)
        if self.files.marks.being_given:
            self.record(EventType.CARD_GIVING_INTERRUPTED)
        if EventType.CLOSED in events:
            self._write_statement()
        elif spare.took_up_closed(self.media, self.rules.taken):
            self.close_desk()
        else:
            self._count_what_a_stop_cut_off()

    def _count_what_a_stop_cut_off(self) -> None:
        """Make the journal count as many voters as the list has marks."""
        uncounted = self.files.marks.voters_given - self.tally.turnout.total
        if uncounted > 0:
            self._record_and_count(EventType.VOTERS_CARRIED_OVER, count=uncounted)
        for _ in range(-uncounted):
            self._record_and_count(EventType.GIVEN_CARD_UNDONE)

    def _record_and_count(self, event: EventType, **facts: object) -> None:
        self.record(event, **facts)
        self.tally = self.tally.noted(event, facts, self.clock.now_ms())

    def _note_takeover(self, replaced: spare.Replaced, events: list[EventType]) -> None:
        """Journal the act, the start order that came with it, and that all is carried out."""
        self.record(
            EventType.ACT_SIGNED,
            act_kind=int(ActKind.REPLACEMENT),
            signatures=replaced.signatures,
            act=replaced.act_hash,
        )
        if self.start_order is not None and EventType.OPENED not in events:
            self.record(EventType.OPENED, start_order=records.digest(self.start_order))
        self.record(EventType.TOOK_OVER, board=replaced.board.name, act=replaced.act_hash)
        self.took_over = True

    def _write_statement(self) -> None:
        if self.start_order is None:
            raise Refused(Reason.RECORD_MISSING, thing=Thing.START_ORDER)
        statement = drawn_up(
            self.installation,
            self.rules.taken,
            self.files,
            self.journal,
            start_order=self.start_order,
            closed_ms=self.clock.now_ms(),
            figures={
                Figure.UNREAD: self.unread,
                Figure.STARTS: self.starts,
                Figure.REFUSED_CARDS: self.refused_cards,
            },
        )
        signed = records.sign(statement, self.installation.keys.signing)
        self.media.replace(STATEMENT, signed)
        self.statement = signed

    def _act(self, path: str) -> Act:
        signed = self.media.read(path)
        try:
            body = SignedBody.from_bytes(
                signed or b"", Act.external(), self.installation.keys.sign_key
            )
            return Act.from_bytes(body.payload)
        except (CoseError, RecordError) as error:
            raise Refused(Reason.RECORD_DAMAGED, thing=Thing.ACT) from error


def installed(config: DeskConfig, own: Medium) -> tuple[Installation, tuple[Voter, ...]]:
    """Read and check what was installed, and the voter list. Raises: Refused, MediumFault."""
    root_key = config.root_public_key
    installation = enrolment.load(own, root_key, config.board)
    package = installation.package
    if installation.board.kind is not BoardKind.DESK:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.PACKAGE)
    manifest = enrolment.present(Thing.PROGRAM, own.read(enrolment.PROGRAM))
    enrolment.check_program(manifest, package, root_key, PROGRAM_ROOT)
    sealed = enrolment.present(Thing.VOTER_LIST, own.read(enrolment.VOTERS))
    return installation, enrolment.open_voters(sealed, package, installation.keys, root_key).voters


def _check_order(installation: Installation, signed: bytes) -> StartOrder:
    package, package_hash = installation.package, installation.package_hash
    return tallykey.opened_order(package, package_hash, signed).order


def _paths(media: TwoMedia, folder: str) -> list[str]:
    """Return the files of a folder that either medium has, sorted."""
    found = {path for medium in media for path in medium.list()}
    return sorted(path for path in found if path.startswith(folder + "/"))


def _was_opened(journal: Journal) -> bool:
    """Say whether the desk was opened since it was installed, by its journal."""
    opened = False
    for entry in journal.entries():
        match entry.event:
            case EventType.INSTALLED:
                opened = False
            case EventType.OPENED:
                opened = True
    return opened

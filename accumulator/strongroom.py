"""The accumulator's keys and media: everything that a machine's effect does to either.

Rules:
- Keys live here and on the key shelf, nowhere else; the tally key only here, as shares in memory,
  from when it is made until the start order is stored.
- Every write goes to the board's own storage first, then to the removable medium, each durable.
- How far the day has come is read from the files (`accumulator.dayfiles`), never remembered.
- A failing medium is an outcome (`MediumFailed`): whatever was open is let go, and only `Recover`
  opens it again, after making both media alike.

It decides nothing: what happens when is the machine's. It never logs a serial, a vote or a key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from accumulator import (
    collection,
    effects,
    evening,
    events,
    paper,
    printing,
    rollcall,
    shares,
)
from accumulator.bundle import FOLDER, MANIFEST, VOTES_OPENED, VOTES_SEALED, manifest, votes_sealed
from accumulator.bundle import MINUTES as MINUTES_IN_BUNDLE
from accumulator.dayfiles import MINUTES, START_ORDER, Day, DayFiles
from accumulator.effects import Effect
from accumulator.events import MediumFailed, Outcome, Recovered, RecoveryRefused
from accumulator.keyshelf import KeyShelf
from accumulator.rollcall import NOBODY, RollCall
from accumulator.station import Station
from accumulator.takeover import (
    TAKEN_IN,
    Dead,
    Replaced,
    Takeover,
    check_left,
    take_records,
)
from cardio.messages import facts_of
from common import alike, enrolment, keys, records, reserve, seal, urn
from common.attended import AttendedMedium
from common.catalogue import EventType
from common.cose import SignedBody
from common.daytime import DAY_OVER_S, latest_ms
from common.deadboards import REPLACEMENT, WRITE_OFF, Left, left_on, refuse_replaced
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Entry, Journal
from common.keys import RandomBytes, StationKeys, WrongKey
from common.media import FaultKind, Medium, MediumFault, TwoMedia
from common.records import (
    SERIALS_PER_DESK,
    Act,
    ActFact,
    ActKind,
    Figure,
    JournalHead,
    Minutes,
    PaperKind,
    RecordError,
    SerialSet,
    StartOrder,
    Statement,
)
from common.turnout import Turnout
from common.urn import InFlight, Repair, Urn
from hal.board_clock import BoardClock
from hal.faults import PartFault
from hal.medium_slot import own_folder

_TAKEN_IN = (EventType.VOTE_TAKEN_IN, EventType.INTAKE_COMPLETED)
_URN_FATAL = (Reason.URN_DAMAGED, Reason.URN_MISMATCH, Reason.MEDIA_DISAGREE)
_NOT_SEALED_TO_US = RecoveryRefused(
    Reason.RECORD_NOT_SEALED_TO_US, (("thing", Thing.STATION_KEYS.value),)
)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What exists only between the zero check and the opening: the shares of the tally key."""

    public: tuple[bytes, ...]
    shares: tuple[shares.Share, ...] = field(repr=False)


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


class Strongroom:
    """Keys and media. One thread uses it: the decision loop."""

    def __init__(self, installation: Installation, around: Surroundings) -> None:
        """Prepare; nothing is read before `Recover`."""
        package = installation.package
        self.station = Station(package, installation.package_hash, installation.board.name)
        self._installation = installation
        self._around = around
        self._keys: StationKeys | None = None
        self._files: DayFiles | None = None
        self._journal: Journal | None = None
        self._urn: Urn | None = None
        self._ceremony: Ceremony | None = None
        self._day = Day()
        self._started = False
        self._lost = False
        self._mended_before = around.repairs
        self._left: Left | None = None
        self._turnout = Turnout(package.zone_minutes)
        self._takeover = Takeover(installation, around.own, around.recording, around.root_key)

    @property
    def urn(self) -> Urn | None:
        """The open urn, or None."""
        return self._urn

    @property
    def clock(self) -> BoardClock:
        """The board's clock."""
        return self._around.clock

    @property
    def files(self) -> DayFiles:
        """The files of the day. Raises: MediumFault: the media are not open."""
        if self._files is None:
            raise MediumFault(FaultKind.GONE, "removable")
        return self._files

    def perform(self, effect: Effect) -> Outcome | None:
        """Carry out one effect on keys and media, and return what came of it."""
        try:
            if isinstance(effect, effects.Record):
                self.record(effect.event, **dict(effect.facts))
                return None
            return self._perform(effect)
        except MediumFault as fault:
            return self.failed(fault)

    def failed(self, fault: MediumFault) -> MediumFailed:
        """Let go of media that failed; only `Recover` opens them again."""
        own = fault.medium.split("/")[0] == self._around.own.name
        thing = Thing.OWN_STORAGE if own else Thing.REMOVABLE
        self._let_go()
        self._lost = True
        return MediumFailed(fault.kind.value, (("thing", thing.value),))

    def _perform(self, effect: Effect) -> Outcome | None:
        match effect:
            case effects.Recover():
                return self._recover()
            case effects.Unseal(password):
                return self._unseal(password)
            case effects.MakeTallyKey():
                return self._make_tally_key()
            case effects.OpenStation(act):
                return self._open_station(act)
            case effects.PutClockRight():
                return self._put_clock_right(effect)
            case effects.TakeIn(serial, cast_vote):
                return self._take_in(serial, cast_vote)
            case effects.CloseStation():
                return self._close_station()
            case effects.ReadVisitor():
                return self._read_visitor()
            case effects.ListDead():
                day = self._day
                listed = rollcall.candidates(self.station, self._boards_in(), day.gone)
                return events.DeadListed(listed)
            case effects.ReadDead(board):
                return self._read_dead(board)
            case effects.WriteOff(board, act):
                return self._write_off(board, act)
            case effects.TakeOver(act):
                return self._take_over(act)
            case effects.CountVotes(given):
                return self._count(given)
            case effects.KeepSignatures(minutes):
                self._keep_signatures(minutes)
                return None
            case effects.WriteBundle(minutes):
                return self._write_bundle(minutes)
            case effects.ForgetKeys():
                self._forget_keys()
                return None
            case _:
                raise TypeError(f"{type(effect).__name__} is not for the strongroom")

    def record(self, event: EventType, **facts: object) -> None:
        """Append to the journal, on both media; while the media are not open there is none."""
        if self._journal is not None:
            self._journal.append(event, **facts)
            if event in TAKEN_IN:
                self._turnout = self._turnout.one_more(self._around.clock.now_ms())

    @property
    def turnout(self) -> Turnout:
        """Votes taken in, by the hour; without one those whose hour no journal here tells."""
        votes = self._urn.count if self._urn else 0
        return replace(self._turnout, before=max(0, votes - self._turnout.total))

    def share_for_card(self, index: int) -> bytes:
        """Return share `index` (from 1) of the key in the making, for the card it is written on.

        Raises: LookupError: no key is being made.
        """
        if self._ceremony is None:
            raise LookupError("there is no tally key in the making")
        return self._ceremony.shares[index - 1].to_bytes()

    def stopped(self) -> None:
        """Note in the journal that the daemon was asked to stop; without media, it cannot be."""
        try:
            self.record(EventType.STOPPED)
        except MediumFault:
            self._let_go()

    # --- recovery ---------------------------------------------------------------------------

    def _let_go(self) -> None:
        self._files = self._journal = self._urn = self._ceremony = None

    def _recover(self) -> Outcome:
        self._let_go()
        try:
            if self._takeover.waits:
                self._keys = None
                return self._look_into_slot()
            media, repairs = self._both_media()
            self._journal = Journal.open(media, self._installation.keys.signing, self._around.clock)
            entries = self._journal.entries()
            is_open = any(entry.event is EventType.OPENED for entry in entries)
            day_over_ms = (self.station.package.closes_s + DAY_OVER_S) * 1000
            going_on = self._takeover.unfinished(entries)
            known = entries if going_on is None else [*going_on[1].left.entries, *entries]
            self._around.clock.begin_after(latest_ms(known), day_over_ms if is_open else None)
            self._turnout = Turnout(self.station.package.zone_minutes)
            for entry in known:
                if entry.event in TAKEN_IN:
                    self._turnout = self._turnout.one_more(entry.time_ms)
            self._note_start(entries)
            if self._lost:
                self.record(EventType.MEDIUM_BACK, thing=Thing.REMOVABLE)
                self._lost = False
            self._files = DayFiles(media, self.station, self._installation.keys.sign_key)
            repairs = (*repairs, *self._files.level())
            for each in repairs:
                facts = {"thing": each.medium, "kind": each.thing, "count": each.files}
                self.record(EventType.FILES_REPAIRED, **facts)
            if going_on is not None:
                take_records(going_on[1], self._files)
            self._day = self._files.read()
            self._check_room(media)
            if self._keys is None:
                self._keys = self._around.shelf.take(self.station.package.station_key)
            if self._keys is not None and not _is_over(entries):
                dead = None if going_on is None else going_on[1].folder
                repairs = (*repairs, *self._open_urn(self._keys, media, entries, dead))
                if going_on is not None:
                    self._note_takeover(going_on[0])
            return self._how_far(entries, repairs)
        except Refused as refused:
            self._files = self._urn = None
            return RecoveryRefused(refused.reason, facts_of(refused.facts))

    def _both_media(self) -> tuple[TwoMedia, tuple[alike.Repair, ...]]:
        """Return both media, with what was installed alike on them. Raises: Refused: not ours."""
        around, name = self._around, self.station.board
        medium = around.recording()
        if medium is not None and self._takeover.is_medium_of_dead(medium):
            removable = medium.folder(name)
        else:
            removable = own_folder(medium, name)
        if medium is not None:
            refuse_replaced(medium, self._installation.board, self.station.package)
        media = TwoMedia(around.own, AttendedMedium(removable, around.alive))
        found = alike.bring_back_installed(media, around.root_key, name)
        if found.package_hash != self.station.package_hash:
            raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.OWN_STORAGE)
        repairs, self._mended_before = (*self._mended_before, *found.repairs), ()
        return media, repairs

    def _check_room(self, media: TwoMedia) -> None:
        """Insist on room for the rest of the day, until the votes are counted.

        Raises: Refused (MEDIUM_ALMOST_FULL), MediumFault.
        """
        if self._day.minutes is not None:
            return
        package = self.station.package
        slots = package.parameters.urn_slots
        book_size = media.own.size(enrolment.BOOK_IMAGES) or 0
        needed = reserve.for_evidence(slots, package.sealed_size, book_size)
        if self._day.statement is None:
            needed += reserve.for_people(slots - (self._urn.count if self._urn else 0))
        media.check_room(needed)

    def _note_start(self, entries: list[Entry]) -> None:
        """Journal, once in the life of this process, that it started."""
        if self._started:
            return
        before = _starts(entries)
        clean = not before or entries[-1].event is EventType.STOPPED
        self.record(EventType.STARTED if clean else EventType.RESTARTED, starts=before + 1)
        for oddity in self._around.clock.at_start():
            self.record(oddity.event, **oddity.facts)
        self._started = True

    def _open_urn(
        self,
        station_keys: StationKeys,
        media: TwoMedia,
        entries: list[Entry],
        dead: Medium | None = None,
    ) -> tuple[alike.Repair, ...]:
        """Open the urn; make it if there is none and the station was never opened.

        It holds at least the votes that the journal says were taken in, or what is left of it is
        an older copy. `dead` is the folder of the accumulator that this one replaces: its urn is
        moved from there.
        """
        slots = self.station.package.parameters.urn_slots
        none_yet = all(medium.size(urn.PATH) is None for medium in media)
        is_moved = none_yet and dead is not None and dead.size(urn.PATH) is not None
        make = Urn.create if none_yet and self._day.start_order is None else Urn.open
        if is_moved and dead is not None:
            make = partial(Urn.move, dead)
        taken_in = sum(entry.event in _TAKEN_IN for entry in entries)
        try:
            self._urn = make(
                media,
                station_keys.urn_key,
                slots,
                self._serials_of_desks,
                random_bytes=self._around.random_bytes,
                ballot_of=collection.ballot_of,
            )
            _check_count(self._urn, taken_in)
        except Refused as refused:
            self.record(EventType.URN_REFUSED, reason=refused.reason)
            raise
        if none_yet and not is_moved:
            self.record(EventType.URN_MADE, slots=slots)
        match self._urn.in_flight_at_start:
            case InFlight.COMPLETED:
                self.record(EventType.INTAKE_COMPLETED)
            case InFlight.CANCELLED:
                self.record(EventType.INTAKE_CANCELLED)
            case InFlight.NONE:
                pass
        repaired = self._note_repairs(self._urn.take_repairs())
        self.record(EventType.URN_OPENED, count=self._urn.count)
        return tuple(alike.Repair(thing, Thing.URN, 1) for thing in repaired)

    @property
    def _serials_of_desks(self) -> list[tuple[str, int, int]]:
        return [
            (desk.name, desk.first_serial or 0, SERIALS_PER_DESK) for desk in self.station.desks
        ]

    def _note_repairs(self, repairs: tuple[Repair, ...]) -> list[Thing]:
        media = []
        for repair in repairs:
            own = repair.medium == self._around.own.name
            media.append(Thing.OWN_STORAGE if own else Thing.REMOVABLE)
            self.record(
                EventType.URN_REPAIRED,
                thing=media[-1],
                ledger_blocks=repair.ledger_blocks,
                slots=repair.slots,
            )
        return media

    def _how_far(self, entries: list[Entry], repairs: tuple[alike.Repair, ...]) -> Recovered:
        day = self._day
        opened = [entry.event is EventType.OPENED for entry in entries]
        if day.start_order is not None and not any(opened):
            # The power went between the file and its entry.
            self.record(EventType.OPENED, start_order=day.start_order_hash)
        cleared = [entry.facts for entry in entries if entry.event is EventType.SHARE_CLEARED]
        return Recovered(
            unsealed=self._keys is not None,
            votes=self._urn.count if self._urn else 0,
            start_order=day.start_order_bytes or None,
            opening_act=day.opening_act,
            closed=day.statement is not None,
            roll=self._roll() if day.statement is not None else NOBODY,
            minutes=day.minutes,
            bundled=self.files.is_bundled(day),
            cleared=tuple(each for facts in cleared if isinstance(each := facts["official"], int)),
            sealed=_is_over(entries),
            mended=alike.added_up(repairs),
        )

    # --- the morning --------------------------------------------------------------------------

    def _unseal(self, password: str) -> Outcome:
        package = self.station.package
        secret = keys.start_secret(password, package.start_password)
        if secret is None:
            return events.PasswordRefused()
        try:
            dead = self._takeover.found() if self._takeover.waits else None
            holder = self._around.own if dead is None else dead.folder
            sealed = enrolment.sealed_station_keys(holder, self._installation)
            found = StationKeys.unsealed(sealed, secret, self._installation.keys)
        except WrongKey:
            return _NOT_SEALED_TO_US
        except Refused as refused:
            return RecoveryRefused(refused.reason, facts_of(refused.facts))
        if bytes(found.station.verify_key) != package.station_key:
            return _NOT_SEALED_TO_US
        self._keys = found
        if dead is not None:
            return self._look_into_urn(found, dead)
        self._around.shelf.put(found)
        self.record(EventType.START_PASSWORD_ACCEPTED)
        return self._recover()

    # --- a spare ------------------------------------------------------------------------------

    def _look_into_slot(self) -> Outcome:
        """Say whose medium lies in the slot of a spare that replaced nobody yet."""
        try:
            dead = self._takeover.found()
        except Refused as refused:
            return events.SpareFound(refused=refused.reason, facts=facts_of(refused.facts))
        if dead is None:
            return events.SpareFound()
        left = dead.left
        package = self.station.package
        floor_ms = latest_ms(left.entries) or package.valid_from_s * 1000
        self.clock.go_on_from(floor_ms, (package.closes_s + DAY_OVER_S) * 1000)
        return events.SpareFound(dead.board.name, len(left.entries), dead.votes, left.head)

    def _look_into_urn(self, found: StationKeys, dead: Dead) -> Outcome:
        """Say what the dead accumulator's urn holds; nothing is written."""
        votes = 0
        try:
            if dead.folder.size(urn.PATH) is not None:
                votes = Urn.count_on(
                    dead.folder,
                    found.urn_key,
                    self.station.package.parameters.urn_slots,
                    self._serials_of_desks,
                    random_bytes=self._around.random_bytes,
                    ballot_of=collection.ballot_of,
                )
        except Refused as refused:
            return RecoveryRefused(refused.reason, facts_of(refused.facts))
        return events.DeadUrnOpened(dead.board.name, votes, len(dead.left.entries), dead.left.head)

    def _take_over(self, signed: SignedBody) -> Outcome:
        """Store the sealed keys, then the act: from now on this board goes on after any stop."""
        medium, found = self._around.recording(), self._takeover.found()
        if found is None or medium is None or self._keys is None:
            return RecoveryRefused(Reason.MEDIUM_MISSING, (("thing", Thing.REMOVABLE.value),))
        try:
            check_left(found.left, Act.from_bytes(signed.payload))
        except Refused as refused:
            return RecoveryRefused(refused.reason, facts_of(refused.facts))
        own = self._around.own
        own.replace(enrolment.STATION_KEYS, found.folder.read(enrolment.STATION_KEYS) or b"")
        self._around.shelf.put(self._keys)
        media = TwoMedia(own, medium.folder(self.station.board))
        body = signed.with_board(self._installation.keys.signing)
        files = DayFiles(media, self.station, self._installation.keys.sign_key)
        files.keep_act(REPLACEMENT, body.to_bytes())
        return self._recover()

    def _note_takeover(self, replaced: Replaced) -> None:
        """Journal the act and that all of it is carried out."""
        self.record(
            EventType.ACT_SIGNED,
            act_kind=int(ActKind.REPLACEMENT),
            signatures=replaced.signatures,
            act=replaced.act_hash,
        )
        self.record(EventType.TOOK_OVER, board=replaced.board.name, act=replaced.act_hash)

    def _station_keys(self) -> StationKeys:
        if self._keys is None:
            raise LookupError("the station's keys are sealed")
        return self._keys

    def _make_tally_key(self) -> Outcome:
        package = self.station.package
        tally = seal.make_tally_keys(self._around.random_bytes)
        made = shares.split(tally, package.quorum, len(package.share_cards) + 1)
        self._ceremony = Ceremony(tally.public, made)
        self.record(EventType.TALLY_KEY_MADE, count=len(made), quorum=package.quorum)
        return events.TallyKeyMade(
            public=tally.public,
            commitments=tuple(share.commitment() for share in made),
            territorial=keys.seal_to(package.territorial_key, made[-1].to_bytes()),
        )

    def _open_station(self, signed: SignedBody) -> Outcome:
        """Store the act, then the start order that names it; only then is the station open."""
        ceremony = self._ceremony
        if ceremony is None or self._urn is None:
            return RecoveryRefused(Reason.NOT_OPEN)
        if self._urn.count:
            return RecoveryRefused(Reason.URN_NOT_EMPTY, (("found", self._urn.count),))
        body = signed.with_board(self._installation.keys.signing)
        act_hash = records.digest(body.to_bytes())
        self.files.keep_act("opening", body.to_bytes())
        self.record(
            EventType.ACT_SIGNED,
            act_kind=int(ActKind.OPENING),
            signatures=len(body.people),
            act=act_hash,
        )
        order = StartOrder(
            station=self.station.package.station,
            package=self.station.package_hash,
            opened_ms=self._around.clock.now_ms(),
            tally_keys=ceremony.public,
            board=self.station.board,
            opening_act=act_hash,
        )
        order_bytes = records.sign(order, self._station_keys().station)
        self._ceremony = None
        self.record(EventType.TALLY_KEY_FORGOTTEN)
        self.files.media.replace(START_ORDER, order_bytes)
        order_hash = records.digest(order_bytes)
        self.record(EventType.START_ORDER_MADE, start_order=order_hash)
        self.record(EventType.OPENED, start_order=order_hash)
        act = Act.from_bytes(body.payload)
        self._day = Day(start_order=order, start_order_bytes=order_bytes, opening_act=act)
        return events.StationOpened(order_bytes, act)

    # --- the clock ----------------------------------------------------------------------------

    def _put_clock_right(self, effect: effects.PutClockRight) -> Outcome:
        """Keep the act that officials signed, then set clock and chip, which is read back."""
        body = effect.act.with_board(self._installation.keys.signing)
        signed = body.to_bytes()
        act_hash = records.digest(signed)
        self.files.keep_act("clock", signed)
        self.record(
            EventType.ACT_SIGNED,
            act_kind=int(ActKind.CLOCK),
            signatures=len(body.people),
            act=act_hash,
        )
        try:
            self.clock.put_right(effect.offset_ms)
        except PartFault:
            self.record(EventType.PART_FAILED, thing=Thing.CLOCK)
            return events.ClockRefused(Reason.CLOCK_NOT_SET)
        offset_s = round(effect.offset_ms / 1000)
        self.record(EventType.CLOCK_CORRECTED, offset_s=offset_s, act=act_hash)
        return events.ClockPutRight()

    # --- the day ------------------------------------------------------------------------------

    def _take_in(self, serial: int, cast_vote: bytes) -> Outcome:
        if self._urn is None:
            return events.TakeInRefused(Reason.NOT_OPEN)
        try:
            self._check_room(self.files.media)
            self._urn.take_in(serial, cast_vote)
        except Refused as refused:
            facts = facts_of(refused.facts)
            if refused.reason is Reason.MEDIUM_ALMOST_FULL:
                self._let_go()
                return RecoveryRefused(refused.reason, facts)
            if refused.reason not in _URN_FATAL:
                return events.TakeInRefused(refused.reason, facts)
            self.record(EventType.URN_REFUSED, reason=refused.reason)
            self._urn = None
            return RecoveryRefused(refused.reason, facts)
        self._note_repairs(self._urn.take_repairs())
        return events.VoteTaken(self._urn.count)

    # --- the evening --------------------------------------------------------------------------

    def _close_station(self) -> Outcome:
        if self._day.statement is None:
            if self._urn is None or self._journal is None:
                return RecoveryRefused(Reason.NOT_OPEN)
            self.record(EventType.CLOSED)
            statement = self._statement(self._urn, self._journal)
            content = records.sign(statement, self._installation.keys.signing)
            self.files.media.replace(collection.STATEMENT, content)
            self.record(EventType.STATEMENT_WRITTEN, statement=records.digest(content))
            self._day = replace(self._day, statement=statement, statement_bytes=content)
        return events.StationClosed(self._roll())

    def _statement(self, open_urn: Urn, open_journal: Journal) -> Statement:
        entries = open_journal.entries()
        refused = (EventType.CARD_REFUSED, EventType.CARD_KEPT)
        return Statement(
            board=self.station.board,
            package=self.station.package_hash,
            start_order=self._day.start_order_hash,
            closed_ms=self._around.clock.now_ms(),
            journal_head=open_journal.head,
            journal_length=open_journal.length,
            figures={
                int(Figure.DEPOSITED): open_urn.count,
                int(Figure.STARTS): _starts(entries),
                int(Figure.REFUSED_CARDS): sum(entry.event in refused for entry in entries),
            },
            issued=None,
            withdrawn=None,
            spent=tuple(SerialSet(name, bits) for name, bits in open_urn.spent.items()),
        )

    def _boards_in(self) -> tuple[str, ...]:
        """Return the boards that are in, in the package's order; our own is in once closed."""
        own = {self.station.board} if self._day.statement is not None else set()
        return tuple(
            board.name
            for board in self.station.package.boards
            if board.name in self._day.boards or board.name in own
        )

    def _roll(self) -> RollCall:
        """Say which boards are in, which must be, and which died."""
        day = self._day
        cast_votes = self._urn.cast_votes() if self._urn else []
        spent = dict(self._urn.spent) if self._urn else {}
        wanted = rollcall.boards_wanted(self.station, spent, cast_votes, day.boards, day.gone)
        return RollCall(self._boards_in(), wanted, tuple(day.gone.items()))

    def _read_visitor(self) -> Outcome:
        medium = self._around.visiting()
        visit = evening.read_visitor(medium, self.station, self._day, self._around.root_key)
        for name, reason, _ in visit.refused:
            if self.station.package.board(name) is not None:
                self.record(EventType.BOARD_REFUSED, board=name, reason=reason)
        for brought in visit.brought:
            self.files.keep_board(brought)
            self.record(
                EventType.BOARD_IN,
                board=brought.board,
                statement=records.digest(brought.statement_bytes),
                head=brought.statement.journal_head,
            )
            boards = {**self._day.boards, brought.board: brought.statement}
            self._day = replace(self._day, boards=boards)
        taken = tuple(brought.board for brought in visit.brought)
        self._day = self.files.with_dead(self._day)
        return events.VisitorRead(self._roll(), taken, tuple(visit.refused))

    # --- boards that died ---------------------------------------------------------------------

    def _read_dead(self, name: str) -> Outcome:
        """Read what a dead board left on the medium in the visiting slot; nothing is written."""
        self._left = None
        station = self.station
        try:
            self._left = left_on(
                self._around.visiting(), name, station.package, station.package_hash
            )
        except Refused as refused:
            return events.DeadRead(refused=refused.reason, facts=facts_of(refused.facts))
        return events.DeadRead(len(self._left.entries), self._left.head)

    def _write_off(self, name: str, signed: SignedBody) -> Outcome:
        """Store what is left of a board, then the act: with it the board is written off."""
        left, act = self._left, Act.from_bytes(signed.payload)
        if ActFact.JOURNAL_HEAD in act.facts:
            if left is None or left.facts.items() - act.facts.items():
                raise LookupError(f"what {name} left is not what the act says")
            self.files.keep_left(left)
        body = signed.with_board(self._installation.keys.signing)
        act_hash = records.digest(body.to_bytes())
        spare = str(act.facts.get(ActFact.SPARE, ""))
        self.files.keep_act(REPLACEMENT if spare else WRITE_OFF, body.to_bytes())
        self.record(
            EventType.ACT_SIGNED, act_kind=int(act.kind), signatures=len(body.people), act=act_hash
        )
        if spare:
            self.record(EventType.BOARD_REPLACED, board=name, spare=spare, act=act_hash)
        else:
            self.record(EventType.BOARD_WRITTEN_OFF, board=name, act=act_hash)
        self._left = None
        self._day = self.files.with_dead(self._day)
        return events.BoardGone(self._roll(), name, spare)

    def _count(self, given: tuple[shares.Share, ...]) -> Outcome:
        try:
            return events.VotesCounted(self._counted(given))
        except RecordError as error:  # figures that no minutes can hold
            self.record(EventType.COUNT_REFUSED, reason=Reason.RECORD_DAMAGED)
            return events.CountRefused(
                Reason.RECORD_DAMAGED, facts_of(enrolment.refusal(Thing.MINUTES, error).facts)
            )
        except Refused as refused:
            match refused.reason:
                case Reason.COUNTS_DISAGREE:
                    self.record(EventType.COUNTS_DISAGREED)
                case Reason.SHARES_DO_NOT_FIT:
                    self.record(EventType.SHARES_REFUSED, reason=refused.reason)
                case _:
                    self.record(EventType.COUNT_REFUSED, reason=refused.reason)
            return events.CountRefused(refused.reason, facts_of(refused.facts))

    def _counted(self, given: tuple[shares.Share, ...]) -> SignedBody:
        """Count, write evidence and minutes; return these, signed by the station key."""
        if self._urn is None:
            raise Refused(Reason.NOT_CLOSED)
        missing = self._roll().missing
        if missing:
            raise Refused(Reason.BOARDS_NOT_IN, boards=", ".join(missing))
        cast_votes = self._urn.cast_votes()
        self.record(EventType.COUNT_BEGAN, count=len(cast_votes))
        counted = evening.count(self.station, self._day, cast_votes, self._urn.spent, given)
        opened = counted.opened
        self.record(EventType.COUNT_FINISHED, count=opened.counted, invalid=opened.invalid)
        for discrepancy in sorted(counted.books.discrepancies):
            self.record(EventType.DISCREPANCY_FOUND, discrepancy=int(discrepancy))
        files = self.files.evidence(self._day, self.station.board)
        files[VOTES_SEALED] = votes_sealed(cast_votes)
        files[VOTES_OPENED] = opened.votes
        now_ms = self._around.clock.now_ms()
        minutes = evening.minutes(self.station, self._day, counted, files, now_ms)
        self.files.keep_evidence(files)
        body = SignedBody(minutes.to_bytes(), Minutes.external())
        body = body.with_board(self._station_keys().station)
        self._keep_signatures(body)
        return body

    def _keep_signatures(self, minutes: SignedBody) -> None:
        self.files.media.replace(MINUTES, minutes.to_bytes())
        self._day = replace(self._day, minutes=minutes)

    def _write_bundle(self, minutes: SignedBody) -> Outcome:
        """Put the minutes into the bundle, then the manifest: with it the bundle is whole."""
        content = minutes.to_bytes()
        listed = manifest(self.station, content, Minutes.from_bytes(minutes.payload))
        folder = self.files.media.folder(FOLDER)
        folder.replace(MINUTES_IN_BUNDLE, content)
        folder.replace(MANIFEST, records.sign(listed, self._station_keys().station))
        self.record(EventType.MINUTES_COMPLETED, minutes=records.digest(content))
        self.record(EventType.EVIDENCE_WRITTEN, count=len(listed.files) + 1)
        return events.BundleWritten()

    def _forget_keys(self) -> None:
        self._around.shelf.clear()
        self._keys = self._urn = None
        self.record(EventType.KEYS_FORGOTTEN)

    # --- paper --------------------------------------------------------------------------------

    def draw_up_paper(self, effect: Effect) -> tuple[paper.Block, ...]:
        """Return what is to be printed for a printing effect.

        Raises: MediumFault, LookupError (there are no minutes, or the keys are sealed).
        """
        match effect:
            case effects.PrintZero():
                return self._moment_paper(PaperKind.ZERO)
            case effects.PrintHourly():
                return self._moment_paper(PaperKind.HOURLY)
            case effects.PrintProtocol():
                key = self._station_keys().station
                return printing.protocol(self.station, self._signed_minutes(), key)
            case effects.PrintCodes():
                minutes = Minutes.from_bytes(self._signed_minutes().payload)
                votes = self.files.opened_votes()
                return paper.control_codes(self.station.package, minutes, votes)
            case _:
                raise TypeError(f"{type(effect).__name__} is not printed")

    def _moment_paper(self, kind: PaperKind) -> tuple[paper.Block, ...]:
        votes = self._urn.count if self._urn else 0
        head = None
        if self._journal is not None:
            head = JournalHead(self.station.board, self._journal.head, self._journal.length)
            if kind is PaperKind.HOURLY:
                self.record(EventType.HOURLY_PRINTED, count=votes, head=head.head)
        now_ms = self._around.clock.now_ms()
        figures = printing.of_this_moment(
            kind, self.station, time_ms=now_ms, votes=votes, journal=head
        )
        key = self._installation.keys.signing
        return printing.moment_paper(self.station, figures, key, self.turnout)

    def _signed_minutes(self) -> SignedBody:
        if self._day.minutes is None:
            raise LookupError("there are no minutes")
        return self._day.minutes


def _check_count(opened: Urn, taken_in: int) -> None:
    """Insist that an urn holds what the journal says was taken in. Raises: Refused."""
    if opened.count < taken_in:
        raise Refused(Reason.URN_MISMATCH, expected=taken_in, found=opened.count)


def _starts(entries: list[Entry]) -> int:
    """Return how often the program was started, by its journal."""
    return sum(entry.event in (EventType.STARTED, EventType.RESTARTED) for entry in entries)


def _is_over(entries: list[Entry]) -> bool:
    """Say whether the keys were forgotten: then the day is over for good."""
    return any(entry.event is EventType.KEYS_FORGOTTEN for entry in entries)

"""The shell of deskd: parts and cards in, the machine in the middle, effects and pages out.

Data travels one way: part → event → machine → effects in order → page. Store before show.

When a medium fails, is taken out or has too little room, or when what lies on it cannot be used,
nothing goes on: the page says why and who puts it right, and every few seconds the desk tries to
begin anew from what is stored, exactly as after a start. So a failed write is never followed by
anything that relies on it. What was mended is said on the page until the next touch.

What was touched while a slow medium kept the page from changing was meant for the old page, and
does not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import nacl.utils

from cardio.client import CardClient
from cardio.messages import Configure, Done, Failed, Look, Request, ShareRead, Signed
from common.alike import added_up, of_journal
from common.attended import AttendedMedium
from common.catalogue import EventType
from common.cose import SignedBody
from common.counttexts import Progress
from common.errors import Reason, Refused, Thing
from common.journal import Journal
from common.media import Medium, MediumFault
from common.pages import Page, Text
from common.records import BoardSecrets
from common.service import ReadThread, Service, Step, StopRequested, TimeReached
from common.tallykey import FOLDER
from desk.archive import STATEMENT, Archive
from desk.clockcheck import after_takeover
from desk.config import DeskConfig
from desk.effects import AskCard, Record, TakeOver
from desk.evening_phases import AtWork, Mixed
from desk.events import CodeScanned, Event, MinutePassed, Touched
from desk.machine import step
from desk.pages import away_page, page_of, stopped_page
from desk.performing import perform
from desk.phases import ClockCheck, Closed, Ready, Replacing, Signing, State
from desk.texts import T
from desk.waiting import WaitingSpare, looked, removable_of
from hal.board_clock import BoardClock, Doubt
from hal.medium_slot import MediumSlot, medium_in
from hal.medium_watch import RecordingMediumMoved, RecordingSlotThread
from hal.operator_screen import OperatorScreen
from hal.parts import Parts
from hal.screen import Screen
from hal.touch import TouchEvent

MINUTE_S = 60.0
SLOW_S = 1.0
"""Real seconds: a hand that waits longer for the next page may touch again."""
SHOWN_S = 0.5
"""Real seconds between two pages that tell how far the work is."""
TRY_AGAIN_S = 2.0
"""Clock seconds between two attempts to begin anew after a medium failed."""


def start(parts: Parts, service: Service[DeskConfig]) -> Step:
    """Open the parts and begin; return what decides each event."""
    config, clock, inbox = service.config, service.clock, service.inbox
    board_clock = service.keep(BoardClock.opened(parts, config.parts, clock))
    screen = service.keep(parts.screen(config.parts, clock))
    touch = service.keep(parts.touch(config.parts, clock))
    scanner = service.keep(parts.scanner(config.parts, clock))
    slot = service.keep(parts.recording_slot(config.parts, clock))
    cards = service.keep(CardClient(config.card_socket, inbox.post, inbox.fail))

    def scanned(timeout_s: float) -> CodeScanned | None:
        code = scanner.read(timeout_s)
        return None if code is None else CodeScanned(code)

    service.own(ReadThread("touch", inbox, touch.read))
    service.own(ReadThread("scanner", inbox, scanned))
    watched = service.keep(parts.recording_slot(config.parts, clock))
    service.own(RecordingSlotThread(inbox, watched, clock))
    shell = DeskShell(
        service,
        screen,
        slot,
        cards,
        storage=lambda: parts.own_storage(config.state),
        clock=board_clock,
    )
    shell.begin(started=True)
    cards.start()
    return shell.step


class DeskShell:
    """Carries out what the machine decides; lives in the decision loop's thread."""

    def __init__(
        self,
        service: Service[DeskConfig],
        screen: Screen,
        slot: MediumSlot,
        cards: CardClient,
        *,
        storage: Callable[[], Medium],
        clock: BoardClock,
        random_bytes: Callable[[int], bytes] = nacl.utils.random,
    ) -> None:
        """Take the parts; `begin` makes the desk of them. `storage` opens the board's own storage.

        Raises: nothing; a storage that cannot be opened stops the desk when it begins.
        """
        self._service = service
        self._storage = storage
        self._screen = OperatorScreen(screen, service.clock)
        self._slot = slot
        self._cards = cards
        self._clock = clock
        self._random_bytes = random_bytes
        self._language: str = service.config.language
        self._archive: Archive | None = None
        self._state: State | None = None
        self._asked: int | None = None
        self._began = self._count_waits = False
        self._waiting: WaitingSpare | None = None
        self._own_journal: Journal | None = None
        """Of a spare that waits; on own storage."""
        self._stopped_by: Refused | None = None
        self._mended = ""
        self._shown_s = 0.0

    # --- beginning, and beginning anew --------------------------------------------------------

    def begin(self, *, started: bool) -> None:
        """Rebuild the desk from its media, or say why that cannot be done and try again later."""
        config = self._service.config
        self._asked = None
        try:
            alive = self._service.loop.alive
            own = AttendedMedium(self._storage(), alive)
            found = medium_in(self._slot)
            medium = None if found is None else AttendedMedium(found, alive)
            waiting, repairs = looked(config, own, medium, self._random_bytes)
            if waiting is not None:
                self._wait(waiting)
                return
            archive = Archive.open(
                config,
                own,
                removable_of(config, own, medium),
                self._clock,
                self._random_bytes,
                started=started,
                medium=medium,
                repairs=repairs,
            )
            if self._stopped_by is not None:
                archive.note_recovery(self._stopped_by)
        except MediumFault as fault:
            self._stop(fault.refusal())
            return
        except Refused as refused:
            self._stop(refused, closed=self._is_closed())
            return
        self._stopped_by = None
        self._mended = said_of(archive, self._language)
        self._archive = archive
        self._state = archive.state(self._language)
        if archive.took_over and isinstance(self._state.phase, Ready):
            package, doubted = archive.rules.package, self._clock.doubt is not Doubt.NONE
            check = after_takeover(package, self._clock.now_ms(), doubted=doubted)
            self._state = replace(self._state, phase=check)
        self._began = True
        self._cards.request(_configure(archive.installation.secrets))
        self._cards.request(Look())
        self._show(page_of(archive.rules, self._state))
        if archive.counts:
            archive.count_part.progress = self._progress
            self._look_for_count(archive, at_once=not started)

    def _look_for_count(self, archive: Archive, *, at_once: bool) -> None:
        """See what is to be done of the count; at a start only when that is over: it takes long."""
        self._count_waits = not at_once
        if not at_once:
            self._service.loop.wake_at(self._service.clock.monotonic_s())
            return
        try:
            seen = archive.count_part.look()
        except MediumFault as fault:
            self._stop(fault.refusal(), closed=True)
        else:
            self._decide(seen)

    def _wait(self, waiting: WaitingSpare) -> None:
        """Show what a spare that replaced nobody yet has in its slot, and look again in a while.

        As long as that is the same, officials go on signing.
        """
        self._waiting = waiting
        if self._own_journal is None:
            self._own_journal = waiting.begin_journal(self._clock, started=not self._began)
            self._began = True
        waiting.take_time(self._clock, self._own_journal)
        shown = None if self._state is None else self._state.phase
        if isinstance(shown, Signing) and isinstance(shown.purpose, Replacing):
            shown = shown.purpose.back
        if shown is None or not waiting.is_as(shown):
            self._asked = None
            self._state = waiting.state(self._language)
            self._cards.request(_configure(waiting.secrets))
            self._cards.request(Look())
        if self._state is not None:
            self._show(page_of(waiting.rules, self._state))
        clock = self._service.clock
        self._service.loop.wake_at(clock.monotonic_s() + TRY_AGAIN_S)

    def _look_again(self, waiting: WaitingSpare) -> None:
        """See whether another medium lies in the slot of a spare that waits."""
        try:
            found = medium_in(self._slot)
            medium = None if found is None else AttendedMedium(found, self._service.loop.alive)
            self._wait(waiting.again(medium))
        except MediumFault as fault:
            self._stop(fault.refusal())

    def _stop(self, refused: Refused, *, closed: bool = False) -> None:
        """Let nothing go on, say why, and try again in a while.

        A desk whose medium was carried to the accumulator after the close goes on saying so.
        """
        away = closed and refused.reason is Reason.MEDIUM_MISSING
        log, why = self._service.log, str(refused)
        if self._archive is not None or self._screen.page is None:
            say = log.info if away else log.error
            say("medium away" if away else "desk stopped", why=why, reason=refused.reason.name)
        self._archive = self._state = self._waiting = self._own_journal = None
        self._stopped_by = self._stopped_by or refused
        if away:
            self._show(away_page(self._language, counts=self._has_half()))
        else:
            self._show(stopped_page(refused, self._language))
        clock = self._service.clock
        self._service.loop.wake_at(clock.monotonic_s() + TRY_AGAIN_S)

    # --- each event ---------------------------------------------------------------------------

    def step(self, event: object) -> None:
        """Decide one event."""
        self._watch_clock()
        match event:
            case TimeReached():
                if self._waiting is not None:
                    self._look_again(self._waiting)
                elif self._archive is None:
                    self.begin(started=not self._began)
                elif self._count_waits:
                    self._look_for_count(self._archive, at_once=True)
                else:
                    self._decide(MinutePassed())
            case RecordingMediumMoved(present):
                self._moved(present=present)
            case StopRequested():
                self._end()
            case TouchEvent():
                name = self._screen.pressed(event)
                if name is not None:
                    self._decide(Touched(name))
            case Done(request_id) | Signed(request_id) | ShareRead(request_id) | Failed(request_id):
                if request_id == self._asked:
                    self._asked = None
                    self._decide(event)
            case _:
                self._decide(event)  # type: ignore[arg-type]  # the inbox holds nothing else

    def _watch_clock(self) -> None:
        """Journal what happened to the clock; while nothing is journalled, it waits."""
        archive = self._archive
        if archive is None or archive.statement is not None:
            return
        try:
            for oddity in self._clock.look():
                archive.record(oddity.event, **oddity.facts)
        except MediumFault as fault:
            self._stop(fault.refusal())

    def _moved(self, *, present: bool) -> None:
        """Stop at once when the medium is taken out; begin anew at once when one is put in."""
        if present and self._archive is None:
            self.begin(started=not self._began)
        elif not present and self._archive is not None:
            missing = Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
            self._stop(missing, closed=self._archive.statement is not None)

    def _decide(self, event: Event) -> None:
        if self._waiting is not None:
            self._decide_as_spare(self._waiting, event)
            return
        archive, state = self._archive, self._state
        if archive is None or state is None:
            return
        if isinstance(event, Touched | CodeScanned):
            self._mended = ""
        began_s = time.monotonic()
        doubted = self._clock.doubt is not Doubt.NONE
        self._state, effects = step(
            archive.rules, state, event, self._clock.now_ms(), clock_doubted=doubted
        )
        self._language = self._state.language
        outcome = None
        if isinstance(self._state.phase, AtWork):
            self._show(page_of(archive.rules, self._state))
        try:
            for effect in effects:
                outcome = perform(archive, self._ask, effect)
            if isinstance(self._state.phase, Ready):
                archive.check_room()
        except MediumFault as fault:
            self._stop(fault.refusal())
            return
        except Refused as refused:
            self._stop(refused)
            return
        if time.monotonic() - began_s > SLOW_S:
            self._service.inbox.discard(TouchEvent)
        if outcome is not None:
            self._decide(outcome)
            return
        self._show(page_of(archive.rules, self._state))
        if isinstance(self._state.phase, ClockCheck):
            clock = self._service.clock
            self._service.loop.wake_at(clock.monotonic_s() + MINUTE_S)
        looks = archive.counts and isinstance(self._state.phase, Closed | Mixed)
        if looks and not self._count_waits:
            # Whoever carries the medium to the accumulator and back may be too quick for the watch.
            self._count_waits = True
            self._service.loop.wake_at(self._service.clock.monotonic_s() + TRY_AGAIN_S)

    def _decide_as_spare(self, waiting: WaitingSpare, event: Event) -> None:
        """Decide while this is a spare that replaced nobody yet."""
        journal = self._own_journal
        if self._state is None or journal is None:
            return
        self._state, effects = step(waiting.rules, self._state, event, self._clock.now_ms())
        self._language = self._state.language
        for effect in effects:
            match effect:
                case AskCard(request):
                    self._ask(request)
                case Record(what, facts):
                    try:
                        journal.append(what, **facts)
                    except MediumFault as fault:
                        self._stop(fault.refusal())
                        return
                case TakeOver(act):
                    self._take_over(waiting, act)
                    return
        self._show(page_of(waiting.rules, self._state))

    def _take_over(self, waiting: WaitingSpare, act: SignedBody) -> None:
        """Go on in the dead desk's place, as after a start."""
        try:
            waiting.take_over(act)
        except MediumFault as fault:
            self._stop(fault.refusal())
        except Refused as refused:
            self._stop(refused)
        else:
            self._state = self._waiting = self._own_journal = None
            self.begin(started=not self._began)

    def _ask(self, request: Request) -> None:
        self._asked = self._cards.request(request)

    def _is_closed(self) -> bool:
        try:
            return self._storage().read(STATEMENT) is not None
        except MediumFault:
            return False

    def _has_half(self) -> bool:
        """Say whether own storage holds a half of the tally key: votes are opened here, too."""
        try:
            return any(path.startswith(f"{FOLDER}/") for path in self._storage().list())
        except MediumFault:
            return False

    def _progress(self, step_: str, done: int, total: int) -> None:
        """Show how far the work is, twice a second; and say that the desk is not stuck.

        Raises: StopAsked: the work is given up, and had laid nothing down yet.
        """
        self._service.loop.at_work()
        state, archive, now_s = self._state, self._archive, time.monotonic()
        if archive is None or state is None or not isinstance(state.phase, AtWork):
            return
        if now_s - self._shown_s < SHOWN_S and state.phase.progress.step == step_:
            return
        phase = replace(state.phase, progress=Progress(step_, done, total))
        self._state = replace(state, phase=phase)
        self._show(page_of(archive.rules, self._state))
        self._shown_s = now_s

    def _end(self) -> None:
        archive, journal = self._archive, self._own_journal
        if journal is not None or (archive is not None and archive.statement is None):
            try:
                if archive is not None:
                    archive.record(EventType.STOPPED)
                elif journal is not None:
                    journal.append(EventType.STOPPED)
            except MediumFault:
                self._service.log.exception("the stop is not journalled")

    def _show(self, page: Page) -> None:
        if self._mended:
            page = replace(page, widgets=(Text("mended", self._mended, "good"), *page.widgets))
        self._screen.show(page)


def said_of(archive: Archive, language: str) -> str:
    """Return what the page says of files that were mended."""
    mended = added_up((*archive.repairs, *of_journal(archive.journal)))
    said = [
        T.MENDED.text(language, thing=getattr(thing, language), count=files)
        for thing, files in mended
    ]
    return " ".join(said)


def _configure(secrets: BoardSecrets) -> Configure:
    return Configure(secrets.voter_secret, secrets.courier_secret, secrets.share_secret)

"""The shell of deskd: parts and cards in, the machine in the middle, effects and pages out.

Data travels one way: part → event → machine → effects in order → page. Store before show.

When a medium fails, or what lies on it cannot be used, nothing goes on: the page says why, and
every few seconds the desk tries to begin anew from what is stored, exactly as after a start. So a
failed write is never followed by anything that relies on it.
"""

from __future__ import annotations

from collections.abc import Callable

import nacl.utils

from cardio.client import CardClient
from cardio.messages import Activate as ActivateCard
from cardio.messages import Configure, Done, Failed, Look, ShareRead, Signed
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, Refused, Thing
from common.media import FolderMedium, MediumFault
from common.pages import Page, Press, Text, render
from common.service import ReadThread, Service, Step, StopRequested, TimeReached
from desk.archive import STATEMENT, Archive
from desk.config import DeskConfig
from desk.effects import (
    Activate,
    AskCard,
    CloseDesk,
    Effect,
    KeepAct,
    OpenDesk,
    PutClockRight,
    Record,
    SaveMarks,
    SaveSerials,
    TakeOver,
)
from desk.events import (
    ClockPutRight,
    ClockRefused,
    CodeScanned,
    Event,
    MinutePassed,
    Touched,
)
from desk.machine import step
from desk.pages import page_of
from desk.phases import ClockCheck, Replacing, Signing, State
from desk.texts import T
from desk.waiting import WaitingSpare, removable_of
from hal.board_clock import BoardClock, Doubt
from hal.faults import PartFault
from hal.medium_slot import MediumSlot, medium_in
from hal.parts import Parts
from hal.screen import Screen
from hal.touch import TouchEvent, TouchKind

MINUTE_S = 60.0
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
    shell = DeskShell(service, screen, slot, cards, clock=board_clock)
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
        clock: BoardClock,
        random_bytes: Callable[[int], bytes] = nacl.utils.random,
    ) -> None:
        """Take the parts; `begin` makes the desk of them."""
        self._service = service
        self._screen = screen
        self._slot = slot
        self._cards = cards
        self._clock = clock
        self._random_bytes = random_bytes
        self._press = Press()
        self._page: Page | None = None
        self._language: str = service.config.language
        self._archive: Archive | None = None
        self._state: State | None = None
        self._asked: int | None = None
        self._began = False
        self._waiting: WaitingSpare | None = None

    # --- beginning, and beginning anew --------------------------------------------------------

    def begin(self, *, started: bool) -> None:
        """Rebuild the desk from its media, or say why that cannot be done and try again later."""
        config = self._service.config
        self._asked = None
        try:
            own = FolderMedium(config.state, Thing.OWN_STORAGE.value)
            medium = medium_in(self._slot)
            self._waiting = (
                WaitingSpare.look(config, own, medium, self._random_bytes)
                if self._waiting is None
                else self._waiting.again(medium)
            )
            if self._waiting is not None:
                self._wait(self._waiting)
                return
            archive = Archive.open(
                config,
                own,
                removable_of(config, own, medium),
                self._clock,
                self._random_bytes,
                started=started,
                medium=medium,
            )
            if not started and archive.statement is None:
                archive.record(EventType.MEDIUM_BACK, thing=Thing.REMOVABLE)
        except MediumFault as fault:
            self._stop(_refusal(fault))
            return
        except Refused as refused:
            self._stop(refused, closed=_is_closed(config))
            return
        self._archive = archive
        self._state = archive.state(self._language)
        self._began = True
        self._cards.request(Configure(voter_secret=archive.installation.secrets.voter_secret))
        self._cards.request(Look())
        self._show(page_of(archive.rules, self._state))

    def _wait(self, waiting: WaitingSpare) -> None:
        """Show what a spare that replaced nobody yet has in its slot, and look again in a while."""
        shown = None if self._state is None else self._state.phase
        if isinstance(shown, Signing) and isinstance(shown.purpose, Replacing):
            shown = shown.purpose.back
        if shown is None or not waiting.is_as(shown):
            self._state = waiting.state(self._language)
            self._cards.request(Configure(voter_secret=waiting.secrets.voter_secret))
            self._cards.request(Look())
        if self._state is not None:
            self._show(page_of(waiting.rules, self._state))
        clock = self._service.clock
        self._service.loop.wake_at(clock.monotonic_s() + TRY_AGAIN_S)

    def _stop(self, refused: Refused, *, closed: bool = False) -> None:
        """Let nothing go on, say why, and try again in a while.

        A desk whose medium was carried to the accumulator after the close goes on saying so.
        """
        if self._archive is not None or self._page is None:
            self._service.log.error("desk stopped", why=str(refused), reason=refused.reason.name)
        self._archive = self._state = self._waiting = None
        if closed and refused.reason is Reason.MEDIUM_MISSING:
            title = T.CLOSED_TITLE.in_(self._language)
            self._show(Page("desk.closed", title, (Text("done", title, "good"),)))
        else:
            said = Text("refusal", refused.text(self._language), "warning")
            title = T.STOPPED_TITLE.in_(self._language)
            self._show(Page("desk.stopped", title, (said,)))
        clock = self._service.clock
        self._service.loop.wake_at(clock.monotonic_s() + TRY_AGAIN_S)

    # --- each event ---------------------------------------------------------------------------

    def step(self, event: object) -> None:
        """Decide one event."""
        self._watch_clock()
        match event:
            case TimeReached():
                if self._archive is None:
                    self.begin(started=not self._began)
                else:
                    self._decide(MinutePassed())
            case StopRequested():
                self._end()
            case TouchEvent(kind, x, y):
                self._touched(kind, x, y)
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
            self._stop(_refusal(fault))

    def _touched(self, kind: TouchKind, x: int, y: int) -> None:
        match kind:
            case TouchKind.DOWN:
                self._press.down(x, y)
            case TouchKind.UP:
                name = self._press.up(x, y)
                if name is not None:
                    self._decide(Touched(name))
            case TouchKind.MOVE:
                pass

    def _decide(self, event: Event) -> None:
        if self._waiting is not None:
            self._decide_as_spare(self._waiting, event)
            return
        archive, state = self._archive, self._state
        if archive is None or state is None:
            return
        doubted = self._clock.doubt is not Doubt.NONE
        self._state, effects = step(
            archive.rules, state, event, self._clock.now_ms(), clock_doubted=doubted
        )
        self._language = self._state.language
        outcome = None
        try:
            for effect in effects:
                outcome = self._perform(archive, effect)
        except MediumFault as fault:
            self._stop(_refusal(fault))
            return
        if outcome is not None:
            self._decide(outcome)
            return
        self._show(page_of(archive.rules, self._state))
        if isinstance(self._state.phase, ClockCheck):
            clock = self._service.clock
            self._service.loop.wake_at(clock.monotonic_s() + MINUTE_S)

    def _decide_as_spare(self, waiting: WaitingSpare, event: Event) -> None:
        """Decide while this is a spare that replaced nobody yet; it has no journal."""
        if self._state is None:
            return
        self._state, effects = step(waiting.rules, self._state, event, self._clock.now_ms())
        self._language = self._state.language
        for effect in effects:
            match effect:
                case AskCard(request):
                    self._asked = self._cards.request(request)
                case TakeOver(act):
                    self._take_over(waiting, act)
                    return
        self._show(page_of(waiting.rules, self._state))

    def _take_over(self, waiting: WaitingSpare, act: SignedBody) -> None:
        """Go on in the dead desk's place, as after a start."""
        try:
            waiting.take_over(act)
        except MediumFault as fault:
            self._stop(_refusal(fault))
        except Refused as refused:
            self._stop(refused)
        else:
            self._state = None
            self.begin(started=not self._began)

    def _perform(self, archive: Archive, effect: Effect) -> Event | None:
        """Carry out one effect; return what became of it, if that has to be decided at once."""
        match effect:
            case SaveSerials(serials):
                archive.save(serials)
            case SaveMarks(marks):
                archive.save(marks)
            case Record(event, facts):
                archive.record(event, **facts)
            case AskCard(request):
                self._asked = self._cards.request(request)
            case Activate(style, index, card_key):
                activation = archive.activation(style, index, card_key)
                self._asked = self._cards.request(ActivateCard(activation))
            case OpenDesk(start_order):
                archive.open_desk(start_order)
            case KeepAct(act, event):
                archive.keep_act(act, event)
            case PutClockRight(offset_ms, act):
                try:
                    archive.put_clock_right(act, offset_ms)
                except PartFault:
                    return ClockRefused(Reason.CLOCK_NOT_SET)
                return ClockPutRight()
            case CloseDesk():
                archive.close_desk()
        return None

    def _end(self) -> None:
        if self._archive is not None and self._archive.statement is None:
            try:
                self._archive.record(EventType.STOPPED)
            except MediumFault:
                self._service.log.exception("the stop is not journalled")

    def _show(self, page: Page) -> None:
        if page == self._page:
            return
        width, height = self._screen.size
        picture = render(page, width, height)
        self._page = page
        self._press.page_changed(picture.regions)
        self._screen.show(picture.frame, picture.regions)


def _is_closed(config: DeskConfig) -> bool:
    try:
        own = FolderMedium(config.state, Thing.OWN_STORAGE.value)
        return own.read(STATEMENT) is not None
    except MediumFault:
        return False


def _refusal(fault: MediumFault) -> Refused:
    own = fault.medium.startswith(Thing.OWN_STORAGE.value)
    return fault.refusal(Thing.OWN_STORAGE if own else Thing.REMOVABLE)

"""The shell of accumulatord: parts and cards in, the machine in the middle, effects and pages out.

    touch ──────────▶ ┐
    card client ────▶ │ inbox → Machine.step → effects, in order → strongroom (keys and media)
    two slots ──────▶ │                                          → cardiod, latch, printer, screen
    supply, case ───▶ │
    printer ────────▶ ┘

Rules:
- One event at a time. What came of an effect is decided before anything else that happened.
- Effects are carried out in their order; when a medium fails, the rest of the turn falls away, and
  the machine is told.
- What was touched while a slow medium kept the page from changing was meant for the old page, and
  does not count.
- An answer of cardiod counts only if it is the answer to the last request.
- Printing and rendering for paper happen in the printer's own thread; nothing waits for paper.
- The operational log says what kind of thing happened and nothing about a card, a serial or a vote.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import nacl.utils

from accumulator import paper
from accumulator.config import AccumulatorConfig
from accumulator.effects import (
    AskCard,
    AskShareWritten,
    Buzz,
    Effect,
    HoldLatch,
    PrintCodes,
    PrintHourly,
    PrintProtocol,
    PrintZero,
    Record,
    ShowPage,
)
from accumulator.events import (
    CaseChanged,
    Event,
    MainsChanged,
    MediumFailed,
    MinutePassed,
    OwnMediumInserted,
    OwnMediumRemoved,
    Printed,
    Touched,
    VisitorInserted,
    VisitorRemoved,
    WorkWentOn,
)
from accumulator.keyshelf import KeyShelf
from accumulator.machine import Machine
from accumulator.paper import Block
from accumulator.strongroom import Strongroom, Surroundings, draw_up_paper, perform
from cardio.client import CardClient
from cardio.messages import (
    Configure,
    Done,
    Failed,
    Request,
    ShareRead,
    Signed,
    WriteShare,
)
from common.alike import Repair
from common.clock import Clock
from common.counttexts import Progress
from common.enrolment import Installation
from common.media import Medium, MediumFault
from common.pages import Page, Picture, render
from common.records import BoardKind
from common.service import (
    Inbox,
    PartThread,
    ReadThread,
    Service,
    Step,
    StopAsked,
    StopRequested,
    TimeReached,
)
from hal.board_clock import BoardClock, Doubt
from hal.lines import Lines
from hal.medium_slot import MediumSlot, SlotState, medium_in
from hal.operator_screen import OperatorScreen
from hal.parts import Parts
from hal.printer import Printer, PrinterState
from hal.screen import Screen
from hal.supply import Supply
from hal.touch import TouchEvent

TICK_S = 60.0
"""Clock seconds after which the machine sees the time, if nothing else happens."""
TRY_AGAIN_S = 5.0
"""Clock seconds between two attempts to go on after a medium failed."""
SLOW_S = 1.0
"""Real seconds: a hand that waits longer for the next page may touch again."""
PROGRESS_S = 0.5
"""Real seconds between two pages that show how far the work is."""
BUZZ_S = 0.4
WATCH_S = 0.5
"""Clock seconds between two looks at the slots and the supply."""
SHORTEST_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """The printer thread's command: these blocks, as pictures, one after another."""

    blocks: tuple[Block, ...]


class PrinterThread(PartThread):
    """Owns the printer: sets documents as pictures and prints them; posts `Printed`."""

    def __init__(self, inbox: Inbox, printer: Printer) -> None:
        super().__init__("printer", inbox)
        self._printer = printer

    def perform(self, command: object) -> None:
        """Print one document, until it is done or the printer stops."""
        if not isinstance(command, PrintDocument):
            raise TypeError(f"the printer takes documents, not {type(command).__name__}")
        state = self._printer.state()
        for picture in paper.pictures(command.blocks, self._printer.width):
            if state is not PrinterState.READY or self.stopping:
                break
            state = self._printer.print_picture(picture.width, picture.height, picture.rows)
        self.inbox.post(Printed(state))


class WatchThread(PartThread):
    """Looks at both slots and the supply again and again, and posts what changed."""

    def __init__(
        self,
        inbox: Inbox,
        recording: MediumSlot,
        visiting: MediumSlot,
        supply: Supply,
        clock: Clock,
    ) -> None:
        super().__init__("watch", inbox)
        self._recording = recording
        self._visiting = visiting
        self._supply = supply
        self._clock = clock
        self._ended = threading.Event()
        # What is in order at the first look is no news; a visitor that lies there already is.
        self._own_in, self._visitor_in, self._on_mains = True, False, True

    def turn(self) -> None:
        """Look once, then pause."""
        for event in self._news():
            self.inbox.post(event)
        # A clock that runs fast must not make a busy loop of this.
        self._ended.wait(max(SHORTEST_PAUSE_S, self._clock.wait_s(WATCH_S)))

    def interrupt(self) -> None:
        """End the pause."""
        self._ended.set()

    def _news(self) -> Iterator[Event]:
        own_in = self._recording.state() is SlotState.PRESENT
        if own_in != self._own_in:
            yield OwnMediumInserted() if own_in else OwnMediumRemoved()
        visitor_in = self._visiting.state() is SlotState.PRESENT
        if visitor_in != self._visitor_in:
            yield VisitorInserted() if visitor_in else VisitorRemoved()
        supply = self._supply.read()
        if supply.on_mains != self._on_mains:
            yield MainsChanged(supply.on_mains, supply.charge_percent)
        self._own_in, self._visitor_in, self._on_mains = own_in, visitor_in, supply.on_mains


class CaseWatch:
    """Reads the lines' inputs: keys, which an accumulator has no use for, and the case."""

    def __init__(self, lines: Lines) -> None:
        """Take the lines; the case counts as closed until it is seen open."""
        self._lines = lines
        self._opened = False

    def read(self, timeout_s: float) -> CaseChanged | None:
        """Wait up to `timeout_s` clock seconds; return whether the case was opened or closed."""
        self._lines.read_keys(timeout_s)
        opened = self._lines.tamper()
        if opened == self._opened:
            return None
        self._opened = opened
        return CaseChanged(opened)


class AccumulatorShell:
    """Carries out what the machine decides; lives in the decision loop's thread."""

    def __init__(
        self,
        service: Service[AccumulatorConfig],
        strongroom: Strongroom,
        *,
        screen: Screen,
        lines: Lines,
        ask_card: Callable[[Request], int],
        print_document: Callable[[PrintDocument], None],
        draw: Callable[[Page, int, int], Picture] = render,
    ) -> None:
        """Take the parts; `begin` starts the machine.

        Args:
            service: clock, loop and log.
            strongroom: keys and media.
            screen, lines: opened.
            ask_card: sends a request to cardiod and returns its number.
            print_document: gives a document to the printer's thread.
            draw: makes the picture of a page.

        """
        self._service = service
        self._strongroom = strongroom
        self._screen = OperatorScreen(screen, service.clock, draw=draw)
        self._lines = lines
        self._ask_card = ask_card
        self._print_document = print_document
        self._machine = Machine(strongroom.station, service.config.language)
        self._asked: int | None = None
        self._trying = False
        self._shown_s = 0.0
        strongroom.progress = self._went_on

    def begin(self) -> None:
        """Read the media and show the page of where the day is. Raises: StopAsked."""
        try:
            self._carry_out(self._machine.begin())
        except StopAsked:
            self._strongroom.stopped()
            raise
        self._tick()

    def step(self, happened: object) -> None:
        """Decide one thing that happened."""
        for oddity in self._strongroom.clock.look():
            self._carry_out((Record(oddity.event, tuple(oddity.facts.items())),))
        match happened:
            case TimeReached():
                self._decide(MinutePassed())
                self._tick()
            case StopRequested():
                self._strongroom.stopped()
            case TouchEvent():
                name = self._screen.pressed(happened)
                if name is not None:
                    self._decide(Touched(name))
            case Done(number) | Signed(number) | ShareRead(number) | Failed(number):
                if number == self._asked:
                    self._asked = None
                    self._decide(happened)
            case _:
                self._decide(happened)  # type: ignore[arg-type]  # the inbox holds nothing else

    def _tick(self) -> None:
        clock, self._trying = self._service.clock, self._machine.tries_again
        pause_s = TRY_AGAIN_S if self._trying else TICK_S
        self._service.loop.wake_at(clock.monotonic_s() + pause_s)

    def _decide(self, event: Event) -> None:
        began_s = time.monotonic()
        self._carry_out(self._decided(event))
        if time.monotonic() - began_s > SLOW_S:
            self._service.inbox.discard(TouchEvent)
        if self._machine.tries_again != self._trying:
            self._tick()

    def _went_on(self, progress: Progress) -> None:
        """Show how far a long effect is; it is under way, and nothing else is decided meanwhile.

        Raises: StopAsked: it is given up, and had laid nothing down yet.
        """
        self._service.loop.at_work()
        now_s = time.monotonic()
        if progress.done < progress.total and now_s - self._shown_s < PROGRESS_S:
            return
        self._shown_s = now_s
        for effect in self._decided(WorkWentOn(progress)):
            self._perform(effect)

    def _decided(self, event: Event) -> tuple[Effect, ...]:
        clock = self._strongroom.clock
        return self._machine.step(
            event,
            self._strongroom.urn,
            now_ms=clock.now_ms(),
            steady_s=clock.monotonic_s(),
            clock_doubted=clock.doubt is not Doubt.NONE,
            turnout=self._strongroom.turnout,
        )

    def _carry_out(self, first: tuple[Effect, ...]) -> None:
        """Carry out effects, and decide what came of them, until nothing more comes."""
        waiting = deque([first])
        while waiting:
            outcomes: list[Event] = []
            for effect in waiting.popleft():
                outcome = self._perform(effect)
                if outcome is not None:
                    outcomes.append(outcome)
                if isinstance(outcome, MediumFailed):
                    self._service.log.error("medium failed", reason=outcome.reason.name)
                    break
            for outcome in outcomes:
                waiting.append(self._decided(outcome))

    def _perform(self, effect: Effect) -> Event | None:
        match effect:
            case ShowPage(page):
                self._screen.show(page)
            case HoldLatch(closed):
                self._lines.set_latch(closed)
            case Buzz():
                self._lines.buzz(BUZZ_S)
            case AskCard(request):
                self._asked = self._ask_card(request)
            case AskShareWritten(index, pin):
                share = self._strongroom.share_for_card(index)
                self._asked = self._ask_card(WriteShare(pin, BoardKind.ACCUMULATOR, share))
            case PrintZero() | PrintHourly() | PrintProtocol() | PrintCodes():
                return self._print(effect)
            case _:
                return perform(self._strongroom, effect)
        return None

    def _print(self, effect: Effect) -> Event | None:
        try:
            blocks = draw_up_paper(self._strongroom, effect)
        except MediumFault as fault:
            return self._strongroom.failed(fault)
        self._print_document(PrintDocument(blocks))
        return None


def start(
    parts: Parts,
    installation: Installation,
    own: Medium,
    service: Service[AccumulatorConfig],
    *,
    repairs: tuple[Repair, ...] = (),
) -> Step:
    """Open the parts and begin; return what decides each event.

    Args:
        parts: how each part is opened.
        installation: what was installed, checked.
        own: the board's own storage.
        service: the daemon's frame.
        repairs: what was mended to get this far.

    """
    config, clock, inbox = service.config, service.clock, service.inbox
    screen = service.keep(parts.screen(config.parts, clock))
    touch = service.keep(parts.touch(config.parts, clock))
    lines = service.keep(parts.lines(config.parts, clock))
    printer = service.keep(parts.printer(config.parts, clock))
    recording = service.keep(parts.recording_slot(config.parts, clock))
    visiting = service.keep(parts.visiting_slot(config.parts, clock))
    cards = service.keep(CardClient(config.card_socket, inbox.post, inbox.fail))
    board_clock = service.keep(BoardClock.opened(parts, config.parts, clock))
    strongroom = Strongroom(
        installation,
        Surroundings(
            own=own,
            recording=lambda: medium_in(recording),
            visiting=lambda: medium_in(visiting),
            shelf=KeyShelf(config.runtime_dir),
            clock=board_clock,
            root_key=config.root_public_key,
            random_bytes=nacl.utils.random,
            alive=service.loop.alive,
            repairs=repairs,
            threads=len(os.sched_getaffinity(0)),
        ),
    )
    printing = PrinterThread(inbox, printer)
    shell = AccumulatorShell(
        service,
        strongroom,
        screen=screen,
        lines=lines,
        ask_card=cards.request,
        print_document=printing.command,
    )
    shell.begin()
    secrets = installation.secrets
    cards.start()
    cards.request(Configure(secrets.voter_secret, secrets.courier_secret, secrets.share_secret))
    service.own(ReadThread("touch", inbox, touch.read))
    service.own(ReadThread("lines", inbox, CaseWatch(lines).read))
    service.own(printing)
    service.own(
        WatchThread(
            inbox,
            service.keep(parts.recording_slot(config.parts, clock)),
            service.keep(parts.visiting_slot(config.parts, clock)),
            service.keep(parts.supply(config.parts, clock)),
            clock,
        )
    )
    return shell.step

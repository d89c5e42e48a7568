"""The hall while people vote: clerks, booths, the accumulator and a technician, side by side.

Everybody is a thread of their own. Between them go visits: from the queue to a desk, to a booth, to
the accumulator, and wherever a card that comes back takes them. Each visit ends once, in `done`.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from queue import Empty, Queue

from common.records import BoardKind, Voter
from simulators.bench_client import BenchClient
from simulators.ceremonies import commission_at
from simulators.clerk_errands import SeasonedClerk
from simulators.commission import Receiver
from simulators.day_options import Kill
from simulators.hands import STRANGE, BenchBooth, BenchHands
from simulators.officials import Document
from simulators.progress import DayFailed
from simulators.rough import Fate, Pull, Troubles, with_own_strangers
from simulators.sight import Eyes
from simulators.temper import RestlessVoter, Temper
from simulators.venue import Venue
from simulators.voter import Outcome, VoterStuck, Wish

MOMENT_S = 0.05
PULLED_OUT_S = 60.0
"""Seconds of the station's clock."""


class Errand(Enum):
    """What somebody comes to the desk for."""

    VOTE = "wants a card to vote with"
    FOUND = "brings a card that was found, or handed in without a vote"
    VOTED = "brings a voted card"
    AGAIN = "has voted, and wants a card"


@dataclass(slots=True)
class Visit:
    """One voter's way through the station.

    Attributes:
        typed: the name as the clerk types it, of a voter who is found by name.
        outcome: of the booth; what was touched counts once it was deposited.
        deposited: the vote was taken in.
    """

    voter: Voter
    wish: Wish
    by_bar_code: bool
    typed: str = ""
    fate: Fate = Fate.VOTES
    temper: Temper = ()
    errand: Errand = Errand.VOTE
    card: str = ""
    outcome: Outcome | None = None
    deposited: bool = False

    @property
    def document(self) -> Document:
        """What the voter shows at the desk."""
        return Document(self.voter.iin, self.voter.surname, self.voter.line, self.typed)

    @property
    def found_by_code(self) -> bool:
        """Whether the clerk scans the document."""
        return self.by_bar_code and not self.typed


@dataclass(slots=True)
class _Lines:
    """Where people stand, and where cards lie."""

    queue: Queue[Visit] = field(default_factory=Queue)
    back: Queue[Visit] = field(default_factory=Queue)
    hall: Queue[Visit] = field(default_factory=Queue)
    leaving: Queue[Visit] = field(default_factory=Queue)
    done: Queue[Visit] = field(default_factory=Queue)
    tray: Queue[str] = field(default_factory=Queue)


class Hall:
    """Everybody who walks in the station between opening and close, each in a thread."""

    def __init__(
        self,
        venue: Venue,
        kills: Sequence[Kill] = (),
        pulls: Sequence[Pull] = (),
        seed: int = 0,
    ) -> None:
        self._venue = venue
        self._mishaps: list[Kill | Pull] = sorted((*kills, *pulls), key=lambda one: one.after)
        self._seed = seed
        self._lines = _Lines()
        self._stopped = threading.Event()
        self._trouble: list[BaseException] = []
        self.troubles = Troubles()

    def vote(self, visits: Sequence[Visit]) -> None:
        """Let everybody vote: clerks, booths and the accumulator work side by side."""
        station, lines = self._venue.station, self._lines
        for visit in visits:
            lines.queue.put(visit)
        for card in station.voter_cards:
            lines.tray.put(card)
        threads = [
            self._worker(f"clerk at {desk}", self._clerk, desk)
            for desk in station.of_kind(BoardKind.DESK)
        ]
        threads += [
            self._worker(f"voters at {terminal}", self._voters, terminal, number)
            for number, terminal in enumerate(station.of_kind(BoardKind.TERMINAL))
        ]
        threads.append(self._worker("receiver", self._receiver))
        threads.append(self._worker("technician", self._technician))
        try:
            finished = 0
            while finished < len(visits) and not self._stopped.is_set():
                finished = lines.done.qsize()
                self._venue.screen.progress("voters", finished, len(visits))
                self._venue.supervisor.check()
                self._stopped.wait(MOMENT_S * 4)
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()
        if self._trouble:
            raise self._trouble[0]

    def _worker(self, name: str, work: Callable[..., None], *arguments: object) -> threading.Thread:
        def run() -> None:
            try:
                work(*arguments)
            except BaseException as error:  # noqa: BLE001 - shown by the thread that waits
                error.add_note(f"(the {name})")
                self._trouble.append(error)
                self._stopped.set()

        thread = threading.Thread(target=run, name=name)
        thread.start()
        return thread

    def _next(self, queue: Queue[Visit]) -> Visit | None:
        """Return who comes next; None when the day is over."""
        while not self._stopped.is_set():
            try:
                return queue.get(timeout=MOMENT_S)
            except Empty:
                continue
        return None

    # the desk

    def _clerk(self, desk: str) -> None:
        hands = BenchHands(self._venue.bench)
        people, patience_s = self._venue.station.people, self._venue.patience_s
        try:
            clerk = SeasonedClerk(hands, desk, people, patience_s=patience_s)
            while (visit := self._next_at_desk()) is not None:
                match visit.errand:
                    case Errand.VOTE:
                        self._admit(clerk, visit)
                    case Errand.FOUND:
                        clerk.take_found(visit.card, left=visit.fate is Fate.LEAVES_CARD)
                        self._lines.tray.put(visit.card)
                        self._lines.done.put(visit)
                    case Errand.VOTED:
                        clerk.send_to_accumulator(visit.card)
                        self._lines.leaving.put(visit)
                    case Errand.AGAIN:
                        clerk.comes_again(visit.document, by_bar_code=visit.found_by_code)
                        self._lines.done.put(visit)
        finally:
            hands.close()

    def _next_at_desk(self) -> Visit | None:
        """Return who comes next: first those who bring something, then who wants a card."""
        lines = self._lines
        while not self._stopped.is_set():
            try:
                return lines.back.get(timeout=MOMENT_S if lines.queue.empty() else 0.0)
            except Empty:
                pass
            if lines.queue.empty():
                continue
            try:
                card = lines.tray.get(timeout=MOMENT_S)
            except Empty:
                continue
            try:
                visit = lines.queue.get_nowait()
            except Empty:
                lines.tray.put(card)
                continue
            visit.card = card
            return visit
        return None

    def _admit(self, clerk: SeasonedClerk, visit: Visit) -> None:
        clerk.give_card(visit.document, visit.card, by_bar_code=visit.found_by_code)
        self._noted(visit)
        match visit.fate:
            case Fate.RETURNS:
                clerk.take_back(visit.document, visit.card)
                self._lines.tray.put(visit.card)
                self._lines.done.put(visit)
            case Fate.BREAKS:
                clerk.seal_unread(visit.document)
                visit.card = self._lines.tray.get(timeout=self._venue.patience_s)
                clerk.give_card(visit.document, visit.card, by_bar_code=visit.found_by_code)
                self._lines.hall.put(visit)
            case Fate.LOSES:
                clerk.lost_card(visit.document)
                self._lines.done.put(visit)
            case Fate.OFFERS_UNVOTED:
                self._lines.leaving.put(visit)
            case _:
                self._lines.hall.put(visit)

    def _noted(self, visit: Visit) -> None:
        if visit.fate is not Fate.VOTES:
            self.troubles.note(f"voter {visit.fate.value}")

    # the booths

    def _voters(self, terminal: str, number: int) -> None:
        others = self._cards_beside(number)
        draw = random.Random(f"beside {terminal}/{self._seed}")
        with BenchClient(self._venue.bench) as client:
            booth = BenchBooth(client, terminal, Eyes(self._venue.book()))
            while (visit := self._next(self._lines.hall)) is not None:
                if visit.fate is Fate.SWAPS:
                    self._swap(visit)
                booth.card = visit.card
                temper = with_own_strangers(visit.temper, draw, others)
                visit.outcome = self._at_booth(terminal, booth, visit.wish, temper)
                if visit.outcome.card_left:
                    booth.take_card()  # who comes next finds it
                if visit.fate is Fate.LOSES_VOTED:
                    self._lines.done.put(visit)
                elif visit.fate is Fate.SHOWS_VOTED:
                    visit.errand = Errand.VOTED
                    self._lines.back.put(visit)
                else:
                    self._lines.leaving.put(visit)

    def _cards_beside(self, number: int) -> tuple[str, ...]:
        """Return cards that somebody might put in by mistake, each at one booth only."""
        people = self._venue.station.people[2:]  # the first two sign acts at the desk
        if number >= len(people):
            return STRANGE
        person = people[number]
        return (*STRANGE, person.card, *((person.share_card,) if person.share_card else ()))

    def _swap(self, visit: Visit) -> None:
        """Let this voter and the next in the hall who has the same ballot mistake their cards."""
        try:
            other = self._lines.hall.get_nowait()
        except Empty:
            return
        if other.voter.style == visit.voter.style:
            visit.card, other.card = other.card, visit.card
        self._lines.hall.put(other)

    def _at_booth(self, terminal: str, booth: BenchBooth, wish: Wish, temper: Temper) -> Outcome:
        """Let a voter vote; one whose session ended puts the card in again."""
        venue = self._venue
        parameters = venue.station.package.parameters
        voter = RestlessVoter(booth, wish, temper, parameters, patience_s=venue.patience_s)
        try:
            return voter.finish()
        except VoterStuck as stuck:
            raise DayFailed(f"{terminal}: {stuck}") from stuck
        finally:
            for habit, times in voter.did.items():
                self.troubles.note(f"voter {habit.value}", times)

    # the accumulator

    def _receiver(self) -> None:
        hands = BenchHands(self._venue.bench)
        try:
            chair = commission_at(self._venue, hands)
            receiver = Receiver(
                hands,
                self._venue.station.accumulator,
                call_chair=chair.enter_password,
                patience_s=self._venue.patience_s,
            )
            while (visit := self._next(self._lines.leaving)) is not None:
                if visit.fate in {Fate.OFFERS_UNVOTED, Fate.LEAVES_CARD}:
                    visit.deposited = receiver.offer(visit.card)
                else:
                    receiver.deposit(visit.card)
                    visit.deposited = True
                self._after_the_urn(visit)
        finally:
            hands.close()

    def _after_the_urn(self, visit: Visit) -> None:
        lines = self._lines
        if not visit.deposited:
            visit.errand = Errand.FOUND
            lines.back.put(visit)
            return
        lines.tray.put(visit.card)
        if visit.fate is Fate.COMES_AGAIN:
            visit.errand = Errand.AGAIN
            lines.back.put(visit)
        else:
            lines.done.put(visit)

    # the boards

    def _technician(self) -> None:
        """Kill what is to be killed, and pull media out, each when so many voters have left."""
        with BenchClient(self._venue.bench) as client:
            for mishap in self._mishaps:
                while self._lines.done.qsize() < mishap.after:
                    if self._stopped.wait(MOMENT_S):
                        return
                match mishap:
                    case Kill(unit):
                        starts = self._venue.supervisor.kill(unit)
                        self.troubles.note("daemon killed")
                        self._venue.supervisor.wait_restarted(unit, starts)
                    case Pull(board):
                        hands = client.board(board)
                        hands.unplug()
                        self.troubles.note("medium pulled out and brought back")
                        BenchBooth(client, board, Eyes(self._venue.book())).pause(PULLED_OUT_S)
                        hands.plug(board)

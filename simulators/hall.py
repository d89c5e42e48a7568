"""The hall while people vote: clerks, booths, the accumulator and a technician, side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from queue import Empty, Queue

from common.records import BoardKind, Voter
from simulators.bench_client import BenchClient
from simulators.ceremonies import commission_at
from simulators.commission import Receiver
from simulators.day_options import Kill
from simulators.hands import BenchBooth, BenchHands
from simulators.officials import Clerk, Document
from simulators.progress import DayFailed
from simulators.sight import Eyes
from simulators.venue import Venue
from simulators.voter import Outcome, SimVoter, Wish

MOMENT_S = 0.05


@dataclass(slots=True)
class Visit:
    """One voter's way through the station.

    `typed`: the name as the clerk types it, of a voter who is found by name.
    """

    voter: Voter
    wish: Wish
    by_bar_code: bool
    returns: bool
    typed: str = ""
    card: str = ""
    outcome: Outcome | None = None
    deposited: bool = False


class Hall:
    """Everybody who walks in the station between opening and close, each in a thread."""

    def __init__(self, venue: Venue, kills: Sequence[Kill] = ()) -> None:
        self._venue = venue
        self._kills = kills
        self._stopped = threading.Event()
        self._trouble: list[BaseException] = []

    def vote(self, visits: list[Visit]) -> None:
        """Let everybody vote: clerks, booths and the accumulator work side by side."""
        station = self._venue.station
        queue: Queue[Visit] = Queue()
        hall: Queue[Visit] = Queue()
        leaving: Queue[Visit] = Queue()
        cards: Queue[str] = Queue()
        for visit in visits:
            queue.put(visit)
        for card in station.voter_cards:
            cards.put(card)
        done: Queue[Visit] = Queue()
        threads = [
            self._worker(f"clerk at {desk}", self._clerk, desk, queue, cards, hall, done)
            for desk in station.of_kind(BoardKind.DESK)
        ]
        threads += [
            self._worker(f"voters at {terminal}", self._voters, terminal, hall, leaving)
            for terminal in station.of_kind(BoardKind.TERMINAL)
        ]
        threads.append(self._worker("receiver", self._receiver, leaving, cards, done))
        threads.append(self._worker("technician", self._technician, done))
        try:
            finished = 0
            while finished < len(visits) and not self._stopped.is_set():
                finished = done.qsize()
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

    def _clerk(
        self,
        desk: str,
        queue: Queue[Visit],
        cards: Queue[str],
        hall: Queue[Visit],
        done: Queue[Visit],
    ) -> None:
        hands = BenchHands(self._venue.bench)
        try:
            clerk = Clerk(
                hands, desk, self._venue.station.people, patience_s=self._venue.patience_s
            )
            while (visit := self._next(queue)) is not None:
                while not self._stopped.is_set():
                    try:
                        visit.card = cards.get(timeout=MOMENT_S)
                        break
                    except Empty:
                        continue
                else:
                    return
                voter = visit.voter
                document = Document(voter.iin, voter.surname, voter.line, visit.typed)
                by_bar_code = visit.by_bar_code and not visit.typed
                clerk.give_card(document, visit.card, by_bar_code=by_bar_code)
                if visit.returns:
                    clerk.take_back(document, visit.card)
                    cards.put(visit.card)
                    done.put(visit)
                else:
                    hall.put(visit)
        finally:
            hands.close()

    def _voters(self, terminal: str, hall: Queue[Visit], leaving: Queue[Visit]) -> None:
        with BenchClient(self._venue.bench) as client:
            booth = BenchBooth(client, terminal, Eyes(self._venue.book()))
            while (visit := self._next(hall)) is not None:
                booth.card = visit.card
                visit.outcome = self._at_booth(terminal, booth, visit.wish)
                leaving.put(visit)

    def _at_booth(self, terminal: str, booth: BenchBooth, wish: Wish) -> Outcome:
        """Let a voter vote; one whose session ended puts the card in again."""
        page = ""
        for _ in range(10):
            outcome = SimVoter(booth, wish, patience_s=self._venue.patience_s).vote()
            if outcome.thanked:
                return outcome
            if outcome.last_page == "fault:CARD_VOTED":  # cast before a stop, as it was wished
                return replace(outcome, selections=wish.choices)
            page = outcome.last_page
        raise DayFailed(f"{terminal}: a voter gave up at page {page}")

    def _receiver(self, leaving: Queue[Visit], cards: Queue[str], done: Queue[Visit]) -> None:
        hands = BenchHands(self._venue.bench)
        try:
            chair = commission_at(self._venue, hands)
            receiver = Receiver(
                hands,
                self._venue.station.accumulator,
                call_chair=chair.enter_password,
                patience_s=self._venue.patience_s,
            )
            while (visit := self._next(leaving)) is not None:
                receiver.deposit(visit.card)
                visit.deposited = True
                cards.put(visit.card)
                done.put(visit)
        finally:
            hands.close()

    def _technician(self, done: Queue[Visit]) -> None:
        """Kill what is to be killed, each when so many voters have left."""
        for kill in sorted(self._kills, key=lambda one: one.after):
            while done.qsize() < kill.after:
                if self._stopped.wait(MOMENT_S):
                    return
            starts = self._venue.supervisor.kill(kill.unit)
            self._venue.supervisor.wait_restarted(kill.unit, starts)

"""The hall while people vote: clerks, booths, the accumulator and a technician, side by side.

Everybody is a thread of their own. Between them go visits: from the queue of a desk to a booth, to
the accumulator, and wherever a card that comes back takes them. Each visit ends once, in `done`.

A board dies for good between two voters: nobody is inside then, and everybody comes in again. Or
it dies in the middle of one: nobody else is inside, and this voter goes on at the spare.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from queue import Empty, Queue

from common.records import BoardKind, Voter
from simulators.bench_client import BenchClient
from simulators.blows import Blow, Striker
from simulators.ceremonies import commission_at
from simulators.checking_station import CheckingStation, Verdict
from simulators.clerk_errands import SeasonedClerk
from simulators.doom import BoardDied, Doom, NoDoom
from simulators.hands import NO_DOOM, STRANGE, BenchBooth, BenchHands
from simulators.progress import DayFailed
from simulators.receiver import Receiver
from simulators.rough import (
    CHECKING,
    Fate,
    Troubles,
    fate_told,
    habit_told,
    with_own_strangers,
    without_leaving,
)
from simulators.sight import Eyes
from simulators.temper import NO_CODES, RestlessVoter, Temper
from simulators.venue import Venue
from simulators.visits import Errand, Lines, Visit
from simulators.voter import Outcome, VoterStuck, Wish

MOMENT_S = 0.05
STANDSTILL_S = 60.0
"""Real seconds in which nobody is attended to, although some wait."""
BROKEN_CARD = "mute"
"""What a broken card is like for a reader."""
_SIGNERS = 2
"""So many members sit beside each desk and sign its acts."""
_LEFT_BEHIND = frozenset({Fate.LEAVES_CARD, Fate.COMES_BACK, Fate.CHECKED_LEFT})
_NOTED_LATER = frozenset({Fate.ASKS_ELSEWHERE, Fate.COMES_BACK, Fate.SWAPS, *CHECKING})
"""Fates that are noted when they really come."""


class Hall:
    """Everybody who walks in the station between opening and close, each in a thread."""

    def __init__(self, venue: Venue, blows: Sequence[Blow] = (), seed: int = 0) -> None:
        """Open the doors; `blows` come when so many voters have left."""
        self._venue = venue
        self._blows = sorted(blows, key=lambda blow: blow.after)
        self._seed = seed
        self._lines = Lines()
        for card in venue.station.voter_cards:
            self._lines.tray.put(card)
        self._came = 0
        self._swap_owed = False
        self._doom: Doom | NoDoom = NO_DOOM
        self._interrupted: Visit | None = None
        self._without_codes: set[str] = set()
        self._stopped = threading.Event()
        self._trouble: list[BaseException] = []
        self.striker = Striker(venue, seed)
        self.troubles = Troubles()

    def close(self) -> None:
        """Hang up."""
        self.striker.close()

    def replaced(self, venue: Venue, dead: str, spare: str) -> None:
        """Go on in a venue where a spare stands in the place of a board that died.

        Whoever stood before the dead board goes to the spare.
        """
        self._venue = venue
        self.striker.replaced(venue, dead, spare)
        visit, self._interrupted = self._interrupted, None
        if visit is None:
            return
        visit.begun = True
        lines = self._lines
        if dead in self._package_boards(BoardKind.DESK):
            lines.back[spare].put(visit)
        elif dead in self._package_boards(BoardKind.TERMINAL):
            lines.hall.put(visit)
        else:
            lines.leaving.put(visit)

    def _package_boards(self, kind: BoardKind) -> tuple[str, ...]:
        return tuple(board.name for board in self._venue.station.package.boards_of(kind))

    def vote_under(self, doom: Doom, visit: Visit) -> None:
        """Let one voter come, alone, until a board dies in the middle of it."""
        self._doom = doom
        with suppress(BoardDied):
            self.vote([visit])
        self._doom = NO_DOOM

    def vote(self, visits: Sequence[Visit]) -> None:
        """Let these vote: clerks, booths and the accumulator work side by side."""
        station, lines = self._venue.station, self._lines
        desks = station.of_kind(BoardKind.DESK)
        self._came += len(visits)
        self._stopped.clear()
        self._trouble.clear()
        for visit in visits:
            lines.queue[self.desk_of(visit.voter)].put(visit)
        threads = [
            self._worker(f"clerk at {desk}", self._clerk, desk, number)
            for number, desk in enumerate(desks)
        ]
        threads += [
            self._worker(f"voters at {terminal}", self._voters, terminal, number)
            for number, terminal in enumerate(self._terminals())
        ]
        threads.append(self._worker("receiver", self._receiver))
        technician = self._worker("technician", self._technician)
        threads.append(technician)
        try:
            finished, moved_s = 0, time.monotonic()
            while finished < self._came or technician.is_alive():
                if self._stopped.is_set():
                    break
                finished = lines.done.qsize()
                if self._came == finished or sum(lines.sizes().values()) < self._came:
                    moved_s = time.monotonic()
                elif time.monotonic() > moved_s + STANDSTILL_S:
                    raise DayFailed(self._standstill())
                self._venue.screen.progress("voters", finished, self._came)
                self._venue.supervisor.check()
                self._stopped.wait(MOMENT_S * 4)
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()
        if self._trouble:
            raise self._trouble[0]

    def _terminals(self) -> tuple[str, ...]:
        """Return the terminals where people vote: where one is to die, that one alone."""
        terminals = self._venue.station.of_kind(BoardKind.TERMINAL)
        if isinstance(self._doom, Doom) and self._doom.board in terminals:
            return (self._doom.board,)
        return terminals

    def _standstill(self) -> str:
        """Say where everybody waits for somebody who does not come."""
        where = ", ".join(f"{name}: {number}" for name, number in self._lines.sizes().items())
        return f"nobody is attended to; {where}; cards in the tray: {self._lines.tray.qsize()}"

    def _card_for(self, visit: Visit) -> str:
        """Return a card from the tray. Raises: DayFailed: none comes back to it."""
        try:
            return self._lines.tray.get(timeout=self._venue.patience_s)
        except Empty:
            raise DayFailed(f"no card is left for line {visit.voter.line}") from None

    def desk_of(self, voter: Voter) -> str:
        """Return the desk that serves a voter, or its spare."""
        station = self._venue.station
        for board in station.package.boards:
            first, last = board.first_line, board.last_line
            if first is not None and last is not None and first <= voter.line <= last:
                return self.striker.now(board.name)
        return station.of_kind(BoardKind.DESK)[0]

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

    @contextmanager
    def _whom(self, visit: Visit, receiver: Receiver | None = None) -> Iterator[None]:
        """Remember who stood before a board that died."""
        try:
            yield
        except BoardDied:
            self._interrupted = visit
            visit.before = None if receiver is None else receiver.before
            raise

    def _next(self, queue: Queue[Visit]) -> Visit | None:
        """Return who comes next; None when the day is over."""
        while not self._stopped.is_set():
            try:
                return queue.get(timeout=MOMENT_S)
            except Empty:
                continue
        return None

    # the desk

    def _clerk(self, desk: str, number: int) -> None:
        hands, patience_s = BenchHands(self._venue.bench, self._doom), self._venue.patience_s
        signers = self._venue.station.people[_SIGNERS * number :]
        try:
            clerk = SeasonedClerk(hands, desk, signers, patience_s=patience_s)
            while (visit := self._next_at_desk(desk)) is not None:
                with self._whom(visit):
                    self._serve(clerk, visit)
        finally:
            hands.close()

    def _serve(self, clerk: SeasonedClerk, visit: Visit) -> None:
        lines = self._lines
        match visit.errand:
            case Errand.VOTE:
                self._admit(clerk, visit)
            case Errand.FOUND:
                if not clerk.take_found(visit.card, left=visit.fate in _LEFT_BEHIND):
                    lines.leaving.put(visit)
                    return
                lines.tray.put(visit.card)
                if visit.fate is Fate.COMES_BACK:
                    visit.errand, visit.temper = Errand.ANOTHER, without_leaving(visit.temper)
                    lines.back[self.desk_of(visit.voter)].put(visit)
                else:
                    lines.done.put(visit)
            case Errand.ANOTHER:
                visit.card = self._card_for(visit)
                clerk.give_another(visit.document, visit.card)
                self._noted(visit)
                visit.errand = Errand.VOTE
                lines.hall.put(visit)
            case Errand.CHECKED:
                clerk.change_checked(visit.document, visit.card)
                visit.errand = Errand.VOTE
                lines.hall.put(visit)
            case Errand.VOTED:
                clerk.send_to_accumulator(visit.card)
                lines.leaving.put(visit)
            case Errand.AGAIN:
                clerk.comes_again(visit.document, by_bar_code=visit.found_by_code)
                lines.done.put(visit)
            case Errand.ELSEWHERE:
                right = next(
                    board.name
                    for board in self._venue.station.package.boards
                    if self.striker.now(board.name) == self.desk_of(visit.voter)
                )
                clerk.sent_to(visit.document, right)
                self._noted(visit)
                lines.done.put(visit)

    def _next_at_desk(self, desk: str) -> Visit | None:
        """Return who comes next: first those who bring something, then who wants a card."""
        lines, queue = self._lines, self._lines.queue[desk]
        while not self._stopped.is_set():
            try:
                return lines.back[desk].get(timeout=MOMENT_S if queue.empty() else 0.0)
            except Empty:
                pass
            if queue.empty():
                continue
            try:
                card = lines.tray.get(timeout=MOMENT_S)
            except Empty:
                continue
            try:
                visit = queue.get_nowait()
            except Empty:
                lines.tray.put(card)
                continue
            visit.card = card
            return visit
        return None

    def _admit(self, clerk: SeasonedClerk, visit: Visit) -> None:
        lines = self._lines
        if visit.fate is Fate.GIVEN_BY_MISTAKE:
            clerk.give_by_mistake(visit.document, visit.card)
            lines.tray.put(visit.card)
            self._noted(visit)
            lines.done.put(visit)
            return
        if visit.fate is Fate.WAITS_FOR_CARDS:
            clerk.without_cards(visit.document, by_bar_code=visit.found_by_code)
        by_code, begun = visit.found_by_code, visit.begun
        visit.begun = False
        clerk.give_card(visit.document, visit.card, by_bar_code=by_code, begun=begun)
        if visit.fate not in _NOTED_LATER:
            self._noted(visit)
        match visit.fate:
            case Fate.RETURNS:
                clerk.take_back(visit.document, visit.card)
                lines.tray.put(visit.card)
                lines.done.put(visit)
            case Fate.BREAKS:
                clerk.seal_unread(visit.document)
                visit.card = self._card_for(visit)
                clerk.give_card(visit.document, visit.card, by_bar_code=visit.found_by_code)
                lines.hall.put(visit)
            case Fate.LOSES:
                clerk.lost_card(visit.document)
                lines.done.put(visit)
            case Fate.LOSES_AND_IT_BREAKS:
                clerk.lost_card(visit.document)
                clerk.seal_found_card(BROKEN_CARD)
                lines.done.put(visit)
            case Fate.OFFERS_UNVOTED:
                lines.leaving.put(visit)
            case _:
                lines.hall.put(visit)

    def _noted(self, visit: Visit) -> None:
        if visit.fate is not Fate.VOTES:
            self.troubles.note(fate_told(visit.fate))

    # the booths

    def _voters(self, terminal: str, number: int) -> None:
        others = self._cards_beside(number)
        draw = random.Random(f"beside {terminal}/{self._seed}")
        with BenchClient(self._venue.bench) as client:
            booth = BenchBooth(client, terminal, Eyes(self._venue.book()), doom=self._doom)
            while (visit := self._next(self._lines.hall)) is not None:
                may_swap = visit.errand is Errand.VOTE
                if may_swap and (visit.fate is Fate.SWAPS or self._swap_owed):
                    self._swap_owed = not self._swap(visit)  # if nobody is there, the next does
                booth.card = visit.card
                temper = with_own_strangers(visit.temper, draw, others)
                with self._whom(visit):
                    visit.outcome = self._at_booth(terminal, booth, visit.wish, temper)
                if visit.outcome.last_page == NO_CODES:
                    self._goes_elsewhere(visit, terminal)
                    return
                if visit.outcome.card_left:
                    booth.take_card()  # who comes next finds it
                if visit.outcome.checked:
                    self._has_checked(visit, visit.outcome)
                elif visit.fate is Fate.LOSES_VOTED:
                    self._lines.done.put(visit)
                elif visit.fate is Fate.SHOWS_VOTED:
                    visit.errand = Errand.VOTED
                    self._lines.back[self.desk_of(visit.voter)].put(visit)
                else:
                    self._lines.leaving.put(visit)

    def _has_checked(self, visit: Visit, outcome: Outcome) -> None:
        """Let a voter with a spoiled vote go wherever it comes to mind, at last to the desk."""
        lines, desk = self._lines, self.desk_of(visit.voter)
        visit.outcome = None
        if visit.errand is Errand.CHECKED:  # a booth says of this card what the first one said
            lines.back[desk].put(visit)
            return
        visit.checked.append(outcome.noted)
        if outcome.card_left or visit.fate is not Fate.CHECKED_LEFT:
            self._noted(visit)
        if outcome.card_left:
            visit.errand = Errand.FOUND
            lines.back[desk].put(visit)
            return
        verdict = CheckingStation(self._venue.station).check(visit.card, outcome.noted, visit.wish)
        if verdict is Verdict.LIED and not self._venue.liars:
            raise DayFailed("a terminal sealed something else than was touched; see lies/")
        self.troubles.note(verdict.value)
        visit.wish = replace(visit.wish, checks=max(0, visit.wish.checks - 1))
        visit.errand = Errand.CHECKED
        match visit.fate:
            case Fate.CHECKED_TO_URN:
                lines.leaving.put(visit)
            case Fate.CHECKED_TO_BOOTH:
                lines.hall.put(visit)
            case _:
                lines.back[desk].put(visit)

    def _goes_elsewhere(self, visit: Visit, terminal: str) -> None:
        """Send a voter to another terminal, as the page says, and nobody here any more.

        Each restart of a terminal gives up the codes that it had drawn for the next votes.
        """
        self.troubles.note("terminal without control codes")
        self._without_codes.add(terminal)
        if self._without_codes >= set(self._venue.station.of_kind(BoardKind.TERMINAL)):
            raise DayFailed("no terminal has control codes left")
        visit.outcome = None
        self._lines.hall.put(visit)

    def _cards_beside(self, number: int) -> tuple[str, ...]:
        """Return cards that somebody might put in by mistake, each at one booth only."""
        station = self._venue.station
        people = station.people[_SIGNERS * len(station.of_kind(BoardKind.DESK)) :]
        if number >= len(people):
            return STRANGE
        person = people[number]
        return (*STRANGE, person.card, *((person.share_card,) if person.share_card else ()))

    def _swap(self, visit: Visit) -> bool:
        """Let this voter and another in the hall with the same ballot mistake their cards.

        Both were given them at the same desk, which is where a card that comes back belongs.
        """
        passed: list[Visit] = []
        try:
            while True:
                other = self._lines.hall.get_nowait()
                passed.append(other)
                alike = other.voter.style == visit.voter.style and other.errand is Errand.VOTE
                if alike and self.desk_of(other.voter) == self.desk_of(visit.voter):
                    visit.card, other.card = other.card, visit.card
                    self.troubles.note(fate_told(Fate.SWAPS))
                    return True
        except Empty:
            return False
        finally:
            for one in passed:
                self._lines.hall.put(one)

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
                self.troubles.note(habit_told(habit), times)

    # the accumulator

    def _receiver(self) -> None:
        hands = BenchHands(self._venue.bench, self._doom)
        try:
            chair = commission_at(self._venue, hands)
            receiver = Receiver(
                hands,
                self._venue.station.accumulator,
                call_chair=chair.enter_password,
                patience_s=self._venue.patience_s,
            )
            while (visit := self._next(self._lines.leaving)) is not None:
                doubtful = visit.errand is Errand.CHECKED
                if doubtful or visit.fate in {Fate.OFFERS_UNVOTED, *_LEFT_BEHIND}:
                    visit.deposited = receiver.offer(visit.card)
                else:
                    with self._whom(visit, receiver):
                        receiver.deposit(visit.card, visit.before)
                    visit.deposited = True
                self._after_the_urn(visit)
        finally:
            hands.close()

    def _after_the_urn(self, visit: Visit) -> None:
        lines, desk = self._lines, self.desk_of(visit.voter)
        others = [one for one in self._venue.station.of_kind(BoardKind.DESK) if one != desk]
        if not visit.deposited:
            if visit.errand is not Errand.CHECKED:
                visit.errand = Errand.FOUND
            lines.back[desk].put(visit)
            return
        lines.tray.put(visit.card)
        if visit.fate is Fate.COMES_AGAIN:
            visit.errand = Errand.AGAIN
            lines.back[desk].put(visit)
        elif visit.fate is Fate.ASKS_ELSEWHERE and others:
            visit.errand = Errand.ELSEWHERE
            lines.back[others[0]].put(visit)
        else:
            lines.done.put(visit)

    # the boards

    def _technician(self) -> None:
        """Deal the blows that come while these voters are here, each when so many have left."""
        while self._blows and self._blows[0].after < self._came:
            while self._lines.done.qsize() < self._blows[0].after:
                if self._stopped.wait(MOMENT_S):
                    return
            blow = self._blows.pop(0)
            self.troubles.note(blow.told)
            self.striker.deal(blow)

"""A short day on which everything that is secret is known, and everything that lies about is kept.

Seven voters, one booth, one desk; daemons are ended by SIGABRT and SIGSEGV in between. What is kept
at each moment (`MOMENTS`) is looked through afterwards, when all secrets are known; what is in a
process's memory has to be looked for at once.

Rules: nothing is judged here.
"""

from __future__ import annotations

import dataclasses
import random
import signal
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from common.records import BoardKind
from simulators.bench_client import BenchClient
from simulators.ceremonies import close_station, open_station, sign_minutes
from simulators.clerk import Clerk, Document
from simulators.count import count_votes
from simulators.hands import BenchBooth, BenchHands
from simulators.prepare import Station, prepare
from simulators.progress import Durations, Screen
from simulators.receiver import Receiver
from simulators.sight import Eyes, Seen
from simulators.stops import write_plan
from simulators.venue import STOPS, running_station, unit_names
from simulators.voter import SimVoter, draw_wish
from tests.leaks import count_secrets, secrets
from tests.leaks.canaries import Canary
from tests.leaks.count_secrets import (
    NOTHING_COUNTED,
    ONE_TIME,
    ORDER,
    CountSecrets,
    first_message,
    found_in,
    in_memory,
)
from tests.leaks.memory import regions
from tests.leaks.scalars import made_of, scalars_in
from tests.leaks.scan import Scanner
from tests.leaks.secrets import KnownHalf, Voted
from tests.leaks.snapshot import Snapshots
from tests.system.conftest import ELECTIONS

MOMENTS = ("started", "opened", "in the booth", "voted", "voting", "closed", "counted")
VOTERS = 7
SCALAR = "the scalar of a point"
SPEED = 60.0


@dataclass(slots=True)
class LookedAt:
    """What the day was like.

    Attributes:
        remembered: (moment, unit, what) that was found in a process's memory.
        core_limits: unit -> the line of /proc/pid/limits about core files.
        count: what both boards drew in the evening.
    """

    station: Station
    snapshots: Snapshots
    canaries: list[Canary]
    voted: list[Voted] = field(default_factory=list)
    remembered: list[tuple[str, str, str]] = field(default_factory=list)
    core_limits: dict[str, str] = field(default_factory=dict)
    halves: tuple[KnownHalf, ...] = ()
    count: CountSecrets = NOTHING_COUNTED


class _PausingBooth(BenchBooth):
    """A booth in which something happens when a page is seen for the first time."""

    page = ""
    first_seen: Callable[[], None] | None = None

    def look(self, timeout_s: float, *, unlike: Seen | None = None) -> Seen | None:
        seen = super().look(timeout_s, unlike=unlike)
        if self.first_seen is not None and seen is not None and seen.name.startswith(self.page):
            first_seen, self.first_seen = self.first_seen, None
            first_seen()
            return super().look(timeout_s)
        return seen


class LeakDay:
    """Holds the day."""

    def __init__(self, folder: Path, run: Path) -> None:
        """Hold it in `folder`; sockets and temporary files (TMPDIR) are to lie in `run`."""
        self._folders = {"out": folder, "run": run}
        self._run = run
        commission = run / "commission.toml"
        usual = (ELECTIONS / "commission.toml").read_text(encoding="utf-8")
        commission.write_text(usual + "urn_slots = 64\n", encoding="utf-8")
        with secrets.distinctive() as centre:
            station = prepare(
                folder,
                run=run,
                election=ELECTIONS / "big.toml",
                commission=commission,
                voters=VOTERS,
                terminals=1,
                seed=7,
                progress=lambda *_: None,
            )
        (self._terminal,) = station.of_kind(BoardKind.TERMINAL)
        (self._desk,) = station.of_kind(BoardKind.DESK)
        self._accumulator = station.accumulator
        known = [
            *secrets.of_centre(centre),
            *secrets.of_start(station),
            *secrets.of_boards(station),
            *secrets.of_cards(station),
            *secrets.of_voters(station),
        ]
        self.looked_at = LookedAt(station, Snapshots(), known)
        self._numbers: defaultdict[str, set[bytes]] = defaultdict(set)
        self._sealed_with: set[bytes] = set()

    def hold(self) -> LookedAt:
        """Hold the day."""
        station = self.looked_at.station
        write_plan(self._run / STOPS, unit_names(station), (), 0)
        with running_station(
            station, self._run, speed=SPEED, screen=Screen(), durations=Durations(), examined=True
        ) as venue:
            self._venue = venue
            self._keep("started")
            open_station(venue)
            self._learn_tally()
            secret = ("PIN", "start password", "tally key", "tally share")
            self._look("opened", self._accumulator, *secret)
            self._look("opened", self._desk, "PIN", "tally key", "tally share")
            self._keep("opened")
            self._vote()
            self._keep("voting")
            close_station(venue)
            self._keep("closed")
            count_votes(venue)
            sign_minutes(venue)
            self._keep("counted")
            self._learn_count()
            count = (ORDER, ONE_TIME)
            self._look(
                "counted", self._accumulator, *secret, "choice", "station key", "urn key", *count
            )
            self._look("counted", self._desk, "PIN", "tally key", "tally share", "choice", *count)
            for board in (self._accumulator, self._desk):
                self._look_for_numbers("counted", board, self.looked_at.count.points)
        return self.looked_at

    # --- looking ------------------------------------------------------------------------------

    def _keep(self, moment: str) -> None:
        snapshots, names = self.looked_at.snapshots, unit_names(self.looked_at.station)
        book = self.looked_at.station.folder / "package" / "book"
        published = {path.read_bytes() for path in book.iterdir()}
        snapshots.keep_files(moment, self._folders, published)
        snapshots.keep_processes(moment, self._venue.supervisor, names)
        for name in names:
            limits = Path(f"/proc/{self._venue.supervisor.pid(name)}/limits").read_text("ascii")
            (line,) = (line for line in limits.splitlines() if line.startswith("Max core"))
            self.looked_at.core_limits[name] = line

    def _look(self, moment: str, board: str, *kinds: str, of: Iterable[Canary] = ()) -> None:
        """Look for secrets in the memory of a board's daemons."""
        wanted = [one for one in (*self.looked_at.canaries, *of) if one.kind in kinds]
        assert {one.kind for one in wanted} == set(kinds)
        scanner = Scanner(wanted)
        for unit, region in self._memory(board):
            for hit in scanner.find(region, unpack=0):
                what = f"{hit.canary.kind} {hit.canary.name} ({hit.form})"
                self.looked_at.remembered.append((moment, unit, what))

    def _look_for_numbers(self, moment: str, board: str, points: Collection[bytes]) -> None:
        """Look for the scalars of points, and for orders, in the memory of a board's daemons."""
        for unit, region in self._memory(board):
            pid = self._venue.supervisor.pid(unit)
            assert pid is not None
            orders = in_memory(self.looked_at.count.orders, pid)
            said = [f"{one.kind} {one.name}" for one in orders if found_in(region, one)]
            said += [SCALAR for _ in made_of(scalars_in(region), points)]
            self.looked_at.remembered += [(moment, unit, what) for what in said]

    def _memory(self, board: str) -> Iterator[tuple[str, bytes]]:
        """Yield the memory of a board's daemons."""
        for unit in unit_names(self.looked_at.station):
            pid = self._venue.supervisor.pid(unit)
            if unit.startswith(board) and pid is not None:
                for region in regions(pid):
                    yield unit, region

    def _learn_count(self) -> None:
        station = self.looked_at.station
        evidence = station.board_folder(station.accumulator) / "own" / "evidence"
        files = {
            path.relative_to(evidence).as_posix(): path.read_bytes()
            for path in evidence.rglob("*.*")
        }
        evening = secrets.evening_of(station)
        self.looked_at.count = count_secrets.read(evening, files, self.looked_at.halves)
        self.looked_at.canaries += count_secrets.canaries(self.looked_at.count)

    def _learn_tally(self) -> None:
        station = self.looked_at.station
        self.looked_at.halves = secrets.tally_halves(station)
        self.looked_at.canaries += secrets.of_tally(self.looked_at.halves)

    # --- voting -------------------------------------------------------------------------------

    def _vote(self) -> None:
        station, supervisor = self.looked_at.station, self._venue.supervisor
        draw = random.Random("leaks")
        shares = [one.shares for one in station.election.contests]
        hands = BenchHands(self._venue.bench)
        with BenchClient(self._venue.bench) as client:
            self._client = client
            booth = _PausingBooth(client, self._terminal, Eyes(self._venue.book()))
            clerk = Clerk(hands, self._desk, station.people)
            receiver = Receiver(hands, self._accumulator)
            for number, voter in enumerate(station.voters):
                voted = Voted(voter, station.voter_cards[number])
                self.looked_at.voted.append(voted)
                document = Document(voter.iin, voter.surname, voter.line)
                clerk.give_card(document, voted.card, by_bar_code=number % 2 == 0)
                voted.activated(station)
                if number == 2:
                    booth.page, booth.first_seen = "review", self._in_the_booth
                if number == VOTERS - 1:
                    booth.page, booth.first_seen = "sealed", self._at_the_check_value
                wish = draw_wish(station.package, voter.style, shares, draw)
                wish = dataclasses.replace(wish, wants_code=True)
                booth.card = voted.card
                outcome = SimVoter(booth, wish).vote()
                assert outcome.thanked
                assert outcome.code is not None
                voted.voted(station, outcome.selections, outcome.code)
                while (seen := booth.look(10)) is None or seen.name != "insert":
                    pass
                if number == VOTERS - 1:
                    self._keep("voted")
                    self._look_for_what_seals(voted)
                receiver.deposit(voted.card)
                if number in (1, VOTERS - 1):
                    self._look_for_the_voter(voted)
                if number == 3:
                    for unit, how in (
                        (f"{self._desk}-deskd", signal.SIGABRT),
                        (f"{self._accumulator}-accumulatord", signal.SIGSEGV),
                        (f"{self._desk}-cardiod", signal.SIGFPE),
                    ):
                        supervisor.wait_restarted(unit, supervisor.kill(unit, how))
        hands.close()
        for each in self.looked_at.voted:
            self.looked_at.canaries += each.canaries

    def _look_for_the_voter(self, voted: Voted) -> None:
        """Look for what boards had to know of a voter who has left."""
        kinds = ("serial", "activation", "card")
        more = ("deposit", "vote on its card")
        self._look("voter gone", self._desk, *kinds, of=voted.canaries)
        self._look("voter gone", self._terminal, *kinds, *more, "choice", of=voted.canaries)
        self._look("voter gone", self._accumulator, *kinds, *more, of=voted.canaries)
        self._look_for_numbers("voter gone", self._terminal, self._sealed_with)

    def _at_the_check_value(self) -> None:
        """Keep all numbers that may open the vote, which the voter may still want to have."""
        self._client.set_speed(0.1)
        for unit, region in self._memory(self._terminal):
            self._numbers[unit].update(scalars_in(region))
        self._client.set_speed(SPEED)

    def _look_for_what_seals(self, voted: Voted) -> None:
        """Look for what opens a vote among the numbers that were there before it was cast."""
        points = first_message(voted.sealed(self.looked_at.station))
        self._sealed_with |= points
        for unit, numbers in self._numbers.items():
            found = [("at the check value", unit, SCALAR) for _ in made_of(numbers, points)]
            self.looked_at.remembered += found

    def _in_the_booth(self) -> None:
        """Keep all that lies about while choices are on the screen; then the terminal dies."""
        self._client.set_speed(0.1)  # a voter who thinks, and is not asked meanwhile
        voted = self.looked_at.voted[-1]
        self._look("in the booth", self._terminal, "serial", "card", of=voted.canaries)
        self._keep("in the booth")
        self._client.set_speed(SPEED)
        for unit, how in (
            (f"{self._terminal}-cardiod", signal.SIGABRT),
            (f"{self._terminal}-terminald", signal.SIGSEGV),
        ):
            starts = self._venue.supervisor.kill(unit, how)
            self._venue.supervisor.wait_restarted(unit, starts)

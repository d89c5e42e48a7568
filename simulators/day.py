"""`sailau-sim day`: a whole voting day of a made-up station, every board as real processes.

What happens: the centre prepares (`simulators.prepare`); a bench and two daemons a board are
started and looked after as systemd would; the commission opens the station; a clerk gives cards,
voters vote in their booths by what they see, a member takes their cards in; the station is closed,
media are carried, votes counted, minutes signed; voters look their control codes up; the bundle is
verified by the verifier, in a process of its own.

What is left in `--out` is described in docs/rehearsal.md. The seed fixes the voters and what they
want, never keys or the boards' randomness.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import TypeVar

from PIL import Image

from center.commission import load_commission
from center.election import load_election
from center.station import StationError
from center.toml_file import FileError
from common import cbor
from common.book import Book, line_text
from common.records import (
    BoardKind,
    Discrepancy,
    Figure,
    Minutes,
    OpenedVote,
    StationPackage,
    Voter,
)
from common.service import EXIT_USAGE
from simulators.bench_client import BenchClient
from simulators.hands import BenchBooth, BenchHands
from simulators.officials import Clerk, Commission, Document, Receiver
from simulators.prepare import DAEMONS, prepare
from simulators.sight import Eyes
from simulators.supervisor import Supervisor, simulated
from simulators.voter import Outcome, SimVoter, Wish, draw_wish

ROOT = Path(__file__).parent.parent
ELECTION = ROOT / "tests" / "elections" / "mazhilis-2023.toml"
COMMISSION = ROOT / "tests" / "elections" / "commission.toml"
RETURN_SHARE = 0.02
MOMENT_S = 0.05
MARK = ".sailau-day"
"""Lies in every `--out`: what lies beside it may be removed for the next day."""

N = TypeVar("N", int, float)


class DayFailed(Exception):
    """The day did not go as it must. The text says where."""


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL for a daemon (board/daemon) when so many votes are in."""

    unit: str
    after: int


@dataclass(frozen=True, slots=True)
class DayOptions:
    """What day is to be held."""

    election: Path
    commission: Path
    voters: int
    terminals: int
    seed: int
    speed: float
    out: Path
    kills: tuple[Kill, ...] = ()


@dataclass(slots=True)
class Visit:
    """One voter's way through the station."""

    voter: Voter
    wish: Wish
    by_bar_code: bool
    returns: bool
    card: str = ""
    outcome: Outcome | None = None
    deposited: bool = False


@dataclass(slots=True)
class Durations:
    """How long each step took, in real seconds."""

    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Measure what happens inside."""
        start_s = time.monotonic()
        try:
            yield
        finally:
            self.steps[step] = round(time.monotonic() - start_s, 3)


class Screen:
    """Progress for who watches: one line that changes on a terminal, a few lines elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._last = ""
        self._lock = threading.Lock()

    def progress(self, step: str, done: int, total: int) -> None:
        """Show how far a step has come."""
        with self._lock:
            text = f"  {step}: {done} of {total}"
            if self._live:
                sys.stdout.write(f"\r{text:<78}" + ("\n" if done == total else ""))
            elif done == total or (total >= 10 and done and done % max(1, total // 5) == 0):
                if text == self._last:
                    return
                self._last = text
                sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """Show a line."""
        with self._lock:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()


class Day:
    """One day, from the first process to the summary."""

    def __init__(self, options: DayOptions, run: Path) -> None:
        self._options = options
        self._run = run
        self._screen = Screen()
        self._durations = Durations()
        self._stopped = threading.Event()
        self._trouble: list[BaseException] = []
        self._patience_s = 60.0

    @property
    def durations(self) -> dict[str, float]:
        """How long each step took, in real seconds."""
        return self._durations.steps

    def hold(self) -> dict[str, object]:
        """Hold the day; return the summary. Raises: DayFailed and whatever went wrong."""
        options = self._options
        with self._durations.of("prepare"):
            self._station = prepare(
                options.out,
                run=self._run,
                election=options.election,
                commission=options.commission,
                voters=options.voters,
                terminals=options.terminals,
                seed=options.seed,
                progress=self._screen.progress,
            )
        self._check_kills()
        visits = self._visits()
        with self._processes():
            with self._durations.of("open"):
                self._open()
            with self._durations.of("vote"):
                self._vote(visits)
            with self._durations.of("close"):
                self._close()
            with self._durations.of("count"):
                self._count()
            self._keep_paper()
        with self._durations.of("verify"):
            verified = self._verify()
        return self._summary(visits, verified=verified)

    def _check_kills(self) -> None:
        units = [
            f"{board.name}-{daemon}"
            for board in self._station.boards
            for daemon in ("cardiod", DAEMONS[board.kind])
        ]
        for kill in self._options.kills:
            if kill.unit not in units:
                there = ", ".join(units)
                raise DayFailed(f"--kill: there is no daemon {kill.unit}; there are {there}")

    # processes

    @property
    def _bench(self) -> Path:
        return self._run / "bench.sock"

    @contextmanager
    def _processes(self) -> Iterator[None]:
        station = self._station
        (self._run / "bench").mkdir()
        package = station.package
        lines = [
            f'socket = "{self._bench}"',
            f'folder = "{self._run / "bench"}"',
            f'cards = "{station.folder / "cards"}"',
            f"start_ms = {(package.opens_s - 1800) * 1000}",  # L7: half an hour before opening
            f"speed = {self._options.speed}",
        ]
        for board in station.boards:
            lines += [
                "[[boards]]",
                f'name = "{board.name}"',
                f'medium = "{station.board_folder(board.name) / "medium"}"',
                f"width = {package.screen[0]}",
                f"height = {package.screen[1]}",
            ]
        config = self._run / "bench.toml"
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with Supervisor(station.folder / "logs") as supervisor:
            self._supervisor = supervisor
            with self._durations.of("start"):
                supervisor.start(simulated("bench", "bench", "--config", str(config), base=True))
                supervisor.wait_ready("bench")
                for board in station.boards:
                    folder = station.board_folder(board.name)
                    self._start(board.name, "cardiod", folder / "cardiod.toml")
                    self._start(
                        board.name, DAEMONS[board.kind], folder / f"{DAEMONS[board.kind]}.toml"
                    )
                supervisor.wait_ready()
            yield

    def _start(self, board: str, daemon: str, config: Path) -> None:
        run = () if daemon == "cardiod" else ("run",)
        bench = ("--bench", str(self._bench), "--board", board)
        arguments = (*run, "--config", str(config))
        self._supervisor.start(
            simulated(f"{board}-{daemon}", "board", daemon, *bench, "--", *arguments)
        )

    # the steps of the day

    def _open(self) -> None:
        station = self._station
        hands = BenchHands(self._bench)
        try:
            self._screen.say("  the commission opens the station")
            Commission(hands, station.accumulator, station.people, station.courier).open_station(
                station.password
            )
            for desk in station.of_kind(BoardKind.DESK):
                Clerk(hands, desk).open_board(station.courier)
            for terminal in station.of_kind(BoardKind.TERMINAL):
                self._courier_at_terminal(hands.client, terminal, "opened", then="insert")
            hands.client.advance_to(station.package.opens_s * 1000)
        finally:
            hands.close()

    def _courier_at_terminal(
        self, client: BenchClient, terminal: str, page: str, *, then: str
    ) -> None:
        booth = BenchBooth(client, terminal, Eyes(self._book()))
        booth.card = self._station.courier
        booth.insert_card()
        seen = None
        while seen is None or seen.name != page:
            seen = booth.look(self._patience_s, unlike=seen)
            if seen is None:
                raise DayFailed(f"{terminal}: the courier card did not bring page {page}")
            if seen.name == "close":
                (yes,) = (region for region in seen.page.regions if region.name == "yes")
                booth.touch(*yes.centre)
        booth.take_card()
        while seen is not None and seen.name != then:
            seen = booth.look(self._patience_s, unlike=seen)

    def _book(self) -> Book:
        return Book.load(self._station.folder / "package" / "book", self._station.package.book)

    def _visits(self) -> list[Visit]:
        """Draw who comes, in which order, and what each wants."""
        station = self._station
        draw = random.Random(f"day/{self._options.seed}")
        shares = [one.shares for one in station.election.contests]
        visits = [
            Visit(
                voter,
                draw_wish(station.package, voter.style, shares, draw),
                by_bar_code=draw.random() < 0.7,
                returns=draw.random() < RETURN_SHARE,
            )
            for voter in station.voters
        ]
        draw.shuffle(visits)
        return visits

    def _vote(self, visits: list[Visit]) -> None:
        """Let everybody vote: clerks, booths and the accumulator work side by side."""
        station = self._station
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
                self._screen.progress("voters", finished, len(visits))
                self._supervisor.check()
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
        hands = BenchHands(self._bench)
        try:
            clerk = Clerk(hands, desk, self._station.people, patience_s=self._patience_s)
            while (visit := self._next(queue)) is not None:
                while not self._stopped.is_set():
                    try:
                        visit.card = cards.get(timeout=MOMENT_S)
                        break
                    except Empty:
                        continue
                else:
                    return
                document = Document(visit.voter.iin, visit.voter.surname, visit.voter.line)
                clerk.give_card(document, visit.card, by_bar_code=visit.by_bar_code)
                if visit.returns:
                    clerk.take_back(document, visit.card)
                    cards.put(visit.card)
                    done.put(visit)
                else:
                    hall.put(visit)
        finally:
            hands.close()

    def _voters(self, terminal: str, hall: Queue[Visit], leaving: Queue[Visit]) -> None:
        with BenchClient(self._bench) as client:
            booth = BenchBooth(client, terminal, Eyes(self._book()))
            while (visit := self._next(hall)) is not None:
                booth.card = visit.card
                visit.outcome = self._at_booth(terminal, booth, visit.wish)
                leaving.put(visit)

    def _at_booth(self, terminal: str, booth: BenchBooth, wish: Wish) -> Outcome:
        """Let a voter vote; one whose session ended puts the card in again."""
        page = ""
        for _ in range(10):
            outcome = SimVoter(booth, wish, patience_s=self._patience_s).vote()
            if outcome.thanked or outcome.last_page == "fault:CARD_VOTED":
                return outcome
            page = outcome.last_page
        raise DayFailed(f"{terminal}: a voter gave up at page {page}")

    def _receiver(self, leaving: Queue[Visit], cards: Queue[str], done: Queue[Visit]) -> None:
        hands = BenchHands(self._bench)
        try:
            receiver = Receiver(hands, self._station.accumulator, patience_s=self._patience_s)
            while (visit := self._next(leaving)) is not None:
                receiver.deposit(visit.card)
                visit.deposited = True
                cards.put(visit.card)
                done.put(visit)
        finally:
            hands.close()

    def _technician(self, done: Queue[Visit]) -> None:
        """Kill what is to be killed, each when so many voters have left."""
        for kill in sorted(self._options.kills, key=lambda one: one.after):
            while done.qsize() < kill.after:
                if self._stopped.wait(MOMENT_S):
                    return
            starts = self._supervisor.kill(kill.unit)
            self._supervisor.wait_restarted(kill.unit, starts)

    def _close(self) -> None:
        station = self._station
        hands = BenchHands(self._bench)
        try:
            self._screen.say("  the station is closed, media are carried to the accumulator")
            hands.client.advance_to(station.package.closes_s * 1000 + 60_000)
            commission = Commission(hands, station.accumulator, station.people, station.courier)
            for desk in station.of_kind(BoardKind.DESK):
                Clerk(hands, desk).close_board(station.courier)
            for terminal in station.of_kind(BoardKind.TERMINAL):
                self._courier_at_terminal(hands.client, terminal, "closed", then="closed")
            commission.close_station()
            accumulator = hands.client.board(station.accumulator)
            for board in (*station.of_kind(BoardKind.DESK), *station.of_kind(BoardKind.TERMINAL)):
                hands.client.board(board).unplug()
                accumulator.plug(board, "visiting")
                commission.read_visiting_medium(board)
                accumulator.unplug("visiting")
                hands.client.board(board).plug(board)
        finally:
            hands.close()

    def _count(self) -> None:
        station = self._station
        hands = BenchHands(self._bench)
        try:
            self._screen.say("  the votes are counted and the minutes signed")
            commission = Commission(hands, station.accumulator, station.people, station.courier)
            commission.count(station.package.quorum)
            commission.sign_minutes()
        finally:
            hands.close()

    # afterwards

    def _keep_paper(self) -> None:
        """Keep what the accumulator printed, as pictures that anybody can open."""
        with BenchClient(self._bench) as client:
            printed = client.board(self._station.accumulator).printed()
        folder = self._station.folder / "paper"
        folder.mkdir()
        for number, picture in enumerate(printed, 1):
            image = Image.frombytes(
                "1", (picture.width, picture.height), picture.rows, "raw", "1;I"
            )
            image.save(folder / f"{number:02}.png")

    def _verify(self) -> bool:
        station = self._station
        board = station.board_folder(station.accumulator)
        bundle = station.folder / "evidence"
        shutil.copytree(board / "own" / "evidence", bundle)
        other = board / "medium" / station.accumulator / "evidence"
        if _contents(other) != _contents(bundle):
            raise DayFailed("the two copies of the evidence differ")
        root = station.folder / "root.pub"
        command = [sys.executable, "-m", "verifier", str(bundle), "--root", str(root)]
        result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        (station.folder / "verification.txt").write_text(result.stdout, encoding="utf-8")
        self._screen.say(result.stdout.rstrip() + result.stderr)
        return result.returncode == 0

    def _summary(self, visits: list[Visit], *, verified: bool) -> dict[str, object]:
        station = self._station
        bundle = station.folder / "evidence"
        minutes = _minutes(bundle / "minutes.cose")
        opened, _ = cbor.split_sequence((bundle / "votes-opened.cborseq").read_bytes())
        votes = {vote.code: vote for vote in map(OpenedVote.from_bytes, opened)}
        figures = minutes.figures
        summary: dict[str, object] = {
            name: int(figures.get(figure, 0))
            for name, figure in (
                ("listed", Figure.LISTED),
                ("issued", Figure.ISSUED),
                ("returned", Figure.RETURNED),
                ("void", Figure.VOID),
                ("unread", Figure.UNREAD),
                ("deposited", Figure.DEPOSITED),
                ("missing", Figure.MISSING),
                ("counted", Figure.COUNTED),
            )
        }
        summary["codes_checked"] = _codes_checked(visits, votes)
        summary["contests"] = _counted(station.package, minutes)
        summary["expected"] = _expected(station.package, visits)
        summary["discrepancies"] = [Discrepancy(one).name for one in minutes.discrepancies]
        summary["verified"] = verified
        summary["seed"] = self._options.seed
        summary["durations"] = self._durations.steps
        self._screen.say(minutes_table(station.package, minutes))
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        (station.folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        came = None if self._options.kills else len(visits)  # a stop may make a card void
        _check_day(summary, came, verified=verified)
        return summary


def _check_day(summary: dict[str, object], came: int | None, *, verified: bool) -> None:
    """Raise DayFailed unless the books balance, the count is right and the verifier agrees.

    Args:
        came: how many cards must have been issued, if that can be known.
    """
    figures = {name: value for name, value in summary.items() if isinstance(value, int)}
    rest = sum(figures[name] for name in ("deposited", "returned", "void", "unread", "missing"))
    if not verified:
        raise DayFailed("the verifier refuses the bundle; see verification.txt")
    if summary["contests"] != summary["expected"]:
        raise DayFailed("the result is not what the voters touched; see summary.json")
    if figures["issued"] != rest or came not in {None, figures["issued"]}:
        raise DayFailed("the books do not balance; see summary.json")
    if summary["discrepancies"]:
        raise DayFailed(f"the minutes tell of discrepancies: {summary['discrepancies']}")


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _minutes(path: Path) -> Minutes:
    """Return the minutes of a bundle that was verified before."""
    body = cbor.decode(path.read_bytes()[2:], max_size=1 << 20)
    if not isinstance(body, tuple) or not isinstance(body[2], bytes):
        raise DayFailed("the minutes are not signed minutes")
    return Minutes.from_bytes(body[2])


def _codes_checked(visits: Sequence[Visit], votes: dict[int, OpenedVote]) -> int:
    """Let every voter who has a control code look it up; return how many did."""
    checked = 0
    for visit in visits:
        if visit.outcome is None or visit.outcome.code is None:
            continue
        vote = votes.get(int(visit.outcome.code))
        if vote is None or vote.selections != visit.outcome.selections:
            raise DayFailed("a voter does not find the own vote under the control code")
        checked += 1
    return checked


def _counted(package: StationPackage, minutes: Minutes) -> dict[str, dict[str, int]]:
    return {
        package.contests[result.contest].identifier: {
            **{str(line): votes for line, votes in enumerate(result.lines, 1)},
            "blank": result.blank,
        }
        for result in minutes.contests
    }


def _expected(package: StationPackage, visits: Sequence[Visit]) -> dict[str, dict[str, int]]:
    """Count what was touched, for votes that were thanked (or found written) and deposited."""
    expected = {
        contest.identifier: {
            **{str(line): 0 for line in range(1, len(contest.lines) + 1)},
            "blank": 0,
        }
        for contest in package.contests
    }
    for visit in visits:
        style = package.style(visit.voter.style)
        if visit.outcome is None or not visit.deposited or style is None:
            continue
        for index in style.contests:
            votes = expected[package.contests[index].identifier]
            for line in visit.outcome.selections[index]:
                votes[str(line + 1)] += 1
            votes["blank"] += not visit.outcome.selections[index]
    return expected


def minutes_table(package: StationPackage, minutes: Minutes) -> str:
    """Return the minutes as a table for a terminal, in Kazakh and Russian, nothing cut."""
    rows: list[tuple[str, str]] = []
    names = {
        Figure.LISTED: "Тізімдегі сайлаушылар / Избирателей в списке",
        Figure.ISSUED: "Берілген карточкалар / Выдано карточек",
        Figure.RETURNED: "Қайтарылған / Возвращено",
        Figure.VOID: "Жарамсыз / Погашено",
        Figure.UNREAD: "Оқылмаған / Не прочитано",
        Figure.MISSING: "Жоғалған / Утеряно",
        Figure.DEPOSITED: "Жинақтаушыға салынған / Принято накопителем",
        Figure.COUNTED: "Саналған дауыстар / Подсчитано голосов",
        Figure.INVALID: "Жарамсыз дауыстар / Недействительных",
    }
    rows += [(name, str(minutes.figures.get(figure, 0))) for figure, name in names.items()]
    for result in minutes.contests:
        contest = package.contests[result.contest]
        rows += [("", ""), (f"{contest.title.kk} / {contest.title.ru}", "")]
        rows += [
            (f"{number:3}  {line_text(line, 'kk')} / {line_text(line, 'ru')}", str(votes))
            for number, (line, votes) in enumerate(zip(contest.lines, result.lines, strict=True), 1)
        ]
        rows.append(("     Таңдау жасалмаған / Без выбора", str(result.blank)))
    width = max(len(name) for name, _ in rows)
    table = "\n".join(f"  {name:<{width}}  {value:>6}".rstrip() for name, value in rows)
    head = f"  {package.title.kk}\n  {package.title.ru}\n  {package.place.kk}\n  {package.place.ru}"
    return f"\n{head}\n\n{table}\n"


def _options(argv: Sequence[str]) -> DayOptions:
    parser = argparse.ArgumentParser(
        prog="sailau-sim day",
        allow_abbrev=False,
        description="Hold a whole voting day of a made-up polling station.",
    )
    parser.add_argument("--election", type=Path, default=ELECTION, help="election file (TOML)")
    parser.add_argument("--commission", type=Path, default=COMMISSION, help="commission (TOML)")
    parser.add_argument(
        "--voters",
        type=_within(int, 1, 3000, "voters"),
        default=100,
        help="voters on the list, who all come (default 100)",
    )
    parser.add_argument(
        "--terminals", type=_within(int, 1, 8, "booths"), default=3, help="booths (default 3)"
    )
    parser.add_argument(
        "--seed",
        type=_within(int, 0, 2**32 - 1, "(a whole number)"),
        help="fixes the voters and what they want; drawn and shown without it",
    )
    parser.add_argument(
        "--speed",
        type=_within(float, 0.1, 1000.0, "clock seconds a real second"),
        default=60.0,
        help="clock seconds a real second (default 60)",
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for what is left")
    parser.add_argument(
        "--kill",
        action="append",
        default=[],
        metavar="BOARD/DAEMON@VOTERS",
        help="SIGKILL a daemon when so many voters have left, e.g. terminal-1/terminald@20",
    )
    given = parser.parse_args(argv)
    for name, load in (("election", load_election), ("commission", load_commission)):
        try:
            load(getattr(given, name))
        except FileError as error:
            parser.error(f"--{name} {error}")
    kills = []
    for text in given.kill:
        unit, _, after = text.partition("@")
        if unit.count("/") != 1 or not after.isdecimal():
            parser.error(f"--kill {text}: give BOARD/DAEMON@VOTERS, e.g. desk-1/deskd@20")
        if int(after) >= given.voters:
            parser.error(f"--kill {text}: only {given.voters} voters come; give a smaller number")
        kills.append(Kill(unit.replace("/", "-"), int(after)))
    out: Path = given.out.absolute()
    try:
        _make_room(out)
    except FileExistsError as error:
        parser.error(f"--out {given.out}: {error}")
    except OSError as error:
        parser.error(f"--out {given.out}: {error.strerror}; give a folder that can be written")
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    return DayOptions(
        election=given.election,
        commission=given.commission,
        voters=given.voters,
        terminals=given.terminals,
        seed=seed,
        speed=given.speed,
        out=out,
        kills=tuple(kills),
    )


def _within(kind: Callable[[str], N], least: N, most: N, what: str) -> Callable[[str], N]:
    """Return what reads an option's number from `least` to `most`."""

    def read(text: str) -> N:
        with suppress(ValueError):
            number = kind(text)
            if least <= number <= most:
                return number
        raise argparse.ArgumentTypeError(f"{text!r} will not do; give {least} to {most} {what}")

    return read


def _make_room(out: Path) -> None:
    """Make the folder, and empty it if an earlier day was left in it.

    Raises:
        FileExistsError: it is no folder, or has other things in it; nothing was removed.
        OSError: it cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise FileExistsError("it is no folder; give a new or an empty one")
    left = list(out.iterdir()) if out.exists() else []
    if left and out / MARK not in left:
        raise FileExistsError("the folder has other things in it; give a new or an empty one")
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()


def main(argv: Sequence[str]) -> int:
    """Hold a day; exit code 0 if everything was as it must be."""
    options = _options(argv)
    run = Path(tempfile.mkdtemp(prefix="sailau-"))
    day = Day(options, run)
    sys.stdout.write(f"A day with {options.voters} voters, seed {options.seed}\n")
    try:
        summary = day.hold()
    except (FileError, StationError) as error:  # what was asked for fits no station
        sys.stderr.write(f"sailau-sim day: {error}\n")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001 - told to a person, with the place of the logs
        sys.stderr.write(
            f"sailau-sim day: {type(error).__name__}: {error}\n"
            f"Steps so far, in seconds: {day.durations}\n"
            f"The daemons' logs are in {options.out / 'logs'}; "
            f"--seed {options.seed} repeats the same voters.\n"
        )
        return 1
    finally:
        shutil.rmtree(run, ignore_errors=True)
    sys.stdout.write(
        f"Balanced, counted and verified: {summary['counted']} votes. See {options.out}\n"
    )
    return 0

"""The technician on call: sees what befalls the boards' media, and does what the pages say.

Rules: the technician reads the number on the stopped board's page, finds its row in
`docs/technician.md`, and does that and nothing else to the media; no board is restarted and nothing
is pressed. What no page tells of (a slow medium, a bit that changed while in use) is only ended.
A medium that is out when nobody is told any more, on a board that is closed, is put back. Where
two mishaps of one medium overlap, the page tells of one at a time, and what is done for one may
have been done for the other.

`OnCall` works in a thread of its own for the whole day. A page that gives a wrong reason, a number
without a row, or a board that does not go on afterwards is an error of the day.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from common.book import STOPPED
from common.enrolment import KEYS
from common.errors import Reason
from common.records import BoardKind
from simulators.bench_client import BenchClient, BenchRefused, Hands
from simulators.day_options import ROOT
from simulators.hands import BenchBooth
from simulators.media import Trouble
from simulators.mischief import recording_root, take_out
from simulators.mishaps import Ill, Mishap, Planned, befell, read_mishaps
from simulators.panel import text_of
from simulators.prepare import Station
from simulators.progress import DayFailed
from simulators.protocol import OWN, RECORDING
from simulators.sight import Eyes
from simulators.stops import Kind, board_of, read_counts
from simulators.venue import STOPS, Venue

LOOK_S: Final = 0.05
UNNOTICED_S: Final = 12.0
"""Real seconds after which nobody waits any more for a page that tells of a mishap."""
CLOSED_S: Final = 2.0
"""The same of a board that is closed."""
SLOW_WRITES: Final = 6
SLOW_AT_MOST_S: Final = 15.0
_REMEDY: Final = re.compile(r"^\| ([0-9]{3}(?:, [0-9]{3})*) \|", re.MULTILINE)
_NUMBER: Final = re.compile(r"[0-9]{3}")

REASONS_OF_OWN: Final = {
    Ill.FULL: frozenset({Reason.OWN_STORAGE_FULL, Reason.OWN_STORAGE_ALMOST_FULL}),
    Ill.READ_ONLY: frozenset({Reason.OWN_STORAGE_READ_ONLY}),
    Ill.BROKEN: frozenset({Reason.OWN_STORAGE_DAMAGED}),
}
REASONS: Final = {
    Ill.PULLED: frozenset({Reason.MEDIUM_MISSING}),
    Ill.LOST: frozenset({Reason.MEDIUM_MISSING}),
    Ill.SWAPPED: frozenset({Reason.MEDIUM_OTHER_BOARD}),
    Ill.OTHER_STATION: frozenset({Reason.MEDIUM_OTHER_STATION}),
    Ill.OTHER_DAY: frozenset({Reason.MEDIUM_OTHER_DAY}),
    Ill.OLDER: frozenset({Reason.MEDIUM_MISSING}),
    Ill.FLIPPED: frozenset({Reason.MEDIUM_MISSING}),
    Ill.FULL: frozenset({Reason.MEDIUM_FULL, Reason.MEDIUM_ALMOST_FULL}),
    Ill.READ_ONLY: frozenset({Reason.MEDIUM_READ_ONLY}),
    Ill.BROKEN: frozenset({Reason.MEDIUM_DAMAGED}),
}
"""What the page must say in the end. Before it may say that the medium is missing: it was out."""


def remedies(page: Path = ROOT / "docs" / "technician.md") -> frozenset[int]:
    """Return the numbers that the technician's page has a row for."""
    rows = _REMEDY.findall(page.read_text(encoding="utf-8"))
    return frozenset(int(number) for row in rows for number in row.split(", "))


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a board's screen: the page, and the number that says why it has stopped."""

    name: str
    number: int

    @property
    def serves(self) -> bool:
        """Whether there is a page, and it does not say that the board has stopped."""
        return bool(self.name) and not self.number

    @property
    def closed(self) -> bool:
        """Whether the board's day is over, so that it does not look after its media any more."""
        return self.name.rpartition(".")[2] == "closed"


@dataclass(slots=True)
class Case:
    """A mishap that has befallen, until it is put right.

    Attributes:
        at: which of its daemon's, from 0.
        told: the numbers that pages gave.
        noticed: a page said what is wrong.
        mended: it was put right, with this case or with another one of the same medium.
    """

    mishap: Mishap
    unit: str
    since_s: float
    writes: int
    told: list[int] = field(default_factory=list)
    noticed: bool = False
    mended: bool = False

    @property
    def expected(self) -> frozenset[int]:
        """The numbers that a page may give it."""
        reasons = REASONS_OF_OWN if self.mishap.kind is Kind.OWN else REASONS
        return frozenset(reason.value for reason in reasons.get(self.mishap.ill, ()))


class OnCall:
    """The technician, in a thread of its own between `with` and its end."""

    def __init__(self, venue: Venue, mishaps: Sequence[Mishap]) -> None:
        """`mishaps` are those that were planned for the day."""
        self._venue = venue
        self._folder = venue.bench.parent / STOPS
        self._planned: dict[str, Planned] = {}
        for path in sorted(self._folder.glob("*.mishaps")):
            planned = read_mishaps(self._folder, path.stem)
            if planned is not None:
                self._planned[path.stem] = planned
        self._open: list[Case] = []
        self._known: set[tuple[str, int]] = set()
        self._mine: dict[str, str] = {}
        self._new = 0
        self._rows = remedies() if mishaps else frozenset()
        self._booths: dict[str, BenchBooth] = {}
        self._ended = threading.Event()
        self._settled = threading.Condition()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="technician on call")
        self.closed: list[Case] = []

    def __enter__(self) -> Self:
        if self._planned:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._planned:
            self._thread.join()
            if self._trouble is not None and error is None:
                raise self._trouble
            if self._trouble is not None and error is not None:
                error.add_note(f"(the technician on call: {self._trouble})")

    def check(self) -> None:
        """Raise what went wrong here."""
        if self._trouble is not None:
            raise self._trouble

    def settle(self, *boards: str) -> None:
        """Wait until nothing is wrong with the media of these boards, as far as anybody knows.

        Raises:
            DayFailed: it is not put right.
        """
        if not self._planned:
            return
        with self._settled:
            self._settled.wait_for(
                lambda: self._trouble is not None or not self._is_open(boards),
                2 * self._venue.patience_s,
            )
            self.check()
            if self._is_open(boards):
                raise DayFailed(
                    f"not put right: {', '.join(str(one.mishap) for one in self._open)}"
                )

    def _is_open(self, boards: Collection[str]) -> bool:
        news = any(board_of(unit) in boards for unit, _ in self._befallen())
        return news or any(self._concerns(case, boards) for case in self._open)

    def _concerns(self, case: Case, boards: Collection[str]) -> bool:
        if case.mishap.ill is Ill.SWAPPED:
            return True
        return case.mishap.board in boards

    def _befallen(self) -> list[tuple[str, int]]:
        """Return the mishaps that have befallen and are not known yet."""
        return [
            (unit, number)
            for unit, planned in self._planned.items()
            for number in range(len(planned.mishaps))
            if (unit, number) not in self._known and befell(self._folder, unit, number).exists()
        ]

    def medium_of(self, board: str) -> str:
        """Return the name of the medium that is a board's own now."""
        return self._mine.get(board, board)

    def told(self) -> list[dict[str, object]]:
        """Return, for the summary, what befell and what pages said of it."""
        return [
            {"mishap": str(case.mishap), "pages": case.told, "noticed": case.noticed}
            for case in self.closed
        ]

    def keep_media(self) -> None:
        """Let the folders of the boards' media be what is in their slots at the end of the day."""
        for board in self._mine:
            here = self._venue.station.board_folder(board)
            shutil.move(here / "medium", here / "medium-before")
            shutil.copytree(recording_root(self._venue.bench, board), here / "medium")

    def check_media(self, station: Station) -> None:
        """See that own storage and medium of each board are alike. Raises: DayFailed.

        Where a bit has changed while in use, nobody may have read it since; and what befell when
        the boards were being switched off, nobody has put right.

        Args:
            station: with the spares in their places.
        """
        spoilt = {case.mishap.board for case in self.closed if case.mishap.ill is Ill.ROTTEN}
        spoilt |= {board_of(unit) for unit, _ in self._befallen()}
        for board in station.boards:
            if self._planned and board.name not in spoilt:
                own = station.board_folder(board.name) / "own"
                differ = unlike(own, station.medium_folder(board.name) / board.name)
                if differ:
                    raise DayFailed(f"{board.name}: its media differ in {', '.join(differ)}")

    # the thread

    def _run(self) -> None:
        try:
            with ExitStack() as stack:
                client = stack.enter_context(BenchClient(self._venue.bench))
                while not self._ended.wait(LOOK_S):
                    self.look_around(client)
                for case in self._open:
                    self.closed.append(case)
        except BaseException as error:  # noqa: BLE001 - raised by whoever holds the day
            self._trouble = error
            with self._settled:
                self._settled.notify_all()

    def look_around(self, client: BenchClient) -> None:
        """See what has befallen, and do the next thing in each case. Raises: DayFailed."""
        for unit, number in self._befallen():
            self._take_note(unit, number)
        for case in list(self._open):
            if self._attend(client, case):
                with self._settled:
                    self._open.remove(case)
                    self.closed.append(case)
                    self._settled.notify_all()

    def _take_note(self, unit: str, number: int) -> None:
        mishap = self._planned[unit].mishaps[number]
        with self._settled:
            self._open.append(Case(mishap, unit, time.monotonic(), self._writes(unit, mishap)))
            self._known.add((unit, number))

    def _writes(self, unit: str, mishap: Mishap) -> int:
        return read_counts(self._folder)[unit].points[mishap.kind]

    def _attend(self, client: BenchClient, case: Case) -> bool:
        """Do the next thing; say whether all is well again."""
        mishap, hands = case.mishap, client.board(case.mishap.board)
        since_s = time.monotonic() - case.since_s
        if mishap.ill is Ill.ROTTEN:
            return True
        if mishap.ill is Ill.SLOW:
            enough = self._writes(case.unit, mishap) >= case.writes + SLOW_WRITES
            if enough or since_s > SLOW_AT_MOST_S:
                hands.trouble(Trouble.NONE, slot=_slot(mishap))
                return True
            return False
        page = self.look(client, mishap.board)
        if mishap.kind is Kind.OWN and mishap.ill in {Ill.FLIPPED, Ill.OLDER}:
            began = self._writes(case.unit, mishap) > case.writes
            of_another = self._tells_of_another(case, page.number)
            if page.number and page.number in self._rows and not of_another:
                raise DayFailed(f"{mishap}: {mishap.board} has stopped, it says {page.number}")
            return (began and page.serves) or since_s > UNNOTICED_S
        if case.mended:
            if not page.serves and since_s > self._venue.patience_s:
                raise DayFailed(f"{mishap}: {mishap.board} does not go on, it says {page}")
            return page.serves
        if page.number:
            self._read(client, case, page.number)
        elif since_s > (CLOSED_S if page.closed else UNNOTICED_S):
            self._put_right(client, case)
        return False

    def _read(self, client: BenchClient, case: Case, number: int) -> None:
        """Judge what the page says, and do it."""
        mishap = case.mishap
        if number not in self._rows:
            raise DayFailed(f"{mishap}: page {number} has no row in docs/technician.md")
        if number not in case.told:
            case.told.append(number)
        if number not in case.expected:
            passing = number == Reason.MEDIUM_MISSING.value and mishap.kind is Kind.REMOVABLE
            passing |= self._tells_of_another(case, number)
            if passing and time.monotonic() - case.since_s < UNNOTICED_S:
                return  # it was out for a moment, or tells of another one; the page will say more
            raise DayFailed(f"{mishap}: the page says {number}, not {sorted(case.expected)}")
        case.noticed = True
        self._put_right(client, case)

    def _beside(self, case: Case, kind: Kind | None = None) -> list[Case]:
        """Return the other cases of the same board, or medium, that are not over."""
        board, kinds = case.mishap.board, tuple(Kind) if kind is None else (kind,)
        there = [one for one in self._open if one.mishap.board == board and one is not case]
        return [one for one in there if one.mishap.kind in kinds]

    def _tells_of_another(self, case: Case, number: int) -> bool:
        return any(number in other.expected for other in self._beside(case))

    def _put_right(self, client: BenchClient, case: Case) -> None:
        """Do what the row of the page's number says, or end what no page told of."""
        mishap, hands = case.mishap, client.board(case.mishap.board)
        if mishap.kind is Kind.OWN:
            hands.leave_room(None, OWN)
            hands.trouble(Trouble.NONE, slot=OWN)
        else:
            self._put_in(client, hands, case)
        # A medium that is put in works again; but a stranger's goes back with its own case.
        for one in (case, *self._beside(case, mishap.kind)):
            if one is case or one.mishap.ill is not Ill.SWAPPED:
                one.mended, one.since_s = True, time.monotonic()

    def _put_in(self, client: BenchClient, hands: Hands, case: Case) -> None:
        """Take out what lies in the slot, and put the board's own medium or a new one in."""
        board, theirs = case.mishap.board, take_out(hands)
        is_lost = any(one.mishap.ill is Ill.LOST for one in self._beside(case, case.mishap.kind))
        if is_lost or case.mishap.ill in {Ill.LOST, Ill.FULL, Ill.BROKEN}:
            self._put_new(client, hands, board)
        else:
            hands.plug(self.medium_of(board))
        if case.mishap.ill is Ill.SWAPPED:
            stranger = self._planned[case.unit].stranger(case.mishap)
            others = (one for one in client.boards if one != board)
            owner = next((one for one in others if self.medium_of(one) == theirs), stranger)
            with suppress(BenchRefused):  # it is back already
                client.board(owner).plug(self.medium_of(owner))

    def _put_new(self, client: BenchClient, hands: Hands, board: str) -> None:
        self._new += 1
        self._mine[board] = f"{board}-new-{self._new}"
        client.new_medium(self._mine[board])
        hands.plug(self._mine[board])

    def look(self, client: BenchClient, board: str) -> Page:
        """Look at a board's page."""
        station = self._venue.station
        if board not in station.of_kind(BoardKind.TERMINAL):
            _, regions = client.board(board).regions()
            page = text_of(regions, "page") or ""
            number = 0
            if page.endswith((".stopped", ".refused")):
                number = int((_NUMBER.search(text_of(regions, "code") or "") or "0")[0])
            return Page(page, number)
        if board not in self._booths:
            self._booths[board] = BenchBooth(client, board, Eyes(self._venue.book()))
        seen = self._booths[board].look(0.0)
        name = "" if seen is None else seen.name
        if name == STOPPED:
            raise DayFailed(f"{board} has stopped with a page without a number")
        reason = Reason.__members__.get(name.removeprefix("fault:"))
        stopped = reason is not None and reason.value in self._rows
        is_well = reason is Reason.STATE_MENDED
        return Page(name, reason.value if reason and stopped and not is_well else 0)


def unlike(own: Path, medium: Path) -> list[str]:
    """Return the paths of the files that differ on the two media, but for the board's own keys."""
    files = [
        {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
        for root in (own, medium)
    ]
    names = sorted({*files[0], *files[1]} - {KEYS})
    return [
        name
        for name in names
        if not all(name in each for each in files)
        or files[0][name].read_bytes() != files[1][name].read_bytes()
    ]


def _slot(mishap: Mishap) -> str:
    return OWN if mishap.kind is Kind.OWN else RECORDING

"""A spare accumulator and the medium of the one that died: whose it is, and what is taken over.

    own storage, and <medium>/<spare>/
        acts/NNN-replacement.cose      comes first: with it this board goes on
        collected/<dead>/              its journal and acts, the opening's among them
        collected/<board>/             boards that were in already
        count/                         what it shuffled and opened in the evening
        start-order.cose               as it was: it stays valid
        urn.bin                        moved, under the same urn key
    <medium>/<dead>/                   is read and never written

Rules:
- Until the act is stored nothing is written, and the dead board's medium stays as it is.
- Everything after the act can be done again: a stop in between is gone on with at the next start,
  from the act, until the journal says TOOK_OVER.
- What is taken over is what verifies: whole journal, acts, start order, boards that were in. The
  dead board's own statement and minutes are not: this board counts by itself, and closes at once if
  the dead one had closed.
- A spare that dies too is replaced by the next, from its own folder; if it died before it had taken
  over, from the folder of the one before, on the same medium.

It decides nothing and holds no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accumulator.collection import STATEMENT, check_package
from accumulator.dayfiles import COLLECTED, START_ORDER, DayFiles
from accumulator.station import Station
from common import acts, deadboards, evening, records, tallykey
from common.catalogue import EventType
from common.cose import CoseError, SignedBody
from common.deadboards import Left
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Entry
from common.media import Medium, folders
from common.records import Act, ActFact, ActKind, Board, RecordError

TAKEN_IN = (EventType.VOTE_TAKEN_IN, EventType.INTAKE_COMPLETED)
"""The entries that each stand for one vote taken in."""


@dataclass(frozen=True, slots=True)
class Dead:
    """The accumulator that died, and what it left on the medium in the slot.

    Attributes:
        left: its journal and acts.
        before: what those left in whose place it went on, or was to go on.
        folder: where urn, sealed keys and records of the day lie: its own, or, if it died before it
            had taken over, still that of the one before.
    """

    board: Board
    left: Left
    before: tuple[Left, ...]
    folder: Medium

    @property
    def entries(self) -> list[Entry]:
        """What the journals tell of the day, the earliest first."""
        return [entry for left in (*reversed(self.before), self.left) for entry in left.entries]

    @property
    def votes(self) -> int:
        """How many votes were taken in, by these journals."""
        return sum(entry.event in TAKEN_IN for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The act by which this board goes on in another one's place."""

    board: Board
    act: Act
    act_hash: bytes
    signatures: int


class Takeover:
    """Looks at the slot of a spare accumulator, and takes over. Other boards are never spares."""

    def __init__(
        self,
        installation: Installation,
        own: Medium,
        recording: Callable[[], Medium | None],
        root_key: bytes,
    ) -> None:
        """Take own storage, and what says which medium lies in the recording slot now."""
        self._package = installation.package
        self._station = Station(
            installation.package, installation.package_hash, installation.board.name
        )
        self._board = installation.board
        self._own = own
        self._recording = recording
        self._root_key = root_key

    @property
    def waits(self) -> bool:
        """Whether this is a spare that replaced nobody yet. Raises: MediumFault."""
        return self._board.spare and self.replaced() is None

    def replaced(self) -> Replaced | None:
        """Return whom this board replaced, by the act in its own folders. Raises: MediumFault."""
        if not self._board.spare:
            return None
        medium = self._recording()
        places = [self._own] if medium is None else [self._own, medium.folder(self._board.name)]
        for place in places:
            for path in place.list():
                folder, _, name = path.rpartition("/")
                if folder == acts.FOLDER and name.endswith(f"-{deadboards.REPLACEMENT}.cose"):
                    found = self._read_act(place.read(path, max_size=acts.MAX_SIZE) or b"")
                    if found is not None:
                        return found
        return None

    def _read_act(self, content: bytes) -> Replaced | None:
        try:
            body = SignedBody.from_bytes(content, Act.external(), self._board.sign_key)
            act = Act.from_bytes(body.payload)
        except (CoseError, RecordError):
            return None
        board = self._package.board(str(act.facts.get(ActFact.BOARD, "")))
        if board is None or act.kind is not ActKind.REPLACEMENT:
            return None
        if act.package != self._station.package_hash:
            return None  # of another day
        return Replaced(board, act, records.digest(content), len(body.people))

    def is_medium_of_dead(self, medium: Medium) -> bool:
        """Say whether a medium is of the board that this one replaced. Raises: MediumFault."""
        replaced = self.replaced()
        return replaced is not None and replaced.board.name in folders(medium)

    def found(self) -> Dead | None:
        """Return the dead accumulator whose medium lies in the slot, or None.

        Raises:
            Refused: the medium is of another station or day, or that day is over.
            MediumFault: it cannot be read.
        """
        medium = self._recording()
        board = None
        if medium is not None:
            board = deadboards.dead_on(medium, self._board, self._package)
        if medium is None or board is None:
            return None
        dead = self._dead(board, medium)
        if any(entry.event is EventType.KEYS_FORGOTTEN for entry in dead.entries):
            raise Refused(Reason.SPARE_NOT_NEEDED, board=board.name)
        return dead

    def _dead(self, board: Board, medium: Medium) -> Dead:
        folder, package_hash = medium.folder(board.name), self._station.package_hash
        left = deadboards.read_left(folder, board, self._package, package_hash)
        begun = deadboards.unfinished(left)
        if begun is not None:
            first = self._before(begun, left)
            dead = self._dead(first, medium)
            deadboards.check_left(dead.left, begun)
            return Dead(board, left, (dead.left, *dead.before), dead.folder)
        check_package(folder, self._station, self._root_key)
        before: list[Left] = []
        last = left
        while (act := deadboards.replacement_in(last)) is not None:
            first = self._before(act, left, *before)
            place = folder.folder(COLLECTED).folder(first.name)
            last = deadboards.read_left(place, first, self._package, package_hash)
            before.append(last)
        return Dead(board, left, tuple(before), folder)

    def _before(self, act: Act, *known: Left) -> Board:
        """Return in whose place a dead spare went on. Raises: Refused: that goes in a circle."""
        board = self._package.board(str(act.facts[ActFact.BOARD]))
        if board is None or board in [left.board for left in known]:
            raise Refused(Reason.RECORD_DAMAGED, thing=Thing.ACT)
        return board

    def unfinished(self, entries: Iterable[Entry]) -> tuple[Replaced, Dead] | None:
        """Return the takeover that is still to be ended, by the act and this board's journal.

        Raises:
            Refused: the dead board's medium is missing, or holds less than the act says.
            MediumFault: it cannot be read.
        """
        replaced = self.replaced()
        if replaced is None or any(entry.event is EventType.TOOK_OVER for entry in entries):
            return None
        medium = self._recording()
        if medium is None:
            raise Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
        dead = self._dead(replaced.board, medium)
        deadboards.check_left(dead.left, replaced.act)
        return replaced, dead


def take_records(dead: Dead, files: DayFiles) -> None:
    """Lay down what the dead accumulator left, the start order last. Raises: MediumFault."""
    for left in (dead.left, *dead.before):
        files.keep_left(left)
    folders = (f"{COLLECTED}/", f"{tallykey.FOLDER}/", f"{evening.FOLDER}/")
    brought = [path for path in dead.folder.list() if path.startswith(folders)]
    for path in [*sorted(brought, key=lambda each: each.endswith(STATEMENT)), START_ORDER]:
        content = dead.folder.read(path)
        if content is not None and files.verifies(path, content):
            _keep(files, path, content)


def _keep(files: DayFiles, path: str, content: bytes) -> None:
    for medium in files.media:
        if medium.read(path) != content:
            medium.replace(path, content)

"""Boards that died for good, and the spares that go on in their place (design §1).

    <medium>/<dead board>/     stays as it is; whoever looks into it only reads
    <medium>/<spare>/          from now on the spare's folder, on the same medium
    <spare's folder>/replaced/<dead board>/journal.cborseq, acts/…
                               what is evidence of the dead board, on both of the spare's media

Rules:
- What a dead board left counts as far as it verifies with that board's key: its journal up to the
  last entry of one chain, and the acts that officials signed. A torn end is no fault here.
- The act of two members comes first, then what it allows; a stop in between is gone on with from
  the act (`act_of`).
- A board never serves on a medium on which another board was put in its place (`refuse_replaced`).

Which acts there are and who signs them: `common.acts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from common import acts, journal, records
from common.catalogue import EventType
from common.cose import SignedBody
from common.errors import Reason, Refused, Thing
from common.journal import NO_ENTRY, Entry
from common.media import Medium, MediumFault, folders
from common.records import Act, ActFact, ActKind, Board, StationPackage

FOLDER: Final = "replaced"
REPLACEMENT: Final = "replacement"
WRITE_OFF: Final = "write-off"
MAX_ACTS: Final = 100
DIED: Final = (
    "Құрылғы істен шықты, оны іске қосу мүмкін емес. / "
    "Устройство вышло из строя, включить его невозможно."
)
"""The reason that stands in every act about a board that died."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a dead board left on its medium, as far as it verifies.

    Attributes:
        board: the dead board.
        journal: its journal, whole entries only; `entries` are those.
        acts: signed acts, by file name.
    """

    board: Board
    journal: bytes = field(default=b"", repr=False)
    entries: tuple[Entry, ...] = field(default=(), repr=False)
    acts: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def head(self) -> bytes:
        """The hash of the last entry."""
        return self.entries[-1].hash if self.entries else NO_ENTRY

    @property
    def facts(self) -> dict[int, int | str | bytes]:
        """What an act says of this board: its name, and how far its journal was read."""
        said: dict[int, int | str | bytes] = {int(ActFact.BOARD): self.board.name}
        if self.entries:
            said[int(ActFact.JOURNAL_HEAD)] = self.head
            said[int(ActFact.JOURNAL_LENGTH)] = len(self.entries)
        return said


def read_left(folder: Medium, board: Board, package: StationPackage, package_hash: bytes) -> Left:
    """Read what a dead board left in its folder. Raises: MediumFault."""
    untrusted = folder.read(journal.PATH, max_size=journal.MAX_SIZE) or b""
    entries, whole = journal.verified_beginning(untrusted, board.sign_key)
    kept: list[tuple[str, bytes]] = []
    for name, content in _act_files(folder):
        try:
            acts.open_act(content, board, package, package_hash)
        except Refused:
            continue
        if all(content != other for _, other in kept):
            kept.append((name, content))
    return Left(board, whole, tuple(entries), tuple(kept))


def unfinished(left: Left) -> Act | None:
    """Return the act by which a dead spare was to go on, if it died before it had taken over.

    It served nobody then, and what it was to take over lies where it lay before.
    """
    if any(entry.event is EventType.TOOK_OVER for entry in left.entries):
        return None
    return replacement_in(left)


def replacement_in(left: Left) -> Act | None:
    """Return the act by which a dead spare went on, or was to, in the place of another board."""
    opened = (_act_signed_by(content, left.board) for _, content in left.acts)
    name = left.board.name  # an accumulator draws up acts about other boards' spares, too
    return act_of(act for act in opened if act is not None and act.facts.get(ActFact.SPARE) == name)


def check_left(left: Left, act: Act) -> None:
    """Check that a dead board left what the act says. Raises: Refused."""
    if left.facts.items() - act.facts.items():
        expected = act.facts.get(ActFact.JOURNAL_LENGTH, 0)
        raise Refused(Reason.JOURNAL_SHORTENED, expected=int(expected), found=len(left.entries))


def left_on(medium: Medium | None, name: str, package: StationPackage, package_hash: bytes) -> Left:
    """Read what a dead board left on the medium that lies in a slot.

    Raises:
        Refused: there is no medium, it is not that board's, or it cannot be read.
    """
    board = package.board(name)
    if board is None or medium is None:
        raise Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
    try:
        found = folders(medium)
        if name not in found:
            raise Refused(Reason.MEDIUM_OTHER_BOARD, found=", ".join(found), expected=name)
        return read_left(medium.folder(name), board, package, package_hash)
    except MediumFault as fault:
        raise fault.refusal(Thing.REMOVABLE) from fault


def _act_files(folder: Medium) -> Iterator[tuple[str, bytes]]:
    paths = [path for path in folder.list() if path.startswith(f"{acts.FOLDER}/")]
    for path in paths[:MAX_ACTS]:
        name = path.removeprefix(f"{acts.FOLDER}/")
        content = folder.read(path, max_size=1 << 20)
        if acts.is_name(name) and content is not None and len(content) <= acts.MAX_SIZE:
            yield name, content


def dead_on(medium: Medium, spare: Board, package: StationPackage) -> Board | None:
    """Return the board whose medium this is, if `spare` is enrolled to go on in its place.

    A medium that holds the spare's own folder too is the spare's already.

    Raises: MediumFault.
    """
    names = folders(medium)
    if spare.name in names or not spare.spare:
        return None
    boards = [board for name in names if (board := package.board(name)) is not None]
    if len(boards) != len(names):
        return None
    can_be = [board for board in boards if acts.may_replace(spare, board)]
    # Where a spare died too, both folders lie on the medium; the last in the chain is the one.
    replaced = {name for board in boards for name in _replaced_by(medium, board, package)}
    last = [board for board in can_be if board.name not in replaced]
    return last[0] if len(last) == 1 else None


def _replaced_by(medium: Medium, spare: Board, package: StationPackage) -> set[str]:
    """Return the boards that this one replaced, by the acts in its folder on this medium."""
    found = set()
    for name, content in _act_files(medium.folder(spare.name)):
        if name.endswith(f"-{REPLACEMENT}.cose"):
            act = _act_signed_by(content, spare)
            is_ours = act is not None and act.station == package.station
            if act is not None and is_ours and act.kind is ActKind.REPLACEMENT:
                found.add(str(act.facts.get(ActFact.BOARD)))
    return found


def _act_signed_by(content: bytes, board: Board) -> Act | None:
    try:
        body = SignedBody.from_bytes(content, Act.external(), board.sign_key)
        return Act.from_bytes(body.payload)
    except ValueError:
        return None


def refuse_replaced(medium: Medium, board: Board, package: StationPackage) -> None:
    """Refuse a medium on which another board was put in the place of this one.

    Raises:
        Refused: BOARD_REPLACED.
        MediumFault: it cannot be read.
    """
    for name in folders(medium):
        other = package.board(name)
        if other is None or other == board or not acts.may_replace(other, board):
            continue
        if board.name in _replaced_by(medium, other, package):
            raise Refused(Reason.BOARD_REPLACED, board=board.name, spare=other.name)


def replacement_act(
    left: Left,
    spare: Board,
    package: StationPackage,
    package_hash: bytes,
    time_ms: int,
    *,
    votes: int | None = None,
) -> Act:
    """Return the act that a spare desk or accumulator goes on in the dead board's place.

    Args:
        votes: of an accumulator: how many are in its urn.
    """
    said = left.facts | {int(ActFact.SPARE): spare.name, int(ActFact.REASON): DIED}
    if votes is not None:
        said[int(ActFact.SEALED_VOTES)] = votes
    return Act(ActKind.REPLACEMENT, package.station, package_hash, spare.name, time_ms, said)


def act_of(acts_of_board: Iterable[Act]) -> Act | None:
    """Return the act by which a spare desk or accumulator replaced the last dead board, if any."""
    kept = [act for act in acts_of_board if act.kind is ActKind.REPLACEMENT]
    return kept[-1] if kept else None


def digest_of(body: SignedBody) -> bytes:
    """Return the hash by which the journal names an act."""
    return records.digest(body.to_bytes())

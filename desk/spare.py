"""A spare desk and the medium of the one that died: whose it is, and what is taken over.

    own storage, and <medium>/<spare>/
        acts/NNN-replacement.cose         comes first: with it this desk goes on
        replaced/<dead>/journal.cborseq   and acts/: evidence of the dead desk
        replaced/<dead>/serials.bin       its serials: its cards are taken back here, none is drawn
        marks.bin, start-order.cose       as the dead desk had them, and count/…
    <medium>/<dead>/                      is read and never written

Rules:
- Until the act of two members is stored nothing is written, and a spare serves nobody.
- What the dead desk knew is believed for its signature: the newest whole block of each file. Fewer
  serials issued than its journal tells of cards activated is an older copy, and is refused.
- Everything after the act can be done again: a stop in between is gone on with at the next start,
  from the act, until the journal says TOOK_OVER.
- The spare draws from its own serials only, so no serial is ever issued twice.
- A counting desk that died after its close leaves only its part of the count: the spare is closed
  at once, and does that part with what the dead desk had done of it.
- A spare that dies too is replaced by the next one, with all that it had taken over; if it died
  before that, with what still lies in the folder of the desk whose place it was to take.

Never here: what the operator sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from common import acts, blocks, deadboards, enrolment, journal, records, tallykey
from common.blocks import BlockFile, BlockForm
from common.catalogue import EventType
from common.cose import CoseError, SignedBody
from common.countfiles import judge_count
from common.deadboards import Left
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.evening import CHECKED, OPENING, SECOND_MIX
from common.journal import Entry, Journal
from common.media import Medium, TwoMedia, folders
from common.records import (
    Act,
    ActFact,
    ActKind,
    Board,
    BoardKind,
    RecordError,
    Statement,
)
from desk.state import (
    FLIGHT_SIZE,
    SERIALS,
    Marks,
    RandomBytes,
    Serials,
    marks_form,
    read_marks,
    read_serials,
    taken_form,
    written,
)

START_ORDER = "start-order.cose"
STATEMENT = "statement.cose"
_ACTIVATED = (EventType.CARD_ACTIVATED, EventType.ANOTHER_CARD_ACTIVATED)


@dataclass(frozen=True, slots=True)
class Dead:
    """The desk that died, and what it left on the medium in the slot.

    Attributes:
        left: its journal and acts.
        serials: by desk: its own, and those of desks that it had replaced itself.
        before: what those desks had left.
        halves: the half of the tally key that it, or they, had made: path and content.
        closed: a desk that was closed already, and its statement: its part of the count is left.
        count: what it had done of that: path and content.
    """

    board: Board
    left: Left
    before: tuple[Left, ...]
    serials: dict[str, Serials] = field(repr=False)
    marks: Marks = field(repr=False)
    start_order: bytes | None = field(repr=False)
    halves: tuple[tuple[str, bytes], ...] = ()
    closed: tuple[str, bytes] | None = None
    count: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def issued(self) -> int:
        """How many cards it had given out."""
        return sum(each.issued.bit_count() for each in self.serials.values())


@dataclass(frozen=True, slots=True)
class Replaced:
    """The act by which this desk goes on in another one's place."""

    board: Board
    act: Act
    act_hash: bytes
    signatures: int


def replaced_by(installation: Installation, own: Medium, medium: Medium | None) -> Replaced | None:
    """Return whom this desk replaced last, by the acts in its folders. Raises: MediumFault."""
    board = installation.board
    if not board.spare:
        return None
    places = [own] if medium is None else [own, medium.folder(board.name)]
    for place in places:
        for path in reversed(place.list()):
            folder, _, name = path.rpartition("/")
            if folder == acts.FOLDER and name.endswith(f"-{deadboards.REPLACEMENT}.cose"):
                found = _read_act(place.read(path) or b"", installation)
                if found is not None:
                    return found
    return None


def _read_act(content: bytes, installation: Installation) -> Replaced | None:
    try:
        body = SignedBody.from_bytes(content, Act.external(), installation.board.sign_key)
        act = Act.from_bytes(body.payload)
    except (CoseError, RecordError):
        return None
    board = installation.package.board(str(act.facts.get(ActFact.BOARD, "")))
    is_todays = act.package == installation.package_hash
    if board is None or act.kind is not ActKind.REPLACEMENT or not is_todays:
        return None
    return Replaced(board, act, records.digest(content), len(body.people))


def found(installation: Installation, medium: Medium | None, lines: int) -> Dead | None:
    """Return the dead desk whose medium lies in the slot of this spare, or None.

    Args:
        lines: length of the voter list.

    Raises:
        Refused: it is of another day, was closed, or does not hold what a desk must know.
        MediumFault: it cannot be read.
    """
    if medium is None:
        return None
    board = deadboards.dead_on(medium, installation.board, installation.package)
    return None if board is None else read_dead(installation, board, medium, lines)


def read_dead(installation: Installation, board: Board, medium: Medium, lines: int) -> Dead:
    """Read what a dead desk left. Raises: Refused, MediumFault: as `found`."""
    folder, package_hash = medium.folder(board.name), installation.package_hash
    package = folder.read(enrolment.PACKAGE)
    if package is not None and records.digest(package) != package_hash:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.REMOVABLE)
    halves = tuple(_halves(folder, installation))
    statement = folder.read(STATEMENT)
    if statement is not None:
        enrolment.opened(Thing.STATEMENT, Statement, statement, board.sign_key)
        if not halves:
            raise Refused(Reason.SPARE_NOT_NEEDED, board=board.name)
    left = deadboards.read_left(folder, board, installation.package, package_hash)
    begun = deadboards.unfinished(left)
    if begun is not None:
        return _through(installation, left, begun, medium, lines)
    order = folder.read(START_ORDER)
    if order is not None:
        tallykey.opened_order(installation.package, package_hash, order)

    def content(form: BlockForm) -> bytes | None:
        newest = blocks.look(folder, form, package_hash, board.sign_key).newest
        if newest is None and (order is not None or folder.size(form.path) is not None):
            raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATE)
        return None if newest is None else newest.content

    own, lines_kept = content(SERIALS), content(marks_form(lines))
    serials = {board.name: Serials() if own is None else read_serials(own)}
    before = []
    for desk in installation.package.boards_of(BoardKind.DESK):
        form = taken_form(desk.name)
        if folder.size(form.path) is not None:
            serials[desk.name] = read_serials(content(form) or b"")
            place = folder.folder(deadboards.FOLDER).folder(desk.name)
            before.append(deadboards.read_left(place, desk, installation.package, package_hash))
    marks = Marks.fresh(lines) if lines_kept is None else read_marks(lines_kept)
    activated = sum(entry.event in _ACTIVATED for entry in left.entries)
    if len(marks.lines) != lines or activated > serials[board.name].issued.bit_count():
        raise Refused(Reason.STATE_OUT_OF_DATE, thing=Thing.STATE)
    count = tuple(_count_files(folder, installation))
    closed = None if statement is None else (board.name, statement)
    return Dead(board, left, tuple(before), serials, marks, order, halves, closed, count)


def _halves(folder: Medium, installation: Installation) -> Iterator[tuple[str, bytes]]:
    """Yield the half of the tally key that a dead desk had made."""
    package, package_hash = installation.package, installation.package_hash
    for path in folder.list():
        content = folder.read(path) if path.startswith(f"{tallykey.FOLDER}/") else None
        if content is not None and tallykey.is_kept(package, package_hash, path, content):
            yield path, content


def _count_files(folder: Medium, installation: Installation) -> Iterator[tuple[str, bytes]]:
    """Yield what a dead desk had shuffled and signed of the count, as far as it verifies."""
    judge = judge_count(installation.package, installation.package_hash, BoardKind.DESK)
    for path in (SECOND_MIX, CHECKED, OPENING):
        content, kept = folder.read(path), judge(path)
        if content is not None and kept is not None and kept.verifies(content):
            yield path, content


def _through(
    installation: Installation, left: Left, begun: Act, medium: Medium, lines: int
) -> Dead:
    """Return what a spare left that died before it had taken over: all is still as it found it.

    It never served, so what counts is in the folder of the desk whose place it was to take.
    """
    first = installation.package.board(str(begun.facts[ActFact.BOARD]))
    if first is None or first == left.board:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.ACT)
    dead = read_dead(installation, first, medium, lines)
    deadboards.check_left(dead.left, begun)
    serials = {**dead.serials, left.board.name: Serials()}
    before = (*dead.before, dead.left)
    return replace(dead, board=left.board, left=left, before=before, serials=serials)


def removable(installation: Installation, own: Medium, medium: Medium) -> Medium | None:
    """Return this desk's folder on a medium of the desk that it replaced; None: no such medium.

    Raises: MediumFault.
    """
    replaced = replaced_by(installation, own, medium)
    if replaced is None or replaced.board.name not in folders(medium):
        return None
    return medium.folder(installation.board.name)


@dataclass(frozen=True, slots=True)
class Heir:
    """A spare desk with both its media, and what it needs to take over: `lines` of its list."""

    installation: Installation
    media: TwoMedia
    lines: int
    random_bytes: RandomBytes = field(repr=False)


def go_on(heir: Heir, journal_: Journal, medium: Medium | None) -> tuple[Replaced, Dead] | None:
    """Carry out a takeover that an act allows and the journal does not call finished.

    Args:
        journal_: of this desk.
        medium: all of what lies in the recording slot.

    Raises:
        Refused: the dead desk's medium is missing, or holds other things than the act says.
        MediumFault: a medium failed.
    """
    replaced = replaced_by(heir.installation, heir.media.own, medium)
    if replaced is None or is_finished(journal_.entries()):
        return None
    if medium is None:
        raise Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
    dead = read_dead(heir.installation, replaced.board, medium, heir.lines)
    deadboards.check_left(dead.left, replaced.act)
    take_over(dead, heir)
    return replaced, dead


def take_over(dead: Dead, heir: Heir) -> None:
    """Lay down what the dead desk left, the start order last. Raises: MediumFault, Refused."""
    installation, media = heir.installation, heir.media
    key, package_hash = installation.keys.signing, installation.package_hash
    for left in (*dead.before, dead.left):
        where = f"{deadboards.FOLDER}/{left.board.name}"
        if left.entries:
            media.replace(f"{where}/{journal.PATH}", left.journal)
        for name, content in left.acts:
            media.replace(f"{where}/{acts.FOLDER}/{name}", content)
        form = taken_form(left.board.name)
        first = written(dead.serials[left.board.name])
        BlockFile.open(media, form, package_hash, key, thing=Thing.STATE, first=first)
    nothing = written(Serials(flight=heir.random_bytes(FLIGHT_SIZE)))
    BlockFile.open(media, SERIALS, package_hash, key, thing=Thing.STATE, first=nothing)
    first = written(dead.marks)
    form = marks_form(heir.lines)
    kept = BlockFile.open(media, form, package_hash, key, thing=Thing.STATE, first=first)
    if kept.content != first:
        kept.save(first)
    for path, content in (*dead.halves, *dead.count):
        media.replace(path, content)
    if dead.closed is not None:
        name, statement = dead.closed
        media.replace(f"{deadboards.FOLDER}/{name}/{STATEMENT}", statement)
    if dead.start_order is not None:
        media.replace(START_ORDER, dead.start_order)


def took_up_closed(media: TwoMedia, taken: Iterable[Board]) -> bool:
    """Say whether a desk that this one replaced was closed already. Raises: MediumFault."""
    paths = (f"{deadboards.FOLDER}/{board.name}/{STATEMENT}" for board in taken)
    return any(media.own.size(path) is not None for path in paths)


def taken_desks(installation: Installation, media: TwoMedia) -> tuple[Board, ...]:
    """Return the desks whose serials this one has taken over, in the package's order."""
    if not installation.board.spare:
        return ()
    return tuple(
        board
        for board in installation.package.boards_of(BoardKind.DESK)
        if any(medium.size(taken_form(board.name).path) is not None for medium in media)
    )


def served_for(installation: Installation, media: TwoMedia) -> Board:
    """Return whose part of the list this desk serves: its own, or that of the desk it replaced."""
    taken = taken_desks(installation, media)
    served = [board for board in taken if not board.spare]
    return served[0] if served else installation.board


def acts_of_dead(installation: Installation, media: TwoMedia, taken: Iterable[Board]) -> list[Act]:
    """Return the acts about unread cards that dead desks had drawn up. Raises: MediumFault."""
    found_acts: list[Act] = []
    for board in taken:
        place = media.own.folder(deadboards.FOLDER).folder(board.name)
        left = deadboards.read_left(place, board, installation.package, installation.package_hash)
        opened = (
            acts.open_act(content, board, installation.package, installation.package_hash)[0]
            for _, content in left.acts
        )
        found_acts += [act for act in opened if act.kind is ActKind.UNREAD_CARD]
    return found_acts


def entries_of_dead(media: TwoMedia, taken: Iterable[Board]) -> list[Entry]:
    """Return what the journals of dead desks say. Raises: MediumFault."""
    found_entries: list[Entry] = []
    for board in taken:
        path = f"{deadboards.FOLDER}/{board.name}/{journal.PATH}"
        entries, _ = journal.verified_beginning(media.read(path) or b"", board.sign_key)
        found_entries += entries
    return found_entries


def is_finished(entries: Iterable[Entry]) -> bool:
    """Say whether the journal tells that the takeover came to its end."""
    return any(entry.event is EventType.TOOK_OVER for entry in entries)


def keep_replacement(installation: Installation, media: TwoMedia, body: SignedBody) -> None:
    """Keep the act that this spare goes on in a dead desk's place: from now on it does."""
    number = sum(path.startswith(f"{acts.FOLDER}/") for path in media.own.list()) + 1
    signed = body.with_board(installation.keys.signing).to_bytes()
    media.replace(f"{acts.FOLDER}/{number:03}-{deadboards.REPLACEMENT}.cose", signed)

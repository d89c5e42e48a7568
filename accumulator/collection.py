"""What another board's medium brings after the close: its statement and its journal, checked.

Rules:
- A medium is a stranger: folders of boards that the package does not name are refused, and so is
  everything that does not verify, each with its own reason. Nothing of a refused board is kept.
- A statement counts for the very package and the very start order of today, and for the board whose
  key signed it; a desk's must bring its two sets of serials.
- The journal must verify from its first entry, and its entry number `journal_length` must be the
  head that the statement names. What a board wrote after its statement is not part of the day.
- Acts that the board drew up come with it; each must bear its signature and officials' of the
  station.
- A spare desk brings the serials of the desk in whose place it went on, the act that says so, and
  what that desk left behind, as far as the act says.

It never writes; what passed is laid down by `accumulator.strongroom`.
"""

from __future__ import annotations

from dataclasses import dataclass

from accumulator.station import Station
from common import acts, cbor, cose, deadboards, enrolment, journal, records
from common.cose import CoseError
from common.deadboards import Left
from common.errors import Reason, Refused, Thing
from common.media import Medium
from common.records import (
    Act,
    ActFact,
    ActKind,
    Board,
    BoardKind,
    CastVote,
    Figure,
    RecordError,
    Statement,
    StationPackage,
)

STATEMENT = "statement.cose"
ACTS = acts.FOLDER
MAX_ACTS = 100
MAX_STATEMENT_SIZE = 16_384
MOST_OF_A_FIGURE = 1_000_000  # so that no sum leaves what the minutes can hold


@dataclass(frozen=True, slots=True)
class Brought:
    """What one board's folder held, all of it checked.

    Attributes:
        board: its name.
        statement, statement_bytes: its last word, read and as signed.
        journal_bytes: its journal, as far as the statement.
        acts: signed acts, by file name.
        left: what the dead boards left in whose place it went on.
    """

    board: str
    statement: Statement
    statement_bytes: bytes
    journal_bytes: bytes
    acts: tuple[tuple[str, bytes], ...]
    left: tuple[Left, ...] = ()


def read_board(
    folder: Medium, name: str, station: Station, start_order_hash: bytes, root_key: bytes
) -> Brought:
    """Read and check one board's folder on a visiting medium.

    Raises:
        Refused: with the reason; nothing of it counts.
        MediumFault: the medium failed.

    """
    board = station.package.board(name)
    check_package(folder, station, root_key)
    if board is None:
        names = ", ".join(each.name for each in station.package.boards)
        raise Refused(Reason.RECORD_OTHER_BOARD, thing=Thing.STATEMENT, found=name, expected=names)
    untrusted = enrolment.present(
        Thing.STATEMENT, folder.read(STATEMENT, max_size=MAX_STATEMENT_SIZE)
    )
    statement = enrolment.opened(Thing.STATEMENT, Statement, untrusted, board.sign_key)
    _check_statement(statement, board, station, start_order_hash)
    untrusted_journal = enrolment.present(
        Thing.JOURNAL, folder.read(journal.PATH, max_size=journal.MAX_SIZE)
    )
    whole = check_journal(untrusted_journal, statement, board.sign_key)
    brought = _read_acts(folder, board, station)
    left = tuple(_read_left(folder, taken.board, station) for taken in statement.taken_over)
    _check_replacements(board, brought, left, station)
    return Brought(name, statement, untrusted, whole, brought, left)


def _read_left(folder: Medium, dead: str, station: Station) -> Left:
    """Return what is left of a dead desk in its spare's folder. Raises: Refused."""
    board = station.package.board(dead)
    if board is None:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATEMENT)
    place = folder.folder(deadboards.FOLDER).folder(dead)
    return deadboards.read_left(place, board, station.package, station.package_hash)


def _check_replacements(
    board: Board,
    signed: tuple[tuple[str, bytes], ...],
    left: tuple[Left, ...],
    station: Station,
) -> None:
    """Check that acts say of just these dead boards that they were replaced, and what was read.

    A spare that replaced a spare brings the act of that one among what it left.

    Raises: Refused.
    """
    said: dict[str, Act] = {}
    drawn_up = [(board, content) for _, content in signed]
    drawn_up += [(each.board, content) for each in left for _, content in each.acts]
    for by, content in drawn_up:
        act, _ = acts.open_act(content, by, station.package, station.package_hash)
        if act.kind is ActKind.REPLACEMENT:
            said[str(act.facts[ActFact.BOARD])] = act
    if said.keys() != {each.board.name for each in left}:
        raise Refused(Reason.RECORD_MISSING, thing=Thing.ACT)
    for each in left:
        about = said[each.board.name].facts
        end = (about.get(ActFact.JOURNAL_HEAD), about.get(ActFact.JOURNAL_LENGTH))
        if end != ((each.head, len(each.entries)) if each.entries else (None, None)):
            found, expected = len(each.entries), about.get(ActFact.JOURNAL_LENGTH, 0)
            raise Refused(Reason.JOURNAL_SHORTENED, expected=int(expected), found=found)


def check_journal(untrusted: bytes, statement: Statement, public_key: bytes) -> bytes:
    """Return a board's journal up to the head that its statement names.

    Raises:
        Refused: it does not verify, or does not hold that head.

    """
    entries = journal.verify_journal(untrusted, public_key)
    length = statement.journal_length
    if not 0 < length <= len(entries):
        raise Refused(Reason.JOURNAL_SHORTENED, expected=length, found=len(entries))
    head = entries[length - 1].hash
    if head != statement.journal_head:
        raise Refused(Reason.JOURNAL_BROKEN, number=length)
    items, _ = cbor.split_sequence(untrusted)
    return b"".join(cbor.wrap(item) for item in items[:length])


def _read_acts(folder: Medium, board: Board, station: Station) -> tuple[tuple[str, bytes], ...]:
    """Return the acts in a board's folder. Raises: Refused: one of them is not right."""
    paths = [path for path in folder.list() if path.startswith(f"{ACTS}/")]
    if len(paths) > MAX_ACTS:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.ACT)
    kept: list[tuple[str, bytes]] = []
    for path in paths:
        name = path.removeprefix(f"{ACTS}/")
        content = enrolment.present(Thing.ACT, folder.read(path, max_size=acts.MAX_SIZE))
        check_act(content, board, station)
        if not acts.is_name(name):
            raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.ACT)
        if any(content == other for _, other in kept):
            raise Refused(Reason.RECORD_ALREADY_IN, thing=Thing.ACT, board=board.name)
        kept.append((name, content))
    return tuple(kept)


def check_act(untrusted: bytes, board: Board, station: Station) -> Act:
    """Return an act that a visiting board and officials of the station signed.

    Raises:
        Refused: it is not such an act, or of another station, or no act of a visiting board.
    """
    act, _ = acts.open_act(untrusted, board, station.package, station.package_hash)
    if act.kind is ActKind.OPENING:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.ACT)
    return act


def ballot_of(cast_vote: bytes) -> bytes:
    """Return what no other ballot has of the sealed one in a `CastVote`: it comes in only once.

    The first 32 bytes, the one-time public key of whoever sealed it, under either scheme: who knew
    its secret sealed the ballot, and a copy that was bent has it still.
    """
    try:
        return CastVote.from_bytes(cose.payload_of(cast_vote)).sealed[:32]
    except (CoseError, RecordError) as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.CAST_VOTE) from error


def check_package(folder: Medium, station: Station, root_key: bytes) -> None:
    """Refuse a medium of another station or day by the package that it carries. Raises: Refused."""
    untrusted = folder.read(enrolment.PACKAGE, max_size=StationPackage.MAX_SIZE + 1024)
    if untrusted is None or records.digest(untrusted) == station.package_hash:
        return
    found = enrolment.opened(Thing.PACKAGE, StationPackage, untrusted, root_key)
    ours = station.package
    for reason, theirs, wanted in (
        (Reason.RECORD_OTHER_STATION, found.station, ours.station),
        (Reason.RECORD_OTHER_ELECTION, found.election, ours.election),
        (Reason.RECORD_OTHER_ROUND, found.round, ours.round),
    ):
        if theirs != wanted:
            raise Refused(reason, thing=Thing.STATEMENT, found=theirs, expected=wanted)
    raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.STATEMENT)


def _check_statement(
    statement: Statement, board: Board, station: Station, start_order_hash: bytes
) -> None:
    if statement.board != board.name:
        raise Refused(
            Reason.RECORD_OTHER_BOARD,
            thing=Thing.STATEMENT,
            found=statement.board,
            expected=board.name,
        )
    if statement.package != station.package_hash:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.STATEMENT)
    if statement.start_order != start_order_hash:
        raise Refused(Reason.RECORD_OTHER_START_ORDER, thing=Thing.STATEMENT)
    if board.kind is BoardKind.DESK:
        sets = (statement.issued, statement.withdrawn)
        sound = all(each is not None and each.board == board.name for each in sets)
    else:
        sound = statement.issued is None and statement.withdrawn is None
    known = {int(figure) for figure in Figure}
    sound = sound and all(
        (dead := station.package.board(taken.board)) is not None
        and board.kind is BoardKind.DESK
        and board.spare
        and dead.kind is BoardKind.DESK
        and dead.name != board.name
        for taken in statement.taken_over
    )
    sound = sound and len({each.board for each in statement.taken_over}) == len(
        statement.taken_over
    )
    sound = sound and all(
        figure in known and value <= MOST_OF_A_FIGURE for figure, value in statement.figures.items()
    )
    # A visiting board has no urn: serials are spent in this accumulator alone.
    if not sound or statement.spent:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATEMENT)

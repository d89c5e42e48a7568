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

It never writes; what passed is laid down by `accumulator.strongroom`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accumulator.station import Station
from common import acts, cbor, cose, enrolment, journal, records
from common.cose import CoseError
from common.errors import Reason, Refused, Thing
from common.media import Medium
from common.records import (
    Act,
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
MAX_JOURNAL_SIZE = 64 << 20


@dataclass(frozen=True, slots=True)
class Brought:
    """What one board's folder held, all of it checked.

    Attributes:
        board: its name.
        statement, statement_bytes: its last word, read and as signed.
        journal_bytes: its journal, as far as the statement.
        acts: signed acts, by file name.
    """

    board: str
    statement: Statement
    statement_bytes: bytes
    journal_bytes: bytes
    acts: tuple[tuple[str, bytes], ...]


def read_board(
    folder: Medium, name: str, station: Station, start_order_hash: bytes, root_key: bytes
) -> Brought:
    """Read and check one board's folder on a visiting medium.

    Raises:
        Refused: with the reason; nothing of it counts.
        MediumFault: the medium failed.

    """
    board = station.package.board(name)
    _check_package(folder, station, root_key)
    if board is None:
        names = ", ".join(each.name for each in station.package.boards)
        raise Refused(Reason.RECORD_OTHER_BOARD, thing=Thing.STATEMENT, found=name, expected=names)
    untrusted = enrolment.present(
        Thing.STATEMENT, folder.read(STATEMENT, max_size=MAX_STATEMENT_SIZE)
    )
    statement = enrolment.opened(Thing.STATEMENT, Statement, untrusted, board.sign_key)
    _check_statement(statement, board, station, start_order_hash)
    untrusted_journal = enrolment.present(
        Thing.JOURNAL, folder.read(journal.PATH, max_size=MAX_JOURNAL_SIZE)
    )
    whole = check_journal(untrusted_journal, statement, board.sign_key)
    return Brought(name, statement, untrusted, whole, _read_acts(folder, board, station))


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


def boards_wanted(
    station: Station, spent: dict[str, bytes], cast_votes: Iterable[bytes], boards_in: Iterable[str]
) -> tuple[str, ...]:
    """Return the boards that must be in before the count, in the package's order (L22).

    All that are not spares, and every spare that was used: a vote of its serials or with its
    signature is in the urn, or its records came in. Spare accumulators took in nothing.
    """
    used = {name for name, bits in spent.items() if any(bits)} | set(boards_in)
    signers = {cose.signer_of(vote) for vote in cast_votes}
    used |= {
        board.name for board in station.voting_boards if cose.key_id(board.sign_key) in signers
    }
    return tuple(
        board.name
        for board in station.package.boards
        if board.name == station.board
        or (board.kind is not BoardKind.ACCUMULATOR and (not board.spare or board.name in used))
    )


def ballot_of(cast_vote: bytes) -> bytes:
    """Return the sealed ballot in a `CastVote`: what may be in the urn only once."""
    try:
        return CastVote.from_bytes(cose.payload_of(cast_vote)).sealed
    except (CoseError, RecordError) as error:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.CAST_VOTE) from error


def _check_package(folder: Medium, station: Station, root_key: bytes) -> None:
    """Refuse a medium of another station or day by the package that it carries."""
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
        figure in known and value <= MOST_OF_A_FIGURE for figure, value in statement.figures.items()
    )
    # A visiting board has no urn: serials are spent in this accumulator alone.
    if not sound or statement.spent:
        raise Refused(Reason.RECORD_DAMAGED, thing=Thing.STATEMENT)

"""What a desk says at its close: its figures, and which serials it issued and withdrew.

Rules: everything in it follows from what is stored; a spare says apart what the desks did that it
replaced. It is written once, and nothing is journalled afterwards (`desk.archive`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from common import enrolment, records
from common.enrolment import Installation
from common.errors import Reason, Refused, Thing
from common.journal import Journal
from common.records import Board, Figure, SerialSet, Statement, TakenOver
from desk.state import DeskFiles, bitmap_bytes


def drawn_up(
    installation: Installation,
    taken: Sequence[Board],
    files: DeskFiles,
    journal: Journal,
    *,
    start_order: bytes,
    closed_ms: int,
    figures: Mapping[int, int],
) -> Statement:
    """Return the statement.

    Args:
        taken: the desks in whose place this one went on, as in `Serials.taken`.
        journal: to its last entry.
        figures: those that bitmaps and marks do not tell.
    """
    name, serials = installation.board.name, files.serials
    issued, returned, void = serials.totals
    return Statement(
        board=name,
        package=installation.package_hash,
        start_order=records.digest(start_order),
        closed_ms=closed_ms,
        journal_head=journal.head,
        journal_length=journal.length,
        figures={
            Figure.ISSUED: issued,
            Figure.RETURNED: returned,
            Figure.VOID: void,
            Figure.CHALLENGED: serials.challenges,
            Figure.VOTERS_GIVEN: files.marks.voters_given,
            **figures,
        },
        issued=SerialSet(name, bitmap_bytes(serials.issued)),
        withdrawn=SerialSet(name, bitmap_bytes(serials.withdrawn)),
        spent=(),
        taken_over=tuple(
            TakenOver(
                SerialSet(board.name, bitmap_bytes(book.issued)),
                SerialSet(board.name, bitmap_bytes(book.withdrawn)),
            )
            for board, book in zip(taken, serials.taken, strict=True)
        ),
    )


def check(signed: bytes, installation: Installation) -> None:
    """Insist that a statement is this desk's of this package. Raises: Refused."""
    key = installation.keys.sign_key
    statement = enrolment.opened(Thing.STATEMENT, Statement, signed, key)
    if statement.package != installation.package_hash:
        raise Refused(Reason.RECORD_OTHER_PACKAGE, thing=Thing.STATEMENT)

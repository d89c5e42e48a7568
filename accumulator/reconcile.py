"""Do the books balance? Serial by serial, and figure by figure (design §7).

Rules:
- The sets of serials decide: issued and withdrawn from the desks' statements, spent from the urn.
  A desk's own totals are never taken where its sets tell. A dead desk's sets are its spare's word.
- issued = deposited + returned + void + challenged + unread + missing.
- What does not add up is named by a `Discrepancy` and stands in the minutes; it stops nothing.

It never sees a vote, a card or a voter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.records import (
    SERIAL_BITMAP_SIZE,
    BoardKind,
    Discrepancy,
    Figure,
    Statement,
    StationPackage,
)

_NONE = bytes(SERIAL_BITMAP_SIZE)


@dataclass(frozen=True, slots=True)
class Books:
    """The figures of the protocol, and what does not add up in them."""

    figures: Mapping[Figure, int]
    discrepancies: frozenset[Discrepancy]


def reconcile(
    package: StationPackage,
    statements: Iterable[Statement],
    spent: Mapping[str, bytes],
    *,
    counted: int,
    invalid: int,
) -> Books:
    """Balance the books of a station.

    Args:
        package: how many voters are listed.
        statements: of every board that is in, the accumulator's included.
        spent: by desk, the bitmap of serials (512 bytes) whose votes are in the urn.
        counted: votes that were opened.
        invalid: votes that would not open.

    """
    by_board = {statement.board: statement for statement in statements}
    sets = _sets(by_board.values())
    found: set[Discrepancy] = set()
    issued = returned = void = challenged = withdrawn = deposited = out = 0
    for desk in package.boards_of(BoardKind.DESK):
        statement = by_board.get(desk.name)
        issued_set, withdrawn_set = (_bits(each) for each in sets.get(desk.name, (_NONE, _NONE)))
        spent_set = _bits(spent.get(desk.name, _NONE))
        if spent_set & ~issued_set:
            found.add(Discrepancy.SPENT_NOT_ISSUED)
        if spent_set & withdrawn_set:
            found.add(Discrepancy.SPENT_AND_WITHDRAWN)
        if withdrawn_set & ~issued_set:
            found.add(Discrepancy.WITHDRAWN_NOT_ISSUED)
        issued += issued_set.bit_count()
        withdrawn += withdrawn_set.bit_count()
        deposited += spent_set.bit_count()
        out += (issued_set & ~withdrawn_set & ~spent_set).bit_count()
        if statement is not None:
            returned += statement.figures.get(Figure.RETURNED, 0)
            void += statement.figures.get(Figure.VOID, 0)
            challenged += statement.figures.get(Figure.CHALLENGED, 0)

    if returned + void + challenged != withdrawn:
        # The sets decide how many; why each was withdrawn, only the desk can say.
        found.add(Discrepancy.FIGURES_AND_SETS_DIFFER)
        void = max(0, withdrawn - returned - challenged)
        returned = max(0, withdrawn - void - challenged)
        challenged = withdrawn - void - returned
    unread = _total(by_board.values(), Figure.UNREAD)
    if unread > out:
        found.add(Discrepancy.MORE_UNREAD_THAN_OUT)
    given = _total(by_board.values(), Figure.VOTERS_GIVEN)
    if given > issued:
        found.add(Discrepancy.MORE_GIVEN_THAN_ISSUED)
    thanked = _total(by_board.values(), Figure.SESSIONS)
    if thanked > deposited:
        found.add(Discrepancy.THANKED_NOT_DEPOSITED)
    if deposited != counted + invalid:
        found.add(Discrepancy.DEPOSITED_NOT_COUNTED)
    if invalid:
        found.add(Discrepancy.INVALID_BALLOTS)

    figures = {
        Figure.LISTED: package.listed,
        Figure.ISSUED: issued,
        Figure.RETURNED: returned,
        Figure.VOID: void,
        Figure.CHALLENGED: challenged,
        Figure.UNREAD: unread,
        Figure.DEPOSITED: deposited,
        Figure.MISSING: max(0, out - unread),
        Figure.COUNTED: counted,
        Figure.INVALID: invalid,
        Figure.CARDS_OUT: out,
    }
    for figure in (
        Figure.VOTED_OUTSIDE,
        Figure.ABSENTEE_CERTIFICATES,
        Figure.VOTERS_GIVEN,
        Figure.STARTS,
        Figure.SESSIONS,
        Figure.REFUSED_CARDS,
        Figure.RELOADS,
    ):
        figures[figure] = _total(by_board.values(), figure)
    return Books(figures, frozenset(found))


def _sets(statements: Iterable[Statement]) -> dict[str, tuple[bytes, bytes]]:
    """Return each desk's sets, issued and withdrawn: its own, or those that its spare brought."""
    sets: dict[str, tuple[bytes, bytes]] = {}
    for statement in statements:
        if statement.issued is not None and statement.withdrawn is not None:
            sets[statement.board] = (statement.issued.bits, statement.withdrawn.bits)
        for taken in statement.taken_over:
            sets[taken.board] = (taken.issued.bits, taken.withdrawn.bits)
    return sets


def _bits(bitmap: bytes) -> int:
    """Read a bitmap, lowest bit of the first byte first, as one integer."""
    return int.from_bytes(bitmap, "little")


def _total(statements: Iterable[Statement], figure: Figure) -> int:
    return sum(statement.figures.get(figure, 0) for statement in statements)

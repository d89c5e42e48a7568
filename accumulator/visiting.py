"""After the close: what the medium in the visiting slot brings.

Rules: nothing is written or journalled here; `accumulator.strongroom.evening` lays down what
passed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from accumulator import collection
from accumulator.collection import Brought
from accumulator.dayfiles import Day
from accumulator.station import Station
from cardio.messages import Facts, facts_of
from common.errors import Reason, Refused, Thing
from common.media import Medium, MediumFault, folders


@dataclass(slots=True)
class Visit:
    """What a medium brought: boards to lay down, and what was refused of it and why."""

    brought: list[Brought] = field(default_factory=list)
    refused: list[tuple[str, Reason, Facts]] = field(default_factory=list)

    def refuse(self, name: str, refused: Refused) -> None:
        """Note why a board, or the whole medium, was refused."""
        self.refused.append((name, refused.reason, facts_of(refused.facts)))


def read_visitor(medium: Medium | None, station: Station, day: Day, root_key: bytes) -> Visit:
    """Read every board's folder on the medium in the visiting slot.

    A board whose very same statement is in already is neither brought nor refused; nor is a spare
    that gave nobody a card, and replaced a desk that had closed: it only does that desk's part of
    the count.
    """
    visit = Visit()
    replaced: set[str] = set()
    if medium is None:
        visit.refuse("—", Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE))
        return visit
    try:
        names = folders(medium)
    except MediumFault as fault:
        visit.refuse(medium.name, fault.refusal(Thing.REMOVABLE))
        return visit
    if not names:
        visit.refuse(medium.name, Refused(Reason.RECORD_MISSING, thing=Thing.STATEMENT))
    spares = {board.name for board in station.package.boards if board.spare}
    for name in sorted(names, key=lambda name: name in spares):  # a spare after whom it replaced
        try:
            brought = _read_folder(medium, name, station, day, root_key)
            if brought is not None and _adds_nothing(brought, visit, day):
                continue
        except Refused as refused:
            visit.refuse(name, refused)
        else:
            kept = day.boards[name] if brought is None else brought.statement
            replaced |= {taken.board for taken in kept.taken_over}
            if brought is not None:
                visit.brought.append(brought)
    # The folder of a dead desk lies beside its spare's; nobody waits for a statement in it.
    visit.refused = [each for each in visit.refused if each[0] not in replaced]
    return visit


def _read_folder(
    medium: Medium, name: str, station: Station, day: Day, root_key: bytes
) -> Brought | None:
    if name == station.board:
        raise Refused(Reason.RECORD_OTHER_KIND, thing=Thing.STATEMENT)
    try:
        folder = medium.folder(name)
        if name in day.boards and folder.size(collection.STATEMENT) is None:
            return None  # beside a spare's folder; whether that one is right is judged there
        order = day.start_order_hash
        brought = collection.read_board(folder, name, station, order, root_key)
    except MediumFault as fault:
        raise fault.refusal(Thing.REMOVABLE) from fault
    kept = day.boards.get(name)
    if kept is not None and kept != brought.statement:
        raise Refused(Reason.RECORD_ALREADY_IN, thing=Thing.STATEMENT, board=name)
    for spare, statement in day.boards.items():
        if any(taken.board == name for taken in statement.taken_over):
            raise Refused(Reason.BOARD_REPLACED, board=name, spare=spare)
    for taken in brought.statement.taken_over:
        if _is_taken(taken.board, name, day):
            raise Refused(Reason.REPLACED_BOARD_IN, board=taken.board)
    return brought if kept is None else None


def _adds_nothing(brought: Brought, visit: Visit, day: Day) -> bool:
    """Say whether a spare gave nobody a card, and whom it replaced is in without it.

    Raises: Refused: whom it replaced is in, and it gave cards.
    """
    here = {*day.boards, *(each.board for each in visit.brought)}
    twice = [taken.board for taken in brought.statement.taken_over if taken.board in here]
    issued = brought.statement.issued
    if twice and issued is not None and any(issued.bits):
        raise Refused(Reason.REPLACED_BOARD_IN, board=twice[0])
    return bool(twice)


def _is_taken(dead: str, by: str, day: Day) -> bool:
    """Say whether another board that is in has brought the serials of a dead desk."""
    return any(
        taken.board == dead
        for name, statement in day.boards.items()
        for taken in statement.taken_over
        if name != by
    )

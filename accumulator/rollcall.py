"""Which boards are in, which must be before the count, and which died (L22).

Rules:
- Every board of the package that is no spare must be in, and every spare that was used; or an act
  of two members says that it died. Until then nothing is counted.
- A desk counts as replaced when its spare is in, for only the spare's statement brings its serials;
  a terminal or an accumulator when the act says so.
- Better a statement than an act: a board that is in is not dead, whatever was signed before.

Pure: acts and statements in, names out. It never reads a medium.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accumulator.station import Station
from common import acts, cose
from common.records import Act, ActFact, ActKind, BoardKind, Statement

_KINDS = (BoardKind.DESK, BoardKind.TERMINAL)


@dataclass(frozen=True, slots=True)
class RollCall:
    """Names of boards, in the package's order.

    Attributes:
        boards_in: whose statement and journal are in.
        wanted: those that must be.
        gone: those that died, each with the spare that went on in its place, or "".
    """

    boards_in: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Boards that must be in and are not."""
        return tuple(name for name in self.wanted if name not in self.boards_in)


NOBODY = RollCall()
"""The roll before there is one."""


def gone(
    station: Station, signed: Iterable[Act], statements: Mapping[str, Statement]
) -> dict[str, str]:
    """Return the boards that died, each with its spare, or "" if it was written off.

    Args:
        signed: every act of this accumulator, of boards that are in, and of dead boards.
        statements: of the boards that are in.
    """
    brought = {taken.board for each in statements.values() for taken in each.taken_over}
    written_off: dict[str, str] = {}
    replaced: dict[str, str] = {}
    for act in sorted(signed, key=lambda each: each.time_ms):
        dead = station.package.board(str(act.facts.get(ActFact.BOARD, "")))
        if dead is None or dead.name in statements:
            continue
        if act.kind is ActKind.WRITE_OFF:
            written_off[dead.name] = ""
        elif act.kind is ActKind.REPLACEMENT and (
            dead.kind is not BoardKind.DESK or dead.name in brought
        ):
            replaced[dead.name] = str(act.facts[ActFact.SPARE])
    found = written_off | replaced
    return {each.name: found[each.name] for each in station.package.boards if each.name in found}


def boards_wanted(
    station: Station,
    spent: Mapping[str, bytes],
    cast_votes: Iterable[bytes],
    boards_in: Iterable[str],
    dead: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return the boards that must be in before the count, in the package's order (L22).

    All that are not spares, and every spare that was used: a vote of its serials or with its
    signature is in the urn, its records came in, or an act names it in a dead board's place. Those
    that died are not. Accumulators other than this one took in nothing, or died.
    """
    died = dead or {}
    used = {name for name, bits in spent.items() if any(bits)} | set(boards_in)
    signers = {cose.signer_of(vote) for vote in cast_votes}
    used |= {
        board.name for board in station.voting_boards if cose.key_id(board.sign_key) in signers
    }
    used |= set(died.values())
    return tuple(
        board.name
        for board in station.package.boards
        if board.name not in died
        and (
            board.name == station.board
            or (board.kind is not BoardKind.ACCUMULATOR and (not board.spare or board.name in used))
        )
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A desk or terminal that may be written off, and the spares that may stand in its place."""

    board: str
    spares: tuple[str, ...] = ()


def candidates(
    station: Station, boards_in: Iterable[str], dead: Mapping[str, str]
) -> tuple[Candidate, ...]:
    """Return the desks and terminals that are neither in nor dead.

    A desk's spare is put in its place on the spare itself, so none is offered here.
    """
    out = set(boards_in) | set(dead)
    taken = out | set(dead.values())
    alive = [
        board for board in station.package.boards if board.kind in _KINDS and board.name not in out
    ]
    return tuple(
        Candidate(
            board.name,
            tuple(
                other.name
                for other in alive
                if board.kind is BoardKind.TERMINAL
                and other.name not in taken
                and acts.may_replace(other, board)
            ),
        )
        for board in alive
    )

"""The desk's list: finding a voter by list number or IIN, and which desk serves which line.

Finding by name is `desk.search`.

Rules:
- The package says which lines a desk serves. Two desks never serve the same line, because there is
  no network on which they could tell each other whom they gave a card; a voter of another desk is
  sent there. A desk without lines of its own serves everybody if it is the only one that is no
  spare, and otherwise nobody.
- What was typed or scanned is judged strictly: 12 digits are an IIN and must check, up to six are a
  list number, everything else is refused with its reason.

Nothing here changes, and nothing here is ever logged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from common import iin
from common.errors import Reason, Refused
from common.records import Board, BoardKind, StationPackage, Voter
from desk.search import NameIndex

MAX_NUMBER_DIGITS = 6


@dataclass(frozen=True, slots=True)
class VoterRoll:
    """The voter list as one desk sees it."""

    by_line: dict[int, Voter] = field(repr=False)
    by_iin: dict[str, Voter] = field(repr=False)
    names: NameIndex = field(repr=False)
    board: Board
    desks: tuple[Board, ...]

    @classmethod
    def of(cls, voters: Iterable[Voter], board: Board, package: StationPackage) -> VoterRoll:
        """Arrange the list for this desk."""
        everybody = tuple(voters)
        return cls(
            by_line={voter.line: voter for voter in everybody},
            by_iin={voter.iin: voter for voter in everybody},
            names=NameIndex.of(everybody),
            board=board,
            desks=package.boards_of(BoardKind.DESK),
        )

    @property
    def last_line(self) -> int:
        """The highest list number; 0 for an empty list."""
        return max(self.by_line, default=0)

    @property
    def served(self) -> int:
        """How many voters this desk serves."""
        return sum(self.serves(self.board, line) for line in self.by_line)

    def serves(self, board: Board, line: int) -> bool:
        """Say whether this desk gives cards to the voter on this line."""
        if board.first_line is not None and board.last_line is not None:
            return board.first_line <= line <= board.last_line
        return [desk for desk in self.desks if not desk.spare] == [board]

    def find(self, typed: str) -> Voter:
        """Return the voter with this IIN or list number.

        Raises:
            Refused: it is neither, nobody has it, or another desk serves the voter.
        """
        voter = self._look_up(typed)
        if voter is None:
            raise Refused(Reason.VOTER_NOT_FOUND)
        if not self.serves(self.board, voter.line):
            raise Refused(Reason.VOTER_OTHER_DESK, board=self.desk_of(voter.line))
        return voter

    def desk_of(self, line: int) -> str:
        """Return the name of the desk that serves the voter on this line, or nothing."""
        desks = (desk for desk in self.desks if self.serves(desk, line))
        return next((desk.name for desk in desks), "")

    def find_scanned(self, code: str) -> Voter:
        """Return the voter whose document or invitation bears this bar code: the IIN.

        Raises:
            Refused: it is no IIN, nobody has it, or another desk serves the voter.
        """
        if not iin.right(code):
            raise Refused(Reason.BAR_CODE_UNKNOWN)
        return self.find(code)

    def _look_up(self, typed: str) -> Voter | None:
        if not (typed.isascii() and typed.isdigit()):
            raise Refused(Reason.LIST_NUMBER_FORMAT, maximum=self.last_line)
        if len(typed) <= MAX_NUMBER_DIGITS:
            if not 1 <= int(typed) <= self.last_line:
                raise Refused(Reason.LIST_NUMBER_FORMAT, maximum=self.last_line)
            return self.by_line.get(int(typed))
        if not iin.well_formed(typed):
            raise Refused(Reason.IIN_FORMAT)
        if not iin.right(typed):
            raise Refused(Reason.IIN_CHECK_DIGIT)
        return self.by_iin.get(typed)

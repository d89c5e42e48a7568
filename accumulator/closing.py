"""After the close: the media of all boards are read, one by one, in the visiting slot.

Rules:
- A statement and its journal are taken only if they verify with that board's key, are of this
  package and this start order, and the journal ends as the statement says. Anything else is refused
  with its reason; the board stays missing.
- What was taken lies on both own media before the page says so.
- The count can begin only when every board that must be in is in, or died (L22).

It never reads a medium itself (`accumulator.collection` does, for the shell).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from accumulator.effects import ReadVisitor
from accumulator.events import Event, Touched, VisitorInserted, VisitorRead, VisitorRemoved
from accumulator.rollcall import RollCall
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Turn, unwanted
from accumulator.voting import Courier
from cardio.messages import CardRemoved, VoterCardSeen
from common.errors import Reason

MENDED_AT_HOME = frozenset(
    {
        Reason.RECORD_MISSING,
        Reason.RECORD_NOT_CBOR,
        Reason.RECORD_DAMAGED,
        Reason.RECORD_SIGNATURE_WRONG,
        Reason.RECORD_WRONG_SIGNER,
        Reason.RECORD_HASH_DIFFERS,
        Reason.JOURNAL_BROKEN,
        Reason.JOURNAL_SHORTENED,
    }
)
"""What a closed board mends on its medium, when that is put in again."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """Statements and journals come in.

    Attributes:
        roll: which boards are in, which must be, which died.
        courier: a lost courier card can still be written anew.
        leaf: of the table of boards.
        notices: what the last medium brought, and what is wrong with it.
    """

    courier: Courier
    roll: RollCall
    leaf: int = 0
    notices: tuple[Notice, ...] = ()
    working: bool = False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case VisitorInserted() | Touched("visitor.read") if not self.working:
                return Turn(replace(self, working=True, notices=()), (ReadVisitor(),))
            case VisitorRead():
                return Turn(self._read(event, context))
            case VisitorRemoved():
                return Turn(replace(self, notices=()))
            case Touched("boards.next"):
                return Turn(replace(self, leaf=self.leaf + 1))
            case Touched("boards.previous"):
                return Turn(replace(self, leaf=max(0, self.leaf - 1)))
            case VoterCardSeen():
                return Turn(replace(self, notices=(Notice(Reason.CLOSED),)))
            case CardRemoved():
                return Turn(self)
        courier = self.courier.on(event)
        if courier is not None:
            next_courier, effects, told = courier
            return Turn(replace(self, courier=next_courier, notices=(told,)), effects)
        notice = unwanted(event)
        return Turn(replace(self, notices=(notice,)) if notice else self)

    def _read(self, event: VisitorRead, context: Context) -> Collecting:
        notices = [Notice(Word.BOARD_TAKEN, (("board", name),), good=True) for name in event.taken]
        for name, reason, facts in event.refused:
            if reason in MENDED_AT_HOME and context.station.package.board(name) is not None:
                back = (("board", name), ("number", reason.value))
                notices.append(Notice(Word.COLLECT_BACK, back))
            else:
                notices.append(Notice(reason, (("board", name), *facts)))
        return Collecting(
            self.courier,
            event.roll,
            self.leaf,
            tuple(notices) or (Notice(Word.NOTHING_NEW),),
        )

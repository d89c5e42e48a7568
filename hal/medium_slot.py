"""A slot for a removable recording medium, and the board's own folder on what lies in it.

Rules: an empty slot is a value. A medium that vanishes while it is written raises
`common.media.MediumFault` from the medium, not from here. `medium` gives a new object each time;
one that was taken out and put back must be asked for again. A medium is a board's own when it is
blank or holds that board's folder; what else lies on it, such as a stray file, is nobody's.
"""

from enum import Enum
from typing import Protocol

from common.errors import Reason, Refused, Thing
from common.media import FaultKind, Medium, MediumFault, folders
from hal.faults import PartFault


class SlotState(Enum):
    """All that a slot can be."""

    EMPTY = 1
    PRESENT = 2


class MediumSlot(Protocol):
    """One slot of a board."""

    def state(self) -> SlotState:
        """Say whether a medium is in the slot; never blocks for long."""
        ...

    def medium(self) -> Medium:
        """Return the medium in the slot.

        Raises:
            PartFault: the slot is empty.
        """
        ...

    def close(self) -> None:
        """Let go of the slot; the medium stays in."""
        ...


def medium_in(slot: MediumSlot) -> Medium | None:
    """Return the medium in a slot, or None; one that is pulled out this very moment is none.

    Raises:
        MediumFault: there is one, and it is ill.
    """
    if slot.state() is SlotState.EMPTY:
        return None
    try:
        return slot.medium()
    except PartFault:
        return None
    except MediumFault as fault:
        if fault.kind is FaultKind.GONE:
            return None
        raise


def own_folder(medium: Medium | None, board: str) -> Medium:
    """Return a board's folder on the medium that `medium_in` its recording slot found.

    Raises:
        Refused: there is no medium, or it is another board's.
        MediumFault: it cannot be read.
    """
    if medium is None:
        raise Refused(Reason.MEDIUM_MISSING, thing=Thing.REMOVABLE)
    found = folders(medium)
    if found and board not in found:
        raise Refused(Reason.MEDIUM_OTHER_BOARD, found=", ".join(found), expected=board)
    return medium.folder(board)


def removable_medium(slot: MediumSlot, board: str) -> Medium:
    """Return a board's folder on the medium in its recording slot.

    Raises:
        Refused: there is no medium, or it is another board's.
        MediumFault: it cannot be read.
    """
    return own_folder(medium_in(slot), board)

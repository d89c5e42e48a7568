"""The act of sealing: with which seals the recording device is packed and kept (L28).

Rules:
- It comes last, when the bundle is complete, the papers are printed and the keys forgotten: what is
  sealed is final, and the act names the manifest's hash and how far this board's journal had come.
- The numbers of the seals are typed before the device is packed, because the act lies on it, beside
  the bundle: digits, Latin capitals and hyphens.
- The chair and one member more sign at least, as for the clock: the chair answers for the device,
  and does not vouch alone. A bundle without this act is no worse; the act says what became of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from accumulator.effects import DrawUpSealing, SealEvidence
from accumulator.events import Event, EvidenceSealed, SealingDrawnUp, Touched
from accumulator.signing import ActPhase, Signing
from accumulator.turn import Context, Notice, Turn, otherwise
from common.errors import Reason
from common.pages import key_of, type_key
from common.records import Act, ActFact

SIGNERS = 2
"""The chair, and one more."""
LONGEST = 60
"""Characters of all numbers and the spaces between them."""
_SEALS = re.compile(r"[A-Z0-9][A-Z0-9-]*(?: [A-Z0-9][A-Z0-9-]*)*")


def seals_in(typed: str) -> str | None:
    """Return the numbers of seals that were typed, one space between them, or None."""
    numbers = typed.upper().split()
    seals = " ".join(numbers)
    if not _SEALS.fullmatch(seals) or len(set(numbers)) != len(numbers):
        return None
    return seals


@dataclass(frozen=True, slots=True)
class Seals:
    """The numbers of the seals are typed; `working` while the act is drawn up."""

    typed: str = ""
    working: bool = False
    notice: Notice | None = None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case SealingDrawnUp(act):
                return Turn(SealingAct(Signing.of_act(act), self.typed))
            case _ if self.working:
                return Turn(self)
            case Touched("seals.sign"):
                seals = seals_in(self.typed)
                if seals is None:
                    return Turn(replace(self, notice=Notice(Reason.SEALS_FORMAT)))
                return Turn(Seals(seals, working=True), (DrawUpSealing(seals),))
            case Touched(name) if (key := key_of("seals", name)) is not None:
                return Turn(Seals(type_key(self.typed, key, LONGEST)))
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class SealingAct(ActPhase):
    """The chair and others sign the act; then it lies beside the bundle, and the day is over."""

    typed: str

    LEAST = SIGNERS
    CHAIR = True

    @property
    def seals(self) -> str:
        """The numbers of the seals, as the act says."""
        return str(Act.from_bytes(self.signing.body.payload).facts[ActFact.SEALS])

    def effect(self) -> SealEvidence:
        """Return what stores the act."""
        return SealEvidence(self.signing.body)

    def taken_back(self) -> Turn:
        """Go back to what was typed."""
        return Turn(Seals(self.typed))

    def answered(self, event: Event) -> Turn | None:
        """End the day when the act is stored."""
        return Turn(DayOver(event.seals)) if isinstance(event, EvidenceSealed) else None


@dataclass(frozen=True, slots=True)
class DayOver:
    """Nothing more happens here; the device is taken out, packed and sealed with these seals."""

    seals: str

    @property
    def working(self) -> bool:
        """Never."""
        return False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del event, context
        return Turn(self)

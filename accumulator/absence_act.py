"""A member cannot sign the minutes: who, why, and the act that says so.

Rules:
- One of those who have not signed is chosen, then one of three reasons; only then people sign.
- The chair signs and at least one more, PIN each, but not the member whom the act is about: whose
  card works signs the minutes.
- One act for each member. It lies on both media before the page of the minutes says so.

What the act says, and when there may be one, is `absences`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from accumulator.absences import SIGNERS, Absence, act_of, may_be_absent
from accumulator.effects import KeepAbsence
from accumulator.events import Event, Touched
from accumulator.signing import ActPhase, Signing
from accumulator.turn import Context, Notice, Turn, otherwise
from common.cose import SignedBody
from common.pages import row_of
from common.records import AbsenceReason

REASONS = tuple(AbsenceReason)
"""The reasons, in the order of the rows from which one is chosen."""


@dataclass(frozen=True, slots=True)
class ChooseAbsent:
    """The commission says who does not sign; `minutes` are those, `absences` who has an act."""

    minutes: SignedBody = field(repr=False)
    absences: tuple[Absence, ...]
    leaf: int = 0
    notice: Notice | None = None

    @property
    def working(self) -> bool:
        """Nothing takes long here."""
        return False

    def officials(self, context: Context) -> tuple[int, ...]:
        """Return the numbers of those who may be chosen."""
        signed = Signing(self.minutes).signed_by(context.station)
        return may_be_absent(self.absences, signed, context.station)

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case Touched("people.next"):
                return Turn(replace(self, leaf=self.leaf + 1))
            case Touched("people.previous"):
                return Turn(replace(self, leaf=max(0, self.leaf - 1)))
            case Touched(name) if (row := row_of("people", name)) is not None:
                officials = self.officials(context)
                if row >= len(officials):
                    return Turn(self)
                return Turn(ChooseReason(self.minutes, self.absences, officials[row]))
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class ChooseReason:
    """The commission says why `official` does not sign."""

    minutes: SignedBody = field(repr=False)
    absences: tuple[Absence, ...]
    official: int
    notice: Notice | None = None

    @property
    def working(self) -> bool:
        """Nothing takes long here."""
        return False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case Touched(name) if (row := row_of("reasons", name)) is not None:
                if row >= len(REASONS):
                    return Turn(self)
                absence = Absence(self.official, REASONS[row])
                act = act_of(context.station, self.minutes.payload, absence, context.now_ms)
                signing = Signing.of_act(act, barred=self.official)
                return Turn(AbsenceAct(signing, self.minutes, self.absences, absence))
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class AbsenceAct(ActPhase):
    """The chair and others sign that `absence` is so; `AbsenceKept` is the machine's."""

    minutes: SignedBody = field(repr=False)
    absences: tuple[Absence, ...]
    absence: Absence

    LEAST = SIGNERS
    CHAIR = True

    def effect(self) -> KeepAbsence:
        """Return what stores the act."""
        return KeepAbsence(self.signing.body)


SAYING_ABSENT = (ChooseAbsent, ChooseReason, AbsenceAct)

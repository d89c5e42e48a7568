"""The electronic minutes: what they say, who signs them, and what follows on paper.

Rules:
- The minutes are complete before the first signature: every figure, the hash of every file of the
  evidence, and what does not add up.
- The officials named by the package sign (all members, or the chair alone: a parameter), PIN each;
  the station key signs first. A member who cannot sign has an act (`absence_act`).
- Only then are manifest and paper made; then the share cards are cleared and the keys forgotten.
  What follows is the act of sealing (`sealing_act`).

It never changes a figure, and never leaves one out because it is awkward.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from accumulator.absence_act import ChooseAbsent
from accumulator.absences import Absence, accounted_for, enough_signed, in_use, may_be_absent
from accumulator.effects import (
    AskCard,
    Effect,
    ForgetKeys,
    KeepSignatures,
    PrintCodes,
    PrintProtocol,
    Record,
    WriteBundle,
)
from accumulator.events import BundleWritten, Event, Printed, Touched
from accumulator.sealing_act import Seals
from accumulator.signing import Signing
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Turn, journalled, otherwise, printing_notice
from cardio.messages import CardRemoved, ClearShare, Done, ShareCardSeen
from cardio.pin_slot import PinSlot, share_slot
from common.catalogue import EventType
from common.errors import Reason
from common.records import Minutes


@dataclass(frozen=True, slots=True)
class Result:
    """The result is shown, leaf by leaf, before anybody signs."""

    signing: Signing
    leaf: int = 0
    absences: tuple[Absence, ...] = ()

    @property
    def working(self) -> bool:
        """Nothing takes long here."""
        return False

    @property
    def minutes(self) -> Minutes:
        """What the minutes say."""
        return Minutes.from_bytes(self.signing.body.payload)

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case Touched("figures.next"):
                return Turn(replace(self, leaf=self.leaf + 1))
            case Touched("figures.previous"):
                return Turn(replace(self, leaf=max(0, self.leaf - 1)))
            case Touched("result.sign"):
                return Turn(MinutesAct(self.signing, self.absences))
            case _:
                return Turn(self)


@dataclass(frozen=True, slots=True)
class MinutesAct:
    """The officials sign the minutes; `absences` are those about whom an act is stored."""

    signing: Signing
    absences: tuple[Absence, ...] = ()
    working: bool = False

    def signed(self, context: Context) -> frozenset[int]:
        """Return the numbers of those who have signed."""
        return self.signing.signed_by(context.station)

    def complete(self, context: Context) -> bool:
        """Say whether all have signed who must, but for those with an act."""
        return accounted_for(self.absences, self.signed(context), context.station)

    def needed(self, context: Context) -> int:
        """Return how many have to sign, those with an act not counted."""
        excused = in_use(self.absences, self.signed(context), context.station)
        return len(context.station.minutes_signers) - len(excused)

    def absence_waits(self, context: Context) -> bool:
        """Say whether an act may be drawn up later only, when more have signed."""
        signed, station = self.signed(context), context.station
        all_sign = station.package.parameters.all_sign_minutes
        return all_sign and not enough_signed(signed, station)

    def may_be_absent(self, context: Context) -> tuple[int, ...]:
        """Return the numbers of those about whom an act may be drawn up now."""
        return may_be_absent(self.absences, self.signed(context), context.station)

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        if isinstance(event, BundleWritten):
            return Turn(Papers(Minutes.from_bytes(self.signing.body.payload)))
        if self.working:
            return Turn(self)
        if event == Touched("sign.back") and not self.signing.slot.busy:
            return Turn(Result(Signing(self.signing.body), absences=self.absences))
        if event == Touched("minutes.absence") and not self.signing.slot.busy:
            if self.may_be_absent(context):
                return Turn(ChooseAbsent(self.signing.body, self.absences))
            return Turn(self)
        if event == Touched("sign.finish") and not self.signing.slot.busy:
            if self.complete(context):
                return Turn(replace(self, working=True), (WriteBundle(self.signing.body),))
            signers = context.station.minutes_signers
            present = len(signers) - len(self.signing.remaining(context.station, signers))
            lacking = self.signing.lacking(present, self.needed(context))
            return Turn(replace(self, signing=lacking))
        signing, effects = self.signing.on(event, context.station)
        station = context.station
        for official in signing.signed_by(station) - self.signing.signed_by(station):
            signed = Record(EventType.MINUTES_SIGNED, (("official", official),))
            effects = (*effects, KeepSignatures(signing.body), signed)
        return Turn(replace(self, signing=signing), effects)


@dataclass(frozen=True, slots=True)
class Papers:
    """Protocol and control-code list are printed; the evidence is complete already."""

    minutes: Minutes
    cleared: frozenset[int] = frozenset()
    printed: frozenset[str] = frozenset()
    printing: str = ""
    notice: Notice | None = None

    @property
    def working(self) -> bool:
        """Whether something is being printed."""
        return bool(self.printing)

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case Touched("print.protocol") if not self.working:
                return Turn(replace(self, printing="protocol", notice=None), (PrintProtocol(),))
            case Touched("print.codes") if not self.working:
                return Turn(replace(self, printing="codes", notice=None), (PrintCodes(),))
            case Printed(state) if self.working:
                notice = printing_notice(state, Notice(Word.PRINTED, good=True))
                if not notice.good:
                    return Turn(replace(self, printing="", notice=notice))
                printed = self.printed | {self.printing}
                record = Record(EventType.PROTOCOL_PRINTED, (("count", 1),))
                if self.printing == "codes":
                    record = Record(EventType.CODES_PRINTED)
                return Turn(replace(self, printed=printed, printing="", notice=notice), (record,))
            case Touched("papers.continue") if not self.working:
                return Turn(Clearing(self.cleared))
            case CardRemoved():
                return Turn(self)
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class Clearing:
    """The share cards are cleared, one by one, PIN each; then the keys are forgotten."""

    cleared: frozenset[int] = frozenset()
    slot: PinSlot[ShareCardSeen] = field(default_factory=share_slot)

    @property
    def working(self) -> bool:
        """Whether the shell is busy; cardiod's work shows in the slot instead."""
        return False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        station, card = context.station, self.slot.card
        match event:
            case Done() if self.slot.busy and card is not None:
                facts = (("name", station.name_of(card.official)),)
                slot = self.slot.finished(Notice(Word.SHARE_CLEARED, facts, good=True))
                record = Record(EventType.SHARE_CLEARED, (("official", card.official),))
                return Turn(Clearing(self.cleared | {card.number}, slot), (record,))
            case Touched("clear.finish") if not self.slot.busy:
                left = len(station.package.share_cards) - len(self.cleared)
                record = Record(EventType.EVIDENCE_SEALED, (("count", left),))
                return Turn(Seals(), (record, ForgetKeys()))

        def refused(card: ShareCardSeen) -> Notice | None:
            if station.share_card(card.number) is None:
                return Notice(Reason.CARD_FOREIGN)
            return Notice(Word.SHARE_IS_CLEARED) if card.number in self.cleared else None

        slot, effects = self.slot.on(event, refused, _asked, journalled)
        return Turn(replace(self, slot=slot), effects)


def _asked(card: ShareCardSeen, pin: str) -> Effect:
    del card
    return AskCard(ClearShare(pin))

"""Officials sign: an act or the minutes, each with the own card and PIN, one after another.

Rules:
- Everybody signs the same bytes, which are fixed before the first signature.
- A signature counts if it verifies with the very certificate that the package names for the
  official; the same official counts once.
- The technician signs nothing here.
- An act takes effect when enough have signed it, and somebody says so; then nothing is taken back.

It never sees a private key; PINs pass through to cardiod and are kept no longer than that takes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import ClassVar

from accumulator.effects import AskCard, Effect
from accumulator.events import Event, Touched
from accumulator.station import Station
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Turn, journalled
from cardio.messages import OfficialCardSeen, SignAct, Signed
from cardio.pin_slot import PinSlot, official_slot
from common import chain
from common.cose import CoseError, SignedBody
from common.errors import Reason
from common.pintexts import PinText
from common.records import Act, Official, Role


@dataclass(frozen=True, slots=True)
class Signing:
    """Signatures being gathered on `body`, with those it bears; `slot` takes the next card.

    `barred` is the official whom an act is about, and who does not sign it.
    """

    body: SignedBody
    slot: PinSlot[OfficialCardSeen] = field(default_factory=official_slot)
    barred: int | None = None

    @classmethod
    def of_act(cls, act: Act, *, barred: int | None = None) -> Signing:
        """Return an act that nobody has signed yet."""
        return cls(SignedBody(act.to_bytes(), Act.external()), barred=barred)

    def signed_by(self, station: Station) -> frozenset[int]:
        """Return the numbers of the officials whose signature the body bears."""
        hashes = {hashlib.sha256(person.certificate).digest() for person in self.body.people}
        return frozenset(
            person.number for person in station.commission if person.certificate in hashes
        )

    def remaining(self, station: Station, signers: tuple[Official, ...]) -> tuple[Official, ...]:
        """Return those of `signers` who have not signed."""
        signed = self.signed_by(station)
        return tuple(person for person in signers if person.number not in signed)

    def told(self, notice: Notice) -> Signing:
        """Return the same with something to tell."""
        return replace(self, slot=replace(self.slot, notice=notice))

    def lacking(self, present: int, needed: int) -> Signing:
        """Return the same, telling how many have signed of how many who must."""
        return self.told(
            Notice(Reason.SIGNATURES_MISSING, (("present", present), ("needed", needed)))
        )

    def on(self, event: Event, station: Station) -> tuple[Signing, tuple[Effect, ...]]:
        """Return the next state and what is to be done; a new signature shows in `body`."""
        if isinstance(event, Signed) and self.slot.busy and self.slot.card is not None:
            return self._signed(event, self.slot.card, station), ()
        slot, effects = self.slot.on(
            event, lambda card: self._refused(card, station), self._ask, journalled
        )
        return replace(self, slot=slot), effects

    def _ask(self, card: OfficialCardSeen, pin: str) -> Effect:
        return AskCard(SignAct(pin, self.body.to_be_signed(card.certificate)))

    def _refused(self, card: OfficialCardSeen, station: Station) -> Notice | None:
        person = station.package.official(card.official)
        if person is None or hashlib.sha256(card.certificate).digest() != person.certificate:
            return Notice(Reason.CARD_CERTIFICATE_WRONG)
        if person.role is Role.TECHNICIAN:
            return Notice(Reason.ROLE_MAY_NOT, (("role", PinText.TECHNICIAN.name),))
        if person.number == self.barred:
            return Notice(Reason.ACT_ABOUT_SIGNER)
        if person.number in self.signed_by(station):
            return Notice(Reason.ALREADY_SIGNED)
        return None

    def _signed(self, answer: Signed, card: OfficialCardSeen, station: Station) -> Signing:
        slot = replace(self.slot, busy=False, notice=Notice(Reason.SIGNATURE_REFUSED))
        refused = replace(self, slot=slot)
        if answer.certificate != card.certificate:
            return refused
        r, s = (int.from_bytes(half, "big") for half in _halves(answer.signature))
        try:
            body = self.body.with_person(answer.certificate, chain.canonical_signature(r, s))
        except (CoseError, OverflowError):
            return refused
        facts = (("name", station.name_of(card.official)),)
        notice = Notice(Word.HAS_SIGNED, facts, good=True)
        return replace(self, body=body, slot=self.slot.finished(notice))


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:32], signature[32:]


@dataclass(frozen=True, slots=True)
class ActPhase:
    """An act is signed, and takes effect: who must sign, and what then happens, each act says.

    Attributes:
        signing: the signatures so far.
        working: enough have signed; the act is being stored and carried out.
    """

    signing: Signing = field(repr=False)
    working: bool = field(default=False, kw_only=True)

    LEAST: ClassVar[int]
    """So many must sign; each act says it."""
    CHAIR: ClassVar[bool] = False
    """The chair must be among them."""

    def needed(self, context: Context) -> int:
        """Return how many must sign."""
        del context
        return self.LEAST

    def effect(self) -> Effect:
        """Return what stores the act and carries it out."""
        raise NotImplementedError

    def taken_back(self) -> Turn:
        """Return where the button back leads, unless it is the machine's."""
        return Turn(self)

    def answered(self, event: Event) -> Turn | None:
        """Return what follows if the event is the answer to `effect`, and not the machine's."""
        del event
        return None

    def complete(self, context: Context) -> bool:
        """Say whether enough have signed."""
        station = context.station
        signed = self.signing.signed_by(station)
        chairs = {person.number for person in station.commission if person.role is Role.CHAIR}
        return len(signed) >= self.needed(context) and (not self.CHAIR or bool(signed & chairs))

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        answered = self.answered(event)
        if answered is not None:
            return answered
        if self.working:
            return Turn(self)
        if event == Touched("sign.back") and not self.signing.slot.busy:
            return self.taken_back()
        if event == Touched("sign.finish") and not self.signing.slot.busy:
            if self.complete(context):
                return Turn(replace(self, working=True), (self.effect(),))
            present = len(self.signing.signed_by(context.station))
            return Turn(replace(self, signing=self.signing.lacking(present, self.needed(context))))
        signing, effects = self.signing.on(event, context.station)
        return Turn(replace(self, signing=signing), effects)

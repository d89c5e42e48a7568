"""The morning: start password, zero check, tally key in shares, opening act, start order.

Rules (design §2; L7, L9):
- Without the start password there is no station key, and without it nothing starts.
- The urn must be empty and every figure zero; that is printed before anything else.
- The desk's half of the tally key comes first, on the courier card. Then this board makes its own:
  one share goes to each share card, one to the territorial commission, and the officials sign an
  act that pins all of this down. Only then is the start order signed.
- Until the start order lies on both media nothing of this counts: a stop in between leads back to
  the zero check, with a new tally key and a new set of shares; the old shares open nothing.

It never holds a key: they stay with `accumulator.strongroom`. A typed password leaves by `Unseal`
and is forgotten.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from accumulator.effects import (
    AskCard,
    AskShareWritten,
    Effect,
    MakeHalf,
    OpenStation,
    PrintZero,
    Record,
    TakeDeskHalf,
    Unseal,
)
from accumulator.events import (
    DeskHalfRefused,
    DeskHalfTaken,
    Event,
    PasswordRefused,
    Printed,
    TallyKeyMade,
    Touched,
)
from accumulator.signing import ActPhase, Signing
from accumulator.texts import Word
from accumulator.turn import Context, Notice, Turn, journalled, otherwise, printing_notice, unwanted
from cardio.messages import CardRemoved, CourierCardSeen, Look, VoterCardSeen
from cardio.share_round import ShareRound
from common import tallykey
from common.catalogue import EventType
from common.errors import Reason
from common.pages import KeyboardLayout, type_key
from common.records import Act, ActFact, ActKind
from common.tallykey import SignedHalf

PASSWORD_LONGEST = 64
FREE_ATTEMPTS = 5
WAIT_AFTER_ATTEMPTS_S = 60
_LAYOUTS: dict[str, KeyboardLayout] = {"kk": "kk", "ru": "ru", "latin": "latin"}


@dataclass(frozen=True, slots=True)
class Locked:
    """The start password is asked for.

    Attributes:
        typed: what was typed so far; shown as dots.
        layout, shift: of the on-screen keyboard.
        wrong: attempts that failed since the daemon started.
        wait_until_s: no attempt is taken before, in monotonic time.
        working: the password is being tried.
    """

    typed: str = field(default="", repr=False)
    layout: KeyboardLayout = "latin"
    shift: bool = False
    wrong: int = 0
    wait_until_s: float = 0.0
    working: bool = False
    notice: Notice | None = None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case Touched(name) if name.startswith("password.") and not self.working:
                return Turn(self._typed(name.removeprefix("password.")))
            case Touched("enter") if self.typed and not self.working:
                left_s = self.wait_until_s - context.steady_s
                if left_s > 0:
                    facts = (("seconds", math.ceil(left_s)),)
                    return Turn(replace(self, notice=Notice(Reason.START_PASSWORD_WAIT, facts)))
                phase = replace(self, typed="", working=True, notice=None)
                return Turn(phase, (Unseal(self.typed),))
            case PasswordRefused():
                wrong = self.wrong + 1
                wait_s = WAIT_AFTER_ATTEMPTS_S if wrong % FREE_ATTEMPTS == 0 else 0
                phase = Locked(
                    layout=self.layout,
                    shift=self.shift,
                    wrong=wrong,
                    wait_until_s=context.steady_s + wait_s,
                    notice=Notice(Reason.START_PASSWORD_WRONG),
                )
                return Turn(phase, (Record(EventType.START_PASSWORD_REFUSED),))
            case VoterCardSeen():
                return Turn(replace(self, notice=Notice(Reason.NOT_OPEN)))
            case _:
                return otherwise(self, event)

    def _typed(self, key: str) -> Locked:
        if key in _LAYOUTS:
            return replace(self, layout=_LAYOUTS[key])
        if key == "shift":
            return replace(self, shift=not self.shift)
        return replace(self, typed=type_key(self.typed, key, PASSWORD_LONGEST), notice=None)


@dataclass(frozen=True, slots=True)
class ZeroCheck:
    """The urn was found empty; the zero report is printed in front of everybody.

    Attributes:
        tried: the report was printed, or the printer would not.
        working: it is being printed.
    """

    tried: bool = False
    working: bool = False
    notice: Notice | None = None
    leaf: int = 0

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        del context
        match event:
            case Touched("figures.next"):
                return Turn(replace(self, leaf=self.leaf + 1))
            case Touched("figures.previous"):
                return Turn(replace(self, leaf=max(0, self.leaf - 1)))
            case Touched("zero.print") if not self.working:
                return Turn(replace(self, working=True, notice=None), (PrintZero(),))
            case Printed(state):
                good = Notice(Word.PRINTED, good=True)
                notice = printing_notice(state, good)
                return Turn(replace(self, tried=True, working=False, notice=notice))
            case Touched("zero.continue") if self.tried and not self.working:
                printed = self.notice is not None and self.notice.good
                record = Record(EventType.ZERO_CHECKED, (("printed", int(printed)),))
                return Turn(DeskHalf(), (record, AskCard(Look())))
            case CardRemoved():
                return Turn(self)
            case _:
                return otherwise(self, event)


@dataclass(frozen=True, slots=True)
class DeskHalf:
    """The courier card is awaited with the desk's half; `working`: it is checked, ours is made.

    What cardiod has verified is verified again before it counts; a half that is refused leaves the
    station as it was.
    """

    working: bool = False
    notice: Notice | None = None

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        match event:
            case DeskHalfTaken():
                return Turn(self, (MakeHalf(),))
            case DeskHalfRefused(reason, facts):
                return Turn(DeskHalf(notice=Notice(reason, facts)))
            case TallyKeyMade():
                return Turn(SharesOut(event))
            case _ if self.working:
                return Turn(self)
            case CourierCardSeen(tally_half=bytes(half), half_shares=bytes(shares)):
                return Turn(DeskHalf(working=True), (TakeDeskHalf(SignedHalf(half, shares)),))
            case CourierCardSeen():
                facts = (("board", desk_name(context)),)
                return Turn(DeskHalf(notice=Notice(Reason.TALLY_HALF_MISSING, facts)))
            case CardRemoved():
                return Turn(DeskHalf())
            case _ if (notice := unwanted(event)) is not None:
                return Turn(DeskHalf(notice=notice))
            case _:
                return Turn(self)


def desk_name(context: Context) -> str:
    """Return the name of the desk that makes a half of the tally key."""
    desk = tallykey.counting_desk(context.station.package)
    return "" if desk is None else desk.name


@dataclass(frozen=True, slots=True)
class SharesOut:
    """Shares go out to the share cards, one by one, PIN each.

    Attributes:
        key: the tally key that was made; here only what may be known of it.
        round: which cards hold their share, and the next one's slot.
    """

    key: TallyKeyMade
    round: ShareRound = field(default_factory=ShareRound)

    @property
    def working(self) -> bool:
        """Whether the shell is busy; cardiod's work shows in the slot instead."""
        return False

    def on(self, event: Event, context: Context) -> Turn:
        """Return the next phase and what is to be done."""
        package = context.station.package
        if event == Touched("shares.continue") and not self.round.slot.busy:
            if not self.round.enough(package):
                return Turn(self)
            act = opening_act(context, self.key)
            return Turn(OpeningAct(Signing.of_act(act)))
        after, effects = self.round.on(event, package, _asked, journalled)
        return Turn(SharesOut(self.key, after), effects)


def _asked(index: int, pin: str) -> Effect:
    return AskShareWritten(index, pin)


@dataclass(frozen=True, slots=True)
class OpeningAct(ActPhase):
    """The officials sign the opening act (L9); `StationOpened` is the machine's."""

    CHAIR = True

    def needed(self, context: Context) -> int:
        """Return how many must sign."""
        return opening_signers_needed(context)

    def effect(self) -> OpenStation:
        """Return what opens the station."""
        return OpenStation(self.signing.body)


def opening_signers_needed(context: Context) -> int:
    """Return how many officials must sign the opening act: one at least, all at most."""
    station = context.station
    wanted = station.package.parameters.opening_signers
    return max(1, min(wanted, len(station.commission)))


def opening_act(context: Context, key: TallyKeyMade) -> Act:
    """Return the opening act: whose key, in how many shares, and that the urn was empty."""
    station = context.station
    return Act(
        kind=ActKind.OPENING,
        station=station.package.station,
        package=station.package_hash,
        board=station.board,
        time_ms=context.now_ms,
        facts={
            ActFact.TALLY_KEY: b"".join(key.public),
            ActFact.URN_EMPTY: 1,
            ActFact.SHARES: len(station.package.share_cards),
            ActFact.QUORUM: station.package.quorum,
            ActFact.SHARE_CHECKS: b"".join(key.commitments),
            ActFact.TERRITORIAL_SHARE: key.territorial,
        },
    )

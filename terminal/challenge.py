"""What a voter may do between the read-back and the thanks: cast the vote, or check the terminal.

    Deciding            the sealed vote is on the card and its check value on the screen: cast, or
                        check this terminal?
    Spoiling            the vote on the card becomes a spoiled one, then what opens it is added
    SpoilInterrupted    one of the two writes was not finished: the same card is asked for again
    Spoiled             both are done; the check value stands until the card is taken out

Rules:
- the check value stands on the screen before anybody, the terminal too, can know what the voter
  will touch: what was sealed cannot be changed any more;
- a vote that is on the card counts unless the voter asks for the check: casting, a card that is
  taken out and a voter who does not answer all leave it there as the vote;
- what opens a vote (r) leaves this memory only after the spoiled record was read back from the
  card, so that no vote can be both opened and cast; whatever else ends the session forgets it;
- nothing is tried again by itself: each new try begins with a card that was put in.

Pure, like `terminal.booth`, which casts, and begins sessions with other cards. Never here: what
was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from common.book import PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from terminal.effects import Effect, OpenSpoiled, Record, SpoilVote
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    Event,
    ReaderLost,
    SealedVote,
    SpoiledCardSeen,
    SpoiledOpened,
    SpoilNotStored,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
    VoteSpoiled,
)


@dataclass(frozen=True, slots=True)
class Vote:
    """What is remembered of a vote between its sealing and the end of the session.

    Attributes:
        card_key: SHA-256 of the card's 9E key.
        digest: SHA-256 of the signed `CastVote`.
        code: the control code.
        sealed: what the voter may have checked, until it is cast; None where nothing can be.
    """

    card_key: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    code: int = field(repr=False)
    sealed: SealedVote | None = field(default=None, repr=False)

    def cast(self) -> Vote:
        """Return it as it is once it will not be checked: what opens it is forgotten."""
        return replace(self, sealed=None)

    def is_on(self, card: VotedCardSeen | SpoiledCardSeen) -> bool:
        """Say whether this is the card it was written on, with this very vote on it."""
        return (card.card_key, card.vote) == (self.card_key, self.digest)


@dataclass(frozen=True, slots=True)
class Deciding:
    """The vote is on the card, and its check value on the screen."""

    card: ActivatedCardSeen
    language: str
    vote: Vote


@dataclass(frozen=True, slots=True)
class Spoiling:
    """The spoiled vote or, once `is_spoiled`, what opens it is on its way to the card."""

    card: ActivatedCardSeen
    language: str
    vote: Vote
    is_spoiled: bool = False


@dataclass(frozen=True, slots=True)
class SpoilInterrupted:
    """A write was not finished; `reason` is what the screen says: CARD_MOVED with no card in."""

    card: ActivatedCardSeen
    language: str
    vote: Vote
    is_spoiled: bool
    reason: Reason = Reason.CARD_MOVED


@dataclass(frozen=True, slots=True)
class Spoiled:
    """The vote is spoiled and open; `value` is its check value."""

    card: ActivatedCardSeen
    language: str
    value: str
    digest: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stopped:
    """No more can be done here with the card in the slot; the page says where to take it."""

    page: PageKey


Challenge: TypeAlias = Deciding | Spoiling | SpoilInterrupted | Spoiled
Next: TypeAlias = tuple[Challenge | Stopped | None, tuple[Effect, ...]]

BROKEN_OFF = Record(EventType.VOTE_WRITE_INTERRUPTED)


def step(state: Challenge, event: Event) -> Next | None:
    """Return what is after `event`, and what is to be done; None if it is not for this machine.

    With None, the session ends as `ended` says, and the event is one of an empty booth.
    """
    match state:
        case Deciding():
            return _deciding(state, event)
        case Spoiling():
            return _spoiling(state, event)
        case SpoilInterrupted():
            return _interrupted(state, event)
        case Spoiled():
            return _spoiled(state, event)


def ended(state: Challenge) -> tuple[Effect, ...]:
    """Return what is journalled when another card is in the slot, or none."""
    match state:
        case Deciding():
            return (Record(EventType.VOTE_STORED),)
        case Spoiling():
            return (BROKEN_OFF,)
        case SpoilInterrupted() | Spoiled():
            return ()


def _deciding(state: Deciding, event: Event) -> Next | None:
    match event:
        case Touched("check") if state.vote.sealed is not None and state.vote.sealed.r is not None:
            return _spoil(state.card, state.language, state.vote)
        case CardRemoved() | ReaderLost():
            return None, ended(state)
        case VotedCardSeen() if state.vote.is_on(event):
            return state, ()
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen() | UnfitCardSeen():
            return None
        case _:
            return state, ()


def _spoil(card: ActivatedCardSeen, language: str, vote: Vote) -> Next:
    if vote.sealed is None:
        raise ValueError("what was not kept cannot be checked")
    effect = SpoilVote(card.serial, card.card_key, vote.sealed.cast_vote)
    return Spoiling(card, language, vote), (effect,)


def _open(card: ActivatedCardSeen, language: str, vote: Vote, *first: Effect) -> Next:
    if vote.sealed is None or vote.sealed.r is None:
        raise ValueError("what was not kept cannot be opened")
    effect = OpenSpoiled(card.serial, card.card_key, vote.sealed.cast_vote, vote.sealed.r)
    return Spoiling(card, language, vote, is_spoiled=True), (*first, effect)


def _opened(state: Spoiling | SpoilInterrupted, *first: Effect) -> Next:
    value = "" if state.vote.sealed is None else state.vote.sealed.check_value
    after = Spoiled(state.card, state.language, value, state.vote.digest)
    return after, (*first, Record(EventType.SPOILED_VOTE_OPENED))


def _spoiling(state: Spoiling, event: Event) -> Next | None:
    match event:
        case VoteSpoiled() if not state.is_spoiled:
            spoiled = Record(EventType.VOTE_SPOILED)
            return _open(state.card, state.language, state.vote, spoiled)
        case SpoiledOpened() if state.is_spoiled:
            return _opened(state)
        case SpoilNotStored():
            return _broken_off(state, Reason.CARD_TORN)
        case CardRemoved() | ReaderLost():
            return _broken_off(state, Reason.CARD_MOVED)
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen() if (
            event.card_key == state.card.card_key
        ):
            return state, ()  # the answer to the write is on its way, and decides
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen() | UnfitCardSeen():
            return None
        case _:
            return state, ()


def _broken_off(state: Spoiling, reason: Reason) -> Next:
    after = SpoilInterrupted(state.card, state.language, state.vote, state.is_spoiled, reason)
    return after, (BROKEN_OFF,)


def _interrupted(state: SpoilInterrupted, event: Event) -> Next | None:
    never_left = state.reason is not Reason.CARD_MOVED
    match event:
        case VotedCardSeen() if state.vote.is_on(event) and not state.is_spoiled:
            return Deciding(state.card, state.language, state.vote), ()
        case SpoiledCardSeen() if state.vote.is_on(event):
            now = () if state.is_spoiled else (Record(EventType.VOTE_SPOILED),)
            if event.is_open:
                return _opened(state, *now)
            if never_left:
                return Stopped(fault_page(Reason.CARD_SPOILED.name)), now
            return _open(state.card, state.language, state.vote, *now)
        case ActivatedCardSeen() if never_left:
            return Stopped(fault_page(Reason.VOTE_NOT_STORED.name)), ()
        case UnfitCardSeen(reason):
            refusal = Record(EventType.CARD_REFUSED, {"reason": reason})
            return replace(state, reason=reason), (refusal,)
        case CardRemoved() | ReaderLost():
            return replace(state, reason=Reason.CARD_MOVED), ()
        case TimeRanOut():
            return (Stopped(fault_page(state.reason.name)) if never_left else None), ()
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen():
            return None
        case _:
            return state, ()


def _spoiled(state: Spoiled, event: Event) -> Next | None:
    match event:
        case SpoiledCardSeen() if (event.card_key, event.vote) == (
            state.card.card_key,
            state.digest,
        ):
            return state, ()
        case CardRemoved() | ReaderLost():
            return None, ()
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen() | UnfitCardSeen():
            return None
        case _:
            return state, ()


# What a state looks like


def page(state: Challenge) -> PageKey:
    """Return the page that stands on the screen."""
    match state:
        case Deciding(vote=vote):
            may_check = vote.sealed is not None and vote.sealed.r is not None
            return _voter_page("sealed:check" if may_check else "sealed", state)
        case Spoiling():
            return _voter_page("casting", state)
        case SpoilInterrupted(reason=reason):
            return fault_page(reason.name)
        case Spoiled():
            return _voter_page("spoiled", state)


def fills(state: Challenge) -> Mapping[str, str]:
    """Return what stands in the page's slots."""
    match state:
        case Deciding(vote=vote) if vote.sealed is not None:
            value = vote.sealed.check_value
        case Spoiled(value=value):
            pass
        case _:
            return {}
    return {f"value:{at}": one for at, one in enumerate(value.replace(" ", ""))}


def _voter_page(name: str, state: Deciding | Spoiling | Spoiled) -> PageKey:
    return PageKey(name, state.language, None, state.card.presentation)

"""One voter's session: from the card in the slot to the card out of it.

    Checking          is there a control code for this voter?
    ChoosingLanguage
    Filling           `terminal.filling`, up to "cast"
    Asking            the voter has not touched anything for long: are you still there?
    Sealing           ballot, code and both records are being made
    Storing           the vote is being written on the card
    Interrupted       the write was not finished: the same card is asked for again
    Deciding …        the check value stands (`terminal.challenge`): cast, or check
    Thanking          it was: "Рахмет / Спасибо"
    ShowingCode       keys 1 and 2 were pressed
    Leaving           nothing is left to do but take the card out

Rules:
- "thank you" comes after `VoteStored`, or when the card that was pulled out during the write comes
  back with this very vote on it; never otherwise (design §4);
- choices leave this machine with `SealBallot` and are gone from it; a card that is pulled out takes
  its session with it (L16). Only for an interrupted write is what is known of the sealed vote kept,
  for a while;
- a voter who is shown the check value and does not answer has voted: the vote is on the card, and
  after the time of the question and of its answer the thanks come by themselves;
- the code is shown only while "thank you" stands on the screen, and only when both keys were
  pressed after it appeared, in either order (L15);
- until the write is complete the card is activated: a session that ends before can begin again.

Pure: `step` takes a state and an event and returns the next state and effects. None is the empty
booth. What is shown and for how long follows from the state: `page`, `fills`, `timeout_s`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from common.book import CODE_DIGITS, LANGUAGES, PageKey, fault_page
from common.catalogue import EventType
from common.errors import Reason
from common.records import Parameters
from terminal import challenge, filling
from terminal.challenge import (
    Deciding,
    Spoiled,
    Spoiling,
    SpoilInterrupted,
    Stopped,
    Vote,
)
from terminal.effects import Buzz, Effect, Record, ReserveCode, SealBallot, StoreVote
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    CodeReserved,
    CodesUsedUp,
    Event,
    KeyPressed,
    ReaderLost,
    SpoiledCardSeen,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
    VoteNotStored,
    VoteSealed,
    VoteStored,
)
from terminal.filling import Filling
from terminal.plan import Plans

KEYS = frozenset({1, 2})
BUZZ_S = 0.3


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every voter of the day: the ways through the ballots, and the time-outs."""

    plans: Plans
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Checking:
    """The card may vote; a control code is asked for."""

    card: ActivatedCardSeen


@dataclass(frozen=True, slots=True)
class ChoosingLanguage:
    """The invitation to choose a language."""

    card: ActivatedCardSeen


@dataclass(frozen=True, slots=True)
class FillingIn:
    """The ballot is being filled in."""

    card: ActivatedCardSeen
    ballot: Filling


@dataclass(frozen=True, slots=True)
class Asking:
    """Are you still there? With `before`, the session goes on."""

    before: FillingIn


@dataclass(frozen=True, slots=True)
class Sealing:
    """The choices were handed over and are being sealed."""

    card: ActivatedCardSeen
    language: str


@dataclass(frozen=True, slots=True)
class Storing:
    """The vote is on its way to the card."""

    card: ActivatedCardSeen
    language: str
    vote: Vote


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The write was not finished; `reason` is what the screen says: CARD_MOVED with no card in."""

    card: ActivatedCardSeen
    language: str
    vote: Vote
    reason: Reason = Reason.CARD_MOVED


@dataclass(frozen=True, slots=True)
class Thanking:
    """The vote is accepted; `keys` are those pressed since."""

    card: ActivatedCardSeen
    language: str
    vote: Vote
    keys: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ShowingCode:
    """The control code stands on the screen."""

    card: ActivatedCardSeen
    language: str
    vote: Vote


@dataclass(frozen=True, slots=True)
class Leaving:
    """The last page, until the card is out."""

    page: PageKey


Booth: TypeAlias = (
    Checking
    | ChoosingLanguage
    | FillingIn
    | Asking
    | Sealing
    | Storing
    | Interrupted
    | Deciding
    | Spoiling
    | SpoilInterrupted
    | Spoiled
    | Thanking
    | ShowingCode
    | Leaving
)

CardSeen: TypeAlias = ActivatedCardSeen | VotedCardSeen | SpoiledCardSeen | UnfitCardSeen
Next: TypeAlias = tuple[Booth | None, tuple[Effect, ...]]


def step(booth: Booth | None, event: Event, rules: Rules) -> Next:
    """Return the booth after `event`, and what is to be done."""
    match booth, event:
        case Deciding(card, language, vote), Touched("cast"):
            return Thanking(card, language, vote.cast()), (Record(EventType.VOTE_STORED),)
        case Deciding(card, language, vote), TimeRanOut():
            thanking = Thanking(card, language, vote.cast())
            return thanking, (Record(EventType.VOTE_STORED), Buzz(BUZZ_S))
        case Deciding() | Spoiling() | SpoilInterrupted() | Spoiled(), _:
            answered = challenge.step(booth, event)
            if answered is not None:
                return _after_challenge(*answered)
    match event:
        case ActivatedCardSeen() | VotedCardSeen() | SpoiledCardSeen() | UnfitCardSeen():
            return _card_seen(booth, event, rules)
        case CardRemoved() | ReaderLost():
            return _card_gone(booth)
        case TimeRanOut():
            return _time_ran_out(booth)
        case Touched(region):
            return _touched(booth, region, rules)
        case KeyPressed(key):
            return _key_pressed(booth, key), ()
        case _:
            return _answered(booth, event)


def _after_challenge(
    after: challenge.Challenge | Stopped | None, effects: tuple[Effect, ...]
) -> Next:
    return (Leaving(after.page) if isinstance(after, Stopped) else after), effects


def _answered(booth: Booth | None, event: Event) -> Next:
    """Take the answer to an effect; one that the booth does not wait for means nothing."""
    match booth, event:
        case Checking(card), CodeReserved():
            return ChoosingLanguage(card), (Record(EventType.SESSION_BEGAN),)
        case Checking(), CodesUsedUp():
            no_codes = Leaving(fault_page(Reason.CODES_USED_UP.name))
            return no_codes, (Record(EventType.CODES_USED_UP),)
        case Sealing(card, language), VoteSealed():
            vote = Vote(card.card_key, event.vote, event.code, event.sealed)
            return Storing(card, language, vote), (StoreVote(event.cast_vote, event.deposit),)
        case Storing(card, language, vote), VoteStored():
            return Deciding(card, language, vote), ()
        case Storing(card, language, vote), VoteNotStored():
            interrupted = Interrupted(card, language, vote, Reason.CARD_TORN)
            return interrupted, (Record(EventType.VOTE_WRITE_INTERRUPTED),)
        case _:
            return booth, ()


def _card_seen(booth: Booth | None, event: CardSeen, rules: Rules) -> Next:
    match booth, event:
        case Storing(card), ActivatedCardSeen() | VotedCardSeen() if (
            card.card_key == event.card_key
        ):
            return booth, ()  # the answer to the write is on its way, and decides
        case Thanking(_, _, vote) | ShowingCode(_, _, vote), VotedCardSeen() if vote.is_on(event):
            return booth, ()
        case Interrupted(card, language, vote), VotedCardSeen() if vote.is_on(event):
            return Deciding(card, language, vote), ()
        case Interrupted(reason=reason), ActivatedCardSeen() if reason is not Reason.CARD_MOVED:
            return Leaving(fault_page(Reason.VOTE_NOT_STORED.name)), ()  # it never left the slot
        case Interrupted(), UnfitCardSeen(reason):
            return replace(booth, reason=reason), (_refusal(reason),)
        case Storing(card, language, vote), _:  # another card: this one was pulled out
            interrupted = Interrupted(card, language, vote)
            after, effects = _card_seen(interrupted, event, rules)
            return after, (Record(EventType.VOTE_WRITE_INTERRUPTED), *effects)
    after, effects = _card_inserted(event, rules)
    return after, (*_ended_by_removal(booth), *effects)


def _card_inserted(event: CardSeen, rules: Rules) -> tuple[Booth, tuple[Effect, ...]]:
    match event:
        case ActivatedCardSeen(style, presentation):
            if any((style, presentation, language) in rules.plans for language in LANGUAGES):
                return Checking(event), (ReserveCode(),)
            return _refused(Reason.STYLE_UNKNOWN)
        case VotedCardSeen():
            return _refused(Reason.CARD_VOTED)
        case SpoiledCardSeen():
            return _refused(Reason.CARD_SPOILED)
        case UnfitCardSeen(reason):
            return _refused(reason)


def _card_gone(booth: Booth | None) -> Next:
    match booth:
        case Storing(card, language, vote):
            interrupted = Interrupted(card, language, vote)
            return interrupted, (Record(EventType.VOTE_WRITE_INTERRUPTED),)
        case Interrupted():
            return replace(booth, reason=Reason.CARD_MOVED), ()
        case _:
            return None, _ended_by_removal(booth)


def _time_ran_out(booth: Booth | None) -> Next:
    match booth:
        case FillingIn():
            return Asking(booth), (Buzz(BUZZ_S),)
        case Asking(before):
            return _session_ended(before)
        case Thanking(card, language) | ShowingCode(card, language):
            return Leaving(_voter_page("take", card, language)), (Buzz(BUZZ_S),)
        case Interrupted(reason=Reason.CARD_MOVED):
            return None, ()
        case Interrupted(reason=reason):  # a card is in the slot
            return Leaving(fault_page(reason.name)), ()
        case _:
            return booth, ()


def _touched(booth: Booth | None, region: str, rules: Rules) -> Next:
    match booth, region.split(":"):
        case ChoosingLanguage(card), ["language", language]:
            plan = rules.plans.get((card.style, card.presentation, language))
            if plan is None:
                return booth, ()
            return FillingIn(card, filling.start(plan, card.style, language, card.presentation)), ()
        case FillingIn(card, ballot), ["language", language]:
            plan = rules.plans.get((card.style, card.presentation, language))
            if plan is None:
                return booth, ()
            return FillingIn(card, filling.translated(ballot, plan, language)), ()
        case FillingIn(card, ballot), _:
            ballot = filling.touched(ballot, region)
            if not ballot.is_cast:
                return FillingIn(card, ballot), ()
            seal = SealBallot(card.style, card.serial, card.card_key, ballot.choices)
            return Sealing(card, ballot.language), (seal,)
        case Asking(before), ["yes"]:
            return before, ()
        case Asking(before), ["no"]:
            return _session_ended(before)
        case _:
            return booth, ()


def _key_pressed(booth: Booth | None, key: int) -> Booth | None:
    match booth:
        case Thanking(card, language, vote, keys) if keys | {key} >= KEYS:
            return ShowingCode(card, language, vote)
        case Thanking(keys=keys):
            return replace(booth, keys=keys | {key})
        case _:
            return booth


def _session_ended(before: FillingIn) -> Next:
    ended = _voter_page("ended", before.card, before.ballot.language)
    return Leaving(ended), (Record(EventType.SESSION_TIMED_OUT), Buzz(BUZZ_S))


def _ended_by_removal(booth: Booth | None) -> tuple[Effect, ...]:
    match booth:
        case ChoosingLanguage() | FillingIn() | Asking() | Sealing():
            return (Record(EventType.SESSION_ABANDONED),)
        case Deciding() | Spoiling() | SpoilInterrupted() | Spoiled():
            return challenge.ended(booth)
        case _:
            return ()


def _refused(reason: Reason) -> tuple[Booth, tuple[Effect, ...]]:
    return Leaving(fault_page(reason.name)), (_refusal(reason),)


def _refusal(reason: Reason) -> Record:
    return Record(EventType.CARD_REFUSED, {"reason": reason})


# What a state looks like


def page(booth: Booth | None) -> PageKey:
    """Return the page that stands on the screen."""
    match booth:
        case None | Checking():
            return PageKey("insert")
        case ChoosingLanguage(card):
            return PageKey("language", presentation=card.presentation)
        case FillingIn(ballot=ballot):
            return filling.page(ballot)
        case Asking(FillingIn(card, ballot)):
            return _voter_page("timeout", card, ballot.language)
        case Sealing(card, language) | Storing(card, language):
            return _voter_page("casting", card, language)
        case Interrupted(reason=reason):
            return fault_page(reason.name)
        case Deciding() | Spoiling() | SpoilInterrupted() | Spoiled():
            return challenge.page(booth)
        case Thanking(card, language):
            return _voter_page("thanks", card, language)
        case ShowingCode(card, language):
            return _voter_page("code", card, language)
        case Leaving(last):
            return last


def fills(booth: Booth | None) -> Mapping[str, str]:
    """Return what stands in the page's slots."""
    match booth:
        case FillingIn(ballot=ballot):
            return filling.fills(ballot)
        case Deciding() | Spoiling() | SpoilInterrupted() | Spoiled():
            return challenge.fills(booth)
        case ShowingCode(vote=vote):
            return {f"digit:{n}": digit for n, digit in enumerate(f"{vote.code:0{CODE_DIGITS}}")}
        case _:
            return {}


def timeout_s(booth: Booth | None, parameters: Parameters) -> int | None:
    """Return after how many seconds without any change the booth goes on by itself, or None.

    The language page waits for ever: it asks already, and nothing is chosen that must be hidden.
    """
    match booth:
        case FillingIn() | Interrupted() | SpoilInterrupted():
            return parameters.idle_ask_s
        case Deciding():
            return parameters.idle_ask_s + parameters.idle_end_s
        case Asking():
            return parameters.idle_end_s
        case Thanking() | ShowingCode():
            return parameters.code_shown_s
        case _:
            return None


def _voter_page(name: str, card: ActivatedCardSeen, language: str) -> PageKey:
    return PageKey(name, language, None, card.presentation)

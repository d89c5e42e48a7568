"""A terminal under any hands: random touches, keys, cards, time-outs, stops of the card service.

The world outside (cards, cardiod, voters) is modelled here, apart from the machine's own logic.
After every event: only pages of the book are shown; nobody is thanked before the vote is known to
be on the card; what is sealed is what was touched; no choice outlives its card. In a station whose
voters may check the terminal no vote is opened before it is known to be spoiled, none that is
opened was thanked for, and what opens one is forgotten when its voter is gone.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from common.book import BLANK, Book, PageKey
from common.errors import Reason
from common.records import Presentation, StationPackage
from terminal import machine
from terminal.booth import Rules
from terminal.effects import (
    CloseStation,
    Effect,
    OpenSpoiled,
    OpenStation,
    ReserveCode,
    SealBallot,
    SetTimer,
    Show,
    SpoilVote,
    StartAgain,
    StoreVote,
)
from terminal.events import (
    ActivatedCardSeen,
    CardRemoved,
    CodeReserved,
    CodesUsedUp,
    CourierCardSeen,
    Event,
    KeyPressed,
    PartFailed,
    ReaderLost,
    SealedVote,
    SpoiledCardSeen,
    SpoiledOpened,
    SpoilNotStored,
    StationClosed,
    StationOpened,
    TimeRanOut,
    Touched,
    UnfitCardSeen,
    VotedCardSeen,
    VoteNotStored,
    VoteSealed,
    VoteSpoiled,
    VoteStored,
)
from terminal.filling import Filling
from terminal.machine import Phase, Station
from terminal.plan import make_plans
from tests import samples
from tests.unit.terminal import tiny_book


def package_and_book() -> tuple[StationPackage, Book]:
    """Return the sample package, with "against all" as the last line of the contest 3 of 7."""
    sample = samples.package()
    council = sample.contests[1]
    against_all = samples.line("Барлығына қарсымын", "Против всех", against_all=True)
    council = dataclasses.replace(council, lines=(*council.lines[:-1], against_all))
    contests = (sample.contests[0], council, sample.contests[2])
    return tiny_book.package_and_book(dataclasses.replace(sample, contests=contests))


PACKAGE, BOOK = package_and_book()
RULES = Rules(make_plans(PACKAGE, BOOK), samples.PARAMETERS)
CODES = 40
VALUE = "7K3M Q9XW B2H4 TZVN 0RGE"
IDLE_PAGES = {"insert", "waiting", "closed"}
DECLINED = {"fault:CLOSE_NOT_REACHED", "fault:CARD_COURIER_HERE"}


@dataclass
class Card:
    """A card as it lies in a voter's hand: which, and whether a vote is on it.

    Attributes:
        spoiled: the vote that is spoiled on it; `is_open` says that it is opened, too.
    """

    number: int
    style: int = 1
    vote: bytes | None = None
    spoiled: bytes | None = None
    is_open: bool = False
    unfit: Reason | None = None
    is_courier: bool = False

    @property
    def key(self) -> bytes:
        return bytes([self.number]) * 32

    def seen(self, *, late: bool) -> Event:
        """Return what cardiod's notification about it becomes."""
        if self.is_courier:
            return CourierCardSeen(b"order", late)
        if self.unfit is not None:
            return UnfitCardSeen(self.unfit)
        if self.vote is not None:
            return VotedCardSeen(self.key, self.vote)
        if self.spoiled is not None:
            return SpoiledCardSeen(self.key, self.spoiled, self.is_open)
        return ActivatedCardSeen(self.style, Presentation.NORMAL, self.number, self.key)

    def written(self, write: Write) -> None:
        """Take what was written whole."""
        match write.kind:
            case "vote":
                self.vote = write.vote
            case "spoil":
                self.vote, self.spoiled, self.is_open = None, write.vote, False
            case _:
                self.is_open = True

    def blanked(self) -> None:
        """Be taken in or taken back, and activated for somebody else."""
        self.vote, self.spoiled, self.is_open = None, None, False


@dataclass(frozen=True)
class Write:
    """What is on its way to a card: a vote, its being spoiled, or what opens it."""

    card: Card
    kind: str
    vote: bytes


ANSWERS: Mapping[str, tuple[Event, Event]] = {
    "vote": (VoteStored(), VoteNotStored()),
    "spoil": (VoteSpoiled(), SpoilNotStored()),
    "open": (SpoiledOpened(), SpoilNotStored()),
}


@dataclass
class Marks:
    """What a voter has marked, by the rules of the ballot alone."""

    style: int
    chosen: dict[int, set[int]] = field(default_factory=dict)

    def touch(self, contest: int, line: int) -> None:
        """Touch a line: it is unmarked, marked, or (one too many) left as it is."""
        marked = self.chosen.setdefault(contest, set())
        if line in marked:
            marked.remove(line)
            return
        rules = PACKAGE.contests[contest]
        against = {n for n, each in enumerate(rules.lines) if each.against_all}
        if len(marked) < rules.votes_allowed and not (marked and (marked | {line}) & against):
            marked.add(line)

    @property
    def choices(self) -> tuple[tuple[int, ...], ...]:
        return tuple(
            tuple(sorted(self.chosen.get(contest, ()))) for contest in range(len(PACKAGE.contests))
        )


class AnyHands(RuleBasedStateMachine):
    """The terminal, and everybody who can do anything to it."""

    def __init__(self) -> None:
        super().__init__()
        self.station = Station(Phase.WAITING)
        self.shown: Show | None = None
        self.timer: int | None = None
        self.slot: Card | None = None
        self.reader = True
        self.late = False
        self.cards = [Card(n, style=1 + n % 2) for n in range(1, 5)]
        self.cards.append(Card(9, unfit=Reason.CARD_FOREIGN))
        self.cards.append(Card(10, vote=b"old"))
        self.courier = Card(20, is_courier=True)
        self.codes_left = CODES
        self.votes = 0
        self.marks: Marks | None = None
        self.writing: Write | None = None
        self.checks = False
        self.thanked: set[bytes] = set()
        self.spoiled: set[bytes] = set()  # votes that the terminal was told are spoiled
        self.on_card: set[bytes] = set()  # votes that the terminal was told are on a card
        self.thanked_vote: bytes | None = None
        self.keys: set[int] = set()
        self.code: int | None = None

    @initialize(is_open=st.integers(0, 9), checks=st.booleans())
    def begin(self, is_open: int, checks: bool) -> None:
        self.checks = checks
        self.perform(machine.begin(self.station, RULES))
        if is_open < 9:
            self.insert_courier()
            self.remove(was_written=False, answered_first=False)

    # the shell

    def happen(self, first: Event) -> None:
        waiting = deque([first])
        while waiting:
            event = waiting.popleft()
            if isinstance(event, VotedCardSeen):
                self.on_card.add(event.vote)
            if isinstance(event, SpoiledCardSeen):
                self.spoiled.add(event.vote)
            self.station, effects = machine.step(self.station, event, RULES)
            waiting.extend(self.perform(effects))

    def perform(self, effects: tuple[Effect, ...]) -> Iterator[Event]:
        answers: list[Event] = []
        for effect in effects:
            match effect:
                case Show():
                    self.look(effect)
                case SetTimer(timeout_s):
                    self.timer = timeout_s
                case ReserveCode():
                    answers.append(CodeReserved() if self.codes_left else CodesUsedUp())
                case SealBallot():
                    answers.append(self.seal(effect))
                case StoreVote(cast_vote):
                    assert self.slot is not None
                    assert self.writing is None or self.writing.vote != cast_vote
                    self.writing = Write(self.slot, "vote", cast_vote)
                case SpoilVote(serial, key, cast_vote):
                    assert self.checks
                    assert cast_vote not in self.thanked
                    self.ask(Write(self.card_in_slot(serial, key), "spoil", cast_vote))
                case OpenSpoiled(serial, key, cast_vote, r):
                    assert cast_vote in self.spoiled, "opened before it was known to be spoiled"
                    assert cast_vote not in self.thanked
                    assert r == b"r of " + cast_vote
                    self.ask(Write(self.card_in_slot(serial, key), "open", cast_vote))
                case OpenStation():
                    answers.append(StationOpened())
                case CloseStation():
                    assert self.late
                    answers.append(StationClosed())
                case StartAgain():
                    self.station = Station(Phase.OPEN)
                    self.perform(machine.begin(self.station, RULES))
        return iter(answers)

    def card_in_slot(self, serial: int, key: bytes) -> Card:
        assert self.slot is not None
        assert (self.slot.number, self.slot.key) == (serial, key)
        return self.slot

    def ask(self, write: Write) -> None:
        """Have something written; an answer that is still to come is to what was asked before."""
        self.writing = write

    def look(self, show: Show) -> None:
        """See a page: it is in the book, and says nothing that is not so."""
        page = BOOK.page(show.page)
        slots = {slot.name for slot in page.slots}
        fills = {name: value for name, value in show.fills.items() if name in slots}
        BOOK.compose(BOOK.frame(), show.page, fills)
        previous = None if self.shown is None else self.shown.page.name
        self.shown = show
        name = show.page.name
        if name == "language":
            assert self.slot is not None
            self.marks = Marks(self.slot.style)
        if name == "thanks":
            assert self.thanked_vote in self.on_card, "(a) thanked before it was known to be stored"
            assert self.slot is not None
            assert self.slot.vote == self.thanked_vote
            assert self.thanked_vote not in self.spoiled
            self.thanked.add(self.slot.vote or b"")
            if previous != "thanks":
                self.keys = set()
        if name == "code":
            assert self.keys >= {1, 2}, "the code was shown unasked"
            assert "".join(v for _, v in sorted(fills.items())) == f"{self.code:04}"
        if name.startswith("sealed"):
            assert name == ("sealed:check" if self.checks else "sealed")
            assert self.slot is not None
            assert self.slot.vote in self.on_card, "the value of a vote that may not be there"
        if name == "spoiled":
            assert self.slot is not None
            assert self.slot.is_open
        if name.startswith("contest:"):
            self.check_contest(int(name.split(":")[1]), show.fills)
        if name.startswith("review:"):
            self.check_review(show.fills)

    def check_contest(self, contest: int, fills: Mapping[str, str]) -> None:
        assert self.marks is not None
        chosen = self.marks.choices[contest]
        assert {f"line:{line}": "on" for line in chosen} | {"counter": str(len(chosen))} == fills

    def check_review(self, fills: Mapping[str, str]) -> None:
        assert self.marks is not None
        style = PACKAGE.style(self.marks.style)
        assert style is not None
        for contest in style.contests:
            shown = {v for name, v in fills.items() if name.startswith(f"choice:{contest}:")}
            assert shown == ({str(line) for line in self.marks.choices[contest]} or {BLANK})

    def seal(self, ballot: SealBallot) -> VoteSealed:
        assert self.marks is not None
        assert self.slot is not None
        assert ballot.choices == self.marks.choices, "(b) what is sealed is what was touched"
        assert (ballot.card_key, ballot.serial) == (self.slot.key, self.slot.number)
        assert ballot.style == self.slot.style
        self.codes_left -= 1
        self.votes += 1
        self.code = 1000 + self.votes
        vote = self.thanked_vote = b"vote %d" % self.votes
        r = b"r of " + vote if self.checks else None
        return VoteSealed(self.code, vote, b"deposit", vote, SealedVote(vote, VALUE, r))

    # hands

    def insert(self, number: int) -> None:
        self.slot = self.cards[number]
        self.happen(self.slot.seen(late=self.late))

    def insert_courier(self) -> None:
        self.slot = self.courier
        self.happen(self.slot.seen(late=self.late))

    def remove(self, was_written: bool, answered_first: bool) -> None:
        """Pull the card, maybe during the write: then the write may have been complete or not."""
        if self.writing is not None and answered_first:
            self.answer(stored=was_written, was_written=was_written)
        elif self.writing is not None and was_written:
            self.writing.card.written(self.writing)
        self.slot = None
        self.happen(CardRemoved())
        self.nothing_is_kept()

    @precondition(lambda self: self.writing is not None)
    @rule(stored=st.booleans(), was_written=st.booleans())
    def answer(self, stored: bool, was_written: bool) -> None:
        """Let cardiod answer: done only if the vote is on the card, or maybe too late."""
        assert self.writing is not None
        write, self.writing = self.writing, None
        card, vote = write.card, write.vote
        if self.slot is not card:  # it left in the meantime: nothing can be done to it
            stored = stored and card == dataclasses.replace(card, **_whole(write))
        elif stored or was_written:
            card.written(write)
        done, failed = ANSWERS[write.kind]
        if stored:
            if write.kind == "vote" and self.thanked_vote == vote:
                self.on_card.add(vote)
            if write.kind == "spoil":
                self.spoiled.add(vote)
            self.happen(done)
        else:
            self.happen(failed)
            if self.slot is card:  # cardiod looks at the card again
                self.happen(card.seen(late=self.late))

    @precondition(lambda self: self.shown is not None)
    @rule(choice=st.integers(0, 99))
    def touch(self, choice: int) -> None:
        """Touch one of the regions on the page."""
        names = self.regions()
        if names:
            self.touch_region(names[choice % len(names)])

    @precondition(lambda self: self.regions_named("line:"))
    @rule(lines=st.lists(st.integers(0, 9), min_size=1, max_size=8))
    def touch_lines(self, lines: list[int]) -> None:
        """Touch lines of a contest, one after the other, past the page that says "too many"."""
        for line in lines:
            if "ok" in self.regions():
                self.touch_region("ok")
            names = self.regions_named("line:")
            if names:
                self.touch_region(names[line % len(names)])

    @rule(
        what=st.sampled_from(["card", "pull", "courier", "reader", "touch", "evening", "fault"]),
        number=st.integers(0, 5),
        flag=st.booleans(),
        also=st.booleans(),
        name=st.sampled_from(["cast", "yes", "ok", "language:kk", "nowhere"]),
    )
    def disturb(self, what: str, number: int, flag: bool, also: bool, name: str) -> None:
        """Do what comes between: other cards, a card pulled, the reader lost and found."""
        match what:
            case "card" if self.slot is None and self.reader:
                self.insert(number)
            case "courier" if self.slot is None and self.reader:
                self.insert_courier()
            case "pull" if self.slot is not None and self.reader:
                self.remove(was_written=flag, answered_first=also)
            case "reader" if self.reader:
                self.lose_reader()
            case "touch":
                self.touch_what_is_not_there(name)
            case "evening" if flag and also:
                self.late = True
            case "fault" if flag and also and self.votes:
                self.happen(PartFailed(Reason.MEDIUM_FULL))

    @precondition(lambda self: not self.reader)
    @rule(card_left=st.booleans())
    def find_reader(self, card_left: bool) -> None:
        self.reader = True
        if card_left:
            self.slot = None
        self.happen(CardRemoved() if self.slot is None else self.slot.seen(late=self.late))

    @precondition(lambda self: self.can_begin())
    @rule(number=st.integers(0, 3), language=st.sampled_from(["kk", "ru"]))
    def begin_session(self, number: int, language: str) -> None:
        """Insert a voter's card, when the one before is out, and choose the language."""
        if self.slot is not None:
            self.remove(was_written=False, answered_first=False)
        if self.shown is not None and self.shown.page.name == "insert":
            self.cards[number].blanked()
        self.insert(number)
        if "language:kk" in self.regions():
            self.touch_region(f"language:{language}")

    @precondition(lambda self: self.regions_named("change:"))
    @rule(choice=st.integers(0, 9), line=st.integers(0, 9))
    def change(self, choice: int, line: int) -> None:
        """Go back from the review to a contest, change something, and return."""
        ways = self.regions_named("change:")
        self.touch_region(ways[choice % len(ways)])
        self.touch_lines([line])
        self.go_on(3, cast=False, marks=[])

    @precondition(lambda self: self.can_begin())
    @rule(
        number=st.integers(0, 3),
        answer=st.sampled_from(["stored", "stored", "written", "failed", "none"]),
        keys=st.lists(st.sampled_from([1, 2]), max_size=3),
        marks=st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=4),
    )
    def vote(self, number: int, answer: str, keys: list[int], marks: list[list[int]]) -> None:
        """Vote in one go, and press keys."""
        self.begin_session(number, "ru")
        self.go_on(1, cast=True, marks=marks)
        if self.writing is not None and answer != "none":
            self.answer(stored=answer == "stored", was_written=answer == "written")
        if "cast" in self.regions() and keys:
            self.touch_region("cast")
        for key in keys:
            self.press(key)

    @precondition(lambda self: "check" in self.regions())
    @rule(answers=st.lists(st.sampled_from(["stored", "stored", "written", "failed"]), max_size=3))
    def check(self, answers: list[str]) -> None:
        """Have the terminal checked, and let cardiod answer each of the writes, or not."""
        self.touch_region("check")
        for answer in answers:
            if self.writing is not None:
                self.answer(stored=answer == "stored", was_written=answer == "written")

    @precondition(lambda self: self.writing is not None and self.reader)
    @rule(was_written=st.booleans(), number=st.integers(0, 5))
    def interrupt(self, was_written: bool, number: int) -> None:
        """Pull the card during the write, and insert that card or another."""
        if self.slot is not None:
            self.remove(was_written=was_written, answered_first=False)
            self.insert(number)

    @precondition(lambda self: self.regions_named("line:") or self.regions_named("change:"))
    @rule(
        pages=st.integers(1, 30),
        cast=st.booleans(),
        marks=st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=4),
    )
    def go_on(self, pages: int, cast: bool, marks: list[list[int]]) -> None:
        """Do what leads towards a vote, marking lines, for some pages or to the very end."""
        left = iter(marks)
        for _ in range(30 if cast else pages):
            if self.regions_named("line:"):
                self.touch_lines(next(left, []))
            for name in ("ok", "cast", "next", "yes"):
                if name in self.regions():
                    self.touch_region(name)
                    break

    def in_session(self) -> bool:
        """Say whether a voter is inside: something can be touched, or is being written."""
        return bool(self.slot and (self.regions() or self.writing))

    def can_begin(self) -> bool:
        """Say whether the next voter may come in."""
        is_open = self.station.phase is Phase.OPEN
        return is_open and self.reader and not self.in_session()

    def regions(self) -> list[str]:
        """Return what can be touched."""
        if self.shown is None:
            return []
        return [region.name for region in BOOK.page(self.shown.page).regions]

    def regions_named(self, start: str) -> list[str]:
        return [name for name in self.regions() if name.startswith(start)]

    def touch_region(self, name: str) -> None:
        assert self.shown is not None
        page = self.shown.page.name.split(":")
        if page[0] == "contest" and name.startswith("line:") and self.marks is not None:
            self.marks.touch(int(page[1]), int(name.removeprefix("line:")))
        self.happen(Touched(name))

    def touch_what_is_not_there(self, name: str) -> None:
        """Touch as no finger can, were the filter not perfect: nothing happens."""
        assert self.shown is not None
        if name not in self.regions():
            before = self.station
            self.happen(Touched(name))
            assert self.station == before

    @precondition(lambda self: self.in_session() or self.keys)
    @rule(key=st.sampled_from([1, 2]))
    def press(self, key: int) -> None:
        assert self.shown is not None
        if self.shown.page.name == "thanks":
            self.keys.add(key)
        self.happen(KeyPressed(key))

    @precondition(lambda self: self.timer is not None)
    @rule()
    def time_out(self) -> None:
        self.timer = None
        self.happen(TimeRanOut())

    def lose_reader(self) -> None:
        """Let the card service die: what it was asked is failed first."""
        self.reader = False
        if self.writing is not None:
            write, self.writing = self.writing, None
            self.happen(ANSWERS[write.kind][1])
        self.happen(ReaderLost())
        self.nothing_is_kept()

    # what always holds

    def nothing_is_kept(self) -> None:
        assert not list(fillings(self.station)), "(c) choices outlived the card"

    @invariant()
    def an_empty_slot_has_no_choices(self) -> None:
        if self.slot is None or not self.reader:
            self.nothing_is_kept()

    @invariant()
    def what_is_shown_is_the_state(self) -> None:
        if self.shown is not None:
            assert self.shown.page == machine.page(self.station)

    def teardown(self) -> None:
        """(e) Once the card is out, the terminal is back where it waits within its time-outs."""
        if self.shown is None:
            return
        if not self.reader:
            self.find_reader(card_left=True)
        elif self.slot is not None:
            self.remove(was_written=False, answered_first=False)
        for _ in range(3):
            if self.shown.page.name in IDLE_PAGES and self.timer is None:
                break
            if self.timer is not None:
                self.time_out()
        assert self.shown.page.name in IDLE_PAGES, self.shown.page.name
        assert not list(kept(self.station, SealedVote)), "what opens a vote outlived its voter"


def _whole(write: Write) -> dict[str, Any]:
    """Return what is on a card that holds what was written."""
    match write.kind:
        case "vote":
            return {"vote": write.vote}
        case "spoil":
            return {"spoiled": write.vote}
        case _:
            return {"spoiled": write.vote, "is_open": True}


def fillings(value: object) -> Iterator[object]:
    """Yield everything with choices inside a state, however deep."""
    return kept(value, Filling, SealBallot)


def kept(value: object, *kinds: type) -> Iterator[object]:
    """Yield everything of these kinds inside a state, however deep."""
    if isinstance(value, kinds):
        yield value
    if dataclasses.is_dataclass(value):
        for entry in dataclasses.fields(value):
            yield from kept(getattr(value, entry.name), *kinds)


TestAnyHands = AnyHands.TestCase
TestAnyHands.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)


def test_the_search_for_choices_finds_them() -> None:
    card = ActivatedCardSeen(1, Presentation.NORMAL, 1, b"k" * 32)
    station = Station(Phase.OPEN)
    for event in (card, CodeReserved(), Touched("language:kk")):
        station, _ = machine.step(station, event, RULES)
    assert list(fillings(station))
    assert machine.page(station) == PageKey("contest:0:0", "kk", 1)

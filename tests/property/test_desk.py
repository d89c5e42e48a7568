"""Whatever clerks, voters, cards and the power do, one voter never has two live cards.

Hypothesis presses whatever can be pressed, puts whatever card there is into the reader, lets people
vote, tears cards and cuts the power between any two durable writes; the bench knows the truth.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.blocks import look
from desk.events import Touched
from desk.phases import Closed, Ready, Signing
from desk.state import ONCE_GIVEN, SERIALS, Mark, marks_form
from tests import samples
from tests.unit.desk.bench import LINES, PIN, Bench, Card, PowerCut, official_card

CARDS = 4
LIVE_MARKS = ONCE_GIVEN | {Mark.BEING_GIVEN}


class DeskDay(RuleBasedStateMachine):
    """A day at a desk."""

    @initialize()
    def open(self) -> None:
        self.bench = Bench()
        self.cards = [Card(number) for number in range(1, CARDS + 1)]
        self.issued = self.withdrawn = 0
        self.stops = 0
        self.voted: set[int] = set()

    def guarded(self, act: object, *arguments: object) -> None:
        """Do something; start the desk again if the power went."""
        assert callable(act)
        try:
            act(*arguments)
        except PowerCut:
            self.stops += 1
            self.start_again()

    def start_again(self) -> None:
        self.bench.power.left = None
        self.bench.boot()

    @rule(left=st.integers(0, 12))
    def power_goes_soon(self, left: int) -> None:
        self.bench.power.left = left

    @rule(card_is_out=st.booleans())
    def stop_and_start(self, card_is_out: bool) -> None:
        self.bench.power.left = None
        if card_is_out:
            self.bench.slot = None
        self.guarded(self.bench.boot)

    @precondition(lambda self: self.bench.slot is None)
    @rule(number=st.integers(0, CARDS - 1))
    def insert_card(self, number: int) -> None:
        self.guarded(self.bench.insert, self.cards[number])

    @precondition(lambda self: self.bench.slot is not None)
    @rule()
    def remove_card(self) -> None:
        self.guarded(self.bench.remove)

    @precondition(lambda self: isinstance(self.bench.state.phase, Ready))
    @rule(line=st.integers(1, LINES // 3))
    def find_voter(self, line: int) -> None:
        def find() -> None:
            self.bench.type_in(f"{line}")
            if "find" in self.bench.targets():
                self.bench.press("find")

        self.guarded(find)

    def home(self) -> None:
        """Bring the desk back to *ready*, if taking the card out and going back does it."""
        for _ in range(4):
            if self.bench.slot is not None:
                self.bench.remove()
            if "back" in self.bench.targets():
                self.bench.press("back")

    @rule(
        line=st.integers(1, LINES // 3),
        number=st.integers(0, CARDS - 1),
        left=st.none() | st.integers(0, 20),
    )
    def serve(self, line: int, number: int, left: int | None) -> None:
        """Go the usual way with a voter, perhaps into a power cut."""

        def serve() -> None:
            self.home()
            if not isinstance(self.bench.state.phase, Ready):
                return
            self.bench.power.left = left
            self.bench.find(line)
            if "confirm" in self.bench.targets():
                self.bench.press("confirm")
                self.bench.insert(self.cards[number])

        self.guarded(serve)

    @rule(
        line=st.integers(1, LINES // 3),
        way=st.sampled_from(("hand-back", "unread", "another", "lost")),
        number=st.integers(0, CARDS - 1),
        left=st.none() | st.integers(0, 20),
    )
    def come_back(self, line: int, way: str, number: int, left: int | None) -> None:
        """Serve a voter who had a card before."""

        def come_back() -> None:
            self.home()
            if not isinstance(self.bench.state.phase, Ready):
                return
            self.bench.power.left = left
            self.bench.find(line)
            if way not in self.bench.targets():
                return
            self.bench.press(way)
            if way == "hand-back":
                self.bench.insert(self.cards[number])
            elif way == "unread":
                self.bench.press("sealed")

        self.guarded(come_back)

    @rule(number=st.integers(0, CARDS - 1), left=st.none() | st.integers(0, 20))
    def find_card(self, number: int, left: int | None) -> None:
        """Bring a card that lay somewhere; perhaps it is withdrawn as left behind."""

        def bring() -> None:
            self.home()
            if not isinstance(self.bench.state.phase, Ready):
                return
            self.bench.power.left = left
            self.bench.insert(self.cards[number])
            if "left" in self.bench.targets():
                self.bench.press("left")

        self.guarded(bring)

    @rule(number=st.integers(0, CARDS - 1), readable=st.booleans())
    def dirt(self, number: int, readable: bool) -> None:
        """Make a card unreadable, or readable again."""
        if self.cards[number] is not self.bench.slot:
            self.cards[number].unreadable = not readable

    @precondition(lambda self: isinstance(self.bench.state.phase, Ready))
    @rule(name=st.sampled_from(("сай", "сайлаушы", "әсем отегул", "жоқ")), row=st.integers(0, 3))
    def search(self, name: str, row: int) -> None:
        """Find a voter by name, and choose a row."""

        def search() -> None:
            self.bench.press("by-name")
            self.bench.type_name(name)
            if "list" in self.bench.targets():
                self.bench.press("list")
                self.bench.event(Touched(f"voters.{row}"))

        self.guarded(search)

    @precondition(lambda self: isinstance(self.bench.state.phase, Signing))
    @rule(left=st.none() | st.integers(0, 20))
    def sign_by_two(self, left: int | None) -> None:
        self.bench.power.left = left
        for number in (1, 2, 3):
            self.guarded(self.sign_with, number)

    def sign_with(self, number: int) -> None:
        """Have one official sign, as far as the page lets it come to that."""
        if not isinstance(self.bench.state.phase, Signing):
            return
        if self.bench.slot is not None:
            self.bench.remove()
        self.bench.insert(official_card(number))
        if isinstance(self.bench.state.phase, Signing):
            self.bench.type_in(PIN)
            if "sign" in self.bench.targets():
                self.bench.press("sign")

    @precondition(lambda self: self.bench.targets())
    @rule(data=st.data())
    def press(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.bench.targets()))
        self.guarded(self.bench.press, name)

    @precondition(lambda self: isinstance(self.bench.state.phase, Signing))
    @rule(number=st.integers(1, 4))
    def sign(self, number: int) -> None:
        self.guarded(self.sign_with, number)

    @rule(number=st.integers(0, CARDS - 1), torn=st.booleans())
    def vote(self, number: int, torn: bool) -> None:
        """Vote with a card; perhaps its writing is torn."""
        card = self.cards[number]
        if card is self.bench.slot or card.serial is None or card.voted:
            return
        if torn:
            card.torn = True
            return
        card.voted, card.torn = True, False
        self.voted.add(card.serial)

    @rule(number=st.integers(0, CARDS - 1))
    def take_in(self, number: int) -> None:
        """Take a voted card in at the accumulator, and blank it."""
        card = self.cards[number]
        if card is not self.bench.slot and card.voted:
            card.activation, card.voted, card.torn = None, False, False

    # what always holds

    @invariant()
    def one_voter_has_one_card(self) -> None:
        """Count what was written for each line and voted with, or could be."""
        serials = self.bench.files.serials
        counted = Counter(
            line
            for index, line in self.bench.owners.items()
            if index in self.voted or not serials.is_withdrawn(index)
        )
        for line, number in counted.items():
            assert number <= 1 + self.bench.acts_for.get(line, 0), (line, number)

    @invariant()
    def a_card_that_works_was_issued(self) -> None:
        serials = self.bench.files.serials
        for card in self.cards:
            if card.serial is not None:
                assert serials.is_issued(card.serial)
        assert all(serials.is_issued(index) for index in self.bench.owners)

    @invariant()
    def no_serial_is_used_twice_and_none_comes_back(self) -> None:
        serials = self.bench.files.serials
        assert serials.issued & self.issued == self.issued
        assert serials.withdrawn & self.withdrawn == self.withdrawn
        assert not serials.withdrawn & ~serials.issued
        assert not serials.returned & serials.void
        held = [card.serial for card in self.cards if card.serial is not None]
        assert len(set(held)) == len(held)
        self.issued, self.withdrawn = serials.issued, serials.withdrawn

    @invariant()
    def serials_that_nobody_ever_had_come_from_stops_only(self) -> None:
        serials = self.bench.files.serials
        out = [
            index
            for index in range(4096)
            if serials.issued >> index & 1 and not serials.is_withdrawn(index)
        ]
        unknown = [index for index in out if index not in self.bench.owners]
        assert len(unknown) <= self.stops + 1

    @invariant()
    def every_voter_who_was_given_a_card_has_one_issued(self) -> None:
        marks, serials = self.bench.files.marks, self.bench.files.serials
        assert marks.voters_given <= serials.issued.bit_count()
        owners = set(self.bench.owners.values())
        for line in owners:
            undone = all(
                serials.is_withdrawn(index)
                for index, owner in self.bench.owners.items()
                if owner == line
            )
            assert marks.of(line) in LIVE_MARKS or undone

    @invariant()
    def the_turnout_counts_every_voter_once(self) -> None:
        turnout = self.bench.state.tally.turnout
        assert turnout.total == self.bench.files.marks.voters_given
        assert all(count > 0 for _, count in turnout.hours)

    @invariant()
    def no_more_voters_returned_a_card_than_cards_were_withdrawn(self) -> None:
        state = self.bench.state
        withdrawn = state.serials.returned.bit_count() + state.tally.voided
        assert state.tally.marked <= withdrawn + self.stops

    @invariant()
    def both_media_are_whole(self) -> None:
        own, removable = self.bench.media
        package, sign_key = samples.package_hash(), samples.device("desk-1").sign_key
        for form in (SERIALS, marks_form(LINES)):
            for medium in (own, removable):
                found = look(medium, form, package, sign_key)  # type: ignore[arg-type]
                even, odd = found.versions
                assert even is not None
                assert odd is not None
                assert even.content == odd.content

    @invariant()
    def the_page_can_be_shown(self) -> None:
        page = self.bench.page()
        assert page.name.startswith("desk.")
        assert "{" not in self.bench.says()
        assert not isinstance(self.bench.state.phase, Closed)


DeskDay.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestDeskDay = DeskDay.TestCase

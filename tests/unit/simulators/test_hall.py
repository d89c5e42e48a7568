"""The hall: where each visit goes, and that nobody waits for ever. Its people only take note."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from common.records import BoardKind, Voter
from simulators import hall as module
from simulators.blows import Strike
from simulators.checking_station import Verdict
from simulators.doom import BoardDied, Doom
from simulators.hall import BROKEN_CARD, Hall
from simulators.progress import DayFailed, Screen
from simulators.rough import Fate, fate_told
from simulators.temper import NO_CODES
from simulators.visits import Errand, Visit
from simulators.voter import Outcome, VoterStuck, Wish

WISH = Wish(1, "kk", ((0,),))
TERMINALS = ("terminal-1", "terminal-2")


def visit(line: int, fate: Fate = Fate.VOTES, **more: Any) -> Visit:
    voter = Voter(line, f"{line:012}", "С", "А", "", "1990-01-01", "", 1)
    return Visit(voter, WISH, by_bar_code=True, fate=fate, **more)


@dataclass
class Scene:
    """A station of two desks and two terminals, whose people take note of what they do."""

    cards: int = 3
    did: list[tuple[str, ...]] = field(default_factory=list)
    answers: dict[str, Callable[[str], Outcome]] = field(default_factory=dict)
    """What befalls a voter at a terminal; everywhere else the vote is cast."""
    voted: set[str] = field(default_factory=set)
    """Cards that hold a vote."""
    spares: dict[str, str] = field(default_factory=dict)
    dying: str = ""
    """A board that dies in the middle of the next thing that somebody has it do."""
    verdict: Verdict = Verdict.HONEST
    """What the checking station says."""
    liars: tuple[tuple[str, int], ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, *what: str) -> None:
        with self._lock:
            self.did.append(what)

    def meets(self, board: str) -> None:
        """Be in front of a board, which may die."""
        if board == self.dying:
            self.dying = ""
            raise BoardDied(board)

    def of(self, who: str) -> list[tuple[str, ...]]:
        """Return what somebody did."""
        return [what[1:] for what in self.did if what[0] == who]

    def hall(self, *blows: Strike) -> Hall:
        desks = [
            SimpleNamespace(name="desk-1", first_line=1, last_line=10),
            SimpleNamespace(name="desk-2", first_line=11, last_line=20),
        ]
        names = {
            BoardKind.DESK: tuple(desk.name for desk in desks),
            BoardKind.TERMINAL: TERMINALS,
            BoardKind.ACCUMULATOR: ("accumulator-1",),
        }

        def of_kind(kind: BoardKind) -> tuple[str, ...]:
            return tuple(self.spares.get(name, name) for name in names[kind])

        station: Any = SimpleNamespace(
            voter_cards=tuple(f"voter-{number}" for number in range(1, self.cards + 1)),
            people=(),
            accumulator="accumulator-1",
            package=SimpleNamespace(
                boards=desks,
                parameters=None,
                boards_of=lambda kind: [SimpleNamespace(name=name) for name in names[kind]],
            ),
            of_kind=of_kind,
        )
        venue: Any = SimpleNamespace(
            station=station,
            bench=Path(),
            patience_s=0.5,
            screen=Screen(silent=True),
            supervisor=SimpleNamespace(check=lambda: None),
            book=lambda: None,
            liars=self.liars,
        )
        return Hall(venue, blows)

    def at_terminal(self, terminal: str, card: str) -> Outcome:
        cast = Outcome(thanked=True, code=None, selections=WISH.choices, last_page="thanks")
        outcome = self.answers[terminal](card) if terminal in self.answers else cast
        if outcome.thanked:
            self.voted.add(card)
        return outcome


class Clerk:
    """Takes note of each errand by its name; says of a found card whether it held no vote."""

    def __init__(self, scene: Scene, desk: str) -> None:
        self._scene, self._desk = scene, desk

    def __getattr__(self, errand: str) -> Callable[..., bool]:
        def done(*what: Any, **_: object) -> bool:
            told = [str(getattr(one, "line", one)) for one in what]
            self._scene.note(self._desk, errand, *told)
            self._scene.meets(self._desk)
            return told[-1] not in self._scene.voted

        return done


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()

    class Closable:
        def __init__(self, *_: object) -> None:
            pass

        def close(self) -> None:
            """Nothing to hang up."""

        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

    class Booth:
        def __init__(self, _client: object, terminal: str, _eyes: object, **_: object) -> None:
            self.terminal, self.card = terminal, ""

        def take_card(self) -> None:
            made.note(self.terminal, "found", self.card)

    class Voting:
        did: ClassVar[dict[Any, int]] = {}

        def __init__(self, booth: Booth, *_: object, patience_s: float) -> None:
            self._booth = booth

        def finish(self) -> Outcome:
            made.note(self._booth.terminal, "votes with", self._booth.card)
            made.meets(self._booth.terminal)
            return made.at_terminal(self._booth.terminal, self._booth.card)

    class Receiving:
        before = 0

        def __init__(self, *_: object, **__: object) -> None:
            pass

        def deposit(self, card: str, before: int | None = None) -> None:
            made.note("accumulator", "deposit", card)
            self.before = 41
            made.meets("accumulator-1")
            if before is not None:
                made.note("accumulator", "before there were", str(before))
            made.voted.remove(card)

        def offer(self, card: str) -> bool:
            made.note("accumulator", "offer", card)
            taken = card in made.voted
            made.voted.discard(card)
            return taken

    class Striking(Closable):
        def now(self, board: str) -> str:
            return made.spares.get(board, board)

        def deal(self, blow: Strike) -> None:
            made.note("technician", *blow.units)

        def replaced(self, _venue: object, dead: str, spare: str) -> None:
            made.spares[dead] = spare

    class Checking:
        def __init__(self, _station: object) -> None:
            pass

        def check(self, card: str, noted: str, _wish: Wish) -> Verdict:
            made.note("checking station", card, noted)
            return made.verdict

    for name, stand_in in (
        ("BenchHands", Closable),
        ("BenchClient", Closable),
        ("Eyes", Closable),
        ("BenchBooth", Booth),
        ("SeasonedClerk", lambda _hands, desk, _signers, **_: Clerk(made, desk)),
        ("RestlessVoter", Voting),
        ("Receiver", Receiving),
        ("Striker", Striking),
        ("CheckingStation", Checking),
        ("commission_at", lambda *_: SimpleNamespace(enter_password=None)),
    ):
        monkeypatch.setattr(module, name, stand_in)
    monkeypatch.setattr(module, "STANDSTILL_S", 0.4)
    return made


def tray(hall: Hall) -> int:
    return hall._lines.tray.qsize()


def test_everybody_votes_once_and_the_cards_go_round(scene: Scene) -> None:
    hall, visits = scene.hall(), [visit(line) for line in (*range(1, 8), *range(11, 18))]
    hall.vote(visits)
    assert all(one.deposited and one.outcome and one.outcome.thanked for one in visits)
    assert len(scene.of("accumulator")) == 14
    for desk, first in (("desk-1", 1), ("desk-2", 11)):
        served = [int(line) for what, line, _ in scene.of(desk) if what == "give_card"]
        assert served == list(range(first, first + 7)), "in the order of the queue"
    assert tray(hall) == 3
    assert hall.troubles.told() == {}


@pytest.mark.parametrize(
    ("dead", "spare"),
    [("desk-1", "desk-3"), ("terminal-2", "terminal-3"), ("accumulator-1", "accumulator-2")],
)
def test_a_voter_in_whose_middle_a_board_died_goes_on_at_its_spare(
    scene: Scene, dead: str, spare: str
) -> None:
    hall, one, later = scene.hall(), visit(1), visit(2)
    doom = Doom(dead, 9, lambda: None, random.Random(1))
    scene.dying = dead
    hall.vote_under(doom, one)
    assert not one.deposited
    hall.replaced(hall._venue, dead, spare)
    hall.vote([later])
    assert [each.deposited for each in (one, later)] == [True, True]
    errand = (scene.of(dead) or scene.of("accumulator"))[0][0]
    done = [what for _, *what in scene.did if what[0] == errand and what[-1] == "voter-1"]
    assert len(done) == 2, "again, with the same card"
    told = ("before there were", "41") in scene.of("accumulator")
    assert told is (dead == "accumulator-1")
    assert tray(hall) == 3


@pytest.mark.parametrize(
    ("fate", "at_desk", "at_accumulator", "deposited", "cards"),
    [
        (Fate.RETURNS, ["give_card", "take_back"], [], False, 3),
        (Fate.GIVEN_BY_MISTAKE, ["give_by_mistake"], [], False, 3),
        (Fate.OFFERS_UNVOTED, ["give_card", "take_found"], ["offer"], False, 3),
        (Fate.SHOWS_VOTED, ["give_card", "send_to_accumulator"], ["deposit"], True, 3),
        (Fate.COMES_AGAIN, ["give_card", "comes_again"], ["deposit"], True, 3),
        (Fate.ASKS_ELSEWHERE, ["give_card"], ["deposit"], True, 3),
        (Fate.WAITS_FOR_CARDS, ["without_cards", "give_card"], ["deposit"], True, 3),
        (Fate.BREAKS, ["give_card", "seal_unread", "give_card"], ["deposit"], True, 2),
        (Fate.LOSES, ["give_card", "lost_card"], [], False, 2),
        (Fate.LOSES_AND_IT_BREAKS, ["give_card", "lost_card", "seal_found_card"], [], False, 2),
        (Fate.LOSES_VOTED, ["give_card"], [], False, 2),
    ],
)
def test_each_fate_takes_its_way(
    scene: Scene,
    fate: Fate,
    at_desk: list[str],
    at_accumulator: list[str],
    deposited: bool,
    cards: int,
) -> None:
    hall, one = scene.hall(), visit(1, fate)
    hall.vote([one])
    assert [what for what, *_ in scene.of("desk-1")] == at_desk
    assert [what for what, _ in scene.of("accumulator")] == at_accumulator
    assert one.deposited is deposited
    assert tray(hall) == cards
    assert hall.troubles.told() == {fate_told(fate): 1}
    elsewhere = [("sent_to", "1", "desk-1")] if fate is Fate.ASKS_ELSEWHERE else []
    assert scene.of("desk-2") == elsewhere
    if fate is Fate.LOSES_AND_IT_BREAKS:
        assert ("seal_found_card", BROKEN_CARD) in scene.of("desk-1")


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_card_left_in_a_booth_is_found_and_offered_and_withdrawn(
    scene: Scene, comes_back: bool
) -> None:
    left = Outcome(thanked=False, code=None, selections=(), last_page="contest:0:0", card_left=True)
    once = [left]
    cast = Outcome(thanked=True, code=None, selections=WISH.choices, last_page="thanks")
    scene.answers = dict.fromkeys(TERMINALS, lambda _: once.pop() if once else cast)
    hall = scene.hall()
    one = visit(1, Fate.COMES_BACK if comes_back else Fate.LEAVES_CARD)
    hall.vote([one])
    errands = [what for what, *_ in scene.of("desk-1")]
    assert errands == ["give_card", "take_found", *(["give_another"] if comes_back else [])]
    assert [what for what, _ in scene.of("accumulator")] == ["offer", *(["offer"] * comes_back)]
    assert one.deposited is comes_back
    assert tray(hall) == 3


def test_a_found_card_with_a_vote_goes_to_the_accumulator_again(scene: Scene) -> None:
    hall, one = scene.hall(), visit(1, errand=Errand.FOUND, card="voter-9")
    scene.voted.add("voter-9")
    hall._serve(Clerk(scene, "desk-1"), one)  # type: ignore[arg-type]  # takes note, as a clerk
    assert hall._lines.leaving.get_nowait() is one


SPOILED = Outcome(thanked=False, code=None, selections=(), last_page="spoiled", noted="7K3M Q9XW")


def checks_first(scene: Scene, *spoiled: Outcome, fate: Fate = Fate.VOTES) -> Visit:
    """Return a visit whose voter is told these things in the booth, and then votes."""
    answers = [*spoiled]
    cast = Outcome(thanked=True, code="0427", selections=WISH.choices, last_page="code")
    scene.answers = dict.fromkeys(TERMINALS, lambda _: answers.pop(0) if answers else cast)
    one = visit(1, fate)
    one.wish = replace(WISH, checks=1)
    return one


@pytest.mark.parametrize(
    ("fate", "in_booth", "at_accumulator"),
    [
        (Fate.VOTES, [SPOILED], ["deposit"]),
        (Fate.CHECKS, [SPOILED], ["deposit"]),
        (Fate.CHECKED_TO_URN, [SPOILED], ["offer", "deposit"]),
        (
            Fate.CHECKED_TO_BOOTH,
            [SPOILED, replace(SPOILED, last_page="fault:CARD_SPOILED", noted="")],
            ["deposit"],
        ),
        (Fate.CHECKED_LEFT, [SPOILED], ["offer"]),  # it never came to mind
    ],
)
def test_who_had_the_terminal_checked_gets_another_card_and_votes(
    scene: Scene, fate: Fate, in_booth: list[Outcome], at_accumulator: list[str]
) -> None:
    one = checks_first(scene, *in_booth, fate=fate)
    hall = scene.hall()
    hall.vote([one])
    assert [what for what, *_ in scene.of("desk-1")] == ["give_card", "change_checked"]
    assert [what for what, _ in scene.of("accumulator")] == at_accumulator
    assert scene.of("checking station") == [("voter-1", "7K3M Q9XW")]
    assert one.checked == ["7K3M Q9XW"]
    assert one.wish.checks == 0
    assert one.deposited
    noted = {} if fate in {Fate.VOTES, Fate.CHECKED_LEFT} else {fate_told(fate): 1}
    assert hall.troubles.told() == noted | {Verdict.HONEST.value: 1}
    assert tray(hall) == 3


def test_a_checked_card_that_was_left_in_the_booth_is_withdrawn(scene: Scene) -> None:
    one = checks_first(scene, replace(SPOILED, card_left=True), fate=Fate.CHECKED_LEFT)
    hall = scene.hall()
    hall.vote([one])
    assert [what for what, *_ in scene.of("desk-1")] == ["give_card", "take_found"]
    assert scene.of("checking station") == scene.of("accumulator") == []
    assert one.checked == ["7K3M Q9XW"], "it is among no sealed votes all the same"
    assert not one.deposited
    assert hall.troubles.told() == {fate_told(Fate.CHECKED_LEFT): 1}
    assert tray(hall) == 3


def test_a_lie_ends_the_day_unless_a_terminal_is_there_to_lie(scene: Scene) -> None:
    scene.verdict = Verdict.LIED
    with pytest.raises(DayFailed, match="a terminal sealed something else than was touched"):
        scene.hall().vote([checks_first(scene, SPOILED)])
    scene.liars = (("terminal-1", 2),)
    hall, one = scene.hall(), checks_first(scene, SPOILED)
    hall.vote([one])
    assert one.deposited
    assert hall.troubles.told() == {Verdict.LIED.value: 1}


def test_a_checked_card_is_swapped_with_nobodys(scene: Scene) -> None:
    hall = scene.hall()
    one = visit(1, Fate.SWAPS, card="voter-1")
    hall._lines.hall.put(visit(2, errand=Errand.CHECKED, card="voter-2"))
    assert not hall._swap(one)
    assert one.card == "voter-1"


def test_cards_are_swapped_only_between_voters_of_one_ballot_and_one_desk(scene: Scene) -> None:
    hall = scene.hall()
    one = visit(1, Fate.SWAPS, card="voter-1")
    elsewhere, alike = visit(11, card="voter-2"), visit(2, card="voter-3")
    other_ballot = visit(3, card="voter-4")
    other_ballot.voter = replace(other_ballot.voter, style=2)
    assert not hall._swap(one), "nobody is there"
    for other in (elsewhere, other_ballot, alike):
        hall._lines.hall.put(other)
    assert hall._swap(one)
    assert (one.card, alike.card) == ("voter-3", "voter-1")
    assert (elsewhere.card, other_ballot.card) == ("voter-2", "voter-4")
    assert hall._lines.hall.qsize() == 3
    assert hall.troubles.told() == {fate_told(Fate.SWAPS): 1}


def no_codes(_card: str) -> Outcome:
    return Outcome(thanked=False, code=None, selections=(), last_page=NO_CODES)


def test_where_no_codes_are_left_nobody_goes_any_more(scene: Scene) -> None:
    scene.answers = {"terminal-1": no_codes}
    visits = [visit(line) for line in range(1, 9)]
    scene.hall().vote(visits)
    assert all(one.deposited for one in visits)
    assert len(scene.of("terminal-1")) <= 1


def test_when_no_terminal_has_codes_the_day_ends(scene: Scene) -> None:
    scene.answers = dict.fromkeys(TERMINALS, no_codes)
    with pytest.raises(DayFailed, match="no terminal has control codes left"):
        scene.hall().vote([visit(1)])


def test_a_voter_who_is_stuck_ends_the_day_with_the_terminals_name(scene: Scene) -> None:
    def stuck(_card: str) -> Outcome:
        raise VoterStuck("the same page came 30 times")

    scene.answers = dict.fromkeys(TERMINALS, stuck)
    with pytest.raises(DayFailed, match=r"terminal-[12]: the same page came 30 times") as failed:
        scene.hall().vote([visit(1), visit(2)])
    (note,) = failed.value.__notes__
    assert note.startswith("(the voters at terminal-")


def test_who_waits_for_a_card_that_never_comes_ends_the_day(scene: Scene) -> None:
    scene.cards = 1
    with pytest.raises(DayFailed) as failed:
        scene.hall().vote([visit(1, Fate.LOSES), visit(2), visit(3)])
    told = str(failed.value)
    assert told.startswith("nobody is attended to; queue of desk-1: 2,")
    assert "gone: 1" in told
    assert told.endswith("cards in the tray: 0")


def test_a_broken_card_without_another_one_ends_the_day(scene: Scene) -> None:
    scene.cards = 1
    with pytest.raises(DayFailed, match="no card is left for line 1"):
        scene.hall().vote([visit(1, Fate.BREAKS)])


def test_blows_come_when_so_many_have_left(scene: Scene) -> None:
    gone = []
    hall = scene.hall(Strike(("desk-1-deskd",), 3), Strike(("desk-2-cardiod",), 9))
    deal = hall.striker.deal

    def counted(blow: Any) -> None:
        gone.append(hall._lines.done.qsize())
        deal(blow)

    hall.striker.deal = counted  # type: ignore[method-assign]  # to see when
    hall.vote([visit(line) for line in range(1, 6)])
    assert scene.of("technician") == [("desk-1-deskd",)], "the other is for those who come later"
    hall.vote([visit(line) for line in range(11, 18)])
    assert scene.of("technician") == [("desk-1-deskd",), ("desk-2-cardiod",)]
    assert gone[0] >= 3
    assert gone[1] >= 9


def test_who_comes_after_a_desk_died_goes_to_its_spare(scene: Scene) -> None:
    hall = scene.hall()
    hall.vote([visit(1), visit(11)])
    scene.spares["desk-1"] = "desk-3"
    hall.replaced(scene.hall()._venue, "desk-1", "desk-3")
    hall.vote([visit(2), visit(12)])
    assert [line for what, line, _ in scene.of("desk-3") if what == "give_card"] == ["2"]
    assert [line for what, line, _ in scene.of("desk-1") if what == "give_card"] == ["1"]

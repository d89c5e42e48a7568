"""The counting desk's machine after the close: event by event, the effects and the page."""

from __future__ import annotations

import dataclasses

import pytest

from cardio.messages import (
    CardRemoved,
    Failed,
    OfficialCardSeen,
    ReadShare,
    ShareCardSeen,
    ShareRead,
    VoterCardSeen,
)
from cardio.share_quorum import SharePins
from common.catalogue import EventType
from common.counttexts import Ballots
from common.errors import Reason
from common.records import BoardKind
from common.shares import Share
from common.turnout import Turnout
from desk.effects import AskCard, CheckOtherPart, Effect, LookForCount, MixVotes, OpenPart, Record
from desk.evening_phases import (
    AtWork,
    CheckingPart,
    CountStopped,
    Mixed,
    Mixing,
    PartOpened,
    QuorumWanted,
)
from desk.events import (
    CountRefused,
    EveningSeen,
    Event,
    OtherPartChecked,
    PartWritten,
    Stage,
    Touched,
    VotesMixed,
)
from desk.machine import step
from desk.pages import page_of
from desk.phases import Closed, Phase, Rules, first_state
from desk.refusal import Refusal
from desk.state import Marks, Serials
from desk.tally import Tally
from desk.voters import VoterRoll
from tests import halves, samples
from tests.unit.desk import bench

PIN = "161803"
MADE = halves.made("desk-1")
SHARES = dict(enumerate(MADE.shares, 1))
CHECKS = [share.commitment() for share in MADE.shares]
PINS = SharePins(SHARES[1].key, (*CHECKS, bytes(32)))
WRONG = CountRefused(Reason.COUNT_FILE_WRONG, (("board", "accumulator"), ("thing", "first-mix")))


class Desk:
    """The machine of a closed desk, with its effects as they come."""

    def __init__(self, name: str = "desk-1") -> None:
        package = bench.package()
        board = package.board(name)
        assert board is not None
        roll = VoterRoll.of(bench.voters(), board, package)
        self.rules = Rules(package, samples.package_hash(), board, roll, samples.seeded("evening"))
        self.state = first_state(
            Serials(),
            Marks.fresh(roll.last_line),
            language="en",
            start_order=halves.signed_order(),
            closed=True,
            tally=Tally(Turnout(package.zone_minutes)),
            half=MADE.record,
        )
        self.event(CardRemoved())

    @property
    def phase(self) -> Phase:
        return self.state.phase

    def event(self, event: Event) -> tuple[Effect, ...]:
        self.state, effects = step(self.rules, self.state, event, samples.OPENS_S * 1000)
        return effects

    def page(self) -> str:
        return page_of(self.rules, self.state).name

    def says(self) -> str:
        widgets = page_of(self.rules, self.state).widgets
        return " ".join(getattr(widget, "text", "") for widget in widgets)

    def ask_for_share(self, number: int) -> tuple[Effect, ...]:
        self.event(ShareCardSeen(number, number, 3))
        for digit in PIN:
            self.event(Touched(f"pin.{digit}"))
        return self.event(Touched("pin.enter"))

    def read_share(self, number: int, share: Share | None = None) -> tuple[Effect, ...]:
        assert self.ask_for_share(number) == (AskCard(ReadShare(PIN, BoardKind.DESK)),)
        effects = self.event(ShareRead(1, (share or SHARES[number]).to_bytes()))
        self.event(CardRemoved())
        return effects


@pytest.mark.parametrize(
    ("stage", "effects", "phase", "page"),
    [
        (Stage.NOTHING_THERE, (), Closed, "desk.closed"),
        (Stage.TO_BE_MIXED, (MixVotes(),), Mixing, "desk.mixing"),
        (Stage.MIXED, (), Mixed, "desk.mixed"),
        (Stage.TO_BE_OPENED, (CheckOtherPart(),), CheckingPart, "desk.checking-part"),
        (Stage.OPENED, (), PartOpened, "desk.part-opened"),
    ],
)
def test_the_files_say_where_the_evening_stands(
    stage: Stage, effects: tuple[Effect, ...], phase: type[Phase], page: str
) -> None:
    for before in (Stage.NOTHING_THERE, Stage.MIXED, Stage.OPENED):
        desk = Desk()
        desk.event(EveningSeen(before))
        assert desk.event(EveningSeen(stage)) == effects
        assert isinstance(desk.phase, phase)
        assert desk.page() == page


def test_mixing_ends_with_the_way_to_the_accumulator() -> None:
    desk = Desk()
    desk.event(EveningSeen(Stage.TO_BE_MIXED))
    assert desk.event(VotesMixed()) == ()
    assert desk.phase == Mixed()


def test_shares_are_asked_for_only_when_the_other_part_was_checked() -> None:
    desk = Desk()
    for stage in Stage:
        desk.event(EveningSeen(stage))
        assert desk.ask_for_share(1) == (), stage
        desk.event(CardRemoved())
    desk.event(EveningSeen(Stage.TO_BE_OPENED))
    assert desk.event(OtherPartChecked(PINS, Ballots(57))) == ()
    assert "Read: 0, needed: 2" in desk.says()
    assert "Votes to be opened: 57." in desk.says()
    assert desk.read_share(2) == (Record(EventType.SHARE_READ, {"official": 2}),)
    assert "Read: 1, needed: 2" in desk.says()
    journalled, opened = desk.read_share(3)
    assert journalled == Record(EventType.SHARE_READ, {"official": 3})
    assert opened == OpenPart((SHARES[2], SHARES[3]))
    assert desk.page() == "desk.opening-part"
    assert desk.event(PartWritten()) == ()
    assert desk.phase == PartOpened()


def test_a_share_card_that_lies_in_the_reader_already_is_taken() -> None:
    desk = Desk()
    desk.event(ShareCardSeen(1, 1, 3))
    desk.event(EveningSeen(Stage.TO_BE_OPENED))
    desk.event(OtherPartChecked(PINS, Ballots(57)))
    assert isinstance(desk.phase, QuorumWanted)
    assert desk.phase.round.slot.card == ShareCardSeen(1, 1, 3)


def test_shares_are_forgotten_when_the_part_is_being_made() -> None:
    desk = Desk()
    desk.event(EveningSeen(Stage.TO_BE_OPENED))
    desk.event(OtherPartChecked(PINS, Ballots(57)))
    desk.read_share(1)
    desk.read_share(2)
    for share in SHARES.values():
        assert share.piece.hex() not in repr(desk.state)
        assert repr(share.piece)[2:-1] not in repr(desk.state)
    assert not hasattr(desk.phase, "round")


def test_shares_that_do_not_fit_are_read_anew() -> None:
    desk = Desk()
    desk.event(EveningSeen(Stage.TO_BE_OPENED))
    desk.event(OtherPartChecked(PINS, Ballots(57)))
    desk.read_share(1)
    desk.read_share(2)
    assert desk.event(CountRefused(Reason.SHARES_DO_NOT_FIT)) == ()
    assert isinstance(desk.phase, QuorumWanted)
    assert desk.phase.round.shares == {}
    assert Reason.SHARES_DO_NOT_FIT.en in desk.says()
    assert "Votes to be opened: 57." in desk.says()
    desk.read_share(1)
    assert Reason.SHARES_DO_NOT_FIT.en not in desk.says()


def test_other_cards_have_no_use_here_and_a_wrong_pin_is_journalled() -> None:
    desk = Desk()
    desk.event(EveningSeen(Stage.TO_BE_OPENED))
    desk.event(OtherPartChecked(PINS, Ballots(57)))
    desk.event(OfficialCardSeen(1, "chair", "A", b"der", 3))
    assert Reason.CARD_SHARE_EXPECTED.en in desk.says()
    desk.event(CardRemoved())
    desk.ask_for_share(1)
    wrong = Failed(1, Reason.PIN_WRONG, (("attempts", 2),))
    assert desk.event(wrong) == (Record(EventType.PIN_REFUSED, {"official": 1, "attempts": 2}),)


@pytest.mark.parametrize("stage", [Stage.TO_BE_MIXED, Stage.TO_BE_OPENED])
def test_what_is_refused_stops_nothing_for_good(stage: Stage) -> None:
    desk = Desk()
    desk.event(EveningSeen(stage))
    assert desk.event(WRONG) == ()
    assert desk.phase == CountStopped(Refusal(WRONG.reason, WRONG.facts))
    assert "First shuffle (“accumulator”)" in desk.says()
    assert desk.event(Touched("count.again")) == (LookForCount(),)
    assert desk.event(EveningSeen(stage)) != ()


def test_nothing_else_moves_a_desk_that_is_closed() -> None:
    touches = ("half", "close", "back", "find", "digits.1", "count.again", "pin.enter", "take")
    voter = VoterCardSeen(1, b"k" * 32, None, None, None, torn=False)
    for stage in Stage:
        desk = Desk()
        desk.event(EveningSeen(stage))
        before = desk.phase
        for name in touches:
            assert desk.event(Touched(name)) == (), (stage, name)
        for card in (voter, CardRemoved()):
            assert desk.event(card) == ()
        assert desk.phase == before


def test_the_language_can_be_chosen_on_every_page() -> None:
    desk = Desk()
    for stage in Stage:
        desk.event(EveningSeen(stage))
        said = {}
        for language in ("kk", "ru", "en"):
            desk.event(Touched(f"language.{language}"))
            said[language] = desk.says()
        assert len(set(said.values())) == len(said)


def test_while_the_desk_computes_its_page_says_how_far_it_is() -> None:
    desk = Desk()
    desk.event(EveningSeen(Stage.TO_BE_MIXED))
    phase = desk.phase
    assert isinstance(phase, AtWork)
    assert "Beginning, please wait 0 %" in desk.says()
    progress = dataclasses.replace(phase.progress, step="shuffling", done=32, total=128)
    desk.state = dataclasses.replace(
        desk.state, phase=dataclasses.replace(phase, progress=progress)
    )
    assert "Shuffling the votes and sealing them anew 25 %" in desk.says()

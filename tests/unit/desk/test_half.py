"""The counting desk makes its half of the tally key: event by event, and stopped anywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardio.messages import (
    CardRemoved,
    CourierCardSeen,
    Done,
    Failed,
    OfficialCardSeen,
    ShareCardSeen,
    WriteTallyHalf,
)
from common import cose, records, tallykey
from common.alike import judge_day, make_alike
from common.catalogue import EventType
from common.enrolment import Installation
from common.errors import LANGUAGES, Reason
from common.journal import Journal
from common.media import FolderMedium, MediumFault, TwoMedia
from common.pages import render
from common.records import StationPackage
from common.tallykey import SignedHalf
from common.turnout import Turnout
from desk.effects import (
    AskCard,
    AskShareWritten,
    Effect,
    ForgetHalf,
    KeepHalf,
    MakeHalf,
    OpenDesk,
    Record,
)
from desk.events import Event, HalfKept, HalfMade, Touched
from desk.half_texts import H
from desk.halfmaking import HalfMaking
from desk.machine import step
from desk.pages import page_of
from desk.phases import HalfToCourier, Rules, Waiting, first_state
from desk.state import Marks, Serials
from desk.tally import Tally
from desk.voters import VoterRoll
from tests import halves, samples
from tests.unit.desk import bench

PIN = "246810"
HALF = halves.made("desk-1").record
OTHER = halves.made("desk-1", 1).record
TIME_MS = samples.OPENS_S * 1000
COURIER = CourierCardSeen(1, None, torn=False)


@pytest.fixture(scope="module")
def package() -> StationPackage:
    return bench.package()


class Desk:
    """The machine of a desk, with its effects as they come."""

    def __init__(
        self, package: StationPackage, name: str = "desk-1", half: SignedHalf | None = None
    ) -> None:
        board = package.board(name)
        assert board is not None
        roll = VoterRoll.of(bench.voters(), board, package)
        random_bytes = samples.seeded("half desk")
        self.rules = Rules(package, samples.package_hash(), board, roll, random_bytes)
        self.state = first_state(
            Serials(),
            Marks.fresh(roll.last_line),
            language="en",
            start_order=None,
            closed=False,
            tally=Tally(Turnout(package.zone_minutes)),
            half=half,
        )
        self.event(CardRemoved())

    def event(self, event: Event) -> tuple[Effect, ...]:
        self.state, effects = step(self.rules, self.state, event, TIME_MS)
        return effects

    def press(self, *names: str) -> tuple[Effect, ...]:
        effects: tuple[Effect, ...] = ()
        for name in names:
            effects = self.event(Touched(name))
        return effects

    def says(self) -> str:
        page = page_of(self.rules, self.state)
        for language in LANGUAGES:
            state = dataclasses.replace(self.state, language=language)
            render(page_of(self.rules, state), 1280, 800)
            render(page_of(self.rules, state), 1024, 600)
        return " ".join(getattr(widget, "text", "") for widget in page.widgets)

    @property
    def page(self) -> str:
        return page_of(self.rules, self.state).name

    def give_share(self, official: int) -> tuple[Effect, ...]:
        self.event(ShareCardSeen(official, official, 3))
        self.press(*(f"pin.{digit}" for digit in PIN))
        return self.press("pin.enter")


def to_shares(desk: Desk) -> None:
    assert desk.press("half") == (MakeHalf(),)
    assert desk.event(HalfMade()) == ()
    assert desk.page == "desk.half.shares"


def to_kept(desk: Desk) -> None:
    to_shares(desk)
    for official in (1, 2, 3):
        assert desk.give_share(official) == (AskShareWritten(official, PIN),)
        done = desk.event(Done(official))
        assert done == (Record(EventType.SHARE_WRITTEN, {"official": official}),)
        desk.event(CardRemoved())
    assert desk.press("shares.continue") == (KeepHalf(),)
    desk.event(HalfKept(HALF))


def test_the_half_goes_to_share_cards_then_to_the_courier(package: StationPackage) -> None:
    desk = Desk(package)
    assert H.TO_MAKE.en in desk.says()
    to_kept(desk)
    assert desk.page == "desk.half.courier"
    assert desk.event(COURIER) == (AskCard(WriteTallyHalf(HALF.tally_half, HALF.half_shares)),)
    assert H.COURIER_WRITING.en in desk.says()
    assert desk.event(Done(9)) == (Record(EventType.TALLY_HALF_WRITTEN),)
    assert H.COURIER_WRITTEN.en in desk.says()
    desk.event(CardRemoved())
    assert desk.state.phase == Waiting()
    assert H.IS_MADE.en in desk.says()


def test_no_page_is_cut(package: StationPackage) -> None:
    desk = Desk(package)
    to_shares(desk)
    desk.says()
    desk.event(ShareCardSeen(1, 1, 3))
    desk.says()
    desk.press("pin.1")
    desk.says()
    desk.event(Touched("pin.enter"))
    assert Reason.PIN_FORMAT.en.split("{")[0].strip() in desk.says()


def test_a_wrong_pin_is_journalled_and_asked_again(package: StationPackage) -> None:
    desk = Desk(package)
    to_shares(desk)
    desk.give_share(2)
    refused = Failed(1, Reason.PIN_WRONG, (("attempts", 2),))
    facts = {"official": 2, "attempts": 2}
    assert desk.event(refused) == (Record(EventType.PIN_REFUSED, facts),)
    assert desk.give_share(2) == (AskShareWritten(2, PIN),)


def test_a_card_has_its_share_once_and_other_cards_have_no_use(package: StationPackage) -> None:
    desk = Desk(package)
    to_shares(desk)
    desk.give_share(1)
    desk.event(Done(1))
    desk.event(CardRemoved())
    desk.event(ShareCardSeen(1, 1, 3))
    assert desk.press("pin.enter") == ()
    desk.event(OfficialCardSeen(1, "chair", "A", b"der", 3))
    assert Reason.CARD_SHARE_EXPECTED.en in desk.says()
    desk.event(ShareCardSeen(99, 1, 3))
    assert Reason.CARD_FOREIGN.en in desk.says()


def test_it_is_enough_when_one_more_than_the_quorum_is_written(package: StationPackage) -> None:
    desk = Desk(package)
    to_shares(desk)
    for official in range(1, package.quorum + 1):
        assert desk.press("shares.continue") == ()
        desk.give_share(official)
        desk.event(Done(official))
        desk.event(CardRemoved())
    assert desk.press("shares.continue") == ()
    desk.give_share(package.quorum + 1)
    assert desk.press("shares.continue") == ()  # cardiod is at work
    desk.event(Done(1))
    assert desk.press("shares.continue") == (KeepHalf(),)


def test_giving_up_forgets_the_half(package: StationPackage) -> None:
    desk = Desk(package)
    to_shares(desk)
    assert desk.press("back") == (ForgetHalf(),)
    assert desk.state.phase == Waiting()
    assert desk.press("half") == (MakeHalf(),)


def test_after_a_stop_a_kept_half_is_only_carried_again(package: StationPackage) -> None:
    desk = Desk(package, half=HALF)
    assert desk.press("half") == ()
    assert desk.state.phase == HalfToCourier()
    desk.press("back")
    effects = desk.event(COURIER)  # without a press, too: it comes for the half
    assert effects == (AskCard(WriteTallyHalf(HALF.tally_half, HALF.half_shares)),)
    assert desk.event(Failed(1, Reason.CARD_MOVED)) == ()
    assert Reason.CARD_MOVED.en in desk.says()


def test_another_half_on_the_courier_card_is_replaced(package: StationPackage) -> None:
    desk = Desk(package, half=HALF)
    older = CourierCardSeen(1, None, False, OTHER.tally_half, OTHER.half_shares)
    assert desk.event(older) == (AskCard(WriteTallyHalf(HALF.tally_half, HALF.half_shares)),)


def opened_with(desk: Desk, *signed_halves: bytes) -> str:
    order = halves.signed_order(*signed_halves)
    effects = desk.event(CourierCardSeen(1, order, torn=False))
    return "opened" if OpenDesk(order) in effects else desk.says()


def accumulator_s() -> bytes:
    return halves.made("accumulator").record.tally_half


def test_the_desk_opens_with_its_own_half_alone(package: StationPackage) -> None:
    assert opened_with(Desk(package, half=HALF), accumulator_s(), HALF.tally_half) == "opened"
    for half in (None, OTHER):
        said = opened_with(Desk(package, half=half), accumulator_s(), HALF.tally_half)
        assert Reason.TALLY_HALF_OTHER.en in said


def test_a_half_of_the_spare_in_its_place_is_not_the_desk_s(package: StationPackage) -> None:
    spare = halves.made("desk-spare").record.tally_half
    said = opened_with(Desk(package, half=HALF), accumulator_s(), spare)
    assert Reason.TALLY_HALF_OTHER.en in said


def test_halves_that_are_not_proved_open_no_desk(package: StationPackage) -> None:
    half = records.TallyHalf.from_bytes(cose.payload_of(HALF.tally_half))
    evil = dataclasses.replace(half, proof=bytes(64))
    signed = records.sign(evil, samples.device("desk-1").signing)
    for name in ("desk-1", "desk-spare"):
        said = opened_with(Desk(package, name), accumulator_s(), signed)
        assert "a half of the tally key is not one" in said


def test_other_desks_make_no_half(package: StationPackage) -> None:
    spare = Desk(package, "desk-spare")
    assert spare.press("half") == ()
    assert opened_with(spare, accumulator_s(), HALF.tally_half) == "opened"


# On the media, and stopped anywhere.


class PowerCut(Exception):
    """The board has no power any more."""


class Cut(FolderMedium):
    """A medium whose power goes before its n-th write."""

    left = 10**9

    def replace(self, path: str, content: bytes) -> None:
        if path.startswith(f"{tallykey.FOLDER}/"):
            if self.left == 0:
                raise PowerCut
            self.left -= 1
        super().replace(path, content)


class Still:
    """A clock that stands still."""

    def now_ms(self) -> int:
        return TIME_MS

    def monotonic_s(self) -> float:
        return 0.0

    def wait_s(self, seconds: float) -> float:
        return seconds


@dataclasses.dataclass
class Board:
    """A desk's media and what is made of them at a start."""

    installation: Installation
    own: Cut
    removable: Cut

    def start(self) -> HalfMaking:
        media = TwoMedia(self.own, self.removable)
        installation = self.installation
        judge = judge_day(installation.package, installation.package_hash, installation.board)
        make_alike(media, judge)
        journal = Journal.open(media, installation.keys.signing, Still())
        return HalfMaking(installation, media, journal, samples.seeded("a desk's morning"))

    def halves(self) -> Iterator[list[str]]:
        for medium in (self.own, self.removable):
            yield [path for path in medium.list() if path.startswith(f"{tallykey.FOLDER}/")]


@pytest.fixture
def board(tmp_path: Path) -> Board:
    for name in ("own", "removable"):
        (tmp_path / name).mkdir()
    return Board(
        halves.installation("desk-1"),
        Cut(tmp_path / "own", "own-storage"),
        Cut(tmp_path / "removable", "removable-medium"),
    )


def test_a_kept_half_is_found_after_a_start_and_holds_no_secret(board: Board) -> None:
    making = board.start()
    making.make()
    shares = [making.share_for_card(index) for index in (1, 2, 3)]
    kept = making.keep()
    with pytest.raises(LookupError):
        making.share_for_card(1)
    again = board.start()
    assert again.half == kept
    assert [event.event for event in again.journal.entries()] == [
        EventType.TALLY_HALF_MADE,
        EventType.TALLY_HALF_KEPT,
    ]
    for medium in (board.own, board.removable):
        for path in medium.list():
            content = medium.read(path) or b""
            assert not any(share[-32:] in content for share in shares)


@pytest.mark.parametrize("medium", ["own", "removable"])
def test_power_cut_while_the_half_is_kept(board: Board, medium: str) -> None:
    making = board.start()
    making.make()
    getattr(board, medium).left = 0
    with pytest.raises((PowerCut, MediumFault)):
        making.keep()
    getattr(board, medium).left = 10**9
    again = board.start()
    on_own, on_removable = board.halves()
    assert on_own == on_removable
    if medium == "own":
        assert again.half is None
        again.make()
        kept = again.keep()
        assert board.start().half == kept
    else:
        assert again.half is not None


def test_a_stop_before_it_is_kept_leaves_nothing(board: Board) -> None:
    making = board.start()
    making.make()
    first = making.share_for_card(1)
    again = board.start()
    assert again.half is None
    assert list(board.halves()) == [[], []]
    again.make()
    assert again.share_for_card(1) != first
    again.forget()
    with pytest.raises(LookupError):
        again.share_for_card(1)


def test_a_damaged_half_is_mended_from_the_other_medium(board: Board) -> None:
    making = board.start()
    making.make()
    kept = making.keep()
    content = bytearray(kept.to_bytes())
    content[200] ^= 1
    FolderMedium.replace(board.own, kept.path, bytes(content))
    assert board.start().half == kept

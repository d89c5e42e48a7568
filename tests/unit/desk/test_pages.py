"""Every page of the desk, in three languages: it fits, it is fast, nothing is cut or left over."""

from __future__ import annotations

import dataclasses
import string

import pytest

from cardio.messages import CardRemoved, OfficialCardSeen, ReaderMissing, ShareCardSeen
from cardio.pin_slot import PinSlot
from cardio.share_quorum import SharePins, ShareQuorum
from common.cose import SignedBody
from common.counttexts import Ballots, Progress
from common.errors import Reason
from common.notice import Notice
from common.pages import Button, Page, render
from common.pintexts import PinText
from common.trilingual import Trilingual
from common.turnout import Turnout
from desk.errand_texts import S
from desk.errands import (
    CountingCards,
    Listed,
    LostCard,
    NoBlankCards,
    Searching,
    TurnoutShown,
    UnreadableCard,
    VotedCard,
)
from desk.evening_phases import (
    CheckingPart,
    CountStopped,
    Mixed,
    Mixing,
    OpeningPart,
    PartOpened,
    QuorumWanted,
)
from desk.evening_texts import E
from desk.half_texts import H
from desk.pages import page_of
from desk.phases import (
    BlankWanted,
    CardIn,
    ClockCheck,
    ClockShift,
    Closed,
    ConfirmClose,
    Decide,
    Envelope,
    Erasing,
    Found,
    GiveOut,
    HandBack,
    Interrupted,
    Opened,
    Phase,
    Ready,
    Row,
    Signing,
    State,
    TakeOut,
    Waiting,
    Withdrawn,
    Writing,
)
from desk.purposes import ActPurpose
from desk.refusal import Refusal
from desk.state import Mark, Withdrawal
from desk.tally import Tally
from desk.texts import T
from tests.unit.desk.bench import NOW_MS, Bench, package

LANGUAGES = ("kk", "ru", "en")
LONGEST = max(Reason, key=lambda reason: len(reason.kk))
REFUSAL = Refusal(LONGEST)
BODY = SignedBody(b"", "")
SEARCH = Searching("kk", "әсем", 12)
BEHIND = (("own", "22.11.2026 06:20"), ("order", "22.11.2026 06:31"))
LOOKED_AT = ClockCheck(NOW_MS, None, refusal=Refusal(Reason.CLOCK_BEHIND, BEHIND))
PINS = SharePins(b"k" * 32, ())
SHARE_CARD = ShareCardSeen(1, 1, 3)
BALLOTS = Ballots(16_384, 12)
NOTICE = Notice(PinText.SHARE_READ, (("name", "Қожахметұлы-Мұхамеджанқызы Гүлнұр"),), good=True)
WHOSE = (("thing", "mixes-checked"), ("board", "accumulator-1"))
PHASES: tuple[Phase, ...] = (
    Waiting(REFUSAL),
    LOOKED_AT,
    ClockCheck(NOW_MS, b"order", is_right=True, was_set=True),
    ClockCheck(NOW_MS, b"order", typed="064", refusal=REFUSAL),
    Signing(None, ClockShift(-7_200_000, NOW_MS, LOOKED_AT), BODY, (1,), "12345678", None, REFUSAL),
    TakeOut(Refusal(Reason.CLOSE_NOT_REACHED, (("time", "20:00"),))),
    Opened(),
    Ready("061211600012"),
    Ready(refusal=REFUSAL),
    Row(1, REFUSAL),
    Row(2),
    Row(3),
    Row(4),
    BlankWanted(1, REFUSAL),
    Writing(1, None),
    Interrupted(1, REFUSAL, tried=True),
    Decide(1, 7),
    GiveOut(1),
    GiveOut(None),
    TakeOut(REFUSAL),
    CardIn(Found.ACTIVATED, 7),
    CardIn(Found.WITHDRAWN, 7, REFUSAL),
    CardIn(Found.NOTHING_VALID),
    CardIn(Found.SPOILED, 7, REFUSAL),
    HandBack(2, REFUSAL),
    Withdrawn(Withdrawal.RETURNED),
    Erasing(b"", Ready(), HandBack(1)),
    Envelope(2),
    Signing(2, ActPurpose.UNREAD, BODY, (1,), "12345678", None, REFUSAL),
    Signing(2, ActPurpose.INTERRUPTED, BODY, (), "", 1),
    ConfirmClose(),
    Closed(),
    Searching("kk"),
    Searching("ru", "мұхамеджанова әсем қайырбекқызы кожахметова қал", 12),
    Searching("latin", "zzz", 0),
    Searching("kk", "ал", 1234),
    Listed(SEARCH, tuple(range(1, 13))),
    Listed(SEARCH, tuple(range(1, 13)), 99, Refusal(Reason.VOTER_OTHER_DESK, (("board", "d-2"),))),
    Listed(SEARCH, (1, 2), 0, REFUSAL),
    VotedCard(),
    UnreadableCard(),
    LostCard(1),
    NoBlankCards(1),
    CountingCards(),
    CountingCards("123"),
    TurnoutShown(),
    TurnoutShown(9),
    Envelope(None),
    Signing(None, ActPurpose.FOUND, BODY, (), "", None, None),
    Mixing(),
    Mixing(Progress("proof of the shuffle, second part", 1312, 3000)),
    Mixed(),
    CheckingPart(Progress("checking an opening", 32, 3000)),
    QuorumWanted(ShareQuorum(PINS), BALLOTS, Refusal(Reason.SHARES_DO_NOT_FIT)),
    QuorumWanted(ShareQuorum(PINS, slot=PinSlot(ShareCardSeen, notice=NOTICE)), BALLOTS),
    QuorumWanted(ShareQuorum(PINS, slot=PinSlot(ShareCardSeen, SHARE_CARD, "1618")), BALLOTS),
    QuorumWanted(ShareQuorum(PINS, slot=PinSlot(ShareCardSeen, SHARE_CARD, busy=True)), BALLOTS),
    OpeningPart(PINS, Ballots(3000), Progress("opening", 3000, 3000)),
    PartOpened(),
    CountStopped(Refusal(Reason.COUNT_FILE_WRONG, WHOSE)),
    CountStopped(Refusal(Reason.COUNT_MIXED_OTHER, WHOSE[1:])),
    CountStopped(Refusal(Reason.LOST_ON_BOTH, (("thing", "second-mix"),))),
)


def longest_names(bench: Bench) -> None:
    voter = dataclasses.replace(
        bench.rules.roll.by_line[1],
        surname="Қожахметұлы-Әбдірахманова-Мұхамеджанқызы",
        given="Гүлнұр-Айшабибі",
        patronymic="Өтеғұл-Сұлтанмұратқызы",
        address="Астана қаласы, Алматы ауданы, Бауыржан Момышұлы даңғылы, 15/1-үй, 214-пәтер",
    )
    bench.rules.roll.by_line[1] = voter


def tally(*, many: bool = True) -> Tally:
    """Return the tally of a day with ten hours in it, late in the evening."""
    hour = NOW_MS // 3_600_000
    hours = tuple((hour + 5 + at, 7 + 31 * at % 190) for at in range(13)) if many else ()
    turnout = Turnout(package().zone_minutes, hours, 3 if many else 0)
    return Tally(turnout, 12 if many else None, 2, 1, 1)


def page(phase: Phase, language: str, *, reader: bool = True, many: bool = True) -> Page:
    bench = Bench()
    longest_names(bench)
    marks = bench.files.marks.put(2, Mark.GIVEN).put(3, Mark.RETURNED)
    state = State(
        phase,
        bench.files.serials,
        marks.put(4, Mark.ANOTHER_ALLOWED),
        language,
        tally(many=many),
        now_ms=NOW_MS + 12 * 3_600_000,
        slot=CardRemoved() if reader else ReaderMissing(),
        acts=1,
    )
    if isinstance(phase, Signing):
        name = "Мұхамеджанова-Қожахметова Әсемгүл Қайырбекқызы"
        slot = OfficialCardSeen(2, "secretary", name, b"", 3)
        state = dataclasses.replace(state, slot=slot)
    return page_of(bench.rules, state)


@pytest.mark.parametrize("size", [(1280, 800), (1024, 600), (800, 480)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_every_screen(language: str, size: tuple[int, int]) -> None:
    for phase in PHASES:
        for reader in (True, False):
            made = page(phase, language, reader=reader, many=reader)
            picture = render(made, *size)
            assert len(picture.frame) == size[0] * size[1] * 4
            texts = " ".join(region.text for region in picture.regions)
            assert "{" not in texts


def test_pages_have_a_name_for_each_phase() -> None:
    named = [(type(phase).__name__, page(phase, "kk").name) for phase in PHASES]
    twice = {("ClockCheck", "desk.clock.set")}  # the clock is looked at, or typed
    assert len(set(named) - twice) == len({phase for phase, _ in named})
    names = dict(named)
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("text", [*T, *S, *H, *E])
def test_texts_have_the_same_placeholders_in_every_language(text: Trilingual) -> None:
    found = {
        language: {
            name for _, name, _, _ in string.Formatter().parse(getattr(text, language)) if name
        }
        for language in LANGUAGES
    }
    assert found["kk"] == found["ru"] == found["en"]


def test_language_in_sight_is_marked() -> None:
    corner = page(Ready(), "ru").corner
    assert [button.name for button in corner if not button.enabled] == ["language.ru"]


def test_only_the_row_of_a_voter_who_may_have_a_card_can_be_confirmed() -> None:
    def buttons(line: int) -> set[str]:
        return {
            widget.name for widget in page(Row(line), "en").widgets if isinstance(widget, Button)
        }

    assert [line for line in (1, 2, 3, 4) if "confirm" in buttons(line)] == [1, 4]

"""Pages fit the screen in every language; texts are whole; names do not hang on the language."""

from __future__ import annotations

import hashlib
import string
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from accumulator.absence_act import AbsenceAct, ChooseAbsent, ChooseReason
from accumulator.absence_texts import AbsenceText
from accumulator.absences import Absence
from accumulator.absences import act_of as absence_act_of
from accumulator.minutes import MinutesAct
from accumulator.pages import draw_up
from accumulator.sealing_act import LONGEST as LONGEST_SEALS
from accumulator.sealing_act import DayOver, SealingAct, Seals
from accumulator.signing import Signing
from accumulator.station import Station
from accumulator.texts import BOARD_KINDS, DISCREPANCIES, FIGURES, Word
from accumulator.turn import Context, Notice, Phase
from cardio.messages import CardRefused
from common import seal
from common.cose import PersonSignature, SignedBody
from common.errors import Reason
from common.pages import render
from common.records import (
    AbsenceReason,
    Act,
    ActFact,
    ActKind,
    BallotStyle,
    BoardKind,
    Discrepancy,
    Figure,
    Minutes,
    Official,
    Role,
    StationPackage,
)
from common.trilingual import Trilingual
from tests import samples
from tests.unit.accumulator.stage import Table, VoterCard, package

Language = Literal["kk", "ru", "en"]
LONGEST = "Нұрмұхаммед-Әлихан Бауыржанұлы Әліқожаев-Щербаков"


def crowded() -> StationPackage:
    """Return a package with long names, many boards and many lines."""
    base = package()
    officials = tuple(replace(person, name=LONGEST) for person in base.officials)
    more = tuple(
        Official(number, Role.MEMBER, LONGEST, bytes([number]) * 32) for number in range(5, 13)
    )
    boards = tuple(
        samples.board(f"terminal-{number}", BoardKind.TERMINAL) for number in range(3, 12)
    )
    lines = tuple(
        samples.line(f"Үміткер {number} {LONGEST}", f"Кандидат {number} {LONGEST}")
        for number in range(100)
    )
    contest = replace(base.contests[1], lines=lines)
    spare = samples.board("terminal-spare", BoardKind.TERMINAL, spare=True)
    package_ = replace(
        base,
        officials=officials + more,
        boards=(*base.boards, *boards, spare),
        contests=(base.contests[0], contest, base.contests[2]),
        styles=(
            *base.styles,
            BallotStyle(3, samples.text("Орташа", "Средний"), (0, 2)),
        ),
    )
    return replace(package_, sealed_size=seal.sealed_size(package_))


@pytest.mark.parametrize(
    ("language", "size"),
    [("kk", (1280, 800)), ("ru", (1024, 600)), ("en", (800, 1280))],
)
def test_every_page_of_a_day_fits(
    tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    """A page that does not fit raises PageOverflow, and the day would end there."""
    table = Table(tmp_path, crowded(), language=language, size=size)
    table.type("password", "wrong")
    table.press("enter")
    table.to_act()
    for number in (1, 2, 3):
        table.with_pin(table.official[number])
    table.press("sign.finish")
    table.pass_card(table.courier)
    table.learn_tally_key()
    for reason in Reason:
        facts = tuple((name, "terminal-11") for name in sorted(reason.placeholders))
        table.happen(CardRefused(reason, facts))
        assert table.says("notice")
    table.insert(VoterCard())
    table.take_out()
    table.pass_card(table.voted_card(0, ((0,), (1, 99), ())))
    table.press("turnout")
    table.press("report")
    table.press("turnout.back")
    table.press("dead")
    table.press("boards.3")
    assert table.page == "accumulator.dead.spare"
    table.press("spares.0")
    table.press("dead.read")
    assert table.says("notice")
    table.press("dead.act")
    table.insert(table.official[1])
    table.take_out()
    for number in (1, 2):
        table.with_pin(table.official[number])
    table.press("sign.finish")
    assert table.page == "accumulator.open"
    table.close_station()
    table.collect(["desk-1", "terminal-1"])
    assert "boards.next" in table.names or size[1] > size[0]
    table.collect([board.name for board in table.package.boards_of(BoardKind.TERMINAL)])
    table.count()
    leaves = 0
    while "figures.next" in table.names:
        table.press("figures.next")
        leaves += 1
    assert leaves >= 3
    while "figures.previous" in table.names:
        table.press("figures.previous")
    table.press("result.sign")
    table.insert(table.official[1])
    assert LONGEST in (table.says("pin.who") or "")


@pytest.mark.parametrize(
    ("language", "size"),
    [("kk", (1280, 800)), ("ru", (1024, 600)), ("en", (800, 1280))],
)
def test_the_pages_of_the_act_of_sealing_fit(language: Language, size: tuple[int, int]) -> None:
    """With the longest numbers, the longest names and the longest word on what is wrong."""
    station = Station(crowded(), bytes(32), "accumulator-1")
    context = Context(station, samples.OPENS_S * 1000)
    longest = "W" * LONGEST_SEALS
    signing = Signing(SignedBody(sealing_of(longest).to_bytes(), Act.external()))
    told = Notice(Reason.SEALS_FORMAT)
    phases: list[Phase] = [
        Seals(),
        Seals(longest),
        Seals(longest, notice=told),
        Seals(longest, working=True),
        SealingAct(signing, longest),
        SealingAct(signing.told(told), longest),
        SealingAct(signing, longest, working=True),
        DayOver(longest),
    ]
    for phase in phases:
        picture = render(draw_up(phase, context, language), *size)
        assert "page" in {region.name for region in picture.regions}


@pytest.mark.parametrize(
    ("language", "size"),
    [("kk", (1280, 800)), ("ru", (1024, 600)), ("en", (800, 1280))],
)
def test_the_pages_of_the_act_of_absence_fit(language: Language, size: tuple[int, int]) -> None:
    """With eleven members of the longest names, half of them absent, for the longest reason."""
    base = crowded()
    officials = tuple(
        replace(person, certificate=hashlib.sha256(bytes([person.number])).digest())
        for person in base.officials
    )
    station = Station(replace(base, officials=officials), bytes(32), "accumulator-1")
    context = Context(station, samples.OPENS_S * 1000)
    nobody = SignedBody(b"minutes", Minutes.external())
    signers = tuple(PersonSignature(bytes([number]), b"") for number in (1, 2, 3, 5, 11, 12))
    minutes = replace(nobody, people=signers)
    absent = tuple(Absence(number, AbsenceReason.REFUSES) for number in (6, 7, 8, 9, 10))
    told = Notice(AbsenceText.KEPT, (("name", LONGEST),), good=True)
    who, wrong = absent[0], Notice(Reason.CARD_OFFICIAL_HERE)
    act = absence_act_of(station, minutes.payload, who, 5)
    signing = Signing(SignedBody(act.to_bytes(), Act.external()), barred=who.official)
    phases: list[Phase] = [
        MinutesAct(Signing(nobody)),
        MinutesAct(Signing(nobody).lacking(10, 11)),
        MinutesAct(Signing(minutes).told(told)),
        MinutesAct(Signing(minutes).told(told), absent[:4]),
        MinutesAct(Signing(minutes).told(told), absent),
        MinutesAct(Signing(minutes), absent, working=True),
        ChooseAbsent(minutes, ()),
        ChooseAbsent(minutes, (), notice=wrong),
        ChooseReason(minutes, (), 6),
        ChooseReason(minutes, (), 6, wrong),
        AbsenceAct(signing, minutes, (), who),
        AbsenceAct(signing.told(Notice(Reason.ACT_ABOUT_SIGNER)), minutes, (), who),
        AbsenceAct(signing, minutes, (), who, working=True),
    ]
    for phase in phases:
        picture = render(draw_up(phase, context, language), *size)
        assert "page" in {region.name for region in picture.regions}


def sealing_of(seals: str) -> Act:
    facts: dict[int, int | str | bytes] = {ActFact.SEALS: seals}
    return Act(ActKind.SEALING, "0421", bytes(32), "accumulator-1", 5, facts)


def test_names_are_the_same_in_every_language(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.unlock()
    seen = []
    for language in ("kk", "ru", "en"):
        table.press(f"language.{language}")
        seen.append({name for name in table.names if not name.startswith("language.")})
    assert seen[0] == seen[1] == seen[2]


def test_the_language_survives_until_the_daemon_ends(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.press("language.kk")
    table.to_zero()
    assert table.says("title") == "Жәшік бос"


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("word", [*Word, *AbsenceText], ids=str)
def test_words_are_whole_in_three_languages(word: Trilingual) -> None:
    assert word.kk.strip() == word.kk
    assert all((word.kk, word.ru, word.en))
    assert _placeholders(word.kk) == _placeholders(word.ru) == _placeholders(word.en)
    assert word.text("ru", **dict.fromkeys(_placeholders(word.ru), "x"))


def test_every_figure_discrepancy_and_board_has_its_words() -> None:
    assert set(FIGURES) == set(Figure)
    assert set(DISCREPANCIES) == set(Discrepancy)
    assert set(BOARD_KINDS) == set(BoardKind)
    for texts in (*FIGURES.values(), *DISCREPANCIES.values()):
        assert len(set(texts)) == 3


def test_no_word_stands_idle() -> None:
    """A word that no page and no paper says has lost its use."""
    folder = Path(__file__).parents[3] / "accumulator"
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    unused = [str(word) for word in (*Word, *AbsenceText) if str(word) not in source]
    assert not unused

"""Paper: everything is on it, signed, uncut, and fit for a printer of one bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import segno
from PIL import Image

from accumulator import paper
from accumulator.paper import Code, Columns, Row, Rule, Words
from common import records
from common.pages.typeface import width
from common.records import (
    Contest,
    Discrepancy,
    Figure,
    Minutes,
    PaperFigures,
    PaperKind,
    StationPackage,
)
from tests import samples
from tests.unit.accumulator.stage import Table, VoterCard

WIDTH = 576
CHOICES = (((0,), (1, 2), (0,)), ((1,), (), (1,)), ((2,), (0, 4, 6), ()), ((0,), (), (0,)))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """Return an accumulator after a day: zero report, hourly paper, protocol, codes."""
    table = Table(tmp_path_factory.mktemp("day"))
    table.open_station()
    for serial, selections in enumerate(CHOICES):
        table.pass_card(table.voted_card(serial, selections))
    table.press("report")
    table.voting.activate(VoterCard(), 9)
    table.close_station()
    table.collect()
    table.count()
    table.finish()
    table.press("print.protocol")
    table.press("print.codes")
    return table


def words(table: Table, number: int) -> str:
    shown = []
    for block in table.paper.documents[number].blocks:
        match block:
            case Words(text):
                shown.append(text)
            case Row(text, figure):
                shown.append(f"{text} = {figure}")
            case Columns(cells):
                shown.extend(cells)
            case _:
                pass
    return "\n".join(shown)


def codes(table: Table, number: int, key: bytes) -> list[PaperFigures]:
    blocks = table.paper.documents[number].blocks
    return [
        records.open_record(PaperFigures, block.content, key)
        for block in blocks
        if isinstance(block, Code)
    ]


def test_the_zero_report_shows_every_line_at_zero(day: Table) -> None:
    shown = words(day, 0)
    assert shown.count(" = 0") == 1 + sum(len(contest.lines) for contest in day.package.contests)
    assert "1. Әбден Қарақат Ж / Абден Каракат Ж = 0" in shown
    [figures] = codes(day, 0, samples.device("accumulator").sign_key)
    assert (figures.kind, figures.figures) == (PaperKind.ZERO, {Figure.DEPOSITED: 0})


def test_the_hourly_paper_shows_count_and_journal_head(day: Table) -> None:
    [figures] = codes(day, 1, samples.device("accumulator").sign_key)
    assert (figures.kind, figures.figures) == (PaperKind.HOURLY, {Figure.DEPOSITED: 4})
    assert figures.journal is not None
    shown = words(day, 1)
    assert "Голосов в урне: 4" in shown
    assert figures.journal.head.hex() in shown.replace(" ", "")


def test_the_protocol_shows_every_figure_and_its_codes_are_the_station_keys(day: Table) -> None:
    shown = words(day, 2)
    for expected in (
        "1. Әбден Қарақат Ж / Абден Каракат Ж = 2",
        "3. Барлығына қарсымын / Против всех = 1",
        "Таңдаусыз / Без выбора = 2",
        "Берілген карточкалар / Выдано карточек = 5",
        "Қайтпаған карточкалар / Карточек не вернулось = 1",
        "Барлық сан сәйкес келді. / Все данные сходятся.",
        "Айгүл Серікқызы Әбдірахманова, төраға / председатель",
    ):
        assert expected in shown
    found = codes(day, 2, day.package.station_key)
    minutes = day.own.read("minutes.cose") or b""
    assert [one.contest.contest for one in found if one.contest] == [0, 1, 2]
    assert {one.minutes for one in found} == {records.digest(minutes)}
    assert {one.kind for one in found} == {PaperKind.PROTOCOL}
    assert found[0].figures[Figure.COUNTED] == 4


def test_the_code_list_is_sorted_and_says_no_more_than_codes_and_choices(day: Table) -> None:
    [columns] = [block for block in day.paper.documents[3].blocks if isinstance(block, Columns)]
    assert columns.cells == (
        "0000   1 | 2,3 | 1",
        "0001   2 | – | 2",
        "0002   3 | 1,5,7 | –",
        "0003   1 | – | 1",
    )
    shown = words(day, 3)
    assert "terminal" not in shown
    assert "Толық" not in shown


@pytest.mark.parametrize("number", range(4))
def test_pictures_are_what_the_printer_takes(day: Table, number: int) -> None:
    made = list(paper.pictures(day.paper.documents[number].blocks, WIDTH))
    assert made
    for picture in made:
        assert picture.width == WIDTH
        assert len(picture.rows) == (WIDTH + 7) // 8 * picture.height
        assert 0 < sum(byte.bit_count() for byte in picture.rows) < WIDTH * picture.height // 2


def test_a_long_paper_comes_in_pieces() -> None:
    blocks = [Words(f"{number}") for number in range(1000)]
    made = list(paper.pictures(blocks, WIDTH))
    assert len(made) > 3
    assert all(picture.height <= paper.PIECE_HEIGHT for picture in made)
    whole = sum(picture.height for picture in made)
    assert whole == sum(p.height for one in blocks for p in paper.pictures([one], WIDTH))


def test_columns_stand_beside_each_other_as_far_as_they_fit() -> None:
    def height(cells: tuple[str, ...]) -> int:
        return sum(picture.height for picture in paper.pictures([Columns(cells)], WIDTH))

    assert height(("0001   1",) * 4) == height(("0001   1",))
    assert height(("0001   1",) * 30) < 10 * height(("0001   1",))
    long = "0001   " + " | ".join(["1,2,3,4,5,6,7"] * 6)
    assert height((long, long)) == 2 * height((long,))
    assert height((long,)) > height(("0001   1",))
    assert not list(paper.pictures([Columns(())], WIDTH))


def _of(name: str, package: StationPackage) -> Contest:
    line = samples.line(f"{name} қазақша {'ұзын ' * 40}", f"{name} по-русски {'длинная ' * 30}")
    return replace(package.contests[0], lines=(line, line))


def test_the_longest_names_are_wrapped_and_not_cut() -> None:
    package = samples.package()
    long = replace(package, contests=(_of("Аты", package), *package.contests[1:]))
    blocks = paper.zero_report(long, 0, b"signed")
    lines = [
        line for block in blocks if isinstance(block, Row) for line in paper._lines(block, WIDTH)
    ]
    joined = " ".join(lines)
    assert "1. Аты қазақша" in joined
    assert joined.count("длинная") == 60
    for block in blocks:
        if isinstance(block, Row):
            room = WIDTH - width(block.figure, "semibold", 24)
            assert all(width(line, "regular", 24) <= room for line in paper._lines(block, WIDTH))
    assert list(paper.pictures(blocks, WIDTH))


def test_a_qr_code_is_printed_module_by_module() -> None:
    content = bytes(range(256))
    [picture] = paper.pictures([Code(content)], WIDTH)
    image = Image.frombytes("1", (picture.width, picture.height), picture.rows)
    code = segno.make_qr(content, error="m", mode="byte", boost_error=False)
    rows = [list(row) for row in code.matrix_iter(scale=1, border=4)]
    scale = picture.height // len(rows)
    assert scale == 6
    left = (WIDTH - len(rows) * scale) // 2
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            at = (left + x * scale + scale // 2, y * scale + scale // 2)
            assert bool(image.getpixel(at)) is bool(dark)


def test_a_code_that_would_be_too_fine_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        list(paper.pictures([Code(bytes(1500))], 128))


def test_what_does_not_add_up_stands_on_the_protocol(day: Table) -> None:
    minutes = _minutes(day)
    wrong = replace(
        minutes,
        discrepancies=(Discrepancy.CODE_TWICE,),
        styles_merged=(1, 2),
    )
    blocks = paper.protocol(day.package, wrong, bytes(32), (), ())
    shown = "\n".join(block.text for block in blocks if isinstance(block, Words))
    assert "Один контрольный код у двух голосов" in shown
    assert "Малочисленные виды бюллетеня опубликованы вместе: Полный, Краткий" in shown
    assert "Все данные сходятся" not in shown
    assert any(isinstance(block, Rule) for block in blocks)
    rows = paper.result_rows(wrong, day.package, "ru")
    assert ("Один контрольный код у двух голосов", "") in rows


def _minutes(day: Table) -> Minutes:
    body = day.strongroom.files.read().minutes
    assert body is not None
    return Minutes.from_bytes(body.payload)


def test_paper_of_the_same_day_is_the_same_picture(day: Table, tmp_path: Path) -> None:
    del tmp_path
    blocks = day.paper.documents[2].blocks
    assert list(paper.pictures(blocks, WIDTH)) == list(paper.pictures(blocks, WIDTH))

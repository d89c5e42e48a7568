"""The ballot book as drawn: names whole and in order, readable, touchable, the same each time."""

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from center import drawing
from center.book import MadeBook, make_book
from center.book_ballots import BallotPages
from center.book_pages import CommonPages
from center.book_parts import LEAST_TARGET_MM, LEAST_TYPE, Drawn, Parts, said
from center.book_texts import FAULTS, fault_text, terminal_reasons
from center.drawing import INCH_MM, Box, DoesNotFit, Run, Screen
from center.election import Election, load_election
from common.book import LANGUAGES, Book, BookError, PageKey, contest_page, line_text
from common.errors import Reason
from common.records import BallotStyle, Bilingual, Contest, ContestKind, Line

ELECTIONS = Path(__file__).parents[2] / "elections"
NAMES = ("president-2022", "mazhilis-2023", "big")
SCREEN = Screen()


@dataclass(frozen=True)
class Look:
    """Everything that was drawn for one election: pages, and sprites by set and value."""

    election: Election
    pages: dict[PageKey, Drawn]
    sprites: dict[str, dict[str, list[Run]]]
    sprite_sizes: dict[str, set[tuple[int, int]]]


@pytest.fixture(scope="module", params=NAMES)
def look(request: pytest.FixtureRequest) -> Look:
    return draw(load_election(ELECTIONS / f"{request.param}.toml"), SCREEN)


def draw(election: Election, screen: Screen) -> Look:
    parts = Parts(screen)
    common = CommonPages(parts)
    ballots = BallotPages(parts, tuple(one.contest for one in election.contests))

    def everything() -> Iterator[Drawn]:
        yield from common.for_all()
        for language in LANGUAGES:
            yield from common.in_language(language)
            for one in election.styles:
                yield from ballots.of_style(one.style, language)

    pages = {}
    for page in everything():
        page.sheet.forget()  # what was recorded stays
        pages[page.key] = page
    return Look(
        election,
        pages,
        {
            name: {value: sheet.runs for value, sheet in sheets.items()}
            for name, sheets in parts.sprites.items()
        },
        {
            name: {(sheet.width, sheet.height) for sheet in sheets.values()}
            for name, sheets in parts.sprites.items()
        },
    )


def all_runs(look: Look) -> Iterator[tuple[str, Box, Run]]:
    for key, page in look.pages.items():
        whole = Box(0, 0, page.sheet.width, page.sheet.height)
        yield from ((str(key), whole, run) for run in page.sheet.runs)
    for name, sheets in look.sprites.items():
        ((width, height),) = look.sprite_sizes[name]
        for value, runs in sheets.items():
            yield from ((f"{name} {value}", Box(0, 0, width, height), run) for run in runs)


def is_inside(inner: Box, outer: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def overlaps(one: Box, other: Box) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


# --- on everything that was drawn, for the three elections


def test_text_fits_its_box_and_its_page(look: Look) -> None:
    for where, whole, run in all_runs(look):
        assert is_inside(run.box, whole), where
        # A serif may overhang the box by a pixel or two, never the page.
        assert is_inside(run.drawn, run.box.inset(-3)), (where, run)
        assert is_inside(run.drawn, whole), (where, run)


def test_text_is_large_and_has_contrast(look: Look) -> None:
    for where, _, run in all_runs(look):
        assert run.face.size >= LEAST_TYPE, (where, run.text)
        assert drawing.contrast(run.ink, run.ground) >= 7, (where, run.text)


def test_no_text_stands_on_another(look: Look) -> None:
    for key, page in look.pages.items():
        boxes = [run.drawn for run in page.sheet.runs]
        for at, box in enumerate(boxes):
            assert not any(overlaps(box, other) for other in boxes[:at]), (key, page.sheet.runs[at])


def test_sprites_cover_no_text_of_the_page(look: Look) -> None:
    for key, page in look.pages.items():
        for name, slot, _ in page.slots:
            assert not any(overlaps(slot, run.drawn) for run in page.sheet.runs), (key, name)


def test_targets_can_be_touched(look: Look) -> None:
    least = LEAST_TARGET_MM / INCH_MM * SCREEN.dots_per_inch
    for key, page in look.pages.items():
        for region in page.regions:
            assert region.width >= least, (key, region)
            assert region.height >= least, (key, region)


def test_every_name_is_whole_and_in_order(look: Look) -> None:
    for one in look.election.styles:
        for language in LANGUAGES:
            for contest in one.style.contests:
                lines = look.election.contests[contest].contest.lines
                assert shown_lines(look, one.style, contest, language) == [
                    line_text(line, language) for line in lines
                ]


def shown_lines(look: Look, style: BallotStyle, contest: int, language: str) -> list[str]:
    """Return what can be read on the lines, in the order of pages, columns and rows."""
    shown = []
    number = 0
    while page := look.pages.get(contest_page(style.number, contest, number, language)):
        lines = [one for one in page.regions if one.name.startswith("line:")]
        assert lines == sorted(lines, key=lambda one: (one.x, one.y))
        for region in lines:
            row = Box(region.x, region.y, region.width, region.height)
            texts = [run.text for run in page.sheet.runs if is_inside(run.drawn, row)]
            text = " ".join(texts)
            assert unbroken(text) == unbroken(region.text)
            shown.append(region.text)
        number += 1
    return shown


def unbroken(text: str) -> str:
    """Return a text without what breaking it at hyphens changes."""
    return text.replace("- ", "-")


def test_the_first_page_of_a_ballot_names_the_other_language_in_that_language(look: Look) -> None:
    labels = {"kk": "По-русски", "ru": "Қазақша"}
    for key, page in look.pages.items():
        if key.style is None or not key.name.startswith("contest:"):
            continue
        (one,) = (one for one in look.election.styles if one.style.number == key.style)
        is_first = key.name == f"contest:{one.style.contests[0]}:0"
        names = {region.name: region.text for region in page.regions}
        assert ("back" in names) is not is_first
        turns = {name: text for name, text in names.items() if name.startswith("language:")}
        other = "ru" if key.language == "kk" else "kk"
        assert turns == ({f"language:{other}": labels[key.language]} if is_first else {})


def test_lines_of_a_contest_are_treated_alike(look: Look) -> None:
    for one in look.election.styles:
        for language in LANGUAGES:
            for contest in one.style.contests:
                sizes: set[tuple[int, int]] = set()
                types: dict[str, set[int]] = {}
                number = 0
                while page := look.pages.get(
                    contest_page(one.style.number, contest, number, language)
                ):
                    lines = [r for r in page.regions if r.name.startswith("line:")]
                    sizes |= {(region.width, region.height) for region in lines}
                    for region in lines:
                        row = Box(region.x, region.y, region.width, region.height)
                        for run in page.sheet.runs:
                            if is_inside(run.drawn, row):
                                types.setdefault(run.face.font, set()).add(run.face.size)
                    number += 1
                assert len(sizes) == 1
                assert all(len(found) == 1 for found in types.values())


def test_titles_are_whole(look: Look) -> None:
    for number, one in enumerate(look.election.contests):
        for key, page in look.pages.items():
            if key.name.startswith(f"contest:{number}:"):
                text = " ".join(run.text for run in page.sheet.runs)
                assert unbroken(said(one.contest.title, key.language)) in unbroken(text)


def test_review_strips_show_whole_names(look: Look) -> None:
    for number, one in enumerate(look.election.contests):
        for language in LANGUAGES:
            strips = look.sprites[f"choice:{number}:{language}"]
            for at, line in enumerate(one.contest.lines):
                text = " ".join(run.text for run in strips[str(at)])
                assert unbroken(text) == unbroken(line_text(line, language))


def test_sprites_of_a_set_look_different(look: Look) -> None:
    for name, sheets in look.sprites.items():
        texts = [tuple(run.text for run in runs) for runs in sheets.values()]
        assert len(set(texts)) == len(texts), name


def test_every_presentable_page_is_there(look: Look) -> None:
    for reason in terminal_reasons():
        assert PageKey(f"fault:{reason.name}") in look.pages
    numbers = {
        run.text for key, page in look.pages.items() for run in page.sheet.runs
        if key.name.startswith("fault:") and run.text.startswith("№")
    }  # fmt: skip
    assert numbers == {f"№ {reason.value}" for reason in terminal_reasons()}


# --- the finished book


@dataclass(frozen=True)
class Made:
    election: Election
    book: MadeBook
    progress: list[tuple[int, int]]

    def read(self) -> Book:
        return Book.from_bytes(self.book.index, self.book.images, self.book.hash)


@pytest.fixture(scope="module")
def made() -> Made:
    """Return the book of an election with two ballot styles that differ in their number only."""
    election = load_election(ELECTIONS / "president-2022.toml")
    first = election.styles[0]
    second = dataclasses.replace(first, style=dataclasses.replace(first.style, number=2))
    election = dataclasses.replace(election, styles=(first, second))
    seen: list[tuple[int, int]] = []
    book = make_book(election, SCREEN, lambda done, total: seen.append((done, total)))
    return Made(election, book, seen)


def test_book_can_be_read_and_used(made: Made, tmp_path: Path) -> None:
    made.book.write(tmp_path / "book")
    read = Book.load(tmp_path / "book", made.book.hash)
    read.check_images()
    assert read.hash == hashlib.sha256(made.book.index).digest()
    assert (read.width, read.height) == (1280, 800)
    assert read.index.election == made.election.identifier
    assert read.contest_pages(1, 0, "kk") == 1
    assert read.review_pages(1, "kk") == 1
    frame = read.frame()
    page = read.compose(frame, contest_page(1, 0, 0, "kk"), {"line:3": "on", "counter": "1"})
    assert page in read.pages_with_head(page.head)
    assert frame.pixels != read.pixels(page.image)


def test_pages_that_look_alike_are_one_picture_and_no_others(made: Made) -> None:
    pictures: dict[bytes, set[PageKey]] = {}
    for page in made.read().index.pages:
        key = dataclasses.replace(page.key, style=1) if page.key.style == 2 else page.key
        pictures.setdefault(page.image, set()).add(key)
    assert all(len(keys) == 1 for keys in pictures.values())
    read = made.read()
    first, second = (read.page(contest_page(number, 0, 0, "ru")) for number in (1, 2))
    assert first.image == second.image


def test_drawing_twice_gives_the_same_book(made: Made) -> None:
    again = make_book(made.election, SCREEN)
    assert again.hash == made.book.hash
    assert again.index == made.book.index


def test_progress_rises_to_the_end(made: Made) -> None:
    assert [done for done, _ in made.progress] == list(range(len(made.progress)))
    assert {total for _, total in made.progress} == {len(made.progress) - 1}


# --- many choices, other screens, and what cannot be drawn


def candidate(number: int, length: int = 8) -> Line:
    name = Bilingual(f"{'Ұ' * length}{number}", f"{'У' * length}{number}")
    return Line(name, None, None, against_all=False)


def contest_of(lines: int, allowed: int, length: int = 8) -> Contest:
    return Contest(
        "many",
        ContestKind.CANDIDATES,
        Bilingual("Көп", "Много"),
        allowed,
        allowed,
        tuple(candidate(number, length) for number in range(lines)),
    )


def ballot(contest: Contest, screen: Screen = SCREEN) -> dict[PageKey, Drawn]:
    pages = BallotPages(Parts(screen), (contest,))
    style = BallotStyle(1, Bilingual("а", "а"), (0,))
    return {page.key: page for page in pages.of_style(style, "kk")}


def test_many_choices_go_over_several_review_pages() -> None:
    pages = ballot(contest_of(40, 30))
    review = [page for key, page in pages.items() if key.name.startswith("review:")]
    assert len(review) == 3
    slots = [name for page in review for name, _, _ in page.slots]
    assert slots == [f"choice:0:{number}" for number in range(30)]
    for number, page in enumerate(review):
        names = {region.name for region in page.regions}
        assert names == {"change:0", "back", "cast" if number == 2 else "next"}


@pytest.mark.parametrize(
    ("lines", "pages"), [(1, 1), (5, 1), (6, 1), (10, 1), (11, 2), (100, 10), (101, 11), (128, 13)]
)
def test_short_names_stand_ten_on_a_page(lines: int, pages: int) -> None:
    drawn = ballot(contest_of(lines, 1))
    assert sum(key.name.startswith("contest:") for key in drawn) == pages


@pytest.mark.parametrize("screen", [Screen(1024, 600, 118), Screen(1920, 1200, 224)])
def test_other_screens(screen: Screen) -> None:
    for name in ("president-2022", "mazhilis-2023"):
        look = draw(load_election(ELECTIONS / f"{name}.toml"), screen)
        least = screen.px_of_mm(LEAST_TARGET_MM)
        for page in look.pages.values():
            assert all(region.height >= least for region in page.regions)


def test_a_name_that_cannot_be_broken_is_refused_by_its_contest() -> None:
    with pytest.raises(BookError, match=r"contest 'many', kk: a line is too long"):
        ballot(contest_of(2, 1, length=79))


def test_a_letter_without_a_glyph_is_refused() -> None:
    line = Line(Bilingual("Әбден", "漢字"), None, None, against_all=False)
    contest = dataclasses.replace(contest_of(2, 1), lines=(line, candidate(1)))
    style = BallotStyle(1, Bilingual("а", "а"), (0,))
    with pytest.raises(drawing.NoGlyph, match=r"U\+6F22"):
        list(BallotPages(Parts(SCREEN), (contest,)).of_style(style, "ru"))


def test_a_name_too_long_for_the_review_is_refused() -> None:
    parts = Parts(SCREEN)
    with pytest.raises(DoesNotFit, match="does not fit the review"):
        BallotPages(parts, ())._strip_face(("Ұ" * 200,), 900)


# --- texts of refusals


def test_texts_of_pages_need_no_facts() -> None:
    for reason in terminal_reasons():
        both = fault_text(reason)
        for text in (both.kk, both.ru):
            assert "?" not in text, reason
            assert "{" not in text, reason
            assert len(text) > 20, reason


def test_own_texts_are_of_reasons_that_have_a_page() -> None:
    assert set(FAULTS) <= set(terminal_reasons())
    assert Reason.CARD_VOTED in terminal_reasons()
    assert Reason.VOTER_NOT_FOUND not in terminal_reasons()
